#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# systemd starts and stops twice, in a PID namespace, so that what it leaves can
# be looked at. udev loads the driver.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
folder=/var/lib/relay-wear

echo 0123456789abcdef0123456789abcdef > /etc/machine-id
systemctl -q enable relay-wear-save.timer relay-wear-shutdown.service job.service
# Nobody reads what these show or store, and /tmp is not theirs to empty.
systemctl -q mask systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket \
	systemd-tmpfiles-setup.service systemd-update-utmp.service systemd-random-seed.service getty.target

# boot N: until job.service powers off; a namespace's power-off is a signal to who made it
boot()
{
	echo "$1" > /test/boot
	# shellcheck disable=SC3045 # busybox has it
	unshare -m -p -f sh -c 'mount -t proc proc /proc; exec /lib/systemd/systemd --system --unit=multi-user.target' \
		< /dev/null > /dev/null 2>&1
	is "boot-$1-ends-with-power-off" 130 $?
	# The last thing that systemd does to what it cannot unmount.
	mount -o remount,rw /
	for file in $folder/*; do
		put - "end-$1-$(basename "$file" .wear)" < "$file"
	done
}

is nothing-loaded "" "$(lsmod | grep emrelay)"
boot 1
record
is relays "hall 2,pump," "$(ls | tr '\n' ',')"
cd / && rmmod emrelay
boot 2
put /test/log
