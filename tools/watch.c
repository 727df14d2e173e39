// SPDX-License-Identifier: GPL-2.0-only
/*
 * relayctl watch: what relays do, as it happens.
 *
 * Nothing here looks again by the clock. The driver wakes who polls contact, fault,
 * health and sense; who writes a request to sysfs is told of by inotify, which sees the
 * write; relays that come by the kernel's uevents. A request by GPIO or LED that has
 * to wait is seen when the contact moves, or with the next of these.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "relayctl.h"

/* What is told of a relay, and which of it is polled. */
enum { STATE, CONTACT, FAULT, HEALTH, SENSE, NR_FILES };

static const char *const files[NR_FILES] = { "state", "contact", "fault", "health", "sense" };

/* What else is polled, before the files of relays. */
enum { UEVENTS, INOTIFY, READER, NR_OWN };

static const char *const requests[] = { "state", "pulse_ms" };

struct view {
	char values[NR_FILES][VALUE_SIZE];	/* "": no such file */
	char wait[VALUE_SIZE];			/* wait_ms */
};

struct watched {
	char *name;
	int dirfd;
	int fds[NR_FILES];
	int written[ARRAY_SIZE(requests)];	/* of inotify */
	struct view view;
	bool look;
};

struct watch {
	const struct call *call;
	struct watched *relays;
	struct pollfd *polls;
	size_t nr;
	int uevents;
	int inotify;
	unsigned long changes;
};

/* --- lines ---------------------------------------------------------------- */

static void print_time(bool json)
{
	struct timespec now;
	char text[32];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	if (json)
		gmtime_r(&now.tv_sec, &tm);
	else
		localtime_r(&now.tv_sec, &tm);
	strftime(text, sizeof(text), json ? "%FT%T" : "%F %T", &tm);
	printf("%s.%06ld%s", text, now.tv_nsec / 1000, json ? "Z" : "");
}

static bool is_pending(const struct view *view)
{
	return *view->wait && strcmp(view->wait, "0");
}

static char *pending_text(const struct view *view)
{
	if (!is_pending(view))
		return checked(strdup("no"));
	if (!is_number(view->wait))
		return checked(strdup("blocked"));
	return duration(strtoull(view->wait, NULL, 10));
}

static void print_object(const struct watched *relay, const char *event)
{
	const struct view *view = &relay->view;

	fputs("{\"time\":\"", stdout);
	print_time(true);
	fputs("\",\"relay\":", stdout);
	print_json(stdout, relay->name);
	printf(",\"event\":\"%s\"", event);
	for (size_t i = 0; strcmp(event, "gone") && i < NR_FILES; i++) {
		if (!*view->values[i])
			continue;
		printf(",\"%s\":", files[i]);
		print_json(stdout, view->values[i]);
	}
	if (strcmp(event, "gone") && *view->wait)
		printf(",\"pending\":%s,\"wait_ms\":%s", is_pending(view) ? "true" : "false",
		       view->wait);
	puts("}");
}

/* "NAME FILE VALUE", or "OLD -> NEW". */
static void print_value(const struct watched *relay, const char *file, const char *old,
			const char *value)
{
	print_time(false);
	printf(" %s %s %s%s%s\n", relay->name, file, old ?: "", old ? " -> " : "", value);
}

static void print_present(const struct watch *watch, const struct watched *relay)
{
	char *pending;

	if (watch->call->options->table.json) {
		print_object(relay, "present");
		return;
	}
	for (size_t i = 0; i < NR_FILES; i++)
		if (*relay->view.values[i])
			print_value(relay, files[i], NULL, relay->view.values[i]);
	if (is_pending(&relay->view)) {
		pending = pending_text(&relay->view);
		print_value(relay, "pending", NULL, pending);
		free(pending);
	}
}

