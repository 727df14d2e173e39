# SPDX-License-Identifier: GPL-2.0-only
"""Loading and unloading the module."""
from topic import equal


def case_loading_costs_no_edge(g):
    # The one cycle is gpioset's; its end is the unloading.
    equal([(line, level) for _, line, level in g.result.edges], [(0, 1), (0, 0)])
