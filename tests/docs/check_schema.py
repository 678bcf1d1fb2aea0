#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the schemas in docs/schema to what the tools print.

  documents  what the tools print on a real configuration, and of real binaries and packages, is valid; a member that its schema
             does not name is an error here, and so is a word that the schema does not list
  members    each member of a schema was printed at least once
  words      the lists of words are those of the sources, so that one that no document here happens to hold is listed as well
  manuals    section JSON of each man page names every member

The schemas themselves permit more members and words, since those may be added.
"""

import argparse
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Any, Callable, Iterator

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
sys.path.insert(0, str(ROOT / "tests/docs"))

import check_man  # noqa: E402
import layout_tree  # noqa: E402
import private_tree  # noqa: E402

SEEDS = ROOT / "fuzz/corpus"
PAGES = {"instances-1": "a2instance.8", "instance-create-1": "a2instance.8", "instance-remove-1": "a2instance.8",
         "change-1": "a2enmod.8", "mpms-1": "a2mpm.8", "query-1": "a2query.1", "mmn-agree-1": "a2mmn.1",
         "mmn-inspect-1": "a2mmn.1"}

# Where a list of words stands: the schema and the path of names in it; the source file and the enumeration, or the constant.
WORDS = [
    ("change-1", "$defs/operation/properties/operation", "tools/common/plan_json.cpp", "OperationCode"),
    ("change-1", "properties/steps/items/properties/step", "tools/common/plan_json.cpp", "StepCode"),
    ("change-1", "properties/steps/items/properties/reason", "tools/common/plan_json.cpp", "Reason"),
    ("change-1", "properties/notices/items/properties/code", "tools/common/plan_json.cpp", "NoticeCode"),
    ("change-1", "properties/notices/items/properties/severity", "tools/common/plan_json.cpp", "Severity"),
    ("change-1", "properties/units/items/properties/state", "tools/common/plan_json.cpp", "UnitState"),
    ("change-1", "properties/outcome/properties/way", "tools/common/outcome_text.cpp", "Way"),
    ("change-1", "properties/outcome/properties/obstacle", "tools/common/outcome_text.cpp", "Obstacle"),
    ("change-1", "properties/outcome/properties/test", "tools/common/outcome_text.cpp", "TestResult"),
    ("query-1", "properties/check/items/properties/code", "tools/a2query/entry_json.cpp", "FindingCode"),
    ("query-1", "$defs/diagnostics/items/properties/code", "tools/a2query/entry_json.cpp", "DiagnosticCode"),
    ("query-1", "$defs/file/properties/state", "tools/a2query/entry_json.cpp", "LinkState"),
    ("query-1", "properties/journal", "tools/a2query/queries.cpp", "JournalState"),
    ("mmn-inspect-1", "$defs/directives/items/properties/arguments", "tools/a2mmn/inspect.cpp", "ARGUMENT_WORDS"),
    ("instance-create-1", "$defs/issues/items/properties/code", "tools/a2instance/create.cpp", "issue_word"),
    ("instance-create-1", "properties/steps/items/properties/do", "tools/a2instance/create.cpp", "step_word"),
    ("instances-1", "$defs/instance/properties/made_by", "tools/a2instance/list.cpp", "origin_word"),
]
# Words of an enumeration for which documents have null, and those that documents have beside the enumeration.
NEVER_PRINTED = {"Obstacle": {"none"}, "TestResult": {"not-asked"}}
ALSO_PRINTED = {"TestResult": {"refused"}}


def closed(schema: Any) -> Any:
    """The schema with nothing in it that may be added later."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {}
    for key, value in schema.items():
        result["enum" if key == "examples" else key] = closed(value)
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        result["additionalProperties"] = False
    return result


