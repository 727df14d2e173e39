// SPDX-License-Identifier: GPL-2.0-only
/*
 * relay-wear - keep the wear of relays over a restart, and show it
 *
 * The driver forgets what it counted when the machine restarts, unless a relay
 * has an nvmem cell. What this program saves is the line of wear_record, as it
 * is: to judge and to merge records is the driver's. The program itself looks
 * into one only to see whether it is whole, and whether there is anything to
 * give back.
 *
 * A file of the folder is either the old one or the new one, whenever the power
 * is cut: the new one is complete and on the disk before it gets the name.
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
#include <unistd.h>

#include "class.h"
#include "tools.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define SEE_HELP	"; see relay-wear --help"

#define FOLDER		"/var/lib/relay-wear"
#define SUFFIX		".wear"
#define RECORD_FILE	"wear_record"

/* A file of sysfs has a page at most. */
#define TEXT_SIZE	4096

static const char help_text[] =
"Usage: relay-wear [OPTION]... save [FOLDER]      save the wear of all relays\n"
"  or:  relay-wear [OPTION]... restore [FOLDER]   give it back to the driver\n"
"  or:  relay-wear [OPTION]... show [NAME]...     a table for planning\n"
"\n"
"Keep the wear of relays in files, FOLDER/NAME.wear, and show it. FOLDER is\n"
FOLDER " if it is not given.\n"
"\n"
"      --relay=NAME   save or restore only this one; may be its path in /sys\n"
"      --sysfs=DIR    look in DIR, not in /sys/class/relay or $RELAYCTL_SYSFS\n"
"      --debugfs=DIR  not in /sys/kernel/debug/relay or $RELAYCTL_DEBUGFS\n"
"  -h, --help         print this text\n"
"      --version      print the version\n"
"\n"
"save makes FOLDER if there is none. It first gives back what is saved and the\n"
"driver does not know, so that saving before restoring loses nothing. A saved\n"
"record that is another relay's, or damaged, is kept as NAME.wear.old, .old.1\n"
"...; one of a newer driver stays where it is, and saving that relay fails.\n"
"\n"
"restore skips what is saved of relays that are not there.\n"
"\n"
"Columns of show: LEFT is in cycles at the present load. DAYS_24H and DAYS_30D:\n"
"days until the rated life is used up if it goes on as in the last 24 hours or 30\n"
"days. BASIS: what the expected life rests on. SOURCE: where the figures come\n"
"from. HISTORY: \"unknown\" if the relay was used before counting began, so that\n"
"CYCLES and USED are too low. \"unknown\": the driver does not know it; \"-\": it\n"
"does not tell it.\n"
"\n"
"Exit status: 0 done, 1 something failed, 2 wrong usage. A relay that fails does\n"
"not keep the others from being saved or restored.\n";

/* --- records -------------------------------------------------------------- */

/* See driver/record.c: little endian, the CRC32 of all the rest at the end. */
enum {
	AT_MAGIC = 0,
	AT_FORMAT = 4,
	AT_LENGTH = 6,
	AT_IDENTITY = 32,	/* place, generation, serial */
	AT_TOLD = 72,
	AT_UNKNOWN_HISTORY = 74,
	AT_DAMAGE = 76,
	AT_DAMAGE_FRACTION = 84,
	AT_CYCLES = 92,		/* by load class; then on_ns and longest_on_ns */
	AT_SHORTEST_ON = 140,
	AT_FIRST_USE = 148,
	MIN_BYTES = 464,
};

#define MAGIC	0x77726d65	/* "emrw" */
#define FORMAT	1		/* the one this program can look into */

#define CLOCK_NS	3600000000000ULL

struct record {
	char text[TEXT_SIZE];
	size_t len;
	unsigned char bytes[TEXT_SIZE / 2];
	size_t nr;
};

static unsigned long long field(const struct record *record, size_t at, size_t size)
{
	unsigned long long value = 0;

	while (size--)
		value = value << 8 | record->bytes[at + size];
	return value;
}

static unsigned int crc32(const unsigned char *bytes, size_t nr)
{
	unsigned int crc = ~0U;

	while (nr--) {
		crc ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static unsigned int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* "emrelay-1 <hex digits>", newline: the bytes of a record of any format. */
static bool is_whole(struct record *record)
{
	static const char head[] = "emrelay-";
	const char *text = record->text;
	size_t digits;

	if (strncmp(text, head, strlen(head)))
		return false;
	text += strlen(head);
	digits = strspn(text, "0123456789");
	if (!digits || text[digits] != ' ')
		return false;
	text += digits + 1;
	digits = strspn(text, "0123456789abcdefABCDEF");
	if (strcmp(text + digits, "\n") || digits % 2 || digits < 2 * MIN_BYTES)
		return false;

	record->nr = digits / 2;
	for (size_t i = 0; i < record->nr; i++)
		record->bytes[i] = hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]);
	return field(record, AT_MAGIC, 4) == MAGIC && field(record, AT_LENGTH, 2) == record->nr &&
	       field(record, record->nr - 4, 4) == crc32(record->bytes, record->nr - 4);
}

