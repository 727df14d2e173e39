// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest whose power is cut: all that runs in it. It loads the driver, tells
 * what that found in the store, and then has relays switch over and over, at
 * random, until it is no more.
 *
 * What it knows goes to the host by semihosting, line by line, and is there
 * before the next instruction:
 *
 *	loaded RELAY CYCLES STORED SOURCE UNKNOWN_HISTORY
 *	ack RELAY STORED	so many cycles are surely stored
 *	rest, go		all that has to be stored is, until "go" nothing moves
 *
 * The kernel's command line has seed=, page_bytes= and page_us= (how slow the
 * store is) and flush= (flush_cycles of each relay); with end=1 nothing is
 * switched and the power goes off as it should.
 */
#include <err.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../semihost.h"

#define RELAYS 8
/* This many do not wait for the store. */
#define HASTY 2
/* The console hears of so many turns: the host cuts the power by them, too. */
#define TURNS 16

static struct relay {
	int state, wear, cycles_stored;
	unsigned int flush_cycles;
	unsigned long long cycles, stored;
} relays[RELAYS];

static uintptr_t log_file;
static unsigned long long seed;

static unsigned int below(unsigned int limit)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % limit;
}

static void say(const char *format, ...)
{
	static char line[128];
	uintptr_t args[] = { log_file, (uintptr_t)line, 0 };
	va_list list;

	va_start(list, format);
	args[2] = vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	if (semihost(SYS_WRITE, args))
		errx(1, "the host does not take what is said");
}

static void wait_us(unsigned int us)
{
	struct timespec time = { .tv_nsec = us * 1000L };

	nanosleep(&time, NULL);
}

static int open_file(int flags, const char *format, ...)
{
	char path[128];
	va_list list;
	int fd;

	va_start(list, format);
	vsnprintf(path, sizeof(path), format, list);
	va_end(list);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void load(const char *module, const char *parameters)
{
	int fd = open_file(O_RDONLY, "/test/%s.ko", module);

	if (syscall(SYS_finit_module, fd, parameters, 0))
		err(1, "%s", module);
	close(fd);
}

static void write_to(int fd, const char *text)
{
	if (pwrite(fd, text, strlen(text), 0) < 0)
		err(1, "%s", text);
}

/* The text of a key in the relay's wear file, read before. */
static const char *value(const char *text, const char *key)
{
	static char found[64];
	char pattern[64];
	const char *at;

	snprintf(pattern, sizeof(pattern), "\n%s: ", key);
	at = strstr(text, pattern);
	if (!at || sscanf(at + strlen(pattern), "%63s", found) != 1)
		errx(1, "no %s in %s", key, text);
	return found;
}

static const char *read_wear(struct relay *relay)
{
	static char text[4096] = "\n";
	ssize_t len = pread(relay->wear, text + 1, sizeof(text) - 2, 0);

	if (len < 0)
		err(1, "wear");
	text[len + 1] = '\0';
	relay->cycles = strtoull(value(text, "cycles"), NULL, 10);
	return text;
}

static unsigned long long read_stored(struct relay *relay)
{
	char text[32] = "";

	if (pread(relay->cycles_stored, text, sizeof(text) - 1, 0) <= 0)
		err(1, "cycles_stored");
	return strtoull(text, NULL, 10);
}

static void open_relays(void)
{
	const char *flush = getenv("flush");

	for (int i = 0; i < RELAYS; i++) {
		struct relay *relay = &relays[i];
		char number[16], *end;
		int fd;

		relay->state = open_file(O_WRONLY, "/sys/class/relay/%d/state", i);
		relay->wear = open_file(O_RDONLY, "/sys/kernel/debug/relay/%d/wear", i);
		relay->cycles_stored = open_file(O_RDONLY, "/sys/class/relay/%d/cycles_stored", i);
		relay->flush_cycles = strtoul(flush, &end, 10);
		flush = end + (*end == ',');

		fd = open_file(O_WRONLY, "/sys/class/relay/%d/flush_cycles", i);
		snprintf(number, sizeof(number), "%u\n", relay->flush_cycles);
		write_to(fd, number);
		close(fd);
		fd = open_file(O_WRONLY, "/sys/class/relay/%d/flush_s", i);
		write_to(fd, "0\n");
		close(fd);
	}
}

static void tell_loaded(void)
{
	for (int i = 0; i < RELAYS; i++) {
		struct relay *relay = &relays[i];
		const char *wear = read_wear(relay);
		char source[64];

		snprintf(source, sizeof(source), "%s", value(wear, "wear_source"));
		relay->stored = read_stored(relay);
		say("loaded %d %llu %llu %s %s\n", i, relay->cycles, relay->stored, source,
		    value(wear, "unknown_history"));
	}
}

/* How many cycles are not in the store? */
static unsigned long long unstored(int i)
{
	struct relay *relay = &relays[i];
	unsigned long long stored = read_stored(relay);

	read_wear(relay);
	if (stored != relay->stored)
		say("ack %d %llu\n", i, stored);
	relay->stored = stored;
	return relay->cycles - stored;
}

static void stand_still(void)
{
	for (int i = 0; i < RELAYS; i++) {
		while (unstored(i) >= relays[i].flush_cycles)
			wait_us(500);
	}
	say("rest\n");
	wait_us(below(40000));
	say("go\n");
}

static void cycle(int i)
{
	if (i < RELAYS - HASTY && unstored(i) >= relays[i].flush_cycles) {
		wait_us(100);
		return;
	}
	write_to(relays[i].state, "on\n");
	wait_us(below(1000));
	write_to(relays[i].state, "off\n");
	/* Its release is over before it is asked for the next cycle. */
	wait_us(500);
	unstored(i);
}

int main(void)
{
	static const char name[] = "log.txt";
	uintptr_t open_args[] = { (uintptr_t)name, OPEN_WB, strlen(name) };
	char slow[64];

	log_file = semihost(SYS_OPEN, open_args);
	if (log_file == UINTPTR_MAX || !getenv("seed") || !getenv("flush"))
		errx(1, "not a guest of this test");
	seed = strtoull(getenv("seed"), NULL, 10);

	snprintf(slow, sizeof(slow), "page_bytes=%s page_us=%s",
		 getenv("page_bytes"), getenv("page_us"));
	load("emrelay_test_store", slow);
	load("emrelay", "");
	open_relays();
	tell_loaded();
	if (getenv("end"))
		return 0;

	say("go\n");
	for (unsigned int turn = 0;; turn++) {
		if (!(turn % TURNS)) {
			printf("powercut: %u\n", turn / TURNS);
			fflush(stdout);
		}
		if (below(50))
			cycle(below(RELAYS));
		else
			stand_still();
	}
}
