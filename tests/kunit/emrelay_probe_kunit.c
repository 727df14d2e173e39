// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probing: what is accepted, what is refused, and what is left of it.
 */
#include <kunit/test.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/machine.h>
#include <linux/leds.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "bench.h"

#define MAX_PROPERTIES	24

/* For nodes with ratings of their own, or with none. */
static const struct property_entry no_ratings[] = { { } };

/* A relay against whose node nothing is to be said. */
static const struct property_entry good[] = {
	PROPERTY_ENTRY_U32("reg", 0),
	PROPERTY_ENTRY_STRING("label", "bench"),
	BENCH_COIL(0, GPIO_ACTIVE_HIGH),
	PROPERTY_ENTRY_U32("operate-time-us", 1),
	PROPERTY_ENTRY_U32("release-time-us", 1),
	PROPERTY_ENTRY_U32("bounce-time-us", 1),
	PROPERTY_ENTRY_U32("electrical-life-cycles", 1000),
	PROPERTY_ENTRY_U32("mechanical-life-cycles", 100000),
	PROPERTY_ENTRY_U32("max-loaded-cycles-per-minute", U32_MAX),
	PROPERTY_ENTRY_U32("max-unloaded-cycles-per-minute", U32_MAX),
	PROPERTY_ENTRY_STRING("default-state", "on"),
	{ }
};

static const struct property_entry keep[] = {
	PROPERTY_ENTRY_STRING("default-state", "keep"),
	{ }
};

static const struct property_entry triggered_on[] = {
	PROPERTY_ENTRY_STRING("linux,default-trigger", "default-on"),
	{ }
};

/* Another, which is read first and would move at once. */
static const struct property_entry neighbour[] = {
	PROPERTY_ENTRY_U32("reg", 7),
	PROPERTY_ENTRY_STRING("label", "neighbour"),
	BENCH_COIL(7, GPIO_ACTIVE_HIGH),
	PROPERTY_ENTRY_U32("operate-time-us", 1),
	PROPERTY_ENTRY_U32("release-time-us", 1),
	PROPERTY_ENTRY_U32("bounce-time-us", 1),
	PROPERTY_ENTRY_U32("electrical-life-cycles", 1000),
	PROPERTY_ENTRY_U32("mechanical-life-cycles", 100000),
	PROPERTY_ENTRY_U32("max-loaded-cycles-per-minute", U32_MAX),
	PROPERTY_ENTRY_U32("max-unloaded-cycles-per-minute", U32_MAX),
	PROPERTY_ENTRY_STRING("default-state", "on"),
	{ }
};

/* @good without the properties that @with has, and without the one called @without. */
static void change(struct kunit *test, struct property_entry *changed,
		   const char *without, const struct property_entry *with)
{
	const struct property_entry *p, *q;
	unsigned int n = 0;

	for (p = good; p->name; p++) {
		bool keep = !without || strcmp(p->name, without);

		for (q = with; q->name; q++)
			keep &= strcmp(p->name, q->name) != 0;
		if (keep)
			changed[n++] = *p;
	}
	for (q = with; q->name; q++)
		changed[n++] = *q;
	changed[n] = (struct property_entry) { };
	KUNIT_ASSERT_LT(test, n, MAX_PROPERTIES);
}

/* Loads are declared for a part that has limits for them. */
#define WAGO	PROPERTY_ENTRY_STRING("compatible", "wago,859-353")
#define LOAD(type, microamp, microvolt)				\
	{							\
		WAGO,						\
		PROPERTY_ENTRY_STRING("load-type", type),	\
		PROPERTY_ENTRY_U32("load-microamp", microamp),	\
		PROPERTY_ENTRY_U32("load-microvolt", microvolt),\
	}

static const char * const two_states[] = { "on", "off" };
static const u32 two_numbers[] = { 1, 2 };
static const u32 three_numbers[] = { 1, 3, 2 };
static const u32 rising_points[] = { 1, 3, 3, 4 };
static const u32 falling_points[] = { 1, 3, 3, 1 };
static const char * const cell_names[] = { "wear-a", "wear-b" };
static const char * const swapped_names[] = { "wear-b", "wear-a" };
static const char * const three_names[] = { "wear-a", "wear-b", "wear-c" };
static const struct software_node_ref_args two_coils[] = {
	SOFTWARE_NODE_REFERENCE(&bench_chip_node, 0, GPIO_ACTIVE_HIGH),
	SOFTWARE_NODE_REFERENCE(&bench_chip_node, 1, GPIO_ACTIVE_HIGH),
};

/* What they refer to is not looked at before their number and names are right. */
#define TWO_CELLS	PROPERTY_ENTRY_REF_ARRAY("nvmem-cells", two_coils)

