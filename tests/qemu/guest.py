# SPDX-License-Identifier: GPL-2.0-only
"""Boot a kernel in QEMU, run a script in it, and look at it from outside."""
import os
import re
import selectors
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import cpio
import debian
from build import CROSS, MODULES, Kernel, modules_tree, test_module
from cache import ROOT, LabError, digest, entry, run
from scan import splats

HERE = Path(__file__).parent
QEMU = "qemu-system-aarch64"
# Everything that makes a run repeat itself: instructions are the clock, idle
# time costs nothing; nothing is random either, by the seed in machine().
DETERMINISTIC = ["-icount", "shift=0,sleep=off"]
RTC = "2024-01-01T00:00:00"
# The guest's memory, and the end of it that is a file of the host, if there is a store.
RAM_BASE, RAM_BYTES, STORE_BYTES = 1 << 30, 512 << 20, 64 << 10
STORE_AT = RAM_BASE + RAM_BYTES - STORE_BYTES
# Parts of a stock kernel that have nothing to do with us and take half of its boot.
SKIP = "bpf_tcp_ca_kfunc_init,bpf_dummy_struct_ops_init,jent_mod_init,init_encrypted,load_system_certificate_list"
# A guest that waits for nothing uses no processor: so many times its time it may take.
PATIENCE = 20
END = re.compile(r"^rig: end status=(\d+)\n", re.M)


@dataclass
class Result:
    """How a run went.  passed is what a test asks first, why says what was wrong."""
    folder: Path                                  # console.txt, edges.txt and what the guest put
    console: str
    status: int | None                            # of the script; None: it never came to its end
    timed_out: bool
    seconds: float
    processor_s: float                            # what of them QEMU had the processor
    problems: list = field(default_factory=list)  # splats on the console
    cut: bool = False                             # the power was cut
    edges: list = field(default_factory=list)     # (ns, line, level), oldest first

    @property
    def why(self):
        if self.timed_out:
            return "the guest did not finish in time"
        if self.problems:
            return f"the kernel complains: {self.problems[0].strip()}"
        if self.cut:
            return None
        if self.status is None:
            return "the guest died before the end of its script"
        if self.status:
            return f"the script's exit status is {self.status}"
        return None

    @property
    def passed(self):
        return self.why is None

    def file(self, name):
        """The text of a file that the guest put."""
        return (self.folder / name).read_text(encoding="utf-8", errors="replace")


def helper(name, compiler, flags):
    """A program of the rig, compiled once for the sources that it has now."""
    source = HERE / f"{name}.c"
    key = digest(compiler, *flags, source, *sorted(HERE.glob("*.h")))

    def make(folder):
        run(compiler, "-Wall", "-O2", *flags, "-o", folder / name, source)

    return entry(f"helper/{name}-{key}", make) / name


def init_program():
    return helper("init", f"{CROSS}gcc", ["-static"])


def edges_plugin():
    return helper("edges", "gcc", ["-shared", "-fPIC"])


def machine(smp, **extra):
    opts = ",".join(["virt", "gic-version=2", *(f"{k}={v}" for k, v in extra.items())])
    return ["-M", opts, "-cpu", "cortex-a53", "-m", f"{RAM_BYTES >> 20}", "-smp", str(smp), "-seed", "1",
            "-display", "none", "-monitor", "none", "-net", "none", "-no-reboot"]


def store_memory(path):
    """Arguments that make a file the end of the guest's memory: what the guest writes there is in it at once.

    It is the memory of a second NUMA node, since QEMU has the file of a node be
    an object of its own.  No kernel has to know (numa=off).
    """
    if not path.exists():
        path.write_bytes(bytes(STORE_BYTES))
    return ["-object", f"memory-backend-ram,id=ram,size={RAM_BYTES - STORE_BYTES}", "-numa", "node,memdev=ram",
            "-object", f"memory-backend-file,id=store,size={STORE_BYTES},share=on,mem-path={path}",
            "-numa", "node,memdev=store"]


