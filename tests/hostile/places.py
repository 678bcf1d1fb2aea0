# SPDX-License-Identifier: Apache-2.0
"""Folders that are not what they should be, things of others where ours would go, and disks that are full."""

import json
import os
import pathlib
import re
import shutil
import stat
import struct
import subprocess
from typing import Callable

from box import Box, Expected, scenario
from private_tree import ORDINARY_USER
from scenarios import Failure

DONE = Expected(status=0, errors=0)
REFUSED = Expected()
COPY = ".mods-enabled.confgraph"
TEMPORARY = ".confgraph"
# So that mounts are the child's own; with a user namespace where there is no root.
NAMESPACE = ["--mount"] if os.getuid() == 0 else ["--user", "--map-root-user", "--mount"]


def enabled(*files: str, folder: str = "apache2/mods-enabled", available: str = "../mods-available") -> dict:
    """What is new when modules of these files are enabled; without markers."""
    return {f"{folder}/{file}": f"{available}/{file}" for file in files}


def marker(name: str, what: str = "enabled_by_admin", kind: str = "module") -> dict:
    return {f"state/{kind}/{what}/{name}": ""}


def deep(box: Box) -> dict:
    """A module with a conf and a dependency; gives what its enabling makes."""
    box.module("deep", b"# Depends: base\n")
    box.file("mods-available/deep.conf")
    box.module("base")
    box.module("present")
    box.enable("present")
    return enabled("deep.load", "deep.conf", "base.load") | marker("deep") | marker("base")


def victim(box: Box) -> pathlib.Path:
    """A folder that nobody may touch; it is watched like the rest of the tree."""
    folder = box.root / "victim"
    folder.mkdir()
    (folder / "precious").write_text("precious")
    (folder / "link").symlink_to("precious")
    return folder


# Folders that are not what they should be.

@scenario
def enabled_folder_is_a_link(box: Box) -> None:
    deep(box)
    folder = box.root / "elsewhere/deeper/mods"
    folder.parent.mkdir(parents=True)
    (box.config / "mods-enabled").rename(folder)
    box.link("mods-enabled", "../elsewhere/deeper/mods")
    (folder / "present.load").unlink()
    new = enabled("deep.load", "deep.conf", "base.load", folder="elsewhere/deeper/mods", available="../../../apache2/mods-available")
    box.call("a2enmod", "deep", expected=Expected(status=0, errors=0, added=new | marker("deep") | marker("base")))
    box.call("a2dismod", "-f", "-p", "base", expected=Expected(
        status=0, errors=0, removed=[*new, *marker("deep"), *marker("base")]))


@scenario
def enabled_folder_is_missing(box: Box) -> None:
    deep(box)
    box.module("mpm_one")
    box.file("sites-available/site.conf")
    (box.config / "mods-enabled/present.load").unlink()
    for folder in ("mods-enabled", "sites-enabled"):
        (box.config / folder).rmdir()
    for call in (["a2enmod", "deep"], ["a2enmod", "base"], ["a2ensite", "site"], ["a2mpm", "--no-test", "one"]):
        box.call(*call, expected=REFUSED)
    for folder in ("mods-enabled", "sites-enabled"):
        box.file(folder)
    for call in (["a2enmod", "deep"], ["a2enmod", "base"], ["a2ensite", "site"], ["a2mpm", "--no-test", "one"]):
        box.call(*call, expected=REFUSED)


@scenario
def config_folder_is_read_only(box: Box) -> None:
    """No copy can be made beside the enabled folder: the links are made one by one."""
    new = deep(box)
    box.give_to_ordinary_user()
    box.config.chmod(0o555)
    box.call("a2enmod", "deep", ordinary=True, expected=Expected(status=0, errors=0, added=new))
    box.config.chmod(0o755)


@scenario
def enabled_folder_is_read_only(box: Box) -> None:
    deep(box)
    for name in ("mpm_one", "mpm_two"):
        box.module(name)
    box.enable("mpm_one")
    box.give_to_ordinary_user()
    (box.config / "mods-enabled").chmod(0o555)
    for call in (["a2enmod", "deep"], ["a2dismod", "present"], ["a2mpm", "--no-test", "two"]):
        box.call(*call, ordinary=True, expected=REFUSED)
    (box.config / "mods-enabled").chmod(0o755)


