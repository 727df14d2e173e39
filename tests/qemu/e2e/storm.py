# SPDX-License-Identifier: GPL-2.0-only
"""Random requests from all faces at once of relays with random ratings, judged
law by law.

EMRELAY_STORM_SEED is the seed: of what is asked, not of which moment a kernel has it at.
EMRELAY_STORM_SECONDS makes its epochs another length of guest time.  What was wrong,
all of it, and how late the edges came is in report.txt of the guest's folder.
"""
import functools
import os

import judge
import judge_selftest
import relays
import story as stories
from topic import MS, between, equal, lab, law_cases

KERNELS = lab.STOCK
PROGRAMS = ("storm",)
WEIGHT = 100
SEED = os.environ.get("EMRELAY_STORM_SEED", "1")
SECONDS = os.environ.get("EMRELAY_STORM_SECONDS", "")
# A guest that has gone wrong need not go on to its end.
BOOT = {"cmdline": f"oops=panic storm_seed={SEED} storm_seconds={SECONDS}", "timeout": 900}
DTS = relays.dts(SEED)
RELAYS = relays.relays(SEED)


@functools.cache
def verdict(guest):
    """All that is wrong, and each relay's judge."""
    story = stories.parse(guest.text("storm.txt"), guest.text("trace.txt"))
    # A kernel that preempts who drives a line lets others pass for a slice or two.
    late = {"late": 10 * MS, "told_late": 10 * MS} if "-rt" in guest.kernel else {"late": MS // 2}
    wrong, judges = judge.judge(RELAYS, guest.result.edges, story, **late)
    report(guest, wrong, story, judges)
    return wrong, story, judges


def report(guest, wrong, story, judges):
    edges = sum(len(j.edges) for j in judges.values())
    asked = sum(t.what == "request" for j in judges.values() for t in j.told)
    late = sorted(ns for j in judges.values() for ns in j.lateness)
    lines = [f"seed {SEED}: {edges} edges of {asked} requests, "
             + (f"late {late[0]} / {late[len(late) // 2]} / {late[len(late) * 99 // 100]} / {late[-1]} ns (least, p50, p99, most), "
                if late else "") + f"{len(wrong)} violations, "
             f"{(story.end or 0) / 1e9:.0f} s of guest time, {guest.result.seconds:.0f} s of the host's"]
    for label, j in judges.items():
        lines.append(f"{label}: {sum(t.what == 'request' for t in j.told)} requests, {len(j.edges)} edges, "
                     f"{len(j.lateness)} of them judged late or not; {j.relay}")
    lines += [f"law {law}: {text}" for law, text in wrong]
    (guest.result.folder / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


globals().update(law_cases(judge.LAWS, lambda guest: verdict(guest)[0], SEED))


def case_lateness(guest):
    """Rarely are interrupts off for long, or is who asks preempted; mostly the lateness is the way to the line."""
    late = sorted(ns for j in verdict(guest)[2].values() for ns in j.lateness)
    between(late[len(late) * 99 // 100], 0, guest.late, "p99 of lateness")


def case_judge(_):
    """A judge that sees nothing finds nothing."""
    equal(judge_selftest.failures(), [])


def case_enough(guest):
    """Every face and outcome has had its share; a quiet storm proves nothing."""
    _, story, judges = verdict(guest)
    told = [t for j in judges.values() for t in j.told]
    edges = sum(len(j.edges) for j in judges.values())
    requests = [t for t in told if t.what == "request"]
    # A short storm may do without what is rare.
    long = guest.kernel == "6.12" and not SECONDS
    found = {"edges": (edges, 45_000 if long else 1000),
             "judged late or not": (sum(len(j.lateness) for j in judges.values()), edges / 2),
             "pulses": (sum(t.op == "pulse" for t in requests), edges / 100),
             "EAGAIN": (sum(t.result == stories.EAGAIN for t in requests), edges / 100),
             "EBUSY": (sum(t.result == stories.EBUSY for t in requests), 1),
             "timers seen armed": (sum(before for _, _, before, _, _ in story.timers), 1)}
    found |= {f"requests by {why}": (sum(t.why == why for t in requests), edges / 20) for why in ("sysfs", "gpio", "led")}
    found |= {f"edges by {why}": (sum(t.why == why for t in told if t.what == "coil"), 1 if long else 0)
              for why in ("pulse", "watchdog", "unbind", "interlock")}
    found |= {op: (sum(c.op == op for c in story.controls), 1) for op in ("unbind", "bind", "load", "unload")}
    few = [f"{what}: {count}, expected {least:.0f}" for what, (count, least) in found.items() if count < least]
    equal(few, [])
