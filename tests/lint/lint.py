# SPDX-License-Identifier: GPL-2.0-only
"""What the checks share: their register and the files of the tree. One rule
holds for all: a checker that says anything has failed.
"""
import fnmatch
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "qemu"))

import cache
import debian
import lab

ROOT = lab.ROOT
run = lab.run
kernel = lab.source     # Debian's kernel source, whose scripts and schemas check this tree

CHECKS = {}
NOTES = {}


def check(function):
    """Register a check: it says what is wrong; if it says nothing, all is well."""
    CHECKS[function.__name__.replace("_", "-")] = function
    return function


def note(name, line):
    """Have a line printed with a check's result, whatever that is."""
    NOTES.setdefault(name, []).append(line)


@functools.cache
def dt_schema():
    """A folder with dt-schema's programs and the Python that they were written for, neither of which Debian 13 has."""
    name = "debian/dt-schema-python"

    def make(folder):
        debian.download(debian.apt("bookworm", debian.HOST), ["dt-schema"], folder, dependencies=True)
        debian.bind(folder, folder, cache.CACHE / name)

    return cache.entry(name, make, "fetching dt-schema") / "usr"


def said(*cmd, **kw):
    """Everything that a command says, and its exit status if that is not 0."""
    name = cmd[0]
    if name in ("dt-doc-validate", "dt-mk-schema", "dt-validate"):
        cmd = dt_schema() / "bin/python3", dt_schema() / "bin" / name, *cmd[1:]
        kw["env"] = os.environ | {"PYTHONHOME": str(dt_schema()), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([str(c) for c in cmd], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, text=True, errors="replace", check=False, **kw)
    status = f"{name}: exit status {done.returncode}\n" if done.returncode else ""
    return done.stdout + status


# git, also where the tree belongs to another user.
GIT = ("git", "-c", "safe.directory=*", "-C", ROOT)


@functools.cache
def tree():
    """The files of the tree that are in git or may come to be, by name."""
    names = run(*GIT, "ls-files", "-z", "-co", "--exclude-standard").split("\0")
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


def workplace():
    """A folder for what a checker writes, gone when it is done."""
    return tempfile.TemporaryDirectory(prefix="lint.", dir=lab.CACHE)


def copy(names, folder):
    """Copy files of the tree, for a checker that leaves things behind."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
