#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the scripts of examples/server-package as dpkg would, on Debian's own configuration, and lets the real server judge.

Exit status: 0 all is as it should be, 1 it is not, 2 the test cannot run.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

from box import CONFIG, DEBIAN_HELPER, DEFERRED, KINDS, REAL_CONFIG, STATE, WORK, Box, BoxError, Outcome, isolate, mount

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples/server-package"
OLD_VERSION = "2.4.9-1"
MODULE_PACKAGE = "libapache2-mod-foo"


class Failure(Exception):
    """Something is not as it should be."""


def equal(found: object, wanted: object, where: str) -> None:
    if found != wanted:
        raise Failure(f"{where}\n    found    {found!r}\n    expected {wanted!r}")


class Server:
    """A package of the server that is unpacked in the box."""

    def __init__(self, box: Box, shell: str) -> None:
        self.box = box
        self.shell = shell

    def unpack(self) -> None:
        self.box.clear()
        for folder in STATE.iterdir():
            shutil.rmtree(folder)
        for prefix, _ in KINDS.values():
            shutil.copytree(REAL_CONFIG / f"{prefix}-available", CONFIG / f"{prefix}-available", dirs_exist_ok=True)
        for name in ("apache2.conf", "envvars", "magic"):
            shutil.copy(REAL_CONFIG / name, CONFIG / name)
        # Only loopback, though nothing listens: -t looks at the addresses.
        (CONFIG / "ports.conf").write_text("ServerName localhost\nListen 127.0.0.1:8080\n")
        self.box.packages({"apache2": "unpacked", MODULE_PACKAGE: "installed"})

    def script(self, name: str, *arguments: str, status: int = 0) -> Outcome:
        outcome = self.box.run("ours", self.shell, (EXAMPLE / name).read_text(), name, arguments, "apache2")
        equal(outcome.status, status, f"{name} {arguments}: {outcome.lines}")
        return outcome

    def module(self, text: str) -> Outcome:
        """A maintainer script of another package."""
        return self.box.run("ours", self.shell, f"set -e\n. {DEBIAN_HELPER}\n{text}\n", "postinst", ("configure", ""), MODULE_PACKAGE)

    def tool(self, *words: str) -> None:
        """What the administrator does."""
        subprocess.run(words, env=self.box.environment | {"PATH": self.box.paths["ours"]}, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    @staticmethod
    def links() -> dict[str, str]:
        return {str(path.relative_to(CONFIG)): os.readlink(path) for path in CONFIG.glob("*-enabled/*")}

    @staticmethod
    def markers() -> list[str]:
        return sorted(str(path.relative_to(STATE)) for kind in KINDS for path in (STATE / kind).glob("*/*"))

    def require_accepted(self) -> None:
        """The real server takes the configuration."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "APACHE_RUN_USER": "www-data", "APACHE_RUN_GROUP": "www-data",
                       "APACHE_PID_FILE": "/run/apache2.pid", "APACHE_RUN_DIR": "/run", "APACHE_LOCK_DIR": "/run/lock",
                       "APACHE_LOG_DIR": str(WORK)}
        done = subprocess.run(["apache2", "-t"], env=environment, capture_output=True, text=True, check=False)
        equal((done.returncode, done.stderr.splitlines()[-1:]), (0, ["Syntax OK"]), "apache2 -t")


def debians(box: Box, server: Server) -> tuple[dict[str, str], list[str]]:
    """Links and markers after the postinst of Debian's own package has enabled its default set."""
    server.unpack()
    postinst = pathlib.Path("/var/lib/dpkg/info/apache2.postinst").read_text()
    names = ("is_fresh_install", "enable_default_mpm", "enable_default_modules", "enable_default_conf")
    functions = "".join(re.search(rf"^{name}\(\)\n\{{\n.*?^\}}\n", postinst, re.M | re.S)[0] for name in names)
    calls = "set configure ''\nenable_default_mpm $@\nenable_default_modules $@\nenable_default_conf $@\na2ensite -q 000-default\n"
    equal(box.run("debian", "bash", f"set -e\n{functions}{calls}", "postinst", ("configure", ""), "apache2").status, 0, "Debian's postinst")
    return server.links(), server.markers()


def life(box: Box, shell: str) -> None:
    server = Server(box, shell)
    wanted_links, wanted_markers = debians(box, server)

    # Installed together with a module, whose script ran first, and one of whose calls cannot work.
    server.unpack()
    server.module("apache2_invoke enmod rewrite\napache2_invoke enconf nosuch")
    outcome = server.script("postinst", "configure", "")
    equal(DEFERRED.read_text(), f"{MODULE_PACKAGE} apache2_invoke enconf nosuch\n", f"kept: {outcome.lines}")
    equal(outcome.actions, [], "the server, before it was started for the first time")
    equal(server.links(), wanted_links | {"mods-enabled/rewrite.load": "../mods-available/rewrite.load"}, "the default set")
    # Debian's has the administrator enable the default site.
    wanted_markers = [marker.replace("site/enabled_by_admin", "site/enabled_by_maint") for marker in wanted_markers]
    equal(server.markers(), sorted([*wanted_markers, "module/enabled_by_maint/rewrite"]), "the markers of the default set")
    server.require_accepted()

    # The administrator's choices stay on an upgrade, and what failed works when it can.
    box.packages({"apache2": "installed", MODULE_PACKAGE: "installed"})
    server.tool("a2dismod", "-f", "status", "reqtimeout", "autoindex")
    server.tool("a2dissite", "000-default")
    server.tool("a2mpm", "--no-test", "prefork")
    links, markers = server.links(), server.markers()
    (CONFIG / "conf-available/nosuch.conf").write_text("# there now\n")
    box.packages({"apache2": "half-configured", MODULE_PACKAGE: "installed"})
    server.script("postinst", "configure", OLD_VERSION)
    equal(server.links(), links | {"conf-enabled/nosuch.conf": "../conf-available/nosuch.conf"}, "after an upgrade")
    equal(server.markers(), sorted([*markers, "conf/enabled_by_maint/nosuch"]), "markers after an upgrade")
    equal(DEFERRED.exists(), False, "the file of deferred calls after an upgrade")
    server.require_accepted()
    # What became part of the default set later.
    (CONFIG / "mods-enabled/reqtimeout.load").unlink(missing_ok=True)
    (STATE / "module/disabled_by_admin/reqtimeout").unlink()
    server.script("postinst", "configure", OLD_VERSION)
    equal("mods-enabled/reqtimeout.load" in server.links(), True, "a module of a later default set")

    # Removed and installed again.
    before = box.tree()
    server.script("postrm", "remove")
    for arguments in (("abort-upgrade", "9"), ("abort-remove",), ("triggered", "x"), ("configure", "9")):
        server.script("postinst", *arguments)
    equal(box.tree(), before, "removed and installed again")
    server.script("postinst", "frobnicate", status=1)
    server.script("postrm", "frobnicate", status=1)

    # Purged: dpkg has removed what it knows of.
    purge(server, "with the helper")
    with_helper = DEBIAN_HELPER.parent
    mount("-t", "tmpfs", "-o", "mode=755", "confgraph", with_helper)
    try:
        purge(server, "without the helper")
    finally:
        subprocess.run(["umount", with_helper], check=True)


def purge(server: Server, how: str) -> None:
    if how == "without the helper":
        # The links that were there, made by hand: the helper is gone.
        server.unpack()
        server.box.link("module", "alias")
        (STATE / "module/enabled_by_maint").mkdir(parents=True)
        (STATE / "module/enabled_by_maint/alias").touch()
    DEFERRED.write_text("a b\n")
    for path in [*CONFIG.iterdir()]:
        if path.name.endswith("-available"):
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    server.script("postrm", "purge")
    equal([str(path) for folder in (CONFIG, STATE) for path in folder.rglob("*")], [], f"purged {how}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="where ours is installed")
    options = parser.parse_args()
    isolate()
    box = Box(options.prefix)
    mount("--bind", box.helper, DEBIAN_HELPER)
    for shell in ("dash", "bash"):
        try:
            life(box, shell)
        except Failure as failure:
            print(f"FAILED ({shell}): {failure}")
            return 1
    print("the life of a server's package, under dash and bash: as it should be")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BoxError as error:
        print(f"server_package.py: {error}", file=sys.stderr)
        sys.exit(2)