@scenario
def mounted_read_only(box: Box) -> None:
    """Not even root can write there; what has nothing to write does not notice."""
    deep(box)
    for name in ("mpm_one", "mpm_two"):
        box.module(name)
    box.enable("mpm_one")
    box.file("sites-available/site.conf")
    script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$1" && shift && exec "$@"'

    def call(folder: pathlib.Path, *words: str, expected: Expected) -> None:
        box.call("/usr/bin/unshare", *NAMESPACE, "--", "sh", "-c", script, "sh", str(folder), str(box.tools / words[0]), *words[1:],
                 expected=expected)

    for folder in (box.config / "mods-enabled", box.config, box.state, box.root):
        call(folder, "a2enmod", "deep", expected=REFUSED)
        call(folder, "a2dismod", "present", expected=REFUSED)
        call(folder, "a2mpm", "--no-test", "two", expected=REFUSED)
        for words in (["a2enmod", "present"], ["a2dismod", "deep"], ["a2mpm", "one"], ["a2mpm"], ["a2query", "-M"]):
            call(folder, *words, expected=DONE)
    call(box.config / "sites-enabled", "a2ensite", "site", expected=REFUSED)


@scenario
def modules_on_a_mount(box: Box) -> None:
    """A mount point cannot be exchanged; its links are changed one by one."""
    new = deep(box)
    script = 'mount --bind "$1" "$1" && shift && exec "$@"'
    box.call("/usr/bin/unshare", *NAMESPACE, "--", "sh", "-c", script, "sh", str(box.config / "mods-enabled"),
             str(box.tools / "a2enmod"), "deep", expected=Expected(status=0, errors=0, added=new))


def overlay_that_moves_folders(box: Box) -> None:
    """An overlay gives links that are copied up other numbers than they had; that is no change by somebody else."""
    for name in ("mpm_one", "mpm_two", "present"):
        box.module(name)
    for name in ("mpm_one", "present"):
        box.enable(name)
    script = """mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work && config=$1 && shift &&
        mount -t overlay -o lowerdir="$config",upperdir=/mnt/upper,workdir=/mnt/work,redirect_dir=on overlay "$config" &&
        APACHE_HTTPD=/bin/true "$@" && ls -A "$config" "$config/mods-enabled" """
    result = box.call("/usr/bin/unshare", *NAMESPACE, "--", "sh", "-c", script, "sh", str(box.config), str(box.tools / "a2mpm"),
                      "--json", "two", expected=Expected(status=0, errors=None, added=marker("mpm_two") | marker("mpm_one", "disabled_by_admin"),
                                                         contains='"exchange"'))
    listed = result.out.decode().splitlines()
    if COPY in listed or "mpm_one.load" in listed or not {"mpm_two.load", "present.load"} <= set(listed):
        raise Failure(f"the folders hold {listed}")


if os.getuid() == 0:
    # In a user namespace, no overlay moves folders.
    scenario(overlay_that_moves_folders)


@scenario
def ordinary_user_switches(box: Box) -> None:
    deep(box)
    for name in ("mpm_one", "mpm_two"):
        box.module(name)
    box.enable("mpm_one")
    refused = Expected(contains="run this as root")
    with box.protected():
        box.call("a2enmod", "deep", ordinary=True, expected=refused)
        for options in ([], ["-f"], ["-q"], ["-m"], ["--no-test"]):
            box.call("a2mpm", *options, "two", ordinary=True, expected=refused)
        box.call("a2mpm", "one", ordinary=True, expected=DONE)
        box.call("a2mpm", ordinary=True, expected=DONE)
        box.call("a2mpm", "-n", "two", ordinary=True, expected=DONE)


# Things of others where ours would go.

def plants(path: pathlib.Path, beside: pathlib.Path) -> dict[str, Callable[[], None]]:
    def folder() -> None:
        path.mkdir()
        (path / "theirs").write_text("theirs")

    return {
        "a file": lambda: path.write_text("theirs") and None,
        "a folder": folder,
        "a link to a folder": lambda: path.symlink_to(beside),
        "a link to a file": lambda: path.symlink_to(beside / "precious"),
        "a link to nowhere": lambda: path.symlink_to(beside / "new"),
        "a FIFO": lambda: os.mkfifo(path),
    }


