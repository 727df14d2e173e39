// SPDX-License-Identifier: GPL-2.0-only
/*
 * Platform driver of a bank of relays.
 */
#if !IS_ENABLED(CONFIG_GPIOLIB)
#error "emrelay needs a kernel with CONFIG_GPIOLIB"
#endif

#include <linux/cleanup.h>
#include <linux/gpio/consumer.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/panic_notifier.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/property.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>

#include "bank.h"
#include "core.h"
#include "version.h"

/* At most so many messages of faults a minute, whatever the number of relays. */
#define EMRELAY_LOG_INTERVAL	(60 * HZ)
#define EMRELAY_LOG_BURST	6

static DEFINE_SPINLOCK(emrelay_banks_lock);	/* protects emrelay_banks */
static LIST_HEAD(emrelay_banks);
static bool emrelay_hibernates;	/* the system does */

/* The last of all, when nothing is queued and nobody takes the lock any more. */
static void emrelay_bank_exit(void *data)
{
	struct emrelay_bank *bank = data;

	scoped_guard(spinlock_irq, &emrelay_banks_lock)
		list_del(&bank->node);
	if (bank->worker)
		kthread_destroy_worker(bank->worker);
	lockdep_unregister_key(&bank->lock_key);
}

/* Ends what drives coils, of a bank that is dying or asleep. */
static void emrelay_bank_pause(struct emrelay_bank *bank)
{
	kthread_cancel_delayed_work_sync(&bank->verify);
	kthread_cancel_delayed_work_sync(&bank->supply.work);
	cancel_work_sync(&bank->work);
	for (unsigned int i = 0; i < bank->count; i++)
		emrelay_channel_pause(bank->channels[i]);
}

/*
 * From here on nothing moves: no request, no timer, no work; what is to be notified
 * has been. Called before the faces are removed, as removing one must not move a coil.
 */
static void emrelay_bank_stop(void *data)
{
	struct emrelay_bank *bank = data;

	scoped_guard(spinlock_irqsave, &bank->lock)
		bank->dying = true;

	emrelay_bank_pause(bank);
	for (unsigned int i = 0; i < bank->count; i++) {
		flush_work(&bank->channels[i]->told.work);
		flush_delayed_work(&bank->channels[i]->faults.work);
	}
}

/* Releases the coils, none waiting for the contact of another, and stores the records. */
static void emrelay_bank_release(struct emrelay_bank *bank, enum emrelay_source source)
{
	unsigned int i;
	u64 next_ns;

	do {
		next_ns = U64_MAX;
		for (i = 0; i < bank->count; i++)
			next_ns = min(next_ns,
				      emrelay_channel_last_word(bank->channels[i], source));
		if (next_ns != U64_MAX)
			emrelay_sleep_until(next_ns);
	} while (next_ns != U64_MAX);

	for (i = 0; i < bank->count; i++)
		emrelay_store_flush(bank->channels[i]);
}

/* After the faces have gone, or where the probe failed before it had any. */
static void emrelay_unbind(void *data)
{
	emrelay_bank_stop(data);
	emrelay_bank_release(data, EMRELAY_BY_UNBIND);
}

struct emrelay_rebind {
	struct work_struct work;
	struct device *dev;
};

/* The probe fails, as long as what the bank depends on is not back: then it is deferred. */
static void emrelay_bank_rebind(struct work_struct *work)
{
	struct emrelay_rebind *rebind = container_of(work, struct emrelay_rebind, work);

	if (device_attach(rebind->dev) < 0)
		dev_dbg(rebind->dev, "waits for what it depends on\n");
	put_device(rebind->dev);
	kfree(rebind);
}

/* The bank comes back with a supplier whose device is removed, too, as only a probe can. */
static void emrelay_bank_supplier_gone(void *data)
{
	const struct device_link *link = data;
	struct emrelay_rebind *rebind;

	if (link->status != DL_STATE_SUPPLIER_UNBIND)
		return;

	rebind = kmalloc(sizeof(*rebind), GFP_KERNEL | __GFP_NOFAIL);
	rebind->dev = get_device(link->consumer);
	INIT_WORK(&rebind->work, emrelay_bank_rebind);
	queue_work(emrelay_wq, &rebind->work);
}

