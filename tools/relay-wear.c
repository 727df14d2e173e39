// SPDX-License-Identifier: GPL-2.0-only
/*
 * relay-wear - keep the wear of relays over a restart, and plan with it
 *
 * The driver forgets what it counted when the machine restarts, unless a relay
 * has nvmem cells. What this program saves is the line of wear_record, as it is:
 * to judge and to merge records is the driver's. The driver counts and does not
 * plan: how a relay was used over days is in the samples that save takes.
 *
 * A file NAME.wear is either the old one or the new one, whenever the power is
 * cut: the new one is complete and on the disk before it gets the name. Samples
 * are appended, see samples.c.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "class.h"
#include "samples.h"
#include "tools.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define SEE_HELP	"; see relay-wear --help"

#define FOLDER		"/var/lib/relay-wear"
#define SUFFIX		".wear"
#define SAMPLES		".samples"
#define RECORD_FILE	"wear_record"

/* A file of sysfs has a page at most. */
#define TEXT_SIZE	4096

/* A clock that shows less was never set: 2020-01-01. */
#define CLOCK_SET_S	1577836800

static const char help_text[] =
"Usage: relay-wear [OPTION]... save [FOLDER]      save the wear of all relays\n"
"  or:  relay-wear [OPTION]... restore [FOLDER]   give it back to the driver\n"
"  or:  relay-wear [OPTION]... show [NAME]...     a table for planning\n"
"\n"
"Keep the wear of relays in files, FOLDER/NAME.wear, with samples of how they are\n"
"used, FOLDER/NAME.samples. FOLDER is " FOLDER " if it is not given.\n"
"\n"
"      --relay=NAME   save or restore only this one; may be its path in /sys\n"
"      --samples=DIR  show: the FOLDER of save\n"
"      --sysfs=DIR    look in DIR, not in /sys/class/relay or $RELAYCTL_SYSFS\n"
"      --debugfs=DIR  not in /sys/kernel/debug/relay or $RELAYCTL_DEBUGFS\n"
"  -h, --help         print this text\n"
"      --version      print the version\n"
"\n"
"save makes FOLDER if there is none. If the driver counts less than the last\n"
"sample says, what is saved is given back first, so that saving before restoring\n"
"loses nothing. A saved record that the driver refuses, since it is another\n"
"relay's or damaged, is kept as NAME.wear.old, .old.1 ...\n"
"\n"
"restore skips what is saved of relays that are not there.\n"
"\n"
"A sample has the time, cycles, damage, on-time and serial of a relay. Of the last\n"
"week one an hour is kept, of three years before one a day.\n"
"\n"
"Columns of show: LEFT is in cycles at the present load. STARTS_24H, STARTS_30D:\n"
"cycles a day in the last 24 hours or 30 days. DAYS_24H, DAYS_30D: days until the\n"
"rated life is used up if it goes on like that. BASIS: what the expected life\n"
"rests on. SOURCE: where the driver's figures come from. HISTORY: \"unknown\" if\n"
"the relay was used before counting began, so that CYCLES and USED are too low.\n"
"\"unknown\": nobody knows it; \"-\": the driver does not tell it.\n"
"\n"
"The last 24 hours (30 days) begin at the last sample that is so old, if it is not\n"
"older than 26.4 hours (33 days). If it is, they are known only if the relay made\n"
"no cycle between that sample and the next. Another serial, or fewer cycles than\n"
"before, is another relay: nothing before counts. Nor does a sample that is not\n"
"older than all after it, or was taken while the clock showed less than 2020: that\n"
"clock was wrong. Days are unknown, too, if nothing wore, and 0 for a relay that is\n"
"worn out.\n"
"\n"
"Exit status: 0 done, 1 something failed, 2 wrong usage. A relay that fails does\n"
"not keep the others from being saved or restored.\n";

struct options {
	const char *only;
	const char *debugfs;
	const char *samples;
};

