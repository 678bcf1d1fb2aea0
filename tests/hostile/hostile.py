#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input and hostile files against the real tools below --prefix.

Each scenario has a private configuration. Of each call the exit status is compared with the documented one, the lines
on standard error are counted, both outputs are searched for control characters, the whole tree is compared with the one
before, and time and memory are measured. Scenarios for ordinary users drop the privileges of root in the child.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import places  # noqa: E402, F401: its scenarios
from box import SCENARIOS, Box, Expected, scenario  # noqa: E402
from scenarios import passes, require_equal  # noqa: E402

GIB = 1024 * 1024 * 1024
MINIMUM_CALLS = 250

def enabled(name: str, kind: str = "mods", marker: str = "module", suffix: str = ".load", actor: str = "admin") -> dict:
    """What is new when an entry is enabled."""
    return {f"apache2/{kind}-enabled/{name}{suffix}": f"../{kind}-available/{name}{suffix}",
            f"state/{marker}/enabled_by_{actor}/{name}": ""}


DONE = Expected(status=0, errors=0)
REFUSED = Expected()

FAMILY = {"a2enmod": ("mods", ".load"), "a2dismod": ("mods", ".load"), "a2enconf": ("conf", ".conf"), "a2disconf": ("conf", ".conf"),
          "a2ensite": ("sites", ".conf"), "a2dissite": ("sites", ".conf")}

SHELL_NAMES = ["$(touch PWNED)", "`touch PWNED`", "; touch PWNED;", "| touch PWNED", "&& touch PWNED", "> PWNED", "'; touch PWNED; '",
               '"; touch PWNED; "', "$HOME", "${IFS}touch${IFS}PWNED", "~", "~root", "!!", "#", "a b", " a", "a ", "%s%n", "\\", "*/../*"]
CONTROL_NAMES = [b"a\nb", b"\n", b"a\rb", b"\x1b[31mred", b"\x1b]0;title\x07", b"\t", b"\x7f", b"a\nERROR: forged\nb"]
TEXT_NAMES = [b"\xff\xfe", b"caf\xe9", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", "\u202ereversed".encode(),
              "\u0085next".encode(), "\u2028line".encode(), "\u200eleft".encode(), "\u00e9t\u00e9".encode()]
PATH_NAMES = ["..", ".", "/", "//", "../x", "x/", "/etc/passwd", "a/../b", "./x", "x/.", "../mods-available/x"]
LONG_NAMES = ["a" * 250, "a" * 251, "a" * 255, "a" * 256, "a" * 100_000, "é" * 127]


# Names.

@scenario
def names_that_do_not_exist(box: Box) -> None:
    for tool in FAMILY:
        for name in SHELL_NAMES + TEXT_NAMES + LONG_NAMES:
            box.call(tool, name, expected=REFUSED)


@scenario
def names_that_cannot_be(box: Box) -> None:
    box.module("x")
    box.enable("x")
    for tool in FAMILY:
        for name in [*CONTROL_NAMES, *PATH_NAMES, ""]:
            box.call(tool, name, expected=REFUSED)
        for name in ("-x", "-", "--force", "-rf"):
            box.call(tool, "--", name, expected=REFUSED)


@scenario
def names_of_existing_files(box: Box) -> None:
    """Files may have any name; those that are fit are enabled as they are, nothing is executed."""
    fit = ["$(touch PWNED)", "`touch PWNED`", "; touch PWNED;", "two words", "~", "$HOME", "'", '"', "#", "ü"]
    for name in fit:
        box.module(name)
        box.call("a2enmod", name, expected=Expected(status=0, errors=0, added=enabled(name)))
        box.call("a2query", "-m", name, expected=Expected(status=0, errors=0, contains="enabled by site administrator"))


@scenario
def names_of_existing_files_no_utf8(box: Box) -> None:
    name = os.fsdecode(b"caf\xe9")
    box.module(name)
    box.call("a2enmod", name, expected=Expected(status=0, errors=0, added=enabled(name), contains="caf\\xe9"))
    box.call("a2enmod", "-q", "caf?", expected=DONE)


