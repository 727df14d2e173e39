# SPDX-License-Identifier: GPL-2.0-only
"""Coils on lines that sleep; what is not on the PL061 is judged by the tracepoints."""
from topic import CLOSE, MS, OPEN, UNLOADED, between, equal, obeys

KERNELS = ("test",)
LINES = {"awake": 0}
PROGRAMS = ("lineget",)
BOOT = {"modules": ["gpio-sim"], "cmdline": "trace_buf_size=8M"}
RELAYS = ("first", "second", "lamp", "low", "chased", "awake", "asleep")


def coil(g, relay, begin=0, end=float("inf")):
    return [(e["now_ns"], int(e["coil"] == "on")) for e in g.events("coil", relay) if begin <= e["now_ns"] <= end]


def case_driven_on_return(g):
    steps = g.at("request")
    equal([s.result for s in steps], ["ok"] * 6)
    equal([s.text for s in steps[1::2]], ["1", "0", "1"], "the line after each request")
    times = coil(g, "first", steps[0].begin, steps[-1].end + 100 * MS)
    equal([level for _, level in times], [1, 0, 1, 0])
    for (ns, _), s in zip(times, steps[::2]):
        between(ns, s.begin, s.end)
    between(times[3][0], times[2][0] + 30 * MS, times[2][0] + 30 * MS + g.late, "end of the pulse")


def case_never_early(g):
    for relay in RELAYS:
        obeys(coil(g, relay))
    obeys(g.wire("awake"))


def case_at_the_legal_moment(g):
    steps = g.at("early")
    wire = coil(g, "second", steps[0].begin, steps[-1].end + UNLOADED)
    equal([level for _, level in wire], [1, 0, 1, 0, 1])
    (on, _), (off, _), (again, _), (end, _), (last, _) = wire
    between(off, on + CLOSE, on + CLOSE + g.late)
    between(again, steps[4].begin, steps[4].end)
    between(end, steps[5].begin, steps[5].end)
    between(last, max(again + UNLOADED, end + OPEN), max(again + UNLOADED, end + OPEN) + g.late)


def case_beside_a_line_that_does_not(g):
    steps = g.at("beside")
    for relay in ("awake", "asleep"):
        on, off = coil(g, relay, steps[0].begin, steps[3].end + 100 * MS)[:2]
        equal((on[1], off[1]), (1, 0))
        between(off[0], on[0] + CLOSE, on[0] + CLOSE + g.late)


def case_cycles(g):
    equal(dict(line.split() for line in g.text("cycles").splitlines()),
          {relay: str(sum(level for _, level in coil(g, relay))) for relay in RELAYS})


def case_awake_on_the_wire(g):
    equal([level for _, level in g.wire("awake")], [level for _, level in coil(g, "awake")])
