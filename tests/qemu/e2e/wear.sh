#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What wear is counted by: the load current and its curve, and the files for that.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
quiet
inval="Invalid argument"

is load_ma-fresh unknown,unknown,1000,unknown "$(words sheet/load_ma ac/load_ma curved/load_ma dc/load_ma)"

# What cannot be parsed, or is out of range, is refused and changes nothing.
# values FILE BAD...: all of them are refused
values()
{
	values_file=$1 values_kept=$(cat "$1")
	shift
	for bad in "$@" ' ' '\n' x -1 1.5 ' 1' '1 ' '1 2' '7\n\n' 4294967296 18446744073709551617; do
		refused "$values_file-'$bad'" "$inval" "$bad" "$values_file"
	done
	is "$values_file-kept" "$values_kept" "$(cat "$values_file")"
}
# takes FILE TEXT: it is taken, with a newline and without, and read back
takes()
{
	for end in '' '\n'; do
		is "$1-takes-$2$end" ":$2" "$(write_error "$2$end" "$1"):$(cat "$1")"
	done
}

values sel/load_ma 0 4294968
takes sel/load_ma 1
takes sel/load_ma 2000000
refused above-the-curve "$inval" 2000001 sel/load_ma
is still-2000000 2000000 "$(cat sel/load_ma)"
# Of a contact that switches nothing nobody knows a limit, but for the part's.
echo none > sel/load
takes sel/load_ma 4294967
echo resistive > sel/load

# rated RELAY MA: that much, and not a mA more
rated()
{
	takes "$1/load_ma" "$2"
	refused "$1-not-above-$2" "$inval" $(($2 + 1)) "$1/load_ma"
	is "$1-keeps-$2" "$2" "$(cat "$1/load_ma")"
}
rated sheet 5000
rated ac 3000
rated curved 4000
# Between two points of the DC limit that of the higher voltage counts.
rated dc 500
# What is declared has to be below the limits of another class, too.
refused ac-15-is-rated-for-less "$inval" ac-15 sheet/load
echo 1 > sheet/load_ma
echo ac-15 > sheet/load
rated sheet 3000
refused dc-13-is-rated-for-less "$inval" dc-13 sheet/load
echo 1 > sheet/load_ma
echo dc-13 > sheet/load
rated sheet 2000
echo none > sheet/load
rated sheet 5000

values sheet/warn_ppm 1000001
takes sheet/warn_ppm 0
takes sheet/warn_ppm 1000000
values sheet/end_of_life Warn blocked warnblock 0 1
takes sheet/end_of_life block
takes sheet/end_of_life warn
# Where there are no nvmem cells there is nothing to be said of them.
for file in flush_cycles flush_s cycles_stored; do
	fails no-$file test -e sheet/$file
done

long=0123456789012345678901234567890
for bad in '\n' "${long}1" "${long}1\n" 'a\tb' 'a\0177' '\0303\0251' 'a\nb' 'a\n\n' '\na' ' ' '  \n'; do
	refused "replace-'$bad'" "$inval" "$bad" sheet/replace
done
is not-replaced ,1 "$(cat sheet/serial),$(value $debug/sheet/wear unknown_history)"
is replace-longest "" "$(write_error "$long" sheet/replace)"
is replaced $long "$(cat sheet/serial)"
is replace-blanks "" "$(write_error ' ~!\n' sheet/replace)"
is replaced-blanks " ~!" "$(cat sheet/serial)"

# All as in the tree, or by default, after unbind and bind.
echo block > sheet/end_of_life
echo 7 > sheet/warn_ppm
echo relay-bank > $banks/unbind
echo relay-bank > $banks/bind
cd /sys/class/relay || exit
is after-bind "unknown,800000,warn, ~!" "$(words sheet/load_ma sheet/warn_ppm sheet/end_of_life sheet/serial)"
is after-bind-declared 1000,unknown "$(words curved/load_ma sel/load_ma)"
is after-bind-load resistive "$(cat sheet/load)"

# What an expected life rests on.
basis()
{
	is "basis-$1" "$3 $4" "$(value $debug/$2/wear basis) $(value $debug/$2/wear life_at_load)"
}
basis nobody-said-which-load plain assumed 50000
basis of-the-sheet sheet sheet 50000
basis contact-that-opens nc assumed 50000
basis ac ac assumed 50000
basis dc dc assumed 50000
basis no-current sel sheet 1000
basis curve curved curve 900
basis curve-of-the-other-contact curved-nc assumed 500
for load in ac-15:assumed:50000 resistive:sheet:50000 none:sheet:5000000 dc-13:assumed:50000; do
	for relay in plain sheet; do
		echo ${load%%:*} > $relay/load
		basis $relay-${load%%:*} $relay "$(echo ${load#*:} | cut -d: -f1)" ${load##*:}
	done
done
echo none > nc/load
basis none-is-no-contact nc sheet 5000000
echo resistive > nc/load
basis contact-that-opens-again nc assumed 50000
# A current without a curve is no better basis.
echo 1000 > plain/load_ma
basis no-curve plain assumed 50000
echo 1 > sel/load_ma
basis below-the-curve sel curve 10000
echo 120000 > sel/load_ma
basis first-point sel curve 10000
echo 2000000 > sel/load_ma
basis last-point sel curve 12
echo ac-15 > sel/load
basis curve-of-another-load sel assumed 12
echo none > sel/load
basis no-load sel sheet 100000
echo resistive > sel/load

quiet nothing-logged

# On the wire. wearing RELAY LOAD MA CYCLES MS: so many pulses of so many ms, then what it says
wearing()
{
	echo "$2" > $1/load
	[ "$3" = - ] || echo "$3" > $1/load_ma
	awk -v n="$4" -v ms="$5" -v what="$1/pulse_ms $5" \
		'BEGIN { for (i = 0; i < n; i++) print 5 + i * (ms + 2), what }' | /test/at > /dev/null
	sleep 0.5
	echo "step $2 $3 $4 $5"
	cat $debug/$1/wear
	is cycles_left-$1-$2-$3-$4 "$(value $debug/$1/wear cycles_left)" "$(cat $1/cycles_left)"
}
clocks curved
{
	wearing curved ac-15 - 1 20
	wearing curved ac-15 1500 1 35
	wearing curved resistive 1500 3 7
	wearing curved ac-15 3999 1 5
	wearing curved ac-15 4000 2 6
	wearing curved dc-13 500 1 8
	sleep 10
	wearing curved none - 4 2
	wearing curved resistive 2000 1 400
	wearing curved ac-15 2001 1 3
} | put - curved
{
	wearing sel resistive 700000 20 1
	wearing sel resistive 250000 290 1
	wearing sel resistive 1200000 11 1
	wearing sel resistive 150000 3000 1
} | put - sel
