// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts the outside edges on the trace's clock.
 *
 * Both clocks run at one rate (in QEMU they are one clock), so one constant
 * offset is all there is to find. Every coil edge of the trace is also an edge
 * of that relay's line outside. Take one coil edge: each outside edge of its
 * line that goes the same way could be the same one, and so proposes an
 * offset. The right offset also carries the other coil edges, of all relays,
 * onto outside edges; the one that carries most of a sample of them wins. Where
 * a pattern repeats so evenly that several do, the smallest wins, and that is
 * said. The median over all matched edges then makes it exact: the driver takes
 * an edge's time just after the write to the line, so the usual latency of a
 * write cannot be told from the offset and is part of it.
 */
#include <err.h>
#include <limits.h>
#include <stdlib.h>

#include "timeline.h"

/* Enough to tell offsets apart, few enough for logs of a million edges. */
#define PROBES_MAX	32
#define ANCHORS		4

struct probe {
	const struct edge *edge;
	const struct wave *wire;
	size_t next;		/* no outside edge before this one can match any more */
};

static size_t pick_probes(const struct timeline *timeline, struct probe *probes)
{
	size_t total = 0, first = 0, nr = 0, wanted;

	for (size_t i = 0; i < timeline->nr; i++)
		if (timeline->relays[i]->line != UNKNOWN)
			total += timeline->relays[i]->coil.nr;
	wanted = total < PROBES_MAX ? total : PROBES_MAX;

	/* Evenly over all coil edges, the first and the last among them. */
	for (size_t i = 0; i < timeline->nr && nr < wanted; i++) {
		const struct relay *relay = timeline->relays[i];

		if (relay->line == UNKNOWN)
			continue;
		while (nr < wanted) {
			size_t k = wanted > 1 ? nr * (total - 1) / (wanted - 1) : 0;

			if (k >= first + relay->coil.nr)
				break;
			probes[nr].edge = &relay->coil.edges[k - first];
			probes[nr].wire = &relay->wire;
			nr++;
		}
		first += relay->coil.nr;
	}
	return nr;
}

/*
 * Is there an outside edge for the probe at this offset? To be asked with
 * falling offsets, so that all questions together pass each edge once.
 */
static bool probe_matches(struct probe *probe, long long offset, long long tolerance)
{
	const struct wave *wire = probe->wire;
	long long ns = probe->edge->ns - offset;

	while (probe->next < wire->nr && wire->edges[probe->next].ns < ns - tolerance)
		probe->next++;
	for (size_t i = probe->next; i < wire->nr && wire->edges[i].ns <= ns + tolerance; i++)
		if (wire->edges[i].value == probe->edge->value)
			return true;
	return false;
}

bool find_offset(const struct timeline *timeline, long long tolerance,
		 struct alignment *alignment)
{
	struct probe probes[PROBES_MAX];
	size_t nr = pick_probes(timeline, probes);
	size_t best = 0;

	/* An anchor that the outside missed proposes nonsense: try a few. */
	for (size_t a = 0; a < ANCHORS && nr; a++) {
		const struct probe *anchor = &probes[a * (nr - 1) / (ANCHORS - 1)];
		size_t best_before = best;

		for (size_t p = 0; p < nr; p++)
			probes[p].next = 0;
		for (size_t i = 0; i < anchor->wire->nr; i++) {
			const struct edge *edge = &anchor->wire->edges[i];
			long long offset = anchor->edge->ns - edge->ns;
			size_t matches = 0;

			if (edge->value != anchor->edge->value)
				continue;
			for (size_t p = 0; p < nr; p++)
				matches += probe_matches(&probes[p], offset, tolerance);

			if (matches > best) {
				best = matches;
				alignment->offset = offset;
				alignment->as_good = 0;
			} else if (matches && matches == best && best > best_before &&
				   llabs(offset - alignment->offset) > 2 * tolerance) {
				alignment->as_good++;
				if (llabs(offset) < llabs(alignment->offset))
					alignment->offset = offset;
			}
		}
	}
	return best && 2 * best >= nr;
}

