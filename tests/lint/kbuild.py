# SPDX-License-Identifier: GPL-2.0-only
"""Checks of the driver's C: compilers and analysers that must stay silent."""
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lab
from cache import digest, entry, lock
from lint import ROOT, check, copy, files, kernel, run, said, workplace

CROSS = ["ARCH=arm64", f"CROSS_COMPILE={lab.CROSS}"]
SPARSE = ["C=2", "CF=-D__CHECK_ENDIAN__"]
# Type information for BPF is not what is checked, and not every machine can make it.
NO_BTF = "CONFIG_DEBUG_INFO_BTF_MODULES="

# The units that know nothing of devices, timers and locks.
PURE = ("arbiter", "curve", "duty", "engine", "limit", "parts", "record", "wear")

# Semantic patches that run OCaml, which coccinelle's package does not bring.
OCAML = {"check_bq27xxx_data.cocci", "badzero.cocci"}


def build(*settings):
    """What the build of the module by the tree's own Makefile says."""
    with workplace() as folder:
        copy(files("Makefile", "Kbuild", "driver/*"), Path(folder))
        text = said("make", "-s", "-C", folder, "modules", NO_BTF, f"-j{os.cpu_count()}", *settings)
        return text.replace(f"{folder}/", "")


def kdir(arch, series):
    """A stock kernel to build for: the guest's, or another one's headers alone."""
    return lab.stock(series).build if arch == "arm64" else lab.build_headers(series, arch)


def headers(arch, series):
    """Make's arguments to build for a stock kernel."""
    return [f"KDIR={kdir(arch, series)}", *lab.cross(arch)]


def sparse(kdir):
    """Make's arguments for sparse.  From 7 on kernels want one that knows __typeof_unqual__, and
    Debian's headers have not got the script that finds out."""
    common, = kdir.parent.glob("linux-headers-*-common*")
    wanted = "checker-valid.sh" in (common / "Makefile").read_text(encoding="utf-8")
    return [] if wanted and not (common / "scripts/checker-valid.sh").exists() else SPARSE


def build_check(arch, series):
    def build_it():
        return build("W=1", *sparse(kdir(arch, series)), *headers(arch, series))

    build_it.__name__ = f"build-{series}-{arch}"
    build_it.__doc__ = f"The module builds for Debian's {series} on {arch}; W=1 and sparse, where it is to be had, are silent."
    check(build_it)


for _series in lab.SERIES:
    for _arch in ("arm64", "amd64"):
        build_check(_arch, _series)


@check
def clean():
    """make clean leaves what was there, with a kernel to ask and without."""
    names = files("Makefile", "Kbuild", "driver/*", "tools/*")
    text = ""
    with workplace() as folder:
        copy(names, Path(folder))
        for setting in (headers("amd64", lab.MAIN), ["KDIR=/nowhere"]):
            text += said("make", "-s", "-C", folder, "modules", "tools", NO_BTF, f"-j{os.cpu_count()}", *headers("amd64", lab.MAIN))
            text += said("make", "-s", "-C", folder, "clean", *setting)
            found = {str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file()}
            text += "".join(f"make clean {setting[0]}: {name} is left or gone\n" for name in sorted(found ^ set(names)))
    return text


@check
def pure():
    """The pure units are what they say: no header of the kernel, no clock, and userspace compiles them."""
    text = ""
    for name in PURE:
        source = (ROOT / f"driver/{name}.c").read_text(encoding="utf-8")
        header = (ROOT / f"driver/{name}.h").read_text(encoding="utf-8")
        for include in re.findall(r"#include (.*)", source + header):
            if include.strip('"') not in ("compat.h", *(f"{n}.h" for n in PURE)):
                text += f"driver/{name}.c: includes {include}\n"
        for word in re.findall(r"\b(?:ktime_get|local_clock|sched_clock|jiffies|spin_|mutex_|printk|pr_)\w*", source):
            text += f"driver/{name}.c: uses {word}\n"
        text += said("gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-c", "-o", "/dev/null", f"driver/{name}.c", cwd=ROOT)
    return text


@check
def analyzer():
    """gcc's static analyser finds nothing."""
    return build("KCFLAGS=-fanalyzer", *headers("amd64", lab.MAIN))


def remembered(name, judge):
    """What a slow check said of the same driver, kernel and check, or says now."""
    names = files("driver/*")
    key = digest(Path(__file__), kernel().name, *names, *(ROOT / n for n in names))
    old = [p for p in (lab.CACHE / "lint").glob(f"{name}-*") if not p.name.endswith(key)]

    def make(folder):
        (folder / "said").write_text(judge(), encoding="utf-8")
        for path in old:
            shutil.rmtree(path, ignore_errors=True)

    return (entry(f"lint/{name}-{key}", make) / "said").read_text(encoding="utf-8")


