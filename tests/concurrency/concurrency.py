#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many processes at once on one configuration, by the installed tools below --prefix.

After each scenario nothing may be lost: exactly one MPM, links that lead somewhere, markers that agree with the links,
nothing left behind. No verdict depends on how long something takes.
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from typing import Callable, Iterator, Optional

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from private_tree import DEFAULT_MODULES, HeldLock, Tree  # noqa: E402
from scenarios import passes, require  # noqa: E402

PROCESSES = 64
STORM = 400
AT_ONCE = 16
SWITCHES_AT_ONCE = 32
SWITCHES_IN_LOOP = 300
MINIMUM_LISTINGS = 1000
KILL_ROUNDS = 12
SITES_OF_A_VICTIM = 300
MPMS = ("event", "prefork", "worker")
# Beginnings of lines that no call may print, whatever the others do at the same time.
NEVER = ("Could not", "Failed to", "changed by someone else", "could not be undone", "journal")
# A limit only for what would never end.
FOREVER = 120.0


def require_sound(tree: Tree, before: dict[str, str], test: bool = True) -> None:
    problems = tree.problems(before, test)
    require(not problems, "\n  ".join(["the configuration is not sound:", *problems]))


def described(child: subprocess.Popen, out: str, err: str) -> str:
    return f"{child.args}: exit status {child.returncode}\n  stdout {out!r}\n  stderr {err!r}"


def finish(children: list[subprocess.Popen]) -> list[tuple[subprocess.Popen, str, str]]:
    return [(child, *child.communicate(timeout=FOREVER)) for child in children]


def all_done(results: list[tuple[subprocess.Popen, str, str]]) -> None:
    for child, out, err in results:
        require(child.returncode == 0, described(child, out, err))
        require(not any(word in err for word in NEVER), described(child, out, err))


def read_until(stream, text: str) -> str:
    """What comes from a pipe, until the text is in it."""
    found = b""
    deadline = time.monotonic() + FOREVER
    while text.encode() not in found:
        readable, _, _ = select.select([stream], [], [], max(deadline - time.monotonic(), 0))
        require(bool(readable), f"{text!r} does not come: {found!r}")
        piece = os.read(stream.fileno(), 65536)
        require(bool(piece), f"the output ends without {text!r}: {found!r}")
        found += piece
    return found.decode()


def closure(tree: Tree, names: set[str]) -> set[str]:
    """The modules with all they depend on."""
    pending = sorted(names)
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            for line in (tree.config / "mods-available" / f"{name}.load").read_text().splitlines():
                if line.startswith("# Depends:"):
                    pending += line.split(":", 1)[1].split()
    return found


def modules_for_all(tree: Tree, count: int) -> list[str]:
    """Modules of Debian that can be enabled together, those with dependencies first."""
    found = []
    for path in sorted((tree.config / "mods-available").glob("*.load")):
        text = path.read_text()
        # Services and hints of the others are not what this is about; cgi becomes another one.
        if not path.stem.startswith("mpm_") and "# Conflicts:" not in text and "mpm_" not in text and path.stem not in (
                "cgi", "cgid", "cache_disk", *DEFAULT_MODULES):
            found.append(("# Depends:" not in text, path.stem))
    names = [name for _, name in sorted(found)]
    require(len(names) >= count, f"{count} modules needed, {len(names)} are available")
    return names[:count]


