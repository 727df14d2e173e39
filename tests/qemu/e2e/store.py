# SPDX-License-Identifier: GPL-2.0-only
"""The nvmem cells of a relay. What the guest saw of them is judged there; what is in them is judged here."""
from functools import partial

import records
from topic import LOADED, MS, Wrong, between, equal, obeys

WEIGHT = 5
LINES = {"through": 0, "four": 1, "timed": 2, "plain": 3, "laid": 4, "rated": 5, "bare": 6}
# Where the cells of each are.
CELLS = {"four": (0x0, 0x100), "through": (0x300, 0x200), "plain": (0x400, 0x580), "timed": (0x700, 0x800),
         "rated": (0x900, 0xa00), "laid": (0xb00, 0xc00)}
# What stands behind the records in larger cells, and what is in none.
TAILS = [(0x500, 0x580), (0x680, 0x700), (0xd00, 0xe00)]

STRANGER = records.Record(sequence=1 << 40, name=b"nobody", by_class=(77, 0, 0, 0), pico=1)
FILES = {"/test/stranger": records.encode(STRANGER),
         # Of the relay itself, in a format that nobody knows.
         "/test/newer": records.encode(STRANGER.but(name=b"laid"), fmt=2)}
STORE = True


def snap(g, name):
    return (g.result.folder / f"{name}.store").read_bytes()


def cell(g, name, relay):
    return b"".join(snap(g, name)[at:at + records.BYTES] for at in CELLS[relay])


def newest(g, name, relay):
    found = records.newest(cell(g, name, relay))
    if not found:
        raise Wrong(f"{name}: no valid record of {relay}")
    return found


def rising(g, relay, until=float("inf")):
    return sum(level for ns, level in g.edges(LINES[relay]) if ns <= until)


def case_fresh_is_untouched(g):
    for relay in CELLS:
        equal(cell(g, "fresh", relay), bytes(records.PAIR), relay)


def case_cells_in_turns(g):
    """Write-through: each cycle is in the store, the record before it beside it."""
    before = bytes(records.PAIR)
    for n in (1, 2, 3):
        now = cell(g, f"through-{n}", "through")
        changed = [i for i, (a, b) in enumerate(zip(records.raw(before), records.raw(now))) if a != b]
        equal(changed, [(n - 1) % 2], f"cells changed by write {n}")
        record = records.slots(now)[changed[0]]
        equal((record.sequence, record.cycles, record.unknown_history), (n, n, 1), "sequence, cycles, unknown history")
        before = now


def case_an_on_is_a_cycle(g):
    """It counts when the coil is energised, not when it is released."""
    record = newest(g, "through-on", "through")
    equal((record.cycles, record.target), (4, 1), "cycles, target")
    between(record.last_use_ns, 1704067200 * 10**9, 1704067200 * 10**9 + 10**15, "last use")


def case_by_number(g):
    equal(cell(g, "four-before", "four"), bytes(records.PAIR), "before the fourth")
    equal(newest(g, "four", "four").cycles, 4)
    equal(records.slots(cell(g, "four", "four"))[1], None, "the cell that was not written")


def case_by_time(g):
    equal((newest(g, "timed", "timed").cycles, newest(g, "timed", "timed").sequence), (2, 1), "cycles, sequence")


def case_identity(g):
    for relay in CELLS:
        record = newest(g, "unbound", relay)
        equal((record.name.decode(), record.serial), (relay, b""), relay)


def case_unbind_stores(g):
    """What the wire has seen until then is in the store, and binding changes none of it."""
    wanted = {"through": 4, "four": 7, "timed": 3, "plain": 24, "laid": 3, "rated": 1}
    equal({relay: newest(g, "unbound", relay).cycles for relay in CELLS}, wanted)
    for relay in CELLS:
        equal((newest(g, "unbound", relay).target), 0, f"target of {relay}")
        equal(cell(g, "bound", relay), cell(g, "unbound", relay), f"{relay} after bind")


def case_on_time_is_stored(g):
    """To the ms, as seen from outside."""
    (on, _), (off, _) = g.edges(LINES["rated"])[:2]
    record = newest(g, "unbound", "rated")
    between(record.on_ns, off - on - MS, off - on + MS, "ns on")
    equal((record.longest_on_ns, record.shortest_on_ns), (record.on_ns, record.on_ns), "longest, shortest")
    # 2024-01-01, when the guest booted, plus what its clock had counted.
    between(record.released_ns - record.last_use_ns, off - on - MS, off - on + MS, "release after the last use")


def case_spoilt_slot(g):
    """The other is loaded, if the newer was spoilt; no matter, if it was the older."""
    told = g.text("spoilt").splitlines()
    for relay, spoilt, line in (("plain", 0, told[0]), ("through", 1, told[1])):
        whole, after = (records.slots(cell(g, snap, relay)) for snap in ("whole", "spoilt"))
        equal([i for i in (0, 1) if whole[i] and not after[i]], [spoilt], f"{relay}: slots spoilt")
        equal(line, f"{after[not spoilt].cycles} {after[not spoilt].cycles} nvmem 1", relay)
    # And that slot is the one that is not written next.
    equal(records.raw(cell(g, "spoilt-after", "plain"))[1], records.raw(cell(g, "spoilt", "plain"))[1], "the good slot after the next write")


def case_strangers_are_not_overwritten(g):
    """Neither by cycles, nor by time, nor at unbind."""
    for relay in ("timed", "plain", "laid"):
        equal(cell(g, "strangers-after", relay), cell(g, "strangers", relay), f"cells of {relay}")


def case_claimed_in_both_cells(g):
    for relay, serial in (("timed", b"T-1"), ("plain", b""), ("laid", b"")):
        found = [(record.name.decode(), record.serial) for record in records.slots(cell(g, "claimed", relay)) if record]
        equal(found, [(relay, serial)] * 2, relay)


def case_nothing_else_is_written(g):
    """What stands behind a record in its cell, and what is no cell."""
    for begin, end in TAILS:
        equal(snap(g, "end")[begin:end], snap(g, "fresh")[begin:end], f"bytes from {begin:#x} on")
        equal(any(snap(g, "fresh")[begin:end]), True, "anything to be kept")


def untouched(relay, before, after, g):
    equal(cell(g, after, relay), cell(g, before, relay), f"cells of {relay}")


case_old_is_not_overwritten = partial(untouched, "four", "old-again", "old-again-after")
case_blind_is_not_overwritten = partial(untouched, "four", "blind", "blind-after")


def case_stuck_keeps_the_newest(g):
    """A write that fails half-way costs nothing that was there."""
    equal(newest(g, "stuck-after", "four"), newest(g, "stuck", "four"), "newest")


def case_replaced_at_once(g):
    for record in records.slots(cell(g, "replaced", "four")):
        equal((record.cycles, record.pico, record.serial, record.unknown_history), (0, 0, b"B-17 (2024)", 0),
              "cycles, damage, serial, unknown history")


def case_never_early(g):
    """Law 4, across rmmod and unbind."""
    obeys(g.edges(LINES["rated"]), spacing=LOADED)


def case_rate_limit_goes_on(g):
    between(int(g.text("on-again")), 1, 10_000, "ready_ms after bind")


def case_counted_once(g):
    equal(int(g.text("rated-cycles")), rising(g, "rated"))