/* Tells what is other than it was; false: enough was told. */
static bool print_changes(struct watch *watch, struct watched *relay, const struct view *now)
{
	struct view old = relay->view;
	unsigned long count = watch->call->options->count;
	bool pends = is_pending(&old) != is_pending(now);
	char *was, *is;

	relay->view = *now;
	if (watch->call->options->table.json) {
		if (!pends && !memcmp(old.values, now->values, sizeof(old.values)))
			return true;
		print_object(relay, "change");
		return ++watch->changes != count;
	}
	for (size_t i = 0; i < NR_FILES; i++) {
		if (!strcmp(old.values[i], now->values[i]))
			continue;
		print_value(relay, files[i], old.values[i], now->values[i]);
		if (++watch->changes == count)
			return false;
	}
	if (pends) {
		was = pending_text(&old);
		is = pending_text(now);
		print_value(relay, "pending", was, is);
		free(was);
		free(is);
		if (++watch->changes == count)
			return false;
	}
	return true;
}

/* --- relays ------------------------------------------------------------------ */

/* Reading from the start is what arms the next poll: 0 or -errno if it is gone. */
static int look(const struct watched *relay, struct view *view)
{
	int ret = 0;

	memset(view, 0, sizeof(*view));
	for (size_t i = 0; i < NR_FILES; i++)
		if (relay->fds[i] >= 0)
			ret = read_value(relay->fds[i], view->values[i]) ?: ret;
	if (read_attr(relay->dirfd, "wait_ms", view->wait))
		view->wait[0] = '\0';
	return ret;
}

static bool is_watched(const struct watch *watch, const char *name)
{
	for (size_t i = 0; i < watch->nr; i++)
		if (!strcmp(watch->relays[i].name, name))
			return true;
	return false;
}

static bool is_asked_for(const struct call *call, const char *name)
{
	for (size_t i = 0; i < call->nr; i++)
		if (!strcmp(call->words[i], name) || !fnmatch(call->words[i], name, 0))
			return true;
	return !call->nr;
}

static void forget(struct watch *watch, size_t i)
{
	struct watched *relay = &watch->relays[i];

	for (size_t f = 0; f < NR_FILES; f++)
		if (relay->fds[f] >= 0)
			close(relay->fds[f]);
	for (size_t f = 0; f < ARRAY_SIZE(requests); f++)
		inotify_rm_watch(watch->inotify, relay->written[f]);
	close(relay->dirfd);
	free(relay->name);
	watch->nr--;
	memmove(relay, relay + 1, (watch->nr - i) * sizeof(*relay));
}

static void add(struct watch *watch, int classfd, const char *name)
{
	struct watched relay = { .name = checked(strdup(name)), .look = false };
	char path[64];

	relay.dirfd = openat(classfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < NR_FILES; i++)
		relay.fds[i] = openat(relay.dirfd, files[i], O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		/* inotify knows paths only, and the folder may have another by now. */
		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", relay.dirfd, requests[i]);
		relay.written[i] = inotify_add_watch(watch->inotify, path, IN_MODIFY);
	}
	watch->relays = checked(realloc(watch->relays,
					(watch->nr + 1) * sizeof(*watch->relays)));
	watch->relays[watch->nr++] = relay;
	if (relay.dirfd < 0 || look(&relay, &watch->relays[watch->nr - 1].view))
		forget(watch, watch->nr - 1);	/* unbound meanwhile */
	else
		print_present(watch, &watch->relays[watch->nr - 1]);
}

/* Adds those that came since. */
static void scan(struct watch *watch)
{
	struct relays now = { .dir = watch->call->relays->dir };

	if (access(now.dir, F_OK) || !find_relays(&now))
		return;
	for (size_t i = 0; i < now.nr; i++)
		if (is_asked_for(watch->call, now.names[i]) && !is_watched(watch, now.names[i]))
			add(watch, now.dirfd, now.names[i]);
	forget_relays(&now);
}

/* --- what wakes ------------------------------------------------------------------ */

