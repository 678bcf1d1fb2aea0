#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests what the shell library of maintainer scripts does beside the policy, under each of the shells it is made for.

Each scenario runs in a private configuration (box.py) with the installed programs.

Exit status: 0 all is as it should be, 1 it is not, 2 the test cannot run.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

from box import ALL_SHELLS, CONFIG, DEFERRED, DPKG, RECORD, SBIN, STATE, STUBS, WORK, Box, BoxError, Outcome, isolate, mount, without

PACKAGE = "libapache2-mod-foo"
DEFERS = f"Package apache2 is not configured yet. Will defer actions by package {PACKAGE}."
OUTSIDE = "apache2-maintscript-helper was not sourced in a maintainer script, nothing is done"
FRESH = ("configure", "")
SOURCE = '. "$HELPER"\n'

Scenario = Callable[["Trial"], None]
SCENARIOS: list[Scenario] = []
SHOWN: set[str] = set()


def scenario(function: Scenario) -> Scenario:
    SCENARIOS.append(function)
    return function


def shows(*differences: str) -> Callable[[Scenario], Scenario]:
    """Marks a scenario that shows differences from Debian's which differences.txt lists."""
    SHOWN.update(differences)
    return lambda function: function


class Failure(Exception):
    """Something is not as it should be."""


class Trial:
    """A box, a shell, and what is expected of scripts in it."""

    def __init__(self, box: Box, shell: str) -> None:
        self.box = box
        self.shell = shell
        self.runs = 0

    def reset(self, *modules: str) -> None:
        """A server that is configured, with an MPM and modules that are available."""
        self.box.clear()
        self.box.packages({"apache2": "installed", PACKAGE: "installed"})
        self.box.available("module", "mpm_event")
        self.box.link("module", "mpm_event")
        for name in modules:
            self.box.available("module", name)

    def run(self, text: str, arguments: "tuple[str, ...]" = FRESH, name: str = "postinst", flags: str = "set -eu\n",
            source: str = SOURCE, package: str = PACKAGE, **environment: str) -> Outcome:
        self.runs += 1
        return self.box.run("ours", self.shell, flags + source + text + "\n", name, arguments, package, **environment)

    def expect(self, text: str, lines: "list[str]", status: int = 0, actions: "list[str] | None" = None, **keywords) -> Outcome:
        """Runs a script, and compares exit status, what it says and what the server is told to do."""
        outcome = self.run(text, **keywords)
        self.equal((outcome.status, outcome.lines, outcome.actions), (status, lines, actions or []), text)
        return outcome

    @staticmethod
    def equal(found: object, wanted: object, where: str) -> None:
        if found != wanted:
            raise Failure(f"{where.strip()}\n    found    {found!r}\n    expected {wanted!r}")

    def deferred(self) -> str:
        return DEFERRED.read_text() if DEFERRED.exists() else ""

    def defer(self, *lines: str) -> None:
        DEFERRED.write_text("".join(f"{line}\n" for line in lines))

    def enabled(self, kind: str = "mods") -> list[str]:
        return sorted(os.listdir(CONFIG / f"{kind}-enabled"))

    def markers(self, kind: str = "module") -> list[str]:
        return sorted(f"{folder.name}/{marker.name}" for folder in (STATE / kind).iterdir() for marker in folder.iterdir())


# Sourcing.

@scenario
def in_another_root(trial: Trial) -> None:
    """dpkg --root with --force-script-chrootless: the script runs outside of the root that it is for."""
    root = WORK / "another root"
    trial.reset("foo")
    outside = trial.box.tree()
    for folder in (CONFIG, STATE, DPKG):
        inside = root / (folder.relative_to("/") if folder != DPKG else "var/lib/dpkg")
        shutil.rmtree(inside, ignore_errors=True)
        shutil.copytree(folder, inside, symlinks=True)
    # Were it run, each command would be shown.
    (root / CONFIG.relative_to("/") / "envvars").write_text("export APACHE2_MAINTSCRIPT_DEBUG=1\n")
    variables = {"DPKG_ROOT": str(root), "DPKG_ADMINDIR": str(root / "var/lib/dpkg")}
    enabled = root / CONFIG.relative_to("/") / "mods-enabled"
    trial.box.packages({"apache2": "unpacked"})
    trial.expect("apache2_invoke enmod foo && apache2_has_module foo", ["apache2_invoke: Enable module foo"], **variables)
    trial.equal(sorted(os.listdir(enabled)), ["foo.load", "mpm_event.load"], "enabled in the root")
    trial.equal(trial.box.tree(), outside, "outside of the root")
    trial.expect("apache2_invoke dismod foo", ["apache2_invoke prerm: Disable module foo"], name="prerm", arguments=("remove",), **variables)
    trial.equal(sorted(os.listdir(enabled)), ["mpm_event.load"], "disabled in the root")
    # A server that is not configured there.
    (root / "var/lib/dpkg/status").write_text((DPKG / "status").read_text())
    trial.expect("apache2_invoke enmod foo", [DEFERS], **variables)
    trial.equal((root / DEFERRED.relative_to("/")).read_text(), f"{PACKAGE} apache2_invoke enmod foo\n", "deferred in the root")
    trial.equal(trial.deferred(), "", "outside of the root")


@shows("set-u")
@scenario
def sourced_many_times(trial: Trial) -> None:
    trial.reset("foo")
    trial.box.packages({"apache2": "unpacked"})
    text = SOURCE * 2 + f'again() {{\n    {SOURCE.strip()}\n    apache2_invoke enmod foo\n}}\nagain other words\napache2_invoke enmod foo\n'
    trial.expect(text, [DEFERS])
    trial.equal(trial.deferred(), f"{PACKAGE} apache2_invoke enmod foo\n" * 2, "two calls deferred")


@shows("inherited")
@scenario
def inherited_by_another_script(trial: Trial) -> None:
    """A script that exports all it has must not keep those that it starts from having the functions."""
    trial.reset("foo")
    trial.expect("apache2_invoke enmod foo", ["apache2_invoke: Enable module foo"], actions=["invoke-rc.d apache2 restart"],
                 EXPORT_APACHE2_MAINTSCRIPT_HELPER="1")
    trial.equal(trial.enabled(), ["foo.load", "mpm_event.load"], "enabled")


