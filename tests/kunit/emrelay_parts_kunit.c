// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data sheets, line by line, and loads at their limits.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/string.h>

#include "parts.h"

#define AMPERE	1000000U	/* in uA */
#define VOLT	1000000U	/* in uV */

/* What a load declares. */
#define CURRENT(ua)	.microamp = (ua)
#define VOLTAGE(uv)	.microvolt = (uv)
#define INRUSH(ua)	.inrush_microamp = (ua)
#define INRUSH_US(us)	.inrush_us = (us)

static const struct emrelay_part *find_part(struct kunit *test,
					    const char *compatible)
{
	unsigned int i;

	for (i = 0; emrelay_parts[i].compatible; i++)
		if (!strcmp(emrelay_parts[i].compatible, compatible))
			return &emrelay_parts[i];

	KUNIT_FAIL_AND_ABORT(test, "no part %s", compatible);
	return NULL;
}

/*
 * What stands in the data sheets, read once more, in their units: 0 is what they do
 * not give. Times in us; limits in A, V, VA, A on closing, and us of that; minimum
 * loads in V and mA.
 */
static const struct sheet {
	const char *compatible;
	u32 operate, release, bounce, electrical, mechanical, loaded, unloaded;
	u32 limit[EMRELAY_LOAD_CLASSES][5];
	u32 minimum[2][2];
} sheets[] = {
	{ "wago,859-353", 15000, 25000, 3500, 50000, 5000000, 6, 180,
	  { { 5, 250, 0, 20, 20000 }, { 5, 250, 1250, 20, 20000 }, { 3, 250, 0, 20, 20000 },
	    { 2, 24, 0, 2, 0 } }, { { 10, 10 }, { 24, 1 } } },
	{ "wago,857-354", 15000, 25000, 3500, 50000, 5000000, 6, 180,
	  { { 6, 250, 0, 20, 20000 }, { 6, 250, 1500, 20, 20000 }, { 3, 250, 0, 20, 20000 },
	    { 2, 24, 0, 2, 0 } }, { { 10, 10 }, { 24, 1 } } },
	{ "wago,788-384", 10000, 4000, 0, 100000, 10000000, 6, 300,
	  { { 6, 250, 0, 14, 4000000 }, { 6, 250, 1500, 14, 4000000 },
	    { 3, 250, 0, 14, 4000000 }, { 3, 24, 0, 3, 0 } }, { { 5, 10 }, { 5, 10 } } },
	{ "wago,788-355", 8000, 2000, 2000, 0, 30000000, 0, 0,
	  { { 16, 250, 0, 120, 20000 }, { 16, 250, 4000, 120, 20000 } } },
	{ "te,rt314", 8000, 6000, 6000, 30000, 30000000, 6, 1200,
	  { { 16, 400, 0, 30, 4000000 }, { 16, 400, 4000, 30, 4000000 }, {}, { 2, 24, 0, 2, 0 } } },
	{ "te,rt33l", 9000, 6000, 6000, 50000, 30000000, 6, 1200,
	  { { 16, 400, 0, 80, 20000 }, { 16, 400, 4000, 80, 20000 } } },
	{ "te,rt424", 8000, 6000, 10000, 10000, 30000000, 6, 1200,
	  { { 8, 400, 0, 15, 4000000 }, { 8, 400, 2000, 15, 4000000 } } },
	{ "te,pt5", 15000, 18000, 8000, 100000, 30000000, 6, 600,
	  { { 6, 240, 0, 12, 20000 }, { 6, 240, 1500, 12, 20000 } }, { { 12, 10 }, { 12, 10 } } },
	{ "finder,34.51", 5000, 3000, 0, 60000, 10000000, 0, 0,
	  { { 6, 400, 0, 10, 0 }, { 6, 400, 1500, 10, 0 }, { 6, 400, 300, 10, 0 } },
	  { { 12, 10 }, { 12, 10 } } },
	{ "finder,40.52", 7000, 3000, 0, 100000, 20000000, 0, 0,
	  { { 8, 400, 0, 15, 0 }, { 8, 400, 2000, 15, 0 }, { 8, 400, 400, 15, 0 } },
	  { { 5, 5 }, { 5, 5 } } },
	{ "finder,55.34", 11000, 3000, 3000, 150000, 50000000, 0, 0,
	  { { 7, 250, 0, 15, 0 }, { 7, 250, 1750, 15, 0 }, { 7, 250, 350, 15, 0 } },
	  { { 5, 5 }, { 5, 5 } } },
	{ "omron,g5le-1", 10000, 5000, 0, 100000, 10000000, 30, 300,
	  { { 10, 250, 0, 10, 0 }, { 10, 250, 0, 10, 0 } } },
	{ "omron,my4", 20000, 20000, 0, 200000, 100000000, 30, 300,
	  { { 5, 0, 0, 5, 0 }, { 5, 0, 0, 5, 0 } } },
	{ "songle,srd-05vdc-sl-c", 10000, 5000, 0, 0, 0, 0, 0,
	  { { 10, 250, 0, 10, 0 }, { 10, 250, 800, 10, 0 } } },
	{ "sanyou,srd-d", 8000, 5000, 0, 100000, 10000000, 30, 180,
	  { { 12, 277, 0, 12, 0 }, { 12, 277, 2770, 12, 0 } } },
	{ "hongfa,hf115f-h", 15000, 8000, 0, 100000, 10000000, 6, 0,
	  { { 10, 440, 0, 10, 0 }, { 10, 440, 2500, 10, 0 } } },
	{ "panasonic,ld", 10000, 10000, 0, 100000, 5000000, 20, 180,
	  { { 3, 277, 0, 3, 0 }, { 3, 277, 831, 3, 0 } } },
	{ "abb,af09z", 53000, 29000, 0, 0, 10000000, 10, 60,
	  { { 20, 600, 0, 20, 0 }, { 20, 600, 0, 20, 0 } } },
};

