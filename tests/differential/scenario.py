# SPDX-License-Identifier: Apache-2.0
"""Reads scenario files. The format is described in scenarios/README.md."""

import dataclasses
import pathlib
import re
from collections.abc import Iterator

INDENT = "    "
COMMAND_KEYS = ("stdin", "expect-status", "expect-stdout", "expect-stderr")
SCENARIO_KEYS = ("setup", "init", "run", "differs", "because", "reference-timeout", "expect-changes")
ORDER = "order-a2query"


class FormatError(Exception):
    """A scenario file that cannot be understood; the text names file and line."""


@dataclasses.dataclass
class ExpectedText:
    """What one stream of ours must hold: literal lines and regular expressions, in order."""

    lines: list[tuple[str, str]]
    ends_with_newline: bool = True

    def matches(self, text: str) -> bool:
        return self.first_mismatch(text) is None

    def first_mismatch(self, text: str) -> str | None:
        """Return a sentence about the first line that is not as expected, or None."""
        actual = text.split("\n")
        last = actual.pop()
        if last:
            actual.append(last)
        for number, (kind, wanted) in enumerate(self.lines):
            if number >= len(actual):
                return f"line {number + 1} is missing: {wanted}"
            line = actual[number]
            if not (re.fullmatch(wanted, line) if kind == "regex" else line == wanted):
                return f"line {number + 1} is {line!r}, expected {kind} {wanted!r}"
        if len(actual) > len(self.lines):
            return f"line {len(self.lines) + 1} is too much: {actual[len(self.lines)]!r}"
        if actual and self.ends_with_newline == bool(last):
            return "the last newline is " + ("missing" if last else "too much")
        return None

    def render(self) -> list[str]:
        """Return the expected text as the lines of a diff, regular expressions marked with ~."""
        return [("~" if kind == "regex" else "") + line for kind, line in self.lines]


@dataclasses.dataclass
class Command:
    """One command line of a scenario and what is expected of ours where it differs."""

    line: str
    stdin: bytes = b""
    status: int | None = None
    stdout: ExpectedText | None = None
    stderr: ExpectedText | None = None

    def has_expectations(self) -> bool:
        return not (self.status is None and self.stdout is None and self.stderr is None)


@dataclasses.dataclass
class Scenario:
    """One scenario: how to prepare the private copy, what to run, what may differ."""

    topic: str
    name: str
    where: str
    setup: str = ""
    init: str = "init"
    commands: list[Command] = dataclasses.field(default_factory=list)
    differs: list[str] = dataclasses.field(default_factory=list)
    because: str = ""
    reference_timeout: float | None = None
    changes: list[str] | None = None

    @property
    def title(self) -> str:
        return f"{self.topic}: {self.name}"

    def has_expectations(self) -> bool:
        return self.changes is not None or any(c.has_expectations() for c in self.commands)


def load_differences(path: pathlib.Path) -> dict[str, str]:
    """Return {id: reason} of the file that lists all deliberate differences."""
    differences = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        identifier, _, reason = line.partition(" ")
        if not reason.strip() or identifier in differences:
            raise FormatError(f"{path}:{number}: an id needs one line of reasoning and may stand only once")
        differences[identifier] = reason.strip()
    return differences


def load_folder(folder: pathlib.Path, differences: dict[str, str]) -> list[Scenario]:
    """Return the scenarios of all *.scn files of a folder, in the order of the file names."""
    scenarios = []
    for path in sorted(pathlib.Path(folder).glob("*.scn")):
        scenarios += load_file(path)
    seen = set()
    for scenario in scenarios:
        check(scenario, differences)
        if scenario.title in seen:
            raise FormatError(f"{scenario.where}: a second scenario is called {scenario.title!r}")
        seen.add(scenario.title)
    return scenarios


