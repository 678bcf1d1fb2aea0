#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes, shows and removes instances with --root in systems that lie in a folder: tame ones and hostile ones.

Exit status: 0 all is well, else the number of scenarios that failed.
"""

import argparse
import errno
import json
import os
import pathlib
import platform
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from typing import Callable

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "roots"))

# pylint: disable=wrong-import-position
from image import FILTERS, ORDINARY_USER, Image, run_scenarios, snapshot
from scenarios import require

SCENARIOS: "list[Callable[[pathlib.Path, pathlib.Path], None]]" = []
PROGRAMS = "a2enmod a2dismod a2enconf a2disconf a2ensite a2dissite a2mpm a2query apache2ctl".split()
EXAMPLE = "usr/share/doc/apache2/examples/secondary-init-script"
PASSWD = "root:x:0:0::/root:/bin/sh\n::\nbroken\nwww-web:x:4242:4243::/:/bin/sh\nmalformed:x:many:1::/:/bin/sh\nlonely:x:4244:9::/:/bin/sh\n"
GROUP = "root:x:0:\n\nbroken\nwww-web:x:4243:\nother:x:4245:\nmalformed:x::\n"
CREATE = ["a2instance", "create", "web", "--user=www-web"]
REMOVE = ["a2instance", "remove", "web", "--yes", "--purge"]
# System calls by number: here, and where the machine has the common ones.
CALLS = {"mkdirat": 258, "symlinkat": 266, "fsync": 74, "syncfs": 306, "renameat2": 316, "unlinkat": 263} \
    if platform.machine() == "x86_64" else {"mkdirat": 34, "symlinkat": 36, "fsync": 82, "syncfs": 267, "renameat2": 276, "unlinkat": 35}


def scenario(function: Callable) -> Callable:
    SCENARIOS.append(function)
    return function


def make_image(root: pathlib.Path, tools: pathlib.Path) -> Image:
    """A system with all that an instance takes something from."""
    image = Image.debian(root, tools)
    for folder in ("var/log/apache2", "var/cache/apache2/mod_cache_disk", "run/lock", "usr/local/sbin", "etc/logrotate.d",
                   "etc/default", "etc/init.d", EXAMPLE.rsplit("/", 1)[0]):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "var/run").symlink_to("/run")
    (root / "var/lock").symlink_to("/run/lock")
    (root / "etc/passwd").write_text(PASSWD)
    (root / "etc/group").write_text(GROUP)
    (root / "etc/logrotate.d/apache2").write_text("/var/log/apache2/*.log {\n\tdaily\n}\n")
    (root / "etc/default/apache-htcacheclean").write_text("HTCACHECLEAN_PATH=/var/cache/apache2/mod_cache_disk\n")
    (root / EXAMPLE).write_text("#!/bin/sh\n# Provides: apache2-XXX\n")
    for name in PROGRAMS:
        (root / "usr/sbin" / name).touch()
    image.give_to_ordinary_user()
    return image


def of_web(image: Image) -> dict[str, tuple]:
    """All that belongs to the instance."""
    return {path: what for path, what in snapshot(image.root).items() if "-web" in path}


def without_lock(found: dict[str, tuple]) -> dict[str, tuple]:
    return {path: what for path, what in found.items() if not path.startswith("var/lib/apache2/confgraph")}


def status(image: Image, name: str = "web", **keywords) -> dict:
    return json.loads(image.expect(0, "a2instance", "show", name, "--json", **keywords).stdout)


@scenario
def an_ordinary_user_builds_an_image(box: pathlib.Path, tools: pathlib.Path) -> None:
    original = make_image(box / "original", tools)
    for number, refused in enumerate(FILTERS):
        image = original.copy(box / f"image{number}")
        image.filter = refused
        before = snapshot(image.root)
        said = image.expect(0, *CREATE, lacks="To start")
        owners = [line for line in said.stderr.splitlines() if "should belong to www-web:www-web" in line]
        if os.getuid() == 0:
            require([line.split()[1] for line in owners] == ["/var/cache/apache2-web/mod_cache_disk"], said.stderr)
        require("update-rc.d apache2-web defaults" in said.stderr, said.stderr)
        require("systemctl" not in said.stdout + said.stderr and "service apache2" not in said.stdout + said.stderr, said)
        require("no program" not in said.stderr, said.stderr)
        for name in PROGRAMS:
            require(os.readlink(image.root / f"usr/local/sbin/{name}-web") == f"/usr/sbin/{name}", name)
        owner = ORDINARY_USER if os.getuid() == 0 else os.getuid()
        require(all(what[2] == owner for what in of_web(image).values()), "somebody else's")
        document = status(image)
        require((document["root"], document["error"]) == (str(image.root), None), document)
        instance = document["instance"]
        require((instance["running"], instance["pid"]) == (None, None), instance)
        require((instance["run_user"], instance["run_group"], instance["mpm"]) == ("www-web", "www-web", "event"), instance)
        require([address["port"] for address in instance["ports"]] == [8081], instance["ports"])
        require(instance["made_by"] == "a2instance" and instance["config"] == "/etc/apache2-web", instance)
        image.expect(0, "a2instance", "show", "web", contains="not known in a root")
        image.expect(0, "a2instance", "list", contains="not known in a root")
        image.expect(0, "a2enmod", "--instance=web", "rewrite")
        require("rewrite" in status(image)["instance"]["modules"], "not enabled")
        require("rewrite" not in image.enabled(), "enabled in the default configuration")
        image.expect(0, "a2mpm", "--instance=web", "prefork")
        require(status(image)["instance"]["mpm"] == "prefork", "another MPM")
        image.expect(1, "a2instance", "remove", "web", contains="not confirmed")
        document = json.loads(image.expect(0, *REMOVE, "--json").stdout)
        require((document["root"], document["left"], document["error"]) == (str(image.root), [], None), document)
        require(without_lock(snapshot(image.root)) == without_lock(before), "not as it was")


@scenario
def the_variable_means_the_same(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = make_image(box / "image", tools)
    variable = {"APACHE_CONFGRAPH_ROOT": str(image.root)}
    image.expect(0, *CREATE, root="", environment=variable)
    require((image.root / "etc/apache2-web/apache2.conf").is_file(), "made elsewhere")
    image.expect(0, "a2instance", "list", root="", environment=variable, contains="web")
    # Variables that name folders play no part.
    image.expect(0, "a2instance", "list", environment={"APACHE_CONFDIR": "/nowhere", "APACHE_STATE_DIRECTORY": "/nowhere"}, contains="web")
    other = make_image(box / "other", tools)
    document = json.loads(other.expect(1, "a2instance", "show", "web", "--json", environment=variable).stdout)
    require(document["error"] == f"there is no instance web (in the root {other.root})", document)
    require(json.loads(other.call("a2instance", "list", "--json").stdout)["error"] is None, "list failed")
    other.expect(1, *REMOVE, environment=variable, contains=f"(in the root {other.root})")
    image.expect(0, *REMOVE, root="", environment=variable)


@scenario
def accounts_are_those_of_the_image(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = make_image(box / "image", tools)
    before = snapshot(image.root)
    create = ["a2instance", "create", "web"]
    for user, group, words in (
            ("www-data", "", "no user 'www-data' in /etc/passwd of the root"), ("nobody", "", "no user 'nobody'"),
            ("broken", "", "/etc/passwd:3: this line"), ("malformed", "", "/etc/passwd:5: this line"),
            ("root", "", "root's"), ("www-web", "root", "root's"), ("www-web", "daemon", "no group 'daemon' in /etc/group of the root"),
            ("www-web", "malformed", "/etc/group:6: this line"), ("lonely", "", "has no name")):
        arguments = [f"--user={user}", *([f"--group={group}"] if group else [])]
        for as_root in (False, True):
            result = image.expect(1, *create, *arguments, as_root=as_root, contains=words)
            require(result.stderr.count("\n") == 1, result.stderr)
    # Whoever builds it, its server is started by root.
    image.expect(1, *create, contains="Give --user")
    require(snapshot(image.root) == before, "something was changed")
    (image.root / "etc/passwd").rename(image.root / "srv/accounts")
    (image.root / "etc/passwd").symlink_to("/srv/accounts")
    image.expect(0, *create, "--user=lonely", "--group=other", as_root=True)
    expected = (4244, 4245) if os.getuid() == 0 else (os.getuid(), os.getgid())
    found = (image.root / "var/cache/apache2-web/mod_cache_disk").stat()
    require((found.st_uid, found.st_gid) == expected, found)
    # Without such a file there is nobody, whatever this machine has.
    (image.root / "etc/passwd").unlink()
    image.expect(1, "a2instance", "create", "two", "--user=www-data", contains="no user 'www-data'")


@scenario
def who_starts_services_is_seen_on_disk(box: pathlib.Path, tools: pathlib.Path) -> None:
    for number, (program, unit, systemd) in enumerate((
            ("usr/lib/systemd/systemd", "usr/lib/systemd/system/apache2@.service", True),
            ("usr/lib/systemd/systemd", "etc/systemd/system/apache2@.service", True),
            ("usr/lib/systemd/systemd", None, False), (None, "usr/lib/systemd/system/apache2@.service", False))):
        image = make_image(box / f"image{number}", tools)
        for path in filter(None, (program, unit)):
            (image.root / path).parent.mkdir(parents=True, exist_ok=True)
            (image.root / path).write_text("#!/bin/sh\n")
        image.give_to_ordinary_user()
        said = image.expect(0, *CREATE, lacks="systemctl")
        require(os.path.lexists(image.root / "etc/init.d/apache2-web") != systemd, f"{program}, {unit}")
        require(("update-rc.d" in said.stderr) != systemd, said.stderr)
    image = make_image(box / "bare", tools)
    (image.root / EXAMPLE).unlink()
    image.expect(0, *CREATE, contains=f"neither systemd nor /{EXAMPLE}: no service was made; apache2ctl-web starts the server")


@scenario
def nothing_is_executed(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = make_image(box / "image", tools)
    trace = box / "trace"
    trace.mkdir()
    trace.chmod(0o777)
    stubs = box / "stubs"
    stubs.mkdir()
    for folder in (image.root / "usr/sbin", image.root / "usr/bin", stubs):
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*PROGRAMS, "apache2", "systemctl", "service", "update-rc.d", "invoke-rc.d", "env", "sh", "adduser", "getent"):
            (folder / name).unlink(missing_ok=True)
            (folder / name).write_text(f"#!/bin/sh\necho \"$0\" > {trace}/executed\n")
            (folder / name).chmod(0o755)
    image.give_to_ordinary_user()
    environment = {"PATH": f"{stubs}:{image.root}/usr/sbin:/usr/bin:/bin"}
    envvars = image.config / "envvars"
    stock = envvars.read_text()
    for number, text in enumerate(("", f"touch {trace}/executed\n", f". {trace}/executed\n", f"A=$(touch {trace}/executed)\n")):
        envvars.write_text(stock + text)
        image.expect(0, *CREATE, environment=environment)
        # What a shell would say stays out of the answer, and what can be told without one is there.
        said = image.expect(0, "a2instance", "show", "web", environment=environment)
        require(("only a shell can tell" in said.stderr) == (number != 0), said.stderr)
        require(("User and group: www-web www-web" in said.stdout) == (number == 0), said.stdout)
        image.expect(0, "a2instance", "list", environment=environment)
        image.expect(0, *REMOVE, environment=environment)
        require(not list(trace.iterdir()), f"{text} was executed")
    # No program of this machine is linked to.
    for name in PROGRAMS:
        (image.root / "usr/sbin" / name).unlink()
        (image.root / "usr/bin" / name).unlink()
    image.expect(0, *CREATE, environment=environment, contains="There is no program a2enmod to link to")


@scenario
def a_bare_image(box: pathlib.Path, tools: pathlib.Path) -> None:
    """Folders that come with the first boot are made by whoever starts the server."""
    image = make_image(box / "image", tools)
    require(list((image.root / "run").iterdir()) == [image.root / "run/lock"], "more than there was")
    image.expect(0, *CREATE)
    # What is below /run in an image is gone at the first boot.
    require(list((image.root / "run/lock").iterdir()) == [] and not (image.root / "run/apache2-web").exists(), "something is in /run")
    image.expect(0, *REMOVE)
    shutil.rmtree(image.root / "run")
    shutil.rmtree(image.root / "usr/local")
    image.expect(0, *CREATE)
    require(not (image.root / "run").exists(), "/run was made")
    require((image.root / "usr/local/sbin/a2enmod-web").is_symlink(), "no link")
    image.expect(0, *REMOVE)
    require(not (image.root / "usr/local").exists(), "/usr/local was left")
    (box / "empty").mkdir()
    empty = Image(box / "empty", tools)
    empty.expect(1, *CREATE, as_root=True, contains="There is no configuration in /etc/apache2")
    empty.expect(1, *REMOVE, as_root=True, contains="there is no instance web")
    require(not list((box / "empty").iterdir()), "something was made")


@scenario
def folders_that_were_made_for_links_go_with_them(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = make_image(box / "image", tools)
    shutil.rmtree(image.root / "usr/local")
    before = without_lock(snapshot(image.root))
    os.umask(0o077)
    try:
        require("folder /usr/local\nfolder /usr/local/sbin\n" in image.expect(0, *CREATE, "--dry-run").stdout, "not in the plan")
        image.expect(0, *CREATE)
        for folder in ("usr/local", "usr/local/sbin"):
            require(stat.S_IMODE((image.root / folder).stat().st_mode) == 0o755, f"{folder} has another mode")
        image.expect(0, *REMOVE)
        require(without_lock(snapshot(image.root)) == before, "not as it was")
        # What somebody else has put there stays, and its folder with it.
        image.expect(0, *CREATE)
        (image.root / "usr/local/sbin/other").touch()
        image.expect(0, *REMOVE)
        require(list((image.root / "usr/local/sbin").iterdir()) == [image.root / "usr/local/sbin/other"], "not only the other one")
    finally:
        os.umask(0o022)
    # What cannot be made is said at once.
    shutil.rmtree(image.root / "usr/local")
    (image.root / "usr").chmod(0o555)
    if os.getuid() == 0:
        image.expect(1, *CREATE, contains="Could not create /usr/local: Permission denied")
    (image.root / "usr").chmod(0o755)
    require(without_lock(snapshot(image.root)) == before, "not as it was")


@scenario
def what_cannot_be_given_away_stays_the_caller_s(box: pathlib.Path, tools: pathlib.Path) -> None:
    if os.getuid() != 0:
        return
    image = make_image(box / "image", tools)
    (image.config / "mods-available/setgid.load").touch()
    image.give_to_ordinary_user()
    subprocess.run(["chgrp", "-R", "-h", "root", image.root], check=True)
    (image.config / "mods-available/setgid.load").chmod(0o2750)
    (image.config / "ports.conf").chmod(0o640)
    said = image.expect(0, *CREATE)
    wanted = f"{ORDINARY_USER}:0"
    for path in ("/var/log/apache2-web", "/etc/apache2-web", "/etc/apache2-web/ports.conf", "/etc/logrotate.d/apache2-web",
                 "/etc/apache2-web/mods-enabled/alias.load"):
        require(f"WARNING: {path} should belong to {wanted}," in said.stderr, f"{path}: {said.stderr}")
    told = [line.split()[1] for line in said.stderr.splitlines() if "should belong to" in line]
    require(len(told) == len(set(told)), "one was told twice")
    for path, what in of_web(image).items():
        require(what[2:4] == (ORDINARY_USER, ORDINARY_USER), f"{path}: {what}")
    require(stat.S_IMODE((image.root / "etc/apache2-web/ports.conf").stat().st_mode) == 0o640, "another mode")
    # Bits that lend the group are not for another group.
    require(stat.S_IMODE((image.root / "etc/apache2-web/mods-available/setgid.load").stat().st_mode) == 0o750, "set-group-ID")
    notes = json.loads(image.expect(1, *CREATE, "--json").stdout)["notes"]
    require(notes == [], notes)
    image.expect(0, *REMOVE)
    # All of it is what root would have made.
    require("should belong" not in image.expect(0, *CREATE, as_root=True).stderr, "root was told")


@scenario
def other_layouts_have_none(box: pathlib.Path, tools: pathlib.Path) -> None:
    samples = pathlib.Path(__file__).resolve().parents[1] / "data/layouts"
    for name in ("fedora", "suse", "alt"):
        shutil.copytree(samples / name, box / name, symlinks=True)
        image = Image(box / name, tools)
        before = snapshot(image.root)
        for words in (["list"], ["show"], ["create", "web", "--user=www-web"], ["remove", "web", "--yes"]):
            result = image.expect(1, "a2instance", *words, as_root=True, contains=f"no instances in the layout {name}")
            require(result.stderr.count("\n") == 1 and not result.stdout, result)
            document = json.loads(image.expect(1, "a2instance", *words, "--json", as_root=True).stdout)
            require(document["exit_status"] == 1 and document["root"] == str(image.root), document)
            require(f"ERROR: {document['error']}\n" == result.stderr and "(configured" not in result.stderr, document)
        require(snapshot(image.root) == before, "something was changed")


# Hostile trees.

PLACES = ["etc", "etc/apache2", "etc/apache2/mods-available", "etc/apache2/ports.conf", "etc/apache2/envvars", "etc/apache2-web",
          "etc/.apache2-web.confgraph", "etc/passwd", "etc/group", "etc/logrotate.d", "etc/logrotate.d/apache2", "etc/init.d", "etc/default",
          "etc/default/apache-htcacheclean", "var", "var/lib", "var/lib/apache2", "var/lib/apache2-web", "var/lib/apache2/confgraph",
          "var/lib/apache2/confgraph/lock", "var/log", "var/log/apache2", "var/log/apache2-web", "var/run", "run", "var/lock", "run/apache2-web",
          "var/cache", "var/cache/apache2-web", "usr/local/sbin", "usr/local/sbin/a2enmod-web", EXAMPLE]


def make_outside(box: pathlib.Path, tools: pathlib.Path) -> Image:
    """A tree beside the image that is as good as the image for whoever gets there."""
    outside = make_image(box / "outside", tools)
    (outside.config / "ports.conf").write_text("Listen 7777\n")
    (outside.config / "envvars").write_text("export APACHE_RUN_USER=leaked\n")
    (outside.root / "etc/passwd").write_text(PASSWD.replace("4242", "7777"))
    (outside.root / "etc/group").write_text(GROUP.replace("4243", "7777"))
    (outside.root / "etc/logrotate.d/apache2").write_text("# leaked\n")
    (outside.root / EXAMPLE).write_text("# leaked XXX\n")
    for folder in ("etc/apache2-web", "etc/.apache2-web.confgraph", "var/lib/apache2-web", "var/log/apache2-web", "run/apache2-web",
                   "var/cache/apache2-web", "var/lib/apache2/confgraph"):
        (outside.root / folder).mkdir(exist_ok=True)
        (outside.root / folder / "leaked").touch()
    (outside.root / "var/lib/apache2/confgraph/lock").touch()
    (outside.root / "usr/local/sbin/a2enmod-web").symlink_to("/leaked")
    outside.give_to_ordinary_user()
    return outside


def use_all(image: Image, what: str, statuses: tuple = (0, 1), **keywords) -> None:
    for words in (["a2instance", "list"], ["a2instance", "list", "--json"], [*CREATE, "--dry-run"], CREATE, ["a2instance", "show", "web"], REMOVE):
        result = image.call(*words, **keywords)
        require(result.returncode in statuses, f"{what}: {words}: {result}")
        text = (result.stdout + result.stderr).replace(str(image.root.parent), "")
        require(not re.search("leaked|7777", text), f"{what}: {words}: {text}")


@scenario
def links_that_lead_out_do_not(box: pathlib.Path, tools: pathlib.Path) -> None:
    original = make_image(box / "original", tools)
    outside = make_outside(box, tools)
    before = snapshot(outside.root, times=True)
    for number, place in enumerate(PLACES):
        ways = (f"{outside.root}/{place}", "../" * (place.count("/") + 1) + f"outside/{place}", f"/proc/self/root{outside.root}/{place}")
        # By turns each way, with all privileges and with none, with the kernel's help and without.
        for turn in (number, number + 1):
            target = ways[turn % 3]
            image = original.copy(box / "image")
            image.put_link(place, target)
            image.give_to_ordinary_user()
            image.filter = FILTERS[(number + turn // 2) % 3]
            use_all(image, f"{place} -> {target}", as_root=turn % 2 == 0)
            require(snapshot(outside.root, times=True) == before, f"{place} -> {target}: something outside was changed")
            shutil.rmtree(image.root)


@scenario
def loops_end(box: pathlib.Path, tools: pathlib.Path) -> None:
    original = make_image(box / "original", tools)
    for number, place in enumerate(PLACES):
        image = original.copy(box / "image")
        image.put_link(place, pathlib.Path(place).name)
        use_all(image, place, as_root=number % 2 == 0)
        shutil.rmtree(image.root)


@scenario
def a_record_that_somebody_else_wrote_removes_nothing_outside(box: pathlib.Path, tools: pathlib.Path) -> None:
    original = make_image(box / "original", tools)
    (box / "precious").mkdir()
    (box / "precious/file").write_text("precious\n")
    for thing in ("folder /..", "folder /../precious", "folder /srv/..", "folder /srv/../..", "folder /srv/out", "folder /srv/link",
                  "file /srv/link/file", "link /srv/../../precious -> x", f"folder {box}/precious", "folder /"):
        image = original.copy(box / "image")
        image.expect(0, *CREATE, as_root=True)
        (image.root / "srv/link").symlink_to("../../precious")
        (image.root / "srv/out").symlink_to(box / "precious")
        record = image.root / "var/lib/apache2-web/instance"
        text = record.read_text()
        record.write_text(text.replace("name web\n", f"name web\n{thing}\n"))
        result = image.call(*REMOVE, as_root=True)
        require(result.returncode in (0, 1), f"{thing}: {result}")
        require((box / "precious/file").read_text() == "precious\n", f"{thing}: it went")
        require((image.root / "etc/apache2/apache2.conf").is_file(), f"{thing}: the default configuration went")
        shutil.rmtree(image.root)


@scenario
def devices_are_left_alone(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = make_image(box / "image", tools)
    (image.root / "etc/passwd").unlink()
    os.mkfifo(image.root / "etc/passwd")
    image.expect(1, *CREATE, as_root=True, contains=f"/etc/passwd: {os.strerror(errno.ENXIO)}")
    (image.root / "etc/passwd").unlink()
    (image.root / "etc/passwd").write_text(PASSWD)
    os.mkfifo(image.config / "conf-available/fifo.conf")
    image.expect(1, *CREATE, as_root=True, contains="neither file, folder nor link")
    (image.config / "conf-available/fifo.conf").unlink()
    (image.config / "envvars").unlink()
    os.mkfifo(image.config / "envvars")
    image.expect(0, "a2instance", "list", as_root=True)


# Interrupted.

@scenario
def what_is_interrupted_is_cleaned_up(box: pathlib.Path, tools: pathlib.Path) -> None:
    original = make_image(box / "original", tools)
    # The lock is there, with its folder.
    original.expect(0, *CREATE)
    original.expect(0, *REMOVE)
    before = without_lock(snapshot(original.root))
    made = original.copy(box / "made")
    made.expect(0, *CREATE)
    outcomes = set()
    for words, start in ((CREATE, original), (REMOVE, made)):
        for name, number in CALLS.items():
            for again in (CREATE, REMOVE):
                image = start.copy(box / "image")
                result = image.call(*words, killed_at=number)
                # Some calls are not made by one of them.
                ended = "killed" if result.returncode < 0 else "done"
                require(result.returncode <= 0, f"{words} killed at {name}: {result}")
                listed = {one["name"]: one for one in json.loads(image.expect(0, "a2instance", "list", "--json").stdout)["instances"]}
                left = listed.get("web", {}).get("made_by", "nothing")
                outcomes.add((words[1], ended, left))
                if left == "unfinished":
                    text = image.expect(0, "a2instance", "list").stderr
                    require(f"a2instance --root={image.root} remove web cleans up" in text, text)
                if again is CREATE and left != "a2instance":
                    image.expect(0, *CREATE)
                    require(status(image)["instance"]["made_by"] == "a2instance", "not made at the second try")
                if again is CREATE or left != "nothing":
                    image.expect(0, *REMOVE)
                # What comes before the record is a folder with nothing else in it, which is in nobody's way.
                state = image.root / "var/lib/apache2-web"
                if state.exists():
                    (state / "instance.new").unlink(missing_ok=True)
                    state.rmdir()
                require(without_lock(snapshot(image.root)) == before, f"{words} killed at {name}, then {again}: not as it was")
                shutil.rmtree(image.root)
    for expected in (("create", "killed", "unfinished"), ("create", "killed", "nothing"), ("remove", "killed", "unfinished")):
        require(expected in outcomes, f"{expected} did not happen: {outcomes}")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True, type=pathlib.Path)
    parser.add_argument("only", nargs="*")
    options = parser.parse_args()
    os.umask(0o022)
    # What is flushed again and again lies in memory, if there is such a place.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="confgraph-instances-") as folder, \
            tempfile.TemporaryDirectory(prefix="confgraph-instances-", dir=memory) as boxes:
        os.chmod(folder, 0o755)
        os.chmod(boxes, 0o755)
        failures = run_scenarios(SCENARIOS, options, pathlib.Path(folder), pathlib.Path(boxes))
    print(f"{len(SCENARIOS)} scenarios, {failures} failures")
    return min(failures, 125)


if __name__ == "__main__":
    sys.exit(main())
