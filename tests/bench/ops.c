// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's part of the bench: does operations over and over and says what
 * each cost. What it prints is for the host's part, fields separated by tabs.
 *
 * Under QEMU's -icount shift=0 a nanosecond is an instruction. The counter that
 * user space can read has a grain of 16 of them, so each operation is timed
 * alone, at each of 16 phases of the grain equally often, and a sample is the
 * mean of OPS operations. Nothing is subtracted: the row "nothing" shows what
 * the two readings of the counter cost.
 */
#define _GNU_SOURCE
#include <err.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define SAMPLES		21
#define OPS		96
#define PHASES		16
/* The kernel draws random numbers for so many system calls at once. */
#define RANDOM_BATCH	48

/* Longer than any travel of the relays that are measured. */
#define SETTLE_NS	1000000
/* Long enough for what an edge leaves behind, and short beside the tick's 4 ms. */
#define AFTERMATH_NS	300000
/* So many timed edges: ends of pulses, and energisations that had to wait. */
#define PULSES		1000
#define ENERGISATIONS	200
/* So many refusals are looked at closely. */
#define TRACED		1000
/* As many lines as the history has. */
#define HISTORY		64
/* In a loop that reads the counter, a longer step was someone else's. */
#define STEP_NS		64
/* So long a file is read over and over; one that takes longer is read once. */
#define READING_NS	500000000
#define LONG_READ_NS	1000000
/* So many unbinds meet a reader. */
#define HOLD_UPS	8

/* Instructions without effect; profile.c, the plugin, looks for them. */
#define MARK(hint)	({ asm volatile("hint #" hint : : : "memory"); })
#define MARK_BEGIN	"0x70"
#define MARK_END	"0x71"
#define MARK_ARM	"0x72"

static unsigned int samples = SAMPLES;
static unsigned int ops = OPS;

struct action {
	/* Returns -1 and sets errno if it fails. */
	long (*act)(const struct action *action, unsigned int i);
	int fd;
	const char *text[2];	/* by turns */
	int error;		/* the errno it has to fail with, 0: it must not */
};

struct row {
	const char *name;
	struct action before;	/* not timed */
	long settle_ns;		/* to wait before the operation */
	struct action op;
	const char *relay;	/* whose coil each operation has to move, at once */
	unsigned int edges;	/* so often, in the end; 0: whatever comes */
};

static unsigned long long ticks(void)
{
	unsigned long long count;

	asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count) : : "memory");
	return count;
}

static unsigned long long ticks_ns(unsigned long long count)
{
	unsigned long long hz;

	asm("mrs %0, cntfrq_el0" : "=r"(hz));
	return count * (1000000000 / hz);
}

static unsigned long long boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void sleep_ns(long ns)
{
	struct timespec left = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		;
}

static void priority(int policy)
{
	struct sched_param param = { .sched_priority = policy == SCHED_FIFO };

	if (sched_setscheduler(0, policy, &param))
		err(EXIT_FAILURE, "sched_setscheduler");
}

/* Shifts what follows by so many instructions and a constant. */
static void shift(unsigned long long instructions)
{
	asm volatile("adr x9, 1f\n\t"
		     "sub x9, x9, %0, lsl #2\n\t"
		     "br x9\n\t"
		     ".rept 15\n\tnop\n\t.endr\n"
		     "1:" : : "r"(instructions) : "x9", "memory");
}

static long do_nothing(const struct action *action, unsigned int i)
{
	return 0;
}

static long do_getppid(const struct action *action, unsigned int i)
{
	return getppid();
}

static long do_write(const struct action *action, unsigned int i)
{
	const char *text = action->text[i % 2];

	return pwrite(action->fd, text, strlen(text), 0);
}

static long do_set_line(const struct action *action, unsigned int i)
{
	struct gpio_v2_line_values values = { .bits = !(i % 2), .mask = 1 };

	return ioctl(action->fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values);
}

/* An on that has to wait for the contact to open. */
static long do_reverse(const struct action *action, unsigned int i)
{
	long ret = pwrite(action->fd, "off", 3, 0);

	return ret < 0 ? ret : pwrite(action->fd, "on", 2, 0);
}

static long do_sleep(const struct action *action, unsigned int i)
{
	sleep_ns(2 * SETTLE_NS);
	return 0;
}

static struct action always(int fd, const char *text)
{
	return (struct action) { do_write, fd, { text, text }, 0 };
}

