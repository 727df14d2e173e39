# SPDX-License-Identifier: GPL-2.0-only
"""What comes from Debian: kernels, the tools to build modules for them, and the
guests' programs.  Packages are fetched by apt and unpacked into the cache;
nothing of the machine is changed, and of its own release only the compilers
are used, where they are those that a kernel was built with.
"""
import functools
import json
import os
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cache import CACHE, LabError, digest, entry, lock, run

HOST = "amd64"      # what Debian's tools for building modules run on
ARCH = "arm64"      # of the guests
MAIN = "6.12"
SERIES = ("6.1", MAIN, "7.3")
# With the flavour that Debian builds for PREEMPT_RT.
STOCK = (*SERIES, f"{MAIN}-rt")

# Where a series is found.  The one of Debian 13 itself has more architectures than that of 12.
SUITES = {"6.1": "bookworm", "6.12": "bookworm", "6.12+deb13": "trixie", "7.2": "sid", "7.3": "trixie-backports"}

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


@dataclass(frozen=True)
class Arch:
    """How an architecture is called by others than Debian."""
    triplet: str        # by the compiler
    kernel: str         # by the kernel's Makefile
    image: str          # by the names of kernel packages


ARCHES = {"amd64": Arch("x86_64-linux-gnu", "x86", "amd64"),
          "arm64": Arch("aarch64-linux-gnu", "arm64", "arm64"),
          "armhf": Arch("arm-linux-gnueabihf", "arm", "armmp"),
          "riscv64": Arch("riscv64-linux-gnu", "riscv", "riscv64"),
          "s390x": Arch("s390x-linux-gnu", "s390", "s390x")}

# The programs of the guest, and the libraries they are linked with.  Linux 7 has no longer the system
# calls of Debian 12's libgpiod.
GUEST = {suite: f"busybox-static bash libtinfo6 kmod gpiod libc6 libgcc-s1 liblzma5 libzstd1 {libraries}".split()
         for suite, libraries in {"bookworm": "libgpiod2 libssl3", "trixie": "libgpiod3 libssl3t64 zlib1g"}.items()}
# And of one that starts as a machine does.
SYSTEMD = """systemd libsystemd-shared udev libacl1 libapparmor1 libaudit1 libblkid1 libcap2 libcap-ng0 libcrypt1 libgcrypt20
	libgpg-error0 libip4tc2 libkmod2 liblz4-1 libmount1 libpam0g libpcre2-8-0 libseccomp2 libselinux1""".split()


def base(suite):
    """The release that a suite is to be used with."""
    return suite.removesuffix("-backports")


def codename():
    """The release of this machine, "bookworm" or another."""
    m = re.search(r"^VERSION_CODENAME=(\S+)", Path("/etc/os-release").read_text(encoding="utf-8"), re.M)
    return m[1] if m else ""


@functools.cache
def mirrors():
    """The archives that this machine takes its own packages from, as (Debian's, its security updates')."""
    out = run("apt-get", "indextargets", "--format", "$(ORIGIN) $(RELEASE) $(COMPONENT) $(REPO_URI)", "Created-By: Packages",
              stderr=None)
    found = {"": "http://deb.debian.org/debian/", "-security": "http://deb.debian.org/debian-security/"}
    for target in out.splitlines():
        # The origin stays unexpanded until the machine's lists are fetched.
        origin, release, component, uri = target.split()
        if origin in ("Debian", "$(ORIGIN)") and component == "main":
            found |= {suffix: uri for suffix in found if release == codename() + suffix}
    return found[""], found["-security"]


def sources(suite, arch):
    """The lines of a sources.list for one release.  Its updates exist for some architectures only."""
    archive, security = mirrors()
    release = base(suite)
    lines = list(dict.fromkeys([(archive, release), (archive, suite)]))
    if release != "sid" and arch in (HOST, ARCH):
        lines += [(archive, f"{release}-updates"), (security, f"{release}-security")]
    return "".join(f"deb [signed-by={KEYRING}] {uri} {name} main\n" for uri, name in lines)


