// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a relay was used lately. See duty.h.
 */
#include "duty.h"
#include "engine.h"

static void emrelay_window_begin(struct emrelay_window *window,
				 const struct emrelay_wear *wear, u64 tenth_ns,
				 u64 now_ns)
{
	*window = (struct emrelay_window) {
		.next_ns = emrelay_time_add(now_ns, tenth_ns),
		.pico = wear->damage.pico,
		.cycles = emrelay_wear_cycles(wear),
	};
}

/* The tenth that runs has ended, whenever that was: all was done in it. */
static void emrelay_window_shift(struct emrelay_window *window,
				 const struct emrelay_wear *wear)
{
	u64 cycles = emrelay_wear_cycles(wear);

	memmove(&window->tenth_pico[1], &window->tenth_pico[0],
		sizeof(window->tenth_pico) - sizeof(window->tenth_pico[0]));
	memmove(&window->tenth_cycles[1], &window->tenth_cycles[0],
		sizeof(window->tenth_cycles) - sizeof(window->tenth_cycles[0]));
	window->tenth_pico[0] = wear->damage.pico - window->pico;
	window->tenth_cycles[0] = min(cycles - window->cycles, (u64)U32_MAX);
	window->pico = wear->damage.pico;
	window->cycles = cycles;
	window->known = min(window->known + 1ULL, (u64)EMRELAY_TENTHS);
}

static void emrelay_window_roll(struct emrelay_window *window,
				const struct emrelay_wear *wear, u64 tenth_ns,
				u64 now_ns)
{
	u64 ended, i;

	if (now_ns < window->next_ns)
		return;

	ended = div64_u64(now_ns - window->next_ns, tenth_ns) + 1;
	for (i = 0; i < min(ended, (u64)EMRELAY_TENTHS + 1); i++)
		emrelay_window_shift(window, wear);
	window->next_ns += ended * tenth_ns;
}

/**
 * emrelay_duty_begin - start to watch a relay
 * @duty: the use of the relay
 * @wear: its wear so far, which does not count
 * @now_ns: the time
 *
 * Context: Any. Pure.
 */
void emrelay_duty_begin(struct emrelay_duty *duty,
			const struct emrelay_wear *wear, u64 now_ns)
{
	emrelay_window_begin(&duty->day, wear, EMRELAY_DAY_TENTH_NS, now_ns);
	emrelay_window_begin(&duty->month, wear, EMRELAY_MONTH_TENTH_NS, now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_duty_begin);

/**
 * emrelay_duty_roll - let what has passed pass
 * @duty: the use of the relay
 * @wear: its wear so far, of which nothing is newer than emrelay_duty_due()
 * @now_ns: the time
 *
 * Context: Any. Pure.
 */
void emrelay_duty_roll(struct emrelay_duty *duty,
		       const struct emrelay_wear *wear, u64 now_ns)
{
	emrelay_window_roll(&duty->day, wear, EMRELAY_DAY_TENTH_NS, now_ns);
	emrelay_window_roll(&duty->month, wear, EMRELAY_MONTH_TENTH_NS, now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_duty_roll);

/* The clock was 0 when the window was put away, @passed_ns ago. */
static void emrelay_window_resume(struct emrelay_window *window,
				  const struct emrelay_wear *wear,
				  u64 tenth_ns, u64 passed_ns, u64 now_ns)
{
	emrelay_window_roll(window, wear, tenth_ns, passed_ns);
	window->next_ns = emrelay_time_add(window->next_ns - passed_ns, now_ns);
}

/**
 * emrelay_duty_resume - go on where a record ends
 * @duty: the use of the relay as the record has it: each next_ns counts from the
 *	moment of the record
 * @wear: its wear at that moment
 * @passed_ns: so long ago
 * @now_ns: the time
 *
 * Nobody switched the relay meanwhile.
 *
 * Context: Any. Pure.
 */
void emrelay_duty_resume(struct emrelay_duty *duty,
			 const struct emrelay_wear *wear, u64 passed_ns,
			 u64 now_ns)
{
	emrelay_window_resume(&duty->day, wear, EMRELAY_DAY_TENTH_NS,
			      passed_ns, now_ns);
	emrelay_window_resume(&duty->month, wear, EMRELAY_MONTH_TENTH_NS,
			      passed_ns, now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_duty_resume);

static void emrelay_window_rebase(struct emrelay_window *window,
				  const struct emrelay_wear *from,
				  const struct emrelay_wear *to)
{
	window->pico += to->damage.pico - from->damage.pico;
	window->cycles += emrelay_wear_cycles(to) - emrelay_wear_cycles(from);
}

/**
 * emrelay_duty_rebase - the account of wear was found to be another
 * @duty: the use of the relay
 * @from: the wear that it counted on
 * @to: the wear that it counts on from now on, which is no new use
 *
 * Context: Any. Pure.
 */
void emrelay_duty_rebase(struct emrelay_duty *duty,
			 const struct emrelay_wear *from,
			 const struct emrelay_wear *to)
{
	emrelay_window_rebase(&duty->day, from, to);
	emrelay_window_rebase(&duty->month, from, to);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_duty_rebase);

/**
 * emrelay_duty_use - what does a window tell?
 * @window: the window, rolled
 * @wear: the relay's wear so far
 * @tenth_ns: length of a tenth of it
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: what was done since ten tenths before the one that runs.
 */
struct emrelay_use emrelay_duty_use(const struct emrelay_window *window,
				    const struct emrelay_wear *wear,
				    u64 tenth_ns, u64 now_ns)
{
	struct emrelay_use use = { 0 };
	unsigned int i;

	if (window->known < EMRELAY_TENTHS)
		return use;

	use.pico = wear->damage.pico - window->pico;
	use.cycles = emrelay_wear_cycles(wear) - window->cycles;
	for (i = 0; i < EMRELAY_TENTHS; i++) {
		use.pico = emrelay_time_add(use.pico, window->tenth_pico[i]);
		use.cycles += window->tenth_cycles[i];
	}
	use.span_ns = (EMRELAY_TENTHS + 1) * tenth_ns -
		      emrelay_time_left(window->next_ns, now_ns);
	return use;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_duty_use);

/* Spans are days, of which the ns do not matter. */
static u64 emrelay_seconds(u64 ns)
{
	return div_u64(ns, 1000000000);
}

/**
 * emrelay_use_per_day - starts per day
 * @use: what a window tells, its span known
 *
 * Context: Any. Pure.
 * Return: energisations per 24 h, rounded to the nearest.
 */
u64 emrelay_use_per_day(const struct emrelay_use *use)
{
	u64 span_s = emrelay_seconds(use->span_ns);

	return div64_u64(use->cycles * emrelay_seconds(EMRELAY_DAY_NS) +
			 span_s / 2, span_s);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_use_per_day);

/**
 * emrelay_use_days_left - how long does the rated life last at this use?
 * @use: what a window tells
 * @wear: the relay's wear
 *
 * Context: Any. Pure.
 * Return: whole days; 0 once the life is used up; U64_MAX: not known, as the
 * span is not, or as there was no wear in it.
 */
u64 emrelay_use_days_left(const struct emrelay_use *use,
			  const struct emrelay_wear *wear)
{
	u64 left_pico = emrelay_time_left(EMRELAY_LIFE_PICO, wear->damage.pico);

	if (!left_pico)
		return 0;
	if (!use->span_ns || !use->pico)
		return U64_MAX;

	/* 10^12 times 33 days in seconds are less than 2^62. */
	return div_u64(div64_u64(left_pico * emrelay_seconds(use->span_ns),
				 use->pico), 86400);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_use_days_left);