static struct action by_turns(int fd, const char *even, const char *odd)
{
	return (struct action) { do_write, fd, { even, odd }, 0 };
}

static struct action fails(int fd, const char *text, int error)
{
	return (struct action) { do_write, fd, { text, text }, error };
}

static void check(const char *name, const struct action *action, long result)
{
	int error = result < 0 ? errno : 0;

	if (error != action->error)
		err(EXIT_FAILURE, "%s: unexpected result %ld", name, result);
}

static unsigned long long read_number(const char *folder, const char *name)
{
	unsigned long long number;
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu", &number) != 1)
		err(EXIT_FAILURE, "%s", path);
	fclose(file);
	return number;
}

struct counts {
	unsigned long long cycles;
	unsigned long long deferred;
};

static struct counts read_counts(const struct row *row)
{
	if (!row->edges)
		return (struct counts) { };
	return (struct counts) {
		.cycles = read_number(row->relay, "cycle_count"),
		.deferred = read_number(row->relay, "statistics/deferred"),
	};
}

/* What was measured was an edge each time, and none that had to wait. */
static void check_edges(const struct row *row, struct counts before)
{
	struct counts after = read_counts(row);
	unsigned long long cycles = after.cycles - before.cycles;

	if (2 * cycles != row->edges * samples * ops || after.deferred != before.deferred)
		errx(EXIT_FAILURE, "%s: %llu cycles, %llu deferred of %u operations", row->name,
		     cycles, after.deferred - before.deferred, samples * ops);
}

/*
 * One system call in RANDOM_BATCH is dearer than the others. Each round makes a
 * number of them that has no factor in common with that, so that of so many
 * operations just one is dear: an odd one in one half of the sample and an even
 * one in the other.
 */
static void spread(const struct row *row, unsigned int i)
{
	unsigned int calls = 1 + !!row->before.act + !!row->settle_ns;
	unsigned int more = calls == 1 ? 0 : 5 - calls;

	if (i == RANDOM_BATCH)
		more++;
	while (more--)
		getppid();
}

static unsigned long long time_one(const struct row *row, unsigned int i)
{
	unsigned long long begin, end;
	long result;

	if (row->before.act)
		check(row->name, &row->before, row->before.act(&row->before, i));
	if (row->settle_ns)
		sleep_ns(row->settle_ns);
	spread(row, i);
	shift(i % PHASES);

	begin = ticks();
	MARK(MARK_BEGIN);
	result = row->op.act(&row->op, i);
	MARK(MARK_END);
	end = ticks();

	check(row->name, &row->op, result);
	return ticks_ns(end - begin);
}

/* A row's samples: the mean of the even operations, and that of the odd ones. */
static void measure(const struct row *row)
{
	struct counts before = read_counts(row);

	printf("row\t%s", row->name);
	for (unsigned int sample = 0; sample < samples; sample++) {
		unsigned long long sum[2] = { };

		for (unsigned int i = 0; i < ops; i++)
			sum[i % 2] += time_one(row, i);
		printf("\t%.3f,%.3f", 2.0 * sum[0] / ops, 2.0 * sum[1] / ops);
	}
	putchar('\n');
	check_edges(row, before);
}

static int open_file(const char *folder, const char *name, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s%s%s", folder, *name ? "/" : "", name);
	fd = open(path, flags);
	if (fd < 0)
		err(EXIT_FAILURE, "%s", path);
	return fd;
}

static void write_file(const char *folder, const char *name, const char *text)
{
	int fd = open_file(folder, name, O_WRONLY);

	if (write(fd, text, strlen(text)) < 0)
		err(EXIT_FAILURE, "%s/%s: %s", folder, name, text);
	close(fd);
}

static int open_line(const char *chip, const char *offset)
{
	struct gpio_v2_line_request request = {
		.offsets = { atoi(offset) },
		.num_lines = 1,
		.consumer = "bench",
		.config.flags = GPIO_V2_LINE_FLAG_OUTPUT,
	};
	int fd = open_file("/dev", chip, O_RDWR);

	if (ioctl(fd, GPIO_V2_GET_LINE_IOCTL, &request))
		err(EXIT_FAILURE, "%s: line %s", chip, offset);
	close(fd);
	return request.fd;
}

