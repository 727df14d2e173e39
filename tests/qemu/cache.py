# SPDX-License-Identifier: GPL-2.0-only
"""The cache outside the tree: downloads and builds, each under a name that
says what it was made from.  An entry is made in a folder of its own and
renamed into place when it is complete, so what exists is whole, any of it
may be deleted at any time, and two runs at once do not disturb each other.
"""
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "emrelay"


class LabError(Exception):
    """Something a person has to read: the rig could not do its work."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(*cmd, may_fail=False, **kw):
    """Run a command, quietly, and return what it says; its output is shown when it fails."""
    kw.setdefault("stdout", subprocess.PIPE)
    kw.setdefault("stderr", subprocess.STDOUT)
    kw.setdefault("stdin", subprocess.DEVNULL)
    cmd = [str(c) for c in cmd]
    try:
        done = subprocess.run(cmd, text=True, errors="replace", **kw)
    except FileNotFoundError as e:
        raise LabError(f"{cmd[0]}: not installed, see tests/qemu/packages*.txt") from e
    if done.returncode and not may_fail:
        raise LabError(f"{' '.join(cmd)}: exit status {done.returncode}\n{done.stdout or ''}")
    return done.stdout


def digest(*parts):
    """A short name for a list of strings, bytes and files."""
    h = hashlib.sha256()
    for p in parts:
        data = p.read_bytes() if isinstance(p, Path) else p if isinstance(p, bytes) else str(p).encode()
        h.update(len(data).to_bytes(8, "big") + data)
    return h.hexdigest()[:16]


@contextlib.contextmanager
def lock(name):
    """Hold the cache's lock of this name; others wait."""
    (CACHE / "lock").mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock" / name.replace("/", "-"), "w", encoding="ascii") as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run ({name})")
            fcntl.flock(f, fcntl.LOCK_EX)
        yield


def entry(name, make, why=None):
    """The cache entry NAME (a folder); make(folder) fills it when it is not there."""
    path = CACHE / name
    if path.is_dir():
        return path
    with lock(name):
        if path.is_dir():
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        # What a run left that was killed; nobody else makes this entry now.
        for old in path.parent.glob(f".{path.name}.*"):
            shutil.rmtree(old, ignore_errors=True)
        if why:
            say(why)
        new = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
        try:
            make(new)
            new.chmod(0o755)
            new.rename(path)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
    return path
