#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Unbinding and binding at bad moments, with everything open; last, shutdown.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
modprobe -a ledtrig-timer
load
# A contact that nobody knows counts as one that travels.
sleep 0.1

# 6.1 itself does not stand a GPIO chip that goes while a line of it is open: it
# keeps the line for ever, and falls over it when another chip comes.
old_gpiolib=
case $(uname -r) in
6.1.*) old_gpiolib=1 ;;
esac
# Others still leak the line's label, which kmemleak would lay at our door.
[ ! -e $kmemleak ] || old_gpiolib=1

unbind()
{
	echo relay-bank > $banks/unbind
}
bind()
{
	echo relay-bank > $banks/bind
	cd /sys/class/relay || exit
}

armed()
{
	grep -c emrelay /proc/timer_list
}

# While the contact travels: the coil is released when it has.
at travel << EOF
10 fan/state on
11 $banks/unbind relay-bank
EOF
is unbound "closed slow" "$(one_line "$(ls /sys/class/relay)")"
is unbound-debugfs "closed slow summary" "$(one_line "$(ls $debug)")"
is no-timer 0 "$(armed)"
bind
is counted 1 "$(cat fan/cycle_count)"
is remembered "on sysfs off unbind" "$(one_line "$(cut -d' ' -f2- $debug/fan/history)")"
sleep 1
at rest << EOF
10 fan/state on
100 $banks/unbind relay-bank
EOF
bind

# What waits is dropped, and no timer is left of it.
sleep 1
at waits << EOF
10 pump/state on
100 pump/state off
150 pump/state on
160 pump/wait_ms
EOF
is a-timer 1 "$(armed)"
unbind
is no-timer-after-waiting 0 "$(armed)"
sleep 12
is still-no-timer 0 "$(armed)"
bind
is forgotten off,off "$(words pump/state pump/coil)"

# The rate limit is not escaped.
echo on > pump/state
sleep 0.1
unbind
bind
at rate << EOF
10 pump/ready_ms
20 pump/state on
30 pump/wait_ms
EOF
sleep 11
is rate-over on "$(cat pump/coil)"
is pump-cycles 3 "$(cat pump/cycle_count)"
at pump-off << EOF
1 pump/state off
EOF
# Nor are the statistics those of one bind.
is statistics-kept 1 "$(($(cat pump/statistics/requests) > 4))"
sleep 10

# Idle: nothing is armed.
is idle-no-timer 0 "$(armed)"
echo on > fan/state
sleep 1
is closed-no-timer 0 "$(armed)"
echo off > fan/state
sleep 1

# A coil that is to be kept is kept.
echo on > kept/state
sleep 0.5
unbind
sleep 0.5
bind
is kept on,on,closed,1 "$(words kept/state kept/coil kept/contact kept/cycle_count)"

# Everything open across the unbinding. What was opened before is not what comes after.
exec 3< fan/contact 4> fan/state 5> /sys/class/leds/fan:red:status/brightness \
	6< $debug/fan/history 7< fan/cycle_count
# shellcheck disable=SC2094 # a pipe
mkfifo /tmp/pipe
/test/lineget -w relay-bank 1 < /tmp/pipe > /tmp/line &
holder=$!
exec 8> /tmp/pipe
watching watched fan/contact fan/health
until grep -qs ready /tmp/line; do
	sleep 0.01
done
echo timer > "/sys/class/leds/race:red:status/trigger"
sleep 0.2
if [ "$old_gpiolib" ]; then
	kill $holder
	wait $holder
fi
unbind
is open-read "" "$(cat <&3 2> /tmp/error)"
is open-read-error "No such device" "$(sed 's/.*: //' /tmp/error)"
echo on 2> /tmp/error >&4
is open-write "No such device" "$(sed 's/.*: //' /tmp/error)"
echo 1 2> /tmp/error >&5
is open-led "No such device" "$(sed 's/.*: //' /tmp/error)"
is open-debugfs "" "$(cat <&6 2> /dev/null)"
if [ ! "$old_gpiolib" ]; then
	echo >&8
	sleep 0.1
	is open-line "ready,No such device" "$(words /tmp/line)"
fi
bind
is open-read-of-old "" "$(cat <&7 2> /dev/null)"
echo on > fan/state
sleep 0.5
echo off > fan/state
is watcher-alive 1 "$(pidof watch | wc -w)"
exec 3<&- 4>&- 5>&- 6<&- 7<&- 8>&-
watched
sleep 1

# All faces, while the driver comes and goes. What is not there at that moment
# fails, and the next one comes at once.
# flood MS FILE TEXT
flood()
{
	awk -v step="$1" -v what="$2 $3" \
		'BEGIN { for (t = 10; t < 7000; t += step) print t, what }' |
		/test/at > /dev/null &
	pids="$pids $!"
}
pids=
race=/sys/class/relay/race
flood 11 $race/state toggle
flood 17 $race/state on
flood 23 $race/pulse_ms 25
flood 29 $race/load none
flood 13 /sys/class/leds/race:red:status/brightness 1
flood 3 /sys/class/leds/race:red:status/trigger timer
flood 31 /sys/class/leds/chased:red:status/trigger relay-race
flood 7 $race/contact
flood 19 $debug/summary
flood 37 $debug/race/history
if [ ! "$old_gpiolib" ]; then
	while gpioset relay-bank 3=1 4=0 2> /dev/null || [ ! -e /tmp/stop ]; do
		sleep 0.2
	done &
	pids="$pids $!"
fi
i=0
while [ $((i += 1)) -le 14 ]; do
	unbind
	sleep 0.$((i % 5))
	bind
	sleep 0.$((i % 4))
done
touch /tmp/stop
unbind
# shellcheck disable=SC2086 # a list
wait $pids
bind
is races-bound "chased closed fan kept pump race slow" "$(one_line "$(ls /sys/class/relay)")"
is races-counted 1 "$(($(cat race/cycle_count) > 5))"
sleep 1
is races-end off,off "$(words race/coil chased/coil)"
is races-no-timer 0 "$(armed)"
put - race-cycles < race/cycle_count

# Shutdown finds one relay on its way, one closed, and one to be kept.
echo on > closed/state
sleep 1
at last << EOF
100 slow/state on
EOF
