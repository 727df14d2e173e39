# SPDX-License-Identifier: GPL-2.0-only
"""Random requests of relays whose contacts are read back, and fail at random: judged by the
contacts that were played.

EMRELAY_STORM_SEED is the seed, EMRELAY_STORM_SECONDS the length in guest time: a second has
some 30 edges of coils.  What was seen is in report.txt of the guest's folder.
"""
import functools
import os
import random
import re

import contact_judge
import contact_judge_selftest
from contact_judge import MS
from topic import TRUTH, equal, lab, law_cases

KERNELS = lab.STOCK
WEIGHT = 60
SEED = int(os.environ.get("EMRELAY_STORM_SEED", "1"))
SECONDS = int(os.environ.get("EMRELAY_STORM_SECONDS") or "100")
LINES = {"a": 0, "b": 1, "c": 2, "d": 3}
CONTACTS = {"a": 4, "b": 5, "c": 6, "d": 7}
NOISY = "c"
chance = random.Random(SEED)

DTS = """
#define FAST max-unloaded-cycles-per-minute = <1200>; UNLOADED
#define READS(line, says) contact-gpios = <&pl061 line GPIO_ACTIVE_HIGH>; contact-type = says
/ { plant { BANK;
	relay@0 { reg = <0>; WAGO(0); READS(4, "linked-no"); label = "a"; FAST; interlock-group = <1>; };
	relay@1 { reg = <1>; WAGO(1); READS(5, "linked-nc"); label = "b"; FAST; interlock-group = <1>; interlock-mode = "changeover"; };
	relay@2 { reg = <2>; WAGO(2); READS(6, "load-dc"); label = "c"; FAST; interlock-group = <2>; };
	relay@3 { reg = <3>; WAGO(3); READS(7, "load-ac"); label = "d"; FAST; interlock-group = <2>; };
}; };
"""


def play():
    """The contacts; each is healthy most of the time: half to twice its times, up to twice its bounce."""
    words = {"a": "bounce 3500 8", "b": "inverted bounce 3500 6", "c": "bounce 2000 4 noise 10 {seed}", "d": "mains 20000 8800 {phase}"}
    return "".join(f"contact {CONTACTS[r]} follows {LINES[r]} random {chance.randrange(1 << 30)} weary 20 {chance.randrange(1 << 30)} "
                   + words[r].format(seed=chance.randrange(1 << 30), phase=chance.randrange(20000)) + "\n" for r in LINES)


def schedule():
    """Ons and offs by sysfs and LEDs, pulses, clears, replacements, a new bind now and then."""
    ms, steps = 0.0, []
    while ms < SECONDS * 1000:
        ms += chance.expovariate(1 / 15)
        r = chance.choice("abcd")
        deeds = [(34, f"{r}/state", "on"), (34, f"{r}/state", "off"), (4, f"{r}/state", "toggle"),
                 (8, f"{r}/pulse_ms", str(chance.randrange(20, 200))), (12, f"{r}/fault", "clear"),
                 (6, f"/sys/class/leds/{r}:red:status/brightness", chance.choice("01")),
                 (1, f"{r}/policy", chance.choice(("defer", "reject")))]
        _, file, text = chance.choices(deeds, [d[0] for d in deeds])[0]
        steps.append((ms, file, text))
        if chance.random() < 1 / 60:
            # One that may have welded is worked loose, and cleared.
            steps += [(ms + 1, f"{r}/fault_action", "report")]
            for at in range(100, 1600, 500):
                steps += [(ms + at, f"{r}/state", "on"), (ms + at + 200, f"{r}/state", "off")]
            steps += [(ms + 1601, f"{r}/fault_action", "block"), (ms + 3000, f"{r}/fault", "clear")]
        if chance.random() < 1 / 2000:
            steps += [(ms + 4000, f"/sys/bus/platform/drivers/emrelay/{verb}", "plant") for verb in ("unbind", "bind")]
    return "".join(f"{at:.3f} {file} {text}\n" for at, file, text in sorted(steps, key=lambda s: s[0]))


FILES = {"/test/schedule": schedule().encode()}
BOOT = {"play": play(), "cmdline": "oops=panic", "timeout": 900}


@functools.cache
def verdict(guest):
    steps = guest.at("did")
    bind = [s for s in steps if s.file.endswith(("/bind", "/unbind"))]
    gone = [(a.begin, b.end) for a, b in zip(bind[::2], bind[1::2])]
    counts = dict(line.split(" ") for line in guest.text("counts").splitlines())
    relays = []
    for name, line in LINES.items():
        r = contact_judge.Relay(name, 1 if name in "ab" else 2, hold=30 * MS if name == "d" else 0, ac=name == "d")
        r.coil = guest.wire(name)
        r.contact = [(ns + guest.offset, level) for ns, level in guest.edges(CONTACTS[name] + TRUTH)]
        r.faults = [(e["ns"], e["fault"], e["set"]) for e in guest.events("fault", name)]
        r.requests = [(e["ns"], e["op"], e["result"]) for e in guest.events("request", name)]
        r.told = [(e["ns"], e["coil"] == "on", e["source"]) for e in guest.events("coil", name)]
        r.measured = [(e["ns"], e["what"], e["took_ns"], e["bounce_ns"]) for e in guest.events("measured", name)]
        r.sensed = [e["ns"] for e in guest.events("sense", name)]
        r.clears = [(s.begin, s.end, s.result == "ok") for s in steps if s.relay == name and s.file == "fault"]
        actions = [s for s in steps if s.relay == name and s.file == "fault_action"]
        for s, after in zip(actions, [*actions[1:], steps[-1]]):
            if s.text == "report":
                r.reports.append((s.begin, after.end))
        r.cycles = int(re.match(r"\d+", counts[name])[0])
        r.noise = name == NOISY
        relays.append(r)
    judge = contact_judge.Judge(relays, gone, 10 * MS if "-rt" in guest.kernel else guest.late)
    wrong = judge.judge()
    report = [f"seed {SEED}: " + ", ".join(f"{n} {what}" for what, n in judge.seen.items()) + f", {len(wrong)} violations",
              *(f"law {law}: {text}" for law, text in wrong)]
    (guest.result.folder / "report.txt").write_text("\n".join(report) + "\n", encoding="utf-8")
    return wrong, judge.seen


globals().update(law_cases(contact_judge.LAWS, lambda guest: verdict(guest)[0], SEED))


def case_judge(_):
    """A judge that sees nothing finds nothing."""
    equal(contact_judge_selftest.failures(), [])


def case_enough(guest):
    """A quiet storm proves nothing."""
    seen = verdict(guest)[1]
    least = {"edges": 10, "welds": .05, "misfires": .01, "clears": .05, "measured": 5, "refused": 1}
    equal([f"{what}: {seen[what]}" for what, n in least.items() if seen[what] < n * SECONDS], [])
