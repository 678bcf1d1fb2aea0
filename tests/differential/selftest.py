#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that the differential test can fail: runs it on spoiled copies of Debian's tools and on bad scenarios.

Exit status: 0 when every spoiled thing was found and every sound one was accepted, else 1.
"""

import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE = pathlib.Path("/usr/sbin")
PASSED_FEW = 3
FAILED = 1
CANNOT_RUN = 2


@dataclasses.dataclass
class Mutant:
    """Debian's tool with one replacement, the scenarios to run, and what the test must say."""

    name: str
    program: str
    old: str
    new: str
    only: str
    status: int
    says: str


@dataclasses.dataclass
class BadScenario:
    """A scenario file, run with Debian's tools on both sides, and what the test must say."""

    name: str
    text: str
    status: int
    says: str


MUTANTS = [
    Mutant(
        "none", "a2enmod", "a2enmod by", "a2enmod by",
        "^disable:", PASSED_FEW, "0 failed",
    ),
    Mutant(
        "other words", "a2enmod", "already enabled", "is enabled",
        "^enable: a module", FAILED, "+Module status is enabled",
    ),
    Mutant(
        "other words on stderr", "a2enmod", "'ERROR: '", "'Error: '",
        "^enable: .*not exist", FAILED, "+Error: Module nosuch",
    ),
    Mutant(
        "no last newline", "a2enmod", r"already enabled\n", "already enabled",
        "^enable: twice", FAILED, "\\ no newline",
    ),
    Mutant(
        "other exit status", "a2enmod", "exit($rc)", "exit(0)",
        "^enable: .*not exist", FAILED, "-1",
    ),
    Mutant(
        "absolute links", "a2enmod", "File::Spec->abs2rel( $tgt, dirname($link) )", "$tgt",
        "^enable: a site$", FAILED, "-> /etc/apache2/sites-available/",
    ),
    Mutant(
        "wrong marker", "a2enmod", '"maint" if', '"admin" if',
        "^markers:", FAILED, "+file 644 state/module/enabled_by_admin/rewrite",
    ),
    Mutant(
        "other mode of markers", "a2enmod", "qx{touch", "qx{umask 077; touch",
        "^markers: enabled by the", FAILED, "+file 600 state/",
    ),
    Mutant(
        "something left behind", "a2enmod", "exit($rc)", 'mkdir("left"); exit($rc)',
        "^enable: a site$", FAILED, "+dir 755 here/left",
    ),
    Mutant(
        "something left in /run", "a2enmod", "exit($rc)", 'mkdir("/run/left"); exit($rc)',
        "^enable: a site$", FAILED, "dir 755 run/left/",
    ),
    Mutant(
        "writes outside", "a2enmod", "exit($rc)", 'mkdir("/usr/left") or die; exit(0)',
        "^enable: a site$", FAILED, "+30",
    ),
    Mutant(
        "another call of the service manager", "a2enmod", "systemctl $act", "systemctl -q $act",
        "^services: cache_disk$", FAILED, "systemctl -q enable",
    ),
    Mutant(
        "no call of the service manager", "a2enmod", "system($command)", "0",
        "^services: cache_disk$", FAILED, "-file 644 calls",
    ),
    Mutant(
        "hints on stderr are free", "a2enmod", "exit($rc)", r'print STDERR "HINT: a\nHINT: b\n"; exit($rc)',
        "^enable: .*not exist", PASSED_FEW, "0 failed",
    ),
    Mutant(
        "hints on stdout are not", "a2enmod", "exit($rc)", r'print "HINT: a\n"; exit($rc)',
        "^enable: .*not exist", FAILED, "+HINT: a",
    ),
    Mutant(
        "other words on stderr beside hints", "a2enmod", "exit($rc)", r'print STDERR "HINT: a\nNote: b\n"; exit($rc)',
        "^enable: a site$", FAILED, "+Note: b",
    ),
    Mutant(
        "starts the control script", "a2enmod", "a2enmod by", "a2enmod by",
        "^cgi: under event$", FAILED, "control script: apache2ctl -V",
    ),
    Mutant(
        "stays with Debian's ways", "a2enmod", "a2enmod by", "a2enmod by",
        "^dependencies: .*second does not exist$", FAILED, "+Enabling module bb.",
    ),
    Mutant(
        "kills its process group", "a2enmod", "exit($rc)", "kill(9, -getpgrp())",
        "^enable: a site$", FAILED, "+137",
    ),
    Mutant(
        "none, query", "a2query", '"apache2ctl"', '"false"',
        "^query: (a (module|site|conf)$|disabled by)", PASSED_FEW, "0 failed",
    ),
    Mutant(
        "other exit status of a query", "a2query", "= '32'", "= '31'",
        "^query: disabled by the admin", FAILED, "+31",
    ),
    Mutant(
        "other words of a query", "a2query", "site administrator", "admin",
        "^query: a site$", FAILED, "+000-default (enabled by admin)",
    ),
]

