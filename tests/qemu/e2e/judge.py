# SPDX-License-Identifier: GPL-2.0-only
"""An independent judge of what relays did.

It knows the laws of relays (the numbers below are those of the contract, see
Documentation) and nothing of how the driver obeys them.  It gets

  - the edges of the coil lines, seen from outside the guest (virtual ns),
  - what was asked, when, and with what result, logged by who asked,
  - the driver's tracepoints: the order in which requests came to be, and
    those that no one could log, as they came from LED triggers,
  - what the driver's files said,

and returns what contradicts.  Travel and spacing are judged by the outside
edges alone.  Each request that was logged has to be in the trace, within its
call, and nothing else may be there; each edge told has to be one seen outside,
and the other way round.  So the trace is witness only of order, not of facts.

Laws: 1 never early, and late only by the scheduler; 2 no reversal in travel;
3 off at once; 4 rate; 6 convergence; 7 counts; 8 no edge unasked; 9 nothing
pending, nothing armed; 10 silence after unbind.  "log": the story contradicts
itself; "wait", "policy", "statistics", "history", "wear": as in the ABI documents.
"""
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

US = 1000
MS = 1000 * US
SECOND = 1000 * MS
MINUTE = 60 * SECOND
NEVER = 1 << 64
UNBIND_LATE = 50 * MS    # for the faces to go, which takes grace periods
TICK = 16           # ns: the guest's clock counts in these

LAWS = "1 2 3 4 6 7 8 9 10 clock log wait policy statistics history wear".split()
EAGAIN, EINVAL = -11, -22


