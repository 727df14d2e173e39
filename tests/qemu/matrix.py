#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every kernel that Debian ships: does the driver build for it without a
warning, and does it work on it?

usage: matrix.py [SERIES | ARCH | KERNEL/ARCH]...

Prints a line "ok" or "not ok" a build and a boot, and the table for README.md.
What a guest said is in build/matrix/KERNEL/ARCH.
"""
import contextlib
import mmap
import os
import re
import shutil
import socket
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import build
import cpio
import debian
import guest
import lab
from scan import splats

HERE = Path(__file__).parent / "matrix"
WHERE = {"bookworm": "Debian 12", "trixie": "Debian 13", "trixie-backports": "trixie-backports", "sid": "sid"}
# What Debian has no kernel for, or none of a flavour.
ARCHES = {"6.1": "amd64 arm64 armhf s390x", "6.1-rt": "amd64 arm64 armhf", "6.12": "amd64 arm64", "6.12-rt": "amd64 arm64",
          "6.12+deb13": "amd64 arm64 armhf riscv64 s390x", "6.12+deb13-rt": "amd64 arm64 armhf",
          "7.2": "amd64 arm64 armhf riscv64 s390x", "7.2-rt": "amd64 arm64", "7.3": "amd64 arm64", "7.3-rt": "amd64 arm64"}
# What is built for only, and why.
NOT_BOOTED = {("6.1", "s390x"): "the machine has no GPIO lines, and 6.1 finds none by a software node"}
# Modules that a guest has, where its kernel does not have them built in, and what they need.
MODULES = "gpio-pl061 gpio-sifive gpio-amdpt configfs".split()
DIRECTION, OUTPUT = 0, 8    # AMD's registers of the lines: which are outputs, and their levels
STEPS = 36          # of matrix/init.sh; each is told of
TIMEOUT_S = 600     # of the processor, for a guest


@dataclass(frozen=True)
class Machine:
    """A machine with three lines that the relays' coils hang on."""
    qemu: str
    options: str
    console: str
    gpio: str = ""          # the controller, in the machine's device tree
    controller: str = ""    # the label of its chip
    cmdline: str = ""
    load: str = ""          # modules that do not come by themselves
    counted: bool = True    # instructions are the guest's clock, see guest.DETERMINISTIC


MACHINES = {
    "arm64": Machine("qemu-system-aarch64", "-M virt,gic-version=2 -cpu cortex-a53", "ttyAMA0", "/pl061@9030000", "9030000.pl061"),
    "armhf": Machine("qemu-system-arm", "-M virt,highmem=off -cpu cortex-a15", "ttyAMA0", "/pl061@9030000", "9030000.pl061"),
    # Has two processors at least, and hangs under -icount when one waits for the other.
    "riscv64": Machine("qemu-system-riscv64", "-M sifive_u", "ttySIF0", "/soc/gpio@10060000", "10060000.gpio", counted=False),
    # Its controller is AMD's, in a page of the memory: see relays.asl.
    "amd64": Machine("qemu-system-x86_64", "-M q35 -cpu max", "ttyS0", controller="AMDF030:00", cmdline="memmap=4K$0x1f000000",
                     load="gpio-amdpt"),
    # Has no lines at all: see board.c.
    "s390x": Machine("qemu-system-s390x", "-M s390-ccw-virtio -cpu max", "ttysclp0", controller="board", load="board"),
}


class Failed(Exception):
    """What was wrong with a cell."""


def compile_driver(kernel, folder):
    """Build the driver in a fresh folder; what anyone says is a failure.  The modules for the guest."""
    build.copy_sources(folder, "tests/qemu/matrix")
    make = ["make", "-s", build.JOBS, "CONFIG_DEBUG_INFO_BTF_MODULES=", *build.cross(kernel.arch), "W=1"]
    said = lab.run(*make, *build.sparse(kernel.build, kernel.arch), "-C", folder, f"KDIR={kernel.build}", "modules", may_fail=True)
    modules = [folder / f"driver/{name}.ko" for name in ("emrelay", "emrelay-configfs")]
    if said or not all(module.is_file() for module in modules):
        raise Failed(said or "no module")
    if MACHINES[kernel.arch].load != "board":
        return modules
    lab.run(*make, "-C", kernel.build, f"M={folder}/tests/qemu/matrix", "modules")
    return [*modules, folder / "tests/qemu/matrix/board.ko"]


def busybox(arch):
    """A busybox without libraries.  Debian 12 does not know riscv64."""
    folder = debian.unpacked("busybox", ["busybox-static"], "trixie" if arch == "riscv64" else "bookworm", arch)
    return next(p for p in (folder / "bin/busybox", folder / "usr/bin/busybox") if p.exists())


