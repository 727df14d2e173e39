/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM emrelay

#if !defined(EMRELAY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define EMRELAY_TRACE_H

#include <linux/tracepoint.h>

#include "channel.h"

/* As text in the format too, for programs that decode the raw events. */
#define EMRELAY_OPS						\
	EM(EMRELAY_OFF, "off")					\
	EM(EMRELAY_ON, "on")					\
	EM(EMRELAY_TOGGLE, "toggle")				\
	EMe(EMRELAY_PULSE, "pulse")

#define EMRELAY_SOURCES						\
	EM(EMRELAY_BY_PROBE, "probe")				\
	EM(EMRELAY_BY_SYSFS, "sysfs")				\
	EM(EMRELAY_BY_GPIO, "gpio")				\
	EM(EMRELAY_BY_LED, "led")				\
	EM(EMRELAY_BY_PULSE, "pulse")				\
	EM(EMRELAY_BY_WATCHDOG, "watchdog")			\
	EM(EMRELAY_BY_MAX_ON, "max-on")				\
	EM(EMRELAY_BY_INTERLOCK, "interlock")			\
	EM(EMRELAY_BY_SUSPEND, "suspend")			\
	EM(EMRELAY_BY_UNBIND, "unbind")				\
	EMe(EMRELAY_BY_SHUTDOWN, "shutdown")

#define EMRELAY_CONTACTS					\
	EM(EMRELAY_OPEN, "open")				\
	EM(EMRELAY_CLOSING, "closing")				\
	EM(EMRELAY_CLOSED, "closed")				\
	EMe(EMRELAY_OPENING, "opening")

#define EMRELAY_FAULT_WORDS					\
	EM(EMRELAY_FAULT_STORE, "store")			\
	EMe(EMRELAY_FAULT_DRIVE, "drive")

#undef EM
#undef EMe
#define EM(value, word)		TRACE_DEFINE_ENUM(value);
#define EMe(value, word)	TRACE_DEFINE_ENUM(value);
EMRELAY_OPS
EMRELAY_SOURCES
EMRELAY_CONTACTS
EMRELAY_FAULT_WORDS
#undef EM
#undef EMe
#define EM(value, word)		{ value, word },
#define EMe(value, word)	{ value, word }

/* A request was accepted or refused; wait_ns: until the coil may follow; -1: unknown. */
TRACE_EVENT(emrelay_request,
	    TP_PROTO(const struct emrelay_channel *channel,
		     const struct emrelay_request *request, u64 now_ns,
		     int result),
	    TP_ARGS(channel, request, now_ns, result),
	    TP_STRUCT__entry(__string(relay, dev_name(&channel->dev))
			     __field(u8, op)
			     __field(u8, source)
			     __field(int, result)
			     __field(u64, now_ns)
			     __field(s64, wait_ns)),
	    TP_fast_assign(emrelay_assign_str(relay, dev_name(&channel->dev));
			   __entry->op = request->op;
			   __entry->source = request->source;
			   __entry->result = result;
			   __entry->now_ns = now_ns;
			   __entry->wait_ns =
				emrelay_engine_wait_ns(&channel->memory->engine,
						       now_ns);),
	    TP_printk("relay=%s op=%s source=%s now_ns=%llu result=%d wait_ns=%lld",
		      __get_str(relay), __print_symbolic(__entry->op, EMRELAY_OPS),
		      __print_symbolic(__entry->source, EMRELAY_SOURCES),
		      __entry->now_ns, __entry->result, __entry->wait_ns)
);

/* The coil was driven to another level. */
TRACE_EVENT(emrelay_coil,
	    TP_PROTO(const struct emrelay_channel *channel, bool coil,
		     enum emrelay_source source, u64 now_ns),
	    TP_ARGS(channel, coil, source, now_ns),
	    TP_STRUCT__entry(__string(relay, dev_name(&channel->dev))
			     __field(bool, coil)
			     __field(u8, source)
			     __field(u64, now_ns)
			     __field(u64, cycle)),
	    TP_fast_assign(emrelay_assign_str(relay, dev_name(&channel->dev));
			   __entry->coil = coil;
			   __entry->source = source;
			   __entry->now_ns = now_ns;
			   __entry->cycle =
				emrelay_wear_cycles(&channel->memory->account.wear);),
	    TP_printk("relay=%s coil=%s source=%s now_ns=%llu cycle=%llu",
		      __get_str(relay),
		      __print_symbolic(__entry->coil, { 0, "off" }, { 1, "on" }),
		      __print_symbolic(__entry->source, EMRELAY_SOURCES),
		      __entry->now_ns, __entry->cycle)
);

/* The contact came to another state. */
TRACE_EVENT(emrelay_contact,
	    TP_PROTO(const struct emrelay_channel *channel,
		     enum emrelay_contact contact, u64 now_ns),
	    TP_ARGS(channel, contact, now_ns),
	    TP_STRUCT__entry(__string(relay, dev_name(&channel->dev))
			     __field(u8, contact)
			     __field(u64, now_ns)),
	    TP_fast_assign(emrelay_assign_str(relay, dev_name(&channel->dev));
			   __entry->contact = contact;
			   __entry->now_ns = now_ns;),
	    TP_printk("relay=%s contact=%s now_ns=%llu", __get_str(relay),
		      __print_symbolic(__entry->contact, EMRELAY_CONTACTS),
		      __entry->now_ns)
);

/* A fault was set or cleared; evidence: the errno it was set with. */
TRACE_EVENT(emrelay_fault,
	    TP_PROTO(const struct emrelay_channel *channel,
		     enum emrelay_fault fault, bool set, int evidence, u64 now_ns),
	    TP_ARGS(channel, fault, set, evidence, now_ns),
	    TP_STRUCT__entry(__string(relay, dev_name(&channel->dev))
			     __field(u8, fault)
			     __field(bool, set)
			     __field(int, evidence)
			     __field(u64, now_ns)),
	    TP_fast_assign(emrelay_assign_str(relay, dev_name(&channel->dev));
			   __entry->fault = fault;
			   __entry->set = set;
			   __entry->evidence = evidence;
			   __entry->now_ns = now_ns;),
	    TP_printk("relay=%s fault=%s set=%d evidence=%d now_ns=%llu",
		      __get_str(relay),
		      __print_symbolic(__entry->fault, EMRELAY_FAULT_WORDS),
		      __entry->set, __entry->evidence, __entry->now_ns)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
