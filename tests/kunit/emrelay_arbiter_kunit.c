// SPDX-License-Identifier: GPL-2.0-only
/*
 * Relays that share something, on a fake clock: who may be energised, and when.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/prandom.h>

#include "arbiter.h"

#define RELAYS		5
#define MAX_EDGES	1024
#define FOREVER_NS	1000000000ULL

/* A few ns each, so that every coincidence of them is near. */
#define CLOSE_NS	10ULL
#define OPEN_NS		20ULL
#define SPACING_NS	30ULL
#define DEAD_NS		100ULL
#define STAGGER_NS	200ULL

/* A line that cannot be driven is tried again so often. */
#define RETRY_NS	100000000ULL

static const struct emrelay_limits limits = { CLOSE_NS, OPEN_NS, SPACING_NS };

/* Relays A to E, for whoever reads a test. */
enum { A, B, C, D, E };

struct edge {
	u64 ns;
	u16 who;
	bool on;
	enum emrelay_source source;
};

/* A bank without a kernel: the arbiter, engines, a clock, and a log of the coils. */
struct bank {
	struct kunit *test;
	u64 now_ns;
	struct emrelay_arbiter arbiter;
	struct emrelay_engine engines[RELAYS];
	struct emrelay_member *members;
	struct emrelay_group *groups;
	u64 wake_ns[RELAYS];
	bool default_on[RELAYS];	/* at probe, whatever is found */
	u64 stagger_ns;			/* at probe */
	u16 asked_early;		/* who is asked on before any coil moves */
	bool broken[RELAYS];		/* driving the line fails */
	bool slow[RELAYS];		/* driving it takes until bank_driven() */
	struct edge edges[MAX_EDGES];
	unsigned int count;
	struct walk *walk;		/* judges each edge, before it is */
};

static void walk_judge(struct walk *walk, u16 who, bool on);

/* Memory of just the size, so that KASAN sees who leaves it. */
static void *bank_alloc(struct kunit *test, size_t size)
{
	void *memory = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	return memory;
}

/* Who is in which group; x: in none. */
static void bank_group(struct bank *bank, const char *groups)
{
	u16 i, count = 0;

	for (i = 0; i < RELAYS; i++)
		if (groups[i] != 'x')
			count = max(count, (u16)(groups[i] - '0' + 1));
	bank->members = bank_alloc(bank->test, RELAYS * sizeof(*bank->members));
	bank->groups = bank_alloc(bank->test, count * sizeof(*bank->groups) + 1);
	for (i = 0; i < RELAYS; i++)
		bank->members[i].group = groups[i] == 'x' ? NULL : &bank->groups[groups[i] - '0'];
	for (i = 0; i < count; i++)
		bank->groups[i].dead_ns = DEAD_NS;
	bank->arbiter.group_count = count;
}

/* Does what the engine of a relay wants now. */
static void bank_converge(struct bank *bank, u16 who)
{
	const struct emrelay_engine *engine = &bank->engines[who];
	u64 wake_ns;

	while (!(wake_ns = emrelay_arbiter_decide(&bank->arbiter, who, bank->now_ns))) {
		bool on = engine->target;

		if (bank->slow[who])
			return;
		if (bank->broken[who]) {
			emrelay_arbiter_driven(&bank->arbiter, who, on, -EIO, bank->now_ns);
			continue;
		}
		KUNIT_ASSERT_LT(bank->test, bank->count, MAX_EDGES);
		if (bank->walk)
			walk_judge(bank->walk, who, on);
		bank->edges[bank->count++] = (struct edge) {
			bank->now_ns, who, on, engine->source
		};
		emrelay_arbiter_driven(&bank->arbiter, who, on, on, bank->now_ns);
	}
	bank->wake_ns[who] = wake_ns;
}

/* What a relay does may let others move. */
static void bank_converge_others(struct bank *bank)
{
	u16 who;

	while ((who = emrelay_arbiter_next(&bank->arbiter, bank->now_ns)) != EMRELAY_NOBODY)
		bank_converge(bank, who);
}

static void bank_update(struct bank *bank, u16 who)
{
	bank_converge(bank, who);
	bank_converge_others(bank);
}

/* A slow line has been driven at last. */
static void bank_driven(struct bank *bank, u16 who, bool on)
{
	bank->slow[who] = false;
	emrelay_arbiter_driven(&bank->arbiter, who, on, on, bank->now_ns);
	bank_update(bank, who);
}

/* As the driver binds, with coils found as they were left: each is kept. */
static unsigned int bank_bind(struct bank *bank)
{
	unsigned int conflicts = 0;
	u16 i;

	bank->arbiter = (struct emrelay_arbiter) {
		.members = bank->members,
		.groups = bank->groups,
		.stagger_ns = bank->stagger_ns,
		.count = RELAYS,
		.group_count = bank->arbiter.group_count,
	};
	for (i = 0; i < RELAYS; i++) {
		bool found = bank->engines[i].past.coil;

		emrelay_engine_bind(&bank->engines[i], &limits, found,
				    found || bank->default_on[i], bank->now_ns);
		bank->members[i] = (struct emrelay_member) {
			.engine = &bank->engines[i],
			.group = bank->members[i].group,
			.changeover = bank->members[i].changeover,
		};
	}
	for (i = 0; i < bank->arbiter.group_count; i++)
		bank->groups[i] = (struct emrelay_group) { .dead_ns = bank->groups[i].dead_ns };

	emrelay_arbiter_bind(&bank->arbiter, bank->now_ns);
	for (i = 0; i < bank->arbiter.group_count; i++)
		conflicts += bank->groups[i].energised > 1;
	if (bank->asked_early != EMRELAY_NOBODY) {
		struct emrelay_request request = { EMRELAY_ON, EMRELAY_BY_LED };

		emrelay_arbiter_request(&bank->arbiter, bank->asked_early, &request,
					bank->now_ns);
	}
	emrelay_arbiter_start(&bank->arbiter, bank->now_ns);
	bank_converge_others(bank);
	return conflicts;
}

/* Relays in groups, left long ago, and some of them energised, say "B" or "AC". */
static struct bank *bank_found(struct kunit *test, const char *groups, const char *energised)
{
	struct bank *bank = bank_alloc(test, sizeof(*bank));
	u16 i;

	bank->test = test;
	bank->now_ns = 1000000;
	bank->asked_early = EMRELAY_NOBODY;
	bank_group(bank, groups);
	for (i = 0; i < RELAYS; i++)
		bank->engines[i].past.known = true;
	for (; *energised; energised++)
		bank->engines[*energised - 'A'].past.coil = true;
	return bank;
}

/* Relays in groups, bound so long ago that all are free. */
static struct bank *bank_new(struct kunit *test, const char *groups)
{
	struct bank *bank = bank_found(test, groups, "");

	KUNIT_EXPECT_EQ(test, bank_bind(bank), 0);
	bank->now_ns += 1000000;
	return bank;
}

/* Lets time pass; a relay is decided only when it, or the arbiter, wants that. */
static void bank_run_to(struct bank *bank, u64 until_ns)
{
	while (true) {
		u16 i, who = 0;

		for (i = 1; i < RELAYS; i++)
			if (bank->wake_ns[i] < bank->wake_ns[who])
				who = i;
		if (bank->wake_ns[who] > until_ns)
			break;
		KUNIT_ASSERT_GE(bank->test, bank->wake_ns[who], bank->now_ns);
		bank->now_ns = bank->wake_ns[who];
		bank_update(bank, who);
		KUNIT_ASSERT_GT(bank->test, bank->wake_ns[who], bank->now_ns);
	}
	bank->now_ns = until_ns;
}

/* Lets all happen that is to come. */
static void bank_settle(struct bank *bank)
{
	u16 i;

	bank_run_to(bank, bank->now_ns + FOREVER_NS);
	for (i = 0; i < RELAYS; i++)
		KUNIT_EXPECT_EQ(bank->test, bank->wake_ns[i], U64_MAX);
}

static int bank_ask(struct bank *bank, u16 who, enum emrelay_op op,
		    enum emrelay_policy policy, u64 pulse_ns)
{
	struct emrelay_request request = {
		.op = op,
		.source = EMRELAY_BY_SYSFS,
		.policy = policy,
		.pulse_ns = pulse_ns,
	};
	int ret = emrelay_arbiter_request(&bank->arbiter, who, &request, bank->now_ns);

	if (!ret)
		bank_update(bank, who);
	return ret;
}

static void bank_set(struct bank *bank, u16 who, enum emrelay_op op)
{
	KUNIT_ASSERT_EQ(bank->test, bank_ask(bank, who, op, EMRELAY_DEFER, 0), 0);
}

static void bank_pulse(struct bank *bank, u16 who, u64 pulse_ns)
{
	KUNIT_ASSERT_EQ(bank->test, bank_ask(bank, who, EMRELAY_PULSE, EMRELAY_DEFER,
					     pulse_ns), 0);
}

static int bank_try(struct bank *bank, u16 who)
{
	return bank_ask(bank, who, EMRELAY_ON, EMRELAY_REJECT, 0);
}

static void bank_supply(struct bank *bank, u64 stagger_ns, u32 coil_limit)
{
	emrelay_arbiter_set_supply(&bank->arbiter, stagger_ns, coil_limit);
	bank_converge_others(bank);
}

static void bank_set_limits(struct bank *bank, u16 who, const struct emrelay_limits *with)
{
	emrelay_arbiter_set(&bank->arbiter, who, with, bank->members[who].changeover,
			    bank->now_ns);
	bank_update(bank, who);
}

static void bank_watchdog(struct bank *bank, u16 who, u64 watchdog_ns)
{
	struct emrelay_limits with = bank->engines[who].limits;

	with.watchdog_ns = watchdog_ns;
	bank_set_limits(bank, who, &with);
}

static void bank_change_over(struct bank *bank, u16 who, bool changeover)
{
	emrelay_arbiter_set(&bank->arbiter, who, &bank->engines[who].limits, changeover,
			    bank->now_ns);
	bank_update(bank, who);
}

/* How long until it follows? */
static u64 bank_wait(struct bank *bank, u16 who)
{
	return emrelay_engine_wait_ns(&bank->engines[who], bank->now_ns);
}

/* How long would an on that is written now have to wait? */
static u64 bank_ready(struct bank *bank, u16 who)
{
	return emrelay_arbiter_ready_ns(&bank->arbiter, who, bank->now_ns);
}

static void bank_expect_edge(struct bank *bank, unsigned int n, u64 ns, u16 who, bool on)
{
	KUNIT_ASSERT_GT(bank->test, bank->count, n);
	KUNIT_EXPECT_EQ(bank->test, bank->edges[n].ns, ns);
	KUNIT_EXPECT_EQ(bank->test, bank->edges[n].who, who);
	KUNIT_EXPECT_EQ(bank->test, bank->edges[n].on, on);
}

/* Which coils are energised, as a text: "AC". */
static void bank_expect_on(struct bank *bank, const char *expected)
{
	char on[RELAYS + 1] = "";
	u16 i, n = 0;

	for (i = 0; i < RELAYS; i++)
		if (bank->engines[i].past.coil)
			on[n++] = 'A' + i;
	KUNIT_EXPECT_STREQ(bank->test, on, expected);
}

static void arbiter_nothing_shared(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;
	u16 i;

	for (i = 0; i < RELAYS; i++) {
		KUNIT_EXPECT_EQ(test, bank_try(bank, i), 0);
		bank_expect_edge(bank, i, t, i, true);
	}
}

/* Groups do not know of each other, nor do those in none of them. */
static void arbiter_groups_are_apart(struct kunit *test)
{
	struct bank *bank = bank_new(test, "01x01");
	u64 t = bank->now_ns;

	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, D, EMRELAY_ON);
	bank_set(bank, E, EMRELAY_ON);
	bank_expect_on(bank, "ABC");
	bank_run_to(bank, t + CLOSE_NS);
	bank_set(bank, A, EMRELAY_OFF);
	bank_settle(bank);
	bank_expect_on(bank, "BCD");
	bank_expect_edge(bank, 4, t + CLOSE_NS + DEAD_NS, D, true);
}

/* How a member's on may end: the dead time counts from the edge, however it came. */
enum ending { BY_OFF, BY_TOGGLE, BY_PULSE, BY_WATCHDOG, BY_DWELL };

static const struct ending_case {
	const char *desc;
	enum ending ending;
} ending_cases[] = {
	{ "off", BY_OFF },
	{ "toggle", BY_TOGGLE },
	{ "the end of a pulse", BY_PULSE },
	{ "watchdog", BY_WATCHDOG },
	{ "an off that waits for min_on", BY_DWELL },
};

KUNIT_ARRAY_PARAM_DESC(ending, ending_cases, desc);

static void arbiter_dead_time(struct kunit *test)
{
	const struct ending_case *c = test->param_value;
	struct bank *bank = bank_new(test, "000xx");
	struct emrelay_engine *engine = &bank->engines[A];
	u64 t = bank->now_ns;
	u64 released_ns = t + 500;

	if (c->ending == BY_DWELL)
		engine->limits.min_on_ns = 500;
	if (c->ending == BY_WATCHDOG)
		bank_watchdog(bank, A, 500);
	if (c->ending == BY_PULSE)
		bank_pulse(bank, A, 500);
	else
		bank_set(bank, A, EMRELAY_ON);

	/* It waits without limit while the other is on, ... */
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank->wake_ns[B], U64_MAX);
	if (c->ending == BY_DWELL)
		bank_set(bank, A, EMRELAY_OFF);
	bank_run_to(bank, released_ns);
	if (c->ending == BY_OFF)
		bank_set(bank, A, EMRELAY_OFF);
	if (c->ending == BY_TOGGLE)
		bank_set(bank, A, EMRELAY_TOGGLE);
	bank_expect_edge(bank, 1, released_ns, A, false);

	/* ... and then for the dead time, to the nanosecond. */
	bank_run_to(bank, released_ns + DEAD_NS - 1);
	bank_expect_on(bank, "");
	bank_run_to(bank, released_ns + DEAD_NS);
	bank_expect_edge(bank, 2, released_ns + DEAD_NS, B, true);
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->count, 3);
	KUNIT_EXPECT_EQ(test, bank->engines[B].statistics.deferred, 1);
}

