// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws the timeline in a terminal.
 *
 * A column is a stretch of time. What happens within one is never left out:
 * it turns the column into a sign for it, however wide the view is.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "timeline.h"
#include "tools.h"

#define NAME_WIDTH_MAX	20
#define KIND_WIDTH	8
#define BREAK_WIDTH	9
#define PIECE_WIDTH_MIN	8
#define PLOT_WIDTH_MIN	20

static const struct glyphs {
	const char *state[4];	/* by enum contact */
	const char *rise;
	const char *fall;
	const char *many;
	const char *at_once[5];	/* by enum op */
	const char *later[5];
	const char *held;
	const char *refused;
	const char *line;
	const char *tick;
	const char *cut;
	const char *ellipsis;
} unicode = {
	.state = { "▁", "╱", "█", "╲" },
	.rise = "▐",
	.fall = "▌",
	.many = "▒",
	.at_once = { "▲", "▼", "◆", "●", "■" },
	.later = { "△", "▽", "◇", "○", "□" },
	.held = "·",
	.refused = "✗",
	.line = "─",
	.tick = "┬",
	.cut = "┄",
	.ellipsis = "…",
}, ascii_only = {
	.state = { "_", "/", "#", "\\" },
	.rise = "[",
	.fall = "]",
	.many = "%",
	.at_once = { "^", "v", "t", "p", "?" },
	.later = { "A", "V", "T", "P", "!" },
	.held = ".",
	.refused = "x",
	.line = "-",
	.tick = "+",
	.cut = " ",
	.ellipsis = "~",
};

struct canvas {
	FILE *out;
	const struct view *view;
	const struct glyphs *glyphs;
	struct axis axis;
	int name_width;
	int columns;		/* of the plot */
	const char **cells;	/* one row of it */
};

static int column_of(const struct canvas *canvas, long long ns)
{
	int column = (int)axis_x(&canvas->axis, ns);

	return column < canvas->columns ? column : canvas->columns - 1;
}

static bool in_break(const struct canvas *canvas, int column)
{
	const struct axis *axis = &canvas->axis;

	for (size_t i = 1; i < axis->nr; i++)
		if (column > axis->pieces[i - 1].x1 && column + 1 < axis->pieces[i].x0)
			return true;
	return false;
}

/* At most this many columns of text, the rest cut off visibly. */
static void print_name(const struct canvas *canvas, const char *name)
{
	int width = (int)text_width(name);
	int left = width > canvas->name_width ? canvas->name_width - 1 : width;
	int pad = canvas->name_width - width;

	while (*name && left) {
		const char *start = name++;

		while ((*name & 0xc0) == 0x80)
			name++;
		if (canvas->glyphs == &ascii_only && name - start > 1)
			fputc('?', canvas->out);
		else
			fwrite(start, 1, name - start, canvas->out);
		left--;
	}
	if (*name)
		fputs(canvas->glyphs->ellipsis, canvas->out);
	fprintf(canvas->out, "%*s", pad > 0 ? pad : 0, "");
}

static void clear_row(struct canvas *canvas)
{
	for (int c = 0; c < canvas->columns; c++)
		canvas->cells[c] = " ";
}

static void print_row(struct canvas *canvas, const char *name, const char *kind)
{
	int end = canvas->columns;

	print_name(canvas, name);
	while (end && canvas->cells[end - 1][0] == ' ')
		end--;
	fprintf(canvas->out, " %-*s", end ? KIND_WIDTH : 0, kind);
	for (int c = 0; c < end; c++)
		fputs(canvas->cells[c], canvas->out);
	fputc('\n', canvas->out);
}

/* What one column says about the states that were in it, the first one to the last. */
static const char *sign_of(const struct glyphs *glyphs, unsigned int seen, size_t edges,
			   int first, int last)
{
	const unsigned int open = 1U << CONTACT_OPEN, closing = 1U << CONTACT_CLOSING;
	const unsigned int closed = 1U << CONTACT_CLOSED, opening = 1U << CONTACT_OPENING;

	if (seen == 1U << last)
		return glyphs->state[last];
	if (edges <= 2 && first == CONTACT_OPEN && last == CONTACT_CLOSED)
		return glyphs->rise;
	if (edges <= 2 && first == CONTACT_CLOSED && last == CONTACT_OPEN)
		return glyphs->fall;
	if (seen == (open | closing) || seen == (closing | closed))
		return glyphs->state[CONTACT_CLOSING];
	if (seen == (closed | opening) || seen == (opening | open))
		return glyphs->state[CONTACT_OPENING];
	return glyphs->many;
}

