#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Other work, before and in a storm of edges; and how long interrupts are off.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
irqs=/sys/kernel/debug/bench-irqs

# at_s SECONDS: sleep until so long after the boot
at_s()
{
	sleep "$(awk -v at="$1" '{ print at - $1 }' /proc/uptime)"
}

load
modprobe bench_irqs
sleep 1
is sense ok,ok "$(words pump/sense fan/sense)"
# The storms are from 30 s to 40 s and from 60 s to 60.5 s.
/test/toil 20000 22040 | put - toil-quiet
quiet
/test/toil 29900 40100 | put - toil-storm
is storm chatter "$(cat pump/fault)"
is storm-lines 1 "$(dmesg | tail -n +$((quiet_lines + 1)) | wc -l)"
refused storm-clear "Device or resource busy" clear pump/fault
sleep 12
is seen-again ok "$(cat pump/sense)"
ok cleared sh -c 'echo clear > pump/fault'
at_s 53

awk 'BEGIN { for (n = 0; n < 25; n++) print 10 + n * 350, "valve/pulse_ms", 100 }' | /test/at > /dev/null &
pulses=$!
for when in quiet storm; do
	at_s "$([ $when = quiet ] && echo 57 || echo 59.5)"
	echo 1 > $irqs/watch
	sleep 1.2
	echo 0 > $irqs/watch
	put - irqs-$when < $irqs/worst
done
is second-storm chatter "$(cat fan/fault)"
wait $pulses
sleep 1
