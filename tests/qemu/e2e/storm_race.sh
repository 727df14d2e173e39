#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# As storm_smp, and longer: a race has to be met to be seen.
. /test/lib.sh

modprobe -a gpio-sim ledtrig-timer ledtrig-oneshot
ok storm /test/storm "${storm_seed:-1}" 5 "${storm_seconds:-60}" 16 bank-a,bank-b \
	r0:0:0 r1:0:1 r2:0:2 r4:1:0 r5:1:1 r6:1:2 r7:1:3
put /tmp/storm.txt /tmp/trace.txt
