# SPDX-License-Identifier: Apache-2.0
"""Private copies of the configuration, and trees of many sites."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Iterator

CONFIG = "/etc/apache2"
STATE = "/var/lib/apache2"
INSIDE = "CONFGRAPH_BENCH_INSIDE"


def enter_namespace() -> None:
    """Starts this program again in a mount namespace of its own, once, so that no measurement pays for that."""
    if os.environ.get(INSIDE) == "1":
        return
    command = ["unshare", "--mount", "--propagation", "private"]
    if os.geteuid() != 0:
        command += ["--map-root-user"]
    os.environ[INSIDE] = "1"
    sys.stdout.flush()
    os.execvp("unshare", command + [sys.executable] + sys.argv)


def mount_image(image: pathlib.Path, folder: pathlib.Path, inodes: int) -> None:
    """Mounts a fresh ext4 file system on a new folder.

    In a common one, a measurement would pay for the removal of what the one before made: ext4 looks at each inode that
    was freed in the last minutes before it takes a new one.
    """
    folder.mkdir()
    with open(image, "wb") as file:
        file.truncate(4 << 30)
    subprocess.run(["mkfs.ext4", "-q", "-N", str(inodes), "-E", "lazy_itable_init=1,nodiscard", str(image)], check=True)
    # Without noinit_itable, the kernel would write inode tables while something is measured.
    subprocess.run(["mount", "-o", "loop,noinit_itable", str(image), str(folder)], check=True)


def unmount_image(image: pathlib.Path, folder: pathlib.Path) -> None:
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()
    image.unlink()


class Copies:
    """Copies of the machine's configuration and state on a fresh file system, put over them. Only this namespace sees that."""

    def __init__(self, work: pathlib.Path):
        self.image = work / "copies.image"
        self.folder = work / "copies"

    def __enter__(self) -> "Copies":
        mount_image(self.image, self.folder, 20000)
        for number, folder in enumerate((CONFIG, STATE)):
            copy = self.folder / str(number)
            shutil.copytree(folder, copy, symlinks=True)
            subprocess.run(["mount", "--bind", str(copy), folder], check=True)
        subprocess.run(["sync", "--file-system", str(self.folder)], check=True)
        return self

    def __exit__(self, *_) -> None:
        for folder in (CONFIG, STATE):
            subprocess.run(["umount", folder], check=True)
        unmount_image(self.image, self.folder)

    def renew(self) -> None:
        self.__exit__()
        self.__enter__()


@contextlib.contextmanager
def mounted_on_itself(folder: str) -> Iterator[None]:
    """Makes a folder a mount point for a while."""
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def enabled_mpms() -> list[str]:
    """The MPMs that are enabled, without mpm_."""
    names = sorted(os.listdir(f"{CONFIG}/mods-enabled"))
    return [name.removeprefix("mpm_").removesuffix(".load") for name in names if name.startswith("mpm_") and name.endswith(".load")]


def environment() -> dict[str, str]:
    """This process's environment without anything that the tools look at."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("APACHE_")}
    kept.pop(INSIDE, None)
    return kept | {"LC_ALL": "C"}


def site_name(number: int) -> str:
    return f"site{number:06d}"


class SiteTree:
    """A fresh configuration with a number of sites, none of them enabled. It lies in a
    file system of its own, and is removed at the end of a with block.
    """

    def __init__(self, folder: pathlib.Path, count: int):
        self.root = folder
        self.image = folder.with_suffix(".image")
        self.config = folder / "etc"
        self.state = folder / "state"
        self.count = count

    def __enter__(self) -> "SiteTree":
        mount_image(self.image, self.root, 4 * self.count + 1000)
        for name in ("mods", "conf", "sites"):
            (self.config / f"{name}-available").mkdir(parents=True)
            (self.config / f"{name}-enabled").mkdir()
        # The lock file, which any earlier command has left: without it, a command reads everything once more under the new lock.
        (self.state / "confgraph").mkdir(parents=True)
        (self.state / "confgraph" / "lock").touch(mode=0o600)
        for number in range(self.count):
            name = site_name(number)
            with open(self.config / "sites-available" / f"{name}.conf", "w", encoding="ascii") as file:
                file.write(f"<VirtualHost *:80>\n\tServerName {name}.example\n\tDocumentRoot /srv/{name}\n</VirtualHost>\n")
        subprocess.run(["sync", "--file-system", str(self.root)], check=True)
        return self

    def __exit__(self, *_) -> None:
        unmount_image(self.image, self.root)

    def environment(self) -> dict[str, str]:
        return environment() | {"APACHE_CONFDIR": str(self.config), "APACHE_STATE_DIRECTORY": str(self.state)}

    def require_all_enabled(self) -> None:
        """A command that did not do its work has no time worth speaking of."""
        wanted = {f"{site_name(number)}.conf": f"../sites-available/{site_name(number)}.conf" for number in range(self.count)}
        links = {entry.name: os.readlink(entry.path) for entry in os.scandir(self.config / "sites-enabled")}
        markers = set(os.listdir(self.state / "site" / "enabled_by_admin"))
        if links != wanted or markers != {site_name(number) for number in range(self.count)}:
            raise RuntimeError(f"{len(links)} links and {len(markers)} markers after enabling {self.count} sites")
