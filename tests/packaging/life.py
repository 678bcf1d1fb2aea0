#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our packages on real systems: installed, upgraded, removed, purged and killed on the way, beside Debian's own. The systems
are overlays of this machine's root folder, in memory and in namespaces of their own."""

import argparse
import concurrent.futures
import pathlib
import re
import sys
import unittest

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import system  # noqa: E402
from system import TOOLS, System, Systems  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEMS: Systems
# So few would not have seen much.
MINIMUM_ROUNDS = 1000
# Of all points at which dpkg can be killed: the first ones, and so many of the others unless told otherwise.
FIRST_POINTS, OTHER_POINTS = 4, 6


class Life(unittest.TestCase):
    """What each test looks at."""

    maxDiff = None

    def assert_active(self, machine: System, *packages: str) -> None:
        for package in packages:
            self.assertEqual(machine.stands_in(package), [], package)
        self.assertIn("confgraph", machine.must("a2enmod --version && a2dissite --version && a2query --version"))

    def assert_untouched(self, machine: System) -> None:
        """All is as if our packages had never been there."""
        self.assertEqual(machine.changes(), [])
        self.assertEqual(machine.listed(), machine.versions)
        self.assertEqual(machine.verify(), SYSTEMS.verified)
        self.assertEqual([path.name for path in (machine.root / "var/lib/dpkg/info").glob("*confgraph*.*") if path.name != "confgraph-instead.list"
                          and not path.name.startswith("confgraph-instead.")], [])


