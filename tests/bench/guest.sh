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

bind() { echo "$2" > "$platform/drivers/$1/bind"; }
unbind() { echo "$2" > "$platform/drivers/$1/unbind"; }

# All come when they are wanted, so that nobody else's relays are there.
echo 0 > $platform/drivers_autoprobe
modprobe emrelay
modprobe leds-gpio
insmod /test/bench_chip.ko
insmod /test/bench_timer.ko
insmod /test/bench_irqs.ko
bind bench-chip bench-chip
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

section irqs
emrelay=$platform/drivers/emrelay
ops window 'nothing' 0 /dev/null 0
ops window 'a section of 200 us' 0 /sys/kernel/debug/bench-irqs/hold 200
window() { row=$1; shift; ops window "$row" "$count" "$@"; }
# coils BANK NUMBER: so many are energised, or what was measured was not that
coils()
{
	on=$(cat $class/$1:*/coil | grep -c on) || true
	[ "$on" = "$2" ] || { echo "$1: $on coils are energised, not $2"; exit 1; }
}
least() { echo $(($1 < $2 ? $1 : $2)); }
# What was measured last took no more than so many ns.
below() { tail -n 1 $results | awk -F '\t' -v most="$1" '{ exit $4 > most }'; }

echo devices > /sys/power/pm_test
echo 0 > /sys/module/suspend/parameters/pm_test_delay

# One relay is on, all others of the bank wait: for a coil that may be on, for their group.
for count in 1 64 128 1024; do
	bank=waiting-$count first=$class/waiting-$count:0 last=$class/waiting-$count:$((count - 1))
	supply=/sys/devices/platform/$bank
	window 'bind' $emrelay/bind $bank
	sleep 1
	coils $bank 1
	ops files "$count" "$last"
	# What is dear for 128 is too dear for 1024.
	[ "$count" = 1024 ] && [ -e /tmp/dear ] || ops reading "$count" /sys/kernel/debug/relay/summary
	[ "$count" = 128 ] && ! below 50000000 && : > /tmp/dear
	if [ "$count" = 128 ] && [ -e /tmp/dear ] || [ "$count" = 1024 ] && [ ! -e /tmp/dear ]; then
		bind emrelay bank-pl061
		ops hold-ups /sys/kernel/debug/relay/summary $emrelay bank-pl061
		unbind emrelay bank-pl061
	fi
	if [ "$count" != 128 ]; then
		[ "$count" = 1024 ] && [ -e /tmp/dear ] || window 'summary, read' /sys/kernel/debug/relay/summary -
		window 'wait_ms and ready_ms, read' "$last/wait_ms" - "$last/ready_ms" -
		window 'state off of one that waits' "$last/state" off
		sleep 1
		window 'state on of one more' "$last/state" on
		window 'pulse_ms of one that waits' "$last/pulse_ms" 60000
		echo on > "$last/state"
		window 'min_off_ms' "$last/min_off_ms" 1 "$last/min_off_ms" 0
		sleep 1
		coils $bank 1
		window 'state off: the next goes on' "$first/state" off
		[ "$count" = 1 ] || coils $bank 1
		window 'state on of one more, again' "$first/state" on
		sleep 1
		coils $bank 1
		window 'stagger_ms, 1 and 0' "$supply/stagger_ms" 1 "$supply/stagger_ms" 0
		window 'suspend and resume, retained' /sys/power/state freeze
		coils $bank 1
		window 'coil_limit 2: one more goes on' "$supply/coil_limit" 2
		coils $bank "$(least 2 $count)"
		window 'coil_limit 0: all go on' "$supply/coil_limit" 0
		coils $bank $count
		window 'unbind, all are on' $emrelay/unbind $bank

		bank=bank-$count first=$class/bank-$count:0 last=$class/bank-$count:$((count - 1))
		bind emrelay $bank
		sleep 1
		for relay in $class/$bank:*; do echo on > "$relay/state"; done
		sleep 1
		coils $bank 1
		[ "$count" = 1 ] || echo off > "$last/state"
		window 'group: state on of one more' "$last/state" on
		window 'group: state off, the next goes on' "$first/state" off
		echo on > "$first/state"
		sleep 1
		coils $bank 1
		echo off > "$last/state"
		sleep 1
		echo changeover > "$last/interlock"
		window 'group: state on, changes over' "$last/state" on
		coils $bank 1
		window 'group: suspend and resume' /sys/power/state freeze
		window 'group: unbind' $emrelay/unbind $bank
	else
		unbind emrelay $bank
	fi
done
echo none > /sys/power/pm_test

# The names: what a bank alone takes to bind, and gpiolib and the LED core alone.
section names
for count in 16 64 256 1024; do
	ops cost leds "$count" $platform/drivers/leds-gpio/bind "leds-$count"
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