class Apt:
    """apt for one release, with a state of its own: the machine's settings for the
    way to the archive (proxies and the like), its archives and keyring, none of
    its state, whatever release it has itself."""

    def __init__(self, folder, suite, arch):
        self.suite = suite
        for d in ("lists/partial", "archives/partial", "etc/parts", "etc/preferences.d"):
            (folder / d).mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        (folder / "sources.list").write_text(sources(suite, arch), encoding="utf-8")
        acquire = [line for line in run("apt-config", "dump").splitlines()
                   if re.match(r"Acquire::(http|https|ftp|Retries|Queue-Mode)\b", line)]
        # i386 has a tool that 32-bit kernels need, see fetch().
        arches = " ".join(f'"{a}";' for a in dict.fromkeys((HOST, arch, *(["i386"] if arch == "armhf" else []))))
        (folder / "apt.conf").write_text("\n".join([
            *acquire,
            f'Dir "{folder}";',
            f'Dir::State "{folder}";',
            f'Dir::State::status "{folder}/status";',
            f'Dir::Cache "{folder}";',
            f'Dir::Etc "{folder}/etc";',
            f'Dir::Etc::sourcelist "{folder}/sources.list";',
            'Dir::Etc::sourceparts "-";',
            f'Dir::Etc::parts "{folder}/etc/parts";',
            'Dir::Bin::methods "/usr/lib/apt/methods";',
            'Dir::Bin::dpkg "/usr/bin/dpkg";',
            f'Dir::Log "{folder}";',
            f'APT::Architecture "{HOST}"; APT::Architectures {{ {arches} }};',
            'APT::Sandbox::User "root";',
            'APT::Install-Recommends "false";',
            'Acquire::Languages "none";',
            'Acquire::Retries "3";',
            # A mirror may lag behind; what it has is still signed.
            'Acquire::Check-Valid-Until "false";',
            'APT::Update::Error-Mode "any";',
            ""]), encoding="utf-8")
        self.env = dict(os.environ, APT_CONFIG=str(folder / "apt.conf"), LC_ALL="C")
        self.run("apt-get", "-q", "update")
        self.names = set(self.run("apt-cache", "pkgnames", "linux-").split())

    def run(self, *cmd, **kw):
        return run(*cmd, env=self.env, **kw)

    def newest_abi(self, series, flavour):
        """'6.12.100+deb12' or '6.1.0-50': the newest kernel of a series and flavour ("arm64", "rt-arm64")."""
        number = series.partition("+")[0]
        # An ABI ends in a number, so that no part of another flavour is taken for one of it.
        name = re.compile(rf"linux-(?:image|binary)-({re.escape(number)}\.\S*\d)-{flavour}(?:-unsigned)?")
        found = [m[1] for m in map(name.fullmatch, self.names) if m]
        if not found:
            raise LabError(f"no {number} kernel of flavour {flavour} in Debian's {self.suite}")
        return max(found, key=lambda abi: [int(n) for n in re.findall(r"\d+", abi)])

    def compiler(self, package):
        """The version of gcc that a package of kernel headers is to be used with."""
        return re.search(r"^Depends:.*\bgcc-(\d+)", self.run("apt-cache", "show", package), re.M)[1]


@functools.cache
def apt(suite, arch):
    """A release's apt, its lists fetched once a run and only when something is to be fetched."""
    with lock(f"apt-{suite}-{arch}"):
        return Apt(CACHE / "archive" / f"{suite}-{arch}", suite, arch)


