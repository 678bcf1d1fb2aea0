#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random calls of the tools below --prefix on small random configurations, each compared with a model.

Compared after each call are the links, the markers, the exit status, and that nothing is left behind. Half of the
configurations have a subfolder among the enabled modules, so that the changes go link by link instead of by an exchange.
The seed is printed; a failure prints the configuration and all the calls that led to it.
"""

import argparse
import pathlib
import random
import shlex
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from model import Call, Entry, Model  # noqa: E402
from private_tree import KINDS, Tree  # noqa: E402

CONFIGURATIONS = 50
CALLS = 90
MINIMUM_CALLS = 4000
# Every so many calls one writes with flushes, as it is done by default.
FLUSHED = 10
# Of the calls, this part at least changes something, and this part is refused: otherwise they say little.
MINIMUM_SHARE = 0.15
GHOSTS = ["ghost", "phantom"]
# A file where an exchange is impossible.
OBSTACLE = "subfolder"


class Failure(Exception):
    """The tools and the model disagree."""


def random_entries(choose: random.Random) -> dict[str, dict[str, Entry]]:
    """A few modules that depend on each other, in circles too, MPMs, and confs and sites that need modules."""
    modules = [f"m{i}" for i in range(choose.randint(3, 12))]
    mpms = [f"mpm_{letter}" for letter in "abcd"[:choose.randint(1, 4)]]
    circles = choose.random() < 0.4
    entries: dict[str, dict[str, Entry]] = {"module": {}, "conf": {}, "site": {}}
    for number, name in enumerate(modules):
        # Without circles a module depends on those before it.
        others = [other for other in modules if other != name] if circles else modules[:number]
        entry = Entry(choose.sample(others, min(len(others), choose.choice((0, 0, 1, 1, 2, 3)))), [], choose.random() < 0.5)
        if choose.random() < 0.12:
            entry.depends.append(choose.choice(mpms))
        if choose.random() < 0.05:
            entry.depends.append(choose.choice(GHOSTS))
        if choose.random() < 0.15:
            entry.conflicts = choose.sample([other for other in modules if other != name], 1)
        choose.shuffle(entry.depends)
        entries["module"][name] = entry
    # What an MPM depends on depends on nothing: everything else is a question of taste.
    entries["module"]["base"] = Entry()
    for name in mpms:
        entries["module"][name] = Entry(["base"] if choose.random() < 0.3 else [], [], choose.random() < 0.7)
    for kind in ("conf", "site"):
        for i in range(choose.randint(1, 4)):
            entries[kind][f"{kind}{i}"] = Entry(choose.sample(modules, choose.choice((0, 0, 1, 2))))
    return entries


def random_call(choose: random.Random, model: Model) -> Call:
    action = choose.choice(("enable", "enable", "enable", "disable", "disable", "switch", "query"))
    kind = "module" if action == "switch" else choose.choice(("module", "module", "module", "conf", "site"))
    names = [*model.entries[kind], *GHOSTS[:1]]
    call = Call(action, kind, [choose.choice(names) for _ in range(choose.choice((1, 1, 1, 2, 3)))])
    if action == "switch":
        mpms = [name for name in names if name.startswith("mpm_")]
        call.names = [choose.choice([*mpms, *(name[4:] for name in mpms), "ghost"])]
        call.force, call.maintmode = choose.random() < 0.5, choose.random() < 0.3
        return call
    if action == "query":
        call.names = call.names[:1]
        return call
    call.force, call.maintmode, call.purge = choose.random() < 0.4, choose.random() < 0.3, choose.random() < 0.2
    suffix = KINDS[kind][1]
    for number, name in enumerate(call.names):
        form = choose.random()
        if form < 0.08:
            call.names[number] = name[:2] + "*"
        elif form < 0.12:
            call.names[number] = name[:-1] + "?"
        elif form < 0.15:
            call.names[number] = f"[{name[0]}x]{name[1:]}"
        elif form < 0.25:
            call.names[number] = name + suffix
    return call


class Run:
    """One configuration with the model of it."""

    def __init__(self, folder: pathlib.Path, tools: pathlib.Path, choose: random.Random, ordered: bool, defect: str) -> None:
        self.tree = Tree(folder / "tree", tools)
        self.choose = choose
        self.ordered = ordered
        self.model = Model(random_entries(choose), defect)
        self.calls: list[str] = []
        self.changed = 0
        self.refused = 0
        self.output = ["", ""]
        modules = self.tree.config / "mods-available"
        for kind, entries in self.model.entries.items():
            for name, entry in entries.items():
                self.tree.add(kind, name, entry.text + (f"LoadModule {name}_module /nowhere/{name}.so\n" if kind == "module" else ""))
                if kind == "module" and entry.has_conf:
                    (modules / f"{name}.conf").write_text("")
        # Any number of MPMs, one at best, as the administrator made them; one of them without its conf.
        mpms = [name for name in self.model.entries["module"] if name.startswith("mpm_")]
        for name in choose.sample(mpms, min(len(mpms), choose.choice((0, 1, 1, 1, 2)))):
            self.tree.enable("module", name)
            self.model.enabled["module"].add(name)
            for need in self.model.entries["module"][name].depends:
                if need not in self.model.enabled["module"]:
                    self.tree.enable("module", need)
                    self.model.enabled["module"].add(need)
            if self.model.entries["module"][name].has_conf and choose.random() < 0.3:
                (self.tree.config / f"mods-enabled/{name}.conf").unlink()
                self.model.without_conf.add(name)
        # Something is gone, and its marker is not.
        for kind in KINDS:
            if choose.random() < 0.5:
                (self.tree.state / kind / "disabled_by_maint/ghost").write_text("")
                self.model.markers[(kind, "ghost")] = "disabled_by_maint"
        if ordered:
            (self.tree.config / "mods-enabled" / OBSTACLE).mkdir()
        self.start = self.shown()

    def shown(self) -> str:
        lines = [f"  {kind} {name}{' +conf' if entry.has_conf else ''} depends {entry.depends} conflicts {entry.conflicts}"
                 for kind, entries in self.model.entries.items() for name, entry in entries.items()]
        lines += [f"  link {link}" for link in sorted(self.model.links())]
        return "\n".join(lines + [f"  marker {marker}" for marker in sorted(self.model.marker_files())])

    def call(self, number: int) -> None:
        call = random_call(self.choose, self.model)
        words = call.words
        if call.action != "query" and number % FLUSHED != 0:
            words = [words[0], "--no-sync", *words[1:]]
        self.calls.append(shlex.join(words))
        links, markers = self.model.links(), self.model.marker_files()
        expected = self.model.apply(call)
        self.changed += 1 if (links, markers) != (self.model.links(), self.model.marker_files()) else 0
        self.refused += 1 if expected == 1 and call.action != "query" else 0
        status, *self.output = self.tree.spawn(*words)
        self._compare("exit status", {status}, {expected})
        found = {path for path in self.tree.links() if not path.endswith("/" + OBSTACLE)}
        self._compare("links", found, self.model.links())
        self._compare("markers", self.tree.markers(), self.model.marker_files())
        self._compare("leftovers", set(self.tree.leftovers()), set())

    def _compare(self, what: str, found: set, expected: set) -> None:
        if found == expected:
            return
        out, err = self.output
        raise Failure(f"{what} after call {len(self.calls)}, {self.calls[-1]}:\n"
                      f"  not expected {sorted(found - expected)}, missing {sorted(expected - found)}\n"
                      f"  stdout {out!r}\n  stderr {err!r}\nThe configuration{' (with a subfolder)' if self.ordered else ''}:\n"
                      f"{self.start}\nAll calls:\n  " + "\n  ".join(self.calls))

    def links_are_right(self) -> None:
        """What no call compares: where the links lead."""
        for path, target in self.tree.links().items():
            folder, name = path.split("/", 1)
            if name != OBSTACLE and target != f"../{folder[:-len('enabled')]}available/{name}":
                raise Failure(f"{path} -> {target}")
        if self.ordered and not (self.tree.config / "mods-enabled" / OBSTACLE).is_dir():
            raise Failure("the subfolder is gone")


def selftest(tools: pathlib.Path) -> int:
    """A model with a defect has to be caught soon."""
    failures = 0
    for defect in ("no unit", "one side", "no dependents"):
        caught = ""
        for seed in range(CONFIGURATIONS):
            with tempfile.TemporaryDirectory(prefix="confgraph-model-") as folder:
                run = Run(pathlib.Path(folder), tools, random.Random(seed), False, defect)
                try:
                    for number in range(CALLS):
                        run.call(number)
                except Failure as failure:
                    caught = str(failure).split("\n", 1)[0]
                    break
        failures += 0 if caught else 1
        print(f"{'caught' if caught else 'FAILED: not caught'}: a model with the defect '{defect}': {caught}", flush=True)
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", required=True, type=pathlib.Path, help="an installed tree of confgraph")
    parser.add_argument("--seed", type=int, help="repeat a run")
    parser.add_argument("--configurations", type=int, default=CONFIGURATIONS)
    parser.add_argument("--selftest", action="store_true", help="whether a model that is wrong is caught")
    options = parser.parse_args()
    tools = options.prefix.resolve() / "sbin"
    if options.selftest:
        return selftest(tools)
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    calls = changed = refused = failures = 0
    for number in range(options.configurations):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="confgraph-model-"))
        run = Run(folder, tools, random.Random(f"{seed} {number}"), number % 2 == 1, "")
        try:
            for i in range(CALLS):
                run.call(i)
            run.links_are_right()
        except Failure as failure:
            failures += 1
            print(f"FAILED: --seed {seed}, configuration {number}: {failure}\n", flush=True)
        finally:
            shutil.rmtree(folder)
        calls, changed, refused = calls + len(run.calls), changed + run.changed, refused + run.refused
    if options.configurations >= CONFIGURATIONS and failures == 0 and (
            calls < MINIMUM_CALLS or min(changed, refused) < MINIMUM_SHARE * calls):
        failures += 1
        print(f"FAILED: too little tried, at least {MINIMUM_CALLS} calls expected, {MINIMUM_SHARE:.0%} of them with a change, as many refused")
    print(f"{calls} calls on {options.configurations} configurations, {changed} with a change, {refused} refused, {failures} failures")
    return min(failures, 125)


if __name__ == "__main__":
    sys.exit(main())
