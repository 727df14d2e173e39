#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A year: each week begins with a burst as fast as the sheet allows, and then the guest sleeps.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

load_timed
bursts=53
cycles=$(sed 's/.*cycles=\([0-9]*\).*/\1/' /proc/cmdline)
begin=$(value $debug/fan/timing now_ns)

# burst N: so many cycles, 180 a minute
burst()
{
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print 1 + i * 333.334, "fan/pulse_ms 50" }' |
		/test/at > /dev/null
	sleep 0.3
}

burst 10
# The trace has room for some thousand cycles only.
echo 0 > $tracing/events/emrelay/enable
look fan
n=0
while [ $((n += 1)) -le $bursts ]; do
	burst $((cycles * n / bursts - cycles * (n - 1) / bursts - (n == 1 ? 10 : 0)))
	case $n in 1 | 6 | 27) look fan ;; esac
	[ $n -eq $bursts ] ||
		skip $((n * 7 * 86400 - ($(value $debug/fan/timing now_ns) - begin) / 1000000000))
done
look fan
skip 86400
look fan
clocks fan
