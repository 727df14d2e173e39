# SPDX-License-Identifier: GPL-2.0-only
"""Unbinding and binding at bad moments, with everything open; last, shutdown."""
from topic import CLOSE, LOADED, MS, SECOND, between, equal, obeys

KERNELS = ("6.1", "6.12", "test")
WEIGHT = 5
LINES = {"pump": 0, "fan": 1, "kept": 2, "race": 3, "chased": 4, "slow": 5, "closed": 6}
SLOW = 2_003_500_000
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
        obeys(g.wire(relay), **{"pump": {"spacing": LOADED}, "slow": {"close": SLOW}}.get(relay, {}))


def case_cycles_are_rising_edges(g):
    equal(int(g.text("race-cycles")), sum(level for _, level in g.edges(LINES["race"])))


def case_shutdown_releases(g):
    """One that travels when it has; one at rest does not wait for it."""
    slow, closed = g.edges(LINES["slow"]), g.edges(LINES["closed"])
    equal([level for _, level in slow], [1, 0], "slow")
    equal([level for _, level in closed], [1, 0], "closed")
    if g.kernel == "test":      # looks for leaks meanwhile
        return
    between(slow[1][0] - slow[0][0], SLOW, SLOW + MS, "ns on")
    between(closed[1][0] - slow[0][0], 0, SECOND, "ns until the one at rest is off")


def case_nothing_is_on_after(g):
    equal([relay for relay, line in LINES.items() if g.edges(line) and g.edges(line)[-1][1]], ["kept"])
