# SPDX-License-Identifier: GPL-2.0-only
"""When the coil moves: laws 1 to 4, pulses, and what is counted, on the wire."""
from topic import CLOSE, LOADED, MS, OPEN, SECOND, UNLOADED, between, ceil_ms, equal, lab, obeys

KERNELS = lab.STOCK
WEIGHT = 9
LINES = {"pump": 0, "fan": 1, "pulse": 2, "flood": 3, "aim": 4, "quick": 5}
# The flood of requests outside these is longer than a trace buffer.
BOOT = {"cmdline": "trace_buf_size=32M"}


def section(g, name, after=11 * SECOND):
    """The steps of a schedule, and the wire of its relay from its begin on to a while after its end."""
    steps = g.at(name)
    for s in steps:
        equal(s.result, "ok", s)
    return steps, g.window(steps[0].relay, steps[0].begin, steps[-1].end + after)


def at(g, edge, level, begin, end=None, what="edge"):
    """An edge is of this level, not before BEGIN, and no later than the way to the line takes."""
    equal(edge[1], level, "level")
    between(edge[0], begin, (end or begin) + g.late, what)


def during(g, edge, level, step):
    """An edge came at once: while a request was written."""
    at(g, edge, level, step.begin, step.end)


def count(wire, n):
    equal(len(wire), n, f"edges {wire}:")


