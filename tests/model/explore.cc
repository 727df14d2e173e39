// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every state that a group of three relays can get into, by any requests at any
 * moments of a coarse clock. The engine runs as it is; two states are one if
 * all times that still matter are equally long ago. The judge looks at each
 * step, so that the laws it knows hold in all of them.
 *
 * Law 6 needs no bound of its own: from each state, time alone leads along a
 * chain of states. It must end, in a state where every coil follows its target
 * or waits for one that is on to stay.
 */
#include <algorithm>
#include <cstring>
#include <deque>
#include <iostream>
#include <unordered_map>
#include <vector>

#include "states.hh"
#include "world.hh"

using namespace model;

namespace {

constexpr unsigned TRIO = 3;

/* What may be done in a state: let time pass, unbind, and of each relay: */
enum Deed { TICK, REBIND, ON, OFF, TOGGLE, PULSE_SHORT, PULSE_LONG, ON_OR_NOT, DEEDS };

const char *const deeds[] = {"time passes", "unbind, bind", "on", "off", "toggle", "a short pulse",
			     "a long pulse", "on, or not at all"};

struct Key {
	u64 a, b;
	bool operator==(const Key &other) const { return a == other.a && b == other.b; }
};

struct KeyHash {
	size_t operator()(const Key &key) const { return key.a; }
};

/* 128 bits stand for a state: two of 10^8 states are mixed up once in 10^22. */
Key hash(const std::string &text)
{
	Key key = {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f};

	for (unsigned char c : text) {
		key.a = (key.a ^ c) * 0x100000001b3;
		key.a ^= key.a >> 29;
		key.b = (key.b + c) * 0xff51afd7ed558ccd;
		key.b ^= key.b >> 32;
	}
	return key;
}

/* What was done, in words. */
std::string name(unsigned deed, unsigned who)
{
	return deeds[deed] + (deed > REBIND ? " of relay " + std::to_string(who) : "");
}

struct Setting {
	unsigned changeovers;	/* so many of the relays change over */
	Ratings ratings;
	u64 dead, pulse, watchdog;
	bool alike;
};

class Explorer {
public:
	explicit Explorer(const Setting &setting) : setting(setting)
	{
		const Ratings &r = setting.ratings;

		/* One that is not alike closes two ticks later. */
		horizon = std::max({r.close + 2, r.open, r.spacing, r.min_on, r.min_off,
				    setting.dead, setting.pulse, setting.watchdog}) + 1;
	}
	bool run();

private:
	unsigned visit(const World &world, unsigned parent, unsigned deed, unsigned who);
	void act(World &world, unsigned deed, unsigned who) const;
	bool ends();