/* Writes over that many columns if all of them have this state. */
static bool write_over(struct canvas *canvas, int column, const char *text, int state)
{
	int width = (int)text_width(text);

	if (column < 0 || width > canvas->columns - column)
		return false;
	for (int i = 0; i < width; i++)
		if (canvas->cells[column + i] != canvas->glyphs->state[state])
			return false;
	for (int i = 0; i < width; i++)
		canvas->cells[column + i] = i ? "" : text;
	return true;
}

/*
 * Why the coil was released, or which fault it is: in the columns after it if it stays
 * so for so long, a fault else in those before.
 */
static void write_why(struct canvas *canvas, const struct edge *edge)
{
	int column = column_of(canvas, edge->ns);

	if (!write_over(canvas, column + 1, edge->why,
			edge->value ? CONTACT_CLOSED : CONTACT_OPEN) && edge->value)
		write_over(canvas, column - (int)text_width(edge->why) - 1, edge->why,
			   CONTACT_OPEN);
}

static void draw_wave(struct canvas *canvas, const struct wave *wave, const char *kind)
{
	/* A coil that is on looks like a contact that is closed. */
	int factor = wave->states == 2 ? CONTACT_CLOSED : 1;
	int state = wave_at(wave, canvas->view->from - 1) * factor;
	size_t next = wave_after(wave, canvas->view->from - 1);

	clear_row(canvas);
	for (int c = 0; wave->nr && c < canvas->columns; c++) {
		unsigned int seen = 1U << state;
		size_t edges = 0;
		int first = state;

		while (next < wave->nr && wave->edges[next].ns <= canvas->view->to &&
		       column_of(canvas, wave->edges[next].ns) <= c) {
			state = wave->edges[next++].value * factor;
			seen |= 1U << state;
			edges++;
		}
		if (!in_break(canvas, c) || c % 2)
			canvas->cells[c] = sign_of(canvas->glyphs, seen, edges, first, state);
	}
	for (size_t i = wave_after(wave, canvas->view->from - 1);
	     i < wave->nr && wave->edges[i].ns <= canvas->view->to; i++)
		if (wave->edges[i].why)
			write_why(canvas, &wave->edges[i]);
	print_row(canvas, "", kind);
}

/* Another relay is in the way, until the request is carried out or replaced. */
static void draw_held(struct canvas *canvas, const struct request *request, int column)
{
	int end = request->until == UNKNOWN ? canvas->columns :
		  column_of(canvas, request->until);

	while (++column < end)
		canvas->cells[column] = canvas->glyphs->held;
}

/* The accepted or the refused requests; several in one column become their number. */
static void draw_requests(struct canvas *canvas, const struct relay *relay, bool refused)
{
	static const char *const numbers[] = { "2", "3", "4", "5", "6", "7", "8", "9", "+" };
	size_t here = 0, drawn = 0;
	int before = -1;

	clear_row(canvas);
	for (size_t i = 0; i < relay->nr_requests; i++) {
		const struct request *request = &relay->requests[i];
		int column;

		if (request->ns < canvas->view->from || request->ns > canvas->view->to ||
		    is_refused(request) != refused)
			continue;
		column = column_of(canvas, request->ns);
		here = column == before ? here + 1 : 1;
		before = column;
		drawn++;
		if (here > 1)
			canvas->cells[column] =
				numbers[here - 2 < ARRAY_SIZE(numbers) ? here - 2 :
					ARRAY_SIZE(numbers) - 1];
		else if (refused)
			canvas->cells[column] = canvas->glyphs->refused;
		else if (request->wait_ns)
			canvas->cells[column] = canvas->glyphs->later[request->op];
		else
			canvas->cells[column] = canvas->glyphs->at_once[request->op];
		if (!refused && request->wait_ns == UNKNOWN)
			draw_held(canvas, request, column);
	}
	if (!refused)
		print_row(canvas, relay->shown, "request");
	else if (drawn)
		print_row(canvas, "", "refused");
}

