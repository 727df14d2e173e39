// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arbiter of a bank. See arbiter.h.
 */
#include "arbiter.h"

static struct emrelay_group *emrelay_arbiter_group(const struct emrelay_arbiter *arbiter,
						   u16 who)
{
	u16 group = arbiter->members[who].group;

	return group == EMRELAY_NOBODY ? NULL : &arbiter->groups[group];
}

/* What others did changes what this one may do. */
static void emrelay_arbiter_touch(struct emrelay_arbiter *arbiter, u16 who)
{
	struct emrelay_member *member = &arbiter->members[who];

	if (member->touched)
		return;

	member->touched = true;
	member->follower = arbiter->touched;
	arbiter->touched = who;
}

static void emrelay_arbiter_queue(struct emrelay_arbiter *arbiter, u16 who)
{
	struct emrelay_member *member = &arbiter->members[who];

	member->ticket = arbiter->tickets++;
	member->place = arbiter->waiting_count++;
	arbiter->waiting[member->place] = who;
}

static void emrelay_arbiter_leave(struct emrelay_arbiter *arbiter, u16 who)
{
	struct emrelay_member *member = &arbiter->members[who];
	struct emrelay_group *group = emrelay_arbiter_group(arbiter, who);
	u16 last;

	last = arbiter->waiting[--arbiter->waiting_count];
	arbiter->waiting[member->place] = last;
	arbiter->members[last].place = member->place;
	member->place = EMRELAY_NOBODY;
	if (arbiter->elected == who) {
		arbiter->elected = EMRELAY_NOBODY;
		member->engine->free_ns = U64_MAX;
	}
	if (group && group->claim == who)
		group->claim = EMRELAY_NOBODY;
}

/* It waits if it is to be energised and is not yet. */
static void emrelay_arbiter_line_up(struct emrelay_arbiter *arbiter, u16 who)
{
	const struct emrelay_member *member = &arbiter->members[who];
	const struct emrelay_engine *engine = member->engine;
	bool waits = engine->shared && engine->target &&
		     emrelay_engine_pending(engine);

	if (waits && member->place == EMRELAY_NOBODY)
		emrelay_arbiter_queue(arbiter, who);
	else if (!waits && member->place != EMRELAY_NOBODY)
		emrelay_arbiter_leave(arbiter, who);
}

/* A member of the group has to make way for one that changes over. */
static void emrelay_arbiter_displace(struct emrelay_arbiter *arbiter, u16 who,
				     u64 now_ns)
{
	struct emrelay_engine *engine = arbiter->members[who].engine;

	if (!engine->target)
		return;

	if (emrelay_engine_pending(engine) && emrelay_engine_requested(engine))
		engine->statistics.coalesced++;
	emrelay_engine_release(engine, EMRELAY_BY_INTERLOCK);
	emrelay_arbiter_notice(arbiter, who, now_ns);
	emrelay_arbiter_touch(arbiter, who);
}

static void emrelay_group_energised(struct emrelay_arbiter *arbiter,
				    struct emrelay_group *group, u16 who,
				    u64 now_ns)
{
	group->energised++;
	group->owner = who;
	/* Another one changes over since this one's line was to be driven. */
	if (group->claim != EMRELAY_NOBODY && group->claim != who)
		emrelay_arbiter_displace(arbiter, who, now_ns);
}

static void emrelay_group_released(struct emrelay_arbiter *arbiter,
				   struct emrelay_group *group, u16 who,
				   u64 now_ns)
{
	unsigned int i;

	group->energised--;
	group->released_ns = now_ns;
	/* It was asked on again while its line was driven, as if it were off. */
	if (arbiter->members[who].engine->target &&
	    arbiter->members[who].changeover && group->claim == EMRELAY_NOBODY)
		group->claim = who;
	if (!group->energised || group->owner != who)
		return;

	/* Only a probe finds several. */
	for (i = 0; i < arbiter->count; i++)
		if (emrelay_arbiter_group(arbiter, i) == group &&
		    arbiter->members[i].energised)
			group->owner = i;
}

/**
 * emrelay_arbiter_notice - take notice of what became of an engine
 * @arbiter: the arbiter
 * @who: the relay
 * @now_ns: the time
 *
 * Context: Any. Pure.
 */
