#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a2mmn from its command line to its exit status, on trees made here and on the seeds of the fuzz target."""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEEDS = ROOT / "fuzz/corpus/module_binary"
prefix = pathlib.Path()


class A2mmn(unittest.TestCase):
    """Each test has a folder of its own, and no installed server but the one it makes."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name).resolve()
        self.tree = self.folder / "debian/libapache2-mod-example"
        (self.folder / "etc").mkdir()
        self.environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "APACHE_CONFDIR": str(self.folder / "etc"),
                            "DPKG_ADMINDIR": str(self.folder / "dpkg")}

    def call(self, *arguments: object, **keywords) -> tuple[int, str, str]:
        result = subprocess.run([str(prefix / "bin/a2mmn"), *map(str, arguments)], env=self.environment, cwd=self.folder,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60, **keywords)
        return result.returncode, result.stdout, result.stderr

    def write(self, name: str, content: str | bytes) -> pathlib.Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(self, content: str, name: str = "example") -> str:
        """Writes a .load file into the tree; gives its path as messages name it."""
        path = f"debian/libapache2-mod-example/etc/apache2/mods-available/{name}.load"
        self.write(path, content)
        return path

    def binary(self, seed: str, name: str = "mod_example.so") -> None:
        self.write(f"debian/libapache2-mod-example/usr/lib/apache2/modules/{name}", (SEEDS / seed).read_bytes())


class Usage(A2mmn):
    def test_usage_errors(self) -> None:
        for arguments in (["nonsense"], ["inspect"], ["emit"], ["emit", "--format", "gentoo", "x"], ["verify"],
                          ["--no-such"], ["emit", "--headers", "x"], ["emit", "--openssl", "--format", "rpm", "x"],
                          ["emit", "--substvars", "--format=suse", "x"], ["inspect", "--format", "deb", "x"], ["verify", "--json", "x"],
                          ["verify", "--mmn", "12x", "x"], ["verify", "--mmn", "-1", "x"], ["--also", "x"], ["emit", "-I", "x", "y"],
                          ["inspect", "--headers", "x"], ["--mmn"], ["--root", "x", "-I", "y"], ["verify", "--root", "x", "y"],
                          ["emit", "--root", "x", "y"]):
            with self.subTest(arguments=arguments):
                status, out, err = self.call(*arguments)
                self.assertEqual((status, out), (2, ""))
                self.assertNotEqual(err, "")
                self.assertLessEqual(len(err.splitlines()), 2)

    def test_help_and_version(self) -> None:
        status, out, err = self.call("--help")
        self.assertEqual((status, err), (0, ""))
        self.assertTrue(out.startswith("Usage: a2mmn "))
        self.assertEqual(self.call("-h")[1], out)
        status, out, err = self.call("--version")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"^a2mmn \(confgraph\) \d+\.\d+\.\d+\n$")

    def test_a_full_disk_is_an_error(self) -> None:
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run([str(prefix / "bin/a2mmn"), "emit", str(SEEDS / "x86-64")], env=self.environment, check=False,
                                    stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("No space left on device", result.stderr)


class Agree(A2mmn):
    """The server is the machine's: what it says is compared with what its own program says in real_modules.py."""

    def header(self, major: int, minor: int) -> str:
        self.write("include/ap_mmn.h", f"#define MODULE_MAGIC_NUMBER_MAJOR {major}\n#define MODULE_MAGIC_NUMBER_MINOR {minor}\n")
        return str(self.folder / "include")

    def test_they_agree(self) -> None:
        include = self.header(20120211, 1)
        status, out, err = self.call("-I", include)
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, rf"^server 20120211:\d+ \(Apache 2\.4\.\d+\)\nheaders 20120211:1 \({re.escape(include)}/ap_mmn\.h\)\n$")
        status, out, err = self.call("-I", self.header(20120211, 99999))
        self.assertEqual(status, 0)
        self.assertIn("NOTE: the headers are newer than the server", err)

    def test_they_do_not(self) -> None:
        status, out, err = self.call("--include", self.header(20211221, 30))
        self.assertEqual(status, 1)
        self.assertIn("headers 20211221:30", out)
        self.assertIn("do not agree", err)
        document = json.loads(self.call("--json", "--include", self.header(20211221, 30))[1])
        self.assertFalse(document["agree"])
        self.assertEqual(document["exit_status"], 1)
        self.assertEqual(document["headers"]["mmn"], {"major": 20211221, "minor": 30})
        self.assertEqual(document["server"]["mmn"]["major"], 20120211)

    def test_no_headers(self) -> None:
        for name, content, reason in (("none", None, "No such file or directory"), ("bad", "nothing", "does not define the module magic number")):
            if content:
                self.write(f"{name}/ap_mmn.h", content)
            with self.subTest(name=name):
                status, out, err = self.call("--json", "-I", name)
                self.assertEqual(status, 1)
                self.assertEqual(err, f"a2mmn: {name}/ap_mmn.h: {'cannot be read: ' if not content else ''}{reason}\n")
                self.assertIsNone(json.loads(out)["headers"])


