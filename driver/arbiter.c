// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arbiter of a bank. See arbiter.h.
 */
#include "arbiter.h"

/* Where does a relay have to wait? NULL: only its own limits count. */
static struct emrelay_queue *emrelay_arbiter_queue(struct emrelay_arbiter *arbiter,
						   const struct emrelay_member *member)
{
	if (arbiter->stagger_ns || arbiter->coil_limit)
		return &arbiter->queue;

	return member->group ? &member->group->queue : NULL;
}

/* What others did changes what this one may do: it is to be decided again. */
static void emrelay_arbiter_mark(struct emrelay_arbiter *arbiter, struct emrelay_member *member)
{
	if (list_empty(&member->marked))
		list_add_tail(&member->marked, &arbiter->marked);
}

/* Does another member of its group have to do something before this one may be energised? */
static bool emrelay_member_blocked(const struct emrelay_member *member)
{
	const struct emrelay_group *group = member->group;

	return group && (group->occupied != member->occupied ||
			 (group->reserved && group->reserved != member));
}

/* When do the others let a relay be energised? U64_MAX: that is up to them. */
static u64 emrelay_arbiter_free_ns(const struct emrelay_arbiter *arbiter,
				   const struct emrelay_member *member)
{
	if (emrelay_member_blocked(member) ||
	    (arbiter->coil_limit && arbiter->energised - member->energised >= arbiter->coil_limit))
		return U64_MAX;

	return member->group ? max(member->group->free_ns, arbiter->free_ns) : arbiter->free_ns;
}

/* When others let a relay be energised; unless it is @about, it is to be decided again then. */
static void emrelay_arbiter_set_free(struct emrelay_arbiter *arbiter, struct emrelay_member *member,
				     const struct emrelay_member *about, u64 free_ns)
{
	if (member->engine->free_ns == free_ns)
		return;

	member->engine->free_ns = free_ns;
	if (member != about)
		emrelay_arbiter_mark(arbiter, member);
}

/*
 * Whose turn is it, now that something changed about a relay? Of those that wait,
 * the one that may go first; of several that may go at once the one that has waited
 * longest. As nobody else has a turn until then, one timer serves them all.
 */
static void emrelay_arbiter_select(struct emrelay_arbiter *arbiter, struct emrelay_queue *queue,
				   struct emrelay_member *about, u64 now_ns)
{
	struct emrelay_group *group = queue == &arbiter->queue ? NULL : about->group;
	u64 earliest_ns = max(now_ns, group ? group->free_ns : arbiter->free_ns);
	u64 turn_free_ns = U64_MAX;
	struct emrelay_member *last = queue->turn;
	bool one = !queue->stale;
	/* Either the last in the queue is to be compared with who has the turn, or all are. */
	struct list_head *place = one ? &about->waiting : queue->waiting.next;

	if (!one) {
		queue->turn = NULL;
		queue->turn_ns = U64_MAX;
	}
	/* In a queue of its own a group lets nobody else go before one that changes over. */
	if (group && group->reserved && group->reserved->queue == queue) {
		place = &group->reserved->waiting;
		one = true;
	}
	queue->stale = false;
	for (; place != &queue->waiting; place = place->next) {
		struct emrelay_member *member = list_entry(place, struct emrelay_member, waiting);
		u64 free_ns = emrelay_arbiter_free_ns(arbiter, member);
		u64 moment_ns = max(max(member->legal_ns, free_ns), now_ns);

		if (moment_ns < queue->turn_ns) {
			queue->turn = member;
			queue->turn_ns = moment_ns;
			turn_free_ns = free_ns;
		}
		if (one || queue->turn_ns <= earliest_ns)
			break;
	}

	if (last && last != queue->turn)
		emrelay_arbiter_set_free(arbiter, last, about, U64_MAX);
	if (turn_free_ns != U64_MAX)
		emrelay_arbiter_set_free(arbiter, queue->turn, about, turn_free_ns);
}