def download(archive, packages, into, dependencies=False):
    """Fetch packages, verified by apt, and unpack them."""
    with tempfile.TemporaryDirectory(dir=into) as debs:
        if dependencies:
            (Path(debs) / "partial").mkdir()
            archive.run("apt-get", "-qy", "-o", f"Dir::Cache::archives={debs}", "--download-only", "install", *packages)
        else:
            archive.run("apt-get", "-q", "download", *packages, cwd=debs)
        versions = []
        for deb in sorted(Path(debs).glob("*.deb")):
            run("dpkg-deb", "-x", deb, into)
            versions.append(run("dpkg-deb", "-W", deb))
    (into / "versions").write_text("".join(versions), encoding="utf-8")


def programs(folder):
    """The files of a folder that are programs for this machine's loader, or its 32-bit one."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_mode & stat.S_IXUSR and ".so" not in path.name:
            with open(path, "rb") as f:
                head = f.read(20)
            if head[:4] == b"\x7fELF" and int.from_bytes(head[18:20], "little") in (3, 62):
                yield path


def bind(folder, libraries, place):
    """Let the programs in a folder run on any machine: with the loader and the libraries
    that are in the folder LIBRARIES, which will be at PLACE."""
    for path in list(programs(folder)):
        loader = run("patchelf", "--print-interpreter", path, may_fail=True).strip()
        for home in libraries.glob(f"**/*-linux-gnu/{Path(loader).name}") if loader.startswith("/") else ():
            home = place / home.relative_to(libraries)
            search = ":".join(f"{place}/{lib}/{home.parent.name}" for lib in ("lib", "usr/lib"))
            if path.read_bytes()[16] == 2:
                # Not position-independent, as gcc itself is: Debian 13's patchelf makes a program of it that crashes.
                path.rename(f"{path}.real")
                path.write_text(f'#!/bin/sh\nexec {home} --argv0 "$0" --library-path {search} "$(readlink -f "$0").real" "$@"\n', encoding="ascii")
                path.chmod(0o755)
            else:
                run("patchelf", "--set-interpreter", home, "--force-rpath", "--set-rpath", search, path)


def native(suite, arch):
    """Whether a release's kernels are built with this machine's own compiler."""
    return base(suite) == codename() and shutil.which(f"{ARCHES[arch].triplet}-gcc")


def tools(suite, arch, needs, gcc):
    """The compiler that a release's kernels are built with, and the libraries of it and of the packages
    NEEDS, kernels' own tools: a folder whose usr/bin serves as it stands, on any machine."""
    name = f"debian/tools-{base(suite)}-{arch}-gcc-{gcc}"

    def make(folder):
        cross = "" if arch == HOST else f"-{ARCHES[arch].triplet}"
        libc = "libc6-dev" if arch == HOST else f"libc6-dev-{arch}-cross"
        # The kernel's tools stay with its headers; what they depend on is here.
        download(apt(suite, arch), [*needs, f"gcc-{gcc}{cross}", libc], folder, dependencies=True)
        for path in (*folder.glob("usr/lib/linux-kbuild-*"), folder / "usr/share", folder / "etc"):
            shutil.rmtree(path)
        for path in (*folder.glob("usr/bin/*"), *folder.glob("bin/*")):
            if "-linux-gnu" not in path.name and path.name != "pahole":
                path.unlink()
        # Where gcc looks before it takes another release's; a cross compiler's are there already.
        for program in ("as", "ld"):
            link = folder / f"usr/{ARCHES[arch].triplet}/bin/{program}"
            if not link.exists():
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(f"../../bin/{ARCHES[arch].triplet}-{program}")
        bind(folder, folder, CACHE / name)

    return entry(name, make, f"fetching gcc {gcc} of Debian's {suite} for {arch}")


def relocate(folder, extra=""):
    """Let the unpacked headers find each other, and their compiler, where they are."""
    for makefile in folder.glob("usr/src/linux-headers-*/Makefile"):
        text = makefile.read_text(encoding="utf-8")
        makefile.write_text(text.replace("/usr/src", "$(dir $(realpath $(lastword $(MAKEFILE_LIST)))).."), encoding="utf-8")
    for variables in folder.glob("usr/src/linux-headers-*/.kernelvariables"):
        variables.write_text(variables.read_text(encoding="utf-8") + extra, encoding="utf-8")


