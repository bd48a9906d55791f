"""What does each page of a long document say, in one table?

Found once, when the document has been read, and kept beside it: the table is shown without any of its pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from orchestration.documents import fields
from orchestration.documents.words import Page
from orchestration.privacy.masks import DOTS

Json = Any
FROM: Final = 6
"""Pages from which on a document is long."""
MOST: Final = 200
"""Pages in the table, from the first."""
NAMES: Final = ("company", "number", "date", "total")
SURE: Final = 0.75
"""What is found less surely on a page of many is left out."""
LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class PageFacts:
    """`begins`: its first words; `values`: what NAMES names on it, in their order, each empty where it is not there."""

    page: int
    begins: str
    values: tuple[str, ...]


def facts_of(pages: Iterable[Page]) -> list[Json]:
    """As it is kept: for each page its number, its first words and what was found on it."""
    return [[page.number, page.text[:LONGEST].split("\n")[0], _values(page)] for page in pages if page.lines]


def _values(page: Page) -> list[str]:
    found = {one.name: one.value[:LONGEST] for one in fields.found_in([page]) if one.sure >= SURE}
    return [found.get(name, "") for name in NAMES]


def shown(kept: Sequence[Json], hidden: frozenset[str], masked: Callable[[str], str]) -> tuple[PageFacts, ...]:
    """As a reader sees it. `hidden`: names of fields that are not theirs."""
    return tuple(
        PageFacts(number, masked(begins), tuple(
            DOTS if value and name in hidden else masked(value) for name, value in zip(NAMES, values, strict=True)
        )) for number, begins, values in kept
    )  # fmt: skip
