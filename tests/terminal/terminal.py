#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tools on real terminals: which language they speak there, where there are colours, whether lines fit, and what
shows that they are at work. The translations lie beside the tools, in a copy of the installed tree.

Exit status: 0 all is well, else the number of scenarios that failed.
"""

import argparse
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata
from typing import Callable, Optional

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
from private_tree import PERMANENT_STATE, Tree
from scenarios import Failure, passes, require, require_equal

SCENARIOS: "list[Callable[[Tree], None]]" = []
# So long that it only ends what would never end.
TIMEOUT = 60
GERMAN = {"LANG": "C.UTF-8", "LANGUAGE": "de"}
SCREEN = {"TERM": "xterm"}
TOOLS = "a2enmod a2dismod a2enconf a2disconf a2ensite a2dissite a2mpm a2query a2mmn a2instance".split()
HOSTILE = "evil\x1b]0;pwned\x07\x1b[2J"
COLOUR = re.compile(rb"\x1b\[1;3[1236]m([^\x1b]*)\x1b\[0m")


def scenario(function: Callable) -> Callable:
    SCENARIOS.append(function)
    return function


def environment_of(tree: Tree, extra: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in tree.environment.items() if name != "LC_ALL"} | extra


class Terminal:
    """A tool on a terminal of its own. redirect: the streams that lead to a file instead. background: another process is
    in the foreground, and who is not is stopped when it writes, as "stty tostop" makes it."""

    def __init__(self, tree: Tree, words: list[str], extra: dict[str, str], columns: int = 80, rows: int = 24,
                 redirect: Optional[dict[int, pathlib.Path]] = None, background: bool = False) -> None:
        numbers, number = os.pipe()
        self.child, self.descriptor = pty.fork()
        if self.child == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            for stream, path in (redirect or {}).items():
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), stream)
            if background:
                settings = termios.tcgetattr(0)
                settings[3] |= termios.TOSTOP
                termios.tcsetattr(0, termios.TCSANOW, settings)
                tool = os.fork()
                if tool != 0:
                    os.waitpid(tool, 0)
                    os._exit(0)
                os.setpgid(0, 0)
            os.write(number, str(os.getpid()).encode())
            os.execvpe(str(tree.tools / words[0]), words, environment_of(tree, extra))
        os.close(number)
        # The tool, which in the background is a child of the child.
        self.tool = int(os.read(numbers, 32))
        os.close(numbers)

    def slave(self) -> int:
        return os.open(f"/proc/{self.tool}/fd/1", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def end(self) -> None:
        """Ends what a failure has left."""
        for process in {self.tool, self.child}:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def rest(self, answer: bytes = b"") -> bytes:
        """All that it prints till it ends, with line ends as it wrote them."""
        if answer:
            os.write(self.descriptor, answer)
        output = b""
        while True:
            try:
                part = os.read(self.descriptor, 65536)
            except OSError:  # its last writer is gone
                part = b""
            if not part:
                break
            output += part
        os.close(self.descriptor)
        os.waitpid(self.child, 0)
        return output.replace(b"\r\n", b"\n")


def on_terminal(tree: Tree, *words: str, answer: bytes = b"", columns: int = 80, **extra: str) -> bytes:
    return Terminal(tree, list(words), SCREEN | extra, columns).rest(answer)


def piped(tree: Tree, *words: str, **extra: str) -> bytes:
    done = subprocess.run([str(tree.tools / words[0]), *words[1:]], env=environment_of(tree, SCREEN | extra), check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT)
    return done.stdout


ENGLISH_NO = "ERROR: Module nosuch does not exist!\n"
GERMAN_NO = "FEHLER: Modul nosuch existiert nicht!\n"
NO_COLOUR = {"NO_COLOR": "1"}


@scenario
def german_on_a_terminal(tree: Tree) -> None:
    require_equal(on_terminal(tree, "a2enmod", "nosuch", **GERMAN, **NO_COLOUR).decode(), GERMAN_NO, "C.UTF-8 with LANGUAGE")
    text = on_terminal(tree, "a2enmod", "rewrite", **GERMAN).decode()
    require(text.startswith("Modul rewrite wird aktiviert.\nZum Aktivieren der neuen Konfiguration ausführen:\n"), text)
    text = on_terminal(tree, "a2dismod", "alias", answer=b"no\n", **GERMAN).decode()
    require("WARNUNG" in text and "Yes, do as I say!" in text and text.endswith("Abbruch\n"), text)
    require(b"Beispiele:\n  a2query -m ssl\n" in on_terminal(tree, "a2query", "--help", **GERMAN), "--help")


@scenario
def a_locale_of_its_own(tree: Tree) -> None:
    """As most users have it: LANG alone. The text has the locale's encoding."""
    for charset, word in (("UTF-8", "würde".encode()), ("ISO-8859-1", "würde".encode("latin-1"))):
        subprocess.run(["localedef", "--no-archive", "-i", "de_DE", "-f", charset, tree.root / f"de_DE.{charset}"], check=True,
                       capture_output=True, timeout=TIMEOUT)
        text = on_terminal(tree, "a2enmod", "-n", "rewrite", LANG=f"de_DE.{charset}", LOCPATH=str(tree.root))
        require(b"Modul rewrite" in text and word in text, f"{charset}: {text!r}")
        # What the system says is in the same language.
        shutil.rmtree(tree.config / "sites-enabled", ignore_errors=True)
        text = on_terminal(tree, "a2query", "-s", LANG=f"de_DE.{charset}", LOCPATH=str(tree.root))
        require(b"Datei oder Verzeichnis nicht gefunden" in text, f"{charset}: {text!r}")


