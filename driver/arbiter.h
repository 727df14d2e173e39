/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arbiter of a bank: whose turn is it, where relays share something? An
 * interlock group lets one of its members be energised at a time; a bank may
 * limit how many coils are on, and how soon one follows another. Pure, as the
 * engines are that it asks.
 *
 * The order of use: emrelay_arbiter_bind() after all engines were bound; then
 * what happens to an engine goes through the functions here, and after each
 * the relays that emrelay_arbiter_next() names are to be decided again.
 */
#ifndef EMRELAY_ARBITER_H
#define EMRELAY_ARBITER_H

#include "compat.h"
#include "engine.h"

/* No relay, no group. */
#define EMRELAY_NOBODY		0xffff

/**
 * struct emrelay_group - an interlock group
 * @dead_ns: dead time, the longest of its members'
 * @released_ns: when a member was last released, or may have been
 * @energised: how many members are, at most one but for what a probe finds
 * @owner: the member that was energised last, if any is
 * @claim: the member that is to be energised before any other, as it changes
 *	over, or EMRELAY_NOBODY
 */
struct emrelay_group {
	u64 dead_ns;
	u64 released_ns;
	u16 energised;
	u16 owner;
	u16 claim;
};

/**
 * struct emrelay_member - one relay as the arbiter sees it
 * @engine: its engine
 * @ticket: the lower, the longer it has been waiting
 * @group: its interlock group, or EMRELAY_NOBODY
 * @place: where it stands among those that wait, or EMRELAY_NOBODY
 * @follower: the next that is to be decided again, if @touched
 * @touched: it is to be decided again, as others changed what it may do
 * @changeover: its on releases the other members of its group
 * @energised: it counts as energised
 */
struct emrelay_member {
	struct emrelay_engine *engine;
	u64 ticket;
	u16 group;
	u16 place;
	u16 follower;
	bool touched;
	bool changeover;
	bool energised;
};

/**
 * struct emrelay_arbiter - what the relays of a bank share
 * @stagger_ns: least time between two energisations in the bank
 * @energised_ns: the last of them; valid if @cycled
 * @tickets: how many were given out
 * @coil_limit: most coils that may be energised at a time; 0: all
 * @energised: how many are
 * @members: the relays
 * @groups: the interlock groups
 * @waiting: those that share something and wait to be energised, in no order
 * @count: number of @members
 * @group_count: number of @groups
 * @waiting_count: number of @waiting
 * @elected: whose turn is next, or EMRELAY_NOBODY
 * @touched: the first that is to be decided again, or EMRELAY_NOBODY
 * @cycled: a coil was energised since the bank was bound
 */
struct emrelay_arbiter {
	u64 stagger_ns;
	u64 energised_ns;
	u64 tickets;
	u32 coil_limit;
	u32 energised;
	struct emrelay_member *members;
	struct emrelay_group *groups;
	u16 *waiting;
	u16 count;
	u16 group_count;
	u16 waiting_count;
	u16 elected;
	u16 touched;
	bool cycled;
};

unsigned int emrelay_arbiter_bind(struct emrelay_arbiter *arbiter, u64 now_ns);
u64 emrelay_arbiter_wait_ns(const struct emrelay_arbiter *arbiter, u16 who,
			    u64 now_ns);
bool emrelay_arbiter_wait(const struct emrelay_arbiter *arbiter, u16 who,
			  u64 now_ns, u64 *wait_ns);
bool emrelay_arbiter_ready(const struct emrelay_arbiter *arbiter, u16 who,
			   u64 now_ns, u64 *ready_ns);
void emrelay_arbiter_set_supply(struct emrelay_arbiter *arbiter, u64 stagger_ns,
				u32 coil_limit, u64 now_ns);
u16 emrelay_arbiter_pick(struct emrelay_arbiter *arbiter, u64 now_ns);
size_t emrelay_arbiter_copy_size(const struct emrelay_arbiter *arbiter);
struct emrelay_arbiter *emrelay_arbiter_copy(const struct emrelay_arbiter *arbiter,
					     void *memory);
