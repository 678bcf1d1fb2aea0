#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of the module_binary fuzz target, which unit tests read as well: the smallest binaries with module
records, one for each way in which machines write pointers.

Usage: make_module_corpus.py FOLDER
"""

import dataclasses
import pathlib
import struct
import sys
from typing import Optional

BASE = 0x10000  # the address at which the file's first byte is mapped
PT_LOAD, PT_DYNAMIC, ET_DYN, ET_EXEC = 1, 2, 3, 2
DT = {"HASH": 4, "STRTAB": 5, "SYMTAB": 6, "RELA": 7, "RELASZ": 8, "RELAENT": 9, "STRSZ": 10, "SYMENT": 11, "REL": 17,
      "RELSZ": 18, "RELENT": 19, "RELRSZ": 35, "RELR": 36, "RELRENT": 37, "GNU_HASH": 0x6FFFFEF5}
OBJECT, FUNCTION = 0x11, 0x12  # global symbols


@dataclasses.dataclass
class Machine:
    number: int
    bits: int
    big: bool
    relative: int
    symbolic: int
    addend: bool  # whether relocations hold it (RELA), or the place itself (REL)
    hash_bytes: int = 4


MACHINES = {
    "x86-64": Machine(62, 64, False, 8, 1, True),
    "i386": Machine(3, 32, False, 8, 1, False),
    "arm": Machine(40, 32, False, 23, 2, False),
    "aarch64": Machine(183, 64, False, 1027, 257, True),
    "s390x": Machine(22, 64, True, 12, 22, True, 8),
    "ppc64le": Machine(21, 64, False, 22, 38, True),
    "mips64el": Machine(8, 64, False, 3, 3, False),
    "mips": Machine(8, 32, True, 3, 3, False),
    "riscv64": Machine(243, 64, False, 3, 2, True),
}


@dataclasses.dataclass
class Directive:
    name: str
    allowed: int
    arguments: int
    help: Optional[str]


@dataclasses.dataclass
class Record:
    identifier: str
    source: str
    major: int = 20120211
    minor: int = 142
    cookie: bytes = b"AP24"
    directives: Optional[list[Directive]] = None  # none: a null pointer
    outside: bool = False  # the table of directives lies in another binary


EXAMPLE = Record("example_module", "mod_example.c", directives=[
    Directive("ExampleEngine", 128 | 64, 5, "On or Off"),
    Directive("<IfExample", 256 | 31 | 64 | 128, 0, "a container"),
    Directive("ExampleBare", 4, 6, None),
])


class Image:
    """The file as it grows, and what has to be relocated in it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.order = ">" if machine.big else "<"
        self.word = machine.bits // 8
        self.header_bytes, segment_bytes = (64, 56) if machine.bits == 64 else (52, 32)
        self.bytes = bytearray(self.header_bytes + 2 * segment_bytes)
        self.pointers: dict[int, tuple[str, int]] = {}  # place: symbol or nothing, and addend

    def pack(self, form: str, *values: int) -> bytes:
        return struct.pack(self.order + form.replace("P", "Q" if self.word == 8 else "I"), *values)

    def add(self, data: bytes, align: int = 8) -> int:
        """Appends; gives the address."""
        self.bytes += bytes(-len(self.bytes) % align)
        address = BASE + len(self.bytes)
        self.bytes += data
        return address

    def put(self, address: int, data: bytes) -> None:
        self.bytes[address - BASE:address - BASE + len(data)] = data

    def text(self, value: Optional[str]) -> int:
        return 0 if value is None else self.add(value.encode() + b"\0", 1)

    def point(self, place: int, target: int, symbol: str = "") -> None:
        if target or symbol:
            self.pointers[place] = (symbol, target)


def add_directives(image: Image, directives: list[Directive]) -> int:
    size, override, help_at = (40, 24, 32) if image.word == 8 else (24, 12, 20)
    names = [(image.text(item.name), image.text(item.help)) for item in directives]
    table = image.add(bytes(size * (len(directives) + 1)))
    for i, item in enumerate(directives):
        at = table + i * size
        image.point(at, names[i][0])
        image.put(at + override, image.pack("Ii", item.allowed, item.arguments))
        image.point(at + help_at, names[i][1])
    return table


