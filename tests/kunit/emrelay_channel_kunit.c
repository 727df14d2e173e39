// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bound relay: its faces, its coil, and how it goes. What the clock does is
 * only looked at from one side: an edge may be late, but never early.
 */
#include <kunit/test.h>
#include <linux/crc32.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/machine.h>
#include <linux/kernel.h>
#include <linux/leds.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "bench.h"
#include "record.h"

/* A contact that takes its time, and may cycle as often as it likes. */
#define CLOSE_US	40000
#define OPEN_US		60000

static const struct property_entry slow[] = {
	PROPERTY_ENTRY_U32("operate-time-us", CLOSE_US - 5000),
	PROPERTY_ENTRY_U32("release-time-us", OPEN_US - 5000),
	PROPERTY_ENTRY_U32("bounce-time-us", 5000),
	PROPERTY_ENTRY_U32("electrical-life-cycles", 1000),
	PROPERTY_ENTRY_U32("mechanical-life-cycles", 100000),
	PROPERTY_ENTRY_U32("max-loaded-cycles-per-minute", U32_MAX),
	PROPERTY_ENTRY_U32("max-unloaded-cycles-per-minute", U32_MAX),
	{ }
};

/* A fast contact that may cycle only every 10 s, but unloaded as it likes. */
static const struct property_entry seldom[] = {
	PROPERTY_ENTRY_U32("operate-time-us", 1),
	PROPERTY_ENTRY_U32("release-time-us", 1),
	PROPERTY_ENTRY_U32("bounce-time-us", 1),
	PROPERTY_ENTRY_U32("electrical-life-cycles", 1000),
	PROPERTY_ENTRY_U32("mechanical-life-cycles", 100000),
	PROPERTY_ENTRY_U32("max-loaded-cycles-per-minute", 6),
	PROPERTY_ENTRY_U32("max-unloaded-cycles-per-minute", U32_MAX),
	{ }
};

static const struct property_entry keep[] = {
	PROPERTY_ENTRY_STRING("default-state", "keep"),
	{ }
};

static const struct property_entry retain[] = {
	PROPERTY_ENTRY_BOOL("retain-state-shutdown"),
	{ }
};

static const struct property_entry keep_and_retain[] = {
	PROPERTY_ENTRY_STRING("default-state", "keep"),
	PROPERTY_ENTRY_BOOL("retain-state-shutdown"),
	{ }
};

static const struct property_entry keep_and_open_slowly[] = {
	PROPERTY_ENTRY_STRING("default-state", "keep"),
	PROPERTY_ENTRY_U32("release-time-us", 20000000),
	{ }
};

static const struct property_entry short_life[] = {
	PROPERTY_ENTRY_U32("electrical-life-cycles", 5),
	{ }
};

static const struct property_entry follow_pump[] = {
	PROPERTY_ENTRY_STRING("linux,default-trigger", "relay-pump"),
	{ }
};

static const struct property_entry follow_fan[] = {
	PROPERTY_ENTRY_STRING("linux,default-trigger", "relay-fan"),
	{ }
};

static const bool sleeping[] = { false, true };

static void sleeping_desc(const bool *sleeps, char *desc)
{
	strscpy(desc, *sleeps ? "line sleeps" : "line does not sleep",
		KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sleeping, sleeping, sleeping_desc);

static struct bench *bench_for(struct kunit *test,
			       const struct property_entry *ratings)
{
	return bench_new(test, *(const bool *)test->param_value, ratings);
}

static void expect_never_early(struct bench *bench, unsigned int line)
{
	const struct bench_edge *last = NULL, *edge;
	unsigned int n;

	for (n = 0; (edge = bench_edge(bench, line, n)); n++) {
		if (last)
			KUNIT_EXPECT_GE(bench->test, edge->ns - last->ns,
					(edge->level ? OPEN_US : CLOSE_US) * NSEC_PER_USEC);
		last = edge;
	}
}

/* Each request that is legal is carried out when the write returns. */
static void channel_state(struct kunit *test)
{
	static const struct {
		const char *text;
		bool on;
	} writes[] = {
		{ "on", true }, { "off", false }, { "1\n", true }, { "0\n", false },
		{ "toggle", true }, { "toggle\n", false }, { "on\n", true },
		{ "on", true }, { "off\n", false }, { "off", false },
	};
	struct bench *bench = bench_for(test, bench_fast);
	unsigned int i, edges = 0, cycles = 0;
	bool on = false;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		/* Its contact needs 2 us. */
		bench_wait_show(bench, "pump", "contact", on ? "closed" : "open");
		KUNIT_ASSERT_EQ(test, bench_store(bench, "pump", "state", writes[i].text), 0);
		edges += writes[i].on != on;
		cycles += writes[i].on && !on;
		on = writes[i].on;
		KUNIT_EXPECT_EQ(test, bench->level[0], on);
		KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), edges);
		bench_expect(bench, "pump", "state", on ? "on" : "off");
		bench_expect(bench, "pump", "coil", on ? "on" : "off");
	}
	bench_expect(bench, "pump", "cycle_count", bench_printf(test, "%u", cycles));
	bench_expect(bench, "pump", "statistics/requests", "10");
	bench_expect(bench, "pump", "statistics/accepted", "10");
	bench_expect(bench, "pump", "statistics/deferred", "0");
	bench_expect(bench, "pump", "statistics/coalesced", "0");
	bench_expect(bench, "pump", "statistics/rejected", "0");
}

static const struct {
	const char *file, *text;
} nonsense[] = {
	{ "state", "" }, { "state", "ON" }, { "state", "on off" }, { "state", "2" },
	{ "state", "open" }, { "state", "toggle\n\n" },
	{ "pulse_ms", "" }, { "pulse_ms", "-1" }, { "pulse_ms", "0" },
	{ "pulse_ms", "1 s" }, { "pulse_ms", "39" }, { "pulse_ms", "4294967296" },
	{ "pulse_ms", "18446744073709551617" },
	{ "policy", "" }, { "policy", "Defer" }, { "policy", "rejects" },
	{ "load", "" }, { "load", "AC-15" }, { "load", "dc13" },
	{ "max_on_ms", "" }, { "max_on_ms", "-1" }, { "max_on_ms", "4294967296" },
	{ "momentary_ms", "" }, { "momentary_ms", "39" }, { "momentary_ms", "4294967296" },
	{ "fault", "" }, { "fault", "none" }, { "fault", "clean" }, { "fault", "clear all" },
};

