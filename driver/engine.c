// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine of one relay. See engine.h.
 */
#include "engine.h"

/**
 * emrelay_spacing_ns - even spacing of a switching frequency
 * @cycles_per_minute: highest switching frequency, at least 1
 *
 * Rounded up: with it, no 60 s window, wherever it starts, ever holds more
 * than @cycles_per_minute energisations.
 *
 * Context: Any. Pure.
 * Return: least time between two energisations in ns.
 */
u64 emrelay_spacing_ns(u32 cycles_per_minute)
{
	return div_u64(60000000000ULL + cycles_per_minute - 1, cycles_per_minute);
}

/**
 * emrelay_engine_bind - start with a relay as it is found
 * @engine: the engine; all zero for a relay never seen before, else as it was
 *	left when the driver was unbound
 * @limits: what ratings and settings demand
 * @found: the coil is energised
 * @target: what it should be
 * @now_ns: the time
 *
 * What is not known counts as just happened: a relay never seen before, or
 * found otherwise than it was left, had its last edge at @now_ns, and its last
 * release, unless a record has that. Where an attempt to drive the line failed, the
 * coil may have moved then.
 *
 * Context: Any. Pure.
 */
void emrelay_engine_bind(struct emrelay_engine *engine, const struct emrelay_limits *limits,
			 bool found, bool target, u64 now_ns)
{
	struct emrelay_past *past = &engine->past;

	if (!emrelay_engine_energised(engine))
		past->on_since_ns = now_ns;
	if (!past->known || past->coil != found) {
		past->edge_ns = now_ns;
		if (past->known || !past->released_ns)
			past->released_ns = now_ns;
	} else if (engine->unsure) {
		past->edge_ns = engine->failed_ns;
		past->released_ns = engine->failed_ns;
	}
	past->rest_ns = 0;
	past->known = true;
	past->coil = found;

	*engine = (struct emrelay_engine) {
		.limits = *limits,
		.past = *past,
		.statistics = engine->statistics,
		.source = EMRELAY_BY_PROBE,
		.target = target,
		.pulse_ns = target ? limits->momentary_ns : 0,
	};
	engine->expiry_ns = emrelay_time_add(now_ns, engine->pulse_ns ?: limits->watchdog_ns);
}

/**
 * emrelay_engine_set - choose other limits
 * @engine: the engine
 * @limits: what ratings and settings demand from now on
 * @now_ns: the time, from which a watchdog that is new counts
 *
 * Follow with emrelay_engine_decide().
 *
 * Context: Any. Pure.
 */
void emrelay_engine_set(struct emrelay_engine *engine, const struct emrelay_limits *limits,
			u64 now_ns)
{
	if (limits->watchdog_ns != engine->limits.watchdog_ns && !engine->pulse_ns)
		engine->expiry_ns = emrelay_time_add(now_ns, limits->watchdog_ns);
	engine->limits = *limits;
}

/*
 * When does an on end by itself that is not asked for again? A pulse does, and one
 * that lasts and is not renewed.
 */
static u64 emrelay_engine_expiry_ns(const struct emrelay_engine *engine)
{
	if (engine->pulse_ns)
		return engine->past.coil ? engine->expiry_ns : U64_MAX;
	return engine->target && engine->limits.watchdog_ns ? engine->expiry_ns : U64_MAX;
}

/**
 * emrelay_engine_end_ns - when does the clock turn the target off?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: the moment, which may have come; U64_MAX if never.
 */
u64 emrelay_engine_end_ns(const struct emrelay_engine *engine)
{
	u64 end_ns = emrelay_engine_expiry_ns(engine);

	if (engine->target && engine->limits.max_on_ns && emrelay_engine_energised(engine))
		return min(end_ns, emrelay_time_add(engine->past.on_since_ns,
						    engine->limits.max_on_ns));
	return end_ns;
}

/**
 * emrelay_engine_advance - turn the target off if the clock says so
 * @engine: the engine
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: when the clock will; U64_MAX if never, or if it just did.
 */
