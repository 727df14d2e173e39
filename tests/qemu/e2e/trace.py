# SPDX-License-Identifier: GPL-2.0-only
"""Tracepoints and debugfs."""
import re
from datetime import datetime

from topic import CLOSE, LOADED, MS, OPEN, UNLOADED, Wrong, between, equal, lab

LINES = {"pump": 0, "heat pump": 1}
BOOT_S = int(datetime.fromisoformat(lab.RTC + "+00:00").timestamp())


def pairs(g, name):
    """A file of "key: value" lines as a dictionary, its values integers or one word."""
    lines = g.text(name).splitlines()
    for line in lines:
        if not re.fullmatch(r"\w+: (-?\d+|-|[a-z-]+)", line):
            raise Wrong(f"{name}: {line!r} is not a key and an integer or a word")
    return {key: int(value) if re.fullmatch(r"-?\d+", value) else value for key, value in (line.split(": ") for line in lines)}


def case_formats(g):
    """To the letter: programs read these."""
    number, name = r"\d+", r"(?:pump|heat pump|relay-bank:2|_?summary)"
    formats = {
        "request": rf"relay={name} op=(?:on|off|toggle|pulse) source=(?:sysfs|gpio|led) now_ns={number} result=-?{number} "
                   rf"wait_ns={number}",
        "coil": rf"relay={name} coil=(?:on|off) source=(?:sysfs|gpio|led|pulse) now_ns={number} cycle={number}",
        "contact": rf"relay={name} contact=(?:open|closing|closed|opening) now_ns={number}",
    }
    seen = set()
    for line in g.text("trace").splitlines():
        if line.startswith("#"):
            continue
        event, _, rest = line.partition(": emrelay_")[2].partition(": ")
        if not re.fullmatch(formats.get(event, "$."), rest):
            raise Wrong(f"the line {line!r}")
        seen.add(event)
    equal(seen, set(formats))


def case_fields_print_under_their_names(g):
    """What a person reads in the trace is what a filter or a histogram takes."""
    for event in ("request", "coil", "contact", "fault"):
        text = g.text(f"format-{event}")
        fields = re.findall(r"^\tfield:.*?(\w+)(?:\[\d*\])?;\toffset", text, re.M)
        form = re.search(r'^print fmt: "(.*?)"', text, re.M)[1]
        own = [name for name in fields if not name.startswith("common_")]
        equal(sorted(re.findall(r"(\w+)=%", form)), sorted(own), f"{event} prints")


def case_requests(g):
    """In the order of the schedule; what cannot be parsed is none, and policy is none."""
    asked = [s for s in g.at("requests") if s.file != "policy" and s.text != "bogus"]
    told = g.events("request", "pump")[:len(asked)]
    equal([(e["op"], e["source"], e["result"]) for e in told],
          [("on", "sysfs", 0), ("off", "sysfs", 0), ("toggle", "sysfs", 0), ("off", "sysfs", 0),
           ("on", "sysfs", -11), ("pulse", "sysfs", -11), ("off", "sysfs", 0)])
    for e, s in zip(told, asked):
        between(e["now_ns"], s.begin, s.end, "time of a request")
        equal(s.result, "ok" if not e["result"] else "Resource temporarily unavailable")
    edge = g.events("coil", "pump")[0]["now_ns"]
    equal([told[0]["wait_ns"], told[1]["wait_ns"], told[2]["wait_ns"]],
          [0, edge + CLOSE - told[1]["now_ns"], edge + LOADED - told[2]["now_ns"]], "wait_ns")
    equal([e["wait_ns"] for e in told[3:]], [0] * 4, "wait_ns when nothing is pending")


def case_history(g):
    coil = g.events("coil", "pump")
    refused = [e["now_ns"] for e in g.events("request", "pump") if e["result"]]
    wanted = [f"{coil[0]['ns']} on sysfs", f"{coil[1]['ns']} off sysfs", *(f"{ns} refused sysfs" for ns in refused)]
    equal(g.text("history").splitlines(), wanted)


