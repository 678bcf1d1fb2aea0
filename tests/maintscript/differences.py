# SPDX-License-Identifier: Apache-2.0
"""What ours does otherwise than Debian's on purpose, as changes of what Debian's does: the list of reasons is differences.txt."""

import copy
import dataclasses
import pathlib
import re
from collections.abc import Callable

from box import CONFIG, DEFERRED, STATE, Outcome
from table import Case

LIST = pathlib.Path(__file__).with_name("differences.txt")
LONG_WORDS = {"module": "module", "conf": "configuration", "site": "site"}
PREFIXES = {"module": "mods", "conf": "conf", "site": "sites"}
GOES = ("remove", "deconfigure", "purge")


def read_list(path: pathlib.Path = LIST) -> dict[str, str]:
    """Each id with its reason."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in lines}


def reference(case: Case) -> "tuple[str, Case] | None":
    """The case in which Debian's does what ours does in this one."""
    method = case.arguments[0]
    if method == "deconfigure":
        return "deconfigure", dataclasses.replace(case, arguments=("remove", ""))
    if case.server in ("half-installed", "not-installed"):
        return "configured", dataclasses.replace(case, server="unpacked")
    return None


@dataclasses.dataclass
class Wanted:
    """What ours should do, on its way from what Debian's does."""

    case: Case
    before: dict[str, str]
    outcome: Outcome

    @property
    def lines(self) -> list[str]:
        return self.outcome.lines

    @lines.setter
    def lines(self, lines: list[str]) -> None:
        self.outcome.lines = lines

    @property
    def state(self) -> str:
        return self.case.state.__name__

    @property
    def disables(self) -> bool:
        return self.case.calls.startswith("apache2_invoke dis")

    @property
    def enables(self) -> bool:
        return self.case.calls.startswith("apache2_invoke en")

    @property
    def deferring(self) -> bool:
        return any("Will defer actions" in line for line in self.lines)

    def drop(self, pattern: str) -> None:
        self.lines = [line for line in self.lines if not re.fullmatch(pattern, line)]

    def insert(self, *lines: str) -> None:
        """Before the line with the status."""
        self.lines[-1:-1] = lines

    def replace(self, old: str, new: str) -> None:
        self.lines = [re.sub(f"^{old}$", new, line) for line in self.lines]

    def refuse(self) -> None:
        self.replace("status ., asked (.*)", r"status 1, asked \1")

    def ask_nothing(self) -> None:
        if "NEED_ACTION" not in self.case.calls:
            self.replace("status (.), asked 1", r"status \1, asked no")
        self.outcome.actions = []


def quiet(want: Wanted) -> None:
    want.drop(r"(Module|Conf|Site) \S+ disabled\.|Enabling module \S+\.|ERROR: Module mpm_invalid does not exist!")
    want.drop("dpkg-query: no packages found matching apache2")


def preinst(want: Wanted) -> None:
    if want.case.script == "preinst" and "apache2_invoke" in want.case.calls:
        want.drop("apache2_needs_action: .*")


def told(want: Wanted) -> None:
    method, kind = want.case.arguments[0], want.case.kind
    linked = any(re.match(rf"{CONFIG}/{PREFIXES[kind]}-enabled/foo\.(load|conf)$", path) for path in want.before)
    if want.case.calls == "apache2_invoke enmod foo; apache2_invoke dismod foo; apache2_reload" or (want.disables and linked and method not in GOES):
        want.insert(f"apache2_invoke foo {want.case.script}: No action required")


def each(want: Wanted) -> None:
    other = f"{CONFIG}/mods-enabled/other.load"
    if want.enables and want.outcome.tree.keys() - want.before.keys() >= {other} and "enmod other" not in want.case.calls:
        want.lines.insert(0, "apache2_invoke: Enable module other")
    if want.disables and want.before.keys() - want.outcome.tree.keys() >= {other}:
        word = "Purging" if want.case.arguments[0] == "purge" else "Disable"
        want.lines.insert(0, f"apache2_invoke {want.case.script}: {word} module other")


def by_hand(want: Wanted) -> None:
    if want.state.startswith("link_removed") and want.enables and want.case.arguments[1]:
        want.lines = [f"apache2_invoke foo: no action - {LONG_WORDS[want.case.kind]} was disabled by local admin", "status 0, asked no"]
        want.outcome.actions = []
        want.outcome.tree = want.before


def purge(want: Wanted) -> None:
    if want.state.startswith("link_removed") and want.disables and want.case.arguments[0] == "purge":
        want.replace("apache2_invoke foo postrm: No action required", "apache2_invoke postrm: Purging state for foo")
        want.outcome.tree = {path: what for path, what in want.before.items() if not path.startswith(str(STATE))}