static const struct node_case {
	const char *desc;
	const char *without;
	struct property_entry with[5];
	int ret;
	const char *says[5];	/* all of it in one message, up to a NULL */
} node_cases[] = {
	{ "no reg", "reg", {}, -EINVAL, { "reg" } },
	{ "reg above 1023", NULL, { PROPERTY_ENTRY_U32("reg", 1024) },
	  -EINVAL, { "reg", "1024", "1023" } },
	{ "reg U32_MAX", NULL, { PROPERTY_ENTRY_U32("reg", U32_MAX) },
	  -EINVAL, { "reg", "4294967295", "1023" } },
	{ "reg is a byte", NULL, { PROPERTY_ENTRY_U8("reg", 0) },
	  -EINVAL, { "reg" } },
	{ "reg is two numbers", NULL, { PROPERTY_ENTRY_U32_ARRAY("reg", two_numbers) },
	  -EINVAL, { "reg" } },
	{ "reg is the neighbour's", NULL, { PROPERTY_ENTRY_U32("reg", 7) },
	  -EINVAL, { "reg", "7" } },

	{ "no coil", "coil-gpios", {}, -EINVAL, { "coil-gpios", "missing" } },
	{ "coil is no line of its chip", NULL, { BENCH_COIL(BENCH_LINES, 0) },
	  -EINVAL, { "coil-gpios" } },
	{ "coil is the neighbour's", NULL, { BENCH_COIL(7, 0) },
	  -EBUSY, { "coil-gpios" } },

	{ "two coils", NULL, { PROPERTY_ENTRY_REF_ARRAY("coil-gpios", two_coils) },
	  -EINVAL, { "coil-gpios", "one line" } },

	{ "no operate time", "operate-time-us", {}, -EINVAL, { "operate-time-us" } },
	{ "no release time", "release-time-us", {}, -EINVAL, { "release-time-us" } },
	{ "no bounce time", "bounce-time-us", {}, -EINVAL, { "bounce-time-us" } },
	{ "no electrical life", "electrical-life-cycles", {},
	  -EINVAL, { "electrical-life-cycles" } },
	{ "no mechanical life", "mechanical-life-cycles", {},
	  -EINVAL, { "mechanical-life-cycles" } },
	{ "no loaded rate", "max-loaded-cycles-per-minute", {},
	  -EINVAL, { "max-loaded-cycles-per-minute" } },
	{ "no unloaded rate", "max-unloaded-cycles-per-minute", {},
	  -EINVAL, { "max-unloaded-cycles-per-minute" } },
	{ "unknown part, a rating missing", "bounce-time-us",
	  { PROPERTY_ENTRY_STRING("compatible", "acme,relay") },
	  -EINVAL, { "bounce-time-us" } },

	{ "a part whose sheet lacks it", "bounce-time-us",
	  { PROPERTY_ENTRY_STRING("compatible", "omron,g5le-1") },
	  -EINVAL, { "bounce-time-us", "data sheet", "omron,g5le-1" } },

	{ "operate time 0", NULL, { PROPERTY_ENTRY_U32("operate-time-us", 0) },
	  -EINVAL, { "operate-time-us", "0" } },
	{ "release time 0", NULL, { PROPERTY_ENTRY_U32("release-time-us", 0) },
	  -EINVAL, { "release-time-us", "0" } },
	{ "bounce time 0", NULL, { PROPERTY_ENTRY_U32("bounce-time-us", 0) },
	  -EINVAL, { "bounce-time-us", "0" } },
	{ "electrical life 0", NULL, { PROPERTY_ENTRY_U32("electrical-life-cycles", 0) },
	  -EINVAL, { "electrical-life-cycles", "0" } },
	{ "mechanical life 0", NULL, { PROPERTY_ENTRY_U32("mechanical-life-cycles", 0) },
	  -EINVAL, { "mechanical-life-cycles", "0" } },
	{ "loaded rate 0", NULL, { PROPERTY_ENTRY_U32("max-loaded-cycles-per-minute", 0) },
	  -EINVAL, { "max-loaded-cycles-per-minute", "0" } },
	{ "unloaded rate 0", NULL, { PROPERTY_ENTRY_U32("max-unloaded-cycles-per-minute", 0) },
	  -EINVAL, { "max-unloaded-cycles-per-minute", "0" } },
	{ "dead time 0", NULL, { PROPERTY_ENTRY_U32("interlock-dead-time-us", 0) },
	  -EINVAL, { "interlock-dead-time-us", "0" } },
	{ "a known part with a rating of 0", NULL,
	  { WAGO, PROPERTY_ENTRY_U32("bounce-time-us", 0) },
	  -EINVAL, { "bounce-time-us", "0" } },
	{ "rating is a byte", NULL, { PROPERTY_ENTRY_U8("operate-time-us", 1) },
	  -EINVAL, { "operate-time-us" } },

	{ "unknown load type", NULL, { PROPERTY_ENTRY_STRING("load-type", "ac-3") },
	  -EINVAL, { "load-type", "ac-3" } },
	{ "unknown default state", NULL, { PROPERTY_ENTRY_STRING("default-state", "open") },
	  -EINVAL, { "default-state", "open" } },

	{ "label empty", NULL, { PROPERTY_ENTRY_STRING("label", "") },
	  -EINVAL, { "label" } },
	{ "label of 41 characters", NULL,
	  { PROPERTY_ENTRY_STRING("label", "a1234567890123456789012345678901234567890") },
	  -EINVAL, { "label", "40" } },
	{ "label with /", NULL, { PROPERTY_ENTRY_STRING("label", "a/b") },
	  -EINVAL, { "label" } },
	{ "label with newline", NULL, { PROPERTY_ENTRY_STRING("label", "a\nb") },
	  -EINVAL, { "label" } },
	{ "label with DEL", NULL, { PROPERTY_ENTRY_STRING("label", "a\177b") },
	  -EINVAL, { "label" } },
	{ "label .", NULL, { PROPERTY_ENTRY_STRING("label", ".") },
	  -EINVAL, { "label" } },
	{ "label ..", NULL, { PROPERTY_ENTRY_STRING("label", "..") },
	  -EINVAL, { "label" } },

	{ "none, current", NULL, LOAD("none", 5000001, 250000000),
	  -EINVAL, { "load-microamp", "5000001", "5000000" } },
	{ "resistive, current", NULL, LOAD("resistive", 5000001, 24000000),
	  -EINVAL, { "load-microamp", "5000001", "5000000" } },
	{ "resistive, voltage", NULL, LOAD("resistive", 1000000, 250000001),
	  -EINVAL, { "load-microvolt", "250000001", "250000000" } },
	{ "undeclared type counts as resistive", NULL,
	  { WAGO, PROPERTY_ENTRY_U32("load-microamp", 5000001) },
	  -EINVAL, { "load-microamp", "5000001", "5000000" } },
	{ "AC-15, current", NULL, LOAD("ac-15", 3000001, 230000000),
	  -EINVAL, { "load-microamp", "3000001", "3000000" } },
	{ "AC-15, voltage", NULL, LOAD("ac-15", 3000000, 250000001),
	  -EINVAL, { "load-microvolt", "250000001", "250000000" } },
	{ "DC-13, current", NULL, LOAD("dc-13", 2000001, 24000000),
	  -EINVAL, { "load-microamp", "2000001", "2000000" } },
	{ "DC-13, voltage", NULL, LOAD("dc-13", 2000000, 24000001),
	  -EINVAL, { "load-microvolt", "24000001", "24000000" } },

	{ "curve of three numbers", NULL,
	  { PROPERTY_ENTRY_U32_ARRAY("electrical-life-curve", three_numbers) },
	  -EINVAL, { "electrical-life-curve" } },
	{ "curve that does not fall", NULL,
	  { PROPERTY_ENTRY_U32_ARRAY("electrical-life-curve", rising_points) },
	  -EINVAL, { "electrical-life-curve", "point 2", "<3 4>" } },
	{ "beyond the curve", NULL,
	  { PROPERTY_ENTRY_U32_ARRAY("electrical-life-curve", falling_points),
	    PROPERTY_ENTRY_U32("load-microamp", 4) },
	  -EINVAL, { "load-microamp", "4", "3" } },
	{ "DC limit of three numbers", NULL,
	  { PROPERTY_ENTRY_U32_ARRAY("dc-load-limit", three_numbers) },
	  -EINVAL, { "dc-load-limit" } },
	{ "DC limit that does not fall", NULL,
	  { PROPERTY_ENTRY_U32_ARRAY("dc-load-limit", rising_points) },
	  -EINVAL, { "dc-load-limit", "point 2", "<3 4>" } },
	{ "beyond the DC limit", NULL,
	  { PROPERTY_ENTRY_U32_ARRAY("dc-load-limit", falling_points),
	    PROPERTY_ENTRY_STRING("load-type", "dc-13"),
	    PROPERTY_ENTRY_U32("load-microvolt", 2),
	    PROPERTY_ENTRY_U32("load-microamp", 2) },
	  -EINVAL, { "load-microamp", "2", "1" } },
	{ "a name of a cell only", NULL,
	  { PROPERTY_ENTRY_STRING("nvmem-cell-names", "wear-a") },
	  -EINVAL, { "nvmem-cell-names", "wear-a" } },
	{ "names of cells only", NULL,
	  { PROPERTY_ENTRY_STRING_ARRAY("nvmem-cell-names", cell_names) },
	  -EINVAL, { "nvmem-cells", "wear-a", "wear-b" } },
	{ "cells without names", NULL, { TWO_CELLS },
	  -EINVAL, { "nvmem-cell-names", "wear-a", "wear-b" } },
	{ "a name of one cell", NULL,
	  { TWO_CELLS, PROPERTY_ENTRY_STRING("nvmem-cell-names", "wear-a") },
	  -EINVAL, { "nvmem-cell-names", "wear-a", "wear-b" } },
	{ "names in another order", NULL,
	  { TWO_CELLS, PROPERTY_ENTRY_STRING_ARRAY("nvmem-cell-names", swapped_names) },
	  -EINVAL, { "nvmem-cell-names", "wear-a", "wear-b" } },
	{ "three names, two cells", NULL,
	  { TWO_CELLS, PROPERTY_ENTRY_STRING_ARRAY("nvmem-cell-names", three_names) },
	  -EINVAL, { "nvmem-cell-names", "wear-a", "wear-b" } },
	{ "two names, one cell", NULL,
	  { PROPERTY_ENTRY_REF("nvmem-cells", &bench_chip_node),
	    PROPERTY_ENTRY_STRING_ARRAY("nvmem-cell-names", cell_names) },
	  -EINVAL, { "nvmem-cells", "wear-a", "wear-b" } },
	{ "a load of no current", NULL, { PROPERTY_ENTRY_U32("load-microamp", 0) },
	  -EINVAL, { "load-microamp", "0", "1" } },
	{ "a number where a string should be", NULL, { PROPERTY_ENTRY_U32("label", 1) },
	  -EINVAL, { "label", "one string" } },

	{ "inrush current alone", NULL, { PROPERTY_ENTRY_U32("load-inrush-microamp", 1) },
	  -EINVAL, { "load-inrush-microamp", "load-inrush-us" } },
	{ "inrush time alone", NULL, { PROPERTY_ENTRY_U32("load-inrush-us", 1) },
	  -EINVAL, { "load-inrush-microamp", "load-inrush-us" } },
	{ "two default states", NULL,
	  { PROPERTY_ENTRY_STRING_ARRAY("default-state", two_states) },
	  -EINVAL, { "default-state" } },
	{ "unknown interlock mode", NULL,
	  { PROPERTY_ENTRY_STRING("interlock-mode", "both") },
	  -EINVAL, { "interlock-mode", "both" } },
	{ "last without cells", NULL, { PROPERTY_ENTRY_STRING("default-state", "last") },
	  -EINVAL, { "default-state", "last", "nvmem-cells" } },
	{ "momentary below operate and bounce time", NULL,
	  { PROPERTY_ENTRY_U32("operate-time-us", 10000),
	    PROPERTY_ENTRY_U32("momentary-time-ms", 10) },
	  -EINVAL, { "momentary-time-ms", "10", "10001" } },
	{ "max-on time is a byte", NULL, { PROPERTY_ENTRY_U8("max-on-time-ms", 1) },
	  -EINVAL, { "max-on-time-ms" } },
	{ "watchdog time is a byte", NULL, { PROPERTY_ENTRY_U8("watchdog-time-ms", 1) },
	  -EINVAL, { "watchdog-time-ms" } },
};

