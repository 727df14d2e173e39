# SPDX-License-Identifier: GPL-2.0-only
"""A line that its controller forgot while the system slept is made again what it was, and what it did is counted."""
from topic import equal

KERNELS = ("6.1", "6.12", "6.12-rt", "7.3")
LINES = {"board": 0, "idle": 1, "soc": 2, "rest": 3}
BOOT = {"more": ("bus",), "modules": ["gpio-pca953x"]}


def case_cycles(g):
    """What was found as the system woke up: "soc" dropped, and "rest" was pulled up.  That the expander's driver
    had put its lines right before, nobody saw."""
    equal(dict(line.split() for line in g.text("cycles").splitlines()), {"board": "1", "idle": "0", "soc": "2", "rest": "1"}, "cycles")
