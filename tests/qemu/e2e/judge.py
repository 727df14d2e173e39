# SPDX-License-Identifier: GPL-2.0-only
"""An independent judge of what relays did.

It knows the laws of relays (the numbers below are those of the contract, see
Documentation) and nothing of how the driver obeys them.  It gets

  - the edges of the coil lines, seen from outside the guest (virtual ns),
  - what was asked, when, and with what result, logged by who asked,
  - the driver's tracepoints: the order in which requests came to be, and
    those that no one could log, as they came from LED triggers,
  - what the driver's files said,

and returns what contradicts.  Travel, spacing, dwell, interlock, stagger and
coil limit are judged by the outside edges alone.  Each request that was logged
has to be in the trace, within its call, and nothing else may be there; each
edge told has to be one seen outside, and the other way round.  So the trace is
witness only of order, not of facts.

Laws: 1 never early, and late only by the scheduler; 2 no reversal in travel;
3 off at once; 4 rate; 5 interlock; 6 convergence; 7 counts; 8 no edge unasked;
9 nothing pending, nothing armed; 10 silence after unbind; 11 what nobody knows
counts as just happened, as the module is loaded.  "supply": stagger
and coil limit; "turn": who of several that wait goes first; "log": the story
contradicts itself; "wait", "policy", "statistics", "history", "wear": as in the
ABI documents.
"""
from bisect import bisect_left, bisect_right
from collections import defaultdict

from story import EAGAIN, EBUSY, EINVAL, MS, NEVER, Segments, Told

US = 1000
SECOND = 1000 * MS
MINUTE = 60 * SECOND
UNBIND_LATE = 100 * MS   # for the faces to go, which takes grace periods
TICK = 16           # ns: the guest's clock counts in these

LAWS = "1 2 3 4 5 6 7 8 9 10 11 supply turn clock log wait policy statistics history wear".split()


class Wish:
    """What a relay was last asked to be, by whom, and from when on: between two moments of the outside clock."""

    def __init__(self, level, low, high, why, pulse_ns=0):
        self.level, self.low, self.high, self.why = level, low, high, why
        self.since = low        # for how long it has been waiting
        self.overdue = False
        self.instead_of = None
        self.pulse_ns = pulse_ns
        self.end = None         # CLOCK_BOOTTIME: when the clock makes it an off ...
        self.end_why = None     # ... "pulse" or "watchdog" ...
        self.end_from = None    # ... or so long after an edge seen outside, if it counts from one
        self.low_due = self.high_due = None     # when it may be carried out, while that is known


def when(told):
    return told.ns


