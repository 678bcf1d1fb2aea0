# SPDX-License-Identifier: Apache-2.0
"""Private copies of Debian's default configuration, and commands run on them in namespaces of their own."""

import dataclasses
import hashlib
import os
import pathlib
import shutil
import stat
import subprocess
import sys

from scenario import Scenario

# The folder that is covered in every sandbox. It must exist on every Debian and hold nothing we need.
COVERED = pathlib.Path("/media")
WORK = COVERED / "work"
ISOLATED_MARK = "CONFGRAPH_DIFFERENTIAL_ISOLATED"
HERE = pathlib.Path(__file__).resolve().parent

# What a fresh installation of Debian's package enables.
ENABLED_MODULES = (
    "access_compat alias auth_basic authn_core authn_file authz_core authz_host authz_user autoindex deflate"
    " dir env filter mime mpm_event negotiation reqtimeout setenvif status"
).split()
ENABLED_CONFS = "charset localized-error-pages other-vhosts-access-log security serve-cgi-bin".split()
ENABLED_SITES = ["000-default"]
MARKER_FOLDERS = ("enabled_by_admin", "enabled_by_maint", "disabled_by_admin", "disabled_by_maint")

# Names under which the programs are called; INSTANCE suffixes included.
FAMILY = ("a2enmod", "a2dismod", "a2enconf", "a2disconf", "a2ensite", "a2dissite")
SUFFIXES = ("", "-foo", "-foo-bar", "-", "foo")
# run/mount is made by mount(8) otherwise.
BASE_FOLDERS = (
    *("etc", "state", "lib/apache2", "lib/dpkg", "run/systemd", "run/lock", "run/mount"),
    *("media/bin", "media/stubs", "media/here", "media/io", "media/etc-real"),
)
STUBS = {
    "systemctl": 'exit "$(cat /media/stub-status)"',
    "update-rc.d": 'exit "$(cat /media/stub-status)"',
}
CONTROL_SCRIPTS = ("apache2ctl", "apachectl")
STUB_TEXT = """#!/bin/sh
printf '%s' "${{0##*/}}" >>/media/{log}
[ $# = 0 ] || printf ' %s' "$@" >>/media/{log}
echo >>/media/{log}
{end}
"""
SETUP_SECONDS = 20
MAX_OUTPUT = 1 << 20


class SandboxError(Exception):
    """The sandbox itself did not work: never a difference between the two sides."""


@dataclasses.dataclass
class Outcome:
    """What one command did."""

    status: int
    stdout: str
    stderr: str


@dataclasses.dataclass
class Result:
    """What all commands of a scenario did on one side, and what they left."""

    outcomes: list[Outcome]
    tree: list[str]
    run_strays: list[str]
    control_calls: str


def isolate() -> None:
    """Continue this program in a mount namespace of its own, where the work folder is a tmpfs."""
    if os.environ.get(ISOLATED_MARK) != "1":
        if os.geteuid() != 0:
            raise SandboxError("must be run as root: it covers folders in a mount namespace")
        os.environ[ISOLATED_MARK] = "1"
        unshare = ["unshare", "--mount", "--propagation", "private"]
        if subprocess.run([*unshare, "true"], check=False).returncode != 0:
            raise SandboxError("mount namespaces are not permitted here (unshare --mount)")
        os.execvp(unshare[0], unshare + [sys.executable, *sys.argv])
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "confgraph", COVERED], check=True)
    WORK.mkdir()


def check_reachable(prefix: pathlib.Path) -> None:
    """Refuse a prefix that is incomplete or that the sandbox covers."""
    for program in ("a2enmod", "a2query"):
        path = prefix / "sbin" / program
        if not os.access(path, os.X_OK):
            raise SandboxError(f"{path} is missing or cannot be executed")
    covered = [COVERED, pathlib.Path("/etc"), pathlib.Path("/run"), pathlib.Path("/var/lib")]
    for path in (prefix.resolve(), HERE):
        if any(folder == path or folder in path.parents for folder in covered):
            raise SandboxError(f"{path} lies below a folder that the sandbox covers")


def check_reference(prefix: pathlib.Path) -> None:
    """Refuse a reference that is not Debian's own program, as when ours was installed in its place."""
    for program in ("a2enmod", "a2query"):
        with open(prefix / "sbin" / program, "rb") as stream:
            if b"/perl" not in stream.readline():
                raise SandboxError(f"{prefix}/sbin/{program} is not Debian's program")