/* The member that was on waits for the dead time as well. */
static void arbiter_dead_time_of_the_same(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t = bank->now_ns;

	bank_pulse(bank, A, CLOSE_NS);
	bank_run_to(bank, t + CLOSE_NS);
	bank_set(bank, A, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_edge(bank, 2, t + CLOSE_NS + DEAD_NS, A, true);
}

/* Its own limits may allow it later than the group does. */
static void arbiter_later_than_dead_time(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t = bank->now_ns;

	bank->engines[B].limits.spacing_ns = 1000;
	bank_pulse(bank, B, CLOSE_NS);
	bank_run_to(bank, t + CLOSE_NS + DEAD_NS);
	bank_pulse(bank, A, CLOSE_NS);
	bank_set(bank, B, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_edge(bank, 4, t + 1000, B, true);
}

/* After probe a group counts as just released. */
static void arbiter_bind_released(struct kunit *test)
{
	struct bank *bank = bank_found(test, "00xxx", "");
	u64 t = bank->now_ns;

	KUNIT_EXPECT_EQ(test, bank_bind(bank), 0);
	KUNIT_EXPECT_EQ(test, bank_try(bank, A), -EAGAIN);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, A, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_edge(bank, 0, t, C, true);
	bank_expect_edge(bank, 1, t + DEAD_NS, A, true);
}

/* Unless a member is found energised: that one is kept, and kept alone. */
static void arbiter_bind_energised(struct kunit *test)
{
	struct bank *bank = bank_found(test, "00xxx", "BC");
	u64 t = bank->now_ns;

	KUNIT_EXPECT_EQ(test, bank_bind(bank), 0);
	bank_set(bank, A, EMRELAY_ON);
	bank_run_to(bank, t + 1000);
	bank_expect_on(bank, "BC");
	bank_set(bank, B, EMRELAY_OFF);
	bank_settle(bank);
	bank_expect_on(bank, "AC");
	bank_expect_edge(bank, 1, t + 1000 + DEAD_NS, A, true);
}

/* Several of a group are found energised: all of these are released, at once. */
static void arbiter_bind_conflict(struct kunit *test)
{
	struct bank *bank = bank_found(test, "00110", "ABCE");
	u64 t = bank->now_ns;
	u16 i;

	KUNIT_EXPECT_EQ(test, bank_bind(bank), 1);
	bank_expect_on(bank, "C");
	KUNIT_EXPECT_EQ(test, bank->count, 3);
	for (i = 0; i < bank->count; i++) {
		KUNIT_EXPECT_EQ(test, bank->edges[i].ns, t);
		KUNIT_EXPECT_EQ(test, bank->edges[i].source, EMRELAY_BY_INTERLOCK);
	}
	bank_set(bank, B, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_edge(bank, 3, t + DEAD_NS, B, true);

	bank = bank_found(test, "00110", "ABCDE");
	KUNIT_EXPECT_EQ(test, bank_bind(bank), 2);
	bank_expect_on(bank, "");
}

/* Not all of them at once: the last release counts. */
static void arbiter_bind_conflict_slow(struct kunit *test)
{
	struct bank *bank = bank_found(test, "00xxx", "AB");
	u64 t = bank->now_ns;

	/* A was energised just now, by whoever was there before. */
	bank->engines[A].past = (struct emrelay_past) { t, 0, t, t, t, true, true, true };
	KUNIT_EXPECT_EQ(test, bank_bind(bank), 1);
	bank_expect_edge(bank, 0, t, B, false);
	bank_set(bank, B, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_edge(bank, 1, t + CLOSE_NS, A, false);
	bank_expect_edge(bank, 2, t + CLOSE_NS + DEAD_NS, B, true);
}

/* One that is to be on by default is not released: it waits. */
static void arbiter_bind_conflict_default_on(struct kunit *test)
{
	struct bank *bank = bank_found(test, "000xx", "BC");
	u64 t = bank->now_ns;

	bank->default_on[A] = true;
	KUNIT_EXPECT_EQ(test, bank_bind(bank), 1);
	bank_expect_on(bank, "");
	bank_settle(bank);
	bank_expect_edge(bank, 2, t + DEAD_NS, A, true);
}

/* One of several is asked on before any is released: it is kept, as the only one. */
static void arbiter_bind_conflict_asked(struct kunit *test)
{
	u16 who, other;

	for (who = A; who <= C; who++) {
		struct bank *bank = bank_found(test, "00010", "ABCDE");
		u64 t = bank->now_ns;

		bank->asked_early = who;
		KUNIT_EXPECT_EQ(test, bank_bind(bank), 1);
		KUNIT_EXPECT_EQ(test, bank->count, 3);
		KUNIT_EXPECT_TRUE(test, bank->engines[who].past.coil);

		/* It is the one that makes way for another, and nobody else is. */
		other = who == A ? B : A;
		bank->members[other].changeover = true;
		bank_set(bank, other, EMRELAY_ON);
		bank_expect_edge(bank, 3, t, who, false);
		bank_settle(bank);
		bank_expect_edge(bank, 4, t + DEAD_NS, other, true);
		KUNIT_EXPECT_TRUE(test, bank->engines[D].past.coil);
	}
}

/* Changeover: the other is released as soon as it may, this one follows. */
static void arbiter_changeover(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");
	u64 t = bank->now_ns;

	bank->members[B].changeover = true;
	bank_pulse(bank, A, 500);
	bank_set(bank, B, EMRELAY_ON);
	KUNIT_EXPECT_FALSE(test, bank->engines[A].target);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&bank->engines[A], t), 0);
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->count, 3);
	bank_expect_edge(bank, 1, t + CLOSE_NS, A, false);
	KUNIT_EXPECT_EQ(test, bank->edges[1].source, EMRELAY_BY_INTERLOCK);
	bank_expect_edge(bank, 2, t + CLOSE_NS + DEAD_NS, B, true);
	/* What was carried out was not replaced. */
	KUNIT_EXPECT_EQ(test, bank->engines[A].statistics.coalesced, 0);

	/* A is in block mode: it waits. */
	bank_set(bank, A, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_on(bank, "B");
}

/* One that must not be energised any more displaces nobody, nor has it a turn. */
static void arbiter_changeover_refused(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");

	bank->members[B].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_settle(bank);
	bank->engines[B].refuse = -EPERM;
	KUNIT_EXPECT_EQ(test, bank_ask(bank, B, EMRELAY_ON, EMRELAY_DEFER, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, bank_ask(bank, B, EMRELAY_PULSE, EMRELAY_DEFER, 500), -EPERM);
	bank_settle(bank);
	bank_expect_on(bank, "A");
	KUNIT_EXPECT_TRUE(test, bank->engines[A].target);

	bank_set(bank, A, EMRELAY_OFF);
	bank_set(bank, C, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_on(bank, "C");
}

/* A pulse changes over as an on does; nothing is released for what is on already. */
static void arbiter_changeover_by_pulse(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");
	u64 t = bank->now_ns;

	bank->members[A].changeover = true;
	bank->members[B].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_run_to(bank, t + CLOSE_NS);
	bank_pulse(bank, B, CLOSE_NS);
	bank_expect_edge(bank, 1, t + CLOSE_NS, A, false);
	bank_run_to(bank, t + CLOSE_NS + DEAD_NS);
	bank_expect_on(bank, "B");
	bank_set(bank, B, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_on(bank, "B");
	KUNIT_EXPECT_EQ(test, bank->count, 3);
}

/* A line that sleeps takes its time: others are asked for something meanwhile. */
static void arbiter_changeover_during_transfer(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t = bank->now_ns;

	bank->members[B].changeover = true;
	bank->slow[A] = true;
	bank->slow[B] = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank->now_ns = t + 5;
	bank_driven(bank, A, true);
	/* One worker drives them all: B, in its turn, is decided again. */
	bank->slow[B] = false;
	bank_update(bank, B);
	KUNIT_EXPECT_FALSE(test, bank->engines[A].target);
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->count, 2);
	bank_expect_edge(bank, 0, t + 5 + CLOSE_NS, A, false);
	bank_expect_edge(bank, 1, t + 5 + CLOSE_NS + DEAD_NS, B, true);
}

/*
 * Lines that fail while several are to be released after a probe: whoever is
 * asked on again meanwhile makes way for one that changes over, and only those.
 */
static void arbiter_changeover_of_several(struct kunit *test)
{
	u16 who;

	for (who = A; who <= C; who++) {
		struct bank *bank = bank_found(test, "00001", "ABCE");
		u16 i;

		bank->broken[A] = true;
		bank->broken[B] = true;
		bank->broken[C] = true;
		KUNIT_EXPECT_EQ(test, bank_bind(bank), 1);
		bank_set(bank, who, EMRELAY_ON);
		bank->members[D].changeover = true;
		bank_set(bank, D, EMRELAY_ON);
		KUNIT_EXPECT_FALSE(test, bank->engines[who].target);
		KUNIT_EXPECT_TRUE(test, bank->engines[E].target);
		for (i = A; i <= C; i++)
			bank->broken[i] = false;
		bank_settle(bank);
	}
}

/* Of two that were found the last one is released, or not yet; the first makes way. */
static void arbiter_changeover_of_one_left(struct kunit *test)
{
	unsigned int both;

	for (both = 0; both < 2; both++) {
		struct bank *bank = bank_found(test, "000xx", "AB");

		bank->broken[A] = true;
		bank->broken[B] = both;
		bank->members[B].changeover = true;
		bank->members[C].changeover = true;
		KUNIT_EXPECT_EQ(test, bank_bind(bank), 1);
		KUNIT_EXPECT_EQ(test, bank->groups[0].energised, 1 + both);
		bank_set(bank, A, EMRELAY_ON);
		bank_set(bank, C, EMRELAY_ON);
		KUNIT_EXPECT_FALSE(test, bank->engines[A].target);
		bank->broken[A] = false;
		bank->broken[B] = false;
		bank_settle(bank);
		bank_expect_on(bank, "C");
	}
}

/* But a member in block mode claims nothing, nor does it take a claim away. */
static void arbiter_block_during_release(struct kunit *test)
{
	unsigned int claimed;

	for (claimed = 0; claimed < 2; claimed++) {
		struct bank *bank = bank_new(test, "000xx");
		u64 t = bank->now_ns;

		bank_set(bank, A, EMRELAY_ON);
		bank_run_to(bank, t + CLOSE_NS);
		bank->members[B].changeover = claimed;
		bank->slow[A] = true;
		if (!claimed)
			bank_set(bank, A, EMRELAY_OFF);
		bank_set(bank, B, EMRELAY_ON);
		bank_set(bank, A, EMRELAY_ON);
		bank->members[A].changeover = claimed;
		bank_driven(bank, A, false);
		bank_settle(bank);
		bank_expect_edge(bank, 1, t + CLOSE_NS + DEAD_NS, B, true);
	}
}

/* Who was asked to be off already makes way for nobody. */
static void arbiter_changeover_from_an_off(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");

	bank->members[B].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, A, EMRELAY_OFF);
	bank_set(bank, B, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_on(bank, "B");
	KUNIT_EXPECT_EQ(test, bank->edges[1].source, EMRELAY_BY_SYSFS);
	KUNIT_EXPECT_EQ(test, bank->engines[A].statistics.coalesced, 0);
}

/* Nobody had asked for what a default-state wants. */
static void arbiter_changeover_from_a_default(struct kunit *test)
{
	struct bank *bank = bank_found(test, "000xx", "");

	bank->default_on[A] = true;
	bank->broken[A] = true;
	bank_bind(bank);
	bank_run_to(bank, bank->now_ns + DEAD_NS);
	KUNIT_EXPECT_TRUE(test, emrelay_engine_energised(&bank->engines[A]));
	bank->members[B].changeover = true;
	bank_set(bank, B, EMRELAY_ON);
	KUNIT_EXPECT_FALSE(test, bank->engines[A].target);
	KUNIT_EXPECT_EQ(test, bank->engines[A].statistics.coalesced, 0);
}

/* One of several does not make way for itself, nor do those that only wait. */
static void arbiter_changeover_of_one_of_several(struct kunit *test)
{
	struct bank *bank = bank_found(test, "000xx", "AB");

	bank->broken[A] = true;
	bank->broken[B] = true;
	bank->members[A].changeover = true;
	KUNIT_EXPECT_EQ(test, bank_bind(bank), 1);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, A, EMRELAY_ON);
	KUNIT_EXPECT_TRUE(test, bank->engines[A].target);
	KUNIT_EXPECT_FALSE(test, bank->engines[B].target);
	KUNIT_EXPECT_TRUE(test, bank->engines[C].target);
	bank->broken[A] = false;
	bank->broken[B] = false;
	bank_settle(bank);
	bank_expect_on(bank, "A");
}

/* Its release is on the way when it is asked on again: that is a changeover, too. */
static void arbiter_changeover_during_release(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t = bank->now_ns;

	bank->members[A].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_run_to(bank, t + CLOSE_NS);
	bank->slow[A] = true;
	bank_set(bank, A, EMRELAY_OFF);
	bank_set(bank, A, EMRELAY_ON);
	bank->now_ns += 5;
	bank_driven(bank, A, false);
	bank_settle(bank);
	/* B, in block mode, waits on, though it has waited longer. */
	bank_expect_on(bank, "A");
	KUNIT_EXPECT_TRUE(test, bank->engines[B].target);
}

/* Only a member of a group has others to release. */
static void arbiter_changeover_without_group(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");

	bank->members[C].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_supply(bank, 1, 0);
	bank_set(bank, C, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_on(bank, "AC");
}

/* What is the target already releases nobody, and changes no order. */
static void arbiter_changeover_repeated(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");

	bank->members[B].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	/* A is still on: it stays on, and B waits for it. */
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_pulse(bank, B, CLOSE_NS);
	KUNIT_EXPECT_TRUE(test, bank->engines[A].target);
	bank_settle(bank);
	bank_expect_on(bank, "A");
	KUNIT_EXPECT_EQ(test, bank->count, 1);

	/* Nor does it claim anything for who waits in block mode. */
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_OFF);
	bank->members[C].changeover = true;
	bank_set(bank, C, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_on(bank, "A");
	KUNIT_EXPECT_EQ(test, bank->engines[C].statistics.deferred, 1);
}

/* Of those that change over the newest wins; who never came on counts as coalesced. */
static void arbiter_changeover_chain(struct kunit *test)
{
	struct bank *bank = bank_new(test, "0000x");
	u64 t = bank->now_ns;
	u16 i;

	for (i = A; i <= D; i++)
		bank->members[i].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	KUNIT_EXPECT_FALSE(test, bank->engines[B].target);
	bank_set(bank, D, EMRELAY_ON);
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->count, 3);
	bank_expect_edge(bank, 1, t + CLOSE_NS, A, false);
	bank_expect_edge(bank, 2, t + CLOSE_NS + DEAD_NS, D, true);
	for (i = A; i <= D; i++) {
		const struct emrelay_statistics *s = &bank->engines[i].statistics;

		KUNIT_EXPECT_EQ(test, s->accepted, 1);
		KUNIT_EXPECT_EQ(test, s->deferred, i != A);
		KUNIT_EXPECT_EQ(test, s->coalesced, i == B || i == C);
	}
}

/* One that is about to make way takes its place back, if it is the newest. */
static void arbiter_changeover_and_back(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");

	bank->members[A].changeover = true;
	bank->members[B].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, A, EMRELAY_ON);
	KUNIT_EXPECT_FALSE(test, bank->engines[B].target);
	bank_settle(bank);
	bank_expect_on(bank, "A");
	KUNIT_EXPECT_EQ(test, bank->count, 1);
	/* Nobody had asked for A to be off. */
	KUNIT_EXPECT_EQ(test, bank->engines[A].statistics.coalesced, 0);
	KUNIT_EXPECT_EQ(test, bank->engines[B].statistics.coalesced, 1);
}

/* Those in block mode are not cancelled: they wait, also for who has the claim. */
static void arbiter_claim_goes_first(struct kunit *test)
{
	struct bank *bank = bank_new(test, "0000x");
	u64 t = bank->now_ns;

	bank->members[C].changeover = true;
	bank->engines[C].limits.spacing_ns = 5000;
	bank_pulse(bank, C, CLOSE_NS);
	bank_run_to(bank, t + 1000);
	bank_set(bank, A, EMRELAY_ON);
	bank_run_to(bank, t + 1010);
	bank_set(bank, B, EMRELAY_ON);		/* is older, */
	bank_set(bank, C, EMRELAY_ON);		/* has the claim, may not yet, */
	bank_set(bank, D, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank_try(bank, D), 0);
	bank_run_to(bank, t + 6000);		/* and is waited for. */
	bank_expect_edge(bank, 3, t + 1010, A, false);
	bank_expect_edge(bank, 4, t + 5000, C, true);
	bank_set(bank, C, EMRELAY_OFF);
	bank_run_to(bank, t + 7000);
	bank_expect_edge(bank, 6, t + 6000 + DEAD_NS, B, true);
	bank_set(bank, B, EMRELAY_OFF);
	bank_settle(bank);
	bank_expect_edge(bank, 8, t + 7000 + DEAD_NS, D, true);
}

/* Who has the claim and does not want it any more gives it up. */
static void arbiter_claim_given_up(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");
	u64 t = bank->now_ns;

	bank->members[C].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_run_to(bank, t + CLOSE_NS + DEAD_NS - 1);
	bank_set(bank, C, EMRELAY_OFF);
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->count, 3);
	bank_expect_edge(bank, 2, t + CLOSE_NS + DEAD_NS, B, true);
	KUNIT_EXPECT_EQ(test, bank->engines[C].statistics.coalesced, 1);
}

/* A watchdog may end a claim, and its owner's wait, too. */
static void arbiter_claim_ended_by_watchdog(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");
	u64 t = bank->now_ns;

	bank->members[C].changeover = true;
	bank_watchdog(bank, C, 50);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->count, 3);
	bank_expect_edge(bank, 2, t + CLOSE_NS + DEAD_NS, B, true);
	KUNIT_EXPECT_FALSE(test, bank->engines[C].target);
}

