// SPDX-License-Identifier: GPL-2.0-only
/*
 * Platform driver of a bank of relays.
 */
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/property.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>

#include "emrelay.h"

static void emrelay_put_fwnode(void *fwnode)
{
	fwnode_handle_put(fwnode);
}

static void emrelay_put_channel(void *data)
{
	struct emrelay_channel *channel = data;

	put_device(&channel->dev);
}

static void emrelay_destroy_worker(void *worker)
{
	kthread_destroy_worker(worker);
}

static void emrelay_unregister_key(void *key)
{
	lockdep_unregister_key(key);
}

/* From here on nothing moves: no request, no timer, no work. */
static void emrelay_bank_stop(struct emrelay_bank *bank)
{
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&bank->lock, flags);
	bank->dying = true;
	spin_unlock_irqrestore(&bank->lock, flags);

	for (i = 0; i < bank->count; i++)
		emrelay_channel_stop(bank->channels[i]);
}

/* Whoever unbinds holds the device: the system cannot go down before. */
static bool emrelay_going_down(void)
{
	return system_state == SYSTEM_HALT || system_state == SYSTEM_POWER_OFF ||
	       system_state == SYSTEM_RESTART;
}

/* No coil waits for the contact of another. */
static void emrelay_bank_release(struct emrelay_bank *bank,
				 enum emrelay_source source)
{
	unsigned int i;
	u64 next_ns;

	do {
		next_ns = U64_MAX;
		if (emrelay_going_down())
			source = EMRELAY_BY_SHUTDOWN;
		for (i = 0; i < bank->count; i++)
			next_ns = min(next_ns,
				      emrelay_channel_release(bank->channels[i],
							      source));
		if (next_ns != U64_MAX)
			emrelay_sleep_until(min(next_ns, ktime_get_boottime_ns() +
						NSEC_PER_SEC));
	} while (next_ns != U64_MAX);
}

static void emrelay_bank_flush(struct emrelay_bank *bank)
{
	unsigned int i;

	for (i = 0; i < bank->count; i++)
		emrelay_store_flush(bank->channels[i]);
}

/* Before the faces go: none of them may move a coil in going. */
static void emrelay_stop_faces(void *bank)
{
	emrelay_bank_stop(bank);
}

/* After the faces have gone: the last word to the coils. */
static void emrelay_unbind(void *data)
{
	struct emrelay_bank *bank = data;

	/* Of a probe that failed the faces may have begun something. */
	emrelay_bank_stop(bank);
	emrelay_bank_release(bank, EMRELAY_BY_UNBIND);
	emrelay_bank_flush(bank);
}

/**
 * emrelay_bank_depend - do without a device no longer than it is there and awake
 * @bank: the bank
 * @supplier: the device, NULL if there is none
 *
 * Its driver does not go before this one, nor sleep, nor shut it down.
 *
 * Context: Sleeps.
 * Return: 0, or -EINVAL if @supplier depends on the bank itself.
 */
int emrelay_bank_depend(struct emrelay_bank *bank, struct device *supplier)
{
	if (!supplier || !supplier->driver)
		return 0;
	if (!device_link_add(bank->dev, supplier, DL_FLAG_AUTOREMOVE_CONSUMER))
		return dev_err_probe(bank->dev, -EINVAL,
				     "cannot depend on %s, which depends on this\n",
				     dev_name(supplier));
	return 0;
}

