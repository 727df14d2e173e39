#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A coil's line that does not do what it is told: what the files say is so, and it
# is driven until it is.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
# A contact that nobody knows counts as one that travels.
sleep 1
is bound "ia ib ic id la lb lc ld" "$(one_line "$(ls)")"
devices=/sys/bus/platform/devices

# pin RELAY: the level of its line, as the wire has it
pin()
{
	case $1 in
	i?) pin_base=0 ;;
	l?) pin_base=4 ;;
	esac
	case $1 in
	?a) ;;
	?b) pin_base=$((pin_base + 1)) ;;
	?c) pin_base=$((pin_base + 2)) ;;
	?d) pin_base=$((pin_base + 3)) ;;
	esac
	sed -n "s/^ gpio-[0-9]* *( *|wire *) out \(..\).*/\1/p" /sys/kernel/debug/gpio |
		sed -n "$((pin_base + 1))p"
}

# said RELAY: its target, coil, contact and fault, and its pin
said()
{
	echo "$(words "$1/state" "$1/coil" "$1/contact" "$1/fault") $(pin "$1")"
}

# fail_with FILE VALUE: of the bus at hand
fail_with()
{
	echo "$2" > "$bus/$1"
}

rest_on="on,on,closed,none hi"
rest_off="off,off,open,none lo"

# As the guide has it: "A board on an I2C bus".
bus=$devices/i2c
echo on > ia/state
sleep 1
fail_with nack -1
echo off > ia/state
grep . ia/state ia/coil ia/contact ia/fault ia/statistics/drive_errors | sed s/^ia/board/ | put - guide
fail_with nack 0
sleep 11
is guide-released "$rest_off" "$(said ia)"

for kind in i l; do
	a=${kind}a b=${kind}b d=${kind}d
	case $kind in
	i) bus=$devices/i2c bank=$devices/i2c-bank ;;
	l) bus=$devices/lines bank=$devices/lines-bank ;;
	esac

	# One write fails as a coil is released. (Lines that do not sleep are not
	# read where they are driven: the next request, or the clock, finds it.)
	echo on > $a/state
	sleep 1
	is $kind-on "$rest_on" "$(said $a)"
	fail_with nack 1
	echo off > $a/state
	sleep 1
	echo off > $a/state
	sleep 1
	is $kind-nack-off "$rest_off" "$(said $a)"
	ok $kind-nack-counted [ "$(cat $a/statistics/drive_errors)" -ge 1 ]

	# And one as it is energised.
	fail_with nack 1
	echo on > $a/state
	sleep 1
	echo on > $a/state
	sleep 1
	is $kind-nack-on "$rest_on" "$(said $a)"

	# One that is reported as failed, and is not.
	fail_with late 1
	echo off > $a/state
	sleep 1
	is $kind-late "$rest_off" "$(said $a)"
	fail_with late 1
	echo on > $a/state
	sleep 1
	is $kind-late-on "$rest_on" "$(said $a)"

	# And one the other way round.
	fail_with swallow 1
	echo off > $a/state
	sleep 1
	echo off > $a/state
	sleep 1
	is $kind-swallow "$rest_off" "$(said $a)"

	# All writes fail for 10 s: the coil stays energised, and the files say so.
	echo on > $a/state
	sleep 1
	fail_with nack -1
	begin=$(cat $a/statistics/drive_errors)
	echo off > $a/state
	sleep 1
	echo off > $a/state
	sleep 9
	is $kind-stays "off,on,closed,drive hi" "$(said $a)"
	tries=$(($(cat $a/statistics/drive_errors) - begin))
	ok $kind-some-tries [ $tries -ge 5 ]
	ok $kind-not-many-tries [ $tries -le 12 ]
	fail_with nack 0
	sleep 11
	is $kind-released "$rest_off" "$(said $a)"

	# Nothing answers at all, as a coil is to be energised.
	fail_with gone 1
	echo on > $b/state
	sleep 1
	echo on > $b/state
	sleep 2
	# The line that does not sleep says so, but on 6.1, where nothing is heard of it: the
	# energisation that was believed counts, too, as the line is found off once it answers.
	case $kind$(uname -r) in
	l6.1.*) believed=1; is $kind-gone "on,on,drive lo" "$(words $b/state $b/coil $b/fault) $(pin $b)" ;;
	*) believed=0; is $kind-gone "on,off,drive lo" "$(words $b/state $b/coil $b/fault) $(pin $b)" ;;
	esac
	fail_with gone 0
	sleep 11
	is $kind-back "$rest_on" "$(said $b)"
	cycles=$(cat $b/cycle_count)
	is $kind-gone-cycles $((1 + believed)) "$cycles"

	# The expander forgets all. The next request finds it, whatever it is.
	fail_with reset 1
	is $kind-reset-wire lo "$(pin $b)"
	echo on > $b/state
	sleep 1
	is $kind-reset "$rest_on" "$(said $b)"
	is $kind-reset-cycles $((cycles + 1)) "$(cat $b/cycle_count)"

	# So does the clock.
	ok $kind-verify sh -c "echo 1 > $bank/verify_s"
	is $kind-verify-read 1 "$(cat $bank/verify_s)"
	fail_with reset 1
	sleep 3
	is $kind-verified "$rest_on" "$(said $b)"
	is $kind-verified-cycles $((cycles + 2)) "$(cat $b/cycle_count)"

	# Where pins are pulled up, all coils are energised by it.
	fail_with pulls 0xff
	fail_with reset 1
	sleep 3
	is $kind-pulled-on "$rest_on" "$(said $b)"
	is $kind-pulled-off "$rest_off" "$(said $d)"
	is $kind-pulled-cycles 1 "$(cat $d/cycle_count)"
	fail_with pulls 0

	# A pin that is stuck.
	fail_with stuck 8
	echo on > $d/state
	sleep 3
	is $kind-stuck-low "on,off,open,drive lo" "$(said $d)"
	# Where the line is not read when it is driven, what is found later was believed.
	is $kind-stuck-cycles "$([ $kind = i ] && echo 1 || echo 2)" "$(cat $d/cycle_count)"
	fail_with stuck 0
	sleep 11
	is $kind-free-again "$rest_on" "$(said $d)"
	fail_with stuck_at 8
	fail_with stuck 8
	echo off > $d/state
	sleep 3
	is $kind-stuck-high "off,on,closed,drive hi" "$(said $d)"
	# Who changes his mind has it at once.
	echo on > $d/state
	sleep 1
	is $kind-stuck-as-wanted "$rest_on" "$(said $d)"
	fail_with stuck 0
	fail_with stuck_at 0
	echo 0 > $bank/verify_s

	# What is pulled says nothing of what an open drain is driven to.
	echo on > ${kind}c/state
	sleep 1
	echo on > ${kind}c/state
	sleep 1
	is $kind-open-drain "on,on,closed,none" "$(words ${kind}c/state ${kind}c/coil ${kind}c/contact ${kind}c/fault)"
	echo off > ${kind}c/state

	for relay in $a $b $d; do
		echo off > $relay/state
	done
	sleep 1
	is $kind-end "lo lo lo" "$(pin $a) $(pin $b) $(pin $d)"
