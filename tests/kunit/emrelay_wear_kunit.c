// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wear: no cycle is lost, whatever the rated life is. The tables are of another
 * program, tests/tables.
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/module.h>

#include "wear.h"

/* The WAGO 859-353. */
#define ELECTRICAL_LIFE	50000
#define MECHANICAL_LIFE	5000000

#define CYCLES(n)	((u64)(n) << EMRELAY_LIFE_SHIFT)
#define NONE		EMRELAY_LOAD_NONE
#define RESISTIVE	EMRELAY_LOAD_RESISTIVE
#define AC15		EMRELAY_LOAD_AC15
#define DC13		EMRELAY_LOAD_DC13

/* A life in 2^-12 cycles, and what a cycle of it costs. */
struct table_cost {
	u64 life;
	struct emrelay_damage damage;
};

/* So much damage is done: the whole cycles that are left of a life. */
struct table_left {
	u64 pico;
	u64 life;
	u64 cycles;
};

#include "wear_table.h"

static void energise_at(struct emrelay_wear *wear, enum emrelay_load_class class,
			u32 life, u64 now_ns)
{
	struct emrelay_damage cycle = emrelay_wear_per_cycle(CYCLES(life));

	emrelay_wear_energised(wear, class, &cycle, now_ns);
}

static void energise(struct emrelay_wear *wear, enum emrelay_load_class class,
		     u32 life, unsigned int cycles)
{
	while (cycles--)
		energise_at(wear, class, life, 0);
}

/* 10^12 over the life, to 64 binary places, rounded up: nothing is left over. */
static void wear_per_cycle(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table_costs); i++) {
		const struct table_cost *row = &table_costs[i];
		struct emrelay_damage damage = emrelay_wear_per_cycle(row->life);

		KUNIT_EXPECT_TRUE_MSG(test, damage.pico == row->damage.pico,
				      "life %llu: %llu", row->life, damage.pico);
		KUNIT_EXPECT_TRUE_MSG(test, damage.fraction == row->damage.fraction,
				      "life %llu: %llu", row->life, damage.fraction);
	}
}

static void wear_cycles_left(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table_left); i++) {
		const struct table_left *row = &table_left[i];
		const struct emrelay_wear wear = { .damage.pico = row->pico };
		u64 cycles = emrelay_wear_cycles_left(&wear, row->life);

		KUNIT_EXPECT_TRUE_MSG(test, cycles == row->cycles,
				      "%llu of life %llu after %llu", cycles,
				      row->life, row->pico);
	}
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

	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, CYCLES(life)), life);
	for (n = 1; n <= life; n++) {
		energise(&wear, RESISTIVE, life, 1);
		/* n / life of a life: at least, and by less than one pico more */
		KUNIT_ASSERT_EQ(test, wear.damage.pico,
				div_u64(n * EMRELAY_LIFE_PICO, life));
		KUNIT_ASSERT_EQ(test, emrelay_wear_cycles_left(&wear, CYCLES(life)),
				life - n);
		KUNIT_ASSERT_EQ(test, emrelay_wear_cycles(&wear), n);
		KUNIT_ASSERT_EQ(test, emrelay_wear_health(&wear, EMRELAY_WARN_PPM) ==
				      EMRELAY_WORN, n == life);
		KUNIT_ASSERT_EQ(test, emrelay_wear_health(&wear, EMRELAY_WARN_PPM) ==
				      EMRELAY_GOOD, n * 5ULL < life * 4ULL);
	}
	KUNIT_EXPECT_EQ(test, wear.damage.pico, EMRELAY_LIFE_PICO);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), 1000000);

	energise(&wear, RESISTIVE, life, 1);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, CYCLES(life)), 0);
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
	struct emrelay_damage cycle = emrelay_wear_per_cycle(CYCLES(life));
	struct emrelay_wear wear = {};

	KUNIT_EXPECT_EQ(test, cycle.pico, div_u64(EMRELAY_LIFE_PICO, life));
	KUNIT_EXPECT_EQ(test, pico_of(cycle, life), EMRELAY_LIFE_PICO);
	KUNIT_EXPECT_LT(test, pico_of(cycle, life - 1), EMRELAY_LIFE_PICO);
	KUNIT_EXPECT_GE(test, cycle.pico | cycle.fraction, 1);

	energise(&wear, NONE, life, 3);
	KUNIT_EXPECT_EQ(test, wear.damage.pico,
			div_u64(3 * EMRELAY_LIFE_PICO, life));
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, CYCLES(life)),
			life > 3 ? life - 3 : 0);
}

