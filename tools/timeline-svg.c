// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws the timeline as an SVG picture of its own: no script, no font, nothing
 * from elsewhere, for light and dark pages.
 *
 * What is narrower than a stroke is drawn together as a block, so the picture's
 * size depends on its width and not on the number of events. Its letters are large
 * for its width: it can be read where a page gives it 400 px.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "timeline.h"
#include "tools.h"

#define WIDTH		600
#define LEFT		88
#define RIGHT		10
#define PLOT_WIDTH	(WIDTH - LEFT - RIGHT)
#define BREAK_WIDTH	48
#define PIECE_WIDTH_MIN	52
#define CHAR_WIDTH	8.2	/* of figures in the text, generously */
#define LETTER_WIDTH	7.3	/* of words in it */

#define TOP		82	/* of the first relay */
#define NAME_HEIGHT	26
#define ROW_HEIGHT	30
#define WAVE_HEIGHT	20
#define LIMIT_HEIGHT	22
#define RELAY_GAP	10
#define LEGEND_HEIGHT	24	/* of a row of it */

#define NARROW		0.8	/* px that cannot be told apart */
#define MARK_WIDTH	12.0
#define DIFFERS_WIDTH	3.0	/* a difference may be short, and is to be seen */

static const char style[] =
"text{font-family:system-ui,-apple-system,'Segoe UI','DejaVu Sans',Helvetica,Arial,sans-serif;"
"font-size:14px;fill:#59636e}\n"
".title{font-size:18px;font-weight:600;fill:#1f2328}\n"
".name{font-size:16px;font-weight:600;fill:#1f2328}\n"
".say{fill:#1f2328}\n"
".page{fill:#fff}\n"
".grid{stroke:#d8dee4;stroke-width:1;fill:none}\n"
".axis{stroke:#8c959f;stroke-width:1;fill:none}\n"
".cut{fill:#f0f2f5}\n"
".hatch{stroke:#d0d7de;stroke-width:1}.hatched{fill:url(#emrelay-cut)}\n"
".coil,.wire,.contact,.sense,.fault{fill:none;stroke-width:2;stroke-linejoin:round}\n"
".coil{stroke:#0969da}.coil-on{fill:#0969da;fill-opacity:.16}.coil-many{fill:#0969da}\n"
".wire{stroke:#e16f24;stroke-dasharray:4 4}.differs{fill:#cf222e;fill-opacity:.7}\n"
".sense{stroke:#9a6700}.sense-on{fill:#9a6700;fill-opacity:.16}.sense-many{fill:#9a6700}\n"
".fault{stroke:#cf222e}.fault-on{fill:#cf222e;fill-opacity:.3}.fault-many{fill:#cf222e}\n"
".contact{stroke:#1a7f37}.contact-on{fill:#1a7f37;fill-opacity:.18}.contact-many{fill:#1a7f37}\n"
".move{fill:#d4a72c;fill-opacity:.38}\n"
".mark{fill:#1f2328;stroke:#1f2328;stroke-width:1.4;stroke-linejoin:round}\n"
".later{fill:#fff;stroke:#1f2328;stroke-width:1.4;stroke-linejoin:round}\n"
".wait{stroke:#59636e;stroke-width:1.2;stroke-dasharray:3 3;fill:none}\n"
".held{stroke:#bc4c00}\n"
".limit{stroke:#59636e;stroke-width:1.2;fill:none}\n"
".no{stroke:#cf222e;stroke-width:2.2;fill:none}\n"
".bad{fill:#cf222e}\n"
"@media (prefers-color-scheme:dark){\n"
"text{fill:#9198a1}.title,.name,.say{fill:#f0f6fc}.page{fill:#0d1117}\n"
".grid{stroke:#262c36}.axis{stroke:#6e7681}.cut{fill:#161b22}.hatch{stroke:#30363d}\n"
".coil{stroke:#58a6ff}.coil-on,.coil-many{fill:#58a6ff}\n"
".wire{stroke:#f0883e}.differs{fill:#f85149}\n"
".sense{stroke:#d29922}.sense-on,.sense-many{fill:#d29922}\n"
".fault{stroke:#f85149}.fault-on,.fault-many{fill:#f85149}\n"
".contact{stroke:#3fb950}.contact-on,.contact-many{fill:#3fb950}\n"
".move{fill:#e3b341}.mark{fill:#f0f6fc;stroke:#f0f6fc}\n"
".later{fill:#0d1117;stroke:#f0f6fc}.wait{stroke:#9198a1}.no{stroke:#f85149}.bad{fill:#f85149}\n"
".held{stroke:#f0883e}.limit{stroke:#9198a1}\n"
"}\n";

