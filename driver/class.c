// SPDX-License-Identifier: GPL-2.0-only
/*
 * The face in /sys/class/relay.
 *
 * What each file means, with unit and range, is said once, in
 * Documentation/ABI/testing/sysfs-class-relay. Reading and writing may sleep
 * and take the bank's lock; a write that does not parse is -EINVAL and changes
 * nothing.
 */
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>

#include "emrelay.h"

/* Which channels there are, and by what names. */
static DEFINE_MUTEX(emrelay_class_lock);

/* Times are shown in whole ms; what is left of one is not 0 yet. */
static u64 emrelay_ms(u64 ns)
{
	return div_u64(emrelay_time_add(ns, NSEC_PER_MSEC - 1), NSEC_PER_MSEC);
}

static ssize_t emrelay_request_store(struct emrelay_channel *channel,
				     struct emrelay_request *request, size_t size)
{
	int ret;

	request->source = EMRELAY_BY_SYSFS;
	request->policy = READ_ONCE(channel->policy);
	/* What is still on its way to the coil decides what may follow. */
	emrelay_channel_sync(channel);
	ret = emrelay_channel_request(channel, request);
	if (ret)
		return ret;

	emrelay_channel_sync(channel);
	return size;
}

/* Time that another relay decides about is shown as -1. */
static ssize_t emrelay_show_foreseen(struct device *dev, char *buf,
				     int (*ask)(struct emrelay_channel *channel,
						u64 now_ns, u64 *ns))
{
	u64 ns;
	int ret;

	ret = ask(emrelay_from_dev(dev), ktime_get_boottime_ns(), &ns);
	if (ret)
		return ret;
	if (ns == U64_MAX)
		return sysfs_emit(buf, "-1\n");
	return sysfs_emit(buf, "%llu\n", emrelay_ms(ns));
}

static struct emrelay_wear emrelay_copy_wear(struct device *dev)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	struct emrelay_wear wear;
	unsigned long flags;

	spin_lock_irqsave(&channel->bank->lock, flags);
	wear = channel->life->record.wear;
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return wear;
}

/**
 * DOC: state
 *
 * The target. Read: "on" or "off". Write: "on", "off", "toggle", "1", "0".
 * Errors: -EINVAL, under policy reject -EAGAIN and -EBUSY, -EPERM for an on of a
 * worn relay if end_of_life is block, -ENODEV while unbinding.
 */
static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	bool target = READ_ONCE(emrelay_from_dev(dev)->life->engine.target);

	return sysfs_emit(buf, "%s\n", str_on_off(target));
}

static ssize_t state_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t size)
{
	static const struct {
		const char *word;
		enum emrelay_op op;
	} words[] = {
		{ "on", EMRELAY_ON },
		{ "off", EMRELAY_OFF },
		{ "toggle", EMRELAY_TOGGLE },
		{ "1", EMRELAY_ON },
		{ "0", EMRELAY_OFF },
	};
	struct emrelay_request request = { };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (sysfs_streq(buf, words[i].word))
			break;
	if (i == ARRAY_SIZE(words))
		return -EINVAL;

	request.op = words[i].op;
	return emrelay_request_store(emrelay_from_dev(dev), &request, size);
}

static struct device_attribute dev_attr_state =
	__ATTR_PREALLOC(state, 0644, state_show, state_store);

/**
 * DOC: coil
 *
 * What the coil is driven to now. Read: "on" or "off".
 */
static ssize_t coil_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	bool coil = READ_ONCE(emrelay_from_dev(dev)->life->engine.past.coil);

	return sysfs_emit(buf, "%s\n", str_on_off(coil));
}
static DEVICE_ATTR_RO(coil);

/**
 * DOC: contact
 *
 * State of the contact as time tells it. Read, and poll for POLLPRI: "open",
 * "closing", "closed", "opening".
 */
static ssize_t contact_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	enum emrelay_contact contact =
		emrelay_channel_watch(emrelay_from_dev(dev));

	return sysfs_emit(buf, "%s\n", emrelay_contact_names[contact]);
}
static DEVICE_ATTR_RO(contact);