def why(want: Wanted) -> None:
    """What is refused comes with a reason."""
    folder = f"{CONFIG}/{PREFIXES[want.case.kind]}-available"
    file = f"{folder}/foo{'.load' if want.case.kind == 'module' else '.conf'}"
    reasons = {
        "gone": ["Module foo does not exist!"],
        "gone_disabled_by_maint": ["Module foo does not exist!"],
        "needs_missing": ["Module missing does not exist!", f"foo depends on missing ({file}:1), which is not in {folder}: install what "
                          "provides it", "Could not enable dependency missing for foo, aborting"],
        "conflicts": ["Module other is enabled - cannot proceed due to conflicts. It needs to be disabled first!",
                      f"foo conflicts with other ({file}:1): run a2dismod other first"],
        "needs_other": ["Module other is not enabled, but foo depends on it, aborting",
                        f"foo depends on other ({file}:1): run a2enmod other first"],
    }
    refused = re.match("status 1", want.lines[-1])
    if want.enables and refused and not want.deferring and want.state in reasons:
        want.insert(*(f"apache2_invoke: {line}" for line in reasons[want.state]))
    words = want.case.calls.replace("''", "").split()
    if words[0] == "apache2_invoke" and (command := re.match(r"apache2_invoke ?('[^']*'|\S*)", want.case.calls)[1].strip("'")) \
            not in ("enmod", "dismod", "enconf", "disconf", "ensite", "dissite"):
        want.insert(f"apache2_invoke: '{command}' is no command, nothing is done")
    if words[-1] == "force-reload":
        want.insert(f"{' '.join(words[:-1])}: 'force-reload' is no action, nothing is done")


def refused(want: Wanted) -> None:
    if want.enables and want.lines[-1] == "status 1, asked 1":
        want.ask_nothing()


def empty_name(want: Wanted) -> None:
    if re.fullmatch("apache2_invoke enmod( '')?", want.case.calls):
        want.outcome.tree = want.before
        want.ask_nothing()
        want.refuse()
        want.drop("apache2_invoke : already enabled")
        want.insert("apache2_invoke enmod: nothing was named")


def real_file(want: Wanted) -> None:
    if want.state == "real_file" and want.disables and want.case.arguments[0] in GOES:
        kind = want.case.kind
        path = f"{CONFIG}/{PREFIXES[kind]}-enabled/foo{'.load' if kind == 'module' else '.conf'}"
        want.lines = [f"apache2_invoke: {path} is not a symbolic link, not deleting",
                      "apache2_invoke: move it away to disable foo; nothing of foo was changed", "status 0, asked no"]
        want.outcome.actions = []
        want.outcome.tree = want.before


def mpm_stays(want: Wanted) -> None:
    if want.state == "event_needed":
        want.lines = [
            "apache2_switch_mpm: The following modules depend on mpm_event and need to be disabled first: other",
            f"apache2_switch_mpm: other depends on mpm_event ({CONFIG}/mods-available/other.load:1)",
            "apache2_switch_mpm: run a2mpm -f mpm_prefork to disable them along",
            "apache2_switch_mpm Switch to prefork failed. event stays enabled", want.lines[-1]]


def once(want: Wanted) -> None:
    """A call that has nothing to do does not have the server do again what an earlier one asked for."""
    if "; apache2_invoke dismod foo" in want.case.calls:
        want.outcome.actions = [action for number, action in enumerate(want.outcome.actions) if action not in want.outcome.actions[:number]]


def defer_mpm(want: Wanted) -> None:
    if want.deferring and "switch_mpm mpm_" in want.case.calls:
        want.outcome.tree[str(DEFERRED)] = want.outcome.tree[str(DEFERRED)].replace("mpm mpm_", "mpm ")


def defer_checked(want: Wanted) -> None:
    if want.deferring and want.case.calls.endswith("enmod foo force-reload"):
        want.outcome.tree = want.before
        want.refuse()


def defer_upgrade(want: Wanted) -> None:
    if want.deferring and want.disables and want.case.arguments[0] not in GOES:
        want.outcome.tree = want.before


# In the order in which they are applied.
RULES: dict[str, Callable[[Wanted], None]] = {
    "quiet": quiet, "preinst": preinst, "told": told, "each": each, "by-hand": by_hand, "purge": purge, "why": why, "refused": refused,
    "empty-name": empty_name, "real-file": real_file, "mpm-stays": mpm_stays, "once": once, "defer-mpm": defer_mpm, "defer-checked": defer_checked,
    "defer-upgrade": defer_upgrade,
}
DIFFERENCES = ["deconfigure", "configured", *RULES]


def expected(case: Case, before: dict[str, str], debian: Outcome) -> tuple[Outcome, list[str]]:
    """What ours should do where Debian's did that, and the differences that this is about."""
    want = Wanted(case, before, copy.deepcopy(debian))
    occurred = []
    for identifier, rule in RULES.items():
        unchanged = copy.deepcopy(want.outcome)
        rule(want)
        if want.outcome != unchanged:
            occurred.append(identifier)
    return want.outcome, occurred
