#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""KUnit: load the module and the suites of tests/kunit into the test kernel,
and let the kernel's own kunit.py read what they say.
"""
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import build
import lab

GUESTS = 2

# The suites run while they are loaded; debugfs keeps what each of them said,
# apart from everything else that the kernel prints.
SCRIPT = """#!/bin/bash
modprobe emrelay || exit
for ko in /test/*.ko; do
	insmod $ko || echo "rig: $ko does not load"
done
for suite in /sys/kernel/debug/kunit/*; do
	put - ${suite##*/}.ktap < $suite/results
done
dmesg | put - dmesg.txt
# Out again: what a suite or the module leaves behind, kmemleak finds.
for ko in /test/*.ko; do
	rmmod $ko || echo "rig: $ko does not unload"
done
rmmod emrelay
"""


def suites(kernel):
    """Build the suites against the module that ships: their .ko files."""
    folder = build.module(kernel, "tests/kunit")
    # Of a suite that is gone nothing else would tell.
    for old in (folder / "tests/kunit").glob("*.ko"):
        old.unlink()
    lab.run("make", "-s", "-C", kernel.build, f"M={folder}/tests/kunit", *lab.cross(),
            f"KBUILD_EXTRA_SYMBOLS={folder}/Module.symvers", "modules")
    return sorted((folder / "tests/kunit").glob("*.ko"))


def cases(group, path=()):
    """(name, status) of each case below a group of kunit.py's JSON."""
    for case in group["test_cases"]:
        yield "/".join((*path, case["name"])), case["status"]
    for sub in group["sub_groups"]:
        yield from cases(sub, (*path, sub["name"]))


def failures(case, text):
    """What a case said about its failures, the first few of them."""
    said = re.findall(rf"^ *# {re.escape(case)}: ((?:EXPECTATION|ASSERTION) FAILED) at .*/(\S+)\n((?:(?! *(?:#|(?:not )?ok )).+\n)*)",
                      text, re.M)
    return "".join(f"\n  {where}: {what}\n{details.rstrip()}" for what, where, details in said[:3])


def report(name, why, details=""):
    """A test's line; why is empty for one that passed."""
    print(f"not ok kunit/{name}: {why}{details}" if why else f"ok kunit/{name}")
    return not why


def guests(modules):
    """The modules in as many shares as guests: the longest source goes where there is least so far."""
    shares = [[] for _ in range(GUESTS)]
    for ko in sorted(modules, key=lambda ko: -ko.stat().st_size):
        min(shares, key=lambda share: sum(ko.stat().st_size for ko in share)).append(ko)
    return [share for share in shares if share]


def judge(r):
    """The lines of a guest's cases: whether all is well."""
    good = True
    parser = lab.source() / "tools/testing/kunit/kunit.py"
    results = sorted(r.folder.glob("*.ktap"))
    for ktap in results:
        out = ktap.with_suffix(".json")
        # Its exit status says that some case failed; the cases say which.
        lab.run(sys.executable, parser, "parse", ktap, f"--json={out}", may_fail=True)
        text = ktap.read_text(encoding="utf-8", errors="replace")
        found = list(cases(json.loads(out.read_text(encoding="utf-8"))))
        if not found:
            good = report(ktap.stem, "kunit.py finds no case in it")
        for name, status in found:
            good &= report(name, "" if status == "PASS" else status, failures(name.split("/")[1], text))
    complaint = r.why or "; ".join(re.findall("^rig: (.* does not (?:un)?load)", r.console, re.M))
    if not complaint and not results:
        complaint = "no suite said anything"
    return report(r.folder.name, complaint) and good


def main():
    kernel = lab.test_kernel()
    modules = suites(kernel)
    if not modules:
        raise lab.LabError("tests/kunit has no suite")

    def boot(n, share):
        return lab.boot(kernel, SCRIPT, files={f"/test/{ko.name}": ko for ko in share}, folder=lab.ROOT / f"build/kunit/guest-{n}",
                        timeout=900)

    with ThreadPoolExecutor(GUESTS) as pool:
        return 0 if all([judge(r) for r in pool.map(boot, *zip(*enumerate(guests(modules), 1)))]) else 1


if __name__ == "__main__":
    lab.main_guard(main)
