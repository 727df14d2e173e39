#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The nvmem cell of a relay: what is in it when, and what is made of it.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

nvmem=/sys/bus/nvmem/devices/test-store/nvmem
faults=/sys/module/emrelay_test_store/parameters
relays="through four timed plain laid rated"

# at_cell RELAY: where its cell is, in slots of 512 bytes
at_cell()
{
	case $1 in
	four) echo 0 ;;
	through) echo 2 ;;
	plain) echo 4 ;;
	timed) echo 6 ;;
	rated) echo 8 ;;
	laid) echo 10 ;;
	esac
}

# snap NAME: what the store holds now
snap()
{
	dd if=$nvmem bs=512 count=12 2> /dev/null | put - "$1.store"
}

# keep RELAY SLOT FILE, restore RELAY SLOT FILE: a slot of a cell
keep()
{
	dd if=$nvmem of="$3" bs=512 count=1 skip=$(($(at_cell "$1") + $2)) 2> /dev/null
}

restore()
{
	dd if="$3" of=$nvmem bs=512 count=1 seek=$(($(at_cell "$1") + $2)) conv=notrunc 2> /dev/null
}

# spoil RELAY SLOT: one byte in the middle of it is another
spoil()
{
	keep "$1" "$2" /tmp/slot
	[ "$(dd if=/tmp/slot bs=1 skip=200 count=1 2> /dev/null | tr '\0' U)" = U ] && byte='\001' || byte='\000'
	# shellcheck disable=SC2059 # a byte
	printf "$byte" | dd of=/tmp/slot bs=1 seek=200 conv=notrunc 2> /dev/null
	restore "$1" "$2" /tmp/slot
}

wear()
{
	value $debug/"$1"/wear "$2"
}

# known RELAY: cycles, what is stored of them, where they are from, is there more that nobody knows?
known()
{
	echo "$(wear "$1" cycles) $(wear "$1" cycles_stored) $(wear "$1" wear_source) $(wear "$1" unknown_history)"
}

# cycle RELAY [TIMES]
cycle()
{
	for _ in $(seq "${2:-1}"); do
		echo on > "$1/state"
		sleep 0.001
		echo off > "$1/state"
		sleep 0.001
	done
}

# stored RELAY CYCLES: wait until they are
stored()
{
	for _ in $(seq 100); do
		[ "$(wear "$1" cycles_stored)" != "$2" ] || return 0
		sleep 0.01
	done
	fail "stored-$1-$2" "$(known "$1")"
}

reload()
{
	cd /
	modprobe -r emrelay
	"$@"
	modprobe emrelay
	cd /sys/class/relay || exit
}

unbind()
{
	cd /
	echo relay-bank > $banks/unbind
}

bind()
{
	echo relay-bank > $banks/bind
	cd /sys/class/relay || exit
}

# The driver of the relays first: it waits for that of the store.
modprobe emrelay
is waits "" "$(ls /sys/class/relay)"
modprobe emrelay_test_store
for _ in $(seq 1000); do
	[ ! -e $debug/bare ] || break
	sleep 0.01
done
record
for relay in $relays; do
	is fresh-$relay "0 unknown none 1" "$(known $relay)"
done
is fresh-bare "0 unknown none 1 unknown" "$(known bare) $(wear bare store_writes)"
is fresh-said 6 "$(dmesg | grep -c 'nvmem cell "wear" has no valid record')"
is defaults 16,3600 "$(words plain/flush_cycles plain/flush_s)"
snap fresh
is nothing-written 0 "$(cat $faults/writes)"

# Each cycle, in turns in one slot and the other.
echo 1 > through/flush_cycles
for n in 1 2 3; do
	cycle through
	stored through $n
	snap through-$n
done
is through-writes 3 "$(wear through store_writes)"
echo on > through/state
stored through 4
snap through-on
echo off > through/state

# Every fourth, and then only by the number.
echo 4 > four/flush_cycles
echo 0 > four/flush_s
cycle four 3
sleep 0.1
is four-not-yet "3 unknown none 1" "$(known four)"
snap four-before
cycle four
stored four 4
snap four
cycle four 3

# So long after the first that is not stored.
echo 50 > timed/flush_s
cycle timed
sleep 30
cycle timed
sleep 19
is timed-not-yet "2 unknown" "$(wear timed cycles) $(wear timed cycles_stored)"
sleep 8
is timed 2 "$(wear timed cycles_stored)"
snap timed
cycle timed
sleep 40
echo 30 > timed/flush_s
sleep 1
is timed-sooner 3 "$(wear timed cycles_stored)"

# The defaults; and where there is nothing to be stored, or not by time, nothing is.
cycle plain 16
stored plain 16
cycle plain 3
cycle laid 2
sleep 3590
is by-time-not-yet "16 unknown" "$(wear plain cycles_stored) $(wear laid cycles_stored)"
# The kernel's timers of that length are late by up to an eighth.
sleep 460
is by-time "19 2" "$(wear plain cycles_stored) $(wear laid cycles_stored)"
is four-no-time "7 4" "$(wear four cycles) $(wear four cycles_stored)"
writes=$(cat $faults/writes)
sleep 200
is idle "$writes" "$(cat $faults/writes)"

