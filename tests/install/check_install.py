#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs the build to a temporary folder with blanks in its name and checks one thing about it."""

import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from scenarios import Failure, require, require_equal  # noqa: E402

SISTERS = ("a2dismod", "a2enconf", "a2disconf", "a2ensite", "a2dissite")
PAGES = ("a2enmod", "a2enconf", "a2ensite")
# Reading packages and binaries is not these programs' business: no librpm, libarchive, libelf.
LIBRARY_LOADS = {"libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libc.so.6"}
# a2mmn reads binaries, and libelf decompresses what it reads.
PACKAGE_LOADS = {"libelf.so.1", "libz.so.1", "libzstd.so.1"}
# What the consumer of the second library prints for the smallest binary of a foreign machine.
PACKAGE_CONSUMER_OUTPUT = """confgraph {version}
example_module: httpd-mmn = 20120211s39064, 3 directives
"""
# What a consumer prints for the sample tree, where mime and setenvif are enabled and ssl and socache_shmcb are not.
CONSUMER_OUTPUT = """confgraph {version}
enable socache_shmcb for ssl, line 1: 2 operations
enable ssl: 3 operations
"""


def run(command: list[str], environment: dict[str, str]) -> str:
    """The standard output of a command that has to succeed and to say nothing on standard error."""
    result = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    require(result.returncode == 0, f"{command}: exit status {result.returncode}\n{result.stdout}{result.stderr}")
    require_equal(result.stderr, "", f"{command}: standard error")
    return result.stdout


