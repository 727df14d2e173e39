# SPDX-License-Identifier: GPL-2.0-only
"""Interlock groups: never two at once, and the next not before the dead time."""
from topic import CLOSE, MS, SECOND, Wrong, between, ceil_ms, equal

LINES = {"up": 0, "down": 1, "brake": 2, "other": 3, "alone": 4, "left": 5, "right": 6, "kept": 7}
DEAD = 51 * MS
GROUPS = [("up", "down", "brake"), ("left", "right"), ("kept", "other")]


def wire(g, name, *relays, after=SECOND // 2):
    """The steps of a schedule, and [(ns, relay, level)] of the relays while it ran."""
    steps = g.at(name)
    return steps, sorted((ns, r, level) for r in relays
                         for ns, level in g.window(r, steps[0].begin, steps[-1].end + after))


def order(edges, *wanted):
    """The edges are these, as "up+ up- ..."; their moments."""
    equal([f"{r}{'+' if level else '-'}" for _, r, level in edges], list(wanted), "edges")
    return [ns for ns, _, _ in edges]


def during(g, ns, step):
    between(ns, step.begin, step.end + g.late, f"edge of {step}")


def dead(g, on, off):
    """An energisation as soon as the dead time allows it."""
    between(on, off + DEAD, off + DEAD + g.late, "on after the release")


def case_never_two(g):
    """Law 5 from the outside edges alone, over the whole run."""
    # The guest sleeps 1 s after it has set the lines of those that are to be found on.
    preset = g.result.edges[0][0] + SECOND // 2
    for group in GROUPS:
        edges = sorted((ns, r, level) for r in group for ns, level in g.edges(LINES[r]))
        on, released = {r for ns, r, _ in edges if ns < preset}, None
        for ns, r, level in (e for e in edges if e[0] > preset):
            if not level:
                on.discard(r)
                released = ns
                continue
            if on:
                raise Wrong(f"{r} at {ns}: {on} still on")
            if released is not None:
                between(ns - released, DEAD, float("inf"), f"{r} at {ns}, after the last release:")
            on.add(r)


def case_found(g):
    """Two that were found on are released at once, never to come back."""
    released = []
    for relay in ("left", "right"):
        (_, first), (ns, second) = g.edges(LINES[relay])
        equal((first, second), (1, 0))
        released.append(ns)
    between(abs(released[0] - released[1]), 0, g.late, "ns between their releases")


def case_kept(g):
    s, edges = wire(g, "kept", "kept", "other")
    off, on, _ = order(edges, "kept-", "other+", "other-")
    during(g, off, s[2])
    dead(g, on, off)
    equal(s[1].text, "-1", "wait_ms")


def case_block(g):
    s, edges = wire(g, "block", "up", "down")
    _, off, on, _ = order(edges, "up+", "up-", "down+", "down-")
    during(g, off, s[8])
    dead(g, on, off)
    equal([x.text for x in s[2:6]], ["on", "off", "-1", "-1"])
    between(int(s[9].text), ceil_ms(off + DEAD - s[9].end), ceil_ms(off + DEAD + g.late - s[9].begin), "wait_ms")
    equal(s[10].text, "1", "deferred")


def case_a_neighbour_is_free(g):
    s, edges = wire(g, "block", "alone")
    on, off = order(edges, "alone+", "alone-")
    during(g, on, s[6])
    during(g, off, s[7])


def case_pulse(g):
    s, edges = wire(g, "pulse", "up", "down")
    begin, off, on, _ = order(edges, "up+", "up-", "down+", "down-")
    between(off, begin + 300 * MS, begin + 300 * MS + g.late)
    dead(g, on, off)
    equal([s[2].text, s[3].text], ["-1", "-1"], "wait_ms behind a pulse, ready_ms behind a lasting on")


def case_other_faces(g):
    s, edges = wire(g, "other-faces", "up", "down")
    _, off, on, _ = order(edges, "up+", "up-", "down+", "down-")
    during(g, off, s[2])
    dead(g, on, off)


def case_itself(g):
    s, edges = wire(g, "itself", "brake")
    _, off, on, _ = order(edges, "brake+", "brake-", "brake+", "brake-")
    during(g, off, s[1])
    dead(g, on, off)


def case_changeover(g):
    s, edges = wire(g, "over", "up", "down")
    _, off, on, _ = order(edges, "up+", "up-", "down+", "down-")
    during(g, off, s[1])
    dead(g, on, off)
    equal(s[2].text, "off", "state of the released")
    between(int(s[3].text), ceil_ms(off + DEAD - s[3].end), ceil_ms(off + DEAD + g.late - s[3].begin), "wait_ms")


def case_changeover_in_travel(g):
    _, edges = wire(g, "over-early", "up", "down")
    begin, off, on, _ = order(edges, "up+", "up-", "down+", "down-")
    between(off, begin + CLOSE, begin + CLOSE + g.late)
    dead(g, on, off)


def case_newest_wins(g):
    s, edges = wire(g, "newest", "up", "down", "brake")
    _, off, on, _ = order(edges, "up+", "up-", "brake+", "brake-")
    during(g, off, s[1])
    dead(g, on, off)
    equal([s[3].text, s[4].text], ["off", "0"], "state, wait_ms of the displaced")


def case_changeover_ends_a_pulse(g):
    """down changes over at once, brake has been waiting for longer but blocks."""
    s, edges = wire(g, "over-pulse", "up", "down", "brake")
    _, off, on, off_again, last, _ = order(edges, "up+", "up-", "down+", "down-", "brake+", "brake-")
    during(g, off, s[2])
    dead(g, on, off)
    dead(g, last, off_again)
    equal(s[3].text, "0", "pulse_ms")


def case_reject(g):
    s, edges = wire(g, "reject", "up", "down")
    _, off, on, _ = order(edges, "up+", "up-", "down+", "down-")
    during(g, off, s[5])
    during(g, on, s[7])
    equal([s[i].result for i in (1, 3, 6, 7)],
          ["Device or resource busy", "Device or resource busy", "Resource temporarily unavailable", "ok"])
    equal([s[2].text, s[4].text], ["off", "on"], "state of the refused, coil of the other")


def case_bind_counts_as_release(g):
    _, unbind, bind = g.at("rebind")
    asked = g.at("rebound")[0]
    on = g.window("down", bind.begin, asked.end + SECOND // 4)[0][0]
    between(on, max(bind.begin + DEAD, asked.begin), max(bind.end + DEAD, asked.end) + g.late)
    off = [ns for ns, level in g.window("up", unbind.begin, unbind.end) if not level]
    equal(len(off), 1, "releases by unbind")


def case_changeover_while_it_waits(g):
    s, edges = wire(g, "over-late", "up", "down")
    _, off, on, _ = order(edges, "up+", "up-", "down+", "down-")
    equal(s[2].text, "-1", "wait_ms of one that blocks")
    during(g, off, s[3])
    dead(g, on, off)
    equal(s[4].text, "off", "state of the released")
    between(int(s[5].text), ceil_ms(off + DEAD - s[5].end), ceil_ms(off + DEAD + g.late - s[5].begin), "wait_ms")
