# SPDX-License-Identifier: GPL-2.0-only
"""Every file of /sys/class/relay; most of it is judged in the guest."""
from topic import MS, between, ceil_ms, equal, lab

KERNELS = lab.STOCK
LINES = {"pump": 0, "fan": 1, "relay-bank:2": 2, "heat pump": 3, "fan_1": 4, "custom": 5, "faster": 6, "fan_2": 7}


def case_rounded_up(g):
    on, _, *reads = g.at("rounding")
    # faster: 7 ms operate, 3.5 ms bounce, 60 a minute loaded
    edge = next(ns for ns, level in g.wire("faster") if level and ns >= on.begin)
    for s in reads:
        legal = edge + (10_500_000 if s.file == "wait_ms" else 1000 * MS)
        between(int(s.text), ceil_ms(legal - s.end), ceil_ms(legal + g.late - s.begin), s.file)
    equal([s.text != "0" for s in reads], [True, True, True, False, True, True, False], "time left")


def case_untouched_relays_have_no_edge(g):
    for relay in ("relay-bank:2", "heat pump", "fan_2"):
        equal(g.edges(LINES[relay]), [], relay)


def case_no_edge_but_those_asked_for(g):
    equal(len([1 for _, level in g.wire("fan") if level]), 7, "cycles of fan")
    equal(len([1 for _, level in g.wire("pump") if level]), 2, "cycles of pump")
