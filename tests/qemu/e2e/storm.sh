#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Random requests; storm_seed and storm_seconds, the length of an epoch, come from the kernel's command line.
. /test/lib.sh

# The stock kernel of the newest series takes the long one.
case $(uname -r) in
*-rt-*) seconds=20 ;;
6.12.*) seconds=60 ;;
*) seconds=20 ;;
esac

modprobe -a ledtrig-timer ledtrig-oneshot
ok storm /test/storm "${storm_seed:-1}" 5 "${storm_seconds:-$seconds}" 4 bank-a,bank-b \
	r0:0:0 r1:0:1 r2:0:2 r4:1:0 r5:1:1 r6:1:2 r7:1:3
put /tmp/storm.txt /tmp/trace.txt