static void channel_nonsense(struct kunit *test)
{
	struct bench *bench = bench_for(test, slow);
	unsigned int i;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	for (i = 0; i < ARRAY_SIZE(nonsense); i++)
		KUNIT_EXPECT_EQ_MSG(test, bench_store(bench, "pump", nonsense[i].file,
						      nonsense[i].text),
				    -EINVAL, "%s: \"%s\"", nonsense[i].file,
				    nonsense[i].text);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 0);
	bench_expect(bench, "pump", "state", "off");
	bench_expect(bench, "pump", "policy", "defer");
	bench_expect(bench, "pump", "load", "resistive");
	bench_expect(bench, "pump", "pulse_ms", "0");
	bench_expect(bench, "pump", "max_on_ms", "0");
	bench_expect(bench, "pump", "momentary_ms", "0");
	bench_expect(bench, "pump", "fault", "none");
	bench_expect(bench, "pump", "statistics/requests", "0");

	/* What means nothing for a relay is not there to be written. */
	KUNIT_EXPECT_TRUE(test, bench_has_file(bench, "pump", "state"));
	KUNIT_EXPECT_FALSE(test, bench_has_file(bench, "pump", "interlock"));
	KUNIT_EXPECT_FALSE(test, bench_has_file(bench, "pump", "flush_cycles"));
	KUNIT_EXPECT_FALSE(test, bench_has_file(bench, "pump", "flush_s"));
	KUNIT_EXPECT_FALSE(test, bench_has_file(bench, "pump", "cycles_stored"));
}

/* Nobody knows when a relay that was never seen before had its last edge. */
static void channel_first_bind(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);
	u64 before_ns = ktime_get_boottime_ns();

	bench_bank(bench, bench_node(bench, 0, "pump", keep_and_open_slowly));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_expect(bench, "pump", "contact", "opening");
	KUNIT_EXPECT_STRNEQ(test, bench_show(bench, "pump", "ready_ms"), "0");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "policy", "reject"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), -EAGAIN);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "policy", "defer"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_expect(bench, "pump", "state", "on");
	bench_expect(bench, "pump", "coil", "off");
	KUNIT_EXPECT_STRNEQ(test, bench_show(bench, "pump", "wait_ms"), "0");
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 0);

	bench_wait_edges(bench, 0, 1);
	KUNIT_EXPECT_GE(test, bench_edge(bench, 0, 0)->ns - before_ns,
			20 * NSEC_PER_SEC);
	bench_expect(bench, "pump", "statistics/deferred", "1");
}

/* Off, on, off ... while the contact travels: each edge waits, the last wish wins. */
static void channel_travel(struct kunit *test)
{
	struct bench *bench = bench_for(test, slow);
	unsigned int i;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	for (i = 0; i < 6; i++) {
		KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "toggle"), 0);
		bench_wait_edges(bench, 0, i + 1);
	}
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_show(bench, "pump", "contact", "closed");
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 7);
	expect_never_early(bench, 0);
	bench_expect(bench, "pump", "wait_ms", "0");
	bench_expect(bench, "pump", "cycle_count", "4");
}

/* The rate limit defers one request, refuses another, and holds up no off. */
static void channel_rate(struct kunit *test)
{
	struct bench *bench = bench_for(test, seldom);

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_show(bench, "pump", "contact", "closed");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);

	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "policy", "reject"), 0);
	bench_expect(bench, "pump", "policy", "reject");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), -EAGAIN);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "toggle"), -EAGAIN);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "pulse_ms", "50"), -EAGAIN);
	bench_expect(bench, "pump", "state", "off");
	bench_expect(bench, "pump", "pulse_ms", "0");
	bench_expect(bench, "pump", "statistics/rejected", "3");
	KUNIT_EXPECT_STRNEQ(test, bench_show(bench, "pump", "ready_ms"), "0");

	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "policy", "defer"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "pulse_ms", "50"), 0);
	bench_expect(bench, "pump", "state", "on");
	bench_expect(bench, "pump", "coil", "off");
	bench_expect(bench, "pump", "pulse_ms", "50");
	KUNIT_EXPECT_STRNEQ(test, bench_show(bench, "pump", "wait_ms"), "0");
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);

	bench_wait_edges(bench, 0, 4);
	KUNIT_EXPECT_GE(test, bench_edge(bench, 0, 2)->ns - bench_edge(bench, 0, 0)->ns,
			10 * NSEC_PER_SEC);
	KUNIT_EXPECT_GE(test, bench_edge(bench, 0, 3)->ns - bench_edge(bench, 0, 2)->ns,
			50 * NSEC_PER_MSEC);
	bench_expect(bench, "pump", "statistics/deferred", "1");
	bench_expect(bench, "pump", "cycle_count", "2");
}

/* An on that waits for the loaded rate comes at once when there is no load. */
static void channel_load(struct kunit *test)
{
	struct bench *bench = bench_for(test, seldom);

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_show(bench, "pump", "contact", "closed");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	bench_wait_show(bench, "pump", "contact", "open");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);

	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "load", "none"), 0);
	bench_expect(bench, "pump", "load", "none");
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 3);
	/* 1000 ppm for the loaded cycle, 10 for the other. */
	bench_expect(bench, "pump", "life_used_ppm", "1010");
	bench_expect(bench, "pump", "cycle_count", "2");
}

