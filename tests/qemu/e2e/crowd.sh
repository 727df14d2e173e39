#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# 200 relays and one slow store; meanwhile others of the same bank are switched.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
coldplug
cd /sys/class/relay || exit
bank crowd
store=/sys/module/emrelay_test_store/parameters
is bound 204 "$(find . -name 'crowd:*' | wc -l)"

# An EEPROM: 5 ms for a page of 32 bytes. A record is 16 pages.
echo 32 > $store/page_bytes
echo 5000 > $store/page_us

for r in 200 201 202 203; do
	echo 1000 > crowd:$r/flush_cycles
done

# Pulses end by a timer, and every second on waits for the rate limit.
schedule()
{
	awk 'BEGIN {
		for (i = 0; i < 20; i++)
			for (r = 0; r < 4; r++) {
				print 10 + i * 700 + r * 3, "crowd:" 200 + r "/pulse_ms 60"
				print 100 + i * 700 + r * 3, "crowd:" 200 + r "/pulse_ms 30"
			}
	}' | sort -n | awk '$1 > last { last = $1 } { print last, $2, $3 }'
}
schedule > /tmp/schedule

switch()
{
	cat $store/writes
	value $debug/crowd:200/timing now_ns
	/test/at < /tmp/schedule > /dev/null
	sleep 0.5
	value $debug/crowd:200/timing now_ns
	cat $store/writes
}

switch | put - alone
sleep 5

# All have something to store, and are told to store it.
r=0
while [ $r -lt 200 ]; do
	echo on > crowd:$r/state
	r=$((r + 1))
done
r=0
while [ $r -lt 200 ]; do
	echo 1 > crowd:$r/flush_cycles
	r=$((r + 1))
done
switch | put - crowded

# It ends, and all is there.
until [ "$(cat $store/writes)" -ge 200 ]; do
	sleep 1
done
sleep 1
r=0
while [ $r -lt 204 ]; do
	echo "$r $(cat crowd:$r/cycle_count) $(cat crowd:$r/cycles_stored)"
	r=$((r + 1))
done | put - stored