void emrelay_arbiter_notice(struct emrelay_arbiter *arbiter, u16 who, u64 now_ns)
{
	struct emrelay_member *member = &arbiter->members[who];
	struct emrelay_group *group = emrelay_arbiter_group(arbiter, who);
	bool energised = emrelay_engine_energised(member->engine);

	if (energised && !member->energised) {
		arbiter->energised++;
		member->energised = true;
		if (group)
			emrelay_group_energised(arbiter, group, who, now_ns);
	} else if (!energised && member->energised) {
		arbiter->energised--;
		member->energised = false;
		if (group)
			emrelay_group_released(arbiter, group, who, now_ns);
	}

	emrelay_arbiter_line_up(arbiter, who);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_notice);

/* One that is on takes nothing more by staying so. */
static bool emrelay_arbiter_stays(const struct emrelay_engine *engine)
{
	return engine->past.coil && !engine->unsure;
}

/* When do the others let a relay be energised? U64_MAX: that is up to them. */
static u64 emrelay_arbiter_free_ns(const struct emrelay_arbiter *arbiter, u16 who)
{
	const struct emrelay_group *group = emrelay_arbiter_group(arbiter, who);
	const struct emrelay_engine *engine = arbiter->members[who].engine;
	bool energised = arbiter->members[who].energised;
	u64 free_ns = 0;

	if (group && (group->energised > energised ||
		      (group->claim != EMRELAY_NOBODY && group->claim != who)))
		return U64_MAX;

	if (emrelay_arbiter_stays(engine))
		return 0;

	if (group)
		free_ns = emrelay_time_add(group->released_ns, group->dead_ns);

	if (arbiter->coil_limit &&
	    arbiter->energised - energised >= arbiter->coil_limit)
		return U64_MAX;

	if (arbiter->cycled)
		free_ns = max(free_ns, emrelay_time_add(arbiter->energised_ns,
							arbiter->stagger_ns));
	return free_ns;
}

/* The same for one that asks now: who waits and is due takes what it needs first. */
static u64 emrelay_arbiter_next_ns(const struct emrelay_arbiter *arbiter, u16 who,
				   u64 now_ns)
{
	const struct emrelay_member *elected, *member = &arbiter->members[who];

	if (arbiter->elected != EMRELAY_NOBODY && arbiter->elected != who &&
	    !emrelay_arbiter_stays(member->engine)) {
		elected = &arbiter->members[arbiter->elected];
		if ((elected->group == member->group || arbiter->stagger_ns ||
		     arbiter->coil_limit) &&
		    !emrelay_engine_wait_ns(elected->engine, now_ns))
			return U64_MAX;
	}
	return emrelay_arbiter_free_ns(arbiter, who);
}

/*
 * Whose turn is it? Of those that wait, the one that may go first; of several
 * that may go at once the one that waits longest. Nobody else has a turn until
 * then, so one timer serves them all.
 */
static void emrelay_arbiter_elect(struct emrelay_arbiter *arbiter, u64 now_ns)
{
	u64 best_ns = U64_MAX, best_free_ns = 0;
	struct emrelay_member *members = arbiter->members;
	u16 best = EMRELAY_NOBODY;
	unsigned int i;

	for (i = 0; i < arbiter->waiting_count; i++) {
		u16 who = arbiter->waiting[i];
		u64 free_ns = emrelay_arbiter_free_ns(arbiter, who);
		u64 when_ns = max(emrelay_engine_legal_ns(members[who].engine, true),
				  max(free_ns, now_ns));

		if (when_ns > best_ns || when_ns == U64_MAX)
			continue;
		if (when_ns == best_ns && members[who].ticket > members[best].ticket)
			continue;
		best = who;
		best_ns = when_ns;
		best_free_ns = free_ns;
	}

	if (arbiter->elected != EMRELAY_NOBODY && arbiter->elected != best) {
		members[arbiter->elected].engine->free_ns = U64_MAX;
		emrelay_arbiter_touch(arbiter, arbiter->elected);
	}
	arbiter->elected = best;
	if (best != EMRELAY_NOBODY &&
	    members[best].engine->free_ns != best_free_ns) {
		members[best].engine->free_ns = best_free_ns;
		emrelay_arbiter_touch(arbiter, best);
	}
}

/*
 * The newest to change over has the claim to be energised next. The one that
 * had it before and the one that is energised make way; those that wait for
 * the group to be free go on waiting.
 */
static void emrelay_arbiter_change_over(struct emrelay_arbiter *arbiter, u16 who,
					u64 now_ns)
{
	struct emrelay_group *group = emrelay_arbiter_group(arbiter, who);
	unsigned int i;

	if (group->claim != EMRELAY_NOBODY && group->claim != who)
		emrelay_arbiter_displace(arbiter, group->claim, now_ns);
	if (group->energised == 1 && group->owner != who)
		emrelay_arbiter_displace(arbiter, group->owner, now_ns);
	/* Only a probe finds several. */
	for (i = 0; group->energised > 1 && i < arbiter->count; i++)
		if (emrelay_arbiter_group(arbiter, i) == group && i != who &&
		    arbiter->members[i].energised)
			emrelay_arbiter_displace(arbiter, i, now_ns);
	if (arbiter->members[who].place != EMRELAY_NOBODY)
		group->claim = who;
}

