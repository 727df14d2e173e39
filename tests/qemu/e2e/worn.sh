#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Health and who is told of it, what a worn relay still does, and its replacement.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
# A contact that nobody knows counts as one that travels.
sleep 0.1
quiet
led=/sys/class/leds/three:red:status/brightness

# told: looking on ends, and what was told is handed out
told()
{
	sleep 0.1
	watched
	put "/tmp/$watching"
}

cycle()
{
	echo 10 > "$1/pulse_ms"
	sleep 0.1
}

# One that lies in the drawer may be warned of; that is told once.
watching threshold one/health
for ppm in 0 1000000 0 1000000; do
	echo $ppm > one/warn_ppm
	sleep 0.1
done
cycle one
told

# Over the thresholds and beyond the end, the threshold up and down on the way.
watching crossing five/health
{
	echo 400000 > five/warn_ppm
	for n in 1 2 3 4 5 6 7; do
		cycle five
		echo "$n $(words five/life_used_ppm five/health)" "$(cat five/cycles_left)"
		if [ $n = 3 ]; then
			for ppm in 600001 600000 1000000 400000; do
				echo $ppm > five/warn_ppm
				sleep 0.1
				echo "$ppm $(cat five/health)"
			done
		fi
	done
} | put - lives
told

# What was told is told no more, though the threshold is the default's again.
watching rebound
cycle four
cycle four
cycle four
echo 750000 > four/warn_ppm
echo relay-bank > $banks/unbind
echo relay-bank > $banks/bind
cd /sys/class/relay || exit
is health-by-default good,worn "$(words four/health five/health)"
echo 750000 > four/warn_ppm
is health-again warning "$(cat four/health)"
cycle four
told

# A worn relay is not energised any more, but a last time released.
numbers()
{
	words three/statistics/requests three/statistics/accepted three/statistics/rejected \
		three/cycle_count
}
echo block > three/end_of_life
cycle three
cycle three
is block-not-yet 0,good "$(words three/ready_ms three/health)"
at last-cycle << EOF
1 three/state on
50 three/ready_ms
51 three/health
60 three/state on
61 three/state off
100 three/ready_ms
101 three/wait_ms
EOF
is worn 1000000,worn "$(words three/life_used_ppm three/health)"
is numbers-before 5,5,0,3 "$(numbers)"
at blocked << EOF
10 three/state on
20 three/state 1
30 three/state toggle
40 three/pulse_ms 50
50 three/state off
60 three/state 0
70 three/ready_ms
80 $led 1
90 three/state
EOF
fails blocked-gpioset gpioset relay-bank 1=1
is blocked-history "refused sysfs,refused sysfs,refused sysfs,refused sysfs,refused led,refused gpio" \
	"$(tail -n 6 $debug/three/history | cut -d' ' -f2- | tr '\n' , | sed 's/,$//')"
is numbers-blocked 13,7,6,3 "$(numbers)"
is blocked-off off,off,0,open "$(words three/state three/coil three/wait_ms three/contact)"
refused bogus-is-bogus "Invalid argument" bogus three/state

# Whoever wants it all the same says so; and what is on then can be controlled.
at unblocked << EOF
10 three/end_of_life warn
20 three/ready_ms
30 three/state on
40 three/end_of_life block
50 three/state on
60 three/pulse_ms 100
70 three/ready_ms
200 three/coil
210 three/state on
220 three/end_of_life warn
230 three/state on
240 three/end_of_life block
250 three/state toggle
260 three/state toggle
300 three/state
EOF

# The relay in the socket is another one: what the old one leaves behind.
watching replacing three/health
echo "cycles=$(cat three/cycle_count) ppm=$(cat three/life_used_ppm)" | put - final
is replace "" "$(write_error 'K7 new\n' three/replace)"
told
{
	tail -n 2 $debug/three/history
	cat $debug/three/wear
} | put - replaced
is replaced-serial "K7 new" "$(cat three/serial)"
is good-again good,0,0,0 "$(words three/health three/cycle_count three/life_used_ppm three/ready_ms)"
is settings-stay block,800000 "$(words three/end_of_life three/warn_ppm)"
at new << EOF
10 three/state on
60 three/state off
EOF
is new-cycle 1,333333 "$(words three/cycle_count three/life_used_ppm)"
# With its coil on: the cycle was the old one's, the time from now on is the new one's.
echo on > three/state
sleep 1
echo K8 > three/replace
sleep 0.5
echo off > three/state
is replaced-while-on "0 K8" "$(one_line "$(cat three/cycle_count three/serial)")"
value $debug/three/wear on_time_ms | put - on-time
quiet nothing-logged
