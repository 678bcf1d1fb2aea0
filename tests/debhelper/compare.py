#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs Debian's dh_apache2 and ours on equal source trees, one for each option, kind of line and difference.

What both do is compared: exit status, substvars, what the pieces of maintainer scripts do, the files in the trees of the
packages with their modes, standard error. A case that differs on purpose names the difference in differences.txt and says
what ours does; if Debian's does that, too, the difference is stale, and the case fails.

Nothing outside a temporary folder is written to.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import struct
import sys
import tempfile

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import cases
import side

HERE = pathlib.Path(__file__).resolve().parent
MIN_CASES = 100
# What Debian's and ours say in other words (difference "words").
PACKAGE_NAME = (
    re.compile(r"warning: Package (\S+) appears to be an Apache module\. .*"),
    re.compile(r"warning: (\S+) holds a module of the server: .*"),
)
SHELLS = ("dash", "bash --posix", "busybox sh", "mksh", "posh")
ASPECTS = ("status", "substvars", "calls", "tree", "stderr")


def make_source(case: cases.Case, folder: pathlib.Path) -> None:
    (folder / "debian").mkdir(parents=True)
    control = ["Source: foo\nMaintainer: Nobody <nobody@example.org>\n", case.source_fields,
               f"Build-Depends: debhelper-compat (= {case.compat}), {case.build_depends}\n"]
    for package in case.packages:
        name, architecture = package.split(": ")
        control.append(f"\nPackage: {name}\nArchitecture: {architecture}\n{case.package_fields}Description: nothing\n")
    (folder / "debian/control").write_text("".join(control))
    files = dict(case.files)
    if cases.LOAD in files.values() and cases.BINARY not in files.values():
        trees = [package.split(": ")[0] for package in case.packages if package.endswith(": any")]
        files = {f"debian/{tree}/usr/lib/apache2/modules/mod_foo.so": cases.BINARY for tree in trees} | files
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content == "folder":
            path.mkdir()
        elif content.startswith("-> "):
            path.symlink_to(content[3:])
        elif content.startswith("copy of "):
            shutil.copyfile(content[8:], path)
            path.chmod(0o755)
        elif content == "old copy":
            binary = pathlib.Path(cases.BINARY.removeprefix("copy of ")).read_bytes()
            # The record of a module begins with the number, and has the cookie of its generation in it.
            path.write_bytes(binary.replace(struct.pack("<i", 20120211), struct.pack("<i", 20051115)))
        else:
            path.write_bytes(content.encode())
            path.chmod(0o755 if content.startswith("#!") else 0o644)
        os.utime(path, (1_500_000_000, 1_500_000_000), follow_symlinks=False)


def rendered(tree: dict[str, tuple]) -> list[str]:
    """The files of a tree, a line each."""
    found = []
    for path, what in tree.items():
        if what[0] == "file":
            content = "binary" if what[2].startswith(b"\x7fELF") else what[2].decode()
            found.append(f"{path} {what[1]} {content}")
    return sorted(found)


def stderr_lines(outcome: side.Outcome) -> list[str]:
    return [line.removeprefix("dh_apache2: ") for line in outcome.stderr.splitlines() if line.strip()]


def same_words(lines: list[str]) -> list[str]:
    for pattern in PACKAGE_NAME:
        lines = [pattern.sub(r"package name: \1", line) for line in lines]
    return lines


def value_of(outcome: side.Outcome, aspect: str):
    """What is compared when the two have to agree."""
    if aspect == "calls":
        return outcome.effects
    if aspect == "stderr":
        return same_words(stderr_lines(outcome))
    return getattr(outcome, aspect)


def short_value_of(outcome: side.Outcome, aspect: str):
    """What an expectation of ours is compared with."""
    if aspect == "tree":
        before = {path.removeprefix("debian/"): value for path, value in outcome.before.items()}
        return rendered({path: value for path, value in outcome.tree.items() if before.get(path) != value})
    if aspect == "stderr":
        return stderr_lines(outcome)
    if aspect == "substvars":
        before = {name.split("/")[-1].removesuffix(".substvars") for name in outcome.before if name.endswith("substvars")}
        return {package: value for package, value in outcome.substvars.items() if package not in before}
    return getattr(outcome, aspect)


def judge(case: cases.Case, reference: side.Outcome, ours: side.Outcome) -> list[str]:
    """What is not as it should be."""
    complaints = []
    stale = bool(case.differs) and not case.chance
    for aspect in ASPECTS:
        expected = getattr(case, aspect)
        if expected is None:
            if value_of(reference, aspect) != value_of(ours, aspect):
                complaints.append(f"{aspect} differs:\n  Debian's {value_of(reference, aspect)}\n  ours     {value_of(ours, aspect)}")
            continue
        if short_value_of(ours, aspect) != expected:
            complaints.append(f"{aspect} of ours:\n  is        {short_value_of(ours, aspect)}\n  should be {expected}")
        if short_value_of(reference, aspect) != expected:
            stale = False
    if stale:
        complaints.append("stale: Debian's does what is expected of ours, too")
    if not case.differs and any(getattr(case, aspect) is not None for aspect in ASPECTS):
        complaints.append("something is expected, but no difference named")
    if ours.strays:
        complaints.append(f"ours left {ours.strays}")
    printed = [line.strip() for line in ours.stdout.splitlines()]
    complaints += [f"ours does not print {line!r}, but {printed}" for line in case.prints if line not in printed]
    return complaints


