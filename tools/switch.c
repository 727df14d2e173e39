// SPDX-License-Identifier: GPL-2.0-only
/*
 * relayctl's commands that write: on, off, toggle, pulse, set, replace, clear. What
 * the driver refuses is explained, what it defers is said, and --wait waits for it.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "relayctl.h"
#include "setup.h"

#define US_PER_MS	1000ULL
#define MS_PER_MINUTE	60000ULL

/* --- why ------------------------------------------------------------------ */

/* Is an "on" refused because nothing is left of the relay's life? */
static bool is_worn_out(int fd)
{
	char end_of_life[VALUE_SIZE], health[VALUE_SIZE];

	return !read_attr(fd, "end_of_life", end_of_life) && !strcmp(end_of_life, "block") &&
	       !read_attr(fd, "health", health) && !strcmp(health, "worn");
}

/* Which other relays can it be? As far as the bank tells. */
static const char *others(int fd, char text[VALUE_SIZE])
{
	unsigned long long limit;

	if (!read_number(fd, "device/coil_limit", &limit))
		return "one of its interlock group, or any where coil_limit is reached";
	if (!limit)
		return "one of its interlock group";
	snprintf(text, VALUE_SIZE, "one of its interlock group, or coil_limit %llu is reached",
		 limit);
	return text;
}

/* The time that two ratings take, in ms, rounded up; 0: not known. */
static unsigned long long travel_ms(int fd, const char *rating)
{
	unsigned long long us, bounce_us;

	if (!read_number(fd, rating, &us) || !read_number(fd, "rating/bounce_us", &bounce_us))
		return 0;
	return (us + bounce_us + US_PER_MS - 1) / US_PER_MS;
}

/* Says in words why the driver did not take a request. */
static void explain(int fd, const char *name, const char *action, const char *ms, int error)
{
	char more[4 * VALUE_SIZE] = "";
	unsigned long long ready;
	char value[VALUE_SIZE], fault[VALUE_SIZE], sense[VALUE_SIZE];
	const char *why;

	switch (error) {
	case EAGAIN:
		why = "refused, not yet allowed (EAGAIN)";
		if (read_number(fd, "ready_ms", &ready))
			snprintf(more, sizeof(more), ": ready in %llu ms", ready);
		break;
	case EBUSY:
		if (!strcmp(action, "clear")) {
			why = "the fault lasts (EBUSY)";
			if (!read_attr(fd, "fault", fault) && !read_attr(fd, "contact", value) &&
			    !read_attr(fd, "sense", sense))
				snprintf(more, sizeof(more), ": %s, contact is %s, sense is %s",
					 fault, value, sense);
			break;
		}
		why = "refused, another relay is in the way (EBUSY)";
		snprintf(more, sizeof(more), ": %s", others(fd, value));
		break;
	case EIO:
		why = "a fault, the coil cannot be driven (EIO)";
		if (read_attr(fd, "fault", value))
			break;
		if (strcmp(value, "drive") && strcmp(value, "none"))
			why = "refused, its contact has a fault (EIO)";
		snprintf(more, sizeof(more), ": fault is %s", value);
		break;
	case EINVAL:
		why = "the driver does not take this value (EINVAL)";
		if (ms && strtoull(ms, NULL, 10) < travel_ms(fd, "rating/operate_us"))
			snprintf(more, sizeof(more), ": operate and bounce take %llu ms",
				 travel_ms(fd, "rating/operate_us"));
		break;
	case EPERM:
	case EACCES:
		why = "no permission: neither root nor in the file's group";
		if (error == EPERM && is_worn_out(fd))
			why = "refused, the rated life is used up and end_of_life is block (EPERM)";
		break;
	case ENOENT:
		why = "this driver has no file for it";
		break;
	case ENODEV:
		why = "the relay has just gone (ENODEV)";
		break;
	default:
		why = strerror(error);
	}
	warnx("%s: %s: %s%s", name, action, why, more);
}

