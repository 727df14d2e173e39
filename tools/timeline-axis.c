// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps time to columns or pixels, and chooses the ticks.
 *
 * A relay moves within milliseconds and then rests for seconds. On one even
 * scale either the moves or the whole cannot be seen, so idle stretches can be
 * folded away: the longest ones longer than the wish, as many as there is room
 * for, each replaced by a break. What remains is drawn to one scale, but no
 * piece gets narrower than the least width.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "timeline.h"

struct gap {
	long long from;
	long long to;
};

/* Three or four digits, as one would say it: "18.5 ms". */
const char *duration_text(long long ns, char text[24])
{
	static const struct {
		long long ns;
		const char *name;
	} units[] = { { NS_PER_S, "s" }, { NS_PER_MS, "ms" }, { NS_PER_US, "us" }, { 1, "ns" } };
	size_t u = 0;
	double value;
	char *end;
	int len;

	while (u < ARRAY_SIZE(units) - 1 && ns < units[u].ns)
		u++;
	value = (double)ns / (double)units[u].ns;
	len = snprintf(text, 16, "%.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
	end = text + len;
	if (strchr(text, '.')) {
		while (end[-1] == '0')
			end--;
		if (end[-1] == '.')
			end--;
	}
	sprintf(end, " %s", units[u].name);
	return text;
}

static int compare_times(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static int longest_first(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;
	long long left = x->to - x->from, right = y->to - y->from;

	if (left != right)
		return left > right ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

static int earliest_first(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

static size_t wave_times(const struct wave *wave, const struct view *view, long long *times)
{
	size_t nr = 0;

	for (size_t i = wave_after(wave, view->from - 1);
	     i < wave->nr && wave->edges[i].ns <= view->to; i++)
		times[nr++] = wave->edges[i].ns;
	return nr;
}

/* The moments of all that happens in the view, in order. */
static size_t event_times(const struct view *view, long long **times)
{
	const struct timeline *timeline = view->timeline;
	size_t room = 0, nr = 0;

	for (size_t i = 0; i < timeline->nr; i++) {
		const struct relay *relay = timeline->relays[i];

		room += relay->coil.nr + relay->contact.nr + relay->wire.nr + relay->nr_requests;
		room += relay->sense.nr + relay->fault.nr;
	}
	*times = calloc(room + 1, sizeof(**times));
	if (!*times)
		err(EXIT_FAILURE, NULL);
	for (size_t i = 0; i < timeline->nr; i++) {
		const struct relay *relay = timeline->relays[i];

		nr += wave_times(&relay->coil, view, *times + nr);
		nr += wave_times(&relay->contact, view, *times + nr);
		nr += wave_times(&relay->wire, view, *times + nr);
		nr += wave_times(&relay->sense, view, *times + nr);
		nr += wave_times(&relay->fault, view, *times + nr);
		for (size_t r = 0; r < relay->nr_requests; r++) {
			long long ns = relay->requests[r].ns;

			if (ns >= view->from && ns <= view->to)
				(*times)[nr++] = ns;
		}
	}
	qsort(*times, nr, sizeof(**times), compare_times);
	return nr;
}

/* At most `most` gaps in order of time; returns their number. */
static size_t find_gaps(const long long *times, size_t nr, long long fold, size_t most,
			struct gap **gaps)
{
	size_t found = 0, room = 0;

	*gaps = NULL;
	for (size_t i = 1; i < nr; i++) {
		if (times[i] - times[i - 1] <= fold)
			continue;
		*gaps = grow(*gaps, found, &room, sizeof(**gaps));
		(*gaps)[found++] = (struct gap){ times[i - 1], times[i] };
	}
	if (found > most) {
		qsort(*gaps, found, sizeof(**gaps), longest_first);
		found = most;
		qsort(*gaps, found, sizeof(**gaps), earliest_first);
	}
	return found;
}

/* One scale for all pieces but those that the least width makes wider. */
static void share_width(struct axis *axis, double width, double break_width, double least_width)
{
	double x = 0, scale = 0;
	bool settled = false;

	width -= break_width * (axis->nr - 1);
	while (!settled) {
		double wide = width, time = 0, former = scale;

		for (size_t i = 0; i < axis->nr; i++) {
			const struct piece *piece = &axis->pieces[i];
			double length = piece->to - piece->from;

			if (former && length * former < least_width)
				wide -= least_width;
			else
				time += length;
		}
		scale = time > 0 ? wide / time : 0;
		settled = scale == former || !scale;
	}
	for (size_t i = 0; i < axis->nr; i++) {
		struct piece *piece = &axis->pieces[i];
		double share = (piece->to - piece->from) * scale;

		piece->x0 = x;
		piece->x1 = x + (share < least_width ? least_width : share);
		x = piece->x1 + break_width;
	}
	/* Rounding must not leave the end a hair short of the width. */
	axis->pieces[axis->nr - 1].x1 = axis->width;
}

void axis_init(struct axis *axis, const struct view *view, double width, double break_width,
	       double least_width)
{
	size_t nr_times = 0, nr_gaps = 0;
	long long *times = NULL;
	struct gap *gaps = NULL;
	long long pad = view->fold / 4;

	if (view->fold) {
		size_t most = (width - least_width) / (least_width + break_width);

		nr_times = event_times(view, &times);
		nr_gaps = find_gaps(times, nr_times, view->fold, most, &gaps);
	}

	axis->width = width;
	axis->nr = nr_gaps + 1;
	axis->pieces = calloc(axis->nr, sizeof(*axis->pieces));
	if (!axis->pieces)
		err(EXIT_FAILURE, NULL);
	axis->pieces[0].from = view->from;
	axis->pieces[0].event = view->from;
	for (size_t i = 0; i < nr_gaps; i++) {
		axis->pieces[i].to = gaps[i].from + pad;
		axis->pieces[i + 1].from = gaps[i].to - pad;
		axis->pieces[i + 1].event = gaps[i].to;
	}
	axis->pieces[nr_gaps].to = view->to;
	if (nr_gaps) {
		/* Idle time at both ends is as long as at the breaks. */
		if (view->from < times[0] - pad)
			axis->pieces[0].from = times[0] - pad;
		axis->pieces[0].event = times[0];
		if (view->to > times[nr_times - 1] + pad)
			axis->pieces[nr_gaps].to = times[nr_times - 1] + pad;
	}
	share_width(axis, width, break_width, least_width);
	free(times);
	free(gaps);
}

static double between(long long ns, long long from, long long to, double x0, double x1)
{
	return to > from ? x0 + (double)(ns - from) / (double)(to - from) * (x1 - x0) : x0;
}

double axis_x(const struct axis *axis, long long ns)
{
	const struct piece *last = NULL;

	for (size_t i = 0; i < axis->nr; i++) {
		const struct piece *piece = &axis->pieces[i];

		if (ns < piece->from)
			return last ? between(ns, last->to, piece->from, last->x1, piece->x0) : 0;
		if (ns <= piece->to)
			return between(ns, piece->from, piece->to, piece->x0, piece->x1);
		last = piece;
	}
	return axis->width;
}

/* The smallest of 1, 2, 5, 10 … ns that is at least this wide on every piece. */
static long long tick_step(const struct axis *axis, double wanted)
{
	static const int factors[] = { 1, 2, 5 };
	double scale = 0;

	for (size_t i = 0; i < axis->nr; i++) {
		const struct piece *piece = &axis->pieces[i];
		double s = (piece->x1 - piece->x0) / (double)(piece->to - piece->from);

		if (!i || s < scale)
			scale = s;
	}
	for (long long power = 1; power <= NS_PER_S * NS_PER_S / 10; power *= 10)
		for (size_t f = 0; f < ARRAY_SIZE(factors); f++)
			if (factors[f] * power * scale >= wanted)
				return factors[f] * power;
	return NS_PER_S * NS_PER_S;
}

static void seconds_text(long long ns, int decimals, char text[32])
{
	long long part = ns % NS_PER_S;

	for (int i = decimals; i < 9; i++)
		part /= 10;
	if (decimals)
		snprintf(text, 32, "%lld.%0*lld s", ns / NS_PER_S, decimals, part);
	else
		snprintf(text, 32, "%lld s", ns / NS_PER_S);
}

static int decimals_of(long long step)
{
	int decimals = 9;

	while (decimals && step % 10 == 0) {
		step /= 10;
		decimals--;
	}
	return decimals;
}

/*
 * On an unbroken axis round numbers of seconds. With breaks every piece counts
 * from its first event, which alone has the full time.
 */
size_t axis_ticks(const struct axis *axis, double char_width, struct tick **ticks)
{
	bool folded = axis->nr > 1;
	long long step = tick_step(axis, (folded ? 9 : 12) * char_width);
	int decimals = decimals_of(step);
	size_t nr = 0, room = 0;
	double free_from = 0;

	*ticks = NULL;
	for (size_t i = 0; i < axis->nr; i++) {
		const struct piece *piece = &axis->pieces[i];
		long long ns = piece->event;

		if (!folded) {
			ns = piece->from - piece->from % step;
			if (ns < piece->from)
				ns += step;
		}
		for (; ns <= piece->to; ns += step) {
			struct tick *tick;

			*ticks = grow(*ticks, nr, &room, sizeof(**ticks));
			tick = &(*ticks)[nr++];
			tick->ns = ns;
			tick->x = axis_x(axis, ns);
			if (!folded) {
				seconds_text(ns, decimals, tick->label);
			} else if (ns == piece->event) {
				seconds_text(ns, decimals < 3 ? 3 : decimals, tick->label);
			} else {
				tick->label[0] = '+';
				duration_text(ns - piece->event, tick->label + 1);
			}
			/* Labels stand to the right of their tick. */
			if (tick->x < free_from ||
			    tick->x + strlen(tick->label) * char_width > axis->width)
				tick->label[0] = '\0';
			else
				free_from = tick->x + (strlen(tick->label) + 1) * char_width;
		}
	}
	return nr;
}
