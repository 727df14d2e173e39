// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wear: no cycle is counted for less than it costs, whatever the rated life is, on
 * a curve or not. The tables are of another program, tests/tables.
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/module.h>

#include "wear.h"

/* The WAGO 859-353. */
#define ELECTRICAL_LIFE	50000
#define MECHANICAL_LIFE	5000000

#define NONE		EMRELAY_LOAD_NONE
#define RESISTIVE	EMRELAY_LOAD_RESISTIVE
#define AC15		EMRELAY_LOAD_AC15
#define DC13		EMRELAY_LOAD_DC13

/* A life in cycles, and what a cycle of it costs. */
struct table_cost {
	u32 life;
	u64 pico;
};

/* So much damage is done: the cycles of a cost until the life is used up. */
struct table_left {
	u64 used;
	u64 pico;
	u64 cycles;
};

/* A current, and what a cycle costs there by a curve, rounded down; 0: not rated. */
struct table_current {
	unsigned int curve;
	u32 microamp;
	u64 pico;
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
#include "wear_table.h"

static u64 cost_of(u32 life)
{
	static const struct emrelay_present_load nothing = { NONE };
	static const struct emrelay_curve none;
	const struct emrelay_ratings ratings = {
		.electrical_life = 1,
		.mechanical_life = life,
	};

	return emrelay_wear_cost(&ratings, &none, &nothing).pico;
}

/* 0: not rated, as the basis tells. */
static u64 cost_on_curve(const struct emrelay_curve *curve, u32 microamp)
{
	const struct emrelay_present_load load = { RESISTIVE, microamp, false, true };
	const struct emrelay_ratings ratings = { .mechanical_life = U32_MAX };
	struct emrelay_cost cost = emrelay_wear_cost(&ratings, curve, &load);

	return cost.basis == EMRELAY_BASIS_CURVE ? cost.pico : 0;
}

static void energise_at(struct emrelay_wear *wear, enum emrelay_load_class class,
			u32 life, u64 now_ns)
{
	emrelay_wear_energised(wear, class, cost_of(life), now_ns);
}

static void energise(struct emrelay_wear *wear, enum emrelay_load_class class,
		     u32 life, unsigned int cycles)
{
	while (cycles--)
		energise_at(wear, class, life, 0);
}

/* 10^12 over the life, rounded up. */
static void wear_cost(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table_costs); i++) {
		const struct table_cost *row = &table_costs[i];

		KUNIT_EXPECT_TRUE_MSG(test, cost_of(row->life) == row->pico,
				      "life %u: %llu", row->life, cost_of(row->life));
	}
}

static void wear_cycles_left(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table_left); i++) {
		const struct table_left *row = &table_left[i];
		const struct emrelay_wear wear = { .damage_pico = row->used };
		u64 cycles = emrelay_wear_cycles_left(&wear, row->pico);

		KUNIT_EXPECT_TRUE_MSG(test, cycles == row->cycles,
				      "%llu of cost %llu after %llu", cycles,
				      row->pico, row->used);
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
	u64 cost = cost_of(life);
	u32 n;

	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, cost), life);
	for (n = 1; n <= life; n++) {
		u64 exact = div_u64(n * EMRELAY_LIFE_PICO, life);

		energise(&wear, RESISTIVE, life, 1);
		/* n / life of a life: at least, and by less than n pico more */
		KUNIT_ASSERT_GE(test, wear.damage_pico, exact);
		KUNIT_ASSERT_LE(test, wear.damage_pico, exact + n);
		KUNIT_ASSERT_EQ(test, emrelay_wear_cycles_left(&wear, cost), life - n);
		KUNIT_ASSERT_EQ(test, emrelay_wear_cycles(&wear), n);
		KUNIT_ASSERT_EQ(test, emrelay_wear_health(&wear, EMRELAY_WARN_PPM) ==
				      EMRELAY_WORN, n == life);
		KUNIT_ASSERT_EQ(test, emrelay_wear_health(&wear, EMRELAY_WARN_PPM) ==
				      EMRELAY_GOOD, n * 5ULL < life * 4ULL);
	}
	KUNIT_EXPECT_GE(test, wear.damage_pico, EMRELAY_LIFE_PICO);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), 1000000);

	energise(&wear, RESISTIVE, life, 1);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, cost), 0);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear),
			div_u64((life + 1ULL) * cost, 1000000));
}

