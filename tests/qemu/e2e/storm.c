// SPDX-License-Identifier: GPL-2.0-only
/*
 * A storm of requests: what may be asked of relays is asked at random, by all
 * faces at once, at moments that are drawn to the limits.  It judges nothing.
 * It says what it asked and when, what the driver says in the end, and hands
 * that to the host, where judge.py compares it with what the lines did.
 *
 * usage: storm SEED EPOCHS EPOCH_SECONDS THREADS BANK,BANK... LABEL:BANK:OFFSET...
 *
 * The storm comes in epochs, with THREADS and with one in turn; at the end of
 * each, requests stop until all is quiet.  Four of five pass without a rest
 * between two requests, in a sixtieth of the time.
 *
 * storm.txt, a line each, times in ns of CLOCK_BOOTTIME:
 *   request BEGIN END LABEL FACE OP ARG RESULT	  RESULT: 0 or a negative errno
 *	FACE setup: a file OP of the relay, or of the bank LABEL, was set to ARG;
 *	FACE read: a file OP said ARG
 *   control BEGIN END BANK OP RESULT		  unbind, bind, unload, load
 *   clock BEGIN END LEVEL			  line 3 was driven to LEVEL
 *   read BEGIN END LABEL FILE VALUE		  BEGIN: before all of this reading
 *   history BEGIN END LABEL NS WHAT WHY
 *   timer BEGIN ARMED QUIET			  timers of ours in /proc/timer_list
 * trace.txt: emrelay_request and emrelay_coil, as the kernel prints them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <linux/types.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define MAX_RELAYS	8
#define MAX_BANKS	2
#define MAX_THREADS	16
#define MAX_RECORDS	1000000
#define CLOCK_LINE	3
#define TRACING		"/sys/kernel/tracing/"
#define US		1000ULL
#define MS		1000000ULL
#define SECOND		1000000000ULL

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

enum face { SYSFS, GPIO, LED, SETUP, READ };
static const char * const face_names[] = { "sysfs", "gpio", "led", "setup", "read" };

struct record {
	__u64 begin, end;
	const char *op;
	__s64 arg;
	short relay, face, result;
	int task;
};

/* What a relay's files are called; each thread keeps its own of them open. */
enum file {
	STATE, PULSE, POLICY, LOAD, MIN_ON, MIN_OFF, INTERLOCK, WATCHDOG, WAIT, READY,
	BRIGHTNESS, TIMING, CONTACT, NR_FILES
};

static const struct {
	const char *format;
	int flags;
} files[NR_FILES] = {
	[STATE] = { "/sys/class/relay/%s/state", O_RDWR },
	[PULSE] = { "/sys/class/relay/%s/pulse_ms", O_RDWR },
	[POLICY] = { "/sys/class/relay/%s/policy", O_RDWR },
	[LOAD] = { "/sys/class/relay/%s/load", O_RDWR },
	[MIN_ON] = { "/sys/class/relay/%s/min_on_ms", O_RDWR },
	[MIN_OFF] = { "/sys/class/relay/%s/min_off_ms", O_RDWR },
	[INTERLOCK] = { "/sys/class/relay/%s/interlock", O_RDWR },
	[WATCHDOG] = { "/sys/class/relay/%s/watchdog_ms", O_RDWR },
	[WAIT] = { "/sys/class/relay/%s/wait_ms", O_RDONLY },
	[READY] = { "/sys/class/relay/%s/ready_ms", O_RDONLY },
	[BRIGHTNESS] = { "/sys/class/leds/%s:red:status/brightness", O_RDWR },
	[TIMING] = { "/sys/kernel/debug/relay/%s/timing", O_RDONLY },
	[CONTACT] = { "/sys/class/relay/%s/contact", O_RDONLY },
};

static struct relay {
	const char *label;
	int bank, offset;
	__u64 close_ns;
	pthread_mutex_t led;		/* one LED trigger at a time */
	pthread_mutex_t setup;		/* what is set has one order */
	bool triggered;			/* under @led */
} relays[MAX_RELAYS];
static int nr_relays;

static struct bank {
	const char *name;
	pthread_mutex_t lines;		/* protects all below */
	int fd;				/* -1: no line requested */
	int held[MAX_RELAYS];		/* relays that the fd holds */
	int nr_held;
	__u64 bits;			/* what they were set to */
	int nr_relays;
	pthread_mutex_t supply;		/* stagger_ms and coil_limit have one order */
} banks[MAX_BANKS];
static int nr_banks;

