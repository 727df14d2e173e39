#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What operations cost, beside what others do.
# shellcheck source=common.sh
. /test/common.sh

# relay NAME BANK OFFSET: where the faces of a relay are
relay()
{
	chip=$(cd "/sys/devices/platform/$2" && echo gpiochip[0-9]*)
	ops relay "$class/$1" "/sys/class/leds/$1:red:status" "$chip" "$3"
}

insmod /test/bench_timer.ko
bind leds-gpio leds

pl061=$(cd /sys/devices/platform/9030000.pl061 && echo gpiochip[0-9]*)
base=$(cat /sys/devices/platform/9030000.pl061/gpio/gpiochip*/base)
exported=/sys/class/gpio/gpio$((base + 7))
echo $((base + 7)) > /sys/class/gpio/export
echo out > "$exported/direction"

# Until what the boot left to do is done.
sleep 20

section references
ops references /sys/class/leds/plain "$pl061" 5 "$exported" \
	"$(cd /sys/devices/platform/bench-chip && echo gpiochip[0-9]*)" 1023

section pl061
bind emrelay bank-pl061
sleep 20
relay one bank-pl061 0
ops interlock $class/one $class/two
section alone
relay three bank-pl061 2
section aftermath
ops aftermath alone $class/one
echo relay-one > /sys/class/leds/plain/trigger
ops aftermath followed $class/one
echo none > /sys/class/leds/plain/trigger

section lateness
for mode in hard default long; do
	sed "s/^/hrtimer-$mode\t/" "/sys/kernel/debug/bench-timer/$mode" >> $results
done
ops lateness $class/one /sys/kernel/debug/relay/one/history 6000
unbind emrelay bank-pl061

section sensed
bind emrelay bank-sensed
sleep 20
ops sensed $class/sensed
unbind emrelay bank-sensed

for count in 1 16 256 1024; do
	section "$count"
	bind emrelay "bank-$count"
	sleep 20
	relay "bank-$count:$((count - 1))" "bank-$count" $((count - 1))
	[ $count = 1024 ] || unbind emrelay "bank-$count"
done

section refusals
accesses=/sys/kernel/debug/bench-chip/accesses
before=$(cat $accesses)
dmesg | wc -l >> /tmp/lines
ops refusals $class/bank-1024:1023 1000000 /sys/class/leds/plain
put - refusals < $tracing/trace
echo > $tracing/set_event
echo > $tracing/set_event_pid
echo 1 > $tracing/tracing_on
printf 'lines\t%s\t%s\n' "$(cat /tmp/lines)" "$(dmesg | wc -l)" >> $results
printf 'accesses\t%s\t%s\n' "$before" "$(cat $accesses)" >> $results

# An hour in which some are on, some off, one pulses never again.
section idle
bind emrelay bank-pl061
echo on > $class/one/state
echo on > $class/bank-1024:5/state
sleep 60
ops idle pulse 60 $class/three
ops idle hour 3600