KUNIT_ARRAY_PARAM_DESC(node, node_cases, desc);

/* One bad node, and nothing of the bank happens, but for one message. */
static void probe_bad_node(struct kunit *test)
{
	const struct node_case *c = test->param_value;
	struct property_entry changed[MAX_PROPERTIES];
	struct bench *bench = bench_new(test, false, no_ratings);
	const char *says[ARRAY_SIZE(c->says) + 2] = { "relay2: " };
	unsigned int i;

	change(test, changed, c->without, c->with);
	bench_bank(bench, neighbour, changed);
	for (i = 0; i < ARRAY_SIZE(c->says) && c->says[i]; i++)
		says[i + 1] = c->says[i];

	bench_listen(bench);
	KUNIT_EXPECT_EQ(test, bench_bind(bench), c->ret);
	KUNIT_EXPECT_EQ(test, bench_said(bench, "relay2: "), 1);
	KUNIT_EXPECT_EQ(test, bench_heard(bench, says), 1);
	bench_expect_untouched(bench);
}

static const struct node_case accepted_cases[] = {
	{ "label of 1 character", NULL, { PROPERTY_ENTRY_STRING("label", "a") } },
	{ "label of 40 characters", NULL,
	  { PROPERTY_ENTRY_STRING("label", "a123456789012345678901234567890123456789") } },
	{ "label with a space and UTF-8", NULL,
	  { PROPERTY_ENTRY_STRING("label", "Wärme pumpe:2") } },
	{ "label summary", NULL, { PROPERTY_ENTRY_STRING("label", "summary") } },
	{ "momentary of operate and bounce time", NULL,
	  { PROPERTY_ENTRY_U32("operate-time-us", 9999999),
	    PROPERTY_ENTRY_U32("momentary-time-ms", 10000) } },
	{ "times of 0 are none", NULL,
	  { PROPERTY_ENTRY_U32("min-on-time-ms", 0),
	    PROPERTY_ENTRY_U32("max-on-time-ms", 0),
	    PROPERTY_ENTRY_U32("momentary-time-ms", 0),
	    PROPERTY_ENTRY_U32("watchdog-time-ms", 0) } },
	{ "a watched changeover", NULL,
	  { PROPERTY_ENTRY_U32("interlock-group", 1),
	    PROPERTY_ENTRY_STRING("interlock-mode", "changeover"),
	    PROPERTY_ENTRY_U32("max-on-time-ms", U32_MAX),
	    PROPERTY_ENTRY_U32("watchdog-time-ms", U32_MAX) } },
	{ "all times as long as can be", NULL,
	  { PROPERTY_ENTRY_U32("max-on-time-ms", U32_MAX),
	    PROPERTY_ENTRY_U32("momentary-time-ms", U32_MAX),
	    PROPERTY_ENTRY_U32("watchdog-time-ms", U32_MAX),
	    PROPERTY_ENTRY_STRING("interlock-mode", "changeover") } },
	{ "reg 1023", NULL, { PROPERTY_ENTRY_U32("reg", 1023) } },
	{ "unknown part with all ratings", NULL,
	  { PROPERTY_ENTRY_STRING("compatible", "acme,relay") }, 0,
	  { "relay2: ", "acme,relay", "unknown" } },
	{ "a part, and what its sheet lacks", NULL,
	  { PROPERTY_ENTRY_STRING("compatible", "omron,g5le-1") } },
	{ "a class that the sheet lacks", NULL,
	  { PROPERTY_ENTRY_STRING("compatible", "omron,g5le-1"),
	    PROPERTY_ENTRY_STRING("load-type", "dc-13"), PROPERTY_ENTRY_BOOL("load-suppressor") },
	  0, { "dc-13", "not rated", "data sheet", "omron,g5le-1" } },
	{ "largest ratings but for the times", NULL,
	  { PROPERTY_ENTRY_U32("electrical-life-cycles", U32_MAX),
	    PROPERTY_ENTRY_U32("mechanical-life-cycles", U32_MAX),
	    PROPERTY_ENTRY_U32("interlock-dead-time-us", U32_MAX) } },
	{ "least ratings", NULL,
	  { PROPERTY_ENTRY_U32("electrical-life-cycles", 1),
	    PROPERTY_ENTRY_U32("mechanical-life-cycles", 1),
	    PROPERTY_ENTRY_U32("max-loaded-cycles-per-minute", 1),
	    PROPERTY_ENTRY_U32("interlock-dead-time-us", 1) } },
	{ "none at its limit", NULL, LOAD("none", 5000000, 250000000) },
	{ "resistive at its limit", NULL, LOAD("resistive", 5000000, 250000000) },
	{ "AC-15 at its limit, not dampened", NULL, LOAD("ac-15", 3000000, 250000000), 0,
	  { "relay2: ", "ac-15", "load-suppressor" } },
	{ "DC-13 at its limit, not dampened", NULL, LOAD("dc-13", 2000000, 24000000), 0,
	  { "relay2: ", "dc-13", "load-suppressor" } },
	{ "AC-15, dampened", NULL,
	  { WAGO, PROPERTY_ENTRY_STRING("load-type", "ac-15"),
	    PROPERTY_ENTRY_BOOL("load-suppressor") } },
	{ "at the end of the curve", NULL,
	  { PROPERTY_ENTRY_U32_ARRAY("electrical-life-curve", falling_points),
	    PROPERTY_ENTRY_U32("load-microamp", 3) } },
	{ "DC that nobody rates", NULL,
	  { PROPERTY_ENTRY_STRING("load-type", "dc-13"),
	    PROPERTY_ENTRY_BOOL("load-suppressor") }, 0,
	  { "relay2: ", "dc-13", "not rated" } },
	{ "DC at its limit", NULL,
	  { PROPERTY_ENTRY_U32_ARRAY("dc-load-limit", falling_points),
	    PROPERTY_ENTRY_STRING("load-type", "dc-13"),
	    PROPERTY_ENTRY_BOOL("load-suppressor"),
	    PROPERTY_ENTRY_U32("load-microvolt", 2),
	    PROPERTY_ENTRY_U32("load-microamp", 1) } },
	{ "least load", NULL, LOAD("resistive", 1000, 24000000) },
	{ "any load without a data sheet", NULL,
	  { PROPERTY_ENTRY_U32("load-microamp", U32_MAX),
	    PROPERTY_ENTRY_U32("load-microvolt", U32_MAX) } },
	/* Below the minimum: said once, with the node, and accepted. */
	{ "below the minimum current", NULL, LOAD("resistive", 999, 24000000), 0,
	  { "relay2: ", "recommended" } },
	{ "below the minimum voltage", NULL, LOAD("resistive", 10000, 9999999), 0,
	  { "relay2: ", "recommended" } },
};

