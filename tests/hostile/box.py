# SPDX-License-Identifier: Apache-2.0
"""A private configuration in a temporary folder, and calls of the tools on it that are looked at from all sides."""

import contextlib
import os
import pathlib
import resource
import select
import signal
import subprocess
import sys
import time
import unicodedata
from dataclasses import dataclass, field
from typing import Callable, Iterator, Optional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from private_tree import ORDINARY_USER  # noqa: E402
from scenarios import Failure  # noqa: E402

TIME_LIMIT = 5.0
MEMORY_LIMIT = 32 * 1024 * 1024


@dataclass
class Result:
    status: int
    out: bytes
    err: bytes
    seconds: float
    memory: int
    call: str

    def fail(self, what: str) -> None:
        raise Failure(f"{self.call}: {what}\n  exit status {self.status}\n  stdout {self.out[:2000]!r}\n  stderr {self.err[:2000]!r}")


@dataclass
class Expected:
    """What a call is to do. By default: be refused with one line, and change nothing."""

    status: int = 1
    errors: Optional[int] = 1          # lines "ERROR: ..." on stderr; None: lines without such a beginning are fine, too
    added: dict = field(default_factory=dict)     # what is new in the tree: path -> link target, "" for a marker
    removed: list = field(default_factory=list)   # what is gone from it
    contains: str = ""                 # a part of stdout and stderr taken together


SCENARIOS: "list[Callable[[Box], None]]" = []


def scenario(function: "Callable[[Box], None]") -> "Callable[[Box], None]":
    """Has a function run with a configuration of its own."""
    SCENARIOS.append(function)
    return function