/* --- records -------------------------------------------------------------- */

struct record {
	char text[TEXT_SIZE];
	size_t len;
};

/* One line, "emrelay-..."; the driver knows the rest. */
static bool is_record(const struct record *record)
{
	const char *end = memchr(record->text, '\n', record->len);

	return !strncmp(record->text, "emrelay-", 8) && end == record->text + record->len - 1;
}

/* All of a file that has to fit: 0 or -errno. */
static int read_record(int dirfd, const char *file, struct record *record)
{
	int fd = openat(dirfd, file, O_RDONLY | O_CLOEXEC);
	ssize_t len = -1;

	if (fd < 0)
		return -errno;
	record->len = 0;
	while (record->len < TEXT_SIZE - 1) {
		len = read(fd, record->text + record->len, TEXT_SIZE - 1 - record->len);
		if (len <= 0)
			break;
		record->len += len;
	}
	record->text[record->len] = '\0';
	if (len < 0)
		len = -errno;
	close(fd);
	return len < 0 ? (int)len : 0;
}

/* The driver wants to have it at once: 0 or -errno. */
static int write_record(int relayfd, const struct record *record)
{
	int fd = openat(relayfd, RECORD_FILE, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, record->text, record->len) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/* Reads what the driver has, or says why not. */
static bool read_driver(int relayfd, const char *name, struct record *record)
{
	int ret = read_record(relayfd, RECORD_FILE, record);

	if (ret) {
		warnx("%s: " RECORD_FILE ": %s", name, strerror(-ret));
		return false;
	}
	if (!is_record(record)) {
		warnx("%s: " RECORD_FILE " is no record", name);
		return false;
	}
	return true;
}

static bool same(const struct record *a, const struct record *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

/* --- the folder ------------------------------------------------------------ */

static char *file_of(const char *name, const char *suffix)
{
	char *file;

	if (asprintf(&file, "%s%s", name, suffix) < 0)
		file = NULL;
	return checked(file);
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t written = write(fd, text, len);

		if (written < 0)
			return -errno;
		text += written;
		len -= written;
	}
	return 0;
}

static int write_and_sync(int folder, const char *file, const char *text, size_t len)
{
	int fd = openat(folder, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, len);
	if (!ret && fsync(fd))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

/* Makes the text what the file holds, or says why not. */
static bool store(int folder, const char *file, const char *text, size_t len)
{
	char temporary[NAME_MAX + 1];
	int ret;

	snprintf(temporary, sizeof(temporary), ".%.*s.tmp", NAME_MAX - 5, file);
	ret = write_and_sync(folder, temporary, text, len);
	if (!ret && renameat(folder, temporary, folder, file))
		ret = -errno;
	if (ret)
		unlinkat(folder, temporary, 0);
	else if (fsync(folder))
		ret = -errno;
	if (ret)
		warnx("%s: %s", file, strerror(-ret));
	return !ret;
}

/*
 * A record that is not this relay's is kept where no other is. The file itself
 * stays until the new record replaces it: there always is one.
 */
static bool keep(int folder, const char *file, const struct record *record, const char *why)
{
	char *old = file_of(file, ".old");
	unsigned int number = 0;
	struct record kept;
	bool done = true;
	int ret;

	while (!(ret = read_record(folder, old, &kept)) && !same(&kept, record)) {
		free(old);
		if (asprintf(&old, "%s.old.%u", file, ++number) < 0)
			old = NULL;
		checked(old);
	}
	if (ret == -ENOENT) {
		done = store(folder, old, record->text, record->len);
	} else if (ret) {
		warnx("%s: %s", old, strerror(-ret));
		done = false;
	}
	if (done)
		warnx("%s: %s, kept as %s", file, why, old);
	free(old);
	return done;
}

/* --- what the driver tells --------------------------------------------------- */

/* The value of "key: value", or NULL; to be freed. */
static char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, key, len) && !strncmp(text + len, ": ", 2))
			return checked(strndup(text + len + 2, strcspn(text + len + 2, "\n")));
	}
	return NULL;
}