KUNIT_ARRAY_PARAM_DESC(accepted, accepted_cases, desc);

static void probe_good_node(struct kunit *test)
{
	const struct node_case *c = test->param_value;
	struct property_entry changed[MAX_PROPERTIES];
	struct bench *bench = bench_new(test, false, no_ratings);

	change(test, changed, c->without, c->with);
	bench_bank(bench, neighbour, changed);
	bench_listen(bench);
	KUNIT_EXPECT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_said(bench, BENCH_NAME), !!c->says[0]);
	if (c->says[0])
		KUNIT_EXPECT_EQ(test, bench_heard(bench, c->says), 1);
	bench_wait_edges(bench, 0, 1);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 1);
}

static void probe_no_channels(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);

	bench_device(bench, BENCH_NAME, (const struct property_entry *const []) { NULL });
	KUNIT_EXPECT_EQ(test, bench_bind(bench), -EINVAL);
	bench_expect_untouched(bench);
}

static void probe_line_in_use(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);
	struct gpio_desc *desc;

	desc = gpiochip_request_own_desc(&bench->gc, 0, "someone", 0, GPIOD_ASIS);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, desc);
	bench_bank(bench, neighbour, good);
	KUNIT_EXPECT_EQ(test, bench_bind(bench), -EBUSY);
	gpiochip_free_own_desc(desc);
	bench_expect_untouched(bench);
}

KUNIT_DEFINE_ACTION_WRAPPER(unregister_node, software_node_unregister,
			    const struct software_node *);