class Development(A2mmn):
    """What is installed below a root: a tree as Fedora's httpd-devel makes it, with the server of this machine."""

    INCLUDE = "root/usr/include/httpd"

    def setUp(self) -> None:
        super().setUp()
        self.headers(20120211)
        self.write("root/usr/lib64/httpd/build/config_vars.mk",
                   "prefix = /usr\nincludedir = ${prefix}/include/httpd\nexp_includedir = /usr/include/httpd\nHTTPD_MMN = 20120211\n")
        self.write(f"{self.INCLUDE}/.mmn", "20120211aarch64\n")
        (self.folder / "root/usr/sbin").mkdir()
        shutil.copy("/usr/sbin/apache2", self.folder / "root/usr/sbin")

    def headers(self, major: int) -> None:
        self.write(f"{self.INCLUDE}/ap_mmn.h", f"#define MODULE_MAGIC_NUMBER_MAJOR {major}\n#define MODULE_MAGIC_NUMBER_MINOR 1\n")

    def test_all_agree(self) -> None:
        status, out, err = self.call("--root", "root")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, rf"^server 20120211:\d+ \(Apache 2\.4\.\d+\)\nheaders 20120211:1 \({self.INCLUDE}/ap_mmn\.h\)\n"
                              r"apxs 20120211 \(root/usr/lib64/httpd/build/config_vars\.mk\)\n"
                              rf"packages 20120211aarch64 \({self.INCLUDE}/\.mmn\)\n$")
        document = json.loads(self.call("--json", "--root", "root/")[1])
        self.assertTrue(document["agree"])
        self.assertEqual(document["settings"], {"file": "root/usr/lib64/httpd/build/config_vars.mk", "include_folder": self.INCLUDE,
                                                "mmn": {"major": 20120211}})
        self.assertEqual(document["mmn_file"], {"file": f"{self.INCLUDE}/.mmn", "text": "20120211aarch64", "mmn": {"major": 20120211}})

    def test_what_packages_depend_on(self) -> None:
        """The machine is the one that the distribution wrote down."""
        self.assertEqual(self.call("emit", "--headers", "--format", "rpm", "--root", "root"), (0, "httpd-mmn = 20120211aarch64\n", ""))
        self.assertEqual(self.call("emit", "--headers", "--format", "rpm", "-I", self.INCLUDE), (0, "httpd-mmn = 20120211aarch64\n", ""))
        self.assertEqual(self.call("emit", "--headers", "--root", "root"), (0, "apache2-api-20120211\n", ""))
        (self.folder / self.INCLUDE / ".mmn").unlink()
        self.assertRegex(self.call("emit", "--headers", "--format", "rpm", "--root", "root")[1], r"^httpd-mmn = 20120211\w*\n$")

    def test_disagreements(self) -> None:
        header = f"{self.INCLUDE}/ap_mmn.h says 20211221"
        mmn = f"a2mmn: {self.INCLUDE}/.mmn: says 20120211, but {header}"
        settings = f"a2mmn: root/usr/lib64/httpd/build/config_vars.mk: says 20120211, but {header}"
        self.headers(20211221)
        status, out, err = self.call("--root", "root")
        self.assertEqual((status, err.splitlines()), (1, [settings, mmn,
            "a2mmn: the headers do not agree with the server: it does not load what is compiled with them"]))
        self.assertIn("headers 20211221:1 ", out)
        self.assertFalse(json.loads(self.call("--json", "--root", "root")[1])["agree"])
        self.assertEqual(self.call("emit", "--headers", "--root", "root"), (1, "", settings + "\n"))
        self.assertEqual(self.call("-I", self.INCLUDE)[2].splitlines()[0], mmn)
        self.headers(20120211)
        self.write(f"{self.INCLUDE}/.mmn", "missing-httpd-devel\n")
        self.assertEqual(self.call("emit", "--headers", "--root", "root"),
                         (1, "", f"a2mmn: {self.INCLUDE}/.mmn: does not define the module magic number\n"))

    def test_missing_parts(self) -> None:
        (self.folder / self.INCLUDE / "ap_mmn.h").unlink()
        status, out, err = self.call("--root", "root")
        self.assertEqual((status, err), (1, f"a2mmn: {self.INCLUDE}/ap_mmn.h: cannot be read: No such file or directory\n"))
        self.assertTrue(out.startswith("server "))
        (self.folder / "empty").mkdir()
        status, out, err = self.call("--json", "--root", "empty")
        self.assertEqual(status, 1)
        self.assertEqual(len(err.splitlines()), 2)
        document = json.loads(out)
        self.assertEqual([document[name] for name in ("server", "headers", "settings", "mmn_file", "agree")], [None] * 4 + [False])


