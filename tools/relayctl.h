/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of relayctl. */
#ifndef EMRELAY_RELAYCTL_H
#define EMRELAY_RELAYCTL_H

#include "class.h"
#include "table.h"

struct options {
	struct table_options table;
	const char *sysfs;
	unsigned long count;		/* watch: 0: without end */
	unsigned long long timeout_ms;	/* of --wait; 0: none */
	bool wait;
	const char *samples;		/* metrics: the folder of relay-wear */
	const char *file;		/* metrics: where they go */
	bool prometheus;
	bool save;			/* set: to /etc/relay/bank.d, too */
};

/* What a command works on: what is behind it on the command line. */
struct call {
	const struct options *options;
	const struct relays *relays;
	const char *command;
	char **words;
	size_t nr;
};

int cmd_switch(const struct call *call);
int cmd_pulse(const struct call *call);
int cmd_set(const struct call *call);
int cmd_replace(const struct call *call);
int cmd_clear(const struct call *call);
int cmd_metrics(const struct call *call);
int cmd_watch(const struct call *call);

bool is_setting(const char *word);
bool is_blocked(const char *file, const char *value);
char *duration(unsigned long long ms);

#endif