@shows("conditions", "defined")
@scenario
def outside_a_maintainer_script(trial: Trial) -> None:
    calls = {
        "apache2_needs_action": 1, "apache2_switch_mpm prefork": 1, "apache2_invoke enmod foo": 1, "apache2_reload": 1,
        "apache2_execute_deferred": 1, "apache2_enable_defaults mod foo": 1, "apache2_enable_default_mpm event": 1, "apache2_purge_server": 1,
        "apache2_create_state": 1,
    }
    wrong = [
        ((), "postinst", "You must invoke apache2-maintscript-helper with an unmodified environment when sourcing it"),
        (("",), "postinst", "You must invoke apache2-maintscript-helper with an unmodified environment when sourcing it"),
        (("configure", ""), "config", "apache2-maintscript-helper invoked from an unrecognized maintainer script: exiting"),
        (("configure", ""), "", "apache2-maintscript-helper invoked from an unrecognized maintainer script: exiting"),
        (("reconfigure", ""), "postinst",
         "apache2-maintscript-helper invoked from a modified environment. Please hint required arguments manually"),
        (("1",), "config", "apache2-maintscript-helper invoked from an unrecognized maintainer script: exiting"),
    ]
    trial.reset("foo")
    for arguments, name, words in wrong:
        trial.expect("echo not reached", [words], 1, arguments=arguments, name=name)
        # Debian's says the same, and no more than that.
        debian = trial.box.run("debian", "dash", "set -e\n" + SOURCE, name, arguments)
        trial.equal((debian.status, debian.lines[-1:]), (1, [words]), f"Debian's for {arguments} {name}")
    before = trial.box.tree()
    for call, status in calls.items():
        text = f"{call} || echo status $?"
        trial.expect(text, [wrong[2][2], f"{call.split()[0]}: {OUTSIDE}", f"status {status}"], name="config", source='. "$HELPER" || :\n')
    trial.expect("apache2_msg err works", [wrong[2][2], "works"], name="config", source='. "$HELPER" || :\n')
    trial.equal(trial.box.tree(), before, "outside of a maintainer script")
    # It is tried again, and may succeed then.
    trial.expect(f"DPKG_MAINTSCRIPT_NAME=prerm\n{SOURCE}apache2_needs_action && echo yes", [wrong[2][2], "yes"], name="config",
                 arguments=("remove",), source='. "$HELPER" || :\n')


@shows("hints")
@scenario
def hints(trial: Trial) -> None:
    """Where the arguments of the script are lost, it may say them."""
    show = ('echo "$APACHE2_MAINTSCRIPT_NAME/$APACHE2_MAINTSCRIPT_METHOD/$APACHE2_MAINTSCRIPT_ARGUMENT/$APACHE2_MAINTSCRIPT_PACKAGE/'
            '$APACHE2_MAINTSCRIPT_DEFER/"')
    trial.reset()
    trial.expect(show, [f"postinst/configure/1.0-1/{PACKAGE}//"], arguments=("configure", "1.0-1"))
    trial.expect(show, [f"prerm/remove//{PACKAGE}//"], name="prerm", arguments=("remove",))
    trial.expect(show, [f"postinst/configure/1.0-1/{PACKAGE}//"], arguments=(), APACHE2_MAINTSCRIPT_METHOD="configure",
                 APACHE2_MAINTSCRIPT_ARGUMENT="1.0-1")
    trial.expect(show, [f"postinst/configure/7/{PACKAGE}//"], arguments=("other", "1.0-1"), APACHE2_MAINTSCRIPT_METHOD="configure",
                 APACHE2_MAINTSCRIPT_ARGUMENT="7")
    trial.expect(show, ["postrm/purge//a-package//"], name="", arguments=(), APACHE2_MAINTSCRIPT_METHOD="purge",
                 APACHE2_MAINTSCRIPT_NAME="postrm", APACHE2_MAINTSCRIPT_PACKAGE="a-package")
    # What dpkg says wins over a hint.
    trial.expect(show, [f"postinst/configure//{PACKAGE}//"], APACHE2_MAINTSCRIPT_NAME="postrm", APACHE2_MAINTSCRIPT_PACKAGE="other")
    # Without both, the path of the script tells.
    trial.box.program("libapache2-mod-bar.prerm", f"set -eu\n{SOURCE}{show}\n", WORK)
    trial.expect(f'"$@" {WORK}/libapache2-mod-bar.prerm remove', ["prerm/remove//libapache2-mod-bar//"], name="", source="",
                 arguments=tuple(ALL_SHELLS[trial.shell]))


@shows("rpm")
@scenario
def rpm_scriptlets(trial: Trial) -> None:
    show = 'echo "$APACHE2_MAINTSCRIPT_NAME $APACHE2_MAINTSCRIPT_METHOD $APACHE2_MAINTSCRIPT_ARGUMENT"'
    table = {
        ("pre", "1"): "preinst install ", ("pre", "2"): "preinst upgrade previous", ("post", "1"): "postinst configure ",
        ("post", "2"): "postinst configure previous", ("preun", "0"): "prerm remove ", ("preun", "1"): "prerm upgrade next",
        ("postun", "0"): "postrm remove ", ("postun", "1"): "postrm upgrade next", ("postinst", "2"): "postinst configure previous",
    }

    def scriptlet(text: str, name: str, number: str, lines: list[str], actions: "list[str] | None" = None) -> None:
        trial.expect(text, lines, actions=actions, name="", arguments=(number,), APACHE2_MAINTSCRIPT_NAME=name,
                     APACHE2_MAINTSCRIPT_PACKAGE="mod_foo")

    trial.reset("foo")
    # Nothing is deferred, whatever a database of dpkg says.
    trial.box.packages({"apache2": "unpacked"})
    for (name, number), words in table.items():
        scriptlet(show, name, number, [words])
    # A life: installed, disabled by the administrator, upgraded (the new package's post, then the old one's preun and postun), erased.
    restart = ["invoke-rc.d apache2 restart"]
    scriptlet("apache2_invoke enmod foo", "post", "1", ["apache2_invoke: Enable module foo"], restart)
    scriptlet("apache2_invoke enmod foo", "post", "2", ["apache2_invoke foo: already enabled"], restart)
    scriptlet("apache2_invoke dismod foo", "preun", "1", ["apache2_invoke foo prerm: No action required"])
    scriptlet("apache2_invoke dismod foo", "postun", "1", ["apache2_invoke foo postrm: No action required"])
    trial.equal(trial.markers(), ["enabled_by_maint/foo"], "after an upgrade")
    os.unlink(CONFIG / "mods-enabled/foo.load")
    os.rename(STATE / "module/enabled_by_maint/foo", STATE / "module/disabled_by_admin/foo")
    scriptlet("apache2_invoke enmod foo", "post", "2", ["apache2_invoke foo: no action - module was disabled by local admin"])
    os.rename(STATE / "module/disabled_by_admin/foo", STATE / "module/enabled_by_maint/foo")
    trial.box.link("module", "foo")
    scriptlet("apache2_invoke dismod foo", "preun", "0", ["apache2_invoke prerm: Disable module foo"], restart)
    trial.equal(trial.markers(), ["disabled_by_maint/foo"], "after an erasure")
    (DPKG / "status").unlink()
    scriptlet("apache2_invoke enmod foo", "post", "1", ["apache2_invoke: Enable module foo"], restart)
    # Where there is no invoke-rc.d, systemd is asked, and only if it runs.
    for name in ("invoke-rc.d",):
        with without(STUBS / name), without(SBIN / name):
            scriptlet("apache2_reload restart", "post", "1", [])
            pathlib.Path("/run/systemd/system").mkdir(parents=True)
            scriptlet("apache2_reload restart", "post", "1", [], ["systemctl try-restart apache2"])
            scriptlet("apache2_reload", "post", "1", [], ["systemctl try-reload-or-restart apache2"])
            pathlib.Path("/run/systemd/system").rmdir()
            pathlib.Path("/run/systemd").rmdir()