@scenario
def english_where_nobody_looks_on(tree: Tree) -> None:
    out, err = tree.root / "out", tree.root / "err"
    require_equal(piped(tree, "a2enmod", "nosuch", **GERMAN).decode(), ENGLISH_NO, "both streams in a pipe")
    plain = piped(tree, "a2enmod", "-n", "--explain", "ssl", LC_ALL="C")
    require(plain.startswith(b"Would enable module socache_shmcb\n"), plain)
    require_equal(piped(tree, "a2enmod", "-n", "--explain", "ssl", **GERMAN), plain, "the same in a pipe")
    for redirect in ({1: out}, {2: err}):
        seen = Terminal(tree, ["a2enmod", "nosuch", "rewrite", "-n"], SCREEN | NO_COLOUR | GERMAN, redirect=redirect).rest().decode()
        all_of_it = seen + "".join(path.read_text() for path in redirect.values())
        require(ENGLISH_NO in all_of_it and "Would enable module rewrite\n" in all_of_it, f"{redirect}: {all_of_it!r}")


@scenario
def english_in_other_languages(tree: Tree) -> None:
    for extra in ({"LC_ALL": "C"} | GERMAN, {"LC_ALL": "POSIX"} | GERMAN, {"LANG": "C", "LANGUAGE": "de"}, {"LANGUAGE": "de"}, {},
                  {"LANG": "C.UTF-8"}, {"LANG": "C.UTF-8", "LANGUAGE": "xx"}, {"LANG": "xx_XX.UTF-8"},
                  {"LC_MESSAGES": "C", "LANG": "C.UTF-8", "LANGUAGE": "de"}):
        text = on_terminal(tree, "a2enmod", "-n", "--explain", "ssl", **extra)
        require_equal(text, piped(tree, "a2enmod", "-n", "--explain", "ssl", LC_ALL="C"), f"on a terminal with {extra}")


@scenario
def documents_are_english(tree: Tree) -> None:
    (tree.config / "mods-enabled/broken.load").symlink_to("../nowhere")
    for words in (["a2query", "--check", "--json"], ["a2enmod", "-n", "--json", "nosuch"], ["a2mpm", "--json"]):
        text = Terminal(tree, words, SCREEN | GERMAN, redirect={2: tree.root / "err"}).rest()
        require_equal(json.loads(text), json.loads(Terminal(tree, words, {"LC_ALL": "C"}, redirect={2: tree.root / "err"}).rest()), words)
    text = on_terminal(tree, "a2enmod", "-n", "--json", "nosuch", **GERMAN, **NO_COLOUR).decode()
    require(text.startswith(ENGLISH_NO), text)


