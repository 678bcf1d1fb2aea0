#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that the test of real packages can fail: lets it compare the originals with spoiled copies of them.

Exit status: 0 when every spoiled thing was found and a sound copy was accepted, else 1; 2 when it could not be run."""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
from typing import Optional

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import chroots  # noqa: E402
import twins  # noqa: E402
from cases import (CONFIGURE_SERVER, DEFERRED, INSTALL, INSTALL_AGAIN, LIFE, PURGE, REMOVE, UNPACK_SERVER, UPGRADE,  # noqa: E402
                   XSENDFILE, Case, Step)
from differences import Difference  # noqa: E402

HELPER = "share/apache2/apache2-maintscript-helper"
ENABLER = "sbin/a2enmod"
SMALL = Case("small", XSENDFILE, LIFE)
DISABLED = Case("disabled", XSENDFILE, (INSTALL, Step("disable", "a2dismod -q xsendfile"), UPGRADE))
ITK = Case("mpm", ("libapache2-mpm-itk",), (dataclasses.replace(INSTALL, switches=True), REMOVE, INSTALL_AGAIN, PURGE))
LATER = Case("deferred", tuple(name for name in DEFERRED if "php" not in name), (*UNPACK_SERVER, CONFIGURE_SERVER))


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One of the originals with one replacement, the case to run with it, and what has to be complained of."""

    name: str
    program: str
    old: str
    new: str
    case: Case
    says: Optional[str]


MUTANTS = (
    Mutant("none", HELPER, "apache2_msg()", "apache2_msg()", SMALL, None),
    Mutant("none, deferred", HELPER, "apache2_msg()", "apache2_msg()", LATER, None),
    Mutant("marks for the administrator", HELPER, 'a2$CMD -m -q "$CONF" >', 'a2$CMD -q "$CONF" >', SMALL,
           "+file var/lib/apache2/module/enabled_by_admin/xsendfile"),
    Mutant("does not disable", HELPER, 'a2$CMD -m -f -q "$CONF"', "true", SMALL, "after 'remove'"),
    Mutant("does not forget", HELPER, "a2$CMD -p -f -q", "a2$CMD -m -f -q", SMALL, "ours: purge: var/lib/apache2/module/"),
    Mutant("overrules the administrator", HELPER, '"$a2query_ret" -eq 32', '"$a2query_ret" -eq 99', DISABLED,
           "+link etc/apache2/mods-enabled/xsendfile.load"),
    Mutant("does not tell the server", HELPER, "invoke-rc.d apache2 $action", "true", SMALL, "-asked for: apache2 restart"),
    Mutant("tells it the wrong thing", HELPER, "invoke-rc.d apache2 $action", "invoke-rc.d apache2 stop", SMALL,
           "+asked for: apache2 stop"),
    Mutant("says something else", HELPER, ": Enable $invoke_string", ": Enabled $invoke_string", SMALL,
           "+said: apache2_invoke: Enabled module"),
    Mutant("ends with an error", HELPER, "apache2_invoke()", "apache2_invoke() { return 1; }; unused()", SMALL,
           "exit status 1, not 0"),
    Mutant("is not understood by the shell", HELPER, "local action", "nosuchcommand; local action", SMALL, "broken: "),
    Mutant("does not switch", HELPER, 'a2dismod -m -q "mpm_$CUR_MPM"', "true", ITK, "loaded mpm_"),
    Mutant("defers nothing", HELPER, 'echo "$APACHE2_MAINTSCRIPT_PACKAGE apache2_invoke $*" >>', ": >>", LATER,
           "-file var/lib/apache2/deferred_actions"),
    Mutant("makes other links", ENABLER, "File::Spec->abs2rel( $tgt, dirname($link) )", "$tgt", SMALL,
           "-> /etc/apache2/mods-available/xsendfile.load"),
    Mutant("leaves something", ENABLER, "exit($rc)", 'mkdir("/var/lib/apache2/left"); exit($rc)', SMALL,
           "+folder var/lib/apache2/left"),
)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Shows that the test of real packages can fail.")
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="folder for downloaded packages")
    parser.add_argument("--lister", type=pathlib.Path, required=True, help="program that lists a folder all the time")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def spoil(mutant: Mutant, folder: pathlib.Path) -> pathlib.Path:
    """A tree with the original and its one replacement."""
    spoiled = folder / mutant.program
    spoiled.parent.mkdir(parents=True)
    shutil.copy2(pathlib.Path("/usr") / mutant.program, spoiled)
    text = spoiled.read_text(encoding="utf-8")
    if mutant.old not in text:
        raise chroots.CannotRun(f"{mutant.name}: {mutant.old!r} does not stand in {spoiled}")
    spoiled.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return folder


