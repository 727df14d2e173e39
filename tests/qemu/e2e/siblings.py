# SPDX-License-Identifier: GPL-2.0-only
"""Two nodes of one name in one bank are two relays: overlays and boot loaders make such trees."""
from topic import Wrong, equal, obeys

KERNELS = ("6.1", "6.12")
LINES = {"left": 0, "right": 1}


def twins(blob):
    if blob.count(b"relay@9\0") != 1:
        raise Wrong("the tree has no such node")
    return blob.replace(b"relay@9\0", b"relay@0\0")


BOOT = {"edit": twins}


def case_wires(g):
    """Each was on once, and nothing stayed on when the driver went."""
    for relay in LINES:
        obeys(g.wire(relay))
    equal({relay: [level for _, level in g.edges(line)] for relay, line in LINES.items()}, {"left": [1, 0], "right": [1, 0]})
