// SPDX-License-Identifier: GPL-2.0-only
/* Something that has one value from each edge to the next. */
#include <err.h>
#include <stdlib.h>

#include "timeline.h"

/* Makes room for one more element after nr. */
void *grow(void *array, size_t nr, size_t *room, size_t size)
{
	if (nr < *room)
		return array;
	*room = *room ? 2 * *room : 16;
	array = reallocarray(array, *room, size);
	if (!array)
		err(EXIT_FAILURE, NULL);
	return array;
}

void wave_add(struct wave *wave, long long ns, size_t seq, int value)
{
	wave->edges = grow(wave->edges, wave->nr, &wave->room, sizeof(*wave->edges));
	wave->edges[wave->nr++] = (struct edge){ .ns = ns, .seq = seq, .value = value };
}

/* The value before the first edge: an edge comes from the state before its own. */
int wave_before(const struct wave *wave)
{
	if (!wave->nr)
		return UNKNOWN;
	return (wave->edges[0].value + wave->states - 1) % wave->states;
}

/* The first edge later than ns. */
size_t wave_after(const struct wave *wave, long long ns)
{
	size_t low = 0, high = wave->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (wave->edges[mid].ns <= ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

int wave_at(const struct wave *wave, long long ns)
{
	size_t after = wave_after(wave, ns);

	return after ? wave->edges[after - 1].value : wave_before(wave);
}

/* Whether a contact of any relay is read back. */
bool has_sense(const struct timeline *timeline)
{
	for (size_t i = 0; i < timeline->nr; i++)
		if (timeline->relays[i]->sense.nr)
			return true;
	return false;
}
