// SPDX-License-Identifier: GPL-2.0-only
/*
 * The use of a relay lately: to the cycle, to the nanosecond, and unknown where
 * nobody can know it.
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/prandom.h>

#include "duty.h"

#define DAY_NS		86400000000000ULL
#define TENTH_NS	8640000000000ULL		/* 2.4 h */
#define MONTH_TENTH_NS	259200000000000ULL		/* 3 days */
#define BEGIN_NS	1234567890123ULL
#define CYCLE_PICO	20000000			/* 50 000 cycles */

static void use_relay(struct emrelay_wear *wear, u64 cycles)
{
	wear->cycles[EMRELAY_LOAD_RESISTIVE] += cycles;
	wear->damage.pico += cycles * CYCLE_PICO;
}

static struct emrelay_use use_of_day(const struct emrelay_duty *duty,
				     const struct emrelay_wear *wear, u64 now_ns)
{
	return emrelay_duty_use(&duty->day, wear, EMRELAY_DAY_TENTH_NS, now_ns);
}

static struct emrelay_use use_of_month(const struct emrelay_duty *duty,
				       const struct emrelay_wear *wear, u64 now_ns)
{
	return emrelay_duty_use(&duty->month, wear, EMRELAY_MONTH_TENTH_NS, now_ns);
}

static void expect_use(struct kunit *test, struct emrelay_use use, u64 cycles,
		       u64 span_ns)
{
	KUNIT_EXPECT_EQ(test, use.cycles, cycles);
	KUNIT_EXPECT_EQ(test, use.pico, cycles * CYCLE_PICO);
	KUNIT_EXPECT_EQ(test, use.span_ns, span_ns);
}

static void duty_units(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, EMRELAY_DAY_NS, DAY_NS);
	KUNIT_EXPECT_EQ(test, EMRELAY_DAY_TENTH_NS, TENTH_NS);
	KUNIT_EXPECT_EQ(test, EMRELAY_MONTH_TENTH_NS, MONTH_TENTH_NS);
}

static void duty_due(struct kunit *test)
{
	struct emrelay_wear wear = {};
	struct emrelay_duty duty;

	emrelay_duty_begin(&duty, &wear, BEGIN_NS);
	KUNIT_EXPECT_FALSE(test, emrelay_duty_due(&duty, BEGIN_NS));
	KUNIT_EXPECT_FALSE(test, emrelay_duty_due(&duty, BEGIN_NS + TENTH_NS - 1));
	KUNIT_EXPECT_TRUE(test, emrelay_duty_due(&duty, BEGIN_NS + TENTH_NS));
	emrelay_duty_roll(&duty, &wear, BEGIN_NS + TENTH_NS);
	KUNIT_EXPECT_FALSE(test, emrelay_duty_due(&duty, BEGIN_NS + 2 * TENTH_NS - 1));
	KUNIT_EXPECT_TRUE(test, emrelay_duty_due(&duty, BEGIN_NS + 2 * TENTH_NS));
	/* A tenth that ended long ago. */
	emrelay_duty_roll(&duty, &wear, BEGIN_NS + 5 * TENTH_NS + 7);
	KUNIT_EXPECT_FALSE(test, emrelay_duty_due(&duty, BEGIN_NS + 6 * TENTH_NS - 1));
	KUNIT_EXPECT_TRUE(test, emrelay_duty_due(&duty, BEGIN_NS + 6 * TENTH_NS));
}

/* Not even zero before ten tenths have ended, whatever is done in them. */
static void duty_unknown_at_first(struct kunit *test)
{
	struct emrelay_wear wear = {};
	struct emrelay_duty duty;
	u64 now_ns = BEGIN_NS;
	unsigned int i;

	emrelay_duty_begin(&duty, &wear, now_ns);
	expect_use(test, use_of_day(&duty, &wear, now_ns), 0, 0);
	for (i = 1; i < 10; i++) {
		use_relay(&wear, 1);
		now_ns = BEGIN_NS + i * TENTH_NS;
		emrelay_duty_roll(&duty, &wear, now_ns);
		expect_use(test, use_of_day(&duty, &wear, now_ns), 0, 0);
	}
	now_ns = BEGIN_NS + DAY_NS - 1;
	emrelay_duty_roll(&duty, &wear, now_ns);
	expect_use(test, use_of_day(&duty, &wear, now_ns), 0, 0);

	now_ns++;
	emrelay_duty_roll(&duty, &wear, now_ns);
	expect_use(test, use_of_day(&duty, &wear, now_ns), 9, DAY_NS);
	expect_use(test, use_of_month(&duty, &wear, now_ns), 0, 0);
}

