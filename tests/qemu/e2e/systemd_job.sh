#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# job.service of the topic systemd: a service that switches relays.
exec > /test/log 2>&1
boot=$(cat /test/boot)
folder=/var/lib/relay-wear
cd /sys/class/relay || exit

# tell WHAT: hand out what the driver says, and what is saved
tell()
{
	for relay in *; do
		put - "$1-$relay" < "/sys/kernel/debug/relay/$relay/wear"
		[ ! -e "$folder/$relay.wear" ] || put - "saved-$1-$relay" < "$folder/$relay.wear"
	done
}

# cycles RELAY N
cycles()
{
	i=0
	while [ $((i += 1)) -le "$2" ]; do
		echo on > "$1/state"
		sleep 0.1
		echo off > "$1/state"
		sleep 0.5
	done
}

systemctl list-units --all --plain --no-legend --no-pager 'relay-wear*' | put - "units-$boot"
tell "begin-$boot"
if [ "$boot" = 1 ]; then
	cycles pump 3
	cycles 'hall 2' 1
	# udev tells systemd, which saves.
	echo 'SN 4711' > 'hall 2/replace'
	n=0
	while ! [ -e "$folder/hall 2.wear" ] && [ $((n += 1)) -le 600 ]; do
		sleep 0.1
	done
	tell replaced
	cycles pump 2
	cycles 'hall 2' 1
	# The timer's first quarter of an hour, and the minute that systemd allows itself.
	sleep $((960 - $(cut -d. -f1 /proc/uptime)))
	tell timer
fi
cycles pump 1
systemctl --no-block poweroff
