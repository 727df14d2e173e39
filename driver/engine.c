// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine of one relay. See engine.h.
 */
#include "engine.h"

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
	/* Whatever failed may have been carried out all the same. */
	if (engine->unsure) {
		past->moved = true;
		past->edge_ns = max(past->edge_ns, engine->failed_ns);
	}
	engine->limits = *limits;
	engine->free_ns = 0;
	engine->shared = false;
	engine->target = target;
	engine->fresh = false;
	engine->source = EMRELAY_BY_PROBE;
	engine->pulse_ns = 0;
	engine->watchdog_ns = 0;
	engine->unsure = false;
	engine->maybe_on = false;
	engine->barred = false;
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
 * * -EPERM	- refused as the relay is barred
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

	if (on && !engine->target && unlikely(engine->barred)) {
		engine->statistics.rejected++;
		return -EPERM;
	}

	if (on && request->policy == EMRELAY_REJECT) {
		bool busy = engine->free_ns == U64_MAX &&
			    !(engine->target && engine->past.coil);

		if (busy || emrelay_engine_ready_ns(engine, now_ns)) {
			engine->statistics.rejected++;
			return busy ? -EBUSY : -EAGAIN;
		}
	}

	if (emrelay_engine_pending(engine) && emrelay_engine_requested(engine))
		engine->statistics.coalesced++;

	engine->target = on;
	engine->source = request->source;
	engine->pulse_ns = pulse ? request->pulse_ns : 0;
	engine->pulse_end_ns = emrelay_time_add(now_ns, engine->pulse_ns);
	engine->watchdog_end_ns = emrelay_time_add(now_ns, engine->watchdog_ns);

	engine->fresh = true;
	engine->statistics.accepted++;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_request);

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
		engine->maybe_on = true;
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
 * emrelay_engine_unsure_ns - when, if the last attempt to drive it failed?
 * @engine: the engine, which is unsure
 * @on: the level
 *
 * The coil may be where it was, or where the attempt was to bring it: what is
 * legal is so in both cases, as what it did before the attempt allowed that.
 *
 * Context: Any. Pure.
 * Return: as emrelay_engine_legal_ns().
 */
u64 emrelay_engine_unsure_ns(const struct emrelay_engine *engine, bool on)
{
	const struct emrelay_limits *limits = &engine->limits;
	struct emrelay_past tried = engine->past;

	tried.coil = engine->attempt;
	tried.moved = true;
	tried.edge_ns = engine->failed_ns;

	/* The same attempt again is no other edge than that one was. */
	if (on == engine->attempt)
		return max(emrelay_limit_settled_ns(limits, &tried),
			   emrelay_time_add(engine->failed_ns, EMRELAY_RETRY_NS));

	return emrelay_limit_edge_ns(limits, &tried, on);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_unsure_ns);

/* An on that its own watchdog ends before, or when, its moment comes never is. */
static u64 emrelay_engine_until_ns(const struct emrelay_engine *engine,
				   u64 moment_ns, u64 watchdog_end_ns, u64 now_ns)
{
	if (engine->watchdog_ns && moment_ns > now_ns &&
	    moment_ns >= watchdog_end_ns)
		return U64_MAX;

	return emrelay_time_left(moment_ns, now_ns);
}

/**
 * emrelay_engine_wait_ns - how long until the coil follows the target?
 * @engine: the engine
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: ns, 0 if it does or could at once; U64_MAX if it will not, or if that
 * is not known, as it depends on others.
 */
u64 emrelay_engine_wait_ns(const struct emrelay_engine *engine, u64 now_ns)
{
	if (!emrelay_engine_pending(engine))
		return 0;

	return emrelay_engine_until_ns(engine,
				       emrelay_engine_moment_ns(engine,
								engine->target),
				       emrelay_engine_watched(engine) ?
				       engine->watchdog_end_ns : U64_MAX, now_ns);
}
EXPORT_SYMBOL_IF_KUNIT(emrelay_engine_wait_ns);

/**
 * emrelay_engine_ready_ns - how long would an on have to wait?
 * @engine: the engine
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: ns, 0 if an on would be carried out at once or the coil is on;
 * U64_MAX if it would not be at all, or if that is not known, as it depends on
 * others.
 */
u64 emrelay_engine_ready_ns(const struct emrelay_engine *engine, u64 now_ns)
{
	if (engine->past.coil && !engine->unsure)
		return 0;

	return emrelay_engine_until_ns(engine,
				       emrelay_engine_moment_ns(engine, true),
				       emrelay_time_add(now_ns, engine->watchdog_ns),
				       now_ns);
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