@scenario
def a_translation_that_does_not_fit(tree: Tree) -> None:
    """Others make catalogues, too. What cannot be formatted is said in English."""
    source = tree.root / "xx.po"
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
                      'msgid "ERROR: {} {} does not exist!\\n"\nmsgstr "{7} {nobody} {\\n"\n\n'
                      'msgid "Would enable {} {}\\n"\nmsgstr "{1}: {0:d}\\n"\n')
    folder = LOCALES / "xx/LC_MESSAGES"
    folder.mkdir(parents=True)
    subprocess.run(["msgfmt", "-o", folder / "confgraph.mo", source], check=True, timeout=TIMEOUT)
    text = on_terminal(tree, "a2enmod", "-n", "rewrite", "nosuch", LANG="C.UTF-8", LANGUAGE="xx", **NO_COLOUR).decode()
    require(ENGLISH_NO in text and "Would enable module rewrite\n" in text, text)


@scenario
def colours(tree: Tree) -> None:
    require_equal(on_terminal(tree, "a2enmod", "nosuch"), b"\x1b[1;31mERROR\x1b[0m: Module nosuch does not exist!\n", "an error")
    require_equal(on_terminal(tree, "a2enmod", "nosuch", NO_COLOR=""), b"\x1b[1;31mERROR\x1b[0m: Module nosuch does not exist!\n",
                  "an empty NO_COLOR")
    (tree.config / "mods-enabled/broken.load").symlink_to("../nowhere")
    require(on_terminal(tree, "a2query", "--check").startswith(b"\x1b[1;31mERROR\x1b[0m: "), "a2query --check")
    require(on_terminal(tree, "a2enmod", "nosuch", **GERMAN).startswith(b"\x1b[1;31mFEHLER\x1b[0m: "), "in German")


@scenario
def no_colours(tree: Tree) -> None:
    (tree.config / "mods-enabled/broken.load").symlink_to("../nowhere")
    for words in (["a2enmod", "nosuch"], ["a2query", "--check"], ["a2mmn", "verify", str(tree.root)], ["a2enmod", "--help"]):
        for extra in ({"NO_COLOR": "1"}, {"NO_COLOR": "0"}, {"TERM": "dumb"}, {"TERM": ""}):
            require(b"\x1b" not in on_terminal(tree, *words, **extra), f"{words} with {extra}")
        require(b"\x1b" not in Terminal(tree, words, {}).rest(), f"{words} without TERM")
        require(b"\x1b" not in piped(tree, *words), f"{words} in a pipe")
        for stream in (1, 2):
            path = tree.root / "stream"
            Terminal(tree, words, SCREEN, redirect={stream: path}).rest()
            require(b"\x1b" not in path.read_bytes(), f"{words}: descriptor {stream} in a file")
    require(b"\x1b" not in on_terminal(tree, "a2query", "--check", "--json"), "a document")


@scenario
def names_do_not_reach_the_terminal(tree: Tree) -> None:
    tree.add("site", HOSTILE)
    tree.add("module", HOSTILE, f"# Depends: no{HOSTILE}\n")
    (tree.config / f"sites-enabled/{HOSTILE}.conf").symlink_to(f"../sites-available/{HOSTILE}.conf")
    (tree.config / f"mods-enabled/{HOSTILE}.load").symlink_to(f"../mods-available/{HOSTILE}.load")
    for words in (["a2ensite"], ["a2ensite", "*"], ["a2enmod", HOSTILE], ["a2dissite", "-n", "*"], ["a2query", "-s"], ["a2query", "-m"],
                  ["a2query", "--check"], ["a2query", "--why", HOSTILE], ["a2query", "--list-available"], ["a2mpm", HOSTILE],
                  ["a2mmn", "inspect", HOSTILE], ["a2instance", "show", HOSTILE], ["a2enmod", f"--layout={HOSTILE}", "x"]):
        for extra in ({}, GERMAN):
            text = on_terminal(tree, *words, answer=b"\n", **extra)
            require(b"\x1b" not in COLOUR.sub(rb"\1", text) and b"\x07" not in text, f"{words}: {text!r}")


@scenario
def help_fits_a_screen(tree: Tree) -> None:
    for tool in TOOLS:
        text = piped(tree, tool, "--help", **GERMAN).decode()
        require(text.startswith("Usage: "), text)
        require(len(re.findall(r"^  a2\S+ ", text.split("Examples:\n")[1], re.MULTILINE)) >= 2, f"{tool}: examples")
        require_equal(on_terminal(tree, tool, "--help").decode(), text, f"{tool} --help on a terminal of 80 columns")
        # The prompt takes the last line.
        require(len(text.splitlines()) < 24, f"{tool}: {len(text.splitlines())} lines")
        for columns in (60, 80):
            for extra in ({}, GERMAN):
                shown = on_terminal(tree, tool, "--help", columns=columns, **extra).decode()
                widest = max(shown.splitlines(), key=len)
                require(len(widest) <= columns, f"{tool} on {columns} columns: {widest!r}")
                require(columns < 80 or len(shown.splitlines()) < 24, f"{tool} {extra}: {len(shown.splitlines())} lines")


