// SPDX-License-Identifier: GPL-2.0-only
/*
 * relayctl - list, switch, set and watch the relays of /sys/class/relay
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
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "class.h"
#include "relayctl.h"
#include "setup.h"
#include "table.h"
#include "tools.h"
#include "wear.h"

#define SEE_HELP	"; see relayctl --help"

static const char help_text[] =
"Usage: relayctl [OPTION]... [list] [NAME]...   a table of the relays\n"
"  or:  relayctl [OPTION]... on NAME...         switch on\n"
"  or:  relayctl [OPTION]... off NAME...        switch off\n"
"  or:  relayctl [OPTION]... toggle NAME...     switch over\n"
"  or:  relayctl [OPTION]... pulse NAME... MS   on, and off again MS ms later\n"
"  or:  relayctl [OPTION]... set NAME... SETTING=VALUE...\n"
"  or:  relayctl [OPTION]... replace NAME SERIAL  another relay is in the socket\n"
"  or:  relayctl [OPTION]... clear NAME...      end a fault that is over\n"
"  or:  relayctl [OPTION]... show NAME...       every file of the relay and its bank\n"
"  or:  relayctl [OPTION]... watch [NAME]...    print changes as they happen\n"
"  or:  relayctl [OPTION]... metrics [NAME]...  for Prometheus, as OpenMetrics\n"
"  or:  relayctl setup [OPTION]... [FILE]...    make banks as files say; setup --help\n"
"\n"
"List, switch, set and watch the relays of /sys/class/relay. NAME may be a pattern,\n"
"as 'p*'; without any all relays are meant.\n"
"\n"
"  -w, --wait         on, off, toggle: until the contact is there; pulse: until it\n"
"                     is over\n"
"  -t, --timeout=S    fail if --wait takes more than S seconds\n"
"  -n, --count=COUNT  end watch after COUNT changes\n"
TABLE_HELP
"      --save         set: write it to /etc/relay/bank.d, too; see relayctl setup\n"
"      --prometheus   metrics: in the older text format, as node_exporter wants it\n"
"      --file=FILE    metrics: replace FILE, whole, rather than print them\n"
"      --samples=DIR  metrics: the folder of relay-wear, " FOLDER "\n"
"      --sysfs=DIR    look in DIR, not in /sys/class/relay or $RELAYCTL_SYSFS\n"
"  -h, --help         print this text\n"
"      --version      print the version\n"
"\n"
"Columns: STATE is the last accepted request, COIL what the coil is driven to,\n"
"CONTACT what the contact does. WAIT_MS: until the coil follows STATE. READY_MS:\n"
"until an \"on\" would be carried out. PULSE_MS: what is left of a pulse. \"blocked\"\n"
"is a time that nobody knows: it waits for another relay or for the coils' supply,\n"
"or an \"on\" would be refused, by a fault of a contact or as the rated life is used\n"
"up and end_of_life is block. \"-\": the driver does not tell it. Only if asked for\n"
"by -o: LABEL, SERIAL, SENSE (whether the contact can be read back), CAUSE (why\n"
"HEALTH is not good), LEFT, POLICY, INTERLOCK, LOAD_MA, MIN_ON_MS, MIN_OFF_MS,\n"
"MAX_ON_MS, MOMENTARY_MS, WATCHDOG_MS.\n"
"\n"
"What may not be carried out yet is said: in which time it will be, and why not yet.\n"
"\n"
"A SETTING is a file of the relay or its bank, such as policy, load, interlock,\n"
"max_on_ms or coil_limit; \"show\" has them all. They are forgotten at unbind.\n"
"\n"
"watch prints how things stand, then a line for each change, until interrupted: of\n"
"state, contact, fault, health and sense, of requests that wait and of relays that\n"
"come and go; with --json each line is an object that tells\n"
"all of one relay. A state left again before it could be read is not seen.\n"
"\n"
"Exit status: 0 done, 1 something failed or was refused, or there is no relay, 2\n"
"wrong usage. With several relays a failure does not keep the others from being\n"
"switched.\n";

/* A time that depends on what others ask for has no number of ms. */
bool is_blocked(const char *file, const char *value)
{
	return (!strcmp(file, "wait_ms") || !strcmp(file, "ready_ms")) && !strcmp(value, "-1");
}