@scenario
def any_shell_options(trial: Trial) -> None:
    """Scripts have options and separators of their own, and keep them."""
    for flags in ("set -euf\nIFS=-\n", "set -euC\nIFS=e\n", "set -eu\nIFS=\n", "set -e\nunset IFS\n"):
        trial.reset("foo")
        trial.expect('apache2_invoke enmod foo\ncase $- in *e*) echo still ;; esac\nfalse\necho not reached',
                     ["apache2_invoke: Enable module foo", "still"], 1, actions=["invoke-rc.d apache2 restart"], flags=flags)
        trial.box.packages({"apache2": "unpacked", PACKAGE: "config-files"})
        trial.expect("apache2_invoke dismod foo", [DEFERS], name="prerm", arguments=("remove",), flags=flags)
        trial.defer(f"{PACKAGE} apache2_invoke dismod foo", "a-b nonsense", "c-e nonsense")
        (DEFERRED.with_name("deferred_actions.new")).touch()
        outcome = trial.run("apache2_execute_deferred || echo kept", flags=flags, package="apache2")
        trial.equal(outcome.lines[:2], [f"Executing deferred 'a2dismod foo' for package {PACKAGE}", "apache2_invoke prerm: Disable module foo"],
                    flags)
        trial.equal((trial.deferred(), outcome.lines[-1]), ("a-b nonsense\nc-e nonsense\n", "kept"), flags)


@shows("stdin")
@scenario
def standard_input_is_left_alone(trial: Trial) -> None:
    """It may be debconf's."""
    trial.reset("foo", "bar")
    trial.defer(f"{PACKAGE} apache2_invoke enmod bar")
    greedy = WORK / "greedy"
    greedy.mkdir(exist_ok=True)
    trial.box.program("invoke-rc.d", "#!/bin/sh\ncat >/dev/null\n", greedy)
    text = f"""PATH={greedy}:$PATH
apache2_invoke enmod foo
apache2_has_module foo
apache2_reload
apache2_execute_deferred
read -r line
echo "$line"
"""
    trial.box.program("fed", f"set -eu\n{SOURCE}{text}", WORK)
    outcome = trial.run(f'echo for debconf | "$@" {WORK}/fed configure', source="", arguments=tuple(ALL_SHELLS[trial.shell]),
                        APACHE2_MAINTSCRIPT_METHOD="configure")
    trial.equal((outcome.status, outcome.lines[-1]), (0, "for debconf"), text)


@shows("envvars")
@scenario
def debugging(trial: Trial) -> None:
    trial.reset("foo")

    def traced(**environment: str) -> bool:
        outcome = trial.run("apache2_needs_action", **environment)
        trial.equal(outcome.status, 0, "a script that is traced")
        return any("a2query --script" in line for line in outcome.lines)

    trial.equal(traced(), False, "without a request")
    trial.equal(traced(APACHE2_MAINTSCRIPT_DEBUG="1"), True, "APACHE2_MAINTSCRIPT_DEBUG=1")
    envvars = CONFIG / "envvars"
    for text, wanted in {
        "export APACHE2_MAINTSCRIPT_DEBUG=1\n": True, "APACHE2_MAINTSCRIPT_DEBUG=1\n": True, "export OTHER=1\n": False,
        "exit 7\n": False, "false\nAPACHE2_MAINTSCRIPT_DEBUG=1\n": True, "if (\n": False, 'echo "$undefined" text >&2\n': False,
        "read -r answer\necho question\n": False, "unset HOME PATH\n": False,
    }.items():
        envvars.write_text(text)
        trial.equal(traced(), wanted, f"envvars: {text}")
        if not wanted:
            # What it prints is nobody's business.
            trial.expect("apache2_needs_action", [])


# Messages.

@shows("control")
@scenario
def messages(trial: Trial) -> None:
    trial.reset()
    printable = "".join(map(chr, range(0x20, 0x7f)))
    for text, shown in {
        printable: [printable], "-n": ["-n"], "%s \\n \\033[0m \\c": ["%s \\n \\033[0m \\c"], "Größe – 字": ["Größe – 字"], "": [""],
        "two\nlines": ["two", "lines"], "\x1b[31mred\x1b[0m": ["?[31mred?[0m"], "a\rb\tc\x7fd\x07": ["a?b c?d?"],
        "\u009b1m\u202eabc\u200e\u2066": ["?1m?abc??"],
    }.items():
        trial.expect('apache2_msg info "$TEXT" && apache2_msg warning', [*shown, ""], TEXT=text)
        trial.expect('apache2_msg err "$TEXT"', [], TEXT=text, APACHE2_MAINTSCRIPT_HELPER_QUIET="1")
    # Bytes that are no UTF-8 may be controls of another encoding.
    trial.expect("apache2_msg info \"$(printf 'bad \\377\\233 \\303\\244')\"", ["bad ?? ??"])
    trial.expect("apache2_msg info lost 2>&-\necho goes on", ["goes on"])
    trial.expect("apache2_msg info lost 2>/dev/full\necho goes on", ["goes on"])


@contextlib.contextmanager
def syslog() -> Iterator[list[str]]:
    """A socket where syslog listens, and what comes."""
    received: list[str] = []
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind("/dev/log")
    listener.settimeout(0.2)
    stop = threading.Event()

    def receive() -> None:
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                received.append(re.sub(r"^(<\d+>)\w+ +\d+ [\d:]+ ", r"\1", listener.recv(4096).decode().rstrip("\0\n")))

    thread = threading.Thread(target=receive)
    thread.start()
    try:
        yield received
    finally:
        stop.set()
        thread.join()
        listener.close()
        os.unlink("/dev/log")


@shows("syslog")
@scenario
def messages_to_syslog(trial: Trial) -> None:
    trial.reset("foo")
    with syslog() as received:
        trial.expect("for priority in debug info notice warning err crit alert emerg nonsense; do apache2_msg $priority \"a $priority\"; done",
                     [f"a {word}" for word in "debug info notice warning err crit alert emerg nonsense".split()])
        trial.expect("apache2_msg err '--unhidden'", [], APACHE2_MAINTSCRIPT_HELPER_QUIET="1")
        trial.expect("apache2_msg err \"$TEXT\"", ["?[2J"], TEXT="\x1b[2J")
        trial.expect("apache2_invoke enmod foo", ["apache2_invoke: Enable module foo"], actions=["invoke-rc.d apache2 restart"])
    numbers = dict(zip("debug info notice warning err crit alert emerg nonsense".split(), [7, 6, 5, 4, 3, 2, 1, 0, 4]))
    wanted = [f"<{3 * 8 + number}>{PACKAGE}: a {word}" for word, number in numbers.items()]
    wanted += [f"<27>{PACKAGE}: --unhidden", f"<27>{PACKAGE}: ?[2J", f"<30>{PACKAGE}: apache2_invoke: Enable module foo"]
    trial.equal(received, wanted, "what syslog received")
    # Nobody listens: no process.
    trial.box.program("logger", f"#!/bin/sh\necho logger >>{RECORD}\n")
    try:
        trial.expect("apache2_msg err words", ["words"])
    finally:
        (STUBS / "logger").unlink()