def different_entries(tree: Tree, _: argparse.Namespace) -> str:
    """64 processes enable a different entry each; in the second round all of them wait for the lock first."""
    before = tree.links()
    modules = modules_for_all(tree, 2 * PROCESSES // 2)
    wanted: dict[str, set[str]] = {"module": set(), "site": set(), "conf": set()}
    for number in range(2):
        # In the second round, those that nothing of the first has enabled: the others would have nothing to do.
        part = [name for name in modules[number::2] if name not in tree.enabled("module")]
        sites = [f"site-{number}-{i}" for i in range(PROCESSES - len(part) - 8)]
        confs = [f"conf-{number}-{i}" for i in range(8)]
        for kind, names in (("site", sites), ("conf", confs)):
            for name in names:
                tree.add(kind, name)
        calls = [("a2enmod", name) for name in part] + [("a2ensite", name) for name in sites] + [("a2enconf", name) for name in confs]
        require(len(calls) == PROCESSES, f"{len(calls)} calls")
        with contextlib.ExitStack() as stack:
            if number == 1:
                lock = stack.enter_context(HeldLock(tree))
                children = [tree.start(*call) for call in calls]
                wait_for_waiters(children)
                lock.release()
            else:
                children = [tree.start(*call) for call in calls]
            all_done(finish(children))
        wanted["module"] |= set(part)
        wanted["site"] |= set(sites)
        wanted["conf"] |= set(confs)
        for kind, names in wanted.items():
            expected = closure(tree, names) if kind == "module" else names
            require(expected <= tree.enabled(kind), f"lost: {kind} {sorted(expected - tree.enabled(kind))}")
        extra = tree.enabled("module") - closure(tree, wanted["module"]) - set(DEFAULT_MODULES)
        require(not extra, f"enabled by nobody: {sorted(extra)}")
        require_sound(tree, before)
    return f"{2 * PROCESSES} processes, nothing lost"


def wait_for_waiters(children: list[subprocess.Popen]) -> None:
    """Until each of the children has said that it waits, which a tool does after a second; or has ended."""
    deadline = time.monotonic() + FOREVER
    silent = list(children)
    while silent:
        require(time.monotonic() < deadline, "the processes neither wait for the lock nor end")
        readable, _, _ = select.select([child.stderr for child in silent], [], [], 1.0)
        silent = [child for child in silent if child.stderr not in readable and child.poll() is None]
    ended = [child.args for child in children if child.poll() is not None]
    require(not ended, f"did not wait for the lock: {ended}")


class Storm:
    """Random operations, and what may come of each."""

    def __init__(self, tree: Tree, seed: int) -> None:
        self.tree = tree
        self.random = random.Random(seed)
        self.modules = modules_for_all(tree, 40)
        self.sites = [f"site{i}" for i in range(20)]
        self.confs = [f"conf{i}" for i in range(20)]
        for kind, names in (("site", self.sites), ("conf", self.confs)):
            for name in names:
                tree.add(kind, name)

    def operation(self) -> list[str]:
        choose = self.random.choice
        options = choose(([], [], ["-m"], ["-q"]))
        kind = self.random.randrange(16)
        if kind < 3:
            return ["a2enmod", *options, *self.random.sample(self.modules, self.random.randint(1, 3))]
        if kind < 5:
            return ["a2dismod", "-f", *options, *self.random.sample(self.modules, self.random.randint(1, 3))]
        if kind == 5:
            return ["a2dismod", *options, choose(self.modules)]
        if kind < 8:
            return [choose(("a2ensite", "a2dissite")), *options, *self.random.sample(self.sites, 3)]
        if kind < 10:
            return [choose(("a2enconf", "a2disconf")), *options, *self.random.sample(self.confs, 2)]
        if kind < 12:
            return ["a2mpm", "-f", "--no-test", *options, choose(MPMS)]
        return choose((["a2query", "-M"], ["a2query", "-m"], ["a2query", "-m", "--json"], ["a2query", "-s"], ["a2query", "-c"],
                       ["a2query", "-m", choose(self.modules)], ["a2query", "-s", choose(self.sites)],
                       ["a2enmod", "-n", choose(self.modules)], ["a2query", "--list-available"]))

    def judge(self, call: list[str], child: subprocess.Popen, out: str, err: str) -> None:
        what = described(child, out, err)
        status = child.returncode
        if call[0] != "a2query" and "-n" not in call:
            require(status in (0, 1), what)
            require(not any(word in err for word in NEVER), what)
            # Only a module that others need, or that the MPM forbids, is refused.
            require(status == 0 or call[0] in ("a2dismod", "a2enmod"), what)
            require((status == 0) == ("ERROR: " not in err), what)
            return
        line = re.compile(r"\S+ \(enabled by (site administrator|maintainer script|unknown)\)")
        if call[1] == "-M":
            require(status == 0 and out.strip() in MPMS and out.count("\n") == 1 and not err, what)
        elif call[1] in ("-m", "-s", "-c") and len(call) == 2:
            lines = out.splitlines()
            require(status == 0 and not err and all(line.fullmatch(text) for text in lines), what)
            require(call[1] != "-m" or sum(text.startswith("mpm_") for text in lines) == 1, what)
        elif call[-1] == "--json":
            document = json.loads(out)
            require(status == 0 and not err and isinstance(document, dict), what)
            mpms = [module["name"] for module in document["modules"] if module["enabled"] and module["name"].startswith("mpm_")]
            require(len(mpms) == 1, what)
        elif call[1] in ("-m", "-s"):
            require(status in (0, 1, 32, 33), what)
            require(status != 0 or line.fullmatch(out.strip()) is not None, what)
        else:
            require(status in (0, 1) and not any(word in err for word in NEVER), what)


def storm(tree: Tree, options: argparse.Namespace) -> str:
    """400 operations of all kinds, 16 at a time."""
    before = tree.links()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    weather = Storm(tree, seed)
    pending = [weather.operation() for _ in range(STORM)]
    require(sum(call[0] == "a2mpm" for call in pending) > STORM // 20, "too few switches")
    running: dict[int, tuple[list[str], subprocess.Popen, pathlib.Path]] = {}
    with tempfile.TemporaryDirectory(prefix="confgraph-output-") as folder:
        number = 0
        while pending or running:
            while pending and len(running) < AT_ONCE:
                call = pending.pop()
                number += 1
                place = pathlib.Path(folder, str(number))
                with open(f"{place}.out", "wb") as out, open(f"{place}.err", "wb") as err:
                    child = tree.start(*call, stdout=out, stderr=err)
                running[child.pid] = (call, child, place)
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            call, child, place = running.pop(ended.si_pid)
            child.wait()
            weather.judge(call, child, pathlib.Path(f"{place}.out").read_text(), pathlib.Path(f"{place}.err").read_text())
    require_sound(tree, before)
    return f"{STORM} operations, {AT_ONCE} at a time, sound afterwards"


def switches(tree: Tree, _: argparse.Namespace) -> str:
    """32 switches at once."""
    before = tree.links()
    for _ in range(3):
        results = finish([tree.start("a2mpm", MPMS[i % len(MPMS)]) for i in range(SWITCHES_AT_ONCE)])
        all_done(results)
        require_sound(tree, before)
        require(tree.mpms()[0] in {f"mpm_{name}" for name in MPMS}, f"{tree.mpms()}")
    return f"3 times {SWITCHES_AT_ONCE} switches at once, exactly one MPM after each"


def killed_writers(tree: Tree, _: argparse.Namespace) -> str:
    """A writer is killed in the middle of its change while others wait: they complete it, and go on."""
    before = tree.links()
    killed_in_change = 0
    sites = [f"victim-{i}" for i in range(SITES_OF_A_VICTIM)]
    for name in sites:
        tree.add("site", name)
    for round_number in range(KILL_ROUNDS):
        others = [f"other-{round_number}-{i}" for i in range(8)]
        for name in others:
            tree.add("site", name)
        # The victim changes many sites, or an MPM with all its conf; it dies as soon as its journal is there.
        had = set(sites) <= tree.enabled("site")
        mpm = tree.mpms()[0]
        call = [["a2dissite" if had else "a2ensite", *sites], ["a2mpm", "--no-test", "prefork" if mpm != "mpm_prefork" else "event"]][
            round_number % 2]
        victim = tree.start(*call)
        while victim.poll() is None and not tree.journal_path.exists():
            pass
        victim.send_signal(signal.SIGSTOP)
        # Others begin to wait while it is in the middle, and then it is gone.
        seen = tree.journal_path.exists() and victim.poll() is None
        children = [tree.start("a2ensite", name) for name in others]
        if seen and round_number < 2:
            wait_for_waiters(children)
        killed_in_change += 1 if seen else 0
        victim.kill()
        victim.communicate()
        all_done(finish(children))
        enabled = tree.enabled("site")
        require(set(others) <= enabled, f"lost: {sorted(set(others) - enabled)}")
        number = len(set(sites) & enabled)
        require(number in (0, len(sites)), f"half of a change: {number} of {len(sites)} sites are enabled")
        require_sound(tree, before, round_number == KILL_ROUNDS - 1)
    require(killed_in_change > 0, "no writer was killed in the middle of its change: that says nothing")
    return f"{KILL_ROUNDS} writers killed, {killed_in_change} of them in the middle of a change, nothing lost"


@contextlib.contextmanager
def listing(tree: Tree, lister: str) -> Iterator[Callable[[], tuple[int, int, int, int]]]:
    """Runs the reader. What comes ends it, and gives: listings, those without MPM, with several, that failed."""
    reader = subprocess.Popen([lister, str(tree.config / "mods-enabled")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def end() -> tuple[int, int, int, int]:
        out, _ = reader.communicate(timeout=FOREVER)
        numbers = [int(word) for word in out.split() if word != "ready"]
        require(len(numbers) == 4 and reader.returncode == 0, f"the reader says {out!r}")
        return numbers[0], numbers[1], numbers[2], numbers[3]

    try:
        require(reader.stdout.readline() == "ready\n", "the reader does not start")
        yield end
    finally:
        reader.kill()
        reader.wait()


def listed_while_switching(tree: Tree, options: argparse.Namespace) -> str:
    """A reader lists the folder in a tight loop, once with and once without flushes of the writer."""
    before = tree.links()
    words = []
    for extra in ([], ["--no-sync"]):
        with listing(tree, options.lister) as end:
            for i in range(SWITCHES_IN_LOOP):
                result = tree.run("a2mpm", "--no-test", "-q", *extra, MPMS[i % 2 * 2 - 1])
                require(result.returncode == 0, f"{result}")
            listings, none, several, failed = end()
        words.append(f"{SWITCHES_IN_LOOP} switches{''.join(f' with {word}' for word in extra)}: {listings} listings, {none} without "
                     f"MPM, {several} with several, {failed} failed")
        print(words[-1], flush=True)
        require(listings >= MINIMUM_LISTINGS, f"only {listings} listings")
        require(none == several == failed == 0, words[-1])
        require_sound(tree, before)
    # It was the folder that was exchanged: otherwise the above would be about something else.
    result = tree.run("a2mpm", "--no-test", "--json", "worker")
    require(result.returncode == 0, f"{result}")
    require("exchange" in json.dumps(json.loads(result.stdout)["outcome"]).lower(), f"not by an exchange: {result.stdout}")
    return "; ".join(words)


def lock(tree: Tree, _: argparse.Namespace) -> str:
    """Whoever comes second waits, says so once, and gives up when told to; readers do not wait."""
    before = tree.links()
    for name in ("one", "two"):
        tree.add("site", name)
    with HeldLock(tree) as held:
        child = tree.start("a2ensite", "one")
        said = read_until(child.stderr, "\n")
        # A second message would come within another second.
        readable, _, _ = select.select([child.stderr], [], [], 2.2)
        require(not readable, "the waiting is said again, or ends while the lock is held")
        require(child.poll() is None and "one" not in tree.enabled("site"), "does not wait for the lock")
        held.release()
        out, err = child.communicate(timeout=FOREVER)
        require(child.returncode == 0 and "one" in tree.enabled("site"), described(child, out, said + err))
        require(said.count("\n") == 1 and err == "" and str(os.getpid()) in said, described(child, out, said + err))
        require("wait" in said.lower(), described(child, out, said + err))
    with HeldLock(tree):
        was = tree.snapshot()
        for call in (["a2ensite", "--wait=0", "two"], ["a2ensite", "--wait=1", "two"], ["a2enmod", "--wait=0", "rewrite"],
                     ["a2dismod", "-f", "--wait=0", "status"],
                     ["a2disconf", "--wait=0", "charset"], ["a2mpm", "--wait=0", "prefork"], ["a2mpm", "--wait=1", "--no-test", "-f", "worker"]):
            result = tree.run(*call)
            errors = [line for line in result.stderr.splitlines() if line.startswith("ERROR: ")]
            others = [line for line in result.stderr.splitlines() if not line.startswith(("ERROR: ", "HINT: ")) and "wait" not in line.lower()]
            require(result.returncode == 1 and len(errors) == 1 and not others, f"one line and exit status 1 expected: {result}")
            require(str(os.getpid()) in errors[0], f"the line does not name the holder {os.getpid()}: {errors}")
            require(tree.snapshot() == was, f"{call} changes something")
        for call, status in ((["a2query", "-M"], 0), (["a2query", "-m"], 0), (["a2query", "-s", "two"], 1), (["a2enmod", "-n", "rewrite"], 0),
                             (["a2mpm", "-n", "prefork"], 0), (["a2mpm"], 0), (["a2ensite", "one"], 0), (["a2mpm", "event"], 0),
                             (["a2dissite", "-n", "one"], 0)):
            result = tree.run(*call)
            require(result.returncode == status and "wait" not in result.stderr.lower(), f"waits, or fails: {result}")
        require(tree.snapshot() == was, "a reader changes something")
    # The first that wanted the lock is gone; the next one gets it at once.
    result = tree.run("a2ensite", "--wait=0", "two")
    require(result.returncode == 0 and result.stderr == "", f"{result}")
    for bad in ("--wait=-1", "--wait=x", "--wait=", "--wait=1e99", "--wait=99999999999999999999"):
        was = tree.snapshot()
        result = tree.run("a2dissite", bad, "two")
        require(result.returncode == 2 and len(result.stderr.strip().splitlines()) >= 1 and tree.snapshot() == was, f"{bad}: {result}")
    require_sound(tree, before)
    return "waits, says so once, gives up, and readers go on"


PHRASE = "Yes, do as I say!\n"
QUESTION = "retry by passing '-f': "


def changed_after_question(tree: Tree, _: argparse.Namespace) -> str:
    """What was confirmed is what is done: when others change something that matters in between, nothing is."""
    before = tree.links()
    tree.add("module", "needs_alias", "# Depends: alias\n# none\n")
    tree.add("site", "unrelated")

    def asked(call: list[str], questions: int, meanwhile: list[list[str]]) -> tuple[subprocess.Popen, str, str]:
        child = tree.start(*call, stdin=subprocess.PIPE)
        out = ""
        for i in range(questions):
            out += read_until(child.stdout, QUESTION)
            if i == questions - 1:
                for other in meanwhile:
                    result = tree.run(*other)
                    require(result.returncode == 0, f"whoever waits at a question holds the lock: {result}")
            os.write(child.stdin.fileno(), PHRASE.encode())
        rest, err = child.communicate(timeout=FOREVER)
        return child, out + rest, err

    def refused(call: list[str], questions: int, meanwhile: list[str], still: set[str]) -> None:
        child, out, err = asked(call, questions, [meanwhile])
        require(child.returncode == 1 and err.count("ERROR: ") == 1, described(child, out, err))
        require(still <= tree.enabled("module"), f"applied unseen: {sorted(still - tree.enabled('module'))} disabled")
        require("Module " not in out, described(child, out, err))

    # Now another module needs it.
    refused(["a2dismod", "alias"], 1, ["a2enmod", "needs_alias"], {"alias", "needs_alias"})
    require(tree.run("a2dismod", "needs_alias").returncode == 0, "cannot prepare")
    # Now the pattern means an essential module that nobody was asked about.
    require(tree.run("a2dismod", "-f", "env").returncode == 0, "cannot prepare")
    refused(["a2dismod", "alias", "{env,setenvif}"], 2, ["a2enmod", "env"], {"alias", "env", "setenvif"})
    # Now the modules that were confirmed would take another one along, whose number has changed: a cycle.
    for one, other in (("ring_one", "ring_two"), ("ring_two", "ring_one")):
        tree.add("module", one, f"# Depends: alias {other}\n")
    refused(["a2dismod", "alias"], 1, ["a2enmod", "ring_one"], {"alias", "ring_one", "ring_two"})
    require(tree.run("a2dismod", "ring_one").returncode == 0, "cannot prepare")
    # Nothing that matters: it is applied.
    child, out, err = asked(["a2dismod", "env"], 1, [["a2ensite", "unrelated"]])
    require(child.returncode == 0 and err == "" and "env" not in tree.enabled("module"), described(child, out, err))
    require("unrelated" in tree.enabled("site"), "the other change is lost")
    # Someone did the same: there is nothing left to do, and nothing to complain about beyond that it changed.
    child, out, err = asked(["a2dismod", "dir"], 1, [["a2dismod", "-f", "dir"]])
    require(child.returncode in (0, 1) and "dir" not in tree.enabled("module"), described(child, out, err))
    require(err.count("\n") <= 1, described(child, out, err))
    require_sound(tree, before)
    return "nothing applied unseen"


def selftest(tree: Tree, options: argparse.Namespace) -> str:
    """What the other scenarios look for is found where it is."""
    before = tree.links()
    require_sound(tree, before)
    folder = tree.config / "mods-enabled"

    def two_steps(old: str, new: str, first_off: bool) -> None:
        """As Debian's tools do, and as those who know better do."""
        for on in ((False, True) if first_off else (True, False)):
            if on:
                os.symlink(f"../mods-available/{new}.load", folder / f"{new}.load")
            else:
                os.unlink(folder / f"{old}.load")

    torn = []
    for first_off in (True, False):
        with listing(tree, options.lister) as end:
            for _ in range(SWITCHES_IN_LOOP * 10):
                two_steps("mpm_event", "mpm_worker", first_off)
                two_steps("mpm_worker", "mpm_event", first_off)
            listings, none, several, failed = end()
        torn.append(f"{listings} listings, {none} without MPM, {several} with several")
        require(failed == 0 and (none if first_off else several) > 0, f"the reader sees nothing of a switch in two steps: {torn[-1]}")
    require_sound(tree, before)
    with listing(tree, options.lister) as end:
        folder.rename(tree.config / "gone")
        # Time for a listing; the reader is in a tight loop.
        time.sleep(0.2)
        (tree.config / "gone").rename(folder)
        require(end()[3] > 0, "the reader does not see that the folder is gone")
    state = tree.state
    state.joinpath("confgraph").mkdir(exist_ok=True)
    defects: list[tuple[str, pathlib.Path, Optional[str]]] = [
        ("several MPMs", folder / "mpm_prefork.load", "../mods-available/mpm_prefork.load"),
        ("a link that leads nowhere", folder / "x.load", "../mods-available/x.load"),
        ("configuration without module", folder / "ssl.conf", "../mods-available/ssl.conf"),
        ("a link without marker", tree.config / "conf-enabled/x.conf", "../conf-available/charset.conf"),
        ("a marker without link", state / "site/enabled_by_admin/x", None),
        ("a marker that says otherwise", state / "module/disabled_by_maint/alias", None),
        ("a copy of the enabled folder", tree.config / ".mods-enabled.confgraph", None),
        ("a temporary link", folder / ".confgraph", "../mods-available/alias.load"),
        ("a journal", tree.journal_path, None),
        ("what the server refuses", tree.config / "conf-enabled/charset.conf", "../mods-available/mpm_prefork.load"),
    ]
    for what, path, target in defects:
        was = os.readlink(path) if path.is_symlink() else None
        path.unlink(missing_ok=True)
        if target is None:
            path.write_text("")
        else:
            path.symlink_to(target)
        require(bool(tree.problems(before, True)), f"not seen: {what}")
        path.unlink()
        if was is not None:
            path.symlink_to(was)
        require_sound(tree, before)
    (folder / "mpm_event.load").unlink()
    require(any("MPMs enabled are []" in problem for problem in tree.problems(before)), "not seen: no MPM")
    return f"{len(defects) + 2} defects seen; the switch in two steps: {'; '.join(torn)}"


SCENARIOS: dict[str, Callable[[Tree, argparse.Namespace], str]] = {
    function.__name__: function for function in (
        different_entries, storm, switches, killed_writers, listed_while_switching, lock, changed_after_question, selftest)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", required=True, type=pathlib.Path, help="an installed tree of confgraph")
    parser.add_argument("--lister", required=True, help="the program that lists a folder in a loop")
    parser.add_argument("--seed", type=int, help="repeat a storm")
    parser.add_argument("scenarios", nargs="*", help=f"of {', '.join(SCENARIOS)}; all by default")
    options = parser.parse_args()
    unknown = set(options.scenarios) - SCENARIOS.keys()
    if unknown:
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    tools = options.prefix.resolve() / "sbin"
    failures = 0
    for name in options.scenarios or SCENARIOS:
        with tempfile.TemporaryDirectory(prefix="confgraph-concurrency-") as folder:
            tree = Tree.debian(pathlib.Path(folder, "tree"), tools)
            failures += not passes(name, lambda: SCENARIOS[name](tree, options))
            tree.end_children()
    return min(failures, 125)


if __name__ == "__main__":
    sys.exit(main())
