#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What wear_record takes and what not; relay-wear over rmmod, and over a reboot.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
folder=/var/lib/relay-wear

wear()
{
	/test/relay-wear "$@" 2>&1
}

# life RELAY: all of the wear file but where it is from and what depends on the moment
life()
{
	grep -vE '^(wear_source|unknown_history): ' "$debug/$1/wear"
}

# lives RELAY...
lives()
{
	for relay in "$@"; do
		life "$relay"
	done
}

# cycles RELAY N SECONDS: so many, so far apart
cycles()
{
	i=0
	while [ $((i += 1)) -le "$2" ]; do
		echo on > "$1/state"
		sleep 0.1
		echo off > "$1/state"
		sleep "$3"
	done
}

# again: the module goes with all it knows, and comes back
again()
{
	cd / && rmmod emrelay && modprobe emrelay && cd /sys/class/relay || exit
}

# --- the line ----------------------------------------------------------------

# Text of wear_record to the digits that it is about, and back.
digits()
{
	sed 's/^emrelay-1 //' "$1/wear_record"
}

# sealed DIGITS: the same, with the CRC32 that it has to have as the last four bytes
sealed()
{
	echo "${1%????????}" | awk '{
		crc = 4294967295
		for (i = 1; i < length($0); i += 2) {
			crc = xor(crc, 16 * hex(substr($0, i, 1)) + hex(substr($0, i + 1, 1)))
			for (bit = 0; bit < 8; bit++)
				crc = crc % 2 ? xor(rshift(crc, 1), 3988292384) : rshift(crc, 1)
		}
		crc = xor(crc, 4294967295)
		printf "%s", $0
		for (i = 0; i < 4; i++) {
			printf "%02x", crc % 256
			crc = int(crc / 256)
		}
		print ""
	}
	function hex(digit)
	{
		return index("0123456789abcdef", digit) - 1
	}'
}

