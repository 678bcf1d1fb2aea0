#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the installed tools on the sample tree of each layout, which they have to recognize."""

import argparse
import fcntl
import functools
import json
import os
import pathlib
import platform
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "roots"))
import image  # noqa: E402  (found by the path above)
from layout_tree import LayoutTree  # noqa: E402

MODULES = ["actions", "alias", "auth_basic", "authn_core", "authn_file", "authz_core", "authz_host", "authz_user", "autoindex",
           "cache", "cache_disk", "cgi", "cgid", "dir", "env", "expires", "headers", "include", "mime", "negotiation", "proxy",
           "proxy_http", "reqtimeout", "rewrite", "setenvif", "socache_shmcb", "ssl", "status"]
TOOLS = pathlib.Path()
# System calls by number, each of which can be the end of a command: here, and where the machine has the common ones.
CALLS = {"mkdirat": 258, "renameat": 264, "unlinkat": 263, "symlinkat": 266, "fsync": 74, "renameat2": 316} \
    if platform.machine() == "x86_64" else {"mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "fsync": 82, "renameat2": 276}

# An alternatives program in the place of the machine's own: it notes how it was called and sets the link, or fails.
ALTERNATIVES = """#!/bin/sh
echo "$0 $*" >>"{log}"
[ ! -e "{root}/broken" ] || exit 3
for last; do :; done
case $last in */httpd2.*) ln -sfn "$last" "{root}/usr/sbin/httpd2" ;; esac
[ ! -e "{root}/broken-late" ] || exit 3
"""


class Case(unittest.TestCase):
    layout = ""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="confgraph-layouts-")
        self.addCleanup(folder.cleanup)
        self.tree = LayoutTree(self.layout, pathlib.Path(folder.name) / "root", TOOLS, MODULES)
        self.root = self.tree.root

    def ok(self, tool: str, *arguments: str, **options) -> str:
        result = self.tree.run(tool, *arguments, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), [tool, *arguments])
        return result.stdout

    def refused(self, tool: str, *arguments: str, status: int = 1, **options) -> str:
        before = self.tree.snapshot()
        result = self.tree.run(tool, *arguments, **options)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        self.assertEqual(self.tree.snapshot(), before)
        return result.stderr

    def text(self, path: str) -> str:
        return (self.root / path).read_text()

    def check_recognized(self) -> None:
        self.assertEqual(json.loads(self.ok("a2query", "--json", "-M"))["layout"], self.layout)
        plan = json.loads(self.tree.run("a2enmod", "--json", "-n", "rewrite").stdout)
        self.assertEqual(plan["layout"], self.layout)
        self.assertEqual(plan["outcome"]["error"], None)
        self.assertEqual(json.loads(self.tree.run("a2mpm", "--json").stdout)["layout"], self.layout)
        self.assertIn("digraph", self.ok("a2query", "--graph=dot"))

    def check_round(self, kind: str, *names: str) -> None:
        """Enabling and disabling leaves every byte as it was."""
        before = self.tree.snapshot()
        self.ok(f"a2en{kind}", "--quiet", *names)
        after = self.tree.snapshot()
        self.assertNotEqual(after, before)
        self.ok(f"a2dis{kind}", "-f", "--quiet", *names)
        self.assertEqual(self.tree.snapshot(), before)
        self.ok(f"a2en{kind}", "--quiet", *names)
        self.assertEqual(self.tree.snapshot(), after)


class Debian(Case):
    layout = "debian"

    def test_recognized(self) -> None:
        self.check_recognized()
        self.check_round("mod", "rewrite")
        self.assertEqual(self.ok("a2query", "-M"), "event\n")

    def test_options_of_others(self) -> None:
        for option in ("l", "d"):
            self.assertEqual(self.refused("a2enmod", f"-{option}", "rewrite", status=2), f"Unknown option: {option}\n")
        self.assertEqual(self.ok("a2enmod", "-q", "rewrite"), "Enabling module rewrite.\n")

    def test_named_otherwise(self) -> None:
        self.assertIn("does not exist", self.refused("a2enmod", "--layout=fedora", "rewrite"))
        self.assertIn("give debian, fedora, suse or alt", self.refused("a2enmod", "--layout=gentoo", "rewrite", status=2))