class Judge:
    """Judge one relay."""

    def __init__(self, relay, edges, story, offset, late, told_late):
        self.relay, self.story, self.late = relay, story, late
        self.low, self.high = offset
        self.told_late = told_late
        self.told = story.told[relay.label]
        self.wrong = []
        self.lateness = []
        controls = [c for c in story.controls if c.bank in ("-", relay.bank)]
        self.controls = controls
        self.loads = [c for c in controls if c.op == "load"]
        self.blind = self.pairs("unload", "load")
        self.unbound = self.pairs("unbind", "bind")
        self.first = relay.active_low
        self.edges = [(ns, bool(level) != relay.active_low) for ns, line, level in edges if line == relay.line]
        self.times = [ns for ns, _ in self.edges]
        self.rises = [ns for ns, on in self.edges if on]
        self.set = {name: Segments(value) for name, value in relay.as_bound().items()}
        changes = list(story.setup[relay.label])
        for c in controls:
            if c.op in ("bind", "load"):
                changes += [(c.begin, c.end, *item) for item in relay.as_bound().items()]
        for begin, end, name, value in sorted(changes, key=lambda c: c[:3]):
            self.set[name].change(*self.span(begin, end), value)
        self.classes = self.set["load"]
        self.rise_classes = [self.loaded(ns, ns) for ns in self.rises]
        # What Bank keeps of it on its way along the story.
        self.coil = self.first
        # The last edges that limits count from, each not before, not after; and the last one that the rate counts from.
        self.fall = self.rise = self.energised = None
        self.told_fall = self.told_rise = None
        self.wish = None
        self.hidden = True                  # nobody listens
        self.foreseen = None                # (when, at which moment) the coil follows if nobody asks for more
        self.counts = []                    # (ns, requests, accepted, deferred least, most, coalesced least, most, rejected)
        self.count = [0] * 7
        self.rests = []                     # (begin and end of a rest, state, whether it waits for others)

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

    def least(self, name, ns):
        """The least that a setting may have been when an edge was decided on."""
        return min(self.set[name].possible(ns - self.told_late, ns))

    def judge_wire(self):
        level = self.first
        for i, (ns, on) in enumerate(self.edges):
            if on == level:
                self.say("8", ns, "two edges to the same level")
            level = on
            if not i:
                continue
            gap, travel = ns - self.times[i - 1], self.relay.open_ns if on else self.relay.close_ns
            if gap < travel:
                self.say("2", ns, f"{'on' if on else 'off'} {gap} ns after the last edge, travel is {travel}")
            # What goes waits for travel only, and what comes does not know of more.
            if self.load_number(ns) == self.load_number(self.times[i - 1]) and not (not on and self.goes(ns)):
                dwell = self.least("min_off_ms" if on else "min_on_ms", ns) * MS
                if gap < dwell:
                    self.say("1", ns, f"{'on' if on else 'off'} {gap} ns after the last edge, least is {dwell}")
        self.judge_first()
        loads = [self.load_number(ns) for ns in self.rises]
        for i, ns in enumerate(self.rises[1:], 1):
            if loads[i] != loads[i - 1]:
                continue
            gap = ns - self.rises[i - 1]
            least = min(self.relay.spacing(loaded) for loaded in self.rise_classes[i])
            if gap < least:
                self.say("4", ns, f"on {gap} ns after the last one, spacing is {least}")
        for loaded in (False, True):
            number = self.relay.per_minute(loaded)
            for i in range(number, len(self.rises)):
                a, b = self.rises[i - number], self.rises[i]
                if b - a < MINUTE and loads[i] == loads[i - number] and self.loaded(b - MINUTE, b) == {loaded}:
                    self.say("4", b, f"{number + 1} energisations within {b - a} ns, {number} are allowed")

    def judge_first(self):
        """What the module does not know of a relay it takes for just happened as it is loaded."""
        for c in self.loads:
            begin = c.begin + self.low
            i = bisect_left(self.times, begin)
            if i == len(self.edges):
                continue
            ns, on = self.edges[i]
            # A line that is an input until then, pulled to on, becomes an output that is off.
            if not i and not on and self.relay.default == "off":
                continue
            dwell = self.least("min_off_ms", ns) * MS if on else 0
            least = max(dwell, self.relay.open_ns if on else self.relay.close_ns)
            if self.load_number(ns) == self.load_number(begin) and not (not on and self.goes(ns)) and ns - begin < least:
                self.say("11", ns, f"{'on' if on else 'off'} {ns - begin} ns after the module began to be loaded, least is {least}")

    def goes(self, ns):
        """Whether the driver, or the machine, may be going."""
        return self.after_all(ns) or any(a + self.low <= ns <= b + self.high for a, b, _, _ in (*self.unbound, *self.blind))

    def after_all(self, ns):
        return self.story.end is not None and ns > self.story.end + self.low

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
        calls = [r for r in waiting if r.result in (0, EAGAIN, EBUSY)]
        at = 0
        for t in (t for t in self.told if t.what == "request"):
            while at < len(calls) and calls[at].begin <= t.ns:
                r = calls[at]
                open_calls[r.face, r.op, r.result].append(r)
                at += 1
            found = [r for r in open_calls[t.why, t.op, t.result] if r.end >= t.ns]
            if found:
                # An LED may be set by a worker.
                mine = min(found, key=lambda r: (r.task != t.task, r.end))
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
        elif r.result in (EAGAIN, EBUSY):
            # An LED that is going takes nothing more.
            going = r.face == "led" and r.result == EBUSY and self.away(r.begin, r.end)
            if (r.face != "sysfs" or r.op == "off") and not going:
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
        deaf = [(a, d) for a, _, _, d in self.blind] + [(-NEVER, c.end) for c in self.loads[:1]]
        return any(a + self.high < edge < d + self.low and not a <= ns <= d for a, d in deaf)

    def unseen(self, i):
        """An edge that was not told: only while the module is loaded or unloaded, as no one listens then."""
        ns, on = self.edges[i]
        slack = self.told_late
        if self.after_all(ns):
            # Shutdown: what is released travels no more when it is; the wire says so.
            if on or self.relay.retain:
                self.say("8", ns, f"shutdown turned the coil {'on' if on else 'off'}")
            return
        for a, b, c, d in (*self.blind, *((-NEVER, -NEVER, c.begin, c.end) for c in self.loads[:1])):
            if a + self.low - slack <= ns <= b + self.high:
                return
            if c + self.low <= ns <= d + self.high:
                # Loading brings a relay to its default state, and that once; of a group, several may have been on.
                found = self.relay.group and not on and self.level_at(c + self.low)
                if (on != (self.relay.default == "on") or self.relay.default == "keep") and not found:
                    self.say("8", ns, f"loading the module turned the coil {'on' if on else 'off'}")
                return
        self.say("8", ns, f"an edge to {'on' if on else 'off'} of which the driver does not tell")

    # When edges are due by the relay's own limits.

    def own_due(self, pick, start, on, dwells=True):
        """The first moment from start on, at the earliest (pick=min) or the latest (max), at which an edge is legal."""
        fall, rise = (self.fall and pick(self.fall)), (self.rise and pick(self.rise))
        if on:
            if fall is not None:
                start = max(start, fall + self.relay.open_ns)
        elif rise is not None:
            start = max(start, rise + self.relay.close_ns)
        while True:
            at = start
            if on and fall is not None:
                at = self.set["min_off_ms"].allows(at, pick, lambda ms: fall + ms * MS)
            if on and self.energised is not None:
                at = self.classes.allows(at, pick, lambda c: self.energised + self.relay.spacing(c != "none"))
            if not on and rise is not None and dwells:
                at = self.set["min_on_ms"].allows(at, pick, lambda ms: rise + ms * MS)
            if at == start:
                return at
            start = at

    def told_due(self, ns, on):
        """The same to the ns, from the moments that the driver told of the last edges; None: not known."""
        if self.told_fall is None or self.told_rise is None:
            return None
        at = ns + self.low, ns + self.high
        values = {name: self.set[name].possible(*at) for name in ("load", "min_on_ms", "min_off_ms")}
        if any(len(v) > 1 for v in values.values()):
            return None
        (load,), (min_on,), (min_off,) = values.values()
        if not on:
            return max(ns, self.told_rise + max(self.relay.close_ns, min_on * MS))
        return max(ns, self.told_fall + max(self.relay.open_ns, min_off * MS), self.told_rise + self.relay.spacing(load != "none"))

    def let_go(self):
        """Whether unbind releases the coil: retained is only what is to be on for good."""
        return not self.relay.retain or not self.wish or not self.wish.level or self.wish.end_why is not None

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
        history_ends = dict(ends)       # it is read after the other files
        for begin, end, name, *entry in self.story.history:
            if name == label:
                history[begin].append(tuple(entry))
                history_ends[begin] = end
        for begin, files in groups.items():
            self.judge_reading(begin, ends[begin], files)
            self.judge_history(begin, history_ends[begin], history[begin])

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

        for target, waiting in [r[2:] for r in self.rests if r[0] <= begin and end <= r[1] and still]:
            level = "on" if self.level_at(high) else "off"
            for name, wanted in (("coil", level), ("state", "on" if target else "off"),
                                 ("contact", "closed" if level == "on" else "open"),
                                 ("wait_ms", "-1" if waiting else "0"), ("pulse_ms", "0")):
                if files[name] != wanted:
                    self.say("6", begin, f"all is quiet, {name} is {files[name]}, expected {wanted}")
        for name in self.set:
            if files.get(name) not in {str(v) for v in self.set[name].possible(low, high)} | {None}:
                self.say("policy", begin, f"{name} is {files[name]}, was set to {self.set[name].possible(low, high)}")

    def judge_statistics(self, begin, end, files):
        names = {"requests": (0, 0), "accepted": (1, 1), "deferred": (2, 3), "coalesced": (4, 5), "rejected": (6, 6)}
        i = bisect_right(self.counts, begin, key=lambda c: c[0])
        j = bisect_right(self.counts, end, key=lambda c: c[0])
        if not i:
            return
        before, after = self.counts[i - 1][1:], self.counts[j - 1][1:]
        for name, (least, most) in names.items():
            self.within("statistics", begin, name, files[f"statistics/{name}"], before[least], after[most])

    def judge_wear(self, begin, end, files, rises, base, still):
        if not still:
            return
        first = bisect_left(self.rises, base)
        sure = [sum(c == {loaded} for c in self.rise_classes[first:first + len(rises)]) for loaded in (False, True)]
        unloaded, loaded = int(files["wear.cycles_unloaded"]), int(files["wear.cycles_loaded"])
        if unloaded + loaded != len(rises) or unloaded < sure[0] or loaded < sure[1]:
            self.say("wear", begin, f"{loaded} loaded and {unloaded} unloaded cycles, expected {sure[1]} and {sure[0]} of {len(rises)}")
        # What a cycle costs is rounded up.
        mechanical = self.relay.mechanical_life
        electrical = min(self.relay.electrical_life, mechanical)
        pico = loaded * -(-10**12 // electrical) + unloaded * -(-10**12 // mechanical)
        self.within("wear", begin, "damage_pico", files["wear.damage_pico"], pico, pico)
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


class Bank:
    """Walk along all that happened to the relays of a bank, in the order in which it did."""

    def __init__(self, relays, story, late, told_late, quiet_late):
        self.relays, self.story = relays, story
        self.late, self.told_late, self.quiet_late = late, told_late, quiet_late
        one = relays[0]
        self.low, self.high, self.span = one.low, one.high, one.span
        self.controls, self.loads, self.blind, self.unbound = one.controls, one.loads, one.blind, one.unbound
        self.supply = {name: Segments(0) for name in ("stagger_ms", "coil_limit")}
        changes = list(story.setup[one.relay.bank])
        changes += [(c.begin, c.end, name, 0) for c in self.controls if c.op in ("bind", "load") for name in self.supply]
        for begin, end, name, value in sorted(changes, key=lambda c: c[:3]):
            self.supply[name].change(*self.span(begin, end), value)
        # When anything that limits depend on was set: a forecast from before is void.
        self.set = sorted((end, begin) for s in (*self.supply.values(), *(s for r in relays for s in r.set.values()))
                          for begin, end in zip(s.begins, s.ends))
        groups = {r.relay.group for r in relays} - {0}
        self.dead = {g: max(r.relay.dead_ns for r in relays if r.relay.group == g) for g in groups}
        self.claims = {}        # group: the member that is next, as it changes over
        self.unclaimed = {}     # group: when the last claim ended
        self.released = {}      # group: when a member was last released: not before, not after, as told
        for r in relays:
            r.rivals = [o for o in relays if o is not r and r.relay.group and o.relay.group == r.relay.group]
        self.rise = self.told_rise = self.fall = None   # of any relay
        self.ended = self.moved = -NEVER    # when the clock last ended what was asked; when anything last happened
        self.edges = 0
        self.leaving = False
        self.rests = {}                     # of the present rest, if it is one
        self.bound = 0                      # by when it surely was

    # What the outside edges alone say.

    def judge_wire(self):
        events = sorted((ns, on, i) for i, r in enumerate(self.relays) for ns, on in r.edges)
        on_now = {r for r in self.relays if r.first}
        fall = {}       # group: last release of a member
        last = None     # the last energisation of all
        binds = sorted([c.begin + self.low for c in self.controls if c.op in ("bind", "load")])
        for ns, on, i in events:
            r = self.relays[i]
            group = r.relay.group
            if not on:
                on_now.discard(r)
                fall[group] = ns
                continue
            for o in r.rivals:
                if o in on_now:
                    r.say("5", ns, f"on while {o.relay.label} is")
            bound = bisect_right(binds, ns)
            since = max(fall.get(group, -NEVER), binds[bound - 1] if bound else -NEVER)
            if r.rivals and ns < since + self.dead[group]:
                r.say("5", ns, f"on {ns - since} ns after the last release in its group (or the probe), dead time is {self.dead[group]}")
            limits = self.supply["coil_limit"].possible(ns - self.told_late, ns)
            if 0 not in limits and len(on_now - {r}) >= max(limits):
                r.say("supply", ns, f"on as the {len(on_now) + 1}th coil, {max(limits)} are allowed")
            stagger = min(self.supply["stagger_ms"].possible(ns - self.told_late, ns)) * MS
            if last is not None and ns - last < stagger:
                r.say("supply", ns, f"on {ns - last} ns after the last energisation in the bank, least is {stagger}")
            last = ns
            on_now.add(r)

    # When edges are due by all limits.

    def blocked(self, r):
        """Whether it is up to others of its group when it may be energised."""
        return any(o.coil for o in r.rivals) or self.claims.get(r.relay.group) not in (None, r)

    def waits(self, r):
        return r.wish is not None and r.wish.level and not r.coil

    def due(self, r, wish):
        """The first legal moment for a wish: not before, not after."""
        if not wish.level:
            return r.own_due(min, wish.low, False), r.own_due(max, wish.high, False)
        if self.blocked(r):
            return NEVER, NEVER
        low, high = wish.low, wish.high
        if r.rivals:
            group = r.relay.group
            first, last, _ = self.released[group]
            low = max(low, first + self.dead[group])
            high = max(high, last + self.dead[group], self.unclaimed.get(group, 0))
        return self.supplied(r, min, low), self.supplied(r, max, high)

    def supplied(self, r, pick, start):
        on = sum(o.coil for o in self.relays)
        while True:
            at = r.own_due(pick, start, True)
            if self.rise is not None:
                at = self.supply["stagger_ms"].allows(at, pick, lambda ms: self.rise + ms * MS)
            # Where there is room for one more, there is since the last was released.
            since = self.fall or 0
            at = self.supply["coil_limit"].allows(at, pick, lambda limit: (
                0 if not limit else NEVER if on >= limit else since if pick is max or on + 1 == limit else 0))
            if at in (start, NEVER):
                return at
            start = at

    def due_of(self, r):
        """The same for what the relay is asked to be now."""
        w = r.wish
        if w.low_due is None:
            w.low_due, w.high_due = self.due(r, w)
        return w.low_due, w.high_due

    def changed(self):
        for r in self.relays:
            if r.wish:
                r.wish.low_due = None

    def shared(self, ns):
        """Whether the relays of the bank had to share the supply."""
        return any(s.possible(ns - self.told_late, ns) != {0} for s in self.supply.values())

    # The walk.

    def judge_story(self):
        items = []
        for r in self.relays:
            items += [(t.ns, 1, t.place, r, t) for t in r.told]
            items += [(f[1], 4, 0, r, f) for f in self.story.foreseen[r.relay.label]]
            items += [(self.moment(r, s[3], *s[:2]), 0.5, 0, r, s[3]) for s in self.story.setup[r.relay.label] if s[2] == "interlock" and r.rivals]
        for a, b, c, d in self.unbound:
            items += [(a, 0, 0, None, "unbind"), (b, 2, 0, None, "unbound"), (c, 0, 0, None, (d, "bind"))]
        for a, b, c, d in self.blind:
            items += [(a, 0, 0, None, "unload"), (c, 0, 0, None, (d, "load"))]
        items += [(c.begin, 0, 0, None, (c.end, "load")) for c in self.loads[:1]]
        items += [(end, 3, 0, None, "rest") for _, end, _, _, _ in self.story.timers]
        items.sort(key=lambda item: item[:3])
        for ns, _, _, r, item in items:
            if r is None:
                self.control(ns, item)
                continue
            if r.hidden:
                continue
            self.expire(ns)
            self.overdue(ns)
            if isinstance(item, str):
                self.interlock(r, item, ns)
            elif isinstance(item, Told):
                self.end_rest(ns)
                if item.what == "coil":
                    self.edge(r, item)
                else:
                    self.request(r, item)
                r.counts.append((ns, *r.count))
                self.moved = ns
            elif item[0] > self.moved and not self.leaving and r.wish:
                self.read(r, item)
        self.end_rest(NEVER)

    def moment(self, r, mode, begin, end):
        """When a mode was set: before the release, or the energisation, that it may have brought about."""
        return min([t.ns for o in (r, *r.rivals) for t in o.told[bisect_left(o.told, begin, key=when):bisect_right(o.told, end, key=when)]
                    if t.what == "coil" and (t.why == "interlock" or t.op == "on" and (o is r or mode == "block"))], default=end)

    def interlock(self, r, mode, ns):
        """Another mode counts for the request that waits."""
        if not self.waits(r) or self.leaving:
            return
        if mode == "changeover" and self.claims.get(r.relay.group) is not r:
            made = Wish(True, *self.span(ns, ns), "interlock")
            self.change_over(r, made, ns)
        elif mode == "block":
            self.drop_claim(r, ns + self.high)
        self.changed()

    def control(self, ns, item):
        self.end_rest(ns)
        if item != "unbound":
            self.expire(ns)
        self.changed()
        self.moved = ns
        for r in self.relays:
            r.foreseen = {}
        if item == "rest":
            self.overdue(ns, self.quiet_late)
            for r in self.relays:
                if r.wish:
                    # The judge knows what will be set later, too.
                    self.rests[r] = ns, NEVER, r.wish.level, r.wish.level != r.coil and self.due_of(r)[1] > ns + self.high
        elif item == "unbind":
            self.overdue(ns)
            self.leaving = True
            self.leaving_since = ns + self.high
        elif item == "unbound":
            for r in self.relays:
                if r.coil and r.let_go():
                    r.say("8", ns, "the coil is still energised after unbind")
                r.wish = None
            self.claims = {}
        elif item == "unload":
            self.overdue(ns)
            self.claims = {}
            for r in self.relays:
                r.hidden = True
                r.wish = None
        else:
            end, op = item
            found = {r for r in self.relays if (r.level_at(ns + self.low) if op == "load" else r.coil)}
            for r in self.relays:
                self.bind(r, ns, end, op)
            self.rise = self.told_rise = self.fall = None
            low, high = self.span(ns, end)
            self.released = {g: (low, high, None) for g in self.dead}
            # Members that were found energised together are released together.
            for r in self.relays:
                if r in found and any(o in found for o in r.rivals):
                    r.wish = Wish(False, low, high, "interlock")
            self.bound = high
            self.leaving = False

    def end_rest(self, ns):
        for r, (begin, _, *rest) in self.rests.items():
            r.rests.append((begin, ns, *rest))
        self.rests = {}

    def bind(self, r, ns, end, op):
        low, high = self.span(ns, end)
        if op == "load":
            # From outside only: what the coil did while no one listened.
            before = bisect_right(r.times, low)
            after = bisect_right(r.times, high)
            if before and r.edges[before - 1][1] and not r.relay.retain:
                r.say("8", ns, "the coil is still energised after unload")
            r.coil = r.level_at(high)
            recent = r.edges[before:after]
            r.energised = next((e for e, on in reversed(recent) if on), None)
            fall = next((e for e, on in reversed(recent) if not on), None)
            r.rise = (low, high) if r.energised is None else (r.energised, r.energised)
            r.fall = (low, high) if fall is None else (fall, fall)
            # What the driver took for their moment was not told.
            r.told_fall = r.told_rise = None
            r.hidden = False
            r.count = [0] * 7
            r.counts.append((ns, *r.count))
        r.wish = Wish(r.coil if r.relay.default == "keep" else r.relay.default == "on", low, high, "probe")

    def expire(self, ns):
        """What the clock has ended is a wish for off."""
        for r in self.relays:
            w = r.wish
            if not w or w.end is None or ns < w.end:
                continue
            if w.end_from is not None:
                low = high = w.end_from + w.pulse_ns
            else:
                low, high = self.span(w.end, w.end + TICK)
            self.ended = max(self.ended, w.end)
            self.drop_claim(r, high)
            r.wish = Wish(False, low, high, w.end_why)
            r.wish.instead_of = w
            r.foreseen = {}
            self.changed()

    def drop_claim(self, r, high):
        if self.claims.get(r.relay.group) is r:
            del self.claims[r.relay.group]
            self.unclaimed[r.relay.group] = high

    def overdue(self, ns, late=None):
        """A wish must not be open much longer than its first legal moment."""
        late = self.late if late is None else late
        if late is None or self.leaving:
            return
        for r in self.relays:
            w = r.wish
            if not w or w.overdue or w.level == r.coil:
                continue
            due = self.due_of(r)[1]
            if ns + self.low > due + late:
                law = "6" if late == self.quiet_late else "1" if w.level else "3"
                r.say(law, ns, f"{'on' if w.level else 'off'} was due at {due - self.low} and has not come")
                w.overdue = True    # once is enough

    def edge(self, r, t):
        on = t.op == "on"
        if t.edge is None:
            return
        w = r.wish
        if self.late is None and w and w.level != on and w.instead_of and t.ns + self.low < w.low + self.told_late:
            # A line that sleeps was being driven when a newer request came, or a watchdog ran out.
            w = w.instead_of
        claim = self.claims.get(r.relay.group, r)
        overtaken = self.late is None and on and w and w.level and claim is not r and t.ns + self.low < claim.wish.low + self.told_late
        if self.leaving and not on and r.let_go():
            # The last word, once the faces have gone; travel is judged by the wire, and it waits for nothing else.
            due = max(self.leaving_since, r.own_due(max, 0, False, dwells=False))
            if self.late is not None and t.edge > due + UNBIND_LATE:
                r.say("3", t.ns, f"released {t.edge - due} ns after it might have been, by unbind")
        elif w and w.level and not on and t.why == w.end_why:
            r.say("1", t.ns, f"a {t.why} ended {w.end - t.ns} ns early")
        elif w is None or w.level != on:
            law = "10" if r.surely_gone(t.ns, t.ns) else "8"
            r.say(law, t.ns, f"an edge to {t.op} (told: by {t.why}) that nobody asked for")
        elif not overtaken:
            self.judge_edge(r, t, w)
        self.forecast(r, t, on)
        r.coil = on
        self.edges += 1
        group = r.relay.group
        if on:
            r.rise = t.edge, t.edge
            r.energised = self.rise = t.edge
            r.told_rise = self.told_rise = t.ns
            if w and w.pulse_ns:
                w.end, w.end_why, w.end_from = t.ns + w.pulse_ns, "pulse", t.edge
            self.drop_claim(r, t.edge)
            if overtaken:
                # Its line was being driven when another one came to change over: it makes way at once.
                r.wish = Wish(False, claim.wish.low, claim.wish.high, "interlock")
        else:
            r.fall = t.edge, t.edge
            self.fall = t.edge
            r.told_fall = t.ns
            if group:
                self.released[group] = t.edge, t.edge, t.ns
        self.changed()

    def judge_edge(self, r, t, w):
        low, high = self.due_of(r) if w is r.wish else self.due(r, w)
        if self.late is not None and not self.leaving and t.why != w.why:
            r.say("history", t.ns, f"{t.op} is told to be by {t.why}, it was {w.why} that asked")
        if low == NEVER:
            law = "5" if any(o.coil for o in r.rivals) else "turn" if self.blocked(r) else "supply"
            r.say(law, t.ns, f"{t.op} though others do not let it")
        elif t.edge < low:
            r.say("1", t.ns, f"{t.op} {low - t.edge} ns before its first legal moment")
        elif self.late is not None and not w.overdue and t.edge > high + self.late and not self.leaving:
            r.say("1" if w.level else "3", t.ns, f"{t.op} {t.edge - high} ns after its first legal moment")
        elif not self.leaving and high - low <= self.high - self.low + TICK:
            r.lateness.append(t.edge - low)
        if w.level and self.late is not None and not self.leaving:
            self.turn(r, t, w, low)

    def turn(self, r, t, w, low):
        """Of several that may go, those go first that may first, then those that have waited longest."""
        supply = self.shared(t.edge)
        for o in self.relays:
            if o is r or not self.waits(o) or not (supply or o in r.rivals):
                continue
            theirs = self.due_of(o)[1]
            # What waits already when the supply comes to be limited counts as asked then.
            limited = any(bisect_left(s.begins, o.wish.since) != bisect_right(s.begins, t.edge) for s in self.supply.values())
            older = o.wish.high < w.since and not limited
            # Where those that ask are preempted, an older request may be told before it was acted on.
            if theirs + self.late < low or theirs <= low and older and self.late < MS:
                r.say("turn", t.ns, f"on at {t.edge}, but it was the turn of {o.relay.label}, "
                                    f"waiting since {o.wish.low}, legal from {theirs} on")

    def request(self, r, t):
        c = r.count
        c[0] += 1
        w = r.wish
        if w is None:
            r.say("10", t.ns, f"{t.op} by {t.why} while the relay was not bound")
            return
        low, high = self.span(t.ns, t.ns + TICK)
        on = not w.level if t.op == "toggle" else t.op != "off"
        # The clock ended something just now, the driver may be about to see it.
        unsure = t.ns - self.ended <= max(30 * US, self.told_late)
        if t.result:
            c[6] += 1
            self.refused(r, t, on, low, unsure)
            return
        c[1] += 1
        rejects = t.why == "sysfs" and r.set["policy"].possible(low, high) == {"reject"}
        if on == w.level and t.op != "pulse":
            w.pulse_ns = 0
            self.renew(r, w, t)
            self.accepted(r, t)
            return
        if rejects and on and not w.level and not unsure and \
                (self.blocked(r) if r.coil else self.due(r, Wish(True, low, high, t.why))[0] > high):
            r.say("policy", t.ns, f"{t.op} accepted, the policy is to reject what has to wait, or has others wait")
        # What no one asked for, such as the end of a pulse, is replaced by nothing.
        if w.level != r.coil and w.why in ("sysfs", "gpio", "led"):
            c[4] += 1
            c[5] += 1
        # Nothing has to move before the call that binds has ended: it may fail until then.
        new = r.wish = Wish(on, low, max(high, self.bound), t.why, t.arg if t.op == "pulse" else 0)
        new.since = w.since if w.level and on else low
        new.instead_of = w if w.level != on else None
        w.instead_of = None
        if on and r.coil and t.op == "pulse":
            new.end, new.end_why = t.ns + t.arg, "pulse"
        self.renew(r, new, t)
        if not on:
            self.drop_claim(r, new.high)
        elif not w.level and not rejects and r.rivals and r.set["interlock"].last(high) == "changeover":
            self.change_over(r, new, t.ns)
        self.changed()
        self.accepted(r, t)
        if on != r.coil:
            due = self.due_of(r)
            others = any(self.waits(o) for o in self.relays if o is not r) and (r.rivals or self.shared(low))
            # One that another follows before the bank is bound has not begun to wait.
            c[2] += due[0] > high + self.told_late and not unsure and low > self.bound
            c[3] += due[1] > low or bool(others) or unsure

    def refused(self, r, t, on, low, unsure):
        if "reject" not in r.set["policy"].possible(low, low + TICK):
            r.say("policy", t.ns, f"{t.op} refused, the policy is to defer")
            return
        if not on or r.coil and not self.blocked(r):
            r.say("policy", t.ns, f"{t.op} refused, though it was legal")
            return
        if unsure:
            return
        coils = sum(o.coil for o in self.relays)
        limits = self.supply["coil_limit"].possible(low, low + TICK)
        if self.blocked(r):
            busy = {True}
        else:
            busy = {bool(limit) and coils >= limit for limit in limits}
            # Whose moment has come goes first, though its timer may not have run yet.
            if any(self.waits(o) and self.due_of(o)[0] <= t.ns + self.high for o in (self.relays if self.shared(low) else r.rivals)):
                busy.add(True)
        if (t.result == EBUSY) not in busy:
            r.say("policy", t.ns, f"{t.op} refused with {t.result}, somebody else is {'' if True in busy else 'not '}in the way")
        elif t.result == EAGAIN:
            # The driver counts from what it took for the edges' moments, which is later: it was legal then, too.
            moments = low - self.told_late, low
            if all(self.due(r, Wish(True, at, at, t.why))[1] <= at for at in moments):
                r.say("policy", t.ns, f"{t.op} refused, though it was legal")

    def renew(self, r, w, t):
        """What is on for good has to be asked for again and again, if there is a watchdog."""
        if w.pulse_ns:
            return
        w.end = w.end_why = w.end_from = None
        ms = r.set["watchdog_ms"].last(t.ns + self.high)
        if w.level and ms:
            w.end, w.end_why = t.ns + ms * MS, "watchdog"

    def change_over(self, r, w, ns):
        """It is next; who is on, and who was to be next, makes way."""
        for o in r.rivals:
            if not o.wish.level or not (o.coil or self.claims.get(r.relay.group) is o):
                continue
            if not o.coil and o.wish.why != "probe":
                o.count[4] += 1
                o.count[5] += 1
                o.counts.append((ns, *o.count))
            self.drop_claim(o, w.high)
            o.wish = Wish(False, w.low, w.high, "interlock")
            o.foreseen = {}
        if not r.coil:
            self.claims[r.relay.group] = r
        self.changed()

    def accepted(self, r, t):
        """It voids all forecasts but those of what was asked now."""
        self.judge_wait(r, t)
        ready = r.foreseen.get("ready")
        for o in self.relays:
            o.foreseen = {}
        w = r.wish
        if w.level and not r.coil and ready and ready[0] > self.ended and ready[1] == self.edges and \
                self.untouched(ready[0], t.ns):
            since, edges, low, high = ready
            r.foreseen["ready"] = since, edges, max(low, t.ns), max(high, t.ns) + t.ns - since

    def untouched(self, begin, end):
        """Whether nothing was set between two moments."""
        i = bisect_left(self.set, (begin + self.low,))
        return all(since > end + self.high for _, since in self.set[i:i + 8])

    def judge_wait(self, r, t):
        """The wait that is told, if one is, is to the ns that of the limits, from the moments told of the last edges."""
        if t.wait_ns in (None, NEVER):
            return
        on = r.wish.level
        due = t.ns
        if on != r.coil:
            due = r.told_due(t.ns, on)
            if due is None:
                return
            if on:
                supply = [s.possible(t.ns + self.low, t.ns + self.high) for s in self.supply.values()]
                if self.blocked(r) or any(len(s) > 1 for s in supply) or \
                        (r.rivals or supply != [{0}, {0}]) and any(self.waits(o) for o in self.relays if o is not r):
                    return
                (stagger,), (limit,) = supply
                if limit and sum(o.coil for o in self.relays) >= limit:
                    return
                if r.rivals:
                    if self.released[r.relay.group][2] is None:
                        return
                    due = max(due, self.released[r.relay.group][2] + self.dead[r.relay.group])
                if stagger:
                    if self.told_rise is None:
                        return
                    due = max(due, self.told_rise + stagger * MS)
        if t.wait_ns != due - t.ns:
            r.say("wait", t.ns, f"{t.op} has to wait {t.wait_ns} ns, it is told; by its limits, {due - t.ns}")

    def read(self, r, item):
        """Someone read when the coil follows, or would, if nobody asked for more; ms are rounded up."""
        begin, end, name, value = item
        kind, _, unit = name.partition("_")
        if kind == "wait" and r.wish.level == r.coil:
            if value:
                r.say("wait", begin, f"{name} is {value}, the coil follows")
            return
        if value < 0:
            if self.untouched(begin - self.told_late, end) and begin - self.ended > self.told_late and not self.others(r, kind, end):
                r.say("wait", begin, f"{name} is {value}, though it is not up to others")
            return
        on = r.wish.level or kind == "ready"
        if on and value and not r.coil and self.late is not None and self.blocked(r) and self.untouched(begin - self.told_late, end):
            r.say("wait", begin, f"{name} is {value}, though that is up to others")
        ns, slack = (value * MS, MS) if unit == "ms" else (value, 0)
        r.foreseen[kind] = begin, self.edges, begin + ns - slack, end + ns

    def others(self, r, kind, end):
        """Whether others may be why nobody knows when a coil follows: or the clock, which ends the on before."""
        limit = self.supply["coil_limit"].possible(end + self.low - self.told_late, end + self.high)
        ends = r.set["watchdog_ms"].possible(end + self.low - self.told_late, end + self.high) != {0} or r.wish.end is not None
        return ends or self.blocked(r) or any(n and sum(o.coil for o in self.relays) >= n for n in limit) or \
            any(self.waits(o) for o in (self.relays if self.shared(end + self.low) else r.rivals) if o is not r)

    def forecast(self, r, t, on):
        """A coil follows when it was said to; and never, if that was up to others."""
        if r.wish is None or r.wish.level != on or self.leaving:
            return
        for kind, (since, edges, low, high) in r.foreseen.items():
            if kind == "ready" and not on or not self.untouched(since, t.ns):
                continue
            if t.ns < low or self.late is not None and t.ns > high + (self.late + self.told_late) * (self.edges + 1 - edges):
                r.say("wait", t.ns, f"{t.op}, at {since} it was said to come from {low} to {high} ({kind})")
        r.foreseen = {}


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

    edges       [(ns, line, level)] seen outside
    late        the scheduler's share; None: time is not under control, judge "never early" only
    told_late   ns from an edge to the moment that the driver takes for it
    quiet_late  when all should be quiet: so long after its moment a wish is given up
    """
    offset = clock_offset(story, edges, clock_line)
    if offset is None:
        return [("clock", "no offset between the clocks satisfies all edges of the clock's line")], {}
    wrong = [("log", "the trace lost events")] if story.lost else []
    for begin, end, _, armed, quiet in story.timers:
        if not quiet:
            wrong.append(("6", f"at {end}: still not quiet after {(end - begin) / SECOND:.1f} s without a request"))
        elif armed:
            wrong.append(("9", f"at {end}: all is quiet, and {armed} timers are armed"))
    judges = {r.label: Judge(r, edges, story, offset, late, told_late) for r in relays}
    for j in judges.values():
        j.judge_wire()
        j.judge_calls()
        j.match()
    for name in sorted({r.bank for r in relays}):
        bank = Bank([j for j in judges.values() if j.relay.bank == name], story, late, told_late, quiet_late)
        bank.judge_wire()
        bank.judge_story()
    for j in judges.values():
        j.judge_files()
        wrong += j.wrong
    return wrong, judges