/* Does a relay share anything with others? Else only its own limits count. */
static void emrelay_arbiter_share(struct emrelay_arbiter *arbiter, u16 who,
				  u64 now_ns)
{
	struct emrelay_member *member = &arbiter->members[who];
	struct emrelay_engine *engine = member->engine;

	engine->shared = member->group != EMRELAY_NOBODY ||
			 arbiter->stagger_ns || arbiter->coil_limit;
	emrelay_arbiter_notice(arbiter, who, now_ns);
	engine->free_ns = engine->shared ? U64_MAX : 0;
}

/**
 * emrelay_arbiter_bind - start with relays as they are found
 * @arbiter: the arbiter: members with engine (bound) and group, groups with
 *	dead time; all else zero
 * @now_ns: the time
 *
 * A group counts as just released, unless a member is energised. Where several
 * are, all of them get the target off.
 *
 * Context: Any. Pure.
 * Return: number of groups with several members energised.
 */
unsigned int emrelay_arbiter_bind(struct emrelay_arbiter *arbiter, u64 now_ns)
{
	unsigned int i, conflicts = 0;

	arbiter->elected = EMRELAY_NOBODY;
	arbiter->touched = EMRELAY_NOBODY;
	for (i = 0; i < arbiter->group_count; i++) {
		arbiter->groups[i].released_ns = now_ns;
		arbiter->groups[i].claim = EMRELAY_NOBODY;
	}

	for (i = 0; i < arbiter->count; i++) {
		const struct emrelay_past *past = &arbiter->members[i].engine->past;

		arbiter->members[i].place = EMRELAY_NOBODY;
		emrelay_arbiter_share(arbiter, i, now_ns);
		if (past->cycled) {
			arbiter->cycled = true;
			arbiter->energised_ns = max(arbiter->energised_ns,
						    past->energised_ns);
		}
	}

	for (i = 0; i < arbiter->group_count; i++)
		conflicts += arbiter->groups[i].energised > 1;

	for (i = 0; i < arbiter->count; i++) {
		struct emrelay_group *group = emrelay_arbiter_group(arbiter, i);

		if (group && group->energised > 1 && arbiter->members[i].energised)
			emrelay_engine_release(arbiter->members[i].engine,
					       EMRELAY_BY_INTERLOCK);
	}
	return conflicts;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_bind);

/**
 * emrelay_arbiter_ask - accept or refuse a request to a relay that shares
 * @arbiter: the arbiter
 * @who: the relay that is asked
 * @request: the request
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: as emrelay_engine_request().
 */
