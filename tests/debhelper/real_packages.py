#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs Debian's dh_apache2 and ours on the debian/ folders of real source packages, with the options their rules give.

The folders come from the archive that this machine installs from, and so do the binary packages from which modules are
taken in the place of built ones; lists and files are kept in a temporary folder. What both do is compared as in compare.py,
and with what is in the binary packages.

A source that cannot be had is named; the test fails if fewer than 10 are left.
"""

import argparse
import dataclasses
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import compare
import side

MIN_SOURCES = 10
CONFIG = "etc/apache2"
MODULES = "usr/lib/apache2/modules"


@dataclasses.dataclass
class Real:
    """A source package that uses dh_apache2."""

    source: str
    # What in debian/rules says that, and with which options.
    rule: str = r"dh \$@ .*apache2"
    options: tuple[str, ...] = ()
    # The binary package that holds its modules.
    package: str = ""
    # Whether Debian's registers what it finds in the order of a folder (difference "order").
    by_tree: bool = False


SOURCES = (
    Real("git"),
    Real("libapache-mod-jk", options=("-O--sourcedirectory=native",), package="libapache2-mod-jk"),
    Real("libapache2-mod-auth-mellon", package="libapache2-mod-auth-mellon"),
    Real("libapache2-mod-auth-openidc", package="libapache2-mod-auth-openidc"),
    Real("libapache2-mod-python", package="libapache2-mod-python"),
    Real("mediawiki"),
    Real("modsecurity-apache", r"\tdh_apache2$", package="libapache2-mod-security2"),
    Real("ntpsec"),
    Real("openjpeg2"),
    Real("passenger", options=("-O--buildsystem=ruby",), package="libapache2-mod-passenger"),
    Real("phpliteadmin", r"\tdh_apache2 --error-handler=true$", ("--error-handler=true",)),
    Real("shaarli"),
    Real("shibboleth-sp", package="libapache2-mod-shib"),
    Real("subversion", options=("-O--builddirectory=BUILD",), package="libapache2-mod-svn", by_tree=True),
    Real("zabbix", r"\tdh_apache2 --noenable$", ("--noenable",)),
    Real("zoneminder", r"\tdh_apache2 --noenable$", ("--noenable",)),
)


class Failure(Exception):
    """What makes the test impossible."""


class Archive:
    """apt with a configuration of its own: this machine's archives, source packages included."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        for name in ("parts", "lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        self._write_sources()
        (folder / "apt.conf").write_text(f"""
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "{folder}/parts";
Dir::State::Lists "{folder}/lists";
Dir::Cache "{folder}/cache";
APT::Sandbox::User "root";
APT::Get::List-Cleanup "false";
Acquire::Retries "2";
""")
        self.apt("-qq", "update", what="the package lists cannot be had")

    def _write_sources(self) -> None:
        """The machine's sources, with those of source packages beside those of binary ones."""
        dump = subprocess.run(["apt-config", "shell", "list", "Dir::Etc::SourceList/f", "parts", "Dir::Etc::SourceParts/d"],
                              check=True, capture_output=True, text=True).stdout
        places = dict(re.findall(r"^(\w+)='(.*)'$", dump, re.M))
        files = [pathlib.Path(places["list"]), *sorted(pathlib.Path(places["parts"]).iterdir())]
        written = 0
        for path in files:
            if path.suffix not in (".list", ".sources") or not path.is_file():
                continue
            text = path.read_text()
            if path.suffix == ".sources":
                text = re.sub(r"(?mi)^(Types:).*\bdeb\b.*$", r"\1 deb deb-src", text)
            else:
                text = re.sub(r"(?m)^\s*deb(\s.*)$", r"deb\1\ndeb-src\1", re.sub(r"(?m)^\s*deb-src\s.*$", "", text))
            (self.folder / "parts" / path.name).write_text(text)
            written += 1
        if not written:
            raise Failure("this machine names no package archive")

    def apt(self, *words: str, folder: pathlib.Path | None = None, what: str | None = None) -> str:
        done = subprocess.run(["apt-get", *words], cwd=folder or self.folder, check=False, stdin=subprocess.DEVNULL, text=True,
                              env=side.clean_environment() | proxies() | {"APT_CONFIG": str(self.folder / "apt.conf")},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        if what and done.returncode != 0:
            raise Failure(f"{what}: {done.stdout.strip()}")
        return done.stdout

    def fetch(self, sources: tuple[Real, ...]) -> list[str]:
        """Downloads what is needed. Returns what was said about what cannot be had."""
        said = []
        for name, words in (("sources", ["source", "--download-only", "--diff-only", *(real.source for real in sources)]),
                            ("packages", ["download", *(real.package for real in sources if real.package)])):
            (self.folder / name).mkdir()
            output = self.apt("-qq", *words, folder=self.folder / name)
            said += [line for line in output.splitlines() if line.startswith("E: ")]
        return said

    def source(self, real: Real) -> pathlib.Path | None:
        return next((self.folder / "sources").glob(f"{real.source}_*.debian.tar.*"), None)

    def package(self, real: Real) -> pathlib.Path | None:
        return next((self.folder / "packages").glob(f"{real.package}_*.deb"), None)


def proxies() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}