struct svg {
	FILE *out;
	const struct view *view;
	struct axis axis;
	double y;		/* where the next row begins */
};

static double x_of(const struct svg *svg, long long ns)
{
	return LEFT + axis_x(&svg->axis, ns);
}

static void write_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

static void write_label(const struct svg *svg, double x, double y, const char *attributes,
			const char *text)
{
	fprintf(svg->out, "<text x='%.1f' y='%.1f' %s>", x, y, attributes);
	write_escaped(svg->out, text);
	fputs("</text>\n", svg->out);
}

static void write_kind(const struct svg *svg, const char *kind)
{
	write_label(svg, LEFT - 12, svg->y + ROW_HEIGHT / 2.0 + 5, "text-anchor='end'", kind);
}

static void write_box(const struct svg *svg, double x0, double x1, double y, double height,
		      const char *class)
{
	fprintf(svg->out,
		"<rect x='%.2f' y='%.1f' width='%.2f' height='%.1f' class='%s'/>\n",
		x0, y, x1 - x0, height, class);
}

/* --- waves ---------------------------------------------------------------- */

struct wave_shape {
	const char *class;
	const char *on_class;
	const char *many_class;
};

/* Where the wave is at this moment of a state. */
static double y_of(const struct wave *wave, int state, long long from, long long to,
		   long long ns, double top)
{
	double part = to > from ? (double)(ns - from) / (double)(to - from) : 1;
	double level;

	if (wave->states == 2) {
		level = state;
	} else {
		const double levels[] = {
			[CONTACT_OPEN] = 0,
			[CONTACT_CLOSING] = part,
			[CONTACT_CLOSED] = 1,
			[CONTACT_OPENING] = 1 - part,
		};

		level = levels[state];
	}
	return top + WAVE_HEIGHT * (1 - level);
}

static bool is_on(const struct wave *wave, int state)
{
	return state == (wave->states == 2 ? 1 : CONTACT_CLOSED);
}

static bool is_moving(const struct wave *wave, int state)
{
	return wave->states == 4 && (state == CONTACT_CLOSING || state == CONTACT_OPENING);
}

/* How long it lasted, where there is room: beside the slope of a contact that moves. */
static void label_state(struct svg *svg, const struct wave *wave, int state, long long length,
			double x0, double x1, double top)
{
	char text[24];
	double width;

	duration_text(length, text);
	width = strlen(text) * CHAR_WIDTH + 8;
	if (!is_moving(wave, state)) {
		if (x1 - x0 > width)
			write_label(svg, (x0 + x1) / 2, top + 15,
				    "class='say' text-anchor='middle'", text);
	} else if (x1 - x0 > 2 * width) {
		if (state == CONTACT_CLOSING)
			write_label(svg, x0 + 5, top + 12, "class='say'", text);
		else
			write_label(svg, x1 - 5, top + 12, "class='say' text-anchor='end'",
				    text);
	}
}

/*
 * Why the coil was released, if nobody asked for it at that moment; or which fault it is,
 * where it is too short for the word before it, after the end of the last one at x_last.
 */
static bool label_why(struct svg *svg, const struct edge *edge, double x0, double x1,
		      double x_last, double top)
{
	double width, y = top + WAVE_HEIGHT - 5;

	if (!edge->why)
		return false;
	width = text_width(edge->why) * LETTER_WIDTH + 8;
	if (x1 - x0 > width)
		write_label(svg, x0 + 5, y, "class='say'", edge->why);
	else if (edge->value && x0 - x_last > width)
		write_label(svg, x0 - 5, y, "class='say' text-anchor='end'", edge->why);
	return true;
}

/* States too narrow to be told apart, one after the other. */
struct blur {
	size_t nr;
	bool moves;		/* the first of them is a contact that moves */
	double x0;
	double x1;
};

/*
 * What was too narrow is a block: nothing that happened may vanish. Only a contact
 * on its way from one long state to another is as well drawn as a step.
 */
static void draw_blur(const struct svg *svg, struct blur *blur, double top, const char *class)
{
	if (class && (blur->nr > 1 || (blur->nr && !blur->moves)))
		write_box(svg, blur->x0, blur->x1 - blur->x0 < 1 ? blur->x0 + 1 : blur->x1, top,
			  WAVE_HEIGHT, class);
	blur->nr = 0;
}