/*
 * The clock ends something in the very moment of a request that is refused: it
 * has ended all the same, and stands in nobody's way.
 */
static void arbiter_claim_ended_unseen(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");
	u64 t = bank->now_ns;

	bank->members[C].changeover = true;
	bank_watchdog(bank, C, 50);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_run_to(bank, t + 49);
	bank->now_ns = t + 50;
	KUNIT_EXPECT_EQ(test, bank_try(bank, C), -EAGAIN);
	KUNIT_EXPECT_FALSE(test, bank->engines[C].target);
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->count, 3);
	bank_expect_edge(bank, 2, t + CLOSE_NS + DEAD_NS, B, true);
}

/* An on whose watchdog has just ended is a new one: it changes over. */
static void arbiter_changeover_after_the_end(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");
	u64 t = bank->now_ns;

	bank->members[C].changeover = true;
	bank_watchdog(bank, C, 50);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_run_to(bank, t + 49);
	bank_set(bank, B, EMRELAY_ON);
	bank->now_ns = t + 50;
	bank_set(bank, C, EMRELAY_ON);
	bank_watchdog(bank, C, 0);
	bank_settle(bank);
	bank_expect_edge(bank, 2, t + CLOSE_NS + DEAD_NS, C, true);
}

/* A storm of changes: nobody is lost, and it ends. */
static void arbiter_changeover_storm(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00000");
	u64 t = bank->now_ns;
	unsigned int i;

	for (i = 0; i < RELAYS; i++)
		bank->members[i].changeover = true;
	for (i = 0; i < 1000; i++) {
		bank_set(bank, i * 7 % RELAYS, EMRELAY_ON);
		bank_run_to(bank, t + 3 * i);
	}
	bank_settle(bank);
	KUNIT_EXPECT_TRUE(test, bank->engines[999 * 7 % RELAYS].past.coil);
	for (i = 0; i < RELAYS; i++)
		KUNIT_EXPECT_EQ(test, bank->engines[i].target, bank->engines[i].past.coil);
}

/* Refused: by somebody who is in the way, or by time; and nothing is changed. */
static void arbiter_reject(struct kunit *test)
{
	unsigned int changeover;

	for (changeover = 0; changeover < 2; changeover++) {
		struct bank *bank = bank_new(test, "00x0x");
		u64 t = bank->now_ns;

		bank->members[B].changeover = changeover;
		bank_set(bank, A, EMRELAY_ON);
		KUNIT_EXPECT_EQ(test, bank_try(bank, B), -EBUSY);
		KUNIT_EXPECT_TRUE(test, bank->engines[A].target);
		KUNIT_EXPECT_FALSE(test, bank->engines[B].target);
		bank_run_to(bank, t + CLOSE_NS);
		bank_set(bank, A, EMRELAY_OFF);
		KUNIT_EXPECT_EQ(test, bank_try(bank, B), -EAGAIN);
		bank_run_to(bank, t + CLOSE_NS + DEAD_NS - 1);
		KUNIT_EXPECT_EQ(test, bank_ask(bank, B, EMRELAY_PULSE, EMRELAY_REJECT, CLOSE_NS),
				-EAGAIN);
		bank_run_to(bank, t + CLOSE_NS + DEAD_NS);
		KUNIT_EXPECT_EQ(test, bank_try(bank, B), 0);
		bank_expect_edge(bank, 2, bank->now_ns, B, true);
		KUNIT_EXPECT_EQ(test, bank->engines[B].statistics.rejected, 3);
		KUNIT_EXPECT_EQ(test, bank->engines[B].statistics.deferred, 0);
		KUNIT_EXPECT_EQ(test, bank->engines[A].statistics.coalesced, 0);
	}
}

/* Who has the claim is in the way, also of who is about to be released for it. */
static void arbiter_reject_for_a_claim(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");
	u64 t = bank->now_ns;

	bank->members[B].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank_try(bank, A), -EBUSY);
	bank_run_to(bank, t + CLOSE_NS + 1);
	KUNIT_EXPECT_EQ(test, bank_try(bank, A), -EBUSY);
	KUNIT_EXPECT_EQ(test, bank_try(bank, C), -EBUSY);
	bank_settle(bank);
	bank_expect_on(bank, "B");
}

/* A pulse that waits is replaced by none that would have to wait, too. */
static void arbiter_reject_a_pulse(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");

	bank_set(bank, A, EMRELAY_ON);
	bank_pulse(bank, B, 50);
	KUNIT_EXPECT_EQ(test, bank_ask(bank, B, EMRELAY_PULSE, EMRELAY_REJECT, 60), -EBUSY);
	KUNIT_EXPECT_EQ(test, emrelay_engine_pulse_left_ns(&bank->engines[B], bank->now_ns), 50);
	/* One that is on needs nobody's leave. */
	KUNIT_EXPECT_EQ(test, bank_ask(bank, A, EMRELAY_PULSE, EMRELAY_REJECT, 60), 0);
}

/* Deferred is what is accepted and not carried out at once, counted once. */
static void arbiter_deferred(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00011");
	u64 t = bank->now_ns;

	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank->engines[C].statistics.deferred, 1);
	/* While others wait: carried out at once, since the coil is on, ... */
	bank_pulse(bank, D, CLOSE_NS);
	bank_run_to(bank, t + 5);
	bank_pulse(bank, A, 1000);
	KUNIT_EXPECT_EQ(test, bank->engines[A].statistics.deferred, 0);
	/* ... or in the first moment that it may, ... */
	bank_run_to(bank, t + CLOSE_NS + DEAD_NS);
	bank_pulse(bank, E, CLOSE_NS);
	KUNIT_EXPECT_EQ(test, bank->engines[E].statistics.deferred, 0);
	/* ... and not, for no more than its own limits. */
	bank_settle(bank);
	t = bank->now_ns;
	bank_set(bank, C, EMRELAY_ON);
	bank->engines[D].limits.spacing_ns = 1000;
	bank_pulse(bank, D, CLOSE_NS);
	bank_run_to(bank, t + 500);
	bank_set(bank, D, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank->engines[D].statistics.deferred, 1);
}

/* One after the other, in the order of their requests; nobody waits for an off. */
static void arbiter_stagger(struct kunit *test)
{
	static const u16 order[RELAYS] = { C, A, E, D, B };
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;
	u16 i;

	bank_supply(bank, STAGGER_NS, 0);
	for (i = 0; i < RELAYS; i++)
		bank_set(bank, order[i], EMRELAY_ON);
	bank_run_to(bank, t + CLOSE_NS);
	bank_set(bank, C, EMRELAY_OFF);
	bank_expect_edge(bank, 1, t + CLOSE_NS, C, false);
	bank_settle(bank);
	for (i = 1; i < RELAYS; i++) {
		bank_expect_edge(bank, i + 1, t + i * STAGGER_NS, order[i], true);
		KUNIT_EXPECT_EQ(test, bank->engines[order[i]].statistics.deferred, 1);
	}
}

/* Who asks again after an off asks last. */
static void arbiter_stagger_withdrawn(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;

	bank_supply(bank, STAGGER_NS, 0);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, D, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank->wake_ns[B], t + STAGGER_NS);
	bank_set(bank, B, EMRELAY_OFF);
	bank_set(bank, B, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank->wake_ns[B], U64_MAX);
	bank_settle(bank);
	bank_expect_edge(bank, 1, t + STAGGER_NS, C, true);
	bank_expect_edge(bank, 2, t + 2 * STAGGER_NS, D, true);
	bank_expect_edge(bank, 3, t + 3 * STAGGER_NS, B, true);
}

/* One that may not go yet does not keep the others from going. */
static void arbiter_stagger_passes_by(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;

	bank->engines[A].limits.spacing_ns = 3 * STAGGER_NS + 1;
	bank_supply(bank, STAGGER_NS, 0);
	bank_pulse(bank, A, CLOSE_NS);
	bank_run_to(bank, t + CLOSE_NS);
	bank_set(bank, A, EMRELAY_ON);		/* the oldest, may go at 601 */
	KUNIT_EXPECT_EQ(test, bank->wake_ns[A], t + 3 * STAGGER_NS + 1);
	bank_set(bank, B, EMRELAY_ON);
	/* One timer serves them all. */
	KUNIT_EXPECT_EQ(test, bank->wake_ns[A], U64_MAX);
	KUNIT_EXPECT_EQ(test, bank->wake_ns[B], t + STAGGER_NS);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, D, EMRELAY_ON);
	bank_set(bank, E, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_edge(bank, 2, t + STAGGER_NS, B, true);
	bank_expect_edge(bank, 3, t + 2 * STAGGER_NS, C, true);
	bank_expect_edge(bank, 4, t + 3 * STAGGER_NS, D, true);
	bank_expect_edge(bank, 5, t + 4 * STAGGER_NS, A, true);
	bank_expect_edge(bank, 6, t + 5 * STAGGER_NS, E, true);
}

static void arbiter_stagger_rejects(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;

	bank_supply(bank, STAGGER_NS, 0);
	KUNIT_EXPECT_EQ(test, bank_try(bank, A), 0);
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), -EAGAIN);
	bank_run_to(bank, t + STAGGER_NS - 1);
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), -EAGAIN);
	bank_run_to(bank, t + STAGGER_NS);
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), 0);
}

/*
 * The clock's callback is late: whose turn it is goes first all the same. Under
 * reject nobody is accepted who would have to wait for that.
 */
static const struct late_case {
	const char *desc;
	const char *groups;
	u64 stagger_ns;
	u32 coil_limit;
	u64 late_ns;
	u16 who;		/* tries while it is D's turn */
	int ret;
} late_cases[] = {
	{ "of the same group", "x1x1x", 0, 0, 3, B, -EBUSY },
	{ "of the same group, due now", "x1x1x", 0, 0, 0, B, -EBUSY },
	{ "of another group", "x1x0x", 0, 0, 3, B, 0 },
	{ "of no group", "xxx0x", 0, 0, 3, B, 0 },
	{ "of another group, staggered", "x1x0x", STAGGER_NS, 0, 3, B, -EBUSY },
	{ "of another group, limited", "x1x0x", 0, 2, 3, B, -EBUSY },
	{ "of no group, staggered", "xxxxx", STAGGER_NS, 0, 3, B, -EBUSY },
};

