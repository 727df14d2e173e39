// SPDX-License-Identifier: GPL-2.0-only
/* A bank of relays without a kernel. */
#include "world.hh"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace model {

/* More than this at one moment never comes to an end. */
constexpr unsigned SPIN = 1000;
/* Where all is late, so many relays are decided again before others have a go. */
constexpr unsigned STEPS = 2;
/* Law 6: the last word is said so often. */
constexpr unsigned WORDS = 5;

static_assert(int(EMRELAY_BY_PROBE) == PROBE && int(EMRELAY_BY_LED) == LED &&
	      int(EMRELAY_BY_PULSE) == PULSE && int(EMRELAY_BY_WATCHDOG) == WATCHDOG &&
	      int(EMRELAY_BY_MAX_ON) == MAX_ON && int(EMRELAY_BY_INTERLOCK) == INTERLOCK &&
	      int(EMRELAY_BY_SUSPEND) == SUSPEND && int(EMRELAY_BY_UNBIND) == UNBIND,
	      "Source has the order of enum emrelay_source");

emrelay_limits World::to_limits(unsigned who) const
{
	const Ratings &r = limits[who];
	emrelay_limits to = {};

	to.close_ns = r.close;
	to.open_ns = r.open;
	to.spacing_ns = r.spacing;
	to.min_on_ns = r.min_on;
	to.min_off_ns = r.min_off;
	to.max_on_ns = r.max_on;
	to.momentary_ns = r.momentary;
	to.watchdog_ns = watchdog[who];
	return to;
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
}

/* What points into the other bank points to the same place in this one. */
Bank &Bank::operator=(const Bank &other)
{
	const uintptr_t from = uintptr_t(&other), to = uintptr_t(this);
	uintptr_t words[sizeof(Bank) / sizeof(uintptr_t)];

	memcpy(words, static_cast<const void *>(&other), sizeof(words));
	for (uintptr_t &word : words)
		if (word >= from && word < from + sizeof(Bank))
			word += to - from;
	memcpy(static_cast<void *>(this), words, sizeof(words));
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
		u64 dead = 0;

		limits[i] = node[i].ratings;
		watchdog[i] = 0;

		emrelay_limits l = to_limits(i);

		emrelay_engine_bind(&bank.engine[i], &l, line[i], on, now);
		for (unsigned j = 0; j < count; j++)
			if (node[i].group != NONE && node[j].group == node[i].group)
				dead = std::max(dead, node[j].dead);
		found[i] = {limits[i], node[i].group, dead, line[i], on, node[i].retain};
		wake[i] = NEVER;
		queued[i] = false;
		bank.member[i] = {};
		bank.group[i] = {};
	}
	for (unsigned i = 0; i < count; i++) {
		if (node[i].group == NONE)
			continue;
		for (unsigned j = 0; j < i; j++)
			if (node[j].group == node[i].group)
				bank.member[i].group = bank.member[j].group;
		if (!bank.member[i].group)
			bank.member[i].group = &bank.group[groups++];
		bank.member[i].group->dead_ns = found[i].dead;
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
	emrelay_arbiter_start(&bank.arbiter, now);
	judge.start(now);
	probing = false;
	bound = true;
	converge_rest();
	settle();
}

