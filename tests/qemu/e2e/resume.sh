#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Controllers that forget their lines while the system sleeps.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
sleep 1
devices=/sys/bus/platform/devices

pin()
{
	sed -n "s/^ gpio-[0-9]* *( *|wire *) out \(..\).*/\1/p" /sys/kernel/debug/gpio | sed -n "$1p"
}
pins()
{
	echo "$(pin 1) $(pin 2) $(pin 3) $(pin 4)"
}
said()
{
	echo "$(words board/state board/coil board/contact board/fault) $(words soc/state soc/coil soc/contact soc/fault)"
}

echo on > board/state
echo on > soc/state
sleep 1
# One that forgets nothing makes no edge.
skip 5
sleep 1
is kept "hi lo hi lo" "$(pins)"
is kept-cycles "1 1" "$(cat board/cycle_count) $(cat soc/cycle_count)"

# Lines that are inputs after it, pulled down or up.
for pulls in 0 255; do
	for bus in i2c lines; do
		echo $pulls > $devices/$bus/pulls
		echo 1 > $devices/$bus/forget
	done
	skip 5
	sleep 1
	is "forgot-$pulls" "hi lo hi lo" "$(pins)"
	is "forgot-$pulls-said" "on,on,closed,none on,on,closed,none" "$(said)"
	is "forgot-$pulls-idle" "off,off,open,none off,off,open,none" \
		"$(words idle/state idle/coil idle/contact idle/fault) $(words rest/state rest/coil rest/contact rest/fault)"
done
for relay in board idle soc rest; do
	echo "$relay $(cat $relay/cycle_count)"
done | put - cycles
# Nothing was asked of a bus that slept.
is asleep "0 0" "$(cat $devices/i2c/asleep) $(cat $devices/lines/asleep)"