static void draw_wave(struct svg *svg, const struct wave *wave, const char *kind,
		      const struct wave_shape *shape)
{
	const struct view *view = svg->view;
	double top = svg->y + (ROW_HEIGHT - WAVE_HEIGHT) / 2.0;
	size_t next = wave_after(wave, view->from);
	int state = wave_at(wave, view->from);
	struct blur blur = { };
	/* One that lies over another shows no more than its line. */
	bool over = !shape->on_class;
	double x_last = LEFT;
	char *line = NULL;
	size_t size;
	FILE *path;

	if (!over)
		write_kind(svg, kind);
	path = open_memstream(&line, &size);
	if (!path)
		err(EXIT_FAILURE, NULL);
	for (long long ns = view->from; wave->nr && ns < view->to; next++) {
		bool first = !next, last = next == wave->nr;
		long long began = first ? view->timeline->from : wave->edges[next - 1].ns;
		long long ends = last ? view->timeline->to : wave->edges[next].ns;
		long long until = last || ends > view->to ? view->to : ends;
		double x0 = x_of(svg, ns), x1 = x_of(svg, until);

		if (x1 - x0 < NARROW) {
			if (!blur.nr++) {
				blur.moves = is_moving(wave, state);
				blur.x0 = x0;
			}
			blur.x1 = x1;
		} else {
			double y0 = y_of(wave, state, began, ends, ns, top);
			double y1 = y_of(wave, state, began, ends, until, top);

			draw_blur(svg, &blur, top, shape->many_class);
			if (is_on(wave, state) && !over)
				write_box(svg, x0, x1, top, WAVE_HEIGHT, shape->on_class);
			else if (is_moving(wave, state))
				write_box(svg, x0, x1, top, WAVE_HEIGHT, "move");
			fprintf(path, "%c%.2f %.2fL%.2f %.2f", ftell(path) ? 'L' : 'M',
				x0, y0, x1, y1);
			if (!(!first && ns == began &&
			      label_why(svg, &wave->edges[next - 1], x0, x1, x_last, top)) &&
			    !first && !last && state && !over)
				label_state(svg, wave, state, ends - began, x0, x1, top);
		}
		if (state)
			x_last = x1;
		ns = until;
		if (!last)
			state = wave->edges[next].value;
	}
	draw_blur(svg, &blur, top, shape->many_class);
	fclose(path);
	if (*line)
		fprintf(svg->out, "<path d='%s' class='%s'/>\n", line, shape->class);
	free(line);
	svg->y += ROW_HEIGHT;
}

/* --- the wire -------------------------------------------------------------- */

/* While the wire was not as the coil. */
struct difference {
	long long from;
	long long to;
};

/*
 * The first one from ns on that lasts longer than edges that count as one may be apart.
 * A wire without edges was low all the time.
 */
static bool find_difference(const struct view *view, const struct relay *relay, long long ns,
			    struct difference *found)
{
	const struct wave *coil = &relay->coil, *wire = &relay->wire;

	found->from = UNKNOWN;
	for (;;) {
		bool differs = (wave_at(coil, ns) == 1) != (wave_at(wire, ns) == 1);
		size_t c = wave_after(coil, ns), w = wave_after(wire, ns);

		if (differs && found->from == UNKNOWN)
			found->from = ns;
		found->to = ns;
		if (!differs && found->from != UNKNOWN) {
			if (found->to - found->from > view->alignment->tolerance)
				return true;
			found->from = UNKNOWN;
		}
		if (ns >= view->to)
			return found->from != UNKNOWN &&
			       found->to - found->from > view->alignment->tolerance;
		ns = view->to;
		if (c < coil->nr && coil->edges[c].ns < ns)
			ns = coil->edges[c].ns;
		if (w < wire->nr && wire->edges[w].ns < ns)
			ns = wire->edges[w].ns;
	}
}

static bool has_wire(const struct svg *svg, const struct relay *relay)
{
	return svg->view->alignment && relay->line != UNKNOWN;
}

