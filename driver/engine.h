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
 * @target: what the coil should do, the last accepted request
 * @source: who asked for @target
 * @unsure: the last attempt to drive the line failed; what became of the coil
 *	is not known
 * @attempt: the level that attempt was for, if @unsure
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
	bool target;
	u8 source;
	bool unsure;
	bool attempt;
};

/**
 * struct emrelay_action - what the engine wants done
 * @drive: drive the coil now, to @on, because of @source
 * @on: level of the coil, if @drive
 * @source: who asked for it, if @drive
 * @wake_ns: otherwise: decide again at this moment; U64_MAX: nothing pending
 */
struct emrelay_action {
	bool drive;
	bool on;
	enum emrelay_source source;
	u64 wake_ns;
};

void emrelay_engine_bind(struct emrelay_engine *engine,
			 const struct emrelay_limits *limits, bool found,
			 bool target, u64 now_ns);
int emrelay_engine_request(struct emrelay_engine *engine,
			   const struct emrelay_request *request, u64 now_ns);
struct emrelay_action emrelay_engine_decide(struct emrelay_engine *engine,
					    u64 now_ns);
void emrelay_engine_edge(struct emrelay_engine *engine, bool on, u64 now_ns);
void emrelay_engine_failed(struct emrelay_engine *engine, bool on, u64 now_ns);
void emrelay_engine_release(struct emrelay_engine *engine,
			    enum emrelay_source source);
void emrelay_engine_set_watchdog(struct emrelay_engine *engine, u64 watchdog_ns,
				 u64 now_ns);
bool emrelay_engine_pending(const struct emrelay_engine *engine);
bool emrelay_engine_energised(const struct emrelay_engine *engine);
u64 emrelay_engine_legal_ns(const struct emrelay_engine *engine, bool on);
u64 emrelay_engine_settled_ns(const struct emrelay_engine *engine);
enum emrelay_contact emrelay_engine_contact(const struct emrelay_engine *engine,
					    u64 now_ns);
u64 emrelay_engine_wait_ns(const struct emrelay_engine *engine, u64 now_ns);
u64 emrelay_engine_ready_ns(const struct emrelay_engine *engine, u64 now_ns);
u64 emrelay_engine_pulse_left_ns(const struct emrelay_engine *engine,
				 u64 now_ns);

#endif
