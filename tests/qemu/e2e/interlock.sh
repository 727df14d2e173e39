#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Interlock groups: who waits for whom, and how long. Judged on the wire.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

gpioset gpiochip0 5=1 6=1 7=1
sleep 1
before=$(dmesg | wc -l)
load
is one-error "emrelay found" "$(dmesg | tail -n +$((before + 1)) | grep -E 'interlock|energised' |
	sed 's/.*\(emrelay [a-z]*\):.*/\1/')"
sleep 1
is found-state off,off,off,off "$(words left/state right/state left/coil right/coil)"
is found-why "off interlock,off interlock" \
	"$(cut -d' ' -f2- $debug/left/history),$(cut -d' ' -f2- $debug/right/history)"
is kept on,on "$(words kept/state kept/coil)"
is dead-time 51000,1 "$(words up/rating/dead_time_us brake/rating/dead_time_us)"
is mode block "$(cat up/interlock)"
ok mode-absent [ ! -e alone/interlock ]
refused mode-unknown "Invalid argument" both up/interlock

at kept << EOF
10 other/state on
20 other/wait_ms
100 kept/state off
300 other/state off
EOF

at block << EOF
10 up/state on
20 down/state on
21 down/state
22 down/coil
23 down/wait_ms
24 down/ready_ms
25 alone/state on
60 alone/state off
500 up/state off
501 down/wait_ms
502 down/statistics/deferred
800 down/state off
EOF

# It comes to an end by itself; still another one has to be released first.
sleep 1
at pulse << EOF
10 up/pulse_ms 300
50 down/state on
51 down/wait_ms
52 brake/ready_ms
800 down/state off
EOF

sleep 1
at other-faces << EOF
10 up/state on
20 ../leds/down:red:status/brightness 1
100 up/state off
500 down/state off
EOF
sleep 1
gpioset -m time -u 200000 motor 0=1 1=1
is gpio-one-at-a-time on,off,on,on "$(words up/coil down/coil up/state down/state)"
echo off > up/state
echo off > down/state

# An own release counts for oneself as well; the group's dead time is the longest.
sleep 1
at itself << EOF
10 brake/state on
400 brake/state off
401 brake/state on
800 brake/state off
EOF

sleep 1
for relay in up down brake; do
	echo changeover > $relay/interlock
done
is mode-set changeover "$(cat up/interlock)"
at over << EOF
10 up/state on
400 down/state on
401 up/state
402 down/wait_ms
1000 down/state off
EOF
is over-why "off interlock" "$(tail -n 1 $debug/up/history | cut -d' ' -f2-)"

# In the middle of its travel a contact is not turned round.
sleep 1
at over-early << EOF
10 up/state on
15 down/state on
500 down/state off
EOF

sleep 1
coalesced=$(cat down/statistics/coalesced)
at newest << EOF
10 up/state on
400 down/state on
410 brake/state on
411 down/state
412 down/wait_ms
1000 brake/state off
EOF
is newest-coalesced $((coalesced + 1)) "$(cat down/statistics/coalesced)"

# It ends a pulse, and one that blocks goes on waiting.
sleep 1
echo block > brake/interlock
at over-pulse << EOF
10 up/pulse_ms 900
100 brake/state on
200 down/state on
201 up/pulse_ms
800 down/state off
1500 brake/state off
EOF

sleep 1
echo reject > down/policy
at reject << EOF
10 up/state on
400 down/state on
401 down/state
402 down/pulse_ms 100
403 up/coil
500 up/state off
510 down/state on
600 down/state on
1000 down/state off
EOF
is reject-history refused "$(grep -c refused $debug/down/history | sed 's/^3$/refused/')"
is reject-statistics 3 "$(cat down/statistics/rejected)"
echo defer > down/policy

# Unbind releases; after bind the group counts as just released.
sleep 1
at rebind << EOF
10 up/state on
500 $banks/unbind motor
600 $banks/bind motor
EOF
at rebound << EOF
0 down/state on
500 down/state off
EOF
is mode-after-bind block "$(cat up/interlock)"

# The mode counts for a request that waits when it is written.
sleep 1
at over-late << EOF
10 up/state on
400 down/state on
500 down/wait_ms
600 down/interlock changeover
601 up/state
602 down/wait_ms
1000 up/state off
1001 down/state off
EOF