/* The line of the wire, over the coil that was drawn last; and where they differ. */
static void draw_wire(struct svg *svg, const struct relay *relay)
{
	static const struct wave_shape shape = { "wire", NULL, NULL };
	double top = svg->y - ROW_HEIGHT + (ROW_HEIGHT - WAVE_HEIGHT) / 2.0;
	struct difference differs = { .to = svg->view->from };
	double last = 0;

	svg->y -= ROW_HEIGHT;
	draw_wave(svg, &relay->wire, NULL, &shape);
	while (differs.to < svg->view->to &&
	       find_difference(svg->view, relay, differs.to, &differs)) {
		double x0 = x_of(svg, differs.from), x1 = x_of(svg, differs.to);

		/* One beside the other they are one. */
		if (x1 < last)
			continue;
		last = x1 - x0 < DIFFERS_WIDTH ? x0 + DIFFERS_WIDTH : x1;
		write_box(svg, x0, last, top - 2, WAVE_HEIGHT + 4, "differs");
	}
}

/* --- requests ------------------------------------------------------------- */

static void write_mark(FILE *out, const struct request *request, double x, double y)
{
	const char *class = request->wait_ns == UNKNOWN ? "later held" :
			    request->wait_ns ? "later" : "mark";

	if (is_refused(request)) {
		fprintf(out, "<path d='M%.2f %.2fl10 10m0 -10l-10 10' class='no'>", x - 5, y - 5);
		return;
	}
	switch (request->op) {
	case OP_ON:
		fprintf(out, "<path d='M%.2f %.2fl6 10h-12z' class='%s'>", x, y - 5, class);
		break;
	case OP_OFF:
		fprintf(out, "<path d='M%.2f %.2fl6 -10h-12z' class='%s'>", x, y + 5, class);
		break;
	case OP_TOGGLE:
		fprintf(out, "<path d='M%.2f %.2fl6 6l-6 6l-6 -6z' class='%s'>", x, y - 6, class);
		break;
	case OP_PULSE:
		fprintf(out, "<circle cx='%.2f' cy='%.2f' r='5.5' class='%s'>", x, y, class);
		break;
	default:
		fprintf(out, "<rect x='%.2f' y='%.2f' width='10' height='10' class='%s'>",
			x - 5, y - 5, class);
	}
}

static void end_mark(FILE *out, const struct request *request)
{
	fputs(is_refused(request) || request->op <= OP_TOGGLE ? "</path>\n" :
	      request->op == OP_PULSE ? "</circle>\n" : "</rect>\n", out);
}

static const char *error_name(int error, char text[32])
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ EPERM, "EPERM" }, { EIO, "EIO" }, { EAGAIN, "EAGAIN" }, { EBUSY, "EBUSY" },
		{ ENODEV, "ENODEV" }, { EINVAL, "EINVAL" },
	};

	snprintf(text, 32, "errno %d", error);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].error == error)
			snprintf(text, 32, "%s", names[i].name);
	return text;
}

/* Marks that would lie on each other: drawn as the first of them and their number. */
struct cluster {
	const struct request *first;
	const struct request *last;
	size_t nr;
	double x;
};

static void write_tooltip(FILE *out, const struct cluster *cluster)
{
	const struct request *request = cluster->first;
	char error[32], wait[24];

	fprintf(out, "<title>%lld.%09lld s: ", request->ns / NS_PER_S, request->ns % NS_PER_S);
	write_escaped(out, request->op_text);
	fputs(" by ", out);
	write_escaped(out, request->why);
	if (is_refused(request))
		fprintf(out, ", refused: %s", error_name(-request->result, error));
	else if (request->wait_ns == UNKNOWN)
		fputs(", waits for another relay", out);
	else if (request->wait_ns)
		fprintf(out, ", to wait %s", duration_text(request->wait_ns, wait));
	if (cluster->nr > 1)
		fprintf(out, ", and %zu more", cluster->nr - 1);
	fputs("</title>", out);
}

/*
 * What was asked, by whom and why not, as far as there is room up to x_end, or else from
 * x_begin to the mark. Returns where what it wrote ends.
 */
