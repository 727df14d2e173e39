/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a relay was used lately: starts and wear of the last day and of the last
 * 30 days, from which follows for how many more days it lasts. Pure.
 *
 * A window is kept in tenths. What it tells is exact for the ten tenths that
 * have ended and the one that runs: 24 h to 26.4 h, or 30 to 33 days. Before
 * ten tenths were watched it tells nothing.
 */
#ifndef EMRELAY_DUTY_H
#define EMRELAY_DUTY_H

#include "compat.h"
#include "wear.h"

#define EMRELAY_TENTHS		10
#define EMRELAY_DAY_NS		86400000000000ULL
#define EMRELAY_DAY_TENTH_NS	(EMRELAY_DAY_NS / EMRELAY_TENTHS)
#define EMRELAY_MONTH_TENTH_NS	(EMRELAY_DAY_NS * 30 / EMRELAY_TENTHS)

/**
 * struct emrelay_window - the use of a relay over a time
 * @next_ns: when the tenth that runs ends
 * @pico: damage of all its life when that tenth began
 * @cycles: cycles of all its life when that tenth began
 * @known: so many tenths before it were watched, at most EMRELAY_TENTHS
 * @tenth_pico: the damage in each of them, the latest first
 * @tenth_cycles: the cycles in each of them, the latest first
 */
struct emrelay_window {
	u64 next_ns;
	u64 pico;
	u64 cycles;
	u32 known;
	u64 tenth_pico[EMRELAY_TENTHS];
	u32 tenth_cycles[EMRELAY_TENTHS];
};

/**
 * struct emrelay_duty - the use of a relay lately
 * @day: the last 24 h
 * @month: the last 30 days
 */
struct emrelay_duty {
	struct emrelay_window day;
	struct emrelay_window month;
};

/**
 * struct emrelay_use - what a window tells
 * @pico: damage
 * @cycles: cycles
 * @span_ns: in so much time; 0: not known
 */
struct emrelay_use {
	u64 pico;
	u64 cycles;
	u64 span_ns;
};

void emrelay_duty_begin(struct emrelay_duty *duty,
			const struct emrelay_wear *wear, u64 now_ns);
void emrelay_duty_roll(struct emrelay_duty *duty,
		       const struct emrelay_wear *wear, u64 now_ns);
void emrelay_duty_resume(struct emrelay_duty *duty,
			 const struct emrelay_wear *wear, u64 passed_ns,
			 u64 now_ns);
void emrelay_duty_rebase(struct emrelay_duty *duty,
			 const struct emrelay_wear *from,
			 const struct emrelay_wear *to);
struct emrelay_use emrelay_duty_use(const struct emrelay_window *window,
				    const struct emrelay_wear *wear,
				    u64 tenth_ns, u64 now_ns);
u64 emrelay_use_per_day(const struct emrelay_use *use);
u64 emrelay_use_days_left(const struct emrelay_use *use,
			  const struct emrelay_wear *wear);

/**
 * emrelay_duty_due - is it time for emrelay_duty_roll()?
 * @duty: the use of a relay
 * @now_ns: the time
 *
 * To be asked before each cycle is charged.
 *
 * Context: Any. Pure.
 * Return: true if so.
 */
static inline bool emrelay_duty_due(const struct emrelay_duty *duty, u64 now_ns)
{
	/* A tenth of a month ends with one of a day, or a cycle later. */
	return now_ns >= duty->day.next_ns;
}

#endif
