#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Relays that are after a boot what they were before it; and one that switches the
# machine off. Which boot it is has the kernel's command line (boot=).
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
sleep 1

# shellcheck disable=SC2154 # from the kernel's command line
if [ "$boot" = 1 ]; then
	is nothing-known "off,off off,off off,off" "$(words on/state on/coil) $(words off/state off/coil) $(words pulse/state pulse/coil)"
	echo on > on/state
	echo on > off/state
	sleep 0.5
	echo off > off/state
	echo 60000 > pulse/pulse_ms
	sleep 0.5
	# What changes as the change before is written, slowly, is written at once after it.
	store=/sys/module/emrelay_test_store/parameters
	writes=$(cat $store/writes)
	echo 5000 > $store/page_us
	echo on > off/state
	sleep 0.02
	echo off > off/state
	sleep 0.5
	echo 0 > $store/page_us
	is written-at-once $((writes + 2)) "$(cat $store/writes)"
else
	is as-they-were "on,on off,off off,off" "$(words on/state on/coil) $(words off/state off/coil) $(words pulse/state pulse/coil)"
	cd / && echo relay-bank > $banks/unbind && echo relay-bank > $banks/bind
	cd /sys/class/relay || exit
	sleep 1
	is over-unbind "on,on off,off off,off" "$(words on/state on/coil) $(words off/state off/coil) $(words pulse/state pulse/coil)"
	echo off > on/state
fi
sleep 1
cut -d' ' -f1 /proc/uptime | put - uptime