u64 emrelay_engine_advance(struct emrelay_engine *engine, u64 now_ns)
{
	u64 end_ns = emrelay_engine_end_ns(engine);

	if (now_ns < end_ns)
		return end_ns;

	emrelay_engine_release(engine, end_ns < emrelay_engine_expiry_ns(engine) ?
				       EMRELAY_BY_MAX_ON : engine->pulse_ns ?
				       EMRELAY_BY_PULSE : EMRELAY_BY_WATCHDOG);
	return U64_MAX;
}

/**
 * emrelay_engine_request - accept or refuse a request
 * @engine: the engine, emrelay_engine_advance() called for this moment
 * @request: the request
 * @free_ns: the moment from which on other relays let one be energised that is
 *	asked now; 0 if it shares nothing, U64_MAX: not known
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
 * * -EBUSY	- likewise; time alone will not, as another relay is in the way
 * * @engine->refuse - refused whatever the policy
 */
int emrelay_engine_request(struct emrelay_engine *engine, const struct emrelay_request *request,
			   u64 free_ns, u64 now_ns)
{
	const struct emrelay_limits *limits = &engine->limits;
	bool pulse = request->op == EMRELAY_PULSE;
	bool on, busy;
	u64 pulse_ns = 0;
	int ret = 0;

	if (pulse && request->pulse_ns < limits->close_ns)
		return -EINVAL;

	on = request->op == EMRELAY_TOGGLE ? !engine->target : request->op != EMRELAY_OFF;
	if (on)
		pulse_ns = pulse ? request->pulse_ns : limits->momentary_ns;

	/* The same again: an on that lasts is renewed, a momentary one is not. */
	if (on == engine->target && !pulse && (!pulse_ns || engine->pulse_ns)) {
		if (!pulse_ns) {
			engine->pulse_ns = 0;
			engine->expiry_ns = emrelay_time_add(now_ns, limits->watchdog_ns);
		}
		engine->statistics.accepted++;
		return 0;
	}

	busy = free_ns == U64_MAX && !(engine->target && engine->past.coil);
	if (on && engine->refuse && !engine->target)
		ret = engine->refuse;
	else if (on && request->policy == EMRELAY_REJECT &&
		 (busy || emrelay_engine_ready_ns(engine, free_ns, now_ns)))
		ret = busy ? -EBUSY : -EAGAIN;
	if (ret) {
		engine->statistics.rejected++;
		return ret;
	}

	if (emrelay_engine_pending(engine) && emrelay_engine_requested(engine))
		engine->statistics.coalesced++;

	engine->target = on;
	engine->source = request->source;
	engine->pulse_ns = pulse_ns;
	engine->expiry_ns = emrelay_time_add(now_ns, pulse_ns ?: limits->watchdog_ns);
	engine->fresh = true;
	engine->statistics.accepted++;
	return 0;
}

/* When may the coil be driven to the target, by what other relays say, too? */
static u64 emrelay_engine_moment_ns(const struct emrelay_engine *engine)
{
	u64 legal_ns = emrelay_engine_legal_ns(engine, engine->target);

	return engine->target ? max(legal_ns, engine->free_ns) : legal_ns;
}

/**
 * emrelay_engine_decide - what is to be done now?
 * @engine: the engine
 * @now_ns: the time
 *
 * Looks only at the state and the time, so that it may be asked as often as
 * one likes, early or late. If it wants the coil driven, do it, report with
 * emrelay_engine_driven(), and ask again.
 *
 * Context: Any. Pure.
 * Return: 0 if the coil is to be driven to @engine->target now; else the moment at
 * which to decide again, U64_MAX if nothing is pending.
 */
u64 emrelay_engine_decide(struct emrelay_engine *engine, u64 now_ns)
{
	u64 wake_ns = emrelay_engine_advance(engine, now_ns);

	if (emrelay_engine_pending(engine)) {
		u64 moment_ns = emrelay_engine_moment_ns(engine);

		wake_ns = now_ns < moment_ns ? min(wake_ns, moment_ns) : 0;
		if (engine->fresh && wake_ns)
			engine->statistics.deferred++;
	}
	engine->fresh = false;
	return wake_ns;
}

/**
 * emrelay_engine_driven - the coil was driven, or its line was looked at
 * @engine: the engine
 * @on: the level that the line was to get; where it was looked at, the one it had
 * @level: the level that it has, negative: not known
 * @now_ns: the time after the line had changed, never before: all limits count
 *	from here
 *
 * A line that does not have the level it was to get is driven again: after 100 ms,
 * then after twice that, up to 10 s. A bus that reports an error may have carried
 * out the order all the same. Where the line does not tell, the coil is taken to be
 * where it was until an attempt succeeds, and all limits count from here as well.
 *
 * Context: Any. Pure.
 */
