// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data sheets as data, and checking a load against them. See parts.h.
 * A new part is one more entry here, and its name in the binding.
 */
#include "parts.h"

#define EMRELAY_PICOVA_PER_MILLIVA	1000000000U

const char * const emrelay_load_names[EMRELAY_LOAD_CLASSES] = {
	[EMRELAY_LOAD_NONE] = "none",
	[EMRELAY_LOAD_RESISTIVE] = "resistive",
	[EMRELAY_LOAD_AC15] = "ac-15",
	[EMRELAY_LOAD_DC13] = "dc-13",
};

/*
 * WAGO 859-353 data sheet. Its times are typical values. Its DC load limit
 * curve is a picture without figures: what it rates for DC beyond DC-13 is not
 * in here.
 */
const struct emrelay_part emrelay_parts[] = {
	{
		.compatible = "wago,859-353",
		.ratings = {
			.operate_us = 15000,		/* Pull-in time (typ.) */
			.release_us = 25000,		/* Drop-out time (typ.) */
			.bounce_us = 3500,		/* Bounce time (typ.) */
			.electrical_life = 50000,	/* NO; resistive load; 23 °C */
			.mechanical_life = 5000000,	/* Mechanical life */
			.loaded_per_minute = 6,		/* Switching frequency with load */
			.unloaded_per_minute = 180,	/* ... without load */
		},
		/* Inrush current (resistive) max.: (AC) 20 A / 0.02 s; DC not rated */
		.limit = {
			/* Limiting continuous current; Switching voltage, max. */
			[EMRELAY_LOAD_NONE] = { 5000000, 250000000, 0, 20000000, 20000 },
			/* The same; Switching power (resistive) max. AC */
			[EMRELAY_LOAD_RESISTIVE] = { 5000000, 250000000, 1250000, 20000000, 20000 },
			/* Switching capacity AC-15: 3 A / 250 VAC */
			[EMRELAY_LOAD_AC15] = { 3000000, 250000000, 0, 20000000, 20000 },
			/* Switching capacity DC-13: 2 A / 24 VDC */
			[EMRELAY_LOAD_DC13] = { 2000000, 24000000, 0, 2000000, 0 },
		},
		/* Recommended minimum load 10 V / 10 mA; 24 V / 1 mA */
		.minimum = { { 10000000, 10000 }, { 24000000, 1000 } },
	},
	{ }
};

/**
 * emrelay_load_exceeds - is a declared load above a limit?
 * @load: the load; what it does not declare is not checked
 * @limit: the limit
 * @excess: the first excess found, if it is
 *
 * Context: Any. Pure.
 * Return: true if it is.
 */
bool emrelay_load_exceeds(const struct emrelay_load *load, const struct emrelay_load_limit *limit,
			  struct emrelay_excess *excess)
{
	bool inrush = load->inrush_microamp > limit->microamp;
	/* Rounded up, so that the least excess is one, and is told as one. */
	u64 millivoltamp = div_u64((u64)load->microamp * load->microvolt +
				   EMRELAY_PICOVA_PER_MILLIVA - 1,
				   EMRELAY_PICOVA_PER_MILLIVA);
	const struct emrelay_excess checks[] = {
		{ "load-microvolt", "uV", load->microvolt, limit->microvolt },
		{ "load-microamp", "uA", load->microamp, limit->microamp },
		{ "load-inrush-microamp", "uA", load->inrush_microamp, limit->inrush_microamp },
		{ "load-inrush-us", "us", inrush ? load->inrush_us : 0, limit->inrush_us },
		{ "load-microamp * load-microvolt", "mVA", millivoltamp,
		  limit->millivoltamp ?: U64_MAX },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		*excess = checks[i];
		if (excess->value > excess->limit)
			return true;
	}
	return false;
}

/**
 * emrelay_part_underloaded - is a declared load below the recommended minimum?
 * @part: the part
 * @load: the load; what it does not declare is taken as sufficient
 *
 * A contact needs some voltage and current to break through its film. One that
 * switches nothing needs none.
 *
 * Context: Any. Pure.
 * Return: true if it is.
 */
bool emrelay_part_underloaded(const struct emrelay_part *part, const struct emrelay_load *load)
{
	const struct emrelay_load_point *minimum = part->minimum;
	unsigned int i;

	if (load->class == EMRELAY_LOAD_NONE)
		return false;

	for (i = 0; i < ARRAY_SIZE(part->minimum); i++, minimum++)
		if ((!load->microamp || load->microamp >= minimum->microamp) &&
		    (!load->microvolt || load->microvolt >= minimum->microvolt))
			return false;
	return true;
}

/**
 * emrelay_curve_check - are the points of a curve in order, and does it fall?
 * @curve: the curve
 *
 * Context: Any. Pure.
 * Return: 0, or the number, counted from 1, of the first point that has a 0, or
 * no larger first and smaller second number than the one before.
 */
unsigned int emrelay_curve_check(const struct emrelay_curve *curve)
{
	const struct emrelay_point *point = curve->point;
	unsigned int i;

	for (i = 0; i < curve->count; i++, point++)
		if (!point->x || !point->y ||
		    (i && (point->x <= point[-1].x || point->y >= point[-1].y)))
			return i + 1;
	return 0;
}

/**
 * emrelay_dc_overloaded - is a declared load above a DC load limit?
 * @limit: the limit, of at least one point, in order
 * @load: the load; what it does not declare is not checked, and a voltage that
 *	it does not declare is taken for the lowest
 * @excess: the first excess found, if it is
 *
 * Between two points the current of the higher voltage counts: nobody knows how
 * the curve goes there, but that it falls. No sheet rates an inrush on DC.
 *
 * Context: Any. Pure.
 * Return: true if it is.
 */
bool emrelay_dc_overloaded(const struct emrelay_curve *limit, const struct emrelay_load *load,
			   struct emrelay_excess *excess)
{
	const struct emrelay_point *point = limit->point;
	const struct emrelay_point *last = point + limit->count - 1;
	struct emrelay_load_limit highest = { .microvolt = last->x };

	while (point < last && point->x < load->microvolt)
		point++;

	highest.microamp = point->y;
	highest.inrush_microamp = point->y;
	return emrelay_load_exceeds(load, &highest, excess);
}

/**
 * emrelay_default_dead_time_us - interlock dead time when none is given
 * @ratings: the relay's ratings
 *
 * 1.5 x release time, as sheets give typical ones, + bounce time + 10 ms, in
 * which an arc on 50 Hz mains meets its next zero crossing.
 *
 * Context: Any. Pure.
 * Return: dead time in us, rounded up.
 */
u64 emrelay_default_dead_time_us(const struct emrelay_ratings *ratings)
{
	return (3ULL * ratings->release_us + 1) / 2 + ratings->bounce_us + 10000;
}
