// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer writes scripts, tests/model/judge.cc says what is wrong with them. */
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "script.hh"

using namespace model;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	Tally tally;

	try {
		play(bytes, size, tally);
	} catch (const Violation &violation) {
		std::string script(reinterpret_cast<const char *>(bytes), size);

		std::cerr << "broken: " << violation.law << ": " << violation.facts << "\n"
			  << "again: " << to_hex(shrink(script, violation.law)) << std::endl;
		abort();
	}
	return 0;
}
