// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the timeline as a value change dump (IEEE 1364), for GTKWave and
 * PulseView. For the latter's sake requests are strobes (it refuses a file with
 * a variable of the type "event"), every name has its relay's in it (it may drop
 * scopes), and the contact is there in single bits, too (it may drop vectors).
 */
#include <ctype.h>
#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "timeline.h"
#include "tools.h"

#define STROBE_NS	NS_PER_US

struct change {
	long long ns;
	size_t seq;
	size_t var;
	int value;
};

struct var {
	int bits;
	int initial;
};

struct dump {
	const struct view *view;
	struct var *vars;
	size_t nr_vars;
	size_t room_vars;
	struct change *changes;
	size_t nr;
	size_t room;
};

static size_t add_var(struct dump *dump, int bits, int initial)
{
	dump->vars = grow(dump->vars, dump->nr_vars, &dump->room_vars, sizeof(*dump->vars));
	dump->vars[dump->nr_vars] = (struct var){ .bits = bits, .initial = initial };
	return dump->nr_vars++;
}

static void add_change(struct dump *dump, size_t var, long long ns, int value)
{
	if (ns < dump->view->from || ns > dump->view->to)
		return;
	dump->changes = grow(dump->changes, dump->nr, &dump->room, sizeof(*dump->changes));
	dump->changes[dump->nr] = (struct change){ ns, dump->nr, var, value };
	dump->nr++;
}

/* One bit changes from each contact state to the next. */
static int gray(int state)
{
	return state == UNKNOWN ? UNKNOWN : state ^ (state >> 1);
}

static int closed(int state)
{
	return state == UNKNOWN ? UNKNOWN : state == CONTACT_CLOSED;
}

static int moving(int state)
{
	return state == UNKNOWN ? UNKNOWN : state == CONTACT_CLOSING || state == CONTACT_OPENING;
}

static int same(int state)
{
	return state;
}

static void add_wave(struct dump *dump, const struct wave *wave, int bits, int (*code)(int state))
{
	int value = code(wave_at(wave, dump->view->from - 1));
	size_t var = add_var(dump, bits, value);

	for (size_t i = wave_after(wave, dump->view->from - 1); i < wave->nr; i++) {
		if (code(wave->edges[i].value) != value) {
			value = code(wave->edges[i].value);
			add_change(dump, var, wave->edges[i].ns, value);
		}
	}
}

static void add_strobe(struct dump *dump, size_t var, long long ns, long long length)
{
	if (!length)
		return;
	add_change(dump, var, ns, 1);
	add_change(dump, var, ns + length, 0);
}

/* A strobe that the next one follows closely gets shorter, so that both are seen. */
static void add_requests(struct dump *dump, const struct relay *relay, bool refused)
{
	const struct request *last = NULL;
	size_t var = add_var(dump, 1, 0);

	for (size_t i = 0; i < relay->nr_requests; i++) {
		const struct request *request = &relay->requests[i];

		if (is_refused(request) != refused)
			continue;
		if (last) {
			long long room = (request->ns - last->ns) / 2;

			add_strobe(dump, var, last->ns, room < STROBE_NS ? room : STROBE_NS);
		}
		last = request;
	}
	if (last)
		add_strobe(dump, var, last->ns, STROBE_NS);
}

