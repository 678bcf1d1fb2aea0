#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a real shell to complete command lines, and compares its answers.

bash and zsh are asked on a terminal, with the Tab key; in place of each tool, a function of its name prints the words that
it is given, so that also what is quoted shows. fish has a command that answers without a terminal.
"""

import argparse
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import termios
import time

# So long that it only ends what would never end.
TIMEOUT = 60
MANY_SITES = 10000
HOSTILE = ["$(touch pwned)", "`touch pwned`", "quo'te", "semi;touch pwned", "with space", "*"]


class Terminal:
    """An interactive shell on a terminal of its own."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: pathlib.Path) -> None:
        self.child, self.descriptor = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)
        attributes = termios.tcgetattr(self.descriptor)
        attributes[3] &= ~termios.ECHO
        termios.tcsetattr(self.descriptor, termios.TCSANOW, attributes)
        self.output = b""

    def send(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def wait_for(self, pattern: str) -> re.Match:
        """What matches in the output since the last call."""
        end = time.monotonic() + TIMEOUT
        while True:
            match = re.search(pattern, self.output.decode(errors="replace"), re.DOTALL)
            if match:
                self.output = b""
                return match
            if time.monotonic() > end:
                sys.exit(f"no {pattern!r} in what the shell printed: {self.output.decode(errors='replace')!r}")
            if select.select([self.descriptor], [], [], 1)[0]:
                self.output += os.read(self.descriptor, 65536)

    def close(self) -> None:
        os.close(self.descriptor)
        os.waitpid(self.child, 0)


class Asker:
    """Completes command lines. words() is what stands on the line after Tab; offers() is all that could stand there."""

    def __init__(self, shell: str, prefix: pathlib.Path, environment: dict[str, str], folder: pathlib.Path) -> None:
        self.shell = shell
        self.environment = environment | {"TERM": "dumb", "INPUTRC": "/dev/null", "HOME": str(folder),
                                          "XDG_DATA_DIRS": f"{prefix / 'share'}:/usr/share", "XDG_CONFIG_HOME": str(folder)}
        self.folder = folder
        self.terminal = None
        tools = "a2enmod a2dismod a2enconf a2disconf a2ensite a2dissite a2query a2mpm a2mmn a2instance"
        show = "show() { printf '<%s>' \"$@\"; echo '<end>'; }"
        if shell == "bash":
            self.terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], self.environment, folder)
            self.terminal.send(f"PS1= PS2=; bind 'set enable-bracketed-paste off'; bind 'set completion-query-items 0'; "
                               f"bind 'set page-completions off'; "
                               f"for file in {prefix}/share/bash-completion/completions/a2enmod; do . $file; done; {show}; "
                               f"complete -F _as_tool show; _as_tool() {{ COMP_WORDS=(\"${{COMP_WORDS[@]:1}}\"); "
                               f"COMP_CWORD=$((COMP_CWORD - 1)); _confgraph \"${{COMP_WORDS[0]}}\" \"$2\" \"$3\"; }}; "
                               f"echo 'rea''dy'\n")
            self.terminal.wait_for("ready")
        elif shell == "zsh":
            self.terminal = Terminal(["zsh", "-f", "-i"], self.environment, folder)
            self.terminal.send(f"PS1= PS2= LISTMAX=100000; unset zle_bracketed_paste; setopt no_always_last_prompt; "
                               f"fpath=({prefix}/share/zsh/site-functions $fpath); autoload -U compinit; compinit -D -u; {show}; "
                               f"_as_tool() {{ shift words; ((--CURRENT)); service=$words[1]; _confgraph; }}; "
                               f"compdef _as_tool show; autoload -U _confgraph; for tool in {tools}; do compdef _confgraph $tool; done; "
                               f"echo 'rea''dy'\n")
            self.terminal.wait_for("ready")

    def word(self, line: str) -> str:
        """The last word of the line when it has been completed, if only one is possible."""
        if self.terminal is None:
            offers = self.offers(line)
            return offers[0] if len(offers) == 1 else f"one of {offers}"
        self.terminal.send(f"show {line}\t\n")
        return self.terminal.wait_for(r"((?:<[^>]*>)+)<end>").group(1).split("<")[-1].rstrip(">")

    def offers(self, line: str) -> list[str]:
        if self.shell == "fish":
            result = subprocess.run(["fish", "-c", "complete -C $argv[1]", line], env=self.environment, cwd=self.folder, check=True,
                                    capture_output=True, text=True, timeout=TIMEOUT)
            if result.stderr:
                sys.exit(f"fish says {result.stderr}")
            return sorted(offer.split("\t")[0] for offer in result.stdout.splitlines())
        # The shell inserts all that is possible.
        if self.shell == "bash":
            self.terminal.send("bind '\"\\C-t\": insert-completions'\n")
        else:
            self.terminal.send("zle -C every complete-word _every; _every() { _main_complete; compstate[insert]=all; }; "
                               "bindkey '^T' every\n")
        self.terminal.send(f"show {line}\x14\n")
        printed = self.terminal.wait_for(r"((?:<[^>]*>)+)<end>").group(1)
        words = re.findall(r"<([^>]*)>", printed)
        return sorted(word for word in words[len(line.split()) if line.endswith(" ") else len(line.split()) - 1:] if word)

    def close(self) -> None:
        if self.terminal is not None:
            self.terminal.send("\x15exit\n")
            self.terminal.close()


