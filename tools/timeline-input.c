// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the driver's tracepoints as text and the outside edge log.
 *
 * Traces come from consoles and pipes: what is not ours is skipped, what is
 * ours and damaged is reported with its line and skipped, the order is free.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "timeline.h"

/* Keeps every sum and difference of two times within a long long. */
#define NS_MAX		(LLONG_MAX / 4)
#define REPORTS_MAX	10
#define WORD_SIZE	32

struct reader {
	const char *path;
	FILE *file;
	char *line;
	size_t size;
	size_t line_nr;
	size_t reports;
	bool whole;		/* the line ends in a newline */
};

static void open_reader(struct reader *reader, const char *path)
{
	*reader = (struct reader){ .path = path, .file = stdin };
	if (!strcmp(path, "-")) {
		reader->path = "standard input";
		return;
	}
	reader->file = fopen(path, "re");
	if (!reader->file)
		err(EXIT_FAILURE, "%s", path);
}

static bool next_line(struct reader *reader)
{
	ssize_t len = getline(&reader->line, &reader->size, reader->file);

	if (len < 0)
		return false;
	reader->line_nr++;
	reader->whole = reader->line[len - 1] == '\n';
	while (len && (reader->line[len - 1] == '\n' || reader->line[len - 1] == '\r'))
		reader->line[--len] = '\0';
	return true;
}

static void report(struct reader *reader, const char *what)
{
	if (reader->reports++ < REPORTS_MAX)
		warnx("%s:%zu: %s", reader->path, reader->line_nr, what);
}

static void close_reader(struct reader *reader)
{
	if (ferror(reader->file))
		err(EXIT_FAILURE, "%s", reader->path);
	if (reader->reports > REPORTS_MAX)
		warnx("%s: %zu more lines like these", reader->path,
		      reader->reports - REPORTS_MAX);
	if (reader->file != stdin)
		fclose(reader->file);
	free(reader->line);
}

/* --- texts ---------------------------------------------------------------- */

/* Length of the UTF-8 character at p, or 0 if a terminal or XML cannot have it. */
static size_t printable(const unsigned char *p)
{
	unsigned int code;
	size_t len;

	if (*p < 0x80)
		return *p >= ' ' && *p != 0x7f;
	if (*p < 0xc0 || *p >= 0xf8)
		return 0;
	len = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	code = *p & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	switch (len) {
	case 2:
		return code < 0xa0 ? 0 : len;
	case 3:
		return code < 0x800 || (code >= 0xd800 && code < 0xe000) || code > 0xfffd ? 0 : len;
	default:
		return code < 0x10000 || code > 0x10ffff ? 0 : len;
	}
}

