#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Banks by configfs: what is taken, what is refused, and in which order it goes.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
[ -e /sys/kernel/config/relay ] || modprobe emrelay-configfs
[ -e /sys/kernel/config/relay ] || mount -t configfs none /sys/kernel/config
record
config=/sys/kernel/config/relay
chip=9030000.pl061

# said TEXT...: the log has a line with all these since the last call
said_lines=$(dmesg | wc -l)
said()
{
	said_name=$1
	shift
	said_text=$(dmesg | tail -n +$((said_lines + 1)))
	said_lines=$(dmesg | wc -l)
	for word in "$@"; do
		said_text=$(echo "$said_text" | grep -F -e "$word")
	done
	ok "$said_name" [ -n "$said_text" ]
}

# good DIRECTORY REG COIL...: a relay
good()
{
	mkdir "$1"
	echo "$2" > "$1/reg"
	echo wago,859-353 > "$1/compatible"
	good_dir=$1
	shift 2
	echo "$*" > "$good_dir/coil"
}

nodes=$(one_line /sys/kernel/software_nodes/*)
mkdir $config/cabinet
cd $config/cabinet || exit
good pump 0 $chip 0
good fan 1 $chip 1 active-low
good valve 2 $chip 2 open-drain
find . -maxdepth 1 -type f | put - bank-files
find pump -type f | put - relay-files
# Each can be written, and reads so; what is empty is none.
for file in pump/*; do
	case $file in
	*/coil | */contact | */line) text="$chip 6" ;;
	*/compatible) text=wago,859-353 ;;
	*/load-type) text=none ;;
	*/default-state) text=keep ;;
	*/interlock-mode) text=block ;;
	*/contact-type) text=linked-nc ;;
	*/dc-load-limit | */electrical-life-curve) text="1 2" ;;
	*) text=1 ;;
	esac
	before=$(cat "$file")
	ok "write-${file#*/}" sh -c "echo '$text' > '$file'"
	is "reads-${file#*/}" "$text" "$(cat "$file")"
	echo "$before" > "$file"
done
is begins-dead 0 "$(cat live)"

# What was written is read again, without the blanks around it.
echo "  $chip   3  active-low " > pump/coil
is reads-line "$chip   3  active-low" "$(cat pump/coil)"
echo > pump/coil
is reads-nothing "" "$(cat pump/coil)"
echo $chip 0 > pump/coil
echo 300000 100000, 1000000 50000 > pump/electrical-life-curve
is reads-points "300000 100000, 1000000 50000" "$(cat pump/electrical-life-curve)"
echo > pump/electrical-life-curve

# Each error is EINVAL at the write, changes nothing, and is in the log.
# wrong FILE TEXT WORD...: what the log says of it
n=0
wrong()
{
	n=$((n + 1)) wrong_file=$1 wrong_text=$2
	wrong_old=$(cat "$wrong_file")
	shift 2
	refused wrong-$n "Invalid argument" "$wrong_text\n" "$wrong_file"
	is wrong-$n-kept "$wrong_old" "$(cat "$wrong_file")"
	said wrong-$n-said "cabinet/" "\"$wrong_text\"" "$@"
	# No more than ten in five seconds are told.
	sleep 1
}
wrong pump/coil "$chip 0 active-lo" pump coil-gpios "CHIP OFFSET"
wrong pump/coil "$chip 0 1" pump coil-gpios
wrong pump/coil "$chip 65535" pump coil-gpios
wrong pump/coil "$chip -1" pump coil-gpios
wrong pump/reg 1024 pump "reg" "0 to 1023"
wrong pump/reg one pump "reg" number
wrong pump/reg "1 2" pump "reg" "0 to 1023"
wrong pump/reg 4294967296 pump "reg" number
wrong pump/operate-time-us 0 operate-time-us "1 to 4294967295"
wrong pump/load-type motor load-type unknown
wrong pump/interlock-mode both interlock-mode unknown
wrong pump/default-state maybe default-state unknown
wrong pump/load-suppressor perhaps load-suppressor "neither 0 nor 1"
wrong pump/dc-load-limit "1 2 x" dc-load-limit number
wrong pump/dc-load-limit "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21" dc-load-limit "too many"
wrong stagger-ms -1 cabinet/cabinet stagger-ms number
wrong coil-limit 4294967296 coil-limit number
refused live-text "Invalid argument" "perhaps\n" live