KUNIT_ARRAY_PARAM_DESC(late, late_cases, desc);

static void arbiter_late(struct kunit *test)
{
	const struct late_case *c = test->param_value;
	struct bank *bank = bank_new(test, c->groups);
	u64 t = bank->now_ns;
	u64 turn_ns;

	/* So that D, which has been on, waits for a known moment. */
	bank->engines[D].limits.spacing_ns = 1000;
	bank_set(bank, A, EMRELAY_ON);
	bank_run_to(bank, t + 500);
	bank_supply(bank, c->stagger_ns, c->coil_limit);
	bank_pulse(bank, D, CLOSE_NS);
	bank_run_to(bank, t + 500 + CLOSE_NS);
	bank_set(bank, D, EMRELAY_ON);
	turn_ns = t + 1500;
	KUNIT_EXPECT_EQ(test, bank->wake_ns[D], turn_ns);

	bank->now_ns = turn_ns + c->late_ns;
	KUNIT_EXPECT_EQ(test, bank_try(bank, c->who), c->ret);
	/* One that is on needs nobody's leave. */
	KUNIT_EXPECT_EQ(test, bank_ready(bank, A), 0);
	bank_update(bank, D);
	KUNIT_EXPECT_TRUE(test, bank->engines[D].past.coil);
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->engines[c->who].past.coil, !c->ret);
	KUNIT_EXPECT_EQ(test, bank->engines[c->who].statistics.deferred, 0);
}

/* It is not in its own way. */
static void arbiter_late_itself(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t = bank->now_ns;

	bank_pulse(bank, A, CLOSE_NS);
	bank_run_to(bank, t + CLOSE_NS);
	bank_set(bank, B, EMRELAY_ON);
	bank->now_ns = t + CLOSE_NS + DEAD_NS + 3;
	KUNIT_EXPECT_EQ(test, bank_ask(bank, B, EMRELAY_PULSE, EMRELAY_REJECT, CLOSE_NS), 0);
	bank_expect_edge(bank, 2, bank->now_ns, B, true);
}

/* Nor is anyone in the way of one that is on, and was to be released. */
static void arbiter_late_stays_on(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;

	bank->engines[A].limits.min_on_ns = 1000;
	bank_supply(bank, STAGGER_NS, 0);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, A, EMRELAY_OFF);
	bank->now_ns = t + STAGGER_NS + 3;
	KUNIT_EXPECT_EQ(test, bank_try(bank, A), 0);
	bank_update(bank, B);
	bank_expect_on(bank, "AB");
	KUNIT_EXPECT_EQ(test, bank->count, 2);
}

/* It counts from the last energisation, also from one before it was chosen. */
static void arbiter_stagger_changes(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;

	bank_set(bank, A, EMRELAY_ON);
	bank_run_to(bank, t + 50);
	bank_supply(bank, STAGGER_NS, 0);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_supply(bank, 80, 0);
	bank_run_to(bank, t + 100);
	bank_expect_edge(bank, 1, t + 80, B, true);
	bank_supply(bank, 0, 0);
	bank_expect_edge(bank, 2, t + 100, C, true);
	bank_set(bank, D, EMRELAY_ON);
	bank_expect_edge(bank, 3, t + 100, D, true);
}

/* Nobody has the turn where nobody waits, as late as it may be. */
static void arbiter_nobody_waits(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");

	bank_set(bank, A, EMRELAY_ON);
	bank_run_to(bank, bank->now_ns + CLOSE_NS);
	bank_set(bank, A, EMRELAY_OFF);
	bank->now_ns = U64_MAX - 1;
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), 0);
	bank_expect_on(bank, "B");
}

/* A coil that was found energised loads the supply, whoever energised it. */
static void arbiter_found_on(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;

	bank_supply(bank, STAGGER_NS, 0);
	emrelay_arbiter_driven(&bank->arbiter, A, false, 1, t);
	bank_set(bank, B, EMRELAY_ON);
	bank_run_to(bank, t + STAGGER_NS);
	bank_expect_edge(bank, 0, t + STAGGER_NS, B, true);
}

/* What is no energisation does not load the supply: a line that did not follow, or is on. */
static void arbiter_no_rise(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");

	bank_supply(bank, STAGGER_NS, 0);
	emrelay_arbiter_driven(&bank->arbiter, A, true, 0, bank->now_ns);
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), 0);
	bank->now_ns += STAGGER_NS;
	emrelay_arbiter_driven(&bank->arbiter, B, true, 1, bank->now_ns);
	KUNIT_EXPECT_EQ(test, bank_try(bank, C), 0);

	/* But one that may have been released, and is on, may have been energised again. */
	bank->now_ns += STAGGER_NS;
	emrelay_arbiter_driven(&bank->arbiter, B, false, -EIO, bank->now_ns);
	bank->now_ns += STAGGER_NS;
	emrelay_arbiter_driven(&bank->arbiter, B, false, 1, bank->now_ns);
	KUNIT_EXPECT_EQ(test, bank_try(bank, D), -EAGAIN);
}

/* A line that is driven off without an edge releases nothing that others wait for. */
static void arbiter_off_without_edge(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");

	emrelay_arbiter_driven(&bank->arbiter, A, true, 0, bank->now_ns);
	emrelay_arbiter_driven(&bank->arbiter, A, false, 0, bank->now_ns);
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), 0);
	bank_expect_edge(bank, 0, bank->now_ns, B, true);
}

/* Before all were looked at anew: who waits goes before who is asked now. */
static void arbiter_coil_limit_raised(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");

	bank_supply(bank, 0, 1);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	emrelay_arbiter_set_supply(&bank->arbiter, 0, 2);
	KUNIT_EXPECT_EQ(test, bank_try(bank, C), -EBUSY);
	bank_converge_others(bank);
	bank_expect_on(bank, "AB");
}

/* Who waited until there was no limit does not wait when there is one again. */
static void arbiter_coil_limit_again(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");

	bank_supply(bank, 0, 1);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_supply(bank, 0, 0);
	bank_expect_on(bank, "AB");
	emrelay_arbiter_set_supply(&bank->arbiter, 0, 3);
	KUNIT_EXPECT_EQ(test, bank_try(bank, C), 0);
	bank_expect_on(bank, "ABC");
}

/* Also from one before the driver went and came back: the supply remembers. */
static void arbiter_stagger_outlives_bind(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;

	bank_pulse(bank, A, CLOSE_NS);
	bank_set(bank, C, EMRELAY_ON);
	bank_run_to(bank, t + 20);
	bank_pulse(bank, B, CLOSE_NS);
	bank_run_to(bank, t + 50);
	bank->engines[A].past.on_since_ns = t + 40;
	bank_bind(bank);
	bank_supply(bank, STAGGER_NS, 0);
	bank_set(bank, D, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_edge(bank, 5, t + 20 + STAGGER_NS, D, true);
}

/* So many coils at a time; those that wait are served as they came. */
static void arbiter_coil_limit(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;

	bank_supply(bank, 0, 2);
	bank_set(bank, A, EMRELAY_ON);
	bank_pulse(bank, B, 100);
	bank_set(bank, E, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank_try(bank, D), -EBUSY);
	KUNIT_EXPECT_EQ(test, bank->wake_ns[E], U64_MAX);
	bank_run_to(bank, t + 100);
	bank_expect_on(bank, "AE");
	bank_expect_edge(bank, 3, t + 100, E, true);
	/* More than one may be let in at once, ... */
	bank_supply(bank, 0, 4);
	bank_set(bank, D, EMRELAY_ON);
	bank_expect_on(bank, "ACDE");
	/* ... but a lower limit releases nobody. */
	bank_supply(bank, 0, 1);
	bank_settle(bank);
	bank_expect_on(bank, "ACDE");
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, A, EMRELAY_OFF);
	bank_set(bank, C, EMRELAY_OFF);
	bank_set(bank, D, EMRELAY_OFF);
	bank_settle(bank);
	bank_expect_on(bank, "E");
	bank_supply(bank, 0, 0);
	bank_expect_on(bank, "BE");
}

/* Coils that were on before the limit was chosen count. */
static void arbiter_coil_limit_counts_all(struct kunit *test)
{
	struct bank *bank = bank_found(test, "xxxxx", "A");

	bank_bind(bank);
	bank_set(bank, B, EMRELAY_ON);
	bank_supply(bank, 0, 2);
	bank_set(bank, C, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_on(bank, "AB");
	/* A pulse of one that is on starts over; it is no further coil. */
	bank_pulse(bank, A, CLOSE_NS);
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), 0);
	bank_settle(bank);
	bank_expect_on(bank, "BC");
}

/* A line that failed may have been energised: it counts until it is released. */
static void arbiter_failed(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t = bank->now_ns;

	bank_supply(bank, STAGGER_NS, 2);
	bank->broken[A] = true;
	bank_set(bank, A, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), -EBUSY);
	KUNIT_EXPECT_EQ(test, bank_try(bank, C), -EAGAIN);
	bank_set(bank, A, EMRELAY_OFF);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, D, EMRELAY_ON);
	bank_run_to(bank, t + 1000);
	bank_expect_on(bank, "C");
	bank_expect_edge(bank, 0, t + STAGGER_NS, C, true);

	bank->broken[A] = false;
	bank_settle(bank);
	bank_expect_on(bank, "CD");
	bank_set(bank, C, EMRELAY_OFF);
	bank_settle(bank);
	bank_expect_on(bank, "BD");
}

/* Nor is it in its own way: it is tried again, and counts once. */
static void arbiter_failed_tries_again(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t = bank->now_ns;

	bank_supply(bank, 0, 1);
	bank->broken[A] = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank->broken[A] = false;
	bank_settle(bank);
	bank_expect_on(bank, "A");
	bank_expect_edge(bank, 0, t + RETRY_NS, A, true);
	bank_set(bank, A, EMRELAY_OFF);
	bank_settle(bank);
	bank_expect_on(bank, "C");
}

/*
 * A release that failed may have worked: energised again, it has the dead time
 * to wait for. On, it still counts: what failed comes before what it needs.
 */
static void arbiter_failed_off(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t = bank->now_ns;

	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_run_to(bank, t + 500);
	bank->broken[A] = true;
	bank->broken[C] = true;
	bank_set(bank, A, EMRELAY_OFF);
	bank_set(bank, C, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), -EBUSY);
	bank->broken[A] = false;
	bank->broken[C] = false;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_edge(bank, 2, t + 500 + OPEN_NS, C, true);
	bank_expect_edge(bank, 3, t + 500 + DEAD_NS, A, true);
}

/* But an energisation that failed is no release. */
static void arbiter_failed_on(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t;

	bank->groups[0].dead_ns = 3 * RETRY_NS;
	bank->now_ns += 10 * RETRY_NS;
	t = bank->now_ns;
	bank->broken[A] = true;
	bank_set(bank, A, EMRELAY_ON);
	bank->broken[A] = false;
	bank_settle(bank);
	bank_expect_edge(bank, 0, t + RETRY_NS, A, true);
}

/* One that is on takes nothing more by staying so, unless it may have been off. */
static void arbiter_stays_on(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	u64 t = bank->now_ns;

	bank->broken[A] = true;
	bank_set(bank, A, EMRELAY_ON);
	bank->broken[A] = false;
	bank_run_to(bank, t + RETRY_NS);
	bank_set(bank, B, EMRELAY_ON);
	bank_supply(bank, STAGGER_NS, 1);
	bank_set(bank, A, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, bank_try(bank, A), 0);
	bank_settle(bank);
	bank_expect_on(bank, "AB");
	KUNIT_EXPECT_EQ(test, bank->count, 2);

	bank->broken[A] = true;
	bank_set(bank, A, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, bank_try(bank, A), -EBUSY);
}

/* Everything at once before anything is done: nothing is forgotten. */
static void arbiter_all_at_once(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	struct emrelay_request on = { EMRELAY_ON, EMRELAY_BY_GPIO };
	u64 t = bank->now_ns;

	bank->members[B].changeover = true;
	bank_set(bank, A, EMRELAY_ON);
	bank_run_to(bank, t + CLOSE_NS);
	KUNIT_EXPECT_EQ(test, emrelay_arbiter_request(&bank->arbiter, B, &on, bank->now_ns), 0);
	KUNIT_EXPECT_EQ(test, emrelay_arbiter_request(&bank->arbiter, C, &on, bank->now_ns), 0);
	emrelay_arbiter_set_supply(&bank->arbiter, STAGGER_NS, 3);
	emrelay_arbiter_set_supply(&bank->arbiter, STAGGER_NS, 2);
	bank_converge_others(bank);
	bank_settle(bank);
	bank_expect_on(bank, "BC");
	bank_expect_edge(bank, 1, t + CLOSE_NS, A, false);
	bank_expect_edge(bank, 2, t + STAGGER_NS, B, true);
	bank_expect_edge(bank, 3, t + 2 * STAGGER_NS, C, true);
}

/* How long it has to wait: its own limits, dead time and stagger; -1 for others. */
static void arbiter_wait(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");
	u64 t = bank->now_ns;

	KUNIT_EXPECT_EQ(test, bank_wait(bank, A), 0);
	bank_pulse(bank, A, 500);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, A), 0);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	/* Though A's pulse ends by itself: that is A's to do. */
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), U64_MAX);
	bank_set(bank, A, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, A), CLOSE_NS);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), U64_MAX);
	bank_run_to(bank, t + CLOSE_NS);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), DEAD_NS);
	/* B goes first. */
	KUNIT_EXPECT_EQ(test, bank_wait(bank, C), U64_MAX);
	/* Given up before its turn comes: it will never follow. */
	bank_watchdog(bank, B, DEAD_NS);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), U64_MAX);
	bank_watchdog(bank, B, DEAD_NS + 1);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), DEAD_NS);
	bank_set(bank, B, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, C), DEAD_NS);
	bank_settle(bank);
	bank_expect_edge(bank, 2, t + CLOSE_NS + DEAD_NS, C, true);
}