/**
 * emrelay_bank_depend - have the bank unbound, suspended and shut down before
 *	a device
 * @bank: the bank
 * @supplier: the device, NULL if there is none
 *
 * Context: Sleeps.
 * Return: 0 or a negative errno, which has been reported.
 */
int emrelay_bank_depend(struct emrelay_bank *bank, struct device *supplier)
{
	struct device_link *link;

	if (!supplier || !supplier->driver)
		return 0;
	/* The core warns of a probe that fails with a link to a device that is not bound yet. */
	if (supplier->links.status != DL_DEV_DRIVER_BOUND)
		return dev_err_probe(bank->dev, -EPROBE_DEFER, "%s is not bound yet\n",
				     dev_name(supplier));
	/* The link outlives the binding: it keeps the bank away until the supplier is back. */
	link = device_link_add(bank->dev, supplier, DL_FLAG_AUTOPROBE_CONSUMER);
	if (!link && device_is_registered(supplier))
		return dev_err_probe(bank->dev, -EINVAL,
				     "cannot link to %s: it depends on this device, or there is no memory left\n",
				     dev_name(supplier));
	if (!link || link->status != DL_STATE_CONSUMER_PROBE)
		return dev_err_probe(bank->dev, -EPROBE_DEFER, "%s is being removed\n",
				     dev_name(supplier));
	if (link == bank->link)
		return 0;

	bank->link = link;
	return devm_add_action_or_reset(bank->dev, emrelay_bank_supplier_gone, link);
}

/**
 * emrelay_bank_get_line - get a line of a channel
 * @channel: the channel, its config read
 * @name: the line's name, as in "NAME-gpios"
 * @flags: what it is made
 *
 * Its node names the line; or the lookup table of the bank's device does, with the
 * channel's number, in the order of nodes, as the index. From now on the bank depends
 * on the line's controller.
 *
 * Context: Sleeps. The line is put with the bank's device (devm).
 * Return: the line, NULL if nobody names it, or an error pointer; the error has been
 * reported.
 */
struct gpio_desc *emrelay_bank_get_line(struct emrelay_channel *channel, const char *name,
					enum gpiod_flags flags)
{
	struct fwnode_handle *fwnode = channel->config.fwnode;
	struct device *dev = channel->bank->dev;
	const char *label = channel->config.label ?: dev_name(dev);
	struct gpio_desc *line;
	int ret;

	line = devm_gpiod_get_index_optional(dev, name, channel->index, flags);
	if (!line)
		line = emrelay_fwnode_gpiod_get(dev, fwnode, name, flags, label);
	else if (!IS_ERR(line))
		gpiod_set_consumer_name(line, label);
	if (line == ERR_PTR(-ENOENT))
		return NULL;

	if (IS_ERR(line))
		ret = dev_err_probe(dev, PTR_ERR(line), "%pfwP: %s-gpios\n", fwnode, name);
	else
		ret = emrelay_bank_depend(channel->bank, emrelay_gpiod_provider(line));
	return ret ? ERR_PTR(ret) : line;
}