class Stay(Life):
    def test_install_and_purge(self) -> None:
        with SYSTEMS.new() as machine:
            names = sorted(SYSTEMS.debs)
            machine.must(f"dpkg --install {machine.ours(*names)}")
            self.assert_active(machine, "confgraph", "dh-confgraph")
            self.assertEqual(machine.run(f"dpkg --verify {' '.join(names)}").stdout, "")
            self.assertIn("usr/sbin/a2query", machine.places("confgraph"))
            self.assertIn("usr/share/man/man8/a2dismod.8.gz", machine.places("confgraph"))
            self.assertIn("usr/bin/dh_apache2", machine.places("dh-confgraph"))
            self.assertEqual(machine.verify(), SYSTEMS.verified)
            # The originals can be called, and are what they were.
            self.assertEqual(system.differ(machine.root / "usr/share/confgraph/originals/usr/sbin/a2enmod", machine.original("usr/sbin/a2enmod")), "")
            machine.must(f"dpkg --purge {' '.join(names)}")
            self.assert_untouched(machine)

    def test_upgrade(self) -> None:
        with SYSTEMS.new() as machine:
            formerly = f"usr/{system.FORMERLY}"
            machine.must(f"dpkg --install {SYSTEMS.older}")
            self.assert_active(machine, "confgraph")
            self.assertEqual((machine.root / formerly).read_text(encoding="ascii"), "older\n")
            self.assertEqual(system.differ(machine.root / "usr/sbin/a2query", machine.original("usr/sbin/a2query")), "")
            machine.must("a2enmod -q rewrite && a2dissite -q 000-default")
            machine.must(f"dpkg --install {machine.ours('confgraph')}")
            self.assert_active(machine, "confgraph")
            self.assertIn("usr/sbin/a2query", machine.places("confgraph"))
            self.assertEqual(system.differ(machine.root / formerly, machine.original(formerly)), "")
            self.assertEqual(machine.verify(), SYSTEMS.verified)
            self.assertEqual(machine.must("a2query -m rewrite"), "rewrite (enabled by site administrator)\n")
            # Back to the older version, and to the newer one after a removal.
            machine.must(f"dpkg --install {SYSTEMS.older}")
            self.assert_active(machine, "confgraph")
            machine.must(f"dpkg --remove confgraph && dpkg --install {machine.ours('confgraph')}")
            self.assert_active(machine, "confgraph")
            machine.must("a2dismod -q rewrite && a2ensite -q 000-default && dpkg --purge confgraph")
            self.assertEqual([line for line in machine.changes() if "var/lib/apache2/" not in line], [])
            self.assertEqual(machine.verify(), SYSTEMS.verified)

    def test_apt(self) -> None:
        """What administrators do: apt decides about order, and takes several packages at once."""
        with SYSTEMS.new() as machine:
            machine.offer("/ours", [machine.ours("confgraph")])
            machine.must("apt-get install --yes confgraph")
            self.assert_active(machine, "confgraph")
            said = machine.must(f"apt-get install --yes {' '.join(machine.versioned(name) for name in system.MODULES)}")
            self.assertIn("apache2_invoke: Enable module php8.2", said)
            self.assertEqual(machine.must("a2query -m xsendfile; a2query -M"), "xsendfile (enabled by maintainer script)\nprefork\n")
            # The server, its modules and our package in one go.
            machine.offer("/packages", [machine.theirs("apache2", newer=True)])
            machine.offer("/ours", [SYSTEMS.newer])
            said = machine.must("apt-get upgrade --yes")
            for name in ("apache2", "confgraph", *system.MODULES):
                self.assertRegex(said, rf"\nSetting up {re.escape(name)} ")
            self.assertEqual(machine.must("dpkg-query --show --showformat '${Version}' confgraph"), system.NEWER_VERSION)
            self.assert_active(machine, "confgraph")
            self.assertEqual(machine.verify(), SYSTEMS.verified)
            machine.must("apt-get purge --yes confgraph")
            self.assertEqual(machine.must("head -n 1 /usr/sbin/a2enmod"), "#!/usr/bin/perl -w\n")
            self.assertEqual(machine.must("a2query -m xsendfile; a2query -M"), "xsendfile (enabled by maintainer script)\nprefork\n")
            self.assertIn("php_module", machine.must("apache2ctl -M"))
            self.assertEqual([line for line in machine.changes() if "confgraph" in line and "/apt/" not in line], [])
            self.assertEqual(machine.verify(), SYSTEMS.verified)

    def test_modules_are_installed_through_ours(self) -> None:
        with SYSTEMS.new() as machine:
            machine.must(f"dpkg --install {machine.ours('confgraph')}")
            said = machine.must(f"dpkg --install {' '.join(machine.theirs(name) for name in system.MODULES)}")
            self.assertIn("apache2_invoke: Enable module php8.2", said)
            self.assertEqual(machine.must("a2query -m xsendfile; a2query -M"), "xsendfile (enabled by maintainer script)\nprefork\n")
            # Only our tools have this.
            self.assertTrue((machine.root / "var/lib/apache2/confgraph/lock").exists())
            machine.must("a2dismod -q xsendfile && a2enmod -q headers")
            # What ours have done, the originals know, and the other way round.
            machine.must("dpkg --remove confgraph")
            self.assertFalse((machine.root / "var/lib/apache2/confgraph").exists())
            self.assertEqual(machine.run("a2query -m xsendfile").returncode, 32)
            self.assertEqual(machine.must("a2query -m headers"), "headers (enabled by site administrator)\n")
            machine.must(f"dpkg --install {machine.theirs('libapache2-mod-xsendfile', newer=True)} && a2dismod -q headers")
            machine.must(f"dpkg --install {machine.ours('confgraph')}")
            self.assertEqual(machine.run("a2query -m xsendfile").returncode, 32)
            self.assertEqual(machine.run("a2query -m headers").returncode, 32)
            machine.must(f"dpkg --purge {' '.join(system.MODULES)} && dpkg --purge confgraph")
            self.assertEqual([line for line in machine.changes() if "confgraph" in line], [])
            self.assertEqual(machine.verify(), SYSTEMS.verified)

    def test_server_comes_and_goes(self) -> None:
        with SYSTEMS.new() as machine:
            machine.must(f"dpkg --install {machine.ours('confgraph')}")
            for newer in (True, True, False):
                machine.must(f"dpkg --install {machine.theirs('apache2', newer)}")
                self.assert_active(machine, "confgraph")
                self.assertEqual(machine.verify(), SYSTEMS.verified)
            machine.must("dpkg --remove --force-depends apache2")
            self.assert_active(machine, "confgraph")
            machine.must(f"dpkg --install {machine.theirs('apache2')}")
            self.assert_active(machine, "confgraph")
            machine.must("dpkg --purge confgraph")
            self.assert_untouched(machine)

    def test_newer_original_comes_back(self) -> None:
        with SYSTEMS.new() as machine:
            machine.must(f"dpkg --install {machine.ours('confgraph')}")
            # A newer version whose program is another one.
            tree = machine.root / "newer"
            machine.must(f"dpkg-deb --raw-extract {machine.theirs('apache2', newer=True)} /newer")
            with (tree / "usr/sbin/a2enmod").open("a", encoding="utf-8") as program:
                program.write("# newer\n")
            machine.must("sed -i 's,^.*  usr/sbin/a2enmod$,'$(md5sum </newer/usr/sbin/a2enmod | cut -c 1-32)'  usr/sbin/a2enmod,' /newer/DEBIAN/md5sums")
            machine.must("dpkg-deb -Znone --build /newer /newer.deb && dpkg --install /newer.deb")
            self.assert_active(machine, "confgraph")
            machine.must("dpkg --remove confgraph")
            self.assertEqual(system.differ(machine.root / "usr/sbin/a2enmod", tree / "usr/sbin/a2enmod"), "")
            self.assertEqual(machine.verify(), SYSTEMS.verified)

    def test_server_comes_later(self) -> None:
        with SYSTEMS.new() as machine:
            machine.must("dpkg --purge --force-depends apache2")
            without = machine.changes()
            machine.must(f"dpkg --install {machine.ours('confgraph')}")
            self.assert_active(machine, "confgraph")
            machine.must(f"dpkg --install {machine.theirs('apache2')}")
            self.assert_active(machine, "confgraph")
            self.assertEqual(machine.must("a2query -M; a2query -m alias"), "event\nalias (enabled by maintainer script)\n")
            self.assertEqual(machine.verify(), SYSTEMS.verified)
            machine.must("dpkg --purge --force-depends apache2")
            self.assert_active(machine, "confgraph")
            machine.must("dpkg --purge confgraph")
            self.assertEqual(machine.changes(), without)
            self.assertEqual(machine.missing(), TOOLS)

    def test_modules_without_the_server(self) -> None:
        """A module may be installed before the server, which then enables it."""
        with SYSTEMS.new() as machine:
            machine.must(f"dpkg --purge --force-depends apache2; dpkg --install {machine.ours('confgraph')}")
            machine.must(f"dpkg --install {machine.theirs('libapache2-mod-xsendfile')}")
            machine.must(f"dpkg --install {machine.theirs('apache2')}")
            self.assertEqual(machine.must("a2query -m xsendfile"), "xsendfile (enabled by maintainer script)\n")

    def test_interrupted_change_is_finished_before_we_go(self) -> None:
        with SYSTEMS.new() as machine:
            machine.must(f"dpkg --install {machine.ours('confgraph')}")
            machine.chroot.write("/killer", "#!/bin/sh\nkill -9 $PPID\n", 0o755)
            machine.run("APACHE_HTTPD=/killer a2mpm prefork")
            journal = machine.root / "var/lib/apache2/confgraph/etc-apache2.journal"
            self.assertTrue(journal.exists())
            machine.must("dpkg --remove confgraph; rm /killer")
            self.assertEqual(machine.must("a2query -M").strip(), "event")
            machine.must("dpkg --purge confgraph")
            self.assert_untouched(machine)

    def test_other_diversion_stays(self) -> None:
        with SYSTEMS.new() as machine:
            machine.must("dpkg-divert --local --rename --add /usr/sbin/a2ensite && echo '#!/bin/sh' >/usr/sbin/a2ensite")
            said = machine.must(f"dpkg --install {machine.ours('confgraph')}")
            self.assertIn("/usr/sbin/a2ensite is diverted by LOCAL, and left alone", said)
            self.assertEqual(machine.stands_in("confgraph"), ["usr/sbin/a2ensite"])
            machine.must("dpkg --purge confgraph; rm /usr/sbin/a2ensite; dpkg-divert --local --rename --remove /usr/sbin/a2ensite")
            self.assert_untouched(machine)

    def test_entry_point_of_a_container(self) -> None:
        with SYSTEMS.new() as machine:
            machine.must(f"dpkg --install {machine.ours('confgraph')}")
            machine.chroot.write("/entry", "#!/bin/sh\nset -e\na2dismod mpm_event && a2enmod mpm_prefork\na2enmod rewrite headers\n", 0o755)
            machine.must("/entry")
            self.assertEqual(machine.must("a2query -M; a2query -m rewrite"), "prefork\nrewrite (enabled by site administrator)\n")
            self.assertIn("mpm_prefork_module", machine.must("apache2ctl -M"))
            # A container that is started again.
            machine.must("/entry")
            self.assertEqual(machine.must("a2query -M"), "prefork\n")

    def test_module_is_installed_in_another_root(self) -> None:
        """Without a change of the root: the maintainer script calls the tools that are here."""
        with SYSTEMS.new() as machine:
            machine.must(f"dpkg --install {machine.ours('confgraph')}")
            machine.must("mkdir -p /target/etc /target/var/lib && cp -a /etc/apache2 /target/etc && cp -a /var/lib/apache2 /var/lib/dpkg /target/var/lib")
            link = "etc/apache2/mods-enabled/xsendfile.load"
            dpkg = "dpkg --root=/target --force-script-chrootless --no-triggers"
            said = machine.must(f"{dpkg} --install {machine.theirs('libapache2-mod-xsendfile')}")
            self.assertIn("apache2_invoke: Enable module xsendfile", said)
            self.assertTrue((machine.root / "target" / link).is_symlink())
            self.assertFalse((machine.root / link).is_symlink())
            self.assertEqual(machine.must("a2query --root /target -m xsendfile"), "xsendfile (enabled by maintainer script)\n")
            machine.must(f"{dpkg} --purge libapache2-mod-xsendfile")
            self.assertFalse((machine.root / "target" / link).is_symlink())

    def test_autopkgtests(self) -> None:
        with SYSTEMS.new() as machine:
            machine.must(f"mkdir /source && dpkg --install {machine.ours('confgraph', 'libconfgraph0', 'libconfgraph-package0', 'libconfgraph-dev')}")
            system.chroots.mount("--bind", ROOT, machine.root / "source")
            machine.must("cd /source && debian/tests/library && debian/tests/stands-in")