# Calls that cannot be.

@scenario
def unknown_words(trial: Trial) -> None:
    trial.reset("foo")
    before = trial.box.tree()
    for call, words in {
        "apache2_invoke": "apache2_invoke: '' is no command, nothing is done",
        "apache2_invoke frobnicate foo": "apache2_invoke: 'frobnicate' is no command, nothing is done",
        "apache2_invoke 'enmod foo' x": "apache2_invoke: 'enmod foo' is no command, nothing is done",
        "apache2_invoke query foo": "apache2_invoke: 'query' is no command, nothing is done",
        "apache2_invoke enmod": "apache2_invoke enmod: nothing was named",
        "apache2_invoke enmod foo stop": "apache2_invoke enmod foo: 'stop' is no action, nothing is done",
        "apache2_switch_mpm": "apache2_switch_mpm: no MPM was named",
        "apache2_switch_mpm mpm_": "apache2_switch_mpm: no MPM was named",
        "apache2_has_module": "apache2_has_module: no module was named",
        "apache2_reload stop": "apache2_reload: 'stop' is no action, nothing is done",
        "apache2_enable_defaults modules foo": "apache2_enable_defaults: 'modules' is none of mod, conf and site",
        "apache2_enable_defaults mod": "apache2_enable_defaults mod: nothing was named",
        "apache2_enable_default_mpm": "apache2_enable_default_mpm: no MPM was named",
        "apache2_purge_server": "apache2_purge_server: only in postrm purge, nothing is done",
    }.items():
        trial.expect(f"{call} || echo status $?", [words, "status 1"])
        # Without a condition the script ends there: that is what it was told.
        trial.expect(f"{call}\necho not reached", [words], 1)
    trial.equal(trial.box.tree(), before, "after unknown words")


@scenario
def hostile_names(trial: Trial) -> None:
    """Names are data: nothing of them runs, and none leaves its folder."""
    trial.reset("foo")
    before = trial.box.tree()
    # What could be a name of an entry is written down as it is.
    literal = ["'\"\\", "$(exit)", "$HOME", "a;b", "x&y", "#", "~", "!", "\\n"]
    names = ["$(touch /media/ran)", "`touch /media/ran`", "; touch /media/ran", "a b", "a\nb", "../foo", "/etc/passwd", "-f", "--force", "--",
             ".", "..", "", "\x1b[2J", "x" * 300, "a\tb", "*", "fo[o]", "{foo,bar}", "fo?", "foo|touch /media/ran", "\u202efoo", "\u00e4",
             *literal]
    calls = ['apache2_invoke enmod "$NAME"', 'apache2_invoke ensite "$NAME"', 'apache2_switch_mpm "$NAME"']
    for state in ("installed", "unpacked"):
        trial.box.packages({"apache2": state})
        for name in names:
            text = "\n".join(f"{call} && echo done || echo status $?" for call in calls)
            outcome = trial.run(text, NAME=name)
            harmless = state == "unpacked" and name in literal
            wanted = ["done" if harmless else "status 1"] * 3
            trial.equal([line for line in outcome.lines if line in ("done", "status 1")], wanted, f"{name!r} while {state}")
            said = [line for line in outcome.lines if line not in ("done", "status 1", DEFERS)]
            trial.equal(outcome.status == 0 and (bool(said) or harmless), True, f"{name!r} while {state}: {outcome}")
            for line in said:
                trial.equal([character for character in line if not character.isprintable()], [], f"{name!r} while {state}")
            after = trial.box.tree()
            kept = after.pop(str(DEFERRED), "")
            trial.equal(after, before, f"{name!r} while {state}")
            lines = [f"{PACKAGE} {words} {name}" for words in ("apache2_invoke enmod", "apache2_invoke ensite", "apache2_switch_mpm")]
            trial.equal(kept.splitlines(), lines if harmless else [], f"{name!r} while {state}")
            trial.equal(pathlib.Path("/media/ran").exists(), False, f"{name!r} ran something")
            DEFERRED.unlink(missing_ok=True)
    # So are those of packages.
    for package in ("a b", "$(touch /media/ran)", "../x", "-x"):
        trial.expect("apache2_invoke enmod foo || echo status $?", [DEFERS.replace(PACKAGE, package), f"apache2_invoke: '{package}' cannot be a "
                     "name, not deferred", "status 1"], package=package)


@scenario
def missing_toolkit(trial: Trial) -> None:
    trial.reset("foo")
    before = trial.box.tree()
    # Only what every system has.
    plain = WORK / "plain"
    plain.mkdir(exist_ok=True)
    for name in ("printf", "timeout"):
        if not (plain / name).exists():
            (plain / name).symlink_to(f"/usr/bin/{name}")
    for call, tool in {"apache2_invoke enmod foo": "a2enmod", "apache2_invoke dissite foo": "a2dissite", "apache2_switch_mpm prefork": "a2mpm",
                       "apache2_needs_action": "a2query", "apache2_has_module foo": "a2query", "apache2_reload": "a2query",
                       "apache2_enable_defaults conf foo": "a2enconf", "apache2_enable_default_mpm event": "a2query"}.items():
        trial.expect(f"PATH={plain}\n{SOURCE}{call} || echo status $?", [f"{call.split()[0]}: {tool} is missing, nothing is done", "status 1"],
                     source="")
    trial.equal(trial.box.tree(), before, "without tools")
    # Debian's programs do not know the options: that must be told, too. The others fail, or die.
    foreign = WORK / "foreign"
    foreign.mkdir(exist_ok=True)
    for program, words in {"exec /usr/sbin/a2enmod \"$@\"": "2", "exit 77": "77", "kill -9 $$": "137"}.items():
        trial.box.program("a2enmod", f"#!/bin/sh\n{program}\n", foreign)
        outcome = trial.run(f"PATH={foreign}:$PATH\napache2_invoke enmod foo || echo status $?")
        trial.equal(outcome.lines[-2:], [f"apache2_invoke: a2enmod failed with exit status {words}", "status 1"], program)
    trial.box.program("a2enmod", "#!/bin/sh\necho what is this\necho action halt\necho info fine\n", foreign)
    trial.expect(f"PATH={foreign}:$PATH\napache2_invoke enmod foo",
                 ["apache2_invoke: a2enmod says: what is this", "apache2_invoke: a2enmod says: action halt", "fine"])
    # Whatever is in a line, it is one.
    odd = ["info \\x1b[2J \\\\ \\", "info *", "err [a] ?", "info '$HOME' \"`id`\" $(id) #", "info   blanks  "]
    (foreign / "answer").write_text("\n\n".join(odd) + "\n")
    trial.box.program("a2enmod", f"#!/bin/sh\ncat {foreign}/answer\n", foreign)
    trial.expect(f"cd {foreign}\nPATH={foreign}:$PATH\napache2_invoke enmod foo", [line.split(" ", 1)[1] for line in odd])
    trial.equal(trial.box.tree(), before, "with foreign tools")