static void probe_line_not_there_yet(struct kunit *test)
{
	static const struct software_node absent = { .name = "emrelay-absent" };
	const struct property_entry waiting[] = {
		PROPERTY_ENTRY_U32("reg", 0),
		PROPERTY_ENTRY_STRING("label", "bench"),
		PROPERTY_ENTRY_GPIO("coil-gpios", &absent, 0, GPIO_ACTIVE_HIGH),
		{ }
	};
	struct bench *bench = bench_new(test, false, bench_fast);

	KUNIT_ASSERT_EQ(test, software_node_register(&absent), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unregister_node,
							(void *)&absent), 0);
	bench_listen(bench);
	/* Not by hand: who binds by hand is not asked to wait. */
	bench_device(bench, "gpio-relays",
		     (const struct property_entry *const []) { neighbour, waiting, NULL });
	KUNIT_EXPECT_EQ(test, bench_said(bench, "gpio-relays"), 0);
	bench_expect_untouched(bench);
}

/* Who is to keep what cannot be read can do nothing. */
static void probe_keep_unreadable(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);

	bench_bank(bench, bench_node(bench, 0, "bench", keep));
	bench_listen(bench);
	bench->read_error = -EIO;
	KUNIT_EXPECT_EQ(test, bench_bind(bench), -EIO);
	KUNIT_EXPECT_EQ(test, bench_said(bench, "relay1: ", "coil-gpios"), 1);
	bench_expect_untouched(bench);

	bench->read_error = 0;
	KUNIT_EXPECT_EQ(test, bench_bind(bench), 0);
}

/* A coil that is on, which the driver cannot know, and shall be on: no edge. */
static void probe_on_unreadable(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);

	bench_find(bench, 0, true, true);
	bench_bank(bench, good);
	bench->read_error = -EIO;
	KUNIT_EXPECT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 0);
	bench_expect(bench, "bench", "coil", "on");
}

/* One that shall be off is released, and never driven on before. */
static void probe_off_unreadable(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);

	bench_find(bench, 0, true, true);
	bench_bank(bench, bench_node(bench, 0, "bench", NULL));
	bench->read_error = -EIO;
	KUNIT_EXPECT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 1);
	KUNIT_EXPECT_EQ(test, bench->highs[0], 0);
	bench_expect(bench, "bench", "coil", "off");
	bench_expect(bench, "bench", "cycle_count", "0");
}

static void probe_line_undrivable(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);

	bench_bank(bench, good);
	bench_listen(bench);
	bench->write_error = -EIO;
	KUNIT_EXPECT_EQ(test, bench_bind(bench), -EIO);
	KUNIT_EXPECT_EQ(test, bench_said(bench, "relay1: ", "coil-gpios"), 1);
	KUNIT_EXPECT_EQ(test, bench->writes[0], 1);
	bench->writes[0] = 0;
	bench_expect_untouched(bench);

	bench->write_error = 0;
	KUNIT_EXPECT_EQ(test, bench_bind(bench), 0);
}

/* What a probe energised it releases, if another relay's line fails after that. */
static void probe_on_and_then_undrivable(struct kunit *test)
{
	static const struct property_entry on[] = {
		PROPERTY_ENTRY_STRING("default-state", "on"),
		{ }
	};
	struct bench *bench = bench_new(test, false, bench_fast);

	bench_bank(bench, bench_node(bench, 0, "bench", on),
		   bench_node(bench, 1, "other", NULL));
	bench->read_error = -EIO;
	bench->line_error[1] = -EIO;
	KUNIT_EXPECT_EQ(test, bench_bind(bench), -EIO);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);
	KUNIT_EXPECT_FALSE(test, bench->level[0]);
}

/* Without anybody who binds it by hand. */
static void probe_by_name(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);
	struct platform_device *pdev =
		bench_device(bench, "gpio-relays",
			     (const struct property_entry *const []) { good, NULL });

	KUNIT_ASSERT_NOT_NULL(test, pdev->dev.driver);
	KUNIT_EXPECT_STREQ(test, pdev->dev.driver->name, "emrelay");
	bench_expect(bench, "bench", "state", "on");
}

/* sleeps, active low, found energised, found as output; then the default state */
#define STATE_CASES	(2 * 2 * 2 * 2 * 4)

static const char *const default_states[] = { NULL, "off", "on", "keep" };

struct state_case {
	bool sleeps, low, found, output;
	const char *state;
};

static struct state_case state_case(unsigned int n)
{
	return (struct state_case) {
		n & 1, n & 2, n & 4, n & 8, default_states[n / 16]
	};
}

static const void *state_gen_params(const void *prev, char *desc)
{
	unsigned int n = (uintptr_t)prev;	/* 1 is the first: NULL is the end */
	struct state_case c;

	if (n == STATE_CASES)
		return NULL;
	c = state_case(n);
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s, %s, %s, default-state %s",
		 c.sleeps ? "sleeps" : "atomic", c.low ? "active low" : "active high",
		 c.found ? "found on" : "found off", c.output ? "output" : "input",
		 c.state ?: "undeclared");
	return (const void *)(uintptr_t)(n + 1);
}

/* Law 8: each edge is one that the node asked for; keep costs none. */
static void probe_default_state(struct kunit *test)
{
	struct state_case c = state_case((uintptr_t)test->param_value - 1);
	struct bench *bench = bench_new(test, c.sleeps, bench_fast);
	unsigned int on_level = !c.low;
	bool on = c.state && (!strcmp(c.state, "on") ||
			      (!strcmp(c.state, "keep") && c.found));
	const struct property_entry node[] = {
		PROPERTY_ENTRY_U32("reg", 0),
		PROPERTY_ENTRY_STRING("label", "bench"),
		BENCH_COIL(3, c.low ? GPIO_ACTIVE_LOW : GPIO_ACTIVE_HIGH),
		c.state ? PROPERTY_ENTRY_STRING("default-state", c.state) :
			  (struct property_entry) { },
		{ }
	};
	unsigned int edges = on != c.found;

	bench_find(bench, 3, c.found == on_level, c.output);
	bench_bank(bench, node);
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), edges);
	KUNIT_EXPECT_EQ(test, bench->level[3], on == on_level);
	KUNIT_EXPECT_TRUE(test, bench->output[3]);
	/* A pull that found no load is not turned into a drive on the way to off. */
	if (!on && !c.output)
		KUNIT_EXPECT_EQ(test, c.low ? bench->writes[3] - bench->highs[3] :
					      bench->highs[3], 0);

	bench_expect(bench, "bench", "state", on ? "on" : "off");
	bench_expect(bench, "bench", "coil", on ? "on" : "off");
	bench_expect(bench, "bench", "wait_ms", "0");
	/* One found energised has used no cycle, and its contact is long settled. */
	bench_expect(bench, "bench", "cycle_count", on && !c.found ? "1" : "0");
	bench_expect(bench, "bench", "life_used_ppm", on && !c.found ? "1000" : "0");
	if (on && c.found)
		bench_expect(bench, "bench", "contact", "closed");
	bench_expect(bench, "bench", "statistics/requests", "0");

	bench_unbind(bench);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), edges + on);
	KUNIT_EXPECT_EQ(test, bench->level[3], !on_level);
	KUNIT_EXPECT_FALSE(test, bench->requested[3]);
}

