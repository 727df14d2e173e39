// SPDX-License-Identifier: GPL-2.0-only
/* A string of bytes as a script. */
#include "script.hh"

#include <algorithm>
#include <memory>

#include "world.hh"

namespace model {

constexpr u64 US = 1000, MS = 1000 * US, S = 1000 * MS;
/* Beyond the longest chain of limits; a clock never gets near its end. */
constexpr u64 FAR = 1ULL << 60;

/* Ratings of very different size: odd ones, the WAGO part's, the largest. */
static const u64 travels[] = {1, 2, 3, 5, 7, 18500 * US, 28500 * US, 2 * 4294967295ULL * US};
static const u64 spacings[] = {14, 1, 5, 9, 30, S / 3, 10 * S, 60 * S};
static const u64 dwells[] = {0, 0, 0, 1, 4, 13, 250 * MS, 4294967295ULL * MS};
static const u64 deads[] = {4, 1, 2, 6, 11, 51 * MS, 1 * S, 4294967295ULL * US};
static const u64 watchdogs[] = {0, 1, 2, 6, 20, 45, 100 * MS, 4294967295ULL * MS};
static const u64 staggers[] = {0, 0, 1, 3, 8, 25, 200 * MS, 4294967295ULL * MS};
static const u64 pulses[] = {0, 1, 2, 3, 5, 10, 21, 60};
static const u64 max_ons[] = {0, 9, 1, 33, 4, 90, 300 * MS, 4294967295ULL * MS};
static const u64 momentaries[] = {0, 6, 1, 25, 3, 70, 500 * MS, 4294967295ULL * MS};

/* One step: what, of which relay, and two bytes of how. */
static void step(World &world, const unsigned char *b)
{
	unsigned what = b[0] % 32, who = b[1] % world.count, how = b[2], more = b[3];
	/* The moment before, the moment, the one after. */
	u64 nudge = more % 3;
	u64 now = world.time(), to;
	Ratings ratings = world.ratings(who);

	if (!world.bound && !world.probing) {
		if (what < 8)
			world.run_to(now + (u64(how) << more % 24));
		else if (what < 12)
			world.meddle(who);
		else if (what < 24)
			world.bind();
		else
			world.probe();
		return;
	}
	if (!world.bound && what >= 12) {
		if (what < 20)
			world.run_to(now + how % 16);
		else
			world.start();
		return;
	}
	switch (what) {
	case 0 ... 11: {
		u64 length = 0;

		if (what % 4 == EMRELAY_PULSE)
			length = ratings.close + pulses[how % 8] * (more & 1 ? ratings.close : 1) -
				 (how >= 248);
		world.request(who, emrelay_op(what % 4), what < 8 ? EMRELAY_BY_SYSFS : EMRELAY_BY_GPIO,
			      what < 8 && how & 16 ? EMRELAY_REJECT : EMRELAY_DEFER, length);
		break;
	}
	case 12 ... 15:
		to = world.next_timer();
		if (to != NEVER && to + nudge > now)
			world.run_to(to + nudge - 1);
		break;
	case 16:
		to = world.timer(who);
		if (to != NEVER && to + nudge > now)
			world.run_to(to + nudge - 1);
		break;
	case 17 ... 19:
		to = world.judge.moment(who, how);
		if (to < FAR && to + nudge > now)
			world.run_to(to + nudge - 1);
		break;
	case 20:
		world.run_to(now + how % 32);
		break;
	case 21:
		to = now + (u64(how + 1) << more % 40);
		if (to < FAR)
			world.run_to(to);
		break;
	case 22:
		if (more % 8 < 3)
			ratings.spacing = spacings[how % 8];
		else if (more % 8 < 4)
			ratings.min_on = dwells[how % 8];
		else if (more % 8 < 5)
			ratings.min_off = dwells[how % 8];
		else if (more % 8 < 7)
			ratings.max_on = max_ons[how % 8];
		else
			ratings.momentary = momentaries[how % 8];
		world.set_ratings(who, ratings);
		break;
	case 23:
		world.set_watchdog(who, watchdogs[how % 8]);
		break;
	case 24:
		world.set_changeover(who, how & 1);
		break;
	case 25:
		world.set_supply(staggers[how % 8], more % (world.count + 2) < 3 ? more % 3 : 0);
		break;
	case 26:
		world.ask_wait(who);
		break;
	case 27:
		if (more & 1)
			world.ask_ready(who);
		else if (more & 2)
			world.recheck();
		else
			world.decide(who);
		break;
	case 28:
		if (how % 8 == 2)
			world.meddle(who);
		else if (how % 4 == 0)
			world.fail(1 + how / 4 % 3, more);
		else if (how % 16 == 1)
			world.suspend();
		break;
	case 29:
		if (how % 4 == 0)
			world.unbind();
		break;
	case 30:
		if (how % 8 == 0)
			world.run_dry();
		else
			world.let_fire(who);
		break;
	default:
		world.let_fire(who);
		world.work();
	}
}

void play(const unsigned char *bytes, size_t size, Tally &tally, FILE *log)
{
	unsigned char header[HEADER] = {};
	static const Lateness latenesses[] = {
		Lateness::none, Lateness::none, Lateness::none, Lateness::none,
		Lateness::none, Lateness::none, Lateness::timers, Lateness::lines,
	};
	Node nodes[RELAYS];
	unsigned count;

	std::copy_n(bytes, std::min(size, HEADER), header);
	count = 1 + header[0] % RELAYS;
	for (unsigned i = 0; i < count; i++) {
		const unsigned char *b = header + 2 + 4 * i;
		Node &node = nodes[i];
		/* Sizes mix in one bank, but small times meet more often. */
		unsigned mask = b[3] & 64 ? 7 : 3;

		node.ratings = {
			travels[b[0] & mask], travels[b[0] >> 4 & mask], spacings[b[1] & mask],
			dwells[b[1] >> 4 & 7 & (mask | 4)], dwells[b[2] & 7 & (mask | 4)],
			b[3] & 4 ? max_ons[b[0] >> 2 & mask] : 0,
			b[3] & 8 ? momentaries[b[1] >> 2 & mask] : 0,
		};
		if (mask == 3) {
			node.ratings.min_on = std::min<u64>(node.ratings.min_on, 13);
			node.ratings.min_off = std::min<u64>(node.ratings.min_off, 13);
		}
		node.dead = deads[b[2] >> 4 & mask];
		node.group = b[3] % 4 ? (b[3] % 4) / 3 : NONE;
		node.start = b[3] & 16 ? Node::keep : b[3] & 32 ? Node::on : Node::off;
		node.retain = b[3] & 128;
		node.released = b[2] & 8 ? dwells[b[2] & 7] + 1 : 0;
		if (log)
			fprintf(log, "relay %u: close %llu open %llu spacing %llu min_on %llu min_off %llu "
				"max_on %llu momentary %llu%s%s",
				i, node.ratings.close, node.ratings.open, node.ratings.spacing,
				node.ratings.min_on, node.ratings.min_off, node.ratings.max_on,
				node.ratings.momentary,
				node.start == Node::keep ? ", keep" : node.start == Node::on ? ", on" : "",
				node.retain ? ", retain" : "");
		if (log && node.released)
			fprintf(log, ", released %llu before by its record", node.released);
		if (log && node.group != NONE)
			fprintf(log, ", group %u, dead time %llu", node.group, node.dead);
		if (log)
			fprintf(log, "\n");
	}

	World world(nodes, count, header[1] & 1 ? 1 : S + header[1], latenesses[header[0] >> 5], header[1] & 2, log);

	if (log && world.lateness != Lateness::none)
		fprintf(log, "%s\n", world.lateness == Lateness::timers ?
			"timers fire late, and writes take time" : "lines sleep, and all is late");
	tally.scripts++;
	world.bind();
	for (size_t at = HEADER; at + STEP <= size; at += STEP) {
		step(world, bytes + at);
		tally.steps++;
	}
	if (world.bound) {
		world.run_dry();
		world.unbind();
	}
	tally.edges += world.edges;
	tally.firings += world.firings;
}

static bool breaks(const std::string &script, const std::string &law)
{
	Tally tally;

	try {
		play(reinterpret_cast<const unsigned char *>(script.data()), script.size(), tally);
	} catch (const Violation &violation) {
		return violation.law == law;
	}
	return false;
}

std::string shrink(const std::string &script, const std::string &law)
{
	std::string best = script;
	bool better = true;

	if (best.size() < HEADER)
		best.resize(HEADER);
	while (better) {
		better = false;
		/* Fewer steps: half of them, a quarter, ... one. */
		for (size_t part = (best.size() - HEADER) / STEP / 2 + 1; part; part /= 2)
			for (size_t at = HEADER; at + part * STEP <= best.size();) {
				std::string shorter = best;

				shorter.erase(at, part * STEP);
				if (breaks(shorter, law)) {
					best = shorter;
					better = true;
				} else {
					at += part * STEP;
				}
			}
		/* Fewer relays, and plainer bytes. */
		for (size_t at = 0; at < best.size(); at++)
			for (int plain : {0, best[at] & 0x0f, best[at] & 0xf0, best[at] & 3, best[at] - 1}) {
				std::string plainer = best;

				plainer[at] = char(plain);
				if ((unsigned char)plain < (unsigned char)best[at] && breaks(plainer, law)) {
					best = plainer;
					better = true;
				}
			}
	}
	return best;
}

std::string to_hex(const std::string &bytes)
{
	static const char digits[] = "0123456789abcdef";
	std::string hex;

	for (unsigned char byte : bytes) {
		hex += digits[byte >> 4];
		hex += digits[byte & 15];
	}
	return hex;
}

std::string from_hex(const std::string &hex)
{
	std::string bytes;

	for (size_t at = 0; at + 2 <= hex.size(); at += 2)
		bytes += char(std::stoi(hex.substr(at, 2), nullptr, 16));
	return bytes;
}

}
