#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Controllers of lines and providers of cells go and come back.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
sleep 1
store_driver=/sys/bus/platform/drivers/emrelay-test-store
bus_driver=/sys/bus/platform/drivers/emrelay-test-bus
pca_driver=/sys/bus/i2c/drivers/pca953x
store=$(basename "$(find $store_driver/ -maxdepth 1 -type l -name 'store*' -o -maxdepth 1 -type l -name '*.store*')")
client=$(basename "$(find $pca_driver/ -maxdepth 1 -type l -name '*-0020')")
is bound "board other stored" "$(one_line "$(ls)")"

pin()
{
	sed -n "s/^ gpio-[0-9]* *( *|wire *) out \(..\).*/\1/p" /sys/kernel/debug/gpio | sed -n "$1p"
}

# leave DRIVER DEVICE RELAY PIN: it goes while the coil is energised, and waits for
# nothing but the contact
leave()
{
	sleep 1
	echo 20000 > "$3/min_on_ms"
	echo on > "$3/state"
	sleep 0.01
	cd / || exit
	begin=$(cut -d. -f1 /proc/uptime)
	echo "$2" > "$1/unbind"
	ok "$3-at-once" [ $(($(cut -d. -f1 /proc/uptime) - begin)) -le 1 ]
	is "$3-gone" "" "$(ls -d "/sys/class/relay/$3" 2> /dev/null)"
}

# back NAME RELAY: it is there again
back()
{
	sleep 0.5
	cd /sys/class/relay || exit
	is "$1" "$2" "$(ls -d "$2" 2> /dev/null)"
}

for round in 1 2 3; do
	leave $pca_driver "$client" board 1
	is expander-gone-$round lo "$(pin 1)"
	echo "$client" > $pca_driver/bind
	back expander-back-$round board

	# The whole bus, with the expander's device.
	leave $bus_driver i2c board 1
	echo i2c > $bus_driver/bind
	back bus-back-$round board

	leave $bus_driver lines stored 3
	echo lines > $bus_driver/bind
	back lines-back-$round stored

	leave $store_driver "$store" stored 3
	is store-gone-$round lo "$(pin 3)"
	echo "$store" > $store_driver/bind
	back store-back-$round stored
done
ok counts-on [ "$(cat stored/cycle_count)" -ge 6 ]

# Who unbinds the bank wants it unbound.
cd / || exit
echo lines-bank > $banks/unbind
sleep 1
is stays-unbound "" "$(ls -d /sys/class/relay/stored 2> /dev/null)"
echo lines-bank > $banks/bind
back bound-again stored

# One is bound while its controller, or its store, goes.
cd / || exit
for n in 1 2 3 4 5 6 7 8 9; do
	for what in "$bus_driver lines" "$store_driver $store"; do
		# shellcheck disable=SC2086 # two words
		set -- $what
		echo lines-bank > $banks/unbind 2> /dev/null
		(
			i=0
			while [ $((i += 1)) -le 20 ]; do
				echo lines-bank > $banks/bind
			done
		) 2> /dev/null &
		sleep 0.00$n
		echo "$2" > "$1/unbind"
		wait
		echo "$2" > "$1/bind"
		sleep 0.5
	done
done
back races-back stored
echo on > stored/state
sleep 0.1
is works on,on,hi "$(words stored/state stored/coil),$(pin 3)"

# One relay's controller is not there: the bank waits, and it is said for whom.
# (6.1 has no reason for a driver core that waits for devices itself.)
is waits "" "$(ls -d late ready 2> /dev/null)"
put - deferred < /sys/kernel/debug/devices_deferred
is deferred late-bank "$(sed -n 's/^\(late-bank\).*/\1/p' /sys/kernel/debug/devices_deferred)"
# And in the log, within 10 s of the boot: on 6.1 which bank, on others which relay, too.
sleep 10
case $(uname -r) in
6.1.*) waits_for="deferred probe pending" ;;
*) waits_for="deferred probe pending: .*relay@1: coil-gpios" ;;
esac
ok said-for-whom grep -q "late-bank: $waits_for" << EOT
$(dmesg)
EOT
