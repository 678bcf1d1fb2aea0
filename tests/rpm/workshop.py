# SPDX-License-Identifier: Apache-2.0
"""A place where rpmbuild works with our macros and generators, and a root where rpm installs what it built.

Nothing of the machine's own rpm is used but the programs: no database, no macros of the user, no configuration.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/rpm/mod_hello.spec"
# What scriptlets and the tests call in a root, beside the packages' own programs.
PROGRAMS = ("sh", "cat", "find", "mkdir", "rm", "sort")
SERVICE_STUB = """#!/bin/sh
echo "$*" >>/actions
"""
TIMEOUT = 120
ISOLATED_MARK = "CONFGRAPH_RPM_ISOLATED"
# Covered in the namespace; it must exist on every Debian and hold nothing that is needed.
WORK = "/media"


def isolate() -> None:
    """Continues this program in a mount namespace of its own, where temporary files never reach a disk: rpm flushes a lot."""
    if os.geteuid() != 0:
        sys.exit("must be run as root: rpm changes into a root of its own")
    if os.environ.get(ISOLATED_MARK) != "1":
        os.environ[ISOLATED_MARK] = "1"
        command = ["unshare", "--mount", "--propagation", "private", sys.executable, "-B", *sys.argv]
        os.execvp(command[0], command)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "confgraph", WORK], check=True)
    tempfile.tempdir = WORK


def run(command: "list[object]", **keywords) -> subprocess.CompletedProcess:
    return subprocess.run([str(word) for word in command], check=False, timeout=TIMEOUT, capture_output=True, text=True,
                          **({"stdin": subprocess.DEVNULL} | keywords))


class Workshop:
    """Builds packages."""

    def __init__(self, folder: pathlib.Path, prefix: pathlib.Path, flavour: "pathlib.Path | None" = None) -> None:
        self.folder = folder
        self.prefix = prefix
        self.config = folder / "rpm"
        self.builds = 0
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder / "home"),
                            "RPM_CONFIGDIR": str(self.config)}
        self._make_config(flavour or prefix / "lib/rpm")
        (folder / "home").mkdir()
        (folder / "sources").mkdir()

    def _make_config(self, own: pathlib.Path) -> None:
        """rpm's own folder by links, and ours as if they had been installed there."""
        system = pathlib.Path(run(["rpm", "--eval", "%{_rpmconfigdir}"], env={"PATH": "/usr/bin:/bin"}).stdout.strip())
        for name in ("fileattrs", "macros.d"):
            (self.config / name).mkdir(parents=True)
            for path in (system / name).iterdir():
                (self.config / name / path.name).symlink_to(path)
            if (own / name).is_dir():
                shutil.copytree(own / name, self.config / name, dirs_exist_ok=True)
        for path in system.iterdir():
            if path.name not in ("fileattrs", "macros.d"):
                (self.config / path.name).symlink_to(path)

    def definitions(self, extra: "dict[str, object]") -> "list[str]":
        macros = {"_topdir": self.folder / "top", "_dbpath": self.folder / "database", "_tmppath": self.folder, "_buildhost": "localhost",
                  "_sourcedir": self.folder / "sources", "debug_package": "%{nil}", "__a2mmn": self.prefix / "bin/a2mmn"} | extra
        return [word for name, value in macros.items() for word in ("--define", f"{name} {value}")]

    def expand(self, text: str, **macros: object) -> str:
        result = run(["rpm", *self.definitions(macros), "--eval", text], env=self.environment)
        assert result.returncode == 0, result.stderr
        return result.stdout.rstrip("\n")

    def build(self, spec: "pathlib.Path | str", *options: str, **macros: object) -> "dict[str, pathlib.Path]":
        """The packages of a spec file, or of the text of one, by name."""
        return self.build_with_words(spec, *options, **macros)[0]

    def build_with_words(self, spec: "pathlib.Path | str", *options: str, **macros: object) -> "tuple[dict[str, pathlib.Path], str]":
        """The same with what was said on standard error."""
        if isinstance(spec, str):
            path = self.folder / "sources" / "some.spec"
            path.write_text(spec)
            spec = path
        else:
            macros = {"_sourcedir": spec.parent} | macros
        # What the machine has is no rpm package: nothing is installed, as far as rpm knows.
        result = run(["rpmbuild", "-bb", "--nodeps", "--quiet", *self.definitions(macros), *options, spec], env=self.environment)
        assert result.returncode == 0, result.stdout + result.stderr
        packages = {}
        self.builds += 1
        for package in (self.folder / "top/RPMS").glob("*/*.rpm"):
            target = self.folder / f"built-{self.builds}" / package.name
            target.parent.mkdir(exist_ok=True)
            package.rename(target)
            packages[self.query(target, "--queryformat", "%{NAME}")[0]] = target
        return packages, result.stderr

    def query(self, package: pathlib.Path, *words: str) -> "list[str]":
        result = run(["rpm", "-qp", *words, package], env=self.environment)
        assert result.returncode == 0 and result.stderr == "", result.stderr
        return result.stdout.splitlines()

    def requires(self, package: pathlib.Path) -> "list[str]":
        return self.query(package, "--requires")

    def provides(self, package: pathlib.Path) -> "list[str]":
        return self.query(package, "--provides")

    # What packages of the tests are made of.

    def source(self, name: str, path: "str | pathlib.Path") -> str:
        """Puts a file among the sources."""
        shutil.copy(path, self.folder / "sources" / name)
        return f"%{{_sourcedir}}/{name}"

    def compile(self, name: str, code: str) -> str:
        """Puts a library among the sources."""
        source = self.folder / "sources" / f"{name}.c"
        source.write_text(code)
        result = run(["gcc", "-shared", "-fPIC", "-o", self.folder / "sources" / name, source])
        assert result.returncode == 0, result.stderr
        return f"%{{_sourcedir}}/{name}"


