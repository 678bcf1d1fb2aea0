#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the tools against the originals of Debian, and against what no program can go below.

Everything runs in a private mount namespace, on copies of the configuration.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass

sys.dont_write_bytecode = True  # the source folder stays as it is, the more so when root runs this

from maintscript import MaintainerScript, services_forbidden
from measure import Command, Pairs
from trees import CONFIG, Copies, SiteTree, enabled_mpms, enter_namespace, environment, mounted_on_itself

ORIGINALS = pathlib.Path("/usr/sbin")
# After so many switches, each of which frees inodes, they go on in a fresh file system.
SWITCHES_IN_ONE_PLACE = 12


@dataclass
class Row:
    """One line of the table. A target is "at least" or "at most"; a row without one is for comparison."""

    name: str
    what: str
    ours: str
    other: str
    ratio: float
    at_least: float | None = None
    at_most: float | None = None

    def met(self) -> bool:
        return (self.at_least is None or self.ratio >= self.at_least) and (self.at_most is None or self.ratio <= self.at_most)

    def target(self) -> str:
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return f"<= {self.at_most:g}" if self.at_most is not None else ""

    def verdict(self) -> str:
        if self.at_least is None and self.at_most is None:
            return ""
        return "yes" if self.met() else "NO"


def duration(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} us"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


