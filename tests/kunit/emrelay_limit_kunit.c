// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits: the first legal moments, to the nanosecond.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/time64.h>

#include "limit.h"

/* The WAGO 859-353: 15 ms + 3.5 ms, 25 ms + 3.5 ms, 6 and 180 a minute. */
#define CLOSE_NS	18500000ULL
#define OPEN_NS		28500000ULL
#define LOADED_NS	10000000000ULL
#define UNLOADED_NS	333333334ULL

static void time_add(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, emrelay_time_add(0, 0), 0);
	KUNIT_EXPECT_EQ(test, emrelay_time_add(LOADED_NS, 1), LOADED_NS + 1);
	KUNIT_EXPECT_EQ(test, emrelay_time_add(U64_MAX - 3, 2), U64_MAX - 1);
	KUNIT_EXPECT_EQ(test, emrelay_time_add(U64_MAX - 3, 3), U64_MAX);
	KUNIT_EXPECT_EQ(test, emrelay_time_add(U64_MAX - 3, 4), U64_MAX);
	KUNIT_EXPECT_EQ(test, emrelay_time_add(3, U64_MAX - 2), U64_MAX);
	KUNIT_EXPECT_EQ(test, emrelay_time_add(U64_MAX, U64_MAX), U64_MAX);
}

static void time_left(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, emrelay_time_left(1000, 0), 1000);
	KUNIT_EXPECT_EQ(test, emrelay_time_left(1000, 999), 1);
	KUNIT_EXPECT_EQ(test, emrelay_time_left(1000, 1000), 0);
	KUNIT_EXPECT_EQ(test, emrelay_time_left(1000, 1001), 0);
	KUNIT_EXPECT_EQ(test, emrelay_time_left(0, U64_MAX), 0);
	KUNIT_EXPECT_EQ(test, emrelay_time_left(U64_MAX - 1, 1), U64_MAX - 2);
	/* Never is no moment that comes closer. */
	KUNIT_EXPECT_EQ(test, emrelay_time_left(U64_MAX, 1), U64_MAX);
	KUNIT_EXPECT_EQ(test, emrelay_time_left(U64_MAX, U64_MAX), U64_MAX);
}

static const struct spacing_case {
	const char *desc;
	u32 per_minute;
	u64 spacing_ns;
} spacing_cases[] = {
	{ "least rating", 1, 60000000000ULL },
	{ "loaded WAGO part", 6, LOADED_NS },
	{ "a prime", 7, 8571428572ULL },
	{ "unloaded WAGO part", 180, UNLOADED_NS },
	{ "a ms apart", 60000, 1000000ULL },
	{ "10^9", 1000000000, 60 },
	{ "10^9 + 1", 1000000001, 60 },
	{ "largest rating", U32_MAX, 14 },
};

KUNIT_ARRAY_PARAM_DESC(spacing, spacing_cases, desc);

/*
 * As many as the rating energisations fit into 60 s and one more does not, even
 * at the window's edges; one ns less between them and it would.
 */