# Unbind: all that is known is in the store. Nothing is lost, nothing is counted twice.
cycle plain 5
cycle laid
echo on > rated/state
sleep 1
unbind
snap unbound
bind
snap bound
is bound-plain "24 24 nvmem 1" "$(known plain)"
is bound-four "7 7 nvmem 1" "$(known four)"
is bound-laid "3 3 nvmem 1" "$(known laid)"
is bound-defaults 16,3600,16 "$(words plain/flush_cycles plain/flush_s four/flush_cycles)"
cycle plain 2
put - on-again < rated/ready_ms
reload
put - on-later < rated/ready_ms
is reload-plain "26 26 nvmem 1" "$(known plain)"
is reload-through "4 4 nvmem 1" "$(known through)"
is reload-timed "3 3 nvmem 1" "$(known timed)"
is reload-rated "1 1 nvmem 1" "$(known rated)"
is no-history-of-bare "0 unknown none 1" "$(known bare)"

# Suspend.
if grep -qs devices /sys/power/pm_test; then
	cycle plain 2
	is not-by-now 26 "$(wear plain cycles_stored)"
	echo devices > /sys/power/pm_test
	echo 0 > /sys/module/suspend/parameters/pm_test_delay
	echo mem > /sys/power/state
	is suspend "28 28 nvmem 1" "$(known plain)"
	echo 20 > plain/flush_s
	cycle plain
	sleep 24
	is after-suspend "29 29" "$(wear plain cycles) $(wear plain cycles_stored)"
else
	fail suspend "this kernel cannot test it"
fi

# One slot is spoilt: the other is loaded. Which is which is for the host to see.
spoil_0()
{
	snap whole
	spoil plain 0
	spoil through 1
	snap spoilt
}
reload spoil_0
for relay in plain through; do
	known $relay
done | put - spoilt
echo 1 > plain/flush_cycles
cycle plain
sleep 0.1
is spoilt-goes-on "$(wear plain cycles)" "$(wear plain cycles_stored)"
snap spoilt-after
spoil_both()
{
	spoil plain 0
	spoil plain 1
	quiet
}
reload spoil_both
is spoilt-both "0 unknown none 1" "$(known plain)"
is spoilt-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay@3: nvmem cell "wear" has no valid record')"
echo 1 > plain/flush_cycles
cycle plain
stored plain 1

# Records of others: a whole cell of another relay; one slot of another, newer, beside one of its own.
strangers()
{
	for slot in 0 1; do
		keep four $slot /tmp/$slot
		restore timed $slot /tmp/$slot
	done
	keep plain 0 /tmp/own
	restore plain 1 /test/stranger
	quiet
}
reload strangers
is strangers "0 unknown none 1" "$(known timed)"
is strangers-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay@2: .*record of another relay')"
is stranger-beside "1 1 nvmem 1" "$(known plain)"
echo 1 > timed/flush_cycles
cycle timed
stored timed 1
snap strangers

# A newer format is neither used nor written over.
newer()
{
	restore laid 0 /test/newer
	restore through 1 /test/newer
	quiet
}
reload newer
for relay in laid through; do
	is newer-$relay "unknown none" "$(wear $relay cycles_stored) $(wear $relay wear_source)"
	echo 1 > $relay/flush_cycles
done
is newer-said 2 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'record of a newer format')"
snap newer
cycle laid 3
cycle through 3
sleep 70
unbind
bind
snap newer-after

# What cannot be read is not written, until it can.
blind()
{
	snap blind
	echo Y > $faults/fail_reads
	quiet
}
before=$(wear four cycles)
reload blind
is blind "0 unknown none 1" "$(known four)"
echo 1 > four/flush_cycles
echo 0 > four/flush_s
cycle four 3
sleep 150
is blind-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay@1: cannot read')"
is blind-still "3 unknown none 1" "$(known four)"
echo N > $faults/fail_reads
snap blind-after
sleep 70
is seeing "$((before + 3)) $((before + 3)) nvmem 1" "$(known four)"
is seeing-source nvmem "$(wear four wear_source)"
snap seeing

# What cannot be written is said once, and tried again.
snap stuck
stuck=$(wear four cycles)
echo Y > $faults/fail_writes
quiet
cycle four 20
sleep 200
is stuck-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay@1: cannot write')"
is stuck "$((stuck + 20)) $stuck" "$(wear four cycles) $(wear four cycles_stored)"
snap stuck-after
echo N > $faults/fail_writes
sleep 70
is unstuck "$((stuck + 20))" "$(wear four cycles_stored)"
is unstuck-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay@1: .* can be used again')"

# Nor is it waited for when the driver goes; what was not stored is still known when it comes back.
echo Y > $faults/fail_writes
cycle four 2
unbind
sleep 150
echo N > $faults/fail_writes
bind
is unbound-stuck "$((stuck + 22)) $((stuck + 20))" "$(wear four cycles) $(wear four cycles_stored)"
echo 1 > four/flush_cycles
cycle four
stored four $((stuck + 23))

# Another relay: at once, and the records of the old one never again.
keep four 0 /tmp/0
keep four 1 /tmp/1
echo "B-17 (2024)" > four/replace
snap replaced
is replaced "0 0 0 1 B-17 (2024)" "$(wear four cycles) $(wear four cycles_stored) $(wear four unknown_history) $(wear four generation) $(wear four serial)"
cycle four 2
old_again()
{
	restore four 0 /tmp/0
	restore four 1 /tmp/1
}
unbind
old_again
quiet
bind
is old-again "2 unknown 0" "$(wear four cycles) $(wear four cycles_stored) $(wear four unknown_history)"
is old-again-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay@1: .*record of another relay')"
echo 1 > four/flush_cycles
cycle four
stored four 3
snap old-again
# With one of each kind the new one is taken.
reload
is new-beside-old "3 3 nvmem 0 B-17 (2024)" "$(known four) $(wear four serial)"

# Law 7, for those whose store was left alone.
put - rated-cycles < rated/cycle_count
