#!/usr/bin/env python3
"""Puts programs for macOS into one universal file, as lipo does.    make_universal.py OUT THIN..."""

import pathlib
import struct
import sys

ALIGNMENT = 14  # as a power of 2; arm64's pages

thin = [pathlib.Path(name).read_bytes() for name in sys.argv[2:]]
entries = b""
contents = b""
begin = 1 << ALIGNMENT
for program in thin:
    contents += bytes(-len(contents) % (1 << ALIGNMENT))
    processor, subtype = struct.unpack_from("<II", program, 4)
    entries += struct.pack(">5I", processor, subtype, begin + len(contents), len(program), ALIGNMENT)
    contents += program
header = struct.pack(">II", 0xCAFEBABE, len(thin)) + entries
pathlib.Path(sys.argv[1]).write_bytes(header + bytes(begin - len(header)) + contents)
