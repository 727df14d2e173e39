// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contacts that are read back, as they are in life: healthy ones, of which no fault
 * may ever be latched, and ones that weld, each of which must be, in time.
 *
 * A healthy contact takes half to twice its rated operate and release time and
 * bounces for up to twice its rated bounce time. Its line has ten glitches a second
 * of up to 1 ms, and shows DC, or mains through an optocoupler of one or two
 * half-waves. The judge is the contact that is played here.
 */
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

extern "C" {
#include "feedback.h"	/* of the driver */
}

namespace {

constexpr u64 US = 1000, MS = 1000 * US, S = 1000 * MS;
constexpr u64 NEVER = ~0ULL;

/* The WAGO 859-353. */
constexpr u64 OPERATE = 15 * MS, RELEASE = 25 * MS, BOUNCE = 3500 * US;
constexpr u64 WELD_LATE = 10 * MS;

struct Kind {
	const char *name;
	bool inverted;
	u64 period, active;	/* of mains; 0: DC */
	u64 hold;
};

const Kind kinds[] = {
	{"dc", false, 0, 0, 0},
	{"dc, active open", true, 0, 0, 0},
	{"dc, held", false, 0, 0, 20 * MS},
	{"half-wave 50 Hz", false, 20 * MS, 8800 * US, 30 * MS},
	{"half-wave 60 Hz", false, 16666667, 7300 * US, 30 * MS},
	{"full-wave 50 Hz", false, 10 * MS, 8200 * US, 30 * MS},
	{"full-wave 60 Hz, high threshold", false, 8333333, 4400 * US, 30 * MS},
};

/* A relay and its line, on a clock of its own. */
class Contact {
public:
	Contact(const Kind &kind, u64 seed) : kind(kind), chance(seed)
	{
		phase = kind.period ? chance() % kind.period : 0;
		next_noise = now + gap();
		limits = {OPERATE + BOUNCE, RELEASE + BOUNCE, BOUNCE, kind.hold, kind.inverted, kind.period > 0};
		emrelay_feedback_bind(&feedback, &limits, false, kind.inverted, now);
		run_to(now + S);
	}

	/* One cycle; false: a fault was latched. */
	bool cycle()
	{
		drive(true, times(OPERATE, 0.5, 2));
		run_to(now + 60 * MS + chance() % S);
		drive(false, times(RELEASE, 0.5, 2));
		run_to(now + 90 * MS + kind.hold + chance() % S);
		return !feedback.latched;
	}

	/* Its last cycle: it does not open again. How long until that was latched? */
	u64 weld()
	{
		drive(true, times(OPERATE, 0.5, 2));
		run_to(now + 60 * MS + chance() % S);
		drive(false, NEVER);
		for (u64 begin = now; !feedback.latched && now < begin + S;)
			run_to(now + 10 * US);
		return now - feedback.coil_ns;
	}

	u64 limit() const { return 3 * limits.open_ns + (limits.ac ? 2 : 1) * limits.hold_ns + WELD_LATE; }
	const emrelay_feedback &state() const { return feedback; }

private:
	u64 times(u64 rated, double least, double most)
	{
		return u64(double(rated) * std::uniform_real_distribution<>(least, most)(chance));
	}

	u64 gap() { return u64(std::exponential_distribution<>(10)(chance) * double(S)) + US; }

	/* The contact follows the coil, and bounces. */
	void drive(bool on, u64 after)
	{
		u64 first = now + after, last, at;

		emrelay_feedback_coil(&feedback, on, now);
		if (after == NEVER)
			return;
		last = first + times(BOUNCE, 0, on ? 2 : 0.5);
		moves = {first};
		for (at = first; at < last; at += 20 * US + chance() % (2 * MS))
			moves.push_back(at);
		/* In the end it is where it was to be. */
		if (moves.size() % 2 == 0)
			moves.pop_back();
		std::reverse(moves.begin(), moves.end());
	}

	bool mains(u64 at) const { return !kind.period || (at + phase) % kind.period < kind.active; }

	u64 next_mains() const
	{
		u64 in = kind.period ? (now + phase) % kind.period : 0;

		return !kind.period ? NEVER : now + (in < kind.active ? kind.active : kind.period) - in;
	}

