// SPDX-License-Identifier: GPL-2.0-only
/*
 * relay-wear - keep the wear of relays over a restart, and plan by it
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
#include <ctype.h>
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
#include "table.h"
#include "tools.h"
#include "wear.h"

#define SEE_HELP	"; see relay-wear --help"

#define SUFFIX		".wear"
#define RECORD_FILE	"wear_record"

/* What plan looks ahead if nobody says otherwise, in days. */
#define WITHIN		90

/* A file of sysfs has a page at most. */
#define TEXT_SIZE	4096

static const char help_text[] =
"Usage: relay-wear [OPTION]... save [FOLDER]      save the wear of all relays\n"
"  or:  relay-wear [OPTION]... restore [FOLDER]   give it back to the driver\n"
"  or:  relay-wear [OPTION]... show [NAME]...     what each has lived through\n"
"  or:  relay-wear [OPTION]... plan [NAME]...     what to replace until when\n"
"\n"
"Keep the wear of relays in files, FOLDER/NAME.wear, with samples of how they are\n"
"used, FOLDER/NAME.samples. FOLDER is " FOLDER " if it is not given.\n"
"\n"
"      --relay=NAME   save or restore only this one; may be its path in /sys\n"
"      --samples=DIR  show, plan: the FOLDER of save\n"
"      --within=TIME  plan: so far ahead: 90d (if not given), 12w, 6m or 1y\n"
TABLE_HELP
"      --csv          as CSV\n"
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
"Where the contact is read back, MISFIRES: how often it did not follow the coil;\n"
"WELDS: how often it stayed closed; DRIFT: how many times as long as in its first 32\n"
"cycles it takes now, by the operate, release or bounce time, whichever changed\n"
"most. CAUSE, by -o: why HEALTH is not good. PART, by -o.\n"
"\"unknown\": nobody knows it; \"-\": the driver does not tell it, or the contact is\n"
"not read back.\n"
"\n"
"The last 24 hours (30 days) begin at the last sample that is so old, if it is not\n"
"older than 26.4 hours (33 days). If it is, they are known only if the relay made\n"
"no cycle between that sample and the next. Another serial, or fewer cycles than\n"
"before, is another relay: nothing before counts. Nor does a sample that is not\n"
"older than all after it, or was taken while the clock showed less than 2020: that\n"
"clock was wrong. Days are unknown, too, if nothing wore, and 0 for a relay that is\n"
"worn out.\n"
"\n"
"plan lists what will be worn out by then, the first one first, and counts the spares\n"
"by part. PACE: it goes on as in the last 30 days or, if that is not known, 24 hours.\n"
"What has been used and has no pace yet is named as not planned.\n"
"\n"
"show and plan need no root; without it some columns of show are \"-\". NAME may be a\n"
"pattern, as 'p*'.\n"
"\n"
"Exit status: 0 done, 1 something failed, or show knows no relay, 2 wrong usage. Of\n"
"plan: 0 nothing is to be replaced, 1 something is, 2 it failed. A relay that fails\n"
"does not keep the others from being saved or restored.\n";

