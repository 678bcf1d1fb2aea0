#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check that the man pages and the programs say the same.

  a  options: those of --help of each program are those of section OPTIONS of its page
  b  lint:    mandoc has nothing to say at level "warning"
  c  differences from Debian: each id of differences.txt is explained on a page, and pages of programs that Debian has
     name no other id
  d  EXIT STATUS lists exactly the codes the programs use

Every finding is printed on a line of its own; the last line says what was checked.
Exit status: 0 no finding, 1 findings, 2 usage error.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

A2EN_CODES = ["0", "1", "2", "3"]
A2INSTANCE_CODES = ["0", "1", "2"]
A2MMN_CODES = ["0", "1", "2"]
A2QUERY_CODES = ["0", "1", "2", "32", "33"]

# page: (programs it documents, exit codes); one without programs is checked by mandoc alone
PAGES = {
    "a2enmod.8": (["a2enmod", "a2dismod"], A2EN_CODES),
    "a2enconf.8": (["a2enconf", "a2disconf"], A2EN_CODES),
    "a2ensite.8": (["a2ensite", "a2dissite"], A2EN_CODES),
    "a2instance.8": (["a2instance"], A2INSTANCE_CODES),
    "a2mpm.8": (["a2mpm"], A2EN_CODES),
    "a2mmn.1": (["a2mmn"], A2MMN_CODES),
    "a2query.1": (["a2query"], A2QUERY_CODES),
    "apache2-maintscript-helper.7": ([], []),
    "confgraph-layouts.7": ([], []),
    "confgraph-rpm.7": ([], []),
    "confgraph.7": ([], []),
}
# Programs that Debian does not have: nothing to differ from.
OWN_PAGES = ["a2instance.8", "a2mpm.8", "a2mmn.1"]

ID = r"[a-z0-9]+(?:-[a-z0-9]+)*"

# One option at the start of an option line of the help, with its argument: "-m [MODULE]", "--why NAME", "--graph=FORMAT".
HELP_OPTION = re.compile(
    r"(?P<name>--[A-Za-z0-9][A-Za-z0-9-]*|-[A-Za-z0-9])"
    r"(?:=[^\s,]+|\[=[^\s,]+\]| ?\[[A-Z]+\]| [A-Z]+(?![a-z]))?"
    r"(?P<end>, *|\s+|$)")

# Option lines are indented a little, lines that continue a description far more.
HELP_INDENT_MAX = 8


class Findings:
    """Findings are printed as they come and counted."""

    def __init__(self):
        self.count = 0

    def add(self, where, what):
        self.count += 1
        print(f"{where}: {what}")


def help_options(text):
    """The option names of a help text, in order, and the lines that look like option lines but cannot be read."""
    names, unreadable = [], []
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        rest = line[indent:]
        if not rest.startswith("-") or not 0 < indent <= HELP_INDENT_MAX:
            continue
        position = 0
        while True:
            match = HELP_OPTION.match(rest, position)
            if not match:
                unreadable.append(line)
                break
            names.append(match["name"])
            position = match.end()
            # A list of options that only the page explains goes on in the next line.
            if not match["end"].startswith(",") or position == len(rest):
                break
    return names, unreadable


def sections(source):
    """The sections of an mdoc page: title -> list of (line number, line)."""
    result, current = {}, None
    for number, line in enumerate(source.splitlines(), 1):
        match = re.match(r'\.\s*Sh\s+"?(.*?)"?\s*$', line)
        if match:
            current = result.setdefault(match[1], [])
        elif current is not None and not line.startswith('.\\"'):
            current.append((number, line))
    return result


def macro_words(line):
    """The words of a macro line, escapes such as \\- and \\& reduced to what the reader sees."""
    return line.replace("\\-", "-").replace("\\&", "").lstrip(".").split()


def page_options(lines):
    """The option names of the tags (.It Fl ...) of a section; tags without any option come second."""
    names, other = [], []
    for number, line in lines:
        words = macro_words(line) if line.startswith(".") else []
        if words[:1] != ["It"]:
            continue
        found = ["-" + words[i + 1] for i, word in enumerate(words[:-1]) if word == "Fl"]
        names += found
        if not found:
            other.append((number, line))
    return names, other


def report_duplicates(findings, where, what, values):
    for value in sorted({v for v in values if values.count(v) > 1}):
        findings.add(where, f"{what} {value} occurs more than once")