static void draw_axis(struct canvas *canvas)
{
	const struct axis *axis = &canvas->axis;
	int indent = canvas->name_width + 1 + KIND_WIDTH;
	struct tick *ticks;
	size_t nr = axis_ticks(axis, 1, &ticks);
	int column = 0;

	fprintf(canvas->out, "%*s", indent, "");
	for (size_t i = 0; i < nr; i++) {
		int at = (int)ticks[i].x;

		if (!ticks[i].label[0] || at < column)
			continue;
		fprintf(canvas->out, "%*s%s", at - column, "", ticks[i].label);
		column = at + (int)strlen(ticks[i].label);
	}
	fputc('\n', canvas->out);

	for (int c = 0; c < canvas->columns; c++)
		canvas->cells[c] = in_break(canvas, c) ? canvas->glyphs->cut : canvas->glyphs->line;
	for (size_t i = 0; i < nr; i++)
		if (ticks[i].x < canvas->columns)
			canvas->cells[(int)ticks[i].x] = canvas->glyphs->tick;
	fprintf(canvas->out, "%*s", indent, "");
	for (int c = 0; c < canvas->columns; c++) {
		char text[24];
		size_t i;

		for (i = 1; i < axis->nr; i++)
			if (c == (int)axis->pieces[i - 1].x1 + 1)
				break;
		if (i < axis->nr) {
			/* The length of the break stands in it. */
			duration_text(axis->pieces[i].from - axis->pieces[i - 1].to, text);
			fputs(text, canvas->out);
			c += (int)strlen(text) - 1;
		} else {
			fputs(canvas->cells[c], canvas->out);
		}
	}
	fputc('\n', canvas->out);
	free(ticks);
}

static void draw_legend(struct canvas *canvas)
{
	const struct glyphs *g = canvas->glyphs;

	fprintf(canvas->out, "\n%s on  %s off  %s toggle  %s pulse; ",
		g->at_once[OP_ON], g->at_once[OP_OFF], g->at_once[OP_TOGGLE], g->at_once[OP_PULSE]);
	fprintf(canvas->out, "carried out later: %s %s %s %s\n",
		g->later[OP_ON], g->later[OP_OFF], g->later[OP_TOGGLE], g->later[OP_PULSE]);
	fprintf(canvas->out, "%s%s%s waits for another relay  %s refused", g->later[OP_ON],
		g->held, g->held, g->refused);
	fputs("  2-9 + several requests within a column\n", canvas->out);
	fprintf(canvas->out, "%s%s off, open  %s%s on, closed  %s%s closing  %s%s opening\n",
		g->state[0], g->state[0], g->state[2], g->state[2], g->state[1], g->state[1],
		g->state[3], g->state[3]);
	fprintf(canvas->out, "%s to on, closed  %s to off, open  %s several edges\n", g->rise,
		g->fall, g->many);
	if (has_sense(canvas->view->timeline))
		fputs("sense: the line that reads the contact back\n", canvas->out);
	if (canvas->view->alignment) {
		fputs("wire: the coil's line seen from outside\n", canvas->out);
		print_alignment(canvas->out, canvas->view->alignment, "\n");
		fputc('\n', canvas->out);
	}
}

void write_text(FILE *out, const struct view *view, int columns, bool ascii)
{
	const struct timeline *timeline = view->timeline;
	struct canvas canvas = {
		.out = out,
		.view = view,
		.glyphs = ascii ? &ascii_only : &unicode,
	};

	for (size_t i = 0; i < timeline->nr; i++) {
		int width = (int)text_width(timeline->relays[i]->shown);

		if (width > canvas.name_width)
			canvas.name_width = width;
	}
	if (canvas.name_width > NAME_WIDTH_MAX)
		canvas.name_width = NAME_WIDTH_MAX;
	canvas.columns = columns - canvas.name_width - 1 - KIND_WIDTH;
	if (canvas.columns < PLOT_WIDTH_MIN)
		canvas.columns = PLOT_WIDTH_MIN;
	canvas.cells = calloc(canvas.columns, sizeof(*canvas.cells));
	if (!canvas.cells)
		err(EXIT_FAILURE, NULL);
	axis_init(&canvas.axis, view, canvas.columns, BREAK_WIDTH, PIECE_WIDTH_MIN);

	if (view->title)
		fprintf(out, "%s\n", view->title);
	draw_axis(&canvas);
	for (size_t i = 0; i < timeline->nr; i++) {
		const struct relay *relay = timeline->relays[i];

		draw_requests(&canvas, relay, false);
		draw_requests(&canvas, relay, true);
		draw_wave(&canvas, &relay->coil, "coil");
		draw_wave(&canvas, &relay->contact, "contact");
		if (relay->line != UNKNOWN)
			draw_wave(&canvas, &relay->wire, "wire");
		if (relay->sense.nr)
			draw_wave(&canvas, &relay->sense, "sense");
		if (relay->fault.nr)
			draw_wave(&canvas, &relay->fault, "fault");
	}
	draw_legend(&canvas);

	free(canvas.axis.pieces);
	free(canvas.cells);
}
