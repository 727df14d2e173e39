#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A bus that fails every other time: all is told, but the log is not flooded.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
modprobe -a emrelay emrelay_test_banks
record
lines=/sys/module/emrelay_test_banks/parameters
echo "0 4" > $lines/make
is made "0-0 0-1 0-2 0-3" "$(one_line "$(ls)")"

# toggle TIMES: the same for all four, and time for what is tried again
toggle()
{
	i=0
	while [ $((i += 1)) -le "$1" ]; do
		for r in 0-0 0-1 0-2 0-3; do
			echo toggle > $r/state
		done
		sleep 0.3
	done
}

quiet
toggle 10
quiet good-lines-log-nothing

# One minute.
before=$(dmesg | wc -l)
echo 2 > $lines/fail
toggle 200
told=$(($(dmesg | wc -l) - before))
dmesg | put - log
ok is-told [ $told -ge 1 ]
is lines-a-minute "at most 12" "$([ $told -le 12 ] && echo at most 12 || echo $told)"
ok it-failed [ "$(cat $lines/failed)" -gt 200 ]
echo 0 > $lines/fail
sleep 1
# An attempt is more than one write, where the line has to be made an output again.
counted=$(cat ./*/statistics/drive_errors | awk '{ sum += $1 } END { print sum }')
ok all-counted [ "$counted" -gt 200 ]
ok none-counted-twice [ "$counted" -le "$(cat $lines/failed)" ]

# Each follows its target again, and what fails then is told again.
for r in 0-0 0-1 0-2 0-3; do
	is "follows-$r" "$(cat $r/state)" "$(cat $r/coil)"
	echo off > $r/state
done
sleep 120
quiet
echo 1 > $lines/fail
echo on > 0-0/state
sleep 5
ok told-again [ "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 0-0)" -ge 1 ]
is not-driven "on,off" "$(words 0-0/state 0-0/coil)"
echo 0 > $lines/fail
sleep 5
is driven "on,on" "$(words 0-0/state 0-0/coil)"
