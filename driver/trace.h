/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM emrelay

#if !defined(EMRELAY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define EMRELAY_TRACE_H

#include <linux/string_helpers.h>
#include <linux/tracepoint.h>

#include "emrelay.h"

/* A request was accepted or refused; wait_ns: until the coil follows. */
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
			     __field(u64, wait_ns)),
	    TP_fast_assign(memcpy(__get_str(relay), dev_name(&channel->dev),
				  __get_dynamic_array_len(relay));
			   __entry->op = request->op;
			   __entry->source = request->source;
			   __entry->result = result;
			   __entry->now_ns = now_ns;
			   __entry->wait_ns =
				emrelay_engine_wait_ns(&channel->life->engine,
						       now_ns);),
	    TP_printk("relay=%s op=%s why=%s ns=%llu result=%d wait_ns=%llu",
		      __get_str(relay), emrelay_op_names[__entry->op],
		      emrelay_source_names[__entry->source], __entry->now_ns,
		      __entry->result, __entry->wait_ns)
);

/* The coil was driven. */
TRACE_EVENT(emrelay_coil,
	    TP_PROTO(const struct emrelay_channel *channel, bool on,
		     enum emrelay_source source, u64 now_ns),
	    TP_ARGS(channel, on, source, now_ns),
	    TP_STRUCT__entry(__dynamic_array(char, relay,
					     strlen(dev_name(&channel->dev)) + 1)
			     __field(bool, on)
			     __field(u8, source)
			     __field(u64, now_ns)
			     __field(u64, cycle)),
	    TP_fast_assign(memcpy(__get_str(relay), dev_name(&channel->dev),
				  __get_dynamic_array_len(relay));
			   __entry->on = on;
			   __entry->source = source;
			   __entry->now_ns = now_ns;
			   __entry->cycle =
				emrelay_wear_cycles(&channel->life->wear);),
	    TP_printk("relay=%s coil=%s why=%s ns=%llu cycle=%llu",
		      __get_str(relay), str_on_off(__entry->on),
		      emrelay_source_names[__entry->source], __entry->now_ns,
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
	    TP_printk("relay=%s contact=%s ns=%llu", __get_str(relay),
		      emrelay_contact_names[__entry->contact], __entry->now_ns)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
