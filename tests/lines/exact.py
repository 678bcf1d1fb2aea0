#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Enables and disables random sets in a configuration of LoadModule lines, and looks at every byte of it.

After a set was enabled, nothing but the comments of its lines has changed, files that were made apart; what the server says
it loads is what the tools say is enabled. After the same set was disabled, the tree is what it was, byte for byte, with each
file's owner, mode and extended attributes; a file that had none of the lines is the same file with the same time. The other
way round, likewise. Files are made awkward before: other owners and modes, carriage returns, no newline at the end.
"""

import argparse
import os
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from line_tree import MODULES, LineTree, without_times  # noqa: E402  (found by the path above)

ROUNDS = 12
SEED = 2027


def make_awkward(tree: LineTree) -> None:
    optional = tree.lines / "00-optional.conf"
    optional.write_bytes(optional.read_bytes().replace(b"\n", b"\r\n"))
    optional.chmod(0o600)
    base = tree.lines / "00-base.conf"
    base.write_bytes(base.read_bytes().rstrip(b"\n"))
    base.chmod(0o664)
    if os.getuid() == 0:
        os.chown(base, 33, 33)
        os.setxattr(optional, "trusted.confgraph", b"label")
    (tree.lines / "20-odd.conf").write_bytes(
        b"# \xff no text\n\tLOADMODULE \\\n  \"expires_module\" \\\n  modules/mod_expires.so \t\n"
        b"#   loadmodule   'ext_filter_module'\tmodules/mod_ext_filter.so\r\n# LoadModule some_module modules/some.so goes here\n")
    text = base.read_text().replace("LoadModule expires_module modules/mod_expires.so\n", "")
    base.write_text(text)


def uncommented(content: bytes) -> list[bytes]:
    """The lines of a file, whether or not they are comments."""
    return [line.removeprefix(b"#") for line in content.split(b"\n")]


class Run:
    def __init__(self, tree: LineTree) -> None:
        self.tree = tree
        self.random = random.Random(SEED)
        self.failures = 0
        self.changes = 0

    def fail(self, what: str) -> None:
        self.failures += 1
        print(f"FAILED: {what}", flush=True)

    def call(self, tool: str, *arguments: str) -> None:
        result = self.tree.run(tool, *arguments)
        # Some of a set may stand in each other's way; what is then done is looked at all the same.
        if result.returncode not in (0, 1) or "CHANGED" in result.stderr:
            self.fail(f"{tool} {' '.join(arguments)}: {result.returncode} {result.stderr}")

    def compare_middle(self, before: dict[str, tuple], after: dict[str, tuple]) -> None:
        for name, what in after.items():
            if name not in before:
                text = what[2]
                if not text.startswith(b"# Made by a2enmod") or text.count(b"\n") != 2:
                    self.fail(f"{name} came, and says {text!r}")
            elif what[0] == "file" and what[2] == before[name][2] and what != before[name]:
                self.fail(f"{name} was not to be changed: {before[name]} {what}")
            elif what[0] == "file" and (uncommented(what[2]) != uncommented(before[name][2]) or what[1] != before[name][1]
                                        or what[3] != before[name][3]):
                self.fail(f"{name} has changed in more than its comments: {what}")
        for name in before.keys() - after.keys():
            self.fail(f"{name} is gone")

    def round(self, number: int) -> None:
        tree = self.tree
        before = tree.snapshot()
        enabled = set(tree.names("-m"))
        available = set(tree.names("--list-available", "-m"))
        first, second = ("a2enmod", "a2dismod") if number % 2 == 0 else ("a2dismod", "a2enmod")
        pool = sorted((available - enabled) if first == "a2enmod" else enabled)
        chosen = self.random.sample(pool, min(len(pool), self.random.randint(1, 12)))
        options = ["-f"] if first == "a2dismod" else []
        self.call(first, *options, *chosen)
        middle = tree.snapshot()
        self.compare_middle(before, middle)
        now = set(tree.names("-m"))
        changed = sorted(now ^ enabled)
        self.changes += len(changed)
        status, text = tree.ask_server("-t")
        if status == 0 and tree.loaded() != now:
            self.fail(f"the server loads other modules than are enabled: {sorted(tree.loaded() ^ now)}")
        elif status != 0 and first == "a2enmod" and "Cannot load" in text:
            self.fail(f"after {first} {chosen} the server says {text}")
        # Again, nothing is left to do, and nothing is touched.
        if tree.run(first, *options, *changed).returncode != 0 or tree.snapshot() != middle:
            self.fail(f"{first} {changed} changed something again")
        self.call(second, *(["-f"] if second == "a2dismod" else []), *changed)
        after = tree.snapshot()
        if without_times(after) != without_times(before):
            names = [name for name in before.keys() | after.keys() if without_times(before).get(name) != without_times(after).get(name)]
            self.fail(f"round {number}: after {first} and {second} of {changed} these differ: "
                      + "; ".join(f"{name}: {before.get(name)} {after.get(name)}" for name in sorted(names)))
        for name, what in before.items():
            # What no line of the set is in was never another file, nor for a moment.
            if what[0] == "file" and middle.get(name) == what and after.get(name) != what:
                self.fail(f"round {number}: {name} was touched")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", required=True, type=pathlib.Path, help="an installed tree of confgraph")
    tools = parser.parse_args().prefix.resolve() / "sbin"
    if not os.access(tools / "a2enmod", os.X_OK) or not MODULES.is_dir():
        raise SystemExit("ERROR: the tools or the server's modules are missing")
    with tempfile.TemporaryDirectory(prefix="confgraph-exact-") as folder:
        tree = LineTree(pathlib.Path(folder) / "root", tools)
        make_awkward(tree)
        run = Run(tree)
        for number in range(ROUNDS):
            run.round(number)
        # Markers are the one thing that remains; and they can be purged.
        if run.changes < 4 * ROUNDS:
            run.fail(f"{run.changes} changes are too few to say anything")
        print(f"{ROUNDS} rounds, {run.changes} changes, {run.failures} failures")
        return min(run.failures, 125)


if __name__ == "__main__":
    sys.exit(main())
