# SPDX-License-Identifier: Apache-2.0
"""A private configuration in a temporary folder, and the invariants that hold in it whenever no tool is running."""

import fcntl
import os
import pathlib
import re
import shutil
import subprocess
from typing import Optional

DEBIAN_CONFIG = pathlib.Path("/etc/apache2")
SERVER = "/usr/sbin/apache2"
ORDINARY_USER = 65534
# So long that it only ends what would never end.
TIMEOUT = 120

# What Debian's package enables when it is installed for the first time.
DEFAULT_MODULES = (
    "access_compat alias auth_basic authn_core authn_file authz_core authz_host authz_user autoindex deflate dir env "
    "filter mime mpm_event negotiation reqtimeout setenvif status"
).split()
DEFAULT_CONFS = "charset localized-error-pages other-vhosts-access-log security serve-cgi-bin".split()
DEFAULT_SITES = ["000-default"]

KINDS = {"module": ("mods", ".load"), "conf": ("conf", ".conf"), "site": ("sites", ".conf")}
MARKER_FOLDERS = ("enabled_by_admin", "enabled_by_maint", "disabled_by_admin", "disabled_by_maint")
# What may lie in the state folder of confgraph while nothing is going on.
PERMANENT_STATE = {"lock"}


class Tree:
    """A configuration with the state folder that belongs to it."""

    def __init__(self, root: pathlib.Path, tools: pathlib.Path) -> None:
        self.root = root
        self.tools = tools
        self.config = root / "apache2"
        self.state = root / "state"
        self.stubs = root / "stubs"
        self.children: list[subprocess.Popen] = []
        # What mod_cache_disk brings along is none of the machine's own.
        self.stubs.mkdir(parents=True)
        for name in ("systemctl", "update-rc.d", "service"):
            (self.stubs / name).write_text("#!/bin/sh\n")
            (self.stubs / name).chmod(0o755)
        for name in ("run", "lock", "log"):
            (root / name).mkdir()
        for prefix, _ in KINDS.values():
            (self.config / f"{prefix}-available").mkdir(parents=True)
            (self.config / f"{prefix}-enabled").mkdir()
        for kind in KINDS:
            for folder in MARKER_FOLDERS:
                (self.state / kind / folder).mkdir(parents=True)
        self.environment = {
            "PATH": f"{self.stubs}:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C",
            "APACHE_CONFDIR": str(self.config),
            "APACHE_STATE_DIRECTORY": str(self.state),
        }

    @staticmethod
    def debian(root: pathlib.Path, tools: pathlib.Path) -> "Tree":
        """A copy of Debian's configuration as it is after the first installation."""
        tree = Tree(root, tools)
        for prefix, _ in KINDS.values():
            shutil.copytree(DEBIAN_CONFIG / f"{prefix}-available", tree.config / f"{prefix}-available", symlinks=True,
                            dirs_exist_ok=True)
        for name in ("apache2.conf", "envvars", "magic"):
            shutil.copy(DEBIAN_CONFIG / name, tree.config / name)
        # Only loopback, though nothing listens: -t looks at the addresses.
        (tree.config / "ports.conf").write_text("ServerName localhost\nListen 127.0.0.1:8080\n")
        for name in DEFAULT_MODULES:
            tree.enable("module", name)
        for name in DEFAULT_CONFS:
            tree.enable("conf", name)
        for name in DEFAULT_SITES:
            tree.enable("site", name)
        return tree

    def add(self, kind: str, name: str, content: str = "# nothing\n") -> None:
        """Makes an entry available."""
        prefix, suffix = KINDS[kind]
        (self.config / f"{prefix}-available" / f"{name}{suffix}").write_text(content)

    def enable(self, kind: str, name: str) -> None:
        """Makes the links of an entry, and no marker."""
        prefix, suffix = KINDS[kind]
        for end in {suffix, ".conf"}:
            if end == suffix or (self.config / f"{prefix}-available" / f"{name}{end}").exists():
                (self.config / f"{prefix}-enabled" / f"{name}{end}").symlink_to(f"../{prefix}-available/{name}{end}")

    def start(self, tool: str, *arguments: str, **keywords) -> subprocess.Popen:
        keywords = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | keywords
        child = subprocess.Popen([str(self.tools / tool), *arguments], env=self.environment, cwd=self.root, **keywords)
        self.children.append(child)
        return child

    def end_children(self) -> None:
        """Ends what was started and still runs, as after a failure."""
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()
            for stream in (child.stdin, child.stdout, child.stderr):
                if stream is not None:
                    stream.close()

    def run(self, tool: str, *arguments: str, **keywords) -> subprocess.CompletedProcess:
        return subprocess.run([str(self.tools / tool), *arguments], env=self.environment, cwd=self.root, check=False,
                              timeout=TIMEOUT, text=True, capture_output=True,
                              **({"stdin": subprocess.DEVNULL} | keywords))

    # Looking at it.

    def links(self) -> dict[str, str]:
        """Each path in an enabled folder with the target of the link."""
        found = {}
        for prefix, _ in KINDS.values():
            with os.scandir(self.config / f"{prefix}-enabled") as entries:
                for entry in entries:
                    found[f"{prefix}-enabled/{entry.name}"] = os.readlink(entry.path) if entry.is_symlink() else "no link"
        return found

    def enabled(self, kind: str) -> set[str]:
        prefix, suffix = KINDS[kind]
        return {name[:-len(suffix)] for name in os.listdir(self.config / f"{prefix}-enabled") if name.endswith(suffix)}

    def mpms(self) -> list[str]:
        return sorted(name for name in self.enabled("module") if name.startswith("mpm_"))

    def markers(self) -> set[str]:
        """Each marker as KIND/FOLDER/NAME."""
        return {f"{kind}/{folder}/{name}" for kind in KINDS for folder in MARKER_FOLDERS
                for name in (os.listdir(self.state / kind / folder) if (self.state / kind / folder).is_dir() else [])}

    def leftovers(self) -> list[str]:
        """What a tool should have cleaned up."""
        found = [str(path.relative_to(self.root)) for folder in (self.config, *self.config.glob("*-enabled"), self.state)
                 for path in folder.iterdir() if path.name.startswith(".") or path.name.endswith(("~", ".tmp", ".new"))]
        own = self.state / "confgraph"
        if own.is_dir():
            found += [f"state/confgraph/{name}" for name in os.listdir(own) if name not in PERMANENT_STATE]
        return found

    def disagreements(self, before: dict[str, str]) -> list[str]:
        """Where markers and links do not fit together. before: the links that were there without a marker."""
        problems = []
        markers: dict[tuple[str, str], list[str]] = {}
        for marker in self.markers():
            kind, folder, name = marker.split("/", 2)
            markers.setdefault((kind, name), []).append(folder)
        for (kind, name), folders in markers.items():
            if len(folders) != 1:
                problems.append(f"{kind} {name} has several markers: {folders}")
            elif folders[0].startswith("enabled") != (name in self.enabled(kind)):
                problems.append(f"{kind} {name} is marked {folders[0]}, and is {'' if name in self.enabled(kind) else 'not '}enabled")
        for kind, (prefix, suffix) in KINDS.items():
            first = {path.split("/", 1)[1][:-len(suffix)] for path in before
                     if path.startswith(f"{prefix}-enabled/") and path.endswith(suffix)}
            for name in first ^ self.enabled(kind):
                if (kind, name) not in markers:
                    problems.append(f"{kind} {name} was changed and has no marker")
        return problems

    def problems(self, before: dict[str, str], test: bool = False) -> list[str]:
        """All that is wrong. test: whether the server has to accept the configuration."""
        found = [f"leftover: {path}" for path in self.leftovers()]
        for path, target in self.links().items():
            if not (self.config / path).exists():
                found.append(f"{path} -> {target} leads nowhere")
            if path.startswith("mods-enabled/") and path.endswith(".conf") and path[:-5] + ".load" not in self.links():
                found.append(f"{path} without its module")
            name = path.split("/", 1)[1]
            available = self.config / "mods-available" / (name[:-5] + ".conf")
            if path.startswith("mods-enabled/") and path.endswith(".load") and available.exists():
                if not (self.config / "mods-enabled" / available.name).is_symlink():
                    found.append(f"{path} without its configuration")
        if len(self.mpms()) != 1:
            found.append(f"the MPMs enabled are {self.mpms()}")
        found += self.disagreements(before)
        if test:
            status, text = self.verdict()
            if status != 0 or "Syntax OK" not in text:
                found.append(f"the server does not accept the configuration: {text.strip()}")
        return found

    def verdict(self) -> tuple[int, str]:
        """What the server says about the configuration."""
        environment = self.environment | {
            "APACHE_RUN_USER": "www-data", "APACHE_RUN_GROUP": "www-data",
            "APACHE_PID_FILE": str(self.root / "run/apache2.pid"), "APACHE_RUN_DIR": str(self.root / "run"),
            "APACHE_LOCK_DIR": str(self.root / "lock"), "APACHE_LOG_DIR": str(self.root / "log"),
        }
        result = subprocess.run([SERVER, "-t", "-d", self.config, "-f", self.config / "apache2.conf"], env=environment,
                                cwd=self.root, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT,
                                check=False)
        return result.returncode, result.stdout + result.stderr

    def snapshot(self, *folders: pathlib.Path) -> dict[str, tuple]:
        """Each path below these folders (all of it, by default) with what it is; the permanent lock left out."""
        found = {}
        pending = [str(folder) for folder in folders or (self.config, self.state)]
        while pending:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                        found[entry.path] = ("folder", status.st_mode, status.st_uid, status.st_gid)
                    elif entry.is_symlink():
                        found[entry.path] = ("link", os.readlink(entry.path), status.st_uid, status.st_gid)
                    elif entry.is_file():
                        content = pathlib.Path(entry.path).read_bytes() if os.access(entry.path, os.R_OK) else None
                        found[entry.path] = ("file", content, status.st_mode, status.st_uid, status.st_gid)
                    else:
                        found[entry.path] = ("other", status.st_mode, status.st_uid, status.st_gid)
        for own in (self.state / "confgraph", self.state / "confgraph/lock"):
            found.pop(str(own), None)
        return found

    @property
    def lock_path(self) -> pathlib.Path:
        return self.state / "confgraph/lock"

    @property
    def journal_path(self) -> pathlib.Path:
        name = re.sub(rb"[^A-Za-z0-9_.-]|-", lambda match: b"\\x%02x" % match[0][0], os.fsencode(self.config)[1:].replace(b"/", b"\0"))
        return self.state / "confgraph" / (name.replace(b"\\x00", b"-").decode() + ".journal")

    def spawn(self, *words: str, ordinary: bool = False) -> tuple[int, str, str]:
        """Exit status and output of a call, where thousands are made. ordinary: without the privileges of root."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        paths = [str(self.root / name) for name in ("stdout", "stderr")]
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                   *((os.POSIX_SPAWN_OPEN, i + 1, path, flags, 0o600) for i, path in enumerate(paths))]
        tool = str(self.tools / words[0])
        command = [tool, *words[1:]]
        if ordinary and os.getuid() == 0:
            tool = "/usr/bin/setpriv"
            command = [tool, f"--reuid={ORDINARY_USER}", f"--regid={ORDINARY_USER}", "--clear-groups", *command]
        child = os.posix_spawn(tool, command, self.environment, file_actions=actions)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out, err = (pathlib.Path(path).read_text() for path in paths)
        return status, out, err


class HeldLock:
    """The lock of a configuration, taken as any other program would take it."""

    def __init__(self, tree: Tree) -> None:
        tree.lock_path.parent.mkdir(exist_ok=True)
        self.descriptor: Optional[int] = os.open(tree.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def release(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def __enter__(self) -> "HeldLock":
        return self

    def __exit__(self, *_) -> None:
        self.release()