/**
 * DOC: pulse_ms
 *
 * Energise for so many ms, at least operate + bounce time, at most 2^32 - 1.
 * Read: ms left, rounded up; 0 if none runs or waits. Errors: as for state.
 */
static ssize_t pulse_ms_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	unsigned long flags;
	u64 left_ns;

	spin_lock_irqsave(&channel->bank->lock, flags);
	left_ns = emrelay_engine_pulse_left_ns(&channel->life->engine,
					       ktime_get_boottime_ns());
	spin_unlock_irqrestore(&channel->bank->lock, flags);
	return sysfs_emit(buf, "%llu\n", emrelay_ms(left_ns));
}

static ssize_t pulse_ms_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t size)
{
	struct emrelay_request request = { .op = EMRELAY_PULSE };
	u32 ms;

	if (kstrtou32(buf, 0, &ms))
		return -EINVAL;

	request.pulse_ns = (u64)ms * NSEC_PER_MSEC;
	return emrelay_request_store(emrelay_from_dev(dev), &request, size);
}

static struct device_attribute dev_attr_pulse_ms =
	__ATTR_PREALLOC(pulse_ms, 0644, pulse_ms_show, pulse_ms_store);

/**
 * DOC: policy
 *
 * What becomes of an on by sysfs that must wait: "defer" or "reject".
 */
static ssize_t policy_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	enum emrelay_policy policy = READ_ONCE(emrelay_from_dev(dev)->policy);

	return sysfs_emit(buf, "%s\n", emrelay_policy_names[policy]);
}

static ssize_t policy_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t size)
{
	int policy = sysfs_match_string(emrelay_policy_names, buf);

	if (policy < 0)
		return policy;

	WRITE_ONCE(emrelay_from_dev(dev)->policy, policy);
	return size;
}
static DEVICE_ATTR_RW(policy);

/**
 * DOC: load
 *
 * Load class of the cycles to come: "none", "resistive", "ac-15", "dc-13".
 */
static ssize_t load_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	enum emrelay_load_class class =
		READ_ONCE(emrelay_from_dev(dev)->load_class);

	return sysfs_emit(buf, "%s\n", emrelay_load_names[class]);
}

static ssize_t load_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	int class = sysfs_match_string(emrelay_load_names, buf);

	if (class < 0)
		return class;

	emrelay_channel_set_load(channel, class);
	emrelay_channel_sync(channel);
	return size;
}
static DEVICE_ATTR_RW(load);

/**
 * DOC: min_on_ms, min_off_ms
 *
 * Dwell: least time from energisation to release, and from release to
 * energisation, in ms, 0 to 2^32 - 1. Errors: -EINVAL.
 */
static ssize_t emrelay_dwell_store(struct emrelay_channel *channel, u32 *dwell_ms,
				   const char *buf, size_t size)
{
	u32 ms;

	if (kstrtou32(buf, 0, &ms))
		return -EINVAL;

	emrelay_channel_set_dwell(channel, dwell_ms, ms);
	emrelay_channel_sync(channel);
	return size;
}

static ssize_t min_on_ms_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(emrelay_from_dev(dev)->min_on_ms));
}

static ssize_t min_on_ms_store(struct device *dev, struct device_attribute *attr,
			       const char *buf, size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);

	return emrelay_dwell_store(channel, &channel->min_on_ms, buf, size);
}
static DEVICE_ATTR_RW(min_on_ms);

static ssize_t min_off_ms_show(struct device *dev, struct device_attribute *attr,
			       char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(emrelay_from_dev(dev)->min_off_ms));
}

static ssize_t min_off_ms_store(struct device *dev, struct device_attribute *attr,
				const char *buf, size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);

	return emrelay_dwell_store(channel, &channel->min_off_ms, buf, size);
}
static DEVICE_ATTR_RW(min_off_ms);

/**
 * DOC: watchdog_ms
 *
 * A lasting on that is not renewed by another on for so many ms is released; 0
 * to 2^32 - 1, 0: it is not. Errors: -EINVAL.
 */
static ssize_t watchdog_ms_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(channel->watchdog_ms));
}