/* The debugfs file "wear", or NULL, or that after saying why for once; to be freed. */
static char *read_wear(const char *debugfs, const char *name, bool say)
{
	/* The driver's way to have a relay of this name beside the file "summary". */
	const char *more = strcmp(name + strspn(name, "_"), "summary") ? "" : "_";
	char *path, *text = NULL;
	static bool said;
	size_t size = 0;
	FILE *file;

	if (asprintf(&path, "%s/%s%s/wear", debugfs, more, name) < 0)
		path = NULL;
	file = fopen(checked(path), "re");
	if (!file || getdelim(&text, &size, '\0', file) < 0) {
		if (say && !said)
			warn("%s", path);
		said |= say;
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	free(path);
	return text;
}

/* What debugfs tells or, as more may read it and it may be alone, sysfs; to be freed. */
static char *find_value(int relayfd, const char *wear, const char *key)
{
	const char *file = strcmp(key, "cycles") ? key : "cycle_count";
	char *text = wear ? value_of(wear, key) : NULL;
	char value[VALUE_SIZE];

	if (!text && !read_attr(relayfd, file, value) && *value)
		text = checked(strdup(value));
	return text;
}

static unsigned long long find_number(int relayfd, const char *wear, const char *key)
{
	char *text = find_value(relayfd, wear, key);
	unsigned long long number = UNKNOWN;

	if (text && is_number(text))
		number = strtoull(text, NULL, 10);
	free(text);
	return number;
}

/* A sample of the present. */
static struct sample sample_relay(int relayfd, const char *wear)
{
	char *serial = find_value(relayfd, wear, "serial");
	time_t now = time(NULL);
	struct sample sample = {
		.time_s = now < CLOCK_SET_S ? UNKNOWN : (unsigned long long)now,
		.cycles = find_number(relayfd, wear, "cycles"),
		.damage_pico = find_number(relayfd, wear, "damage_pico"),
		.on_ms = find_number(relayfd, wear, "on_time_ms"),
	};
	unsigned long long ppm = find_number(relayfd, wear, "life_used_ppm");

	if (sample.damage_pico == UNKNOWN && ppm < UNKNOWN / 1000000)
		sample.damage_pico = ppm * 1000000;
	snprintf(sample.serial, sizeof(sample.serial), "%s", serial ? serial : "-");
	free(serial);
	return sample;
}

static struct sample take_sample(int relayfd, const char *debugfs, const char *name)
{
	char *wear = read_wear(debugfs, name, false);
	struct sample sample = sample_relay(relayfd, wear);

	free(wear);
	return sample;
}

/* --- save and restore -------------------------------------------------------- */

/* Does the driver know at least what it knew when the last sample was taken? */
static bool goes_on(const struct samples *samples, const struct sample *now)
{
	return samples->nr && same_life(&samples->list[samples->nr - 1], now);
}

/*
 * What is saved goes back to a driver that lacks it. On success the driver's
 * record may replace the saved one.
 */
static bool give_back(int relayfd, int folder, const char *name, const char *file)
{
	struct record saved;
	int ret = read_record(folder, file, &saved);

	if (ret == -ENOENT)
		return true;
	if (ret) {
		warnx("%s: %s", file, strerror(-ret));
		return false;
	}
	ret = is_record(&saved) ? write_record(relayfd, &saved) : -EINVAL;
	if (ret == -EINVAL)
		return keep(folder, file, &saved, "another relay's, or damaged");
	if (ret)
		warnx("%s: " RECORD_FILE ": %s", name, strerror(-ret));
	return !ret;
}

static bool add_sample(int folder, const char *file, struct samples *samples,
		       const struct sample *sample)
{
	int ret = samples_append(folder, file, samples, sample);
	char *text;
	bool done;

	if (ret) {
		warnx("%s: %s", file, strerror(-ret));
		return false;
	}
	if (!samples_thin(samples))
		return true;
	text = samples_text(samples);
	done = store(folder, file, text, strlen(text));
	free(text);
	return done;
}

static bool save_relay(const struct relays *relays, int folder, const char *name,
		       const char *debugfs)
{
	char *file = file_of(name, SUFFIX), *samples_file = file_of(name, SAMPLES);
	int fd = open_relay(relays, name);
	struct samples samples = { };
	struct record record;
	struct sample now;
	bool done = fd >= 0;
	int ret;

	if (!done)
		goto out;
	ret = samples_read(folder, samples_file, &samples);
	if (ret)
		warnx("%s: %s", samples_file, strerror(-ret));
	now = take_sample(fd, debugfs, name);
	if (!goes_on(&samples, &now)) {
		done = give_back(fd, folder, name, file);
		now = take_sample(fd, debugfs, name);
	}
	/* The record first: a restored driver never has less than the last sample. */
	done = done && read_driver(fd, name, &record) &&
	       store(folder, file, record.text, record.len) && !ret;
	if (done && now.cycles != UNKNOWN)
		done = add_sample(folder, samples_file, &samples, &now);
	close(fd);
out:
	free(samples.list);
	free(samples_file);
	free(file);
	return done;
}

static bool restore_relay(const struct relays *relays, int folder, const char *name)
{
	char *file = file_of(name, SUFFIX);
	struct record saved;
	bool done = false;
	int fd = -1;
	int ret;

	ret = read_record(folder, file, &saved);
	if (ret) {
		done = ret == -ENOENT;	/* of a new relay nothing is saved */
		if (!done)
			warnx("%s: %s", file, strerror(-ret));
		goto out;
	}
	fd = openat(relays->dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		done = errno == ENOENT;
		warnx("%s: skipped: %s", file, done ? "there is no such relay" : strerror(errno));
		goto out;
	}
	ret = is_record(&saved) ? write_record(fd, &saved) : -EINVAL;
	if (ret)
		warnx("%s: not restored: %s", file,
		      ret == -EINVAL ? "another relay's, or damaged (EINVAL)" : strerror(-ret));
	done = !ret;
out:
	if (fd >= 0)
		close(fd);
	free(file);
	return done;
}

static int cmd_save(const struct relays *relays, int folder, const struct options *options)
{
	int status = EXIT_SUCCESS;

	/*
	 * Two at a time would use the same temporary files. Of the errors that an
	 * open folder can have, the other one is that the kernel is without locks.
	 */
	if (flock(folder, LOCK_EX) && errno == ENOLCK) {
		warn("cannot lock the folder");
		return EXIT_FAILED;
	}
	for (size_t i = 0; i < (options->only ? 1 : relays->nr); i++)
		if (!save_relay(relays, folder, options->only ? options->only : relays->names[i],
				options->debugfs))
			status = EXIT_FAILED;
	return status;
}

static int saved_file(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > strlen(SUFFIX) && !strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX);
}

