// SPDX-License-Identifier: GPL-2.0-only
/*
 * The relays of /sys/class/relay: finding and choosing them, reading and writing
 * their files.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "class.h"

void *checked(void *memory)
{
	if (!memory)
		err(EXIT_FAILED, NULL);
	return memory;
}

/* Reads an attribute from its beginning, without the newline: 0 or -errno. */
int read_value(int fd, char value[VALUE_SIZE])
{
	ssize_t len = pread(fd, value, VALUE_SIZE - 1, 0);

	if (len < 0)
		return -errno;
	if (len && value[len - 1] == '\n')
		len--;
	value[len] = '\0';
	return 0;
}

int read_attr(int dirfd, const char *file, char value[VALUE_SIZE])
{
	int fd = openat(dirfd, file, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = read_value(fd, value);
	close(fd);
	return ret;
}

/* Writes an attribute: 0 or -errno. */
int write_attr(int dirfd, const char *file, const char *value)
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

bool is_number(const char *text)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	strtoull(text, &end, 10);
	return !errno && !*end;
}

bool read_number(int dirfd, const char *file, unsigned long long *number)
{
	char value[VALUE_SIZE];

	if (read_attr(dirfd, file, value) || !is_number(value))
		return false;
	*number = strtoull(value, NULL, 10);
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static bool is_dir(int dirfd, const char *name)
{
	struct stat st;

	return !fstatat(dirfd, name, &st, 0) && S_ISDIR(st.st_mode);
}

/* Where to look: what the command line says, else the environment, else sysfs. */
const char *class_dir(const char *option)
{
	const char *dir = option ? option : getenv("RELAYCTL_SYSFS");

	return dir && *dir ? dir : "/sys/class/relay";
}

bool find_relays(struct relays *relays)
{
	struct dirent *entry;
	size_t room = 0;

	relays->stream = opendir(relays->dir);
	if (!relays->stream) {
		warnx("%s: %s%s", relays->dir, strerror(errno),
		      errno == ENOENT ? " (is the module emrelay loaded?)" : "");
		return false;
	}

	relays->dirfd = dirfd(relays->stream);
	while ((entry = readdir(relays->stream))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    !is_dir(relays->dirfd, entry->d_name))
			continue;
		if (relays->nr == room) {
			room = room ? 2 * room : 16;
			relays->names = checked(realloc(relays->names,
							room * sizeof(*relays->names)));
		}
		relays->names[relays->nr++] = checked(strdup(entry->d_name));
	}
	if (relays->nr)
		qsort(relays->names, relays->nr, sizeof(*relays->names), by_name);
	return true;
}

void forget_relays(struct relays *relays)
{
	for (size_t i = 0; i < relays->nr; i++)
		free(relays->names[i]);
	free(relays->names);
	closedir(relays->stream);
}

static void no_such_relay(const struct relays *relays, const char *name)
{
	fprintf(stderr, "%s: %s: no such relay in %s; ", program_invocation_short_name, name,
		relays->dir);
	fputs(relays->nr ? "there are:" : "there are none", stderr);
	for (size_t i = 0; i < relays->nr; i++)
		fprintf(stderr, "%s %s", i ? "," : "", relays->names[i]);
	fputc('\n', stderr);
}

static void choose(char **chosen, size_t *nr, char *name)
{
	for (size_t i = 0; i < *nr; i++)
		if (!strcmp(chosen[i], name))
			return;
	chosen[(*nr)++] = name;
}

/*
 * The relays that words name, each once: a word is a name or, where no relay has
 * that name, a pattern of the shell's kind. Without words all. Says which words
 * name none, and returns whether there were such.
 */
bool choose_relays(const struct relays *relays, char **words, size_t nr_words,
		   struct chosen *chosen)
{
	bool missed = false;

	chosen->names = checked(calloc(relays->nr + 1, sizeof(*chosen->names)));
	chosen->nr = 0;
	for (size_t i = 0; !nr_words && i < relays->nr; i++)
		chosen->names[chosen->nr++] = relays->names[i];

	for (size_t w = 0; w < nr_words; w++) {
		bool found = false, exact = false;

		for (size_t i = 0; i < relays->nr && !exact; i++) {
			exact = !strcmp(relays->names[i], words[w]);
			if (exact)
				choose(chosen->names, &chosen->nr, relays->names[i]);
		}
		for (size_t i = 0; i < relays->nr && !exact; i++) {
			if (fnmatch(words[w], relays->names[i], 0))
				continue;
			found = true;
			choose(chosen->names, &chosen->nr, relays->names[i]);
		}
		if (!found && !exact) {
			no_such_relay(relays, words[w]);
			missed = true;
		}
	}
	return missed;
}

/* The directory of one relay, or -1 after saying what is wrong. */
int open_relay(const struct relays *relays, const char *name)
{
	int fd;

	/* A name is one directory of the class and no path elsewhere. */
	if (!*name || !strcmp(name, ".") || !strcmp(name, "..") || strchr(name, '/')) {
		fd = -1;
		errno = ENOENT;
	} else {
		fd = openat(relays->dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd >= 0)
		return fd;

	if (errno != ENOENT) {
		warn("%s", name);
		return -1;
	}
	no_such_relay(relays, name);
	return -1;
}

char *percent(unsigned long long ppm)
{
	char *text;

	if (asprintf(&text, "%llu.%04llu%%", ppm / 10000, ppm % 10000) < 0)
		text = NULL;
	return checked(text);
}

/* What is not plain ASCII is in UTF-8 already. */
void print_json(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(to, "\\%c", *text);
		else if ((unsigned char)*text < ' ' || *text == 0x7f)
			fprintf(to, "\\u%04x", (unsigned char)*text);
		else
			fputc(*text, to);
	}
	fputc('"', to);
}
