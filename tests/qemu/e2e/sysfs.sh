#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every file of /sys/class/relay, read and written.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
quiet
class=/sys/class/relay

is names "custom,fan,fan_1,fan_2,faster,heat pump,pump,relay-bank:2," \
	"$(for r in *; do printf '%s,' "$r"; done)"
is labels "custom,fan,fan,fan,faster,heat pump,pump,relay-bank:2," "$(
	for r in *; do printf '%s,' "$(cat "$r/label")"; done)"

cd pump || exit
read_only="coil contact wait_ms ready_ms cycle_count life_used_ppm cycles_left health label part serial $(
	echo rating/* statistics/*)"
# What means nothing for this relay is not there: it has no group and no nvmem cells.
for f in interlock flush_cycles flush_s cycles_stored; do
	ok "absent-$f" [ ! -e $f ]
done
is files "coil contact cycle_count cycles_left end_of_life fault health label life_used_ppm $(
	)load load_ma max_on_ms min_off_ms min_on_ms momentary_ms part policy pulse_ms ready_ms replace serial state $(
	)wait_ms warn_ppm watchdog_ms wear_record" "$(
	one_line "$(find . -maxdepth 1 -type f ! -name uevent | sort | cut -c3-)")"
is rating-files "bounce_us dead_time_us electrical_life loaded_per_minute mechanical_life $(
	)operate_us release_us unloaded_per_minute" "$(one_line "$(ls rating)")"
is statistics-files "accepted coalesced deferred drive_errors rejected requests" \
	"$(one_line "$(ls statistics)")"

mode()
{
	stat -c %a "$1"
}
settings="policy load min_on_ms min_off_ms max_on_ms momentary_ms watchdog_ms load_ma warn_ppm end_of_life fault"
for f in state pulse_ms $settings; do
	is "mode-$f" 644 "$(mode $f)"
done
for f in $read_only; do
	is "mode-$f" 444 "$(mode "$f")"
	# root may open what it may not write; the file has to refuse
	is "read-only-$f" "Permission denied" "$(write_error '1\n' "$f")"
done
is mode-wear_record 600 "$(mode wear_record)"
is mode-replace 200 "$(mode replace)"
is write-only-replace "" "$(cat replace 2> /dev/null)"
for f in state pulse_ms wear_record $settings $read_only; do
	is "one-line-$f" "1-" "$(wc -l < "$f")-$(tail -c 1 "$f")"
done

all()
{
	for all_f in "$@"; do
		printf '%s=%s ' "${all_f#*/}" "$(cat "$all_f")"
	done
}
is fresh "state=off coil=off contact=open pulse_ms=0 policy=defer wait_ms=0 ready_ms=0 " \
	"$(all state coil contact pulse_ms policy wait_ms ready_ms)"
is unused "cycle_count=0 life_used_ppm=0 health=good part=wago,859-353 " \
	"$(all cycle_count life_used_ppm health part)"
is wear-defaults "load_ma=3000 warn_ppm=800000 end_of_life=warn " \
	"$(all load_ma warn_ppm end_of_life)"
is load-declared resistive,none,resistive,ac-15,dc-13 "$(words load $class/fan/load \
	"$class/relay-bank:2/load" "$class/heat pump/load" $class/fan_1/load)"

rating()
{
	(cd "$class/$1/rating" && all operate_us release_us bounce_us electrical_life \
		mechanical_life loaded_per_minute unloaded_per_minute dead_time_us)
}
# The default dead time is 1.5 x release + bounce + 10 ms.
wago="bounce_us=3500 electrical_life=50000 mechanical_life=5000000"
is rating-wago "operate_us=15000 release_us=25000 $wago loaded_per_minute=6 $(
	)unloaded_per_minute=180 dead_time_us=51000 " "$(rating pump)"
is rating-override "operate_us=7000 release_us=25000 $wago loaded_per_minute=60 $(
	)unloaded_per_minute=180 dead_time_us=123456 " "$(rating faster)"
