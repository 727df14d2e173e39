# SPDX-License-Identifier: GPL-2.0-only
"""An hour of random requests from all faces at once, judged law by law.

EMRELAY_STORM_SEED is the seed; a run repeats itself to the nanosecond.
EMRELAY_STORM_SECONDS makes it another length.  What was wrong, all of it, and
how late the edges came is in report.txt of the guest's folder.
"""
import functools
import os

import judge
import judge_selftest
from judge import Relay
from topic import HERE, MS, Wrong, equal

KERNELS = ("6.1", "6.12")
PROGRAMS = ("storm",)
WEIGHT = 100
SEED = os.environ.get("EMRELAY_STORM_SEED", "1")
SECONDS = os.environ.get("EMRELAY_STORM_SECONDS", "")
# A guest that has gone wrong need not go on for its hour.
BOOT = {"cmdline": f"oops=panic storm_seed={SEED} storm_seconds={SECONDS}", "timeout": 900}
DTS = "#define SWIFT_CHIP pl061\n" + (HERE / "storm.dts").read_text(encoding="utf-8")

# As storm.dts has them.
MOST = (1 << 32) - 1
WAGO = {"close_ns": 18_500_000, "open_ns": 28_500_000, "loaded_per_minute": 6, "unloaded_per_minute": 180,
        "electrical_life": 50_000, "mechanical_life": 5_000_000}
RELAYS = [
    Relay("pump", "bank-a", 0, **WAGO),
    Relay("fan", "bank-a", 1, **WAGO, load="none", default="on"),
    Relay("low", "bank-a", 2, **WAGO, load="none", active_low=True),
    Relay("tiny", "bank-a", 4, 70_000, 100_000, 6000, 60_000, 3000, 70_000, load="none"),
    Relay("odd", "bank-b", 5, 1_444_000, 2_555_000, 7, 181, 999, 77_777, load="none", default="keep",
          active_low=True, retain=True),
    Relay("swift", "bank-b", 6, 2000, 2000, MOST, MOST, MOST, 1),
    Relay("slow", "bank-b", 7, 900 * MS, 1300 * MS, 60, 4000, 100, 1000),
]


@functools.cache
def verdict(guest):
    """All that is wrong, and each relay's judge."""
    story = judge.parse(guest.text("storm.txt"), guest.text("trace.txt"))
    wrong, judges = judge.judge(RELAYS, guest.result.edges, story)
    report(guest, wrong, story, judges)
    return wrong, story, judges


def report(guest, wrong, story, judges):
    lines = [f"seed {SEED}, {story.end / 1e9:.0f} s of guest time, {guest.result.seconds:.0f} s of the host's"]
    for label, j in judges.items():
        late = sorted(j.lateness)
        lines.append(f"{label}: {len(story.requests[label])} requests logged, "
                     f"{sum(t.what == 'request' for t in j.told)} carried, {len(j.edges)} edges"
                     + (f", late {late[0]} / {late[len(late) // 2]} / {late[-1]} ns" if late else ""))
    lines += [f"law {law}: {text}" for law, text in wrong]
    (guest.result.folder / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def lawful(law):
    def case(guest):
        wrong = [text for at, text in verdict(guest)[0] if at == law]
        if wrong:
            raise Wrong(f"seed {SEED}: {len(wrong)} times, first: {wrong[0]}")
    return case


for _law in judge.LAWS:
    globals()[f"case_{'law_' * _law.isdigit()}{_law}"] = lawful(_law)


def case_judge(_):
    """A judge that sees nothing finds nothing."""
    equal(judge_selftest.failures(), [])


def case_enough(guest):
    """Every relay, face and outcome has had its share; a quiet storm proves nothing."""
    _, story, judges = verdict(guest)
    per_hour = story.end / 3600e9
    for label, j in judges.items():
        told = [t for t in j.told if t.what == "request"]
        for what, count in {"requests": len(story.requests[label]) / 2000,
                            "edges": len(j.edges) / 200,
                            "judged": 2 * len(j.lateness) / max(1, len(j.edges)),
                            **{f"by {why}": sum(t.why == why for t in told) / 200 for why in ("sysfs", "gpio", "led")},
                            "pulses": sum(t.op == "pulse" for t in told) / 100}.items():
            if count < (1 if what == "judged" else per_hour):
                raise Wrong(f"{label}: {what}: {count:.2f} of what there should be")
    if not any(before for _, _, before, _, _ in story.timers):
        raise Wrong("no timer was ever seen armed: that none is at rest means nothing")
    for op in ("unbind", "bind", "load", "unload"):
        if not any(c.op == op for c in story.controls):
            raise Wrong(f"no {op}")
