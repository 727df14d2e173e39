# SPDX-License-Identifier: GPL-2.0-only
"""What the topics share: a guest's findings as data, and words to judge them with.

A topic NAME is NAME.py with NAME.sh, the script of its guest, and NAME.dts, its
device tree.  NAME.py may have

    KERNELS  the kernels it runs on, instead of the stock ones
    LINES    {relay: line of the PL061}
    SOAK     it is only run when it is asked for
    BOOT     more arguments for lab.boot()
    FILES    {path in the guest: Path or bytes}
    STORE    the guest has one, see store= of lab.boot()
    BOOTS    for each boot of a guest that has a store and is booted more than once: a function that
             gets the Guests before and the store's file, and returns more arguments for lab.boot()
    case_*   functions that get a Guest and raise Wrong if something is
    run()    instead of all that: gets the kernel's name and a folder, returns [(case, what is wrong
             or None)] and {what was seen: how often}

and the guest itself reports cases by what lib.sh offers.
"""
import functools
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import cache  # noqa: E402
import debian  # noqa: E402
import lab    # noqa: E402

TOOLS = lab.ROOT / "tools"

MS = 1_000_000
SECOND = 1000 * MS
# What the contact of a line did is logged as of the line of a number so much higher.
TRUTH = 8

# The WAGO 859-353: operate + bounce, release + bounce, and 6 and 180 a minute.
CLOSE = 18_500_000
OPEN = 28_500_000
LOADED = 10 * SECOND
UNLOADED = 333_333_334

# Under -icount lateness is the number of instructions from the timer's
# interrupt to the line.  Debug kernels execute many.
LATE = {"6.1": 100_000, "6.12": 100_000, "6.12-rt": 100_000, "7.3": 100_000, "test": 2 * MS, "kcsan": 2 * MS}

# From a wake-up to the process or the worker that runs.  A kernel that preempts lazily, as Linux 7 does, lets
# what runs go on until the second tick.
WOKEN = {"7.3": 9 * MS}

# Every device tree begins with these.
PRELUDE = """
#define BANK compatible = "gpio-relays"; gpio-controller; #gpio-cells = <2>; \\
	#address-cells = <1>; #size-cells = <0>
#define COIL(line) coil-gpios = <&pl061 line GPIO_ACTIVE_HIGH>
#define WAGO(line) compatible = "wago,859-353"; COIL(line)
#define UNLOADED load-type = "none"
/*
 * 192 lines nobody has to look at: they are memory that no one else uses.  NEXT is the next of
 * the last 128.  Each line is named once only: from 7.0 on Linux shares one that is named twice.
 */
#define SPARE_LINES(chip, address) gpio@address { \
	compatible = "wd,mbl-gpio"; phandle = <chip>; \
	reg = <0 0x##address 0 8>; reg-names = "dat"; \
	gpio-controller; #gpio-cells = <2>; \
}
#define SPARES \
	reserved-memory { \
		#address-cells = <2>; #size-cells = <2>; ranges; \
		lines@5f000000 { reg = <0 0x5f000000 0 0x1000>; no-map; }; \
	}; \
	SPARE_LINES(0x7000, 5f000000); SPARE_LINES(0x7001, 5f000008); SPARE_LINES(0x7002, 5f000010)
#define SPARE(line) coil-gpios = <0x7000 line GPIO_ACTIVE_HIGH>
#define NTH(n) coil-gpios = <(0x7001 + (n) / 64) ((n) % 64) GPIO_ACTIVE_HIGH>
#define NEXT NTH(__COUNTER__)
/* A state of the processor in which no timer counts: so "skip" of lib.sh skips time. */
#define SLEEPS cpus { \\
	idle-states { \\
		entry-method = "psci"; \\
		asleep: asleep { \\
			compatible = "arm,idle-state"; arm,psci-suspend-param = <0>; \\
			entry-latency-us = <1>; exit-latency-us = <1>; min-residency-us = <1>; \\
		}; \\
	}; \\
	cpu@0 { enable-method = "psci"; cpu-idle-states = <&asleep>; }; \\
}
"""


class Wrong(Exception):
    """Something is not as the contract has it."""


def equal(got, wanted, what="got"):
    if got != wanted:
        raise Wrong(f"{what} {got}, expected {wanted}")


def between(value, low, high, what="value"):
    if not low <= value <= high:
        raise Wrong(f"{what} {value} is not in {low} … {high}")