static void arbiter_wait_for_the_supply(struct kunit *test)
{
	struct bank *bank = bank_new(test, "x00xx");

	bank_supply(bank, STAGGER_NS, 2);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, D, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), STAGGER_NS);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, C), U64_MAX);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, D), U64_MAX);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, E), U64_MAX);
	bank_run_to(bank, bank->now_ns + STAGGER_NS);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, D), U64_MAX);
	bank_supply(bank, STAGGER_NS, 3);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, D), STAGGER_NS);
}

/* How long an on would have to wait that is written now. */
static void arbiter_ready(struct kunit *test)
{
	struct bank *bank = bank_new(test, "0001x");
	u64 t = bank->now_ns;

	KUNIT_EXPECT_EQ(test, bank_ready(bank, E), 0);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, A), 0);
	bank->engines[A].refuse = -EPERM;
	KUNIT_EXPECT_EQ(test, bank_ready(bank, A), U64_MAX);
	bank->engines[A].refuse = 0;

	bank_set(bank, A, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, A), 0);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, B), U64_MAX);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, D), 0);
	bank_set(bank, A, EMRELAY_OFF);
	/* It has to be released: that is A's to do. */
	KUNIT_EXPECT_EQ(test, bank_ready(bank, B), U64_MAX);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, A), 0);
	bank_run_to(bank, t + CLOSE_NS + 1);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, A), DEAD_NS - 1);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, B), DEAD_NS - 1);

	/* Who waits goes first, if it may go then, or before; else it does not. */
	bank->engines[C].past.cycled = true;
	bank->engines[C].past.energised_ns = t + CLOSE_NS + DEAD_NS + 1 - SPACING_NS;
	bank_set(bank, C, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, C), DEAD_NS);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, C), DEAD_NS);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, B), DEAD_NS - 1);
	bank->engines[B].past = bank->engines[C].past;
	KUNIT_EXPECT_EQ(test, bank_ready(bank, B), U64_MAX);
	/* It is due, and its timer late. */
	bank->now_ns = t + 2 * DEAD_NS;
	KUNIT_EXPECT_EQ(test, bank_ready(bank, A), U64_MAX);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, C), 0);
	/* That is nothing to who is in another group, or in none. */
	KUNIT_EXPECT_EQ(test, bank_ready(bank, D), 0);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, E), 0);
	bank_update(bank, C);
	bank_settle(bank);
	bank_expect_on(bank, "C");

	/* A limit is reached by those that are not of its group, too. */
	bank_supply(bank, 0, 1);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, E), U64_MAX);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, C), 0);

	/* It may have been released, and then has to wait as others do. */
	bank->broken[C] = true;
	bank_set(bank, C, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, C), DEAD_NS);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, B), U64_MAX);
}

/* Written while the relay waits, it counts for the request that waits. */
static void arbiter_changeover_while_waiting(struct kunit *test)
{
	struct bank *bank = bank_new(test, "0000x");
	u64 t = bank->now_ns;

	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_run_to(bank, t + CLOSE_NS + 5);
	bank_change_over(bank, C, true);
	bank_expect_edge(bank, 1, t + CLOSE_NS + 5, A, false);
	KUNIT_EXPECT_EQ(test, bank->edges[1].source, EMRELAY_BY_INTERLOCK);
	/* The same again is nothing new. */
	bank_change_over(bank, C, true);
	bank_set(bank, D, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_edge(bank, 2, t + CLOSE_NS + 5 + DEAD_NS, C, true);
	bank_expect_on(bank, "C");
	/* Nor does it mean anything for one that is on, or off. */
	bank_change_over(bank, C, false);
	bank_change_over(bank, A, true);
	bank_settle(bank);
	bank_expect_on(bank, "C");
	KUNIT_EXPECT_EQ(test, bank->count, 3);
}

/* Who is asked on again meanwhile stays on, whatever is written for those that wait. */
static void arbiter_changeover_written_again(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");

	bank_change_over(bank, B, true);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, A, EMRELAY_ON);
	bank_change_over(bank, B, true);
	bank_change_over(bank, C, false);
	bank_change_over(bank, B, false);
	bank_settle(bank);
	bank_expect_on(bank, "A");
	KUNIT_EXPECT_EQ(test, bank->count, 1);
}

/* Taken back it gives up its precedence; who was released for it stays off. */
static void arbiter_changeover_taken_back(struct kunit *test)
{
	struct bank *bank = bank_new(test, "000xx");
	u64 t = bank->now_ns;

	bank_change_over(bank, C, true);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_run_to(bank, t + CLOSE_NS);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, C), DEAD_NS);
	bank_change_over(bank, C, false);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, C), U64_MAX);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), DEAD_NS);
	/* One that has no precedence to give up. */
	bank_change_over(bank, B, true);
	bank_change_over(bank, C, false);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), DEAD_NS);
	bank_settle(bank);
	bank_expect_on(bank, "B");

	/* Without a group there is nobody to release. */
	bank_supply(bank, 0, 1);
	bank_set(bank, D, EMRELAY_ON);
	bank_change_over(bank, D, true);
	bank_change_over(bank, D, false);
	bank_settle(bank);
	bank_expect_on(bank, "B");
}

/* Where the supply has a limit those of all groups wait in one queue. */
static void arbiter_changeover_in_a_limited_bank(struct kunit *test)
{
	struct bank *bank = bank_new(test, "0011x");

	bank_supply(bank, 0, 1);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, E, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_change_over(bank, B, true);
	bank_settle(bank);
	/* E has waited longer, and takes what A gave up; B only keeps A off. */
	bank_expect_on(bank, "E");
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, E, EMRELAY_OFF);
	bank_settle(bank);
	bank_expect_on(bank, "B");
}

/* Limits that change while one waits change its turn at once. */
static void arbiter_limits_of_one_that_waits(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	struct emrelay_limits with = limits;
	u64 t = bank->now_ns;

	bank_supply(bank, STAGGER_NS, 0);
	bank_set(bank, A, EMRELAY_ON);
	bank_run_to(bank, t + CLOSE_NS);
	bank_set(bank, A, EMRELAY_OFF);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, A), STAGGER_NS - CLOSE_NS);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), U64_MAX);
	with.spacing_ns = 10 * STAGGER_NS;
	bank_set_limits(bank, A, &with);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, A), U64_MAX);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), STAGGER_NS - CLOSE_NS);
	bank_set_limits(bank, A, &limits);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, A), STAGGER_NS - CLOSE_NS);
	bank_settle(bank);
	bank_expect_edge(bank, 2, t + STAGGER_NS, A, true);
	bank_expect_edge(bank, 3, t + 2 * STAGGER_NS, B, true);
}

/* The system stops: what is on is released, what waits is withdrawn, unless retained. */
static void arbiter_stop(struct kunit *test)
{
	unsigned int retain;

	for (retain = 0; retain < 2; retain++) {
		struct bank *bank = bank_new(test, "000xx");
		struct emrelay_arbiter *arbiter = &bank->arbiter;
		u64 t = bank->now_ns;

		bank_set(bank, A, EMRELAY_ON);
		bank_set(bank, B, EMRELAY_ON);
		bank_set(bank, C, EMRELAY_ON);
		KUNIT_EXPECT_FALSE(test, emrelay_arbiter_stop(arbiter, B, EMRELAY_BY_SUSPEND,
							      false, t));
		KUNIT_EXPECT_EQ(test, emrelay_arbiter_stop(arbiter, A, EMRELAY_BY_SUSPEND,
							   retain, t), !retain);
		bank_update(bank, A);
		bank_settle(bank);
		/* B does not wait any more, C goes on doing so. */
		bank_expect_on(bank, retain ? "A" : "C");
		if (retain)
			continue;
		bank_expect_edge(bank, 1, t + CLOSE_NS, A, false);
		KUNIT_EXPECT_EQ(test, bank->edges[1].source, EMRELAY_BY_SUSPEND);
		bank_expect_edge(bank, 2, t + CLOSE_NS + DEAD_NS, C, true);
	}
}

/* Whoever is to be decided again is named once, and until then nothing is forgotten. */
static void arbiter_steps(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	struct emrelay_arbiter *arbiter = &bank->arbiter;
	u64 t = bank->now_ns;
	u16 i;

	KUNIT_EXPECT_FALSE(test, emrelay_arbiter_has_next(arbiter));
	arbiter->recheck = 0;
	for (i = 0; i < RELAYS; i++) {
		KUNIT_EXPECT_TRUE(test, emrelay_arbiter_has_next(arbiter));
		KUNIT_EXPECT_EQ(test, emrelay_arbiter_next(arbiter, t), i);
	}
	KUNIT_EXPECT_FALSE(test, emrelay_arbiter_has_next(arbiter));
	KUNIT_EXPECT_EQ(test, emrelay_arbiter_next(arbiter, t), EMRELAY_NOBODY);

	/* Who is decided before it is named, is not named any more. */
	bank_set(bank, A, EMRELAY_ON);
	bank_change_over(bank, B, true);
	KUNIT_EXPECT_EQ(test, emrelay_arbiter_request(arbiter, B,
						      &(struct emrelay_request) { EMRELAY_ON }, t),
			0);
	KUNIT_EXPECT_TRUE(test, emrelay_arbiter_has_next(arbiter));
	emrelay_arbiter_decide(arbiter, A, t);
	KUNIT_EXPECT_FALSE(test, emrelay_arbiter_has_next(arbiter));
}

/* Nobody is named whom a request does not concern; one that is refused is, if its on had ended. */
static void arbiter_names_only(struct kunit *test)
{
	const struct emrelay_request on = { EMRELAY_ON };
	struct bank *bank = bank_new(test, "000xx");
	struct emrelay_arbiter *arbiter = &bank->arbiter;

	bank_set(bank, A, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, emrelay_arbiter_request(arbiter, B, &on, bank->now_ns), 0);
	KUNIT_EXPECT_FALSE(test, emrelay_arbiter_has_next(arbiter));
	bank_update(bank, B);
	KUNIT_EXPECT_EQ(test, emrelay_arbiter_request(arbiter, C, &on, bank->now_ns), 0);
	KUNIT_EXPECT_FALSE(test, emrelay_arbiter_has_next(arbiter));
	bank_update(bank, C);
	bank_set(bank, A, EMRELAY_OFF);
	bank_settle(bank);
	bank_expect_on(bank, "B");

	bank_set(bank, B, EMRELAY_OFF);
	bank_set(bank, C, EMRELAY_OFF);
	bank_settle(bank);
	bank_pulse(bank, A, 50);
	bank_expect_on(bank, "A");
	bank->now_ns += 60;
	bank->engines[A].refuse = -EPERM;
	KUNIT_EXPECT_EQ(test, bank_ask(bank, A, EMRELAY_ON, EMRELAY_DEFER, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, emrelay_arbiter_next(arbiter, bank->now_ns), A);
	bank_update(bank, A);
	bank_expect_on(bank, "");
}

/*
 * One step at a time, with time and timers between them: the first limit of a
 * supply, a higher one, none any more, each while all wait. Nothing is lost and
 * nothing is early, and no relay is named more than a few times.
 */
static void arbiter_steps_apart(struct kunit *test)
{
	static const struct {
		u64 stagger_ns;
		u32 coil_limit;
	} supplies[] = { { 7, 1 }, { 0, 3 }, { 0, 0 }, { 5, 0 }, { 0, 0 } };
	struct bank *bank = bank_new(test, "001xx");
	struct emrelay_arbiter *arbiter = &bank->arbiter;
	unsigned int i, steps;
	u16 who;

	bank_supply(bank, 0, 1);
	for (i = 0; i < RELAYS; i++)
		bank_set(bank, i, EMRELAY_ON);
	bank_expect_on(bank, "A");
	for (i = 0; i < ARRAY_SIZE(supplies); i++) {
		emrelay_arbiter_set_supply(arbiter, supplies[i].stagger_ns, supplies[i].coil_limit);
		for (steps = 0; (who = emrelay_arbiter_next(arbiter, bank->now_ns)) !=
				EMRELAY_NOBODY; steps++) {
			bank_converge(bank, who);
			bank->now_ns++;
			/* A timer that fires between two steps. */
			bank_converge(bank, steps % RELAYS);
			KUNIT_EXPECT_LE(test, arbiter->energised, supplies[i].coil_limit ?: 4);
		}
		KUNIT_EXPECT_LE(test, steps, 4 * RELAYS);
		KUNIT_EXPECT_FALSE(test, emrelay_arbiter_has_next(arbiter));
	}
	bank_settle(bank);
	bank_expect_on(bank, "ACDE");
	bank_set(bank, A, EMRELAY_OFF);
	bank_settle(bank);
	bank_expect_on(bank, "BCDE");
}

/* Between bind and start: requests are taken, and nothing may move yet. */
static void arbiter_bind_before_start(struct kunit *test)
{
	struct bank *bank = bank_found(test, "00xxx", "");
	struct emrelay_arbiter *arbiter = &bank->arbiter;
	u64 t = bank->now_ns;
	u16 i;

	arbiter->members = bank->members;
	arbiter->groups = bank->groups;
	arbiter->count = RELAYS;
	for (i = 0; i < RELAYS; i++) {
		bank->members[i].engine = &bank->engines[i];
		emrelay_engine_bind(&bank->engines[i], &limits, false, i == B, t);
	}
	emrelay_arbiter_bind(arbiter, t);
	KUNIT_EXPECT_GT(test, emrelay_arbiter_decide(arbiter, B, t + FOREVER_NS), 0);
	KUNIT_EXPECT_TRUE(test, emrelay_arbiter_has_next(arbiter));
	bank->now_ns = t + 50;
	emrelay_arbiter_start(arbiter, bank->now_ns);
	bank_converge_others(bank);
	bank_settle(bank);
	bank_expect_edge(bank, 0, t + 50 + DEAD_NS, B, true);
}

/* A bank that is bound with what its supply can take. */
static void arbiter_bind_limited(struct kunit *test)
{
	struct bank *bank = bank_found(test, "0xxxx", "");
	u64 t = bank->now_ns;

	bank->stagger_ns = STAGGER_NS;
	bank->default_on[B] = true;
	bank->default_on[C] = true;
	bank_bind(bank);
	bank_settle(bank);
	bank_expect_edge(bank, 0, t, B, true);
	bank_expect_edge(bank, 1, t + STAGGER_NS, C, true);
}

/* No coil was energised before the clock began: nothing is staggered after that. */
static void arbiter_beginning_of_time(struct kunit *test)
{
	struct bank *bank = bank_found(test, "xxxxx", "");

	bank->now_ns = 0;
	bank_bind(bank);
	bank_supply(bank, STAGGER_NS, 1);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, A), OPEN_NS);
	bank_set(bank, A, EMRELAY_ON);
	bank_settle(bank);
	bank_expect_edge(bank, 0, OPEN_NS, A, true);

	bank = bank_found(test, "xxxxx", "");
	bank->now_ns = 0;
	bank_bind(bank);
	bank_supply(bank, 0, 1);
	bank_supply(bank, 0, 0);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_run_to(bank, OPEN_NS);
	bank_expect_on(bank, "AB");
}

