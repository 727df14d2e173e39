# SPDX-License-Identifier: GPL-2.0-only
"""Relays as LEDs, and LEDs that follow relays."""
from topic import CLOSE, LOADED, MS, UNLOADED, between, equal, obeys

WEIGHT = 7
LINES = {"pump": 0, "fan": 1, "first": 2, "second": 3, "third": 4, "self": 5, "always": 6}
BOOT = {"modules": ["leds-gpio", "ledtrig-timer", "ledtrig-oneshot", "ledtrig-default-on"], "cmdline": "trace_buf_size=64M"}
FOLLOWER = 7     # is told from a work item


def case_never_early(g):
    for relay in LINES:
        obeys(g.wire(relay), spacing=LOADED if relay == "pump" else UNLOADED)


def case_brightness_waits_and_reads_the_coil(g):
    _, off, on, brightness, state, later = g.at("waits")
    equal([off.result, on.result, brightness.text, state.text, later.text], ["ok", "ok", "0", "on", "1"])


def lit(g):
    return [(ns + g.offset, level) for ns, level in g.edges(FOLLOWER)]


def case_follower_is_lit_while_closed(g):
    """Both ways: each time the contact came to rest closed it was lit, and no other."""
    closed = []
    wire = g.wire("fan")
    for (a, level), (b, _) in zip(wire, wire[1:]):
        if level and b - a > CLOSE:
            closed.append((a + CLOSE, b))
    shown = lit(g)
    # The last time the trigger was taken away and given back: dark in between.
    equal([level for _, level in shown], [1, 0] * (len(closed) + 1))
    for (on, off), (a, _), (b, _) in zip(closed[:-1], shown[::2], shown[1::2]):
        between(a - on, 0, g.woken, "ns from closed to lit")
        between(b - off, 0, g.woken, "ns from opening to dark")
    (a, _), _, (c, _), (d, _) = shown[-4:]
    between(a - closed[-1][0], 0, g.woken, "ns from closed to lit")
    between(c, closed[-1][0], closed[-1][1], "lit again when it follows again")
    between(d - closed[-1][1], 0, g.woken, "ns from opening to dark")


def case_chain(g):
    on, off = g.at("chain")
    times = {}
    for relay in ("first", "second", "third"):
        times[relay] = g.window(relay, on.begin, off.end + 100 * MS)
        equal([level for _, level in times[relay]], [1, 0], relay)
    for a, b in (("first", "second"), ("second", "third")):
        between(times[b][0][0] - times[a][0][0], CLOSE, CLOSE + g.woken + g.late, f"ns from {a} to {b}")
        between(times[b][1][0] - times[a][1][0], 0, g.woken, f"ns from {a} off to {b} off")


def case_self(g):
    on, closed, off, opened = g.at("self")
    wire = g.window("self", on.begin, opened.end)
    equal([level for _, level in wire], [1, 0])
    equal([closed.text, opened.text], ["closed", "open"])


def case_own_trigger_while_closing(g):
    on, follow, contact, off = g.at("own")
    between(follow.end, on.end, on.begin + 200 * MS, "follows while it closes")
    equal(contact.text, "closed")
    (_, level), (released, last) = g.window("self", on.begin, off.end + 100 * MS)
    equal((level, last), (1, 0))
    between(released, off.begin, off.end + g.late, "released when told so")


def case_timer_is_even(g):
    """The timer's phase is lost in 20 ms + 15 ms: the relay comes on at the first legal moment, or a blink later."""
    for relay, spacing in (("first", UNLOADED), ("pump", LOADED)):
        rising = [ns for ns, level in g.wire(relay) if level]
        gaps = [b - a for a, b in zip(rising, rising[1:])]
        between(min(gaps), spacing, spacing + 36 * MS, f"least spacing of {relay}")