def unpack(real: Real, archive: Archive, folder: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path | None]:
    """The source as it is when dh_apache2 runs, and what is in the binary package."""
    source = folder / "source"
    source.mkdir(parents=True)
    subprocess.run(["tar", "-C", source, "-xf", archive.source(real)], check=True)
    rules = (source / "debian/rules").read_text()
    if not re.search(real.rule, rules, re.M):
        raise Failure(f"{real.source}: no line of debian/rules is like {real.rule}")
    if not real.package:
        return source, None
    built = folder / "built"
    subprocess.run(["dpkg-deb", "-R", archive.package(real), built], check=True)

    # What the build makes, and a line of the file names.
    named = set()
    for path in (source / "debian").glob("*.apache2"):
        named |= set(re.findall(r"^(?:mod|conf|site)\s+(\S+)", path.read_text(), re.M))
    for name in sorted(named):
        if not (source / name).exists():
            made = [path for path in (built / CONFIG, built / MODULES) for path in path.rglob(pathlib.Path(name).name)]
            if len(made) != 1:
                raise Failure(f"{real.source}: {name} is neither in the source nor in {real.package}")
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(made[0], source / name)
    # What dh_install puts into the tree.
    for path in sorted((*(built / CONFIG).rglob("*"), *(built / MODULES).rglob("*"))):
        if path.is_file() and path.name not in {pathlib.Path(name).name for name in named}:
            target = source / "debian" / real.package / path.relative_to(built)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    return source, built


def check_built(real: Real, ours: side.Outcome, built: pathlib.Path) -> list[str]:
    """That what we make is what is in the package of the distribution."""
    complaints = []
    tree = ours.folder / "debian" / real.package
    for folder in (CONFIG, MODULES):
        if sorted(side.files_below(tree / folder)) != sorted(side.files_below(built / folder)):
            complaints.append(f"{folder} holds {sorted(side.files_below(tree / folder))}, in the package {sorted(side.files_below(built / folder))}")
    control = (built / "DEBIAN/control").read_text()
    depends = re.search(r"^Depends: (.*)$", control, re.M)
    declared = side.canonical(depends[1]) if depends else []
    for item in ours.substvars[real.package]["misc:Depends"]:
        if item not in declared:
            complaints.append(f"{item} is not in the package's Depends: {declared}")
    for name, text in ours.scripts.items():
        if name.startswith(f"{real.package}."):
            complaints += check_script(real, name, text, built / "DEBIAN" / name.removeprefix(f"{real.package}."))
    return complaints


def in_order(real: Real, text: str) -> str:
    """A piece of a script with the names as ours sorts them."""
    if not real.by_tree:
        return text
    return re.sub(r"(?m)^(\s*for conf in )(.*?)\s*; do$", lambda found: f"{found[1]}{' '.join(sorted(found[2].split()))}; do", text)