	/* The line has a level; what is due happens; the line has its next one. */
	void run_to(u64 end)
	{
		while (now < end) {
			u64 next = std::min({end, next_mains(), next_noise, noise_end,
					     moves.empty() ? NEVER : moves.back(),
					     std::max(emrelay_feedback_advance(&feedback, now), now)});

			now = next;
			if (!moves.empty() && moves.back() <= now) {
				moves.pop_back();
				closed = !closed;
			}
			if (noise_end <= now)
				noise_end = NEVER;
			if (next_noise <= now) {
				noise_end = now + 10 * US + chance() % (980 * US);
				next_noise = noise_end + gap();
			}
			level = ((closed && mains(now)) != (noise_end != NEVER)) != kind.inverted;
			if (level != told)
				emrelay_feedback_sample(&feedback, level, EMRELAY_EDGE, now);
			told = level;
			if (emrelay_feedback_advance(&feedback, now) <= now)
				emrelay_feedback_sample(&feedback, level, EMRELAY_READ, now);
		}
	}

	const Kind &kind;
	std::mt19937_64 chance;
	emrelay_feedback_limits limits;
	emrelay_feedback feedback = {};
	std::vector<u64> moves;		/* of the contact, the next one last */
	u64 now = 1000 * S, phase, next_noise, noise_end = NEVER;
	bool closed = false, level = kind.inverted, told = kind.inverted;
};

/* All cycles are spread over the kinds, and over histories of a hundred cycles. */
int play(u64 cycles, u64 welds, u64 seed)
{
	constexpr u64 HISTORY = 100;
	u64 slowest = 0, measured = 0, welded = 0;

	for (u64 n = 0; n * HISTORY < cycles; n++) {
		const Kind &kind = kinds[n % std::size(kinds)];
		Contact contact(kind, seed * 1000003 + n);

		for (u64 i = 0; i < HISTORY; i++) {
			if (contact.cycle())
				continue;
			std::cout << "broken: fault " << contact.state().latched << " of a healthy contact (" << kind.name
				  << ", seed " << seed << ", history " << n << ", cycle " << i << ")" << std::endl;
			return 1;
		}
		measured += contact.state().life.operate.n;
		if (contact.state().full_wave != (kind.period && kind.period <= 10 * MS)) {
			std::cout << "broken: full_wave is " << contact.state().full_wave << " (" << kind.name << ", seed "
				  << seed << ", history " << n << ")" << std::endl;
			return 1;
		}
		if (contact.state().life.closings != HISTORY || contact.state().life.misfires) {
			std::cout << "broken: " << contact.state().life.closings << " closings, "
				  << contact.state().life.misfires << " misfires in " << HISTORY << " cycles ("
				  << kind.name << ", seed " << seed << ", history " << n << ")" << std::endl;
			return 1;
		}
	}
	for (u64 n = 0; n < welds; n++) {
		const Kind &kind = kinds[n % std::size(kinds)];
		Contact contact(kind, seed * 1000033 + n);
		u64 late = contact.cycle() ? contact.weld() : 0;

		if (late > contact.limit() || late < contact.limit() - WELD_LATE ||
		    contact.state().latched != EMRELAY_STUCK_CLOSED) {
			std::cout << "broken: weld " << n << " (" << kind.name << ", seed " << seed << "): faults "
				  << contact.state().latched << " after " << late << " ns" << std::endl;
			return 1;
		}
		slowest = std::max(slowest, late - (contact.limit() - WELD_LATE));
		welded++;
	}
	std::cout << cycles << " healthy cycles, no fault, " << measured * 100 / std::max(cycles, 1ULL)
		  << " % of them measured; " << welded << " welds, all found, the last "
		  << slowest / 1000 << " us after its deadline" << std::endl;
	return 0;
}

}

int main(int argc, char **argv)
{
	if (argc != 4) {
		std::cerr << "usage: contacts CYCLES WELDS SEED\n";
		return 2;
	}
	return play(strtoull(argv[1], nullptr, 0), strtoull(argv[2], nullptr, 0), strtoull(argv[3], nullptr, 0));
}
