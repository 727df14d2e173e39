#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Requests at exact times. What they do is judged on the wire.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load

at early-off << EOF
10 fan/state on
11 fan/state off
12 fan/contact
60 fan/state
EOF

# The rate limit is over long before: only the contact's travel counts.
sleep 1
at early-on << EOF
10 fan/state on
510 fan/state off
511 fan/state on
512 fan/wait_ms
600 fan/state off
EOF

sleep 1
at coalesce << EOF
10 fan/state on
60 fan/state off
100 fan/state on
110 fan/state off
120 fan/state on
130 fan/state off
140 fan/statistics/coalesced
150 fan/wait_ms
500 fan/coil
510 fan/state on
520 fan/state off
522 fan/state on
524 fan/state off
526 fan/statistics/coalesced
EOF

sleep 1
at rate-unloaded << EOF
10 fan/state on
60 fan/state off
61 fan/state on
62 fan/ready_ms
400 fan/state off
450 fan/state on
900 fan/state off
EOF

at rate-loaded << EOF
10 pump/state on
1000 pump/state off
1001 pump/state on
1002 pump/wait_ms
1003 pump/ready_ms
15000 pump/state off
15001 pump/state on
15002 pump/wait_ms
20100 pump/state off
30100 pump/state on
30200 pump/state off
EOF

# Faster than any limit, for 100 s of both classes.
sleep 11
i=0
{
	while [ $i -lt 5000 ]; do
		echo "$((i * 20 + 7)) flood/state toggle"
		echo "$((i * 20 + 17)) pump/state toggle"
		i=$((i + 1))
	done
} | /test/at > /dev/null
sleep 11
one_line "$(cat flood/state pump/state)" | put - final-states

at pulse << EOF
10 pulse/pulse_ms 100
50 pulse/pulse_ms
200 pulse/pulse_ms
210 pulse/pulse_ms 20
215 pulse/pulse_ms
340 pulse/contact
1000 pulse/pulse_ms 19
EOF

sleep 1
at pulse-restart << EOF
10 pulse/pulse_ms 100
70 pulse/pulse_ms 100
71 pulse/pulse_ms
EOF

sleep 1
at pulse-off << EOF
10 pulse/pulse_ms 10000
100 pulse/state off
101 pulse/pulse_ms
102 pulse/state
EOF

sleep 1
at pulse-off-waiting << EOF
10 pulse/pulse_ms 100
120 pulse/pulse_ms 50
130 pulse/state
131 pulse/state off
132 pulse/pulse_ms
EOF

sleep 1
at pulse-lasting << EOF
10 pulse/pulse_ms 100
50 pulse/state on
51 pulse/pulse_ms
2000 pulse/coil
2001 pulse/pulse_ms 300
2002 pulse/pulse_ms
2100 pulse/state
2500 pulse/state
EOF

sleep 1
at pulse-early-off << EOF
10 pulse/pulse_ms 100
11 pulse/state off
EOF

at aim-nearer << EOF
10 aim/state on
60 aim/state off
70 aim/state on
71 aim/wait_ms
100 aim/load none
101 aim/wait_ms
EOF

sleep 1
at aim-farther << EOF
10 aim/state off
400 aim/state on
450 aim/state off
460 aim/state on
500 aim/load ac-15
501 aim/wait_ms
EOF

sleep 12
at aim-now << EOF
10 aim/state off
20 aim/state on
2000 aim/load none
3000 aim/state off
EOF

# 7000 a minute are one in 8571429 ns.
at quick << EOF
10 quick/state on
11.2 quick/state off
12 quick/state on
19 quick/state off
EOF
sleep 1
for _ in 1 2; do
	echo 2 > quick/pulse_ms
	sleep 0.1
done
echo resistive > quick/load
for _ in 1 2 3; do
	echo 2 > quick/pulse_ms
	sleep 0.1
	value $debug/quick/wear damage_pico
done | put - quick-damage

sleep 1
for relay in *; do
	wear=$debug/$relay/wear
	echo "$relay $(words "$relay/cycle_count" "$relay/life_used_ppm" | tr , ' ')" \
		"$(for key in on_time_ms damage_pico cycles_loaded cycles_unloaded cycles_left; do
			value "$wear" $key
		done | tr '\n' ' ')"
done | put - wear-of-all
