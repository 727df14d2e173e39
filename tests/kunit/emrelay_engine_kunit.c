// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine on a fake clock: what is accepted, and when the coil follows.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/time64.h>

#include "engine.h"

/* The WAGO 859-353: 15 ms + 3.5 ms, 25 ms + 3.5 ms, 6 and 180 a minute. */
#define CLOSE_NS	18500000ULL
#define OPEN_NS		28500000ULL
#define LOADED_NS	10000000000ULL
#define UNLOADED_NS	333333334ULL

/* Longer than any limit here. */
#define LONG_AGO_NS	100000000000ULL

/* A line that cannot be driven is tried again so often. */
#define RETRY_NS	100000000ULL

static const struct emrelay_limits loaded = { CLOSE_NS, OPEN_NS, LOADED_NS };
static const struct emrelay_limits unloaded = { CLOSE_NS, OPEN_NS, UNLOADED_NS };

#define MAX_EDGES	2048

struct edge {
	u64 ns;
	bool on;
	enum emrelay_source source;
};

/* A relay without a kernel: the engine, a clock, and a log of its coil. */
struct relay {
	struct kunit *test;
	struct emrelay_engine engine;
	u64 now_ns;
	struct edge edges[MAX_EDGES];
	unsigned int count;
};

/* As the driver finds it, so long ago that nothing is left to wait for. */
static struct relay *relay_found(struct kunit *test,
				 const struct emrelay_limits *limits, bool on)
{
	struct relay *relay = kunit_kzalloc(test, sizeof(*relay), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, relay);
	relay->test = test;
	relay->now_ns = 1000000000000ULL;
	emrelay_engine_bind(&relay->engine, limits, on, on, relay->now_ns - LONG_AGO_NS);
	return relay;
}

static struct relay *relay_new(struct kunit *test,
			       const struct emrelay_limits *limits)
{
	return relay_found(test, limits, false);
}

/* Does what the engine wants now; returns when it wants to be asked again. */
static u64 relay_converge(struct relay *relay)
{
	struct emrelay_engine *engine = &relay->engine;
	u64 wake_ns;

	while (!(wake_ns = emrelay_engine_decide(engine, relay->now_ns))) {
		KUNIT_ASSERT_LT(relay->test, relay->count, MAX_EDGES);
		relay->edges[relay->count++] = (struct edge) {
			relay->now_ns, engine->target, engine->source
		};
		emrelay_engine_driven(engine, engine->target, engine->target, relay->now_ns);
	}
	return wake_ns;
}

/* Lets time pass; the engine is asked only when it wanted to be. */
static void relay_run_to(struct relay *relay, u64 until_ns)
{
	u64 wake_ns;

	while ((wake_ns = relay_converge(relay)) <= until_ns) {
		KUNIT_ASSERT_GT(relay->test, wake_ns, relay->now_ns);
		relay->now_ns = wake_ns;
	}
	relay->now_ns = until_ns;
}

static int relay_ask(struct relay *relay, enum emrelay_op op,
		     enum emrelay_policy policy, u64 pulse_ns)
{
	struct emrelay_request request = {
		.op = op,
		.source = EMRELAY_BY_SYSFS,
		.policy = policy,
		.pulse_ns = pulse_ns,
	};
	int ret;

	emrelay_engine_advance(&relay->engine, relay->now_ns);
	ret = emrelay_engine_request(&relay->engine, &request, relay->engine.free_ns,
				     relay->now_ns);
	relay_converge(relay);
	return ret;
}

static u64 relay_ready(const struct relay *relay)
{
	return emrelay_engine_ready_ns(&relay->engine, relay->engine.free_ns,
				       relay->now_ns);
}

static void relay_watchdog(struct relay *relay, u64 watchdog_ns)
{
	struct emrelay_limits limits = relay->engine.limits;

	limits.watchdog_ns = watchdog_ns;
	emrelay_engine_set(&relay->engine, &limits, relay->now_ns);
}

static void relay_set(struct relay *relay, enum emrelay_op op)
{
	KUNIT_ASSERT_EQ(relay->test, relay_ask(relay, op, EMRELAY_DEFER, 0), 0);
}

static void relay_pulse(struct relay *relay, u64 pulse_ns)
{
	KUNIT_ASSERT_EQ(relay->test, relay_ask(relay, EMRELAY_PULSE,
					       EMRELAY_DEFER, pulse_ns), 0);
}

/* Lets all happen that is to come: the coil follows, and no timer is left. */
static void relay_settle(struct relay *relay)
{
	relay_run_to(relay, relay->now_ns + 10000000000000000ULL);
	KUNIT_EXPECT_EQ(relay->test, relay_converge(relay), U64_MAX);
	KUNIT_EXPECT_EQ(relay->test, relay->engine.target, relay->engine.past.coil);
	KUNIT_EXPECT_EQ(relay->test,
			emrelay_engine_wait_ns(&relay->engine, relay->now_ns), 0);
}

static void relay_expect_edge(struct relay *relay, unsigned int n, u64 ns, bool on)
{
	KUNIT_ASSERT_GT(relay->test, relay->count, n);
	KUNIT_EXPECT_EQ(relay->test, relay->edges[n].ns, ns);
	KUNIT_EXPECT_EQ(relay->test, relay->edges[n].on, on);
}

static void relay_expect_statistics(struct relay *relay, u64 requests, u64 accepted,
				    u64 deferred, u64 coalesced, u64 rejected)
{
	const struct emrelay_statistics *s = &relay->engine.statistics;

	KUNIT_EXPECT_EQ(relay->test, s->accepted + s->rejected, requests);
	KUNIT_EXPECT_EQ(relay->test, s->accepted, accepted);
	KUNIT_EXPECT_EQ(relay->test, s->deferred, deferred);
	KUNIT_EXPECT_EQ(relay->test, s->coalesced, coalesced);
	KUNIT_EXPECT_EQ(relay->test, s->rejected, rejected);
}

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
static void engine_spacing(struct kunit *test)
{
	const struct spacing_case *c = test->param_value;
	u64 spacing_ns = emrelay_spacing_ns(c->per_minute);

	KUNIT_EXPECT_EQ(test, spacing_ns, c->spacing_ns);
	KUNIT_EXPECT_GE(test, spacing_ns * c->per_minute, 60ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_LT(test, (spacing_ns - 1) * c->per_minute,
			60ULL * NSEC_PER_SEC);
}

/* What a coil did: its last edge, its last energisation, where it is; and without one. */
#define PAST(edge, energised, on)	{ (edge), 0, 0, (energised), 0, true, true, (on) }
#define NO_CYCLE(edge, on)		{ (edge), 0, 0, 0, 0, true, false, (on) }

/* Its last edge is its release, if it is released. */
static struct emrelay_engine engine_left(struct emrelay_limits limits, struct emrelay_past past)
{
	past.released_ns = past.edge_ns;
	return (struct emrelay_engine) { .limits = limits, .past = past };
}

static const struct limit_case {
	const char *desc;
	struct emrelay_limits limits;
	struct emrelay_past past;
	u64 settled_ns;
	u64 on_ns;
} limit_cases[] = {
	{ "energised", { CLOSE_NS, OPEN_NS, LOADED_NS }, PAST(1000, 1000, true),
	  1000 + CLOSE_NS, 1000 + LOADED_NS },
	{ "stale time of what never happened", { CLOSE_NS, OPEN_NS, LOADED_NS },
	  { .edge_ns = 1000, .energised_ns = 5000, .known = true },
	  1000 + OPEN_NS, 1000 + OPEN_NS },
	{ "released, its cycle unknown", { CLOSE_NS, OPEN_NS, LOADED_NS },
	  NO_CYCLE(1000, false), 1000 + OPEN_NS, 1000 + OPEN_NS },
	{ "rate after travel", { CLOSE_NS, OPEN_NS, UNLOADED_NS },
	  PAST(1000 + CLOSE_NS, 1000, false), 1000 + CLOSE_NS + OPEN_NS, 1000 + UNLOADED_NS },
	{ "rate 1 ns after travel", { CLOSE_NS, OPEN_NS, LOADED_NS },
	  PAST(LOADED_NS - OPEN_NS, 1, false), LOADED_NS, LOADED_NS + 1 },
	{ "rate with travel", { CLOSE_NS, OPEN_NS, LOADED_NS },
	  PAST(LOADED_NS - OPEN_NS + 1, 1, false), LOADED_NS + 1, LOADED_NS + 1 },
	{ "rate 1 ns before travel", { CLOSE_NS, OPEN_NS, LOADED_NS },
	  PAST(LOADED_NS - OPEN_NS + 2, 1, false), LOADED_NS + 2, LOADED_NS + 2 },
	{ "least ratings", { 2000, 2000, 14 }, PAST(3000, 1000, false), 5000, 5000 },
	{ "largest ratings", { 2ULL * U32_MAX * 1000, 2ULL * U32_MAX * 1000, 60000000000ULL },
	  PAST(1, 1, false), 8589934590001ULL, 8589934590001ULL },
	{ "travel just fits", { 10, 20, 1 }, PAST(U64_MAX - 20, U64_MAX - 40, false),
	  U64_MAX, U64_MAX },
	{ "travel ends never", { 10, 20, 1 }, PAST(U64_MAX - 19, U64_MAX - 40, false),
	  U64_MAX, U64_MAX },
	{ "rate ends never", { 10, 20, 40 }, PAST(U64_MAX - 30, U64_MAX - 39, false),
	  U64_MAX - 10, U64_MAX },
};

KUNIT_ARRAY_PARAM_DESC(limit, limit_cases, desc);

static void engine_limits(struct kunit *test)
{
	const struct limit_case *c = test->param_value;
	struct emrelay_engine engine = engine_left(c->limits, c->past);

	KUNIT_EXPECT_EQ(test, emrelay_engine_settled_ns(&engine), c->settled_ns);
	/* Without a dwell an off waits for nothing but the travel. */
	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(&engine, false), c->settled_ns);
	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(&engine, true), c->on_ns);
}

static const struct moment_case {
	const char *desc;
	struct emrelay_limits limits;
	struct emrelay_past past;
	u64 legal_ns;		/* first moment of the opposite edge */
} moment_cases[] = {
	/* close, open, spacing, min_on, min_off; edge, energised, coil */
	{ "min_on 1 ns shorter than the travel",
	  { 10, 20, 100, 9, 0 }, PAST(1000, 1000, true), 1010 },
	{ "min_on as long as the travel",
	  { 10, 20, 100, 10, 0 }, PAST(1000, 1000, true), 1010 },
	{ "min_on 1 ns longer than the travel",
	  { 10, 20, 100, 11, 0 }, PAST(1000, 1000, true), 1011 },
	{ "min_on longer than the spacing",
	  { 10, 20, 100, 500, 0 }, PAST(1000, 1000, true), 1500 },
	{ "min_on of a coil that nobody saw being energised",
	  { 10, 20, 100, 500, 0 }, NO_CYCLE(1000, true), 1500 },
	{ "min_on counts from the edge, not from an attempt that failed",
	  { 10, 20, 100, 500, 0 }, PAST(1000, 1200, true), 1500 },
	{ "min_on ends never",
	  { 10, 20, 100, U64_MAX - 999, 0 }, PAST(1000, 1000, true), U64_MAX },
	{ "min_off delays no off",
	  { 10, 20, 100, 0, 500 }, PAST(1000, 1000, true), 1010 },

	{ "min_off 1 ns shorter than the travel",
	  { 10, 20, 30, 0, 19 }, PAST(1000, 900, false), 1020 },
	{ "min_off as long as the travel",
	  { 10, 20, 30, 0, 20 }, PAST(1000, 900, false), 1020 },
	{ "min_off 1 ns longer than the travel",
	  { 10, 20, 30, 0, 21 }, PAST(1000, 900, false), 1021 },
	{ "min_off ends 1 ns before the rate allows",
	  { 10, 20, 151, 0, 50 }, PAST(1000, 900, false), 1051 },
	{ "min_off ends when the rate allows",
	  { 10, 20, 150, 0, 50 }, PAST(1000, 900, false), 1050 },
	{ "min_off ends 1 ns after the rate allows",
	  { 10, 20, 149, 0, 50 }, PAST(1000, 900, false), 1050 },
	{ "min_off after a release in an unknown cycle",
	  { 10, 20, 30, 0, 50 }, NO_CYCLE(1000, false), 1050 },
	{ "min_off ends never",
	  { 10, 20, 30, 0, U64_MAX - 999 }, PAST(1000, 900, false), U64_MAX },
	{ "min_on delays no on",
	  { 10, 20, 30, 500, 0 }, PAST(1000, 900, false), 1020 },
};

