#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Contacts that are read back by mains at the load: pulses. What the files say is
# judged here, the edges on the wire.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load

is hold 10000,10000 "$(words heater/measured/resolution_us valve/measured/resolution_us)"
sleep 1
at healthy << END
10 heater/state on
70 heater/contact
80 valve/state on
150 valve/contact
12000 heater/state off
12010 heater/contact
12100 heater/contact
12110 valve/state off
12200 valve/contact
END
# One line shows each second half-wave, the other one each.
is resolution 10000,3000 "$(words heater/measured/resolution_us valve/measured/resolution_us)"
is counted 1,1,0,0,none,none "$(words heater/statistics/closings valve/statistics/closings \
	heater/statistics/misfires valve/statistics/misfires heater/fault valve/fault)"

# It welds, and its partner is not energised, until it is seen open for a second.
sleep 1
at weld << END
10 up/state on
400 up/state off
410 down/state on
570 up/fault
571 down/state
572 down/state on
600 up/contact
5000 up/fault clear
END
at free << END
10 up/fault_action report
20 up/state on
500 up/state off
700 up/contact
3000 up/fault clear
3001 up/fault
3100 down/state on
3110 down/coil
3200 down/state off
END
# Without mains a contact that seems open has not misfired; without line-gpios nobody knows.
sleep $((40 - $(cut -d. -f1 /proc/uptime)))
at dark << END
10 heater/state on
20 valve/state on
500 heater/state off
510 valve/state off
1000 heater/state on
1010 valve/state on
1500 heater/fault
1501 valve/fault
1510 heater/state off
1520 valve/state off
END
is excused 0,2 "$(words heater/statistics/misfires valve/statistics/misfires)"