/* Reads a node and gets what it refers to, and changes nothing. */
static int emrelay_bank_read_channel(struct emrelay_bank *bank, struct fwnode_handle *fwnode)
{
	struct emrelay_channel **line, *channel = emrelay_channel_alloc(bank, fwnode);
	struct device *dev = bank->dev;
	struct emrelay_config *config;
	int ret;

	if (!channel)
		return -ENOMEM;
	config = &channel->config;
	ret = emrelay_read_config(dev, config);
	if (ret)
		return ret;

	line = &bank->lines[config->reg];
	if (*line)
		return dev_err_probe(dev, -EINVAL, "%pfwP: reg %u is that of %pfwP too\n", fwnode,
				     config->reg, (*line)->config.fwnode);

	channel->index = bank->count;
	channel->coil = emrelay_bank_get_line(channel, "coil", GPIOD_ASIS);
	if (!channel->coil)
		return dev_err_probe(dev, -EINVAL, "%pfwP: coil-gpios is missing\n", fwnode);
	if (IS_ERR(channel->coil))
		return PTR_ERR(channel->coil);
	/* The other one could energise the coil, whatever this relay's limits say. */
	if (gpiod_is_shared(channel->coil))
		return dev_err_probe(dev, -EBUSY,
				     "%pfwP: coil-gpios is the line of another consumer, too\n",
				     fwnode);

	channel->memory = emrelay_memory_get(dev, config->reg);
	if (!channel->memory)
		return -ENOMEM;

	ret = emrelay_sense_find(channel) ?:
	      emrelay_channel_name(channel) ?:
	      emrelay_store_add(channel);
	if (ret)
		return ret;

	*line = channel;
	bank->sleeps |= gpiod_cansleep(channel->coil);
	bank->channels[bank->count++] = channel;
	return 0;
}

/* Everything that can be wrong with the nodes is found before a line moves. */
static int emrelay_bank_read(struct emrelay_bank *bank)
{
	struct emrelay_arbiter *arbiter = &bank->arbiter;
	struct device *dev = bank->dev;
	unsigned int i, interlocked = 0, count = device_get_child_node_count(dev);
	struct fwnode_handle *fwnode;
	int ret;

	bank->channels = devm_kcalloc(dev, count, sizeof(*bank->channels), GFP_KERNEL);
	arbiter->members = devm_kcalloc(dev, count, sizeof(*arbiter->members), GFP_KERNEL);
	if (!bank->channels || !arbiter->members)
		return -ENOMEM;

	device_for_each_child_node(dev, fwnode) {
		/* A line that gpiolib sets is no relay. */
		if (fwnode_property_present(fwnode, "gpio-hog"))
			continue;
		ret = emrelay_bank_read_channel(bank, fwnode);
		if (ret) {
			fwnode_handle_put(fwnode);
			return ret;
		}
		interlocked += bank->channels[bank->count - 1]->config.interlocked;
	}
	if (!bank->count)
		return dev_err_probe(dev, -EINVAL, "the bank has no channels\n");

	arbiter->groups = devm_kcalloc(dev, interlocked, sizeof(*arbiter->groups), GFP_KERNEL);
	if (!arbiter->groups)
		return -ENOMEM;

	emrelay_warn_unknown(dev, dev_fwnode(dev), emrelay_bank_properties);
	for (i = 0; i < bank->count; i++)
		emrelay_warn_config(dev, &bank->channels[i]->config);
	return 0;
}

static int emrelay_bank_create_worker(struct emrelay_bank *bank)
{
	struct kthread_worker *worker = kthread_run_worker(0, "emrelay/%s", dev_name(bank->dev));

	if (IS_ERR(worker))
		return dev_err_probe(bank->dev, PTR_ERR(worker), "cannot start the worker\n");
	bank->worker = worker;
	return 0;
}

/* A channel's interlock group; groups come in the order of nodes. */
static struct emrelay_group *emrelay_bank_find_group(struct emrelay_arbiter *arbiter,
						     const struct emrelay_config *config)
{
	struct emrelay_group *group, *end = arbiter->groups + arbiter->group_count;

	for (group = arbiter->groups; group < end; group++)
		if (group->number == config->interlock_group)
			return group;
	group->number = config->interlock_group;
	arbiter->group_count++;
	return group;
}

