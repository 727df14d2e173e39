# SPDX-License-Identifier: GPL-2.0-only
"""What is compiled: this tree's module for a kernel, and the test kernel."""
import contextlib
import fcntl
import functools
import lzma
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import debian
from cache import CACHE, ROOT, LabError, digest, entry, run

CROSS = "aarch64-linux-gnu-"
JOBS = f"-j{os.cpu_count()}"
# What each kernel of our own is made of; see kernel/.
OWN = {"test": ("base", "arm64", "debug"), "kcsan": ("base", "arm64", "kcsan")}

# The modules of a kernel that a guest has, where the kernel does not have them built in.
MODULES = """leds-gpio ledtrig-timer ledtrig-oneshot ledtrig-transient ledtrig-pattern
	ledtrig-default-on ledtrig-gpio fixed configfs gpio-sim gpio-shared-proxy""".split()


@dataclass(frozen=True)
class Kernel:
    name: str
    release: str
    image: Path         # what QEMU boots
    build: Path         # what KDIR points at
    includes: Path      # where <dt-bindings/...> is
    modules: Path       # its own modules and modules.dep
    arch: str = debian.ARCH


def stock(series, arch=debian.ARCH):
    """A kernel as Debian ships it, by its series ("6.1", "6.12") or that and its flavour ("6.12-rt")."""
    folder, release = debian.stock(series, arch)
    headers, modules = folder / "usr/src", folder / f"lib/modules/{release}"
    # From 7 on the kernel is where its modules are.
    image = next(p for p in (*folder.glob("boot/vmlinu[xz]-*"), *modules.glob("vmlinu[xz]")) if p.exists())
    return Kernel(f"stock-{series}" + ("" if arch == debian.ARCH else f"-{arch}"), release, image,
                  headers / f"linux-headers-{release}", next(headers.glob("linux-headers-*-common*")) / "include", modules, arch)


def source():
    """Debian's kernel source, unpacked."""
    package = debian.source()

    def make(folder):
        run("tar", "-C", folder, "--strip-components=1", "-xf", next(package.glob("usr/src/linux-source-*.tar.xz")))

    return entry(f"source/{digest(package / 'versions')}", make, "unpacking the kernel source")


def settings(text):
    """The settings of a configuration as a dictionary; 'n' is what is not set."""
    found = dict(re.findall(r"^(CONFIG_\w+)=(.*)$", text, re.M))
    return found | {name: "n" for name in re.findall(r"^# (CONFIG_\w+) is not set$", text, re.M)}


def configure(tree, out, make, fragments):
    """tinyconfig with fragments over it; every line of them has to stick."""
    env = dict(os.environ, KCONFIG_ALLCONFIG="")
    run(*make, "tinyconfig", env=env)
    run(tree / "scripts/kconfig/merge_config.sh", "-m", "-O", out, out / ".config", *fragments, cwd=tree)
    run(*make, "olddefconfig")
    got = settings((out / ".config").read_text(encoding="utf-8"))
    lost = [f"{name}={value}" for f in fragments for name, value in settings(f.read_text(encoding="utf-8")).items()
            if got.get(name, "n") != value]
    if lost:
        raise LabError(f"the kernel's configuration does not take {' '.join(lost)}")


def test_kernel(name="test"):
    """A kernel of our own, built from Debian's source: the one with KUnit and the debug options, or "kcsan"."""
    tree = source()
    fragments = [Path(__file__).parent / "kernel" / f"{fragment}.config" for fragment in OWN[name]]
    key = digest(debian.source() / "versions", run(f"{CROSS}gcc", "--version"), *fragments)

    def build(folder):
        make = ["make", "-s", "-C", tree, f"O={folder}", *cross(), f"CC=ccache {CROSS}gcc", JOBS]
        env = dict(os.environ, CCACHE_DIR=str(CACHE / "ccache"), KBUILD_BUILD_TIMESTAMP="2024-01-01",
                   KBUILD_BUILD_USER="emrelay", KBUILD_BUILD_HOST="emrelay")
        configure(tree, folder, make, fragments)
        run(*make, "Image", "modules", env=env)
        run(*make, f"INSTALL_MOD_PATH={folder}/install", "modules_install")
        # What modules are built with stays: headers, scripts, symbol versions.
        for path in [p for p in folder.rglob("*") if p.suffix in (".o", ".a", ".cmd") and "scripts" not in p.parts]:
            path.unlink()
        for name in ("vmlinux", "vmlinux.unstripped", ".tmp_vmlinux1", ".tmp_vmlinux2"):
            (folder / name).unlink(missing_ok=True)

    out = entry(f"kernel/{key}", build, f"building the {name} kernel (minutes, once)")
    modules = next((out / "install/lib/modules").iterdir())
    return Kernel(name, modules.name, out / "arch/arm64/boot/Image", out, tree / "include", modules)


def kernel(name):
    """A kernel by name: one of our own, or a stock one."""
    return test_kernel(name) if name in OWN else stock(name)


def cross(arch=debian.ARCH):
    """Make's arguments for an architecture; a kernel's headers may know of a better compiler."""
    return [f"ARCH={debian.ARCHES[arch].kernel}", f"CROSS_COMPILE={debian.ARCHES[arch].triplet}-"]


