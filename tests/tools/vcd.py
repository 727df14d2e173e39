#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Parse a value change dump as strictly as IEEE 1364 has it, and print it.

usage: vcd.py FILE

Prints a line "var SCOPE.NAME BITS" for each variable, then a line
"TIME SCOPE.NAME VALUE" for each value in order, the initial ones among them,
and "end TIME". Anything that the standard does not allow, and a change that
changes nothing, is an error.
"""
import re
import sys


def parse(text):
    head, mark, body = text.partition("$enddefinitions $end\n")
    assert mark, "no $enddefinitions"
    sections = re.findall(r"\$(\w+)\s(.*?)\$end\n", head, re.S)
    assert re.fullmatch(r"(\$\w+\s.*?\$end\n)*", head, re.S), "text between the sections"
    names, bits, scope = {}, {}, []
    out = []
    for kind, content in sections:
        words = content.split()
        if kind == "timescale":
            assert words == ["1", "ns"], f"timescale {words}"
        elif kind == "scope":
            assert words[0] == "module" and re.fullmatch(r"[A-Za-z_]\w*", words[1]), f"scope {words}"
            scope.append(words[1])
        elif kind == "upscope":
            scope.pop()
        elif kind == "var":
            assert words[0] == "wire", f"var {words}"
            name, width = ".".join(scope + [words[3]]), int(words[1])
            assert words[4:] == ([f"[{width - 1}:0]"] if width > 1 else []), f"range of {words}"
            assert re.fullmatch(r"[!-~]+", words[2]) and words[2] not in names, f"id of {words}"
            assert name not in names.values(), f"{name} twice"
            names[words[2]], bits[words[2]] = name, width
            out.append(f"var {name} {width}")
        else:
            assert kind in ("version", "comment"), f"section {kind}"
    assert not scope, "scope left open"
    assert sum(kind == "timescale" for kind, _ in sections) == 1, "timescale missing"

    now, dumping, dumped, values = None, False, False, {}
    for line in body.splitlines():
        if line[0] == "#":
            time = int(line[1:])
            assert not dumping and time >= 0 and (now is None or time > now), f"time {line}"
            now = time
        elif line == "$dumpvars":
            assert now is not None and not dumped
            dumping = dumped = True
        elif line == "$end":
            assert dumping and values.keys() == names.keys(), "not all variables dumped"
            dumping = False
        else:
            match = re.fullmatch(r"([01xz])([!-~]+)|b([01xz]+) ([!-~]+)", line)
            assert match, f"line {line}"
            value, ident = (match[1], match[2]) if match[1] else (match[3], match[4])
            assert dumped, "value before $dumpvars"
            assert len(value) == bits[ident] or value == "x", f"width of {line}"
            assert bool(match[1]) == (bits[ident] == 1), f"form of {line}"
            assert values.get(ident) != value, f"{now}: {names[ident]} does not change"
            values[ident] = value
            out.append(f"{now} {names[ident]} {value}")
    out.append(f"end {now}")
    return out


if __name__ == "__main__":
    try:
        with open(sys.argv[1], encoding="ascii") as f:
            print("\n".join(parse(f.read())))
    except AssertionError as e:
        sys.exit(f"vcd: {e}")
