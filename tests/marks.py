"""What do marks save a run of? Modules that need not be imported, and an end at which one process waits for another.

`make test` runs the fast tests first and then what is marked `slow` or `browser`: a tenth of the modules. To import the
others only to find that nothing in them is wanted takes as long as many of those tests. What is marked `longest` takes
a minute: begun last it would keep one process busy with nothing left for the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

OUR_MARKS = ("slow", "browser", "long")
ASKED = re.compile(r"\w+(?: or \w+)*")


def is_unwanted(module: Path, expression: str) -> bool:
    """Whether no test of the module can have a mark that the expression of `-m` asks for.

    Only `this or that`, of our own marks, is decided so: whatever else is asked for, each module is looked into.
    """
    marks = expression.split(" or ") if ASKED.fullmatch(expression) else []
    if not marks or not set(marks) <= set(OUR_MARKS) or not module.match("test_*.py"):
        return False
    return not any(mark in module.read_text("utf-8") for mark in marks)


def unnamed(tests: Iterable[pytest.Item]) -> list[str]:
    """The tests that have a mark of ours from elsewhere: their module does not name it, so they would be missed."""
    return [
        f"{test.nodeid} is marked {mark}, and its module does not say so"
        for test in tests for mark in OUR_MARKS
        if test.get_closest_marker(mark) and is_unwanted(test.path, mark)
    ]  # fmt: skip


def longest_first(tests: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """In the order that they have, but for the longest, which each of the workers begins with.

    Each is given one stretch of the list (`--dist worksteal`), and takes from the end of another's when it has none.
    """
    longest = [test for test in tests if test.get_closest_marker("longest")]
    others = [test for test in tests if not test.get_closest_marker("longest")]
    stretches = [longest[worker::workers] for worker in range(workers)]
    ends = [len(tests) * (worker + 1) // workers for worker in range(workers)]
    found: list[pytest.Item] = []
    for stretch, end in zip(stretches, ends, strict=True):
        filled = max(0, end - len(found) - len(stretch))
        found += [*stretch, *others[:filled]]
        del others[:filled]
    return found + others
