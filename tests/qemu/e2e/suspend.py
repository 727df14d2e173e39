# SPDX-License-Identifier: GPL-2.0-only
"""Sleep: what is not retained is released before it, and what would end in it; while
it lasts nothing moves, and what came due in it is done after it, by the same laws."""
from topic import CLOSE, LOADED, SECOND, between, equal, obeys

KERNELS = ("6.1", "6.12", "6.12-rt", "7.3")
LINES = {"pump": 0, "fan": 1, "lamp": 2, "door": 3, "still": 4, "heat": 5, "vent": 6, "lit": 7}
BOOT = {"modules": ["leds-gpio"]}
DEAD = 51_000_000


def slept(g):
    """When it fell asleep and when it was awake, at the earliest and at the latest."""
    return g.at("asleep")[0].begin, g.at("awake")[0].end


def case_slept(g):
    begin, end = slept(g)
    between(end - begin, 55 * SECOND, 70 * SECOND, "ns of sleep")


def case_edges(g):
    """All that were asked for, and no other."""
    equal({relay: [level for _, level in g.wire(relay)] for relay in LINES},
          {"pump": [1, 0, 1, 0], "fan": [1, 0], "lamp": [1, 0, 1, 0], "door": [1, 0], "still": [1, 0],
           "heat": [1, 0, 1, 0], "vent": [1, 0], "lit": [1, 0, 1, 0, 1, 0]}, "levels")


def case_before_sleep(g):
    """A pulse, a watched on, what is not retained and what is to be off are released, and at rest, before."""
    begin, _ = slept(g)
    for relay in ("pump", "door", "heat", "vent", "lit"):
        between(g.wire(relay)[1][0], begin, begin + SECOND, f"{relay}: ns of its release")
    equal({relay: [e["source"] for e in g.events("coil", relay)][1] for relay in ("pump", "door", "heat", "vent")},
          dict.fromkeys(("pump", "door", "heat", "vent"), "suspend"), "sources")


def case_in_sleep(g):
    """Nothing."""
    begin, end = slept(g)
    for relay in LINES:
        equal([ns for ns, _ in g.wire(relay) if begin + 2 * SECOND < ns < end - 2 * SECOND], [], relay)


def case_after_sleep(g):
    """What came due in the sleep was done at its end; what is retained has not moved."""
    begin, awake = slept(g)
    for relay, edge in (("fan", 0), ("lamp", 2), ("lit", 2)):
        between(g.wire(relay)[edge][0], awake - 2 * SECOND, awake, f"{relay}: ns of edge {edge}")
    pump, fan = g.wire("pump")[1][0], g.wire("fan")[0][0]
    between(fan - pump, DEAD, float("inf"), "ns from pump's release to fan")
    between(g.wire("still")[0][0], 0, begin, "still: ns of its energisation")
    between(g.wire("still")[1][0], awake, float("inf"), "still: ns of its release")


def case_laws(g):
    (on, _), (off, _), (again, _), _ = g.wire("lamp")
    between(off - on, CLOSE, float("inf"), "ns of lamp")
    between(again - on, LOADED, float("inf"), "ns between energisations of lamp")
    for relay in LINES:
        obeys(g.wire(relay))


def case_released(g):
    """By the controller's driver, which went."""
    # Which is told to 10 ms, and what is less cut off.
    gone = (float(g.text("gone")) + 0.01) * SECOND
    for relay in ("lamp", "still"):
        between(g.wire(relay)[-1][0], gone - SECOND, gone, f"{relay}: ns of the last edge")


def case_told(g):
    """What the files say is what the wire does."""
    equal(g.text("after").splitlines(),
          ["pump off,off,0,1,open", "fan on,on,0,1,closed", "lamp on,on,0,2,closed", "door off,off,0,1,open", "still on,on,0,1,closed",
           "heat off,off,0,1,open", "vent off,off,0,1,open", "lit on,on,0,2,closed"])
