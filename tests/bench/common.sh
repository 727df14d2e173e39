# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: GPL-2.0-only
# What the guests of the bench begin with; what they find is for run.
set -e

class=/sys/class/relay platform=/sys/bus/platform tracing=/sys/kernel/tracing
emrelay=$platform/drivers/emrelay
results=/tmp/results
trap 'put $results; dmesg | put - dmesg' EXIT

section() { printf 'section\t%s\n' "$1" >> $results; }
ops() { /test/ops "$@" >> $results; }
bind() { echo "$2" > "$platform/drivers/$1/bind"; }
unbind() { echo "$2" > "$platform/drivers/$1/unbind"; }
# From here on a suspend calls all devices' callbacks, both ways, and no more.
pm_test()
{
	echo devices > /sys/power/pm_test
	echo 0 > /sys/module/suspend/parameters/pm_test_delay
}
# What was measured last took no more than so many ns.
below() { tail -n 1 $results | awk -F '\t' -v most="$1" '{ exit $4 > most }'; }

# Real-time processes are not to be stopped for having used their share.
echo -1 > /proc/sys/kernel/sched_rt_runtime_us

# All come when they are wanted, so that nobody else's relays are there.
echo 0 > $platform/drivers_autoprobe
modprobe emrelay
modprobe leds-gpio
insmod /test/bench_chip.ko
bind bench-chip bench-chip