struct thread {
	pthread_t id;
	__u64 random;
	__u64 until;
	int fds[MAX_RELAYS][NR_FILES];
};

static struct record records[MAX_RECORDS];
static unsigned int nr_records;
static __u64 rush;	/* until this moment there is no time to wait */
static bool brisk;	/* nor in all of this epoch */
static FILE *out;
static int trace_out;
/* No module can be unloaded while someone is in it: requests hold it for reading. */
static pthread_rwlock_t gate;

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static __u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static void sleep_until(__u64 ns)
{
	struct timespec t = { ns / SECOND, ns % SECOND };

	while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static __u64 draw(struct thread *t, __u64 below)
{
	t->random ^= t->random >> 12;
	t->random ^= t->random << 25;
	t->random ^= t->random >> 27;
	return (t->random * 0x2545f4914f6cdd1dULL >> 16) % below;
}

/* Evenly on a logarithmic scale: from 1 us to @below. */
static __u64 draw_time(struct thread *t, __u64 below)
{
	__u64 top = US << draw(t, 32);

	return draw(t, top < below ? top : below);
}

static void note(__u64 begin, int relay, enum face face, const char *op, __s64 arg, int result)
{
	static __thread int task;
	unsigned int i = __atomic_fetch_add(&nr_records, 1, __ATOMIC_RELAXED);

	if (!task)
		task = gettid();
	if (i >= MAX_RECORDS) {
		fputs("storm: too many requests\n", stderr);
		exit(EXIT_FAILURE);
	}
	records[i] = (struct record) { begin, now(), op, arg, relay, face, result, task };
}

/* The descriptor of a relay's file; it stays open over unbind, until an error tells of that. */
static int file(struct thread *t, int relay, enum file f)
{
	int *fd = &t->fds[relay][f];
	char path[128];

	if (*fd < 0) {
		snprintf(path, sizeof(path), files[f].format, relays[relay].label);
		*fd = open(path, files[f].flags | O_CLOEXEC);
	}
	return *fd;
}

static void forget(struct thread *t, int relay, enum file f)
{
	if (t->fds[relay][f] >= 0)
		close(t->fds[relay][f]);
	t->fds[relay][f] = -1;
}

static int write_word(struct thread *t, int relay, enum file f, const char *word)
{
	int fd = file(t, relay, f);

	return fd < 0 || pwrite(fd, word, strlen(word), 0) < 0 ? -errno : 0;
}

static void put_word(struct thread *t, int relay, enum file f, enum face face, const char *op,
		     __s64 arg, const char *word)
{
	__u64 begin = now();
	bool old = t->fds[relay][f] >= 0;
	int result = write_word(t, relay, f, word);

	/* A file of the binding before this one takes nothing any more. */
	if (result == -ENODEV && old) {
		forget(t, relay, f);
		result = write_word(t, relay, f, word);
	}
	note(begin, relay, face, op, arg, result);
	if (result == -ENODEV)
		forget(t, relay, f);
}

static ssize_t get_text(struct thread *t, int relay, enum file f, char *text, size_t size)
{
	int fd = file(t, relay, f);
	ssize_t len = fd < 0 ? -1 : pread(fd, text, size - 1, 0);

	if (len < 0)
		forget(t, relay, f);
	else
		text[len] = 0;
	return len;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int result = fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return result;
}

static void ask_sysfs(struct thread *t, int relay)
{
	static const char * const words[] = {
		"toggle", "toggle", "toggle", "toggle", "on", "off", "1", "0",
	};
	__u64 close_ms = (relays[relay].close_ns + MS - 1) / MS;
	const char *word;
	char text[24];
	__u64 ms;

	switch (draw(t, 12)) {
	case 0:
		put_word(t, relay, STATE, SYSFS, "bogus", 0, "ON!");
		break;
	case 1:
		ms = close_ms - draw(t, 2);
		goto pulse;
	case 2:
		ms = close_ms + draw(t, 20);
		goto pulse;
	case 3:
		ms = draw_time(t, 12 * SECOND) / MS;
pulse:
		snprintf(text, sizeof(text), "%llu", ms);
		put_word(t, relay, PULSE, SYSFS, "pulse", ms, text);
		break;
	default:
		word = words[draw(t, ARRAY_SIZE(words))];
		put_word(t, relay, STATE, SYSFS, word, 0, word);
	}
}

/* The chip with this label: an open descriptor, or -1. */
static int open_chip(const char *label)
{
	struct gpiochip_info info;
	char path[32];

	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "/dev/gpiochip%d", i);
		int fd = open(path, O_RDWR | O_CLOEXEC);

		if (fd < 0)
			continue;
		if (!ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &info) && !strcmp(info.label, label))
			return fd;
		close(fd);
	}
	return -1;
}