def ceil_ms(ns):
    return -(-max(0, ns) // MS)


def helper(name):
    """A program of the guest, compiled once for the source it has now."""
    source = HERE / f"{name}.c"
    compiler, flags = f"{lab.CROSS}gcc", ["-static", "-O2", "-Wall", "-Wextra", "-Werror"]
    return cache.entry(f"helper/{name}-{cache.digest(compiler, *flags, source, HERE.parent / 'semihost.h')}",
                       lambda folder: lab.run(compiler, *flags, "-o", folder / name, source)) / name


def tool(name, place="/test"):
    """One of the tools, for the guest: {path in the guest: file}."""
    sources = sorted(path for path in TOOLS.iterdir() if path.suffix in (".c", ".h") or path.name == "Makefile")
    sources.append(lab.ROOT / "driver/version.h")
    folder = cache.entry(f"helper/{name}-{cache.digest(*sources)}", lambda folder: debian.compile_tool(name, folder, TOOLS))
    return {f"{place}/{name}": folder / name} | debian.tool_libraries()


class Guest:
    """A guest that has run: what it put, what was seen from outside."""

    def __init__(self, topic, kernel, result, before=(), store=None, rtc=None):
        self.kernel = kernel
        self.before = before        # the boots before this one
        self.store = store          # its file, as it is after the last boot
        self.rtc = rtc              # what the real-time clock showed at boot
        self.late = LATE[kernel]
        self.woken = self.late + WOKEN.get(kernel, MS)
        self.result = result
        self.lines = getattr(topic, "LINES", {})

    def text(self, name):
        try:
            return self.result.file(name)
        except FileNotFoundError as e:
            raise Wrong(f"the guest did not put {name}") from e

    def edges(self, line):
        """[(ns of the virtual clock, level)] of a line of the PL061."""
        return [(ns, level) for ns, at, level in self.result.edges if at == line]

    @functools.cached_property
    def trace(self):
        """The tracepoints: dictionaries of their fields, and "event", oldest first."""
        found = []
        for event, fields in re.findall(r": emrelay_(\w+): (.*)$", self.text("trace"), re.M):
            words = re.findall(r"(\w+)=(.*?)(?= \w+=|$)", fields)
            e = {"event": event} | {k: int(v) if re.fullmatch(r"-?\d+", v) else v for k, v in words}
            # In the topics' words.
            found.append(e | {"ns": e.get("now_ns", e.get("ns")), "why": e.get("source")})
        return found

    def events(self, event, relay):
        return [e for e in self.trace if e["event"] == event and e["relay"] == relay]

    @functools.cached_property
    def offset(self):
        """CLOCK_BOOTTIME - the virtual clock.

        The driver takes an edge's time just after the line's write: the least
        difference is the one with the least delay.
        """
        pairs = [(e["now_ns"], ns) for relay, line in self.lines.items()
                 for e, (ns, _) in zip(self.events("coil", relay), self.edges(line))]
        if not pairs:
            raise Wrong("no edge to compare the clocks by")
        return min(boot - virtual for boot, virtual in pairs)

    def wire(self, relay):
        """[(ns of CLOCK_BOOTTIME, level)] of a relay's coil, as seen from outside."""
        return [(ns + self.offset, level) for ns, level in self.edges(self.lines[relay])]

    def real_s(self, ns):
        """A moment of CLOCK_BOOTTIME on the clock on the wall: the (first, last) second that it may be in."""
        before, boot, after = self.text("clocks").split()
        early, late = (int(real.replace(".", "")) * 1000 - int(boot) for real in (before, after))
        if late - early > 50 * MS:
            raise Wrong(f"the clocks are {late - early} ns apart")
        return (ns + early) // SECOND, (ns + late) // SECOND

    def window(self, relay, begin, end):
        return [(ns, level) for ns, level in self.wire(relay) if begin <= ns <= end]

    def at(self, name):
        """What the program "at" logged: a list of Step."""
        return [Step(*line.split(" ", 4)) for line in self.text(name).splitlines()]


class Step:
    """One read or write by "at": when it began and ended, its errno's text or "ok"."""

    def __init__(self, begin, end, result, path, text):
        self.begin, self.end, self.result = int(begin), int(end), result.replace("_", " ")
        self.relay, _, self.file = path.partition("/")
        self.text = text

    def __repr__(self):
        return f"{self.relay}/{self.file} {self.text}: {self.result}"


def law_cases(laws, wrong, seed):
    """A case a law, by its name: it fails if of wrong(guest), pairs of a law and a text, one is of it."""
    def lawful(law):
        def case(guest):
            found = [text for at, text in wrong(guest) if at == law]
            if found:
                raise Wrong(f"seed {seed}: {len(found)} times, first: {found[0]}")
        return case

    return {f"case_{'law_' * law.isdigit()}{law}": lawful(law) for law in laws}


def obeys(edges, close=CLOSE, open_=OPEN, spacing=UNLOADED):
    """Laws 1, 2 and 4 on one wire: no edge before its moment."""
    for (a, _), (b, level) in zip(edges, edges[1:]):
        between(b - a, open_ if level else close, float("inf"), "ns between edges:")
    rising = [ns for ns, level in edges if level]
    for a, b in zip(rising, rising[1:]):
        between(b - a, spacing, float("inf"), "ns between energisations:")
