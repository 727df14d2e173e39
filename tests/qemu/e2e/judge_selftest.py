#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Can the judge tell good from bad?  Small stories without a guest: the good
one has to pass, and each that is made bad in one point has to be seen by law.
"""
import copy
import sys
from dataclasses import replace

from judge import EAGAIN, EBUSY, EINVAL, MS, SECOND, US, judge
from story import Control, Relay, Request, Story, Told

NAMES = ("requests", "accepted", "deferred", "coalesced", "rejected")
RELAY = Relay("r", "bank", 0, close_ns=10 * MS, open_ns=20 * MS, loaded_per_minute=6, unloaded_per_minute=60,
              electrical_life=1000, mechanical_life=100_000, load="resistive")
# Three of an interlock group, and two that share but the supply with them.
SHARING = [Relay(name, "bank", line, close_ns=10 * MS, open_ns=20 * MS, loaded_per_minute=600, unloaded_per_minute=600,
                 electrical_life=1000, mechanical_life=100_000, load="none", group=group, dead_ns=dead)
           for name, line, group, dead in (("p", 1, 7, 50 * MS), ("q", 2, 7, 1), ("w", 5, 7, 1), ("u", 6, 0, 1), ("x", 7, 0, 1))]
OFFSET = 5 * SECOND     # the outside clock is ahead by this
BEFORE = 3 * US         # an edge comes so long before the driver reads the clock
LATE = 2 * US           # and so long after its moment


class Tale:
    """A story in the making.  Times are CLOCK_BOOTTIME, as a good driver would read them."""

    def __init__(self, relays=(RELAY,)):
        self.story = Story()
        self.edges = []
        self.relays = relays
        self.lines = {r.label: r.line for r in relays}
        self.counts = {r.label: dict.fromkeys(NAMES, 0) for r in relays}
        self.place = 0
        self.controls("load", SECOND, SECOND + 10 * MS)
        self.tick(SECOND // 2)

    def tick(self, ns):
        for i in range(4):
            self.edges.append((ns + i * 10 * US + OFFSET, 3, (i + 1) % 2))
            self.story.clock.append((ns + i * 10 * US - 400, ns + i * 10 * US + 400))

    def controls(self, op, begin, end):
        self.story.controls.append(Control(begin, end, "-" if op in ("load", "unload") else "bank", op))

    def tell(self, who, *args, **kw):
        self.place += 1
        self.story.told[who].append(Told(*args, **kw, place=self.place))

    def ask(self, ns, op, face="sysfs", *, who="r", arg=0, result=0, deferred=0, coalesced=0, wait=None):
        self.story.requests[who].append(Request(ns - 500, ns + 3000, face, op, arg, result))
        if result in (0, EAGAIN, EBUSY):
            self.tell(who, ns, "request", op, face, result, wait_ns=wait)
            self.count(who, requests=1, deferred=deferred, coalesced=coalesced, **{"rejected" if result else "accepted": 1})

    def count(self, who, **more):
        for name, number in more.items():
            self.counts[who][name] += number

    def edge(self, due, on, why="sysfs", who="r"):
        """An edge that is due at a moment: the clock that the driver then reads, which limits count from."""
        self.edges.append((due + LATE + OFFSET, self.lines[who], int(on)))
        self.tell(who, due + LATE + BEFORE, "coil", "on" if on else "off", why)
        return due + LATE + BEFORE

    def set(self, ns, name, value, who="r"):
        self.story.setup[who].append((ns - 500, ns + 500, name, value))

    def load(self, ns, value):
        self.set(ns, "load", value)

    def policy(self, ns, value):
        self.set(ns, "policy", value)

    def read(self, ns, name, value, who):
        self.story.foreseen[who].append((ns - 500, ns + 500, name, value))

    def rest(self, ns, *, loaded, unloaded, on_ms, who="r", load="none", policy="defer"):
        """All is quiet; what the files say."""
        if not self.story.timers:
            self.story.timers.append((ns, ns + 1000, 0, 0, 1))
        ns += 2000
        told = self.story.told[who]
        damage = loaded * 10**9 + unloaded * 10**7
        level = [t.op for t in told if t.what == "coil"][-1]
        files = {"cycle_count": loaded + unloaded, "state": level, "coil": level,
                 "contact": "closed" if level == "on" else "open", "pulse_ms": 0, "wait_ms": 0, "load": load,
                 "policy": policy, "wear.cycles_loaded": loaded, "wear.cycles_unloaded": unloaded,
                 "wear.damage_pico": damage, "life_used_ppm": damage // 10**6, "health": "good",
                 "wear.on_time_ms": on_ms} | {f"statistics/{k}": v for k, v in self.counts[who].items()}
        self.story.reads += [(ns, ns + 1000, who, k, str(v)) for k, v in files.items()]
        self.story.history += [(ns, ns + 1000, who, t.ns, t.op if t.what == "coil" else "refused", t.why)
                               for t in told if t.what == "coil" or t.result][-64:]

    def end(self, ns):
        self.tick(ns)
        self.story.end = ns + MS


def tale():
    """All laws at work, every edge as soon as it may be."""
    t = Tale()
    close, open_ = RELAY.close_ns, RELAY.open_ns
    at = 10 * SECOND
    # On at once; off, and it waits for the travel; on, and it waits for the rate.
    t.ask(at, "on")
    on = t.edge(at, True)
    t.ask(at + MS, "off", "gpio", deferred=1)
    off = t.edge(on + close, False, "gpio")
    t.ask(off + 5 * MS, "on", deferred=1, wait=on + 10 * SECOND - off - 5 * MS)
    on = t.edge(on + 10 * SECOND, True)
    # Off when it may be: at once.
    t.ask(on + SECOND, "off", "led")
    off = t.edge(on + SECOND, False, "led")
    # Without a load: two that replace each other, and a pulse that runs to its end.
    t.load(off + 2 * SECOND, "none")
    t.ask(off + 3 * SECOND, "toggle")
    on = t.edge(off + 3 * SECOND, True)
    t.ask(on + MS, "off", deferred=1)
    t.ask(on + 2 * MS, "toggle", coalesced=1)
    t.ask(on + 500 * MS, "pulse", arg=50 * MS)
    off = t.edge(on + 550 * MS, False, "pulse")
    t.ask(off + 3 * SECOND, "pulse", arg=10 * MS)
    on = t.edge(off + 3 * SECOND, True)
    off = t.edge(on + 10 * MS, False, "pulse")
    t.ask(off + 3 * SECOND, "pulse", arg=10 * MS - 1, result=EINVAL)
    # Refused while it travels.
    t.policy(off + 4 * SECOND, "reject")
    t.ask(off + 5 * SECOND, "on")
    on = t.edge(off + 5 * SECOND, True)
    t.ask(on + 200 * MS, "off")
    off = t.edge(on + 200 * MS, False)
    t.ask(off + 5 * MS, "on", result=EAGAIN)
    t.ask(on + SECOND - 100, "on", result=EAGAIN)
    # A blinking LED trigger, which no one logs.
    at = off + 10 * SECOND
    t.story.triggers["r"].append((at - 1000, at + 2 * SECOND, 2 * SECOND, "timer"))
    for ns, op in ((at, "on"), (at + SECOND, "off")):
        t.tell("r", ns, "request", op, "led")
        t.count("r", requests=1, accepted=1)
        t.edge(ns, op == "on", "led")
    t.story.told["r"].sort(key=lambda told: told.ns)
    # Unbind releases it, after its travel, and waits for no dwell; bind is silent.
    at += 20 * SECOND
    t.set(at - SECOND, "min_on_ms", 300)
    t.ask(at, "on", "led")
    on = t.edge(at, True, "led")
    t.controls("unbind", on + MS, on + 40 * MS)
    off = t.edge(on + close, False, "unbind")
    t.controls("bind", on + 60 * MS, on + 70 * MS)
    t.load(on + 400 * MS, "none")
    t.ask(off + 200 * MS, "on", deferred=1)
    on = t.edge(on + SECOND, True)
    t.ask(on + open_, "off")
    t.edge(on + open_, False)
    t.ask(on + 2 * SECOND, "off", "gpio")
    t.rest(on + 30 * SECOND, loaded=2, unloaded=6, on_ms=1000 + 10 + 550 + 10 + 200 + 1000 + 10 + 20)
    t.end(on + 31 * SECOND)
    return t


def sharing():
    """What relays have to share, at work."""
    t = Tale(SHARING)
    dead, open_ = 50 * MS, 20 * MS

    def on(due, who, why="sysfs"):
        return t.edge(due, True, why, who)

    def off(due, who, why="sysfs"):
        return t.edge(due, False, why, who)

    # After the probe the group counts as just released.
    t.ask(1020 * MS, "on", who="p", deferred=1)
    at = on(SECOND + 10 * MS + dead, "p")
    # q waits for p, and nobody knows for how long; then for the dead time.
    t.ask(at + 30 * MS, "on", "gpio", who="q", deferred=1)
    t.read(at + 40 * MS, "wait_ms", -1, "q")
    t.ask(at + 200 * MS, "off", who="p")
    at = off(at + 200 * MS, "p")
    t.read(at + 10 * MS, "wait_ms", 40, "q")
    at = on(at + dead, "q", "gpio")
    # p changes over.
    t.set(at + 100 * MS, "interlock", "changeover", "p")
    t.set(at + 101 * MS, "interlock", "changeover", "w")
    t.read(at + 290 * MS, "ready_ms", -1, "p")
    t.ask(at + 300 * MS, "on", who="p", deferred=1)
    at = on(off(at + 300 * MS, "q", "interlock") + dead, "p")
    # It keeps q out, and w in the end keeps out q, whose turn it was.
    t.set(at + 100 * MS, "policy", "reject", "q")
    t.ask(at + 110 * MS, "on", who="q", result=EBUSY)
    t.set(at + 120 * MS, "policy", "defer", "q")
    t.set(at + 130 * MS, "interlock", "changeover", "q")
    t.ask(at + 200 * MS, "on", who="q", deferred=1)
    at = off(at + 200 * MS, "p", "interlock")
    t.ask(at + 5 * MS, "on", who="w", deferred=1)
    t.count("q", coalesced=1)
    at = on(at + dead, "w")
    # A watchdog, renewed once.
    t.ask(at + 200 * MS, "off", who="w")
    at = off(at + 200 * MS, "w")
    t.set(at + 200 * MS, "watchdog_ms", 200, "w")
    at += 300 * MS
    t.ask(at, "on", who="w")
    on(at, "w")
    t.ask(at + 100 * MS, "on", "led", who="w")
    at = off(at + 300 * MS, "w", "watchdog")
    # Dwell.
    t.set(at + 100 * MS, "min_on_ms", 80, "x")
    t.set(at + 101 * MS, "min_off_ms", 150, "x")
    at += 200 * MS
    t.ask(at, "on", who="x")
    on_at = on(at, "x")
    t.ask(at + 30 * MS, "off", who="x", deferred=1, wait=on_at + 80 * MS - at - 30 * MS)
    at = off(on_at + 80 * MS, "x")
    t.read(at + 10 * MS, "ready_ms", 140, "x")
    t.ask(at + open_, "on", who="x", deferred=1, wait=130 * MS)
    at = on(at + 150 * MS, "x")
    t.ask(at + 200 * MS, "off", who="x")
    off(at + 200 * MS, "x")
    # Three want to be on, one after another; offs do not wait.
    at += 1000 * MS
    t.set(at - MS, "stagger_ms", 40, "bank")
    t.ask(at, "on", who="u")
    t.ask(at + MS, "on", who="x", deferred=1)
    t.ask(at + 2 * MS, "on", who="p", deferred=1)
    at = on(at, "u")
    at = on(at + 40 * MS, "x")
    at = on(at + 40 * MS, "p")
    for who in "uxp":
        at += 100 * MS
        t.ask(at, "off", who=who)
        off(at, who)
    # One at a time.
    at += 1000 * MS
    t.set(at - 2 * MS, "stagger_ms", 0, "bank")
    t.set(at - MS, "coil_limit", 1, "bank")
    t.ask(at, "on", who="u")
    t.ask(at + MS, "on", who="x", deferred=1)
    t.ask(at + 2 * MS, "on", who="p", deferred=1)
    on(at, "u")
    for who, following in ("ux", "xp"):
        at += 300 * MS
        t.ask(at, "off", who=who)
        at = on(off(at, who), following)
    t.ask(at + 300 * MS, "off", who="p")
    off(at + 300 * MS, "p")
    # One that waits is told to change over.
    at += 1000 * MS
    t.set(at - 2 * MS, "coil_limit", 0, "bank")
    t.set(at - MS, "interlock", "block", "q")
    t.ask(at, "on", who="p")
    on(at, "p")
    t.ask(at + 100 * MS, "on", who="q", deferred=1)
    at += 300 * MS
    t.set(at, "interlock", "changeover", "q")
    at = on(off(at, "p", "interlock") + dead, "q")
    t.ask(at + 100 * MS, "off", who="q")
    off(at + 100 * MS, "q")
    for told in t.story.told.values():
        told.sort(key=lambda x: x.ns)
    for place, told in enumerate(sorted((x for told in t.story.told.values() for x in told), key=lambda x: x.ns)):
        told.place = place
    at += 30 * SECOND
    for who, cycles, on_ms in (("p", 5, 200 + 200 + 300 + 300 + 300), ("q", 2, 300 + 100), ("w", 2, 200 + 300),
                               ("u", 2, 180 + 300), ("x", 4, 80 + 200 + 240 + 300)):
        t.rest(at, loaded=0, unloaded=cycles, on_ms=on_ms, who=who)
    t.end(at + MS)
    return t


def wire(t, who="r"):
    """Where the edges of the relay's line are."""
    return [i for i, e in enumerate(t.edges) if e[1] == t.lines[who]]