/* What a declared load may not be in the tree, it may not become either. */
static void channel_load_above_rating(struct kunit *test)
{
	static const struct property_entry rated[] = {
		PROPERTY_ENTRY_STRING("compatible", "wago,859-353"),
		PROPERTY_ENTRY_STRING("load-type", "resistive"),
		PROPERTY_ENTRY_U32("load-microamp", 5000000),
		PROPERTY_ENTRY_U32("load-microvolt", 230000000),
		{ }
	};
	struct bench *bench = bench_for(test, bench_fast);

	bench_bank(bench, bench_node(bench, 0, "pump", rated));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "load", "dc-13"), -EINVAL);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "load", "ac-15"), -EINVAL);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "load_ma", "5001"), -EINVAL);
	bench_expect(bench, "pump", "load", "resistive");
	bench_expect(bench, "pump", "load_ma", "5000");

	/* AC-15 is rated for 3 A, DC-13 for no 230 V. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "load_ma", "2000"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "load", "dc-13"), -EINVAL);
	bench_expect(bench, "pump", "load", "resistive");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "load", "ac-15"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "load_ma", "3001"), -EINVAL);
	bench_expect(bench, "pump", "load", "ac-15");
	bench_expect(bench, "pump", "load_ma", "2000");
}

static void expect_pulse(struct bench *bench, unsigned int line, unsigned int n,
			 u64 least_ns)
{
	bench_wait_edges(bench, line, n + 2);
	KUNIT_EXPECT_TRUE(bench->test, bench_edge(bench, line, n)->level);
	KUNIT_EXPECT_FALSE(bench->test, bench_edge(bench, line, n + 1)->level);
	KUNIT_EXPECT_GE(bench->test, bench_edge(bench, line, n + 1)->ns -
				     bench_edge(bench, line, n)->ns, least_ns);
}

/* Whoever asks for on meanwhile: the coil is released in time. */
static void channel_max_on(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "max_on_ms", "400"), 0);
	bench_expect(bench, "pump", "max_on_ms", "400");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	while (bench_edges_of(bench, 0) < 2) {
		KUNIT_ASSERT_LE(test, ktime_get_boottime_ns() - bench_edge(bench, 0, 0)->ns,
				60 * NSEC_PER_SEC);
		/* Without a pause that is long enough to begin again. */
		if (ktime_get_boottime_ns() - bench_edge(bench, 0, 0)->ns < 300 * NSEC_PER_MSEC)
			KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
		msleep(20);
	}
	expect_pulse(bench, 0, 0, 400 * NSEC_PER_MSEC);
	bench_expect(bench, "pump", "state", "off");
	bench_expect(bench, "pump", "coil", "off");

	/* It counts for one that is on already, and nothing else ends that one. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "max_on_ms", "0"), 0);
	bench_wait_show(bench, "pump", "contact", "open");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	msleep(1000);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 3);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "max_on_ms", "400"), 0);
	bench_wait_edges(bench, 0, 4);
	bench_expect(bench, "pump", "state", "off");
	bench_expect(bench, "pump", "cycle_count", "2");
}

/* An on that waits for what another relay does, and is then allowed to do it. */
static void channel_changeover(struct kunit *test)
{
	static const struct property_entry group[] = {
		PROPERTY_ENTRY_U32("interlock-group", 1),
		PROPERTY_ENTRY_U32("interlock-dead-time-us", 200000),
		{ }
	};
	struct bench *bench = bench_for(test, bench_fast);

	bench_bank(bench, bench_node(bench, 0, "pump", group),
		   bench_node(bench, 1, "fan", group));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_TRUE(test, bench_has_file(bench, "pump", "interlock"));
	bench_expect(bench, "fan", "interlock", "block");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "interlock", "changes"), -EINVAL);

	/* At a first bind the last release of a group counts as just happened. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_edges(bench, 0, 1);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "policy", "reject"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "state", "on"), -EBUSY);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "policy", "defer"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "state", "on"), 0);
	bench_expect(bench, "fan", "wait_ms", "-1");
	msleep(500);
	bench_expect(bench, "fan", "coil", "off");
	bench_expect(bench, "pump", "coil", "on");

	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "interlock", "changeover"), 0);
	bench_expect(bench, "fan", "interlock", "changeover");
	bench_wait_edges(bench, 1, 1);
	KUNIT_ASSERT_EQ(test, bench_edges_of(bench, 0), 2);
	KUNIT_EXPECT_GE(test, bench_edge(bench, 1, 0)->ns - bench_edge(bench, 0, 1)->ns,
			200 * NSEC_PER_MSEC);
	bench_expect(bench, "pump", "state", "off");
	bench_expect(bench, "fan", "wait_ms", "0");
}

static void channel_pulse(struct kunit *test)
{
	struct bench *bench = bench_for(test, slow);

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "pulse_ms", "40"), 0);
	bench_wait_edges(bench, 0, 2);
	bench_expect(bench, "pump", "state", "off");
	bench_expect(bench, "pump", "pulse_ms", "0");

	/* While the contact opens: waits, and is as long all the same. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "pulse_ms", "0x30"), 0);
	bench_wait_edges(bench, 0, 4);
	KUNIT_EXPECT_GE(test, bench_edge(bench, 0, 3)->ns - bench_edge(bench, 0, 2)->ns,
			48 * NSEC_PER_MSEC);
	expect_never_early(bench, 0);

	/* The longest there is, ended by an off. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "pulse_ms", "4294967295"), 0);
	bench_wait_show(bench, "pump", "contact", "closed");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 6);
	bench_expect(bench, "pump", "pulse_ms", "0");
}

static void channel_wear(struct kunit *test)
{
	static const char *const health[] = { "good", "good", "good", "warning", "worn", "worn" };
	struct bench *bench = bench_for(test, bench_fast);
	unsigned int i;

	bench_bank(bench, bench_node(bench, 0, "pump", short_life));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	for (i = 0; i < ARRAY_SIZE(health); i++) {
		KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
		bench_wait_edges(bench, 0, 2 * i + 1);
		bench_expect(bench, "pump", "health", health[i]);
		bench_expect(bench, "pump", "life_used_ppm",
			     bench_printf(test, "%u", (i + 1) * 200000));
		KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
		bench_wait_edges(bench, 0, 2 * i + 2);
		bench_wait_show(bench, "pump", "contact", "open");
	}
	bench_expect(bench, "pump", "cycle_count", "6");
}

/* Neither counts nor limits are escaped by going and coming back. */
static void channel_rebind(struct kunit *test)
{
	struct bench *bench = bench_for(test, seldom);
	unsigned int i;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL),
		   bench_node(bench, 1, "fan", keep_and_retain));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "state", "on"), 0);
	bench_wait_show(bench, "fan", "contact", "closed");

	for (i = 0; i < 3; i++) {
		bench_unbind(bench);
		/* Released, and retained. */
		KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);
		KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 1), 1);
		KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
		bench_expect(bench, "pump", "cycle_count", "1");
		bench_expect(bench, "pump", "life_used_ppm", "1000");
		bench_expect(bench, "pump", "statistics/requests", "1");
		bench_expect(bench, "fan", "cycle_count", "1");
		bench_expect(bench, "fan", "coil", "on");
		bench_expect(bench, "fan", "contact", "closed");
	}
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "policy", "reject"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), -EAGAIN);

	/* Nor is what others did to the coil meanwhile a cycle of it. */
	bench_unbind(bench);
	bench->level[0] = true;
	bench->level[1] = false;
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_expect(bench, "pump", "cycle_count", "1");
	bench_expect(bench, "pump", "coil", "off");
	KUNIT_EXPECT_FALSE(test, bench->level[0]);
	bench_expect(bench, "fan", "coil", "off");
	bench_expect(bench, "fan", "cycle_count", "1");
	KUNIT_EXPECT_FALSE(test, bench->level[1]);
}