/* "18 ms", "9.8 s" or "2 min 5 s", not less than it is; to be freed. */
char *duration(unsigned long long ms)
{
	unsigned long long tenths = (ms + 99) / 100, s = (ms + 999) / 1000;
	char *text;
	int ret;

	if (ms < 1000)
		ret = asprintf(&text, "%llu ms", ms);
	else if (s <= 120)
		ret = asprintf(&text, "%llu.%llu s", tenths / 10, tenths % 10);
	else
		ret = asprintf(&text, "%llu min %llu s", s / 60, s % 60);
	return checked(ret < 0 ? NULL : text);
}

/* What may have the coil wait so long; no file of the driver tells which it is. */
static void add_reason(char reasons[VALUE_SIZE], const char *reason, unsigned long long wait_ms,
		       unsigned long long most_ms)
{
	size_t len = strlen(reasons);

	if (wait_ms <= most_ms)
		snprintf(reasons + len, VALUE_SIZE - len, "%s%s", len ? " or " : "", reason);
}

static unsigned long long number_of(int fd, const char *file)
{
	unsigned long long number;

	return read_number(fd, file, &number) ? number : 0;
}

static void reasons_of(int fd, bool on, unsigned long long wait_ms, char reasons[VALUE_SIZE])
{
	char contact[VALUE_SIZE] = "", load[VALUE_SIZE] = "", interlock[VALUE_SIZE];
	unsigned long long per_minute;

	reasons[0] = '\0';
	read_attr(fd, "contact", contact);
	if (!strcmp(contact, "opening"))
		add_reason(reasons, "contact travels", wait_ms, travel_ms(fd, "rating/release_us"));
	if (!strcmp(contact, "closing"))
		add_reason(reasons, "contact travels", wait_ms, travel_ms(fd, "rating/operate_us"));
	if (!on) {
		add_reason(reasons, "min_on_ms", wait_ms, number_of(fd, "min_on_ms"));
		return;
	}
	read_attr(fd, "load", load);
	per_minute = number_of(fd, strcmp(load, "none") ? "rating/loaded_per_minute" :
							  "rating/unloaded_per_minute");
	if (per_minute)
		add_reason(reasons, "rate limit", wait_ms,
			   (MS_PER_MINUTE + per_minute - 1) / per_minute);
	add_reason(reasons, "min_off_ms", wait_ms, number_of(fd, "min_off_ms"));
	if (!read_attr(fd, "interlock", interlock))
		add_reason(reasons, "dead time", wait_ms,
			   (number_of(fd, "rating/dead_time_us") + US_PER_MS - 1) / US_PER_MS);
	add_reason(reasons, "stagger_ms", wait_ms, number_of(fd, "device/stagger_ms"));
}

/* What was accepted and has to wait: until when, and why. */
static void tell_deferred(int fd, const char *name)
{
	char state[VALUE_SIZE], wait[VALUE_SIZE], reasons[VALUE_SIZE];
	char *text;

	if (read_attr(fd, "wait_ms", wait) || !strcmp(wait, "0") || read_attr(fd, "state", state))
		return;
	if (is_blocked("wait_ms", wait)) {
		printf("%s: %s when another relay lets it: %s\n", name, state,
		       others(fd, reasons));
	} else if (is_number(wait)) {
		text = duration(strtoull(wait, NULL, 10));
		reasons_of(fd, !strcmp(state, "on"), strtoull(wait, NULL, 10), reasons);
		printf("%s: %s in %s%s%s\n", name, state, text, *reasons ? ", " : "", reasons);
		free(text);
	}
}

/* --- --wait ----------------------------------------------------------------- */

/* Of a relay that somebody waits for. */
struct awaited {
	const char *name;
	const char *action;
	int fd;
	char state[VALUE_SIZE];		/* that was asked for; "": a pulse that ends */
};

static const char *const awaited_files[] = { "contact", "fault", "state" };

enum { DONE, NOT_YET, FAILED };

