#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Random requests on buses that fail at random: first such that the driver is the only one who
# moves a pin, then with chips that are reset and pins that stick.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
sleep 1
devices=/sys/bus/platform/devices
# shellcheck disable=SC2154,SC3028 # from the kernel's command line; busybox's shell has it
RANDOM=$storm_seed
i2c=$devices/i2c lines=$devices/lines

# chance N: sets n to a number below N, without a process
chance()
{
	# shellcheck disable=SC3028 # busybox's shell has it
	n=$((RANDOM % $1))
}

request()
{
	chance 6
	case $n in
	0) relay=ia ;; 1) relay=ib ;; 2) relay=id ;;
	3) relay=la ;; 4) relay=lb ;; 5) relay=ld ;;
	esac
	chance 8
	case $n in
	0 | 1 | 2) echo on > "$relay/state" ;;
	3 | 4) echo off > "$relay/state" ;;
	5 | 6) echo toggle > "$relay/state" ;;
	7)
		chance 200
		echo $((n + 19)) > "$relay/pulse_ms"
		;;
	esac
}

# Transfers that fail, and are carried out or not.
bus_fault()
{
	chance 2
	[ "$n" = 0 ] && bus=$i2c || bus=$lines
	chance 6
	case $n in
	0) echo 1 > "$bus/nack" ;;
	1) chance 6 && echo "$n" > "$bus/nack" ;;
	2) chance 3 && echo "$n" > "$bus/late" ;;
	3) chance 3 && echo "$n" > "$bus/swallow" ;;
	4) chance 2 && echo $((n * 3000)) > $i2c/slow_us ;;
	5) echo 0 | tee "$bus/nack" "$bus/late" "$bus/swallow" "$bus/slow_us" > /dev/null ;;
	esac
}

# What moves pins that nobody drove. (It is never gone for long: then no line can be read.)
chip_fault()
{
	chance 2
	[ "$n" = 0 ] && bus=$i2c || bus=$lines
	chance 5
	case $n in
	0)
		chance 16
		echo "$n" > "$bus/pulls"
		echo 1 > "$bus/reset"
		;;
	1)
		chance 16
		echo "$n" > "$bus/stuck_at"
		chance 16
		echo "$n" > "$bus/stuck"
		;;
	2)
		echo 1 > "$bus/gone"
		sleep 0.1
		echo 0 > "$bus/gone"
		;;
	3 | 4) echo 0 > "$bus/stuck" ;;
	esac
}

heal()
{
	for bus in $i2c $lines; do
		echo 0 | tee "$bus/nack" "$bus/late" "$bus/swallow" "$bus/slow_us" "$bus/stuck" "$bus/gone" > /dev/null
	done
	# As long as the longest gap between two attempts, and a look, and the travel.
	sleep 13
}

# rest NAME: what each relay says, and its pin
rest()
{
	pins=$(sed -n "s/^ gpio-[0-9]* *( *|wire *) out \(..\).*/\1/p" /sys/kernel/debug/gpio | tr '\n' ' ')
	# shellcheck disable=SC2086 # eight words
	set -- "$1" $pins
	{
		echo "ia $(words ia/state ia/coil ia/fault) $2 $(cat ia/cycle_count)"
		echo "ib $(words ib/state ib/coil ib/fault) $3 $(cat ib/cycle_count)"
		echo "id $(words id/state id/coil id/fault) $5 $(cat id/cycle_count)"
		echo "la $(words la/state la/coil la/fault) $6 $(cat la/cycle_count)"
		echo "lb $(words lb/state lb/coil lb/fault) $7 $(cat lb/cycle_count)"
		echo "ld $(words ld/state ld/coil ld/fault) $9 $(cat ld/cycle_count)"
	} | put - "$1"
	value $debug/ia/timing now_ns | put - "$1-ns"
}

# By this the clocks are compared.
echo on > ia/state
sleep 1
echo off > ia/state
sleep 1
echo 1 > $i2c-bank/verify_s
echo 1 > $lines-bank/verify_s

# shellcheck disable=SC2154 # from the kernel's command line
for what in bus_fault chip_fault; do
	i=0
	while [ $((i += 1)) -le "$storm_steps" ]; do
		chance 4
		if [ "$n" = 0 ]; then $what; else request; fi
		chance 10
		case $n in
		0) sleep 0.4 ;;
		1 | 2 | 3) sleep 0.05 ;;
		4 | 5) sleep 0.02 ;;
		esac
	done
	heal
	rest $what
done
cat ./*/statistics/drive_errors | put - drive_errors
is idle-but-for-verify 0 "$(grep -c emrelay_channel_timer /proc/timer_list)"