# Nothing but the driver in store/ touches it.
STORE_DTS = f"""
/ {{
	reserved-memory {{
		#address-cells = <2>; #size-cells = <2>; ranges;
		store@{STORE_AT:x} {{ reg = <0 {STORE_AT:#x} 0 {STORE_BYTES:#x}>; no-map; }};
	}};
	store: store@{STORE_AT:x} {{
		compatible = "emrelay-test,store";
		reg = <0 {STORE_AT:#x} 0 {STORE_BYTES:#x}>;
		#address-cells = <1>; #size-cells = <1>;
	}};
}};
"""


def device_tree(dts, kernel, folder, smp=1):
    """The machine's own device tree with DTS text behind it; &pl061 is its GPIO chip."""
    blob, text, out = (folder / f"machine.{e}" for e in ("qemu.dtb", "dts", "dtb"))
    run(QEMU, *machine(smp, dumpdtb=blob), "-serial", "null")
    base = run("dtc", "-q", "-I", "dtb", "-O", "dts", blob)
    text.write_text("\n".join(["#include <dt-bindings/gpio/gpio.h>", base,
                               # The power key, so that its line is free too, and what no guest needs.
                               "/delete-node/ &{/gpio-keys};", "/delete-node/ &{/pcie@10000000};",
                               "pl061: &{/pl061@9030000} { };", dts]), encoding="utf-8")
    run(f"{CROSS}cpp", "-nostdinc", "-undef", "-x", "assembler-with-cpp", "-P", "-I", kernel.includes,
        text, "-o", folder / "machine.pp.dts")
    messages = run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", out, folder / "machine.pp.dts")
    if messages:
        raise LabError(messages)
    return out


def base_files(kernel):
    """The guest's programs, as {path in the guest: file of the host}."""
    guest = debian.guest_programs("trixie" if "+deb13" in kernel.release else "bookworm")
    files = {"/bin/put": init_program(), "/sbin/coldplug": HERE / "coldplug"}
    # Debian 13 has all of it under /usr, where Debian 12 has some.
    for pattern in ("bin/busybox", "bin/kmod", "bin/bash", "lib/aarch64-linux-gnu/*.so*", "lib/ld-linux-aarch64.so.1"):
        for path in (*guest.glob(pattern), *guest.glob(f"usr/{pattern}")):
            files["/" + str(path.relative_to(guest)).removeprefix("usr/")] = path
    for path in guest.glob("usr/bin/gpio*"):
        files[f"/usr/bin/{path.name}"] = path
    if not (guest / "usr/bin/gpiofind").exists():
        files |= {f"/usr/local/bin/{tool}": HERE / "gpio1" for tool in ("gpiofind", "gpioget", "gpioinfo", "gpiomon", "gpioset")}
    return files


def initramfs(kernel, script, modules, files, folder, emrelay, more=(), programs=True):
    archive = cpio.Archive()
    for name in "dev proc sys tmp run test bin sbin usr/bin usr/sbin".split():
        archive.directory("/" + name)
    archive.console()
    archive.file("/init", init_program())
    if programs:
        # Not bash: a script's processes take more of the processor there, most in the debug kernel. But busybox's
        # shell takes its own modprobe before kmod's: scripts that want kmod's say so, see lib.sh, or are bash's.
        archive.symlink("/bin/sh", "busybox")
        for tool in "modprobe insmod rmmod lsmod modinfo".split():
            archive.symlink(f"/sbin/{tool}", "/bin/kmod")
        for path, source in base_files(kernel).items():
            archive.file(path, source)
        tree = modules_tree(kernel, modules, folder / "modules", emrelay, [test_module(kernel, name) for name in more])
        for path in sorted(tree.rglob("*")):
            if path.is_file():
                archive.file("/" + str(path.relative_to(tree)), path)
    for path, source in (files or {}).items():
        archive.file(path, source)
    archive.file("/test/run", script.encode() if isinstance(script, str) else script.read_bytes(), executable=True)
    return archive.write(folder / "initramfs")


