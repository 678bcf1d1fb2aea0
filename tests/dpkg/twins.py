# SPDX-License-Identifier: Apache-2.0
"""Runs a case in two chroots, one with the originals and one with our tools and helper, and compares what they leave."""

import collections
import dataclasses
import itertools
import pathlib
import re
import shutil
import subprocess
import threading
from typing import Optional, Sequence

import archives
import state
from cases import PACKAGES, Case, Step
from chroots import Chroot, Layer
from differences import Difference

# Folders of an installed tree that stand in for what the server's package brings.
STAND_IN = ("bin", "sbin", "lib", "lib64", "share/apache2")
ENABLED = {"module": "mods-enabled/{}.load", "conf": "conf-enabled/{}.conf", "site": "sites-enabled/{}.conf"}
# So few would not have seen much.
MINIMUM_LISTINGS = 1000


@dataclasses.dataclass
class Listings:
    """How often the enabled modules were listed, and how often that showed no MPM, and several."""

    count: int = 0
    none: int = 0
    several: int = 0
    failed: int = 0

    def add(self, line: str) -> None:
        count, none, several, failed = map(int, line.split())
        self.count, self.none = self.count + count, self.none + none
        self.several, self.failed = self.several + several, self.failed + failed


@dataclasses.dataclass
class Record:
    """What a case left on one side, after each step; the output for messages of this test."""

    states: list[list[str]]
    outputs: list[str]
    listings: Listings
    problems: list[str]