static void add_relay(struct dump *dump, const struct relay *relay)
{
	add_requests(dump, relay, false);
	add_requests(dump, relay, true);
	add_wave(dump, &relay->coil, 1, same);
	add_wave(dump, &relay->contact, 2, gray);
	add_wave(dump, &relay->contact, 1, closed);
	add_wave(dump, &relay->contact, 1, moving);
	if (relay->line != UNKNOWN)
		add_wave(dump, &relay->wire, 1, same);
	if (relay->sense.nr)
		add_wave(dump, &relay->sense, 1, same);
	if (relay->fault.nr)
		add_wave(dump, &relay->fault, 1, same);
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* --- writing -------------------------------------------------------------- */

static const char *id_of(size_t var, char id[16])
{
	char *p = id;

	do {
		*p++ = (char)('!' + var % 94);
		var /= 94;
	} while (var);
	*p = '\0';
	return id;
}

static void write_value(FILE *out, const struct dump *dump, size_t var, int value)
{
	char id[16];

	id_of(var, id);
	if (dump->vars[var].bits == 1)
		fprintf(out, "%c%s\n", value == UNKNOWN ? 'x' : '0' + value, id);
	else if (value == UNKNOWN)
		fprintf(out, "bx %s\n", id);
	else
		fprintf(out, "b%d%d %s\n", value >> 1, value & 1, id);
}

static int compare_prefixes(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The relay's name as an identifier that viewers take, and no other relay's. */
static const char *prefix_of(const char *name, void **prefixes)
{
	char *prefix = malloc(strlen(name) + 32);
	char **node;
	char *p;

	if (!prefix)
		err(EXIT_FAILURE, NULL);
	sprintf(prefix, "%s%s", isdigit((unsigned char)*name) ? "_" : "", name);
	for (p = prefix; *p; p++)
		if ((*p & 0x80) || !isalnum((unsigned char)*p))
			*p = '_';
	for (size_t i = 1; tfind(prefix, prefixes, compare_prefixes); i++)
		sprintf(p, "_%zu", i);
	node = tsearch(prefix, prefixes, compare_prefixes);
	if (!node)
		err(EXIT_FAILURE, NULL);
	return *node;
}

static void declare(FILE *out, size_t *var, int bits, const char *prefix, const char *name)
{
	char id[16];

	fprintf(out, "$var wire %d %s %s_%s $end\n", bits, id_of(*var, id), prefix, name);
	(*var)++;
}

/* In the order in which add_relay() made them. */
static void declare_relay(FILE *out, size_t *var, const struct relay *relay, void **prefixes)
{
	const char *prefix = prefix_of(relay->name, prefixes);

	declare(out, var, 1, prefix, "request");
	declare(out, var, 1, prefix, "refused");
	declare(out, var, 1, prefix, "coil");
	declare(out, var, 2, prefix, "contact [1:0]");
	declare(out, var, 1, prefix, "contact_closed");
	declare(out, var, 1, prefix, "contact_moving");
	if (relay->line != UNKNOWN)
		declare(out, var, 1, prefix, "wire");
	if (relay->sense.nr)
		declare(out, var, 1, prefix, "sense");
	if (relay->fault.nr)
		declare(out, var, 1, prefix, "fault");
}

static void write_header(FILE *out, const struct view *view)
{
	const struct timeline *timeline = view->timeline;
	void *prefixes = NULL;
	size_t var = 0;

	fputs("$version relay-timeline (emrelay) " EMRELAY_VERSION " $end\n", out);
	fputs("$comment\n", out);
	fputs("Times are CLOCK_BOOTTIME. contact: 00 open, 01 closing, 11 closed, 10 opening.\n",
	      out);
	if (view->alignment) {
		fputs("wire: the coil's line seen from outside, 1 energises.\n", out);
		print_alignment(out, view->alignment, "\n");
		fputc('\n', out);
	}
	fputs("$end\n$timescale 1 ns $end\n$scope module relays $end\n", out);
	for (size_t i = 0; i < timeline->nr; i++)
		declare_relay(out, &var, timeline->relays[i], &prefixes);
	fputs("$upscope $end\n$enddefinitions $end\n", out);
	tdestroy(prefixes, free);
}

void write_vcd(FILE *out, const struct view *view)
{
	struct dump dump = { .view = view };
	long long now = view->from;

	for (size_t i = 0; i < view->timeline->nr; i++)
		add_relay(&dump, view->timeline->relays[i]);
	if (dump.nr)
		qsort(dump.changes, dump.nr, sizeof(*dump.changes), compare_changes);

	write_header(out, view);
	fprintf(out, "#%lld\n$dumpvars\n", now);
	for (size_t i = 0; i < dump.nr_vars; i++)
		write_value(out, &dump, i, dump.vars[i].initial);
	fputs("$end\n", out);
	for (size_t i = 0; i < dump.nr; i++) {
		const struct change *change = &dump.changes[i];

		if (change->ns != now)
			fprintf(out, "#%lld\n", change->ns);
		now = change->ns;
		write_value(out, &dump, change->var, change->value);
	}
	if (now != view->to)
		fprintf(out, "#%lld\n", view->to);

	free(dump.vars);
	free(dump.changes);
}