/* What the fractions make together is not lost either. */
static void wear_carry(struct kunit *test)
{
	const struct emrelay_damage half = { 1, 1ULL << 63 };
	const struct emrelay_damage least = { 0, 1 };
	struct emrelay_wear wear = {};

	emrelay_wear_energised(&wear, RESISTIVE, &half, 0);
	KUNIT_EXPECT_EQ(test, wear.damage.pico, 1);
	KUNIT_EXPECT_EQ(test, wear.damage.fraction, 1ULL << 63);
	emrelay_wear_energised(&wear, RESISTIVE, &half, 0);
	KUNIT_EXPECT_EQ(test, wear.damage.pico, 3);
	KUNIT_EXPECT_EQ(test, wear.damage.fraction, 0);

	wear.damage.fraction = U64_MAX - 1;
	emrelay_wear_energised(&wear, RESISTIVE, &least, 0);
	KUNIT_EXPECT_EQ(test, wear.damage.pico, 3);
	KUNIT_EXPECT_EQ(test, wear.damage.fraction, U64_MAX);
	emrelay_wear_energised(&wear, RESISTIVE, &least, 0);
	KUNIT_EXPECT_EQ(test, wear.damage.pico, 4);
	KUNIT_EXPECT_EQ(test, wear.damage.fraction, 0);
}

static void wear_by_load(struct kunit *test)
{
	struct emrelay_wear wear = {};

	energise(&wear, RESISTIVE, ELECTRICAL_LIFE, 2);
	energise(&wear, NONE, MECHANICAL_LIFE, 3);
	energise(&wear, AC15, ELECTRICAL_LIFE, 4);
	energise(&wear, DC13, ELECTRICAL_LIFE, 5);
	KUNIT_EXPECT_EQ(test, wear.cycles[NONE], 3);
	KUNIT_EXPECT_EQ(test, wear.cycles[RESISTIVE], 2);
	KUNIT_EXPECT_EQ(test, wear.cycles[AC15], 4);
	KUNIT_EXPECT_EQ(test, wear.cycles[DC13], 5);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_loaded(&wear), 11);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), 14);
	KUNIT_EXPECT_EQ(test, wear.damage.pico, 11 * 20000000ULL + 3 * 200000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), 220);
	/* 0.03 of a loaded cycle more than eleven are used: it is not whole. */
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, CYCLES(ELECTRICAL_LIFE)),
			ELECTRICAL_LIFE - 12);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, CYCLES(MECHANICAL_LIFE)),
			MECHANICAL_LIFE - 1103);
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

	energise(&wear, RESISTIVE, ELECTRICAL_LIFE, c->cycles);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), c->ppm);
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, EMRELAY_WARN_PPM),
			c->health);
}

static const struct warn_case {
	u32 warn_ppm;
	u64 mark_pico;
} warn_cases[] = {
	{ 1, 1000000 },
	{ EMRELAY_WARN_PPM, EMRELAY_LIFE_PICO / 10 * 8 },
	{ 999999, EMRELAY_LIFE_PICO - 1000000 },
};

static void warn_desc(const struct warn_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "from %u ppm on", c->warn_ppm);
}

KUNIT_ARRAY_PARAM(warn, warn_cases, warn_desc);

