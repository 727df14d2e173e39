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
	enum emrelay_load_class load_class;
	enum emrelay_health health;
	u64 cycles;
	u64 life_used_ppm;
	u64 wake_ns;
	u64 now_ns;
};

static struct emrelay_snapshot emrelay_snapshot(struct emrelay_channel *channel)
{
	struct emrelay_snapshot now;
	unsigned long flags;

	spin_lock_irqsave(&channel->bank->lock, flags);
	now.engine = channel->life->engine;
	now.load_class = channel->load_class;
	now.health = channel->told_health;
	now.cycles = emrelay_wear_cycles(&channel->life->record.wear);
	now.life_used_ppm = emrelay_wear_ppm(&channel->life->record.wear);
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
	struct emrelay_channel *channel = emrelay_from_dev(dev);
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
		   now.cycles, now.life_used_ppm,
		   emrelay_health_names[now.health]);
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

/* What nobody knows must not look like a number. */
static void emrelay_show_known(struct seq_file *s, const char *key, bool known,
			       u64 value)
{
	if (known)
		seq_printf(s, "%s: %llu\n", key, value);
	else
		seq_printf(s, "%s: unknown\n", key);
}

static void emrelay_show_use(struct seq_file *s, const char *window,
			     const struct emrelay_use *use,
			     const struct emrelay_wear *wear)
{
	u64 days_left = emrelay_use_days_left(use, wear);
	char key[32];

	snprintf(key, sizeof(key), "starts_per_day_%s", window);
	emrelay_show_known(s, key, use->span_ns,
			   use->span_ns ? emrelay_use_per_day(use) : 0);
	snprintf(key, sizeof(key), "days_left_%s", window);
	emrelay_show_known(s, key, days_left != U64_MAX, days_left);
}

/* Taken under the lock and printed without it. */
struct emrelay_wear_snapshot {
	struct emrelay_record record;
	enum emrelay_wear_source source;
	struct emrelay_expectation expected;
	u32 load_microamp;
	u32 warn_ppm;
	bool block_worn;
	bool on;
	bool has_stored;
	bool has_writes;
	u64 stored;
};

static void emrelay_show_counts(struct seq_file *s,
				const struct emrelay_wear_snapshot *now)
{
	const struct emrelay_wear *wear = &now->record.wear;

	seq_printf(s, "cycles: %llu\n", emrelay_wear_cycles(wear));
	seq_printf(s, "cycles_loaded: %llu\n", emrelay_wear_cycles_loaded(wear));
	seq_printf(s, "cycles_unloaded: %llu\n", wear->cycles[EMRELAY_LOAD_NONE]);
	seq_printf(s, "cycles_resistive: %llu\n",
		   wear->cycles[EMRELAY_LOAD_RESISTIVE]);
	seq_printf(s, "cycles_ac_15: %llu\n", wear->cycles[EMRELAY_LOAD_AC15]);
	seq_printf(s, "cycles_dc_13: %llu\n", wear->cycles[EMRELAY_LOAD_DC13]);
	seq_printf(s, "on_time_ms: %llu\n", div_u64(wear->on_ns, NSEC_PER_MSEC));
	emrelay_show_known(s, "longest_on_ms", wear->longest_on_ns,
			   div_u64(wear->longest_on_ns, NSEC_PER_MSEC));
	emrelay_show_known(s, "shortest_on_ms", wear->shortest_on_ns,
			   div_u64(wear->shortest_on_ns, NSEC_PER_MSEC));
	emrelay_show_known(s, "first_use_s", wear->first_use_ns,
			   div_u64(wear->first_use_ns, NSEC_PER_SEC));
	emrelay_show_known(s, "last_use_s", wear->last_use_ns,
			   div_u64(wear->last_use_ns, NSEC_PER_SEC));
}

