#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs, upgrades and erases real packages with the real rpm in a root of its own, with the real server in it.

The packages are the example's, one with the tools, and one with Debian's server that provides what the generator says.
"""

import os
import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from workshop import EXAMPLE, ROOT, Root, Workshop, files_spec, headers_mmn, spec, start  # noqa: E402

prefix = pathlib.Path()
build = pathlib.Path()

MODULES = "/usr/lib/apache2/modules"
CONFIG = "/etc/apache2"
SERVER_CONF = f"""ServerRoot {CONFIG}
ServerName localhost
Listen 127.0.0.1:8080
ErrorLog /dev/null
PidFile /run/apache2.pid
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf
"""
TOOLS = ("sbin/a2enmod", "sbin/a2dismod", "sbin/a2enconf", "sbin/a2disconf", "sbin/a2ensite", "sbin/a2dissite", "sbin/a2mpm", "bin/a2query",
         "share/apache2/apache2-maintscript-helper", "share/apache2/apache2-file-trigger")
MMN = f"httpd-mmn = {headers_mmn()}"
RELOAD = ["try-reload-or-restart apache2"]


class Packages:
    """All that is installed here, built once."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.workshop = workshop = Workshop(folder, prefix)
        hello = workshop.build(EXAMPLE)
        self.hello, self.page = hello["mod_hello"], hello["mod_hello-page"]
        self.isa = workshop.expand("%{__isa_name}%{__isa_bits}")
        needed = [line for line in workshop.requires(self.hello) if re.match(r"/bin/sh|lib|rtld", line)]
        system = spec("system", preamble="\n".join(f"Provides: {line}" for line in sorted(set(needed))))
        self.system = workshop.build(system)["system"]
        tools = {f"/usr/{name}": workshop.source(pathlib.Path(name).name, prefix / name) for name in TOOLS}
        self.tools = workshop.build(files_spec("confgraph", tools, preamble="AutoReq: no"))["confgraph"]
        self.server = workshop.build(self._server())["httpd"]
        self.plain = workshop.build(files_spec("plain", {"/usr/share/plain": workshop.source("plain", ROOT / "LICENSE")}, preamble="BuildArch: noarch"))["plain"]
        text = EXAMPLE.read_text(encoding="utf-8")
        self.newer = {version: self._version(text, version) for version in ("2.0", "3.0")}

    def _server(self) -> str:
        """Debian's server, as an rpm package."""
        workshop = self.workshop
        (workshop.folder / "sources/apache2.conf").write_text(SERVER_CONF)
        files = {"/usr/sbin/apache2": workshop.source("apache2", "/usr/sbin/apache2"), f"{CONFIG}/apache2.conf": "%{_sourcedir}/apache2.conf"}
        for name in ("mpm_event", "authz_core"):
            files[f"{CONFIG}/mods-available/{name}.load"] = workshop.source(f"{name}.load", f"{CONFIG}/mods-available/{name}.load")
            files[f"{MODULES}/mod_{name}.so"] = workshop.source(f"mod_{name}.so", f"{MODULES}/mod_{name}.so")
        folders = [f"{CONFIG}/{kind}-{state}" for kind in ("mods", "conf", "sites") for state in ("available", "enabled")]
        text = files_spec("httpd", files, preamble="AutoReq: no", sections="%post\n%httpd_post_enmod mpm_event authz_core\n\n%httpd_file_triggers")
        text = text.replace("\n%post\n", f"\nmkdir -p {' '.join('%{buildroot}' + folder for folder in folders)}\n\n%post\n")
        return text + "".join(f"%dir {folder}\n" for folder in folders)

    def _version(self, text: str, version: str) -> "list[pathlib.Path]":
        path = self.workshop.folder / "sources/mod_hello.spec"
        path.write_text(text.replace("Version:        1.0", f"Version:        {version}"))
        return list(self.workshop.build(path, _sourcedir=EXAMPLE.parent).values())


