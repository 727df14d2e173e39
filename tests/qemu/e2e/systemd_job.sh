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

# may USER WHAT COMMAND: does it succeed as that user? None of it moves a coil.
may()
{
	su "$1" -s /bin/sh -c "$3" > /dev/null 2>&1
	echo "$1 $2 $(($? != 0))"
}

group()
{
	udevadm settle
	led=/sys/class/leds/pump:red:status
	chip=$(basename "$(dirname /sys/devices/platform/relay-bank/gpiochip*/dev)")
	(cd pump && stat -c '%U %G %a %n' state pulse_ms fault min_on_ms wear_record)
	(cd $led/ && stat -c '%U %G %a %n' brightness)
	stat -c '%U %G %a gpiochip' "/dev/$chip"
	for user in operator guest; do
		may $user state 'echo off > pump/state'
		[ $user = guest ] || may $user pulse_ms 'test -w pump/pulse_ms'
		may $user brightness "echo 0 > $led/brightness"
		may $user gpioset "gpioset $chip 0=0"
		may $user relayctl 'relayctl off pump'
		[ $user = operator ] || continue
		may $user min_on_ms 'echo 0 > pump/min_on_ms'
		may $user replace 'echo new > pump/replace'
		may $user trigger "echo none > $led/trigger"
	done
}

if [ "$boot" = 1 ]; then
	group | put - group
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