@shows("policy-rc")
@scenario
def policy_for_services(trial: Trial) -> None:
    """What the local policy forbids is not asked of the server, and its configuration is not tested for it."""
    for status, actions in ((101, []), (0, ["invoke-rc.d apache2 restart"]), (104, ["invoke-rc.d apache2 restart"])):
        trial.reset("foo")
        policy = trial.box.program("policy-rc.d", f"#!/bin/sh\nexit {status}\n", SBIN)
        try:
            outcome = trial.run("apache2_invoke enmod foo\napache2_reload restart")
            trial.equal((outcome.status, outcome.actions), (0, actions * 2), f"policy-rc.d exits with {status}")
            trial.equal("apache2_reload: policy-rc.d denied restart" in outcome.lines, status == 101, f"{outcome}")
        finally:
            policy.unlink()
    # That the action fails is no reason for a package to fail.
    trial.reset("foo")
    with without(STUBS / "invoke-rc.d"):
        trial.box.program("invoke-rc.d", f"#!/bin/sh\necho invoke-rc.d >>{RECORD}\nexit 1\n")
        trial.expect("apache2_invoke enmod foo\necho goes on", ["apache2_invoke: Enable module foo", "goes on"], actions=["invoke-rc.d"])


@scenario
def action_of_somebody_else(trial: Trial) -> None:
    """The server is left alone where a script says that somebody else sees to it, and not even asked about its configuration."""
    trial.reset("foo", "mpm_prefork")
    trial.box.break_configuration()
    trial.expect("apache2_invoke enmod foo\napache2_invoke dismod bar\napache2_reload restart\necho done",
                 ["apache2_invoke: Enable module foo", "apache2_invoke bar postinst: No action required", "done"],
                 APACHE2_MAINTSCRIPT_NO_ACTION="1")
    trial.equal(trial.enabled(), ["foo.load", "mpm_event.load"], "enabled all the same")
    trial.reset("mpm_prefork")
    trial.expect("apache2_switch_mpm prefork", ["apache2_switch_mpm Switch to prefork"], APACHE2_MAINTSCRIPT_NO_ACTION="1")
    trial.equal(trial.enabled(), ["mpm_prefork.load"], "switched")


@scenario
def no_needless_process(trial: Trial) -> None:
    """Sourcing starts one program, a call one more, and the server's action what it is about."""
    trial.reset("foo")
    only = WORK / "only"
    only.mkdir(exist_ok=True)
    for name in ("a2query", "a2enmod", "a2mpm"):
        real = next(folder for folder in trial.box.paths["ours"].split(":")[1:] if os.access(f"{folder}/{name}", os.X_OK))
        trial.box.program(name, f"#!/bin/sh\necho {name} >>{RECORD}\nexec {real}/{name} \"$@\"\n", only)
    trial.box.program("invoke-rc.d", f"#!/bin/sh\necho invoke-rc.d >>{RECORD}\n", only)
    # Two of the shells have none of their own.
    trial.box.program("printf", "#!/bin/sh\nprintf \"$@\"\n", only)
    outcome = trial.run(f"PATH={only}\n{SOURCE}{SOURCE}apache2_invoke enmod foo", source="")
    trial.equal((outcome.status, outcome.lines, outcome.actions),
                (0, ["apache2_invoke: Enable module foo"], ["a2query", "a2enmod", "invoke-rc.d"]), "apache2_invoke")
    outcome = trial.run(f"PATH={only}\n{SOURCE}apache2_invoke enmod foo\napache2_has_module foo", arguments=("configure", "1"), source="",
                        package="apache2")
    trial.equal(outcome.actions, ["a2enmod", "invoke-rc.d", "a2query"], "the server's own package")


# Deferred calls.

@shows("defer-told", "no-dpkg")
@scenario
def deferring(trial: Trial) -> None:
    trial.reset("foo")
    trial.box.packages({"apache2": "half-configured"})
    trial.expect("apache2_invoke enmod foo\napache2_invoke ensite bar reload\napache2_switch_mpm mpm_prefork\napache2_reload restart", [DEFERS])
    lines = [f"{PACKAGE} apache2_invoke enmod foo", f"{PACKAGE} apache2_invoke ensite bar reload", f"{PACKAGE} apache2_switch_mpm prefork"]
    trial.equal(trial.deferred().splitlines(), lines, "deferred")
    trial.expect("apache2_invoke dismod foo", [DEFERS], name="postrm", arguments=("purge",))
    trial.equal(trial.deferred().splitlines(), [*lines, f"{PACKAGE} apache2_invoke dismod foo"], "deferred")
    # The server's own package does not wait for itself.
    trial.expect("apache2_invoke enmod foo", ["apache2_invoke: Enable module foo"], package="apache2",
                 actions=["invoke-rc.d apache2 restart"])
    # Without a database there is nothing to wait for.
    (DPKG / "status").unlink()
    trial.expect("apache2_invoke enmod foo", ["apache2_invoke foo: already enabled"], actions=["invoke-rc.d apache2 restart"])


@shows("defer-failed")
@scenario
def deferring_fails(trial: Trial) -> None:
    trial.reset("foo")
    trial.box.packages({"apache2": "unpacked"})
    line = f"{PACKAGE} apache2_invoke enmod foo"
    failed = [f"apache2_invoke: Cannot write {DEFERRED}, not deferred: {line}", "status 1"]

    def ours(text: str) -> list[str]:
        """Without the shell's own words."""
        return [line for line in trial.run(text).lines if line.startswith(("apache2_", "status", "Package"))]

    DEFERRED.mkdir()
    trial.equal(ours("apache2_invoke enmod foo || echo status $?"), [DEFERS, *failed], "a folder in its place")
    DEFERRED.rmdir()
    DEFERRED.symlink_to("/dev/full")
    trial.equal(ours("apache2_invoke enmod foo || echo status $?"), [DEFERS, *failed], "a full disk")
    DEFERRED.unlink()
    with covered(STATE, "size=4k"):
        # Not even an empty file fits beside this one.
        filled = STATE / "filled"
        with contextlib.suppress(OSError):
            filled.write_bytes(b"x" * 65536)
        trial.equal(ours("apache2_invoke enmod foo || echo status $?"), [DEFERS, *failed], "a full file system")
        filled.unlink()
        trial.equal(ours("apache2_invoke enmod foo || echo status $?"), [DEFERS], "room again")
        trial.equal(trial.deferred(), f"{line}\n", "deferred on a file system with room again")
    mount("--bind", STATE, STATE)
    mount("-o", "remount,bind,ro", STATE)
    try:
        trial.equal(ours("apache2_invoke enmod foo || echo status $?"), [DEFERS, *failed], "a read-only file system")
    finally:
        unmount(STATE)
    # The folder is made where the server's package was never unpacked.
    with covered(STATE.parent, "mode=755"):
        trial.equal(ours("apache2_invoke enmod foo || echo status $?"), [DEFERS], "no folder")
        trial.equal(trial.deferred(), f"{line}\n", "deferred to a new folder")


