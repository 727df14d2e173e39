#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Pulses at random moments; what the lines are to show stands in healthy.py.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

coldplug
echo 1 > $tracing/events/emrelay/emrelay_fault/enable
cd /sys/class/relay || exit
sleep 1
n=0
for relay in a b c d; do
	# shellcheck disable=SC2154 # from the kernel's command line
	awk -v relay=$relay -v n="$cycles" -v seed="$seed$n" 'BEGIN {
		srand(seed)
		ms = 1
		while (n--) {
			on = 60 + int(rand() * 120)
			print ms, relay "/pulse_ms", on
			ms += on + 130 + rand() * 120
		}
	}' | /test/at > /tmp/did-$relay &
	n=$((n + 1))
done
wait
sleep 1
for relay in a b c d; do
	is asked-$relay "$cycles" "$(grep -c ' ok ' /tmp/did-$relay)"
	echo "$relay$(for file in cycle_count fault sense statistics/closings statistics/misfires statistics/welds \
		statistics/chatters statistics/glitches statistics/dropped; do
		echo " ${file##*/}=$(cat $relay/$file)"
	done | tr -d '\n') operate_n=$(value $debug/$relay/timing operate_n)"
done | put - seen
