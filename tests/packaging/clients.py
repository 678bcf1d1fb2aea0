#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that manage servers, unchanged, on a system with our package and on one without."""

import argparse
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from system import Systems, archives, chroots  # noqa: E402

import with_ansible  # noqa: E402
import with_puppet  # noqa: E402
from client import Client  # noqa: E402
from with_ansible import Ansible  # noqa: E402,F401
from with_puppet import Puppet  # noqa: E402,F401


def fetch(cache: pathlib.Path, names: "list[str]") -> "dict[str, str]":
    """Downloads packages and what they need, as far as this machine has not got it. Returns them as paths in every chroot."""
    cache.mkdir(parents=True, exist_ok=True)
    chroot = chroots.Chroot(chroots.Layer("fetch"), cache)
    archives.set_up(chroot)
    command = f"apt-get install --yes --download-only --verbose-versions {' '.join(names)}"
    done = chroot.run(command)
    if done.returncode != 0:
        chroot.must_run("apt-get update")
        done.stdout = chroot.must_run(command)
    chroot.discard()
    found = {}
    for name, version in archives.planned(done.stdout).items():
        path = next(cache.glob(f"{name}_{version.replace(':', '%3a')}_*.deb"))
        found[name] = f"{chroots.ARCHIVES}/{path.name}"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debs", type=pathlib.Path, required=True, help="folder of our packages")
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="folder for downloaded packages")
    arguments, rest = parser.parse_known_args()
    chroots.isolate()
    packages = fetch(arguments.cache, [*with_ansible.PACKAGES, with_ansible.COLLECTION, *with_puppet.PACKAGES])
    collection = packages.pop(with_ansible.COLLECTION)

    def prepare(chroot: chroots.Chroot) -> None:
        # All of it may be on this machine.
        if packages:
            chroot.must_run(f"dpkg --install {' '.join(packages.values())}")
        with_ansible.prepare(chroot, collection)

    Client.systems = Systems(arguments.cache, arguments.debs, prepare)
    chroots.leave_network()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
