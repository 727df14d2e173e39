// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read and write files at exact moments, and say when it really was.
 *
 * Each line of the standard input is "MS FILE" (read it) or "MS FILE TEXT"
 * (write it): MS milliseconds after the start, ascending, with decimals down to
 * the nanosecond.  Each becomes a line of the output,
 *
 *	BEGIN END RESULT FILE TEXT
 *
 * in nanoseconds of CLOCK_BOOTTIME; RESULT is "ok" or the error with its blanks
 * as underscores. What was read loses its newline.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void sleep_until(long long ns)
{
	struct timespec ts = { ns / 1000000000, ns % 1000000000 };

	while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static void step(const char *file, char *text)
{
	char buf[4096] = "";
	long long begin, end;
	const char *c;
	ssize_t len;
	int fd;

	fd = open(file, text ? O_WRONLY : O_RDONLY);
	begin = now();
	if (fd < 0)
		len = -1;
	else if (text)
		len = write(fd, text, strlen(text));
	else
		len = read(fd, buf, sizeof(buf) - 1);
	end = now();

	printf("%lld %lld ", begin, end);
	for (c = len < 0 ? strerror(errno) : "ok"; *c; c++)
		putchar(*c == ' ' ? '_' : *c);
	buf[strcspn(buf, "\n")] = 0;
	printf(" %s %s\n", file, text ? text : buf);
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	long long start = now();
	char line[4096];

	while (fgets(line, sizeof(line), stdin)) {
		char *file, *rest;
		double ms;

		line[strcspn(line, "\n")] = 0;
		ms = strtod(line, &file);
		if (file == line)
			continue;
		file += strspn(file, " \t");
		rest = strchr(file, ' ');
		if (rest)
			*rest++ = 0;
		sleep_until(start + (long long)(ms * 1e6 + 0.5));
		step(file, rest);
	}
	return 0;
}
