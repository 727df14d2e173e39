# SPDX-License-Identifier: GPL-2.0-only
"""Lines that fail: an I2C expander with the kernel's own driver, which reports no
error, and a chip that does not sleep; both on registers that the test owns."""
import re

import lab
from topic import between, equal, obeys

KERNELS = ("6.1", "6.12", "6.12-rt", "7.3")
LINES = {"ia": 0, "ib": 1, "id": 3, "la": 4, "lb": 5, "ld": 7}
BOOT = {"more": ("bus",), "modules": ["gpio-pca953x"]}


def case_cycles(g):
    """Each energisation of the wire is counted; and, on lines that do not sleep, what was
    believed until someone looked: an off that was swallowed, and a pin that was stuck either way."""
    counted = dict(line.split() for line in g.text("cycles").splitlines())
    edges = {relay: [level for _, level in g.edges(line)] for relay, line in LINES.items()}
    # Of those that were energised after the count.
    after = {"ia": 1, "la": 1}
    believed = {"la": 1, "ld": 2}
    if g.kernel == "6.1":
        # There no line reports an error; what does not sleep is believed each time.
        for relay in ("la", "lb", "ld"):
            between(int(counted.pop(relay)), edges[relay].count(1) - after.get(relay, 0) - 1, edges[relay].count(1) + 3, relay)
    # All of them are pulled up once more, too.
    equal(counted, {relay: str(edges[relay].count(1) - after.get(relay, 0) - 1 + believed.get(relay, 0)) for relay in counted})


def case_guide(g):
    """What the guide shows of a bus that fails is what came out."""
    text = (lab.ROOT / "Documentation/admin-guide/faults.rst").read_text(encoding="utf-8")
    equal(g.text("guide").split(), re.findall(r"^\t(board/\S+)$", text, re.M))


def case_faults_are_told(g):
    for relay in ("ia", "la"):
        told = [(e["fault"], e["set"]) for e in g.events("fault", relay)]
        equal(told[:2], [("drive", 1), ("drive", 0)], f"faults of {relay}")
        equal(told, [("drive", 1), ("drive", 0)] * (len(told) // 2), f"faults of {relay}")


def case_laws(g):
    for relay in ("ia", "la"):
        obeys([(e["now_ns"], int(e["coil"] == "on")) for e in g.events("coil", relay)])