class Moments(Life):
    def test_never_without_tools(self) -> None:
        """At each instant each tool can be called."""
        with SYSTEMS.new() as machine:
            ours = machine.ours("confgraph")
            steps = {
                "install": f"dpkg --install {ours}", "install the same": f"dpkg --install {ours}",
                "upgrade the server": f"dpkg --install {machine.theirs('apache2', newer=True)}",
                "upgrade": f"dpkg --install {SYSTEMS.newer}", "remove": "dpkg --remove confgraph", "install again": f"dpkg --install {ours}", "purge": "dpkg --purge confgraph",
            }
            for name, command in steps.items():
                with self.subTest(name):
                    watched = machine.watch(command, TOOLS)
                    self.assertEqual(watched.missing, [])
                    self.assertGreater(watched.rounds, MINIMUM_ROUNDS)

    def test_a_gap_is_found(self) -> None:
        """What the test above looks at can fail."""
        with SYSTEMS.new() as machine:
            machine.must(f"dpkg-deb --raw-extract {machine.ours('confgraph')} /spoiled")
            script = machine.root / "spoiled/DEBIAN/postinst"
            text = script.read_text(encoding="utf-8")
            self.assertIn('    mv -f -T "$2.confgraph-new" "$2"\n', text)
            script.write_text(text.replace("    mv -f -T", '    rm -f "$2"\n    sleep 0.1\n    mv -f -T'), encoding="utf-8")
            machine.must("dpkg-deb -Znone --build /spoiled /spoiled.deb")
            self.assertNotEqual(machine.watch("dpkg --install /spoiled.deb", TOOLS).missing, [])


