# SPDX-License-Identifier: Apache-2.0
"""A private server configuration, dpkg database and folder of programs, in which maintainer scripts run.

All of it lies in a mount namespace of this process: the machine's own folders are covered, not changed.
"""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Iterator

ISOLATED_MARK = "CONFGRAPH_MAINTSCRIPT_ISOLATED"
# Covered in the namespace; it must exist on every Debian and hold nothing that is needed.
WORK = pathlib.Path("/media")
CONFIG = pathlib.Path("/etc/apache2")
STATE = pathlib.Path("/var/lib/apache2")
SBIN = pathlib.Path("/usr/sbin")
DEBIAN_HELPER = pathlib.Path("/usr/share/apache2/apache2-maintscript-helper")

REAL_CONFIG = WORK / "real-config"
DPKG = WORK / "dpkg"
STUBS = WORK / "bin"
RECORD = WORK / "record"
SCRIPT = WORK / "script"
OUTPUT = WORK / "output"
DEFERRED = STATE / "deferred_actions"

SHELLS = {"dash": ["dash"], "bash": ["bash"], "busybox": ["busybox", "sh"], "posh": ["posh"], "mksh": ["mksh"]}
# What /bin/sh is where it is bash: some errors end it then.
ALL_SHELLS = SHELLS | {"bash-posix": ["bash", "--posix"]}
KINDS = {"module": ("mods", ".load"), "conf": ("conf", ".conf"), "site": ("sites", ".conf")}
MARKER_FOLDERS = ("enabled_by_admin", "enabled_by_maint", "disabled_by_admin", "disabled_by_maint")
TIMEOUT = 60

# The server as its control script sees it. It refuses the configuration while there is a file "broken", and knows its MPM.
SERVER_STUB = f"""#!/bin/sh
for mpm in {CONFIG}/mods-enabled/mpm_*.load; do :; done
mpm=${{mpm##*/mpm_}}
case " $* " in
    *" -V "*)
        [ -e "{CONFIG}/mods-enabled/mpm_${{mpm}}" ] || exit 1
        echo "Server version: Apache/2.4.71 (Debian)"
        echo "Server's Module Magic Number: 20120211:139"
        echo "Server MPM:     ${{mpm%.load}}"
        ;;
    *" -t "*)
        if [ -e {CONFIG}/broken ]; then
            echo "AH00526: Syntax error on line 1 of {CONFIG}/broken:" >&2
            echo "Invalid command 'Nonsense'" >&2
            exit 1
        fi
        echo "Syntax OK" >&2
        ;;
esac
"""
RECORDING_STUB = f"""#!/bin/sh
echo "${{0##*/}} $*" >>{RECORD}
"""


class BoxError(Exception):
    """The box itself did not work: never a difference."""


@dataclasses.dataclass
class Outcome:
    """What a maintainer script did and left."""

    status: int
    lines: list[str]
    actions: list[str]
    tree: dict[str, str]


def isolate() -> None:
    """Continues this program in a mount namespace of its own."""
    if os.environ.get(ISOLATED_MARK) == "1":
        return
    if os.geteuid() != 0:
        raise BoxError("must be run as root: it covers folders in a mount namespace")
    os.environ[ISOLATED_MARK] = "1"
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, "-B", *sys.argv]
    os.execvp(command[0], command)


def mount(*words: "str | pathlib.Path") -> None:
    subprocess.run(["mount", *map(str, words)], check=True)


