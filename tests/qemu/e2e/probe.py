# SPDX-License-Identifier: GPL-2.0-only
"""What probing does to lines, and what it says of nodes that are wrong."""
import re

from topic import CLOSE, OPEN, SECOND, Wrong, between, equal


def said(g, bank):
    """The driver's messages for a bank; the kernel itself adds that its probe failed."""
    return [m for m in re.findall(rf"emrelay {bank}: (.*)$", g.text("said"), re.M) if not m.startswith("probe with")]


def case_edges(g):
    """Preset: 1 on 1, 3 and 4. Then what the defaults ask for. Last of all, shutdown."""
    # The guest sleeps 1 s after it has set its lines.
    preset = g.result.edges[0][0] + SECOND // 2
    after = {line: [level for ns, level in g.edges(line) if ns > preset] for line in range(8)}
    equal({line: [level for ns, level in g.edges(line) if ns < preset] for line in range(8)},
          {line: [1] if line in (1, 3, 4) else [] for line in range(8)}, "preset")
    #                 probe  shutdown
    equal(after, {0: [],
                  1: [0],
                  2: [1,     0],
                  3: [       0],
                  4: [0, 1,  0],    # as asked by sysfs
                  5: [],
                  6: [], 7: []})


def case_first_bind_counts_as_an_edge(g):
    """What the lines did before nobody knows: the defaults wait for the contacts' travel from the bind on."""
    last = {relay: int(ns) for relay, ns in map(str.split, g.text("last-edges").splitlines())}
    first, second = last["off-off"], last["on-on"]
    between(second, first, first + OPEN, "ns of the binds of one bank's relays")
    between(last["on-off"], first + OPEN, second + OPEN + g.late, "on by default")
    between(last["off-on"], first + CLOSE, second + CLOSE + g.late, "off by default")


def case_kept_is_at_rest(g):
    """A coil that was found on may be released at once; its cycle was not counted, so only travel waits."""
    off, _ = g.at("kept")
    (released, first), (energised, second) = ((e["now_ns"], e["coil"]) for e in g.events("coil", "keep-on"))
    equal((first, second), ("off", "on"))
    between(released, off.begin, off.end)
    between(energised, released + OPEN, released + OPEN + g.late)


def error(g, bank, *words):
    messages = said(g, bank)
    if len(messages) != 1 or not all(re.search(rf"(?<!\w){re.escape(w)}(?!\w)", messages[0]) for w in words):
        raise Wrong(f"said {messages}, expected one message with {words}")


def case_too_much_current(g):
    error(g, "too-much-current", "relay@1", "load-microamp", "5000001", "5000000")


def case_too_much_voltage(g):
    error(g, "too-much-voltage", "relay@3", "load-microvolt", "24000001", "24000000")


def case_too_much_inrush(g):
    error(g, "too-much-inrush", "relay@1", "load-inrush-microamp", "20000001", "20000000")


def case_too_long_inrush(g):
    error(g, "too-long-inrush", "relay@1", "load-inrush-us", "20001", "20000")


def case_unrated_inrush(g):
    error(g, "unrated-inrush", "relay@1", "load-inrush-microamp", "2000001", "2000000")


def case_rating_missing(g):
    error(g, "unrated", "relay@2", "operate-time-us")


def case_rating_not_in_the_sheet(g):
    """The part is known; its sheet, and which rating is not in it, are named."""
    for bank, name, part in (("no-life-in-the-sheet", "electrical-life-cycles", "wago,788-355"),
                             ("no-rate-in-the-sheet", "max-loaded-cycles-per-minute", "finder,55.34"),
                             ("no-bounce-in-the-sheet", "bounce-time-us", "omron,g5le-1")):
        error(g, bank, "relay@1", name, "data sheet", part)