@scenario
def width_is_respected(tree: Tree) -> None:
    (tree.config / "mods-enabled/broken.load").symlink_to("../nowhere")
    tree.add("conf", "needy", "# Depends: headers\n")
    tree.enable("conf", "needy")
    lines = piped(tree, "a2query", "--check").splitlines()
    require(any(len(line) > 80 for line in lines) and all(line.startswith((b"ERROR: ", b"WARNING: ")) for line in lines), lines)
    for columns in (40, 60, 120):
        shown = on_terminal(tree, "a2query", "--check", columns=columns, **NO_COLOUR)
        # A word that is wider than the terminal stands on a line of its own.
        words = [re.sub(rb"^(ERROR|WARNING): |^ +", b"", line) for line in shown.splitlines() if len(line) > columns]
        require(not any(b" " in word for word in words), f"{columns}: {shown!r}")
        require_equal(re.sub(rb"\n    ", b" ", shown).splitlines(), lines, f"the words on {columns} columns")
    for name in ("one", "two", "three"):
        tree.add("module", f"a_module_with_a_long_name_{name}", "# Depends: mpm_prefork\n")
    shown = on_terminal(tree, "a2mpm", columns=60)
    require(max(map(len, shown.splitlines())) <= 60 and b"\n    a_module_with_a_long_name_" in shown, shown)
    require_equal(shown.replace(b"\n    ", b" "), piped(tree, "a2mpm"), "a2mpm in a pipe")
    # A terminal that does not know its size: COLUMNS tells.
    shown = on_terminal(tree, "a2query", "--check", columns=0, COLUMNS="60", **NO_COLOUR)
    require_equal(shown, on_terminal(tree, "a2query", "--check", columns=60, **NO_COLOUR), "COLUMNS")
    shown = on_terminal(tree, "a2query", "--check", columns=0, **NO_COLOUR)
    require_equal(shown, on_terminal(tree, "a2query", "--check", columns=80, **NO_COLOUR), "nothing known")
    # Debian's messages keep their lines.
    text = on_terminal(tree, "a2ensite", "-n", "default-ssl", columns=40)
    require_equal(text, piped(tree, "a2ensite", "-n", "default-ssl"), "a2ensite on 40 columns")


