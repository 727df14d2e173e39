#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What relays do over some boots, which the kernel's command line counts (boot=).
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

known()
{
	echo "$(value $debug/"$1"/wear cycles) $(value $debug/"$1"/wear wear_source) $(value $debug/"$1"/wear unknown_history)"
}

# cycle RELAY TIMES
cycle()
{
	for _ in $(seq "$2"); do
		echo on > "$1/state"
		sleep 0.01
		echo off > "$1/state"
		sleep 0.01
	done
}

load
bank relay-bank
watching watched worn/health
for relay in many worn rated kept cold; do
	echo "$relay $(known $relay)"
done | put - loaded
cat rated/ready_ms | put - ready
# Each moment with how long it is since the boot.
for relay in cold unknown; do
	ms=$(cat $relay/ready_ms)
	echo "$relay $ms $(value $debug/$relay/timing now_ns)"
done | put - rests

# shellcheck disable=SC2154 # from the kernel's command line
case $boot in
1)
	is good good "$(cat worn/health)"
	cycle many 37
	sleep 16
	cycle cold 1
	cycle worn 8
	is warning warning "$(cat worn/health)"
	echo on > kept/state
	# The rate limit is to hold across the reboot.
	echo on > rated/state
	sleep 0.5
	;;
2)
	is warning-still warning "$(cat worn/health)"
	cycle many 5
	cycle worn 1
	echo on > rated/state
	sleep 12
	is rated-again on "$(cat rated/coil)"
	cycle worn 1
	is worn worn "$(cat worn/health)"
	;;
3)
	is worn-still worn "$(cat worn/health)"
	cycle worn 1
	cycle many 1
	echo on > rated/state
	sleep 12
	is rated-in-the-end on "$(cat rated/coil)"
	;;
esac
sleep 0.1
put - watched < /tmp/watched
put - uptime < /proc/uptime
