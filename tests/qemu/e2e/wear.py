# SPDX-License-Identifier: GPL-2.0-only
"""What a cycle costs, by load and current, against exact arithmetic on the wire's edges."""
from decimal import Decimal

from topic import MS, between, equal

KERNELS = ("6.1", "6.12")
LINES = {"sel": 0, "curved": 5}
MECHANICAL = 100_000
PICO = 10**12
# From an edge to the driver's own time of it.
SLACK = 50_000
CURVES = {"sel": [(120_000, 10_000), (800_000, 150), (2_000_000, 12)], "curved": [(1000, 900), (2000, 300), (4000, 100)]}


def life(relay, load, ma):
    """The life at a load, and whether it is a point's: log-log between the points, flat before them."""
    if load == "none":
        return Decimal(MECHANICAL), True
    points = CURVES[relay]
    for (a, cycles_a), (b, cycles_b) in zip(points, points[1:]):
        if a < ma < b:
            part = (Decimal(ma).ln() - Decimal(a).ln()) / (Decimal(b).ln() - Decimal(a).ln())
            return (Decimal(cycles_a).ln() + part * (Decimal(cycles_b).ln() - Decimal(cycles_a).ln())).exp(), False
    return Decimal(dict(points).get(ma, points[0][1])), True


def steps(g, relay):
    """[(load, mA, cycles, ms, the wear after them)]."""
    found = []
    for line in g.text(relay).splitlines():
        if line.startswith("step "):
            load, ma, cycles, ms = line.split()[1:]
            ma = int(ma) if ma != "-" else found[-1][1] if found else 1000
            found.append((load, ma, int(cycles), int(ms), {}))
        else:
            key, _, value = line.partition(": ")
            found[-1][4][key] = int(value) if value.isdigit() else value
    return found


def damage(g, relay):
    """Each step's damage: rounded up to a pico a cycle at the points, to 2 pico and 10^-7 between them."""
    least = most = Decimal(0)
    for load, ma, cycles, _, wear in steps(g, relay):
        cycle, point = life(relay, load, ma)
        exact = PICO / cycle
        slack = 0 if point else 1 + exact / 10**7
        least += cycles * (exact - slack)
        most += cycles * (exact + 1 + slack)
        between(wear["damage_pico"], least, most, f"{relay}: after {cycles} at {ma} mA, damage")
        equal(wear["life_used_ppm"], wear["damage_pico"] // 10**6, "life_used_ppm")
        left = max(0, (PICO - wear["damage_pico"]) / exact)
        between(wear["cycles_left"], int(left * (1 - Decimal(10)**-6)) - 1, int(left * (1 + Decimal(10)**-6)) + 1, "cycles_left")
        yield wear


def case_curve(g):
    equal(len(list(damage(g, "curved"))), 9, "steps")


def case_breaker(g):
    """SEL-351P: 9.9, 24.6, 47.1 and 96.2 % by exact arithmetic."""
    equal([round(wear["damage_pico"] / PICO * 100, 1) for wear in damage(g, "sel")], [9.9, 24.6, 47.1, 96.2])


def case_cycles(g):
    """By load class, as many as were seen from outside."""
    for relay in LINES:
        of = dict.fromkeys(("none", "resistive", "ac-15", "dc-13"), 0)
        for load, _, cycles, _, wear in steps(g, relay):
            of[load] += cycles
            equal((wear["cycles_unloaded"], wear["cycles_resistive"], wear["cycles_ac_15"], wear["cycles_dc_13"]),
                  tuple(of.values()), f"{relay}: cycles by class")
            equal((wear["cycles"], wear["cycles_loaded"]), (sum(of.values()), sum(of.values()) - of["none"]), "cycles, loaded")
        equal(sum(of.values()), sum(level for _, level in g.edges(LINES[relay])), f"{relay}: cycles on the wire")


def edges_by_step(g, relay):
    """The edges of each step, one step after the other: [(on ns, off ns)] and the wear after it."""
    wire = [ns for ns, _ in g.wire(relay)]
    pulses = list(zip(wire[::2], wire[1::2]))
    for _, _, cycles, _, wear in steps(g, relay):
        yield pulses[:cycles], wear
        pulses = pulses[cycles:]


def case_on_times(g):
    for relay in LINES:
        seen = []
        for pulses, wear in edges_by_step(g, relay):
            seen += [off - on for on, off in pulses]
            for key, ns, slack in (("on_time_ms", sum(seen), len(seen) * SLACK), ("longest_on_ms", max(seen), SLACK),
                                   ("shortest_on_ms", min(seen), SLACK)):
                between(wear[key], (ns - slack) // MS, (ns + slack) // MS, f"{relay}: {key}")


def case_first_and_last_use(g):
    """Each a second of the clock on the wall, by the edge on the wire."""
    for relay in LINES:
        first = None
        for pulses, wear in edges_by_step(g, relay):
            first = first or pulses[0][0]
            for key, ns in (("first_use_s", first), ("last_use_s", pulses[-1][0])):
                between(wear[key], g.real_s(ns - SLACK)[0], g.real_s(ns + SLACK)[1], f"{relay}: {key}")
    equal(len({wear["last_use_s"] for _, wear in edges_by_step(g, "curved")}) > 1, True, "last use moves on")


def case_nothing_else_moved(g):
    equal([line for line in range(8) if line not in LINES.values() and g.edges(line)], [])
