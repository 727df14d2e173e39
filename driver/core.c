// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/relay: the channels of all banks and their names, and what is
 * remembered of a relay while no driver is bound to it.
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stringhash.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "bank.h"
#include "core.h"

/* Protects the names, the list of channels and the memories; sleeps. */
DEFINE_MUTEX(emrelay_lock);
LIST_HEAD(emrelay_channels);
/* What may wait for a bus or a probe, one after the other; not in suspend, when a bus may sleep. */
struct workqueue_struct *emrelay_wq;
static DEFINE_HASHTABLE(emrelay_names, 8);
static u32 emrelay_names_freed;
static DEFINE_HASHTABLE(emrelay_memories, 8);

/* What is remembered of a relay, by its bank's device and its reg. */
struct emrelay_remembered {
	struct hlist_node node;
	struct device *dev;
	u32 reg;
	struct emrelay_memory memory;
};

/**
 * emrelay_memory_get - what is remembered of a relay
 * @dev: device of its bank
 * @reg: its line on the bank's GPIO chip
 *
 * The memory is kept until the device is removed or the module is unloaded.
 *
 * Context: May sleep.
 * Return: the memory as the last binding left it, all zero if there was none;
 * NULL if there is no memory left.
 */
struct emrelay_memory *emrelay_memory_get(struct device *dev, u32 reg)
{
	unsigned long key = (unsigned long)dev + reg;
	struct emrelay_remembered *relay;

	guard(mutex)(&emrelay_lock);

	hash_for_each_possible(emrelay_memories, relay, node, key)
		if (relay->dev == dev && relay->reg == reg)
			return &relay->memory;

	relay = kzalloc(sizeof(*relay), GFP_KERNEL);
	if (!relay)
		return NULL;

	relay->dev = dev;
	relay->reg = reg;
	hash_add(emrelay_memories, &relay->node, key);
	return &relay->memory;
}

/**
 * emrelay_device_unbind - unbind a bank, and wait until any relay of it may be energised
 * @dev: device of the bank, about to be removed
 *
 * With the device goes what is remembered of its relays; who makes it again must
 * not escape the rate limit by that. The bank may come back with its lines' controller
 * meanwhile.
 *
 * Context: Sleeps, 10 s at 6 cycles a minute.
 */
void emrelay_device_unbind(struct device *dev)
{
	struct emrelay_remembered *relay;
	unsigned int bucket;
	u64 until_ns = 0;

	do {
		device_release_driver(dev);
		mutex_lock(&emrelay_lock);
		hash_for_each(emrelay_memories, bucket, relay, node)
			if (relay->dev == dev)
				until_ns = max(until_ns,
					       emrelay_engine_spaced_ns(&relay->memory.engine));
		mutex_unlock(&emrelay_lock);
		emrelay_sleep_until(until_ns);
	} while (dev->driver);
}
EXPORT_SYMBOL_GPL(emrelay_device_unbind);

static void emrelay_memory_free(struct emrelay_remembered *relay)
{
	hash_del(&relay->node);
	kfree(relay->memory.feedback);
	kfree(relay);
}

/* A device that is removed does not come back; another may get its address. */
static int emrelay_device_event(struct notifier_block *notifier, unsigned long event, void *dev)
{
	struct emrelay_remembered *relay;
	struct hlist_node *next;
	int bucket;

	if (event != BUS_NOTIFY_REMOVED_DEVICE)
		return NOTIFY_DONE;

	guard(mutex)(&emrelay_lock);
	hash_for_each_safe(emrelay_memories, bucket, next, relay, node)
		if (relay->dev == dev)
			emrelay_memory_free(relay);
	return NOTIFY_OK;
}

static struct notifier_block emrelay_notifier = {
	.notifier_call = emrelay_device_event,
};

static void emrelay_channel_release(struct device *dev)
{
	struct emrelay_channel *channel = emrelay_from_dev(dev);

	fwnode_handle_put(channel->config.fwnode);
	kfree(channel);
}

static struct class emrelay_class = {
	.name = "relay",
	.dev_groups = emrelay_groups,
	.dev_release = emrelay_channel_release,
};

/* Another relay may take the name at once, even while someone holds the device. */
static void emrelay_channel_free(void *data)
{
	struct emrelay_channel *channel = data;

	scoped_guard(mutex, &emrelay_lock) {
		hash_del(&channel->name_node);
		emrelay_names_freed++;
	}
	put_device(&channel->dev);
}

/**
 * emrelay_channel_alloc - allocate a channel
 * @bank: its bank
 * @fwnode: its firmware node, held as long as the channel is there
 *
 * Context: May sleep. Undone with the bank's device (devm), when its name is free
 * again; the memory is freed with the last reference to the channel's device.
 * Return: the channel, all zero but for its node and its device, which is
 * initialised; NULL if there is no memory left.
 */
struct emrelay_channel *emrelay_channel_alloc(struct emrelay_bank *bank,
					      struct fwnode_handle *fwnode)
{
	struct emrelay_channel *channel = kzalloc(sizeof(*channel), GFP_KERNEL);

	if (!channel)
		return NULL;

	channel->bank = bank;
	channel->config.fwnode = fwnode_handle_get(fwnode);
	channel->dev.class = &emrelay_class;
	channel->dev.parent = bank->dev;
	device_initialize(&channel->dev);
	emrelay_channel_init(channel);
	return devm_add_action_or_reset(bank->dev, emrelay_channel_free, channel) ? NULL : channel;
}

