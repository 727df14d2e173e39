#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# In a bare machine, as a service that runs at the end of each boot: what a user types
# to get a relay that switches, and after a reboot, and after a new kernel. Lines that
# begin with "bare: " are for the host, which also looks at the coils' lines meanwhile.
set -u -o pipefail
# As a login has it.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive
read -r suite arch fit < /bare/settings
pump=/sys/class/relay/pump

failed()
{
	echo "bare: not ok $1: $2"
	systemctl --no-pager --full status relay-banks
	dkms status
	tail -n 20 /var/lib/dkms/emrelay/*/build/make.log
	journalctl --no-pager -b -p warning | tail -n 30
	systemctl --force poweroff
	exit 1
}

# is NAME WANTED GOT
is()
{
	[ "$2" = "$3" ] || failed "$1" "'$3', expected '$2'"
	echo "bare: ok $1"
}

# step NAME COMMAND...: which succeeds
step()
{
	local name=$1

	shift
	# No terminal, so that nobody draws on it.
	"$@" < /dev/null 2>&1 | cat || failed "$name" "status $?"
	echo "bare: ok $name"
}

# One who may switch, one who may not.
switches()
{
	local tries=0

	# Relays come when their chip does, whose module is loaded meanwhile; what udev does for them has an end.
	udevadm wait --timeout=600 --settle $pump || failed "$1-there" "status $?"
	is "$1-off" off "$(cat $pump/coil)"
	su - visitor -c 'relayctl on pump' && failed "$1-visitor" 'may switch'
	is "$1-visitor" off "$(cat $pump/state)"
	step "$1-on" su - anna -c 'relayctl on pump'
	while [ "$(cat $pump/contact)" != closed ] && [ $tries -lt 300 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	is "$1-closed" "on closed" "$(cat $pump/coil) $(cat $pump/contact)"
}

# built KERNEL: DKMS has built both modules for it
built()
{
	is "built-$1" "2" "$(find "/lib/modules/$1/updates/dkms" -name 'emrelay*.ko*' | wc -l)"
}

case $(cat /bare/stage) in
new)
	cd /bare/debs || exit
	kernel=$(uname -r)
	step install apt -y install ./emrelay-dkms_*.deb ./relay-tools_*.deb
	step copy cp /usr/share/doc/relay-tools/examples/8-channel.conf /etc/relay/bank.d/cabinet.conf
	step fit sed -i "$fit" /etc/relay/bank.d/cabinet.conf
	step enable systemctl enable --now relay-banks
	is relays "$(grep -c '^\[relay ' /etc/relay/bank.d/cabinet.conf)" "$(find /sys/class/relay -mindepth 1 | wc -l)"
	step group adduser anna relay
	built "$kernel"
	switches first
	echo again > /bare/stage
	;;
again)
	is by-itself active "$(systemctl is-active relay-banks)"
	switches again
	step update apt -y -t "$suite-backports" install "linux-image-$arch" "linux-headers-$arch"
	uname -r > /bare/old
	built "$(cd /boot && printf '%s\n' vmlinuz-* | sed 's/vmlinuz-//' | grep -vFx "$(cat /bare/old)")"
	echo updated > /bare/stage
	;;
updated)
	is another-kernel yes "$([ "$(uname -r)" != "$(cat /bare/old)" ] && echo yes)"
	is by-itself active "$(systemctl is-active relay-banks)"
	switches updated
	;;
esac
echo "bare: end"
systemctl reboot
