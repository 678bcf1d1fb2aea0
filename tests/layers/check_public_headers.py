#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that each public header compiles by itself, and may be included twice."""

import subprocess
import sys
import tempfile
from pathlib import Path

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]


def check(compiler: str, folder: Path) -> list[str]:
    """What is wrong with the headers below a folder."""
    headers = sorted((folder / "confgraph").glob("*.hpp"))
    problems = [] if headers else [f"{folder}: no headers"]
    with tempfile.TemporaryDirectory() as temporary:
        for header in headers:
            name = header.relative_to(folder).as_posix()
            unit = Path(temporary) / (header.stem + ".cpp")
            unit.write_text(f"#include <{name}>\n#include <{name}>\n", encoding="utf-8")
            command = [compiler, "-std=c++20", "-fsyntax-only", *WARNINGS, f"-I{folder}", str(unit)]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                problems.append(f"{name} does not compile by itself:\n{result.stderr}")
    return problems


def main() -> int:
    if len(sys.argv) != 3:
        print("usage: check_public_headers.py COMPILER INCLUDE_FOLDER", file=sys.stderr)
        return 2
    problems = check(sys.argv[1], Path(sys.argv[2]))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
