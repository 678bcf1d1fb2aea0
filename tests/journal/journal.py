#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Journals as a crash, a disk, an editor or an enemy leave them, before the tools below --prefix.

Whatever lies in a journal's place, the next command completes the change or takes it back, or refuses with one line and
changes nothing; it never touches anything outside the configuration, and readers answer anyway. The journals are
written here, from the description of their form; the scenario "real" compares that with one of the tools' own.
"""

import argparse
import os
import pathlib
import random
import shutil
import signal
import socket
import stat
import sys
import tempfile
from dataclasses import dataclass
from typing import Callable, Optional

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from private_tree import Tree  # noqa: E402
from scenarios import Failure, passes, require  # noqa: E402

MODULE_FILES = ("alias.load", "alias.conf", "status.load", "mpm_one.load", "mpm_one.conf", "mpm_two.load", "mpm_two.conf")
SITES = ("shop", "wiki", "other", "present")
COMMENT = "# A comment.\n"
WORDS = ("pending", "forward", "reverse")
# A subfolder among the enabled modules, so that an exchange is impossible.
OBSTACLE = "subfolder"


@dataclass
class Change:
    """One line of a journal. For links of modules, confs and sites, and for markers."""

    what: str           # link, switch or marker
    kind: str
    name: str
    before: str = ""    # of a link: its target, or "" for none; of a switch: the name that goes; of a marker: "+" or ""
    after: str = ""     # likewise; of a switch: not used
    folder: str = ""    # of a marker

    def line(self) -> str:
        if self.what == "marker":
            return f"marker {self.kind} {escape(self.folder)} {escape(self.name)} {self.before or '-'} {self.after or '-'}\n"
        if self.what == "switch":
            return f"switch {self.kind} {escape(self.before)} ={target(self.before)} {escape(self.name)} ={target(self.name)}\n"
        before, after = (f"={escape(text)}" if text else "-" for text in (self.before, self.after))
        return f"link {self.kind} {escape(self.name)} {before} {after}\n"


def target(name: str, folder: str = "mods") -> str:
    return f"../{folder}-available/{name}"


def escape(text: str) -> str:
    return "".join(chr(byte) if 0x20 < byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}" for byte in os.fsencode(text))


def check_sum(text: bytes) -> str:
    """FNV-1a with 64 bits."""
    number = 0xCBF29CE484222325
    for byte in text:
        number = ((number ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{number:016x}"


def sealed(text: str) -> bytes:
    """A journal with its last line. The word, which is written over in place, does not count."""
    data = os.fsencode(text)
    start = len(b"confgraph journal 1 ")
    return data + b"end " + check_sum(data[:start] + data[start + len(WORDS[0]):]).encode() + b"\n"


class Case:
    """A configuration in the middle of a change, with something valuable beside it."""

    def __init__(self, root: pathlib.Path, tools: pathlib.Path) -> None:
        self.root = root
        root.mkdir()
        self.tree = Tree(root / "tree", tools)
        self.victim = root / "tree/victim"
        self.victim.mkdir()
        (self.victim / "precious").write_text("precious")
        (self.victim / "link").symlink_to("precious")
        for name in MODULE_FILES:
            (self.tree.config / "mods-available" / name).write_text("")
        for name in SITES:
            self.tree.add("site", name)
        self.tree.journal_path.parent.mkdir()
        self.ordered = False
        self.commands = 0
        module = [
            Change("link", "module", "mpm_one.conf", target("mpm_one.conf"), ""),
            Change("link", "module", "status.load", target("status.load"), ""),
            Change("link", "module", "alias.load", "", target("alias.load")),
            Change("link", "module", "alias.conf", "", target("alias.conf")),
            Change("switch", "module", "mpm_two.load", "mpm_one.load"),
            Change("link", "module", "mpm_two.conf", "", target("mpm_two.conf")),
        ]
        markers = [
            Change("marker", "module", "alias", "", "+", "enabled_by_admin"),
            Change("marker", "module", "mpm_two", "", "+", "enabled_by_admin"),
            Change("marker", "module", "mpm_one", "", "+", "disabled_by_admin"),
            Change("marker", "module", "status", "", "+", "disabled_by_admin"),
            Change("marker", "module", "status", "+", "", "enabled_by_maint"),
        ]
        self.module = [*markers[:4], *module, markers[4]]
        self.sites = [
            Change("marker", "site", "shop", "", "+", "enabled_by_admin"),
            Change("marker", "site", "wiki", "", "+", "disabled_by_admin"),
            Change("link", "site", "shop.conf", "", target("shop.conf", "sites")),
            Change("link", "site", "wiki.conf", target("wiki.conf", "sites"), ""),
        ]

    # The files, as they are before the change.

    def old(self) -> tuple[dict[str, str], set[str]]:
        links = {f"mods-enabled/{name}": target(name) for name in ("status.load", "mpm_one.load", "mpm_one.conf")}
        links |= {f"sites-enabled/{name}.conf": target(f"{name}.conf", "sites") for name in ("wiki", "present")}
        if self.ordered:
            links[f"mods-enabled/{OBSTACLE}"] = "no link"
        return links, {"module/enabled_by_maint/status"}

    @staticmethod
    def applied(state: tuple[dict[str, str], set[str]], changes: list[Change]) -> tuple[dict[str, str], set[str]]:
        links, markers = dict(state[0]), set(state[1])
        for change in changes:
            folder = {"module": "mods", "site": "sites", "conf": "conf"}[change.kind] + "-enabled"
            if change.what == "marker":
                path = f"{change.kind}/{change.folder}/{change.name}"
                markers.discard(path) if not change.after else markers.add(path)
            elif change.what == "switch":
                links.pop(f"{folder}/{change.before}", None)
                links[f"{folder}/{change.name}"] = target(change.name)
            elif change.after:
                links[f"{folder}/{change.name}"] = change.after
            else:
                links.pop(f"{folder}/{change.name}", None)
        return links, markers

    def restore(self, state: tuple[dict[str, str], set[str]], journal: Optional[bytes]) -> None:
        """Makes the files what they are in a state."""
        found, config = self.tree.links(), self.tree.config
        for path in found.keys() - state[0].keys():
            os.rmdir(config / path) if (config / path).is_dir() and not (config / path).is_symlink() else os.unlink(config / path)
        for path, text in state[0].items():
            if found.get(path) != text:
                (config / path).unlink(missing_ok=True)
                (config / path).mkdir() if text == "no link" else (config / path).symlink_to(text)
        markers = self.tree.markers()
        for marker in markers - state[1]:
            (self.tree.state / marker).unlink()
        for marker in state[1] - markers:
            (self.tree.state / marker).write_text("")
        path = self.tree.journal_path
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
        if journal is not None:
            path.write_bytes(journal)

    def journal(self, word: str, changes: list[Change], comment: str = COMMENT) -> bytes:
        return sealed(self.head(word, comment) + "".join(change.line() for change in changes))

    def head(self, word: str, comment: str = COMMENT) -> str:
        return f"confgraph journal 1 {word}\n{comment}" + "".join(f"{key} {escape(str(path))}\n" for key, path in self.folders())

    def folders(self) -> list[tuple[str, pathlib.Path]]:
        config = self.tree.config
        return [("config", config), ("module", config / "mods-enabled"), ("conf", config / "conf-enabled"),
                ("site", config / "sites-enabled"), ("state", self.tree.state)]

    # Commands, and what may come of them.

    def command(self, *words: str) -> tuple[int, str, str]:
        self.commands += 1
        return self.tree.spawn(words[0], "--no-sync", *words[1:])

    def require_recovered(self, what: str, result: tuple[int, str, str], *states: tuple[dict[str, str], set[str]]) -> None:
        """The command did what it had to do, and the files are what they are in one of these states."""
        # All that may be said beside is that there was something to recover.
        require(result[0] == 0 and result[2].count("\n") <= 1 and result[2].startswith(("", "NOTE: ")[result[2] != ""]), f"{what}: {result}")
        found = (self.tree.links(), self.tree.markers())
        require(found in states, f"{what}: links {sorted(found[0])}, markers {sorted(found[1])}, expected one of {states}")
        self.require_clean(what)

    def require_clean(self, what: str) -> None:
        require(not self.tree.leftovers(), f"{what}: left behind: {self.tree.leftovers()}")

    def require_refused(self, what: str, result: tuple[int, str, str], before: dict[str, tuple]) -> None:
        lines = [line for line in result[2].splitlines() if not line.startswith("HINT: ")]
        require(result[0] == 1 and len(lines) == 1 and lines[0].startswith("ERROR: "), f"{what}: exit status 1 and one line expected: {result}")
        require(result[1] == "", f"{what}: {result}")
        after = self.tree.snapshot()
        require(after == before, f"{what}: refused, and changed: {sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))}")

    def with_other(self, state: tuple[dict[str, str], set[str]]) -> tuple[dict[str, str], set[str]]:
        """A state in which the command `a2ensite other` was carried out, too."""
        return ({**state[0], "sites-enabled/other.conf": target("other.conf", "sites")}, state[1] | {"site/enabled_by_admin/other"})

    def recover_or_refuse(self, what: str, *states: tuple[dict[str, str], set[str]]) -> bool:
        """Runs `a2ensite other`. Whether it went through, and recovered one of these states first."""
        before, beside = self.tree.snapshot(), self.tree.snapshot(self.victim)
        result = self.command("a2ensite", "other")
        require(self.tree.snapshot(self.victim) == beside, f"{what}: something outside the configuration was touched: {result}")
        if result[0] == 0:
            self.require_recovered(what, result, *(self.with_other(state) for state in states))
            return True
        self.require_refused(what, result, before)
        return False

    def readers_answer(self, what: str, mpm: Optional[str] = None, alias: Optional[bool] = None) -> None:
        """An ordinary user's questions are answered, and nothing is written."""
        before = self.tree.snapshot()
        status, out, err = self.tree.spawn("a2query", "-M", ordinary=True)
        require(status == 0 and out in ("one\n", "two\n"), f"{what}: a2query -M: {(status, out, err)}")
        require(mpm is None or (out == f"{mpm}\n" and err == ""), f"{what}: a2query -M: {(status, out, err)}")
        status, out, err = self.tree.spawn("a2query", "-m", "alias", ordinary=True)
        require(status in (0, 1), f"{what}: a2query -m alias: {(status, out, err)}")
        require(alias is None or status == (0 if alias else 1), f"{what}: a2query -m alias: {(status, out, err)}")
        require(self.tree.snapshot() == before, f"{what}: a reader changes something")


