# SPDX-License-Identifier: GPL-2.0-only
"""Healthy contacts, with all that a healthy one does, over a hundred thousand cycles: no fault.

Each takes half to twice its rated operate and release time, bounces for up to twice its rated
time, and its line has ten glitches a second of up to 1 ms; one of each kind of sense.
EMRELAY_HEALTHY_CYCLES is how many cycles there are in all, EMRELAY_HEALTHY_SEED their seed.
"""
import os
import random

from topic import MS, TRUTH, between, equal

KERNELS = ("6.12",)
SOAK = True
WEIGHT = 100
CYCLES = int(os.environ.get("EMRELAY_HEALTHY_CYCLES", "100000")) // 4
SEED = int(os.environ.get("EMRELAY_HEALTHY_SEED", "1"))
chance = random.Random(SEED)
LINES = {"a": 0, "b": 1, "c": 2, "d": 3}
CONTACTS = {"a": 4, "b": 5, "c": 6, "d": 7}
SHOWS = {"a": "bounce 3500 8", "b": "inverted bounce 3500 6", "c": "bounce 2000 12", "d": "bounce 3500 4 mains 20000 8800 3000"}
PLAY = "".join(f"contact {CONTACTS[r]} follows {LINES[r]} random {chance.randrange(1 << 30)} {SHOWS[r]} "
               f"noise 10 {chance.randrange(1 << 30)}\n" for r in LINES)
BOOT = {"play": PLAY, "cmdline": f"cycles={CYCLES} seed={SEED}", "timeout": 300 + CYCLES // 10}
DTS = """
#define FAST max-unloaded-cycles-per-minute = <1200>; UNLOADED
#define READS(line, says) contact-gpios = <&pl061 line GPIO_ACTIVE_HIGH>; contact-type = says
/ { plant { BANK;
	relay@0 { reg = <0>; WAGO(0); READS(4, "linked-no"); label = "a"; FAST; };
	relay@1 { reg = <1>; WAGO(1); READS(5, "linked-nc"); label = "b"; FAST; };
	relay@2 { reg = <2>; WAGO(2); READS(6, "load-dc"); label = "c"; FAST; };
	relay@3 { reg = <3>; WAGO(3); READS(7, "load-ac"); label = "d"; FAST; };
}; };
"""


def seen(g):
    """{relay: {file: what it says}} at the end."""
    return {line.split()[0]: dict(word.split("=") for word in line.split()[1:]) for line in g.text("seen").splitlines()}


def case_no_fault(g):
    """Not even one that was over before the end."""
    equal([e for e in g.trace if e["event"] == "fault"], [], "faults")
    for relay, files in seen(g).items():
        equal({name: files[name] for name in ("misfires", "welds", "chatters", "fault", "sense")},
              {"misfires": "0", "welds": "0", "chatters": "0", "fault": "none", "sense": "ok"}, relay)
        # One that bounces for just twice its rated time, with one break, is at rest for its rated time before it.
        between(int(files["dropped"]), 0, max(1, CYCLES // 1000), f"{relay}: dropped")


def case_each_cycle_is_seen(g):
    for relay, files in seen(g).items():
        rises = sum(level for _, level in g.edges(LINES[relay]))
        equal((rises, int(files["cycle_count"]), int(files["closings"])), (CYCLES, CYCLES, CYCLES), f"cycles of {relay}")
        # A glitch hides some, since nobody knows the time of what it covered.
        between(int(files["operate_n"]), CYCLES * 9 // 10, CYCLES, f"times of {relay} that were measured")
        between(int(files["glitches"]), CYCLES // 2, float("inf"), f"glitches of {relay}")


def case_played(g):
    """The contacts did what healthy ones may: the judge believes nobody."""
    for relay, line in LINES.items():
        moves, found = iter(g.edges(CONTACTS[relay] + TRUTH)), {0: [], 1: []}
        at, _ = next(moves, (1 << 62, 0))
        for coil, level in g.edges(line):
            while at < coil:
                at, _ = next(moves, (1 << 62, 0))
            found[level].append(at - coil)
        for level, rated in ((1, 15), (0, 25)):
            between(min(found[level]), rated * MS // 2, rated * MS * 6 // 10, f"the shortest time of {relay}")
            between(max(found[level]), rated * MS * 19 // 10, rated * MS * 2, f"the longest time of {relay}")
    files = seen(g).values()
    print(f"# healthy: {4 * CYCLES} cycles, {sum(int(f['glitches']) for f in files)} glitches, "
          f"{sum(int(f['operate_n']) for f in files)} operate times measured, "
          f"{sum(int(f['dropped']) for f in files)} counted as dropped, no fault")