KUNIT_ARRAY_PARAM_DESC(moment, moment_cases, desc);

static void engine_dwell_limits(struct kunit *test)
{
	const struct moment_case *c = test->param_value;
	struct emrelay_engine engine = engine_left(c->limits, c->past);

	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(&engine, !c->past.coil), c->legal_ns);
}

/* A line that failed: where the coil is already, a dwell delays nothing more. */
static void engine_dwell_of_the_same_level(struct kunit *test)
{
	static const struct emrelay_limits limits = { 10, 20, 30, 500, 600 };
	struct emrelay_engine on =
		engine_left(limits, (struct emrelay_past)PAST(1000, 1000, true));
	struct emrelay_engine off =
		engine_left(limits, (struct emrelay_past)PAST(1000, 900, false));

	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(&on, true), 1030);
	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(&off, false), 1020);
}

static void engine_on_and_off_at_once(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + CLOSE_NS);
	relay_set(relay, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 0, t, true);
	relay_expect_edge(relay, 1, t + CLOSE_NS, false);
	KUNIT_EXPECT_EQ(test, relay->edges[0].source, EMRELAY_BY_SYSFS);
	relay_settle(relay);
	relay_expect_statistics(relay, 2, 2, 0, 0, 0);
}

/*
 * An energisation, an off, an on; and where the next energisation has to be.
 * Times count from the first edge.
 */
static const struct reversal_case {
	const char *desc;
	const struct emrelay_limits *limits;
	u64 off_ns, released_ns;
	u64 on_ns, energised_ns;
} reversal_cases[] = {
	{ "off at once", &loaded, 0, CLOSE_NS, LOADED_NS, LOADED_NS },
	{ "off 1 ns before rest", &loaded, CLOSE_NS - 1, CLOSE_NS, LOADED_NS, LOADED_NS },
	{ "off at rest", &loaded, CLOSE_NS, CLOSE_NS, LOADED_NS, LOADED_NS },
	{ "off 1 ns after rest", &loaded, CLOSE_NS + 1, CLOSE_NS + 1, LOADED_NS, LOADED_NS },
	{ "on 1 ns before the rate allows", &loaded, CLOSE_NS, CLOSE_NS,
	  LOADED_NS - 1, LOADED_NS },
	{ "on 1 ns after the rate allows", &loaded, CLOSE_NS, CLOSE_NS,
	  LOADED_NS + 1, LOADED_NS + 1 },
	{ "on while the contact opens", &loaded, CLOSE_NS, CLOSE_NS,
	  CLOSE_NS + 1, LOADED_NS },
	{ "unloaded", &unloaded, 0, CLOSE_NS, CLOSE_NS + 1, UNLOADED_NS },
	{ "unloaded, on 1 ns early", &unloaded, 0, CLOSE_NS, UNLOADED_NS - 1, UNLOADED_NS },
	{ "unloaded, on in time", &unloaded, 0, CLOSE_NS, UNLOADED_NS, UNLOADED_NS },
	{ "open 1 ns before the rate allows", &loaded,
	  LOADED_NS - OPEN_NS - 1, LOADED_NS - OPEN_NS - 1,
	  LOADED_NS - OPEN_NS, LOADED_NS },
	{ "open when the rate allows", &loaded,
	  LOADED_NS - OPEN_NS, LOADED_NS - OPEN_NS, LOADED_NS - OPEN_NS, LOADED_NS },
	{ "open 1 ns after the rate allows", &loaded,
	  LOADED_NS - OPEN_NS + 1, LOADED_NS - OPEN_NS + 1,
	  LOADED_NS - OPEN_NS + 1, LOADED_NS + 1 },
	{ "only the travel counts", &loaded, 2 * LOADED_NS, 2 * LOADED_NS,
	  2 * LOADED_NS + 1, 2 * LOADED_NS + OPEN_NS },
	{ "on 1 ns before it is open", &loaded, 2 * LOADED_NS, 2 * LOADED_NS,
	  2 * LOADED_NS + OPEN_NS - 1, 2 * LOADED_NS + OPEN_NS },
	{ "on when it is open", &loaded, 2 * LOADED_NS, 2 * LOADED_NS,
	  2 * LOADED_NS + OPEN_NS, 2 * LOADED_NS + OPEN_NS },
	{ "on 1 ns after it is open", &loaded, 2 * LOADED_NS, 2 * LOADED_NS,
	  2 * LOADED_NS + OPEN_NS + 1, 2 * LOADED_NS + OPEN_NS + 1 },
};

KUNIT_ARRAY_PARAM_DESC(reversal, reversal_cases, desc);

static void engine_reversal(struct kunit *test)
{
	const struct reversal_case *c = test->param_value;
	struct relay *relay = relay_new(test, c->limits);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + c->off_ns);
	relay_set(relay, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(&relay->engine, relay->now_ns),
			c->released_ns - c->off_ns);
	relay_run_to(relay, t + c->on_ns);
	KUNIT_EXPECT_EQ(test, relay_ready(relay),
			c->energised_ns - c->on_ns);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(&relay->engine, relay->now_ns),
			c->energised_ns - c->on_ns);
	relay_expect_statistics(relay, 3, 3, (c->released_ns > c->off_ns) +
				(c->energised_ns > c->on_ns), 0, 0);

	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 3);
	relay_expect_edge(relay, 0, t, true);
	relay_expect_edge(relay, 1, t + c->released_ns, false);
	relay_expect_edge(relay, 2, t + c->energised_ns, true);
}

/* However often it is asked in between: not before the moment. */
static void engine_decide_any_time(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;
	static const u64 offsets[] = { 0, 1, CLOSE_NS / 2, CLOSE_NS - 1 };
	unsigned int i;

	relay_set(relay, EMRELAY_ON);
	relay_set(relay, EMRELAY_OFF);
	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		KUNIT_EXPECT_EQ(test, emrelay_engine_decide(&relay->engine, t + offsets[i]),
				t + CLOSE_NS);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, emrelay_engine_decide(&relay->engine, t + CLOSE_NS + i), 0);
		KUNIT_EXPECT_FALSE(test, relay->engine.target);
		KUNIT_EXPECT_EQ(test, relay->engine.source, EMRELAY_BY_SYSFS);
	}
}

static void engine_contact(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_engine *engine = &relay->engine;
	u64 t = relay->now_ns;

	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, t), EMRELAY_OPEN);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, t), EMRELAY_CLOSING);
	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, t + CLOSE_NS - 1),
			EMRELAY_CLOSING);
	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, t + CLOSE_NS),
			EMRELAY_CLOSED);
	KUNIT_EXPECT_EQ(test, emrelay_engine_settled_ns(engine), t + CLOSE_NS);

	t += CLOSE_NS;
	relay_run_to(relay, t);
	relay_set(relay, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, t), EMRELAY_OPENING);
	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, t + OPEN_NS - 1),
			EMRELAY_OPENING);
	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, t + OPEN_NS),
			EMRELAY_OPEN);
	KUNIT_EXPECT_EQ(test, emrelay_engine_settled_ns(engine), t + OPEN_NS);
}

static void engine_same_target_costs_nothing(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_OFF, EMRELAY_REJECT, 0), 0);
	KUNIT_EXPECT_EQ(test, relay->count, 0);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_ON, EMRELAY_REJECT, 0), 0);
	relay_run_to(relay, t + CLOSE_NS + 5);
	relay_set(relay, EMRELAY_ON);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
	relay_expect_statistics(relay, 4, 4, 0, 0, 0);
}

static void engine_toggle(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_TOGGLE);
	relay_set(relay, EMRELAY_TOGGLE);
	KUNIT_EXPECT_FALSE(test, relay->engine.target);
	relay_set(relay, EMRELAY_TOGGLE);
	KUNIT_EXPECT_TRUE(test, relay->engine.target);
	relay_set(relay, EMRELAY_TOGGLE);
	relay_run_to(relay, t + CLOSE_NS);
	relay_set(relay, EMRELAY_TOGGLE);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 3);
	relay_expect_edge(relay, 0, t, true);
	relay_expect_edge(relay, 1, t + CLOSE_NS, false);
	relay_expect_edge(relay, 2, t + LOADED_NS, true);
}

/* The newest request wins; the one that it replaces was coalesced. */
static void engine_newest_wins(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_set(relay, EMRELAY_OFF);		/* waits */
	relay_set(relay, EMRELAY_ON);		/* takes it back */
	relay_expect_statistics(relay, 3, 3, 1, 1, 0);
	relay_run_to(relay, t + CLOSE_NS);
	KUNIT_EXPECT_EQ(test, relay->count, 1);

	relay_set(relay, EMRELAY_OFF);		/* done */
	relay_set(relay, EMRELAY_ON);		/* waits */
	relay_set(relay, EMRELAY_OFF);		/* takes it back */
	relay_expect_statistics(relay, 6, 6, 2, 2, 0);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
}

static const struct emrelay_limits plain = { .close_ns = 10, .open_ns = 10 };

/* A watchdog that is chosen during a pulse does not move its end. */
static void engine_watchdog_in_a_pulse(struct kunit *test)
{
	static const struct emrelay_request pulse = { .op = EMRELAY_PULSE, .pulse_ns = 100 };
	struct emrelay_limits with = plain;
	struct emrelay_engine engine = { };

	emrelay_engine_bind(&engine, &plain, false, false, 0);
	KUNIT_EXPECT_EQ(test, emrelay_engine_request(&engine, &pulse, 0, 1000), 0);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(&engine, 1000), 0);
	emrelay_engine_driven(&engine, true, true, 1000);
	with.watchdog_ns = 5000;
	emrelay_engine_set(&engine, &with, 1050);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(&engine, 1050), 1100);
}

/* Where an off waits, the clock has nothing to end any more. */
static void engine_off_ends_nothing(struct kunit *test)
{
	static const struct emrelay_request on = { .op = EMRELAY_ON }, off = { .op = EMRELAY_OFF };
	struct emrelay_limits with = plain;
	struct emrelay_engine engine = { };

	with.min_on_ns = 1000;
	with.max_on_ns = 200;
	with.watchdog_ns = 100;
	emrelay_engine_bind(&engine, &with, false, false, 0);
	KUNIT_EXPECT_EQ(test, emrelay_engine_request(&engine, &on, 0, 1000), 0);
	emrelay_engine_driven(&engine, true, true, 1000);
	KUNIT_EXPECT_EQ(test, emrelay_engine_request(&engine, &off, 0, 1020), 0);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(&engine, 1020), 2000);
}

/* What a line told, or did not, and what is counted from when. */
static void engine_line_tells(struct kunit *test)
{
	struct emrelay_engine engine = { };
	struct emrelay_past *past = &engine.past;

	emrelay_engine_bind(&engine, &plain, false, false, 0);
	emrelay_engine_driven(&engine, false, -EIO, 1000);
	KUNIT_EXPECT_FALSE(test, engine.maybe_on);
	emrelay_engine_driven(&engine, true, true, 2000);
	/* On again, and it is: no edge. */
	emrelay_engine_driven(&engine, true, true, 2100);
	KUNIT_EXPECT_EQ(test, past->energised_ns, 2000);
	KUNIT_EXPECT_EQ(test, past->edge_ns, 2000);
	/* On again, and nobody knows: an energisation, if it was one. */
	emrelay_engine_driven(&engine, true, -EIO, 2200);
	KUNIT_EXPECT_EQ(test, past->energised_ns, 2200);
	emrelay_engine_driven(&engine, true, true, 2300);
	/* It may have been off after this one: then it was energised meanwhile. */
	emrelay_engine_driven(&engine, false, -EIO, 2400);
	emrelay_engine_driven(&engine, false, true, 2500);
	KUNIT_EXPECT_EQ(test, past->energised_ns, 2500);
	KUNIT_EXPECT_EQ(test, past->edge_ns, 2500);
}

/* An attempt of the probe is tried again like any other: the rate limit allowed it. */
static void engine_probe_tries_again(struct kunit *test)
{
	struct emrelay_limits with = plain;
	struct emrelay_engine engine = { };

	with.spacing_ns = 2 * EMRELAY_RETRY_NS;
	emrelay_engine_bind(&engine, &with, false, true, 0);
	emrelay_engine_driven(&engine, true, -EIO, 1000);
	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(&engine, true), 1000 + EMRELAY_RETRY_NS);
}

