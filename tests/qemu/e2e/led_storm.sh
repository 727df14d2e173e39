#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Relays whose LEDs follow each other, while their banks come and go.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
modprobe ledtrig-timer
coldplug
rounds=50
[ ! -e $kmemleak ] || rounds=3

# again BANK...: unbind and bind each of them, round after round; tells of what fails
again()
{
	i=0
	while [ $((i += 1)) -le $rounds ]; do
		for b in "$@"; do
			echo "bank-$b" > $banks/unbind || echo "unbind $b"
			echo "bank-$b" > $banks/bind || echo "bind $b"
		done
	done
}

# disturb LED TEXT: write a LED's files as long as the others are at it; often there are none
disturb()
{
	until [ -e /tmp/stop ]; do
		for text in relay-c timer none; do
			echo $text > "/sys/class/leds/$1:red:status/trigger"
		done
		echo "$2" > "/sys/class/leds/$1:red:status/brightness"
	done 2> /dev/null
}

again a c e g > /tmp/failed-0 2>&1 &
first=$!
again b d f > /tmp/failed-1 2>&1 &
second=$!
disturb g 1 &
third=$!
wait $first $second
touch /tmp/stop
wait $third
echo relay-a > /sys/class/leds/g:red:status/trigger
is all-bind "" "$(one_line "$(cat /tmp/failed-0 /tmp/failed-1)")"
follows=
for led in a:red:status b:red:status c:red:status d:red:status e:red:status f:red:status g:red:status lamp; do
	follows="$follows $(tr ' ' '\n' < /sys/class/leds/$led/trigger | sed -n 's/^\[relay-\(.*\)\]$/\1/p')"
done
is follow-as-told " b a d e c f a d" "$follows"
