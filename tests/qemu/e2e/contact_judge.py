# SPDX-License-Identifier: GPL-2.0-only
"""An independent judge of what the driver makes of contacts that are read back.

It knows the contacts that were played and the coils, both seen from outside; the laws 2 and
14 to 17; and nothing of how the driver obeys them.  The trace is witness of what was latched,
of requests and of measured times.

Laws: 2 no reversal in travel; 7 counts; 14 feedback moves no coil; 15 none is energised while
the contact of another one of its group is not open; 16 a latched fault ends by "clear" alone,
with the evidence gone, and energises nothing; 17 what a line costs; "weld", "misfire": each
that was played is latched in time, and nothing else is; "measured": times are those played.
"""
from bisect import bisect_right
from dataclasses import dataclass, field

MS = 1_000_000
SECOND = 1000 * MS
LAWS = "2 7 14 15 16 17 weld misfire measured".split()

# Of the WAGO 859-353: operate, or release, and bounce; and how often that a contact may take.
CLOSE, OPEN, PATIENCE = 18_500_000, 28_500_000, 3
BOUNCE = 3_500_000      # a contact is at rest if it is seen so for so long
OPENED = 10 * MS        # from the opening of a contact to the energisation of another one
FOUND = 35 * MS         # from a deadline to what is latched at the latest, whatever the noise
EXACT = 2000            # ns
EDGES, READS = 64, 4    # of a line in 100 ms; and as many reads


@dataclass
class Relay:
    name: str
    group: int
    hold: int = 0           # for how long its line may show a contact that is open as closed
    ac: bool = False
    coil: list = field(default_factory=list)       # [(ns, level)] on CLOCK_BOOTTIME, as all here
    contact: list = field(default_factory=list)    # of the contact itself
    faults: list = field(default_factory=list)     # [(ns, fault, set)]
    requests: list = field(default_factory=list)   # [(ns, op, result)]
    told: list = field(default_factory=list)       # [(ns, level, source)] of the coil
    measured: list = field(default_factory=list)   # [(ns, what, took, bounce)]
    sensed: list = field(default_factory=list)     # [ns]
    clears: list = field(default_factory=list)     # [(begin, end, whether it succeeded)]
    reports: list = field(default_factory=list)    # [(begin, end)] in which a fault may be for reporting only
    cycles: int = 0
    noise: bool = False     # its line has glitches


def level_at(edges, ns, first=0):
    i = bisect_right(edges, ns, key=lambda e: e[0])
    return edges[i - 1][1] if i else first


def since(edges, ns):
    """When the level began that there is at a moment."""
    i = bisect_right(edges, ns, key=lambda e: e[0])
    return edges[i - 1][0] if i else 0


