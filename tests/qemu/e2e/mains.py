# SPDX-License-Identifier: GPL-2.0-only
"""Contacts that are read back by mains at the load."""
from topic import MS, SECOND, TRUTH, between, equal, lab

KERNELS = lab.STOCK
LINES = {"heater": 0, "up": 1, "down": 2, "valve": 3}
EXACT = 2000    # ns
BOOT = {"play": """\
contact 4 follows 0 operate 13000 release 20000 mains 20000 8800 3000 dark 38000 30000
contact 5 follows 0 always mains 20000 8800 3000 dark 38000 30000
contact 6 follows 1 operate 13000 release 20000 mains 10000 8200 1000 welded 1 1
contact 7 follows 3 operate 13000 release 20000 mains 8333 4400 0 dark 38000 30000
"""}


def texts(g, name, *wanted):
    equal([s.result if s.result != "ok" else s.text for s in g.at(name)], list(wanted))


def case_healthy(g):
    texts(g, "healthy", "on", "closed", "on", "closed", "off", "opening", "open", "off", "open")


def case_measured(g):
    """A time is that of the first or the last pulse: 20 ms at most, and the bounce is not measured."""
    for relay, played in (("heater", 20), ("valve", 9)):
        for e in g.events("measured", relay)[:2]:
            true = {"operate": 13, "release": 20}[e["what"]] * MS
            low, high = (0, played * MS) if e["what"] == "operate" else (-played * MS, EXACT)
            between(e["took_ns"] - true, low, high, f"{e['what']} of {relay}, without that that was played,")


def case_idle(g):
    """A closed contact does not wake the processor at each pulse."""
    steps = g.at("healthy")
    for relay, most in (("heater", 6), ("valve", 12)):
        edges = [e for e in g.events("sense", relay) if steps[3].end + SECOND < e["now_ns"] < steps[4].begin]
        between(len(edges), 10, 11 * most, f"edges of {relay} that were looked at in 11 s")


def case_weld(g):
    texts(g, "weld", "on", "off", "on", "stuck-closed", "off", "Device or resource busy", "closed",
          "Device or resource busy")


def case_free(g):
    texts(g, "free", "report", "on", "off", "open", "clear", "none", "on", "on", "off")


def case_in_time(g):
    set_ns = [e["ns"] for e in g.events("fault", "up") if e["fault"] == "stuck-closed" and e["set"]]
    released = g.wire("up")[1][0]
    between(set_ns[0] - released, 145_500_000, 156_000_000 + g.late, "stuck-closed after the release")


def case_partner_never(g):
    closed, down = g.edges(6 + TRUTH), g.edges(LINES["down"])
    equal([level for _, level in down], [1, 0], "edges of down")
    between(down[0][0] - closed[-1][0], 10 * MS, float("inf"), "ns after it opened")


def case_dark(g):
    texts(g, "dark", "on", "on", "off", "off", "on", "on", "none", "stuck-open", "off", "off")
