# SPDX-License-Identifier: GPL-2.0-only
"""default-state "last": over a switch-off and over unbind; and what relays do after shutdown."""
import records
from topic import between, equal

KERNELS = ("6.1", "6.12", "6.12-rt", "7.3")
STORE = True
LINES = {"on": 0, "off": 1, "pulse": 2, "supply": 3, "reset": 4}
BOOT = {"more": ("bus",)}


def first(_, store):
    return {"cmdline": "boot=1"}


def second(guests, store):
    return {"cmdline": "boot=2 restart=1"}


BOOTS = (first, second)


def case_shutdown_releases(g):
    equal([level for _, level in g.before[0].edges(LINES["on"])], [1, 0], "on")


def case_power_off_and_restart(g):
    """By a relay, after shutdown: on, and off as soon as its contact may be reversed."""
    for guest, relay, other in ((g.before[0], "supply", "reset"), (g, "reset", "supply")):
        edges = guest.edges(LINES[relay])
        equal([level for _, level in edges], [1, 0], relay)
        equal(guest.edges(LINES[other]), [], other)
        between(edges[1][0] - edges[0][0], 49_000_000, 60_000_000, "ns")
        between(edges[0][0], max(ns for line in (0, 1, 2) for ns, _ in guest.edges(line)), float("inf"), "ns of its energisation")


def case_records(g):
    """What was to be on after the second boot: nothing."""
    equal([records.newest(pair).target for pair in records.pairs(g.store, 3)], [0, 0, 0], "targets")