static struct emrelay_channel *emrelay_name_owner(const char *name)
{
	struct emrelay_channel *channel;

	hash_for_each_possible(emrelay_names, channel, name_node,
			       full_name_hash(NULL, name, strlen(name)))
		if (!strcmp(dev_name(&channel->dev), name))
			return channel;
	return NULL;
}

/**
 * emrelay_channel_name - give a channel its name
 * @channel: the channel, its firmware node read
 *
 * The label, else <bank>:<reg>; where that is taken, with _1, _2, ... as LEDs do.
 * Who has the plain name knows the last suffix that was given: until a name is
 * freed, none before it is free, so hundreds of one label take linear time.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int emrelay_channel_name(struct emrelay_channel *channel)
{
	const struct emrelay_config *config = &channel->config;
	/* Names fit into a record, with a suffix of five digits, too. */
	char base[EMRELAY_NAME_SIZE - 6], name[EMRELAY_NAME_SIZE];
	struct emrelay_channel *owner;
	unsigned int suffix = 0;
	int ret;

	if (config->label)
		strscpy(base, config->label, sizeof(base));
	else
		snprintf(base, sizeof(base), "%s:%u", dev_name(channel->bank->dev), config->reg);
	strscpy(name, base, sizeof(name));

	guard(mutex)(&emrelay_lock);
	owner = emrelay_name_owner(name);
	if (owner && owner->names_freed == emrelay_names_freed)
		suffix = owner->last_suffix;
	while (emrelay_name_owner(name))
		snprintf(name, sizeof(name), "%s_%u", base, ++suffix);
	if (owner) {
		owner->last_suffix = suffix;
		owner->names_freed = emrelay_names_freed;
	}
	ret = dev_set_name(&channel->dev, "%s", name);
	if (!ret)
		hash_add(emrelay_names, &channel->name_node,
			 full_name_hash(NULL, name, strlen(name)));
	return ret;
}

static void emrelay_channel_unregister(void *data)
{
	struct emrelay_channel *channel = data;

	scoped_guard(mutex, &emrelay_lock)
		list_del(&channel->node);
	device_del(&channel->dev);
	emrelay_sysfs_put_files(channel);
}

/**
 * emrelay_channel_register - show a channel in /sys/class/relay
 * @channel: the channel, initialised
 *
 * Context: May sleep. Undone with the bank's device (devm), when whoever polls
 * a file of the channel is woken.
 * Return: 0 or a negative errno, which has been reported.
 */
int emrelay_channel_register(struct emrelay_channel *channel)
{
	int ret;

	ret = device_add(&channel->dev);
	if (ret)
		return dev_err_probe(channel->bank->dev, ret,
				     "%pfwP: cannot add to /sys/class/relay\n",
				     channel->config.fwnode);

	emrelay_sysfs_get_files(channel);
	scoped_guard(mutex, &emrelay_lock)
		list_add_tail(&channel->node, &emrelay_channels);
	return devm_add_action_or_reset(channel->bank->dev, emrelay_channel_unregister, channel);
}

/**
 * emrelay_sleep_until - sleep until a moment
 * @until_ns: the moment, CLOCK_BOOTTIME
 *
 * Ratings may make this minutes: TASK_IDLE, so that it is not taken for a hung task.
 *
 * Context: Sleeps.
 */
void emrelay_sleep_until(u64 until_ns)
{
	u64 left_ns;

	while ((left_ns = emrelay_time_left(until_ns, ktime_get_boottime_ns()))) {
		ktime_t left = ns_to_ktime(left_ns);

		__set_current_state(TASK_IDLE);
		schedule_hrtimeout(&left, HRTIMER_MODE_REL);
	}
}

/**
 * emrelay_core_init - make /sys/class/relay, and what all banks share
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int emrelay_core_init(void)
{
	int ret;

	emrelay_wq = alloc_ordered_workqueue("emrelay", WQ_FREEZABLE);
	if (!emrelay_wq)
		return -ENOMEM;

	ret = class_register(&emrelay_class);
	if (ret)
		goto destroy_wq;

	ret = bus_register_notifier(&platform_bus_type, &emrelay_notifier);
	if (ret)
		goto unregister_class;

	if (IS_ENABLED(CONFIG_EMRELAY_DEBUGFS))
		emrelay_debugfs_init();
	return 0;

unregister_class:
	class_unregister(&emrelay_class);
destroy_wq:
	destroy_workqueue(emrelay_wq);
	return ret;
}

/**
 * emrelay_core_exit - remove /sys/class/relay
 *
 * Waits until the rate limit lets every relay be energised again, since after
 * this nobody knows when it was energised last: 10 s at 6 cycles a minute.
 *
 * Context: Sleeps. No channel is left.
 */
void emrelay_core_exit(void)
{
	struct emrelay_remembered *relay;
	struct hlist_node *next;
	int bucket;

	if (IS_ENABLED(CONFIG_EMRELAY_DEBUGFS))
		emrelay_debugfs_exit();
	bus_unregister_notifier(&platform_bus_type, &emrelay_notifier);
	hash_for_each_safe(emrelay_memories, bucket, next, relay, node) {
		emrelay_sleep_until(emrelay_engine_spaced_ns(&relay->memory.engine));
		emrelay_memory_free(relay);
	}
	class_unregister(&emrelay_class);
	destroy_workqueue(emrelay_wq);
}
