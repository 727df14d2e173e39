# SPDX-License-Identifier: GPL-2.0-only
"""Reboots: what was known before is known after, to the cycle; nothing is told
twice; and the rate limit holds, by the real-time clock where that is set."""
import calendar
import time

import records
from topic import LOADED, MS, SECOND, between, equal

WEIGHT = 3
STORE = True
LINES = {"many": 0, "worn": 1, "rated": 2, "kept": 4, "cold": 5}
CELLS = list(LINES)
START = "2024-01-01T00:00:00"
# How long the machine is off: less than the rate limit, which is 10 s.
OFF_S = 2
# min_off_ms of "cold", which was released when it went off, and "unknown", which has no record.
REST_MS = 15_000


def real(guest, ns):
    """When it was by the machine's real-time clock, ns since 1970."""
    return calendar.timegm(time.strptime(guest.rtc, "%Y-%m-%dT%H:%M:%S")) * SECOND + ns


def rising(guest, relay):
    return [ns for ns, level in guest.edges(LINES[relay]) if level]


def first(_, store):
    return {"cmdline": "boot=1", "rtc": START}


def later(guests, store):
    """Off for a moment; and it ends with a restart."""
    end_s = real(guests[0], rising(guests[0], "rated")[-1]) // SECOND + 1 + OFF_S
    return {"cmdline": "boot=2 restart=1", "rtc": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(end_s))}


def no_clock(_, store):
    """The clock's battery is empty."""
    return {"cmdline": "boot=3", "rtc": "1970-01-02T00:00:00"}


BOOTS = (first, later, no_clock)


def boots(g):
    return (*g.before, g)


def case_nothing_lost_nothing_twice(g):
    """What each boot found is what the wire has seen in all before; the first found nothing."""
    seen = dict.fromkeys(LINES, 0)
    for guest in boots(g):
        source = "nvmem" if guest.before else "none"
        equal(guest.text("loaded").split("\n")[:-1], [f"{relay} {count} {source} 1" for relay, count in seen.items()], f"boot {len(guest.before) + 1}")
        for relay in LINES:
            seen[relay] += len(rising(guest, relay))
    found = {relay: records.newest(pair).cycles for relay, pair in zip(CELLS, records.pairs(g.store, len(CELLS)))}
    equal(found, seen, "after the last boot")


def case_enough(g):
    equal([[len(rising(guest, relay)) for relay in LINES] for guest in boots(g)], [[37, 8, 1, 1, 1], [5, 2, 1, 0, 0], [1, 1, 1, 0, 0]], "energisations")


def case_shutdown_stores(g):
    """In one go: what was not stored by number or time is stored once."""
    writes = [records.newest(pair).sequence for pair in records.pairs(g.store, len(CELLS))]
    # 37 cycles: after 16, after 32, at the end; then once a boot, twice while it is energised at the end.
    between(writes[0], 5, 6, "writes of many")


def case_kept_on_counts_its_time(g):
    """The last word to a coil that stays energised is the record of its time until then."""
    on = rising(g.before[0], "kept")[0]
    record = records.newest(records.pairs(g.store, len(CELLS))[CELLS.index("kept")])
    equal(record.cycles, 1)
    uptime = float(g.before[0].text("uptime").split()[0])
    between(record.on_ns, (uptime - 3) * SECOND - on, (uptime + 60) * SECOND, "ns on")


def case_told_once(g):
    """poll() and the uevent of health in the boot in which it became that, and never again."""
    told = []
    for guest in boots(g):
        lines = guest.text("watched").splitlines()
        told.append([[line.split(" ")[-1] for line in lines if " worn/health " in line][1:],
                     sum("RELAY_EVENT=health" in line for line in lines)])
    equal(told, [[["warning"], 1], [["worn"], 1], [[], 0]], "changes of health, and uevents")


def case_rate_limit_by_the_clock(g):
    """10 s from the last energisation, to the clock's half second each time it is read; what was before the boot was at the boot."""
    one, two = g.before
    again = rising(two, "rated")[0]
    between(real(two, again) - real(one, rising(one, "rated")[0]), LOADED - SECOND, float("inf"), "ns between energisations")
    between(again, LOADED, LOADED + SECOND // 2, "ns from power on")
    between(int(two.text("ready")), 1, 9500, "ready_ms")


def case_rate_limit_without_a_clock(g):
    """It is as if the relay was energised just when the driver came."""
    between(int(g.text("ready")), 9000, 10_000, "ready_ms")
    between(rising(g, "rated")[0], LOADED, float("inf"), "ns from power on")


def case_min_off(g):
    """From the release that the record has, at most from the boot; where there is none, or no clock, from the bind."""
    for boot, guest in enumerate(boots(g), 1):
        for line in guest.text("rests").splitlines():
            relay, ms, ns = line.split()
            # The wait is over so long after the boot.
            over = int(ms) + int(ns) // MS
            if relay == "cold" and boot == 2:
                between(over, REST_MS, REST_MS + 20, f"boot {boot}: ms from boot to the end of {relay}'s rest")
            else:
                between(over, REST_MS + 300, REST_MS + 10_000, f"boot {boot}: ms from boot to the end of {relay}'s rest")


def case_rate_limit_is_needed(g):
    """Without it the relay would have been energised long before: of a new one only the contact may still travel."""
    between(int(g.before[0].text("ready")), 0, 29, "ready_ms of a new relay")