class Fedora(Case):
    layout = "fedora"

    def test_recognized(self) -> None:
        self.check_recognized()
        self.assertEqual(self.ok("a2query", "-M"), "event\n")

    def test_no_sites(self) -> None:
        error = self.refused("a2ensite", "shop")
        self.assertIn("There are no sites in this layout", error)
        self.assertIn("use a2enconf", error)

    def test_sites_by_configuration(self) -> None:
        (self.root / "etc/httpd/sites.d").mkdir()
        (self.root / "etc/httpd/sites.d/shop.conf.disabled").write_text("ServerName shop.example\n")
        (self.root / "etc/confgraph").mkdir()
        (self.root / "etc/confgraph/layout.conf").write_text("layout = fedora\nsites-enabled = sites.d\n")
        self.ok("a2ensite", "--quiet", "shop")
        self.assertEqual(os.listdir(self.root / "etc/httpd/sites.d"), ["shop.conf"])
        self.ok("a2enmod", "--quiet", "headers")
        self.check_round("conf", "intranet")

    def test_configuration_that_makes_no_sense(self) -> None:
        (self.root / "etc/confgraph").mkdir()
        (self.root / "etc/confgraph/layout.conf").write_text("layout = fedora\nfolder = /etc\n")
        for tool, status in (("a2enmod", 1), ("a2query", 2)):
            arguments = ["rewrite"] if tool == "a2enmod" else ["-m", "rewrite"]
            error = self.refused(tool, *arguments, status=status)
            self.assertIn("/etc/confgraph/layout.conf:2 is no setting of a layout (folder = /etc)", error)

    def test_no_instances(self) -> None:
        self.assertIn("no instances in the layout fedora", self.refused("a2enmod", "--instance=two", "rewrite"))


class Suse(Case):
    layout = "suse"
    FILE = "etc/sysconfig/apache2"

    def test_recognized(self) -> None:
        self.check_recognized()
        self.assertEqual(self.ok("a2query", "-M"), "prefork\n")
        self.assertEqual(self.ok("a2query", "-a"), "20120211\n")
        self.assertEqual(self.ok("a2query", "-d"), "/usr/lib64/apache2/\n")
        entry = json.loads(self.ok("a2query", "--json", "-m", "mod_expires"))["modules"][0]
        self.assertEqual((entry["name"], entry["identifiers"]), ("expires", ["expires_module"]))

    def test_one_word(self) -> None:
        os.chmod(self.root / self.FILE, 0o640)
        before = self.text(self.FILE)
        self.check_round("mod", "rewrite")
        self.assertEqual(self.text(self.FILE),
                         before.replace("mod_reqtimeout.so\"", "mod_reqtimeout.so rewrite\""))
        self.check_round("mod", "ssl", "proxy", "proxy_http")
        self.assertEqual(self.text(self.FILE),
                         before.replace("mod_reqtimeout.so\"", "mod_reqtimeout.so rewrite ssl proxy proxy_http\""))
        # What is written otherwise goes as it is written.
        self.ok("a2dismod", "-f", "reqtimeout", "mod_expires")
        self.assertNotIn("expires", self.text(self.FILE))
        self.assertNotIn("reqtimeout", self.text(self.FILE))

    def test_any_set(self) -> None:
        chance = random.Random(31)
        for quote in ('"', "'"):
            file = self.root / self.FILE
            file.write_text(file.read_text().replace('"', quote))
            for _ in range(6):
                before = self.tree.snapshot()
                enabled = set(self.ok("a2enmod", "-l").split())
                listed = self.ok("a2query", "--list-available", "-m").splitlines()
                available = sorted({line.split()[0] for line in listed} - enabled - {"mpm_event", "mpm_worker", "mpm_prefork"})
                self.ok("a2enmod", "--quiet", *chance.sample(available, 5))
                added = sorted(set(self.ok("a2enmod", "-l").split()) - enabled)
                self.assertGreaterEqual(len(added), 5)
                self.ok("a2dismod", "-f", "--quiet", *added)
                self.assertEqual(self.tree.snapshot(), before)

    def test_the_distribution_s_options(self) -> None:
        self.assertIn(" expires ", self.ok("a2enmod", "-l"))
        self.assertEqual(self.ok("a2enmod", "-l").count("\n"), 1)
        self.assertEqual(self.refused("a2enmod", "-q", "rewrite"), "")
        self.assertEqual(self.ok("a2enmod", "-q", "mod_expires"), "")
        self.assertEqual(self.ok("a2enmod", "-q", "/usr/lib64/apache2/mod_reqtimeout.so", "alias"), "")
        before = self.tree.snapshot()
        self.assertEqual(self.ok("a2enmod", "--quiet", "rewrite"), "Enabling module rewrite.\n")
        self.assertEqual(self.ok("a2enmod", "-q", "rewrite"), "")
        self.assertIn("Module rewrite disabled.", self.ok("a2enmod", "-d", "rewrite"))
        self.assertEqual(self.tree.snapshot(), before)
        self.assertEqual(self.refused("a2enconf", "-l", status=2), "Unknown option: l\n")

    def test_mpm(self) -> None:
        before = self.text(self.FILE)
        self.assertIn("event (not enabled, threaded)", self.ok("a2mpm"))
        self.ok("a2mpm", "event")
        self.assertEqual(self.text(self.FILE), before.replace('APACHE_MPM="prefork"', 'APACHE_MPM="event"'))
        self.assertEqual(self.ok("a2query", "-M"), "event\n")
        self.ok("a2mpm", "prefork")
        self.assertEqual(self.text(self.FILE), before)
        error = self.refused("a2dismod", "-f", "mpm_prefork")
        self.assertIn("The MPM prefork is a server of its own", error)
        self.assertIn("does not exist", self.refused("a2mpm", "itk"))

    def test_sites(self) -> None:
        self.assertEqual(self.ok("a2query", "-s"), "shop (enabled by unknown)\n")
        self.assertIn("ssl", self.refused("a2ensite", "old"))
        self.ok("a2enmod", "--quiet", "ssl")
        self.check_round("site", "old")
        self.check_round("conf", "manual")
        self.assertFalse((self.root / "etc/apache2/conf.d/manual.conf.disabled").exists())
        self.assertTrue((self.root / "etc/apache2/vhosts.d/vhost.template").exists())

    def test_left_alone(self) -> None:
        file = self.root / self.FILE
        lines = file.read_text().count("\n")
        with file.open("a") as end:
            end.write('APACHE_MODULES="$APACHE_MODULES ssl"\n')
        error = self.refused("a2enmod", "rewrite")
        self.assertIn(f"APACHE_MODULES, which says whether rewrite is enabled, is assigned twice (/etc/sysconfig/apache2:"
                      f"{lines + 1}), not touching it", error)
        self.assertIn(f"/etc/sysconfig/apache2:{lines + 1}: only a shell could tell the value of APACHE_MODULES",
                      self.tree.run("a2query", "--check").stdout)