class Stand:
    """Everything that is made once: the downloaded packages, and the two layers that cases are run on."""

    def __init__(self, cache: pathlib.Path, names: list[str], lister: Optional[pathlib.Path]):
        self.cache = cache
        self.lister = lister
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._base = Layer("base")
        cache.mkdir(parents=True, exist_ok=True)
        chroot = Chroot(self._base, cache)
        archives.set_up(chroot)
        self.packages = archives.download(chroot, names)
        self.failing = {f"{script}-fails": archives.failing(chroot, self.packages["libapache2-mod-xsendfile"], script)
                        for script in ("preinst", "prerm") if "libapache2-mod-xsendfile" in self.packages}
        self.failing["breaks"] = archives.made(cache, "confgraph-breaks", "Breaks: libapache2-mod-xsendfile")
        chroot.run(f"rm -f /{state.POLICY_CALLS}")
        chroot.close()

    def originals(self) -> Layer:
        return self._base

    def with_stand_in(self, prefix: pathlib.Path) -> Layer:
        """The layer in which an installed tree stands in for the originals, whatever dpkg unpacks there later."""
        layer = Layer(f"stand-in-{self._number()}", self._base)
        chroot = Chroot(layer, self.cache)
        for folder in STAND_IN:
            for path in sorted((prefix / folder).rglob("*")) if (prefix / folder).is_dir() else []:
                if path.is_symlink() or path.is_file():
                    self._stand_in(chroot, path, pathlib.Path("usr") / path.relative_to(prefix))
        chroot.close()
        return layer

    @staticmethod
    def _stand_in(chroot: Chroot, path: pathlib.Path, inside: pathlib.Path) -> None:
        target = chroot.root / inside
        if target.is_symlink() or target.exists():
            chroot.must_run(f"dpkg-divert --local --rename --add /{inside}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target, follow_symlinks=False)

    def _number(self) -> int:
        with self._lock:
            return next(self._numbers)

    def run(self, case: Case, layer: Layer, ours: bool) -> Record:
        """Runs all steps of a case on one side."""
        chroot = Chroot(Layer(f"case-{self._number()}", layer), self.cache, case.move_folders)
        try:
            return self._run(case, chroot, ours)
        finally:
            chroot.discard()

    def _run(self, case: Case, chroot: Chroot, ours: bool) -> Record:
        record = Record([], [], Listings(), [])
        for step in case.steps:
            if ours and step.ours:
                chroot.must_run(step.ours)
            with Watch(self.lister if step.switches else None, chroot.root / "etc/apache2/mods-enabled", record.listings):
                done = chroot.run(self._command(case, step))
            record.states.append(state.capture(chroot, list(case.packages), done.returncode, done.stdout))
            record.outputs.append(done.stdout)
            record.problems += [f"{step.name}: {problem}" for problem in broken_promises(case, step, record.states[-1])]
        return record

    def _command(self, case: Case, step: Step) -> str:
        chosen = [self.packages[name] for name in case.packages]
        values = {
            "names": " ".join(case.packages),
            "versions": " ".join(f"{package.name}={package.version}" for package in chosen),
            "archives": " ".join(package.archive for package in chosen),
            "newer": " ".join(package.newer for package in chosen),
            "server": self.packages["apache2"].archive,
            "newer-server": self.packages["apache2"].newer,
            **self.failing,
        }
        return step.command.format_map(values)


class Watch:
    """Lists a folder as often as possible while something else happens."""

    def __init__(self, lister: Optional[pathlib.Path], folder: pathlib.Path, listings: Listings):
        self._command = [str(lister), str(folder)] if lister else None
        self._listings = listings
        self._child: Optional[subprocess.Popen] = None

    def __enter__(self) -> None:
        if self._command:
            self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            assert self._child.stdout is not None
            self._child.stdout.readline()

    def __exit__(self, *_) -> None:
        if self._child:
            self._listings.add(self._child.communicate()[0])


def broken_promises(case: Case, step: Step, lines: list[str]) -> list[str]:
    """What both sides have to reach, so that two equal failures are no success."""
    problems = []
    if lines[0] != f"exit status {step.status}":
        problems.append(f"{lines[0]}, not {step.status}")
    problems += [line for line in lines if line.startswith("broken: ")]
    names = [line.split()[1] for line in lines if line.startswith(("link ", "file "))]
    for package in (PACKAGES[name] for name in case.packages):
        for entry in package.names:
            kind, name = entry.split("/")
            wanted = step.enabled and (package.again or not step.again)
            enabled = f"etc/apache2/{ENABLED[kind].format(name)}" in names
            if step.enabled is not None and enabled != wanted:
                problems.append(f"{kind} {name} is {'' if enabled else 'not '}enabled")
            markers = [path for path in names if path.startswith(f"var/lib/apache2/{kind}/") and path.endswith(f"/{name}")]
            if step.forgotten and package.forgets:
                problems += [f"{marker} is left" for marker in markers]
    return problems


def compare(case: Case, original: Record, ours: Record,
            differences: Sequence[Difference]) -> tuple[list[str], set[tuple[str, str]]]:
    """Where both sides differ otherwise than listed; and the names and lines of the listed differences that occur."""
    complaints = []
    occurring = set()
    for number, step in enumerate(case.steps):
        left, right = (collections.Counter(record.states[number]) for record in (original, ours))
        unlisted = []
        for line in [f"-{line}" for line in (left - right).elements()] + [f"+{line}" for line in (right - left).elements()]:
            matching = {(difference.name, pattern) for difference in differences if difference.applies(case.name)
                        for pattern in difference.lines if re.fullmatch(pattern, line)}
            occurring |= matching
            if not matching:
                unlisted.append(line)
        if unlisted:
            lines = [f"after '{step.name}':", *(f"  {line}" for line in unlisted), *said(original, ours, number)]
            complaints.append("\n".join(lines))
    for difference in differences:
        if case.name in difference.cases:
            missing = [line for line in difference.lines if (difference.name, line) not in occurring]
            complaints += [f"stale: {difference.name}: {line}" for line in missing]
    return complaints, occurring


def said(original: Record, ours: Record, number: int) -> list[str]:
    """The output of both sides, to be understood by whoever reads the complaint."""
    return [f"  {side} | {line}" for side, record in (("original", original), ("ours", ours))
            for line in record.outputs[number].splitlines()]


def check_listings(case: Case, original: Record, ours: Record) -> list[str]:
    if not any(step.switches for step in case.steps):
        return []
    complaints = []
    for side, listings in (("original", original.listings), ("ours", ours.listings)):
        if listings.count < MINIMUM_LISTINGS or listings.failed:
            complaints.append(f"{side}: the enabled modules were listed {listings.count} times, {listings.failed} failed")
    if ours.listings.none or ours.listings.several:
        found = ours.listings
        complaints.append(f"ours: of {found.count} listings, {found.none} showed no MPM, {found.several} several")
    return complaints
