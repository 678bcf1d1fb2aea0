#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has the real server serve a configuration of LoadModule lines, on loopback, while the installed tools change it.

A module is enabled and disabled, one with a line, one that has only its binary, and a conf: after a reload each shows in
an answer. The MPM is switched there and back, with the server started anew. What the tools say is enabled is compared with
what the server says it loads, each time; and what they refuse is left as it was.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from line_tree import LineTree, without_times  # noqa: E402  (found by the path above)


class Checks:
    def __init__(self, tree: LineTree) -> None:
        self.tree = tree
        self.failures = 0
        self.done = 0

    def equal(self, what: str, actual, expected) -> None:
        self.done += 1
        if actual != expected:
            self.failures += 1
            print(f"FAILED: {what}\n  is       {actual!r}\n  expected {expected!r}", flush=True)

    def run(self, *words: str, status: int = 0) -> str:
        result = self.tree.run(*words)
        self.equal(f"exit status of {' '.join(words)} ({result.stderr.strip()})", result.returncode, status)
        return result.stdout + result.stderr

    def agrees(self, when: str) -> None:
        """The tools and the server say the same of what is enabled."""
        self.equal(f"modules enabled {when}", set(self.tree.names("-m")), self.tree.loaded())


def questions(check: Checks) -> None:
    tree = check.tree
    check.agrees("to begin with")
    check.equal("the MPM", check.run("a2query", "-M"), "event\n")
    check.equal("findings", check.run("a2query", "--check"), "No problem found\n")
    check.run("a2query", "-m", "mod_rewrite")
    check.run("a2query", "-m", "rewrite_module")
    check.run("a2query", "-m", "speling", status=1)
    check.run("a2query", "-c", "welcome")
    check.run("a2query", "-c", "intranet", status=1)
    why = check.run("a2query", "--why=proxy")
    check.equal("a dependency with its place", f"module proxy_http needs proxy ({tree.lines}/00-proxy.conf:" in why, True)
    check.equal("an arrow in the graph", '"proxy_http" -> "proxy"' in check.run("a2query", "--graph=dot"), True)
    entry = json.loads(check.run("a2query", "--json", "-m", "rewrite"))["modules"][0]
    check.equal("an identifier", entry["identifiers"], ["rewrite_module"])
    check.equal("a file", entry["file"]["enabled"], f"{tree.lines}/00-base.conf")
    check.equal("sites", tree.run("a2query", "-s").stdout, "")


def effects(check: Checks) -> None:
    tree = check.tree
    (tree.documents / "index.html").write_text("hello\n")
    (tree.documents / ".web").mkdir()
    (tree.documents / ".web/index.html.meta").write_text("X-Meta: yes\n")
    (tree.confs / "effects.conf").write_text(
        "<IfModule speling_module>\n    CheckSpelling on\n</IfModule>\n"
        "<IfModule cern_meta_module>\n    <Directory />\n        MetaFiles on\n    </Directory>\n</IfModule>\n")
    before = without_times(tree.snapshot())
    tree.start()
    check.equal("an answer", tree.get("/index.html")[2], "hello\n")
    check.equal("a name with a slip, at first", tree.get("/indx.html")[0], 404)

    check.run("a2enmod", "speling")
    tree.reload()
    check.equal("a name with a slip, corrected", tree.get("/indx.html")[0], 301)
    check.agrees("with speling")
    check.run("a2dismod", "mod_speling.so")
    tree.reload()
    check.equal("a name with a slip, again", tree.get("/indx.html")[0], 404)

    # No line anywhere: a file is made, and goes again.
    check.equal("a header that nobody makes", tree.get("/index.html")[1].get("x-meta"), None)
    check.run("a2enmod", "cern_meta")
    check.equal("the new file", (tree.lines / "10-cern_meta.conf").exists(), True)
    tree.reload()
    check.equal("the header", tree.get("/index.html")[1].get("x-meta"), "yes")
    check.agrees("with cern_meta")
    check.run("a2dismod", "cern_meta")
    tree.reload()
    check.equal("the header is gone", tree.get("/index.html")[1].get("x-meta"), None)

    check.run("a2enconf", "intranet")
    tree.reload()
    check.equal("a conf's header", tree.get("/index.html")[1].get("x-intranet"), "yes")
    check.run("a2disconf", "intranet")
    tree.reload()
    check.equal("a conf's header is gone", tree.get("/index.html")[1].get("x-intranet"), None)
    check.equal("the tree afterwards", without_times(tree.snapshot()), before)
    tree.stop()


def mpms(check: Checks) -> None:
    tree = check.tree
    before = without_times(tree.snapshot())
    for mpm, cgi in (("prefork", "cgi"), ("worker", "cgid"), ("event", "cgid")):
        check.run("a2mpm", mpm)
        check.equal("the MPM", check.run("a2query", "-M"), f"{mpm}\n")
        check.agrees(f"with {mpm}")
        check.equal(f"what runs CGI programs with {mpm}", {"cgi", "cgid"} & set(tree.names("-m")), {cgi})
        tree.start()
        check.equal("the MPM that serves", tree.mpm(), mpm)
        tree.stop()
    check.equal("the tree after all MPMs", without_times(tree.snapshot()), before)


def refusals(check: Checks) -> None:
    tree = check.tree
    before = tree.snapshot()
    text = check.run("a2dismod", "cgid", status=1)
    check.equal("the place of a line in a container", f"{tree.lines}/01-cgi.conf:3" in text, True)
    check.equal("the container", "<IfModule !mpm_prefork_module>" in text, True)
    text = check.run("a2ensite", "shop", status=1)
    check.equal("a hint at what there is instead", "a2enconf" in text, True)
    check.run("a2enmod", "mpm_prefork", status=1)
    check.run("a2dismod", "proxy", status=1)
    check.run("a2enmod", "no_such_module", status=1)
    check.run("a2enconf", "no_such_conf", status=1)
    check.run("a2enmod", "-n", "speling")
    check.equal("the tree after refusals", tree.snapshot(), before)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", required=True, type=pathlib.Path, help="an installed tree of confgraph")
    tools = parser.parse_args().prefix.resolve() / "sbin"
    if not os.access(tools / "a2enmod", os.X_OK):
        raise SystemExit(f"ERROR: {tools / 'a2enmod'} is missing")
    with tempfile.TemporaryDirectory(prefix="confgraph-lines-") as folder:
        tree = LineTree(pathlib.Path(folder) / "root", tools)
        check = Checks(tree)
        try:
            for part in (questions, refusals, effects, mpms):
                part(check)
        finally:
            tree.stop()
        leftovers = [name for name in tree.snapshot(tree.root) if "/." in name and "/.web" not in name]
        check.equal("leftovers", leftovers, [])
        print(f"{check.done} checks, {check.failures} failures")
        return min(check.failures, 125)


if __name__ == "__main__":
    sys.exit(main())