/* How far is it? *wait_ms: when to look again at the latest. */
static int progress(const struct awaited *awaited, unsigned long long *wait_ms)
{
	char contact[VALUE_SIZE], state[VALUE_SIZE], fault[VALUE_SIZE], wait[VALUE_SIZE];
	int fd = awaited->fd;
	int ret;

	ret = read_attr(fd, "state", state) ?: read_attr(fd, "wait_ms", wait) ?:
	      read_attr(fd, "contact", contact);
	if (ret) {
		explain(fd, awaited->name, awaited->action, NULL, ret == -ENOENT ? ENODEV : -ret);
		return FAILED;
	}
	if (!read_attr(fd, "fault", fault) && strcmp(fault, "none")) {
		warnx("%s: %s: fault is %s", awaited->name, awaited->action, fault);
		return FAILED;
	}
	if (*awaited->state && strcmp(awaited->state, state)) {
		warnx("%s: %s: state is %s by now", awaited->name, awaited->action, state);
		return FAILED;
	}
	if (!strcmp(contact, strcmp(state, "on") ? "open" : "closed") && !strcmp(wait, "0") &&
	    (*awaited->state || !strcmp(state, "off")))
		return DONE;
	/* A state that another face replaces, or one that others block, wakes nobody. */
	*wait_ms = is_number(wait) && strcmp(wait, "0") ? strtoull(wait, NULL, 10) : 1000;
	return NOT_YET;
}

static unsigned long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* Waits for one relay until it is done, or now_ms() is end_ms. */
static bool await(const struct awaited *awaited, unsigned long long end_ms)
{
	struct pollfd fds[ARRAY_SIZE(awaited_files)];
	unsigned long long wait_ms, left_ms;
	char value[VALUE_SIZE];
	bool over = false;
	int ret;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i].fd = openat(awaited->fd, awaited_files[i], O_RDONLY | O_CLOEXEC);
		fds[i].events = POLLPRI;
	}
	for (;;) {
		/* Reading is what arms the next poll. */
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			if (fds[i].fd >= 0)
				read_value(fds[i].fd, value);
		ret = progress(awaited, &wait_ms);
		if (ret != NOT_YET || over)
			break;
		if (wait_ms > 1000000)
			wait_ms = 1000000;
		if (end_ms) {
			left_ms = end_ms > now_ms() ? end_ms - now_ms() : 0;
			over = left_ms <= wait_ms;
			if (over)
				wait_ms = left_ms;
		}
		if (poll(fds, ARRAY_SIZE(fds), wait_ms))
			over = false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	if (ret == NOT_YET)
		warnx("%s: %s: not in time", awaited->name, awaited->action);
	return ret == DONE;
}

/* --- requests ---------------------------------------------------------------- */

/* To the driver a number with zeroes at its head is octal. */
static const char *decimal(const char *number)
{
	while (number[0] == '0' && number[1])
		number++;
	return number;
}

/* What becomes of a relay that has taken the request. */
static void accepted(const struct call *call, struct awaited *awaited, const char *file)
{
	tell_deferred(awaited->fd, awaited->name);
	if (!call->options->wait)
		return;
	if (strcmp(file, "pulse_ms"))
		read_attr(awaited->fd, "state", awaited->state);
}

/* Writes value to a file of each relay; those that can be switched are. */
static int request(const struct call *call, size_t nr_words, const char *file, const char *value)
{
	const struct options *options = call->options;
	const char *ms = strcmp(file, "pulse_ms") ? NULL : value;
	unsigned long long end_ms = options->timeout_ms ? now_ms() + options->timeout_ms : 0;
	struct awaited *awaited;
	struct chosen chosen;
	int status = EXIT_SUCCESS;
	size_t nr = 0;

	if (choose_relays(call->relays, call->words, nr_words, &chosen))
		status = EXIT_FAILED;
	awaited = checked(calloc(chosen.nr + 1, sizeof(*awaited)));
	for (size_t i = 0; i < chosen.nr; i++) {
		int fd = open_relay(call->relays, chosen.names[i]);
		int ret = fd < 0 ? fd : write_attr(fd, file, value);

		if (ret) {
			status = EXIT_FAILED;
			if (fd >= 0) {
				explain(fd, chosen.names[i], call->command, ms, -ret);
				close(fd);
			}
			continue;
		}
		awaited[nr] = (struct awaited){
			.name = chosen.names[i], .action = call->command, .fd = fd,
		};
		if (ms || !strcmp(file, "state"))
			accepted(call, &awaited[nr], file);
		nr++;
	}
	fflush(stdout);
	for (size_t i = 0; i < nr; i++) {
		if (options->wait && !await(&awaited[i], end_ms))
			status = EXIT_FAILED;
		close(awaited[i].fd);
	}
	free(awaited);
	free(chosen.names);
	return status;
}

