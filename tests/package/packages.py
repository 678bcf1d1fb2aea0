#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what a2mmn reads from real packages with what others say of them, and hands it packages that are wrong.

  downloaded packages  dpkg-deb says what they declare and unpacks them; nm, their .load files and the server itself say
                       what their modules are called; their dependencies verify
  for other machines   the numbers, and what readelf says of the machine
  made here            wrong dependencies (dpkg-deb, rpmbuild), and files that were made to do harm
"""

import argparse
import gzip
import io
import json
import lzma
import os
import pathlib
import pty
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

import downloads

SERVER = "/usr/sbin/apache2"
ROOT = pathlib.Path(__file__).resolve().parents[2]
SEEDS = ROOT / "fuzz/corpus/module_binary"
LOAD = re.compile(r"^\s*LoadModule\s+(\S+)\s+(\S+)", re.MULTILINE)
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
prefix = pathlib.Path()
cache = pathlib.Path()


def run(*command: object, **keywords) -> subprocess.CompletedProcess:
    return subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True, errors="replace",
                          env=ENVIRONMENT, timeout=120, **({"stdin": subprocess.DEVNULL} if "input" not in keywords else {}), **keywords)


def output(*command: object) -> str:
    result = run(*command)
    if result.returncode != 0:
        raise AssertionError(f"{command}: exit status {result.returncode}\n{result.stderr}")
    return result.stdout


def a2mmn(*arguments: object, **keywords) -> tuple[int, str, str]:
    result = run(prefix / "bin/a2mmn", *arguments, **keywords)
    return result.returncode, result.stdout, result.stderr


def inspect(*paths: object) -> list[dict]:
    return json.loads(output(prefix / "bin/a2mmn", "inspect", "--json", *paths))["files"]


def tar(*members: tuple[str, bytes | str | tuple[str]]) -> bytes:
    """Files by their content; a text is where a link leads, one in a tuple where a hard link does."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, bytes):
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
                continue
            info.type = tarfile.SYMTYPE if isinstance(content, str) else tarfile.LNKTYPE
            info.linkname = content if isinstance(content, str) else content[0]
            archive.addfile(info)
    return buffer.getvalue()


