#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The machine goes down while an unbind waits for min_on_ms.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
echo on > pump/state
echo relay-bank > $banks/unbind &
until [ -z "$(ls /sys/class/relay)" ]; do
	sleep 0.1
done
sleep 5
cut -d' ' -f1 /proc/uptime | put - end