int cmd_switch(const struct call *call)
{
	return request(call, call->nr, "state", call->command);
}

int cmd_pulse(const struct call *call)
{
	return request(call, call->nr - 1, "pulse_ms", decimal(call->words[call->nr - 1]));
}

int cmd_replace(const struct call *call)
{
	return request(call, 1, "replace", call->words[1]);
}

int cmd_clear(const struct call *call)
{
	return request(call, call->nr, "fault", "clear");
}

/* --- set ----------------------------------------------------------------------- */

/* "max_on_ms=500": so no word that is the name of a relay in all likelihood. */
bool is_setting(const char *word)
{
	size_t len = strspn(word, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return len && islower((unsigned char)*word) && word[len] == '=';
}

/* Of the files that can be written those that are no requests or records. */
static bool may_be_set(int dirfd, const char *file)
{
	static const char *const others[] = {
		"state", "pulse_ms", "fault", "replace", "wear_record", "uevent",
	};
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(file, others[i]))
			return false;
	return !fstatat(dirfd, file, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) &&
	       st.st_mode & 0222;
}

static void no_setting(int relayfd, const char *name, const char *file)
{
	int fd = openat(relayfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent **entries;
	const char *comma = "";
	int nr = fd < 0 ? -1 : scandirat(fd, ".", &entries, NULL, alphasort);

	fprintf(stderr, "%s: %s: no setting '%s'; there are", program_invocation_short_name,
		name, file);
	for (int i = 0; i < nr; i++) {
		if (may_be_set(fd, entries[i]->d_name)) {
			fprintf(stderr, "%s %s", comma, entries[i]->d_name);
			comma = ",";
		}
		free(entries[i]);
	}
	fputc('\n', stderr);
	if (nr >= 0)
		free(entries);
	if (fd >= 0)
		close(fd);
}

/* One SETTING=VALUE of one relay, or of its bank. */
static bool set(int fd, const char *name, const char *word, bool save)
{
	const char *value = strchr(word, '=') + 1;
	char *file = checked(strndup(word, value - word - 1)), *path;
	int ret;

	if (asprintf(&path, "%s%s", is_bank_setting(file) ? "device/" : "", file) < 0)
		path = NULL;
	if (may_be_set(fd, checked(path))) {
		ret = write_attr(fd, path, is_number(value) ? decimal(value) : value);
		if (ret)
			explain(fd, name, word, NULL, -ret);
		else if (save && !save_setting(name, file, value))
			ret = -EINVAL;
	} else {
		no_setting(fd, name, file);
		ret = -ENOENT;
	}
	free(path);
	free(file);
	return !ret;
}

int cmd_set(const struct call *call)
{
	size_t names = call->nr;
	struct chosen chosen;
	int status = EXIT_SUCCESS;

	while (is_setting(call->words[names - 1]))
		names--;
	if (choose_relays(call->relays, call->words, names, &chosen))
		status = EXIT_FAILED;
	for (size_t i = 0; i < chosen.nr; i++) {
		int fd = open_relay(call->relays, chosen.names[i]);

		if (fd < 0) {
			status = EXIT_FAILED;
			continue;
		}
		for (size_t w = names; w < call->nr; w++)
			if (!set(fd, chosen.names[i], call->words[w],
				 call->options->save))
				status = EXIT_FAILED;
		close(fd);
	}
	free(chosen.names);
	return status;
}
