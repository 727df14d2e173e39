// SPDX-License-Identifier: GPL-2.0-only
/* A bank of relays without a kernel. */
#include "world.hh"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace model {

/* More than this at one moment never comes to an end. */
constexpr unsigned SPIN = 1000;

static_assert(int(EMRELAY_BY_PROBE) == PROBE && int(EMRELAY_BY_LED) == LED &&
	      int(EMRELAY_BY_PULSE) == PULSE && int(EMRELAY_BY_WATCHDOG) == WATCHDOG &&
	      int(EMRELAY_BY_INTERLOCK) == INTERLOCK && int(EMRELAY_BY_UNBIND) == UNBIND,
	      "Source has the order of enum emrelay_source");

static emrelay_limits to_limits(const Ratings &r)
{
	emrelay_limits limits = {};

	limits.close_ns = r.close;
	limits.open_ns = r.open;
	limits.spacing_ns = r.spacing;
	limits.min_on_ns = r.min_on;
	limits.min_off_ns = r.min_off;
	return limits;
}

World::World(const Node *nodes, unsigned n, u64 start, Lateness how, FILE *to)
	: count(n), lateness(how), judge(how == Lateness::none), now(start), log(to)
{
	for (unsigned i = 0; i < n; i++) {
		node[i] = nodes[i];
		limits[i] = nodes[i].ratings;
		wake[i] = NEVER;
		/* What comes on by itself was left on by somebody. */
		line[i] = nodes[i].start == Node::keep;
	}
}

void Bank::connect()
{
	for (unsigned i = 0; i < RELAYS; i++)
		member[i].engine = &engine[i];
	arbiter.members = member;
	arbiter.groups = group;
	arbiter.waiting = waiting;
}

Bank &Bank::operator=(const Bank &other)
{
	memcpy(static_cast<void *>(this), &other, sizeof(*this));
	connect();
	return *this;
}

/* As emrelay_probe() does, with the lines as they are found. */
void World::bind()
{
	probe();
	start();
}

/* Its first part: from here on there may be requests, but nothing moves. */
void World::probe()
{
	Found found[RELAYS];
	unsigned groups = 0;

	if (log)
		fprintf(log, "%20llu probe\n", now);
	bank.arbiter = {};
	for (unsigned i = 0; i < count; i++) {
		bool on = node[i].start == Node::keep ? line[i] : node[i].start == Node::on;
		emrelay_limits l = to_limits(node[i].ratings);
		u64 dead = 0;

		limits[i] = node[i].ratings;
		emrelay_engine_bind(&bank.engine[i], &l, line[i], on, now);
		for (unsigned j = 0; j < count; j++)
			if (node[i].group != NONE && node[j].group == node[i].group)
				dead = std::max(dead, node[j].dead);
		found[i] = {limits[i], node[i].group, dead, line[i], on, node[i].retain};
		wake[i] = NEVER;
		queued[i] = false;
		bank.member[i] = {};
		bank.member[i].group = EMRELAY_NOBODY;
		bank.group[i] = {};
	}
	for (unsigned i = 0; i < count; i++) {
		if (node[i].group == NONE)
			continue;
		for (unsigned j = 0; j < i; j++)
			if (node[j].group == node[i].group)
				bank.member[i].group = bank.member[j].group;
		if (bank.member[i].group == EMRELAY_NOBODY)
			bank.member[i].group = groups++;
		bank.group[bank.member[i].group].dead_ns = found[i].dead;
	}
	bank.connect();
	bank.arbiter.count = count;
	bank.arbiter.group_count = groups;
	judge.probe(now, found, count);
	emrelay_arbiter_bind(&bank.arbiter, now);
	probing = true;
}

/* Its last part. */
void World::start()
{
	if (log)
		fprintf(log, "%20llu bound\n", now);
	for (unsigned i = 0; i < bank.arbiter.group_count; i++)
		bank.group[i].released_ns = now;
	judge.start(now);
	probing = false;
	bound = true;
	converge_rest();
	for (unsigned i = 0; i < count; i++)
		update(i);
	settle();
}