static int cmd_restore(const struct relays *relays, int folder, const char *only)
{
	struct dirent **entries;
	int status = EXIT_SUCCESS;
	int nr;

	if (only)
		return restore_relay(relays, folder, only) ? EXIT_SUCCESS : EXIT_FAILED;
	nr = scandirat(folder, ".", &entries, saved_file, versionsort);
	if (nr < 0) {
		warn("cannot read the folder");
		return EXIT_FAILED;
	}
	for (int i = 0; i < nr; i++) {
		char *name = entries[i]->d_name;

		name[strlen(name) - strlen(SUFFIX)] = '\0';
		if (!restore_relay(relays, folder, name))
			status = EXIT_FAILED;
		free(entries[i]);
	}
	free(entries);
	return status;
}

/* --- show -------------------------------------------------------------------- */

static const struct column columns[] = {
	{ "NAME",	NULL,			LEFT },
	{ "SERIAL",	"serial",		LEFT },
	{ "CYCLES",	"cycles",		RIGHT },
	{ "USED",	"life_used_ppm",	RIGHT },
	{ "LEFT",	"cycles_left",		RIGHT },
	{ "STARTS_24H",	NULL,			RIGHT },
	{ "STARTS_30D",	NULL,			RIGHT },
	{ "DAYS_24H",	NULL,			RIGHT },
	{ "DAYS_30D",	NULL,			RIGHT },
	{ "HEALTH",	"health",		LEFT },
	{ "BASIS",	"basis",		LEFT },
	{ "SOURCE",	"wear_source",		LEFT },
	{ "HISTORY",	"unknown_history",	LEFT },
};