/* Unbound right after an edge: the release waits until the contact rests. */
static void channel_unbind_travelling(struct kunit *test)
{
	struct bench *bench = bench_for(test, slow);
	unsigned int line;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL),
		   bench_node(bench, 1, "fan", NULL),
		   bench_node(bench, 2, "horn", retain));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_wait_show(bench, "horn", "contact", "open");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "pulse_ms", "60000"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "horn", "state", "on"), 0);
	/* An off that was accepted, but may have to wait. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "horn", "state", "off"), 0);
	bench_unbind(bench);

	for (line = 0; line < 3; line++) {
		KUNIT_EXPECT_EQ(test, bench_edges_of(bench, line), 2);
		KUNIT_EXPECT_FALSE(test, bench->level[line]);
		KUNIT_EXPECT_FALSE(test, bench->requested[line]);
		expect_never_early(bench, line);
	}
}

/* What waits when the driver goes is not carried out, then or later. */
static void channel_unbind_pending(struct kunit *test)
{
	struct bench *bench = bench_for(test, seldom);

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_show(bench, "pump", "contact", "closed");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_unbind(bench);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);

	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_expect(bench, "pump", "state", "off");
	bench_expect(bench, "pump", "wait_ms", "0");
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);
}

static void channel_shutdown(struct kunit *test)
{
	struct bench *bench = bench_for(test, slow);
	struct platform_driver *driver;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL),
		   bench_node(bench, 1, "fan", retain));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_wait_show(bench, "fan", "contact", "open");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "state", "on"), 0);
	bench_wait_edges(bench, 1, 1);

	driver = to_platform_driver(bench->pdev->dev.driver);
	KUNIT_ASSERT_NOT_NULL(test, driver->shutdown);
	driver->shutdown(bench->pdev);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);
	expect_never_early(bench, 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 1), 1);

	/* Who comes now comes too late. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), -ENODEV);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "state", "off"), -ENODEV);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "load", "none"), 0);
	bench_unbind(bench);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 1), 1);
}

/* Not every kernel knows the names of errors. */
static const char *error_text(struct kunit *test, const char *text)
{
	return bench_printf(test, "%s: %pe", text, ERR_PTR(-EIO));
}

/* A bus that fails: no cycle for nothing, no flood, and in the end the edge. */
static void channel_failing_line(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);
	unsigned int writes;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_listen_well(bench);
	writes = bench->writes[0];
	bench->write_error = -EIO;
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	KUNIT_ASSERT_GT(test, wait_event_timeout(bench->changed,
						 READ_ONCE(bench->writes[0]) >= writes + 6,
						 BENCH_PATIENCE), 0);
	bench_expect(bench, "pump", "state", "on");
	bench_expect(bench, "pump", "coil", "off");
	bench_expect(bench, "pump", "cycle_count", "0");
	KUNIT_EXPECT_EQ(test, bench_said(bench, error_text(test, "pump: cannot drive the coil")),
			1);

	bench->write_error = 0;
	bench_wait_edges(bench, 0, 1);
	bench_wait_said(bench, "pump: the coil can be driven again");
	KUNIT_EXPECT_EQ(test, bench_said(bench, "pump: "), 2);
	bench_wait_show(bench, "pump", "contact", "closed");
	bench_expect(bench, "pump", "cycle_count", "1");
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 1);

	/* The same with the off, which the driver takes with it. */
	bench->write_error = -EIO;
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	bench_expect(bench, "pump", "state", "off");
	bench_expect(bench, "pump", "coil", "on");
	bench->write_error = 0;
	bench_unbind(bench);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);
	KUNIT_EXPECT_FALSE(test, bench->level[0]);
}

/* It failed, but the line has changed all the same: that is found, counted and undone. */
static void channel_off_after_failed_on(struct kunit *test)
{
	struct bench *bench = bench_for(test, slow);

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_wait_show(bench, "pump", "contact", "open");
	bench->write_error = -EIO;
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench->level[0] = true;
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	bench->write_error = 0;
	bench_wait_edges(bench, 0, 1);
	KUNIT_EXPECT_FALSE(test, bench->level[0]);
	bench_expect(bench, "pump", "cycle_count", "1");
}

/* A file of a relay as user space has it open. */
static struct file *open_file(struct kunit *test, const char *relay, const char *name)
{
	return filp_open(bench_printf(test, "/sys/class/relay/%s/%s", relay, name),
			 O_RDONLY, 0);
}

KUNIT_DEFINE_ACTION_WRAPPER(close_file, fput, struct file *);

static void expect_read(struct kunit *test, struct file *file, const char *text)
{
	char buf[32] = "";
	loff_t pos = 0;

	KUNIT_EXPECT_EQ(test, kernel_read(file, buf, sizeof(buf) - 1, &pos),
			strlen(text));
	KUNIT_EXPECT_STREQ(test, buf, text);
	KUNIT_EXPECT_FALSE(test, vfs_poll(file, NULL) & EPOLLPRI);
}