static void engine_storm_of_requests(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;
	unsigned int i;

	for (i = 0; i < 100; i++)
		relay_set(relay, EMRELAY_TOGGLE);
	relay_expect_statistics(relay, 100, 100, 50, 49, 0);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + CLOSE_NS, false);
}

static const struct refusal_case {
	const char *desc;
	enum emrelay_op op;
	u64 pulse_ns;
	s64 offset_ns;		/* to the first legal moment */
	int ret;
} refusal_cases[] = {
	{ "on 1 ns early", EMRELAY_ON, 0, -1, -EAGAIN },
	{ "on in time", EMRELAY_ON, 0, 0, 0 },
	{ "on 1 ns late", EMRELAY_ON, 0, 1, 0 },
	{ "toggle 1 ns early", EMRELAY_TOGGLE, 0, -1, -EAGAIN },
	{ "toggle in time", EMRELAY_TOGGLE, 0, 0, 0 },
	{ "pulse 1 ns early", EMRELAY_PULSE, CLOSE_NS, -1, -EAGAIN },
	{ "pulse in time", EMRELAY_PULSE, CLOSE_NS, 0, 0 },
	{ "pulse too short", EMRELAY_PULSE, CLOSE_NS - 1, -1, -EINVAL },
	{ "off", EMRELAY_OFF, 0, -1, 0 },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusal_cases, desc);

/* Under reject: once refused for the rate, once for the travel. */
static void engine_reject(struct kunit *test)
{
	const struct refusal_case *c = test->param_value;
	static const u64 on_for_ns[] = { CLOSE_NS, 2 * LOADED_NS };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(on_for_ns); i++) {
		struct relay *relay = relay_new(test, &loaded);
		u64 legal_ns = relay->now_ns + (i ? 2 * LOADED_NS + OPEN_NS : LOADED_NS);
		struct emrelay_statistics before;

		relay_set(relay, EMRELAY_ON);
		relay_run_to(relay, relay->now_ns + on_for_ns[i]);
		relay_set(relay, EMRELAY_OFF);
		before = relay->engine.statistics;

		relay_run_to(relay, legal_ns + c->offset_ns);
		KUNIT_EXPECT_EQ(test, relay_ask(relay, c->op, EMRELAY_REJECT, c->pulse_ns),
				c->ret);
		KUNIT_EXPECT_EQ(test, relay->engine.target, !c->ret && c->op != EMRELAY_OFF);
		KUNIT_EXPECT_EQ(test, relay->engine.statistics.accepted,
				before.accepted + !c->ret);
		KUNIT_EXPECT_EQ(test, relay->engine.statistics.rejected,
				(c->ret == -EAGAIN));
		KUNIT_EXPECT_EQ(test, relay->engine.statistics.deferred, before.deferred);
		KUNIT_EXPECT_EQ(test, relay->engine.statistics.coalesced, 0);

		if (c->ret || c->op == EMRELAY_OFF) {
			relay_settle(relay);
			KUNIT_EXPECT_EQ(test, relay->count, 2);
		} else {
			relay_expect_edge(relay, 2, legal_ns + c->offset_ns, true);
		}
	}
}

/* An off is never refused: it waits for the travel like under defer. */
static void engine_reject_takes_any_off(struct kunit *test)
{
	static const enum emrelay_op ops[] = { EMRELAY_OFF, EMRELAY_TOGGLE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		struct relay *relay = relay_new(test, &loaded);
		u64 t = relay->now_ns;

		relay_set(relay, EMRELAY_ON);
		KUNIT_EXPECT_EQ(test, relay_ask(relay, ops[i], EMRELAY_REJECT, 0), 0);
		relay_expect_statistics(relay, 2, 2, 1, 0, 0);
		relay_settle(relay);
		relay_expect_edge(relay, 1, t + CLOSE_NS, false);
	}
}

/* What waits under defer goes on waiting when a later request is refused. */
static void engine_reject_changes_nothing(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_set(relay, EMRELAY_OFF);
	relay_run_to(relay, t + CLOSE_NS + OPEN_NS);
	relay_pulse(relay, CLOSE_NS);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_PULSE, EMRELAY_REJECT, LOADED_NS),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&relay->engine, relay->now_ns),
			CLOSE_NS);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 4);
	relay_expect_edge(relay, 2, t + LOADED_NS, true);
	relay_expect_edge(relay, 3, t + LOADED_NS + CLOSE_NS, false);
}

/* A relay that is not to be energised any more: whoever asks, and however. */
static const struct refused_case {
	const char *desc;
	enum emrelay_op op;
	enum emrelay_policy policy;
	int ret;
} refused_cases[] = {
	{ "on", EMRELAY_ON, EMRELAY_DEFER, -EPERM },
	{ "on or not at all", EMRELAY_ON, EMRELAY_REJECT, -EPERM },
	{ "toggle", EMRELAY_TOGGLE, EMRELAY_DEFER, -EPERM },
	{ "pulse", EMRELAY_PULSE, EMRELAY_DEFER, -EPERM },
	{ "pulse or not at all", EMRELAY_PULSE, EMRELAY_REJECT, -EPERM },
	{ "off", EMRELAY_OFF, EMRELAY_DEFER, 0 },
};

KUNIT_ARRAY_PARAM_DESC(refused, refused_cases, desc);

static void engine_refused(struct kunit *test)
{
	const struct refused_case *c = test->param_value;
	struct relay *relay = relay_new(test, &loaded);

	relay->engine.refuse = -EPERM;
	KUNIT_EXPECT_EQ(test, relay_ready(relay), U64_MAX);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, c->op, c->policy,
					c->op == EMRELAY_PULSE ? LOADED_NS : 0), c->ret);
	KUNIT_EXPECT_FALSE(test, relay->engine.target);
	relay_expect_statistics(relay, 1, !c->ret, 0, 0, !!c->ret);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 0);

	/* Not for ever. */
	relay->engine.refuse = 0;
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
}

/* One that is on stays so, and may be released. */
static void engine_refused_while_on(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);

	relay_set(relay, EMRELAY_ON);
	relay->engine.refuse = -EPERM;
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_ON, EMRELAY_REJECT, 0), 0);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_PULSE, EMRELAY_DEFER, LOADED_NS), 0);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_ON, EMRELAY_DEFER, 0), 0);
	relay_expect_statistics(relay, 4, 4, 0, 0, 0);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_TOGGLE, EMRELAY_DEFER, 0), 0);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	KUNIT_EXPECT_FALSE(test, relay->engine.past.coil);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_ON, EMRELAY_DEFER, 0), -EPERM);
}

/* Nor is one refused that waits already. */
static void engine_refused_while_waiting(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);

	relay->engine.free_ns = relay->now_ns + 5;
	relay_set(relay, EMRELAY_ON);
	relay->engine.refuse = -EPERM;
	KUNIT_EXPECT_EQ(test, relay_ready(relay), 5);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
}

/* Another driver may see it otherwise. */
static void engine_refused_until_bind(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);

	relay->engine.refuse = -EPERM;
	emrelay_engine_bind(&relay->engine, &loaded, false, false, relay->now_ns);
	relay_set(relay, EMRELAY_ON);
}

static const u64 pulse_lengths[] = {
	CLOSE_NS, CLOSE_NS + 1, 1000000000, LOADED_NS, U32_MAX * 1000000ULL,
};

static void pulse_desc(const u64 *pulse_ns, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%llu ns", *pulse_ns);
}

KUNIT_ARRAY_PARAM(pulse, pulse_lengths, pulse_desc);

static void engine_pulse(struct kunit *test)
{
	u64 pulse_ns = *(const u64 *)test->param_value;
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_engine *engine = &relay->engine;
	u64 t = relay->now_ns;

	relay_pulse(relay, pulse_ns);
	relay_expect_edge(relay, 0, t, true);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(engine, t), pulse_ns);
	relay_run_to(relay, t + pulse_ns - 1);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(engine, relay->now_ns), 1);
	KUNIT_EXPECT_TRUE(test, engine->target);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
	relay_run_to(relay, t + pulse_ns);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(engine, relay->now_ns), 0);
	KUNIT_EXPECT_FALSE(test, engine->target);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + pulse_ns, false);
	KUNIT_EXPECT_EQ(test, relay->edges[1].source, EMRELAY_BY_PULSE);
	relay_settle(relay);
	/* Its end is no request that someone made. */
	relay_expect_statistics(relay, 1, 1, 0, 0, 0);
}

/* Too short for the contact to close: refused whatever the state, uncounted. */
static void engine_pulse_too_short(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);

	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_PULSE, EMRELAY_DEFER, CLOSE_NS - 1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_PULSE, EMRELAY_DEFER, 0), -EINVAL);
	KUNIT_EXPECT_FALSE(test, relay->engine.target);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_PULSE, EMRELAY_DEFER, CLOSE_NS - 1),
			-EINVAL);
	relay_settle(relay);
	KUNIT_EXPECT_TRUE(test, relay->engine.target);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
	relay_expect_statistics(relay, 1, 1, 0, 0, 0);
}

/* A pulse that has to wait is as long: it counts from the energisation. */
static void engine_pulse_deferred(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_pulse(relay, CLOSE_NS);
	relay_run_to(relay, t + CLOSE_NS + OPEN_NS);
	relay_pulse(relay, 50000000);
	relay_run_to(relay, t + LOADED_NS - 1);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&relay->engine, relay->now_ns),
			50000000);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 4);
	relay_expect_edge(relay, 2, t + LOADED_NS, true);
	relay_expect_edge(relay, 3, t + LOADED_NS + 50000000, false);
	relay_expect_statistics(relay, 2, 2, 1, 0, 0);
}

static void engine_pulse_starts_over(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_pulse(relay, 50000000);
	relay_run_to(relay, t + 50000000 - 1);
	relay_pulse(relay, 50000000);
	relay_run_to(relay, t + 60000000);
	relay_pulse(relay, CLOSE_NS);		/* shorter than what is left */
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + 60000000 + CLOSE_NS, false);
}

/* One that still waits is replaced by the newer one. */
static void engine_pulse_replaced(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_pulse(relay, CLOSE_NS);
	relay_run_to(relay, t + CLOSE_NS + OPEN_NS);
	relay_pulse(relay, 50000000);
	relay_pulse(relay, 70000000);
	relay_expect_statistics(relay, 3, 3, 2, 1, 0);
	relay_settle(relay);
	relay_expect_edge(relay, 2, t + LOADED_NS, true);
	relay_expect_edge(relay, 3, t + LOADED_NS + 70000000, false);
}

static void engine_pulse_of_a_closed_relay(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + 70000000);
	relay_pulse(relay, 50000000);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + 70000000 + 50000000, false);
}

static void engine_pulse_made_lasting(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_pulse(relay, 50000000);
	relay_run_to(relay, t + 50000000 - 1);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&relay->engine, relay->now_ns), 0);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
	KUNIT_EXPECT_TRUE(test, relay->engine.target);

	/* Nor does the old pulse come back with the next cycle. */
	relay_set(relay, EMRELAY_OFF);
	relay_settle(relay);
	relay_set(relay, EMRELAY_ON);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 3);
}

static void engine_pulse_ended_by_off(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_pulse(relay, 50000000);
	relay_run_to(relay, t + CLOSE_NS + 7);
	relay_set(relay, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&relay->engine, relay->now_ns), 0);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + CLOSE_NS + 7, false);

	/* Ended while it still waits: no edge at all. */
	relay = relay_new(test, &loaded);
	relay_pulse(relay, CLOSE_NS);
	relay_run_to(relay, relay->now_ns + CLOSE_NS + OPEN_NS);
	relay_pulse(relay, 50000000);
	relay_set(relay, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&relay->engine, relay->now_ns), 0);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
}

/* Asked late, the engine does not restart a pulse that is over. */
static void engine_pulse_over_unseen(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_pulse(relay, 50000000);
	relay->now_ns = t + 50000000;
	/* The target is off by now, and that is what the toggle reverses. */
	relay_set(relay, EMRELAY_TOGGLE);
	KUNIT_EXPECT_TRUE(test, relay->engine.target);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
}

/* The other rate limit counts from the same energisation, at once. */
static void engine_load_changes(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_pulse(relay, CLOSE_NS);
	relay_run_to(relay, t + 100000000);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, relay_converge(relay), t + LOADED_NS);
	relay->engine.limits = unloaded;
	KUNIT_EXPECT_EQ(test, relay_converge(relay), t + UNLOADED_NS);
	relay->engine.limits = loaded;
	KUNIT_EXPECT_EQ(test, relay_converge(relay), t + LOADED_NS);
	relay_run_to(relay, t + 1000000000);
	relay->engine.limits = unloaded;
	relay_converge(relay);
	relay_expect_edge(relay, 2, t + 1000000000, true);
}

