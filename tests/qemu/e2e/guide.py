# SPDX-License-Identifier: GPL-2.0-only
"""Every command of the documents is run in the order in which it stands there, and has to show what is shown.

The machine is that of guide-NAME.dts, or the relays that the document itself shows, on lines of
memory. "guide.py NAME..." puts into these documents what came out: read the difference before it
is committed.
"""
import re
import sys
import textwrap
from datetime import UTC, datetime, timedelta

from topic import HERE, PRELUDE, helper, lab, tool

import documents
from documents import blocks, compare

KERNELS = ("6.12",)
WEIGHT = 30

# A chip for the lines that a document calls <&gpio ...>: memory that no one else uses.
GPIO = """
/ {
	reserved-memory {
		#address-cells = <2>; #size-cells = <2>; ranges;
		lines@5f000000 { reg = <0 0x5f000000 0 0x1000>; no-map; };
	};
	gpio: gpio@5f000000 {
		compatible = "wd,mbl-gpio";
		reg = <0 0x5f000000 0 8>; reg-names = "dat";
		gpio-controller; #gpio-cells = <2>;
	};
};
"""
# A document whose machine is that of another one.
SAME = {"debugging": "switching"}
# The contacts that are played: {document: text for the rig}. The first weld is worked loose by the fourth cycle.
PLAYS = {
    "contacts": "contact 4 follows 0 operate 13000 release 20000 bounce 1600 4 inverted welded 2 2\n"
                "contact 5 follows 1 operate 13000 release 20000 bounce 1600 4 inverted\n",
}
# What happens, unseen, before a chapter: {document: {chapter: commands}}
BEFORE = {
    "faults": {
        "A board on an I2C bus": "echo on > /sys/class/relay/board/state; sleep 11; echo -1 > /sys/devices/platform/i2c/nack",
    },
    "records": {
        "Without nvmem cells: relay-wear": "mkdir -p /var/lib; for i in 1 2; do echo 300 > /sys/class/relay/pump/pulse_ms; sleep 10; done",
        # The machine ends without a shutdown here, which would write the cells.
        "The rate limit after a reboot": "sleep 1; echo 1 > heater/flush_cycles",
    },
    # Its rest after the bind is over.
    "limits": {"Times of on and off": "sleep 180"},
    "wear": {
        # 60 cycles, a month at rest, and a day of 200 s every ten minutes.
        "What the numbers say": """
            cd /sys/class/relay; echo 'H 4711' > heater/replace
            for i in $(seq 60); do echo 500 > heater/pulse_ms; sleep 10; done
            echo 'P 17' > pump/replace; echo 'S 1' > siren/replace; mkdir -p /var/lib; relay-wear save; sync
            skip() { echo +$1 > /sys/class/rtc/rtc0/wakealarm; echo freeze > /sys/power/state; }
            skip $((29 * 86400))
            hour() { for i in 1 2 3 4 5 6; do echo 20000 > heater/pulse_ms; sleep 21; skip 579; done; relay-wear save; }
            relay-wear save; for h in $(seq 24); do hour; done
            for i in 1 2 3 4; do echo 300 > siren/pulse_ms; sleep 10; done
            for i in 1 2; do echo 300 > pump/pulse_ms; sleep 10; done
        """,
    },
}
# The machine is back so many seconds after a command "reboot".
AWAY = 4


def tree(name, found):
    """The device tree of a document: its file here, or the relays that it shows."""
    path = HERE / f"guide-{SAME.get(name, name)}.dts"
    if path.exists():
        return path.read_text(encoding="utf-8")
    nodes = ["\n".join(b.text) for b in found if b.form == "tree"]
    relays = "\n".join(node for node in nodes if node.startswith("relay@"))
    return "/ {\n" + (f"relay-bank {{ BANK;\n{relays}\n}};\n" if relays else "") + "};\n"


def transcript(text, number):
    """What each of so many commands showed: a list of lists of lines."""
    text = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", text.replace("\r", ""))
    parts = re.split(r"\x01# ", text)[1:]
    out = []
    for part in parts[:number]:
        # A command of several lines has a prompt of its own for each.
        part = re.sub(r"\A(?:[^\x01\n]*\n\x01> )*", "", part)
        out.append(part.split("\n")[1:])
    return out