/* What is wrong is in a file, for as long as it is, and who polls it is woken. */
static void channel_fault(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);
	unsigned int writes, failures;
	struct file *file;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	file = open_file(test, "pump", "fault");
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "%pe", file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, close_file, file), 0);
	expect_read(test, file, "none\n");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "fault", "clear"), 0);
	KUNIT_EXPECT_FALSE(test, vfs_poll(file, NULL) & EPOLLPRI);

	bench_listen_well(bench);
	writes = bench->writes[0];
	bench->write_error = -EIO;
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	KUNIT_EXPECT_TRUE(test, vfs_poll(file, NULL) & EPOLLPRI);
	expect_read(test, file, "drive\n");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "fault", "clear"), -EBUSY);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "fault", "clear\n"), -EBUSY);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "fault", "none"), -EINVAL);
	bench_expect(bench, "pump", "fault", "drive");
	KUNIT_ASSERT_GT(test, wait_event_timeout(bench->changed,
						 READ_ONCE(bench->writes[0]) >= writes + 5,
						 BENCH_PATIENCE), 0);
	/* That it still fails is no news. */
	KUNIT_EXPECT_FALSE(test, vfs_poll(file, NULL) & EPOLLPRI);

	bench->write_error = 0;
	bench_wait_show(bench, "pump", "fault", "none");
	KUNIT_EXPECT_TRUE(test, vfs_poll(file, NULL) & EPOLLPRI);
	expect_read(test, file, "none\n");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "fault", "clear"), 0);
	bench_expect(bench, "pump", "coil", "on");
	failures = bench->writes[0] - writes - 1;
	bench_expect(bench, "pump", "statistics/drive_errors",
		     bench_printf(test, "%u", failures));
	bench_wait_said(bench, "pump: the coil can be driven again");
	KUNIT_EXPECT_EQ(test, bench_said(bench, "pump: "), 2);

	/* Who polls is woken as the file goes, and finds that it is gone. */
	bench_unbind(bench);
	KUNIT_EXPECT_TRUE(test, vfs_poll(file, NULL) & (EPOLLPRI | EPOLLERR));
}

/* The last word is repeated, but not for ever: 5 times, 100 ms apart. */
static void channel_last_word(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);
	unsigned int i;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_show(bench, "pump", "contact", "closed");
	bench_listen(bench);
	bench->write_error = -EIO;
	bench_unbind(bench);
	KUNIT_EXPECT_EQ(test, bench->failures, 5);
	for (i = 1; i < min(bench->failures, 5u); i++)
		KUNIT_EXPECT_GE(test, bench->failed[i] - bench->failed[i - 1],
				100 * NSEC_PER_MSEC);
	KUNIT_EXPECT_TRUE(test, bench->level[0]);
	KUNIT_EXPECT_EQ(test, bench_said(bench, error_text(test, "pump: cannot release the coil"),
					 ", it may stay energised"), 1);
	KUNIT_EXPECT_FALSE(test, bench->requested[0]);

	/* A driver that comes back finds it on, and releases it. */
	bench->write_error = 0;
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_wait_edges(bench, 0, 2);
	KUNIT_EXPECT_FALSE(test, bench->level[0]);

	/* The fifth time does it; nor does the system that goes wait for min_on_ms. */
	bench_wait_show(bench, "pump", "contact", "open");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "min_on_ms", "4294967295"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_show(bench, "pump", "contact", "closed");
	bench->fail_writes = 4;
	bench_unbind(bench);
	KUNIT_EXPECT_EQ(test, bench->failures, 9);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 4);
	KUNIT_EXPECT_FALSE(test, bench->level[0]);
	KUNIT_EXPECT_EQ(test, bench_said(bench, "cannot release"), 1);
}

static const struct property_entry retain_suspended[] = {
	PROPERTY_ENTRY_BOOL("retain-state-suspended"),
	{ }
};

static void bring_back(struct bench *bench, unsigned int line)
{
	if (line == 3)
		bench->level[5] = true;
}

/*
 * A chip that forgot its lines while the system slept brings all of them back as one is
 * driven: the coil that was energised by that has one cycle more.
 */
static void channel_brought_back(struct kunit *test)
{
	struct bench *bench = bench_for(test, slow);
	const struct dev_pm_ops *pm;

	bench_bank(bench, bench_node(bench, 3, "pump", NULL),
		   bench_node(bench, 5, "fan", retain_suspended));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_wait_show(bench, "fan", "contact", "open");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "fan", "state", "on"), 0);
	bench_wait_show(bench, "fan", "contact", "closed");

	pm = bench->pdev->dev.driver->pm;
	KUNIT_ASSERT_EQ(test, pm->suspend(&bench->pdev->dev), 0);
	KUNIT_EXPECT_TRUE(test, bench->level[5]);
	bench->level[5] = false;
	bench->made_output = bring_back;
	KUNIT_ASSERT_EQ(test, pm->resume(&bench->pdev->dev), 0);
	bench_wait_show(bench, "fan", "cycle_count", "2");
	bench_wait_show(bench, "fan", "coil", "on");
	bench_wait_show(bench, "fan", "fault", "none");
	KUNIT_EXPECT_TRUE(test, bench->level[5]);
	bench_expect(bench, "fan", "cycle_count", "2");
	bench_unbind(bench);
}

/* A consumer of the bank's GPIO chip. */
static struct gpiod_lookup_table consumer_lookup = {
	.dev_id = "emrelay-consumer",
	.table = {
		/* key: filled in with the chip's label */
		GPIO_LOOKUP(NULL, 3, "motor", GPIO_ACTIVE_HIGH),
		{ }
	},
};

KUNIT_DEFINE_ACTION_WRAPPER(remove_lookup, gpiod_remove_lookup_table,
			    struct gpiod_lookup_table *);
KUNIT_DEFINE_ACTION_WRAPPER(remove_consumer, platform_device_unregister,
			    struct platform_device *);
KUNIT_DEFINE_ACTION_WRAPPER(put_line, gpiod_put, struct gpio_desc *);

static struct gpio_desc *get_line(struct kunit *test, const char *chip, u16 line)
{
	struct platform_device *consumer =
		platform_device_register_simple("emrelay-consumer", PLATFORM_DEVID_NONE,
						NULL, 0);
	struct gpio_desc *desc;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, consumer);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, remove_consumer, consumer), 0);
	consumer_lookup.table[0].key = chip;
	consumer_lookup.table[0].chip_hwnum = line;
	gpiod_add_lookup_table(&consumer_lookup);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, remove_lookup,
							&consumer_lookup), 0);
	desc = gpiod_get(&consumer->dev, "motor", GPIOD_ASIS);
	if (!IS_ERR(desc))
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_line, desc), 0);
	return desc;
}