def uproot(path: pathlib.Path) -> None:
    if path.is_dir() and not path.is_symlink():
        (path / "theirs").unlink()
        path.rmdir()
    else:
        path.unlink()


@scenario
def planted_where_the_copy_goes(box: Box) -> None:
    """The name is taken: the links are made one by one, and what lies there stays as it is."""
    new = deep(box)
    place = box.config / COPY
    for plant in plants(place, victim(box)).values():
        plant()
        box.call("a2enmod", "deep", expected=Expected(status=0, errors=0, added=new))
        box.call("a2dismod", "-p", "deep", "base", expected=Expected(status=0, errors=0, removed=list(new)))
        uproot(place)


@scenario
def planted_where_the_temporary_link_goes(box: Box) -> None:
    """It is in the way of a switch that goes link by link; otherwise it is a stranger in the folder like others."""
    new = deep(box)
    for name in ("mpm_one", "mpm_two"):
        box.module(name)
    box.enable("mpm_one")
    place = box.config / "mods-enabled" / TEMPORARY
    beside = victim(box)
    switched = Expected(status=0, errors=0, added=enabled("mpm_two.load") | marker("mpm_two") | marker("mpm_one", "disabled_by_admin"),
                        removed=["apache2/mods-enabled/mpm_one.load"])
    for what, plant in plants(place, beside).items():
        plant()
        box.call("a2enmod", "deep", expected=Expected(status=0, errors=0, added=new))
        box.call("a2dismod", "-p", "deep", "base", expected=Expected(status=0, errors=0, removed=list(new)))
        # A folder among the links makes the exchange impossible, and so does a subfolder with another name.
        (box.config / "mods-enabled/subfolder").mkdir()
        box.call("a2mpm", "--no-test", "two", expected=REFUSED)
        (box.config / "mods-enabled/subfolder").rmdir()
        uproot(place)
    box.call("a2mpm", "--no-test", "two", expected=switched)


@scenario
def planted_in_the_state_folder(box: Box) -> None:
    """Neither the lock nor the folder it is in is followed elsewhere, or waited for."""
    deep(box)
    beside = victim(box)
    own = box.state / "confgraph"
    (own / "lock").unlink()
    for what, plant in plants(own / "lock", beside).items():
        if what == "a file":
            continue
        plant()
        box.call("a2enmod", "deep", expected=REFUSED)
        box.call("a2enmod", "present", expected=DONE)
        box.call("a2query", "-m", "present", expected=DONE)
        uproot(own / "lock")
    own.rmdir()
    for what, plant in plants(own, beside).items():
        if what == "a folder":
            continue
        plant()
        box.call("a2enmod", "deep", expected=REFUSED)
        box.call("a2enmod", "present", expected=DONE)
        box.call("a2query", "-m", "present", expected=DONE)
        uproot(own)


# Names.

