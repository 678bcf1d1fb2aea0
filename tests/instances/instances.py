#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes instances of the server beside the default one, starts all of them with the real server, and removes them.

Runs in namespaces of its own (mounts, processes, network): /etc, /var/lib, /var/log, /var/cache, /var/www, /run and
/usr/local/sbin are private copies, the network is nothing but a loopback interface, and every process ends with the
test. After each scenario the private folders have to be what they were before.

Exit status: 0 all passed, 1 a scenario failed, 2 the test could not be run.
"""

import argparse
import ctypes
import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
import private_tree
from scenarios import Failure, require, require_equal

INSIDE = "CONFGRAPH_INSTANCES_INSIDE"
CONFIG = pathlib.Path("/etc/apache2")
STATE = pathlib.Path("/var/lib/apache2")
PRIVATE = [pathlib.Path(path) for path in ("/etc", "/var/lib", "/var/log", "/var/cache", "/var/www", "/run", "/usr/local/sbin")]
USERS = {"www-one": 45001, "www-two": 45002}
TIMEOUT = 60
TRIES = 40
PROGRAMS = "a2enmod a2dismod a2enconf a2disconf a2ensite a2dissite a2mpm a2query apache2ctl".split()


def enter_namespaces() -> int:
    """Runs this program again, where nothing that it does can be seen from outside.

    All that it writes lies in a tmpfs that goes with its namespace. The folder under that is empty here, and is removed
    as an empty one: nothing is ever removed with what is in it.
    """
    command = "unshare --mount --pid --net --fork --kill-child --mount-proc --propagation private".split()
    folder = tempfile.mkdtemp(prefix="confgraph-instances-")
    try:
        return subprocess.run([*command, sys.executable, *sys.argv], env=os.environ | {INSIDE: folder}, check=False).returncode
    finally:
        os.rmdir(folder)


def raise_loopback() -> None:
    """Switches the loopback interface on: a new network has it switched off."""
    flags_of, set_flags, up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh22x", b"lo", 0)
        flags = struct.unpack("16sh22x", fcntl.ioctl(control, flags_of, request))[1]
        fcntl.ioctl(control, set_flags, struct.pack("16sh22x", b"lo", flags | up))


def mount(*arguments: object) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


def make_private(folder: pathlib.Path, prefix: pathlib.Path) -> None:
    """Puts private copies in the place of all that is written to."""
    mount("-t", "tmpfs", "-o", "mode=755", "confgraph", folder)
    etc = folder / "etc"
    subprocess.run(["cp", "-a", "/etc", etc], check=True)
    for path in ("var/lib/apache2", "var/log/apache2", "var/cache/apache2/mod_cache_disk", "var/www/html",
                 "run/lock", "usr/local/sbin"):
        (folder / path).mkdir(parents=True)
    shutil.chown(folder / "var/log/apache2", "root", "adm")
    (folder / "var/log/apache2").chmod(0o750)
    shutil.chown(folder / "var/cache/apache2/mod_cache_disk", "www-data", "www-data")
    (folder / "var/www/html/index.html").write_text("It works here\n")
    for name, number in USERS.items():
        with open(etc / "passwd", "a", encoding="ascii") as users, open(etc / "group", "a", encoding="ascii") as groups:
            users.write(f"{name}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n")
            groups.write(f"{name}:x:{number}:\n")
    make_default(etc / "apache2", folder / "var/lib/apache2")
    for path in PRIVATE:
        mount("--rbind", folder / path.relative_to("/"), path)
    require(prefix.exists(), f"{prefix} lies below a folder that is covered")


def make_default(config: pathlib.Path, state: pathlib.Path) -> None:
    """The default configuration as a fresh installation has it, with markers, and a name for the server."""
    for kind, names in (("module", private_tree.DEFAULT_MODULES), ("conf", private_tree.DEFAULT_CONFS),
                        ("site", private_tree.DEFAULT_SITES)):
        prefix, suffix = private_tree.KINDS[kind]
        shutil.rmtree(config / f"{prefix}-enabled")
        (config / f"{prefix}-enabled").mkdir()
        for folder in private_tree.MARKER_FOLDERS:
            (state / kind / folder).mkdir(parents=True)
        for name in names:
            (state / kind / "enabled_by_maint" / name).touch()
            for end in {suffix, ".conf"}:
                if (config / f"{prefix}-available" / f"{name}{end}").exists():
                    (config / f"{prefix}-enabled" / f"{name}{end}").symlink_to(f"../{prefix}-available/{name}{end}")
    (config / "conf-available/name.conf").write_text("ServerName localhost\n")
    (config / "conf-enabled/name.conf").symlink_to("../conf-available/name.conf")
    # A link that names the folder of the configuration.
    (config / "sites-available/linked.conf").symlink_to("/etc/apache2/sites-available/000-default.conf")


def snapshot() -> dict[str, tuple]:
    """All that could be left behind; what a tool may leave is the lock, and what a server that ran may leave its logs."""
    found = {}
    for top in PRIVATE:
        for root, folders, names in os.walk(top):
            for name in folders + names:
                path = os.path.join(root, name)
                status = os.lstat(path)
                content = os.readlink(path) if os.path.islink(path) else ""
                if os.path.isfile(path) and not os.path.islink(path):
                    content = pathlib.Path(path).read_bytes()
                found[path] = (status.st_mode, status.st_uid, status.st_gid, content)
    for path in list(found):
        if path.startswith("/var/lib/apache2/confgraph") or path.startswith(("/run/apache2/", "/run/lock/apache2/", "/var/log/apache2/")) \
                or path in ("/run/apache2", "/run/lock/apache2"):
            del found[path]
    return found


class Machine:
    """The private machine, and the programs on it."""

    def __init__(self, prefix: pathlib.Path) -> None:
        self.prefix = prefix
        self.environment = {"PATH": f"/usr/local/sbin:{prefix}/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root"}
        self.before = snapshot()

    def run(self, *words: str, text: str = "", **keywords) -> subprocess.CompletedProcess:
        return subprocess.run(words, env=self.environment, cwd="/", input=text, capture_output=True, text=True, timeout=TIMEOUT,
                              check=False, **keywords)

    def good(self, *words: str, text: str = "") -> str:
        result = self.run(*words, text=text)
        require(result.returncode == 0, f"{words}: exit status {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout

    def refused(self, *words: str, status: int = 1, contains: str = "", text: str = "") -> None:
        before = snapshot()
        result = self.run(*words, text=text)
        lines = [line for line in result.stderr.splitlines() if not line.startswith("HINT: ")]
        require_equal(result.returncode, status, f"{words}: exit status\n{result.stdout}{result.stderr}")
        require(len(lines) == 1 and contains in lines[0], f"{words}: one line with '{contains}' expected: {result.stderr!r}")
        require_same(before, snapshot(), f"after {words}")

    def instances(self) -> dict[str, dict]:
        document = json.loads(self.good("a2instance", "list", "--json"))
        return {instance["name"]: instance for instance in document["instances"]}

    def require_clean(self, what: str) -> None:
        require_same(self.before, snapshot(), what)


def require_same(before: dict, after: dict, what: str) -> None:
    added = sorted(after.keys() - before.keys())
    gone = sorted(before.keys() - after.keys())
    changed = sorted(path for path in before.keys() & after.keys() if before[path] != after[path])
    require(not added and not gone and not changed, f"{what}: new {added[:20]}, gone {gone[:20]}, changed {changed[:20]}")


def get(port: int, path: str = "/") -> str:
    """What a server answers; waits until it does."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=TIMEOUT) as answer:
                return answer.read().decode()
        except OSError as error:
            require(time.monotonic() < deadline, f"port {port} does not answer: {error}")
            time.sleep(0.05)