static ssize_t watchdog_ms_store(struct device *dev,
				 struct device_attribute *attr, const char *buf,
				 size_t size)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	u32 ms;

	if (kstrtou32(buf, 0, &ms))
		return -EINVAL;

	emrelay_channel_set_watchdog(channel, ms);
	return size;
}
static DEVICE_ATTR_RW(watchdog_ms);

/**
 * DOC: interlock
 *
 * What an on does while another relay of the interlock group is on: "block": it
 * waits, or fails; "changeover": it releases that one. Errors: -EINVAL.
 */
static const char * const emrelay_interlock_names[] = { "block", "changeover" };

static ssize_t interlock_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);
	bool changeover =
		READ_ONCE(channel->bank->arbiter.members[channel->index].changeover);

	return sysfs_emit(buf, "%s\n", emrelay_interlock_names[changeover]);
}

static ssize_t interlock_store(struct device *dev, struct device_attribute *attr,
			       const char *buf, size_t size)
{
	int mode = sysfs_match_string(emrelay_interlock_names, buf);

	if (mode < 0)
		return mode;

	emrelay_channel_set_changeover(emrelay_from_dev(dev), mode);
	return size;
}
static DEVICE_ATTR_RW(interlock);

/**
 * DOC: wait_ms
 *
 * Time until the coil follows the target in ms, rounded up; 0: it does; -1: that
 * depends on what is asked of other relays. Errors: -ENOMEM.
 */
static ssize_t wait_ms_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return emrelay_show_foreseen(dev, buf, emrelay_channel_wait_ns);
}
static DEVICE_ATTR_RO(wait_ms);

/**
 * DOC: ready_ms
 *
 * Time until an on would energise the coil in ms, rounded up; 0: at once; -1:
 * that depends on what is asked of other relays. Errors: -ENOMEM.
 */
static ssize_t ready_ms_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return emrelay_show_foreseen(dev, buf, emrelay_channel_ready_ns);
}
static DEVICE_ATTR_RO(ready_ms);

/**
 * DOC: cycle_count
 *
 * Energisations in this relay's life.
 */
static ssize_t cycle_count_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct emrelay_wear wear = emrelay_copy_wear(dev);

	return sysfs_emit(buf, "%llu\n", emrelay_wear_cycles(&wear));
}
static DEVICE_ATTR_RO(cycle_count);

/**
 * DOC: life_used_ppm
 *
 * Wear in parts per million of the rated life, rounded down; not clamped.
 */
static ssize_t life_used_ppm_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	struct emrelay_wear wear = emrelay_copy_wear(dev);

	return sysfs_emit(buf, "%llu\n", emrelay_wear_ppm(&wear));
}
static DEVICE_ATTR_RO(life_used_ppm);

/**
 * DOC: health
 *
 * Judgement of the wear. Read, and poll for POLLPRI: "good", "warning" (warn_ppm
 * of the rated life used), "worn" (all of it).
 */
static ssize_t health_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	enum emrelay_health health =
		READ_ONCE(emrelay_from_dev(dev)->told_health);

	return sysfs_emit(buf, "%s\n", emrelay_health_names[health]);
}
static DEVICE_ATTR_RO(health);

/**
 * DOC: label
 *
 * Name of the relay: its label, else <bank>:<reg>.
 */
static ssize_t label_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);

	return sysfs_emit(buf, "%s\n", channel->config.label ?: dev_name(dev));
}
static DEVICE_ATTR_RO(label);

/**
 * DOC: part
 *
 * Compatible of the part, or "custom".
 */
static ssize_t part_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%s\n", emrelay_from_dev(dev)->config.part_name);
}
static DEVICE_ATTR_RO(part);

static struct attribute *emrelay_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_coil.attr,
	&dev_attr_contact.attr,
	&dev_attr_pulse_ms.attr,
	&dev_attr_policy.attr,
	&dev_attr_load.attr,
	&dev_attr_min_on_ms.attr,
	&dev_attr_min_off_ms.attr,
	&dev_attr_watchdog_ms.attr,
	&dev_attr_interlock.attr,
	&dev_attr_wait_ms.attr,
	&dev_attr_ready_ms.attr,
	&dev_attr_cycle_count.attr,
	&dev_attr_life_used_ppm.attr,
	&dev_attr_health.attr,
	&dev_attr_label.attr,
	&dev_attr_part.attr,
	NULL
};

