// SPDX-License-Identifier: GPL-2.0-only
/*
 * Electrical life as a curve over the load current. See curve.h.
 */
#include "curve.h"

/* Binary places of a logarithm: those of 2^64 - 1 just fit into 64 bits. */
#define EMRELAY_LOG_SHIFT	58

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
 * emrelay_curve_life - electrical life at a current
 * @curve: the curve, of at least one point, in order
 * @microamp: the current
 *
 * Between two points the logarithm of the life is linear in that of the
 * current, as on the paper that sheets print such curves on; below the first
 * point the life is that of the first. Exact at the points, else to 2^-12
 * cycles and 10^-6.
 *
 * Context: Any. Pure.
 * Return: the life in 2^-12 cycles; 0: not rated, the current is above the last
 * point.
 */
u64 emrelay_curve_life(const struct emrelay_curve *curve, u32 microamp)
{
	const struct emrelay_curve_point *high = curve->point;
	const struct emrelay_curve_point *low;
	const struct emrelay_curve_point *end = high + curve->count;
	u64 from, to, start;

	while (high < end && high->microamp < microamp)
		high++;
	if (high == end)
		return 0;
	if (high == curve->point || high->microamp == microamp)
		return (u64)high->cycles << EMRELAY_LIFE_SHIFT;

	low = high - 1;
	start = emrelay_log2(low->microamp);
	from = emrelay_log2((u64)low->cycles << EMRELAY_LIFE_SHIFT);
	to = emrelay_log2((u64)high->cycles << EMRELAY_LIFE_SHIFT);
	return emrelay_exp2(from - emrelay_scale(from - to,
						 emrelay_log2(microamp) - start,
						 emrelay_log2(high->microamp) - start));
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_curve_life);

/**
 * emrelay_expected_life - the life to be expected at a load
 * @ratings: the relay's ratings
 * @curve: its electrical life curve; may have no points
 * @load: the load
 *
 * No load wears the contacts less than the mechanics are worn anyway. Beyond the
 * curve, where nothing should be switched, the life is at most that of its end.
 *
 * Context: Any. Pure.
 * Return: the life and what it rests on.
 */
struct emrelay_expectation
emrelay_expected_life(const struct emrelay_ratings *ratings,
		      const struct emrelay_curve *curve,
		      const struct emrelay_present_load *load)
{
	u64 mechanical = (u64)ratings->mechanical_life << EMRELAY_LIFE_SHIFT;
	u64 electrical = (u64)ratings->electrical_life << EMRELAY_LIFE_SHIFT;
	struct emrelay_expectation expected = {
		.life = mechanical,
		.basis = EMRELAY_BASIS_ASSUMED,
	};
	bool plain = !curve->count || !load->microamp;
	u64 curved;

	if (load->class == EMRELAY_LOAD_NONE) {
		expected.basis = EMRELAY_BASIS_SHEET;
		return expected;
	}

	if (plain) {
		expected.life = min(mechanical, electrical);
		if (load->sheet)
			expected.basis = EMRELAY_BASIS_SHEET;
		return expected;
	}

	curved = emrelay_curve_life(curve, load->microamp);
	if (curved && load->curve)
		expected.basis = EMRELAY_BASIS_CURVE;
	if (!curved)
		curved = (u64)curve->point[curve->count - 1].cycles <<
			 EMRELAY_LIFE_SHIFT;
	expected.life = min(mechanical, curved);
	return expected;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_expected_life);
