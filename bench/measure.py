# SPDX-License-Identifier: Apache-2.0
"""Wall times of commands, and ratios that survive a busy machine."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence


class Command:
    """A command line and its environment; it has to end with exit status 0."""

    def __init__(self, arguments: Sequence[str], environment: dict[str, str]):
        self.arguments = list(arguments)
        self.environment = environment
        self._null = [
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
        ]

    def seconds(self) -> float:
        """Runs it once, from before the spawn until it is reaped."""
        start = time.perf_counter_ns()
        child = os.posix_spawn(self.arguments[0], self.arguments, self.environment, file_actions=self._null)
        _, status, _ = os.wait4(child, 0)
        seconds = (time.perf_counter_ns() - start) / 1e9
        code = os.waitstatus_to_exitcode(status)
        if code != 0:
            raise RuntimeError(f"{' '.join(self.arguments)}: exit status {code}")
        return seconds

    def output(self) -> str:
        """What it prints on standard output."""
        return subprocess.run(self.arguments, env=self.environment, stdin=subprocess.DEVNULL, check=True, capture_output=True,
                              text=True).stdout


class Pairs:
    """Times of two things taken in turn: A B A B ..."""

    def __init__(self, left: Callable[[], float], right: Callable[[], float], rounds: int, warm_up: int):
        for _ in range(warm_up):
            left()
            right()
        self.left: list[float] = []
        self.right: list[float] = []
        for _ in range(rounds):
            self.left.append(left())
            self.right.append(right())

    def medians(self) -> tuple[float, float]:
        return statistics.median(self.left), statistics.median(self.right)

    def ratio(self) -> float:
        """The median over the pairs of left : right. What disturbs the machine disturbs both of a pair."""
        return statistics.median(left / right for left, right in zip(self.left, self.right))
