// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/relay. What each file holds is said in
 * Documentation/ABI/testing/debugfs-relay. A new figure is one more line
 * below.
 */
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>
#include <linux/timekeeping.h>

#include "bank.h"
#include "core.h"

static struct dentry *emrelay_debugfs_root;

/* A line "key: value"; what nobody knows is -1. */
static void emrelay_put(struct seq_file *s, const char *key, u64 value)
{
	if (value == U64_MAX)
		seq_printf(s, "%s: -1\n", key);
	else
		seq_printf(s, "%s: %llu\n", key, value);
}

/* The same for what is not known as long as it is 0. */
static void emrelay_put_known(struct seq_file *s, const char *key, u64 value, u32 divisor)
{
	if (value)
		emrelay_put(s, key, div_u64(value, divisor));
	else
		seq_printf(s, "%s: unknown\n", key);
}

/* Neither computing nor printing the figures of a moment sleeps. */
static int emrelay_wear_show(struct seq_file *s, void *unused)
{
	static const char * const sources[] = { "none", "nvmem", "record" };
	static const char * const bases[] = { "sheet", "curve", "assumed" };
	static const char * const dc[] = { "not-rated", "sheet", "tree" };
	static const struct emrelay_wear none;
	const struct emrelay_channel *channel = s->private;
	const struct emrelay_account *account = &channel->memory->account;
	const struct emrelay_config *config = &channel->config;
	const struct emrelay_wear *wear = &account->wear;
	struct emrelay_clocks now;
	u64 cycles;

	guard(spinlock_irqsave)(&channel->bank->lock);
	now = emrelay_clocks();
	cycles = emrelay_wear_cycles(wear);
	emrelay_put(s, "unknown_history", account->unknown_history);
	seq_printf(s, "wear_source: %s\n", sources[account->source]);
	emrelay_put(s, "cycles", cycles);
	emrelay_put(s, "cycles_loaded", cycles - wear->cycles[EMRELAY_LOAD_NONE]);
	emrelay_put(s, "cycles_unloaded", wear->cycles[EMRELAY_LOAD_NONE]);
	emrelay_put(s, "cycles_resistive", wear->cycles[EMRELAY_LOAD_RESISTIVE]);
	emrelay_put(s, "cycles_ac_15", wear->cycles[EMRELAY_LOAD_AC15]);
	emrelay_put(s, "cycles_dc_13", wear->cycles[EMRELAY_LOAD_DC13]);
	emrelay_put(s, "on_time_ms",
		    div_u64(emrelay_wear_on_ns(wear, channel->memory->engine.past.coil, now.now_ns),
			    NSEC_PER_MSEC));
	emrelay_put_known(s, "longest_on_ms", wear->longest_on_ns, NSEC_PER_MSEC);
	emrelay_put_known(s, "shortest_on_ms", wear->shortest_on_ns, NSEC_PER_MSEC);
	/* In this boot, else as a record has it. */
	emrelay_put_known(s, "first_use_s", emrelay_clock_real_ns(&now, wear->first_ns) ?:
			  wear->first_use_ns, NSEC_PER_SEC);
	emrelay_put_known(s, "last_use_s", emrelay_clock_real_ns(&now, wear->last_ns) ?:
			  wear->last_use_ns, NSEC_PER_SEC);
	emrelay_put(s, "damage_pico", wear->damage_pico);
	emrelay_put(s, "life_used_ppm", emrelay_wear_ppm(wear));
	seq_printf(s, "basis: %s\n", bases[channel->cost.basis]);
	emrelay_put_known(s, "load_ma", channel->settings.load_microamp, 1000);
	emrelay_put(s, "life_at_load", emrelay_wear_cycles_left(&none, channel->cost.pico));
	emrelay_put(s, "cycles_left", emrelay_wear_cycles_left(wear, channel->cost.pico));
	emrelay_put(s, "electrical_life", config->ratings.electrical_life);
	emrelay_put(s, "mechanical_life", config->ratings.mechanical_life);
	seq_printf(s, "dc_rating: %s\n", dc[config->dc_limit.count ? 2 :
		   config->part && emrelay_part_rates(config->part, EMRELAY_LOAD_DC13)]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(emrelay_wear);

static int emrelay_limits_show(struct seq_file *s, void *unused)
{
	const struct emrelay_channel *channel = s->private;
	const struct emrelay_limits *limits = &channel->memory->engine.limits;

	guard(spinlock_irqsave)(&channel->bank->lock);
	emrelay_put(s, "close_ns", limits->close_ns);
	emrelay_put(s, "open_ns", limits->open_ns);
	emrelay_put(s, "spacing_ns", limits->spacing_ns);
	emrelay_put(s, "min_on_ns", limits->min_on_ns);
	emrelay_put(s, "min_off_ns", limits->min_off_ns);
	emrelay_put(s, "max_on_ns", limits->max_on_ns);
	emrelay_put(s, "momentary_ns", limits->momentary_ns);
	emrelay_put(s, "watchdog_ns", limits->watchdog_ns);
	emrelay_put(s, "loaded_per_minute", channel->config.ratings.loaded_per_minute);
	emrelay_put(s, "unloaded_per_minute", channel->config.ratings.unloaded_per_minute);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(emrelay_limits);

/* What was measured of a contact, in ns. */
static void emrelay_put_times(struct seq_file *s, const char *what,
			      const struct emrelay_times *times)
{
	const struct {
		const char *name;
		u64 ns;
	} rows[] = {
		{ "last", times->last_ns }, { "min", times->min_ns }, { "max", times->max_ns },
		{ "mean", times->n ? div64_u64(times->sum_ns, times->n) : 0 },
		{ "baseline", times->baseline_ns }, { "ewma", times->ewma_ns },
	};
	unsigned int i;

	seq_printf(s, "%s_n: %llu\n", what, times->n);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		seq_printf(s, "%s_%s", what, rows[i].name);
		emrelay_put_known(s, "_ns", rows[i].ns, 1);
	}
}

static int emrelay_timing_show(struct seq_file *s, void *unused)
{
	const struct emrelay_channel *channel = s->private;
	const struct emrelay_engine *engine = &channel->memory->engine;
	struct emrelay_arbiter *arbiter = &channel->bank->arbiter;
	u64 now_ns;

	guard(spinlock_irqsave)(&channel->bank->lock);
	now_ns = ktime_get_boottime_ns();
	emrelay_put(s, "now_ns", now_ns);
	emrelay_put(s, "edge_ns", engine->past.edge_ns);
	emrelay_put(s, "energised_ns", engine->past.cycled ? engine->past.energised_ns : U64_MAX);
	emrelay_put(s, "settled_ns", emrelay_engine_settled_ns(engine));
	emrelay_put(s, "timer_ns", channel->wake_ns);
	emrelay_put(s, "wait_ns", emrelay_engine_wait_ns(engine, now_ns));
	emrelay_put(s, "ready_ns", emrelay_arbiter_ready_ns(arbiter, channel->index, now_ns));
	emrelay_put(s, "pulse_left_ns", emrelay_engine_pulse_left_ns(engine, now_ns));
	if (!channel->sense)
		return 0;

	emrelay_put_times(s, "operate", &channel->memory->feedback->life.operate);
	emrelay_put_times(s, "release", &channel->memory->feedback->life.release);
	emrelay_put_times(s, "bounce", &channel->memory->feedback->life.bounce);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(emrelay_timing);

static void emrelay_history_line(struct seq_file *s, const struct emrelay_history_entry *entry)
{
	static const char * const words[] = {
		"off", "on", "refused", "fault", "clear", "cycles", "life_used_ppm",
	};
	const char *word = words[entry->event];

	if (entry->event >= EMRELAY_EVENT_CYCLES)
		seq_printf(s, "%llu %s=%u replaced\n", entry->ns, word, entry->value);
	else
		seq_printf(s, "%llu %s %s\n", entry->ns, word, entry->event < EMRELAY_EVENT_FAULT ?
			   emrelay_source_names[entry->why] : emrelay_fault_names[entry->why]);
}

static int emrelay_history_show(struct seq_file *s, void *unused)
{
	const struct emrelay_channel *channel = s->private;
	const struct emrelay_memory *memory = channel->memory;
	u32 i;

	guard(spinlock_irqsave)(&channel->bank->lock);
	for (i = memory->events - min_t(u32, memory->events, EMRELAY_HISTORY);
	     i < memory->events; i++)
		emrelay_history_line(s, &memory->history[i % EMRELAY_HISTORY]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(emrelay_history);

/* As printf() is too slow for hundreds of relays, all columns are left-aligned. */
static void emrelay_column(struct seq_file *s, unsigned int width, const char *text)
{
	seq_setwidth(s, width);
	seq_puts(s, text);
	seq_pad(s, ' ');
}

static void emrelay_number(struct seq_file *s, s64 number)
{
	seq_setwidth(s, 10);
	seq_put_decimal_ll(s, NULL, number);
	seq_pad(s, ' ');
}

/* A time in us; one that another relay decides about is -1. */
static void emrelay_time_us(struct seq_file *s, u64 ns)
{
	emrelay_number(s, ns == U64_MAX ? -1 : (s64)div_u64(ns, NSEC_PER_USEC));
}

static int emrelay_summary_show(struct seq_file *s, void *v)
{
	struct emrelay_channel *channel = list_entry(v, struct emrelay_channel, node);
	const struct emrelay_engine *engine;
	u64 now_ns;

	if (v == &emrelay_channels) {
		seq_printf(s, "%-24s %-16s %-5s %-4s %-7s %-9s %-10s %-10s %-10s %-10s %s\n",
			   "relay", "part", "state", "coil", "contact", "load",
			   "wait_us", "ready_us", "cycles", "life_ppm", "health");
		return 0;
	}

	/* Neither computing nor printing a line sleeps. */
	guard(spinlock_irqsave)(&channel->bank->lock);
	now_ns = ktime_get_boottime_ns();
	engine = &channel->memory->engine;
	emrelay_column(s, 24, dev_name(&channel->dev));
	emrelay_column(s, 16, channel->config.part_name);
	emrelay_column(s, 5, str_on_off(engine->target));
	emrelay_column(s, 4, str_on_off(engine->past.coil));
	emrelay_column(s, 7, emrelay_contact_names[emrelay_channel_contact(channel, now_ns)]);
	emrelay_column(s, 9, emrelay_load_names[channel->settings.load_class]);
	emrelay_time_us(s, emrelay_engine_wait_ns(engine, now_ns));
	emrelay_time_us(s, emrelay_arbiter_ready_ns(&channel->bank->arbiter,
						    channel->index, now_ns));
	emrelay_number(s, emrelay_wear_cycles(&channel->memory->account.wear));
	emrelay_number(s, emrelay_wear_ppm(&channel->memory->account.wear));
	seq_puts(s, emrelay_health_names[channel->told.health]);
	seq_putc(s, '\n');
	return 0;
}

/* None is registered or unregistered until emrelay_summary_stop(). */
static void *emrelay_summary_start(struct seq_file *s, loff_t *pos)
{
	mutex_lock(&emrelay_lock);
	return seq_list_start_head(&emrelay_channels, *pos);
}

static void *emrelay_summary_next(struct seq_file *s, void *v, loff_t *pos)
{
	return seq_list_next(v, &emrelay_channels, pos);
}

static void emrelay_summary_stop(struct seq_file *s, void *v)
{
	mutex_unlock(&emrelay_lock);
}

static const struct seq_operations emrelay_summary_sops = {
	.start = emrelay_summary_start,
	.next = emrelay_summary_next,
	.stop = emrelay_summary_stop,
	.show = emrelay_summary_show,
};
DEFINE_SEQ_ATTRIBUTE(emrelay_summary);

static void emrelay_debugfs_remove(void *directory)
{
	debugfs_remove(directory);
}

/**
 * emrelay_debugfs_add - a channel's directory
 * @channel: the channel, named
 *
 * It has the relay's name; one named "summary", after any number of "_", gets one
 * "_" more, so that no name is that of the file.
 *
 * Context: May sleep. Undone with the bank's device (devm).
 * Return: 0 or -ENOMEM; as with all of debugfs nothing else depends on its
 * success.
 */
int emrelay_debugfs_add(struct emrelay_channel *channel)
{
	const char *name = dev_name(&channel->dev);
	bool clash = !strcmp(name + strspn(name, "_"), "summary");
	struct dentry *directory;

	char *path __free(kfree) = kasprintf(GFP_KERNEL, "%s%s", clash ? "_" : "", name);
	if (!path)
		return -ENOMEM;

	directory = debugfs_create_dir(path, emrelay_debugfs_root);
	debugfs_create_file("wear", 0444, directory, channel, &emrelay_wear_fops);
	debugfs_create_file("limits", 0444, directory, channel, &emrelay_limits_fops);
	debugfs_create_file("timing", 0444, directory, channel, &emrelay_timing_fops);
	debugfs_create_file("history", 0444, directory, channel, &emrelay_history_fops);
	return devm_add_action_or_reset(channel->bank->dev, emrelay_debugfs_remove, directory);
}

/**
 * emrelay_debugfs_init - make /sys/kernel/debug/relay
 *
 * Context: May sleep.
 */
void emrelay_debugfs_init(void)
{
	emrelay_debugfs_root = debugfs_create_dir("relay", NULL);
	debugfs_create_file("summary", 0444, emrelay_debugfs_root, NULL, &emrelay_summary_fops);
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