class Inspect(A2mmn):
    def test_text(self) -> None:
        self.assertEqual(self.call("inspect", SEEDS / "s390x"), (0,
            f"{SEEDS}/s390x: s390, 64 bits, big-endian\n"
            "  example_module (mod_example.c) MMN 20120211:142\n"
            "    ExampleEngine  [server, directory] On or Off\n"
            "    <IfExample     [server, directory, AuthConfig, FileInfo, Indexes, Limit, Options] a container\n"
            "    ExampleBare    [FileInfo]\n", ""))
        self.assertIn("(its directives lie in another binary)", self.call("inspect", SEEDS / "outside")[1])

    def test_json(self) -> None:
        status, out, err = self.call("inspect", "--json", SEEDS / "i386")
        self.assertEqual((status, err), (0, ""))
        document = json.loads(out)
        self.assertEqual(document["version"], 1)
        self.assertEqual(document["files"], [{
            "file": str(SEEDS / "i386"), "machine": "i386", "bits": 32, "byte_order": "little",
            "modules": [{
                "identifier": "example_module", "source": "mod_example.c", "mmn": {"major": 20120211, "minor": 142}, "cookie": "AP24",
                "directives_known": True,
                "directives": [
                    {"name": "ExampleEngine", "allowed": ["server", "directory"], "allowed_bits": 192, "arguments": "FLAG", "help": "On or Off"},
                    {"name": "<IfExample", "allowed": ["server", "directory", "AuthConfig", "FileInfo", "Indexes", "Limit", "Options"],
                     "allowed_bits": 479, "arguments": "RAW_ARGS", "help": "a container"},
                    {"name": "ExampleBare", "allowed": ["FileInfo"], "allowed_bits": 4, "arguments": "NO_ARGS", "help": ""}]}]}])

    def test_bad_input(self) -> None:
        """Each has a line of its own, and the others are still done."""
        good = SEEDS / "x86-64"
        self.write("text", "hello\n")
        self.write("short.so", good.read_bytes()[:400])
        self.write("mod.o", good.read_bytes()[:16] + b"\x01" + good.read_bytes()[17:])
        self.write("foreign", good.read_bytes()[:18] + b"\xff\xfe" + good.read_bytes()[20:])
        self.write("odd\n\x1b[31m", "x")
        (self.folder / "empty").mkdir()
        os.mkfifo(self.folder / "fifo")
        status, out, err = self.call("inspect", "--json", "text", "short.so", "mod.o", "foreign", "gone", "empty", "fifo", SEEDS / "none",
                                     "odd\n\x1b[31m", good)
        self.assertEqual(status, 1)
        self.assertEqual(err.splitlines(), [
            "a2mmn: text: is no binary (ELF), and no folder",
            "a2mmn: short.so: is truncated or damaged: the segments (offset 0)",
            "a2mmn: mod.o: is no binary that can be loaded: an object file, or debugging information",
            "a2mmn: foreign: is a binary of an unknown machine (e_machine 65279)",
            "a2mmn: gone: cannot be read: No such file or directory",
            "a2mmn: empty: holds no module",
            "a2mmn: fifo: is no regular file and no folder",
            f"a2mmn: {SEEDS}/none: holds no module",
            "a2mmn: odd\\x0a\\x1b[31m: is no binary (ELF), and no folder"])
        files = json.loads(out)["files"]
        self.assertEqual([bool(item["modules"]) for item in files], [False] * 9 + [True])
        self.assertEqual(files[0]["error"], "is no binary (ELF), and no folder")

    def test_a_compiled_binary_in_each_state(self) -> None:
        """What compilers and strip make of one source: with debugging information, without, and the information alone."""
        compiler = shutil.which(os.environ.get("CC", "cc"))
        if not compiler:
            self.skipTest("no C compiler")
        self.write("mod_made.c", """
            struct command { const char *name; void (*f)(void); void *data; int allowed; int how; const char *help; };
            struct module { int version, minor, index; const char *name; void *handle; void *next; unsigned long magic;
                            void *hooks[5]; const struct command *cmds; void *more[2]; };
            void work(void);
            void work(void) {}
            static const struct command commands[] = { { "MadeUp", work, 0, 128, 1, "a made-up directive" }, { 0 } };
            __attribute__((visibility("default")))
            struct module made_module = { 20120211, 7, -1, "mod_made.c", 0, 0, 0x41503234UL, { 0 }, commands, { 0 } };
            """)
        variants = {"plain": [], "debug": ["-g"], "sysv": ["-Wl,--hash-style=sysv"], "stripped": ["-s"],
                    "now": ["-Wl,-z,relro,-z,now", "-O2"], "separate": ["-Wl,-z,separate-code"]}
        if shutil.which("ld.lld"):
            variants |= {"lld": ["-fuse-ld=lld"], "relr": ["-fuse-ld=lld", "-Wl,--pack-dyn-relocs=relr"]}
        for name, flags in variants.items():
            with self.subTest(name=name):
                done = subprocess.run([compiler, "-shared", "-fPIC", "-o", f"{name}.so", "mod_made.c", *flags], cwd=self.folder,
                                      capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                document = json.loads(self.call("inspect", "--json", f"{name}.so")[1])
                module = document["files"][0]["modules"][0]
                self.assertEqual((module["identifier"], module["mmn"]["minor"], [item["name"] for item in module["directives"]]),
                                 ("made_module", 7, ["MadeUp"]))
        subprocess.run(["objcopy", "--only-keep-debug", "debug.so", "debug.debug"], cwd=self.folder, check=True)
        self.assertEqual(self.call("inspect", "debug.debug")[::2], (1,
            "a2mmn: debug.debug: is no binary that can be loaded: an object file, or debugging information\n"))


class Emit(A2mmn):
    def test_formats(self) -> None:
        for seed, flavour, expected in (("x86-64", "deb", "apache2-api-20120211"), ("x86-64", "rpm", "httpd-mmn = 20120211x8664"),
                                        ("i386", "rpm", "httpd-mmn = 20120211x8632"), ("aarch64", "rpm", "httpd-mmn = 20120211aarch64"),
                                        ("s390x", "rpm", "httpd-mmn = 20120211s39064"), ("arm", "rpm", "httpd-mmn = 20120211"),
                                        ("s390x", "suse", "apache_mmn_20120211"), ("s390x", "pld", "apache(modules-api) = 20120211"),
                                        ("s390x", "alt", "apache2-mmn = 20120211")):
            with self.subTest(seed=seed, flavour=flavour):
                self.assertEqual(self.call("emit", "--format", flavour, SEEDS / seed), (0, expected + "\n", ""))
        self.assertEqual(self.call("emit", SEEDS / "x86-64", SEEDS / "relr"), (0, "apache2-api-20120211\n", ""))

    def test_openssl(self) -> None:
        self.write("dpkg/status", "Package: apache2-bin\nStatus: install ok installed\n"
                                  "Provides: apache2-api-20120211, apache2-api-20120211-openssl9.9\n")
        self.assertEqual(self.call("emit", "--openssl", SEEDS / "arm"),
                         (0, "apache2-api-20120211\napache2-api-20120211-openssl9.9\n", ""))
        self.assertEqual(self.call("emit", "--openssl", "--substvars", SEEDS / "arm"),
                         (0, "apache2:Depends=apache2-api-20120211, apache2-api-20120211-openssl9.9\n", ""))
        shutil.rmtree(self.folder / "dpkg")
        status, out, _ = self.call("emit", "--openssl", SEEDS / "arm")
        self.assertEqual(status, 0)
        self.assertRegex(out, r"^apache2-api-20120211\napache2-api-20120211-openssl[\w.]+\n$")

    def test_headers(self) -> None:
        self.write("include/ap_mmn.h", "#define MODULE_MAGIC_NUMBER_MAJOR 20211221\n#define MODULE_MAGIC_NUMBER_MINOR 30\n")
        self.assertEqual(self.call("emit", "--headers", "-I", "include"), (0, "apache2-api-20211221\n", ""))
        self.assertEqual(self.call("emit", "--headers", "--include=include", "--format", "suse"), (0, "apache_mmn_20211221\n", ""))
        self.assertEqual(self.call("emit", "--headers", "-I", "gone"),
                         (1, "", "a2mmn: gone/ap_mmn.h: cannot be read: No such file or directory\n"))

    def test_a_tree(self) -> None:
        self.binary("i386")
        self.write("debian/libapache2-mod-example/usr/lib/libother.so", "INPUT(-lother)\n")
        self.write("debian/libapache2-mod-example/usr/share/doc/readme", "text\n")
        self.assertEqual(self.call("emit", self.tree), (0, "apache2-api-20120211\n", ""))
        self.assertEqual(self.call("emit", "--format=rpm", self.tree), (0, "httpd-mmn = 20120211x8632\n", ""))

    def test_refusals(self) -> None:
        self.tree.mkdir(parents=True)
        self.assertEqual(self.call("emit", self.tree), (1, "", f"a2mmn: {self.tree}: holds no module\n"))
        self.binary("several")
        status, out, err = self.call("emit", self.tree)
        self.assertEqual((status, out), (1, ""))
        self.assertEqual(len(err.splitlines()), 1)
        self.assertIn("20120211", err)
        self.assertIn("20051115", err)
        status, out, err = self.call("emit", "--format", "rpm", SEEDS / "i386", SEEDS / "x86-64")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("different machines", err)
        self.binary("x86-64")
        self.binary("x86-64", "mod_damaged.so")
        damaged = self.tree / "usr/lib/apache2/modules/mod_damaged.so"
        damaged.write_bytes(damaged.read_bytes()[:500])
        # The others are still done.
        error = f"a2mmn: {damaged}: is truncated or damaged: the segments (offset 0)\n"
        (self.tree / "usr/lib/apache2/modules/mod_example.so").unlink()
        self.assertEqual(self.call("emit", self.tree), (1, "", error))
        self.assertEqual(self.call("emit", damaged, "gone.so", SEEDS / "x86-64"),
                         (1, "apache2-api-20120211\n", error + "a2mmn: gone.so: cannot be read: No such file or directory\n"))


class EmitLists(A2mmn):
    """What rpm calls a generator with: paths on standard input."""

    def emit(self, *paths: object, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        result = subprocess.run([str(prefix / "bin/a2mmn"), "emit", "--format", "rpm", *options, "-"], env=self.environment,
                                cwd=self.folder, input="".join(f"{path}\n" for path in paths), capture_output=True, text=True,
                                check=False, timeout=60)
        return result.returncode, result.stdout, result.stderr

    def test_modules_among_other_files(self) -> None:
        text = self.write("readme.so", "text\n")
        self.assertEqual(self.emit(text, SEEDS / "x86-64", "", self.folder, SEEDS / "relr"), (0, "httpd-mmn = 20120211x8664\n", ""))

    def test_without_a_module(self) -> None:
        self.assertEqual(self.emit(), (0, "", ""))
        self.assertEqual(self.emit(self.write("readme.so", "text\n"), self.folder, "/dev/null"), (0, "", ""))

    def test_a_file_that_cannot_be_understood(self) -> None:
        damaged = self.write("mod_damaged.so", (SEEDS / "x86-64").read_bytes()[:500])
        self.assertEqual(self.emit(damaged, SEEDS / "x86-64", "gone.so"),
                         (1, "httpd-mmn = 20120211x8664\n", "a2mmn: " + str(damaged) + ": is truncated or damaged: the segments (offset 0)\n"
                          "a2mmn: gone.so: cannot be read: No such file or directory\n"))

    def test_contradictions(self) -> None:
        status, out, err = self.emit(SEEDS / "i386", SEEDS / "x86-64")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("different machines", err)

    def test_no_list(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        result = subprocess.run([str(prefix / "bin/a2mmn"), "emit", "-"], env=self.environment, cwd=self.folder, stdin=folder, check=False,
                                timeout=60, capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (1, "", "a2mmn: cannot read the list of files: Is a directory\n"))

    def test_what_a_server_provides(self) -> None:
        self.assertEqual(self.emit(SEEDS / "x86-64", options=("--provides",)),
                         (0, "httpd-mmn = 20120211\nhttpd-mmn = 20120211x8664\n", ""))
        for flavour, expected in (("deb", "apache2-api-20120211"), ("suse", "apache_mmn_20120211"),
                                  ("pld", "apache(modules-api) = 20120211"), ("alt", "apache2-mmn = 20120211")):
            with self.subTest(flavour=flavour):
                self.assertEqual(self.emit(SEEDS / "s390x", options=("--provides", "--format", flavour)), (0, expected + "\n", ""))
        self.assertEqual(self.call("emit", "--format", "rpm", "--provides", SEEDS / "arm"), (0, "httpd-mmn = 20120211\n", ""))
        self.assertEqual(self.call("emit", "--provides", "--substvars", SEEDS / "arm")[0], 2)


class Verify(A2mmn):
    def verify(self, *options: object) -> tuple[int, list[str]]:
        status, out, err = self.call("verify", *options, "debian/libapache2-mod-example")
        self.assertEqual(out, "")
        return status, err.splitlines()

    def test_nothing_wrong(self) -> None:
        self.load("# Depends: ssl\nLoadModule example_module /usr/lib/apache2/modules/mod_example.so\n")
        self.binary("x86-64")
        self.assertEqual(self.verify(), (0, []))
        self.assertEqual(self.verify("--mmn", 20120211), (0, []))

    def test_every_finding(self) -> None:
        path = self.load("# Depends: ssl rewrite.so nothing-such\n"
                         "#depends: proxy\n"
                         "LoadModule example_module /usr/lib/apache2/modules/mod_example.so\n"
                         "LoadModule exmaple_module /usr/lib/apache2/modules/mod_example.so\n"
                         "LoadModule gone_module /usr/lib/apache2/modules/mod_gone.so\n"
                         "LoadModule text_module /usr/lib/apache2/modules/text.so\n"
                         "LoadModule\n"
                         "# Conflicts: ssl\n")
        self.binary("x86-64")
        folder = "debian/libapache2-mod-example/usr/lib/apache2/modules"
        self.write(f"{folder}/text.so", "text")
        self.assertEqual(self.verify("--mmn", 20211221), (1, [
            f"{path}:1: error: 'rewrite.so' has the suffix of a file; names of modules are written without",
            f"{path}:1: warning: depends on nothing-such, which is no module of this package, of the installed server, or of httpd 2.4",
            f"{path}:2: warning: '#depends: proxy' is ignored; a magic comment is written '# Depends: NAME' or '# Conflicts: NAME' from the "
            "start of the line",
            f"{path}:3: error: example_module in {folder}/mod_example.so is for module magic number 20120211, but 20211221 is declared",
            f"{path}:4: error: loads exmaple_module from {folder}/mod_example.so, which holds example_module",
            f"{path}:5: error: loads /usr/lib/apache2/modules/mod_gone.so, which is neither in the package nor on this system",
            f"{path}:6: error: loads {folder}/text.so, which is no binary (ELF), and no folder",
            f"{path}:7: error: LoadModule needs an identifier and a file",
            f"{path}:8: error: '# Conflicts: ssl' comes after the first directive, where it is ignored; move it to the top"]))

    def test_warnings_alone_are_no_failure(self) -> None:
        path = self.load("# Depends: example\n")
        self.assertEqual(self.verify(), (0, [f"{path}:1: warning: example names itself"]))

    def test_what_is_known(self) -> None:
        path = self.load("# Depends: thirdparty installed\n# Depends: rewrit\n")
        unknown = "warning: depends on {}, which is no module of this package, of the installed server, or of httpd 2.4"
        slip = f"{path}:2: {unknown.format('rewrit')}; did you mean rewrite?"
        self.assertEqual(self.verify(), (0, [*(f"{path}:1: {unknown.format(name)}" for name in ("thirdparty", "installed")), slip]))
        self.write("debian/sister/etc/apache2/mods-available/thirdparty.load", "")
        self.write("etc/mods-available/installed.load", "")
        self.assertEqual(self.verify(), (0, [f"{path}:1: {unknown.format('thirdparty')}", slip]))
        self.assertEqual(self.verify("--also", "debian/gone", "--also", "debian/sister"), (0, [slip]))

    def test_the_declared_number(self) -> None:
        path = self.load("LoadModule example_module /usr/lib/apache2/modules/mod_example.so\n")
        self.binary("x86-64")
        binary = "debian/libapache2-mod-example/usr/lib/apache2/modules/mod_example.so"
        message = f"{path}:1: error: example_module in {binary} is for module magic number 20120211, but {{}} is declared in {{}}"
        self.write("debian/libapache2-mod-example.substvars", "misc:Depends=apache2-api-20051115, apache2-bin (>= 2.4.16)\n")
        self.assertEqual(self.verify(), (1, [message.format(20051115, "debian/libapache2-mod-example.substvars")]))
        self.write("debian/libapache2-mod-example/DEBIAN/control", "Package: x\nDepends: libc6, apache2-api-20211221\n")
        self.assertEqual(self.verify(), (1, [message.format(20211221, "debian/libapache2-mod-example/DEBIAN/control")]))
        self.assertEqual(self.verify("--mmn", 20120211), (0, []))
        # A binary that nothing loads is of the package, too.
        self.binary("several", "mod_more.so")
        more = "debian/libapache2-mod-example/usr/lib/apache2/modules/mod_more.so"
        self.assertEqual(self.verify("--mmn", 20120211), (1, [
            f"{more}: error: {module} in {more} is for module magic number {number}, but 20120211 is declared"
            for module, number in (("old_module", 20051115), ("next_module", 20211221))]))

    def test_no_dependency_at_all(self) -> None:
        """Where a tree says what its package depends on, the number has to be among that."""
        self.load("LoadModule example_module /usr/lib/apache2/modules/mod_example.so\n")
        self.binary("x86-64")
        binary = "debian/libapache2-mod-example/usr/lib/apache2/modules/mod_example.so"
        message = f"{{}}: error: does not depend on apache2-api-20120211, which {binary} needs"
        self.write("debian/libapache2-mod-example.substvars", "shlibs:Depends=libc6 (>= 2.34)\n")
        self.assertEqual(self.verify(), (1, [message.format("debian/libapache2-mod-example.substvars")]))
        self.assertEqual(self.verify("--mmn", 20120211), (0, []))
        self.write("debian/control", "Source: x\n\nPackage: libapache2-mod-example\nDepends: apache2-api-20120211, ${shlibs:Depends}\n")
        self.assertEqual(self.verify(), (0, []))
        self.write("debian/libapache2-mod-example/DEBIAN/control", "Package: libapache2-mod-example\nDepends: libc6\n")
        self.assertEqual(self.verify(), (1, [message.format("debian/libapache2-mod-example/DEBIAN/control")]))

    def test_no_tree(self) -> None:
        self.assertEqual(self.verify(), (1, ["a2mmn: debian/libapache2-mod-example: cannot be read: No such file or directory"]))

    def test_names_are_data(self) -> None:
        self.load("# Depends: $(reboot) `x`\x1b[31m\nLoadModule\n", "a\x1b[2J")
        status, lines = self.verify()
        self.assertEqual(status, 1)
        self.assertGreater(len(lines), 1)
        self.assertNotIn("\x1b", "".join(lines))

    def test_installed_modules_verify(self) -> None:
        """All of the server's own .load files and binaries, as if they were a package."""
        shutil.copytree("/etc/apache2/mods-available", self.tree / "etc/apache2/mods-available")
        shutil.copytree("/usr/lib/apache2/modules", self.tree / "usr/lib/apache2/modules")
        self.assertEqual(self.verify("--mmn", 20120211), (0, []))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="an installed tree")
    arguments, rest = parser.parse_known_args()
    prefix = arguments.prefix.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
