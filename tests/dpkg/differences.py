# SPDX-License-Identifier: Apache-2.0
"""Where our end states differ from the originals' on purpose, and why."""

import dataclasses

# In every case, where it occurs.
EVERYWHERE: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Difference:
    """Lines that only the original's state (-) or only ours (+) holds after steps of some cases."""

    name: str
    reason: str
    lines: tuple[str, ...]
    # The names of cases, in each of which each line has to occur.
    cases: tuple[str, ...] = EVERYWHERE

    def applies(self, case: str) -> bool:
        return not self.cases or case in self.cases


OWN_FUNCTION = (
    "the server is configured afterwards, with our function",
    "the server is upgraded afterwards, with our function",
    "packages are gone before the server is configured, with our function",
)

DIFFERENCES = (
    Difference(
        "empty-folder",
        "The original makes a folder for markers when it purges, though nothing is put there.",
        (r"-folder var/lib/apache2/(module|conf|site)/(en|dis)abled_by_(admin|maint) 755",),
    ),
    Difference(
        "dependencies-said",
        "What is enabled because something else needs it is said, too (libapache2-mod-svn, -security2).",
        (r"\+said: apache2_invoke: Enable module (dav|dav_svn)",),
        (
            "modules that need others",
            "the administrator disabled modules before the upgrade",
            "the server is configured afterwards, with our function",
            "the server is upgraded afterwards",
            "the server is upgraded afterwards, with our function",
        ),
    ),
    Difference(
        "dependency-said",
        "The same.",
        (r"\+said: apache2_invoke: Enable module unique_id",),
        ("modules that need others",),
    ),
    Difference(
        "plain-names",
        "What is said has the entry's name: without the suffix that sitesummary writes, and of cgid where smokeping and"
        " sitesummary ask for cgi.",
        (
            r"-said: apache2_invoke: Enable module cgi(\.load)?",
            r"\+said: apache2_invoke: Enable module cgid",
            r"\+said: apache2_invoke cgi: already enabled",
            r"-said: apache2_invoke.* sitesummary\.conf.*",
            r"\+said: apache2_invoke.* sitesummary\b.*",
        ),
        ("web applications that enable modules",),
    ),
    Difference(
        "denial-said",
        "That the server may not be told something is said by us; the original leaves that to invoke-rc.d.",
        (r"\+said: apache2_reload: policy-rc\.d denied restart",),
        ("the server may not be told anything",),
    ),
    Difference(
        "removed-by-hand",
        "An entry marked as enabled whose link the administrator has removed is disabled, and an upgrade leaves it so; the"
        " original enables it again. The marker stays until the purge.",
        (
            r"-said: apache2_invoke( prerm)?: (En|Dis)able module xsendfile",
            r"-asked for: apache2 restart",
            r"-link etc/apache2/mods-enabled/xsendfile\.load -> \.\./mods-available/xsendfile\.load",
            r"-loaded xsendfile_module",
            r"-file var/lib/apache2/module/disabled_by_maint/xsendfile 644",
            r"\+file var/lib/apache2/module/enabled_by_maint/xsendfile 644",
            r"\+said: apache2_invoke xsendfile: no action - module was disabled by local admin",
            r"\+said: apache2_invoke xsendfile prerm: No action required",
        ),
        ("the administrator removed the link by hand",),
    ),
    Difference(
        "deconfigure",
        "What is deconfigured is disabled, and comes back when it is configured; the original does nothing, though the scripts"
        " that dh_apache2 makes call it for that.",
        (
            r"-file var/lib/apache2/module/enabled_by_maint/xsendfile 644",
            r"-link etc/apache2/mods-enabled/xsendfile\.load -> \.\./mods-available/xsendfile\.load",
            r"-loaded xsendfile_module",
            r"\+said: apache2_invoke prerm: Disable module xsendfile",
            r"\+asked for: apache2 restart",
            r"\+file var/lib/apache2/module/disabled_by_maint/xsendfile 644",
            r"\+folder var/lib/apache2/module/disabled_by_maint 755",
            r"-said: apache2_invoke xsendfile: already enabled",
            r"\+said: apache2_invoke: Enable module xsendfile",
        ),
        ("another package breaks it",),
    ),
    Difference(
        "deferred-said",
        "Our function says of what was deferred the same as of what was not; the server's postinst has words of its own.",
        (r"\+said: apache2_(invoke|switch_mpm)\b.*",),
        OWN_FUNCTION,
    ),
    Difference(
        "deferred-policy",
        "What the administrator disabled stays so when the server and modules are upgraded together; the original enables it.",
        (
            r"-file var/lib/apache2/module/enabled_by_maint/xsendfile 644",
            r"-link etc/apache2/mods-enabled/xsendfile\.load -> \.\./mods-available/xsendfile\.load",
            r"-loaded xsendfile_module",
            r"\+file var/lib/apache2/module/disabled_by_admin/xsendfile 644",
        ),
        ("the server is upgraded afterwards, with our function",),
    ),
)
