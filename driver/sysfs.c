// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files in /sys/class/relay, and those of a bank's device. What each means,
 * with unit and range, is said in Documentation/ABI/testing. A new number is
 * one more row in a table below.
 */
#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>

#include "bank.h"

/**
 * struct emrelay_attribute - a file of a channel
 * @dev: the attribute
 * @get: what is read, under the bank's lock; NULL: a setting
 * @visible: does the channel have the file? NULL: each does
 * @words: the words that stand for 0, 1, ...; NULL: it is a number
 * @unknown: what stands for U64_MAX, which nobody knows
 * @offset: of the setting in struct emrelay_settings, or of what @get reads
 * @min: smallest value that may be written
 * @max: largest one; with @words the number of the last word
 * @scale: what is written is multiplied by it, what is read is divided
 */
struct emrelay_attribute {
	struct device_attribute dev;
	u64 (*get)(const struct emrelay_channel *channel, u64 now_ns, unsigned int offset);
	u64 (*visible)(const struct emrelay_channel *channel, u64 now_ns, unsigned int offset);
	const char * const *words;
	const char *unknown;
	unsigned int offset;
	u32 min;
	u32 max;
	u32 scale;
};

static const char * const emrelay_on_off[] = { "off", "on" };
static const char * const emrelay_policy_names[] = { "defer", "reject" };
static const char * const emrelay_end_of_life_names[] = { "warn", "block" };
static const char * const emrelay_fault_action_names[] = { "block", "report", "release" };

static const struct emrelay_attribute *emrelay_attribute(struct device_attribute *attr)
{
	return container_of(attr, struct emrelay_attribute, dev);
}

static ssize_t emrelay_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct emrelay_attribute *file = emrelay_attribute(attr);
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	u64 value;

	scoped_guard(spinlock_irqsave, &channel->bank->lock)
		value = file->get ? file->get(channel, ktime_get_boottime_ns(), file->offset) :
				    *(u32 *)((void *)&channel->settings + file->offset);

	if (file->words)
		return sysfs_emit(buf, "%s\n", file->words[value]);
	if (value == U64_MAX)
		return sysfs_emit(buf, "%s\n", file->unknown);
	return sysfs_emit(buf, "%llu\n", div_u64(value, file->scale ?: 1));
}

static ssize_t emrelay_store_setting(struct device *dev, struct device_attribute *attr,
				     const char *buf, size_t size)
{
	const struct emrelay_attribute *file = emrelay_attribute(attr);
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	u32 value;
	int ret;

	if (file->words) {
		ret = __sysfs_match_string(file->words, file->max + 1, buf);
		if (ret < 0)
			return ret;
		value = ret;
	} else if (kstrtou32(buf, 0, &value) || value < file->min || value > file->max) {
		return -EINVAL;
	}

	ret = emrelay_channel_configure(channel, file->offset, value * (file->scale ?: 1));
	emrelay_channel_sync(channel);
	return ret ?: size;
}

static ssize_t emrelay_request_store(struct device *dev, enum emrelay_op op,
				     u64 pulse_ns, size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	int ret;

	/* Waits for an edge that is still on its way: limits count from it. */
	emrelay_channel_sync(channel);
	ret = emrelay_channel_request(channel, op, EMRELAY_BY_SYSFS, pulse_ns);
	emrelay_channel_sync(channel);
	return ret ?: size;
}

static ssize_t emrelay_state_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t size)
{
	static const char * const words[] = { "off", "on", "toggle", "0", "1" };
	static const enum emrelay_op ops[] = {
		EMRELAY_OFF, EMRELAY_ON, EMRELAY_TOGGLE, EMRELAY_OFF, EMRELAY_ON,
	};
	int word = sysfs_match_string(words, buf);

	if (word < 0)
		return word;

	return emrelay_request_store(dev, ops[word], 0, size);
}

static ssize_t emrelay_pulse_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t size)
{
	u32 ms;

	if (kstrtou32(buf, 0, &ms))
		return -EINVAL;

	return emrelay_request_store(dev, EMRELAY_PULSE, (u64)ms * NSEC_PER_MSEC, size);
}

/* Reading asks for a notification of the next change, which takes a timer. */
static ssize_t emrelay_contact_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	enum emrelay_contact contact = emrelay_channel_watch(emrelay_from_dev(dev));

	return sysfs_emit(buf, "%s\n", emrelay_contact_names[contact]);
}

static ssize_t emrelay_fault_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t size)
{
	if (!sysfs_streq(buf, "clear"))
		return -EINVAL;

	return emrelay_fault_acknowledge(emrelay_from_dev(dev)) ?: size;
}