static void duty_month(struct kunit *test)
{
	struct emrelay_wear wear = {};
	struct emrelay_duty duty;
	u64 now_ns;

	emrelay_duty_begin(&duty, &wear, BEGIN_NS);
	use_relay(&wear, 300);
	now_ns = BEGIN_NS + 30 * DAY_NS - 1;
	emrelay_duty_roll(&duty, &wear, now_ns);
	expect_use(test, use_of_month(&duty, &wear, now_ns), 0, 0);
	now_ns++;
	emrelay_duty_roll(&duty, &wear, now_ns);
	expect_use(test, use_of_month(&duty, &wear, now_ns), 300, 30 * DAY_NS);
	/* That was in its first tenth, and not in the last 24 h. */
	expect_use(test, use_of_day(&duty, &wear, now_ns), 0, DAY_NS);
	now_ns += MONTH_TENTH_NS - 1;
	emrelay_duty_roll(&duty, &wear, now_ns);
	expect_use(test, use_of_month(&duty, &wear, now_ns), 300, 33 * DAY_NS - 1);
	now_ns++;
	emrelay_duty_roll(&duty, &wear, now_ns);
	expect_use(test, use_of_month(&duty, &wear, now_ns), 0, 30 * DAY_NS);
}

/* Wear of before is no use; a tenth leaves when it is eleven tenths old. */
static void duty_tenths(struct kunit *test)
{
	struct emrelay_wear wear = {};
	struct emrelay_duty duty;
	u64 now_ns = BEGIN_NS;
	unsigned int i;

	use_relay(&wear, 5000);
	emrelay_duty_begin(&duty, &wear, now_ns);
	for (i = 0; i < 10; i++) {
		use_relay(&wear, 1 << i);
		now_ns += TENTH_NS;
		emrelay_duty_roll(&duty, &wear, now_ns);
	}
	expect_use(test, use_of_day(&duty, &wear, now_ns), 1023, 10 * TENTH_NS);

	/* The tenth that runs counts, with as much time as has passed of it. */
	use_relay(&wear, 7);
	expect_use(test, use_of_day(&duty, &wear, now_ns), 1030, 10 * TENTH_NS);
	expect_use(test, use_of_day(&duty, &wear, now_ns + 1), 1030,
		   10 * TENTH_NS + 1);
	expect_use(test, use_of_day(&duty, &wear, now_ns + TENTH_NS - 1), 1030,
		   11 * TENTH_NS - 1);

	for (i = 0; i < 10; i++) {
		now_ns += TENTH_NS;
		emrelay_duty_roll(&duty, &wear, now_ns);
		expect_use(test, use_of_day(&duty, &wear, now_ns),
			   1030 - (2 << i) + 1, 10 * TENTH_NS);
	}
	now_ns += TENTH_NS;
	emrelay_duty_roll(&duty, &wear, now_ns);
	expect_use(test, use_of_day(&duty, &wear, now_ns), 0, 10 * TENTH_NS);
}

static const unsigned int gaps[] = { 1, 2, 9, 10, 11, 12, 1000000 };

static void gap_desc(const unsigned int *tenths, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u tenths", *tenths);
}

KUNIT_ARRAY_PARAM(gap, gaps, gap_desc);

/* A relay at rest for long: nobody asked meanwhile. */
static void duty_gap(struct kunit *test)
{
	unsigned int tenths = *(const unsigned int *)test->param_value;
	struct emrelay_wear wear = {};
	struct emrelay_duty duty;
	u64 now_ns = BEGIN_NS;

	emrelay_duty_begin(&duty, &wear, now_ns);
	now_ns += 20 * TENTH_NS;
	emrelay_duty_roll(&duty, &wear, now_ns);
	expect_use(test, use_of_day(&duty, &wear, now_ns), 0, DAY_NS);

	use_relay(&wear, 3);
	now_ns += tenths * TENTH_NS + 12345;
	emrelay_duty_roll(&duty, &wear, now_ns);
	expect_use(test, use_of_day(&duty, &wear, now_ns), tenths > 10 ? 0 : 3,
		   DAY_NS + 12345);
	KUNIT_EXPECT_EQ(test, duty.day.next_ns, now_ns - 12345 + TENTH_NS);
}