static void let_lines_go(struct bank *bank)
{
	if (bank->fd >= 0)
		close(bank->fd);
	bank->fd = -1;
	bank->nr_held = 0;
}

/* Some lines of a bank at once, as gpioset does: taking them sets them. */
static void take_lines(struct thread *t, struct bank *bank)
{
	struct gpio_v2_line_request request = {
		.consumer = "storm",
		.config.flags = GPIO_V2_LINE_FLAG_OUTPUT,
		.config.num_attrs = 1,
		.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES,
	};
	__u64 values = draw(t, 1ULL << MAX_RELAYS);
	__u64 begin;
	int result;
	int chip;

	for (int i = 0; i < nr_relays; i++) {
		if (&banks[relays[i].bank] != bank || !draw(t, 3))
			continue;
		bank->held[request.num_lines] = i;
		request.offsets[request.num_lines++] = relays[i].offset;
	}
	if (!request.num_lines)
		return;
	request.config.attrs[0].mask = (1ULL << request.num_lines) - 1;
	request.config.attrs[0].attr.values = values;

	begin = now();
	chip = open_chip(bank->name);
	if (chip < 0)
		return;
	result = ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) < 0 ? -errno : 0;
	close(chip);
	for (unsigned int i = 0; i < request.num_lines; i++)
		note(begin, bank->held[i], GPIO, "take", values >> i & 1, result);
	if (!result) {
		bank->fd = request.fd;
		bank->bits = values;
		bank->nr_held = request.num_lines;
	}
}

static void ask_gpio(struct thread *t, struct bank *bank)
{
	struct gpio_v2_line_values values = {};
	__u64 begin;
	int result;

	pthread_mutex_lock(&bank->lines);
	if (bank->fd < 0) {
		take_lines(t, bank);
	} else if (!draw(t, 20)) {
		let_lines_go(bank);
	} else {
		values.mask = draw(t, 1ULL << bank->nr_held);
		if (!values.mask || !draw(t, 4))
			values.mask = 1ULL << draw(t, bank->nr_held);
		/* Mostly not what was set last: that would move nothing. */
		bank->bits ^= draw(t, 8) ? values.mask : 0;
		values.bits = bank->bits;
		begin = now();
		result = ioctl(bank->fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) < 0 ? -errno : 0;
		if (result && result != -ENODEV)
			die("set lines");
		/* Lines of the binding before this one are no lines any more. */
		for (int i = 0; i < bank->nr_held; i++)
			if (values.mask >> i & 1 && !result)
				note(begin, bank->held[i], GPIO, "set",
				     values.bits >> i & 1, result);
		if (result)
			let_lines_go(bank);
	}
	pthread_mutex_unlock(&bank->lines);
}

static int led_file(int relay, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/leds/%s:red:status/%s", relays[relay].label, name);
	return write_file(path, text);
}

static int led_number(int relay, const char *name, __u64 number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", number);
	return led_file(relay, name, text);
}

/* Let an LED trigger drive the relay for a while.  @arg: its period in ms. */
static void run_trigger(struct thread *t, int relay)
{
	__u64 longest = brisk ? 8 * MS : 300 * MS;
	__u64 on = 1 + draw_time(t, longest) / MS;
	__u64 off = 1 + draw_time(t, longest) / MS;
	bool timer = draw(t, 2);
	__u64 left = 1 + draw(t, brisk ? 5 : 30);
	__u64 begin = now();
	int result;

	result = led_file(relay, "trigger", timer ? "timer" : "oneshot");
	if (!result)
		result = led_number(relay, "delay_on", on);
	if (!result)
		result = led_number(relay, "delay_off", off);
	relays[relay].triggered = true;
	/* The gate is open again while the trigger is left to itself. */
	pthread_rwlock_unlock(&gate);
	while (left-- && now() < t->until) {
		if (!timer)
			led_file(relay, "shot", "1");
		else if (!draw(t, 8))
			led_number(relay, "brightness", 1);
		sleep_until(now() + (on + off) * MS + draw_time(t, longest / 16));
	}
	pthread_rwlock_rdlock(&gate);
	led_file(relay, "trigger", "none");
	relays[relay].triggered = false;
	note(begin, relay, LED, timer ? "timer" : "oneshot", on + off, result);
}

