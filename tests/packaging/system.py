# SPDX-License-Identifier: Apache-2.0
"""Debian systems in which our packages come and go, and what is to be seen there."""

import dataclasses
import itertools
import os
import pathlib
import re
import stat
import subprocess
import sys
import threading
from typing import Callable, Optional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "dpkg"))

# pylint: disable=wrong-import-position,import-error
import archives  # noqa: E402
import chroots  # noqa: E402
import twins  # noqa: E402

MODULES = ["libapache2-mod-php8.2", "libapache2-mod-xsendfile"]
# Everything is unpacked, documentation included.
DPKG_OPTIONS = "force-unsafe-io\n"
TOOLS = [f"usr/sbin/a2{verb}{kind}" for verb in ("en", "dis") for kind in ("mod", "conf", "site")] + ["usr/sbin/a2query"]
STANDS_IN = {"apache2": "confgraph", "apache2-dev": "dh-confgraph"}
# What dpkg and apt write for themselves, and what this test puts there.
OWN = re.compile(r"(var/lib/dpkg|var/log|var/cache|packages|proc|dev|run|tmp|policy-calls|kill-.*|usr/local/sbin)(/.*)?")
# What an older version of ours stood in for, other than this one: a man page more, and a program less.
OLDER_VERSION = "0.0.1"
FORMERLY, NOT_YET = "share/man/man8/apache2ctl.8.gz", "sbin/a2query"
NEWER_VERSION = "99"
WATCH = """
import os, select, sys
paths, count, missing = sys.argv[1:], 0, set()
print(flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    for path in paths:
        if not os.access(path, os.X_OK):
            missing.add(path)
    count += 1
print(count, *sorted(missing))
"""
# What maintainer scripts and dpkg itself call: counted, and at one of them everything is killed.
COUNTED = ("cp", "dpkg-deb", "dpkg-divert", "find", "ln", "mkdir", "mv", "rm", "rmdir", "sed", "sort")
COUNTER = """#!/bin/sh
read -r count </kill-count
count=$((count + 1))
echo "$count" >/kill-count
read -r last </kill-at
[ "$count" != "$last" ] || kill -KILL 0
exec /usr/bin/{} "$@"
"""


@dataclasses.dataclass
class Watched:
    """How often programs were looked for, and which were ever missing."""

    rounds: int = 0
    missing: "list[str]" = dataclasses.field(default_factory=list)


class Systems:
    """What is made once: Debian's packages, and a freshly installed server."""

    def __init__(self, cache: pathlib.Path, debs: pathlib.Path, prepare: Callable[[chroots.Chroot], None] = lambda chroot: None) -> None:
        """prepare: what else is done before there are systems."""
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        stand = twins.Stand(cache, MODULES, None)
        self.cache = cache
        self.packages = stand.packages
        self.debs = {path.name.partition("_")[0]: path for path in sorted(debs.glob("*.deb")) if "-dbgsym_" not in path.name}
        self._base = chroots.Layer("systems", stand.originals())
        base = chroots.Chroot(self._base, cache)
        # Containers may leave documentation out.
        base.must_run("rm -rf /etc/dpkg/dpkg.cfg.d/*")
        base.write("/etc/dpkg/dpkg.cfg.d/zz-confgraph", DPKG_OPTIONS)
        base.must_run(f"dpkg --install {self.packages['apache2'].archive}")
        base.run("rm -f /policy-calls")
        # What this machine has left out of other packages is no change.
        self.verified = verified(base)
        for path in self.debs.values():
            target = base.root / "ours" / path.name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
        self.older = respun(base, f"/ours/{self.debs['confgraph'].name}", OLDER_VERSION, make_older)
        self.newer = respun(base, f"/ours/{self.debs['confgraph'].name}", NEWER_VERSION, lambda kept: None)
        prepare(base)
        base.close()

    def new(self) -> "System":
        with self._lock:
            number = next(self._numbers)
        return System(self, chroots.Layer(f"system-{number}", self._base))