def check_again(ours: side.Outcome, again: side.Outcome) -> list[str]:
    """That a second run, later and in another folder, writes the same."""
    complaints = []
    first, second = side.files_below(ours.folder), side.files_below(again.folder)
    if first != second:
        complaints.append(f"a second run differs in {sorted(p for p in first.keys() | second.keys() if first.get(p) != second.get(p))}")
    for path, value in ours.tree.items():
        if value[0] == "file" and (ours.folder / "debian" / path).stat().st_mtime != 1_500_000_000:
            complaints.append(f"{path} has a new time")
    return complaints


def run(case: cases.Case, reference_side: side.Side, ours_side: side.Side, show: bool) -> list[str]:
    """Runs one case on both sides."""
    with tempfile.TemporaryDirectory(prefix="confgraph-debhelper-") as name:
        folder = pathlib.Path(name)
        make_source(case, folder / "source")
        places = [("reference", reference_side), ("ours", ours_side)]
        # That nothing depends on chance shows where something is done.
        places += [("again", ours_side)] if case in cases.SAME else []
        reference, ours, *again = (side.call(which, folder / "source", folder / place, *case.options, environment=case.environment)
                                   for place, which in places)
        if show:
            print(f"{case.name}\n  Debian's: {reference.status} {reference.stderr!r}\n  ours: {ours.status} {ours.stderr!r}")
        complaints = judge(case, reference, ours)
        for second in again:
            complaints += check_again(ours, second)
        return complaints


def check_shells(sides: tuple[side.Side, side.Side]) -> list[str]:
    """That the pieces of scripts do what Debian's do in each shell that can be /bin/sh."""
    complaints = []
    case = next(case for case in cases.SAME if case.name == "all options, in the scripts")
    with tempfile.TemporaryDirectory(prefix="confgraph-debhelper-") as name:
        make_source(case, pathlib.Path(name, "source"))
        reference, ours = (side.call(which, pathlib.Path(name, "source"), pathlib.Path(name, which.name), *case.options) for which in sides)
        for script, text in ours.scripts.items():
            kind = script.rsplit(".", 1)[-1]
            complaints += [f"{script} does something else in {shell}: {side.effect(text, kind, shell)}" for shell in SHELLS
                           if side.effect(text, kind, shell) != side.effect(reference.scripts[script], kind, shell)]
        if len(ours.scripts) != 3:
            complaints.append(f"pieces of three scripts were to be made, not of {list(ours.scripts)}")
    return complaints


def names_of_differences() -> list[str]:
    texts = (HERE / "differences.txt").read_text().splitlines()
    return [text.split()[0] for text in texts if text and not text.startswith("#")]


def check_list(selected: list[cases.Case]) -> list[str]:
    """That differences are listed, and cases are named, once."""
    complaints = []
    listed = names_of_differences()
    # That of words is in all cases.
    used = {name for case in selected for name in case.differs} | {"words"}
    complaints += [f"difference {name} is not listed" for name in sorted(used - set(listed))]
    complaints += [f"difference {name} has no case" for name in sorted(set(listed) - used)]
    titles = [case.name for case in selected]
    complaints += [f"two cases are called {title!r}" for title in sorted({t for t in titles if titles.count(t) > 1})]
    return complaints


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="our installed tree, with bin/dh_apache2")
    parser.add_argument("--only", default="", help="regular expression: the name of a case has to hold it")
    parser.add_argument("--show", action="store_true", help="print what both sides said")
    options = parser.parse_args()
    selected = [case for case in cases.SAME + cases.DIFFERENT if re.search(options.only, case.name)]
    ours_side, reference_side = side.Side.ours(options.prefix.resolve()), side.Side.debian()
    failed = 0
    if not options.only:
        for complaint in check_list(selected) + check_shells((reference_side, ours_side)):
            failed += 1
            print(f"FAILED {complaint}")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for case, complaints in zip(selected, pool.map(lambda case: run(case, reference_side, ours_side, options.show), selected)):
            if complaints:
                failed += 1
                print(f"FAILED {case.name} [{' '.join(case.differs)}]")
                for complaint in complaints:
                    print("".join(f"    {line}\n" for line in complaint.splitlines()), end="")
    differ = sum(1 for case in selected if case.differs)
    print(f"debhelper: {len(selected)} cases, {len(selected) - differ} that have to agree, {differ} that differ as listed, {failed} failed")
    if failed:
        return 1
    return 0 if options.only or len(selected) >= MIN_CASES else 3


if __name__ == "__main__":
    sys.exit(main())