/* Sets up what the channels, which are initialised, share. */
static void emrelay_bank_arbitrate(struct emrelay_bank *bank)
{
	struct emrelay_arbiter *arbiter = &bank->arbiter;
	struct emrelay_group *group;

	arbiter->count = bank->count;
	arbiter->stagger_ns = (u64)bank->config.stagger_ms * NSEC_PER_MSEC;
	arbiter->coil_limit = bank->config.coil_limit;
	for (unsigned int i = 0; i < bank->count; i++) {
		struct emrelay_channel *channel = bank->channels[i];
		struct emrelay_member *member = &arbiter->members[i];

		member->engine = &channel->memory->engine;
		member->changeover = channel->settings.changeover;
		if (!channel->config.interlocked)
			continue;
		group = emrelay_bank_find_group(arbiter, &channel->config);
		group->dead_ns = max(group->dead_ns, channel->config.dead_time_us * NSEC_PER_USEC);
		member->group = group;
	}

	emrelay_arbiter_bind(arbiter, ktime_get_boottime_ns());
	for (group = arbiter->groups; group < arbiter->groups + arbiter->group_count; group++)
		if (group->energised > 1)
			dev_err(bank->dev,
				"%pfwP: interlock-group %u: %u coils are energised, above the limit 1: all will be released\n",
				bank->channels[group->holder - arbiter->members]->config.fwnode,
				group->number, group->energised);
}

/* A new face is one more call here, within the loop if each relay has it. */
static int emrelay_bank_add_faces(struct emrelay_bank *bank)
{
	int ret = 0;

	for (unsigned int i = 0; i < bank->count && !ret; i++) {
		ret = emrelay_channel_register(bank->channels[i]);
		if (!ret && IS_ENABLED(CONFIG_EMRELAY_DEBUGFS))
			ret = emrelay_debugfs_add(bank->channels[i]);
		if (!ret && IS_ENABLED(CONFIG_EMRELAY_LEDS))
			ret = emrelay_leds_add(bank->channels[i]);
	}
	if (!ret && IS_ENABLED(CONFIG_EMRELAY_GPIOCHIP))
		ret = emrelay_gpiochip_add(bank);
	return ret;
}

/* The last step of the probe, and the first that drives a line. */
static int emrelay_bank_start(struct emrelay_bank *bank)
{
	const struct emrelay_channel *channel, *blind = NULL;
	unsigned int i, blinds = 0;
	int ret;

	for (i = 0; i < bank->count; i++) {
		channel = bank->channels[i];
		ret = emrelay_channel_output(bank->channels[i]);
		if (ret)
			return ret;
		if (!channel->checked && !blinds++)
			blind = channel;
	}
	if (blind)
		dev_info(bank->dev, "%pfwP%s: coil-gpios cannot be read back, and is taken to be as it was driven\n",
			 blind->config.fwnode, blinds > 1 ? " and others" : "");

	for (i = 0; i < bank->count; i++)
		emrelay_sense_start(bank->channels[i]);
	scoped_guard(spinlock_irqsave, &bank->lock) {
		bank->bound = true;
		emrelay_arbiter_start(&bank->arbiter, ktime_get_boottime_ns());
	}
	emrelay_bank_verify(&bank->verify.work);
	kthread_flush_worker(bank->worker);
	kthread_mod_delayed_work(bank->worker, &bank->supply.work, 0);
	return 0;
}

static int emrelay_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct emrelay_bank *bank;
	int ret;

	bank = devm_kzalloc(dev, sizeof(*bank), GFP_KERNEL);
	if (!bank)
		return -ENOMEM;

	bank->dev = dev;
	ratelimit_state_init(&bank->log, EMRELAY_LOG_INTERVAL, EMRELAY_LOG_BURST);
	INIT_WORK(&bank->work, emrelay_bank_work);
	kthread_init_delayed_work(&bank->verify, emrelay_bank_verify);
	spin_lock_init(&bank->lock);
	lockdep_register_key(&bank->lock_key);
	lockdep_set_class(&bank->lock, &bank->lock_key);
	dev_set_drvdata(dev, bank);
	scoped_guard(spinlock_irq, &emrelay_banks_lock)
		list_add(&bank->node, &emrelay_banks);

	ret = devm_add_action_or_reset(dev, emrelay_bank_exit, bank) ?:
	      emrelay_read_table(dev, dev_fwnode(dev), emrelay_bank_properties,
				 &bank->config) ?:
	      emrelay_bank_read(bank) ?:
	      emrelay_bank_create_worker(bank) ?:
	      emrelay_supply_find(bank) ?:
	      devm_add_action_or_reset(dev, emrelay_unbind, bank);
	for (unsigned int i = 0; i < bank->count && !ret; i++)
		ret = emrelay_channel_find(bank->channels[i]);
	if (ret)
		return ret;

	emrelay_bank_arbitrate(bank);
	return emrelay_bank_add_faces(bank) ?:
	       devm_add_action_or_reset(dev, emrelay_bank_stop, bank) ?:
	       emrelay_bank_start(bank);
}

