#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# relayctl and relay-wear on the real driver, which the tests of the tools only play.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load

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

# ended: within ten seconds it is no more
ended()
{
	ended_tries=50
	while kill -0 $watcher 2> /dev/null; do
		[ $((ended_tries -= 1)) -gt 0 ] || return
		sleep 0.2
	done
}

ok watch-begins told 1 " spare health "
echo relay-bank > $banks/unbind
ok watch-tells-what-is-gone told 1 " pump contact gone$"
ok watch-tells-all-that-is-gone told 1 " spare health gone$"
echo on > fan/state
ok watch-goes-on told 1 " fan contact closing -> closed$"
echo other-bank > $banks/unbind
ok watch-ends ended
kill -KILL $watcher 2> /dev/null
wait $watcher
is watch-status 1 $?
is watch-says-why "relayctl: watch: nothing left to watch" "$(grep ^relayctl: /tmp/watched)"
put /tmp/watched
echo relay-bank > $banks/bind
echo other-bank > $banks/bind
cd /sys/class/relay || exit

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