/* One pico below the mark is not the mark. */
static void wear_health_to_the_pico(struct kunit *test)
{
	const struct warn_case *c = test->param_value;
	struct emrelay_wear wear = {};

	wear.damage.pico = c->mark_pico - 1;
	wear.damage.fraction = U64_MAX;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, c->warn_ppm),
			EMRELAY_GOOD);
	wear.damage.pico++;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, c->warn_ppm),
			EMRELAY_WARNING);
	wear.damage.pico = EMRELAY_LIFE_PICO - 1;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, c->warn_ppm),
			EMRELAY_WARNING);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), 999999);
	wear.damage.pico++;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, c->warn_ppm),
			EMRELAY_WORN);
}

/* From nothing on, and not before the relay is worn. */
static void wear_warns_always_or_never(struct kunit *test)
{
	struct emrelay_wear wear = {};

	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, 0), EMRELAY_WARNING);
	wear.damage.pico = EMRELAY_LIFE_PICO - 1;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, 1000000), EMRELAY_GOOD);
	wear.damage.pico++;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, 1000000), EMRELAY_WORN);
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, 0), EMRELAY_WORN);
}

static void wear_saturates(struct kunit *test)
{
	struct emrelay_wear wear = {
		.damage = { U64_MAX - 1, U64_MAX },
		.cycles = { [RESISTIVE] = U64_MAX - 1 },
	};

	energise(&wear, RESISTIVE, 1, 3);
	KUNIT_EXPECT_EQ(test, wear.damage.pico, U64_MAX);
	KUNIT_EXPECT_EQ(test, wear.cycles[RESISTIVE], U64_MAX);
	energise(&wear, NONE, U32_MAX, 3);
	energise(&wear, DC13, U32_MAX, 2);
	KUNIT_EXPECT_EQ(test, wear.damage.pico, U64_MAX);
	KUNIT_EXPECT_EQ(test, wear.cycles[NONE], 3);
	KUNIT_EXPECT_EQ(test, wear.cycles[DC13], 2);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_loaded(&wear), U64_MAX);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), U64_MAX);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), U64_MAX / 1000000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, EMRELAY_WARN_PPM),
			EMRELAY_WORN);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, CYCLES(U32_MAX)), 0);

	wear.on_ns = U64_MAX - 10;
	wear.on_since_ns = 100;
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 109), U64_MAX - 1);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 110), U64_MAX);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 111), U64_MAX);
	emrelay_wear_released(&wear, 1000);
	KUNIT_EXPECT_EQ(test, wear.on_ns, U64_MAX);
}

/* The sums of the classes do, as each of them. */
static void wear_saturates_by_load(struct kunit *test)
{
	struct emrelay_wear wear = {
		.cycles = { [RESISTIVE] = U64_MAX - 7, [AC15] = 4, [DC13] = 2 },
	};

	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), U64_MAX - 1);
	wear.cycles[NONE] = 1;
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_loaded(&wear), U64_MAX - 1);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), U64_MAX);
	wear.cycles[NONE] = 2;
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), U64_MAX);
}

static void wear_on_time(struct kunit *test)
{
	struct emrelay_wear wear = {};

	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, false, 500), 0);
	energise_at(&wear, RESISTIVE, ELECTRICAL_LIFE, 1000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 1000), 0);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 1001), 1);
	/* It does not run backwards, should a clock do so. */
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 999), 0);
	emrelay_wear_released(&wear, 4000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, false, 9000), 3000);
	energise_at(&wear, NONE, MECHANICAL_LIFE, 10000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 10500), 3500);
	emrelay_wear_released(&wear, 11000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, false, U64_MAX), 4000);
}

static void on_for(struct emrelay_wear *wear, u64 from_ns, u64 on_ns)
{
	energise_at(wear, RESISTIVE, ELECTRICAL_LIFE, from_ns);
	emrelay_wear_released(wear, from_ns + on_ns);
}

