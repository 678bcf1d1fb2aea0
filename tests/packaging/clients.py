#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ansible's community.general.apache2_module, unchanged, on a system with our package and on one without: the same playbook
changes the same things on both, and reports the same."""

import argparse
import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import system  # noqa: E402
from system import System, Systems, archives, chroots  # noqa: E402

SYSTEMS: Systems
# Of a package of two hundred megabytes, this is what is looked at.
PARTS = "apache2_module.py", "community/general/MANIFEST.json", "community/general/meta/*", "community/general/plugins/module_utils/*"
# Each: what is asked for, whether only asked what would be done, and whether something changes. After each, the module is
# asked for, and whether it is enabled is the last word.
STEPS = (
    ({"name": "rewrite", "state": "present"}, True, True, False),
    ({"name": "rewrite", "state": "present"}, False, True, True),
    ({"name": "rewrite", "state": "present"}, False, False, True),
    ({"name": "rewrite", "state": "absent"}, True, True, True),
    ({"name": "rewrite", "state": "absent"}, False, True, False),
    ({"name": "rewrite", "state": "absent"}, False, False, False),
    # With what it depends on.
    ({"name": "ssl", "state": "present"}, False, True, True),
    ({"name": "autoindex", "state": "absent", "force": True}, False, True, False),
    ({"name": "autoindex", "state": "absent", "force": True}, False, False, False),
    ({"name": "status", "state": "absent"}, False, True, False),
)


def playbook() -> str:
    tasks: "list[dict[str, object]]" = []
    for number, (arguments, check, _, _) in enumerate(STEPS):
        tasks.append({"community.general.apache2_module": arguments, "check_mode": check, "register": f"done{number}"})
        tasks.append({"command": f"a2query -q -m {arguments['name']}", "changed_when": False, "failed_when": False, "register": f"asked{number}"})
    results = ", ".join(f"[done{number}.changed, asked{number}.rc == 0]" for number in range(len(STEPS)))
    tasks.append({"copy": {"dest": "/results", "content": f"{{{{ [{results}] | to_json }}}}"}})
    # What is JSON is YAML.
    return json.dumps([{"hosts": "localhost", "gather_facts": False, "connection": "local", "tasks": tasks}])


def fetch(cache: pathlib.Path) -> "tuple[list[str], str]":
    """Downloads Ansible. Returns the packages that make it run, and the one with its modules, as paths in every chroot."""
    cache.mkdir(parents=True, exist_ok=True)
    chroot = chroots.Chroot(chroots.Layer("fetch"), cache)
    archives.set_up(chroot)
    command = "apt-get install --yes --download-only --verbose-versions ansible ansible-core"
    done = chroot.run(command)
    if done.returncode != 0:
        chroot.must_run("apt-get update")
        done.stdout = chroot.must_run(command)
    versions = archives.planned(done.stdout)
    paths = {name: next(cache.glob(f"{name}_{version.replace(':', '%3a')}_*.deb")).name for name, version in versions.items()}
    chroot.discard()
    modules = paths.pop("ansible")
    return [f"{chroots.ARCHIVES}/{name}" for name in paths.values()], f"{chroots.ARCHIVES}/{modules}"


def prepare(chroot: chroots.Chroot, packages: "list[str]", collection: str) -> None:
    # All of it may be on this machine.
    if packages:
        chroot.must_run(f"dpkg --install {' '.join(packages)}")
    patterns = " ".join(f"'*/{part}'" for part in PARTS)
    chroot.must_run(f"dpkg-deb --fsys-tarfile {collection} | tar -x -C / --wildcards {patterns}")
    chroot.write("/playbook.json", playbook())


def play(machine: System) -> "list[tuple[str, bool, bool]]":
    """What each step reports: whether it changed something; and whether the module is enabled then."""
    machine.must("cd / && ANSIBLE_LOCALHOST_WARNING=false ansible-playbook -i localhost, /playbook.json")
    results = json.loads((machine.root / "results").read_text(encoding="utf-8"))
    return [(json.dumps(arguments), *result) for (arguments, _, _, _), result in zip(STEPS, results)]


class Ansible(unittest.TestCase):
    maxDiff = None

    def test_enables_and_disables_modules(self) -> None:
        expected = [(json.dumps(arguments), changed, enabled) for arguments, _, changed, enabled in STEPS]
        for packages in ("", "confgraph"):
            with self.subTest(packages or "the originals"), SYSTEMS.new() as machine:
                if packages:
                    machine.must(f"dpkg --install {machine.ours(packages)}")
                self.assertEqual(play(machine), expected)
                self.assertEqual("confgraph" in machine.run("a2enmod --version").stdout, bool(packages))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debs", type=pathlib.Path, required=True, help="folder of our packages")
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="folder for downloaded packages")
    arguments, rest = parser.parse_known_args()
    chroots.isolate()
    global SYSTEMS  # pylint: disable=global-statement
    packages, collection = fetch(arguments.cache)
    SYSTEMS = Systems(arguments.cache, arguments.debs, lambda chroot: prepare(chroot, packages, collection))
    chroots.leave_network()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