class Killed(Life):
    """dpkg is killed together with all it has started."""

    # How many points beside the first ones.
    others = OTHER_POINTS

    def points(self, prepare: str, command: str) -> "list[int]":
        with SYSTEMS.new() as machine:
            names = {"ours": machine.ours("confgraph"), "older": SYSTEMS.older}
            machine.must(prepare.format(**names))
            status, count = machine.killed(command.format(**names), 0)
            self.assertEqual(status, 0)
        others = range(FIRST_POINTS + 1, count + 1)
        self.assertGreater(len(others), OTHER_POINTS)
        return sorted({*range(1, FIRST_POINTS + 1), *others[::max(1, len(others) // self.others)], count})

    def killed(self, prepare: str, command: str) -> None:
        recoveries = (
            "dpkg --configure --pending; dpkg --purge --force-remove-reinstreq confgraph",
            "dpkg --purge --force-remove-reinstreq confgraph",
            "dpkg --install {ours} && dpkg --purge confgraph",
            # The server is upgraded while our package is half-way in its place.
            "dpkg --install {newer} && dpkg --purge --force-remove-reinstreq confgraph && dpkg --install {server}",
        )
        points = self.points(prepare, command)
        self.assertGreaterEqual(len(points), FIRST_POINTS + OTHER_POINTS)

        def one(number: int) -> "list[str]":
            with SYSTEMS.new() as machine:
                names = {"ours": machine.ours("confgraph"), "older": SYSTEMS.older, "newer": machine.theirs("apache2", newer=True), "server": machine.theirs("apache2")}
                machine.must(prepare.format(**names))
                status, _ = machine.killed(command.format(**names), points[number])
                label = f"killed at {points[number]}, exit status {status}"
                found = [f"{label}: not to be called: {path}" for path in machine.missing()]
                recovery = recoveries[number % len(recoveries)].format(**names)
                done = machine.run(recovery)
                machine.must("dpkg --triggers-only --pending")
                # There may have been nothing to be purged.
                if done.returncode != 0 and machine.status("confgraph") != "not-installed":
                    found.append(f"{label}: {recovery}: exit status {done.returncode}\n{done.stdout}")
                left = [*machine.changes(), *machine.verify().splitlines(), *sorted(machine.listed() ^ machine.versions)]
                return found + ([f"{label}: after {recovery}:\n{done.stdout}"] + left if left else [])

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = [line for lines in pool.map(one, range(len(points))) for line in lines]
        self.assertFalse(found, "\n".join(found))

    def test_install(self) -> None:
        self.killed("true", "dpkg --install {ours}")

    def test_install_again(self) -> None:
        self.killed("dpkg --install {ours}", "dpkg --install {ours}")

    def test_upgrade(self) -> None:
        self.killed("dpkg --install {older}", "dpkg --install {ours}")

    def test_remove(self) -> None:
        self.killed("dpkg --install {ours}", "dpkg --remove confgraph")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debs", type=pathlib.Path, required=True, help="folder of our packages")
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="folder for downloaded packages")
    parser.add_argument("--points", type=int, default=OTHER_POINTS, help="at how many points dpkg is killed, beside the first ones")
    arguments, rest = parser.parse_known_args()
    system.chroots.isolate()
    Killed.others = arguments.points
    global SYSTEMS  # pylint: disable=global-statement
    SYSTEMS = Systems(arguments.cache, arguments.debs)
    system.chroots.leave_network()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