def initramfs(kernel, modules, folder):
    archive = cpio.Archive()
    for name in "proc sys dev bin sbin".split():
        archive.directory(f"/{name}")
    archive.console()
    archive.file("/bin/busybox", busybox(kernel.arch))
    archive.file("/bin/line", build.program(HERE / "line.c", kernel))
    archive.file("/init", HERE / "init.sh")
    tree = build.modules_tree(kernel, MODULES, folder / "modules", emrelay=False, more=modules)
    for path in sorted(p for p in tree.rglob("*") if p.is_file()):
        archive.file(f"/{path.relative_to(tree)}", path)
    return archive.write(folder / "initramfs")


def device_tree(machine, kernel, folder):
    """The machine's own device tree with the relays in it."""
    blob, text, out = (folder / f"machine.{e}" for e in ("qemu.dtb", "dts", "dtb"))
    name, options = machine.options.split(" ", 2)[1], machine.options.split(" ", 2)[2:]
    lab.run(machine.qemu, "-M", f"{name},dumpdtb={blob}", *" ".join(options).split(), "-m", "512", "-display", "none", "-net", "none")
    text.write_text("\n".join([lab.run("dtc", "-q", "-I", "dtb", "-O", "dts", blob), f"gpio: &{{{machine.gpio}}} {{ }};",
                               (HERE / "relays.dtsi").read_text(encoding="utf-8")]), encoding="utf-8")
    lab.run(f"{build.CROSS}cpp", "-nostdinc", "-undef", "-x", "assembler-with-cpp", "-P", "-I", kernel.includes, text, "-o", f"{text}.pp")
    lab.run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", out, f"{text}.pp")
    return ["-dtb", out]


def acpi_table(folder):
    """The relays as a table of a machine with ACPI."""
    lab.run("iasl", "-p", folder / "relays", HERE / "relays.asl")
    return ["-acpitable", f"file={folder}/relays.aml"]