static void engine_even_spacing(struct kunit *test)
{
	static const struct emrelay_limits *const limits[] = { &loaded, &unloaded };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		struct relay *relay = relay_new(test, limits[i]);
		u64 t = relay->now_ns;

		for (n = 0; n < 500; n++) {
			relay_pulse(relay, CLOSE_NS);
			relay_run_to(relay, relay->edges[2 * n].ns + CLOSE_NS);
			relay_pulse(relay, CLOSE_NS);
			relay_run_to(relay, t + (n + 1) * limits[i]->spacing_ns);
			relay_expect_edge(relay, 2 * n, t + n * limits[i]->spacing_ns, true);
		}
	}
}

static const struct bind_case {
	const char *desc;
	struct emrelay_past past;	/* as it was left at 10000 */
	bool found;
	enum emrelay_contact contact;
	u64 wait_ns;			/* of a change from what was found */
} bind_cases[] = {
	{ "new, released: as if just now", {}, false, EMRELAY_OPENING, OPEN_NS },
	{ "new, energised: as if just now", {}, true, EMRELAY_CLOSING, CLOSE_NS },
	{ "new, but for when a record says it was energised",
	  { .energised_ns = 8000, .cycled = true }, false, EMRELAY_OPENING,
	  LOADED_NS - 2000 },
	{ "released as left, still opening",
	  { 9999, 0, 9999, 0, 0, true, false, false }, false, EMRELAY_OPENING, OPEN_NS - 1 },
	{ "released as left, the rate counts on",
	  { 9000, 0, 9000, 8000, 0, true, true, false }, false, EMRELAY_OPENING, LOADED_NS - 2000 },
	{ "energised as left, still closing",
	  { 9000, 0, 0, 9000, 9000, true, true, true }, true, EMRELAY_CLOSING, CLOSE_NS - 1000 },
	{ "left energised, found released: as if just now",
	  { 9000, 0, 0, 8000, 8000, true, true, true }, false, EMRELAY_OPENING, LOADED_NS - 2000 },
	{ "left released, found energised: as if just now",
	  { 9000, 0, 9000, 8000, 0, true, true, false }, true, EMRELAY_CLOSING, CLOSE_NS },
};

KUNIT_ARRAY_PARAM_DESC(bind, bind_cases, desc);

static void engine_bind(struct kunit *test)
{
	const struct bind_case *c = test->param_value;
	struct emrelay_engine engine = {
		.past = c->past,
		.target = true,
		.source = EMRELAY_BY_LED,
		.limits = { .watchdog_ns = 1 },
		.pulse_ns = 5,
		.free_ns = U64_MAX,
		.refuse = -EPERM,
		.fresh = true,
		.maybe_on = true,
	};
	unsigned int target;

	for (target = 0; target < 2; target++) {
		struct emrelay_engine bound = engine;
		u64 wake_ns;

		emrelay_engine_bind(&bound, &loaded, c->found, target, 10000);
		KUNIT_EXPECT_EQ(test, emrelay_engine_contact(&bound, 10000), c->contact);
		wake_ns = emrelay_engine_decide(&bound, 10000);
		KUNIT_EXPECT_EQ(test, bound.target, target);
		KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&bound, 10000), 0);
		KUNIT_EXPECT_EQ(test, bound.limits.watchdog_ns, 0);
		KUNIT_EXPECT_EQ(test, bound.free_ns, 0);
		KUNIT_EXPECT_EQ(test, bound.refuse, 0);
		KUNIT_EXPECT_EQ(test, emrelay_engine_energised(&bound), c->found);
		/* Nobody asked for anything. */
		KUNIT_EXPECT_EQ(test, bound.statistics.deferred, 0);
		if (target == c->found) {
			KUNIT_EXPECT_EQ(test, wake_ns, U64_MAX);
			continue;
		}
		KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(&bound, 10000), c->wait_ns);
		KUNIT_EXPECT_EQ(test, wake_ns, 10000 + c->wait_ns);
		KUNIT_EXPECT_EQ(test, emrelay_engine_decide(&bound, 10000 + c->wait_ns), 0);
		KUNIT_EXPECT_EQ(test, bound.source, EMRELAY_BY_PROBE);
	}
}

static void engine_statistics_outlive_bind(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);

	relay_set(relay, EMRELAY_ON);
	emrelay_engine_bind(&relay->engine, &unloaded, true, true, relay->now_ns);
	relay_expect_statistics(relay, 1, 1, 0, 0, 0);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
}

/* Tries to drive the line as the engine wants, in vain: when to try again? */
static u64 relay_fail(struct relay *relay, bool on)
{
	struct emrelay_engine *engine = &relay->engine;
	u64 wake_ns;

	KUNIT_ASSERT_EQ(relay->test, emrelay_engine_decide(engine, relay->now_ns), 0);
	KUNIT_ASSERT_EQ(relay->test, engine->target, on);
	emrelay_engine_driven(engine, on, -EIO, relay->now_ns);

	wake_ns = emrelay_engine_decide(engine, relay->now_ns);
	KUNIT_ASSERT_GT(relay->test, wake_ns, 0);
	KUNIT_ASSERT_EQ(relay->test, emrelay_engine_decide(engine, wake_ns - 1), wake_ns);
	return wake_ns;
}

static void relay_want(struct relay *relay, enum emrelay_op op)
{
	struct emrelay_request request = { .op = op, .source = EMRELAY_BY_GPIO };

	emrelay_engine_advance(&relay->engine, relay->now_ns);
	KUNIT_ASSERT_EQ(relay->test, emrelay_engine_request(&relay->engine, &request, 0,
							    relay->now_ns), 0);
}

/* A line that cannot be driven: tried again and again, after 100 ms, then after twice that. */
static void engine_failed_on(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	unsigned int i;

	relay_want(relay, EMRELAY_ON);
	for (i = 0; i < 20; i++) {
		u64 again_ns = relay_fail(relay, true);

		KUNIT_EXPECT_EQ(test, again_ns,
				relay->now_ns + min(RETRY_NS << min(i, 10U), 100 * RETRY_NS));
		relay->now_ns = again_ns;
		KUNIT_EXPECT_TRUE(test, relay->engine.target);
		KUNIT_EXPECT_FALSE(test, relay->engine.past.coil);
	}
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
	relay_expect_statistics(relay, 1, 1, 0, 0, 0);
}

static void engine_failed_off(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	unsigned int i;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, relay->now_ns + CLOSE_NS);
	relay_want(relay, EMRELAY_OFF);
	for (i = 0; i < 5; i++) {
		u64 again_ns = relay_fail(relay, false);

		KUNIT_EXPECT_EQ(test, again_ns, relay->now_ns + (RETRY_NS << i));
		relay->now_ns = again_ns;
		KUNIT_EXPECT_FALSE(test, relay->engine.target);
		KUNIT_EXPECT_TRUE(test, relay->engine.past.coil);
	}
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
}

/* A slow contact may still travel 100 ms after an attempt: that is waited for. */
static void engine_failed_slow_contact(struct kunit *test)
{
	static const struct emrelay_limits slow = { 2 * RETRY_NS, 3 * RETRY_NS, LOADED_NS };
	struct relay *relay = relay_new(test, &slow);

	relay_want(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, relay_fail(relay, true), relay->now_ns + slow.close_ns);

	relay = relay_found(test, &slow, true);
	relay_want(relay, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, relay_fail(relay, false), relay->now_ns + slow.open_ns);

	/* The last attempt counts, not what may have come of one before. */
	relay = relay_new(test, &slow);
	relay_want(relay, EMRELAY_ON);
	relay_fail(relay, true);
	relay_want(relay, EMRELAY_OFF);
	relay->now_ns += slow.close_ns;
	KUNIT_EXPECT_EQ(test, relay_fail(relay, false), relay->now_ns + slow.open_ns);
}

/* A pin that is stuck: the coil is where it reads, and nothing was energised. */
static void engine_stuck(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_engine *engine = &relay->engine;
	u64 t = relay->now_ns;
	unsigned int i;

	relay_want(relay, EMRELAY_ON);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, emrelay_engine_decide(engine, relay->now_ns), 0);
		emrelay_engine_driven(engine, true, false, relay->now_ns);
		KUNIT_EXPECT_FALSE(test, emrelay_engine_energised(engine));
		KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, relay->now_ns), EMRELAY_OPEN);
		relay->now_ns += RETRY_NS << i;
		KUNIT_EXPECT_EQ(test, emrelay_engine_decide(engine, relay->now_ns - 1),
				relay->now_ns);
	}
	/* Who wants something else has it at once, and at the first try. */
	relay->now_ns--;
	relay_want(relay, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(engine, relay->now_ns), 0);
	emrelay_engine_driven(engine, false, false, relay->now_ns);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(engine, relay->now_ns), U64_MAX);
	KUNIT_EXPECT_LT(test, engine->past.edge_ns, t);
	/* No energisation was seen, so that none counts for the rate limit. */
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
}

/* The coil dropped, nobody knows when: that was now, and it is energised again when it may be. */
static void engine_dropped(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_engine *engine = &relay->engine;
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay->now_ns += LOADED_NS / 10;
	emrelay_engine_driven(engine, true, false, relay->now_ns);
	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, relay->now_ns), EMRELAY_OPENING);
	KUNIT_EXPECT_TRUE(test, engine->target);
	/* The rate limit counts from the energisation that was. */
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(engine, relay->now_ns), t + LOADED_NS);

	/* Long after it that is over: 100 ms. */
	relay_settle(relay);
	relay->now_ns += 2 * LOADED_NS;
	emrelay_engine_driven(engine, true, false, relay->now_ns);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(engine, relay->now_ns),
			relay->now_ns + RETRY_NS);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 3);

	/* One that was to be released next is where it is to be, but its line has to be driven. */
	relay->now_ns += 2 * LOADED_NS;
	emrelay_engine_driven(engine, true, false, relay->now_ns);
	relay_want(relay, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(engine, relay->now_ns),
			relay->now_ns + OPEN_NS);
	relay->now_ns += OPEN_NS;
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(engine, relay->now_ns), 0);
	emrelay_engine_driven(engine, false, false, relay->now_ns);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(engine, relay->now_ns), U64_MAX);
}

/* A coil that nobody energised: it was just now, and is released after its travel, and 100 ms. */
static void engine_pulled(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_engine *engine = &relay->engine;

	emrelay_engine_driven(engine, false, true, relay->now_ns);
	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, relay->now_ns), EMRELAY_CLOSING);
	KUNIT_EXPECT_EQ(test, engine->past.energised_ns, relay->now_ns);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(engine, relay->now_ns),
			relay->now_ns + RETRY_NS);
	relay_run_to(relay, relay->now_ns + RETRY_NS + OPEN_NS);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, relay->now_ns), EMRELAY_OPEN);
	KUNIT_EXPECT_EQ(test, emrelay_engine_ready_ns(engine, 0, relay->now_ns),
			engine->past.energised_ns + LOADED_NS - relay->now_ns);
}

/*
 * A bus that reports an error may have done its work all the same: an off has
 * to be driven, and all limits have to hold as if the coil had been energised.
 */
static void engine_failed_on_then_off(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_want(relay, EMRELAY_ON);
	relay_fail(relay, true);
	relay_want(relay, EMRELAY_OFF);
	relay_run_to(relay, t + 1000000000);
	KUNIT_ASSERT_EQ(test, relay->count, 1);
	relay_expect_edge(relay, 0, t + CLOSE_NS, false);
	relay_set(relay, EMRELAY_ON);
	relay_settle(relay);
	KUNIT_ASSERT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + LOADED_NS, true);
}

/* Nor is a coil that may have dropped out energised again too early. */
static void engine_failed_off_then_on(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + LOADED_NS);
	relay_want(relay, EMRELAY_OFF);
	relay_fail(relay, false);
	KUNIT_EXPECT_EQ(test, relay_ready(relay), OPEN_NS);
	relay_want(relay, EMRELAY_ON);
	relay_settle(relay);
	KUNIT_ASSERT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + LOADED_NS + OPEN_NS, true);
}

