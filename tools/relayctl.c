// SPDX-License-Identifier: GPL-2.0-only
/*
 * relayctl - list, switch and watch the relays of /sys/class/relay
 *
 * Everything here goes through the sysfs files, so whatever relayctl can do a
 * shell script can do too. A file that this program does not know is shown by
 * "show" and ignored elsewhere; one that is missing reads as "-": the driver
 * may be older or newer than this program.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "class.h"
#include "tools.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define SEE_HELP	"; see relayctl --help"

static const char help_text[] =
"Usage: relayctl [OPTION]...                    a table of all relays\n"
"  or:  relayctl [OPTION]... on NAME...         switch on\n"
"  or:  relayctl [OPTION]... off NAME...        switch off\n"
"  or:  relayctl [OPTION]... toggle NAME...     switch over\n"
"  or:  relayctl [OPTION]... pulse NAME MS      on, and off again MS ms later\n"
"  or:  relayctl [OPTION]... show NAME...       every file of the relay and its bank\n"
"  or:  relayctl [OPTION]... watch [NAME]...    print changes as they happen\n"
"\n"
"List, switch and watch the relays of /sys/class/relay.\n"
"\n"
"  -n, --count=COUNT  end watch after COUNT changes\n"
"      --sysfs=DIR    look in DIR, not in /sys/class/relay or $RELAYCTL_SYSFS\n"
"  -h, --help         print this text\n"
"      --version      print the version\n"
"\n"
"Columns: STATE is the last accepted request, COIL what the coil is driven to,\n"
"CONTACT what the contact does. WAIT_MS: until the coil follows STATE. READY_MS:\n"
"until an \"on\" would be carried out. PULSE_MS: what is left of a pulse. \"blocked\"\n"
"is a time that nobody knows: it waits for another relay to go off, or the rated\n"
"life is used up and end_of_life is block.\n"
"\n"
"watch prints where contact, health and fault stand, then a line for each change,\n"
"until interrupted or no relay is left. A state left again before it could be\n"
"read is not seen.\n"
"\n"
"Exit status: 0 done, 1 something failed or was refused, 2 wrong usage. With\n"
"several NAMEs a failure does not keep the others from being switched.\n";

static int write_attr(int dirfd, const char *file, const char *value)
{
	int fd = openat(dirfd, file, O_WRONLY | O_TRUNC | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (dprintf(fd, "%s\n", value) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/* A time that depends on what others ask for has no number of ms. */
static bool is_blocked(const char *file, const char *value)
{
	return (!strcmp(file, "wait_ms") || !strcmp(file, "ready_ms")) && !strcmp(value, "-1");
}

/* --- the table ---------------------------------------------------------- */

static const struct column columns[] = {
	{ "NAME",	NULL,		LEFT },
	{ "STATE",	"state",	LEFT },
	{ "COIL",	"coil",		LEFT },
	{ "CONTACT",	"contact",	LEFT },
	{ "LOAD",	"load",		LEFT },
	{ "WAIT_MS",	"wait_ms",	RIGHT },
	{ "READY_MS",	"ready_ms",	RIGHT },
	{ "PULSE_MS",	"pulse_ms",	RIGHT },
	{ "CYCLES",	"cycle_count",	RIGHT },
	{ "LIFE_USED",	"life_used_ppm", RIGHT },
	{ "HEALTH",	"health",	LEFT },
	{ "FAULT",	"fault",	LEFT },
	{ "PART",	"part",		LEFT },
};

static char *read_cell(int fd, const struct column *column)
{
	char value[VALUE_SIZE];
	unsigned long long ppm;
	int ret;

	if (!strcmp(column->file, "life_used_ppm") && read_number(fd, column->file, &ppm))
		return percent(ppm);
	ret = read_attr(fd, column->file, value);
	if (ret)
		return checked(strdup(ret == -ENOENT ? "-" : "?"));
	return checked(strdup(is_blocked(column->file, value) ? "blocked" : value));
}