class Box:
    """One configuration. Every path below root but the tools is watched."""

    def __init__(self, root: pathlib.Path, tools: pathlib.Path) -> None:
        self.root = root
        self.tools = tools
        self.config = root / "apache2"
        self.state = root / "state"
        self.work = root / "work"
        for folder in (self.work, root / "tmp"):
            folder.mkdir(parents=True)
        for kind in ("mods", "conf", "sites"):
            for what in ("available", "enabled"):
                (self.config / f"{kind}-{what}").mkdir(parents=True)
        for kind in ("module", "conf", "site"):
            for marker in ("enabled_by_admin", "enabled_by_maint", "disabled_by_admin", "disabled_by_maint"):
                (self.state / kind / marker).mkdir(parents=True)
        # What stays for ever once anything was changed.
        (self.state / "confgraph").mkdir()
        (self.state / "confgraph/lock").touch(0o600)
        self.environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C",
            "TMPDIR": str(root / "tmp"),
            "APACHE_CONFDIR": str(self.config),
            "APACHE_STATE_DIRECTORY": str(self.state),
        }

    # Making the tree.

    def file(self, path: str, content: bytes = b"") -> pathlib.Path:
        place = pathlib.Path(os.fsdecode(os.fsencode(self.config) + b"/" + os.fsencode(path)))
        place.write_bytes(content)
        return place

    def module(self, name: str, content: Optional[bytes] = None) -> pathlib.Path:
        return self.file(f"mods-available/{name}.load", b"LoadModule x_module /nowhere/x.so\n" if content is None else content)

    def enable(self, name: str, kind: str = "mods", suffix: str = ".load") -> None:
        os.symlink(f"../{kind}-available/{name}{suffix}", self.config / f"{kind}-enabled" / f"{name}{suffix}")

    def link(self, path: str, target: str) -> None:
        os.symlink(target, self.config / path)

    def fifo(self, path: str) -> None:
        os.mkfifo(self.config / path)

    def sparse(self, path: str, start: bytes, size: int) -> None:
        with open(self.config / path, "wb") as file:
            file.write(start)
            file.truncate(size)

    def marker(self, path: str) -> None:
        (self.state / path).write_bytes(b"")

    @contextlib.contextmanager
    def protected(self) -> Iterator[None]:
        """The tree is root's, or, where there is no root, read-only."""
        folders = [path for top in (self.config, self.state) for path in (top, *top.rglob("*")) if path.is_dir()]
        for folder in folders if os.getuid() != 0 else []:
            folder.chmod(0o555)
        try:
            yield
        finally:
            for folder in folders:
                folder.chmod(0o755)

    def give_to_ordinary_user(self) -> None:
        """Makes the whole tree an ordinary user's."""
        if os.getuid() != 0:
            return
        for path in [self.root, *self.root.rglob("*")]:
            os.chown(path, ORDINARY_USER, ORDINARY_USER, follow_symlinks=False)

    # Looking at it.

    def snapshot(self) -> dict[bytes, tuple]:
        """Each path with what it is, its mode and its owner."""
        tree = {}
        pending = [os.fsencode(self.root)]
        while pending:
            try:
                entries = list(os.scandir(pending.pop()))
            except PermissionError:  # a folder that a scenario made unreadable: its mode is in the tree
                continue
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                is_folder = entry.is_dir(follow_symlinks=False)
                what = os.readlink(entry.path) if entry.is_symlink() else 0 if is_folder else status.st_size
                tree[os.path.relpath(entry.path, os.fsencode(self.root))] = (
                    what, status.st_mode, status.st_uid, status.st_gid, 0 if is_folder else status.st_ino)
                if is_folder:
                    pending.append(entry.path)
        return tree

    def call(self, tool: str, *arguments: "str | bytes", expected: Expected, stdin: "bytes | int | None" = None,
             stdout: "int | str" = subprocess.PIPE, stderr: "int | str" = subprocess.PIPE, ordinary: bool = False,
             environment: Optional[dict] = None) -> Result:
        """Calls a tool and compares all that comes of it. stdin: None for an ended one, bytes, or a descriptor;
        "closed" closes a descriptor, other words name a file."""
        before = self.snapshot()
        result = self._run([os.fsencode(self.tools / tool), *map(os.fsencode, arguments)], stdin, stdout, stderr, ordinary,
                           self.environment | (environment or {}))
        self._judge(result, expected, before, stderr != subprocess.PIPE)
        return result

    def _run(self, command: list[bytes], stdin: "bytes | int | None", stdout: "int | str", stderr: "int | str", ordinary: bool,
             environment: dict) -> Result:
        def prepare() -> None:
            for number, stream in ((1, stdout), (2, stderr)):
                if stream == "closed":
                    os.close(number)
                elif isinstance(stream, str):
                    os.dup2(os.open(stream, os.O_WRONLY), number)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if ordinary and os.getuid() == 0:
                os.setgroups([])
                os.setgid(ORDINARY_USER)
                os.setuid(ORDINARY_USER)

        streams = [stream if isinstance(stream, int) else subprocess.DEVNULL for stream in (stdout, stderr)]
        source = stdin if isinstance(stdin, int) else subprocess.DEVNULL if stdin is None else subprocess.PIPE
        start = time.monotonic()
        child = subprocess.Popen(command, stdin=source, stdout=streams[0], stderr=streams[1], cwd=self.work, env=environment,
                                 preexec_fn=prepare, start_new_session=True)
        try:
            out, err = communicate(child, stdin, start + TIME_LIMIT)
            _, status, usage = os.wait4(child.pid, 0)
        except TimeoutError:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise Failure(f"{command!r} takes longer than {TIME_LIMIT} s") from None
        child.returncode = os.waitstatus_to_exitcode(status)
        shown = b" ".join(word if len(word) < 200 else word[:40] + b"..." for word in command[1:])
        return Result(child.returncode, out, err, time.monotonic() - start, usage.ru_maxrss * 1024,
                      f"{os.path.basename(command[0]).decode()} {shown!r}")

    def _judge(self, result: Result, expected: Expected, before: dict, err_lost: bool) -> None:
        if result.status != expected.status:
            result.fail(f"exit status {expected.status} expected")
        if result.seconds > TIME_LIMIT:
            result.fail(f"takes {result.seconds:.1f} s")
        if result.memory > MEMORY_LIMIT:
            result.fail(f"takes {result.memory / 1024 / 1024:.0f} MiB")
        for stream in (result.out, result.err):
            check_text(result, stream)
        lines = result.err.decode().splitlines()
        if expected.errors is not None and not err_lost:
            errors = [line for line in lines if line.startswith("ERROR: ")]
            others = [line for line in lines if not line.startswith(("ERROR: ", "HINT: ", "WARNING: "))]
            if len(errors) != expected.errors or others:
                result.fail(f"{expected.errors} lines 'ERROR: ...' and nothing but HINTs beside them expected on stderr")
        if expected.contains and expected.contains.encode() not in result.out + result.err:
            result.fail(f"'{expected.contains}' expected")
        after = self.snapshot()
        added = {path: after[path] for path in after.keys() - before.keys()}
        removed = before.keys() - after.keys()
        changed = [path for path in before.keys() & after.keys() if before[path] != after[path]]
        wanted = {os.fsencode(path): os.fsencode(target) for path, target in expected.added.items()}
        found = {path: what[0] if isinstance(what[0], bytes) else b"" for path, what in added.items()}
        if found != wanted:
            result.fail(f"new in the tree: {found}, expected: {wanted}")
        if removed != {os.fsencode(path) for path in expected.removed}:
            result.fail(f"gone from the tree: {sorted(removed)}, expected: {expected.removed}")
        if changed:
            result.fail(f"changed in the tree: {changed}")


def communicate(child: subprocess.Popen, stdin: "bytes | int | None", deadline: float) -> tuple[bytes, bytes]:
    """Writes and reads all there is, without waiting for the child."""
    rest = memoryview(stdin) if isinstance(stdin, bytes) else memoryview(b"")
    texts: dict = {child.stdout: b"", child.stderr: b""}
    readers = [stream for stream in texts if stream is not None]
    writers = [child.stdin] if child.stdin is not None else []
    for stream in writers:
        os.set_blocking(stream.fileno(), False)
    while readers or writers:
        if writers and not rest:
            writers.pop().close()
            continue
        left = deadline - time.monotonic()
        readable, writable, _ = select.select(readers, writers, [], max(left, 0))
        if left <= 0:
            raise TimeoutError
        for stream in readable:
            piece = os.read(stream.fileno(), 65536)
            texts[stream] += piece
            if not piece:
                readers.remove(stream)
                stream.close()
        for stream in writable:
            try:
                rest = rest[os.write(stream.fileno(), rest[:65536]):]
            except BlockingIOError:
                pass
            except BrokenPipeError:
                rest = rest[len(rest):]
    while not os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.002)
    return texts.get(child.stdout, b"") or b"", texts.get(child.stderr, b"") or b""


def check_text(result: Result, text: bytes) -> None:
    """Output is UTF-8 and has no control character but the end of a line."""
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        result.fail(f"prints what is no UTF-8: {error}")
    for character in decoded:
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp"):
            result.fail(f"prints the control character {character!r}")