def valid(case: Case) -> str:
    """However far a change went, it is completed or taken back; readers say so before; a second command adds nothing."""
    number = 0
    for ordered in (False, True):
        case.ordered = ordered
        for changes in (case.module, case.sites):
            old = case.old()
            new = case.applied(old, changes)
            for word, goal in (("forward", new), ("reverse", old), ("pending", old)):
                for done in range(len(changes) + 1 if word != "pending" else 1):
                    # All links of modules are changed together, unless they cannot be.
                    applied = case.applied(old, changes[:done])
                    for command in (["a2ensite", "other"], ["a2ensite", "-q", "present"]):
                        what = f"{word}, {done} of {len(changes)} changes made, ordered {ordered}, then {command}"
                        case.restore(applied, case.journal(word, changes))
                        if word == "pending" and not ordered and changes is case.module:
                            # A copy that was being made.
                            copy = case.tree.config / ".mods-enabled.confgraph"
                            copy.mkdir()
                            (copy / "alias.load").symlink_to(target("alias.load"))
                            os.link(case.tree.config / "mods-enabled/status.load", copy / "status.load", follow_symlinks=False)
                        if changes is case.module:
                            case.readers_answer(what, "two" if goal is new else "one", goal is new)
                        result = case.command(*command)
                        case.require_recovered(what, result, case.with_other(goal) if "other" in command else goal)
                        before = case.tree.snapshot()
                        require(case.command(*command)[0] == 0 and case.tree.snapshot() == before, f"{what}: a second recovery changes something")
                        number += 1
    return f"{number} interrupted changes recovered"