/* What cannot be printed becomes a question mark. */
char *copy_printable(const char *text)
{
	char *copy = malloc(strlen(text) + 1);
	char *to = copy;

	if (!copy)
		err(EXIT_FAILURE, NULL);
	while (*text) {
		size_t len = printable((const unsigned char *)text);

		if (len) {
			memcpy(to, text, len);
			to += len;
			text += len;
		} else {
			*to++ = '?';
			text++;
		}
	}
	*to = '\0';
	return copy;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* One copy of each text, however often it comes. */
static const char *keep_word(struct timeline *timeline, const char *word)
{
	char *copy = copy_printable(word);
	char **node = tsearch(copy, &timeline->words, compare_words);

	if (!node)
		err(EXIT_FAILURE, NULL);
	if (*node != copy)
		free(copy);
	return *node;
}

/* --- relays --------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct relay *)a)->name, ((const struct relay *)b)->name);
}

struct relay *find_relay(struct timeline *timeline, const char *name)
{
	struct relay key = { .name = (char *)name };
	struct relay **node = tfind(&key, &timeline->by_name, compare_names);
	struct relay *relay;

	if (node)
		return *node;

	relay = calloc(1, sizeof(*relay));
	if (!relay)
		err(EXIT_FAILURE, NULL);
	relay->name = strdup(name);
	if (!relay->name)
		err(EXIT_FAILURE, NULL);
	relay->shown = copy_printable(name);
	relay->line = UNKNOWN;
	relay->coil.states = 2;
	relay->wire.states = 2;
	relay->sense.states = 2;
	relay->fault.states = 2;
	relay->contact.states = 4;
	if (!tsearch(relay, &timeline->by_name, compare_names))
		err(EXIT_FAILURE, NULL);
	timeline->relays = grow(timeline->relays, timeline->nr, &timeline->room,
				sizeof(*timeline->relays));
	timeline->relays[timeline->nr++] = relay;
	return relay;
}

/* --- the trace ------------------------------------------------------------ */

/* The text after " key=" up to the next space. */
static bool get_word(const char *fields, const char *key, char word[WORD_SIZE])
{
	const char *p = strstr(fields, key);
	size_t len;

	if (!p)
		return false;
	p += strlen(key);
	len = strcspn(p, " ");
	if (!len || len >= WORD_SIZE)
		return false;
	memcpy(word, p, len);
	word[len] = '\0';
	return true;
}

static bool get_number(const char *fields, const char *key, long long *number)
{
	char word[WORD_SIZE];
	char *end;

	if (!get_word(fields, key, word) || isspace((unsigned char)*word))
		return false;
	errno = 0;
	*number = strtoll(word, &end, 10);
	return !errno && !*end;
}

static bool get_time(const char *fields, const char *key, long long *ns)
{
	return get_number(fields, key, ns) && *ns >= 0 && *ns <= NS_MAX;
}

static bool get_wait(const char *fields, const char *key, long long *ns)
{
	return get_number(fields, key, ns) && (*ns == UNKNOWN || (*ns >= 0 && *ns <= NS_MAX));
}

static int find_word(const char *word, const char *const *words, int nr)
{
	for (int i = 0; i < nr; i++)
		if (!strcmp(word, words[i]))
			return i;
	return UNKNOWN;
}

static bool take_request(struct timeline *timeline, const char *name, const char *fields)
{
	static const char *const ops[] = { "on", "off", "toggle", "pulse" };
	struct request request = { .seq = timeline->events };
	char op[WORD_SIZE], why[WORD_SIZE];
	struct relay *relay;
	long long result;
	int known;

	if (!get_word(fields, " op=", op) || !get_word(fields, " source=", why) ||
	    !get_time(fields, " now_ns=", &request.ns) ||
	    !get_number(fields, " result=", &result) || result > 0 || result < INT_MIN ||
	    !get_wait(fields, " wait_ns=", &request.wait_ns))
		return false;

	known = find_word(op, ops, ARRAY_SIZE(ops));
	request.op = known == UNKNOWN ? OP_OTHER : (enum op)known;
	request.op_text = keep_word(timeline, op);
	request.why = keep_word(timeline, why);
	request.result = (int)result;

	relay = find_relay(timeline, name);
	relay->requests = grow(relay->requests, relay->nr_requests, &relay->room_requests,
			       sizeof(*relay->requests));
	relay->requests[relay->nr_requests++] = request;
	return true;
}

static bool take_coil(struct timeline *timeline, const char *name, const char *fields)
{
	static const char *const coils[] = { "off", "on" };
	/* These leave an emrelay_request; a pulse, a watchdog and so on do not. */
	static const char *const askers[] = { "sysfs", "gpio", "led" };
	char coil[WORD_SIZE], why[WORD_SIZE];
	struct wave *wave;
	long long ns, cycle;
	int value;

	/* Not drawn, but a line that lacks it may lack digits of the time, too. */
	if (!get_number(fields, " cycle=", &cycle))
		return false;
	if (!get_word(fields, " coil=", coil) || !get_word(fields, " source=", why) ||
	    !get_time(fields, " now_ns=", &ns))
		return false;
	value = find_word(coil, coils, ARRAY_SIZE(coils));
	if (value == UNKNOWN)
		return false;
	wave = &find_relay(timeline, name)->coil;
	wave_add(wave, ns, timeline->events, value);
	if (!value && find_word(why, askers, ARRAY_SIZE(askers)) == UNKNOWN)
		wave->edges[wave->nr - 1].why = keep_word(timeline, why);
	return true;
}

static bool take_contact(struct timeline *timeline, const char *name, const char *fields)
{
	static const char *const contacts[] = { "open", "closing", "closed", "opening" };
	char contact[WORD_SIZE];
	long long ns;
	int value;

	if (!get_word(fields, " contact=", contact) || !get_time(fields, " now_ns=", &ns))
		return false;
	value = find_word(contact, contacts, ARRAY_SIZE(contacts));
	if (value == UNKNOWN)
		return false;
	wave_add(&find_relay(timeline, name)->contact, ns, timeline->events, value);
	return true;
}

static bool take_sense(struct timeline *timeline, const char *name, const char *fields)
{
	char active[WORD_SIZE];
	long long ns;

	if (!get_word(fields, " active=", active) || !get_time(fields, " now_ns=", &ns))
		return false;
	wave_add(&find_relay(timeline, name)->sense, ns, timeline->events, active[0] == '1');
	return true;
}

static bool take_fault(struct timeline *timeline, const char *name, const char *fields)
{
	struct relay *relay = find_relay(timeline, name);
	char fault[WORD_SIZE], set[WORD_SIZE];
	long long ns;

	if (!get_word(fields, " fault=", fault) || !get_word(fields, " set=", set) ||
	    !get_time(fields, " ns=", &ns))
		return false;
	if (set[0] == '1')
		relay->faults++;
	else if (relay->faults)
		relay->faults--;
	wave_add(&relay->fault, ns, timeline->events, relay->faults > 0);
	if (set[0] == '1')
		relay->fault.edges[relay->fault.nr - 1].why = keep_word(timeline, fault);
	return true;
}

/*
 * The events, each with the first field after the name: a name may contain
 * anything but control characters, so it ends where the last such field
 * begins. The values themselves have no spaces.
 */
static const struct event {
	const char *name;
	const char *first;
	bool (*take)(struct timeline *timeline, const char *name, const char *fields);
	const char *damaged;
} events[] = {
	{ "emrelay_request:", " op=", take_request,
	  "truncated or damaged emrelay_request, skipped" },
	{ "emrelay_coil:", " coil=", take_coil,
	  "truncated or damaged emrelay_coil, skipped" },
	{ "emrelay_contact:", " contact=", take_contact,
	  "truncated or damaged emrelay_contact, skipped" },
	{ "emrelay_sense:", " active=", take_sense,
	  "truncated or damaged emrelay_sense, skipped" },
	{ "emrelay_fault:", " fault=", take_fault,
	  "truncated or damaged emrelay_fault, skipped" },
};

static char *last_of(char *text, const char *what)
{
	char *last = NULL;

	for (char *p = strstr(text, what); p; p = strstr(p + 1, what))
		last = p;
	return last;
}

static bool take_event(struct timeline *timeline, const struct event *event, char *text)
{
	char name[256];
	char *fields;

	text += strspn(text, " ");
	if (strncmp(text, "relay=", 6))
		return false;
	text += 6;
	fields = last_of(text, event->first);
	if (!fields || fields == text || fields - text >= (ptrdiff_t)sizeof(name))
		return false;
	memcpy(name, text, fields - text);
	name[fields - text] = '\0';
	return event->take(timeline, name, fields);
}

static void take_line(struct timeline *timeline, struct reader *reader)
{
	char *p;

	if (strstr(reader->line, "[LOST ") && strstr(reader->line, " EVENTS]")) {
		report(reader, "the kernel lost events here, the picture has a hole");
		return;
	}
	for (p = reader->line; (p = strstr(p, "emrelay_")); p++) {
		for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
			const struct event *event = &events[i];
			size_t len = strlen(event->name);

			if (strncmp(p, event->name, len))
				continue;
			/* A last line that was cut may have lost digits unnoticed. */
			if (reader->whole && take_event(timeline, event, p + len))
				timeline->events++;
			else
				report(reader, event->damaged);
			return;
		}
	}
	if (!reader->whole && strstr(reader->line, "emrelay_"))
		report(reader, "truncated line, skipped");
}