# with DIGITS AT HEX: the bytes from AT on replaced
with()
{
	with_len=${#3}
	echo "$(echo "$1" | cut -c 1-$(($2 * 2)))$3$(echo "$1" | cut -c $(($2 * 2 + with_len + 1))-)"
}

# byte DIGITS AT
byte()
{
	echo "$((0x$(echo "$1" | cut -c $(($2 * 2 + 1))-$(($2 * 2 + 2)))))"
}

# not_taken NAME TEXT: EINVAL, and nothing of any relay is changed
not_taken()
{
	before=$(cat $debug/*/wear)
	refused "$1" "Invalid argument" "$2" pump/wear_record
	is "$1-changes-nothing" "$before" "$(cat $debug/*/wear)"
}

# taken NAME DIGITS
taken()
{
	is "$1" "" "$(write_error "emrelay-1 $2\n" pump/wear_record)"
}

lines()
{
	is line-mode 600 "$(stat -c %a pump/wear_record)"
	line=$(digits pump)
	is line-length "512 523" "${#line} $(wc -c < pump/wear_record)"
	is line-crc "$line" "$(sealed "$line")"

	not_taken line-empty "\n"
	not_taken line-text "pump\n"
	not_taken line-bare "$line\n"
	not_taken line-no-number "emrelay- $line\n"
	not_taken line-newer-text "emrelay-2 $line\n"
	not_taken line-short "emrelay-1 ${line%??}\n"
	not_taken line-long "emrelay-1 ${line}00\n"
	not_taken line-more "emrelay-1 $line\nx\n"
	not_taken line-twice "emrelay-1 $line\nemrelay-1 $line\n"
	not_taken line-no-digit "emrelay-1 $(with "$line" 92 0g)\n"
	# One digit of each kind of field, and of the CRC itself.
	for at in 0 4 6 8 16 24 56 120 128 136 144 152 160 168 176 184 192 200 208 209 210 211 251 252 255; do
		not_taken "line-flipped-$at" \
			"emrelay-1 $(with "$line" $at "$(printf %02x $(($(byte "$line" $at) ^ 1)))")\n"
	done
	not_taken line-newer "emrelay-1 $(sealed "$(with "$line" 4 0200)")\n"
	not_taken line-format-0 "emrelay-1 $(sealed "$(with "$line" 4 0000)")\n"
	not_taken line-no-record "emrelay-1 $(sealed "$(with "$line" 0 00)")\n"
	not_taken line-something-spare "emrelay-1 $(sealed "$(with "$line" 251 01)")\n"
	not_taken line-of-another "emrelay-1 $(digits 'hall 2')\n"
	not_taken line-of-another-serial "emrelay-1 $(sealed "$(with "$line" 24 42)")\n"
	not_taken line-of-the-one-before "$(words /tmp/before | tr -d ,)\n"
	# The relay has a serial: by what name it goes does not matter.
	taken line-by-another-name "$(sealed "$(with "$line" 56 71)")"

	# The same again, with capitals or without the newline, changes nothing.
	before=$(life pump)
	taken line-again "$line"
	taken line-and-again "$line"
	is line-capitals "" "$(write_error "emrelay-1 $(echo "$line" | tr a-f A-F)" pump/wear_record)"
	is line-again-changes-nothing "$before" "$(life pump)"
	is line-source record "$(value $debug/pump/wear wear_source)"

	# Of each counter the larger one: 9 cycles of AC-15, no resistive ones; the damage of
	# half a life, with its on-times as they were.
	on_ms=$(value $debug/pump/wear on_time_ms)
	other=$(with "$line" 128 0000000000000000)
	other=$(with "$other" 136 0900000000000000)
	other=$(with "$other" 152 0088526a74000000)
	taken merge "$(sealed "$other")"
	is merge-cycles "2 9 11" "$(value $debug/pump/wear cycles_resistive) $(
		value $debug/pump/wear cycles_ac_15) $(cat pump/cycle_count)"
	is merge-ppm 500000 "$(cat pump/life_used_ppm)"
	is merge-on-time "$on_ms" "$(value $debug/pump/wear on_time_ms)"
	# The other way round for a relay that nobody gave a serial: its name is what counts.
	fan=$(digits "hall 2")
	is name-bytes 68616c6c2032 "$(echo "$fan" | cut -c 113-124)"
	refused name-of-another "Invalid argument" "emrelay-1 $(sealed "$(with "$fan" 61 33)")\n" "hall 2/wear_record"
	is name-and-a-serial "" "$(write_error "emrelay-1 $(sealed "$(with "$fan" 24 5a39)")\n" "hall 2/wear_record")"
	is serial-taken-over Z9 "$(cat "hall 2/serial")"
	refused serial-is-kept "Invalid argument" "emrelay-1 $fan\n" "hall 2/wear_record"
	# An older one takes nothing back.
	before=$(life pump)
	taken merge-older "$line"
	is merge-older-changes-nothing "$before" "$(life pump)"
}

# --- relay-wear ----------------------------------------------------------------

