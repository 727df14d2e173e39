#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does the rig see what goes wrong?  Each way to fail has to fail."""
import lab

HEALTHY = """
[    0.000000] kmemleak: Kernel memory leak detector disabled
[    0.000000] KASAN: KernelAddressSanitizer initialized (generic)
[    1.000000] random: crng init done
"""

SPLATS = """
[    2.0] BUG: KASAN: slab-use-after-free in emrelay_timer+0x20/0x80 [emrelay]
[    2.0] WARNING: CPU: 0 PID: 71 at kernel/workqueue.c:2326 __queue_work+0x3c8/0x4a8
[    2.0] WARNING: possible circular locking dependency detected
[    2.0] INFO: task kworker/0:1:9 blocked for more than 120 seconds.
[    2.0] rcu: INFO: rcu_preempt self-detected stall on CPU
[    2.0] Internal error: Oops: 0000000096000004 [#1] SMP
[    2.0] unreferenced object 0xffff000004c3a800 (size 128):
[    2.0] ODEBUG: free active (active state 0) object type: hrtimer hint: channel_timer
[    2.0] UBSAN: shift-out-of-bounds in driver/engine.c:20:5
[    2.0] Call trace:
[    2.0] [ BUG: Invalid wait context ]
[    2.0] Kernel panic - not syncing: Fatal exception
""".strip().splitlines()

# name: (script, what Result.why has to begin with, arguments of boot)
GUESTS = {
    "status": ("kill -9 $$", "the script's exit status is 137", {}),
    "panic": ("echo c > /proc/sysrq-trigger", "the kernel complains", {}),
    "splat": ("echo '<3>WARNING: CPU: 0 PID: 1' > /dev/kmsg", "the kernel complains", {}),
    "no end": ("poweroff -f", "the guest died before the end of its script", {}),
    "hangs": ("while :; do :; done", "the guest did not finish in time", {"timeout": 6}),
    # As long as a busy host takes, and longer than it may take itself.
    "stands still": ("sleep 15", "passed", {"timeout": 10, "icount": False}),
}

EDGES = """#!/bin/sh
set -e
cd /sys/class/gpio
base=$(cat /sys/class/gpio/gpiochip*/base)
echo $((base + 5)) > export
cd gpio$((base + 5))
echo high > direction
sleep 600
echo 0 > value
echo 1 > active_low
echo 1 > value		# is low already
echo in > direction
echo some text | put - text
put /proc/uptime
"""

# The second of two pages is not written for an hour.
STORE = """#!/bin/sh
coldplug
nvmem=/sys/bus/nvmem/devices/test-store/nvmem
dd if=$nvmem bs=1 skip=64 count=5 | put - seen
echo 3600000000 > /sys/module/emrelay_test_store/parameters/page_us
head -c 64 /dev/zero | tr '\\0' x | dd of=$nvmem bs=64 conv=notrunc &
until head -c 32 $nvmem | grep -q xxx; do
	:
done
echo half of it
wait
"""


def guest(name):
    script, why, args = GUESTS[name]
    r = lab.boot(lab.stock(lab.MAIN), f"#!/bin/sh\n{script}\n", emrelay=False,
                 folder=lab.ROOT / "build/selftest", **args)
    return None if (r.why or "passed").startswith(why) else f"{r.why or 'passed'}, expected: {why}"


def edges():
    """The plugin's log against QEMU's own trace; files; time that costs nothing and repeats."""
    runs = [lab.boot(lab.stock(lab.MAIN), EDGES, emrelay=False, folder=lab.ROOT / f"build/selftest-{i}",
                     qemu_args=["-trace", "pl061_set_output", "-D", "trace.txt"]) for i in range(2)]
    r = runs[0]
    if not r.passed:
        return r.why
    if runs[1].edges != r.edges:
        return f"two runs differ: {r.edges} {runs[1].edges}"
    words = [line.split() for line in r.file("trace.txt").splitlines() if line.startswith("pl061_set_output")]
    # The first eight are the chip's reset.
    if [(int(w[-3]), int(w[-1])) for w in words[8:]] != [(line, level) for _, line, level in r.edges]:
        return "the edges are not those of QEMU's trace"
    if [e[1:] for e in r.edges] != [(5, 1), (5, 0)]:
        return f"the edges are {r.edges}"
    if not 600e9 < r.edges[1][0] - r.edges[0][0] < 600.1e9:
        return f"600 s of guest time are {r.edges}"
    if r.file("text") != "some text\n" or float(r.file("uptime").split()[0]) < 600:
        return "the files that the guest put are not what it wrote"
    return None


def store():
    """What the host put there the guest reads; what the guest wrote until the power was cut is in the file, and no more."""
    kernel, folder = lab.stock(lab.MAIN), lab.fresh(lab.ROOT / "build/selftest-store")
    (folder / "store").write_bytes(b"hello".rjust(69, b"\0").ljust(65536, b"\0"))
    dtb, initrd = lab.image(folder, kernel, STORE, emrelay=False, store=True)
    r = lab.start(kernel, lab.fresh(folder / "run"), dtb, initrd, icount=False, store=folder / "store", cut=("half of it", 0))
    if not r.cut:
        return r.why or "it ended by itself"
    if r.file("seen") != "hello":
        return f"the guest saw {r.file('seen')!r}"
    found = (folder / "store").read_bytes()
    if len(found) != 65536 or found.rstrip(b"\0") != (b"x" * 32).ljust(64, b"\0") + b"hello":
        return f"the file has {found.rstrip(chr(0).encode())!r}"
    return None


def main():
    tests = {"scan/healthy": lambda: "; ".join(lab.splats(HEALTHY)),
             "scan/allow": lambda: "; ".join(lab.splats(SPLATS[0], "slab-use-after-free"))}
    tests |= {f"scan/splat {i}": lambda s=s: None if lab.splats(s) else f"not seen: {s}"
              for i, s in enumerate(SPLATS)}
    tests |= {f"guest/{name}": lambda name=name: guest(name) for name in GUESTS}
    tests["guest/edges"] = edges
    tests["guest/store"] = store
    good = True
    for name, test in tests.items():
        why = test()
        print(f"not ok rig/{name}: {why}" if why else f"ok rig/{name}", flush=True)
        good &= not why
    return 0 if good else 1


if __name__ == "__main__":
    lab.main_guard(main)