static void ask_led(struct thread *t, int relay)
{
	bool on = draw(t, 2);

	if (pthread_mutex_trylock(&relays[relay].led))
		return;
	if (!draw(t, brisk ? 500 : 25))
		run_trigger(t, relay);
	else
		put_word(t, relay, BRIGHTNESS, LED, "brightness", on, on ? "1" : "0");
	pthread_mutex_unlock(&relays[relay].led);
}

static void set_number(struct thread *t, int relay, enum file f, const char *name, __u64 ms)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", ms);
	put_word(t, relay, f, SETUP, name, ms, text);
}

/* Often none, and rarely so much that nothing happens; else evenly on a logarithmic scale. */
static __u64 draw_ms(struct thread *t, __u64 below)
{
	if (draw(t, brisk ? 16 : 2))
		return 0;
	return draw_time(t, brisk ? 4 * MS : below) / MS;
}

/* What limits when a coil moves may change at any time. */
static void set_limit(struct thread *t, int relay)
{
	static const char * const loads[] = { "none", "resistive", "ac-15", "dc-13" };
	int i;

	switch (draw(t, 3)) {
	case 0:
		/* Mostly no load: the slow rate lets nothing happen. */
		i = draw(t, 3) ? 0 : draw(t, ARRAY_SIZE(loads));
		put_word(t, relay, LOAD, SETUP, "load", i, loads[i]);
		break;
	case 1:
		set_number(t, relay, MIN_ON, "min_on_ms", draw_ms(t, 100 * MS));
		break;
	default:
		set_number(t, relay, MIN_OFF, "min_off_ms", draw_ms(t, 100 * MS));
	}
}

static void set_supply(struct thread *t, int bank)
{
	bool limit = draw(t, 2);
	__u64 value = limit ? draw(t, banks[bank].nr_relays) : draw_ms(t, 20 * MS);
	char path[80], text[24];
	__u64 begin;

	snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s/%s", banks[bank].name,
		 limit ? "coil_limit" : "stagger_ms");
	snprintf(text, sizeof(text), "%llu", value);
	pthread_mutex_lock(&banks[bank].supply);
	begin = now();
	note(begin, MAX_RELAYS + bank, SETUP, limit ? "coil_limit" : "stagger_ms", value,
	     write_file(path, text));
	pthread_mutex_unlock(&banks[bank].supply);
}

/*
 * What decides who has to be off is changed while nobody asks for anything:
 * no one outside could tell which of the two came first.
 */
static void set_rule(struct thread *t, int relay)
{
	static const char * const modes[] = { "block", "changeover" };
	static const char * const policies[] = { "defer", "reject" };
	int i = draw(t, 2);

	if (relays[relay].triggered)
		return;
	switch (draw(t, 4)) {
	case 0:
		put_word(t, relay, INTERLOCK, SETUP, "interlock", i, modes[i]);
		break;
	case 1:
	case 2:
		put_word(t, relay, POLICY, SETUP, "policy", i, policies[i]);
		break;
	default:
		put_word(t, relay, STATE, SYSFS, "off", 0, "off");
		set_number(t, relay, WATCHDOG, "watchdog_ms", draw_ms(t, 4 * SECOND));
	}
}

static void set_up(struct thread *t, int relay)
{
	struct relay *r = &relays[relay];
	int what = draw(t, 8);

	if (what < 3) {
		pthread_rwlock_unlock(&gate);
		pthread_rwlock_wrlock(&gate);
		/* Who waits for a bank that goes must not keep all others waiting. */
		if (!pthread_mutex_trylock(&r->setup)) {
			set_rule(t, relay);
			pthread_mutex_unlock(&r->setup);
		}
		pthread_rwlock_unlock(&gate);
		pthread_rwlock_rdlock(&gate);
		return;
	}
	pthread_mutex_lock(&r->setup);
	if (what == 3)
		set_supply(t, r->bank);
	else
		set_limit(t, relay);
	pthread_mutex_unlock(&r->setup);
}