class Alt(Case):
    layout = "alt"
    CONF = "etc/httpd2/conf"

    def setUp(self) -> None:
        super().setUp()
        (self.root / "usr/sbin/httpd2").symlink_to("/usr/sbin/httpd2.prefork")

    def test_recognized(self) -> None:
        self.check_recognized()
        self.assertEqual(self.ok("a2query", "-M"), "prefork\n")
        self.assertEqual(self.ok("a2query", "-a"), "20120211\n")

    def test_links(self) -> None:
        self.check_round("mod", "ssl", "socache_shmcb", "rewrite")
        self.assertEqual(os.readlink(self.root / self.CONF / "mods-enabled/ssl.load"), "../mods-available/ssl.load")
        self.assertTrue((self.root / self.CONF / "mods-enabled/socache_shmcb.load").is_symlink())
        self.check_round("conf", "httpd-addon.d")
        self.assertTrue((self.root / self.CONF / "extra-enabled/httpd-addon.d.conf").is_symlink())
        self.check_round("site", "vhosts")
        self.assertIn("status", self.refused("a2enconf", "httpd-info"))
        self.assertIn("socache_shmcb", self.refused("a2dismod", "socache_shmcb"))

    def test_start_lists(self) -> None:
        self.assertNotIn("a2chkconfig", self.tree.run("a2query", "--check").stdout)
        (self.root / self.CONF / "mods-enabled/status.load").symlink_to("../mods-available/status.load")
        self.ok("a2disconf", "--quiet", "httpd-charset")
        found = self.tree.run("a2query", "--check").stdout
        lists = f"/{self.CONF}"
        line = self.text(f"{self.CONF}/mods-start.d/000-default.conf").splitlines().index("status=no") + 1
        self.assertIn(f"module status is enabled, and a2chkconfig will change that: "
                      f"{lists}/mods-start.d/000-default.conf:{line} says status=no", found)
        self.assertIn(f"conf httpd-charset is not enabled, and a2chkconfig will change that: "
                      f"{lists}/extra-start.d/000-default.conf:1 says httpd-charset=yes", found)
        (self.root / self.CONF / "mods-start.d/999-own.conf").write_text("status=yes\n")
        self.assertNotIn("module status", self.tree.run("a2query", "--check").stdout)

    def test_start_lists_go_along(self) -> None:
        path = self.root / self.CONF / "mods-start.d/000-default.conf"
        os.chmod(path, 0o640)
        before = path.read_text()
        self.assertIn("status=no\n", before)
        line = before.splitlines().index("status=no") + 1
        plan = self.ok("a2enmod", "-n", "status")
        self.assertIn(f"edit /{self.CONF}/mods-start.d/000-default.conf:{line}: status=yes", plan)
        self.assertEqual(path.read_text(), before)
        self.check_round("mod", "status")
        self.assertEqual(path.read_text(), before.replace("status=no\n", "status=yes\n"))
        self.assertEqual(path.stat().st_mode & 0o777, 0o640)
        self.assertNotIn("module status", self.tree.run("a2query", "--check").stdout)
        self.ok("a2dismod", "--quiet", "status")
        self.assertEqual(path.read_text(), before)
        # Those of confs and sites are left alone.
        lists = {folder: sorted((name, self.text(f"{self.CONF}/{folder}/{name}")) for name in os.listdir(self.root / self.CONF / folder))
                 for folder in ("extra-start.d", "sites-start.d")}
        self.ok("a2disconf", "--quiet", "httpd-charset")
        self.ok("a2ensite", "--quiet", "vhosts")
        self.assertEqual(lists, {folder: sorted((name, self.text(f"{self.CONF}/{folder}/{name}"))
                                                for name in os.listdir(self.root / self.CONF / folder)) for folder in lists})

    def test_start_lists_of_an_interrupted_change(self) -> None:
        """A list is changed with all else, or not at all, whatever ends the command: the next one sees to it."""
        path = self.root / self.CONF / "mods-start.d/000-default.conf"
        path.write_text(path.read_text() + "ssl=no\n")
        self.ok("a2enmod", "--quiet", "rewrite")
        self.ok("a2dismod", "--quiet", "rewrite")
        before = path.read_text()
        ended = set()
        for name, number in CALLS.items():
            result = self.tree.run("a2enmod", "ssl", preexec_fn=functools.partial(image.answer_call, number, image.SECCOMP_RET_KILL_PROCESS))
            enabled = "ssl " in self.tree.run("a2query", "-m", "ssl").stdout
            # Whatever is next, it completes this first, or takes it back.
            self.assertEqual(self.tree.run("a2enconf", "--quiet", "httpd-charset").returncode, 0, name)
            self.assertEqual((self.root / self.CONF / "mods-enabled/ssl.load").is_symlink(), enabled, name)
            self.assertEqual("ssl=yes\n" in path.read_text(), enabled, name)
            self.assertEqual([left for left in os.listdir(path.parent) if not left.endswith(".conf") or left.startswith(".")], [], name)
            ended.add((result.returncode < 0, enabled))
            self.ok("a2dismod", "-f", "--quiet", "ssl")
            self.assertEqual(path.read_text(), before)
        self.assertTrue({(True, True), (True, False)} <= ended, ended)

    def test_mpm_of_another_root(self) -> None:
        self.assertIn("prefork (enabled by", self.ok("a2mpm"))
        error = self.refused("a2mpm", "event")
        self.assertIn("alternatives choose, and those cannot be switched in another root", error)
        self.assertIn("choose it with the alternatives of that system", error)
        for command in (["a2enmod", "mpm_event"], ["a2dismod", "-f", "mpm_prefork"]):
            error = self.refused(*command)
            self.assertIn("with the alternatives of that system", error)
            self.assertNotIn("a2mpm", error)
        self.assertIn("a server of its own", error)
        self.assertEqual(self.ok("a2mpm", "prefork"), "MPM prefork already enabled\n")
        # What depends on the old one is nobody's concern where there will be no other.
        self.need_prefork()
        self.assertNotIn("depend", self.refused("a2mpm", "event"))
        # Without a server, nothing says to do what cannot be done there.
        (self.root / "usr/sbin/httpd2").unlink()
        for command in (["a2mpm"], ["a2query", "--check"], ["a2query", "-M"]):
            result = self.tree.run(*command)
            said = result.stdout + result.stderr
            self.assertIn("choose it with the alternatives of that system", said)
            self.assertNotIn("run a2mpm", said)

    def live(self, *programs: str) -> None:
        """The tree taken for that of the system, with programs for alternatives; the machine's own are out of reach."""
        bin_folder = self.root / "bin"
        bin_folder.mkdir()
        log = self.root / "log"
        log.write_text("")
        for program in programs:
            (bin_folder / program).write_text(ALTERNATIVES.format(root=self.root, log=log))
            (bin_folder / program).chmod(0o755)
        for program in ("ln", "sh"):
            (bin_folder / program).symlink_to(f"/bin/{program}")
        (self.root / "usr/sbin/httpd2").unlink()
        (self.root / "usr/sbin/httpd2").symlink_to(self.root / "usr/sbin/httpd2.prefork")
        settings = self.root / "layout.conf"
        settings.write_text(f"layout = alt\nconfig = {self.root}/etc/httpd2\nserver = {self.root}/usr/sbin/httpd2\n"
                            f"state = {self.root}/var/lib/confgraph\n")
        self.tree.environment |= {"APACHE_CONFGRAPH_LAYOUT": str(settings), "PATH": str(bin_folder)}

    def calls(self) -> list:
        return [line.rsplit("/", 1)[-1] if "httpd2" not in line else line.split("/bin/", 1)[1]
                for line in self.text("log").splitlines()]

    def test_mpm_by_the_distribution_s_alternatives(self) -> None:
        self.live("alternatives-manual", "alternatives-update")
        server = self.root / "usr/sbin/httpd2"
        self.assertEqual(self.ok("a2mpm", "-n", "event", rooted=False),
                         f"Would run: alternatives-manual {server} {server}.event\nWould run: alternatives-update\n")
        self.assertEqual(self.text("log"), "")
        said = self.ok("a2mpm", "event", rooted=False)
        self.assertTrue(said.startswith("Enabling MPM event.\n"), said)
        self.assertIn("httpd2", said)
        self.assertEqual(self.calls(), [f"alternatives-manual {server} {server}.event", "alternatives-update "])
        self.assertEqual(self.ok("a2query", "-M", rooted=False), "event\n")
        document = json.loads(self.tree.run("a2mpm", "--json", "mpm_worker", rooted=False).stdout)
        self.assertEqual((document["outcome"]["committed"], document["outcome"]["exit_status"]), (True, 0))
        self.assertEqual(document["commands"][1], ["alternatives-update"])

    def test_mpm_by_update_alternatives(self) -> None:
        self.live("update-alternatives")
        self.ok("a2mpm", "--quiet", "worker", rooted=False)
        self.assertEqual(self.calls(), [f"update-alternatives --set httpd2 {self.root}/usr/sbin/httpd2.worker"])
        (self.root / "broken").write_text("")
        self.assertIn("failed", self.refused("a2mpm", "event", rooted=False))

    def test_mpm_without_alternatives(self) -> None:
        self.live()
        self.assertIn("There is no alternatives-update and no update-alternatives",
                      self.refused("a2mpm", "event", rooted=False))

    def need_prefork(self) -> pathlib.Path:
        for name, needs in (("php", "mpm_prefork"), ("phpmore", "php")):
            (self.root / self.CONF / f"mods-available/{name}.load").write_text(f"# Depends: {needs}\n")
            (self.root / self.CONF / f"mods-enabled/{name}.load").symlink_to(f"../mods-available/{name}.load")
        return self.root / self.CONF / "mods-enabled"

    def test_mpm_that_is_needed(self) -> None:
        self.live("update-alternatives")
        enabled = self.need_prefork()
        self.assertIn("The following modules depend on mpm_prefork: php", self.refused("a2mpm", "event", rooted=False))
        plan = self.ok("a2mpm", "-n", "-f", "--explain", "event", rooted=False)
        self.assertRegex(plan, "(?s)Would disable module phpmore\n    because it depends on php.*"
                               "Would disable module php\n    because it was asked for.*Would run: update-alternatives --set.*"
                               "    because it was asked for\n$")
        self.assertEqual(self.text("log"), "")
        document = json.loads(self.tree.run("a2mpm", "-n", "--json", "-f", "event", rooted=False).stdout)
        self.assertEqual([step["name"] for step in document["steps"]], ["phpmore", "php"])
        self.assertEqual((document["outcome"]["committed"], len(document["commands"])), (False, 1))
        self.assertTrue((enabled / "php.load").is_symlink())
        said = self.ok("a2mpm", "-f", "--explain", "event", rooted=False)
        self.assertIn("Module php disabled.", said)
        self.assertIn("Enabling MPM event.\n    because it was asked for\n", said)
        self.assertFalse((enabled / "php.load").is_symlink() or (enabled / "phpmore.load").is_symlink())
        self.assertEqual(self.ok("a2query", "-M", rooted=False), "event\n")

    def state(self) -> dict:
        """What is enabled, with its markers."""
        return {str(path.relative_to(self.root)): os.readlink(path) if path.is_symlink() else ""
                for folder in (self.CONF + "/mods-enabled", "var/lib/confgraph") for path in (self.root / folder).rglob("*")
                if not path.is_dir() and path.name != "lock"}

    def test_mpm_that_cannot_be_switched(self) -> None:
        self.live("update-alternatives")
        self.need_prefork()
        self.ok("a2enmod", "--quiet", "rewrite", rooted=False)
        self.ok("a2dismod", "--quiet", "rewrite", rooted=False)
        marker = self.root / "var/lib/confgraph/module/enabled_by_maint/php"
        marker.parent.mkdir(exist_ok=True)
        marker.touch()
        before = self.state()
        (self.root / "broken").write_text("")
        for options in (["-f"], ["-f", "--json"], ["-f", "--no-sync", "--quiet"]):
            result = self.tree.run("a2mpm", *options, "event", rooted=False)
            self.assertEqual(result.returncode, 1, result)
            self.assertIn("failed; what depends on the old MPM was disabled for that, and is enabled again", result.stderr)
            self.assertEqual(self.state(), before)
            if "--json" in options:
                outcome = json.loads(result.stdout)["outcome"]
                self.assertEqual((outcome["committed"], outcome["exit_status"]), (False, 1))
                self.assertIn("is enabled again", outcome["error"])
        self.assertEqual(self.ok("a2query", "-M", rooted=False), "prefork\n")
        # What fails when it has changed the server all the same.
        (self.root / "broken").rename(self.root / "broken-late")
        result = self.tree.run("a2mpm", "-f", "--json", "event", rooted=False)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("failed; what depends on the old MPM was disabled for that, and cannot be enabled again: php phpmore", result.stderr)
        self.assertTrue(json.loads(result.stdout)["outcome"]["committed"])
        self.assertEqual(self.ok("a2query", "-M", rooted=False), "event\n")
        self.assertEqual([path for path in self.state() if "mods-enabled/php" in path], [])

    def test_mpm_options(self) -> None:
        self.live("update-alternatives")
        # No marker could say that a maintainer script did it.
        error = self.refused("a2mpm", "-m", "event", rooted=False)
        self.assertIn("--maintmode: which server alternatives choose has no marker", error)
        self.assertEqual((error.count("\n"), self.text("log")), (1, ""))
        # Others are waited for.
        self.ok("a2enmod", "--quiet", "rewrite", rooted=False)
        with (self.root / "var/lib/confgraph/confgraph/lock").open("r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            error = self.refused("a2mpm", "--wait=0", "event", rooted=False)
            self.assertIn("is locked", error)
            self.assertEqual(self.text("log"), "")
            # A dry run waits for nobody.
            self.ok("a2mpm", "--wait=0", "-n", "event", rooted=False)
        self.ok("a2mpm", "--wait=0", "--no-test", "--no-sync", "--force", "event", rooted=False)
        self.assertEqual(self.ok("a2query", "-M", rooted=False), "event\n")
        self.assertEqual(self.ok("a2mpm", "-q", "event", rooted=False), "")


def main() -> int:
    global TOOLS
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", required=True, type=pathlib.Path, help="an installed tree of confgraph")
    options, rest = parser.parse_known_args()
    TOOLS = options.prefix.resolve() / "sbin"
    if not os.access(TOOLS / "a2enmod", os.X_OK):
        raise SystemExit("ERROR: the tools are missing")
    suite = unittest.TestLoader().loadTestsFromModule(sys.modules[__name__]) if not rest else \
        unittest.TestLoader().loadTestsFromNames(rest, sys.modules[__name__])
    return 0 if unittest.TextTestRunner(verbosity=1).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
