#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of the elf_image fuzz target: the smallest binaries that still say something.

Usage: make_elf_corpus.py FOLDER
"""

import pathlib
import struct
import sys

HEADER_BYTES, SEGMENT_BYTES, SECTION_BYTES, SYMBOL_BYTES = 64, 56, 64, 24
PT_LOAD, SHT_STRTAB, SHT_DYNSYM, ET_DYN, EM_X86_64 = 1, 3, 11, 3, 62
BASE = 0x10000  # the address at which the file's first byte is mapped


def image(symbols: list[tuple[str, bytes | None]], extra: bytes = b"") -> bytes:
    """A 64-bit little-endian shared object; a symbol without data is imported."""
    strings = b"\0"
    records = bytes(SYMBOL_BYTES)
    contents = b""
    data_at = HEADER_BYTES + SEGMENT_BYTES
    for name, data in symbols:
        name_at = len(strings)
        strings += name.encode() + b"\0"
        if data is None:
            records += struct.pack("<IBBHQQ", name_at, 0x12, 0, 0, 0, 0)
        else:
            records += struct.pack("<IBBHQQ", name_at, 0x11, 0, 1, BASE + data_at + len(contents), len(data))
            contents += data
    contents += extra
    records_at = data_at + len(contents)
    strings_at = records_at + len(records)
    sections_at = strings_at + len(strings)
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", ET_DYN, EM_X86_64, 1, 0, HEADER_BYTES, sections_at, 0,
        HEADER_BYTES, SEGMENT_BYTES, 1, SECTION_BYTES, 3, 0)
    segment = struct.pack("<IIQQQQQQ", PT_LOAD, 4, 0, BASE, BASE, strings_at, strings_at, 0x1000)
    sections = bytes(SECTION_BYTES)
    sections += struct.pack("<IIQQQQIIQQ", 0, SHT_DYNSYM, 0, 0, records_at, len(records), 2, 1, 8, SYMBOL_BYTES)
    sections += struct.pack("<IIQQQQIIQQ", 0, SHT_STRTAB, 0, 0, strings_at, len(strings), 0, 0, 1, 0)
    return header + segment + contents + records + strings + sections


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1])
    record = struct.pack("<iii", 20120211, 141, -1)
    seeds = {
        "server": image([("core_module", record), ("mpm_event_module", record)], b"Apache/2.4.99 (Example)\0"),
        "mpm": image([("mpm_event_module", record), ("ap_hook_mpm", None), ("ap_thread_create", None)]),
        "module": image([("x_module", record), ("ap_hook_handler", None)]),
        "empty": image([]),
    }
    for name, data in seeds.items():
        (folder / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
