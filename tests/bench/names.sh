#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What it costs to bind relays, and to find names for them.
# shellcheck source=common.sh
. /test/common.sh

# Until what the boot left to do is done.
sleep 20

# The names: what a bank alone takes to bind, and gpiolib and the LED core alone.
insmod /test/bench_irqs.ko
pm_test
for count in 16 64 256 1024; do
	ops cost leds "$count" $platform/drivers/leds-gpio/bind "leds-$count"
	ops window 'leds-gpio: suspend and resume' "$count" /sys/power/state freeze
	ops window 'leds-gpio: unbind' "$count" $platform/drivers/leds-gpio/unbind "leds-$count"
	ops window 'leds-gpio: bind' "$count" $platform/drivers/leds-gpio/bind "leds-$count"
	unbind leds-gpio "leds-$count"
	ops cost chip "$count" $platform/drivers/bench-chip/bind "chip-$count"
	unbind bench-chip "chip-$count"
	ops cost distinct "$count" $emrelay/bind "distinct-$count"
	unbind emrelay "distinct-$count"
	[ "$count" = 1024 ] && [ -e /tmp/dear-names ] && continue
	ops cost same "$count" $emrelay/bind "same-$count"
	[ "$count" = 256 ] && ! below 500000000 && : > /tmp/dear-names
	unbind emrelay "same-$count"
done
