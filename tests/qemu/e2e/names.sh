#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Names of relays and what is known under them.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
modprobe -a emrelay emrelay_test_banks
record
banks_made=/sys/module/emrelay_test_banks/parameters

# life RELAY: what is known of it
life()
{
	echo "$(cat $1/cycle_count $1/life_used_ppm | tr '\n' ' ')$(cat $1/statistics/requests) $(wc -l < $debug/$1/history)"
}

# twice RELAY: two cycles
twice()
{
	for word in on off on off; do
		echo $word > $1/state
		sleep 0.1
	done
}

# The driver comes back to the same device: nothing is forgotten.
echo "7 2" > $banks_made/make
is begins "0 0 0 0" "$(life 7-0)"
twice 7-0
is counted "2 2 4 4" "$(life 7-0)"
echo gpio-relays.7 > $banks/unbind
echo gpio-relays.7 > $banks/bind
is kept-by-unbind "2 2 4 4" "$(life 7-0)"
is others-own "0 0 0 0" "$(life 7-1)"

# The device goes, and another one comes with the same name, the same nodes' names and labels.
echo 7 > $banks_made/remove
is removed "" "$(ls)"
echo "7 2" > $banks_made/make
is another-begins "0 0 0 0" "$(life 7-0)"
twice 7-1
echo gpio-relays.7 > $banks/unbind
echo 7 > $banks_made/remove
echo "7 1" > $banks_made/make
echo 7 > $banks_made/remove
echo "7 2" > $banks_made/make
is removed-unbound "0 0 0 0" "$(life 7-1)"
echo 7 > $banks_made/remove

# What is remembered does not pile up: the same memory after hundreds of devices.
memory()
{
	sed -n 's/^Slab: *\([0-9]*\) kB/\1/p' /proc/meminfo
}
come_and_go()
{
	i=0
	while [ $((i += 1)) -le "$1" ]; do
		echo "$((id += 1)) 4" > $banks_made/make
		echo $id > $banks_made/remove
	done
}
id=100
come_and_go 20
before=$(memory)
come_and_go 100
sleep 1
grown=$(($(memory) - before))
is grown-kb "less than 400" "$([ $grown -lt 400 ] && echo less than 400 || echo $grown)"

# bound TEXT: how long making a bank takes, in us
# shellcheck disable=SC3028 # busybox's shell has it
bound()
{
	bound_begin=$(echo "$EPOCHREALTIME" | tr -d .)
	echo "$1" > $banks_made/make
	echo $(($(echo "$EPOCHREALTIME" | tr -d .) - bound_begin))
}
many=$(bound "1 256")
is many-bound 256 "$(ls | wc -l)"
echo 1 > $banks_made/remove
one=$(bound "2 256 same")
is one-bound 256 "$(ls | wc -l)"
is names "same same_1 same_255" "$(one_line "$(ls -d same same_1 same_255)")"
echo "$many $one" | put - costs
