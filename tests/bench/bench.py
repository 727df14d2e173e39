# SPDX-License-Identifier: GPL-2.0-only
"""The guest of the bench: its device tree, its programs, and how it is booted."""
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "qemu"))

import build  # noqa: E402
import cache  # noqa: E402
import lab    # noqa: E402

BANKS = (1, 16, 256, 1024)
# Banks of which all wait but one; banks that are bound to see what their names cost.
WAITING = (1, 64, 128, 1024)
NAMED = (16, 64, 256, 1024)

# Relays that may be switched over and over: without a load they have practically
# no limit but their travel, with one they are energised once in 6 s.
PRELUDE = """
#define BANK compatible = "gpio-relays"; gpio-controller; #gpio-cells = <2>; \\
	#address-cells = <1>; #size-cells = <0>
#define RELAY(gc, n, us_) reg = <n>; coil-gpios = <&gc n GPIO_ACTIVE_HIGH>; \\
	operate-time-us = <us_>; release-time-us = <us_>; bounce-time-us = <us_>; \\
	electrical-life-cycles = <4294967295>; mechanical-life-cycles = <4294967295>; \\
	max-loaded-cycles-per-minute = <10>; max-unloaded-cycles-per-minute = <4294967295>; \\
	interlock-dead-time-us = <us_>; load-type = "none"
#define GROUP interlock-group = <1>

/ {
	chip: bench-chip { compatible = "emrelay,bench-chip"; gpio-controller; #gpio-cells = <2>; };
	leds { compatible = "gpio-leds"; plain { label = "plain"; gpios = <&pl061 6 GPIO_ACTIVE_HIGH>; }; };
	bank-pl061 {
		BANK;
		relay@0 { RELAY(pl061, 0, 100); GROUP; label = "one"; };
		relay@1 { RELAY(pl061, 1, 100); GROUP; label = "two"; };
		relay@2 { RELAY(pl061, 2, 100); label = "three"; };
	};
	bank-sensed {
		BANK;
		relay@3 {
			RELAY(pl061, 3, 1000); label = "sensed";
			contact-gpios = <&pl061 4 GPIO_ACTIVE_HIGH>;
		};
	};
"""
# It follows its coil, within its ratings.
PLAY = "contact 4 follows 3 operate 500 release 500\n"


# {kind of bank: (its sizes, its properties, its relay n's properties)}
KINDS = {
    "bank": (BANKS, "", "GROUP;"),
    "group": (WAITING, "", "GROUP;"),
    "waiting": (WAITING, "coil-limit = <1>;", 'default-state = "on"; retain-state-suspended;'),
    "distinct": (NAMED, "", 'label = "relay{n}";'),
    "same": (NAMED, "", 'label = "relay";'),
}


def references(count):
    """What gpiolib and the LED core alone take to give so many lines and LEDs their names."""
    leds = "".join(f'\t\tled-{n} {{ label = "led{n}"; gpios = <&chip {n} GPIO_ACTIVE_HIGH>; }};\n'
                   for n in range(count))
    names = ", ".join(f'"line{n}"' for n in range(count))
    return (f'\tleds-{count} {{\n\t\tcompatible = "gpio-leds";\n{leds}\t}};\n'
            f'\tchip-{count} {{ compatible = "emrelay,bench-chip"; gpio-controller; #gpio-cells = <2>; '
            f'ngpios = <{count}>; names = {names}; }};\n')


def device_tree(kinds):
    """The device tree with all banks of these kinds."""
    text = PRELUDE
    for kind in kinds:
        counts, bank, relay = KINDS[kind]
        for count in counts:
            relays = "".join(f"\t\trelay@{n:x} {{ RELAY(chip, {n}, 100); {relay.format(n=n)} }};\n"
                             for n in range(count))
            text += f"\t{kind}-{count} {{\n\t\tBANK; {bank}\n{relays}\t}};\n"
    if "distinct" in kinds:
        text += "".join(map(references, NAMED))
    return f"{text}}};\n"


def helper(name, compiler, *flags):
    """A program of the bench, compiled once for the source that it has now."""
    source = HERE / f"{name}.c"
    key = cache.digest(compiler, *flags, source, HERE / "qemu-plugin.h", HERE.parent / "qemu/qemu-symbols.h")
    command = (compiler, "-O2", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", *flags)
    return cache.entry(f"helper/{name}-{key}", lambda folder: lab.run(*command, "-o", folder / name, source)) / name


def ops():
    """The program that does and times operations in the guest."""
    return helper("ops", f"{lab.CROSS}gcc", "-static")


def plugin():
    """QEMU's plugin that counts instructions."""
    return helper("profile", "gcc", "-shared", "-fPIC")


def modules(kernel):
    """The bench's own modules, built for a kernel: their folder."""
    return build.test_module(kernel, "bench_irqs").parent


def boot(kernel, script, kinds, **kw):
    """Boot a guest with all that the bench needs, and the banks of these kinds.

    Not of all of them: the kernel takes no device tree of more than 2 MiB.
    """
    folder = modules(kernel)
    files = {f"/test/{name}.ko": folder / f"{name}.ko" for name in ("bench_chip", "bench_timer", "bench_irqs")}
    files["/test/common.sh"] = HERE / "common.sh"
    files["/test/ops"] = ops()
    r = lab.boot(kernel, script, dts=device_tree(kinds), files=files, play=PLAY, **kw)
    if not r.passed:
        tail = "\n".join(r.console.splitlines()[-8:])
        raise lab.LabError(f"{r.why}; {r.folder}\n{tail}")
    return r


def structures(kernel):
    """{struct: (bytes, [(bytes, its members' type)])} by the debug information of bench_sizes.c.

    A type is the name of a struct, "*" and that for a pointer to one that may be written, or "".
    """
    out = lab.run(f"{lab.CROSS}objdump", "--dwarf=info", modules(kernel) / "bench_sizes.o")
    # {offset: (tag, {attribute: value}, [children])}
    entries, parents = {}, {}
    for line in out.splitlines():
        if m := re.match(r" <(\w+)><(\w+)>: Abbrev Number: \d+ \(DW_TAG_(\w+)\)", line):
            depth, entry = int(m[1], 16), (m[3], {}, [])
            entries[m[2]] = parents[depth] = entry
            if depth:
                parents[depth - 1][2].append(entry)
        elif m := re.match(r" +<\w+> +DW_AT_(\w+) *: (?:\(indirect string, .*?\): )?(.*?)\s*$", line):
            entry[1][m[1]] = m[2].removeprefix("<0x").removesuffix(">")

    def size_and_type(offset):
        tag, attributes, children = entries.get(offset, ("", {}, []))
        size, inner = int(attributes.get("byte_size", "0")), attributes.get("type")
        if tag in ("typedef", "volatile_type"):
            return size_and_type(inner)
        if tag == "const_type":
            size, name = size_and_type(inner)
            return size, name if name.startswith("*") else f"const {name}"
        if tag == "array_type":
            size, name = size_and_type(inner)
            for child in children:
                size *= int(child[1].get("upper_bound", "-1")) + 1
            return size, name
        if tag == "pointer_type":
            return size, f"*{size_and_type(inner)[1]}" if inner else ""
        return size, attributes.get("name", "") if tag == "structure_type" else ""

    ours = [(attributes, children) for tag, attributes, children in entries.values()
            if tag == "structure_type" and attributes.get("name", "").startswith("emrelay_")]
    return {attributes["name"]: (int(attributes["byte_size"]),
                                 [size_and_type(of["type"]) for what, of, _ in children if what == "member"])
            for attributes, children in ours if "byte_size" in attributes}
