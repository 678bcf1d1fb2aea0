# SPDX-License-Identifier: Apache-2.0
"""Runs Debian's dh_apache2, or ours, on a copy of a source tree, and tells all that it did."""

import dataclasses
import functools
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

# So long that it only ends what would never end.
TIMEOUT = 60
HELPER = "/usr/share/apache2/apache2-maintscript-helper"
# What dpkg calls the scripts with, as far as it matters to them.
CALLS = {
    "postinst": (("configure", ""), ("configure", "1.0"), ("triggered", "/x"), ("abort-remove",)),
    "prerm": (("remove",), ("upgrade", "2.0"), ("deconfigure", "in-favour", "other", "1"), ("failed-upgrade", "1.0")),
    "postrm": (("remove",), ("purge",), ("upgrade", "2.0"), ("disappear", "other", "1")),
}
# In what the scripts are run with: functions that write down that they are called, and return what a variable says.
PRELUDE = """
my_condition() { echo my_condition; return "$condition_status"; }
my_handler() { echo "my_handler for $conf"; return "$handler_status"; }
"""
STUB_HELPER = """
echo helper
apache2_invoke() { printf apache2_invoke; printf ' [%s]' "$@"; echo; return "$invoke_status"; }
"""
# Statuses of the condition, the handler and apache2_invoke, and whether the helper is there.
SITUATIONS = ((0, 0, 0, "there"), (0, 0, 1, "there"), (0, 1, 1, "there"), (1, 0, 0, "there"), (0, 0, 0, "missing"))


