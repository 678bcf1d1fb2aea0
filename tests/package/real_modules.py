#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what a2mmn reads from each module binary of the installed server with what others say of it.

  identifiers   those of the LoadModule lines of mods-available, and symbols that nm shows
  sources, MMN  those of the headers and of the server (apache2 -V)
  settings      what apxs -q answers
  directives    names, usage texts and the places where they may stand: what apache2 -L prints with all modules loaded
                once with each MPM, since a server has one only; and the names of each module, with that one alone loaded
                and what it needs

Nothing is started but apxs and the server's own -V and -L, which read a configuration of this test and end.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SERVER = "/usr/sbin/apache2"
MODULES = pathlib.Path("/usr/lib/apache2/modules")
AVAILABLE = pathlib.Path("/etc/apache2/mods-available")
HEADER = pathlib.Path("/usr/include/apache2/ap_mmn.h")
prefix = pathlib.Path()

LOAD = re.compile(r"^\s*LoadModule\s+(\S+)\s+(\S+)", re.MULTILINE)
# "Alias (mod_alias.c)", a line with the usage, a line with the place and perhaps one with the classes of AllowOverride.
DIRECTIVE = re.compile(r"^(?P<name>\S+) \((?P<source>[^)]+)\)$")
CLASSES = {1: "Limit", 2: "Options", 4: "FileInfo", 8: "AuthConfig", 16: "Indexes"}
DIRECTORY, SERVER_WIDE = 64, 128


def run(*command: str) -> str:
    result = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"})
    if result.returncode != 0:
        raise AssertionError(f"{command}: exit status {result.returncode}\n{result.stderr}")
    return result.stdout


def inspect(*paths: pathlib.Path) -> list[dict]:
    document = json.loads(run(str(prefix / "bin/a2mmn"), "inspect", "--json", *map(str, paths)))
    assert document["exit_status"] == 0
    return document["files"]


def place(bits: int) -> str:
    """Where a directive may stand, in the words of apache2 -L."""
    if bits & (2 | 4 | 16) or (bits & SERVER_WIDE and bits & (DIRECTORY | 8 | 1)):
        text = "anywhere"
    elif bits & SERVER_WIDE:
        text = "only outside <Directory>, <Files>, <Location>, or <If>"
    else:
        text = "only inside <Directory>, <Files>, <Location>, or <If>"
    classes = [name for bit, name in CLASSES.items() if bits & bit]
    return text + (" .htaccess " + " ".join(sorted(classes)) if classes else "")


def server_says(option: str, modules: list[tuple[str, pathlib.Path]]) -> str:
    """What the server, with these modules, prints about itself."""
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "test.conf"
        config.write_text(f"ServerName localhost\nDefaultRuntimeDir {folder}\nErrorLog {folder}/error.log\n" +
                          "".join(f"LoadModule {identifier} {path}\n" for identifier, path in modules))
        return run(SERVER, option, "-f", str(config))


def server_directives(modules: list[tuple[str, pathlib.Path]]) -> set[tuple[str, str, str, str]]:
    """Source, name, usage and place of each directive of a server with these modules."""
    text = server_says("-L", modules)
    found = set()
    for block in re.split(r"\n(?=\S+ \([\w.]+\.c\w*\)\n)", text):
        lines = block.rstrip("\n").split("\n")
        head = DIRECTIVE.match(lines[0])
        if not head:
            continue
        # The usage may have several lines.
        start = next(i for i, line in enumerate(lines) if line.startswith("\tAllowed in "))
        usage = " ".join(" ".join(lines[1:start]).split())
        places = " ".join(line.strip() for line in lines[start:])
        where = re.search(r"Allowed in \*\.conf (.*?)(?: \[no per-dir config\])?(?: and in \.htaccess.*)?$", places)
        classes = re.search(r"AllowOverride (?:includes|isn't None)(.*)$", places)
        text = where[1] if where else places
        if classes:
            words = [word for word in re.findall(r"\w+", classes[1]) if word != "or"]
            text += " .htaccess " + " ".join(sorted(words or CLASSES.values()))
        found.add((head["source"], head["name"], usage, text.strip()))
    return found