/* No time is so late that a sum wraps around to the past. */
static void arbiter_end_of_time(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");

	bank->now_ns = U64_MAX - DEAD_NS;
	bank_pulse(bank, A, CLOSE_NS);
	bank_run_to(bank, bank->now_ns + CLOSE_NS);
	bank_set(bank, B, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank->wake_ns[B], U64_MAX);
	bank_run_to(bank, U64_MAX - 1);
	bank_expect_on(bank, "");
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), U64_MAX);

	bank_supply(bank, U64_MAX, 0);
	bank_set(bank, C, EMRELAY_ON);
	bank_expect_on(bank, "");

	/* But the last moment of all is one. */
	bank = bank_new(test, "00xxx");
	bank->now_ns = U64_MAX - 1 - DEAD_NS - CLOSE_NS;
	bank_pulse(bank, A, CLOSE_NS);
	bank_set(bank, B, EMRELAY_ON);
	bank_run_to(bank, U64_MAX - 1);
	bank_expect_on(bank, "B");
}

/*
 * Random requests to all relays, and a second, simple account of what they amount
 * to: what is wanted of each, where the coils are, what may be done when.
 */
static const struct walk_case {
	u64 seed;
	const char *groups;
	const char *changeover;	/* which relays */
	u64 stagger_ns;		/* up to so much, changing */
	u32 coil_limit;		/* up to so many, changing */
	unsigned int one_in;	/* a request in so many ns */
} walk_cases[] = {
	{ 1, "00000", "", 0, 0, 10 },
	{ 2, "00000", "ABCDE", 0, 0, 10 },
	{ 3, "000xx", "B", 0, 0, 5 },
	{ 4, "00011", "ABD", 0, 0, 20 },
	{ 5, "0011x", "AC", 0, 0, 3 },
	{ 6, "xxxxx", "", 50, 0, 10 },
	{ 7, "xxxxx", "", 0, 4, 10 },
	{ 8, "xxxxx", "", 40, 4, 5 },
	{ 9, "0000x", "AB", 60, 0, 8 },
	{ 10, "0011x", "ABCD", 30, 3, 8 },
	{ 11, "00110", "AE", 20, 4, 30 },
	{ 12, "00000", "ABC", 200, 2, 40 },
};

static void walk_desc(const struct walk_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE,
		 "seed %llu: groups %s, changeover %s, stagger %llu, limit %u, one in %u",
		 c->seed, c->groups, c->changeover, c->stagger_ns, c->coil_limit, c->one_in);
}

KUNIT_ARRAY_PARAM(walk, walk_cases, walk_desc);

/* One relay of the account. */
struct account {
	bool wanted;		/* what the requests amount to */
	u64 pulse_ns;		/* 0: lasting */
	u64 written_ns;
	u64 ticket;		/* since when it waits to be energised; 0: it does not */
	bool coil;
	bool moved, cycled;
	u64 edge_ns, energised_ns;
};

struct walk {
	struct kunit *test;
	struct bank *bank;
	struct rnd_state random;
	struct account relays[RELAYS];
	u64 released_ns[RELAYS];	/* by group */
	u16 claim[RELAYS];		/* likewise */
	u64 tickets;
	bool cycled;
	u64 energised_ns;
};

static u32 walk_random(struct walk *walk, u32 below)
{
	return prandom_u32_state(&walk->random) % below;
}

static bool walk_rivals(struct walk *walk, u16 a, u16 b)
{
	const struct emrelay_member *members = walk->bank->members;

	return a != b && members[a].group && members[a].group == members[b].group;
}

/* Its group's number, RELAYS: it is in none. */
static u16 walk_group(struct walk *walk, u16 who)
{
	const struct emrelay_group *group = walk->bank->members[who].group;

	return group ? group - walk->bank->groups : RELAYS;
}

/* If both wait, does one have to go before the other? */
static bool walk_competes(struct walk *walk, u16 a, u16 b)
{
	const struct emrelay_arbiter *arbiter = &walk->bank->arbiter;

	return walk_rivals(walk, a, b) ||
	       (a != b && (arbiter->stagger_ns || arbiter->coil_limit));
}

static u16 *walk_claim(struct walk *walk, u16 who)
{
	u16 group = walk_group(walk, who);

	return group == RELAYS ? NULL : &walk->claim[group];
}

static bool walk_claimed_by_other(struct walk *walk, u16 who)
{
	const u16 *claim = walk_claim(walk, who);

	return claim && *claim != EMRELAY_NOBODY && *claim != who;
}

/* Is somebody else in the way, whom time alone does not remove? */
static bool walk_busy(struct walk *walk, u16 who)
{
	u32 limit = walk->bank->arbiter.coil_limit;
	u32 energised = 0;
	u16 i;

	for (i = 0; i < RELAYS; i++) {
		if (walk_rivals(walk, who, i) && walk->relays[i].coil)
			return true;
		energised += walk->relays[i].coil;
	}
	return walk_claimed_by_other(walk, who) || (limit && energised >= limit);
}

/* Laws 2, 4, 5 and the supply's: could a coil be energised now? */
static bool walk_may_on(struct walk *walk, u16 who)
{
	const struct account *relay = &walk->relays[who];
	u16 group = walk_group(walk, who);
	u64 now_ns = walk->bank->now_ns;

	if (walk_busy(walk, who))
		return false;
	if (relay->moved && now_ns < relay->edge_ns + OPEN_NS)
		return false;
	if (relay->cycled && now_ns < relay->energised_ns + SPACING_NS)
		return false;
	if (group != RELAYS && now_ns < walk->released_ns[group] + DEAD_NS)
		return false;
	return !walk->cycled ||
	       now_ns >= walk->energised_ns + walk->bank->arbiter.stagger_ns;
}

static bool walk_may_off(struct walk *walk, u16 who)
{
	const struct account *relay = &walk->relays[who];

	return !relay->moved || walk->bank->now_ns >= relay->edge_ns + CLOSE_NS;
}

/* An edge is about to be: it has to be wanted, and legal, and in turn. */
static void walk_judge(struct walk *walk, u16 who, bool on)
{
	struct account *relay = &walk->relays[who];
	u16 group = walk_group(walk, who);
	u64 now_ns = walk->bank->now_ns;
	u16 i;

	KUNIT_ASSERT_EQ(walk->test, on, relay->wanted);
	KUNIT_ASSERT_NE(walk->test, on, relay->coil);
	if (on) {
		KUNIT_ASSERT_TRUE(walk->test, walk_may_on(walk, who));
		for (i = 0; i < RELAYS; i++)
			if (walk->relays[i].ticket && walk_may_on(walk, i) &&
			    walk_competes(walk, who, i))
				KUNIT_ASSERT_LE(walk->test, relay->ticket,
						walk->relays[i].ticket);
		relay->cycled = true;
		relay->energised_ns = now_ns;
		relay->ticket = 0;
		if (walk_claim(walk, who))
			*walk_claim(walk, who) = EMRELAY_NOBODY;
		walk->cycled = true;
		walk->energised_ns = now_ns;
	} else {
		KUNIT_ASSERT_TRUE(walk->test, walk_may_off(walk, who));
		if (group != RELAYS)
			walk->released_ns[group] = now_ns;
	}
	relay->coil = on;
	relay->moved = true;
	relay->edge_ns = now_ns;
}

static void walk_unwant(struct walk *walk, u16 who)
{
	u16 *claim = walk_claim(walk, who);

	walk->relays[who].wanted = false;
	walk->relays[who].ticket = 0;
	if (claim && *claim == who)
		*claim = EMRELAY_NOBODY;
}

static void walk_want(struct walk *walk, u16 who, const struct emrelay_request *request)
{
	struct account *relay = &walk->relays[who];
	bool changes = walk->bank->members[who].changeover && !relay->wanted &&
		       request->policy == EMRELAY_DEFER && walk_claim(walk, who);
	u16 i;

	relay->wanted = true;
	relay->pulse_ns = request->op == EMRELAY_PULSE ? request->pulse_ns : 0;
	relay->written_ns = walk->bank->now_ns;
	if (!relay->coil && !relay->ticket)
		relay->ticket = ++walk->tickets;
	if (!changes)
		return;

	for (i = 0; i < RELAYS; i++)
		if (walk_rivals(walk, who, i) &&
		    (walk->relays[i].coil || *walk_claim(walk, who) == i))
			walk_unwant(walk, i);
	if (!relay->coil)
		*walk_claim(walk, who) = who;
}

static int walk_expect(struct walk *walk, u16 who, const struct emrelay_request *request,
		       bool on)
{
	const struct account *relay = &walk->relays[who];

	if (request->op == EMRELAY_PULSE && request->pulse_ns < CLOSE_NS)
		return -EINVAL;
	if (!on || request->policy == EMRELAY_DEFER ||
	    (relay->wanted && request->op != EMRELAY_PULSE))
		return 0;
	if (relay->coil)
		return !relay->wanted && walk_claimed_by_other(walk, who) ? -EBUSY : 0;
	if (walk_busy(walk, who))
		return -EBUSY;
	return walk_may_on(walk, who) ? 0 : -EAGAIN;
}

static void walk_request(struct walk *walk)
{
	u16 who = walk_random(walk, RELAYS);
	struct emrelay_request request = {
		.op = walk_random(walk, 4),
		.policy = walk_random(walk, 2),
		.pulse_ns = walk_random(walk, 8 * CLOSE_NS),
	};
	bool on = request.op == EMRELAY_TOGGLE ? !walk->relays[who].wanted :
						 request.op != EMRELAY_OFF;
	int expected = walk_expect(walk, who, &request, on);

	if (!expected && on)
		walk_want(walk, who, &request);
	else if (!expected)
		walk_unwant(walk, who);
	KUNIT_ASSERT_EQ(walk->test, expected,
			bank_ask(walk->bank, who, request.op, request.policy,
				 request.pulse_ns));
}

/* The driver goes and comes back: groups count as just released. */
static void walk_bind(struct walk *walk)
{
	u16 i;

	for (i = 0; i < RELAYS; i++) {
		struct account *relay = &walk->relays[i];

		relay->wanted = relay->coil;
		relay->pulse_ns = 0;
		relay->ticket = 0;
		walk->claim[i] = EMRELAY_NOBODY;
		walk->released_ns[i] = walk->bank->now_ns;
	}
	KUNIT_ASSERT_EQ(walk->test, bank_bind(walk->bank), 0);
}

/* A nanosecond passes; laws 3 and 6: what may be done by then, is. */
static void walk_step(struct walk *walk)
{
	struct bank *bank = walk->bank;
	u16 i;

	bank->now_ns++;
	for (i = 0; i < RELAYS; i++) {
		struct account *relay = &walk->relays[i];

		if (relay->wanted && relay->coil && relay->pulse_ns &&
		    bank->now_ns >= max(relay->energised_ns, relay->written_ns) +
				    relay->pulse_ns)
			relay->wanted = false;
	}
	bank_run_to(bank, bank->now_ns);
}

static void walk_check(struct walk *walk)
{
	u16 i;

	for (i = 0; i < RELAYS; i++) {
		const struct account *relay = &walk->relays[i];
		const struct emrelay_engine *engine = &walk->bank->engines[i];

		KUNIT_ASSERT_EQ(walk->test, engine->target, relay->wanted);
		KUNIT_ASSERT_EQ(walk->test, engine->past.coil, relay->coil);
		/* Of those that share something only who waits may be given a moment. */
		if (walk_competes(walk, i, (i + 1) % RELAYS) ||
		    walk_competes(walk, i, (i + RELAYS - 1) % RELAYS))
			KUNIT_ASSERT_TRUE(walk->test, engine->free_ns == U64_MAX ||
					  (relay->ticket && walk->bank->members[i].queue->turn ==
					   &walk->bank->members[i]));
		if (relay->wanted && !relay->coil)
			KUNIT_ASSERT_FALSE(walk->test, walk_may_on(walk, i));
		if (!relay->wanted && relay->coil)
			KUNIT_ASSERT_FALSE(walk->test, walk_may_off(walk, i));
	}
}

/* Does another one that waits perhaps go first? */
static bool walk_behind(struct walk *walk, u16 who)
{
	u16 i;

	for (i = 0; i < RELAYS; i++)
		if (walk->relays[i].ticket && walk_competes(walk, who, i))
			return true;
	return false;
}

