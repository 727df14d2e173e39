// SPDX-License-Identifier: GPL-2.0-only
/*
 * The states of an interlock group of three whose contacts may weld, stay open and
 * come free at any moment, while anyone asks for anything, clears and replaces: all,
 * or so many in the order of how many deeds they are away.
 *
 * The engines, the arbiter and feedback.c run as they are; what is around them is
 * what driver/sense.c and channel.c do. The contacts are played here, and the laws
 * are judged by them and by the coils, not by what the driver believes:
 *
 *	2	no coil is driven while its contact travels as it is rated to
 *	4, 5	nor before spacing and dead time are over, nor beside another one
 *	6	time alone leads to rest, where nobody waits without a reason
 *	14	no coil moves but for who asked, the clock or fault_action release
 *	15	no coil is energised while the contact of another one is closed
 *	16	a fault ends by clear, with its evidence gone, and by replace; and
 *		neither drives a coil or turns a target on
 */
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <random>
#include <unordered_map>
#include <vector>

#include "states.hh"
#include "world.hh"

extern "C" {
#include "feedback.h"	/* of the driver */
}

using namespace model;

namespace {

constexpr u64 MS = 1000000, TICK_NS = 100 * MS;
constexpr unsigned TRIO = 3;
constexpr u64 CLOSE = 100 * MS, OPEN = 150 * MS, BOUNCE = 20 * MS;
constexpr u64 OPERATES = 50 * MS, RELEASES = 90 * MS;	/* really */
constexpr u64 SPACING = 1 * MS, DEAD = 100 * MS;

enum Deed { TICK, REBIND, ON, OFF, WELD, JAM, CLEAR, REPLACE, DEEDS };
const char *const deeds[] = {"time passes", "unbind, bind", "on", "off",
			     "its contact welds, or comes free", "its contact jams open, or not",
			     "clear", "replace"};

const char *const actions[] = {"block", "report", "release"};

struct Setting {
	unsigned sensed;	/* so many of the relays are read back */
	emrelay_fault_action action;
};

/* A relay beside its engine. */
struct Relay {
	emrelay_feedback feedback;
	emrelay_proof proof;
	u64 edge_ns, wake, moves;	/* its contact moves then */
	u64 edge, energised, released;	/* as seen outside */
	bool line, closed, welded, jammed, want, moved, cycled, dropped;
};

struct Trio {
	Bank bank;
	Relay relay[TRIO] = {};
	u64 now = 1000000 * MS;
	const Setting *setting;

