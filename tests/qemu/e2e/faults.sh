#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a fault of a contact says and forbids on each face, and fault_action "release".
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load

# The files of a contact that is read back.
inval="Invalid argument"
for f in fault_action contact_check_ms; do
	is "mode-$f" 644 "$(stat -c %a up/$f)"
	ok "absent-$f" [ ! -e down/$f ]
done
for f in sense health_cause measured/operate_us measured/resolution_us statistics/closings statistics/withdrawn; do
	is "mode-${f##*/}" 444 "$(stat -c %a up/$f)"
done
is present "health_cause:measured:sense:statistics/closings" "$(cd up && for f in health_cause measured sense \
	statistics/closings; do [ -e $f ] && [ ! -e ../down/$f ] && echo $f; done | tr '\n' : | sed 's/:$//')"
ok present-in-the-group [ -e down/statistics/withdrawn ]
is defaults block,1000,none,ok "$(words up/fault_action up/contact_check_ms up/health_cause up/sense)"
n=0
for text in 0 -1 4294967296 ' 5' '5 ' '\n' never; do
	refused check-bad-$((n += 1)) "$inval" "$text" up/contact_check_ms
done
for text in Block 'report ' 0 '\n' blocks; do
	refused action-bad-$((n += 1)) "$inval" "$text" up/fault_action
done
for text in none 'clear ' Clear '\n' 0; do
	refused clear-bad-$((n += 1)) "$inval" "$text" up/fault
done
is unchanged block,1000 "$(words up/fault_action up/contact_check_ms)"
for text in 1 '4294967295\n' 1000; do
	is "check-$text" ":${text%\\n}" "$(write_error "$text" up/contact_check_ms):$(cat up/contact_check_ms)"
done
is clear-nothing "" "$(write_error clear up/fault)"
sleep 1

watching watched up/fault valve/fault rattle/fault
at faults << END
10 up/state on
400 up/state off
410 down/state on
500 down/state on
501 down/state toggle
502 down/pulse_ms 100
503 down/ready_ms
504 up/state on
505 up/pulse_ms 100
506 up/ready_ms
1000 valve/fault_action release
1010 valve/state on
1500 valve/state off
2000 valve/state on
2070 valve/state
2071 valve/coil
2100 valve/contact
2110 valve/state on
3000 rattle/fault_action release
3010 rattle/state on
3500 rattle/state off
4000 rattle/state on
4080 rattle/state
4081 rattle/coil
END
is withdrawn 0,1,1,1 "$(words up/statistics/withdrawn down/statistics/withdrawn valve/statistics/withdrawn \
	rattle/statistics/withdrawn)"
is rejected 2,3,1,0 "$(words up/statistics/rejected down/statistics/rejected valve/statistics/rejected \
	rattle/statistics/rejected)"
is history "fault stuck-open,off fault,refused sysfs" "$(tail -n 3 $debug/valve/history | cut -d' ' -f2- |
	tr '\n' , | sed 's/,$//')"

# The other faces are refused, too, and nobody fills the log with it.
quiet
for line in 0 1 2 3; do
	gpioset plant $line=1 2> /dev/null
done
for r in up down valve rattle; do
	for _ in 1 2 3 4 5; do
		echo 1 > /sys/class/leds/$r:red:status/brightness
	done
done
quiet nothing-logged
is refused 8,9,7,6 "$(words up/statistics/rejected down/statistics/rejected valve/statistics/rejected \
	rattle/statistics/rejected)"
is still-off off,off,off,off "$(words up/state down/state valve/state rattle/state)"
sleep 2
watched
put - watched < /tmp/watched
