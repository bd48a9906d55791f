"""Who reads a document of a case, for an actor that is asked to?

The actors know no documents of cases, which are kept above them: whoever keeps them hangs in how they are read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from orchestration.actors.contract import ActorError
from orchestration.documents.finding import Found

FIRST_PAGES: Final = 5
"""Pages of which the words are given where nobody asks for more."""


@dataclass(frozen=True, slots=True)
class AskedOf:
    """Which document: of the case with this instance, by its number; None: the one to be read that came last.

    `first`: of how many pages from the beginning the words are asked for.
    """

    instance: int
    document: int | None
    first: int = FIRST_PAGES


@dataclass(frozen=True, slots=True)
class Told:
    """What was found in a document. `reader`: what read it, and in which version."""

    document: int
    pages: int
    words: int
    reader: str
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a document, as far as anybody asks for them."""

    document: int
    pages: int
    reader: str
    text: str
    sheets: tuple[str, ...] = ()
    """The same, page by page."""


@dataclass(frozen=True, slots=True)
class Content:
    """A document as it was brought in. `kind` as `kinds` names it."""

    document: int
    pages: int
    kind: str
    content: bytes


readers: list[Callable[[AskedOf], Told]] = []
"""At most one: how a document is read. It raises ActorError where it cannot be."""


def asked_of_case(asked: AskedOf) -> Told:
    """What was found in the document, read now where it was not before. Raises ActorError."""
    if not readers:
        raise ActorError("Nobody here knows the documents of cases.", temporary=False)
    return readers[0](asked)


words: list[Callable[[AskedOf], Words]] = []
"""At most one: how the words of a document are read. It raises ActorError where they cannot be."""


def words_of_case(asked: AskedOf) -> Words:
    """The words of the document, read now where they were not before. Raises ActorError."""
    if not words:
        raise ActorError("Nobody here knows the documents of cases.", temporary=False)
    return words[0](asked)


contents: list[Callable[[AskedOf, str], Content]] = []
"""At most one: how the document itself is had, for the actor of this key. It raises ActorError where it may not be."""


def content_of_case(asked: AskedOf, actor: str) -> Content:
    """The document itself, for an actor that is cleared for it. Raises ActorError."""
    if not contents:
        raise ActorError("Nobody here knows the documents of cases.", temporary=False)
    return contents[0](asked, actor)
