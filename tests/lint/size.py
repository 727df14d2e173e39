# SPDX-License-Identifier: GPL-2.0-only
"""How much code the driver is, and how long its functions are."""
import re

from lint import ROOT, check, files, note

# 4200 for what the driver was; what lines that are read back, controllers that go, suspend, hibernation and
# panic take; and what contacts that are read back, and the coils' supply.
MOST_LINES = 4200 + 441 + 1283
# What is a module of its own has a limit of its own.
MOST_LINES_OF = {"driver/configfs.c": 318}
LONGEST_FUNCTION = 60   # lines of code, from its name to its last brace
SHOWN = 10

# The rows of parts are data, one line a number, that is read beside a data sheet and not as code is.
DATA = re.compile(r"(\bemrelay_parts\[\] = \{\n).*?(?=^\};)", re.M | re.S)

# A comment, or a text in which something looks like one.
TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
# The kernel's style has a function's braces, and nobody else's, alone at the beginning of a line.
FUNCTION = re.compile(r"^(\w[^;{}#]*)\n\{\n.*?^\}$", re.M | re.S)


def code(text):
    """The lines of C that are left without comments and blank lines."""
    text = TOKEN.sub(lambda m: m[0] if m[0][0] in "\"'" else " ", text)
    return [line for line in text.split("\n") if line.strip()]


def functions(lines):
    """(lines, name) of each function in lines of code."""
    for m in FUNCTION.finditer("\n".join(lines)):
        # What stands before it with arguments of its own is an attribute.
        name = next(n for n in re.findall(r"(\w+)\s*\(", m[1]) if not n.startswith("__"))
        yield m[0].count("\n") + 1, name


@check
def size():
    """The driver has no more code, and no longer function, than it may."""
    total, found, out = 0, [], ""
    for path in files("driver/*.c", "driver/*.h"):
        lines = code(DATA.sub(r"\1", (ROOT / path).read_text(encoding="utf-8")))
        most = MOST_LINES_OF.get(path)
        total += 0 if most else len(lines)
        if most:
            note("size", f"{len(lines)} lines of code in {path}; at most {most}")
            out += f"{path}: {len(lines)} lines of code, {len(lines) - most} too many\n" if len(lines) > most else ""
        found += [(length, name, path) for length, name in functions(lines)]
    found.sort(key=lambda f: (-f[0], f[1]))
    note("size", f"{total} lines of code in driver/, comments, blank lines and parts not counted; at most {MOST_LINES}")
    for length, name, path in found[:SHOWN]:
        note("size", f"{length:4} lines: {name}() in {path}")
    out += f"driver/: {total} lines of code, {total - MOST_LINES} too many\n" if total > MOST_LINES else ""
    return out + "".join(f"{path}: {name}() has {length} lines of code, at most {LONGEST_FUNCTION}\n"
                         for length, name, path in found if length > LONGEST_FUNCTION) + ("" if found else "no functions found\n")
