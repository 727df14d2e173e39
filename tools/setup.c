// SPDX-License-Identifier: GPL-2.0-only
/*
 * relayctl setup - make banks of relays, and apply settings, as files say
 *
 * A bank is made in configfs (/sys/kernel/config/relay), where a directory has a
 * file for each property; a setting is a file of /sys/class/relay. What a
 * property or a setting may be the driver knows, not this program.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "class.h"
#include "setup.h"

#define SEE_HELP	"; see relayctl setup --help"

static const char help_text[] =
"Usage: relayctl setup [FILE]...                make banks, apply settings\n"
"  or:  relayctl setup --check [FILE]...        only look for errors\n"
"  or:  relayctl setup --stop [FILE]...         take the banks away again\n"
"  or:  relayctl setup --only NAME [FILE]...    only the settings of this relay\n"
"  or:  relayctl setup --save NAME KEY=VALUE... write settings to a FILE\n"
"\n"
"Without a FILE: all of /etc/relay/bank.d/*.conf, or of $RELAYCTL_BANKS, in the\n"
"order of their names.\n"
"\n"
"  [bank cabinet]             a bank\n"
"  stagger-ms = 50            with properties of the binding\n"
"  [relay pump]               a relay of the bank before\n"
"  compatible = wago,859-353  with properties of the binding\n"
"  coil = CHIP 3 active-low   the label of a GPIO chip and a line there, or LINE\n"
"  policy = reject            a setting: any file of /sys/class/relay/pump\n"
"\n"
"A relay before which there is no bank is of a device tree, or of another FILE,\n"
"and has settings only, its bank's among them. \"reg\" may be left out: relays are\n"
"counted from 0. A bank that is there already is left as it is if it is the same,\n"
"else it is an error. A bank whose chip is not there yet is made, and waits for it;\n"
"the settings are applied when its relays come (udev calls --only).\n"
"\n"
"Exit status: 0 done, 1 something failed, 2 wrong usage.\n";

/* A line "key = value"; to which section it belongs; where it stands. */
struct entry {
	char *key, *value;
	const char *file;
	unsigned int line;
};

struct section {
	bool bank, failed;
	char *name;
	const char *file;
	unsigned int line;
	struct entry *entries;
	size_t nr;
};

struct config {
	struct section *sections;
	size_t nr;
	bool failed;
};

static void complain(struct config *config, const char *file, unsigned int line,
		     const char *format, ...)
{
	va_list args;

	fprintf(stderr, "relayctl: %s:%u: ", file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	config->failed = true;
}

/* --- reading ------------------------------------------------------------ */

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (isspace((unsigned char)*text))
		text++;
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return text;
}

static bool is_in(const char *word, const char *const words[])
{
	while (*words && strcmp(word, *words))
		words++;
	return *words;
}

/* Properties have a hyphen or are one of these; settings are files of sysfs. */
static bool is_property(const char *key)
{
	static const char *const plain[] = {
		"coil", "contact", "line", "compatible", "label", "reg", NULL,
	};

	return is_in(key, plain) || strchr(key, '-');
}

/* What moves a relay or tells of its life is no setting. */
static bool is_setting_name(const char *key)
{
	static const char *const others[] = {
		"state", "pulse_ms", "fault", "replace", "wear_record", "uevent", NULL,
	};

	return *key && !is_in(key, others) && !strpbrk(key, "/. ");
}

static struct section *last_section(struct config *config)
{
	return config->nr ? &config->sections[config->nr - 1] : NULL;
}

/* The bank that the section is of; NULL if there is none before it in its file. */
static struct section *bank_of(struct config *config, struct section *section)
{
	const char *file = section->file;

	for (; section >= config->sections && section->file == file; section--)
		if (section->bank)
			return section;
	return NULL;
}

static void add_section(struct config *config, const char *file, unsigned int line, char *head)
{
	struct section *section;
	char *name = head;
	bool bank;

	strsep(&name, " \t");
	name = name ? trim(name) : "";
	bank = !strcmp(head, "bank");
	if ((!bank && strcmp(head, "relay")) || !*name || strpbrk(name, "/"))
		complain(config, file, line, "[%s%s%s] is neither [bank NAME] nor [relay NAME]",
			 head, *name ? " " : "", name);

	for (size_t i = 0; i < config->nr; i++) {
		const struct section *other = &config->sections[i];

		if (other->bank == bank && !strcmp(other->name, name) && other->file == file)
			complain(config, file, line, "[%s %s] is in line %u too", head, name,
				 other->line);
	}
	config->sections = checked(realloc(config->sections,
					   (config->nr + 1) * sizeof(*config->sections)));
	section = &config->sections[config->nr++];
	*section = (struct section) {
		.bank = bank, .name = checked(strdup(name)), .file = file, .line = line,
	};
}

