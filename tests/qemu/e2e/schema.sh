#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Bind each bank, one after the other: they are all on the same lines.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

modprobe emrelay_test_store
echo 0 > /sys/bus/platform/drivers_autoprobe
modprobe emrelay
before=$(dmesg | wc -l)
for bank in /sys/bus/platform/devices/tree-*; do
	bank=${bank##*/}
	if why=$({ echo "$bank" > $banks/bind; } 2>&1); then
		echo "$bank bound"
		echo "$bank" > $banks/unbind
	else
		echo "$bank ${why##*: }"
	fi
done > /tmp/bound
put /tmp/bound
dmesg | tail -n +$((before + 1)) > /tmp/said
put /tmp/said