def cells(text: str) -> int:
    """The columns that a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@scenario
def wide_characters_are_two_columns(tree: Tree) -> None:
    for name in ("日本語", "サイト設定", "ｗｅｂ", "e\u0301te\u0301e\u0301te\u0301"):
        tree.add("module", name, "# Depends: 日本語の名前 漢字 名 かな\n")
        tree.enable("module", name)
    lines = piped(tree, "a2query", "--check").decode().splitlines()
    shown = on_terminal(tree, "a2query", "--check", columns=60, **NO_COLOUR).decode()
    require_equal(re.sub(r"\n    ", " ", shown).splitlines(), lines, "the words on 60 columns")
    for line in shown.splitlines():
        require(cells(line) <= 60 or " " not in line.strip(), f"{cells(line)}: {line!r}")
    # No line is shorter than it has to be.
    for line, following in zip(shown.splitlines(), shown.splitlines()[1:]):
        if following.startswith("    "):
            # The word before the first one may be as long as the longest of them.
            require(cells(line) + 1 + cells(following.split()[0]) > 58, f"{line!r} {following!r}")


def add_many(tree: Tree, count: int = 5000) -> list[str]:
    names = [f"site{number}" for number in range(count)]
    for name in names:
        (tree.config / f"sites-available/{name}.conf").write_text("#\n")
    return names


def enabled_sites(tree: Tree) -> int:
    return len(os.listdir(tree.config / "sites-enabled"))


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > end:
            raise Failure(what)
        time.sleep(0.005)


def halt_in_the_midst(tree: Tree, terminal: Terminal) -> None:
    """Stops a command in the midst of a change of many sites, for more than a second."""
    until(lambda: enabled_sites(tree) >= 100, "nothing is enabled")
    os.kill(terminal.tool, signal.SIGSTOP)
    time.sleep(1.2)
    require(enabled_sites(tree) < 4000, "it is nearly over already")


def enable_many(tree: Tree, words: list[str], extra: dict[str, str], redirect: Optional[dict[int, pathlib.Path]] = None,
                columns: int = 80) -> bytes:
    """What a command prints that is stopped for more than a second in the midst of a change of many sites."""
    terminal = Terminal(tree, words, extra, columns=columns, redirect=redirect)
    halt_in_the_midst(tree, terminal)
    os.kill(terminal.tool, signal.SIGCONT)
    text = terminal.rest()
    require(enabled_sites(tree) >= 5000, "not all are enabled")
    disable_all(tree)
    return text


def disable_all(tree: Tree) -> None:
    for path in (tree.config / "sites-enabled").iterdir():
        path.unlink()


DRAWN = re.compile(rb"\r\x1b\[K([^\r\n]+)\r(?!\n)")
BAR = re.compile(rb"\[(#* *)\] (\d+)/(\d+)")


@scenario
def a_bar_shows_progress(tree: Tree) -> None:
    names = add_many(tree)
    for words in (["*"], names):
        text = enable_many(tree, ["a2ensite", "--no-sync", *words], SCREEN)
        bars = [BAR.fullmatch(line) for line in DRAWN.findall(text)]
        require(bool(bars) and all(bar and len(bar[1]) == 40 and 0 < int(bar[2]) <= int(bar[3]) for bar in bars), text[:500])
        require_equal(re.sub(DRAWN.pattern + rb"(\r\x1b\[K(?!\[))?", b"", text).count(b"\x1b"), 0, "what stays of it")
    for words, extra, redirect in ((["a2ensite", "--no-sync", "-q", "*"], SCREEN, None),
                                   (["a2ensite", "--no-sync", "*"], SCREEN, {2: tree.root / "err"})):
        text = enable_many(tree, words, extra, redirect)
        text += b"".join(path.read_bytes() for path in (redirect or {}).values())
        require(b"\r" not in text and b"[#" not in text, f"{words} {extra}: {text[:500]!r}")


@scenario
def a_bar_fits_a_narrow_terminal(tree: Tree) -> None:
    add_many(tree)
    for columns in (20, 19):
        text = enable_many(tree, ["a2ensite", "--no-sync", "*"], SCREEN, columns=columns)
        lines = DRAWN.findall(text)
        require_equal(bool(lines), columns >= 20, f"a bar on {columns} columns")
        require(all(len(line) < columns and BAR.fullmatch(line) for line in lines), f"{columns}: {lines}")


@scenario
def a_bar_waits_for_no_terminal(tree: Tree) -> None:
    """What a terminal does not take is not shown. The change goes on, and others need not wait."""
    names = add_many(tree)

    def stop(slave: int) -> None:
        termios.tcflow(slave, termios.TCOOFF)

    def fill(slave: int) -> None:
        try:
            while True:
                os.write(slave, b"x" * 4096)
        except BlockingIOError:
            pass

    for what, background, make in (("stopped", False, stop), ("full", False, fill), ("in the background", True, None)):
        terminal = Terminal(tree, ["a2ensite", "--no-sync", "*"], SCREEN, background=background)
        try:
            halt_in_the_midst(tree, terminal)
            slave = terminal.slave()
            if make:
                make(slave)
            os.kill(terminal.tool, signal.SIGCONT)
            until(lambda: enabled_sites(tree) > 5000, f"{what}: the change does not go on")
            text = piped(tree, "a2dissite", "--no-sync", "--wait=30", names[0])
            require(b"disabled" in text, f"{what}: another command: {text!r}")
            require_equal(set(os.listdir(tree.state / "confgraph")) - PERMANENT_STATE, set(), f"{what}: a journal")
            termios.tcflow(slave, termios.TCOON)
            os.close(slave)
        except Failure:
            terminal.end()
            raise
        if background:
            # It is stopped as all that write are; what it does is done.
            os.kill(terminal.tool, signal.SIGKILL)
        text = terminal.rest()
        require(background or b"Enabling site site4999" in text, f"{what}: {text[-200:]!r}")
        require(not background or b"\x1b" not in text, f"{what}: {text[-200:]!r}")
        disable_all(tree)


@scenario
def reading_is_shown(tree: Tree) -> None:
    """Each file that is looked at takes its time: more than a second for all."""
    names = add_many(tree, 1000)
    for name in names:
        (tree.config / f"sites-enabled/{name}.conf").symlink_to(f"../sites-available/{name}.conf")
    slow = ["/usr/bin/strace", "-e", "trace=%file", "-e", "inject=%file:delay_enter=1500", "-o", str(tree.root / "trace")]
    for words, shown in ((["a2query", "-s"], True), (["a2query", "-q", "-s"], False)):
        text = Terminal(tree, [*slow, str(tree.tools / words[0]), *words[1:]], SCREEN).rest()
        require_equal(b"Reading the configuration ... 1 s\r" in text, shown, f"{words}: {text[:300]!r}")
        require(DRAWN.sub(b"", text).count(b"\r") == shown, f"what stays of it: {text[:300]!r}")


@scenario
def waiting_for_the_server_is_shown(tree: Tree) -> None:
    server = tree.root / "server"
    server.write_text("#!/bin/sh\nsleep 1.5\n")
    server.chmod(0o755)
    for mpm, words, shown in (("prefork", [], True), ("event", ["-q"], False)):
        text = on_terminal(tree, "a2mpm", *words, mpm, APACHE_HTTPD=str(server))
        require((b"Waiting for the server to test the configuration ... 1 s" in text) == shown, f"{words}: {text!r}")
        left = re.sub(rb"(\r\x1b\[K[^\r]*\r)*\r\x1b\[K", b"", text)
        require(b"\r" not in left and b"\x1b" not in left and b"Enabling module mpm_" + mpm.encode() in left, text)


@scenario
def nothing_is_looked_up_in_vain(tree: Tree) -> None:
    """Neither a locale nor a catalogue is opened, nor is it asked what the streams are, where nothing depends on it."""
    trace = tree.root / "trace"
    for extra, expected in (({"LC_ALL": "C"}, 0), ({}, 0), ({"LANG": "C.UTF-8"}, 0), (GERMAN, 1)):
        for action in ("a2enmod", "a2dismod"):
            done = subprocess.run(["strace", "-f", "-e", "trace=openat,ioctl,clone,clone3", "-o", str(trace), str(tree.tools / action), "rewrite"],
                                  env=environment_of(tree, SCREEN | extra), capture_output=True, check=False, timeout=TIMEOUT)
            require_equal(done.returncode, 0, f"{action} with {extra}: {done.stderr!r}")
            calls = trace.read_text()
            require("openat" in calls and "locale" not in calls and "clone" not in calls, calls)
            require_equal(calls.count("ioctl("), expected, f"{action} with {extra}: ioctl")
    for words in (["a2query", "-s"], ["a2query", "--check"], ["a2ensite", "*"], ["a2ensite", "default-ssl"]):
        subprocess.run(["strace", "-f", "-e", "trace=ioctl,clone,clone3", "-o", str(trace), str(tree.tools / words[0]), *words[1:]],
                       env=environment_of(tree, SCREEN), capture_output=True, check=False, timeout=TIMEOUT)
        calls = trace.read_text()
        require("exited with" in calls and "ioctl(2," not in calls, f"{words}: {calls}")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True, type=pathlib.Path)
    parser.add_argument("only", nargs="*")
    options = parser.parse_args()
    global LOCALES
    failures = 0
    with tempfile.TemporaryDirectory(prefix="confgraph-terminal-") as folder:
        # An installed tree works wherever it lies, in every language.
        prefix = pathlib.Path(folder, "prefix")
        shutil.copytree(options.prefix, prefix, symlinks=True)
        LOCALES = prefix / "share/locale"
        tools = pathlib.Path(folder, "tools")
        tools.mkdir()
        for tool in TOOLS:
            path = next(place for place in (prefix / "sbin" / tool, prefix / "bin" / tool) if place.exists())
            (tools / tool).symlink_to(path)
        for function in SCENARIOS:
            if options.only and function.__name__ not in options.only:
                continue
            tree = Tree.debian(pathlib.Path(folder, function.__name__), tools)
            failures += not passes(function.__name__, lambda: function(tree))
    print(f"{len(SCENARIOS)} scenarios, {failures} failures")
    return min(failures, 125)


LOCALES = pathlib.Path()

if __name__ == "__main__":
    sys.exit(main())
