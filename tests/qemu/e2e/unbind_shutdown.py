# SPDX-License-Identifier: GPL-2.0-only
"""Who unbinds waits for min_on_ms, which is ten minutes here; going down waits for who unbinds, and not so long."""
from topic import SECOND, between, equal

KERNELS = ("6.1", "6.12")
LINES = {"pump": 0}


def case_released_at_shutdown(g):
    equal([level for _, level in g.edges(0)], [1, 0], "levels")
    end = float(g.text("end")) * SECOND
    between(g.wire("pump")[1][0], end, end + 10 * SECOND, "ns of the release")
