#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # from the kernel's command line
stty -F /dev/ttyAMA0 rows "$rows" cols "$cols"
mkdir -p /var/lib
coldplug
relayctl
cat <<'END'

The relays are in /sys/class/relay and /sys/kernel/debug/relay; relayctl and
libgpiod's gpioset switch them too, "relay-wear show" tells what is left of them.
"exit" or Ctrl-A X leaves.
END
cd /sys/class/relay || exit
# The session has no terminal yet: the one it opens becomes its own.
exec bash < /dev/ttyAMA0 > /dev/ttyAMA0 2>&1