class Schema:
    def __init__(self, path: pathlib.Path) -> None:
        self.name = path.stem
        self.open = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(self.open)
        self.validator = jsonschema.Draft202012Validator(closed(self.open))
        self.seen: set[str] = set()
        self.documents = 0

    def at(self, path: str) -> dict:
        node = self.open
        for name in path.split("/"):
            node = node[name]
        return node

    def problems(self, document: Any) -> list[str]:
        self.documents += 1
        self.visit(self.open, "", document)
        return [f"{self.name}: /{'/'.join(str(step) for step in error.absolute_path)}: {error.message}"
                for error in self.validator.iter_errors(document)]

    def visit(self, schema: dict, path: str, value: Any) -> None:
        """Remembers which members of the schema the document has."""
        if "$ref" in schema:
            path = schema["$ref"].removeprefix("#/")
            schema = self.at(path)
        for i, choice in enumerate(schema.get("anyOf", [])):
            # A validator for one choice needs the definitions of all.
            whole = closed(copy.deepcopy(choice)) | {"$defs": closed(self.open["$defs"])}
            if jsonschema.Draft202012Validator(whole).is_valid(value):
                self.visit(choice, f"{path}/anyOf/{i}", value)
        if isinstance(value, list) and "items" in schema:
            for item in value:
                self.visit(schema["items"], f"{path}/items", item)
        if isinstance(value, dict):
            for name in value.keys() & schema.get("properties", {}).keys():
                self.seen.add(f"{path}/properties/{name}".removeprefix("/"))
                self.visit(schema["properties"][name], f"{path}/properties/{name}".removeprefix("/"), value[name])

    def members(self) -> Iterator[str]:
        """The path of each member."""
        pending = [("", self.open)]
        while pending:
            path, node = pending.pop()
            if isinstance(node, list):
                pending += [(f"{path}/{i}", item) for i, item in enumerate(node)]
            if isinstance(node, dict):
                pending += [(f"{path}/{key}", item) for key, item in node.items()]
                if path.endswith("/properties"):
                    yield from (f"{path}/{name}".removeprefix("/") for name in node)


