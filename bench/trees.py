# SPDX-License-Identifier: Apache-2.0
"""Private copies of the configuration, and trees of many sites."""

import os
import pathlib
import shutil
import subprocess
import sys

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


def cover(folder: str, copy: pathlib.Path) -> None:
    """Puts a copy of a folder over it. Only this namespace sees that."""
    shutil.copytree(folder, copy, symlinks=True)
    subprocess.run(["mount", "--bind", str(copy), folder], check=True)


def environment() -> dict[str, str]:
    """This process's environment without anything that the tools look at."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("APACHE_")}
    kept.pop(INSIDE, None)
    return kept | {"LC_ALL": "C"}


def site_name(number: int) -> str:
    return f"site{number:06d}"


class SiteTree:
    """A fresh configuration with a number of sites, none of them enabled. Removed at the end of a with block.

    It lies in a fresh ext4 file system of its own. In a common folder, one tree would pay for the removal of another:
    ext4 looks at each inode that was freed in the last minutes before it takes a new one.
    """

    def __init__(self, folder: pathlib.Path, count: int):
        self.root = folder
        self.image = folder.with_suffix(".image")
        self.config = folder / "etc"
        self.state = folder / "state"
        self.count = count

    def __enter__(self) -> "SiteTree":
        self.root.mkdir()
        with open(self.image, "wb") as file:
            file.truncate(4 << 30)
        inodes = str(4 * self.count + 1000)
        subprocess.run(["mkfs.ext4", "-q", "-N", inodes, "-E", "lazy_itable_init=1,nodiscard", str(self.image)], check=True)
        # Without noinit_itable, the kernel would write inode tables while something is measured.
        subprocess.run(["mount", "-o", "loop,noinit_itable", str(self.image), str(self.root)], check=True)
        for name in ("mods", "conf", "sites"):
            (self.config / f"{name}-available").mkdir(parents=True)
            (self.config / f"{name}-enabled").mkdir()
        self.state.mkdir()
        for number in range(self.count):
            name = site_name(number)
            with open(self.config / "sites-available" / f"{name}.conf", "w", encoding="ascii") as file:
                file.write(f"<VirtualHost *:80>\n\tServerName {name}.example\n\tDocumentRoot /srv/{name}\n</VirtualHost>\n")
        subprocess.run(["sync", "--file-system", str(self.root)], check=True)
        return self

    def __exit__(self, *_) -> None:
        subprocess.run(["umount", str(self.root)], check=True)
        self.root.rmdir()
        self.image.unlink()

    def environment(self) -> dict[str, str]:
        return environment() | {"APACHE_CONFDIR": str(self.config), "APACHE_STATE_DIRECTORY": str(self.state)}

    def require_all_enabled(self) -> None:
        """A command that did not do its work has no time worth speaking of."""
        wanted = {f"{site_name(number)}.conf": f"../sites-available/{site_name(number)}.conf" for number in range(self.count)}
        links = {entry.name: os.readlink(entry.path) for entry in os.scandir(self.config / "sites-enabled")}
        markers = set(os.listdir(self.state / "site" / "enabled_by_admin"))
        if links != wanted or markers != {site_name(number) for number in range(self.count)}:
            raise RuntimeError(f"{len(links)} links and {len(markers)} markers after enabling {self.count} sites")
