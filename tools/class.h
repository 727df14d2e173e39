/* SPDX-License-Identifier: GPL-2.0-only */
/* The relays of /sys/class/relay and their files, for relayctl and relay-wear. */
#ifndef EMRELAY_CLASS_H
#define EMRELAY_CLASS_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "tools.h"

/* Longer than any value of the driver but wear_record: a label has 40 characters at most. */
#define VALUE_SIZE	256

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* The class directory and its relays, sorted by name. */
struct relays {
	const char *dir;
	DIR *stream;
	int dirfd;
	char **names;
	size_t nr;
};

/* Some of them: the names are those of struct relays. */
struct chosen {
	char **names;
	size_t nr;
};

void *checked(void *memory);

int read_value(int fd, char value[VALUE_SIZE]);
int read_attr(int dirfd, const char *file, char value[VALUE_SIZE]);
int write_attr(int dirfd, const char *file, const char *value);
bool is_number(const char *text);
bool read_number(int dirfd, const char *file, unsigned long long *number);

const char *class_dir(const char *option);
bool find_relays(struct relays *relays);
void forget_relays(struct relays *relays);
bool choose_relays(const struct relays *relays, char **words, size_t nr_words,
		   struct chosen *chosen);
int open_relay(const struct relays *relays, const char *name);

char *percent(unsigned long long ppm);
void print_json(FILE *to, const char *text);

#endif