# Live: a bank like any other.
echo 4 > coil-limit
echo 5 > stagger-ms
quiet
ok live sh -c 'echo 1 > live'
# Its line is open drain.
is live-says "emrelay relay-bank.0: valve: coil-gpios cannot be read back, and is taken to be as it was driven" \
	"$(dmesg | tail -n +$((quiet_lines + 1)) | sed 's/^[^]]*] //')"
quiet
is live 1 "$(cat live)"
is relays "fan pump valve" "$(one_line "$(ls /sys/class/relay)")"
bank=$(basename "$(readlink -f /sys/class/relay/pump/device)")
is bank-settings 4,5 "$(words /sys/class/relay/pump/device/coil_limit /sys/class/relay/pump/device/stagger_ms)"
is part wago,859-353 "$(cat /sys/class/relay/pump/part)"
ok leds [ -e /sys/class/leds/pump:red:status ]
is own-chip "pump fan valve" "$(one_line "$(gpioinfo "$bank" | sed -n 's/^.*line *[0-9]*: *"\([^"]*\)".*/\1/p')")"
gpioinfo $chip | put - gpioinfo
echo on > /sys/class/relay/pump/state
echo on > /sys/class/relay/fan/state
sleep 1
is switched closed,closed "$(words /sys/class/relay/pump/contact /sys/class/relay/fan/contact)"

# It cannot be changed or taken away.
refused live-write "Device or resource busy" "7\n" pump/reg
refused live-bank-write "Device or resource busy" "7\n" coil-limit
is live-rmdir "Device or resource busy" "$(rmdir pump 2>&1 | sed 's/.*: //')"
is live-rmdir-bank "Device or resource busy" "$(rmdir $config/cabinet 2>&1 | sed 's/.*: //')"
is live-mkdir "Device or resource busy" "$(mkdir lamp 2>&1 | sed 's/.*: //')"
is relay-mkdir "Operation not permitted" "$(mkdir pump/lamp 2>&1 | sed 's/.*: //')"
fails live-rmmod rmmod emrelay-configfs
fails live-rmmod-driver rmmod emrelay
ok live-again sh -c 'echo 1 > live'
is still-there on,on "$(words /sys/class/relay/pump/state /sys/class/relay/fan/state)"

# A line of a bank is a line, and has a name.
mkdir $config/second
good $config/second/far 5 valve
echo 1 > $config/second/live
ok by-name [ -e /sys/class/relay/far ]
echo on > /sys/class/relay/far/state
sleep 1
is by-name-drives on,on "$(words /sys/class/relay/far/coil /sys/class/relay/valve/state)"

# The other way round: that bank goes with the one whose line it has, and waits for it.
begin=$(date +%s)
echo 0 > live
is dead "" "$(one_line "$(ls /sys/class/relay)")"
is dead-live 0,1 "$(words live $config/second/live)"
is dead-twice "" "$(write_error '0\n' live)"

# Made again at once: the rate limit was waited for.
ok spaced [ $(($(date +%s) - begin)) -ge 5 ]
echo 1 > live
ok back [ -e /sys/class/relay/pump ]
echo on > /sys/class/relay/pump/state
until [ -e /sys/class/relay/far ] && [ "$(cat /sys/class/relay/pump/coil)" = on ]; do
	sleep 0.1
done
pass second-comes-back

# Unbound by hand, it stays so until it is bound by hand, as any device does.
echo "$bank" > $banks/unbind
ok unbound [ ! -e /sys/class/relay/pump ]
sleep 5
is unbound-still "1,no" "$(cat live),$([ -e /sys/class/relay/pump ] && echo yes || echo no)"
echo "$bank" > $banks/bind
ok bound-again [ -e /sys/class/relay/pump ]
is bound-leds "pump:red:status" "$(basename "$(readlink -f /sys/class/leds/pump:red:status)")"

echo 0 > $config/second/live
# Files that are still open keep no bank from being made again. 6.1's gpiolib looks at a chip that
# is gone while its file is open, as the next one is added.
chip_file=/dev/$(basename "/sys/bus/platform/devices/$bank"/gpiochip*)
case $(uname -r) in
6.1.*) chip_file=/dev/null ;;
esac
exec 3< "$chip_file" \
	4< /sys/class/relay/pump/state 5< /sys/class/leds/pump:red:status/brightness
echo 0 > live
ok held-chip [ -c /proc/self/fd/3 ]
ok held-again sh -c 'echo 1 > live'
ok held-there [ -e /sys/class/relay/pump ]
exec 3<&- 4<&- 5<&-
echo 0 > live
echo > coil-limit
echo > stagger-ms

