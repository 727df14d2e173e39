// SPDX-License-Identifier: GPL-2.0-only
/* Random scripts, or one again; see usage(). */
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <random>

#include "script.hh"

using namespace model;

static int usage()
{
	std::cerr << "usage: random STEPS [SEED]	play random scripts of so many steps in all\n"
		     "       random --replay HEX	play this script, and tell what happens\n";
	return 2;
}

static void play_string(const std::string &script, Tally &tally, FILE *log = nullptr)
{
	play(reinterpret_cast<const unsigned char *>(script.data()), script.size(), tally, log);
}

static int replay(const std::string &script)
{
	Tally tally;

	try {
		play_string(script, tally, stdout);
	} catch (const Violation &violation) {
		std::cout << "broken: " << violation.law << ": " << violation.facts << std::endl;
		return 1;
	}
	std::cout << "nothing broken, " << tally.edges << " edges" << std::endl;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--replay"))
		return replay(from_hex(argv[2]));
	if (argc < 2 || argc > 3 || argv[1][0] == '-')
		return usage();

	const u64 steps = strtoull(argv[1], nullptr, 0);
	const u64 seed = argc == 3 ? strtoull(argv[2], nullptr, 0) : 1;
	Tally tally;

	for (u64 n = 0; tally.steps < steps; n++) {
		/* Each script has a seed of its own, so that any can be had again. */
		std::seed_seq seeds{seed, n};
		std::mt19937_64 chance(seeds);
		std::string script(HEADER + STEP * (20 + chance() % 400), '\0');

		for (size_t at = 0; at < script.size(); at += 8) {
			u64 eight = chance();

			for (size_t i = at; i < at + 8 && i < script.size(); i++, eight >>= 8)
				script[i] = char(eight);
		}
		try {
			play_string(script, tally);
		} catch (const Violation &violation) {
			std::cout << "broken: " << violation.law << ": " << violation.facts
				  << " (seed " << seed << ", script " << n << ")" << std::endl;
			script = shrink(script, violation.law);
			replay(script);
			std::cout << "again: " << argv[0] << " --replay " << to_hex(script) << std::endl;
			return 1;
		}
	}
	std::cout << tally.scripts << " scripts, " << tally.steps << " steps, " << tally.edges << " edges, "
		  << tally.firings << " timers" << std::endl;
	return 0;
}
