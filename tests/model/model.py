# SPDX-License-Identifier: Apache-2.0
"""What the tools promise, as simply as it can be said: sets of entries, sets of enabled ones, one marker each.

Written from the manual pages, not from the tools. Nothing here is fast, and nothing touches a file.
"""

import copy
import fnmatch
from dataclasses import dataclass, field
from typing import Optional


@dataclass
class Entry:
    depends: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    has_conf: bool = False

    @property
    def text(self) -> str:
        lines = [f"# Depends: {' '.join(self.depends)}"] if self.depends else []
        lines += [f"# Conflicts: {' '.join(self.conflicts)}"] if self.conflicts else []
        return "\n".join([*lines, ""])


@dataclass
class Call:
    action: str                     # enable, disable, switch or query
    kind: str                       # module, conf or site
    names: list[str]
    force: bool = False
    maintmode: bool = False
    purge: bool = False

    @property
    def words(self) -> list[str]:
        tool = {"switch": "a2mpm", "query": "a2query"}.get(self.action)
        tool = tool or f"a2{self.action[:-len('able')]}{ {'module': 'mod'}.get(self.kind, self.kind)}"
        options = [f"-{letter}" for letter, on in (("f", self.force), ("m", self.maintmode), ("p", self.purge)) if on]
        if self.action == "switch":
            options.append("--no-test")
        if self.action == "query":
            options = [f"-{self.kind[0]}"]
        return [tool, *options, *self.names]


class Refused(Exception):
    """One name of a call is refused, with all that it would have brought."""


def is_mpm(name: str) -> bool:
    return name.startswith("mpm_")


def is_pattern(name: str) -> bool:
    return any(character in name for character in "*?[{")


