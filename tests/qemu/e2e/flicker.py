# SPDX-License-Identifier: GPL-2.0-only
"""A line that reads a contact back has 500 000 edges a second for ten seconds: the machine does not care."""
from topic import Wrong, between, equal

KERNELS = ("6.12", "6.12-rt")
SOAK = True
WEIGHT = 60
PROGRAMS = ("toil",)
LINES = {"pump": 0, "fan": 1, "valve": 2}
# The second one is for what looks at interrupts, which costs work, too.
PLAY = """\
contact 4 follows 0 storm 30000 500000 10000
contact 5 follows 1 storm 60000 500000 500
"""
BOOT = {"play": PLAY, "more": ("bench_irqs",), "timeout": 1500}
DTS = """
#define READS(line) contact-gpios = <&pl061 line GPIO_ACTIVE_HIGH>
/ { plant { BANK;
	relay@0 { reg = <0>; WAGO(0); READS(4); label = "pump"; UNLOADED; };
	relay@1 { reg = <1>; WAGO(1); READS(5); label = "fan"; UNLOADED; };
	relay@2 { reg = <2>; WAGO(2); label = "valve"; UNLOADED; };
}; };
"""
WORST = 50_000      # ns with interrupts off, or more than without a storm


def case_work(g):
    """What else the machine does loses less than a hundredth."""
    quiet, storm = (int(g.text(name)) for name in ("toil-quiet", "toil-storm"))
    lost = 1 - storm / (quiet * 5)
    print(f"# flicker, {g.kernel}: other work loses {100 * lost:.3f} %")
    between(lost, -0.0001, 0.01, "of other work lost:")


def case_edges(g):
    """Law 17: 64 in 100 ms, and then the line is looked away from for 100, 200, 400 ms and so on."""
    for relay, looks in (("pump", 8), ("fan", 4)):
        told = [e["now_ns"] for e in g.events("sense", relay)]
        between(len(told), 32, looks * 64, f"edges of {relay} that were looked at")
        for i, ns in enumerate(told):
            between(len([n for n in told[i:i + 80] if n - ns < 100_000_000]), 0, 66, f"edges of {relay} in 100 ms")


def case_others(g):
    """Another relay is switched at its moments, and no coil moves of itself."""
    equal(len(g.edges(LINES["pump"])) + len(g.edges(LINES["fan"])), 0, "edges of pump and fan")
    edges = g.edges(LINES["valve"])
    late = [b - a - 100_000_000 for (a, up), (b, _) in zip(edges, edges[1:]) if up]
    equal(len(late), 25, "pulses of valve")
    between(min(late), 0, g.late, "the earliest end of a pulse")
    between(max(late), 0, g.late, "the latest end of a pulse")
    print(f"# flicker, {g.kernel}: the latest end of a pulse {max(late)} ns late")


def case_interrupts(g):
    quiet, storm = (int(g.text(name).splitlines()[0]) for name in ("irqs-quiet", "irqs-storm"))
    print(f"# flicker, {g.kernel}: interrupts off for {storm} ns, {quiet} without a storm")
    if storm > max(WORST, quiet):
        raise Wrong(f"{g.text('irqs-storm')}")