is rating-custom "operate_us=1 release_us=2 bounce_us=3 electrical_life=4 $(
	)mechanical_life=4294967295 loaded_per_minute=5 unloaded_per_minute=6 $(
	)dead_time_us=10006 " "$(rating custom)"
is part-custom custom "$(cat $class/custom/part)"
is part-override wago,859-353 "$(cat $class/faster/part)"

# What cannot be parsed is refused and changes nothing.
inval="Invalid argument"
before=$(all state coil contact pulse_ms policy load wait_ms statistics/*)
n=0
for text in bogus '\n' ' ' 2 -1 ON On 'on ' ' on' 'on off' 'onn' o 01 1.0 'on\n\n' \
	'on\non\n' true "$(printf '%0300d' 1)"; do
	refused state-bad-$((n += 1)) "$inval" "$text" state
done
n=0
for text in bogus '\n' ' ' 0 1 18 -1 -19 19x '19 20' ' 19' 19.5 1e3 4294967296 \
	18446744073709551616 99999999999999999999999999 +-19 0x '20\n\n'; do
	refused pulse_ms-bad-$((n += 1)) "$inval" "$text" pulse_ms
done
n=0
for text in bogus '\n' ' ' 0 1 Defer deferr rejec 'reject ' ' defer' 'defer reject'; do
	refused policy-bad-$((n += 1)) "$inval" "$text" policy
done
n=0
for text in bogus '\n' ' ' 0 None resistiv ac15 ac-150 AC-15 'dc-13 ' ' none'; do
	refused load-bad-$((n += 1)) "$inval" "$text" load
done
is bad-writes-change-nothing "$before" \
	"$(all state coil contact pulse_ms policy load wait_ms statistics/*)"

# What can be is taken, with a newline and without.
for text in reject 'defer\n' 'reject\n' defer; do
	is "policy-$text" ":${text%\\n}" "$(write_error "$text" policy):$(cat policy)"
done
for text in none 'ac-15\n' resistive; do
	is "load-$text" ":${text%\\n}" "$(write_error "$text" load):$(cat load)"
done
# What a class is not rated for: DC-13 is 2 A at 24 V, AC-15 3 A at 250 V. Nothing is declared of fan.
refused load-voltage "$inval" dc-13 load
is load_ma-5000 ":5000" "$(write_error 5000 load_ma):$(cat load_ma)"
refused load-current "$inval" ac-15 load
refused load-both "$inval" dc-13 load
is load-kept resistive,5000 "$(words load load_ma)"
is load-none ":none" "$(write_error none load):$(cat load)"
is load-back ":resistive" "$(write_error resistive load):$(cat load)"
is load_ma-3000 ":3000" "$(write_error 3000 load_ma):$(cat load_ma)"
is load-undeclared ":dc-13" "$(write_error dc-13 ../fan/load):$(cat ../fan/load)"
is load-undeclared-back ":none" "$(write_error none ../fan/load):$(cat ../fan/load)"

cd $class/fan || exit
for step in on:on off:off 1:on 0:off toggle:on toggle:off \
	'on\n:on' 'off\n:off' '1\n:on' '0\n:off' 'toggle\n:on' 'toggle\n:off'; do
	is "state-$step" ":${step#*:}:${step#*:}" \
		"$(write_error "${step%:*}" state):$(cat state):$(cat coil)"
	sleep 1
done
is state-cycles 6 "$(cat cycle_count)"

# The state that already is the target.
on()
{
	echo on > state
}
numbers()
{
	words statistics/requests statistics/accepted statistics/deferred statistics/coalesced \
		cycle_count | tr , ' '
}
before=$(numbers)
echo off > state
echo 0 > state
on
on
on
sleep 1
# shellcheck disable=SC2086 # five numbers
set -- $before
is same-state "$(($1 + 5)) $(($2 + 5)) $3 $4 $(($5 + 1))" "$(numbers)"
echo off > state
sleep 1

# The policy reject.
again="Resource temporarily unavailable"
echo reject > policy
cd $class/pump || exit
echo reject > policy
# Some kernels are slower than the contact.
echo 60 > min_on_ms
is reject-legal-on "" "$(write_error on state)"
is reject-off-while-travelling ":off:on:closing" \
	"$(write_error off state):$(cat state coil contact | tr '\n' : | sed 's/:$//')"
refused reject-on-replaces-nothing "" on state
is reject-still-on on,on "$(words state coil)"
sleep 0.1
is reject-off ":off:off" "$(write_error off state):$(cat state):$(cat coil)"
echo 0 > min_on_ms
before=$(cat statistics/rejected)
refused reject-travel "$again" on state
sleep 0.1
refused reject-rate "$again" on state
refused reject-rate-1 "$again" 1 state
refused reject-toggle "$again" toggle state
refused reject-pulse "$again" 100 pulse_ms
refused reject-unparsed "$inval" bogus state
refused reject-short-pulse "$inval" 18 pulse_ms
is reject-keeps-the-target off,off,0 "$(words state coil wait_ms)"
is reject-is-counted $((before + 5)) "$(cat statistics/rejected)"
is reject-off-again "" "$(write_error off state)"
sleep 10
is reject-ready 0 "$(cat ready_ms)"
is reject-over "" "$(write_error on state)"
sleep 0.1
is reject-toggle-off ":off" "$(write_error toggle state):$(cat coil)"
is reject-pulse-later "$again" "$(write_error 100 pulse_ms)"
echo defer > policy
is defer-pulse-waits ":on:off:100" \
	"$(write_error 100 pulse_ms):$(cat state coil pulse_ms | tr '\n' : | sed 's/:$//')"
is defer-off-cancels ":off:0:0" \
	"$(write_error off state):$(cat state pulse_ms wait_ms | tr '\n' : | sed 's/:$//')"
echo on > state
echo reject > policy
is reject-off-cancels ":off:0" "$(write_error off state):$(words state wait_ms | tr , :)"
for r in "$class"/*; do
	is "sum-$(tr ' ' - < "$r/label")" "$(cat "$r/statistics/requests")" \
		$(($(cat "$r/statistics/accepted") + $(cat "$r/statistics/rejected")))
done

# One of each, from nothing: on, off that waits, on instead, off that waits, on
# when off, off instead, and one refused.
sleep 11
cd $class/fan_1 || exit
before=$(all statistics/*)
is none-yet "accepted=0 coalesced=0 deferred=0 drive_errors=0 rejected=0 requests=0 " "$before"
for word in on off on off; do
	echo $word > state
done
sleep 1
echo on > state
echo off > state
echo reject > policy
echo on > state 2>/dev/null
is statistics "accepted=6 coalesced=2 deferred=3 drive_errors=0 rejected=1 requests=7 " "$(all statistics/*)"
is cycle_count 1 "$(cat cycle_count)"
is life_used_ppm 20 "$(cat life_used_ppm)"

cd $class/custom || exit
is pulse-longest "" "$(write_error 4294967295 pulse_ms)"
is pulse-longest-left 4294967 "$(sed 's/...$//' pulse_ms)"
echo off > state
cd $class/faster || exit
refused pulse-10 "$inval" 10 pulse_ms
refused pulse-11 "" 11 pulse_ms
sleep 11

# Rounded up: what is left of a millisecond is not 0 yet.
cd $class || exit
at rounding << EOF
10 faster/state on
11 faster/state off
11.2 faster/wait_ms
12 faster/wait_ms
20.45 faster/wait_ms
20.8 faster/wait_ms
20.9 faster/ready_ms
1009.9 faster/ready_ms
1010.8 faster/ready_ms
EOF
quiet nothing-logged
