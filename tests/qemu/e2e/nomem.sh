#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A bind in which one allocation fails: the first, the second, and so on.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
coldplug
cd /sys/class/relay || exit
fail=/sys/kernel/debug/failslab
is bound "all good:1 leader" "$(one_line "$(ls)")"

# Not kmemleak's own memory: it would give up.
for cache in /sys/kernel/slab/*; do
	case $cache in
	*/kmemleak*) ;;
	*) echo 1 > "$cache/failslab" ;;
	esac
done 2> /dev/null
echo Y > $fail/cache-filter
echo N > $fail/ignore-gfp-wait
echo 0 > $fail/verbose

# shown RELAY...: what a bind makes of relays, but for what is of this moment
shown()
{
	for r in "$@"; do
		find "$r/" -type f ! -path '*/uevent' ! -path '*/power/*' ! -path '*/statistics/*' ! -name 'ready_ms' \
			! -name 'wait_ms' ! -name wear_record ! -name replace | sort | while read -r f; do
			echo "$f: $(cat "$f" 2>&1)"
		done
		cat "$debug/$r/limits"
		grep -v '^[a-z]*_use_s\|^store_writes' "$debug/$r/wear"
		cat "/sys/class/leds/$r:red:status/max_brightness"
		tr ' ' '\n' < "/sys/class/leds/$r:red:status/trigger" | grep '\['
	done
	gpioinfo good
	cat /sys/bus/platform/devices/good/stagger_ms /sys/bus/platform/devices/good/coil_limit
	(cd /sys/bus/platform/devices/good && ls -d supplier:*)
}

fresh=$(shown all good:1)
echo "$fresh" | put - fresh
ok has-a-part grep -q 'all/part: wago,859-353' << EOT
$fresh
EOT

# What a bind that failed may say is that memory was short, and of which relay.
dmesg -c > /dev/null
n=0 hits=0 failed=0 bound=0
while [ $((n += 1)) -lt 5000 ]; do
	echo good > $banks/unbind
	said=$(/test/failnth $n good $banks/bind)
	case $said in
	*not) break ;;
	ok*) bound=$((bound + 1)) ;;
	*)
		failed=$((failed + 1))
		[ "$said" = "Cannot allocate memory hit" ] || fail "says-why-$n" "$said"
		[ ! -e $banks/good ] || fail "unbound-$n" "it failed, and is bound"
		echo good > $banks/bind || fail "binds-after-$n" "no"
		;;
	esac
	now=$(shown all good:1)
	[ "$now" = "$fresh" ] || fail "as-fresh-$n" "$said: $(echo "$fresh" > /tmp/a; echo "$now" > /tmp/b; diff /tmp/a /tmp/b | head -n 6)"
done
ok came-to-the-end [ $n -lt 5000 ]
ok many-failed [ $failed -gt 100 ]
echo "good: $n allocations, $failed fail it, $bound do not" | put - numbers
is blames-nothing-else "" "$(one_line "$(dmesg | grep 'emrelay good' | grep -v -e '-12\|ENOMEM\|memory' | head -n 5)")"

# And what must not bind never does.
for bank in strong vague twice; do
	n=0
	while [ $((n += 1)) -lt 2000 ]; do
		said=$(/test/failnth $n $bank $banks/bind)
		if [ -e $banks/$bank ]; then
			fail "never-bound-$bank-$n" "$said: $(cat /sys/bus/platform/devices/$bank/relay/*/part)"
			echo $bank > $banks/unbind
		fi
		case $said in
		*not) break ;;
		esac
	done
	ok "came-to-the-end-$bank" [ $n -lt 2000 ]
	ok "refuses-$bank" [ $n -gt 5 ]
done
echo N > $fail/cache-filter