static __s64 key(const char *text, const char *name)
{
	const char *found = strstr(text, name);

	return found ? strtoll(found + strlen(name), NULL, 10) : 0;
}

/* When could the relay asked next be energised, or when is it at rest?  0: nobody knows. */
static __u64 look_ahead(struct thread *t, int relay)
{
	bool held = t->fds[relay][TIMING] >= 0;
	__u64 begin, settled;
	__s64 ready, wait;
	char text[512];
	ssize_t len;

	pthread_rwlock_rdlock(&gate);
	begin = now();
	len = get_text(t, relay, TIMING, text, sizeof(text));
	if (len > 0) {
		ready = key(text, "ready_ns: ");
		wait = key(text, "wait_ns: ");
		settled = key(text, "settled_ns: ");
		note(begin, relay, READ, "wait_ns", wait, 0);
		note(begin, relay, READ, "ready_ns", ready, 0);
	}
	/* An open file of debugfs holds the module. */
	if (!held)
		forget(t, relay, TIMING);
	pthread_rwlock_unlock(&gate);
	if (len <= 0)
		return 0;
	if (ready < 0 || ready > (__s64)SECOND || draw(t, 2))
		return settled;
	return key(text, "now_ns: ") + ready;
}

/*
 * When to ask next.  A third goes to the limits of the relay asked next: just
 * before, at and just after the moment at which they end.
 */
static void wait_for_moment(struct thread *t, int relay)
{
	__u64 moment;

	if (now() < __atomic_load_n(&rush, __ATOMIC_RELAXED)) {
		sleep_until(now() + draw(t, 500 * US));
		return;
	}
	/* Asking goes on and on, and relays get ahead meanwhile. */
	if (brisk && draw(t, 100))
		return;

	switch (draw(t, 16)) {
	case 0:
	case 1:
	case 2:
	case 3:
		return;
	case 4:
	case 5:
	case 7:
	case 8:
	case 9:
		/* What is slept for begins some us later. */
		moment = look_ahead(t, relay) + draw(t, 60 * US) - 45 * US;
		if (moment < now() + (brisk ? MS : SECOND))
			sleep_until(moment);
		return;
	case 6:
		if (!brisk)
			sleep_until(now() + draw(t, draw(t, 8) ? SECOND / 4 : 8 * SECOND));
		return;
	default:
		sleep_until(now() + draw_time(t, brisk ? MS : SECOND));
	}
}

static void look(struct thread *t, int relay)
{
	bool wait = draw(t, 2);
	char text[64];
	__u64 begin = now();

	if (draw(t, 2)) {
		get_text(t, relay, CONTACT, text, sizeof(text));
		return;
	}
	if (get_text(t, relay, wait ? WAIT : READY, text, sizeof(text)) > 0)
		note(begin, relay, READ, wait ? "wait_ms" : "ready_ms", atoll(text), 0);
}

static void *storm(void *arg)
{
	struct thread *t = arg;

	prctl(PR_SET_TIMERSLACK, 1);
	while (now() < t->until) {
		int relay = draw(t, nr_relays);

		/* In a hurry, mostly those that can be, which are the last. */
		if (brisk && relays[relay].bank == 0 && draw(t, 8))
			relay = nr_relays - 1 - draw(t, banks[nr_banks - 1].nr_relays);
		wait_for_moment(t, relay);
		pthread_rwlock_rdlock(&gate);
		switch (draw(t, 16)) {
		case 0:
			set_up(t, relay);
			break;
		case 1:
			look(t, relay);
			break;
		case 2:
		case 3:
		case 4:
			ask_led(t, relay);
			break;
		case 5:
		case 6:
		case 7:
			ask_gpio(t, &banks[relays[relay].bank]);
			break;
		default:
			ask_sysfs(t, relay);
		}
		pthread_rwlock_unlock(&gate);
	}
	for (int i = 0; i < nr_relays; i++)
		for (int f = 0; f < NR_FILES; f++)
			forget(t, i, f);
	return NULL;
}