def numbered_payload(path: pathlib.Path) -> bytes:
    """A .rpm with an uncompressed payload as rpm would write it for files of more than 4 GiB: entries with the number of a
    file in the header in place of all else."""
    whole = path.read_bytes()
    names = output("rpm", "-qp", "--qf", "[%{FILENAMES}\\n]", path).splitlines()
    start = at = whole.index(b"070701")
    payload = b""
    while True:
        size, length = (int(whole[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in (6, 11))
        name = whole[at + 110:at + 109 + length].decode()
        content = -(-(at + 110 + length - start) // 4) * 4 + start
        if name == "TRAILER!!!":
            return whole[:start] + payload + whole[at:]
        payload += f"07070X{names.index(name.removeprefix('.')):08x}".encode() + b"\0\0"
        payload += whole[content:content + size] + b"\0" * (-size % 4)
        at = content + size + -size % 4


def ar(*members: tuple[str, bytes]) -> bytes:
    text = b"!<arch>\n"
    for name, content in members:
        text += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content + b"\n" * (len(content) % 2)
    return text


CONTROL = b"Package: example\nVersion: 1\nArchitecture: all\nDepends: apache2-api-20120211\n"


def deb(data: bytes, data_name: str = "data.tar", control: bytes = CONTROL) -> bytes:
    return ar(("debian-binary", b"2.0\n"), ("control.tar", tar(("./control", control))), (data_name, data))


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name).resolve()

    def write(self, name: str, content: bytes) -> pathlib.Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


class Downloaded(Folder):
    @classmethod
    def setUpClass(cls) -> None:
        cls.packages = downloads.native(cache)
        cls.libraries = downloads.libraries(cache)
        cls.documents = inspect(*cls.packages)

    def test_what_they_are(self) -> None:
        self.assertGreaterEqual(len(self.packages), 15)
        self.assertEqual([document["file"] for document in self.documents], list(map(str, self.packages)))
        accepted = []
        for path, document in zip(self.packages, self.documents):
            with self.subTest(package=path.name):
                fields = [document["package"][name] for name in ("name", "version", "architecture")]
                self.assertEqual(fields, [output("dpkg-deb", "-f", path, name).strip() for name in ("Package", "Version", "Architecture")])
                declared = " ".join(output("dpkg-deb", "-f", path, name) for name in ("Pre-Depends", "Depends"))
                self.assertEqual([item["name"] for item in document["package"]["depends"]],
                                 re.findall(r"(?:^|[,|\s])\s*([a-z0-9][a-z0-9+.-]+)(?![^(]*\))", declared))
                if self.compare_modules(path, document):
                    accepted.append(document["package"]["name"])
        print(f"packages: {len(self.packages)}, accepted by the server: {len(accepted)}", file=sys.stderr)
        self.assertGreaterEqual(len(accepted), 15, accepted)

    def compare_modules(self, path: pathlib.Path, document: dict) -> bool:
        """Returns whether the server was able to load all modules here."""
        tree = self.folder / path.name
        output("dpkg-deb", "-R", path, tree)
        scripts = {script["name"]: script["text"] for script in document["package"]["scripts"]}
        for name in ("preinst", "postinst", "prerm", "postrm", "config"):
            script = tree / "DEBIAN" / name
            self.assertEqual(scripts.get(name), script.read_text() if script.exists() else None)
        self.assertGreater(len(document["modules"]), 0)
        for module in document["modules"]:
            self.assertEqual(module["mmn"]["major"], 20120211)
            self.assertEqual(module["cookie"], "AP24")
            binary = tree / module["path"].lstrip("/")
            symbols = re.findall(r"^\w+ [DB] (\S+)$", output("nm", "-D", "--defined-only", binary), re.MULTILINE)
            self.assertIn(module["identifier"], symbols)
            self.assertIn(module["source"].encode() + b"\0", binary.read_bytes())
        named = {(identifier, os.path.basename(file)) for load in tree.glob("etc/apache2/mods-available/*.load")
                 for identifier, file in LOAD.findall(load.read_text())}
        read = {(module["identifier"], os.path.basename(module["path"])) for module in document["modules"]}
        folder = tree / "usr/lib/apache2/modules"
        # The name may be a link's.
        self.assertEqual({(identifier, (folder / file).resolve().name) for identifier, file in named if (folder / file).exists()} - read, set())
        for library in self.libraries.get(document["package"]["name"], []):
            output("dpkg-deb", "-x", library, tree)
        return all([self.server_accepts(tree, module) for module in document["modules"]])

    def server_accepts(self, tree: pathlib.Path, module: dict) -> bool:
        """Whether the server loads it under its name. It cannot where libraries or other modules are missing."""
        binary = tree / module["path"].lstrip("/")
        config = self.write("test.conf", f"ServerName localhost\nDefaultRuntimeDir {self.folder}\nErrorLog {self.folder}/log\n"
                            "LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so\n"
                            f"LoadModule {module['identifier']} {binary}\n".encode())
        folders = ":".join(str(folder) for folder in [tree / "usr/lib", *sorted((tree / "usr/lib").glob("*-linux-*"))])
        result = run("env", f"LD_LIBRARY_PATH={folders}", SERVER, "-M", "-f", config)
        if result.returncode != 0:
            self.assertNotIn("Can't locate API module structure", result.stderr)
            self.assertNotIn("is not compatible with this version", result.stderr)
            return False
        self.assertIn(f" {module['identifier']} (shared)", result.stdout)
        return True

    def test_their_dependencies(self) -> None:
        self.assertEqual(a2mmn("verify", *self.packages), (0, "", ""))
        listed = "".join(f"{path}\n" for path in [*self.packages, "/etc/passwd"])
        self.assertEqual(a2mmn("verify", "-", input=listed), (0, "", ""))
        status, out, err = a2mmn("inspect", "--json", "-", input=listed)
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(json.loads(out)["files"], self.documents)

    def rebuilt(self, name: str, change) -> pathlib.Path:
        """A downloaded package with something changed."""
        source = next(path for path in self.packages if path.name.startswith(name + "_"))
        tree = self.folder / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        output("dpkg-deb", "-R", source, tree)
        change(tree)
        target = self.folder / f"{name}.deb"
        output("dpkg-deb", "-Zgzip", "-z1", "-b", tree, target)
        return target

    def test_wrong_dependencies_are_caught(self) -> None:
        def depends(old: str, new: str):
            def change(tree: pathlib.Path) -> None:
                control = tree / "DEBIAN/control"
                self.assertIn(old, control.read_text())
                control.write_text(control.read_text().replace(old, new))
            return change

        def without_modules(tree: pathlib.Path) -> None:
            for binary in tree.rglob("*.so"):
                binary.unlink()

        def mixed(tree: pathlib.Path) -> None:
            shutil.copy(SEEDS / "several", tree / "usr/lib/apache2/modules/mod_several.so")

        def damaged(tree: pathlib.Path) -> None:
            binary = next(tree.rglob("*.so"))
            binary.write_bytes(binary.read_bytes()[:500])

        fcgid = "libapache2-mod-fcgid"
        binary = "/usr/lib/apache2/modules/mod_fcgid.so"
        for name, change, finding in (
                (fcgid, depends("apache2-api-20120211", "apache2-api-20211221"),
                 f"error: depends on apache2-api-20211221, but {binary} needs apache2-api-20120211"),
                (fcgid, depends("apache2-api-20120211, ", ""), f"error: does not depend on apache2-api-20120211, which {binary} needs"),
                (fcgid, without_modules, "error: depends on apache2-api-20120211, but holds no module"),
                (fcgid, mixed, f"error: /usr/lib/apache2/modules/mod_several.so is for module magic number 20051115, but {binary} is for 20120211"),
                (fcgid, damaged, f"error: {binary} is truncated or damaged: the segments (offset 64)"),
                ("gridsite", depends(", apache2-api-20120211-openssl1.1", ""),
                 "error: does not depend on apache2-api-20120211-opensslX, though /usr/lib/apache2/modules/mod_gridsite.so uses the OpenSSL of "
                 "mod_ssl"),
                (fcgid, depends("apache2-api-20120211", "apache2-api-20120211, apache2-api-20120211-openssl1.1"),
                 "warning: depends on apache2-api-20120211-openssl1.1, but no module seems to use the OpenSSL of mod_ssl")):
            with self.subTest(finding=finding):
                path = self.rebuilt(name, change)
                status, out, err = a2mmn("verify", path)
                self.assertEqual((status, out), (0 if finding.startswith("warning") else 1, ""))
                self.assertIn(f"{path}: {finding}", err.splitlines())
        self.assertEqual(a2mmn("verify", "--mmn", 20211221, self.packages[0])[0], 1)
        self.assertEqual(a2mmn("verify", "--mmn", 20120211, self.packages[0]), (0, "", ""))

    def test_every_compression(self) -> None:
        for compression in ("none", "gzip", "xz", "zstd"):
            tree = self.folder / f"tree-{compression}"
            output("dpkg-deb", "-R", next(path for path in self.packages if "fcgid" in path.name), tree)
            path = self.folder / f"{compression}.deb"
            output("dpkg-deb", f"-Z{compression}", "-b", tree, path)
            self.assertEqual([module["identifier"] for module in inspect(path)[0]["modules"]], ["fcgid_module"])

    def test_a_bar_on_a_terminal_alone(self) -> None:
        """It stays on standard error, and nothing of it is left."""
        packages = [str(package) for package in self.packages]
        begin = time.monotonic()
        subprocess.run([prefix / "bin/a2mmn", "verify", *packages], check=True, env=ENVIRONMENT)
        # Work of several seconds, whatever the machine: a bar comes after the first.
        packages *= max(2, int(4 / (time.monotonic() - begin)))
        main, side = pty.openpty()
        try:
            process = subprocess.Popen([str(prefix / "bin/a2mmn"), "verify", *packages], stderr=side,
                                       stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=ENVIRONMENT | {"TERM": "xterm"})
            out, _ = process.communicate(timeout=120)
            os.set_blocking(main, False)
            shown = b""
            try:
                while part := os.read(main, 65536):
                    shown += part
            except BlockingIOError:
                pass
        finally:
            os.close(main)
            os.close(side)
        self.assertEqual((process.returncode, out), (0, b""))
        self.assertRegex(shown.decode(), r"\[#* *\] \d+/" + str(len(packages)))
        self.assertTrue(shown.endswith(b"\r\x1b[K"))


class LoadFiles(Folder):
    """The .load files in a package are checked as those of a tree are, without unpacking it."""

    MODULE = (SEEDS / "x86-64").read_bytes()
    AVAILABLE = "./etc/apache2/mods-available"
    MODULES = "./usr/lib/apache2/modules"

    def verify(self, *members, options: tuple = ()) -> tuple[int, list[str]]:
        path = self.write("x.deb", deb(tar(*members)))
        status, out, err = a2mmn("verify", *options, path)
        self.assertEqual(out, "")
        return status, [line.removeprefix(f"{path}: ") for line in err.splitlines()]

    def test_nothing_wrong(self) -> None:
        self.assertEqual(self.verify(
            (f"{self.AVAILABLE}/example.load", b"# Depends: ssl other\nLoadModule example_module /usr/lib/apache2/modules/mod_example.so\n"),
            (f"{self.AVAILABLE}/other.load", b"# Depends: example\nLoadModule example_module /opt/linked.so\n"),
            (f"{self.AVAILABLE}/relative.load", b"LoadModule example_module modules/mod_example.so\n"),
            ("./etc/apache2/modules", "../../usr/lib/apache2/modules"), ("./opt/linked.so", "/etc/apache2/modules/mod_example.so"),
            (f"{self.MODULES}/mod_example.so", self.MODULE)), (0, []))

    def test_every_finding(self) -> None:
        file = "/etc/apache2/mods-available/example.load"
        modules = "/usr/lib/apache2/modules"
        self.assertEqual(self.verify(
            (f".{file}", b"# Depends: ssl rewrite.so nothing-such\n"
                         b"#depends: proxy\n"
                         b"LoadModule exmaple_module /usr/lib/apache2/modules/mod_example.so\n"
                         b"LoadModule gone_module /usr/lib/apache2/modules/mod_gone.so\n"
                         b"LoadModule text_module /usr/lib/apache2/modules/text.so\n"
                         b"LoadModule dangling_module /usr/lib/apache2/modules/dangling.so\n"
                         b"LoadModule\n"
                         b"# Conflicts: ssl\n"),
            (f"{self.AVAILABLE}/-x.load", b""),
            (f"{self.MODULES}/mod_example.so", self.MODULE), (f"{self.MODULES}/text.so", b"text"),
            (f"{self.MODULES}/dangling.so", "/usr/lib/elsewhere.so")), (1, [
                f"error: {file}:1: 'rewrite.so' has the suffix of a file; names of modules are written without",
                f"warning: {file}:1: depends on nothing-such, which is no module of this package, of the installed server, or of httpd 2.4",
                f"warning: {file}:2: '#depends: proxy' is ignored; a magic comment is written '# Depends: NAME' or '# Conflicts: NAME' from "
                "the start of the line",
                f"error: {file}:3: loads exmaple_module from {modules}/mod_example.so, which holds example_module",
                f"error: {file}:4: loads {modules}/mod_gone.so, which is neither in the package nor on this system",
                f"error: {file}:5: loads text_module from {modules}/text.so, which holds no module at all",
                f"error: {file}:6: loads {modules}/dangling.so, which is neither in the package nor on this system",
                f"error: {file}:7: LoadModule needs an identifier and a file",
                f"error: {file}:8: '# Conflicts: ssl' comes after the first directive, where it is ignored; move it to the top",
                "error: /etc/apache2/mods-available/-x.load: '-x' cannot be the name of a module"]))

    def test_a_binary_that_is_damaged(self) -> None:
        binary = "/usr/lib/apache2/modules/mod_example.so"
        damaged = "is truncated or damaged: the segments (offset 0)"
        self.assertEqual(self.verify((f"{self.AVAILABLE}/example.load", f"LoadModule example_module {binary}\n".encode()),
                                     (f".{binary}", self.MODULE[:500])),
                         (1, [f"error: {binary} {damaged}", f"error: /etc/apache2/mods-available/example.load:1: loads {binary}, which {damaged}"]))

    def test_other_packages(self) -> None:
        """What comes from elsewhere is looked for in other trees, and on this system."""
        load = (f"{self.AVAILABLE}/example.load", b"# Depends: third\nLoadModule example_module /opt/other/mod_example.so\n")
        module = (f"{self.MODULES}/mod_more.so", self.MODULE)
        self.assertEqual(self.verify(load, module)[0], 1)
        self.write("other/opt/other/mod_example.so", self.MODULE)
        self.write("other/etc/apache2/mods-available/third.load", b"")
        self.assertEqual(self.verify(load, module, options=("--also", self.folder / "other")), (0, []))
        rewrite = "/usr/lib/apache2/modules/mod_rewrite.so"
        self.assertEqual(self.verify((load[0], f"LoadModule rewrite_module {rewrite}\n".encode()), module), (0, [
            f"warning: /etc/apache2/mods-available/example.load:1: loads {rewrite}, which is on this system, but not in the package"]))

    def test_names_are_data(self) -> None:
        status, lines = self.verify((f"{self.AVAILABLE}/a\x1b[2J.load", b"# Depends: $(reboot) `x`\x1b[31m\nLoadModule\n"),
                                    (f"{self.MODULES}/mod_example.so", self.MODULE))
        self.assertEqual(status, 1)
        self.assertGreater(len(lines), 1)
        self.assertNotIn("\x1b", "".join(lines))

    def test_too_much(self) -> None:
        """Each .load file is read to its first MiB, and all of them to a limit."""
        module = (f"{self.MODULES}/mod_example.so", self.MODULE)
        status, lines = self.verify((f"{self.AVAILABLE}/large.load", b"# comment\n" * 200000), module)
        self.assertEqual((status, lines), (1, ["error: /etc/apache2/mods-available/large.load: the file has more than 1 MiB"]))
        many = ((f"{self.AVAILABLE}/large{i}.load", b"#" * 1048577) for i in range(40))
        status, lines = self.verify(*many, module)
        self.assertEqual(status, 1)
        self.assertRegex(lines[0], r"^a2mmn: \S+: holds more than any package: member /etc/apache2/mods-available/large\d+\.load")

    def test_hard_links(self) -> None:
        """Each path of a file is one with the module."""
        status, lines = self.verify(
            (f"{self.AVAILABLE}/first.load", b"LoadModule example_module /usr/lib/apache2/modules/mod_first.so\n"),
            (f"{self.AVAILABLE}/second.load", b"LoadModule example_module /usr/lib/apache2/modules/mod_third.so\n"),
            (f"{self.AVAILABLE}/third.load", (f"{self.AVAILABLE}/second.load",)),
            (f"{self.MODULES}/mod_first.so", self.MODULE), (f"{self.MODULES}/mod_second.so", (f"{self.MODULES}/mod_first.so",)),
            (f"{self.MODULES}/mod_third.so", (f"{self.MODULES}/mod_second.so",)))
        self.assertEqual((status, lines), (0, []))
        self.assertEqual([module["path"] for module in inspect(self.folder / "x.deb")[0]["modules"]],
                         [f"/usr/lib/apache2/modules/mod_{name}.so" for name in ("first", "second", "third")])


class Foreign(unittest.TestCase):
    def test_other_machines(self) -> None:
        for architecture, paths in downloads.foreign(cache).items():
            self.assertEqual(a2mmn("verify", *paths), (0, "", ""))
            for document in inspect(*paths):
                self.assertEqual(document["package"]["architecture"], architecture)
                self.assertGreater(len(document["modules"]), 0)
                for module in document["modules"]:
                    self.assertEqual((module["machine"], module["bits"], module["byte_order"]), downloads.FOREIGN[architecture])
                    self.assertEqual(module["mmn"]["major"], 20120211)
                    self.assertIn(module["mmn"]["minor"], range(50, 300))
                    self.assertGreater(len(module["directives"]), 0)


class Rpm(Folder):
    def build(self, requires: str, extra: str = "", payload: str = "w9.gzdio", binary: str = "x86-64", files: str = "") -> pathlib.Path:
        spec = self.write("test.spec", f"""Name: mod_example
Version: 1
Release: 1
Summary: Test
License: Apache-2.0
AutoReqProv: no
{requires}
%description
Test.
%install
mkdir -p %{{buildroot}}/usr/lib64/httpd/modules
cp {SEEDS / binary} %{{buildroot}}/usr/lib64/httpd/modules/mod_example.so
ln -s mod_example.so %{{buildroot}}/usr/lib64/httpd/modules/mod_other.so
{extra}
%files
/usr/lib64/httpd/modules
{files}
""".encode())
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        output("rpmbuild", "-bb", "--define", f"_topdir {self.folder}/top", "--define", f"_rpmdir {self.folder}/out",
               "--define", f"_binary_payload {payload}", "--define", "debug_package %{nil}",
               "--define", "__os_install_post %{nil}", "--define", "_buildhost localhost", "--nodeps", spec)
        return next(self.folder.glob("out/*/*.rpm"))

    def test_what_it_is(self) -> None:
        path = self.build("Requires: httpd-mmn = 20120211x8664", "%post\necho post\n%triggerin -- httpd\necho trigger\n"
                          "%transfiletriggerin -- /etc/httpd\necho file\n")
        document = inspect(path)[0]
        package = document["package"]
        self.assertEqual((package["kind"], package["name"], package["version"]), ("rpm", "mod_example", "1-1"))
        requires = [" ".join(item[key] for key in ("name", "relation", "version") if key in item) for item in package["depends"]]
        self.assertEqual(sorted(requires), sorted(output("rpm", "-qp", "--requires", path).splitlines()))
        self.assertEqual({script["name"]: script["text"] for script in package["scripts"]},
                         {"post": "echo post", "trigger": "echo trigger", "transfiletrigger": "echo file"})
        self.assertEqual(package["triggers"], [{"kind": "triggerin", "name": "httpd"}, {"kind": "transfiletriggerin", "name": "/etc/httpd"}])
        self.assertEqual([(module["identifier"], module["path"]) for module in document["modules"]],
                         [("example_module", "/usr/lib64/httpd/modules/mod_example.so")])
        self.assertEqual(a2mmn("verify", path), (0, "", ""))

    def test_every_payload(self) -> None:
        for payload in ("w.ufdio", "w9.bzdio", "w1.xzdio", "w3.zstdio"):
            path = self.build("Requires: apache_mmn_20120211", payload=payload)
            self.assertEqual(a2mmn("verify", path), (0, "", ""), payload)

    def test_hard_links(self) -> None:
        """Of several names of a file the payload has the content with the last one only, in either form of payload."""
        folder = "/usr/lib64/httpd/modules"
        available = "/etc/apache2/mods-available"
        links = "".join(f"ln %{{buildroot}}{folder}/mod_example.so %{{buildroot}}{folder}/{name}\n" for name in ("a.so", "mod_late.so"))
        links += f"mkdir -p %{{buildroot}}{available}\necho LoadModule example_module {folder}/a.so >%{{buildroot}}{available}/x.load\n"
        links += f"touch %{{buildroot}}{folder}/none\nln %{{buildroot}}{folder}/none %{{buildroot}}{folder}/nothing\n"
        for payload in ("w9.gzdio", "w.ufdio"):
            path = self.build("Requires: httpd-mmn = 20120211x8664", links, payload, files=available)
            self.assertEqual(len(set(output("rpm", "-qp", "--qf", "[%{FILEINODES} %{FILENAMES}\\n]", path).split()) &
                                 {f"{folder}/a.so", f"{folder}/mod_example.so", f"{folder}/mod_late.so"}), 3)
            self.check_links(path)
        numbered = self.write("numbered.rpm", numbered_payload(path))
        self.assertNotIn(b"070701", numbered.read_bytes()[:-200])
        self.check_links(numbered)
        # The load file's line is not looked at where the name does not exist.
        wrong = self.build("Requires: httpd-mmn = 20120211x8664", links.replace("/a.so >", "/b.so >"), files=available)
        self.assertEqual(a2mmn("verify", wrong), (1, "", f"{wrong}: error: {available}/x.load:1: loads {folder}/b.so, which is neither in the "
                                                         "package nor on this system\n"))

    def check_links(self, path: pathlib.Path) -> None:
        self.assertEqual([(module["identifier"], pathlib.Path(module["path"]).name) for module in inspect(path)[0]["modules"]],
                         [("example_module", name) for name in ("a.so", "mod_example.so", "mod_late.so")])
        self.assertEqual(a2mmn("verify", path), (0, "", ""))

    def test_wrong_dependencies_are_caught(self) -> None:
        binary = "/usr/lib64/httpd/modules/mod_example.so"
        for requires, finding in (
                ("", f"does not depend on httpd-mmn = 20120211x8664, which {binary} needs"),
                ("Requires: httpd-mmn = 20051115x8664", f"depends on httpd-mmn = 20051115x8664, but {binary} needs httpd-mmn = 20120211x8664"),
                ("Requires: httpd-mmn = 20120211x8632", f"depends on httpd-mmn = 20120211x8632, but {binary} needs httpd-mmn = 20120211x8664"),
                ("Requires: apache_mmn_20051115", f"depends on apache_mmn_20051115, but {binary} needs apache_mmn_20120211"),
                ("Requires: httpd-mmn", f"depends on httpd-mmn, but {binary} needs httpd-mmn = 20120211x8664"),
                ("Provides: httpd-mmn = 20051115", f"provides httpd-mmn = 20051115, but {binary} is for httpd-mmn = 20120211x8664")):
            with self.subTest(requires=requires):
                path = self.build(requires)
                self.assertEqual(a2mmn("verify", path), (1, "", f"{path}: error: {finding}\n"))

    def test_damaged(self) -> None:
        whole = self.build("Requires: httpd-mmn = 20120211x8664").read_bytes()
        for size in (20, 96, 105, 500, 2000, len(whole) // 2, len(whole) - 200):
            status, out, err = a2mmn("inspect", self.write("short.rpm", whole[:size]))
            self.assertEqual((status, out), (1, ""))
            self.assertRegex(err, r"^a2mmn: \S+short\.rpm: is truncated or damaged: .*\(offset \d+\)\n$")
        at = 96 + 8
        huge = whole[:at] + b"\x00\x00\xff\xff\x7f\xff\xff\xff" + whole[at + 8:]
        self.assertIn("holds more than any package: the header (offset 96)", a2mmn("inspect", self.write("huge.rpm", huge))[2])


class Hostile(Folder):
    """Each is refused with one line that says why, soon and in little memory; the others are still done."""

    def refused(self, name: str, content: bytes, reason: str) -> None:
        path = self.write(name, content)
        start = time.monotonic()

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

        status, out, err = a2mmn("inspect", path, SEEDS / "x86-64", preexec_fn=limit)
        self.assertEqual(status, 1, err)
        self.assertIn("example_module", out)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertRegex(err, rf"^a2mmn: {re.escape(str(path))}: {reason}")
        self.assertLess(time.monotonic() - start, 20)

    def test_shapes(self) -> None:
        good = deb(tar(("./usr/x", b"x")))
        for name, content, reason in (
                ("empty.deb", b"!<arch>\n", r"is truncated or damaged: the archive \(offset 8\)"),
                ("other.deb", ar(("x", b"")), "is no package"),
                ("version.deb", ar(("debian-binary", b"3.0\n")), "is no package"),
                ("order.deb", ar(("debian-binary", b"2.0\n"), ("data.tar", b"")), r"is truncated or damaged: member data\.tar \(offset 72\)"),
                ("none.deb", ar(("debian-binary", b"2.0\n"), ("control.tar", tar(("./x", b"")))), "is truncated or damaged: the archive"),
                ("size.deb", good.replace(b"10240     `", b"9999999999`", 1), r"is truncated or damaged: member control\.tar"),
                ("minus.deb", good.replace(b"10240     `", b"-1        `", 1), "is truncated or damaged: the archive"),
                ("control.deb", deb(tar(), control=b"Package: x\n"), r"is truncated or damaged: member control\.tar"),
                ("up.deb", deb(tar(("./usr/../../etc/passwd", b"x"))), r"holds a file whose name leads out of the package \(member \./usr/\.\./"),
                ("link.deb", deb(tar(("./x", ("../../etc/passwd",)))), r"holds a file whose name leads out of the package \(member \./x\)"),
                ("odd.deb", deb(b"", "data.tar.lrz"), r"is packed in a way that is not known \(member data\.tar\.lrz\)"),
                ("twice.deb", deb(gzip.compress(gzip.compress(tar())), "data.tar.gz"), r"is truncated or damaged: member data\.tar\.gz"),
                ("wrong.deb", deb(b"hello" * 1000, "data.tar.xz"), r"is truncated or damaged: member data\.tar\.xz"),
                ("escape.deb", deb(tar(("\x1b[31m/../x", b""))), "holds a file whose name leads out")):
            with self.subTest(name=name):
                self.refused(name, content, reason)

    def test_truncated_anywhere(self) -> None:
        whole = deb(lzma.compress(tar(("./usr/lib/mod_x.so", (SEEDS / "x86-64").read_bytes()))), "data.tar.xz")
        self.assertEqual(a2mmn("inspect", self.write("whole.deb", whole))[0], 0)
        sizes = [*range(8, 132), *range(132, len(whole) - 12, 997)]
        for size in sizes:
            self.write(f"short{size}.deb", whole[:size])
        status, _, err = a2mmn("inspect", *(self.folder / f"short{size}.deb" for size in sizes))
        self.assertEqual(status, 1)
        self.assertEqual(len(err.splitlines()), len(sizes))

    def test_bombs(self) -> None:
        """Some kilobytes that become gigabytes."""
        zeros = b"\0" * (16 << 20)
        head = tarfile.TarInfo("./usr/share/zeros")
        head.size = 4 << 30
        xz = lzma.LZMACompressor(preset=0)
        bomb = xz.compress(head.tobuf(tarfile.GNU_FORMAT)) + b"".join(xz.compress(zeros) for _ in range(256)) + xz.flush()
        self.refused("bomb.deb", deb(bomb, "data.tar.xz"), r"holds more than any package: member data\.tar\.xz \(offset \d+\)")
        head.name = "./usr/lib/apache2/modules/mod_zeros.so"
        elf = head.tobuf(tarfile.GNU_FORMAT) + (SEEDS / "x86-64").read_bytes()
        xz = lzma.LZMACompressor(preset=0)
        bomb = xz.compress(elf) + b"".join(xz.compress(zeros) for _ in range(64)) + xz.flush()
        self.refused("binary.deb", deb(bomb, "data.tar.xz"), "holds more than any package|holds a binary that is too large")
        # A binary that is there a million times over.
        whole = (SEEDS / "x86-64").read_bytes() + b"\0" * (1 << 20)
        links = tar(("./usr/lib/m.so", whole), *((f"./usr/lib/m{i}.so", ("./usr/lib/m.so",)) for i in range(1000)))
        self.refused("links.deb", deb(lzma.compress(links, preset=0), "data.tar.xz"), r"holds more than any package: member /usr/lib/m\d+\.so")
        head.name = "./control"
        gz = gzip.compress(head.tobuf(tarfile.GNU_FORMAT) + zeros * 4, 9)
        self.refused("control.deb", ar(("debian-binary", b"2.0\n"), ("control.tar.gz", gz), ("data.tar", tar())),
                     r"holds more than any package: member control\.tar\.gz")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="an installed tree")
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="where downloaded packages stay")
    arguments, rest = parser.parse_known_args()
    prefix = arguments.prefix
    cache = arguments.cache.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
