#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What it costs that all relays of a bank wait but one.
# shellcheck source=common.sh
. /test/common.sh

# Until what the boot left to do is done.
sleep 20

insmod /test/bench_irqs.ko
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

pm_test
# One relay is on, all others of the bank wait: for a coil that may be on, for their group.
for count in 1 64 128 1024; do
	bank=waiting-$count first=$class/waiting-$count:0 last=$class/waiting-$count:$((count - 1))
	supply=/sys/devices/platform/$bank
	window 'bind' $emrelay/bind $bank
	sleep 1
	coils $bank 1
	# What can be told: when whose turn is. Nobody's comes as long as this is measured.
	window 'stagger_ms 600000, coil_limit 0' "$supply/stagger_ms" 600000 "$supply/coil_limit" 0
	coils $bank 1
	ops files "$count" "$last"
	# What is much too dear for 128 is not tried for 1024.
	[ "$count" = 1024 ] && [ -e /tmp/dear ] || ops reading "$count" /sys/kernel/debug/relay/summary
	[ "$count" = 128 ] && ! below 2000000 && : > /tmp/dear
	if [ "$count" = 128 ] && [ -e /tmp/dear ] || [ "$count" = 1024 ] && [ ! -e /tmp/dear ]; then
		bind emrelay bank-pl061
		ops hold-ups /sys/kernel/debug/relay/summary $emrelay bank-pl061
		unbind emrelay bank-pl061
	fi
	[ "$count" = 1024 ] && [ -e /tmp/dear ] || window 'summary, read' /sys/kernel/debug/relay/summary -
	window 'wait_ms and ready_ms, read' "$last/wait_ms" - "$last/ready_ms" -
	window 'coil_limit 1, stagger_ms 0' "$supply/coil_limit" 1 "$supply/stagger_ms" 0
	coils $bank 1
	if [ "$count" != 128 ]; then
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

		bank=group-$count first=$class/group-$count:0 last=$class/group-$count:$((count - 1))
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
