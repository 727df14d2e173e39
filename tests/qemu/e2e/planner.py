# SPDX-License-Identifier: GPL-2.0-only
"""starts_per_day and days_left over weeks, exactly, from the edges on the wire."""
import bisect
import functools
from fractions import Fraction

from topic import MS, SECOND, between, equal

KERNELS = ("6.1", "6.12")
LINES = {"pump": 0, "spare": 1}
DAY = 86_400 * SECOND
WINDOWS = {"24h": DAY // 10, "30d": 3 * DAY}
LIVES = {"pump": 70_001, "spare": 5_000_000}
PICO = 10**12


def looks(g, relay):
    """[(now, wear)], as the guest looked."""
    for n in range(int(g.text("looks"))):
        now, *lines = g.text(f"look-{relay}-{n}").splitlines()
        yield int(now), dict(line.split(": ") for line in lines)


def loaded(g):
    """The driver began to count between these two moments."""
    return g.at("before-load")[0].begin, g.at("after-load")[0].end


@functools.cache
def rising(g, relay):
    return [ns for ns, level in g.wire(relay) if level]


def figures(g, relay, life, tenth, now, start):
    """(starts per day, days left) by the last ten tenths and the one that runs; None: not known."""
    running = (now - start) // tenth
    if running < 10:
        return None, None
    edges = rising(g, relay)
    begin, until = start + (running - 10) * tenth, bisect.bisect(edges, now)
    cycles, span = until - bisect.bisect_left(edges, begin), now - begin
    return Fraction(cycles * DAY, span), Fraction(max(0, life - until) * span, cycles * DAY) if cycles else None


def judge(g, relay, life):
    """All looks, exactly but for some ns nobody knows of when the driver began, and a second's fraction."""
    unknown = {name: [] for name in WINDOWS}
    for n, (now, wear) in enumerate(looks(g, relay)):
        for window, tenth in WINDOWS.items():
            pairs = [figures(g, relay, life, tenth, now, start + slack) for start in loaded(g) for slack in (0, SECOND)]
            unknown[window].append(pairs[0][0] is None)
            for key, values in zip(("starts_per_day", "days_left"), zip(*pairs)):
                got, what = wear[f"{key}_{window}"], f"{relay}, look {n}: {key}_{window}"
                if None in values:
                    equal((got, set(values)), ("unknown", {None}), what)
                    continue
                half = Fraction(1, 2) if key == "starts_per_day" else 0
                between(int(got), int(min(values) + half), int(max(values) + half), what)
    equal({w: (u[0], u[-1], sorted(u, reverse=True) == u) for w, u in unknown.items()},
          dict.fromkeys(WINDOWS, (True, False, True)), "unknown before, known after")


def case_figures(g):
    for relay, life in LIVES.items():
        judge(g, relay, life)


def case_unknown_until_ten_tenths(g):
    """Half a minute before and after, and an idle relay lasts for no number of days."""
    for relay, starts in (("pump", True), ("spare", False)):
        found = [wear for _, wear in looks(g, relay)]
        equal([wear["starts_per_day_24h"] == "unknown" for wear in found[:5]], [True] * 3 + [False] * 2, relay)
        equal(found[3]["starts_per_day_24h"] != "0", starts, f"{relay} starts")
        equal(found[3]["days_left_24h"] != "unknown", starts, f"{relay}: days left are known")
        equal((found[9]["starts_per_day_24h"], found[9]["days_left_24h"]), ("0", "unknown"), f"{relay}: after a day without use")


def case_wear(g):
    """While the machine sleeps a coil goes on being energised."""
    wire = g.wire("pump")
    for n, (now, wear) in enumerate(looks(g, "pump")):
        until = [ns for ns, _ in wire if ns < now] + [now]
        seen = [b - a for a, b in zip(until[:-1:2], until[1::2])]
        cycles = len(seen)
        equal((int(wear["cycles"]), int(wear["damage_pico"])), (cycles, cycles * PICO // LIVES["pump"]),
              f"look {n}: cycles, damage")
        between(int(wear["on_time_ms"]), sum(seen) // MS - 2, sum(seen) // MS + 2, f"look {n}: on_time_ms")
    longest = max(b - a for (a, up), (b, _) in zip(wire, wire[1:]) if up)
    between(longest, DAY // 5, DAY // 5 + 10 * SECOND, "longest on")
    between(int(wear["longest_on_ms"]), longest // MS - 1, longest // MS + 1, "longest_on_ms")


def case_weeks(g):
    """They did pass, on the virtual clock too, and no edge came by itself."""
    times = [now for now, _ in looks(g, "pump")]
    between(times[-1] - times[0], 33 * DAY, 100 * DAY, "ns")
    equal(g.edges(LINES["spare"]), [])
