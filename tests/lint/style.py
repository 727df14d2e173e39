# SPDX-License-Identifier: GPL-2.0-only
"""Checks of the text of files: style, licences, scripts."""
import ast
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lint import ROOT, check, copy, files, kernel, run, said, scripts, tree, workplace

# What may stand without a licence of its own: texts for people, and data.
NO_SPDX = re.compile(r"README\.md|COPYING|LICENSE.*|.*\.(svg|txt|md)|.*\.gitignore|"
                     r"tools/packaging/debian/(changelog\.in|copyright|source/format|.*\.(dkms|docs))")


@check
def checkpatch():
    """The kernel's own style, for all that is written in its languages."""
    names = files("*.c", "*.h", "*.S", "*.dts", "*.dtsi", "*.dtso", "*Kconfig", "*Kbuild", "*Makefile", "*.yaml", "*.rst")
    cpus = os.cpu_count()
    with workplace() as folder, ThreadPoolExecutor(cpus) as pool:
        copy(names, Path(folder))
        command = ("perl", kernel() / "scripts/checkpatch.pl", "--no-tree", "--strict", "--terse", "--quiet",
                   "--no-summary", "--show-types", "--file")
        shares = [names[n::cpus] for n in range(cpus)]
        return "".join(pool.map(lambda share: said(*command, *share, cwd=folder), filter(None, shares)))


@check
def spdx():
    """Every file says its licence, and the kernel knows that licence."""
    text = ""
    with workplace() as folder:
        # spdxcheck wants the licences and the files in one git repository.
        new = Path(folder)
        shutil.copytree(kernel() / "LICENSES", new / "LICENSES")
        for name in tree():
            head = (ROOT / name).read_bytes()[:400].split(b"\n")[:3]
            if not NO_SPDX.fullmatch(name) and not any(b"SPDX-License-Identifier: " in line for line in head):
                text += f"{name}:1: no SPDX-License-Identifier in its first lines\n"
        copy(tree(), new)
        git = ("git", "-C", new, "-c", "user.name=lint", "-c", "user.email=lint", "-c", "core.hooksPath=/dev/null")
        run(*git, "init", "-q")
        run(*git, "add", "-f", "LICENSES")
        run(*git, "commit", "-qm", "lint")
        return text + said(sys.executable, kernel() / "scripts/spdxcheck.py", *tree(), cwd=new)


@check
def whitespace():
    """No blank at the end of a line or file, no conflict marker, a newline at the end."""
    text = ""
    for name in tree():
        data = (ROOT / name).read_bytes()
        if b"\0" in data or not data:
            continue
        for n, line in enumerate(data.split(b"\n"), 1):
            if line.endswith((b" ", b"\t", b"\r")):
                text += f"{name}:{n}: blank at the end of the line\n"
            if line.startswith((b"<<<<<<< ", b">>>>>>> ")):
                text += f"{name}:{n}: conflict marker\n"
        if not data.endswith(b"\n") or data.endswith(b"\n\n"):
            text += f"{name}: does not end with one newline\n"
    return text


@check
def shell():
    """Shell scripts are valid, and shellcheck has no warning."""
    names = sorted(set(files("*.sh") + scripts("sh", "bash")))
    text = "".join(said("bash", "-n", ROOT / n) for n in names)
    return text + (said("shellcheck", "--severity=warning", "--external-sources", "--source-path=SCRIPTDIR",
                        "--format=gcc", *names, cwd=ROOT) if names else "")


@check
def python():
    """Python is valid, uses what it names and names what it uses."""
    names = sorted(set(files("*.py") + scripts("python3")))
    text = ""
    for name in names:
        try:
            ast.parse((ROOT / name).read_bytes(), name)
        except SyntaxError as e:
            text += f"{name}:{e.lineno}: {e.msg}\n"
    return text + said("pyflakes3", *names, cwd=ROOT)
