// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long interrupts are off. While it watches, a timer that expires in hard
 * interrupt context every 5 us keeps the worst lateness that it met, and the
 * worst of each place that it interrupted. What it sees is at most 5 us too short,
 * and as much too long as the kernel takes from the interrupt to the callback.
 *
 * In /sys/kernel/debug/bench-irqs:
 *	watch	write 1: forget the worst and watch; 0: stop
 *	worst	the worst lateness in ns; a line for each place that was interrupted
 *		later than 20 us: ns and functions, innermost first
 *	hold	write N: N us with interrupts off, which the watch has to see
 */
#include <linux/debugfs.h>
#include <linux/hrtimer.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/processor.h>
#include <linux/seq_file.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#define BENCH_PERIOD_NS	5000
/* What is later than this is worth the time to find out where it was. */
#define BENCH_STACK_NS	20000
#define BENCH_HOLD_US	10000

static struct dentry *bench_irqs_root;
static struct hrtimer bench_irqs_timer;
static s64 bench_irqs_worst_ns;

/* A place with interrupts off, known by the functions that led to it. */
static struct bench_irqs_place {
	s64 late_ns;
	unsigned int depth;
	unsigned long stack[48];
} bench_irqs_places[32];

static void bench_irqs_keep(s64 late_ns)
{
	static struct bench_irqs_place now;
	struct bench_irqs_place *least = &bench_irqs_places[0];
	unsigned int i;

	now.late_ns = late_ns;
	now.depth = stack_trace_save(now.stack, ARRAY_SIZE(now.stack), 0);
	for (i = 0; i < ARRAY_SIZE(bench_irqs_places); i++) {
		struct bench_irqs_place *place = &bench_irqs_places[i];

		if (place->depth == now.depth &&
		    !memcmp(place->stack, now.stack, now.depth * sizeof(now.stack[0]))) {
			place->late_ns = max(place->late_ns, late_ns);
			return;
		}
		if (place->late_ns < least->late_ns)
			least = place;
	}
	if (late_ns > least->late_ns)
		*least = now;
}

static enum hrtimer_restart bench_irqs_fired(struct hrtimer *timer)
{
	s64 late_ns = ktime_to_ns(ktime_sub(ktime_get(), hrtimer_get_expires(timer)));

	bench_irqs_worst_ns = max(bench_irqs_worst_ns, late_ns);
	if (late_ns > BENCH_STACK_NS)
		bench_irqs_keep(late_ns);
	/* Last, so that the callback's own time makes the next one no later. */
	hrtimer_forward_now(timer, ns_to_ktime(BENCH_PERIOD_NS));
	return HRTIMER_RESTART;
}

static int bench_irqs_watch(void *data, u64 on)
{
	hrtimer_cancel(&bench_irqs_timer);
	if (on) {
		bench_irqs_worst_ns = 0;
		memset(bench_irqs_places, 0, sizeof(bench_irqs_places));
		hrtimer_start(&bench_irqs_timer, ns_to_ktime(BENCH_PERIOD_NS),
			      HRTIMER_MODE_REL_HARD);
	}
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(bench_irqs_watch_fops, NULL, bench_irqs_watch, "%llu\n");

static int bench_irqs_hold(void *data, u64 us)
{
	unsigned long flags;
	ktime_t end;

	if (us > BENCH_HOLD_US)
		return -EINVAL;

	local_irq_save(flags);
	end = ktime_add_us(ktime_get(), us);
	while (ktime_before(ktime_get(), end))
		cpu_relax();
	local_irq_restore(flags);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(bench_irqs_hold_fops, NULL, bench_irqs_hold, "%llu\n");

static int bench_irqs_worst_show(struct seq_file *s, void *unused)
{
	unsigned int i, n;

	seq_printf(s, "%lld\n", bench_irqs_worst_ns);
	for (i = 0; i < ARRAY_SIZE(bench_irqs_places); i++) {
		const struct bench_irqs_place *place = &bench_irqs_places[i];

		if (!place->late_ns)
			continue;
		seq_printf(s, "%lld", place->late_ns);
		for (n = 0; n < place->depth; n++)
			seq_printf(s, ",%ps", (void *)place->stack[n]);
		seq_puts(s, "\n");
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(bench_irqs_worst);

static int __init bench_irqs_init(void)
{
	hrtimer_init(&bench_irqs_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	bench_irqs_timer.function = bench_irqs_fired;

	bench_irqs_root = debugfs_create_dir("bench-irqs", NULL);
	debugfs_create_file("watch", 0200, bench_irqs_root, NULL, &bench_irqs_watch_fops);
	debugfs_create_file("worst", 0400, bench_irqs_root, NULL, &bench_irqs_worst_fops);
	debugfs_create_file("hold", 0200, bench_irqs_root, NULL, &bench_irqs_hold_fops);
	return 0;
}
module_init(bench_irqs_init);

static void __exit bench_irqs_exit(void)
{
	debugfs_remove(bench_irqs_root);
	hrtimer_cancel(&bench_irqs_timer);
}
module_exit(bench_irqs_exit);

MODULE_DESCRIPTION("Longest time with interrupts off, for the bench of emrelay");
MODULE_LICENSE("GPL");
