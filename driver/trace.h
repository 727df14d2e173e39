/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM emrelay

#if !defined(EMRELAY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define EMRELAY_TRACE_H

#include <linux/string_helpers.h>
#include <linux/tracepoint.h>

#include "channel.h"

/* A request was accepted or refused; wait_ns: until the coil may follow; -1: unknown. */
TRACE_EVENT(emrelay_request,
	    TP_PROTO(const struct emrelay_channel *channel, const struct emrelay_request *request,
		     u64 now_ns, int result),
	    TP_ARGS(channel, request, now_ns, result),
	    TP_STRUCT__entry(__string(relay, dev_name(&channel->dev))
			     __string(op, emrelay_op_names[request->op])
			     __string(source, emrelay_source_names[request->source])
			     __field(int, result) __field(u64, now_ns) __field(s64, wait_ns)),
	    TP_fast_assign(emrelay_assign_str(relay, dev_name(&channel->dev));
			   emrelay_assign_str(op, emrelay_op_names[request->op]);
			   emrelay_assign_str(source, emrelay_source_names[request->source]);
			   __entry->now_ns = now_ns;
			   __entry->result = result;
			   __entry->wait_ns =
				    emrelay_engine_wait_ns(&channel->memory->engine, now_ns);),
	    TP_printk("relay=%s op=%s source=%s now_ns=%llu result=%d wait_ns=%lld",
		      __get_str(relay), __get_str(op), __get_str(source),
		      __entry->now_ns, __entry->result, __entry->wait_ns)
);

/* The coil was driven to another level. */
TRACE_EVENT(emrelay_coil,
	    TP_PROTO(const struct emrelay_channel *channel, bool coil, enum emrelay_source source,
		     u64 now_ns),
	    TP_ARGS(channel, coil, source, now_ns),
	    TP_STRUCT__entry(__string(relay, dev_name(&channel->dev))
			     __string(coil, str_on_off(coil))
			     __string(source, emrelay_source_names[source])
			     __field(u64, now_ns) __field(u64, cycle)),
	    TP_fast_assign(emrelay_assign_str(relay, dev_name(&channel->dev));
			   emrelay_assign_str(coil, str_on_off(coil));
			   emrelay_assign_str(source, emrelay_source_names[source]);
			   __entry->now_ns = now_ns;
			   __entry->cycle = emrelay_wear_cycles(&channel->memory->account.wear);),
	    TP_printk("relay=%s coil=%s source=%s now_ns=%llu cycle=%llu", __get_str(relay),
		      __get_str(coil), __get_str(source), __entry->now_ns, __entry->cycle)
);

/* The contact came to another state. */
TRACE_EVENT(emrelay_contact,
	    TP_PROTO(const struct emrelay_channel *channel, enum emrelay_contact contact,
		     u64 now_ns),
	    TP_ARGS(channel, contact, now_ns),
	    TP_STRUCT__entry(__string(relay, dev_name(&channel->dev))
			     __string(contact, emrelay_contact_names[contact])
			     __field(u64, now_ns)),
	    TP_fast_assign(emrelay_assign_str(relay, dev_name(&channel->dev));
			   emrelay_assign_str(contact, emrelay_contact_names[contact]);
			   __entry->now_ns = now_ns;),
	    TP_printk("relay=%s contact=%s now_ns=%llu",
		      __get_str(relay), __get_str(contact), __entry->now_ns)
);

/* A fault was set or cleared; evidence: the errno it was set with. */
TRACE_EVENT(emrelay_fault,
	    TP_PROTO(const struct emrelay_channel *channel, enum emrelay_fault fault, bool set,
		     int evidence, enum emrelay_contact contact, u64 now_ns),
	    TP_ARGS(channel, fault, set, evidence, contact, now_ns),
	    TP_STRUCT__entry(__string(relay, dev_name(&channel->dev))
			     __string(fault, emrelay_fault_names[fault])
			     __string(contact, emrelay_contact_names[contact])
			     __field(bool, set) __field(int, evidence) __field(u64, ns)
			     __field(u64, cycle)),
	    TP_fast_assign(emrelay_assign_str(relay, dev_name(&channel->dev));
			   emrelay_assign_str(fault, emrelay_fault_names[fault]);
			   emrelay_assign_str(contact, emrelay_contact_names[contact]);
			   __entry->set = set;
			   __entry->evidence = evidence;
			   __entry->ns = now_ns;
			   __entry->cycle = emrelay_wear_cycles(&channel->memory->account.wear);),
	    TP_printk("relay=%s fault=%s set=%d evidence=%d contact=%s ns=%llu cycle=%llu",
		      __get_str(relay), __get_str(fault), __entry->set, __entry->evidence,
		      __get_str(contact), __entry->ns, __entry->cycle)
);

/* The line that reads a contact back changed; one of each edge. */
TRACE_EVENT(emrelay_sense,
	    TP_PROTO(const struct emrelay_channel *channel, bool active, u64 now_ns),
	    TP_ARGS(channel, active, now_ns),
	    TP_STRUCT__entry(__string(relay, dev_name(&channel->dev))
			     __field(bool, active)
			     __field(u64, now_ns)),
	    TP_fast_assign(emrelay_assign_str(relay, dev_name(&channel->dev));
			   __entry->active = active;
			   __entry->now_ns = now_ns;),
	    TP_printk("relay=%s active=%d now_ns=%llu", __get_str(relay), __entry->active,
		      __entry->now_ns)
);

/* A contact was measured: operate, release; or did not close: misfire. */
TRACE_EVENT(emrelay_measured,
	    TP_PROTO(const struct emrelay_channel *channel, const char *what, u64 took_ns,
		     u64 bounce_ns, u64 now_ns),
	    TP_ARGS(channel, what, took_ns, bounce_ns, now_ns),
	    TP_STRUCT__entry(__string(relay, dev_name(&channel->dev))
			     __string(what, what)
			     __field(u64, took_ns)
			     __field(u64, bounce_ns)
			     __field(u64, now_ns)),
	    TP_fast_assign(emrelay_assign_str(relay, dev_name(&channel->dev));
			   emrelay_assign_str(what, what);
			   __entry->took_ns = took_ns;
			   __entry->bounce_ns = bounce_ns;
			   __entry->now_ns = now_ns;),
	    TP_printk("relay=%s what=%s took_ns=%llu bounce_ns=%llu now_ns=%llu", __get_str(relay),
		      __get_str(what), __entry->took_ns, __entry->bounce_ns, __entry->now_ns)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