static void add_entry(struct config *config, const char *file, unsigned int line, char *text)
{
	struct section *section = last_section(config);
	char *value = text, *key;

	strsep(&value, "=");
	key = trim(text);
	if (!value || !*key) {
		complain(config, file, line, "'%s' is neither a [section] nor KEY = VALUE", key);
		return;
	}
	if (!section || section->file != file) {
		complain(config, file, line,
			 "%s: there is no [bank NAME] or [relay NAME] before it", key);
		return;
	}
	if (!is_property(key) && !is_setting_name(key))
		complain(config, file, line, "%s is no property and no setting", key);
	for (size_t i = 0; i < section->nr; i++)
		if (!strcmp(section->entries[i].key, key))
			complain(config, file, line, "%s is in line %u too", key,
				 section->entries[i].line);

	section->entries = checked(realloc(section->entries,
					   (section->nr + 1) * sizeof(*section->entries)));
	section->entries[section->nr++] = (struct entry) {
		checked(strdup(key)), checked(strdup(trim(value))), file, line,
	};
}

/* A file with an error counts as empty: what is half wrong is not begun. */
static void read_file(struct config *config, const char *file)
{
	bool failed = config->failed;
	size_t nr = config->nr;
	FILE *stream = fopen(file, "re");
	char *line = NULL, *text, *end;
	unsigned int number = 0;
	size_t room = 0;

	if (!stream) {
		warn("%s", file);
		config->failed = true;
		return;
	}
	config->failed = false;
	while (getline(&line, &room, stream) >= 0) {
		number++;
		/* A '#' in a value is one: a comment has a line of its own. */
		text = trim(line);
		if (!*text || *text == '#' || *text == ';')
			continue;
		end = text + strlen(text) - 1;
		if (*text != '[') {
			add_entry(config, file, number, text);
		} else if (*end == ']') {
			*end = '\0';
			add_section(config, file, number, trim(text + 1));
		} else {
			complain(config, file, number, "'%s' has no ']' at its end", text);
		}
	}
	if (ferror(stream)) {
		warn("%s", file);
		config->failed = true;
	}
	free(line);
	fclose(stream);
	if (config->failed)
		config->nr = nr;
	config->failed |= failed;
}

static const char *banks_dir(void)
{
	const char *dir = getenv("RELAYCTL_BANKS");

	return dir && *dir ? dir : "/etc/relay/bank.d";
}

static int is_conf(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && end && !strcmp(end, ".conf");
}

static char *path(const char *dir, const char *file)
{
	char *text;

	if (asprintf(&text, "%s/%s", dir, file) < 0)
		err(EXIT_FAILED, NULL);
	return text;
}

/* The files' names stay: all that is read points to them. */
static void read_all(struct config *config, char **files, size_t nr)
{
	struct dirent **entries;
	int found;

	for (size_t i = 0; i < nr; i++)
		read_file(config, files[i]);
	if (nr)
		return;

	found = scandir(banks_dir(), &entries, is_conf, alphasort);
	if (found < 0 && errno != ENOENT) {
		warn("%s", banks_dir());
		config->failed = true;
	}
	for (int i = 0; i < found; i++) {
		read_file(config, path(banks_dir(), entries[i]->d_name));
		free(entries[i]);
	}
	if (found >= 0)
		free(entries);
}

/* --- banks -------------------------------------------------------------- */

static const char *configfs_dir(void)
{
	const char *dir = getenv("RELAYCTL_CONFIGFS");

	return dir && *dir ? dir : "/sys/kernel/config/relay";
}

