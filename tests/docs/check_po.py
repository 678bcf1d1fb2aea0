#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the translations in po.

  template      confgraph.pot has what there is to translate in the sources of today
  complete      each translation has all of that and nothing else, and nothing is fuzzy
  placeholders  each message has the placeholders of the English one, its line ends, and blanks at its ends
  words         a message that begins with ERROR: begins with one word and a colon: it is shown in a colour

Exit status: 0 no finding, 1 findings.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

PO = pathlib.Path(__file__).resolve().parents[2] / "po"
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(?P<number>[0-9]*)(?P<how>:[^{}]*)?\}")
MARKS = ("ERROR: ", "WARNING: ", "HINT: ", "NOTE: ")


def entries(path: pathlib.Path) -> dict[str, tuple[str, str]]:
    """English text: its translation and its flags. Obsolete entries count as flagged."""
    found = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        if re.search(r"^#~", block, re.MULTILINE):
            found[block] = ("", "obsolete")
            continue
        match = re.search(r"^msgid (.*?)^msgstr (.*)", block, re.DOTALL | re.MULTILINE)
        if match:
            english, other = ("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', part)) for part in match.groups())
            if english:
                found[english] = (other, " ".join(re.findall(r"^#, (.*)", block, re.MULTILINE)))
    return found


def placeholders(text: str) -> list[tuple[str, str]]:
    """The number of each value in a format, and how it is written; braces that stand for themselves left out."""
    found = []
    for match in PLACEHOLDER.finditer(text):
        if match[0] not in ("{{", "}}"):
            found.append((match["number"] or str(len(found)), match["how"] or ""))
    return sorted(set(found))


def wrong_with(english: str, other: str) -> str:
    if placeholders(english) != placeholders(other):
        return "other placeholders"
    # A format says all its numbers, or none.
    if len({bool(match["number"]) for match in PLACEHOLDER.finditer(other) if match[0] not in ("{{", "}}")}) > 1:
        return "placeholders with and without numbers"
    if re.search(r"[{}]", PLACEHOLDER.sub("", other)):
        return "a brace that is no placeholder"
    if english.count(r"\n") != other.count(r"\n") or english.endswith(r"\n") != other.endswith(r"\n"):
        return "other line ends"
    if [english[:1] == " ", english[-1:] == " "] != [other[:1] == " ", other[-1:] == " "]:
        return "other blanks at the ends"
    if english.startswith(MARKS) and not re.match(r"\w+: ", other):
        return "does not begin with one word and a colon"
    return ""


def main() -> int:
    problems = []
    with tempfile.TemporaryDirectory(prefix="confgraph-po-") as folder:
        fresh = pathlib.Path(folder, "confgraph.pot")
        subprocess.run([PO / "update", fresh], check=True, timeout=120)
        if fresh.read_bytes() != (PO / "confgraph.pot").read_bytes():
            problems.append("confgraph.pot is not up to date; run po/update and translate what is new")
        template = entries(fresh)
        for english, (_, flags) in template.items():
            # Of C, where % means something.
            if "c-format" in flags:
                problems.append(f"taken for a format of C: {english!r}")
        languages = (PO / "LINGUAS").read_text().split()
        for language in languages:
            path = PO / f"{language}.po"
            done = subprocess.run(["msgfmt", "--check", "--output-file=/dev/null", path], check=False, capture_output=True, text=True, timeout=120)
            if done.returncode != 0 or done.stderr:
                problems.append(f"{language}: msgfmt --check: {done.stderr}")
            translated = entries(path)
            problems += [f"{language}: missing: {english!r}" for english in template if english not in translated]
            problems += [f"{language}: not in the sources: {english!r}" for english in translated if english not in template]
            for english, (other, flags) in translated.items():
                wrong = f"marked {flags}" if flags else "not translated" if not other else wrong_with(english, other)
                if wrong:
                    problems.append(f"{language}: {wrong}: {english!r}")
    for problem in problems:
        print(problem)
    print(f"check_po: {len(template)} messages, {len(languages)} languages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
