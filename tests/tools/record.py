#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A line of wear_record, made without the driver and without relay-wear.

usage: record.py [KEY=VALUE]...

The keys are those of FIELDS, "serial", and "more" for so many bytes more than
this format has.
"""
import struct
import sys
import zlib

# In the order of the bytes; after "generation" comes the serial, after "last" two
# windows of 148 bytes.
FIELDS = {"magic": "I", "format": "H", "length": "H", "sequence": "Q", "saved": "Q", "writes": "Q",
          "place": "I", "generation": "I", "serial": "32s", "told": "H", "unknown_history": "H",
          "pico": "Q", "fraction": "Q", "none": "Q", "resistive": "Q", "ac15": "Q", "dc13": "Q",
          "on": "Q", "longest": "Q", "shortest": "Q", "first": "Q", "last": "Q"}


def line(**values):
    more = values.pop("more", 0)
    values = {"magic": 0x77726d65, "format": 1, "length": 464 + more, "place": 7, "serial": b""} | values
    assert values.keys() <= FIELDS.keys(), values
    body = struct.pack("<" + "".join(FIELDS.values()), *(values.get(key, 0) for key in FIELDS))
    body += bytes(2 * 148 + more)
    return f"emrelay-{values['format']} {(body + struct.pack('<I', zlib.crc32(body))).hex()}"


if __name__ == "__main__":
    pairs = dict(word.split("=", 1) for word in sys.argv[1:])
    print(line(**{key: value.encode() if key == "serial" else int(value) for key, value in pairs.items()}))