def make_tree(folder):
    """A kernel tree that has a place for drivers/relay, and its configuration."""
    tree = folder / "src"
    run("cp", "-al", kernel(), tree)
    # A hard link is the same file: replace these two, do not write to them.
    for name, old, new in (("Kconfig", "\nendmenu", '\nsource "drivers/relay/Kconfig"\nendmenu'),
                           ("Makefile", "\nobj-y", "\nobj-y += relay/\nobj-y")):
        text = (tree / "drivers" / name).read_text(encoding="utf-8")
        (tree / "drivers" / name).unlink()
        (tree / "drivers" / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def build_in_tree(folder, value):
    """What the build of drivers/relay says, with CONFIG_EMRELAY=value."""
    out = folder / "out"
    out.mkdir(exist_ok=True)
    fragments = [ROOT / f"tests/qemu/kernel/{name}.config" for name in ("base", "arm64")]
    config = "".join(f.read_text(encoding="utf-8") for f in fragments) + f"CONFIG_EMRELAY={value}\n"
    (out / "all.config").write_text(config, encoding="utf-8")
    make = ["make", "-s", "-C", folder / "src", f"O={out}", *CROSS, f"CC=ccache {lab.CROSS}gcc", f"-j{os.cpu_count()}"]
    env = dict(os.environ, CCACHE_DIR=str(lab.CACHE / "ccache"))
    text = said(*make, "allnoconfig", env=dict(env, KCONFIG_ALLCONFIG=str(out / "all.config")))
    if f"CONFIG_EMRELAY={value}\n" not in (out / ".config").read_text(encoding="utf-8"):
        return f"{text}driver/Kconfig:1: the configuration does not take CONFIG_EMRELAY={value}\n"
    text += said(*make, "W=1", "drivers/relay/", env=env)
    if not (out / "drivers/relay/emrelay.o").is_file():
        text += f"drivers/relay was not built with CONFIG_EMRELAY={value}\n"
    return text.replace(f"{folder}/src/drivers/relay/", "driver/")


@check
def in_tree():
    """driver/ builds unchanged as drivers/relay of a kernel tree, built in and as a module."""
    def build_both():
        folder = entry(f"lint/tree-{kernel().name}", make_tree, "making a kernel tree to put driver/ into")
        place = folder / "src/drivers/relay"
        with lock("lint/tree"):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            for name in files("driver/*"):
                shutil.copy(ROOT / name, place)
            return "".join(build_in_tree(folder, value) for value in "ym")

    return remembered("in-tree", build_both)


@check
def kernel_doc():
    """The driver's kernel-doc comments are complete and well-formed."""
    return said("perl", kernel() / "scripts/kernel-doc", "-none", "-Wall", *files("driver/*.c", "driver/*.h"), cwd=ROOT)


def semantic_patch(patch, folder, include):
    """What one of the kernel's semantic patches reports of the driver."""
    options = re.findall(r"^// Options:(.*)$", patch.read_text(encoding="utf-8"), re.M)
    report = ["-D", "report", "--no-show-diff", "--very-quiet", *" ".join(options).split()]
    done = subprocess.run(["spatch", *report, "--cocci-file", patch, "-I", include, "--dir", folder / "driver"],
                          capture_output=True, text=True, errors="replace", check=False)
    # What it says of the patch itself goes to stderr.
    status = f"{patch.name}: exit status {done.returncode}\n{done.stderr}" if done.returncode else ""
    return status + "".join(f"{line} [{patch.name}]\n" for line in done.stdout.splitlines() if line.strip())


def unparsed(path):
    """What coccinelle cannot parse, and so would not check, but for the bodies of macros."""
    bad = re.findall(r"^badcount: .*\n((?:bad:.*\n|BAD:.*\n)*)", said("spatch", "--parse-c", path), re.M)
    return "".join(f"{path}: not parsed:\n{b}" for b in bad if not re.search("#(define|undef)", b))


@check
def coccinelle():
    """The kernel's semantic patches report nothing."""
    def report():
        names = files("driver/*.c", "driver/*.h")
        patches = [p for p in sorted((kernel() / "scripts/coccinelle").rglob("*.cocci")) if p.name not in OCAML]
        include = lab.stock(lab.MAIN).includes
        with workplace() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
            copy(names, Path(folder))
            text = "".join(unparsed(Path(folder) / n) for n in names if n.endswith(".c"))
            text += "".join(pool.map(lambda p: semantic_patch(p, Path(folder), include), patches))
            return text.replace(f"{folder}/", "")

    return remembered("coccinelle", report)