static ssize_t emrelay_label_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", emrelay_from_dev(dev)->config.label ?: dev_name(dev));
}

static ssize_t emrelay_part_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", emrelay_from_dev(dev)->config.part_name);
}

static ssize_t emrelay_serial_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);

	guard(spinlock_irqsave)(&channel->bank->lock);
	return sysfs_emit(buf, "%s\n", channel->memory->account.serial);
}

/* The record of a relay's life as a line of text; the digit is the format of that line. */
#define EMRELAY_RECORD_TEXT	"emrelay-1 "

static ssize_t emrelay_wear_record_show(struct device *dev, struct device_attribute *attr,
					char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	int length = sysfs_emit(buf, EMRELAY_RECORD_TEXT);
	struct emrelay_record record;
	char *end;

	emrelay_channel_record(channel, &record, 0);
	end = bin2hex(buf + length, &record, sizeof(record));
	*end++ = '\n';
	return end - buf;
}

/* Merges such a line, if it is of this relay and undamaged. */
static ssize_t emrelay_wear_record_store(struct device *dev, struct device_attribute *attr,
					 const char *buf, size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	const char *text = buf + strlen(EMRELAY_RECORD_TEXT);
	struct emrelay_record record;
	int ret;

	if (!str_has_prefix(buf, EMRELAY_RECORD_TEXT) ||
	    hex2bin((u8 *)&record, text, sizeof(record)) ||
	    !sysfs_streq(text + 2 * sizeof(record), "") ||
	    emrelay_record_check(&record))
		return -EINVAL;

	ret = emrelay_store_load(channel) ?:
	      emrelay_channel_merge(channel, &record, EMRELAY_WEAR_RECORD);
	if (ret)
		return ret;

	emrelay_store_claim(channel);
	return size;
}

/* Another relay is in the socket. Its name: 1 to 31 printable ASCII characters, not all blanks. */
static ssize_t emrelay_replace_store(struct device *dev, struct device_attribute *attr,
				     const char *buf, size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	char serial[EMRELAY_SERIAL_SIZE] = "";
	const char *end = buf;
	int ret;

	while (isascii(*end) && isprint(*end))
		end++;
	if (!sysfs_streq(end, "") || end - buf >= sizeof(serial) || skip_spaces(buf) >= end)
		return -EINVAL;

	ret = emrelay_store_load(channel);
	if (ret)
		return ret;

	memcpy(serial, buf, end - buf);
	emrelay_channel_replace(channel, serial);
	return size;
}

/* Times are shown in whole ms; what is left of one is not 0 yet. */
static u64 emrelay_ms(u64 ns)
{
	return ns == U64_MAX ? ns : div_u64(emrelay_time_add(ns, NSEC_PER_MSEC - 1), NSEC_PER_MSEC);
}

#define EMRELAY_GET(name, value)						\
static u64 emrelay_get_##name(const struct emrelay_channel *channel,		\
			      u64 now_ns, unsigned int offset)			\
{										\
	return value;								\
}

EMRELAY_GET(state, channel->memory->engine.target)
EMRELAY_GET(coil, channel->memory->engine.past.coil)
EMRELAY_GET(pulse_ms, emrelay_ms(emrelay_engine_pulse_left_ns(&channel->memory->engine, now_ns)))
EMRELAY_GET(wait_ms, emrelay_ms(emrelay_engine_wait_ns(&channel->memory->engine, now_ns)))
EMRELAY_GET(ready_ms, emrelay_ms(emrelay_arbiter_ready_ns(&channel->bank->arbiter, channel->index,
							  now_ns)))
EMRELAY_GET(cycles, emrelay_wear_cycles(&channel->memory->account.wear))
EMRELAY_GET(ppm, emrelay_wear_ppm(&channel->memory->account.wear))
EMRELAY_GET(left, emrelay_wear_cycles_left(&channel->memory->account.wear, channel->cost.pico))
EMRELAY_GET(health, channel->told.health)
EMRELAY_GET(fault, emrelay_fault_worst(channel))
EMRELAY_GET(current, channel->settings.load_microamp ?: U64_MAX)
EMRELAY_GET(stored, channel->store->cycles)
EMRELAY_GET(is_stored, emrelay_store_present(channel->store))
EMRELAY_GET(is_interlocked, channel->config.interlocked)
EMRELAY_GET(is_sensed, !!channel->sense)
EMRELAY_GET(is_supplied, channel->bank->supply.regulator || channel->sense)
EMRELAY_GET(sense, channel->sense->state)
EMRELAY_GET(seen, *(u64 *)((void *)channel->memory->feedback + offset))
EMRELAY_GET(dead_time, channel->config.dead_time_us)
EMRELAY_GET(config, *(u32 *)((void *)&channel->config + offset))
EMRELAY_GET(memory, *(u64 *)((void *)channel->memory + offset))
EMRELAY_GET(requests, channel->memory->engine.statistics.accepted +
		      channel->memory->engine.statistics.rejected)

