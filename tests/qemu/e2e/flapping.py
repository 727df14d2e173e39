# SPDX-License-Identifier: GPL-2.0-only
"""A line whose every other write fails, and what the log says of it."""
from topic import between, equal

KERNELS = ("6.12",)
DTS = "/ { };"
BOOT = {"more": ("banks",)}


def case_faults_are_traced(g):
    """Each as often cleared as set, in turn, with what the line reported."""
    count = 0
    for relay in ("0-0", "0-1", "0-2", "0-3"):
        told = [(e["fault"], e["set"], e["evidence"]) for e in g.events("fault", relay)]
        equal(told, [("drive", 1, -5), ("drive", 0, -5)] * (len(told) // 2), f"faults of {relay}")
        count += len(told)
    # Which of them fail, as every other write does, is chance.
    between(count, 100, float("inf"), "events")