/* More than a counter of a tenth, or of a life, holds. */
static void duty_saturates(struct kunit *test)
{
	struct emrelay_wear wear = {};
	struct emrelay_duty duty;
	struct emrelay_use use;
	u64 now_ns = BEGIN_NS;
	unsigned int i;

	emrelay_duty_begin(&duty, &wear, now_ns);
	for (i = 0; i < 10; i++) {
		wear.cycles[EMRELAY_LOAD_NONE] += (u64)U32_MAX + i % 2;
		now_ns += TENTH_NS;
		emrelay_duty_roll(&duty, &wear, now_ns);
	}
	use = use_of_day(&duty, &wear, now_ns);
	KUNIT_EXPECT_EQ(test, use.cycles, 10ULL * U32_MAX);
	wear.cycles[EMRELAY_LOAD_NONE] += 1ULL << 32;
	now_ns += TENTH_NS;
	emrelay_duty_roll(&duty, &wear, now_ns);
	use = use_of_day(&duty, &wear, now_ns);
	KUNIT_EXPECT_EQ(test, use.cycles, 10ULL * U32_MAX);

	wear.damage.pico = U64_MAX - 5;
	now_ns += TENTH_NS;
	emrelay_duty_roll(&duty, &wear, now_ns);
	wear.damage.pico = U64_MAX;
	use = use_of_day(&duty, &wear, now_ns);
	KUNIT_EXPECT_EQ(test, use.pico, U64_MAX);
	duty.day.tenth_pico[9] = 1;
	use = use_of_day(&duty, &wear, now_ns);
	KUNIT_EXPECT_EQ(test, use.pico, U64_MAX);

	/* A tenth that does not end before the clock does. */
	emrelay_duty_begin(&duty, &wear, U64_MAX - 1);
	KUNIT_EXPECT_EQ(test, duty.day.next_ns, U64_MAX);
	KUNIT_EXPECT_EQ(test, duty.month.next_ns, U64_MAX);
}

/* Put away, as a record has it. */
static void put_away(struct emrelay_duty *duty, u64 now_ns)
{
	duty->day.next_ns -= now_ns;
	duty->month.next_ns -= now_ns;
}

static const struct resume_case {
	const char *desc;
	u64 passed_ns;
	u64 cycles;		/* of the day */
	u64 span_ns;
} resume_cases[] = {
	{ "at once", 0, 12, DAY_NS + 100 },
	{ "1 ns later", 1, 12, DAY_NS + 101 },
	{ "1 ns before the tenth ends", TENTH_NS - 101, 12, DAY_NS + TENTH_NS - 1 },
	{ "when the tenth ends", TENTH_NS - 100, 11, DAY_NS },
	{ "1 ns after the tenth ended", TENTH_NS - 99, 11, DAY_NS + 1 },
	{ "two tenths later", 2 * TENTH_NS, 10, DAY_NS + 100 },
	{ "1 ns before all have ended", 11 * TENTH_NS - 101, 2,
	  DAY_NS + TENTH_NS - 1 },
	{ "when all have ended", 11 * TENTH_NS - 100, 0, DAY_NS },
	{ "a year later", 365 * DAY_NS, 0, DAY_NS + 100 },
	{ "a century later", 36525 * DAY_NS, 0, DAY_NS + 100 },
};

KUNIT_ARRAY_PARAM_DESC(resume, resume_cases, desc);

/* A cycle in each tenth and two in the one that runs, then the power was off. */
static void duty_resume(struct kunit *test)
{
	const struct resume_case *c = test->param_value;
	struct emrelay_wear wear = {};
	struct emrelay_duty duty;
	u64 now_ns = BEGIN_NS;
	unsigned int i;

	emrelay_duty_begin(&duty, &wear, now_ns);
	for (i = 0; i < 10; i++) {
		use_relay(&wear, 1);
		now_ns += TENTH_NS;
		emrelay_duty_roll(&duty, &wear, now_ns);
	}
	use_relay(&wear, 2);
	put_away(&duty, now_ns + 100);

	emrelay_duty_resume(&duty, &wear, c->passed_ns, 555);
	expect_use(test, use_of_day(&duty, &wear, 555), c->cycles, c->span_ns);
	KUNIT_EXPECT_EQ(test, duty.day.next_ns,
			555 + TENTH_NS - (c->span_ns - DAY_NS));
}

/* What is not known does not become so by itself, but time is watched too. */
static void duty_resume_unknown(struct kunit *test)
{
	struct emrelay_wear wear = {};
	struct emrelay_duty duty;

	emrelay_duty_begin(&duty, &wear, BEGIN_NS);
	use_relay(&wear, 4);
	put_away(&duty, BEGIN_NS);
	emrelay_duty_resume(&duty, &wear, 9 * TENTH_NS, 555);
	expect_use(test, use_of_day(&duty, &wear, 555), 0, 0);
	emrelay_duty_roll(&duty, &wear, 555 + TENTH_NS);
	expect_use(test, use_of_day(&duty, &wear, 555 + TENTH_NS), 4, DAY_NS);
	expect_use(test, use_of_month(&duty, &wear, 555 + TENTH_NS), 0, 0);
}

