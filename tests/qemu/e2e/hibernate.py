# SPDX-License-Identifier: GPL-2.0-only
"""Hibernation: nothing moves after the image was made, and what it does not know is not lost."""
import records
from topic import HERE, PRELUDE, Wrong, equal, helper, lab

KERNELS = ("6.1", "6.12", "7.3")
WEIGHT = 10
LINES = {"pump": 0, "kept": 1, "waits": 2, "plain": 3, "supply": 4}
DTS = """
#define CELLS(n) nvmem-cells = <&wear##n##a>, <&wear##n##b>; nvmem-cell-names = "wear-a", "wear-b"
&store {
	wear0a: wear@0 { reg = <0x0 0x100>; };
	wear0b: wear@100 { reg = <0x100 0x100>; };
};

/ {
	relays: relay-bank {
		BANK;

		relay@0 { reg = <0>; WAGO(0); label = "pump"; UNLOADED; CELLS(0); };
		relay@1 { reg = <1>; WAGO(1); label = "kept"; UNLOADED; retain-state-suspended; };
		relay@2 { reg = <2>; WAGO(2); label = "waits"; load-type = "resistive"; retain-state-suspended; };
		relay@3 { reg = <3>; WAGO(3); label = "plain"; UNLOADED; };
		relay@4 { reg = <4>; WAGO(4); label = "supply"; UNLOADED; };
	};

	poweroff { compatible = "emrelay-test,poweroff"; gpios = <&relays 4 0>; };
};
"""


def levels(result, relay):
    return [level for _, line, level in result.edges if line == LINES[relay]]


def power_off(first, last, store):
    """Before it, what is not retained is released, and the rest as it goes off, which a relay does.  What waits does not move."""
    equal({relay: levels(first, relay) for relay in LINES},
          {"pump": [1, 0] * 3, "kept": [1, 0], "waits": [1, 0], "plain": [1, 0], "supply": [1, 0]}, "levels")


def restored(first, last, store):
    """As they were, but for what was released; the lines' own controller has put the retained one's right."""
    equal(last.file("after").splitlines(),
          ["pump off,off,open,6,none", "kept on,on,closed,2,none", "waits on,on,closed,2,none", "plain off,off,open,1,none"])


def counts_on(first, last, store):
    """Three before, three by the kernel that read the image, one after."""
    equal([levels(last, "pump").count(1), last.file("pump").strip()], [4, "7"], "energisations and cycle_count")


def counts_restored(first, last, store):
    """What went off with the machine, and was energised by its line's controller as the image went on."""
    equal([boot.count(1) for boot in (levels(first, "kept"), levels(last, "kept"))], [1, 1], "energisations")
    equal([line.split()[1:] for line in last.file("history").splitlines()], [["on", "sysfs"], ["off", "suspend"], ["on", "line"]], "history")


def newest(first, last, store):
    """The record that was written last, at the end, is the newest."""
    (pair,) = records.pairs(store, 1)
    equal(records.newest(pair).cycles, 7, "cycles of the newest record")


def run(kernel, folder):
    """Two boots of one machine: with the disk and the store that the first left."""
    store, disk = folder / "store", folder / "disk"
    lab.fresh(folder)
    disk.write_bytes(b"")
    with open(disk, "r+b") as f:
        f.truncate(256 << 20)
    image = {"dts": PRELUDE + DTS, "store": store, "more": ("bus",), "modules": ["virtio_mmio", "virtio_blk"], "timeout": 400,
             "files": {"/test/lib.sh": HERE / "lib.sh"} | {f"/test/{p}": helper(p) for p in ("at", "watch")},
             "qemu_args": ["-drive", f"if=none,id=disk,format=raw,file={disk}", "-device", "virtio-blk-device,drive=disk"]}
    # What the kernel itself says as an interrupt brings the image.
    image["allow"] = r"smp_call_function_many_cond|kernel/smp\.c|cut here|Call trace|end trace"
    first = lab.boot(lab.kernel(kernel), HERE / "hibernate.sh", folder=folder / "1", cmdline="boot=1 mode=shutdown hibernate=nocompress", **image)
    last = lab.boot(lab.kernel(kernel), HERE / "hibernate.sh", folder=folder / "2", cmdline="boot=2 hibernate=nocompress",
                    rtc="2024-01-01T00:10:00", **image)
    disk.unlink()
    cases = [("guest", last.why), ("hibernates", None if first.status is None and not first.problems and not first.timed_out else str(first.why))]
    for boot, name in ((first, "other"), (last, "other"), (last, "results")):
        try:
            for line in boot.file(name).splitlines():
                verdict, _, rest = line.partition("ok ")
                case, _, why = rest.partition(": ") if verdict else (rest, "", None)
                cases.append((case, why))
        except FileNotFoundError:
            if boot is last:
                cases.append((name, "the guest did not put it"))
    for case in (power_off, restored, counts_on, counts_restored, newest):
        try:
            case(first, last, store)
            why = None
        except (Wrong, FileNotFoundError) as e:
            why = str(e)
        cases.append((case.__name__.replace("_", "-"), why))
    return cases, {}
