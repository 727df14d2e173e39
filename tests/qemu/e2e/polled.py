# SPDX-License-Identifier: GPL-2.0-only
"""Contacts that are read back by lines without interrupts, and by lines that fail."""
from topic import MS, SECOND, between, equal

KERNELS = ("6.1", "6.12", "6.12-rt", "7.3")
LINES = {"near": 0, "other": 1, "far": 2}
BOOT = {"more": ("bus",), "modules": ["gpio-pca953x"]}


def texts(g, name, *wanted):
    """What was read, and why a write failed."""
    got = [s.text if s.result == "ok" else s.result for s in g.at(name) if s.file.rsplit("/", 1)[-1] not in ("pulls", "gone")]
    equal(got, list(wanted))


def case_healthy(g):
    texts(g, "healthy", *2 * ("on", "closing", "closed", "off", "opening", "open"))


def case_dwell(g):
    """min_on_ms counts from the coil's edge, not from that at which a rated contact had been as late."""
    begin = g.at("dwell")[1].begin
    (on, _), (off, _) = g.window("near", begin, begin + SECOND)
    between(off - on, 500 * MS, 500 * MS + g.late, "on")


def case_check(g):
    texts(g, "check", "200", "closed", "stuck-closed", "stuck-closed", "open", "clear", "clear", "none")


def case_lost(g):
    """The contact is computed, and what nobody sees open counts as not open."""
    texts(g, "lost", "lost", "open", "none", "on", "off", "-1", "on", "closing", "closed", "off", "opening", "open",
          "off", "ok", "on", "on", "off")


def case_stuck(g):
    texts(g, "stuck", "on", "off", "stuck-closed", "closed", "Device or resource busy", "clear", "on", "off", "1", "on",
          "stuck-open", "on", "on", "clear", "off")