def load_file(path: pathlib.Path) -> list[Scenario]:
    """Return the scenarios of one file, unchecked."""
    scenarios = []
    for where, key, value in read_fields(path):
        if key == "scenario":
            scenarios.append(Scenario(path.stem, value, where))
        elif not scenarios:
            raise FormatError(f"{where}: '{key}:' before the first 'scenario:'")
        elif key in COMMAND_KEYS:
            if not scenarios[-1].commands:
                raise FormatError(f"{where}: '{key}:' before the first 'run:'")
            set_command_field(scenarios[-1].commands[-1], where, key, value)
        elif key in SCENARIO_KEYS:
            set_scenario_field(scenarios[-1], where, key, value)
        else:
            raise FormatError(f"{where}: unknown key '{key}:'")
    return scenarios


def read_fields(path: pathlib.Path) -> Iterator[tuple[str, str, str]]:
    """Yield (where, key, value) for each field; an indented block is one value of several lines."""
    lines = path.read_text(encoding="utf-8").split("\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        where = f"{path.name}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"([a-z-]+):(?: (.*\S))?", line)
        if not match:
            raise FormatError(f"{where}: neither 'key: value' nor part of a block: {line!r}")
        key, value = match.groups()
        if value is None:
            block = []
            while number < len(lines) and lines[number].startswith(INDENT):
                block.append(lines[number][len(INDENT):])
                number += 1
            if not block:
                raise FormatError(f"{where}: '{key}:' has no value")
            value = "\n".join(block)
        yield where, key, value


def set_command_field(command: Command, where: str, key: str, value: str) -> None:
    if key == "stdin":
        command.stdin = unescape(value)
    elif key == "expect-status":
        command.status = int(value)
    elif key == "expect-stdout":
        command.stdout = parse_expected_text(where, value)
    else:
        command.stderr = parse_expected_text(where, value)


def set_scenario_field(scenario: Scenario, where: str, key: str, value: str) -> None:
    if key == "run":
        scenario.commands.append(Command(value))
    elif key == "differs":
        scenario.differs = value.split()
    elif key == "reference-timeout":
        scenario.reference_timeout = float(value)
    elif key == "expect-changes":
        scenario.changes = [] if value == "none" else sorted(value.split("\n"))
    elif key == "init" and value not in ("init", "systemd"):
        raise FormatError(f"{where}: init is 'init' or 'systemd'")
    else:
        setattr(scenario, key, value)


def unescape(text: str) -> bytes:
    """Return the bytes of a text in which \\n, \\t, \\\\ and \\xNN stand for single bytes."""
    simple = {"n": b"\n", "t": b"\t", "\\": b"\\"}

    def one(match):
        code = match.group(1)
        return simple[code.decode()] if code.decode() in simple else bytes([int(code[1:], 16)])

    return re.sub(rb"\\(n|t|\\|x[0-9a-f]{2})", one, text.encode())


def parse_expected_text(where: str, value: str) -> ExpectedText:
    """Read a block of '|literal' and '~regex' lines; a last line '\\ no newline' ends it without one."""
    if value == "none":
        return ExpectedText([])
    expected = ExpectedText([])
    for line in value.split("\n"):
        if line == "\\ no newline":
            expected.ends_with_newline = False
        elif line.startswith("|"):
            expected.lines.append(("line", line[1:]))
        elif line.startswith("~"):
            expected.lines.append(("regex", line[1:]))
        else:
            raise FormatError(f"{where}: an expected line begins with | or ~: {line!r}")
    return expected


def check(scenario: Scenario, differences: dict[str, str]) -> None:
    """Refuse what would make a scenario weaker than it looks."""

    def refuse(text):
        raise FormatError(f"{scenario.where}: {scenario.name}: {text}")

    if not scenario.commands:
        refuse("nothing to run")
    for identifier in scenario.differs:
        if identifier not in differences:
            refuse(f"'{identifier}' is no known difference")
    if scenario.has_expectations() and not scenario.differs:
        refuse("expects something of its own without 'differs:'")
    if scenario.differs and not scenario.because:
        refuse("'differs:' needs 'because:'")
    if scenario.differs and not scenario.has_expectations() and scenario.differs != [ORDER]:
        refuse("'differs:' without saying what is expected instead")
    if scenario.reference_timeout is not None:
        complete = all(None not in (c.status, c.stdout, c.stderr) for c in scenario.commands)
        if not complete or scenario.changes is None:
            refuse("without a reference, every status, stdout, stderr and the changes must be expected")
