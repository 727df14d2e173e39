// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a relay was used: samples in a file, and what follows from them.
 *
 * A line is "CRC TIME CYCLES DAMAGE ON SERIAL": the CRC32 of the rest in
 * hexadecimal digits, seconds since 1970, the cycles, damage (pico) and on-time
 * (ms) of the relay's life, and its serial. "-": not known, or none.
 *
 * A sample is appended by one write and is on the disk when save is done. A line
 * that was torn by a power cut fails its CRC and does not count; the next one
 * begins on a line of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "class.h"
#include "samples.h"

#define HOUR_S		3600ULL
#define WEEK_S		(7 * DAY_S)
#define DAYS_KEPT	(3 * 365)

#define LIFE_PICO	1000000000000ULL

#define LINE_SIZE	256
#define CRC_DIGITS	8

static unsigned int crc32(const char *bytes, size_t nr)
{
	unsigned int crc = ~0U;

	while (nr--) {
		crc ^= (unsigned char)*bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static unsigned long long number(const char *text)
{
	return is_number(text) ? strtoull(text, NULL, 10) : UNKNOWN;
}

static bool parse(const char *line, size_t len, struct sample *sample)
{
	char time[24], cycles[24], damage[24], on[24];
	unsigned int crc;
	int at = 0;

	len -= line[len - 1] == '\n';
	if (sscanf(line, "%8x %n", &crc, &at) != 1 || at != CRC_DIGITS + 1 || (size_t)at > len ||
	    crc != crc32(line + at, len - at))
		return false;
	if (sscanf(line + at, "%23s %23s %23s %23s %63[^\n]", time, cycles, damage, on,
		   sample->serial) != 5)
		return false;
	sample->time_s = number(time);
	sample->cycles = number(cycles);
	sample->damage_pico = number(damage);
	sample->on_ms = number(on);
	return sample->cycles != UNKNOWN;
}

static char *print_number(char *to, unsigned long long number)
{
	return to + (number == UNKNOWN ? sprintf(to, "- ") : sprintf(to, "%llu ", number));
}

static void print(char line[LINE_SIZE], const struct sample *sample)
{
	char text[LINE_SIZE - CRC_DIGITS - 2];
	char *end = text;

	end = print_number(end, sample->time_s);
	end = print_number(end, sample->cycles);
	end = print_number(end, sample->damage_pico);
	end = print_number(end, sample->on_ms);
	end += sprintf(end, "%s", sample->serial);
	sprintf(line, "%08x %s\n", crc32(text, end - text), text);
}

/* Room for one more. */
static struct sample *add(struct samples *samples)
{
	size_t nr = samples->nr;

	/* At 0 and at powers of two. */
	if (!(nr & (nr - 1)))
		samples->list = checked(realloc(samples->list,
						(nr ? 2 * nr : 1) * sizeof(*samples->list)));
	return &samples->list[nr];
}

/* Reads what there is: 0 or -errno. A file that is not there has no samples. */
int samples_read(int folder, const char *file, struct samples *samples)
{
	int fd = openat(folder, file, O_RDONLY | O_CLOEXEC);
	size_t size = 0;
	char *line = NULL;
	FILE *stream;
	ssize_t len;
	int ret;

	*samples = (struct samples){ };
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	stream = checked(fdopen(fd, "r"));
	while ((len = getline(&line, &size, stream)) > 0) {
		if (parse(line, len, add(samples)))
			samples->nr++;
		else
			samples->spoilt++;
		samples->torn = line[len - 1] != '\n';
	}
	ret = ferror(stream) ? -errno : 0;
	fclose(stream);
	free(line);
	return ret;
}

/* Adds one behind those that were read, on the disk: 0 or -errno. */
int samples_append(int folder, const char *file, struct samples *samples,
		   const struct sample *sample)
{
	int fd = openat(folder, file, O_WRONLY | O_APPEND | O_CLOEXEC);
	bool is_new = fd < 0 && errno == ENOENT;
	char line[LINE_SIZE + 1] = "\n";
	ssize_t len;
	int ret = 0;

	if (is_new)
		fd = openat(folder, file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	print(line + samples->torn, sample);
	len = write(fd, line, strlen(line));
	if (len < 0 || fsync(fd))
		ret = -errno;
	else if ((size_t)len < strlen(line))
		ret = -ENOSPC;
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret && is_new && fsync(folder))
		ret = -errno;
	*add(samples) = *sample;
	samples->nr++;
	return ret;
}

/* Were both taken from one relay, and nothing forgotten in between? */
bool same_life(const struct sample *older, const struct sample *newer)
{
	return !strcmp(older->serial, newer->serial) && older->cycles <= newer->cycles;
}

/* Of those within an hour the last one is enough, or within a day after a week. */
static bool is_dropped(const struct sample *sample, const struct sample *next,
		       const struct sample *last)
{
	unsigned long long unit_s = HOUR_S;

	if (!same_life(sample, next))
		return false;
	if (sample->time_s < last->time_s && last->time_s - sample->time_s > WEEK_S)
		unit_s = DAY_S;
	return sample->time_s / unit_s == next->time_s / unit_s;
}

/*
 * Leaves out what is too much, once that is a day's worth: did it? Not by age but
 * by number, so that a clock that is years ahead for once costs nothing.
 */
bool samples_thin(struct samples *samples)
{
	const size_t most = WEEK_S / HOUR_S + DAYS_KEPT;
	struct sample *kept = checked(calloc(samples->nr + 1, sizeof(*kept)));
	size_t nr = 0, lines = samples->nr + samples->spoilt;
	size_t last = samples->nr - 1;

	for (size_t i = 0; i < samples->nr; i++)
		if (i == last ||
		    !is_dropped(&samples->list[i], &samples->list[i + 1], &samples->list[last]))
			kept[nr++] = samples->list[i];
	if (nr > most) {
		memmove(kept, kept + nr - most, most * sizeof(*kept));
		nr = most;
	}
	if (lines - nr < DAY_S / HOUR_S) {
		free(kept);
		return false;
	}
	free(samples->list);
	*samples = (struct samples){ .list = kept, .nr = nr };
	return true;
}

/* The file that they make; to be freed. */
char *samples_text(const struct samples *samples)
{
	char *text = checked(malloc(samples->nr * LINE_SIZE + 1));
	char *end = text;

	*end = '\0';
	for (size_t i = 0; i < samples->nr; i++) {
		print(end, &samples->list[i]);
		end += strlen(end);
	}
	return text;
}

/*
 * What was done in the window that ends now?
 *
 * It begins at the latest sample that is as old, if that is at most a tenth
 * older. Else it is known only if nothing was done between that sample and the
 * next one: the machine was off, or the relay at rest. A sample that is not
 * older than all that came after it is of a clock that was wrong, and is left
 * out.
 */
struct use samples_use(const struct samples *samples, const struct sample *now,
		       unsigned long long window_s)
{
	const struct sample *next = now;
	struct use use = { };

	if (now->time_s == UNKNOWN)
		return use;
	for (size_t i = samples->nr; i--;) {
		const struct sample *sample = &samples->list[i];
		unsigned long long age_s;

		if (!same_life(sample, next))
			break;
		if (sample->time_s >= next->time_s)
			continue;
		age_s = now->time_s - sample->time_s;
		if (age_s < window_s) {
			next = sample;
			continue;
		}
		if (age_s <= window_s + window_s / 10)
			use.span_s = age_s;
		else if (sample->cycles == next->cycles)
			use.span_s = window_s;
		use.cycles = now->cycles - sample->cycles;
		use.pico = UNKNOWN;
		if (now->damage_pico != UNKNOWN && sample->damage_pico <= now->damage_pico)
			use.pico = now->damage_pico - sample->damage_pico;
		break;
	}
	return use;
}

/* Energisations per 24 h, rounded to the nearest; or UNKNOWN. */
unsigned long long starts_per_day(const struct use *use)
{
	return use->span_s ? (use->cycles * DAY_S + use->span_s / 2) / use->span_s : UNKNOWN;
}

/*
 * Whole days until the rated life is used up at this pace: 0 once it is, however
 * the relay is used; UNKNOWN if the pace is not known or nothing wore.
 */
unsigned long long days_left(const struct use *use, const struct sample *now)
{
	if (now->damage_pico == UNKNOWN)
		return UNKNOWN;
	if (now->damage_pico >= LIFE_PICO)
		return 0;
	if (!use->span_s || !use->pico || use->pico == UNKNOWN)
		return UNKNOWN;
	/* Less than 10^12 times 33 days in seconds: no overflow. */
	return (LIFE_PICO - now->damage_pico) * use->span_s / use->pico / DAY_S;
}
