#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the guest of the bench does; what it finds is for run.
set -e

class=/sys/class/relay platform=/sys/bus/platform tracing=/sys/kernel/tracing
results=/tmp/results
trap 'put $results; dmesg | put - dmesg' EXIT

section() { printf 'section\t%s\n' "$1" >> $results; }
ops() { /test/ops "$@" >> $results; }

# relay NAME BANK OFFSET: where the faces of a relay are
relay()
{
	chip=$(cd "/sys/devices/platform/$2" && echo gpiochip[0-9]*)
	ops relay "$class/$1" "/sys/class/leds/$1:red:status" "$chip" "$3"
}

# Real-time processes are not to be stopped for having used their share.
echo -1 > /proc/sys/kernel/sched_rt_runtime_us

# The banks come when they are wanted, so that nobody else's relays are there.
echo 0 > $platform/drivers_autoprobe
modprobe emrelay
echo 1 > $platform/drivers_autoprobe
modprobe leds-gpio
insmod /test/bench_chip.ko
insmod /test/bench_timer.ko

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
echo bank-pl061 > $platform/drivers/emrelay/bind
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
echo bank-pl061 > $platform/drivers/emrelay/unbind

for count in 1 16 256 1024; do
	section "$count"
	echo "bank-$count" > $platform/drivers/emrelay/bind
	sleep 20
	relay "bank-$count:$((count - 1))" "bank-$count" $((count - 1))
	[ $count = 1024 ] || echo "bank-$count" > $platform/drivers/emrelay/unbind
done

section summary
ops reading /sys/kernel/debug/relay/summary

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
echo bank-pl061 > $platform/drivers/emrelay/bind
echo on > $class/one/state
echo on > $class/bank-1024:5/state
sleep 60
ops idle pulse 60 $class/three
ops idle hour 3600