def coils(t, who="r"):
    return [i for i, told in enumerate(t.story.told[who]) if told.what == "coil"]


def move(n, ns, who="r"):
    """Move the n-th edge, and what the driver tells of it."""
    def change(t):
        i, told = wire(t, who)[n], t.story.told[who][coils(t, who)[n]]
        t.edges[i] = (t.edges[i][0] + ns, *t.edges[i][1:])
        t.story.history = [(*h[:3], h[3] + ns, *h[4:]) if h[3] == told.ns else h for h in t.story.history]
        told.ns += ns
    return change


def move_wire(n, ns):
    """Move the n-th edge alone."""
    def change(t):
        i = wire(t)[n]
        t.edges[i] = (t.edges[i][0] + ns, *t.edges[i][1:])
    return change


def due(n, ns):
    """Move the n-th edge to so many ns after its predecessor of the same law: exactly its limit, and ns."""
    def change(t):
        back, limit = {"close": (1, RELAY.close_ns), "loaded": (2, 10 * SECOND), "unloaded": (2, SECOND)}[ns[0]]
        a, b = (t.edges[wire(t)[i]][0] for i in (n - back, n))
        move(n, a + limit + ns[1] - b)(t)
    return change


def lose(n):
    """The n-th edge and the next one never were."""
    def change(t):
        for i in sorted(wire(t)[n:n + 2], reverse=True):
            del t.edges[i]
        for i in sorted(coils(t)[n:n + 2], reverse=True):
            del t.story.told["r"][i]
    return change