@scenario
def names_with_control_characters_in_folders(box: Box) -> None:
    """A pattern that matches them refuses them, and does the others."""
    for name in ("a\x1b[31m", "b\nERROR: forged", "c"):
        box.module(name)
    box.call("a2enmod", "*", expected=Expected(errors=2, added=enabled("c")))
    box.call("a2enmod", expected=Expected(contains="a\\x1b[31m b\\x0aERROR: forged c"), stdin=b"")


@scenario
def hostile_names_in_answers(box: Box) -> None:
    """Whatever the enabled folders hold, answers are one line each and fit for a terminal."""
    for name in ("a\x1b[31m", "b\nc", os.fsdecode(b"\xff"), "\u202edetrever", "d\x7fel", "\u0085", "$(touch PWNED)", "plain"):
        box.module(name, f"# Depends: {name} x\x07y\nLoadModule m_module /nowhere/\x1b[0m.so\n".encode("utf-8", "surrogateescape"))
        box.enable(name)
        for kind in ("conf", "sites"):
            box.file(f"{kind}-available/{name}.conf", b"# Depends: no\x1bsuch\n")
            box.enable(name, kind, ".conf")
    for options in (["-m"], ["-s"], ["-c"], ["--list-available"], ["-m", "--json"], ["--graph=dot"], ["--graph=mermaid"],
                    ["--json", "--list-available"]):
        box.call("a2query", *options, expected=DONE)
    box.call("a2query", "--check", expected=Expected(status=1, errors=0, contains="ERROR: "))
    box.call("a2query", "--check", "--json", expected=Expected(status=1, errors=0))
    box.call("a2query", "--why", "d\x7fel", expected=Expected(status=1, errors=None, contains="d\\x7fel"))


