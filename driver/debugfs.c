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

/* Most rows of a table. */
#define EMRELAY_KEYS		32

/* What the figures are read from. */
struct emrelay_view {
	const struct emrelay_channel *channel;
	const struct emrelay_config *config;
	const struct emrelay_engine *engine;
	const struct emrelay_account *account;
	const struct emrelay_wear *wear;
	struct emrelay_clocks now;
};

/**
 * struct emrelay_key - a line "key: value"
 * @key: the key
 * @get: the value, under the bank's lock
 * @words: the words that stand for 0, 1, ...; NULL: it is a number
 * @divisor: of the number; 0: 1
 */
struct emrelay_key {
	const char *key;
	u64 (*get)(const struct emrelay_view *v);
	const char * const *words;
	u32 divisor;
};

/* Figures of one moment: read under the lock, printed without it. */
static void emrelay_show_keys(struct seq_file *s, const struct emrelay_key *keys,
			      unsigned int count, const char *unknown)
{
	struct emrelay_channel *channel = s->private;
	struct emrelay_view view = {
		.channel = channel,
		.config = &channel->config,
		.engine = &channel->memory->engine,
		.account = &channel->memory->account,
		.wear = &channel->memory->account.wear,
	};
	u64 values[EMRELAY_KEYS];
	unsigned int i;

	scoped_guard(spinlock_irqsave, &channel->bank->lock) {
		view.now = emrelay_clocks();
		for (i = 0; i < count; i++)
			values[i] = keys[i].get(&view);
	}

	for (i = 0; i < count; i++) {
		if (values[i] == EMRELAY_UNKNOWN)
			seq_printf(s, "%s: %s\n", keys[i].key, unknown);
		else if (keys[i].words)
			seq_printf(s, "%s: %s\n", keys[i].key,
				   keys[i].words[values[i]]);
		else
			seq_printf(s, "%s: %llu\n", keys[i].key,
				   div_u64(values[i], keys[i].divisor ?: 1));
	}
}

#define EMRELAY_GET(name, value)					\
static u64 emrelay_get_##name(const struct emrelay_view *v)		\
{									\
	return value;							\
}

/* CLOCK_REALTIME of a moment of this boot, else what a record told; 0: unknown. */
static u64 emrelay_use(const struct emrelay_view *v, u64 ns, u64 recorded_ns)
{
	u64 real_ns = ns && ns != U64_MAX ? emrelay_clock_real_ns(&v->now, ns) : 0;

	return real_ns ?: recorded_ns ?: EMRELAY_UNKNOWN;
}

/* How many cycles a new relay would last at the present load. */
static u64 emrelay_life_at_load(const struct emrelay_channel *channel)
{
	static const struct emrelay_wear unused;

	return emrelay_wear_cycles_left(&unused, channel->cost.pico);
}

static const char * const emrelay_basis_names[] = { "sheet", "curve", "assumed" };
static const char * const emrelay_wear_source_names[] = { "none", "nvmem", "record" };
static const char * const emrelay_dc_rating_names[] = { "not-rated", "sheet", "tree" };

EMRELAY_GET(unknown_history, v->account->unknown_history)
EMRELAY_GET(wear_source, v->account->source)
EMRELAY_GET(cycles, emrelay_wear_cycles(v->wear))
EMRELAY_GET(cycles_loaded, emrelay_wear_cycles(v->wear) - v->wear->cycles[EMRELAY_LOAD_NONE])
EMRELAY_GET(cycles_unloaded, v->wear->cycles[EMRELAY_LOAD_NONE])
EMRELAY_GET(cycles_resistive, v->wear->cycles[EMRELAY_LOAD_RESISTIVE])
EMRELAY_GET(cycles_ac_15, v->wear->cycles[EMRELAY_LOAD_AC15])
EMRELAY_GET(cycles_dc_13, v->wear->cycles[EMRELAY_LOAD_DC13])
EMRELAY_GET(on_time, emrelay_wear_on_ns(v->wear, v->engine->past.coil, v->now.now_ns))
EMRELAY_GET(longest_on, v->wear->longest_on_ns ?: EMRELAY_UNKNOWN)
EMRELAY_GET(shortest_on, v->wear->shortest_on_ns ?: EMRELAY_UNKNOWN)
EMRELAY_GET(first_use, emrelay_use(v, v->wear->first_ns, v->wear->first_use_ns))
EMRELAY_GET(last_use, emrelay_use(v, v->wear->last_ns, v->wear->last_use_ns))
EMRELAY_GET(damage, v->wear->damage_pico)
EMRELAY_GET(ppm, emrelay_wear_ppm(v->wear))
EMRELAY_GET(basis, v->channel->cost.basis)
EMRELAY_GET(load, v->channel->settings.load_microamp ?: EMRELAY_UNKNOWN)
EMRELAY_GET(life_at_load, emrelay_life_at_load(v->channel))
EMRELAY_GET(cycles_left, emrelay_wear_cycles_left(v->wear, v->channel->cost.pico))
EMRELAY_GET(electrical_life, v->config->ratings.electrical_life)
EMRELAY_GET(mechanical_life, v->config->ratings.mechanical_life)
EMRELAY_GET(dc_rating, v->config->dc_limit.count ? 2 : !!v->config->part)

