#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
coldplug
relayctl
cat <<'END'

The relays are in /sys/class/relay and /sys/kernel/debug/relay; relayctl and
libgpiod's gpioset switch them too. "exit" or Ctrl-A X leaves.
END
cd /sys/class/relay || exit
# The session has no terminal yet: the one it opens becomes its own.
exec bash < /dev/ttyAMA0 > /dev/ttyAMA0 2>&1
