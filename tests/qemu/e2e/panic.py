# SPDX-License-Identifier: GPL-2.0-only
"""Panic: coils are released, but those that are to stay; an LED trigger still drives its relay.
And once more while the lock of one bank is held, and of the list of banks: nobody waits for these."""
from topic import CLOSE, HERE, PRELUDE, SECOND, Wrong, between, equal, lab

WEIGHT = 4
KERNELS = ("6.1", "6.12", "6.12-rt", "7.3")
LINES = {"plain": 0, "kept": 1, "alarm": 2, "pulse": 3, "asleep": 4, "held": 5}
DTS = """/ {
	relay-bank {
		BANK;

		relay@0 { reg = <0>; WAGO(0); label = "plain"; UNLOADED; };
		relay@1 { reg = <1>; WAGO(1); label = "kept"; UNLOADED; retain-state-panic; };
		relay@2 { reg = <2>; WAGO(2); label = "alarm"; UNLOADED; linux,default-trigger = "panic"; };
		relay@3 { reg = <3>; WAGO(3); label = "pulse"; UNLOADED; retain-state-panic; };
	};

	i2c {
		compatible = "emrelay-test,i2c";
		wire-gpios = <&pl061 4 0>;
		#address-cells = <1>; #size-cells = <0>;

		expander: gpio@20 {
			compatible = "nxp,pca9554";
			reg = <0x20>;
			gpio-controller; #gpio-cells = <2>;
		};
	};

	sleeping-bank {
		BANK;

		relay@0 { reg = <0>; compatible = "wago,859-353"; coil-gpios = <&expander 0 0>; label = "asleep"; UNLOADED; };
	};

	lines: lines {
		compatible = "emrelay-test,lines";
		wire-gpios = <&pl061 5 0>, <&pl061 6 0>;
		gpio-controller; #gpio-cells = <2>;
	};

	held-bank {
		BANK;

		relay@0 { reg = <0>; compatible = "wago,859-353"; coil-gpios = <&lines 0 0>; label = "held"; UNLOADED; };
		relay@1 { reg = <1>; compatible = "wago,859-353"; coil-gpios = <&lines 1 0>; label = "panics"; UNLOADED; };
	};
};"""


class Seen:
    """Of a guest that ends with a panic: the edges before it, and after it."""

    def __init__(self, result):
        self.edges = result.edges
        # "pulse" is the last to be energised before.
        self.begin = next((ns for ns, line, level in result.edges if line == LINES["pulse"] and level), None)
        if self.begin is None:
            raise Wrong("nothing was energised")

    def after(self, relay):
        return [(ns - self.begin, level) for ns, line, level in self.edges if line == LINES[relay] and ns > self.begin]


def case_released(seen):
    equal([level for _, level in seen.after("plain")], [0], "plain")
    between(seen.after("plain")[0][0], SECOND, 2 * SECOND, "ns to its release")


def case_retained(seen):
    equal(seen.after("kept"), [], "kept")


def case_pulse_is_not_retained(seen):
    """Nobody would end it."""
    equal([level for _, level in seen.after("pulse")], [0], "pulse")
    between(seen.after("pulse")[0][0], SECOND, 2 * SECOND, "ns to its release")


def case_trigger(seen):
    """It blinks, in the limits of the relay."""
    edges = seen.after("alarm")
    equal([level for _, level in edges][:4], [1, 0, 1, 0], "alarm")
    for (a, _), (b, _) in zip(edges, edges[1:]):
        between(b - a, CLOSE, float("inf"), "ns between edges")


def case_lines_that_sleep(seen):
    equal(seen.after("asleep"), [], "asleep")


def case_every_bank(seen):
    equal([level for _, level in seen.after("held")], [0], "held")


def held_bank_is_left(seen):
    """Its lock is not to be had any more: the panic came from below it."""
    equal(seen.after("held"), [], "held")


def run(kernel, folder):
    """A panic by sysrq; one in the driver of a line, under the bank's lock; and one there as the coils are released
    after that of sysrq."""
    cases = []
    for name, wait, wanted, judges in (("sysrq", 1, 1, [case for key, case in globals().items() if key.startswith("case_")]),
                                       ("line", -1, 1, [case_released, case_retained, case_pulse_is_not_retained, held_bank_is_left]),
                                       ("release", -1, 2, [case_retained, case_lines_that_sleep, held_bank_is_left])):
        result = lab.boot(lab.kernel(kernel), HERE / "panic.sh", dts=PRELUDE + DTS, folder=folder / name, more=("bus",), timeout=60,
                          modules=["gpio-pca953x", "ledtrig-panic"], cmdline=f"panic={wait} by={name}",
                          files={"/test/lib.sh": HERE / "lib.sh"}, allow=r".*")
        for case in judges:
            try:
                case(Seen(result))
                why = None
            except (Wrong, IndexError) as e:
                why = str(e)
            cases.append((f"{name}-{case.__name__.removeprefix('case_').replace('_', '-')}", why))
        panics = result.console.count("Kernel panic - not syncing")
        cases += [(f"{name}-panics", None if panics == wanted else f"{panics} panics"),
                  (f"{name}-ends", "the guest did not finish in time" if result.timed_out else None)]
    return cases, {}
