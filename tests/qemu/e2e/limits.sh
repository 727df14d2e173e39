#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Dwell, watchdog, and what a bank's supply can take. Judged on the wire.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
feeder=/sys/devices/platform/feeder
led=../leds/dog:red:status/brightness

# The first bind counts as the last release.
value $debug/tree/timing edge_ns | put - bound
at first << EOF
10 tree/state on
20 tree/wait_ms
1500 tree/state off
EOF

sleep 1
is tree 100,700,0,0 "$(words tree/min_on_ms tree/min_off_ms free/min_on_ms free/min_off_ms)"
is defaults 0,0,0 "$(words dog/watchdog_ms $feeder/stagger_ms $feeder/coil_limit)"
for file in free/min_on_ms free/min_off_ms free/watchdog_ms $feeder/stagger_ms $feeder/coil_limit; do
	name=$(basename $file)
	for bad in -1 4294967296 1.5 x ''; do
		refused "$name-'$bad'" "Invalid argument" "$bad\n" $file
	done
	is "$name-kept" 0 "$(cat $file)"
	echo 4294967295 > $file
	is "$name-most" 4294967295 "$(cat $file)"
	echo 0 > $file
done

at dwell << EOF
10 tree/state on
50 tree/state off
51 tree/wait_ms
52 tree/state
150 tree/state on
151 tree/wait_ms
152 tree/ready_ms
2000 tree/state off
EOF

# Law 3: what need not wait is carried out at once; and a limit counts from when it is set.
at no-dwell << EOF
10 free/state on
50 free/state off
1010 free/state on
1050 free/min_on_ms 500
1060 free/state off
1061 free/wait_ms
1200 free/min_on_ms 0
1300 free/min_off_ms 2000
1310 free/state on
1311 free/wait_ms
2000 free/min_off_ms 900
3000 free/state off
EOF
echo reject > free/policy
sleep 1
at dwell-rejects << EOF
10 free/state on
60 free/min_on_ms 300
70 free/state off
400 free/state on
2000 free/min_on_ms 0
2010 free/state on
2100 free/state off
EOF
echo 0 > free/min_off_ms

echo 500 > dog/watchdog_ms
at renewed << EOF
10 dog/state on
300 dog/state on
600 $led 1
900 dog/state toggle
1300 dog/state toggle
1600 dog/state 1
3000 dog/state
EOF
is watchdog-why "off watchdog" "$(tail -n 1 $debug/dog/history | cut -d' ' -f2-)"

at no-pulse << EOF
10 dog/pulse_ms 800
600 dog/state
1500 dog/state
EOF
is pulse-why "off pulse" "$(tail -n 1 $debug/dog/history | cut -d' ' -f2-)"

echo 0 > dog/watchdog_ms
at set-later << EOF
10 dog/state on
300 dog/watchdog_ms 500
1000 dog/state
1500 dog/state on
1600 dog/watchdog_ms 0
3000 dog/state
3001 dog/state off
EOF

# One that waits is given up as well.
echo 100 > dog/watchdog_ms
at waiting << EOF
10 dog/state on
50 dog/state off
60 dog/state on
61 dog/wait_ms
100 dog/state
200 dog/state
201 dog/wait_ms
1000 dog/coil
EOF

at stagger << EOF
10 $feeder/stagger_ms 100
20 c/state on
21 a/state on
22 d/state on
23 b/state on
24 b/wait_ms
25 a/wait_ms
60 c/state off
500 a/state off
501 d/state off
502 b/state off
600 $feeder/stagger_ms 0
EOF

sleep 1
at limit << EOF
10 $feeder/coil_limit 2
20 a/state on
21 b/state on
22 d/state on
23 c/state on
24 c/wait_ms
25 c/ready_ms
100 $feeder/coil_limit 1
200 a/coil
300 a/state off
400 d/coil
500 $feeder/coil_limit 2
600 b/state off
700 $feeder/coil_limit 0
800 a/state off
801 b/state off
802 c/state off
803 d/state off
EOF

sleep 1
echo reject > b/policy
at limit-rejects << EOF
10 $feeder/coil_limit 1
20 a/state on
21 b/state on
22 b/state
60 $feeder/stagger_ms 500
70 a/state off
80 b/state on
600 b/state on
1200 b/state off
EOF

echo 7 | tee tree/min_on_ms tree/min_off_ms tree/watchdog_ms $feeder/coil_limit > $feeder/stagger_ms
for bank in relay-bank feeder; do
	echo $bank > $banks/unbind
	echo $bank > $banks/bind
done
is after-bind 100,700,0,0,0 \
	"$(words tree/min_on_ms tree/min_off_ms tree/watchdog_ms $feeder/stagger_ms $feeder/coil_limit)"
