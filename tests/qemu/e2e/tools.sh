#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# relayctl and relay-wear on the real driver, which the tests of the tools only play.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
# Until all contacts are at rest.
sleep 0.1

# --- relayctl watch --------------------------------------------------------------

/test/relayctl watch > /tmp/watched 2>&1 &
watcher=$!

# told N TEXT: within ten seconds N of its lines have the text
told()
{
	told_tries=50
	until [ "$(grep -c -- "$2" /tmp/watched)" -ge "$1" ]; do
		[ $((told_tries -= 1)) -gt 0 ] || return
		sleep 0.2
	done
}

ok watch-begins told 1 " spare health "
echo relay-bank > $banks/unbind
ok watch-tells-what-is-gone told 1 " pump gone$"
ok watch-tells-all-that-is-gone told 1 " spare gone$"
echo on > fan/state
ok watch-goes-on told 1 " fan contact closing -> closed$"
echo relay-bank > $banks/bind
ok watch-tells-what-comes told 2 " pump contact "
echo off > fan/state
ok watch-sees-the-end told 1 " fan contact opening -> open$"
# A request that has to wait moves nothing: it is the write that is seen.
echo on > fan/state
echo off > fan/state
ok watch-tells-what-waits told 1 " fan pending no -> [0-9]* ms$"
ok watch-tells-the-end-of-it told 1 " fan pending [0-9]* ms -> no$"
sleep 1
echo on > fan/state
ok watch-sees-requests told 2 " fan state off -> on$"
sleep 1

# The contact of the valve stays closed after its first cycle, and open in its third and fourth.
/test/relayctl --json watch valve > /tmp/objects &
objects=$!
ok objects-begin timeout 10 sh -c 'until [ -s /tmp/objects ]; do sleep 0.2; done'
echo on > valve/state
ok watch-tells-of-the-contact told 1 " valve contact closing -> closed$"
echo off > valve/state
ok watch-tells-a-weld told 1 " valve fault none -> stuck-closed$"
ok watch-tells-the-health told 1 " valve health good -> warning$"
echo report > valve/fault_action
echo on > valve/state
sleep 1
echo off > valve/state
sleep 2
echo clear > valve/fault
ok watch-tells-the-end-of-it told 1 " valve fault stuck-closed -> none$"
is weld-is-shown "0 1 unknown weld" \
	"$(/test/relay-wear show valve --raw --noheadings -o misfires,welds,drift,cause)"
echo block > valve/fault_action
for _ in 1 2; do
	echo on > valve/state
	sleep 1
	echo off > valve/state
	sleep 1
done
ok watch-tells-misfires told 1 " valve fault none -> stuck-open$"
echo clear > valve/fault
ok watch-tells-that-they-are-cleared told 1 " valve fault stuck-open -> none$"
# 32 cycles to compare with, of which there was one, and 60 that take half as much again.
for _ in $(seq 91); do
	echo 200 > valve/pulse_ms
	sleep 0.5
done
is drift-is-shown "2 1 1.48" "$(/test/relay-wear show valve --raw --noheadings -o misfires,welds,drift)"
kill $objects
wait $objects
put /tmp/objects
# It sleeps until somebody has something to tell.
# shellcheck disable=SC2016 # for awk
used=$(awk '{ print $14 + $15 }' /proc/$watcher/stat)
switches=$(sed -n 's/^voluntary_ctxt_switches://p' /proc/$watcher/status)
sleep 600
is watch-uses-no-processor "$used" "$(awk '{ print $14 + $15 }' /proc/$watcher/stat)"
is watch-does-not-wake "$switches" "$(sed -n 's/^voluntary_ctxt_switches://p' /proc/$watcher/status)"
# It keeps nothing that the driver's end would wait for.
cd /
ok rmmod-while-it-watches rmmod emrelay
ok watch-tells-that-all-are-gone told 1 " fan gone$"
modprobe emrelay
echo 1 > $tracing/events/emrelay/enable
ok watch-tells-that-all-come told 2 " fan health "
kill -TERM $watcher
wait $watcher
put /tmp/watched
cd /sys/class/relay || exit

# --- relayctl --------------------------------------------------------------------

# said NAME STATUS PATTERN ARGUMENT...: by relayctl, in one line or none
said()
{
	said_name=$1 said_status=$2 said_pattern=$3
	shift 3
	said=$(/test/relayctl "$@" 2>&1)
	is "$said_name-status" "$said_status" $?
	ok "$said_name" expr "x$said" : "x$said_pattern\$"
}

said on-waits 0 '.*' --wait on spare
is on-waits-for-the-contact closed "$(cat spare/contact)"
said off-waits 0 '' --wait off spare
is off-waits-for-the-contact open "$(cat spare/contact)"
said on-is-deferred 0 'spare: on in [0-9]* ms, rate limit' on spare
/test/relayctl --wait off spare > /dev/null
sleep 1
said pulse-waits 0 '.*' --wait pulse 'sp*' 100
is pulse-waits-for-its-end "0 open" "$(cat spare/pulse_ms) $(cat spare/contact)"
said not-in-time 1 '.*relayctl: spare: on: not in time' --wait --timeout 0.2 on spare
said off-again 0 '.*' --wait off spare
said set 0 '' set spare fan policy=reject stagger_ms=30
is set-sets "reject,reject,30" "$(words spare/policy fan/policy spare/device/stagger_ms)"
said set-back 0 '' set spare fan policy=defer stagger_ms=0
said set-refused 1 'relayctl: spare: policy=maybe: the driver does not take this value (EINVAL)' set spare policy=maybe
said replace 0 '' replace spare 'SN 4711'
is replace-replaces 'SN 4711' "$(cat spare/serial)"
said clear 0 '' clear spare
/test/relayctl --json 's*' > /tmp/json
put /tmp/json

# --- relay-wear ------------------------------------------------------------------

mkdir -p /var/lib

# use N: so many cycles
use()
{
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print 1 + 8 * i, "pump/pulse_ms 3" }' |
		/test/at > /dev/null
	sleep 0.1
}

# now: by both clocks
now()
{
	echo "$(date +%s) $(value $debug/pump/timing now_ns)"
}

# save, as the timer does
save()
{
	now >> /tmp/saves
	is "save-$(wc -l < /tmp/saves)" "" "$(/test/relay-wear save 2>&1)"
}

shows=0
show()
{
	{ now; /test/relay-wear show 2>&1; } | put - "show-$shows"
	shows=$((shows + 1))
}

hour=3600
show
for k in 1 2 3 4 5 6 7 8 9; do
	use $((7 * k + 3))
	save
	skip $hour
done
show
for k in 1 2 3 4 5 6 7; do
	use $((5 * k))
	skip $hour
	save
	skip $hour
	save
done
show
skip $((2 * hour))
save
show
use 17
show
# Off, or at rest: for longer than a day begins within.
skip $((120 * hour))
show
save
use 12
show
skip $((30 * hour))
use 1
show
for k in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
	use 4
	save
	skip $((24 * hour))
	[ $((k % 9)) -ne 0 ] || show
done
show
echo $shows | put - shows
put /tmp/saves
put /var/lib/relay-wear/pump.samples
