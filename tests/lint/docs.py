# SPDX-License-Identifier: GPL-2.0-only
"""Checks of what is written for people: it is well-formed, and names what the
code has, no more and no less.
"""
import contextlib
import io
import re
import tempfile
from pathlib import Path

import docutils.core
from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles

import documents
import htmldocs as html
from dt import OVERLAY, SCHEMA
from lint import ROOT, check, files, kernel, said, workplace

SYSFS = "/sys/class/relay/"
BANKS = "/sys/bus/platform/drivers/emrelay/"
DEBUGFS = "/sys/kernel/debug/relay/"


def text_of(*names):
    return "".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def differences(one, says, other, other_says):
    return ("".join(f"{one}: {name} is not in {other}\n" for name in sorted(says - other_says)) +
            "".join(f"{other}: {name} is not in {one}\n" for name in sorted(other_says - says)))


def abi_paths(root):
    """The files that Documentation/ABI describes below a folder, "<label>" and the like left out."""
    what = re.findall(r"^What:\s*(\S+)", text_of(*files("Documentation/ABI/*")), re.M)
    return {re.sub(r"<[^>]*>/", "", w.removeprefix(root)) for w in what if w.startswith(root)}


def rows(code, table):
    """The first words of the rows of a table of the driver's: what stands in the first bracket of each."""
    body = re.search(rf"\b{table}\[\] = \{{(.*?)\n\}};", code, re.S)
    if not body:
        raise ValueError(f"{table}: no such table")
    return re.findall(r'^\t(?:EMRELAY_ATTR\()?\w+\("?([\w-]+)', body[1], re.M)


def sheets():
    """The rows of driver/parts.c: {compatible: (what it is and its sheet, {rating: number}, {class: limits})}"""
    body = re.search(r"\bemrelay_parts\[\] = \{(.*?)\n\};", text_of("driver/parts.c"), re.S)[1]
    found = {}
    for row in re.split(r"\n\t(?:\}, )?\{\n", body)[1:]:
        what, compatible = re.match(r'\t\t/\* (.*) \*/\n\t\t\.compatible = "(.*)",', row).groups()
        limits = {c: n.split(", ") for c, n in re.findall(r"\[EMRELAY_LOAD_(\w+)\] = LIMIT\((.*?)\)", row)}
        found[compatible] = what, dict(re.findall(r"\.(\w+) = (\d+),", row)), limits
    return found


# The ratings, in the order in which they are shown, and their properties.
RATINGS = {"operate_us": "operate-time-us", "release_us": "release-time-us", "bounce_us": "bounce-time-us",
           "electrical_life": "electrical-life-cycles", "mechanical_life": "mechanical-life-cycles",
           "loaded_per_minute": "max-loaded-cycles-per-minute", "unloaded_per_minute": "max-unloaded-cycles-per-minute"}


def limit_words(numbers):
    """What a contact switches, as people say it; what is not rated is left out."""
    ampere, volt, voltampere, inrush, us = map(int, numbers or [0] * 5)
    words = [f"{n} {unit}" for n, unit in ((ampere, "A"), (volt, "V"), (voltampere, "VA")) if n]
    if inrush > ampere:
        words.append(f"{inrush} A on closing" + (f" for {us / 1000:g} ms" if us else ""))
    return ", ".join(words) or "not rated"


def parts_list():
    """What the guide says of the parts."""
    out = ""
    for compatible, (what, ratings, limits) in sheets().items():
        times, counts = [[ratings.get(r) for r in list(RATINGS)[slice]] for slice in (slice(3), slice(3, 7))]
        cells = [" / ".join(f"{int(t) / 1000:g}" if t else "?" for t in times),
                 *(" / ".join(f"{int(n):,}".replace(",", " ") if n else "?" for n in pair)
                   for pair in (counts[:2], counts[2:])),
                 *(limit_words(limits.get(c)) for c in ("RESISTIVE", "AC15", "DC13"))]
        out += "".join([f"   * - | ``{compatible}``\n       | {what}\n", *(f"     - {c}\n" for c in cells)])
    return out


def parts_rules():
    """The rules of the binding: what a node has to give, by its part."""
    def rule(names, properties, inverted):
        pad = "  " * inverted
        return "\n".join(["      - if:", *["          not:"] * inverted, f"          {pad}required:",
                          f"            {pad}- compatible", f"          {pad}properties:",
                          f"            {pad}compatible:", f"              {pad}enum:",
                          *(f"                {pad}- {n}" for n in names), "        then:", "          required:",
                          *(f"            - {p}" for p in properties), ""])

    known, rules = sheets(), {}
    for rating, name in RATINGS.items():
        lacking = tuple(c for c, (_, ratings, _) in known.items() if rating not in ratings)
        if lacking:
            rules.setdefault(lacking, []).append(name)
    return "\n".join([rule(known, RATINGS.values(), True),
                      *(rule(names, properties, False) for names, properties in rules.items())])


