#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Weeks of use, of which the guest sleeps through the most.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

load_timed

# use N: so many cycles
use()
{
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print 1 + 8 * i, "pump/pulse_ms 3" }' |
		/test/at > /dev/null
	sleep 0.1
}

tenth=8640
look pump spare
for k in 1 2 3 4 5 6 7 8 9; do
	use $((7 * k + 3))
	skip $tenth
done
use 17
look pump spare
# Half a minute before ten tenths were watched, and after.
skip $((tenth - 40))
look pump spare
skip 60
look pump spare
use 101
skip 4321
look pump spare
# The first two pass out of sight.
skip $tenth
look pump spare
skip $tenth
look pump spare
echo on > pump/state
skip $((2 * tenth))
look pump spare
echo off > pump/state
look pump spare
# A day and more without any use.
skip $((13 * tenth))
look pump spare
for k in 1 2 3 4 5 6 7 8; do
	use $((5 * k))
	skip $((30 * tenth))
done
look pump spare
skip $((26 * tenth))
look pump spare
skip $((4 * tenth))
look pump spare
use 3
skip $((40 * tenth))
look pump spare
skip $((400 * tenth))
look pump spare
