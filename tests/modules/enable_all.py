#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Enables each module of Debian's apache2 in a private copy of its configuration and asks the real server about it.

Each module is enabled twice, in two equal copies: by the a2enmod below --prefix and by Debian's own. The links and
markers have to be equal, and so has the verdict of `apache2 -t`. A configuration that the server does not accept is no
failure as long as Debian's tools lead to the same one: such a module needs configuration of its own. Then all modules
are enabled in one call, and all but the default ones disabled again, which has to lead back to the links before.

Nothing is started, and nothing outside a temporary folder is written to.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

DEBIAN_CONFIG = pathlib.Path("/etc/apache2")
DEBIAN_TOOLS = pathlib.Path("/usr/sbin")
SERVER = "/usr/sbin/apache2"

# What Debian's package enables when it is installed for the first time.
DEFAULT_MODULES = (
    "access_compat alias auth_basic authn_core authn_file authz_core authz_host authz_user autoindex deflate dir env "
    "filter mime mpm_event negotiation reqtimeout setenvif status"
).split()
DEFAULT_CONFS = "charset localized-error-pages other-vhosts-access-log security serve-cgi-bin".split()
DEFAULT_SITES = ["000-default"]
DEFAULT_MPM = "mpm_event"
MPMS = ["mpm_event", "mpm_prefork", "mpm_worker"]

MINIMUM_TRIED = 100
TIMEOUT = 30


class Configuration:
    """A copy of Debian's configuration with folders of its own for everything that a server writes."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self.config = root / "apache2"
        self.state = root / "state"
        self.stubs = root / "stubs"

    @staticmethod
    def pristine(root: pathlib.Path) -> "Configuration":
        new = Configuration(root)
        new.config.mkdir(parents=True)
        new.state.mkdir()
        for name in ("run", "lock", "log"):
            (root / name).mkdir()
        for name in ("mods-available", "conf-available", "sites-available"):
            shutil.copytree(DEBIAN_CONFIG / name, new.config / name, symlinks=True)
        for name in ("apache2.conf", "envvars", "magic"):
            shutil.copy(DEBIAN_CONFIG / name, new.config / name)
        # Only loopback, though nothing listens: -t looks at the addresses.
        (new.config / "ports.conf").write_text("ServerName localhost\nListen 127.0.0.1:8080\n")
        for name in ("mods-enabled", "conf-enabled", "sites-enabled"):
            (new.config / name).mkdir()
        for module in DEFAULT_MODULES:
            new._link("mods", f"{module}.load")
            if (new.config / "mods-available" / f"{module}.conf").exists():
                new._link("mods", f"{module}.conf")
        for conf in DEFAULT_CONFS:
            new._link("conf", f"{conf}.conf")
        for site in DEFAULT_SITES:
            new._link("sites", f"{site}.conf")
        # mod_cache_disk brings a service along: the machine's own is none of ours.
        new.stubs.mkdir()
        for name in ("systemctl", "update-rc.d", "service"):
            stub = new.stubs / name
            stub.write_text('#!/bin/sh\necho "${0##*/} $*" >> "${0%/*}/calls"\n')
            stub.chmod(0o755)
        return new

    def _link(self, kind: str, file: str) -> None:
        if not (self.config / f"{kind}-available" / file).exists():
            raise SystemExit(f"ERROR: {DEBIAN_CONFIG}/{kind}-available/{file} is missing: is Debian's apache2 installed?")
        (self.config / f"{kind}-enabled" / file).symlink_to(f"../{kind}-available/{file}")

    def copy(self, root: pathlib.Path) -> "Configuration":
        shutil.copytree(self.root, root, symlinks=True)
        return Configuration(root)

    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.stubs}:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C",
            "APACHE_CONFDIR": str(self.config),
            "APACHE_STATE_DIRECTORY": str(self.state),
        }

    def run(self, tool: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([tool, *arguments], env=self.environment(), cwd=self.root, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=TIMEOUT, check=False)

    def verdict(self) -> tuple[int, str]:
        """What the server says about the configuration, with this copy's folder left out."""
        environment = self.environment() | {
            "APACHE_RUN_USER": "www-data",
            "APACHE_RUN_GROUP": "www-data",
            "APACHE_PID_FILE": str(self.root / "run/apache2.pid"),
            "APACHE_RUN_DIR": str(self.root / "run"),
            "APACHE_LOCK_DIR": str(self.root / "lock"),
            "APACHE_LOG_DIR": str(self.root / "log"),
        }
        result = subprocess.run([SERVER, "-t", "-d", self.config, "-f", self.config / "apache2.conf"], env=environment,
                                cwd=self.root, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                timeout=TIMEOUT, check=False)
        text = (result.stdout + result.stderr).replace(str(self.root), "")
        # Messages of some modules begin with the time and the numbers of the process.
        return result.returncode, re.sub(r"^\[[^\]]*\] (.*?)\[pid [^\]]*\] ", r"\1", text, flags=re.MULTILINE)

    def links(self) -> dict[str, str]:
        return {f"{folder}/{entry.name}": os.readlink(entry) if entry.is_symlink() else "no link"
                for folder in ("mods-enabled", "conf-enabled", "sites-enabled")
                for entry in sorted((self.config / folder).iterdir())}

    def everything(self) -> dict[str, str]:
        """Each path of the copy but the logs of the server and the lock, which Debian's tools have not, with what it is."""
        tree = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if name in ("state/confgraph", "state/confgraph/lock"):
                continue
            if path.is_symlink():
                tree[name] = "-> " + os.readlink(path)
            elif path.is_dir():
                tree[name] = "folder"
            else:
                tree[name] = path.read_bytes().hex()
        return tree


