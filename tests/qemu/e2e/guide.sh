#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The commands of a document, typed into a shell on a terminal.
modprobe configfs
mount -t configfs none /sys/kernel/config
coldplug
# Who types comes a while after the machine.
sleep 1
/test/session /test/typed > /tmp/transcript
put /tmp/transcript
dmesg > /tmp/dmesg; put /tmp/dmesg
date +%s | put - ended
