#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The first process of a guest of the matrix: what the driver is for, once
# each, with busybox alone. What was found goes to the console, and a line
# that says that the end was reached.
#
# CONTROLLER is the label of the chip with the coils' lines, MODULES what to
# load before the driver; both come on the kernel's command line.
export PATH=/bin:/sbin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t debugfs debug /sys/kernel/debug

relay=/sys/class/relay
pump=$relay/pump heater=$relay/heater beacon=$relay/beacon

# is NAME WANTED GOT
is()
{
	if [ "$2" = "$3" ]; then
		echo "matrix: ok $1"
	else
		echo "matrix: not ok $1: '$3', expected '$2'"
	fi
}

# becomes NAME WANTED FILE: the file says so within some seconds; a guest may be slow
becomes()
{
	tries=0
	while [ "$(cat "$3")" != "$2" ] && [ $tries -lt 1000 ]; do
		tries=$((tries + 1))
		usleep 10000
	done
	is "$1" "$2" "$(cat "$3")"
}

# level LINE: of a coil's line that is in use, as its controller has it
level()
{
	sed -n "s/^ gpio-.*|$1 *) out \(hi\|lo\).*/\1/p" /sys/kernel/debug/gpio
}

echo "matrix: begin"
for module in $MODULES; do
	modprobe "$module" || echo "matrix: not ok modprobe: $module"
done
said=$(modprobe emrelay 2>&1)
is modprobe "" "$said"
# A bank may wait for its lines.
tries=0
while ! [ -e $beacon/state ] && [ $tries -lt 1000 ]; do
	tries=$((tries + 1))
	usleep 10000
done
is bound "beacon heater pump" "$(cd $relay && echo *)"
if ! [ -e $beacon/state ]; then
	cat /sys/kernel/debug/devices_deferred
	dmesg | tail -n 20
	poweroff -f
fi
is boot-off "off lo" "$(cat $pump/coil) $(level pump)"

# At a first bind nobody knows for how long the contacts have been where they are.
becomes found-open open $pump/contact
echo on > $pump/state
is on "on on hi" "$(cat $pump/state $pump/coil | tr '\n' ' ')$(level pump)"
becomes on-closes closed $pump/contact

echo off > $pump/state
becomes off off $pump/coil
is off-wire lo "$(level pump)"
becomes off-opens open $pump/contact

# It may wait for its rate limit, and then lasts as long as it was asked to.
echo 200 > $pump/pulse_ms
becomes pulse-on 2 $pump/cycle_count
becomes pulse-off off $pump/coil
is pulse-wire "off lo" "$(cat $pump/state) $(level pump)"

# Six a minute: ten seconds from on to on.
echo on > $heater/state
becomes rate-closes closed $heater/contact
echo off > $heater/state
becomes rate-off off $heater/coil
echo reject > $heater/policy
said=$( (echo on > $heater/state) 2>&1)
case $said in
*"temporarily unavailable"*) is rate-reject "" "" ;;
*) is rate-reject EAGAIN "$said" ;;
esac
is rate-counted "off 1 1" "$(cat $heater/state $heater/statistics/rejected $heater/cycle_count | tr '\n' ' ' | sed 's/ $//')"
ready=$(cat $heater/ready_ms)
is rate-ready yes "$([ "$ready" -gt 0 ] && [ "$ready" -le 10000 ] && echo yes || echo "$ready")"

# Switched as an LED, and followed by another one.
led=/sys/class/leds
echo relay-beacon > $led/pump:red:status/trigger
echo 1 > $led/beacon:red:status/brightness
becomes led on $beacon/coil
becomes led-follows on $pump/coil
echo none > $led/pump:red:status/trigger
echo 0 > $led/beacon:red:status/brightness
becomes led-off off $beacon/coil
becomes led-opens open $beacon/contact

# And as a line.
said=$(line set beacon 1 2>&1)
is cdev "" "$said"
becomes cdev-on on $beacon/coil
is cdev-wire hi "$(level beacon)"

# Through a sleep in which all is without power but the memory, where the machine has one; its
# controller has forgotten its lines after it, and who looks at them from outside wakes it.
cycles=$(cat $beacon/cycle_count)
case $(cat /sys/power/mem_sleep 2>&1) in
*deep*)
	echo on > $pump/state
	becomes sleep-on closed $pump/contact
	echo deep > /sys/power/mem_sleep
	said=$( (echo mem > /sys/power/state) 2>&1)
	is slept "" "$said$(dmesg | grep -q 'ACPI: PM: Waking up from system sleep state S3' || echo not)"
	cycles=$((cycles + 1))
	;;
*)
	is sleep-on "" ""
	is slept "" ""
	;;
esac
becomes sleep-retains closed $beacon/contact
is sleep-counts "on hi $cycles" "$(cat $beacon/coil) $(level beacon) $(cat $beacon/cycle_count)"
is sleep-releases "off lo" "$(cat $pump/coil) $(level pump)"

# A bank that firmware knows nothing of, on a relay's line.
said=$(modprobe emrelay-configfs 2>&1)
mount -t configfs config /sys/kernel/config
second=/sys/kernel/config/relay/second
mkdir $second $second/door
echo wago,859-353 > $second/door/compatible
echo 0 > $second/door/reg
echo pump > $second/door/coil
echo 1 > $second/live
is configfs "beacon door heater pump" "$said$(cd $relay && echo *)"
echo on > $relay/door/state
becomes configfs-on "on" $relay/door/coil
is configfs-drives on "$(cat $pump/state)"
said=$(echo 0 > $second/live && rmdir $second/door $second && rmmod emrelay-configfs 2>&1)
is configfs-gone "beacon heater pump" "$said$(cd $relay && echo *)"

said=$(rmmod emrelay 2>&1)
is rmmod "" "$said"
is rmmod-gone no "$([ -e $relay ] && echo yes || echo no)"
is rmmod-wire "0 0 0" "$(for i in 0 1 2; do line get "$CONTROLLER" $i 2>&1; done | tr '\n' ' ' | sed 's/ $//')"
echo "matrix: end"
poweroff -f
