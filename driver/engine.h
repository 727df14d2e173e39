/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine of one relay: which request is accepted, what the coil should do
 * now, and when to decide again. What the relay shares with others is
 * arbiter.c's business. Pure: plain structs and the time go in, what to do
 * comes out; who locks, drives and waits is channel.c's business. All times
 * are nanoseconds on one monotonic clock (CLOCK_BOOTTIME in the driver,
 * anything in a test).
 *
 * The order of use: emrelay_engine_bind() once; then emrelay_engine_advance() and
 * emrelay_engine_request() for what is asked, emrelay_engine_decide() after each
 * request and at each moment it named, and emrelay_engine_driven() after the line
 * was driven as decided.
 */
#ifndef EMRELAY_ENGINE_H
#define EMRELAY_ENGINE_H

#include "compat.h"

/* A line that does not follow is driven again after this time, then after twice that, up to: */
#define EMRELAY_RETRY_NS	100000000ULL
#define EMRELAY_RETRY_MAX_NS	10000000000ULL
#define EMRELAY_TRIES_MAX	8

/**
 * enum emrelay_source - who wants something of a relay
 * @EMRELAY_BY_PROBE: the default-state of the firmware node
 * @EMRELAY_BY_SYSFS: a write to a file in /sys/class/relay
 * @EMRELAY_BY_GPIO: a consumer of the GPIO line
 * @EMRELAY_BY_LED: the LED class device: brightness or a trigger
 * @EMRELAY_BY_PULSE: the end of a pulse
 * @EMRELAY_BY_WATCHDOG: the end of an on that was not renewed in time
 * @EMRELAY_BY_MAX_ON: the coil was energised for as long as it may be
 * @EMRELAY_BY_INTERLOCK: another relay of its group, to be energised itself
 * @EMRELAY_BY_LINE: nobody; the line was found to be so
 * @EMRELAY_BY_FAULT: a fault of its contact, or of that of another one of its group
 * @EMRELAY_BY_SUSPEND: the system goes to sleep
 * @EMRELAY_BY_UNBIND: the driver is unbound
 * @EMRELAY_BY_SHUTDOWN: the system goes down
 *
 * From EMRELAY_BY_SUSPEND on a release does not wait for min_on_ns.
 */
enum emrelay_source {
	EMRELAY_BY_PROBE, EMRELAY_BY_SYSFS, EMRELAY_BY_GPIO, EMRELAY_BY_LED,
	EMRELAY_BY_PULSE, EMRELAY_BY_WATCHDOG, EMRELAY_BY_MAX_ON, EMRELAY_BY_INTERLOCK,
	EMRELAY_BY_LINE, EMRELAY_BY_FAULT, EMRELAY_BY_SUSPEND, EMRELAY_BY_UNBIND,
	EMRELAY_BY_SHUTDOWN,
};

/**
 * enum emrelay_op - what can be requested
 * @EMRELAY_OFF: release the coil
 * @EMRELAY_ON: energise the coil, lasting unless the relay is momentary
 * @EMRELAY_TOGGLE: the opposite of the present target
 * @EMRELAY_PULSE: energise the coil for a time
 */
enum emrelay_op { EMRELAY_OFF, EMRELAY_ON, EMRELAY_TOGGLE, EMRELAY_PULSE };

/**
 * enum emrelay_policy - what becomes of a request that may not be carried out
 *	yet
 * @EMRELAY_DEFER: it is kept and carried out at the first legal moment
 * @EMRELAY_REJECT: it fails; an off is deferred all the same
 */
enum emrelay_policy { EMRELAY_DEFER, EMRELAY_REJECT };

/**
 * enum emrelay_contact - state of the contact, as far as time tells it
 * @EMRELAY_OPEN: open and at rest
 * @EMRELAY_CLOSING: the coil was energised, the contact travels or bounces
 * @EMRELAY_CLOSED: closed and at rest
 * @EMRELAY_OPENING: the coil was released, the contact travels or bounces
 */
enum emrelay_contact { EMRELAY_OPEN, EMRELAY_CLOSING, EMRELAY_CLOSED, EMRELAY_OPENING };

/**
 * struct emrelay_limits - what ratings and settings demand, as times in ns
 * @close_ns: contact travel after energisation: operate time + bounce time
 * @open_ns: contact travel after release: release time + bounce time
 * @spacing_ns: least time between two energisations at the present load class
 * @min_on_ns: least time from energisation to release (dwell)
 * @min_off_ns: least time from release to energisation (dwell)
 * @max_on_ns: the target goes off so long after the energisation; 0: never
 * @momentary_ns: an on is a pulse of this length; 0: it lasts
 * @watchdog_ns: an on that lasts and is not renewed for so long ends; 0: never
 */
struct emrelay_limits {
	u64 close_ns;
	u64 open_ns;
	u64 spacing_ns;
	u64 min_on_ns;
	u64 min_off_ns;
	u64 max_on_ns;
	u64 momentary_ns;
	u64 watchdog_ns;
};

/**
 * struct emrelay_past - what a relay's mechanics and contacts remember
 * @edge_ns: time of the last coil edge; valid if @known
 * @rest_ns: until when the contact travels, as it is seen, if that is longer than it is
 *	rated for; 0: nobody sees it
 * @released_ns: time of the last release, from which limits.min_off_ns counts; valid
 *	while the coil is released; before the first bind 0 unless a record has it
 * @energised_ns: time of the last energising edge, or of an attempt at one that
 *	failed; 0 unless @cycled
 * @on_since_ns: since when the coil is energised, or may be; valid if it is
 * @known: a driver was bound to the relay before
 * @cycled: the coil was energised since the first bind, or a record says when
 * @coil: the coil is driven
 */