def real(case: Case) -> str:
    """A journal of the tools has the form that is written here."""
    names = [f"many{i}" for i in range(300)]
    for name in names:
        case.tree.add("site", name)
    case.restore(case.old(), None)
    for attempt in range(50):
        child = case.tree.start("a2ensite" if attempt % 2 == 0 else "a2dissite", *names)
        while child.poll() is None and not case.tree.journal_path.exists():
            pass
        child.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        text = case.tree.journal_path.read_bytes() if case.tree.journal_path.exists() else b""
        child.send_signal(signal.SIGCONT)
        child.communicate()
        if b"\nend " not in text:
            continue
        lines = text.decode().splitlines(keepends=True)
        require(lines[0].split()[-1] in WORDS, f"the first line is {lines[0]!r}")
        comment = "".join(line for line in lines if line.startswith("#"))
        body = "".join(line for line in lines if line.startswith(("link ", "marker ", "switch ")))
        require(body.count("\n") >= 2 * len(names), f"{body.count(chr(10))} changes")
        again = sealed(case.head(lines[0].split()[-1], comment) + body)
        require(again == text, f"the tool writes {text!r}, expected {again!r}")
        require(stat.S_IMODE(case.tree.journal_path.parent.stat().st_mode) & 0o022 == 0, "others may write journals")
        return f"a journal of {len(text)} bytes is as expected, seen at attempt {attempt + 1}"
    raise Failure("no journal was seen")