class Installation(unittest.TestCase):
    packages: Packages

    @classmethod
    def setUpClass(cls) -> None:
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.packages = Packages(pathlib.Path(temporary.name).resolve())

    def setUp(self) -> None:
        self.root = self.empty_root()
        self.succeed("-i", self.packages.system, self.packages.tools)

    # Doing and looking.

    def empty_root(self) -> Root:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        root = Root(pathlib.Path(temporary.name).resolve(), self.packages.workshop)
        # The server's libraries, and the server from its package.
        root.copy("/usr/sbin/apache2")
        os.unlink(root.folder / "usr/sbin/apache2")
        return root

    def succeed(self, *words: object) -> "list[str]":
        """A transaction that has to succeed; what it said."""
        result = self.root.rpm(*words)
        self.assertEqual(result.returncode, 0, result.stderr)
        return (result.stdout + result.stderr).splitlines()

    def serve(self) -> None:
        self.succeed("-i", self.packages.server)
        self.assertEqual(self.answer("-M"), "event")

    def install(self) -> None:
        self.serve()
        self.succeed("-i", self.packages.hello, self.packages.page)

    def answer(self, *words: str) -> str:
        result = self.root.call("a2query", *words)
        return result.stdout.strip() or str(result.returncode)

    def enabled(self) -> "list[str]":
        return sorted(f"{folder}/{path.name}" for folder in ("mods-enabled", "conf-enabled")
                      for path in (self.root.folder / "etc/apache2" / folder).iterdir() if "hello" in path.name)

    def markers(self) -> "list[str]":
        state = self.root.folder / "var/lib/apache2"
        return sorted(str(path.relative_to(state)) for path in state.glob("*/*/hello"))

    def loaded(self) -> "list[str]":
        """The modules that the server itself loads."""
        result = self.root.call("apache2", "-M")
        self.assertEqual(result.returncode, 0, result.stderr)
        return re.findall(r"^ (\w+) \(shared\)", result.stdout, re.MULTILINE)

    # Dependencies.

    def test_refused_without_the_server(self) -> None:
        result = self.root.rpm("-i", self.packages.hello)
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(result.stderr.splitlines(), ["error: Failed dependencies:",
                                                      f"\t{MMN}{self.packages.isa} is needed by mod_hello-1.0-1.{os.uname().machine}"])

    def test_refused_with_a_server_of_another_number(self) -> None:
        other = self.packages.workshop.build(spec("httpd-old", preamble="Provides: httpd-mmn = 20051115, httpd-mmn = 20051115x8664"))["httpd-old"]
        self.succeed("-i", other)
        result = self.root.rpm("-i", self.packages.hello)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(f"{MMN}{self.packages.isa} is needed by mod_hello", result.stderr)

    def test_the_server_cannot_go_before_the_module(self) -> None:
        self.install()
        result = self.root.rpm("-e", "httpd")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(f"{MMN}{self.packages.isa} is needed by (installed) mod_hello", result.stderr)

    # The life of a package.

    def test_installed_upgraded_and_erased(self) -> None:
        self.serve()
        self.assertNotIn("hello_module", self.loaded())
        self.succeed("-i", self.packages.hello, self.packages.page)
        self.assertEqual(self.root.actions(), RELOAD)
        self.assertEqual(self.enabled(), ["conf-enabled/hello.conf", "mods-enabled/hello.load"])
        self.assertEqual(self.answer("-m", "hello"), "hello (enabled by maintainer script)")
        self.assertEqual(self.answer("-c", "hello"), "hello (enabled by maintainer script)")
        self.assertIn("hello_module", self.loaded())

        self.succeed("-U", *self.packages.newer["2.0"])
        self.assertEqual(self.root.actions(), RELOAD)
        self.assertEqual(self.enabled(), ["conf-enabled/hello.conf", "mods-enabled/hello.load"])
        self.assertEqual(self.markers(), ["conf/enabled_by_maint/hello", "module/enabled_by_maint/hello"])
        self.assertIn("hello_module", self.loaded())

        self.succeed("-e", "mod_hello", "mod_hello-page")
        self.assertEqual(self.root.actions(), RELOAD)
        self.assertEqual(self.enabled(), [])
        self.assertEqual(self.answer("-m", "hello"), "33")
        self.assertNotIn("hello_module", self.loaded())
        self.assertFalse((self.root.folder / "etc/apache2/mods-available/hello.load").exists())

        self.succeed("-i", self.packages.hello)
        self.assertEqual(self.enabled(), ["mods-enabled/hello.load"])
        self.succeed("-e", "mod_hello")
        self.assertEqual(self.root.actions(), RELOAD)
        self.assertEqual(self.enabled(), [])

    def test_all_in_one_transaction(self) -> None:
        """As an image is made: each scriptlet finds what it needs, whatever the order on the command line."""
        self.root = self.empty_root()
        packages = self.packages
        lines = self.succeed("-i", packages.page, packages.hello, packages.server, packages.tools, packages.system)
        self.assertEqual(self.enabled(), ["conf-enabled/hello.conf", "mods-enabled/hello.load"])
        self.assertIn("hello_module", self.loaded())
        self.assertEqual(self.root.actions(), RELOAD, lines)

    def test_what_the_administrator_disabled_stays_so(self) -> None:
        self.install()
        self.assertEqual(self.root.call("a2disconf", "hello").returncode, 0)
        self.assertEqual(self.root.call("a2dismod", "hello").returncode, 0)
        self.succeed("-U", *self.packages.newer["2.0"])
        self.assertEqual(self.enabled(), [])
        self.assertEqual(self.answer("-m", "hello"), "32")
        self.succeed("-e", "mod_hello", "mod_hello-page")
        lines = self.succeed("-i", *self.packages.newer["3.0"])
        self.assertEqual(self.enabled(), [])
        self.assertIn("apache2_invoke hello: no action - module was disabled by local admin", lines)

    def test_what_the_administrator_enabled_goes_with_the_package(self) -> None:
        self.install()
        self.assertEqual(self.root.call("a2dismod", "hello").returncode, 0)
        self.assertEqual(self.root.call("a2enmod", "hello").returncode, 0)
        self.succeed("-U", *self.packages.newer["2.0"])
        self.assertEqual(self.answer("-m", "hello"), "hello (enabled by site administrator)")
        self.succeed("-e", "mod_hello", "mod_hello-page")
        self.assertEqual(self.enabled(), [])

    def test_without_the_tools(self) -> None:
        """Scriptlets never stand in the way of a package."""
        self.install()
        self.succeed("-e", "--nodeps", "confgraph")
        self.succeed("-U", "--nodeps", *self.packages.newer["2.0"])
        self.succeed("-e", "mod_hello", "mod_hello-page")
        self.assertEqual(self.root.actions(), [])

    # Reloading.

    def test_other_packages_do_not_reload(self) -> None:
        self.install()
        self.succeed("-i", self.packages.plain)
        self.assertEqual(self.root.actions(), [])

    def test_one_reload_for_what_comes_and_goes_at_once(self) -> None:
        self.install()
        newer = self.packages.workshop.build(spec("mod_other", preamble="Obsoletes: mod_hello-page\nBuildArch: noarch",
                                                  install="install -d %{buildroot}%{_httpd_confdir}; echo >%{buildroot}%{_httpd_confdir}/other.conf",
                                                  files="%{_httpd_confdir}/other.conf"))["mod_other"]
        self.succeed("-U", newer, *[path for path in self.packages.newer["2.0"] if "page" not in path.name])
        self.assertEqual(self.root.actions(), RELOAD)
        self.assertEqual(self.enabled(), ["mods-enabled/hello.load"])
        self.succeed("-e", "mod_other")
        self.assertEqual(self.root.actions(), RELOAD)

    def test_a_broken_configuration_is_not_reloaded(self) -> None:
        self.serve()
        with (self.root.folder / "etc/apache2/apache2.conf").open("a") as config:
            config.write("Nonsense on\n")
        lines = self.succeed("-i", self.packages.hello, self.packages.page)
        self.assertEqual(self.root.actions(), [])
        # Only the trigger asks the server.
        self.assertEqual(lines.count("apache2_reload: Your configuration is broken. Not reloading Apache 2"), 1)
        self.assertEqual(sum("configuration is broken" in line for line in lines), 1)
        self.assertEqual(self.enabled(), ["conf-enabled/hello.conf", "mods-enabled/hello.load"])

    def test_without_a_service_manager(self) -> None:
        (self.root.folder / "run/systemd/system").rmdir()
        self.install()
        self.assertEqual(self.root.actions(), [])
        self.assertEqual(self.enabled(), ["conf-enabled/hello.conf", "mods-enabled/hello.load"])

    def test_scriptlets_act_themselves_without_triggers(self) -> None:
        packages = self.packages.workshop.build(EXAMPLE, "--undefine", "_httpd_reload_by_trigger")
        self.serve()
        self.succeed("-i", packages["mod_hello"], packages["mod_hello-page"])
        # There is the server's trigger all the same.
        self.assertEqual(self.root.actions(), ["try-restart apache2", *RELOAD, *RELOAD])

    def test_the_file_trigger_of_alt(self) -> None:
        """ALT's rpm gives the files of a transaction to a program."""
        self.install()
        trigger = build / "helpers/rpm/alt/90-confgraph-httpd.filetrigger"
        (self.root.folder / "trigger").write_text(re.sub(r"^trigger=.*", "trigger=/usr/share/apache2/apache2-file-trigger",
                                                         trigger.read_text(encoding="utf-8"), flags=re.MULTILINE))
        for files, actions in (("/etc/passwd\n/usr/lib/rpm\n", []), (f"/etc/passwd\n{MODULES}/mod_hello.so\n/etc\n", RELOAD),
                               (f"{CONFIG}/mods-available/hello.load\n", []), ("", [])):
            with self.subTest(files=files):
                (self.root.folder / "actions").unlink(missing_ok=True)
                result = self.root.call("sh", "/trigger", input=files, stdin=None)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertEqual(self.root.actions(), actions)


if __name__ == "__main__":
    prefix, build, rest = start()
    unittest.main(argv=[sys.argv[0], *rest])