class Check:
    def __init__(self, options: argparse.Namespace, folder: pathlib.Path):
        self.options = options
        self.folder = folder
        self.libdir = options.libdir
        # Nothing around may help to find the library, or lead to another configuration.
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("APACHE_", "LD_", "PKG_CONFIG", "CMAKE_", "DESTDIR"))}

    def install(self, prefix: pathlib.Path, destdir: pathlib.Path | None = None) -> None:
        environment = self.environment | ({"DESTDIR": str(destdir)} if destdir else {})
        run([self.options.cmake, "--install", self.options.build, "--prefix", str(prefix)], environment)

    def installed_and_moved(self) -> pathlib.Path:
        """An installed tree that is no longer where it was installed."""
        first = self.folder / "first place"
        self.install(first)
        second = self.folder / "second place" / "tools"
        second.parent.mkdir()
        first.rename(second)
        return second

    def seed(self) -> str:
        """The smallest module binary of a foreign machine."""
        return str(self.options.source / "fuzz" / "corpus" / "module_binary" / "s390x")

    def on_sample(self) -> dict[str, str]:
        """The environment that leads to a private copy of the sample configuration."""
        config = self.folder / "sample etc"
        shutil.copytree(self.options.source / "examples" / "sample", config, symlinks=True)
        return self.environment | {"APACHE_CONFDIR": str(config), "APACHE_STATE_DIRECTORY": str(self.folder / "sample state")}

    def expected_files(self) -> dict[str, str]:
        """Each file below the prefix, and for a link where it points."""
        version = self.options.version
        build_type = (self.options.build_type or "noconfig").lower()
        files = {"sbin/a2enmod": "", "sbin/a2mpm": "", "sbin/a2instance": "", "bin/a2mmn": "", "bin/a2query": "", "sbin/a2query": "../bin/a2query",
                 "share/apache2/apache2-maintscript-helper": "", "share/apache2/apache2-file-trigger": ""}
        files |= {f"sbin/{name}": "a2enmod" for name in SISTERS}
        for name in ("confgraph", "confgraph-package"):
            headers = self.options.source / "lib" / name / "include"
            files |= {f"{self.libdir}/lib{name}.so.{version}": "",
                      f"{self.libdir}/lib{name}.so.0": f"lib{name}.so.{version}",
                      f"{self.libdir}/lib{name}.so": f"lib{name}.so.0",
                      f"{self.libdir}/pkgconfig/{name}.pc": ""}
            files |= {f"{self.libdir}/cmake/{name}/{name}{part}.cmake": ""
                      for part in ("Config", "ConfigVersion", "Targets", f"Targets-{build_type}")}
            files |= {f"include/{path.relative_to(headers)}": "" for path in headers.rglob("*.hpp")}
        files |= {f"share/man/{page}": "" for page in ("man1/a2mmn.1", "man1/a2query.1", "man7/apache2-maintscript-helper.7",
                                                       "man7/confgraph-layouts.7", "man7/confgraph-rpm.7", "man7/confgraph.7", "man8/a2instance.8", "man8/a2mpm.8")}
        files |= {f"lib/rpm/{name}": "" for name in ("fileattrs/httpd_module.attr", "fileattrs/httpd_server.attr", "macros.d/macros.00-confgraph")}
        files |= {"share/zsh/site-functions/_confgraph": "", "share/locale/de/LC_MESSAGES/confgraph.mo": ""}
        for folder, end in (("bash-completion/completions", ""), ("fish/vendor_completions.d", ".fish")):
            files |= {f"share/{folder}/{name}{end}": f"a2enmod{end}"
                      for name in (*SISTERS, "a2query", "a2mpm", "a2mmn", "a2instance")}
            files[f"share/{folder}/a2enmod{end}"] = ""
        files |= {"bin/dh_apache2": "", "share/man/man1/dh_apache2.1": "", "share/perl5/Debian/Debhelper/Sequence/apache2.pm": ""}
        files |= {f"share/debhelper/autoscripts/{script}-apache2": "" for script in ("postinst", "prerm", "postrm")}
        files |= {f"share/man/man8/{page}.8": "" for page in PAGES}
        files |= {f"share/man/man8/{page.replace('a2en', 'a2dis')}.8": f"{page}.8" for page in PAGES}
        return files

    def require_files(self, prefix: pathlib.Path) -> None:
        actual = {}
        for root, folders, names in os.walk(prefix):
            for name in folders + names:
                path = pathlib.Path(root, name)
                if path.is_symlink() or not path.is_dir():
                    actual[str(path.relative_to(prefix))] = os.readlink(path) if path.is_symlink() else ""
        expected = self.expected_files()
        require_equal(sorted(actual.keys() - expected.keys()), [], "installed, but not expected")
        require_equal(sorted(expected.keys() - actual.keys()), [], "expected, but not installed")
        require_equal(actual, expected, "where links point")

    def moved(self) -> None:
        prefix = self.installed_and_moved()
        self.require_files(prefix)
        for name in ("a2enmod", *SISTERS, "a2mpm"):
            require_equal(run([str(prefix / "sbin" / name), "--version"], self.environment),
                          f"{name} (confgraph) {self.options.version}\n", f"{name} --version")
        for folder in ("bin", "sbin"):
            require_equal(run([str(prefix / folder / "a2query"), "--version"], self.environment),
                          f"a2query (confgraph) {self.options.version}\n", f"{folder}/a2query --version")
        a2mmn = str(prefix / "bin" / "a2mmn")
        require_equal(run([a2mmn, "--version"], self.environment), f"a2mmn (confgraph) {self.options.version}\n", "a2mmn --version")
        require_equal(run([a2mmn, "emit", self.seed()], self.environment), "apache2-api-20120211\n", "a2mmn emit")
        sample = self.on_sample()
        run([str(prefix / "sbin" / "a2enmod"), "ssl", "rewrite"], sample)
        run([str(prefix / "sbin" / "a2dismod"), "rewrite"], sample)
        require_equal(run([str(prefix / "bin" / "a2query"), "-m", "ssl"], sample), "ssl (enabled by site administrator)\n", "a2query -m ssl")
        require_equal(run([str(prefix / "sbin" / "a2query"), "-M"], sample), "event\n", "a2query -M")
        run([str(prefix / "sbin" / "a2mpm"), "--no-test", "prefork"], sample)
        require_equal(run([str(prefix / "bin" / "a2query"), "-M"], sample), "prefork\n", "a2query -M after a2mpm")

    def staged(self) -> None:
        stage = self.folder / "a stage"
        prefix = pathlib.Path("/opt/confgraph of a test")
        self.install(prefix, stage)
        require(not prefix.exists(), f"{prefix} was made outside of DESTDIR")
        require_equal(sorted(path.name for path in stage.iterdir()), ["opt"], "in DESTDIR")
        require_equal([path.name for path in (stage / "opt").iterdir()], [prefix.name], "in DESTDIR/opt")
        staged = stage / prefix.relative_to("/")
        self.require_files(staged)
        for path in [*(staged / self.libdir / "cmake").rglob("*.cmake"), *(staged / self.libdir / "pkgconfig").iterdir()]:
            text = path.read_text(encoding="utf-8")
            require(str(self.folder) not in text, f"{path.name} names DESTDIR")
            require(str(self.options.source) not in text, f"{path.name} names the source folder")

    def loaded_by(self, path: pathlib.Path) -> dict[str, str]:
        """The libraries that a program or library loads, by name, with their paths."""
        loaded = {}
        for line in run(["ldd", str(path)], self.environment).splitlines():
            name, _, where = line.strip().partition(" => ")
            name = name.split(" (")[0]
            if "ld-linux" not in name and "ld64" not in name and "vdso" not in name and not name.startswith("/"):
                loaded[re.sub(r"^libfmt\.so\.\d+$", "libfmt", name)] = re.sub(r" \(0x[0-9a-f]+\)$", "", where)
        return loaded

    def require_shared(self, path: pathlib.Path, libraries: list[pathlib.Path], others: set[str]) -> None:
        names = {re.sub(r"(\.so\.0).*$", r"\1", library.name): library for library in libraries}
        loaded = self.loaded_by(path)
        require_equal(sorted(loaded.keys() - LIBRARY_LOADS - others - names.keys()), [], f"{path.name} loads, but should not")
        for name, library in names.items():
            require(name in loaded, f"{path.name} does not load {name}")
            require_equal(pathlib.Path(loaded[name]).resolve(), library, f"{name} of {path.name}")

    def libraries(self) -> None:
        prefix = self.installed_and_moved()
        built = pathlib.Path(self.options.build)
        library, package = ((prefix / self.libdir / f"lib{name}.so.0").resolve() for name in ("confgraph", "confgraph-package"))
        # Which of the basic ones the library itself needs is the compiler's business.
        require_equal(sorted(self.loaded_by(library).keys() - LIBRARY_LOADS), [], "the library loads, but should not")
        # The second library finds the first one beside it.
        self.require_shared(package, [library], PACKAGE_LOADS)
        require("libelf.so.1" in self.loaded_by(package), "the second library does not load libelf")
        for path in (*(prefix / "sbin" / name for name in ("a2enmod", "a2mpm")), *(prefix / "bin" / name for name in ("a2query", "a2mmn"))):
            extra = PACKAGE_LOADS if path.name == "a2mmn" else set()
            if self.options.standalone == "ON":
                require_equal(sorted(self.loaded_by(path).keys() - {"libc.so.6", "libm.so.6"} - extra), [], f"{path.name} loads, but should not")
                twin = built / "tools" / path.name / f"{path.name}_shared"
                both = [(built / "lib" / name / f"lib{name}.so.0").resolve() for name in ("confgraph", "confgraph-package")]
                self.require_shared(twin, both if path.name == "a2mmn" else both[:1], extra)
                require("(confgraph)" in run([str(twin), "--version"] if path.parent.name == "bin" else
                                             ["bash", "-c", 'exec -a "$1" "$0" --version', str(twin), path.name], self.environment),
                        f"{twin.name} --version")
                continue
            self.require_shared(path, [library, package] if path.name == "a2mmn" else [library], extra | {"libfmt"})
            dynamic = run(["readelf", "--dynamic", "--wide", str(path)], self.environment)
            search = re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", dynamic)
            require_equal(search, [f"$ORIGIN/../{self.libdir}"], f"where {path.name} looks for libraries")

    def require_consumer(self, program: pathlib.Path, extra: dict[str, str]) -> None:
        sample = self.on_sample()
        before = sorted(path.relative_to(self.folder) for path in self.folder.glob("sample*/**/*"))
        require_equal(run([str(program), "ssl"], sample | extra), CONSUMER_OUTPUT.format(version=self.options.version), "what the consumer prints")
        require_equal(sorted(path.relative_to(self.folder) for path in self.folder.glob("sample*/**/*")), before, "the tree after a plan")

    def require_package_consumer(self, program: pathlib.Path, extra: dict[str, str]) -> None:
        require_equal(run([str(program), self.seed()], self.environment | extra),
                      PACKAGE_CONSUMER_OUTPUT.format(version=self.options.version), "what the second consumer prints")

    def build_consumer(self, prefix: pathlib.Path, name: str, package: str) -> pathlib.Path:
        build = self.folder / f"{name} build"
        source = self.options.source / "tests" / "install" / name
        run([self.options.cmake, "-S", str(source), "-B", str(build), f"-DCMAKE_PREFIX_PATH={prefix}",
             f"-DCMAKE_CXX_COMPILER={self.options.compiler}"], self.environment)
        cache = (build / "CMakeCache.txt").read_text(encoding="utf-8")
        require(f"{package}_DIR:PATH={prefix}/" in cache, f"some other {package} was found")
        run([self.options.cmake, "--build", str(build)], self.environment)
        return build / name

    def cmake_consumer(self) -> None:
        prefix = self.installed_and_moved()
        self.require_consumer(self.build_consumer(prefix, "consumer", "confgraph"), {})
        self.require_package_consumer(self.build_consumer(prefix, "package_consumer", "confgraph-package"), {})

    def pkgconfig_consumer(self) -> None:
        prefix = self.installed_and_moved()
        environment = self.environment | {"PKG_CONFIG_PATH": str(prefix / self.libdir / "pkgconfig")}
        found = {"LD_LIBRARY_PATH": str(prefix / self.libdir)}
        for package, name in (("confgraph", "consumer"), ("confgraph-package", "package_consumer")):
            require_equal(run(["pkg-config", "--modversion", package], environment), f"{self.options.version}\n", "pkg-config --modversion")
            flags = shlex.split(run(["pkg-config", "--cflags", "--libs", package], environment))
            require_equal({os.path.normpath(flag[2:]) for flag in flags if flag.startswith(("-I", "-L"))},
                          {str(prefix / "include"), str(prefix / self.libdir)}, f"folders of pkg-config for {package}")
            program = self.folder / name
            source = self.options.source / "tests" / "install" / name / "main.cpp"
            run([self.options.compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", str(source), *flags, "-o", str(program)], self.environment)
        self.require_consumer(self.folder / "consumer", found)
        self.require_package_consumer(self.folder / "package_consumer", found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=["moved", "staged", "libraries", "cmake_consumer", "pkgconfig_consumer"])
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--build-type", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--standalone", choices=("ON", "OFF"), required=True)
    parser.add_argument("--libdir", required=True)
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--compiler", default="c++")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="confgraph install ") as folder:
        try:
            getattr(Check(options, pathlib.Path(folder).resolve()), options.name)()
        except Failure as failure:
            print(f"FAILED: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