def fetch(folder, series, arch, image):
    """Fetch a stock kernel's headers, and the kernel itself: see stock()."""
    series, _, rt = series.partition("-")
    flavour = f"{rt}-{ARCHES[arch].image}" if rt else ARCHES[arch].image
    suite = SUITES[series]
    archive = apt(suite, arch)
    abi = archive.newest_abi(series, flavour)
    names = archive.names

    def first(*of):
        return next(n for n in of if n in names)

    package = f"linux-headers-{abi}-{flavour}:{arch}"
    # From 6.12 on linux-kbuild has the whole ABI in its name, and from 7 on -rt has no common headers of its own.
    kbuild = first(f"linux-kbuild-{abi}", f"linux-kbuild-{abi[:abi.index('.', 2)]}")
    packages = [package, f"{kbuild}:{HOST}",
                first(*([f"linux-headers-{abi}-common-rt"] if rt else []), f"linux-headers-{abi}-common")]
    if image:
        kernel = first(f"linux-binary-{abi}-{flavour}", f"linux-image-{abi}-{flavour}-unsigned", f"linux-image-{abi}-{flavour}")
        packages += [f"{kernel}:{arch}"]
        if "-binary-" in kernel:
            packages += [f"linux-{part}-{abi}-{flavour}:{arch}" for part in ("modules", "base")]
    download(archive, packages, folder)
    needs = [f"{kbuild}:{HOST}"]
    if arch == "armhf":
        # On amd64, modpost takes a 32-bit kernel's structures for larger than they are.
        needs += ["libc6:i386"]
        with tempfile.TemporaryDirectory(dir=folder) as other:
            download(archive, [f"{kbuild}:i386"], Path(other))
            found, = Path(other).glob("usr/lib/linux-kbuild-*/scripts/mod/modpost.real-lsb-32")
            shutil.copy2(found, folder / found.relative_to(other))
    extra = ""
    if not native(suite, arch):
        what = [suite, arch, needs, archive.compiler(package)]
        (folder / "tools").write_text(json.dumps(what), encoding="ascii")
        place = tools(*what)
        bind(next(folder.glob("usr/lib/linux-kbuild-*")), place, place)
        extra = (f"override CROSS_COMPILE = {place}/usr/bin/{ARCHES[arch].triplet}-\n"
                 f"PAHOLE = {place}/usr/bin/pahole\n")
    relocate(folder, extra)
    if image:
        if not (folder / "lib").exists():
            (folder / "lib").symlink_to("usr/lib")
        run("depmod", "-b", folder, f"{abi}-{flavour}")


def cached(kind, series, arch):
    """The name of a cache entry for a kernel, other where its compiler is this machine's own."""
    own = native(SUITES[series.partition("-")[0]], arch)
    return f"debian/{kind}-{series}-{arch}{'' if own else '-tools'}"


def told_tools(folder):
    """The tools that a kernel was told of, which are an entry of their own; None where this machine's serve."""
    told = folder / "tools"
    return tools(*json.loads(told.read_text(encoding="ascii"))) if told.exists() else None


def kernel(kind, series, arch, image):
    """The cache entry of a kernel, with its tools."""
    folder = entry(cached(kind, series, arch), lambda folder: fetch(folder, series, arch, image),
                   f"fetching Debian's {series} {kind} for {arch}")
    told_tools(folder)
    return folder


def stock(series, arch=ARCH):
    """A stock kernel with its headers, as (folder, release).  Series: "6.12", or that and its flavour, "6.12-rt"."""
    folder = kernel("linux", series, arch, True)
    return folder, next(folder.glob("usr/src/linux-headers-*/.kernelvariables")).parent.name.removeprefix("linux-headers-")