static void duty_rebase(struct kunit *test)
{
	struct emrelay_wear wear = {}, more;
	struct emrelay_duty duty;
	u64 now_ns = BEGIN_NS;

	emrelay_duty_begin(&duty, &wear, now_ns);
	now_ns += 99 * MONTH_TENTH_NS;
	use_relay(&wear, 3);
	emrelay_duty_roll(&duty, &wear, now_ns);
	use_relay(&wear, 5);

	/* What another account knows more was not done lately. */
	more = wear;
	use_relay(&more, 1000000);
	more.cycles[EMRELAY_LOAD_NONE] += 77;
	emrelay_duty_rebase(&duty, &wear, &more);
	expect_use(test, use_of_day(&duty, &more, now_ns), 5, DAY_NS);
	expect_use(test, use_of_month(&duty, &more, now_ns), 5, 30 * DAY_NS);
	use_relay(&more, 2);
	now_ns += MONTH_TENTH_NS;
	emrelay_duty_roll(&duty, &more, now_ns);
	expect_use(test, use_of_day(&duty, &more, now_ns), 0, DAY_NS);
	expect_use(test, use_of_month(&duty, &more, now_ns), 7, 30 * DAY_NS);
}

static const struct per_day_case {
	const char *desc;
	u64 cycles;
	u64 span_ns;
	u64 per_day;
} per_day_cases[] = {
	{ "none", 0, DAY_NS, 0 },
	{ "24 h", 10, DAY_NS, 10 },
	{ "26.4 h", 11, 11 * TENTH_NS, 10 },
	{ "just below a half", 9, 86410 * (DAY_NS / 43200), 4 },
	{ "a half", 9, 2 * DAY_NS, 5 },
	{ "just above a half", 9, 86390 * (DAY_NS / 43200), 5 },
	{ "30 days", 300, 30 * DAY_NS, 10 },
	{ "30 days, hardly any", 14, 30 * DAY_NS, 0 },
	{ "30 days, hardly one", 15, 30 * DAY_NS, 1 },
	{ "the most", 11ULL * U32_MAX, 33 * DAY_NS, 1431655765 },
};

KUNIT_ARRAY_PARAM_DESC(per_day, per_day_cases, desc);

static void use_per_day(struct kunit *test)
{
	const struct per_day_case *c = test->param_value;
	const struct emrelay_use use = { .cycles = c->cycles, .span_ns = c->span_ns };

	KUNIT_EXPECT_EQ(test, emrelay_use_per_day(&use), c->per_day);
}

#define UNKNOWN	U64_MAX

static const struct days_case {
	const char *desc;
	u64 used_pico;		/* of all its life */
	u64 pico;		/* in the window */
	u64 span_ns;
	u64 days;
} days_cases[] = {
	{ "a thousandth a day", 0, 1000000000, DAY_NS, 1000 },
	{ "half is used", 500000000000, 1000000000, DAY_NS, 500 },
	{ "a thousandth in 26.4 h", 0, 1000000000, 11 * TENTH_NS, 1100 },
	{ "a thousandth in 30 days", 0, 1000000000, 30 * DAY_NS, 30000 },
	{ "all of it in a day", 0, 1000000000000, DAY_NS, 1 },
	{ "more than that", 0, 1000000000001, DAY_NS, 0 },
	{ "all of it in not quite a day", 0, 1000000000000, DAY_NS - 1, 0 },
	{ "the last day is not whole", 999000000001, 1000000000, DAY_NS, 0 },
	{ "the last day is whole", 999000000000, 1000000000, DAY_NS, 1 },
	{ "hardly any wear", 0, 1, 33 * DAY_NS, 33000000000000 },
	{ "the last of it", 999999999999, 1, DAY_NS, 1 },
	{ "used up", 1000000000000, 1000000000, DAY_NS, 0 },
	{ "more than used up", 2500000000000, 1, 33 * DAY_NS, 0 },
	{ "saturated", U64_MAX, U64_MAX, DAY_NS, 0 },
	{ "nobody knows", 500000000000, 0, 0, UNKNOWN },
	{ "nobody knows in what time", 500000000000, 7, 0, UNKNOWN },
	{ "no wear", 500000000000, 0, DAY_NS, UNKNOWN },
	{ "a new one", 0, 0, 0, UNKNOWN },
	/* That there is nothing left is known however it is used. */
	{ "used up, nobody knows when", 1000000000000, 0, 0, 0 },
	{ "used up, no wear", 1000000000000, 0, DAY_NS, 0 },
};

