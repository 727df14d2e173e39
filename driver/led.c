// SPDX-License-Identifier: GPL-2.0-only
/*
 * The faces to the LED subsystem: each relay is an LED, its status indicator,
 * and an LED trigger that other LEDs can follow.
 */
#include <linux/leds.h>
#include <linux/mutex.h>
#include <uapi/linux/uleds.h>

#include "emrelay.h"

/* Only sets the target, so it need not sleep, whatever the line does. */
static void emrelay_led_set(struct led_classdev *led,
			    enum led_brightness brightness)
{
	struct emrelay_channel *channel =
		container_of(led, struct emrelay_channel, led);
	struct emrelay_request request = {
		.op = brightness ? EMRELAY_ON : EMRELAY_OFF,
		.source = EMRELAY_BY_LED,
		.policy = EMRELAY_DEFER,
	};

	emrelay_channel_request(channel, &request);
}

static enum led_brightness emrelay_led_get(struct led_classdev *led)
{
	struct emrelay_channel *channel =
		container_of(led, struct emrelay_channel, led);

	return READ_ONCE(channel->life->engine.past.coil);
}

static int emrelay_trigger_activate(struct led_classdev *led)
{
	struct emrelay_channel *channel =
		container_of(led->trigger, struct emrelay_channel, trigger);
	bool closed;

	/* It is to be told from now on. */
	emrelay_channel_watch(channel);
	/* The contact may change, and tell so, just between the two. */
	do {
		closed = emrelay_channel_closed(channel);
		led_set_brightness(led, closed ? LED_FULL : LED_OFF);
	} while (closed != emrelay_channel_closed(channel));
	return 0;
}

/**
 * emrelay_led_tell - show the contact on the LEDs that follow the relay
 * @channel: the relay
 *
 * Tells only of a change: an LED that follows may be a relay that someone
 * switched otherwise since.
 *
 * Context: May sleep, no lock held: an LED told may be a relay. Not reentrant.
 */
void emrelay_led_tell(struct emrelay_channel *channel)
{
	bool closed;

	if (emrelay_channel_news(channel, &closed))
		led_trigger_event(&channel->trigger, closed ? LED_FULL : LED_OFF);
}

/*
 * Unregistering an LED takes its trigger away before its files: a write to
 * "trigger" in between would attach it again, and what blinks it would go on
 * when the channel is gone. From here on such writes fail.
 */
static void emrelay_led_close(void *data)
{
	struct emrelay_channel *channel = data;

	mutex_lock(&channel->led.led_access);
	led_sysfs_disable(&channel->led);
	mutex_unlock(&channel->led.led_access);
}

/**
 * emrelay_led_add - make a channel an LED and an LED trigger
 * @channel: the channel, named
 *
 * The LED core is told to leave the LED as it is when it goes: what becomes of
 * the coil then is for emrelay_channel_release() to say.
 *
 * Context: May sleep. Undone with the bank's device (devm).
 * Return: 0 or a negative errno.
 */
int emrelay_led_add(struct emrelay_channel *channel)
{
	const char *name = dev_name(&channel->dev);
	struct device *dev = channel->bank->dev;
	struct led_classdev *led = &channel->led;
	int ret;

	channel->trigger.name = devm_kasprintf(dev, GFP_KERNEL, "relay-%s", name);
	led->name = devm_kasprintf(dev, GFP_KERNEL, "%s:red:status", name);
	if (!channel->trigger.name || !led->name)
		return -ENOMEM;
	if (strlen(led->name) >= LED_MAX_NAME_SIZE)
		return dev_err_probe(dev, -EINVAL,
				     "%pfwP: LED name %s is longer than %u characters; a label would help\n",
				     channel->config.fwnode, led->name,
				     LED_MAX_NAME_SIZE - 1);

	channel->trigger.activate = emrelay_trigger_activate;
	ret = devm_led_trigger_register(dev, &channel->trigger);
	if (ret)
		return dev_err_probe(dev, ret, "%pfwP: cannot add LED trigger %s\n",
				     channel->config.fwnode, channel->trigger.name);

	led->brightness = emrelay_led_get(led);
	led->max_brightness = 1;
	led->brightness_set = emrelay_led_set;
	led->brightness_get = emrelay_led_get;
	led->default_trigger = channel->config.default_trigger;
	led->flags = LED_RETAIN_AT_SHUTDOWN;
	ret = devm_led_classdev_register(dev, led);
	if (ret)
		return dev_err_probe(dev, ret, "%pfwP: cannot add LED %s\n",
				     channel->config.fwnode, led->name);
	return devm_add_action_or_reset(dev, emrelay_led_close, channel);
}