@check
def parts_documents():
    """The guide and the binding say of parts what driver/parts.c has, and the driver's rows can be read so."""
    known = sheets()
    names = re.findall(r'\.compatible = "(.*)"', text_of("driver/parts.c"))
    enum = "        enum:\n" + "".join(f"          - {c}  # {what.partition(': ')[0]}\n" for c, (what, _, _) in known.items())
    parameters = "".join(f'\t\t{c.replace(",", "_")} = ALL("compatible={c}");\n' for c in known)
    out = differences("driver/parts.c", set(names), "what was read of it", set(known))
    for name, text in (("Documentation/admin-guide/parts.rst", parts_list()), (SCHEMA, enum), (SCHEMA, parts_rules()), (OVERLAY, parameters)):
        if f"\n{text}\n" not in text_of(name):
            out += f"{name}: not as driver/parts.c has it; it should have:\n{text}"
    return out


@check
def abi_sysfs():
    """Documentation/ABI describes every file of /sys/class/relay and of the banks, and no other."""
    code = text_of("driver/sysfs.c")
    relay, bank = set(), set()
    for table, folder in re.findall(r'^EMRELAY_GROUP\((\w+), (?:NULL|"(\w+)")\);', code, re.M):
        names = {f"{folder}/{name}" if folder else name for name in rows(code, table)}
        if "_bank_" in table:
            bank |= names
        else:
            relay |= names
    return (differences("driver/sysfs.c", relay, "Documentation/ABI", abi_paths(SYSFS)) +
            differences("driver/sysfs.c", bank, "Documentation/ABI", abi_paths(BANKS)))


@check
def abi_debugfs():
    """Documentation/ABI describes every file of debugfs and no other."""
    names = set(re.findall(r'debugfs_create_file(?:_unsafe)?\("(\w+)"', text_of("driver/debugfs.c")))
    if not names:
        return "driver/debugfs.c: no files found\n"
    return differences("driver/debugfs.c", names, "Documentation/ABI", abi_paths(DEBUGFS))


def printed_words(code, name):
    """The keys, columns or words that a file of debugfs has."""
    if name == "summary":
        heading = re.search(r"== &emrelay_channels\) \{(.*?)\n\t\t(?:return|\})", code, re.S)
        return set(re.findall(r'"(\w+)"', heading[1]))
    if name == "history":
        sources = re.search(r"emrelay_source_names\[\] = \{(.*?)\n\};", text_of("driver/channel.c"), re.S)
        return set(re.findall(r'"([\w-]+)"', sources[1]))
    body = re.search(rf"^static int emrelay_{name}_show\(.*?\n\}}", code, re.M | re.S)
    words = set(re.findall(r'\b(?:emrelay_put(?!_times)\w*|seq_printf)\(s, "(\w+)', body[0]))
    # One call prints several of the same beginning.
    rows = {"n"} | {f"{row}_ns" for row in re.findall(r'\{ "(\w+)", times', code)}
    return words | {f"{what}_{row}" for what in re.findall(r'emrelay_put_times\(s, "(\w+)"', body[0]) for row in rows}


@check
def abi_words():
    """The tables of Documentation/ABI for debugfs name what the driver prints and nothing else."""
    abi = text_of("Documentation/ABI/testing/debugfs-relay")
    code = text_of("driver/debugfs.c")
    out = ""
    for name in ("summary", "wear", "limits", "timing", "history"):
        section = re.search(rf"^What:\s*{DEBUGFS}(?:<label>/)?{name}\n(.*?)(?=^What:|\Z)", abi, re.M | re.S)
        described = set(re.findall(r"^\t\t([\w-]+) {2,}\S", section[1], re.M))
        out += differences(f"driver: {name}", printed_words(code, name), "Documentation/ABI", described)
    return out


@check
def abi_trace():
    """The tracepoints of Documentation/ABI are those of the driver, with the same fields in the same order."""
    abi = text_of("Documentation/ABI/testing/debugfs-relay")
    described = set(re.findall(r"^What:\s*\S+/events/emrelay/(\w+)\n.*?^\t\t\t(relay=.*?)$", abi, re.M | re.S))
    printed = set(re.findall(r'TRACE_EVENT\((\w+),.*?TP_printk\("(.*?)"', text_of("driver/trace.h"), re.S))
    return differences("driver/trace.h", {f"{n} {re.sub(r'=[^ ]*', '', f)}" for n, f in printed},
                       "Documentation/ABI", {f"{n} {re.sub(r'=[^ ]*', '', f)}" for n, f in described})


