#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The machine goes down while an unbind waits for a contact that travels.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
# A contact that nobody knows counts as one that travels.
sleep 0.1
echo on > pump/state
sleep 1
at slow << EOT
10 slow/state on
EOT
echo relay-bank > $banks/unbind &
until [ -z "$(ls /sys/class/relay)" ]; do
	sleep 0.1
done
cut -d' ' -f1 /proc/uptime | put - gone
