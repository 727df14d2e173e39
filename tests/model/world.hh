/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bank of relays without a kernel: the engines and the arbiter as they are,
 * and around them what driver/channel.c and bank.c do with them, on a clock
 * that only moves when told to. All that happens is told to a judge.
 */
#ifndef EMRELAY_MODEL_WORLD_HH
#define EMRELAY_MODEL_WORLD_HH

#include <cstdio>

extern "C" {
#include "arbiter.h"	/* of the driver */
}

#include "judge.hh"

namespace model {

/* A relay's node. */
struct Node {
	Ratings ratings;
	unsigned group;
	u64 dead;
	enum { off, on, keep } start;
	bool retain;
	u64 released;	/* so long before the first bind, says a record; 0: there is none */
};

/*
 * How late things are: not at all; timers fire when the script lets them and a
 * write takes time; or the lines sleep, too, so that a worker drives them and
 * anything may happen meanwhile.
 */
enum class Lateness { none, timers, lines };

/* The units under test. They point at each other, in a copy too. */
struct alignas(void *) Bank {
	emrelay_engine engine[RELAYS] = {};
	emrelay_member member[RELAYS] = {};
	emrelay_group group[RELAYS] = {};
	emrelay_arbiter arbiter = {};

	Bank() { connect(); }
	Bank(const Bank &other) { *this = other; }
	Bank &operator=(const Bank &other);
	void connect();
};

class World {
public:
	World(const Node *nodes, unsigned count, u64 now, Lateness lateness, bool reads, FILE *log);

	void bind();
	void probe();
	void start();
	void unbind();
	int request(unsigned who, emrelay_op op, emrelay_source source,
		    emrelay_policy policy, u64 length);
	void set_ratings(unsigned who, const Ratings &ratings);
	void set_watchdog(unsigned who, u64 watchdog);
	void set_changeover(unsigned who, bool changeover);
	void set_supply(u64 stagger, u64 coil_limit);
	void ask_wait(unsigned who);
	void ask_ready(unsigned who);
	void decide(unsigned who);
	void recheck();
	void suspend();
	/* The next writes fail; those whose bit is set move the coil all the same. */
	void fail(unsigned writes, unsigned moves);
	/* Others move the line of a relay: while nobody is bound, or where it is read. */
	void meddle(unsigned who);

	void run_to(u64 to);
	/* Until nothing is armed. */
	void run_dry();
	void let_fire(unsigned which);
	void work();

	u64 next_timer() const;
	u64 timer(unsigned who) const { return wake[who]; }
	u64 time() const { return now; }
	const Ratings &ratings(unsigned who) const { return limits[who]; }
	/* All that may matter for what is to come, times relative to now. */
	void state(u64 horizon, std::string &key) const;

	unsigned count;
	Lateness lateness;
	Judge judge;
	bool probing = false, bound = false;
	u64 edges = 0;
	u64 firings = 0;

private:
	void update(unsigned who);
	void converge(unsigned who);
	void converge_rest();
	int drive(unsigned who, bool on);
	void account(unsigned who, bool on, int level);
	void fire(unsigned who);
	void show(Shown *shown) const;
	void settle();
	emrelay_limits to_limits(unsigned who) const;
	void apply(unsigned who);

	Node node[RELAYS];
	Ratings limits[RELAYS];		/* in force */
	u64 watchdog[RELAYS] = {};
	Bank bank;
	u64 wake[RELAYS];
	bool line[RELAYS] = {};
	bool reads;			/* each line is read after it was driven */
	bool queued[RELAYS] = {};
	unsigned driving = NONE;	/* by the worker */
	bool driving_to = false;
	u64 now;
	unsigned failing = 0;
	unsigned moving = 0;
	FILE *log;
};

}

#endif
