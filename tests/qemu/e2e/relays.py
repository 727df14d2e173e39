# SPDX-License-Identifier: GPL-2.0-only
"""Relays for a storm: their ratings, groups and defaults drawn from a seed."""
import random

from story import Relay

US = 1000
MOST = (1 << 32) - 1
# Which lines of the chip the relays of the two banks are on; line 3 ties the clocks together.
BANKS = {"bank-a": (0, 1, 2), "bank-b": (4, 5, 6, 7)}
GROUPS = {3: ("000", "110", "111", "101"), 4: ("0000", "1122", "1110", "0110", "1221")}

WAGO = {"operate-time-us": 15_000, "release-time-us": 25_000, "bounce-time-us": 3500,
        "max-loaded-cycles-per-minute": 6, "max-unloaded-cycles-per-minute": 180,
        "electrical-life-cycles": 50_000, "mechanical-life-cycles": 5_000_000}


def evenly(rng, low, high):
    """A number between two, evenly on a logarithmic scale."""
    return min(high, max(low, round(low * (high / low) ** rng.random())))


def ratings(rng, swift):
    """Any positive number is a valid rating."""
    slowest = rng.choice((1, 5, 20, 50, 100) if swift else (50, 500, 5000, 50_000, 500_000))
    least = 10**7 if swift else 600
    return {"operate-time-us": evenly(rng, 1, slowest), "release-time-us": evenly(rng, 1, slowest),
            "bounce-time-us": evenly(rng, 1, slowest),
            "max-loaded-cycles-per-minute": evenly(rng, 30, MOST),
            "max-unloaded-cycles-per-minute": rng.choice((evenly(rng, least, MOST), MOST)),
            "electrical-life-cycles": evenly(rng, 1, MOST), "mechanical-life-cycles": evenly(rng, 1, MOST)}


def draw(seed):
    """[(Relay, the properties of its node)].

    The first is a WAGO 859-353 under load.  Those of the second bank are swift
    beyond all that can be bought, so that few seconds hold many edges.
    """
    rng = random.Random(seed)
    found = []
    for bank, lines in BANKS.items():
        groups = rng.choice(GROUPS[len(lines)])
        for reg, line in enumerate(lines):
            first, swift = not found, bank == "bank-b"
            r = WAGO if first or not swift and not rng.randrange(4) else ratings(rng, swift)
            node = {} if r is WAGO else dict(r)
            more = {"reg": reg, "label": f"r{line}", "load-type": "resistive" if first else "none",
                    "default-state": rng.choice(("off", "off", "on", "keep"))}
            if groups[reg] != "0":
                more["interlock-group"] = int(groups[reg]) * 1000
            dead_us = -(-3 * r["release-time-us"] // 2) + r["bounce-time-us"] + 10_000
            if swift or rng.randrange(2):
                dead_us = more["interlock-dead-time-us"] = evenly(rng, 1, 100 if swift else 5000)
            for name in ("min-on-time-ms", "min-off-time-ms"):
                if not swift and not rng.randrange(4):
                    more[name] = evenly(rng, 1, 30)
            low = not rng.randrange(3)
            retain = more["default-state"] == "keep" and bool(rng.randrange(2))
            found.append((Relay(
                more["label"], bank, line,
                (r["operate-time-us"] + r["bounce-time-us"]) * US, (r["release-time-us"] + r["bounce-time-us"]) * US,
                r["max-loaded-cycles-per-minute"], r["max-unloaded-cycles-per-minute"],
                r["electrical-life-cycles"], r["mechanical-life-cycles"],
                load=more["load-type"], default=more["default-state"], active_low=low, retain=retain,
                group=int(groups[reg]), dead_ns=dead_us * US,
                min_on_ms=more.get("min-on-time-ms", 0), min_off_ms=more.get("min-off-time-ms", 0)),
                node | more))
    return found


def relays(seed):
    return [relay for relay, _ in draw(seed)]


def text(value):
    return f'"{value}"' if isinstance(value, str) else f"<{value}>"


def dts(seed, more=""):
    """The banks as device tree; @more: nodes that the last one has besides."""
    out = ["/ {"]
    for bank in BANKS:
        out += [f"\t{bank} {{", "\t\tBANK;"]
        for relay, node in draw(seed):
            if relay.bank == bank:
                flags = "GPIO_ACTIVE_LOW" if relay.active_low else "GPIO_ACTIVE_HIGH"
                out.append(f"\t\trelay@{node['reg']} {{")
                if "operate-time-us" not in node:
                    out.append('\t\t\tcompatible = "wago,859-353";')
                out += [f"\t\t\t{name} = {text(value)};" for name, value in node.items()]
                out += [f"\t\t\tcoil-gpios = <&pl061 {relay.line} {flags}>;",
                        *["\t\t\tretain-state-shutdown;"] * relay.retain, "\t\t};"]
        out.append("\t};")
    out.insert(-1, more)
    return "\n".join([*out, "};", ""])
