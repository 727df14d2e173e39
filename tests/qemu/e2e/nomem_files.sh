#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each allocation of a write to each file fails once: the write fails, and changes nothing, or
# it does what it is to do.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
coldplug
cd /sys/class/relay || exit
bank=/sys/bus/platform/devices/good
until [ -e $bank/coil_limit ]; do
	sleep 0.1
done
sleep 1
fail_allocations
forget_leaks

# walk FILE BEFORE TEXT [WANTED]: writes BEFORE, and then the text, until no allocation fails
# any more; the file is as it was before or as it is to be
walked=0 failed=0
walk()
{
	wanted=${4:-$3}
	n=0
	while [ $((n += 1)) -lt 200 ]; do
		[ "$2" = - ] || echo "$2" > "$1"
		before=$(cat "$1" 2> /dev/null)
		said=$(/test/failnth $nth $n "$3" "$1")
		after=$(cat "$1" 2> /dev/null)
		case $said in
		ok*) [ "$after" = "$wanted" ] || [ "$wanted" = - ] || fail "done-$1-$n" "'$said', and reads '$after'" ;;
		*)
			failed=$((failed + 1))
			case $said in
			"Cannot allocate memory hit") ;;
			*) fail "says-why-$1-$n" "'$said'" ;;
			esac
			[ "$after" = "$before" ] || [ "$wanted" = - ] || fail "changed-nothing-$1-$n" "'$after', not '$before'"
			;;
		esac
		case $said in
		*not) break ;;
		esac
	done
	walked=$((walked + 1))
	ok "came-to-the-end-$1-$3" [ $n -lt 200 ]
}

walk all/state off on
walk all/state on off
walk all/state off toggle on
echo off > all/state
walk all/pulse_ms - 100 -
sleep 1
walk all/policy defer reject
walk all/policy reject defer
walk all/load none resistive
walk all/load_ma 1000 2000
walk all/min_on_ms 0 20
walk all/min_off_ms 0 20
walk all/max_on_ms 0 5000
walk all/momentary_ms 0 500
walk all/watchdog_ms 0 5000
walk all/interlock block changeover
walk all/warn_ppm 800000 700000
walk all/end_of_life warn block
walk all/fault - clear none
walk all/flush_cycles 16 1
walk all/flush_s 3600 60
walk all/wear_record - "$(cat all/wear_record)" -
walk all/replace - another -
is replaced another "$(cat all/serial)"
walk /sys/class/leds/all:red:status/brightness 0 1 -
walk "/sys/class/leds/all:red:status/trigger" none relay-leader -
echo none > /sys/class/leds/all:red:status/trigger
walk $bank/stagger_ms 1 2
walk $bank/coil_limit 1 2
walk $bank/verify_s 0 1
walk $bank/verify_s 1 0
echo "$walked files, $failed writes failed" | put - numbers

# All works, and nothing was leaked.
for file in max_on_ms momentary_ms watchdog_ms min_on_ms min_off_ms; do
	echo 0 > all/$file
done
echo off > all/state
sleep 2
echo on > all/state
sleep 2
is works on,on,closed,none "$(words all/state all/coil all/contact all/fault)"
is stored "$(cat all/cycle_count)" "$(cat all/cycles_stored)"
no_leaks leaks