/* Can a contact withdraw a target of the relay? Its own can, or that of another of its group. */
static u64 emrelay_get_is_withdrawn(const struct emrelay_channel *channel, u64 now_ns,
				    unsigned int offset)
{
	const struct emrelay_bank *bank = channel->bank;
	const struct emrelay_member *members = bank->arbiter.members;
	const struct emrelay_group *group = members[channel->index].group;
	bool sensed = channel->sense;

	for (unsigned int i = 0; group && !sensed && i < bank->count; i++)
		sensed = members[i].group == group && bank->channels[i]->sense;
	return sensed;
}

/* A time that was measured, in ns. */
static u64 emrelay_get_measured(const struct emrelay_channel *channel, u64 now_ns,
				unsigned int offset)
{
	const struct emrelay_times *times = (void *)channel->memory->feedback + offset;

	return times->n ? times->last_ns : U64_MAX;
}

static u64 emrelay_get_resolution(const struct emrelay_channel *channel, u64 now_ns,
				  unsigned int offset)
{
	const struct emrelay_sense *sense = channel->sense;

	if (channel->config.contact_type == EMRELAY_LOAD_AC)
		return channel->memory->feedback->full_wave ? 3000 : 10000;
	if (sense->irq)
		return sense->sleeps ? 1000 : 1;
	return sense->sleeps ? 5000 : 1000;
}

static ssize_t emrelay_health_cause_show(struct device *dev, struct device_attribute *attr,
					 char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);

	guard(spinlock_irqsave)(&channel->bank->lock);
	return sysfs_emit(buf, "%s\n", emrelay_channel_health_cause(channel));
}

