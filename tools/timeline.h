/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * relay-timeline: what its files have in common.
 *
 * timeline-input.c reads the trace and the outside log into struct timeline,
 * timeline-align.c puts the outside edges on the trace's clock,
 * timeline-axis.c maps time to columns, and -text, -svg and -vcd write.
 *
 * All times are ns of CLOCK_BOOTTIME unless said otherwise.
 */
#ifndef EMRELAY_TIMELINE_H
#define EMRELAY_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define NS_PER_S	1000000000LL
#define NS_PER_MS	1000000LL
#define NS_PER_US	1000LL

#define UNKNOWN		(-1)

/* In the order in which a contact goes through them, round and round. */
enum contact { CONTACT_OPEN, CONTACT_CLOSING, CONTACT_CLOSED, CONTACT_OPENING };

/* From ns on the value is this. A coil and a wire have 0 and 1. */
struct edge {
	long long ns;
	size_t seq;		/* place in the input: the order where ns is the same */
	int value;
	const char *why;	/* of a release that no request asked for, of a fault; else NULL */
};

struct wave {
	struct edge *edges;
	size_t nr;
	size_t room;
	int states;		/* 2, or 4 for a contact */
};

enum op { OP_ON, OP_OFF, OP_TOGGLE, OP_PULSE, OP_OTHER };

struct request {
	long long ns;
	size_t seq;
	long long wait_ns;	/* foreseen; UNKNOWN: another relay was in the way */
	long long until;	/* carried out or replaced; UNKNOWN: not in this trace */
	enum op op;
	int result;		/* 0 or a negative errno */
	const char *op_text;
	const char *why;
};

static inline bool is_refused(const struct request *request)
{
	return request->result < 0;
}

struct relay {
	char *name;		/* as it stands in the trace */
	char *shown;		/* the same, fit for a terminal and for XML */
	long line;		/* of the outside log, or UNKNOWN */
	bool active_low;
	struct request *requests;
	size_t nr_requests;
	size_t room_requests;
	struct wave coil;
	struct wave contact;
	struct wave wire;	/* the line seen from outside: 1 energises */
	struct wave sense;	/* the line that reads the contact back: 1 is active */
	struct wave fault;	/* 1 while there is one */
	unsigned int faults;	/* how many there are */
};

struct timeline {
	struct relay **relays;
	size_t nr;
	size_t room;
	void *by_name;		/* tsearch() tree of the same relays */
	void *words;		/* tsearch() tree of every other text */
	size_t events;		/* of the trace */
	long long from;		/* first and last moment of anything */
	long long to;
	long long trace_from;	/* first and last moment of the trace */
	long long trace_to;
};

struct alignment {
	bool given;		/* by the user, not found */
	long long tolerance;	/* edges of the trace and outside that are so close are one */
	long long offset;	/* CLOCK_BOOTTIME minus outside clock */
	size_t matched;
	size_t only_trace;	/* coil edges that the outside did not see */
	size_t only_outside;	/* and the other way round, while traced */
	size_t as_good;		/* other offsets that fit as well */
	long long least;	/* trace minus outside of a matched edge */
	long long most;
};

/* A stretch of time that is drawn; between two of them time is folded away. */
struct piece {
	long long from;
	long long to;
	long long event;	/* the first one in it */
	double x0;
	double x1;
};

struct axis {
	struct piece *pieces;
	size_t nr;
	double width;
};

struct tick {
	long long ns;
	double x;
	char label[32];		/* empty: no room for one */
};

struct view {
	const struct timeline *timeline;
	const struct alignment *alignment;	/* NULL: no outside log */
	char *title;		/* NULL: none was asked for */
	long long from;
	long long to;
	long long fold;		/* 0: do not */
};

/* timeline-input.c */
char *copy_printable(const char *text);
struct relay *find_relay(struct timeline *timeline, const char *name);
void read_trace(struct timeline *timeline, const char *path);
void read_edges(struct timeline *timeline, const char *path);
void sort_timeline(struct timeline *timeline);
void measure_span(struct timeline *timeline);
void free_timeline(struct timeline *timeline);

/* timeline-wave.c */
void *grow(void *array, size_t nr, size_t *room, size_t size);
void wave_add(struct wave *wave, long long ns, size_t seq, int value);
int wave_before(const struct wave *wave);
size_t wave_after(const struct wave *wave, long long ns);
int wave_at(const struct wave *wave, long long ns);
bool has_sense(const struct timeline *timeline);

/* timeline-align.c */
bool find_offset(const struct timeline *timeline, long long tolerance,
		 struct alignment *alignment);
void judge_offset(const struct timeline *timeline, long long tolerance,
		  struct alignment *alignment);
void shift_wires(struct timeline *timeline, long long offset);
void print_alignment(FILE *out, const struct alignment *alignment, const char *separator);

/* timeline-axis.c */
void axis_init(struct axis *axis, const struct view *view, double width, double break_width,
	       double least_width);
double axis_x(const struct axis *axis, long long ns);
size_t axis_ticks(const struct axis *axis, double char_width, struct tick **ticks);
const char *duration_text(long long ns, char text[24]);

/* timeline-text.c, timeline-svg.c, timeline-vcd.c */
void write_text(FILE *out, const struct view *view, int columns, bool ascii);
void write_svg(FILE *out, const struct view *view);
void write_vcd(FILE *out, const struct view *view);

#endif
