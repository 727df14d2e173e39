# SPDX-License-Identifier: GPL-2.0-only
"""Unbinding and binding at bad moments, with everything open; last, shutdown."""
from topic import CLOSE, LOADED, SECOND, Wrong, between, equal, obeys

KERNELS = ("6.1", "6.12", "test")
WEIGHT = 5
LINES = {"pump": 0, "fan": 1, "kept": 2, "race": 3, "chased": 4, "fresh": 5, "closed": 6}
PROGRAMS = ("lineget",)


def case_released_after_travel(g):
    on, unbind = g.at("travel")
    (a, _), (b, level) = g.window("fan", on.begin, unbind.end + SECOND // 2)
    equal(level, 0)
    # The faces go first, which takes its time; the last word is the coil's.
    between(b, a + CLOSE, unbind.end)


def case_released_at_rest(g):
    on, unbind = g.at("rest")
    (_, _), (b, level) = g.window("fan", on.begin, unbind.end + SECOND // 2)
    equal(level, 0)
    between(b, unbind.begin, unbind.end)


def case_waiting_is_dropped(g):
    on, *_, last = g.at("waits")
    equal([level for _, level in g.window("pump", on.begin, last.end + 12 * SECOND)], [1, 0])


def case_rate_survives(g):
    ready, on, wait = g.at("rate")
    equal(on.result, "ok")
    rising = [ns for ns, level in g.wire("pump") if level]
    last, after = [(a, b) for a, b in zip(rising, rising[1:]) if a < ready.begin < b][0]
    between(after, last + LOADED, last + LOADED + g.late)
    between(int(ready.text), 9000, 9999, "ready_ms")
    between(int(wait.text), 9000, 9999, "wait_ms")


def case_kept_has_one_edge(g):
    """Through unbinding, all those that follow, and shutdown."""
    equal([level for _, level in g.edges(LINES["kept"])], [1])


def case_never_early(g):
    for relay in LINES:
        obeys(g.wire(relay), **({"spacing": LOADED} if relay == "pump" else {}))


def case_cycles_are_rising_edges(g):
    equal(int(g.text("race-cycles")), sum(level for _, level in g.edges(LINES["race"])))


def case_shutdown_releases(g):
    fresh, closed = g.edges(LINES["fresh"]), g.edges(LINES["closed"])
    equal([level for _, level in fresh], [1, 0], "fresh")
    equal([level for _, level in closed], [1, 0], "closed")
    # The test kernel looks for leaks before it goes down.
    between(fresh[1][0] - fresh[0][0], CLOSE, 60 * SECOND if g.kernel == "test" else SECOND, "ns on")
    # Each bank has its own last word; within one the coils are released in turn.
    if closed[1][0] > fresh[1][0] + CLOSE:
        raise Wrong("a coil at rest waits long for another's contact")


def case_nothing_is_on_after(g):
    equal([relay for relay, line in LINES.items() if g.edges(line) and g.edges(line)[-1][1]], ["kept"])