/* Neither attempt need have worked, and both may: all limits count from either. */
static void engine_failed_on_and_off_then_on(struct kunit *test)
{
	static const struct {
		struct emrelay_limits limits;
		u64 energised_ns;	/* from the on that failed */
	} cases[] = {
		{ { CLOSE_NS, OPEN_NS, LOADED_NS }, LOADED_NS },
		{ { CLOSE_NS, OPEN_NS, 1 }, CLOSE_NS + OPEN_NS },
		{ { CLOSE_NS, OPEN_NS, 1, 0, LOADED_NS }, CLOSE_NS + LOADED_NS },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct relay *relay = relay_new(test, &cases[i].limits);
		u64 t = relay->now_ns;

		relay_want(relay, EMRELAY_ON);
		relay_fail(relay, true);
		relay_want(relay, EMRELAY_OFF);
		relay->now_ns += CLOSE_NS;
		relay_fail(relay, false);
		relay_want(relay, EMRELAY_ON);
		relay_settle(relay);
		relay_expect_edge(relay, 0, t + cases[i].energised_ns, true);
	}
}

/* A release that failed is no energisation: the rate counts from the real one. */
static void engine_failed_off_is_no_cycle(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + CLOSE_NS);
	relay_want(relay, EMRELAY_OFF);
	relay_fail(relay, false);
	relay_run_to(relay, t + 1000000000);
	relay_expect_edge(relay, 1, t + CLOSE_NS + RETRY_NS, false);
	relay_set(relay, EMRELAY_ON);
	relay_settle(relay);
	relay_expect_edge(relay, 2, t + LOADED_NS, true);
}

/* The next driver of the line starts with what it finds there. */
static void engine_failed_before_bind(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);

	relay_want(relay, EMRELAY_ON);
	relay_fail(relay, true);
	emrelay_engine_bind(&relay->engine, &loaded, false, false, relay->now_ns);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(&relay->engine, relay->now_ns), 0);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 0);
}

/* Dwell: not off before min_on, not on before min_off, both from the edge. */
static const struct dwell_case {
	const char *desc;
	u64 min_on_ns, min_off_ns;
	u64 released_ns;	/* of an off that comes at once, from the energisation */
	u64 energised_ns;	/* of an on that comes at once, from the release */
} dwell_cases[] = {
	{ "none", 0, 0, CLOSE_NS, UNLOADED_NS - CLOSE_NS },
	{ "shorter than the travel", CLOSE_NS - 1, OPEN_NS - 1, CLOSE_NS, UNLOADED_NS - CLOSE_NS },
	{ "min_on longer than the travel", CLOSE_NS + 1, 0, CLOSE_NS + 1,
	  UNLOADED_NS - CLOSE_NS - 1 },
	{ "min_on longer than the rate's spacing", LOADED_NS, 0, LOADED_NS, OPEN_NS },
	{ "min_off longer than the rate's spacing", 0, LOADED_NS, CLOSE_NS, LOADED_NS },
	{ "both", 2 * LOADED_NS, 3 * LOADED_NS, 2 * LOADED_NS, 3 * LOADED_NS },
};

KUNIT_ARRAY_PARAM_DESC(dwell, dwell_cases, desc);

static void engine_dwell(struct kunit *test)
{
	const struct dwell_case *c = test->param_value;
	struct emrelay_limits limits = unloaded;
	struct relay *relay;
	u64 t;

	limits.min_on_ns = c->min_on_ns;
	limits.min_off_ns = c->min_off_ns;
	relay = relay_new(test, &limits);
	t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	/* An off is never refused. */
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_OFF, EMRELAY_REJECT, 0), 0);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(&relay->engine, t), c->released_ns);
	relay_run_to(relay, t + c->released_ns);
	relay_expect_edge(relay, 1, t + c->released_ns, false);

	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_ON, EMRELAY_REJECT, 0), -EAGAIN);
	KUNIT_EXPECT_EQ(test, relay_ready(relay),
			c->energised_ns);
	relay_set(relay, EMRELAY_ON);
	relay_settle(relay);
	relay_expect_edge(relay, 2, t + c->released_ns + c->energised_ns, true);
}

/* A pulse shorter than min_on lasts as long as that. */
static void engine_dwell_outlasts_pulse(struct kunit *test)
{
	struct emrelay_limits limits = loaded;
	struct relay *relay;
	u64 t;

	limits.min_on_ns = 2 * LOADED_NS;
	relay = relay_new(test, &limits);
	t = relay->now_ns;
	relay_pulse(relay, CLOSE_NS);
	relay_settle(relay);
	relay_expect_edge(relay, 1, t + 2 * LOADED_NS, false);
	KUNIT_EXPECT_EQ(test, relay->edges[1].source, EMRELAY_BY_PULSE);
}

/* Nobody knows when it had its last edge: all that counts from it counts from the bind. */
static void engine_first_bind(struct kunit *test)
{
	struct emrelay_limits limits = { CLOSE_NS, OPEN_NS, LOADED_NS, 40000000, 50000000 };
	struct emrelay_engine released = {}, energised = {};
	u64 t = 1000;

	emrelay_engine_bind(&released, &limits, false, true, t);
	KUNIT_EXPECT_EQ(test, emrelay_engine_settled_ns(&released), t + OPEN_NS);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(&released, t), 50000000);
	KUNIT_EXPECT_EQ(test, emrelay_engine_spaced_ns(&released), 0);

	limits.max_on_ns = 60000000;
	emrelay_engine_bind(&energised, &limits, true, true, t);
	KUNIT_EXPECT_EQ(test, emrelay_engine_settled_ns(&energised), t + CLOSE_NS);
	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(&energised, false), t + 40000000);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(&energised, t), t + 60000000);
	KUNIT_EXPECT_GT(test, emrelay_engine_decide(&energised, t), 0);

	/* A watchdog counts from the bind, too. */
	limits.watchdog_ns = 30000000;
	emrelay_engine_bind(&energised, &limits, true, true, t);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(&energised, t), t + 30000000);
	limits.watchdog_ns = 0;

	/* But the release that a record knows; the contact's travel is another matter. */
	released = (struct emrelay_engine) { .past.released_ns = 400 };
	emrelay_engine_bind(&released, &limits, false, true, t);
	KUNIT_EXPECT_EQ(test, emrelay_engine_settled_ns(&released), t + OPEN_NS);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(&released, t), 400 + 50000000 - t);
	emrelay_engine_bind(&released, &limits, false, true, t + 1);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(&released, t), 400 + 50000000 - t);
	/* That of others, while no driver was bound, is not in it. */
	emrelay_engine_bind(&released, &limits, true, true, t + 2);
	emrelay_engine_bind(&released, &limits, false, true, t + 3);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(&released, t + 3), 50000000);

	/* The second time it is known. */
	released = (struct emrelay_engine) { };
	emrelay_engine_bind(&released, &limits, false, true, t);
	/* The second time it is known. */
	emrelay_engine_bind(&released, &limits, false, true, t + 7);
	KUNIT_EXPECT_EQ(test, emrelay_engine_settled_ns(&released), t + OPEN_NS);
	emrelay_engine_bind(&energised, &limits, true, true, t + 7);
	KUNIT_EXPECT_EQ(test, emrelay_engine_settled_ns(&energised), t + CLOSE_NS);
	KUNIT_EXPECT_EQ(test, emrelay_engine_decide(&energised, t), t + 60000000);
}

#define WATCHDOG_NS	1000000000ULL

static struct relay *relay_watched(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);

	relay_watchdog(relay, WATCHDOG_NS);
	return relay;
}

/* An on that is not renewed in time is released, to the nanosecond. */
static void engine_watchdog(struct kunit *test)
{
	struct relay *relay = relay_watched(test);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, relay_converge(relay), t + WATCHDOG_NS);
	relay_run_to(relay, t + WATCHDOG_NS - 1);
	KUNIT_EXPECT_TRUE(test, relay->engine.target);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + WATCHDOG_NS, false);
	KUNIT_EXPECT_EQ(test, relay->edges[1].source, EMRELAY_BY_WATCHDOG);
	/* Its end is no request that someone made. */
	relay_expect_statistics(relay, 1, 1, 0, 0, 0);
}

static void engine_watchdog_renewed(struct kunit *test)
{
	static const enum emrelay_policy policies[] = { EMRELAY_DEFER, EMRELAY_REJECT };
	struct relay *relay = relay_watched(test);
	u64 t = relay->now_ns;
	unsigned int i;

	relay_set(relay, EMRELAY_ON);
	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		t += WATCHDOG_NS - 1;
		relay_run_to(relay, t);
		KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_ON, policies[i], 0), 0);
	}
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + WATCHDOG_NS, false);
	relay_expect_statistics(relay, 3, 3, 0, 0, 0);
}

/* A renewal at its end comes too late: it is a new on, under all limits. */
static void engine_watchdog_over_unseen(struct kunit *test)
{
	struct relay *relay = relay_watched(test);
	u64 t = relay->now_ns;

	relay_pulse(relay, CLOSE_NS);
	relay_run_to(relay, t + CLOSE_NS);
	relay_set(relay, EMRELAY_ON);
	relay->now_ns = t + CLOSE_NS + WATCHDOG_NS;
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_ON, EMRELAY_REJECT, 0), -EAGAIN);
	KUNIT_EXPECT_FALSE(test, relay->engine.target);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
}

/* It runs while the on still waits: such an on is given up. */
static void engine_watchdog_of_a_waiting_on(struct kunit *test)
{
	struct relay *relay = relay_watched(test);
	u64 t = relay->now_ns;

	relay_pulse(relay, CLOSE_NS);
	relay_run_to(relay, t + CLOSE_NS);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, relay_converge(relay), t + CLOSE_NS + WATCHDOG_NS);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);

	/* One that is carried out in time counts from when it was written. */
	t = relay->now_ns;
	relay_pulse(relay, CLOSE_NS);
	relay_run_to(relay, t + LOADED_NS - 5);
	relay_set(relay, EMRELAY_ON);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 6);
	relay_expect_edge(relay, 4, t + LOADED_NS, true);
	relay_expect_edge(relay, 5, t + LOADED_NS - 5 + WATCHDOG_NS, false);
}

/* What the watchdog gives up before its time, or at it, will never be. */
static void engine_watchdog_foreseen(struct kunit *test)
{
	struct relay *relay = relay_watched(test);
	struct emrelay_engine *engine = &relay->engine;
	u64 t = relay->now_ns;

	relay_pulse(relay, CLOSE_NS);
	relay_run_to(relay, t + LOADED_NS - WATCHDOG_NS - 1);
	KUNIT_EXPECT_EQ(test, relay_ready(relay), U64_MAX);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns), U64_MAX);
	relay->now_ns++;
	KUNIT_EXPECT_EQ(test, relay_ready(relay), U64_MAX);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns), U64_MAX);
	relay->now_ns++;
	KUNIT_EXPECT_EQ(test, relay_ready(relay), WATCHDOG_NS - 1);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns), WATCHDOG_NS - 1);
	relay_settle(relay);
	relay_expect_edge(relay, 2, t + LOADED_NS, true);
	relay_expect_edge(relay, 3, t + LOADED_NS + CLOSE_NS, false);

	/* What can be done at once is, however short the watchdog. */
	relay_watchdog(relay, 1);
	KUNIT_EXPECT_EQ(test, relay_ready(relay), 0);
	/* A pulse waits as long as it takes. */
	relay_pulse(relay, CLOSE_NS);
	relay_run_to(relay, relay->now_ns + CLOSE_NS);
	relay_pulse(relay, CLOSE_NS);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns),
			LOADED_NS - CLOSE_NS);
	engine->free_ns = U64_MAX - 1;
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns),
			U64_MAX - 1 - relay->now_ns);
	relay_watchdog(relay, 0);
	KUNIT_EXPECT_EQ(test, relay_ready(relay), U64_MAX - 1 - relay->now_ns);
}

/* A pulse ends by itself, and only then. */
static void engine_watchdog_ignores_pulses(struct kunit *test)
{
	struct relay *relay = relay_watched(test);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + CLOSE_NS);
	relay_pulse(relay, 2 * WATCHDOG_NS);
	relay_run_to(relay, t + CLOSE_NS + WATCHDOG_NS);
	KUNIT_EXPECT_TRUE(test, relay->engine.target);
	/* Made lasting, it has to be renewed from then on. */
	relay_set(relay, EMRELAY_ON);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + CLOSE_NS + 2 * WATCHDOG_NS, false);
	KUNIT_EXPECT_EQ(test, relay->edges[1].source, EMRELAY_BY_WATCHDOG);

	t = relay->now_ns;
	relay_pulse(relay, 2 * WATCHDOG_NS);
	relay_settle(relay);
	relay_expect_edge(relay, 3, t + 2 * WATCHDOG_NS, false);
	KUNIT_EXPECT_EQ(test, relay->edges[3].source, EMRELAY_BY_PULSE);
}