static void sheet_desc(const struct sheet *c, char *desc)
{
	strscpy(desc, c->compatible, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sheet, sheets, sheet_desc);

static void part_sheet(struct kunit *test)
{
	const struct sheet *sheet = test->param_value;
	const struct emrelay_part *part = find_part(test, sheet->compatible);
	const struct emrelay_ratings *ratings = &part->ratings;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, ratings->operate_us, sheet->operate);
	KUNIT_EXPECT_EQ(test, ratings->release_us, sheet->release);
	KUNIT_EXPECT_EQ(test, ratings->bounce_us, sheet->bounce);
	KUNIT_EXPECT_EQ(test, ratings->electrical_life, sheet->electrical);
	KUNIT_EXPECT_EQ(test, ratings->mechanical_life, sheet->mechanical);
	KUNIT_EXPECT_EQ(test, ratings->loaded_per_minute, sheet->loaded);
	KUNIT_EXPECT_EQ(test, ratings->unloaded_per_minute, sheet->unloaded);
	for (i = 0; i < EMRELAY_LOAD_CLASSES; i++) {
		const struct emrelay_load_limit *limit = &part->limit[i];

		KUNIT_EXPECT_EQ(test, limit->microamp, sheet->limit[i][0] * AMPERE);
		KUNIT_EXPECT_EQ(test, limit->microvolt, sheet->limit[i][1] * VOLT);
		KUNIT_EXPECT_EQ(test, limit->millivoltamp, sheet->limit[i][2] * 1000);
		KUNIT_EXPECT_EQ(test, limit->inrush_microamp, sheet->limit[i][3] * AMPERE);
		KUNIT_EXPECT_EQ(test, limit->inrush_us, sheet->limit[i][4]);
		KUNIT_EXPECT_EQ(test, emrelay_part_rates(part, i), !!sheet->limit[i][0]);
		/* Of what is not rated what the contact carries is the most. */
		KUNIT_EXPECT_TRUE(test, emrelay_part_limit(part, i) ==
				  &part->limit[sheet->limit[i][0] ? i : EMRELAY_LOAD_NONE]);
	}
	for (i = 0; i < ARRAY_SIZE(part->minimum); i++) {
		KUNIT_EXPECT_EQ(test, part->minimum[i].microvolt, sheet->minimum[i][0] * VOLT);
		KUNIT_EXPECT_EQ(test, part->minimum[i].microamp, sheet->minimum[i][1] * 1000);
	}
}

/* What the rest of the driver takes for granted of any part, also a new one. */
static void part_sane(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; emrelay_parts[i].compatible; i++) {
		const struct emrelay_part *part = &emrelay_parts[i];
		const struct emrelay_load_limit *carried = &part->limit[EMRELAY_LOAD_NONE];

		/* What is not declared is resistive, and what is not rated is carried. */
		KUNIT_EXPECT_TRUE(test, emrelay_part_rates(part, EMRELAY_LOAD_NONE));
		KUNIT_EXPECT_TRUE(test, emrelay_part_rates(part, EMRELAY_LOAD_RESISTIVE));
		for (j = 0; j < EMRELAY_LOAD_CLASSES; j++) {
			const struct emrelay_load_limit *limit = emrelay_part_limit(part, j);

			KUNIT_EXPECT_LE(test, limit->microamp, carried->microamp);
			KUNIT_EXPECT_LE(test, limit->microvolt, carried->microvolt);
			KUNIT_EXPECT_GE(test, limit->inrush_microamp, limit->microamp);
		}
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, part->compatible,
					    emrelay_parts[j].compatible);
	}
	KUNIT_EXPECT_EQ(test, i, ARRAY_SIZE(sheets));
}

