#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The rig: kernels, guests and what the tests need of them.

As a program: lab.py fetch | kernel NAME | module NAME | boot NAME SCRIPT |
shell NAME, where NAME is a kernel: 6.1, 6.12, 6.12-rt, 7.3, test or kcsan.
As a library: see tests/qemu/README.md.
"""
import argparse
import sys
from pathlib import Path

import debian
from build import CROSS, MODULES, Kernel, cross, kernel, module, source, sparse, stock, test_kernel, test_module
from cache import CACHE, ROOT, LabError, run, say
from debian import MAIN, SERIES, STOCK, build_headers
from guest import RTC, Result, boot, fresh, image, processor_used_s, shell, start
from scan import splats

__all__ = ["CACHE", "CROSS", "Kernel", "LabError", "MAIN", "MODULES", "ROOT", "RTC", "Result", "SERIES", "STOCK", "boot",
           "build_headers", "cross", "fetch", "fresh", "image", "kernel", "main_guard", "module", "processor_used_s", "run", "say", "shell", "source",
           "sparse", "splats", "start", "stock", "test_kernel", "test_module"]


def fetch():
    """Everything that comes over the network."""
    for suite in debian.GUEST:
        debian.guest_programs(suite)
    debian.systemd()
    debian.sysroot()
    debian.promtool()
    debian.mosquitto()
    debian.source()
    for series in STOCK:
        stock(series)
    for series in SERIES:
        build_headers(series)


def main_guard(main):
    """Run a program's main; what the rig could not do is one message, not a traceback."""
    try:
        sys.exit(main())
    except LabError as e:
        sys.exit(f"{Path(sys.argv[0]).name}: {e}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(dest="what", required=True)
    sub.add_parser("fetch", help="download what the tests need")
    for name, text in (("kernel", "show where a kernel is"), ("module", "build the module for a kernel"),
                       ("boot", "run a script in a guest"), ("shell", "a shell in a guest")):
        s = sub.add_parser(name, help=text)
        s.add_argument("kernel", choices=[*STOCK, "test", "kcsan"])
        if name == "boot":
            s.add_argument("script", type=Path)
        if name in ("boot", "shell"):
            s.add_argument("--dts", type=Path, help="device tree text to add")
            s.add_argument("--no-emrelay", action="store_true", help="leave this tree's module out")
    args = p.parse_args()

    if args.what == "fetch":
        fetch()
    elif args.what == "kernel":
        print(*(f"{k}={v}" for k, v in vars(kernel(args.kernel)).items()), sep="\n")
    elif args.what == "module":
        print(module(kernel(args.kernel)) / "driver/emrelay.ko")
    else:
        dts = args.dts.read_text(encoding="utf-8") if args.dts else ""
        if args.what == "shell":
            return shell(kernel(args.kernel), dts=dts, emrelay=not args.no_emrelay)
        r = boot(kernel(args.kernel), args.script, dts=dts, emrelay=not args.no_emrelay, echo=print)
        print(f"{r.why or 'passed'}; {r.seconds:.1f} s; {len(r.edges)} edges; files in {r.folder}")
        return 0 if r.passed else 1
    return 0


if __name__ == "__main__":
    main_guard(main)
