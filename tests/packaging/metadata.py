#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is said of the project in several places is the same: its version, and who can be written to."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSIONS = {
    "CMakeLists.txt": r"project\(confgraph VERSION (\S+) ",
    "debian/changelog": r"\Aconfgraph \((\S+)\)",
    "packaging/confgraph.spec": r"^Version: +(\S+)$",
}
ADDRESSES = {
    "debian/control": r"^Maintainer: (.+)$",
    "debian/changelog": r"^ -- (.+?)  ",
    "packaging/confgraph.spec": r"^%changelog\n\* \w+ \w+ \d+ \d+ (.+) - ",
}


def found(patterns: "dict[str, str]") -> "dict[str, str]":
    """What is said first in each file."""
    matches = {name: re.search(pattern, (ROOT / name).read_text(encoding="utf-8"), re.M) for name, pattern in patterns.items()}
    return {name: match[1] if match else "nothing" for name, match in matches.items()}


def main() -> int:
    failed = False
    for said in (found(VERSIONS), found(ADDRESSES)):
        if len(set(said.values())) != 1 or "nothing" in said.values():
            print(*(f"{name}: {value}" for name, value in said.items()), sep="\n")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
