# SPDX-License-Identifier: GPL-2.0-only
"""Checks of what is written for people: it is well-formed, and names what the
code has, no more and no less.
"""
import io
import re

import docutils.core
from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles

from dt import SCHEMA
from lint import ROOT, check, files, kernel, said

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


def attributes(name):
    """The files of the attribute groups that a source defines, by folder and name."""
    code = text_of(name)
    found = set()
    for group, body in re.findall(r"attribute_group (\w+) = \{(.*?)\n\};", code, re.S):
        folder = re.search(r'\.name = "(\w+)"', body)
        array = re.search(r"\.attrs = (\w+)", body)
        found |= {f"{folder[1]}/{a}" if folder else a for a in listed(code, array and array[1], f"{name}: {group}")}
    for group in re.findall(r"^ATTRIBUTE_GROUPS\((\w+)\);", code, re.M):
        found |= listed(code, f"{group}_attrs", f"{name}: {group}")
    if not found:
        raise ValueError(f"{name}: no attributes found")
    return found


def listed(code, array, where):
    members = array and re.search(rf"\b{array}\[\] = \{{(.*?)\n\}};", code, re.S)
    if not members:
        raise ValueError(f"{where}: no list of attributes found")
    return set(re.findall(r"&dev_attr_(\w+)\.attr\b", members[1]))


@check
def abi_sysfs():
    """Documentation/ABI describes every file of /sys/class/relay and of the banks, and no other."""
    return (differences("driver/class*.c", attributes("driver/class.c") | attributes("driver/class_wear.c"),
                        "Documentation/ABI", abi_paths(SYSFS)) +
            differences("driver/bank.c", attributes("driver/bank.c"), "Documentation/ABI", abi_paths(BANKS)))


@check
def abi_debugfs():
    """Documentation/ABI describes every file of debugfs and no other."""
    names = set(re.findall(r'debugfs_create_file(?:_unsafe)?\("(\w+)"', text_of("driver/debugfs.c")))
    if not names:
        return "driver/debugfs.c: no files found\n"
    return differences("driver/debugfs.c", names, "Documentation/ABI", abi_paths(DEBUGFS))


def printed_words(code, name):
    """The keys and columns that a function of debugfs.c prints, and those that it calls to print."""
    bodies = dict(re.findall(r"^static [\w *]*?(emrelay_\w+)\((.*?)^}", code, re.M | re.S))
    text, todo = "", [name]
    while todo:
        body = bodies.pop(todo.pop(), "")
        todo += re.findall(r"\b(emrelay_show_\w+)\(s, ", body)
        text += body
    # What a parameter is the second half of is no key by itself.
    halves = set(re.findall(r'emrelay_show_use\(s, "(\w+)"', text))
    keys = set(re.findall(r'"(\w+)(?:: %|")', text)) - halves
    return keys | {start + half for start in re.findall(r'"(\w+_)%s"', text) for half in halves}


@check
def abi_words():
    """The tables of Documentation/ABI for debugfs name what the driver prints and nothing else."""
    abi = text_of("Documentation/ABI/testing/debugfs-relay")
    code = text_of("driver/debugfs.c")
    out = ""
    for name in ("summary", "wear", "limits", "timing", "history"):
        section = re.search(rf"^What:\s*{DEBUGFS}(?:<label>/)?{name}\n(.*?)(?=^What:|\Z)", abi, re.M | re.S)
        described = set(re.findall(r"^\t\t(\w+) {2,}\S", section[1], re.M))
        if name == "history":
            array = re.search(r"emrelay_source_names\[\] = \{(.*?)\n\};", text_of("driver/channel.c"), re.S)
            printed = set(re.findall(r'"(\w+)"', array[1]))
        else:
            printed = printed_words(code, f"emrelay_{name}_show")
        out += differences(f"driver: {name}", printed, "Documentation/ABI", described)
    return out


@check
def properties():
    """The binding describes every property that the driver reads and no other."""
    code, schema = text_of("driver/firmware.c"), text_of(SCHEMA)
    bank, channel = schema.split('\n  "^relay@')
    out = ""
    for table, part, indent in (("bank", bank.partition("\npatternProperties:")[0], 2),
                                ("channel", channel.partition("\n    required:")[0], 6)):
        rows = re.search(rf"emrelay_{table}_properties\[\] = {{\n(.*?)^}};", code, re.M | re.S)[1]
        read = set(re.findall(r'^\t(?:\{ |[A-Z]+\()"([^"]+)"', rows, re.M))
        described = set(re.findall(rf'^ {{{indent}}}"?([a-z#][a-z,-]*)"?:', part.partition("\nproperties:")[2] or part, re.M))
        out += differences("driver", read, SCHEMA, described)
    return out


def parts():
    """The parts that the driver has a data sheet of, by compatible."""
    return set(re.findall(r'\.compatible = "([\w,-]+)"', text_of("driver/parts.c")))


@check
def compatibles():
    """The binding names every part that the driver knows and no other."""
    schema = text_of(SCHEMA)
    enum = re.search(r"\n        enum:\n((?: +- .*\n)+)", schema)
    described = set(re.findall(r"- (\S+)", enum[1])) if enum else set()
    return differences("driver/parts.c", parts(), SCHEMA, described)


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
    option_spec = {name: directives.unchanged for name in "caption depth export functions identifiers internal "
                   "doc maxdepth name no-identifiers numbered titlesonly".split()}

    def run(self):
        if self.name == "kernel-doc" and not (ROOT / self.arguments[0]).is_file():
            raise self.error(f"{self.arguments[0]}: no such file")
        return []


for _name in ("kernel-doc", "toctree"):
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
