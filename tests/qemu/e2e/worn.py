# SPDX-License-Identifier: GPL-2.0-only
"""Health and who is told of it, end_of_life, replace."""
from topic import MS, between, equal

KERNELS = ("6.1", "6.12")
LINES = {"five": 0, "three": 1, "four": 2, "one": 3}
REFUSED = "Operation not permitted"


def told(g, name):
    """(what poll() told of the file, [the uevents as dictionaries])."""
    lines = [line.split(" ", 2) for line in g.text(name).splitlines() if line != "ready"]
    return [text for _, what, text in lines if what != "uevent"], \
        [dict(word.split("=", 1) for word in text.split()) for _, what, text in lines if what == "uevent"]


def uevents(g, name):
    """[(relay, event)] of the relays' own uevents, without those of their coming and going."""
    return [(e["DEVPATH"].rsplit("/", 1)[1], e["RELAY_EVENT"]) for e in told(g, name)[1] if "RELAY_EVENT" in e]


def case_threshold(g):
    """poll() and a uevent tell each change of the file."""
    equal(told(g, "threshold")[0], ["good"] + ["warning", "good"] * 2 + ["worn"])
    equal(uevents(g, "threshold"), [("one", "health")] * 5)


def case_crossing(g):
    equal(told(g, "crossing")[0], ["good", "warning", "good", "warning", "good", "warning", "worn"])
    equal(uevents(g, "crossing"), [("five", "health")] * 6)


def case_lives(g):
    """Counting goes on, past 100 %."""
    wanted = []
    for n in range(1, 8):
        wanted.append(f"{n} {n * 200_000},{'worn' if n >= 5 else 'warning' if n >= 2 else 'good'} {max(0, 5 - n)}")
        if n == 3:
            wanted += ["600001 good", "600000 warning", "1000000 good", "400000 warning"]
    equal(g.text("lives").splitlines(), wanted)


def case_told_once_in_its_life(g):
    """Neither unbind and bind, nor the threshold after it, tell again; what is worse does."""
    equal(uevents(g, "rebound"), [("four", "health")] * 2)


def case_last_cycle(g):
    on, ready_on, health, again, off, ready, wait = g.at("last-cycle")
    equal([s.result for s in (on, again, off)], ["ok"] * 3)
    equal((ready_on.text, health.text, ready.text, wait.text), ("0", "worn", "-1", "0"), "ready, health, ready, wait")
    (rise, up), (fall, down) = g.window("three", on.begin, wait.end)
    equal((up, down), (1, 0))
    between(rise, on.begin, on.end)
    between(fall, off.begin, off.end)


def case_blocked(g):
    s = g.at("blocked")
    equal([x.result for x in s], [REFUSED] * 4 + ["ok"] * 5)
    equal((s[6].text, s[8].text), ("-1", "off"), "ready_ms, state")
    equal(g.window("three", s[0].begin, g.at("unblocked")[0].begin), [], "edges")


def case_unblocked(g):
    """On by warn, off by the end of the pulse; on again by warn, off by toggle, and then no more."""
    s = g.at("unblocked")
    equal([x.result for x in s], ["ok"] * 8 + [REFUSED] + ["ok"] * 4 + [REFUSED] + ["ok"])
    equal((s[1].text, s[6].text, s[7].text, s[14].text), ("0", "0", "off", "off"), "ready, ready, coil, state")
    edges = g.window("three", s[0].begin, s[-1].end)
    equal([level for _, level in edges], [1, 0, 1, 0])
    for (ns, _), low, high in zip(edges, (s[2].begin, s[5].begin + 100 * MS, s[10].begin, s[12].begin),
                                  (s[2].end, s[5].end + 100 * MS + g.late, s[10].end, s[12].end)):
        between(ns, low, high, "edge")


def case_replaced(g):
    """The last of the old one: in the history, to udev; nothing of it in the wear of the new one."""
    old = dict(word.split("=") for word in g.text("final").split())
    equal(old, {"cycles": "5", "ppm": "1666666"}, "the old one's")
    files, events = told(g, "replacing")
    equal(files, ["worn", "good"])
    equal([{k: e[k] for k in e if k.startswith("RELAY_") or k in ("ACTION", "SUBSYSTEM")}
           for e in sorted(events, key=lambda e: e["RELAY_EVENT"])],
          [{"ACTION": "change", "SUBSYSTEM": "relay", "RELAY_EVENT": "health"},
           {"ACTION": "change", "SUBSYSTEM": "relay", "RELAY_EVENT": "replaced", "RELAY_CYCLES": old["cycles"],
            "RELAY_LIFE_USED_PPM": old["ppm"], "RELAY_SERIAL": ""}])
    cycles, ppm, *wear = g.text("replaced").splitlines()
    equal([line.split(" ", 1)[1] for line in (cycles, ppm)],
          [f"cycles={old['cycles']} replaced", f"life_used_ppm={old['ppm']} replaced"])
    equal(cycles.split()[0], ppm.split()[0], "ns")
    wear = dict(line.split(": ") for line in wear)
    equal({k: wear[k] for k in ("unknown_history", "wear_source", "cycles", "on_time_ms", "damage_pico",
                                "longest_on_ms", "shortest_on_ms", "first_use_s", "last_use_s", "cycles_left")},
          {"unknown_history": "0", "wear_source": "none", "cycles": "0",
           "on_time_ms": "0", "damage_pico": "0", "longest_on_ms": "unknown", "shortest_on_ms": "unknown",
           "first_use_s": "unknown", "last_use_s": "unknown", "cycles_left": "3"})


def case_replaced_while_on(g):
    (on, _), (off, _) = g.wire("three")[-2:]
    between(off - on, 1500 * MS, 1700 * MS, "ns on")
    between(int(g.text("on-time")), 500, (off - on) // MS - 1000, "on_time_ms")


def case_cycles(g):
    equal({relay: sum(level for _, level in g.wire(relay)) for relay in LINES}, {"five": 7, "three": 7, "four": 4, "one": 1})
