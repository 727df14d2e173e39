#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a tree says of how relays are used holds from the start, for every face.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
modprobe -a ledtrig-gpio leds-gpio
load
sleep 1
is staggered on,on,on,on "$(words a/coil b/coil c/coil d/coil)"
is tree "400 2000 5000 changeover 100 2" "$(one_line "$(cat gate/momentary_ms heater/max_on_ms heater/watchdog_ms \
	heater/interlock $banks/staggered/stagger_ms $banks/plant/coil_limit)")"

# Said once for a bank, and for none whose lines can be read.
is unread-said 1 "$(dmesg | grep -c 'cannot be read back')"
ok unread-named grep -q 'drains: relay@0 and others: coil-gpios cannot be read back' << EOT
$(dmesg)
EOT

# A push button: whoever asks, and however long, each on is one push.
at gate << EOF2
10 gate/state on
200 gate/state on
300 /sys/class/leds/gate:red:status/brightness 1
350 /sys/class/leds/button/brightness 1
380 gate/pulse_ms
1500 /sys/class/leds/button/brightness 0
1510 /sys/class/leds/button/brightness 1
2500 gate/state on
EOF2
sleep 1
is gate-off off "$(cat gate/coil)"

# No request extends it.
at heater << EOF2
10 heater/state on
1000 heater/state on
1900 heater/state on
1950 heater/wait_ms
EOF2
sleep 1
is heater-off off,off "$(words heater/state heater/coil)"
is heater-why "off max-on" "$(tail -n 1 $debug/heater/history | cut -d' ' -f2-)"
echo on > cooler/state
sleep 0.1
echo on > heater/state
sleep 0.5
is changes-over on,off "$(words heater/coil cooler/coil)"
echo off > heater/state

# An LED trigger that wants to know a line finds it in the relay's node. (6.1 has it by number.)
case $(uname -r) in
6.1.*) ;;
*) is trigger-finds-its-line "[gpio]" "$(tr ' ' '\n' < /sys/class/leds/followed:red:status/trigger | grep '\[')" ;;
esac