def add_record(image: Image, record: Record, symbolic: bool) -> tuple[int, list[tuple[str, int]]]:
    """Gives the record's address, and the symbols that it needs beside its own."""
    name_at, magic_at, commands_at, size = (16, 40, 88, 112) if image.word == 8 else (12, 24, 48, 60)
    symbols = []
    source = image.text(record.source)
    table = add_directives(image, record.directives) if record.directives is not None else 0
    at = image.add(bytes(size))
    image.put(at, image.pack("iii", record.major, record.minor, -1))
    image.put(at + magic_at, image.pack("P", int.from_bytes(record.cookie, "big")))
    image.point(at + name_at, source)
    if record.outside:
        image.point(at + commands_at, 0, "foreign_table")
        symbols.append(("foreign_table", 0))
    elif symbolic and table:
        image.point(at + commands_at, 0, "own_table")
        symbols.append(("own_table", table))
    else:
        image.point(at + commands_at, table)
    return at, symbols


def relocations(image: Image, symbols: list[str], relr: bool) -> dict[str, int]:
    """Writes the tables; gives the entries of the dynamic section that name them."""
    machine, plain, compact = image.machine, b"", []
    for place, (symbol, target) in sorted(image.pointers.items()):
        index = symbols.index(symbol) if symbol else 0
        kind = machine.symbolic if symbol else machine.relative
        if relr and not symbol:
            image.put(place, image.pack("P", target))
            compact.append(place)
            continue
        if machine.number == 8 and machine.bits == 64:
            info = image.pack("I", index) + bytes([0, 0, 18, kind])
        else:
            info = image.pack("P", index << 32 | kind if image.word == 8 else index << 8 | kind)
        plain += image.pack("P", place) + info
        if machine.addend:
            plain += image.pack("P", target)
        else:
            image.put(place, image.pack("P", target))
    entries = {}
    if plain:
        size = image.word * (3 if machine.addend else 2)
        name = "RELA" if machine.addend else "REL"
        entries |= {name: image.add(plain), f"{name}SZ": len(plain), f"{name}ENT": size}
    if compact:
        words, bits = [], machine.bits - 1
        while compact:
            start = compact.pop(0)
            words.append(start)
            first = start + image.word
            while compact and (compact[0] - first) // image.word < bits:
                bitmap = 0
                while compact and (compact[0] - first) // image.word < bits:
                    bitmap |= 1 << (compact.pop(0) - first) // image.word
                words.append(bitmap << 1 | 1)
                first += bits * image.word
        table = b"".join(image.pack("P", word) for word in words)
        entries |= {"RELR": image.add(table), "RELRSZ": len(table), "RELRENT": image.word}
    return entries


def hash_table(image: Image, symbols: list[str], gnu: bool) -> dict[str, int]:
    if not gnu:
        form = "Q" if image.machine.hash_bytes == 8 else "I"
        table = [1, len(symbols), len(symbols) - 1 if len(symbols) > 1 else 0, *[max(i - 1, 0) for i in range(len(symbols))]]
        return {"HASH": image.add(b"".join(image.pack(form, value) for value in table))}
    # One bucket, one word of the filter that lets everything through; what counts is where the chain ends.
    chain = [2 * i for i in range(1, len(symbols) - 1)] + [1]
    table = image.pack("IIII", 1, 1, 1, 0) + b"\xff" * image.word + image.pack("I", 1)
    return {"GNU_HASH": image.add(table + b"".join(image.pack("I", value) for value in chain))}