def mpm_of(port: int) -> str:
    for line in get(port, "/server-status?auto").splitlines():
        if line.startswith("ServerMPM: "):
            return line.split(": ")[1]
    raise Failure(f"port {port} does not tell its MPM")


def wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + TIMEOUT
    while pathlib.Path(f"/proc/{process}").exists():
        require(time.monotonic() < deadline, f"process {process} does not end")
        # This program is the first process here, which a server that is on its own becomes a child of.
        try:
            os.waitpid(process, os.WNOHANG)
        except ChildProcessError:
            pass
        time.sleep(0.02)


def life(machine: Machine) -> None:
    """Two instances beside the default one: made, started with different MPMs, asked, stopped, removed."""
    machine.good("a2instance", "create", "one", "--user=www-one")
    machine.good("a2instance", "create", "two", "--user=www-two", "--group=www-data", "--port=8090", "--ssl-port=8490")
    for name in ("one", "two"):
        for program in PROGRAMS:
            require(os.path.islink(f"/usr/local/sbin/{program}-{name}"), f"no link {program}-{name}")
        for path in (f"/etc/logrotate.d/apache2-{name}", f"/etc/init.d/apache2-{name}", f"/var/log/apache2-{name}",
                     f"{STATE}-{name}/module/enabled_by_maint/status"):
            require(os.path.exists(path), f"no {path}")
        require_equal(os.readlink(f"{CONFIG}-{name}/sites-available/linked.conf"),
                      f"/etc/apache2-{name}/sites-available/000-default.conf", "an absolute link")
    one = pathlib.Path("/etc/apache2-one")
    require("MIMEMagicFile /etc/apache2-one/magic\n" in (one / "mods-available/mime_magic.conf").read_text(), "mime_magic.conf")
    require("CacheRoot /var/cache/apache2-one/mod_cache_disk\n" in (one / "mods-available/cache_disk.conf").read_text(), "cache_disk.conf")
    require("<VirtualHost *:8081>\n" in (one / "sites-available/000-default.conf").read_text(), "000-default.conf")
    require("<VirtualHost *:8444>" in (one / "sites-available/default-ssl.conf").read_text(), "default-ssl.conf")
    require(" /var/log/apache2" not in (one / "envvars").read_text().replace("# Only /var/log/apache2", ""), "envvars")
    require("/var/log/apache2-one/*.log" in pathlib.Path("/etc/logrotate.d/apache2-one").read_text(), "logrotate")

    machine.good("a2mpm-one", "prefork")
    machine.good("a2mpm", "--instance=two", "worker")
    machine.good("a2enmod-two", "rewrite")
    require_equal(machine.good("a2query", "--instance=two", "-m", "rewrite"), "rewrite (enabled by site administrator)\n", "a2query")
    require_equal(machine.good("a2query-one", "-M"), "prefork\n", "a2query-one -M")
    machine.refused("a2query-one", "-m", "rewrite")
    machine.refused("a2query", "-m", "rewrite")

    require_equal([instance["running"] for instance in machine.instances().values()], [False] * 3, "running before the start")
    for control in ("apache2ctl", "apache2ctl-one", "apache2ctl-two"):
        machine.good(control, "start")
    expected = {"": (80, "event", "www-data", "www-data"), "one": (8081, "prefork", "www-one", "www-one"),
                "two": (8090, "worker", "www-two", "www-data")}
    for port, mpm, _, _ in expected.values():
        require_equal(get(port), "It works here\n", f"port {port}")
        require_equal(mpm_of(port), mpm, f"the MPM behind port {port}")
    instances = machine.instances()
    require_equal(sorted(instances), ["", "one", "two"], "instances")
    for name, (port, mpm, user, group) in expected.items():
        instance = instances[name]
        actual = tuple(instance[key] for key in ("mpm", "run_user", "run_group", "running"))
        require_equal(actual, (mpm, user, group, True), f"status of '{name}'")
        require_equal([address["port"] for address in instance["ports"]], [port], f"ports of '{name}'")
        require("status" in instance["modules"], f"modules of '{name}'")
        own = pathlib.Path(f"/run/apache2{'-' + name if name else ''}/apache2.pid").read_text().strip()
        require_equal(str(instance["pid"]), own, f"process of '{name}'")
        require(pathlib.Path(f"/var/log/apache2{'-' + name if name else ''}/error.log").exists(), f"log of '{name}'")
    require_equal(len({instance["pid"] for instance in instances.values()}), 3, "processes")
    children = pathlib.Path(f"/proc/{instances['one']['pid']}/task/{instances['one']['pid']}/children").read_text().split()
    require_equal({os.stat(f"/proc/{child}").st_uid for child in children}, {USERS["www-one"]}, "who runs the children of 'one'")
    nobody = json.loads(machine.good("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", str(machine.prefix / "sbin/a2instance"),
                                     "show", "one", "--json"))
    require_equal(nobody["instance"]["running"], True, "running, as an ordinary user sees it")

    machine.refused("a2instance", "remove", "one", "--yes", contains="runs as process")
    for name, control in (("one", "apache2ctl-one"), ("two", "apache2ctl-two"), ("", "apache2ctl")):
        machine.good(control, "stop")
        wait_until_gone(instances[name]["pid"])
    # A number that is another process's by now.
    pathlib.Path("/run/apache2-one/apache2.pid").write_text(f"{os.getpid()}\n")
    require_equal(machine.instances()["one"]["running"], False, "running, by the number of another process")

    machine.refused("a2instance", "remove", "one", contains="not confirmed")
    machine.good("a2instance", "remove", "one", text="y\n")
    require(os.path.exists("/var/log/apache2-one/error.log"), "logs went without --purge")
    machine.good("a2instance", "create", "one", "--user=www-one")
    require(os.path.exists("/var/log/apache2-one/error.log"), "logs went with a new instance")
    machine.good("a2instance", "remove", "one", "--yes", "--purge")
    machine.good("a2instance", "remove", "--instance=two", "--force", "--purge")


