/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM emrelay

#if !defined(EMRELAY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define EMRELAY_TRACE_H

#include <linux/tracepoint.h>

#include "emrelay.h"

/* As text in the format too, for programs that decode the raw events. */
TRACE_DEFINE_ENUM(EMRELAY_OFF);
TRACE_DEFINE_ENUM(EMRELAY_ON);
TRACE_DEFINE_ENUM(EMRELAY_TOGGLE);
TRACE_DEFINE_ENUM(EMRELAY_PULSE);

#define emrelay_show_op(op)				\
	__print_symbolic(op,				\
			 { EMRELAY_OFF, "off" },	\
			 { EMRELAY_ON, "on" },		\
			 { EMRELAY_TOGGLE, "toggle" },	\
			 { EMRELAY_PULSE, "pulse" })

TRACE_DEFINE_ENUM(EMRELAY_BY_PROBE);
TRACE_DEFINE_ENUM(EMRELAY_BY_SYSFS);
TRACE_DEFINE_ENUM(EMRELAY_BY_GPIO);
TRACE_DEFINE_ENUM(EMRELAY_BY_LED);
TRACE_DEFINE_ENUM(EMRELAY_BY_PULSE);
TRACE_DEFINE_ENUM(EMRELAY_BY_WATCHDOG);
TRACE_DEFINE_ENUM(EMRELAY_BY_INTERLOCK);
TRACE_DEFINE_ENUM(EMRELAY_BY_UNBIND);
TRACE_DEFINE_ENUM(EMRELAY_BY_SHUTDOWN);

#define emrelay_show_source(source)				\
	__print_symbolic(source,				\
			 { EMRELAY_BY_PROBE, "probe" },		\
			 { EMRELAY_BY_SYSFS, "sysfs" },		\
			 { EMRELAY_BY_GPIO, "gpio" },		\
			 { EMRELAY_BY_LED, "led" },		\
			 { EMRELAY_BY_PULSE, "pulse" },		\
			 { EMRELAY_BY_WATCHDOG, "watchdog" },	\
			 { EMRELAY_BY_INTERLOCK, "interlock" },	\
			 { EMRELAY_BY_UNBIND, "unbind" },	\
			 { EMRELAY_BY_SHUTDOWN, "shutdown" })

TRACE_DEFINE_ENUM(EMRELAY_OPEN);
TRACE_DEFINE_ENUM(EMRELAY_CLOSING);
TRACE_DEFINE_ENUM(EMRELAY_CLOSED);
TRACE_DEFINE_ENUM(EMRELAY_OPENING);

#define emrelay_show_contact(contact)				\
	__print_symbolic(contact,				\
			 { EMRELAY_OPEN, "open" },		\
			 { EMRELAY_CLOSING, "closing" },	\
			 { EMRELAY_CLOSED, "closed" },		\
			 { EMRELAY_OPENING, "opening" })

/* A request was accepted or refused; wait_ns: until the coil may follow; -1: unknown. */
TRACE_EVENT(emrelay_request,
	    TP_PROTO(const struct emrelay_channel *channel,
		     const struct emrelay_request *request, u64 now_ns,
		     int result),
	    TP_ARGS(channel, request, now_ns, result),
	    TP_STRUCT__entry(__dynamic_array(char, relay,
					     strlen(dev_name(&channel->dev)) + 1)
			     __field(u8, op)
			     __field(u8, source)
			     __field(int, result)
			     __field(u64, now_ns)
			     __field(s64, wait_ns)),
	    TP_fast_assign(memcpy(__get_str(relay), dev_name(&channel->dev),
				  __get_dynamic_array_len(relay));
			   __entry->op = request->op;
			   __entry->source = request->source;
			   __entry->result = result;
			   __entry->now_ns = now_ns;
			   __entry->wait_ns =
				emrelay_arbiter_wait_ns(&channel->bank->arbiter,
							channel->index, now_ns);),
	    TP_printk("relay=%s op=%s source=%s now_ns=%llu result=%d wait_ns=%lld",
		      __get_str(relay), emrelay_show_op(__entry->op),
		      emrelay_show_source(__entry->source), __entry->now_ns,
		      __entry->result, __entry->wait_ns)
);

/* The coil was driven. */
TRACE_EVENT(emrelay_coil,
	    TP_PROTO(const struct emrelay_channel *channel, bool on,
		     enum emrelay_source source, u64 now_ns),
	    TP_ARGS(channel, on, source, now_ns),
	    TP_STRUCT__entry(__dynamic_array(char, relay,
					     strlen(dev_name(&channel->dev)) + 1)
			     __field(bool, coil)
			     __field(u8, source)
			     __field(u64, now_ns)
			     __field(u64, cycle)),
	    TP_fast_assign(memcpy(__get_str(relay), dev_name(&channel->dev),
				  __get_dynamic_array_len(relay));
			   __entry->coil = on;
			   __entry->source = source;
			   __entry->now_ns = now_ns;
			   __entry->cycle =
				emrelay_wear_cycles(&channel->life->record.wear);),
	    TP_printk("relay=%s coil=%s source=%s now_ns=%llu cycle=%llu",
		      __get_str(relay),
		      __print_symbolic(__entry->coil, { 0, "off" }, { 1, "on" }),
		      emrelay_show_source(__entry->source), __entry->now_ns,
		      __entry->cycle)
);

/* The contact came to another state. */
TRACE_EVENT(emrelay_contact,
	    TP_PROTO(const struct emrelay_channel *channel,
		     enum emrelay_contact contact, u64 now_ns),
	    TP_ARGS(channel, contact, now_ns),
	    TP_STRUCT__entry(__dynamic_array(char, relay,
					     strlen(dev_name(&channel->dev)) + 1)
			     __field(u8, contact)
			     __field(u64, now_ns)),
	    TP_fast_assign(memcpy(__get_str(relay), dev_name(&channel->dev),
				  __get_dynamic_array_len(relay));
			   __entry->contact = contact;
			   __entry->now_ns = now_ns;),
	    TP_printk("relay=%s contact=%s now_ns=%llu", __get_str(relay),
		      emrelay_show_contact(__entry->contact), __entry->now_ns)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