static const struct attribute_group emrelay_group = {
	.attrs = emrelay_attrs,
};

/**
 * DOC: rating
 *
 * The ratings in force: the part's, with what the firmware node overrides.
 */
#define EMRELAY_RATING(name, format, value)				\
static ssize_t name##_show(struct device *dev,				\
			   struct device_attribute *attr, char *buf)	\
{									\
	struct emrelay_channel *channel = emrelay_from_dev(dev);	\
									\
	return sysfs_emit(buf, format "\n", channel->config.value);	\
}									\
static DEVICE_ATTR_RO(name)

EMRELAY_RATING(operate_us, "%u", ratings.operate_us);
EMRELAY_RATING(release_us, "%u", ratings.release_us);
EMRELAY_RATING(bounce_us, "%u", ratings.bounce_us);
EMRELAY_RATING(electrical_life, "%u", ratings.electrical_life);
EMRELAY_RATING(mechanical_life, "%u", ratings.mechanical_life);
EMRELAY_RATING(loaded_per_minute, "%u", ratings.loaded_per_minute);
EMRELAY_RATING(unloaded_per_minute, "%u", ratings.unloaded_per_minute);
EMRELAY_RATING(dead_time_us, "%llu", dead_time_us);

static struct attribute *emrelay_rating_attrs[] = {
	&dev_attr_operate_us.attr,
	&dev_attr_release_us.attr,
	&dev_attr_bounce_us.attr,
	&dev_attr_electrical_life.attr,
	&dev_attr_mechanical_life.attr,
	&dev_attr_loaded_per_minute.attr,
	&dev_attr_unloaded_per_minute.attr,
	&dev_attr_dead_time_us.attr,
	NULL
};

static const struct attribute_group emrelay_rating_group = {
	.name = "rating",
	.attrs = emrelay_rating_attrs,
};

/**
 * DOC: statistics
 *
 * What became of the requests of all faces.
 */
#define EMRELAY_STATISTIC(name, value)					\
static ssize_t name##_show(struct device *dev,				\
			   struct device_attribute *attr, char *buf)	\
{									\
	struct emrelay_channel *channel = emrelay_from_dev(dev);	\
	unsigned long flags;						\
	u64 count;							\
									\
	spin_lock_irqsave(&channel->bank->lock, flags);			\
	count = channel->life->engine.value;				\
	spin_unlock_irqrestore(&channel->bank->lock, flags);		\
	return sysfs_emit(buf, "%llu\n", count);			\
}									\
static DEVICE_ATTR_RO(name)

EMRELAY_STATISTIC(requests, statistics.requests);
EMRELAY_STATISTIC(accepted, statistics.accepted);
EMRELAY_STATISTIC(deferred, statistics.deferred);
EMRELAY_STATISTIC(coalesced, statistics.coalesced);
EMRELAY_STATISTIC(rejected, statistics.rejected);

static struct attribute *emrelay_statistics_attrs[] = {
	&dev_attr_requests.attr,
	&dev_attr_accepted.attr,
	&dev_attr_deferred.attr,
	&dev_attr_coalesced.attr,
	&dev_attr_rejected.attr,
	NULL
};

static const struct attribute_group emrelay_statistics_group = {
	.name = "statistics",
	.attrs = emrelay_statistics_attrs,
};

static const struct attribute_group *emrelay_groups[] = {
	&emrelay_group,
	&emrelay_wear_group,
	&emrelay_rating_group,
	&emrelay_statistics_group,
	NULL
};

static void emrelay_channel_free(struct device *dev)
{
	kfree(emrelay_from_dev(dev));
}

static struct class emrelay_class = {
	.name = "relay",
	.dev_groups = emrelay_groups,
	.dev_release = emrelay_channel_free,
};