class Sleep(threading.Thread):
    """Looks at the lines of the machine with ACPI from outside while it sleeps, has its controller
    forget them, wakes it, and looks on.

    Their page is the first one of the memory's end, which is a file here."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.page, self.monitor = folder / "page", folder / "monitor"
        with open(self.page, "wb") as page:
            page.truncate(16 << 20)
        self.over = threading.Event()
        self.asleep, self.awake = None, set()

    def options(self):
        return ["-object", "memory-backend-ram,id=ram,size=496M", "-numa", "node,memdev=ram",
                "-object", f"memory-backend-file,id=end,size=16M,share=on,mem-path={self.page}", "-numa", "node,memdev=end",
                "-qmp", "unix:monitor,server=on,wait=off"]

    def run(self):
        with socket.socket(socket.AF_UNIX) as monitor:
            while monitor.connect_ex(os.path.relpath(self.monitor)):
                if self.over.wait(0.1):
                    return
            with contextlib.suppress(ConnectionError):
                try:
                    monitor.sendall(b'{"execute": "qmp_capabilities"}')
                    self.look(monitor)
                finally:
                    # Nobody else would wake the machine.
                    monitor.sendall(b'{"execute": "quit"}')

    def look(self, monitor):
        with monitor.makefile(encoding="ascii") as events, open(self.page, "r+b") as file, mmap.mmap(file.fileno(), mmap.PAGESIZE) as page:
            if any('"SUSPEND"' in event for event in events):
                self.asleep = page[DIRECTION] & page[OUTPUT]
                page[DIRECTION] = page[OUTPUT] = 0
                monitor.sendall(b'{"execute": "system_wakeup"}')
                while not self.over.wait(0.001):
                    self.awake.add(page[DIRECTION] & page[OUTPUT])

    def end(self):
        self.over.set()
        self.join()
        self.page.unlink(missing_ok=True)

    def wrong(self):
        """Only the third relay's line stays, and is put back; later one of configfs has the first one's."""
        if self.asleep == 4 and {4} <= self.awake <= {0, 4, 5}:
            return []
        return [f"seen from outside the lines were {self.asleep} asleep, and {self.awake} after that"]


def boot(kernel, modules, folder):
    """Boot a guest and judge what it says."""
    machine = MACHINES[kernel.arch]
    sleep = Sleep(folder) if kernel.arch == "amd64" else None
    initrd = initramfs(kernel, modules, folder)
    told = device_tree(machine, kernel, folder) if machine.gpio else acpi_table(folder) if kernel.arch == "amd64" else []
    cmdline = (f"console={machine.console} loglevel=5 panic=-1 rdinit=/init nosoftlockup rcupdate.rcu_cpu_stall_suppress=1 "
               f"{machine.cmdline} CONTROLLER={machine.controller} MODULES={machine.load}")
    cmd = [machine.qemu, *machine.options.split(), *(guest.DETERMINISTIC if machine.counted else []), "-m", "512", "-display", "none", "-monitor", "none", "-net", "none", "-no-reboot",
           "-serial", "stdio", "-kernel", kernel.image, "-initrd", initrd, *told, *(sleep.options() if sleep else []), "-append", cmdline]
    if sleep:
        sleep.start()
    # Not every machine can switch itself off.
    try:
        text, stopped, code, _ = guest.watch([str(c) for c in cmd], folder, TIMEOUT_S, cut=("matrix: end\n", 1))
    finally:
        if sleep:
            sleep.end()
    if code and not stopped:
        raise Failed((folder / "qemu.txt").read_text(encoding="utf-8") or f"QEMU's exit status is {code}")
    # What a kernel says of its machine before is not about the driver: 7.2 on riscv64 has a complaint of its own.
    wrong = re.findall(r"^matrix: (not ok .*)", text, re.M) + splats(text.partition("matrix: begin\n")[2]) + (sleep.wrong() if sleep else [])
    passed = len(re.findall(r"^matrix: ok ", text, re.M))
    if wrong:
        raise Failed("; ".join(wrong))
    if not re.search(r"^matrix: end$", text, re.M):
        raise Failed("the guest did not finish in time" if stopped == "time" else "the guest died before the end of its script")
    if passed != STEPS:
        raise Failed(f"{passed} of {STEPS} steps")


class Cell:
    """A kernel and an architecture: what became of its build and its boot."""

    def __init__(self, series, arch):
        self.series, self.arch = series, arch
        self.done = {}      # build and boot: None, or what was wrong
        self.release = ""

    def step(self, name, work, *args):
        try:
            result = work(*args)
            self.done[name] = None
            print(f"ok matrix/{self.series}/{self.arch}/{name}", flush=True)
            return result
        except (Failed, lab.LabError) as e:
            self.done[name] = str(e)
            print(f"not ok matrix/{self.series}/{self.arch}/{name}: {' | '.join(str(e).strip().splitlines())}", flush=True)
            return None

    def run(self):
        folder = lab.fresh(lab.ROOT / "build/matrix" / self.series / self.arch)
        with tempfile.TemporaryDirectory(dir=folder) as tmp:
            kernel = self.step("kernel", lab.stock, self.series, self.arch)
            if kernel:
                self.release = kernel.release
                modules = self.step("build", compile_driver, kernel, Path(tmp) / "build")
                why = NOT_BOOTED.get((self.series, self.arch))
                if why:
                    print(f"# matrix/{self.series}/{self.arch}: not booted: {why}", flush=True)
                elif modules:
                    self.step("boot", boot, kernel, modules, folder)
        for name in ("modules", "initramfs"):
            path = folder / name
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        return self

    def __str__(self):
        if not self.done:
            return "not run"
        return ", ".join({"build": "built", "boot": "works"}[name] if why is None else f"**no {name}**"
                         for name, why in self.done.items() if name != "kernel" or why)


def table(cells):
    """The table for README.md: what was seen, now."""
    found = {(c.series, c.arch): c for c in cells}
    for (series, arch), why in NOT_BOOTED.items():
        print(f"\nNot booted: {series} on {arch}, since {why}.")
    print("\n| kernel | from |", *(f" {arch} |" for arch in MACHINES), sep="")
    print("|-|-|", "-|" * len(MACHINES), sep="")
    for series, arches in ARCHES.items():
        releases = {re.sub(r"(-rt)?-[a-z0-9]+$", r"\1", c.release) for c in cells if c.series == series and c.release}
        row = [str(found.get((series, arch), "not run")) if arch in arches.split() else "–" for arch in MACHINES]
        print(f"| {', '.join(sorted(releases)) or series} | {WHERE[debian.SUITES[series.partition('-')[0]]]} |", *(f" {cell} |" for cell in row),
              sep="")


def main():
    cells = [Cell(series, arch) for series, arches in ARCHES.items() for arch in arches.split()]
    words = set(sys.argv[1:])
    if not words <= {w for c in cells for w in (c.series, c.arch, f"{c.series}/{c.arch}")}:
        sys.exit(__doc__)
    wanted = [c for c in cells if not words or words & {c.series, c.arch, f"{c.series}/{c.arch}"}]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Cell.run, wanted))
    table(cells)
    return 0 if all(why is None for c in wanted for why in c.done.values()) else 1


if __name__ == "__main__":
    lab.main_guard(main)