@dataclass
class Relay:
    """A relay as its data sheet and its node have it."""
    label: str
    bank: str
    line: int
    close_ns: int
    open_ns: int
    loaded_per_minute: int
    unloaded_per_minute: int
    electrical_life: int
    mechanical_life: int
    load: str = "resistive"
    default: str = "off"
    active_low: bool = False
    retain: bool = False

    def per_minute(self, loaded):
        return self.loaded_per_minute if loaded else self.unloaded_per_minute

    def spacing(self, loaded):
        return -(-MINUTE // self.per_minute(loaded))


@dataclass
class Request:
    """A call, by who made it.  op: on off toggle pulse bogus; arg: ns of a pulse."""
    begin: int
    end: int
    face: str
    op: str
    arg: int
    result: int


@dataclass
class Told:
    """A tracepoint: what is "request" or "coil"; op: on off toggle pulse."""
    ns: int
    what: str
    op: str
    why: str
    result: int = 0
    cycle: int = 0
    wait_ns: int | None = None


@dataclass
class Control:
    """unbind, bind (of one bank), unload, load."""
    begin: int
    end: int
    bank: str
    op: str


@dataclass
class Story:
    """All that is known but for the edges; times in ns of CLOCK_BOOTTIME."""
    requests: dict = field(default_factory=lambda: defaultdict(list))   # label: [Request]
    triggers: dict = field(default_factory=lambda: defaultdict(list))   # label: [(begin, end, period ns, kind)]
    setup: dict = field(default_factory=lambda: defaultdict(list))      # label: [(begin, end, "load" | "policy", value)]
    controls: list = field(default_factory=list)
    clock: list = field(default_factory=list)                           # [(begin, end)] of each edge of the clock's line
    reads: list = field(default_factory=list)                           # [(begin, end, label, file, value)]
    history: list = field(default_factory=list)                         # [(begin, end, label, ns, what, why)]
    timers: list = field(default_factory=list)                          # [(begin, end, armed before, armed, quiet)]
    told: dict = field(default_factory=lambda: defaultdict(list))       # label: [Told]
    end: int | None = None                                              # nothing was asked or read after it
    lost: bool = False                                                  # the trace's buffer was too small


LOADS = ("none", "resistive", "ac-15", "dc-13")
POLICIES = ("defer", "reject")


def parse(storm, trace):
    """What the program storm wrote, and the trace."""
    s = Story()
    for line in storm.splitlines():
        kind, *w = line.split()
        if kind == "request":
            begin, end, label, face, op, arg, result = int(w[0]), int(w[1]), w[2], w[3], w[4], int(w[5]), int(w[6])
            if face == "setup":
                if result == 0:
                    s.setup[label].append((begin, end, op, (LOADS if op == "load" else POLICIES)[arg]))
            elif op in ("timer", "oneshot"):
                s.triggers[label].append((begin, end, arg * MS, op if result == 0 else "failed"))
            else:
                if op in ("set", "take", "brightness"):
                    op = "on" if arg else "off"
                op = {"1": "on", "0": "off"}.get(op, op)
                s.requests[label].append(Request(begin, end, face, op, arg * MS if op == "pulse" else 0, result))
        elif kind == "control":
            s.controls.append(Control(int(w[0]), int(w[1]), w[2], w[3]))
        elif kind == "clock":
            s.clock.append((int(w[0]), int(w[1])))
        elif kind == "read":
            s.reads.append((int(w[0]), int(w[1]), w[2], w[3], w[4]))
        elif kind == "history":
            s.history.append((int(w[0]), int(w[1]), w[2], int(w[3]), w[4], w[5]))
        elif kind == "timer":
            s.timers.append(tuple(int(x) for x in w))
    for calls in (*s.requests.values(), *s.setup.values()):
        calls.sort(key=lambda c: c.begin if isinstance(c, Request) else c[0])
    s.end = max((end for _, end in s.clock), default=None)
    s.lost = "LOST" in trace
    for event, text in re.findall(r": emrelay_(request|coil): (.*)$", trace, re.M):
        f = dict(re.findall(r"(\w+)=(\S+)", text))
        s.told[f["relay"]].append(
            Told(int(f["ns"]), event, f["op"], f["why"], int(f["result"]), wait_ns=int(f["wait_ns"])) if event == "request" else
            Told(int(f["ns"]), event, f["coil"], f["why"], cycle=int(f["cycle"])))
    return s


class Segments:
    """A value over time that was changed by calls: during a call it may be the old or the new one."""

    def __init__(self, first):
        self.changes = []   # (begin, end, value), in order
        self.first = first

    def change(self, begin, end, value):
        self.changes.append((begin, end, value))

    def segments(self, start):
        """(begin, end, {possible values}) from start on."""
        # Changes are few, requests many: look only at those that matter.
        i = bisect_left(self.changes, start, key=lambda c: c[1])
        value = self.changes[i - 1][2] if i else self.first
        at = start
        for begin, end, new in self.changes[i:]:
            if begin > at:
                yield at, begin, {value}
                at = begin
            if end > at:
                yield at, end, {value, new}
                at = end
            value = new
        yield at, NEVER, {value}

    def possible(self, begin, end):
        found = set()
        for a, _, values in self.segments(begin):
            if a > end:
                break
            found |= values
        return found


class Wish:
    """What a relay was last asked to be, and from when on: between two moments of the outside clock."""

    def __init__(self, level, low, high, pulse_ns=0):
        self.level, self.low, self.high = level, low, high
        self.overdue = False
        self.instead_of = None
        self.pulse_ns = pulse_ns
        self.pulse_end = None       # CLOCK_BOOTTIME, once the coil is on
        self.pulse_from_edge = None  # outside ns of the edge it counts from, if from one


def when(told):
    return told.ns


class Judge:
    """Judge one relay."""

    def __init__(self, relay, edges, story, offset, late, told_late, quiet_late):
        self.relay, self.story, self.late = relay, story, late
        self.low, self.high = offset
        self.told_late, self.quiet_late = told_late, quiet_late
        self.told = story.told[relay.label]
        self.wrong = []
        self.lateness = []
        controls = [c for c in story.controls if c.bank in ("-", relay.bank)]
        self.controls = controls
        self.loads = [c for c in controls if c.op == "load"]
        self.blind = self.pairs("unload", "load")
        self.unbound = self.pairs("unbind", "bind")
        self.first = relay.active_low and edges is not None
        if edges is None:
            # No one watches from outside: what is told is all there is.
            self.edges = [(t.ns, t.op == "on") for t in self.told if t.what == "coil"]
        else:
            self.edges = [(ns, bool(level) != relay.active_low) for ns, line, level in edges if line == relay.line]
        self.times = [ns for ns, _ in self.edges]
        self.rises = [ns for ns, on in self.edges if on]
        self.classes = Segments(relay.load)
        self.policy = Segments("defer")
        changes = [(b, e, op, value) for b, e, op, value in story.setup[relay.label]]
        for c in controls:
            if c.op in ("bind", "load"):
                changes += [(c.begin, c.end, "load", relay.load), (c.begin, c.end, "policy", "defer")]
        for begin, end, op, value in sorted(changes):
            (self.classes if op == "load" else self.policy).change(*self.span(begin, end), value)

    def pairs(self, off, on):
        """[(from when on it was being taken away, when it was gone, when it began to come back, was back)]"""
        found, gone = [], None
        for c in self.controls:
            if c.op == off:
                gone = c
            elif c.op == on and gone:
                found.append((gone.begin, gone.end, c.begin, c.end))
                gone = None
        return found

    def span(self, begin, end):
        """Moments of CLOCK_BOOTTIME as seen outside: not before, not after."""
        return begin + self.low, end + self.high

    def say(self, law, ns, text):
        self.wrong.append((law, f"{self.relay.label} at {ns}: {text}"))

    def level_at(self, ns):
        i = bisect_right(self.times, ns)
        return self.edges[i - 1][1] if i else self.first

    # What the outside edges alone say.

    def loaded(self, ns_begin, ns_end):
        return {c != "none" for c in self.classes.possible(ns_begin, ns_end)}

    def load_number(self, ns):
        """Which loading of the module an edge belongs to."""
        return sum(ns >= c.begin + self.low for c in self.loads)

    def judge_wire(self):
        level = self.first
        for i, (ns, on) in enumerate(self.edges):
            if on == level:
                self.say("8", ns, "two edges to the same level")
            level = on
            if i:
                gap, least = ns - self.times[i - 1], self.relay.open_ns if on else self.relay.close_ns
                if gap < least:
                    self.say("2", ns, f"{'on' if on else 'off'} {gap} ns after the last edge, travel is {least}")
        loads = [self.load_number(ns) for ns in self.rises]
        for i, ns in enumerate(self.rises[1:], 1):
            if loads[i] != loads[i - 1]:
                continue
            gap = ns - self.rises[i - 1]
            least = min(self.relay.spacing(loaded) for loaded in self.loaded(ns, ns))
            if gap < least:
                self.say("4", ns, f"on {gap} ns after the last one, spacing is {least}")
        for loaded in (False, True):
            number = self.relay.per_minute(loaded)
            for i in range(number, len(self.rises)):
                a, b = self.rises[i - number], self.rises[i]
                if b - a < MINUTE and loads[i] == loads[i - number] and self.loaded(b - MINUTE, b) == {loaded}:
                    self.say("4", b, f"{number + 1} energisations within {b - a} ns, {number} are allowed")

    # What was asked against what was told.

    def away(self, begin, end):
        """Whether the relay was, or might have been, gone at some moment of a call."""
        return any(a <= end and begin <= d for a, _, _, d in (*self.unbound, *self.blind)) or not self.loads or \
            begin < self.loads[0].end

    def surely_gone(self, begin, end):
        return any(b < begin and end < c for _, b, c, _ in (*self.unbound, *self.blind))

    def leaving(self, begin, end):
        return any(a <= end and begin <= b for a, b, _, _ in self.unbound) or \
            any(a <= end and begin <= d for a, _, _, d in self.blind)

    def judge_calls(self):
        """Each call is in the trace, and nothing is there that no one called for."""
        open_calls = defaultdict(list)
        waiting = sorted(self.story.requests[self.relay.label], key=lambda r: r.begin)
        for r in waiting:
            self.judge_result(r)
        calls = [r for r in waiting if r.result in (0, EAGAIN)]
        at = 0
        for t in (t for t in self.told if t.what == "request"):
            while at < len(calls) and calls[at].begin <= t.ns:
                r = calls[at]
                open_calls[r.face, r.op, r.result].append(r)
                at += 1
            found = [r for r in open_calls[t.why, t.op, t.result] if r.end >= t.ns]
            if found:
                mine = min(found, key=lambda r: r.end)
                open_calls[t.why, t.op, t.result].remove(mine)
                mine.told = True
                t.arg = mine.arg
            elif t.why == "led" and any(b <= t.ns <= e for b, e, _, _ in self.story.triggers[self.relay.label]):
                t.arg = 0
            else:
                self.say("8", t.ns, f"a request that no one made: {t.op} by {t.why}, result {t.result}")
                t.arg = 0
            if self.surely_gone(t.ns, t.ns):
                self.say("10", t.ns, f"a request after unbind: {t.op} by {t.why}")
        for r in calls:
            if not hasattr(r, "told") and not self.leaving(r.begin, r.end):
                self.say("log", r.begin, f"{r.op} by {r.face}, result {r.result}, did not reach the relay")
        self.judge_triggers()

    def judge_triggers(self):
        """A blinking LED trigger asks twice a period (a jiffy of 4 ms more each time at most, twice that to be sure)."""
        asked = [t.ns for t in self.told if t.what == "request" and t.why == "led"]
        for begin, end, period, kind in self.story.triggers[self.relay.label]:
            if kind == "timer" and self.late is not None and not self.away(begin, end):
                count = bisect_right(asked, end) - bisect_left(asked, begin)
                least = (end - begin) // (period + 16 * MS) - 1
                if count < least:
                    self.say("log", begin, f"an LED trigger asked {count} times, at least {least} expected")

    def judge_result(self, r):
        if r.result == 0:
            if r.op == "bogus" or r.op == "pulse" and r.arg < self.relay.close_ns:
                self.say("policy", r.begin, f"{r.op} {r.arg} was accepted")
            elif self.surely_gone(r.begin, r.end):
                self.say("10", r.begin, f"{r.op} by {r.face} was accepted after unbind")
        elif r.result == EAGAIN:
            if r.face != "sysfs" or r.op == "off":
                self.say("policy", r.begin, f"{r.op} by {r.face} was refused")
        elif r.result == EINVAL and (r.op == "bogus" or r.op == "pulse" and r.arg < self.relay.close_ns):
            pass
        elif not self.away(r.begin, r.end):
            self.say("policy", r.begin, f"{r.op} by {r.face}: result {r.result}")

    def match(self):
        """Each edge that was told is one seen outside, soon before, and the other way round."""
        at = 0
        for t in (t for t in self.told if t.what == "coil"):
            low, high = self.span(t.ns - self.told_late, t.ns + TICK)
            while at < len(self.edges) and (self.times[at] < low or self.unheard(self.times[at], t.ns)):
                self.unseen(at)
                at += 1
            if at < len(self.edges) and self.times[at] <= high and self.edges[at][1] == (t.op == "on"):
                t.edge = self.times[at]
                at += 1
            else:
                t.edge = None
                self.say("7", t.ns, f"the driver tells of an edge to {t.op} that was not on the line")
        for i in range(at, len(self.edges)):
            self.unseen(i)

    def unheard(self, edge, ns):
        """Whether an edge fell while no one listened, and something told at ns therefore is another."""
        return any(a + self.high < edge < d + self.low and not a <= ns <= d for a, _, _, d in self.blind)

    def unseen(self, i):
        """An edge that was not told: only while the module is loaded or unloaded, as no one listens then."""
        ns, on = self.edges[i]
        slack = self.told_late
        if self.story.end is not None and ns > self.story.end + self.low:
            # Shutdown: what is released travels no more when it is; the wire says so.
            if on or self.relay.retain:
                self.say("8", ns, f"shutdown turned the coil {'on' if on else 'off'}")
            return
        for a, b, c, d in (*self.blind, *((-NEVER, -NEVER, c.begin, c.end) for c in self.loads[:1])):
            if a + self.low - slack <= ns <= b + self.high:
                return
            if c + self.low <= ns <= d + self.high:
                # Loading brings a relay to its default state, and that once.
                if on != (self.relay.default == "on") or self.relay.default == "keep":
                    self.say("8", ns, f"loading the module turned the coil {'on' if on else 'off'}")
                return
        self.say("8", ns, f"an edge to {'on' if on else 'off'} of which the driver does not tell")

    # When edges were due.

    def legal(self, wish, fall, rise):
        """The first legal moment for a wish: not before, not after, given the last edges before it."""
        if not wish.level:
            travel = rise + self.relay.close_ns if rise is not None else 0
            return max(wish.low, travel), max(wish.high, travel)
        travel = fall + self.relay.open_ns if fall is not None else 0
        low, high = max(wish.low, travel), max(wish.high, travel)
        if rise is None:
            return low, high
        return self.spaced(low, rise, min), self.spaced(high, rise, max)

    def spaced(self, start, rise, pick):
        for begin, end, classes in self.classes.segments(start):
            moment = max(begin, rise + pick(self.relay.spacing(c != "none") for c in classes))
            if moment < end:
                return moment
        return NEVER

    def judge_story(self):
        """Walk along all that happened, in the order in which it did."""
        items = [(t.ns, 1, t) for t in self.told]
        for a, b, c, d in self.unbound:
            items += [(a, 0, "unbind"), (b, 2, "unbound"), (c, 0, (d, "bind"))]
        for a, b, c, d in self.blind:
            items += [(a, 0, "unload"), (c, 0, (d, "load"))]
        items += [(c.begin, 0, (c.end, "load")) for c in self.loads[:1]]
        items += [(end, 3, "rest") for _, end, _, _, _ in self.story.timers]
        items.sort(key=lambda item: item[:2])

        self.coil = self.first
        self.fall = self.rise = None    # the last edges that limits count from
        self.told_fall = self.told_rise = None
        self.wish = None
        self.leaving_now = False
        self.bound = 0                  # by when it surely was
        self.hidden = True              # nobody listens
        self.counts = []                # (ns, requests, accepted, deferred least, most, coalesced, rejected)
        self.count = [0] * 6
        for ns, _, item in items:
            if isinstance(item, Told):
                if self.hidden:
                    continue
                self.expire(ns)
                self.overdue(ns)
                if item.what == "coil":
                    self.edge(item)
                else:
                    self.request(item)
                self.counts.append((ns, *self.count))
            else:
                self.control(ns, item)

    def control(self, ns, item):
        if item == "rest":
            self.expire(ns)
            self.overdue(ns, self.quiet_late)
        elif item == "unbind":
            self.expire(ns)
            self.overdue(ns)
            self.leaving_now = True
            self.leaving_since = ns + self.high
        elif item == "unbound":
            if self.coil and self.let_go():
                self.say("8", ns, "the coil is still energised after unbind")
            self.wish = None
        elif item == "unload":
            self.expire(ns)
            self.overdue(ns)
            self.hidden = True
            self.wish = None
        else:
            end, op = item
            low, high = self.span(ns, end)
            if op == "load":
                # From outside only: what the coil did while no one listened.
                before = bisect_right(self.times, low)
                after = bisect_right(self.times, high)
                if before and self.edges[before - 1][1] and not self.relay.retain:
                    self.say("8", ns, "the coil is still energised after unload")
                self.coil = self.level_at(high)
                recent = self.edges[before:after]
                self.rise = next((e for e, on in reversed(recent) if on), None)
                self.fall = next((e for e, on in reversed(recent) if not on), None)
                if self.fall is None and before and not self.edges[before - 1][1]:
                    self.fall = None    # travel is over before a module goes
                # What the driver took for their moment was not told.
                self.told_fall = self.told_rise = None
                self.hidden = False
                self.count = [0] * 6
                self.counts.append((ns, *self.count))
            level = self.coil if self.relay.default == "keep" else self.relay.default == "on"
            self.wish = Wish(level, low, high)
            self.bound = high
            self.leaving_now = False

    def let_go(self):
        """Whether unbind releases the coil: retained is only what is to be on for good."""
        return not self.relay.retain or not self.wish or not self.wish.level or self.wish.pulse_ns

    def expire(self, ns):
        """A pulse that is over is a wish for off."""
        w = self.wish
        if not w or w.pulse_end is None or ns < w.pulse_end:
            return
        if w.pulse_from_edge is not None:
            low = high = w.pulse_from_edge + w.pulse_ns
        else:
            low, high = self.span(w.pulse_end, w.pulse_end + TICK)
        self.wish = Wish(False, low, high)

    def overdue(self, ns, late=None):
        """A wish must not be open much longer than its first legal moment."""
        late = self.late if late is None else late
        w = self.wish
        if late is None or not w or w.overdue or w.level == self.coil or self.leaving_now:
            return
        due = self.legal(w, self.fall, self.rise)[1]
        if ns + self.low > due + late:
            law = "6" if late == self.quiet_late else "1" if w.level else "3"
            self.say(law, ns, f"{'on' if w.level else 'off'} was due at {due - self.low} and has not come")
            w.overdue = True    # once is enough

    def edge(self, t):
        on = t.op == "on"
        if t.edge is None:
            return
        w = self.wish
        if self.late is None and w and w.level != on and w.instead_of and t.ns + self.low < w.low + self.told_late:
            # A line that sleeps was being driven when a newer request came.
            w = w.instead_of
        if self.leaving_now and not on and self.let_go():
            # The last word, once the faces have gone; travel is judged by the wire.
            due = max(self.leaving_since, self.rise + self.relay.close_ns if self.rise is not None else 0)
            if self.late is not None and t.edge > due + UNBIND_LATE:
                self.say("3", t.ns, f"released {t.edge - due} ns after it might have been, by unbind")
        elif w and w.pulse_end is not None and not on:
            self.say("1", t.ns, f"a pulse ended {w.pulse_end - t.ns} ns early")
        elif w is None or w.level != on:
            law = "10" if self.surely_gone(t.ns, t.ns) else "8"
            self.say(law, t.ns, f"an edge to {t.op} (told: by {t.why}) that nobody asked for")
        else:
            low, high = self.legal(w, self.fall, self.rise)
            if t.edge < low:
                self.say("1", t.ns, f"{t.op} {low - t.edge} ns before its first legal moment")
            elif self.late is not None and not w.overdue and t.edge > high + self.late and not self.leaving_now:
                self.say("1" if on else "3", t.ns, f"{t.op} {t.edge - high} ns after its first legal moment")
            elif not self.leaving_now and high - low <= self.high - self.low + TICK:
                self.lateness.append(t.edge - low)
        self.coil = on
        if on:
            self.rise = t.edge
            self.told_rise = t.ns
            if w and w.pulse_ns:
                w.pulse_end = t.ns + w.pulse_ns
                w.pulse_from_edge = t.edge
        else:
            self.fall = t.edge
            self.told_fall = t.ns

    def request(self, t):
        c = self.count
        c[0] += 1
        w = self.wish
        if w is None:
            self.say("10", t.ns, f"{t.op} by {t.why} while the relay was not bound")
            return
        low, high = self.span(t.ns, t.ns + TICK)
        on = not w.level if t.op == "toggle" else t.op != "off"
        rising = self.legal(Wish(True, low, high), self.fall, self.rise) if on and not self.coil else (0, 0)
        if t.result:
            c[5] += 1
            if "reject" not in self.policy.possible(low, high):
                self.say("policy", t.ns, f"{t.op} refused, the policy is to defer")
            elif not on or self.coil or self.legal(Wish(True, low, low), self.fall, self.rise)[1] <= low:
                self.say("policy", t.ns, f"{t.op} refused, though it was legal")
            return
        c[1] += 1
        self.wait(t, on)
        if on == w.level and t.op != "pulse":
            w.pulse_ns, w.pulse_end = 0, None
            return
        if t.why == "sysfs" and on and not self.coil and self.policy.possible(low, high) == {"reject"} and rising[0] > high:
            self.say("policy", t.ns, f"{t.op} accepted, the policy is to reject what has to wait")
        if w.level != self.coil:
            c[4] += 1
        # Nothing has to move before the call that binds has ended: it may fail until then.
        self.wish = Wish(on, low, max(high, self.bound), t.arg if t.op == "pulse" else 0)
        self.wish.instead_of = w if w.level != on else None
        w.instead_of = None
        if on and self.coil and t.op == "pulse":
            self.wish.pulse_end = t.ns + t.arg
        if on != self.coil:
            due = self.legal(self.wish, self.fall, self.rise)
            c[2] += due[0] > high + self.told_late
            c[3] += due[1] > low

    def wait(self, t, on):
        """The wait that is told is to the nanosecond that of the limits, from the moments told of the last edges."""
        if t.wait_ns is None or self.told_fall is None or self.told_rise is None:
            return
        due = t.ns
        classes = self.loaded(t.ns + self.low, t.ns + self.high)
        if on != self.coil:
            if on and len(classes) > 1:
                return
            due = max(due, max(self.told_fall + self.relay.open_ns, self.told_rise + self.relay.spacing(*classes))
                      if on else self.told_rise + self.relay.close_ns)
        if t.wait_ns != due - t.ns:
            self.say("wait", t.ns, f"{t.op} has to wait {t.wait_ns} ns, it is told; by its limits, {due - t.ns}")

    # What the files said.

    def judge_files(self):
        label = self.relay.label
        groups = defaultdict(dict)
        ends = {}
        for begin, end, name, file, value in self.story.reads:
            if name == label:
                groups[begin][file] = value
                ends[begin] = end
        history = defaultdict(list)
        for begin, _, name, *entry in self.story.history:
            if name == label:
                history[begin].append(tuple(entry))
        for begin, files in groups.items():
            self.judge_reading(begin, ends[begin], files)
            self.judge_history(begin, ends[begin], history[begin])

    def within(self, law, begin, what, value, low, high):
        if not low <= int(value) <= high:
            self.say(law, begin, f"{what} is {value}, expected {low if low == high else (low, high)}")

    def judge_reading(self, begin, end, files):
        low, high = self.span(begin, end + TICK)
        loads = [c for c in self.loads if c.end <= begin]
        base = loads[-1].begin + self.low if loads else 0
        rises = self.rises[bisect_left(self.rises, base):]
        least, most = bisect_right(rises, low), bisect_right(rises, high)
        self.within("7", begin, "cycle_count", files["cycle_count"], least, most)
        still = least == most and bisect_right(self.times, low) == bisect_right(self.times, high)
        self.judge_statistics(begin, end, files)
        self.judge_wear(begin, end, files, rises[:most], base, still)

        rest = [t for t in self.story.timers if t[0] <= begin and t[1] > begin - SECOND]
        if rest and still:
            level = "on" if self.level_at(high) else "off"
            if files["coil"] != level:
                self.say("6", begin, f"coil is {files['coil']}, the line says {level}")
            if files["state"] != level:
                self.say("6", begin, f"all is quiet, state is {files['state']} and the coil {level}")
            if files["contact"] != ("closed" if level == "on" else "open"):
                self.say("6", begin, f"all is quiet, contact is {files['contact']} and the coil {level}")
            for name in ("wait_ms", "pulse_ms"):
                self.within("6", begin, name, files[name], 0, 0)
        for name, values in (("load", self.classes), ("policy", self.policy)):
            if files[name] not in values.possible(low, high):
                self.say("policy", begin, f"{name} is {files[name]}, was set to {values.possible(low, high)}")

    def judge_statistics(self, begin, end, files):
        names = ("requests", "accepted", "deferred", "deferred", "coalesced", "rejected")
        i = bisect_right(self.counts, begin, key=lambda c: c[0])
        j = bisect_right(self.counts, end, key=lambda c: c[0])
        if not i:
            return
        before, after = self.counts[i - 1][1:], self.counts[j - 1][1:]
        for n, name in enumerate(names):
            least = before[2] if name == "deferred" else before[n]
            most = after[3] if name == "deferred" else after[n]
            self.within("statistics", begin, name, files[f"statistics/{name}"], least, most)

    def judge_wear(self, begin, end, files, rises, base, still):
        if not still:
            return
        sure = [sum(self.loaded(ns, ns) == {loaded} for ns in rises) for loaded in (False, True)]
        unloaded, loaded = int(files["wear.cycles_unloaded"]), int(files["wear.cycles_loaded"])
        if unloaded + loaded != len(rises) or unloaded < sure[0] or loaded < sure[1]:
            self.say("wear", begin, f"{loaded} loaded and {unloaded} unloaded cycles, expected {sure[1]} and {sure[0]} of {len(rises)}")
        # Exact to 10^-12 of a life, whatever the number of cycles.
        product = self.relay.electrical_life * self.relay.mechanical_life
        pico = 10**12 * (loaded * self.relay.mechanical_life + unloaded * self.relay.electrical_life) // product
        self.within("wear", begin, "damage_pico", files["wear.damage_pico"], pico, pico + 1)
        used = int(files["wear.damage_pico"]) // 10**6
        self.within("wear", begin, "life_used_ppm", files["life_used_ppm"], used, used)
        health = "worn" if used >= 10**6 else "warning" if used >= 8 * 10**5 else "good"
        if files["health"] != health:
            self.say("wear", begin, f"health is {files['health']} at {used} ppm, expected {health}")
        on_ns, since = 0, base if self.level_at(base) else None
        for ns, on in self.edges[bisect_right(self.times, base):]:
            if ns > end + self.high:
                break
            if on:
                since = ns
            elif since is not None:
                on_ns, since = on_ns + ns - since, None
        slack = self.told_late * 2 * (1 + len(rises))
        if self.level_at(base):
            slack += sum(c.end - c.begin for c in self.loads)
        if since is not None:
            on_ns += end + self.high - since
            slack += end - begin + self.high - self.low
        self.within("wear", begin, "on_time_ms", files["wear.on_time_ms"], max(0, on_ns - slack) // MS, (on_ns + slack) // MS)

    def judge_history(self, begin, end, entries):
        """The last 64 of what was told, and no other."""
        loads = [c for c in self.loads if c.end <= begin]
        base = loads[-1].end if loads else 0
        told = [(t.ns, t.op if t.what == "coil" else "refused", t.why)
                for t in self.told[bisect_right(self.told, base, key=when):bisect_right(self.told, end, key=when)]
                if t.what == "coil" or t.result]
        if told and told[-1][0] >= begin:
            return      # it moved while it was read
        shown = [e for e in entries if e[0] > base]
        if len(entries) > 64 or shown != told[len(told) - len(shown):] or \
                len(shown) < min(64, len(told)) and len(entries) < 64 and len(shown) != len(told):
            self.say("history", begin, f"history ends in {shown[-3:]}, told was {told[-3:]}")

    def run(self):
        self.judge_wire()
        self.judge_calls()
        self.match()
        self.judge_story()
        self.judge_files()


def clock_offset(story, edges, line):
    """Outside clock minus CLOCK_BOOTTIME, as (least, most): each edge fell within its call."""
    outside = [ns for ns, at, _ in edges if at == line]
    if not outside or len(outside) != len(story.clock):
        return None
    low = max(ns - end - TICK for ns, (_, end) in zip(outside, story.clock))
    high = min(ns - begin for ns, (begin, _) in zip(outside, story.clock))
    return (low, high) if low <= high else None


def judge(relays, edges, story, *, clock_line=3, late=30 * US, told_late=20 * US, quiet_late=100 * MS):
    """([(law, what is wrong)], {label: Judge}).

    edges       [(ns, line, level)] seen outside; None: no one looked, judge what was told
    late        the scheduler's share; None: time is not under control, judge "never early" only
    told_late   ns from an edge to the moment that the driver takes for it
    quiet_late  when all should be quiet: so long after its moment a wish is given up
    """
    offset = (0, 0) if edges is None else clock_offset(story, edges, clock_line)
    if offset is None:
        return [("clock", "no offset between the clocks satisfies all edges of the clock's line")], {}
    wrong = [("log", "the trace lost events")] if story.lost else []
    for begin, end, _, armed, quiet in story.timers:
        if not quiet:
            wrong.append(("6", f"at {end}: still not quiet after {(end - begin) / SECOND:.1f} s without a request"))
        elif armed:
            wrong.append(("9", f"at {end}: all is quiet, and {armed} timers are armed"))
    judges = {}
    for relay in relays:
        j = judges[relay.label] = Judge(relay, edges, story, offset, late, told_late, quiet_late)
        j.run()
        wrong += j.wrong
    return wrong, judges