static int cmd_list(const struct relays *relays)
{
	char **cells;
	size_t nr = 0;

	if (!relays->nr) {
		warnx("no relays in %s", relays->dir);
		return EXIT_SUCCESS;
	}
	cells = checked(calloc(relays->nr, sizeof(*cells) * ARRAY_SIZE(columns)));
	for (size_t i = 0; i < relays->nr; i++) {
		char **row = &cells[nr * ARRAY_SIZE(columns)];
		int fd = openat(relays->dirfd, relays->names[i],
				O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)	/* unbound since its name was read */
			continue;
		row[0] = checked(strdup(relays->names[i]));
		for (size_t c = 1; c < ARRAY_SIZE(columns); c++)
			row[c] = read_cell(fd, &columns[c]);
		close(fd);
		nr++;
	}
	print_table(columns, ARRAY_SIZE(columns), cells, nr);
	return EXIT_SUCCESS;
}

/* --- on, off, toggle, pulse --------------------------------------------- */

/* Is an "on" refused because nothing is left of the relay's life? */
static bool is_worn_out(int fd)
{
	char end_of_life[VALUE_SIZE], health[VALUE_SIZE];

	return !read_attr(fd, "end_of_life", end_of_life) && !strcmp(end_of_life, "block") &&
	       !read_attr(fd, "health", health) && !strcmp(health, "worn");
}

/* Says in words why the driver did not take a request. */
static void explain(int fd, const char *name, const char *action, const char *ms, int error)
{
	unsigned long long operate, bounce, least, ready, limit;
	char more[VALUE_SIZE + 64] = "";
	char value[VALUE_SIZE];
	const char *why;

	switch (error) {
	case EAGAIN:
		why = "refused, not yet allowed (EAGAIN)";
		if (read_number(fd, "ready_ms", &ready))
			snprintf(more, sizeof(more), ": ready in %llu ms", ready);
		break;
	case EBUSY:
		why = "refused, another relay is in the way (EBUSY)";
		if (!read_number(fd, "device/coil_limit", &limit))
			snprintf(more, sizeof(more),
				 ": one of its interlock group, or any where coil_limit is reached");
		else if (limit)
			snprintf(more, sizeof(more),
				 ": one of its interlock group, or coil_limit %llu is reached",
				 limit);
		else
			snprintf(more, sizeof(more), ": one of its interlock group");
		break;
	case EIO:
		why = "a fault, the coil cannot be driven (EIO)";
		if (!read_attr(fd, "fault", value))
			snprintf(more, sizeof(more), ": fault is %s", value);
		break;
	case EINVAL:
		why = "the driver does not take this value (EINVAL)";
		if (!ms || !read_number(fd, "rating/operate_us", &operate) ||
		    !read_number(fd, "rating/bounce_us", &bounce))
			break;
		least = (operate + bounce + 999) / 1000;
		if (strtoull(ms, NULL, 10) < least)
			snprintf(more, sizeof(more), ": operate and bounce take %llu ms", least);
		break;
	case EPERM:
	case EACCES:
		why = "no permission: only root may switch, unless the file's mode says else";
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

/* To the driver a number with zeroes at its head is octal. */
static const char *decimal(const char *number)
{
	while (number[0] == '0' && number[1])
		number++;
	return number;
}

/* Writes value to a file of each relay; those that can be switched are. */
static int request(const struct relays *relays, char **names, size_t nr,
		   const char *action, const char *file, const char *value)
{
	const char *ms = strcmp(file, "pulse_ms") ? NULL : value;
	int status = EXIT_SUCCESS;

	for (size_t i = 0; i < nr; i++) {
		int fd = open_relay(relays, names[i]);
		int ret;

		if (fd < 0) {
			status = EXIT_FAILED;
			continue;
		}
		ret = write_attr(fd, file, value);
		if (ret) {
			explain(fd, names[i], action, ms, -ret);
			status = EXIT_FAILED;
		}
		close(fd);
	}
	return status;
}

/* --- show --------------------------------------------------------------- */

/* wear_record is for machines; see relay-wear. */
static int plain_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "uevent") &&
	       strcmp(entry->d_name, "wear_record");
}

/* Of the bank's files those of emrelay; all devices have the others. */
static int bank_file(const struct dirent *entry)
{
	return !strcmp(entry->d_name, "coil_limit") || !strcmp(entry->d_name, "stagger_ms");
}