done

# A write that was lost comes with the next to the same expander, whosever that is: then the coil
# is on, though the last attempt failed, and its contact travels before it is off.
echo 1 > $devices/i2c/swallow
echo on > ia/state
echo on > ib/state
is made-good hi "$(pin ia)"
echo off > ia/state
sleep 1
is made-good-off "$rest_off" "$(said ia)"
is made-good-why "on line off sysfs" "$(one_line "$(grep -v drive $debug/ia/history | tail -n 2 | cut -d' ' -f2-)")"
echo off > ib/state
sleep 1

# A slow bus delays, and no more.
echo 20000 > $devices/i2c/slow_us
for n in 1 2 3; do
	echo on > ia/state
	sleep 0.$n
	is slow-$n "on,on hi" "$(words ia/state ia/coil) $(pin ia)"
	echo off > ia/state
	sleep 0.6
done
echo 0 > $devices/i2c/slow_us
is idle 0 "$(grep -c emrelay /proc/timer_list)"
for relay in ia ib id la lb ld; do
	echo "$relay $(cat $relay/cycle_count)"
done | put - cycles
put - history < $debug/ia/history

# The level counts as the driver goes, not what it thought, and it says so five times.
echo on > ia/state
echo on > la/state
sleep 1
for kind in i l; do
	case $kind in
	i) bus=$devices/i2c bank=i2c-bank ;;
	l) bus=$devices/lines bank=lines-bank ;;
	esac
	cd / || exit
	fail_with nack 3
	echo $bank > $banks/unbind
	is $kind-unbound lo "$(pin ${kind}a)"
	echo $bank > $banks/bind
	cd /sys/class/relay || exit
	sleep 1
	# Nobody looked at it.
	fail_with pulls 0xff
	fail_with reset 1
	is $kind-lost hi "$(pin ${kind}b)"
	cd / || exit
	echo $bank > $banks/unbind
	is $kind-unbound-lost "lo lo lo" "$(pin ${kind}a) $(pin ${kind}b) $(pin ${kind}d)"
	fail_with pulls 0
done
