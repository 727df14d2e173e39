# SPDX-License-Identifier: GPL-2.0-only
"""The units of relay-wear and its udev rule in a machine with systemd and udev, and
what they save and give back."""
import re

import debian
import records
from topic import HERE, TOOLS, cache, equal, lab, tool

KERNELS = ("6.12",)
WEIGHT = 15
LINES = {"pump": 0, "hall 2": 1}

# A service that switches relays, as the admin guide has it.
DEVICE = r"sys-devices-platform-relay\x2dbank-relay"
JOB = rf"""[Unit]
BindsTo={DEVICE}-pump.device {DEVICE}-hall\x202.device
After={DEVICE}-pump.device {DEVICE}-hall\x202.device
After=relay-wear-restore@{DEVICE}-pump.service relay-wear-restore@{DEVICE}-hall\x202.service

[Service]
Type=oneshot
ExecStart=/bin/sh /test/job

[Install]
WantedBy=multi-user.target
"""


# Who may switch, and who may not.
ACCOUNTS = {"/etc/passwd": b"root:x:0:0::/:/bin/sh\noperator:x:1000:1000::/:/bin/sh\nguest:x:1001:1001::/:/bin/sh\n",
            "/etc/group": b"root:x:0:\nrelay:x:990:operator\n"}


def tree(folder):
    """{path in the guest: file} of an unpacked folder, without what is for people and for hardware."""
    found = {"/" + str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file()}
    return {path: file for path, file in found.items() if not re.match(r"/usr/share/|/lib/udev/hwdb|/versions", path)}


def installed():
    """What "make install-systemd" installs."""
    sources = sorted((TOOLS / "systemd").iterdir())
    return cache.entry(f"helper/systemd-{cache.digest(TOOLS / 'Makefile', *sources)}",
                       lambda folder: lab.run("make", "-C", TOOLS, f"DESTDIR={folder}", "PREFIX=/usr", "install-systemd", "install-udev"))


def only(_guests, _store):
    files = tree(debian.systemd()) | tree(installed())
    files |= tool("relay-wear", "/usr/bin") | tool("relayctl", "/usr/bin") | ACCOUNTS
    files |= {"/etc/systemd/system/job.service": JOB.encode(),
              "/test/lib.sh": HERE / "lib.sh", "/test/job": HERE / "systemd_job.sh"}
    return {"files": files}


# Not before it is booted: others have no need of what is fetched for it.
BOOTS = (only,)


def wear(g, name):
    return dict(line.split(": ", 1) for line in g.text(name).splitlines())


def saved(g, name):
    return records.decode(bytes.fromhex(g.text(name).split()[1]))


def used(g, when, file):
    """Cycles of each relay by what was put then."""
    return {relay: file(g, f"{when}-{relay}") for relay in LINES}


def cycles_by_wear(g, name):
    return int(wear(g, name)["cycles"])


def cycles_saved(g, name):
    return saved(g, name).cycles


def case_enough(g):
    """All that was asked for was done, as seen from outside."""
    equal({relay: sum(level for _, level in g.edges(line)) for relay, line in LINES.items()}, {"pump": 7, "hall 2": 2}, "cycles")


def case_udev_restores(g):
    """Each relay that comes is given its file, before who switches it; the first time there is none."""
    for boot in (1, 2):
        units = g.text(f"units-{boot}")
        equal(sorted(re.findall(r"relay-wear-restore@\S*-relay-(\S+)\.service +loaded +(\S+) +(\S+)", units)),
              [(r"hall\x202", "inactive", "dead"), ("pump", "inactive", "dead")], f"units of boot {boot}")
    equal([used(g, f"begin-{boot}", cycles_by_wear) for boot in (1, 2)], [{"pump": 0, "hall 2": 0}, {"pump": 6, "hall 2": 1}])
    equal([wear(g, f"begin-{boot}-pump")["wear_source"] for boot in (1, 2)], ["none", "record"])


def case_replace_saves(g):
    equal(used(g, "saved-replaced", cycles_saved), {"pump": 3, "hall 2": 0})
    equal(saved(g, "saved-replaced-hall 2").serial.rstrip(b"\0"), b"SN 4711")


def case_timer_saves(g):
    equal(used(g, "saved-timer", cycles_saved), {"pump": 5, "hall 2": 1})


def case_shutdown_saves(g):
    """After the last service that switches has ended."""
    equal([used(g, f"end-{boot}", cycles_saved) for boot in (1, 2)], [{"pump": 6, "hall 2": 1}, {"pump": 7, "hall 2": 1}])


def case_group(g):
    """Members of the group relay switch, by each face; limits are root's, and others have nothing."""
    equal(g.text("group").splitlines(), [
        "root relay 664 state", "root relay 664 pulse_ms", "root relay 664 fault", "root root 644 min_on_ms", "root root 600 wear_record",
        "root relay 664 brightness", "root relay 660 gpiochip",
        "operator state 0", "operator pulse_ms 0", "operator brightness 0", "operator gpioset 0", "operator relayctl 0",
        "operator min_on_ms 1", "operator replace 1", "operator trigger 1",
        "guest state 1", "guest brightness 1", "guest gpioset 1", "guest relayctl 1"])
