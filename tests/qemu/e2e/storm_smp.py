# SPDX-License-Identifier: GPL-2.0-only
"""The storm in real time on two processors, in a kernel that looks for races,
leaks and misuse; a line that sleeps makes all of its bank do so.  Time is not
under control here: nothing is judged late, but all that is early, uncounted or
unasked.
"""
import functools

import judge
import storm
from judge import MS, SECOND
from storm import RELAYS
from topic import Wrong

KERNELS = ("test",)
PROGRAMS = ("storm",)
WEIGHT = 90
BOOT = storm.BOOT | {"icount": False, "smp": 2, "timeout": 600}
DTS = """#define SWIFT_CHIP sim
/ {
	gpio-simulator {
		compatible = "gpio-simulator";

		sim: lines { gpio-controller; #gpio-cells = <2>; ngpios = <8>; gpio-sim,label = "sim"; };
	};
};
""" + (storm.HERE / "storm.dts").read_text(encoding="utf-8")


@functools.cache
def verdict(guest):
    story = judge.parse(guest.text("storm.txt"), guest.text("trace.txt"))
    late = {"late": None, "told_late": 50 * MS, "quiet_late": 2 * SECOND}
    wrong, judges = judge.judge([r for r in RELAYS if r.label != "swift"], guest.result.edges, story, **late)
    # No one sees the simulated line from outside: what the driver tells of it is judged.
    more, others = judge.judge([r for r in RELAYS if r.label == "swift"], None, story, **late)
    storm.report(guest, [*wrong, *more], story, judges | others)
    return [*wrong, *more]


def lawful(law):
    def case(guest):
        wrong = [text for at, text in verdict(guest) if at == law]
        if wrong:
            raise Wrong(f"seed {storm.SEED}: {len(wrong)} times, first: {wrong[0]}")
    return case


for _law in judge.LAWS:
    globals()[f"case_{'law_' * _law.isdigit()}{_law}"] = lawful(_law)
