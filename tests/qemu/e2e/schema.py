# SPDX-License-Identifier: GPL-2.0-only
"""The binding and the driver agree on what a good device tree is: dt-validate's
verdict on each tree of trees.py beside that of the driver's probe in a guest.

There are three verdicts: good; bad, which the probe refuses; and unknown: a
property or a part that the schema does not have, which the probe names in a
warning.
"""
import collections
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lab
import trees
from topic import HERE, PRELUDE

sys.path.append(str(lab.ROOT / "tests/lint"))

KERNELS = ("6.12",)
WEIGHT = 1

# What dt-validate says of properties, and of a part, that are not in the schema.
UNKNOWN = re.compile(r"(.*) (?:do|does) not match any of the regexes|(.*) (?:was|were) unexpected\)")
# What a probe fails with that could have gone well at another time.
UNDECIDED = ("not tried", "Resource temporarily unavailable", "Cannot allocate memory")
UNKNOWN_PART = re.compile(r"relay@\w+: ?compatible:0: '(.*)' (?:is not one of|was expected|does not match)")


# What the trees refer to, as far as dt-validate has to know it.
STUB = """/dts-v1/;
/ {
	pl061: gpio { gpio-controller; #gpio-cells = <2>; };
	store: store { };
"""
# dt-validate takes more than twice as long for a file twice as long.
CHUNK = 100


def complaints(all_trees, folder):
    """{number of a tree: what dt-validate says of it by the binding}"""
    import dt
    blobs = []
    for start in range(0, len(all_trees), CHUNK):
        text = STUB + "".join(f"{t.dts(n)}\n" for n, t in enumerate(all_trees[start:start + CHUNK], start)) + "};\n"
        blobs.append(folder / f"{start}.dtb")
        blobs[-1].with_suffix(".dts").write_text(text + trees.STORE, encoding="utf-8")
        lab.run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blobs[-1], blobs[-1].with_suffix(".dts"))

    processed = folder / "processed.json"
    # With dt-schema's own, and what there is in the kernel for properties of any node.
    wrong = dt.said("dt-mk-schema", "-j", "-o", processed, dt.bindings() / "nvmem/nvmem-consumer.yaml", trees.SCHEMA)
    text = dt.said("dt-validate", "-s", processed, *blobs)
    if wrong or "Traceback" in text or "exit status" in text:
        raise lab.LabError(f"dt-validate: {(wrong + text)[-1000:]}")

    found = collections.defaultdict(list)
    for complaint in re.split(r"\n(?!\t)", text.replace(f"{folder}/", "")):
        number = re.match(r"\d+\.dtb: (?:tree-|relay@)([0-9a-f]+)\b", complaint)
        if number:
            found[int(number[1], 16)].append(complaint.split("\n")[0].partition(": ")[2])
    return found


def by_schema(said):
    """(verdict, what is unknown) by what dt-validate says of a tree."""
    names = set()
    for complaint in said:
        unknown, part = UNKNOWN.search(complaint), UNKNOWN_PART.search(complaint)
        if unknown:
            names |= set(re.findall(r"'([^']+)'", complaint.partition(" not match any")[0]))
        elif part:
            names.add(part[1])
        else:
            return "bad", set()
    return ("unknown" if names else "good"), names


def by_probe(bound, said):
    """(verdict, what is unknown) by whether the driver bound a tree's bank, and what it said."""
    names = set()
    for message in said:
        if " properties unknown to this driver: " in message:
            names |= set(message.partition(" properties unknown to this driver: ")[2].split())
        names |= set(re.findall(r'compatible "(.*)" is unknown', message))
    if bound != "bound":
        return (bound if bound in UNDECIDED else "bad"), set()
    return ("unknown" if names else "good"), names


def probes(kernel, folder, dts):
    """({number of a tree: how binding it ended}, {number: what the driver said}, what is wrong with the guest)"""
    result = lab.boot(lab.kernel(kernel), HERE / "schema.sh", dts=dts, files={"/test/lib.sh": HERE / "lib.sh"},
                      folder=folder, store=folder.with_name("schema.store"), timeout=900, cmdline="log_buf_len=4M")
    said = collections.defaultdict(list)
    for number, message in re.findall(r"emrelay tree-([0-9a-f]+): (.*)", result.file("said")):
        said[int(number, 16)].append(message)
    bound = {int(number, 16): how for number, how in re.findall(r"^tree-(\w+) (.+)$", result.file("bound"), re.M)}
    return bound, said, result.why


def run(kernel, folder):
    """Judge all trees, by both."""
    lab.fresh(folder)
    all_trees = trees.trees()
    dts = PRELUDE + trees.STORE + "/ {\n" + "\n".join(t.dts(n) for n, t in enumerate(all_trees)) + "\n};\n"
    with tempfile.TemporaryDirectory() as tmp, ThreadPoolExecutor(1) as pool:
        guests = pool.submit(probes, kernel, folder, dts)
        schema = complaints(all_trees, Path(tmp))
        bound, said, why = guests.result()

    seen = collections.Counter()
    cases = [("guest", why)]
    for number, tree in enumerate(all_trees):
        wanted, got = by_schema(schema[number]), by_probe(bound.get(number, "not tried"), said[number])
        seen[f"trees that are {wanted[0]}"] += 1
        words = "; ".join(schema[number]) or "nothing", "; ".join(said[number]) or "nothing"
        cases.append((tree.name.replace(" ", "_").replace(":", "_"), None if wanted == got else
                      f"{wanted[0]} by the schema ({words[0]}), {got[0]} by the probe ({words[1]})"))
        if tree.name.endswith("/as-it-is") and wanted[0] != "good":
            cases.append((f"{tree.name}-is-good", words[0]))
    return cases, seen
