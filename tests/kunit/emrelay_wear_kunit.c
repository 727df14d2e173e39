// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wear: no cycle is lost, whatever the rated life is.
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/module.h>

#include "wear.h"

/* The WAGO 859-353. */
#define ELECTRICAL_LIFE	50000
#define MECHANICAL_LIFE	5000000

static void energise_at(struct emrelay_wear *wear, bool loaded, u32 life, u64 now_ns)
{
	struct emrelay_damage cycle = emrelay_wear_per_cycle(life);

	emrelay_wear_energised(wear, loaded, &cycle, now_ns);
}

static void energise(struct emrelay_wear *wear, bool loaded, u32 life,
		     unsigned int cycles)
{
	while (cycles--)
		energise_at(wear, loaded, life, 0);
}

/* 10^12 over the life, to 64 binary places, rounded up: nothing is left over. */
static const struct cycle_case {
	u32 life;
	struct emrelay_damage damage;
} cycle_cases[] = {
	{ 1, { EMRELAY_LIFE_PICO, 0 } },
	{ 3, { 333333333333ULL, 6148914691236517206ULL } },	/* 1/3 */
	{ 7, { 142857142857ULL, 2635249153387078803ULL } },	/* 1/7 */
	{ 9, { 111111111111ULL, 2049638230412172402ULL } },	/* 1/9 */
	{ ELECTRICAL_LIFE, { 20000000, 0 } },
	{ MECHANICAL_LIFE, { 200000, 0 } },
	{ 1000000000, { 1000, 0 } },
};

static void cycle_desc(const struct cycle_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u", c->life);
}

KUNIT_ARRAY_PARAM(cycle, cycle_cases, cycle_desc);

static void wear_per_cycle(struct kunit *test)
{
	const struct cycle_case *c = test->param_value;
	struct emrelay_damage damage = emrelay_wear_per_cycle(c->life);

	KUNIT_EXPECT_EQ(test, damage.pico, c->damage.pico);
	KUNIT_EXPECT_EQ(test, damage.fraction, c->damage.fraction);
}

static const u32 lives[] = {
	1, 2, 3, 5, 6, 7, 9, 11, 13, 17, 97, 127, 128, 360, 641, 999, 1000,
	1021, 4096, 9973, 10007, 32767, 49999, 50000, 50021, 65537, 99991,
};

static void life_desc(const u32 *life, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u", *life);
}

KUNIT_ARRAY_PARAM(life, lives, life_desc);

/* N cycles of a life of N are that life: one fewer is not, none is lost. */
static void wear_whole_life(struct kunit *test)
{
	u32 life = *(const u32 *)test->param_value;
	struct emrelay_wear wear = {};
	u32 n;

	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, life), life);
	for (n = 1; n <= life; n++) {
		energise(&wear, true, life, 1);
		/* n / life of a life: at least, and by less than one pico more */
		KUNIT_ASSERT_EQ(test, wear.damage.pico,
				div_u64(n * EMRELAY_LIFE_PICO, life));
		KUNIT_ASSERT_EQ(test, emrelay_wear_cycles_left(&wear, life),
				life - n);
		KUNIT_ASSERT_EQ(test, emrelay_wear_cycles(&wear), n);
		KUNIT_ASSERT_EQ(test, emrelay_wear_health(&wear) == EMRELAY_WORN,
				n == life);
		KUNIT_ASSERT_EQ(test, emrelay_wear_health(&wear) == EMRELAY_GOOD,
				n * 5ULL < life * 4ULL);
	}
	KUNIT_EXPECT_EQ(test, wear.damage.pico, EMRELAY_LIFE_PICO);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), 1000000);

	energise(&wear, true, life, 1);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, life), 0);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear),
			1000000 + 1000000 / life);
}

static const u32 long_lives[] = {
	1, 3, 7, MECHANICAL_LIFE, 4999999, 99999989, 999999937, 1000000000,
	2147483647, 2147483648U, 3000000019U, 4294967291U, U32_MAX - 1, U32_MAX,
};

KUNIT_ARRAY_PARAM(long_life, long_lives, life_desc);

/* The same for lives too long to live through: the sum of n cycles at once. */
static u64 pico_of(struct emrelay_damage cycle, u32 n)
{
	return n * cycle.pico + mul_u64_u64_shr(cycle.fraction, n, 64);
}

static void wear_long_life(struct kunit *test)
{
	u32 life = *(const u32 *)test->param_value;
	struct emrelay_damage cycle = emrelay_wear_per_cycle(life);
	struct emrelay_wear wear = {};

	KUNIT_EXPECT_EQ(test, cycle.pico, div_u64(EMRELAY_LIFE_PICO, life));
	KUNIT_EXPECT_EQ(test, pico_of(cycle, life), EMRELAY_LIFE_PICO);
	KUNIT_EXPECT_LT(test, pico_of(cycle, life - 1), EMRELAY_LIFE_PICO);
	KUNIT_EXPECT_GE(test, cycle.pico | cycle.fraction, 1);

	energise(&wear, false, life, 3);
	KUNIT_EXPECT_EQ(test, wear.damage.pico,
			div_u64(3 * EMRELAY_LIFE_PICO, life));
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, life),
			life > 3 ? life - 3 : 0);
}