static const struct overload_case {
	const char *desc;
	struct emrelay_load load;
	const char *property;	/* what is too large; NULL: nothing */
	u64 limit;
} overload_cases[] = {
	{ "nothing declared", { EMRELAY_LOAD_RESISTIVE } },

	{ "none 5 A", { EMRELAY_LOAD_NONE, CURRENT(5 * AMPERE) } },
	{ "none 5 A - 1 uA", { EMRELAY_LOAD_NONE, CURRENT(5 * AMPERE - 1) } },
	{ "none 5 A + 1 uA", { EMRELAY_LOAD_NONE, CURRENT(5 * AMPERE + 1) },
	  "load-microamp", 5 * AMPERE },
	{ "none 250 V", { EMRELAY_LOAD_NONE, VOLTAGE(250 * VOLT) } },
	{ "none 250 V + 1 uV", { EMRELAY_LOAD_NONE, VOLTAGE(250 * VOLT + 1) },
	  "load-microvolt", 250 * VOLT },

	{ "resistive 5 A - 1 uA", { EMRELAY_LOAD_RESISTIVE, CURRENT(5 * AMPERE - 1) } },
	{ "resistive 5 A", { EMRELAY_LOAD_RESISTIVE, CURRENT(5 * AMPERE) } },
	{ "resistive 5 A + 1 uA", { EMRELAY_LOAD_RESISTIVE, CURRENT(5 * AMPERE + 1) },
	  "load-microamp", 5 * AMPERE },
	{ "resistive 250 V - 1 uV",
	  { EMRELAY_LOAD_RESISTIVE, VOLTAGE(250 * VOLT - 1) } },
	{ "resistive 250 V", { EMRELAY_LOAD_RESISTIVE, VOLTAGE(250 * VOLT) } },
	{ "resistive 250 V + 1 uV", { EMRELAY_LOAD_RESISTIVE, VOLTAGE(250 * VOLT + 1) },
	  "load-microvolt", 250 * VOLT },
	{ "resistive 1250 VA",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(5 * AMPERE), VOLTAGE(250 * VOLT) } },
	{ "resistive, largest numbers",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(U32_MAX), VOLTAGE(U32_MAX) },
	  "load-microvolt", 250 * VOLT },

	{ "AC-15 3 A - 1 uA", { EMRELAY_LOAD_AC15, CURRENT(3 * AMPERE - 1) } },
	{ "AC-15 3 A", { EMRELAY_LOAD_AC15, CURRENT(3 * AMPERE) } },
	{ "AC-15 3 A + 1 uA", { EMRELAY_LOAD_AC15, CURRENT(3 * AMPERE + 1) },
	  "load-microamp", 3 * AMPERE },
	{ "AC-15 250 V - 1 uV", { EMRELAY_LOAD_AC15, VOLTAGE(250 * VOLT - 1) } },
	{ "AC-15 3 A 250 V",
	  { EMRELAY_LOAD_AC15, CURRENT(3 * AMPERE), VOLTAGE(250 * VOLT) } },
	{ "AC-15 250 V + 1 uV", { EMRELAY_LOAD_AC15, VOLTAGE(250 * VOLT + 1) },
	  "load-microvolt", 250 * VOLT },

	{ "DC-13 2 A - 1 uA", { EMRELAY_LOAD_DC13, CURRENT(2 * AMPERE - 1) } },
	{ "DC-13 2 A", { EMRELAY_LOAD_DC13, CURRENT(2 * AMPERE) } },
	{ "DC-13 2 A + 1 uA", { EMRELAY_LOAD_DC13, CURRENT(2 * AMPERE + 1) },
	  "load-microamp", 2 * AMPERE },
	{ "DC-13 24 V - 1 uV", { EMRELAY_LOAD_DC13, VOLTAGE(24 * VOLT - 1) } },
	{ "DC-13 2 A 24 V",
	  { EMRELAY_LOAD_DC13, CURRENT(2 * AMPERE), VOLTAGE(24 * VOLT) } },
	{ "DC-13 24 V + 1 uV", { EMRELAY_LOAD_DC13, VOLTAGE(24 * VOLT + 1) },
	  "load-microvolt", 24 * VOLT },
};

