# SPDX-License-Identifier: GPL-2.0-only
"""Who unbinds waits for a contact that travels, and not for min_on_ms; going down waits for who unbinds."""
from topic import CLOSE, MS, SECOND, between, equal

KERNELS = ("6.1", "6.12")
LINES = {"slow": 0, "pump": 1}
TRAVEL = 15_003_500_000


def case_released_after_travel(g):
    (on, _), (off, _) = g.wire("slow")
    between(off - on, TRAVEL, TRAVEL + MS, "ns of slow on")
    # It had still to travel as the machine went down.
    between(off - float(g.text("gone")) * SECOND, 5 * SECOND, TRAVEL, "ns from the unbind's beginning to the release")


def case_released_at_once(g):
    """In ten minutes it would have been its time."""
    (on, up), (off, down) = g.wire("pump")
    equal((up, down), (1, 0), "levels")
    between(off - on, SECOND + CLOSE, 5 * SECOND, "ns of pump on")
