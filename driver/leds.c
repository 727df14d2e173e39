// SPDX-License-Identifier: GPL-2.0-only
/*
 * The faces to the LED subsystem: each relay is an LED, its status indicator,
 * and an LED trigger that other LEDs can follow.
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <uapi/linux/uleds.h>

#include "bank.h"

static struct emrelay_channel *emrelay_from_led(struct led_classdev *led)
{
	return container_of(led, struct emrelay_channel, leds.led);
}

/*
 * Only sets the target, so it does not sleep, even where the line does. An LED on
 * the trigger of its own relay requests nothing: what the contact did last is not
 * what someone wants next.
 */
static void emrelay_led_set(struct led_classdev *led, enum led_brightness brightness)
{
	struct emrelay_channel *channel = emrelay_from_led(led);
	unsigned long flags;

	if (READ_ONCE(led->trigger) == &channel->leds.trigger)
		return;
	/* Who holds the lock as the kernel panics does not let go of it any more. */
	if (unlikely(oops_in_progress)) {
		if (!spin_trylock_irqsave(&channel->bank->lock, flags))
			return;
		spin_unlock_irqrestore(&channel->bank->lock, flags);
	}
	emrelay_channel_request(channel, brightness ? EMRELAY_ON : EMRELAY_OFF, EMRELAY_BY_LED, 0);
}

static enum led_brightness emrelay_led_get(struct led_classdev *led)
{
	struct emrelay_channel *channel = emrelay_from_led(led);

	guard(spinlock_irqsave)(&channel->bank->lock);
	return channel->memory->engine.past.coil;
}

static int emrelay_trigger_activate(struct led_classdev *led)
{
	struct emrelay_channel *channel =
		container_of(led->trigger, struct emrelay_channel, leds.trigger);
	bool closed;

	/* Meanwhile the contact may change, and set all LEDs but this one. */
	do {
		closed = emrelay_channel_watch(channel) == EMRELAY_CLOSED;
		led_set_brightness(led, closed ? LED_FULL : LED_OFF);
	} while (closed != (emrelay_channel_watch(channel) == EMRELAY_CLOSED));
	return 0;
}

/**
 * emrelay_leds_init - prepare the list of LEDs that are on a relay's trigger
 * @channel: the channel
 *
 * emrelay_leds_used() may look at it before the trigger is registered.
 *
 * Context: Any.
 */
void emrelay_leds_init(struct emrelay_channel *channel)
{
	INIT_LIST_HEAD(&channel->leds.trigger.led_cdevs);
}

/**
 * emrelay_leds_used - does an LED follow a relay?
 * @channel: the channel
 *
 * Context: Any.
 * Return: true if one does. An LED that begins to follow reads the contact
 * itself.
 */
bool emrelay_leds_used(const struct emrelay_channel *channel)
{
	return !list_empty_careful(&channel->leds.trigger.led_cdevs);
}

/*
 * Unregistering an LED takes its trigger away first, and its files and its
 * place in the list of LEDs last. In between, a write to "trigger" or another
 * relay's new trigger would attach it again, for good. After this neither does:
 * the flag stops the one, the missing name the other. The node goes as it came,
 * since a device puts a software node that it has when it goes.
 */
static void emrelay_led_close(void *data)
{
	struct led_classdev *led = data;

	guard(mutex)(&led->led_access);
	guard(rwsem_write)(&led->trigger_lock);
	led->default_trigger = NULL;
	led_sysfs_disable(led);
	device_set_node(led->dev, NULL);
}

/**
 * emrelay_leds_add - make a channel an LED and an LED trigger
 * @channel: the channel, registered
 *
 * The LED core leaves the LED as it is when it goes: what becomes of the coil
 * is decided when the bank is released.
 *
 * Context: May sleep. Undone with the bank's device (devm).
 * Return: 0 or a negative errno, which has been reported.
 */
int emrelay_leds_add(struct emrelay_channel *channel)
{
	const char *name = dev_name(&channel->dev);
	struct fwnode_handle *fwnode = channel->config.fwnode;
	struct device *dev = channel->bank->dev;
	struct led_trigger *trigger = &channel->leds.trigger;
	struct led_classdev *led = &channel->leds.led;
	int ret;

	trigger->name = devm_kasprintf(dev, GFP_KERNEL, "relay-%s", name);
	led->name = devm_kasprintf(dev, GFP_KERNEL, "%s:red:status", name);
	if (!trigger->name || !led->name)
		return -ENOMEM;
	if (strlen(led->name) >= LED_MAX_NAME_SIZE)
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: LED name %s is longer than %u characters; a label would help\n",
				     fwnode, led->name, LED_MAX_NAME_SIZE - 1);

	trigger->activate = emrelay_trigger_activate;
	ret = devm_led_trigger_register(dev, trigger);
	if (ret)
		return dev_err_probe(dev, ret, "%pfwP: cannot add LED trigger %s\n",
				     fwnode, trigger->name);

	led->brightness = emrelay_led_get(led);
	led->max_brightness = 1;
	led->brightness_set = emrelay_led_set;
	led->brightness_get = emrelay_led_get;
	led->flags = LED_RETAIN_AT_SHUTDOWN;
	ret = devm_led_classdev_register(dev, led);
	if (ret)
		return dev_err_probe(dev, ret, "%pfwP: cannot add LED %s\n", fwnode, led->name);

	ret = devm_add_action_or_reset(dev, emrelay_led_close, led);
	if (ret)
		return ret;

	device_set_node(led->dev, fwnode);
	/* Not before, as some kernels show an LED to new triggers before it is complete. */
	scoped_guard(rwsem_write, &led->trigger_lock)
		led->default_trigger = channel->config.default_trigger;
	led_trigger_set_default(led);
	return 0;
}
