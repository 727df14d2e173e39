/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine of one relay: which request is accepted, what the coil should do
 * now, and when to look again. What it shares with others is arbiter.c's
 * business. Pure: plain structs and the time go in, what to do comes out; who
 * locks, drives and waits is channel.c's business.
 *
 * The order of use: emrelay_engine_bind() once, then
 * emrelay_engine_request() for what someone asks and emrelay_engine_decide()
 * after each request and each time it asked for, and
 * emrelay_engine_edge() after the coil was driven as decided.
 */
#ifndef EMRELAY_ENGINE_H
#define EMRELAY_ENGINE_H

#include "compat.h"
#include "limit.h"

/* A line whose driver reports an error (a bus that fails) is tried again so often. */
#define EMRELAY_RETRY_NS	100000000ULL

/**
 * enum emrelay_source - who wants something of a relay
 * @EMRELAY_BY_PROBE: the default-state of the firmware node
 * @EMRELAY_BY_SYSFS: a write to a file in /sys/class/relay
 * @EMRELAY_BY_GPIO: a consumer of the GPIO line
 * @EMRELAY_BY_LED: the LED class device: brightness or a trigger
 * @EMRELAY_BY_PULSE: the end of a pulse
 * @EMRELAY_BY_WATCHDOG: the end of an on that was not renewed in time
 * @EMRELAY_BY_INTERLOCK: another relay of its group, to be energised itself
 * @EMRELAY_BY_UNBIND: the driver lets go of the relay
 * @EMRELAY_BY_SHUTDOWN: the system goes down
 */
enum emrelay_source {
	EMRELAY_BY_PROBE,
	EMRELAY_BY_SYSFS,
	EMRELAY_BY_GPIO,
	EMRELAY_BY_LED,
	EMRELAY_BY_PULSE,
	EMRELAY_BY_WATCHDOG,
	EMRELAY_BY_INTERLOCK,
	EMRELAY_BY_UNBIND,
	EMRELAY_BY_SHUTDOWN,
};

/**
 * enum emrelay_op - what can be requested
 * @EMRELAY_OFF: release the coil
 * @EMRELAY_ON: energise the coil, lasting
 * @EMRELAY_TOGGLE: the opposite of the present target
 * @EMRELAY_PULSE: energise the coil for a time
 */
enum emrelay_op {
	EMRELAY_OFF,
	EMRELAY_ON,
	EMRELAY_TOGGLE,
	EMRELAY_PULSE,
};

/**
 * enum emrelay_policy - what becomes of a request that may not be carried out
 *	yet
 * @EMRELAY_DEFER: it is kept and carried out at the first legal moment
 * @EMRELAY_REJECT: it fails; an off is deferred all the same
 */
enum emrelay_policy {
	EMRELAY_DEFER,
	EMRELAY_REJECT,
};

/**
 * enum emrelay_contact - state of the contact, as far as time tells it
 * @EMRELAY_OPEN: open and at rest
 * @EMRELAY_CLOSING: the coil was energised, the contact travels or bounces
 * @EMRELAY_CLOSED: closed and at rest
 * @EMRELAY_OPENING: the coil was released, the contact travels or bounces
 */
enum emrelay_contact {
	EMRELAY_OPEN,
	EMRELAY_CLOSING,
	EMRELAY_CLOSED,
	EMRELAY_OPENING,
};

/**
 * struct emrelay_request - one request
 * @op: what is wanted
 * @source: by whom
 * @policy: what to do if it cannot be carried out yet
 * @pulse_ns: length of an EMRELAY_PULSE, unused otherwise
 */
struct emrelay_request {
	enum emrelay_op op;
	enum emrelay_source source;
	enum emrelay_policy policy;
	u64 pulse_ns;
};

/**
 * struct emrelay_statistics - what became of the requests
 * @requests: all of them; @accepted + @rejected
 * @accepted: became, or already were, the target
 * @deferred: of @accepted, those that had to wait for their legal moment
 * @coalesced: requests that a newer one replaced before their moment came
 * @rejected: failed, and changed nothing
 */