def add_blip(ns, told):
    """The coil is off for a while that nobody asked for."""
    def change(t):
        at = t.edges[wire(t)[2]][0] + ns
        for edge, level in ((at, 0), (at + 30 * MS, 1)):
            t.edges.append((edge, 0, level))
            if told:
                t.story.told["r"].append(Told(edge - OFFSET + BEFORE, "coil", "on" if level else "off", "sysfs"))
        t.edges.sort()
        t.story.told["r"].sort(key=lambda told: told.ns)
    return change


def extra_edge(ns):
    """An edge at a moment of CLOCK_BOOTTIME, and one back."""
    def change(t):
        t.edges += [(ns + OFFSET, 0, 1), (ns + OFFSET + 50 * MS, 0, 0)]
        t.edges.sort()
    return change


def swap(n):
    def change(t):
        for i in wire(t)[n:n + 2]:
            t.edges[i] = (*t.edges[i][:2], 1 - t.edges[i][2])
    return change


def read(name, change_value):
    def change(t):
        t.story.reads = [(*r[:4], change_value(r[4])) if r[3] == name else r for r in t.story.reads]
    return change


def plus(n):
    return lambda value: str(int(value) + n)


def request(n, **changes):
    """Change the n-th request as it was logged."""
    def change(t):
        for name, value in changes.items():
            setattr(t.story.requests["r"][n], name, value)
    return change