def build_base() -> pathlib.Path:
    """Create WORK/base: what every private copy starts from."""
    base = WORK / "base"
    etc = base / "etc"
    for folder in BASE_FOLDERS:
        (base / folder).mkdir(parents=True)
    (base / "media/calls").touch()
    (base / "media/stub-status").write_text("0\n")
    for entry in pathlib.Path("/etc").iterdir():
        if not entry.name.startswith("apache2"):
            (etc / entry.name).symlink_to(f"/media/etc-real/{entry.name}")
    copy_packaged_files(etc)
    enable_defaults(etc / "apache2", base / "state")
    write_stubs(base / "media")
    init_programs()
    return base


def copy_packaged_files(etc: pathlib.Path) -> None:
    """Copy /etc/apache2 as Debian's package ships it; a changed file is an error."""
    query = ["dpkg-query", "-W", "-f", "${Conffiles}\n", "apache2"]
    listing = subprocess.run(query, check=True, capture_output=True, text=True).stdout
    for line in filter(str.strip, listing.splitlines()):
        name, digest = line.split()[:2]
        if not name.startswith("/etc/apache2/"):
            continue
        source = pathlib.Path(name)
        if not source.is_file() or hashlib.md5(source.read_bytes()).hexdigest() != digest:
            raise SandboxError(f"{name} is not as packaged; restore it (dpkg --force-confnew --force-confmiss)")
        target = etc / source.relative_to("/etc")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o644)
    if not (etc / "apache2/mods-available/mpm_event.load").is_file():
        raise SandboxError("the package apache2 is not installed")


def enable_defaults(config: pathlib.Path, state: pathlib.Path) -> None:
    """Enable what a fresh installation enables, markers included."""
    for kind, folder, by, names in (
        ("module", "mods", "maint", ENABLED_MODULES),
        ("conf", "conf", "maint", ENABLED_CONFS),
        ("site", "sites", "admin", ENABLED_SITES),
    ):
        enabled = config / f"{folder}-enabled"
        enabled.mkdir()
        for markers in MARKER_FOLDERS:
            (state / kind / markers).mkdir(parents=True)
        for name in names:
            (state / kind / f"enabled_by_{by}" / name).touch()
            for suffix in ("load", "conf"):
                if (config / f"{folder}-available/{name}.{suffix}").exists():
                    (enabled / f"{name}.{suffix}").symlink_to(f"../{folder}-available/{name}.{suffix}")


def write_stubs(media: pathlib.Path) -> None:
    """Write the programs that stand in for those which would change the machine; they record their calls."""
    for name, end in STUBS.items():
        for folder in ("bin", "stubs"):
            write_program(media / folder / name, STUB_TEXT.format(log="calls", end=end))


