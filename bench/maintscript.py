# SPDX-License-Identifier: Apache-2.0
"""Maintainer scripts that source the shell library, theirs or ours."""

import contextlib
import os
import pathlib
import subprocess
import time
from collections.abc import Iterator, Sequence

from trees import CONFIG, STATE, enabled_mpms, environment

MODULE = "rewrite"
POLICY = pathlib.Path("/usr/sbin/policy-rc.d")

# What dh_apache2 writes for a package with one module; a switch as PHP's packages do it. A byte on descriptor 3 marks a time.
SCRIPTS = {
    "postinst": f"""
if true; then
	if [ -e HELPER ] ; then
		. HELPER
		for conf in {MODULE} ; do
			apache2_invoke enmod $conf || true
		done
	fi
fi
""",
    "invoke": f"""
. HELPER
echo >&3
apache2_invoke enmod {MODULE}
echo >&3
""",
    "switch": """
. HELPER
apache2_switch_mpm prefork
""",
}


@contextlib.contextmanager
def services_forbidden(folder: pathlib.Path) -> Iterator[None]:
    """Has the local policy for services forbid everything: the machine's own server is not touched."""
    if not POLICY.exists():
        raise RuntimeError(f"{POLICY} is missing: write one that exits with status 101")
    forbidding = folder / "policy-rc.d"
    forbidding.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    forbidding.chmod(0o755)
    subprocess.run(["mount", "--bind", str(forbidding), str(POLICY)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(POLICY)], check=True)


class MaintainerScript:
    """One package's scripts. Each run begins with the module disabled and the MPM event."""

    def __init__(self, folder: pathlib.Path, helper: pathlib.Path, programs: Sequence[pathlib.Path]):
        folder.mkdir()
        for name, text in SCRIPTS.items():
            (folder / name).write_text("#!/bin/sh\nset -e\n" + text.replace("HELPER", f"{helper}/apache2-maintscript-helper"), encoding="ascii")
        self.folder = folder
        path = ":".join([str(program) for program in programs] + [os.environ["PATH"]])
        self.environment = environment() | {"PATH": path, "DPKG_MAINTSCRIPT_NAME": "postinst",
                                            "DPKG_MAINTSCRIPT_PACKAGE": "libapache2-mod-example"}

    def seconds(self, script: str, arguments: str) -> float:
        self._reset()
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        streams = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
                   (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, writing, 3)]
        words = ["/bin/sh", str(self.folder / script), *arguments.split()]
        times = [time.perf_counter_ns()]
        child = os.posix_spawn(words[0], words, self.environment, file_actions=streams)
        os.close(writing)
        while os.read(reading, 1):
            times.append(time.perf_counter_ns())
        os.close(reading)
        _, status, _ = os.wait4(child, 0)
        times.append(time.perf_counter_ns())
        if os.waitstatus_to_exitcode(status) != 0:
            raise RuntimeError(f"{' '.join(words)}: exit status {os.waitstatus_to_exitcode(status)}")
        self._require_done(script)
        # From mark to mark, where there are any.
        first, last = (times[1], times[2]) if len(times) == 4 else (times[0], times[-1])
        return (last - first) / 1e9

    @staticmethod
    def _require_done(script: str) -> None:
        done = enabled_mpms() == ["prefork"] if script == "switch" else os.path.exists(f"{CONFIG}/mods-enabled/{MODULE}.load")
        if not done:
            raise RuntimeError(f"{script}: nothing was done")

    @staticmethod
    def _reset() -> None:
        enabled = pathlib.Path(CONFIG, "mods-enabled")
        markers = pathlib.Path(STATE, "module")
        for path in [enabled / f"{MODULE}.load", *markers.glob(f"*/{MODULE}"), *markers.glob("*/mpm_*"), *enabled.glob("mpm_*")]:
            path.unlink(missing_ok=True)
        for suffix in ("load", "conf"):
            (enabled / f"mpm_event.{suffix}").symlink_to(f"../mods-available/mpm_event.{suffix}")