def require(actual: object, expected: object, about: str) -> None:
    if actual != expected:
        sys.exit(f"{about}: {actual!r}, expected {expected!r}")
    print(f"  {about}: {str(actual)[:100]}")


def make_configuration(config: pathlib.Path) -> None:
    """Debian's modules and confs, and sites with names that no shell may take for its words."""
    shutil.copytree("/etc/apache2", config, symlinks=True)
    for kind in ("mods", "sites", "conf"):
        for link in (config / f"{kind}-enabled").iterdir():
            link.unlink()
    for name in ("alias.load", "mpm_event.load", "mpm_event.conf"):
        (config / "mods-enabled" / name).symlink_to(f"../mods-available/{name}")
    for path in (config / "sites-available").iterdir():
        path.unlink()
    for name in ("alpha", "alphabet", "beta", *HOSTILE):
        (config / "sites-available" / f"{name}.conf").write_text("")
    (config / "sites-enabled" / "beta.conf").symlink_to("../sites-available/beta.conf")


def test(asker: Asker, config: pathlib.Path, prefix: pathlib.Path) -> None:
    require(asker.word("a2ensite alphab"), "alphabet", "one site is possible")
    require(asker.word("a2dissite "), "beta", "what can be disabled")
    require(asker.offers("a2ensite "), sorted(["alpha", "alphabet", *HOSTILE]), "what can be enabled")
    require(asker.offers("a2ensite al"), ["alpha", "alphabet"], "what begins so")
    require(asker.offers("a2query -s "), sorted(["alpha", "alphabet", "beta", *HOSTILE]), "what can be asked about")
    require(asker.offers("a2dismod "), ["alias", "mpm_event"], "modules that can be disabled")
    available = {path.stem for path in (config / "mods-available").glob("*.load")}
    require(asker.offers("a2enmod "), sorted(available - {"alias", "mpm_event"}), "modules that can be enabled")
    require(asker.offers("a2enmod rew"), ["rewrite"], "a module")
    require(asker.offers("a2mpm "), sorted(path.stem.removeprefix("mpm_") for path in (config / "mods-available").glob("mpm_*.load")),
            "MPMs")
    require(asker.offers("a2mpm --then=re") if asker.shell != "bash" else
            [f"--then={word}" for word in asker.offers("a2mpm --then re")], ["--then=reload", "--then=restart"], "an option's values")
    require(asker.offers("a2mmn "), ["emit", "inspect", "verify"], "what a2mmn does")
    root = config.parent / "image"
    for name in ("apache2", "apache2-of-the-image"):
        (root / "etc" / name).mkdir(parents=True)
        (root / "etc" / name / "apache2.conf").touch()
    require(asker.word(f"a2query --root {root} --instance of-"), "of-the-image", "an instance in a root")
    for program in ("a2enmod", "a2dissite", "a2query", "a2mpm", "a2instance", "a2mmn"):
        printed = subprocess.run([prefix / ("bin" if program in ("a2query", "a2mmn") else "sbin") / program, "--help"],
                                 capture_output=True, text=True, check=True, timeout=TIMEOUT).stdout
        # A line names one option, or several.
        listed = re.findall(r"^ +(-\S+(?: \S+)*)", printed, re.MULTILINE)
        described = set(re.findall(r"(--[a-z-]+)", "\n".join(listed)))
        require(asker.offers(f"{program} --"), sorted(described), f"the options of {program}")
    for number in range(MANY_SITES):
        (config / "sites-available" / f"zz-{number}.conf").write_text("")
    require(asker.word("a2ensite zz-4321"), "zz-4321", f"one of {MANY_SITES} sites")
    require(asker.offers("a2ensite zz-777"), sorted(["zz-777", *(f"zz-777{digit}" for digit in range(10))]),
            f"a few of {MANY_SITES} sites")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--shell", choices=("bash", "zsh", "fish"), required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="confgraph-completions-") as name:
        folder = pathlib.Path(name)
        config = folder / "apache2"
        make_configuration(config)
        work = folder / "work"
        work.mkdir()
        environment = {"PATH": f"{options.prefix}/sbin:{options.prefix}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                       "APACHE_CONFDIR": str(config), "APACHE_STATE_DIRECTORY": str(folder / "state")}
        asker = Asker(options.shell, options.prefix, environment, work)
        test(asker, config, options.prefix)
        asker.close()
        left = [path.name for path in work.rglob("*pwned*")]
        require(left, [], "what names made a shell do")


main()