def refusals(machine: Machine) -> None:
    """What is refused leaves nothing."""
    create = ("a2instance", "create")
    machine.refused(*create, "web", contains="--user")
    machine.refused(*create, "web", "--user=root", contains="root")
    machine.refused(*create, "web", "--user=www-one", "--group=root", contains="root")
    machine.refused(*create, "web", "--user=nosuch", contains="nosuch")
    machine.refused(*create, "web", "--user=www-one", "--group=nosuch", contains="nosuch")
    machine.refused(*create, "web", "--user=www-one", "--port=80", contains="/etc/apache2/ports.conf:5")
    machine.refused(*create, "web", "--user=www-one", "--port=81", "--ssl-port=81", contains="81")
    machine.refused(*create, "$(id)", "--user=www-one", contains="$(id)")
    for name in ("a/b", "..", "a\nb"):
        machine.refused(*create, name, "--user=www-one", status=2, contains="cannot be the name")
    machine.refused(*create, "web", "--port=0", status=2, contains="65535")
    machine.refused(*create, status=2)
    machine.refused(*create, "web", "--user=www-one", "--root=/nowhere", status=2, contains="--root")
    machine.refused("env", "APACHE_CONFGRAPH_ROOT=/nowhere", *create, "web", "--user=www-one", status=2, contains="APACHE_CONFGRAPH_ROOT")
    machine.refused("a2instance", "remove", "web", contains="no instance")
    machine.refused("a2instance", "show", "web", contains="no instance")
    machine.good(*create, "web", "--user=www-one", "--dry-run")
    require("link /usr/local/sbin/a2query-web" in machine.good(*create, "web", "--user=www-one", "-n"), "the plan")
    machine.require_clean("after a dry run")
    shutil.copytree("/etc/apache2", "/etc/apache2-old", symlinks=True)
    machine.refused(*create, "old", "--user=www-one", contains="/etc/apache2-old exists")
    machine.refused("a2instance", "remove", "old", "--yes", contains="not made by a2instance")
    require_equal(machine.instances()["old"]["made_by"], "other", "who made it")
    shutil.rmtree("/etc/apache2-old")