# What only the whole shows is EINVAL when it is made live; the driver says what it is.
# never NAME WORD...
never()
{
	never_name=$1
	shift
	refused "never-$never_name" "Invalid argument" "1\n" live
	is "never-$never_name-dead" 0 "$(cat live)"
	said "never-$never_name-said" "$@"
	rmdir ./*/
}
rmdir ./*/
never empty "no channels"
mkdir bare
never part reg missing bare
good strong 0 $chip 0
echo 5000001 > strong/load-microamp
never load strong load-microamp 5000001 5000000
good one 0 $chip 0
good two 0 $chip 1
never reg two one reg
good none 0
never line none coil-gpios
good far 0 $chip 8
never offset far coil-gpios
good taken 0 $chip 3
gpioset -m signal $chip 3=0 &
holder=$!
until gpioinfo $chip | grep -q 'line *3:.*used'; do
	sleep 0.1
done
never taken taken coil-gpios
kill $holder
wait $holder
good twice 0 $chip 1
good again 1 $chip 1
never twice again coil-gpios
good "a name of more than forty characters: no one" 0 $chip 1
never name label 40
rmdir $config/second/far $config/second

# A chip that is not there may come yet.
good late 0 no-such-chip 0
is waits "" "$(write_error '1\n' live)"
is waits-live 1 "$(cat live)"
is waits-unbound "" "$(one_line "$(ls /sys/class/relay)")"
said waits-said "cabinet: waits for no-such-chip"
echo 0 > live
rmdir late

# A chip that comes, goes and comes back, as a USB adapter does.
if modprobe gpio-sim 2> /dev/null; then
	sim=/sys/kernel/config/gpio-sim/usb
	mkdir $sim $sim/bank0
	echo 4 > $sim/bank0/num_lines
	echo adapter > $sim/bank0/label
	good lamp 0 adapter 1
	good bell 1 adapter 2
	echo 1 > live
	is waits-for-chip "" "$(one_line "$(ls /sys/class/relay)")"
	for round in 1 2 3; do
		echo 1 > $sim/live
		until [ -e /sys/class/relay/lamp ]; do
			sleep 0.1
		done
		echo on > /sys/class/relay/lamp/state
		sleep 15
		pulls=/sys/devices/platform/$(cat $sim/dev_name)/$(cat $sim/bank0/chip_name)/sim_gpio1/value
		is "chip-$round" 1,closed "$(words "$pulls" /sys/class/relay/lamp/contact)"
		is "chip-$round-counts" $round "$(cat /sys/class/relay/lamp/cycle_count)"
		echo 0 > $sim/live
		is "chip-$round-gone" "" "$(one_line "$(ls /sys/class/relay)")"
		sleep 3
	done
	echo 0 > live
	rmdir lamp bell $sim/bank0 $sim
	pass sim
fi

# Each allocation on the way fails once; what is left can be made live, and goes.
fail_allocations
if [ -e $nth ]; then
	good short 0 $chip 4
	echo none > short/load-type
	for file in live short/reg short/coil short/electrical-life-curve; do
		case $file in
		live) text=1 step=${nomem_step:-1} ;;
		*coil) text="$chip 4" step=1 ;;
		*curve) text="1 2" step=1 ;;
		*) text=0 step=1 ;;
		esac
		n=1 failed=0
		while [ $n -lt 3000 ]; do
			got=$(/test/failnth $nth $n "$text" $file)
			case $got in
			*not) break ;;
			ok*) ;;
			*)
				failed=$((failed + 1))
				[ $file != live ] || is "nomem-$n" 0 "$(cat live)"
				;;
			esac
			[ $file != live ] || echo 0 > live
			n=$((n + step))
		done
		ok "nomem-${file#*/}-ends" [ $n -lt 3000 ]
		ok "nomem-${file#*/}-failed" [ $failed -gt 0 ]
		echo "$file: $n allocations, $failed fail it" | put - "nomem-${file#*/}"
	done
	echo > short/electrical-life-curve
	ok nomem-live-after sh -c 'echo 1 > live'
	echo 0 > live
	rmdir short
fi

# The order that is left: directories, this module, the driver.
fails busy rmmod emrelay-configfs
cd / || exit
rmdir $config/cabinet
ok rmmod rmmod emrelay-configfs
ok rmmod-driver rmmod emrelay
is nodes "$nodes" "$(one_line /sys/kernel/software_nodes/*)"
