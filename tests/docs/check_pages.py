#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the pages in docs/, and links in all Markdown files, to the tree and to the tools below --prefix.

  links      relative links lead to something, and to a heading where they name one
  pages      README.md leads to each page, the page for tool authors to each schema
  folders    architecture.md names a folder for each tracked file, and no folder that is not there; architecture.svg shows each
             folder of the root and each tool
  picture    text of architecture.svg can be read on each of its colours, in the light and in the dark
  programs   what api.md shows of C++ compiles against the installed headers
  exits      the table of exit statuses is what manual pages and --help say; a call that makes no sense ends with 2
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

import check_man

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# What a page says that has no repository around it, as in a release of the sources.
NOT_TRACKED = {".git", "build", "__pycache__"}
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
# WCAG 2.1, success criterion 1.4.3.
CONTRAST = 4.5


def tracked() -> list[str]:
    """The files of the repository; without a repository, all that are there."""
    if (ROOT / ".git").exists():
        result = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"], check=True, capture_output=True,
                                text=True)
        return [path for path in result.stdout.split("\0") if path and (ROOT / path).exists()]
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_TRACKED]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in files]
    return found


def anchors(page: pathlib.Path) -> set[str]:
    """The names that links can give to headings."""
    headings = re.findall(r"^#+ +(.*?) *$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_links(files: list[str]) -> list[str]:
    problems = []
    for name in files:
        page = ROOT / name
        if page.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text(encoding="utf-8"))):
            path, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            other = (page.parent / path).resolve() if path else page
            if not other.exists():
                problems.append(f"{name}: {target} leads nowhere")
            elif anchor and anchor not in anchors(other):
                problems.append(f"{name}: {target} leads to no heading")
    return problems


def check_pages() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    author = (DOCS / "tool-author.md").read_text(encoding="utf-8")
    return ([f"README.md: no link to docs/{page.name}" for page in sorted(DOCS.glob("*.md")) if f"](docs/{page.name})" not in readme]
            + [f"docs/tool-author.md: no link to schema/{schema.name}" for schema in sorted((DOCS / "schema").iterdir())
               if f"](schema/{schema.name})" not in author])


def is_below(path: str, folder: str) -> bool:
    return (path + "/").startswith(folder + "/")


def check_folders(files: list[str]) -> list[str]:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    named = [name.rstrip("/") for name in re.findall(r"^\| `([^`]+/)` \|", text, re.MULTILINE)]
    problems = [f"architecture.md: no folder {name}" for name in named if not (ROOT / name).is_dir()]
    problems += [f"architecture.md: {name} comes twice" for name in sorted({name for name in named if named.count(name) > 1})]
    folders = {os.path.dirname(path) for path in files} - {""}
    for folder in sorted(folders):
        # A folder of named folders needs no name: what lies in it directly is about them.
        if not any(is_below(folder, name) or is_below(name, folder) for name in named):
            named.append(folder)  # and what lies below it
            problems.append(f"architecture.md: {folder} is in no named folder")
    problems += [f"architecture.md: {path} of the root is not named" for path in sorted(files)
                 if "/" not in path and f"`{path}`" not in text]
    problems += [f"architecture.md: no file {path}" for path in re.findall(r"`([\w./-]+/[\w.-]+\.[a-z]+)`", text)
                 if not (ROOT / path).exists()]

    labels = {element.text for element in xml.etree.ElementTree.parse(DOCS / "architecture.svg").iter()
              if "path" in element.get("class", "").split() and element.text}
    tops = {label.split("/")[0] for label in labels}
    problems += [f"architecture.svg: no folder {name}" for name in sorted({folder.split("/")[0] for folder in folders} - tops)]
    tools = {folder.split("/")[1] for folder in folders if folder.startswith("tools/")}
    problems += [f"architecture.svg: no tool {name}" for name in sorted(tools) if f"{name}/" not in labels]
    return problems


