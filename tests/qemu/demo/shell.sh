#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# How large the window is comes from the kernel's command line.
stty -F /dev/ttyAMA0 rows "${rows:-24}" columns "${columns:-80}"
coldplug
relayctl
cat <<'END'

The relays are in /sys/class/relay and /sys/kernel/debug/relay; relayctl and
libgpiod's gpioset switch them too, relay-wear shows how they wear. "exit" or
Ctrl-A X leaves.
END
cd /sys/class/relay || exit
# The session has no terminal yet: the one it opens becomes its own.
exec bash < /dev/ttyAMA0 > /dev/ttyAMA0 2>&1