struct emrelay_statistics {
	u64 requests;
	u64 accepted;
	u64 deferred;
	u64 coalesced;
	u64 rejected;
};

/**
 * struct emrelay_engine - the engine's state of one relay
 * @limits: what the ratings demand
 * @past: what the coil did
 * @free_ns: when those with whom it shares something let it be energised, as
 *	arbiter.c has it; 0 if it shares nothing, U64_MAX: not known
 * @pulse_ns: length of the pulse that @target is part of, 0 if it lasts
 * @pulse_end_ns: end of that pulse; valid while the coil is energised for it
 * @watchdog_ns: a lasting on that is not renewed for so long ends; 0: it does not
 * @watchdog_end_ns: when that is; valid while there is such an on
 * @failed_ns: when driving the line failed, if @unsure
 * @statistics: what became of the requests
 * @shared: it shares something with others, who have a say in @free_ns
 * @target: what the coil should do, the last accepted request
 * @fresh: nothing was decided yet since that request
 * @source: who asked for @target
 * @unsure: the last attempt to drive the line failed; what became of the coil
 *	is not known
 * @attempt: the level that attempt was for, if @unsure
 * @maybe_on: an attempt to energise the coil failed, and none to drive it since
 *	succeeded
 * @barred: the relay is worn, and then not to be energised any more
 */
struct emrelay_engine {
	struct emrelay_limits limits;
	struct emrelay_past past;
	u64 free_ns;
	u64 pulse_ns;
	u64 pulse_end_ns;
	u64 watchdog_ns;
	u64 watchdog_end_ns;
	u64 failed_ns;
	struct emrelay_statistics statistics;
	bool shared;
	bool target;
	bool fresh;
	u8 source;
	bool unsure;
	bool attempt;
	bool maybe_on;
	bool barred;
};

/**
 * struct emrelay_action - what the engine wants done
 * @wake_ns: decide again at this moment, unless @drive; U64_MAX: nothing pending
 * @drive: drive the coil now, to @on, because of @source
 * @on: level of the coil, if @drive
 * @source: who asked for it, if @drive
 */
struct emrelay_action {
	u64 wake_ns;
	bool drive;
	bool on;
	u8 source;
};

void emrelay_engine_bind(struct emrelay_engine *engine,
			 const struct emrelay_limits *limits, bool found,
			 bool target, u64 now_ns);
int emrelay_engine_request(struct emrelay_engine *engine,
			   const struct emrelay_request *request, u64 now_ns);
void emrelay_engine_failed(struct emrelay_engine *engine, bool on, u64 now_ns);
void emrelay_engine_release(struct emrelay_engine *engine,
			    enum emrelay_source source);
void emrelay_engine_set_watchdog(struct emrelay_engine *engine, u64 watchdog_ns,
				 u64 now_ns);
u64 emrelay_engine_unsure_ns(const struct emrelay_engine *engine, bool on);
u64 emrelay_engine_wait_ns(const struct emrelay_engine *engine, u64 now_ns);
u64 emrelay_engine_ready_ns(const struct emrelay_engine *engine, u64 now_ns);
u64 emrelay_engine_pulse_left_ns(const struct emrelay_engine *engine,
				 u64 now_ns);

/**
 * emrelay_engine_pending - is the coil to be driven?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: true if it does not follow the target, or may not.
 */
static inline bool emrelay_engine_pending(const struct emrelay_engine *engine)
{
	return engine->unsure || engine->target != engine->past.coil;
}

/* Did someone ask for the target, or did it come about otherwise? */
static inline bool emrelay_engine_requested(const struct emrelay_engine *engine)
{
	return engine->source >= EMRELAY_BY_SYSFS && engine->source <= EMRELAY_BY_LED;
}

/**
 * emrelay_engine_legal_ns - when may the coil be driven to a level?
 * @engine: the engine
 * @on: the level
 *
 * Its own limits only: what others say is in @engine->free_ns.
 *
 * Context: Any. Pure.
 * Return: the first legal moment, 0 if any moment is.
 */