void emrelay_engine_driven(struct emrelay_engine *engine, bool on, int level, u64 now_ns)
{
	struct emrelay_past *past = &engine->past;
	bool known = level >= 0, high = known ? level : on;
	bool moved = !known || engine->unsure || high != past->coil;

	if (high && moved) {
		if (!emrelay_engine_energised(engine))
			past->on_since_ns = now_ns;
		past->cycled = true;
		past->energised_ns = now_ns;
	}
	engine->unsure = !known;
	engine->maybe_on = !known && (engine->maybe_on || on);
	if (known && high == on) {
		engine->tries = 0;
	} else {
		engine->tries = engine->attempt != on ? 1 :
				min(engine->tries + 1, EMRELAY_TRIES_MAX);
		engine->attempt = on;
		engine->failed_ns = now_ns;
	}
	if (!known || !moved)
		return;

	past->coil = high;
	past->edge_ns = now_ns;
	past->rest_ns = 0;
	if (high && engine->pulse_ns)
		engine->expiry_ns = emrelay_time_add(now_ns, engine->pulse_ns);
	if (!high)
		past->released_ns = now_ns;
}

/**
 * emrelay_engine_release - turn the target off without a request
 * @engine: the engine
 * @source: why
 *
 * Context: Any. Pure.
 */
void emrelay_engine_release(struct emrelay_engine *engine, enum emrelay_source source)
{
	engine->target = false;
	engine->source = source;
	engine->pulse_ns = 0;
	engine->fresh = false;
}

/**
 * emrelay_engine_stop - is the coil to be released, as the driver or the system
 *	stops?
 * @engine: the engine
 * @source: EMRELAY_BY_SUSPEND, EMRELAY_BY_UNBIND or EMRELAY_BY_SHUTDOWN
 * @retain: a coil that is to be on for good stays so
 *
 * Turns the target off, but that of an on that lasts and is to be retained. A
 * pulse, or an on that a watchdog or max_on_ns would end, is not retained, as
 * nothing would end it later. May be called again after each attempt to drive the
 * line.
 *
 * Context: Any. Pure.
 * Return: true if the coil is to be driven off; emrelay_engine_wait_ns() says
 * when that may be done, which is not delayed by min_on_ns.
 */
bool emrelay_engine_stop(struct emrelay_engine *engine, enum emrelay_source source, bool retain)
{
	if (retain && engine->target && !engine->pulse_ns &&
	    !engine->limits.watchdog_ns && !engine->limits.max_on_ns)
		return false;

	emrelay_engine_release(engine, source);
	/* There is no time for growing gaps. */
	if (engine->tries)
		engine->tries = 1;
	return emrelay_engine_pending(engine);
}

/**
 * emrelay_engine_spaced_ns - when does the rate limit allow an energisation?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: the first moment, 0 if any is.
 */
u64 emrelay_engine_spaced_ns(const struct emrelay_engine *engine)
{
	return engine->past.cycled ? emrelay_time_add(engine->past.energised_ns,
						      engine->limits.spacing_ns) : 0;
}

/* When may a line be driven again to the level that it did not get? */
static u64 emrelay_engine_retry_ns(const struct emrelay_engine *engine, bool on)
{
	if (!engine->tries || engine->attempt != on)
		return 0;

	return emrelay_time_add(engine->failed_ns, min(EMRELAY_RETRY_NS << (engine->tries - 1),
						       EMRELAY_RETRY_MAX_NS));
}

/**
 * emrelay_engine_legal_ns - when may the coil be driven to a level?
 * @engine: the engine
 * @on: the level
 *
 * Its own limits only: what other relays say is in @engine->free_ns. Where the
 * last attempt failed the coil may be where it was, or where the attempt was to
 * bring it: what is legal is so in both cases, as what the coil did before
 * allowed the attempt.
 *
 * Context: Any. Pure.
 * Return: the first legal moment.
 */