/* What others do with lines of the same chip, and what a system call costs. */
static void references(char **args)
{
	int brightness = open_file(args[0], "brightness", O_WRONLY);
	int small = open_line(args[1], args[2]), large = open_line(args[4], args[5]);
	int value = open_file(args[3], "value", O_WRONLY);
	const struct row rows[] = {
		{ "nothing", .op = { do_nothing } },
		{ "getppid", .op = { do_getppid } },
		{ "/dev/null", .op = always(open_file("/dev", "null", O_WRONLY), "on") },
		{ "leds-gpio brightness", .op = by_turns(brightness, "1", "0") },
		{ "leds-gpio EINVAL", .op = fails(brightness, "x", EINVAL) },
		{ "gpio-sysfs value", .op = by_turns(value, "1", "0") },
		{ "gpio-sysfs EINVAL", .op = fails(value, "x", EINVAL) },
		{ "cdev, a chip of 8 lines", .op = { do_set_line, small } },
		{ "cdev, a chip of 1024 lines", .op = { do_set_line, large } },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		measure(&rows[i]);
}

/* Every way to ask a relay, and every answer. It is off before and after. */
static void relay(char **args)
{
	const char *folder = args[0], *led = args[1], *chip = args[2], *line = args[3];
	int state = open_file(folder, "state", O_WRONLY);
	int pulse = open_file(folder, "pulse_ms", O_WRONLY);
	int brightness = open_file(led, "brightness", O_WRONLY);
	const struct row rows[] = {
		{ "state accepted", .settle_ns = SETTLE_NS, .relay = folder, .edges = 1,
		  .op = by_turns(state, "on", "off") },
		{ "LED accepted", .settle_ns = SETTLE_NS, .relay = folder, .edges = 1,
		  .op = by_turns(brightness, "1", "0") },
		{ "cdev accepted", .settle_ns = SETTLE_NS, .relay = folder, .edges = 1,
		  .op = { do_set_line, open_line(chip, line) } },
		/* The end of the pulse is over as well, and its contact at rest. */
		{ "pulse_ms accepted", .settle_ns = 3 * SETTLE_NS, .relay = folder, .edges = 2,
		  .op = always(pulse, "1") },
		{ "state same", .before = always(state, "off"), .op = always(state, "off") },
		{ "state EINVAL", .op = fails(state, "x", EINVAL) },
	};
	const struct row aimed = { "pulse_ms re-aimed", .op = by_turns(pulse, "50000", "60000") };
	const struct row deferred = { "state deferred", .before = always(state, "off"),
		.op = always(state, "on") };
	const struct row taken_back = { "state taken back", .before = always(state, "on"),
		.op = always(state, "off") };
	const struct row refused = { "state refused", .op = fails(state, "on", EAGAIN) };

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		measure(&rows[i]);

	/* With a load, it is not to be energised again for a while. */
	write_file(folder, "load", "resistive");
	sleep_ns(60000000000);
	write_file(folder, "pulse_ms", "60000");
	sleep_ns(SETTLE_NS);
	measure(&aimed);
	write_file(folder, "state", "off");
	sleep_ns(SETTLE_NS);
	measure(&deferred);
	measure(&taken_back);
	write_file(folder, "policy", "reject");
	measure(&refused);
	write_file(folder, "policy", "defer");
	write_file(folder, "load", "none");
}

/* An edge of a relay whose contact is read back, which rests later than the others'. */
static void sensed(char **args)
{
	const struct row row = {
		"state sensed", .settle_ns = 8 * SETTLE_NS, .relay = args[0], .edges = 1,
		.op = by_turns(open_file(args[0], "state", O_WRONLY), "on", "off"),
	};

	measure(&row);
}

/* Requests that meet another relay of the interlock group. */
static void interlock(char **args)
{
	int one = open_file(args[0], "state", O_WRONLY);
	int other = open_file(args[1], "state", O_WRONLY);
	const struct row busy = { "state EBUSY", .op = fails(one, "on", EBUSY) };
	const struct row changeover = { "state changeover", .before = always(other, "on"),
		.settle_ns = SETTLE_NS, .op = always(one, "on") };

	write_file(args[1], "state", "on");
	sleep_ns(SETTLE_NS);
	write_file(args[0], "policy", "reject");
	measure(&busy);
	write_file(args[0], "policy", "defer");

	write_file(args[0], "interlock", "changeover");
	write_file(args[1], "interlock", "changeover");
	measure(&changeover);
	write_file(args[0], "state", "off");
	sleep_ns(SETTLE_NS);
	write_file(args[0], "interlock", "block");
	write_file(args[1], "interlock", "block");
}

/* Sleep, while an edge comes that is timed: for the profile, no row of the table. */
static void timed(char **args)
{
	int state = open_file(args[0], "state", O_WRONLY);
	int pulse = open_file(args[0], "pulse_ms", O_WRONLY);
	const struct row rows[] = {
		{ "end of a pulse", .before = always(pulse, "1"), .op = { do_sleep } },
		{ "deferred energisation", .before = { do_reverse, state }, .op = { do_sleep } },
	};

	measure(&rows[0]);
	write_file(args[0], "state", "on");
	sleep_ns(SETTLE_NS);
	measure(&rows[1]);
	write_file(args[0], "state", "off");
	sleep_ns(SETTLE_NS);
}

/*
 * What an operation leaves to others: work items, expiries of timers. This runs
 * whenever nobody else wants to, and takes every longer step for someone else's.
 */
static void aftermath(char **args)
{
	int state = open_file(args[1], "state", O_WRONLY);
	const struct row row = { args[0], .settle_ns = SETTLE_NS,
		.op = by_turns(state, "on", "off") };

	printf("row\t%s", row.name);
	for (unsigned int i = 0; i < 2 * samples; i++) {
		unsigned long long total = time_one(&row, i), begin = ticks(), last = begin, now;

		do {
			now = ticks();
			if (ticks_ns(now - last) > STEP_NS)
				total += ticks_ns(now - last);
			last = now;
		} while (ticks_ns(now - begin) < AFTERMATH_NS);
		printf("%c%llu", i % 2 ? ',' : '\t', total);
	}
	putchar('\n');
}

struct edge {
	unsigned long long ns;
	char event[16];
	char source[16];
};

static unsigned int read_history(const char *path, struct edge *edges)
{
	FILE *file = fopen(path, "r");
	unsigned int count = 0;

	if (!file)
		err(EXIT_FAILURE, "%s", path);
	while (count < HISTORY && fscanf(file, "%llu %15s %15s", &edges[count].ns,
					 edges[count].event, edges[count].source) == 3)
		count++;
	fclose(file);
	return count;
}

/* How late the driver's own clock makes timed edges: from its history. */
static void lateness(char **args)
{
	const char *folder = args[0], *history = args[1];
	unsigned long spacing_ms = strtoul(args[2], NULL, 10);
	struct edge edges[HISTORY];
	unsigned int count;
	char text[16];

	/* By which the edges seen from outside, on the machine's clock, are told. */
	printf("clock\t%lld\n", (long long)(boottime_ns() - ticks_ns(ticks())));

	for (unsigned int i = 0; i < PULSES; i++) {
		unsigned int ms = 1 + i % 7;

		/* A prime number of ns more each time, to meet every phase. */
		sleep_ns(SETTLE_NS + i * 7919);
		snprintf(text, sizeof(text), "%u", ms);
		write_file(folder, "pulse_ms", text);
		sleep_ns(ms * 1000000 + SETTLE_NS);
		count = read_history(history, edges);
		if (count < 2 || strcmp(edges[count - 1].source, "pulse"))
			errx(EXIT_FAILURE, "%s: no end of a pulse", history);
		printf("pulse\t%llu\t%llu\t%u\n", edges[count - 2].ns, edges[count - 1].ns, ms);
	}

	write_file(folder, "load", "resistive");
	sleep_ns(spacing_ms * 1000000);
	write_file(folder, "state", "on");
	for (unsigned int i = 0; i < ENERGISATIONS; i++) {
		sleep_ns(SETTLE_NS + i * 7919);
		write_file(folder, "state", "off");
		sleep_ns(SETTLE_NS);
		write_file(folder, "state", "on");
		sleep_ns(spacing_ms * 1000000);
		count = read_history(history, edges);
		if (count < 3 || strcmp(edges[count - 1].event, "on"))
			errx(EXIT_FAILURE, "%s: no energisation", history);
		printf("deferred\t%llu\t%llu\t%lu\n", edges[count - 3].ns, edges[count - 1].ns,
		       spacing_ms);
	}
	write_file(folder, "state", "off");
	sleep_ns(SETTLE_NS);
	write_file(folder, "load", "none");
}

#define TRACING	"/sys/kernel/tracing"
#define EVENTS	TRACING "/events/"

/* Events of the kernel that are counted, by who caused them. */
struct watch {
	const char *event;
	const char *key;
};

static void watch_begin(const struct watch *watch)
{
	char text[64];

	snprintf(text, sizeof(text), "hist:keys=%s", watch->key);
	write_file(EVENTS, watch->event, text);
}

static void watch_end(const char *name, const struct watch *watch)
{
	char path[128], line[256], text[64];
	FILE *file;

	snprintf(path, sizeof(path), EVENTS "%.*s/hist",
		 (int)(strrchr(watch->event, '/') - watch->event), watch->event);
	file = fopen(path, "r");
	if (!file)
		err(EXIT_FAILURE, "%s", path);
	while (fgets(line, sizeof(line), file))
		if (line[0] == '{')
			printf("seen\t%s\t%s\t%s", name, watch->event, line);
	fclose(file);

	snprintf(text, sizeof(text), "!hist:keys=%s", watch->key);
	write_file(EVENTS, watch->event, text);
}

/* A line of /proc/meminfo, in kB. */
static unsigned long long memory(const char *what)
{
	FILE *file = fopen("/proc/meminfo", "r");
	unsigned long long kb = 0;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, what, strlen(what)))
			sscanf(line + strlen(what), ": %llu", &kb);
	fclose(file);
	return kb;
}

