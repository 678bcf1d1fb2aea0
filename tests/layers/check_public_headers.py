#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that each public header compiles by itself, and may be included twice."""

import subprocess
import sys
import tempfile
from pathlib import Path

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]


def check(compiler: str, library: str, folders: list[Path]) -> list[str]:
    """What is wrong with a library's headers, which lie below the first folder, and include those below the others."""
    folder = folders[0]
    headers = sorted((folder / library).glob("*.hpp"))
    problems = [] if headers else [f"{folder}: no headers"]
    with tempfile.TemporaryDirectory() as temporary:
        for header in headers:
            name = header.relative_to(folder).as_posix()
            unit = Path(temporary) / (header.stem + ".cpp")
            unit.write_text(f"#include <{name}>\n#include <{name}>\n", encoding="utf-8")
            command = [compiler, "-std=c++20", "-fsyntax-only", *WARNINGS, *(f"-I{path}" for path in folders), str(unit)]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                problems.append(f"{name} does not compile by itself:\n{result.stderr}")
    return problems


def main() -> int:
    if len(sys.argv) < 4:
        print("usage: check_public_headers.py COMPILER LIBRARY INCLUDE_FOLDER...", file=sys.stderr)
        return 2
    problems = check(sys.argv[1], sys.argv[2], [Path(folder) for folder in sys.argv[3:]])
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