/* As emrelay_bank_stop() and emrelay_bank_release() do. */
void World::unbind()
{
	bool released[RELAYS] = {};
	u64 next;

	if (log)
		fprintf(log, "%20llu unbind\n", now);
	if (driving != NONE) {
		unsigned who = driving;

		driving = NONE;
		account(who, driving_to.on, drive(who, driving_to.on));
	}
	for (unsigned i = 0; i < count; i++) {
		wake[i] = NEVER;
		queued[i] = false;
	}
	judge.unbind(now);
	do {
		next = NEVER;
		for (unsigned i = 0; i < count; i++) {
			emrelay_engine *e = &bank.engine[i];
			u64 wait;

			if (released[i] || (!e->past.coil && !e->unsure))
				continue;
			if (node[i].retain && e->target && !e->pulse_ns && !e->watchdog_ns)
				continue;
			emrelay_engine_release(e, EMRELAY_BY_UNBIND);
			wait = emrelay_engine_wait_ns(e, now);
			if (wait) {
				next = std::min(next, now + wait);
				continue;
			}
			judge.drives(now, i, false, UNBIND);
			account(i, false, drive(i, false));
			released[i] = true;
		}
		if (next != NEVER) {
			judge.passes(next);
			now = std::max(now, next);
		}
	} while (next != NEVER);
	if (!failing)
		judge.unbound();
	bound = false;
	/* Coming and going take time. */
	now++;
}

int World::drive(unsigned who, bool on)
{
	bool moves = true;
	int err = 0;

	if (lateness != Lateness::none)
		now += (who * 7 + firings * 3) % 11;
	if (failing) {
		failing--;
		moves = moving & 1;
		moving >>= 1;
		err = -EIO;
	}
	if (log)
		fprintf(log, "%20llu relay %u %s%s\n", now, who,
			on ? "ON" : "OFF", !err ? "" : moves ? ", reported as failed" : ", fails");
	if (moves && line[who] != on) {
		line[who] = on;
		edges++;
	}
	return err;
}

void World::account(unsigned who, bool on, int err)
{
	if (err)
		emrelay_arbiter_failed(&bank.arbiter, who, on, now);
	else
		emrelay_arbiter_edge(&bank.arbiter, who, on, now);
	judge.driven(now, who, on, err);
}

void World::converge(unsigned who)
{
	emrelay_action action;
	unsigned spin = 0;

	while ((action = emrelay_arbiter_decide(&bank.arbiter, who, now)).drive) {
		if (lateness == Lateness::lines) {
			queued[who] = true;
			return;
		}
		judge.drives(now, who, action.on, Source(action.source));
		account(who, action.on, drive(who, action.on));
		if (++spin > SPIN)
			throw Violation{"spins", "relay " + std::to_string(who) + " is driven without end"};
	}
	wake[who] = action.wake_ns;
}

void World::converge_rest()
{
	unsigned spin = 0;
	u16 who;

	while ((who = emrelay_arbiter_next(&bank.arbiter, now)) != EMRELAY_NOBODY) {
		converge(who);
		if (++spin > SPIN)
			throw Violation{"spins", "the arbiter names one after another without end"};
	}
}

void World::update(unsigned who)
{
	if (!bound)
		return;
	converge(who);
	converge_rest();
}

/* The worker's next step: a decision, or the end of a write. */
void World::work()
{
	unsigned who = driving;

	if (!bound || lateness != Lateness::lines)
		return;
	if (who == NONE) {
		for (who = 0; who < count && !queued[who]; who++)
			;
		if (who == count)
			return;
		queued[who] = false;
	} else {
		driving = NONE;
		account(who, driving_to.on, drive(who, driving_to.on));
	}
	driving_to = emrelay_arbiter_decide(&bank.arbiter, who, now);
	if (driving_to.drive) {
		judge.drives(now, who, driving_to.on, Source(driving_to.source));
		driving = who;
		return;
	}
	wake[who] = driving_to.wake_ns;
	converge_rest();
}

void World::fire(unsigned who)
{
	firings++;
	wake[who] = NEVER;
	update(who);
}

u64 World::next_timer() const
{
	u64 next = NEVER;

	for (unsigned i = 0; i < count; i++)
		next = std::min(next, wake[i]);
	return next;
}

void World::show(Shown *shown) const
{
	for (unsigned i = 0; i < count; i++) {
		const emrelay_engine &e = bank.engine[i];
		const emrelay_statistics &s = e.statistics;

		shown[i] = {
			e.target, e.past.coil, wake[i] != NEVER, emrelay_engine_pulse_left_ns(&e, now),
			unsigned(emrelay_engine_contact(&e, now)),
			s.requests, s.accepted, s.deferred, s.coalesced, s.rejected,
		};
	}
}

