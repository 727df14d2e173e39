#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is seen of contacts over two boots, which the kernel's command line counts (boot=).
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh

nvmem=/sys/bus/nvmem/devices/test-store/nvmem

# cycles RELAY TIMES
cycles()
{
	awk -v relay="$1" -v n="$2" 'BEGIN {
		for (i = 0; i < n; i++)
			print 10 + i * 400 " " relay "/state on\n" 210 + i * 400 " " relay "/state off"
	}' | /test/at > /dev/null
	sleep 1
}

# baselines RELAY...: what their contacts took at first
baselines()
{
	for relay in "$@"; do
		echo "$relay $(for key in operate release bounce; do value $debug/$relay/timing ${key}_baseline_ns; done | tr '\n' ' ')"
	done
}

load
bank relay-bank
# shellcheck disable=SC2154 # from the kernel's command line
[ "$boot" = 1 ] || baselines worn slow film | put - baselines
case $boot in
1)
	is new 0,0,good,none "$(words worn/statistics/misfires worn/statistics/welds worn/health worn/health_cause)"
	# Two misfires latch a fault; it is reported only.
	echo report > worn/fault_action
	cycles worn 35
	cycles worn 4
	echo clear > worn/fault
	cycles worn 1
	is welded 2,1,warning,weld "$(words worn/statistics/misfires worn/statistics/welds worn/health worn/health_cause)"
	cycles slow 40
	is slow 0,0,good,none "$(words slow/statistics/misfires slow/statistics/welds slow/health slow/health_cause)"
	baselines worn slow film | put - baselines
	echo 1 > film/flush_s
	echo on > film/state
	sleep 4
	dd if=$nvmem bs=512 skip=2 count=1 2> /dev/null | put - before
	sleep 4
	is misfired 1 "$(cat film/statistics/misfires)"
	dd if=$nvmem bs=512 skip=2 count=1 2> /dev/null | put - after
	;;
2)
	is weld-remembered 2,1,warning,weld \
		"$(words worn/statistics/misfires worn/statistics/welds worn/health worn/health_cause)"
	is good-remembered 0,0,good,none \
		"$(words slow/statistics/misfires slow/statistics/welds slow/health slow/health_cause)"
	is misfire-remembered 1,0,good,none \
		"$(words film/statistics/misfires film/statistics/welds film/health film/health_cause)"
	cycles slow 40
	is slower warning,drift "$(words slow/health slow/health_cause)"
	;;
esac
cat worn/fault slow/fault film/fault | put - faults