def write_program(path: pathlib.Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def init_programs() -> None:
    """Provide shells whose names make the first process look like systemd or like anything else."""
    (WORK / "bin").mkdir()
    for name in ("init", "systemd"):
        shutil.copy2("/bin/sh", WORK / "bin" / name)


class Side:
    """One private copy, on which one of the two programs runs."""

    def __init__(self, name: str, source: pathlib.Path):
        self.path = WORK / name
        subprocess.run(["cp", "-a", source, self.path], check=True)

    def install(self, prefix: pathlib.Path) -> None:
        """Make the programs of a prefix available under all their names."""
        bin_folder = self.path / "media/bin"
        for suffix in SUFFIXES:
            for name in FAMILY:
                (bin_folder / (name + suffix)).symlink_to(prefix / "sbin/a2enmod")
            (bin_folder / ("a2query" + suffix)).symlink_to(prefix / "sbin/a2query")

    def record_control_scripts(self) -> None:
        """Put stubs that record and fail in the place of the server's control scripts."""
        stub = STUB_TEXT.format(log="control-calls", end="exit 1")
        for name in CONTROL_SCRIPTS:
            write_program(self.path / "media/stubs" / name, stub)

    def setup(self, text: str) -> None:
        """Run the setup of a scenario; it must succeed."""
        functions = (HERE / "setup-functions.sh").read_text()
        (self.path / "media/io/setup").write_text(functions + text + "\n")
        self._enter("setup", "init", SETUP_SECONDS)
        (self.path / "media/io/setup").unlink()

    def run(self, scenario: Scenario, limit: float) -> Result:
        """Run the commands of a scenario, each at most `limit` seconds."""
        folder = self.path / "media/io"
        run_before = describe_tree(self.path / "run", "run/")
        (folder / "limit").write_text(f"{limit}\n")
        for number, command in enumerate(scenario.commands, 1):
            (folder / f"{number:02}.cmd").write_text(command.line + "\n")
            (folder / f"{number:02}.in").write_bytes(command.stdin)
        self._enter("commands", scenario.init, (limit + 5) * len(scenario.commands) + 10)
        outcomes = [self._outcome(folder / f"{n:02}") for n in range(1, len(scenario.commands) + 1)]
        run_strays = sorted(set(describe_tree(self.path / "run", "run/")) - set(run_before))
        return Result(outcomes, self.snapshot(), run_strays, self._control_calls())

    @staticmethod
    def _outcome(base: pathlib.Path) -> Outcome:
        status = int(base.with_suffix(".status").read_text())
        return Outcome(status, read_head(base.with_suffix(".out")), read_head(base.with_suffix(".err")))

    def _enter(self, action: str, init: str, seconds: float) -> None:
        """Run sandbox.sh on this side; everything it started ends with it."""
        unshare = "unshare --mount --pid --fork --kill-child --mount-proc --propagation private".split()
        command = [*unshare, WORK / "bin" / init, HERE / "sandbox.sh", self.path, action]
        try:
            done = subprocess.run(
                command, timeout=seconds, capture_output=True, text=True, errors="replace", check=False
            )
        except subprocess.TimeoutExpired as error:
            raise SandboxError(f"the {action} took more than {seconds} seconds") from error
        if done.returncode != 0 or done.stderr:
            raise SandboxError(f"the {action} ended with {done.returncode}: {done.stdout}{done.stderr}")

    def _control_calls(self) -> str:
        """Return what was recorded of control scripts that were started."""
        path = self.path / "media/control-calls"
        return path.read_text() if path.exists() else ""

    def snapshot(self) -> list[str]:
        """Return the state of all watched folders as one line an entry, sorted."""
        lines = []
        for folder, label in (("etc", ""), ("state", "state/"), ("lib", "lib/"), ("media/here", "here/"), ("media/calls", "calls")):
            lines += describe_tree(self.path / folder, label)
        return sorted(lines)

    def remove(self) -> None:
        shutil.rmtree(self.path)


def read_head(path: pathlib.Path) -> str:
    with open(path, "rb") as stream:
        return stream.read(MAX_OUTPUT).decode("utf-8", "backslashreplace")


def describe_tree(path: pathlib.Path, label: str) -> list[str]:
    """Describe everything below a folder, or one file; links back to the machine's own /etc are left out."""
    if not stat.S_ISDIR(path.lstat().st_mode):
        return [describe(path, label)]
    lines = [describe(path, label or ".")]
    for entry in path.iterdir():
        if entry.is_symlink() and os.readlink(entry).startswith("/media/etc-real/"):
            continue
        if entry.is_dir() and not entry.is_symlink():
            lines += describe_tree(entry, f"{label}{entry.name}/")
        else:
            lines.append(describe(entry, label + entry.name))
    return lines


def describe(path: pathlib.Path, label: str) -> str:
    """Describe one entry of the file system: type, mode, name, target or content, owner unless root."""
    status = path.lstat()
    mode = format(stat.S_IMODE(status.st_mode), "o")
    label = printable(label)
    owner = "" if status.st_uid == status.st_gid == 0 else f" owner {status.st_uid}:{status.st_gid}"
    if stat.S_ISLNK(status.st_mode):
        return f"link {label} -> {printable(os.readlink(path))}{owner}"
    if stat.S_ISDIR(status.st_mode):
        return f"dir {mode} {label}{owner}"
    if stat.S_ISREG(status.st_mode):
        return f"file {mode} {label}{owner}{describe_content(path.read_bytes())}"
    return f"type {stat.S_IFMT(status.st_mode):o} {mode} {label}{owner}"


def describe_content(content: bytes) -> str:
    if not content:
        return ""
    if len(content) > 200:
        return f" sha256 {hashlib.sha256(content).hexdigest()[:16]}"
    return f' "{printable(content.decode("utf-8", "backslashreplace"))}"'


def printable(text: str) -> str:
    """Return a text on one line, control characters and undecodable bytes as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogateescape").decode() for c in text)
