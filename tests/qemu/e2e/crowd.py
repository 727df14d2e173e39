# SPDX-License-Identifier: GPL-2.0-only
"""200 relays whose records go to one slow store do not delay an edge of others."""
from topic import MS, UNLOADED, between, equal, obeys

KERNELS = ("6.1", "6.12")
WEIGHT = 20
CROWD, OTHERS = 200, 4
STORE = True
# How much later than alone an edge may be: copying a record under the lock.
SLACK = 20_000

RATINGS = """operate-time-us = <15000>; release-time-us = <25000>; bounce-time-us = <3500>;
			electrical-life-cycles = <50000>; mechanical-life-cycles = <5000000>;
			max-loaded-cycles-per-minute = <6>; max-unloaded-cycles-per-minute = <180>; UNLOADED"""


def dts():
    """A store that all of them fit in; the crowd's lines are memory, in four chips."""
    chips = range(-(-CROWD // 64))
    relays = [f"coil-gpios = <&lines{n // 64} {n % 64} GPIO_ACTIVE_HIGH>" for n in range(CROWD)]
    relays += [f"COIL({n})" for n in range(OTHERS)]
    cells = "\n".join(f"\t\twear{n}: wear@{n * 256:x} {{ reg = <{n * 256} 256>; }};" for n in range(2 * len(relays)))
    nodes = "\n".join(f"""\t\trelay@{n:x} {{
			reg = <{n}>; {coil}; {RATINGS};
			nvmem-cells = <&wear{2 * n}>, <&wear{2 * n + 1}>; nvmem-cell-names = "wear-a", "wear-b";
		}};""" for n, coil in enumerate(relays))
    lines = "\n".join(f"""\tlines{n}: gpio@{0x5f000000 + 8 * n:x} {{
		compatible = "wd,mbl-gpio"; gpio-controller; #gpio-cells = <2>;
		reg = <0 {0x5f000000 + 8 * n} 0 8>; reg-names = "dat";
	}};""" for n in chips)
    return f"""
/delete-node/ &store;
/ {{
	reserved-memory {{
		crowd@5f000000 {{ reg = <0 0x5f000000 0 0x1000>; no-map; }};
		crowd@5e000000 {{ reg = <0 0x5e000000 0 0x40000>; no-map; }};
	}};
{lines}
	crowd-store@5e000000 {{
		compatible = "emrelay-test,store"; reg = <0 0x5e000000 0 0x40000>;
		#address-cells = <1>; #size-cells = <1>;
{cells}
	}};
	crowd {{
		BANK;
{nodes}
	}};
}};
"""


DTS = dts()


def phase(g, name):
    """What was written at its beginning and its end, and how late each edge on the wire was that a timer made."""
    before, begin, end, after = (int(n) for n in g.text(name).split())
    # The guest's clocks are but a constant apart, which does not matter among seconds.
    late = []
    for line in range(OTHERS):
        edges = [(ns, level) for ns, level in g.edges(line) if begin < ns + offset(g) < end]
        for n, (ns, level) in enumerate(edges):
            if not level:
                late.append(ns - edges[n - 1][0] - (60 if n % 4 == 1 else 30) * MS)
            elif n % 4 == 2:
                late.append(ns - edges[n - 2][0] - UNLOADED)
        equal([level for _, level in edges], [1, 0] * 40, f"{name}: edges of line {line}")
    return before, after, late


def offset(g):
    """CLOCK_BOOTTIME - the virtual clock, to some ms: the first edge follows the first look at the clock."""
    return int(g.text("alone").split()[1]) - g.result.edges[0][0] + 10 * MS


def case_edges_on_time(g):
    """The worst of hundreds is as good as without the crowd."""
    before, after, alone = phase(g, "alone")
    equal((before, after), (0, 0), "writes while alone")
    before, after, crowded = phase(g, "crowded")
    # Each takes 80 ms, and all the time there was one.
    between(after - before, 100, 199, "writes meanwhile")
    equal(len(crowded), len(alone), "edges")
    between(min(*alone, *crowded), 0, g.late, "the earliest")
    print(f"# crowd: late alone {max(alone)} ns, crowded {max(crowded)} ns, {len(alone)} edges each, {after - before} records")
    between(max(crowded), 0, min(g.late, max(alone) + SLACK), "the latest")


def case_all_stored(g):
    """Each of the crowd has its cycle in the store."""
    found = [line.split() for line in g.text("stored").splitlines()]
    equal([(cycles, stored) for _, cycles, stored in found[:CROWD]], [("1", "1")] * CROWD)


def case_never_early(g):
    for line in range(OTHERS):
        obeys(g.edges(line), spacing=UNLOADED)
