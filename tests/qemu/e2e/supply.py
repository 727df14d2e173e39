# SPDX-License-Identifier: GPL-2.0-only
"""The supply of the coils: low, gone, and seen to be by two contacts that open together."""
from topic import MS, SECOND, between, equal, lab

KERNELS = lab.STOCK
LINES = {"pump": 0, "fan": 1, "lamp": 2, "door": 3}
# Both open in their last energisation, 20 ms apart, and come back.
BOOT = {"more": ("supply",), "modules": ["gpio-pl061", "fixed"], "play": """\
contact 4 follows 0 operate 13000 release 20000 drop 4 1000000 200000
contact 5 follows 1 operate 13000 release 20000 drop 3 970000 200000
contact 6 follows 3 operate 13000 release 20000 storm 40000 100 20
"""}


def texts(g, name, *wanted):
    equal([s.result if s.result != "ok" else s.text for s in g.at(name)], list(wanted))


def case_low(g):
    texts(g, "low", "on", "1", "supply", "on", "on", "off", "-1", "reject", "Resource temporarily unavailable", "off",
          "off", "off", "0", "supply", "none", "on")


def case_gone(g):
    texts(g, "gone", "defer", "on", "on", "1", "off", "on", "off", "off", "supply", "0", "on", "on", "on", "none")


def case_dropped(g):
    texts(g, "dropped", "on", "on", "supply", "3", "none")


def case_nothing_pulls_in(g):
    """While it is bad, and for a second after, no coil is energised."""
    for name, file in (("low", "low"), ("gone", "gone")):
        steps = [s for s in g.at(name) if s.file.endswith(file) or s.relay.endswith(file) or f"supply/{file}" in f"{s.relay}/{s.file}"]
        bad, good = steps[0].end, steps[-1].begin
        for relay in LINES:
            ons = [ns for ns, level in g.window(relay, bad + 20 * MS, good + SECOND - 20 * MS) if level]
            equal(ons, [], f"energisations of {relay}")


def case_gone_in_time(g):
    """Lines are released as it goes, and energised anew one after the other."""
    steps = [s for s in g.at("gone") if "gone" in f"{s.relay}/{s.file}"]
    gone, good = steps[0].begin, steps[-1].begin
    ons = []
    for relay in ("pump", "fan", "lamp"):
        edges = g.window(relay, gone, good + SECOND + 400 * MS)
        equal([level for _, level in edges], [0, 1], f"edges of {relay}")
        between(edges[0][0] - gone, 0, 20 * MS, f"release of {relay} after it went")
        ons.append(edges[1][0])
    ons.sort()
    for a, b in zip(ons, ons[1:]):
        between(b - a, 50 * MS, 60 * MS, "between two energisations")
