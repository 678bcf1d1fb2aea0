# SPDX-License-Identifier: Apache-2.0
"""What a step has left in a chroot, as lines that can be compared."""

import hashlib
import os
import pathlib
import re
import stat

from chroots import Chroot

FOLDERS = ("etc/apache2", "var/lib/apache2")
# The permanent lock of our tools and its folder: the originals have none.
OWN = ("var/lib/apache2/confgraph", "var/lib/apache2/confgraph/lock")
POLICY_CALLS = "policy-calls"
# What the functions of the helper say, and what says that a shell did not understand something.
SPOKEN = re.compile(r"^apache2_\w+[ :]")
BROKEN = re.compile(r"not found$|: unbound variable|parameter not set|[Ss]yntax error|Traceback|Segmentation|core dumped")
LOADED = re.compile(r" (\w+) \((?:static|shared)\)")
NOISE = re.compile(r"^AH00558|^ *$")


def tree_lines(root: pathlib.Path) -> list[str]:
    """Everything in the watched folders: kind, mode, owner, target or content."""
    lines = []
    for folder in FOLDERS:
        pending = [root / folder] if (root / folder).is_dir() else []
        while pending:
            path = pending.pop()
            lines.append(describe(path, str(path.relative_to(root))))
            if path.is_dir() and not path.is_symlink():
                pending += path.iterdir()
    return sorted(line for line in lines if line.split()[1] not in OWN)


def describe(path: pathlib.Path, name: str) -> str:
    status = path.lstat()
    owner = "" if status.st_uid == status.st_gid == 0 else f" {status.st_uid}:{status.st_gid}"
    if stat.S_ISLNK(status.st_mode):
        dangling = "" if path.exists() or os.readlink(path).startswith("/") else " (leads nowhere)"
        return f"link {name} -> {os.readlink(path)}{dangling}{owner}"
    kind = {stat.S_IFDIR: "folder", stat.S_IFREG: "file"}.get(stat.S_IFMT(status.st_mode), "other")
    text = f"{kind} {name} {stat.S_IMODE(status.st_mode):o}{owner}"
    if kind == "file" and status.st_size:
        content = path.read_bytes()
        # The text itself where it is short, or what was deferred.
        text += f" {content!r}" if len(content) <= 400 else f" {hashlib.sha256(content).hexdigest()[:12]}"
    return text


def package_lines(root: pathlib.Path, names: list[str]) -> list[str]:
    """What dpkg knows of packages."""
    lines = []
    for paragraph in (root / "var/lib/dpkg/status").read_text(encoding="utf-8").split("\n\n"):
        fields = dict(re.findall(r"^(Package|Status|Version): (.*)$", paragraph, re.M))
        if fields.get("Package") in (*names, "apache2"):
            lines.append(f"package {fields['Package']} {fields['Status']} {fields.get('Version', '')}")
    return sorted(lines)


def server_lines(chroot: Chroot) -> list[str]:
    """What the server itself says: whether it would start, and which modules it would load."""
    test = chroot.run("apache2ctl -t -D DUMP_MODULES")
    lines = [line for line in test.stdout.splitlines() if not NOISE.search(line)]
    loaded = [match[1] for match in map(LOADED.fullmatch, lines) if match]
    rest = [line for line in lines if not LOADED.fullmatch(line)]
    return [*(f"apache2 -t: {line}" for line in [test.returncode, *rest]), *(f"loaded {name}" for name in sorted(loaded))]


def action_lines(chroot: Chroot) -> list[str]:
    """What the server was to do, as far as somebody asked whether it may. Forgets it."""
    calls = chroot.root / POLICY_CALLS
    text = calls.read_text(encoding="utf-8") if calls.exists() else ""
    calls.unlink(missing_ok=True)
    # invoke-rc.d puts an action into parentheses when it asks for it in another runlevel.
    return sorted({f"asked for: {re.sub('[()]', '', line)}" for line in text.splitlines()})


def message_lines(output: str) -> list[str]:
    spoken = [line for line in output.splitlines() if SPOKEN.search(line)]
    others = [line for line in output.splitlines() if not SPOKEN.search(line)]
    return [f"said: {line}" for line in spoken] + [f"broken: {line}" for line in others if BROKEN.search(line)]


def capture(chroot: Chroot, names: list[str], status: int, output: str) -> list[str]:
    """All lines after a step that ended with this status and output."""
    actions = action_lines(chroot)
    packages = package_lines(chroot.root, names)
    return [f"exit status {status}", *message_lines(output), *actions, *tree_lines(chroot.root), *packages, *server_lines(chroot)]
