# SPDX-License-Identifier: GPL-2.0-only
"""min_on_ms and min_off_ms, watchdog_ms, and the supply of a bank: stagger_ms and coil_limit."""
from topic import MS, OPEN, UNLOADED, between, ceil_ms, equal, obeys

# Pure arithmetic, and the storm has it on all kernels.
KERNELS = ("6.12",)
LINES = {"tree": 0, "free": 1, "dog": 2, "a": 4, "b": 5, "c": 6, "d": 7}
BUSY, AGAIN = "Device or resource busy", "Resource temporarily unavailable"


def section(g, name, *relays):
    """The steps of a schedule; the edges that relays had while it ran, "tree+" and so on, and their moments."""
    steps = g.at(name)
    edges = sorted((ns, f"{r}{'+' if level else '-'}") for r in relays
                   for ns, level in g.window(r, steps[0].begin, steps[-1].end))
    return steps, [what for _, what in edges], [ns for ns, _ in edges]


def at(g, ns, due):
    between(ns, due, due + g.late, "edge")


def during(g, ns, step):
    between(ns, step.begin, step.end + g.late, f"edge of {step}")


def waits(g, step, due):
    """A step read in how many ms something is due."""
    between(int(step.text), ceil_ms(due - step.end), ceil_ms(due + g.late - step.begin), step.file)


def case_never_early(g):
    for relay in LINES:
        obeys(g.wire(relay), spacing=UNLOADED)


def case_first_bind_counts_as_release(g):
    s, what, ns = section(g, "first", "tree")
    equal(what, ["tree+", "tree-"])
    due = int(g.text("bound")) + 700 * MS
    at(g, ns[0], due)
    waits(g, s[1], due)
    during(g, ns[1], s[2])


def case_dwell(g):
    s, what, ns = section(g, "dwell", "tree")
    equal(what, ["tree+", "tree-", "tree+", "tree-"])
    at(g, ns[1], ns[0] + 100 * MS)
    at(g, ns[2], ns[1] + 700 * MS)
    during(g, ns[3], s[7])
    waits(g, s[2], ns[0] + 100 * MS)
    equal(s[3].text, "off", "state")
    waits(g, s[5], ns[1] + 700 * MS)
    waits(g, s[6], ns[1] + 700 * MS)


def case_no_dwell(g):
    s, what, ns = section(g, "no-dwell", "free")
    equal(what, ["free+", "free-"] * 3)
    during(g, ns[1], s[1])
    during(g, ns[2], s[2])
    waits(g, s[5], ns[2] + 500 * MS)
    during(g, ns[3], s[6])      # as soon as the limit is taken away
    waits(g, s[9], ns[3] + 2000 * MS)
    at(g, ns[4], ns[3] + 900 * MS)
    during(g, ns[5], s[11])


def case_dwell_rejects(g):
    """An off is never refused, it waits; an on is."""
    s, what, ns = section(g, "dwell-rejects", "free")
    equal(what, ["free+", "free-"] * 2)
    at(g, ns[1], ns[0] + 300 * MS)
    equal([x.result for x in s], ["ok", "ok", "ok", AGAIN, "ok", "ok", "ok"])
    during(g, ns[2], s[5])


def case_watchdog(g):
    s, what, ns = section(g, "renewed", "dog")
    equal(what, ["dog+", "dog-"] * 2)
    during(g, ns[1], s[3])      # renewed twice, then switched off
    during(g, ns[2], s[4])
    between(ns[3], s[5].begin + 500 * MS, s[5].end + 500 * MS + g.late, "released by the watchdog")
    equal(s[6].text, "off", "state")


def case_pulse_needs_no_renewal(g):
    s, what, ns = section(g, "no-pulse", "dog")
    equal(what, ["dog+", "dog-"])
    at(g, ns[1], ns[0] + 800 * MS)
    equal([s[1].text, s[2].text], ["on", "off"])


def case_watchdog_set_later(g):
    """Setting it is a renewal, taking it away ends it."""
    s, what, ns = section(g, "set-later", "dog")
    equal(what, ["dog+", "dog-"] * 2)
    between(ns[1], s[1].begin + 500 * MS, s[1].end + 500 * MS + g.late, "released by the watchdog")
    equal([s[2].text, s[5].text], ["off", "on"])
    during(g, ns[3], s[6])


def case_watchdog_ends_waiting(g):
    s, what, ns = section(g, "waiting", "dog")
    equal(what, ["dog+", "dog-"])
    during(g, ns[1], s[1])
    between(int(s[3].text), -1, -1, "wait_ms of what will have been given up")
    equal([x.text for x in s[4:]], ["on", "off", "0", "off"])


def case_stagger(g):
    """The oldest request first; one that is off again in between makes no room; offs do not wait."""
    s, what, ns = section(g, "stagger", *"abcd")
    equal(what, ["c+", "c-", "a+", "d+", "b+", "a-", "d-", "b-"])
    during(g, ns[0], s[1])
    during(g, ns[1], s[7])
    for a, b in ((0, 2), (2, 3), (3, 4)):
        between(ns[b] - ns[a], 100 * MS, 100 * MS + g.late, "ns between energisations")
    equal(s[5].text, "-1", "wait_ms of one behind others")
    waits(g, s[6], ns[0] + 100 * MS)
    for n, step in zip(ns[5:], s[8:11]):
        during(g, n, step)


def case_coil_limit(g):
    """The oldest of those that wait is next; a lower limit releases nobody."""
    s, what, ns = section(g, "limit", *"abcd")
    equal(what, ["a+", "b+", "a-", "d+", "b-", "c+", "c-", "d-"])
    during(g, ns[0], s[1])
    during(g, ns[1], s[2])
    equal([s[5].text, s[6].text], ["-1", "-1"], "wait_ms, ready_ms")
    equal([s[8].text, s[10].text], ["on", "off"], "coils under a lower limit")
    during(g, ns[3], s[11])     # as soon as there is room
    at(g, ns[5], ns[4])
    during(g, ns[6], s[16])


def case_limit_rejects(g):
    s, what, ns = section(g, "limit-rejects", *"ab")
    equal(what, ["a+", "a-", "b+", "b-"])
    equal([x.result for x in s], ["ok", "ok", BUSY, "ok", "ok", "ok", AGAIN, "ok", "ok"])
    equal(s[3].text, "off", "state of the refused")
    between(ns[2], max(ns[0] + 500 * MS, ns[1] + OPEN), s[7].end + g.late)
