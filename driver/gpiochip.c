// SPDX-License-Identifier: GPL-2.0-only
/*
 * The face to the GPIO subsystem: one output line a relay. Setting it is a
 * request; it reads where the contact is, or is going.
 */
#include <linux/bitmap.h>
#include <linux/cleanup.h>
#include <linux/gpio/driver.h>
#include <linux/module.h>
#include <linux/timekeeping.h>

#include "bank.h"

static struct emrelay_channel *emrelay_from_line(struct gpio_chip *gc, unsigned int offset)
{
	return ((struct emrelay_bank *)gpiochip_get_data(gc))->lines[offset];
}

static int emrelay_gpio_init_valid_mask(struct gpio_chip *gc,
					unsigned long *valid, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		assign_bit(i, valid, emrelay_from_line(gc, i));
	return 0;
}

static int emrelay_gpio_get_direction(struct gpio_chip *gc, unsigned int offset)
{
	return GPIO_LINE_DIRECTION_OUT;
}

/* Without it gpiolib would log each attempt. */
static int emrelay_gpio_direction_input(struct gpio_chip *gc, unsigned int offset)
{
	return -EOPNOTSUPP;
}

static int emrelay_gpio_direction_output(struct gpio_chip *gc, unsigned int offset, int value)
{
	struct emrelay_channel *channel = emrelay_from_line(gc, offset);
	int ret;

	ret = emrelay_channel_request(channel, value ? EMRELAY_ON : EMRELAY_OFF,
				      EMRELAY_BY_GPIO, 0);
	if (!ret)
		emrelay_channel_sync(channel);
	return ret;
}

/*
 * The target while a request waits or the contact travels, else where the contact is: so
 * writing back what was read changes nothing.
 */
static int emrelay_gpio_get(struct gpio_chip *gc, unsigned int offset)
{
	struct emrelay_channel *channel = emrelay_from_line(gc, offset);
	const struct emrelay_engine *engine = &channel->memory->engine;
	enum emrelay_contact contact;

	guard(spinlock_irqsave)(&channel->bank->lock);
	contact = emrelay_channel_contact(channel, ktime_get_boottime_ns());
	if (emrelay_engine_pending(engine) || contact == EMRELAY_CLOSING ||
	    contact == EMRELAY_OPENING)
		return engine->target;
	return contact == EMRELAY_CLOSED;
}

/**
 * emrelay_gpiochip_add - offer the bank's relays as GPIO lines
 * @bank: the bank, its channels registered
 *
 * Context: May sleep. Undone with the bank's device (devm).
 * Return: 0 or a negative errno, which has been reported.
 */
int emrelay_gpiochip_add(struct emrelay_bank *bank)
{
	struct gpio_chip *gc = &bank->gc;
	const char **names;
	unsigned int i;
	int ret;

	for (i = 0; i < bank->count; i++)
		gc->ngpio = max_t(u16, gc->ngpio, bank->channels[i]->config.reg + 1);

	names = devm_kcalloc(bank->dev, gc->ngpio, sizeof(*names), GFP_KERNEL);
	if (!names)
		return -ENOMEM;
	for (i = 0; i < bank->count; i++)
		names[bank->channels[i]->config.reg] = dev_name(&bank->channels[i]->dev);

	gc->label = dev_name(bank->dev);
	gc->parent = bank->dev;
	gc->owner = THIS_MODULE;
	gc->base = -1;
	gc->names = names;
	gc->can_sleep = bank->sleeps;
	gc->init_valid_mask = emrelay_gpio_init_valid_mask;
	/* Without a function here gpiolib does not look at the mask either. */
	gc->request = gpiochip_generic_request;
	gc->get_direction = emrelay_gpio_get_direction;
	gc->direction_input = emrelay_gpio_direction_input;
	gc->direction_output = emrelay_gpio_direction_output;
	emrelay_gpio_set_is(gc, emrelay_gpio_direction_output);
	gc->get = emrelay_gpio_get;

	ret = devm_gpiochip_add_data(bank->dev, gc, bank);
	if (ret)
		return dev_err_probe(bank->dev, ret, "cannot add the GPIO chip\n");
	return 0;
}