@scenario
def strange_names_are_exchanged(box: Box) -> None:
    """Names are data in the copy, in the journal and in the switch, too."""
    names = ["$(touch PWNED)", "`touch PWNED`", "; touch PWNED;", "two words", "~", "'", '"', "#", "%s%n", "back\\slash", "\\x41",
             "é", os.fsdecode(b"caf\xe9"), os.fsdecode(b"\xff\xfe"), "a" * 250, "é" * 125]
    for subfolder in (False, True):
        if subfolder:
            (box.config / "mods-enabled/subfolder").mkdir()
        for name in names:
            box.module(name)
            box.file(f"mods-available/{name}.conf")
            new = enabled(f"{name}.load", f"{name}.conf") | marker(name)
            box.call("a2enmod", "--", name, expected=Expected(status=0, errors=0, added=new))
            box.call("a2dismod", "-m", "--", name, expected=Expected(
                status=0, errors=0, removed=list(new), added=marker(name, "disabled_by_maint")))
            box.call("a2dismod", "-p", "--", name, expected=Expected(
                status=0, errors=0, removed=list(marker(name, "disabled_by_maint"))))
        last = ""
        for name in [f"mpm_{name}"[:250] if name.isascii() else f"mpm_{name[:100]}" for name in names]:
            box.module(name)
            files = [f"apache2/mods-enabled/{last}.load", *marker(last)] if last else []
            box.call("a2mpm", "--no-test", "--", name, expected=Expected(
                status=0, errors=0, added=enabled(f"{name}.load") | marker(name) | (marker(last, "disabled_by_admin") if last else {}),
                removed=files + ([f"state/module/disabled_by_admin/{name}"] if subfolder else [])))
            last = name
        box.call("a2dismod", "-p", "--", last, expected=Expected(
            status=0, errors=None, removed=[f"apache2/mods-enabled/{last}.load", *marker(last)]))
        (box.state / "module/disabled_by_admin" / last).write_text("")
    for name in names:
        box.file(f"sites-available/{name}.conf")
        new = {f"apache2/sites-enabled/{name}.conf": f"../sites-available/{name}.conf"} | marker(name, kind="site")
        box.call("a2ensite", "--", name, expected=Expected(status=0, errors=0, added=new))
        box.call("a2dissite", "-p", "--", name, expected=Expected(status=0, errors=0, removed=list(new)))


# What is kept.

def access_list(*entries: tuple[int, int, int]) -> bytes:
    """An access control list as the kernel keeps it."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, mode, who & 0xFFFFFFFF) for tag, mode, who in entries)


def attributes(path: pathlib.Path) -> dict[str, object]:
    status = os.lstat(path)
    found: dict[str, object] = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    return found | {"mode": status.st_mode, "owner": (status.st_uid, status.st_gid)}


@scenario
def attributes_are_kept(box: Box) -> None:
    """Whoever owns the folder keeps it, with its mode, its lists and its attributes; strangers in it stay what they are."""
    new = deep(box)
    folder = box.config / "mods-enabled"
    (folder / "real.load").write_text("# real\n")
    (folder / "real.load").chmod(0o640)
    (folder / "README").write_text("read me")
    (folder / "foreign.load").symlink_to("/nowhere/foreign.load")
    os.mkfifo(folder / "pipe")
    box.give_to_ordinary_user()
    folder.chmod(0o2751)
    os.setxattr(folder, "user.confgraph.test", b"kept\0binary")
    os.setxattr(folder / "README", "user.confgraph.test", b"file")
    for name in ("system.posix_acl_access", "system.posix_acl_default"):
        os.setxattr(folder, name, access_list((1, 7, -1), (2, 5, 12345), (4, 5, -1), (16, 5, -1), (32, 1, -1)))
    before = attributes(folder)
    files = {name: os.lstat(folder / name).st_ino for name in os.listdir(folder)}
    result = box.call("a2enmod", "--json", "deep", expected=Expected(status=0, errors=None, added=new))
    if json.loads(result.out)["outcome"]["way"] != "exchange":
        result.fail("the folder was not exchanged: that says nothing")
    for what in range(2):
        if attributes(folder) != before:
            raise Failure(f"attributes of the folder: {attributes(folder)}, before: {before}")
        for name, inode in files.items():
            if os.lstat(folder / name).st_ino != inode or os.lstat(folder / name).st_nlink != 1:
                raise Failure(f"{name} is another file than before, or has another name somewhere")
        if os.getxattr(folder / "README", "user.confgraph.test") != b"file":
            raise Failure("an attribute of a file is gone")
        if what == 0:
            box.call("a2dismod", "-p", "deep", "base", expected=Expected(status=0, errors=0, removed=list(new)))


@scenario
def modes_do_not_follow_the_mask(box: Box) -> None:
    """Whoever calls with a strange file mode creation mask gets a folder that the server can read."""
    new = deep(box)
    folder = box.config / "mods-enabled"
    folder.chmod(0o755)
    old = os.umask(0o777 if os.getuid() == 0 else 0o077)
    try:
        box.call("a2enmod", "deep", expected=Expected(status=0, errors=0, added=new))
    finally:
        os.umask(old)
    if stat.S_IMODE(folder.stat().st_mode) != 0o755:
        raise Failure(f"the mode of the folder is {stat.S_IMODE(folder.stat().st_mode):o}")


# Full disks.

# $1 the folder that is on the full disk, $2 options of it; then the command. The disk gets what is in the folder. Prints
# the list of files before, what the command says, the list after, and the same of a second call with room.
FULL_DISK = r"""
set -eu
folder=$1 options=$2
shift 2
mount -t tmpfs tmpfs /mnt
mkdir /mnt/old
mount --bind "$folder" /mnt/old
mount -t tmpfs -o "$options" tmpfs "$folder"
cp -a /mnt/old/. "$folder"
list() { (cd "$ROOT" && find . ! -name 'filler*' -printf '%p %y %l %m %U\n' | LC_ALL=C sort); }
dd if=/dev/zero of="$folder/filler" bs=4096 2> /dev/null || :
number=0
case $options in *nr_inodes*)
    while (: > "$folder/filler$number") 2> /dev/null; do number=$((number + 1)); done ;;