static const u32 long_lives[] = {
	1, 3, 7, 999983, 999999, 1000000, 1000001, MECHANICAL_LIFE, 4999999, 99999989,
	999999937, 1000000000, 2147483647, 2147483648U, 3000000019U, 4294967291U,
	U32_MAX - 1, U32_MAX,
};

KUNIT_ARRAY_PARAM(long_life, long_lives, life_desc);

/* Lives too long to live through: as near as wear.h says. */
static void wear_long_life(struct kunit *test)
{
	u32 life = *(const u32 *)test->param_value;
	u64 cost = cost_of(life);
	struct emrelay_wear wear = {};
	u64 left = emrelay_wear_cycles_left(&wear, cost);

	KUNIT_EXPECT_GE(test, cost, 1);
	KUNIT_EXPECT_GE(test, cost * life, EMRELAY_LIFE_PICO);
	KUNIT_EXPECT_LE(test, left, life);
	/* At most one part in 10^12 / life fewer, and none up to 10^6. */
	KUNIT_EXPECT_GE(test, left + div_u64((u64)life * life - 1,
					     1000000000000ULL >> 20) / (1 << 20) +
			      (life > 1000000), life);
	KUNIT_EXPECT_GE(test, left * cost, EMRELAY_LIFE_PICO);
	KUNIT_EXPECT_LT(test, (left - 1) * cost, EMRELAY_LIFE_PICO);

	energise(&wear, NONE, life, 3);
	KUNIT_EXPECT_EQ(test, wear.damage_pico, 3 * cost);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, cost),
			left > 3 ? left - 3 : 0);
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
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), 14);
	KUNIT_EXPECT_EQ(test, wear.damage_pico, 11 * 20000000ULL + 3 * 200000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), 220);
	/* 0.03 of a loaded cycle more than eleven are used. */
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, cost_of(ELECTRICAL_LIFE)),
			ELECTRICAL_LIFE - 11);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, cost_of(MECHANICAL_LIFE)),
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

	wear.damage_pico = c->mark_pico - 1;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, c->warn_ppm),
			EMRELAY_GOOD);
	wear.damage_pico++;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, c->warn_ppm),
			EMRELAY_WARNING);
	wear.damage_pico = EMRELAY_LIFE_PICO - 1;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, c->warn_ppm),
			EMRELAY_WARNING);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), 999999);
	wear.damage_pico++;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, c->warn_ppm),
			EMRELAY_WORN);
}

/* From nothing on, and not before the relay is worn. */
static void wear_warns_always_or_never(struct kunit *test)
{
	struct emrelay_wear wear = {};

	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, 0), EMRELAY_WARNING);
	wear.damage_pico = EMRELAY_LIFE_PICO - 1;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, 1000000), EMRELAY_GOOD);
	wear.damage_pico++;
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, 1000000), EMRELAY_WORN);
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, 0), EMRELAY_WORN);
}

