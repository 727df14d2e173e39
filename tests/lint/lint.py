# SPDX-License-Identifier: GPL-2.0-only
"""What the checks share: their register, the files of the tree and the parts
of the kernel's sources that check them. One rule holds for all: a checker that
says anything has failed.
"""
import fnmatch
import functools
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/qemu"))

from cache import digest, entry, run
from debian import source

CHECKS = {}

# The parts of the kernel's sources that are needed here.
KERNEL_PARTS = """LICENSES scripts include/dt-bindings
	Documentation/devicetree/bindings
	arch/arm/boot/dts/broadcom arch/arm64/boot/dts/broadcom""".split()


def check(function):
    """Register a check: it says what is wrong; if it says nothing, all is well."""
    CHECKS[function.__name__.replace("_", "-")] = function
    return function


def said(*cmd, **kw):
    """Everything that a command says, and its exit status if that is not 0."""
    done = subprocess.run([str(c) for c in cmd], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, text=True, errors="replace", check=False, **kw)
    status = f"{cmd[0]}: exit status {done.returncode}\n" if done.returncode else ""
    return done.stdout + status


@functools.cache
def tree():
    """The files of the tree that are in git or may come to be, by name."""
    names = run("git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard").split("\0")
    return sorted(n for n in names if n and (ROOT / n).is_file())


def files(*patterns):
    """The files of the tree that match a pattern; "*" matches "/" as well."""
    return [n for n in tree() if any(fnmatch.fnmatch(n, p) for p in patterns)]


def scripts(*interpreters):
    """The files of the tree whose first line names one of these interpreters."""
    found = []
    for name in tree():
        with open(ROOT / name, "rb") as f:
            words = f.readline().decode(errors="replace").replace("/", " ").split()
        if words and words[0].startswith("#!") and words[-1] in interpreters:
            found.append(name)
    return found


def copy(names, folder):
    """Copy files of the tree, for a checker that leaves things behind."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


@functools.cache
def kernel():
    """The kernel's sources, as far as they are needed here."""
    folder = source()
    tarball = next(folder.glob("usr/src/linux-source-*.tar.xz"))
    top = tarball.name.removesuffix(".tar.xz")

    def make(new):
        run("tar", "-C", new, "--strip-components=1", "-xf", tarball,
            *(f"{top}/{part}" for part in KERNEL_PARTS))

    return entry(f"lint/kernel-{digest(folder / 'versions', *KERNEL_PARTS)}", make,
                 f"unpacking the kernel's scripts and bindings from {tarball.name}")