def case_history_of_64(g):
    """The last 64, oldest first, as the tracepoints told them."""
    told = [(e["now_ns"], e["coil"], e["source"]) for e in g.events("coil", "heat pump")]
    told += [(e["now_ns"], "refused", e["source"]) for e in g.events("request", "heat pump") if e["result"]]
    equal(len(told) > 100, True, f"{len(told)} are enough")
    equal(g.text("history-full").splitlines(), [" ".join(map(str, e)) for e in sorted(told)[-64:]])


def case_limits(g):
    equal(pairs(g, "limits"), {"close_ns": CLOSE, "open_ns": OPEN, "spacing_ns": LOADED,
                               "min_on_ns": 0, "min_off_ns": 0, "max_on_ns": 0, "momentary_ns": 0, "watchdog_ns": 0,
                               "loaded_per_minute": 6, "unloaded_per_minute": 180})


def case_wear(g):
    wear = pairs(g, "wear")
    for key in ("on_time_ms", "longest_on_ms", "shortest_on_ms"):
        between(wear.pop(key), 18, 19, key)
    # The guest's clock begins there.
    for key in ("first_use_s", "last_use_s"):
        between(wear.pop(key), BOOT_S, BOOT_S + 10, key)
    equal(wear, {"unknown_history": 1, "wear_source": "none",
                 "cycles": 1, "cycles_loaded": 1, "cycles_unloaded": 0, "cycles_resistive": 1,
                 "cycles_ac_15": 0, "cycles_dc_13": 0, "damage_pico": 20_000_000, "life_used_ppm": 20,
                 "basis": "sheet", "load_ma": "unknown", "life_at_load": 50_000, "cycles_left": 49_999,
                 "electrical_life": 50_000, "mechanical_life": 5_000_000, "dc_rating": "sheet"})


def case_no_key_twice(g):
    for name in ("wear", "limits", "timing-fresh"):
        equal(len(pairs(g, name)), len(g.text(name).splitlines()), f"keys of {name}")


def case_timing(g):
    fresh = pairs(g, "timing-fresh")
    # The first bind counts as the last edge, long ago by now.
    between(fresh["edge_ns"], 1, fresh["now_ns"] - OPEN, "edge_ns after a first bind")
    equal({k: v for k, v in fresh.items() if k not in ("now_ns", "edge_ns")},
          {"energised_ns": -1, "settled_ns": fresh["edge_ns"] + OPEN, "timer_ns": -1, "wait_ns": 0, "ready_ns": 0,
           "pulse_left_ns": 0})

    edges = [e["now_ns"] for e in g.events("coil", "heat pump")]
    closing = pairs(g, "timing-closing")
    equal((closing["edge_ns"], closing["energised_ns"], closing["settled_ns"], closing["timer_ns"]),
          (edges[0], edges[0], edges[0] + CLOSE, edges[0] + CLOSE))
    waiting = pairs(g, "timing-waiting")
    equal((waiting["edge_ns"], waiting["energised_ns"], waiting["timer_ns"], waiting["wait_ns"]),
          (edges[1], edges[0], edges[0] + UNLOADED, edges[0] + UNLOADED - waiting["now_ns"]))


def case_summary(g):
    head, *rows = g.text("summary").splitlines()
    equal(head.split()[:6], ["relay", "part", "state", "coil", "contact", "load"])
    found = {re.split(r"\s{2,}", row)[0]: row.split()[-10:] for row in rows}
    equal(sorted(found), ["_summary", "heat pump", "pump", "relay-bank:2", "summary"])
    part, state, coil, contact, load, wait, ready, cycles, ppm, health = found["pump"]
    equal((part, state, coil, contact, load, wait, cycles, ppm, health),
          ("wago,859-353", "off", "off", "open", "resistive", "0", "1", "20", "good"))
    between(int(ready), 1, 10 * MS, "ready_us")


def case_all_faces(g):
    equal({e["source"] for e in g.events("request", "heat pump")}, {"sysfs", "led", "gpio"})
