#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""make demo: four relays in a virtual machine, from the module's build to a
picture of what their coils really did.  demo.py shell: the machine to play with.
"""
import os
import re
import subprocess
import sys

import debian
import lab

HERE = lab.ROOT / "tests/qemu/demo"
LINES = {0: "pump", 1: "fan", 2: "beacon", 4: "gate"}
# The contact of the gate; it does not open after its first closing.
PLAY = "contact 5 follows 4 operate 13000 release 20000 bounce 1600 4 inverted welded 1 1\n"


def place(machine):
    """Where the tools for a machine are compiled."""
    folder = lab.ROOT / "build/tools" / machine
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def guest_tools(*names):
    """{path in the guest: file} of tools and what they need."""
    for name in names:
        debian.compile_tool(name, place(debian.ARCH), lab.ROOT / "tools")
    return {f"/bin/{name}": place(debian.ARCH) / name for name in names} | debian.tool_libraries()


def draw(folder):
    """The picture, for the terminal and as files."""
    pictures = {"--vcd": folder / "relays.vcd", "--svg": folder / "relays.svg"}
    program = place(os.uname().machine) / "relay-timeline"
    lab.run("make", "-s", "-C", lab.ROOT / "tools", f"O={program.parent}", program)
    # The coils' lines alone.
    edges = [e for e in (folder / "edges.txt").read_text(encoding="ascii").splitlines(True) if int(e.split()[1]) in LINES]
    (folder / "coils.txt").write_text("".join(edges), encoding="ascii")
    command = [program, folder / "trace", "--edges", folder / "coils.txt"]
    for line, name in LINES.items():
        command += ["--line", f"{line}={name}"]
    sections = {
        "The same, seen from outside the machine: the first moments": ["--from=+0", "--to=+250ms"],
        "All of it": [word for option in pictures.items() for word in option],
    }
    for title, options in sections.items():
        print(f"\n== {title}\n", flush=True)
        subprocess.run([str(word) for word in command + options], check=True)
    print()
    for name, path in {"the edges": folder / "edges.txt", "the driver's trace": folder / "trace",
                       "for PulseView or GTKWave": pictures["--vcd"], "for a browser": pictures["--svg"]}.items():
        print(f"{os.path.relpath(path)}\t{name}")


def show(line):
    """A line of the guest's, but for what only the rig reads."""
    if not line.startswith("rig: "):
        print(line, flush=True)


def main():
    kernel = lab.stock(lab.MAIN)
    lab.say(f"building the module for {kernel.release}")
    guest = {"play": PLAY, "dts": (HERE / "relays.dtsi").read_text(encoding="utf-8"),
             "files": guest_tools("relayctl", "relay-wear")}
    if sys.argv[1:] == ["shell"]:
        return lab.shell(kernel, HERE / "shell.sh", **guest)
    lab.say("booting it in QEMU")
    r = lab.boot(kernel, HERE / "guest.sh", folder=lab.ROOT / "build/demo", echo=show, **guest)
    if not r.passed:
        raise lab.LabError(r.why)
    if warned := re.search("emrelay relay-bank: .*", r.console):
        raise lab.LabError(f"the driver complains of the demo's own tree: {warned[0]}")
    draw(r.folder)
    return 0


if __name__ == "__main__":
    lab.main_guard(main)
