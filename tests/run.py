#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run parts of the tests, sum them up.

usage: tests/run.py PART...

A part is a program that prints a line "ok NAME" or "not ok NAME: why" a test.
A part that prints none, or fails without saying which test did, is a failed
test itself.  The last line is "N passed, N failed"; the exit status is 0 only
if there were tests and all passed.
"""
import os
import re
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent
# The programs that the packages brought go before others of the same name.
# What make hands down is for its own children, not for the makes of a part.
ENV = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
ENV["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin:" + os.environ["PATH"]
PARTS = {
    "lint": "lint/run",
    "tools": "tools/run",
    "host": "host/run",
    "coverage": "coverage/run",
    "model": "model/run",
    "fuzz": "fuzz/run",
    "rig": "qemu/selftest.py",
    "kunit": "qemu/kunit.py",
    "e2e": "qemu/e2e/run",
    "model-soak": "model/soak",
    "e2e-soak": "qemu/e2e/soak",
    "cuts": "qemu/e2e/cuts",
    "year": "qemu/e2e/long-year",
    "mutate": "mutate/run",
}


def run_part(part):
    """Run a part, show what it prints: (passed, failed)."""
    passed = failed = 0
    try:
        with subprocess.Popen([str(TESTS / PARTS[part])], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              text=True, errors="replace", env=ENV) as child:
            for line in child.stdout:
                print(line, end="", flush=True)
                passed += bool(re.match(r"ok \S", line))
                failed += bool(re.match(r"not ok \S", line))
        if child.returncode and not failed:
            print(f"not ok {part}: exit status {child.returncode}")
            failed = 1
    except OSError as e:
        print(f"not ok {part}: {e}")
        failed = 1
    if not passed + failed:
        print(f"not ok {part}: it ran no test")
        failed = 1
    return passed, failed


def main(parts):
    if not parts or not set(parts) <= set(PARTS):
        sys.exit(__doc__ + "\nparts: " + " ".join(PARTS))
    passed = failed = 0
    for part in parts:
        print(f"# {part}", flush=True)
        begin = time.monotonic()
        good, bad = run_part(part)
        print(f"# {part}: {good} passed, {bad} failed, {time.monotonic() - begin:.0f} s", flush=True)
        passed += good
        failed += bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
