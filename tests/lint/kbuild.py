# SPDX-License-Identifier: GPL-2.0-only
"""Checks of the driver's C: compilers and analysers that must stay silent."""
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lab
from lint import ROOT, check, copy, files, kernel, run, said, workplace

CCACHE = [f"CC=ccache {lab.CROSS}gcc", "HOSTCC=ccache gcc"]
ENV = dict(os.environ, CCACHE_DIR=str(lab.CACHE / "ccache"))
# What modpost says of a kernel that was not built.
UNRESOLVED = re.compile(r"WARNING: (modpost: )?(Symbol version dump|Module.symvers|\".*\" \[.*\.ko\] undefined|suppressed \d+ unres)|"
                        r"You may get many unresolved|Modules may not have|KBUILD_MODPOST_WARN=1|proceed at your own risk")
CROSS = ["ARCH=arm64", f"CROSS_COMPILE={lab.CROSS}"]
# Type information for BPF is not what is checked, and not every machine can make it.
NO_BTF = "CONFIG_DEBUG_INFO_BTF_MODULES="

# The units that know nothing of devices, timers and locks.
PURE = ("arbiter", "engine", "feedback", "parts", "record", "wear")

HARMLESS = ("compat.h", "<asm/byteorder.h>", "<linux/list.h>", "<linux/string.h>")

# What coccinelle cannot find out of the kernel's headers by itself.
MACROS = Path(__file__).with_name("coccinelle.macros")
# Semantic patches that run OCaml, which coccinelle's package does not bring.
OCAML = {"check_bq27xxx_data.cocci", "badzero.cocci"}


def make(folder, names, targets, *settings):
    """What the build of a copy of these files says; no debug information, which nobody looks at."""
    copy(names, Path(folder))
    text = said("make", "-s", "-C", folder, *targets, NO_BTF, "CONFIG_DEBUG_INFO=", f"-j{os.cpu_count()}", *settings, env=ENV)
    return text.replace(f"{folder}/", "")


def build(*settings):
    """What the build of the module by the tree's own Makefile says."""
    with workplace() as folder:
        return make(folder, files("Makefile", "Kbuild", "driver/*"), ["modules"], *settings)


def kdir(arch, series):
    """A stock kernel to build for: the guest's, or another one's headers alone."""
    return lab.stock(series).build if arch == "arm64" else lab.build_headers(series, arch)


def headers(arch, series):
    """Make's arguments to build for a stock kernel."""
    return [f"KDIR={kdir(arch, series)}", *lab.cross(arch)]


def build_check(arch, series):
    # What sparse looks at is the same on both.
    sparse = lab.sparse(kdir(arch, series), arch) if arch == "arm64" else []

    def build_it():
        return build("W=1", *sparse, *headers(arch, series))

    build_it.__name__ = f"build-{series}-{arch}"
    build_it.__doc__ = f"The module builds for Debian's {series} on {arch}; {'W=1 and sparse are' if sparse else 'W=1 is'} silent."
    check(build_it)


for _series in lab.SERIES:
    for _arch in ("arm64", "amd64"):
        if (_arch, _series) != ("amd64", lab.MAIN):
            build_check(_arch, _series)


@check
def build_main():
    """The module builds for the main kernel on amd64, W=1 and gcc's static analyser are silent; the tools do, too;
    and make clean leaves what was there, with a kernel to ask and without."""
    names = files("Makefile", "Kbuild", "driver/*", "tools/*")
    with workplace() as folder:
        built, other = Path(folder) / "built", Path(folder) / "other"
        text = make(built, names, ["modules", "tools"], "W=1", "KCFLAGS=-fanalyzer", *headers("amd64", lab.MAIN))
        shutil.copytree(built, other, symlinks=True)
        for where, setting in (built, headers("amd64", lab.MAIN)), (other, ["KDIR=/nowhere"]):
            text += said("make", "-s", "-C", where, "clean", *setting)
            found = {str(p.relative_to(where)) for p in where.rglob("*") if p.is_file()}
            text += "".join(f"make clean {setting[0]}: {name} is left or gone\n" for name in sorted(found ^ set(names)))
    return text


@check
def bench():
    """The programs and modules of the bench, which check does not run, build."""
    sys.path.append(str(ROOT / "tests/bench"))
    from bench import modules, ops, plugin
    ops(), plugin(), modules(lab.stock(lab.MAIN))
    return ""


