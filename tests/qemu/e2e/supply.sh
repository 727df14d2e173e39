#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The supply of the coils is too low, gone, and lost without a word.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
supply=/sys/bus/platform/devices/supply

sleep 1
is enabled 1 "$(cat $supply/enabled)"
ok not-bound [ ! -e hot ]
is not-bound-why 1 "$(dmesg | grep -c 'hot: .*relay@0: coil-supply has 24000000 uV, coil-min-microvolt is 10200000, coil-max-microvolt 13200000')"

# What is on is held; nothing is energised; off is taken.
at low << END
10 pump/state on
500 $supply/low 1
520 pump/fault
530 pump/coil
540 lamp/state on
550 lamp/coil
560 lamp/wait_ms
570 fan/policy reject
580 fan/state on
590 pump/state off
600 pump/coil
2000 lamp/coil
3000 $supply/low 0
3900 pump/fault
4300 pump/fault
4400 lamp/coil
END
is drops 1,1,1 "$(words pump/statistics/supply_drops fan/statistics/supply_drops lamp/statistics/supply_drops)"
is misfires 0,0 "$(words pump/statistics/misfires fan/statistics/misfires)"

# What is gone has released all, which are energised one after the other as it comes back.
at gone << END
10 fan/policy defer
20 pump/state on
30 fan/state on
1000 $supply/gone 1
1030 pump/coil
1031 pump/state
1032 fan/coil
1033 lamp/coil
1034 lamp/fault
3000 $supply/gone 0
4400 pump/coil
4401 fan/coil
4402 lamp/coil
4403 lamp/fault
END
is no-misfire 0,0,none "$(words pump/statistics/misfires fan/statistics/misfires pump/fault)"

# Two contacts open at once: it is the supply.
echo 0 > fan/state; echo 0 > pump/state; echo 0 > lamp/state
sleep 1
at dropped << END
10 pump/state on
20 fan/state on
2000 pump/fault
2001 pump/statistics/supply_drops
2400 pump/fault
END
sleep 3
is dropped-over none,0 "$(words pump/fault pump/statistics/misfires)"
is no-timer -1 "$(value $debug/lamp/timing timer_ns)"

# An edge of a contact wakes the machine, at 40 s, long before its clock does.
skip 100
is woken yes "$(awk '{ print ($1 > 39 && $1 < 45) ? "yes" : $1 }' /proc/uptime)"
echo 0 > /sys/class/rtc/rtc0/wakealarm
is awake ok,none "$(words door/sense door/fault)"
echo 1 > door/state
sleep 1
is works-awake closed,1 "$(words door/contact door/statistics/closings)"
echo 0 > door/state
sleep 1
echo plant > $banks/unbind
is disabled 0 "$(cat $supply/enabled)"
