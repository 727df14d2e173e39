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

#define EMRELAY_LIFE_PICO	1000000000000ULL
#define EMRELAY_PICO_PER_PPM	(EMRELAY_LIFE_PICO / 1000000)
#define EMRELAY_WARNING_PPM	800000

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
 * @cycles_loaded: energisations while the load class was not none
 * @cycles_unloaded: energisations while the load class was none
 * @on_ns: time the coil was energised, without the present time if it is
 * @on_since_ns: since when it is energised; valid while it is
 */
struct emrelay_wear {
	struct emrelay_damage damage;
	u64 cycles_loaded;
	u64 cycles_unloaded;
	u64 on_ns;
	u64 on_since_ns;
};

/**
 * enum emrelay_health - judgement of the wear
 * @EMRELAY_GOOD: less than 80 % of the rated life are used
 * @EMRELAY_WARNING: 80 % are used
 * @EMRELAY_WORN: the rated life is used up
 */
enum emrelay_health {
	EMRELAY_GOOD,
	EMRELAY_WARNING,
	EMRELAY_WORN,
};

struct emrelay_damage emrelay_wear_per_cycle(u32 life_cycles);
void emrelay_wear_energised(struct emrelay_wear *wear, bool loaded,
			    const struct emrelay_damage *cycle, u64 now_ns);
void emrelay_wear_released(struct emrelay_wear *wear, u64 now_ns);
u64 emrelay_wear_cycles(const struct emrelay_wear *wear);
u64 emrelay_wear_on_ns(const struct emrelay_wear *wear, bool on, u64 now_ns);
u64 emrelay_wear_ppm(const struct emrelay_wear *wear);
u64 emrelay_wear_cycles_left(const struct emrelay_wear *wear, u32 life_cycles);

/**
 * emrelay_wear_health - judge the wear
 * @wear: the relay's wear
 *
 * Context: Any. Pure.
 * Return: the health.
 */
static inline enum emrelay_health
emrelay_wear_health(const struct emrelay_wear *wear)
{
	if (wear->damage.pico >= EMRELAY_LIFE_PICO)
		return EMRELAY_WORN;
	if (wear->damage.pico >= EMRELAY_WARNING_PPM * EMRELAY_PICO_PER_PPM)
		return EMRELAY_WARNING;
	return EMRELAY_GOOD;
}

#endif
