/* SPDX-License-Identifier: GPL-2.0-only */
/* How a relay was used: samples in a file, for relay-wear. */
#ifndef EMRELAY_SAMPLES_H
#define EMRELAY_SAMPLES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define UNKNOWN		ULLONG_MAX

#define DAY_S		86400ULL
#define MONTH_S		(30 * DAY_S)

/* What a relay had lived through at a time. UNKNOWN may stand in all but cycles. */
struct sample {
	unsigned long long time_s;	/* CLOCK_REALTIME */
	unsigned long long cycles;
	unsigned long long damage_pico;	/* 10^12: the rated life */
	unsigned long long on_ms;
	char serial[64];		/* "-": none */
};

/* A file of samples, oldest first. */
struct samples {
	struct sample *list;
	size_t nr;
	size_t spoilt;			/* lines that are no sample */
	bool torn;			/* the last line has no newline */
};

/* What was done in the last span_s seconds; 0: not known. */
struct use {
	unsigned long long cycles;
	unsigned long long pico;	/* or UNKNOWN */
	unsigned long long span_s;
};

int samples_read(int folder, const char *file, struct samples *samples);
int samples_append(int folder, const char *file, struct samples *samples,
		   const struct sample *sample);
bool samples_thin(struct samples *samples);
char *samples_text(const struct samples *samples);
bool same_life(const struct sample *older, const struct sample *newer);
struct use samples_use(const struct samples *samples, const struct sample *now,
		       unsigned long long window_s);
unsigned long long starts_per_day(const struct use *use);
unsigned long long days_left(const struct use *use, const struct sample *now);

#endif