/* Nobody asks for anything for a while: what was said comes true; -1 has a reason. */
static void walk_quiet(struct walk *walk)
{
	u16 who = walk_random(walk, RELAYS);
	struct account *relay = &walk->relays[who];
	u64 begin_ns = walk->bank->now_ns;
	u64 wait_ns = bank_wait(walk->bank, who);
	u64 passed_ns;

	if (wait_ns == U64_MAX) {
		KUNIT_ASSERT_TRUE(walk->test, relay->wanted && !relay->coil);
		KUNIT_ASSERT_TRUE(walk->test, walk_busy(walk, who) || walk_behind(walk, who));
	}
	if (bank_ready(walk->bank, who) == U64_MAX)
		KUNIT_ASSERT_TRUE(walk->test, walk_busy(walk, who) || walk_behind(walk, who));
	for (passed_ns = 0; passed_ns < 500; passed_ns++) {
		if (relay->wanted == relay->coil)
			break;
		walk_step(walk);
		walk_check(walk);
	}
	if (wait_ns == U64_MAX)
		return;
	if (relay->wanted == relay->coil)
		KUNIT_ASSERT_EQ(walk->test, walk->bank->now_ns - begin_ns, wait_ns);
	else
		KUNIT_ASSERT_GE(walk->test, wait_ns, passed_ns);
}

/* What an on would have to wait for is said before it is asked for. */
static void walk_ready(struct walk *walk)
{
	u16 who = walk_random(walk, RELAYS);
	struct emrelay_request on = { EMRELAY_ON };
	u64 ready_ns = bank_ready(walk->bank, who);

	walk_want(walk, who, &on);
	KUNIT_ASSERT_EQ(walk->test, bank_ask(walk->bank, who, EMRELAY_ON, EMRELAY_DEFER, 0), 0);
	if (ready_ns != U64_MAX)
		KUNIT_ASSERT_EQ(walk->test, bank_wait(walk->bank, who), ready_ns);
}

/* With the first limit, and without the last, those that wait queue up anew. */
static void walk_supply(struct walk *walk, u64 stagger_ns, u32 coil_limit)
{
	struct emrelay_arbiter *arbiter = &walk->bank->arbiter;
	bool limited = arbiter->stagger_ns || arbiter->coil_limit;
	u16 i;

	for (i = 0; i < RELAYS && limited != (stagger_ns || coil_limit); i++)
		if (walk->relays[i].ticket)
			walk->relays[i].ticket = ++walk->tickets;
	bank_supply(walk->bank, stagger_ns, coil_limit);
}

static void arbiter_random_walk(struct kunit *test)
{
	const struct walk_case *c = test->param_value;
	struct walk *walk = bank_alloc(test, sizeof(*walk));
	struct bank *bank = bank_found(test, c->groups, "");
	const char *name;
	unsigned int count;
	u64 end_ns;

	walk->test = test;
	walk->bank = bank;
	bank->walk = walk;
	prandom_seed_state(&walk->random, c->seed);
	for (name = c->changeover; *name; name++)
		bank->members[*name - 'A'].changeover = true;

	walk_bind(walk);
	while (bank->count < MAX_EDGES - 100) {
		if (!walk_random(walk, c->one_in))
			walk_request(walk);
		if (!walk_random(walk, 500))
			walk_supply(walk, walk_random(walk, c->stagger_ns + 1),
				    walk_random(walk, c->coil_limit + 1));
		if (!walk_random(walk, 300))
			walk_ready(walk);
		if (!walk_random(walk, 5000))
			walk_bind(walk);
		walk_check(walk);
		if (!walk_random(walk, 100))
			walk_quiet(walk);
		walk_step(walk);
		walk_check(walk);
	}

	/* The requests stop: all pulses end, and soon nothing is to come. */
	end_ns = bank->now_ns + 5000;
	while (bank->now_ns < end_ns) {
		walk_step(walk);
		walk_check(walk);
	}
	count = bank->count;
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->count, count);
}

/* What is seen of the contact of a relay; opened_ns: since when it is open, 0: it is not. */
static void bank_sense(struct bank *bank, u16 who, u64 opened_ns, u32 latched,
		       enum emrelay_fault_action action)
{
	struct emrelay_proof proof = {
		.opened_ns = opened_ns ?: U64_MAX,
		.latched = latched,
		.action = action,
	};

	emrelay_arbiter_sense(&bank->arbiter, who, &proof, bank->now_ns);
	bank_update(bank, who);
}

/* As long as the contact of a member is not seen open, no other one is energised. */
static void arbiter_unproven(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00x1x");
	u64 t = bank->now_ns;

	bank_set(bank, A, EMRELAY_ON);
	bank_sense(bank, A, 0, 0, EMRELAY_ACTION_BLOCK);
	bank->now_ns = t + SPACING_NS;
	bank_set(bank, A, EMRELAY_OFF);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, D, EMRELAY_ON);
	bank_run_to(bank, t + FOREVER_NS);
	bank_expect_on(bank, "CD");
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), U64_MAX);
	KUNIT_EXPECT_EQ(test, bank_ask(bank, B, EMRELAY_OFF, EMRELAY_DEFER, 0), 0);
	KUNIT_EXPECT_EQ(test, bank_ready(bank, B), U64_MAX);
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), -EBUSY);
	/* It is in nobody's way but the others'. */
	KUNIT_EXPECT_EQ(test, bank_ready(bank, A), 0);

	bank_set(bank, B, EMRELAY_ON);
	bank_sense(bank, A, bank->now_ns - 4, 0, EMRELAY_ACTION_BLOCK);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), 10000000 - 4);
	/* Told again, it counts no second time. */
	bank_sense(bank, A, bank->now_ns, 0, EMRELAY_ACTION_BLOCK);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, B), 10000000 - 4);
	bank_settle(bank);
	bank_expect_on(bank, "BCD");
	bank_expect_edge(bank, bank->count - 1, t + FOREVER_NS + 10000000 - 4, B, true);
}

/* The dead time counts from the release, however soon the contact was open. */
static void arbiter_opened_early(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t = bank->now_ns;

	bank->groups[0].dead_ns = 50000000;
	bank_sense(bank, A, t, 0, EMRELAY_ACTION_BLOCK);
	bank_set(bank, A, EMRELAY_ON);
	bank_sense(bank, A, 0, 0, EMRELAY_ACTION_BLOCK);
	bank->now_ns = t + SPACING_NS;
	bank_set(bank, A, EMRELAY_OFF);
	bank_set(bank, B, EMRELAY_ON);
	bank->now_ns += 20;
	bank_sense(bank, A, bank->now_ns, 0, EMRELAY_ACTION_BLOCK);
	bank_settle(bank);
	bank_expect_edge(bank, bank->count - 1, t + SPACING_NS + 50000000, B, true);
}

/* The contact travelled for longer than it is rated for: an off waits. */
static void arbiter_travels_longer(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");
	struct emrelay_proof proof = { .opened_ns = U64_MAX };
	u64 t = bank->now_ns;

	bank_set(bank, A, EMRELAY_ON);
	proof.rest_ns = t + CLOSE_NS + 7;
	emrelay_arbiter_sense(&bank->arbiter, A, &proof, t);
	bank_set(bank, A, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, A), CLOSE_NS + 7);
	bank_settle(bank);
	bank_expect_edge(bank, 1, t + CLOSE_NS + 7, A, false);

	/* The edge has forgotten it; and min_on_ns counts from an edge. */
	KUNIT_EXPECT_EQ(test, bank->engines[A].past.rest_ns, 0ULL);
	bank = bank_new(test, "xxxxx");
	bank->engines[A].limits.min_on_ns = 2 * CLOSE_NS;
	t = bank->now_ns;
	bank_set(bank, A, EMRELAY_ON);
	proof.rest_ns = t + CLOSE_NS + 7;
	emrelay_arbiter_sense(&bank->arbiter, A, &proof, t);
	bank_set(bank, A, EMRELAY_OFF);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, A), 2 * CLOSE_NS);
}

struct faulty {
	const char *name;
	u32 latched;
	enum emrelay_fault_action action;
	bool open;		/* the contact is, after the fault */
	bool on;		/* the relay is, as its fault is latched */
	int own, partner;	/* what an on fails with then */
	bool released, withdrawn, partner_withdrawn;
};

static const struct faulty faulties[] = {
	{ "welded", EMRELAY_STUCK_CLOSED, EMRELAY_ACTION_BLOCK, false, false, -EIO, -EBUSY,
	  false, true, true },
	{ "welded, and free", EMRELAY_STUCK_CLOSED, EMRELAY_ACTION_BLOCK, true, false, -EIO, -EBUSY,
	  false, true, true },
	{ "welded, reported", EMRELAY_STUCK_CLOSED, EMRELAY_ACTION_REPORT, false, false, 0, -EBUSY,
	  false, false, true },
	{ "welded, to be released", EMRELAY_STUCK_CLOSED, EMRELAY_ACTION_RELEASE, false, true, 0, 0,
	  false, false, true },
	{ "does not close", EMRELAY_STUCK_OPEN, EMRELAY_ACTION_BLOCK, true, false, -EIO, 0,
	  false, true, false },
	{ "does not close, and is on", EMRELAY_STUCK_OPEN, EMRELAY_ACTION_BLOCK, true, true, 0, 0,
	  false, false, false },
	{ "does not close, reported", EMRELAY_STUCK_OPEN, EMRELAY_ACTION_REPORT, true, true, 0, 0,
	  false, false, false },
	{ "does not close, to be released", EMRELAY_STUCK_OPEN, EMRELAY_ACTION_RELEASE, true, true,
	  -EIO, 0, true, true, false },
	{ "chatters", EMRELAY_CHATTER, EMRELAY_ACTION_BLOCK, false, false, -EIO, -EBUSY,
	  false, true, true },
	{ "chatters, and is seen open", EMRELAY_CHATTER, EMRELAY_ACTION_BLOCK, true, false, -EIO, 0,
	  false, true, true },
	{ "chatters, to be released", EMRELAY_CHATTER, EMRELAY_ACTION_RELEASE, true, true, -EIO, 0,
	  true, true, true },
};