void read_trace(struct timeline *timeline, const char *path)
{
	struct reader reader;

	open_reader(&reader, path);
	while (next_line(&reader))
		take_line(timeline, &reader);
	close_reader(&reader);
	if (!timeline->events)
		errx(EXIT_FAILURE, "%s: no event of emrelay in %zu lines", reader.path,
		     reader.line_nr);
}

/* --- the outside log ------------------------------------------------------ */

/* "<ns> <line> <0|1>" and nothing else. */
static bool parse_edge(const char *text, long long numbers[3])
{
	char *end;

	for (int i = 0; i < 3; i++) {
		text += strspn(text, " \t");
		if (!isdigit((unsigned char)*text))
			return false;
		errno = 0;
		numbers[i] = strtoll(text, &end, 10);
		if (errno || (*end && *end != ' ' && *end != '\t'))
			return false;
		text = end;
	}
	return !text[strspn(text, " \t")] && numbers[0] <= NS_MAX && numbers[2] <= 1;
}

void read_edges(struct timeline *timeline, const char *path)
{
	struct relay **by_line = NULL;
	size_t nr_lines = 0, left_out = 0, seq = 0;
	struct reader reader;
	long long numbers[3];

	for (size_t i = 0; i < timeline->nr; i++)
		if (timeline->relays[i]->line >= (long)nr_lines)
			nr_lines = timeline->relays[i]->line + 1;
	by_line = calloc(nr_lines + 1, sizeof(*by_line));
	if (!by_line)
		err(EXIT_FAILURE, NULL);
	for (size_t i = 0; i < timeline->nr; i++)
		if (timeline->relays[i]->line != UNKNOWN)
			by_line[timeline->relays[i]->line] = timeline->relays[i];

	open_reader(&reader, path);
	while (next_line(&reader)) {
		const char *text = reader.line + strspn(reader.line, " \t");
		struct relay *relay;

		if (!*text || *text == '#')
			continue;
		if (!parse_edge(text, numbers)) {
			report(&reader, "not \"<ns> <line> <0|1>\", skipped");
			continue;
		}
		relay = numbers[1] < (long long)nr_lines ? by_line[numbers[1]] : NULL;
		if (relay)
			wave_add(&relay->wire, numbers[0], seq++, numbers[2] ^ relay->active_low);
		else
			left_out++;
	}
	close_reader(&reader);
	if (left_out)
		warnx("%s: %zu edges of lines that no --line names are left out", reader.path,
		      left_out);
	free(by_line);
}

