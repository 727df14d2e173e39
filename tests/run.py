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
import queue
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).resolve().parent
# The programs that the packages brought go before others of the same name.
# What make hands down is for its own children, not for the makes of a part.
ENV = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
ENV["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin:" + os.environ["PATH"]
PARTS = {
    "lint": "lint/run",
    "tools": "tools/run",
    "packages": "packages/run",
    "host": "host/run",
    "coverage": "coverage/run",
    "model": "model/run",
    "fuzz": "fuzz/run",
    "rig": "qemu/selftest.py",
    "kunit": "qemu/kunit.py",
    "e2e": "qemu/e2e/run",
    "model-soak": "model/soak",
    "e2e-all": "qemu/e2e/all",
    "e2e-soak": "qemu/e2e/soak",
    "cuts": "qemu/e2e/cuts",
    "year": "qemu/e2e/long-year",
    "bare": "packages/bare/run",
    "mutate": "mutate/run",
}


# What takes longest begins first; so many parts run at once, since each has moments at which it uses one
# processor or none.
LONGEST = ("e2e", "kunit", "lint")
AT_ONCE = 3


class Part:
    """A part as it runs: its lines, and what became of it."""

    def __init__(self, name):
        self.name = name
        self.lines = queue.SimpleQueue()
        self.passed = self.failed = 0

    def tell(self, line):
        self.passed += bool(re.match(r"ok \S", line))
        self.failed += bool(re.match(r"not ok \S", line))
        self.lines.put(line)

    def run(self):
        begin, processor = time.monotonic(), 0
        self.tell(f"# {self.name}\n")
        try:
            with subprocess.Popen([str(TESTS / PARTS[self.name])], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  text=True, errors="replace", env=ENV) as child:
                for line in child.stdout:
                    self.tell(line if line.endswith("\n") else f"{line}\n")
                _, status, used = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
                processor = used.ru_utime + used.ru_stime
            if child.returncode and not self.failed:
                self.tell(f"not ok {self.name}: exit status {child.returncode}\n")
        except Exception as e:  # whoever waits for its lines gets them
            self.tell(f"not ok {self.name}: {e!r}\n")
        if not self.passed + self.failed:
            self.tell(f"not ok {self.name}: it ran no test\n")
        self.tell(f"# {self.name}: {self.passed} passed, {self.failed} failed, {time.monotonic() - begin:.0f} s, "
                  f"{processor:.0f} s of processor time\n")
        self.lines.put(None)


def main(names):
    if not names or not set(names) <= set(PARTS):
        sys.exit(__doc__ + "\nparts: " + " ".join(PARTS))
    parts = [Part(name) for name in names]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for part in sorted(parts, key=lambda part: LONGEST.index(part.name) if part.name in LONGEST else len(LONGEST)):
            pool.submit(part.run)
        # In their order, each line as it comes, but for those of a part that still has one before it.
        for part in parts:
            for line in iter(part.lines.get, None):
                print(line, end="", flush=True)
    passed, failed = (sum(getattr(part, what) for part in parts) for what in ("passed", "failed"))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