/* All timers of this moment fire, then the judge looks. */
void World::settle()
{
	Shown shown[RELAYS];
	unsigned spin = 0;

	if (!bound || lateness != Lateness::none)
		return;
	while (next_timer() <= now) {
		for (unsigned n = 0, i = 0; n < count; n++) {
			i = firings & 1 ? count - 1 - n : n;
			if (wake[i] <= now)
				fire(i);
		}
		if (++spin > SPIN)
			throw Violation{"spins", "a timer is armed for now again and again"};
	}
	show(shown);
	judge.settles(now, shown);
}

void World::run_to(u64 to)
{
	while (lateness == Lateness::none && bound && next_timer() < to) {
		u64 next = std::max(next_timer(), now);

		judge.passes(next);
		now = next;
		settle();
	}
	if (bound)
		judge.passes(to);
	now = std::max(now, to);
	settle();
}

/*
 * Law 6. Without requests each relay has at most two edges to come, and a few
 * moments at which it looks whether its turn has come; a retry fails no more.
 */
void World::run_dry()
{
	Shown shown[RELAYS];
	unsigned fired = 0;
	bool busy = true;

	failing = 0;
	if (log)
		fprintf(log, "%20llu nobody asks for anything more\n", now);
	for (; busy; fired++) {
		busy = driving != NONE;
		for (unsigned i = 0; i < count; i++)
			busy |= queued[i];
		if (busy) {
			work();
		} else if (next_timer() != NEVER) {
			busy = true;
			run_to(std::max(now, next_timer()));
			if (lateness != Lateness::none)
				let_fire(fired);
		}
		if (fired > SPIN)
			throw Violation{"bounded", "timers go on without a request"};
	}
	show(shown);
	judge.rests(now, shown);
}

/* One of the timers that are due, at last. */
void World::let_fire(unsigned which)
{
	for (unsigned n = 0; n < count; n++) {
		unsigned who = (which + n) % count;

		if (bound && wake[who] <= now) {
			fire(who);
			return;
		}
	}
}

int World::request(unsigned who, emrelay_op op, emrelay_source source,
		   emrelay_policy policy, u64 length)
{
	static const char *const ops[] = {"off", "on", "toggle", "pulse"};
	emrelay_request request = {};
	int ret;

	request.op = op;
	request.source = source;
	request.policy = policy;
	request.pulse_ns = length;
	ret = emrelay_arbiter_request(&bank.arbiter, who, &request, now);
	if (log)
		fprintf(log, "%20llu relay %u %s %llu by %u%s: %s\n", now, who,
			ops[op], length, source,
			policy == EMRELAY_REJECT ? ", or not at all" : "",
			!ret ? "accepted" : ret == -EAGAIN ? "EAGAIN" : ret == -EBUSY ? "EBUSY" : "EINVAL");
	judge.request(now, who, Op(op), Source(source), policy == EMRELAY_REJECT, length,
		      !ret ? Answer::ok : ret == -EINVAL ? Answer::invalid :
		      ret == -EAGAIN ? Answer::again : Answer::busy);
	if (!ret)
		update(who);
	settle();
	return ret;
}

void World::set_ratings(unsigned who, const Ratings &ratings)
{
	if (log)
		fprintf(log, "%20llu relay %u spacing %llu min_on %llu min_off %llu\n",
			now, who, ratings.spacing,
			ratings.min_on, ratings.min_off);
	limits[who] = ratings;
	bank.engine[who].limits = to_limits(ratings);
	judge.set_ratings(who, ratings);
	update(who);
	settle();
}

void World::set_watchdog(unsigned who, u64 watchdog)
{
	if (log)
		fprintf(log, "%20llu relay %u watchdog %llu\n", now, who,
			watchdog);
	emrelay_engine_set_watchdog(&bank.engine[who], watchdog, now);
	judge.set_watchdog(now, who, watchdog);
	update(who);
	settle();
}

void World::set_changeover(unsigned who, bool changeover)
{
	if (log)
		fprintf(log, "%20llu relay %u %s\n", now, who,
			changeover ? "changeover" : "block");
	bank.member[who].changeover = changeover;
	judge.set_changeover(who, changeover);
}

void World::set_supply(u64 stagger, u64 coil_limit)
{
	if (log)
		fprintf(log, "%20llu stagger %llu coil_limit %llu\n", now,
			stagger, coil_limit);
	emrelay_arbiter_set_supply(&bank.arbiter, stagger, coil_limit, now);
	judge.set_supply(stagger, coil_limit);
	if (bound)
		converge_rest();
	settle();
}