def module(machine: str, records: list[Record], *, relr: bool = False, symbolic: bool = False, gnu: bool = True,
           program: bool = False) -> bytes:
    """A shared object with module records, and a function beside them; program: one that is not relocated."""
    image = Image(MACHINES[machine])
    defined: list[tuple[str, int, int]] = [("init_function", BASE, FUNCTION)]
    for record in records:
        at, more = add_record(image, record, symbolic)
        defined += [(name, address, OBJECT) for name, address in more]
        defined.append((record.identifier, at, OBJECT))
    # The GNU hash leaves out what is not defined, which comes first.
    defined.sort(key=lambda item: item[1] != 0)
    names = [""] + [name for name, _, _ in defined]
    strings = b"\0" + b"".join(name.encode() + b"\0" for name in names[1:])
    table, offset = b"", 1
    for name, address, kind in [("", 0, 0), *defined]:
        at = 0 if not name else offset
        offset += len(name) + 1 if name else 0
        section = 1 if address else 0
        if image.word == 8:
            table += image.pack("IBBHQQ", at, kind, 0, section, address, 0)
        else:
            table += image.pack("IIIBBH", at, address, 0, kind, 0, section)
    strings_at, table_at = image.add(strings, 1), image.add(table)
    entries = {"STRTAB": strings_at, "STRSZ": len(strings), "SYMTAB": table_at, "SYMENT": 24 if image.word == 8 else 16}
    entries |= hash_table(image, names, gnu)
    if program:
        for place, (_, target) in image.pointers.items():
            image.put(place, image.pack("P", target))
    else:
        entries |= relocations(image, names, relr)
    dynamic = b"".join(image.pack("PP", DT[name], value) for name, value in entries.items()) + bytes(2 * image.word)
    dynamic_at = image.add(dynamic)
    write_headers(image, dynamic_at - BASE, len(dynamic), ET_EXEC if program else ET_DYN)
    return bytes(image.bytes)


def write_headers(image: Image, dynamic: int, dynamic_bytes: int, kind: int) -> None:
    machine = image.machine
    ident = b"\x7fELF" + bytes([2 if image.word == 8 else 1, 2 if machine.big else 1, 1]) + bytes(9)
    segment_bytes = 56 if image.word == 8 else 32
    header = ident + image.pack("HHIPPPIHHHHHH", kind, machine.number, 1, 0, image.header_bytes, 0, 0,
                                image.header_bytes, segment_bytes, 2, 0, 0, 0)
    size = len(image.bytes)
    segments = b""
    for number, offset, length in ((PT_LOAD, 0, size), (PT_DYNAMIC, dynamic, dynamic_bytes)):
        if image.word == 8:
            segments += image.pack("IIQQQQQQ", number, 6, offset, BASE + offset, BASE + offset, length, length, 8)
        else:
            segments += image.pack("IIIIIIII", number, offset, BASE + offset, BASE + offset, length, length, 6, 4)
    image.bytes[:len(header) + len(segments)] = header + segments


def seeds() -> dict[str, bytes]:
    found = {name: module(name, [EXAMPLE]) for name in MACHINES}
    found |= {
        "hash": module("x86-64", [EXAMPLE], gnu=False),
        "s390x-hash": module("s390x", [EXAMPLE], gnu=False),
        "relr": module("x86-64", [EXAMPLE], relr=True),
        "relr32": module("arm", [EXAMPLE], relr=True),
        "symbolic": module("x86-64", [EXAMPLE], symbolic=True),
        "symbolic-mips64el": module("mips64el", [EXAMPLE], symbolic=True),
        "program": module("x86-64", [EXAMPLE], program=True),
        "outside": module("x86-64", [dataclasses.replace(EXAMPLE, directives=None, outside=True)]),
        "none": module("x86-64", []),
        # The name of the symbol is free, the source may be named with its folder, the table may be missing or empty.
        "several": module("x86-64", [
            Record("mod_example", "/build/mod-example/mod_example.cpp"),
            Record("old_module", "mod_old.c", 20051115, 40, b"AP22", []),
            Record("next_module", "C:\\build\\mod_next.c", 20211221, 30, b"AP25", EXAMPLE.directives),
        ]),
    }
    return found


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds().items():
        (folder / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