u64 emrelay_engine_legal_ns(const struct emrelay_engine *engine, bool on)
{
	const struct emrelay_limits *limits = &engine->limits;
	bool coil = engine->unsure ? engine->attempt : engine->past.coil;
	u64 edge_ns = engine->unsure ? engine->failed_ns : engine->past.edge_ns;
	u64 legal_ns = emrelay_time_add(edge_ns, coil ? limits->close_ns : limits->open_ns);

	legal_ns = max3(legal_ns, engine->past.rest_ns, emrelay_engine_retry_ns(engine, on));
	/* The same attempt again is no other edge than that one was; one that repairs is none. */
	if (engine->tries && on == coil)
		return legal_ns;

	/* Suspend, unbind and shutdown do not wait for min_on_ns. */
	if (!on && coil && engine->source < EMRELAY_BY_SUSPEND)
		legal_ns = max(legal_ns, emrelay_time_add(edge_ns, limits->min_on_ns));
	if (on && !coil)
		legal_ns = max(legal_ns, emrelay_time_add(engine->unsure ? edge_ns :
							  engine->past.released_ns,
							  limits->min_off_ns));
	if (on)
		legal_ns = max(legal_ns, emrelay_engine_spaced_ns(engine));
	return legal_ns;
}

/**
 * emrelay_engine_settled_ns - when does the contact's travel end?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: the moment from which on the contact is at rest.
 */
u64 emrelay_engine_settled_ns(const struct emrelay_engine *engine)
{
	const struct emrelay_past *past = &engine->past;

	return max(past->rest_ns,
		   emrelay_time_add(past->edge_ns, past->coil ? engine->limits.close_ns :
								engine->limits.open_ns));
}

/* How long to a moment? U64_MAX if the clock ends the on before, or then. */
static u64 emrelay_engine_until_ns(u64 moment_ns, u64 end_ns, u64 now_ns)
{
	if (moment_ns > now_ns && moment_ns >= end_ns)
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
 * is not known, as it depends on other relays.
 */
u64 emrelay_engine_wait_ns(const struct emrelay_engine *engine, u64 now_ns)
{
	if (!emrelay_engine_pending(engine))
		return 0;

	return emrelay_engine_until_ns(emrelay_engine_moment_ns(engine),
				       emrelay_engine_end_ns(engine), now_ns);
}

/**
 * emrelay_engine_ready_ns - how long would an on have to wait?
 * @engine: the engine
 * @free_ns: as for emrelay_engine_request()
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: ns, 0 if an on would be carried out at once or the coil is on;
 * U64_MAX if it would be refused or never carried out, or if that is not known,
 * as it depends on other relays.
 */
u64 emrelay_engine_ready_ns(const struct emrelay_engine *engine, u64 free_ns, u64 now_ns)
{
	const struct emrelay_limits *limits = &engine->limits;
	u64 end_ns = U64_MAX;

	if (engine->past.coil && !engine->unsure)
		return 0;
	if (engine->refuse && !engine->target)
		return U64_MAX;
	if (limits->watchdog_ns && !limits->momentary_ns)
		end_ns = emrelay_time_add(now_ns, limits->watchdog_ns);

	return emrelay_engine_until_ns(max(emrelay_engine_legal_ns(engine, true), free_ns),
				       end_ns, now_ns);
}

/**
 * emrelay_engine_pulse_left_ns - what is left of the pulse?
 * @engine: the engine
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: ns to the end of a running pulse, the whole length of one that
 * waits for its energisation, 0 if there is none.
 */
u64 emrelay_engine_pulse_left_ns(const struct emrelay_engine *engine, u64 now_ns)
{
	if (!engine->pulse_ns || !engine->past.coil)
		return engine->pulse_ns;

	return emrelay_time_left(engine->expiry_ns, now_ns);
}

/**
 * emrelay_engine_contact - where is the contact?
 * @engine: the engine
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: its state, from the coil's last edge and the time since.
 */
enum emrelay_contact emrelay_engine_contact(const struct emrelay_engine *engine, u64 now_ns)
{
	if (now_ns < emrelay_engine_settled_ns(engine))
		return engine->past.coil ? EMRELAY_CLOSING : EMRELAY_OPENING;
	return engine->past.coil ? EMRELAY_CLOSED : EMRELAY_OPEN;
}
