#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Two relays whose nodes have one name.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load

is are-twins "relay@0 relay@0#1" "$(cd /proc/device-tree/relay-bank && one_line "$(ls -d relay@*)")"
is both left,right "$(ls | tr '\n' ',' | sed 's/,$//')"
echo on > left/state
sleep 1
is one-is-on on,on,off,off "$(words left/state left/coil right/state right/coil)"
is one-counts 1,0 "$(words left/cycle_count right/cycle_count)"
is one-history 1,0 "$(wc -l < $debug/left/history),$(wc -l < $debug/right/history)"
echo on > right/state
sleep 1
is both-are-on on,on,1,1 "$(words left/coil right/coil left/cycle_count right/cycle_count)"
echo relay-bank > $banks/unbind
echo relay-bank > $banks/bind
is remembered "on sysfs off unbind,on sysfs off unbind" "$(for r in left right; do
	one_line "$(cut -d' ' -f2- $debug/$r/history)"
	printf ,
done | sed 's/,$//')"