@scenario
def commands_that_are_advised(box: Box) -> None:
    """What an answer says to run is copied into a shell: no name becomes more than a word there."""
    names = ["x;touch PWNED", "$(touch PWNED)", "`touch PWNED`", "two  words", "~", "it's", '"', "#", "ü", "plain"]
    for name in names:
        box.enable(name)
    answer = box.call("a2query", "--check", expected=Expected(status=1, errors=0, contains="leads nowhere")).out.decode()
    advised = re.findall("leads nowhere: run (.*)$", answer, re.MULTILINE)
    words = [subprocess.run(["sh", "-c", f"printf '%s\\n' {command}"], stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
             for command in advised]
    require_equal(sorted(words), sorted(f"a2dismod\n{name}\n" for name in names), "advised")


@scenario
def hostile_names_in_questions(box: Box) -> None:
    box.module("x")
    for name in SHELL_NAMES + CONTROL_NAMES + TEXT_NAMES + LONG_NAMES:
        for option in ("-m", "-s", "-c"):
            box.call("a2query", option, name, expected=Expected(status=1, errors=None))
        box.call("a2query", "--why", name, expected=Expected(status=1, errors=None))


@scenario
def hostile_options(box: Box) -> None:
    box.module("x")
    for tool in (*FAMILY, "a2query"):
        for option in ("--\x1b[31m", "-\x1b", "--no\nsuch", b"--\xff", "--" + "a" * 100_000, "-\u202e"):
            box.call(tool, option, "x", expected=Expected(status=2, errors=None))


# Names from standard input.

@scenario
def names_from_input(box: Box) -> None:
    box.module("x")
    for line in (b"nosuch", b"a\0b\n", b"\0\n", b"\x1b[31m\n", b"../x\n", b"\xff\xfe\n", b"$(touch\tPWNED)\n", b"a" * 100_000 + b"\n"):
        expected = Expected(errors=line.count(b"\t") + 1, contains="Which module(s) do you want to enable")
        box.call("a2enmod", stdin=line, expected=expected)
    box.call("a2enmod", stdin=b"\n", expected=DONE)
    box.call("a2enmod", stdin=b"x\nnosuch\n", expected=Expected(status=0, errors=0, added=enabled("x")))


@scenario
def endless_input(box: Box) -> None:
    box.module("x")
    descriptor = os.open("/dev/zero", os.O_RDONLY)
    try:
        box.call("a2enmod", stdin=descriptor, expected=REFUSED)
    finally:
        os.close(descriptor)


@scenario
def input_ends_at_the_names(box: Box) -> None:
    for tool in FAMILY:
        box.call(tool, stdin=b"", expected=REFUSED)
        box.call(tool, stdin=None, expected=REFUSED)
    descriptor = os.open(box.root, os.O_RDONLY)
    try:
        box.call("a2enmod", stdin=descriptor, expected=REFUSED)
    finally:
        os.close(descriptor)


@scenario
def input_ends_at_a_question(box: Box) -> None:
    """An essential module without an answer: nothing is changed, that of the other arguments neither."""
    for name in ("alias", "mime", "status"):
        box.module(name)
        box.enable(name)
    # A question has no end of line, so what is said next may follow it on standard output.
    box.call("a2dismod", "alias", stdin=b"", expected=REFUSED)
    box.call("a2dismod", "status", "alias", stdin=b"", expected=REFUSED)
    box.call("a2dismod", "alias", "mime", stdin=b"Yes, do as I say!\n", expected=REFUSED)
    for answer in (b"\n", b"yes\n", b"Yes, do as I say! \n", b"Yes, do as I say!\0\n", b"Yes, do as I say!\r\n", b"\x1b[31m\n",
                   b"Yes, do as I say" * 100):
        box.call("a2dismod", "alias", stdin=answer, expected=Expected(errors=0, contains="Aborting"))
    # A line without end is no answer.
    box.call("a2dismod", "alias", stdin=b"Yes, do as I say" * 10_000, expected=Expected(contains="Aborting"))


# Files.

@scenario
def fifo(box: Box) -> None:
    box.fifo("mods-available/pipe.load")
    box.module("needs", b"# Depends: pipe\n")
    box.call("a2enmod", "pipe", expected=REFUSED)
    box.call("a2enmod", "needs", expected=Expected(errors=2))
    box.enable("pipe")
    box.module("x")
    box.enable("x")
    box.call("a2query", "-m", expected=DONE)
    box.call("a2query", "--check", expected=Expected(errors=0, contains="ERROR: "))
    box.call("a2dismod", "x", expected=Expected(status=0, errors=0, added={"state/module/disabled_by_admin/x": ""},
                                              removed=["apache2/mods-enabled/x.load"]))
    box.call("a2dismod", "pipe", expected=Expected(status=0, errors=0, added={"state/module/disabled_by_admin/pipe": ""},
                                                 removed=["apache2/mods-enabled/pipe.load"]))


@scenario
def fifo_enabled(box: Box) -> None:
    box.module("x")
    for kind, suffix in (("mods", ".load"), ("conf", ".conf"), ("sites", ".conf")):
        box.fifo(f"{kind}-enabled/pipe{suffix}")
    box.call("a2enmod", "x", expected=Expected(status=0, errors=0, added=enabled("x")))
    box.call("a2dismod", "pipe", expected=REFUSED)
    for options in (["-m"], ["-s"], ["-c"], ["--list-available"]):
        box.call("a2query", *options, expected=DONE)
    box.call("a2query", "--check", expected=Expected(errors=0))


@scenario
def fifo_site(box: Box) -> None:
    for kind, tool in (("sites", "a2ensite"), ("conf", "a2enconf")):
        box.fifo(f"{kind}-available/pipe.conf")
        box.call(tool, "pipe", expected=REFUSED)


@scenario
def folder(box: Box) -> None:
    for kind, suffix, on, off in (("mods", ".load", "a2enmod", "a2dismod"), ("sites", ".conf", "a2ensite", "a2dissite"),
                                  ("conf", ".conf", "a2enconf", "a2disconf")):
        (box.config / f"{kind}-available" / f"folder{suffix}").mkdir()
        box.call(on, "folder", expected=REFUSED)
        (box.config / f"{kind}-enabled" / f"folder{suffix}").mkdir()
        box.call(off, "folder", expected=REFUSED)
    box.call("a2query", "--check", expected=Expected(errors=0))


@scenario
def large_load_file(box: Box) -> None:
    """A GiB of NUL bytes is no comment, and ends what there is to read."""
    box.sparse("mods-available/large.load", b"", GIB)
    box.call("a2enmod", "large", expected=Expected(status=0, errors=0, added=enabled("large")))
    box.call("a2query", "-m", expected=DONE)
    box.call("a2query", "--check", expected=Expected(errors=0))
    box.call("a2enmod", "-n", "--explain", "large", expected=DONE)


@scenario
def endless_comment(box: Box) -> None:
    for name, start in (("comment", b"#"), ("depends", b"# Depends: x"), ("names", b"# Depends: " + b"x " * 40_000)):
        box.sparse(f"mods-available/{name}.load", start, GIB)
        box.call("a2enmod", name, expected=Expected(status=0, errors=0, added=enabled(name)))
    box.call("a2query", "--check", expected=Expected(errors=0))
    box.call("a2query", "-M", expected=Expected(errors=None))


@scenario
def many_comment_lines(box: Box) -> None:
    box.module("comments", b"# nothing to see here\n" * 2_000_000)
    box.call("a2enmod", "comments", expected=Expected(status=0, errors=0, added=enabled("comments")))
    box.call("a2query", "--check", expected=Expected(errors=0))


@scenario
def many_names_in_a_comment(box: Box) -> None:
    box.module("many", b"".join(b"# Depends: n%d\n" % i for i in range(40_000)))
    box.call("a2enmod", "many", expected=Expected(errors=2))


@scenario
def large_conf_file(box: Box) -> None:
    box.module("x")
    box.sparse("mods-available/x.conf", b"", GIB)
    box.sparse("sites-available/site.conf", b"# Depends:", GIB)
    box.sparse("conf-available/conf.conf", b"\n", GIB)
    links = enabled("x") | {"apache2/mods-enabled/x.conf": "../mods-available/x.conf"}
    box.call("a2enmod", "x", expected=Expected(status=0, errors=0, added=links))
    box.call("a2ensite", "site", expected=Expected(status=0, errors=0, added=enabled("site", "sites", "site", ".conf")))
    box.call("a2enconf", "conf", expected=Expected(status=0, errors=0, added=enabled("conf", "conf", "conf", ".conf")))
    box.call("a2query", "--check", expected=Expected(errors=0))
    box.call("a2query", "--json", "-s", expected=DONE)


@scenario
def large_module_binary(box: Box) -> None:
    """A binary is looked into only as far as its tables say."""
    box.sparse("large.so", b"\x7fELF", GIB)
    box.module("mpm_large", f"LoadModule mpm_large_module {box.config}/large.so\n".encode())
    box.module("cgi")
    box.module("cgid")
    box.enable("mpm_large")
    box.call("a2query", "-M", expected=DONE)
    box.call("a2query", "--check", expected=Expected(errors=None, status=0))
    box.call("a2enmod", "cgi", expected=Expected(status=0, errors=0, added=enabled("cgid")))


@scenario
def device_as_module_binary(box: Box) -> None:
    box.module("mpm_zero", b"LoadModule mpm_zero_module /dev/zero\n")
    box.module("cgi")
    box.module("cgid")
    box.enable("mpm_zero")
    box.call("a2query", "-M", expected=DONE)
    box.call("a2query", "--check", expected=Expected(errors=None, status=0))
    box.call("a2enmod", "cgi", expected=Expected(status=0, errors=0, added=enabled("cgid")))


@scenario
def fifo_as_module_binary(box: Box) -> None:
    box.fifo("pipe.so")
    box.module("mpm_pipe", f"LoadModule mpm_pipe_module {box.config}/pipe.so\n".encode())
    box.module("cgi")
    box.module("cgid")
    box.enable("mpm_pipe")
    box.call("a2query", "-M", expected=DONE)
    box.call("a2enmod", "cgi", expected=Expected(status=0, errors=0, added=enabled("cgid")))


@scenario
def device(box: Box) -> None:
    for name, target in (("zero", "/dev/zero"), ("null", "/dev/null"), ("full", "/dev/full"), ("random", "/dev/urandom")):
        box.link(f"mods-available/{name}.load", target)
        box.link(f"sites-available/{name}.conf", target)
        box.call("a2enmod", name, expected=REFUSED)
        box.call("a2ensite", name, expected=REFUSED)
        box.link(f"mods-enabled/{name}.load", target)
    box.module("x")
    box.call("a2enmod", "x", expected=Expected(status=0, errors=0, added=enabled("x")))
    box.call("a2query", "--check", expected=Expected(errors=0))


@scenario
def device_as_envvars(box: Box) -> None:
    """What is no file is not evaluated."""
    box.module("x")
    for number, target in enumerate(("/dev/zero", "/dev/null", str(box.config))):
        box.link(f"envvars{number}", target)
        environment = {"APACHE_ENVVARS": str(box.config / f"envvars{number}")}
        box.call("a2enmod", "-n", "x", environment=environment, expected=DONE)
        box.call("a2query", "--list-available", environment=environment, expected=DONE)


@scenario
def unreadable(box: Box) -> None:
    box.module("secret").chmod(0)
    box.module("needs", b"# Depends: secret\n")
    box.file("sites-available/secret.conf").chmod(0)
    box.give_to_ordinary_user()
    box.call("a2enmod", "secret", ordinary=True, expected=REFUSED)
    box.call("a2enmod", "needs", ordinary=True, expected=Expected(errors=2))
    box.call("a2ensite", "secret", ordinary=True, expected=REFUSED)
    box.enable("secret")
    box.call("a2query", "-m", ordinary=True, expected=DONE)
    box.call("a2query", "--check", ordinary=True, expected=Expected(errors=0, contains="ERROR: "))


@scenario
def unreadable_folders(box: Box) -> None:
    box.module("x")
    box.enable("x")
    box.give_to_ordinary_user()
    (box.config / "mods-enabled").chmod(0)
    try:
        box.call("a2enmod", "x", ordinary=True, expected=REFUSED)
        box.call("a2dismod", "x", ordinary=True, expected=REFUSED)
        box.call("a2dismod", "*", ordinary=True, expected=REFUSED)
        box.call("a2query", "-m", ordinary=True, expected=Expected(errors=None))
        box.call("a2query", "--check", ordinary=True, expected=Expected(errors=None))
    finally:
        (box.config / "mods-enabled").chmod(0o755)
    (box.config / "mods-available").chmod(0)
    try:
        box.call("a2enmod", "*", ordinary=True, expected=REFUSED)
    finally:
        (box.config / "mods-available").chmod(0o755)


@scenario
def dangling(box: Box) -> None:
    box.link("mods-available/gone.load", "nowhere")
    box.link("mods-enabled/gone.load", "../mods-available/gone.load")
    box.call("a2enmod", "gone", expected=Expected(errors=2))
    box.call("a2query", "-m", "gone", expected=DONE)
    box.call("a2query", "--check", expected=Expected(errors=0, contains="ERROR: "))
    box.call("a2dismod", "gone", expected=Expected(status=0, errors=0, removed=["apache2/mods-enabled/gone.load"]))


@scenario
def loops_of_links(box: Box) -> None:
    box.link("mods-available/self.load", "self.load")
    box.link("mods-available/ping.load", "pong.load")
    box.link("mods-available/pong.load", "ping.load")
    box.call("a2enmod", "self", expected=REFUSED)
    box.call("a2enmod", "ping", expected=REFUSED)
    box.module("x")
    box.link("mods-enabled/x.load", "x.load")
    box.call("a2query", "-m", "x", expected=DONE)
    box.call("a2dismod", "x", expected=Expected(status=0, errors=0, removed=["apache2/mods-enabled/x.load"],
                                              added={"state/module/disabled_by_admin/x": ""}))


@scenario
def loop_of_folders(box: Box) -> None:
    box.module("x")
    (box.config / "mods-enabled").rmdir()
    box.link("mods-enabled", "mods-enabled")
    box.call("a2enmod", "x", expected=REFUSED)
    box.call("a2dismod", "x", expected=REFUSED)
    box.call("a2query", "-m", expected=Expected(errors=None))
    box.call("a2query", "--check", expected=Expected(errors=None))


@scenario
def folders_that_are_files(box: Box) -> None:
    box.module("x")
    (box.config / "mods-enabled").rmdir()
    box.file("mods-enabled")
    box.call("a2enmod", "x", expected=REFUSED)
    box.call("a2dismod", "x", expected=REFUSED)
    box.call("a2query", "-m", expected=Expected(errors=None))


@scenario
def markers_that_are_folders(box: Box) -> None:
    """Where the marker should be lies something else: nothing is changed, the link neither."""
    box.module("x")
    (box.state / "module/enabled_by_admin/x").mkdir()
    box.call("a2enmod", "x", expected=REFUSED)
    box.call("a2enmod", "-m", "x", expected=Expected(status=0, errors=0, added=enabled("x", actor="maint")))


@scenario
def marker_folder_is_a_file(box: Box) -> None:
    box.module("x")
    shutil.rmtree(box.state / "module")
    (box.state / "module").write_text("")
    box.call("a2enmod", "x", expected=REFUSED)
    box.call("a2enmod", "-p", "x", expected=Expected(status=0, errors=0,
                                                   added={"apache2/mods-enabled/x.load": "../mods-available/x.load"}))


# Writing that fails.

@scenario
def folder_is_read_only(box: Box) -> None:
    """Whichever folder cannot be written to, nothing is half done."""
    for name in ("x", "y"):
        box.module(name)
    box.enable("y")
    box.marker("module/disabled_by_maint/x")
    box.give_to_ordinary_user()
    for folder, calls in ((box.config / "mods-enabled", (["a2enmod", "x"], ["a2dismod", "y"], ["a2enmod", "-p", "x"])),
                          (box.state / "module/enabled_by_admin", (["a2enmod", "x"],)),
                          (box.state / "module/disabled_by_admin", (["a2dismod", "y"],)),
                          (box.state / "module/disabled_by_maint", (["a2enmod", "x"], ["a2enmod", "-p", "x"], ["a2dismod", "-p", "x"]))):
        folder.chmod(0o555)
        for call in calls:
            box.call(*call, ordinary=True, expected=REFUSED)
        folder.chmod(0o755)
    box.call("a2enmod", "x", ordinary=True,
             expected=Expected(status=0, errors=0, added=enabled("x"), removed=["state/module/disabled_by_maint/x"]))


@scenario
def ordinary_user(box: Box) -> None:
    """What belongs to root is not changed by others, and that is said in one line."""
    box.module("x", b"# Depends: z\n")
    box.module("y")
    box.module("z")
    box.enable("y")
    box.marker("module/disabled_by_admin/x")
    refused = Expected(contains="run this as root")
    with box.protected():
        for options in ([], ["-m"], ["-p"], ["-q"], ["-f"], ["--json", "-q"]):
            box.call("a2enmod", *options, "x", ordinary=True, expected=refused)
            box.call("a2dismod", *options, "y", ordinary=True, expected=refused)
        box.call("a2dismod", "-p", "x", ordinary=True, expected=refused)
        box.call("a2enmod", "y", ordinary=True, expected=DONE)
        box.call("a2enmod", "-n", "x", ordinary=True, expected=DONE)
        box.call("a2query", "-m", "y", ordinary=True, expected=DONE)
        box.call("a2query", "--list-available", ordinary=True, expected=DONE)


@scenario
def output_is_full(box: Box) -> None:
    """The change is made; that nobody could be told is an error."""
    for name in ("x", "y"):
        box.module(name)
    box.call("a2enmod", "x", stdout="/dev/full", expected=Expected(added=enabled("x")))
    box.call("a2enmod", "y", stdout="closed", expected=Expected(added=enabled("y")))
    box.call("a2enmod", "-q", "y", stdout="/dev/full", expected=DONE)
    box.call("a2enmod", "--json", "-q", "y", stdout="/dev/full", expected=REFUSED)
    for options in (["-m"], ["-m", "x"], ["--check"], ["--list-available"], ["--graph=dot"], ["-h"], ["--version"], ["-m", "--json"]):
        box.call("a2query", *options, stdout="/dev/full", expected=REFUSED)
        box.call("a2query", *options, stdout="closed", expected=REFUSED)
    box.call("a2query", "-q", "-m", "x", stdout="closed", expected=DONE)


@scenario
def errors_cannot_be_said(box: Box) -> None:
    for stream in ("/dev/full", "closed"):
        box.call("a2enmod", "nosuch", stderr=stream, expected=REFUSED)
        box.call("a2enmod", "nosuch", stdout=stream, stderr=stream, expected=REFUSED)
        box.call("a2query", "-m", "nosuch", stderr=stream, expected=Expected(errors=None))


@scenario
def reader_goes_away(box: Box) -> None:
    """A pipe without a reader is no error, and kills nobody."""
    for name in ("x", "y"):
        box.module(name)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        box.call("a2enmod", "x", stdout=writing, expected=Expected(status=0, errors=0, added=enabled("x")))
        box.call("a2query", "-m", stdout=writing, expected=DONE)
    finally:
        os.close(writing)


# The environment.

@scenario
def envvars_fails(box: Box) -> None:
    box.module("x")
    for content in ("exit 3\n", "false\n", "export APACHE_CONFDIR=/x; exit 1\n", "kill -9 $$\n"):
        box.file("envvars", content.encode())
        box.call("a2enmod", "x", expected=REFUSED)
        box.call("a2query", "--list-available", expected=Expected(status=0, errors=0, contains="HINT: "))


@scenario
def envvars_is_wrong(box: Box) -> None:
    """The shell says what is wrong; then there is one line from us."""
    box.module("x")
    for content in ("no_such_command\n", "if\n", "(\n"):
        box.file("envvars", content.encode())
        result = box.call("a2enmod", "x", expected=Expected(errors=None))
        if sum(line.startswith(b"ERROR: ") for line in result.err.splitlines()) != 1:
            result.fail("one line 'ERROR: ...' expected")


@scenario
def envvars_prints(box: Box) -> None:
    """What the file prints is passed on, and none of it is taken for a variable."""
    box.module("x")
    for content in ("echo hello", "echo APACHE_CONFDIR=/nowhere", "echo APACHE_CONFDIR=/nowhere >&2"):
        box.file("envvars", f"{content}\n".encode())
        result = box.call("a2enmod", "-n", "x", expected=Expected(status=0, errors=None))
        if b"apache2/mods-enabled/x.load" not in result.out:
            result.fail("the plan for the configuration of the environment expected")


@scenario
def envvars_reads_input(box: Box) -> None:
    """The file's commands get no input: they neither wait for it nor take the answers away."""
    box.module("x")
    box.file("envvars", b"cat\nread line\nexport APACHE_LOG_DIR=$line/log\n:\n")
    reading, writing = os.pipe()
    try:
        # Nobody ever writes to this pipe.
        box.call("a2query", "--list-available", stdin=reading, expected=Expected(status=0, errors=None))
        box.call("a2enmod", "-n", "x", stdin=reading, expected=Expected(status=0, errors=None))
    finally:
        os.close(reading)
        os.close(writing)
    box.call("a2enmod", stdin=b"x\n", expected=Expected(status=0, errors=0, added=enabled("x")))


@scenario
def envvars_exports_hostile_values(box: Box) -> None:
    for value in ("/nowhere/\\033[31m", "/nowhere/\\nERROR: forged", "/nowhere/\\377", "$(touch PWNED)"):
        box.file("envvars", f"APACHE_CONFDIR=\"$(printf '{value}')\"\nexport APACHE_CONFDIR\n".encode())
        box.call("a2enmod", "x", expected=REFUSED)
        box.call("a2enmod", "*", expected=REFUSED)
        box.call("a2query", "-m", expected=Expected(errors=None))


@scenario
def environment_has_hostile_values(box: Box) -> None:
    box.module("x")
    for value in (b"/nowhere/\x1b[31m", b"/nowhere/\nERROR: forged", b"/nowhere/\xff", b"$(touch PWNED)", b"/dev/null", b"a" * 5000):
        for variable in ("APACHE_CONFDIR", "APACHE_MODS_AVAILABLE"):
            box.call("a2enmod", "x", environment={variable: os.fsdecode(value)}, expected=REFUSED)
        box.call("a2enmod", "x", environment={"APACHE_MODS_ENABLED": os.fsdecode(value)}, expected=REFUSED)
        box.call("a2query", "-m", environment={"APACHE_CONFDIR": os.fsdecode(value)}, expected=Expected(errors=None))


@scenario
def strange_program_names(box: Box) -> None:
    """Only the six names and their instances mean anything."""
    folder = box.tools
    for name in ("a2enmod\x1b[31m", "a2fixmod", "a2enmod-", "a2en\nmod"):
        os.symlink("a2enmod", folder / name)
        try:
            box.call(name, "x", expected=Expected(status=2, errors=None))
        finally:
            os.unlink(folder / name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", required=True, type=pathlib.Path, help="an installed tree of confgraph")
    parser.add_argument("--only", help="run one scenario")
    options = parser.parse_args()
    if not os.access(options.prefix / "sbin/a2enmod", os.X_OK):
        raise SystemExit(f"ERROR: {options.prefix}/sbin/a2enmod is missing")
    failures = 0
    calls = 0
    peak = (0, "")
    slowest = (0.0, "")

    class CountingBox(Box):
        def call(self, *arguments, **keywords):
            nonlocal calls, peak, slowest
            calls += 1
            result = super().call(*arguments, **keywords)
            peak = max(peak, (result.memory, self.root.name))
            slowest = max(slowest, (result.seconds, self.root.name))
            return result

    with tempfile.TemporaryDirectory(prefix="confgraph-hostile-") as folder:
        os.chmod(folder, 0o755)
        # An installed tree works wherever it lies; there, an ordinary user can reach it.
        shutil.copytree(options.prefix, pathlib.Path(folder, "prefix"), symlinks=True)
        for function in SCENARIOS:
            if options.only not in (None, function.__name__):
                continue
            root = pathlib.Path(folder, function.__name__)
            box = CountingBox(root, pathlib.Path(folder, "prefix/sbin"))
            failures += not passes(function.__name__, lambda: function(box))
            shutil.rmtree(root)
    if options.only is None and calls < MINIMUM_CALLS:
        failures += 1
        print(f"FAILED: {calls} calls, at least {MINIMUM_CALLS} expected")
    print(f"{len(SCENARIOS)} scenarios, {calls} calls, {failures} failures; at most {peak[0] / 1024 / 1024:.0f} MiB "
          f"({peak[1]}), {slowest[0]:.2f} s ({slowest[1]})")
    return min(failures, 125)


if __name__ == "__main__":
    sys.exit(main())