static void wear_longest_and_shortest(struct kunit *test)
{
	struct emrelay_wear wear = {};

	energise_at(&wear, RESISTIVE, ELECTRICAL_LIFE, 1000);
	KUNIT_EXPECT_EQ(test, wear.longest_on_ns, 0);
	KUNIT_EXPECT_EQ(test, wear.shortest_on_ns, 0);
	emrelay_wear_released(&wear, 1500);
	KUNIT_EXPECT_EQ(test, wear.longest_on_ns, 500);
	KUNIT_EXPECT_EQ(test, wear.shortest_on_ns, 500);
	on_for(&wear, 2000, 600);
	KUNIT_EXPECT_EQ(test, wear.longest_on_ns, 600);
	KUNIT_EXPECT_EQ(test, wear.shortest_on_ns, 500);
	on_for(&wear, 3000, 499);
	on_for(&wear, 4000, 550);
	KUNIT_EXPECT_EQ(test, wear.longest_on_ns, 600);
	KUNIT_EXPECT_EQ(test, wear.shortest_on_ns, 499);
	KUNIT_EXPECT_EQ(test, wear.on_ns, 500 + 600 + 499 + 550);
}

static void wear_first_and_last(struct kunit *test)
{
	struct emrelay_wear wear = {};

	on_for(&wear, 1000, 10);
	KUNIT_EXPECT_EQ(test, wear.first_ns, 1000);
	KUNIT_EXPECT_EQ(test, wear.last_ns, 1000);
	on_for(&wear, 2000, 10);
	energise_at(&wear, NONE, MECHANICAL_LIFE, 3000);
	KUNIT_EXPECT_EQ(test, wear.first_ns, 1000);
	KUNIT_EXPECT_EQ(test, wear.last_ns, 3000);
	KUNIT_EXPECT_EQ(test, wear.on_since_ns, 3000);
}

static void expect_same(struct kunit *test, const struct emrelay_wear *a,
			const struct emrelay_wear *b)
{
	unsigned int class;

	KUNIT_EXPECT_EQ(test, a->damage.pico, b->damage.pico);
	KUNIT_EXPECT_EQ(test, a->damage.fraction, b->damage.fraction);
	for (class = 0; class < EMRELAY_LOAD_CLASSES; class++)
		KUNIT_EXPECT_EQ(test, a->cycles[class], b->cycles[class]);
	KUNIT_EXPECT_EQ(test, a->on_ns, b->on_ns);
	KUNIT_EXPECT_EQ(test, a->longest_on_ns, b->longest_on_ns);
	KUNIT_EXPECT_EQ(test, a->shortest_on_ns, b->shortest_on_ns);
	KUNIT_EXPECT_EQ(test, a->first_use_ns, b->first_use_ns);
	KUNIT_EXPECT_EQ(test, a->last_use_ns, b->last_use_ns);
}

