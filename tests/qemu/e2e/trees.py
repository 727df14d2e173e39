# SPDX-License-Identifier: GPL-2.0-only
"""Device trees made from the binding: banks of one relay, good ones, and ones
in which one property of a good one is changed, missing or there in addition.

What of them is good is not said here: dt-validate and the driver are to agree
on it.  Left out is what a schema cannot say: that numbers of two properties go
together other than by the part's ratings, that a curve falls, that a line is
there; and what dt-validate cannot read at all: strings that are not ASCII,
and types whose size it finds wrong without saying where, or not at all.  A
bank's own compatible is left out since both find the bank by it.
"""
from dataclasses import dataclass
from pathlib import Path

SCHEMA = Path(__file__).resolve().parents[3] / "dt-bindings/relay/gpio-relays.yaml"

U32_MAX = 0xffffffff
UNITS = ("-us", "-ms", "-microamp", "-microvolt")
NUMBER, FLAG, STRINGS, POINTS, LINES, CELLS = "number flag strings points lines cells".split()

BANK = {"compatible": '"gpio-relays"', "gpio-controller": None, "#gpio-cells": "<2>", "#address-cells": "<1>",
        "#size-cells": "<0>"}
RELAY = {"reg": "<0>", "coil-gpios": "<&pl061 0 0>"}
WAGO = RELAY | {"compatible": '"wago,859-353"'}
LARGEST = "<4294967295 4294967295>"

# One for each way through the schema.
BASES = {
    "plain": WAGO,
    "resistive": WAGO | {"load-type": '"resistive"', "load-microamp": "<5000000>", "load-microvolt": "<250000000>",
                         "load-inrush-microamp": "<20000000>", "load-inrush-us": "<20000>"},
    "none": WAGO | {"load-type": '"none"', "load-microamp": "<5000000>", "load-microvolt": "<250000000>",
                    "load-inrush-microamp": "<5000000>", "load-inrush-us": "<20001>"},
    "ac-15": WAGO | {"load-type": '"ac-15"', "load-microamp": "<3000000>", "load-microvolt": "<250000000>",
                     "load-inrush-microamp": "<3000001>", "load-inrush-us": "<20000>", "load-suppressor": None},
    "dc-13": WAGO | {"load-type": '"dc-13"', "load-microamp": "<2000000>", "load-microvolt": "<24000000>",
                     "load-inrush-microamp": "<2000000>", "load-inrush-us": "<20001>", "load-suppressor": None},
    "dc-limit": WAGO | {"load-type": '"dc-13"', "load-microamp": "<2000001>", "load-microvolt": "<24000001>",
                        "load-suppressor": None, "dc-load-limit": LARGEST, "electrical-life-curve": LARGEST},
    "custom": RELAY | {"operate-time-us": "<1>", "release-time-us": "<1>", "bounce-time-us": "<1>",
                       "electrical-life-cycles": "<1>", "mechanical-life-cycles": "<1>",
                       "max-loaded-cycles-per-minute": "<1>", "max-unloaded-cycles-per-minute": "<1>"},
    "group": WAGO | {"interlock-group": "<1>", "interlock-mode": '"changeover"', "interlock-dead-time-us": "<1>",
                     "momentary-time-ms": "<19>"},
    "sensed": WAGO | {"contact-gpios": "<&pl061 4 0>", "contact-type": '"linked-nc"', "contact-hold-us": "<1>",
                      "line-gpios": "<&pl061 5 0>"},
    "stored": WAGO | {"nvmem-cells": "<&record_a>, <&record_b>", "nvmem-cell-names": '"wear-a", "wear-b"',
                      "default-state": '"last"'},
}
BASES["unlimited"] = BASES["custom"] | {
    "load-microamp": "<1>", "load-microvolt": "<1>", "load-inrush-microamp": "<1>", "load-inrush-us": "<1>",
    "load-type": '"dc-13"', "load-suppressor": None, "interlock-dead-time-us": "<1>"}

