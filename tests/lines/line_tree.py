# SPDX-License-Identifier: Apache-2.0
"""A private configuration of LoadModule lines: the sample tree of Fedora's layout, with Debian's server and its modules."""

import http.client
import os
import pathlib
import shutil
import socket
import subprocess
import time
from typing import Optional

SAMPLE = pathlib.Path(__file__).resolve().parents[1] / "data/layouts/fedora/etc/httpd"
SERVER = "/usr/sbin/apache2"
MODULES = pathlib.Path("/usr/lib/apache2/modules")
# So long that it only ends what would never end.
TIMEOUT = 120
PAUSE = 0.02


class LineTree:
    """The tree, the tools and the server that reads it."""

    def __init__(self, root: pathlib.Path, tools: pathlib.Path) -> None:
        self.root = root
        self.tools = tools
        self.config = root / "etc/httpd"
        self.lines = self.config / "conf.modules.d"
        self.confs = self.config / "conf.d"
        self.state = root / "state"
        self.documents = root / "html"
        self.port = free_port()
        self.server: Optional[subprocess.Popen] = None
        shutil.copytree(SAMPLE, self.config, symlinks=True)
        for name in ("run", "log", "html"):
            (root / name).mkdir()
        for name in ("logs", "modules", "run", "state"):
            (self.config / name).unlink(missing_ok=True)
        (self.config / "logs").symlink_to("../../log")
        (self.config / "modules").symlink_to(MODULES)
        self._adapt()
        self.environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C",
            "APACHE_CONFDIR": str(self.config),
            "APACHE_STATE_DIRECTORY": str(self.state),
            # Debian's server takes another name for the main file for granted.
            "APACHE_HTTPD": SERVER,
            "APACHE_ARGUMENTS": "-f conf/httpd.conf",
        }

    def _adapt(self) -> None:
        """Takes out what Debian's server has within itself, or has not at all, and leads all paths here."""
        for file in self.lines.glob("*.conf"):
            kept = [line for line in file.read_text().splitlines(keepends=True)
                    if "LoadModule" not in line or (MODULES / line.split()[-1].rsplit("/", 1)[-1]).exists()]
            file.write_text("".join(kept))
        main = self.config / "conf/httpd.conf"
        text = main.read_text()
        for old, new in (("/etc/httpd", self.config), ("Listen 80", f"Listen 127.0.0.1:{self.port}\nServerName localhost"),
                         ("User apache", "User www-data"), ("Group apache", "Group www-data"),
                         ("/var/www/html", self.documents)):
            text = text.replace(str(old), str(new))
        text += (f"PidFile {self.root}/run/httpd.pid\nDefaultRuntimeDir {self.root}/run\n"
                 "<Location /server-status>\n    SetHandler server-status\n</Location>\n")
        main.write_text(text)
        # It wants a port below 1024, and a certificate.
        (self.confs / "ssl.conf").write_text("# nothing\n")
        for folder in (self.root, *self.root.parents):
            if folder.stat().st_uid == os.getuid() and folder != pathlib.Path("/tmp"):
                folder.chmod(folder.stat().st_mode | 0o055)
            if folder.parent == pathlib.Path("/tmp"):
                break

    def run(self, tool: str, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([str(self.tools / tool), *arguments], env=self.environment, cwd=self.root, check=False,
                              timeout=TIMEOUT, text=True, capture_output=True, stdin=subprocess.DEVNULL)

    def names(self, *arguments: str) -> list[str]:
        """The names that a question of a2query is answered with."""
        return [line.split()[0] for line in self.run("a2query", *arguments).stdout.splitlines()]

    # The server.

    def ask_server(self, *arguments: str) -> tuple[int, str]:
        result = subprocess.run([SERVER, "-d", self.config, "-f", "conf/httpd.conf", *arguments], cwd=self.root, check=False,
                                env={"PATH": self.environment["PATH"]}, stdin=subprocess.DEVNULL, capture_output=True,
                                text=True, timeout=TIMEOUT)
        return result.returncode, result.stdout + result.stderr

    def loaded(self) -> set[str]:
        """The names of the modules that the server says it loads."""
        _, text = self.ask_server("-M")
        return {line.split()[0].removesuffix("_module") for line in text.splitlines() if line.endswith("(shared)")}

    def start(self) -> None:
        # When it ends it tells its whole process group so.
        self.server = subprocess.Popen([SERVER, "-d", self.config, "-f", "conf/httpd.conf", "-D", "FOREGROUND"], cwd=self.root,
                                       env={"PATH": self.environment["PATH"]}, stdin=subprocess.DEVNULL, start_new_session=True)
        self.wait_until(lambda: self.get("/server-status?auto")[0] == 200, "the server to answer")

    def reload(self) -> None:
        """Has the server read its configuration anew, and waits until it has."""
        before = self.generation()
        status, text = self.ask_server("-k", "graceful")
        if status != 0:
            raise AssertionError(f"the server does not reload: {text}")
        self.wait_until(lambda: self.generation() > before, "the server to reload")

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(TIMEOUT)
            self.server = None

    def generation(self) -> int:
        _, _, text = self.get("/server-status?auto")
        return int(next((line.split()[-1] for line in text.splitlines() if line.startswith("ParentServerConfigGeneration")), -1))

    def mpm(self) -> str:
        _, _, text = self.get("/server-status?auto")
        return next(line.split()[-1] for line in text.splitlines() if line.startswith("ServerMPM"))

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        """Status, header and body of an answer; the status is 0 where there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        except (ConnectionError, http.client.HTTPException):
            return 0, {}, ""
        finally:
            connection.close()

    def wait_until(self, true, what: str) -> None:
        end = time.monotonic() + TIMEOUT
        while not true():
            if time.monotonic() > end or (self.server is not None and self.server.poll() is not None):
                raise AssertionError(f"waited in vain for {what}: {self.errors()}")
            time.sleep(PAUSE)

    def errors(self) -> str:
        log = self.root / "log/error_log"
        return log.read_text()[-2000:] if log.exists() else ""

    # What there is.

    def snapshot(self, *folders: pathlib.Path) -> dict[str, tuple]:
        """Each path with what it is: type, mode, owner, content; for files also their identity and time."""
        found: dict[str, tuple] = {}
        pending = list(folders or (self.config,))
        while pending:
            folder = pending.pop()
            for path in sorted(folder.iterdir()) if folder.exists() else []:
                status = path.lstat()
                owner = (status.st_mode, status.st_uid, status.st_gid)
                name = str(path.relative_to(self.root))
                if path.is_symlink():
                    found[name] = ("link", owner, os.readlink(path))
                elif path.is_dir():
                    found[name] = ("folder", owner)
                    pending.append(path)
                else:
                    attributes = tuple((key, os.getxattr(path, key)) for key in os.listxattr(path))
                    found[name] = ("file", owner, path.read_bytes(), attributes, (status.st_ino, status.st_mtime_ns))
        return found


def without_times(snapshot: dict[str, tuple]) -> dict[str, tuple]:
    return {name: what[:-1] if what[0] == "file" else what for name, what in snapshot.items()}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
