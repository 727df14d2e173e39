// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/relay. What each file holds is said in
 * Documentation/ABI/testing/debugfs-relay. A new figure is one more row in a
 * table below.
 */
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>
#include <linux/timekeeping.h>

#include "bank.h"
#include "channel.h"
#include "core.h"
#include "debugfs.h"

static struct dentry *emrelay_debugfs_root;

/* What nobody knows. */
#define EMRELAY_UNKNOWN		U64_MAX

/**
 * struct emrelay_key - a line "key: value"
 * @key: the key
 * @get: computes the value, under the bank's lock; NULL: it is a field of
 *	struct emrelay_memory
 * @offset: of that field, a u64
 * @divisor: of the number; 0: 1
 * @words: the words that stand for 0, 1, ...; NULL: it is a number
 * @zero: what 0 reads as; NULL: 0
 */
struct emrelay_key {
	const char *key;
	u64 (*get)(const struct emrelay_channel *channel, const struct emrelay_clocks *now);
	unsigned int offset;
	u32 divisor;
	const char * const *words;
	const char *zero;
};

/* Figures of one moment. Neither computing nor printing them sleeps. */
static void emrelay_show_keys(struct seq_file *s, const struct emrelay_key *keys,
			      unsigned int count)
{
	struct emrelay_channel *channel = s->private;
	struct emrelay_clocks now;

	guard(spinlock_irqsave)(&channel->bank->lock);
	for (now = emrelay_clocks(); count--; keys++) {
		u64 value = keys->get ? keys->get(channel, &now) :
				      *(u64 *)((void *)channel->memory + keys->offset);
		const char *word = value == EMRELAY_UNKNOWN ? "-1" :
				   keys->words ? keys->words[value] : value ? NULL : keys->zero;

		if (word)
			seq_printf(s, "%s: %s\n", keys->key, word);
		else
			seq_printf(s, "%s: %llu\n", keys->key,
				   div_u64(value, keys->divisor ?: 1));
	}
}

#define EMRELAY_GET(name, value)					\
static u64 emrelay_get_##name(const struct emrelay_channel *channel,	\
			      const struct emrelay_clocks *now)		\
{									\
	return value;							\
}

/* CLOCK_REALTIME of a moment of this boot, else what a record has; 0: unknown. */
static u64 emrelay_use(const struct emrelay_clocks *now, u64 ns, u64 recorded_ns)
{
	u64 real_ns = ns && ns != U64_MAX ? emrelay_clock_real_ns(now, ns) : 0;

	return real_ns ?: recorded_ns;
}

static const struct emrelay_wear emrelay_unused;

#define EMRELAY_WEAR	(channel->memory->account.wear)
#define EMRELAY_ENGINE	(channel->memory->engine)
EMRELAY_GET(unknown_history, channel->memory->account.unknown_history)
EMRELAY_GET(wear_source, channel->memory->account.source)
EMRELAY_GET(cycles, emrelay_wear_cycles(&EMRELAY_WEAR))
EMRELAY_GET(loaded, emrelay_wear_cycles(&EMRELAY_WEAR) - EMRELAY_WEAR.cycles[EMRELAY_LOAD_NONE])
EMRELAY_GET(on_time, emrelay_wear_on_ns(&EMRELAY_WEAR, EMRELAY_ENGINE.past.coil, now->now_ns))
EMRELAY_GET(first_use, emrelay_use(now, EMRELAY_WEAR.first_ns, EMRELAY_WEAR.first_use_ns))
EMRELAY_GET(last_use, emrelay_use(now, EMRELAY_WEAR.last_ns, EMRELAY_WEAR.last_use_ns))
EMRELAY_GET(ppm, emrelay_wear_ppm(&EMRELAY_WEAR))
EMRELAY_GET(basis, channel->cost.basis)
EMRELAY_GET(load, channel->settings.load_microamp)
EMRELAY_GET(life_at_load, emrelay_wear_cycles_left(&emrelay_unused, channel->cost.pico))
EMRELAY_GET(cycles_left, emrelay_wear_cycles_left(&EMRELAY_WEAR, channel->cost.pico))
EMRELAY_GET(electrical_life, channel->config.ratings.electrical_life)
EMRELAY_GET(mechanical_life, channel->config.ratings.mechanical_life)
EMRELAY_GET(dc_rating, channel->config.dc_limit.count ? 2 : !!channel->config.part)
EMRELAY_GET(loaded_per_minute, channel->config.ratings.loaded_per_minute)
EMRELAY_GET(unloaded_per_minute, channel->config.ratings.unloaded_per_minute)
EMRELAY_GET(now_ns, now->now_ns)
EMRELAY_GET(energised_ns, EMRELAY_ENGINE.past.cycled ? EMRELAY_ENGINE.past.energised_ns :
						       EMRELAY_UNKNOWN)
