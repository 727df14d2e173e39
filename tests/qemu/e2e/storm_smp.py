# SPDX-License-Identifier: GPL-2.0-only
"""The storm in real time on two processors, in a kernel that looks for races,
leaks and misuse; a line that sleeps makes all of its bank do so.  Time is not
under control here: nothing is judged late, but all that is early, uncounted or
unasked.
"""
import functools

import judge
import relays
import storm
import story as stories
from judge import MS, SECOND
from topic import law_cases

KERNELS = ("test",)
PROGRAMS = ("storm",)
WEIGHT = 90
BOOT = storm.BOOT | {"icount": False, "smp": 2, "timeout": 600}
# One line on a chip that sleeps, which nobody asks for, makes all of its bank be driven by a worker.
DTS = """/ {
	gpio-simulator {
		compatible = "gpio-simulator";

		sim: lines { gpio-controller; #gpio-cells = <2>; ngpios = <8>; gpio-sim,label = "sim"; };
	};
};
""" + relays.dts(storm.SEED, """
		relay@9 {
			reg = <9>; compatible = "wago,859-353";
			coil-gpios = <&sim 0 GPIO_ACTIVE_HIGH>;
		};""")


@functools.cache
def verdict(guest):
    story = stories.parse(guest.text("storm.txt"), guest.text("trace.txt"))
    # A busy host stops one processor of the guest now and then: what only a longer stop explains is not wrong.
    for slack in (50 * MS, SECOND):
        wrong, judges = judge.judge(storm.RELAYS, guest.result.edges, story, late=None, told_late=slack, quiet_late=40 * slack)
        if not wrong:
            break
    storm.report(guest, wrong, story, judges)
    return wrong


globals().update(law_cases(judge.LAWS, verdict, storm.SEED))