static int compare_ns(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

/* Pairs the edges of one relay in time order; returns how many differences it stored. */
static size_t match_relay(const struct timeline *timeline, const struct relay *relay,
			  long long tolerance, struct alignment *alignment,
			  long long *differences)
{
	const struct edge *coil = relay->coil.edges, *coil_end = coil + relay->coil.nr;
	const struct edge *wire = relay->wire.edges, *wire_end = wire + relay->wire.nr;
	size_t nr = 0;

	while (coil < coil_end || wire < wire_end) {
		long long outside = wire < wire_end ? wire->ns + alignment->offset : LLONG_MAX;
		long long inside = coil < coil_end ? coil->ns : LLONG_MAX;

		if (coil < coil_end && wire < wire_end && coil->value == wire->value &&
		    llabs(inside - outside) <= tolerance) {
			differences[nr++] = inside - outside;
			coil++;
			wire++;
		} else if (inside < outside) {
			alignment->only_trace++;
			coil++;
		} else {
			/* Before and after the trace the driver cannot be asked. */
			if (outside >= timeline->trace_from - tolerance &&
			    outside <= timeline->trace_to + tolerance)
				alignment->only_outside++;
			wire++;
		}
	}
	return nr;
}

/* Matches all edges; an offset that was found, not given, is made exact first. */
void judge_offset(const struct timeline *timeline, long long tolerance,
		  struct alignment *alignment)
{
	long long *differences;
	size_t room = 0;

	for (size_t i = 0; i < timeline->nr; i++)
		room += timeline->relays[i]->coil.nr;
	differences = calloc(room + 1, sizeof(*differences));
	if (!differences)
		err(EXIT_FAILURE, NULL);

	for (int pass = alignment->given; pass < 2; pass++) {
		size_t nr = 0;

		alignment->only_trace = 0;
		alignment->only_outside = 0;
		for (size_t i = 0; i < timeline->nr; i++) {
			const struct relay *relay = timeline->relays[i];

			if (relay->line != UNKNOWN)
				nr += match_relay(timeline, relay, tolerance, alignment,
						  differences + nr);
		}
		alignment->matched = nr;
		if (!nr)
			break;
		qsort(differences, nr, sizeof(*differences), compare_ns);
		if (!pass)
			alignment->offset += differences[nr / 2];
		alignment->least = differences[0];
		alignment->most = differences[nr - 1];
	}
	free(differences);
}

void shift_wires(struct timeline *timeline, long long offset)
{
	for (size_t i = 0; i < timeline->nr; i++) {
		struct wave *wire = &timeline->relays[i]->wire;

		for (size_t e = 0; e < wire->nr; e++)
			wire->edges[e].ns += offset;
	}
}

static const char *plural(size_t nr)
{
	return nr == 1 ? "" : "s";
}

/* Two or three sentences with the separator between them. */
void print_alignment(FILE *out, const struct alignment *alignment, const char *separator)
{
	fprintf(out, "CLOCK_BOOTTIME = outside clock %+lld ns, %s", alignment->offset,
		alignment->given ? "as given" : "the median of the matched coil edges");
	if (alignment->as_good)
		fprintf(out, " (%zu other offset%s fit as well, this is the smallest)",
			alignment->as_good, plural(alignment->as_good));
	fprintf(out, "%s%zu coil edge%s matched", separator, alignment->matched,
		plural(alignment->matched));
	if (alignment->matched)
		fprintf(out, ", trace minus outside %+lld to %+lld ns", alignment->least,
			alignment->most);
	if (alignment->only_trace || alignment->only_outside)
		fprintf(out, "%sNOT matched: %zu edge%s of the trace, %zu outside meanwhile",
			separator, alignment->only_trace, plural(alignment->only_trace),
			alignment->only_outside);
}