@check
def pure():
    """The pure units are what they say: no header of the kernel, no clock, and userspace compiles them."""
    text = ""
    for name in PURE:
        source = (ROOT / f"driver/{name}.c").read_text(encoding="utf-8")
        header = (ROOT / f"driver/{name}.h").read_text(encoding="utf-8")
        for include in re.findall(r"#include (.*)", source + header):
            if include.strip('"') not in (*HARMLESS, *(f"{n}.h" for n in PURE)):
                text += f"driver/{name}.c: includes {include}\n"
        for word in re.findall(r"\b(?:ktime_get|local_clock|sched_clock|jiffies|spin_|mutex_|printk|pr_)\w*", source):
            text += f"driver/{name}.c: uses {word}\n"
        text += said("gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Itests/host/include", "-c", "-o", "/dev/null",
                     f"driver/{name}.c", cwd=ROOT)
    return text


# What can be off: a part of the driver, or what it is for in the kernel, with what in the test kernel goes then,
# too.  And the symbols of the kernel that no object may need without it.
LED, NVMEM, DEBUGFS, REGULATOR = "led_|devm_led_", "(?:devm_|of_)?nvmem_", "debugfs_", "(?:devm_)?regulator_"
OFF = {
    ("EMRELAY_LEDS",): LED,
    ("EMRELAY_GPIOCHIP",): "(?:devm_)?gpiochip_add",
    ("EMRELAY_NVMEM",): NVMEM,
    ("EMRELAY_DEBUGFS",): DEBUGFS,
    ("LEDS_CLASS", "LEDS_GPIO", "LEDS_TRIGGERS"): LED,
    ("NVMEM", "NVMEM_SYSFS"): NVMEM,
    ("DEBUG_FS", "KUNIT_DEBUGFS", "FAULT_INJECTION_DEBUG_FS"): DEBUGFS,
    ("REGULATOR", "REGULATOR_FIXED_VOLTAGE"): REGULATOR,
}
PARTS = [off for off in OFF if off[0].startswith("EMRELAY_")]
FRAGMENTS = [ROOT / f"tests/qemu/kernel/{name}.config" for name in ("base", "arm64")]