class Model:
    """One configuration. defect: the name of a thing to be done wrong, for the test of the test."""

    def __init__(self, entries: dict[str, dict[str, Entry]], defect: str = "") -> None:
        self.entries = entries
        self.defect = defect
        self.enabled: dict[str, set[str]] = {kind: set() for kind in entries}
        self.without_conf: set[str] = set()      # enabled modules whose conf has no link
        self.markers: dict[tuple[str, str], str] = {}

    # What there is to be compared.

    def links(self) -> set[str]:
        found = {f"mods-enabled/{name}.load" for name in self.enabled["module"]}
        found |= {f"mods-enabled/{name}.conf" for name in self.enabled["module"]
                  if self.entries["module"][name].has_conf and name not in self.without_conf}
        found |= {f"conf-enabled/{name}.conf" for name in self.enabled["conf"]}
        return found | {f"sites-enabled/{name}.conf" for name in self.enabled["site"]}

    def marker_files(self) -> set[str]:
        return {f"{kind}/{folder}/{name}" for (kind, name), folder in self.markers.items()}

    # What a call does.

    def apply(self, call: Call) -> int:
        """Changes the model as the call has to change the files; gives the exit status."""
        if call.action == "query":
            return self._query(call)
        status = 0
        names = self._expand(call)
        handled: set[str] = set()
        for name in names:
            before = copy.deepcopy((self.enabled, self.without_conf, self.markers))
            handled_before = set(handled)
            try:
                if name is None:
                    raise Refused
                if call.action == "switch":
                    self._switch(name, call)
                elif call.action == "disable":
                    self._disable(name, call)
                else:
                    self._enable(name, call, handled, [])
            except Refused:
                status = 1
                if self.defect != "no unit":
                    self.enabled, self.without_conf, self.markers = before
                handled = handled_before
        return status

    def _query(self, call: Call) -> int:
        name = call.names[0]
        if name in self.enabled[call.kind]:
            return 0
        return {"disabled_by_admin": 32, "disabled_by_maint": 33}.get(self.markers.get((call.kind, name), ""), 1)

    def _expand(self, call: Call) -> list[Optional[str]]:
        """Patterns mean what there is before the call. None: a pattern without a match."""
        suffix = ".load" if call.kind == "module" else ".conf"
        found: list[Optional[str]] = []
        for word in call.names:
            name = word[:-len(suffix)] if word.endswith(suffix) else word
            if call.action == "switch" or not is_pattern(name):
                found.append(name)
                continue
            choices = self.enabled[call.kind] if call.action == "disable" else self.entries[call.kind]
            found += sorted(choice for choice in choices if fnmatch.fnmatchcase(choice, name)) or [None]
        return found

    def _mark(self, call: Call, kind: str, name: str, on: bool) -> None:
        if call.purge:
            self.markers.pop((kind, name), None)
        else:
            self.markers[(kind, name)] = f"{'enabled' if on else 'disabled'}_by_{'maint' if call.maintmode else 'admin'}"

    def _missing(self, name: str, call: Call) -> None:
        """What does not exist can be purged only."""
        if not call.purge:
            raise Refused
        self.markers.pop((call.kind, name), None)

    def _turn_on(self, kind: str, name: str, call: Call) -> None:
        if name not in self.enabled[kind]:
            self.enabled[kind].add(name)
            self._mark(call, kind, name, True)
        self.without_conf.discard(name)

    def _turn_off(self, kind: str, name: str, call: Call) -> None:
        if name in self.enabled[kind]:
            self.enabled[kind].remove(name)
            self.without_conf.discard(name)
            self._mark(call, kind, name, False)
        elif call.purge:
            self.markers.pop((kind, name), None)

    def _enable(self, name: str, call: Call, handled: set[str], path: list[str]) -> None:
        if name not in self.entries[call.kind]:
            self._missing(name, call)
            return
        entry = self.entries[call.kind][name]
        if call.kind != "module":
            if any(module not in self.enabled["module"] for module in entry.depends):
                raise Refused
            self._turn_on(call.kind, name, call)
            return
        if name in path or (name in handled and path):
            return
        for other in entry.depends:
            self._enable(other, call, handled, [*path, name])
        self._require_no_conflict(name, self.enabled["module"])
        self._turn_on("module", name, call)
        handled.add(name)

    def _require_no_conflict(self, name: str, enabled: set[str]) -> None:
        for other in enabled - {name}:
            declared = other in self.entries["module"][name].conflicts
            if name not in self.enabled["module"] and self.defect != "one side":
                declared = declared or name in self.entries["module"][other].conflicts
                declared = declared or (is_mpm(name) and is_mpm(other))
            if declared:
                raise Refused

    def _dependents(self, names: set[str]) -> set[str]:
        """The enabled modules that need one of these, directly or not."""
        found: set[str] = set()
        pending = set(names)
        while pending:
            pending = {name for name in self.enabled["module"] - found
                       if set(self.entries["module"][name].depends) & pending - {name}}
            found |= pending
        return found - names

    def _disable(self, name: str, call: Call) -> None:
        if name not in self.entries[call.kind]:
            self._missing(name, call)
            return
        if call.kind != "module":
            self._turn_off(call.kind, name, call)
            return
        dependents = self._dependents({name})
        if not call.force:
            # Modules that need each other in a cycle go together; what else needs one of them is in the way.
            if dependents - self._needs(name):
                raise Refused
        for other in dependents:
            self._turn_off("module", other, call)
        self._turn_off("module", name, call)

    def _needs(self, name: str) -> set[str]:
        """The enabled modules that an enabled module needs, directly or not."""
        found: set[str] = set()
        pending = {name} & self.enabled["module"]
        while pending:
            pending = {other for one in pending for other in self.entries["module"][one].depends
                       if other in self.enabled["module"]} - found
            found |= pending
        return found

    def _switch(self, asked: str, call: Call) -> None:
        name = asked if is_mpm(asked) else f"mpm_{asked}"
        if name not in self.entries["module"]:
            raise Refused
        others = {other for other in self.enabled["module"] if is_mpm(other)} - {name}
        dependents = self._dependents(others)
        if dependents and not call.force and self.defect != "no dependents":
            raise Refused
        for other in dependents | others:
            self._turn_off("module", other, call)
        self._enable(name, call, set(), [])