enum { COLUMN_STARTS = 5, COLUMN_DAYS = 7 };	/* of the day; then of the month */

static char *show_value(int relayfd, const char *wear, const char *key)
{
	char *text = find_value(relayfd, wear, key);
	bool unknown;

	if (!text)
		return checked(strdup("-"));
	if (!strcmp(key, "life_used_ppm") && is_number(text)) {
		char *ppm = text;

		text = percent(strtoull(ppm, NULL, 10));
		free(ppm);
	} else if (!strcmp(key, "unknown_history")) {
		unknown = strcmp(text, "0");
		free(text);
		text = checked(strdup(unknown ? "unknown" : "whole"));
	}
	return text;
}

static char *show_known(unsigned long long number)
{
	char *text;

	if (number == UNKNOWN)
		return checked(strdup("unknown"));
	if (asprintf(&text, "%llu", number) < 0)
		text = NULL;
	return checked(text);
}

/* By the samples. */
static void show_pace(char **row, const char *folder, const char *name, const struct sample *now)
{
	static const unsigned long long windows_s[] = { DAY_S, MONTH_S };
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *file = file_of(name, SAMPLES);
	struct samples samples = { };
	int ret = fd < 0 ? -errno : samples_read(fd, file, &samples);

	if (ret && ret != -ENOENT)
		warnx("%s/%s: %s", folder, file, strerror(-ret));
	for (size_t i = 0; i < ARRAY_SIZE(windows_s); i++) {
		struct use use = samples_use(&samples, now, windows_s[i]);

		row[COLUMN_STARTS + i] = show_known(starts_per_day(&use));
		row[COLUMN_DAYS + i] = show_known(days_left(&use, now));
	}
	free(samples.list);
	free(file);
	if (fd >= 0)
		close(fd);
}

static void show_relay(char **row, int relayfd, const char *name, const struct options *options)
{
	char *wear = read_wear(options->debugfs, name, true);
	struct sample now = sample_relay(relayfd, wear);

	row[0] = checked(strdup(name));
	for (size_t c = 1; c < ARRAY_SIZE(columns); c++)
		if (columns[c].file)
			row[c] = show_value(relayfd, wear, columns[c].file);
	show_pace(row, options->samples, name, &now);
	free(wear);
}

static int cmd_show(const struct relays *relays, char **names, size_t nr_names,
		    const struct options *options)
{
	int status = EXIT_SUCCESS;
	char **cells;
	size_t nr = 0;

	if (!nr_names) {
		names = relays->names;
		nr_names = relays->nr;
	}
	if (!nr_names)
		warnx("no relays in %s", relays->dir);
	cells = checked(calloc(nr_names + 1, sizeof(*cells) * ARRAY_SIZE(columns)));
	for (size_t i = 0; i < nr_names; i++) {
		int fd = open_relay(relays, names[i]);

		if (fd < 0) {
			status = EXIT_FAILED;
			continue;
		}
		show_relay(&cells[nr++ * ARRAY_SIZE(columns)], fd, names[i], options);
		close(fd);
	}
	if (nr)
		print_table(columns, ARRAY_SIZE(columns), cells, nr);
	else
		free(cells);
	return status;
}

