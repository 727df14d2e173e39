# SPDX-License-Identifier: GPL-2.0-only
"""What a kernel says on its console when something is wrong with it."""
import re

SPLAT = re.compile("|".join((
    r"\bBUG:", r"\bkernel BUG at", r"\bWARNING:", r"\bINFO: ", r"\bOops\b", r"Kernel panic",
    r"\bKASAN\b", r"\bUBSAN\b", r"\bKFENCE\b", r"\bODEBUG\b",
    r"possible circular locking", r"possible recursive locking", r"inconsistent lock state",
    r"possible irq lock inversion", r"invalid wait context", r"suspicious RCU usage", r"bad unlock balance",
    r"held lock freed", r"lock held when returning", r"sleeping function called", r"scheduling while atomic",
    r"blocked for more than", r"rcu.*(?:detected|self-detected) stall", r"soft lockup", r"hard LOCKUP",
    r"workqueue lockup", r"unreferenced object", r"Call trace:", r"Unable to handle kernel",
    r"refcount_t:", r"list_(?:add|del) corruption", r"general protection fault", r"uevent: failed",
    r"Internal error:", r"Unbalanced enable", r"scheduling from the idle", r"kobject.*(?:tried to|is not init)",
)))

# Lines of a healthy kernel that look like one.
HARMLESS = re.compile(r"kmemleak: .*(?:enabled|disabled)|KASAN: KernelAddressSanitizer initialized")


def splats(console, allow=None):
    """The lines of a console that tell of a defect, but for those a test ALLOWs (a regex)."""
    return [line for line in console.splitlines()
            if SPLAT.search(line) and not HARMLESS.search(line) and not (allow and re.search(allow, line))]
