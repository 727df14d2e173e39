#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The demo's part inside the guest: what a person would type at a board.

say() { printf '\n== %s\n' "$*"; }
run() { printf '$ %s\n' "$*"; eval "$*" 2>&1; }

cd /sys/class || exit

say "A stock kernel, and a device tree with four relays"
run uname -rv
run cat /sys/devices/platform/relay-bank/modalias

say "The modalias loads the driver, as udev would have it"
run 'modprobe -v "$(cat /sys/devices/platform/relay-bank/modalias)"'
run lsmod
run relayctl || exit

for event in request coil contact sense fault; do
	echo 1 > /sys/kernel/tracing/events/emrelay/emrelay_$event/enable || exit
done

say "Switched through sysfs; the contact follows the coil 18.5 ms later"
cd /sys/class/relay || exit
run 'echo on > pump/state; cat pump/contact'
run 'usleep 100000; cat pump/contact'
run 'echo off > pump/state; cat pump/contact'

say "An early off waits until the contact has come to rest"
run 'echo on > fan/state; echo off > fan/state; cat fan/state fan/coil'
run 'usleep 100000; cat fan/state fan/coil'

say "A loaded WAGO 859-353 does 6 cycles a minute: this on is deferred ..."
run 'relayctl on pump; cat pump/state pump/coil pump/wait_ms'
say "... and this one is refused, for so it was asked"
run 'echo reject > fan/policy; echo on > fan/state'
run 'cat fan/ready_ms'

say "The same relay is a line of a GPIO chip, and an LED that triggers blink"
run gpioinfo gpiochip1
run 'modprobe ledtrig-timer; echo timer > /sys/class/leds/beacon:red:status/trigger'
run 'gpioset -m time -s 12 $(gpiofind pump)=1; cat pump/coil'
run 'echo none > /sys/class/leds/beacon:red:status/trigger'
run 'gpioset -m time -u 1 $(gpiofind pump)=0; relayctl pulse fan 500; sleep 1'

say "The gate's contact is read back: it closes, bounces, and welds"
run 'echo on > gate/state; usleep 100000; grep . gate/contact gate/measured/*_us'
run 'echo off > gate/state; usleep 200000; grep . gate/coil gate/contact gate/fault gate/health gate/health_cause'
run 'relayctl on gate'
say "The beacon, which must not be on together with the gate, is refused"
run 'relayctl on beacon'
run 'relayctl clear gate'
say "Worked loose and seen open for a second: cleared, which energises nothing"
run 'echo report > gate/fault_action; relayctl pulse gate 200; sleep 2; cat gate/contact'
run 'relayctl clear gate; cat gate/fault gate/coil beacon/coil'
run 'relayctl pulse beacon 500; sleep 1; cat beacon/statistics/rejected gate/statistics/welds'

say "What the relays have lived through"
run relayctl
run relay-wear show
run cat /sys/kernel/debug/relay/summary
run cat /sys/kernel/debug/relay/pump/wear
run cat /sys/kernel/debug/relay/pump/history

put /sys/kernel/tracing/trace