def complaints_of(stand: twins.Stand, mutant: Mutant, original: concurrent.futures.Future, folder: pathlib.Path) -> list[str]:
    layer = stand.with_stand_in(spoil(mutant, folder))
    spoiled = stand.run(mutant.case, layer, True)
    differing, _ = twins.compare(mutant.case, original.result(), spoiled, ())
    return [f"ours: {problem}" for problem in spoiled.problems] + differing


def check(name: str, good: bool, complaints: list[str]) -> bool:
    print(f"{'ok' if good else 'NOT OK'}: {name}")
    if not good:
        print("\n".join(complaints))
    sys.stdout.flush()
    return good


def check_listings(original: twins.Record) -> bool:
    """The original has no MPM for a while when it switches: that is seen where it is judged as if it were ours."""
    complaints = twins.check_listings(ITK, original, original)
    seen = any(re.search(r"ours: .* [1-9]\d* showed no MPM", line) for line in complaints)
    return check("listings: without an MPM", seen, complaints)


def check_differences(original: twins.Record) -> bool:
    """A difference that is listed is none; one that does not occur is complained of."""
    changed = dataclasses.replace(original, states=[[*state, "link x"] for state in original.states])
    listed = [Difference("x", "", (r"\+link x",), (SMALL.name,))]
    accepted, _ = twins.compare(SMALL, original, changed, listed)
    stale, _ = twins.compare(SMALL, original, original, listed)
    elsewhere, _ = twins.compare(SMALL, original, changed, [dataclasses.replace(listed[0], cases=("other",))])
    return all([
        check("differences: listed", not accepted, accepted),
        check("differences: stale", "stale: x" in "".join(stale), stale),
        check("differences: of another case", "+link x" in "".join(elsewhere), elsewhere),
    ])


def digest_of_machine() -> str:
    """Of what must never be changed."""
    digest = hashlib.sha256()
    for top in ("/etc/apache2", "/var/lib/apache2", "/usr/share/apache2", "/usr/sbin", "/media", chroots.ARCHIVES):
        for folder, folders, files in os.walk(top):
            for name in sorted(folders + files):
                status = os.lstat(os.path.join(folder, name))
                digest.update(f"{folder}/{name} {status.st_ino} {status.st_ctime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def run_all(arguments: argparse.Namespace) -> int:
    cases = {mutant.case.name: mutant.case for mutant in MUTANTS}
    stand = twins.Stand(arguments.cache, sorted({name for case in cases.values() for name in case.packages}), arguments.lister)
    chroots.leave_network()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        originals = {name: pool.submit(stand.run, case, stand.originals(), False) for name, case in cases.items()}
        # Each original is begun before the first that waits for it.
        spoiled = []
        for number, mutant in enumerate(MUTANTS):
            folder = chroots.COVERED / f"mutant-{number}"
            spoiled.append((mutant, pool.submit(complaints_of, stand, mutant, originals[mutant.case.name], folder)))
        results = []
        for mutant, future in spoiled:
            complaints = future.result()
            good = not complaints if mutant.says is None else any(mutant.says in line for line in complaints)
            results.append(check(f"mutant: {mutant.name}", good, complaints))
        results += [check_listings(originals[ITK.name].result()), check_differences(originals[SMALL.name].result())]
    return 0 if all(results) else 1


def main() -> int:
    arguments = parse_arguments()
    if not arguments.inside:
        before = digest_of_machine()
        status = subprocess.run([sys.executable, *sys.argv, "--inside"], check=False).returncode
        untouched = check("the machine is as before", before == digest_of_machine(), [])
        return status or (0 if untouched else 1)
    try:
        arguments.cache, arguments.lister = arguments.cache.resolve(), arguments.lister.resolve()
        chroots.isolate()
        return run_all(arguments)
    except (chroots.CannotRun, OSError) as error:
        print(f"packages: cannot be run: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
