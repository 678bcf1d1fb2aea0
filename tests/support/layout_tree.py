# SPDX-License-Identifier: Apache-2.0
"""Private copies of the sample trees of layouts, with binaries, and the tools to change them with."""

import os
import pathlib
import shutil
import subprocess
from typing import Optional

SAMPLES = pathlib.Path(__file__).resolve().parents[1] / "data/layouts"
# Any server and any modules do where they are only looked at.
SERVER = pathlib.Path("/usr/sbin/apache2")
MODULES = pathlib.Path("/usr/lib/apache2/modules")
# Where the binaries of a layout lie, and its servers.
MODULE_FOLDERS = {"debian": "usr/lib/apache2/modules", "fedora": "usr/lib64/httpd/modules", "suse": "usr/lib64/apache2",
                  "alt": "usr/lib64/apache2/modules"}
SERVERS = {"debian": ["apache2"], "fedora": ["httpd"], "suse": ["httpd-prefork", "httpd-worker", "httpd-event"],
           "alt": ["httpd2.prefork", "httpd2.worker", "httpd2.event"]}
TIMEOUT = 120


class LayoutTree:
    """The tree of a layout below a root."""

    def __init__(self, layout: str, root: pathlib.Path, tools: pathlib.Path, modules: Optional[list] = None) -> None:
        self.root = root
        self.tools = tools
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
        shutil.copytree(SAMPLES / layout, root, symlinks=True)
        folder = root / MODULE_FOLDERS[layout]
        folder.mkdir(parents=True)
        for binary in MODULES.glob("mod_*.so"):
            if modules is None or binary.stem.removeprefix("mod_") in modules:
                shutil.copyfile(binary, folder / binary.name)
        (root / "usr/sbin").mkdir()
        for server in SERVERS[layout]:
            shutil.copyfile(SERVER, root / "usr/sbin" / server)
        (root / "var/lib").mkdir(parents=True)

    def run(self, tool: str, *arguments: str, rooted: bool = True, **options) -> subprocess.CompletedProcess:
        where = [f"--root={self.root}"] if rooted else []
        return subprocess.run([self.tools / tool, *where, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, env=self.environment, timeout=TIMEOUT, check=False, **options)

    def snapshot(self) -> dict:
        """Every file, folder and link below the configuration: what it is, its mode, owner and content."""
        found = {}
        for path in sorted((self.root / "etc").rglob("*")):
            status = path.lstat()
            content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
            found[str(path.relative_to(self.root))] = (status.st_mode, status.st_uid, status.st_gid, content)
        return found
