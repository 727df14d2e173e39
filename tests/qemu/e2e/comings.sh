#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The bank, its controller and its store's provider go and come back, over and over, while files
# are open and polled, lines are held, a trigger blinks and edges are pending.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
modprobe -a ledtrig-timer
load
sleep 1
class=/sys/class/relay
bus_driver=/sys/bus/platform/drivers/emrelay-test-bus
store_driver=/sys/bus/platform/drivers/emrelay-test-store
store=$(basename "$(find $store_driver/ -maxdepth 1 -type l -name 'store*' -o -maxdepth 1 -type l -name '*.store*')")
echo 0 > $tracing/events/emrelay/enable
# GPIO chips that go while one of their lines is held: 6.1 does not stand it, and the label of
# the line is leaked by others.
lines=yes
case $(uname -r) in
6.1.*) lines= ;;
esac
[ ! -e $kmemleak ] || lines=
cd / || exit
forget_leaks

there()
{
	tries=0
	until [ -e $class/cells/state ] && [ -e $class/one/state ]; do
		[ $((tries += 1)) -le 200 ] || return 1
		sleep 0.05
	done
}

round=0 kind=0
# shellcheck disable=SC2154 # from the kernel's command line
while [ $((round += 1)) -le "$rounds" ]; do
	there || break
	exec 3< $class/one/contact 4> $class/two/state 5< $debug/one/history 6> "/sys/class/leds/one:red:status/brightness"
	# A loaded relay waits for 10 s; the other's contact travels.
	echo on > $class/two/state
	echo off > $class/two/state
	echo on > $class/two/state
	echo timer > "/sys/class/leds/one:red:status/trigger"
	echo toggle > $class/cells/state
	if [ $((round % 8)) = 1 ]; then
		/test/watch $class/one/contact $class/cells/fault > /dev/null &
		watcher=$!
		[ ! "$lines" ] || gpioset -m signal lines-bank 0=1 2> /dev/null &
		holder=$!
	fi
	case $((kind = (kind + 1) % 3)) in
	0)
		echo lines > $bus_driver/unbind
		echo lines > $bus_driver/bind
		;;
	1)
		echo lines-bank > $banks/unbind
		echo lines-bank > $banks/bind
		;;
	2)
		echo "$store" > $store_driver/unbind
		echo "$store" > $store_driver/bind
		;;
	esac 2> /tmp/error
	exec 3<&- 4>&- 5<&- 6>&-
	if [ $((round % 8)) = 0 ]; then
		kill "$watcher" "$holder" 2> /dev/null
		wait
	fi
done
kill "$watcher" "$holder" 2> /dev/null
ok came-to-the-end [ $round -gt "$rounds" ]
ok there there
cd $class || exit
echo none > "/sys/class/leds/one:red:status/trigger"
echo off > one/state
echo off > two/state
echo off > cells/state
sleep 12
echo on > one/state
echo on > two/state
sleep 1
is works on,on,closed,none,on,on,closed,none "$(words one/state one/coil one/contact one/fault two/state two/coil two/contact two/fault)"
echo off > one/state
echo off > two/state
sleep 1
is idle 0 "$(grep -c emrelay /proc/timer_list)"
ok counted [ "$(cat cells/cycle_count)" -gt $((rounds / 10)) ]
is bank-once "cells one two" "$(one_line "$(ls)")"
no_leaks leaks
echo "$round rounds, $(cat cells/cycle_count) cycles" | put - numbers