EMRELAY_GET(settled_ns, emrelay_engine_settled_ns(&EMRELAY_ENGINE))
EMRELAY_GET(timer_ns, channel->wake_ns)
EMRELAY_GET(wait_ns, emrelay_engine_wait_ns(&EMRELAY_ENGINE, now->now_ns))
EMRELAY_GET(ready_ns, emrelay_arbiter_ready_ns(&channel->bank->arbiter, channel->index,
					       now->now_ns))
EMRELAY_GET(pulse_left_ns, emrelay_engine_pulse_left_ns(&EMRELAY_ENGINE, now->now_ns))

static const char * const emrelay_basis_names[] = { "sheet", "curve", "assumed" };
static const char * const emrelay_wear_source_names[] = { "none", "nvmem", "record" };
static const char * const emrelay_dc_rating_names[] = { "not-rated", "sheet", "tree" };

#define EMRELAY_KEY(key, name, ...)	{ key, emrelay_get_##name, ##__VA_ARGS__ }
#define EMRELAY_FIELD(key, field, ...)	\
	{ key, NULL, offsetof(struct emrelay_memory, field), ##__VA_ARGS__ }
#define EMRELAY_UNLESS_0	.zero = "unknown"

static const struct emrelay_key emrelay_wear_keys[] = {
	EMRELAY_KEY("unknown_history", unknown_history),
	EMRELAY_KEY("wear_source", wear_source, .words = emrelay_wear_source_names),
	EMRELAY_KEY("cycles", cycles),
	EMRELAY_KEY("cycles_loaded", loaded),
	EMRELAY_FIELD("cycles_unloaded", account.wear.cycles[EMRELAY_LOAD_NONE]),
	EMRELAY_FIELD("cycles_resistive", account.wear.cycles[EMRELAY_LOAD_RESISTIVE]),
	EMRELAY_FIELD("cycles_ac_15", account.wear.cycles[EMRELAY_LOAD_AC15]),
	EMRELAY_FIELD("cycles_dc_13", account.wear.cycles[EMRELAY_LOAD_DC13]),
	EMRELAY_KEY("on_time_ms", on_time, .divisor = NSEC_PER_MSEC),
	EMRELAY_FIELD("longest_on_ms", account.wear.longest_on_ns, NSEC_PER_MSEC, EMRELAY_UNLESS_0),
	EMRELAY_FIELD("shortest_on_ms", account.wear.shortest_on_ns, NSEC_PER_MSEC,
		      EMRELAY_UNLESS_0),
	EMRELAY_KEY("first_use_s", first_use, .divisor = NSEC_PER_SEC, EMRELAY_UNLESS_0),
	EMRELAY_KEY("last_use_s", last_use, .divisor = NSEC_PER_SEC, EMRELAY_UNLESS_0),
	EMRELAY_FIELD("damage_pico", account.wear.damage_pico),
	EMRELAY_KEY("life_used_ppm", ppm),
	EMRELAY_KEY("basis", basis, .words = emrelay_basis_names),
	EMRELAY_KEY("load_ma", load, .divisor = 1000, EMRELAY_UNLESS_0),
	EMRELAY_KEY("life_at_load", life_at_load),
	EMRELAY_KEY("cycles_left", cycles_left),
	EMRELAY_KEY("electrical_life", electrical_life),
	EMRELAY_KEY("mechanical_life", mechanical_life),
	EMRELAY_KEY("dc_rating", dc_rating, .words = emrelay_dc_rating_names),
};

static const struct emrelay_key emrelay_limits_keys[] = {
	EMRELAY_FIELD("close_ns", engine.limits.close_ns),
	EMRELAY_FIELD("open_ns", engine.limits.open_ns),
	EMRELAY_FIELD("spacing_ns", engine.limits.spacing_ns),
	EMRELAY_FIELD("min_on_ns", engine.limits.min_on_ns),
	EMRELAY_FIELD("min_off_ns", engine.limits.min_off_ns),
	EMRELAY_FIELD("max_on_ns", engine.limits.max_on_ns),
	EMRELAY_FIELD("momentary_ns", engine.limits.momentary_ns),
	EMRELAY_FIELD("watchdog_ns", engine.limits.watchdog_ns),
	EMRELAY_KEY("loaded_per_minute", loaded_per_minute),
	EMRELAY_KEY("unloaded_per_minute", unloaded_per_minute),
};

static const struct emrelay_key emrelay_timing_keys[] = {
	EMRELAY_KEY("now_ns", now_ns),
	EMRELAY_FIELD("edge_ns", engine.past.edge_ns),
	EMRELAY_KEY("energised_ns", energised_ns),
	EMRELAY_KEY("settled_ns", settled_ns),
	EMRELAY_KEY("timer_ns", timer_ns),
	EMRELAY_KEY("wait_ns", wait_ns),
	EMRELAY_KEY("ready_ns", ready_ns),
	EMRELAY_KEY("pulse_left_ns", pulse_left_ns),
};

#define EMRELAY_KEY_FILE(name)							\
static int emrelay_##name##_show(struct seq_file *s, void *unused)		\
{										\
	emrelay_show_keys(s, emrelay_##name##_keys,				\
			  ARRAY_SIZE(emrelay_##name##_keys));			\
	return 0;								\
}										\
DEFINE_SHOW_ATTRIBUTE(emrelay_##name)

EMRELAY_KEY_FILE(wear);
EMRELAY_KEY_FILE(limits);
EMRELAY_KEY_FILE(timing);

static void emrelay_history_line(struct seq_file *s, const struct emrelay_history_entry *entry)
{
	static const char * const words[] = { "off", "on", "refused", "fault", "clear" };

	seq_printf(s, "%llu ", entry->ns);
	if (entry->event == EMRELAY_EVENT_CYCLES)
		seq_printf(s, "cycles=%u replaced\n", entry->value);
	else if (entry->event == EMRELAY_EVENT_PPM)
		seq_printf(s, "life_used_ppm=%u replaced\n", entry->value);
	else
		seq_printf(s, "%s %s\n", words[entry->event],
			   entry->event < EMRELAY_EVENT_FAULT ?
			   emrelay_source_names[entry->why] : emrelay_fault_names[entry->why]);
}

static int emrelay_history_show(struct seq_file *s, void *unused)
{
	struct emrelay_channel *channel = s->private;
	struct emrelay_memory *memory = channel->memory;
	struct emrelay_history_entry *copy __free(kfree) =
		kmalloc(sizeof(memory->history), GFP_KERNEL);
	u64 i, events;

	if (!copy)
		return -ENOMEM;

	scoped_guard(spinlock_irqsave, &channel->bank->lock) {
		memcpy(copy, memory->history, sizeof(memory->history));
		events = memory->events;
	}

	for (i = events - min_t(u64, events, EMRELAY_HISTORY); i < events; i++)
		emrelay_history_line(s, &copy[i % EMRELAY_HISTORY]);
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

	if (v == SEQ_START_TOKEN) {
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
	emrelay_column(s, 7, emrelay_contact_names[emrelay_engine_contact(engine, now_ns)]);
	emrelay_column(s, 9, emrelay_load_names[channel->settings.load_class]);
	emrelay_time_us(s, emrelay_engine_wait_ns(engine, now_ns));
	emrelay_time_us(s, emrelay_arbiter_ready_ns(&channel->bank->arbiter,
						    channel->index, now_ns));
	emrelay_number(s, emrelay_wear_cycles(&EMRELAY_WEAR));
	emrelay_number(s, emrelay_wear_ppm(&EMRELAY_WEAR));
	seq_puts(s, emrelay_health_names[channel->told.health]);
	seq_putc(s, '\n');
	return 0;
}

static const struct seq_operations emrelay_summary_sops = {
	.start = emrelay_channels_start,
	.next = emrelay_channels_next,
	.stop = emrelay_channels_stop,
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