def told(n, **changes):
    """Change the n-th request as the driver told of it."""
    def change(t):
        requests = [x for x in t.story.told["r"] if x.what == "request"]
        for name, value in changes.items():
            setattr(requests[n], name, value)
    return change


def drop_told(n):
    def change(t):
        requests = [x for x in t.story.told["r"] if x.what == "request"]
        t.story.told["r"].remove(requests[n])
    return change


def edit(function):
    return function


def shorter_wait(t):
    for x in t.story.told["r"]:
        if x.wait_ns:
            x.wait_ns -= 1


def late_unbind(t):
    t.story.controls = [copy.copy(c) for c in t.story.controls]
    for c in t.story.controls:
        if c.op == "unbind":
            c.end = c.begin + 5 * MS


def later_unbind(t):
    """Late, but before the call ends: that is later too, as is the bind."""
    move(13, 120 * MS)(t)
    for c in t.story.controls:
        if c.op == "unbind":
            c.end += 120 * MS
        elif c.op == "bind":
            c.begin, c.end = c.begin + 120 * MS, c.end + 120 * MS


def asked_when_gone(t):
    bind = next(c for c in t.story.controls if c.op == "bind")
    t.ask(bind.begin - 5 * MS, "off", "gpio")
    t.story.told["r"].sort(key=lambda told: told.ns)


