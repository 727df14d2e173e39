/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contacts that are played on input lines of the PL061, in the guest's time. Part
 * of edges.c, which is one file for the compiler.
 *
 * The file of a play has a line a contact:
 *
 *	contact LINE follows COIL [WORD [NUMBER...]]...
 *
 * Times are in us. It is closed while the output line COIL is high:
 *
 *	operate US, release US	after so long; 15000 and 25000
 *	bounce US EDGES		it bounces for so long, with so many edges more
 *	random SEED		half to twice these times, 0 to twice the bounce, 0 to
 *				EDGES edges
 *	slow N PERCENT		from the Nth energisation on its times are so much
 *	stuck N [M]		it does not close at the Nth energisation, to the Mth
 *	every N			nor at each Nth one
 *	welded N [M]		it does not open after the Nth, to the Mth
 *	tack N			nor after each Nth one
 *	chatter N US		from the Nth on, once closed, it toggles, each state so long
 *	drop N US FOR		in the Nth energisation it opens after so long, for so long
 *	weary PERMILLE SEED	in so many of a thousand energisations it does not close, and in
 *				as many releases not open, nor in up to two that follow
 *	always			it is closed, whatever the coil does
 *
 * and its line shows that:
 *
 *	inverted		low while the contact is closed
 *	late US			so much later
 *	noise HZ SEED		with so many glitches of up to 1 ms a second
 *	mains US ACTIVE PHASE	with a pulse of so long in each period
 *	dark MS FOR		without mains from this time of the guest on, for so many ms
 *	broken N		always low, from the Nth energisation on
 *	storm MS HZ FOR		at this time of the guest, so many edges a second, for so many ms
 *
 * The log has each edge of such a line, as of all lines, and as the truth
 * "NS LINE+8 LEVEL" each edge of the contact itself. Of a storm it has none: that
 * would be millions.
 */
#ifndef CONTACTS_H
#define CONTACTS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu-symbols.h"

#define NR_LINES	8
#define NR_MOVES	64
#define NS_PER_US	1000LL
#define NEVER		4000000000000000000LL
/* The PL061 forgets its inputs at reset; they are told anew a little later. */
#define FIRST_NS	(100 * NS_PER_US)

struct span {
	long long first, last;
};

struct contact {
	struct timer timer;
	struct pin *pin;
	int coil;	/* -1: nothing is played on this line */
	long long operate, release, bounce, late;
	int edges;
	unsigned long long seed, noise_seed;
	bool random, inverted, always;
	struct span stuck, welded;
	long long weary;
	unsigned long long weary_seed;
	int open_for, stuck_for;
	long long every, tack, slow_from, slow_percent, broken_from;
	long long chatter_from, chatter_ns;
	long long drop_at, drop_after, drop_for;
	long long noise_hz, mains_ns, mains_active, mains_phase;
	long long storm_ns, storm_gap, storm_end;
	long long dark_ns, dark_end;
	/* as it plays */
	long long energised;
	bool closed, glitch;
	int level;
	long long moves[NR_MOVES];	/* of the contact, the next one last */
	int count;
	long long noise_next;
};

static struct contact contacts[NR_LINES];
static FILE *contacts_log;

static unsigned long long contact_chance(unsigned long long *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return *seed >> 33;
}

/* Somewhere between two parts of a thousand of a time. */
static long long contact_vary(struct contact *c, long long ns, int least, int most)
{
	if (!c->random)
		return ns;
	return ns * (least + (long long)(contact_chance(&c->seed) % (most - least + 1))) / 1000;
}

static bool contact_within(const struct span *span, long long n)
{
	return span->first && n >= span->first && n <= span->last;
}

static bool contact_from(long long first, long long n)
{
	return first && n >= first;
}

/* Moves are put in with the last one first. */
static void contact_plan(struct contact *c, long long now, bool close)
{
	long long percent = contact_from(c->slow_from, c->energised) ? c->slow_percent : 100;
	long long takes = contact_vary(c, close ? c->operate : c->release, 500, 2000);
	long long first = now + c->late + takes * percent / 100;
	long long bounce = contact_vary(c, c->bounce, 0, 2000);
	int i, edges = c->edges;

	if (c->random && edges)
		edges = contact_chance(&c->seed) % (edges + 1);
	c->count = 0;
	if (close == c->closed)
		return;
	if (close && contact_from(c->chatter_from, c->energised))
		for (i = NR_MOVES / 2 - 1; i > 0; i--)
			c->moves[c->count++] = first + i * c->chatter_ns;
	if (close && c->drop_at == c->energised) {
		c->moves[c->count++] = first + c->drop_after + c->drop_for;
		c->moves[c->count++] = first + c->drop_after;
	}
	edges &= ~1;
	if (edges > NR_MOVES / 2 - 4)
		edges = NR_MOVES / 2 - 4;
	for (i = edges; i > 0; i--)
		c->moves[c->count++] = first + bounce * i / edges;
	c->moves[c->count++] = first;
}