static const struct property_entry pump[] = {
	PROPERTY_ENTRY_U32("reg", 5),
	PROPERTY_ENTRY_STRING("label", "pump"),
	BENCH_COIL(0, GPIO_ACTIVE_HIGH),
	{ }
};

static const struct property_entry nameless[] = {
	PROPERTY_ENTRY_U32("reg", 6),
	BENCH_COIL(1, GPIO_ACTIVE_HIGH),
	{ }
};

static const struct property_entry namesake[] = {
	PROPERTY_ENTRY_U32("reg", 7),
	PROPERTY_ENTRY_STRING("label", "pump"),
	BENCH_COIL(2, GPIO_ACTIVE_HIGH),
	{ }
};

static const struct property_entry pump_elsewhere[] = {
	PROPERTY_ENTRY_U32("reg", 5),
	PROPERTY_ENTRY_STRING("label", "pump"),
	BENCH_COIL(3, GPIO_ACTIVE_HIGH),
	{ }
};

static void probe_names(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);
	struct platform_device *first, *second;
	struct device *led;
	const char *name;

	first = bench_bank(bench, pump, nameless, namesake);
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	name = bench_printf(test, "%s:6", dev_name(&first->dev));
	bench_expect(bench, "pump", "label", "pump");
	bench_expect(bench, name, "label", name);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump_1", "state", "on"), 0);
	KUNIT_EXPECT_TRUE(test, bench->level[2]);
	KUNIT_EXPECT_FALSE(test, bench->level[0]);

	second = bench_bank(bench, pump_elsewhere);
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_expect(bench, "pump_2", "state", "off");
	led = device_find_child_by_name(&second->dev, "pump_2:red:status");
	KUNIT_EXPECT_NOT_NULL(test, led);
	put_device(led);

	/* A name is free again when its relay has gone. */
	bench->pdev = first;
	bench_unbind(bench);
	bench->pdev = second;
	bench_unbind(bench);
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_expect(bench, "pump", "state", "off");
}

static const struct {
	const char *file, *part, *overridden, *custom;
} rating_files[] = {
	{ "part", "wago,859-353", "wago,859-353", "custom" },
	{ "rating/operate_us", "15000", "4294967295", "1" },
	{ "rating/release_us", "25000", "25000", "1" },
	{ "rating/bounce_us", "3500", "1", "1" },
	{ "rating/electrical_life", "50000", "4294967295", "1000" },
	{ "rating/mechanical_life", "5000000", "1", "100000" },
	{ "rating/loaded_per_minute", "6", "1", "4294967295" },
	{ "rating/unloaded_per_minute", "180", "4294967295", "4294967295" },
};

