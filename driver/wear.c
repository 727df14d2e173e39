// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wear of a relay: what a cycle costs, what was used and what is left. See
 * wear.h.
 */
#include "wear.h"

/* Binary places of a logarithm: those of 2^64 - 1 just fit into 64 bits. */
#define EMRELAY_LOG_SHIFT	58

static u64 emrelay_sum(u64 a, u64 b)
{
	return a > U64_MAX - b ? U64_MAX : a + b;
}

/* log2(@x) in 2^-58, rounded down, exact to some 2^-57; @x is at least 1. */
static u64 emrelay_log2(u64 x)
{
	unsigned int whole = fls64(x) - 1;
	u64 mantissa = x << (63 - whole);	/* 2^63 is 1 */
	u64 log = whole;
	unsigned int i;

	/* Each squaring of a number below 2 yields one more place. */
	for (i = 0; i < EMRELAY_LOG_SHIFT; i++) {
		mantissa = mul_u64_u64_shr(mantissa, mantissa, 64);
		log <<= 1;
		if (mantissa >> 63)
			log |= 1;
		else
			mantissa <<= 1;
	}
	return log;
}

/* The largest number whose logarithm is not above @log, found by its bits. */
static u64 emrelay_exp2(u64 log)
{
	u64 x = 1ULL << (log >> EMRELAY_LOG_SHIFT);
	u64 bit;

	for (bit = x >> 1; bit; bit >>= 1)
		if (emrelay_log2(x | bit) <= log)
			x |= bit;
	return x;
}

/* a * b / c, where b is not above c. */
static u64 emrelay_scale(u64 a, u64 b, u64 c)
{
	unsigned int bits = fls64(c);
	unsigned int excess = bits > 32 ? bits - 32 : 0;

	return mul_u64_u64_shr(a, div64_u64((b >> excess) << 31, c >> excess), 31);
}

/**
 * emrelay_wear_life_cost - what one cycle of a life costs
 * @cycles: how many cycles the life has, at least 1
 *
 * Context: Any. Pure.
 * Return: the cost, rounded up.
 */
u64 emrelay_wear_life_cost(u32 cycles)
{
	return div_u64(EMRELAY_LIFE_PICO + cycles - 1, cycles);
}

/*
 * What a cycle at a current costs. Between two points the logarithm of the life is
 * linear in that of the current, as on the paper that sheets print such curves on;
 * below the first point and above the last the life is that of the point.
 */
static u64 emrelay_wear_curve_cost(const struct emrelay_curve *curve, u32 microamp)
{
	const struct emrelay_point *low, *high = curve->point;
	const struct emrelay_point *last = high + curve->count - 1;
	u64 life, start;

	while (high < last && high->x < microamp)
		high++;
	if (high == curve->point || high->x <= microamp)
		return emrelay_wear_life_cost(high->y);

	low = high - 1;
	start = emrelay_log2(low->x);
	life = emrelay_log2(low->y);
	life -= emrelay_scale(life - emrelay_log2(high->y), emrelay_log2(microamp) - start,
			      emrelay_log2(high->x) - start);
	return min(emrelay_exp2(emrelay_log2(EMRELAY_LIFE_PICO) - life) + 1,
		   emrelay_wear_life_cost(high->y));
}

/**
 * emrelay_wear_cost - what a cycle at a load costs
 * @ratings: the relay's ratings
 * @curve: its electrical life curve; may have no points
 * @load: the load
 *
 * No load wears a relay less than its mechanics are worn anyway. Beyond the
 * curve, where nothing should be switched, a cycle costs at least what it does at
 * the curve's end.
 *
 * Context: Any. Pure.
 * Return: the cost and what it rests on.
 */
struct emrelay_cost emrelay_wear_cost(const struct emrelay_ratings *ratings,
				      const struct emrelay_curve *curve,
				      const struct emrelay_present_load *load)
{
	u64 mechanical = emrelay_wear_life_cost(ratings->mechanical_life);
	struct emrelay_cost cost = { mechanical, EMRELAY_BASIS_ASSUMED };

	if (load->class == EMRELAY_LOAD_NONE) {
		cost.basis = EMRELAY_BASIS_SHEET;
	} else if (!curve->count || !load->microamp) {
		cost.pico = emrelay_wear_life_cost(ratings->electrical_life);
		if (load->sheet)
			cost.basis = EMRELAY_BASIS_SHEET;
	} else {
		cost.pico = emrelay_wear_curve_cost(curve, load->microamp);
		if (load->curve && load->microamp <= curve->point[curve->count - 1].x)
			cost.basis = EMRELAY_BASIS_CURVE;
	}
	cost.pico = max(cost.pico, mechanical);
	return cost;
}

/**
 * emrelay_wear_energised - count a cycle
 * @wear: the relay's wear
 * @class: what the contact switches
 * @cost_pico: what the cycle costs
 * @now_ns: the time of the energisation
 *
 * Context: Any. Pure.
 */
