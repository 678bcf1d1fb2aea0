# SPDX-License-Identifier: Apache-2.0
"""Ansible's community.general.apache2_module, unchanged: the same playbook changes the same things with the originals and with
our package, and reports the same."""

import json

from client import Client
from system import System, chroots

PACKAGES = ["ansible-core"]
# Of a package of two hundred megabytes, this is what is looked at.
COLLECTION = "ansible"
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


def prepare(chroot: chroots.Chroot, collection: str) -> None:
    """Unpacks what is looked at of a package of collections, given as a path inside."""
    patterns = " ".join(f"'*/{part}'" for part in PARTS)
    chroot.must_run(f"dpkg-deb --fsys-tarfile {collection} | tar -x -C / --wildcards {patterns}")


def play(machine: System) -> "list[tuple[str, bool, bool]]":
    """What each step reports: whether it changed something; and whether the module is enabled then."""
    machine.chroot.write("/playbook.json", playbook())
    machine.must("cd / && ANSIBLE_LOCALHOST_WARNING=false ansible-playbook -i localhost, /playbook.json")
    results = json.loads((machine.root / "results").read_text(encoding="utf-8"))
    return [(json.dumps(arguments), *result) for (arguments, _, _, _), result in zip(STEPS, results)]


class Ansible(Client):
    def test_enables_and_disables_modules(self) -> None:
        expected = [(json.dumps(arguments), changed, enabled) for arguments, _, changed, enabled in STEPS]
        self.on_both(lambda machine: self.assertEqual(play(machine), expected))
