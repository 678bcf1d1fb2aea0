# SPDX-License-Identifier: Apache-2.0
"""The table of the policy: states of an entry, calls of maintainer scripts by dpkg, and what the scripts ask for."""

import dataclasses
from collections.abc import Callable, Iterator

from box import Box

# What dpkg calls (Debian Policy, section 6.5): script and arguments. Where an old version was there, its number is the argument.
EVENTS = [
    ("preinst", "install", ""), ("preinst", "install", "1.0-1"), ("preinst", "upgrade", "1.0-1"), ("preinst", "abort-upgrade", "2.0-1"),
    ("postinst", "configure", ""), ("postinst", "configure", "1.0-1"), ("postinst", "abort-upgrade", "2.0-1"),
    ("postinst", "abort-remove", ""), ("postinst", "abort-deconfigure", "in-favour"), ("postinst", "triggered", "a-trigger"),
    ("prerm", "remove", ""), ("prerm", "upgrade", "2.0-1"), ("prerm", "deconfigure", "in-favour"), ("prerm", "failed-upgrade", "1.0-1"),
    ("postrm", "remove", ""), ("postrm", "purge", ""), ("postrm", "upgrade", "2.0-1"), ("postrm", "failed-upgrade", "1.0-1"),
    ("postrm", "disappear", "libfoo"), ("postrm", "abort-install", ""), ("postrm", "abort-upgrade", "2.0-1"),
]
# Those in which something may happen, and one of each kind in which nothing may.
FEW_EVENTS = [
    ("postinst", "configure", ""), ("postinst", "configure", "1.0-1"), ("prerm", "remove", ""), ("prerm", "deconfigure", "in-favour"),
    ("prerm", "upgrade", "2.0-1"), ("postrm", "remove", ""), ("postrm", "purge", ""),
]


def enabled(box: Box, kind: str) -> None:
    box.available(kind, "foo")
    box.link(kind, "foo")


def never(box: Box, kind: str) -> None:
    box.available(kind, "foo")


def enabled_by_maint(box: Box, kind: str) -> None:
    enabled(box, kind)
    box.marker(kind, "enabled_by_maint", "foo")


def enabled_by_admin(box: Box, kind: str) -> None:
    enabled(box, kind)
    box.marker(kind, "enabled_by_admin", "foo")


def disabled_by_admin(box: Box, kind: str) -> None:
    never(box, kind)
    box.marker(kind, "disabled_by_admin", "foo")


def disabled_by_maint(box: Box, kind: str) -> None:
    never(box, kind)
    box.marker(kind, "disabled_by_maint", "foo")


def link_removed_maint(box: Box, kind: str) -> None:
    never(box, kind)
    box.marker(kind, "enabled_by_maint", "foo")


def link_removed_admin(box: Box, kind: str) -> None:
    never(box, kind)
    box.marker(kind, "enabled_by_admin", "foo")


def dangling(box: Box, kind: str) -> None:
    box.link(kind, "foo")


def dangling_by_maint(box: Box, kind: str) -> None:
    box.link(kind, "foo")
    box.marker(kind, "enabled_by_maint", "foo")


def real_file(box: Box, kind: str) -> None:
    box.available(kind, "foo")
    box.real_file(kind, "foo")


def other_target(box: Box, kind: str) -> None:
    box.available(kind, "foo")
    box.available(kind, "other")
    box.link(kind, "foo", target=str(box.entry_path(kind, "other")))


def gone(_box: Box, _kind: str) -> None:
    pass


def gone_disabled_by_maint(box: Box, kind: str) -> None:
    box.marker(kind, "disabled_by_maint", "foo")


def gone_disabled_by_admin(box: Box, kind: str) -> None:
    box.marker(kind, "disabled_by_admin", "foo")


def linked_against_marker(box: Box, kind: str) -> None:
    enabled(box, kind)
    box.marker(kind, "disabled_by_admin", "foo")


def two_markers(box: Box, kind: str) -> None:
    never(box, kind)
    box.marker(kind, "disabled_by_admin", "foo")
    box.marker(kind, "disabled_by_maint", "foo")


def needs_other(box: Box, kind: str) -> None:
    box.available(kind, "foo", "# Depends: other\n")
    box.available("module", "other")


def needs_enabled(box: Box, kind: str) -> None:
    box.available(kind, "foo", "# Depends: other\n")
    box.available("module", "other")
    box.link("module", "other")


def needs_what_admin_disabled(box: Box, kind: str) -> None:
    needs_other(box, kind)
    box.marker("module", "disabled_by_admin", "other")