/* The level that the line has now, and when that may change. */
static long long contact_line(struct contact *c, long long now, int *level)
{
	bool on = c->closed || c->always;
	long long next = NEVER, in;

	if (c->mains_ns) {
		in = (now + c->mains_phase) % c->mains_ns;
		on &= in < c->mains_active;
		next = now - in + (in < c->mains_active ? c->mains_active : c->mains_ns);
		on &= now < c->dark_ns || now >= c->dark_end;
	}
	if (c->storm_ns && now >= c->storm_ns && now < c->storm_end) {
		on ^= (now - c->storm_ns) / c->storm_gap & 1;
		in = now + c->storm_gap - (now - c->storm_ns) % c->storm_gap;
		next = in < next ? in : next;
	} else if (c->storm_ns && now < c->storm_ns && c->storm_ns < next) {
		next = c->storm_ns;
	}
	if (c->noise_hz && c->noise_next < next)
		next = c->noise_next;
	*level = (on != c->glitch) != c->inverted && !contact_from(c->broken_from, c->energised);
	return next;
}

static void contact_play(void *opaque)
{
	struct contact *c = opaque;
	long long now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), next;
	int line = c - contacts, level;

	while (c->count && c->moves[c->count - 1] <= now) {
		c->count--;
		c->closed = !c->closed;
		fprintf(contacts_log, "%lld %d %d\n", now, line + NR_LINES, c->closed);
	}
	if (c->noise_hz && c->noise_next <= now) {
		/* A quiet time, then a glitch of 10 to 990 us. */
		c->glitch = !c->glitch;
		next = contact_chance(&c->noise_seed);
		c->noise_next = now + (c->glitch ? (10 + next % 980) * NS_PER_US :
				       NS_PER_US + next % (2000000000LL / c->noise_hz));
	}
	next = contact_line(c, now, &level);
	if (level != c->level) {
		c->level = level;
		if (!c->storm_ns || now < c->storm_ns || now >= c->storm_end)
			fprintf(contacts_log, "%lld %d %d\n", now, line, level);
		qemu_set_irq(c->pin, level);
	}
	if (c->count && c->moves[c->count - 1] < next)
		next = c->moves[c->count - 1];
	if (next < NEVER)
		timer_mod_ns(&c->timer, next);
	else
		timer_del(&c->timer);
}

/* Does a weary contact stay where it is? */
static bool contact_fails(struct contact *c, bool on)
{
	int *stays_for = on ? &c->open_for : &c->stuck_for;

	if (!c->weary || c->closed == on)
		return false;
	if (*stays_for)
		(*stays_for)--;
	else if ((long long)(contact_chance(&c->weary_seed) % 1000) < c->weary)
		*stays_for = 1 + contact_chance(&c->weary_seed) % 3;
	return *stays_for;
}

static void contacts_follow(int coil, bool on)
{
	long long now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
	struct contact *c;
	long long each;
	bool stays;

	for (c = contacts; c < contacts + NR_LINES; c++) {
		if (!c->pin || c->coil != coil)
			continue;
		c->energised += on;
		each = on ? c->every : c->tack;
		stays = contact_within(on ? &c->stuck : &c->welded, c->energised) ||
			(each && c->energised % each == 0);
		if (contact_fails(c, on) || stays)
			c->count = 0;
		else
			contact_plan(c, now, on);
		contact_play(c);
	}
}

static void contacts_connect(void *pl061)
{
	struct contact *c;

	for (c = contacts; c < contacts + NR_LINES; c++) {
		if (c->coil < 0 || !contacts_log)
			continue;
		c->pin = qdev_get_gpio_in(pl061, c - contacts);
		timer_init_full(&c->timer, NULL, QEMU_CLOCK_VIRTUAL, SCALE_NS, 0, contact_play, c);
		timer_mod_ns(&c->timer, FIRST_NS);
	}
}

/* A number of the description, times its scale. */
static long long contact_number(char **at, long long scale)
{
	char *word = strtok_r(NULL, " \t", at), *end;
	long long number = word ? strtoll(word, &end, 10) : 0;

	if (!word || *end) {
		fprintf(stderr, "edges: \"%s\" is no number\n", word ? word : "");
		exit(EXIT_FAILURE);
	}
	return number * scale;
}

