# SPDX-License-Identifier: GPL-2.0-only
"""What a tree says of how relays are used: stagger, momentary and max-on times, triggers' sources, lines that do not tell."""
from topic import CLOSE, MS, between, equal

KERNELS = ("6.1", "6.12", "7.3")
LINES = {"a": 0, "b": 1, "c": 2, "d": 3, "gate": 4, "heater": 5}
BOOT = {"more": ("bus",), "modules": ["leds-gpio", "ledtrig-gpio"]}


def case_staggered_at_boot(g):
    """In the order of the nodes, each as soon as may be, and not before."""
    on = [g.wire(relay)[0] for relay in "abcd"]
    equal([level for _, level in on], [1] * 4, "levels")
    for (a, _), (b, _) in zip(on, on[1:]):
        between(b - a, 100 * MS, 100 * MS + g.late, "ns between energisations")


def case_gate(g):
    """Three pushes, each of its own length."""
    edges = g.wire("gate")
    equal([level for _, level in edges], [1, 0] * 3, "levels")
    for (on, _), (off, _) in zip(edges[::2], edges[1::2]):
        between(off - on, 400 * MS, 400 * MS + g.late, "ns on")


def case_heater(g):
    (on, _), (off, _) = g.wire("heater")[:2]
    between(off - on, 2000 * MS, 2000 * MS + g.late, "ns on")
    between(off - on, CLOSE, float("inf"), "ns on")