static void emrelay_show_life(struct seq_file *s,
			      const struct emrelay_wear_snapshot *now)
{
	const struct emrelay_wear *wear = &now->record.wear;
	const struct emrelay_duty *duty = &now->record.duty;
	struct emrelay_use day, month;

	seq_printf(s, "damage_pico: %llu\n", wear->damage.pico);
	seq_printf(s, "life_used_ppm: %llu\n", emrelay_wear_ppm(wear));
	seq_printf(s, "basis: %s\n", emrelay_basis_names[now->expected.basis]);
	emrelay_show_known(s, "load_ma", now->load_microamp,
			   now->load_microamp / 1000);
	seq_printf(s, "life_at_load: %llu\n",
		   now->expected.life >> EMRELAY_LIFE_SHIFT);
	seq_printf(s, "cycles_left: %llu\n",
		   emrelay_wear_cycles_left(wear, now->expected.life));
	/* In a record that does not go on the present is 0. */
	day = emrelay_duty_use(&duty->day, wear, EMRELAY_DAY_TENTH_NS, 0);
	month = emrelay_duty_use(&duty->month, wear, EMRELAY_MONTH_TENTH_NS, 0);
	emrelay_show_use(s, "24h", &day, wear);
	emrelay_show_use(s, "30d", &month, wear);
}

/* What says which DC loads the contact may switch? */
static const char *emrelay_dc_rating(const struct emrelay_config *config)
{
	if (config->dc_limit.count)
		return "tree";
	return config->part ? "sheet" : "not-rated";
}

static int emrelay_wear_show(struct seq_file *s, void *unused)
{
	struct emrelay_channel *channel = s->private;
	const struct emrelay_ratings *ratings = &channel->config.ratings;
	struct emrelay_wear_snapshot now;
	struct emrelay_clocks clocks;
	unsigned long flags;

	spin_lock_irqsave(&channel->bank->lock, flags);
	clocks = emrelay_clocks();
	now.record = channel->life->record;
	now.source = channel->life->wear_source;
	now.on = channel->life->engine.past.coil;
	now.expected = channel->expected;
	now.load_microamp = channel->load_microamp;
	now.warn_ppm = channel->warn_ppm;
	now.block_worn = channel->block_worn;
	now.has_stored = channel->store.has_cycles;
	now.stored = channel->store.cycles;
	now.has_writes = channel->store.nvmem && channel->life->stored;
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	emrelay_record_freeze(&now.record, now.on, &clocks);

	seq_printf(s, "serial: %s\n", now.record.identity.serial[0] ?
		   now.record.identity.serial : "-");
	seq_printf(s, "generation: %u\n", now.record.identity.generation);
	seq_printf(s, "unknown_history: %u\n", now.record.unknown_history);
	seq_printf(s, "wear_source: %s\n", emrelay_wear_source_names[now.source]);
	emrelay_show_known(s, "cycles_stored", now.has_stored, now.stored);
	emrelay_show_known(s, "store_writes", now.has_writes,
			   now.record.writes);
	emrelay_show_counts(s, &now);
	emrelay_show_life(s, &now);
	seq_printf(s, "electrical_life: %u\n", ratings->electrical_life);
	seq_printf(s, "mechanical_life: %u\n", ratings->mechanical_life);
	seq_printf(s, "dc_rating: %s\n", emrelay_dc_rating(&channel->config));
	seq_printf(s, "warn_ppm: %u\n", now.warn_ppm);
	seq_printf(s, "end_of_life: %s\n",
		   emrelay_end_of_life_names[now.block_worn]);
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
	seq_printf(s, "watchdog_ns: %llu\n", now.engine.limits.watchdog_ns);
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
	emrelay_show_time(s, "edge_ns", past->known, past->edge_ns);
	emrelay_show_time(s, "energised_ns", past->cycled, past->energised_ns);
	emrelay_show_time(s, "settled_ns", past->known,
			  emrelay_engine_settled_ns(&now.engine));
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

		seq_printf(s, "%llu %s", entry->ns,
			   emrelay_event_names[entry->event]);
		if (entry->event == EMRELAY_EVENT_REPLACED_CYCLES ||
		    entry->event == EMRELAY_EVENT_REPLACED_PPM)
			seq_printf(s, "%u replaced\n", entry->value);
		else
			seq_printf(s, " %s\n", emrelay_source_names[entry->source]);
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