/* Everything that can be wrong with the nodes is found before a line moves. */
static int emrelay_bank_read(struct emrelay_bank *bank)
{
	struct device *dev = bank->dev;
	struct emrelay_channel *channel;
	struct fwnode_handle *fwnode;
	unsigned int count, i;
	int ret;

	count = device_get_child_node_count(dev);
	if (!count)
		return dev_err_probe(dev, -EINVAL, "the bank has no channels\n");

	bank->channels = devm_kcalloc(dev, count, sizeof(*bank->channels),
				      GFP_KERNEL);
	bank->lines = devm_kcalloc(dev, EMRELAY_REG_MAX + 1,
				   sizeof(*bank->lines), GFP_KERNEL);
	if (!bank->channels || !bank->lines)
		return -ENOMEM;

	device_for_each_child_node(dev, fwnode) {
		/* Held for the channel; the loop holds and drops its own. */
		ret = devm_add_action_or_reset(dev, emrelay_put_fwnode,
					       fwnode_handle_get(fwnode));
		if (ret)
			goto put_fwnode;

		channel = emrelay_channel_alloc(bank);
		if (!channel) {
			ret = -ENOMEM;
			goto put_fwnode;
		}
		ret = devm_add_action_or_reset(dev, emrelay_put_channel, channel);
		if (ret)
			goto put_fwnode;

		ret = emrelay_read_config(dev, fwnode, &channel->config);
		if (ret)
			goto put_fwnode;

		if (bank->lines[channel->config.reg]) {
			ret = dev_err_probe(dev, -EINVAL,
					    "%pfwP: reg %u is that of %pfwP too\n",
					    fwnode, channel->config.reg,
					    bank->lines[channel->config.reg]->config.fwnode);
			goto put_fwnode;
		}

		channel->coil = devm_fwnode_gpiod_get(dev, fwnode, "coil",
						      GPIOD_ASIS,
						      channel->config.label ?:
						      dev_name(dev));
		if (IS_ERR(channel->coil)) {
			ret = dev_err_probe(dev, PTR_ERR(channel->coil),
					    "%pfwP: coil-gpios\n", fwnode);
			goto put_fwnode;
		}

		ret = emrelay_bank_depend(bank, emrelay_gpiod_provider(channel->coil));
		if (ret)
			goto put_fwnode;

		ret = emrelay_store_add(channel);
		if (ret)
			goto put_fwnode;

		channel->index = bank->count;
		bank->lines[channel->config.reg] = channel;
		bank->channels[bank->count++] = channel;
	}

	for (i = 0; i < bank->count; i++)
		emrelay_warn_load(dev, &bank->channels[i]->config);
	return 0;

put_fwnode:
	fwnode_handle_put(fwnode);
	return ret;
}

static int emrelay_bank_create_worker(struct emrelay_bank *bank)
{
	struct kthread_worker *worker;
	bool sleeps = false;
	unsigned int i;

	for (i = 0; i < bank->count; i++)
		sleeps |= gpiod_cansleep(bank->channels[i]->coil);
	if (!sleeps)
		return 0;

	worker = kthread_run_worker(0, "emrelay/%s", dev_name(bank->dev));
	if (IS_ERR(worker))
		return dev_err_probe(bank->dev, PTR_ERR(worker),
				     "cannot start the worker\n");

	sched_set_fifo(worker->task);
	bank->worker = worker;
	return devm_add_action_or_reset(bank->dev, emrelay_destroy_worker,
					worker);
}

/* The index of a channel's interlock group; groups come in the order of nodes. */
static u16 emrelay_bank_find_group(struct emrelay_bank *bank,
				   const struct emrelay_config *config)
{
	struct emrelay_arbiter *arbiter = &bank->arbiter;
	unsigned int i;

	if (!config->interlocked)
		return EMRELAY_NOBODY;

	for (i = 0; i < arbiter->count; i++) {
		const struct emrelay_config *other = &bank->channels[i]->config;

		if (other->interlocked &&
		    other->interlock_group == config->interlock_group)
			return arbiter->members[i].group;
	}
	return arbiter->group_count++;
}

