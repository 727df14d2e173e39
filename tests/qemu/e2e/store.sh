#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The nvmem cells of a relay: what is in them when, and what is made of it.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

nvmem=/sys/bus/nvmem/devices/test-store/nvmem
faults=/sys/module/emrelay_test_store/parameters
relays="through four timed plain laid rated"
store=/store@5fff0000

# at_cell RELAY SLOT: where that is, in blocks of 128 bytes
at_cell()
{
	case $1$2 in
	four0) echo 0 ;;
	four1) echo 2 ;;
	through0) echo 6 ;;
	through1) echo 4 ;;
	plain0) echo 8 ;;
	plain1) echo 11 ;;
	timed0) echo 14 ;;
	timed1) echo 16 ;;
	rated0) echo 18 ;;
	rated1) echo 20 ;;
	laid0) echo 22 ;;
	laid1) echo 24 ;;
	esac
}

# snap NAME: what the store holds now
snap()
{
	dd if=$nvmem bs=128 count=28 2> /dev/null | put - "$1.store"
}

# keep RELAY SLOT FILE, restore RELAY SLOT FILE: what is in a cell
keep()
{
	dd if=$nvmem of="$3" bs=128 count=2 skip="$(at_cell "$1" "$2")" 2> /dev/null
}

restore()
{
	dd if="$3" of=$nvmem bs=128 count=2 seek="$(at_cell "$1" "$2")" conv=notrunc 2> /dev/null
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

# reg RELAY: the number of its node
reg()
{
	case $1 in
	through) echo 0 ;;
	four) echo 1 ;;
	timed) echo 2 ;;
	plain) echo 3 ;;
	laid) echo 4 ;;
	rated) echo 5 ;;
	esac
}

wear()
{
	value $debug/"$1"/wear "$2"
}

# known RELAY: cycles, what is stored of them, where they are from, is there more that nobody knows?
known()
{
	echo "$(cat "$1/cycle_count") $(cat "$1/cycles_stored") $(wear "$1" wear_source) $(wear "$1" unknown_history)"
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
		[ "$(cat "$1/cycles_stored")" != "$2" ] || return 0
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
	is fresh-$relay "0 0 none 1" "$(known $relay)"
done
is fresh-bare "0 none 1" "$(cat bare/cycle_count) $(wear bare wear_source) $(wear bare unknown_history)"
is fresh-said 6 "$(dmesg | grep -c 'emrelay relay-bank: .*: nvmem cells have no valid record')"
for file in flush_cycles flush_s cycles_stored; do
	fails bare-has-no-$file test -e bare/$file
done
is nothing-written 0 "$(cat $faults/writes)"
# What is refused, with one message that names it.
# says BANK WORDS: that is what is said of its relay, and no more
says()
{
	is "refused-$1" "$2" "$(dmesg | grep "emrelay $1:.* relay@7: " | sed 's/.* relay@7: //')"
}
says shared "nvmem cell $store/wear@200 is in use for another record"
says twin "nvmem cell $store/wear@e00 is in use for another record"
two='nvmem-cells and nvmem-cell-names are not of two cells, "wear-a" and "wear-b"'
says half "$two"
says nowhere "$two"
says too-small "nvmem cell $store/wear@d00 is too small for a record"
says fixed "nvmem cell /fixed-store@5ffff000/wear@0 is read-only"
# Cells of a layout are found where the kernel knows layouts.
case $(uname -r) in
6.1.*) is laid-out "" "$(ls -d laid-out 2> /dev/null)" ;;
*) is laid-out "1 1 nvmem" "$(echo 1 > laid-out/flush_cycles; cycle laid-out; stored laid-out 1
	echo laid-out > $banks/unbind
	echo laid-out > $banks/bind
	one_line "$(cat laid-out/cycle_count laid-out/cycles_stored; wear laid-out wear_source)")"
	echo laid-out > $banks/unbind ;;
esac
is defaults 16,3600 "$(words plain/flush_cycles plain/flush_s)"

# What stands behind the records of larger cells.
for at in 10 13 26; do
	echo "somebody else's, from block $at on" | dd of=$nvmem bs=128 seek=$at conv=notrunc 2> /dev/null
done
snap fresh

# Each cycle, in turns in one cell and the other.
echo 1 > through/flush_cycles
for n in 1 2 3; do
	cycle through
	stored through $n
	snap through-$n
done
echo on > through/state
stored through 4
snap through-on
echo off > through/state