static void show_file(int dirfd, const char *dir, const char *file)
{
	char value[VALUE_SIZE];
	struct stat st;
	int ret;

	if (fstatat(dirfd, file, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode) ||
	    !(st.st_mode & 0444))
		return;
	ret = read_attr(dirfd, file, value);
	if (strcmp(dir, "."))
		printf("%s/", dir);
	if (ret)
		printf("%s: (%s)\n", file, strerror(-ret));
	else
		printf("%s: %s%s\n", file, value, is_blocked(file, value) ? " (blocked)" : "");
}

static void show_dir(int relayfd, const char *dir, int (*wanted)(const struct dirent *entry))
{
	struct dirent **entries;
	int fd, nr;

	fd = openat(relayfd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	nr = scandirat(fd, ".", &entries, wanted, versionsort);
	for (int i = 0; i < nr; i++) {
		show_file(fd, dir, entries[i]->d_name);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
	close(fd);
}

static int cmd_show(const struct relays *relays, char **names, size_t nr)
{
	int status = EXIT_SUCCESS;

	for (size_t i = 0; i < nr; i++) {
		int fd = open_relay(relays, names[i]);

		if (fd < 0) {
			status = EXIT_FAILED;
			continue;
		}
		printf("%sname: %s\n", i ? "\n" : "", names[i]);
		show_dir(fd, ".", plain_file);
		show_dir(fd, "rating", plain_file);
		show_dir(fd, "statistics", plain_file);
		show_dir(fd, "device", bank_file);
		close(fd);
	}
	return status;
}

/* --- watch -------------------------------------------------------------- */

static const char *const pollable[] = { "contact", "health", "fault" };

struct watched {
	const char *relay;
	const char *file;
	char value[VALUE_SIZE];
};

static void print_time(void)
{
	struct timespec now;
	char text[32];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	strftime(text, sizeof(text), "%F %T", &tm);
	printf("%s.%06ld", text, now.tv_nsec / 1000);
}

/* Opens what can be watched of a relay; the first read arms the poll. */
static size_t watch_relay(int relayfd, const char *relay, struct watched *watched,
			  struct pollfd *fds)
{
	size_t nr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(pollable); i++) {
		int fd = openat(relayfd, pollable[i], O_RDONLY | O_CLOEXEC);

		if (fd < 0 || read_value(fd, watched[nr].value)) {
			if (errno != ENOENT)
				warn("%s: %s", relay, pollable[i]);
			if (fd >= 0)
				close(fd);
			continue;
		}
		watched[nr].relay = relay;
		watched[nr].file = pollable[i];
		fds[nr].fd = fd;
		fds[nr].events = POLLPRI;
		print_time();
		printf(" %s %s %s\n", relay, pollable[i], watched[nr].value);
		nr++;
	}
	return nr;
}

static int watch_loop(struct watched *watched, struct pollfd *fds, size_t nr,
		      unsigned long count)
{
	unsigned long changes = 0;
	size_t live = nr;

	while (live) {
		if (poll(fds, nr, -1) < 0) {
			if (errno == EINTR)
				continue;
			warn("poll");
			return EXIT_FAILED;
		}
		for (size_t i = 0; i < nr; i++) {
			struct watched *w = &watched[i];
			char value[VALUE_SIZE];
			int ret;

			if (fds[i].fd < 0 || !fds[i].revents)
				continue;
			ret = read_value(fds[i].fd, value);
			if (!ret && !strcmp(value, w->value))
				continue;	/* there and back again */

			print_time();
			if (ret) {
				printf(" %s %s gone\n", w->relay, w->file);
				close(fds[i].fd);
				fds[i].fd = -1;
				live--;
				continue;
			}
			printf(" %s %s %s -> %s\n", w->relay, w->file, w->value, value);
			memcpy(w->value, value, sizeof(value));
			if (++changes == count)
				return EXIT_SUCCESS;
		}
	}
	warnx("watch: nothing left to watch");
	return EXIT_FAILED;
}

static int cmd_watch(const struct relays *relays, char **names, size_t nr_names,
		     unsigned long count)
{
	struct watched *watched;
	struct pollfd *fds;
	struct rlimit limit;
	size_t nr = 0;
	int status;

	if (!nr_names) {
		names = relays->names;
		nr_names = relays->nr;
	}
	watched = checked(calloc(nr_names + 1, ARRAY_SIZE(pollable) * sizeof(*watched)));
	fds = checked(calloc(nr_names + 1, ARRAY_SIZE(pollable) * sizeof(*fds)));

	/* Three files a relay and 1024 relays a bank: more than the usual limit. */
	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);

	status = EXIT_SUCCESS;
	for (size_t i = 0; i < nr_names; i++) {
		int fd = open_relay(relays, names[i]);

		if (fd < 0) {
			status = EXIT_FAILED;
			continue;
		}
		nr += watch_relay(fd, names[i], &watched[nr], &fds[nr]);
		close(fd);
	}
	if (watch_loop(watched, fds, nr, count))
		status = EXIT_FAILED;

	for (size_t i = 0; i < nr; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	free(watched);
	free(fds);
	return status;
}

/* --- the command line --------------------------------------------------- */

static int run(const struct relays *relays, int argc, char **argv, unsigned long count)
{
	const char *command = argv[0];
	char **names = argv + 1;
	size_t nr = argc - 1;

	if (!strcmp(command, "watch"))
		return cmd_watch(relays, names, nr, count);
	if (!strcmp(command, "show"))
		return cmd_show(relays, names, nr);
	if (!strcmp(command, "pulse"))
		return request(relays, names, 1, command, "pulse_ms", decimal(names[1]));
	return request(relays, names, nr, command, "state", command);
}

/* Nothing of the system is touched before the command line is known to be right. */
static void check_command(int argc, char **argv, bool counted)
{
	static const char *const commands[] = { "on", "off", "toggle", "pulse", "show", "watch" };
	const char *command = argc ? argv[0] : "";
	bool watch = !strcmp(command, "watch");
	size_t i;

	if (counted && !watch)
		errx(EXIT_USAGE, "-n is for watch only" SEE_HELP);
	if (!argc)
		return;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(command, commands[i]))
			break;
	if (i == ARRAY_SIZE(commands))
		errx(EXIT_USAGE, "no command '%s'" SEE_HELP, command);
	if (argc == 1 && !watch)
		errx(EXIT_USAGE, "%s: the NAME of a relay is missing" SEE_HELP, command);
	if (!strcmp(command, "pulse")) {
		if (argc != 3)
			errx(EXIT_USAGE, "pulse: wants a NAME and a number of MS" SEE_HELP);
		if (!is_number(argv[2]))
			errx(EXIT_USAGE, "pulse: '%s' is not a number of ms" SEE_HELP, argv[2]);
	}
}

