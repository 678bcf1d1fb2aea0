#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that the tests of the shell library can fail: each is run with a library or an example that was spoiled in one place.

Exit status: 0 when everything spoiled was found, else 1.
"""

import argparse
import dataclasses
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HELPER = "share/apache2/apache2-maintscript-helper"


@dataclasses.dataclass
class Mutant:
    """One replacement, the test that has to find it, and the part of its words that says so."""

    name: str
    old: str
    new: str
    test: str
    only: str
    finds: str


MUTANTS = [
    Mutant("none", "info", "info", "policy", "^module never: prerm remove: apache2_invoke enmod", ""),
    Mutant("the server is never told", 'invoke-rc.d apache2 "$1"', ": invoke-rc.d", "policy", "^module never: postinst configure: apache2_invoke enmod",
           "- does invoke-rc.d apache2 restart"),
    Mutant("an action that is too much", "enconf | disconf | ensite | dissite) default=reload", "enconf | disconf | ensite | dissite) default=restart",
           "policy", "^site never: postinst configure: apache2_invoke ensite foo$", "+ does invoke-rc.d apache2 restart"),
    Mutant("another status", '"${action:-$default}" -- "$name" || return 1', '"${action:-$default}" -- "$name" || return 0', "policy",
           "^module gone: postinst configure: apache2_invoke enmod", "- says status 1, asked no"),
    Mutant("nothing is remembered", "APACHE2_NEED_ACTION=1", "APACHE2_NEED_ACTION=", "policy", "^module never: postinst configure: apache2_invoke enmod foo$",
           "- says status 0, asked 1"),
    Mutant("another argument", "method=configure argument=previous", "method=configure argument=", "functions", "rpm_scriptlets", "postinst configure"),
    Mutant("a shell that splits", '"apache2_invoke $command $name', "$(echo apache2_invoke)", "functions", "unknown_words", "FAILED: unknown_words"),
    Mutant("a lost line", 'kept="$kept$line$newline"', 'kept=$kept', "functions", "executing$", "FAILED: executing"),
    Mutant("names are evaluated", 'line="$line${line:+ }$word"', 'eval "line=\\"$line ${word}\\""', "functions", "hostile_names", "FAILED: hostile_names"),
    Mutant("a marker is left", '@/module"', '@/modules"', "server_package", "", "FAILED"),
]


def prefix_with(folder: pathlib.Path, prefix: pathlib.Path, mutant: Mutant) -> pathlib.Path:
    """The installed programs with a library of their own."""
    spoiled = folder / mutant.name.replace(" ", "-")
    (spoiled / HELPER).parent.mkdir(parents=True)
    for name in ("sbin", "bin"):
        (spoiled / name).symlink_to(prefix / name)
    text = (prefix / HELPER).read_text()
    old = mutant.old.replace("@", "/var/lib/apache2")
    if old not in text:
        sys.exit(f"selftest: the library has no {old!r}: adapt the mutant {mutant.name!r}")
    (spoiled / HELPER).write_text(text.replace(old, mutant.new.replace("@", "/var/lib/apache2")))
    return spoiled


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="where ours is installed")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for mutant in MUTANTS:
            spoiled = prefix_with(pathlib.Path(folder), options.prefix.resolve(), mutant)
            command = [sys.executable, "-B", HERE / f"{mutant.test}.py", "--prefix", spoiled, *(["--only", mutant.only] if mutant.only else [])]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            wanted = 1 if mutant.finds else 0
            if done.returncode != wanted or mutant.finds not in done.stdout:
                failed += 1
                print(f"FAILED: {mutant.name}: {mutant.test}.py exits with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    print(f"{len(MUTANTS)} spoiled libraries, {failed} not found")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