def build_headers(series, arch=HOST):
    """The headers of a stock kernel: a folder to compile against."""
    folder = kernel("headers", series, arch, False)
    return next(folder.glob("usr/src/linux-headers-*/.kernelvariables")).parent


def unpacked(name, packages, suite="bookworm", arch=ARCH):
    """A folder with packages of a guest's architecture, unpacked."""
    return entry(f"debian/{name}-{digest(*packages)}" + ("" if arch == ARCH else f"-{suite}-{arch}"),
                 lambda folder: download(apt(suite, arch), [f"{p}:{arch}" for p in packages], folder),
                 f"fetching {name} for {arch}")


def guest_programs(suite="bookworm"):
    """The guest's programs and their libraries."""
    return unpacked("guest", GUEST[suite], suite)


def systemd():
    """systemd and udev, and the libraries that they need besides."""
    return unpacked("systemd", SYSTEMD)


def sysroot():
    """What programs for the guests are linked with: the release of the guests' own libraries, whatever this machine has."""
    return unpacked("sysroot", ["libc6", "libc6-dev", "linux-libc-dev", "libsmartcols1", "libsmartcols-dev"])


def compile_tool(name, folder, source):
    """Compile one of the tools for the guest, with its kernel's compiler: before a sysroot's, a cross compiler
    takes the headers and the libraries that it came with."""
    place = told_tools(kernel("linux", "6.12", ARCH, True))
    cc = f"{ARCHES[ARCH].triplet}-gcc"
    if place:
        cc, = place.glob(f"usr/bin/{cc}-[0-9][0-9]")
    run("make", "-s", "-C", source, f"O={folder}", f"CC={cc}", f"CFLAGS=-O2 -Werror --sysroot={sysroot()}", Path(folder) / name)


def tool_libraries():
    """What the tools need in the guest beside its programs' libraries: {path in the guest: file}."""
    return {"/" + str(path.relative_to(sysroot())): path for path in sysroot().glob("usr/lib/*/libsmartcols.so.1*")}


def chroot(suite):
    """A bare machine of a release with kernel headers and DKMS, as an archive; in its /var/cache are the
    headers of another kernel, which it can install by itself."""
    # No more of it than the packages' own dependencies: nothing is fetched when they are installed.
    include = "systemd,udev,dkms,linux-headers-amd64,libsmartcols1,kmod"
    more = "linux-headers-rt-amd64"

    def make(folder):
        (folder / "sources.list").write_text(sources(suite, HOST), encoding="utf-8")
        run("mmdebstrap", "--variant=minbase", f"--include={include}", "--skip=cleanup/apt",
            f"--customize-hook=chroot \"$1\" sh -c 'apt-get clean && apt-get -qy --no-install-recommends -d install {more}'",
            suite, folder / "root.tar.zst", folder / "sources.list")

    return entry(f"debian/chroot-{suite}", make, f"fetching a chroot of Debian's {suite}") / "root.tar.zst"


def promtool():
    """Prometheus' own judge of metrics and rules; of its package there is no need else."""
    def fetch(folder):
        with tempfile.TemporaryDirectory(dir=folder) as whole:
            download(apt("bookworm", HOST), ["prometheus"], Path(whole))
            shutil.move(Path(whole) / "usr/bin/promtool", folder / "promtool")

    return entry("debian/promtool", fetch, "fetching promtool") / "promtool"


def mosquitto():
    """An MQTT broker and its clients, which run on any machine."""
    name = "debian/mosquitto"

    def fetch(folder):
        download(apt("bookworm", HOST), ["mosquitto", "mosquitto-clients"], folder, dependencies=True)
        bind(folder, folder, CACHE / name)

    return entry(name, fetch, "fetching mosquitto")


def source():
    """The folder with Debian's linux-source package of the main series."""
    return entry(f"debian/linux-source-{MAIN}",
                 lambda folder: download(apt(SUITES[MAIN], ARCH), [f"linux-source-{MAIN}"], folder),
                 f"fetching linux-source-{MAIN}")