	const Setting setting;
	u64 horizon;
	std::unordered_map<Key, unsigned, KeyHash> known;
	std::vector<State> states;
	std::deque<World> frontier;
};

void Explorer::act(World &world, unsigned deed, unsigned who) const
{
	u64 close = world.ratings(who).close;

	switch (deed) {
	case TICK:
		world.run_to(world.time() + 1);
		break;
	case REBIND:
		world.unbind();
		world.bind();
		for (unsigned i = 0; i < setting.changeovers; i++)
			world.set_changeover(i, true);
		for (unsigned i = 0; setting.watchdog && i < TRIO; i++)
			world.set_watchdog(i, setting.watchdog);
		break;
	case ON:
		world.request(who, EMRELAY_ON, EMRELAY_BY_SYSFS, EMRELAY_DEFER, 0);
		break;
	case OFF:
		world.request(who, EMRELAY_OFF, EMRELAY_BY_SYSFS, EMRELAY_DEFER, 0);
		break;
	case TOGGLE:
		world.request(who, EMRELAY_TOGGLE, EMRELAY_BY_SYSFS, EMRELAY_DEFER, 0);
		break;
	case PULSE_SHORT:
		world.request(who, EMRELAY_PULSE, EMRELAY_BY_SYSFS, EMRELAY_DEFER, close);
		break;
	case PULSE_LONG:
		world.request(who, EMRELAY_PULSE, EMRELAY_BY_SYSFS, EMRELAY_DEFER, setting.pulse);
		break;
	case ON_OR_NOT:
		world.request(who, EMRELAY_ON, EMRELAY_BY_SYSFS, EMRELAY_REJECT, 0);
		break;
	}
}

unsigned Explorer::visit(const World &world, unsigned parent, unsigned deed, unsigned who)
{
	std::string text;
	bool rests = true;

	world.state(horizon, text);
	auto [place, fresh] = known.try_emplace(hash(text), states.size());
	if (!fresh)
		return place->second;

	for (unsigned i = 0; i < TRIO; i++)
		rests &= world.judge.follows(i) || !world.judge.waits_for_nobody(i);
	states.push_back({parent, (unsigned char)deed, (unsigned char)who,
			  rests && world.next_timer() == NEVER, 0});
	frontier.push_back(world);
	return place->second;
}

bool Explorer::run()
{
	Node nodes[TRIO];

	for (unsigned i = 0; i < TRIO; i++) {
		nodes[i] = {setting.ratings, 0, setting.dead, Node::off, false, 0};
		if (!setting.alike)
			nodes[i].ratings.close += i;
	}

	World first(nodes, TRIO, 1000, Lateness::none, false, nullptr);

	first.bind();
	for (unsigned i = 0; i < setting.changeovers; i++)
		first.set_changeover(i, true);
	for (unsigned i = 0; setting.watchdog && i < TRIO; i++)
		first.set_watchdog(i, setting.watchdog);
	visit(first, 0, TICK, 0);

	for (unsigned now = 0; now < states.size(); now++) {
		const World here = frontier.front();

		frontier.pop_front();
		for (unsigned deed = TICK; deed < DEEDS; deed++)
			for (unsigned who = 0; who < (deed <= REBIND ? 1 : TRIO); who++) {
				World next = here;

				try {
					act(next, deed, who);
				} catch (const Violation &violation) {
					std::cout << "broken: " << violation.law << ": "
						  << violation.facts << ", after\n";
					tell_way(states, now, name);
					std::cout << "  " << name(deed, who) << std::endl;
					return false;
				}

				unsigned found = visit(next, now, deed, who);

				if (deed == TICK)
					states[now].after = found;
			}
	}
	return ends();
}

/* Law 6: wherever one stands, time alone leads to rest. */
bool Explorer::ends()
{
	std::vector<unsigned> ticks(states.size(), 0);
	std::vector<unsigned char> done(states.size(), 0);
	std::vector<unsigned> way;
	unsigned longest = 0;

	for (unsigned start = 0; start < states.size(); start++) {
		unsigned state = start;

		for (; !done[state] && !states[state].rests; state = states[state].after) {
			if (way.size() > states.size()) {
				std::cout << "broken: no end, after\n";
				tell_way(states, start, name);
				return false;
			}
			if (states[state].after == state) {
				std::cout << "broken: stuck, after\n";
				tell_way(states, state, name);
				return false;
			}
			way.push_back(state);
		}
		unsigned left = states[state].rests ? 0 : ticks[state];

		for (; !way.empty(); way.pop_back()) {
			ticks[way.back()] = ++left;
			done[way.back()] = 1;
			longest = std::max(longest, left);
		}
	}
	const Ratings &r = setting.ratings;

	std::cout << "close " << r.close << " open " << r.open << " spacing " << r.spacing << " min_on " << r.min_on
		  << " min_off " << r.min_off << " dead time " << setting.dead << " watchdog " << setting.watchdog
		  << (setting.alike ? "" : ", unlike") << ", " << setting.changeovers << " of " << TRIO << " change over: " << states.size()
		  << " states, all come to rest in at most " << longest << " ticks" << std::endl;
	return true;
}

}

int main(int argc, char **argv)
{
	/* Times in ticks: close, open, spacing, min_on, min_off; dead time, long pulse, watchdog. */
	static const Setting small = {0, {1, 2, 4, 0, 0, 0, 0}, 3, 2, 0, true};
	static const Setting large[] = {
		{0, {2, 3, 7, 3, 4, 0, 0}, 5, 5, 0, true},
		{0, {1, 2, 4, 2, 0, 0, 0}, 3, 2, 0, false},
		{0, {1, 1, 3, 0, 0, 0, 0}, 2, 2, 4, true},
	};
	const bool all = argc == 2 && !strcmp(argv[1], "--large");

	for (const Setting &setting : all ? std::vector<Setting>(std::begin(large), std::end(large)) :
					    std::vector<Setting>{small})
		for (unsigned changeovers = 0; changeovers <= TRIO; changeovers++) {
			Setting now = setting;

			now.changeovers = changeovers;
			if (!Explorer(now).run())
				return 1;
		}
	return 0;
}