class Bench:
    def __init__(self, prefix: pathlib.Path, build: pathlib.Path, work: pathlib.Path, copies: Copies | None, quick: bool):
        self.copies = copies
        self._switches_left = 0
        self.a2enmod = str(prefix / "sbin" / "a2enmod")
        self.a2ensite = str(prefix / "sbin" / "a2ensite")
        self.a2mpm = str(prefix / "sbin" / "a2mpm")
        self.a2query = str(prefix / "bin" / "a2query")
        self.helpers = build / "bench"
        self.prefix = prefix
        self.work = work
        self.quick = quick
        self._trees = 0

    def _tree(self, count: int) -> SiteTree:
        self._trees += 1
        return SiteTree(self.work / f"tree{self._trees}", count)

    def _against_both(self, name: str, what: str, ours: list[str], original: list[str], baseline: str, at_least: float) -> list[Row]:
        """A short command against the original, and against a program that does nothing."""
        mine = Command(ours, environment())
        theirs = Command(original, environment())
        if mine.output() != theirs.output():
            raise RuntimeError(f"{what}: {mine.output()!r}, but the original says {theirs.output()!r}")
        pairs = Pairs(theirs.seconds, mine.seconds, 10 if self.quick else 40, 2)
        rows = [Row(name, what, duration(pairs.medians()[1]), f"original {duration(pairs.medians()[0])}", pairs.ratio(), at_least=at_least)]
        nothing = Command([str(self.helpers / baseline), "alias"], environment())
        pairs = Pairs(mine.seconds, nothing.seconds, 100 if self.quick else 500, 10)
        rows.append(Row(name, what, duration(pairs.medians()[0]), f"baseline {duration(pairs.medians()[1])}", pairs.ratio(), at_most=1.6))
        return rows

    def query_module(self) -> list[Row]:
        arguments = ["-m", "alias"]
        return self._against_both("query-module", "a2query -m alias", [self.a2query] + arguments, [str(ORIGINALS / "a2query")] + arguments,
                                  "baseline_a2query", 15)

    def query_mpm(self) -> list[Row]:
        return self._against_both("query-mpm", "a2query -M", [self.a2query, "-M"], [str(ORIGINALS / "a2query"), "-M"], "baseline_a2query", 15)

    def enmod(self) -> list[Row]:
        arguments = ["-q", "alias"]
        return self._against_both("enmod", "a2enmod -q alias (is enabled)", [self.a2enmod] + arguments,
                                  [str(ORIGINALS / "a2enmod")] + arguments, "baseline_change", 12)

    def mpm(self) -> list[Row]:
        """The MPM that is wanted is enabled already: what every start of a container asks."""
        wanted = Command([self.a2mpm, "event"], environment())
        if wanted.output() != "MPM event already enabled\n":
            raise RuntimeError(f"a2mpm event: {wanted.output()!r}")
        nothing = Command([str(self.helpers / "baseline_change"), "event"], environment())
        pairs = Pairs(wanted.seconds, nothing.seconds, 100 if self.quick else 500, 10)
        return [Row("mpm", "a2mpm event (is enabled)", duration(pairs.medians()[0]), f"baseline {duration(pairs.medians()[1])}", pairs.ratio(),
                    at_most=1.6)]

    def _make_room(self) -> None:
        """Goes on in a fresh file system when it is time."""
        if self._switches_left == 0:
            self._switches_left = SWITCHES_IN_ONE_PLACE
            self.copies.renew()
            # The first switch on a machine makes the lock file and the folders of the markers.
            for mpm in ("prefork", "event"):
                Command([self.a2mpm, "-q", "--no-test", mpm], environment()).seconds()

    def _switch(self, to_prefork: list[list[str]], to_event: list[list[str]]) -> float:
        """The time of a switch: half of one to prefork and the one back."""
        self._make_room()
        self._switches_left -= 2
        seconds = 0.0
        for mpm, commands in (("prefork", to_prefork), ("event", to_event)):
            seconds += sum(Command(command, environment()).seconds() for command in commands)
            if enabled_mpms() != [mpm]:
                raise RuntimeError(f"{commands}: enabled afterwards: {enabled_mpms()}")
        return seconds / 2

    def _a2mpm(self, *options: str) -> float:
        return self._switch([[self.a2mpm, *options, "prefork"]], [[self.a2mpm, *options, "event"]])

    def _original_switch(self) -> float:
        def both(old: str, new: str) -> list[list[str]]:
            return [[str(ORIGINALS / "a2dismod"), "-q", f"mpm_{old}"], [str(ORIGINALS / "a2enmod"), "-q", f"mpm_{new}"]]

        return self._switch(both("event", "prefork"), both("prefork", "event"))

    def _link_by_link(self) -> float:
        program = str(self.helpers / "link_by_link")
        return self._switch([[program, "prefork"]], [[program, "event"]])

    def switch(self) -> list[Row]:
        rounds = 10 if self.quick else 40
        rows = []
        for what, options in (("a2mpm --no-test", ["--no-test"]), ("a2mpm --no-test --no-sync", ["--no-test", "--no-sync"])):
            pairs = Pairs(self._original_switch, lambda: self._a2mpm("-q", *options), rounds, 1)
            rows.append(Row("switch", f"switch the MPM, {what}", duration(pairs.medians()[1]), f"original {duration(pairs.medians()[0])}",
                            pairs.ratio(), at_least=20))
        pairs = Pairs(lambda: self._a2mpm("-q"), self._original_switch, rounds, 1)
        rows.append(Row("switch", "switch the MPM, a2mpm with the server's test", duration(pairs.medians()[0]),
                        f"original {duration(pairs.medians()[1])}", 1 / pairs.ratio()))
        return rows

    def atomic(self) -> list[Row]:
        """What all or nothing costs: the same program writes link by link."""
        rounds = 30 if self.quick else 200
        # What comes first makes the folders of the markers, too, which the other takes for granted.
        pairs = Pairs(lambda: self._a2mpm("--no-test", "--no-sync"), self._link_by_link, rounds, 5)
        rows = [Row("atomic", "switch the MPM by exchange, no flush", duration(pairs.medians()[0]), f"link by link {duration(pairs.medians()[1])}",
                    pairs.ratio(), at_most=1.5)]

        def ordered() -> float:
            self._make_room()
            with mounted_on_itself(f"{CONFIG}/mods-enabled"):
                return self._a2mpm("--no-test", "--no-sync")

        pairs = Pairs(ordered, self._link_by_link, rounds, 5)
        rows.append(Row("atomic", "switch the MPM in order (mount point), no flush", duration(pairs.medians()[0]),
                        f"link by link {duration(pairs.medians()[1])}", pairs.ratio()))
        return rows

    def _enable_sites(self, program: str, count: int, *options: str) -> float:
        with self._tree(count) as tree:
            seconds = Command([program, *options, "site*"], tree.environment()).seconds()
            tree.require_all_enabled()
        return seconds

    def _raw_sites(self, count: int) -> float:
        with self._tree(count) as tree:
            seconds = Command([str(self.helpers / "raw_links"), str(tree.config), str(tree.state), str(count)], environment()).seconds()
            tree.require_all_enabled()
        return seconds

    def sites(self) -> list[Row]:
        count = 2000
        pairs = Pairs(lambda: self._enable_sites(str(ORIGINALS / "a2ensite"), count), lambda: self._enable_sites(self.a2ensite, count),
                      1 if self.quick else 3, 0)
        original, ours = pairs.medians()
        return [Row("sites", f"enable {count} sites in one call", duration(ours), f"original {duration(original)}", pairs.ratio(), at_least=80)]

    def raw(self) -> list[Row]:
        rows = []
        for count, rounds in ((2000, 3 if self.quick else 15), (10000 if self.quick else 50000, 1 if self.quick else 5)):
            for what, options, at_most in (("", [], 1.6), (", --no-sync", ["--no-sync"], None)):
                pairs = Pairs(lambda: self._enable_sites(self.a2ensite, count, *options), lambda: self._raw_sites(count), rounds, 0)
                rows.append(Row("raw", f"enable {count} sites in one call{what}", duration(pairs.medians()[0]),
                                f"bare calls {duration(pairs.medians()[1])}", pairs.ratio(), at_most=at_most))
        return rows

    def growth(self) -> list[Row]:
        few, many = 1000, 10000 if self.quick else 50000
        rounds = 2 if self.quick else 5

        def cost(enable: Callable[[int], float], count: int, runs: int) -> Callable[[], float]:
            return lambda: statistics.median(enable(count) for _ in range(runs)) / count

        def ours(count: int) -> float:
            return self._enable_sites(self.a2ensite, count)

        mine_pairs = Pairs(cost(ours, many, 1), cost(ours, few, 7), rounds, 0)
        raw_pairs = Pairs(cost(self._raw_sites, many, 1), cost(self._raw_sites, few, 7), rounds, 0)
        rows = []
        for what, pairs, at_most in (("a2ensite", mine_pairs, 1.3), ("the bare system calls", raw_pairs, None)):
            large, small = pairs.medians()
            rows.append(Row("growth", f"cost of a site, {what}", f"of {many}: {duration(large)}", f"of {few}: {duration(small)}", pairs.ratio(),
                            at_most=at_most))
        return rows

    def plan(self) -> list[Row]:
        modules, edges = 10000, 30000
        folder = self.work / "modules"
        output = subprocess.run([str(self.helpers / "plan_bench"), str(folder), str(modules), str(edges), "3" if self.quick else "15"],
                                check=True, capture_output=True, text=True).stdout
        shutil.rmtree(folder)
        rounds = [[float(word) for word in line.split()] for line in output.splitlines()]
        reading = statistics.median(values[0] for values in rounds)
        rows = []
        columns = (("scan and plan, one that needs all", 1, 3.0), ("plan alone", 2, None), ("scan and plan, all by a pattern", 3, 3.0),
                   ("plan alone", 4, None))
        for what, column, at_most in columns:
            median = statistics.median(values[column] for values in rounds)
            ratio = statistics.median(values[column] / values[0] for values in rounds)
            rows.append(Row("plan", f"{modules} modules, {edges} edges: {what}", duration(median), f"reading {duration(reading)}", ratio,
                            at_most=at_most))
        return rows

    def maintscript(self) -> list[Row]:
        """A package's postinst, as dh_apache2 writes it, where policy-rc.d forbids to touch services: as images are built."""
        rounds = 10 if self.quick else 40
        ours = MaintainerScript(self.work / "ours", self.prefix / "share/apache2", [self.prefix / "sbin", self.prefix / "bin"])
        original = MaintainerScript(self.work / "original", pathlib.Path("/usr/share/apache2"), [])
        cases = (("enmod, the function alone", "invoke", 8.0, "configure"), ("enmod, the whole script", "postinst", 8.0, "configure"),
                 ("enmod in an upgrade, the whole script", "postinst", 8.0, "configure 1.0"),
                 ("switch the MPM, the whole script", "switch", None, "configure"))
        rows = []
        for what, script, at_least, arguments in cases:
            with services_forbidden(self.work):
                pairs = Pairs(lambda: original.seconds(script, arguments), lambda: ours.seconds(script, arguments), rounds, 2)
            rows.append(Row("maintscript", f"maintainer script: {what}", duration(pairs.medians()[1]),
                            f"original {duration(pairs.medians()[0])}", pairs.ratio(), at_least=at_least))
        return rows

    def _module_package(self, names: list[str]) -> tuple[pathlib.Path, pathlib.Path]:
        """A package with modules of the installed server, and its data member alone."""
        folder = self.work / f"package{len(names)}"
        modules = folder / "tree/usr/lib/apache2/modules"
        modules.mkdir(parents=True)
        (folder / "tree/DEBIAN").mkdir()
        (folder / "tree/DEBIAN/control").write_text("Package: example\nVersion: 1\nArchitecture: any\nDepends: apache2-api-20120211\n"
                                                    "Maintainer: Nobody <nobody@localhost>\nDescription: example\n", encoding="ascii")
        for name in names:
            shutil.copy(f"/usr/lib/apache2/modules/{name}", modules)
        package, data = folder / "example.deb", folder / "data.tar"
        subprocess.run(["dpkg-deb", "-Zxz", "-b", folder / "tree", package], check=True, stdout=subprocess.DEVNULL)
        member = subprocess.run(["ar", "p", package, "data.tar.xz"], check=True, capture_output=True).stdout
        data.write_bytes(member)
        return package, data

    def packages(self) -> list[Row]:
        """Against a program that does no more than to decompress the same and to list it; and what a second processor brings."""
        a2mmn = str(self.prefix / "bin" / "a2mmn")
        every = sorted(path.name for path in pathlib.Path("/usr/lib/apache2/modules").glob("mod_*.so"))
        rows = []
        for names, rounds in ((["mod_rewrite.so"], 200), (every, 20)):
            package, data = self._module_package(names)
            ours = Command([a2mmn, "inspect", str(package)], environment())
            list_alone = Command(["/usr/bin/bsdtar", "-tf", str(data)], environment())
            pairs = Pairs(ours.seconds, list_alone.seconds, rounds // 4 if self.quick else rounds, 3)
            rows.append(Row("packages", f"a2mmn inspect of a .deb with {len(names)} modules", duration(pairs.medians()[0]),
                            f"bsdtar -t of its data {duration(pairs.medians()[1])}", pairs.ratio(), at_most=1.5))
        if (os.cpu_count() or 1) < 2:
            return rows
        package, _ = self._module_package(every[:12])
        copies = [str(package)] * 200
        with_one = Command(["/usr/bin/taskset", "-c", "0", a2mmn, "verify", *copies], environment())
        with_two = Command(["/usr/bin/taskset", "-c", "0,1", a2mmn, "verify", *copies], environment())
        pairs = Pairs(with_one.seconds, with_two.seconds, 3 if self.quick else 10, 1)
        rows.append(Row("packages", f"a2mmn verify of {len(copies)} packages on 2 processors", duration(pairs.medians()[1]),
                        f"on one {duration(pairs.medians()[0])}", pairs.ratio(), at_least=1.7))
        return rows

    def all(self) -> dict[str, Callable[[], list[Row]]]:
        return {"query-module": self.query_module, "query-mpm": self.query_mpm, "enmod": self.enmod, "mpm": self.mpm,
                "switch": self.switch, "atomic": self.atomic, "sites": self.sites, "raw": self.raw, "growth": self.growth,
                "plan": self.plan, "maintscript": self.maintscript, "packages": self.packages}


def print_table(rows: list[Row]) -> None:
    cells = [["what", "ours", "against", "ratio", "target", "met"]]
    cells += [[row.what, row.ours, row.other, f"{row.ratio:.2f}", row.target(), row.verdict()] for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def machine() -> dict[str, str]:
    return {"system": platform.platform(), "processors": str(os.cpu_count()), "load": f"{os.getloadavg()[0]:.1f}"}


def main() -> int:
    names = list(Bench(pathlib.Path(), pathlib.Path(), pathlib.Path(), None, False).all())
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="where the tools are installed")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="build folder configured with -DCONFGRAPH_BENCH=ON")
    parser.add_argument("--work", type=pathlib.Path, help="folder for copies and file system images (default: the build folder)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller trees: to see that it works")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--only", choices=names, help="one measurement")
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    arguments = parser.parse_args()
    enter_namespace()

    with tempfile.TemporaryDirectory(prefix="bench-", dir=(arguments.work or arguments.build).resolve()) as folder:
        work = pathlib.Path(folder)
        with Copies(work) as copies:
            bench = Bench(arguments.prefix.resolve(), arguments.build.resolve(), work, copies, arguments.quick)
            rows: list[Row] = []
            for name, measurement in bench.all().items():
                if arguments.only in (None, name):
                    print(f"{name} ...", file=sys.stderr)
                    rows += measurement()
        facts = machine()

    print(", ".join(f"{name}: {value}" for name, value in facts.items()))
    print_table(rows)
    if arguments.json:
        document = {"machine": facts, "quick": arguments.quick,
                    "results": [asdict(row) | {"target": row.target(), "met": row.met()} for row in rows]}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 1 if arguments.check and not all(row.met() for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
