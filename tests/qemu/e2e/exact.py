# SPDX-License-Identifier: GPL-2.0-only
"""Measured times are those that were played, also where interrupts are threads: with "threadirqs", and with PREEMPT_RT.

Within 2 us; but for an edge that comes while the processor is in another interrupt, or switches a coil.
"""
from bisect import bisect_right

from topic import MS, TRUTH, between, equal, lab

KERNELS = lab.STOCK
WEIGHT = 15
LINES = {"a": 0, "b": 1, "c": 2}
CONTACTS = {"a": 4, "b": 5, "c": 6}
EXACT, NEVER = 2000, 5000   # ns, from an edge on the wire to the time that is measured
CYCLES = 60
# Bounces of up to 7 ms with up to 8 edges more, and none.
BOOT = {"play": """\
contact 4 follows 0 random 1 bounce 3500 8
contact 5 follows 1 random 2 inverted bounce 1000 4
contact 6 follows 2 random 3
"""}
BOOTS = (lambda guests, store: {}, lambda guests, store: {"cmdline": "threadirqs"})
DTS = """
#define FAST max-unloaded-cycles-per-minute = <1200>; UNLOADED
#define READS(line, says) contact-gpios = <&pl061 line GPIO_ACTIVE_HIGH>; contact-type = says
/ { plant { BANK;
	relay@0 { reg = <0>; WAGO(0); READS(4, "linked-no"); label = "a"; FAST; };
	relay@1 { reg = <1>; WAGO(1); READS(5, "linked-nc"); label = "b"; FAST; };
	relay@2 { reg = <2>; WAGO(2); READS(6, "load-dc"); label = "c"; FAST; };
}; };
"""


def differences(g):
    """What was measured less what was played, in ns: {"operate": [...], "release": [...], "bounce": [...]}."""
    found = {"operate": [], "release": [], "bounce": []}
    for relay, line in LINES.items():
        coil, moves = g.edges(LINES[relay]), g.edges(CONTACTS[relay] + TRUTH)
        for e in g.events("measured", relay):
            last = bisect_right(coil, e["now_ns"] - g.offset, key=lambda edge: edge[0]) - 1
            begin, level = coil[last]
            equal(level, int(e["what"] == "operate"), f"coil of {relay} as {e['what']} is measured at {e['now_ns']}")
            moved = [at for at, _ in moves if begin < at < begin + 100 * MS and (last + 1 == len(coil) or at < coil[last + 1][0])]
            found[e["what"]].append(e["took_ns"] - (moved[0] - begin))
            if level:
                found["bounce"].append(e["bounce_ns"] - (moved[-1] - moved[0]))
    return found


def case_exact(g):
    for boot, how in ((g.before[0], "plain"), (g, "threadirqs")):
        for what, found in differences(boot).items():
            late = sum(abs(ns) > EXACT for ns in found)
            print(f"# exact, {g.kernel}, {how}: {what} differs by {min(found)} to {max(found)} ns, {len(found)} times, {late} by more than {EXACT}")
            between(len(found), 3 * CYCLES * 9 // 10, 3 * CYCLES, f"{how}: {what} measured")
            between(max(map(abs, found)), 0, NEVER, f"{how}: {what} differs by")
            between(late, 0, len(found) // 50, f"{how}: {what} that differs by more than {EXACT} ns:")
