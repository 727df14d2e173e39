/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * States that were found by what may be done, and the way that led to each.
 */
#ifndef MODEL_STATES_HH
#define MODEL_STATES_HH

#include <iostream>
#include <string>
#include <vector>

namespace model {

/* How a state was found, and where time alone leads from it. */
struct State {
	unsigned parent;
	unsigned char deed, who;
	bool rests;		/* nothing is pending but for others */
	unsigned after;
};

/* Says what was done from the first state on; name(deed, who) has the words. */
template <typename Name>
void tell_way(const std::vector<State> &states, unsigned state, Name name)
{
	std::vector<unsigned> way;

	for (; state; state = states[state].parent)
		way.push_back(state);
	for (; !way.empty(); way.pop_back())
		std::cout << "  " << name(states[way.back()].deed, states[way.back()].who) << "\n";
}

}

#endif