/* Removes a relay from its queue; if it had the turn, nobody has until another is selected. */
static void emrelay_arbiter_dequeue(struct emrelay_member *member)
{
	struct emrelay_queue *queue = member->queue;

	if (queue->turn == member) {
		queue->turn = NULL;
		queue->stale = true;
		member->engine->free_ns = U64_MAX;
	}
	list_del_init(&member->waiting);
	member->queue = NULL;
}

/* A member of a group is released, or waits no more, for one that changes over. */
static void emrelay_arbiter_release(struct emrelay_arbiter *arbiter, struct emrelay_member *member)
{
	struct emrelay_engine *engine = member->engine;

	if (!engine->target)
		return;

	if (emrelay_engine_pending(engine) && emrelay_engine_requested(engine))
		engine->statistics.coalesced++;
	emrelay_engine_release(engine, EMRELAY_BY_INTERLOCK);
	if (member->queue)
		emrelay_arbiter_dequeue(member);
	emrelay_arbiter_mark(arbiter, member);
}

/* A relay is energised, or released: that concerns its bank and its group. */
static void emrelay_arbiter_count(struct emrelay_arbiter *arbiter, struct emrelay_member *member,
				  u64 now_ns)
{
	struct emrelay_group *group = member->group;
	int step = member->energised ? -1 : 1;

	member->energised = !member->energised;
	arbiter->energised += step;
	if (!group)
		return;

	group->energised += step;
	if (member->energised) {
		group->holder = member;
		/* Another one changes over since this one's line was to be driven. */
		if (group->reserved && group->reserved != member)
			emrelay_arbiter_release(arbiter, member);
		return;
	}

	group->free_ns = emrelay_time_add(now_ns, group->dead_ns);
	/* It may have been asked on again while its line was driven, as if it were off. */
	if (!group->reserved)
		group->reserved = member;
}

/*
 * An engine changed, and stands in a queue, or is to: queues it if it is to be
 * energised and is not yet, and selects whose turn it is.
 */
static void emrelay_arbiter_requeue(struct emrelay_arbiter *arbiter, struct emrelay_member *member,
				    struct emrelay_queue *queue, u64 now_ns)
{
	const struct emrelay_engine *engine = member->engine;
	bool waits = engine->target && emrelay_engine_pending(engine);
	struct emrelay_group *group = member->group;
	bool selects = false;
	u64 legal_ns;

	if (member->queue && (!waits || member->queue != queue))
		emrelay_arbiter_dequeue(member);
	if (!queue) {
		member->engine->free_ns = 0;
		return;
	}

	if (waits) {
		legal_ns = emrelay_engine_legal_ns(engine, true);
		if (!member->queue) {
			list_add_tail(&member->waiting, &queue->waiting);
			member->queue = queue;
			selects = true;
		} else {
			queue->stale |= legal_ns != member->legal_ns;
		}
		member->legal_ns = legal_ns;
	}
	if (group && group->reserved == member && !(waits && member->changeover)) {
		group->reserved = NULL;
		queue->stale = true;
	}
	if (list_empty(&queue->waiting)) {
		queue->turn_ns = U64_MAX;
		queue->stale = false;
	} else if (selects || queue->stale) {
		emrelay_arbiter_select(arbiter, queue, member, now_ns);
	}
}

/* An engine changed: what does that mean for its bank and its group? */
static void emrelay_arbiter_update(struct emrelay_arbiter *arbiter, struct emrelay_member *member,
				   u64 now_ns)
{
	struct emrelay_queue *queue = emrelay_arbiter_queue(arbiter, member);

	if (emrelay_engine_energised(member->engine) != member->energised)
		emrelay_arbiter_count(arbiter, member, now_ns);
	if (queue || member->queue)
		emrelay_arbiter_requeue(arbiter, member, queue, now_ns);
}

/*
 * The newest to change over is to be energised next. The one that was to be
 * before, and the one that is energised, are released; those that wait for the
 * group to be free go on waiting.
 */
static void emrelay_arbiter_change_over(struct emrelay_arbiter *arbiter,
					struct emrelay_member *member, u64 now_ns)
{
	struct emrelay_group *group = member->group;
	struct emrelay_member *members = arbiter->members;
	bool one = group->energised == 1 && group->holder->energised;
	unsigned int i;

