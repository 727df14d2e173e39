# SPDX-License-Identifier: GPL-2.0-only
"""What a fault of a contact says and forbids on each face, and fault_action "release"."""
import re

from topic import MS, equal, lab

KERNELS = lab.STOCK
LINES = {"up": 0, "down": 1, "valve": 2, "rattle": 3}
FAULTS = {"up": "stuck-closed", "valve": "stuck-open", "rattle": "chatter"}
BOOT = {"play": """\
contact 4 follows 0 operate 13000 release 20000 welded 1 9
contact 5 follows 2 operate 13000 release 20000 stuck 1 9
contact 6 follows 3 operate 13000 release 20000 chatter 2 3000
"""}


def case_faults(g):
    own, others = "Input/output error", "Device or resource busy"
    equal([s.result if s.result != "ok" else s.text for s in g.at("faults")],
          ["on", "off", "on", others, others, others, "-1", own, own, "-1",
           "release", "on", "off", "on", "off", "off", "open", own,
           "release", "on", "off", "on", "off", "off"])


def case_released(g):
    """As the fault is latched, and not before."""
    for relay, fault in FAULTS.items():
        latched = [e["ns"] for e in g.events("fault", relay) if e["set"]]
        equal(len(latched), 1, f"faults of {relay}")
        edges = g.window(relay, latched[0] - 5 * MS, latched[0] + 5 * MS)
        equal([level for _, level in edges], [] if fault == "stuck-closed" else [0], f"edges of {relay} at its fault")


def case_told(g):
    """Who polls and who listens for uevents: each fault once."""
    told = g.text("watched")
    for relay, fault in FAULTS.items():
        equal(re.findall(rf"^\d+ {relay}/fault (\S+)$", told, re.M), ["none", fault], f"polled of {relay}")
        equal(re.findall(rf"^\d+ uevent (ACTION=change DEVPATH=\S+/{relay} SUBSYSTEM=relay RELAY_EVENT=fault \S+) SEQNUM=\d+$", told, re.M),
              [f"ACTION=change DEVPATH=/devices/platform/plant/relay/{relay} SUBSYSTEM=relay RELAY_EVENT=fault RELAY_FAULT={fault}"],
              f"uevents of {relay}")
