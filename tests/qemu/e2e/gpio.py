# SPDX-License-Identifier: GPL-2.0-only
"""The bank as a GPIO chip, seen by libgpiod's tools and by other drivers."""
import re

from topic import equal, obeys

LINES = {"pump": 0, "fan": 1, "far": 2, "lamp": 3, "inverse": 4, "mains": 5}
PROGRAMS = ("lineget",)
BOOT = {"modules": ["leds-gpio", "leds-regulator", "fixed", "ledtrig-timer"]}


def case_gpioinfo(g):
    names = {0: "pump", 1: "fan", 5: "far", 6: "lamp", 7: "inverse", 8: "mains", 9: "sinking"}
    found = re.findall(r'line +(\d+): +(?:"(.*?)"|unnamed) .*?(input|output)', g.text("gpioinfo"))
    equal([(int(n), name) for n, name, _ in found], [(n, names.get(n, "")) for n in range(10)])
    equal({direction for n, _, direction in found if int(n) in names}, {"output"})


def case_never_early(g):
    for relay in LINES:
        obeys(g.wire(relay))


def case_active_low_coil(g):
    """High at rest; probing found it low, which is energised, and so released it."""
    levels = [level for _, level in g.edges(6)]
    equal(levels[-2:], [0, 1], "the last cycle")


def case_who_asked(g):
    why = {relay: {e["source"] for e in g.events("request", relay)} for relay in LINES}
    equal(why, {"pump": {"gpio", "sysfs"}, "fan": {"gpio", "sysfs"}, "far": {"gpio"}, "lamp": {"gpio"},
                "inverse": {"gpio"}, "mains": {"gpio"}})


def case_cycles(g):
    """pump: twice by gpioset, far: twice, and once more after the early reversal."""
    cycles = {relay: sum(level for _, level in g.edges(LINES[relay])) for relay in ("pump", "far", "inverse", "mains")}
    equal(cycles, {"pump": 2, "far": 3, "inverse": 1, "mains": 1})