/* --- the table ---------------------------------------------------------- */

static const struct column columns[] = {
	{ "NAME",	"name",		TEXT,	false },
	{ "STATE",	"state",	TEXT,	false },
	{ "COIL",	"coil",		TEXT,	false },
	{ "CONTACT",	"contact",	TEXT,	false },
	{ "LOAD",	"load",		TEXT,	false },
	{ "WAIT_MS",	"wait_ms",	NUMBER,	false },
	{ "READY_MS",	"ready_ms",	NUMBER,	false },
	{ "PULSE_MS",	"pulse_ms",	NUMBER,	false },
	{ "CYCLES",	"cycle_count",	NUMBER,	false },
	{ "LIFE_USED",	"life_used_ppm", NUMBER, false },
	{ "HEALTH",	"health",	TEXT,	false },
	{ "FAULT",	"fault",	TEXT,	false },
	{ "PART",	"part",		LONG_TEXT, false },
	{ "LABEL",	"label",	LONG_TEXT, true },
	{ "SERIAL",	"serial",	LONG_TEXT, true },
	{ "SENSE",	"sense",	TEXT,	true },
	{ "CAUSE",	"health_cause",	TEXT,	true },
	{ "LEFT",	"cycles_left",	NUMBER,	true },
	{ "POLICY",	"policy",	TEXT,	true },
	{ "INTERLOCK",	"interlock",	TEXT,	true },
	{ "LOAD_MA",	"load_ma",	NUMBER,	true },
	{ "MIN_ON_MS",	"min_on_ms",	NUMBER,	true },
	{ "MIN_OFF_MS",	"min_off_ms",	NUMBER,	true },
	{ "MAX_ON_MS",	"max_on_ms",	NUMBER,	true },
	{ "MOMENTARY_MS", "momentary_ms", NUMBER, true },
	{ "WATCHDOG_MS", "watchdog_ms",	NUMBER,	true },
};

static char *read_cell(int fd, const char *file, bool raw)
{
	char value[VALUE_SIZE];
	unsigned long long ppm;
	int ret;

	if (!raw && !strcmp(file, "life_used_ppm") && read_number(fd, file, &ppm))
		return percent(ppm);
	ret = read_attr(fd, file, value);
	if (ret == -ENOENT)
		return NULL;
	return checked(strdup(ret ? "?" : !raw && is_blocked(file, value) ? "blocked" : value));
}

