/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wear of a relay: what a cycle costs, what was used and what is left. Pure
 * integer arithmetic; every counter saturates.
 *
 * Damage is counted in pico of a rated life: 10^12 of them are one life. What a
 * cycle costs is rounded up to a whole pico, so that it is never nothing: a relay
 * rated for N cycles is worn after exactly N of them if N is 10^6 or less, and
 * else after fewer by at most one part in 10^12 / N (5 ppm at 5 000 000). Between
 * the points of a curve the cost is within 2 pico and 10^-7 of the exact one.
 */
#ifndef EMRELAY_WEAR_H
#define EMRELAY_WEAR_H

#include "compat.h"
#include "parts.h"

#define EMRELAY_LIFE_PICO	1000000000000ULL
#define EMRELAY_PICO_PER_PPM	(EMRELAY_LIFE_PICO / 1000000)
#define EMRELAY_WARN_PPM	800000
#define EMRELAY_WORN_PPM	1000000

/**
 * enum emrelay_basis - what the cost of a cycle rests on
 * @EMRELAY_BASIS_SHEET: the ratings, for just this kind of load
 * @EMRELAY_BASIS_CURVE: the electrical life curve
 * @EMRELAY_BASIS_ASSUMED: the ratings, or the curve, for another kind of load,
 *	for want of better
 */
enum emrelay_basis { EMRELAY_BASIS_SHEET, EMRELAY_BASIS_CURVE, EMRELAY_BASIS_ASSUMED };

/**
 * struct emrelay_present_load - what the contact switches at present
 * @class: the load class
 * @microamp: the current, 0: not known
 * @sheet: the ratings are for just such a load
 * @curve: the curve is for just such a load
 */
struct emrelay_present_load {
	enum emrelay_load_class class;
	u32 microamp;
	bool sheet;
	bool curve;
};

/**
 * struct emrelay_cost - what a cycle costs
 * @pico: damage, 1 to EMRELAY_LIFE_PICO
 * @basis: what that rests on
 */
struct emrelay_cost {
	u64 pico;
	enum emrelay_basis basis;
};

/**
 * struct emrelay_wear - the life of one relay so far
 * @cycles: energisations by the load class that was in force
 * @damage_pico: sum of all cycles, 10^12 = the rated life
 * @on_ns: time the coil was energised, without the stretch that still lasts
 * @longest_on_ns: the longest time it was energised at a stretch
 * @shortest_on_ns: the shortest, 0: none has ended yet
 * @first_use_ns: CLOCK_REALTIME of the first energisation of all, as a record
 *	has it, 0: not known
 * @last_use_ns: and of the last one
 * @last_release_ns: and of the last release
 * @on_since_ns: CLOCK_BOOTTIME since when it is energised; valid while it is
 * @first_ns: CLOCK_BOOTTIME of the first energisation counted here, 0: none was,
 *	U64_MAX: there were earlier ones, at unknown times
 * @last_ns: CLOCK_BOOTTIME of the last energisation counted here, 0: none was
 * @released_ns: CLOCK_BOOTTIME of the last release counted here, 0: none was
 *
 * The fields that a record has come first, and all of them are u64.
 */
struct emrelay_wear {
	u64 cycles[EMRELAY_LOAD_CLASSES];
	u64 damage_pico;
	u64 on_ns;
	u64 longest_on_ns;
	u64 shortest_on_ns;
	u64 first_use_ns;
	u64 last_use_ns;
	u64 last_release_ns;
	u64 on_since_ns;
	u64 first_ns;
	u64 last_ns;
	u64 released_ns;
};

#define EMRELAY_RECORDED	(offsetof(struct emrelay_wear, on_since_ns) / sizeof(u64))

/**
 * enum emrelay_health - judgement of the wear
 * @EMRELAY_GOOD: less than what is to be warned of is used, by default 80 %
 * @EMRELAY_WARNING: that much of the rated life is used
 * @EMRELAY_WORN: the rated life is used up
 */
enum emrelay_health { EMRELAY_GOOD, EMRELAY_WARNING, EMRELAY_WORN };

u64 emrelay_wear_life_cost(u32 cycles);
struct emrelay_cost emrelay_wear_cost(const struct emrelay_ratings *ratings,
				      const struct emrelay_curve *curve,
				      const struct emrelay_present_load *load);
void emrelay_wear_energised(struct emrelay_wear *wear, enum emrelay_load_class class, u64 cost_pico,
			    u64 now_ns);
void emrelay_wear_charge(struct emrelay_wear *wear, u64 pico);
void emrelay_wear_released(struct emrelay_wear *wear, u64 now_ns);
u64 emrelay_wear_cycles(const struct emrelay_wear *wear);
u64 emrelay_wear_on_ns(const struct emrelay_wear *wear, bool on, u64 now_ns);
u64 emrelay_wear_ppm(const struct emrelay_wear *wear);
u64 emrelay_wear_cycles_left(const struct emrelay_wear *wear, u64 cost_pico);
enum emrelay_health emrelay_wear_health(const struct emrelay_wear *wear, u32 warn_ppm);
void emrelay_wear_merge(struct emrelay_wear *wear, const struct emrelay_wear *other, bool before);

#endif
