# SPDX-License-Identifier: GPL-2.0-only
"""A year of operation: what the wear file tells equals arithmetic on the edges of the wire.

EMRELAY_YEAR_CYCLES is how many cycles the year has; a million of them take some minutes.
"""
import os

from topic import MS, SECOND, UNLOADED, between, equal, obeys

KERNELS = ("6.12",)
WEIGHT = 20
CYCLES = int(os.environ.get("EMRELAY_YEAR_CYCLES", "5300"))
BOOT = {"cmdline": f"cycles={CYCLES}", "timeout": 300 + CYCLES // 200}
LINES = {"fan": 0}
LIFE = 5_000_000
# Of the driver's time of an edge, and of what the clocks drift apart while the guest sleeps.
SLACK = MS
DAY = 86_400 * SECOND
PICO = 10**12


def looks(g):
    """[(now, wear)], as the guest looked."""
    for n in range(int(g.text("looks"))):
        now, *lines = g.text(f"look-fan-{n}").splitlines()
        yield int(now), dict(line.split(": ") for line in lines)


def case_a_year(g):
    times = [now for now, _ in looks(g)]
    between(times[-1] - times[0], 365 * DAY, 366 * DAY, "ns")
    equal(sum(level for _, level in g.wire("fan")), CYCLES, "cycles on the wire")


def case_never_early(g):
    obeys(g.wire("fan"), spacing=UNLOADED)


def case_wear(g):
    wire = g.wire("fan")
    for n, (now, wear) in enumerate(looks(g)):
        pulses = [(a, b) for (a, up), (b, _) in zip(wire, wire[1:]) if up and b < now]
        cycles, on = len(pulses), [b - a for a, b in pulses]
        what = f"look {n}: "
        equal({k: int(wear[k]) for k in ("cycles", "cycles_unloaded", "cycles_loaded", "damage_pico", "life_used_ppm", "cycles_left")},
              {"cycles": cycles, "cycles_unloaded": cycles, "cycles_loaded": 0, "damage_pico": cycles * PICO // LIFE,
               "life_used_ppm": cycles * 10**6 // LIFE, "cycles_left": LIFE - cycles}, what)
        # Each edge's time is taken some us after the edge.
        between(int(wear["on_time_ms"]), sum(on) // MS - cycles // 50 - 1, sum(on) // MS + cycles // 50 + 1, f"{what}on_time_ms")
        between(int(wear["longest_on_ms"]), max(on) // MS - 1, max(on) // MS + 1, f"{what}longest_on_ms")
        between(int(wear["shortest_on_ms"]), min(on) // MS - 1, min(on) // MS + 1, f"{what}shortest_on_ms")
        for key, (ns, _) in (("first_use_s", pulses[0]), ("last_use_s", pulses[-1])):
            between(int(wear[key]), g.real_s(ns - SLACK)[0], g.real_s(ns + SLACK)[1], f"{what}{key}")
