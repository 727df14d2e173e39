// SPDX-License-Identifier: GPL-2.0-only
/*
 * How late a bare hrtimer is: the least that anything timed can be. Reading a
 * file in /sys/kernel/debug/bench-timer arms a timer over and over, on
 * CLOCK_BOOTTIME as emrelay's, and shows how late each callback began, in ns:
 * hard and default, by the timer's mode, after ms; long, of default mode, after
 * seconds, in which the tick has long been stopped.
 */
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#define BENCH_TIMERS	1000
#define BENCH_LONG	200

struct bench_timer {
	struct hrtimer timer;
	struct completion fired;
	s64 late_ns;
};

static struct dentry *bench_timer_root;

static enum hrtimer_restart bench_timer_fired(struct hrtimer *timer)
{
	struct bench_timer *bench = container_of(timer, struct bench_timer, timer);

	bench->late_ns = ktime_to_ns(ktime_sub(ktime_get_boottime(),
					       hrtimer_get_expires(timer)));
	complete(&bench->fired);
	return HRTIMER_NORESTART;
}

static int bench_timer_run(struct seq_file *s, enum hrtimer_mode mode,
			   unsigned int count, u64 least_ns)
{
	struct bench_timer bench;
	unsigned int i;

	init_completion(&bench.fired);
	hrtimer_init_on_stack(&bench.timer, CLOCK_BOOTTIME, mode);
	bench.timer.function = bench_timer_fired;
	for (i = 0; i < count; i++) {
		/* A prime number of ns more each time, to meet every phase. */
		u64 ns = least_ns + i * 7919;

		reinit_completion(&bench.fired);
		hrtimer_start(&bench.timer,
			      ktime_add_ns(ktime_get_boottime(), ns), mode);
		wait_for_completion(&bench.fired);
		seq_printf(s, "%lld\n", bench.late_ns);
	}
	destroy_hrtimer_on_stack(&bench.timer);
	return 0;
}

static int bench_timer_hard_show(struct seq_file *s, void *unused)
{
	return bench_timer_run(s, HRTIMER_MODE_ABS_HARD, BENCH_TIMERS, NSEC_PER_MSEC);
}
DEFINE_SHOW_ATTRIBUTE(bench_timer_hard);

static int bench_timer_default_show(struct seq_file *s, void *unused)
{
	return bench_timer_run(s, HRTIMER_MODE_ABS, BENCH_TIMERS, NSEC_PER_MSEC);
}
DEFINE_SHOW_ATTRIBUTE(bench_timer_default);

static int bench_timer_long_show(struct seq_file *s, void *unused)
{
	return bench_timer_run(s, HRTIMER_MODE_ABS, BENCH_LONG, 6ULL * NSEC_PER_SEC);
}
DEFINE_SHOW_ATTRIBUTE(bench_timer_long);

static int __init bench_timer_init(void)
{
	bench_timer_root = debugfs_create_dir("bench-timer", NULL);
	debugfs_create_file("hard", 0444, bench_timer_root, NULL,
			    &bench_timer_hard_fops);
	debugfs_create_file("default", 0444, bench_timer_root, NULL,
			    &bench_timer_default_fops);
	debugfs_create_file("long", 0444, bench_timer_root, NULL,
			    &bench_timer_long_fops);
	return 0;
}
module_init(bench_timer_init);

static void __exit bench_timer_exit(void)
{
	debugfs_remove(bench_timer_root);
}
module_exit(bench_timer_exit);

MODULE_DESCRIPTION("Lateness of a bare hrtimer, for the bench of emrelay");
MODULE_LICENSE("GPL");
