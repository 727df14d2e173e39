# SPDX-License-Identifier: GPL-2.0-only
"""The storm on two processors in a kernel that looks for accesses that race.

Others of the kernel may; ours may not.  The judges judge what they judge in storm_smp.
"""
import storm_smp

KERNELS = ("kcsan",)
SOAK = True
PROGRAMS = ("storm",)
WEIGHT = 90
BOOT = storm_smp.BOOT | {"allow": r"BUG: KCSAN: (?!.*emrelay)"}
DTS = storm_smp.DTS

for _name in dir(storm_smp):
    if _name.startswith("case_"):
        globals()[_name] = getattr(storm_smp, _name)