def run_help(program):
    """Returns (text, None) or (None, what is wrong)."""
    try:
        done = subprocess.run([str(program), "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=30, env={**os.environ, "LC_ALL": "C"})
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, f"cannot be run: {error}"
    if done.returncode != 0:
        return None, f"--help exits with {done.returncode}: {done.stderr.strip()!r}"
    if done.stderr:
        return None, f"--help writes to standard error: {done.stderr.strip()!r}"
    return done.stdout, None


def check_options(findings, prefix, page, programs, text):
    """Check a for one page. Returns how many options agree."""
    lines = text.get("OPTIONS")
    if lines is None:
        findings.add(page, "no section OPTIONS")
        return 0
    in_page, other = page_options(lines)
    for number, line in other:
        findings.add(f"{page}:{number}", f"a tag of OPTIONS that names no option: {line}")
    report_duplicates(findings, page, "option", in_page)
    agree = 0
    for name in programs:
        program = prefix / ("bin" if page.endswith(".1") else "sbin") / name
        output, wrong = run_help(program)
        if wrong:
            findings.add(program, wrong)
            continue
        in_help, unreadable = help_options(output)
        for line in unreadable:
            findings.add(program, f"option line of --help not understood: {line!r}")
        report_duplicates(findings, program, "option", in_help)
        if not in_help:
            findings.add(program, "--help lists no options")
        for option in sorted(set(in_help) - set(in_page)):
            findings.add(page, f"option {option} of {name} --help is missing in section OPTIONS")
        for option in sorted(set(in_page) - set(in_help)):
            findings.add(page, f"option {option} is missing in {name} --help")
        agree += len(set(in_help) & set(in_page))
    return agree


def check_lint(findings, mandoc, path):
    """Check b for one page."""
    try:
        done = subprocess.run([mandoc, "-T", "lint", "-W", "warning", str(path)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        findings.add(path.name, f"mandoc cannot be run: {error}")
        return
    output = (done.stdout + done.stderr).strip()
    for line in output.splitlines():
        findings.add(path.name, f"lint: {line}")
    if done.returncode != 0 and not output:
        findings.add(path.name, f"lint: mandoc exits with {done.returncode}")


def read_ids(findings, path):
    """The ids of the list of differences (one "id  reason" a line)."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        findings.add(path, f"cannot be read: {error.strerror}")
        return set()
    ids = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.match(rf"({ID})\s+\S", line)
        if match:
            ids.append(match[1])
        else:
            findings.add(f"{path}:{number}", f"not of the form 'id  reason': {line}")
    report_duplicates(findings, path, "id", ids)
    if not ids:
        findings.add(path, "names no difference")
    return set(ids)


def check_page_differences(findings, page, text, ids):
    """Check c for one page: returns the ids explained there (.It Sy ID). Other ids in .Sy must be known as well."""
    lines = text.get("DIFFERENCES FROM DEBIAN")
    if lines is None:
        findings.add(page, "no section DIFFERENCES FROM DEBIAN")
        return set()
    explained = []
    for number, line in lines:
        words = macro_words(line) if line.startswith(".") else []
        if words[:1] == ["It"]:
            if len(words) != 3 or words[1] != "Sy":
                findings.add(f"{page}:{number}", f"a difference must be tagged '.It Sy ID': {line}")
                continue
            explained.append(words[2])
            named = [words[2]]
        elif words[:1] == ["Sy"]:
            named = [word for word in words[1:] if word.strip(",.;:()")]
        else:
            continue
        for name in named:
            if name not in ids:
                findings.add(f"{page}:{number}", f"unknown difference {name}")
    report_duplicates(findings, page, "difference", explained)
    return set(explained)


def check_exit_status(findings, page, text, expected):
    """Check d for one page."""
    lines = text.get("EXIT STATUS")
    if lines is None:
        findings.add(page, "no section EXIT STATUS")
        return
    codes = []
    for number, line in lines:
        words = macro_words(line) if line.startswith(".") else []
        if words[:1] != ["It"]:
            continue
        if len(words) == 2 and words[1].isdigit():
            codes.append(words[1])
        else:
            findings.add(f"{page}:{number}", f"an exit status must be tagged '.It NUMBER': {line}")
    if codes != expected:
        findings.add(page, f"EXIT STATUS lists {' '.join(codes) or 'nothing'}, not {' '.join(expected)}")


def main():
    parser = argparse.ArgumentParser(description="Check that the man pages and the programs say the same.")
    parser.add_argument("--prefix", type=Path, required=True, metavar="DIR", help="installed tree with sbin/a2enmod ...")
    parser.add_argument("--man", type=Path, default=ROOT / "man", metavar="DIR", help="folder of the page sources")
    parser.add_argument("--differences", type=Path, default=ROOT / "tests/differential/differences.txt", metavar="FILE")
    parser.add_argument("--mandoc", default="mandoc", metavar="PROGRAM")
    arguments = parser.parse_args()

    findings = Findings()
    ids = read_ids(findings, arguments.differences)
    explained, options, programs, pages = set(), 0, 0, 0

    for path in sorted(arguments.man.glob("*.[1-9]")):
        if path.name not in PAGES:
            findings.add(path.name, f"page unknown to {Path(__file__).name}; add it to PAGES")

    for page, (names, codes) in PAGES.items():
        path = arguments.man / page
        try:
            text = sections(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeError) as error:
            findings.add(path, f"cannot be read: {error}")
            continue
        pages += 1
        programs += len(names)
        check_lint(findings, arguments.mandoc, path)
        if not names:
            continue
        options += check_options(findings, arguments.prefix, page, names, text)
        if page not in OWN_PAGES:
            explained |= check_page_differences(findings, page, text, ids)
        check_exit_status(findings, page, text, codes)

    for name in sorted(ids - explained):
        findings.add(arguments.differences, f"difference {name} is explained on no page")

    print(f"check_man: {pages} pages, {programs} programs, {options} options that agree, "
          f"{len(ids & explained)} of {len(ids)} differences explained, "
          f"{findings.count} finding{'' if findings.count == 1 else 's'}")
    return 1 if findings.count else 0


if __name__ == "__main__":
    sys.exit(main())