/* Very many refusals, and of some of them all that they do beside. */
static void refusals(char **args)
{
	static const char * const events[] = {
		"kmem:kmalloc", "kmem:kmem_cache_alloc", "kmem:mm_page_alloc",
		"timer:hrtimer_start", "timer:timer_start",
		"workqueue:workqueue_queue_work", "sched:sched_waking", "printk:console",
	};
	const char *folder = args[0];
	unsigned long count = strtoul(args[1], NULL, 10);
	int state = open_file(folder, "state", O_WRONLY);
	int tracing = open_file(TRACING, "tracing_on", O_WRONLY);
	const struct row row = { "state refused", .op = fails(state, "on", EAGAIN) };
	struct action control = fails(open_file(args[2], "brightness", O_WRONLY), "x", EINVAL);
	unsigned long long before[2], after[2];
	char text[64];

	write_file(folder, "load", "resistive");
	sleep_ns(60000000000);
	write_file(folder, "state", "on");
	sleep_ns(SETTLE_NS);
	write_file(folder, "state", "off");
	sleep_ns(SETTLE_NS);
	write_file(folder, "policy", "reject");

	before[0] = memory("MemFree");
	before[1] = memory("Slab");
	measure(&row);
	for (unsigned long i = 0; i < count; i++)
		check(row.name, &row.op, row.op.act(&row.op, i));
	measure(&row);
	after[0] = memory("MemFree");
	after[1] = memory("Slab");
	printf("memory\tMemFree\t%llu\t%llu\nmemory\tSlab\t%llu\t%llu\n",
	       before[0], after[0], before[1], after[1]);

	/* What this process itself causes is traced, for the host to read. */
	check("tracing", &row.before, write(tracing, "0", 1) - 1);
	snprintf(text, sizeof(text), "%d", getpid());
	write_file(TRACING, "set_event_pid", text);
	for (unsigned int i = 0; i < ARRAY_SIZE(events); i++)
		write_file(TRACING, "set_event", events[i]);
	write_file(TRACING, "trace", "0");
	check("tracing", &row.before, write(tracing, "1", 1) - 1);
	for (unsigned int i = 0; i < TRACED; i++)
		check(row.name, &row.op, row.op.act(&row.op, i));
	/* The write that is known to allocate shows that allocations are seen. */
	check("control", &control, control.act(&control, 0));
	check("tracing", &row.before, write(tracing, "0", 1) - 1);

	write_file(folder, "policy", "defer");
	write_file(folder, "load", "none");
}