KUNIT_ARRAY_PARAM_DESC(days, days_cases, desc);

static void use_days_left(struct kunit *test)
{
	const struct days_case *c = test->param_value;
	const struct emrelay_wear wear = { .damage.pico = c->used_pico };
	const struct emrelay_use use = { .pico = c->pico, .span_ns = c->span_ns };

	KUNIT_EXPECT_EQ(test, emrelay_use_days_left(&use, &wear), c->days);
}

/* A relay watched by one who has all its cycles on a list. */
#define STEPS	700

struct watch {
	u64 begin_ns;
	unsigned int count;
	u64 cycle_ns[STEPS];
};

static void expect_use_of_list(struct kunit *test, const struct watch *watch,
			       struct emrelay_use use, u64 tenth_ns, u64 now_ns)
{
	u64 tenths = div64_u64(now_ns - watch->begin_ns, tenth_ns);
	u64 from_ns, cycles = 0;
	unsigned int i;

	if (tenths < 10) {
		expect_use(test, use, 0, 0);
		return;
	}
	from_ns = watch->begin_ns + (tenths - 10) * tenth_ns;
	for (i = 0; i < watch->count; i++)
		cycles += watch->cycle_ns[i] >= from_ns;
	expect_use(test, use, cycles, now_ns - from_ns);
}

static void duty_walk(struct kunit *test)
{
	struct watch *watch = kunit_kzalloc(test, sizeof(*watch), GFP_KERNEL);
	struct emrelay_duty duty;
	struct emrelay_wear wear = {};
	struct rnd_state rnd;
	u64 now_ns = BEGIN_NS;
	u64 clock_ns = 0;	/* what the machine's clock is behind */
	unsigned int step;

	KUNIT_ASSERT_NOT_NULL(test, watch);
	prandom_seed_state(&rnd, 1);
	watch->begin_ns = now_ns;
	emrelay_duty_begin(&duty, &wear, now_ns);
	for (step = 0; step < STEPS; step++) {
		u32 dice = prandom_u32_state(&rnd);
		u64 passed_ns = (dice % 1000) * (TENTH_NS / 2000);

		/* Long rests, and some that end just when a tenth does. */
		if (dice >> 28 == 0)
			passed_ns += (dice >> 20) % 16 * MONTH_TENTH_NS;
		else if (dice >> 28 == 1)
			passed_ns = duty.day.next_ns - (now_ns - clock_ns);
		else if (dice >> 28 == 2)
			passed_ns = 10 * TENTH_NS;

		/* Sometimes the machine is off meanwhile, and its clock starts anew. */
		if (dice >> 27 == 31) {
			put_away(&duty, now_ns - clock_ns);
			now_ns += passed_ns;
			clock_ns = now_ns - 1000;
			emrelay_duty_resume(&duty, &wear, passed_ns, 1000);
		} else {
			now_ns += passed_ns;
		}
		if (emrelay_duty_due(&duty, now_ns - clock_ns))
			emrelay_duty_roll(&duty, &wear, now_ns - clock_ns);
		watch->cycle_ns[watch->count++] = now_ns;
		use_relay(&wear, 1);
		expect_use_of_list(test, watch,
				   use_of_day(&duty, &wear, now_ns - clock_ns),
				   TENTH_NS, now_ns);
		expect_use_of_list(test, watch,
				   use_of_month(&duty, &wear, now_ns - clock_ns),
				   MONTH_TENTH_NS, now_ns);
	}
}

static struct kunit_case duty_test_cases[] = {
	KUNIT_CASE(duty_units),
	KUNIT_CASE(duty_due),
	KUNIT_CASE(duty_unknown_at_first),
	KUNIT_CASE(duty_month),
	KUNIT_CASE(duty_tenths),
	KUNIT_CASE_PARAM(duty_gap, gap_gen_params),
	KUNIT_CASE(duty_saturates),
	KUNIT_CASE_PARAM(duty_resume, resume_gen_params),
	KUNIT_CASE(duty_resume_unknown),
	KUNIT_CASE(duty_rebase),
	KUNIT_CASE_PARAM(use_per_day, per_day_gen_params),
	KUNIT_CASE_PARAM(use_days_left, days_gen_params),
	KUNIT_CASE(duty_walk),
	{}
};

static struct kunit_suite duty_suite = {
	.name = "emrelay_duty",
	.test_cases = duty_test_cases,
};

kunit_test_suite(duty_suite);

MODULE_DESCRIPTION("KUnit tests of a relay's use lately");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
