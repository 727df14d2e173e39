/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arbiter of a bank: whose turn is it, where relays share something? An
 * interlock group lets one of its members be energised at a time; a bank may
 * limit how many coils are on, and how soon one follows another. Pure, as the
 * engines are that it asks; it knows no lock.
 *
 * The order of use: emrelay_arbiter_bind() after all engines were bound,
 * emrelay_arbiter_start() when the coils may move. From then on all that
 * happens to an engine goes through the functions here. Each leaves a
 * consistent state, and notes the relays that are to be decided again since
 * another one changed what they may do: those emrelay_arbiter_next() names one
 * at a time, now or later. None takes longer than linear time in the number of
 * relays; wait, ready and next take constant time.
 */
#ifndef EMRELAY_ARBITER_H
#define EMRELAY_ARBITER_H

#include "compat.h"
#include "engine.h"

/* No relay, no group. */
#define EMRELAY_NOBODY		0xffff

/**
 * struct emrelay_queue - relays that wait to be energised, where one excludes
 *	another
 * @turn_ns: the first moment at which @turn may be energised, never before it
 *	was selected; U64_MAX if that is nobody
 * @first: who has waited longest, or EMRELAY_NOBODY
 * @last: who has waited shortest, or EMRELAY_NOBODY
 * @turn: who goes next, or EMRELAY_NOBODY while no one may
 * @stale: @turn is to be selected anew before anything is decided
 */
struct emrelay_queue {
	u64 turn_ns;
	u16 first;
	u16 last;
	u16 turn;
	bool stale;
};

/**
 * struct emrelay_group - an interlock group
 * @queue: its members that wait, if the supply has no limits
 * @dead_ns: dead time, the longest of its members'
 * @released_ns: when a member was last released, or may have been
 * @energised: how many members are, at most one but for what a probe finds
 * @holder: the member that was energised last, if any is
 * @reserved: the member that is to be energised before any other, as it changes
 *	over, or EMRELAY_NOBODY
 */
struct emrelay_group {
	struct emrelay_queue queue;
	u64 dead_ns;
	u64 released_ns;
	u16 energised;
	u16 holder;
	u16 reserved;
};

/**
 * struct emrelay_member - one relay as the arbiter sees it
 * @engine: its engine
 * @legal_ns: when its own limits allow it to be energised, while it @waits
 * @group: its interlock group, or EMRELAY_NOBODY
 * @prev: who waits before it in its queue, or EMRELAY_NOBODY
 * @next: who waits after it in its queue, or EMRELAY_NOBODY
 * @next_marked: the next that is to be decided again, if @marked
 * @waits: it is in a queue
 * @marked: it is to be decided again
 * @changeover: its on releases the other members of its group
 * @energised: it counts as energised
 */
struct emrelay_member {
	struct emrelay_engine *engine;
	u64 legal_ns;
	u16 group;
	u16 prev;
	u16 next;
	u16 next_marked;
	bool waits;
	bool marked;
	bool changeover;
	bool energised;
};

/**
 * struct emrelay_arbiter - what the relays of a bank share
 * @stagger_ns: least time between two energisations in the bank
 * @energised_ns: the last of them; valid if @cycled
 * @queue: those that wait, if @stagger_ns or @coil_limit
 * @members: the relays
 * @groups: the interlock groups
 * @coil_limit: most coils that may be energised at a time; 0: all
 * @energised: how many are
 * @count: number of @members
 * @group_count: number of @groups
 * @marked: the first that is to be decided again, or EMRELAY_NOBODY
 * @recheck: of all relays from this one on, those are to be, too
 * @cycled: a coil was energised since the bank was bound
 */
struct emrelay_arbiter {
	u64 stagger_ns;
	u64 energised_ns;
	struct emrelay_queue queue;
	struct emrelay_member *members;
	struct emrelay_group *groups;
	u32 coil_limit;
	u32 energised;
	u16 count;
	u16 group_count;
	u16 marked;
	u16 recheck;
	bool cycled;
};

unsigned int emrelay_arbiter_bind(struct emrelay_arbiter *arbiter, u64 now_ns);
void emrelay_arbiter_start(struct emrelay_arbiter *arbiter, u64 now_ns);
int emrelay_arbiter_request(struct emrelay_arbiter *arbiter, u16 who,
			    const struct emrelay_request *request, u64 now_ns);
struct emrelay_action emrelay_arbiter_decide(struct emrelay_arbiter *arbiter,
					     u16 who, u64 now_ns);
void emrelay_arbiter_edge(struct emrelay_arbiter *arbiter, u16 who, bool on,
			  u64 now_ns);
void emrelay_arbiter_failed(struct emrelay_arbiter *arbiter, u16 who, bool on,
			    u64 now_ns);
bool emrelay_arbiter_stop(struct emrelay_arbiter *arbiter, u16 who,
			  enum emrelay_source source, bool retain, u64 now_ns);

void emrelay_arbiter_set_limits(struct emrelay_arbiter *arbiter, u16 who,
				const struct emrelay_limits *limits, u64 now_ns);
void emrelay_arbiter_set_changeover(struct emrelay_arbiter *arbiter, u16 who,
				    bool changeover, u64 now_ns);
void emrelay_arbiter_set_supply(struct emrelay_arbiter *arbiter, u64 stagger_ns,
				u32 coil_limit, u64 now_ns);

void emrelay_arbiter_recheck(struct emrelay_arbiter *arbiter);
u16 emrelay_arbiter_next(struct emrelay_arbiter *arbiter);
bool emrelay_arbiter_has_next(const struct emrelay_arbiter *arbiter);
u64 emrelay_arbiter_ready_ns(const struct emrelay_arbiter *arbiter, u16 who,
			     u64 now_ns);

#endif
