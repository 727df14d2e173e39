#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Samples of relay-wear, made and read without it.

usage: samples.py make < LINES     puts each line's CRC32 before it
       samples.py read FILE        the lines whose CRC32 is right, without it
"""
import sys
import zlib

if sys.argv[1] == "make":
    for text in sys.stdin.buffer.read().splitlines():
        sys.stdout.buffer.write(b"%08x %s\n" % (zlib.crc32(text), text))
else:
    *whole, _rest = open(sys.argv[2], "rb").read().split(b"\n")
    for line in whole:
        crc, _, text = line.partition(b" ")
        if crc == b"%08x" % zlib.crc32(text) and text:
            sys.stdout.buffer.write(text + b"\n")