def needs_missing(box: Box, kind: str) -> None:
    box.available(kind, "foo", "# Depends: missing\n")


def needed_by_other(box: Box, kind: str) -> None:
    enabled_by_maint(box, kind)
    box.available("module", "other", "# Depends: foo\n")
    box.link("module", "other")
    box.marker("module", "enabled_by_admin", "other")


def conflicts(box: Box, kind: str) -> None:
    box.available(kind, "foo", "# Conflicts: other\n")
    box.available("module", "other")
    box.link("module", "other")


def with_configuration(box: Box, kind: str) -> None:
    enabled_by_maint(box, kind)
    box.available(kind, "foo", suffix=".conf")
    box.link(kind, "foo", suffix=".conf")


def without_link_of_configuration(box: Box, kind: str) -> None:
    enabled_by_maint(box, kind)
    box.available(kind, "foo", suffix=".conf")


def never_with_configuration(box: Box, kind: str) -> None:
    never(box, kind)
    box.available(kind, "foo", suffix=".conf")


def broken_configuration(box: Box, kind: str) -> None:
    never(box, kind)
    box.break_configuration()


State = Callable[[Box, str], None]
# Those in which packages usually are: with every event.
USUAL_STATES: list[State] = [
    never, enabled_by_maint, enabled_by_admin, disabled_by_admin, disabled_by_maint, link_removed_maint, real_file, gone,
]
RARE_STATES: list[State] = [
    enabled, link_removed_admin, dangling, dangling_by_maint, gone_disabled_by_maint, other_target, gone_disabled_by_admin,
    linked_against_marker, two_markers, needs_other, needs_enabled, needs_what_admin_disabled, needs_missing, needed_by_other, conflicts,
    with_configuration, without_link_of_configuration, never_with_configuration, broken_configuration,
]
SITE_STATES: list[State] = [
    never, enabled_by_maint, disabled_by_admin, disabled_by_maint, link_removed_maint, real_file, needs_other, needs_enabled,
    broken_configuration,
]


# Which MPMs there are for a switch to prefork.

def mpms(box: Box, *names: str) -> None:
    for name in ("event", "prefork", "worker"):
        box.available("module", f"mpm_{name}", "# Conflicts: " + " ".join(
            f"mpm_{other}" for other in ("event", "prefork", "worker") if other != name) + "\n")
    for name in names:
        box.link("module", f"mpm_{name}")


def on_event(box: Box, _kind: str) -> None:
    mpms(box, "event")


def on_event_by_admin(box: Box, _kind: str) -> None:
    mpms(box, "event")
    box.marker("module", "enabled_by_admin", "mpm_event")


def on_worker(box: Box, _kind: str) -> None:
    mpms(box, "worker")
    box.marker("module", "enabled_by_maint", "mpm_worker")


def on_prefork(box: Box, _kind: str) -> None:
    mpms(box, "prefork")


def prefork_disabled_by_admin(box: Box, _kind: str) -> None:
    mpms(box, "event")
    box.marker("module", "disabled_by_admin", "mpm_prefork")


def prefork_disabled_by_maint(box: Box, _kind: str) -> None:
    mpms(box, "event")
    box.marker("module", "disabled_by_maint", "mpm_prefork")


def no_mpm(box: Box, _kind: str) -> None:
    mpms(box)


def prefork_gone(box: Box, _kind: str) -> None:
    box.available("module", "mpm_event")
    box.link("module", "mpm_event")


def event_needed(box: Box, _kind: str) -> None:
    mpms(box, "event")
    box.available("module", "other", "# Depends: mpm_event\n")
    box.link("module", "other")


def switch_broken(box: Box, _kind: str) -> None:
    mpms(box, "event")
    box.break_configuration()


MPM_STATES: list[State] = [
    on_event, on_event_by_admin, on_worker, on_prefork, prefork_disabled_by_admin, prefork_disabled_by_maint, no_mpm, prefork_gone,
    event_needed, switch_broken,
]


@dataclasses.dataclass
class Case:
    """One maintainer script that runs in one state."""

    name: str
    state: State
    kind: str
    script: str
    arguments: tuple[str, str]
    calls: str
    server: str = "installed"

    def prepare(self, box: Box) -> None:
        box.clear()
        if "mpm" not in self.calls:
            box.available("module", "mpm_event")
            box.link("module", "mpm_event")
        self.state(box, self.kind)
        box.packages({"apache2": self.server} if self.server else {})