@contextlib.contextmanager
def covered(folder: pathlib.Path, options: str) -> Iterator[None]:
    """A small file system in the place of a folder."""
    mount("-t", "tmpfs", "-o", options, "confgraph", folder)
    try:
        yield
    finally:
        unmount(folder)


def unmount(folder: pathlib.Path) -> None:
    subprocess.run(["umount", folder], check=True)


@scenario
def executing(trial: Trial) -> None:
    """All kinds of lines in one file."""
    trial.reset("foo", "admin", "gone", "left", "other")
    trial.box.packages({"apache2": "half-configured", "a": "installed", "b": "unpacked", "c": "config-files", "d": "triggers-pending"})
    trial.box.available("site", "shop")
    trial.box.available("site", "picky", "# Depends: absent\n")
    trial.box.available("conf", "app")
    trial.box.marker("module", "disabled_by_admin", "admin")
    for name in ("left", "gone", "other"):
        trial.box.link("module", name)
        trial.box.marker("module", "enabled_by_maint", name)
    hostile = ["a apache2_invoke enmod $(touch /media/ran)", "a;touch apache2_invoke enmod foo", "a rm -rf /", "a apache2_invoke enmod",
               "a apache2_invoke enmod foo stop", "a apache2_invoke frob foo", "a apache2_invoke enmod ../../x", "\x1b[2J apache2_invoke enmod x",
               "-- apache2_invoke enmod foo", "a apache2_invoke enmod -f", "word", "a apache2_switch_mpm prefork event"]
    good = ["a apache2_invoke enmod foo", "a apache2_invoke enmod admin", "b apache2_invoke enmod other", "nowhere apache2_invoke enmod other",
            "d apache2_invoke ensite shop reload", "a apache2_invoke enconf app ", "c apache2_invoke dismod left",
            "nowhere apache2_invoke dismod gone", "", "a apache2_switch_mpm event"]
    failing = ["a apache2_invoke ensite picky", "a apache2_invoke enmod absent", "a apache2_switch_mpm absent"]
    trial.defer(*good, *hostile, *failing)
    with open(DEFERRED, "a") as file:
        file.write("d apache2_invoke enmod other")  # cut off
    outcome = trial.run("apache2_execute_deferred || echo status $?", package="apache2")
    trial.equal((outcome.status, outcome.actions, outcome.lines[-1]), (0, [], "status 1"), f"{outcome}")
    trial.equal(trial.deferred().splitlines(), hostile + failing, "kept")
    for line in hostile + failing:
        shown = line.replace("\x1b", "?")
        trial.equal(f"apache2_execute_deferred: kept for the next time: {shown}" in outcome.lines, True, f"{line!r}: {outcome.lines}")
    for line in ("Executing deferred 'a2enmod foo' for package a", "apache2_invoke: Enable module foo",
                 "apache2_invoke admin: no action - module was disabled by local admin",
                 "Skipping deferred 'a2enmod other': package b is no longer configured",
                 "Skipping deferred 'a2enmod other': package nowhere is no longer configured", "apache2_invoke: Enable site shop",
                 "apache2_invoke: Enable configuration app", "apache2_invoke prerm: Disable module left",
                 "apache2_invoke postrm: Purging module gone", "apache2_switch_mpm event: No action required"):
        trial.equal(line in outcome.lines, True, f"{line} in {outcome.lines}")
    trial.equal(trial.enabled(), ["foo.load", "mpm_event.load", "other.load"], "enabled")
    trial.equal(trial.markers(), ["disabled_by_admin/admin", "disabled_by_maint/left", "enabled_by_maint/foo", "enabled_by_maint/other"], "markers")
    trial.equal((trial.enabled("sites"), trial.enabled("conf")), (["shop.conf"], ["app.conf"]), "sites and confs")
    trial.equal([path.name for path in STATE.iterdir() if path.name.startswith("deferred")], ["deferred_actions"], "what lies there")
    trial.equal(pathlib.Path("/media/ran").exists(), False, "a hostile line ran")
    # The next time, with what was missing.
    trial.defer(*failing)
    trial.box.available("module", "absent")
    trial.box.link("module", "absent")
    trial.box.available("module", "mpm_absent")
    trial.expect("apache2_execute_deferred && echo all", [
        "Executing deferred 'a2ensite picky' for package a", "apache2_invoke: Enable site picky", "Executing deferred 'a2enmod absent' for package a",
        "apache2_invoke absent: already enabled", "Executing deferred 'a2mpm absent' for package a", "apache2_switch_mpm Switch to absent", "all"],
        package="apache2")
    trial.equal(DEFERRED.exists(), False, "the file, when all is done")
    trial.equal(trial.enabled(), ["absent.load", "foo.load", "mpm_absent.load", "other.load"], "enabled the next time")
    trial.expect("apache2_execute_deferred", [], package="apache2")


@scenario
def executing_by_policy(trial: Trial) -> None:
    """What the administrator said is no failure, and no reason to try for ever."""
    trial.reset()
    trial.box.available("module", "mpm_prefork")
    trial.box.marker("module", "disabled_by_admin", "mpm_prefork")
    trial.defer(f"{PACKAGE} apache2_switch_mpm prefork")
    trial.expect("apache2_execute_deferred", [f"Executing deferred 'a2mpm prefork' for package {PACKAGE}",
                                              "apache2_switch_mpm prefork: Has been disabled manually, not changing"], package="apache2")
    trial.equal((DEFERRED.exists(), trial.enabled()), (False, ["mpm_event.load"]), "after a switch that the administrator forbids")


@shows("deferred-mpm")
@scenario
def executing_without_the_mpm(trial: Trial) -> None:
    """What a package enables after its switch may need that MPM: without it, it is not enabled."""
    enabling = f"{PACKAGE} apache2_invoke enmod foo"
    switch = f"{PACKAGE} apache2_switch_mpm prefork"
    trial.reset("foo", "bar")
    trial.box.available("module", "mpm_prefork")
    trial.box.marker("module", "disabled_by_admin", "mpm_prefork")
    trial.box.packages({"apache2": "half-configured", PACKAGE: "installed", "other": "installed"})
    trial.defer(switch, enabling, "other apache2_invoke enmod bar")
    trial.expect("apache2_execute_deferred", [
        f"Executing deferred 'a2mpm prefork' for package {PACKAGE}", "apache2_switch_mpm prefork: Has been disabled manually, not changing",
        f"Skipping deferred 'a2enmod foo': package {PACKAGE} did not get the MPM that it needs",
        "Executing deferred 'a2enmod bar' for package other", "apache2_invoke: Enable module bar"], package="apache2")
    trial.equal((DEFERRED.exists(), trial.enabled()), (False, ["bar.load", "mpm_event.load"]), "after a switch that the administrator forbids")
    # A switch that fails is tried again, and so is what comes after it.
    trial.reset("foo")
    trial.defer(switch, enabling)
    outcome = trial.run("apache2_execute_deferred || echo status $?", package="apache2")
    trial.equal(outcome.lines[-1], "status 1", f"{outcome}")
    trial.equal((trial.deferred().splitlines(), trial.enabled()), ([switch, enabling], ["mpm_event.load"]), "after a switch that failed")
    trial.box.available("module", "mpm_prefork")
    trial.expect("apache2_execute_deferred", [
        f"Executing deferred 'a2mpm prefork' for package {PACKAGE}", "apache2_switch_mpm Switch to prefork",
        f"Executing deferred 'a2enmod foo' for package {PACKAGE}", "apache2_invoke: Enable module foo"], package="apache2")
    trial.equal((DEFERRED.exists(), trial.enabled()), (False, ["foo.load", "mpm_prefork.load"]), "the next time")


