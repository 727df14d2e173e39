#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Random requests of relays whose contacts close, bounce, misfire and weld at random.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
coldplug
echo 200000 > $tracing/buffer_size_kb
record
sleep 1
at did < /test/schedule
sleep 2
for relay in a b c d; do
	echo "$relay $(words $relay/cycle_count $relay/statistics/closings $relay/statistics/misfires $relay/statistics/welds)"
done | put - counts
is lost 0 "$(awk '/overrun:/ { sum += $NF } END { print sum }' $tracing/per_cpu/cpu0/stats)"
