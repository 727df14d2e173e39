#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The module comes by its alias, goes and comes again.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

loaded()
{
	lsmod | grep -c '^emrelay '
}

is not-yet-loaded 0 "$(loaded)"
ok modprobe-n modprobe -n emrelay
coldplug
is autoload 1 "$(loaded)"
is autoload-binds $banks/relay-bank "$(echo $banks/relay-*)"
is class pump "$(ls /sys/class/relay)"
is debugfs "pump summary" "$(one_line "$(ls $debug)")"

file=$(modinfo -n emrelay)
is modinfo-file "$(find "/lib/modules/$(uname -r)" -name 'emrelay.ko*')" "$file"
is modinfo-aliases "of:N*T*Cgpio-relays of:N*T*Cgpio-relaysC* platform:gpio-relays platform:relay-bank" \
	"$(one_line "$(modinfo -F alias emrelay | sort)")"
is modinfo-license GPL "$(modinfo -F license emrelay)"
is modinfo-description 1 "$(modinfo -F description emrelay | grep -c relay)"
is modinfo-vermagic "$(uname -r)" "$(modinfo -F vermagic emrelay | cut -d' ' -f1)"
is modinfo-no-parameters "" "$(modinfo -F parm emrelay)"

gpioset -m signal relay-bank 0=1 &
holder=$!
sleep 1
fails rmmod-of-a-used-line rmmod emrelay
is still-there on "$(cat /sys/class/relay/pump/state)"
kill $holder
wait $holder

ok removed rmmod emrelay
is rmmod-unloads 0 "$(loaded)"
is rmmod-leaves-no-class "" "$(ls -d /sys/class/relay 2>/dev/null)"
is rmmod-leaves-no-debugfs "" "$(ls -d $debug 2>/dev/null)"
is rmmod-leaves-no-led "" "$(find /sys/class/leds/ -name "*status")"
is rmmod-leaves-no-chip "" "$(gpiodetect | grep relay-bank)"
is rmmod-leaves-the-line unused "$(gpioinfo gpiochip0 | awk '$2 == "0:" { print $4 }')"

ok loaded modprobe emrelay
is modprobe-binds pump "$(ls /sys/class/relay)"
ok modprobe-r modprobe -r emrelay
for _ in 1 2 3 4 5; do
	modprobe emrelay
	rmmod emrelay
done
ok modprobe-again modprobe emrelay
is modprobe-again-binds pump "$(ls /sys/class/relay)"

# The rate limit is not escaped this way either. What is known goes with the
# module: after the next first bind the contact counts as opening.
sleep 0.1
echo on > /sys/class/relay/pump/state
is on on "$(cat /sys/class/relay/pump/coil)"
ok removed-while-on rmmod emrelay
modprobe emrelay
echo on > /sys/class/relay/pump/state
sleep 11
is on-again on "$(cat /sys/class/relay/pump/coil)"

# What waits as the module goes is forgotten, with its timer.
for word in off on off on; do
	echo $word > /sys/class/relay/pump/state
	sleep 0.1
done
is waits on,off "$(words /sys/class/relay/pump/state /sys/class/relay/pump/coil)"
rmmod emrelay &
unloading=$!
sleep 1
is no-timer 0 "$(grep -c emrelay /proc/timer_list)"
is waits-for-the-rate 1 "$(loaded)"
wait $unloading
is removed-while-one-waits 0,0 "$?,$(loaded)"
modprobe emrelay
is forgotten off,off "$(words /sys/class/relay/pump/state /sys/class/relay/pump/coil)"
sleep 1
is still-forgotten off "$(cat /sys/class/relay/pump/coil)"
is no-complaint "" "$(dmesg | grep emrelay | grep -v 'out-of-tree\|verification failed')"
