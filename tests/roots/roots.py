#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the installed tools with --root on systems that lie in a folder: tame ones and hostile ones.

Exit status: 0 all is well, else the number of scenarios that failed.
"""

import argparse
import ctypes
import errno
import fcntl
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from typing import Callable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from image import FILTERS, FSYNC, NAMESPACE, ORDINARY_USER, Image, run_scenarios, snapshot
from scenarios import require

SCENARIOS: "list[Callable[[pathlib.Path, pathlib.Path], None]]" = []
# The folders of this system that no call may change.
OWN_FOLDERS = [pathlib.Path("/etc/apache2"), pathlib.Path("/var/lib/apache2")]


def scenario(function: Callable) -> Callable:
    SCENARIOS.append(function)
    return function


# An ordinary life.

@scenario
def an_ordinary_user_builds_an_image(box: pathlib.Path, tools: pathlib.Path) -> None:
    original = Image.debian(box / "original", tools)
    for number, refused in enumerate(FILTERS):
        image = original.copy(box / f"image{number}")
        image.filter = refused
        result = image.expect(0, "a2enmod", "--json", "ssl", "rewrite", lacks="To activate")
        document = json.loads(result.stdout)
        require(document["root"] == str(image.root), document["root"])
        require(document["activate"] is None, document["activate"])
        require(document["outcome"]["way"] == "exchange", document["outcome"])
        require({"ssl", "socache_shmcb", "mime", "setenvif", "rewrite"} <= image.enabled(), image.enabled())
        paths = [operation["path"] for step in document["steps"] for operation in step["operations"]]
        require("/etc/apache2/mods-enabled/rewrite.load" in paths, paths)
        require(image.has_marker("module/enabled_by_admin/ssl"), "no marker")
        require((image.state / "confgraph/lock").stat().st_uid == (ORDINARY_USER if os.getuid() == 0 else os.getuid()), "lock")
        image.expect(0, "a2mpm", "prefork", contains="mpm_prefork", lacks="To activate")
        require({name for name in image.enabled() if name.startswith("mpm_")} == {"mpm_prefork"}, image.enabled())
        image.expect(0, "a2query", "-M", contains="prefork\n")
        image.expect(1, "a2dismod", "socache_shmcb", contains="ssl")
        image.expect(0, "a2dismod", "-f", "socache_shmcb", lacks="To activate")
        require("ssl" not in image.enabled(), image.enabled())
        image.expect(0, "a2disconf", "-m", "charset", lacks="To activate")
        require(image.has_marker("conf/disabled_by_maint/charset"), "no marker")
        image.expect(0, "a2dissite", "000-default", lacks="To activate")
        image.expect(32, "a2query", "-s", "000-default", contains="disabled by site administrator")
        image.expect(0, "a2ensite", "default-ssl")
        require(image.enabled("site") == {"default-ssl"}, image.enabled("site"))
        image.expect(0, "a2enmod", "-n", "--explain", "ssl", contains="/etc/apache2/mods-enabled/ssl.load", lacks="To activate")
        require(not image.leftovers(), image.leftovers())


@scenario
def what_is_changed_is_as_if_it_had_been_changed_in_the_image(box: pathlib.Path, tools: pathlib.Path) -> None:
    """The same commands with --root and in the image itself leave the same tree, and each understands the other."""
    outside = Image.debian(box / "outside", tools)
    inside = outside.copy(box / "inside")
    calls = (["a2enmod", "-q", "ssl", "rewrite"], ["a2dismod", "-q", "-f", "auth_basic"], ["a2mpm", "-q", "--no-test", "prefork"],
             ["a2enconf", "-q", "-m", "serve-cgi-bin"], ["a2disconf", "-q", "charset"], ["a2dissite", "-q", "-p", "000-default"])
    for number, words in enumerate(calls):
        by_root, in_image = outside.call(*words, as_root=True), inside.chrooted(*words)
        require(by_root.returncode == in_image.returncode, f"{words}: {by_root} {in_image}")
        require(snapshot(outside.root) == snapshot(inside.root), f"{words}: other trees")
        if number == 2:  # each takes up the work of the other
            outside, inside = inside, outside


def same_answers(image: Image) -> None:
    def tame(text: str) -> str:
        # The hints about the server that runs, and the root itself, are what differs.
        text = re.sub(r"To activate the new configuration, you (?:would )?need to run:\n(?:  .*\n)+", "", text)
        text = re.sub(r'"(root|activate)": .*', r'"\1": null,', text)
        return text.replace(f" (in the root {image.root})", "").replace(" --root=/mnt", "")

    for words in (["a2query", "-m"], ["a2query", "-s"], ["a2query", "-c"], ["a2query", "-M"], ["a2query", "-a", "-v"],
                  ["a2query", "-m", "rewrite"], ["a2query", "-m", "--json"], ["a2query", "--check"], ["a2query", "--check", "--json"],
                  ["a2query", "--list-available"], ["a2query", "--why", "auth_basic"], ["a2query", "--graph=dot"],
                  ["a2mpm"], ["a2mpm", "--json"], ["a2mpm", "-n", "prefork"], ["a2enmod", "-n", "--explain", "rewrite", "ssl"],
                  ["a2enmod", "-n", "--json", "proxy_http", "rewrite"], ["a2dismod", "-n", "-f", "alias", "mime"],
                  ["a2enconf", "-n", "*"], ["a2ensite", "-n", "default-ssl", "nosuch"]):
        by_root, in_image = image.call(*words, root="/mnt"), image.chrooted(*words)
        for one, other in ((by_root.returncode, in_image.returncode), (by_root.stdout, in_image.stdout), (by_root.stderr, in_image.stderr)):
            if isinstance(one, str):
                one, other = tame(one), tame(str(other))
            require(one == other, f"{words}: with --root {one!r}\nin the image {other!r}")


def with_programs(image: Image) -> Image:
    """The image as chrooted() shows it: calls see it at /mnt."""
    class Mounted(Image):
        def call(self, tool: str, *arguments: str, **_) -> subprocess.CompletedProcess:
            script = 'mount --bind "$1" /mnt && mount --bind /usr /mnt/usr && mount --bind "$2" /mnt/opt && shift 2 && cd / && exec "$@"'
            return subprocess.run(["unshare", *NAMESPACE, "sh", "-c", script, "sh", self.root, self.tools.parent, self.tools / tool,
                                   "--root", "/mnt", *arguments], env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
                                  stdin=subprocess.DEVNULL, text=True, capture_output=True, timeout=120, check=False)
    return Mounted(image.root, image.tools)


@scenario
def questions_are_answered_as_in_the_image(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = with_programs(Image.debian(box / "image", tools))
    same_answers(image)
    # Links that lead about in the image.
    image.config.rename(image.root / "srv/conf")
    image.config.symlink_to("/srv/conf")
    (image.root / "srv/conf/mods-enabled").rename(image.root / "srv/chosen")
    (image.root / "srv/conf/mods-enabled").symlink_to("../../../../../../srv/chosen")
    (image.root / "srv/conf/mods-available/rewrite.load").rename(image.root / "srv/rewrite")
    (image.root / "srv/conf/mods-available/rewrite.load").symlink_to("/srv/rewrite")
    (image.root / "srv/chosen/foreign.load").symlink_to("/srv/rewrite")
    (image.root / "srv/conf/envvars").write_text("export APACHE_SITES_ENABLED=/srv/sites\n")
    (image.root / "srv/sites").symlink_to("conf/sites-enabled")
    same_answers(image)


# Hostile trees.

PLACES = ["etc", "etc/apache2", "etc/apache2/mods-available", "etc/apache2/mods-enabled", "etc/apache2/conf-enabled",
          "etc/apache2/sites-enabled", "etc/apache2/envvars", "var", "var/lib", "var/lib/apache2", "var/lib/apache2/confgraph",
          "var/lib/apache2/confgraph/lock", "var/lib/apache2/confgraph/etc-apache2.journal", "var/lib/apache2/module",
          "var/lib/apache2/module/enabled_by_admin", "etc/apache2/mods-available/rewrite.load",
          "etc/apache2/mods-enabled/status.load", "etc/apache2/.mods-enabled.confgraph", "etc/apache2/mods-enabled/.confgraph"]
CALLS = [["a2enmod", "rewrite", "leaked"], ["a2dismod", "-f", "status"], ["a2mpm", "prefork"], ["a2enconf", "*"], ["a2disconf", "charset"],
         ["a2ensite", "default-ssl"], ["a2dissite", "-p", "*"], ["a2query", "-m"], ["a2query", "--list-available"], ["a2query", "--check"],
         ["a2query", "--json", "-s", "-c", "-M"]]


def make_outside(box: pathlib.Path, tools: pathlib.Path) -> Image:
    """A tree beside the image that is as good as the image for whoever gets there."""
    outside = Image.debian(box / "outside", tools)
    (outside.config / "mods-available/leaked.load").write_text("LoadModule leaked_module /nowhere.so\n")
    (outside.config / "mods-enabled/leaked.load").symlink_to("../mods-available/leaked.load")
    (outside.config / "sites-available/leaked.conf").write_text("# leaked\n")
    (outside.config / "sites-enabled/leaked.conf").symlink_to("../sites-available/leaked.conf")
    (outside.config / "envvars").write_text("export APACHE_STATE_DIRECTORY=/leaked\n")
    for name in ("confgraph", "module/enabled_by_admin"):
        (outside.state / name).mkdir(exist_ok=True)
    (outside.state / "confgraph/lock").touch()
    (outside.state / "confgraph/etc-apache2.journal").write_text("leaked\n")
    (outside.config / ".mods-enabled.confgraph").mkdir()
    (outside.config / ".mods-enabled.confgraph/leaked.load").symlink_to("leaked")
    (outside.config / "mods-enabled/.confgraph").symlink_to("leaked")
    outside.give_to_ordinary_user()
    return outside


@scenario
def links_that_lead_out_do_not(box: pathlib.Path, tools: pathlib.Path) -> None:
    original = Image.debian(box / "original", tools)
    outside = make_outside(box, tools)
    before = snapshot(outside.root, times=True)
    number = 0
    for place in PLACES:
        depth = place.count("/") + 1
        for target in (f"{outside.root}/{place}", "../" * depth + f"outside/{place}", f"/proc/self/root{outside.root}/{place}"):
            image = original.copy(box / f"image{number}")
            image.put_link(place, target)
            image.give_to_ordinary_user()
            # By turns with all privileges and with none, with the kernel's help and without.
            image.filter = FILTERS[number % 3]
            for words in CALLS:
                result = image.call(*words, as_root=number % 2 == 0)
                text = result.stdout + result.stderr
                require(result.returncode in (0, 1), f"{place} -> {target}: {words}: {result}")
                leaks = re.sub(r"(?m)^ERROR: Module leaked .*$", "", text.replace(str(outside.root), ""))
                require("leaked" not in leaks, f"{place} -> {target}: {words}: {text}")
            removable = place.endswith(("/status.load", "/.confgraph"))
            require(removable or os.readlink(image.root / place) == target, f"{place} was replaced")
            require(snapshot(outside.root, times=True) == before, f"{place} -> {target}: something outside was changed")
            shutil.rmtree(image.root)
            number += 1


@scenario
def loops_and_deep_links_end(box: pathlib.Path, tools: pathlib.Path) -> None:
    original = Image.debian(box / "original", tools)
    for number, place in enumerate(PLACES):
        image = original.copy(box / f"image{number}")
        image.put_link(place, pathlib.Path(place).name)
        for words in CALLS:
            result = image.call(*words, as_root=number % 2 == 0)
            # Where /etc leads nowhere, it cannot be told which layout there is.
            require(result.returncode in ((1, 2) if place == "etc" else (0, 1)), f"{place}: {words}: {result}")
        shutil.rmtree(image.root)
    image = original.copy(box / "deep")
    shutil.rmtree(image.config / "mods-enabled")
    for i in range(50):
        (image.root / f"srv/{i}").symlink_to(f"/srv/{i + 1}")
    (image.root / "srv/50").mkdir()
    (image.config / "mods-enabled").symlink_to("/srv/0")
    image.give_to_ordinary_user()
    image.expect(1, "a2enmod", "rewrite", contains=os.strerror(errno.ELOOP))
    require(not list((image.root / "srv/50").iterdir()), "it went there")


@scenario
def devices_and_proc_do_no_harm(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = Image.debian(box / "image", tools)
    outside = make_outside(box, tools)
    before = snapshot(outside.root, times=True)
    available = image.config / "mods-available"
    os.mkfifo(available / "fifo.load")
    (image.config / "envvars").unlink()
    os.mkfifo(image.config / "envvars")
    names = ["fifo"]
    if os.getuid() == 0:
        for name, device in (("zero", os.makedev(1, 5)), ("terminal", os.makedev(5, 0)), ("disk", os.makedev(7, 250))):
            os.mknod(available / f"{name}.load", 0o666 | (stat.S_IFBLK if name == "disk" else stat.S_IFCHR), device)
            names.append(name)
    for name in names:
        image.expect(1, "a2enmod", name, as_root=True, contains=f"{name}.load")
        require(name not in image.enabled(), name)
    image.expect(0, "a2enmod", "rewrite", as_root=True)
    # /proc of this system in the image: its links lead out by magic. The paths are the same outside.
    script = 'mount -t proc proc "$1/proc" 2>/dev/null || mount --rbind /proc "$1/proc"; shift; cd "$1"; shift; exec "$@"'
    for number, target in enumerate((f"/proc/self/root{outside.config}/mods-enabled", "/proc/self/cwd/etc/apache2/mods-enabled",
                                     "/proc/thread-self/root/etc/apache2/mods-enabled")):
        image.put_link("etc/apache2/mods-enabled", target)
        for tool, *arguments in (["a2enmod", "ssl"], ["a2query", "-m"], ["a2mpm", "prefork"]):
            result = subprocess.run(["unshare", *NAMESPACE, "--pid", "--fork", "sh", "-c", script, "sh", image.root, outside.root,
                                     tools / tool, "--root", image.root, *arguments], env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C"},
                                    text=True, capture_output=True, timeout=120, check=False)
            require(result.returncode == 1 and os.strerror(errno.ELOOP) in result.stderr, f"{number}: {tool}: {result}")
    require(snapshot(outside.root, times=True) == before, "something outside was changed")


@scenario
def who_exchanges_folders_meanwhile_gets_nothing_outside_changed(box: pathlib.Path, tools: pathlib.Path) -> None:
    original = Image.debian(box / "original", tools)
    outside = make_outside(box, tools)
    libc = ctypes.CDLL(None)
    before = snapshot(outside.root)
    for place in ("etc/apache2", "etc/apache2/mods-enabled", "var/lib/apache2", "var/lib/apache2/module"):
        # The tools exchange folders themselves: who knows what lies where in the end.
        image = original.copy(box / place.replace("/", "-"))
        link = image.root / "srv/link"
        link.symlink_to(outside.root / place)
        pair = [os.fsencode(image.root / place), os.fsencode(link)]
        ended = threading.Event()

        def exchange() -> None:
            while not ended.is_set():
                libc.renameat2(-100, pair[0], -100, pair[1], 2)

        attacker = threading.Thread(target=exchange)
        attacker.start()
        try:
            for number in range(20):
                image.filter = FILTERS[number % 3]
                for words in (["a2enmod", "ssl", "rewrite"], ["a2dismod", "-f", "ssl", "rewrite"], ["a2enconf", "charset"]):
                    result = image.call(*words, as_root=True)
                    require(result.returncode in (0, 1, 3), f"{place}: {result}")
                    require("leaked" not in result.stdout + result.stderr, result)
        finally:
            ended.set()
            attacker.join()
        require(snapshot(outside.root) == before, f"{place}: something outside was changed")


# Other layouts.

LAYOUTS = pathlib.Path(__file__).resolve().parents[1] / "data/layouts"
# For each: what may be a link that leads out, a module that can be enabled, and an MPM to switch to.
OTHER_LAYOUTS = {
    "fedora": (["etc/httpd/conf.modules.d", "etc/httpd/conf.modules.d/00-optional.conf", "etc/httpd/conf.modules.d/00-mpm.conf",
                "etc/httpd/conf.d", "etc/httpd/conf.d/intranet.conf.disabled", "etc/httpd"], "buffer", "worker"),
    "suse": (["etc/sysconfig", "etc/sysconfig/apache2", "etc/apache2/conf.d", "etc/apache2/vhosts.d/old.conf.disabled"],
             "rewrite", "event"),
}


def make_layout(name: str, root: pathlib.Path, tools: pathlib.Path) -> Image:
    shutil.copytree(LAYOUTS / name, root, symlinks=True)
    for folder in {"fedora": ["usr/lib64/httpd/modules"], "suse": ["usr/lib64/apache2", "usr/lib64/apache2-event", "usr/lib64/apache2-prefork"]}[name]:
        (root / folder).mkdir(parents=True)
        for module in ("buffer", "rewrite", "mpm_worker"):
            shutil.copy("/usr/lib/apache2/modules/mod_rewrite.so", root / folder / f"mod_{module}.so")
    for server in {"fedora": ["httpd"], "suse": ["httpd-event", "httpd-prefork"]}[name]:
        (root / "usr/sbin").mkdir(exist_ok=True)
        shutil.copy("/usr/sbin/apache2", root / "usr/sbin" / server)
    image = Image(root, tools)
    image.give_to_ordinary_user()
    return image


@scenario
def files_of_other_layouts(box: pathlib.Path, tools: pathlib.Path) -> None:
    for name, (places, module, mpm) in OTHER_LAYOUTS.items():
        original = make_layout(name, box / name, tools)
        image = original.copy(box / f"{name}-tame")
        image.expect(0, "a2query", "-m", contains="alias")
        before = snapshot(image.root)
        image.expect(0, "a2enmod", module, lacks="To activate")
        image.expect(0, "a2query", "-m", module)
        image.expect(0, "a2dismod", "-p", module)
        changed = snapshot(image.root)
        require({path for path, what in before.items() if changed.get(path) != what} == set(), f"{name}: not as it was")
        image.expect(0, "a2mpm", mpm)
        image.expect(0, "a2query", "-M", contains=mpm)
        outside = original.copy(box / f"{name}-outside")
        for file in (path for path in outside.root.rglob("*.conf") if path.is_file()):
            file.write_text(file.read_text() + "#LoadModule leaked_module modules/mod_leaked.so\n")
        outside_before = snapshot(outside.root, times=True)
        for number, place in enumerate(places):
            for target in (f"{outside.root}/{place}", "../" * (place.count("/") + 1) + f"{name}-outside/{place}"):
                image = original.copy(box / f"{name}-image")
                image.put_link(place, target)
                image.give_to_ordinary_user()
                image.filter = FILTERS[number % 3]
                for words in (["a2enmod", module, "leaked"], ["a2dismod", "alias"], ["a2mpm", mpm], ["a2enconf", "*"], ["a2enconf", "intranet"],
                              ["a2disconf", "*"], ["a2ensite", "old"], ["a2dissite", "shop"], ["a2query", "--list-available"], ["a2query", "--check"]):
                    result = image.call(*words, as_root=number % 2 == 0)
                    require(result.returncode in (0, 1), f"{place} -> {target}: {words}: {result}")
                    leaks = re.sub(r"(?m)^ERROR: (Module )?leaked .*$", "", result.stdout + result.stderr)
                    require("leaked" not in leaks, f"{place} -> {target}: {words}: {result}")
                require(snapshot(outside.root, times=True) == outside_before, f"{place} -> {target}: something outside was changed")
                shutil.rmtree(image.root)


# Nothing is executed.

@scenario
def nothing_is_executed(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = Image.debian(box / "image", tools)
    trace = box / "trace"
    trace.mkdir(mode=0o777)
    trace.chmod(0o777)
    stubs = box / "stubs"
    stubs.mkdir()
    program = f"#!/bin/sh\necho \"$0\" > {trace}/executed\n"
    for folder in (image.root / "usr/sbin", image.root / "usr/bin", stubs):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("apache2", "apache2ctl", "policy-rc.d", "systemctl", "service", "update-rc.d", "invoke-rc.d", "env", "sh"):
            (folder / name).unlink(missing_ok=True)
            (folder / name).write_text(program)
            (folder / name).chmod(0o755)
    environment = {"PATH": f"{stubs}:{image.root}/usr/sbin:{image.root}/usr/bin:/usr/bin:/bin", "APACHE_HTTPD": str(stubs / "apache2")}
    calls = (["a2enmod", "cache_disk"], ["a2dismod", "-f", "cache_disk"], ["a2mpm", "prefork"], ["a2mpm", "--explain", "event"], ["a2mpm"],
             ["a2enmod", "--script", "postinst configure", "--then", "restart", "rewrite"],
             ["a2enmod", "--script", "postinst configure", "--then", "reload", "cache_disk"],
             ["a2mpm", "--script", "postinst configure", "--then", "restart", "prefork"],
             ["a2query", "--script", "postinst configure", "--asked", "--then", "restart"], ["a2query", "--check"], ["a2query", "-v"],
             ["a2query", "--configured", "apache2"])
    envvars = ("", f"touch {trace}/executed\n", f". {trace}/executed\n", f"A=$(touch {trace}/executed)\n")
    for text in envvars:
        (image.config / "envvars").write_text(text)
        for words in calls:
            result = image.call(*words, environment=environment)
            require(not list(trace.iterdir()), f"{words} executed {[path.read_text() for path in trace.iterdir()]}")
            require(not re.search(r"(?m)^action |^  (?:systemctl|service) ", result.stdout), result)
            if not text and words[0] != "a2query" and "--script" not in words:
                require(result.returncode == 0, result)
    (image.config / "envvars").write_text("")
    image.expect(0, "a2enmod", "-n", "cache_disk", lacks="external service", environment=environment)
    image.expect(0, "a2dismod", "-q", "-f", "cache_disk", environment=environment)
    image.expect(0, "a2enmod", "cache_disk", contains="left as it is", environment=environment)
    image.expect(0, "a2mpm", "-q", "event", environment=environment)
    image.expect(0, "a2mpm", "--explain", "prefork", contains="nothing in a root is executed", environment=environment)


# The envvars file.

@scenario
def envvars_is_read(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = Image.debian(box / "image", tools)
    envvars = image.config / "envvars"
    stock = envvars.read_text()
    (image.root / "srv/mods").mkdir()
    envvars.write_text(stock + "umask 022\nAPACHE_MODS_ENABLED='/srv/mods'\nexport APACHE_MODS_ENABLED\n")
    image.give_to_ordinary_user()
    image.expect(0, "a2enmod", "rewrite")
    require(os.readlink(image.root / "srv/mods/rewrite.load") == "../../etc/apache2/mods-available/rewrite.load", "another link")
    require("rewrite" not in image.enabled(), "it is enabled elsewhere")
    line = stock.count("\n") + 2
    envvars.write_text(stock + "\n[ -r /etc/default/apache2 ] && . /etc/default/apache2\n")
    before = snapshot(image.root)
    place = f"/etc/apache2/envvars:{line}: only a shell can tell"
    for words in (["a2enmod", "ssl"], ["a2dismod", "-f", "status"], ["a2mpm", "prefork"], ["a2ensite", "default-ssl"], ["a2mpm"],
                  ["a2enmod", "-n", "ssl"]):
        image.expect(1, *words, contains=f"ERROR: {place}")
    require(snapshot(image.root) == before, "something was changed")
    image.expect(0, "a2query", "-m", "status", contains=f"HINT: {place}")
    image.expect(0, "a2query", "-q", "-m", "status", lacks="HINT")
    image.expect(0, "a2enmod", "ssl", environment={"APACHE_ENVVARS": "/dev/null"})
    require("ssl" in image.enabled(), "not enabled")


# What may be given.

@scenario
def roots_of_all_kinds(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = Image.debian(box / "image", tools)
    (box / "link").symlink_to("image")
    (box / "file").touch()
    for root, cwd in ((str(image.root) + "/", "/"), ("image", str(box)), ("./image/../image//", str(box)), (".", str(image.root)), (str(box / "link"), "/")):
        image.expect(0, "a2enmod", "-q", "rewrite", root=root, cwd=cwd)
        require("rewrite" in image.enabled(), root)
        image.expect(0, "a2query", "-m", "rewrite", root=root, cwd=cwd)
        image.expect(0, "a2dismod", "-q", "-p", "rewrite", root=root, cwd=cwd)
        require("rewrite" not in image.enabled(), root)
    for tool, *arguments in (["a2enmod", "rewrite"], ["a2dismod", "status"], ["a2ensite", "x"], ["a2mpm"], ["a2mpm", "prefork"], ["a2query", "-m"],
                             ["a2mmn"], ["a2instance", "list"]):
        for root, error in ((box / "nothing", errno.ENOENT), (box / "file", errno.ENOTDIR), (box / "file/x", errno.ENOTDIR)):
            image.expect(2, tool, *arguments, root=str(root), contains=f"--root={root}: {os.strerror(error)}")
            image.expect(2, tool, *arguments, root="", environment={"APACHE_CONFGRAPH_ROOT": str(root)},
                         contains=f"APACHE_CONFGRAPH_ROOT={root}: {os.strerror(error)}")
        image.expect(2, tool, "--root", "", *arguments, root="", contains="--root")
        image.expect(2, tool, "--root=", *arguments, root="", contains="Option root requires an argument")
    # The variable means the same; the option holds before it; an empty one is none.
    variable = {"APACHE_CONFGRAPH_ROOT": str(image.root)}
    image.expect(0, "a2enmod", "-q", "rewrite", root="", environment=variable)
    require("rewrite" in image.enabled(), "the variable")
    other = image.copy(box / "other")
    other.expect(0, "a2dismod", "-q", "rewrite", environment=variable)
    require("rewrite" in image.enabled() and "rewrite" not in other.enabled(), "the option holds before the variable")
    document = json.loads(image.expect(0, "a2query", "--json", "-m", "rewrite", root="", environment=variable).stdout)
    require(document["root"] == str(image.root), document["root"])
    document = json.loads(image.call("a2query", "--json", "-m", root="", environment={"APACHE_CONFGRAPH_ROOT": ""}).stdout)
    require(document["root"] is None, document["root"])
    # Variables that name folders name those of the image.
    image.config.rename(image.root / "etc/web")
    image.expect(0, "a2query", "-m", "rewrite", environment={"APACHE_CONFDIR": "/etc/web"})
    image.expect(0, "a2query", "-m", "rewrite", environment={"APACHE_CONFDIR": "etc/web"}, cwd="/usr")
    image.expect(0, "a2enmod", "-q", "ssl", environment={"APACHE_CONFDIR": "etc/web", "APACHE_STATE_DIRECTORY": "/srv/state"}, cwd="/usr")
    require(os.readlink(image.root / "etc/web/mods-enabled/ssl.load") == "../mods-available/ssl.load", "another link")
    require((image.root / "srv/state/module/enabled_by_admin/ssl").is_file(), "no marker")


@scenario
def the_root_of_this_system(box: pathlib.Path, tools: pathlib.Path) -> None:
    """It is a root like others: what lies there is as if it did not run."""
    image = Image.debian(box / "image", tools)
    one, other = (image.call("a2query", "-m", "-s", "-c", root=root) for root in ("/", ""))
    require((one.returncode, one.stdout) == (other.returncode, other.stdout), f"{one}\n{other}")
    result = image.call("a2enmod", "-n", "rewrite", root="/")
    require("To activate" not in result.stdout, result)


@scenario
def hints_name_the_root(box: pathlib.Path, tools: pathlib.Path) -> None:
    """What is advised is for the image, and not for this system."""
    image = Image.debian(box / "image", tools)
    image.expect(0, "a2enmod", "-q", "ssl")
    image.expect(1, "a2dismod", "socache_shmcb", contains=f"run a2dismod --root={image.root} -f socache_shmcb")
    image.expect(1, "a2enmod", "mpm_prefork", contains=f"run a2mpm --root={image.root} prefork")
    image.expect(1, "a2mpm", "nosuch", contains=f"run a2mpm --root={image.root} to list")
    (image.config / "sites-enabled/stray.conf").symlink_to("../sites-available/nosuch.conf")
    (image.config / "mods-enabled/socache_shmcb.load").unlink()
    image.expect(1, "a2query", "--check", contains=f"run a2enmod --root={image.root} socache_shmcb")
    (image.config / "mods-enabled/mpm_event.load").unlink()
    image.expect(0, "a2mpm", contains=f"run a2mpm --root={image.root} NAME")
    for words in (["a2query", "--check"], ["a2query", "-M"], ["a2enmod", "mpm_prefork"], ["a2dismod", "mime"]):
        text = image.call(*words).stderr
        for line in text.splitlines():
            require(not re.search(r"run a2[a-z]+ (?!--root=)", line), f"{words}: {line}")


@scenario
def a_bare_root(box: pathlib.Path, tools: pathlib.Path) -> None:
    """Where there is no server's configuration, that is what is said, and nothing is made."""
    (box / "empty").mkdir()
    image = Image(box / "empty", tools)
    image.expect(1, "a2enmod", "rewrite", as_root=True, contains="ERROR: Module rewrite does not exist!")
    image.expect(1, "a2query", "-m", as_root=True, contains="/etc/apache2/mods-enabled")
    image.expect(1, "a2query", "-v", as_root=True, contains="/usr/sbin/apache2")
    require(not (box / "empty/etc").exists(), "something was made")