static void emrelay_shutdown(struct platform_device *pdev)
{
	struct emrelay_bank *bank = platform_get_drvdata(pdev);

	emrelay_bank_stop(bank);
	emrelay_bank_release(bank, EMRELAY_BY_SHUTDOWN);
	guard(spinlock_irqsave)(&bank->lock);
	bank->down = true;
	bank->asleep = false;	/* as the image was stored, and power-off is up to a relay */
	bank->dying = false;
}

/*
 * Until resume requests are accepted, and no coil is driven but to release it now.
 * Records are stored: the power may go.
 */
static int emrelay_suspend(struct device *dev)
{
	struct emrelay_bank *bank = dev_get_drvdata(dev);

	scoped_guard(spinlock_irqsave, &bank->lock)
		bank->asleep = true;

	emrelay_bank_pause(bank);
	emrelay_bank_release(bank, EMRELAY_BY_SUSPEND);
	return 0;
}

/* What became due while the system slept is done now. */
static int emrelay_resume(struct device *dev)
{
	struct emrelay_bank *bank = dev_get_drvdata(dev);
	unsigned int i;

	for (i = 0; i < bank->count; i++)
		emrelay_channel_restore(bank->channels[i], false);
	for (i = 0; i < bank->count; i++)
		emrelay_channel_restore(bank->channels[i], true);
	for (i = 0; i < bank->count; i++)
		emrelay_sense_start(bank->channels[i]);
	scoped_guard(spinlock_irqsave, &bank->lock)
		bank->asleep = false;
	emrelay_bank_verify(&bank->verify.work);
	kthread_mod_delayed_work(bank->worker, &bank->supply.work, 0);
	return 0;
}

/*
 * The cells may have been written since the image was made: as it was stored, or by the
 * kernel that read it.
 */
static int emrelay_restore(struct device *dev)
{
	struct emrelay_bank *bank = dev_get_drvdata(dev);

	for (unsigned int i = 0; i < bank->count; i++) {
		emrelay_store_reload(bank->channels[i]);
		emrelay_channel_count_restored(bank->channels[i]);
	}
	return emrelay_resume(dev);
}

/*
 * Devices are awake as the image is stored, and contacts are read. But no coil moves between
 * its making and the power-off, as the image would know nothing of it.
 */
static int emrelay_thaw(struct device *dev)
{
	struct emrelay_bank *bank = dev_get_drvdata(dev);

	if (!emrelay_hibernates)
		return emrelay_resume(dev);

	for (unsigned int i = 0; i < bank->count; i++)
		emrelay_sense_start(bank->channels[i]);
	return 0;
}

static const struct dev_pm_ops emrelay_pm_ops = {
	.suspend = pm_sleep_ptr(emrelay_suspend),
	.resume = pm_sleep_ptr(emrelay_resume),
	.freeze = pm_sleep_ptr(emrelay_suspend),
	.thaw = pm_sleep_ptr(emrelay_thaw),
	.poweroff = pm_sleep_ptr(emrelay_suspend),
	.restore = pm_sleep_ptr(emrelay_restore),
};