int main(int argc, char **argv)
{
	enum { OPT_SYSFS = 256, OPT_VERSION };
	static const struct option options[] = {
		{ "count",	required_argument,	NULL, 'n' },
		{ "sysfs",	required_argument,	NULL, OPT_SYSFS },
		{ "help",	no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, OPT_VERSION },
		{ }
	};
	struct relays relays = { };
	unsigned long count = 0;
	int status;
	int opt;

	while ((opt = getopt_long(argc, argv, "n:h", options, NULL)) != -1) {
		switch (opt) {
		case 'n':
			count = is_number(optarg) ? strtoul(optarg, NULL, 10) : 0;
			if (!count)
				errx(EXIT_USAGE, "-n: '%s' is no number above 0" SEE_HELP, optarg);
			break;
		case OPT_SYSFS:
			relays.dir = optarg;
			break;
		case 'h':
			fputs(help_text, stdout);
			return EXIT_SUCCESS;
		case OPT_VERSION:
			puts("relayctl (emrelay) " TOOLS_VERSION);
			return EXIT_SUCCESS;
		default:
			return EXIT_USAGE;	/* getopt_long() has said why */
		}
	}
	argc -= optind;
	argv += optind;
	check_command(argc, argv, count);

	relays.dir = class_dir(relays.dir);
	if (!find_relays(&relays))
		return EXIT_FAILED;
	status = argc ? run(&relays, argc, argv, count) : cmd_list(&relays);
	forget_relays(&relays);

	if (fflush(stdout) || ferror(stdout)) {
		warn("cannot write");
		status = EXIT_FAILED;
	}
	return status;
}