/**
 * emrelay_channel_alloc - memory of a channel
 * @bank: its bank
 *
 * Context: May sleep.
 * Return: the channel, all zero but for its device, which is initialised and
 * owns it: put_device() frees it; NULL if memory is short.
 */
struct emrelay_channel *emrelay_channel_alloc(struct emrelay_bank *bank)
{
	struct emrelay_channel *channel = kzalloc(sizeof(*channel), GFP_KERNEL);

	if (!channel)
		return NULL;

	channel->bank = bank;
	channel->dev.class = &emrelay_class;
	channel->dev.parent = bank->dev;
	device_initialize(&channel->dev);
	/* Nobody follows yet, nor before it is a trigger. */
	INIT_LIST_HEAD(&channel->trigger.led_cdevs);
	return channel;
}

static bool emrelay_name_taken(const char *name)
{
	struct device *dev = class_find_device_by_name(&emrelay_class, name);

	put_device(dev);
	return dev;
}

/* The label, or <bank>:<reg>, or that with _1, _2, ... as LEDs do. */
static int emrelay_set_name(struct emrelay_channel *channel)
{
	const struct emrelay_config *config = &channel->config;
	unsigned int suffix = 0;
	char *base, *name;
	int ret;

	base = config->label ? kstrdup(config->label, GFP_KERNEL) :
			       kasprintf(GFP_KERNEL, "%s:%u",
					 dev_name(channel->bank->dev), config->reg);
	if (!base)
		return -ENOMEM;

	name = kstrdup(base, GFP_KERNEL);
	while (name && emrelay_name_taken(name)) {
		kfree(name);
		name = kasprintf(GFP_KERNEL, "%s_%u", base, ++suffix);
	}
	ret = name ? dev_set_name(&channel->dev, "%s", name) : -ENOMEM;
	kfree(name);
	kfree(base);
	return ret;
}

static void emrelay_class_remove(void *data)
{
	struct emrelay_channel *channel = data;

	sysfs_put(channel->health_node);
	sysfs_put(channel->contact_node);
	mutex_lock(&emrelay_class_lock);
	device_del(&channel->dev);
	mutex_unlock(&emrelay_class_lock);
}

/**
 * emrelay_class_add - show a channel in /sys/class/relay
 * @channel: the channel, initialised
 *
 * Context: May sleep. Undone with the bank's device (devm).
 * Return: 0 or a negative errno.
 */
int emrelay_class_add(struct emrelay_channel *channel)
{
	int ret;

	mutex_lock(&emrelay_class_lock);
	ret = emrelay_set_name(channel);
	if (!ret)
		ret = device_add(&channel->dev);
	mutex_unlock(&emrelay_class_lock);
	if (ret)
		return dev_err_probe(channel->bank->dev, ret,
				     "%pfwP: cannot add to /sys/class/relay\n",
				     channel->config.fwnode);

	channel->contact_node = sysfs_get_dirent(channel->dev.kobj.sd, "contact");
	channel->health_node = sysfs_get_dirent(channel->dev.kobj.sd, "health");
	ret = devm_add_action_or_reset(channel->bank->dev, emrelay_class_remove,
				       channel);
	/* Goes before the device, whose name is another's to take then. */
	if (!ret)
		emrelay_debugfs_add(channel);
	return ret;
}

/**
 * emrelay_class_for_each - show every channel there is
 * @data: passed on
 * @show: called for the device of each channel, none of which goes meanwhile;
 *	anything but 0 ends it
 *
 * Context: May sleep.
 * Return: what @show returned last, 0 if it was never called.
 */
int emrelay_class_for_each(void *data, int (*show)(struct device *dev, void *data))
{
	int ret;

	mutex_lock(&emrelay_class_lock);
	ret = class_for_each_device(&emrelay_class, NULL, data, show);
	mutex_unlock(&emrelay_class_lock);
	return ret;
}

/**
 * emrelay_class_init - make /sys/class/relay
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int emrelay_class_init(void)
{
	return class_register(&emrelay_class);
}

/**
 * emrelay_class_exit - remove /sys/class/relay
 *
 * Context: May sleep. No channel is left.
 */
void emrelay_class_exit(void)
{
	class_unregister(&emrelay_class);
}
