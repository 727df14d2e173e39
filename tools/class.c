// SPDX-License-Identifier: GPL-2.0-only
/*
 * The relays of /sys/class/relay: finding them, reading their files, showing
 * them as a table.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
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

/* The directory of one relay, or -1 after saying what is wrong. */
int open_relay(const struct relays *relays, const char *name)
{
	int fd;

	/* A name is one directory of the class and no path elsewhere. */
	if (!*name || *name == '.' || strchr(name, '/')) {
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
	fprintf(stderr, "%s: %s: no such relay in %s; ", program_invocation_short_name, name,
		relays->dir);
	fputs(relays->nr ? "there are:" : "there are none", stderr);
	for (size_t i = 0; i < relays->nr; i++)
		fprintf(stderr, "%s %s", i ? "," : "", relays->names[i]);
	fputc('\n', stderr);
	return -1;
}

char *percent(unsigned long long ppm)
{
	char *text;

	if (asprintf(&text, "%llu.%04llu%%", ppm / 10000, ppm % 10000) < 0)
		text = NULL;
	return checked(text);
}

static void print_cell(const struct column *column, const char *text, size_t width, bool last)
{
	int pad = (int)(width - text_width(text));

	if (column->side == RIGHT)
		printf("%*s%s", pad, "", text);
	else
		printf("%s%*s", text, last ? 0 : pad, "");
	fputs(last ? "\n" : "  ", stdout);
}

/* The titles and the rows; frees the cells. */
void print_table(const struct column *columns, size_t nr_columns, char **cells, size_t rows)
{
	size_t *width = checked(calloc(nr_columns, sizeof(*width)));
	size_t i;

	for (i = 0; i < nr_columns; i++)
		width[i] = strlen(columns[i].title);
	for (i = 0; i < rows * nr_columns; i++)
		if (text_width(cells[i]) > width[i % nr_columns])
			width[i % nr_columns] = text_width(cells[i]);

	for (i = 0; i < nr_columns; i++)
		print_cell(&columns[i], columns[i].title, width[i], i == nr_columns - 1);
	for (i = 0; i < rows * nr_columns; i++) {
		size_t c = i % nr_columns;

		print_cell(&columns[c], cells[i], width[c], c == nr_columns - 1);
		free(cells[i]);
	}
	free(cells);
	free(width);
}