# Two at once, and locks.

@scenario
def two_roots_at_once(box: pathlib.Path, tools: pathlib.Path) -> None:
    one = Image.debian(box / "one", tools)
    other = one.copy(box / "other")
    for image in (one, other):
        image.expect(0, "a2enmod", "-q", "rewrite")
    held = os.open(one.state / "confgraph/lock", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        result = one.expect(1, "a2enmod", "--wait=0", "ssl", contains="is locked")
        require(str(os.getpid()) in result.stderr and str(one.root) in result.stderr, result)
        other.expect(0, "a2enmod", "--wait=0", "ssl")
    finally:
        os.close(held)
    one.expect(0, "a2enmod", "--wait=0", "ssl")
    # Both at the same time, again and again.
    failures: list[str] = []

    def work(image: Image) -> None:
        for _ in range(10):
            for words in (["a2dismod", "-q", "-f", "ssl", "rewrite"], ["a2enmod", "-q", "ssl", "rewrite"]):
                result = image.call(*words)
                if result.returncode != 0:
                    failures.append(f"{image.root}: {words}: {result}")

    workers = [threading.Thread(target=work, args=(image,)) for image in (one, other, one, other)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    require(not failures, failures)
    for image in (one, other):
        require({"ssl", "rewrite"} <= image.enabled() and not image.leftovers(), image.leftovers())


@scenario
def an_interrupted_change_is_completed_from_either_side(box: pathlib.Path, tools: pathlib.Path) -> None:
    """A journal that was left with --root is understood in the image, and the other way round."""
    original = Image.debian(box / "original", tools)
    # With folders that are made already, the first flush is that of a change that is decided, and not made.
    original.expect(0, "a2enmod", "-q", "rewrite")
    original.expect(0, "a2dismod", "-q", "rewrite")
    for number, finish in enumerate((Image.chrooted, Image.call)):
        image = original.copy(box / f"image{number}")
        killed = image.call("a2enmod", "ssl", "rewrite", killed_at=FSYNC)
        require(killed.returncode < 0, killed)
        journal = (image.state / "confgraph/etc-apache2.journal").read_text()
        require(journal.startswith("confgraph journal") and " forward\n" in journal, journal)
        require("\nconfig /etc/apache2\n" in journal and "\nstate /var/lib/apache2\n" in journal, journal)
        image.expect(0, "a2query", "-m", "ssl", contains="enabled by site administrator")
        require("ssl" not in image.enabled(), "it is made already: that says nothing")
        result = finish(image, "a2enmod", "alias")
        require(result.returncode == 0 and "interrupted" in result.stderr, result)
        require({"ssl", "rewrite"} <= image.enabled() and not image.leftovers(), image.leftovers())


@scenario
def module_numbers_of_an_image(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = Image.debian(box / "image", tools)
    include = image.root / "usr/include/apache2"
    include.mkdir(parents=True)
    (include / "ap_mmn.h").write_text("#define MODULE_MAGIC_NUMBER_MAJOR 20110101\n#define MODULE_MAGIC_NUMBER_MINOR 7\n")
    result = image.expect(1, "a2mmn", "--json", contains="20110101")
    document = json.loads(result.stdout)
    require(document["root"] == str(image.root) and document["headers"]["mmn"] == {"major": 20110101, "minor": 7}, document)
    image.expect(0, "a2mmn", "emit", "--format", "rpm", "--headers", contains="20110101")
    # A link of the image leads to something in the image.
    include.rename(image.root / "srv/headers")
    include.symlink_to("/srv/headers")
    image.expect(0, "a2mmn", "emit", "--format", "rpm", "--headers", contains="20110101")
    include.unlink()
    include.symlink_to("/usr/include/apache2/x")
    image.expect(1, "a2mmn", "emit", "--headers")
    image.expect(2, "a2mmn", "inspect", str(image.root), contains="--root makes no sense here")
    image.expect(2, "a2mmn", "emit", str(image.root), contains="--root makes no sense")
    # What a package needs is looked for in the image.
    tree = box / "tree/etc/apache2/mods-available"
    tree.mkdir(parents=True)
    (tree / "own.load").write_text("# Depends: only_there\nLoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n")
    (image.config / "mods-available/only_there.load").touch()
    result = image.expect(0, "a2mmn", "verify", str(box / "tree"), contains="own.load:2: warning:", lacks="only_there")
    require(str(tree / "own.load") in result.stderr, result)
    (image.root / "usr/lib/apache2/modules/mod_mpm_event.so").unlink()
    image.expect(1, "a2mmn", "verify", str(box / "tree"), contains="own.load:2: error:")


@scenario
def packages_of_an_image(box: pathlib.Path, tools: pathlib.Path) -> None:
    image = Image.debian(box / "image", tools)
    image.expect(0, "a2query", "--configured", "apache2", contains="installed")  # no dpkg there
    database = image.root / "var/lib/dpkg"
    database.mkdir()
    (database / "status").write_text("Package: apache2\nStatus: install ok half-configured\nVersion: 1\n")
    image.expect(1, "a2query", "--configured", "apache2", contains="half-configured")
    image.expect(1, "a2query", "--configured", "dpkg", contains="not-installed")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True, type=pathlib.Path)
    parser.add_argument("only", nargs="*")
    options = parser.parse_args()
    os.umask(0o022)
    before = [snapshot(folder, times=True) for folder in OWN_FOLDERS]
    with tempfile.TemporaryDirectory(prefix="confgraph-roots-") as folder:
        os.chmod(folder, 0o755)
        failures = run_scenarios(SCENARIOS, options, pathlib.Path(folder), pathlib.Path(folder))
    if [snapshot(folder, times=True) for folder in OWN_FOLDERS] != before:
        failures += 1
        print("FAILED: this system's own configuration was changed")
    print(f"{len(SCENARIOS)} scenarios, {failures} failures")
    return min(failures, 125)


if __name__ == "__main__":
    sys.exit(main())
