// SPDX-License-Identifier: GPL-2.0-only
/*
 * Electrical life as a curve. The tables are of another program, tests/tables.
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/module.h>

#include "curve.h"
#include "wear.h"

#define CYCLES(n)	((u64)(n) << EMRELAY_LIFE_SHIFT)

/* A current, and the life that a curve has there, in 2^-12 cycles, rounded down. */
struct table_life {
	unsigned int curve;
	u32 microamp;
	u64 life;
};

/* A relay's life begins, or goes on: the damage of all cycles so far. */
struct table_step {
	bool begin;
	struct emrelay_curve curve;
	u32 electrical;
	u32 mechanical;
	enum emrelay_load_class class;
	u32 microamp;
	u32 cycles;
	u64 pico;
};

#include "curve_table.h"

static bool is_near(u64 value, u64 exact, u64 error)
{
	return value <= exact + error && value + error >= exact;
}

static void table_desc(const struct emrelay_curve *curve, char *desc)
{
	const struct emrelay_curve_point *last = &curve->point[curve->count - 1];

	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u points to %u uA", curve->count,
		 last->microamp);
}

KUNIT_ARRAY_PARAM(table, table_curves, table_desc);

static void curve_points(struct kunit *test)
{
	const struct emrelay_curve *curve = test->param_value;
	const struct emrelay_curve_point *point = curve->point;
	u32 end = point[curve->count - 1].microamp;
	unsigned int i;

	for (i = 0; i < curve->count; i++)
		KUNIT_EXPECT_EQ(test, emrelay_curve_life(curve, point[i].microamp),
				CYCLES(point[i].cycles));

	/* Flat below, not rated above. */
	KUNIT_EXPECT_EQ(test, emrelay_curve_life(curve, 0), CYCLES(point[0].cycles));
	KUNIT_EXPECT_EQ(test, emrelay_curve_life(curve, point[0].microamp - 1),
			CYCLES(point[0].cycles));
	if (end < U32_MAX) {
		KUNIT_EXPECT_EQ(test, emrelay_curve_life(curve, end + 1), 0);
		KUNIT_EXPECT_EQ(test, emrelay_curve_life(curve, U32_MAX), 0);
	}
}

/* As near as the function says, which is far nearer than 0.1 %. */
static void curve_life(struct kunit *test)
{
	const struct emrelay_curve *curve = test->param_value;
	const struct table_life *row;
	u64 before = U64_MAX;
	unsigned int rows = 0;

	for (row = table_lives; row < table_lives + ARRAY_SIZE(table_lives); row++) {
		u64 life = emrelay_curve_life(curve, row->microamp);
		u64 error = row->life ? 1 + div_u64(row->life, 1000000) : 0;

		if (row->curve != curve - table_curves)
			continue;
		rows++;
		KUNIT_EXPECT_TRUE_MSG(test, is_near(life, row->life, error),
				      "%llu, not %llu, at %u uA", life, row->life,
				      row->microamp);
		/* More current is never more life. */
		KUNIT_EXPECT_TRUE_MSG(test, life <= before, "at %u uA",
				      row->microamp);
		before = life;
	}
	KUNIT_EXPECT_GE(test, rows, curve->count);
}

/* Where logarithms are whole apart, there is nothing to be rounded. */
static void curve_halves(struct kunit *test)
{
	static const struct emrelay_curve curve = {
		3, { { 1000, 1200 }, { 4000, 300 }, { 64000, 75 } },
	};

	KUNIT_EXPECT_EQ(test, emrelay_curve_life(&curve, 2000), CYCLES(600));
	KUNIT_EXPECT_EQ(test, emrelay_curve_life(&curve, 16000), CYCLES(150));
}

#define CURVE	{ 2, { { 1000000, 60000 }, { 4000000, 15000 } } }