static int cmd_list(const struct call *call)
{
	const struct relays *relays = call->relays;
	struct table table = {
		.name = "relays", .columns = columns, .nr_columns = ARRAY_SIZE(columns),
	};
	struct chosen chosen;
	int status = EXIT_SUCCESS;

	if (choose_relays(relays, call->words, call->nr, &chosen))
		status = EXIT_FAILED;
	for (size_t i = 0; i < chosen.nr; i++) {
		int fd = openat(relays->dirfd, chosen.names[i],
				O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		char **row;

		if (fd < 0)	/* unbound since its name was read */
			continue;
		row = table_row(&table);
		row[0] = checked(strdup(chosen.names[i]));
		for (size_t c = 1; c < ARRAY_SIZE(columns); c++)
			row[c] = read_cell(fd, columns[c].key, call->options->table.json);
		close(fd);
	}
	free(chosen.names);
	if (!call->nr && !table.rows) {
		warnx("no relays in %s", relays->dir);
		status = EXIT_FAILED;
	}
	if (table.rows || call->options->table.json)
		table_print(&table, 1, &call->options->table);
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
	return !strcmp(entry->d_name, "coil_limit") || !strcmp(entry->d_name, "stagger_ms") ||
	       !strcmp(entry->d_name, "verify_s");
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

static int cmd_show(const struct call *call)
{
	struct chosen chosen;
	int status = EXIT_SUCCESS;

	if (choose_relays(call->relays, call->words, call->nr, &chosen))
		status = EXIT_FAILED;
	for (size_t i = 0; i < chosen.nr; i++) {
		int fd = open_relay(call->relays, chosen.names[i]);

		if (fd < 0) {
			status = EXIT_FAILED;
			continue;
		}
		printf("%sname: %s\n", i ? "\n" : "", chosen.names[i]);
		show_dir(fd, ".", plain_file);
		show_dir(fd, "measured", plain_file);
		show_dir(fd, "rating", plain_file);
		show_dir(fd, "statistics", plain_file);
		show_dir(fd, "device", bank_file);
		close(fd);
	}
	free(chosen.names);
	return status;
}

/* --- the command line --------------------------------------------------- */

enum {
	TAKES_TABLE = 1, TAKES_JSON = 2, TAKES_WAIT = 4, TAKES_COUNT = 8, TAKES_FILE = 16,
	NEEDS_NAME = 32,
};

static const struct command {
	const char *name;
	int (*run)(const struct call *call);
	unsigned int flags;
} commands[] = {
	{ "list",	cmd_list,	TAKES_TABLE | TAKES_JSON },
	{ "on",		cmd_switch,	TAKES_WAIT | NEEDS_NAME },
	{ "off",	cmd_switch,	TAKES_WAIT | NEEDS_NAME },
	{ "toggle",	cmd_switch,	TAKES_WAIT | NEEDS_NAME },
	{ "pulse",	cmd_pulse,	TAKES_WAIT | NEEDS_NAME },
	{ "set",	cmd_set,	NEEDS_NAME },
	{ "replace",	cmd_replace,	NEEDS_NAME },
	{ "clear",	cmd_clear,	NEEDS_NAME },
	{ "show",	cmd_show,	NEEDS_NAME },
	{ "metrics",	cmd_metrics,	TAKES_FILE },
	{ "watch",	cmd_watch,	TAKES_JSON | TAKES_COUNT },
};

static void check_options(const struct command *command, const struct options *options)
{
	if (options->save && command->run != cmd_set)
		errx(EXIT_USAGE, "--save is for set only" SEE_HELP);
	if (options->count && !(command->flags & TAKES_COUNT))
		errx(EXIT_USAGE, "-n is for watch only" SEE_HELP);
	if ((options->wait || options->timeout_ms) && !(command->flags & TAKES_WAIT))
		errx(EXIT_USAGE, "--wait is for on, off, toggle and pulse" SEE_HELP);
	if (options->timeout_ms && !options->wait)
		errx(EXIT_USAGE, "--timeout is for --wait" SEE_HELP);
	if (options->table.json && !(command->flags & TAKES_JSON))
		errx(EXIT_USAGE, "--json is for the table and watch" SEE_HELP);
	if ((options->file || options->samples || options->prometheus) &&
	    !(command->flags & TAKES_FILE))
		errx(EXIT_USAGE, "--file, --samples and --prometheus are for metrics" SEE_HELP);
	if (table_given(&options->table) && !(command->flags & TAKES_TABLE))
		errx(EXIT_USAGE, "-o, --sort, --raw and --noheadings are for the table" SEE_HELP);
}

/* Nothing of the system is touched before the command line is known to be right. */
static void check_call(const struct command *command, const struct call *call)
{
	size_t nr = call->nr;

	check_options(command, call->options);
	table_check(&call->options->table, columns, ARRAY_SIZE(columns));
	if (!nr && command->flags & NEEDS_NAME)
		errx(EXIT_USAGE, "%s: the NAME of a relay is missing" SEE_HELP, command->name);
	if (command->run == cmd_pulse) {
		if (nr < 2)
			errx(EXIT_USAGE, "pulse: wants a NAME and a number of MS" SEE_HELP);
		if (!is_number(call->words[nr - 1]))
			errx(EXIT_USAGE, "pulse: '%s' is not a number of ms" SEE_HELP,
			     call->words[nr - 1]);
	}
	if (command->run == cmd_set && (nr < 2 || is_setting(call->words[0]) ||
					!is_setting(call->words[nr - 1])))
		errx(EXIT_USAGE, "set: wants a NAME and a SETTING=VALUE behind it" SEE_HELP);
	if (command->run == cmd_replace && nr != 2)
		errx(EXIT_USAGE, "replace: wants a NAME and a SERIAL" SEE_HELP);
}

/* What is no command is the name of a relay for the table. */
static const struct command *find_command(const char *word)
{
	for (size_t i = 0; word && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(word, commands[i].name))
			return &commands[i];
	return NULL;
}

static unsigned long positive(const char *option, const char *text)
{
	unsigned long number = is_number(text) ? strtoul(text, NULL, 10) : 0;

	if (!number)
		errx(EXIT_USAGE, "%s: '%s' is no number above 0" SEE_HELP, option, text);
	return number;
}

static unsigned long long milliseconds(const char *option, const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (*end || !(seconds >= 0.001 && seconds <= 1e9))
		errx(EXIT_USAGE, "%s: '%s' is no number of seconds" SEE_HELP, option, text);
	return seconds * 1000 + 0.5;
}

static void parse(struct options *options, int argc, char **argv)
{
	enum { OPT_SYSFS = 256, OPT_VERSION, OPT_FILE, OPT_SAMPLES, OPT_PROMETHEUS,
	       OPT_SAVE };
	static const struct option long_options[] = {
		{ "json",	no_argument,		NULL, OPT_JSON },
		{ "raw",	no_argument,		NULL, OPT_RAW },
		{ "output",	required_argument,	NULL, 'o' },
		{ "sort",	required_argument,	NULL, OPT_SORT },
		{ "noheadings",	no_argument,		NULL, OPT_NOHEADINGS },
		{ "color",	optional_argument,	NULL, OPT_COLOR },
		{ "count",	required_argument,	NULL, 'n' },
		{ "wait",	no_argument,		NULL, 'w' },
		{ "timeout",	required_argument,	NULL, 't' },
		{ "file",	required_argument,	NULL, OPT_FILE },
		{ "samples",	required_argument,	NULL, OPT_SAMPLES },
		{ "prometheus",	no_argument,		NULL, OPT_PROMETHEUS },
		{ "save",	no_argument,		NULL, OPT_SAVE },
		{ "sysfs",	required_argument,	NULL, OPT_SYSFS },
		{ "help",	no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, OPT_VERSION },
		{ }
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "n:wt:o:h", long_options, NULL)) != -1) {
		switch (opt) {
		case 'n':
			options->count = positive("-n", optarg);
			break;
		case 'w':
			options->wait = true;
			break;
		case 't':
			options->timeout_ms = milliseconds("--timeout", optarg);
			break;
		case OPT_FILE:
			options->file = optarg;
			break;
		case OPT_SAMPLES:
			options->samples = optarg;
			break;
		case OPT_PROMETHEUS:
			options->prometheus = true;
			break;
		case OPT_SAVE:
			options->save = true;
			break;
		case OPT_SYSFS:
			options->sysfs = optarg;
			break;
		case 'h':
			fputs(help_text, stdout);
			exit(EXIT_SUCCESS);
		case OPT_VERSION:
			puts("relayctl (emrelay) " EMRELAY_VERSION);
			exit(EXIT_SUCCESS);
		default:
			if (!table_option(&options->table, opt, optarg))
				exit(EXIT_USAGE);	/* getopt_long() has said why */
		}
	}
}

int main(int argc, char **argv)
{
	struct options options = { };
	const struct command *command;
	struct relays relays = { };
	struct call call = { .options = &options, .relays = &relays };
	int status;

	if (argc > 1 && !strcmp(argv[1], "setup"))
		return setup_main(argc - 1, argv + 1);

	table_locale();
	parse(&options, argc, argv);
	command = find_command(argv[optind]);
	call.words = argv + optind + !!command;
	call.nr = argc - optind - !!command;
	command = command ?: &commands[0];
	call.command = command->name;
	check_call(command, &call);

	relays.dir = class_dir(options.sysfs);
	if (!find_relays(&relays))
		return EXIT_FAILED;
	status = command->run(&call);
	forget_relays(&relays);

	if (fflush(stdout) || ferror(stdout)) {
		warn("cannot write");
		status = EXIT_FAILED;
	}
	return status;
}
