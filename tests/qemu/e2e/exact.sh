#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Some cycles of contacts that are read back.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

coldplug
echo 20000 > $tracing/buffer_size_kb
record
sleep 1
for relay in a b c; do
	awk -v relay=$relay 'BEGIN { for (n = 0; n < 60; n++) print 10 + n * 211, relay "/pulse_ms", 90 }' |
		/test/at > /dev/null &
done
wait
sleep 1
is lost 0 "$(awk '/overrun:/ { sum += $NF } END { print sum }' $tracing/per_cpu/cpu0/stats)"
