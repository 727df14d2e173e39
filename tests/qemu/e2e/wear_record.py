# SPDX-License-Identifier: GPL-2.0-only
"""The wear of relays without a store: wear_record, and relay-wear over rmmod and a reboot."""
import records
from topic import HERE, between, equal, tool

KERNELS = ("6.1", "6.12")
WEIGHT = 20
LINES = {"pump": 0, "hall 2": 1, "relay-bank:2": 2}


def first(_guests, _store):
    return {"cmdline": "boot=1", "files": {"/test/lib.sh": HERE / "lib.sh"} | tool("relay-wear")}


def second(guests, _store):
    """A day later, with what the first one saved."""
    boot = guests[0].result.folder
    files = first(guests, None)["files"] | {"/test/lives": boot / "lives"}
    files |= {f"/var/lib/relay-wear/{relay}.wear": boot / f"saved-{line}" for relay, line in LINES.items()}
    return {"cmdline": "boot=2", "rtc": "2024-01-02T00:00:00", "files": {path: file for path, file in files.items() if file.exists()}}


BOOTS = (first, second)


def saved(boot, line):
    """What relay-wear saved of the relay on a line."""
    head, digits = boot.text(f"saved-{line}").split()
    equal(head, "emrelay-1")
    return records.decode(bytes.fromhex(digits))


def case_saved_is_what_the_wire_says(g):
    boot = g.before[0]
    # Of the last relay there was one cycle more, after saving.
    for line, (more, by_class) in enumerate(((0, (0, 2, 0, 0)), (0, (3, 0, 0, 0)), (1, (5, 0, 0, 0)))):
        edges, record = boot.edges(line), saved(boot, line)
        equal([level for _, level in edges], [1, 0] * (len(edges) // 2), f"edges of line {line}")
        on = [off - on for (on, _), (off, _) in zip(edges[::2], edges[1::2])]
        on = on[:len(on) - more]
        equal(record.by_class, by_class, f"cycles of line {line} by class")
        equal(record.cycles, len(on), f"cycles of line {line}")
        late = boot.late
        between(record.on_ns, sum(on) - late * len(on), sum(on) + late * len(on), f"on_ns of line {line}")
        between(record.longest_on_ns, max(on) - late, max(on) + late, f"longest_on_ns of line {line}")
        between(record.shortest_on_ns, min(on) - late, min(on) + late, f"shortest_on_ns of line {line}")
        between(record.released_ns - record.last_use_ns, on[-1] - late, on[-1] + late, f"last release of line {line}")
        # 2024-01-01, when the guest booted, plus what its clock had counted.
        uses = [1_704_067_200 * 10**9 + ns for ns, level in edges if level][:len(on)]
        between(record.last_use_ns - record.first_use_ns, uses[-1] - uses[0] - late, uses[-1] - uses[0] + late,
                f"first to last use of line {line}")


def case_saved_identity(g):
    boot = g.before[0]
    equal([(saved(boot, line).name.decode(), saved(boot, line).serial) for line in range(3)],
          [("pump", b"A 17"), ("hall 2", b""), ("relay-bank:2", b"")])
    equal([saved(boot, line).unknown_history for line in range(3)], [0, 1, 1])