static void drain_trace(void)
{
	static char text[65536];
	int fd = open(TRACING "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		die("trace_pipe");
	while ((len = read(fd, text, sizeof(text))) > 0)
		if (write(trace_out, text, len) != len)
			die("trace.txt");
	close(fd);
}

static void note_control(__u64 begin, const char *bank, const char *op, int result)
{
	fprintf(out, "control %llu %llu %s %s %d\n", begin, now(), bank, op, result);
}

static void lock_setup(int bank, bool lock)
{
	for (int i = 0; i < nr_relays; i++)
		if (bank < 0 || relays[i].bank == bank)
			(lock ? pthread_mutex_lock : pthread_mutex_unlock)(&relays[i].setup);
}

static int rebind(const char *bank, const char *op)
{
	char path[80];
	__u64 begin = now();
	int result;

	snprintf(path, sizeof(path), "/sys/bus/platform/drivers/emrelay/%s", op);
	result = write_file(path, bank);
	note_control(begin, bank, op, result);
	return result;
}

/*
 * Whether gpiolib can do with a line that is held while its chip goes: until
 * 6.9 the next chip that comes makes it follow a NULL pointer; after that it
 * leaks the line's name, which kmemleak would blame on us.
 */
static bool lines_survive(void)
{
	struct utsname name;
	int major, minor;

	return !uname(&name) && sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
	       (major > 6 || (major == 6 && minor >= 9)) &&
	       access("/sys/kernel/debug/kmemleak", F_OK);
}

/* Requests go on meanwhile, and more than ever at the moment itself. */
static void unbind_and_bind(struct thread *t)
{
	int bank = draw(t, nr_banks);
	char text[64];
	int first = 0;
	int held;

	/* As the other files are, one of debugfs is held open over it. */
	while (relays[first].bank != bank)
		first++;
	held = file(t, first, TIMING);
	if (!lines_survive()) {
		pthread_mutex_lock(&banks[bank].lines);
		let_lines_go(&banks[bank]);
	}
	lock_setup(bank, true);
	__atomic_store_n(&rush, now() + 20 * MS, __ATOMIC_RELAXED);
	sleep_until(now() + draw(t, 10 * MS));
	/* Often in the middle of a travel. */
	for (int i = 0; i < nr_relays; i++)
		if (relays[i].bank == bank && draw(t, 2))
			put_word(t, i, STATE, SYSFS, "on", 0, "on");
	if (rebind(banks[bank].name, "unbind"))
		die("unbind");
	sleep_until(now() + draw_time(t, brisk ? 50 * MS : 2 * SECOND));
	__atomic_store_n(&rush, now() + 10 * MS, __ATOMIC_RELAXED);
	if (rebind(banks[bank].name, "bind"))
		die("bind");
	if (held < 0 || pread(held, text, sizeof(text), 0) >= 0)
		die("debugfs over an unbind");
	forget(t, first, TIMING);
	lock_setup(bank, false);
	if (!lines_survive())
		pthread_mutex_unlock(&banks[bank].lines);
}

static void load(void)
{
	__u64 begin = now();
	int result = system("modprobe emrelay");

	if (write_file(TRACING "events/emrelay/emrelay_request/enable", "1") ||
	    write_file(TRACING "events/emrelay/emrelay_coil/enable", "1"))
		die("tracepoints");
	note_control(begin, "-", "load", -result);
	if (result)
		die("modprobe");
}

static void read_all(void);

/* The module's memory ends with it, and so do its entries in the trace. */
static void unload_and_load(void)
{
	__u64 begin;
	int result;

	pthread_rwlock_wrlock(&gate);
	for (int i = 0; i < nr_banks; i++)
		let_lines_go(&banks[i]);
	lock_setup(-1, true);
	read_all();
	begin = now();
	drain_trace();
	result = system("rmmod emrelay");
	note_control(begin, "-", "unload", -result);
	if (result)
		die("rmmod");
	load();
	lock_setup(-1, false);
	pthread_rwlock_unlock(&gate);
}

static void read_file(__u64 begin, const char *label, const char *directory, const char *name)
{
	char path[128], text[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/%s", directory, label, name);
	f = fopen(path, "r");
	/* Only members of a group have it. */
	if (!f && errno == ENOENT && !strcmp(name, "interlock"))
		return;
	if (!f || !fgets(text, sizeof(text), f))
		die(path);
	fclose(f);
	fprintf(out, "read %llu %llu %s %s %s", begin, now(), label, name, text);
}

static void read_lines(__u64 begin, const char *label, const char *name, bool keys)
{
	char path[128], text[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/debug/relay/%s/%s", label, name);
	f = fopen(path, "r");
	if (!f)
		die(path);
	while (fgets(text, sizeof(text), f)) {
		if (keys) {
			*strchrnul(text, ':') = ' ';
			fprintf(out, "read %llu %llu %s %s.%s", begin, now(), label, name, text);
		} else {
			fprintf(out, "%s %llu %llu %s %s", name, begin, now(), label, text);
		}
	}
	fclose(f);
}

static void read_all(void)
{
	static const char * const names[] = {
		"state", "coil", "contact", "pulse_ms", "wait_ms", "cycle_count",
		"life_used_ppm", "health", "load", "policy", "interlock", "min_on_ms",
		"min_off_ms", "watchdog_ms", "statistics/requests", "statistics/accepted",
		"statistics/deferred", "statistics/coalesced", "statistics/rejected",
	};

	for (int i = 0; i < nr_relays; i++) {
		const char *label = relays[i].label;
		__u64 begin = now();

		for (size_t n = 0; n < ARRAY_SIZE(names); n++)
			read_file(begin, label, "/sys/class/relay", names[n]);
		read_lines(begin, label, "wear", true);
		read_lines(begin, label, "history", false);
	}
}

static int armed(void)
{
	FILE *f = fopen("/proc/timer_list", "r");
	char text[256];
	int found = 0;

	if (!f)
		die("timer_list");
	while (fgets(text, sizeof(text), f))
		found += !!strstr(text, "emrelay");
	fclose(f);
	return found;
}

static long long look_up(const char *label, const char *name, char *text, size_t size)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/relay/%s/%s", label, name);
	f = fopen(path, "r");
	if (!f || !fgets(text, size, f))
		die(path);
	fclose(f);
	return atoll(text);
}

/*
 * All has come to where it stays: as the files say, nothing waits but for what
 * others would have to be asked, no pulse or watchdog runs, no contact travels.
 */
static bool seems_quiet(__u64 *cycles)
{
	char text[32];

	for (int i = 0; i < nr_relays; i++) {
		const char *label = relays[i].label;

		*cycles += look_up(label, "cycle_count", text, sizeof(text));
		if (look_up(label, "wait_ms", text, sizeof(text)) > 0 ||
		    look_up(label, "pulse_ms", text, sizeof(text)))
			return false;
		look_up(label, "contact", text, sizeof(text));
		if (strcmp(text, "open\n") && strcmp(text, "closed\n"))
			return false;
		look_up(label, "state", text, sizeof(text));
		if (!strcmp(text, "on\n") && look_up(label, "watchdog_ms", text, sizeof(text)))
			return false;
	}
	return true;
}

/*
 * Between two files much may happen, if a busy host stops the processor that reads them:
 * a relay that waited behind another one may have begun to move. Then it is seen the next time.
 */
static bool quiet(void)
{
	__u64 before = 0, after = 0;

	return seems_quiet(&before) && seems_quiet(&after) && before == after;
}

/* Ties the two clocks together: an edge seen outside, between two moments seen inside. */
static void tick(void)
{
	struct gpio_v2_line_request request = {
		.consumer = "clock",
		.offsets = { CLOCK_LINE },
		.num_lines = 1,
		.config.flags = GPIO_V2_LINE_FLAG_OUTPUT,
	};
	int chip = open_chip("9030000.pl061");

	if (chip < 0 || ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) < 0)
		die("clock line");
	close(chip);
	for (int i = 1; i <= 20; i++) {
		struct gpio_v2_line_values values = { .bits = i % 2, .mask = 1 };
		__u64 begin = now();

		if (ioctl(request.fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values))
			die("clock line");
		fprintf(out, "clock %llu %llu %d\n", begin, now(), i % 2);
	}
	close(request.fd);
}

/* The last requests set all in motion: it has to come to rest, and no timer to be left. */
static void settle(struct thread *t)
{
	__u64 begin;
	int before;

	for (int i = 0; i < nr_relays; i++)
		put_word(t, i, STATE, SYSFS, "toggle", 0, "toggle");
	before = armed();
	begin = now();
	for (int i = 0; i < 600 && !quiet(); i++)
		sleep_until(now() + SECOND / 10);
	fprintf(out, "timer %llu %llu %d %d %d\n", begin, now(), before, armed(), quiet());
	read_all();
	drain_trace();
	tick();
}

static void start(struct thread *t, __u64 seed, __u64 until)
{
	t->random = seed * 0x9e3779b97f4a7c15ULL | 1;
	t->until = until;
	memset(t->fds, -1, sizeof(t->fds));
	for (int i = 0; i < 4; i++)
		draw(t, 2);
}

static void epoch(__u64 seed, int nr_threads, __u64 length)
{
	static struct thread threads[MAX_THREADS], keeper;
	__u64 until = now() + length;

	start(&keeper, seed + 99, until);
	for (int i = 0; i < nr_threads; i++) {
		start(&threads[i], seed + i, until);
		if (pthread_create(&threads[i].id, NULL, storm, &threads[i]))
			die("thread");
	}
	sleep_until(now() + draw(&keeper, length / 2));
	if (draw(&keeper, 3))
		unbind_and_bind(&keeper);
	sleep_until(now() + draw(&keeper, length / 4));
	/* Which may take seconds, until the slowest may be energised again. */
	if (!brisk || !draw(&keeper, 8))
		unload_and_load();
	for (int i = 0; i < nr_threads; i++)
		pthread_join(threads[i].id, NULL);
	settle(&keeper);
}

static void read_ratings(struct relay *relay)
{
	char path[128], text[32];
	__u64 us = 0;

	for (int i = 0; i < 2; i++) {
		FILE *f;

		snprintf(path, sizeof(path), "/sys/class/relay/%s/rating/%s_us",
			 relay->label, i ? "operate" : "bounce");
		f = fopen(path, "r");
		if (!f || !fgets(text, sizeof(text), f))
			die(path);
		fclose(f);
		us += strtoull(text, NULL, 10);
	}
	relay->close_ns = us * US;
}

static void prepare(int argc, char **argv)
{
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&gate, &attr);
	for (char *name = strtok(argv[5], ","); name; name = strtok(NULL, ",")) {
		if (nr_banks == MAX_BANKS)
			die("banks");
		banks[nr_banks].name = name;
		banks[nr_banks].fd = -1;
		pthread_mutex_init(&banks[nr_banks].supply, NULL);
		pthread_mutex_init(&banks[nr_banks++].lines, NULL);
	}
	for (int i = 6; i < argc && nr_relays < MAX_RELAYS; i++) {
		struct relay *relay = &relays[nr_relays++];

		relay->label = strtok(argv[i], ":");
		relay->bank = atoi(strtok(NULL, ":"));
		banks[relay->bank].nr_relays++;
		relay->offset = atoi(strtok(NULL, ":"));
		pthread_mutex_init(&relay->led, NULL);
		pthread_mutex_init(&relay->setup, NULL);
	}
}

