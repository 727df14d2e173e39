# SPDX-License-Identifier: GPL-2.0-only
"""poll() on contact and health, and uevents."""
from topic import CLOSE, OPEN, between, equal

LINES = {"fan": 0, "five": 1, "three": 2}


def watched(g, what):
    """[(ns, text)] of a file or of uevents."""
    found = [line.split(" ", 2) for line in g.text("watched").splitlines() if line != "ready"]
    return [(int(ns), text) for ns, name, text in found if name == what]


def case_contact_in_order(g):
    told = watched(g, "fan/contact")
    equal([text for _, text in told], ["open"] + ["closing", "closed", "opening", "open"] * 2)
    (on, _), (off, _), (pulse, _), (end, _) = g.wire("fan")
    for (ns, text), moment in zip(told[1:], (on, on + CLOSE, off, off + OPEN,
                                             pulse, pulse + CLOSE, end, end + OPEN)):
        between(ns - moment, 0, g.woken, f"ns until {text} was read")


def case_health_once_each(g):
    for relay, wanted in (("fan", ["good"]), ("five", ["good", "warning", "worn"]), ("three", ["good", "worn"])):
        equal([text for _, text in watched(g, f"{relay}/health")], wanted, relay)


def case_health_at_its_cycle(g):
    """80 % of five are four cycles; of three no number of cycles lies between 80 % and 100 %."""
    rising = {relay: [ns for ns, level in g.wire(relay) if level] for relay in ("five", "three")}
    for relay, cycles in (("five", (4, 5)), ("three", (3,))):
        for (ns, text), n in zip(watched(g, f"{relay}/health")[1:], cycles):
            between(ns - rising[relay][n - 1], 0, g.woken, f"ns from cycle {n} of {relay} to {text}")


def case_lives(g):
    """Not clamped, and exact where a third of 10^12 is not whole."""
    wanted = []
    for n in range(1, 8):
        for relay, life in (("five", 5), ("three", 3)):
            health = "worn" if n >= life else "warning" if 10 * n >= 8 * life else "good"
            wanted.append(f"{relay} {n} {n * 10**6 // life} {health} {max(0, life - n)}")
    equal(g.text("lives").splitlines(), wanted)


def case_uevents(g):
    """One for each change of health, none for switching."""
    told = watched(g, "uevent")
    equal([dict(word.split("=", 1) for word in text.split())["DEVPATH"].rsplit("/", 1)[1] for _, text in told],
          ["three", "five", "five"])
    for _, text in told:
        words = dict(word.split("=", 1) for word in text.split())
        equal((words["ACTION"], words["SUBSYSTEM"], words["RELAY_EVENT"]), ("change", "relay", "health"))
