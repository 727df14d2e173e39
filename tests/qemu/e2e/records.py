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
SLOT, CELL = 512, 1024

HEAD = "IHH"            # magic, format, bytes
MAIN = ("QQQ"           # sequence, saved_ns, writes
        "II32s"         # place, generation, serial
        "HH"            # told, unknown_history
        "QQ" "4Q"       # damage: pico, fraction; cycles by load class
        "5Q")           # on_ns, longest_on_ns, shortest_on_ns, first_use_ns, last_use_ns
WINDOW = "QQQI" + "QI" * 10
LAYOUT = struct.Struct("<" + HEAD + MAIN + WINDOW * 2)
BYTES = LAYOUT.size + 4
assert BYTES == 464


@dataclass(frozen=True)
class Record:
    sequence: int
    saved_ns: int
    writes: int
    place: int
    generation: int
    serial: bytes
    told: int
    unknown_history: int
    pico: int
    fraction: int
    by_class: tuple     # none, resistive, ac-15, dc-13
    on_ns: int
    longest_on_ns: int
    shortest_on_ns: int
    first_use_ns: int
    last_use_ns: int
    windows: tuple      # numbers of the last 24 h and of the last 30 days

    @property
    def cycles(self):
        return sum(self.by_class)

    def but(self, **changes):
        return replace(self, **changes)


def place(path):
    """What a record has of the path of a relay's node."""
    return zlib.crc32(path.encode())


def seal(data):
    return data + struct.pack("<I", zlib.crc32(data))


def encode(r, fmt=FORMAT, size=BYTES):
    """A record's bytes; those of another format may be longer, nobody knows by what."""
    data = LAYOUT.pack(MAGIC, fmt, size, r.sequence, r.saved_ns, r.writes, r.place, r.generation, r.serial, r.told,
                       r.unknown_history, r.pico, r.fraction, *r.by_class, r.on_ns, r.longest_on_ns, r.shortest_on_ns,
                       r.first_use_ns, r.last_use_ns, *r.windows)
    return seal(data + bytes(size - BYTES))


def decode(data):
    """The record at the beginning of the bytes; None: they are none."""
    magic, fmt, size = struct.unpack_from("<" + HEAD, data)
    if (magic, fmt, size) != (MAGIC, FORMAT, BYTES) or seal(data[:BYTES - 4]) != data[:BYTES]:
        return None
    v = LAYOUT.unpack_from(data)[3:]
    return Record(*v[:10], v[10:14], *v[14:19], v[19:])


def raw(cell):
    """The bytes of the slots of a cell."""
    return [cell[i:i + SLOT] for i in range(0, CELL, SLOT)]


def slots(cell):
    """What is in the slots of a cell: a Record, or None."""
    return [decode(slot) for slot in raw(cell)]


def newest(cell):
    """The valid record of a cell with the highest sequence, or None."""
    return max(filter(None, slots(cell)), key=lambda r: r.sequence, default=None)


def cells(path, count):
    """The first cells of a store, one after the other in its file."""
    with open(path, "rb") as f:
        return [f.read(CELL) for _ in range(count)]
