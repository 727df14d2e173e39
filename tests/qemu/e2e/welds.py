# SPDX-License-Identifier: GPL-2.0-only
"""Ten thousand welds: each is found in time, and none of the partners is energised meanwhile.

In two groups of two relays each, with the four kinds of sense, one welds, its partner asks in all
ways, the weld is worked loose and cleared, the partner is energised; then the other one welds.
EMRELAY_WELDS is how many there are in all, EMRELAY_WELDS_SEED their seed.
"""
import functools
import itertools
import os
import random
from bisect import bisect_right

import storm_contacts
from storm_contacts import CONTACTS, LINES
from topic import MS, TRUTH, between, equal

KERNELS = ("6.12",)
SOAK = True
WEIGHT = 100
WELDS = int(os.environ.get("EMRELAY_WELDS", "10000"))
SEED = int(os.environ.get("EMRELAY_WELDS_SEED", "1"))
chance = random.Random(SEED)
GROUPS = ("ab", "cd")
SHOWS = {"a": "bounce 3500 8", "b": "inverted bounce 3500 6", "c": "bounce 2000 4", "d": "mains 20000 8800 3000"}
# 3 times release and bounce, and two hold times of mains; by then, and 10 ms, a weld is to be found.
DEADLINE = {r: (145_500_000 if r == "d" else 85_500_000) for r in LINES}
FOUND = 10 * MS
DTS = storm_contacts.DTS


def a_round(ms, welds, partner):
    """One weld: [(when, file, text, what that says)], and when it is over."""
    off = ms + chance.randrange(100, 200)
    loose, free = off + 260, off + 1500
    led = f"/sys/class/leds/{partner}:red:status/brightness"
    asks = [(f"{partner}/state", "on", "ok"), (f"{partner}/pulse_ms", "100", "ok"), (led, "1", "ok")]
    refused = [(f"{partner}/state", "on", "Device or resource busy"), (f"{partner}/pulse_ms", "100", "Device or resource busy"), (led, "1", "ok")]
    steps = [(ms, f"{welds}/state", "on", "ok"), (off, f"{welds}/state", "off", "ok"),
             (off + chance.randrange(1, 80), *chance.choice(asks)),
             (off + 160, f"{welds}/fault", None, "stuck-closed"), (off + 161, f"{partner}/state", None, "off"),
             (off + 170, *chance.choice(refused)), (off + 171, f"{partner}/state", None, "off"),
             (off + 180, f"{welds}/state", "on", "Input/output error"), (off + 181, f"{welds}/fault", "clear", "Device or resource busy"),
             (loose, f"{welds}/fault_action", "report", "ok"), (loose + 10, f"{welds}/state", "on", "ok"),
             (loose + 110, f"{welds}/state", "off", "ok"), (loose + 150 + chance.randrange(100), *chance.choice(refused)),
             (free, f"{welds}/fault", "clear", "ok"), (free + 1, f"{welds}/fault_action", "block", "ok"),
             (free + 20, f"{partner}/coil", None, "off"), (free + 21, f"{partner}/state", "on", "ok"),
             (free + 121, f"{partner}/coil", None, "on"), (free + 122, f"{partner}/state", "off", "ok")]
    return steps, free + 400


@functools.cache
def plan(group):
    """All steps of a group.  Each third energisation of a contact welds it: two come first, one of the partner."""
    welds, partner = group
    steps, ms = [], 10
    for relay in (welds, welds, partner):
        steps += [(ms, f"{relay}/state", "on", "ok"), (ms + 100, f"{relay}/state", "off", "ok")]
        ms += 400
    for _ in range(WELDS // 2):
        more, ms = a_round(ms, welds, partner)
        steps += more
        welds, partner = partner, welds
    return steps


def schedule(group):
    return "".join(" ".join(map(str, (ms, file, *([text] if text else [])))) + "\n" for ms, file, text, _ in plan(group))


FILES = {f"/test/{group}": schedule(group).encode() for group in GROUPS}
BOOT = {"play": "".join(f"contact {CONTACTS[r]} follows {LINES[r]} random {chance.randrange(1 << 30)} tack 3 {SHOWS[r]}\n" for r in LINES),
        "timeout": 300 + WELDS // 5}


def case_said(g):
    """What was read, and what was refused and why."""
    for group in GROUPS:
        for step, (_, file, text, wanted) in itertools.zip_longest(g.at(f"did-{group}"), plan(group)):
            equal(step.text if step.result == "ok" and not text else step.result, wanted, f"{step.begin} {file} {text}")


def case_found(g):
    """Each weld, and nothing else, is latched, at its deadline."""
    latest = 0
    for relay, line in LINES.items():
        wire, contact = g.wire(relay), g.edges(CONTACTS[relay] + TRUTH)
        opens = [ns + g.offset for ns, closed in contact if not closed]
        welded = [ns for (ns, level), (after, _) in zip(wire, wire[1:]) if not level and bisect_right(opens, ns) == bisect_right(opens, after)]
        faults = [e for e in g.events("fault", relay) if e["set"]]
        equal({e["fault"] for e in faults}, {"stuck-closed"}, f"faults of {relay}")
        equal((len(faults), len(welded)), (WELDS // 4, WELDS // 4), f"found of {relay}, and played")
        for e, ns in zip(faults, welded):
            between(e["ns"] - ns, DEADLINE[relay], DEADLINE[relay] + FOUND + g.late, f"weld of {relay} on line {line} at {ns}, found after")
            latest = max(latest, e["ns"] - ns - DEADLINE[relay])
    print(f"# welds: {WELDS}, all found, the last {latest / MS:.3f} ms after its deadline")


def case_partner_never(g):
    """Law 15, by the contacts that are played and the coils alone."""
    for group in GROUPS:
        for relay, other in (group, group[::-1]):
            moves = g.edges(CONTACTS[other] + TRUTH)
            rises = [ns for ns, level in g.edges(LINES[relay]) if level]
            for ns in rises:
                before = moves[:bisect_right(moves, ns, key=lambda e: e[0])]
                if before and (before[-1][1] or ns - before[-1][0] < 10 * MS):
                    equal(before[-1], None, f"{relay} is energised at {ns}; the contact of {other} last moved")
            # It welds and is worked loose, and is asked for when its partner is free again.
            equal(len(rises), WELDS // 4 * 3 + (2 if relay == group[0] else 1), f"energisations of {relay}")