static inline u64 emrelay_engine_legal_ns(const struct emrelay_engine *engine,
					  bool on)
{
	if (unlikely(engine->unsure))
		return emrelay_engine_unsure_ns(engine, on);

	return emrelay_limit_edge_ns(&engine->limits, &engine->past, on);
}

/* When the coil may be driven, if others have no objection either. */
static inline u64 emrelay_engine_moment_ns(const struct emrelay_engine *engine,
					   bool on)
{
	u64 legal_ns = emrelay_engine_legal_ns(engine, on);

	return on ? max(legal_ns, engine->free_ns) : legal_ns;
}

static inline bool emrelay_engine_pulsing(const struct emrelay_engine *engine)
{
	return engine->pulse_ns && engine->past.coil;
}

/* A pulse ends by itself; an on that lasts has to be renewed. */
static inline bool emrelay_engine_watched(const struct emrelay_engine *engine)
{
	return engine->watchdog_ns && engine->target && !engine->pulse_ns;
}

/* What the clock asks for. */
static inline void emrelay_engine_advance(struct emrelay_engine *engine, u64 now_ns)
{
	if (emrelay_engine_pulsing(engine) && now_ns >= engine->pulse_end_ns)
		emrelay_engine_release(engine, EMRELAY_BY_PULSE);
	else if (emrelay_engine_watched(engine) &&
		 now_ns >= engine->watchdog_end_ns)
		emrelay_engine_release(engine, EMRELAY_BY_WATCHDOG);
}

/**
 * emrelay_engine_energised - must the coil be taken for energised?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: true if it is, or if an attempt to energise it may have succeeded.
 */
static inline bool emrelay_engine_energised(const struct emrelay_engine *engine)
{
	return engine->past.coil || engine->maybe_on;
}

/**
 * emrelay_engine_settled_ns - when does the contact's travel end?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: the moment from which on the contact is at rest; 0 if it has been
 * ever since anyone watched.
 */
static inline u64 emrelay_engine_settled_ns(const struct emrelay_engine *engine)
{
	return emrelay_limit_settled_ns(&engine->limits, &engine->past);
}

/**
 * emrelay_engine_contact - where is the contact?
 * @engine: the engine
 * @now_ns: the time
 *
 * Context: Any. Pure.
 * Return: its state, from the coil's last edge and the time since.
 */
static inline enum emrelay_contact
emrelay_engine_contact(const struct emrelay_engine *engine, u64 now_ns)
{
	const struct emrelay_past *past = &engine->past;

	if (now_ns < emrelay_engine_settled_ns(engine))
		return past->coil ? EMRELAY_CLOSING : EMRELAY_OPENING;
	return past->coil ? EMRELAY_CLOSED : EMRELAY_OPEN;
}

/**
 * emrelay_engine_edge - the coil was driven
 * @engine: the engine
 * @on: its new level
 * @now_ns: the time after the line had changed, never before: all limits
 *	count from here
 *
 * Context: Any. Pure.
 */
static inline void emrelay_engine_edge(struct emrelay_engine *engine, bool on,
				       u64 now_ns)
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
	engine->maybe_on = false;
}

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
static __always_inline struct emrelay_action
emrelay_engine_decide(struct emrelay_engine *engine, u64 now_ns)
{
	struct emrelay_action action = { .wake_ns = U64_MAX };

	emrelay_engine_advance(engine, now_ns);

	if (emrelay_engine_pending(engine)) {
		action.wake_ns = emrelay_engine_moment_ns(engine, engine->target);
		action.drive = now_ns >= action.wake_ns;
		action.on = engine->target;
		action.source = engine->source;
		if (engine->fresh && !action.drive)
			engine->statistics.deferred++;
	}
	engine->fresh = false;
	if (emrelay_engine_pulsing(engine))
		action.wake_ns = min(action.wake_ns, engine->pulse_end_ns);
	if (emrelay_engine_watched(engine))
		action.wake_ns = min(action.wake_ns, engine->watchdog_end_ns);
	return action;
}

#endif
