# SPDX-License-Identifier: Apache-2.0
"""Puppet with the module puppetlabs-apache, unchanged: the same manifest makes the same configuration with the originals and
with our package, and finds nothing to do when it is applied again."""

from client import Client, tree
from system import System

PACKAGES = ["puppet-agent", "puppet-module-puppetlabs-apache"]
# What its resource for modules does by calls of the tools, and what is written beside it for confs and sites.
ENTRIES = """
a2mod { ['rewrite', 'ssl']: ensure => present }
a2mod { 'status': ensure => absent }
exec { '/usr/sbin/a2disconf charset': onlyif => '/usr/sbin/a2query -q -c charset' }
exec { '/usr/sbin/a2ensite default-ssl': unless => '/usr/sbin/a2query -q -s default-ssl' }
"""
# Its class makes links of its own, with absolute targets, and an MPM that is called "event"; when it is told to use another
# one, it calls a2dismod. Nobody starts the server.
SERVER = """
class {{ 'apache': mpm_module => '{}', default_mods => ['alias', 'rewrite'], service_manage => false }}
apache::vhost {{ 'www.example.org': port => '80', docroot => '/var/www/example' }}
"""
# What --detailed-exitcodes tells.
NOTHING_TO_DO, CHANGED = 0, 2
# Facts that nothing here needs, and that are looked for in what a chroot has not.
FACTS = """
facts : {
  blocklist : [ "disks", "partitions", "mountpoints", "ec2", "EC2", "GCE", "gce", "az", "Xen", "virtual", "hypervisors", "ssh" ]
}
"""


def apply(machine: System, manifest: str, *options: str) -> "tuple[int, str]":
    """Its exit status, and what it says."""
    machine.chroot.write("/etc/puppetlabs/facter/facter.conf", FACTS)
    machine.chroot.write("/manifest.pp", manifest)
    done = machine.run(f"puppet apply --color=false --detailed-exitcodes {' '.join(options)} /manifest.pp")
    return done.returncode, done.stdout


class Puppet(Client):
    def assert_applied(self, machine: System, manifest: str) -> None:
        status, said = apply(machine, manifest)
        self.assertEqual(status, CHANGED, said)
        after = tree(machine)
        status, said = apply(machine, manifest)
        self.assertEqual(status, NOTHING_TO_DO, said)
        self.assertEqual(tree(machine), after)

    def assert_only_told(self, machine: System, manifest: str, expected: str) -> None:
        before = tree(machine)
        _, said = apply(machine, manifest, "--noop")
        self.assertIn(expected, said)
        self.assertEqual(tree(machine), before)

    def test_entries(self) -> None:
        self.on_both(self._entries)

    def _entries(self, machine: System) -> None:
        self.assert_only_told(machine, ENTRIES, "A2mod[ssl]/ensure: current_value 'absent', should be 'present' (noop)")
        self.assert_applied(machine, ENTRIES)
        self.assertEqual(machine.must("a2query -m socache_shmcb; a2query -s default-ssl"),
                         "socache_shmcb (enabled by site administrator)\ndefault-ssl (enabled by site administrator)\n")
        self.assertEqual([machine.run(f"a2query -q {words}").returncode for words in ("-m status", "-c charset")], [32, 32])

    def test_class(self) -> None:
        self.on_both(self._class)

    def _class(self, machine: System) -> None:
        self.assert_applied(machine, SERVER.format("event"))
        self.assertEqual(machine.must("a2query -M"), "event\n")
        self.assert_only_told(machine, SERVER.format("prefork"), "Exec[/usr/sbin/a2dismod event]/returns: current_value 'notrun'")
        self.assert_applied(machine, SERVER.format("prefork"))
        self.assertEqual(machine.must("a2query -M; a2query -q -s 25-www.example.org"), "prefork\n")
        self.assertIn("mpm_prefork_module", machine.must("apache2ctl -M"))
        # What it has made can be changed by hand.
        machine.must("a2dismod -q rewrite && a2dissite -q 15-default && a2enmod -q headers")
