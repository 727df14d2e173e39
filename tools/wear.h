/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver tells of a relay's wear, and at which pace it goes. */
#ifndef EMRELAY_WEAR_H
#define EMRELAY_WEAR_H

#include "samples.h"

/* Where relay-wear keeps what it saves. */
#define FOLDER		"/var/lib/relay-wear"
#define SAMPLES		".samples"

enum { DAY, MONTH, NR_WINDOWS };

/* Cycles a day, and days until the life is used up at that pace; or UNKNOWN. */
struct pace {
	unsigned long long starts[NR_WINDOWS];
	unsigned long long days[NR_WINDOWS];
};

const char *debugfs_dir(const char *option);
char *file_of(const char *name, const char *suffix);
char *value_of(const char *text, const char *key);
unsigned long long take_number(char *text);
char *read_debugfs(const char *debugfs, const char *name, const char *which, bool say);
char *find_value(int relayfd, const char *wear, const char *key);
struct sample sample_relay(int relayfd, const char *wear);
struct pace find_pace(const char *folder, const char *name, const struct sample *now);

#endif
