# SPDX-License-Identifier: GPL-2.0-only
"""Banks by configfs: what is taken, what is refused, and in which order it goes."""
import re

import lab
from topic import LOADED, Wrong, equal, obeys

KERNELS = ("6.1", "6.12", "7.3", "test")
WEIGHT = 10
DTS = "/ { };\n"
LINES = {"pump": 0, "fan": 1}
PROGRAMS = ("failnth",)
BOOT = {"more": ("nomem",), "cmdline": "slab_nomerge log_buf_len=4M nomem_step=7", "timeout": 600,
        "allow": r"uevent: failed"}
# What a device tree has, and software nodes have not or otherwise.
TREE = {"compatible", "gpio-controller", "#gpio-cells", "#address-cells", "#size-cells", "gpio-hog", "nvmem-cells", "nvmem-cell-names",
        "coil-supply", "trigger-sources"}


def properties(table):
    """The properties that a table of the driver has."""
    text = (lab.ROOT / "driver/firmware.c").read_text(encoding="utf-8")
    rows = re.search(rf"emrelay_{table}_properties\[\] = \{{\n(.*?)\n\}};", text, re.S)[1]
    return {name.removesuffix("-gpios") for name in re.findall(r'(?:^\t|\{ )\w*\(?"([^"]+)"', rows, re.M)}


def case_a_file_for_each_property(g):
    equal({path.rpartition("/")[2] for path in g.text("bank-files").split()}, properties("bank") - TREE | {"live"}, "of the bank")
    equal({path.rpartition("/")[2] for path in g.text("relay-files").split()}, properties("channel") - TREE | {"compatible"}, "of a relay")


def case_lines_are_as_told(g):
    """The polarity and the drive of each, and the relay's name as their consumer."""
    lines = {int(n): rest for n, rest in re.findall(r"line *(\d+): (.*)$", g.text("gpioinfo"), re.M)}
    for n, words in {0: ("pump", "output"), 1: ("fan", "active-low"), 2: ("valve", "open-drain")}.items():
        if any(word not in lines[n] for word in words) or ("active-low" in lines[n]) != (n == 1):
            raise Wrong(f"line {n} is {lines[n]}, expected {words}")


def case_rate_limit_outlives_the_bank(g):
    edges = g.edges(LINES["pump"])
    obeys(edges, spacing=LOADED)
    equal([level for _, level in edges], [1, 0, 1, 0])