def case_class_not_in_the_sheet(g):
    """What the contact carries is the most; below that a warning, unless the tree has a limit."""
    error(g, "too-much-unrated", "relay@1", "load-microamp", "8000001", "8000000", "te,rt424", "ac-15")
    found = said(g, "completed")
    equal([[w for w in ("relay@1", "relay@3", "ac-15", "dc-13", "not rated", "data sheet", "te,rt424") if w in m]
           for m in found], [["relay@1", "ac-15", "not rated", "data sheet", "te,rt424"],
                             ["relay@3", "dc-13", "not rated", "data sheet", "te,rt424"]])


def case_label_no_file_name(g):
    error(g, "nameless", "relay@1", "label", "a/b")


def case_reg_twice(g):
    error(g, "twins", "relay@1", "relay@0", "reg")


def case_default_state_unknown(g):
    error(g, "undecided", "relay@1", "default-state", "maybe")


def case_line_taken(g):
    error(g, "taken", "relay@1", "coil-gpios")


def case_line_shared(g):
    """Neither relay is bound, and no message is about anything else; which of them is named is the kernel's."""
    error(g, "shared", "coil-gpios")


def case_no_channels(g):
    error(g, "empty")
    error(g, "only-a-hog")


def case_no_gpio_controller(g):
    error(g, "no-controller", "gpio-controller", "missing")
    error(g, "three-gpio-cells", "#gpio-cells", "3", "2")


def case_unknown_is_named(g):
    """Once for each node, with all the properties that no binding has."""
    equal([m.partition(": ")[2] for m in said(g, "misspelt")],
          ["properties unknown to this driver: coil-limits",
           "properties unknown to this driver: load-typ Label contact-source",
           'compatible "acme,relay" is unknown: the node\'s own ratings apply'])
    equal(said(g, "hogged"), [])


# {bank: what its one message has}
WRONG = {
    "curve-empty": ("electrical-life-curve", "10"),
    "curve-odd": ("electrical-life-curve", "10"),
    "curve-of-eleven": ("electrical-life-curve", "10"),
    "curve-zero": ("electrical-life-curve", "point 2", "<2000 0>"),
    "curve-not-rising": ("electrical-life-curve", "point 3", "<2000 10>"),
    "curve-not-falling": ("electrical-life-curve", "point 2", "<2000 30>"),
    "beyond-the-curve": ("load-microamp", "2000001", "2000000"),
    "limit-empty": ("dc-load-limit", "10"),
    "limit-odd": ("dc-load-limit", "10"),
    "limit-of-eleven": ("dc-load-limit", "10"),
    "limit-zero": ("dc-load-limit", "point 1", "<0 1000000>"),
    "limit-not-rising": ("dc-load-limit", "point 2", "<24000000 1000000>"),
    "limit-not-falling": ("dc-load-limit", "point 2", "<48000000 3000000>"),
    "too-much-dc": ("load-microamp", "3000001", "3000000", "dc-13"),
    "too-much-dc-on-the-stair": ("load-microamp", "500001", "500000"),
    "too-much-dc-voltage": ("load-microvolt", "48000001", "48000000"),
    "cell-nowhere": ("nvmem-cells", "nvmem-cell-names", "wear-a", "wear-b"),
}


def case_wear_and_its_store(g):
    for bank, words in WRONG.items():
        error(g, bank, "relay@1", *words)


def case_store_not_there(g):
    """It may come yet: nothing is said, and the good channel has not moved."""
    equal(said(g, "store-not-there"), [])


def case_warnings(g):
    """Once for each that is not dampened, or that nobody rates."""
    found = said(g, "undampened")
    equal([[w for w in ("relay@0", "relay@1", "relay@2", "ac-15", "dc-13", "load-suppressor") if w in m] for m in found],
          [["relay@0", "ac-15", "load-suppressor"], ["relay@1", "dc-13", "load-suppressor"]])
    equal(said(g, "dampened"), [])
    error(g, "not-rated", "relay@0", "dc-13", "not rated", "dc-load-limit")


def case_below_minimum(g):
    error(g, "too-little", "relay@0", "load-microamp", "9999", "load-microvolt", "23999999")


def case_good_bank_says_nothing(g):
    equal(said(g, "relay-bank"), [])