	if (group->reserved)
		emrelay_arbiter_release(arbiter, group->reserved);
	if (one && group->holder != member)
		emrelay_arbiter_release(arbiter, group->holder);
	/* Only a probe finds several. */
	for (i = 0; group->energised && !one && i < arbiter->count; i++)
		if (members[i].group == group && members[i].energised && &members[i] != member)
			emrelay_arbiter_release(arbiter, &members[i]);
	group->reserved = member->queue ? member : NULL;
	emrelay_arbiter_queue(arbiter, member)->stale = true;
	emrelay_arbiter_update(arbiter, member, now_ns);
}

/* Nobody has a turn until emrelay_arbiter_next() has looked at all relays anew. */
static void emrelay_arbiter_restart(struct emrelay_arbiter *arbiter)
{
	unsigned int i;

	arbiter->free_ns = arbiter->energised_ns || arbiter->stagger_ns == U64_MAX ?
			   emrelay_time_add(arbiter->energised_ns, arbiter->stagger_ns) : 0;
	arbiter->queue.stale = true;
	for (i = 0; i < arbiter->group_count; i++)
		arbiter->groups[i].queue.stale = true;
	for (i = 0; i < arbiter->count; i++)
		arbiter->members[i].engine->free_ns =
			emrelay_arbiter_queue(arbiter, &arbiter->members[i]) ? U64_MAX : 0;
	arbiter->recheck = 0;
}

/**
 * emrelay_arbiter_bind - start with relays as they are found
 * @arbiter: the arbiter: members with engine (bound), group and changeover,
 *	groups with dead time, limits of the supply; all else zero
 * @now_ns: the time
 *
 * A group counts as just released, unless a member is energised. Where several
 * are, all of them get the target off.
 *
 * Context: Any. Pure.
 */
void emrelay_arbiter_bind(struct emrelay_arbiter *arbiter, u64 now_ns)
{
	unsigned int i;

	INIT_LIST_HEAD(&arbiter->marked);
	INIT_LIST_HEAD(&arbiter->queue.waiting);
	for (i = 0; i < arbiter->group_count; i++)
		INIT_LIST_HEAD(&arbiter->groups[i].queue.waiting);

	for (i = 0; i < arbiter->count; i++) {
		struct emrelay_member *member = &arbiter->members[i];

		INIT_LIST_HEAD(&member->marked);
		emrelay_arbiter_update(arbiter, member, now_ns);
		arbiter->energised_ns = max(arbiter->energised_ns,
					    member->engine->past.energised_ns);
	}
	emrelay_arbiter_start(arbiter, now_ns);

	for (i = 0; i < arbiter->count; i++) {
		const struct emrelay_member *member = &arbiter->members[i];

		if (member->group && member->group->energised > 1 && member->energised)
			emrelay_engine_release(member->engine, EMRELAY_BY_INTERLOCK);
	}
}

/**
 * emrelay_arbiter_start - the coils may move from now on
 * @arbiter: the arbiter, bound
 * @now_ns: the time
 *
 * What a line did before it was driven may not be known: groups count as just
 * released. All relays are to be decided.
 *
 * Context: Any. Pure.
 */
void emrelay_arbiter_start(struct emrelay_arbiter *arbiter, u64 now_ns)
{
	unsigned int i;

	for (i = 0; i < arbiter->group_count; i++)
		arbiter->groups[i].free_ns = emrelay_time_add(now_ns, arbiter->groups[i].dead_ns);
	emrelay_arbiter_restart(arbiter);
}