class Box:
    """The covered folders. There is one in a process."""

    def __init__(self, prefix: pathlib.Path) -> None:
        self.helper = prefix / "share/apache2/apache2-maintscript-helper"
        if not self.helper.is_file():
            raise BoxError(f"{self.helper} is missing")
        first_line = SBIN.joinpath("a2query").read_bytes().partition(b"\n")[0]
        if not DEBIAN_HELPER.is_file() or b"perl" not in first_line:
            raise BoxError("Debian's package apache2 is not installed, or its programs were replaced")
        covered = (WORK, CONFIG, STATE, SBIN, pathlib.Path("/run"))
        if any(folder in prefix.resolve().parents for folder in covered):
            raise BoxError(f"{prefix} lies below a folder that is covered")
        mount("-t", "tmpfs", "-o", "mode=755", "confgraph", WORK)
        # Debian's configuration stays within reach.
        REAL_CONFIG.mkdir()
        mount("--bind", CONFIG, REAL_CONFIG)
        for folder in (CONFIG, STATE, pathlib.Path("/run")):
            mount("-t", "tmpfs", "-o", "mode=755", "confgraph", folder)
        pathlib.Path("/run/lock").mkdir(mode=0o1777)
        for folder in (STUBS, DPKG / "updates", DPKG / "info", WORK / "sbin", WORK / "real-sbin"):
            folder.mkdir(parents=True)
        self._make_sbin()
        for name in ("invoke-rc.d", "systemctl", "service", "update-rc.d"):
            self.program(name, RECORDING_STUB)
        self.program("httpd", SERVER_STUB)
        self.environment = {
            "LC_ALL": "C.UTF-8",
            "HOME": "/root",
            "DPKG_ADMINDIR": str(DPKG),
            "APACHE_HTTPD": str(STUBS / "httpd"),
        }
        self.paths = {"debian": f"{STUBS}:/usr/sbin:/usr/bin:/sbin:/bin",
                      "ours": f"{STUBS}:{prefix}/sbin:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.helpers = {"debian": DEBIAN_HELPER, "ours": self.helper}
        self.packages({"apache2": "installed"})
        self.clear()

    @staticmethod
    def _make_sbin() -> None:
        """A folder of links in the place of /usr/sbin: what the machine forbids by policy-rc.d does not count here."""
        for name in os.listdir(SBIN):
            if name != "policy-rc.d":
                (WORK / "sbin" / name).symlink_to(WORK / "real-sbin" / name)
        mount("--bind", SBIN, WORK / "real-sbin")
        mount("--bind", WORK / "sbin", SBIN)

    # Making a state.

    @staticmethod
    def program(name: str, text: str, folder: pathlib.Path = STUBS) -> pathlib.Path:
        path = folder / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    @staticmethod
    def packages(states: dict[str, str]) -> None:
        """What dpkg's database says."""
        triggers = {"triggers-awaited": "Triggers-Awaited: other\n", "triggers-pending": "Triggers-Pending: trigger\n"}
        stanzas = [f"Package: {name}\nStatus: install ok {state}\nMaintainer: nobody\nArchitecture: all\nVersion: 1\n"
                   f"Description: none\n{triggers.get(state, '')}" for name, state in states.items()]
        (DPKG / "status").write_text("\n".join(stanzas))

    @staticmethod
    def clear() -> None:
        """An empty configuration, as the server's package has it before anything was enabled."""
        for top in (CONFIG, STATE):
            for entry in os.scandir(top):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    os.unlink(entry.path)
        for prefix, _ in KINDS.values():
            os.mkdir(CONFIG / f"{prefix}-available")
            os.mkdir(CONFIG / f"{prefix}-enabled")
        for kind in KINDS:
            os.mkdir(STATE / kind)
            for folder in MARKER_FOLDERS:
                os.mkdir(STATE / kind / folder)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(RECORD)

    @staticmethod
    def available(kind: str, name: str, text: str = "# nothing\n", suffix: str = "") -> None:
        prefix, own = KINDS[kind]
        (CONFIG / f"{prefix}-available" / f"{name}{suffix or own}").write_text(text)

    @staticmethod
    def link(kind: str, name: str, suffix: str = "", target: str = "") -> None:
        prefix, own = KINDS[kind]
        suffix = suffix or own
        os.symlink(target or f"../{prefix}-available/{name}{suffix}", CONFIG / f"{prefix}-enabled" / f"{name}{suffix}")

    @staticmethod
    def entry_path(kind: str, name: str) -> pathlib.Path:
        prefix, suffix = KINDS[kind]
        return CONFIG / f"{prefix}-available" / f"{name}{suffix}"

    @staticmethod
    def break_configuration() -> None:
        """The server refuses it from now on."""
        (CONFIG / "broken").touch()

    @staticmethod
    def real_file(kind: str, name: str) -> None:
        prefix, suffix = KINDS[kind]
        (CONFIG / f"{prefix}-enabled" / f"{name}{suffix}").write_text("# by hand\n")

    @staticmethod
    def marker(kind: str, folder: str, name: str) -> None:
        (STATE / kind / folder / name).touch()

    # Running and looking.

    def run(self, side: str, shell: str, text: str, name: str, arguments: "tuple[str, ...]", package: str = "libapache2-mod-foo",
            **environment: str) -> Outcome:
        """Runs the text as a maintainer script of a package, as dpkg does it. An empty name: as rpm does it."""
        SCRIPT.write_text(text)
        dpkg = {"DPKG_MAINTSCRIPT_NAME": name, "DPKG_MAINTSCRIPT_PACKAGE": package} if name else {}
        environment = self.environment | dpkg | {"PATH": self.paths[side], "HELPER": str(self.helpers[side])} | environment
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, str(OUTPUT), flags, 0o600),
                   (os.POSIX_SPAWN_DUP2, 1, 2)]
        child = os.posix_spawnp(ALL_SHELLS[shell][0], [*ALL_SHELLS[shell], str(SCRIPT), *arguments],
                                environment, file_actions=actions)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        lines = OUTPUT.read_text(errors="backslashreplace").splitlines()
        try:
            recorded = RECORD.read_text().splitlines()
            RECORD.unlink()
        except FileNotFoundError:
            recorded = []
        return Outcome(status, lines, recorded, self.tree())

    @staticmethod
    def tree() -> dict[str, str]:
        """All that is enabled and all markers, the deferred calls, and whatever else lies there; the permanent lock left out."""
        found = {}
        pending = [str(CONFIG), str(STATE)]
        while pending:
            for entry in os.scandir(pending.pop()):
                if entry.is_symlink():
                    found[entry.path] = "-> " + os.readlink(entry.path)
                elif entry.is_dir():
                    # Confgraph's own folder is there for ever once something was changed.
                    if entry.path != str(STATE / "confgraph"):
                        pending.append(entry.path)
                    elif os.listdir(entry.path) != ["lock"]:
                        found[entry.path] = str(sorted(os.listdir(entry.path)))
                else:
                    found[entry.path] = pathlib.Path(entry.path).read_text(errors="backslashreplace")
        return found


@contextlib.contextmanager
def without(path: pathlib.Path) -> Iterator[None]:
    """A time in which a program of the box is not there."""
    hidden = path.with_name(path.name + ".hidden")
    path.rename(hidden)
    try:
        yield
    finally:
        hidden.rename(path)