def truncated(case: Case) -> str:
    """A journal that was cut off while it was written belongs to a change that was never made."""
    number = 0
    old = case.old()
    for changes, word in ((case.module, "pending"), (case.sites, "forward")):
        whole = case.journal(word, changes)
        for length in range(len(whole)):
            case.restore(old, whole[:length])
            what = f"{word}, {length} of {len(whole)} bytes"
            if number % 50 == 0:
                case.readers_answer(what, "one", False)
            # Only the end of the last line is missing: it may be taken for whole.
            states = [old] if length < len(whole) - 1 or word == "pending" else [old, case.applied(old, changes)]
            require(case.recover_or_refuse(what, *states) or length == len(whole) - 1, f"{what}: is refused")
            number += 1
    # Blocks that never reached the disk.
    for length in range(0, len(whole), 64):
        case.restore(old, whole[:length] + bytes(len(whole) - length))
        case.recover_or_refuse(f"zeros from byte {length}", old)
        number += 1
    return f"{number} truncated journals recovered"


def altered(case: Case) -> str:
    """One byte of a journal is another one: it is refused, or what is recovered is right nevertheless."""
    case.ordered = True
    choose = random.Random(1)
    number = refused = 0
    old = case.old()
    for changes, word, done in ((case.module, "forward", 7), (case.sites, "reverse", 3)):
        whole = case.journal(word, changes)
        half = case.applied(old, changes[:done])
        goals = [case.applied(old, changes), old]
        for place in range(len(whole)):
            for byte in {whole[place] ^ 1, choose.choice((0, 10, 32, whole[place] ^ 0x80, choose.randrange(256)))} - {whole[place]}:
                case.restore(half, whole[:place] + bytes([byte]) + whole[place + 1:])
                what = f"{word}, byte {place} ({whole[max(place - 20, 0):place]!r} {whole[place]:#x}) is {byte:#x}"
                if number % 50 == 0:
                    case.readers_answer(what)
                refused += 0 if case.recover_or_refuse(what, *goals) else 1
                number += 1
        for place in range(0, len(whole), 7):
            for changed in (whole[:place] + whole[place + 1:], whole[:place] + b"x" + whole[place:]):
                case.restore(half, changed)
                refused += 0 if case.recover_or_refuse(f"{word}, one byte less or more at {place}", *goals) else 1
                number += 1
    require(refused > number // 2, f"only {refused} of {number} are refused")
    return f"{number} altered journals, {refused} refused, the others recovered"


def crafted(case: Case) -> str:
    """Journals with a right check sum that say what no tool writes: nothing outside is touched."""
    old = case.old()
    outside = ["..", ".", "", "/", "../../victim/precious", "/etc/passwd", str(case.victim / "precious"), "../victim", "a/b", "x/..", "a\0b"]
    odd = ["a\nb", "\x1b[31m", "-rf", "$(touch PWNED)", "a b", "é", os.fsdecode(b"\xff"), "a" * 255, "a" * 256, "a" * 5000]
    number = 0

    def attempt(what: str, text: "str | bytes", refused: bool = True) -> None:
        nonlocal number
        case.restore(old, sealed(text) if isinstance(text, str) else text)
        before, beside = case.tree.snapshot(), case.tree.snapshot(case.victim)
        case.readers_answer(what)
        result = case.command("a2ensite", "other")
        require(case.tree.snapshot(case.victim) == beside, f"{what}: something outside the configuration was touched: {result}")
        require("\x1b" not in result[1] + result[2], f"{what}: prints control characters: {result}")
        require(not (case.tree.root / "PWNED").exists(), f"{what}: executed")
        if refused or result[0] != 0:
            case.require_refused(what, result, before)
        else:
            case.require_clean(what)
        number += 1

    for word in ("forward", "reverse"):
        head = case.head(word)
        for name in outside:
            for change in (Change("link", "module", name, "", "x"), Change("link", "site", name, "x", ""), Change("switch", "module", name, "a.load"),
                           Change("switch", "module", "a.load", name), Change("marker", "module", name, "", "+", "enabled_by_admin"),
                           Change("marker", "site", name, "+", "", "disabled_by_maint"), Change("marker", "conf", "x", "", "+", name),
                           Change("marker", "conf", "x", "+", "", name)):
                attempt(f"{word}: {change}", head + change.line())
        attempt(f"{word}: the name of a temporary link", head + Change("link", "module", ".confgraph", "", "x").line())
        for name in odd:
            for change in (Change("link", "module", name, "", "x"), Change("marker", "module", name, "", "+", "enabled_by_admin")):
                attempt(f"{word}: {change}", head + change.line(), refused=False)
        for text in ("../../victim/precious", str(case.victim), "/etc/passwd", "x" * 5000, "\x1b[31m"):
            attempt(f"{word}: a link to {text[:40]!r}", head + Change("link", "module", "x.load", "", text).line(), refused=False)
        for line in ("link\n", "link module\n", "link module x.load - -\n", "link module x.load =a =a\n", "link module x.load - +\n",
                     "link other x.load - =a\n", "link module x.load - =a b\n", "link module x.load - =\n", "marker module enabled_by_admin x + +\n",
                     "marker module enabled_by_admin x - -\n", "marker module enabled_by_nobody x - +\n", "remove module x.load\n", "\n", " \n",
                     "switch module a.load =a a.load =b\n", "switch module a.load - b.load =b\n", "switch module a.load =a b.load -\n",
                     "link module \\xzz.load - =a\n", "link module \\x4 - =a\n", "link  module x.load - =a\n",
                     "exec touch PWNED\n", "include /etc/passwd\n", f"config {escape(str(case.victim))}\n", "end 0123456789abcdef\n"):
            attempt(f"{word}: the line {line!r}", head + line)
        for key, path in case.folders():
            other = head.replace(f"{key} {escape(str(path))}\n", f"{key} {escape(str(case.victim))}\n")
            attempt(f"{word}: another folder {key}", other)
            attempt(f"{word}: without the folder {key}", head.replace(f"{key} {escape(str(path))}\n", ""))
        good = head + case.sites[2].line()
        attempt(f"{word}: no line feed at all", good.replace("\n", " ").encode(), refused=False)
        attempt(f"{word}: carriage returns", sealed(good).replace(b"\n", b"\r\n"))
        attempt(f"{word}: something after its end", sealed(good) + b"link site shop.conf - =x\n")
        attempt(f"{word}: twice", sealed(good) * 2)
        attempt(f"{word}: garbage and a journal", b"garbage\n" + sealed(good))
        # With word and check sum right, but of a version that is not known.
        for version in ("3", "10", "1.1", "999999999999999999999999"):
            attempt(f"{word}: version {version}", good.replace("journal 1 ", f"journal {version} "))
    for word in ("FORWARD", "forwarD", "nothing", "forward ", "backward"):
        attempt(f"the word {word!r}", case.head(word))
    for garbage in (b"\n", b"garbage", b"\xff\xfe", b"\x7fELF" + bytes(range(256)) * 16, b"confgraph", b"#!/bin/sh\ntouch PWNED\n", b"a" * 1_000_000,
                    b"\n" * 100_000):
        attempt(f"garbage {garbage[:20]!r}", garbage, refused=not b"confgraph journal".startswith(garbage))
    return f"{number} crafted journals, nothing outside touched"


def places(case: Case) -> str:
    """Something that is no file lies where the journal would be: no command waits for it, or follows it."""
    old = case.old()
    path = case.tree.journal_path
    journal = case.journal("forward", case.sites)
    (case.victim / "journal").write_bytes(journal)

    def bind() -> None:
        # The name of a socket is short.
        here = os.getcwd()
        os.chdir(path.parent)
        try:
            with socket.socket(socket.AF_UNIX) as end:
                end.bind("short")
            os.rename("short", path.name)
        finally:
            os.chdir(here)

    makers: dict[str, Callable[[], None]] = {
        "a folder": path.mkdir,
        "a link to a journal": lambda: path.symlink_to(case.victim / "journal"),
        "a link to a file": lambda: path.symlink_to(case.victim / "precious"),
        "a link to a folder": lambda: path.symlink_to(case.victim),
        "a link to nowhere": lambda: path.symlink_to(case.victim / "new"),
        "a link to itself": lambda: path.symlink_to(path.name),
        "a link to a device": lambda: path.symlink_to("/dev/zero"),
        "a FIFO": lambda: os.mkfifo(path),
        "a socket": bind,
    }
    for what, make in makers.items():
        case.restore(old, None)
        make()
        case.readers_answer(what)
        before, beside = case.tree.snapshot(), case.tree.snapshot(case.victim)
        for command in (["a2ensite", "other"], ["a2enmod", "alias"], ["a2mpm", "--no-test", "two"]):
            case.require_refused(f"{what}: {command}", case.command(*command), before)
        require(case.tree.snapshot(case.victim) == beside, f"{what}: something outside was touched")
        require(not (case.victim / "new").exists(), f"{what}: was followed")
    # The journal of another configuration is none of ours.
    case.restore(old, None)
    other = path.with_name("etc-other.journal")
    other.write_bytes(journal)
    result = case.command("a2ensite", "other")
    require(result[0] == 0 and other.read_bytes() == journal, f"the journal of another configuration: {result}")
    return f"{len(makers) + 1} things in the journal's place"


def changed_by_others(case: Case) -> str:
    """An entry is neither what it was nor what it is to be: nothing is changed, until somebody has decided."""
    number = 0
    for ordered in (False, True):
        case.ordered = ordered
        old = case.old()
        for word in ("forward", "reverse"):
            for changes in (case.module, case.sites):
                for change in changes:
                    if change.what == "marker":
                        continue
                    path = f"{'mods' if change.kind == 'module' else 'sites'}-enabled/{change.name}"
                    for what in ("link", "file", "folder"):
                        case.restore(case.applied(old, changes[:5]), case.journal(word, changes))
                        place = case.tree.config / path
                        place.unlink(missing_ok=True)
                        if what == "link":
                            place.symlink_to("/nowhere/else")
                        elif what == "file":
                            place.write_text("made by hand")
                        else:
                            place.mkdir()
                        words = f"{word}: {path} is a {what} by somebody else, ordered {ordered}"
                        before = case.tree.snapshot()
                        result = case.command("a2ensite", "other")
                        case.require_refused(words, result, before)
                        require(change.name in result[2], f"{words}: the line does not name it: {result}")
                        place.rmdir() if what == "folder" else place.unlink()
                        # Absent is one of its two images; of two that are switched one has to be there.
                        if change.what != "switch":
                            goal = case.applied(old, changes) if word == "forward" else old
                            result = case.command("a2ensite", "other")
                            case.require_recovered(words + ", and gone", result, case.with_other(goal))
                        number += 1
    return f"{number} changes by others left alone"


SCENARIOS: dict[str, Callable[[Case], str]] = {
    function.__name__: function for function in (valid, real, truncated, altered, crafted, places, changed_by_others)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", required=True, type=pathlib.Path, help="an installed tree of confgraph")
    parser.add_argument("scenarios", nargs="*", help=f"of {', '.join(SCENARIOS)}; all by default")
    options = parser.parse_args()
    unknown = set(options.scenarios) - SCENARIOS.keys()
    if unknown:
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    failures = 0
    for name in options.scenarios or SCENARIOS:
        with tempfile.TemporaryDirectory(prefix="confgraph-journal-") as folder:
            os.chmod(folder, 0o755)
            # An installed tree works wherever it lies; there, an ordinary user can reach it.
            shutil.copytree(options.prefix.resolve(), pathlib.Path(folder, "prefix"), symlinks=True)
            case = Case(pathlib.Path(folder, "case"), pathlib.Path(folder, "prefix/sbin"))
            failures += not passes(name, lambda: f"{SCENARIOS[name](case)} ({case.commands} commands)")
            case.tree.end_children()
    return min(failures, 125)


if __name__ == "__main__":
    sys.exit(main())