def check_scripts(real: Real, reference: side.Outcome, ours: side.Outcome) -> list[str]:
    """That the same scripts have pieces that do the same."""
    if reference.scripts.keys() != ours.scripts.keys():
        return [f"Debian's makes pieces of {sorted(reference.scripts)}, ours of {sorted(ours.scripts)}"]
    complaints = []
    for name, text in ours.scripts.items():
        kind = name.rsplit(".", 1)[-1]
        wanted, actual = side.effect(in_order(real, reference.scripts[name]), kind), side.effect(text, kind)
        if wanted != actual:
            complaints.append(f"{name} does something else:\n" + "\n".join(difflib.unified_diff(wanted, actual, "Debian's", "ours", lineterm="")))
    return complaints


def check_script(real: Real, name: str, text: str, script: pathlib.Path) -> list[str]:
    """That the package's own script holds pieces of the same effect."""
    kind = name.rsplit(".", 1)[-1]
    pattern = r"# Automatically added by dh_apache2/.*?# End automatically added section\n"
    theirs = "".join(re.findall(pattern, script.read_text() if script.exists() else "", re.S))
    if side.effect(text, kind) != side.effect(in_order(real, theirs), kind):
        return [f"{name} does something else than the package's own:\n{text}\n{theirs}"]
    return []


def run(real: Real, archive: Archive, sides: tuple[side.Side, side.Side], folder: pathlib.Path) -> tuple[list[str], int]:
    """Returns complaints, and how many scripts were compared."""
    source, built = unpack(real, archive, folder)
    reference, ours = (side.call(which, source, folder / which.name, *real.options) for which in sides)
    complaints = check_scripts(real, reference, ours)
    for aspect in ("status", "substvars"):
        if getattr(reference, aspect) != getattr(ours, aspect):
            complaints.append(f"{aspect} differs:\n  Debian's {getattr(reference, aspect)}\n  ours     {getattr(ours, aspect)}")
    # Binaries have a mode of their own (difference "modes").
    trees = [{path: value if not path.endswith(".so") else value[2] for path, value in outcome.tree.items()} for outcome in (reference, ours)]
    if trees[0] != trees[1]:
        complaints.append(f"trees differ in {sorted(p for p in trees[0].keys() | trees[1].keys() if trees[0].get(p) != trees[1].get(p))}")
    # What the check of .load files says (difference "verify") has no counterpart.
    said = [line for line in compare.stderr_lines(ours) if not re.match(r"warning: \S+\.load:\d+: ", line)]
    if compare.same_words(said) != compare.same_words(compare.stderr_lines(reference)):
        complaints.append(f"standard error differs:\n  Debian's {reference.stderr}\n  ours     {ours.stderr}")
    if ours.status != 0 or not ours.substvars:
        complaints.append(f"nothing was done: exit status {ours.status}, {ours.stderr}")
    if ours.strays:
        complaints.append(f"ours left {ours.strays}")
    if built and not complaints:
        complaints += check_built(real, ours, built)
    for line in compare.stderr_lines(ours):
        print(f"{real.source}: {line}")
    return complaints, len(ours.scripts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="our installed tree, with bin/dh_apache2")
    parser.add_argument("--only", default="", help="regular expression: the name of a source has to hold it")
    options = parser.parse_args()
    sides = (side.Side.debian(), side.Side.ours(options.prefix.resolve()))
    wanted = tuple(real for real in SOURCES if re.search(options.only, real.source))
    failed = compared = scripts = 0
    with tempfile.TemporaryDirectory(prefix="confgraph-debhelper-") as name:
        folder = pathlib.Path(name)
        try:
            archive = Archive(folder / "apt")
            for line in archive.fetch(wanted):
                print(line)
            for real in wanted:
                if not archive.source(real) or (real.package and not archive.package(real)):
                    print(f"{real.source}: cannot be had")
                    continue
                complaints, count = run(real, archive, sides, folder / real.source)
                compared += 1
                scripts += count
                if complaints:
                    failed += 1
                    print(f"FAILED {real.source}")
                    for complaint in complaints:
                        print("".join(f"    {line}\n" for line in complaint.splitlines()), end="")
        except Failure as failure:
            print(f"FAILED {failure}")
            return 1
    print(f"debhelper: {compared} real sources, {scripts} maintainer scripts, {len(wanted) - compared} cannot be had, {failed} failed")
    if compared < (1 if options.only else MIN_SOURCES):
        print(f"FAILED fewer than {MIN_SOURCES} sources can be had from the archive")
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