def sparse(kdir, arch):
    """Make's arguments for sparse.  From 7 on kernels want one that knows __typeof_unqual__, and
    Debian's headers have not got the script that finds out.  None knows riscv64's -march."""
    if arch == "riscv64":
        return []
    common, = kdir.parent.glob("linux-headers-*-common*")
    wanted = "checker-valid.sh" in (common / "Makefile").read_text(encoding="utf-8")
    return [] if wanted and not (common / "scripts/checker-valid.sh").exists() else ["C=2", "CF=-D__CHECK_ENDIAN__ -Wno-context"]


def compiler(kernel):
    """The compiler that a stock kernel's modules are built with."""
    variables = (kernel.build / ".kernelvariables").read_text(encoding="utf-8")
    prefix = re.findall(r"override CROSS_COMPILE = ([^\s$]+-)$", variables, re.M) or [f"{debian.ARCHES[kernel.arch].triplet}-"]
    return f"{prefix[-1]}gcc-{re.search(r'gcc-([0-9]+)', variables)[1]}"


def program(source, kernel):
    """A program of the guests of a kernel, compiled once for the source that it has now."""
    gcc = compiler(kernel)
    return entry(f"helper/{source.stem}-{digest(gcc, source)}",
                 lambda folder: run(gcc, "-Wall", "-Wextra", "-O2", "-static", "-o", folder / source.stem, source)) / source.stem


@contextlib.contextmanager
def building(kernel):
    """The folder of this tree's build for a kernel, held against other runs."""
    folder = ROOT / "build/module" / kernel.name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / f".{kernel.name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder.mkdir(exist_ok=True)
        yield folder


@functools.cache
def module(kernel, *more):
    """Build this tree's module for a kernel: the folder of the build, with MORE source folders in it.

    Each kernel has a copy of the sources under build/, so that no file of
    one kernel's build is taken for another's and the tree stays clean.  What
    "make modules_install" installs is in the folder's install/.
    """
    with building(kernel) as folder:
        # Another kernel of the same name, such as the next stock one: start over.
        stamp = folder / ".kernel"
        if not stamp.exists() or stamp.read_text(encoding="ascii") != str(kernel.build):
            shutil.rmtree(folder)
            folder.mkdir()
            stamp.write_text(str(kernel.build), encoding="ascii")
        copy_sources(folder, *more)
        make = ["make", "-s", "-C", folder, f"KDIR={kernel.build}", *cross(kernel.arch), JOBS]
        run(*make, "modules")
        shutil.rmtree(folder / "install", ignore_errors=True)
        run(*make, "modules_install", f"INSTALL_MOD_PATH={folder}/install", "DEPMOD=true")
    return folder


@functools.cache
def test_module(kernel, name):
    """A module of the rig itself (store/, banks/), or of the bench ("bench_irqs"), built for a kernel."""
    bench = name.startswith("bench_")
    top = "tests/bench/module" if bench else f"tests/qemu/{name}"
    folder = module(kernel, top) / top
    with building(kernel):
        run("make", "-s", "-C", kernel.build, f"M={folder}", *cross(kernel.arch), "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules")
    return folder / (f"{name}.ko" if bench else f"emrelay_test_{name}.ko")


def copy_sources(folder, *more):
    """Bring the build folder's sources up to date.

    What differs becomes new, whatever its time: a file that was put back to
    what it was yesterday has to be compiled again.
    """
    found = [ROOT / "Makefile", ROOT / "Kbuild"]
    for top in ("driver", *more):
        found += [p for p in (ROOT / top).rglob("*") if p.name in ("Makefile", "Kbuild", "Kconfig")
                  or p.suffix in (".c", ".h", ".dts", ".dtso") and not p.name.endswith(".mod.c")]
        for old in (folder / top).rglob("*.[ch]"):
            if not (ROOT / old.relative_to(folder)).exists() and not old.name.endswith(".mod.c"):
                old.unlink()
    for source in found:
        copy, content = folder / source.relative_to(ROOT), source.read_bytes()
        if not copy.exists() or copy.read_bytes() != content:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)


def copy_module(source, target):
    """Copy a module, uncompressed: not every kernel's own loader reads .xz without a complaint."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".xz":
        target.with_suffix("").write_bytes(lzma.decompress(source.read_bytes()))
    else:
        shutil.copy2(source, target)


def modules_tree(kernel, names, folder, emrelay=True, more=()):
    """A depmod'ed /lib/modules: the named modules, what they need, ours, and MORE module files."""
    target = folder / "lib/modules" / kernel.release
    target.mkdir(parents=True)
    if emrelay:
        module(kernel)
        with building(kernel) as build:
            installed = build / "install/lib/modules" / kernel.release
            for path in installed.rglob("*.ko*"):
                copy_module(path, target / path.relative_to(installed))
    needs = dict(line.split(":", 1) for line in (kernel.modules / "modules.dep").read_text(encoding="ascii").splitlines())
    by_name = {Path(path).name.split(".")[0].replace("-", "_"): path for path in needs}
    for name in names:
        path = by_name.get(name.replace("-", "_"))
        for p in [path, *needs[path].split()] if path else []:
            copy_module(kernel.modules / p, target / p)
    for path in more:
        copy_module(path, target / "updates" / path.name)
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        shutil.copy2(kernel.modules / name, target / name)
    run("depmod", "-b", folder, kernel.release)
    return folder