void emrelay_wear_energised(struct emrelay_wear *wear, enum emrelay_load_class class, u64 cost_pico,
			    u64 now_ns)
{
	wear->damage_pico = emrelay_sum(wear->damage_pico, cost_pico);
	wear->cycles[class] = emrelay_sum(wear->cycles[class], 1);
	wear->on_since_ns = now_ns;
	wear->last_ns = now_ns;
	if (unlikely(!wear->first_ns))
		wear->first_ns = now_ns;
}

/**
 * emrelay_wear_charge - a cycle that was counted costs more
 * @wear: the relay's wear
 * @pico: so much more
 *
 * Context: Any. Pure.
 */
void emrelay_wear_charge(struct emrelay_wear *wear, u64 pico)
{
	wear->damage_pico = emrelay_sum(wear->damage_pico, pico);
}

/**
 * emrelay_wear_released - the coil was released
 * @wear: the relay's wear
 * @now_ns: the time of the release
 *
 * Context: Any. Pure.
 */
void emrelay_wear_released(struct emrelay_wear *wear, u64 now_ns)
{
	u64 on_ns = now_ns > wear->on_since_ns ? now_ns - wear->on_since_ns : 0;

	wear->on_ns = emrelay_sum(wear->on_ns, on_ns);
	wear->longest_on_ns = max(wear->longest_on_ns, on_ns);
	if (!wear->shortest_on_ns || on_ns < wear->shortest_on_ns)
		wear->shortest_on_ns = on_ns;
	wear->released_ns = now_ns;
}

/**
 * emrelay_wear_cycles - cycles of the relay's life
 * @wear: the relay's wear
 *
 * Context: Any. Pure.
 * Return: energisations, loaded or not; saturates.
 */
u64 emrelay_wear_cycles(const struct emrelay_wear *wear)
{
	unsigned int class;
	u64 cycles = 0;

	for (class = 0; class < EMRELAY_LOAD_CLASSES; class++)
		cycles = emrelay_sum(cycles, wear->cycles[class]);
	return cycles;
}

/**
 * emrelay_wear_on_ns - time the coil was energised
 * @wear: the relay's wear
 * @on: the coil is energised
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: sum of all on-times in ns, up to now; saturates.
 */
u64 emrelay_wear_on_ns(const struct emrelay_wear *wear, bool on, u64 now_ns)
{
	if (!on || now_ns < wear->on_since_ns)
		return wear->on_ns;

	return emrelay_sum(wear->on_ns, now_ns - wear->on_since_ns);
}

/**
 * emrelay_wear_ppm - how much of the rated life is used?
 * @wear: the relay's wear
 *
 * Context: Any. Pure.
 * Return: parts per million, rounded down; above 1 000 000 beyond the life.
 */
u64 emrelay_wear_ppm(const struct emrelay_wear *wear)
{
	return div_u64(wear->damage_pico, EMRELAY_PICO_PER_PPM);
}

/**
 * emrelay_wear_cycles_left - after how many more cycles is the relay worn?
 * @wear: the relay's wear
 * @cost_pico: what each of them costs, at least 1
 *
 * A life of up to 10^6 cycles comes out exactly, a longer one as wear.h says.
 *
 * Context: Any. Pure.
 * Return: cycles, 0 once the life is used up.
 */
u64 emrelay_wear_cycles_left(const struct emrelay_wear *wear, u64 cost_pico)
{
	if (wear->damage_pico >= EMRELAY_LIFE_PICO)
		return 0;

	/* Rounded up, as the cost is. */
	return div64_u64(EMRELAY_LIFE_PICO - wear->damage_pico + cost_pico - 1, cost_pico);
}

/**
 * emrelay_wear_health - judge the wear
 * @wear: the relay's wear
 * @warn_ppm: from how much on to warn, in ppm of the rated life
 *
 * Context: Any. Pure.
 * Return: the health.
 */
enum emrelay_health emrelay_wear_health(const struct emrelay_wear *wear, u32 warn_ppm)
{
	if (wear->damage_pico >= EMRELAY_LIFE_PICO)
		return EMRELAY_WORN;
	if (wear->damage_pico >= warn_ppm * EMRELAY_PICO_PER_PPM)
		return EMRELAY_WARNING;
	return EMRELAY_GOOD;
}

/**
 * emrelay_wear_merge - make one of two counts of a relay
 * @wear: a count, the result
 * @other: another one
 * @before: @other is of the time before @wear
 *
 * Each counter becomes the sum of both if @before, else the larger: @wear may
 * have counted what @other has. Of two shortest or first ones, of which 0 is
 * unknown, it is the smaller.
 *
 * Context: Any. Pure.
 */
void emrelay_wear_merge(struct emrelay_wear *wear, const struct emrelay_wear *other, bool before)
{
	unsigned int i;

	for (i = 0; i < EMRELAY_RECORDED; i++) {
		u64 *a = (u64 *)wear + i, b = ((const u64 *)other)[i];

		if (before && a <= &wear->on_ns)
			*a = emrelay_sum(*a, b);
		else if (*a && b && (a == &wear->shortest_on_ns || a == &wear->first_use_ns))
			*a = min(*a, b);
		else
			*a = max(*a, b);
	}
	if (emrelay_wear_cycles(other) && !other->first_use_ns)
		wear->first_ns = U64_MAX;
}