static void wear_by_load(struct kunit *test)
{
	struct emrelay_wear wear = {};

	energise(&wear, true, ELECTRICAL_LIFE, 2);
	energise(&wear, false, MECHANICAL_LIFE, 3);
	KUNIT_EXPECT_EQ(test, wear.cycles_loaded, 2);
	KUNIT_EXPECT_EQ(test, wear.cycles_unloaded, 3);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), 5);
	KUNIT_EXPECT_EQ(test, wear.damage.pico, 2 * 20000000ULL + 3 * 200000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), 40);
	/* 0.03 of a loaded cycle more than two are used: it is not whole. */
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, ELECTRICAL_LIFE),
			ELECTRICAL_LIFE - 3);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, MECHANICAL_LIFE),
			MECHANICAL_LIFE - 203);
}

static const struct health_case {
	unsigned int cycles;
	u64 ppm;
	enum emrelay_health health;
} health_cases[] = {
	{ 0, 0, EMRELAY_GOOD },
	{ 1, 20, EMRELAY_GOOD },
	{ 39999, 799980, EMRELAY_GOOD },
	{ 40000, 800000, EMRELAY_WARNING },
	{ 40001, 800020, EMRELAY_WARNING },
	{ 49999, 999980, EMRELAY_WARNING },
	{ 50000, 1000000, EMRELAY_WORN },
	{ 50001, 1000020, EMRELAY_WORN },
	{ 125000, 2500000, EMRELAY_WORN },
};

static void health_desc(const struct health_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u cycles", c->cycles);
}

KUNIT_ARRAY_PARAM(health, health_cases, health_desc);

static void wear_health(struct kunit *test)
{
	const struct health_case *c = test->param_value;
	struct emrelay_wear wear = {};

	energise(&wear, true, ELECTRICAL_LIFE, c->cycles);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), c->ppm);
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear), c->health);
}

/* One pico below the mark is not the mark. */
static void wear_health_to_the_pico(struct kunit *test)
{
	struct emrelay_wear wear = {};

	wear.damage.pico = EMRELAY_LIFE_PICO / 10 * 8 - 1;
	wear.damage.fraction = U64_MAX;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear), EMRELAY_GOOD);
	wear.damage.pico++;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear), EMRELAY_WARNING);
	wear.damage.pico = EMRELAY_LIFE_PICO - 1;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear), EMRELAY_WARNING);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), 999999);
	wear.damage.pico++;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear), EMRELAY_WORN);
}

static void wear_saturates(struct kunit *test)
{
	struct emrelay_wear wear = {
		.damage = { U64_MAX - 1, U64_MAX },
		.cycles_loaded = U64_MAX - 1,
		.cycles_unloaded = 0,
	};

	energise(&wear, true, 1, 3);
	KUNIT_EXPECT_EQ(test, wear.damage.pico, U64_MAX);
	KUNIT_EXPECT_EQ(test, wear.cycles_loaded, U64_MAX);
	energise(&wear, false, U32_MAX, 3);
	KUNIT_EXPECT_EQ(test, wear.damage.pico, U64_MAX);
	KUNIT_EXPECT_EQ(test, wear.cycles_unloaded, 3);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), U64_MAX);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), U64_MAX / 1000000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear), EMRELAY_WORN);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, U32_MAX), 0);

	wear.on_ns = U64_MAX - 10;
	wear.on_since_ns = 100;
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 109), U64_MAX - 1);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 110), U64_MAX);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 111), U64_MAX);
	emrelay_wear_released(&wear, 1000);
	KUNIT_EXPECT_EQ(test, wear.on_ns, U64_MAX);
}

static void wear_on_time(struct kunit *test)
{
	struct emrelay_wear wear = {};

	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, false, 500), 0);
	energise_at(&wear, true, ELECTRICAL_LIFE, 1000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 1000), 0);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 1001), 1);
	/* It does not run backwards, should a clock do so. */
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 999), 0);
	emrelay_wear_released(&wear, 4000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, false, 9000), 3000);
	energise_at(&wear, false, MECHANICAL_LIFE, 10000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 10500), 3500);
	emrelay_wear_released(&wear, 11000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, false, U64_MAX), 4000);
}

static struct kunit_case wear_test_cases[] = {
	KUNIT_CASE_PARAM(wear_per_cycle, cycle_gen_params),
	KUNIT_CASE_PARAM(wear_whole_life, life_gen_params),
	KUNIT_CASE_PARAM(wear_long_life, long_life_gen_params),
	KUNIT_CASE(wear_by_load),
	KUNIT_CASE_PARAM(wear_health, health_gen_params),
	KUNIT_CASE(wear_health_to_the_pico),
	KUNIT_CASE(wear_saturates),
	KUNIT_CASE(wear_on_time),
	{}
};

static struct kunit_suite wear_suite = {
	.name = "emrelay_wear",
	.test_cases = wear_test_cases,
};

kunit_test_suite(wear_suite);

MODULE_DESCRIPTION("KUnit tests of emrelay's wear");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