REFERENCE = "wago,859-353"

# Where the records of the stored ones are.
STORE = "&store { record_a: wear@0 { reg = <0x0 0x400>; }; record_b: wear@400 { reg = <0x400 0x400>; }; };\n"


@dataclass(frozen=True)
class Tree:
    name: str       # what was done to which base
    bank: dict
    relay: dict

    def dts(self, number):
        """The bank; by the number its nodes are told from all others."""
        def body(properties):
            return "".join(f"{name}{'' if value is None else f' = {value}'}; " for name, value in properties.items())
        return f"tree-{number:x} {{ {body(self.bank)}relay@{number:x} {{ {body(self.relay)}}}; }};"


def schema():
    from ruamel.yaml import YAML    # comes with dt-schema
    return YAML(typ="safe").load(SCHEMA)


def kind(name, rule):
    """What a property's values look like."""
    rule = {} if rule is True else rule
    ref = rule.get("$ref", "").rpartition("/")[2]
    if name == "gpio-controller" or rule.get("type") == "boolean":
        return FLAG
    if ref == "uint32-matrix":
        return POINTS
    if ref == "uint32" or name == "reg" or name.startswith("#") or name.endswith(UNITS):
        return NUMBER
    if name.endswith("-gpios") or name == "trigger-sources":
        return LINES
    if name == "nvmem-cells":
        return CELLS
    if ref == "string" or rule.keys() & {"enum", "pattern", "items"}:
        return STRINGS
    raise ValueError(f"{name}: what does it look like?")


def limits(part, name):
    """All numbers that the schema has for a property."""
    found = set()
    if isinstance(part, dict):
        rule = part.get(name)
        if isinstance(rule, dict):
            found |= {rule[k] for k in ("minimum", "maximum", "const") if isinstance(rule.get(k), int)}
        part = list(part.values())
    if isinstance(part, list):
        found |= {n for p in part for n in limits(p, name)}
    return found


def numbers(whole, name):
    edges = {n + d for n in limits(whole, name) for d in (-1, 0, 1)} | {0, 1, U32_MAX}
    return {str(n): f"<{n}>" for n in sorted(edges) if 0 <= n <= U32_MAX}


def strings(rule):
    """{what: value}: the good ones by the rule's own words, and others."""
    rule = {} if rule is True else rule
    good = rule.get("enum") or [item["const"] for item in rule.get("items", [])] or ["text"]
    tried = {word: f'"{word}"' for word in good}
    both = ", ".join(f'"{word}"' for word in good[:2])
    tried |= {"all": both, "swapped": ", ".join(reversed(both.split(", "))), "twice": f"{both}, {both}",
              "same-twice": f'"{good[0]}", "{good[0]}"', "unknown": '"acme,unknown"', "capital": f'"{good[0].upper()}"'}
    if "pattern" in rule:
        words = ("a", "a" * 40, "a" * 41, "a/b", "/", ".", "..", "...", ".a", "summary", "_summary", "a b", "-", "a:b")
        tried |= {word: f'"{word}"' for word in words}
        tried |= {"tab": "[61 09 62 00]", "newline": "[61 0a 00]", "delete": "[7f 00]", "escape": "[1b 00]"}
    return tried


def points(count, zero=None):
    """A curve as high as can be, of so many points, of which one number may be 0."""
    values = [n for i in range(count) for n in (U32_MAX - (count - 1 - i), U32_MAX - i)]
    if zero is not None:
        values[zero] = 0
    return ", ".join(f"<{a} {b}>" for a, b in zip(values[::2], values[1::2]))


NOT_NUMBERS = {"no-value": None, "text": '"four!"', "text-of-4": '"abc"', "bytes": "[00 00 01]", "two": "<1 2>",
               "two-groups": "<1>, <2>", "64-bit": "/bits/ 64 <1>"}
NOT_STRINGS = {"no-value": None, "empty": '""', "number": "<1>", "number-as-text": "<0x61626300>"}