static void limit_spacing(struct kunit *test)
{
	const struct spacing_case *c = test->param_value;
	u64 spacing_ns = emrelay_limit_spacing_ns(c->per_minute);

	KUNIT_EXPECT_EQ(test, spacing_ns, c->spacing_ns);
	KUNIT_EXPECT_GE(test, spacing_ns * c->per_minute, 60ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_LT(test, (spacing_ns - 1) * c->per_minute,
			60ULL * NSEC_PER_SEC);
}

static const struct limit_case {
	const char *desc;
	struct emrelay_limits limits;
	struct emrelay_past past;
	u64 settled_ns;
	u64 on_ns;
} limit_cases[] = {
	{
		"never seen moving, released",
		{ CLOSE_NS, OPEN_NS, LOADED_NS },
		{ .coil = false },
		0, 0,
	}, {
		"never seen moving, energised",
		{ CLOSE_NS, OPEN_NS, LOADED_NS },
		{ .coil = true },
		0, 0,
	}, {
		"stale times of what never happened",
		{ CLOSE_NS, OPEN_NS, LOADED_NS },
		{ .edge_ns = 5000, .energised_ns = 5000 },
		0, 0,
	}, {
		"energised at 0",
		{ CLOSE_NS, OPEN_NS, LOADED_NS },
		{ .moved = true, .cycled = true, .coil = true },
		CLOSE_NS, LOADED_NS,
	}, {
		"energised",
		{ CLOSE_NS, OPEN_NS, LOADED_NS },
		{ 1000, 1000, true, true, true },
		1000 + CLOSE_NS, 1000 + LOADED_NS,
	}, {
		"released, its cycle unknown",
		{ CLOSE_NS, OPEN_NS, LOADED_NS },
		{ .edge_ns = 1000, .moved = true },
		1000 + OPEN_NS, 1000 + OPEN_NS,
	}, {
		"found energised after a known cycle",
		{ CLOSE_NS, OPEN_NS, LOADED_NS },
		{ .energised_ns = 1000, .cycled = true, .coil = true },
		0, 1000 + LOADED_NS,
	}, {
		"rate after travel",
		{ CLOSE_NS, OPEN_NS, UNLOADED_NS },
		{ 1000 + CLOSE_NS, 1000, true, true, false },
		1000 + CLOSE_NS + OPEN_NS, 1000 + UNLOADED_NS,
	}, {
		"rate 1 ns after travel",
		{ CLOSE_NS, OPEN_NS, LOADED_NS },
		{ LOADED_NS - OPEN_NS - 1, 0, true, true, false },
		LOADED_NS - 1, LOADED_NS,
	}, {
		"rate with travel",
		{ CLOSE_NS, OPEN_NS, LOADED_NS },
		{ LOADED_NS - OPEN_NS, 0, true, true, false },
		LOADED_NS, LOADED_NS,
	}, {
		"rate 1 ns before travel",
		{ CLOSE_NS, OPEN_NS, LOADED_NS },
		{ LOADED_NS - OPEN_NS + 1, 0, true, true, false },
		LOADED_NS + 1, LOADED_NS + 1,
	}, {
		"least ratings",
		{ 2000, 2000, 14 },
		{ 3000, 1000, true, true, false },
		5000, 5000,
	}, {
		"largest ratings",
		{ 2ULL * U32_MAX * 1000, 2ULL * U32_MAX * 1000, 60000000000ULL },
		{ 1, 0, true, true, false },
		8589934590001ULL, 8589934590001ULL,
	}, {
		"travel just fits",
		{ 10, 20, 1 },
		{ U64_MAX - 20, U64_MAX - 40, true, true, false },
		U64_MAX, U64_MAX,
	}, {
		"travel ends never",
		{ 10, 20, 1 },
		{ U64_MAX - 19, U64_MAX - 40, true, true, false },
		U64_MAX, U64_MAX,
	}, {
		"rate ends never",
		{ 10, 20, 40 },
		{ U64_MAX - 30, U64_MAX - 39, true, true, false },
		U64_MAX - 10, U64_MAX,
	},
};

KUNIT_ARRAY_PARAM_DESC(limit, limit_cases, desc);

static void limit_moments(struct kunit *test)
{
	const struct limit_case *c = test->param_value;
	u64 settled_ns = emrelay_limit_settled_ns(&c->limits, &c->past);

	KUNIT_EXPECT_EQ(test, settled_ns, c->settled_ns);
	/* Without a dwell an off waits for nothing but the travel. */
	KUNIT_EXPECT_EQ(test, emrelay_limit_off_ns(&c->limits, &c->past),
			c->settled_ns);
	KUNIT_EXPECT_EQ(test, emrelay_limit_on_ns(&c->limits, &c->past), c->on_ns);
}

static const struct dwell_case {
	const char *desc;
	struct emrelay_limits limits;
	struct emrelay_past past;
	u64 on_ns;		/* of a released coil */
	u64 off_ns;		/* of an energised one */
} dwell_cases[] = {
	/* close, open, spacing, min_on, min_off; edge, energised, moved, cycled, coil */
	{ "min_on 1 ns shorter than the travel",
	  { 10, 20, 100, 9, 0 }, { 1000, 1000, true, true, true }, .off_ns = 1010 },
	{ "min_on as long as the travel",
	  { 10, 20, 100, 10, 0 }, { 1000, 1000, true, true, true }, .off_ns = 1010 },
	{ "min_on 1 ns longer than the travel",
	  { 10, 20, 100, 11, 0 }, { 1000, 1000, true, true, true }, .off_ns = 1011 },
	{ "min_on longer than the spacing",
	  { 10, 20, 100, 500, 0 }, { 1000, 1000, true, true, true }, .off_ns = 1500 },
	{ "min_on of a coil that nobody saw being energised",
	  { 10, 20, 100, 500, 0 }, { 1000, 900, false, true, true }, .off_ns = 0 },
	{ "min_on counts from the edge, not from an attempt that failed",
	  { 10, 20, 100, 500, 0 }, { 1000, 1200, true, true, true }, .off_ns = 1500 },
	{ "min_on ends never",
	  { 10, 20, 100, U64_MAX - 999, 0 }, { 1000, 1000, true, true, true },
	  .off_ns = U64_MAX },
	{ "min_off delays no off",
	  { 10, 20, 100, 0, 500 }, { 1000, 1000, true, true, true }, .off_ns = 1010 },

	{ "min_off 1 ns shorter than the travel",
	  { 10, 20, 30, 0, 19 }, { 1000, 900, true, true, false }, .on_ns = 1020 },
	{ "min_off as long as the travel",
	  { 10, 20, 30, 0, 20 }, { 1000, 900, true, true, false }, .on_ns = 1020 },
	{ "min_off 1 ns longer than the travel",
	  { 10, 20, 30, 0, 21 }, { 1000, 900, true, true, false }, .on_ns = 1021 },
	{ "min_off ends 1 ns before the rate allows",
	  { 10, 20, 151, 0, 50 }, { 1000, 900, true, true, false }, .on_ns = 1051 },
	{ "min_off ends when the rate allows",
	  { 10, 20, 150, 0, 50 }, { 1000, 900, true, true, false }, .on_ns = 1050 },
	{ "min_off ends 1 ns after the rate allows",
	  { 10, 20, 149, 0, 50 }, { 1000, 900, true, true, false }, .on_ns = 1050 },
	{ "min_off after a release in an unknown cycle",
	  { 10, 20, 30, 0, 50 }, { 1000, 0, true, false, false }, .on_ns = 1050 },
	{ "min_off without a release",
	  { 10, 20, 30, 0, 50 }, { 1000, 0, false, false, false }, .on_ns = 0 },
	{ "min_off ends never",
	  { 10, 20, 30, 0, U64_MAX - 999 }, { 1000, 900, true, true, false },
	  .on_ns = U64_MAX },
	{ "min_on delays no on",
	  { 10, 20, 30, 500, 0 }, { 1000, 900, true, true, false }, .on_ns = 1020 },
};

KUNIT_ARRAY_PARAM_DESC(dwell, dwell_cases, desc);

static void limit_dwell(struct kunit *test)
{
	const struct dwell_case *c = test->param_value;

	if (c->past.coil)
		KUNIT_EXPECT_EQ(test, emrelay_limit_off_ns(&c->limits, &c->past),
				c->off_ns);
	else
		KUNIT_EXPECT_EQ(test, emrelay_limit_on_ns(&c->limits, &c->past),
				c->on_ns);
}

/* A line that failed: where the coil is already, a dwell delays nothing more. */
static void limit_dwell_of_the_same_level(struct kunit *test)
{
	const struct emrelay_limits limits = { 10, 20, 30, 500, 600 };
	const struct emrelay_past on = { 1000, 1000, true, true, true };
	const struct emrelay_past off = { 1000, 900, true, true, false };

	KUNIT_EXPECT_EQ(test, emrelay_limit_on_ns(&limits, &on), 1030);
	KUNIT_EXPECT_EQ(test, emrelay_limit_off_ns(&limits, &off), 1020);
}

static struct kunit_case limit_test_cases[] = {
	KUNIT_CASE(time_add),
	KUNIT_CASE(time_left),
	KUNIT_CASE_PARAM(limit_spacing, spacing_gen_params),
	KUNIT_CASE_PARAM(limit_moments, limit_gen_params),
	KUNIT_CASE_PARAM(limit_dwell, dwell_gen_params),
	KUNIT_CASE(limit_dwell_of_the_same_level),
	{}
};

static struct kunit_suite limit_suite = {
	.name = "emrelay_limit",
	.test_cases = limit_test_cases,
};

kunit_test_suite(limit_suite);

MODULE_DESCRIPTION("KUnit tests of emrelay's limits");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
