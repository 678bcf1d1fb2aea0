# SPDX-License-Identifier: Apache-2.0
"""What the tests of programs that manage servers have in common."""

import unittest
from typing import Callable

from system import System, Systems

# pylint: disable=wrong-import-order,import-error
import state


class Client(unittest.TestCase):
    """The same is done with the originals and with our package, and leaves the same."""

    systems: Systems
    maxDiff = None

    def on_both(self, check: "Callable[[System], None]") -> None:
        """Does the same on a system with the originals and on one with our package, and compares what is left."""
        trees = []
        for package in ("", "confgraph"):
            with self.subTest(package or "the originals"), self.systems.new() as machine:
                if package:
                    machine.must(f"dpkg --install {machine.ours(package)}")
                self.assertEqual("confgraph" in machine.run("a2enmod --version").stdout, bool(package))
                check(machine)
                trees.append(tree(machine))
        # A side that failed has said so.
        if len(trees) == 2:
            self.assertEqual(*trees)


def tree(machine: System) -> "list[str]":
    """The server's configuration and the markers, as lines."""
    return state.tree_lines(machine.root)