struct options {
	struct table_options table;
	const char *only;
	const char *debugfs;
	const char *samples;
	unsigned long long within;	/* days; UNKNOWN: not given */
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

static int write_and_sync(int folder, const char *file, const char *text, size_t len,
			  mode_t mode)
{
	int fd = openat(folder, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
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
static bool store(int folder, const char *file, const char *text, size_t len, mode_t mode)
{
	char temporary[NAME_MAX + 1];
	int ret;

	snprintf(temporary, sizeof(temporary), ".%.*s.tmp", NAME_MAX - 5, file);
	ret = write_and_sync(folder, temporary, text, len, mode);
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
		done = store(folder, old, record->text, record->len, 0600);
	} else if (ret) {
		warnx("%s: %s", old, strerror(-ret));
		done = false;
	}
	if (done)
		warnx("%s: %s, kept as %s", file, why, old);
	free(old);
	return done;
}

/* --- save and restore -------------------------------------------------------- */

static struct sample take_sample(int relayfd, const char *debugfs, const char *name)
{
	char *wear = read_debugfs(debugfs, name, "wear", false);
	struct sample sample = sample_relay(relayfd, wear);

	free(wear);
	return sample;
}

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
	done = store(folder, file, text, strlen(text), 0644);
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
	       store(folder, file, record.text, record.len, 0600) && !ret;
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
	{ "NAME",	"name",			TEXT,	false },
	{ "SERIAL",	"serial",		TEXT,	false },
	{ "CYCLES",	"cycles",		NUMBER,	false },
	{ "USED",	"life_used_ppm",	NUMBER,	false },
	{ "LEFT",	"cycles_left",		NUMBER,	false },
	{ "STARTS_24H",	"starts_24h",		NUMBER,	false },
	{ "STARTS_30D",	"starts_30d",		NUMBER,	false },
	{ "DAYS_24H",	"days_24h",		NUMBER,	false },
	{ "DAYS_30D",	"days_30d",		NUMBER,	false },
	{ "HEALTH",	"health",		TEXT,	false },
	{ "BASIS",	"basis",		TEXT,	false },
	{ "SOURCE",	"wear_source",		TEXT,	false },
	{ "HISTORY",	"unknown_history",	TEXT,	false },
	{ "MISFIRES",	"misfires",		NUMBER,	false },
	{ "WELDS",	"welds",		NUMBER,	false },
	{ "DRIFT",	"drift",		NUMBER,	false },
	{ "CAUSE",	"health_cause",		TEXT,	true },
	{ "PART",	"part",			TEXT,	true },
};

/* Those of the day; then of the month. */
enum { COLUMN_STARTS = 5, COLUMN_DAYS = 7, COLUMN_HEALTH = 9, COLUMN_DRIFT = 15 };

static char *show_value(int relayfd, const char *wear, const char *key, bool raw)
{
	char *text = find_value(relayfd, wear, key);
	bool unknown;

	if (!text)
		return NULL;
	if (!raw && !strcmp(key, "life_used_ppm") && is_number(text)) {
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

/*
 * How many times as long as at first the contact takes now, of its operate, release and
 * bounce time that which has changed most; NULL: it is not read back, or nobody tells.
 */
static char *show_drift(const char *debugfs, const char *name)
{
	static const char *const times[] = { "operate", "release", "bounce" };
	char *timing = read_debugfs(debugfs, name, "timing", false);
	unsigned long long most = 0, now_ns, first_ns;
	char key[32], *text;
	bool sensed = false;

	for (size_t i = 0; timing && i < ARRAY_SIZE(times); i++) {
		snprintf(key, sizeof(key), "%s_ewma_ns", times[i]);
		text = value_of(timing, key);
		sensed |= !!text;
		now_ns = take_number(text);
		snprintf(key, sizeof(key), "%s_baseline_ns", times[i]);
		first_ns = take_number(value_of(timing, key));
		if (now_ns < UNKNOWN / 100 && first_ns && first_ns != UNKNOWN &&
		    now_ns * 100 / first_ns > most)
			most = now_ns * 100 / first_ns;
	}
	free(timing);
	if (!sensed)
		return NULL;
	if (!most)
		return show_known(UNKNOWN);
	if (asprintf(&text, "%llu.%02llu", most / 100, most % 100) < 0)
		text = NULL;
	return checked(text);
}

static void show_relay(char **row, int relayfd, const char *name, const struct options *options)
{
	char *wear = read_debugfs(options->debugfs, name, "wear", true);
	struct sample now = sample_relay(relayfd, wear);
	struct pace pace = find_pace(options->samples, name, &now);

	row[0] = checked(strdup(name));
	for (size_t c = 1; c < ARRAY_SIZE(columns); c++)
		if (c < COLUMN_STARTS || (c >= COLUMN_HEALTH && c != COLUMN_DRIFT))
			row[c] = show_value(relayfd, wear, columns[c].key, options->table.json);
	for (size_t i = 0; i < NR_WINDOWS; i++) {
		row[COLUMN_STARTS + i] = show_known(pace.starts[i]);
		row[COLUMN_DAYS + i] = show_known(pace.days[i]);
	}
	row[COLUMN_DRIFT] = show_drift(options->debugfs, name);
	free(wear);
}

static int cmd_show(const struct relays *relays, char **words, size_t nr_words,
		    const struct options *options)
{
	struct table table = {
		.name = "relays", .columns = columns, .nr_columns = ARRAY_SIZE(columns),
	};
	struct chosen chosen;
	int status = EXIT_SUCCESS;

	if (choose_relays(relays, words, nr_words, &chosen))
		status = EXIT_FAILED;
	for (size_t i = 0; i < chosen.nr; i++) {
		int fd = open_relay(relays, chosen.names[i]);

		if (fd < 0) {
			status = EXIT_FAILED;
			continue;
		}
		show_relay(table_row(&table), fd, chosen.names[i], options);
		close(fd);
	}
	free(chosen.names);
	if (!nr_words && !table.rows) {
		warnx("no relays in %s", relays->dir);
		status = EXIT_FAILED;
	}
	if (table.rows || options->table.json)
		table_print(&table, 1, &options->table);
	return status;
}

/* --- plan --------------------------------------------------------------------- */

static const struct column plan_columns[] = {
	{ "REPLACE_BY",	"replace_by",	TEXT,	false },
	{ "DAYS",	"days",		NUMBER,	false },
	{ "PACE",	"pace",		TEXT,	false },
	{ "LEFT",	"cycles_left",	NUMBER,	false },
	{ "HEALTH",	"health",	TEXT,	false },
	{ "PART",	"part",		TEXT,	false },
	{ "SERIAL",	"serial",	TEXT,	false },
	{ "NAME",	"name",		TEXT,	false },
};

static const struct column spare_columns[] = {
	{ "SPARES",	"spares",	NUMBER,	false },
	{ "PART",	"part",		TEXT,	false },
};

enum { PLAN_BY, PLAN_DAYS, PLAN_PACE, PLAN_KEYS, PLAN_PART = 5, PLAN_NAME = 7 };

static char *day_after(const struct sample *now, unsigned long long days)
{
	time_t when = now->time_s + days * DAY_S;
	char text[32];
	struct tm tm;

	if (now->time_s == UNKNOWN || !localtime_r(&when, &tm))
		return NULL;
	strftime(text, sizeof(text), "%F", &tm);
	return checked(strdup(text));
}

/* A row if the relay has to be replaced so soon; false: nobody knows. */
static bool plan_relay(struct table *table, int relayfd, const char *name,
		       const struct options *options)
{
	char *wear = read_debugfs(options->debugfs, name, "wear", false);
	struct sample now = sample_relay(relayfd, wear);
	struct pace pace = find_pace(options->samples, name, &now);
	bool by_month = pace.days[MONTH] != UNKNOWN;
	unsigned long long days = pace.days[by_month ? MONTH : DAY];
	char **row;

	if (days == UNKNOWN || days > options->within) {
		free(wear);
		/* What is not used wears out never; but of what is used the pace is to be known. */
		return days != UNKNOWN || !pace.starts[MONTH] || !pace.starts[DAY] || !now.cycles;
	}
	row = table_row(table);
	row[PLAN_BY] = day_after(&now, days);
	row[PLAN_DAYS] = show_known(days);
	row[PLAN_PACE] = checked(strdup(!days ? "worn" : by_month ? "30d" : "24h"));
	for (size_t c = PLAN_KEYS; c < PLAN_NAME; c++)
		row[c] = find_value(relayfd, wear, plan_columns[c].key);
	row[PLAN_NAME] = checked(strdup(name));
	free(wear);
	return true;
}

static void count_spare(struct table *spares, const char *part)
{
	char **row = NULL;
	size_t nr = 0;

	for (size_t r = 0; r < spares->rows && !row; r++)
		if (!strcmp(spares->cells[2 * r + 1], part))
			row = &spares->cells[2 * r];
	if (row) {
		nr = strtoul(row[0], NULL, 10);
		free(row[0]);
	} else {
		row = table_row(spares);
		row[1] = checked(strdup(part));
	}
	row[0] = show_known(nr + 1);
}

/* 0: nothing to be replaced, 1: something, 2: that is not known of all. */
static int cmd_plan(const struct relays *relays, char **words, size_t nr_words,
		    const struct options *options)
{
	struct table tables[] = {
		{ .name = "replace", .columns = plan_columns,
		  .nr_columns = ARRAY_SIZE(plan_columns) },
		{ .name = "spares", .columns = spare_columns,
		  .nr_columns = ARRAY_SIZE(spare_columns) },
	};
	struct table_options table = options->table;
	bool failed, any;
	struct chosen chosen;

	failed = choose_relays(relays, words, nr_words, &chosen);
	for (size_t i = 0; i < chosen.nr; i++) {
		int fd = open_relay(relays, chosen.names[i]);

		if (fd < 0) {
			failed = true;
			continue;
		}
		if (!plan_relay(&tables[0], fd, chosen.names[i], options))
			warnx("%s: not planned, its pace is not known yet", chosen.names[i]);
		close(fd);
	}
	free(chosen.names);
	if (!nr_words && !relays->nr) {
		warnx("no relays in %s", relays->dir);
		failed = true;
	}
	any = tables[0].rows;
	for (size_t r = 0; r < tables[0].rows; r++)
		count_spare(&tables[1], tables[0].cells[r * ARRAY_SIZE(plan_columns) + PLAN_PART] ?:
					"-");
	table.sort = table.sort ?: "DAYS";
	if (any || table.json || table.csv)
		table_print(tables, ARRAY_SIZE(tables), &table);
	return failed ? EXIT_USAGE : any;
}

/* "90d", "12w", "6m" or "1y", in days. */
static unsigned long long parse_days(const char *text)
{
	static const struct { char letter; unsigned int days; } units[] = {
		{ 'd', 1 }, { 'w', 7 }, { 'm', 30 }, { 'y', 365 }, { '\0', 1 },
	};
	unsigned long long number = 0;
	const char *at = text;

	for (; isdigit((unsigned char)*at) && number < 1000000; at++)
		number = 10 * number + (*at - '0');
	for (size_t i = 0; at > text && i < ARRAY_SIZE(units); i++)
		if (*at == units[i].letter && (!*at || !at[1]))
			return number * units[i].days;
	errx(EXIT_USAGE, "--within: '%s' is no number of days, as 90d, 12w, 6m or 1y" SEE_HELP,
	     text);
}

/* --- the command line --------------------------------------------------------- */

/* Makes it, and has it be there after a power cut. */
static int make_folder(const char *path)
{
	int folder, parent;

	if (mkdir(path, 0755))
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
	if (!strcmp(argv[0], "plan"))
		return cmd_plan(relays, argv + 1, argc - 1, options);

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
	bool plan, show, save;

	if (!argc)
		errx(EXIT_USAGE, "a command is missing" SEE_HELP);
	plan = !strcmp(argv[0], "plan");
	show = !strcmp(argv[0], "show");
	save = !strcmp(argv[0], "save") || !strcmp(argv[0], "restore");
	if (!plan && !show && !save)
		errx(EXIT_USAGE, "no command '%s'" SEE_HELP, argv[0]);
	if (save && argc > 2)
		errx(EXIT_USAGE, "%s: more than one FOLDER" SEE_HELP, argv[0]);
	if (options->only && !*options->only)
		errx(EXIT_USAGE, "--relay: an empty name" SEE_HELP);
	if (!save && options->only)
		errx(EXIT_USAGE, "--relay is for save and restore" SEE_HELP);
	if (save && options->samples)
		errx(EXIT_USAGE, "--samples is for show and plan" SEE_HELP);
	if (save && (options->table.json || options->table.csv || table_given(&options->table)))
		errx(EXIT_USAGE, "%s has no table" SEE_HELP, argv[0]);
	if (!plan && options->within != UNKNOWN)
		errx(EXIT_USAGE, "--within is for plan" SEE_HELP);
	if (plan)
		table_check(&options->table, plan_columns, ARRAY_SIZE(plan_columns));
	else
		table_check(&options->table, columns, ARRAY_SIZE(columns));
}

int main(int argc, char **argv)
{
	enum { OPT_RELAY = 256, OPT_SAMPLES, OPT_WITHIN, OPT_SYSFS, OPT_DEBUGFS, OPT_VERSION };
	static const struct option long_options[] = {
		{ "json",	no_argument,		NULL, OPT_JSON },
		{ "raw",	no_argument,		NULL, OPT_RAW },
		{ "output",	required_argument,	NULL, 'o' },
		{ "sort",	required_argument,	NULL, OPT_SORT },
		{ "noheadings",	no_argument,		NULL, OPT_NOHEADINGS },
		{ "color",	optional_argument,	NULL, OPT_COLOR },
		{ "relay",	required_argument,	NULL, OPT_RELAY },
		{ "samples",	required_argument,	NULL, OPT_SAMPLES },
		{ "within",	required_argument,	NULL, OPT_WITHIN },
		{ "csv",	no_argument,		NULL, OPT_CSV },
		{ "sysfs",	required_argument,	NULL, OPT_SYSFS },
		{ "debugfs",	required_argument,	NULL, OPT_DEBUGFS },
		{ "help",	no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, OPT_VERSION },
		{ }
	};
	struct options options = { .within = UNKNOWN };
	struct relays relays = { };
	int status, failed;
	int opt;

	table_locale();
	while ((opt = getopt_long(argc, argv, "o:h", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_RELAY:
			options.only = strrchr(optarg, '/') ? strrchr(optarg, '/') + 1 : optarg;
			break;
		case OPT_SAMPLES:
			options.samples = optarg;
			break;
		case OPT_WITHIN:
			options.within = parse_days(optarg);
			break;
		case OPT_CSV:
			options.table.csv = true;
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
			puts("relay-wear (emrelay) " EMRELAY_VERSION);
			return EXIT_SUCCESS;
		default:
			if (!table_option(&options.table, opt, optarg))
				return EXIT_USAGE;	/* getopt_long() has said why */
		}
	}
	argc -= optind;
	argv += optind;
	check_command(argc, argv, &options);

	relays.dir = class_dir(relays.dir);
	options.debugfs = debugfs_dir(options.debugfs);
	if (!options.samples)
		options.samples = FOLDER;
	if (options.within == UNKNOWN)
		options.within = WITHIN;
	failed = strcmp(argv[0], "plan") ? EXIT_FAILED : EXIT_USAGE;
	if (!find_relays(&relays))
		return failed;
	status = run(&relays, &options, argc, argv);
	forget_relays(&relays);

	if (fflush(stdout) || ferror(stdout)) {
		warn("cannot write");
		status = failed;
	}
	return status;
}
