#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real packages: installs, upgrades, removes and purges Debian's packages with dpkg and apt-get in pairs of chroots, one
with the originals and one in which our tools and helper stand in for them, and compares what is left after each step.

Exit status: 0 nothing failed; 1 a case failed; 2 the test could not be run."""

import argparse
import concurrent.futures
import pathlib
import re
import sys
import time

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import chroots  # noqa: E402
import twins  # noqa: E402
from cases import CASES, Case  # noqa: E402
from differences import DIFFERENCES  # noqa: E402

MINIMUM_PACKAGES = 15


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs Debian's packages with the originals and with our tools.")
    parser.add_argument("--prefix", type=pathlib.Path, help="our installed tree (default: the originals on both sides)")
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="folder for downloaded packages")
    parser.add_argument("--lister", type=pathlib.Path, required=True, help="program that lists a folder all the time")
    parser.add_argument("--only", metavar="PATTERN", default="", help="regular expression that the name of a case must hold")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="chroots at a time (%(default)s)")
    parser.add_argument("-v", "--verbose", action="store_true", help="what dpkg and apt-get said, too")
    return parser.parse_args()


class Judge:
    """Compares the two sides of each case, and knows which listed differences have occurred in any."""

    def __init__(self, originals_only: bool):
        self._originals_only = originals_only
        self._differences = () if originals_only else DIFFERENCES
        self._occurring: set[tuple[str, str]] = set()

    def complaints(self, case: Case, original: twins.Record, ours: twins.Record) -> list[str]:
        found = [f"original: {problem}" for problem in original.problems] + [f"ours: {problem}" for problem in ours.problems]
        differing, occurring = twins.compare(case, original, ours, self._differences)
        self._occurring |= occurring
        return found + differing + ([] if self._originals_only else twins.check_listings(case, original, ours))

    def stale(self) -> list[str]:
        """Listed differences that occurred in no case at all."""
        return [f"{difference.name}: {line}" for difference in self._differences for line in difference.lines
                if (difference.name, line) not in self._occurring]


def run_all(arguments: argparse.Namespace) -> int:
    chosen = [case for case in CASES if re.search(arguments.only, case.name)]
    names = sorted({name for case in chosen for name in case.packages})
    started = time.monotonic()
    stand = twins.Stand(arguments.cache, names, arguments.lister)
    chroots.leave_network()
    layer = stand.with_stand_in(arguments.prefix) if arguments.prefix else stand.originals()
    judge = Judge(arguments.prefix is None)
    failed = listings = without = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        sides = ((stand.originals(), False), (layer, True))
        pairs = [(case, *(pool.submit(stand.run, case, *side) for side in sides)) for case in chosen]
        for case, original, ours in pairs:
            complaints = judge.complaints(case, original.result(), ours.result())
            failed += bool(complaints)
            listings += ours.result().listings.count
            without += original.result().listings.none
            report(case, complaints, time.monotonic() - started)
            for number, step in enumerate(case.steps if arguments.verbose else ()):
                print("\n".join([f"  {step.name}:", *twins.said(original.result(), ours.result(), number)]))
    stale = [] if arguments.only else judge.stale()
    for difference in stale:
        print(f"FAILED: a listed difference occurs nowhere: {difference}")
    steps = sum(len(case.steps) for case in chosen)
    print(f"packages: {len(names)} packages, {len(chosen)} cases, {steps} steps, {failed} failed;"
          f" {listings} listings while an MPM was switched; the original had none in {without} of its own")
    if not arguments.only and (len(names) < MINIMUM_PACKAGES or not without and arguments.prefix):
        print(f"FAILED: fewer than {MINIMUM_PACKAGES} packages, or the listings did not see the original without an MPM")
        return 1
    return 1 if failed or stale else 0


def report(case: Case, complaints: list[str], seconds: float) -> None:
    print(f"{'FAILED' if complaints else 'ok'} ({seconds:.0f} s): {case.name}: {', '.join(case.packages)}")
    for complaint in complaints:
        print("".join(f"    {line}\n" for line in complaint.splitlines()), end="")
    sys.stdout.flush()


def main() -> int:
    arguments = parse_arguments()
    try:
        for name in ("prefix", "cache", "lister"):
            if getattr(arguments, name):
                setattr(arguments, name, getattr(arguments, name).resolve())
        chroots.isolate()
        return run_all(arguments)
    except (chroots.CannotRun, OSError) as error:
        print(f"packages: cannot be run: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