@dataclasses.dataclass
class Side:
    """One of the two programs: where it and what belongs to it is found."""

    name: str
    program: str
    environment: dict[str, str]

    @staticmethod
    def debian() -> "Side":
        return Side("Debian's", "/usr/bin/dh_apache2", clean_environment())

    @staticmethod
    def ours(prefix: pathlib.Path) -> "Side":
        environment = clean_environment()
        environment["PATH"] = f"{prefix}/bin:{environment['PATH']}"
        environment["DH_AUTOSCRIPTDIR"] = f"{prefix}/share/debhelper/autoscripts"
        environment["PERL5LIB"] = f"{prefix}/share/perl5"
        return Side("ours", f"{prefix}/bin/dh_apache2", environment)

    def run(self, folder: pathlib.Path, *options: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
        return subprocess.run([self.program, *options], cwd=folder, env=self.environment | (environment or {}), check=False,
                              timeout=TIMEOUT, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")


def clean_environment() -> dict[str, str]:
    """Nothing that the caller has set decides about the outcome."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/nonexistent", "DH_COLORS": "never"}


def package_folders(folder: pathlib.Path) -> list[pathlib.Path]:
    """The trees of the packages."""
    names = re.findall(r"^Package:\s*(\S+)", (folder / "debian/control").read_text(), re.M)
    return [folder / "debian" / name for name in names if (folder / "debian" / name).is_dir()]


def files_below(folder: pathlib.Path) -> dict[str, tuple]:
    """Each path with its type, its mode, and what is in it."""
    found = {}
    for root, folders, names in os.walk(os.fsencode(folder)):
        for name in folders + names:
            path = pathlib.Path(os.fsdecode(os.path.join(root, name)))
            key = str(path.relative_to(folder))
            mode = f"{path.lstat().st_mode & 0o7777:o}"
            if path.is_symlink():
                found[key] = ("link", os.readlink(path))
            elif path.is_dir():
                found[key] = ("folder", mode)
            else:
                found[key] = ("file", mode, path.read_bytes())
    return found


def canonical(dependencies: str) -> list[str]:
    """The parts of a relation in an order and with blanks of their own."""
    text = re.sub(r"\s+", " ", re.sub(r"\(\s*([<>=]+)\s*(\S+?)\s*\)", r"(\1 \2)", dependencies))
    return sorted(" | ".join(part.strip() for part in item.split("|")) for item in text.split(","))


def substvars(folder: pathlib.Path) -> dict[str, dict[str, list[str]]]:
    """For each package and variable its parts."""
    found = {}
    for path in sorted((folder / "debian").glob("*substvars")):
        lines = [line.partition("=") for line in path.read_text().splitlines()]
        found[path.name.removesuffix("substvars").removesuffix(".")] = {name: canonical(value) for name, _, value in lines}
    return found


@functools.lru_cache(maxsize=None)
def effect(text: str, script: str, shell: str = "sh") -> list[str]:
    """What a piece of a maintainer script does, in each situation that matters."""
    with tempfile.TemporaryDirectory(prefix="confgraph-script-") as name:
        folder = pathlib.Path(name)
        (folder / "there").write_text(STUB_HELPER)
        driver = [PRELUDE]
        for condition, handler, invoke, helper in SITUATIONS:
            (folder / f"script-{helper}").write_text(text.replace(HELPER, f"./{helper}"))
            for call_words in CALLS[script]:
                driver.append(f"echo '{script} {' '.join(call_words)}: condition {condition}, handler {handler}, "
                              f"invoke {invoke}, helper {helper}'\n"
                              f"(set -e; condition_status={condition} handler_status={handler} invoke_status={invoke}\n"
                              f"set -- {' '.join(shlex.quote(word) for word in call_words)}\n"
                              f". ./script-{helper}; echo end)\necho status $?\n")
        (folder / "driver").write_text("".join(driver))
        done = subprocess.run([*shell.split(), "./driver"], cwd=folder, env=clean_environment(), check=False, timeout=TIMEOUT,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.stdout.splitlines()


def scripts(folder: pathlib.Path) -> dict[str, str]:
    """The pieces of maintainer scripts that were made: PACKAGE.SCRIPT -> text."""
    return {path.name.removesuffix(".debhelper"): path.read_text(errors="replace")
            for path in sorted((folder / "debian").glob("*.debhelper")) if path.name.split(".")[-2] in CALLS}


def calls_in(text: str, script: str) -> list[str]:
    """The calls of apache2_invoke that happen when all is well and something is to be done."""
    method = {"postinst": "configure", "prerm": "remove", "postrm": "purge"}[script]
    lines = effect(text, script)
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{script} {method}"))
    end = next(number for number in range(start, len(lines)) if lines[number].startswith("status "))
    return [line for line in lines[start:end] if line.startswith("apache2_invoke")]


@dataclasses.dataclass
class Outcome:
    """All that one call did."""

    status: int
    stderr: str
    stdout: str
    folder: pathlib.Path
    before: dict[str, tuple]

    @property
    def substvars(self) -> dict[str, dict[str, list[str]]]:
        return substvars(self.folder)

    @property
    def scripts(self) -> dict[str, str]:
        return scripts(self.folder)

    @property
    def effects(self) -> dict[str, list[str]]:
        return {name: effect(text, name.rsplit(".", 1)[-1]) for name, text in self.scripts.items()}

    @property
    def calls(self) -> dict[str, list[str]]:
        return {name: calls_in(text, name.rsplit(".", 1)[-1]) for name, text in self.scripts.items()}

    @property
    def tree(self) -> dict[str, tuple]:
        """What is in the trees of the packages."""
        return {f"{tree.name}/{path}": value for tree in package_folders(self.folder) for path, value in files_below(tree).items()}

    @property
    def strays(self) -> list[str]:
        """What came, or was changed, where nothing of a helper has to be."""
        trees = {f"debian/{tree.name}" for tree in package_folders(self.folder)}
        after = files_below(self.folder)
        return sorted(path for path, value in after.items() if self.before.get(path) != value
                      and "/".join(path.split("/")[:2]) not in trees and not path.startswith("debian/.debhelper") and path != "debian"
                      and not re.fullmatch(r"debian/(.*\.)?(substvars|(postinst|prerm|postrm)\.debhelper|debhelper\.log)", path))


def call(side: Side, source: pathlib.Path, place: pathlib.Path, *options: str, **keywords) -> Outcome:
    """Runs dh_apache2 in a copy of the source."""
    shutil.copytree(source, place, symlinks=True)
    before = files_below(place)
    done = side.run(place, *options, **keywords)
    return Outcome(done.returncode, done.stderr, done.stdout, place, before)
