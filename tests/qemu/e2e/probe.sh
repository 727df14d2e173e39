#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What probing does to lines, and what it says of nodes that are wrong.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

gpioset 9030000.pl061 1=1 3=1 4=1
# What udev does on a machine that has shared lines.
modprobe -q gpio-shared-proxy
sleep 1
before=$(dmesg | wc -l)
load
dmesg | tail -n +$((before + 1)) > /tmp/said
put /tmp/said

is bound "completed dampened hogged misspelt not-rated relay-bank too-little undampened" "$(one_line \
	"$(cd $banks && for b in *; do [ -L "$b" ] && [ "$b" != module ] && echo "$b"; done)")"
is class "ac ac-dampened at-the-curve's-end class-unrated dc dc-dampened dc-rated dc-unrated full hogged $(
	)keep-off keep-on life-given limit-given little misnamed misspelt off-off off-on on-off on-on on-the-stair $(
	)part-unrated resistive" "$(one_line "$(ls)")"
is leds 24 "$(find /sys/class/leds/ -name '*:red:status' | wc -l)"
is chips "completed dampened hogged misspelt not-rated relay-bank too-little undampened" "$(one_line \
	"$(gpiodetect | sed -n 's/.*\[\(.*\)\].*/\1/p' | grep -v '\(9030000\|5f0000\|shared\)' | sort)")"
is debugfs 25 "$(find $debug -maxdepth 1 -mindepth 1 | wc -l)"
is dc-rating tree,sheet,not-rated,tree,not-rated,tree "$(for r in dc-dampened dc dc-unrated dc-rated \
	part-unrated limit-given; do
	value $debug/$r/wear dc_rating; done | tr '\n' , | sed 's/,$//')"
is rating "7 8000 2000" "$(one_line "$(cd life-given/rating && cat electrical_life operate_us bounce_us)")"
is curves-end "20 curve" "$(one_line "$(cd $debug/at-the-curve*end && value wear life_at_load && value wear basis)")"
# The bank whose store is not there is tried again when another driver comes.
is deferred store-not-there "$(cut -f1 /sys/kernel/debug/devices_deferred)"
# A bank that failed has let go of its lines.
is lines "little full" \
	"$(one_line "$( (gpioinfo 5f000008.gpio; gpioinfo 5f000010.gpio) | sed -n 's/^.*line .* "\(.*\)" *output.*/\1/p')")"

cat off-on/cycle_count > /tmp/cycles
all()
{
	words "off-off/$1" "off-on/$1" "on-off/$1" "on-on/$1" "keep-on/$1" "keep-off/$1"
}
sleep 1
is state off,off,on,on,on,off "$(all state)"
is coil off,off,on,on,on,off "$(all coil)"
is contact open,open,closed,closed,closed,open "$(all contact)"
is cycle_count 0,0,1,0,0,0 "$(all cycle_count)"
is history-on-off "on probe" "$(cut -d' ' -f2- $debug/on-off/history)"
is history-off-on "off probe" "$(cut -d' ' -f2- $debug/off-on/history)"
is history-kept "" \
	"$(cat $debug/keep-on/history $debug/on-on/history $debug/off-off/history $debug/keep-off/history)"
for r in off-off off-on on-off on-on; do
	echo "$r $(value $debug/$r/timing edge_ns)"
done | put - last-edges
# On for long, for all that is known: it may be released, and has its cycle left.
is kept-ready 0 "$(cat keep-on/ready_ms)"
at kept << EOF
10 keep-on/state off
20 keep-on/state on
EOF
sleep 1
is hogged on "$(cat hogged/state)"
# Nobody asked for anything else.
is requests 0,0,0,0,2,0 "$(all statistics/requests)"