first_boot()
{
	# What the record of the relay that was there before is.
	cat pump/wear_record > /tmp/before
	echo "A 17" > pump/replace
	# What the host compares with the edges it saw.
	cycles pump 2 10
	cycles "hall 2" 3 1
	cycles relay-bank:2 5 1
	lives relay-bank:2 "hall 2" pump | put - lives
	rest=$(lives "hall 2" pump)

	mkdir -p $folder
	is save "" "$(wear save)"
	is save-files "hall 2.samples,hall 2.wear,pump.samples,pump.wear,relay-bank:2.samples,relay-bank:2.wear" "$(find $folder -type f | sed 's,.*/,,' | sort | words -)"
	put - saved-2 < $folder/relay-bank:2.wear
	put - saved-1 < "$folder/hall 2.wear"
	put - saved-0 < $folder/pump.wear

	# All that was known goes with the module. What is saved then, with less than what is
	# in the files, takes nothing from them.
	again
	is forgotten "0 0 0" "$(one_line "$(cat ./*/cycle_count)")"
	is forgotten-source none,1, "$(value $debug/pump/wear wear_source),$(
		value $debug/pump/wear unknown_history),$(cat pump/serial)"
	cycles relay-bank:2 1 1
	is save-first "" "$(wear save)"
	is save-first-cycles "3 2 5" "$(one_line "$(cat ./*/cycle_count)")"
	is save-first-source record,0 "$(value $debug/pump/wear wear_source),$(value $debug/pump/wear unknown_history)"
	again
	is restore "" "$(wear restore)"
	is restore-cycles "3 2 5" "$(one_line "$(cat ./*/cycle_count)")"
	is restore-lives "$rest" "$(lives "hall 2" pump)"
	before=$(lives *)
	is restore-again "" "$(wear restore)"
	is restore-again-changes-nothing "$before" "$(lives *)"
	is show "pump A 17 2 0.0040% 49998 unknown unknown unknown unknown good sheet record whole - - -" \
		"$(wear show pump | sed -n '2s/  */ /gp')"

	lines

	# A new relay: the files of the old one are not for it.
	again
	is restore-once-more "" "$(wear restore)"
	cp "$folder/pump.wear" /tmp/old
	echo "B 18" > pump/replace
	before=$(lives *)
	is restore-of-the-old "relay-wear: pump.wear: not restored: another relay's, or damaged (EINVAL)" "$(wear restore)"
	fails restore-of-the-old-fails wear restore
	is restore-of-the-old-changes-nothing "$before" "$(lives *)"
	is replaced "0 0 B 18" "$(one_line "$(cat pump/cycle_count pump/life_used_ppm pump/serial)")"
	is save-the-new "relay-wear: pump.wear: another relay's, or damaged, kept as pump.wear.old" "$(wear save)"
	ok the-old-is-kept cmp /tmp/old "$folder/pump.wear.old"
	is restore-of-the-new "" "$(wear restore)"

	# Damage on the disk, and a relay that is not there.
	sed -i 's/[0-9a-f]$/x/' "$folder/hall 2.wear"
	mv "$folder/relay-bank:2.wear" "$folder/nosuch.wear"
	is restore-damaged "relay-wear: hall 2.wear: not restored: another relay's, or damaged (EINVAL);relay-wear: nosuch.wear: skipped: there is no such relay" \
		"$(wear restore | tr '\n' ';' | sed 's/;$//')"
}

# The machine has been off; its files are those of the boot before.
second_boot()
{
	is boot-forgotten "0 0 0" "$(one_line "$(cat ./*/cycle_count)")"
	# Nobody knows how long ago the relay was used: without a clock that is now, else it
	# was before the boot.
	sleep 11
	now=$(date +%s)
	date -s @1000 > /dev/null
	is boot-ready 0 "$(cat pump/ready_ms)"
	is boot-restore "" "$(wear restore --relay=/sys/devices/platform/relay-bank/relay/pump)"
	is boot-limited 1 "$(($(cat pump/ready_ms) > 9000))"
	is boot-restore-one "0 2 0" "$(one_line "$(cat ./*/cycle_count)")"
	again
	date -s "@$now" > /dev/null
	sleep 11
	is boot-restore-all "" "$(wear restore)"
	is boot-not-limited 0 "$(cat pump/ready_ms)"
	is boot-lives "$(cat /test/lives)" "$(lives relay-bank:2 "hall 2" pump)"
	is boot-history 0,1 "$(value $debug/pump/wear unknown_history),$(value $debug/hall\ 2/wear unknown_history)"
	# It goes on from there.
	cycles pump 1 10
	is boot-goes-on 3 "$(cat pump/cycle_count)"
	is boot-save "" "$(wear save)"
}

case $(cat /proc/cmdline) in
*boot=1*) first_boot ;;
*) second_boot ;;
esac