def luminance(colour: str) -> float:
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def check_picture() -> list[str]:
    style = re.search(r"<style>(.*?)</style>", (DOCS / "architecture.svg").read_text(encoding="utf-8"), re.DOTALL)[1]
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    problems = []
    for theme, rules in (("light", light), ("dark", dark)):
        fills = dict(re.findall(r"([.\w]+) \{[^}]*?fill: (#[0-9a-f]{6})", rules))
        text = luminance(fills.pop("text"))
        fills.pop(".tip")
        if len(fills) < 6:
            problems.append(f"architecture.svg: only {sorted(fills)} have a colour in the {theme}")
        for name, colour in fills.items():
            lower, upper = sorted((text, luminance(colour)))
            if (upper + 0.05) / (lower + 0.05) < CONTRAST:
                problems.append(f"architecture.svg: text on {name} cannot be read in the {theme}")
    return problems


def check_programs(prefix: pathlib.Path) -> list[str]:
    blocks = re.findall(r"^```cpp\n(.*?)^```$", (DOCS / "api.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    problems = [] if blocks else ["api.md: shows no C++"]
    for block in blocks:
        includes = re.findall(r"^#include .*\n", block, re.MULTILINE)
        program = "".join(includes) + "void show() {\n" + re.sub(r"^#include .*\n", "", block, flags=re.MULTILINE) + "}\n"
        command = [os.environ.get("CXX", "c++"), "-std=c++20", "-fsyntax-only", f"-I{prefix}/include", "-x", "c++", "-"]
        result = subprocess.run(command, input=program, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            problems.append(f"api.md: does not compile:\n{result.stderr}")
    return problems


def check_exits(prefix: pathlib.Path) -> list[str]:
    text = (DOCS / "tool-author.md").read_text(encoding="utf-8")
    table = re.search(r"^\| program \|((?: \d+ \|)+)$\n^[|-]+$\n((?:^\|.*\|$\n)+)", text, re.MULTILINE)
    if not table:
        return ["tool-author.md: no table of exit statuses"]
    columns = re.findall(r"\d+", table[1])
    problems = []
    listed = set()
    for row in table[2].splitlines():
        first, *cells = [cell.strip() for cell in row.strip("|").split("|")]
        codes = [column for column, cell in zip(columns, cells, strict=True) if cell]
        for program in re.findall(r"`([^`]+)`", first):
            listed.add(program)
            problems += check_program(prefix, program, codes)
    known = {program for programs, _ in check_man.PAGES.values() for program in programs}
    return problems + [f"tool-author.md: the table of exit statuses has {program}, or the manual pages, not both"
                       for program in sorted(listed ^ known)]


def check_program(prefix: pathlib.Path, program: str, codes: list[str]) -> list[str]:
    problems = []
    page, in_manual = next(((page, codes) for page, (programs, codes) in check_man.PAGES.items() if program in programs), ("", []))
    path = prefix / ("bin" if page.endswith(".1") else "sbin") / program
    help_text, wrong = check_man.run_help(path)
    if wrong:
        return [f"{program}: {wrong}"]
    sentence = re.search(r"^Exit status: (.*?)(?:\n\n|\Z)", help_text, re.MULTILINE | re.DOTALL)
    in_help = re.findall(r"(?:^|[,;]\s)(\d+)\s", sentence[1]) if sentence else []
    for where, other in ((page, in_manual), ("--help", in_help)):
        if other != codes:
            problems.append(f"{program}: the exit statuses are {' '.join(codes)} in tool-author.md, and {' '.join(other)} in {where}")
    call = subprocess.run([str(path), "--no-such-option"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=30)
    if call.returncode != 2:
        problems.append(f"{program}: an unknown option ends with {call.returncode}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="an installed tree")
    prefix = parser.parse_args().prefix.resolve()
    files = tracked()
    problems = check_links(files) + check_pages() + check_folders(files) + check_picture()
    problems += check_programs(prefix) + check_exits(prefix)
    for problem in problems:
        print(problem)
    print(f"check_pages: {len(files)} files, {len(list(DOCS.glob('*.md')))} pages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