static int open_dir(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static const char *why(int error)
{
	switch (error) {
	case EINVAL:
		return "the driver does not take it; see the kernel's log";
	case ENOENT:
		return "this driver has no such property";
	case EBUSY:
		return "the bank is live; see relayctl setup --stop";
	default:
		return strerror(error);
	}
}

static bool put_property(struct config *config, int dir, const struct entry *entry)
{
	int ret = write_attr(dir, entry->key, entry->value);

	if (ret)
		complain(config, entry->file, entry->line, "%s = %s: %s", entry->key, entry->value,
			 why(-ret));
	return !ret;
}

static const struct entry *find_entry(const struct section *section, const char *key)
{
	for (size_t i = 0; i < section->nr; i++)
		if (!strcmp(section->entries[i].key, key))
			return &section->entries[i];
	return NULL;
}

/* Writes a section's properties; or, in a bank that is live, sees whether they are the same. */
static bool put_section(struct config *config, const struct section *section, int dir,
			unsigned int reg, bool live)
{
	char number[16], value[VALUE_SIZE];
	struct entry numbered = { "reg", number, section->file, section->line };
	bool good = true;
	int ret;

	snprintf(number, sizeof(number), "%u", reg);
	for (size_t i = 0; i <= section->nr; i++) {
		const struct entry *entry = &section->entries[i];

		if (i == section->nr) {
			if (section->bank || find_entry(section, "reg"))
				break;
			entry = &numbered;
		}
		if (!is_property(entry->key))
			continue;
		if (!live) {
			good &= put_property(config, dir, entry);
			continue;
		}
		ret = read_attr(dir, entry->key, value);
		if (ret || strcmp(value, entry->value)) {
			complain(config, entry->file, entry->line,
				 "%s = %s: the bank is live, and has '%s'; see setup --stop",
				 entry->key, entry->value, ret ? strerror(-ret) : value);
			good = false;
		}
	}
	return good;
}

/* Removes the directories of a bank's relays, and its own. */
static void remove_bank(int top, const char *name)
{
	struct dirent *entry;
	int fd = open_dir(top, name);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	while (stream && (entry = readdir(stream)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			unlinkat(fd, entry->d_name, AT_REMOVEDIR);
	if (stream)
		closedir(stream);
	unlinkat(top, name, AT_REMOVEDIR);
}

static bool put_relays(struct config *config, const struct section *bank, int dir, bool live)
{
	const struct section *end = config->sections + config->nr;
	unsigned int reg = 0;
	bool good = true;

	const struct section *s;

	for (s = bank + 1; s < end && s->file == bank->file && !s->bank; s++) {
		int fd;

		if (!live && mkdirat(dir, s->name, 0755) && errno != EEXIST) {
			complain(config, s->file, s->line, "[relay %s]: %s", s->name,
				 strerror(errno));
			good = false;
			continue;
		}
		fd = open_dir(dir, s->name);
		if (fd < 0) {
			complain(config, s->file, s->line,
				 "[relay %s]: the bank is live without it; see setup --stop",
				 s->name);
			good = false;
			continue;
		}
		good &= put_section(config, s, fd, reg++, live);
		close(fd);
	}
	return good;
}

/* @check: try in a bank that is not made live, and remove it. */
static bool make_bank(struct config *config, int top, const struct section *bank, bool check)
{
	char *name = check ? path("check", bank->name) : checked(strdup(bank->name));
	char value[VALUE_SIZE] = "0";
	bool live, good;
	int fd, ret;

	if (check)
		name[strlen("check")] = '-';
	if (mkdirat(top, name, 0755) && errno != EEXIST) {
		complain(config, bank->file, bank->line, "[bank %s]: %s", bank->name,
			 strerror(errno));
		free(name);
		return false;
	}
	fd = open_dir(top, name);
	live = fd >= 0 && !read_attr(fd, "live", value) && !strcmp(value, "1");
	good = put_section(config, bank, fd, 0, live);
	good &= put_relays(config, bank, fd, live);
	ret = good && !live && !check ? write_attr(fd, "live", "1") : 0;
	if (ret) {
		complain(config, bank->file, bank->line, "[bank %s] cannot be made live: %s",
			 bank->name, why(-ret));
		good = false;
	}
	close(fd);
	if (check || (!good && !live))
		remove_bank(top, name);
	free(name);
	return good;
}

static void stop_bank(struct config *config, int top, const struct section *bank)
{
	int fd = open_dir(top, bank->name);
	int ret;

	if (fd < 0)
		return;		/* it is not there: all is well */
	ret = write_attr(fd, "live", "0");
	if (ret)
		complain(config, bank->file, bank->line, "[bank %s]: %s", bank->name,
			 strerror(-ret));
	close(fd);
	remove_bank(top, bank->name);
}

/* --- settings ----------------------------------------------------------- */

/* A setting of all relays of a bank. */
bool is_bank_setting(const char *setting)
{
	return !strcmp(setting, "coil_limit") || !strcmp(setting, "stagger_ms") ||
	       !strcmp(setting, "verify_s");
}

/* Applies the settings of a section to a relay, or to the device of its bank. */
static void apply(struct config *config, struct section *section, int relay)
{
	/* No section is of a bank that a tree has: its relays may have its settings. */
	bool made = !section->bank && bank_of(config, section);

	for (size_t i = 0; i < section->nr; i++) {
		const struct entry *entry = &section->entries[i];
		bool of_bank = section->bank || (!made && is_bank_setting(entry->key));
		char *file = path(of_bank ? "device" : ".", entry->key);
		int ret = is_property(entry->key) ? 0 : write_attr(relay, file, entry->value);

		free(file);
		if (ret == -ENOENT)
			complain(config, entry->file, entry->line, "%s: %s has no such setting",
				 entry->key, section->name);
		else if (ret)
			complain(config, entry->file, entry->line, "%s = %s: %s", entry->key,
				 entry->value, ret == -EINVAL ?
				 "the driver does not take this value" : strerror(-ret));
	}
}

static bool has_settings(const struct section *section)
{
	for (size_t i = 0; i < section->nr; i++)
		if (!is_property(section->entries[i].key))
			return true;
	return false;
}

/* A relay that is not there waits for its chip, or is of a tree whose driver does. */
static void apply_relay(struct config *config, int class, struct section *section)
{
	const struct entry *label = find_entry(section, "label");
	const char *name = label ? label->value : section->name;
	struct section *bank = bank_of(config, section);
	int fd = open_dir(class, name);

	if (fd < 0) {
		printf("%s: is not there yet; its settings are applied when it comes\n", name);
		return;
	}
	apply(config, section, fd);
	if (bank)
		apply(config, bank, fd);
	close(fd);
}

static void apply_all(struct config *config, const char *only)
{
	int class = open(class_dir(NULL), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; i < config->nr; i++) {
		struct section *s = &config->sections[i];
		const struct entry *label = find_entry(s, "label");
		struct section *bank = s->bank ? NULL : bank_of(config, s);

		if (s->bank || (bank && bank->failed) ||
		    (only && strcmp(only, label ? label->value : s->name)))
			continue;
		if (has_settings(s) || (bank && has_settings(bank)))
			apply_relay(config, class, s);
	}
	if (class >= 0)
		close(class);
}

/* --- saving ------------------------------------------------------------- */

/* Copies a file with one line changed, or added behind one; 0: at its end, with its section. */
static bool rewrite(const char *file, unsigned int line, bool replace, const char *relay,
		    const char *setting, const char *value)
{
	char *made = path(file, "new"), *text = NULL;
	FILE *from, *to;
	unsigned int number = 0;
	size_t room = 0;
	bool good;

	made[strlen(file)] = '.';
	from = fopen(file, "re");
	to = fopen(made, "we");
	if (!to) {
		warn("%s", made);
		if (from)
			fclose(from);
		free(made);
		return false;
	}
	while (from && getline(&text, &room, from) >= 0) {
		number++;
		if (number != line || !replace)
			fputs(text, to);
		if (number == line)
			fprintf(to, "%s = %s\n", setting, value);
	}
	if (!line)
		fprintf(to, "%s[relay %s]\n%s = %s\n", number ? "\n" : "", relay, setting, value);
	if (from)
		fclose(from);
	free(text);

	good = !fflush(to) && !ferror(to) && !fsync(fileno(to));
	good &= !fclose(to) && good && !rename(made, file);
	if (!good) {
		warn("%s", file);
		unlink(made);
	}
	free(made);
	return good;
}

/* The folder of the files, and those that it is in. */
static bool make_banks_dir(void)
{
	char *dir = strdup(banks_dir()), *end = dir;

	if (!dir)
		err(EXIT_FAILED, NULL);
	do {
		end = strchr(end + 1, '/');
		if (end)
			*end = '\0';
		if (mkdir(dir, 0755) && errno != EEXIST) {
			warn("%s", dir);
			break;
		}
		if (end)
			*end = '/';
	} while (end);
	free(dir);
	return !end;
}

/*
 * Where the relay has a section, the setting is written there, in the first file that
 * has one, or to its bank's before it; else to settings.conf.
 */
bool save_setting(const char *relay, const char *setting, const char *value)
{
	struct config config = { };
	const struct section *found = NULL;
	const struct entry *entry;
	char *file = path(banks_dir(), "settings.conf");

	if (is_property(setting) || !is_setting_name(setting)) {
		warnx("%s: is no setting that can be saved", setting);
		return false;
	}
	if (!make_banks_dir())
		return false;
	read_all(&config, NULL, 0);
	if (config.failed)
		return false;
	for (size_t i = 0; i < config.nr && !found; i++) {
		struct section *s = &config.sections[i];
		const struct entry *label = find_entry(s, "label");

		if (!s->bank && !strcmp(label ? label->value : s->name, relay))
			found = is_bank_setting(setting) ? bank_of(&config, s) ?: s : s;
	}
	if (!found)
		return rewrite(file, 0, false, relay, setting, value);
	entry = find_entry(found, setting);
	if (entry)
		return rewrite(entry->file, entry->line, true, relay, setting, value);
	return rewrite(found->file, found->nr ? found->entries[found->nr - 1].line : found->line,
		       false, relay, setting, value);
}

static int save_all(char **words, int nr)
{
	int status = EXIT_SUCCESS;

	for (int i = 1; i < nr; i++) {
		char *value = words[i], *setting = strsep(&value, "=");

		if (!value)
			errx(EXIT_USAGE, "setup: '%s' is not KEY=VALUE" SEE_HELP, setting);
		if (!save_setting(words[0], setting, value))
			status = EXIT_FAILED;
	}
	return status;
}

/* --- the command line --------------------------------------------------- */

enum { MAKE = 'm', CHECK = 'c', STOP = 's', ONLY = 'o', SAVE = 'S' };

static void banks(struct config *config, int what)
{
	bool any = false;
	int top;

	for (size_t i = 0; i < config->nr; i++)
		any |= config->sections[i].bank;
	if (!any)
		return;
	top = open(configfs_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0 && what == CHECK) {
		printf("setup: no %s here: no value was looked at\n", configfs_dir());
		return;
	}
	if (top < 0 && what == MAKE) {
		warnx("%s: %s (is the module emrelay-configfs loaded, and configfs mounted?)",
		      configfs_dir(), strerror(errno));
		config->failed = true;
	}
	/* A bank's coil may be a line of one before. */
	for (size_t i = 0; i < config->nr && top >= 0; i++) {
		struct section *s = &config->sections[what == STOP ? config->nr - 1 - i : i];

		if (s->bank && what == STOP)
			stop_bank(config, top, s);
		else if (s->bank)
			s->failed = !make_bank(config, top, s, what == CHECK);
	}
	if (top >= 0)
		close(top);
}

/**
 * setup_main - the command "setup"
 * @argc: number of words, the command the first
 * @argv: the words
 *
 * Return: the exit status.
 */
int setup_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "check",	no_argument,		NULL, CHECK },
		{ "stop",	no_argument,		NULL, STOP },
		{ "only",	required_argument,	NULL, ONLY },
		{ "save",	no_argument,		NULL, SAVE },
		{ "help",	no_argument,		NULL, 'h' },
		{ }
	};
	struct config config = { };
	const char *only = NULL;
	int what = MAKE, opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'h') {
			fputs(help_text, stdout);
			return EXIT_SUCCESS;
		}
		if (opt == '?')
			return EXIT_USAGE;	/* getopt_long() has said why */
		if (what != MAKE)
			errx(EXIT_USAGE,
			     "setup: one of --check, --stop, --only and --save" SEE_HELP);
		what = opt;
		/* udev tells of a relay by its path. */
		only = optarg && strrchr(optarg, '/') ? strrchr(optarg, '/') + 1 : optarg;
	}
	argc -= optind;
	argv += optind;
	if (what == SAVE) {
		if (argc < 2)
			errx(EXIT_USAGE, "setup: --save wants NAME and KEY=VALUE" SEE_HELP);
		return save_all(argv, argc);
	}

	read_all(&config, argv, argc);
	if (what != ONLY)
		banks(&config, what);
	if (what == MAKE || what == ONLY)
		apply_all(&config, only);
	return config.failed ? EXIT_FAILED : EXIT_SUCCESS;
}