static double write_words(const struct svg *svg, const struct cluster *cluster, double x_begin,
			  double x_end)
{
	const struct request *first = cluster->first, *last = cluster->last;
	const char *second = cluster->nr == 2 ? last->op_text : "";
	double x = cluster->x + MARK_WIDTH - 3, y = svg->y + ROW_HEIGHT / 2.0 + 5;
	const char *anchor = "";
	char text[32] = "";
	double width;

	if (is_refused(first) && first->result == last->result)
		error_name(-first->result, text);
	width = LETTER_WIDTH * (text_width(first->op_text) + text_width(second) + 1 +
				text_width(first->why) + strlen(text) + 3);
	if (cluster->nr > 2 || first->why != last->why || x + width > x_end) {
		if (cluster->nr <= 2 && first->why == last->why &&
		    cluster->x - MARK_WIDTH - width > x_begin) {
			x = cluster->x - MARK_WIDTH + 3;
			anchor = " text-anchor='end'";
			width = 0;
		} else {
			if (cluster->nr < 2)
				return cluster->x + MARK_WIDTH / 2;
			snprintf(text, sizeof(text), "×%zu", cluster->nr);
			width = text_width(text) * CHAR_WIDTH;
			if (x + width < x_end)
				write_label(svg, x, y, "class='say'", text);
			return x + width;
		}
	}
	fprintf(svg->out, "<text x='%.1f' y='%.1f'%s><tspan class='say'>", x, y, anchor);
	write_escaped(svg->out, first->op_text);
	if (*second)
		fputs(", ", svg->out);
	write_escaped(svg->out, second);
	fputs("</tspan> ", svg->out);
	write_escaped(svg->out, first->why);
	if (*text)
		fprintf(svg->out, " <tspan class='bad'>%s</tspan>", text);
	fputs("</text>\n", svg->out);
	return *anchor ? cluster->x + MARK_WIDTH / 2 : x + width;
}

static double draw_cluster(const struct svg *svg, const struct cluster *cluster,
			   double x_begin, double x_end)
{
	write_mark(svg->out, cluster->first, cluster->x, svg->y + ROW_HEIGHT / 2.0);
	write_tooltip(svg->out, cluster);
	end_mark(svg->out, cluster->first);
	return write_words(svg, cluster, x_begin, x_end);
}

/*
 * A dashed line from a request to the moment it is carried out or replaced, or
 * without an arrow to the picture's end.
 */
static void draw_wait(const struct svg *svg, const struct cluster *cluster)
{
	const struct request *request = cluster->last;
	bool ends = request->until != UNKNOWN;
	double y = svg->y + ROW_HEIGHT - 4;
	double x0, x1;

	if (is_refused(request) || !request->wait_ns)
		return;
	x0 = x_of(svg, request->ns);
	x1 = x_of(svg, ends ? request->until : svg->view->to);
	if (x1 - x0 > 4)
		fprintf(svg->out, "<path d='M%.2f %.2fv%.2fH%.2f%s' class='wait%s'/>\n",
			x0, y - ROW_HEIGHT / 2.0 + 10, ROW_HEIGHT / 2.0 - 10, x1,
			ends ? "m-4 -3l4 3l-4 3" : "",
			request->wait_ns == UNKNOWN ? " held" : "");
}

static void draw_requests(struct svg *svg, const struct relay *relay, bool refused)
{
	struct cluster cluster = { };
	double x_begin = LEFT;

	for (size_t i = 0; i < relay->nr_requests; i++) {
		const struct request *request = &relay->requests[i];
		double x;

		if (request->ns < svg->view->from || request->ns > svg->view->to ||
		    is_refused(request) != refused)
			continue;
		x = x_of(svg, request->ns);
		if (cluster.nr && x - cluster.x < MARK_WIDTH) {
			cluster.last = request;
			cluster.nr++;
			continue;
		}
		if (cluster.nr) {
			draw_wait(svg, &cluster);
			x_begin = draw_cluster(svg, &cluster, x_begin, x - MARK_WIDTH / 2);
		}
		cluster = (struct cluster){ request, request, 1, x };
	}
	if (cluster.nr) {
		draw_wait(svg, &cluster);
		draw_cluster(svg, &cluster, x_begin, WIDTH - RIGHT);
	}
	if (refused && !cluster.nr)
		return;
	write_kind(svg, refused ? "refused" : "request");
	svg->y += ROW_HEIGHT;
}

/* --- the rate limit ------------------------------------------------------- */

struct limit {
	long long from;		/* one energisation, and the next */
	long long to;
	long per_minute;
};

/*
 * A trace does not say why a request waits. That it waited for the rate limit shows
 * when its coil was energised 60 s / N after the time before, and with its contact at
 * rest: N a minute, the spacing of the limit.
 */