KUNIT_ARRAY_PARAM_DESC(overload, overload_cases, desc);

static void part_overloaded(struct kunit *test)
{
	const struct emrelay_part *part = find_part(test, "wago,859-353");
	const struct overload_case *c = test->param_value;
	struct emrelay_excess excess = {};
	bool ampere;

	KUNIT_ASSERT_EQ(test, emrelay_load_exceeds(&c->load, &part->limit[c->load.class],
						   &excess), !!c->property);
	if (!c->property)
		return;

	ampere = strstr(c->property, "microamp");
	KUNIT_EXPECT_STREQ(test, excess.property, c->property);
	KUNIT_EXPECT_STREQ(test, excess.unit, ampere ? "uA" : "uV");
	KUNIT_EXPECT_EQ(test, excess.value,
			ampere ? c->load.microamp : c->load.microvolt);
	KUNIT_EXPECT_EQ(test, excess.limit, c->limit);
}

static const struct inrush_case {
	const char *desc;
	struct emrelay_load load;
	const char *property;	/* what is too large; NULL: nothing */
	const char *unit;
	u64 value, limit;
} inrush_cases[] = {
	/* 20 A for 20 ms, which the sheet gives for AC */
	{ "nothing declared", { EMRELAY_LOAD_RESISTIVE } },
	{ "20 A 20 ms",
	  { EMRELAY_LOAD_RESISTIVE, INRUSH(20 * AMPERE), INRUSH_US(20000) } },
	{ "20 A + 1 uA",
	  { EMRELAY_LOAD_RESISTIVE, INRUSH(20 * AMPERE + 1), INRUSH_US(1) },
	  "load-inrush-microamp", "uA", 20 * AMPERE + 1, 20 * AMPERE },
	{ "20 A + 1 uA, who knows how long",
	  { EMRELAY_LOAD_RESISTIVE, INRUSH(20 * AMPERE + 1) },
	  "load-inrush-microamp", "uA", 20 * AMPERE + 1, 20 * AMPERE },
	{ "20 A, who knows how long", { EMRELAY_LOAD_RESISTIVE, INRUSH(20 * AMPERE) } },
	{ "20 A 20 ms + 1 us",
	  { EMRELAY_LOAD_RESISTIVE, INRUSH(20 * AMPERE), INRUSH_US(20001) },
	  "load-inrush-us", "us", 20001, 20000 },
	{ "5 A, as long as one likes",
	  { EMRELAY_LOAD_RESISTIVE, INRUSH(5 * AMPERE), INRUSH_US(U32_MAX) } },
	{ "5 A + 1 uA is an inrush",
	  { EMRELAY_LOAD_RESISTIVE, INRUSH(5 * AMPERE + 1), INRUSH_US(U32_MAX) },
	  "load-inrush-us", "us", U32_MAX, 20000 },
	{ "some time of no inrush", { EMRELAY_LOAD_RESISTIVE, INRUSH_US(U32_MAX) } },
	{ "none 20 A 20 ms",
	  { EMRELAY_LOAD_NONE, INRUSH(20 * AMPERE), INRUSH_US(20000) } },
	{ "none 20 A + 1 uA", { EMRELAY_LOAD_NONE, INRUSH(20 * AMPERE + 1) },
	  "load-inrush-microamp", "uA", 20 * AMPERE + 1, 20 * AMPERE },
	{ "none 20 A 20 ms + 1 us",
	  { EMRELAY_LOAD_NONE, INRUSH(20 * AMPERE), INRUSH_US(20001) },
	  "load-inrush-us", "us", 20001, 20000 },
	{ "AC-15 20 A 20 ms",
	  { EMRELAY_LOAD_AC15, INRUSH(20 * AMPERE), INRUSH_US(20000) } },
	{ "AC-15 20 A + 1 uA", { EMRELAY_LOAD_AC15, INRUSH(20 * AMPERE + 1) },
	  "load-inrush-microamp", "uA", 20 * AMPERE + 1, 20 * AMPERE },
	{ "AC-15 20 A 20 ms + 1 us",
	  { EMRELAY_LOAD_AC15, INRUSH(20 * AMPERE), INRUSH_US(20001) },
	  "load-inrush-us", "us", 20001, 20000 },
	/* not rated for DC: no more than the 2 A of DC-13 */
	{ "DC-13 2 A, as long as one likes",
	  { EMRELAY_LOAD_DC13, INRUSH(2 * AMPERE), INRUSH_US(U32_MAX) } },
	{ "DC-13 2 A + 1 uA",
	  { EMRELAY_LOAD_DC13, INRUSH(2 * AMPERE + 1), INRUSH_US(1) },
	  "load-inrush-microamp", "uA", 2 * AMPERE + 1, 2 * AMPERE },
};