/* A timer that fires though nothing is due: decisions may be asked for at any time. */
void World::decide(unsigned who)
{
	update(who);
	settle();
}

void World::fail(unsigned writes, unsigned moves)
{
	if (log)
		fprintf(log, "%20llu the next %u writes fail\n", now, writes);
	failing = writes;
	moving = moves;
}

void World::meddle(unsigned who)
{
	line[who] = !line[who];
	if (log)
		fprintf(log, "%20llu others switch relay %u %s\n", now, who, line[who] ? "on" : "off");
}

u64 World::foresee(unsigned who, const emrelay_request *request)
{
	alignas(std::max_align_t) char memory[8192];
	emrelay_arbiter *copy;

	if (emrelay_arbiter_copy_size(&bank.arbiter) > sizeof(memory))
		abort();
	copy = emrelay_arbiter_copy(&bank.arbiter, memory);
	if (request)
		emrelay_arbiter_request(copy, who, request, now);
	return emrelay_arbiter_foresee(copy, who, now);
}

void World::ask_wait(unsigned who)
{
	u64 wait;

	if (!emrelay_arbiter_wait(&bank.arbiter, who, now, &wait))
		wait = foresee(who, nullptr);
	if (log)
		fprintf(log, "%20llu relay %u will be there in %lld\n", now, who,
			(long long)wait);
	if (judge.sure())
		judge.foreseen(now, who, wait);
	settle();
}

/* Is it true what ready_ms says? Ask for it, and see. */
void World::ask_ready(unsigned who)
{
	emrelay_request on = {};
	u64 wait;

	on.op = EMRELAY_ON;
	on.source = EMRELAY_BY_SYSFS;
	on.policy = EMRELAY_DEFER;
	if (!emrelay_arbiter_ready(&bank.arbiter, who, now, &wait))
		wait = foresee(who, &on);
	if (log)
		fprintf(log, "%20llu relay %u is ready in %lld\n", now, who,
			(long long)wait);
	emrelay_arbiter_request(&bank.arbiter, who, &on, now);
	judge.request(now, who, Op::on, SYSFS, false, 0, Answer::ok);
	if (judge.sure())
		judge.ready(now, who, wait);
	update(who);
	settle();
}

static void put(std::string &key, u64 value)
{
	key.push_back(char(value));
	key.push_back(char(value >> 8));
}

void World::state(u64 horizon, std::string &key) const
{
	/* What is further away than any limit reaches, is equally far. */
	auto ago = [&](bool valid, u64 then) { return valid ? std::min(now - then, horizon) : horizon; };
	auto until = [&](u64 then) {
		return then == NEVER ? 255ULL : then <= now ? 0ULL : std::min(then - now, horizon);
	};

	put(key, bound | (bank.arbiter.elected + 1) << 1);
	for (unsigned i = 0; i < count; i++) {
		const emrelay_engine &e = bank.engine[i];
		const emrelay_member &m = bank.member[i];
		unsigned older = 0;

		put(key, e.past.coil | e.target << 1 | e.unsure << 2 | e.past.moved << 3 |
		    e.past.cycled << 4 | m.changeover << 5 | m.energised << 6 | m.touched << 7 |
		    (m.place != EMRELAY_NOBODY) << 8);
		put(key, until(e.free_ns) | until(e.target && e.watchdog_ns ? e.watchdog_end_ns : 0) << 8);
		put(key, ago(e.past.moved, e.past.edge_ns) | ago(e.past.cycled, e.past.energised_ns) << 8);
		put(key, e.pulse_ns | (e.pulse_ns && e.past.coil ? until(e.pulse_end_ns) : 0) << 8);
		for (unsigned j = 0; j < count; j++)
			older += m.place != EMRELAY_NOBODY && bank.member[j].place != EMRELAY_NOBODY &&
				 bank.member[j].ticket < m.ticket;
		put(key, until(wake[i]) | older << 8);
	}
	for (unsigned i = 0; i < bank.arbiter.group_count; i++) {
		const emrelay_group &g = bank.group[i];

		put(key, g.energised | (g.owner == EMRELAY_NOBODY ? RELAYS : g.owner) << 3 |
		    (g.claim == EMRELAY_NOBODY ? RELAYS : g.claim) << 6 |
		    std::min(now - g.released_ns, horizon) << 9);
	}
	judge.state(now, horizon, key);
}

}
