#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tracepoints and debugfs.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load

is events "emrelay_coil emrelay_contact emrelay_fault emrelay_measured emrelay_request emrelay_sense enable filter" "$(one_line \
	"$(ls $tracing/events/emrelay)")"
for e in request coil contact fault; do
	put - format-$e < $tracing/events/emrelay/emrelay_$e/format
done
for f in $debug/summary "$debug/pump"/*; do
	is "mode-${f##*/}" 444 "$(stat -c %a "$f")"
	# which root may open all the same
	refused "read-only-${f##*/}" "Invalid argument" 1 "$f"
done
is debugfs-channels "__summary,_summary,heat pump,pump,relay-bank:2,summary," \
	"$(cd $debug && for f in *; do printf '%s,' "$f"; done)"
for name in summary _summary; do
	ok "class-$name" [ -d /sys/class/relay/$name ]
	echo on > /sys/class/relay/$name/state
	is "wear-$name" 1 "$(value $debug/_$name/wear cycles)"
	echo off > /sys/class/relay/$name/state
	sleep 1
done
ok summary-is-a-file [ -f $debug/summary ]
is debugfs-files "history limits timing wear" "$(one_line "$(ls $debug/pump)")"
is history-empty "" "$(cat $debug/pump/history)"

at requests << EOF
10 pump/state on
11 pump/state off
500 pump/state toggle
501 pump/policy reject
502 pump/state off
503 pump/state on
504 pump/pulse_ms 100
505 pump/state bogus
506 pump/state off
507 pump/policy defer
EOF
sleep 0.1
put $debug/pump/history
put - limits < $debug/pump/limits
at timing << EOF
10 heat pump/state
EOF
put - timing-fresh < "$debug/heat pump/timing"
echo on > "heat pump/state"
put - timing-closing < "$debug/heat pump/timing"
sleep 0.1
echo off > "heat pump/state"
sleep 0.1
echo on > "heat pump/state"
put - timing-waiting < "$debug/heat pump/timing"
sleep 1
echo 1 > "/sys/class/leds/heat pump:red:status/brightness"
gpioset relay-bank 1=0
sleep 1
put - wear < $debug/pump/wear
put $debug/summary

# More than the history holds, every third refused.
i=0
while [ $((i += 1)) -le 40 ]; do
	echo on > "heat pump/state"
	sleep 0.1
	echo off > "heat pump/state"
	echo reject > "heat pump/policy"
	echo on > "heat pump/state" 2> /dev/null
	echo defer > "heat pump/policy"
	sleep 0.5
done
put - history-full < "$debug/heat pump/history"