def case_early_off(g):
    s, wire = section(g, "early-off", SECOND // 2)
    count(wire, 2)
    during(g, wire[0], 1, s[0])
    at(g, wire[1], 0, wire[0][0] + CLOSE)
    equal([s[2].text, s[3].text], ["closing", "off"])


def case_early_on(g):
    s, wire = section(g, "early-on", SECOND // 2)
    count(wire, 4)
    during(g, wire[1], 0, s[1])
    at(g, wire[2], 1, wire[1][0] + OPEN)
    between(int(s[3].text), ceil_ms(wire[2][0] - s[3].end - g.late), ceil_ms(wire[2][0] - s[3].begin), "wait_ms")
    during(g, wire[3], 0, s[4])


def case_newest_wins(g):
    s, wire = section(g, "coalesce", SECOND // 2)
    count(wire, 4)
    during(g, wire[0], 1, s[0])
    during(g, wire[1], 0, s[1])
    # on, off, on, off at 100 to 130 ms wait for the rate, and cancel out.
    equal([s[7].text, s[8].text], ["0", "off"])
    during(g, wire[2], 1, s[9])
    # off, on, off wait for the contact: one edge comes of them.
    at(g, wire[3], 0, wire[2][0] + CLOSE)
    # A request that waits and is replaced: on by off and off by on. An off that
    # replaces an on is carried out already, so the on after it replaces none.
    before = int(s[6].text)
    equal(int(s[13].text) - before, 1, "coalesced")


def case_rate_unloaded(g):
    s, wire = section(g, "rate-unloaded", SECOND // 2)
    count(wire, 6)
    during(g, wire[0], 1, s[0])
    during(g, wire[1], 0, s[1])
    at(g, wire[2], 1, wire[0][0] + UNLOADED)
    between(int(s[3].text), ceil_ms(wire[2][0] - s[3].end - g.late), ceil_ms(wire[2][0] - s[3].begin), "ready_ms")
    during(g, wire[3], 0, s[4])
    at(g, wire[4], 1, wire[2][0] + UNLOADED)


def case_rate_loaded(g):
    s, wire = section(g, "rate-loaded", 0)
    count(wire, 8)
    at(g, wire[2], 1, wire[0][0] + LOADED)
    # Long on: the spacing is over when it is released, and only the travel counts.
    during(g, wire[3], 0, s[5])
    at(g, wire[4], 1, max(wire[2][0] + LOADED, wire[3][0] + OPEN))
    during(g, wire[5], 0, s[8])
    during(g, wire[6], 1, s[9])
    for i in (3, 4):
        between(int(s[i].text), ceil_ms(wire[2][0] - s[i].end - g.late), ceil_ms(wire[2][0] - s[i].begin), s[i].file)


def case_flood_is_even(g):
    """A request every 20 ms for 100 s: one energisation each spacing, no drift, no burst."""
    for relay, spacing in (("flood", UNLOADED), ("pump", LOADED)):
        rising = [ns for ns, level in g.wire(relay) if level]
        if relay == "pump":
            end = g.at("rate-loaded")[-1].end
            rising = [ns for ns in rising if ns > end]
        # It ends at a moment of its own: what comes after the last request is the target alone.
        gaps = [b - a for a, b in zip(rising, rising[1:])]
        between(min(gaps), spacing, spacing + g.late, f"least spacing of {relay}")
        # While on and off alternate every 20 ms the coil waits at most one such period for its on.
        between(max(gaps), spacing, spacing + 21 * MS + g.late, f"greatest spacing of {relay}")
        between(len(rising), 100 * SECOND // (spacing + 21 * MS), 100 * SECOND // spacing + 2, "energisations")


def case_flood_ends_at_its_target(g):
    """5000 toggles are an even number."""
    equal(g.text("final-states").split(), ["off", "off"])


def case_never_early(g):
    for relay in LINES:
        if relay != "quick":
            obeys(g.wire(relay), spacing=LOADED if relay == "pump" else UNLOADED)
    obeys(g.wire("quick"), 1_500_000, 2_500_000, 8_571_429)


def case_pulse(g):
    s, wire = section(g, "pulse", SECOND // 4)
    count(wire, 6)
    during(g, wire[0], 1, s[0])
    at(g, wire[1], 0, wire[0][0] + 100 * MS)
    between(int(s[1].text), ceil_ms(wire[1][0] - s[1].end - g.late), ceil_ms(wire[1][0] - s[1].begin), "ms left")
    equal(s[2].text, "0")
    # The second waits for the rate, and is counted from its energisation.
    at(g, wire[2], 1, wire[0][0] + UNLOADED)
    equal(s[4].text, "20", "ms left while it waits")
    at(g, wire[3], 0, wire[2][0] + 20 * MS)
    # The shortest, in whole ms, that the contact can follow.
    during(g, wire[4], 1, s[6])
    at(g, wire[5], 0, wire[4][0] + 19 * MS)


def case_pulse_starts_over(g):
    s, wire = section(g, "pulse-restart", SECOND // 2)
    count(wire, 2)
    at(g, wire[1], 0, s[1].begin + 100 * MS, s[1].end + 100 * MS)
    between(int(s[2].text), ceil_ms(s[1].begin + 100 * MS - s[2].end), ceil_ms(s[1].end + 100 * MS - s[2].begin))


def case_pulse_ended_by_off(g):
    s, wire = section(g, "pulse-off", SECOND // 2)
    count(wire, 2)
    during(g, wire[1], 0, s[1])
    equal([s[2].text, s[3].text], ["0", "off"])


def case_waiting_pulse_ended_by_off(g):
    s, wire = section(g, "pulse-off-waiting", SECOND // 2)
    count(wire, 2)
    at(g, wire[1], 0, wire[0][0] + 100 * MS)
    equal([s[2].text, s[4].text], ["on", "0"])


def case_pulse_made_lasting_by_on(g):
    s, wire = section(g, "pulse-lasting", SECOND // 2)
    count(wire, 2)
    equal([s[2].text, s[3].text], ["0", "on"])
    # And a pulse asked of a coil that is on counts from the request.
    at(g, wire[1], 0, s[4].begin + 300 * MS, s[4].end + 300 * MS)
    equal([s[6].text, s[7].text], ["on", "off"])


def case_pulse_ended_early(g):
    _, wire = section(g, "pulse-early-off", SECOND // 2)
    count(wire, 2)
    at(g, wire[1], 0, wire[0][0] + CLOSE)


def case_load_class_aims_nearer(g):
    s, wire = section(g, "aim-nearer", SECOND // 2)
    count(wire, 3)
    between(int(s[3].text), 9900, 9950, "wait_ms loaded")
    at(g, wire[2], 1, wire[0][0] + UNLOADED)
    between(int(s[5].text), ceil_ms(wire[2][0] - s[5].end - g.late), ceil_ms(wire[2][0] - s[5].begin), "wait_ms")


def case_load_class_aims_farther(g):
    s, wire = section(g, "aim-farther", 11 * SECOND)
    count(wire, 4)
    during(g, wire[1], 1, s[1])
    at(g, wire[3], 1, wire[1][0] + LOADED)
    between(int(s[5].text), 9890, 9910, "wait_ms")


def case_load_class_aims_at_now(g):
    s, wire = section(g, "aim-now", SECOND)
    count(wire, 3)
    during(g, wire[0], 0, s[0])
    # 333 ms are over when the class changes; 10 s would not be.
    during(g, wire[1], 1, s[2])


def case_quick_relay(g):
    s, wire = section(g, "quick", SECOND // 2)
    count(wire, 4)
    during(g, wire[0], 1, s[0])
    at(g, wire[1], 0, wire[0][0] + 1_500_000)
    at(g, wire[2], 1, wire[0][0] + 8_571_429)
    at(g, wire[3], 0, wire[2][0] + 1_500_000)


def case_damage_is_exact_in_sum(g):
    """A rated life that does not divide 10^12: a cycle costs its share rounded up, so as many as it has use it up."""
    # 4 of 7 unloaded cycles, then 3 loaded ones of 3 after them.
    equal([int(got) for got in g.text("quick-damage").split()],
          [4 * -(-10**12 // 7) + n * -(-10**12 // 3) for n in (1, 2, 3)], "damage_pico")


def rows(g):
    for line in g.text("wear-of-all").splitlines():
        relay, *numbers = line.split()
        yield relay, [int(n) for n in numbers]


def case_cycles_are_rising_edges(g):
    equal({relay: n[0] for relay, n in rows(g)},
          {relay: sum(level for _, level in g.edges(line)) for relay, line in LINES.items()})


def case_on_time_is_that_of_the_wire(g):
    for relay, (_, _, on_ms, *_) in rows(g):
        edges = g.edges(LINES[relay])
        falls = [ns for ns, level in edges if not level]
        rises = [ns for ns, level in edges if level]
        if len(rises) > len(falls):     # still on
            continue
        wire_ms = (sum(falls) - sum(rises)) // MS
        # The edges' times are taken some instructions after them, at each alike.
        between(on_ms, wire_ms - 1, wire_ms + 1, f"on_time_ms of {relay}")


def case_damage_is_that_of_the_cycles(g):
    for relay, (cycles, ppm, _, damage, loaded, unloaded, left) in rows(g):
        equal(loaded + unloaded, cycles)
        if relay == "quick":
            continue
        equal(damage, loaded * 10**12 // 50_000 + unloaded * 10**12 // 5_000_000, f"damage_pico of {relay}")
        equal(ppm, damage // 10**6, f"life_used_ppm of {relay}")
        life = 50_000 if relay == "pump" else 5_000_000
        equal(left, (10**12 - damage) * life // 10**12, f"cycles_left of {relay}")
    equal({relay: (n[4] > 0, n[5] > 0) for relay, n in rows(g)},
          {"pump": (True, False), "fan": (False, True), "pulse": (False, True), "flood": (False, True),
           "aim": (True, True), "quick": (True, True)}, "loaded, unloaded")


def case_contact_is_told_when_travel_ends(g):
    for relay in ("fan", "pulse"):
        edges, told = g.wire(relay), 0
        for e in g.events("contact", relay):
            wanted = {"closing": (1, 0), "closed": (1, CLOSE), "opening": (0, 0), "open": (0, OPEN)}[e["contact"]]
            before = [ns for ns, level in edges if ns <= e["now_ns"]]
            if not before:
                # After a first bind it counts as opening; nobody followed that, so its end is told at the first request.
                equal((e["contact"], told), ("open", 0), f"{relay} before any edge")
                told += 1
                continue
            last = max(before)
            equal(dict(edges)[last], wanted[0], f"coil when {relay} is {e['contact']}")
            between(e["now_ns"] - last, wanted[1], wanted[1] + g.late, f"{relay} {e['contact']}")


def case_trace_agrees_with_the_wire(g):
    for relay in LINES:
        wire, told = g.wire(relay), g.events("coil", relay)
        equal([1 if e["coil"] == "on" else 0 for e in told], [level for _, level in wire], f"edges of {relay}")
        for e, (ns, _) in zip(told, wire):
            between(e["now_ns"] - ns, 0, g.late // 2, f"edge time of {relay}")
        equal([e["cycle"] for e in told if e["coil"] == "on"], list(range(1, 1 + sum(level for _, level in wire))))