/* --- order ---------------------------------------------------------------- */

static int compare_edges(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static int compare_requests(const void *a, const void *b)
{
	const struct request *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* As on the board, those without a line by name. */
static int compare_relays(const void *a, const void *b)
{
	const struct relay *x = *(struct relay *const *)a, *y = *(struct relay *const *)b;

	if (x->line != y->line && x->line != UNKNOWN && y->line != UNKNOWN)
		return x->line < y->line ? -1 : 1;
	if (x->line != y->line)
		return x->line == UNKNOWN ? 1 : -1;
	return strverscmp(x->name, y->name);
}

static void sort_wave(struct wave *wave)
{
	if (wave->nr)
		qsort(wave->edges, wave->nr, sizeof(*wave->edges), compare_edges);
}

/*
 * When each accepted request was carried out or replaced by a newer one. Where
 * another relay was in the way nobody could foresee it, but the coil tells.
 */
static void find_ends(struct relay *relay)
{
	const struct request *newer = NULL;

	for (size_t i = relay->nr_requests; i-- > 0;) {
		struct request *request = &relay->requests[i];

		if (is_refused(request))
			continue;
		request->until = UNKNOWN;
		if (request->wait_ns == UNKNOWN) {
			size_t next = wave_after(&relay->coil, request->ns);

			if (next < relay->coil.nr)
				request->until = relay->coil.edges[next].ns;
		} else {
			request->until = request->ns + request->wait_ns;
		}
		if (newer && (request->until == UNKNOWN || newer->ns < request->until))
			request->until = newer->ns;
		newer = request;
	}
}

void sort_timeline(struct timeline *timeline)
{
	qsort(timeline->relays, timeline->nr, sizeof(*timeline->relays), compare_relays);
	for (size_t i = 0; i < timeline->nr; i++) {
		struct relay *relay = timeline->relays[i];

		sort_wave(&relay->coil);
		sort_wave(&relay->contact);
		sort_wave(&relay->wire);
		sort_wave(&relay->sense);
		sort_wave(&relay->fault);
		if (relay->nr_requests)
			qsort(relay->requests, relay->nr_requests, sizeof(*relay->requests),
			      compare_requests);
		find_ends(relay);
	}
}

static void span(long long *from, long long *to, long long first, long long last)
{
	if (first < *from)
		*from = first;
	if (last > *to)
		*to = last;
}

static void span_wave(long long *from, long long *to, const struct wave *wave)
{
	if (wave->nr)
		span(from, to, wave->edges[0].ns, wave->edges[wave->nr - 1].ns);
}

void measure_span(struct timeline *timeline)
{
	long long from = LLONG_MAX, to = LLONG_MIN;

	for (size_t i = 0; i < timeline->nr; i++) {
		const struct relay *relay = timeline->relays[i];

		span_wave(&from, &to, &relay->coil);
		span_wave(&from, &to, &relay->contact);
		span_wave(&from, &to, &relay->sense);
		span_wave(&from, &to, &relay->fault);
		if (relay->nr_requests)
			span(&from, &to, relay->requests[0].ns,
			     relay->requests[relay->nr_requests - 1].ns);
	}
	timeline->trace_from = from;
	timeline->trace_to = to;
	for (size_t i = 0; i < timeline->nr; i++)
		span_wave(&from, &to, &timeline->relays[i]->wire);
	timeline->from = from;
	timeline->to = to;
}

static void keep_relay(void *relay)
{
	(void)relay;	/* freed through timeline->relays */
}

void free_timeline(struct timeline *timeline)
{
	tdestroy(timeline->by_name, keep_relay);
	tdestroy(timeline->words, free);
	for (size_t i = 0; i < timeline->nr; i++) {
		struct relay *relay = timeline->relays[i];

		free(relay->name);
		free(relay->shown);
		free(relay->requests);
		free(relay->coil.edges);
		free(relay->contact.edges);
		free(relay->wire.edges);
		free(relay->sense.edges);
		free(relay->fault.edges);
		free(relay);
	}
	free(timeline->relays);
}
