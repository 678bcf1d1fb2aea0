#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the shared library exports its public names and nothing else.

Templates of the standard library that were instantiated in it, or names from behind the public headers, would become
part of what programs link with, and could never be taken back.
"""

import re
import subprocess
import sys

# Each library: the name of the set of symbols itself, and the namespace.
LIBRARIES = {"confgraph": ("CONFGRAPH", "confgraph::"), "confgraph-package": ("CONFGRAPH_PACKAGE", "confgraph::package::")}


def problems_of(symbols: list[str], soname: str, library: str) -> list[str]:
    """What is wrong with a library that exports these symbols, demangled, under this name."""
    version, namespace = LIBRARIES[library]
    public = re.compile(rf"^(?:(?:typeinfo|typeinfo name|vtable) for )?{namespace}(?!(?:core|io|api|test|package)::)")
    problems = [f"exported: {symbol}" for symbol in symbols
                if not public.match(symbol) and not re.match(rf"^{version}_\d+$", symbol)]
    if not any(public.match(symbol) for symbol in symbols):
        problems.append("nothing is exported")
    if not re.match(rf"^lib{library}\.so\.\d+$", soname):
        problems.append(f"the library calls itself '{soname}'")
    return problems


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> int:
    if len(sys.argv) != 3 or sys.argv[1] not in LIBRARIES:
        print("usage: check_symbols.py confgraph|confgraph-package FILE", file=sys.stderr)
        return 2
    # "ADDRESS TYPE NAME@@VERSION", where the name may hold blanks once it is demangled.
    lines = run("nm", "--dynamic", "--defined-only", "--demangle", sys.argv[2]).splitlines()
    symbols = [re.sub(r"@@?\w+$", "", line.split(maxsplit=2)[2]) for line in lines]
    soname = re.search(r"SONAME\s+(\S+)", run("objdump", "-p", sys.argv[2]))
    problems = problems_of(symbols, soname.group(1) if soname else "", sys.argv[1])
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