/* The channels are initialised: what do they share? */
static int emrelay_bank_arbitrate(struct emrelay_bank *bank)
{
	struct emrelay_arbiter *arbiter = &bank->arbiter;
	struct device *dev = bank->dev;
	unsigned int i;

	arbiter->members = devm_kcalloc(dev, bank->count,
					sizeof(*arbiter->members), GFP_KERNEL);
	arbiter->groups = devm_kcalloc(dev, bank->count,
				       sizeof(*arbiter->groups), GFP_KERNEL);
	arbiter->waiting = devm_kcalloc(dev, bank->count,
					sizeof(*arbiter->waiting), GFP_KERNEL);
	if (!arbiter->members || !arbiter->groups || !arbiter->waiting)
		return -ENOMEM;

	for (i = 0; i < bank->count; i++) {
		struct emrelay_channel *channel = bank->channels[i];
		struct emrelay_member *member = &arbiter->members[i];

		member->engine = &channel->life->engine;
		member->group = emrelay_bank_find_group(bank, &channel->config);
		arbiter->count++;
		if (member->group != EMRELAY_NOBODY) {
			struct emrelay_group *group =
				&arbiter->groups[member->group];

			group->dead_ns = max(group->dead_ns,
					     channel->config.dead_time_us *
					     NSEC_PER_USEC);
		}
	}

	if (!emrelay_arbiter_bind(arbiter, ktime_get_boottime_ns()))
		return 0;

	for (i = 0; i < bank->count; i++) {
		const struct emrelay_config *config = &bank->channels[i]->config;
		const struct emrelay_group *group;

		if (!config->interlocked)
			continue;

		group = &arbiter->groups[arbiter->members[i].group];
		if (group->energised > 1 && group->owner == i)
			dev_err(dev, "%pfwP: interlock-group %u: %u coils are energised, above the limit 1: all will be released\n",
				config->fwnode, config->interlock_group,
				group->energised);
	}
	return 0;
}

/**
 * DOC: stagger_ms
 *
 * Least time between two energisations in the bank in ms, 0 to 2^32 - 1, for
 * supplies that cannot take every inrush at once. Errors: -EINVAL.
 */
static ssize_t stagger_ms_show(struct device *dev, struct device_attribute *attr,
			       char *buf)
{
	struct emrelay_bank *bank = dev_get_drvdata(dev);
	unsigned long flags;
	u64 stagger_ns;

	spin_lock_irqsave(&bank->lock, flags);
	stagger_ns = bank->arbiter.stagger_ns;
	spin_unlock_irqrestore(&bank->lock, flags);
	return sysfs_emit(buf, "%llu\n", div_u64(stagger_ns, NSEC_PER_MSEC));
}

static ssize_t stagger_ms_store(struct device *dev,
				struct device_attribute *attr, const char *buf,
				size_t size)
{
	struct emrelay_bank *bank = dev_get_drvdata(dev);
	u32 ms;

	if (kstrtou32(buf, 0, &ms))
		return -EINVAL;

	emrelay_bank_set_supply(bank, &ms, NULL);
	return size;
}
static DEVICE_ATTR_RW(stagger_ms);

/**
 * DOC: coil_limit
 *
 * Most coils of the bank that may be energised at a time, 0 to 2^32 - 1; 0: all
 * of them. Lowering it releases none. Errors: -EINVAL.
 */
static ssize_t coil_limit_show(struct device *dev, struct device_attribute *attr,
			       char *buf)
{
	struct emrelay_bank *bank = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(bank->arbiter.coil_limit));
}

static ssize_t coil_limit_store(struct device *dev,
				struct device_attribute *attr, const char *buf,
				size_t size)
{
	struct emrelay_bank *bank = dev_get_drvdata(dev);
	u32 coils;

	if (kstrtou32(buf, 0, &coils))
		return -EINVAL;

	emrelay_bank_set_supply(bank, NULL, &coils);
	return size;
}
static DEVICE_ATTR_RW(coil_limit);

static struct attribute *emrelay_bank_attrs[] = {
	&dev_attr_stagger_ms.attr,
	&dev_attr_coil_limit.attr,
	NULL
};

static const struct attribute_group emrelay_bank_group = {
	.attrs = emrelay_bank_attrs,
};

