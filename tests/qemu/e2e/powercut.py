# SPDX-License-Identifier: GPL-2.0-only
"""Power cuts: QEMU is killed at a random moment while relays switch and their
store is written, over and over with one store, whose file the host reads after
each. What a boot finds, what was acknowledged, what was seen on the wire and
what is in the file have to fit.

EMRELAY_POWERCUT_SEED is the seed, EMRELAY_POWERCUTS how many cuts; what
happened at each is in report.txt of the folder.
"""
import os
import random
from collections import Counter

import records
from topic import HERE, PRELUDE, Wrong, between, equal, helper, lab

WEIGHT = 50
SEED = int(os.environ.get("EMRELAY_POWERCUT_SEED", "1"))
CUTS = int(os.environ.get("EMRELAY_POWERCUTS", "16"))
RELAYS = 8
# flush_cycles of each relay, and how many of the last do not wait for the store: of them up
# to flush_cycles and what came during the writes before theirs may be lost.
FLUSH = (1, 1, 1, 4, 4, 16, 1, 16)
HASTY = 2
# A kernel's checks of its own page tables and ciphers take half of its boot.
CMDLINE = "rodata=off initcall_blacklist=crypto_algapi_init flush=" + ",".join(str(n) for n in FLUSH)


class Chain:
    """One store, and all boots that it has seen."""

    def __init__(self, kernel, folder, seed):
        self.kernel, self.folder = kernel, folder
        self.random = random.Random(f"{seed} {kernel.name}")
        self.boots = 0
        self.acked = Counter()          # cycles that are surely stored, by relay
        self.lost = Counter()           # cycles that the cuts have cost
        self.records = [None] * RELAYS  # the newest in the store, after the last cut
        self.known = [0] * RELAYS       # their cycles
        self.cells = [bytes(records.PAIR)] * RELAYS
        self.seen = Counter()
        self.report = []
        self.store = lab.fresh(folder) / "store"
        made = build(kernel)
        self.dtb, self.initrd = lab.image(self.folder, kernel, helper("powercut"), emrelay=False, modules=(), programs=False,
                                            store=True, files=made, dts=PRELUDE + (HERE / "powercut.dts").read_text(encoding="utf-8"))

    def boot(self, cut):
        """One boot, its power cut or not: (Result, the lines of its log)."""
        self.boots += 1
        rng = self.random
        page = rng.choice((1, 8, 32, 64))
        slow = f"page_bytes={page} page_us={1 if page == 1 else rng.choice((100, 300, 1000))}"
        return lab.start(
            self.kernel, lab.fresh(self.folder / "boot"), self.dtb, self.initrd, icount=False, store=self.store, timeout=120, cut=cut,
            cmdline=f"{CMDLINE} seed={rng.randrange(1 << 60)} {slow}" + ("" if cut else " end=1"))

    def cut(self):
        """Boot, cut the power at a moment nobody chose, look at what is left."""
        if self.random.randrange(10):
            cut = (f"powercut: {self.random.randrange(8)}\n", self.random.uniform(0.0, 0.2))
        else:   # as the driver is loaded
            cut = ("rig: begin", self.random.uniform(0.0, 0.3))
        result = self.boot(cut)
        if not result.passed or not result.cut:
            raise Wrong(f"boot {self.boots}: {result.why or 'it ended by itself'}")
        self.seen["cuts"] += 1
        self.judge(result)

    def judge(self, result):
        """What a boot found and did, and what is in the store after it."""
        name = result.folder / "log.txt"
        lines = [line.split() for line in name.read_text(encoding="ascii").splitlines()] if name.exists() else []
        edges = Counter(line for _, line, level in result.edges if level)
        at_rest = bool(lines) and lines[-1] == ["rest"]
        self.judge_loaded(lines)
        if at_rest:
            self.seen["cuts at rest"] += 1
        for _, relay, stored in (line for line in lines if line[0] == "ack"):
            relay, stored = int(relay), int(stored)
            between(stored, self.acked[relay], self.known[relay] + edges[relay], f"boot {self.boots}: relay {relay}: acknowledged")
            self.acked[relay] = stored
            self.seen["acknowledgements"] += 1

        torn = 0
        cells = records.pairs(self.store, RELAYS)
        for relay, cell in enumerate(cells):
            torn += self.judge_cell(relay, cell, edges[relay], at_rest)
        between(torn, 0, 1, f"boot {self.boots}: cells that are torn")
        self.seen["torn cells"] += torn
        self.cells = cells
        self.seen["energisations"] += sum(edges.values())
        self.report.append(f"boot {self.boots}: {sum(edges.values())} energisations, "
                           f"{'at rest, ' * at_rest}{torn} torn, known {self.known}, lost so far {dict(sorted(self.lost.items()))}")

    def judge_loaded(self, lines):
        found = [line[1:] for line in lines if line[0] == "loaded"]
        # A cut may come between two of them.
        self.seen["stores loaded"] += len(found) == RELAYS
        for relay, cycles, stored, source, unknown in found:
            relay = int(relay)
            record = self.records[relay]
            wanted = (str(record.cycles), str(record.cycles), "nvmem", str(record.unknown_history)) if record else ("0", "0", "none", "1")
            equal((cycles, stored, source, unknown), wanted, f"boot {self.boots}: relay {relay}: loaded")

    def judge_cell(self, relay, cell, edges, at_rest):
        """The record of one relay after a boot: whether the cut tore it."""
        what = f"boot {self.boots}: relay {relay}"
        before, record = self.records[relay], records.newest(cell)
        there = self.known[relay] + edges
        stored = record.cycles if record else 0
        between(stored, max(self.known[relay], self.acked[relay]), there, f"{what}: cycles in the store")
        lost = there - stored
        if relay < RELAYS - HASTY:
            between(lost, 0, FLUSH[relay] - at_rest, f"{what}: {'at rest, ' * at_rest}flush_cycles {FLUSH[relay]}, cycles lost")
        elif at_rest:
            between(lost, 0, FLUSH[relay] - 1, f"{what}: at rest, flush_cycles {FLUSH[relay]}, cycles lost")
        if record:
            between(record.sequence, before.sequence if before else 1, float("inf"), f"{what}: sequence")
            self.seen["writes completed"] += record.sequence - (before.sequence if before else 0)
        self.lost[relay] += lost
        self.seen["cycles lost"] += lost
        self.known[relay], self.records[relay] = stored, record
        changed = [i for i, (a, b) in enumerate(zip(records.raw(self.cells[relay]), records.raw(cell))) if a != b]
        return sum(records.slots(cell)[i] is None for i in changed)

    def end(self):
        """A last boot that ends as it should: all is as it was."""
        result = self.boot(None)
        equal(result.why, None, "the last boot")
        self.judge(result)
        equal(sum(self.known) + sum(self.lost.values()), self.seen["energisations"], "cycles known and lost")


