#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Contacts that are read back, healthy ones and others. What the files say is judged
# here, the edges on the wire.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load

is sense ok,ok,ok "$(words pump/sense up/sense valve/sense)"
ok absent [ ! -e down/sense ]
ok absent-measured [ ! -e down/measured ]
ok not-bound [ ! -e blind ]
is not-bound-why 1 "$(dmesg | grep -c 'blind: .*relay@0: contact-type, contact-hold-us, line-gpios and wakeup-source need')"
is unknown unknown,unknown,unknown,1 "$(words pump/measured/operate_us pump/measured/release_us \
	pump/measured/bounce_us pump/measured/resolution_us)"
sleep 1

# A healthy one, and glitches.
at healthy << END
10 pump/state on
20 pump/contact
27 pump/contact
100 pump/contact
110 pump/state off
115 pump/contact
200 pump/contact
END
is counted 1,0,none,good,none "$(words pump/statistics/closings pump/statistics/misfires pump/fault \
	pump/health pump/health_cause)"

is timing 1,1,1,unknown "$(for key in operate_n release_n bounce_n operate_baseline_ns; do
	value $debug/pump/timing $key; done | tr '\n' ',' | sed 's/,$//')"
is timing-ns 1 "$(awk '/^operate_(last|min|max|mean)_ns: 1300[0-9]*$/ { n++ } END { print n == 4 }' $debug/pump/timing)"
fails timing-absent grep -q operate $debug/down/timing

# It does not close at its second and third energisation.
sleep 1
at stuck-open << END
10 valve/state on
500 valve/state off
11000 valve/state on
11030 valve/contact
11100 valve/contact
11101 valve/fault
11500 valve/state off
22000 valve/state on
22100 valve/fault
22101 valve/coil
22500 valve/state off
22600 valve/state on
22601 valve/fault clear
22602 valve/fault
33000 valve/state on
33100 valve/contact
33101 valve/fault
33500 valve/state off
END
is misfires 2,2 "$(words valve/statistics/closings valve/statistics/misfires)"
# What did not close wears no contact: 4 cycles of the mechanics, 2 of the load.
is charged 40400000 "$(value $debug/valve/wear damage_pico)"

# It welds: not its partner, on any path.
sleep 1
at weld << END
10 up/state on
400 up/state off
410 down/state on
411 down/wait_ms
440 down/wait_ms
484 down/coil
486 down/fault
487 up/contact
489 up/fault
490 down/state
491 down/wait_ms
492 down/state on
493 up/state on
494 down/pulse_ms 100
495 down/ready_ms
496 up/health
497 up/health_cause
600 up/fault clear
END
# Its own contact is not read back, but another one withdrew its on.
is withdrawn 0,1 "$(words up/statistics/withdrawn down/statistics/withdrawn)"
echo 1 > /sys/class/leds/down:red:status/brightness
is led off "$(cat down/state)"
# Neither a new bind forgets it.
echo plant > $banks/unbind
echo plant > $banks/bind
sleep 1
is bound-again stuck-closed,off,closed "$(words up/fault up/coil up/contact)"
refused partner-after-bind "Device or resource busy" on down/state
at free << END
100 up/fault_action report
1000 up/state on
1100 up/state off
1200 up/contact
1201 down/state on
1210 up/fault clear
2300 up/fault clear
2301 up/fault
2302 down/coil
2400 down/state on
2450 down/coil
2500 down/state off
END
is freed 1,warning,weld "$(words up/statistics/welds up/health up/health_cause)"
echo new > up/replace
is replaced 0,good,none "$(words up/statistics/welds up/health up/health_cause)"

# A storm: one line in the log, and its end is seen.
sleep 24
is storm chatter,ok "$(words pump/fault pump/sense)"
is storm-lines 1 "$(dmesg | grep -c 'relay pump: chatter')"
refused storm-on "Input/output error" on pump/state
refused storm-clear "Device or resource busy" clear pump/fault
sleep 11
ok storm-cleared sh -c 'echo clear > pump/fault'
at after << END
10 pump/state on
100 pump/contact
110 pump/state off
200 pump/contact
END

# A hibernation that fails, as there is no disk for the image: contacts are read on.
closings=$(cat pump/statistics/closings)
fails hibernates-nowhere sh -c 'echo disk > /sys/power/state'
for _ in 1 2; do
	echo on > pump/state
	sleep 1
	echo off > pump/state
	sleep 1
done
is read-on "$((closings + 2)),none" "$(words pump/statistics/closings pump/fault)"

is at-rest none,none,none "$(words pump/fault up/fault valve/fault)"
is no-timer -1 "$(value $debug/pump/timing timer_ns)"
