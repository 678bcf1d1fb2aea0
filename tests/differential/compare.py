# SPDX-License-Identifier: Apache-2.0
"""Judges one scenario: what must be the same, what must differ and how."""

import difflib
import re

from sandbox import Outcome, Result
from scenario import ORDER, ExpectedText, Scenario

HINT = "HINT: "
# The permanent lock and its folder, which Debian's tools do not have. Others may look into the folder.
LOCK = re.compile(r"dir 755 (.*/)?confgraph/|file 600 (.*/)?confgraph/lock")
ASPECTS = ("status", "stdout", "stderr")


def judge(scenario: Scenario, before: list[str], reference: Result | None, ours: Result) -> list[str]:
    """Return a list of complaints (texts); none means the scenario passed.

    `reference` is None when it had to be killed.
    """
    complaints = []
    for number, command in enumerate(scenario.commands):
        theirs = reference.outcomes[number] if reference else None
        for aspect in ASPECTS:
            judge_aspect(scenario, number, command, aspect, theirs, ours.outcomes[number], complaints)
    tree = [line for line in ours.tree if not LOCK.fullmatch(line)]
    judge_tree(scenario, before, reference.tree if reference else None, tree, complaints)
    return complaints


def judge_aspect(scenario, number, command, aspect, theirs, ours, complaints):
    """Judge status, stdout or stderr of one command."""
    label = f"{aspect} of command {number + 1} ({command.line.splitlines()[0]})"
    actual = value_of(ours, aspect)
    expected = getattr(command, aspect)
    if expected is None:
        wanted = value_of(theirs, aspect)
        if aspect == "stdout" and ORDER in scenario.differs:
            wanted = "".join(sorted(wanted.splitlines(keepends=True)))
        if actual != wanted:
            complaints.append(diff(label, "reference", as_lines(wanted), as_lines(actual)))
        return
    if not is_as_expected(expected, actual):
        complaints.append(unexpected(label, expected, actual))
    if theirs is not None and is_as_expected(expected, value_of(theirs, aspect)):
        if aspect != "stdout" or ORDER not in scenario.differs:
            complaints.append(f"stale: the reference has the expected {label}, too")


def value_of(outcome: Outcome, aspect: str) -> int | str:
    """Return one aspect of an outcome; hints are no part of stderr."""
    value = getattr(outcome, aspect)
    if aspect == "stderr":
        value = "".join(line for line in value.splitlines(keepends=True) if not line.startswith(HINT))
    return value


def is_as_expected(expected: int | ExpectedText, actual: int | str) -> bool:
    return expected == actual if isinstance(expected, int) else expected.matches(actual)


def unexpected(label: str, expected: int | ExpectedText, actual: int | str) -> str:
    if isinstance(expected, int):
        return f"{label} is {actual}, expected {expected}"
    reason = expected.first_mismatch(actual)
    return diff(label, "expected", expected.render(), as_lines(actual)) + f"{reason}\n"


def judge_tree(scenario, before, theirs_after, ours_after, complaints):
    """Judge the state of the file system after all commands."""
    if scenario.changes is None:
        if ours_after != theirs_after:
            complaints.append(diff("tree", "reference", theirs_after, ours_after))
        return
    changes = changes_between(before, ours_after)
    if changes != scenario.changes:
        complaints.append(diff("changes", "expected", scenario.changes, changes))
    if theirs_after is not None and changes_between(before, theirs_after) == scenario.changes:
        complaints.append("stale: the reference makes the expected changes, too")


def changes_between(before: list[str], after: list[str]) -> list[str]:
    """Return the lines that went (-) and came (+), sorted."""
    gone = [f"- {line}" for line in set(before) - set(after)]
    come = [f"+ {line}" for line in set(after) - set(before)]
    return sorted(gone + come)


def as_lines(value: int | str) -> list[str]:
    """Return a status or text as lines for a diff; a missing last newline shows."""
    lines = str(value).split("\n")
    if lines[-1] == "":
        lines.pop()
    elif not isinstance(value, int):
        lines.append("\\ no newline")
    return lines


def diff(label: str, name: str, wanted: list[str], actual: list[str]) -> str:
    lines = difflib.unified_diff(wanted, actual, f"{name}: {label}", f"ours: {label}", lineterm="", n=2)
    return "\n".join(lines) + "\n"