/* --- the command line --------------------------------------------------------- */

/* Makes it, and has it be there after a power cut. */
static int make_folder(const char *path)
{
	int folder, parent;

	if (mkdir(path, 0700))
		return -1;
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	parent = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0 || fsync(parent))
		warn("%s: its folder cannot be written to the disk", path);
	if (parent >= 0)
		close(parent);
	return folder;
}

static int run(const struct relays *relays, const struct options *options, int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : FOLDER;
	int folder;
	int status;

	if (!strcmp(argv[0], "show"))
		return cmd_show(relays, argv + 1, argc - 1, options);

	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 && errno == ENOENT && !strcmp(argv[0], "save"))
		folder = make_folder(path);
	if (folder < 0) {
		warn("%s", path);
		return EXIT_FAILED;
	}
	if (!strcmp(argv[0], "save"))
		status = cmd_save(relays, folder, options);
	else
		status = cmd_restore(relays, folder, options->only);
	close(folder);
	return status;
}

static void check_command(int argc, char **argv, const struct options *options)
{
	bool show;

	if (!argc)
		errx(EXIT_USAGE, "a command is missing" SEE_HELP);
	show = !strcmp(argv[0], "show");
	if (!show && strcmp(argv[0], "save") && strcmp(argv[0], "restore"))
		errx(EXIT_USAGE, "no command '%s'" SEE_HELP, argv[0]);
	if (!show && argc > 2)
		errx(EXIT_USAGE, "%s: more than one FOLDER" SEE_HELP, argv[0]);
	if (options->only && !*options->only)
		errx(EXIT_USAGE, "--relay: an empty name" SEE_HELP);
	if (show && options->only)
		errx(EXIT_USAGE, "--relay is for save and restore" SEE_HELP);
	if (!show && options->samples)
		errx(EXIT_USAGE, "--samples is for show" SEE_HELP);
}

int main(int argc, char **argv)
{
	enum { OPT_RELAY = 256, OPT_SAMPLES, OPT_SYSFS, OPT_DEBUGFS, OPT_VERSION };
	static const struct option long_options[] = {
		{ "relay",	required_argument,	NULL, OPT_RELAY },
		{ "samples",	required_argument,	NULL, OPT_SAMPLES },
		{ "sysfs",	required_argument,	NULL, OPT_SYSFS },
		{ "debugfs",	required_argument,	NULL, OPT_DEBUGFS },
		{ "help",	no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, OPT_VERSION },
		{ }
	};
	struct options options = { .debugfs = getenv("RELAYCTL_DEBUGFS") };
	struct relays relays = { };
	int status;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_RELAY:
			options.only = strrchr(optarg, '/') ? strrchr(optarg, '/') + 1 : optarg;
			break;
		case OPT_SAMPLES:
			options.samples = optarg;
			break;
		case OPT_SYSFS:
			relays.dir = optarg;
			break;
		case OPT_DEBUGFS:
			options.debugfs = optarg;
			break;
		case 'h':
			fputs(help_text, stdout);
			return EXIT_SUCCESS;
		case OPT_VERSION:
			puts("relay-wear (emrelay) " TOOLS_VERSION);
			return EXIT_SUCCESS;
		default:
			return EXIT_USAGE;	/* getopt_long() has said why */
		}
	}
	argc -= optind;
	argv += optind;
	check_command(argc, argv, &options);

	relays.dir = class_dir(relays.dir);
	if (!options.debugfs || !*options.debugfs)
		options.debugfs = "/sys/kernel/debug/relay";
	if (!options.samples)
		options.samples = FOLDER;
	if (!find_relays(&relays))
		return EXIT_FAILED;
	status = run(&relays, &options, argc, argv);
	forget_relays(&relays);

	if (fflush(stdout) || ferror(stdout)) {
		warn("cannot write");
		status = EXIT_FAILED;
	}
	return status;
}
