# SPDX-License-Identifier: GPL-2.0-only
"""Mutants of a C file: small changes, one at a time, that a test should see.

It works on tokens and knows no types: what makes no sense does not compile, and
what makes no difference gives the same object file; run leaves both out.
"""
import re
from collections import namedtuple

TOKEN = re.compile(r"""
    (?P<comment>  /\*.*?\*/ | //[^\n]* )
  | (?P<opaque>   ^[ \t]*\#[ \t]*(?!define\b)[^\n]*
                | ^[ \t]*\#[ \t]*define[ \t]+\w+ )
  | (?P<string>   "(?:\\.|[^"\\])*" )
  | (?P<char>     '(?:\\.|[^'\\])*' )
  | (?P<number>   \b(?:0x[0-9a-f]+|[0-9]+)[ul]* )
  | (?P<word>     \b[a-z_]\w* )
  | (?P<op>       <<= | >>= | -> | \+\+ | -- | && | \|\| | << | >> | \.\.\.
                | [-+*/%&|^<>=!]= | [^\s\w] )
""", re.X | re.M | re.S | re.I)

# An operator, and what it becomes.
SWAPS = {
    "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",),
    "&&": ("||",), "||": ("&&",), "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "%": ("*",),
    "<<": (">>",), ">>": ("<<",), "&": ("|",), "|": ("&",), "^": ("|",),
    "+=": ("-=",), "-=": ("+=",), "|=": ("=",), "&=": ("=",), "++": ("--",), "--": ("++",),
}
UNARY = ("!", "-", "~")
WORDS = {
    "true": ("false",), "false": ("true",), "min": ("max",), "max": ("min",), "U64_MAX": ("0", "(U64_MAX - 1)"),
    "U32_MAX": ("0", "(U32_MAX - 1)"), "EAGAIN": ("EBUSY",), "EBUSY": ("EAGAIN",), "EINVAL": ("EAGAIN",),
    "EPERM": ("EAGAIN",), "EOPNOTSUPP": ("EINVAL",), "EXDEV": ("EINVAL",),
}
INTEGERS = ("u8", "u16", "u32", "u64", "s64", "int", "bool")
# What an operand of && or || ends at, and what the condition of ?: begins after.
OPERAND_ENDS = ("&&", "||", "?", ":", "=", ",", ";", "{", "return")
CONDITION_ENDS = ("?", ":", "=", ",", ";", "{", "return")

Token = namedtuple("Token", "kind text start end")
# The text between start and end becomes new, in a function ("": outside of any).
Mutant = namedtuple("Mutant", "start end new function")


def tokens(text):
    """The tokens of a C text, without comments, #includes and names of macros."""
    found = [Token(m.lastgroup, m.group(), m.start(), m.end()) for m in TOKEN.finditer(text)]
    return [t for t in found if t.kind not in ("comment", "opaque")]


def enum_rings(headers):
    """Each constant of the enums in these texts, and the one after it."""
    ring = {}
    for text in headers:
        plain = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        for body in re.findall(r"\benum\s+\w+\s*\{([^}]*)\}", plain):
            names = re.findall(r"^\s*(\w+)", body, re.M)
            ring.update(zip(names, names[1:] + names[:1]))
    return ring


def member_rings(headers):
    """Each member of the structs in these texts, and others of its struct and type."""
    ring = {}
    for text in headers:
        plain = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        for body in re.findall(r"\bstruct\s+\w+\s*\{([^{}]*)\}", plain):
            same = {}
            for kind, name in re.findall(r"^\s*([^;]*[\s*])(\w+)(?:\[[^;]*)?;", body, re.M):
                same.setdefault(kind, []).append(name)
            for names in same.values():
                for name, after in zip(names, names[1:] + names[:1]):
                    ring.setdefault(name, set()).add(after)
    return {name: sorted(others - {name}) for name, others in ring.items()}


