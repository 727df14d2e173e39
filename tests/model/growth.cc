// SPDX-License-Identifier: GPL-2.0-only
/*
 * Law 13: what is done under a bank's lock takes no time that grows faster than
 * linearly with the bank, and what is read of one relay takes the same in any.
 * Time is counted in basic blocks, which the units are compiled to count; with
 * OP and N, an operation is done once for a profiler to count its instructions.
 */
#include <algorithm>
#include <algorithm>
#include <algorithm>
#include <algorithm>
#include <algorithm>
#include <algorithm>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

extern "C" {
#include "arbiter.h"	/* of the driver */
}

static unsigned long long blocks;

extern "C" void __sanitizer_cov_trace_pc(void)
{
	blocks++;
}

namespace {

constexpr u64 S = 1000000000;

/* What all the others wait for. */
enum Shape { STAGGER, LIMIT, RATE, GROUP, PAIRS, SHAPES };
const char *const shapes[] = {"stagger", "limit", "rate", "group", "pairs"};

/* Relay 0 is on, relay 1 is not, and all the others wait. */
struct Bank {
	std::vector<emrelay_engine> engines;
	std::vector<emrelay_member> members;
	std::vector<emrelay_group> groups;
	emrelay_arbiter arbiter = {};
	u64 now = 1000 * S;

	Bank(unsigned n, Shape shape);
	int request(u16 who, emrelay_op op, emrelay_policy policy = EMRELAY_DEFER);
	bool step(u16 who);
	void rest();
	void connect();
};

void Bank::connect()
{
	for (size_t i = 0; i < members.size(); i++)
		members[i].engine = &engines[i];
	arbiter.members = members.data();
	arbiter.groups = groups.data();
}

Bank::Bank(unsigned n, Shape shape) : engines(n), members(n), groups(n)
{
	emrelay_limits limits = {};

	limits.close_ns = 1;
	limits.open_ns = 1;
	limits.spacing_ns = shape == RATE ? 100 * S : 1;
	connect();
	arbiter.count = n;
	arbiter.group_count = shape == GROUP ? 1 : shape == PAIRS ? n / 2 : 0;
	arbiter.stagger_ns = shape == STAGGER || shape == RATE ? S : 0;
	arbiter.coil_limit = shape == LIMIT ? 1 : 0;
	for (unsigned i = 0; i < n; i++) {
		emrelay_engine_bind(&engines[i], &limits, false, false, now - 500 * S);
		if (shape == GROUP)
			members[i].group = &groups[0];
		if (shape == PAIRS)
			members[i].group = &groups[i / 2];
		if (shape == RATE) {
			engines[i].past.cycled = true;
			engines[i].past.energised_ns = now - 50 * S + (n - i);
		}
	}
	emrelay_arbiter_bind(&arbiter, now - 500 * S);
	emrelay_arbiter_start(&arbiter, now - 500 * S);
	rest();
	if (shape == RATE)
		engines[0].past.cycled = false;
	for (unsigned i = 0; i < n; i++)
		if (i != 1)
			request(i, EMRELAY_ON);
	now += 10;
}

/* Decide a relay, and drive it: did it move? */
bool Bank::step(u16 who)
{
	if (emrelay_arbiter_decide(&arbiter, who, now))
		return false;

	emrelay_arbiter_driven(&arbiter, who, engines[who].target, engines[who].target, now);
	return true;
}

void Bank::rest()
{
	u16 who;

	while ((who = emrelay_arbiter_next(&arbiter, now)) != EMRELAY_NOBODY)
		while (step(who))
			;
}

int Bank::request(u16 who, emrelay_op op, emrelay_policy policy)
{
	emrelay_request request = {op, EMRELAY_BY_SYSFS, policy, 0};
	int ret = emrelay_arbiter_request(&arbiter, who, &request, now);

	while (step(who))
		;
	rest();
	return ret;
}

/* One operation each, as it is done with the lock held. */
enum Op { ON, REFUSED, OFF, WITHDRAW, RELEASE, ENERGISE, FAIL, RAISE, LIMITS, NO_LIMITS, CHANGEOVER, SET, STOP,
	  START, BIND, NEXT, WAIT, READY, OPS };
const char *const ops[] = {"on", "refused", "off", "withdraw", "release", "energise", "fail", "raise", "limits",
			   "no-limits", "changeover", "set", "stop", "start", "bind", "next", "wait", "ready"};

/* What must be so before. */
void prepare(Bank &bank, Op op)
{
	if (op == RELEASE || op == FAIL) {
		emrelay_request off = {EMRELAY_OFF, EMRELAY_BY_SYSFS, EMRELAY_DEFER, 0};

		emrelay_arbiter_request(&bank.arbiter, 0, &off, bank.now);
	}
	if (op == ENERGISE) {
		bank.request(0, EMRELAY_OFF);
		bank.now += 1000 * S;
		bank.arbiter.stagger_ns = bank.arbiter.stagger_ns ? 1 : 0;
	}
	if (op == NO_LIMITS)
		emrelay_arbiter_set_supply(&bank.arbiter, S, 1), bank.rest();
	if (op == NEXT || op == BIND)
		bank.arbiter.recheck = 0;
	if (op == BIND)
		for (emrelay_member &member : bank.members) {
			emrelay_group *group = member.group;

			member = {};
			member.group = group;
		}
	if (op == BIND) {
		bank.arbiter.energised = 0;
		for (emrelay_group &group : bank.groups)
			group.energised = 0, group.reserved = nullptr;
		bank.connect();
	}
}

extern "C" __attribute__((noinline)) u64 measured(Bank &bank, Op op)
{
	emrelay_arbiter *a = &bank.arbiter;
	const u64 now = bank.now;
	const u16 last = a->count - 1;
	emrelay_request request = {EMRELAY_ON, EMRELAY_BY_SYSFS, EMRELAY_DEFER, 0};
	emrelay_limits limits = bank.engines[last].limits;

	switch (op) {
	case REFUSED:
		request.policy = EMRELAY_REJECT;
		/* fall through */
	case ON:
		return emrelay_arbiter_request(a, 1, &request, now);
	case OFF:
		request.op = EMRELAY_OFF;
		return emrelay_arbiter_request(a, 0, &request, now);
	case WITHDRAW:
		request.op = EMRELAY_OFF;
		return emrelay_arbiter_request(a, 2, &request, now);
	case RELEASE:
		emrelay_arbiter_driven(a, 0, false, false, now);
		return 0;
	case FAIL:
		emrelay_arbiter_driven(a, 0, false, -EIO, now);
		return 0;
	case ENERGISE:
		emrelay_arbiter_driven(a, 2, true, true, now);
		return 0;
	case RAISE:
		emrelay_arbiter_set_supply(a, a->stagger_ns, a->coil_limit + 1);
		return 0;
	case LIMITS:
		emrelay_arbiter_set_supply(a, S, 1);
		return 0;
	case NO_LIMITS:
		emrelay_arbiter_set_supply(a, 0, 0);
		return 0;
	case CHANGEOVER:
		emrelay_arbiter_set(a, last, &limits, true, now);
		return 0;
	case SET:
		limits.spacing_ns *= 2;
		emrelay_arbiter_set(a, last, &limits, a->members[last].changeover, now);
		return 0;
	case STOP:
		return emrelay_arbiter_stop(a, 2, EMRELAY_BY_SUSPEND, false, now);
	case START:
		emrelay_arbiter_start(a, now);
		return 0;
	case BIND:
		emrelay_arbiter_bind(a, now);
		return 0;
	case NEXT:
		return bank.step(emrelay_arbiter_next(a, now));
	case WAIT:
		return emrelay_engine_wait_ns(&bank.engines[last], now);
	case READY:
		return emrelay_arbiter_ready_ns(a, 1, now);
	default:
		return 0;
	}
}

u64 count(unsigned n, Shape shape, Op op)
{
	Bank bank(n, shape);

	prepare(bank, op);
	blocks = 0;
	measured(bank, op);
	return blocks;
}

/*
 * All of them wait, and the supply lets all go: how many relays are to be decided
 * until nobody is left, and what takes longest with the lock held?
 */
u64 longest_step(unsigned n, unsigned *steps)
{
	Bank bank(n, LIMIT);
	u64 longest;
	u16 who;

	blocks = 0;
	emrelay_arbiter_set_supply(&bank.arbiter, 0, n);
	longest = blocks;
	for (*steps = 0;; ++*steps) {
		blocks = 0;
		who = emrelay_arbiter_next(&bank.arbiter, bank.now);
		if (who == EMRELAY_NOBODY)
			break;
		while (bank.step(who))
			;
		longest = std::max(longest, u64(blocks));
	}
	return bank.arbiter.energised == n - 1 ? longest : ~0ULL;
}

}

