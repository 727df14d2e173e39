#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Can the judge of contacts tell good from bad?  A story in which all is well has to
pass, and each that is made bad in one point has to be seen by its law.
"""
import copy
import sys

from contact_judge import LAWS, MS, SECOND, Judge, Relay


def story():
    """p closes and opens, welds, is freed and cleared; then q, its partner, does the same; q misfires twice."""
    p, q = Relay("p", 1), Relay("q", 1)
    ms = lambda pairs: [(at * MS, value) for at, value in pairs]  # noqa: E731
    p.coil = ms([(1000, 1), (1200, 0), (2000, 1), (2200, 0), (2600, 1), (2900, 0)])
    p.contact = ms([(1013, 1), (1014, 0), (1015, 1), (1220, 0), (2013, 1), (2920, 0)])
    p.requests = [(at * MS, op, result) for at, op, result in
                  [(1000, "on", 0), (1200, "off", 0), (2000, "on", 0), (2200, "off", 0), (2500, "on", -5)]]
    p.told = [(at, on, "sysfs") for at, on in p.coil[:4]]
    p.measured = [(1020 * MS, "operate", 13 * MS, 2 * MS), (1230 * MS, "release", 20 * MS, 0), (2020 * MS, "operate", 13 * MS, 0)]
    p.reports = [(2550 * MS, 2950 * MS)]
    p.faults = [(2290 * MS, "stuck-closed", 1), (4000 * MS, "stuck-closed", 0)]
    p.sensed = [at for at, _ in p.contact]
    p.clears = [(3000 * MS, 3000 * MS + 1, False), (4000 * MS - 1, 4000 * MS + 1, True)]
    p.cycles = 3
    q.coil = ms([(5000, 1), (5200, 0), (6000, 1), (6200, 0), (7000, 1), (7200, 0)])
    q.contact = ms([(5013, 1), (5220, 0)])
    q.requests = [(at, "on" if on else "off", 0) for at, on in q.coil]
    q.told = [(at, on, "sysfs") for at, on in q.coil]
    q.faults = [(7056 * MS, "stuck-open", 1)]
    q.cycles = 3
    return p, q


def early(p, q):
    p.coil[1] = 1018 * MS, 0


def bouncing(p, q):
    p.contact[2:3] = [(1020 * MS, 1)]
    p.coil[1] = 1023 * MS, 0


def miscounted(p, q):
    p.cycles = 4


def by_itself(p, q):
    p.told[1] = p.told[1][0], False, "fault"


def together(p, q):
    q.coil[0] = 2500 * MS, 1


def too_soon(p, q):
    q.coil[0] = 2925 * MS, 1


def uncleared(p, q):
    p.clears.pop()


def cleared_closed(p, q):
    p.contact[-1] = 3500 * MS, 0


def clear_energises(p, q):
    p.told.append((4001 * MS, True, "sysfs"))


def on_despite(p, q):
    p.requests.append((3500 * MS, "on", 0))


def refused_without(p, q):
    p.requests.append((4500 * MS, "on", -5))


def costly(p, q):
    p.sensed += [8 * SECOND + i * MS for i in range(80)]


def false_weld(p, q):
    q.faults.insert(0, (5290 * MS, "stuck-closed", 1))


def no_weld(p, q):
    p.faults = []


def no_misfire(p, q):
    q.faults = []


def first_misfire(p, q):
    q.faults[0] = 6056 * MS, "stuck-open", 1


def mismeasured(p, q):
    p.measured[0] = 1020 * MS, "operate", 13 * MS + 2500, 2 * MS


def no_bounce(p, q):
    p.measured[0] = 1020 * MS, "operate", 13 * MS, 0


BAD = {"2": (early, bouncing), "7": (miscounted,), "14": (by_itself,), "15": (together, too_soon),
       "16": (uncleared, cleared_closed, clear_energises, on_despite, refused_without), "17": (costly,),
       "weld": (false_weld, no_weld), "misfire": (no_misfire, first_misfire), "measured": (mismeasured, no_bounce)}


def failures():
    """What the judge gets wrong."""
    found = [f"the good story: {law} {text}" for law, text in Judge(story(), [], 0).judge()]
    for law in LAWS:
        for bad in BAD[law]:
            relays = copy.deepcopy(story())
            bad(*relays)
            if law not in {at for at, _ in Judge(relays, [], 0).judge()}:
                found.append(f"{bad.__name__} is not seen by {law}")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(failures()))