def command(kernel, folder, dtb, initrd, *, icount, smp, cmdline, plugin, serial, store=None, rtc=None, play=None):
    """QEMU's command line."""
    numa = "numa=off " if store else ""
    # 256 terminals of another time take the debug kernel, if it has them, a fifth of its boot.
    # In the host's time a guest stands still as long as its host is busy.
    patient = "" if icount else "nosoftlockup rcupdate.rcu_cpu_stall_suppress=1 "
    cmd = [QEMU, *machine(smp), "-kernel", kernel.image, "-initrd", initrd, "-dtb", dtb,
           "-append", f"console=ttyAMA0 loglevel=5 nokaslr norandmaps panic=-1 initcall_blacklist={SKIP} pty.legacy_count=0 {numa}{patient}{cmdline}",
           "-semihosting-config", "enable=on,userspace=on,target=native", "-serial", serial]
    if icount:
        cmd += DETERMINISTIC
    if icount or rtc:
        cmd += ["-rtc", f"base={rtc or RTC},clock=vm"]
    if store:
        cmd += store_memory(store)
    if plugin:
        cmd += ["-plugin", f"{edges_plugin()},log={folder / 'edges.txt'}"]
        if play:
            (folder / "play").write_text(play, encoding="ascii")
            cmd[-1] += f",play={folder / 'play'}"
    return [str(c) for c in cmd]


def image(into, kernel, script, *, dts="", files=None, modules=MODULES, emrelay=True, smp=1, store=False,
          more=(), programs=True, edit=None):
    """What a guest boots from beside its kernel, made in the folder INTO: its device tree and its initramfs.

    Without the programs, SCRIPT is one itself, and it and FILES are all that the guest has.
    """
    dtb = device_tree((STORE_DTS if store else "") + dts, kernel, into, smp)
    if edit:
        dtb.write_bytes(edit(dtb.read_bytes()))
    return dtb, initramfs(kernel, script, modules, files, into, emrelay, (*more, *["store"] * store), programs)


def boot(kernel: Kernel, script, *, icount=True, smp=1, cmdline="", timeout=300, allow=None, folder=None, echo=None,
         qemu_args=(), store=None, rtc=None, play=None, **of_image):
    """Boot a kernel, run a script in it, return a Result.

    script   text of the guest's /test/run, with its #! line, or a Path; runs as root
    dts      device tree text that is added to the machine's; <&pl061 LINE FLAGS> is a GPIO line
    files    {path in the guest: Path or bytes}
    modules  names of the kernel's own modules that the guest shall have, beside what they need
    more     names of the rig's own modules that the guest shall have: "banks"
    edit     changes the device tree's blob, for what dtc does not let pass
    emrelay  whether the guest has this tree's emrelay.ko in its depmod'ed module tree
    icount   deterministic guest time, in which waiting costs nothing; else real time
    timeout  seconds of the host's processor, after which a guest is taken to hang
    allow    regex of console lines that are no defect here
    folder   where the files of the run go; else a temporary folder under build/
    echo     called with each line of the guest's console as it comes
    store    file of the host that is the nvmem device &store of the guest; made, of zeros, if need be
    rtc      what the real-time clock shows at boot
    play     contacts that follow the lines of the PL061, a line of text each: see contacts.h
    """
    folder = fresh(folder)
    with tempfile.TemporaryDirectory() as tmp:
        dtb, initrd = image(Path(tmp), kernel, script, smp=smp, store=bool(store), **of_image)
        return start(kernel, folder, dtb, initrd, icount=icount, smp=smp, cmdline=cmdline, timeout=timeout, allow=allow,
                     echo=echo, qemu_args=qemu_args, store=store, rtc=rtc, play=play)