static const struct of_device_id emrelay_of_match[] = {
	{ .compatible = "gpio-relays" },
	{ }
};
MODULE_DEVICE_TABLE(of, emrelay_of_match);

static const struct platform_device_id emrelay_id_table[] = {
	{ .name = "gpio-relays" },
	{ .name = "relay-bank" },	/* of configfs: no other device has such a name */
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
		.dev_groups = emrelay_bank_groups,
		.pm = pm_sleep_ptr(&emrelay_pm_ops),
	},
};

/*
 * Releases the coils as well as can be: all that may wait for someone is left out,
 * lines that sleep, a lock that is held. The system does not run any more.
 */
static void emrelay_bank_panic(struct emrelay_bank *bank)
{
	u64 now_ns = ktime_get_boot_fast_ns();
	unsigned long flags;

	if (!bank->bound || !spin_trylock_irqsave(&bank->lock, flags))
		return;

	for (unsigned int i = 0; i < bank->count; i++) {
		const struct emrelay_channel *channel = bank->channels[i];

		if (gpiod_cansleep(channel->coil) ||
		    !emrelay_arbiter_stop(&bank->arbiter, i, EMRELAY_BY_SHUTDOWN,
					  channel->config.retain_state_panic, now_ns))
			continue;
		emrelay_gpiod_set(channel->coil, false);
		emrelay_arbiter_driven(&bank->arbiter, i, false, false, now_ns);
	}
	spin_unlock_irqrestore(&bank->lock, flags);
}

/* One for all banks, as who unregisters waits for all processors. */
static int emrelay_panic(struct notifier_block *notifier, unsigned long action, void *data)
{
	struct emrelay_bank *bank;

	/* Who holds the lock does not let go of it any more; interrupts are off. */
	if (!spin_trylock(&emrelay_banks_lock))
		return NOTIFY_DONE;

	list_for_each_entry(bank, &emrelay_banks, node)
		emrelay_bank_panic(bank);
	spin_unlock(&emrelay_banks_lock);
	return NOTIFY_DONE;
}

static struct notifier_block emrelay_panic_notifier = {
	.notifier_call = emrelay_panic,
};

/* Wakes the banks if the image was not used; no device's lock is held, and no line changed here. */
static int emrelay_hibernation(struct notifier_block *notifier, unsigned long event, void *data)
{
	struct emrelay_bank *bank;

	emrelay_hibernates = event == PM_HIBERNATION_PREPARE;
	if (event != PM_POST_HIBERNATION)
		return NOTIFY_OK;

	guard(spinlock_irq)(&emrelay_banks_lock);
	list_for_each_entry(bank, &emrelay_banks, node) {
		guard(spinlock)(&bank->lock);
		if (bank->asleep) {
			bank->asleep = false;
			emrelay_bank_wake(bank, 0);
			kthread_mod_delayed_work(bank->worker, &bank->supply.work, 0);
		}
	}
	return NOTIFY_OK;
}

static struct notifier_block emrelay_hibernation_notifier = {
	.notifier_call = emrelay_hibernation,
};

static int __init emrelay_init(void)
{
	int ret = emrelay_core_init();

	if (ret)
		return ret;

	ret = platform_driver_register(&emrelay_driver);
	if (ret) {
		emrelay_core_exit();
		return ret;
	}
	atomic_notifier_chain_register(&panic_notifier_list, &emrelay_panic_notifier);
	register_pm_notifier(&emrelay_hibernation_notifier);
	return 0;
}
module_init(emrelay_init);

static void __exit emrelay_exit(void)
{
	platform_driver_unregister(&emrelay_driver);
	unregister_pm_notifier(&emrelay_hibernation_notifier);
	atomic_notifier_chain_unregister(&panic_notifier_list, &emrelay_panic_notifier);
	emrelay_core_exit();
}
module_exit(emrelay_exit);

MODULE_DESCRIPTION("Electromechanical relays on GPIO lines");
MODULE_VERSION(EMRELAY_VERSION);
MODULE_LICENSE("GPL");