static int uevent_socket(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (struct sockaddr *)&kernel, sizeof(kernel))) {
		warn("watch: no uevents, relays that come are not seen");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

/* Did a relay come? Or was so much told that some of it was lost? */
static bool relays_came(int fd)
{
	static const char subsystem[] = "SUBSYSTEM=relay";
	bool came = false;
	char text[8192];
	ssize_t len;

	while ((len = recv(fd, text, sizeof(text), 0)) >= 0 || errno == ENOBUFS)
		if (len < 0 || memmem(text, len, subsystem, sizeof(subsystem)))
			came = true;
	return came;
}

static void note_written(struct watch *watch)
{
	union {
		struct inotify_event first;
		char text[4096];
	} events;
	ssize_t len;

	while ((len = read(watch->inotify, &events, sizeof(events))) > 0) {
		const struct inotify_event *event;

		for (char *at = events.text; at < events.text + len;
		     at += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)at;
			for (size_t i = 0; i < watch->nr; i++)
				for (size_t f = 0; f < ARRAY_SIZE(requests); f++)
					if (watch->relays[i].written[f] == event->wd ||
					    event->mask & IN_Q_OVERFLOW)
						watch->relays[i].look = true;
		}
	}
}

/* Waits until something happens; false: it cannot, or nobody reads any more. */
static bool wait_for_any(struct watch *watch)
{
	size_t nr = NR_OWN;
	int ret;

	watch->polls = checked(realloc(watch->polls, (NR_OWN + watch->nr * NR_FILES) *
						     sizeof(*watch->polls)));
	watch->polls[UEVENTS] = (struct pollfd){ .fd = watch->uevents, .events = POLLIN };
	watch->polls[INOTIFY] = (struct pollfd){ .fd = watch->inotify, .events = POLLIN };
	/* A pipe without a reader is an error by itself; a relay may be still for years. */
	watch->polls[READER] = (struct pollfd){ .fd = STDOUT_FILENO };
	for (size_t i = 0; i < watch->nr; i++)
		for (size_t f = 0; f < NR_FILES; f++)
			watch->polls[nr++] = (struct pollfd){
				.fd = watch->relays[i].fds[f], .events = POLLPRI,
			};
	do
		ret = poll(watch->polls, nr, -1);
	while (ret < 0 && errno == EINTR);
	if (ret < 0) {
		warn("poll");
		return false;
	}
	for (size_t i = NR_OWN; i < nr; i++)
		if (watch->polls[i].revents)
			watch->relays[(i - NR_OWN) / NR_FILES].look = true;
	return !watch->polls[READER].revents;
}

/* Looks at those that something happened to; false: enough was told. */
static bool look_at_relays(struct watch *watch)
{
	struct view view;

	for (size_t i = 0; i < watch->nr;) {
		struct watched *relay = &watch->relays[i];

		if (!relay->look) {
			i++;
			continue;
		}
		relay->look = false;
		if (!look(relay, &view)) {
			if (!print_changes(watch, relay, &view))
				return false;
			i++;
			continue;
		}
		if (watch->call->options->table.json) {
			print_object(relay, "gone");
		} else {
			print_time(false);
			printf(" %s gone\n", relay->name);
		}
		forget(watch, i);
	}
	return true;
}

int cmd_watch(const struct call *call)
{
	struct watch watch = { .call = call };
	int status = EXIT_SUCCESS;
	struct rlimit limit;
	struct chosen chosen;

	/* Six files a relay and 1024 relays a bank: more than the usual limit. */
	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);

	if (choose_relays(call->relays, call->words, call->nr, &chosen))
		status = EXIT_FAILED;
	free(chosen.names);
	watch.inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	watch.uevents = uevent_socket();
	scan(&watch);
	for (;;) {
		bool came;

		if (watch.uevents < 0 && !watch.nr) {
			warnx("watch: nothing left to watch");
			status = EXIT_FAILED;
			break;
		}
		if (!wait_for_any(&watch)) {
			status = EXIT_FAILED;
			break;
		}
		came = watch.uevents >= 0 && relays_came(watch.uevents);
		note_written(&watch);
		if (!look_at_relays(&watch))
			break;
		if (came)
			scan(&watch);
		if (ferror(stdout))
			break;
	}
	while (watch.nr)
		forget(&watch, watch.nr - 1);
	if (watch.inotify >= 0)
		close(watch.inotify);
	if (watch.uevents >= 0)
		close(watch.uevents);
	free(watch.relays);
	free(watch.polls);
	return status;
}