int emrelay_arbiter_ask(struct emrelay_arbiter *arbiter, u16 who,
			const struct emrelay_request *request, u64 now_ns)
{
	struct emrelay_member *member = &arbiter->members[who];
	struct emrelay_engine *engine = member->engine;
	bool target = engine->target;
	u64 turn_ns, free_ns;
	int ret;

	emrelay_engine_advance(engine, now_ns);
	if (engine->target != target) {
		target = engine->target;
		emrelay_arbiter_line_up(arbiter, who);
	}

	/* An off needs nobody's leave. */
	if (request->op == EMRELAY_OFF ||
	    (request->op == EMRELAY_TOGGLE && target)) {
		ret = emrelay_engine_request(engine, request, now_ns);
		emrelay_arbiter_line_up(arbiter, who);
		return ret;
	}

	turn_ns = engine->free_ns;
	free_ns = emrelay_arbiter_next_ns(arbiter, who, now_ns);
	engine->free_ns = free_ns;
	ret = emrelay_engine_request(engine, request, now_ns);
	engine->free_ns = turn_ns;
	if (ret)
		return ret;

	emrelay_arbiter_line_up(arbiter, who);
	if (engine->target && !target && member->changeover &&
	    member->group != EMRELAY_NOBODY && request->policy == EMRELAY_DEFER) {
		emrelay_arbiter_change_over(arbiter, who, now_ns);
		free_ns = emrelay_arbiter_next_ns(arbiter, who, now_ns);
	}

	/* If nobody else waits, it is its turn; else that is for the election. */
	if (member->place != EMRELAY_NOBODY && arbiter->waiting_count == 1) {
		arbiter->elected = free_ns == U64_MAX ? EMRELAY_NOBODY : who;
		engine->free_ns = free_ns;
	} else if (member->place != EMRELAY_NOBODY && engine->fresh) {
		engine->fresh = false;
		if (max(emrelay_engine_legal_ns(engine, true), free_ns) > now_ns)
			engine->statistics.deferred++;
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_ask);

/**
 * emrelay_arbiter_wait_ns - how long until a relay may follow its target?
 * @arbiter: the arbiter
 * @who: the relay
 * @now_ns: the time
 *
 * As things stand: who comes before it is not considered, for which see
 * emrelay_arbiter_foresee().
 *
 * Context: Any. Pure.
 * Return: ns, 0 if it does or could at once; U64_MAX if another one is in the
 * way.
 */
u64 emrelay_arbiter_wait_ns(const struct emrelay_arbiter *arbiter, u16 who,
			    u64 now_ns)
{
	const struct emrelay_member *member = &arbiter->members[who];

	if (member->place == EMRELAY_NOBODY)
		return emrelay_engine_wait_ns(member->engine, now_ns);

	return emrelay_time_left(max(emrelay_engine_legal_ns(member->engine, true),
				     emrelay_arbiter_free_ns(arbiter, who)), now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_wait_ns);

/* Nobody else waits: then what is known is not changed by others' turns. */
static bool emrelay_arbiter_alone(const struct emrelay_arbiter *arbiter, u16 who)
{
	bool waits = arbiter->members[who].place != EMRELAY_NOBODY;

	return arbiter->waiting_count == waits;
}

/**
 * emrelay_arbiter_wait - how long until the coil follows, as far as is plain?
 * @arbiter: the arbiter
 * @who: the relay
 * @now_ns: the time
 * @wait_ns: set as by emrelay_engine_wait_ns(), if it is plain
 *
 * Context: Any. Pure.
 * Return: true if it is, else see emrelay_arbiter_foresee().
 */
bool emrelay_arbiter_wait(const struct emrelay_arbiter *arbiter, u16 who,
			  u64 now_ns, u64 *wait_ns)
{
	*wait_ns = emrelay_engine_wait_ns(arbiter->members[who].engine, now_ns);
	if (arbiter->members[who].place == EMRELAY_NOBODY)
		return true;

	return *wait_ns != U64_MAX && emrelay_arbiter_alone(arbiter, who);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_wait);

/**
 * emrelay_arbiter_ready - how long would an on have to wait, as far as is plain?
 * @arbiter: the arbiter
 * @who: the relay
 * @now_ns: the time
 * @ready_ns: set as by emrelay_engine_ready_ns(), if it is plain
 *
 * Spares emrelay_arbiter_foresee() where nobody else waits, and where a member
 * of the group is on for good, which makes it U64_MAX.
 *
 * Context: Any. Pure.
 * Return: true if it is.
 */
bool emrelay_arbiter_ready(const struct emrelay_arbiter *arbiter, u16 who,
			   u64 now_ns, u64 *ready_ns)
{
	const struct emrelay_member *member = &arbiter->members[who];
	const struct emrelay_group *group = emrelay_arbiter_group(arbiter, who);
	struct emrelay_engine engine = *member->engine;
	const struct emrelay_engine *owner;

	if (engine.shared)
		engine.free_ns = emrelay_arbiter_free_ns(arbiter, who);
	*ready_ns = emrelay_engine_ready_ns(&engine, now_ns);
	if (!engine.shared || emrelay_arbiter_stays(&engine))
		return true;
	if (engine.free_ns != U64_MAX && emrelay_arbiter_alone(arbiter, who))
		return true;

	if (!group || !group->energised || group->owner == who || member->changeover)
		return false;

	owner = arbiter->members[group->owner].engine;
	return owner->target && !owner->pulse_ns && !owner->watchdog_ns;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_ready);

/**
 * emrelay_arbiter_set_supply - choose what the supply of the coils can take
 * @arbiter: the arbiter
 * @stagger_ns: least time between two energisations
 * @coil_limit: most coils energised at a time; 0: all
 * @now_ns: the time
 *
 * Context: Any. Pure.
 */
void emrelay_arbiter_set_supply(struct emrelay_arbiter *arbiter, u64 stagger_ns,
				u32 coil_limit, u64 now_ns)
{
	unsigned int i;

	arbiter->stagger_ns = stagger_ns;
	arbiter->coil_limit = coil_limit;
	arbiter->elected = EMRELAY_NOBODY;
	for (i = 0; i < arbiter->count; i++) {
		emrelay_arbiter_share(arbiter, i, now_ns);
		if (emrelay_engine_pending(arbiter->members[i].engine))
			emrelay_arbiter_touch(arbiter, i);
	}
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_set_supply);

/**
 * emrelay_arbiter_pick - which relay is to be decided again?
 * @arbiter: the arbiter
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: as emrelay_arbiter_next().
 */
u16 emrelay_arbiter_pick(struct emrelay_arbiter *arbiter, u64 now_ns)
{
	u16 who;

	if (arbiter->touched == EMRELAY_NOBODY)
		emrelay_arbiter_elect(arbiter, now_ns);

	who = arbiter->touched;
	if (who != EMRELAY_NOBODY) {
		arbiter->touched = arbiter->members[who].follower;
		arbiter->members[who].touched = false;
	}
	return who;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_pick);

/**
 * emrelay_arbiter_copy_size - how much memory does a copy need?
 * @arbiter: the arbiter
 *
 * Context: Any. Pure.
 * Return: bytes.
 */
size_t emrelay_arbiter_copy_size(const struct emrelay_arbiter *arbiter)
{
	return sizeof(*arbiter) +
	       arbiter->count * (sizeof(*arbiter->members) +
				 sizeof(*arbiter->members->engine) +
				 sizeof(*arbiter->waiting)) +
	       arbiter->group_count * sizeof(*arbiter->groups);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_copy_size);

/**
 * emrelay_arbiter_copy - copy an arbiter with its engines
 * @arbiter: the arbiter
 * @memory: emrelay_arbiter_copy_size() bytes, aligned for u64
 *
 * Context: Any. Pure.
 * Return: the copy, at @memory.
 */
struct emrelay_arbiter *emrelay_arbiter_copy(const struct emrelay_arbiter *arbiter,
					     void *memory)
{
	struct emrelay_arbiter *copy = memory;
	struct emrelay_engine *engines = (void *)(copy + 1);
	unsigned int i;

	*copy = *arbiter;
	copy->members = (void *)(engines + arbiter->count);
	copy->groups = (void *)(copy->members + arbiter->count);
	copy->waiting = (void *)(copy->groups + arbiter->group_count);
	for (i = 0; i < arbiter->count; i++) {
		engines[i] = *arbiter->members[i].engine;
		copy->members[i] = arbiter->members[i];
		copy->members[i].engine = &engines[i];
	}
	for (i = 0; i < arbiter->group_count; i++)
		copy->groups[i] = arbiter->groups[i];
	for (i = 0; i < arbiter->waiting_count; i++)
		copy->waiting[i] = arbiter->waiting[i];
	return copy;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_copy);

/* All that is to happen to a relay now happens; when does more? */
static u64 emrelay_arbiter_play(struct emrelay_arbiter *copy, u16 who, u64 now_ns)
{
	struct emrelay_action action;

	while ((action = emrelay_arbiter_decide(copy, who, now_ns)).drive)
		emrelay_arbiter_edge(copy, who, action.on, now_ns);
	return action.wake_ns;
}

/**
 * emrelay_arbiter_foresee - when will the coil of a relay follow its target?
 * @copy: a copy of the arbiter, which is used up
 * @who: the relay
 * @now_ns: the time
 *
 * Lets the copy run ahead as if nobody asked for anything more. Ends, as
 * without requests a coil has at most two edges to come.
 *
 * Context: Any. Pure.
 * Return: ns from now; U64_MAX: it will not, unless someone asks for something.
 */
u64 emrelay_arbiter_foresee(struct emrelay_arbiter *copy, u16 who, u64 now_ns)
{
	const struct emrelay_engine *engine = copy->members[who].engine;
	bool target = engine->target;
	u64 then_ns = now_ns, wake_ns;
	unsigned int i;
	u16 next;

	do {
		for (i = 0; i < copy->count; i++)
			emrelay_arbiter_play(copy, i, then_ns);
		while ((next = emrelay_arbiter_next(copy, then_ns)) != EMRELAY_NOBODY)
			emrelay_arbiter_play(copy, next, then_ns);
		if (!emrelay_engine_pending(engine))
			return engine->past.coil == target ? then_ns - now_ns : U64_MAX;

		wake_ns = U64_MAX;
		for (i = 0; i < copy->count; i++)
			wake_ns = min(wake_ns, emrelay_arbiter_play(copy, i, then_ns));
		then_ns = wake_ns;
	} while (wake_ns != U64_MAX);
	return U64_MAX;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_arbiter_foresee);
