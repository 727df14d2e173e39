#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is done when stands in welds.py.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

coldplug
echo 60000 > $tracing/buffer_size_kb
for event in coil fault; do
	echo 1 > $tracing/events/emrelay/emrelay_$event/enable
done
cd /sys/class/relay || exit
sleep 1
for group in ab cd; do
	/test/at < /test/$group > /tmp/did-$group &
done
wait
put /tmp/did-ab /tmp/did-cd
is lost 0 "$(awk '/overrun:/ { sum += $NF } END { print sum }' $tracing/per_cpu/cpu0/stats)"
