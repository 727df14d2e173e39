# SPDX-License-Identifier: GPL-2.0-only
"""The records of relays' lives as the host sees them in the file of a store.

Written from what driver/record.h says of the format, and from nothing else of
the driver: little endian, CRC32 last.
"""
import struct
import zlib
from dataclasses import dataclass, replace

MAGIC = 0x77726d65      # "emrw"
FORMAT = 1

HEAD = "IHH"            # magic, format, size
MAIN = ("QQ"            # sequence, saved_ns
        "32s64s"        # serial, name
        "4Q" "Q"        # cycles by load class, damage_pico
        "6Q"            # on_ns, longest_on_ns, shortest_on_ns, first_use_ns, last_use_ns, released_ns
        "BBBx"          # told, unknown_history, target, 0
        "8I8s")         # baselines, ewmas, misfires, welds; spare
LAYOUT = struct.Struct("<" + HEAD + MAIN)
BYTES = LAYOUT.size + 4
PAIR = 2 * BYTES        # the cells of one relay, side by side
assert BYTES == 256


@dataclass(frozen=True)
class Record:
    sequence: int = 1
    saved_ns: int = 0
    serial: bytes = b""
    name: bytes = b""
    by_class: tuple = (0, 0, 0, 0)      # none, resistive, ac-15, dc-13
    pico: int = 0
    on_ns: int = 0
    longest_on_ns: int = 0
    shortest_on_ns: int = 0
    first_use_ns: int = 0
    last_use_ns: int = 0
    released_ns: int = 0
    told: int = 0
    unknown_history: int = 0
    target: int = 0
    baseline_us: tuple = (0, 0, 0)      # operate, release, bounce
    ewma_us: tuple = (0, 0, 0)
    misfires: int = 0
    welds: int = 0

    @property
    def cycles(self):
        return sum(self.by_class)

    def but(self, **changes):
        return replace(self, **changes)


def seal(data):
    return data + struct.pack("<I", zlib.crc32(data))


def encode(r, fmt=FORMAT):
    """A record's bytes."""
    return seal(LAYOUT.pack(MAGIC, fmt, BYTES, r.sequence, r.saved_ns, r.serial, r.name, *r.by_class, r.pico, r.on_ns,
                            r.longest_on_ns, r.shortest_on_ns, r.first_use_ns, r.last_use_ns, r.released_ns, r.told,
                            r.unknown_history, r.target, *r.baseline_us, *r.ewma_us, r.misfires, r.welds, b""))


def decode(data):
    """The record at the beginning of the bytes; None: they are none."""
    magic, fmt, size = struct.unpack_from("<" + HEAD, data)
    if (magic, fmt, size) != (MAGIC, FORMAT, BYTES) or seal(data[:BYTES - 4]) != data[:BYTES]:
        return None
    v = LAYOUT.unpack_from(data)[3:]
    return Record(*v[:2], *(text.rstrip(b"\0") for text in v[2:4]), v[4:8], *v[8:18],
                  v[18:21], v[21:24], *v[24:26])


def raw(pair):
    """The bytes of the cells of a relay."""
    return [pair[i:i + BYTES] for i in range(0, PAIR, BYTES)]


def slots(pair):
    """What is in the cells of a relay: a Record, or None."""
    return [decode(cell) for cell in raw(pair)]


def newest(pair):
    """The valid record of a relay's cells with the highest sequence, or None."""
    return max(filter(None, slots(pair)), key=lambda r: r.sequence, default=None)


def pairs(path, count):
    """The cells of relays that have them one after the other in the file of a store."""
    with open(path, "rb") as f:
        return [f.read(PAIR) for _ in range(count)]
