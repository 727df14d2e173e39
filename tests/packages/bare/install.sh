#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In a bare machine, or in the folder that becomes its disk: what it needs to be one.
# Where packages were only unpacked, they are installed.
set -eu
export DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8

cd /bare
echo bare > /etc/hostname
echo '/dev/vda / ext4 defaults 0 1' > /etc/fstab
mkdir -p /etc/initramfs-tools/conf.d
echo MODULES=list > /etc/initramfs-tools/conf.d/bare
printf '%s\n' virtio_pci virtio_blk ext4 > /etc/initramfs-tools/modules
if [ -e packages ]; then
	# Once is enough, at the end of what dpkg does.
	echo update_initramfs=no > /etc/initramfs-tools/update-initramfs.conf
	# They are in the order in which they need each other.
	xargs dpkg --install --force-depends --force-confold --force-unsafe-io < packages
	dpkg --configure -a
	[ -z "$(dpkg --audit)" ]
	xargs rm < packages
else
	update-initramfs -u -k all
fi
adduser --disabled-password --comment '' anna
adduser --disabled-password --comment '' visitor
cat > /etc/systemd/system/bare.service << EOF
[Unit]
Description=What is typed into a bare machine
After=systemd-user-sessions.service

[Service]
Type=idle
ExecStart=/bin/bash /bare/guest
StandardOutput=tty
StandardError=tty
TTYPath=/dev/console

[Install]
WantedBy=multi-user.target
EOF
systemctl enable bare
# Nobody logs in there, and a login program hangs up who writes.
systemctl mask serial-getty@ttyAMA0.service serial-getty@ttyS0.service getty@tty1.service
echo new > stage