@scenario
def executing_in_an_upgrade(trial: Trial) -> None:
    """In whichever order dpkg configures the server and a module, a link that was removed by hand is not made again."""
    trial.reset("foo")
    trial.box.marker("module", "enabled_by_maint", "foo")
    trial.defer(f"{PACKAGE} apache2_invoke enmod foo")
    trial.expect("apache2_execute_deferred", [f"Executing deferred 'a2enmod foo' for package {PACKAGE}",
                                              "apache2_invoke foo: no action - module was disabled by local admin"],
                 arguments=("configure", "2.4.60-1"), package="apache2")
    trial.equal((DEFERRED.exists(), trial.enabled()), (False, ["mpm_event.load"]), "in an upgrade")


@scenario
def unknown_state_of_packages(trial: Trial) -> None:
    """Where it cannot be told whether a package is there, no line is lost."""
    trial.reset("foo")
    line = f"{PACKAGE} apache2_invoke enmod foo"
    trial.defer(line)
    (DPKG / "status").unlink()
    (DPKG / "status").mkdir()
    try:
        outcome = trial.run("apache2_execute_deferred || echo status $?", package="apache2")
        trial.equal((outcome.lines[-1], trial.deferred().splitlines(), trial.enabled()), ("status 1", [line], ["mpm_event.load"]), f"{outcome}")
        trial.equal(f"apache2_execute_deferred: a2query cannot tell the state of package {PACKAGE}" in outcome.lines, True, f"{outcome}")
        outcome = trial.run("apache2_invoke enmod foo")
        trial.equal((trial.deferred().splitlines(), trial.enabled()), ([line, line], ["mpm_event.load"]), f"{outcome}")
        trial.equal("apache2-maintscript-helper: a2query cannot tell the state of package apache2" in outcome.lines, True, f"{outcome}")
    finally:
        (DPKG / "status").rmdir()


@shows("server-gone")
@scenario
def server_is_gone(trial: Trial) -> None:
    """A module that is removed after the server leaves nothing behind."""
    for state in ("config-files", "not-installed"):
        for arguments, name, markers in ((("remove",), "prerm", ["disabled_by_maint/foo"]), (("purge",), "postrm", [])):
            trial.reset("foo")
            trial.box.packages({"apache2": state})
            trial.box.link("module", "foo")
            trial.box.marker("module", "enabled_by_maint", "foo")
            outcome = trial.run("apache2_invoke dismod foo", arguments=arguments, name=name)
            trial.equal((outcome.status, DEFERRED.exists(), trial.enabled(), trial.markers()), (0, False, ["mpm_event.load"], markers),
                        f"{name} with apache2 {state}: {outcome}")


@scenario
def executing_fails(trial: Trial) -> None:
    """Whatever goes wrong with the file, no line is lost."""
    trial.reset("foo")
    lines = [f"{PACKAGE} apache2_invoke enmod foo", f"{PACKAGE} apache2_invoke enmod absent"]
    DEFERRED.mkdir()
    trial.expect("apache2_execute_deferred || echo status $?", [f"apache2_execute_deferred: {DEFERRED} cannot be read", "status 1"],
                 package="apache2")
    DEFERRED.rmdir()
    DEFERRED.symlink_to("nowhere")
    trial.expect("apache2_execute_deferred || echo status $?", [f"apache2_execute_deferred: {DEFERRED} cannot be read", "status 1"],
                 package="apache2")
    DEFERRED.unlink()
    trial.defer(*lines)
    # The new file cannot be written.
    DEFERRED.with_name("deferred_actions.new").mkdir()
    outcome = trial.run("apache2_execute_deferred || echo status $?", package="apache2")
    trial.equal(outcome.lines[-2:], [f"apache2_execute_deferred: {DEFERRED} cannot be written, all of its lines are kept", "status 1"], f"{outcome}")
    trial.equal(trial.deferred().splitlines(), lines, "kept")
    DEFERRED.with_name("deferred_actions.new").rmdir()
    DEFERRED.with_name("deferred_actions.new").symlink_to("/dev/full")
    outcome = trial.run("apache2_execute_deferred || echo status $?", package="apache2")
    trial.equal(outcome.lines[-2:], [f"apache2_execute_deferred: {DEFERRED} cannot be written, all of its lines are kept", "status 1"], f"{outcome}")
    trial.equal(trial.deferred().splitlines(), lines, "kept on a full disk")
    # What was done already is done again, which changes nothing.
    outcome = trial.run("apache2_execute_deferred || echo status $?", package="apache2")
    trial.equal((trial.deferred().splitlines(), trial.enabled()), (lines[1:], ["foo.load", "mpm_event.load"]), "kept with room again")
    # Tools that are missing keep every line.
    trial.defer(*lines)
    with without_tools(trial):
        trial.run("apache2_execute_deferred || :", package="apache2")
    trial.equal(trial.deferred().splitlines(), lines, "kept without tools")


@contextlib.contextmanager
def without_tools(trial: Trial) -> Iterator[None]:
    path = trial.box.paths["ours"]
    trial.box.paths["ours"] = f"{STUBS}:/usr/bin:/bin"
    try:
        yield
    finally:
        trial.box.paths["ours"] = path


@scenario
def executed_by_debians_server(trial: Trial) -> None:
    """The postinst of a server that knows nothing of confgraph understands the lines."""
    if trial.shell != "dash":
        return
    postinst = pathlib.Path("/var/lib/dpkg/info/apache2.postinst").read_text()
    functions = "".join(re.search(rf"^{name} ?\(\)\n\{{\n.*?^\}}\n", postinst, re.M | re.S)[0].replace("dpkg-query", "dpkg-query --admindir=$DPKG_ADMINDIR")
                        for name in ("msg", "execute_deferred_actions"))
    trial.reset("foo")
    trial.box.available("module", "mpm_prefork")
    trial.box.available("site", "shop")
    trial.box.packages({"apache2": "unpacked", PACKAGE: "installed"})
    trial.run("apache2_switch_mpm prefork\napache2_invoke enmod foo\napache2_invoke ensite shop reload")
    trial.equal(trial.box.run("debian", "bash", f"set -e\n{functions}\nexecute_deferred_actions", "postinst", FRESH, "apache2").status, 0,
                "Debian's execute_deferred_actions")
    trial.equal((trial.enabled(), trial.enabled("sites"), DEFERRED.exists()), (["foo.load", "mpm_prefork.load"], ["shop.conf"], False), "done by it")