class System:
    """A machine of one test."""

    def __init__(self, systems: Systems, layer: chroots.Layer) -> None:
        self.systems = systems
        self.layer = layer
        self.chroot = chroots.Chroot(layer, systems.cache)
        self.root = self.chroot.root
        self.versions = self.listed()

    def __enter__(self) -> "System":
        return self

    def __exit__(self, *_) -> None:
        self.chroot.discard()

    def run(self, command: str) -> subprocess.CompletedProcess:
        return self.chroot.run(command)

    def must(self, command: str) -> str:
        return self.chroot.must_run(command)

    # Packages.

    def ours(self, *names: str) -> str:
        """Our packages, as arguments for dpkg."""
        return " ".join(f"/ours/{self.systems.debs[name].name}" for name in names)

    def theirs(self, name: str, newer: bool = False) -> str:
        package = self.systems.packages[name]
        return package.newer if newer else package.archive

    def versioned(self, name: str) -> str:
        """One of Debian's packages in the version that it was downloaded in, as apt takes it."""
        return f"{name}={self.systems.packages[name].version}"

    def offer(self, folder: str, paths: "list[str]") -> None:
        """Has apt install these packages of a folder, too."""
        place = self.root / "index/Packages"
        self.chroot.write("/index/Packages", place.read_text(encoding="utf-8") + "\n" + archives.index(self.chroot, folder, paths))
        (self.root / f"index{folder}").unlink(missing_ok=True)
        (self.root / f"index{folder}").symlink_to(folder)
        self.must("apt-get update")

    def listed(self) -> "set[str]":
        """What dpkg knows of packages and diversions."""
        show = "dpkg-query --show --showformat '${Package} ${Version} ${db:Status-Status}\\n'"
        return {line for line in self.must(f"{show}; dpkg-divert --list").splitlines() if not line.endswith(" not-installed")}

    def status(self, name: str) -> str:
        done = self.run(f"dpkg-query --show --showformat '${{db:Status-Status}}' {name}")
        return done.stdout if done.returncode == 0 else "not-installed"

    # Files.

    def original(self, path: str) -> Optional[pathlib.Path]:
        """A file as it is in the layers below, if it is there."""
        for lower in self.layer.lower:
            found = lower / path
            if os.path.lexists(found):
                return None if is_whiteout(found) else found
        return None

    def places(self, package: str) -> "list[str]":
        """What one of our packages stands in for, by the list that dpkg has of it."""
        prefix = f"/usr/lib/{package}/stand-in/"
        listed = self.must(f"dpkg --listfiles {package}").splitlines()
        return sorted(f"usr/{path[len(prefix):]}" for path in listed if path.startswith(prefix) and not (self.root / path[1:]).is_dir())

    def stands_in(self, package: str) -> "list[str]":
        """Where it does not, though it should."""
        return [place for place in self.places(package)
                if differ(self.root / place, self.root / f"usr/lib/{package}/stand-in" / place[len("usr/"):])]

    def changes(self) -> "list[str]":
        """Each path that is not what it was when this system was made."""
        found = []
        for folder, folders, files in os.walk(self.layer.upper):
            inside = os.path.relpath(folder, self.layer.upper)
            folders[:] = [name for name in folders if not OWN.fullmatch(os.path.normpath(f"{inside}/{name}"))]
            for name in folders + files:
                path = os.path.normpath(f"{inside}/{name}")
                if not OWN.fullmatch(path):
                    complaint = self._change(path)
                    found += [f"{complaint}: {path}"] if complaint else []
        return sorted(found)

    def _change(self, path: str) -> str:
        upper, lower = self.layer.upper / path, self.original(path)
        if is_whiteout(upper):
            return "gone" if lower else ""
        if lower is None:
            return "new"
        return differ(upper, lower)

    def verify(self) -> str:
        """What dpkg finds changed in the server's packages."""
        return verified(self.chroot)

    # What happens meanwhile.

    def watch(self, command: str, paths: "list[str]") -> Watched:
        """Looks for programs all the time while a command runs."""
        words = [sys.executable, "-c", WATCH, *(str(self.root / path) for path in paths)]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            child.stdout.readline()
            try:
                self.must(command)
            finally:
                count, *missing = child.communicate("\n")[0].split()
        return Watched(int(count), [os.path.relpath(path, self.root) for path in missing])

    def missing(self) -> "list[str]":
        """Those of the tools that cannot be called."""
        return [path for path in TOOLS if not os.access(self.root / path, os.X_OK)]

    def killed(self, command: str, at: int) -> "tuple[int, int]":
        """Runs a command that is killed with all its children when it calls a program for this time (0: never). Returns its
        exit status, and how many programs were called."""
        for name in COUNTED:
            self.chroot.write(f"/usr/local/sbin/{name}", COUNTER.format(name), 0o755)
        self.chroot.write("/kill-count", "0\n")
        self.chroot.write("/kill-at", f"{at}\n")
        status = self.run(f"setsid --wait {command}").returncode
        for name in COUNTED:
            (self.root / "usr/local/sbin" / name).unlink()
        return status, int((self.root / "kill-count").read_text(encoding="ascii"))


def verified(chroot: chroots.Chroot) -> str:
    return chroot.run("dpkg --verify apache2 apache2-dev").stdout


def respun(chroot: chroots.Chroot, path: str, version: str, alter: Callable[[pathlib.Path], None]) -> str:
    """The path inside of a package like another one, but for its version, and for what is changed in the folder of what stands
    in for files of others."""
    tree = chroot.root / "tmp/respun"
    chroot.must_run(f"rm -rf /tmp/respun && dpkg-deb --raw-extract {path} /tmp/respun")
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", f"Version: {version}", control.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8")
    name = re.search(r"^Package: (.*)$", control.read_text(encoding="utf-8"), re.M)[1]
    alter(tree / f"usr/lib/{name}/stand-in")
    chroot.must_run(f"dpkg-deb -Znone --build /tmp/respun /ours/{name}_{version}.deb && rm -r /tmp/respun")
    return f"/ours/{name}_{version}.deb"


def make_older(kept: pathlib.Path) -> None:
    (kept / NOT_YET).unlink()
    (kept / FORMERLY).write_text("older\n", encoding="ascii")


def is_whiteout(path: pathlib.Path) -> bool:
    """Whether an overlay says by it that there is nothing."""
    status = path.lstat()
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0


def differ(one: pathlib.Path, other: pathlib.Path) -> str:
    """In what two paths differ, if they do; times do not count."""
    if not os.path.lexists(one) or not os.path.lexists(other):
        return "not there"
    left, right = one.lstat(), other.lstat()
    if (left.st_mode, left.st_uid, left.st_gid) != (right.st_mode, right.st_uid, right.st_gid):
        return "another type, mode or owner"
    if stat.S_ISLNK(left.st_mode):
        return "" if os.readlink(one) == os.readlink(other) else "another target"
    return "another content" if stat.S_ISREG(left.st_mode) and one.read_bytes() != other.read_bytes() else ""
