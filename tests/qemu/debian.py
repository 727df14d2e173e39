# SPDX-License-Identifier: GPL-2.0-only
"""What comes from Debian: kernels and the guest's programs.  Their packages are
fetched by apt and unpacked into the cache; nothing of the machine is changed.
"""
import functools
import os
import re
import tempfile
from pathlib import Path

from cache import CACHE, LabError, digest, entry, lock, run

ARCH = "arm64"
SERIES = ("6.1", "6.12")
# With the flavour that Debian builds for PREEMPT_RT.
STOCK = (*SERIES, "6.12-rt")

# The programs of the guest, and the libraries they are linked with.
GUEST = """busybox-static bash libtinfo6 kmod gpiod libgpiod2 libc6 libgcc-s1 liblzma5 libzstd1
	libssl3""".split()
# And of one that starts as a machine does.
SYSTEMD = """systemd libsystemd-shared udev libacl1 libapparmor1 libaudit1 libblkid1 libcap2 libcap-ng0 libcrypt1 libgcrypt20
	libgpg-error0 libip4tc2 libkmod2 liblz4-1 libmount1 libpam0g libpcre2-8-0 libseccomp2 libselinux1""".split()


def machine_sources():
    """The machine's own Debian archives, as sources for a list of our own."""
    key = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    out = run("apt-get", "indextargets", "--format", "$(ORIGIN) $(RELEASE) $(COMPONENT) $(REPO_URI)",
              "Created-By: Packages", stderr=None)
    lines = set()
    for target in out.splitlines():
        # The origin stays unexpanded until the machine's lists are fetched.
        origin, release, component, uri = target.split()
        if origin in ("Debian", "$(ORIGIN)") and re.match(r"bookworm\b", release):
            lines.add(f"deb [signed-by={key}] {uri} {release} {component}")
    if not lines:
        raise LabError("this machine has no Debian 12 (bookworm) package source")
    return "\n".join(sorted(lines)) + "\n"


class Apt:
    """apt with a state of its own: the machine's settings for the way to the
    archive (proxies and the like), its archives and keyring, none of its state."""

    def __init__(self, folder):
        self.folder = folder
        for d in ("lists/partial", "archives/partial", "etc/parts"):
            (folder / d).mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        (folder / "sources.list").write_text(machine_sources(), encoding="utf-8")
        acquire = [line for line in run("apt-config", "dump").splitlines()
                   if re.match(r"Acquire::(http|https|ftp|Retries|Queue-Mode)\b", line)]
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
            f'APT::Architecture "amd64"; APT::Architectures {{ "amd64"; "{ARCH}"; }};',
            'APT::Sandbox::User "root";',
            'Acquire::Languages "none";',
            'Acquire::Retries "3";',
            'APT::Update::Error-Mode "any";',
            ""]), encoding="utf-8")
        self.env = dict(os.environ, APT_CONFIG=str(folder / "apt.conf"), LC_ALL="C")

    def run(self, *cmd, **kw):
        return run(*cmd, env=self.env, **kw)

    def candidate(self, package):
        """The newest version of a package."""
        m = re.search(r"Candidate: (\S+)", self.run("apt-cache", "policy", package))
        if not m or m[1] == "(none)":
            raise LabError(f"{package}: not in the machine's Debian archives")
        return m[1]

    def newest_abi(self, series):
        """'6.12.100+deb12', '6.12.100+deb12-rt' or '6.1.0-50': the newest kernel of a series."""
        series, dash, flavour = series.partition("-")
        out = self.run("apt-cache", "pkgnames", f"linux-image-{series}.")
        # An ABI ends in a number, or in one and the name of a flavour.
        found = re.findall(rf"^linux-image-({re.escape(series)}\.\S*\d{dash + flavour})-{ARCH}-unsigned$", out, re.M)
        if not found:
            raise LabError(f"no {series}{dash}{flavour} kernel in the machine's Debian archives")
        return max(found, key=lambda abi: [int(n) for n in re.findall(r"\d+", abi)])


@functools.cache
def apt():
    """The cache's apt, its lists fetched once a run and only when something is to be fetched."""
    with lock("apt"):
        a = Apt(CACHE / "apt")
        a.run("apt-get", "-q", "update")
        return a


def download(packages, into):
    """Fetch packages, verified by apt, and unpack them."""
    with tempfile.TemporaryDirectory(dir=into) as debs:
        archive = apt()
        with lock("apt"):
            archive.run("apt-get", "-q", "download", *packages, cwd=debs)
        versions = []
        for deb in sorted(Path(debs).iterdir()):
            run("dpkg-deb", "-x", deb, into)
            versions.append(run("dpkg-deb", "-W", deb))
    (into / "versions").write_text("".join(versions), encoding="utf-8")


def headers(arch, abi):
    """The packages to build modules with: of the guest's and of this machine's architecture."""
    names = apt().run("apt-cache", "pkgnames", "linux-kbuild-").split()
    # From 6.12 on linux-kbuild carries the whole ABI in its name.
    base, dash, flavour = abi.partition("-rt")
    kbuild = next(n for n in (f"linux-kbuild-{base}", f"linux-kbuild-{base[:base.index('.', 2)]}") if n in names)
    return [f"linux-headers-{abi}-{arch}:{arch}", f"linux-headers-{base}-common{dash}{flavour}", f"{kbuild}:amd64"]


def relocate(folder):
    """Let the unpacked headers find each other where they are."""
    for makefile in folder.glob("usr/src/linux-headers-*/Makefile"):
        text = makefile.read_text(encoding="utf-8")
        makefile.write_text(text.replace("/usr/src", "$(dir $(realpath $(lastword $(MAKEFILE_LIST)))).."), encoding="utf-8")


def stock(series):
    """A stock kernel of the guest's architecture with its headers, as (folder, release)."""
    def make(folder):
        abi = apt().newest_abi(series)
        download([f"linux-image-{abi}-{ARCH}-unsigned:{ARCH}", *headers(ARCH, abi)], folder)
        relocate(folder)
        run("depmod", "-b", folder, f"{abi}-{ARCH}")

    folder = entry(f"debian/linux-{series}-{ARCH}", make, f"fetching Debian's {series} kernel for {ARCH}")
    return folder, next((folder / "boot").glob("vmlinuz-*")).name.removeprefix("vmlinuz-")


def build_headers(series):
    """The headers of a stock kernel of this machine's architecture: a folder to compile against."""
    def make(folder):
        download(headers("amd64", apt().newest_abi(series)), folder)
        relocate(folder)

    folder = entry(f"debian/headers-{series}-amd64", make, f"fetching Debian's {series} headers for amd64")
    return next((folder / "usr/src").glob("linux-headers-*-amd64"))


def unpacked(name, packages):
    """A folder with packages of the guest's architecture, unpacked."""
    return entry(f"debian/{name}-{digest(*packages)}", lambda folder: download([f"{p}:{ARCH}" for p in packages], folder),
                 f"fetching {name} for {ARCH}")


def guest_programs():
    """The guest's programs and their libraries."""
    return unpacked("guest", GUEST)


def systemd():
    """systemd and udev, and the libraries that they need besides."""
    return unpacked("systemd", SYSTEMD)


def source():
    """The folder with Debian's linux-source package of the newest series."""
    return entry(f"debian/linux-source-{SERIES[-1]}",
                 lambda folder: download([f"linux-source-{SERIES[-1]}"], folder),
                 f"fetching linux-source-{SERIES[-1]}")
