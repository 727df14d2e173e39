/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wear of a relay: what a cycle costs and what is left. Pure integer
 * arithmetic that saturates and never rounds a cycle to nothing.
 *
 * The unit of damage is the pico of a rated life: 10^12 of them are one life.
 * A fraction of 2^-64 pico is carried along, rounded up at each cycle, so that
 * N cycles of a rated life of N reach 10^12 exactly, whatever N is.
 */
#ifndef EMRELAY_WEAR_H
#define EMRELAY_WEAR_H

#include "compat.h"
#include "curve.h"

#define EMRELAY_LIFE_PICO	1000000000000ULL
#define EMRELAY_PICO_PER_PPM	(EMRELAY_LIFE_PICO / 1000000)
#define EMRELAY_WARN_PPM	800000
#define EMRELAY_WORN_PPM	1000000

/**
 * struct emrelay_damage - an amount of wear
 * @pico: whole units, 10^-12 of a rated life
 * @fraction: 2^-64 of a unit
 */
struct emrelay_damage {
	u64 pico;
	u64 fraction;
};

/**
 * struct emrelay_wear - the life of one relay so far
 * @damage: sum of all cycles, 10^12 pico = the rated life; saturates
 * @cycles: energisations by the load class that was in force
 * @on_ns: time the coil was energised, without the stretch that still lasts
 * @on_since_ns: since when it is energised; valid while it is
 * @longest_on_ns: the longest time it was energised at a stretch
 * @shortest_on_ns: the shortest, 0: none has ended yet
 * @first_ns: CLOCK_BOOTTIME of the first energisation that was counted here, 0:
 *	none was
 * @last_ns: and of the last one
 * @first_use_ns: CLOCK_REALTIME of the first energisation of all, as a record
 *	has it, 0: not known
 * @last_use_ns: and of the last one
 * @first_lost: there was an energisation of which nobody knows when, so that
 *	@first_ns need not be the first of all
 */
struct emrelay_wear {
	struct emrelay_damage damage;
	u64 cycles[EMRELAY_LOAD_CLASSES];
	u64 on_ns;
	u64 on_since_ns;
	u64 longest_on_ns;
	u64 shortest_on_ns;
	u64 first_ns;
	u64 last_ns;
	u64 first_use_ns;
	u64 last_use_ns;
	bool first_lost;
};

/**
 * enum emrelay_health - judgement of the wear
 * @EMRELAY_GOOD: less than what is to be warned of is used, by default 80 %
 * @EMRELAY_WARNING: that much of the rated life is used
 * @EMRELAY_WORN: the rated life is used up
 */
enum emrelay_health {
	EMRELAY_GOOD,
	EMRELAY_WARNING,
	EMRELAY_WORN,
};

struct emrelay_damage emrelay_wear_per_cycle(u64 life);
void emrelay_wear_energised(struct emrelay_wear *wear,
			    enum emrelay_load_class class,
			    const struct emrelay_damage *cycle, u64 now_ns);
void emrelay_wear_released(struct emrelay_wear *wear, u64 now_ns);
u64 emrelay_wear_cycles(const struct emrelay_wear *wear);
u64 emrelay_wear_cycles_loaded(const struct emrelay_wear *wear);
u64 emrelay_wear_on_ns(const struct emrelay_wear *wear, bool on, u64 now_ns);
u64 emrelay_wear_ppm(const struct emrelay_wear *wear);
u64 emrelay_wear_cycles_left(const struct emrelay_wear *wear, u64 life);
void emrelay_wear_add(struct emrelay_wear *wear,
		      const struct emrelay_wear *other);
void emrelay_wear_merge(struct emrelay_wear *wear,
			const struct emrelay_wear *other);

/**
 * emrelay_wear_health - judge the wear
 * @wear: the relay's wear
 * @warn_ppm: from how much on to warn, in ppm of the rated life
 *
 * Context: Any. Pure.
 * Return: the health.
 */
static inline enum emrelay_health
emrelay_wear_health(const struct emrelay_wear *wear, u32 warn_ppm)
{
	if (wear->damage.pico >= EMRELAY_LIFE_PICO)
		return EMRELAY_WORN;
	if (wear->damage.pico >= warn_ppm * EMRELAY_PICO_PER_PPM)
		return EMRELAY_WARNING;
	return EMRELAY_GOOD;
}

#endif
