#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What may be on the disk if the power goes during a run?

usage: powercut.py FOLDER < LOG-OF-STRACE

From the system calls of a run (strace -y, all that touch files) follows the worst
that may be found in FOLDER afterwards, by what POSIX promises and no more: what was
written to a file is there from its fsync() on, a name from the fsync() of its
folder on; before that, either may be there without the other. What is appended
may be torn, which who reads it has to stand.

Says "NAME: why" for each file of FOLDER, other than temporary ones (.*), that may
be found half written or not at all, and for each change that is not surely on the
disk at the end of the run.
"""
import re
import sys

CALL = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)(?:<(.*)>)?")
FD = re.compile(r"\d+<(.*?)>")


def judge(folder, calls):
    wrong = []
    unsynced = set()      # files, by the path they were opened with
    named = {}            # name: the file it is, since the last fsync() of the folder
    for name, args, result, opened in calls:
        if int(result) < 0:
            continue
        on = FD.match(args)
        on = on and on[1]
        paths = re.findall(r'(?:(?:\d+|AT_FDCWD)<(.*?)>, )?"(.*?)"', args)
        full = [path if path.startswith("/") else f"{at}/{path}" for at, path in paths]
        if name in ("open", "openat", "creat"):
            if "O_CREAT" in args and "O_APPEND" in args:
                named[opened] = opened
            elif "O_CREAT" in args or "O_TRUNC" in args or name == "creat":
                unsynced.add(opened)
                if not opened.rpartition("/")[2].startswith(".") and opened.startswith(folder + "/"):
                    wrong.append(f"{opened}: written in place")
        elif name in ("write", "pwrite64", "writev", "ftruncate"):
            unsynced.add(on)
        elif name in ("fsync", "fdatasync"):
            unsynced.discard(on)
            if on == folder:
                named.clear()
        elif name.startswith("rename"):
            source, target = full
            if source in unsynced:
                wrong.append(f"{target}: has its name before it is on the disk")
            if not source.rpartition("/")[2].startswith("."):
                wrong.append(f"{source}: gone")
            named[target] = source
        elif name.startswith("unlink") and not full[0].rpartition("/")[2].startswith("."):
            wrong.append(f"{full[0]}: gone")
    wrong += [f"{path}: not on the disk at the end" for path in unsynced if path.startswith(folder + "/")]
    return wrong + [f"{name}: the name is not on the disk at the end" for name in named]


if __name__ == "__main__":
    wanted = [m.groups() for m in map(CALL.match, sys.stdin) if m and sys.argv[1] in m[0]]
    if not any(name.startswith("rename") for name, *_ in wanted):
        sys.exit("nothing was renamed")
    print("\n".join(judge(sys.argv[1], wanted)), end="")