static void faulty_desc(const struct faulty *faulty, char *desc)
{
	strscpy(desc, faulty->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(faulty, faulties, faulty_desc);

/* Those that wait are withdrawn, others are refused, and no coil moves but by release. */
static void arbiter_faulty(struct kunit *test)
{
	const struct faulty *faulty = test->param_value;
	struct bank *bank = bank_new(test, "00x1x");
	unsigned int count;
	u64 opened_ns;

	if (faulty->on)
		bank_set(bank, A, EMRELAY_ON);
	bank_sense(bank, A, 0, 0, faulty->action);
	bank->now_ns += 1000;
	/* Two wait, one of them in vain. */
	bank->slow[A] = !faulty->on;
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_set(bank, D, EMRELAY_ON);
	bank->slow[A] = false;
	count = bank->count;

	opened_ns = faulty->open ? bank->now_ns : 0;
	bank_sense(bank, A, opened_ns, faulty->latched, faulty->action);
	bank_expect_on(bank, faulty->on && !faulty->released ? "ACD" :
			     faulty->own || faulty->on ? "CD" : "ACD");
	if (faulty->released)
		KUNIT_EXPECT_EQ(test, bank->edges[count].source, EMRELAY_BY_FAULT);
	KUNIT_EXPECT_EQ(test, bank->engines[A].statistics.withdrawn, faulty->withdrawn);
	KUNIT_EXPECT_EQ(test, bank->engines[B].statistics.withdrawn, faulty->partner_withdrawn);
	KUNIT_EXPECT_EQ(test, bank->engines[C].statistics.withdrawn, 0);
	KUNIT_EXPECT_EQ(test, bank->engines[D].statistics.withdrawn, 0);
	if (faulty->on && !faulty->released)
		return;

	/* The same fault ends nothing twice. */
	bank_set(bank, B, EMRELAY_OFF);
	bank_sense(bank, A, opened_ns, faulty->latched, faulty->action);
	if (faulty->own)
		KUNIT_EXPECT_EQ(test, bank_ask(bank, A, EMRELAY_ON, EMRELAY_DEFER, 0), faulty->own);
	KUNIT_EXPECT_EQ(test, bank->engines[A].refuse, faulty->own);
	KUNIT_EXPECT_EQ(test, bank_ask(bank, B, EMRELAY_ON, EMRELAY_DEFER, 0), faulty->partner);
	KUNIT_EXPECT_EQ(test, bank->engines[A].statistics.withdrawn, faulty->withdrawn);
}

/* What a weld ends: what waits in its group, and nothing else. */
static void arbiter_weld_ends(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00x1x");
	u16 i;

	/* B, C and D wait for their time, with timers. */
	for (i = E; i >= B; i--) {
		bank_pulse(bank, i, CLOSE_NS);
		bank_run_to(bank, bank->now_ns + CLOSE_NS);
		bank_set(bank, i, EMRELAY_ON);
	}
	bank_sense(bank, A, bank->now_ns, 0, EMRELAY_ACTION_BLOCK);
	KUNIT_EXPECT_NE(test, bank->wake_ns[B], U64_MAX);
	bank_expect_on(bank, "E");
	bank_sense(bank, A, 0, EMRELAY_STUCK_CLOSED, EMRELAY_ACTION_BLOCK);
	KUNIT_EXPECT_EQ(test, bank->engines[B].statistics.withdrawn, 1);
	KUNIT_EXPECT_EQ(test, bank->wake_ns[B], U64_MAX);
	bank_sense(bank, E, 0, EMRELAY_STUCK_CLOSED, EMRELAY_ACTION_REPORT);
	for (i = C; i <= E; i++) {
		KUNIT_EXPECT_EQ(test, bank->engines[i].statistics.withdrawn, 0);
		KUNIT_EXPECT_EQ(test, bank->engines[i].refuse, 0);
	}
	bank_settle(bank);
	bank_expect_on(bank, "CDE");

	/* Nor does that of another group refuse anything in this one. */
	bank_sense(bank, A, bank->now_ns, 0, EMRELAY_ACTION_BLOCK);
	bank_sense(bank, D, 0, EMRELAY_STUCK_CLOSED, EMRELAY_ACTION_REPORT);
	emrelay_arbiter_set_worn(&bank->arbiter, A, false);
	KUNIT_EXPECT_EQ(test, bank->engines[A].refuse, 0);
	KUNIT_EXPECT_EQ(test, bank->engines[B].refuse, 0);

	/* Of what waited for as long as a watchdog let it no timer is left. */
	bank_watchdog(bank, B, FOREVER_NS);
	bank_sense(bank, A, 0, 0, EMRELAY_ACTION_BLOCK);
	bank_set(bank, B, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank->wake_ns[B], bank->now_ns + FOREVER_NS);
	bank_sense(bank, A, 0, EMRELAY_STUCK_CLOSED, EMRELAY_ACTION_BLOCK);
	KUNIT_EXPECT_EQ(test, bank->wake_ns[B], U64_MAX);
}

/* One that is on stays so, and is driven again if it drops: what is told again ends nothing. */
static void arbiter_weld_of_another(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	enum emrelay_fault_action action;

	bank_set(bank, B, EMRELAY_ON);
	for (action = EMRELAY_ACTION_BLOCK; action <= EMRELAY_ACTION_RELEASE; action++) {
		bank_sense(bank, A, 0, EMRELAY_STUCK_CLOSED, action);
		bank->slow[B] = true;
		emrelay_arbiter_driven(&bank->arbiter, B, true, 0, bank->now_ns);
		bank_sense(bank, A, 0, EMRELAY_STUCK_CLOSED, action);
		bank->now_ns += 2 * RETRY_NS;
		bank_driven(bank, B, true);
		KUNIT_EXPECT_EQ(test, bank->engines[B].statistics.withdrawn, 0);
		bank_expect_on(bank, "B");
		bank_sense(bank, A, bank->now_ns, 0, action);
	}

	/* Likewise its own fault. */
	bank_sense(bank, B, bank->now_ns, EMRELAY_STUCK_OPEN, EMRELAY_ACTION_BLOCK);
	emrelay_arbiter_driven(&bank->arbiter, B, true, 0, bank->now_ns);
	bank_sense(bank, B, bank->now_ns, EMRELAY_STUCK_OPEN, EMRELAY_ACTION_BLOCK);
	KUNIT_EXPECT_EQ(test, bank->engines[B].statistics.withdrawn, 0);
	bank_settle(bank);
	bank_expect_on(bank, "B");
}

/* An off that waits is none that a fault ends; an on that it ends gives up its turn. */
static void arbiter_fault_of_one_that_waits(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");

	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, A, EMRELAY_OFF);
	bank_sense(bank, A, bank->now_ns, EMRELAY_STUCK_OPEN, EMRELAY_ACTION_RELEASE);
	KUNIT_EXPECT_EQ(test, bank->engines[A].statistics.withdrawn, 0);
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->edges[1].source, EMRELAY_BY_SYSFS);

	bank_supply(bank, 0, 1);
	bank_set(bank, E, EMRELAY_ON);
	bank_set(bank, B, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	bank_sense(bank, B, bank->now_ns, EMRELAY_STUCK_OPEN, EMRELAY_ACTION_BLOCK);
	bank->now_ns += CLOSE_NS;
	bank_set(bank, E, EMRELAY_OFF);
	bank_expect_on(bank, "C");
}

/* A supply that takes nothing for now: ons wait, or fail as what time will cure; offs do not. */
static void arbiter_no_supply(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");
	u64 t = bank->now_ns;

	/* Before anything was energised, and after. */
	bank_supply(bank, U64_MAX, 0);
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, C, EMRELAY_ON);
	KUNIT_EXPECT_EQ(test, bank_try(bank, D), -EAGAIN);
	KUNIT_EXPECT_EQ(test, bank_wait(bank, C), U64_MAX);
	/* What else is wrong time does not cure. */
	emrelay_arbiter_set_worn(&bank->arbiter, E, true);
	KUNIT_EXPECT_EQ(test, bank_try(bank, E), -EPERM);
	bank_run_to(bank, t + FOREVER_NS);
	bank_expect_on(bank, "");
	bank_supply(bank, 0, 0);
	bank_expect_on(bank, "AC");
	KUNIT_EXPECT_EQ(test, bank_try(bank, B), -EBUSY);

	bank->now_ns += SPACING_NS;
	bank_supply(bank, U64_MAX, 0);
	/* What is on is held; what is asked to be on again, and what is not, too. */
	bank_set(bank, A, EMRELAY_ON);
	bank_set(bank, A, EMRELAY_OFF);
	bank_set(bank, D, EMRELAY_ON);
	bank_run_to(bank, t + 2 * FOREVER_NS);
	bank_expect_on(bank, "C");
	bank_supply(bank, STAGGER_NS, 0);
	bank_settle(bank);
	bank_expect_on(bank, "CD");
}

/* A fault that was only reported begins to block: an on that waits is withdrawn. */
static void arbiter_begins_to_block(struct kunit *test)
{
	struct bank *bank = bank_new(test, "xxxxx");

	bank_set(bank, A, EMRELAY_ON);
	bank->now_ns += CLOSE_NS;
	bank_set(bank, A, EMRELAY_OFF);
	bank_sense(bank, A, bank->now_ns, EMRELAY_STUCK_OPEN, EMRELAY_ACTION_REPORT);
	bank_set(bank, A, EMRELAY_ON);
	bank_sense(bank, A, bank->now_ns, EMRELAY_STUCK_OPEN, EMRELAY_ACTION_BLOCK);
	KUNIT_EXPECT_EQ(test, bank->engines[A].statistics.withdrawn, 1);
	bank_settle(bank);
	bank_expect_on(bank, "");

	/* Whichever it is. */
	bank_sense(bank, B, bank->now_ns, EMRELAY_CHATTER, EMRELAY_ACTION_REPORT);
	bank->slow[B] = true;
	bank_set(bank, B, EMRELAY_ON);
	bank_sense(bank, B, bank->now_ns, EMRELAY_CHATTER, EMRELAY_ACTION_BLOCK);
	KUNIT_EXPECT_EQ(test, bank->engines[B].statistics.withdrawn, 1);
}

/*
 * What is worn is refused from now on, what waits is carried out; a contact that is
 * closed forbids nothing.
 */
static void arbiter_worn(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00xxx");

	bank_set(bank, A, EMRELAY_ON);
	bank_sense(bank, A, 0, 0, EMRELAY_ACTION_BLOCK);
	bank_set(bank, B, EMRELAY_ON);
	emrelay_arbiter_set_worn(&bank->arbiter, B, true);
	KUNIT_EXPECT_EQ(test, bank->engines[B].statistics.withdrawn, 0);
	KUNIT_EXPECT_EQ(test, bank->engines[B].refuse, -EPERM);
	bank->now_ns += CLOSE_NS;
	bank_set(bank, A, EMRELAY_OFF);
	bank_sense(bank, A, bank->now_ns, 0, EMRELAY_ACTION_BLOCK);
	bank_settle(bank);
	bank_expect_on(bank, "B");
}

/* What is cleared turns nothing on; what is worn stays refused. */
static void arbiter_cleared(struct kunit *test)
{
	struct bank *bank = bank_new(test, "00x1x");
	unsigned int count;

	bank_sense(bank, A, 0, EMRELAY_STUCK_CLOSED, EMRELAY_ACTION_BLOCK);
	bank_sense(bank, B, bank->now_ns, EMRELAY_STUCK_CLOSED, EMRELAY_ACTION_REPORT);
	emrelay_arbiter_set_worn(&bank->arbiter, B, true);
	KUNIT_EXPECT_EQ(test, bank->engines[A].refuse, -EIO);
	KUNIT_EXPECT_EQ(test, bank->engines[B].refuse, -EBUSY);
	bank_sense(bank, B, bank->now_ns, 0, EMRELAY_ACTION_BLOCK);
	KUNIT_EXPECT_EQ(test, bank->engines[B].refuse, -EBUSY);
	count = bank->count;
	bank_sense(bank, A, bank->now_ns, 0, EMRELAY_ACTION_BLOCK);
	bank_settle(bank);
	KUNIT_EXPECT_EQ(test, bank->count, count);
	KUNIT_EXPECT_EQ(test, bank->engines[A].refuse, 0);
	KUNIT_EXPECT_EQ(test, bank->engines[B].refuse, -EPERM);
	emrelay_arbiter_set_worn(&bank->arbiter, B, false);
	KUNIT_EXPECT_EQ(test, bank->engines[B].refuse, 0);
	emrelay_arbiter_set_worn(&bank->arbiter, C, true);
	KUNIT_EXPECT_EQ(test, bank->engines[C].refuse, -EPERM);
	KUNIT_EXPECT_EQ(test, bank->engines[D].refuse, 0);
}

static struct kunit_case arbiter_test_cases[] = {
	KUNIT_CASE(arbiter_nothing_shared),
	KUNIT_CASE(arbiter_groups_are_apart),
	KUNIT_CASE_PARAM(arbiter_dead_time, ending_gen_params),
	KUNIT_CASE(arbiter_dead_time_of_the_same),
	KUNIT_CASE(arbiter_later_than_dead_time),
	KUNIT_CASE(arbiter_bind_released),
	KUNIT_CASE(arbiter_bind_energised),
	KUNIT_CASE(arbiter_bind_conflict),
	KUNIT_CASE(arbiter_bind_conflict_slow),
	KUNIT_CASE(arbiter_bind_conflict_default_on),
	KUNIT_CASE(arbiter_bind_conflict_asked),
	KUNIT_CASE(arbiter_changeover),
	KUNIT_CASE(arbiter_changeover_refused),
	KUNIT_CASE(arbiter_changeover_by_pulse),
	KUNIT_CASE(arbiter_changeover_during_transfer),
	KUNIT_CASE(arbiter_changeover_during_release),
	KUNIT_CASE(arbiter_block_during_release),
	KUNIT_CASE(arbiter_changeover_from_an_off),
	KUNIT_CASE(arbiter_changeover_from_a_default),
	KUNIT_CASE(arbiter_changeover_of_several),
	KUNIT_CASE(arbiter_changeover_of_one_of_several),
	KUNIT_CASE(arbiter_changeover_of_one_left),
	KUNIT_CASE(arbiter_changeover_without_group),
	KUNIT_CASE(arbiter_changeover_repeated),
	KUNIT_CASE(arbiter_changeover_chain),
	KUNIT_CASE(arbiter_changeover_and_back),
	KUNIT_CASE(arbiter_claim_goes_first),
	KUNIT_CASE(arbiter_claim_given_up),
	KUNIT_CASE(arbiter_claim_ended_by_watchdog),
	KUNIT_CASE(arbiter_claim_ended_unseen),
	KUNIT_CASE(arbiter_changeover_after_the_end),
	KUNIT_CASE(arbiter_changeover_storm),
	KUNIT_CASE(arbiter_reject),
	KUNIT_CASE(arbiter_reject_for_a_claim),
	KUNIT_CASE(arbiter_reject_a_pulse),
	KUNIT_CASE(arbiter_deferred),
	KUNIT_CASE(arbiter_stagger),
	KUNIT_CASE(arbiter_stagger_withdrawn),
	KUNIT_CASE(arbiter_stagger_passes_by),
	KUNIT_CASE(arbiter_stagger_rejects),
	KUNIT_CASE_PARAM(arbiter_late, late_gen_params),
	KUNIT_CASE(arbiter_late_itself),
	KUNIT_CASE(arbiter_late_stays_on),
	KUNIT_CASE(arbiter_stagger_changes),
	KUNIT_CASE(arbiter_nobody_waits),
	KUNIT_CASE(arbiter_found_on),
	KUNIT_CASE(arbiter_no_rise),
	KUNIT_CASE(arbiter_off_without_edge),
	KUNIT_CASE(arbiter_coil_limit_raised),
	KUNIT_CASE(arbiter_coil_limit_again),
	KUNIT_CASE(arbiter_stagger_outlives_bind),
	KUNIT_CASE(arbiter_coil_limit),
	KUNIT_CASE(arbiter_coil_limit_counts_all),
	KUNIT_CASE(arbiter_failed),
	KUNIT_CASE(arbiter_failed_tries_again),
	KUNIT_CASE(arbiter_failed_off),
	KUNIT_CASE(arbiter_failed_on),
	KUNIT_CASE(arbiter_stays_on),
	KUNIT_CASE(arbiter_all_at_once),
	KUNIT_CASE(arbiter_wait),
	KUNIT_CASE(arbiter_wait_for_the_supply),
	KUNIT_CASE(arbiter_ready),
	KUNIT_CASE(arbiter_changeover_while_waiting),
	KUNIT_CASE(arbiter_changeover_written_again),
	KUNIT_CASE(arbiter_changeover_taken_back),
	KUNIT_CASE(arbiter_changeover_in_a_limited_bank),
	KUNIT_CASE(arbiter_limits_of_one_that_waits),
	KUNIT_CASE(arbiter_stop),
	KUNIT_CASE(arbiter_steps),
	KUNIT_CASE(arbiter_names_only),
	KUNIT_CASE(arbiter_steps_apart),
	KUNIT_CASE(arbiter_bind_before_start),
	KUNIT_CASE(arbiter_bind_limited),
	KUNIT_CASE(arbiter_beginning_of_time),
	KUNIT_CASE(arbiter_end_of_time),
	KUNIT_CASE_PARAM(arbiter_random_walk, walk_gen_params),
	KUNIT_CASE(arbiter_unproven),
	KUNIT_CASE(arbiter_opened_early),
	KUNIT_CASE(arbiter_travels_longer),
	KUNIT_CASE_PARAM(arbiter_faulty, faulty_gen_params),
	KUNIT_CASE(arbiter_weld_ends),
	KUNIT_CASE(arbiter_weld_of_another),
	KUNIT_CASE(arbiter_fault_of_one_that_waits),
	KUNIT_CASE(arbiter_begins_to_block),
	KUNIT_CASE(arbiter_worn),
	KUNIT_CASE(arbiter_cleared),
	KUNIT_CASE(arbiter_no_supply),
	{}
};

static struct kunit_suite arbiter_suite = {
	.name = "emrelay_arbiter",
	.test_cases = arbiter_test_cases,
};

kunit_test_suite(arbiter_suite);

MODULE_DESCRIPTION("KUnit tests of emrelay's arbiter");
MODULE_LICENSE("GPL");
