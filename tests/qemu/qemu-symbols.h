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

#define QEMU_EXPORT __attribute__((visibility("default")))

struct qemu_info;

QEMU_EXPORT int qemu_plugin_install(unsigned long long id, const struct qemu_info *info,
				    int argc, char **argv);

enum { QEMU_CLOCK_REALTIME, QEMU_CLOCK_VIRTUAL };
long long qemu_clock_get_ns(int type);

/* Larger than QEMU's own, which has 48 bytes. */
struct timer {
	void *opaque[16];
};

enum { SCALE_NS = 1 };
void timer_init_full(struct timer *timer, void *group, int type, int scale, int attributes,
		     void (*callback)(void *opaque), void *opaque);
void timer_mod_ns(struct timer *timer, long long ns);
void timer_del(struct timer *timer);

struct notifier {
	void (*notify)(struct notifier *notifier, void *data);
	void *link[2];
};

void qemu_add_machine_init_done_notifier(struct notifier *notifier);

/* What QEMU calls an irq is a pin of any kind. */
struct pin;
struct pin *qemu_allocate_irq(void (*handler)(void *opaque, int n, int level), void *opaque, int n);
void qemu_set_irq(struct pin *pin, int level);

/* The pin of a device's input. */
struct pin *qdev_get_gpio_in(void *dev, int n);

/* Puts @pin in the place of an output's connection, and returns that one. */
struct pin *qdev_intercept_gpio_out(void *dev, struct pin *pin, const char *name, int n);

/* The only object of a type; NULL when there is none, or (@ambiguous) several. */
void *object_resolve_path_type(const char *path, const char *type, bool *ambiguous);

#endif
