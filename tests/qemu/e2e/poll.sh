#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Waiting for contact and health, and uevents.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
# After a first bind the contacts count as opening.
sleep 0.1

watching watched fan/contact fan/health five/health three/health

at switching << EOF
10 fan/state on
110 fan/state off
500 fan/pulse_ms 100
EOF
sleep 1
for n in 1 2 3 4 5 6 7; do
	for relay in five three; do
		echo 50 > $relay/pulse_ms
		sleep 0.2
		echo "$relay $n $(words $relay/life_used_ppm $relay/health | tr , ' ')" \
			"$(value $debug/$relay/wear cycles_left)"
	done
done | put - lives
# What no one waits for is no event either.
echo none > five/load
echo 50 > five/pulse_ms
sleep 0.5
watched
put /tmp/watched

# A reader that waits finds the next change though it slept over some.
is health-told worn,worn,good "$(words five/health three/health fan/health)"

# Whoever waits for a file is woken when its relay goes, and then finds nothing there.
cd / || exit
watching gone -f /sys/class/relay/fan/contact /sys/class/relay/fan/health /sys/class/relay/five/contact \
	/sys/class/relay/five/health
echo relay-bank > $banks/unbind
i=0
until [ "$(grep -c 'No such device' /tmp/gone)" -eq 4 ] || [ $((i += 1)) -gt 100 ]; do
	sleep 0.1
done
is unbind-wakes "fan/contact fan/health five/contact five/health" "$(one_line "$(
	sed -n 's|^[0-9]* /sys/class/relay/\(.*\) No such device$|\1|p' /tmp/gone | sort)")"
watched