def timers(**changes):
    def change(t):
        begin, end, before, armed, quiet = t.story.timers[0]
        t.story.timers[0] = (begin, end, before, changes.get("armed", armed), changes.get("quiet", quiet))
    return change


def drift(t):
    n = len(t.edges)
    t.edges = [(ns + (10 * US if i > n - 3 else 0), line, level) for i, (ns, line, level) in enumerate(t.edges)]


def never_off_again(t):
    """The last off is lost for good."""
    del t.edges[wire(t)[-1]]
    del t.story.told["r"][coils(t)[-1]]


# What is done to the good story: the law that has to see it.
#
# Its edges: 0 on, 1 off after the travel, 2 on after the spacing, 3 off,
# 4 on, 5 off by a pulse, 6 on, 7 off by a pulse, 8 on, 9 off, 10 on, 11 off by
# an LED trigger, 12 on, 13 off by unbind, 14 on after the spacing, 15 off.
BAD = {
    "on before it is asked": ("8", move(0, -10 * US)),
    "on the line before it is asked": ("1", move_wire(0, -5 * US)),
    "on 1 ns before its travel": ("2", due(1, ("close", -1))),
    "off before it is asked": ("8", move(3, -10 * US)),
    "off on the line before it is asked": ("1", move_wire(3, -10 * US)),
    "off too late": ("3", move(3, 200 * US)),
    "on too late": ("1", move(8, 200 * US)),
    "deferred on too late": ("1", move(2, 200 * US)),
    "deferred off too late": ("3", move(1, 200 * US)),
    "loaded spacing short by 1 ns": ("4", due(2, ("loaded", -1))),
    "unloaded spacing short by 1 ns": ("4", due(14, ("unloaded", -1))),
    "a pulse 1 ns short": ("1", lambda t: move(7, t.edges[wire(t)[6]][0] + 10 * MS - 1 - t.edges[wire(t)[7]][0])(t)),
    "a pulse 1 ms long": ("3", move(7, MS)),
    "a pulse written again 1 ms short": ("1", move(5, -MS)),
    "a pulse written again 1 ms long": ("3", move(5, MS)),
    "unbind reverses in travel": ("2", due(13, ("close", -1))),
    "unbind releases it late": ("3", later_unbind),
    "unbind leaves it on": ("8", late_unbind),
    "a cycle is lost": ("1", lose(8)),
    "the last off is lost": ("3", never_off_again),
    "edges swapped": ("8", swap(2)),
    "an edge that no one asked for": ("8", add_blip(400 * MS, True)),
    "an edge that is not told": ("8", add_blip(400 * MS, False)),
    "edges before the module is there": ("8", extra_edge(SECOND // 4)),
    "edges at load": ("8", extra_edge(1200 * MS)),
    "on before the travel since load is over": ("11", extra_edge(1015 * MS)),
    "off by request within min_on": ("1", edit(lambda t: t.set(32 * SECOND, "min_on_ms", 1100))),
    "edges after all": ("8", extra_edge(200 * SECOND)),
    "told, but not on the line": ("7", edit(lambda t: t.edges.pop(wire(t)[8]))),
    "cycle_count one short": ("7", read("cycle_count", plus(-1))),
    "cycle_count one over": ("7", read("cycle_count", plus(1))),
    "a request more than there were": ("statistics", read("statistics/requests", plus(1))),
    "an accepted one too few": ("statistics", read("statistics/accepted", plus(-1))),
    "a deferred one too few": ("statistics", read("statistics/deferred", plus(-1))),
    "a coalesced one too many": ("statistics", read("statistics/coalesced", plus(1))),
    "a rejected one too few": ("statistics", read("statistics/rejected", plus(-1))),
    "state is not the coil's": ("6", read("state", lambda _: "on")),
    "the contact never settles": ("6", read("contact", lambda _: "opening")),
    "still waiting": ("6", read("wait_ms", plus(1))),
    "never quiet": ("6", timers(quiet=0)),
    "a timer is armed": ("9", timers(armed=1)),
    "a request by nobody": ("8", edit(lambda t: t.story.requests["r"].pop(0))),
    "an LED request out of a trigger's time": ("8", edit(lambda t: t.story.triggers["r"].clear())),
    "a trigger that asks nothing": ("log", edit(lambda t: t.story.triggers["r"].append((80 * SECOND, 89 * SECOND, SECOND, "timer")))),
    "a request that got lost": ("log", drop_told(3)),
    "told as another": ("log", told(3, op="on")),
    "told too late": ("log", request(3, end=0)),
    "a wait 1 ns short": ("wait", shorter_wait),
    "refused though it was legal": ("policy", edit(lambda t: (request(10, result=EAGAIN)(t), told(9, result=EAGAIN)(t)))),
    "refused under defer": ("policy", edit(lambda t: t.story.setup["r"].pop(1))),
    "deferred under reject": ("policy", edit(lambda t: (request(12, result=0)(t), told(11, result=0)(t)))),
    "an off that failed": ("policy", request(1, result=-5)),
    "a pulse too short was taken": ("policy", request(9, result=0)),
    "accepted after unbind": ("10", asked_when_gone),
    "a gap in the history": ("history", edit(lambda t: t.story.history.pop(5))),
    "another reason in the history": ("history", edit(lambda t: t.story.history.append((*t.story.history.pop()[:5], "led")))),
    "wear of a cycle is off": ("wear", read("wear.damage_pico", plus(-1))),
    "a cycle in the wrong class": ("wear", edit(lambda t: (read("wear.cycles_loaded", plus(-1))(t), read("wear.cycles_unloaded", plus(1))(t)))),
    "on_time 2 ms short": ("wear", read("wear.on_time_ms", plus(-2))),
    "life_used off": ("wear", read("life_used_ppm", plus(1))),
    "the clocks drift": ("clock", drift),
    "the trace lost events": ("log", edit(lambda t: setattr(t.story, "lost", True))),
}


def gap(who, n, after, m, ns):
    """Move the n-th edge of a relay to so many ns after the m-th of another, seen from outside."""
    def change(t):
        move(n, t.edges[wire(t, after)[m]][0] + ns - t.edges[wire(t, who)[n]][0], who)(t)
    return change


def change_places(who, n, other, m):
    """An edge of a relay comes when that of another should, and the other way round."""
    def change(t):
        a, b = t.edges[wire(t, who)[n]][0], t.edges[wire(t, other)[m]][0]
        move(n, b - a, who)(t)
        move(m, a - b, other)(t)
    return change


def why(who, n, source):
    return edit(lambda t: setattr(t.story.told[who][coils(t, who)[n]], "why", source))


def busy_is_again(t):
    for story in (t.story.requests["q"], t.story.told["q"]):
        for x in story:
            x.result = EAGAIN if x.result == EBUSY else x.result


def displaced_comes_on(t):
    t.edge(t.story.told["w"][0].ns + 20 * MS, True, who="q")
    t.story.told["q"].sort(key=lambda x: x.ns)


def foretold(who, n, value):
    return edit(lambda t: t.story.foreseen[who].__setitem__(n, (*t.story.foreseen[who][n][:3], value)))


def statistic(who, name, n):
    return edit(lambda t: setattr(t.story, "reads", [
        (*r[:4], str(int(r[4]) + n)) if r[2:4] == (who, f"statistics/{name}") else r for r in t.story.reads]))


# The same for relays that share.  Their edges:
# p: 0 on, 1 off, 2 on, 3 off by interlock, 4 on in its turn, 5 off, 6 on when there is room, 7 off, 8 on, 9 off by interlock.
# q: 0 on after the dead time, 1 off by interlock, 2 on, 3 off.  w: 0 on, 1 off, 2 on, 3 off by watchdog.
# u: 0 on, 1 off, 2 on, 3 off.  x: 0 on, 1 off after min_on, 2 on after min_off, 3 off, 4 on, 5 off, 6 on, 7 off.
BAD_SHARING = {
    "two of a group on": ("5", gap("q", 0, "p", 1, -MS)),
    "dead time 1 ns short": ("5", gap("q", 0, "p", 1, 50 * MS - 1)),
    "the group's dead time is not one's own": ("5", gap("w", 0, "p", 3, 30 * MS)),
    "on after the dead time too late": ("1", move(0, 200 * US, "q")),
    "on right after the probe": ("5", gap("p", 0, "p", 0, -20 * MS)),
    "changeover releases too late": ("3", move(1, 200 * US, "q")),
    "changeover is told to be a request": ("history", why("q", 1, "sysfs")),
    "the displaced comes on": ("8", displaced_comes_on),
    "EBUSY was EAGAIN": ("policy", busy_is_again),
    "changeover of who waited is not coalesced": ("statistics", statistic("q", "coalesced", -1)),
    "an on behind others not deferred": ("statistics", statistic("q", "deferred", -1)),
    "a watchdog 10 us early": ("1", move(3, -10 * US, "w")),
    "a watchdog not renewed": ("1", move(3, -100 * MS, "w")),
    "a watchdog 1 ms late": ("3", move(3, MS, "w")),
    "a watchdog never comes": ("3", edit(lambda t: (t.edges.pop(wire(t, "w")[3]), t.story.told["w"].pop()))),
    "min_on 1 ns short": ("1", gap("x", 1, "x", 0, 80 * MS - 1)),
    "min_on too long": ("3", move(1, 200 * US, "x")),
    "min_off 1 ns short": ("1", gap("x", 2, "x", 1, 150 * MS - 1)),
    "min_off too long": ("1", move(2, 200 * US, "x")),
    "stagger 1 ns short": ("supply", gap("x", 4, "u", 0, 40 * MS - 1)),
    "stagger too long": ("1", move(4, 200 * US, "x")),
    "the younger request first, staggered": ("turn", change_places("x", 4, "p", 4)),
    "one coil more than the limit": ("supply", gap("x", 6, "u", 3, -MS)),
    "the younger request first, limited": ("turn", lambda t: (
        move(6, t.edges[wire(t, "x")[6]][0] - t.edges[wire(t, "p")[6]][0], "p")(t), move(6, 20 * US, "x")(t))),
    "room is not taken": ("1", move(6, 200 * US, "p")),
    "nobody knew, though it was not up to others": ("wait", foretold("q", 1, -1)),
    "nobody knew when it was ready, though it was not up to others": ("wait", foretold("x", 0, -1)),
    "known, though it was up to others": ("wait", foretold("q", 0, 200)),
    "sooner than foretold": ("wait", foretold("q", 1, 42)),
    "later than foretold": ("wait", foretold("q", 1, 39)),
    "ready 1 ms short, and so much later it was asked": ("wait", foretold("x", 0, 128)),
    "ready, but for others": ("wait", foretold("p", 0, 51)),
    "released for one that does not change over": ("8", edit(lambda t: t.story.setup["q"].pop())),
    "released too late for one that changes over now": ("3", move(9, 200 * US, "p")),
    "wait of a dwell 1 ns short": ("wait", edit(lambda t: [setattr(x, "wait_ns", x.wait_ns - 1) for x in t.story.told["x"] if x.wait_ns])),
}


def moves_while_read(t):
    """The relay moves when its other files have been read, its history has not."""
    begin, end = t.story.reads[-1][:2]
    t.ask(end + SECOND // 2, "on")
    on = t.edge(end + SECOND // 2, True)
    t.story.history = [(begin, on + MS, *h[2:]) for h in [*t.story.history, (0, 0, "r", on, "on", "sysfs")]]


def pulled(t, default):
    """The line is an input that is pulled to on, until the module has just been loaded."""
    t.relays = (replace(RELAY, active_low=True, default=default),)
    t.edges = [(ns, line, level if line else 1 - level) for ns, line, level in t.edges]
    t.edges.append((SECOND + 5 * MS + OFFSET, 0, 1))


def laws(t):
    t.edges.sort()
    return judge(t.relays, t.edges, t.story)[0]


def failures():
    """[what the judge got wrong]"""
    found = []
    for make, bad in ((tale, BAD), (sharing, BAD_SHARING)):
        found += [f"the good story: {law}: {text}" for law, text in laws(make())]
        for name, (law, spoil) in bad.items():
            t = make()
            t.edges.sort()
            spoil(t)
            said = laws(t)
            if law not in [at for at, _ in said]:
                found.append(f"{name}: {said or 'nothing seen'}, expected law {law}")
    t = tale()
    moves_while_read(t)
    found += [f"it moves while it is read: {law}: {text}" for law, text in laws(t)]
    t = tale()
    pulled(t, "off")
    found += [f"an input becomes an output: {law}: {text}" for law, text in laws(t)]
    t = tale()
    pulled(t, "keep")
    if "11" not in [law for law, _ in laws(t)]:
        found.append("a coil that is kept is released in travel: expected law 11")
    return found


def main():
    found = failures()
    for text in found:
        print(f"not ok e2e/judge: {text}")
    if not found:
        print(f"ok e2e/judge: {len(BAD) + len(BAD_SHARING)} bad stories seen")
    return 1 if found else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