# Every fourth, and then only by the number.
echo 4 > four/flush_cycles
echo 0 > four/flush_s
cycle four 3
sleep 0.1
is four-not-yet "3 0 none 1" "$(known four)"
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
is timed-not-yet "2 0" "$(cat timed/cycle_count) $(cat timed/cycles_stored)"
sleep 8
is timed 2 "$(cat timed/cycles_stored)"
snap timed
cycle timed
sleep 40
echo 30 > timed/flush_s
sleep 1
is timed-sooner 3 "$(cat timed/cycles_stored)"

# The defaults; and where there is nothing to be stored, or not by time, nothing is.
cycle plain 16
stored plain 16
cycle plain 3
cycle laid 2
sleep 3590
is by-time-not-yet "16 0" "$(cat plain/cycles_stored) $(cat laid/cycles_stored)"
# The kernel's timers of that length are late by up to an eighth.
sleep 460
is by-time "19 2" "$(cat plain/cycles_stored) $(cat laid/cycles_stored)"
is four-no-time "7 4" "$(cat four/cycle_count) $(cat four/cycles_stored)"
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

# Suspend.
if grep -qs devices /sys/power/pm_test; then
	cycle plain 2
	is not-by-now 26 "$(cat plain/cycles_stored)"
	echo devices > /sys/power/pm_test
	echo 0 > /sys/module/suspend/parameters/pm_test_delay
	echo mem > /sys/power/state
	is suspend "28 28 nvmem 1" "$(known plain)"
	echo 20 > plain/flush_s
	cycle plain
	sleep 24
	is after-suspend "29 29" "$(cat plain/cycle_count) $(cat plain/cycles_stored)"
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
is spoilt-goes-on "$(cat plain/cycle_count)" "$(cat plain/cycles_stored)"
snap spoilt-after
spoil_both()
{
	spoil plain 0
	spoil plain 1
	quiet
}
reload spoil_both
is spoilt-both "0 0 none 1" "$(known plain)"
is spoilt-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay@3: nvmem cells have no valid record')"
echo 1 > plain/flush_cycles
cycle plain
stored plain 1

# Records of others: both cells have those of another relay; one has, newer, beside one of its own.
strangers()
{
	for slot in 0 1; do
		keep four $slot /tmp/$slot
		restore timed $slot /tmp/$slot
	done
	# Its own newest one is in the other cell then.
	keep plain 0 /tmp/own
	restore plain 1 /test/stranger
	restore laid 0 /test/newer
	snap strangers
	quiet
}
reload strangers
is strangers "0 0 none 1" "$(known timed)"
for relay in timed plain laid; do
	echo 1 > $relay/flush_cycles
	is strangers-said-$relay 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c "relay@$(reg $relay): nvmem cells have the record of another relay: they are not written")"
done
is stranger-beside "1 1 nvmem 1" "$(known plain)"
laid=$(cat laid/cycle_count)
is newer-beside "$laid nvmem" "$(cat laid/cycles_stored) $(wear laid wear_source)"
for relay in timed plain laid; do
	cycle $relay 3
done
sleep 70
is strangers-are-counted-beside "3 4 $((laid + 3))" "$(one_line "$(cat timed/cycle_count plain/cycle_count laid/cycle_count)")"
is strangers-stored "0 1 $laid" "$(one_line "$(cat timed/cycles_stored plain/cycles_stored laid/cycles_stored)")"
unbind
bind
snap strangers-after
# Until someone says whose they are: that the relay is another, or is what its record says.
echo T-1 > timed/replace
for relay in plain laid; do
	cat $relay/wear_record > $relay/wear_record
done
snap claimed
is claimed "0 4 $((laid + 3))" "$(one_line "$(cat timed/cycles_stored plain/cycles_stored laid/cycles_stored)")"
echo 1 > timed/flush_cycles
cycle timed
stored timed 1
reload
is claimed-for-good "1 1 nvmem 0 T-1" "$(known timed) $(cat timed/serial)"
is claimed-for-good-plain "4 4 nvmem 1" "$(known plain)"

# What cannot be read is not written, until it can.
blind()
{
	snap blind
	echo Y > $faults/fail_reads
	quiet
}
before=$(cat four/cycle_count)
reload blind
is blind "0 0 none 1" "$(known four)"
echo 1 > four/flush_cycles
echo 0 > four/flush_s
cycle four 3
sleep 150
is blind-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay four: cannot use the nvmem cells of the wear record: -EIO')"
is blind-still "3 0 none 1" "$(known four)"
echo N > $faults/fail_reads
snap blind-after
sleep 70
is seeing "$((before + 3)) $((before + 3)) nvmem 1" "$(known four)"
is seeing-source nvmem "$(wear four wear_source)"
snap seeing