KUNIT_ARRAY_PARAM_DESC(inrush, inrush_cases, desc);

static void part_inrush(struct kunit *test)
{
	const struct emrelay_part *part = find_part(test, "wago,859-353");
	const struct inrush_case *c = test->param_value;
	struct emrelay_excess excess = {};

	KUNIT_ASSERT_EQ(test, emrelay_load_exceeds(&c->load, &part->limit[c->load.class],
						   &excess), !!c->property);
	if (!c->property)
		return;

	KUNIT_EXPECT_STREQ(test, excess.property, c->property);
	KUNIT_EXPECT_STREQ(test, excess.unit, c->unit);
	KUNIT_EXPECT_EQ(test, excess.value, c->value);
	KUNIT_EXPECT_EQ(test, excess.limit, c->limit);
}

static const struct power_case {
	const char *desc;
	struct emrelay_load load;
	u64 millivoltamp;	/* what is told to be too much; 0: nothing */
} power_cases[] = {
	{ "1000 VA, 10 A", { EMRELAY_LOAD_RESISTIVE, CURRENT(10 * AMPERE), VOLTAGE(100 * VOLT) } },
	{ "1000 VA, 4 A", { EMRELAY_LOAD_RESISTIVE, CURRENT(4 * AMPERE), VOLTAGE(250 * VOLT) } },
	{ "1 uA less",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(4 * AMPERE - 1), VOLTAGE(250 * VOLT) } },
	{ "1 uA more",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(4 * AMPERE + 1), VOLTAGE(250 * VOLT) }, 1000001 },
	{ "1 uV less",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(4 * AMPERE), VOLTAGE(250 * VOLT - 1) } },
	{ "1 uV more",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(4 * AMPERE), VOLTAGE(250 * VOLT + 1) }, 1000001 },
	{ "1 pVA more",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(241241), VOLTAGE(4145232361U) }, 1000001 },
	{ "no power without a voltage",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(U32_MAX) } },
	{ "no power without a current",
	  { EMRELAY_LOAD_RESISTIVE, VOLTAGE(U32_MAX) } },
	{ "largest product",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(U32_MAX), VOLTAGE(U32_MAX) }, 18446744066ULL },
	{ "a class without a rated power",
	  { EMRELAY_LOAD_AC15, CURRENT(U32_MAX), VOLTAGE(U32_MAX) } },
};

KUNIT_ARRAY_PARAM_DESC(power, power_cases, desc);