class RealModules(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.files = inspect(MODULES)
        cls.modules = [(module, pathlib.Path(item["file"])) for item in cls.files for module in item["modules"]]

    def test_every_binary_is_read(self) -> None:
        self.assertEqual(sorted(item["file"] for item in self.files), sorted(map(str, MODULES.glob("*.so"))))
        self.assertGreater(len(self.files), 100)

    def test_identifiers(self) -> None:
        named = {pathlib.Path(path): identifier for load in AVAILABLE.glob("*.load")
                 for identifier, path in LOAD.findall(load.read_text()) if pathlib.Path(path).parent == MODULES}
        self.assertGreater(len(named), 100)
        read = {path: module["identifier"] for module, path in self.modules}
        self.assertEqual({path: read.get(path) for path in named}, named)
        for module, path in self.modules:
            symbols = re.findall(r"^\w+ [DB] (\S+)$", run("nm", "-D", "--defined-only", str(path)), re.MULTILINE)
            self.assertIn(module["identifier"], symbols, path)

    def test_numbers(self) -> None:
        version = server_says("-V", [("mpm_event_module", MODULES / "mod_mpm_event.so")])
        number = re.search(r"^Server's Module Magic Number: (\d+):(\d+)$", version, re.MULTILINE)
        header = HEADER.read_text()
        expected = {"major": int(number[1]), "minor": int(number[2])}
        self.assertEqual([int(re.search(rf"define MODULE_MAGIC_NUMBER_{part}\s+(\d+)", header)[1]) for part in ("MAJOR", "MINOR")],
                         list(expected.values()))
        own = [module for module, path in self.modules if f"{path.name}".startswith("mod_")]
        self.assertGreater(len(own), 100)
        for module in own:
            self.assertEqual(module["mmn"], expected, module["identifier"])
            self.assertEqual(module["cookie"], "AP24")
            self.assertTrue(module["directives_known"])

    def test_development_tree(self) -> None:
        def query(name: str) -> str:
            return run("apxs", "-q", name).strip()

        document = json.loads(run(str(prefix / "bin/a2mmn"), "--json"))
        self.assertTrue(document["agree"])
        self.assertEqual(document["settings"]["include_folder"], query("includedir"))
        self.assertEqual(document["settings"]["include_folder"], query("exp_includedir"))
        self.assertEqual(document["settings"]["mmn"], {"major": int(query("HTTPD_MMN"))})
        self.assertEqual(document["settings"]["file"], query("installbuilddir") + "/config_vars.mk")
        self.assertEqual(document["headers"]["file"], str(HEADER))
        self.assertEqual(document["server"]["version"], query("HTTPD_VERSION"))

    def test_directives(self) -> None:
        static = [module for item in inspect(pathlib.Path(SERVER)) for module in item["modules"]]
        mpms = [(module, path) for module, path in self.modules if module["identifier"].startswith("mpm_")]
        self.assertGreaterEqual(len(mpms), 3)
        # A module before what needs it: the server's own names say it well enough.
        first = ("proxy_module", "session_module", "dav_module", "cache_module", "ldap_module", "dbd_module", "http2_module",
                 "slotmem_shm_module", "xml2enc_module", "watchdog_module", "auth_basic_module", "authn_core_module", "authz_core_module")
        others = [(module, path) for module, path in self.modules if not module["identifier"].startswith("mpm_")]
        others.sort(key=lambda item: (item[0]["identifier"] not in first, item[1].name))
        total = set()
        for mpm in mpms:
            loaded = [mpm, *others]
            actual = {(module["source"], item["name"], " ".join(item["help"].split()), place(item["allowed_bits"]))
                      for module in [*static, *(module for module, _ in loaded)] for item in module["directives"]}
            expected = server_directives([(module["identifier"], path) for module, path in loaded])
            self.assertEqual(sorted(actual ^ expected), [], mpm[0]["identifier"])
            total |= actual
        print(f"real_modules: {len(self.files)} binaries, {len(total)} directives", file=sys.stderr)
        self.assertGreater(len(total), 600)

    def test_directives_of_each(self) -> None:
        """What a module's being there adds to a server that has what the module needs."""
        by_identifier = {module["identifier"]: (module, path) for module, path in self.modules}
        lines = {}  # of each .load file: what is loaded, and what the file depends on
        for file in AVAILABLE.glob("*.load"):
            text = file.read_text()
            depends = [name for line in re.findall(r"^# Depends:(.*)$", text, re.MULTILINE) for name in line.split()]
            lines[file.stem] = ([identifier for identifier, _ in LOAD.findall(text)], depends)
        entry_of = {identifier: name for name, (identifiers, _) in lines.items() for identifier in identifiers}
        lines["dav_lock"][1].append("dav")  # it calls its functions, and the file does not say so

        def needs(name: str, found: list[str]) -> list[str]:
            for other in lines[name][1]:
                needs(other, found)
            found += [identifier for identifier in lines[name][0] if identifier not in found]
            return found

        def names(identifiers: list[str], source: str = r"[\w.]+\.c\w*") -> collections.Counter:
            loaded = [(identifier, by_identifier[identifier][1]) for identifier in identifiers]
            return collections.Counter(re.findall(rf"^(\S+) \({source}\)$", server_says("-L", loaded), re.MULTILINE))

        proven = 0
        for identifier, (module, path) in sorted(by_identifier.items()):
            with self.subTest(module=identifier):
                # Some that are for tests of the server have no file, and need nothing.
                needed = [name for name in needs(entry_of[identifier], []) if name != identifier] if identifier in entry_of else []
                if not identifier.startswith("mpm_") and not any(name.startswith("mpm_") for name in needed):
                    needed.insert(0, "mpm_event_module")
                # Without an MPM the server says nothing; the names of one are those of its source.
                actual = names([*needed, identifier]) - names(needed) if needed else names([identifier], re.escape(module["source"]))
                self.assertEqual(actual, collections.Counter(item["name"] for item in module["directives"]))
                proven += 1
        print(f"real_modules: {proven} modules by themselves", file=sys.stderr)
        self.assertEqual(proven, len(self.modules))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="an installed tree")
    arguments, rest = parser.parse_known_args()
    prefix = arguments.prefix.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
