# SPDX-License-Identifier: GPL-2.0-only
"""What is known of a storm but for the edges: what was asked, set and read, and
what the driver told; for judge.py.
"""
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

MS = 1_000_000
NEVER = 1 << 64
EAGAIN, EBUSY, EINVAL = -11, -16, -22


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
    group: int = 0          # of its bank; 0: none
    dead_ns: int = 0
    min_on_ms: int = 0
    min_off_ms: int = 0

    def per_minute(self, loaded):
        return self.loaded_per_minute if loaded else self.unloaded_per_minute

    def spacing(self, loaded):
        return -(-60_000 * MS // self.per_minute(loaded))

    def as_bound(self):
        """What bind and load set, whatever was set before."""
        return {"load": self.load, "policy": "defer", "interlock": "block", "watchdog_ms": 0,
                "min_on_ms": self.min_on_ms, "min_off_ms": self.min_off_ms}


@dataclass
class Request:
    """A call, by who made it.  op: on off toggle pulse bogus; arg: ns of a pulse."""
    begin: int
    end: int
    face: str
    op: str
    arg: int
    result: int
    task: int = 0


@dataclass
class Told:
    """A tracepoint: what is "request" or "coil"; op: on off toggle pulse."""
    ns: int
    what: str
    op: str
    why: str
    result: int = 0
    cycle: int = 0
    wait_ns: int | None = None      # NEVER: nobody knows
    place: int = 0                  # in the trace
    task: int = 0


@dataclass
class Control:
    """unbind, bind (of one bank), unload, load."""
    begin: int
    end: int
    bank: str
    op: str


@dataclass
class Story:
    """Times in ns of CLOCK_BOOTTIME."""
    requests: dict = field(default_factory=lambda: defaultdict(list))   # label: [Request]
    triggers: dict = field(default_factory=lambda: defaultdict(list))   # label: [(begin, end, period ns, kind)]
    setup: dict = field(default_factory=lambda: defaultdict(list))      # label or bank: [(begin, end, file, value)]
    foreseen: dict = field(default_factory=lambda: defaultdict(list))   # label: [(begin, end, file, ms; -1: nobody knows)]
    controls: list = field(default_factory=list)
    clock: list = field(default_factory=list)                           # [(begin, end)] of each edge of the clock's line
    reads: list = field(default_factory=list)                           # [(begin, end, label, file, value)]
    history: list = field(default_factory=list)                         # [(begin, end, label, ns, what, why)]
    timers: list = field(default_factory=list)                          # [(begin, end, armed before, armed, quiet)]
    told: dict = field(default_factory=lambda: defaultdict(list))       # label: [Told]
    end: int | None = None                                              # nothing was asked or read after it
    lost: bool = False                                                  # the trace's buffer was too small


WORDS = {"load": ("none", "resistive", "ac-15", "dc-13"), "policy": ("defer", "reject"), "interlock": ("block", "changeover")}


def parse_request(s, w):
    begin, end, label, face, op, arg, result = int(w[0]), int(w[1]), w[2], w[3], w[4], int(w[5]), int(w[6])
    if face == "setup":
        if result == 0:
            s.setup[label].append((begin, end, op, WORDS[op][arg] if op in WORDS else arg))
    elif face == "read":
        s.foreseen[label].append((begin, end, op, arg))
    elif op in ("timer", "oneshot"):
        s.triggers[label].append((begin, end, arg * MS, op if result == 0 else "failed"))
    else:
        if op in ("set", "take", "brightness"):
            op = "on" if arg else "off"
        op = {"1": "on", "0": "off"}.get(op, op)
        s.requests[label].append(Request(begin, end, face, op, arg * MS if op == "pulse" else 0, result, int(w[7])))


def wait(text):
    ns = int(text)
    return ns if 0 <= ns < NEVER - 1 else NEVER


def parse(storm, trace):
    """What the program storm wrote, and the trace."""
    s = Story()
    for line in storm.splitlines():
        kind, *w = line.split()
        if kind == "request":
            parse_request(s, w)
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
    for calls in (*s.requests.values(), *s.setup.values(), *s.foreseen.values()):
        calls.sort(key=lambda c: c.begin if isinstance(c, Request) else c[0])
    s.end = max((end for _, end in s.clock), default=None)
    s.lost = "LOST" in trace
    for place, m in enumerate(re.finditer(
            r"-(\d+) +\[.*?: emrelay_(?:request: relay=(\S+) op=(\w+) source=(\w+) now_ns=(\d+) result=(-?\d+) wait_ns=(-?\d+)"
            r"|coil: relay=(\S+) coil=(\w+) source=(\w+) now_ns=(\d+) cycle=(\d+))", trace)):
        task = int(m[1])
        if m[2]:
            s.told[m[2]].append(Told(int(m[5]), "request", m[3], m[4], int(m[6]), wait_ns=wait(m[7]), place=place, task=task))
        else:
            s.told[m[8]].append(Told(int(m[11]), "coil", m[9], m[10], cycle=int(m[12]), place=place, task=task))
    return s


class Segments:
    """A value over time that was changed by calls: during a call it may be the old or the new one."""

    def __init__(self, first):
        self.values = [first]           # one more than changes
        self.begins, self.ends = [], []

    def change(self, begin, end, value):
        """The next change; they come in order."""
        self.begins.append(begin)
        self.ends.append(end)
        self.values.append(value)

    def segments(self, start):
        """(begin, end, {possible values}) from start on."""
        i = bisect_left(self.ends, start)
        at = start
        for i in range(i, len(self.ends)):
            if self.begins[i] > at:
                yield at, self.begins[i], {self.values[i]}
                at = self.begins[i]
            if self.ends[i] > at:
                yield at, self.ends[i], {self.values[i], self.values[i + 1]}
                at = self.ends[i]
        yield at, NEVER, {self.values[-1]}

    def sure(self, begin, end):
        """Whether nothing changed from one moment to another: (so it is, the value then)."""
        i = bisect_left(self.ends, begin)
        return i == len(self.ends) or end < self.begins[i], self.values[i]

    def possible(self, begin, end):
        sure, value = self.sure(begin, end)
        if sure:
            return {value}
        found = set()
        for a, _, values in self.segments(begin):
            if a > end:
                break
            found |= values
        return found

    def last(self, at):
        """The value that a change begun by then brings, for those that exclude all else meanwhile."""
        return self.values[bisect_right(self.begins, at)]

    def allows(self, start, pick, moment):
        """The first moment from start on that is not before the moment of the value it has then."""
        i = bisect_left(self.ends, start)
        at = max(start, moment(self.values[i]))
        if i == len(self.ends) or at < self.begins[i]:
            return min(at, NEVER)
        for begin, end, values in self.segments(start):
            at = max(begin, pick(moment(value) for value in values))
            if at < end:
                return at
        return NEVER