int main(int argc, char **argv)
{
	int nr_threads, epochs;
	__u64 seed, length;

	if (argc < 7) {
		fputs("storm: see storm.c\n", stderr);
		return EXIT_FAILURE;
	}
	seed = strtoull(argv[1], NULL, 10);
	length = strtoull(argv[3], NULL, 10) * SECOND;
	nr_threads = atoi(argv[4]);
	prepare(argc, argv);

	out = fopen("/tmp/storm.txt", "w");
	trace_out = open("/tmp/trace.txt", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (!out || trace_out < 0)
		die("/tmp");
	if (write_file(TRACING "buffer_size_kb", "16384") ||
	    write_file(TRACING "trace_clock", "mono"))
		die("tracing");

	tick();
	epochs = atoi(argv[2]);
	load();
	for (int i = 0; i < nr_relays; i++)
		read_ratings(&relays[i]);
	for (int i = 0; i < epochs; i++) {
		brisk = i % 5 < 4;
		epoch(seed * 1000 + i * 100, i % 2 ? 1 : nr_threads, brisk ? length / 60 : length);
	}

	for (unsigned int i = 0; i < nr_records; i++) {
		struct record *r = &records[i];

		fprintf(out, "request %llu %llu %s %s %s %lld %d %d\n", r->begin, r->end,
			r->relay < MAX_RELAYS ? relays[r->relay].label :
			banks[r->relay - MAX_RELAYS].name,
			face_names[r->face], r->op, r->arg, r->result, r->task);
	}
	if (fclose(out))
		die("storm.txt");
	return EXIT_SUCCESS;
}
