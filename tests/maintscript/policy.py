#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the policy of our shell library with that of Debian's, in every state that table.py lists.

Each case runs with Debian's library, under dash, driving Debian's programs, and then with ours under each shell, driving
ours. Links, markers and deferred calls, exit status, actions of the server and messages have to be equal but for what
differences.py names; each of these has to occur.

Exit status: 0 all is as it should be, 1 it is not, 2 the test cannot run.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from box import ISOLATED_MARK, SHELLS, Box, BoxError, Outcome, isolate
from differences import DIFFERENCES, expected, reference
from table import Case, cases

# The status of the last call, as a maintainer script sees it that does not care.
TEXT = """set -{flags}
. "$HELPER"
status=0
{calls}
echo "status $status, asked ${{APACHE2_NEED_ACTION:-no}}"
"""


def script(case: Case, flags: str) -> str:
    calls = [call if "=" in call else f"{call} || status=$?" for call in case.calls.split("; ")]
    return TEXT.format(flags=flags, calls="\n".join(calls))


def run(box: Box, case: Case, side: str, shell: str) -> tuple[dict[str, str], Outcome]:
    """What is there before, and what the script did."""
    case.prepare(box)
    # Debian's dies under set -u.
    return box.tree(), box.run(side, shell, script(case, "e" if side == "debian" else "eu"), case.script, case.arguments)


def describe(outcome: Outcome) -> list[str]:
    return [f"status {outcome.status}", *(f"says {line}" for line in outcome.lines), *(f"does {line}" for line in outcome.actions),
            *(f"has  {path} {what!r}" for path, what in sorted(outcome.tree.items()))]


def complaint(case: Case, shell: str, debian: Outcome, wanted: Outcome, ours: Outcome, occurred: list[str]) -> str:
    wanted_lines, our_lines = describe(wanted), describe(ours)
    lines = [f"{case.name} ({shell}; differences: {' '.join(occurred) or 'none'})"]
    lines += [f"  - {line}" for line in wanted_lines if line not in our_lines]
    lines += [f"  + {line}" for line in our_lines if line not in wanted_lines]
    if len(lines) == 1:
        lines.append("  the same lines in another order")
        lines += [f"  + {line}" for line in our_lines]
    if wanted != debian:
        lines += [f"  debian: {line}" for line in describe(debian)]
    return "\n".join(lines)


def debians(box: Box, case: Case, debian: Outcome) -> tuple[Outcome, list[str]]:
    """What Debian's does, or what it does in the case that ours takes this one for."""
    other = reference(case)
    if not other:
        return debian, []
    outcome = run(box, other[1], "debian", "dash")[1]
    return outcome, [other[0]] if outcome != debian else []


def work(options: argparse.Namespace) -> dict:
    """A part of the cases, in this process's own namespace."""
    isolate()
    box = Box(options.prefix)
    result: dict = {"cases": 0, "runs": 0, "occurred": {}, "failures": []}
    for number, case in enumerate(cases()):
        if number % options.parts != options.part or not re.search(options.only, case.name):
            continue
        result["cases"] += 1
        before, debian = run(box, case, "debian", "dash")
        wanted, occurred = debians(box, case, debian)
        wanted, more = expected(case, before, wanted)
        occurred += more
        for identifier in occurred:
            result["occurred"][identifier] = result["occurred"].get(identifier, 0) + 1
        for shell in SHELLS:
            _, ours = run(box, case, "ours", shell)
            result["runs"] += 1
            if ours != wanted:
                result["failures"].append(complaint(case, shell, debian, wanted, ours, occurred))
                break
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="where ours is installed")
    parser.add_argument("--only", default="", help="a regular expression: the cases to run")
    parser.add_argument("-j", "--parts", type=int, default=2, help="how many processes share the work")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--result", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part is not None:
        options.result.write_text(json.dumps(work(options)))
        return 0
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        results = [pathlib.Path(folder, str(part)) for part in range(options.parts)]
        environment = {name: value for name, value in os.environ.items() if name != ISOLATED_MARK}
        children = [subprocess.Popen([sys.executable, "-B", __file__, *sys.argv[1:], "--part", str(part), "--result", str(result)],
                                     env=environment) for part, result in enumerate(results)]
        if any([child.wait() for child in children]):
            raise BoxError("a part of the work failed")
        parts = [json.loads(result.read_text()) for result in results]
    failures = [failure for part in parts for failure in part["failures"]]
    occurred = {identifier: sum(part["occurred"].get(identifier, 0) for part in parts) for identifier in DIFFERENCES}
    if not options.only:
        failures += [f"the difference {identifier} never occurs" for identifier, count in occurred.items() if count == 0]
    print("\n\n".join(failures))
    for identifier, count in occurred.items():
        print(f"{count:5} {identifier}")
    print(f"{sum(part['cases'] for part in parts)} cases, {sum(part['runs'] for part in parts)} runs in {len(SHELLS)} shells, "
          f"{len(failures)} failed, {time.monotonic() - start:.1f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BoxError as error:
        print(f"policy.py: {error}", file=sys.stderr)
        sys.exit(2)