@check
def properties():
    """The binding describes every property that the driver reads, of banks and of relays, and no other."""
    code, schema = text_of("driver/firmware.c"), text_of(SCHEMA)
    banks, relays = schema.split("\npatternProperties:")
    relays = relays[relays.index("\n    properties:"):]
    relays = relays[:relays.index("\n    required:")]
    out = ""
    for node, text, indent in (("bank", banks[banks.index("\nproperties:"):], 2), ("channel", relays, 6)):
        body = re.search(rf"\bemrelay_{node}_properties\[\] = \{{(.*?)\n\}};", code, re.S)[1]
        read = set(re.findall(r'^\t(?:\w+\(|\{ )"([^"]+)"', body, re.M))
        described = set(re.findall(rf'^ {{{indent}}}"?([#a-z][a-z,-]*)"?:', text, re.M))
        out += differences(f"driver: {node}", read, SCHEMA, described)
    return out


@check
def abi_format():
    """The files in Documentation/ABI have the form that the kernel's have."""
    script = kernel() / "scripts/get_abi.pl"
    if not files("Documentation/ABI/*"):
        return "Documentation/ABI: no files\n"
    return said("perl", script, "validate", "--dir", "Documentation/ABI", cwd=ROOT)


class Known(Directive):
    """A directive of Sphinx; what it includes from the code has to be there."""
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {name: directives.unchanged for name in "caption depth export functions hidden identifiers internal "
                   "doc language maxdepth name no-identifiers numbered rst titlesonly".split()}

    def run(self):
        place = ROOT if self.name == "kernel-doc" else Path(self.state.document.current_source).parent
        if self.name != "toctree" and not (ROOT / place / self.arguments[0]).exists():
            raise self.error(f"{self.arguments[0]}: no such file")
        return []


for _name in ("kernel-abi", "kernel-doc", "literalinclude", "toctree"):
    directives.register_directive(_name, Known)
for _name in ("doc", "ref", "c:func", "c:type", "c:struct"):
    roles.register_local_role(_name, lambda name, raw, text, *rest, **kw: ([nodes.literal(raw, text)], []))


@check
def rest():
    """The documents are well-formed reStructuredText."""
    names = files("*.rst")
    out = "" if names else "Documentation: no .rst files\n"
    for name in names:
        complaints = io.StringIO()
        settings = {"report_level": 2, "halt_level": 5, "warning_stream": complaints, "file_insertion_enabled": False}
        docutils.core.publish_doctree(text_of(name), source_path=name, settings_overrides=settings)
        out += complaints.getvalue()
    return out


@check
def links():
    """The links of the documents to files of this tree lead somewhere."""
    out = ""
    for name in files("*.md", "*.rst"):
        for n, line in enumerate(text_of(name).splitlines(), 1):
            for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)|\.\. (?:image|figure):: (\S+)", line):
                target = link[0] or link[1]
                if "://" not in target and not (ROOT / name).parent.joinpath(target).exists():
                    out += f"{name}:{n}: {target}: no such file\n"
    return out


@check
def doc_python():
    """The programs of the documents compile; those that only need files run, on a relay made of plain ones."""
    out = ""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"state": "off", "contact": "closed", "wait_ms": "0\n"}.items():
            (Path(folder) / "pump").mkdir(exist_ok=True)
            (Path(folder) / "pump" / name).write_text(text, encoding="ascii")
        for block in (b for path in documents.documents() for b in documents.blocks(path) if b.form == "python"):
            text = "\n".join(block.text).replace(SYSFS, f"{folder}/")
            try:
                code = compile(text, block.where, "exec")
                if "gpiod" not in text:
                    with contextlib.redirect_stdout(io.StringIO()):
                        exec(code, {})  # pylint: disable=exec-used
            except Exception as e:  # whatever it is, the document is wrong
                out += f"{block.where}: {type(e).__name__}: {e}\n"
    return out


@check
def changes():
    """The page of the changes begins with the version that the code has."""
    version = re.search(r'^#define EMRELAY_VERSION\t"(.*)"$', text_of("driver/version.h"), re.M)[1]
    newest = re.search(r"^(\d\S*)\n=+$", text_of("Documentation/changes.rst"), re.M)[1]
    return "" if newest == version else f"Documentation/changes.rst: {newest}, and driver/version.h has {version}\n"


@check
def htmldocs():
    """The documents become HTML, with the ABI and the binding in it, and Sphinx warns of nothing."""
    with workplace() as folder:
        complaints = html.build(Path(folder))
        page = Path(folder) / "abi.html"
        text = page.read_text(encoding="utf-8") if page.exists() else ""
    return complaints + "".join(f"abi.html: no {word}\n" for word in ("/sys/class/relay/", "coil-gpios") if word not in text)