static void part_apparent_power(struct kunit *test)
{
	const struct emrelay_part part = {
		.compatible = "test,part",
		.limit = {
			[EMRELAY_LOAD_RESISTIVE] = { U32_MAX, U32_MAX, 1000000 },
			[EMRELAY_LOAD_AC15] = { U32_MAX, U32_MAX, 0 },
		},
	};
	const struct power_case *c = test->param_value;
	struct emrelay_excess excess = {};

	KUNIT_ASSERT_EQ(test, emrelay_load_exceeds(&c->load, &part.limit[c->load.class],
						   &excess), !!c->millivoltamp);
	if (!c->millivoltamp)
		return;

	KUNIT_EXPECT_NOT_NULL(test, strstr(excess.property, "load-microamp"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(excess.property, "load-microvolt"));
	KUNIT_EXPECT_STREQ(test, excess.unit, "mVA");
	KUNIT_EXPECT_EQ(test, excess.value, c->millivoltamp);
	KUNIT_EXPECT_EQ(test, excess.limit, 1000000);
}

static const struct unrated_case {
	const char *desc;
	struct emrelay_load load;
	const char *property;	/* what is too large; NULL: nothing */
} unrated_cases[] = {
	/* 16 A, and 80 A on closing for as long as one likes; nothing else is rated. */
	{ "any voltage", { EMRELAY_LOAD_RESISTIVE, CURRENT(16 * AMPERE), VOLTAGE(U32_MAX) } },
	{ "16 A + 1 uA", { EMRELAY_LOAD_RESISTIVE, CURRENT(16 * AMPERE + 1) }, "load-microamp" },
	{ "80 A, as long as one likes",
	  { EMRELAY_LOAD_RESISTIVE, INRUSH(80 * AMPERE), INRUSH_US(U32_MAX) } },
	{ "80 A + 1 uA", { EMRELAY_LOAD_RESISTIVE, INRUSH(80 * AMPERE + 1), INRUSH_US(1) },
	  "load-inrush-microamp" },
	/* A class of which nothing is rated */
	{ "AC-15", { EMRELAY_LOAD_AC15, CURRENT(U32_MAX), VOLTAGE(U32_MAX), INRUSH(U32_MAX),
		     INRUSH_US(U32_MAX) } },
};

KUNIT_ARRAY_PARAM_DESC(unrated, unrated_cases, desc);

static void part_unrated(struct kunit *test)
{
	static const struct emrelay_load_limit limit[EMRELAY_LOAD_CLASSES] = {
		[EMRELAY_LOAD_RESISTIVE] = { 16 * AMPERE, 0, 0, 80 * AMPERE, 0 },
	};
	const struct unrated_case *c = test->param_value;
	struct emrelay_excess excess = {};

	KUNIT_ASSERT_EQ(test, emrelay_load_exceeds(&c->load, &limit[c->load.class], &excess),
			!!c->property);
	if (c->property)
		KUNIT_EXPECT_STREQ(test, excess.property, c->property);
}

static const struct underload_case {
	const char *desc;
	struct emrelay_load load;
	bool underloaded;
} underload_cases[] = {
	{ "nothing declared", { EMRELAY_LOAD_RESISTIVE } },
	{ "10 V 10 mA", { EMRELAY_LOAD_RESISTIVE, CURRENT(10000), VOLTAGE(10 * VOLT) } },
	{ "10 V - 1 uV", { EMRELAY_LOAD_RESISTIVE, CURRENT(10000), VOLTAGE(10 * VOLT - 1) },
	  true },
	{ "10 mA - 1 uA", { EMRELAY_LOAD_RESISTIVE, CURRENT(9999), VOLTAGE(10 * VOLT) },
	  true },
	{ "24 V 1 mA", { EMRELAY_LOAD_RESISTIVE, CURRENT(1000), VOLTAGE(24 * VOLT) } },
	{ "24 V - 1 uV", { EMRELAY_LOAD_RESISTIVE, CURRENT(1000), VOLTAGE(24 * VOLT - 1) },
	  true },
	{ "1 mA - 1 uA", { EMRELAY_LOAD_RESISTIVE, CURRENT(999), VOLTAGE(24 * VOLT) }, true },
	{ "no voltage makes up for too little current",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(999), VOLTAGE(250 * VOLT) }, true },
	{ "no current makes up for too little voltage",
	  { EMRELAY_LOAD_RESISTIVE, CURRENT(5 * AMPERE), VOLTAGE(10 * VOLT - 1) }, true },
	{ "only a current, enough", { EMRELAY_LOAD_RESISTIVE, CURRENT(1000) } },
	{ "only a current, too little", { EMRELAY_LOAD_RESISTIVE, CURRENT(999) },
	  true },
	{ "only a voltage, enough", { EMRELAY_LOAD_RESISTIVE, VOLTAGE(10 * VOLT) } },
	{ "only a voltage, too little",
	  { EMRELAY_LOAD_RESISTIVE, VOLTAGE(10 * VOLT - 1) }, true },
	{ "AC-15", { EMRELAY_LOAD_AC15, CURRENT(999), VOLTAGE(250 * VOLT) }, true },
	{ "DC-13", { EMRELAY_LOAD_DC13, CURRENT(999), VOLTAGE(24 * VOLT) }, true },
	{ "a contact that switches nothing",
	  { EMRELAY_LOAD_NONE, CURRENT(1), VOLTAGE(1) } },
};

KUNIT_ARRAY_PARAM_DESC(underload, underload_cases, desc);

static void part_underloaded(struct kunit *test)
{
	const struct emrelay_part *part = find_part(test, "wago,859-353");
	const struct underload_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, emrelay_part_underloaded(part, &c->load),
			c->underloaded);
}