def typed(name, found):
    """What is typed in each boot: lists of (command, Block or None, number of the step)."""
    boots, chapters = [[]], set()
    for block in found:
        if block.form == "conf":
            bank = re.match(r"\[bank (.*)\]", block.text[0])
            file = f"/etc/relay/bank.d/{bank[1] if bank else 'settings'}.conf"
            boots[-1].append(("\n".join([f"mkdir -p /etc/relay/bank.d; cat > {file} << 'END'", *block.text, "END"]), None, None))
        if block.form != "session":
            continue
        if block.chapter not in chapters:
            chapters.add(block.chapter)
            hidden = BEFORE.get(name, {}).get(block.chapter, "")
            boots[-1] += [(line.strip(), None, None) for line in hidden.split("\n") if line.strip()]
        for step, (command, _) in enumerate(block.steps):
            boots[-1].append((command.removesuffix("; reboot"), block, step))
            if command.endswith("; reboot"):
                boots.append([])
    return boots


def session(kernel, path, folder):
    """Run a document's commands: [(Block, number of the step, lines that came out)], and what is wrong with each guest."""
    name, out, whys, rtc = path.stem, [], [], datetime.fromisoformat("2026-01-31T06:00:00")
    found = blocks(path)
    dts = tree(name, found)
    script = (HERE / "guide.sh").read_text(encoding="utf-8")
    store = lab.fresh(folder / f"{name}.store") / "store" if "&store" in dts else None
    for number, lines in enumerate(typed(name, found)):
        files = tool("relayctl", "/usr/bin") | tool("relay-wear", "/usr/bin") | {
            "/test/session": helper("session"), "/test/typed": "".join(f"{command}\n" for command, *_ in lines).encode(),
        }
        result = lab.boot(lab.kernel(kernel), script, folder=folder / f"{name}-{number}", dts=PRELUDE + (GPIO if "&gpio" in dts else "") + dts, files=files,
                          timeout=400, rtc=rtc.isoformat(), allow=r"emrelay", more=("bus",), store=store, play=PLAYS.get(name))
        came = transcript(result.file("transcript"), len(lines))
        out += [(block, step, shown) for (_, block, step), shown in zip(lines, came + [["(not run)"]] * len(lines)) if block]
        whys.append((f"{name}-guest-{number}", result.why))
        rtc = datetime.fromtimestamp(int(result.file("ended")), UTC).replace(tzinfo=None) + timedelta(seconds=AWAY)
    return out, whys


def write(path, came):
    """Put into a document what came out."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for block in reversed([b for b in blocks(path) if b.steps]):
        indent = re.match(r"\s*", lines[block.line - 1])[0]
        new = []
        prompts = [line[:2] for line in block.text if line.startswith(("# ", "$ "))]
        for n, (command, shown) in enumerate(block.steps):
            got = next(text for b, m, text in came if (b.line, m) == (block.line, n))
            new.append(prompts[n] + command.replace("\n", "\n> "))
            got = textwrap.dedent("\n".join(line.expandtabs().rstrip() for line in got if line.strip())).split("\n")
            new += got if compare(command, shown, got) else shown
        lines[block.line - 1:block.line - 1 + len(block.text)] = [f"{indent}{line}".rstrip() for text in new for line in text.split("\n")]
    path.write_text("\n".join(lines), encoding="utf-8")


def run(kernel, folder):
    """As the topics' run()."""
    cases, forms = [], {}
    for path in documents.documents():
        found = blocks(path)
        for block in found:
            forms[block.form] = forms.get(block.form, 0) + 1
            if not block.form:
                cases.append((f"{path.stem}-{block.line}", "neither a session nor of a known form"))
            if block.form == "conf" and not any(b.steps for b in found):
                cases.append((f"{path.stem}-{block.line}", "a .conf that no session of its document reads"))
        if any(b.form == "session" for b in found):
            came, whys = session(kernel, path, folder)
            cases += [(f"{path.stem}-{b.line}-{n + 1}", compare(*b.steps[n], lines)) for b, n, lines in came] + whys
    return cases, {f"blocks: {form or 'unknown'}": number for form, number in forms.items()}


if __name__ == "__main__":
    for document in documents.documents():
        if document.stem in sys.argv[1:]:
            write(document, session(lab.MAIN, document, lab.ROOT / "build/guide")[0])
