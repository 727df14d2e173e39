// SPDX-License-Identifier: GPL-2.0-only
/*
 * A QEMU plugin that watches the lines of the PL061 from outside the guest, and
 * plays contacts that follow the coils on them; for these see contacts.h.
 *
 * Each change of an output line becomes a line of the log: the guest's virtual
 * time in ns, the line, its level.  The plugin sits on the lines themselves, as
 * QEMU's own qtest does, so whatever moves a line (data, direction, reset) is
 * seen, and no guest instruction is instrumented.
 *
 * It uses functions of the QEMU program beside the plugin API; Debian builds
 * QEMU with loadable modules and therefore exports them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contacts.h"
#include "qemu-symbols.h"

/* The version of the plugin API; QEMU looks at it once the library is loaded. */
QEMU_EXPORT int qemu_plugin_version = 1;

/* QEMU 9 and later take no plugin of version 1. What is used here is the same in both. */
__attribute__((constructor)) static void choose_version(void)
{
	if (dlsym(RTLD_DEFAULT, "qemu_plugin_scoreboard_new"))
		qemu_plugin_version = 2;
}

static FILE *edge_log;

/* The pins that QEMU itself had connected, such as the machine's power key. */
static struct pin *connected[NR_LINES];

static void line_changed(void *opaque, int line, int level)
{
	static int known[NR_LINES];

	qemu_set_irq(connected[line], level);

	if (known[line] == level)
		return;
	known[line] = level;
	fprintf(edge_log, "%lld %d %d\n", qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL),
		line, level);
	contacts_follow(line, level);
}

static void machine_ready(struct notifier *notifier, void *data)
{
	bool ambiguous = false;
	void *pl061 = object_resolve_path_type("", "pl061", &ambiguous);

	if (!pl061 || ambiguous) {
		fputs("edges: this machine does not have exactly one PL061\n", stderr);
		exit(EXIT_FAILURE);
	}

	for (int line = 0; line < NR_LINES; line++) {
		struct pin *watch = qemu_allocate_irq(line_changed, NULL, line);

		connected[line] = qdev_intercept_gpio_out(pl061, watch, NULL, line);
	}
	contacts_connect(pl061);
}

static struct notifier ready_notifier = { .notify = machine_ready };

QEMU_EXPORT int qemu_plugin_install(unsigned long long id,
				    const struct qemu_info *info, int argc,
				    char **argv)
{
	const char *path = argc >= 1 && !strncmp(argv[0], "log=", 4) ? argv[0] + 4 : NULL;
	const char *play = argc == 2 && !strncmp(argv[1], "play=", 5) ? argv[1] + 5 : NULL;

	if (!path || argc != 1 + !!play) {
		fputs("edges: usage: -plugin edges.so,log=FILE[,play=FILE]\n", stderr);
		return -1;
	}

	edge_log = fopen(path, "w");
	if (!edge_log) {
		fprintf(stderr, "edges: %s: %s\n", path, strerror(errno));
		return -1;
	}
	/* Edges are few; keep those before a kill. */
	setvbuf(edge_log, NULL, _IOLBF, 0);
	if (play && !contacts_read(play, edge_log))
		return -1;

	qemu_add_machine_init_done_notifier(&ready_notifier);
	return 0;
}
