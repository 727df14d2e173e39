#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Can the judge tell good from bad?  Small stories without a guest: the good
one has to pass, and each that is made bad in one point has to be seen by law.
"""
import copy
import sys

from judge import EAGAIN, EINVAL, MS, SECOND, US, judge
from story import Control, Relay, Request, Story, Told

RELAY = Relay("r", "bank", 0, close_ns=10 * MS, open_ns=20 * MS, loaded_per_minute=6, unloaded_per_minute=60,
              electrical_life=1000, mechanical_life=100_000, load="resistive")
OFFSET = 5 * SECOND     # the outside clock is ahead by this
BEFORE = 300            # an edge comes so long before the driver reads the clock
LATE = 2 * US           # and so long after its moment


class Tale:
    """A story in the making.  Times are CLOCK_BOOTTIME, as a good driver would read them."""

    def __init__(self):
        self.story = Story()
        self.edges = []
        self.statistics = dict.fromkeys(("requests", "accepted", "deferred", "coalesced", "rejected"), 0)
        self.controls("load", SECOND, 2 * SECOND)
        self.tick(SECOND // 2)

    def tick(self, ns):
        for i in range(4):
            self.edges.append((ns + i * 10 * US + OFFSET, 3, (i + 1) % 2))
            self.story.clock.append((ns + i * 10 * US - 400, ns + i * 10 * US + 400))

    def controls(self, op, begin, end):
        self.story.controls.append(Control(begin, end, "-" if op in ("load", "unload") else "bank", op))

    def ask(self, ns, op, face="sysfs", *, arg=0, result=0, deferred=0, coalesced=0, wait=None):
        self.story.requests["r"].append(Request(ns - 500, ns + 3000, face, op, arg, result))
        if result in (0, EAGAIN):
            self.story.told["r"].append(Told(ns, "request", op, face, result, wait_ns=wait))
            s = self.statistics
            s["requests"] += 1
            s["rejected" if result else "accepted"] += 1
            s["deferred"] += deferred
            s["coalesced"] += coalesced

    def edge(self, due, on, why="sysfs"):
        """An edge that is due at a moment: the clock that the driver then reads, which limits count from."""
        self.edges.append((due + LATE + OFFSET, 0, int(on)))
        self.story.told["r"].append(Told(due + LATE + BEFORE, "coil", "on" if on else "off", why))
        return due + LATE + BEFORE

    def load(self, ns, value):
        self.story.setup["r"].append((ns - 500, ns + 500, "load", value))

    def policy(self, ns, value):
        self.story.setup["r"].append((ns - 500, ns + 500, "policy", value))

    def rest(self, ns, *, loaded, unloaded, on_ms, load="none", policy="defer"):
        self.story.timers.append((ns, ns + 1000, 0, 0, 1))
        ns += 2000
        told = self.story.told["r"]
        damage = loaded * 10**9 + unloaded * 10**7
        level = [t.op for t in told if t.what == "coil"][-1]
        files = {"cycle_count": loaded + unloaded, "state": level, "coil": level,
                 "contact": "closed" if level == "on" else "open", "pulse_ms": 0, "wait_ms": 0, "load": load,
                 "policy": policy, "wear.cycles_loaded": loaded, "wear.cycles_unloaded": unloaded,
                 "wear.damage_pico": damage, "life_used_ppm": damage // 10**6, "health": "good",
                 "wear.on_time_ms": on_ms} | {f"statistics/{k}": v for k, v in self.statistics.items()}
        self.story.reads += [(ns, ns + 1000, "r", k, str(v)) for k, v in files.items()]
        self.story.history += [(ns, ns + 1000, "r", t.ns, t.op if t.what == "coil" else "refused", t.why)
                               for t in told if t.what == "coil" or t.result][-64:]
        self.tick(ns + MS)
        self.story.end = ns + 2 * MS


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
    # A blinking LED trigger, which no one logs.
    at = off + 10 * SECOND
    t.story.triggers["r"].append((at - 1000, at + 2 * SECOND, 2 * SECOND, "timer"))
    for ns, op in ((at, "on"), (at + SECOND, "off")):
        t.story.told["r"].append(Told(ns, "request", op, "led"))
        t.statistics["requests"] += 1
        t.statistics["accepted"] += 1
        t.edge(ns, op == "on", "led")
    t.story.told["r"].sort(key=lambda told: told.ns)
    # Unbind releases it, after its travel; bind is silent.
    at += 20 * SECOND
    t.ask(at, "on", "led")
    on = t.edge(at, True, "led")
    t.controls("unbind", on + MS, on + 40 * MS)
    off = t.edge(on + close, False, "unbind")
    t.controls("bind", on + 60 * MS, on + 70 * MS)
    t.load(on + 100 * MS, "none")
    t.ask(off + 200 * MS, "on", deferred=1)
    on = t.edge(on + SECOND, True)
    t.ask(on + open_, "off")
    t.edge(on + open_, False)
    t.ask(on + 2 * SECOND, "off", "gpio")
    t.rest(on + 30 * SECOND, loaded=2, unloaded=6, on_ms=1000 + 10 + 550 + 10 + 200 + 1000 + 10 + 20)
    return t


def wire(t):
    """Where the edges of the relay's line are."""
    return [i for i, e in enumerate(t.edges) if e[1] == 0]


def coils(t):
    return [i for i, told in enumerate(t.story.told["r"]) if told.what == "coil"]


def move(n, ns):
    """Move the n-th edge, and what the driver tells of it."""
    def change(t):
        i, told = wire(t)[n], t.story.told["r"][coils(t)[n]]
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
    move(13, 60 * MS)(t)
    for c in t.story.controls:
        if c.op == "unbind":
            c.end += 60 * MS
        elif c.op == "bind":
            c.begin, c.end = c.begin + 60 * MS, c.end + 60 * MS


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
    "on before it is asked": ("8", move(0, -5 * US)),
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
    "wear of a cycle is off": ("wear", read("wear.damage_pico", plus(-2))),
    "a cycle in the wrong class": ("wear", edit(lambda t: (read("wear.cycles_loaded", plus(-1))(t), read("wear.cycles_unloaded", plus(1))(t)))),
    "on_time 2 ms short": ("wear", read("wear.on_time_ms", plus(-2))),
    "life_used off": ("wear", read("life_used_ppm", plus(1))),
    "the clocks drift": ("clock", drift),
    "the trace lost events": ("log", edit(lambda t: setattr(t.story, "lost", True))),
}


def laws(t):
    t.edges.sort()
    return judge([RELAY], t.edges, t.story)[0]


def failures():
    """[what the judge got wrong]"""
    found = [f"the good story: {text}" for _, text in laws(tale())]
    for name, (law, spoil) in BAD.items():
        t = tale()
        t.edges.sort()
        spoil(t)
        said = laws(t)
        if law not in [at for at, _ in said]:
            found.append(f"{name}: {said or 'nothing seen'}, expected law {law}")
    return found


def main():
    found = failures()
    for text in found:
        print(f"not ok e2e/judge: {text}")
    if not found:
        print(f"ok e2e/judge: {len(BAD)} bad stories seen")
    return 1 if found else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
