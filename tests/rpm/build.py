#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds packages with the real rpmbuild, our macros and our dependency generators, and looks at what they require and provide."""

import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from workshop import EXAMPLE, ROOT, Workshop, files_spec, headers_mmn, run, spec, start  # noqa: E402

prefix = pathlib.Path()
build = pathlib.Path()

MODULES = pathlib.Path("/usr/lib/apache2/modules")
LIBRARY = "int answer(void) { return 42; }\n"
MMN = headers_mmn()
# What each flavour writes for a module, and for its server.
FORMS = {
    "fedora": ("httpd-mmn = {mmn}{isa}", ["httpd-mmn = {mmn}", "httpd-mmn = {mmn}{isa}"]),
    "suse": ("apache_mmn_{mmn}", ["apache_mmn_{mmn}"]),
    "pld": ("apache(modules-api) = {mmn}", ["apache(modules-api) = {mmn}"]),
    "alt": ("apache2-mmn = {mmn}", ["apache2-mmn = {mmn}"]),
}
FOLDERS = {
    "fedora": ("/etc/httpd/conf.modules.d", "/etc/httpd/conf.d", "/usr/share/httpd", "%{_libdir}/httpd/modules"),
    "suse": ("/etc/apache2/conf.d", "/etc/apache2/conf.d", "/usr/share/apache2", "%{_libdir}/apache2"),
    "pld": ("/etc/httpd/conf.d", "/etc/httpd/conf.d", "/home/services/httpd", "%{_libdir}/apache"),
    "alt": ("/etc/httpd2/conf/mods-available", "/etc/httpd2/conf/extra-available", "/usr/share/apache2", "%{_libdir}/apache2/modules"),
}


def about_modules(lines: "list[str]") -> "list[str]":
    """The lines that tie modules and servers together."""
    return [line for line in lines if re.search(r"mmn|modules-api|apache2-api|2012\d{4}", line)]