static const struct curve_case {
	const char *desc;
	struct emrelay_curve curve;
	unsigned int wrong;
} curve_cases[] = {
	{ "no points", { 0, { { 0, 0 } } }, 0 },
	{ "a point", { 1, { { 1, 1 } } }, 0 },
	{ "a point, and what does not count", { 1, { { 1, 1 }, { 0, 0 } } }, 0 },
	{ "as close as can be", { 2, { { 1, 2 }, { 2, 1 } } }, 0 },
	{ "as far as can be", { 2, { { 1, U32_MAX }, { U32_MAX, 1 } } }, 0 },
	{ "no first", { 1, { { 0, 1 } } }, 1 },
	{ "no second", { 1, { { 1, 0 } } }, 1 },
	{ "no second at the end", { 3, { { 1, 9 }, { 2, 8 }, { 3, 0 } } }, 3 },
	{ "no first later", { 3, { { 1, 9 }, { 0, 8 }, { 3, 7 } } }, 2 },
	{ "the same first", { 2, { { 5, 9 }, { 5, 8 } } }, 2 },
	{ "less of the first", { 2, { { 5, 9 }, { 4, 8 } } }, 2 },
	{ "the same second", { 2, { { 5, 9 }, { 6, 9 } } }, 2 },
	{ "more of the second", { 2, { { 5, 9 }, { 6, 10 } } }, 2 },
	{ "less of the first than just before", { 3, { { 1, 9 }, { 7, 8 }, { 6, 7 } } }, 3 },
	{ "more of the second than just before", { 3, { { 1, 9 }, { 2, 5 }, { 3, 6 } } }, 3 },
	{ "the first of two", { 3, { { 2, 9 }, { 1, 8 }, { 3, 9 } } }, 2 },
	{ "none of ten", { 10, { { 1, 20 }, { 2, 19 }, { 3, 18 }, { 4, 17 }, { 5, 16 },
		  { 6, 15 }, { 7, 14 }, { 8, 13 }, { 9, 12 }, { 10, 11 } } }, 0 },
	{ "the last of ten", { 10, { { 1, 20 }, { 2, 19 }, { 3, 18 }, { 4, 17 }, { 5, 16 },
		  { 6, 15 }, { 7, 14 }, { 8, 13 }, { 9, 12 }, { 10, 12 } } }, 10 },
};

KUNIT_ARRAY_PARAM_DESC(curve, curve_cases, desc);

static void curve_check(struct kunit *test)
{
	const struct curve_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, emrelay_curve_check(&c->curve), c->wrong);
}

/* 5 A up to 24 V, 1 A up to 48 V, 0.3 A up to 110 V. */
static const struct emrelay_curve dc_limit = {
	3, {
		{ 24 * VOLT, 5 * AMPERE },
		{ 48 * VOLT, 1 * AMPERE },
		{ 110 * VOLT, 300000 },
	},
};

static const struct dc_case {
	const char *desc;
	struct emrelay_load load;
	const char *property;	/* what is too large; NULL: nothing */
	const char *unit;
	u64 value, limit;
} dc_cases[] = {
	{ "nothing declared", { EMRELAY_LOAD_DC13 } },
	{ "5 A 24 V", { EMRELAY_LOAD_DC13, CURRENT(5 * AMPERE), VOLTAGE(24 * VOLT) } },
	{ "5 A 1 V", { EMRELAY_LOAD_DC13, CURRENT(5 * AMPERE), VOLTAGE(1 * VOLT) } },
	{ "5 A + 1 uA 24 V",
	  { EMRELAY_LOAD_DC13, CURRENT(5 * AMPERE + 1), VOLTAGE(24 * VOLT) },
	  "load-microamp", "uA", 5 * AMPERE + 1, 5 * AMPERE },
	/* Between two points nobody knows more than that of the higher one. */
	{ "1 A 24 V + 1 uV",
	  { EMRELAY_LOAD_DC13, CURRENT(1 * AMPERE), VOLTAGE(24 * VOLT + 1) } },
	{ "1 A + 1 uA 24 V + 1 uV",
	  { EMRELAY_LOAD_DC13, CURRENT(1 * AMPERE + 1), VOLTAGE(24 * VOLT + 1) },
	  "load-microamp", "uA", 1 * AMPERE + 1, 1 * AMPERE },
	{ "1 A 48 V", { EMRELAY_LOAD_DC13, CURRENT(1 * AMPERE), VOLTAGE(48 * VOLT) } },
	{ "1 A 48 V + 1 uV",
	  { EMRELAY_LOAD_DC13, CURRENT(1 * AMPERE), VOLTAGE(48 * VOLT + 1) },
	  "load-microamp", "uA", 1 * AMPERE, 300000 },
	{ "0.3 A 110 V",
	  { EMRELAY_LOAD_DC13, CURRENT(300000), VOLTAGE(110 * VOLT) } },
	{ "hardly any at 110 V + 1 uV",
	  { EMRELAY_LOAD_DC13, CURRENT(1), VOLTAGE(110 * VOLT + 1) },
	  "load-microvolt", "uV", 110 * VOLT + 1, 110 * VOLT },
	{ "110 V + 1 uV", { EMRELAY_LOAD_DC13, VOLTAGE(110 * VOLT + 1) },
	  "load-microvolt", "uV", 110 * VOLT + 1, 110 * VOLT },
	{ "the voltage first",
	  { EMRELAY_LOAD_DC13, CURRENT(U32_MAX), VOLTAGE(U32_MAX) },
	  "load-microvolt", "uV", U32_MAX, 110 * VOLT },
	{ "5 A, who knows at what voltage",
	  { EMRELAY_LOAD_DC13, CURRENT(5 * AMPERE) } },
	{ "5 A + 1 uA, who knows at what voltage",
	  { EMRELAY_LOAD_DC13, CURRENT(5 * AMPERE + 1) },
	  "load-microamp", "uA", 5 * AMPERE + 1, 5 * AMPERE },
	{ "inrush 1 A 48 V",
	  { EMRELAY_LOAD_DC13, VOLTAGE(48 * VOLT), INRUSH(1 * AMPERE) } },
	{ "inrush 1 A + 1 uA 48 V",
	  { EMRELAY_LOAD_DC13, CURRENT(1 * AMPERE), VOLTAGE(48 * VOLT),
	    INRUSH(1 * AMPERE + 1) },
	  "load-inrush-microamp", "uA", 1 * AMPERE + 1, 1 * AMPERE },
};

