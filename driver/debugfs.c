// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/relay. What each file holds is said in
 * Documentation/ABI/testing/debugfs-relay.
 */
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>
#include <linux/timekeeping.h>

#include "emrelay.h"

static struct dentry *emrelay_debugfs_root;

/* What the files show, taken under the lock and printed without it. */
struct emrelay_snapshot {
	struct emrelay_engine engine;
	struct emrelay_wear wear;
	enum emrelay_load_class load_class;
	u32 life_cycles;
	u64 wake_ns;
	u64 now_ns;
};

static struct emrelay_snapshot emrelay_snapshot(struct emrelay_channel *channel)
{
	struct emrelay_snapshot now;
	unsigned long flags;

	spin_lock_irqsave(&channel->bank->lock, flags);
	now.engine = channel->life->engine;
	now.wear = channel->life->wear;
	now.load_class = channel->load_class;
	now.life_cycles = emrelay_channel_life_cycles(channel);
	now.wake_ns = channel->wake_ns;
	now.now_ns = ktime_get_boottime_ns();
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return now;
}

/* Times that others decide about are shown as -1. */
static s64 emrelay_us(u64 ns)
{
	return ns == U64_MAX ? -1 : (s64)div_u64(ns, NSEC_PER_USEC);
}

static int emrelay_summary_line(struct device *dev, void *data)
{
	struct emrelay_channel *channel =
		container_of(dev, struct emrelay_channel, dev);
	struct emrelay_snapshot now = emrelay_snapshot(channel);
	struct seq_file *s = data;
	u64 wait_ns, ready_ns;
	int ret;

	ret = emrelay_channel_wait_ns(channel, now.now_ns, &wait_ns);
	if (!ret)
		ret = emrelay_channel_ready_ns(channel, now.now_ns, &ready_ns);
	if (ret)
		return ret;

	seq_printf(s, "%-24s %-16s %-5s %-4s %-7s %-9s %10lld %10lld %10llu %10llu %s\n",
		   dev_name(dev), channel->config.part_name,
		   str_on_off(now.engine.target),
		   str_on_off(now.engine.past.coil),
		   emrelay_contact_names[emrelay_engine_contact(&now.engine,
								now.now_ns)],
		   emrelay_load_names[now.load_class],
		   emrelay_us(wait_ns), emrelay_us(ready_ns),
		   emrelay_wear_cycles(&now.wear), emrelay_wear_ppm(&now.wear),
		   emrelay_health_names[emrelay_wear_health(&now.wear)]);
	return 0;
}

static int emrelay_summary_show(struct seq_file *s, void *unused)
{
	seq_printf(s, "%-24s %-16s %-5s %-4s %-7s %-9s %10s %10s %10s %10s %s\n",
		   "relay", "part", "state", "coil", "contact", "load",
		   "wait_us", "ready_us", "cycles", "life_ppm", "health");
	return emrelay_class_for_each(s, emrelay_summary_line);
}
DEFINE_SHOW_ATTRIBUTE(emrelay_summary);