static bool find_limit(const struct view *view, const struct relay *relay,
		       const struct request *request, struct limit *limit)
{
	const struct wave *coil = &relay->coil;
	const struct edge *before = NULL;
	long long spacing, late;
	size_t i;

	if (is_refused(request) || request->wait_ns <= 0)
		return false;
	for (i = 0; i < coil->nr && coil->edges[i].ns < request->until; i++)
		if (coil->edges[i].value)
			before = &coil->edges[i];
	if (!before || i == coil->nr || !coil->edges[i].value)
		return false;
	limit->from = before->ns;
	limit->to = coil->edges[i].ns;
	spacing = limit->to - limit->from;
	limit->per_minute = (60 * NS_PER_S + spacing / 2) / spacing;
	if (!limit->per_minute)
		return false;
	late = spacing - 60 * NS_PER_S / limit->per_minute;
	return late >= 0 && late < NS_PER_MS / 10 && limit->to - request->until < NS_PER_MS &&
	       limit->from >= view->from && limit->to <= view->to &&
	       wave_at(&relay->contact, limit->to - NS_PER_MS) == CONTACT_OPEN;
}

static bool has_limit(const struct view *view, const struct relay *relay)
{
	struct limit limit;

	for (size_t i = 0; i < relay->nr_requests; i++)
		if (find_limit(view, relay, &relay->requests[i], &limit))
			return true;
	return false;
}

/* A bracket from one energisation to the next, which had to wait for it. */
static void draw_limits(struct svg *svg, const struct relay *relay)
{
	char text[80], length[24];
	struct limit limit;

	for (size_t i = 0; i < relay->nr_requests; i++) {
		double x0, x1;

		if (!find_limit(svg->view, relay, &relay->requests[i], &limit))
			continue;
		x0 = x_of(svg, limit.from);
		x1 = x_of(svg, limit.to);
		fprintf(svg->out, "<path d='M%.2f %.1fv-5H%.2fv5' class='limit'/>\n",
			x0, svg->y + 5, x1);
		snprintf(text, sizeof(text), "%s from on to on: %ld a minute",
			 duration_text(limit.to - limit.from, length), limit.per_minute);
		if (x1 - x0 > text_width(text) * LETTER_WIDTH + 8)
			write_label(svg, (x0 + x1) / 2, svg->y + 17,
				    "class='say' text-anchor='middle'", text);
	}
	write_label(svg, LEFT - 12, svg->y + 14, "text-anchor='end'", "rate limit");
	svg->y += LIMIT_HEIGHT;
}

/* --- the frame ------------------------------------------------------------ */

static bool has_refused(const struct view *view, const struct relay *relay)
{
	for (size_t i = 0; i < relay->nr_requests; i++) {
		const struct request *request = &relay->requests[i];

		if (is_refused(request) && request->ns >= view->from && request->ns <= view->to)
			return true;
	}
	return false;
}

static double rows_height(const struct view *view)
{
	double height = 0;

	for (size_t i = 0; i < view->timeline->nr; i++) {
		const struct relay *relay = view->timeline->relays[i];

		height += NAME_HEIGHT + RELAY_GAP + ROW_HEIGHT * 3;
		height += ROW_HEIGHT * has_refused(view, relay);
		height += LIMIT_HEIGHT * has_limit(view, relay);
		height += ROW_HEIGHT * (!!relay->sense.nr + !!relay->fault.nr);
	}
	return height;
}

static void draw_axis(struct svg *svg, double bottom)
{
	const struct axis *axis = &svg->axis;
	struct tick *ticks;
	size_t nr = axis_ticks(axis, CHAR_WIDTH, &ticks);
	char text[24];

	for (size_t i = 1; i < axis->nr; i++) {
		double x0 = LEFT + axis->pieces[i - 1].x1, x1 = LEFT + axis->pieces[i].x0;

		write_box(svg, x0, x1, TOP, bottom - TOP, "cut");
		write_box(svg, x0, x1, TOP, bottom - TOP, "hatched");
		write_label(svg, (x0 + x1) / 2, bottom + 15, "text-anchor='middle'",
			    duration_text(axis->pieces[i].from - axis->pieces[i - 1].to, text));
	}
	for (size_t i = 0; i < axis->nr; i++)
		fprintf(svg->out, "<path d='M%.2f %dH%.2f' class='axis'/>\n",
			LEFT + axis->pieces[i].x0, TOP, LEFT + axis->pieces[i].x1);
	for (size_t i = 0; i < nr; i++) {
		double x = LEFT + ticks[i].x;

		fprintf(svg->out, "<path d='M%.2f %dV%.1f' class='grid'/>\n", x, TOP, bottom);
		fprintf(svg->out, "<path d='M%.2f %dv6' class='axis'/>\n", x, TOP - 6);
		if (ticks[i].label[0])
			write_label(svg, x + 3, TOP - 5, "", ticks[i].label);
	}
	free(ticks);
}