/* Choosing one while the relay is on counts as a renewal; 0 ends it. */
static void engine_watchdog_changes(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + LOADED_NS);
	relay_watchdog(relay, WATCHDOG_NS);
	relay_run_to(relay, t + LOADED_NS + WATCHDOG_NS - 1);
	KUNIT_EXPECT_TRUE(test, relay->engine.target);
	relay_watchdog(relay, 0);
	KUNIT_EXPECT_EQ(test, relay_converge(relay), U64_MAX);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 1);

	t = relay->now_ns;
	relay_watchdog(relay, WATCHDOG_NS);
	/* Other limits that change renew nothing. */
	relay_run_to(relay, t + WATCHDOG_NS / 2);
	relay->engine.limits.spacing_ns = 1;
	relay_watchdog(relay, WATCHDOG_NS);
	relay_settle(relay);
	relay_expect_edge(relay, 1, t + WATCHDOG_NS, false);
}

/* Its end waits for the contact and for min_on as any other off does. */
static void engine_watchdog_short(struct kunit *test)
{
	struct emrelay_limits limits = loaded;
	struct relay *relay;
	u64 t;

	limits.min_on_ns = CLOSE_NS + 7;
	relay = relay_new(test, &limits);
	t = relay->now_ns;
	relay_watchdog(relay, 1);
	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + 1);
	KUNIT_EXPECT_FALSE(test, relay->engine.target);
	relay_settle(relay);
	relay_expect_edge(relay, 1, t + CLOSE_NS + 7, false);
}

/* What others say delays an energisation, and nothing else. */
static void engine_waits_for_others(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_engine *engine = &relay->engine;
	u64 t = relay->now_ns;

	engine->free_ns = t + 5;
	KUNIT_EXPECT_EQ(test, relay_ready(relay), 5);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_ON, EMRELAY_REJECT, 0), -EAGAIN);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, t), 5);
	relay_expect_statistics(relay, 2, 1, 1, 0, 1);
	relay_run_to(relay, t + 5);
	relay_expect_edge(relay, 0, t + 5, true);

	engine->free_ns = U64_MAX;
	relay_run_to(relay, t + 5 + CLOSE_NS);
	KUNIT_EXPECT_EQ(test, relay_ready(relay), 0);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_PULSE, EMRELAY_REJECT, CLOSE_NS), 0);
	relay_set(relay, EMRELAY_OFF);
	relay_expect_edge(relay, 1, t + 5 + CLOSE_NS, false);

	/* Nobody knows when; time alone does not cure it. */
	KUNIT_EXPECT_EQ(test, relay_ready(relay), U64_MAX);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_ON, EMRELAY_REJECT, 0), -EBUSY);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns), U64_MAX);
	KUNIT_EXPECT_EQ(test, relay_converge(relay), U64_MAX);
	relay_run_to(relay, t + 10 * LOADED_NS);
	KUNIT_EXPECT_EQ(test, relay->count, 2);

	/* Sooner than its own limits allow is no matter. */
	engine->free_ns = 1;
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 3);
	relay_set(relay, EMRELAY_OFF);
	relay_settle(relay);
	relay_set(relay, EMRELAY_ON);
	relay_expect_edge(relay, 4, relay->now_ns, true);
}

/* Who replaces what nobody asked for replaces no request. */
static void engine_coalesced_by_source(struct kunit *test)
{
	static const struct {
		enum emrelay_source source;
		u64 coalesced;
	} cases[] = {
		{ EMRELAY_BY_PROBE, 0 }, { EMRELAY_BY_SYSFS, 1 }, { EMRELAY_BY_GPIO, 1 },
		{ EMRELAY_BY_LED, 1 }, { EMRELAY_BY_PULSE, 0 }, { EMRELAY_BY_WATCHDOG, 0 },
		{ EMRELAY_BY_INTERLOCK, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct relay *relay = relay_new(test, &loaded);

		relay_set(relay, EMRELAY_ON);
		emrelay_engine_release(&relay->engine, cases[i].source);
		relay_set(relay, EMRELAY_ON);
		KUNIT_EXPECT_EQ(test, relay->engine.statistics.coalesced, cases[i].coalesced);
	}
}

/* The arbiter turns a target off; nobody asked for it. */
static void engine_release(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	u64 t = relay->now_ns;

	relay_pulse(relay, LOADED_NS);
	emrelay_engine_release(&relay->engine, EMRELAY_BY_INTERLOCK);
	KUNIT_EXPECT_FALSE(test, relay->engine.target);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&relay->engine, t), 0);
	relay_settle(relay);
	relay_expect_edge(relay, 1, t + CLOSE_NS, false);
	KUNIT_EXPECT_EQ(test, relay->edges[1].source, EMRELAY_BY_INTERLOCK);
	relay_expect_statistics(relay, 1, 1, 0, 0, 0);
}

/* What may have worked counts: others must take the coil for energised. */
static void engine_energised(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_engine *engine = &relay->engine;
	u64 again_ns;

	KUNIT_EXPECT_FALSE(test, emrelay_engine_energised(engine));
	relay_want(relay, EMRELAY_ON);
	KUNIT_EXPECT_FALSE(test, emrelay_engine_energised(engine));
	relay->now_ns = relay_fail(relay, true);
	KUNIT_EXPECT_TRUE(test, emrelay_engine_energised(engine));
	relay_converge(relay);
	KUNIT_EXPECT_TRUE(test, emrelay_engine_energised(engine));
	relay_run_to(relay, relay->now_ns + CLOSE_NS);
	relay_set(relay, EMRELAY_OFF);
	KUNIT_EXPECT_FALSE(test, emrelay_engine_energised(engine));

	/* Nor is it released by an off that fails, whatever was before. */
	relay_run_to(relay, relay->now_ns + LOADED_NS);
	relay_want(relay, EMRELAY_ON);
	relay_fail(relay, true);
	relay_want(relay, EMRELAY_OFF);
	KUNIT_EXPECT_TRUE(test, emrelay_engine_energised(engine));
	relay->now_ns += CLOSE_NS;
	again_ns = relay_fail(relay, false);
	KUNIT_EXPECT_EQ(test, again_ns, relay->now_ns + RETRY_NS);
	KUNIT_EXPECT_TRUE(test, emrelay_engine_energised(engine));
	relay->now_ns = again_ns;
	relay_converge(relay);
	KUNIT_EXPECT_FALSE(test, emrelay_engine_energised(engine));
}

/* No time is so late that a sum wraps around to the past. */
static void engine_end_of_time(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_engine *engine = &relay->engine;
	u64 t = U64_MAX - CLOSE_NS;

	relay->now_ns = t;
	relay_pulse(relay, U64_MAX);
	relay_expect_edge(relay, 0, t, true);
	KUNIT_EXPECT_GT(test, emrelay_engine_decide(engine, U64_MAX - 1), 0);
	relay_set(relay, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, relay_converge(relay), U64_MAX);
	KUNIT_EXPECT_GT(test, emrelay_engine_decide(engine, U64_MAX - 1), 0);
	KUNIT_EXPECT_EQ(test, emrelay_engine_contact(engine, U64_MAX - 1), EMRELAY_CLOSING);
}

/* Ratings of a few ns, so that a walk ns by ns meets each coincidence of them. */
static const struct walk_case {
	u64 seed;
	struct emrelay_limits limits;
	unsigned int one_in;	/* a request in so many ns */
	unsigned int late_ns;	/* the clock's callback is up to so late */
	u64 watchdog_ns;
} walk_cases[] = {
	{ 1, { 5, 7, 20 }, 3, 0 },
	{ 2, { 5, 7, 20 }, 40, 0 },
	{ 3, { 7, 5, 12 }, 6, 0 },
	{ 4, { 7, 5, 13 }, 6, 0 },
	{ 5, { 7, 5, 11 }, 6, 0 },
	{ 6, { 1, 1, 3 }, 2, 0 },
	{ 7, { 1, 9, 2 }, 5, 0 },
	{ 8, { 9, 1, 2 }, 5, 0 },
	{ 9, { 3, 4, 50 }, 20, 0 },
	{ 10, { 5, 7, 20 }, 10, 4 },
	{ 11, { 3, 4, 50 }, 20, 9 },
	{ 12, { 9, 1, 2 }, 5, 3 },
	{ 13, { 5, 7, 20, 9, 0 }, 4, 0 },
	{ 14, { 5, 7, 20, 0, 9 }, 4, 0 },
	{ 15, { 5, 7, 11, 30, 40 }, 8, 0 },
	{ 16, { 5, 7, 20, 9, 11 }, 8, 3 },
	{ 17, { 5, 7, 20 }, 8, 0, 15 },
	{ 18, { 5, 7, 20 }, 2, 0, 3 },
	{ 19, { 5, 7, 20, 13, 17 }, 9, 0, 11 },
	{ 20, { 5, 7, 20, 13, 17 }, 20, 3, 30 },
};

static void walk_desc(const struct walk_case *c, char *desc)
{
	const struct emrelay_limits *l = &c->limits;

	snprintf(desc, KUNIT_PARAM_DESC_SIZE,
		 "seed %llu: %llu %llu %llu ns, dwell %llu %llu, watchdog %llu, %u late",
		 c->seed, l->close_ns, l->open_ns, l->spacing_ns, l->min_on_ns,
		 l->min_off_ns, c->watchdog_ns, c->late_ns);
}

KUNIT_ARRAY_PARAM(walk, walk_cases, walk_desc);

/* What the requests so far amount to, written down a second time. */
struct wish {
	bool on;
	u64 pulse_ns;		/* 0: lasting */
	u64 written_ns;
};

/* The latest edge, or one before it; NULL: there were not so many. */
static const struct edge *walk_edge(const struct relay *relay, unsigned int back)
{
	return back < relay->count ? &relay->edges[relay->count - 1 - back] : NULL;
}

/*
 * Laws 1, 2, 4 and 8: an edge since there were @count of them has to be the one
 * that is wanted, at a time that those before it allow.
 */
static void walk_check_edge(struct relay *relay, const struct emrelay_limits *limits,
			    unsigned int count, bool wanted)
{
	const struct edge *edge = walk_edge(relay, 0);
	const struct edge *last = walk_edge(relay, 1);
	const struct edge *same = walk_edge(relay, 2);
	struct kunit *test = relay->test;

	if (relay->count == count)
		return;
	KUNIT_ASSERT_EQ(test, relay->count, count + 1);
	KUNIT_ASSERT_EQ(test, edge->on, wanted);
	if (!last)
		return;
	KUNIT_ASSERT_NE(test, edge->on, last->on);
	KUNIT_ASSERT_GE(test, edge->ns - last->ns,
			edge->on ? max(limits->open_ns, limits->min_off_ns) :
				   max(limits->close_ns, limits->min_on_ns));
	if (edge->on && same)
		KUNIT_ASSERT_GE(test, edge->ns - same->ns, limits->spacing_ns);
}

/* Laws 3 and 6: could the coil have been driven to where it is wanted? */
static bool walk_overdue(struct relay *relay, const struct emrelay_limits *limits,
			 bool wanted)
{
	const struct edge *edge = walk_edge(relay, 0);
	const struct edge *energised = walk_edge(relay, 1);
	u64 now_ns = relay->now_ns;

	if (!edge)
		return wanted;
	if (edge->on == wanted)
		return false;
	if (!wanted)
		return now_ns >= edge->ns + max(limits->close_ns, limits->min_on_ns);
	return now_ns >= edge->ns + max(limits->open_ns, limits->min_off_ns) &&
	       now_ns >= energised->ns + limits->spacing_ns;
}

/*
 * A pulse is over so long after the energisation, or after it was written; what
 * lasts is over when the watchdog is, from when it was last written.
 */
static void walk_end(struct relay *relay, struct wish *wish, u64 watchdog_ns)
{
	const struct edge *edge = walk_edge(relay, 0);
	u64 now_ns = relay->now_ns;

	if (wish->on && wish->pulse_ns && edge && edge->on &&
	    now_ns >= max(edge->ns, wish->written_ns) + wish->pulse_ns)
		wish->on = false;
	if (wish->on && !wish->pulse_ns && watchdog_ns &&
	    now_ns >= wish->written_ns + watchdog_ns)
		wish->on = false;
}

