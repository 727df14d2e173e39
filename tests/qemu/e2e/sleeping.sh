#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Coils on lines that sleep, as on an I2C expander, alone and beside others.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
# After a first bind the contacts count as opening.
sleep 0.1

sim=$(dirname "$(find /sys/devices/platform/simulator -name sim_gpio0)")
lines()
{
	one_line "$(cat "$sim"/sim_gpio[0-5]/value)"
}
is bound "asleep awake chased first lamp low second" "$(one_line "$(ls)")"
is rest "0 0 0 1 0 0" "$(lines)"

# Who asks has the coil driven on return.
at request << EOF
10 first/state on
10 $sim/sim_gpio0/value
100 first/state off
100 $sim/sim_gpio0/value
500 first/pulse_ms 30
500 $sim/sim_gpio0/value
EOF
gpioset relay-bank 0=0 1=1
is gpioset "0 1 0 1 0 0" "$(lines)"
sleep 1
gpioset relay-bank 1=0
is gpioset-0 "0 0 0 1 0 0" "$(lines)"
is line 0 "$(/test/lineget relay-bank 1)"
echo on > low/state
is active-low "0 0 0 0 0 0" "$(lines)"

sleep 1
at early << EOF
10 second/state on
11 second/state off
12 second/state on
13 second/state off
400 second/state on
500 second/state off
501 second/state on
EOF
sleep 1
at beside << EOF
10 awake/state on
11 awake/state off
500 asleep/state on
501 asleep/state off
510 awake/state on
EOF
sleep 1

# From a timer's softirq, and through two banks.
echo timer > "/sys/class/leds/first:red:status/trigger"
echo timer > "/sys/class/leds/awake:red:status/trigger"
echo timer > /sys/class/leds/lamp/trigger
for led in first:red:status awake:red:status lamp; do
	echo 30 > "/sys/class/leds/$led/delay_on"
	echo 25 > "/sys/class/leds/$led/delay_off"
done
sleep 10
for relay in first awake lamp chased; do
	is "timer-drives-$relay" 1 "$(($(cat $relay/cycle_count) > 10))"
done

# While it blinks
for n in 1 2 3 4 5 6; do
	echo relay-bank > $banks/unbind
	sleep 0.$n
	echo relay-bank > $banks/bind
	echo timer > "/sys/class/leds/first:red:status/trigger"
	echo on > /sys/class/relay/second/state
	sleep 0.4
done
cd /sys/class/relay || exit
for led in first:red:status awake:red:status chased:red:status; do
	echo none > "/sys/class/leds/$led/trigger"
	echo 0 > "/sys/class/leds/$led/brightness"
done
for relay in *; do
	echo off > "$relay/state"
done
sleep 1
is end "0 0 0 1 0 0" "$(lines)"
is end-coils off,off,off,off,off,off,off "$(words ./*/coil)"
is idle 0 "$(grep -c emrelay /proc/timer_list)"
for relay in *; do
	echo "$relay $(cat "$relay/cycle_count")"
done | put - cycles
put $tracing/trace
rmmod emrelay
is unloaded "0 0 0 1 0 0" "$(lines)"