def ports(machine: Machine) -> None:
    """Each new instance gets ports of its own."""
    for name in ("a", "b", "c"):
        machine.good("a2instance", "create", name, "--user=www-data", *(["--port=8082"] if name == "a" else []))
        machine.good(f"a2enmod-{name}", "ssl")
        require_equal([address["port"] for address in machine.instances()[name]["ports"]],
                      {"a": [8082, 8444], "b": [8083, 8446], "c": [8084, 8447]}[name], f"ports of {name}")
    taken = [address["port"] for instance in machine.instances().values() for address in instance["ports"]]
    require_equal(len(taken), len(set(taken)), f"ports are unique: {taken}")
    for name in ("a", "b", "c"):
        machine.good("a2instance", "remove", name, "--yes", "--purge")


def made_in(top: pathlib.Path, owners: bool) -> dict[str, tuple]:
    """What a create made, by its path in a system; without owners also without the name of the root in its place."""
    found = {}
    for folder in PRIVATE:
        for root, folders, names in os.walk(top / folder.relative_to("/")):
            for name in folders + names:
                path = pathlib.Path(root, name)
                inside = str(path.relative_to(top))
                if "-web" in inside:
                    status = path.lstat()
                    what = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
                    found[inside] = (status.st_mode, what, *((status.st_uid, status.st_gid) if owners else ()))
    return found