static int emrelay_wear_show(struct seq_file *s, void *unused)
{
	struct emrelay_channel *channel = s->private;
	struct emrelay_snapshot now = emrelay_snapshot(channel);

	seq_printf(s, "cycles: %llu\n", emrelay_wear_cycles(&now.wear));
	seq_printf(s, "cycles_loaded: %llu\n", now.wear.cycles_loaded);
	seq_printf(s, "cycles_unloaded: %llu\n", now.wear.cycles_unloaded);
	seq_printf(s, "on_time_ms: %llu\n",
		   div_u64(emrelay_wear_on_ns(&now.wear, now.engine.past.coil,
					      now.now_ns), NSEC_PER_MSEC));
	seq_printf(s, "damage_pico: %llu\n", now.wear.damage.pico);
	seq_printf(s, "life_used_ppm: %llu\n", emrelay_wear_ppm(&now.wear));
	seq_printf(s, "cycles_left: %llu\n",
		   emrelay_wear_cycles_left(&now.wear, now.life_cycles));
	seq_printf(s, "electrical_life: %u\n",
		   channel->config.ratings.electrical_life);
	seq_printf(s, "mechanical_life: %u\n",
		   channel->config.ratings.mechanical_life);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(emrelay_wear);

static int emrelay_limits_show(struct seq_file *s, void *unused)
{
	struct emrelay_channel *channel = s->private;
	struct emrelay_snapshot now = emrelay_snapshot(channel);
	const struct emrelay_ratings *ratings = &channel->config.ratings;

	seq_printf(s, "close_ns: %llu\n", now.engine.limits.close_ns);
	seq_printf(s, "open_ns: %llu\n", now.engine.limits.open_ns);
	seq_printf(s, "spacing_ns: %llu\n", now.engine.limits.spacing_ns);
	seq_printf(s, "min_on_ns: %llu\n", now.engine.limits.min_on_ns);
	seq_printf(s, "min_off_ns: %llu\n", now.engine.limits.min_off_ns);
	seq_printf(s, "watchdog_ns: %llu\n", now.engine.watchdog_ns);
	seq_printf(s, "loaded_per_minute: %u\n", ratings->loaded_per_minute);
	seq_printf(s, "unloaded_per_minute: %u\n", ratings->unloaded_per_minute);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(emrelay_limits);

/* A time that may not have been, or not be: then -1. */
static void emrelay_show_time(struct seq_file *s, const char *key, bool known,
			      u64 ns)
{
	seq_printf(s, "%s: %lld\n", key, known ? (s64)ns : -1);
}

static int emrelay_timing_show(struct seq_file *s, void *unused)
{
	struct emrelay_snapshot now = emrelay_snapshot(s->private);
	const struct emrelay_past *past = &now.engine.past;
	u64 wait_ns, ready_ns;
	int ret;

	ret = emrelay_channel_wait_ns(s->private, now.now_ns, &wait_ns);
	if (!ret)
		ret = emrelay_channel_ready_ns(s->private, now.now_ns, &ready_ns);
	if (ret)
		return ret;

	seq_printf(s, "now_ns: %llu\n", now.now_ns);
	emrelay_show_time(s, "edge_ns", past->moved, past->edge_ns);
	emrelay_show_time(s, "energised_ns", past->cycled, past->energised_ns);
	emrelay_show_time(s, "settled_ns", past->moved,
			  emrelay_limit_settled_ns(&now.engine.limits, past));
	emrelay_show_time(s, "timer_ns", now.wake_ns != U64_MAX, now.wake_ns);
	emrelay_show_time(s, "wait_ns", wait_ns != U64_MAX, wait_ns);
	emrelay_show_time(s, "ready_ns", ready_ns != U64_MAX, ready_ns);
	seq_printf(s, "pulse_left_ns: %llu\n",
		   emrelay_engine_pulse_left_ns(&now.engine, now.now_ns));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(emrelay_timing);

static int emrelay_history_show(struct seq_file *s, void *unused)
{
	struct emrelay_channel *channel = s->private;
	struct emrelay_history_entry *copy;
	unsigned long flags;
	u64 i, recorded;

	copy = kmalloc(sizeof(channel->life->history), GFP_KERNEL);
	if (!copy)
		return -ENOMEM;

	spin_lock_irqsave(&channel->bank->lock, flags);
	memcpy(copy, channel->life->history, sizeof(channel->life->history));
	recorded = channel->life->recorded;
	spin_unlock_irqrestore(&channel->bank->lock, flags);

	for (i = recorded - min_t(u64, recorded, EMRELAY_HISTORY); i < recorded; i++) {
		struct emrelay_history_entry *entry = &copy[i % EMRELAY_HISTORY];

		seq_printf(s, "%llu %s %s\n", entry->ns,
			   emrelay_event_names[entry->event],
			   emrelay_source_names[entry->source]);
	}
	kfree(copy);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(emrelay_history);

static void emrelay_debugfs_remove(void *directory)
{
	debugfs_remove(directory);
}

/**
 * emrelay_debugfs_add - a channel's directory
 * @channel: the channel, named
 *
 * Context: May sleep. Undone with the bank's device (devm). As with all of
 * debugfs, nothing depends on its success.
 */
void emrelay_debugfs_add(struct emrelay_channel *channel)
{
	struct dentry *directory = debugfs_create_dir(dev_name(&channel->dev),
						      emrelay_debugfs_root);

	if (devm_add_action_or_reset(channel->bank->dev, emrelay_debugfs_remove,
				     directory))
		return;

	debugfs_create_file("wear", 0444, directory, channel, &emrelay_wear_fops);
	debugfs_create_file("limits", 0444, directory, channel,
			    &emrelay_limits_fops);
	debugfs_create_file("timing", 0444, directory, channel,
			    &emrelay_timing_fops);
	debugfs_create_file("history", 0444, directory, channel,
			    &emrelay_history_fops);
}

/**
 * emrelay_debugfs_init - make /sys/kernel/debug/relay
 *
 * Context: May sleep.
 */
void emrelay_debugfs_init(void)
{
	emrelay_debugfs_root = debugfs_create_dir("relay", NULL);
	debugfs_create_file("summary", 0444, emrelay_debugfs_root, NULL,
			    &emrelay_summary_fops);
}

/**
 * emrelay_debugfs_exit - remove /sys/kernel/debug/relay
 *
 * Context: May sleep. No channel is left.
 */
void emrelay_debugfs_exit(void)
{
	debugfs_remove(emrelay_debugfs_root);
}