def build(kernel):
    return {"/test/emrelay_test_store.ko": lab.test_module(kernel, "store"), "/test/emrelay.ko": lab.module(kernel) / "driver/emrelay.ko"}


def tell(seen):
    return ", ".join(f"{number} {what}" for what, number in sorted(seen.items()))


def run(kernel, folder, cuts=CUTS, seed=SEED):
    """So many cuts in one chain of boots: [(case, what is wrong or None)], what was seen."""
    chain = Chain(lab.kernel(kernel), folder, seed)
    try:
        for _ in range(cuts):
            chain.cut()
        chain.end()
        wrong = None
    except Wrong as e:
        wrong = f"seed {seed}: {e}"
    (folder / "report.txt").write_text("\n".join([*chain.report, f"seed {seed}: {tell(chain.seen)}", wrong or ""]), encoding="utf-8")
    return [("cuts", wrong), *([] if wrong else [("enough", few(chain.seen, cuts))])], chain.seen


def few(seen, cuts):
    """Cuts that hit nothing prove nothing."""
    wanted = {"stores loaded": cuts * 0.7, "torn cells": cuts * 0.2, "acknowledgements": cuts * 2, "energisations": cuts * 5, "cuts at rest": cuts // 100}
    found = [f"{what}: {seen[what]}, expected {least:.0f}" for what, least in wanted.items() if seen[what] < least]
    return "; ".join(found) or None