static void channel_gpio(struct kunit *test)
{
	bool sleeps = *(const bool *)test->param_value;
	struct bench *bench = bench_for(test, bench_fast);
	struct gpio_desc *line;

	bench_bank(bench, bench_node(bench, 3, "pump", NULL),
		   bench_node(bench, 5, "fan", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	line = get_line(test, dev_name(&bench->pdev->dev), 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);

	KUNIT_EXPECT_EQ(test, gpiod_cansleep(line), sleeps);
	KUNIT_EXPECT_EQ(test, gpiod_get_direction(line), GPIO_LINE_DIRECTION_OUT);
	KUNIT_EXPECT_LT(test, gpiod_direction_input(line), 0);
	KUNIT_EXPECT_EQ(test, gpiod_get_value_cansleep(line), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 0);

	KUNIT_EXPECT_EQ(test, gpiod_direction_output(line, 1), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 1);
	bench_wait_show(bench, "pump", "contact", "closed");
	KUNIT_EXPECT_EQ(test, gpiod_get_value_cansleep(line), 1);
	KUNIT_EXPECT_EQ(test, gpiod_set_value_cansleep(line, 0), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 2);
	bench_wait_show(bench, "pump", "contact", "open");
	KUNIT_EXPECT_EQ(test, gpiod_get_value_cansleep(line), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 5), 0);

	if (!sleeps) {
		/* From where nothing may sleep, and with the other bank's own lock. */
		local_irq_disable();
		gpiod_set_value(line, 1);
		local_irq_enable();
		KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 3);
	}

	/* Its relay goes, the consumer stays; gpiolib would leak its name then. */
	gpiod_set_consumer_name(line, NULL);
	bench_unbind(bench);
	KUNIT_EXPECT_FALSE(test, bench->level[3]);
	gpiod_set_value_cansleep(line, 1);
	KUNIT_EXPECT_LT(test, gpiod_get_value_cansleep(line), 0);
	KUNIT_EXPECT_FALSE(test, bench->level[3]);
	KUNIT_EXPECT_FALSE(test, bench->requested[3]);
}