static int emrelay_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct emrelay_bank *bank;
	unsigned int i;
	int ret;

	bank = devm_kzalloc(dev, sizeof(*bank), GFP_KERNEL);
	if (!bank)
		return -ENOMEM;

	bank->dev = dev;
	lockdep_register_key(&bank->lock_key);
	ret = devm_add_action_or_reset(dev, emrelay_unregister_key,
				       &bank->lock_key);
	if (ret)
		return ret;
	spin_lock_init(&bank->lock);
	lockdep_set_class(&bank->lock, &bank->lock_key);
	platform_set_drvdata(pdev, bank);

	ret = emrelay_bank_read(bank);
	if (ret)
		return ret;

	ret = emrelay_bank_create_worker(bank);
	if (ret)
		return ret;

	for (i = 0; i < bank->count; i++) {
		ret = emrelay_channel_init(bank->channels[i]);
		if (ret)
			return ret;
	}

	ret = emrelay_bank_arbitrate(bank);
	if (ret)
		return ret;

	ret = devm_add_action_or_reset(dev, emrelay_unbind, bank);
	if (ret)
		return ret;

	for (i = 0; i < bank->count; i++) {
		ret = emrelay_class_add(bank->channels[i]);
		if (ret)
			return ret;

		ret = emrelay_led_add(bank->channels[i]);
		if (ret)
			return ret;
	}

	ret = emrelay_gpio_add(bank);
	if (ret)
		return ret;

	/* Not by the driver core, for which it would be too late to fail. */
	ret = devm_device_add_group(dev, &emrelay_bank_group);
	if (ret)
		return ret;

	ret = devm_add_action_or_reset(dev, emrelay_stop_faces, bank);
	if (ret)
		return ret;

	for (i = 0; i < bank->count; i++) {
		ret = emrelay_channel_output(bank->channels[i]);
		if (ret)
			return ret;
	}

	emrelay_bank_start(bank);
	return 0;
}

static void emrelay_shutdown(struct platform_device *pdev)
{
	struct emrelay_bank *bank = platform_get_drvdata(pdev);

	emrelay_bank_stop(bank);
	emrelay_bank_release(bank, EMRELAY_BY_SHUTDOWN);
	emrelay_bank_flush(bank);
}

/* While the system sleeps, the power may go. */
static int emrelay_suspend(struct device *dev)
{
	struct emrelay_bank *bank = dev_get_drvdata(dev);

	emrelay_bank_sleep(bank);
	emrelay_bank_flush(bank);
	return 0;
}

static int emrelay_resume(struct device *dev)
{
	emrelay_bank_wake(dev_get_drvdata(dev));
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(emrelay_pm_ops, emrelay_suspend, emrelay_resume);

static const struct of_device_id emrelay_of_match[] = {
	{ .compatible = "gpio-relays" },
	{ }
};
MODULE_DEVICE_TABLE(of, emrelay_of_match);

static const struct platform_device_id emrelay_id_table[] = {
	{ .name = "gpio-relays" },
	{ }
};
MODULE_DEVICE_TABLE(platform, emrelay_id_table);

static struct platform_driver emrelay_driver = {
	.probe = emrelay_probe,
	.shutdown = emrelay_shutdown,
	.id_table = emrelay_id_table,
	.driver = {
		.name = "emrelay",
		.of_match_table = emrelay_of_match,
		.pm = pm_sleep_ptr(&emrelay_pm_ops),
	},
};

static int __init emrelay_init(void)
{
	int ret;

	ret = emrelay_store_init();
	if (ret)
		return ret;

	ret = emrelay_class_init();
	if (ret)
		goto exit_store;

	emrelay_debugfs_init();
	ret = platform_driver_register(&emrelay_driver);
	if (ret)
		goto exit_class;
	return 0;

exit_class:
	emrelay_debugfs_exit();
	emrelay_class_exit();
exit_store:
	emrelay_store_exit();
	return ret;
}
module_init(emrelay_init);

static void __exit emrelay_exit(void)
{
	platform_driver_unregister(&emrelay_driver);
	emrelay_debugfs_exit();
	emrelay_class_exit();
	emrelay_store_exit();
	emrelay_life_exit();
}
module_exit(emrelay_exit);

MODULE_DESCRIPTION("Electromechanical relays on GPIO lines");
MODULE_LICENSE("GPL");
