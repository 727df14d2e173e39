# SPDX-License-Identifier: GPL-2.0-only
"""Checks of the device-tree binding: the schema is one, its examples and ours
obey it without a warning of any tool, and what is wrong is found to be wrong.
"""
import functools
import re
import shutil
import threading
from pathlib import Path

import documents
from lint import ROOT, check, files, kernel, run, said, workplace

SCHEMA = "dt-bindings/relay/gpio-relays.yaml"
MACHINE = ROOT / "tests/lint/invalid/machine.dtsi"
OVERLAY = "dt-bindings/examples/eight-channels.dtso"
BOARDS = "Documentation/admin-guide/boards.rst"
BOARD = "arch/arm64/boot/dts/broadcom/bcm2711-rpi-4-b.dts"

# The bindings of all that stands in our examples, beside our own.
BINDINGS = ("gpio/*.yaml leds/*.yaml regulator/fixed-regulator.yaml regulator/regulator.yaml "
            "arm/linux,dummy-virt.yaml eeprom/at24.yaml nvmem/nvmem*.yaml nvmem/layouts/*.yaml")

LOCK = threading.Lock()


def bindings():
    return kernel() / "Documentation/devicetree/bindings"


@functools.cache
def folder():
    """A folder for compiled trees, gone when the checks are over."""
    return workplace()


def temporary(name):
    with LOCK:
        return Path(folder().name) / name


@functools.cache
def processed():
    """Our schema and those of the kernel, as dt-validate reads them."""
    out = Path(folder().name) / "schema.json"
    schemas = [p for pattern in BINDINGS.split() for p in sorted(bindings().glob(pattern))]
    complaints = said("dt-mk-schema", "-j", "-o", out, *schemas, ROOT / SCHEMA)
    if complaints:
        raise RuntimeError(complaints)
    return out


def schema():
    with LOCK:
        return processed()


def compile_tree(text, where, quiet=False, define=""):
    """Compile a tree as the kernel does; (file, what was complained about)."""
    out = temporary(re.sub(r"\W", "-", f"{where}{define}") + ".dtb")
    include = kernel() / "include"
    prefixes = kernel() / "scripts/dtc/include-prefixes"
    source = out.with_suffix(".dts")
    source.write_text(text, encoding="utf-8")
    cpp = f"cpp -nostdinc -undef -D__DTS__ {define} -x assembler-with-cpp -I {where.parent} -I {include} -I {prefixes}"
    dtc = f"dtc {'-q' if quiet else ''} -@ -I dts -O dtb -o {out}"
    complaints = said("bash", "-o", "pipefail", "-c", f"{cpp} {source} | {dtc} -")
    return out, complaints


def compile_file(name, **kw):
    path = ROOT / name
    return compile_tree(f'#include "{path}"\n', path, **kw)


def validate(*dtbs):
    """What dt-validate says of compiled trees, one string a complaint: {tree: list}; what it says of none is there for None."""
    found = {None: []} | {dtb: [] if dtb.is_file() else ["not compiled"] for dtb in dtbs}
    text = said("dt-validate", "-m", "-s", schema(), *filter(Path.is_file, dtbs)).replace(f"{ROOT}/", "").strip()
    for complaint in re.split(r"\n(?!\t)", text) if text else ():
        dtb = next((dtb for dtb in dtbs if complaint.startswith(f"{dtb}:")), None)
        found[dtb].append(complaint.replace(f"{dtb}:", ""))
    return found


def complaints_of(dtb):
    """What dt-validate says of one tree."""
    return sum(validate(dtb).values(), [])


def banks(dtb):
    """How many nodes of a tree were checked with our schema."""
    return said("dt-validate", "-M", "-s", schema(), dtb).count("/relay/gpio-relays.yaml#")


def judged(dtb, name, text, known=()):
    """What is wrong with a compiled tree, beside what was known."""
    complaints = [c for c in complaints_of(dtb) if c not in known]
    if not complaints and banks(dtb) != text.count('"gpio-relays"'):
        complaints = ["not every bank was checked with our schema"]
    return "".join(f"{name}: {c}\n" for c in complaints)


