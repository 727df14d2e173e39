#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Relays as LEDs, and LEDs that follow relays.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
modprobe -a ledtrig-timer ledtrig-oneshot ledtrig-default-on
load
# After a first bind the contacts count as opening.
sleep 0.1
quiet
relays=/sys/class/relay

cd /sys/class/leds || exit
led=fan:red:status
is names "always fan first pump second self third" "$(one_line \
	"$(for l in *:red:status; do echo "${l%%:*}"; done)")"
is max_brightness 1 "$(cat $led/max_brightness)"
is trigger-none "[none]" "$(tr ' ' '\n' < $led/trigger | grep '\[')"
is triggers "7" "$(tr ' ' '\n' < $led/trigger | grep -c '^relay-')"
is default-trigger-follows "[relay-first] [relay-second] [relay-self] [default-on]" \
	"$(one_line "$(cat second:red:status/trigger third:red:status/trigger \
		self:red:status/trigger always:red:status/trigger | tr ' ' '\n' | grep '\[')")"
is default-on "on closed led" "$(one_line "$(cat $relays/always/coil $relays/always/contact)") $(
	cut -d' ' -f3 $debug/always/history)"

echo 1 > $led/brightness
is brightness-1 1,on,on "$(words $led/brightness $relays/fan/state $relays/fan/coil)"
sleep 0.5
echo 0 > $led/brightness
is brightness-0 0,off,off "$(words $led/brightness $relays/fan/state $relays/fan/coil)"
is history "on led off led" "$(one_line "$(cut -d' ' -f2,3 $debug/fan/history)")"
sleep 0.5
echo 255 > $led/brightness
is brightness-255 "1" "$(cat $led/brightness)"
refused brightness-bogus "Invalid argument" bogus $led/brightness
# It reads the coil, which sysfs moves as well.
sleep 0.5
echo off > $relays/fan/state
is brightness-reads-the-coil 0 "$(cat $led/brightness)"
sleep 0.5
echo reject > $relays/fan/policy
at waits << EOF
10 $relays/fan/state on
100 $led/brightness 0
101 $led/brightness 1
102 $led/brightness
103 $relays/fan/state
900 $led/brightness
EOF
is defers-whatever-the-policy 0 "$(cat $relays/fan/statistics/rejected)"
echo 0 > $led/brightness
sleep 1

# The lamp on line 7 was told to follow by its node; another may later, in the
# middle of things.
for word in on off on; do
	echo $word > $relays/fan/state
	sleep 0.5
done
echo none > follower/trigger
echo relay-fan > follower/trigger
sleep 0.2
echo off > $relays/fan/state
sleep 0.5

# Each waits for the one before.
at chain << EOF
10 $relays/first/state on
1010 $relays/first/state off
EOF
sleep 1
is chain-is-off off,off,off "$(words $relays/first/coil $relays/second/coil $relays/third/coil)"
# And in a ring: once on, they keep each other on, until one is told off.
echo relay-third > first:red:status/trigger
echo on > $relays/second/state
sleep 2
is ring-is-on on,on,on "$(words $relays/first/coil $relays/second/coil $relays/third/coil)"
echo none > first:red:status/trigger
echo off > $relays/first/state
sleep 2
is ring-is-off off,off,off "$(words $relays/first/coil $relays/second/coil $relays/third/coil)"

at self << EOF
10 $relays/self/state on
500 $relays/self/contact
510 $relays/self/state off
1000 $relays/self/contact
EOF
sleep 1

# One that comes to follow itself while its contact closes keeps what it was asked for.
echo none > self:red:status/trigger
at own << EOF
10 $relays/self/state on
20 self:red:status/trigger relay-self
500 $relays/self/contact
510 $relays/self/state off
EOF
sleep 1

# The triggers that blink, each too fast for a relay, for two minutes.
quiet
for l in first pump; do
	l=$l:red:status
	echo timer > "$l/trigger"
	echo 20 > "$l/delay_on"
	echo 15 > "$l/delay_off"
done
sleep 120
is timer-drives-quick 1 "$(($(cat $relays/first/cycle_count) > 120))"
is timer-drives-slow 1 "$(($(cat $relays/pump/cycle_count) > 9))"
for l in first pump; do
	echo none > "$l:red:status/trigger"
	echo 0 > "$l:red:status/brightness"
done
quiet timer-logs-nothing
sleep 11
quick=first:red:status
before=$(cat $relays/first/cycle_count)
echo oneshot > $quick/trigger
echo 40 > $quick/delay_on
echo 10 > $quick/delay_off
sleep 1
echo 1 > $quick/shot
sleep 1
is oneshot-once $((before + 1)) "$(cat $relays/first/cycle_count)"
is oneshot-over off "$(cat $relays/first/coil)"
i=0
while [ $((i += 1)) -le 500 ]; do
	echo 1 > $quick/shot
	sleep 0.01
done
is oneshot-drives 1 "$(($(cat $relays/first/cycle_count) > before + 5))"
echo none > $quick/trigger
echo 0 > $quick/brightness
sleep 1
is oneshot-ends off "$(cat $relays/first/coil)"
quiet oneshot-logs-nothing