def case(state: State, kind: str, event: "tuple[str, str, str]", calls: str, server: str = "installed") -> Case:
    name = f"{kind} {state.__name__}: {' '.join(filter(None, event))}: {calls}{'' if server == 'installed' else ' while ' + server}"
    return Case(name, state, kind, event[0], (event[1], event[2]), calls, server)


def cases() -> Iterator[Case]:
    """All cases of the table."""
    for states, events in ((USUAL_STATES, EVENTS), (RARE_STATES, FEW_EVENTS)):
        for state in states:
            for event in events:
                for command in ("enmod", "dismod"):
                    yield case(state, "module", event, f"apache2_invoke {command} foo")
    for kind, word in (("conf", "conf"), ("site", "site")):
        for state in SITE_STATES:
            for event in FEW_EVENTS:
                for command in ("en", "dis"):
                    yield case(state, kind, event, f"apache2_invoke {command}{word} foo")
    for state in MPM_STATES:
        for event in (("postinst", "configure", ""), ("postinst", "configure", "1.0-1"), ("prerm", "remove", "")):
            yield case(state, "module", event, "apache2_switch_mpm prefork")
    yield case(on_event, "module", EVENTS[4], "apache2_switch_mpm mpm_prefork")
    yield case(on_event, "module", EVENTS[4], "apache2_switch_mpm nosuch")
    yield from function_cases()
    yield from deferred_cases()


def function_cases() -> Iterator[Case]:
    """The functions that ask, and calls of several functions."""
    fresh, upgrade = ("postinst", "configure", ""), ("postinst", "configure", "1.0-1")
    for event in EVENTS:
        yield case(never, "module", event, "apache2_needs_action")
        yield case(never, "module", event, "APACHE2_NEED_ACTION=1; apache2_needs_action")
        yield case(never, "module", event, "apache2_reload")
    for action in ("", "reload", "restart", "force-reload"):
        for event in (fresh, upgrade, ("postrm", "purge", "")):
            yield case(never, "module", event, f"apache2_reload {action}".strip())
            yield case(broken_configuration, "module", event, f"apache2_reload {action}".strip())
    for state in (*USUAL_STATES, enabled, dangling):
        yield case(state, "module", fresh, "apache2_has_module foo")
    for action in ("restart", "reload", "force-reload"):
        for event in (fresh, upgrade):
            yield case(never, "module", event, f"apache2_invoke enmod foo {action}")
            yield case(never, "site", event, f"apache2_invoke ensite foo {action}")
    for words in ("", "enmod", "enmod ''", "enfoo foo", "mod foo", "query foo", "'en mod' foo"):
        yield case(never, "module", fresh, f"apache2_invoke {words}".strip())
    # Scripts that do more than one thing.
    for event in (fresh, upgrade):
        yield case(needs_other, "module", event, "apache2_invoke enmod other; apache2_invoke enmod foo")
        yield case(never, "module", event, "apache2_invoke enmod foo; apache2_invoke dismod foo; apache2_reload")
        yield case(disabled_by_admin, "module", event, "apache2_invoke enmod foo; apache2_reload restart")
        yield case(enabled, "module", event, "APACHE2_NEED_ACTION=1; apache2_invoke enmod foo reload")
        yield case(on_event, "module", event, "apache2_switch_mpm prefork; apache2_reload")
    yield case(enabled_by_maint, "module", ("postrm", "purge", ""), "apache2_invoke dismod foo; apache2_invoke dismod foo")


def deferred_cases() -> Iterator[Case]:
    """While the server's package is not configured."""
    fresh, upgrade = ("postinst", "configure", ""), ("postinst", "configure", "1.0-1")
    calls = ("apache2_invoke enmod foo", "apache2_invoke enmod foo reload", "apache2_switch_mpm prefork", "apache2_switch_mpm mpm_prefork",
             "apache2_reload", "apache2_needs_action", "apache2_has_module foo", "apache2_invoke enmod foo force-reload",
             "apache2_invoke ensite foo; apache2_invoke enconf foo", "apache2_invoke enfoo foo", "apache2_invoke enmod ''")
    for call in calls:
        for event in (fresh, upgrade):
            yield case(on_event if "mpm" in call else never, "module", event, call, "unpacked")
    for event in (("prerm", "remove", ""), ("prerm", "deconfigure", "in-favour"), ("prerm", "upgrade", "2.0-1"), ("postrm", "purge", "")):
        yield case(enabled_by_maint, "module", event, "apache2_invoke dismod foo", "unpacked")
    for state in ("half-configured", "half-installed", "triggers-awaited", "triggers-pending", "config-files", "not-installed", ""):
        yield case(never, "module", fresh, "apache2_invoke enmod foo", state)