KUNIT_ARRAY_PARAM_DESC(dc, dc_cases, desc);

static void dc_overloaded(struct kunit *test)
{
	const struct dc_case *c = test->param_value;
	struct emrelay_excess excess = {};

	KUNIT_ASSERT_EQ(test, emrelay_dc_overloaded(&dc_limit, &c->load, &excess),
			!!c->property);
	if (!c->property)
		return;

	KUNIT_EXPECT_STREQ(test, excess.property, c->property);
	KUNIT_EXPECT_STREQ(test, excess.unit, c->unit);
	KUNIT_EXPECT_EQ(test, excess.value, c->value);
	KUNIT_EXPECT_EQ(test, excess.limit, c->limit);
}

/* 1.5 times the release time, rounded up, + the bounce time + 10 ms. */
static const struct dead_time_case {
	struct emrelay_ratings ratings;
	u64 dead_time_us;
} dead_time_cases[] = {
	{ { .release_us = 1, .bounce_us = 1 }, 10003 },
	{ { .release_us = 2, .bounce_us = 1 }, 10004 },
	{ { .release_us = 25000, .bounce_us = 3500 }, 51000 },
	{ { .release_us = U32_MAX, .bounce_us = U32_MAX }, 10737428238 },
};

static void dead_time_desc(const struct dead_time_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u us, %u us", c->ratings.release_us,
		 c->ratings.bounce_us);
}

KUNIT_ARRAY_PARAM(dead_time, dead_time_cases, dead_time_desc);

static void part_default_dead_time(struct kunit *test)
{
	const struct dead_time_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, emrelay_default_dead_time_us(&c->ratings), c->dead_time_us);
}

static struct kunit_case parts_test_cases[] = {
	KUNIT_CASE_PARAM(part_sheet, sheet_gen_params),
	KUNIT_CASE(part_sane),
	KUNIT_CASE_PARAM(part_overloaded, overload_gen_params),
	KUNIT_CASE_PARAM(part_inrush, inrush_gen_params),
	KUNIT_CASE_PARAM(part_apparent_power, power_gen_params),
	KUNIT_CASE_PARAM(part_unrated, unrated_gen_params),
	KUNIT_CASE_PARAM(part_underloaded, underload_gen_params),
	KUNIT_CASE_PARAM(curve_check, curve_gen_params),
	KUNIT_CASE_PARAM(dc_overloaded, dc_gen_params),
	KUNIT_CASE_PARAM(part_default_dead_time, dead_time_gen_params),
	{}
};

static struct kunit_suite parts_suite = {
	.name = "emrelay_parts",
	.test_cases = parts_test_cases,
};

kunit_test_suite(parts_suite);

MODULE_DESCRIPTION("KUnit tests of emrelay's data sheets");
MODULE_LICENSE("GPL");
