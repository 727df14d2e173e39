# SPDX-License-Identifier: GPL-2.0-only
"""What was seen of contacts outlives a reboot: misfires, welds, what their times were, and why the health is what it is."""
import records
from topic import MS, between, equal

KERNELS = ("6.1", "6.12")
STORE = True
WEIGHT = 6
LINES = {"worn": 0, "slow": 1, "film": 2}
CONTACTS = {"worn": 4, "slow": 5, "film": 6}
CYCLES = 40
# One misfires and welds; one becomes slow after the reboot; one drops out long after it closed.
FIRST = """\
contact 4 follows 0 operate 13000 release 20000 bounce 1600 4 stuck 35 36 welded 40 40
contact 5 follows 1 operate 9000 release 11000 bounce 800 2
contact 6 follows 2 operate 13000 release 20000 drop 1 5000000 300000
"""
SECOND = """\
contact 4 follows 0 operate 13000 release 20000 bounce 1600 4
contact 5 follows 1 operate 9000 release 11000 bounce 800 2 slow 1 300
contact 6 follows 2 operate 13000 release 20000
"""
BOOTS = (lambda guests, store: {"cmdline": "boot=1 restart=1", "play": FIRST},
         lambda guests, store: {"cmdline": "boot=2", "play": SECOND, "rtc": "2024-01-01T01:00:00"})


def record(g, relay):
    at = list(LINES).index(relay)
    return records.newest(records.pairs(g.store, len(LINES))[at])


def baselines(g):
    """{relay: [operate, release, bounce]} in us, as the guest shows them, 0: unknown."""
    return {line.split()[0]: [int(word) / 1000 if word != "unknown" else 0 for word in line.split()[1:]] for line in g.text("baselines").splitlines()}


def case_what_was_played(g):
    """After the reboot the baselines are those of the first boot, in whole us, and what came since is added."""
    equal({relay: [us // 1 for us in found] for relay, found in baselines(g.before[0]).items()}, baselines(g), "baselines before and after")
    took = {"worn": (13_000, 20_000, 1600), "slow": (9000, 11_000, 800), "film": None}
    for relay, times in took.items():
        found = record(g, relay)
        equal((found.misfires, found.welds), {"worn": (2, 1), "slow": (0, 0), "film": (1, 0)}[relay], f"misfires and welds of {relay}")
        for what, us, wanted in zip(("operate", "release", "bounce"), found.baseline_us, times or (0, 0, 0)):
            between(us - wanted, -2, 2, f"baseline of {what} of {relay}, less what was played,")
    between(record(g, "slow").ewma_us[0], 20_000, 27_000, "mean of late, in us")


def case_what_is_seen_is_stored(g):
    """A misfire long after the edge of the coil is in the cells after flush_s, not only at the shutdown."""
    before, after = (records.newest((g.before[0].result.folder / name).read_bytes()) for name in ("before", "after"))
    equal((before.misfires, after.misfires), (0, 1), "misfires of film in the cells")
    dropped = [ns for ns, level in g.before[0].edges(CONTACTS["film"] + 8) if not level][0]
    rise = g.before[0].edges(LINES["film"])[0][0]
    between(dropped - rise, 5000 * MS, 5100 * MS, "from the energisation to the drop")


def case_faults_begin_anew(g):
    """A reboot verifies: what was latched is found again if it is still there."""
    equal(g.before[0].text("faults").split(), ["stuck-closed", "none", "none"])
    equal(g.text("faults").split(), ["none", "none", "none"])