	explicit Trio(const Setting &setting) : setting(&setting) { bind(); }
	void bind();
	void tick();
	void act(unsigned deed, unsigned who);
	void state(std::string &key) const;
	bool at_rest() const;
	const char *stuck() const;
	bool latched() const;

private:
	[[noreturn]] void broken(const char *law, unsigned who, const char *what) const
	{
		throw Violation{law, "relay " + std::to_string(who) + " " + what + " at " +
				     std::to_string(now / MS) + " ms"};
	}
	bool sensed(unsigned who) const { return who < setting->sensed; }
	void converge(unsigned who);
	void converge_rest();
	u64 sense(unsigned who);
	void drive(unsigned who, bool on, unsigned source);
	void move(unsigned who);
	void request(unsigned who, emrelay_op op);
	void release_contact(unsigned who);
};

void Trio::bind()
{
	static const emrelay_limits limits = {CLOSE, OPEN, SPACING, 0, 0, 0, 0, 0};
	static const emrelay_feedback_limits contact = {CLOSE, OPEN, BOUNCE, 0, false, false};

	bank.arbiter = {};
	bank.group[0] = {};
	bank.group[0].dead_ns = DEAD;
	for (unsigned i = 0; i < TRIO; i++) {
		emrelay_engine_bind(&bank.engine[i], &limits, relay[i].line, relay[i].line, now);
		bank.member[i] = {};
		bank.member[i].group = &bank.group[0];
		relay[i].want = relay[i].line;
	}
	bank.connect();
	bank.arbiter.count = TRIO;
	bank.arbiter.group_count = 1;
	emrelay_arbiter_bind(&bank.arbiter, now);
	for (unsigned i = 0; i < setting->sensed; i++) {
		Relay &r = relay[i];

		emrelay_feedback_bind(&r.feedback, &contact, r.line, r.closed, now);
		r.edge_ns = bank.engine[i].past.edge_ns;
		/* It differs from any. */
		r.proof = {NEVER, NEVER - 1, 0, 0};
		sense(i);
	}
	emrelay_arbiter_start(&bank.arbiter, now);
	for (unsigned i = 0; i < TRIO; i++)
		converge(i);
	converge_rest();
}

/* As emrelay_sense_update() does. */
u64 Trio::sense(unsigned who)
{
	Relay &r = relay[who];
	emrelay_past &past = bank.engine[who].past;
	emrelay_proof proof;

	if (past.edge_ns != r.edge_ns || past.coil != r.feedback.coil) {
		r.edge_ns = past.edge_ns;
		emrelay_feedback_coil(&r.feedback, past.coil, past.edge_ns);
	}
	if (emrelay_feedback_advance(&r.feedback, now) <= now)
		emrelay_feedback_sample(&r.feedback, r.closed, EMRELAY_READ, now);

	proof = {r.feedback.rest_ns,
		 emrelay_feedback_open(&r.feedback) ? r.feedback.seen_ns : NEVER,
		 r.feedback.latched, setting->action};
	if (memcmp(&proof, &r.proof, sizeof(proof)))
		emrelay_arbiter_sense(&bank.arbiter, who, &proof, now);
	r.proof = proof;
	r.feedback.sights = 0;
	/* What the driver ended needs no longer be. */
	for (unsigned i = 0; i < TRIO; i++)
		relay[i].want &= bank.engine[i].target;
	return emrelay_feedback_advance(&r.feedback, now);
}

void Trio::converge(unsigned who)
{
	for (unsigned spin = 0; spin < 100; spin++) {
		u64 look = NEVER, wake;

		emrelay_arbiter_decide(&bank.arbiter, who, now);
		if (sensed(who))
			look = sense(who);
		wake = emrelay_arbiter_decide(&bank.arbiter, who, now);
		if (wake) {
			relay[who].wake = std::min(wake, look);
			return;
		}
		drive(who, bank.engine[who].target, bank.engine[who].source);
		emrelay_arbiter_driven(&bank.arbiter, who, relay[who].line, relay[who].line, now);
	}
	broken("6", who, "is driven without end");
}

void Trio::converge_rest()
{
	u16 who;

	while ((who = emrelay_arbiter_next(&bank.arbiter, now)) != EMRELAY_NOBODY)
		converge(who);
}

void Trio::drive(unsigned who, bool on, unsigned source)
{
	Relay &r = relay[who];

	if (r.line == on)
		broken("8", who, "is driven to where it is");
	if (r.moved && now < r.edge + (on ? OPEN : CLOSE))
		broken("2", who, "is driven while its contact travels");
	if (on && !r.want)
		broken("14", who, "is energised, and nobody asks for it");
	if (!on && r.want)
		broken("14", who, "is released, and nobody asks for it");
	if (!on && source == EMRELAY_BY_FAULT && setting->action != EMRELAY_ACTION_RELEASE)
		broken("14", who, "is released for a fault");
	for (unsigned i = 0; on && i < TRIO; i++) {
		if (relay[i].dropped && now < relay[i].released + DEAD)
			broken("5", who, "is energised within the dead time");
		if (i != who && relay[i].line)
			broken("5", who, "is energised beside another one");
		if (i != who && sensed(i) && relay[i].closed)
			broken("15", who, "is energised while another contact is closed");
	}
	if (on && r.cycled && now < r.energised + SPACING)
		broken("4", who, "is energised too soon");
	r.line = on;
	r.edge = now;
	r.moved = true;
	(on ? r.cycled : r.dropped) = true;
	(on ? r.energised : r.released) = now;
	r.moves = NEVER;
	if (sensed(who) && on != r.closed && !(on ? r.jammed : r.welded))
		r.moves = now + (on ? OPERATES : RELEASES);
}

void Trio::move(unsigned who)
{
	Relay &r = relay[who];

	r.moves = NEVER;
	r.closed = r.line;
	if (sensed(who))
		emrelay_feedback_sample(&r.feedback, r.closed, EMRELAY_EDGE, now);
	converge(who);
	converge_rest();
}

/* What held the contact lets go: it goes to where the coil wants it. */
void Trio::release_contact(unsigned who)
{
	Relay &r = relay[who];

	if (r.closed != r.line && r.moves == NEVER && !(r.line ? r.jammed : r.welded))
		move(who);
}

void Trio::tick()
{
	u64 end = now + TICK_NS;

	for (;;) {
		u64 next = end;

		for (const Relay &r : relay)
			next = std::min({next, r.wake, r.moves});
		now = std::max(now, next);
		if (next >= end)
			break;
		for (unsigned i = 0; i < TRIO; i++)
			if (relay[i].moves <= now)
				move(i);
		for (unsigned i = 0; i < TRIO; i++)
			if (relay[i].wake <= now) {
				converge(i);
				converge_rest();
			}
	}
	now = end;
	for (unsigned i = 0; i < TRIO; i++) {
		if (relay[i].moves <= now)
			move(i);
		converge(i);
		converge_rest();
	}
}

void Trio::request(unsigned who, emrelay_op op)
{
	emrelay_request request = {};
	int ret;

	request.op = op;
	request.source = EMRELAY_BY_SYSFS;
	request.policy = EMRELAY_DEFER;
	ret = emrelay_arbiter_request(&bank.arbiter, who, &request, now);
	if (ret && op == EMRELAY_OFF)
		broken("3", who, "refuses an off");
	if (!ret)
		relay[who].want = op == EMRELAY_ON;
	for (unsigned i = 0; !ret && op == EMRELAY_ON && i < setting->sensed; i++)
		if (i != who && relay[i].feedback.latched & EMRELAY_STUCK_CLOSED && !relay[who].line)
			broken("15", who, "accepts an on though another one has welded");
	if (!ret && op == EMRELAY_ON && sensed(who) && relay[who].feedback.latched &&
	    setting->action != EMRELAY_ACTION_REPORT && !relay[who].line)
		broken("16", who, "accepts an on though it has a fault");
	converge(who);
	converge_rest();
}

void Trio::act(unsigned deed, unsigned who)
{
	Relay &r = relay[who];
	bool lines[TRIO], targets[TRIO];
	u32 latched = r.feedback.latched;

	for (unsigned i = 0; i < TRIO; i++) {
		lines[i] = relay[i].line;
		targets[i] = bank.engine[i].target;
	}
	switch (deed) {
	case TICK:
		tick();
		break;
	case REBIND:
		bind();
		break;
	case ON:
		request(who, EMRELAY_ON);
		break;
	case OFF:
		request(who, EMRELAY_OFF);
		break;
	case WELD:
		r.welded = !r.welded;
		if (r.welded && !r.line)
			r.moves = NEVER;
		release_contact(who);
		break;
	case JAM:
		r.jammed = !r.jammed;
		if (r.jammed && r.line)
			r.moves = NEVER;
		release_contact(who);
		break;
	case CLEAR:
		if (!emrelay_feedback_clear(&r.feedback, now) && latched & EMRELAY_STUCK_CLOSED &&
		    r.closed)
			broken("16", who, "is cleared though it is welded");
		converge(who);
		converge_rest();
		break;
	case REPLACE:
		emrelay_feedback_replace(&r.feedback, now);
		converge(who);
		converge_rest();
		break;
	}
	if (deed != CLEAR && deed != REPLACE && deed != REBIND && sensed(who) &&
	    latched & ~r.feedback.latched)
		broken("16", who, "has lost a fault");
	for (unsigned i = 0; (deed == CLEAR || deed == REPLACE) && i < TRIO; i++)
		if (relay[i].line != lines[i] || (bank.engine[i].target && !targets[i]))
			broken("16", i, "is moved by a clear");
}

/* A relay that is to be on, and is not though nothing will happen any more. */
const char *Trio::stuck() const
{
	for (unsigned i = 0; i < TRIO; i++) {
		bool reason = false;

		if (bank.engine[i].target == relay[i].line)
			continue;
		for (unsigned j = 0; j < TRIO; j++)
			reason |= j != i && (relay[j].line || (sensed(j) && relay[j].closed));
		if (!bank.engine[i].target || !reason)
			return "waits for nothing";
	}
	return nullptr;
}

bool Trio::latched() const
{
	return std::any_of(relay, relay + TRIO, [](const Relay &r) { return r.feedback.latched; });
}

bool Trio::at_rest() const
{
	for (const Relay &r : relay)
		if (r.wake != NEVER || r.moves != NEVER)
			return false;
	return true;
}

void put(std::string &key, u64 value)
{
	for (unsigned i = 0; i < 3; i++)
		key.push_back(char(value >> 8 * i));
}

/* All that may matter for what is to come, times in ms, relative to now, and capped. */
void Trio::state(std::string &key) const
{
	auto ago = [&](bool valid, u64 then, u64 cap) {
		return valid && then <= now ? std::min((now - then) / MS, cap) : valid ? 0xffff : cap;
	};
	auto until = [&](u64 then) { return then == NEVER ? 0xffff : then <= now ? 0 : (then - now) / MS; };
	auto number = [&](const emrelay_member *member) { return member ? u64(member - bank.member) : TRIO; };
	const emrelay_group &g = bank.group[0];

	put(key, until(g.free_ns) | number(g.reserved) << 16 | number(g.queue.turn) << 19);
	put(key, (g.energised ? number(g.holder) : 0) | g.queue.stale << 3 | g.occupied << 4);
	for (unsigned i = 0; i < TRIO; i++) {
		const emrelay_engine &e = bank.engine[i];
		const emrelay_member &m = bank.member[i];
		const Relay &r = relay[i];
		const emrelay_feedback &f = r.feedback;
		unsigned older = 0;

		for (const list_head *l = m.waiting.prev; m.queue && l != &m.queue->waiting; l = l->prev)
			older++;
		put(key, e.past.coil | e.target << 1 | (m.queue != nullptr) << 2 | r.closed << 3 | r.welded << 4 |
		    r.jammed << 5 | r.want << 6 | older << 7 | m.occupied << 9 | m.latched << 11 |
		    u64(-e.refuse) << 14);
		put(key, ago(true, e.past.edge_ns, 150) | ago(e.past.cycled, e.past.energised_ns, 1) << 12);
		put(key, until(e.free_ns) | ago(r.dropped, r.released, 100) << 16);
		put(key, until(r.moves));
		put(key, until(r.wake));
		put(key, ago(r.moved, r.edge, 150) | ago(r.cycled, r.energised, 1) << 12);
		if (!sensed(i))
			continue;
		put(key, f.coil | f.raw << 1 | f.seen << 2 | f.phase << 3 | f.reads << 8 |
		    f.row << 10 | f.latched << 12 | f.measuring << 15 | (f.first_ns != 0) << 16 | f.closed << 17);
		put(key, ago(true, f.seen_ns, f.latched & EMRELAY_STUCK_CLOSED ? 1000 : 500));
		put(key, until(f.phase < EMRELAY_CONFIRMING ? now : f.deadline_ns) |
		    ago(true, r.edge_ns, 150) << 16);
		put(key, ago(true, f.raw_ns, f.raw == f.seen ? 0 : 2) | ago(true, f.last_ns, f.measuring ? 25 : 0) << 8);
		put(key, ago(true, f.rest_ns, 150));
	}
}

/* What was done, in words. */
std::string name(unsigned deed, unsigned who)
{
	return deeds[deed] + (deed > REBIND ? " of relay " + std::to_string(who) : "");
}

class Explorer {
public:
	Explorer(const Setting &setting, size_t most) : setting(setting), most(most) {}
	bool run();

private:
	unsigned visit(const Trio &trio, unsigned parent, unsigned deed, unsigned who);
	bool tell(unsigned state, const std::string &what) const;
	bool ends();