static const struct expected_case {
	const char *desc;
	u32 electrical;
	u32 mechanical;
	struct emrelay_curve curve;
	struct emrelay_present_load load;	/* class, uA, sheet, curve */
	u64 cycles;
	enum emrelay_basis basis;
} expected_cases[] = {
	{ "no load", 50000, 5000000, { 0 },
	  { EMRELAY_LOAD_NONE, 0, false, false }, 5000000, EMRELAY_BASIS_SHEET },
	{ "no load, whatever the current", 50000, 5000000, CURVE,
	  { EMRELAY_LOAD_NONE, 2000000, false, true }, 5000000, EMRELAY_BASIS_SHEET },
	{ "the sheet's load", 50000, 5000000, { 0 },
	  { EMRELAY_LOAD_RESISTIVE, 0, true, false }, 50000, EMRELAY_BASIS_SHEET },
	{ "the sheet's load, and its current", 50000, 5000000, { 0 },
	  { EMRELAY_LOAD_RESISTIVE, 5000000, true, true }, 50000, EMRELAY_BASIS_SHEET },
	{ "another load", 50000, 5000000, { 0 },
	  { EMRELAY_LOAD_AC15, 0, false, false }, 50000, EMRELAY_BASIS_ASSUMED },
	{ "another load, and a curve that is none", 50000, 5000000, { 0 },
	  { EMRELAY_LOAD_DC13, 1000000, false, true }, 50000, EMRELAY_BASIS_ASSUMED },
	{ "on the curve", 50000, 5000000, CURVE,
	  { EMRELAY_LOAD_RESISTIVE, 4000000, true, true }, 15000, EMRELAY_BASIS_CURVE },
	{ "between points of the curve", 50000, 5000000, CURVE,
	  { EMRELAY_LOAD_DC13, 2000000, false, true }, 30000, EMRELAY_BASIS_CURVE },
	{ "below the curve", 50000, 5000000, CURVE,
	  { EMRELAY_LOAD_AC15, 1, false, true }, 60000, EMRELAY_BASIS_CURVE },
	{ "above the curve", 50000, 5000000, CURVE,
	  { EMRELAY_LOAD_RESISTIVE, 4000001, true, true }, 15000, EMRELAY_BASIS_ASSUMED },
	{ "above a curve above the mechanics", 50000, 14999, CURVE,
	  { EMRELAY_LOAD_RESISTIVE, U32_MAX, true, true }, 14999, EMRELAY_BASIS_ASSUMED },
	{ "above the most on a curve", 1, U32_MAX, { 1, { { 1, U32_MAX } } },
	  { EMRELAY_LOAD_RESISTIVE, 2, true, true }, U32_MAX, EMRELAY_BASIS_ASSUMED },
	{ "a curve for another load", 50000, 5000000, CURVE,
	  { EMRELAY_LOAD_AC15, 4000000, true, false }, 15000, EMRELAY_BASIS_ASSUMED },
	{ "a curve, but no current", 50000, 5000000, CURVE,
	  { EMRELAY_LOAD_RESISTIVE, 0, true, true }, 50000, EMRELAY_BASIS_SHEET },
	{ "a curve, but no current of another load", 50000, 5000000, CURVE,
	  { EMRELAY_LOAD_AC15, 0, false, true }, 50000, EMRELAY_BASIS_ASSUMED },
	{ "a curve above the mechanics", 50000, 59999, CURVE,
	  { EMRELAY_LOAD_RESISTIVE, 1, true, true }, 59999, EMRELAY_BASIS_CURVE },
	{ "a curve as high as the mechanics", 50000, 60000, CURVE,
	  { EMRELAY_LOAD_RESISTIVE, 1, true, true }, 60000, EMRELAY_BASIS_CURVE },
	{ "a sheet above the mechanics", 50000, 49999, { 0 },
	  { EMRELAY_LOAD_RESISTIVE, 0, true, false }, 49999, EMRELAY_BASIS_SHEET },
	{ "the least", 1, 1, { 0 },
	  { EMRELAY_LOAD_RESISTIVE, 0, false, false }, 1, EMRELAY_BASIS_ASSUMED },
	{ "the most", U32_MAX, U32_MAX, { 0 },
	  { EMRELAY_LOAD_RESISTIVE, 0, false, false }, U32_MAX, EMRELAY_BASIS_ASSUMED },
	{ "the most on a curve", 1, U32_MAX, { 1, { { U32_MAX, U32_MAX } } },
	  { EMRELAY_LOAD_RESISTIVE, U32_MAX, false, true }, U32_MAX, EMRELAY_BASIS_CURVE },
};

