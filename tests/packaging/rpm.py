#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rpm packages of this project, built by the real rpmbuild from a source archive, and installed by the real rpm in a root of
its own."""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "rpm"))

# pylint: disable=wrong-import-position,import-error
import workshop  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPEC = ROOT / "packaging/confgraph.spec"
NAMES = ["a2mmn", "a2mmn-debuginfo", "confgraph", "confgraph-debuginfo", "confgraph-debugsource", "confgraph-devel", "confgraph-libs",
         "confgraph-libs-debuginfo", "confgraph-rpm-macros"]
# Not optimized, with lines only: so it takes half the time.
FLAGS = "-O0 -g1"
# As on Fedora; Debian's rpm makes one package of all debugging information otherwise. The server is this machine's.
MACROS = {"optflags": FLAGS, "httpd_program": "/usr/sbin/apache2", "_httpd_moddir": "/usr/lib/apache2/modules",
          "_debugsource_packages": 1, "_debuginfo_subpackages": 1}
# Fedora's rpm has this in its own configuration: each package gets one with debugging information.
DEBUG = """%install %{?buildsubdir:%{debug_package}}\\
%%install\\
%{nil}
"""


class Built(workshop.Workshop):
    """Our packages."""

    def __init__(self, folder: pathlib.Path, archive: pathlib.Path, check: bool) -> None:
        # No generators and macros of ours: they are what is built.
        super().__init__(folder, folder, folder)
        (folder / "debug").write_text(DEBUG, encoding="ascii")
        command = ["unshare", "--net", "rpmbuild", "-bb", "--nodeps", "--load", folder / "debug", *self.own_definitions(archive.parent), *([] if check else ["--without", "check"]), SPEC]
        done = subprocess.run([str(word) for word in command], env=self.environment, check=False, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self.said = done.stdout
        if done.returncode != 0:
            sys.exit(done.stdout[-20000:])
        self.packages = {self.query(path, "--queryformat", "%{NAME}")[0]: path for path in (folder / "top/RPMS").glob("*/*.rpm")}

    def own_definitions(self, sources: pathlib.Path) -> "list[str]":
        words = self.definitions({"_sourcedir": sources, **MACROS})
        # debug_package is what tests of other packages do without.
        at = words.index("debug_package %{nil}")
        return words[:at - 1] + words[at + 1:]


class Packages(unittest.TestCase):
    built: Built
    check: bool
    maxDiff = None

    def files(self, name: str) -> "list[str]":
        return self.built.query(self.built.packages[name], "--list")

    def test_names(self) -> None:
        self.assertEqual(sorted(self.built.packages), NAMES)

    def test_version_is_that_of_the_project(self) -> None:
        text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
        version = self.built.query(self.built.packages["confgraph"], "--queryformat", "%{VERSION}")[0]
        self.assertIn(f"project(confgraph VERSION {version} ", text)
        self.assertIn(f"confgraph ({version})", (ROOT / "debian/changelog").read_text(encoding="utf-8"))

    def test_each_file_is_in_one_package(self) -> None:
        owners: "dict[str, list[str]]" = {}
        for name in NAMES:
            for line in self.built.query(self.built.packages[name], "--queryformat", "[%{FILEMODES:perms} %{FILENAMES}\n]"):
                mode, path = line.split(" ", 1)
                if not mode.startswith("d"):
                    owners.setdefault(path, []).append(name)
        self.assertEqual({path: names for path, names in owners.items() if len(names) > 1 and ".build-id" not in path}, {})
        for path in ("/usr/sbin/a2dissite", "/usr/bin/a2query", "/usr/sbin/a2mpm"):
            self.assertEqual(owners[path], ["confgraph"])

    def test_what_is_needed(self) -> None:
        requires = "\n".join(self.built.requires(self.built.packages["confgraph"]))
        self.assertIn("libc.so.6", requires)
        for library in ("libelf", "librpm", "libarchive", "libstdc++", "libconfgraph"):
            self.assertNotIn(library, requires)
        self.assertIn("libelf.so.1", "\n".join(self.built.requires(self.built.packages["a2mmn"])))
        self.assertTrue(any(line.startswith("libconfgraph.so.0(CONFGRAPH_0)") for line in self.built.provides(self.built.packages["confgraph-libs"])))

    def test_debugging_information(self) -> None:
        listed = self.files("confgraph-debuginfo")
        self.assertTrue(any(path.startswith("/usr/lib/debug/usr/sbin/a2enmod") for path in listed), listed)
        self.assertTrue(any(path.endswith("/core/planner.cpp") for path in self.files("confgraph-debugsource")))

    def test_no_path_of_the_build(self) -> None:
        for name in NAMES:
            content = subprocess.run(["rpm2cpio", self.built.packages[name]], check=True, capture_output=True).stdout
            self.assertNotIn(str(self.built.folder).encode(), content, name)

    def test_check_ran_the_tests(self) -> None:
        self.assertEqual("100% tests passed" in self.built.said, self.check)

    def test_install_and_erase(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            root = workshop.Root(pathlib.Path(name) / "root", self.built)
            # What the packages need is there, but no rpm package.
            programs = [path for path in ("/usr/bin/true", "/usr/bin/a2mmn") if pathlib.Path(path).exists()]
            for program in programs:
                root.copy(program)
            before = sorted(str(path.relative_to(root.folder)) for path in root.folder.rglob("*") if "var/lib/rpm" not in str(path))
            chosen = [self.built.packages[package] for package in ("confgraph", "confgraph-rpm-macros", "a2mmn", "confgraph-libs")]
            done = root.rpm("--install", "--nodeps", *chosen)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for word in ("a2enmod", "a2dissite", "a2query", "a2mpm"):
                done = root.call(f"/usr/bin/{word}" if word == "a2query" else f"/usr/sbin/{word}", "--version")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(f"{word} (confgraph)", done.stdout)
            self.assertEqual(root.rpm("--verify", "--nodeps", "confgraph").returncode, 0)
            done = root.rpm("--erase", "--nodeps", "confgraph", "confgraph-rpm-macros", "a2mmn", "confgraph-libs")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            after = sorted(str(path.relative_to(root.folder)) for path in root.folder.rglob("*") if "var/lib/rpm" not in str(path))
            # rpm leaves folders that packages of the system would own.
            self.assertEqual([path for path in after if path not in before and not (root.folder / path).is_dir()], [])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=pathlib.Path, required=True, help="folder of the source archive")
    parser.add_argument("--check", action="store_true", help="run the tests of %%check, too")
    arguments, rest = parser.parse_known_args()
    workshop.isolate()
    Packages.check = arguments.check
    with tempfile.TemporaryDirectory(prefix="confgraph-rpm-") as folder:
        Packages.built = Built(pathlib.Path(folder), next(arguments.archive.resolve().glob("confgraph-*.tar.gz")), arguments.check)
        unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
