# SPDX-License-Identifier: GPL-2.0-only
"""Build the engine with its judge as programs of this machine."""
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/model"
UNITS = ("arbiter", "engine", "feedback")
PROGRAMS = ("random", "explore", "contacts", "welds")
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers")


def run(*command):
    """Run a command that has to succeed."""
    done = subprocess.run([str(c) for c in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]}: exit status {done.returncode}:\n{done.stdout}")


def compile_all(folder, sources, driver=ROOT / "driver", tools=("gcc", "g++"), flags=("-O2",)):
    """Compile the units of a driver and C++ sources that know them: the objects."""
    folder.mkdir(parents=True, exist_ok=True)
    flags = (*WARNINGS, *flags, "-I", HERE, "-I", driver, "-I", ROOT / "tests/host/include")
    commands = [(tools[0], "-std=gnu11", *flags, "-c", driver / f"{unit}.c", "-o", folder / f"{unit}.o") for unit in UNITS]
    commands += [(tools[1], "-std=c++17", *flags, "-c", source, "-o", folder / f"{source.stem}.o") for source in sources]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(lambda command: run(*command), commands):
            pass
    return [Path(command[-1]) for command in commands]


def verdict(name, command):
    """Run a program that says what it did, or what is broken: a line "ok" or "not ok"."""
    done = subprocess.run([str(c) for c in command], text=True, stdout=subprocess.PIPE, check=False)
    lines = done.stdout.splitlines() or ["it says nothing"]
    if not done.returncode:
        print("".join(f"  {line}\n" for line in lines) + f"ok model/{name}", flush=True)
        return True
    broken = next((line for line in lines if line.startswith("broken")), lines[-1])
    print(f"not ok model/{name}: {broken} (exit status {done.returncode})")
    print("".join(f"  {line}\n" for line in lines), end="", flush=True)
    return False


def programs(folder):
    """The programs of this directory: those who play scripts, explore, contacts and welds."""
    objects = compile_all(folder, [HERE / f"{name}.cc" for name in ("judge", "world", "script", *PROGRAMS)])
    common = [o for o in objects if o.stem not in PROGRAMS]
    for name in PROGRAMS:
        run("g++", *common, folder / f"{name}.o", "-o", folder / name)
    return tuple(folder / name for name in PROGRAMS)


def growth(folder):
    """The program that counts the blocks that the units go through; its own do not count."""
    units = compile_all(folder / "units", (), flags=("-O2", "-fsanitize-coverage=trace-pc"))
    own = [o for o in compile_all(folder, [HERE / "growth.cc"]) if o.stem == "growth"]
    run("g++", *own, *units, "-o", folder / "growth")
    return folder / "growth"
