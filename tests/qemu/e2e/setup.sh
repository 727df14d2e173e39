#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# relayctl setup: banks and settings by files, as a PC's units and udev call it.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
modprobe emrelay-configfs
mount -t configfs none /sys/kernel/config
load
config=/sys/kernel/config/relay

setup()
{
	/test/relayctl setup "$@"
}
folder=/etc/relay/bank.d
mkdir -p $folder
sleep 0.1

# The example, as it is. It has all lines.
echo relay-bank > $banks/unbind
cp /test/8-channel.conf $folder/cabinet.conf
is check "" "$(setup --check 2>&1)"
is check-leaves-nothing "" "$(ls $config)"
is setup "" "$(setup 2>&1)"
is relays "1 2 3 4 5 6 7 8" "$(one_line "$(echo channel-* | sed 's/channel-//g')")"
is policies defer,reject "$(words channel-1/policy channel-8/policy)"
is stagger 20 "$(cat channel-1/device/stagger_ms)"
is regs 0,7 "$(words $config/cabinet/channel-1/reg $config/cabinet/channel-8/reg)"
/test/relayctl on channel-1
sleep 1
is again "" "$(setup 2>&1)"
is again-moves-nothing on,1 "$(words channel-1/coil channel-1/cycle_count)"

# A setting that was written since is not what the file says: that counts again.
echo defer > channel-8/policy
is settings "" "$(setup --only /sys/devices/platform/any/relay/channel-8 2>&1)"
is settings-of-one reject "$(cat channel-8/policy)"

# What differs from a live bank is told, and changes nothing.
sed -i 's/^stagger-ms = 20/stagger-ms = 21/; s/pl061 7/pl061 6/' $folder/cabinet.conf
setup > /tmp/said 2>&1
is differs-status 1 $?
put - differs < /tmp/said
is differs-moves-nothing on "$(cat channel-1/coil)"
cp /test/8-channel.conf $folder/cabinet.conf
is stop "" "$(setup --stop 2>&1)"
is stopped "" "$(ls $config)"
is stopped-twice "" "$(setup --stop 2>&1)"

# Parts whose sheets leave something out, and one of them without what it needs.
cp /test/din-modules.conf $folder/cabinet.conf
is rail "" "$(setup 2>&1)"
is rail-relays "fan heater lamp valve" "$(one_line "$(ls)")"
is rail-ratings 15000,8000,10,500000 "$(words fan/rating/operate_us fan/rating/bounce_us \
	valve/rating/loaded_per_minute heater/rating/electrical_life)"
setup --stop
sed -i '/^bounce-time-us/d' $folder/cabinet.conf
is rail-incomplete 1 "$(setup > /tmp/said 2>&1; echo $?)"
is rail-names-it 1 "$(dmesg | grep -c 'heater: bounce-time-us is missing, and not in the data sheet of abb,af09z')"
setup --stop
cp /test/8-channel.conf $folder/cabinet.conf

echo relay-bank > $banks/bind

# Settings of a relay of the device tree; saved, read, applied as udev would.
is tree-has-it defer "$(cat tree/policy)"
is save "" "$(setup --save tree policy=reject min_on_ms=250 2>&1)"
is save-again "" "$(setup --save tree min_on_ms=300 2>&1)"
is save-in-its-file "" "$(setup --save channel-1 policy=reject 2>&1)"
ok set-save /test/relayctl set --save tree max_on_ms=9000
is set-saved "9000 1" "$(cat tree/max_on_ms) $(grep -c '^max_on_ms = 9000$' $folder/settings.conf)"
is saved-there 1 "$(grep -A5 '^\[relay channel-1\]' $folder/cabinet.conf | grep -c '^policy = reject$')"
# Its bank's are saved under the relay, whose bank no file has; else under the bank.
ok set-save-bank /test/relayctl set --save tree verify_s=7
is save-in-its-bank "" "$(setup --save channel-1 verify_s=8 2>&1)"
is saved-in-its-bank 1 "$(sed -n '/^\[bank cabinet\]/,/^\[relay/p' $folder/cabinet.conf | grep -c '^verify_s = 8$')"
put $folder/settings.conf
echo 0 > tree/device/verify_s
is only "" "$(setup --only tree 2>&1)"
is applied reject,300,7 "$(words tree/policy tree/min_on_ms tree/device/verify_s)"
echo 0 > tree/device/verify_s
fails save-no-setting setup --save tree state=on
fails save-property setup --save tree load-type=none
fails save-bad setup --save tree policy
rm $folder/*

# A bank whose chip comes late: made, and its settings are applied when its relays come.
cat > $folder/late.conf << EOF
[bank late]
[relay porch]
coil = tree
compatible = wago,859-353
load-type = none
policy = reject
EOF
echo relay-bank > $banks/unbind
is late "porch: is not there yet; its settings are applied when it comes" "$(setup 2>&1)"
is late-live 1 "$(cat $config/late/live)"
echo relay-bank > $banks/bind
until [ -e porch ]; do
	sleep 0.1
done
is late-settings "" "$(setup --only porch 2>&1)"
is late-applied reject "$(cat porch/policy)"
setup --stop
rm $folder/late.conf

# Each error is told with its file and line, and nothing is left of the bank.
# wrong NAME TEXT [BANK]: and then there is this bank
wrong()
{
	printf '%b' "$2" > /tmp/wrong.conf
	setup /tmp/wrong.conf > "/tmp/said" 2>&1
	echo "$? $(one_line "$(cat /tmp/said)")" | put - "wrong-$1"
	is "wrong-$1-leaves" "${3-}" "$(ls $config)"
}
good='[bank b]\n[relay r]\ncompatible = wago,859-353\nload-type = none\n'
wrong section '[bank]\n'
wrong bracket '[bank b\n'
wrong word "$good\nnonsense\n"
wrong alone 'coil = a 1\n'
wrong twice "$good\nload-type = none\n"
wrong relay-twice "$good\n[relay r]\n"
wrong unknown "${good}load-typ = none\n"
wrong value "${good}reg = 1024\n"
wrong state "${good}coil = 9030000.pl061 0\nstate = on\n"
wrong load "${good}coil = 9030000.pl061 0\nload-microamp = 5000001\n"
wrong setting "${good}coil = 9030000.pl061 0\npolicies = reject\n" b
setup --stop /tmp/wrong.conf
wrong setting-value "${good}coil = 9030000.pl061 0\npolicy = both\n" b
setup --stop /tmp/wrong.conf
setup /tmp/no-such.conf > /tmp/said 2>&1
is no-file 1 $?
is check-value 1 "$(printf '%b' "${good}reg = 1024\n" > /tmp/wrong.conf; setup --check /tmp/wrong.conf 2> /tmp/said; echo $?)"
put - check-value-said < /tmp/said
is usage 2 "$(setup --nonsense 2> /dev/null; echo $?)"
is end "" "$(ls $config)"