u64 emrelay_arbiter_foresee(struct emrelay_arbiter *copy, u16 who, u64 now_ns);
int emrelay_arbiter_ask(struct emrelay_arbiter *arbiter, u16 who,
			const struct emrelay_request *request, u64 now_ns);
void emrelay_arbiter_notice(struct emrelay_arbiter *arbiter, u16 who, u64 now_ns);

/**
 * emrelay_arbiter_request - accept or refuse a request
 * @arbiter: the arbiter
 * @who: the relay that is asked
 * @request: the request
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: as emrelay_engine_request().
 */
static inline int emrelay_arbiter_request(struct emrelay_arbiter *arbiter, u16 who,
					  const struct emrelay_request *request,
					  u64 now_ns)
{
	struct emrelay_engine *engine = arbiter->members[who].engine;

	return engine->shared ?
	       emrelay_arbiter_ask(arbiter, who, request, now_ns) :
	       emrelay_engine_request(engine, request, now_ns);
}

/**
 * emrelay_arbiter_next - which relay is to be decided again?
 * @arbiter: the arbiter
 * @now_ns: the time
 *
 * To be asked, and to be obeyed, after each request, decision and edge, until
 * it is nobody.
 *
 * Context: Any. Pure.
 * Return: a relay, or EMRELAY_NOBODY.
 */
static inline u16 emrelay_arbiter_next(struct emrelay_arbiter *arbiter, u64 now_ns)
{
	if (!arbiter->waiting_count && arbiter->touched == EMRELAY_NOBODY)
		return EMRELAY_NOBODY;

	return emrelay_arbiter_pick(arbiter, now_ns);
}

/**
 * emrelay_arbiter_decide - what is to be done with a relay now?
 * @arbiter: the arbiter
 * @who: the relay
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: as emrelay_engine_decide().
 */
static __always_inline struct emrelay_action
emrelay_arbiter_decide(struct emrelay_arbiter *arbiter, u16 who, u64 now_ns)
{
	struct emrelay_engine *engine = arbiter->members[who].engine;
	bool target = engine->target;
	struct emrelay_action action = emrelay_engine_decide(engine, now_ns);

	if (engine->shared && engine->target != target)
		emrelay_arbiter_notice(arbiter, who, now_ns);
	return action;
}

/* An energisation, or what may have been one, loads the supply. */
static inline void emrelay_arbiter_driven(struct emrelay_arbiter *arbiter, u16 who,
					  bool on, u64 now_ns)
{
	if (on) {
		arbiter->cycled = true;
		arbiter->energised_ns = now_ns;
	}
	if (arbiter->members[who].engine->shared)
		emrelay_arbiter_notice(arbiter, who, now_ns);
}

/**
 * emrelay_arbiter_edge - the coil of a relay was driven
 * @arbiter: the arbiter
 * @who: the relay
 * @on: its new level
 * @now_ns: the time after the line had changed
 *
 * Context: Any. Pure.
 */
static inline void emrelay_arbiter_edge(struct emrelay_arbiter *arbiter, u16 who,
					bool on, u64 now_ns)
{
	emrelay_engine_edge(arbiter->members[who].engine, on, now_ns);
	emrelay_arbiter_driven(arbiter, who, on, now_ns);
}

/**
 * emrelay_arbiter_failed - the coil of a relay could not be driven
 * @arbiter: the arbiter
 * @who: the relay
 * @on: the level it was to get
 * @now_ns: the time
 *
 * Context: Any. Pure.
 */
static inline void emrelay_arbiter_failed(struct emrelay_arbiter *arbiter, u16 who,
					  bool on, u64 now_ns)
{
	u16 group = arbiter->members[who].group;

	emrelay_engine_failed(arbiter->members[who].engine, on, now_ns);
	/* It may have been released, and be energised again. */
	if (!on && group != EMRELAY_NOBODY)
		arbiter->groups[group].released_ns = now_ns;
	emrelay_arbiter_driven(arbiter, who, on, now_ns);
}

#endif
