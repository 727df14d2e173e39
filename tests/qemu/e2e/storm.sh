#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# An hour of random requests; storm_seed and storm_seconds come from the kernel's command line.
. /test/lib.sh

case $(uname -r) in
6.1.*)	seconds=600 ;;
*)	seconds=3600 ;;
esac

modprobe -a ledtrig-timer ledtrig-oneshot
ok storm /test/storm "${storm_seed:-1}" "${storm_seconds:-$seconds}" 120 4 bank-a,bank-b \
	pump:0:0 fan:0:1 low:0:2 tiny:0:5 odd:1:0 slow:1:1 swift:1:2
put /tmp/storm.txt /tmp/trace.txt