	const Setting setting;
	const size_t most;	/* states; of all others is only known how they are got into */
	std::unordered_map<std::string, unsigned> known;
	std::vector<State> states;
	std::deque<Trio> frontier;
};

unsigned Explorer::visit(const Trio &trio, unsigned parent, unsigned deed, unsigned who)
{
	std::string key;

	trio.state(key);
	auto [place, fresh] = known.try_emplace(key, states.size());
	if (fresh) {
		states.push_back({parent, (unsigned char)deed, (unsigned char)who, trio.at_rest(), 0});
		frontier.push_back(trio);
	}
	return place->second;
}

bool Explorer::tell(unsigned state, const std::string &what) const
{
	std::cout << "broken: " << what << ", after\n";
	tell_way(states, state, name);
	return false;
}

bool Explorer::run()
{
	visit(Trio(setting), 0, TICK, 0);
	for (unsigned at = 0; at < states.size() && at < most; at++) {
		const Trio here = frontier.front();

		frontier.pop_front();
		if (states[at].rests && here.stuck())
			return tell(at, std::string("6: a relay ") + here.stuck());
		for (unsigned deed = TICK; deed < DEEDS; deed++)
			for (unsigned who = 0; who < (deed <= REBIND ? 1 : deed >= WELD ? setting.sensed : TRIO); who++) {
				Trio next = here;

				next.setting = &setting;
				try {
					next.act(deed, who);
				} catch (const Violation &violation) {
					tell(at, violation.law + ": " + violation.facts);
					std::cout << "  " << name(deed, who) << std::endl;
					return false;
				}
				unsigned found = visit(next, at, deed, who);

				if (deed == TICK)
					states[at].after = found;
			}
	}
	return ends();
}

/* Law 6: wherever one stands, time alone leads to rest. */
bool Explorer::ends()
{
	const size_t looked = std::min(states.size(), most);
	std::vector<unsigned char> done(states.size(), 0);

	std::fill(done.begin() + looked, done.end(), 1);
	for (unsigned start = 0; start < looked; start++) {
		unsigned state = start, steps = 0;

		for (; !done[state] && !states[state].rests; state = states[state].after)
			if (steps++ > states.size())
				return tell(start, "6: no end");
		for (unsigned s = start; !done[s] && s != state; s = states[s].after)
			done[s] = 1;
	}
	std::cout << setting.sensed << " of " << TRIO << " are read back, fault_action " << actions[setting.action] << ": "
		  << (looked < states.size() ? "the first " : "all ") << looked << " states, each comes to rest"
		  << std::endl;
	return true;
}

/* Ways of a hundred deeds, deeper than all ways can be gone. */
bool walk(const Setting &setting, u64 steps, u64 seed)
{
	constexpr unsigned LENGTH = 100;
	std::mt19937_64 chance(seed);
	u64 latched = 0;

	for (u64 n = 0; n < steps; n += LENGTH) {
		Trio trio(setting);
		std::vector<std::string> way;

		for (unsigned i = 0; i < LENGTH; i++) {
			unsigned deed = chance() % 2 ? unsigned(TICK) : chance() % DEEDS;
			unsigned who = deed <= REBIND ? 0 : chance() % (deed >= WELD ? setting.sensed : TRIO);

			way.push_back(name(deed, who));
			try {
				trio.act(deed, who);
				if (trio.at_rest() && trio.stuck())
					throw Violation{"6", std::string("a relay ") + trio.stuck()};
			} catch (const Violation &violation) {
				std::cout << "broken: " << violation.law << ": " << violation.facts << ", after\n";
				for (const std::string &step : way)
					std::cout << "  " << step << "\n";
				return false;
			}
			latched += trio.latched();
		}
	}
	std::cout << setting.sensed << " of " << TRIO << " are read back, fault_action " << actions[setting.action] << ": "
		  << steps << " random deeds, a fault was latched after " << latched << " of them" << std::endl;
	return true;
}

}

int main(int argc, char **argv)
{
	const u64 count = argc >= 3 ? strtoull(argv[2], nullptr, 0) : 0;
	const unsigned sensed = argc >= 3 ? strtoul(argv[1], nullptr, 0) : 0;

	if (argc < 3 || argc > 4 || !sensed || sensed > TRIO || !count) {
		std::cerr << "usage: welds SENSED STATES	so many states, so many of three are read back\n"
			     "       welds SENSED DEEDS SEED	so many random deeds\n";
		return 2;
	}
	for (auto action : {EMRELAY_ACTION_BLOCK, EMRELAY_ACTION_REPORT, EMRELAY_ACTION_RELEASE})
		if (!(argc == 3 ? Explorer({sensed, action}, count).run() :
		      walk({sensed, action}, count, strtoull(argv[3], nullptr, 0))))
			return 1;
	return 0;
}
