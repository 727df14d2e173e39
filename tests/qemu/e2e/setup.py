# SPDX-License-Identifier: GPL-2.0-only
"""relayctl setup: banks and settings by files, as a PC's units and udev call it."""
from topic import TOOLS, Wrong, equal, tool

KERNELS = ("6.1", "6.12")
WEIGHT = 4
FILES = tool("relayctl") | {f"/test/{name}.conf": TOOLS / f"packaging/examples/{name}.conf"
                            for name in ("8-channel", "din-modules")}
DTS = """
/ {
	relay-bank {
		BANK;
		relay@0 { reg = <0>; compatible = "wago,859-353"; label = "tree"; COIL(7); UNLOADED; };
	};
};
"""
# {case: (exit status, line, what the message has)}
WRONG = {
    "section": (1, 1, "[bank] is neither [bank NAME] nor [relay NAME]"),
    "bracket": (1, 1, "no ']'"),
    "word": (1, 6, "'nonsense' is neither a [section] nor KEY = VALUE"),
    "alone": (1, 1, "coil: there is no [bank NAME]"),
    "twice": (1, 6, "load-type is in line 4 too"),
    "relay-twice": (1, 6, "[relay r] is in line 2 too"),
    "unknown": (1, 5, "load-typ = none: this driver has no such property"),
    "value": (1, 5, "reg = 1024: the driver does not take it"),
    "state": (1, 6, "state is no property and no setting"),
    "load": (1, 1, "[bank b] cannot be made live: the driver does not take it"),
    "setting": (1, 6, "policies: r has no such setting"),
    "setting-value": (1, 6, "policy = both: the driver does not take this value"),
}


def case_errors_name_file_and_line(g):
    for name, (status, line, words) in WRONG.items():
        said = g.text(f"wrong-{name}")
        if not said.startswith(f"{status} relayctl: /tmp/wrong.conf:{line}: ") or words not in said:
            raise Wrong(f"{name}: said '{said.strip()}', expected status {status}, line {line}, '{words}'")


def case_check_says_it_too(g):
    equal("/tmp/wrong.conf:5: reg = 1024: " in g.text("check-value-said"), True)


def case_what_differs_is_told(g):
    said = [line for line in g.text("differs").splitlines() if "the bank is live, and has '" in line]
    equal([[w in line for w in ("stagger-ms = 21", "coil = 9030000.pl061 6 active-low", "'20'", "'9030000.pl061 7 active-low'")] for line in said],
          [[True, False, True, False], [False, True, False, True]])


def case_saved_as_text(g):
    equal(g.text("settings.conf"), "[relay tree]\npolicy = reject\nmin_on_ms = 300\nmax_on_ms = 9000\nverify_s = 7\n")
