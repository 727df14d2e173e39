#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The machine sleeps for a minute, in which all sorts of things come due.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
# A contact that nobody knows counts as one that travels.
sleep 0.1

# The coils' controller goes to sleep after them, and comes back before.
is depends 1 "$(find /sys/bus/platform/devices/relay-bank/ -maxdepth 1 -name 'supplier:*9030000.pl061*' | wc -l)"

# An on that has to wait 8 s more, an off by the watchdog, the end of a pulse,
# and an on that waits for that and for the dead time.
at before << EOF
10 lamp/state on
1010 lamp/state off
2010 lamp/state on
2020 door/watchdog_ms 4000
2030 door/state on
2040 still/state on
2050 pump/pulse_ms 3000
2100 fan/state on
EOF
at asleep << EOF
0 /proc/uptime
EOF
skip 60
at awake << EOF
0 /proc/uptime
EOF
sleep 1
for relay in pump fan lamp door still; do
	echo "$relay $(words $relay/state $relay/coil $relay/wait_ms $relay/cycle_count $relay/contact)"
done | put - after
is pins "lo hi hi lo hi" "$(one_line "$(sed -n 's/.*(\(pump\|fan\|lamp\|door\|still\) .* out \(..\).*/\2/p;s/.*|\(pump\|fan\|lamp\|door\|still\) *).* out *\(..\).*/\2/p' /sys/kernel/debug/gpio)")"

# The rest of the time they work as before.
at later << EOF
10 fan/state off
100 pump/pulse_ms 100
EOF
sleep 1
is as-before "off,off,0,2" "$(words pump/state pump/coil pump/wait_ms pump/cycle_count)"

# Nor does the controller go before the bank, which releases its coils.
cd / && echo 9030000.pl061 > /sys/bus/amba/drivers/pl061_gpio/unbind
is bank-goes-first "" "$(ls /sys/class/relay)"
cut -d' ' -f1 /proc/uptime | put - gone
