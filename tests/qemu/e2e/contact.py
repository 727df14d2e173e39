# SPDX-License-Identifier: GPL-2.0-only
"""Contacts that are read back: what is seen, measured, latched, withdrawn and refused."""
import re

from topic import MS, SECOND, TRUTH, Wrong, between, equal, lab

KERNELS = lab.STOCK
LINES = {"pump": 0, "up": 1, "down": 2, "valve": 3}
CONTACTS = {"pump": 4, "up": 5, "valve": 6}
# Only the storm comes at a time of the guest's; all else follows the coils.
BOOT = {"play": """\
contact 4 follows 0 operate 13000 release 20000 bounce 1600 4 storm 62000 20000 1000
contact 5 follows 1 operate 13000 release 20000 inverted welded 1 1
contact 6 follows 3 operate 13000 release 20000 stuck 2 3
"""}
EXACT = 2000    # ns, from an edge on the wire to the time that is measured


def texts(g, name, *wanted):
    """What the reads of a schedule said."""
    equal([s.result if s.result != "ok" else s.text for s in g.at(name)], list(wanted))


def case_healthy(g):
    texts(g, "healthy", "on", "closing", "closing", "closed", "off", "opening", "open")


def case_measured(g):
    """Operate, release and bounce are those that were played."""
    for relay, line in CONTACTS.items():
        coil = g.edges(LINES[relay])
        moves = g.edges(line + TRUTH)
        told = g.events("measured", relay)
        for e in told:
            if e["what"] == "misfire":
                continue
            ns = e["now_ns"] - g.offset
            level = e["what"] == "operate"
            edge = max(at for at, to in coil if at < ns and to == level)
            moved = [at for at, _ in moves if edge < at < edge + 100 * MS]
            between(abs(moved[0] - edge - e["took_ns"]), 0, EXACT, f"{relay} {e['what']} differs by")
            if level:
                between(abs(moved[-1] - moved[0] - e["bounce_ns"]), 0, EXACT, f"bounce of {relay} differs by")
    if sum(e["what"] != "misfire" for e in g.trace if e["event"] == "measured") < 8:
        raise Wrong("too few were measured")


def case_stuck_open(g):
    texts(g, "stuck-open", "on", "off", "on", "closing", "open", "none", "off", "on", "stuck-open", "on", "off",
          "Input/output error", "clear", "none", "on", "closed", "none", "off")


def case_weld(g):
    texts(g, "weld", "on", "off", "on", "-1", "-1", "off", "none", "closed", "stuck-closed", "off", "0",
          "Device or resource busy", "Input/output error", "Device or resource busy", "-1", "warning", "weld",
          "Device or resource busy")


def case_freed(g):
    texts(g, "free", "report", "on", "off", "open", "Device or resource busy", "Device or resource busy", "clear",
          "none", "off", "on", "on", "off")


def case_in_time(g):
    """A weld is latched within its deadline, and 10 ms."""
    set_ns = [e["ns"] for e in g.events("fault", "up") if e["fault"] == "stuck-closed" and e["set"]]
    released = g.wire("up")[1][0]
    between(set_ns[0] - released, 85_500_000, 95_500_000 + g.late, "stuck-closed after the release")


def case_partner_never(g):
    """Law 15, by the contacts that are played and the coils alone."""
    closed, down = g.edges(CONTACTS["up"] + TRUTH), g.edges(LINES["down"])
    for ns, level in down:
        state = [to for at, to in closed if at <= ns]
        if level and state and state[-1]:
            raise Wrong(f"down is energised at {ns}, while the contact of up is closed")
    equal(len([1 for _, level in down if level]), 1, "energisations of down")
    opened = [at for at, to in closed if not to][-1]
    between([ns for ns, level in down if level][0] - opened, 10 * MS, float("inf"), "ns after it opened")


def case_clear_moves_nothing(g):
    """Law 16: no coil has an edge near a clear."""
    for name in ("stuck-open", "weld", "free"):
        for s in g.at(name):
            if s.file == "fault" and s.text == "clear":
                for relay in LINES:
                    equal(g.window(relay, s.begin - MS, s.end + 20 * MS), [], f"edges of {relay} at {s}")


def case_fault_event(g):
    """To the letter: what a fault of the contact tells, and its end."""
    told = re.findall(r": emrelay_fault: (relay=valve .*)$", g.text("trace"), re.M)
    for text, is_set in zip(told, (1, 0), strict=True):
        if not re.fullmatch(rf"relay=valve fault=stuck-open set={is_set} evidence=-5 contact=open ns=\d+ cycle=3", text):
            raise Wrong(f"the event {text!r}")


def case_storm(g):
    """Law 17: the line is looked at 64 times, and then again after ever longer pauses."""
    at = [e["now_ns"] for e in g.events("sense", "pump")]
    storm = [ns for ns in at if ns - g.offset >= 62 * SECOND and ns - g.offset < 64 * SECOND]
    between(len(storm), 32, 64 * 5, "edges of the storm that were looked at")
    for i, ns in enumerate(storm):
        between(len([n for n in storm[i:] if n - ns < 100 * MS]), 0, 66, "edges in 100 ms")


def case_works_again(g):
    texts(g, "after", "on", "closed", "off", "open")