def fresh(folder):
    """An empty folder for a run."""
    if folder is None:
        (ROOT / "build").mkdir(exist_ok=True)
        folder = tempfile.mkdtemp(prefix="run-", dir=ROOT / "build")
    folder = Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def start(kernel, folder, dtb, initrd, *, timeout=300, allow=None, echo=None, qemu_args=(), cut=None, **kw):
    """Boot what image() has made, as boot() does; kw: see command().

    cut      (text, seconds): the power is cut so many seconds of processor time after the guest's console had the text
    """
    cmd = command(kernel, folder, dtb, initrd, **{"icount": True, "smp": 1, "cmdline": ""} | kw, plugin=True,
                  serial="stdio") + list(qemu_args)
    begin = time.monotonic()
    console, stopped, code, used = watch(cmd, folder, timeout, echo, cut)
    end = END.search(console)
    if code and not stopped:
        raise LabError(f"QEMU's exit status is {code}\n{(folder / 'qemu.txt').read_text(encoding='utf-8')}")
    return Result(folder, console, int(end[1]) if end else None, stopped == "time", time.monotonic() - begin, used,
                  splats(console, allow), stopped == "cut", read_edges(folder / "edges.txt"))


def processor_s(pid):
    """The processor time that a running process has had, in seconds."""
    return time.clock_gettime(~pid << 3 | 2)    # clock_getcpuclockid(3), which Python lacks


OWN = threading.local()


def processor_used_s():
    """The processor time of this thread and of the guests that it ran, in seconds."""
    return time.thread_time() + getattr(OWN, "guests_s", 0)


def watch(cmd, folder, timeout, echo=None, cut=None):
    """Run QEMU until it ends, its time is over or its power is cut:
    (console, "time" or "cut" if it was stopped, status, seconds of processor time).

    Time is what the processor gave QEMU, so that a busy machine changes
    nothing; one that QEMU does not even use is over after PATIENCE times that.
    """
    data = b""
    with open(folder / "qemu.txt", "wb") as errors, open(folder / "console.txt", "wb", buffering=0) as log, \
         subprocess.Popen(cmd, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors) as qemu, \
         selectors.DefaultSelector() as ready:
        ready.register(qemu.stdout, selectors.EVENT_READ)
        begin, begin_used, why = time.monotonic(), 0, "time"
        used = shown = 0
        stopped = None
        try:
            while True:
                left = min(begin_used + timeout - used, begin + PATIENCE * timeout - time.monotonic())
                if left <= 0:
                    stopped = why
                    break
                # QEMU may use more than one processor.
                readable = ready.select(max(0.001, left / 4))
                used = processor_s(qemu.pid)
                if not readable:
                    continue
                more = os.read(qemu.stdout.fileno(), 65536)
                if not more:
                    break
                more = more.replace(b"\r", b"")
                log.write(more)
                data += more
                while echo and (nl := data.find(b"\n", shown)) >= 0:
                    echo(data[shown:nl].decode(errors="replace"))
                    shown = nl + 1
                if cut and cut[0].encode() in data:
                    begin, begin_used, timeout, why, cut = time.monotonic(), used, cut[1], "cut", None
            if stopped:
                qemu.kill()
            code = qemu.wait()
        except BaseException:
            qemu.kill()
            raise
    OWN.guests_s = getattr(OWN, "guests_s", 0) + used
    return data.decode(errors="replace"), stopped, code, used


def read_edges(path):
    return [tuple(int(word) for word in line.split()) for line in path.read_text(encoding="ascii").splitlines()]


SHELL = "#!/bin/sh\nstty -F /dev/ttyAMA0 rows $rows cols $cols\nexec bash </dev/ttyAMA0 >/dev/ttyAMA0 2>&1\n"


def shell(kernel, script=SHELL, *, dts="", files=None, modules=MODULES, emrelay=True, cmdline="", play=None):
    """Boot a kernel with this terminal as its console; real time.  The script finds its size in $rows and $cols."""
    size = shutil.get_terminal_size()
    cmdline += f" rows={size.lines} cols={size.columns}"
    with tempfile.TemporaryDirectory() as tmp:
        tmp = Path(tmp)
        dtb, initrd = image(tmp, kernel, script, dts=dts, files=files, modules=modules, emrelay=emrelay)
        cmd = command(kernel, tmp, dtb, initrd, icount=False, smp=1, cmdline=cmdline, plugin=bool(play),
                      serial="mon:stdio", play=play)
        return subprocess.call(cmd, cwd=tmp)