static void wear_saturates(struct kunit *test)
{
	struct emrelay_wear wear = {
		.damage_pico = U64_MAX - 1,
		.cycles = { [RESISTIVE] = U64_MAX - 1 },
	};

	energise(&wear, RESISTIVE, 1, 3);
	KUNIT_EXPECT_EQ(test, wear.damage_pico, U64_MAX);
	KUNIT_EXPECT_EQ(test, wear.cycles[RESISTIVE], U64_MAX);
	energise(&wear, NONE, U32_MAX, 3);
	energise(&wear, DC13, U32_MAX, 2);
	KUNIT_EXPECT_EQ(test, wear.damage_pico, U64_MAX);
	KUNIT_EXPECT_EQ(test, wear.cycles[NONE], 3);
	KUNIT_EXPECT_EQ(test, wear.cycles[DC13], 2);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), U64_MAX);
	KUNIT_EXPECT_EQ(test, emrelay_wear_ppm(&wear), U64_MAX / 1000000);
	KUNIT_EXPECT_EQ(test, emrelay_wear_health(&wear, EMRELAY_WARN_PPM),
			EMRELAY_WORN);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles_left(&wear, cost_of(U32_MAX)), 0);

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

	/* From the energisation, whenever the first of all was; and never less than nothing. */
	wear = (struct emrelay_wear) { .on_since_ns = 1000, .first_ns = 2000 };
	KUNIT_EXPECT_EQ(test, emrelay_wear_on_ns(&wear, true, 1500), 500);
	emrelay_wear_released(&wear, 1500);
	KUNIT_EXPECT_EQ(test, wear.on_ns, 500);
	emrelay_wear_released(&wear, 999);
	KUNIT_EXPECT_EQ(test, wear.on_ns, 500);
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
	KUNIT_EXPECT_EQ(test, wear.released_ns, 2010);
}

static void expect_same(struct kunit *test, const struct emrelay_wear *a,
			const struct emrelay_wear *b)
{
	unsigned int class;

	KUNIT_EXPECT_EQ(test, a->damage_pico, b->damage_pico);
	for (class = 0; class < EMRELAY_LOAD_CLASSES; class++)
		KUNIT_EXPECT_EQ(test, a->cycles[class], b->cycles[class]);
	KUNIT_EXPECT_EQ(test, a->on_ns, b->on_ns);
	KUNIT_EXPECT_EQ(test, a->longest_on_ns, b->longest_on_ns);
	KUNIT_EXPECT_EQ(test, a->shortest_on_ns, b->shortest_on_ns);
	KUNIT_EXPECT_EQ(test, a->first_use_ns, b->first_use_ns);
	KUNIT_EXPECT_EQ(test, a->last_use_ns, b->last_use_ns);
	KUNIT_EXPECT_EQ(test, a->last_release_ns, b->last_release_ns);
}