static void probe_ratings(struct kunit *test)
{
	const struct property_entry part[] = {
		WAGO,
		PROPERTY_ENTRY_U32("reg", 0),
		PROPERTY_ENTRY_STRING("label", "part"),
		BENCH_COIL(0, GPIO_ACTIVE_HIGH),
		{ }
	};
	const struct property_entry overridden[] = {
		WAGO,
		PROPERTY_ENTRY_U32("reg", 1),
		PROPERTY_ENTRY_STRING("label", "overridden"),
		BENCH_COIL(1, GPIO_ACTIVE_HIGH),
		PROPERTY_ENTRY_U32("operate-time-us", U32_MAX),
		PROPERTY_ENTRY_U32("bounce-time-us", 1),
		PROPERTY_ENTRY_U32("electrical-life-cycles", U32_MAX),
		PROPERTY_ENTRY_U32("mechanical-life-cycles", 1),
		PROPERTY_ENTRY_U32("max-loaded-cycles-per-minute", 1),
		PROPERTY_ENTRY_U32("max-unloaded-cycles-per-minute", U32_MAX),
		PROPERTY_ENTRY_U32("interlock-dead-time-us", U32_MAX),
		{ }
	};
	struct bench *bench = bench_new(test, false, no_ratings);
	unsigned int i;

	bench_bank(bench, part, overridden, neighbour);
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	for (i = 0; i < ARRAY_SIZE(rating_files); i++) {
		bench_expect(bench, "part", rating_files[i].file, rating_files[i].part);
		bench_expect(bench, "overridden", rating_files[i].file,
			     rating_files[i].overridden);
		bench_expect(bench, "neighbour", rating_files[i].file,
			     rating_files[i].custom);
	}
	bench_expect(bench, "overridden", "rating/dead_time_us", "4294967295");
	bench_expect(bench, "part", "load", "resistive");
	bench_expect(bench, "part", "policy", "defer");
	bench_expect(bench, "part", "health", "good");
	/* As if the last edge had been with the bind. */
	bench_wait_show(bench, "part", "contact", "open");
	bench_expect(bench, "part", "pulse_ms", "0");
	bench_expect(bench, "part", "ready_ms", "0");
	/* 4 294 967 us + 1 us: a ms less is no pulse for this contact. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "overridden", "pulse_ms", "4294967"),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "part", "pulse_ms", "18"), -EINVAL);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 1), 0);
}

static const char *const channel_files[] = { "wear", "limits", "timing", "history" };

static bool in_debugfs(struct kunit *test, const char *relay, const char *file)
{
	struct dentry *root = debugfs_lookup("relay", NULL);
	struct dentry *directory, *entry;
	bool there;

	KUNIT_ASSERT_NOT_NULL(test, root);
	directory = debugfs_lookup(relay, root);
	entry = directory ? debugfs_lookup(file, directory) : NULL;
	there = entry;
	dput(entry);
	dput(directory);
	dput(root);
	return there;
}

static void probe_debugfs(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);
	unsigned int i;

	bench_bank(bench, good);
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	for (i = 0; i < ARRAY_SIZE(channel_files); i++)
		KUNIT_EXPECT_TRUE(test, in_debugfs(test, "bench", channel_files[i]));
	bench_unbind(bench);
	for (i = 0; i < ARRAY_SIZE(channel_files); i++)
		KUNIT_EXPECT_FALSE(test, in_debugfs(test, "bench", channel_files[i]));
}

/* No name of a relay is that of the file beside their directories. */
static void probe_debugfs_summary(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);

	bench_bank(bench, bench_node(bench, 0, "summary", NULL),
		   bench_node(bench, 1, "_summary", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_expect(bench, "summary", "label", "summary");
	bench_expect(bench, "_summary", "label", "_summary");
	KUNIT_EXPECT_TRUE(test, in_debugfs(test, "_summary", "wear"));
	KUNIT_EXPECT_TRUE(test, in_debugfs(test, "__summary", "wear"));
	bench_unbind(bench);
	KUNIT_EXPECT_FALSE(test, in_debugfs(test, "_summary", "wear"));
	KUNIT_EXPECT_FALSE(test, in_debugfs(test, "__summary", "wear"));
}

static const bool sleeping[] = { false, true };

static void sleeping_desc(const bool *sleeps, char *desc)
{
	strscpy(desc, *sleeps ? "line sleeps" : "line does not sleep",
		KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sleeping, sleeping, sleeping_desc);

KUNIT_DEFINE_ACTION_WRAPPER(remove_trigger, led_trigger_unregister, struct led_trigger *);

/* Nothing in the kernel is called as a relay that did not come up would be. */
static void expect_no_faces(struct bench *bench, const char *relay)
{
	struct led_trigger *trigger = kunit_kzalloc(bench->test, sizeof(*trigger), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(bench->test, trigger);
	KUNIT_EXPECT_FALSE(bench->test, in_debugfs(bench->test, relay, "wear"));
	trigger->name = bench_printf(bench->test, "relay-%s", relay);
	KUNIT_EXPECT_EQ(bench->test, led_trigger_register(trigger), 0);
	if (trigger->next_trig.next)
		led_trigger_unregister(trigger);
}

/*
 * The second relay cannot have its LED trigger when the first is up already,
 * and wanted on by a trigger of its own: no coil has moved all the same.
 */
static void probe_fails_late(struct kunit *test)
{
	struct led_trigger *taken = kunit_kzalloc(test, sizeof(*taken), GFP_KERNEL);
	struct bench *bench = bench_new(test, *(const bool *)test->param_value, bench_fast);

	KUNIT_ASSERT_NOT_NULL(test, taken);
	taken->name = "relay-bench";
	KUNIT_ASSERT_EQ(test, led_trigger_register(taken), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, remove_trigger, taken), 0);

	bench_bank(bench, bench_node(bench, 7, "neighbour", triggered_on), good);
	KUNIT_EXPECT_EQ(test, bench_bind(bench), -EEXIST);
	bench_expect_untouched(bench);
	expect_no_faces(bench, "neighbour");

	/* And once it can have it, both come up. */
	kunit_release_action(test, remove_trigger, taken);
	KUNIT_EXPECT_EQ(test, bench_bind(bench), 0);
	bench_wait_edges(bench, 7, 1);
	bench_wait_edges(bench, 0, 1);
	/* By their names, which the first attempt has given back. */
	bench_expect(bench, "neighbour", "cycle_count", "1");
	bench_expect(bench, "bench", "cycle_count", "1");
}

/* All faces are there when the line of the last relay cannot be driven. */
static void probe_fails_last(struct kunit *test)
{
	struct bench *bench = bench_new(test, *(const bool *)test->param_value, bench_fast);

	bench_bank(bench, bench_node(bench, 7, "neighbour", triggered_on), good);
	bench->line_error[0] = -EIO;
	KUNIT_EXPECT_EQ(test, bench_bind(bench), -EIO);
	KUNIT_EXPECT_EQ(test, bench->highs[7], 0);
	/* An output it has become, of the level that it had. */
	KUNIT_EXPECT_EQ(test, bench->writes[7], 1);
	bench->writes[0] = 0;
	bench->writes[7] = 0;
	bench->output[7] = false;
	bench_expect_untouched(bench);
	expect_no_faces(bench, "neighbour");
	expect_no_faces(bench, "bench");

	bench->line_error[0] = 0;
	KUNIT_EXPECT_EQ(test, bench_bind(bench), 0);
	bench_wait_edges(bench, 7, 1);
	bench_wait_edges(bench, 0, 1);
}

/* As a udev rule would: writes to a relay as soon as its files are there. */
static struct bench *writer_bench;

static int writer_add(struct device *dev)
{
	if (strcmp(dev_name(dev), "bench"))
		return 0;

	bench_store(writer_bench, "bench", "state", "on");
	/* Whatever this has set off shall come before the rest of probe does. */
	msleep(100);
	return 0;
}

static struct class_interface writer = { .add_dev = writer_add };

KUNIT_DEFINE_ACTION_WRAPPER(stop_writer, class_interface_unregister,
			    struct class_interface *);

static void probe_written_as_it_appears(struct kunit *test)
{
	struct bench *bench = bench_new(test, false, bench_fast);
	struct device *relay;

	writer_bench = bench;
	bench_bank(bench, neighbour);
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	relay = device_find_child_by_name(&bench->pdev->dev, "neighbour");
	KUNIT_ASSERT_NOT_NULL(test, relay);
	writer.class = relay->class;
	put_device(relay);
	KUNIT_ASSERT_EQ(test, class_interface_register(&writer), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, stop_writer, &writer), 0);

	bench_bank(bench, bench_node(bench, 0, "bench", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	/* The write came after the default state was read: it is the newer wish. */
	bench_expect(bench, "bench", "state", "on");
	bench_wait_show(bench, "bench", "contact", "closed");
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 1);
}

/* While the lines become outputs the bank has no file that could be written. */
static void expect_no_coil_limit(struct bench *bench, unsigned int line)
{
	struct kernfs_node *file = sysfs_get_dirent(bench->pdev->dev.kobj.sd, "coil_limit");

	KUNIT_EXPECT_NULL(bench->test, file);
	sysfs_put(file);
	KUNIT_EXPECT_EQ(bench->test, bench->count, 0);
	bench->made_output = NULL;
}

/* The core adds the files of a bank that is bound, and takes them before it goes. */
static void probe_bank_files(struct kunit *test)
{
	static const char *const names[] = { "coil_limit", "stagger_ms" };
	static const struct property_entry on[] = {
		PROPERTY_ENTRY_STRING("default-state", "on"), { }
	};
	struct bench *bench = bench_new(test, false, bench_fast);
	struct device_attribute *attr;
	struct kernfs_node *file;
	struct device *dev;
	unsigned int i;

	bench->made_output = expect_no_coil_limit;
	bench_bank(bench, bench_node(bench, 0, "first", on),
		   bench_node(bench, 1, "second", on));
	dev = &bench->pdev->dev;
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_NULL(test, bench->made_output);
	bench_wait_edges(bench, 0, 1);
	bench_wait_edges(bench, 1, 1);
	KUNIT_EXPECT_EQ(test, bench->count, 2);

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		file = sysfs_get_dirent(dev->kobj.sd, names[i]);
		KUNIT_ASSERT_NOT_NULL(test, file);
		attr = file->priv;
		KUNIT_EXPECT_EQ(test, attr->store(dev, attr, "2", 1), 1);
		KUNIT_EXPECT_EQ(test, attr->store(dev, attr, "-2", 2), -EINVAL);
		sysfs_put(file);
	}
	KUNIT_EXPECT_EQ(test, bench->count, 2);
	bench_unbind(bench);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		file = sysfs_get_dirent(dev->kobj.sd, names[i]);
		KUNIT_EXPECT_NULL(test, file);
		sysfs_put(file);
	}
}

/*
 * Lets the allocations of this task fail, also those that may wait. The knobs
 * are variables that only debugfs knows.
 */
static void *failslab_knob(const char *name)
{
	struct dentry *root = debugfs_lookup("failslab", NULL);
	struct dentry *knob = root ? debugfs_lookup(name, root) : NULL;
	void *variable = knob ? d_inode(knob)->i_private : NULL;

	dput(knob);
	dput(root);
	return variable;
}

static void restore_failslab(void *ignore_gfp_wait)
{
	current->fail_nth = 0;
	*(bool *)ignore_gfp_wait = true;
}

static void fail_allocations(struct kunit *test)
{
	unsigned long *verbose = failslab_knob("verbose");
	bool *ignore_gfp_wait = failslab_knob("ignore-gfp-wait");

	if (!verbose || !ignore_gfp_wait)
		kunit_skip(test, "the kernel has no failslab in debugfs");

	*verbose = 0;
	*ignore_gfp_wait = false;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, restore_failslab,
							ignore_gfp_wait), 0);
}