static void draw_relay(struct svg *svg, const struct relay *relay)
{
	static const struct wave_shape coil = { "coil", "coil-on", "coil-many" };
	static const struct wave_shape contact = { "contact", "contact-on", "contact-many" };
	static const struct wave_shape sense = { "sense", "sense-on", "sense-many" };
	static const struct wave_shape fault = { "fault", "fault-on", "fault-many" };

	write_label(svg, 10, svg->y + 19, "class='name'", relay->shown);
	svg->y += NAME_HEIGHT;
	draw_requests(svg, relay, false);
	draw_requests(svg, relay, true);
	if (has_limit(svg->view, relay))
		draw_limits(svg, relay);
	draw_wave(svg, &relay->coil, has_wire(svg, relay) ? "coil, wire" : "coil", &coil);
	if (has_wire(svg, relay))
		draw_wire(svg, relay);
	draw_wave(svg, &relay->contact, "contact", &contact);
	if (relay->sense.nr)
		draw_wave(svg, &relay->sense, "sense", &sense);
	if (relay->fault.nr)
		draw_wave(svg, &relay->fault, "fault", &fault);
	svg->y += RELAY_GAP;
}

/* Whether a request is of the kind that a mark of the legend stands for. */
static bool is_like(const struct request *request, const struct request *mark)
{
	if (is_refused(request) || is_refused(mark))
		return is_refused(request) && is_refused(mark);
	if (mark->wait_ns == UNKNOWN)
		return request->wait_ns == UNKNOWN;
	return mark->wait_ns ? request->wait_ns > 0 : request->op == mark->op;
}

static bool has_request(const struct view *view, const struct request *mark)
{
	for (size_t i = 0; i < view->timeline->nr; i++) {
		const struct relay *relay = view->timeline->relays[i];

		for (size_t j = 0; j < relay->nr_requests; j++) {
			const struct request *request = &relay->requests[j];

			if (request->ns >= view->from && request->ns <= view->to &&
			    is_like(request, mark))
				return true;
		}
	}
	return false;
}

/* Whether a wave of any relay, by its place there, is in one of two states in the picture. */
static bool has_state(const struct view *view, size_t place, int one, int other)
{
	for (size_t i = 0; i < view->timeline->nr; i++) {
		const struct relay *relay = view->timeline->relays[i];
		const struct wave *wave = (const void *)((const char *)relay + place);
		int state = wave_at(wave, view->from);
		size_t next = wave_after(wave, view->from);

		while (wave->nr && state != one && state != other && next < wave->nr &&
		       wave->edges[next].ns < view->to)
			state = wave->edges[next++].value;
		if (wave->nr && (state == one || state == other))
			return true;
	}
	return false;
}

static bool differs_anywhere(const struct svg *svg)
{
	const struct view *view = svg->view;
	struct difference found;

	for (size_t i = 0; i < view->timeline->nr; i++)
		if (has_wire(svg, view->timeline->relays[i]) &&
		    find_difference(view, view->timeline->relays[i], view->from, &found))
			return true;
	return false;
}

/* Where the next of the legend begins, in a row of its own if there is no room for it. */
static double legend_x(struct svg *svg, double *x, const char *text)
{
	double width = 22 + text_width(text) * LETTER_WIDTH + 14, at = *x;

	if (at + width > WIDTH) {
		at = LEFT;
		svg->y += LEGEND_HEIGHT;
	}
	*x = at + width;
	write_label(svg, at + 22, svg->y + 5, "", text);
	return at;
}

/* The marks are drawn by the very functions that draw them above. */
static void legend_mark(struct svg *svg, double *x, enum op op, long long wait_ns, int result,
			const char *text)
{
	const struct request request = { .op = op, .wait_ns = wait_ns, .result = result };
	double at;

	if (!has_request(svg->view, &request))
		return;
	at = legend_x(svg, x, text);
	write_mark(svg->out, &request, at + 8, svg->y);
	end_mark(svg->out, &request);
}

static void legend_box(struct svg *svg, double *x, const char *class, const char *text)
{
	double at = legend_x(svg, x, text);

	write_box(svg, at, at + 16, svg->y - 6, 12, class);
}