BAD_SCENARIOS = [
    BadScenario("sound", "scenario: x\nrun: a2enmod rewrite\n", PASSED_FEW, "1 agree"),
    BadScenario(
        "stale status",
        "scenario: x\nrun: a2enmod rewrite\nexpect-status: 0\ndiffers: unit\nbecause: x\n",
        FAILED, "stale",
    ),
    BadScenario(
        "stale text",
        "scenario: x\nrun: a2enmod nosuch\nexpect-stdout: none\ndiffers: unit\nbecause: x\n",
        FAILED, "stale",
    ),
    BadScenario(
        "stale changes",
        "scenario: x\nrun: a2enmod nosuch\nexpect-changes: none\ndiffers: unit\nbecause: x\n",
        FAILED, "stale",
    ),
    BadScenario(
        "stale hanging",
        "scenario: x\nreference-timeout: 5\ndiffers: cycle\nbecause: x\nrun: a2enmod nosuch\nexpect-status: 1\n"
        "expect-stdout: none\nexpect-stderr:\n    |ERROR: Module nosuch does not exist!\nexpect-changes: none\n",
        FAILED,
        "stale: the reference does not hang",
    ),
    BadScenario(
        "unmet changes",
        "scenario: x\nrun: a2enmod rewrite\nexpect-changes: none\ndiffers: unit\nbecause: x\n",
        FAILED, "++ link apache2/mods",
    ),
    BadScenario(
        "unsorted",
        "scenario: x\nrun: a2query -m\ndiffers: order-a2query\nbecause: x\n",
        FAILED, "reference: stdout",
    ),
    BadScenario(
        "failing setup",
        "scenario: x\nsetup:\n    false\nrun: a2enmod rewrite\n",
        FAILED, "the setup ended with 1",
    ),
    BadScenario(
        "unknown difference",
        "scenario: x\nrun: true\ndiffers: nosuch\nbecause: x\n",
        CANNOT_RUN, "no known difference",
    ),
    BadScenario(
        "difference without reason",
        "scenario: x\nrun: true\nexpect-status: 1\ndiffers: unit\n",
        CANNOT_RUN, "because:",
    ),
    BadScenario(
        "difference without expectation",
        "scenario: x\nrun: true\ndiffers: unit\nbecause: x\n",
        CANNOT_RUN, "instead",
    ),
    BadScenario(
        "expectation without difference",
        "scenario: x\nrun: true\nexpect-status: 1\n",
        CANNOT_RUN, "without 'differs:'",
    ),
    BadScenario("unknown key", "scenario: x\nrun: true\nexpect-nothing: x\n", CANNOT_RUN, "unknown key"),
    BadScenario("nothing to run", "scenario: x\n", CANNOT_RUN, "nothing to run"),
    BadScenario(
        "same name twice",
        "scenario: x\nrun: true\nscenario: x\nrun: true\n",
        CANNOT_RUN, "a second scenario",
    ),
]


def run_test(prefix: pathlib.Path, *options) -> tuple[int, str]:
    """Run the differential test; return its exit status and all it printed."""
    command = [sys.executable, HERE / "run.py", "--prefix", prefix, *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def run_mutant(mutant: Mutant, folder: pathlib.Path) -> tuple[int, str]:
    prefix = folder / re.sub(r"\W", "-", mutant.name)
    (prefix / "sbin").mkdir(parents=True)
    for program in ("a2enmod", "a2query"):
        shutil.copy2(REFERENCE / program, prefix / "sbin" / program)
    spoiled = prefix / "sbin" / mutant.program
    text = spoiled.read_text(encoding="utf-8")
    if mutant.old not in text:
        raise ValueError(f"{mutant.name}: {mutant.old!r} does not stand in {spoiled}")
    spoiled.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return run_test(prefix, "--only", mutant.only)


def run_bad_scenario(bad: BadScenario, folder: pathlib.Path) -> tuple[int, str]:
    scenarios = folder / re.sub(r"\W", "-", bad.name)
    scenarios.mkdir()
    (scenarios / "bad.scn").write_text(bad.text, encoding="utf-8")
    return run_test("/usr", "--scenarios", scenarios)


def undemonstrated_differences() -> list[str]:
    """Return the ids of differences.txt that no scenario shows."""
    listing = subprocess.run([sys.executable, HERE / "run.py", "--list"], stdout=subprocess.PIPE, text=True, check=True)
    shown = set(" ".join(re.findall(r"\[([a-z0-9 -]+)\]$", listing.stdout, re.M)).split())
    lines = (HERE / "differences.txt").read_text(encoding="utf-8").splitlines()
    listed = {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}
    return sorted(listed - shown)


def digest_of_machine() -> str:
    """Return a digest of what the test must never change."""
    digest = hashlib.sha256()
    for top in ("/etc/apache2", "/var/lib/apache2", "/run/apache2", "/media", "/etc"):
        for folder, folders, files in os.walk(top):
            for name in sorted(folders + files):
                status = os.lstat(os.path.join(folder, name))
                line = f"{folder}/{name} {status.st_ino} {status.st_ctime_ns}\n"
                digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def check(name: str, case: Mutant | BadScenario, status: int, output: str) -> bool:
    """Print one line about a case; return whether it is as it must be."""
    good = status == case.status and case.says in output
    print(f"{'ok' if good else 'NOT OK'}: {name}: {case.name}")
    if not good:
        print(f"  exit status {status}, expected {case.status}; must say {case.says!r}; said:\n{output}")
    return good


def main() -> int:
    before = digest_of_machine()
    results = []
    with tempfile.TemporaryDirectory(prefix="confgraph-selftest-") as name:
        folder = pathlib.Path(name)
        for mutant in MUTANTS:
            results.append(check("mutant", mutant, *run_mutant(mutant, folder / "mutants")))
        for bad in BAD_SCENARIOS:
            results.append(check("scenario", bad, *run_bad_scenario(bad, folder)))
        missing = BadScenario("prefix without programs", "", CANNOT_RUN, "is missing")
        results.append(check("prefix", missing, *run_test(folder)))
    unshown = undemonstrated_differences()
    print(f"NOT OK: no scenario shows {' '.join(unshown)}" if unshown else "ok: each difference is shown by a scenario")
    results.append(not unshown)
    untouched = before == digest_of_machine()
    print(f"{'ok' if untouched else 'NOT OK'}: the machine is as before")
    return 0 if all(results) and untouched else 1


if __name__ == "__main__":
    sys.exit(main())
