/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A channel as an LED and as an LED trigger. Callers ask IS_ENABLED() first.
 */
#ifndef EMRELAY_LEDS_H
#define EMRELAY_LEDS_H

#include <linux/leds.h>

struct emrelay_channel;

/**
 * struct emrelay_leds - what the LED subsystem has of a channel
 * @led: the status indicator
 * @trigger: the LED trigger that follows the contact
 */
struct emrelay_leds {
	struct led_classdev led;
	struct led_trigger trigger;
};

bool emrelay_leds_used(const struct emrelay_channel *channel);
void emrelay_leds_init(struct emrelay_channel *channel);
int emrelay_leds_add(struct emrelay_channel *channel);

#endif
