# SPDX-License-Identifier: GPL-2.0-only
"""relayctl watch while relays go; starts a day and days left by relay-wear, from the edges on the wire."""
import json
from datetime import datetime

from topic import SECOND, between, equal, tool

KERNELS = ("6.1", "6.12")
WEIGHT = 10
LINES = {"pump": 0, "spare": 1, "fan": 2, "valve": 3}
# The valve's first cycle to compare with is its second, the last one its 36th.
BOOT = {"play": "contact 5 follows 3 operate 13000 release 20000 welded 1 1 stuck 3 4 slow 37 150\n"}
FILES = tool("relayctl") | tool("relay-wear")
DAY = 86_400
LIFE = 70_001
WINDOWS = {"24H": DAY, "30D": 30 * DAY}


def rows(text):
    """{relay: {column: value}} of a table without empty cells."""
    head, *lines = (line.split() for line in text.splitlines())
    return {line[0]: dict(zip(head, line)) for line in lines}


def cycles(g, ns):
    """How often the pump was energised until then, as seen from outside."""
    return sum(level for at, level in g.wire("pump") if at <= ns)


def paces(saves, now, used, window):
    """The pairs of starts a day and days left that may be shown, None for unknown: a clock's second is soon over."""
    saves = [(0, 0), *saves]
    begin, (base, before) = max((i, save) for i, save in enumerate(saves) if save[0] <= now - window)
    after = (saves[begin + 1:] + [(now, used)])[0][1]
    if not base or (now - base > window * 1.1 and before != after):
        return {(None, None)}
    done, spans = used - before, [window]
    if now - base <= window * 1.1:
        spans = [now - base + slack for slack in (-1, 0, 1)]
    return {((2 * done * DAY + span) // (2 * span), (LIFE - used) * span // done // DAY if done else None) for span in spans}


def case_watch(g):
    """What went is told once each time, and nothing else as gone."""
    gone = [line.split()[2] for line in g.text("watched").splitlines() if line.endswith(" gone")]
    equal(sorted(gone), ["fan", "pump", "pump", "spare", "spare", "valve"], "gone")


def case_faults(g):
    """Each fault of the contact and its end is told, and the weld at once: 3 * (release + bounce) and 3 reads after the coil."""
    objects = [json.loads(line) for line in g.text("objects").splitlines()]
    faults = [line["fault"] for line in objects]
    equal([b for a, b in zip(faults, faults[1:]) if a != b], ["stuck-closed", "none", "stuck-open", "none"], "faults")
    equal({line["sense"] for line in objects}, {"ok"}, "sense")
    when = {" ".join(line.split()[2:]): datetime.fromisoformat(line[:26]) for line in reversed(g.text("watched").splitlines())}
    took = when["valve fault none -> stuck-closed"] - when["valve state on -> off"]
    between(took.total_seconds() * 1000, 85.5, 95, "ms until the weld was told")


def case_json(g):
    relay, = json.loads(g.text("json"))["relays"]
    equal({key: relay[key] for key in ("name", "state", "wait_ms", "fault", "part")},
          {"name": "spare", "state": "off", "wait_ms": 0, "fault": "none", "part": "wago,859-353"}, "spare")


def case_paces(g):
    saves = [(s, cycles(g, ns)) for s, ns in (map(int, line.split()) for line in g.text("saves").splitlines())]
    seen = []
    for n in range(int(g.text("shows"))):
        head, _, table = g.text(f"show-{n}").partition("\n")
        now, ns = map(int, head.split())
        row, used = rows(table)["pump"], cycles(g, ns)
        equal((int(row["CYCLES"]), int(row["LEFT"])), (used, LIFE - used), f"show {n}: cycles, left")
        for name, window in WINDOWS.items():
            got = tuple(None if row[f"{what}_{name}"] == "unknown" else int(row[f"{what}_{name}"]) for what in ("STARTS", "DAYS"))
            wanted = paces([save for save in saves if save[0] <= now], now, used, window)
            equal(got in wanted, True, f"show {n}: {name} {got}, one of {wanted}:")
            seen.append((name, got[0] is None, got[1] is None))
    equal({(name, *known) for name in WINDOWS for known in ((True, True), (False, False))} | {("24H", False, True)}, set(seen), "kinds")


def case_samples(g):
    """Each save left one, and its numbers are the wire's."""
    saves = [[int(word) for word in line.split()] for line in g.text("saves").splitlines()]
    lines = [line.split() for line in g.text("pump.samples").splitlines()]
    equal([int(line[2]) for line in lines], [cycles(g, ns) for _, ns in saves], "cycles")
    # What a cycle costs is rounded up.
    equal([int(line[3]) for line in lines], [cycles(g, ns) * -(-10**12 // LIFE) for _, ns in saves], "damage")
    for line, (s, _) in zip(lines, saves):
        between(int(line[1]) - s, 0, 1, "s late")
    edges = g.wire("pump")
    on = sum(b - a for (a, _), (b, _) in zip(edges[::2], edges[1::2]))
    between(int(lines[-1][4]) * 10**6, on - SECOND // 100, on + SECOND // 100, "ns on")