/* The tables are of pointers, as attribute groups are. */
#define EMRELAY_ATTR(_attr, ...)					\
	(&((struct emrelay_attribute) { .dev = _attr, ##__VA_ARGS__ }).dev.attr)
#define EMRELAY_FILE(_name, _mode, _show, _store, ...)			\
	EMRELAY_ATTR(__ATTR(_name, _mode, _show, _store), ##__VA_ARGS__)
#define EMRELAY_RO(_name, _get, ...)					\
	EMRELAY_FILE(_name, 0444, emrelay_show, NULL,			\
		     .get = emrelay_get_##_get, ##__VA_ARGS__)
#define EMRELAY_SETTING(_name, _field, ...)				\
	EMRELAY_FILE(_name, 0644, emrelay_show, emrelay_store_setting,	\
		     .offset = offsetof(struct emrelay_settings, _field), ##__VA_ARGS__)
#define EMRELAY_MS(_name, _field)					\
	EMRELAY_SETTING(_name, _field, .max = U32_MAX)
#define EMRELAY_RATING(_name, _field)					\
	EMRELAY_RO(_name, config, .offset = offsetof(struct emrelay_config, ratings._field))
#define EMRELAY_MEASURED(_name, _field)					\
	EMRELAY_RO(_name, measured, .unknown = "unknown", .scale = NSEC_PER_USEC,	\
		   .offset = offsetof(struct emrelay_feedback, life._field))
#define EMRELAY_SEEN(_name, _field)					\
	EMRELAY_RO(_name, seen, .offset = offsetof(struct emrelay_feedback, _field),	\
		   .visible = emrelay_get_is_sensed)
#define EMRELAY_STATISTIC(_name, _field)				\
	EMRELAY_RO(_name, memory, .offset = offsetof(struct emrelay_memory, _field))

static struct attribute *emrelay_files[] = {
	/* Written often: without an allocation. */
	EMRELAY_ATTR(__ATTR_PREALLOC(state, 0644, emrelay_show, emrelay_state_store),
		     .get = emrelay_get_state, .words = emrelay_on_off),
	EMRELAY_ATTR(__ATTR_PREALLOC(pulse_ms, 0644, emrelay_show, emrelay_pulse_store),
		     .get = emrelay_get_pulse_ms),
	EMRELAY_RO(coil, coil, .words = emrelay_on_off),
	EMRELAY_FILE(contact, 0444, emrelay_contact_show, NULL),
	EMRELAY_SETTING(policy, policy, .words = emrelay_policy_names, .max = 1),
	EMRELAY_SETTING(load, load_class, .words = emrelay_load_names, .max = EMRELAY_LOAD_DC13),
	EMRELAY_FILE(load_ma, 0644, emrelay_show, emrelay_store_setting,
		     .get = emrelay_get_current, .unknown = "unknown",
		     .offset = offsetof(struct emrelay_settings, load_microamp),
		     .min = 1, .max = U32_MAX / 1000, .scale = 1000),
	EMRELAY_MS(min_on_ms, min_on_ms),
	EMRELAY_MS(min_off_ms, min_off_ms),
	EMRELAY_MS(max_on_ms, max_on_ms),
	EMRELAY_MS(momentary_ms, momentary_ms),
	EMRELAY_MS(watchdog_ms, watchdog_ms),
	EMRELAY_SETTING(interlock, changeover, .words = emrelay_interlock_names, .max = 1,
			.visible = emrelay_get_is_interlocked),
	EMRELAY_RO(wait_ms, wait_ms, .unknown = "-1"),
	EMRELAY_RO(ready_ms, ready_ms, .unknown = "-1"),
	EMRELAY_RO(cycle_count, cycles),
	EMRELAY_RO(life_used_ppm, ppm),
	EMRELAY_RO(cycles_left, left),
	EMRELAY_RO(health, health, .words = emrelay_health_names),
	EMRELAY_SETTING(warn_ppm, warn_ppm, .max = EMRELAY_WORN_PPM),
	EMRELAY_SETTING(end_of_life, block_worn, .words = emrelay_end_of_life_names, .max = 1),
	EMRELAY_FILE(fault, 0644, emrelay_show, emrelay_fault_store,
		     .get = emrelay_get_fault, .words = emrelay_fault_names),
	EMRELAY_SETTING(fault_action, fault_action, .words = emrelay_fault_action_names, .max = 2,
			.visible = emrelay_get_is_sensed),
	EMRELAY_RO(sense, sense, .words = emrelay_sense_names, .visible = emrelay_get_is_sensed),
	EMRELAY_SETTING(contact_check_ms, contact_check_ms, .min = 1, .max = U32_MAX,
			.visible = emrelay_get_is_sensed),
	EMRELAY_FILE(health_cause, 0444, emrelay_health_cause_show, NULL,
		     .visible = emrelay_get_is_sensed),
	EMRELAY_FILE(label, 0444, emrelay_label_show, NULL),
	EMRELAY_FILE(part, 0444, emrelay_part_show, NULL),
	EMRELAY_FILE(serial, 0444, emrelay_serial_show, NULL),
	EMRELAY_FILE(replace, 0200, NULL, emrelay_replace_store),
	EMRELAY_FILE(wear_record, 0600, emrelay_wear_record_show, emrelay_wear_record_store),
	EMRELAY_SETTING(flush_cycles, flush_cycles, .min = 1, .max = U32_MAX,
			.visible = emrelay_get_is_stored),
	EMRELAY_SETTING(flush_s, flush_s, .max = U32_MAX, .visible = emrelay_get_is_stored),
	EMRELAY_RO(cycles_stored, stored, .visible = emrelay_get_is_stored),
	NULL
};

static struct attribute *emrelay_ratings[] = {
	EMRELAY_RATING(operate_us, operate_us),
	EMRELAY_RATING(release_us, release_us),
	EMRELAY_RATING(bounce_us, bounce_us),
	EMRELAY_RATING(electrical_life, electrical_life),
	EMRELAY_RATING(mechanical_life, mechanical_life),
	EMRELAY_RATING(loaded_per_minute, loaded_per_minute),
	EMRELAY_RATING(unloaded_per_minute, unloaded_per_minute),
	EMRELAY_RO(dead_time_us, dead_time),
	NULL
};

static struct attribute *emrelay_statistics[] = {
	EMRELAY_RO(requests, requests),
	EMRELAY_STATISTIC(accepted, engine.statistics.accepted),
	EMRELAY_STATISTIC(deferred, engine.statistics.deferred),
	EMRELAY_STATISTIC(coalesced, engine.statistics.coalesced),
	EMRELAY_STATISTIC(rejected, engine.statistics.rejected),
	EMRELAY_STATISTIC(drive_errors, drive_errors),
	EMRELAY_RO(withdrawn, memory, .visible = emrelay_get_is_withdrawn,
		   .offset = offsetof(struct emrelay_memory, engine.statistics.withdrawn)),
	EMRELAY_RO(supply_drops, memory, .visible = emrelay_get_is_supplied,
		   .offset = offsetof(struct emrelay_memory, supply_drops)),
	EMRELAY_SEEN(closings, life.closings),
	EMRELAY_SEEN(misfires, life.misfires),
	EMRELAY_SEEN(welds, life.welds),
	EMRELAY_SEEN(chatters, life.chatters),
	EMRELAY_SEEN(glitches, life.glitches),
	EMRELAY_SEEN(dropped, life.dropped),
	NULL
};

static struct attribute *emrelay_measured[] = {
	EMRELAY_MEASURED(operate_us, operate),
	EMRELAY_MEASURED(release_us, release),
	EMRELAY_MEASURED(bounce_us, bounce),
	EMRELAY_RO(resolution_us, resolution),
	NULL
};

static ssize_t emrelay_bank_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct emrelay_bank *bank = dev_get_drvdata(dev);

	guard(spinlock_irqsave)(&bank->lock);
	return sysfs_emit(buf, "%u\n",
			  *(u32 *)((void *)&bank->config + emrelay_attribute(attr)->offset));
}

static ssize_t emrelay_bank_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t size)
{
	u32 value;

	if (kstrtou32(buf, 0, &value))
		return -EINVAL;

	emrelay_bank_configure(dev_get_drvdata(dev), emrelay_attribute(attr)->offset, value);
	return size;
}

#define EMRELAY_BANK(_name, _field)						\
	EMRELAY_FILE(_name, 0644, emrelay_bank_show, emrelay_bank_store,	\
		     .offset = offsetof(struct emrelay_bank_config, _field))

static struct attribute *emrelay_bank_files[] = {
	EMRELAY_BANK(stagger_ms, stagger_ms),
	EMRELAY_BANK(coil_limit, coil_limit),
	EMRELAY_BANK(verify_s, verify_s),
	NULL
};

static umode_t emrelay_is_visible(struct kobject *kobj, struct attribute *attr, int index)
{
	const struct emrelay_attribute *file =
		emrelay_attribute(container_of(attr, struct device_attribute, attr));

	return !file->visible || file->visible(emrelay_from_dev(kobj_to_dev(kobj)), 0, 0) ?
	       attr->mode : 0;
}

#define EMRELAY_GROUP(_files, _name)						\
static const struct attribute_group _files##_group = {				\
	.name = _name,								\
	.attrs = _files,							\
	.is_visible = emrelay_is_visible,					\
}

EMRELAY_GROUP(emrelay_files, NULL);
EMRELAY_GROUP(emrelay_ratings, "rating");
EMRELAY_GROUP(emrelay_statistics, "statistics");
EMRELAY_GROUP(emrelay_measured, "measured");
EMRELAY_GROUP(emrelay_bank_files, NULL);

const struct attribute_group *emrelay_groups[] = {
	&emrelay_files_group, &emrelay_ratings_group, &emrelay_statistics_group, NULL
};

/* And those of a channel whose contact is read back. */
const struct attribute_group *emrelay_sensed_groups[] = { &emrelay_measured_group, NULL };

const struct attribute_group *emrelay_bank_groups[] = { &emrelay_bank_files_group, NULL };

static const char * const emrelay_file_names[EMRELAY_FILES] = {
	"contact", "health", "fault", "sense",
};

/**
 * emrelay_sysfs_get_files - find the files of a channel that can be polled
 * @channel: the channel, its device added
 *
 * Context: May sleep.
 */
void emrelay_sysfs_get_files(struct emrelay_channel *channel)
{
	for (unsigned int i = 0; i < EMRELAY_FILES; i++)
		channel->files[i] = sysfs_get_dirent(channel->dev.kobj.sd, emrelay_file_names[i]);
}

/**
 * emrelay_sysfs_put_files - wake whoever polls the files of a channel
 * @channel: the channel, its device removed
 *
 * Removing a file wakes nobody; a poller that is woken now finds that it is gone.
 *
 * Context: May sleep. Nobody calls emrelay_sysfs_notify() any more.
 */
void emrelay_sysfs_put_files(struct emrelay_channel *channel)
{
	for (unsigned int i = 0; i < EMRELAY_FILES; i++) {
		emrelay_sysfs_notify(channel, i);
		sysfs_put(channel->files[i]);
		channel->files[i] = NULL;
	}
}

/**
 * emrelay_sysfs_notify - wake whoever polls a file
 * @channel: the channel
 * @file: the file
 *
 * Context: Any.
 */
void emrelay_sysfs_notify(struct emrelay_channel *channel, enum emrelay_file file)
{
	if (channel->files[file])
		sysfs_notify_dirent(channel->files[file]);
}