static const struct emrelay_key emrelay_wear_keys[] = {
	{ "unknown_history", emrelay_get_unknown_history },
	{ "wear_source", emrelay_get_wear_source, emrelay_wear_source_names },
	{ "cycles", emrelay_get_cycles },
	{ "cycles_loaded", emrelay_get_cycles_loaded },
	{ "cycles_unloaded", emrelay_get_cycles_unloaded },
	{ "cycles_resistive", emrelay_get_cycles_resistive },
	{ "cycles_ac_15", emrelay_get_cycles_ac_15 },
	{ "cycles_dc_13", emrelay_get_cycles_dc_13 },
	{ "on_time_ms", emrelay_get_on_time, NULL, NSEC_PER_MSEC },
	{ "longest_on_ms", emrelay_get_longest_on, NULL, NSEC_PER_MSEC },
	{ "shortest_on_ms", emrelay_get_shortest_on, NULL, NSEC_PER_MSEC },
	{ "first_use_s", emrelay_get_first_use, NULL, NSEC_PER_SEC },
	{ "last_use_s", emrelay_get_last_use, NULL, NSEC_PER_SEC },
	{ "damage_pico", emrelay_get_damage },
	{ "life_used_ppm", emrelay_get_ppm },
	{ "basis", emrelay_get_basis, emrelay_basis_names },
	{ "load_ma", emrelay_get_load, NULL, 1000 },
	{ "life_at_load", emrelay_get_life_at_load },
	{ "cycles_left", emrelay_get_cycles_left },
	{ "electrical_life", emrelay_get_electrical_life },
	{ "mechanical_life", emrelay_get_mechanical_life },
	{ "dc_rating", emrelay_get_dc_rating, emrelay_dc_rating_names },
};

#define EMRELAY_LIMIT(name)	EMRELAY_GET(name, v->engine->limits.name)
EMRELAY_LIMIT(close_ns)
EMRELAY_LIMIT(open_ns)
EMRELAY_LIMIT(spacing_ns)
EMRELAY_LIMIT(min_on_ns)
EMRELAY_LIMIT(min_off_ns)
EMRELAY_LIMIT(max_on_ns)
EMRELAY_LIMIT(momentary_ns)
EMRELAY_LIMIT(watchdog_ns)
EMRELAY_GET(loaded_per_minute, v->config->ratings.loaded_per_minute)
EMRELAY_GET(unloaded_per_minute, v->config->ratings.unloaded_per_minute)

static const struct emrelay_key emrelay_limits_keys[] = {
	{ "close_ns", emrelay_get_close_ns },
	{ "open_ns", emrelay_get_open_ns },
	{ "spacing_ns", emrelay_get_spacing_ns },
	{ "min_on_ns", emrelay_get_min_on_ns },
	{ "min_off_ns", emrelay_get_min_off_ns },
	{ "max_on_ns", emrelay_get_max_on_ns },
	{ "momentary_ns", emrelay_get_momentary_ns },
	{ "watchdog_ns", emrelay_get_watchdog_ns },
	{ "loaded_per_minute", emrelay_get_loaded_per_minute },
	{ "unloaded_per_minute", emrelay_get_unloaded_per_minute },
};

EMRELAY_GET(now_ns, v->now.now_ns)
EMRELAY_GET(edge_ns, v->engine->past.edge_ns)
EMRELAY_GET(energised_ns, v->engine->past.cycled ? v->engine->past.energised_ns : EMRELAY_UNKNOWN)
EMRELAY_GET(settled_ns, emrelay_engine_settled_ns(v->engine))
EMRELAY_GET(timer_ns, v->channel->wake_ns)
EMRELAY_GET(wait_ns, emrelay_engine_wait_ns(v->engine, v->now.now_ns))
EMRELAY_GET(ready_ns, emrelay_arbiter_ready_ns(&v->channel->bank->arbiter, v->channel->index, v->now.now_ns))
EMRELAY_GET(pulse_left_ns, emrelay_engine_pulse_left_ns(v->engine, v->now.now_ns))

static const struct emrelay_key emrelay_timing_keys[] = {
	{ "now_ns", emrelay_get_now_ns },
	{ "edge_ns", emrelay_get_edge_ns },
	{ "energised_ns", emrelay_get_energised_ns },
	{ "settled_ns", emrelay_get_settled_ns },
	{ "timer_ns", emrelay_get_timer_ns },
	{ "wait_ns", emrelay_get_wait_ns },
	{ "ready_ns", emrelay_get_ready_ns },
	{ "pulse_left_ns", emrelay_get_pulse_left_ns },
};