static struct span contact_span(char **at)
{
	struct span span = { contact_number(at, 1), NEVER };

	/* The end is there if the next word is a number. */
	if (*at && (*at)[strspn(*at, " \t")] >= '0' && (*at)[strspn(*at, " \t")] <= '9')
		span.last = contact_number(at, 1);
	return span;
}

static bool contact_word(struct contact *c, const char *word, char **at)
{
	if (!strcmp(word, "operate")) {
		c->operate = contact_number(at, NS_PER_US);
	} else if (!strcmp(word, "release")) {
		c->release = contact_number(at, NS_PER_US);
	} else if (!strcmp(word, "bounce")) {
		c->bounce = contact_number(at, NS_PER_US);
		c->edges = contact_number(at, 1);
	} else if (!strcmp(word, "random")) {
		c->random = true;
		c->seed = contact_number(at, 1);
	} else if (!strcmp(word, "slow")) {
		c->slow_from = contact_number(at, 1);
		c->slow_percent = contact_number(at, 1);
	} else if (!strcmp(word, "stuck")) {
		c->stuck = contact_span(at);
	} else if (!strcmp(word, "every")) {
		c->every = contact_number(at, 1);
	} else if (!strcmp(word, "welded")) {
		c->welded = contact_span(at);
	} else if (!strcmp(word, "tack")) {
		c->tack = contact_number(at, 1);
	} else if (!strcmp(word, "chatter")) {
		c->chatter_from = contact_number(at, 1);
		c->chatter_ns = contact_number(at, NS_PER_US);
	} else if (!strcmp(word, "drop")) {
		c->drop_at = contact_number(at, 1);
		c->drop_after = contact_number(at, NS_PER_US);
		c->drop_for = contact_number(at, NS_PER_US);
	} else if (!strcmp(word, "inverted")) {
		c->inverted = true;
	} else if (!strcmp(word, "weary")) {
		c->weary = contact_number(at, 1);
		c->weary_seed = contact_number(at, 1);
	} else if (!strcmp(word, "always")) {
		c->always = true;
	} else if (!strcmp(word, "dark")) {
		c->dark_ns = contact_number(at, 1000 * NS_PER_US);
		c->dark_end = c->dark_ns + contact_number(at, 1000 * NS_PER_US);
	} else if (!strcmp(word, "late")) {
		c->late = contact_number(at, NS_PER_US);
	} else if (!strcmp(word, "noise")) {
		c->noise_hz = contact_number(at, 1);
		c->noise_seed = contact_number(at, 1);
		c->noise_next = 0;
		c->glitch = true;
	} else if (!strcmp(word, "mains")) {
		c->mains_ns = contact_number(at, NS_PER_US);
		c->mains_active = contact_number(at, NS_PER_US);
		c->mains_phase = contact_number(at, NS_PER_US);
	} else if (!strcmp(word, "broken")) {
		c->broken_from = contact_number(at, 1);
	} else if (!strcmp(word, "storm")) {
		c->storm_ns = contact_number(at, 1000 * NS_PER_US);
		c->storm_gap = 1000000 * NS_PER_US / contact_number(at, 1);
		c->storm_end = c->storm_ns + contact_number(at, 1000 * NS_PER_US);
	} else {
		return false;
	}
	return true;
}

static bool contact_read(char *text)
{
	char *at, *word = strtok_r(text, " \t", &at);
	struct contact *c;
	long long line;

	if (!word)
		return true;
	line = !strcmp(word, "contact") ? contact_number(&at, 1) : -1;
	word = strtok_r(NULL, " \t", &at);
	if (line < 0 || line >= NR_LINES || !word || strcmp(word, "follows"))
		return false;
	c = &contacts[line];
	c->coil = contact_number(&at, 1);
	c->operate = 15000 * NS_PER_US;
	c->release = 25000 * NS_PER_US;
	while ((word = strtok_r(NULL, " \t", &at)))
		if (!contact_word(c, word, &at))
			return false;
	return true;
}

static bool contacts_read(const char *path, FILE *log)
{
	FILE *file = fopen(path, "r");
	char text[512], copy[512];
	int line;

	for (line = 0; line < NR_LINES; line++)
		contacts[line].coil = -1;
	while (file && fgets(text, sizeof(text), file)) {
		text[strcspn(text, "\n")] = '\0';
		memcpy(copy, text, sizeof(copy));
		if (!contact_read(copy)) {
			fprintf(stderr, "edges: what does \"%s\" mean?\n", text);
			return false;
		}
	}
	if (!file) {
		perror(path);
		return false;
	}
	fclose(file);
	contacts_log = log;
	return true;
}

#endif
