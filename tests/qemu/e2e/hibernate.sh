#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The machine hibernates: to the disk, off, and on again. What runs there is another kernel
# first, which binds the relays, too, and then reads the image (boot=2).
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
modprobe -a virtio_mmio virtio_blk
load
until [ -b /dev/vda ]; do
	sleep 0.1
done

# cycle RELAY TIMES
cycle()
{
	for _ in $(seq "$2"); do
		echo on > "$1/state"
		sleep 0.4
		echo off > "$1/state"
		sleep 0.1
	done
}

# shellcheck disable=SC2154 # from the kernel's command line
if [ "$boot" = 2 ]; then
	is other-found 3 "$(cat pump/cycle_count)"
	cycle pump 2
	echo on > pump/state
	sleep 0.1
	put - other < /tmp/results
	cat /sys/block/vda/dev > /sys/power/resume
	echo "no image was read: $(dmesg | tail -n 3)" | put - failed
	exit 1
fi

sleep 0.1
cycle pump 3
echo on > kept/state
echo on > waits/state
sleep 0.1
echo off > waits/state
# What is on as the system sleeps.
echo on > plain/state
sleep 7.5
# This is due while the image is stored.
echo on > waits/state
sleep 0.5
is still-waits on,off "$(words waits/state waits/coil)"
mkswap /dev/vda > /dev/null
swapon /dev/vda
echo 0 > /sys/power/image_size
# shellcheck disable=SC2154 # from the kernel's command line
echo "$mode" > /sys/power/disk
cut -d' ' -f1 /proc/uptime | put - asleep
ok hibernated sh -c "echo disk > /sys/power/state"
sleep 1
for relay in pump kept waits plain; do
	echo "$relay $(words $relay/state $relay/coil $relay/contact $relay/cycle_count $relay/fault)"
done | put - after
# Nothing is lost of what the other one counted, and nothing written over it.
cycle pump 1
put - pump < pump/cycle_count
put - stored < pump/cycles_stored
put - history < $debug/kept/history