/*
 * The core puts the software node of a device that goes even where it got none,
 * because the links between the two could not be made: make up for it.
 */
static int get_unlinked_node(struct device *dev, void *unused)
{
	struct kernfs_node *link;

	if (!is_software_node(dev_fwnode(dev)))
		return 0;

	link = sysfs_get_dirent(dev->kobj.sd, "software_node");
	if (!link)
		fwnode_handle_get(dev_fwnode(dev));
	sysfs_put(link);
	return 0;
}

#define MAX_ALLOCATIONS	1000

/* Each allocation of a probe fails once: no leak, no edge, nothing left behind. */
static void probe_out_of_memory(struct kunit *test)
{
	/* Lines that sleep need all that others need, and a worker. */
	struct bench *bench = bench_new(test, true, bench_fast);
	unsigned int n, left, failed = 0;
	bool unbound;
	int ret;

	bench_bank(bench, bench_node(bench, 0, "bench", keep));
	fail_allocations(test);
	for (n = 1; n < MAX_ALLOCATIONS; n++) {
		bench_find(bench, 0, true, false);
		bench->count = 0;

		current->fail_nth = n;
		ret = bench_bind(bench);
		left = current->fail_nth;
		current->fail_nth = 0;

		/* A bank that was bound, but for its files, is unbound again by the core. */
		unbound = ret && bench->output[0];
		KUNIT_ASSERT_EQ_MSG(test, bench->count, unbound, "allocation %u", n);
		KUNIT_ASSERT_EQ_MSG(test, bench->level[0], !unbound, "allocation %u", n);
		if (!ret) {
			/* It did without that one, or there was none left to fail. */
			device_for_each_child(&bench->pdev->dev, NULL,
					      get_unlinked_node);
			bench_unbind(bench);
			KUNIT_ASSERT_EQ(test, bench->count, 1);
			if (left)
				break;
		} else {
			KUNIT_ASSERT_EQ_MSG(test, ret, -ENOMEM, "allocation %u", n);
			failed++;
		}
		KUNIT_ASSERT_FALSE(test, bench->requested[0]);
		KUNIT_ASSERT_FALSE(test, in_debugfs(test, "bench", "wear"));
	}
	KUNIT_EXPECT_LT(test, n, MAX_ALLOCATIONS);
	KUNIT_EXPECT_GT(test, failed, 0);
	kunit_info(test, "%u of %u allocations are vital\n", failed, n - 1);
}

static struct kunit_case probe_test_cases[] = {
	KUNIT_CASE_PARAM(probe_bad_node, node_gen_params),
	KUNIT_CASE_PARAM(probe_good_node, accepted_gen_params),
	KUNIT_CASE(probe_no_channels),
	KUNIT_CASE(probe_line_in_use),
	KUNIT_CASE(probe_line_not_there_yet),
	KUNIT_CASE(probe_keep_unreadable),
	KUNIT_CASE(probe_on_unreadable),
	KUNIT_CASE(probe_off_unreadable),
	KUNIT_CASE(probe_line_undrivable),
	KUNIT_CASE(probe_on_and_then_undrivable),
	KUNIT_CASE(probe_by_name),
	KUNIT_CASE_PARAM(probe_default_state, state_gen_params),
	KUNIT_CASE(probe_names),
	KUNIT_CASE(probe_ratings),
	KUNIT_CASE(probe_debugfs),
	KUNIT_CASE(probe_debugfs_summary),
	KUNIT_CASE_PARAM(probe_fails_late, sleeping_gen_params),
	KUNIT_CASE_PARAM(probe_fails_last, sleeping_gen_params),
	KUNIT_CASE(probe_written_as_it_appears),
	KUNIT_CASE(probe_bank_files),
	KUNIT_CASE_SLOW(probe_out_of_memory),
	{}
};

static struct kunit_suite probe_suite = {
	.name = "emrelay_probe",
	.test_cases = probe_test_cases,
};

kunit_test_suite(probe_suite);

MODULE_DESCRIPTION("KUnit tests of emrelay's probing");
MODULE_LICENSE("GPL");
MODULE_SOFTDEP("pre: emrelay");
