#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The bank as a GPIO chip: libgpiod's tools and consumers that know nothing of relays.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load

bank=$(gpiodetect | sed -n 's/ \[relay-bank\].*//p')
is gpiodetect "$bank [relay-bank] (10 lines)" "$(gpiodetect | grep relay-bank)"
is gpiofind "$bank 5" "$(gpiofind far)"
gpioinfo relay-bank | put - gpioinfo

# The consumers came with the machine, after the driver or before.
is consumers "lamp inverse mains" "$(one_line \
	"$(gpioinfo relay-bank | sed -n 's/.* "\(.*\)" *output .*\[used.*/\1/p')")"
sleep 1
is consumers-state off,off,off "$(words lamp/state inverse/state mains/state)"

quiet
gpioset relay-bank 1=1
is gpioset on,on,closing "$(words fan/state fan/coil fan/contact)"
# Who reads and writes back what he read changes nothing.
is get-closing 1 "$(/test/lineget relay-bank 1)"
sleep 0.1
is get-closed 1 "$(/test/lineget relay-bank 1)"
is get-low-closed 0 "$(/test/lineget -l relay-bank 1)"
is get-several "0 1 0" "$(/test/lineget relay-bank 0 1 5)"
gpioset relay-bank 1=0
is gpioset-0 "off off opening 0" "$(one_line "$(cat fan/state fan/coil fan/contact)" \
	"$(/test/lineget relay-bank 1)")"
sleep 1
gpioset --active-low relay-bank 1=0
is gpioset-low on "$(cat fan/coil)"
sleep 1
gpioset --active-low relay-bank 1=1
is gpioset-low-1 off "$(cat fan/coil)"
sleep 1
gpioset relay-bank 0=1 1=1 5=1
is gpioset-several on,on,on "$(words pump/coil fan/coil far/coil)"
sleep 1
gpioset relay-bank 0=0 1=1 5=0
is gpioset-several-else off,on,off "$(words pump/coil fan/coil far/coil)"
is history gpio "$(cut -d' ' -f3 $debug/pump/history | sort -u)"
before=$(cat fan/cycle_count fan/statistics/accepted)
gpioset relay-bank 1=1
# shellcheck disable=SC2086 # two numbers
set -- $before
is gpioset-same "$1 $(($2 + 1))" "$(one_line "$(cat fan/cycle_count fan/statistics/accepted)")"
gpioset relay-bank 1=0
sleep 1

# This face defers, whatever sysfs is told to do.
echo reject > far/policy
echo 500 > far/min_off_ms
gpioset relay-bank 5=1
sleep 0.1
gpioset relay-bank 5=0
gpioset relay-bank 5=1
is defers on,off "$(words far/state far/coil)"
is defers-none-rejected 0 "$(cat far/statistics/rejected)"
sleep 0.2
is get-waiting "1 off,open" "$(/test/lineget relay-bank 5) $(words far/coil far/contact)"
sleep 1
is deferred on,closed "$(words far/coil far/contact)"
echo 0 > far/min_off_ms
gpioset relay-bank 5=0

# What a relay is not is refused, and the kernel says nothing of it.
fails input gpioget relay-bank 0
fails gap-write gpioset relay-bank 2=1
fails gap-read /test/lineget relay-bank 4
fails beyond gpioset relay-bank 10=1
fails edge-events timeout 2 gpiomon relay-bank 0
fails used-by-a-consumer gpioset relay-bank 6=1
is refused-no-edge off,off "$(words pump/state pump/coil)"

gpioset -m signal relay-bank 0=1 &
holder=$!
sleep 0.5
fails held gpioset relay-bank 0=0
is held-on on "$(cat pump/coil)"
# Another face may move it all the same; the newest request wins.
echo off > pump/state
is held-off-by-sysfs off "$(cat pump/coil)"
sleep 1
kill $holder
wait $holder
is let-go-moves-nothing off "$(cat pump/coil)"

# An old-style user of the line.
base=$(cat /sys/class/gpio/gpiochip*/label | grep -n relay-bank | cut -d: -f1)
base=$(cat /sys/class/gpio/gpiochip*/base | sed -n "${base}p")
echo $((base + 1)) > /sys/class/gpio/export
line=$(find /sys/class/gpio -name fan -o -name gpio$((base + 1)))
is exported out "$(cat "$line/direction")"
echo 1 > "$line/value"
sleep 0.1
is exported-value "1 on" "$(cat "$line/value") $(cat fan/coil)"
refused exported-input "Operation not supported" in "$line/direction"
echo $((base + 1)) > /sys/class/gpio/unexport
is unexported-stays on "$(cat fan/coil)"
echo off > fan/state
sleep 1

# leds-gpio
cd /sys/class/leds || exit
echo 1 > lamp/brightness
is led-on "on gpio" \
	"$(cat /sys/class/relay/lamp/coil) $(tail -n 1 $debug/lamp/history | cut -d' ' -f3)"
sleep 1
echo 0 > lamp/brightness
is led-off off "$(cat /sys/class/relay/lamp/coil)"
is led-active-low-on "1 off" \
	"$(sed s/255/1/ inverse/brightness) $(cat /sys/class/relay/inverse/coil)"
echo 0 > inverse/brightness
is led-active-low-off on "$(cat /sys/class/relay/inverse/coil)"
sleep 1
modprobe ledtrig-timer
echo timer > lamp/trigger
echo 20 > lamp/delay_on
echo 30 > lamp/delay_off
sleep 20
echo none > lamp/trigger
echo 0 > lamp/brightness
is led-timer-drives 1 "$(($(cat /sys/class/relay/lamp/cycle_count) > 20))"

# regulator-fixed, enabled by a consumer of the regulator
regulator=$(grep -lx mains /sys/class/regulator/*/name)
regulator=${regulator%/name}
led=$(find . -name "*mains*" ! -name "*status")
echo 1 > "$led/brightness"
is regulator-on "on enabled" "$(cat /sys/class/relay/mains/coil) $(cat "$regulator/state")"
sleep 1
echo 0 > "$led/brightness"
is regulator-off "off disabled" "$(cat /sys/class/relay/mains/coil) $(cat "$regulator/state")"
sleep 1
quiet nothing-logged

# A line that is low when the coil is on.
echo on > /sys/class/relay/sinking/state
is sinking-coil on "$(cat /sys/class/relay/sinking/coil)"
sleep 1
gpioset relay-bank 9=0
sleep 1
