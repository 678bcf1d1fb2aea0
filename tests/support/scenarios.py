# SPDX-License-Identifier: Apache-2.0
"""What tests in Python say when something is wrong, and how their scenarios are run."""

import traceback
from typing import Callable, Optional


class Failure(Exception):
    """Something is not as it should be."""


def require(condition: bool, what: object) -> None:
    if not condition:
        raise Failure(what)


def require_equal(actual: object, expected: object, what: str) -> None:
    require(actual == expected, f"{what}:\n  is        {actual!r}\n  should be {expected!r}")


def passes(name: str, scenario: Callable[[], Optional[str]]) -> bool:
    """Runs a scenario and prints what it says of itself, or what was wrong; returns whether nothing was."""
    try:
        said = scenario()
    except Failure as failure:
        print(f"FAILED: {name}: {failure}\n", flush=True)
        return False
    except Exception:  # one that fails must not keep the others from running
        print(f"FAILED: {name}:\n{traceback.format_exc()}", flush=True)
        return False
    if said:
        print(f"{name}: {said}", flush=True)
    return True