struct emrelay_past {
	u64 edge_ns;
	u64 rest_ns;
	u64 released_ns;
	u64 energised_ns;
	u64 on_since_ns;
	bool known;
	bool cycled;
	bool coil;
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
 * @accepted: became, or already were, the target
 * @deferred: of @accepted, those that had to wait for their legal moment
 * @coalesced: requests that a newer one replaced before their moment came
 * @rejected: failed, and changed nothing
 * @withdrawn: targets that a fault of a contact ended
 */
struct emrelay_statistics {
	u64 accepted;
	u64 deferred;
	u64 coalesced;
	u64 rejected;
	u64 withdrawn;
};

/**
 * struct emrelay_engine - the engine's state of one relay
 * @limits: what ratings and settings demand
 * @past: what the coil did
 * @free_ns: the moment from which on other relays let it be energised, as
 *	arbiter.c has it; 0 if it shares nothing, U64_MAX: not known
 * @pulse_ns: length of the pulse that @target is part of, 0 if it lasts
 * @expiry_ns: end of that pulse, valid while the coil is energised for it; else of an
 *	on that is not renewed, if limits.watchdog_ns
 * @failed_ns: when the line was found not to follow, if @tries
 * @statistics: what became of the requests
 * @refuse: negative errno that a request to energise a relay that is to be off
 *	fails with, 0: none
 * @source: who asked for @target
 * @target: what the coil should do, the last accepted request
 * @fresh: nothing was decided yet since that request
 * @tries: how often in a row the line did not get the level @attempt, 0: it follows;
 *	no further than EMRELAY_TRIES_MAX
 * @attempt: the level that the line did not get, if @tries
 * @unsure: what became of the coil at the last attempt is not known
 * @maybe_on: an attempt to energise the coil failed, and none to drive it since
 *	succeeded
 */
struct emrelay_engine {
	struct emrelay_limits limits;
	struct emrelay_past past;
	u64 free_ns;
	u64 pulse_ns;
	u64 expiry_ns;
	u64 failed_ns;
	struct emrelay_statistics statistics;
	int refuse;
	u8 source;
	bool target;
	bool fresh;
	u8 tries;
	bool attempt;
	bool unsure;
	bool maybe_on;
};

u64 emrelay_spacing_ns(u32 cycles_per_minute);
void emrelay_engine_bind(struct emrelay_engine *engine, const struct emrelay_limits *limits,
			 bool found, bool target, u64 now_ns);
void emrelay_engine_set(struct emrelay_engine *engine, const struct emrelay_limits *limits,
			u64 now_ns);
u64 emrelay_engine_end_ns(const struct emrelay_engine *engine);
u64 emrelay_engine_advance(struct emrelay_engine *engine, u64 now_ns);
int emrelay_engine_request(struct emrelay_engine *engine, const struct emrelay_request *request,
			   u64 free_ns, u64 now_ns);
u64 emrelay_engine_decide(struct emrelay_engine *engine, u64 now_ns);
void emrelay_engine_driven(struct emrelay_engine *engine, bool on, int level, u64 now_ns);
void emrelay_engine_release(struct emrelay_engine *engine, enum emrelay_source source);
bool emrelay_engine_stop(struct emrelay_engine *engine, enum emrelay_source source, bool retain);
u64 emrelay_engine_legal_ns(const struct emrelay_engine *engine, bool on);
u64 emrelay_engine_settled_ns(const struct emrelay_engine *engine);
u64 emrelay_engine_spaced_ns(const struct emrelay_engine *engine);
u64 emrelay_engine_wait_ns(const struct emrelay_engine *engine, u64 now_ns);
u64 emrelay_engine_ready_ns(const struct emrelay_engine *engine, u64 free_ns, u64 now_ns);
u64 emrelay_engine_pulse_left_ns(const struct emrelay_engine *engine, u64 now_ns);
enum emrelay_contact emrelay_engine_contact(const struct emrelay_engine *engine, u64 now_ns);

/**
 * emrelay_time_add - add two times, saturating
 * @a_ns: a time
 * @b_ns: a time
 *
 * Context: Any. Pure.
 * Return: the sum, or U64_MAX ("never") where it does not fit.
 */
static inline u64 emrelay_time_add(u64 a_ns, u64 b_ns)
{
	return a_ns > U64_MAX - b_ns ? U64_MAX : a_ns + b_ns;
}

/**
 * emrelay_time_left - time until a moment
 * @until_ns: the moment
 * @now_ns: the present
 *
 * Context: Any. Pure.
 * Return: nanoseconds from @now_ns to @until_ns, 0 once that has come; U64_MAX
 * ("never") stays that.
 */
static inline u64 emrelay_time_left(u64 until_ns, u64 now_ns)
{
	if (until_ns == U64_MAX)
		return U64_MAX;

	return until_ns > now_ns ? until_ns - now_ns : 0;
}

/**
 * emrelay_engine_pending - is the coil to be driven?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: true if it does not follow the target, or may not.
 */
static inline bool emrelay_engine_pending(const struct emrelay_engine *engine)
{
	return engine->tries || engine->target != engine->past.coil;
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
 * emrelay_engine_requested - did someone ask for the target?
 * @engine: the engine
 *
 * Context: Any. Pure.
 * Return: false if the clock, another relay or a bind brought it about.
 */
static inline bool emrelay_engine_requested(const struct emrelay_engine *engine)
{
	return engine->source >= EMRELAY_BY_SYSFS && engine->source <= EMRELAY_BY_LED;
}

#endif