/* Two counts of one relay, and what is to be made of them. */
static const struct merge_case {
	const char *desc;
	struct emrelay_wear one;
	struct emrelay_wear other;
	struct emrelay_wear both;
} merge_cases[] = {
	{ "a new relay" },
	{
		"a count, and none",
		{ .damage_pico = 9, .cycles = { 1, 2, 3, 4 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 20, .first_use_ns = 100,
		  .last_use_ns = 200, .last_release_ns = 210 },
		{},
		{ .damage_pico = 9, .cycles = { 1, 2, 3, 4 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 20, .first_use_ns = 100,
		  .last_use_ns = 200, .last_release_ns = 210 },
	}, {
		"an older count of all",
		{ .damage_pico = 9, .cycles = { 5, 6, 7, 8 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 20, .first_use_ns = 100,
		  .last_use_ns = 200, .last_release_ns = 210 },
		{ .damage_pico = 8, .cycles = { 4, 5, 6, 7 }, .on_ns = 49,
		  .longest_on_ns = 29, .shortest_on_ns = 21, .first_use_ns = 101,
		  .last_use_ns = 199, .last_release_ns = 209 },
		{ .damage_pico = 9, .cycles = { 5, 6, 7, 8 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 20, .first_use_ns = 100,
		  .last_use_ns = 200, .last_release_ns = 210 },
	}, {
		"each knows better of something",
		{ .damage_pico = 9, .cycles = { 5, 2, 7, 4 }, .on_ns = 50,
		  .longest_on_ns = 20, .shortest_on_ns = 10, .first_use_ns = 100,
		  .last_use_ns = 190, .last_release_ns = 170 },
		{ .damage_pico = 10, .cycles = { 1, 6, 3, 8 }, .on_ns = 40,
		  .longest_on_ns = 30, .shortest_on_ns = 15, .first_use_ns = 90,
		  .last_use_ns = 180, .last_release_ns = 185 },
		{ .damage_pico = 10, .cycles = { 5, 6, 7, 8 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 10, .first_use_ns = 90,
		  .last_use_ns = 190, .last_release_ns = 185 },
	}, {
		"what one does not know is no zero",
		{ .shortest_on_ns = 0, .first_use_ns = 7 },
		{ .shortest_on_ns = 5, .first_use_ns = 0 },
		{ .shortest_on_ns = 5, .first_use_ns = 7 },
	}, {
		"the largest",
		{ .damage_pico = U64_MAX, .cycles = { U64_MAX, 0, U64_MAX, 0 },
		  .on_ns = U64_MAX },
		{ .damage_pico = U64_MAX - 1, .cycles = { 0, U64_MAX, 0, 1 },
		  .last_use_ns = U64_MAX },
		{ .damage_pico = U64_MAX,
		  .cycles = { U64_MAX, U64_MAX, U64_MAX, 1 }, .on_ns = U64_MAX,
		  .last_use_ns = U64_MAX },
	},
};

KUNIT_ARRAY_PARAM_DESC(merge, merge_cases, desc);

static void wear_merge(struct kunit *test)
{
	const struct merge_case *c = test->param_value;
	struct emrelay_wear wear = c->one;

	emrelay_wear_merge(&wear, &c->other, false);
	expect_same(test, &wear, &c->both);
	/* Once more changes nothing, nor does the other way round. */
	emrelay_wear_merge(&wear, &c->other, false);
	expect_same(test, &wear, &c->both);
	wear = c->other;
	emrelay_wear_merge(&wear, &c->one, false);
	expect_same(test, &wear, &c->both);
}

/* What this machine's clock said is not of another count. */
static void wear_merge_keeps_the_present(struct kunit *test)
{
	const struct emrelay_wear other = {
		.on_since_ns = 900, .first_ns = 800, .last_ns = 900, .released_ns = 950,
	};
	struct emrelay_wear wear = {};

	on_for(&wear, 500, 10);
	emrelay_wear_merge(&wear, &other, false);
	KUNIT_EXPECT_EQ(test, wear.on_since_ns, 500);
	KUNIT_EXPECT_EQ(test, wear.first_ns, 500);
	KUNIT_EXPECT_EQ(test, wear.last_ns, 500);
	KUNIT_EXPECT_EQ(test, wear.released_ns, 510);
}

/* A count, what was before it, and what is to be made of them. */
static const struct merge_case add_cases[] = {
	{ "a new relay" },
	{
		"each of something",
		{ .damage_pico = 10, .cycles = { 1, 2, 3, 4 }, .on_ns = 50,
		  .longest_on_ns = 30, .shortest_on_ns = 10, .first_use_ns = 150,
		  .last_use_ns = 200, .last_release_ns = 210 },
		{ .damage_pico = 300, .cycles = { 10, 20, 30, 40 }, .on_ns = 500,
		  .longest_on_ns = 20, .shortest_on_ns = 20, .first_use_ns = 100,
		  .last_use_ns = 140, .last_release_ns = 145 },
		{ .damage_pico = 310, .cycles = { 11, 22, 33, 44 }, .on_ns = 550,
		  .longest_on_ns = 30, .shortest_on_ns = 10, .first_use_ns = 100,
		  .last_use_ns = 200, .last_release_ns = 210 },
	}, {
		"more than fits",
		{ .damage_pico = U64_MAX - 5, .cycles = { U64_MAX, 3, 3, 3 },
		  .on_ns = U64_MAX - 1 },
		{ .damage_pico = 6, .cycles = { 1, U64_MAX - 3, U64_MAX - 2, 0 },
		  .on_ns = 2 },
		{ .damage_pico = U64_MAX, .cycles = { U64_MAX, U64_MAX, U64_MAX, 3 },
		  .on_ns = U64_MAX },
	}, {
		"the most that fits",
		{ .damage_pico = U64_MAX - 5 },
		{ .damage_pico = 4 },
		{ .damage_pico = U64_MAX - 1 },
	},
};

KUNIT_ARRAY_PARAM_DESC(add, add_cases, desc);

static void wear_add(struct kunit *test)
{
	const struct merge_case *c = test->param_value;
	struct emrelay_wear wear = c->one;

	emrelay_wear_merge(&wear, &c->other, true);
	expect_same(test, &wear, &c->both);
}

/* Of which other count does it follow that nobody knows the first use? */
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

	emrelay_wear_merge(&merged, &c->other, false);
	KUNIT_EXPECT_EQ(test, merged.first_ns, c->lost ? U64_MAX : 0);
	emrelay_wear_merge(&sum, &c->other, true);
	KUNIT_EXPECT_EQ(test, sum.first_ns, c->lost ? U64_MAX : 0);
	/* It is not found again, and the next one is not the first. */
	emrelay_wear_merge(&sum, &(struct emrelay_wear) {}, false);
	on_for(&sum, 500, 10);
	KUNIT_EXPECT_EQ(test, sum.first_ns, c->lost ? U64_MAX : 500);
}

static bool is_near(u64 value, u64 exact, u64 error)
{
	return value <= exact + error && value + error >= exact;
}

static void table_desc(const struct emrelay_curve *curve, char *desc)
{
	const struct emrelay_point *last = &curve->point[curve->count - 1];

	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u points to %u uA", curve->count,
		 last->x);
}

KUNIT_ARRAY_PARAM(table, table_curves, table_desc);

static void curve_points(struct kunit *test)
{
	const struct emrelay_curve *curve = test->param_value;
	const struct emrelay_point *point = curve->point;
	u32 end = point[curve->count - 1].x;
	unsigned int i;

	for (i = 0; i < curve->count; i++)
		KUNIT_EXPECT_EQ(test, cost_on_curve(curve, point[i].x),
				cost_of(point[i].y));

	/* Flat below, not rated above. 0 uA is a current that nobody knows. */
	if (point[0].x > 1)
		KUNIT_EXPECT_EQ(test, cost_on_curve(curve, point[0].x - 1),
				cost_of(point[0].y));
	if (end < U32_MAX) {
		KUNIT_EXPECT_EQ(test, cost_on_curve(curve, end + 1), 0);
		KUNIT_EXPECT_EQ(test, cost_on_curve(curve, U32_MAX), 0);
	}
}

/* As near as wear.h says, which is far nearer than 0.1 %. */
static void curve_cost(struct kunit *test)
{
	const struct emrelay_curve *curve = test->param_value;
	const struct table_current *row;
	unsigned int rows = 0;
	u64 before = 0;

	for (row = table_currents; row < table_currents + ARRAY_SIZE(table_currents);
	     row++) {
		u64 pico = cost_on_curve(curve, row->microamp);
		u64 error = row->pico ? 2 + div_u64(row->pico, 10000000) : 0;

		if (row->curve != curve - table_curves)
			continue;
		rows++;
		KUNIT_EXPECT_TRUE_MSG(test, is_near(pico, row->pico, error),
				      "%llu, not %llu, at %u uA", pico, row->pico,
				      row->microamp);
		/* More current never costs less. */
		KUNIT_EXPECT_TRUE_MSG(test, !pico || pico >= before, "at %u uA",
				      row->microamp);
		before = pico;
	}
	KUNIT_EXPECT_GE(test, rows, curve->count);
}

/* Where logarithms are whole apart, there is nearly nothing to be rounded. */
static void curve_halves(struct kunit *test)
{
	static const struct emrelay_curve curve = {
		3, { { 1000, 1200 }, { 4000, 300 }, { 64000, 75 } },
	};

	KUNIT_EXPECT_EQ(test, cost_on_curve(&curve, 2000), cost_of(600));
	KUNIT_EXPECT_EQ(test, cost_on_curve(&curve, 16000), cost_of(150));
}

#define CURVE	{ 2, { { 1000000, 60000 }, { 4000000, 15000 } } }

static const struct expected_case {
	const char *desc;
	u32 electrical;
	u32 mechanical;
	struct emrelay_curve curve;
	struct emrelay_present_load load;	/* class, uA, sheet, curve */
	u32 cycles;
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

static void expected_cost(struct kunit *test)
{
	const struct expected_case *c = test->param_value;
	const struct emrelay_ratings ratings = {
		.electrical_life = c->electrical,
		.mechanical_life = c->mechanical,
	};
	struct emrelay_cost cost = emrelay_wear_cost(&ratings, &c->curve, &c->load);

	KUNIT_EXPECT_TRUE_MSG(test, is_near(cost.pico, cost_of(c->cycles), 1),
			      "%llu", cost.pico);
	KUNIT_EXPECT_EQ(test, cost.basis, c->basis);
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
	u64 pico = emrelay_wear_cost(&ratings, &relay->curve, &load).pico;
	u32 n;

	for (n = 0; n < step->cycles; n++)
		emrelay_wear_energised(wear, step->class, pico, 0);
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
		KUNIT_EXPECT_TRUE_MSG(test, is_near(wear.damage_pico, step->pico,
						    div_u64(step->pico, 1000)),
				      "step %u: %llu, not %llu", i,
				      wear.damage_pico, step->pico);
	}
}

/* A breaker in the field, with amperes for its kiloamperes: tenths of a percent. */
static void curve_breaker(struct kunit *test)
{
	static const struct table_step relay = {
		.curve = { 3, { { 1200000, 10000 }, { 8000000, 150 },
				{ 20000000, 12 } } },
		.electrical = 1,
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

/* However far beyond the end, and however close the last points. */
static void curve_beyond(struct kunit *test)
{
	static const struct emrelay_ratings ratings = {
		.electrical_life = 1, .mechanical_life = U32_MAX,
	};
	static const struct emrelay_curve curve = { 2, { { 1000000, 300 }, { 1000001, 2 } } };
	struct emrelay_present_load load = { .class = EMRELAY_LOAD_RESISTIVE, .curve = true };
	u32 microamp;

	for (microamp = 1000001; microamp < U32_MAX / 3 * 2; microamp += microamp / 3) {
		load.microamp = microamp;
		KUNIT_EXPECT_EQ(test, emrelay_wear_cost(&ratings, &curve, &load).pico,
				500000000000ULL);
	}
}

/* A cycle that was counted costs more, once the contact closed. */
static void wear_charge(struct kunit *test)
{
	struct emrelay_wear wear = {};

	emrelay_wear_energised(&wear, EMRELAY_LOAD_RESISTIVE, 200000, 1);
	emrelay_wear_charge(&wear, 19800000);
	KUNIT_EXPECT_EQ(test, wear.damage_pico, 20000000ULL);
	KUNIT_EXPECT_EQ(test, emrelay_wear_cycles(&wear), 1ULL);
	emrelay_wear_charge(&wear, U64_MAX);
	KUNIT_EXPECT_EQ(test, wear.damage_pico, U64_MAX);
}

static struct kunit_case wear_test_cases[] = {
	KUNIT_CASE(wear_cost),
	KUNIT_CASE(wear_cycles_left),
	KUNIT_CASE_PARAM(wear_whole_life, life_gen_params),
	KUNIT_CASE_PARAM(wear_long_life, long_life_gen_params),
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
	KUNIT_CASE_PARAM(curve_points, table_gen_params),
	KUNIT_CASE_PARAM(curve_cost, table_gen_params),
	KUNIT_CASE(curve_halves),
	KUNIT_CASE_PARAM(expected_cost, expected_gen_params),
	KUNIT_CASE(curve_damage),
	KUNIT_CASE(curve_breaker),
	KUNIT_CASE(curve_beyond),
	KUNIT_CASE(wear_charge),
	{}
};

static struct kunit_suite wear_suite = {
	.name = "emrelay_wear",
	.test_cases = wear_test_cases,
};

kunit_test_suite(wear_suite);

MODULE_DESCRIPTION("KUnit tests of emrelay's wear");
MODULE_LICENSE("GPL");