/* After shutdown a consumer is served in its own context, as nobody else may run any more. */
static void channel_gpio_after_shutdown(struct kunit *test)
{
	struct bench *bench = bench_for(test, slow);
	struct gpio_desc *line;

	bench_bank(bench, bench_node(bench, 3, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_wait_show(bench, "pump", "contact", "open");
	line = get_line(test, dev_name(&bench->pdev->dev), 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);

	to_platform_driver(bench->pdev->dev.driver)->shutdown(bench->pdev);
	KUNIT_EXPECT_EQ(test, gpiod_direction_output(line, 1), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 1);
	bench_wait_show(bench, "pump", "contact", "closed");
	KUNIT_EXPECT_EQ(test, gpiod_set_value_cansleep(line, 0), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 2);
	gpiod_set_consumer_name(line, NULL);
	bench_unbind(bench);
}

/* Whoever reads a line and writes back what he read changes nothing. */
static void expect_line(struct bench *bench, struct gpio_desc *line, int value)
{
	const char *state = bench_show(bench, "pump", "state");
	unsigned int edges = bench_edges_of(bench, 3);

	KUNIT_EXPECT_EQ(bench->test, gpiod_get_value_cansleep(line), value);
	KUNIT_EXPECT_EQ(bench->test, gpiod_set_value_cansleep(line, value), 0);
	bench_expect(bench, "pump", "state", state);
	KUNIT_EXPECT_EQ(bench->test, bench_edges_of(bench, 3), edges);
}

/* It reads the target while that waits, or the contact travels; else the contact. */
static void channel_gpio_reads_back(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);
	struct gpio_desc *line;

	/* 20 s to open: it does not while this looks at it. */
	bench_find(bench, 3, true, true);
	bench_bank(bench, bench_node(bench, 3, "pump", keep_and_open_slowly));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	line = get_line(test, dev_name(&bench->pdev->dev), 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	bench_wait_show(bench, "pump", "contact", "closed");
	expect_line(bench, line, 1);

	/* At rest, and an off that waits. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "min_on_ms", "4294967295"), 0);
	KUNIT_EXPECT_EQ(test, gpiod_set_value_cansleep(line, 0), 0);
	bench_expect(bench, "pump", "contact", "closed");
	bench_expect(bench, "pump", "coil", "on");
	expect_line(bench, line, 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "min_on_ms", "0"), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 1);

	bench_expect(bench, "pump", "contact", "opening");
	expect_line(bench, line, 0);
	/* The target is on again, the coil and the contact are not. */
	KUNIT_EXPECT_EQ(test, gpiod_set_value_cansleep(line, 1), 0);
	bench_expect(bench, "pump", "state", "on");
	bench_expect(bench, "pump", "coil", "off");
	expect_line(bench, line, 1);
	KUNIT_EXPECT_EQ(test, gpiod_set_value_cansleep(line, 0), 0);
	expect_line(bench, line, 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 1);
}

static void channel_gpio_hole(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);

	bench_bank(bench, bench_node(bench, 5, "fan", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_TRUE(test, IS_ERR(get_line(test, dev_name(&bench->pdev->dev), 3)));
}

/* By its name, as gpio-line-names give it. */
static void channel_gpio_by_name(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);
	struct gpio_desc *line;

	bench_bank(bench, bench_node(bench, 5, "fan", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	line = get_line(test, "fan", U16_MAX);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	KUNIT_EXPECT_EQ(test, gpiod_set_value_cansleep(line, 1), 0);
	KUNIT_EXPECT_TRUE(test, bench->level[5]);
}

static struct device *led_device(struct bench *bench, const char *name)
{
	struct device *dev = device_find_child_by_name(&bench->pdev->dev, name);

	KUNIT_ASSERT_NOT_NULL_MSG(bench->test, dev, "no LED %s", name);
	return dev;
}

static void channel_led(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);
	struct led_classdev *led;
	struct device *dev;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	dev = led_device(bench, "pump:red:status");
	led = dev_get_drvdata(dev);
	KUNIT_EXPECT_EQ(test, led->max_brightness, 1);

	/* As a trigger does: where nothing may sleep, whatever the line does. */
	local_irq_disable();
	led_set_brightness(led, LED_FULL);
	local_irq_enable();
	bench_wait_edges(bench, 0, 1);
	bench_expect(bench, "pump", "state", "on");
	bench_wait_show(bench, "pump", "contact", "closed");
	KUNIT_EXPECT_EQ(test, led_update_brightness(led), 0);
	KUNIT_EXPECT_EQ(test, led->brightness, 1);

	/* It tells the coil, also where another face has switched that. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	KUNIT_EXPECT_EQ(test, led_update_brightness(led), 0);
	KUNIT_EXPECT_EQ(test, led->brightness, 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 0), 2);
	put_device(dev);
}

/* Faces always defer, whatever sysfs is told to do. */
static void channel_faces_defer(struct kunit *test)
{
	struct bench *bench = bench_for(test, seldom);
	struct device *dev;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "policy", "reject"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_show(bench, "pump", "contact", "closed");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);

	dev = led_device(bench, "pump:red:status");
	led_set_brightness(dev_get_drvdata(dev), 1);
	put_device(dev);
	bench_expect(bench, "pump", "state", "on");
	bench_expect(bench, "pump", "coil", "off");
	bench_expect(bench, "pump", "statistics/deferred", "1");
	bench_expect(bench, "pump", "statistics/rejected", "0");
}

/* Each on is a pulse, whoever asks for it, and one more changes nothing. */
static void channel_momentary(struct kunit *test)
{
	struct bench *bench = bench_for(test, slow);
	struct gpio_desc *line;
	struct device *led;
	unsigned long left;

	bench_bank(bench, bench_node(bench, 3, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	line = get_line(test, dev_name(&bench->pdev->dev), 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	led = led_device(bench, "pump:red:status");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "momentary_ms", "40"), 0);
	bench_expect(bench, "pump", "momentary_ms", "40");
	bench_wait_show(bench, "pump", "contact", "open");

	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	expect_pulse(bench, 3, 0, 40 * NSEC_PER_MSEC);
	bench_expect(bench, "pump", "state", "off");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "toggle"), 0);
	expect_pulse(bench, 3, 2, 40 * NSEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, gpiod_set_value_cansleep(line, 1), 0);
	expect_pulse(bench, 3, 4, 40 * NSEC_PER_MSEC);
	led_set_brightness(dev_get_drvdata(led), 1);
	expect_pulse(bench, 3, 6, 40 * NSEC_PER_MSEC);

	/* It does not begin again, by any face. */
	bench_wait_show(bench, "pump", "contact", "open");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "momentary_ms", "30000"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_expect(bench, "pump", "coil", "on");
	msleep(1000);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	KUNIT_EXPECT_EQ(test, gpiod_set_value_cansleep(line, 1), 0);
	led_set_brightness(dev_get_drvdata(led), 1);
	KUNIT_EXPECT_EQ(test, kstrtoul(bench_show(bench, "pump", "pulse_ms"), 10, &left), 0);
	KUNIT_EXPECT_LE(test, left, 29000);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 10);

	put_device(led);
	bench_expect(bench, "pump", "cycle_count", "5");
}

/* An LED that follows a relay. */
struct follower {
	struct led_classdev led;
	struct bench *bench;
	enum led_brightness brightness;
};

static void follower_set(struct led_classdev *led, enum led_brightness brightness)
{
	struct follower *follower = container_of(led, struct follower, led);

	WRITE_ONCE(follower->brightness, brightness);
	wake_up_all(&follower->bench->changed);
}

KUNIT_DEFINE_ACTION_WRAPPER(unregister_led, led_classdev_unregister, struct led_classdev *);

static void expect_follower(struct follower *follower, bool lit)
{
	KUNIT_ASSERT_GT(follower->bench->test,
			wait_event_timeout(follower->bench->changed,
					   !!READ_ONCE(follower->brightness) == lit,
					   BENCH_PATIENCE), 0);
}

static void channel_trigger(struct kunit *test)
{
	struct follower *follower = kunit_kzalloc(test, sizeof(*follower), GFP_KERNEL);
	struct bench *bench = bench_for(test, slow);

	KUNIT_ASSERT_NOT_NULL(test, follower);
	follower->bench = bench;
	follower->led.name = "emrelay-follower";
	follower->led.brightness_set = follower_set;
	follower->led.default_trigger = "relay-pump";
	KUNIT_ASSERT_EQ(test, led_classdev_register(NULL, &follower->led), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unregister_led,
							&follower->led), 0);

	/* The LED is there first, and the contact is closed. */
	bench_find(bench, 0, true, true);
	bench_bank(bench, bench_node(bench, 0, "pump", keep));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	expect_follower(follower, true);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	expect_follower(follower, false);
	bench_wait_show(bench, "pump", "contact", "open");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	expect_follower(follower, true);
	/* Lit with the contact, not with the coil. */
	bench_expect(bench, "pump", "contact", "closed");

	bench_unbind(bench);
	expect_follower(follower, false);
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_wait_show(bench, "pump", "contact", "open");
}

/* One relay follows another, in the same bank and in one with other lines. */
static void channel_follows_relay(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);
	struct platform_device *first;

	first = bench_bank(bench, bench_node(bench, 0, "pump", NULL),
			   bench_node(bench, 1, "fan", follow_pump));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_bank(bench, bench_node(bench, 2, "horn", follow_fan));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);

	bench->pdev = first;
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_edges(bench, 2, 1);
	KUNIT_EXPECT_TRUE(test, bench->level[1]);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	bench_wait_edges(bench, 2, 2);
	KUNIT_EXPECT_FALSE(test, bench->level[1]);

	/* The one that is followed goes while its contact is closed. */
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_edges(bench, 2, 3);
	bench_unbind(bench);
	bench_wait_edges(bench, 2, 4);
}

/* A trigger that floods: the log stays dry, the coil in its limits. */
static void channel_flood(struct kunit *test)
{
	struct bench *bench = bench_for(test, slow);
	struct led_classdev *led;
	struct device *dev;
	unsigned int i;

	bench_bank(bench, bench_node(bench, 0, "pump", NULL));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	dev = led_device(bench, "pump:red:status");
	led = dev_get_drvdata(dev);
	bench_listen(bench);
	for (i = 0; i < 2000; i++)
		led_set_brightness(led, i % 2);
	bench_wait_show(bench, "pump", "contact", "closed");
	put_device(dev);
	KUNIT_EXPECT_EQ(test, bench_said(bench, "pump"), 0);
	bench_expect(bench, "pump", "state", "on");
	bench_expect(bench, "pump", "wait_ms", "0");
	expect_never_early(bench, 0);
	bench_expect(bench, "pump", "statistics/requests", "2000");
	bench_expect(bench, "pump", "statistics/accepted", "2000");
	bench_expect(bench, "pump", "cycle_count",
		     bench_printf(test, "%u", (bench_edges_of(bench, 0) + 1) / 2));
}