def accepts(verdict: tuple[int, str]) -> bool:
    return verdict[0] == 0 and "Syntax OK" in verdict[1]


class Run:
    def __init__(self, prefix: pathlib.Path, folder: pathlib.Path) -> None:
        self.tools = {"ours": prefix / "sbin", "debian": DEBIAN_TOOLS}
        self.folder = folder
        self.pristine = Configuration.pristine(folder / "pristine")
        self.tried = 0
        self.accepted = 0
        self.refused_by_server: list[str] = []
        self.failures = 0

    def fail(self, what: str, detail: str) -> None:
        self.failures += 1
        print(f"FAILED: {what}\n{detail.rstrip()}\n", flush=True)

    def both(self, what: str, calls: list[list[str]]) -> Configuration:
        """Makes the same calls of either family in a copy each. Compares what comes of it; gives our copy."""
        copies = {}
        statuses = {}
        output = {}
        for family, tools in self.tools.items():
            copy = self.pristine.copy(self.folder / family)
            results = [copy.run(tools / call[0], *call[1:]) for call in calls]
            copies[family] = copy
            statuses[family] = [result.returncode for result in results]
            output[family] = "".join(result.stdout + result.stderr for result in results)
        ours, debian = copies["ours"], copies["debian"]
        if statuses["ours"] != [0] * len(calls) or statuses["debian"] != statuses["ours"]:
            self.fail(what, f"exit status {statuses['ours']}, Debian's {statuses['debian']}\n{output['ours']}")
        left, right = ours.everything(), debian.everything()
        if left != right:
            names = sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))
            self.fail(what, "trees differ:\n" + "\n".join(f"  {name}: {left.get(name)}, Debian's {right.get(name)}" for name in names))
        verdict, expected = ours.verdict(), debian.verdict()
        if verdict != expected:
            self.fail(what, f"the server says {verdict}, with Debian's tools {expected}")
        elif not accepts(verdict):
            self.refused_by_server.append(f"{what}: {verdict[1].strip()}")
        return ours

    def clean(self) -> None:
        for family in self.tools:
            shutil.rmtree(self.folder / family)

    def one(self, module: str) -> None:
        self.tried += 1
        refused_before = len(self.refused_by_server)
        calls = [["a2enmod", module]]
        if module in MPMS:
            calls.insert(0, ["a2dismod", DEFAULT_MPM])
        ours = self.both(module, calls)
        links = ours.links()
        # With a threaded MPM cgid takes the place of cgi.
        expected = f"mods-enabled/{'cgid' if module == 'cgi' else module}.load"
        if expected not in links:
            self.fail(module, f"{expected} is missing")
        calls_of_stubs = ours.stubs / "calls"
        if module == "cache_disk" and not calls_of_stubs.exists():
            self.fail(module, "the external service was not enabled")
        self.accepted += 1 if len(self.refused_by_server) == refused_before else 0
        self.clean()

    def together(self, modules: list[str]) -> None:
        chosen = [module for module in modules if module not in MPMS or module == DEFAULT_MPM]
        added = sorted(set(chosen) - set(DEFAULT_MODULES))
        what = f"all {len(chosen)} modules together"
        ours = self.both(what, [["a2enmod", *chosen]])
        enabled = {name[len("mods-enabled/"):-len(".load")] for name in ours.links() if name.endswith(".load")}
        if enabled != set(chosen) - {"cgi"}:
            self.fail(what, f"enabled and chosen differ in {sorted(enabled ^ (set(chosen) - {'cgi'}))}")
        self.clean()
        what = f"{len(added)} modules disabled again"
        ours = self.both(what, [["a2enmod", *chosen], ["a2dismod", "-f", *added]])
        if ours.links() != self.pristine.links():
            self.fail(what, f"links differ: {sorted(ours.links().items() ^ self.pristine.links().items())}")
        self.clean()


def conflicts(folder: pathlib.Path, modules: list[str]) -> list[tuple[str, str]]:
    """Declared conflicts between modules, the MPMs' left out."""
    found = []
    for module in modules:
        for line in (folder / f"{module}.load").read_text().splitlines():
            if line.startswith("# Conflicts: "):
                found += [(module, other) for other in line[len("# Conflicts: "):].split() if other in modules]
    return [(one, other) for one, other in found if one not in MPMS or other not in MPMS]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", required=True, type=pathlib.Path, help="an installed tree of confgraph")
    prefix = parser.parse_args().prefix.resolve()
    for program in (prefix / "sbin/a2enmod", DEBIAN_TOOLS / "a2enmod", pathlib.Path(SERVER)):
        if not os.access(program, os.X_OK):
            raise SystemExit(f"ERROR: {program} is missing")
    modules = sorted(path.stem for path in (DEBIAN_CONFIG / "mods-available").glob("*.load"))

    with tempfile.TemporaryDirectory(prefix="confgraph-modules-") as folder:
        run = Run(prefix, pathlib.Path(folder))
        verdict = run.pristine.verdict()
        if not accepts(verdict):
            raise SystemExit(f"ERROR: the server does not accept the pristine configuration: {verdict[1]}")
        for module in modules:
            run.one(module)
        excluded = {one for one, other in conflicts(DEBIAN_CONFIG / "mods-available", modules)}
        run.together([module for module in modules if module not in excluded])
        for line in run.refused_by_server:
            print(f"refused by the server after either a2enmod: {line}")
        if run.tried < MINIMUM_TRIED:
            run.fail("number of modules", f"{run.tried} tried, at least {MINIMUM_TRIED} expected")
        print(f"{run.tried} modules tried, {run.accepted} accepted by the server, {len(run.refused_by_server)} configurations "
              f"refused by it as with Debian's tools, {run.failures} failures")
        return min(run.failures, 125)


if __name__ == "__main__":
    sys.exit(main())
