#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# In a bare machine: what the packages bring, what a new kernel brings, and what is
# left when they are gone. Ends with 1 and the reason if it is not as it should be.
set -u
export DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin

fail() {
	echo "$*"
	exit 1
}

# The key that DKMS signs with stays: others may be signed with it.
files() {
	find / -xdev \( -path /proc -o -path /debs -o -path /tmp -o -path /var/log -o -path /var/cache -o -path /run -o -path /life \) -prune \
		-o -not -name '*-' -not -path '/var/lib/dpkg/*' -not -path '/var/lib/apt/*' \
		-not -path '/var/lib/systemd/deb-systemd-*' -not -path '/var/lib/dkms/mok.*' -not -name '.updated' \
		-not -name 'modules.*' -not -name .pwd.lock -print | sort
}

# built KERNEL: its modules are there, where modprobe finds them
built() {
	local module

	for module in emrelay emrelay-configfs; do
		modinfo -k "$1" -F filename $module | grep -q "^/lib/modules/$1/updates/dkms/${module}[.]ko" ||
			fail "no $module for $1: $(dkms status; cat /var/lib/dkms/emrelay/*/build/make.log)"
		modinfo -k "$1" -F vermagic $module | grep -q "^$1 " || fail "$module of another kernel for $1"
		modprobe -S "$1" -n $module || fail "modprobe does not find $module of $1"
	done
	modinfo -k "$1" -F alias emrelay | grep -q 'of:N.*gpio-relays' || fail "no alias in the module of $1"
}

kernel=$(cd /lib/modules && echo *-amd64)
[ -d "/lib/modules/$kernel/build/" ] || fail "one kernel's headers, not '$kernel'"
files > /tmp/before
dpkg -i /debs/emrelay-dkms_*.deb /debs/relay-tools_*.deb || fail 'it cannot be installed'

built "$kernel"
relayctl --version && relay-wear --version && relay-timeline --version || fail 'the tools do not run'
getent group relay || fail 'no group relay'
for unit in relay-wear-save.timer:enabled relay-wear-shutdown.service:enabled relay-metrics.timer:disabled \
	relay-banks.service:disabled; do
	state=$(systemctl is-enabled "${unit%:*}")
	[ "$state" = "${unit#*:}" ] || fail "${unit%:*} is $state"
done
systemd-analyze verify --man=no relay-wear-save.timer relay-wear-shutdown.service relay-metrics.timer \
	relay-banks.service 2>&1 |
	grep relay- && fail 'what systemd says of them is above'
examples=/usr/share/doc/relay-tools/examples
for file in /usr/share/bash-completion/completions/relayctl $examples/relay-alerts.yml $examples/8-channel.conf \
	$examples/wago-859-353-overlay.dtso; do
	[ -e "$file" ] || fail "no $file"
done

# A new kernel: its headers have the module built.
apt-get -qy --no-install-recommends --no-download -o Dpkg::Use-Pty=0 install linux-headers-rt-amd64 || fail 'no new kernel'
new=$(cd /lib/modules && echo *-rt-amd64)
[ -d "/lib/modules/$new/build/" ] || fail "a new kernel, not '$new'"
built "$new"

# The modules of both kernels go with the packages; the new kernel's headers stay.
mkdir -p /var/lib/relay-wear
touch /var/lib/relay-wear/pump.wear
dpkg --purge emrelay-dkms relay-tools || fail 'it cannot be purged'
find /lib/modules /usr/lib/modules -name 'emrelay*' | grep . && fail 'modules are left'
files > /tmp/after
# What belongs to the packages that are there, or is made for the new kernel, is theirs.
sed -s 's|^/lib/|/usr/lib/|' /var/lib/dpkg/info/*.list | sort -u > /tmp/owned
comm -13 /tmp/before /tmp/after | comm -23 - /tmp/owned | grep -v 'rt-amd64' > /tmp/left
[ ! -s /tmp/left ] || fail "left over: $(cat /tmp/left)"
getent group relay && fail 'the group is left'
exit 0