# What cannot be written is said once, and tried again.
snap stuck
stuck=$(cat four/cycle_count)
echo Y > $faults/fail_writes
quiet
cycle four 20
sleep 200
is stuck-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay four: cannot use the nvmem cells of the wear record: -EIO')"
is stuck "$((stuck + 20)) $stuck" "$(cat four/cycle_count) $(cat four/cycles_stored)"
snap stuck-after
echo N > $faults/fail_writes
sleep 70
is unstuck "$((stuck + 20))" "$(cat four/cycles_stored)"
is unstuck-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay four: the nvmem cells of the wear record can be used again')"

# Nor is it waited for when the driver goes; what was not stored is still known when it comes back.
echo Y > $faults/fail_writes
cycle four 2
unbind
sleep 150
echo N > $faults/fail_writes
bind
is unbound-stuck "$((stuck + 22)) $((stuck + 20))" "$(cat four/cycle_count) $(cat four/cycles_stored)"
echo 1 > four/flush_cycles
cycle four
stored four $((stuck + 23))

# Another relay: at once, in both cells, and the records of the old one never again.
keep four 0 /tmp/0
keep four 1 /tmp/1
echo "B-17 (2024)" > four/replace
snap replaced
is replaced "0 0 0 B-17 (2024)" "$(cat four/cycle_count) $(cat four/cycles_stored) $(wear four unknown_history) $(cat four/serial)"
cycle four 2
old_again()
{
	restore four 0 /tmp/0
	restore four 1 /tmp/1
	snap old-again
}
unbind
old_again
quiet
bind
is old-again "2 0 0 B-17 (2024)" "$(cat four/cycle_count) $(cat four/cycles_stored) $(wear four unknown_history) $(cat four/serial)"
is old-again-said 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c 'relay@1: .*record of another relay')"
echo 1 > four/flush_cycles
cycle four
sleep 1
snap old-again-after
cat four/wear_record > four/wear_record
is old-again-claimed 3 "$(cat four/cycles_stored)"
# With one of each kind the newer one is taken: the name is the same, and nobody says the serial.
one_old()
{
	restore four 0 /tmp/0
}
reload one_old
is new-beside-old "3 3 nvmem 0 B-17 (2024)" "$(known four) $(cat four/serial)"
echo 1 > four/flush_cycles
cycle four
stored four 4

# A cell goes to another bank with its relay, and back. Both that bank and the one whose
# cells are laid out, which does without this store, have one line.
[ ! -e $banks/laid-out ] || echo laid-out > $banks/unbind
unbind
echo shared > $banks/bind
ok shared-is-free test -e /sys/bus/platform/drivers/emrelay/shared
quiet
echo relay-bank > $banks/bind 2> /dev/null
is shared-is-taken 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | grep -c "emrelay relay-bank: .*relay@0: nvmem cell $store/wear@200 is in use for another record")"
fails shared-bank-is-not-bound test -e /sys/bus/platform/drivers/emrelay/relay-bank
echo shared > $banks/unbind
bind
is shared-and-back nvmem "$(wear through wear_source)"

# What the cells are in goes: so does the bank before it, and nothing is lost.
echo 1000 > plain/flush_cycles
cycle plain 7
plain=$(cat plain/cycle_count)
cd /
echo ${store#/store@}.store > /sys/bus/platform/drivers/emrelay-test-store/unbind
is provider-gone "" "$(ls /sys/class/relay)"
echo ${store#/store@}.store > /sys/bus/platform/drivers/emrelay-test-store/bind
# Both banks come back with it, though one was unbound by hand; the first has the cell.
# These files are a bank's last.
until [ -e /sys/bus/platform/devices/relay-bank/coil_limit ]; do
	if [ -e /sys/bus/platform/devices/shared/coil_limit ]; then
		echo shared > $banks/unbind
		echo relay-bank > $banks/bind
	fi
	sleep 0.1
done
cd /sys/class/relay || exit
is provider-back "$plain $plain" "$(cat plain/cycle_count plain/cycles_stored | tr '\n' ' ' | sed 's/ $//')"
snap end

# Law 7, for those whose store was left alone.
put - rated-cycles < rated/cycle_count