def spec(name: str, install: str = "", files: str = "", preamble: str = "", sections: str = "", version: str = "1") -> str:
    """A spec file that only installs."""
    return f"""Name: {name}
Version: {version}
Release: 1
Summary: A package of a test
License: none
{preamble}

%description
None.

%install
{install}

{sections}

%files
{files}
"""


def files_spec(name: str, files: "dict[str, str]", **keywords: str) -> str:
    """A package that holds files: where each comes to lie, and which source it is."""
    return spec(name, "\n".join(f"install -D {source} %{{buildroot}}{path}" for path, source in files.items()), "\n".join(files), **keywords)


def headers_mmn() -> str:
    """The module magic number of the machine's headers, read as simply as can be."""
    text = pathlib.Path("/usr/include/apache2/ap_mmn.h").read_text(encoding="ascii")
    return re.search(r"^#define MODULE_MAGIC_NUMBER_MAJOR (\d+)", text, re.MULTILINE)[1]


class Root:
    """A root with its own rpm database, a shell, and a service manager that writes down what it is asked."""

    def __init__(self, folder: pathlib.Path, workshop: Workshop) -> None:
        self.folder = folder
        self.workshop = workshop
        for name in ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "dev", "run/systemd/system", "tmp", "var/lib/rpm", "var/log", "etc"):
            (folder / name).mkdir(parents=True)
        for name in ("bin", "sbin", "lib", "lib64"):
            (folder / name).symlink_to(f"usr/{name}")
        # A device cannot be made everywhere, and who reads it here wants nothing.
        (folder / "dev/null").touch()
        for name in PROGRAMS:
            self.copy(shutil.which(name, path="/usr/bin:/bin"))
        self.program("usr/bin/systemctl", SERVICE_STUB)

    def copy(self, path: "str | pathlib.Path") -> None:
        """A program or library of the machine, with all it loads."""
        for library in [str(path), *re.findall(r"(/\S+) \(0x", run(["ldd", path]).stdout)]:
            target = self.folder / library.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                shutil.copy(os.path.realpath(library), target)

    def program(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def call(self, *words: str, **keywords) -> subprocess.CompletedProcess:
        """A program in the root."""
        return run(["chroot", self.folder, *words], env={"PATH": "/usr/sbin:/usr/bin", "LC_ALL": "C.UTF-8"}, **keywords)

    def rpm(self, *words: object) -> subprocess.CompletedProcess:
        """rpm in the root: one transaction."""
        (self.folder / "actions").unlink(missing_ok=True)
        # Debian's rpm warns of itself otherwise.
        return run(["rpm", "--force-debian", "--root", self.folder, "--define", "_dbpath /var/lib/rpm", "--define", f"_tmppath {self.folder}/tmp", *words],
                   env=self.workshop.environment)

    def actions(self) -> "list[str]":
        """What the service manager was asked for by the last transaction."""
        path = self.folder / "actions"
        return path.read_text().splitlines() if path.exists() else []


def start() -> tuple[pathlib.Path, pathlib.Path, list[str]]:
    """Reads the command line of a test and isolates it. Returns the installed tree, the folder that it was built in, and the
    arguments for unittest."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="an installed tree")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the folder that it was built in")
    arguments, rest = parser.parse_known_args()
    isolate()
    return arguments.prefix.resolve(), arguments.build.resolve(), rest
