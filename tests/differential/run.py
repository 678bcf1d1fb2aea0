#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Differential test: runs Debian's tools and ours on the same configurations and compares all they do.

Every scenario runs twice, each time on a private copy of a default installation and in namespaces of its
own, so the machine is never changed. See scenarios/README.md for the scenarios and differences.txt for the
differences that are meant.

Exit status: 0 nothing failed; 1 a scenario failed; 2 the test could not be run; 3 nothing failed, but fewer
than MIN_SCENARIOS scenarios ran.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import threading

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import compare
import sandbox
import scenario as scenarios

MIN_SCENARIOS = 200
COMMAND_SECONDS = 20
KILLED = 137


@dataclasses.dataclass
class Verdict:
    """The result of one scenario."""

    scenario: scenarios.Scenario
    complaints: list[str]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compares our tools with Debian's.")
    parser.add_argument("--prefix", type=pathlib.Path, help="our installed tree, which holds sbin/a2enmod")
    parser.add_argument("--reference", type=pathlib.Path, default="/usr", help="tree of Debian's tools (%(default)s)")
    parser.add_argument("--scenarios", type=pathlib.Path, default=sandbox.HERE / "scenarios", help="*.scn files")
    parser.add_argument("--only", metavar="PATTERN", default="", help="regular expression: 'TOPIC: NAME' must hold it")
    parser.add_argument("--same-only", action="store_true", help="leave out the scenarios with a deliberate difference")
    parser.add_argument("--list", action="store_true", help="list the scenarios, run nothing")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count(), help="scenarios at a time (%(default)s)")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for each scenario that passes, too")
    arguments = parser.parse_args()
    if not arguments.list and arguments.prefix is None:
        parser.error("--prefix is needed")
    return arguments


def select(arguments: argparse.Namespace) -> list[scenarios.Scenario]:
    """Return the scenarios that were asked for."""
    differences = scenarios.load_differences(sandbox.HERE / "differences.txt")
    loaded = scenarios.load_folder(arguments.scenarios, differences)
    wanted = re.compile(arguments.only)
    return [s for s in loaded if wanted.search(s.title) and not (arguments.same_only and s.differs)]


def list_scenarios(selected: list[scenarios.Scenario]) -> None:
    for scenario in selected:
        print(f"{scenario.title}{' [' + ' '.join(scenario.differs) + ']' if scenario.differs else ''}")


class Runner:
    """Runs scenarios, any number at a time."""

    def __init__(self, reference: pathlib.Path, ours: pathlib.Path):
        self._base = sandbox.build_base()
        self._reference = reference
        self._ours = ours
        self._programs_differ = not os.path.samefile(reference / "sbin/a2enmod", ours / "sbin/a2enmod")
        self._counter = 0
        self._lock = threading.Lock()

    def run(self, scenario: scenarios.Scenario) -> Verdict:
        """Run one scenario on both sides and judge it."""
        try:
            return Verdict(scenario, self._run(scenario))
        except sandbox.SandboxError as error:
            return Verdict(scenario, [f"error: {error}"])

    def _run(self, scenario: scenarios.Scenario) -> list[str]:
        number = self._next_number()
        prepared = sandbox.Side(f"{number}-prepared", self._base)
        if scenario.setup:
            prepared.setup(scenario.setup)
        before = prepared.snapshot()

        side = sandbox.Side(f"{number}-reference", prepared.path)
        side.install(self._reference)
        reference = side.run(scenario, scenario.reference_timeout or COMMAND_SECONDS)
        side.remove()

        side = sandbox.Side(f"{number}-ours", prepared.path)
        side.install(self._ours)
        if self._programs_differ:
            side.record_control_scripts()
        ours = side.run(scenario, COMMAND_SECONDS)
        side.remove()

        prepared.remove()
        complaints = self._hang_complaints(scenario, reference)
        complaints += compare.judge(scenario, before, None if scenario.reference_timeout else reference, ours)
        if ours.run_strays and self._programs_differ:
            complaints.append("ours left something in /run:\n" + "\n".join(ours.run_strays))
        if ours.control_calls:
            complaints.append(f"ours started the server's control script: {ours.control_calls}")
        return complaints

    @staticmethod
    def _hang_complaints(scenario: scenarios.Scenario, reference: sandbox.Result) -> list[str]:
        """The reference hangs exactly where the scenario says so."""
        complaints = []
        hung = any(outcome.status == KILLED for outcome in reference.outcomes)
        if hung and not scenario.reference_timeout:
            complaints.append(f"the reference took more than {COMMAND_SECONDS} seconds")
        if not hung and scenario.reference_timeout:
            complaints.append("stale: the reference does not hang")
        return complaints

    def _next_number(self) -> int:
        with self._lock:
            self._counter += 1
            return self._counter


def report(verdict: Verdict, verbose: bool) -> None:
    """Print what there is to say about one scenario."""
    scenario = verdict.scenario
    if verdict.complaints:
        print(f"FAILED {scenario.title} ({scenario.where})")
        for complaint in verdict.complaints:
            print("".join(f"    {line}\n" for line in complaint.splitlines()), end="")
    elif verbose:
        print(f"{'differs as listed' if scenario.differs else 'agrees'}: {scenario.title}")
    sys.stdout.flush()


def run_all(selected: list[scenarios.Scenario], arguments: argparse.Namespace) -> int:
    """Run and report all scenarios; return the exit status."""
    runner = Runner(arguments.reference, arguments.prefix)
    verdicts = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for verdict in pool.map(runner.run, selected):
            verdicts.append(verdict)
            report(verdict, arguments.verbose)
    failed = sum(1 for v in verdicts if v.complaints)
    agree = sum(1 for v in verdicts if not v.complaints and not v.scenario.differs)
    commands = sum(len(s.commands) for s in selected)
    print(
        f"differential: {len(verdicts)} scenarios, {commands} commands, {agree} agree,"
        f" {len(verdicts) - agree - failed} differ as listed, {failed} failed"
    )
    if failed:
        return 1
    return 0 if len(verdicts) >= MIN_SCENARIOS else 3


def main() -> int:
    arguments = parse_arguments()
    try:
        selected = select(arguments)
        if arguments.list:
            list_scenarios(selected)
            return 0
        for prefix in (arguments.reference, arguments.prefix):
            sandbox.check_reachable(prefix)
        sandbox.check_reference(arguments.reference)
        arguments.prefix = arguments.prefix.resolve()
        sandbox.isolate()
        return run_all(selected, arguments)
    except (scenarios.FormatError, sandbox.SandboxError, OSError, subprocess.CalledProcessError) as error:
        print(f"differential: cannot be run: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
