# SPDX-License-Identifier: GPL-2.0-only
"""The literal blocks of the documents: what each is, and whether what came out is what it shows."""
import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADMIN = ROOT / "Documentation/admin-guide"

# A block without a prompt is one of these by its form; every other is an error.
FORMS = (
    ("tree", r"^\s*([\w,#-]+|relay@\w+: .*)( = [<\"].*)?;$|^\s*[\w,@: -]+ \{$|^\};$"),      # compiled by lint's dt_documents
    ("conf", r"^\[(bank|relay) [^]]+\]$"),                                               # read by relayctl setup --check
    ("python", r"^(import|from|with) |\.write_text\("),                                     # compiled by lint's doc_python
    ("this machine", r"^(sudo|make|cpp|adduser|apt|cp|mkdir|dtc|fdt(?:overlay|put|get)|reboot|mosquitto_\w+|relay-mqtt|uname|dkms|dtoverlay=\w+) ?"),  # changes it, or needs a network
    ("boot loader", r"^(label linux|load mmc .*|dtoverlay=.*)$"),                         # no guest has one; lint's overlays runs fdtoverlay
    ("event", r"^ACTION=change$"),                                                         # e2e's trace and worn see them
    ("rule", r"^ACTION=="),                                                                # udev's; e2e's systemd has them
    ("unit", r"^\[(Unit|Service)\]$"),                                                   # systemd's; e2e's systemd has them
    ("prometheus", r"^rule_files:$"),                                                      # tools-check runs promtool
    ("object", r'^\{"'),                                                                    # of relayctl --json
    ("log", r"^emrelay [\w.-]+: "),                                                         # e2e's probe has the kernel's messages
    ("formula", r"^[\d.]+ x "),
    ("files", r"^\w+/fault:"),                                                              # of a played contact; e2e's contact has them
    ("history", r"^\d{9,} off line$"),                                                      # of a sleep; e2e's resume has it
    ("circuit", r"^ +\+(12|24) V "),
)


@dataclass
class Block:
    """A literal block: its document, chapter, first line, text, and what it is."""
    document: str
    chapter: str
    line: int
    text: list
    form: str = ""
    steps: list = field(default_factory=list)   # of a session: [(command, [lines that it shows])]

    @property
    def where(self):
        return f"{self.document}:{self.line}"


def steps(text):
    """[(command, lines shown)] of a session; a line that begins with "> " goes on with the command before."""
    out = []
    for line in text:
        if line.startswith(("# ", "$ ")):
            out.append((line[2:], []))
        elif line.startswith("> ") and not out[-1][1]:
            out[-1] = (f"{out[-1][0]}\n{line[2:]}", [])
        else:
            out[-1][1].append(line)
    return out


def literal(lines, markdown):
    """(first line's number, chapter, lines) of each literal block."""
    chapter, n = "", 0
    while n < len(lines):
        line = lines[n]
        if n and re.fullmatch(r"([=~-])\1{2,}", line) and lines[n - 1].strip():
            chapter = lines[n - 1].strip()
        if markdown and line.startswith("## "):
            chapter = line[3:]
        indent = len(re.match(r" *(\d+\. +|\* +)?", line)[0])
        begins = line.startswith("    ") and not lines[n - 1].strip() if markdown else \
            line.rstrip().endswith("::") and not re.match(r"\s*\.\. (?!code-block)", line)
        if not begins:
            n += 1
            continue
        begin = n if markdown else n + 1
        n = begin
        while n < len(lines) and (not lines[n].strip() or len(lines[n]) - len(lines[n].lstrip()) > (3 if markdown else indent)):
            n += 1
        body = [(k, text) for k, text in enumerate(lines[begin:n], begin + 1)]
        while body and not body[0][1].strip():
            body.pop(0)
        while body and not body[-1][1].strip():
            body.pop()
        least = min(len(text) - len(text.lstrip()) for _, text in body if text.strip())
        yield body[0][0], chapter, [text[least:] for _, text in body]


def blocks(path):
    """The Blocks of a document."""
    name = str(path.relative_to(ROOT))
    out = []
    for line, chapter, text in literal(path.read_text(encoding="utf-8").expandtabs().split("\n"), path.suffix == ".md"):
        block = Block(name, chapter, line, text)
        if text[0].startswith(("# ", "$ ")):
            block.form, block.steps = "session", steps(text)
        else:
            block.form = next((form for form, pattern in FORMS if any(re.search(pattern, row) for row in text)), "")
        out.append(block)
    return out


def documents():
    return [ROOT / "README.md", *sorted(ADMIN.glob("*.rst"))]


# A number that is a time is called so by its name, or by that of a file in the command.
STAMPS = (
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d+"), "DATE"),      # relayctl watch
    (re.compile(r"^\[ *\d+\.\d{6}\]"), "[SECONDS]"),                       # the kernel's log
    (re.compile(r"^ *\S+-\d+( +\[\d+\] \S+) +\d+\.\d{6}:"), r"TASK\1 SECONDS:"),  # the trace
    (re.compile(r"^\d{9,} "), "NS "),                                       # a history
    (re.compile(r"\b(now_ns|edge_ns|energised_ns|settled_ns)(=|: )\d{9,}"), r"\1\2NS"),
    (re.compile(r"\b(\w{3} \w{3} +\d+ \d\d):\d\d:\d\d\b"), r"\1:MM:SS"),     # date
    (re.compile(r"^[0-9a-f]{8} \d{10} "), "CRC TIME "),                     # a sample of relay-wear
    (re.compile(r"^((?:first|last)_use_s: \d{5})\d{5}$"), r"\1"),
)


def near(shown, came, slack):
    """Whether a time may be the one that is shown: by so much, or 0.3 of what has a fraction, or a hundredth; 0 and -1 are exact."""
    a, b = float(shown), float(came)
    return a == b if min(a, b) <= 0 else abs(a - b) <= max(0.3 if "." in shown else slack, a / 100)


def alike(command, shown, came):
    """Whether a line that came out is the one that is shown: times by what they may differ, all else exactly."""
    for pattern, word in STAMPS:
        shown, came = pattern.sub(word, shown), pattern.sub(word, came)
    shown, came = shown.split(), came.split()
    if len(shown) != len(came):
        return False
    timed = re.search(r"\w_(ms|us|ns)\b|\brelayctl\b|/summary\b", command)
    # How long the loading of a module takes is the module's affair.
    slack = 15 if "modprobe" in command else 5
    for a, b in zip(shown, came):
        if a == b:
            continue
        x, y = (re.fullmatch(r"(.*?[:=])?(\d+(?:\.\d+)?)", word) for word in (a, b))
        if not x or not y or x[1] != y[1]:
            return False
        named = re.search(r"_(ms|us|ns)[:=]$", x[1] or "") or shown[0].endswith(("_ms:", "_us:", "_ns:"))
        if not (named or (timed and not x[1])) or not near(x[2], y[2], slack):
            return False
    return True


def compare(command, shown, came):
    """What is wrong with what came out, or None."""
    shown, came = ([line.rstrip() for line in lines] for lines in (shown, came))
    shown, came = [line for line in shown if line], [line for line in came if line]
    if len(shown) == len(came) and all(alike(command, a, b) for a, b in zip(shown, came)):
        return None
    return "shown: " + " | ".join(shown) + "; came out: " + " | ".join(came)
