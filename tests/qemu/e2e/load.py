# SPDX-License-Identifier: GPL-2.0-only
"""Loading and unloading the module."""
from topic import LOADED, equal, lab, obeys

KERNELS = lab.STOCK


def case_loading_costs_no_edge(g):
    """gpioset's cycle ends with the unloading, as does the next; the others by a request; what waits for the last of all is none."""
    equal([(line, level) for _, line, level in g.result.edges], [(0, 1), (0, 0)] * 4)


def case_never_early(g):
    obeys(g.edges(0), spacing=LOADED)
