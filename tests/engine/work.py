"""How much does something do, whatever the machine is doing besides?

Counts calls of Python functions and of built-in ones: the same each time, so that a test of growth cannot fail because
another process was busy, nor pass because none was.
"""

import sys
from collections.abc import Callable
from typing import Any


def calls(work: Callable[[], Any]) -> int:
    """How many calls the work makes."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted
