// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine of one relay. See engine.h.
 */
#include "engine.h"

/* A line whose driver reports an error (a bus that fails) is tried again so often. */
#define EMRELAY_RETRY_NS	100000000ULL

/**
 * emrelay_engine_pending - is the coil to be driven?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: true if it does not follow the target, or may not.
 */
bool emrelay_engine_pending(const struct emrelay_engine *engine)
{
	return engine->unsure || engine->target != engine->past.coil;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_pending);

/**
 * emrelay_engine_legal_ns - when may the coil be driven to a level?
 * @engine: the engine
 * @on: the level
 *
 * Its own limits only: what others say is in @engine->free_ns. After an attempt
 * that failed, the contact may travel as if it had not.
 *
 * Context: Any. Pure.
 * Return: the first legal moment, 0 if any moment is.
 */
u64 emrelay_engine_legal_ns(const struct emrelay_engine *engine, bool on)
{
	const struct emrelay_limits *limits = &engine->limits;
	u64 legal_ns = on ? emrelay_limit_on_ns(limits, &engine->past) :
			    emrelay_limit_off_ns(limits, &engine->past);
	u64 travel_ns = engine->attempt ? limits->close_ns : limits->open_ns;

	if (!engine->unsure)
		return legal_ns;

	/* The same attempt again is no other edge than that one was. */
	if (on == engine->attempt)
		return emrelay_time_add(engine->failed_ns,
					max(travel_ns, EMRELAY_RETRY_NS));

	return max(legal_ns, emrelay_time_add(engine->failed_ns, travel_ns));
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_legal_ns);

/* The same, with all that others have to say of an energisation. */
static u64 emrelay_engine_moment_ns(const struct emrelay_engine *engine, bool on)
{
	u64 legal_ns = emrelay_engine_legal_ns(engine, on);

	return on ? max(legal_ns, engine->free_ns) : legal_ns;
}

static bool emrelay_engine_pulsing(const struct emrelay_engine *engine)
{
	return engine->pulse_ns && engine->past.coil;
}

/* A pulse ends by itself; an on that lasts has to be renewed. */
static bool emrelay_engine_watched(const struct emrelay_engine *engine)
{
	return engine->watchdog_ns && engine->target && !engine->pulse_ns;
}

/* What the clock asks for. */
static void emrelay_engine_advance(struct emrelay_engine *engine, u64 now_ns)
{
	if (emrelay_engine_pulsing(engine) && now_ns >= engine->pulse_end_ns)
		emrelay_engine_release(engine, EMRELAY_BY_PULSE);
	else if (emrelay_engine_watched(engine) &&
		 now_ns >= engine->watchdog_end_ns)
		emrelay_engine_release(engine, EMRELAY_BY_WATCHDOG);
}

/**
 * emrelay_engine_bind - start with a relay as it is found
 * @engine: the engine; all zero for a relay never seen before, else as it was
 *	left when the relay was last watched
 * @limits: what the ratings demand
 * @found: the coil is energised
 * @target: what it should be
 * @now_ns: the time
 *
 * A coil found energised that was not left so has been on for long: its
 * contact is at rest, and nothing is known of its cycles. One found released
 * that was left energised was released by others at an unknown moment, which
 * counts as just now.
 *
 * Context: Any. Pure.
 */
void emrelay_engine_bind(struct emrelay_engine *engine,
			 const struct emrelay_limits *limits, bool found,
			 bool target, u64 now_ns)
{
	struct emrelay_past *past = &engine->past;

	if (past->coil != found) {
		past->coil = found;
		past->moved = !found;
		past->edge_ns = now_ns;
	}
	engine->limits = *limits;
	engine->free_ns = 0;
	engine->target = target;
	engine->source = EMRELAY_BY_PROBE;
	engine->pulse_ns = 0;
	engine->watchdog_ns = 0;
	engine->unsure = false;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_bind);

/**
 * emrelay_engine_request - accept or refuse a request
 * @engine: the engine
 * @request: the request
 * @now_ns: the time
 *
 * An accepted request is the new target; follow with emrelay_engine_decide().
 * A refused one changes nothing but the statistics.
 *
 * Context: Any. Pure.
 * Return:
 * * 0		- accepted
 * * -EINVAL	- pulse shorter than the contact needs to close; not counted
 * * -EAGAIN	- refused under EMRELAY_REJECT; time will cure it
 * * -EBUSY	- likewise; time alone will not, as someone else is in the way
 */
int emrelay_engine_request(struct emrelay_engine *engine,
			   const struct emrelay_request *request, u64 now_ns)
{
	bool pulse = request->op == EMRELAY_PULSE;
	bool on;

	if (pulse && request->pulse_ns < engine->limits.close_ns)
		return -EINVAL;

	emrelay_engine_advance(engine, now_ns);
	on = request->op == EMRELAY_TOGGLE ? !engine->target :
					     request->op != EMRELAY_OFF;
	engine->statistics.requests++;

	if (on == engine->target && !pulse) {
		engine->pulse_ns = 0;
		engine->watchdog_end_ns = emrelay_time_add(now_ns,
							   engine->watchdog_ns);
		engine->statistics.accepted++;
		return 0;
	}

	if (on && request->policy == EMRELAY_REJECT &&
	    emrelay_engine_ready_ns(engine, now_ns)) {
		engine->statistics.rejected++;
		return engine->free_ns == U64_MAX ? -EBUSY : -EAGAIN;
	}

	if (emrelay_engine_pending(engine))
		engine->statistics.coalesced++;

	engine->target = on;
	engine->source = request->source;
	engine->pulse_ns = pulse ? request->pulse_ns : 0;
	engine->pulse_end_ns = emrelay_time_add(now_ns, engine->pulse_ns);
	engine->watchdog_end_ns = emrelay_time_add(now_ns, engine->watchdog_ns);

	engine->statistics.accepted++;
	if (emrelay_engine_wait_ns(engine, now_ns))
		engine->statistics.deferred++;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_request);

/**
 * emrelay_engine_decide - what is to be done now?
 * @engine: the engine
 * @now_ns: the time
 *
 * Looks only at the state and the time, so that it may be asked as often as
 * one likes, early or late. If it wants the coil driven, do it, report with
 * emrelay_engine_edge() or emrelay_engine_failed(), and ask again.
 *
 * Context: Any. Pure.
 * Return: the action.
 */
struct emrelay_action emrelay_engine_decide(struct emrelay_engine *engine,
					    u64 now_ns)
{
	struct emrelay_action action = { .wake_ns = U64_MAX };

	emrelay_engine_advance(engine, now_ns);

	if (emrelay_engine_pending(engine)) {
		action.wake_ns = emrelay_engine_moment_ns(engine, engine->target);
		action.drive = now_ns >= action.wake_ns;
		action.on = engine->target;
		action.source = engine->source;
	}
	if (emrelay_engine_pulsing(engine))
		action.wake_ns = min(action.wake_ns, engine->pulse_end_ns);
	if (emrelay_engine_watched(engine))
		action.wake_ns = min(action.wake_ns, engine->watchdog_end_ns);
	return action;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_decide);

/**
 * emrelay_engine_edge - the coil was driven
 * @engine: the engine
 * @on: its new level
 * @now_ns: the time after the line had changed, never before: all limits
 *	count from here
 *
 * Context: Any. Pure.
 */
void emrelay_engine_edge(struct emrelay_engine *engine, bool on, u64 now_ns)
{
	struct emrelay_past *past = &engine->past;

	past->coil = on;
	past->moved = true;
	past->edge_ns = now_ns;
	if (on) {
		past->cycled = true;
		past->energised_ns = now_ns;
		engine->pulse_end_ns = emrelay_time_add(now_ns,
							engine->pulse_ns);
	}
	engine->unsure = false;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_edge);

/**
 * emrelay_engine_failed - the coil could not be driven
 * @engine: the engine
 * @on: the level it was to get
 * @now_ns: the time
 *
 * A bus that reports an error may have carried out the order all the same.
 * Until an attempt succeeds, the coil is taken to be where it was, but the
 * target, whatever it is by then, is driven again, and all limits count from
 * here as well. The same attempt is repeated after 100 ms at the earliest.
 *
 * Context: Any. Pure.
 */
void emrelay_engine_failed(struct emrelay_engine *engine, bool on, u64 now_ns)
{
	if (on) {
		engine->past.cycled = true;
		engine->past.energised_ns = now_ns;
	}
	engine->unsure = true;
	engine->attempt = on;
	engine->failed_ns = now_ns;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_failed);

/**
 * emrelay_engine_release - turn the target off without a request
 * @engine: the engine
 * @source: who does
 *
 * Context: Any. Pure.
 */
void emrelay_engine_release(struct emrelay_engine *engine,
			    enum emrelay_source source)
{
	engine->target = false;
	engine->source = source;
	engine->pulse_ns = 0;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_release);

/**
 * emrelay_engine_set_watchdog - choose how often an on must be renewed
 * @engine: the engine
 * @watchdog_ns: at least every so many ns; 0: never
 * @now_ns: the time, from which a present on counts
 *
 * Context: Any. Pure.
 */
void emrelay_engine_set_watchdog(struct emrelay_engine *engine, u64 watchdog_ns,
				 u64 now_ns)
{
	engine->watchdog_ns = watchdog_ns;
	engine->watchdog_end_ns = emrelay_time_add(now_ns, watchdog_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_set_watchdog);

/**
 * emrelay_engine_energised - must the coil be taken for energised?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: true if it is, or if an attempt to energise it may have succeeded.
 */
bool emrelay_engine_energised(const struct emrelay_engine *engine)
{
	return engine->past.coil || (engine->unsure && engine->attempt);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_energised);

/**
 * emrelay_engine_settled_ns - when does the contact's travel end?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: the moment from which on the contact is at rest; 0 if it has been
 * ever since anyone watched.
 */
u64 emrelay_engine_settled_ns(const struct emrelay_engine *engine)
{
	return emrelay_limit_settled_ns(&engine->limits, &engine->past);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_settled_ns);

/**
 * emrelay_engine_contact - where is the contact?
 * @engine: the engine
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: its state, from the coil's last edge and the time since.
 */
enum emrelay_contact emrelay_engine_contact(const struct emrelay_engine *engine,
					    u64 now_ns)
{
	const struct emrelay_past *past = &engine->past;

	if (now_ns < emrelay_engine_settled_ns(engine))
		return past->coil ? EMRELAY_CLOSING : EMRELAY_OPENING;
	return past->coil ? EMRELAY_CLOSED : EMRELAY_OPEN;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_contact);

/**
 * emrelay_engine_wait_ns - how long until the coil follows the target?
 * @engine: the engine
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: ns, 0 if it does or could at once; U64_MAX if that is not known, as it
 * depends on others.
 */
u64 emrelay_engine_wait_ns(const struct emrelay_engine *engine, u64 now_ns)
{
	if (!emrelay_engine_pending(engine))
		return 0;

	return emrelay_time_left(emrelay_engine_moment_ns(engine, engine->target),
				 now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_wait_ns);

/**
 * emrelay_engine_ready_ns - how long would an on have to wait?
 * @engine: the engine
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: ns, 0 if an on would be carried out at once or the coil is on;
 * U64_MAX if that is not known, as it depends on others.
 */
u64 emrelay_engine_ready_ns(const struct emrelay_engine *engine, u64 now_ns)
{
	if (engine->past.coil && !engine->unsure)
		return 0;

	return emrelay_time_left(emrelay_engine_moment_ns(engine, true), now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_ready_ns);

/**
 * emrelay_engine_pulse_left_ns - what is left of the pulse?
 * @engine: the engine
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: ns to the end of a running pulse, the whole length of one that
 * waits for its energisation, 0 if there is none.
 */
u64 emrelay_engine_pulse_left_ns(const struct emrelay_engine *engine,
				 u64 now_ns)
{
	if (!emrelay_engine_pulsing(engine))
		return engine->pulse_ns;

	return emrelay_time_left(engine->pulse_end_ns, now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_pulse_left_ns);