static bool is_newer(const struct record *a, const struct record *b)
{
	return field(a, AT_FORMAT, 2) > field(b, AT_FORMAT, 2);
}

/*
 * Has the driver's record all that a saved one tells? Then there is nothing to
 * give back. If in doubt it has not: merging is safe.
 */
static bool contains(const struct record *driver, const struct record *saved)
{
	unsigned long long first = field(driver, AT_FIRST_USE, 8);	/* 0: not known */
	unsigned long long saved_first = field(saved, AT_FIRST_USE, 8);

	if (field(driver, AT_FORMAT, 2) != FORMAT || field(saved, AT_FORMAT, 2) != FORMAT ||
	    memcmp(driver->bytes + AT_IDENTITY, saved->bytes + AT_IDENTITY, AT_TOLD - AT_IDENTITY))
		return false;
	if (field(driver, AT_TOLD, 2) < field(saved, AT_TOLD, 2) ||
	    field(driver, AT_UNKNOWN_HISTORY, 2) > field(saved, AT_UNKNOWN_HISTORY, 2))
		return false;
	if (field(driver, AT_DAMAGE, 8) < field(saved, AT_DAMAGE, 8) ||
	    (field(driver, AT_DAMAGE, 8) == field(saved, AT_DAMAGE, 8) &&
	     field(driver, AT_DAMAGE_FRACTION, 8) < field(saved, AT_DAMAGE_FRACTION, 8)))
		return false;
	for (size_t at = AT_CYCLES; at < AT_SHORTEST_ON; at += 8)
		if (field(driver, at, 8) < field(saved, at, 8))
			return false;
	/* Such moments move a little with a clock that is being set right. */
	return !saved_first || (first && first <= saved_first + CLOCK_NS);
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
	int fd = openat(relayfd, RECORD_FILE, O_WRONLY | O_TRUNC | O_CLOEXEC);
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
	if (!is_whole(record)) {
		warnx("%s: " RECORD_FILE " is no whole record", name);
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

static int write_and_sync(int folder, const char *file, const struct record *record)
{
	int fd = openat(folder, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write_all(fd, record->text, record->len);
	if (!ret && fsync(fd))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

/* Makes the record what the file holds, or says why not. */
static bool store(int folder, const char *file, const struct record *record)
{
	char temporary[NAME_MAX + 1];
	int ret;

	snprintf(temporary, sizeof(temporary), ".%.*s.tmp", NAME_MAX - 5, file);
	ret = write_and_sync(folder, temporary, record);
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
		done = store(folder, old, record);
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

/*
 * What is saved and the driver does not know goes back first. On success the
 * driver's record may replace the saved one.
 */
static bool give_back(int relayfd, int folder, const char *name, const char *file,
		      struct record *driver)
{
	struct record saved;
	int ret = read_record(folder, file, &saved);

	if (ret == -ENOENT)
		return true;
	if (ret) {
		warnx("%s: %s", file, strerror(-ret));
		return false;
	}
	if (!is_whole(&saved))
		return keep(folder, file, &saved, "damaged");
	if (contains(driver, &saved))
		return true;

	ret = write_record(relayfd, &saved);
	if (!ret)
		return read_driver(relayfd, name, driver);
	if (ret != -EINVAL) {
		warnx("%s: " RECORD_FILE ": %s", name, strerror(-ret));
		return false;
	}
	if (is_newer(&saved, driver)) {
		warnx("%s: of a newer driver; left as it is", file);
		return false;
	}
	return keep(folder, file, &saved, "another relay's");
}

static bool save_relay(const struct relays *relays, int folder, const char *name)
{
	struct record record;
	int fd = open_relay(relays, name);
	char *file;
	bool done;

	if (fd < 0)
		return false;
	file = file_of(name, SUFFIX);
	done = read_driver(fd, name, &record) && give_back(fd, folder, name, file, &record) &&
	       store(folder, file, &record);
	free(file);
	close(fd);
	return done;
}

/* Why the driver did not take a saved record, in words. */
static const char *refusal(int ret, const struct record *saved, const struct record *driver)
{
	if (ret != -EINVAL)
		return strerror(-ret);
	if (is_newer(saved, driver))
		return "not restored: of a newer driver (EINVAL)";
	return "not restored: another relay's (EINVAL)";
}

static bool restore_relay(const struct relays *relays, int folder, const char *name)
{
	struct record saved, driver;
	char *file = file_of(name, SUFFIX);
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
	if (!is_whole(&saved)) {
		warnx("%s: not restored: damaged", file);
		goto out;
	}
	fd = openat(relays->dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		done = errno == ENOENT;
		warnx("%s: skipped: %s", file, done ? "there is no such relay" : strerror(errno));
		goto out;
	}
	if (!read_driver(fd, name, &driver))
		goto out;
	ret = contains(&driver, &saved) ? 0 : write_record(fd, &saved);
	if (ret)
		warnx("%s: %s", file, refusal(ret, &saved, &driver));
	done = !ret;
out:
	if (fd >= 0)
		close(fd);
	free(file);
	return done;
}

static int cmd_save(const struct relays *relays, int folder, const char *only)
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
	if (only)
		return save_relay(relays, folder, only) ? EXIT_SUCCESS : EXIT_FAILED;
	for (size_t i = 0; i < relays->nr; i++)
		if (!save_relay(relays, folder, relays->names[i]))
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
	{ "DAYS_24H",	"days_left_24h",	RIGHT },
	{ "DAYS_30D",	"days_left_30d",	RIGHT },
	{ "HEALTH",	"health",		LEFT },
	{ "BASIS",	"basis",		LEFT },
	{ "SOURCE",	"wear_source",		LEFT },
	{ "HISTORY",	"unknown_history",	LEFT },
};

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

/* The debugfs file "wear", or nothing; to be freed. */
static char *read_wear(const char *debugfs, const char *name)
{
	static bool told;
	char *path, *text = NULL;
	size_t size = 0;
	FILE *file;

	if (asprintf(&path, "%s/%s/wear", debugfs, name) < 0)
		path = NULL;
	file = fopen(checked(path), "re");
	if (!file || getdelim(&text, &size, '\0', file) < 0) {
		if (!told)
			warn("%s", path);
		told = true;
		free(text);
		text = checked(strdup(""));
	}
	if (file)
		fclose(file);
	free(path);
	return text;
}

static char *show_cell(int relayfd, const char *wear, const struct column *column)
{
	const char *file = strcmp(column->file, "cycles") ? column->file : "cycle_count";
	char *text = value_of(wear, column->file);
	char value[VALUE_SIZE];

	/* Some is in sysfs, too, which more may read. */
	if (!text && !read_attr(relayfd, file, value))
		text = checked(strdup(value));
	if (!text)
		return checked(strdup("-"));
	if (!strcmp(column->file, "life_used_ppm") && is_number(text)) {
		char *ppm = text;

		text = percent(strtoull(ppm, NULL, 10));
		free(ppm);
	} else if (!strcmp(column->file, "unknown_history")) {
		bool unknown = strcmp(text, "0");

		free(text);
		text = checked(strdup(unknown ? "unknown" : "whole"));
	}
	return text;
}

static int cmd_show(const struct relays *relays, char **names, size_t nr_names, const char *debugfs)
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
		char **row = &cells[nr * ARRAY_SIZE(columns)];
		int fd = open_relay(relays, names[i]);
		char *wear;

		if (fd < 0) {
			status = EXIT_FAILED;
			continue;
		}
		wear = read_wear(debugfs, names[i]);
		row[0] = checked(strdup(names[i]));
		for (size_t c = 1; c < ARRAY_SIZE(columns); c++)
			row[c] = show_cell(fd, wear, &columns[c]);
		free(wear);
		close(fd);
		nr++;
	}
	if (nr)
		print_table(columns, ARRAY_SIZE(columns), cells, nr);
	else
		free(cells);
	return status;
}

/* --- the command line --------------------------------------------------------- */

struct options {
	const char *only;
	const char *debugfs;
};

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
		return cmd_show(relays, argv + 1, argc - 1, options->debugfs);

	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 && errno == ENOENT && !strcmp(argv[0], "save"))
		folder = make_folder(path);
	if (folder < 0) {
		warn("%s", path);
		return EXIT_FAILED;
	}
	if (!strcmp(argv[0], "save"))
		status = cmd_save(relays, folder, options->only);
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
}

int main(int argc, char **argv)
{
	enum { OPT_RELAY = 256, OPT_SYSFS, OPT_DEBUGFS, OPT_VERSION };
	static const struct option long_options[] = {
		{ "relay",	required_argument,	NULL, OPT_RELAY },
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