class Tree:
    """A kernel tree with driver/ as its drivers/relay, and the folder that it is built in: all made anew, here."""

    def __init__(self, folder):
        self.src, self.out = Path(folder) / "src", Path(folder) / "src/out"
        self.relay = self.out / "drivers/relay"
        # Links to the kernel's files, but for those that name the folders of drivers/.
        for where in ("", "drivers"):
            (self.src / where).mkdir()
            for path in (kernel() / where).iterdir():
                if path.name != "drivers" and (not where or path.name not in ("Kconfig", "Makefile")):
                    (self.src / where / path.name).symlink_to(path)
        for name, old, new in (("Kconfig", "\nendmenu", '\nsource "drivers/relay/Kconfig"\nendmenu'),
                               ("Makefile", "\nobj-y", "\nobj-y += relay/\nobj-y")):
            text = (kernel() / "drivers" / name).read_text(encoding="utf-8")
            (self.src / "drivers" / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        (self.src / "drivers/relay").mkdir()
        for name in files("driver/*"):
            shutil.copy(ROOT / name, self.src / "drivers/relay")
        self.out.mkdir()

    def make(self, *arguments):
        """What make says."""
        # The folder is below the sources: so all paths are relative, and ccache knows what it saw elsewhere.
        return said("make", "-s", "-C", self.src, "O=out", *CROSS, *CCACHE, f"-j{os.cpu_count()}", *arguments, env=ENV)

    def configure(self, value, off):
        """Configure the kernel, with CONFIG_EMRELAY=value: what is said of it, and what did not come to be."""
        wanted = dict(re.findall(r"^CONFIG_(\w+)=(.*)$", "".join(f.read_text(encoding="utf-8") for f in FRAGMENTS), re.M))
        wanted |= {"EMRELAY": value, "EMRELAY_CONFIGFS": value} | {name: "n" for name in off}
        (self.out / "all.config").write_text("".join(f"CONFIG_{k}={v}\n" for k, v in wanted.items()), encoding="utf-8")
        text = self.make("allnoconfig", f"KCONFIG_ALLCONFIG={self.out}/all.config")
        got = dict(re.findall(r"^CONFIG_(\w+)=(.*)$", (self.out / ".config").read_text(encoding="utf-8"), re.M))
        text += "".join(f"it is {got.get(k, 'n')}\n" for k in ("EMRELAY", *off) if got.get(k, "n") != wanted[k])
        known = re.findall(r"^config (\w+)$", (self.src / "drivers/relay/Kconfig").read_text(encoding="utf-8"), re.M)
        return text + "".join(f"{k}: not in driver/Kconfig\n" for k in off if k.startswith("EMRELAY_") and k not in known)

    def objects(self, value):
        """What was linked into the kernel, or the module."""
        if value == "m":
            return [self.relay / "emrelay.o"]
        return [self.relay / Path(name).name for name in run(f"{lab.CROSS}ar", "t", self.relay / "built-in.a").split()]

    def build(self, value, *parts):
        """What is wrong with drivers/relay for CONFIG_EMRELAY=value and these parts off."""
        off = [name for part in parts for name in part]
        # What changed since the last of these builds Kbuild builds again; what is looked at is made here.
        for made in ("built-in.a", "emrelay.o"):
            (self.relay / made).unlink(missing_ok=True)
        text = self.configure(value, off) + self.make("W=1", "drivers/relay/")
        if not text:
            needed = run(f"{lab.CROSS}nm", "-u", *self.objects(value))
            names = {n for part in parts for n in re.findall(rf"^ +U ((?:{OFF[part]})\w*)$", needed, re.M)}
            text = "".join(f"needs {name}\n" for name in sorted(names))
            text += "" if "gpiod_" in needed else "drives no line\n"
        return told(text, value, off)

    def build_outside(self, *off):
        """What the build of the tree's own Makefile says for a kernel with these symbols off."""
        text = self.configure("n", off) + self.make("modules_prepare")
        # The kernel's symbols are in no list: it is not built.
        return told(text or build(f"KDIR={self.out}", *CROSS, *CCACHE, "KBUILD_MODPOST_WARN=1", "-k", "W=1"), "outside", off)


def told(text, value, off):
    """Lines that say of which build they are."""
    text = text.replace("../drivers/relay/", "driver/")
    return "".join(f"{' -'.join((value, *off))}: {line}\n" for line in text.splitlines())


@check
def in_tree():
    """driver/ builds unchanged as drivers/relay of a kernel tree: in it, as a module, and with what is optional off."""
    with workplace() as folder:
        tree = Tree(folder)
        text = tree.build("y") + tree.build("m") + tree.build("m", *PARTS)
        text += tree.build("y", *(part for part in OFF if part not in PARTS))
        return text + "".join(tree.build("y", part) for part in PARTS)


@check
def optional():
    """Out of a kernel tree the module builds without what is optional there; without GPIOLIB one #error says so."""
    with workplace() as folder:
        tree = Tree(folder)
        lacking = [name for part in OFF if part not in PARTS for name in part]
        text = "".join(line for line in tree.build_outside(*lacking).splitlines(True) if not UNRESOLVED.search(line))
        said_of_it = tree.build_outside("GPIOLIB")
        errors = [line for line in said_of_it.splitlines() if re.search(r"\berror: ", line)]
        if len(errors) != 1 or "#error" not in errors[0] or "GPIOLIB" not in errors[0]:
            text += f"without GPIOLIB, not one #error of it, but {len(errors)}:\n{said_of_it}"
        return text


@check
def kernel_doc():
    """The driver's kernel-doc comments are complete and well-formed."""
    return said("perl", kernel() / "scripts/kernel-doc", "-none", "-Wall", *files("driver/*.c", "driver/*.h"), cwd=ROOT)


def semantic_patch(patch, folder, include):
    """What one of the kernel's semantic patches reports of the driver."""
    options = re.findall(r"^// Options:(.*)$", patch.read_text(encoding="utf-8"), re.M)
    report = ["-D", "report", "--no-show-diff", "--very-quiet", *" ".join(options).split()]
    done = subprocess.run(["spatch", "--macro-file", MACROS, *report, "--cocci-file", patch, "-I", include, "--dir", folder / "driver"],
                          capture_output=True, text=True, errors="replace", check=False)
    # What it says of the patch itself goes to stderr.
    status = f"{patch.name}: exit status {done.returncode}\n{done.stderr}" if done.returncode else ""
    return status + "".join(f"{line} [{patch.name}]\n" for line in done.stdout.splitlines() if line.strip())


def unparsed(path):
    """What coccinelle cannot parse, and so would not check, but for the bodies of macros, and tables of them."""
    bad = re.findall(r"^badcount: .*\n((?:bad:.*\n|BAD:.*\n)*)", said("spatch", "--macro-file", MACROS, "--parse-c", path), re.M)
    return "".join(f"{path}: not parsed:\n{b}" for b in bad if not re.search(r"#(define|undef)|^bad:\s+EMRELAY_\w+\(", b, re.M))


@check
def coccinelle():
    """The kernel's semantic patches report nothing."""
    names = files("driver/*.c", "driver/*.h")
    patches = [p for p in sorted((kernel() / "scripts/coccinelle").rglob("*.cocci")) if p.name not in OCAML]
    include = lab.stock(lab.MAIN).includes
    with workplace() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        copy(names, Path(folder))
        text = "".join(unparsed(Path(folder) / n) for n in names if n.endswith(".c"))
        text += "".join(pool.map(lambda p: semantic_patch(p, Path(folder), include), patches))
        return text.replace(f"{folder}/", "")