/* Two accounts of one relay, and what is to be made of them. */
static const struct merge_case {
	const char *desc;
	struct emrelay_wear one;
	struct emrelay_wear other;
	struct emrelay_wear both;
} merge_cases[] = {
	{ "a new relay" },
	{
		"an account, and none",
		{ .damage = { 9, 8 }, .cycles = { 1, 2, 3, 4 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 20, .first_use_ns = 100,
		  .last_use_ns = 200 },
		{},
		{ .damage = { 9, 8 }, .cycles = { 1, 2, 3, 4 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 20, .first_use_ns = 100,
		  .last_use_ns = 200 },
	}, {
		"an older account of all",
		{ .damage = { 9, 8 }, .cycles = { 5, 6, 7, 8 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 20, .first_use_ns = 100,
		  .last_use_ns = 200 },
		{ .damage = { 8, 9 }, .cycles = { 4, 5, 6, 7 }, .on_ns = 49,
		  .longest_on_ns = 29, .shortest_on_ns = 21, .first_use_ns = 101,
		  .last_use_ns = 199 },
		{ .damage = { 9, 8 }, .cycles = { 5, 6, 7, 8 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 20, .first_use_ns = 100,
		  .last_use_ns = 200 },
	}, {
		"each knows better of something",
		{ .damage = { 9, 8 }, .cycles = { 5, 2, 7, 4 }, .on_ns = 50,
		  .longest_on_ns = 20, .shortest_on_ns = 10, .first_use_ns = 100,
		  .last_use_ns = 190 },
		{ .damage = { 9, 9 }, .cycles = { 1, 6, 3, 8 }, .on_ns = 40,
		  .longest_on_ns = 30, .shortest_on_ns = 15, .first_use_ns = 90,
		  .last_use_ns = 180 },
		{ .damage = { 9, 9 }, .cycles = { 5, 6, 7, 8 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 10, .first_use_ns = 90,
		  .last_use_ns = 190 },
	}, {
		"a fraction more",
		{ .damage = { 2, 8 } },
		{ .damage = { 2, 9 } },
		{ .damage = { 2, 9 } },
	}, {
		"what one does not know is no zero",
		{ .shortest_on_ns = 0, .first_use_ns = 7 },
		{ .shortest_on_ns = 5, .first_use_ns = 0 },
		{ .shortest_on_ns = 5, .first_use_ns = 7 },
	}, {
		"the largest",
		{ .damage = { U64_MAX, 0 }, .cycles = { U64_MAX, 0, U64_MAX, 0 },
		  .on_ns = U64_MAX },
		{ .damage = { U64_MAX - 1, U64_MAX }, .cycles = { 0, U64_MAX, 0, 1 },
		  .last_use_ns = U64_MAX },
		{ .damage = { U64_MAX, 0 },
		  .cycles = { U64_MAX, U64_MAX, U64_MAX, 1 }, .on_ns = U64_MAX,
		  .last_use_ns = U64_MAX },
	},
};

KUNIT_ARRAY_PARAM_DESC(merge, merge_cases, desc);

static void wear_merge(struct kunit *test)
{
	const struct merge_case *c = test->param_value;
	struct emrelay_wear wear = c->one;

	emrelay_wear_merge(&wear, &c->other);
	expect_same(test, &wear, &c->both);
	/* Once more changes nothing, nor does the other way round. */
	emrelay_wear_merge(&wear, &c->other);
	expect_same(test, &wear, &c->both);
	wear = c->other;
	emrelay_wear_merge(&wear, &c->one);
	expect_same(test, &wear, &c->both);
}

/* What this machine's clock said is not of another account. */
static void wear_merge_keeps_the_present(struct kunit *test)
{
	const struct emrelay_wear other = {
		.on_since_ns = 900, .first_ns = 800, .last_ns = 900,
	};
	struct emrelay_wear wear = {};

	energise_at(&wear, RESISTIVE, ELECTRICAL_LIFE, 500);
	emrelay_wear_merge(&wear, &other);
	KUNIT_EXPECT_EQ(test, wear.on_since_ns, 500);
	KUNIT_EXPECT_EQ(test, wear.first_ns, 500);
	KUNIT_EXPECT_EQ(test, wear.last_ns, 500);
}

/* An account, what was before it, and what is to be made of them. */
static const struct merge_case add_cases[] = {
	{ "a new relay" },
	{
		"each of something",
		{ .damage = { 10, 7 }, .cycles = { 1, 2, 3, 4 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 10, .first_use_ns = 150,
		  .last_use_ns = 200 },
		{ .damage = { 300, 5 }, .cycles = { 10, 20, 30, 40 }, .on_ns = 500,
		  .longest_on_ns = 20, .shortest_on_ns = 20, .first_use_ns = 100,
		  .last_use_ns = 140 },
		{ .damage = { 310, 12 }, .cycles = { 11, 22, 33, 44 }, .on_ns = 550,
		  .longest_on_ns = 30, .shortest_on_ns = 10, .first_use_ns = 100,
		  .last_use_ns = 200 },
	}, {
		"fractions that make a whole",
		{ .damage = { 10, U64_MAX } },
		{ .damage = { 300, 3 } },
		{ .damage = { 311, 2 } },
	}, {
		"more than fits",
		{ .damage = { U64_MAX - 5, U64_MAX }, .cycles = { U64_MAX, 3, 3, 3 },
		  .on_ns = U64_MAX - 1 },
		{ .damage = { 5, 1 }, .cycles = { 1, U64_MAX - 3, U64_MAX - 2, 0 },
		  .on_ns = 2 },
		{ .damage = { U64_MAX, 0 }, .cycles = { U64_MAX, U64_MAX, U64_MAX, 3 },
		  .on_ns = U64_MAX },
	}, {
		"the most and a fraction",
		{ .damage = { 0, 1 } },
		{ .damage = { U64_MAX, U64_MAX } },
		{ .damage = { U64_MAX, 0 } },
	},
};

KUNIT_ARRAY_PARAM_DESC(add, add_cases, desc);

static void wear_add(struct kunit *test)
{
	const struct merge_case *c = test->param_value;
	struct emrelay_wear wear = c->one;

	emrelay_wear_add(&wear, &c->other);
	expect_same(test, &wear, &c->both);
}

/* Of which other account does it follow that nobody knows the first use? */
static const struct lost_case {
	const char *desc;
	struct emrelay_wear other;
	bool lost;
} lost_cases[] = {
	{ "never used", {}, false },
	{ "used, and known when", { .cycles = { 1 }, .first_use_ns = 7 }, false },
	{ "used, who knows when", { .cycles = { 1 } }, true },
	{ "used with a load, who knows when", { .cycles = { 0, 0, 0, 1 } }, true },
};

KUNIT_ARRAY_PARAM_DESC(lost, lost_cases, desc);

static void wear_first_lost(struct kunit *test)
{
	const struct lost_case *c = test->param_value;
	struct emrelay_wear merged = {}, sum = {};

	emrelay_wear_merge(&merged, &c->other);
	KUNIT_EXPECT_EQ(test, merged.first_lost, c->lost);
	emrelay_wear_add(&sum, &c->other);
	KUNIT_EXPECT_EQ(test, sum.first_lost, c->lost);
	/* It is not found again. */
	emrelay_wear_merge(&sum, &(struct emrelay_wear) {});
	KUNIT_EXPECT_EQ(test, sum.first_lost, c->lost);
}

static struct kunit_case wear_test_cases[] = {
	KUNIT_CASE(wear_per_cycle),
	KUNIT_CASE(wear_cycles_left),
	KUNIT_CASE_PARAM(wear_whole_life, life_gen_params),
	KUNIT_CASE_PARAM(wear_long_life, long_life_gen_params),
	KUNIT_CASE(wear_carry),
	KUNIT_CASE(wear_by_load),
	KUNIT_CASE_PARAM(wear_health, health_gen_params),
	KUNIT_CASE_PARAM(wear_health_to_the_pico, warn_gen_params),
	KUNIT_CASE(wear_warns_always_or_never),
	KUNIT_CASE(wear_saturates),
	KUNIT_CASE(wear_saturates_by_load),
	KUNIT_CASE(wear_on_time),
	KUNIT_CASE(wear_longest_and_shortest),
	KUNIT_CASE(wear_first_and_last),
	KUNIT_CASE_PARAM(wear_merge, merge_gen_params),
	KUNIT_CASE(wear_merge_keeps_the_present),
	KUNIT_CASE_PARAM(wear_add, add_gen_params),
	KUNIT_CASE_PARAM(wear_first_lost, lost_gen_params),
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