static void walk_request(struct relay *relay, struct rnd_state *random,
			 const struct emrelay_limits *limits, struct wish *wish)
{
	enum emrelay_op op = prandom_u32_state(random) % 4;
	enum emrelay_policy policy = prandom_u32_state(random) % 2;
	u64 pulse_ns = prandom_u32_state(random) % (3 * limits->close_ns);
	bool on = op == EMRELAY_TOGGLE ? !wish->on : op != EMRELAY_OFF;
	bool again = on == wish->on && op != EMRELAY_PULSE;
	const struct edge *edge = walk_edge(relay, 0);
	bool coil = edge && edge->on;
	int expected = 0;
	int ret;

	if (op == EMRELAY_PULSE && pulse_ns < limits->close_ns)
		expected = -EINVAL;
	else if (on && !again && !coil && policy == EMRELAY_REJECT &&
		 !walk_overdue(relay, limits, true))
		expected = -EAGAIN;

	ret = relay_ask(relay, op, policy, pulse_ns);
	KUNIT_ASSERT_EQ(relay->test, ret, expected);
	if (ret)
		return;
	*wish = (struct wish) {
		.on = on,
		.pulse_ns = op == EMRELAY_PULSE ? pulse_ns : 0,
		.written_ns = relay->now_ns,
	};
}

/* Returns when the clock will call back: when the engine wants it, or later. */
static u64 walk_converge(struct relay *relay, struct rnd_state *random,
			 unsigned int late_ns)
{
	u64 wake_ns = relay_converge(relay);

	if (wake_ns == U64_MAX)
		return U64_MAX;
	return wake_ns + prandom_u32_state(random) % (late_ns + 1);
}

static void engine_random_walk(struct kunit *test)
{
	const struct walk_case *c = test->param_value;
	const struct emrelay_limits *limits = &c->limits;
	struct relay *relay = relay_new(test, limits);
	struct emrelay_statistics *s = &relay->engine.statistics;
	struct rnd_state random;
	struct wish wish = {};
	u64 wake_ns = U64_MAX;
	u64 end_ns;

	prandom_seed_state(&random, c->seed);
	relay_watchdog(relay, c->watchdog_ns);
	while (relay->count < MAX_EDGES - 2) {
		unsigned int count = relay->count;

		walk_end(relay, &wish, c->watchdog_ns);
		/* The engine hears of the time only by requests and its own wish. */
		if (relay->now_ns >= wake_ns) {
			wake_ns = walk_converge(relay, &random, c->late_ns);
			walk_check_edge(relay, limits, count, wish.on);
			count = relay->count;
		}
		if (prandom_u32_state(&random) % c->one_in == 0) {
			walk_request(relay, &random, limits, &wish);
			wake_ns = walk_converge(relay, &random, c->late_ns);
			walk_check_edge(relay, limits, count, wish.on);
		}
		if (!c->late_ns)
			KUNIT_ASSERT_FALSE(test, walk_overdue(relay, limits, wish.on));
		relay->now_ns++;
	}
	KUNIT_EXPECT_LE(test, s->deferred, s->accepted);
	KUNIT_EXPECT_GT(test, s->deferred, 0);
	KUNIT_EXPECT_GT(test, s->coalesced, 0);

	/* The requests stop: the coil ends where it was last wanted, and soon. */
	relay_watchdog(relay, 0);
	relay_set(relay, EMRELAY_ON);
	end_ns = relay->now_ns + limits->open_ns + limits->close_ns +
		 limits->spacing_ns + limits->min_on_ns + limits->min_off_ns;
	relay_run_to(relay, end_ns);
	KUNIT_EXPECT_TRUE(test, relay->engine.past.coil);
	relay_settle(relay);
}

#define MAX_ON_NS	1000000000ULL

static struct relay *relay_limited(struct kunit *test, u64 max_on_ns, u64 momentary_ns)
{
	struct emrelay_limits limits = loaded;

	limits.max_on_ns = max_on_ns;
	limits.momentary_ns = momentary_ns;
	return relay_new(test, &limits);
}

/* Released so long after the energisation, to the ns, whatever is asked meanwhile. */
static void engine_max_on(struct kunit *test)
{
	static const enum emrelay_op ops[] = { EMRELAY_OFF, EMRELAY_ON, EMRELAY_PULSE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		struct relay *relay = relay_limited(test, MAX_ON_NS, 0);
		u64 t = relay->now_ns;

		/* One that waits is not energised yet. */
		relay->engine.free_ns = t + 5;
		relay_set(relay, EMRELAY_ON);
		relay_run_to(relay, t + 5);
		KUNIT_EXPECT_EQ(test, relay_converge(relay), t + 5 + MAX_ON_NS);
		if (ops[i] != EMRELAY_OFF) {
			relay_run_to(relay, t + 4 + MAX_ON_NS);
			KUNIT_EXPECT_EQ(test, relay_ask(relay, ops[i], EMRELAY_DEFER, LOADED_NS),
					0);
		}
		relay_run_to(relay, t + 4 + MAX_ON_NS);
		KUNIT_EXPECT_TRUE(test, relay->engine.target);
		relay_settle(relay);
		KUNIT_EXPECT_EQ(test, relay->count, 2);
		relay_expect_edge(relay, 1, t + 5 + MAX_ON_NS, false);
		KUNIT_EXPECT_EQ(test, relay->edges[1].source, EMRELAY_BY_MAX_ON);
		/* Each energisation has its own. */
		relay_set(relay, EMRELAY_ON);
		t = relay->edges[2].ns;
		relay_settle(relay);
		relay_expect_edge(relay, 3, t + MAX_ON_NS, false);
	}
}

/* What ends sooner by itself does so; of two for one moment the other one is named. */
static void engine_max_on_and_others(struct kunit *test)
{
	static const struct {
		u64 pulse_ns, watchdog_ns, end_ns;
		enum emrelay_source source;
	} cases[] = {
		{ MAX_ON_NS - 1, 0, MAX_ON_NS - 1, EMRELAY_BY_PULSE },
		{ MAX_ON_NS, 0, MAX_ON_NS, EMRELAY_BY_PULSE },
		{ MAX_ON_NS + 1, 0, MAX_ON_NS, EMRELAY_BY_MAX_ON },
		{ 0, MAX_ON_NS - 1, MAX_ON_NS - 1, EMRELAY_BY_WATCHDOG },
		{ 0, MAX_ON_NS, MAX_ON_NS, EMRELAY_BY_WATCHDOG },
		{ 0, MAX_ON_NS + 1, MAX_ON_NS, EMRELAY_BY_MAX_ON },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct relay *relay = relay_limited(test, MAX_ON_NS, 0);
		u64 t = relay->now_ns;

		relay_watchdog(relay, cases[i].watchdog_ns);
		if (cases[i].pulse_ns)
			relay_pulse(relay, cases[i].pulse_ns);
		else
			relay_set(relay, EMRELAY_ON);
		relay_settle(relay);
		relay_expect_edge(relay, 1, t + cases[i].end_ns, false);
		KUNIT_EXPECT_EQ(test, relay->edges[1].source, cases[i].source);
		relay_expect_statistics(relay, 1, 1, 0, 0, 0);
	}
}

/* Its end waits for the contact as any off does, and an on in between changes nothing. */
static void engine_max_on_short(struct kunit *test)
{
	struct relay *relay = relay_limited(test, 1, 0);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + 1);
	KUNIT_EXPECT_FALSE(test, relay->engine.target);
	relay_set(relay, EMRELAY_ON);
	KUNIT_EXPECT_FALSE(test, relay->engine.target);
	KUNIT_EXPECT_EQ(test, relay->engine.statistics.deferred, 0);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 2);
	relay_expect_edge(relay, 1, t + CLOSE_NS, false);
}

/* Chosen while the coil is on it counts from the energisation; 0 ends it. */
static void engine_max_on_changes(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_limits limits = loaded;
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + LOADED_NS);
	limits.max_on_ns = LOADED_NS + 9;
	emrelay_engine_set(&relay->engine, &limits, relay->now_ns);
	KUNIT_EXPECT_EQ(test, relay_converge(relay), t + LOADED_NS + 9);
	emrelay_engine_set(&relay->engine, &loaded, relay->now_ns);
	KUNIT_EXPECT_EQ(test, relay_converge(relay), U64_MAX);
	limits.max_on_ns = LOADED_NS;
	emrelay_engine_set(&relay->engine, &limits, relay->now_ns);
	relay_converge(relay);
	relay_expect_edge(relay, 1, t + LOADED_NS, false);
}

/* A line that fails: the coil may be on since the first attempt, and through an off. */
static void engine_max_on_unsure(struct kunit *test)
{
	struct relay *relay = relay_limited(test, 7 * RETRY_NS, 0);
	struct emrelay_engine *engine = &relay->engine;
	u64 t = relay->now_ns;

	relay_want(relay, EMRELAY_ON);
	relay->now_ns = relay_fail(relay, true);
	relay->now_ns = relay_fail(relay, true);
	KUNIT_EXPECT_EQ(test, relay->now_ns, t + 3 * RETRY_NS);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns), 0);
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns - 1), 1);
	emrelay_engine_driven(engine, true, -EIO, relay->now_ns);
	/* The next attempt would come as the time is over. */
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns), U64_MAX);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
	relay_expect_edge(relay, 0, t + 7 * RETRY_NS, false);

	relay = relay_limited(test, MAX_ON_NS, 0);
	engine = &relay->engine;
	t = relay->now_ns;
	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + CLOSE_NS);
	relay_want(relay, EMRELAY_OFF);
	relay_fail(relay, false);
	engine->limits.spacing_ns = 1;
	relay_want(relay, EMRELAY_ON);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 3);
	relay_expect_edge(relay, 1, t + CLOSE_NS + OPEN_NS, true);
	relay_expect_edge(relay, 2, t + MAX_ON_NS, false);
}

#define MOMENTARY_NS	2000000000ULL

/* Each on is a pulse, whichever way it is asked for; more of them change nothing. */
static void engine_momentary(struct kunit *test)
{
	static const enum emrelay_op ops[] = { EMRELAY_ON, EMRELAY_TOGGLE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		struct relay *relay = relay_limited(test, 0, MOMENTARY_NS);
		u64 t = relay->now_ns;

		relay_watchdog(relay, 1);
		relay->engine.free_ns = t + 5;
		KUNIT_EXPECT_EQ(test, relay_ready(relay), 5);
		relay_set(relay, ops[i]);
		KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&relay->engine, t),
				MOMENTARY_NS);
		relay_run_to(relay, t + 4);
		relay_set(relay, EMRELAY_ON);
		relay_run_to(relay, t + 4 + MOMENTARY_NS);
		relay_set(relay, EMRELAY_ON);
		KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&relay->engine, relay->now_ns),
				1);
		relay_settle(relay);
		KUNIT_EXPECT_EQ(test, relay->count, 2);
		relay_expect_edge(relay, 1, t + 5 + MOMENTARY_NS, false);
		KUNIT_EXPECT_EQ(test, relay->edges[1].source, EMRELAY_BY_PULSE);
		relay_expect_statistics(relay, 3, 3, 1, 0, 0);
	}
}

/* A toggle while it runs means off; a pulse has its own length, and an on keeps that. */
static void engine_momentary_and_others(struct kunit *test)
{
	struct relay *relay = relay_limited(test, 0, MOMENTARY_NS);
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, t + CLOSE_NS);
	relay_set(relay, EMRELAY_TOGGLE);
	relay_expect_edge(relay, 1, t + CLOSE_NS, false);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&relay->engine, relay->now_ns), 0);
	relay_set(relay, EMRELAY_OFF);
	relay_settle(relay);

	t = relay->now_ns;
	relay_pulse(relay, 3 * MOMENTARY_NS);
	relay_run_to(relay, t + MOMENTARY_NS);
	relay_set(relay, EMRELAY_ON);
	relay_settle(relay);
	relay_expect_edge(relay, 3, t + 3 * MOMENTARY_NS, false);
}

/* Chosen while an on lasts it counts for the next one, which is a pulse from then on. */
static void engine_momentary_changes(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_limits limits = loaded;
	u64 t = relay->now_ns;

	relay_set(relay, EMRELAY_ON);
	limits.momentary_ns = MOMENTARY_NS;
	emrelay_engine_set(&relay->engine, &limits, t);
	relay_run_to(relay, t + LOADED_NS);
	KUNIT_EXPECT_EQ(test, relay->count, 1);
	KUNIT_EXPECT_EQ(test, relay_ask(relay, EMRELAY_ON, EMRELAY_REJECT, 0), 0);
	relay_settle(relay);
	relay_expect_edge(relay, 1, t + LOADED_NS + MOMENTARY_NS, false);

	/* 0 makes the next one last. */
	relay_set(relay, EMRELAY_ON);
	emrelay_engine_set(&relay->engine, &loaded, relay->now_ns);
	relay_set(relay, EMRELAY_ON);
	relay_settle(relay);
	KUNIT_EXPECT_EQ(test, relay->count, 3);
}