static void draw_legend(struct svg *svg)
{
	const struct view *view = svg->view;
	double x = LEFT;

	legend_mark(svg, &x, OP_ON, 0, 0, "on");
	legend_mark(svg, &x, OP_OFF, 0, 0, "off");
	legend_mark(svg, &x, OP_TOGGLE, 0, 0, "toggle");
	legend_mark(svg, &x, OP_PULSE, 0, 0, "pulse");
	legend_mark(svg, &x, OP_ON, 1, 0, "deferred until the arrow");
	legend_mark(svg, &x, OP_ON, UNKNOWN, 0, "waits for another relay");
	legend_mark(svg, &x, OP_ON, 0, -1, "refused");
	x = WIDTH;
	if (has_state(view, offsetof(struct relay, coil), 1, 1))
		legend_box(svg, &x, "coil-on", "coil on");
	if (view->alignment) {
		double at = legend_x(svg, &x, "wire: its line, seen from outside");

		fprintf(svg->out, "<path d='M%.2f %.2fh16' class='wire'/>\n", at, svg->y);
		if (differs_anywhere(svg))
			legend_box(svg, &x, "differs", "they differ");
	}
	if (has_state(view, offsetof(struct relay, contact), CONTACT_CLOSING, CONTACT_OPENING))
		legend_box(svg, &x, "move", "contact moves");
	if (has_state(view, offsetof(struct relay, contact), CONTACT_CLOSED, CONTACT_CLOSED))
		legend_box(svg, &x, "contact-on", "contact closed");
	if (has_state(view, offsetof(struct relay, sense), 1, 1))
		legend_box(svg, &x, "sense-on", "sense: contact's line is active");
	if (has_state(view, offsetof(struct relay, fault), 1, 1))
		legend_box(svg, &x, "fault-on", "fault");
	if (svg->axis.nr > 1) {
		double at = legend_x(svg, &x, "idle time left out");

		write_box(svg, at, at + 16, svg->y - 6, 12, "cut");
		write_box(svg, at, at + 16, svg->y - 6, 12, "hatched");
	}
	svg->y += LEGEND_HEIGHT;
}

static void draw_head(struct svg *svg)
{
	write_label(svg, 10, 28, "class='title'",
		    svg->view->title ? svg->view->title : "Relays: requests, coils and contacts");
	write_label(svg, 10, 48, "", "Time since boot (CLOCK_BOOTTIME)");
}

/* How the outside clock was put on ours: for who asks, not for who looks. */
static void describe(const struct svg *svg)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (!svg->view->alignment)
		return;
	out = open_memstream(&text, &size);
	if (!out)
		err(EXIT_FAILURE, NULL);
	print_alignment(out, svg->view->alignment, "; ");
	fclose(out);
	fputs("<desc>", svg->out);
	write_escaped(svg->out, text);
	fputs("</desc>\n", svg->out);
	free(text);
}

void write_svg(FILE *out, const struct view *view)
{
	double bottom = TOP + rows_height(view);
	struct svg svg = { .view = view, .y = TOP };
	char *text = NULL;
	size_t size;

	axis_init(&svg.axis, view, PLOT_WIDTH, BREAK_WIDTH, PIECE_WIDTH_MIN);

	/* How high it is shows when all of it is drawn. */
	svg.out = open_memstream(&text, &size);
	if (!svg.out)
		err(EXIT_FAILURE, NULL);
	draw_head(&svg);
	draw_axis(&svg, bottom);
	for (size_t i = 0; i < view->timeline->nr; i++)
		draw_relay(&svg, view->timeline->relays[i]);
	svg.y = bottom + 36;
	draw_legend(&svg);
	fclose(svg.out);

	svg.out = out;
	fputs("<svg xmlns='http://www.w3.org/2000/svg' role='img' ", out);
	fprintf(out, "width='%d' height='%.0f' viewBox='0 0 %d %.0f'>\n", WIDTH, svg.y, WIDTH,
		svg.y);
	fputs("<title>", out);
	write_escaped(out, view->title ? view->title : "Relays: requests, coils and contacts");
	fputs("</title>\n", out);
	describe(&svg);
	fprintf(out, "<style>\n%s</style>\n", style);
	fputs("<defs><pattern id='emrelay-cut' width='6' height='6' ", out);
	fputs("patternUnits='userSpaceOnUse'>", out);
	fputs("<path d='M0 6L6 0' class='hatch'/></pattern></defs>\n", out);
	fputs("<rect width='100%' height='100%' class='page'/>\n", out);
	fwrite(text, 1, size, out);
	fputs("</svg>\n", out);
	free(text);
	free(svg.axis.pieces);
}
