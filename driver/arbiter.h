/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arbiter of a bank: whose turn is it, where relays share something? An
 * interlock group lets one of its members be energised at a time; a bank may
 * limit how many coils are on, and how soon one follows another. Pure, as the
 * engines are that it asks; it knows no lock.
 *
 * The order of use: emrelay_arbiter_bind() after all engines were bound,
 * emrelay_arbiter_start() when the coils may move. From then on all that
 * happens to an engine goes through the functions here. After each the relay
 * that it is about is to be decided. Each leaves a consistent state, and notes
 * the others that are to be decided again since it changed what they may do:
 * those emrelay_arbiter_next() names one at a time, now or later. None takes
 * longer than linear time in the number of relays.
 */
#ifndef EMRELAY_ARBITER_H
#define EMRELAY_ARBITER_H

#include <linux/list.h>

#include "feedback.h"

/* After a contact was seen open the next of its group waits for so long at least. */
#define EMRELAY_OPENED_NS	10000000ULL

/* No relay. */
#define EMRELAY_NOBODY		0xffff

struct emrelay_member;

/**
 * enum emrelay_fault_action - what a fault of a contact does to its relay
 * @EMRELAY_ACTION_BLOCK: it is not energised any more
 * @EMRELAY_ACTION_REPORT: nothing
 * @EMRELAY_ACTION_RELEASE: as block; and it is released if it does not close
 */
enum emrelay_fault_action {
	EMRELAY_ACTION_BLOCK, EMRELAY_ACTION_REPORT, EMRELAY_ACTION_RELEASE,
};

/**
 * struct emrelay_proof - what is seen of a contact that is read back
 * @rest_ns: until when the contact travels; 0: nobody sees it
 * @opened_ns: since when the contact is seen open; U64_MAX: it is not
 * @latched: the faults that are latched (enum emrelay_contact_fault)
 * @action: what they do (enum emrelay_fault_action)
 */
struct emrelay_proof {
	u64 rest_ns;
	u64 opened_ns;
	u32 latched;
	u32 action;
};

/**
 * struct emrelay_queue - relays that wait to be energised, where one excludes
 *	another
 * @waiting: those, in the order in which they were asked
 * @turn: who goes next, the only one whose engine is given a free_ns; NULL while
 *	nobody may
 * @turn_ns: when @turn may go, or when it was selected if that was later;
 *	U64_MAX if it is nobody's turn
 * @stale: @turn is to be selected anew
 */
struct emrelay_queue {
	struct list_head waiting;
	struct emrelay_member *turn;
	u64 turn_ns;
	bool stale;
};

/**
 * struct emrelay_group - an interlock group
 * @queue: its members that wait, if the supply has no limits
 * @dead_ns: dead time, the longest of its members'
 * @free_ns: when the dead time is over since a member was last released, or may
 *	have been
 * @holder: the member that was energised last
 * @reserved: the member that is to be energised before any other, as it changes
 *	over, or NULL
 * @energised: how many members are, at most one but for what a probe finds
 * @unproven: how many have a contact that is read back and not seen open
 * @occupied: both
 * @number: what the node calls it
 */
struct emrelay_group {
	struct emrelay_queue queue;
	u64 dead_ns;
	u64 free_ns;
	struct emrelay_member *holder;
	struct emrelay_member *reserved;
	union {
		struct {
			u16 energised;
			u16 unproven;
		};
		u32 occupied;
	};
	u32 number;
};

/**
 * struct emrelay_member - one relay as the arbiter sees it
 * @engine: its engine
 * @group: its interlock group, or NULL
 * @queue: where it waits to be energised, NULL: it does not
 * @waiting: its place in @queue
 * @marked: its place among those that are to be decided again
 * @legal_ns: when its own limits allow it to be energised, if it waits
 * @changeover: its on releases the other members of its group
 * @energised: it counts as energised
 * @unproven: its contact is read back and not seen open
 * @occupied: both, as its group counts them
 * @latched: the faults of its contact (enum emrelay_contact_fault)
 * @action: what they do (enum emrelay_fault_action)
 * @worn: it is not energised any more, as it is worn
 */
struct emrelay_member {
	struct emrelay_engine *engine;
	struct emrelay_group *group;
	struct emrelay_queue *queue;
	struct list_head waiting;
	struct list_head marked;
	u64 legal_ns;
	bool changeover;
	union {
		struct {
			u16 energised;
			u16 unproven;
		};
		u32 occupied;
	};
	u8 latched;
	u8 action;
	bool worn;
};

/**
 * struct emrelay_arbiter - what the relays of a bank share
 * @stagger_ns: least time between two energisations in the bank; U64_MAX: there are
 *	none for now
 * @energised_ns: the last of them; 0: none yet
 * @free_ns: when the next of them may be
 * @queue: those that wait, if @stagger_ns or @coil_limit
 * @members: the relays
 * @groups: the interlock groups
 * @marked: members that are to be decided again
 * @coil_limit: most coils that may be energised at a time; 0: all
 * @energised: how many are
 * @count: number of @members
 * @group_count: number of @groups
 * @recheck: all relays from this one on are to be decided again, too
 */
struct emrelay_arbiter {
	u64 stagger_ns;
	u64 energised_ns;
	u64 free_ns;
	struct emrelay_queue queue;
	struct emrelay_member *members;
	struct emrelay_group *groups;
	struct list_head marked;
	u32 coil_limit;
	u32 energised;
	u16 count;
	u16 group_count;
	u16 recheck;
};

void emrelay_arbiter_bind(struct emrelay_arbiter *arbiter, u64 now_ns);
void emrelay_arbiter_start(struct emrelay_arbiter *arbiter, u64 now_ns);
int emrelay_arbiter_request(struct emrelay_arbiter *arbiter, u16 who,
			    const struct emrelay_request *request, u64 now_ns);
u64 emrelay_arbiter_decide(struct emrelay_arbiter *arbiter, u16 who, u64 now_ns);
void emrelay_arbiter_driven(struct emrelay_arbiter *arbiter, u16 who, bool on, int level,
			    u64 now_ns);
bool emrelay_arbiter_stop(struct emrelay_arbiter *arbiter, u16 who, enum emrelay_source source,
			  bool retain, u64 now_ns);
void emrelay_arbiter_set(struct emrelay_arbiter *arbiter, u16 who,
			 const struct emrelay_limits *limits, bool changeover, u64 now_ns);
void emrelay_arbiter_sense(struct emrelay_arbiter *arbiter, u16 who,
			   const struct emrelay_proof *proof, u64 now_ns);
void emrelay_arbiter_set_worn(struct emrelay_arbiter *arbiter, u16 who, bool worn);
void emrelay_arbiter_set_supply(struct emrelay_arbiter *arbiter, u64 stagger_ns, u32 coil_limit);
u16 emrelay_arbiter_next(struct emrelay_arbiter *arbiter, u64 now_ns);
u64 emrelay_arbiter_ready_ns(struct emrelay_arbiter *arbiter, u16 who, u64 now_ns);

/**
 * emrelay_arbiter_has_next - is a relay to be decided again?
 * @arbiter: the arbiter
 *
 * Context: Any. Pure.
 * Return: false if emrelay_arbiter_next() would say EMRELAY_NOBODY.
 */
static inline bool emrelay_arbiter_has_next(const struct emrelay_arbiter *arbiter)
{
	return !list_empty(&arbiter->marked) || arbiter->recheck < arbiter->count;
}

#endif
