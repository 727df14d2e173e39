/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A string of bytes as a script: a bank and what is done with it. Every string
 * is one, so that chance, a fuzzer and a shrinker can all write scripts.
 */
#ifndef EMRELAY_MODEL_SCRIPT_HH
#define EMRELAY_MODEL_SCRIPT_HH

#include <cstddef>
#include <cstdio>
#include <string>

#include "judge.hh"

namespace model {

constexpr size_t HEADER = 2 + 4 * RELAYS;
constexpr size_t STEP = 4;

struct Tally {
	u64 steps = 0, edges = 0, firings = 0, scripts = 0;
};

/* Plays a script; throws a Violation. A log is for people. */
void play(const unsigned char *bytes, size_t size, Tally &tally, FILE *log = nullptr);

/* The shortest and plainest script that breaks the same law. */
std::string shrink(const std::string &script, const std::string &law);

std::string to_hex(const std::string &bytes);
std::string from_hex(const std::string &hex);

}

#endif