class Mutator:
    """The mutants of one text; headers: texts whose enums it uses."""

    def __init__(self, text, headers=()):
        self.text = text
        self.tokens = tokens(text)
        self.words = WORDS | {name: (after,) for name, after in enum_rings(headers).items() if name != after}
        self.members = member_rings(headers)
        self.pairs = {}         # of brackets, both ways
        self.inside = []        # the bracket that each token is in, or None
        opened = [None]
        for i, token in enumerate(self.tokens):
            if token.text in (")", "]", "}"):
                self.pairs[i] = opened.pop()
                self.pairs[self.pairs[i]] = i
            self.inside.append(opened[-1])
            if token.text in ("(", "[", "{"):
                opened.append(i)
        self.functions = [(i, self.pairs[i], self.tokens[self.pairs[i - 1] - 1].text)
                          for i, token in enumerate(self.tokens)
                          if token.text == "{" and self.inside[i] is None and self.tokens[i - 1].text == ")"]

    def is_text(self, i, *texts):
        return 0 <= i < len(self.tokens) and self.tokens[i].text in texts

    def source(self, first, last):
        return self.text[self.tokens[first].start:self.tokens[last].end]

    def replace(self, first, last, new):
        """The mutant that has something new in place of some tokens."""
        function = next((name for begin, end, name in self.functions if begin <= first <= end), "")
        return Mutant(self.tokens[first].start, self.tokens[last].end, new, function)

    def reach(self, i, step, ends):
        """The last token of what stands to the left (-1) or right (1) of token i."""
        leaves = {-1: ("(", "[", "{", "}"), 1: (")", "]", "}")}[step]
        while not self.is_text(i + step, *leaves, *ends):
            i += step
            if i in self.pairs:
                i = self.pairs[i]
        return i

    def is_binary(self, i):
        return self.tokens[i - 1].kind in ("number", "word") and not self.is_text(i - 1, "return") or \
            self.is_text(i - 1, ")", "]")

    def token_mutants(self, i, token):
        """What a token may become by itself."""
        if token.kind == "op" and token.text in UNARY and not self.is_binary(i):
            return [""]
        if token.kind == "op":
            return SWAPS.get(token.text, ())
        if token.kind == "word" and self.is_text(i - 1, "->", "."):
            return self.members.get(token.text, ())
        if token.kind == "word":
            return self.words.get(token.text, ())
        if token.kind == "string":
            return ['""']
        if token.kind == "number":
            suffix = token.text.lstrip("0123456789abcdefABCDEFxX")
            n = int(token.text[:len(token.text) - len(suffix)], 0)
            return [f"{other}{suffix}" for other in (n + 1, n - 1) if other >= 0]
        return ()

    def condition_mutants(self, i, token):
        """Conditions that are negated, or left out."""
        if token.text in ("if", "while") and self.is_text(i + 1, "("):
            first, last = i + 2, self.pairs[i + 1] - 1
            yield self.replace(first, last, f"!({self.source(first, last)})")
            yield self.replace(first, last, "0")
            if token.text == "if":      # an endless loop would only cost time
                yield self.replace(first, last, "1")
        elif token.text == "?":
            first, last = self.reach(i, -1, CONDITION_ENDS), i - 1
            yield self.replace(first, last, f"!({self.source(first, last)})")
        elif token.text in ("&&", "||"):
            for first, last in ((self.reach(i, -1, OPERAND_ENDS), i - 1), (i + 1, self.reach(i, 1, OPERAND_ENDS))):
                yield self.replace(first, last, f"!({self.source(first, last)})")
                yield self.replace(first, last, "1" if token.text == "&&" else "0")

    def begins_statement(self, i):
        if not self.is_text(self.inside[i] if self.inside[i] is not None else -1, "{"):
            return False
        if self.is_text(i - 1, "{", "}", ";", "else", "do"):
            return True
        if self.is_text(i - 1, ":"):
            return self.is_text(i - 3, "case") or self.is_text(i - 2, "default")
        return self.is_text(i - 1, ")") and self.is_text(self.pairs[i - 1] - 1, "if", "while", "for", "switch")

    def statement_mutants(self, i, token):
        """A statement that is left out, a result that is another."""
        if not self.begins_statement(i) or token.text in ("if", "else", "while", "do", "for", "switch", "case", "default",
                                                          "{", "}", ";"):
            return
        last = self.reach(i, 1, (";",))
        if not self.is_text(last + 1, ";"):
            return
        yield self.replace(i, last + 1, ";")
        if token.text == "return" and last > i:
            yield self.replace(i + 1, last, "0")
            yield self.replace(i + 1, last, "1")

    def cast_mutants(self, i, token):
        """A number that is computed as it comes."""
        if token.text == "(" and self.is_text(i + 1, *INTEGERS) and self.pairs[i] == i + 2:
            yield self.replace(i, i + 2, "")

    def mutants(self):
        for i, token in enumerate(self.tokens):
            for new in self.token_mutants(i, token):
                yield self.replace(i, i, new)
            yield from self.condition_mutants(i, token)
            yield from self.statement_mutants(i, token)
            yield from self.cast_mutants(i, token)


def apply(text, mutant):
    return text[:mutant.start] + mutant.new + text[mutant.end:]


def lines(text, mutant):
    """The line or lines that a mutant changes, before and after, in one line each."""
    first = text.rfind("\n", 0, mutant.start) + 1
    last = text.find("\n", mutant.end)
    before = text[first:last]
    after = text[first:mutant.start] + mutant.new + text[mutant.end:last]
    return " ".join(before.split()), " ".join(after.split())


def line_number(text, mutant):
    return text.count("\n", 0, mutant.start) + 1
