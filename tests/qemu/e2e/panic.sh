#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Relays that are on as the kernel panics.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
sleep 0.5
for relay in plain kept asleep held; do
	echo on > $relay/state
done
sleep 0.5
echo 60000 > pulse/pulse_ms
sleep 1
# shellcheck disable=SC2154 # from the kernel's command line
[ "$by" = sysrq ] || echo 1 > /sys/bus/platform/devices/lines/panic
[ "$by" != line ] || echo on > panics/state
echo c > /proc/sysrq-trigger
