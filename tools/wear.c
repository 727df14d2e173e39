// SPDX-License-Identifier: GPL-2.0-only
/* What the driver tells of a relay's wear, and at which pace it goes. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "class.h"
#include "wear.h"

/* A clock that shows less was never set: 2020-01-01. */
#define CLOCK_SET_S	1577836800

/* Where debugfs is: what the command line says, else the environment, else its place. */
const char *debugfs_dir(const char *option)
{
	const char *dir = option ? option : getenv("RELAYCTL_DEBUGFS");

	return dir && *dir ? dir : "/sys/kernel/debug/relay";
}

char *file_of(const char *name, const char *suffix)
{
	char *file;

	if (asprintf(&file, "%s%s", name, suffix) < 0)
		file = NULL;
	return checked(file);
}

/* The value of "key: value", or NULL; to be freed. */
char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, key, len) && !strncmp(text + len, ": ", 2))
			return checked(strndup(text + len + 2, strcspn(text + len + 2, "\n")));
	}
	return NULL;
}

/* A relay's file of debugfs, or NULL, or that after saying why for once; to be freed. */
char *read_debugfs(const char *debugfs, const char *name, const char *which, bool say)
{
	/* The driver's way to have a relay of this name beside the file "summary". */
	const char *more = strcmp(name + strspn(name, "_"), "summary") ? "" : "_";
	char *path, *text = NULL;
	static bool said;
	size_t size = 0;
	FILE *file;

	if (asprintf(&path, "%s/%s%s/%s", debugfs, more, name, which) < 0)
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
char *find_value(int relayfd, const char *wear, const char *key)
{
	static const char *const files[][2] = {
		{ "cycles", "cycle_count" }, { "misfires", "statistics/misfires" },
		{ "welds", "statistics/welds" },
	};
	char *text = wear ? value_of(wear, key) : NULL;
	const char *file = key;
	char value[VALUE_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!strcmp(key, files[i][0]))
			file = files[i][1];

	if (!text && !read_attr(relayfd, file, value) && *value)
		text = checked(strdup(value));
	return text;
}

/* Takes the text: what number it is, or UNKNOWN. */
unsigned long long take_number(char *text)
{
	unsigned long long number = UNKNOWN;

	if (text && is_number(text))
		number = strtoull(text, NULL, 10);
	free(text);
	return number;
}

static unsigned long long find_number(int relayfd, const char *wear, const char *key)
{
	return take_number(find_value(relayfd, wear, key));
}

/* A sample of the present. */
struct sample sample_relay(int relayfd, const char *wear)
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

/* By the samples that FOLDER has of it. */
struct pace find_pace(const char *folder, const char *name, const struct sample *now)
{
	static const unsigned long long windows_s[NR_WINDOWS] = {
		[DAY] = DAY_S, [MONTH] = MONTH_S,
	};
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *file = file_of(name, SAMPLES);
	struct samples samples = { };
	int ret = fd < 0 ? -errno : samples_read(fd, file, &samples);
	struct pace pace;

	if (ret && ret != -ENOENT)
		warnx("%s/%s: %s", folder, file, strerror(-ret));
	for (size_t i = 0; i < NR_WINDOWS; i++) {
		struct use use = samples_use(&samples, now, windows_s[i]);

		pace.starts[i] = starts_per_day(&use);
		pace.days[i] = days_left(&use, now);
	}
	free(samples.list);
	free(file);
	if (fd >= 0)
		close(fd);
	return pace;
}