esac
list
echo ==
status=0
"$@" > /mnt/out 2> /mnt/err || status=$?
cat /mnt/err
echo "== $status"
list
echo ==
rm -f "$folder"/filler*
status=0
"$@" > /mnt/out 2> /mnt/err || status=$?
cat /mnt/err
echo "== $status"
list
"""


PARTS = re.compile(r"(.*?)==\n(.*?)== (\d+)\n(.*?)==\n(.*?)== (\d+)\n(.*)", re.DOTALL)


@scenario
def disk_is_full(box: Box) -> None:
    """Without room nothing is changed and nothing left behind; with room, the same call goes through."""
    deep(box)
    for name in ("mpm_one", "mpm_two"):
        box.module(name)
        box.file(f"mods-available/{name}.conf")
    box.enable("mpm_one")
    for number in range(40):
        box.file(f"sites-available/site{number}.conf")
    sites = [f"site{number}" for number in range(40)]
    backup = box.root / "backup"
    for name in ("apache2", "state"):
        shutil.copytree(box.root / name, backup / name, symlinks=True)
    tried = 0
    # Links and markers need no blocks there, but a journal does.
    blocks, files = "size=64k,mode=755", "size=64k,nr_inodes=250,mode=755"
    for folder in (box.state, box.config, box.config / "mods-enabled", box.state / "module"):
        for options in ((blocks, files) if folder == box.state else (files,)):
            for words in (["a2enmod", "deep"], ["a2dismod", "present"], ["a2mpm", "--no-test", "two"], ["a2ensite", *sites]):
                # These need no room there.
                if folder in {"a2ensite": (box.config / "mods-enabled", box.state / "module"),
                              "a2dismod": (box.config, box.config / "mods-enabled")}.get(words[0], ()):
                    continue
                result = subprocess.run(
                    ["/usr/bin/unshare", *NAMESPACE, "--", "sh", "-c", FULL_DISK, "sh", str(folder), options,
                     str(box.tools / words[0]), *words[1:]],
                    env=box.environment | {"ROOT": str(box.root)}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                    timeout=60, check=False, cwd=box.work)
                what = f"{' '.join(words)[:60]} with {folder.relative_to(box.root)} full ({options})"
                if result.returncode != 0:
                    raise Failure(f"{what}: the script fails: {result}")
                before, said, status, after, then, again, last = PARTS.fullmatch(result.stdout).groups()
                lines = [line for line in said.splitlines() if not line.startswith("HINT: ")]
                if status != "1" or len(lines) != 1 or not lines[0].startswith("ERROR: ") or "nothing was changed" not in said:
                    raise Failure(f"{what}: exit status 1 and one line expected: {status}, {said!r}")
                if before != after:
                    raise Failure(f"{what}: changed {set(before.splitlines()) ^ set(after.splitlines())}")
                if again != "0" or then or COPY in last or ".journal" in last:
                    raise Failure(f"{what}: with room again: exit status {again}, {then!r}, {last}")
                tried += 1
                # What is not on the small disk was changed by the second call.
                for name in ("apache2", "state"):
                    shutil.rmtree(box.root / name)
                    shutil.copytree(backup / name, box.root / name, symlinks=True)
    if tried < 12:
        raise Failure(f"only {tried} calls tried")
