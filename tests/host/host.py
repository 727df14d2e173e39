# SPDX-License-Identifier: GPL-2.0-only
"""Build the pure units of driver/ and their KUnit suites as a program."""
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Each is driver/UNIT.c, and its suite tests/kunit/emrelay_UNIT_kunit.c.
UNITS = ("limit", "engine", "wear", "parts")
CC = ("gcc", "-std=gnu11", "-Wall", f"-I{ROOT}/tests/host/include", f"-I{ROOT}/driver")


def suite(unit):
    return f"emrelay_{unit}"


def run(*command, **kw):
    """Run a command that has to succeed; what it printed."""
    done = subprocess.run([str(c) for c in command], text=True, stdout=subprocess.PIPE, check=False, **kw)
    if done.returncode:
        raise SystemExit(f"{command[0]}: exit status {done.returncode}")
    return done.stdout


def compile_units(folder, *flags):
    """Compile the pure units: their objects."""
    for unit in UNITS:
        run(*CC, "-Werror", *flags, "-c", ROOT / f"driver/{unit}.c", "-o", folder / f"{unit}.o")
    return [folder / f"{unit}.o" for unit in UNITS]


def compile_suites(folder, *flags):
    """Compile the suites and what runs them: their objects."""
    sources = [ROOT / f"tests/kunit/{suite(unit)}_kunit.c" for unit in UNITS] + [ROOT / "tests/host/kunit.c"]
    for source in sources:
        run(*CC, "-Werror", *flags, "-c", source, "-o", folder / f"{source.stem}.o")
    return [folder / f"{source.stem}.o" for source in sources]
