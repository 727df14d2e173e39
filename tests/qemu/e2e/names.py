# SPDX-License-Identifier: GPL-2.0-only
"""Whose name is whose: many of one name, and devices that come again under a name."""
from topic import between

KERNELS = ("6.12",)
DTS = "/ { };"
BOOT = {"more": ("banks",), "modules": [], "timeout": 900}


def case_one_label_costs_as_many_do(g):
    """To find a free name for each of 256 relays is no more work than to bind them."""
    many, one = (int(n) for n in g.text("costs").split())
    print(f"# names: 256 relays bind in {many / 1000:.0f} ms with a name each, in {one / 1000:.0f} ms with one label")
    between(one, 0, many * 3 // 2, "us to bind 256 relays of one label")