/* So many cycles of a relay that needs no time for them. */
static void cycle(struct bench *bench, const char *relay, unsigned int line,
		  unsigned int cycles)
{
	while (cycles--) {
		unsigned int edges = bench_edges_of(bench, line);

		KUNIT_ASSERT_EQ(bench->test, bench_store(bench, relay, "state", "on"), 0);
		bench_wait_show(bench, relay, "contact", "closed");
		KUNIT_ASSERT_EQ(bench->test, bench_store(bench, relay, "state", "off"), 0);
		bench_wait_show(bench, relay, "contact", "open");
		KUNIT_ASSERT_EQ(bench->test, bench_edges_of(bench, line), edges + 2);
	}
}

/* The record of the relay, as wear_record has it. */
static u8 told(struct bench *bench, const char *relay)
{
	const char *text = bench_show(bench, relay, "wear_record");
	struct emrelay_record record;

	text = strchr(text, ' ');
	KUNIT_ASSERT_NOT_NULL(bench->test, text);
	KUNIT_ASSERT_EQ(bench->test,
			hex2bin((u8 *)&record, text + 1, sizeof(record)), 0);
	KUNIT_ASSERT_EQ(bench->test, le32_to_cpu(record.magic), EMRELAY_RECORD_MAGIC);
	return record.told;
}

/* The worst health that was told is part of the life. */
static void channel_told(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);

	bench_bank(bench, bench_node(bench, 0, "pump", short_life));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	KUNIT_EXPECT_EQ(test, told(bench, "pump"), EMRELAY_GOOD);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "warn_ppm", "0"), 0);
	bench_expect(bench, "pump", "health", "warning");
	KUNIT_EXPECT_EQ(test, told(bench, "pump"), EMRELAY_WARNING);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "warn_ppm", "1000000"), 0);
	bench_expect(bench, "pump", "health", "good");
	cycle(bench, "pump", 0, 4);
	bench_expect(bench, "pump", "health", "good");
	bench_unbind(bench);
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	bench_expect(bench, "pump", "warn_ppm", "800000");
	bench_expect(bench, "pump", "health", "warning");
	KUNIT_EXPECT_EQ(test, told(bench, "pump"), EMRELAY_WARNING);
	cycle(bench, "pump", 0, 1);
	KUNIT_EXPECT_EQ(test, told(bench, "pump"), EMRELAY_WORN);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "replace", "K8"), 0);
	bench_expect(bench, "pump", "health", "good");
	KUNIT_EXPECT_EQ(test, told(bench, "pump"), EMRELAY_GOOD);
}

/* A worn relay is not energised by any face, but controlled if it is on. */
static void channel_block(struct kunit *test)
{
	struct bench *bench = bench_for(test, bench_fast);
	struct gpio_desc *line;
	struct device *led;

	bench_bank(bench, bench_node(bench, 3, "pump", short_life));
	KUNIT_ASSERT_EQ(test, bench_bind(bench), 0);
	line = get_line(test, dev_name(&bench->pdev->dev), 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	KUNIT_EXPECT_EQ(test, gpiod_direction_output(line, 0), 0);
	led = led_device(bench, "pump:red:status");

	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "end_of_life", "block"), 0);
	cycle(bench, "pump", 3, 4);
	bench_expect(bench, "pump", "ready_ms", "0");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	bench_wait_show(bench, "pump", "contact", "closed");
	bench_expect(bench, "pump", "health", "worn");
	bench_expect(bench, "pump", "ready_ms", "0");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), 0);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "toggle"), 0);
	bench_wait_show(bench, "pump", "contact", "open");
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 10);

	bench_expect(bench, "pump", "ready_ms", "-1");
	bench_expect(bench, "pump", "statistics/rejected", "0");
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "on"), -EPERM);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "1"), -EPERM);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "toggle"), -EPERM);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "pulse_ms", "50"), -EPERM);
	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "state", "off"), 0);
	KUNIT_EXPECT_EQ(test, gpiod_direction_output(line, 1), -EPERM);
	led_set_brightness(dev_get_drvdata(led), 1);
	bench_expect(bench, "pump", "statistics/rejected", "6");
	bench_expect(bench, "pump", "state", "off");
	KUNIT_EXPECT_EQ(test, bench_edges_of(bench, 3), 10);

	KUNIT_EXPECT_EQ(test, bench_store(bench, "pump", "end_of_life", "warn"), 0);
	cycle(bench, "pump", 3, 1);
	bench_expect(bench, "pump", "life_used_ppm", "1200000");
	put_device(led);
	gpiod_set_consumer_name(line, NULL);
	bench_unbind(bench);
}

static struct kunit_case channel_test_cases[] = {
	KUNIT_CASE_PARAM(channel_state, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_nonsense, sleeping_gen_params),
	KUNIT_CASE_PARAM_ATTR(channel_first_bind, sleeping_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM(channel_travel, sleeping_gen_params),
	KUNIT_CASE_PARAM_ATTR(channel_rate, sleeping_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM(channel_load, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_load_above_rating, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_max_on, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_changeover, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_pulse, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_wear, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_rebind, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_unbind_travelling, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_unbind_pending, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_shutdown, sleeping_gen_params),
	KUNIT_CASE_PARAM_ATTR(channel_failing_line, sleeping_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM(channel_off_after_failed_on, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_fault, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_last_word, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_brought_back, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_gpio, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_gpio_after_shutdown, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_gpio_reads_back, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_gpio_hole, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_gpio_by_name, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_led, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_faces_defer, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_momentary, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_trigger, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_follows_relay, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_flood, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_told, sleeping_gen_params),
	KUNIT_CASE_PARAM(channel_block, sleeping_gen_params),
	{}
};

static struct kunit_suite channel_suite = {
	.name = "emrelay_channel",
	.test_cases = channel_test_cases,
};

kunit_test_suite(channel_suite);