class Judge:
    def __init__(self, relays, gone, late):
        """gone: [(begin, end)] of an unbind and the bind after it."""
        self.relays, self.gone, self.late = relays, gone, late
        self.wrong = []
        self.seen = {"edges": 0, "welds": 0, "misfires": 0, "clears": 0, "measured": 0, "refused": 0}

    def say(self, law, relay, ns, text):
        self.wrong.append((law, f"{relay.name} at {ns}: {text}"))

    def unbound(self, begin, end):
        return any(a <= end and begin <= b for a, b in self.gone)

    def judge(self):
        for r in self.relays:
            others = [o for o in self.relays if o is not r and o.group == r.group]
            self.seen["edges"] += len(r.coil)
            self.judge_travel(r)
            self.judge_group(r, others)
            self.judge_faults(r)
            self.judge_welds(r)
            self.judge_ons(r, others)
            self.judge_measured(r)
            self.judge_cost(r)
            rises = sum(level for _, level in r.coil)
            if r.cycles != rises:
                self.say("7", r, 0, f"{r.cycles} cycles are counted, {rises} were")
        return self.wrong

    def judge_travel(self, r):
        for (a, _), (b, level) in zip(r.coil, r.coil[1:]):
            if b - a < (OPEN if level else CLOSE):
                self.say("2", r, b, f"reversed after {b - a} ns")
            # Nor before the contact has come to rest, or its deadline is over.
            moves = [ns for ns, _ in r.contact if a < ns < b]
            if not level and moves and b - moves[-1] < BOUNCE and b < a + PATIENCE * CLOSE and not r.ac and not self.unbound(a, b):
                self.say("2", r, b, f"released {b - moves[-1]} ns after its contact bounced last")

    def judge_group(self, r, others):
        for ns, level in r.coil:
            for o in others if level else ():
                if level_at(o.coil, ns):
                    self.say("15", r, ns, f"energised together with {o.name}")
                closed, opened = level_at(o.contact, ns), since(o.contact, ns)
                if closed:
                    self.say("15", r, ns, f"energised while the contact of {o.name} is closed")
                elif ns - opened < OPENED:
                    self.say("15", r, ns, f"energised {ns - opened} ns after that of {o.name} opened")

    def latched(self, r, fault, ns):
        """Whether a fault is latched at a moment."""
        is_set = [on for at, kind, on in r.faults if kind == fault and at <= ns]
        return bool(is_set and is_set[-1])

    def judge_faults(self, r):
        """Each that is set was real; each that ends was cleared, with its evidence gone."""
        for ns, fault, on in r.faults:
            if self.unbound(ns, ns):
                continue    # what is latched is told of anew by each bind
            coil, driven = level_at(r.coil, ns), since(r.coil, ns)
            if on and fault == "stuck-closed":
                self.seen["welds"] += 1
                if coil or not level_at(r.contact, ns) or ns - driven < PATIENCE * OPEN and not self.after_bind(ns, PATIENCE * OPEN):
                    self.say("weld", r, ns, f"is latched: coil {coil} for {ns - driven} ns, contact {level_at(r.contact, ns)}")
            elif on and fault == "stuck-open":
                self.seen["misfires"] += 1
                rises = [at for at, level in r.coil if level and at <= ns]
                if not coil or level_at(r.contact, ns) or self.closes(r, rises[-1]):
                    self.say("misfire", r, ns, "is latched, the contact closes")
                if len(rises) > 1 and self.closes(r, rises[-2]):
                    self.say("misfire", r, ns, "is latched at the first one")
            elif on:
                self.say("misfire", r, ns, f"{fault} is latched, nothing of the kind was played")
            else:
                if not any(begin <= ns <= end and good for begin, end, good in r.clears):
                    self.say("16", r, ns, f"{fault} is over, nobody cleared it")
                self.seen["clears"] += 1
                opened = since(r.contact, ns)
                if fault == "stuck-closed" and (level_at(r.contact, ns) or ns - opened < SECOND):
                    self.say("16", r, ns, f"{fault} is cleared {ns - opened} ns after the contact was {level_at(r.contact, ns)}")

    def after_bind(self, ns, travel):
        return any(b <= ns <= b + travel + FOUND for _, b in self.gone)

    def closes(self, r, rise):
        return any(level for at, level in r.contact if rise < at < rise + PATIENCE * CLOSE + r.hold) or \
            level_at(r.contact, rise)

    def judge_welds(self, r):
        """Each weld is latched in time, each second misfire in a row, too."""
        ends = [ns for ns, _ in r.coil[1:]] + [r.coil[-1][0]] if r.coil else []
        misfires = 0
        for (ns, level), end in zip(r.coil, ends):
            limit = ns + PATIENCE * (CLOSE if level else OPEN) + r.hold * (1 if level else 2) + FOUND
            if self.unbound(ns, limit) or self.after_bind(ns, 2 * SECOND):
                misfires = 0
                continue
            moved = [at for at, to in r.contact if ns <= at <= limit]
            if not level:
                if end > limit and level_at(r.contact, ns) and not moved and not self.latched(r, "stuck-closed", limit):
                    self.say("weld", r, ns, "was not latched in time")
                continue
            if self.closes(r, ns):
                misfires = 0
            elif end > limit:
                misfires += 1
                if misfires > 1 and not any(ns <= at <= limit for at, kind, on in r.faults if kind == "stuck-open" and on) \
                        and not self.latched(r, "stuck-open", ns):
                    self.say("misfire", r, ns, "the second in a row was not latched in time")
            else:
                misfires = 0    # nobody knows whether it would have closed

    def judge_ons(self, r, others):
        """Nothing moves a coil but who asks; and who asked before a fault was latched has to ask again."""
        asked = [ns for ns, op, result in r.requests if not result and op != "off"]
        for ns, level, source in r.told:
            if not level:
                if source not in ("sysfs", "led", "gpio", "pulse", "interlock", "unbind", "probe"):
                    self.say("14", r, ns, f"released by {source}")
                continue
            if self.unbound(ns, ns):
                continue
            last = max((a for a in asked if a <= ns), default=0)
            for o in (r, *others):
                for at, fault, on in o.faults:
                    if on and last < at <= ns and (o is r and not self.reported(r, at) or o is not r and fault == "stuck-closed"):
                        self.say("16", r, ns, f"energised, nobody asked for it since {fault} of {o.name}")
            if self.blocked(r, ns):
                self.say("16", r, ns, "energised with a fault latched")
        for ns, op, result in r.requests:
            self.seen["refused"] += result in (-5, -16)
            # One that is on is asked for nothing.
            if op == "on" and not result and self.blocked(r, ns) and not level_at(r.coil, ns):
                self.say("16", r, ns, "an on is accepted with a fault latched")
            elif result == -5 and not any(self.latched(r, f, ns) for f in ("stuck-closed", "stuck-open")):
                self.say("16", r, ns, "an on fails with EIO, no fault is latched")

    def reported(self, r, ns):
        return any(a <= ns <= b for a, b in r.reports)

    def blocked(self, r, ns):
        return (self.latched(r, "stuck-closed", ns) or self.latched(r, "stuck-open", ns)) and not self.reported(r, ns)

    def judge_measured(self, r):
        for ns, what, took, bounce in r.measured if not r.ac else ():
            if what == "misfire" or self.unbound(ns - SECOND, ns):
                continue
            level = what == "operate"
            edge = max(at for at, to in r.coil if at < ns and to == level)
            after = min((at for at, _ in r.coil if at > edge), default=ns)
            moves = [at for at, _ in r.contact if edge < at < min(after, edge + PATIENCE * OPEN)]
            if not moves:
                self.say("measured", r, ns, f"{what} of a contact that did not move")
                continue
            self.seen["measured"] += 1
            # A glitch close by is taken for a bounce, which cannot be told apart.
            if not any(abs(took - (at - edge)) <= EXACT + self.late for at in moves) and not r.noise:
                self.say("measured", r, ns, f"{what} {took}, it took {moves[0] - edge}")
            if level and not r.noise and abs(bounce - (moves[-1] - moves[0])) > EXACT + self.late:
                self.say("measured", r, ns, f"bounce {bounce}, it was {moves[-1] - moves[0]}")

    def judge_cost(self, r):
        for i, ns in enumerate(r.sensed):
            within = bisect_right(r.sensed, ns + 100 * MS - 1) - i
            if within > EDGES + READS:
                self.say("17", r, ns, f"{within} edges in 100 ms")
                return