/* The same for a request that is made now: one that waits and is due goes first. */
static u64 emrelay_arbiter_free_now_ns(const struct emrelay_arbiter *arbiter,
				       const struct emrelay_member *member,
				       const struct emrelay_queue *queue, u64 now_ns)
{
	/* One that is energised and stays so needs nothing of the supply. */
	if (member->engine->past.coil && !member->engine->unsure)
		return emrelay_member_blocked(member) ? U64_MAX : 0;

	if (queue->turn != member && now_ns >= queue->turn_ns)
		return U64_MAX;

	return emrelay_arbiter_free_ns(arbiter, member);
}

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
int emrelay_arbiter_request(struct emrelay_arbiter *arbiter, u16 who,
			    const struct emrelay_request *request, u64 now_ns)
{
	struct emrelay_member *member = &arbiter->members[who];
	struct emrelay_queue *queue = emrelay_arbiter_queue(arbiter, member);
	struct emrelay_engine *engine = member->engine;
	bool target = engine->target;
	u64 free_ns = 0;
	int ret;

	emrelay_engine_advance(engine, now_ns);
	if (queue) {
		/* An on that the clock has ended by now blocks nobody. */
		if (queue->stale || engine->target != target) {
			emrelay_arbiter_update(arbiter, member, now_ns);
			emrelay_arbiter_mark(arbiter, member);
		}
		free_ns = emrelay_arbiter_free_now_ns(arbiter, member, queue, now_ns);
	}

	target = engine->target;
	ret = emrelay_engine_request(engine, request, free_ns, now_ns);
	if (ret || !queue)
		return ret == -EBUSY && arbiter->stagger_ns == U64_MAX ? -EAGAIN : ret;

	emrelay_arbiter_update(arbiter, member, now_ns);
	if (engine->target && !target && member->changeover && member->group)
		emrelay_arbiter_change_over(arbiter, member, now_ns);
	return 0;
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
u64 emrelay_arbiter_decide(struct emrelay_arbiter *arbiter, u16 who, u64 now_ns)
{
	struct emrelay_member *member = &arbiter->members[who];
	struct emrelay_engine *engine = member->engine;
	bool target = engine->target;
	u64 wake_ns;

	if (!list_empty(&member->marked))
		list_del_init(&member->marked);
	wake_ns = emrelay_engine_decide(engine, now_ns);
	if (engine->target != target)
		emrelay_arbiter_update(arbiter, member, now_ns);
	return wake_ns;
}

/**
 * emrelay_arbiter_driven - the coil of a relay was driven, or its line was looked at
 * @arbiter: the arbiter
 * @who: the relay
 * @on: the level that the line was to get; where it was looked at, the one it had
 * @level: the level that it has, negative: not known
 * @now_ns: the time after the line had changed
 *
 * Context: Any. Pure.
 */
void emrelay_arbiter_driven(struct emrelay_arbiter *arbiter, u16 who, bool on, int level,
			    u64 now_ns)
{
	struct emrelay_member *member = &arbiter->members[who];
	struct emrelay_queue *queue = emrelay_arbiter_queue(arbiter, member);
	const struct emrelay_engine *engine = member->engine;
	/* What may have been an energisation loads the supply, too. */
	bool rises = level < 0 ? on : level && (engine->unsure || !engine->past.coil);

	emrelay_engine_driven(member->engine, on, level, now_ns);
	/* It may have been released, and be energised again. */
	if (level < 0 && !on && member->group)
		member->group->free_ns = emrelay_time_add(now_ns, member->group->dead_ns);
	if (rises) {
		arbiter->energised_ns = now_ns;
		arbiter->free_ns = emrelay_time_add(now_ns, arbiter->stagger_ns);
	}
	if (queue)
		queue->stale = true;
	emrelay_arbiter_update(arbiter, member, now_ns);
}

/**
 * emrelay_arbiter_stop - is a coil to be released, as the driver or the system
 *	stops?
 * @arbiter: the arbiter
 * @who: the relay
 * @source: why
 * @retain: a coil that is to be on for good stays so
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: as emrelay_engine_stop().
 */
bool emrelay_arbiter_stop(struct emrelay_arbiter *arbiter, u16 who, enum emrelay_source source,
			  bool retain, u64 now_ns)
{
	bool stop = emrelay_engine_stop(arbiter->members[who].engine, source, retain);

	emrelay_arbiter_update(arbiter, &arbiter->members[who], now_ns);
	return stop;
}

/**
 * emrelay_arbiter_set - choose other limits for a relay, and what its on does to the group
 * @arbiter: the arbiter
 * @who: the relay
 * @limits: what ratings and settings demand from now on
 * @changeover: its on releases the others of its group; else it waits for them
 * @now_ns: the time
 *
 * Counts for a request that waits, too: that changes over now, or gives up its
 * precedence.
 *
 * Context: Any. Pure.
 */
void emrelay_arbiter_set(struct emrelay_arbiter *arbiter, u16 who,
			 const struct emrelay_limits *limits, bool changeover, u64 now_ns)
{
	struct emrelay_member *member = &arbiter->members[who];
	bool begins = changeover && !member->changeover;

	emrelay_engine_set(member->engine, limits, now_ns);
	member->changeover = changeover;
	emrelay_arbiter_update(arbiter, member, now_ns);
	if (begins && member->group && member->queue)
		emrelay_arbiter_change_over(arbiter, member, now_ns);
}

/* Does the contact of a relay forbid the others of its group to be energised, for now? */
static bool emrelay_member_blocks(const struct emrelay_member *member)
{
	return member->latched & EMRELAY_STUCK_CLOSED ||
	       (member->latched & EMRELAY_CHATTER && member->unproven);
}

/* What is an on refused with, where so many contacts of its group forbid it? */
static void emrelay_member_refuse(struct emrelay_member *member, unsigned int blocking)
{
	int ret = member->worn ? -EPERM : 0;

	if (blocking > emrelay_member_blocks(member))
		ret = -EBUSY;
	if (member->latched && member->action != EMRELAY_ACTION_REPORT)
		ret = -EIO;
	member->engine->refuse = ret;
}

/* A target is given up because of a contact. */
static void emrelay_arbiter_withdraw(struct emrelay_arbiter *arbiter, struct emrelay_member *member,
				     bool released, u64 now_ns)
{
	struct emrelay_engine *engine = member->engine;

	if (!engine->target || !(released || emrelay_engine_pending(engine)))
		return;

	engine->statistics.withdrawn++;
	emrelay_engine_release(engine, EMRELAY_BY_FAULT);
	emrelay_arbiter_update(arbiter, member, now_ns);
	emrelay_arbiter_mark(arbiter, member);
}

/* The relays that what is latched concerns: those that wait do so in vain, others are refused. */
static void emrelay_arbiter_block(struct emrelay_arbiter *arbiter, struct emrelay_member *member,
				  u32 fresh, u64 now_ns)
{
	bool opens = fresh & (EMRELAY_STUCK_OPEN | EMRELAY_CHATTER);
	bool closes = fresh & (EMRELAY_STUCK_CLOSED | EMRELAY_CHATTER);
	struct emrelay_member *other, *end = arbiter->members + arbiter->count;
	struct emrelay_group *group = member->group;
	unsigned int blocking = 0;

	for (other = arbiter->members; other < end; other++)
		blocking += group && other->group == group && emrelay_member_blocks(other);
	for (other = arbiter->members; other < end; other++) {
		if (other != member && !(group && other->group == group))
			continue;
		emrelay_member_refuse(other, blocking);
		if (other != member && closes)
			emrelay_arbiter_withdraw(arbiter, other, false, now_ns);
	}
	if (fresh && member->action != EMRELAY_ACTION_REPORT)
		emrelay_arbiter_withdraw(arbiter, member,
					 opens && member->action == EMRELAY_ACTION_RELEASE, now_ns);
}

/**
 * emrelay_arbiter_sense - the contact of a relay was seen
 * @arbiter: the arbiter
 * @who: the relay
 * @proof: what of it
 * @now_ns: the time
 *
 * As long as it is not seen open, no other relay of its group is energised.
 * Follow with emrelay_arbiter_decide().
 *
 * Context: Any. Pure.
 */
void emrelay_arbiter_sense(struct emrelay_arbiter *arbiter, u16 who,
			   const struct emrelay_proof *proof, u64 now_ns)
{
	struct emrelay_member *member = &arbiter->members[who];
	struct emrelay_group *group = member->group;
	/* A fault that was only reported is new to what it forbids now. */
	bool blocks = member->action == EMRELAY_ACTION_REPORT &&
		      proof->action != EMRELAY_ACTION_REPORT;
	u32 fresh = proof->latched & ~(blocks ? 0 : member->latched);
	bool faulty = proof->latched | member->latched;
	bool open = proof->opened_ns != U64_MAX;

	if (group && open == member->unproven) {
		emrelay_arbiter_queue(arbiter, member)->stale = true;
		group->unproven += open ? -1 : 1;
		if (open)
			group->free_ns = max(group->free_ns,
					     emrelay_time_add(proof->opened_ns, EMRELAY_OPENED_NS));
	}
	member->engine->past.rest_ns = proof->rest_ns;
	member->unproven = !open;
	member->latched = proof->latched;
	member->action = proof->action;
	emrelay_arbiter_update(arbiter, member, now_ns);
	if (faulty)
		emrelay_arbiter_block(arbiter, member, fresh, now_ns);
}

/**
 * emrelay_arbiter_set_worn - is a relay not to be energised any more, as it is worn?
 * @arbiter: the arbiter
 * @who: the relay
 * @worn: it is not
 *
 * Context: Any. Pure.
 */
void emrelay_arbiter_set_worn(struct emrelay_arbiter *arbiter, u16 who, bool worn)
{
	arbiter->members[who].worn = worn;
	emrelay_arbiter_block(arbiter, &arbiter->members[who], 0, 0);
}

/**
 * emrelay_arbiter_set_supply - choose what the supply of the coils can take
 * @arbiter: the arbiter
 * @stagger_ns: least time between two energisations; U64_MAX: it takes none for now
 * @coil_limit: most coils energised at a time; 0: all
 *
 * Takes effect on those that wait as emrelay_arbiter_next() names them. With the
 * first limit of all, and as the last one goes, they queue up anew, in the order
 * of their numbers.
 *
 * Context: Any. Pure.
 */
void emrelay_arbiter_set_supply(struct emrelay_arbiter *arbiter, u64 stagger_ns, u32 coil_limit)
{
	arbiter->stagger_ns = stagger_ns;
	arbiter->coil_limit = coil_limit;
	emrelay_arbiter_restart(arbiter);
}

/**
 * emrelay_arbiter_next - which relay is to be decided again?
 * @arbiter: the arbiter
 * @now_ns: the time
 *
 * Call it after each request, decision and edge, and decide the relay that it
 * returns, until it returns none: at once or, where that takes too long, later.
 *
 * Context: Any. Pure.
 * Return: a relay, or EMRELAY_NOBODY.
 */
u16 emrelay_arbiter_next(struct emrelay_arbiter *arbiter, u64 now_ns)
{
	struct emrelay_member *member;

	if (!emrelay_arbiter_has_next(arbiter))
		return EMRELAY_NOBODY;

	if (list_empty(&arbiter->marked)) {
		member = &arbiter->members[arbiter->recheck++];
		emrelay_arbiter_update(arbiter, member, now_ns);
		emrelay_arbiter_mark(arbiter, member);
	}
	member = list_first_entry(&arbiter->marked, struct emrelay_member, marked);
	list_del_init(&member->marked);
	return member - arbiter->members;
}

/**
 * emrelay_arbiter_ready_ns - how long would an on have to wait?
 * @arbiter: the arbiter
 * @who: the relay
 * @now_ns: the time
 *
 * As things stand, whether or not its on would change over. For how long one
 * that waits already has to, see emrelay_engine_wait_ns().
 *
 * Context: Any. Pure.
 * Return: as emrelay_engine_ready_ns().
 */
u64 emrelay_arbiter_ready_ns(struct emrelay_arbiter *arbiter, u16 who, u64 now_ns)
{
	const struct emrelay_member *member = &arbiter->members[who];
	const struct emrelay_queue *queue = emrelay_arbiter_queue(arbiter, member);
	u64 free_ns = queue ? emrelay_arbiter_free_now_ns(arbiter, member, queue, now_ns) : 0;
	u64 ready_ns = emrelay_engine_ready_ns(member->engine, free_ns, now_ns);

	/* One that waits and may go then, or before, goes first. */
	if (ready_ns && queue && queue->turn != member &&
	    emrelay_time_add(now_ns, ready_ns) >= queue->turn_ns)
		return U64_MAX;

	return ready_ns;
}
