#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tours of README.md and docs/*.md and compares what is printed with what they say.

The commands of all ```console blocks after the line "<!-- tour -->" of a page run in order on one copy of examples/sample, which
in a private mount namespace lies at /etc/apache2. With --update the pages are rewritten instead.
"""

import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARK = "<!-- tour -->"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What the first process of the machine is decides how the server is restarted; the README shows the common case.
SERVICE = re.compile(r"^  service apache2 (restart|reload)$", re.MULTILINE)
# Said where images are built, and on machines for tests.
FORBIDDEN = re.compile(r"^apache2_reload: policy-rc.d denied \w+\n", re.MULTILINE)


def run_block(commands: list[str], prefix: pathlib.Path, stand_ins: str) -> str:
    """What a reader sees who types the commands."""
    environment = {
        "PATH": f"{stand_ins}:{prefix}/sbin:{prefix}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": "/",
    }
    text = ""
    for command in commands:
        result = subprocess.run(
            ["sh", "-c", command], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False, cwd="/")
        text += f"$ {command}\n{result.stdout}"
    return FORBIDDEN.sub("", SERVICE.sub(r"  systemctl \1 apache2", text))


def check(page: pathlib.Path, prefix: pathlib.Path, stand_ins: str, update: bool) -> int:
    """Compares each block; returns 1 if any differs."""
    text = page.read_text(encoding="utf-8")
    start = text.index(MARK)
    wrong = blocks = 0
    parts: list[str] = []
    end = start
    for block in BLOCK.finditer(text, start):
        blocks += 1
        commands = [line[2:] for line in block.group(1).splitlines() if line.startswith("$ ")]
        actual = run_block(commands, prefix, stand_ins)
        parts += [text[end:block.start()], "```console\n", actual, "```"]
        end = block.end()
        if actual != block.group(1):
            wrong += 1
            if not update:
                sys.stdout.writelines(difflib.unified_diff(
                    block.group(1).splitlines(True), actual.splitlines(True), page.name, "what is printed"))
    if update:
        page.write_text(text[:start] + "".join(parts) + text[end:], encoding="utf-8")
    print(f"{page.name}: {blocks} blocks, {wrong} {'rewritten' if update else 'differ'}")
    return 0 if blocks >= 1 and (update or wrong == 0) else 1


def run(page: pathlib.Path, prefix: pathlib.Path, update: bool) -> int:
    """Checks a page on a copy of its own."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["cp", "-a", f"{ROOT}/examples/sample", f"{folder}/etc"], check=True)
        os.mkdir(f"{folder}/state")
        # The machine's own server is not to be touched.
        stand_in = pathlib.Path(folder, "bin", "invoke-rc.d")
        stand_in.parent.mkdir()
        stand_in.write_text("#!/bin/sh\n", encoding="ascii")
        stand_in.chmod(0o755)
        script = ('mount --bind "$1/etc" /etc/apache2 && mount --bind "$1/state" /var/lib/apache2 &&'
                  f' mount --bind "{prefix}/share/apache2" /usr/share/apache2 && shift && exec "$@"')
        own = [sys.executable, __file__, "--inside", str(stand_in.parent), "--prefix", str(prefix), str(page.resolve())]
        return subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", folder, *own,
                               *(["--update"] if update else [])], check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="an installed tree")
    parser.add_argument("--update", action="store_true", help="rewrite the pages")
    parser.add_argument("pages", type=pathlib.Path, nargs="*", metavar="PAGE", help="default: all that have a tour")
    parser.add_argument("--inside", metavar="STAND-INS", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return check(arguments.pages[0], arguments.prefix, arguments.inside, arguments.update)
    pages = arguments.pages or [ROOT / "README.md", *(page for page in sorted((ROOT / "docs").glob("*.md"))
                                                      if MARK in page.read_text(encoding="utf-8"))]
    return max(run(page, arguments.prefix.resolve(), arguments.update) for page in pages)


if __name__ == "__main__":
    sys.exit(main())