def in_a_root(machine: Machine) -> None:
    """A create in a root makes the same, path by path, but for what is below /run; one by an ordinary user, but for the owners."""
    create = ("a2instance", "create", "web", "--user=www-one", "--group=www-data")
    folder = pathlib.Path(os.environ[INSIDE], "roots")
    folder.mkdir()
    root = folder / "root"
    for path in (*map(str, PRIVATE), "/usr/share/doc/apache2/examples"):
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", path, root / path[1:]], check=True)
    for link in ("/var/run", "/var/lock"):
        (root / link[1:]).symlink_to(os.readlink(link))
    (root / "usr/sbin").mkdir()
    environment = machine.environment | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    for program in PROGRAMS:
        if os.path.isfile(f"/usr/sbin/{program}"):
            (root / "usr/sbin" / program).touch()
    tool = str(machine.prefix / "sbin/a2instance")

    def good(*words: str) -> subprocess.CompletedProcess:
        result = subprocess.run(words, env=environment, cwd="/", capture_output=True, text=True, timeout=TIMEOUT, check=False)
        require_equal(result.returncode, 0, f"{words}: exit status\n{result.stdout}{result.stderr}")
        return result

    good(tool, *create[1:])
    here = {True: made_in(pathlib.Path("/"), True), False: made_in(pathlib.Path("/"), False)}
    for path in ("etc/apache2-web/apache2.conf", "usr/local/sbin/a2enmod-web", "run/lock/apache2-web", "etc/init.d/apache2-web"):
        require(path in here[True], f"no {path}")
    # What whoever starts the server makes.
    for made in here.values():
        for path in [path for path in made if path.startswith("run/")]:
            del made[path]
        kind, text, *owner = made["var/lib/apache2-web/instance"]
        made["var/lib/apache2-web/instance"] = (kind, re.sub(rb"folder /var/(run|lock)/.*\n", b"", text), *owner)
    machine.good("a2instance", "remove", "web", "--yes", "--purge")
    good(tool, f"--root={root}", *create[1:])
    same(made_in(root, True), here[True], "made in a root")
    good(tool, f"--root={root}", "remove", "web", "--yes", "--purge")
    require_equal(made_in(root, True), {}, "left in a root")
    subprocess.run(["chown", "-R", "-h", "65534:65534", root], check=True)
    good("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tool, f"--root={root}", *create[1:])
    same(made_in(root, False), here[False], "made in a root by an ordinary user")
    shutil.rmtree(folder)


def same(actual: dict, expected: dict, what: str) -> None:
    differ = {path: (actual.get(path), expected.get(path)) for path in actual.keys() | expected.keys() if actual.get(path) != expected.get(path)}
    require(not differ, f"{what}: {list(differ.items())[:5]}")


def failures(machine: Machine) -> None:
    """A create that cannot be finished leaves nothing."""
    for folder in ("/etc/logrotate.d", "/usr/local/sbin", "/var/log"):
        mount("--bind", folder, folder)
        mount("-o", "remount,bind,ro", folder)
        try:
            machine.refused("a2instance", "create", "web", "--user=www-one", contains=folder)
        finally:
            subprocess.run(["umount", folder], check=True)
        machine.require_clean(f"after a failure in {folder}")


# What has come into being when a create is killed, and what has come or gone when a remove is.
CREATE_STAGES = ["/var/lib/apache2-web", "/var/lib/apache2-web/instance", "/var/log/apache2-web", "/usr/local/sbin/a2enmod-web",
                 "/var/lib/apache2-web/site", "/etc/.apache2-web.confgraph", "/etc/.apache2-web.confgraph/mods-available",
                 "/etc/.apache2-web.confgraph/sites-enabled", "/etc/apache2-web"]
REMOVE_STAGES = [("/etc/.apache2-web.confgraph", True), ("/usr/local/sbin/a2query-web", False), ("/var/lib/apache2-web/module", False)]


def killed_at(machine: Machine, verb: str, option: str, path: str, there: bool) -> str:
    """Kills a command as soon as a path is there, or gone; returns what is told of the instance then."""
    child = subprocess.Popen(["a2instance", verb, "web", option], env=machine.environment, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
    while os.path.lexists(path) != there and child.poll() is None:
        pass
    child.kill()
    child.wait()
    left = machine.instances().get("web")
    return left["made_by"] if left else "nothing"


def kills(machine: Machine) -> None:
    """A create or remove that is killed leaves what the next command cleans up."""
    outcomes = set()
    for again in (False, True):
        for path in CREATE_STAGES:
            left = killed_at(machine, "create", "--user=www-one", path, True)
            outcomes.add(left)
            if left != "a2instance" and again:
                machine.good("a2instance", "create", "web", "--user=www-one")
                require_equal(machine.instances()["web"]["made_by"], "a2instance", "made at the second try")
            if "web" in machine.instances():
                machine.good("a2instance", "remove", "web", "--yes")
            # All that came before the record is a folder with nothing else in it, which is in nobody's way.
            elif os.path.lexists("/var/lib/apache2-web"):
                pathlib.Path("/var/lib/apache2-web/instance.new").unlink(missing_ok=True)
                os.rmdir("/var/lib/apache2-web")
            machine.require_clean(f"after a create that was killed at {path}")
    require("unfinished" in outcomes, f"no create was killed in between: {outcomes}")
    outcomes.clear()
    for number in range(TRIES):
        path, there = REMOVE_STAGES[number % len(REMOVE_STAGES)]
        machine.good("a2instance", "create", "web", "--user=www-one")
        outcomes.add(killed_at(machine, "remove", "--yes", path, there))
        again = number % 2 == 1 and machine.instances().get("web", {}).get("made_by") == "unfinished"
        if again:
            machine.good("a2instance", "create", "web", "--user=www-one")
        if "web" in machine.instances():
            machine.good("a2instance", "remove", "web", "--yes")
        machine.require_clean(f"after a remove that was killed at {path}")
        # On a busy machine a remove may be done before it is killed.
        if number >= 2 * len(REMOVE_STAGES) and "unfinished" in outcomes:
            break
    require("unfinished" in outcomes, f"no remove was killed in between: {outcomes}")


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


SCENARIOS = [refusals, ports, in_a_root, failures, kills, life]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="installed tree with sbin/a2instance")
    parser.add_argument("--only", default="", help="the name of one scenario")
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("instances: must be run as root: it covers folders in a mount namespace", file=sys.stderr)
        return 2
    if INSIDE not in os.environ:
        return enter_namespaces()
    # The first process of its own namespace: only there anything may be mounted and removed.
    if os.getpid() != 1:
        print(f"instances: {INSIDE} is set, and this is not its namespace", file=sys.stderr)
        return 2
    raise_loopback()
    make_private(pathlib.Path(os.environ[INSIDE]), options.prefix.resolve())
    machine = Machine(options.prefix.resolve())
    for scenario in SCENARIOS:
        if options.only not in ("", scenario.__name__):
            continue
        try:
            scenario(machine)
            machine.require_clean(f"after {scenario.__name__}")
            print(f"passed: {scenario.__name__}", flush=True)
        except (Failure, OSError, subprocess.SubprocessError) as failure:
            print(f"FAILED: {scenario.__name__}: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
