/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few declarations of QEMU 7.2 that edges.c needs, written down here since
 * Debian packages no header for plugins.  They follow QEMU's qemu-plugin.h,
 * qemu/timer.h, qemu/notify.h, hw/irq.h, hw/qdev-core.h and qom/object.h
 * (GPL-2.0-or-later).
 */
#ifndef QEMU_SYMBOLS_H
#define QEMU_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#define QEMU_EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_info;

QEMU_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info,
				    int argc, char **argv);

enum { QEMU_CLOCK_REALTIME, QEMU_CLOCK_VIRTUAL };
int64_t qemu_clock_get_ns(int type);

struct notifier {
	void (*notify)(struct notifier *notifier, void *data);
	void *link[2];
};

void qemu_add_machine_init_done_notifier(struct notifier *notifier);

typedef struct IRQState *qemu_irq;
qemu_irq qemu_allocate_irq(void (*handler)(void *opaque, int n, int level), void *opaque, int n);
void qemu_set_irq(qemu_irq irq, int level);

/* Puts @icpt in the place of an output pin's connection, and returns that one. */
qemu_irq qdev_intercept_gpio_out(void *dev, qemu_irq icpt, const char *name, int n);

/* The only object of a type; NULL when there is none, or (@ambiguous) several. */
void *object_resolve_path_type(const char *path, const char *type, bool *ambiguous);

#endif