@check
def dt_schema():
    """The binding is a valid schema, in the form the kernel's bindings have."""
    return (said("yamllint", "-f", "parsable", "-c", bindings() / ".yamllint", SCHEMA, cwd=ROOT) +
            said("dt-doc-validate", "-n", "-u", ROOT / "dt-bindings", ROOT / SCHEMA))


@check
def dt_schema_examples():
    """The examples inside the binding obey it."""
    text = (ROOT / SCHEMA).read_text(encoding="utf-8")
    examples = text[text.index("\nexamples:\n"):text.index("\n...\n")].split("\n  - |\n")[1:]
    out = "" if examples else f"{SCHEMA}: no examples\n"
    for n, example in enumerate(examples):
        whole = f'#include "{MACHINE}"\n/ {{\n{example}\n}};\n'
        dtb, complaints = compile_tree(whole, ROOT / f"{SCHEMA}-{n}")
        out += complaints or judged(dtb, f"{SCHEMA} example {n}", example)
    return out


@check
def dt_examples():
    """Our example trees and overlays compile and obey all schemas."""
    out = ""
    base, _ = compile_tree((kernel() / BOARD).read_text(encoding="utf-8"), kernel() / BOARD, quiet=True)
    known = None
    for name in files("dt-bindings/examples/*.dts", "dt-bindings/examples/*.dtso"):
        text = (ROOT / name).read_text(encoding="utf-8")
        dtb, complaints = compile_file(name)
        if complaints:
            out += complaints
        elif name.endswith(".dts"):
            out += judged(dtb, name, text)
        else:
            # An overlay is judged by what it adds to a real board's tree.
            if known is None:
                known = complaints_of(base)
            merged = dtb.with_suffix(".merged.dtb")
            out += said("fdtoverlay", "-i", base, "-o", merged, dtb) or judged(merged, name, text, known)
    return out


def overrides(dtb):
    """The parameters of an overlay as a Raspberry Pi's firmware reads them: {name: [(node, what is done to it)]}"""
    nodes = ["/"]
    for node in nodes:
        nodes += [f"{node.rstrip('/')}/{child}" for child in run("fdtget", "-l", dtb, node).split()]
    handles = {int(h, 16): node for node in nodes if (h := run("fdtget", "-t", "x", "-d", "0", dtb, node, "phandle").strip()) != "0"}
    found = {}
    for name in run("fdtget", "-p", dtb, "/__overrides__").split():
        value = bytes(int(b, 16) for b in run("fdtget", "-t", "bx", dtb, "/__overrides__", name).split())
        while value:
            handle, (text, _, value) = int.from_bytes(value[:4], "big"), value[4:].partition(b"\0")
            found.setdefault(name, []).append((handles.get(handle), text.decode()))
    return found


