# SPDX-License-Identifier: GPL-2.0-only
"""The nvmem cell of a relay. What the guest saw of it is judged there; what is in the cells is judged here."""
from functools import partial

import records
from topic import LOADED, MS, Wrong, between, equal, obeys

WEIGHT = 5
LINES = {"through": 0, "four": 1, "timed": 2, "plain": 3, "laid": 4, "rated": 5, "bare": 6}
CELLS = {"four": 0, "through": 1, "plain": 2, "timed": 3, "rated": 4, "laid": 5}
REG = {name: reg for reg, name in enumerate(LINES)}

STRANGER = records.Record(sequence=1 << 40, saved_ns=0, writes=1, place=records.place("/relay-bank/relay@7"), generation=0,
                          serial=bytes(32), told=0, unknown_history=0, pico=1, fraction=0, by_class=(77, 0, 0, 0), on_ns=0,
                          longest_on_ns=0, shortest_on_ns=0, first_use_ns=0, last_use_ns=0, windows=(0,) * 48)


def slot(data):
    return data.ljust(records.SLOT, b"\xff")


FILES = {"/test/stranger": slot(records.encode(STRANGER)),
         # Of the relay itself, or of whom it is in a format that nobody knows.
         "/test/newer": slot(records.encode(STRANGER.but(place=records.place("/relay-bank/relay@4")), fmt=2, size=500))}
STORE = True


def cell(g, snap, relay):
    data = (g.result.folder / f"{snap}.store").read_bytes()
    at = CELLS[relay] * records.CELL
    return data[at:at + records.CELL]


def newest(g, snap, relay):
    found = records.newest(cell(g, snap, relay))
    if not found:
        raise Wrong(f"{snap}: no valid record of {relay}")
    return found


def rising(g, relay, until=float("inf")):
    return sum(level for ns, level in g.edges(LINES[relay]) if ns <= until)


def case_fresh_is_untouched(g):
    for relay in CELLS:
        equal(cell(g, "fresh", relay), bytes(records.CELL), relay)


def case_slots_in_turns(g):
    """Write-through: each cycle is in the store, the record before it beside it."""
    before = bytes(records.CELL)
    for n in (1, 2, 3):
        now = cell(g, f"through-{n}", "through")
        changed = [i for i, (a, b) in enumerate(zip(records.raw(before), records.raw(now))) if a != b]
        equal(changed, [(n - 1) % 2], f"slots changed by write {n}")
        record = records.slots(now)[changed[0]]
        equal((record.sequence, record.writes, record.cycles, record.unknown_history), (n, n, n, 1), "sequence, writes, cycles, unknown history")
        before = now


def case_an_on_is_a_cycle(g):
    """It counts when the coil is energised, not when it is released."""
    record = newest(g, "through-on", "through")
    equal(record.cycles, 4)
    between(record.last_use_ns, 1704067200 * 10**9, 1704067200 * 10**9 + 10**15, "last use")


def case_by_number(g):
    equal(cell(g, "four-before", "four"), bytes(records.CELL), "before the fourth")
    equal(newest(g, "four", "four").cycles, 4)
    equal(records.slots(cell(g, "four", "four"))[1], None, "the slot that was not written")


def case_by_time(g):
    equal((newest(g, "timed", "timed").cycles, newest(g, "timed", "timed").sequence), (2, 1), "cycles, sequence")


def case_identity(g):
    for relay in CELLS:
        record = newest(g, "unbound", relay)
        equal((record.place, record.generation, record.serial), (records.place(f"/relay-bank/relay@{REG[relay]}"), 0, bytes(32)), relay)


def case_unbind_stores(g):
    """What the wire has seen until then is in the store, and binding changes none of it."""
    wanted = {"through": 4, "four": 7, "timed": 3, "plain": 24, "laid": 3, "rated": 1}
    equal({relay: newest(g, "unbound", relay).cycles for relay in CELLS}, wanted)
    for relay in CELLS:
        equal(cell(g, "bound", relay), cell(g, "unbound", relay), f"{relay} after bind")


def case_on_time_is_stored(g):
    """To the ms, as seen from outside."""
    (on, _), (off, _) = g.edges(LINES["rated"])[:2]
    record = newest(g, "unbound", "rated")
    between(record.on_ns, off - on - MS, off - on + MS, "ns on")
    equal((record.longest_on_ns, record.shortest_on_ns), (record.on_ns, record.on_ns), "longest, shortest")


def case_spoilt_slot(g):
    """The other is loaded, if the newer was spoilt; no matter, if it was the older."""
    told = g.text("spoilt").splitlines()
    for relay, spoilt, line in (("plain", 0, told[0]), ("through", 1, told[1])):
        whole, after = (records.slots(cell(g, snap, relay)) for snap in ("whole", "spoilt"))
        equal([i for i in (0, 1) if whole[i] and not after[i]], [spoilt], f"{relay}: slots spoilt")
        equal(line, f"{after[not spoilt].cycles} {after[not spoilt].cycles} nvmem 1", relay)
    # And that slot is the one that is not written next.
    equal(records.raw(cell(g, "spoilt-after", "plain"))[1], records.raw(cell(g, "spoilt", "plain"))[1], "the good slot after the next write")


def case_strangers_are_overwritten(g):
    own = [r.cycles for r in records.slots(cell(g, "strangers", "timed")) if r.place == records.place("/relay-bank/relay@2")]
    equal(own, [1], "cycles in its own records")


def untouched(relay, before, after, g):
    equal(cell(g, after, relay), cell(g, before, relay), f"cell of {relay}")


case_newer_is_not_overwritten = partial(untouched, "laid", "newer", "newer-after")
case_newer_beside_is_not_overwritten = partial(untouched, "through", "newer", "newer-after")
case_blind_is_not_overwritten = partial(untouched, "four", "blind", "blind-after")


def case_stuck_keeps_the_newest(g):
    """A write that fails half-way costs nothing that was there."""
    equal(newest(g, "stuck-after", "four"), newest(g, "stuck", "four"), "newest")


def case_replaced_at_once(g):
    record = newest(g, "replaced", "four")
    equal((record.cycles, record.pico, record.generation, record.serial.rstrip(b"\0"), record.unknown_history),
          (0, 0, 1, b"B-17 (2024)", 0), "cycles, damage, generation, serial, unknown history")
    equal(newest(g, "old-again", "four").generation, 1, "generation")


def case_never_early(g):
    """Law 4, across rmmod and unbind."""
    obeys(g.edges(LINES["rated"]), spacing=LOADED)


def case_rate_limit_goes_on(g):
    between(int(g.text("on-again")), 1, 10_000, "ready_ms after bind")


def case_counted_once(g):
    equal(int(g.text("rated-cycles")), rising(g, "rated"))
