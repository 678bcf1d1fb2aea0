#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check that dh_apache2 and its manual, which is in the program's own file, say the same.

  a  options: those that the program knows beside debhelper's are in section OPTIONS, and no other
  b  differences: those of differences.txt are in section DIFFERENCES FROM DEBIAN, and no other
  c  form: podchecker and mandoc have nothing to say
"""

import argparse
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# These are debhelper's, and mean something of their own here.
OF_DEBHELPER = {"error-handler", "n", "noscripts"}


def section(text: str, title: str) -> str:
    return text.split(f"\n=head1 {title}\n", 1)[1].split("\n=head1 ", 1)[0]


def compare(what: str, documented: set[str], real: set[str]) -> list[str]:
    return ([f"{what} {name} is not in the manual" for name in sorted(real - documented)]
            + [f"{what} {name} of the manual is not there" for name in sorted(documented - real)])


def complaints_of(command: list[str]) -> list[str]:
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    output = (done.stdout + done.stderr).strip()
    return [] if done.returncode == 0 and output.endswith(("pod syntax OK.", "")) and "WARNING" not in output else [f"{command[0]}: {output}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="our installed tree, with bin/dh_apache2")
    options = parser.parse_args()
    program = options.prefix / "bin/dh_apache2"
    text = program.read_text(encoding="utf-8")

    declared = re.findall(r"'([a-z|-]+)(?:=s)?' => \\\$dh", text)
    real = {name for names in declared for name in names.split("|")} | OF_DEBHELPER
    items = re.findall(r"^=item (.*)$", section(text, "OPTIONS"), re.M)
    documented = {name for item in items for name in re.findall(r"B<--?([a-z-]+)=?>", item)}
    complaints = compare("option", documented, real)

    listed = {line.split()[0] for line in (HERE / "differences.txt").read_text().splitlines() if line and not line.startswith("#")}
    named = set(re.findall(r"^=item C<(.*)>$", section(text, "DIFFERENCES FROM DEBIAN"), re.M))
    complaints += compare("difference", named, listed)

    page = options.prefix / "share/man/man1/dh_apache2.1"
    for command in (["podchecker", "-warnings", str(program)], ["mandoc", "-T", "lint", "-W", "warning", str(page)]):
        complaints += complaints_of(command)
    if "dh_apache2" not in page.read_text(encoding="utf-8"):
        complaints.append(f"{page} is not the manual")
    for complaint in complaints:
        print(f"FAILED {complaint}")
    print(f"debhelper: {len(documented)} options, {len(named)} differences, {len(complaints)} findings")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