def set_parameters(dtb, given):
    """Do to an overlay what the firmware does for parameters given in config.txt."""
    known = overrides(dtb)
    for name, value in given.items():
        for node, text in known[name]:
            target, kind, rest = re.match(r"([\w-]+)(?:([:=])(.*))?$", text).groups()
            if kind != ":":
                run("fdtput", "-t", "s", dtb, node, target, rest if kind else value)
                continue
            cells = run("fdtget", "-t", "u", "-d", "0", dtb, node, target).split()
            cells[int(rest) // 4] = value
            run("fdtput", "-t", "u", dtb, node, target, *cells)


@check
def dt_parameters():
    """Each parameter of the overlay for a Raspberry Pi changes a property of a relay or of the bank, and does so."""
    out = ""
    code = (ROOT / "driver/firmware.c").read_text(encoding="utf-8")
    dtb, complaints = compile_file(OVERLAY)
    for name, targets in overrides(dtb).items():
        for node, text in targets:
            target, kind, rest = re.match(r"([\w-]+)(?:([:=])(.*))?$", text).groups()
            if node is None or "/relay-bank" not in node:
                out += f"{OVERLAY}: {name}: no such node\n"
            elif f'"{target}"' not in code:
                out += f"{OVERLAY}: {name}: the driver reads no {target}\n"
            elif kind == ":":
                cells = run("fdtget", "-t", "u", "-d", "", dtb, node, target).split() or ["0"]
                if int(rest) % 4 or int(rest) // 4 >= len(cells):
                    out += f"{OVERLAY}: {name}: {target} has no cell at {rest}\n"
            elif not run("fdtget", "-d", "", dtb, node, target).strip():
                out += f"{OVERLAY}: {name}: {node} has no {target}\n"

    if out or complaints:
        return complaints + out

    # Given, as in config.txt, to a board's tree.
    board, _ = compile_tree((kernel() / BOARD).read_text(encoding="utf-8"), kernel() / BOARD, quiet=True)
    changed, merged = dtb.with_suffix(".given.dtbo"), dtb.with_suffix(".given.dtb")
    shutil.copy(dtb, changed)
    set_parameters(changed, {"gpio1": "17", "active_low": "0", "wago_859-353": None, "load": "none", "load3": "resistive",
                             "label3": "pump", "stagger": "7", "bounce_us": "9", "life": "11"})
    out += said("fdtoverlay", "-i", board, "-o", merged, changed)
    for what, value in {"relay@0 coil-gpios": "17 0", "relay@7 coil-gpios": "26 0", "relay@7 compatible": "wago,859-353",
                        "relay@1 load-type": "none", "relay@2 load-type": "resistive", "relay@2 label": "pump",
                        "relay@3 label": "channel-4", " stagger-ms": "7", "relay@5 bounce-time-us": "9",
                        "relay@6 electrical-life-cycles": "11"}.items():
        node, _, name = what.partition(" ")
        has = said("fdtget", merged, f"/relay-bank/{node}".rstrip("/"), name).strip()
        if has != value and (name != "coil-gpios" or has.partition(" ")[2] != value):
            out += f"{OVERLAY}: {what}: {has}, not {value}\n"
    return out


@check
def dt_boards():
    """What the guide's page on boards has to be typed does what it says: with symbols, without, and without a phandle."""
    text = (ROOT / BOARDS).read_text(encoding="utf-8")
    symbols, overlay, numeric, number = (b for b in re.findall(r"::\n\n((?:(?: {3})?\t.*\n|\n)+)", text)
                                         if re.search("fdt|dtc", b) and "${" not in b)
    board, _ = compile_tree((kernel() / BOARD).read_text(encoding="utf-8"), kernel() / BOARD, quiet=True)
    chip = run("fdtget", board, "/__symbols__", "gpio").strip()
    phandle = run("fdtget", "-t", "u", board, chip, "phandle").strip()
    out = "" if chip in numeric and chip in number else f"{BOARDS}: the controller is {chip}\n"
    for name, blocks, prepare, wanted in (
            ("with symbols", (symbols, overlay), (), phandle),
            ("without symbols", (symbols, overlay), (("-r", "/__symbols__"),), "Failed to apply 'eight-channels.dtbo'"),
            ("by number", (numeric,), (("-r", "/__symbols__"),), phandle),
            ("without a number", (numeric,), (("-r", "/__symbols__"), ("-d", chip, "phandle")), "FDT_ERR_NOTFOUND"),
            ("by a number of ours", (number, numeric), (("-r", "/__symbols__"), ("-d", chip, "phandle")), "4096")):
        with workplace() as folder:
            place = Path(folder)
            shutil.copy(ROOT / OVERLAY, place)
            shutil.copy(board, place / "board.dtb")
            (place / "include").symlink_to(kernel() / "include")
            for option, *what in prepare:
                run("fdtput", option, place / "board.dtb", *what)
            said_of_it = said("bash", "-e", "-o", "pipefail", "-c", "".join(blocks), cwd=place)
            if not said_of_it:
                said_of_it = run("fdtget", place / "board-relays.dtb", "/relay-bank/relay@7", "coil-gpios")
            if wanted not in said_of_it or (wanted.isdecimal() and said_of_it.strip() != f"{wanted} 26 1"):
                out += f"{BOARDS}: {name}: {said_of_it}\n"
    return out


@check
def dt_invalid():
    """Trees with errors: each is found, each by the complaints it expects."""
    out = ""
    base = "tests/lint/invalid/base.dtsi"
    dtb, complaints = compile_file(base)
    out += complaints or judged(dtb, base, (ROOT / base).read_text(encoding="utf-8"))
    names = files("tests/lint/invalid/*.dts")
    compiled = [compile_file(name, quiet=True) for name in names]
    # All at once: to read the schemas takes longer than to check a tree.
    found = validate(*(dtb for dtb, _ in compiled))
    for name, (dtb, complaints) in zip(names, compiled):
        expected = re.findall(r"^// expect: (.*)$", (ROOT / name).read_text(encoding="utf-8"), re.M)
        out += complaints
        for want in expected or ["(no expect: line)"]:
            where, hit = next(((d, c) for d in (dtb, None) for c in found[d] if want in c), (None, None))
            if hit is None:
                out += f"{name}: no complaint has: {want}\n"
            else:
                found[where].remove(hit)
        out += "".join(f"{name}: unexpected: {c}\n" for c in found[dtb])
    return out + "".join(f"unexpected: {c}\n" for c in found[None])


def shown(path):
    """The device-tree parts that a document shows: [(first line, text)]; blocks that go on with one another are one."""
    out, open_braces = [], 0
    for block in (b for b in documents.blocks(path) if b.form == "tree"):
        text = "\n".join(block.text)
        if open_braces:
            out[-1] = (out[-1][0], f"{out[-1][1]}\n{text}")
        else:
            out.append((block.line, text))
        open_braces += text.count("{") - text.count("}")
    return out


def as_overlay(text, number):
    """A part in its place: a whole bank, a relay, properties of one, or a node of something else."""
    if re.match(r"relay@\w+ \{", text):
        text = f"bank-{number} {{ #address-cells = <1>; #size-cells = <0>;\n{text}\n}};"
    elif "{" not in text:
        text = f"bank-{number} {{ #address-cells = <1>; #size-cells = <0>;\nrelay@0 {{ reg = <0>;\n{text}\n}};\n}};"
    elif re.match(r"\w+@\w+ \{", text):
        text = f"bus-{number} {{ #address-cells = <1>; #size-cells = <0>;\n{text}\n}};"
    return f"/ {{\n{text}\n}};\n"


@check
def dt_documents():
    """What the documents show of device trees compiles, and whole relays obey the binding."""
    out, relays = "", ""
    for path in documents.documents():
        for number, text in shown(path):
            whole = f"/dts-v1/;\n/plugin/;\n#include <dt-bindings/gpio/gpio.h>\n{as_overlay(text, number)}"
            _, complaints = compile_tree(whole, path.with_name(f"{path.stem}-{number}"))
            out += f"{path.name}:{number}: {complaints}" if complaints else ""
            if re.match(r"relay@\w+ \{", text) and "coil-gpios" in text:
                labels = sorted(set(re.findall(r"&(\w+)", text)) - {"gpio0"})
                relays += re.sub(r"&(" + "|".join(labels or ["-"]) + r")\b", "&gpio0", text) + "\n"
    nodes = re.split(r"\n(?=relay@)", relays.strip())
    banks = [f"bank-{n} {{\ncompatible = \"gpio-relays\"; gpio-controller; #gpio-cells = <2>;\n"
             f"#address-cells = <1>; #size-cells = <0>;\n{node}\n}};\n" for n, node in enumerate(nodes)]
    whole = f'#include "{MACHINE}"\n#include <dt-bindings/gpio/gpio.h>\n/ {{\n{"".join(banks)}\n}};\n'
    dtb, complaints = compile_tree(whole, ROOT / "documents")
    return out + (complaints or judged(dtb, "documents", whole))