def words_in_source(file: str, name: str) -> set[str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    match = re.search(rf"^std::string_view word_of\((?:\w+::)?{name} \w+\) {{$(.*?)^}}$", text, re.MULTILINE | re.DOTALL)
    if match:
        return set(re.findall(r'return "([^"]+)"', match[1])) - {"unknown"}
    match = (re.search(rf"^std::string_view {name}\(.*?\) {{$(.*?)^}}$", text, re.MULTILINE | re.DOTALL)
             or re.search(rf"\b{name} = {{(.*?)}};", text, re.DOTALL))
    return set(re.findall(r'"([^"]+)"', match[1])) if match else set()


def check_words(schemas: dict[str, Schema]) -> list[str]:
    problems = []
    for schema, path, file, name in WORDS:
        node = schemas[schema].at(path)
        listed = set(node.get("examples", node.get("enum"))) - {None}
        printed = (words_in_source(file, name) - NEVER_PRINTED.get(name, set())) | ALSO_PRINTED.get(name, set())
        problems += [f"{schema}: {path}: {word!r} is a word of {name} in {file}" for word in sorted(printed - listed)]
        problems += [f"{schema}: {path}: {word!r} is no word of {name} in {file}" for word in sorted(listed - printed)]
    return problems


def check_manuals(schemas: dict[str, Schema], folder: pathlib.Path) -> list[str]:
    problems = []
    for name, page in PAGES.items():
        lines = check_man.sections((folder / page).read_text(encoding="utf-8")).get("JSON", [])
        named = {word.strip(",") for _, line in lines if line.startswith(".") for word in check_man.macro_words(line)}
        for member in sorted({path.rsplit("/", 1)[1] for path in schemas[name].members()} - named):
            problems.append(f"{page}: section JSON does not name {member}, a member in {name}")
    return problems


class Tools:
    """Runs tools, and judges what they print."""

    def __init__(self, prefix: pathlib.Path, folder: pathlib.Path, schemas: dict[str, Schema]) -> None:
        self.prefix = prefix
        self.folder = folder
        self.schemas = schemas
        self.problems: list[str] = []

    def tree(self, name: str) -> private_tree.Tree:
        return private_tree.Tree.debian(self.folder / name, self.prefix / "sbin")

    def ask(self, schema: str, tree: private_tree.Tree | layout_tree.LayoutTree, status: int, tool: str, *arguments: str) -> dict:
        """The document that a call prints, which has to end with this status."""
        # a2mmn takes the option after its command.
        command = ["bin/a2mmn", *arguments] if tool == "a2mmn" else [f"sbin/{tool}", "--json", *arguments]
        result = subprocess.run([str(self.prefix / command[0]), *command[1:]], env=tree.environment, cwd=tree.root, check=False,
                                timeout=private_tree.TIMEOUT, text=True, capture_output=True, stdin=subprocess.DEVNULL)
        call = " ".join([tool, *arguments])
        if result.returncode != status:
            self.problems.append(f"{call}: exit status {result.returncode}, not {status}: {result.stderr.strip()}")
        try:
            document = json.loads(result.stdout)
        except ValueError as error:
            self.problems.append(f"{call}: no document: {error}")
            return {}
        self.problems += [f"{call}: {problem}" for problem in self.schemas[schema].problems(document)]
        said = document.get("exit_status", document.get("outcome", {}).get("exit_status"))
        if said != result.returncode:
            self.problems.append(f"{call}: says exit status {said}, ends with {result.returncode}")
        return document

    def expect(self, what: str, is_so: bool) -> None:
        if not is_so:
            self.problems.append(f"the documents were to show {what}")


def changes(tools: Tools) -> None:
    def ask(status: int, *call: str) -> dict:
        return tools.ask("change-1", tree, status, *call)

    tree = tools.tree("changes")
    ask(0, "a2enmod", "-n", "ssl")
    done = ask(0, "a2enmod", "ssl", "headers")
    tools.expect("an exchange", done["outcome"]["way"] == "exchange")
    ask(1, "a2dismod", "mime")
    ask(1, "a2enmod", "sssl", "../x", "mpm_prefork")
    asked = ask(0, "a2dismod", "-n", "alias")
    tools.expect("a confirmation", asked["confirmations"] == ["alias"])
    ask(0, "a2dismod", "-f", "mime")
    tools.expect("a service", ask(0, "a2enmod", "-q", "cache_disk")["services"] == ["cache_disk"])
    ask(0, "a2dismod", "-p", "cache_disk")
    ask(0, "a2disconf", "charset")
    ask(0, "a2ensite", "default-ssl")
    ask(0, "a2dissite", "000-default")
    ask(0, "a2enmod", "cgi")

    tree = tools.tree("mpm")
    ask(0, "a2mpm", "-n", "prefork")
    tools.expect("a test that passed", ask(0, "a2mpm", "prefork")["outcome"]["test"] == "passed")
    ask(0, "a2mpm", "prefork")
    (tree.config / "mods-available/mpm_event.conf").write_text("WorkersPerEvent 7\n")
    refused = ask(1, "a2mpm", "event")
    tools.expect("a refusal by the server", refused["outcome"]["test"] == "refused" and refused["outcome"]["test_output"])
    with private_tree.HeldLock(tree):
        tools.expect("an error", ask(1, "a2mpm", "--wait=0", "worker")["outcome"]["error"])
    ask(1, "a2mpm", "rewrite")

    tree = tools.tree("ordered")
    (tree.config / "mods-enabled").rename(tree.config / "elsewhere")
    (tree.config / "mods-enabled").symlink_to("elsewhere")
    ordered = ask(0, "a2mpm", "worker")
    tools.expect("an obstacle", ordered["outcome"]["obstacle"] == "symbolic-link")
    tools.expect("a link that replaces another", any(operation["operation"] == "switch-link" for step in ordered["steps"]
                                                     for operation in step["operations"]))


def lists(tools: Tools) -> None:
    tree = tools.tree("list")
    tree.add("module", "php", "# Depends: mpm_prefork\nLoadModule php_module libphp.so\n")
    tools.ask("mpms-1", tree, 0, "a2mpm")
    (tree.config / "mods-enabled/mpm_event.load").unlink()
    tools.ask("mpms-1", tree, 0, "a2mpm")


def queries(tools: Tools) -> None:
    def ask(status: int, *call: str) -> dict:
        return tools.ask("query-1", tree, status, "a2query", *call)

    tree = tools.tree("queries")
    ask(0, "-m", "-s", "-c", "-M", "-a", "-v", "-d", "--why", "authn_core", "--graph=dot", "--check")
    ask(0, "--list-available")
    ask(0, "-v")
    ask(1, "-m", "nothing")
    tree.run("a2dismod", "status")
    tools.expect("who disabled it", ask(32, "-m", "status")["modules"][0]["disabled_by"] == "site administrator")
    tree.run("a2dismod", "-m", "reqtimeout")
    ask(33, "-m", "reqtimeout")
    ask(0, "-m", "dir", "-c", "security")

    tree = tools.tree("broken")
    tree.add("module", "odd", "\ufeff# Depends: mod_ssl odd\n#depends: alias\nLoadModule odd_module\n# Conflicts: alias\n"
             "<IfModule !x.c>\nLoadModule odder_module modules/none.so\n</IfModule>\n# Depends: late\n")
    tree.enable("module", "odd")
    tree.enable("module", "mpm_prefork")
    tree.enable("module", "proxy_http")
    tree.add("module", "rival", "# Conflicts: alias nobody\n")
    tree.enable("module", "rival")
    tree.add("conf", "needy", "# Depends: ssl nobody\n")
    tree.enable("conf", "needy")
    (tree.config / "mods-enabled/gone.load").symlink_to("../mods-available/gone.load")
    (tree.config / "mods-enabled/stray.load").write_text("# not a link\n")
    (tree.state / "module/enabled_by_admin/rewrite").touch()
    document = ask(1, "-m", "-c", "--check", "-M")
    tools.expect("several findings", len({finding["code"] for finding in document["check"]}) >= 8)
    tree.journal_path.parent.mkdir()
    tree.journal_path.write_text("confgraph journal 1 forward\nnonsense\n")
    tools.expect("a damaged journal", ask(0, "-m", "alias")["journal"] == "not-understood")


def layouts(tools: Tools) -> None:
    """Documents of systems that do not run, of other layouts than Debian's."""
    operations = set()
    for layout, conf in (("fedora", "userdir"), ("suse", "mod_dav")):
        tree = layout_tree.LayoutTree(layout, tools.folder / layout, tools.prefix / "sbin")
        root = f"--root={tree.root}"
        for call in (["a2enmod", "rewrite", "ssl"], ["a2enmod", "authnz_fcgi"], ["a2dismod", "authnz_fcgi", "rewrite"],
                     ["a2disconf", conf], ["a2mpm", "worker"]):
            document = tools.ask("change-1", tree, 0, call[0], root, *call[1:])
            tools.expect(f"the layout {layout}", document["layout"] == layout and document["root"] == str(tree.root))
            operations |= {operation["operation"] for step in document["steps"] for operation in step["operations"]}
        tools.ask("mpms-1", tree, 0, "a2mpm", root)
        tools.ask("query-1", tree, 0, "a2query", root, "-m", "-M")
    words = {"edit-line", "add-word", "remove-word", "rename-file"}
    tools.expect(f"the operations {words - operations}", words <= operations)


def instances(tools: Tools) -> None:
    """Documents about the instances of this machine, of which nothing is changed."""
    tree = tools.tree("instances")
    tools.ask("instances-1", tree, 0, "a2instance", "list")
    tools.ask("instances-1", tree, 0, "a2instance", "show")
    tools.ask("instances-1", tree, 1, "a2instance", "show", "nothing-of-this-name")
    tools.ask("instance-create-1", tree, 0, "a2instance", "create", "--dry-run", "nothing-of-this-name", "--user=www-data")
    tools.ask("instance-create-1", tree, 1, "a2instance", "create", "--dry-run", ".hidden", "--user=www-data")
    tools.ask("instance-remove-1", tree, 1, "a2instance", "remove", "nothing-of-this-name")
    # The same of systems that do not run: one of another layout, and one whose accounts are not right.
    fedora = layout_tree.LayoutTree("fedora", tools.folder / "instances-fedora", tools.prefix / "sbin")
    root = f"--root={fedora.root}"
    for words, schema in ((["list"], "instances-1"), (["show"], "instances-1"), (["remove", "web"], "instance-remove-1"),
                          (["create", "web", "--user=www-web"], "instance-create-1")):
        document = tools.ask(schema, fedora, 1, "a2instance", root, *words)
        tools.expect("the root of a document", document["root"] == str(fedora.root))
    debian = layout_tree.LayoutTree("debian", tools.folder / "instances-debian", tools.prefix / "sbin")
    (debian.root / "etc/passwd").write_text("www-web:x:1:1::/:/bin/sh\nbroken:x\n")
    (debian.root / "etc/group").write_text("www-web:x:1:\n")
    root = f"--root={debian.root}"
    document = tools.ask("instance-create-1", debian, 1, "a2instance", root, "create", "web", "--user=broken")
    tools.expect("a line of an account", [issue["code"] for issue in document["refusals"]] == ["bad-account"])
    for folder in ("var/log", "var/cache", "etc/init.d"):
        (debian.root / folder).mkdir(parents=True, exist_ok=True)
    tools.ask("instance-create-1", debian, 0, "a2instance", root, "create", "web", "--user=www-web")
    document = tools.ask("instances-1", debian, 0, "a2instance", root, "show", "web")
    tools.expect("whether it runs is not known", document["instance"]["running"] is None)
    tools.ask("instance-remove-1", debian, 0, "a2instance", root, "remove", "web", "--yes")


def agreements(tools: Tools) -> None:
    tree = tools.tree("agree")
    tools.ask("mmn-agree-1", tree, 0, "a2mmn", "--json")
    tools.ask("mmn-agree-1", tree, 1, "a2mmn", "--json", "-I", str(tree.root))
    shutil.copy("/usr/include/apache2/ap_mmn.h", tree.root)
    (tree.root / ".mmn").write_text("20120211x8664\n")
    tools.ask("mmn-agree-1", tree, 0, "a2mmn", "--json", "-I", str(tree.root))


def inspections(tools: Tools) -> None:
    tree = tools.tree("inspect")
    package = tree.root / "package"
    (package / "DEBIAN").mkdir(parents=True)
    (package / "DEBIAN/control").write_text(
        "Package: libapache2-mod-example\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: example\n"
        "Depends: apache2-api-20120211, apache2 (>= 2.4) | httpd\nProvides: example (= 1)\n")
    (package / "DEBIAN/postinst").write_text("#!/bin/sh\n")
    (package / "DEBIAN/postinst").chmod(0o755)
    (package / "DEBIAN/triggers").write_text("interest-noawait /etc/apache2\n")
    (package / "usr/lib/apache2/modules").mkdir(parents=True)
    module = pathlib.Path("/usr/lib/apache2/modules/mod_rewrite.so")
    (package / "usr/lib/apache2/modules/mod_rewrite.so").write_bytes(module.read_bytes())
    deb = tree.root / "example.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", str(package), str(deb)], check=True, capture_output=True)
    (package / "usr/lib/apache2/modules/mod_damaged.so").write_bytes(module.read_bytes()[:5000])
    partly = tree.root / "partly.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", str(package), str(partly)], check=True, capture_output=True)
    damaged = tree.root / "damaged.deb"
    damaged.write_bytes(deb.read_bytes()[:-100])
    seeds = [str(path) for path in sorted((SEEDS / "module_binary").iterdir()) if path.name not in ("none", "program")]
    tools.ask("mmn-inspect-1", tree, 0, "a2mmn", "inspect", "--json", str(module), str(deb))
    tools.ask("mmn-inspect-1", tree, 1, "a2mmn", "inspect", "--json", *seeds, str(partly), str(damaged),
              str(SEEDS / "rpm/gzip"), "/etc/passwd")