/* What a bind finds on, or turns on, is no lasting on either. */
static void engine_momentary_bind(struct kunit *test)
{
	struct emrelay_limits limits = loaded;
	unsigned int found;

	limits.momentary_ns = MOMENTARY_NS;
	for (found = 0; found < 2; found++) {
		struct relay *relay = relay_new(test, &loaded);
		u64 t = relay->now_ns;

		relay->engine.past.coil = found;
		emrelay_engine_bind(&relay->engine, &limits, found, true, t);
		relay_settle(relay);
		relay_expect_edge(relay, !found, t + MOMENTARY_NS, false);

		emrelay_engine_bind(&relay->engine, &limits, false, false, relay->now_ns);
		KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&relay->engine, relay->now_ns),
				0);
	}
}

/* The last word: is there one, whom does it leave on, and when may it be said? */
static const struct stop_case {
	const char *desc;
	enum emrelay_op op;
	u64 max_on_ns, watchdog_ns;
	bool retain;
	bool stops;
} stop_cases[] = {
	{ "on", EMRELAY_ON, 0, 0, false, true },
	{ "on, retained", EMRELAY_ON, 0, 0, true, false },
	{ "pulse, retained", EMRELAY_PULSE, 0, 0, true, true },
	{ "watched, retained", EMRELAY_ON, 0, 2 * LOADED_NS, true, true },
	{ "limited, retained", EMRELAY_ON, 2 * LOADED_NS, 0, true, true },
	{ "an off that waits, retained", EMRELAY_OFF, 0, 0, true, true },
};

KUNIT_ARRAY_PARAM_DESC(stop, stop_cases, desc);

static void engine_stop(struct kunit *test)
{
	const struct stop_case *c = test->param_value;
	static const enum emrelay_source sources[] = {
		EMRELAY_BY_SUSPEND, EMRELAY_BY_UNBIND, EMRELAY_BY_SHUTDOWN
	};
	struct emrelay_limits limits = loaded;
	unsigned int i;

	limits.min_on_ns = LOADED_NS;
	limits.max_on_ns = c->max_on_ns;
	limits.watchdog_ns = c->watchdog_ns;
	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		struct relay *relay = relay_new(test, &limits);
		struct emrelay_engine *engine = &relay->engine;
		u64 t = relay->now_ns;

		relay_set(relay, EMRELAY_ON);
		KUNIT_EXPECT_EQ(test, relay_ask(relay, c->op, EMRELAY_DEFER, 2 * LOADED_NS), 0);
		KUNIT_EXPECT_EQ(test, emrelay_engine_stop(engine, sources[i], c->retain), c->stops);
		KUNIT_EXPECT_EQ(test, engine->target, !c->stops);
		if (!c->stops)
			continue;
		/* min_on is not waited for, but the contact is. */
		KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, t), CLOSE_NS);
		KUNIT_EXPECT_EQ(test, relay_converge(relay), t + CLOSE_NS);
		KUNIT_EXPECT_TRUE(test, emrelay_engine_stop(engine, sources[i], c->retain));
		relay_settle(relay);
		relay_expect_edge(relay, 1, t + CLOSE_NS, false);
		KUNIT_EXPECT_EQ(test, relay->edges[1].source, sources[i]);
		KUNIT_EXPECT_FALSE(test, emrelay_engine_stop(engine, sources[i], c->retain));
	}
}

/* Nothing to say where nothing is on; a request that waits is withdrawn or kept. */
static void engine_stop_of_a_released_coil(struct kunit *test)
{
	unsigned int retain;

	for (retain = 0; retain < 2; retain++) {
		struct relay *relay = relay_new(test, &loaded);
		struct emrelay_engine *engine = &relay->engine;

		KUNIT_EXPECT_FALSE(test, emrelay_engine_stop(engine, EMRELAY_BY_UNBIND, retain));
		engine->free_ns = U64_MAX;
		relay_set(relay, EMRELAY_ON);
		KUNIT_EXPECT_FALSE(test, emrelay_engine_stop(engine, EMRELAY_BY_SUSPEND, retain));
		KUNIT_EXPECT_EQ(test, engine->target, retain);
	}
}

/* A line that fails: it goes on being said, every 100 ms. */
static void engine_stop_fails(struct kunit *test)
{
	struct relay *relay = relay_new(test, &loaded);
	struct emrelay_engine *engine = &relay->engine;
	unsigned int i;

	relay_set(relay, EMRELAY_ON);
	relay_run_to(relay, relay->now_ns + CLOSE_NS);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, emrelay_engine_stop(engine, EMRELAY_BY_UNBIND, false));
		KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns), 0);
		emrelay_engine_driven(engine, false, -EIO, relay->now_ns);
		KUNIT_EXPECT_TRUE(test, emrelay_engine_stop(engine, EMRELAY_BY_UNBIND, false));
		KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(engine, relay->now_ns), RETRY_NS);
		relay->now_ns += RETRY_NS;
	}
	/* Nor is it known what became of an on that failed. */
	relay = relay_new(test, &loaded);
	relay_want(relay, EMRELAY_ON);
	relay_fail(relay, true);
	KUNIT_EXPECT_TRUE(test, emrelay_engine_stop(&relay->engine, EMRELAY_BY_UNBIND, false));
	KUNIT_EXPECT_EQ(test, emrelay_engine_wait_ns(&relay->engine, relay->now_ns), CLOSE_NS);
}

/* A failed attempt may have been carried out: that is remembered over a bind. */
static void engine_bind_after_failure(struct kunit *test)
{
	static const struct emrelay_limits limits = { CLOSE_NS, OPEN_NS, 1 };
	struct relay *relay = relay_new(test, &limits);
	struct emrelay_engine *engine = &relay->engine;
	u64 t = relay->now_ns;

	/* An on failed, and the coil is found released. */
	emrelay_engine_driven(engine, true, -EIO, t + 1);
	emrelay_engine_bind(engine, &limits, false, true, t + 3);
	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(engine, true), t + 1 + OPEN_NS);

	/* An off failed, and the coil is found energised. */
	t += OPEN_NS + CLOSE_NS;
	emrelay_engine_driven(engine, true, true, t);
	t += CLOSE_NS;
	emrelay_engine_driven(engine, false, -EIO, t + 1);
	emrelay_engine_bind(engine, &limits, true, false, t + 3);
	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(engine, false), t + 1 + CLOSE_NS);

	/* The same, and it is found released, which may have been just now. */
	t += CLOSE_NS + 1;
	emrelay_engine_driven(engine, false, -EIO, t + 1);
	emrelay_engine_bind(engine, &limits, false, true, t + 3);
	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(engine, true), t + 3 + OPEN_NS);

	/* A later attempt worked: that was the last edge. */
	t += OPEN_NS + 3;
	emrelay_engine_driven(engine, true, true, t);
	t += CLOSE_NS;
	emrelay_engine_driven(engine, false, -EIO, t + 1);
	emrelay_engine_driven(engine, false, false, t + 7);
	emrelay_engine_bind(engine, &limits, false, true, t + 9);
	KUNIT_EXPECT_EQ(test, emrelay_engine_legal_ns(engine, true), t + 7 + OPEN_NS);
}

static struct kunit_case engine_test_cases[] = {
	KUNIT_CASE(time_add),
	KUNIT_CASE(time_left),
	KUNIT_CASE_PARAM(engine_spacing, spacing_gen_params),
	KUNIT_CASE_PARAM(engine_limits, limit_gen_params),
	KUNIT_CASE_PARAM(engine_dwell_limits, moment_gen_params),
	KUNIT_CASE(engine_dwell_of_the_same_level),
	KUNIT_CASE(engine_bind_after_failure),
	KUNIT_CASE(engine_on_and_off_at_once),
	KUNIT_CASE_PARAM(engine_reversal, reversal_gen_params),
	KUNIT_CASE(engine_decide_any_time),
	KUNIT_CASE(engine_contact),
	KUNIT_CASE(engine_same_target_costs_nothing),
	KUNIT_CASE(engine_toggle),
	KUNIT_CASE(engine_newest_wins),
	KUNIT_CASE(engine_watchdog_in_a_pulse),
	KUNIT_CASE(engine_off_ends_nothing),
	KUNIT_CASE(engine_line_tells),
	KUNIT_CASE(engine_probe_tries_again),
	KUNIT_CASE(engine_storm_of_requests),
	KUNIT_CASE_PARAM(engine_reject, refusal_gen_params),
	KUNIT_CASE(engine_reject_takes_any_off),
	KUNIT_CASE(engine_reject_changes_nothing),
	KUNIT_CASE_PARAM(engine_refused, refused_gen_params),
	KUNIT_CASE(engine_refused_while_on),
	KUNIT_CASE(engine_refused_while_waiting),
	KUNIT_CASE(engine_refused_until_bind),
	KUNIT_CASE_PARAM(engine_pulse, pulse_gen_params),
	KUNIT_CASE(engine_pulse_too_short),
	KUNIT_CASE(engine_pulse_deferred),
	KUNIT_CASE(engine_pulse_starts_over),
	KUNIT_CASE(engine_pulse_replaced),
	KUNIT_CASE(engine_pulse_of_a_closed_relay),
	KUNIT_CASE(engine_pulse_made_lasting),
	KUNIT_CASE(engine_pulse_ended_by_off),
	KUNIT_CASE(engine_pulse_over_unseen),
	KUNIT_CASE(engine_load_changes),
	KUNIT_CASE(engine_even_spacing),
	KUNIT_CASE_PARAM(engine_bind, bind_gen_params),
	KUNIT_CASE(engine_statistics_outlive_bind),
	KUNIT_CASE(engine_failed_on),
	KUNIT_CASE(engine_failed_off),
	KUNIT_CASE(engine_stuck),
	KUNIT_CASE(engine_dropped),
	KUNIT_CASE(engine_pulled),
	KUNIT_CASE(engine_failed_slow_contact),
	KUNIT_CASE(engine_failed_on_then_off),
	KUNIT_CASE(engine_failed_off_then_on),
	KUNIT_CASE(engine_failed_on_and_off_then_on),
	KUNIT_CASE(engine_failed_off_is_no_cycle),
	KUNIT_CASE(engine_failed_before_bind),
	KUNIT_CASE_PARAM(engine_dwell, dwell_gen_params),
	KUNIT_CASE(engine_dwell_outlasts_pulse),
	KUNIT_CASE(engine_first_bind),
	KUNIT_CASE(engine_watchdog),
	KUNIT_CASE(engine_watchdog_renewed),
	KUNIT_CASE(engine_watchdog_over_unseen),
	KUNIT_CASE(engine_watchdog_of_a_waiting_on),
	KUNIT_CASE(engine_watchdog_foreseen),
	KUNIT_CASE(engine_watchdog_ignores_pulses),
	KUNIT_CASE(engine_watchdog_changes),
	KUNIT_CASE(engine_watchdog_short),
	KUNIT_CASE(engine_max_on),
	KUNIT_CASE(engine_max_on_and_others),
	KUNIT_CASE(engine_max_on_short),
	KUNIT_CASE(engine_max_on_changes),
	KUNIT_CASE(engine_max_on_unsure),
	KUNIT_CASE(engine_momentary),
	KUNIT_CASE(engine_momentary_and_others),
	KUNIT_CASE(engine_momentary_changes),
	KUNIT_CASE(engine_momentary_bind),
	KUNIT_CASE_PARAM(engine_stop, stop_gen_params),
	KUNIT_CASE(engine_stop_of_a_released_coil),
	KUNIT_CASE(engine_stop_fails),
	KUNIT_CASE(engine_waits_for_others),
	KUNIT_CASE(engine_coalesced_by_source),
	KUNIT_CASE(engine_release),
	KUNIT_CASE(engine_energised),
	KUNIT_CASE(engine_end_of_time),
	KUNIT_CASE_PARAM(engine_random_walk, walk_gen_params),
	{}
};

static struct kunit_suite engine_suite = {
	.name = "emrelay_engine",
	.test_cases = engine_test_cases,
};

kunit_test_suite(engine_suite);

MODULE_DESCRIPTION("KUnit tests of emrelay's engine");
MODULE_LICENSE("GPL");
