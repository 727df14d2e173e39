#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Contacts that are read back by lines without interrupts, and by lines that fail.
# shellcheck source=tests/qemu/e2e/lib.sh
. /test/lib.sh
load
sleep 1
devices=/sys/bus/platform/devices
is bound "far near other" "$(echo *)"
is sense ok,ok,1000,5000 "$(words near/sense far/sense near/measured/resolution_us far/measured/resolution_us)"

# Healthy ones: the contact follows after 12 ms and 18 ms.
at healthy << END
10 near/state on
22 $devices/lines/pulls 2
23 near/contact
40 near/contact
50 near/state off
68 $devices/lines/pulls 0
69 near/contact
90 near/contact
1000 far/state on
1012 $devices/i2c/pulls 2
1013 far/contact
1060 far/contact
1070 far/state off
1088 $devices/i2c/pulls 0
1089 far/contact
1160 far/contact
END
is measured none,1,0,none,1,0 "$(words near/fault near/statistics/closings near/statistics/misfires \
	far/fault far/statistics/closings far/statistics/misfires)"

# A contact that is slow to close makes no on longer than it has to be.
at dwell << END
10 near/min_on_ms 500
1000 near/state on
1030 $devices/lines/pulls 2
1060 near/state off
1530 $devices/lines/pulls 0
2000 near/min_on_ms 0
END

# At rest it is read each contact_check_ms: it closes by itself.
at check << END
10 near/contact_check_ms 200
300 $devices/lines/pulls 2
510 near/contact
511 near/fault
800 near/fault
810 $devices/lines/pulls 0
2000 near/contact
2010 near/fault clear
2900 near/fault clear
2901 near/fault
END

# It cannot be read: nobody knows whether it is open.
at lost << END
10 $devices/lines/gone 1
300 near/sense
301 near/contact
302 near/fault
310 other/state on
320 other/coil
321 other/wait_ms
330 near/state on
335 near/contact
360 near/contact
370 near/state off
375 near/contact
420 near/contact
421 other/coil
500 $devices/lines/gone 0
900 near/sense
910 other/coil
911 other/state
920 other/state off
END

# Stuck closed, and stuck open, without an interrupt.
at stuck << END
1000 near/state on
1012 $devices/lines/pulls 2
1100 near/state off
1200 near/fault
1201 near/contact
1210 other/state on
1300 $devices/lines/pulls 0
3000 near/fault clear
3100 near/state on
3400 near/state off
3500 near/statistics/misfires
4000 near/state on
4200 near/fault
4201 near/coil
4202 near/state
4300 near/fault clear
4400 near/state off
END
