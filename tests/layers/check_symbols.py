#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the shared library exports its public names and nothing else.

Templates of the standard library that were instantiated in it, or names from behind the public headers, would become
part of what programs link with, and could never be taken back.
"""

import re
import subprocess
import sys

# The name of the set of symbols itself.
VERSION = re.compile(r"^CONFGRAPH_\d+$")
PUBLIC = re.compile(r"^(?:(?:typeinfo|typeinfo name|vtable) for )?confgraph::(?!(?:core|io|api|test)::)")


def problems_of(symbols: list[str], soname: str) -> list[str]:
    """What is wrong with a library that exports these symbols, demangled, under this name."""
    problems = [f"exported: {symbol}" for symbol in symbols if not PUBLIC.match(symbol) and not VERSION.match(symbol)]
    if not any(PUBLIC.match(symbol) for symbol in symbols):
        problems.append("nothing is exported")
    if not re.match(r"^libconfgraph\.so\.\d+$", soname):
        problems.append(f"the library calls itself '{soname}'")
    return problems


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: check_symbols.py LIBRARY", file=sys.stderr)
        return 2
    # "ADDRESS TYPE NAME@@VERSION", where the name may hold blanks once it is demangled.
    lines = run("nm", "--dynamic", "--defined-only", "--demangle", sys.argv[1]).splitlines()
    symbols = [re.sub(r"@@?\w+$", "", line.split(maxsplit=2)[2]) for line in lines]
    soname = re.search(r"SONAME\s+(\S+)", run("objdump", "-p", sys.argv[1]))
    problems = problems_of(symbols, soname.group(1) if soname else "")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
