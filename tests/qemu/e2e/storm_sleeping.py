# SPDX-License-Identifier: GPL-2.0-only
"""The storm on lines that sleep, in deterministic time.

A simulated chip shows its outputs to no one.  But one line of it, which nobody
asks for, makes all of its bank be driven by a worker, and the other lines of
that are seen from outside as ever.  A request may come while a line is being
written, so that nothing is judged late.
"""
import storm
import storm_smp

KERNELS = ("test",)
# In make check storm_smp has such a bank.
SOAK = True
PROGRAMS = ("storm",)
WEIGHT = 95
BOOT = storm.BOOT
DTS = storm_smp.DTS

for _name in dir(storm_smp):
    if _name.startswith("case_"):
        globals()[_name] = getattr(storm_smp, _name)