class Building(unittest.TestCase):
    """Each test has a workshop of its own."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name).resolve()
        self.workshop = self.make("fedora")

    def make(self, flavour: str) -> Workshop:
        folder = self.folder / flavour
        folder.mkdir()
        return Workshop(folder, prefix, None if flavour == "fedora" else build / "helpers/rpm" / flavour)

    def isa(self) -> str:
        return self.workshop.expand("%{__isa_name}%{__isa_bits}")


class Generator(Building):
    def test_a_module_needs_its_server(self) -> None:
        """A real module, compiled by apxs, and a noarch package of the same source."""
        packages, words = self.workshop.build_with_words(EXAMPLE)
        module, page = packages["mod_hello"], packages["mod_hello-page"]
        self.assertNotIn("a2mmn", words)
        self.assertEqual(about_modules(self.workshop.requires(module)), [f"httpd-mmn = {MMN}{self.isa()}"])
        self.assertEqual(about_modules(self.workshop.provides(module)), [])
        self.assertEqual(self.workshop.query(page, "--queryformat", "%{ARCH}"), ["noarch"])
        self.assertEqual(about_modules(self.workshop.requires(page)), [])
        shared = ["/bin/sh"] * 2 + ["/usr/share/apache2/apache2-maintscript-helper"] * 2
        for package, own in ((module, ["config(mod_hello) = 1.0-1"]), (page, ["config(mod_hello-page) = 1.0-1", "mod_hello = 1.0-1"])):
            lines = [line for line in self.workshop.requires(package) if not re.match(r"rpmlib|lib|rtld|httpd-mmn", line)]
            self.assertEqual(lines, shared + own)

    def test_the_example_of_the_manual(self) -> None:
        page = (ROOT / "man/confgraph-rpm.7").read_text(encoding="utf-8")
        text = re.search(r"^\.Bd -literal\n(.*?)^\.Ed$", page, re.MULTILINE | re.DOTALL)[1]
        self.assertEqual(re.sub(r"^\\&", "", text, flags=re.MULTILINE).replace("\\e", "\\"), EXAMPLE.read_text(encoding="utf-8"))

    def test_a_package_can_do_without(self) -> None:
        files = {"%{_httpd_moddir}/mod_alias.so": self.workshop.source("mod_alias.so", MODULES / "mod_alias.so")}
        package = self.workshop.build(files_spec("mods", files, preamble="%global __requires_exclude ^httpd-mmn"))["mods"]
        self.assertEqual(about_modules(self.workshop.requires(package)), [])

    def test_several_modules_are_one_line(self) -> None:
        files = {f"%{{_httpd_moddir}}/{name}": self.workshop.source(name, MODULES / name) for name in ("mod_alias.so", "mod_ssl.so", "mod_proxy.so")}
        package = self.workshop.build(files_spec("mods", files))["mods"]
        self.assertEqual(about_modules(self.workshop.requires(package)), [f"httpd-mmn = {MMN}{self.isa()}"])

    def test_the_line_is_that_of_the_guidelines(self) -> None:
        """Who still writes it by hand says the same; rpm keeps what was written and what was found apart."""
        files = {"%{_httpd_moddir}/mod_alias.so": self.workshop.source("mod_alias.so", MODULES / "mod_alias.so")}
        package = self.workshop.build(files_spec("mods", files, preamble="Requires: httpd-mmn = %{_httpd_mmn}"))["mods"]
        self.assertEqual(about_modules(self.workshop.requires(package)), [f"httpd-mmn = {MMN}{self.isa()}"] * 2)

    def test_packages_without_modules_get_nothing(self) -> None:
        damaged = self.workshop.folder / "sources/damaged.so"
        damaged.write_bytes((MODULES / "mod_alias.so").read_bytes()[:3000])
        (self.workshop.folder / "sources/text.so").write_text("INPUT(-lother)\n")
        files = {"%{_libdir}/libanswer.so": self.workshop.compile("libanswer.so", LIBRARY), "%{_libdir}/libtext.so": "%{_sourcedir}/text.so",
                 "%{_datadir}/mod_alias.so.sample": self.workshop.source("mod_alias.so", MODULES / "mod_alias.so"),
                 "%{_libdir}/damaged.so": "%{_sourcedir}/damaged.so", "%{_bindir}/program": self.workshop.source("program", "/bin/true")}
        text = files_spec("plain", files).replace("\n%files\n", "\nln -s libanswer.so %{buildroot}%{_libdir}/mod_link.so\n\n%files\n%{_libdir}/mod_link.so\n")
        packages, words = self.workshop.build_with_words(text, __brp_strip="%{nil}")
        self.assertEqual(about_modules(self.workshop.requires(packages["plain"])), [])
        self.assertEqual(about_modules(self.workshop.provides(packages["plain"])), [])
        # Only what cannot be told is mentioned.
        self.assertEqual([re.sub(r"/\S*/", "", line) for line in words.splitlines() if line.startswith("a2mmn")],
                         ["a2mmn: damaged.so: is truncated or damaged: the segments (offset 0)"])

    def test_a_server_provides(self) -> None:
        server = self.workshop.source("server", "/usr/sbin/apache2")
        for path in ("/usr/sbin/httpd", "/usr/bin/httpd", "/usr/sbin/httpd-prefork", "/usr/sbin/httpd2.worker", "/usr/sbin/apache2"):
            with self.subTest(path=path):
                package = self.workshop.build(files_spec("server", {path: server}))["server"]
                self.assertEqual(about_modules(self.workshop.provides(package)), [f"httpd-mmn = {MMN}", f"httpd-mmn = {MMN}{self.isa()}"])
                self.assertEqual(about_modules(self.workshop.requires(package)), [])
        # Another server of that name, and the server where nobody starts it.
        other = {"/usr/sbin/httpd": self.workshop.source("other", "/bin/true"), "/usr/share/doc/httpd": server, "/usr/sbin/apache2ctl": server}
        package = self.workshop.build(files_spec("other", other))["other"]
        self.assertEqual(about_modules(self.workshop.provides(package)), [])


class Macros(Building):
    NAMES = ("_httpd_modconfdir", "_httpd_confdir", "_httpd_contentdir", "_httpd_moddir")

    def test_places(self) -> None:
        for flavour, expected in FOLDERS.items():
            with self.subTest(flavour=flavour):
                # Debian's rpm knows ALT's file of macros by this name only.
                workshop = self.workshop if flavour == "fedora" else self.make(flavour)
                if flavour == "alt":
                    (workshop.config / "macros.d/00-confgraph").rename(workshop.config / "macros.d/macros.00-confgraph")
                self.assertEqual([workshop.expand(f"%{{{name}}}") for name in self.NAMES], [workshop.expand(place) for place in expected])

    def test_the_number(self) -> None:
        self.assertEqual(self.workshop.expand("%{_httpd_mmn} %{_httpd_mmn}"), f"{MMN}{self.isa()} {MMN}{self.isa()}")
        self.assertEqual(self.workshop.expand("%{_httpd_mmn}", __a2mmn="/nowhere/a2mmn"), "missing-httpd-devel")
        (self.folder / "include/httpd").mkdir(parents=True)
        (self.folder / "include/httpd/.mmn").write_text("20991231x8664\n")
        self.assertEqual(self.workshop.expand("%{_httpd_mmn}", _includedir=self.folder / "include"), "20991231x8664")
        for flavour in ("suse", "pld"):
            self.assertEqual(self.make(flavour).expand("%{_httpd_mmn}"), MMN)

    def test_apxs(self) -> None:
        self.assertEqual(self.workshop.expand("%{_httpd_apxs} %{_httpd_apxs}"), "/usr/bin/apxs /usr/bin/apxs")
        (self.folder / "sbin").mkdir()
        (self.folder / "sbin/apxs").symlink_to("/bin/true")
        places = {"_bindir": self.folder / "bin", "_sbindir": self.folder / "sbin"}
        self.assertEqual(self.workshop.expand("%{_httpd_apxs}", **places), str(self.folder / "sbin/apxs"))
        (self.folder / "sbin/apxs").unlink()
        self.assertEqual(self.workshop.expand("%{_httpd_apxs}", **places), str(self.folder / "bin/apxs"))

    def test_what_the_distribution_defines_wins(self) -> None:
        own = {"_httpd_mmn": "20120211own", "_httpd_apxs": "/own/apxs", "_httpd_modconfdir": "/own/m", "_httpd_confdir": "/own/c",
               "_httpd_contentdir": "/own/t", "_httpd_moddir": "/own/d"}
        (self.workshop.config / "macros.d/macros.httpd").write_text("".join(f"%{name} {value}\n" for name, value in own.items()))
        self.assertEqual({name: self.workshop.expand(f"%{{{name}}}") for name in own}, own)

    def test_scriptlets(self) -> None:
        for kind in ("mod", "conf", "site"):
            for scriptlet, verb in (("post", "en"), ("preun", "dis")):
                text = self.workshop.expand(f"%httpd_{scriptlet}_{verb}{kind} -n some-package a b.c", name="main")
                with self.subTest(text=text):
                    self.assertIn(f"APACHE2_MAINTSCRIPT_NAME={scriptlet} APACHE2_MAINTSCRIPT_PACKAGE=some-package APACHE2_MAINTSCRIPT_NO_ACTION=1\n", text)
                    self.assertIn(f"for httpd_entry in a b.c; do apache2_invoke {verb}{kind} ", text)
                    self.assertEqual(run(["sh", "-n"], input=text, stdin=None).stderr, "")
        text = self.workshop.expand("%{undefine:_httpd_reload_by_trigger}%httpd_post_enmod a", name="main")
        self.assertIn("APACHE2_MAINTSCRIPT_PACKAGE=main\n", text)

    def test_file_triggers(self) -> None:
        package = self.workshop.build(spec("server", preamble="BuildArch: noarch", sections="%httpd_file_triggers"))["server"]
        lines = [line for line in self.workshop.query(package, "--filetriggers") if "scriptlet" in line]
        self.assertEqual([line.split()[0] for line in lines], ["transfiletriggerin"] + ["transfiletriggerpostun"] * 6)
        config = "/etc/apache2"
        folders = [*FOLDERS["fedora"][:2], self.workshop.expand(FOLDERS["fedora"][3]), *(f"{config}/{kind}-available" for kind in ("mods", "conf", "sites"))]
        self.assertEqual(sorted(lines[0].split(" -- ")[1].split(", ")), sorted(folders))
        self.assertEqual(sorted(line.split(" -- ")[1] for line in lines[1:]), sorted(folders))


class Flavours(Building):
    def forms(self, flavour: str) -> "tuple[str, list[str]]":
        module, server = FORMS[flavour]
        return module.format(mmn=MMN, isa=self.isa()), [line.format(mmn=MMN, isa=self.isa()) for line in server]

    def check(self, workshop: Workshop, flavour: str, **macros: str) -> None:
        module, server = self.forms(flavour)
        packages = workshop.build(files_spec("mods", {"%{_httpd_moddir}/mod_alias.so": workshop.source("mod_alias.so", MODULES / "mod_alias.so")}), **macros)
        self.assertEqual(about_modules(workshop.requires(packages["mods"])), [module])
        packages = workshop.build(files_spec("server", {"/usr/sbin/httpd": workshop.source("server", "/usr/sbin/apache2")}), **macros)
        self.assertEqual(about_modules(workshop.provides(packages["server"])), server)

    def test_with_file_attributes(self) -> None:
        for flavour in ("suse", "pld"):
            with self.subTest(flavour=flavour):
                self.check(self.make(flavour), flavour)

    def test_by_macro(self) -> None:
        """Whoever builds for another distribution than the one that all is installed for."""
        for flavour in ("suse", "pld", "alt"):
            with self.subTest(flavour=flavour):
                self.check(self.workshop, flavour, _httpd_mmn_format=flavour)

    def test_alt(self) -> None:
        """ALT's rpm has a list of file(1) filtered by one program, and what it lets through read by another."""
        folder = build / "helpers/rpm/alt"
        module, server = self.forms("alt")
        listing = f"{MODULES}/mod_alias.so\tELF 64-bit LSB shared object, x86-64\n/usr/sbin/apache2\tELF 64-bit LSB pie executable\n" \
                  f"{MODULES}/httpd.exp\tASCII text\n/etc\tdirectory\n{MODULES}/link.so\tsymbolic link to mod_alias.so\n"
        environment = {"PATH": f"{prefix}/bin:/usr/bin:/bin"}
        for name, path, expected in (("httpd-module.req", f"{MODULES}/mod_alias.so", [module]),
                                     ("httpd-server.prov", "/usr/sbin/apache2", server)):
            with self.subTest(name=name):
                chosen = run([folder / f"{name}.files"], input=listing, stdin=None)
                self.assertEqual((chosen.stdout, chosen.stderr, chosen.returncode), (path + "\n", "", 0))
                result = run([folder / name], input=chosen.stdout, stdin=None, env=environment)
                self.assertEqual((result.stdout.splitlines(), result.stderr, result.returncode), (expected, "", 0))
                empty = run([folder / name], env=environment)
                self.assertEqual((empty.stdout, empty.stderr, empty.returncode), ("", "", 0))


if __name__ == "__main__":
    prefix, build, rest = start()
    unittest.main(argv=[sys.argv[0], *rest])