def values(whole, name, rule):
    """{what: value} to try for a property; the value of a flag is None."""
    what = kind(name, rule)
    if name in ("reg", "#address-cells", "#size-cells"):
        # With no cell at all dt-validate would count those of reg for ever.
        some = {n: v for n, v in numbers(whole, name).items() if (name, n) != ("#address-cells", "0")}
        return some | {"two": "<1 2>"}
    if what is NUMBER:
        return numbers(whole, name) | NOT_NUMBERS
    if what is FLAG:
        return {"set": None, "number": "<1>", "zero": "<0>", "text": '"yes"', "byte": "[01]"}
    if what is STRINGS:
        return strings(rule) | NOT_STRINGS
    if what is POINTS:
        return {f"{n}-points": points(n) for n in (1, 2, 3, 9, 10, 11)} | {
            "one-number": "<1>", "three-numbers": "<4294967294 4294967295>, <4294967295>", "no-value": None,
            "first-0": points(1, 0), "second-0": points(1, 1), "last-0": points(3, 5), "text": '"four!"',
            "bytes": "[00 00 01]"}
    if what is LINES:
        return {"line": "<&pl061 1 0>", "low": "<&pl061 1 1>", "two": "<&pl061 1 0>, <&pl061 2 0>",
                "three": "<&pl061 1 0>, <&pl061 2 0>, <&pl061 3 0>"}
    cells = ("<&record_a>", "<&record_b>")
    return {"one": cells[0], "two": ", ".join(cells), "three": ", ".join(cells + cells[:1]), "no-value": None}


def good_value(whole, name, rule):
    """Some value for a property that is not known by its name."""
    return {NUMBER: "<1>", FLAG: None, POINTS: points(1)}.get(kind(name, rule), '"text"')


def relays(whole):
    """All trees whose relay differs from that of a base."""
    rules = next(rule for rule in whole["patternProperties"].values() if "reg" in rule.get("properties", {}))["properties"]
    for base, relay in BASES.items():
        yield Tree(f"{base}/as-it-is", BANK, relay)
        for name in relay:
            yield Tree(f"{base}/{name}/absent", BANK, {n: v for n, v in relay.items() if n != name})
        for name, rule in rules.items():
            # Properties that no base has are tried in the plain one, all parts in the one that needs none.
            if name in relay or base == "plain" or (base, name) == ("custom", "compatible"):
                for what, value in values(whole, name, rule).items():
                    # The binding has the limits of the reference part alone, which loads and pulses of the bases obey.
                    if name != "compatible" or base in ("plain", "custom") or what not in rule["enum"] or what == REFERENCE:
                        yield Tree(f"{base}/{name}/{what}", BANK, relay | {name: value})
    for name, rule in rules.items():
        yield Tree(f"plain/{name}x/unknown", BANK, WAGO | {f"{name}x": good_value(whole, name, rule)})
    yield Tree("plain/three/unknown", BANK, WAGO | {"max-on-time": "<1>", "Label": '"a"', "contact-source": None})


def banks(whole):
    """All trees whose bank is not as it should be."""
    for name, rule in whole["properties"].items():
        # A supply is a regulator's, which no tree here has; e2e's supply has one.
        if name in ("compatible", "coil-supply"):
            continue
        yield Tree(f"bank/{name}/absent", {n: v for n, v in BANK.items() if n != name}, WAGO)
        yield Tree(f"bank/{name}x/unknown", BANK | {f"{name}x": good_value(whole, name, rule)}, WAGO)
        for what, value in values(whole, name, rule).items():
            yield Tree(f"bank/{name}/{what}", BANK | {name: value}, WAGO)


def trees():
    """Each tree once, in the order of their names."""
    whole = schema()
    found = {}
    for tree in (*relays(whole), *banks(whole)):
        found.setdefault(tree.dts(0), tree)
    return sorted(found.values(), key=lambda tree: tree.name)
