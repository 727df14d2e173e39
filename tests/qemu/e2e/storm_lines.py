# SPDX-License-Identifier: GPL-2.0-only
"""Random requests on buses that fail at random, judged by the laws.

EMRELAY_STORM_SEED is the seed, EMRELAY_STORM_STEPS how many steps each half has.
"""
import os
from pathlib import Path

import lines
from topic import CLOSE, MS, OPEN, SECOND, UNLOADED, Wrong, between, equal

KERNELS = ("6.12", "7.3")
WEIGHT = 30
LINES = lines.LINES
STEPS = os.environ.get("EMRELAY_STORM_STEPS", "500")
BOOT = lines.BOOT | {"cmdline": f"storm_seed={os.environ.get('EMRELAY_STORM_SEED', '1')} storm_steps={STEPS} trace_buf_size=16M"}
DTS = Path(__file__).with_name("lines.dts").read_text(encoding="utf-8")
HALVES = ("bus_fault", "chip_fault")
# verify_s, and what a look and the way to the file take.
SEEN = SECOND + 100 * MS


def offset(g):
    """CLOCK_BOOTTIME - the virtual clock, by the two edges before anything fails."""
    pairs = zip(g.events("coil", "ia")[:2], g.edges(LINES["ia"])[:2])
    return min(e["now_ns"] - ns for e, (ns, _) in pairs)


def wire(g, relay):
    return [(ns + offset(g), level) for ns, level in g.edges(LINES[relay])]


def told(g, relay):
    return [(e["now_ns"], int(e["coil"] == "on")) for e in g.events("coil", relay)]


def rest(g, half):
    return {relay: (said, pin, int(cycles)) for relay, said, pin, cycles in map(str.split, g.text(half).splitlines())}


def case_ends_at_the_target(g):
    """Law 6: once nothing fails any more, each is where it is to be, and says so."""
    for half in HALVES:
        for relay, (said, pin, _) in rest(g, half).items():
            state, coil, fault = said.split(",")
            equal((coil, fault, pin), (state, "none", "hi" if state == "on" else "lo"), f"{half}: {relay}: {state}, but")


def case_cycles(g):
    """Law 7: where each line is read after it was driven, the count is that of the wire."""
    end = int(g.text("bus_fault-ns"))
    for relay in ("ia", "ib", "id"):
        seen = sum(level for ns, level in wire(g, relay) if ns <= end)
        equal(rest(g, "bus_fault")[relay][2], seen, f"cycles of {relay}")


def case_files_tell_the_truth(g):
    """No file says on of a coil whose line is off, or the other way round, for longer than verify_s."""
    for relay in LINES:
        moments = sorted([(ns, "wire", level) for ns, level in wire(g, relay)] + [(ns, "file", level) for ns, level in told(g, relay)])
        at = {"wire": 0, "file": 0}
        since = None
        for ns, who, level in moments:
            if since is not None and ns - since > SEEN:
                raise Wrong(f"{relay}: from {since} on for {ns - since} ns {at}")
            at[who] = level
            since = None if at["wire"] == at["file"] else since or ns


def case_driven_in_the_limits(g):
    """Laws 2 and 4, of what the driver drove: what was found to have moved is its own."""
    for relay in LINES:
        edges = g.events("coil", relay)
        last_on = None
        for a, b in zip([None, *edges], edges):
            on = b["coil"] == "on"
            if b["source"] != "line":
                if a:
                    between(b["now_ns"] - a["now_ns"], OPEN if on else CLOSE, float("inf"), f"{relay}: ns between edges")
                if on and last_on:
                    between(b["now_ns"] - last_on, UNLOADED, float("inf"), f"{relay}: ns between energisations")
            last_on = b["now_ns"] if on else last_on


def case_enough(g):
    """A quiet storm proves nothing."""
    edges = sum(len(g.edges(line)) for line in LINES.values())
    between(edges, int(STEPS) // 2, float("inf"), "edges")
    between(sum(map(int, g.text("drive_errors").split())), int(STEPS) // 10, float("inf"), "drive errors")
    between(sum(e["source"] == "line" for e in g.trace if e["event"] == "coil"), 5, float("inf"), "edges that nobody drove")
