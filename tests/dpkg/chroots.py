# SPDX-License-Identifier: Apache-2.0
"""Overlays of the machine's own root folder, in namespaces that end with this program: nothing of it is ever changed."""

import ctypes
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Optional

# Covered by a file system in memory. It exists on every Debian and holds nothing we need.
COVERED = pathlib.Path("/media")
ISOLATED_MARK = "CONFGRAPH_PACKAGES_ISOLATED"
NAMESPACES = ("--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private")
CLONE_NEWNET = 0x40000000
# Where the packages lie inside every chroot.
ARCHIVES = "/packages"
# What an overlay of "/" would lack if it were a mount of its own.
NEEDED = ("/etc", "/opt", "/usr", "/var", "/var/lib", "/var/lib/dpkg", "/var/lib/apt")
# A limit only for what would never end.
FOREVER = 300
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "DEBCONF_NONINTERACTIVE_SEEN": "true",
    "UCF_FORCE_CONFFNEW": "1",
    # What apt may need to reach its servers.
    **{name: os.environ[name] for name in ("http_proxy", "https_proxy", "no_proxy") if name in os.environ},
}


class CannotRun(Exception):
    """The test itself did not work: never a difference between the two sides."""


def isolate() -> None:
    """Continues this program in mount and PID namespaces of its own, where the covered folder is in memory."""
    if os.environ.get(ISOLATED_MARK) != "1":
        if os.geteuid() != 0:
            raise CannotRun("must be run as root: it makes overlays in a mount namespace")
        os.environ[ISOLATED_MARK] = "1"
        if subprocess.run(["unshare", *NAMESPACES, "true"], check=False).returncode != 0:
            raise CannotRun("mount namespaces are not permitted here")
        os.execvp("unshare", ["unshare", *NAMESPACES, sys.executable, *sys.argv])
    del os.environ[ISOLATED_MARK]
    for folder in NEEDED:
        if os.path.ismount(folder):
            raise CannotRun(f"{folder} is a mount of its own, so an overlay of / does not hold it")
    mount("-t", "tmpfs", "-o", "mode=755", "confgraph", COVERED)


def leave_network() -> None:
    """From here on, nothing that is started reaches any network."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise CannotRun(f"network namespaces are not permitted here: {os.strerror(ctypes.get_errno())}")


def mount(*arguments) -> None:
    done = subprocess.run(["mount", *arguments], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotRun(f"mount {' '.join(map(str, arguments))}: {done.stderr.strip()}")


class Layer:
    """What one overlay has changed, to be built upon by others once it is closed."""

    def __init__(self, name: str, below: Optional["Layer"] = None):
        self.folder = COVERED / name
        self.lower = ([below.upper, *below.lower] if below else [pathlib.Path("/")])
        for part in ("upper", "work", "root"):
            (self.folder / part).mkdir(parents=True)

    @property
    def upper(self) -> pathlib.Path:
        return self.folder / "upper"


class Chroot:
    """A mounted layer, with what programs need in it."""

    def __init__(self, layer: Layer, archives: pathlib.Path, move_folders: bool = False):
        """archives: the folder of packages. move_folders: whether folders of lower layers can be renamed."""
        self.layer = layer
        self.root = layer.folder / "root"
        lower = ":".join(map(str, layer.lower))
        options = f"lowerdir={lower},upperdir={layer.upper},workdir={layer.folder / 'work'}"
        options += ",index=off,metacopy=off,redirect_dir=" + ("on" if move_folders else "off")
        mount("-t", "overlay", "-o", options, "confgraph", self.root)
        mount("-t", "proc", "proc", self.root / "proc")
        mount("--bind", "/dev", self.root / "dev")
        (self.root / ARCHIVES[1:]).mkdir(exist_ok=True)
        mount("--bind", archives, self.root / ARCHIVES[1:])

    def run(self, command: str) -> subprocess.CompletedProcess:
        """Runs a shell command inside; its output and messages are in stdout."""
        words = ["chroot", str(self.root), "/bin/sh", "-c", command]
        try:
            return subprocess.run(words, env=ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False,
                                  stderr=subprocess.STDOUT, text=True, errors="replace", timeout=FOREVER)
        except subprocess.TimeoutExpired as error:
            raise CannotRun(f"{command}: took more than {FOREVER} seconds") from error

    def must_run(self, command: str) -> str:
        done = self.run(command)
        if done.returncode != 0:
            raise CannotRun(f"{command}: exit status {done.returncode}\n{done.stdout}")
        return done.stdout

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_text(text)
        place.chmod(mode)

    def close(self) -> None:
        """Unmounts it; the layer stays."""
        subprocess.run(["umount", "--recursive", self.root], check=True)

    def discard(self) -> None:
        """Unmounts it, and frees the memory."""
        self.close()
        shutil.rmtree(self.layer.folder)
