# SPDX-License-Identifier: GPL-2.0-only
"""Build the pure units of driver/ and their KUnit suites as a program."""
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Each is driver/UNIT.c with driver/UNIT.h, and its suite tests/kunit/emrelay_UNIT_kunit.c.
UNITS = ("engine", "arbiter", "feedback", "parts", "wear", "record")
LIBRARIES = ("-lz",)

CC = ("gcc", "-std=gnu11", "-Wall")
INCLUDES = (f"-I{ROOT}/tests/host/include", f"-I{ROOT}/driver")
INLINE = re.compile(r"^static (?:__always_)?inline (.*?)\n(\{\n.*?^\}\n)", re.M | re.S)


def suite(unit):
    return f"emrelay_{unit}"


def path(unit, suffix):
    return ROOT / f"driver/{unit}.{suffix}"


def read(unit, suffix):
    return path(unit, suffix).read_text(encoding="utf-8")


def run(*command, **kw):
    """Run a command that has to succeed; what it printed."""
    done = subprocess.run([str(c) for c in command], text=True, stdout=subprocess.PIPE, check=False, **kw)
    if done.returncode:
        raise SystemExit(f"{command[0]}: exit status {done.returncode}")
    return done.stdout


def compile_units(folder, *flags):
    """Compile the pure units as they are: their objects."""
    for unit in UNITS:
        run(*CC, "-Werror", *INCLUDES, *flags, "-c", path(unit, "c"), "-o", folder / f"{unit}.o")
    return [folder / f"{unit}.o" for unit in UNITS]


def compile_suites(folder, *flags):
    """Compile the suites and what runs them: their objects."""
    sources = [ROOT / f"tests/kunit/{suite(unit)}_kunit.c" for unit in UNITS] + [ROOT / "tests/host/kunit.c"]
    for source in sources:
        run(*CC, "-Werror", *flags, *INCLUDES, "-c", source, "-o", folder / f"{source.stem}.o")
    return [folder / f"{source.stem}.o" for source in sources]


# For those who count lines or change them, each function is to be in one object
# file only: inline functions of a unit's header become functions of that unit.

def write_headers(folder):
    """The units' headers with prototypes for inline functions: the option to use them."""
    folder.mkdir(parents=True, exist_ok=True)
    for unit in UNITS:
        text = INLINE.sub(r"\1;\n", read(unit, "h"))
        (folder / f"{unit}.h").write_text(text, encoding="utf-8")
    return f"-I{folder}"


def whole(unit, source, header):
    """The text of a unit with that of its header in it."""
    include = f'#include "{unit}.h"\n'
    before, after = source.split(include)
    return (f'#line 1 "{path(unit, "c")}"\n{before}'
            f'#line 1 "{path(unit, "h")}"\n' + INLINE.sub(r"\1\n\2", header) +
            f'#line {before.count(chr(10)) + 2} "{path(unit, "c")}"\n{after}')


def compile_text(text, place, *flags):
    """Compile a text: True if that is possible."""
    done = subprocess.run([*CC, *flags, *INCLUDES, "-x", "c", "-c", "-", "-o", str(place)], input=text, text=True,
                          stderr=subprocess.DEVNULL, cwd=place.parent, check=False)
    return done.returncode == 0
