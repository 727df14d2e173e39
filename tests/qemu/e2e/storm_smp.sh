#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Real time, two processors, a kernel that watches itself, and a bank that sleeps.
. /test/lib.sh

modprobe -a gpio-sim ledtrig-timer ledtrig-oneshot
ok storm /test/storm "${storm_seed:-1}" "${storm_seconds:-75}" 25 16 bank-a,bank-b \
	pump:0:0 fan:0:1 low:0:2 tiny:0:5 odd:1:0 slow:1:1 swift:1:2
put /tmp/storm.txt /tmp/trace.txt
