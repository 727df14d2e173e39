#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A bind in which one allocation fails: the first, and every nomem_step-th after it.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
# shellcheck disable=SC2154 # from the kernel's command line
step=$nomem_step
coldplug
cd /sys/class/relay || exit
bank good
is bound "all good:1 leader" "$(one_line "$(ls)")"

fail_allocations

# lines FILE...: "FILE: LINE" of each, without a process for each
lines()
{
	for f in "$@"; do
		while read -r line; do
			echo "$f: $line"
		done < "$f"
	done
}

# shown: what a bind makes of the two relays, but for what is of this moment; not
# in debugfs, which no one may rely on
shown()
{
	for r in all good:1; do
		for f in "$r"/* "$r"/rating/*; do
			[ -f "$f" ] || continue
			case $f in
			*/uevent | */ready_ms | */wait_ms | */wear_record | */replace) ;;
			*) lines "$f" ;;
			esac
		done
		lines "/sys/class/leds/$r:red:status/max_brightness" "/sys/class/leds/$r:red:status/trigger"
	done
	gpioinfo good
	echo /sys/bus/platform/devices/good/supplier:*
	lines /sys/bus/platform/devices/good/stagger_ms /sys/bus/platform/devices/good/coil_limit
}

# What the first bind finds in its cells differs from what all others do.
echo good > $banks/unbind
echo good > $banks/bind
fresh=$(shown)
echo "$fresh" | put - fresh
ok has-a-part grep -q 'all/part: wago,859-353' << EOT
$fresh
EOT

# What a bind that failed may say beside what any says is that memory was short.
said()
{
	dmesg | sed 's/^\[[^]]*\] //' | grep "emrelay $1" | sort -u
}
dmesg -c > /dev/null
echo good > $banks/unbind
echo good > $banks/bind
said good > /tmp/usual
n=1 failed=0 bound=0 tried=0
while [ $n -lt 5000 ]; do
	# Bound or not; a bind that was taken back leaves it so.
	[ ! -e $banks/good ] || echo good > $banks/unbind
	said=$(/test/failnth $nth $n good $banks/bind)
	case $said in
	*not) break ;;
	ok*) bound=$((bound + 1)) ;;
	*)
		failed=$((failed + 1))
		[ "$said" = "Cannot allocate memory hit" ] || fail "says-why-$n" "it says '$said'"
		[ ! -e $banks/good ] || fail "unbound-$n" "it failed, and is bound"
		echo good > $banks/bind || fail "binds-after-$n" "no"
		;;
	esac
	# Of those that fail few can be looked at.
	if [ "${said%% *}" = ok ] || [ $((failed % 16)) -eq 1 ]; then
		now=$(shown)
		[ "$now" = "$fresh" ] || fail "as-fresh-$n" "$said: $(echo "$fresh" > /tmp/a; echo "$now" > /tmp/b; diff /tmp/a /tmp/b | head -n 6)"
	fi
	tried=$((tried + 1)) n=$((n + step))
done
ok came-to-the-end [ $n -lt 5000 ]
ok many-failed [ $((failed * step)) -gt 100 ]
echo "good: $n allocations, $tried tried, $failed fail it, $bound do not" | put - numbers
is blames-nothing-else "" "$(one_line "$(said good | grep -vxF -f /tmp/usual | grep -v -e '-12\|ENOMEM\|memory\|really_probe\|device_add_groups() failed' | head -n 8)")"

# And what must not bind never does.
for bank in strong vague twice; do
	n=1
	while [ $n -lt 2000 ]; do
		said=$(/test/failnth $nth $n $bank $banks/bind)
		if [ -e $banks/$bank ]; then
			fail "never-bound-$bank-$n" "$said: $(cat /sys/bus/platform/devices/$bank/relay/*/part)"
			echo $bank > $banks/unbind
		fi
		case $said in
		*not) break ;;
		esac
		n=$((n + step))
	done
	ok "came-to-the-end-$bank" [ $n -lt 2000 ]
	ok "refuses-$bank" [ $n -gt 5 ]
done