# The server's own package.

@scenario
def server_functions(trial: Trial) -> None:
    modules = ["alias", "dir", "mime", "negotiation"]

    def server(text: str, lines: list[str], arguments: tuple[str, str] = FRESH, name: str = "postinst", status: int = 0) -> None:
        trial.expect(text, lines, status, arguments=arguments, name=name, package="apache2")

    trial.box.clear()
    trial.box.packages({"apache2": "half-configured"})
    for folder in STATE.iterdir():
        subprocess.run(["rm", "-r", folder], check=True)
    server("apache2_create_state\napache2_create_state", [])
    trial.equal([len(list((STATE / kind).iterdir())) for kind in ("module", "conf", "site")], [4, 4, 4], "folders of markers")
    trial.equal({folder.stat().st_mode & 0o777 for folder in STATE.rglob("*")}, {0o755}, "their modes")
    with covered(STATE, "mode=755"):
        (STATE / "site").touch()
        outcome = trial.run("apache2_create_state || echo status $?", package="apache2")
        trial.equal(outcome.lines[-2:], [f"apache2_create_state: Cannot make the folders of {STATE}/site", "status 1"], "a state folder that cannot be")
    for name in [*modules, "mpm_event", "mpm_prefork", "needy"]:
        trial.box.available("module", name, "# Depends: absent\n" if name == "needy" else "# nothing\n")
    trial.box.available("conf", "charset")
    trial.box.available("site", "000-default")
    trial.box.marker("module", "disabled_by_admin", "mime")
    # One change for all of them; what the administrator disabled before, and what fails, does not keep the others.
    text = ("apache2_enable_default_mpm mpm_event\napache2_enable_defaults mod alias dir mime negotiation needy || echo status $?\n"
            "apache2_enable_defaults conf charset\napache2_enable_defaults site 000-default")
    outcome = trial.run(text, package="apache2")
    trial.equal((outcome.status, outcome.actions, outcome.lines.count("status 1")), (0, [], 1), f"{outcome}")
    trial.equal("apache2_invoke mime: no action - module was disabled by local admin" in outcome.lines, True, f"{outcome}")
    trial.equal(trial.enabled(), ["alias.load", "dir.load", "mpm_event.load", "negotiation.load"], "the default set")
    trial.equal((trial.enabled("conf"), trial.enabled("sites")), (["charset.conf"], ["000-default.conf"]), "the default set")
    # Another MPM is the administrator's choice.
    os.rename(CONFIG / "mods-enabled/mpm_event.load", CONFIG / "mods-enabled/mpm_prefork.load")
    server("apache2_enable_default_mpm event", [])
    trial.equal("mpm_event.load" in trial.enabled(), False, "an MPM beside another one")
    # An upgrade enables nothing.
    os.unlink(CONFIG / "mods-enabled/alias.load")
    os.unlink(CONFIG / "mods-enabled/mpm_prefork.load")
    server("apache2_enable_default_mpm event\napache2_enable_defaults mod alias", [], ("configure", "2.4.1"))
    server("apache2_enable_default_mpm event\napache2_enable_defaults mod alias", [], ("abort-upgrade", "2.4.1"))
    trial.equal(trial.enabled(), ["dir.load", "negotiation.load"], "an upgrade")


@scenario
def server_purge(trial: Trial) -> None:
    trial.reset("foo", "bar")
    trial.run("apache2_invoke enmod foo")
    trial.defer("a apache2_invoke enmod bar")
    trial.box.real_file("site", "own")
    (CONFIG / "mods-enabled/.confgraph").symlink_to("nowhere")
    copy = CONFIG / ".mods-enabled.confgraph"
    copy.mkdir()
    (copy / "foo.load").symlink_to("../mods-available/foo.load")
    (STATE / "confgraph/etc-apache2.journal").write_text("torn")
    (CONFIG / "mods-enabled/name with $(odd) words.load").symlink_to("../mods-available/x")
    (STATE / "unrelated").touch()
    for arguments, name in ((("remove",), "postrm"), (("remove",), "prerm"), (FRESH, "postinst")):
        before = trial.box.tree()
        trial.expect("apache2_purge_server || echo status $?", ["apache2_purge_server: only in postrm purge, nothing is done", "status 1"],
                     arguments=arguments, name=name, package="apache2")
        trial.equal(trial.box.tree(), before, f"{name} {arguments}")
    trial.expect("apache2_purge_server", [], arguments=("purge",), name="postrm", package="apache2", flags="set -euf\n")
    left = sorted(str(path) for folder in (CONFIG, STATE) for path in folder.rglob("*"))
    available = sorted(f"{CONFIG}/mods-available{rest}" for rest in ("", "/bar.load", "/foo.load", "/mpm_event.load"))
    trial.equal(left, sorted([f"{CONFIG}/conf-available", *available, f"{CONFIG}/sites-available", f"{CONFIG}/sites-enabled",
                              f"{CONFIG}/sites-enabled/own.conf", f"{STATE}/unrelated"]), "what is left")
    trial.expect("apache2_purge_server", [], arguments=("purge",), name="postrm", package="apache2")
    trial.box.clear()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="where ours is installed")
    parser.add_argument("--only", default="", help="a regular expression: the scenarios to run")
    parser.add_argument("--shell", choices=ALL_SHELLS, help="only under this shell")
    options = parser.parse_args()
    isolate()
    start = time.monotonic()
    box = Box(options.prefix)
    cover_dev()
    failed = runs = 0
    for function in SCENARIOS:
        if not re.search(options.only, function.__name__):
            continue
        for shell in [options.shell] if options.shell else ALL_SHELLS:
            trial = Trial(box, shell)
            try:
                function(trial)
            except Failure as failure:
                failed += 1
                print(f"FAILED: {function.__name__} ({shell}): {failure}")
            runs += trial.runs
    print(f"{len(SCENARIOS)} scenarios, {runs} scripts, {failed} failed, {time.monotonic() - start:.1f} s")
    return 1 if failed else 0


def cover_dev() -> None:
    """A /dev of our own, where a socket may be made."""
    (WORK / "dev").mkdir()
    mount("--bind", "/dev", WORK / "dev")
    mount("-t", "tmpfs", "-o", "mode=755", "confgraph", "/dev")
    for name in ("null", "full", "zero", "urandom"):
        pathlib.Path("/dev", name).touch()
        mount("--bind", WORK / "dev" / name, f"/dev/{name}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BoxError as error:
        print(f"functions.py: {error}", file=sys.stderr)
        sys.exit(2)