#define EMRELAY_KEY_FILE(name, unknown)						\
static int emrelay_##name##_show(struct seq_file *s, void *unused)		\
{										\
	static_assert(ARRAY_SIZE(emrelay_##name##_keys) <= EMRELAY_KEYS);	\
										\
	emrelay_show_keys(s, emrelay_##name##_keys,				\
			  ARRAY_SIZE(emrelay_##name##_keys), unknown);		\
	return 0;								\
}										\
DEFINE_SHOW_ATTRIBUTE(emrelay_##name)

EMRELAY_KEY_FILE(wear, "unknown");
EMRELAY_KEY_FILE(limits, "-1");
EMRELAY_KEY_FILE(timing, "-1");

static const char * const emrelay_event_names[] = {
	[EMRELAY_EVENT_OFF] = "off",
	[EMRELAY_EVENT_ON] = "on",
	[EMRELAY_EVENT_REFUSED] = "refused",
	[EMRELAY_EVENT_FAULT] = "fault",
	[EMRELAY_EVENT_CLEAR] = "clear",
	[EMRELAY_EVENT_CYCLES] = "cycles=",
	[EMRELAY_EVENT_PPM] = "life_used_ppm=",
};

static void emrelay_history_line(struct seq_file *s,
				 const struct emrelay_history_entry *entry)
{
	seq_printf(s, "%llu %s", entry->ns, emrelay_event_names[entry->event]);
	switch (entry->event) {
	case EMRELAY_EVENT_CYCLES:
	case EMRELAY_EVENT_PPM:
		seq_printf(s, "%u replaced\n", entry->value);
		break;
	case EMRELAY_EVENT_FAULT:
	case EMRELAY_EVENT_CLEAR:
		seq_printf(s, " %s\n", emrelay_fault_names[entry->why]);
		break;
	default:
		seq_printf(s, " %s\n", emrelay_source_names[entry->why]);
	}
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

/* A time in us; one that another relay decides about is -1. */
static s64 emrelay_us(u64 ns)
{
	return ns == U64_MAX ? -1 : (s64)div_u64(ns, NSEC_PER_USEC);
}

static int emrelay_summary_show(struct seq_file *s, void *v)
{
	struct emrelay_channel *channel;
	const struct emrelay_engine *engine;
	enum emrelay_contact contact;
	enum emrelay_load_class class;
	enum emrelay_health health;
	u64 now_ns, wait_ns, ready_ns, cycles, ppm;
	bool target, coil;

	if (v == SEQ_START_TOKEN) {
		seq_printf(s, "%-24s %-16s %-5s %-4s %-7s %-9s %10s %10s %10s %10s %s\n",
			   "relay", "part", "state", "coil", "contact", "load",
			   "wait_us", "ready_us", "cycles", "life_ppm", "health");
		return 0;
	}

	channel = list_entry(v, struct emrelay_channel, node);
	engine = &channel->memory->engine;
	scoped_guard(spinlock_irqsave, &channel->bank->lock) {
		now_ns = ktime_get_boottime_ns();
		target = engine->target;
		coil = engine->past.coil;
		contact = emrelay_engine_contact(engine, now_ns);
		class = channel->settings.load_class;
		health = channel->told.health;
		wait_ns = emrelay_engine_wait_ns(engine, now_ns);
		ready_ns = emrelay_arbiter_ready_ns(&channel->bank->arbiter,
						    channel->index, now_ns);
		cycles = emrelay_wear_cycles(&channel->memory->account.wear);
		ppm = emrelay_wear_ppm(&channel->memory->account.wear);
	}
	seq_printf(s, "%-24s %-16s %-5s %-4s %-7s %-9s %10lld %10lld %10llu %10llu %s\n",
		   dev_name(&channel->dev), channel->config.part_name,
		   str_on_off(target), str_on_off(coil),
		   emrelay_contact_names[contact], emrelay_load_names[class],
		   emrelay_us(wait_ns), emrelay_us(ready_ns), cycles, ppm,
		   emrelay_health_names[health]);
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
	char *path __free(kfree) = kasprintf(GFP_KERNEL, "%s%s",
					     clash ? "_" : "", name);
	struct dentry *directory;

	if (!path)
		return -ENOMEM;

	directory = debugfs_create_dir(path, emrelay_debugfs_root);
	debugfs_create_file("wear", 0444, directory, channel, &emrelay_wear_fops);
	debugfs_create_file("limits", 0444, directory, channel,
			    &emrelay_limits_fops);
	debugfs_create_file("timing", 0444, directory, channel,
			    &emrelay_timing_fops);
	debugfs_create_file("history", 0444, directory, channel,
			    &emrelay_history_fops);
	return devm_add_action_or_reset(channel->bank->dev,
					emrelay_debugfs_remove, directory);
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
