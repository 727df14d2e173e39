/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Electrical life as a curve over the load current, and what life is to be
 * expected of a relay at a load. Pure integer arithmetic.
 */
#ifndef EMRELAY_CURVE_H
#define EMRELAY_CURVE_H

#include "compat.h"
#include "parts.h"

/* Lives are in 2^-12 cycles, for where a curve ends at a dozen of them. */
#define EMRELAY_LIFE_SHIFT	12

/**
 * struct emrelay_curve_point - a point of an electrical life curve
 * @microamp: load current
 * @cycles: electrical life at it, at least 1
 */
struct emrelay_curve_point {
	u32 microamp;
	u32 cycles;
};

/**
 * struct emrelay_curve - electrical life over the load current
 * @count: number of points, 0: there is no curve
 * @point: the points, currents strictly rising, cycles strictly falling
 */
struct emrelay_curve {
	unsigned int count;
	struct emrelay_curve_point point[EMRELAY_POINTS];
};

/**
 * enum emrelay_basis - what an expected life rests on
 * @EMRELAY_BASIS_SHEET: the ratings, for just this kind of load
 * @EMRELAY_BASIS_CURVE: the electrical life curve
 * @EMRELAY_BASIS_ASSUMED: the ratings, or the curve, for another kind of load,
 *	for want of better
 */
enum emrelay_basis {
	EMRELAY_BASIS_SHEET,
	EMRELAY_BASIS_CURVE,
	EMRELAY_BASIS_ASSUMED,
};

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
 * struct emrelay_expectation - the life to be expected at a load
 * @life: in 2^-12 cycles, at least 1 cycle
 * @basis: what that rests on
 */
struct emrelay_expectation {
	u64 life;
	enum emrelay_basis basis;
};

u64 emrelay_curve_life(const struct emrelay_curve *curve, u32 microamp);
struct emrelay_expectation
emrelay_expected_life(const struct emrelay_ratings *ratings,
		      const struct emrelay_curve *curve,
		      const struct emrelay_present_load *load);

#endif
