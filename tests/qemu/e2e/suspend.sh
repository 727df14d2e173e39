#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The machine sleeps for a minute, in which all sorts of things would come due.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
# A contact that nobody knows counts as one that travels.
sleep 0.1

# The coils' controller goes to sleep after them, and comes back before.
is depends 1 "$(find /sys/bus/platform/devices/relay-bank/ -maxdepth 1 -name 'supplier:*9030000.pl061*' | wc -l)"

# An on that has to wait 8 s more, a watched on, a pulse, an on that waits for
# that, one that is just made, and one that is to end when min_on_ms is over.
echo 60000 > heat/min_on_ms
echo 60000 > vent/min_on_ms
echo 1 > /sys/class/leds/lit/brightness
at before << EOF
10 lamp/state on
20 vent/state on
1010 lamp/state off
1020 vent/state off
2010 lamp/state on
2020 door/watchdog_ms 4000
2030 door/state on
2040 still/state on
2050 pump/pulse_ms 3000
2100 fan/state on
2150 heat/state on
EOF
at asleep << EOF
0 /proc/uptime
EOF
skip 60
at awake << EOF
0 /proc/uptime
EOF
sleep 1
for relay in pump fan lamp door still heat vent lit; do
	echo "$relay $(words $relay/state $relay/coil $relay/wait_ms $relay/cycle_count $relay/contact)"
done | put - after
is pins "lo hi hi lo hi lo lo" "$(one_line "$(sed -n 's/.*[(|]\(pump\|fan\|lamp\|door\|still\|heat\|vent\) .* out *\(..\).*/\2/p' /sys/kernel/debug/gpio)")"

# The rest of the time they work as before.
echo 0 > heat/min_on_ms
at later << EOF
10 fan/state off
100 pump/pulse_ms 100
110 heat/state on
EOF
sleep 1
is as-before "off,off,0,2" "$(words pump/state pump/coil pump/wait_ms pump/cycle_count)"

# What the kernel's own test of drivers does.
if echo devices > /sys/power/pm_test; then
	echo 0 > /sys/module/suspend/parameters/pm_test_delay
	echo freeze > /sys/power/state
	echo none > /sys/power/pm_test
fi
sleep 1
is tested "off,off on,on on,on" "$(words heat/state heat/coil) $(words still/state still/coil) $(words lit/state lit/coil)"
echo 0 > /sys/class/leds/lit/brightness
sleep 1

# Nor does the controller go before the bank, which releases its coils.
cd / && echo 9030000.pl061 > /sys/bus/amba/drivers/pl061_gpio/unbind
is bank-goes-first "" "$(ls /sys/class/relay)"
cut -d' ' -f1 /proc/uptime | put - gone
