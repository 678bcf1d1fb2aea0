# SPDX-License-Identifier: Apache-2.0
"""A system in a folder, as a builder of images has it, and calls of the tools on it."""

import argparse
import ctypes
import errno
import os
import pathlib
import platform
import shutil
import struct
import subprocess
import sys
from typing import Callable, Optional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from private_tree import DEFAULT_CONFS, DEFAULT_MODULES, DEFAULT_SITES, DEBIAN_CONFIG, KINDS, ORDINARY_USER, SERVER, TIMEOUT
from scenarios import Failure, passes

MODULES = "/usr/lib/apache2/modules"
# So that mounts are the child's own; with a user namespace where there is no root.
NAMESPACE = ["--mount"] if os.getuid() == 0 else ["--user", "--map-root-user", "--mount"]

# The image gets the machine's programs, libraries and devices, and our tools; then a program is run in it. $1 the image,
# $2 our prefix.
CHROOT = r"""
set -eu
root=$1 prefix=$2
shift 2
mount --bind /usr "$root/usr"
mount --bind "$prefix" "$root/opt"
mount --rbind /dev "$root/dev"
cd /
exec chroot "$root" "$@"
"""

# The numbers of system calls: openat2 has the same on all machines.
OPENAT2 = 437
FSYNC = {"x86_64": 74, "i686": 118, "armv7l": 118, "ppc64le": 118, "s390x": 118}.get(platform.machine(), 82)
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW = 0x80000000, 0x00050000, 0x7FFF0000


def answer_call(number: int, answer: int) -> None:
    """Has a system call end so from now on, in this process and those it starts: as filters of containers do."""
    program = b"".join(struct.pack("=HBBI", *instruction) for instruction in (
        (0x20, 0, 0, 0),                                 # the number of the call
        (0x15, 0, 1, number),
        (0x06, 0, 0, answer),
        (0x06, 0, 0, SECCOMP_RET_ALLOW)))
    text = ctypes.create_string_buffer(program)
    filter_program = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(text)))
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero) != 0 or \
            libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), filter_program, zero, zero) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def snapshot(top: pathlib.Path, times: bool = False) -> dict[str, tuple]:
    """Each path below a folder with what it is. times: and when it was changed."""
    found = {}
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            what = os.readlink(path) if os.path.islink(path) else \
                pathlib.Path(path).read_bytes() if os.path.isfile(path) else b""
            found[os.path.relpath(path, top)] = (what, status.st_mode, status.st_uid, status.st_gid) + (
                (status.st_ino, status.st_mtime_ns, status.st_ctime_ns) if times else ())
    return found


