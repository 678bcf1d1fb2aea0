#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks the case runner about cases whose right answer is known.

right.case has to pass. Each expected line of it is then left out, doubled and altered in turn: the runner has to
fail each time, and its diff has to show that very line. Files that are no cases have to be refused as such, and what
--print prints has to pass.
"""

import pathlib
import subprocess
import sys
import tempfile

AS_EXPECTED, DIFFERENT, UNUSABLE = 0, 1, 2

MALFORMED = {
    "no description": "mods-available:\n  a\ncommand: a2enmod a\nchanges: none\n",
    "no command": "# A case without a command.\nmods-available:\n  a\nchanges: none\n",
    "no changes": "# A case without its changes.\nmods-available:\n  a\ncommand: a2enmod a\n",
    "something after the changes": "# Something comes after the changes.\ncommand: a2enmod a\nchanges: none\nmarkers:\n",
    "unknown section": "# A section that there is not.\nmods:\n  a\ncommand: a2enmod a\nchanges: none\n",
    "section twice": "# One section comes twice.\nmarkers:\nmarkers:\ncommand: a2enmod a\nchanges: none\n",
    "unknown tool": "# A tool that there is not.\ncommand: a2enmods a\nchanges: none\n",
    "unknown option": "# An option that there is not.\ncommand: a2enmod -x a\nchanges: none\n",
    "enabled, not available": "# A link to nothing, not said to be one.\nmods-enabled:\n  a\ncommand: a2enmod a\nchanges: none\n",
    "unknown keyword": "# A keyword that there is not.\nmods-available:\n  a Needs: b\ncommand: a2enmod a\nchanges: none\n",
    "unknown special": "# A special that there is not.\nspecial:\n  socket mods-available/a.load\ncommand: a2enmod a\nchanges: none\n",
    "wrong escape": "# An escape that there is not.\ncommand: a2enmod \\q\nchanges: none\n",
    "content without section": "# Content that belongs nowhere.\n  a\ncommand: a2enmod a\nchanges: none\n",
    "stray line": "# A line that is no heading.\na\ncommand: a2enmod a\nchanges: none\n",
}


def main() -> int:
    runner = sys.argv[1]
    right = pathlib.Path(__file__).with_name("right.case").read_text().splitlines()
    failures = 0
    checks = 0

    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "altered.case")

        def run(text: str, *options: str) -> subprocess.CompletedProcess:
            path.write_text(text)
            return subprocess.run([runner, *options, str(path)], capture_output=True, text=True, check=False)

        def check(what: str, good: bool, result: subprocess.CompletedProcess) -> None:
            nonlocal failures, checks
            checks += 1
            if not good:
                failures += 1
                print(f"FAILED: {what}: exit status {result.returncode}\n{result.stdout}{result.stderr}")

        result = run("\n".join(right) + "\n")
        check("right.case", result.returncode == AS_EXPECTED and result.stdout == "" and result.stderr == "", result)

        first = next(i for i, line in enumerate(right) if line.startswith("command:"))
        for i in range(first, len(right)):
            line = right[i]
            if not line.startswith("  "):
                continue
            result = run("\n".join(right[:i] + right[i + 1:]) + "\n")
            check(f"without '{line}'", result.returncode == DIFFERENT and f"\n+{line}\n" in result.stdout, result)
            result = run("\n".join(right[:i] + [line] + right[i:]) + "\n")
            check(f"'{line}' twice", result.returncode == DIFFERENT and f"\n-{line}\n" in result.stdout, result)
            result = run("\n".join(right[:i] + [line + "x"] + right[i + 1:]) + "\n")
            shown = f"\n-{line}x\n" in result.stdout and f"\n+{line}\n" in result.stdout
            check(f"'{line}x'", result.returncode == DIFFERENT and shown, result)
        result = run("\n".join(line for line in right if "Depends: proxy" not in line) + "\n")
        check("another tree", result.returncode == DIFFERENT, result)

        for what, text in MALFORMED.items():
            result = run(text)
            check(what, result.returncode == UNUSABLE and result.stderr.count("\n") == 1 and result.stdout == "", result)
        result = subprocess.run([runner, str(pathlib.Path(folder, "missing.case"))], capture_output=True, text=True, check=False)
        check("no such file", result.returncode == UNUSABLE and result.stderr.startswith("ERROR: "), result)
        result = subprocess.run([runner], capture_output=True, text=True, check=False)
        check("no argument", result.returncode == UNUSABLE and result.stderr.startswith("Usage: "), result)

        commands = [line for line in right[:first]] + [line for line in right[first:] if not line.startswith("  ")]
        printed = run("\n".join(commands) + "\n", "--print")
        check("--print", printed.returncode == AS_EXPECTED, printed)
        result = run("\n".join(right[:first]) + "\n" + printed.stdout)
        check("what --print printed", result.returncode == AS_EXPECTED, result)

    print(f"{checks} checks, {failures} failed")
    return 1 if failures or checks < 90 else 0


if __name__ == "__main__":
    sys.exit(main())
