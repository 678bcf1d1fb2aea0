#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""That compare.py fails when it has to: with programs and pieces of scripts that have defects, and with Debian's own."""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import cases
import compare
import side

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = "bin/dh_apache2"
SCRIPTS = "share/debhelper/autoscripts"

# What is replaced by what in which file, the case that sees it, and what the case says.
DEFECTS = (
    (PROGRAM, "'apache2-bin'", "'apache2'", "a module$", "substvars differs"),
    (PROGRAM, "    install_file($file", "    install_prog($file", "a module$", "tree differs"),
    (PROGRAM, " holds a module of the server: ", " is odd: ", "a package of another name$", "stderr differs"),
    (PROGRAM, "return 0;\n}\n\nsub check_options", "return 3;\n}\n\nsub check_options", "a conf$", "status differs"),
    (PROGRAM, "'en' : 'dis'", "'en' : 'en'", "a module$", "calls differs"),
    (PROGRAM, "sort grep", "reverse sort grep", "the order of a tree$", "calls of ours"),
    (PROGRAM, "install_dir($file->{folder});", "install_dir($file->{folder}, 'left');", "a module$", "ours left"),
    (f"{SCRIPTS}/postinst-apache2", "|| #ERROR_HANDLER#", "|| true", "--error-handler$", "calls differs"),
    (f"{SCRIPTS}/prerm-apache2", "remove|deconfigure", "remove", "a conf$", "calls differs"),
    (f"{SCRIPTS}/postrm-apache2", "#CONDITIONAL_VARIABLE# && ", "", "--conditional$", "calls differs"),
)


def run(prefix: pathlib.Path, only: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-B", str(HERE / "compare.py"), "--prefix", str(prefix), "--only", f"^{only}"], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="our installed tree, with bin/dh_apache2")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="confgraph-debhelper-") as name:
        for number, (file, old, new, only, said) in enumerate(DEFECTS):
            prefix = pathlib.Path(name, str(number))
            for path in (PROGRAM, "bin/a2mmn", SCRIPTS):
                (prefix / path).parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copytree if (options.prefix / path).is_dir() else shutil.copy2
                copy(options.prefix / path, prefix / path)
            text = (prefix / file).read_text(encoding="utf-8")
            if old not in text:
                failed += 1
                print(f"FAILED {file} does not hold {old!r}")
                continue
            (prefix / file).write_text(text.replace(old, new), encoding="utf-8")
            status, output = run(prefix, only)
            if status != 1 or said not in output:
                failed += 1
                print(f"FAILED {new!r} for {old!r} was not seen: {status}\n{output}")
        debian = pathlib.Path(name, "debian")
        (debian / "bin").mkdir(parents=True)
        (debian / PROGRAM).symlink_to("/usr/bin/dh_apache2")
        (debian / "bin/a2mmn").symlink_to(options.prefix.resolve() / "bin/a2mmn")
        for only, expected, said in (("no file and an empty tree$", 0, "0 failed"), ("a module$", 1, "has a new time"), ("a site$", 1, "calls of ours")):
            status, output = run(debian, only)
            if status != expected or said not in output:
                failed += 1
                print(f"FAILED Debian's own in the place of ours, {only}: {status}\n{output}")
        # A difference that there is no more: ours on both sides.
        case = next(case for case in cases.DIFFERENT if case.name == "a line twice")
        compare.make_source(case, pathlib.Path(name, "source"))
        ours = side.call(side.Side.ours(options.prefix.resolve()), pathlib.Path(name, "source"), pathlib.Path(name, "ours"))
        if not any("stale" in complaint for complaint in compare.judge(case, ours, ours)):
            failed += 1
            print("FAILED a difference that is none was not seen")
    print(f"debhelper: {len(DEFECTS) + 4} checks that it can fail, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