/* What timers and work items there are in a time in which nobody asks for anything. */
static void idle(char **args)
{
	static const struct watch watches[] = {
		{ "timer/hrtimer_expire_entry/trigger", "function.sym" },
		{ "timer/timer_expire_entry/trigger", "function.sym" },
		{ "workqueue/workqueue_execute_start/trigger", "function.sym" },
		{ "sched/sched_kthread_work_execute_start/trigger", "function.sym" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(watches); i++)
		watch_begin(&watches[i]);
	/* What may be seen is seen: the relay's pulse ends in this time. */
	if (args[2])
		write_file(args[2], "pulse_ms", "1000");
	sleep_ns(strtoul(args[1], NULL, 10) * 1000000000);
	for (unsigned int i = 0; i < ARRAY_SIZE(watches); i++)
		watch_end(args[0], &watches[i]);
}

/* A whole file, read from its beginning; returns how long it is. */
static size_t read_whole(int fd, const char *name)
{
	static char text[1 << 20];
	size_t length = 0;
	ssize_t more;

	while ((more = pread(fd, text, sizeof(text), length)) > 0)
		length += more;
	if (more < 0)
		err(EXIT_FAILURE, "%s", name);
	return length;
}

/* A whole file, read again and again, but not for ever. */
static void read_often(char **args)
{
	int fd = open_file(args[1], "", O_RDONLY);
	unsigned long long total = 0;
	size_t length = read_whole(fd, args[1]);

	printf("reading\t%s\t%zu", args[0], length);
	for (unsigned int sample = 0; sample < samples && total < READING_NS; sample++) {
		unsigned long long begin = ticks(), ns;

		read_whole(fd, args[1]);
		ns = ticks_ns(ticks() - begin);
		printf("\t%llu", ns);
		total += ns;
	}
	putchar('\n');
}

/* One write. "-" is not written: then the file is read. */
static void operate(const char *path, const char *text)
{
	int fd;

	if (strcmp(text, "-")) {
		write_file(path, "", text);
		return;
	}
	fd = open_file(path, "", O_RDONLY);
	read_whole(fd, path);
	close(fd);
}

/* What one write costs, once. */
static void time_once(char **args)
{
	unsigned long long begin = ticks();

	operate(args[2], args[3]);
	printf("cost\t%s\t%s\t%llu\n", args[0], args[1], ticks_ns(ticks() - begin));
}

#define IRQS	"/sys/kernel/debug/bench-irqs/"

/* The longest time with interrupts off in some writes and in what they leave to others. */
static void window(char **args)
{
	char line[4096];
	FILE *file;

	write_file(IRQS, "watch", "1");
	for (char **op = args + 2; op[0] && op[1]; op += 2)
		operate(op[0], op[1]);
	sleep_ns(20 * SETTLE_NS);
	write_file(IRQS, "watch", "0");

	printf("irqs\t%s\t%s", args[0], args[1]);
	file = fopen(IRQS "worst", "r");
	if (!file)
		err(EXIT_FAILURE, IRQS "worst");
	while (fgets(line, sizeof(line), file))
		printf("\t%.*s", (int)strcspn(line, "\n"), line);
	fclose(file);
	putchar('\n');
}

/*
 * A read of a file: at each phase of the counter's grain the cheaper of two, as
 * one may have to draw random numbers. One that takes long is read just once.
 */
static double cost_of_read(int fd)
{
	unsigned long long least[PHASES], begin, ns, sum = 0;
	char text[4096];

	for (unsigned int i = 0; i < 2 * PHASES; i++) {
		unsigned int phase = i % PHASES;

		shift(phase);
		begin = ticks();
		if (pread(fd, text, sizeof(text), 0) < 0)
			return -1;
		ns = ticks_ns(ticks() - begin);
		if (ns > LONG_READ_NS)
			return ns;
		if (i < PHASES || ns < least[phase])
			least[phase] = ns;
	}
	for (unsigned int i = 0; i < PHASES; i++)
		sum += least[i];
	return (double)sum / PHASES;
}

static void cost_of_files(const char *count, const char *folder, const char *part)
{
	char path[512];
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", folder, part);
	dir = opendir(path);
	if (!dir)
		err(EXIT_FAILURE, "%s", path);
	while ((entry = readdir(dir))) {
		double ns;
		int fd;

		snprintf(path, sizeof(path), "%s/%s%s", folder, part, entry->d_name);
		if (lstat(path, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0444))
			continue;
		fd = open_file(path, "", O_RDONLY);
		ns = cost_of_read(fd);
		if (ns >= 0)
			printf("file\t%s\t%s%s\t%.3f\n", count, part, entry->d_name, ns);
		close(fd);
	}
	closedir(dir);
}

/* Every file of a relay, read. */
static void files(char **args)
{
	static const char * const parts[] = { "", "rating/", "statistics/" };

	for (unsigned int i = 0; i < ARRAY_SIZE(parts); i++)
		cost_of_files(args[0], args[1], parts[i]);
}

/* How long the unbind of a bank takes, while a child does something with a file. */
static unsigned long long hold_up_once(char * const *args, size_t length, bool whole,
				       int sig, long ns)
{
	unsigned long long begin, end;
	pid_t child = 0;

	if (length) {
		child = fork();
		if (child < 0)
			err(EXIT_FAILURE, "fork");
	}
	if (length && !child) {
		char *text = malloc(length);
		int fd = open_file(args[0], "", O_RDONLY);

		priority(SCHED_OTHER);
		do {
			if (!text || read(fd, text, length) < 0)
				_exit(EXIT_FAILURE);
		} while (whole && !lseek(fd, 0, SEEK_SET));
		pause();
	}
	/* It is in the midst of it. */
	sleep_ns(ns);
	if (sig && kill(child, sig))
		err(EXIT_FAILURE, "kill");
	begin = ticks();
	write_file(args[1], "unbind", args[2]);
	end = ticks();
	if (child) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	write_file(args[1], "bind", args[2]);
	sleep_ns(20 * SETTLE_NS);
	return ticks_ns(end - begin);
}

/*
 * The longest of some, as what the child holds depends on the moment. With no
 * child the shortest: what comes on top is nobody's who reads.
 */
static void hold_up(const char *name, char * const *args, size_t length, bool whole, int sig)
{
	unsigned long long worst = 0;

	for (unsigned int i = 0; i < HOLD_UPS; i++) {
		long wait_ns = SETTLE_NS + i * 71993;
		unsigned long long ns = hold_up_once(args, length, whole, sig, wait_ns);

		if (!i || (length ? ns > worst : ns < worst))
			worst = ns;
	}
	printf("hold-up\t%s\t%llu\n", name, worst);
}

static void hold_ups(char **args)
{
	char * const other[] = { "/proc/version", args[1], args[2] };

	hold_up("alone", args, 0, false, 0);
	hold_up("busy", other, 1 << 20, true, 0);
	hold_up("read", args, 1 << 20, true, 0);
	hold_up("killed", args, 1 << 20, true, SIGKILL);
	hold_up("stopped", args, 1 << 20, true, SIGSTOP);
	hold_up("half read", args, 100, false, 0);
}

static const struct command {
	const char *name;
	const char *args;
	int count;
	int policy;
	void (*run)(char **args);
} commands[] = {
	{ "references", "LED CHIP LINE EXPORTED CHIP LINE", 6, SCHED_FIFO, references },
	{ "relay", "RELAY LED CHIP LINE", 4, SCHED_FIFO, relay },
	{ "sensed", "RELAY", 1, SCHED_FIFO, sensed },
	{ "interlock", "RELAY OTHER", 2, SCHED_FIFO, interlock },
	{ "timed", "RELAY", 1, SCHED_FIFO, timed },
	{ "aftermath", "NAME RELAY", 2, SCHED_IDLE, aftermath },
	{ "lateness", "RELAY HISTORY SPACING_MS", 3, SCHED_FIFO, lateness },
	{ "refusals", "RELAY COUNT LED", 3, SCHED_FIFO, refusals },
	{ "idle", "NAME SECONDS [RELAY]", 2, SCHED_OTHER, idle },
	{ "reading", "NUMBER FILE", 2, SCHED_FIFO, read_often },
	{ "cost", "NAME NUMBER FILE TEXT", 4, SCHED_FIFO, time_once },
	{ "window", "NAME NUMBER FILE TEXT...", 4, SCHED_FIFO, window },
	{ "files", "NUMBER FOLDER", 2, SCHED_FIFO, files },
	{ "hold-ups", "FILE DRIVER BANK", 3, SCHED_FIFO, hold_ups },
};

static void usage(void)
{
	fputs("ops [--profile] COMMAND ...\n", stderr);
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(stderr, "\t%s %s\n", commands[i].name, commands[i].args);
	exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	char **args = argv + 1;

	/* Fewer, for a plugin that looks at each instruction. */
	if (args[0] && !strcmp(args[0], "--profile")) {
		samples = 1;
		ops = RANDOM_BATCH;
		MARK(MARK_ARM);
		sleep_ns(SETTLE_NS);
		args++;
	}

	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *command = &commands[i];

		if (!args[0] || strcmp(args[0], command->name))
			continue;
		if (argv + argc - args <= command->count)
			usage();
		priority(command->policy);
		command->run(args + 1);
		return 0;
	}
	usage();
}
