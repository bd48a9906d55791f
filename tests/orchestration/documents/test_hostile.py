"""A file that would do harm ends in a sentence or is read within its limits. All two hundred: `benchmarks hostile`."""

from __future__ import annotations

from random import Random

import pytest

from tests.benchmarks.hostile import LONGEST, READ, REFUSED, UNREADABLE, Opened, figures, opened
from tests.benchmarks.hostile_files import EACH, KINDS, SEED

READABLE = ("endless fonts",)
UNREAD = ("forms that draw themselves", "pages of themselves", "pictures without end", "huge pictures")
AT_THE_DOOR = ("programs with a PDF in them", "bombs", "macros")


def first(kind: str) -> Opened:
    return opened(kind, KINDS[kind](0, Random(SEED)))  # noqa: S311 - the same at each run


def test_there_are_two_hundred() -> None:
    assert len(KINDS) * EACH == 200


@pytest.mark.parametrize("kind", AT_THE_DOOR)
def test_what_is_known_by_its_bytes_is_not_opened_at_all(kind: str) -> None:
    found = first(kind)
    assert (found.outcome, found.cpu) == (REFUSED, 0) and found.said.endswith(".")


@pytest.mark.parametrize("kind", [*UNREAD, *READABLE])
def test_what_would_never_end_ends(kind: str) -> None:
    found = first(kind)
    assert found.outcome == (READ if kind in READABLE else UNREADABLE) and found.seconds < LONGEST


def test_the_figures_name_what_came_of_each() -> None:
    told = list(figures([("macros", b"MZ"), ("cut short", b"%PDF-1.7\n")]))
    assert told[0].startswith("macros") and "2 files: 1 refused as it came, 1 refused as it was opened, 0 read" in told
    assert "longer than 180 s: 0; refused without a sentence: 0" in told