KUNIT_ARRAY_PARAM_DESC(expected, expected_cases, desc);

static void expected_life(struct kunit *test)
{
	const struct expected_case *c = test->param_value;
	const struct emrelay_ratings ratings = {
		.electrical_life = c->electrical,
		.mechanical_life = c->mechanical,
	};
	struct emrelay_expectation expected =
		emrelay_expected_life(&ratings, &c->curve, &c->load);

	KUNIT_EXPECT_TRUE_MSG(test, is_near(expected.life, CYCLES(c->cycles), 1),
			      "%llu", expected.life);
	KUNIT_EXPECT_EQ(test, expected.basis, c->basis);
}

static void switch_load(struct emrelay_wear *wear, const struct table_step *relay,
			const struct table_step *step)
{
	const struct emrelay_ratings ratings = {
		.electrical_life = relay->electrical,
		.mechanical_life = relay->mechanical,
	};
	const struct emrelay_present_load load = {
		.class = step->class,
		.microamp = step->microamp,
	};
	struct emrelay_expectation expected =
		emrelay_expected_life(&ratings, &relay->curve, &load);
	struct emrelay_damage cycle = emrelay_wear_per_cycle(expected.life);
	u32 n;

	for (n = 0; n < step->cycles; n++)
		emrelay_wear_energised(wear, step->class, &cycle, 0);
}

/* Lives of relays whose load changes: the damage is exact to 0.1 %. */
static void curve_damage(struct kunit *test)
{
	const struct table_step *relay = NULL;
	struct emrelay_wear wear;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table_steps); i++) {
		const struct table_step *step = &table_steps[i];

		if (step->begin) {
			relay = step;
			wear = (struct emrelay_wear) {};
			continue;
		}
		switch_load(&wear, relay, step);
		KUNIT_EXPECT_TRUE_MSG(test, is_near(wear.damage.pico, step->pico,
						    div_u64(step->pico, 1000)),
				      "step %u: %llu, not %llu", i,
				      wear.damage.pico, step->pico);
	}
}

/* A breaker in the field, with amperes for its kiloamperes: tenths of a percent. */
static void curve_breaker(struct kunit *test)
{
	static const struct table_step relay = {
		.curve = { 3, { { 1200000, 10000 }, { 8000000, 150 },
				{ 20000000, 12 } } },
		.mechanical = U32_MAX,
	};
	static const struct {
		struct table_step step;
		u64 permille;
	} steps[] = {
		{ { .microamp = 7000000, .cycles = 20 }, 99 },
		{ { .microamp = 2500000, .cycles = 290 }, 246 },
		{ { .microamp = 12000000, .cycles = 11 }, 471 },
		{ { .microamp = 1500000, .cycles = 3000 }, 962 },
	};
	struct emrelay_wear wear = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		struct table_step step = steps[i].step;

		step.class = EMRELAY_LOAD_RESISTIVE;
		switch_load(&wear, &relay, &step);
		KUNIT_EXPECT_EQ(test, div_u64(emrelay_wear_ppm(&wear) + 500, 1000),
				steps[i].permille);
	}
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), 3321);
}

static struct kunit_case curve_test_cases[] = {
	KUNIT_CASE_PARAM(curve_points, table_gen_params),
	KUNIT_CASE_PARAM(curve_life, table_gen_params),
	KUNIT_CASE(curve_halves),
	KUNIT_CASE_PARAM(expected_life, expected_gen_params),
	KUNIT_CASE(curve_damage),
	KUNIT_CASE(curve_breaker),
	{}
};

static struct kunit_suite curve_suite = {
	.name = "emrelay_curve",
	.test_cases = curve_test_cases,
};

kunit_test_suite(curve_suite);

MODULE_DESCRIPTION("KUnit tests of emrelay's life curve");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