def self_test(schemas: dict[str, Schema]) -> list[str]:
    """What the checks have to find: a member too many, a word too many, a member that is missing."""
    problems = []
    schema = schemas["mmn-agree-1"]
    good: dict = {"version": 1, "root": None, "server": None, "headers": None, "settings": None, "mmn_file": None, "agree": False,
                  "exit_status": 1}
    wrong: list[Callable[[dict], Any]] = [
        lambda document: document.update(more=1), lambda document: document.pop("agree"),
        lambda document: document.update(exit_status=7), lambda document: document.update(agree=None)]
    if list(schema.validator.iter_errors(good)):
        problems.append("a valid document is refused")
    for i, change in enumerate(wrong):
        document = dict(good)
        change(document)
        if not list(schema.validator.iter_errors(document)):
            problems.append(f"a wrong document ({i}) is accepted")
    if list(jsonschema.Draft202012Validator(schema.open).iter_errors(good | {"more": 1})):
        problems.append("the schema does not permit another member")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="an installed tree")
    arguments = parser.parse_args()
    os.umask(0o022)
    schemas = {path.stem: Schema(path) for path in sorted((ROOT / "docs/schema").glob("*.json"))}
    problems = [f"docs/schema/{name}.json: unknown to {pathlib.Path(__file__).name}" for name in schemas.keys() ^ PAGES.keys()]
    problems += self_test(schemas) + check_words(schemas) + check_manuals(schemas, ROOT / "man")
    with tempfile.TemporaryDirectory() as folder:
        tools = Tools(arguments.prefix.resolve(), pathlib.Path(folder), schemas)
        for part in (changes, lists, queries, layouts, instances, agreements, inspections):
            part(tools)
    problems += tools.problems
    for name, schema in schemas.items():
        problems += [f"{name}: no document had {path}" for path in sorted(set(schema.members()) - schema.seen)]
    for problem in problems:
        print(problem)
    documents = sum(schema.documents for schema in schemas.values())
    members = sum(len(schema.seen) for schema in schemas.values())
    print(f"check_schema: {documents} documents, {members} members, {len(WORDS)} lists of words, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