class Image:
    """Debian's configuration after its first installation, in a folder. Owned by an ordinary user, who works on it."""

    def __init__(self, root: pathlib.Path, tools: pathlib.Path) -> None:
        self.root = root
        self.tools = tools
        self.config = root / "etc/apache2"
        self.state = root / "var/lib/apache2"
        self.filter: Optional[int] = None

    @staticmethod
    def debian(root: pathlib.Path, tools: pathlib.Path) -> "Image":
        image = Image(root, tools)
        image.config.mkdir(parents=True)
        for kind, (prefix, suffix) in KINDS.items():
            shutil.copytree(DEBIAN_CONFIG / f"{prefix}-available", image.config / f"{prefix}-available", symlinks=True)
            (image.config / f"{prefix}-enabled").mkdir()
            (image.state / kind / "enabled_by_maint").mkdir(parents=True)
            for name in {"module": DEFAULT_MODULES, "conf": DEFAULT_CONFS, "site": DEFAULT_SITES}[kind]:
                for end in {suffix, ".conf"}:
                    if (image.config / f"{prefix}-available" / f"{name}{end}").exists():
                        (image.config / f"{prefix}-enabled" / f"{name}{end}").symlink_to(f"../{prefix}-available/{name}{end}")
                (image.state / kind / "enabled_by_maint" / name).touch()
        for name in ("apache2.conf", "ports.conf", "envvars", "magic"):
            shutil.copy(DEBIAN_CONFIG / name, image.config / name)
        for name in (SERVER, *(f"{MODULES}/mod_{module}.so" for module in ("mpm_event", "mpm_prefork", "rewrite"))):
            (root / name[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(name, root / name[1:])
        for name in ("dev", "opt", "proc", "tmp", "srv"):
            (root / name).mkdir()
        for name in ("bin", "sbin", "lib", "lib64"):
            (root / name).symlink_to(f"usr/{name}")
        image.give_to_ordinary_user()
        return image

    def copy(self, root: pathlib.Path) -> "Image":
        subprocess.run(["cp", "-a", self.root, root], check=True)
        return Image(root, self.tools)

    def give_to_ordinary_user(self) -> None:
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", "-h", f"{ORDINARY_USER}:{ORDINARY_USER}", self.root], check=True)

    def put_link(self, place: str, target: str) -> None:
        """Puts a link in the place of what is there."""
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif os.path.lexists(path):
            path.unlink()
        path.symlink_to(target)

    def call(self, tool: str, *arguments: str, root: Optional[str] = None, as_root: bool = False,
             environment: Optional[dict] = None, cwd: str = "/", killed_at: Optional[int] = None) -> subprocess.CompletedProcess:
        """Calls a tool with --root, or, with an empty one, without. as_root: with the privileges of the caller. killed_at: the
        number of a system call that is its end."""
        def prepare() -> None:
            if os.getuid() == 0 and not as_root:
                os.setgroups([])
                os.setgid(ORDINARY_USER)
                os.setuid(ORDINARY_USER)
            if self.filter is not None:
                answer_call(OPENAT2, SECCOMP_RET_ERRNO | self.filter)
            if killed_at is not None:
                answer_call(killed_at, SECCOMP_RET_KILL_PROCESS)

        place = [] if root == "" else ["--root", root or str(self.root)]
        return subprocess.run([self.tools / tool, *place, *arguments], env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"} | (environment or {}),
                              cwd=cwd, stdin=subprocess.DEVNULL, text=True, capture_output=True, timeout=TIMEOUT, check=False, preexec_fn=prepare)

    def chrooted(self, tool: str, *arguments: str) -> subprocess.CompletedProcess:
        """Calls a tool in the image, as if its system were running."""
        return subprocess.run(["unshare", *NAMESPACE, "sh", "-c", CHROOT, "sh", self.root, self.tools.parent, f"/opt/sbin/{tool}",
                               *arguments], env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}, stdin=subprocess.DEVNULL,
                              text=True, capture_output=True, timeout=TIMEOUT, check=False)

    def expect(self, status: int, tool: str, *arguments: str, contains: str = "", lacks: str = "", **keywords) -> subprocess.CompletedProcess:
        """Calls a tool and looks at what comes of it."""
        result = self.call(tool, *arguments, **keywords)
        text = result.stdout + result.stderr
        if result.returncode != status or contains not in text or (lacks and lacks in text):
            raise Failure(f"{tool} {' '.join(arguments)}: exit status {result.returncode}, expected {status}"
                          f"{f', and {contains!r}' if contains else ''}{f', and not {lacks!r}' if lacks else ''}\n{text}")
        return result

    # Looking at it.

    def enabled(self, kind: str = "module") -> set[str]:
        prefix, suffix = KINDS[kind]
        return {path.name[:-len(suffix)] for path in (self.config / f"{prefix}-enabled").iterdir() if path.name.endswith(suffix)}

    def has_marker(self, marker: str) -> bool:
        return (self.state / marker).is_file()

    def leftovers(self) -> list[str]:
        """What a tool should have cleaned up."""
        return [str(path) for folder in (self.config, self.config / "mods-enabled", self.state / "confgraph")
                for path in (folder.iterdir() if folder.is_dir() else []) if path.name.startswith(".") or path.name.endswith(".journal")]


FILTERS = (None, errno.ENOSYS, errno.EPERM)


def run_scenarios(scenarios: "list[Callable[[pathlib.Path, pathlib.Path], None]]", options: argparse.Namespace, folder: pathlib.Path,
                  boxes: pathlib.Path) -> int:
    """Runs the scenarios that the options ask for, each in a folder of its own; returns how many fail."""
    # An installed tree works wherever it lies; there, an ordinary user can reach it.
    prefix = folder / "prefix"
    shutil.copytree(options.prefix, prefix, symlinks=True)
    # The only one that lies with the commands of everybody.
    (prefix / "sbin/a2mmn").symlink_to("../bin/a2mmn")
    failures = 0
    for function in scenarios:
        if options.only and function.__name__ not in options.only:
            continue
        box = boxes / function.__name__
        box.mkdir()
        if os.getuid() == 0:
            os.chown(box, ORDINARY_USER, ORDINARY_USER)
        failures += not passes(function.__name__, lambda: function(box, prefix / "sbin"))
        shutil.rmtree(box)
    return failures