/* As emrelay_bank_stop() and emrelay_bank_release() do. */
void World::unbind()
{
	unsigned said[RELAYS] = {};
	u64 next;

	if (log)
		fprintf(log, "%20llu unbind\n", now);
	if (driving != NONE) {
		unsigned who = driving;

		driving = NONE;
		account(who, driving_to, drive(who, driving_to));
	}
	for (unsigned i = 0; i < count; i++) {
		wake[i] = NEVER;
		queued[i] = false;
	}
	judge.unbind(now);
	do {
		next = NEVER;
		for (unsigned i = 0; i < count; i++) {
			u64 wait;

			while (said[i] < WORDS &&
			       emrelay_arbiter_stop(&bank.arbiter, i, EMRELAY_BY_UNBIND, node[i].retain, now)) {
				wait = emrelay_engine_wait_ns(&bank.engine[i], now);
				if (wait) {
					next = std::min(next, now + wait);
					break;
				}
				judge.drives(now, i, false, UNBIND);
				account(i, false, drive(i, false));
				said[i]++;
			}
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

/* The system goes to sleep, and the coils that are not retained are released. */
void World::suspend()
{
	if (log)
		fprintf(log, "%20llu suspend\n", now);
	judge.suspend(now);
	for (unsigned i = 0; i < count; i++)
		emrelay_arbiter_stop(&bank.arbiter, i, EMRELAY_BY_SUSPEND, node[i].retain, now);
	recheck();
}

/* Everybody is decided again, as at resume. */
void World::recheck()
{
	bank.arbiter.recheck = 0;
	if (bound)
		converge_rest();
	settle();
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
	emrelay_arbiter_driven(&bank.arbiter, who, on, err ? err : on, now);
	judge.driven(now, who, on, err);
}

void World::converge(unsigned who)
{
	const emrelay_engine &engine = *bank.arbiter.members[who].engine;
	unsigned spin = 0;
	u64 next;

	while (!(next = emrelay_arbiter_decide(&bank.arbiter, who, now))) {
		bool on = engine.target;

		if (lateness == Lateness::lines) {
			queued[who] = true;
			return;
		}
		judge.drives(now, who, on, Source(engine.source));
		account(who, on, drive(who, on));
		if (++spin > SPIN)
			throw Violation{"spins", "relay " + std::to_string(who) + " is driven without end"};
	}
	wake[who] = next;
}

void World::converge_rest()
{
	unsigned spin = 0;
	u16 who;

	/* It may be left half done; what is left is done with what comes next. */
	while (lateness == Lateness::none || spin < STEPS) {
		if ((who = emrelay_arbiter_next(&bank.arbiter, now)) == EMRELAY_NOBODY)
			return;
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
		account(who, driving_to, drive(who, driving_to));
	}
	if (u64 next = emrelay_arbiter_decide(&bank.arbiter, who, now)) {
		wake[who] = next;
		converge_rest();
		return;
	}
	const emrelay_engine &engine = *bank.arbiter.members[who].engine;

	driving = who;
	driving_to = engine.target;
	judge.drives(now, who, driving_to, Source(engine.source));
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
			s.accepted + s.rejected, s.accepted, s.deferred, s.coalesced, s.rejected,
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
		if (emrelay_arbiter_has_next(&bank.arbiter)) {
			busy = true;
			converge_rest();
		} else if (busy) {
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
		fprintf(log, "%20llu relay %u spacing %llu min_on %llu min_off %llu max_on %llu momentary %llu\n",
			now, who, ratings.spacing, ratings.min_on, ratings.min_off, ratings.max_on,
			ratings.momentary);
	limits[who] = ratings;
	judge.set_ratings(who, ratings);
	apply(who);
}

void World::apply(unsigned who)
{
	emrelay_limits to = to_limits(who);

	emrelay_arbiter_set(&bank.arbiter, who, &to, bank.arbiter.members[who].changeover, now);
	update(who);
	settle();
}

void World::set_watchdog(unsigned who, u64 to)
{
	if (log)
		fprintf(log, "%20llu relay %u watchdog %llu\n", now, who, to);
	watchdog[who] = to;
	judge.set_watchdog(now, who, to);
	apply(who);
}

void World::set_changeover(unsigned who, bool changeover)
{
	emrelay_limits same = bank.arbiter.members[who].engine->limits;

	if (log)
		fprintf(log, "%20llu relay %u %s\n", now, who,
			changeover ? "changeover" : "block");
	emrelay_arbiter_set(&bank.arbiter, who, &same, changeover, now);
	judge.set_changeover(who, changeover);
	update(who);
	settle();
}

void World::set_supply(u64 stagger, u64 coil_limit)
{
	if (log)
		fprintf(log, "%20llu stagger %llu coil_limit %llu\n", now,
			stagger, coil_limit);
	emrelay_arbiter_set_supply(&bank.arbiter, stagger, coil_limit);
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

void World::ask_wait(unsigned who)
{
	u64 wait = emrelay_engine_wait_ns(&bank.engine[who], now);

	if (log)
		fprintf(log, "%20llu relay %u will be there in %lld\n", now, who, (long long)wait);
	if (judge.sure() && lateness == Lateness::none)
		judge.waits(now, who, wait);
	settle();
}

/* Is it true what ready_ms says? Ask for it, and see. */
void World::ask_ready(unsigned who)
{
	bool judged = judge.sure() && lateness == Lateness::none;
	emrelay_request on = {};
	u64 wait;

	on.op = EMRELAY_ON;
	on.source = EMRELAY_BY_SYSFS;
	on.policy = EMRELAY_DEFER;
	wait = emrelay_arbiter_ready_ns(&bank.arbiter, who, now);
	if (log)
		fprintf(log, "%20llu relay %u is ready in %lld\n", now, who, (long long)wait);
	if (judged)
		judge.ready(now, who, wait);
	emrelay_arbiter_request(&bank.arbiter, who, &on, now);
	judge.request(now, who, Op::on, SYSFS, false, 0, Answer::ok);
	if (judged)
		judge.ready_on(now, who, wait);
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

	auto number = [&](const emrelay_member *member) { return member ? u64(member - bank.member) : RELAYS; };
	auto queue = [&](const emrelay_queue &q) {
		put(key, number(q.turn) | q.stale << 3 | (q.turn_ns <= now ? 0 : until(q.turn_ns)) << 8);
	};

	put(key, bound | u64(emrelay_arbiter_has_next(&bank.arbiter)) << 1);
	queue(bank.arbiter.queue);
	for (unsigned i = 0; i < count; i++) {
		const emrelay_engine &e = bank.engine[i];
		const emrelay_member &m = bank.member[i];
		unsigned older = 0;

		put(key, e.past.coil | e.target << 1 | e.unsure << 2 | e.past.known << 3 |
		    e.past.cycled << 4 | m.changeover << 5 | m.energised << 6 | (m.queue != nullptr) << 8);
		put(key, until(e.free_ns));
		put(key, ago(e.past.known, e.past.edge_ns) | ago(e.past.cycled, e.past.energised_ns) << 8);
		put(key, e.pulse_ns | ((e.pulse_ns ? e.past.coil : e.target && e.limits.watchdog_ns) ?
				       until(e.expiry_ns) : 0) << 8);
		for (const list_head *l = m.waiting.prev; m.queue && l != &m.queue->waiting; l = l->prev)
			older++;
		put(key, until(wake[i]) | older << 8);
	}
	for (unsigned i = 0; i < bank.arbiter.group_count; i++) {
		const emrelay_group &g = bank.group[i];

		put(key, g.energised | (g.energised ? number(g.holder) : 0) << 3 | number(g.reserved) << 6 |
		    (g.free_ns <= now ? 0 : g.free_ns - now) << 9);
		queue(g.queue);
	}
	judge.state(now, horizon, key);
}

}