int main(int argc, char **argv)
{
	bool good = true;

	if (argc == 4) {
		unsigned shape = 0, op = 0;

		while (shape < SHAPES && strcmp(argv[1], shapes[shape]))
			shape++;
		while (op < OPS && strcmp(argv[2], ops[op]))
			op++;
		if (shape == SHAPES || op == OPS)
			return 2;

		Bank bank(strtoul(argv[3], nullptr, 0), Shape(shape));

		prepare(bank, Op(op));
		measured(bank, Op(op));
		return 0;
	}

	for (unsigned op = 0; op < OPS; op++)
		for (unsigned shape = 0; shape < SHAPES; shape++) {
			u64 few = count(64, Shape(shape), Op(op)), many = count(1024, Shape(shape), Op(op));
			/* Linear: 16 times as much, less what the first and the last one save. */
			bool constant = op == NEXT || op == WAIT || op == READY;
			u64 most = constant ? few : 17 * few;

			if (many > most) {
				printf("broken: growth: %s while all wait (%s): %llu blocks at 64, %llu at 1024\n",
				       ops[op], shapes[shape], few, many);
				good = false;
			}
		}

	unsigned few_steps, many_steps;
	u64 few = longest_step(64, &few_steps), many = longest_step(1024, &many_steps);

	if (many > 17 * few || many_steps > 2 * 1024) {
		printf("broken: growth: a step %llu and %llu blocks, %u and %u steps\n", few, many, few_steps, many_steps);
		good = false;
	}
	if (good)
		printf("%u operations, all relays waiting for one of %u things: linear up to 1024 relays; a step at most %llu blocks, %u steps\n",
		       unsigned(OPS), unsigned(SHAPES), many, many_steps);
	return !good;
}
