"""Which pieces of the knowledge base does a question ask for, of those that this reader may read now?

By meaning (two embeddings: an English one, and one of many languages where it is installed) and by words, all in the
database and with the rights of the moment; the orders are put together by rank (reciprocal rank fusion, Cormack et al.
2009).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from audit.db.sql import cursor
from orchestration.knowledge import embeddings, statements
from orchestration.knowledge.lexemes import telling
from orchestration.knowledge.vectors import compares
from orchestration.privacy.classification import LEVELS, rank

LOOKED_AT: Final = 50
"""Pieces of each order."""
FEW: Final = 4_000
"""Up to so many readable pieces are all compared; of more, along the index."""
FLAT: Final = 60
"""How little the first places count before the next (the constant of the method)."""
UNDERSTOOD: Final = 0.3
"""How near the nearest piece is at least to a question that the English embedding understands."""
LONGEST: Final = 2_000
"""Characters of a question that are looked at."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: their clearance, and the groups that they are in. `person`: their number; `instance`: the root of the
    case that is worked on, where no person asks; by these it is told which documents of units are for them. `base`:
    the one that they look into, with what belongs to none; "" for all."""

    clearance: str
    groups: tuple[str, ...] = ()
    person: int = 0
    instance: int = 0
    base: str = ""

    def asked(self) -> dict[str, Any]:
        levels = list(LEVELS[: rank(self.clearance) + 1])
        return {
            "levels": levels, "groups": list(self.groups), "person": self.person, "instance": self.instance,
            "base": self.base,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece that was found. `near`: how near its meaning is to the question's, from -1 to 1."""

    id: int
    document: int
    name: str
    heading: str
    text: str
    level: str
    near: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece that one of the orders has. `near`: of each embedding that has it, how near it is; `place`: by its words;
    `understood`: whether the English embedding reads it."""

    passage: Passage
    near: Mapping[str, float]
    place: int | None
    understood: bool


Near = Mapping[str, Mapping[int, float]]
"""Of each embedding the nearest pieces, the nearest first, and how near each is."""


def find(question: str, reader: Reader, most: int = 5) -> tuple[Passage, ...]:
    """The passages that fit best, the best first; none where nothing may be read, or nothing fits at all."""
    asked = " ".join(question.replace("\0", " ").split())[:LONGEST]
    if not asked:
        return ()
    vectors = _of_question(asked)
    hits = {hit.passage.id: hit for hit in _hits(telling(asked), vectors, reader)}
    found = {key: _nearest(key, hits.values()) for key in vectors}
    unread = frozenset(one for one, hit in hits.items() if not hit.understood)
    words = {one: hit.place for one, hit in hits.items() if hit.place is not None}
    best = fused([*by_meaning(found, unread), words])[:most]
    return tuple(hits[one].passage for one in best)


def _of_question(asked: str) -> dict[str, list[float]]:
    """What the embeddings say of a question, where the database can compare it."""
    if not compares():
        return {}
    from orchestration.knowledge.embedded import of_question

    return {key: vector.tolist() for key, vector in of_question(asked).items()}


def _hits(words: str, vectors: Mapping[str, list[float]], reader: Reader) -> list[Hit]:
    """The first of each order, of what this reader may read now."""
    with transaction.atomic(), cursor() as plain:
        plain.execute(statements.SETTINGS)
        rows = plain.execute(statements.found(vectors), looked_for(words, vectors, reader), prepare=False).fetchall()
    return [_hit(row) for row in rows]


def looked_for(words: str, vectors: Mapping[str, list[float]], reader: Reader) -> dict[str, Any]:
    """What the statement is given. Where another one is here that reads other languages, the English one reads only
    what is not heard to be in one."""
    names = embeddings.names()
    return {
        **reader.asked(), **vectors, "words": words, "most": LOOKED_AT, "few": FEW,
        "english_is": names[embeddings.ENGLISH], "many_is": names.get(embeddings.MANY),
        "english_reads": ["", "en"] if embeddings.MANY in names else None, "many_reads": None,
    }  # fmt: skip


def _hit(row: Sequence[Any]) -> Hit:
    english, many, place, understood = row[6:]
    near = {key: one for key, one in ((embeddings.ENGLISH, english), (embeddings.MANY, many)) if one is not None}
    return Hit(_passage(row[:6], max(near.values(), default=0.0)), near, place, understood)


def _nearest(key: str, hits: Iterable[Hit]) -> dict[int, float]:
    near = [(hit.near[key], hit.passage.id) for hit in hits if key in hit.near]
    return {one: cosine for cosine, one in sorted(near, key=lambda one: (-one[0], one[1]))}


def by_meaning(found: Near, unread: frozenset[int]) -> list[Mapping[int, int]]:
    """The place of each piece in the order of each embedding.

    Where the English one has nothing near, it does not understand the question; and other languages it does not read
    at all. What it cannot say, the other one says for it, so that no piece stands lower for being in its language.
    """
    english = placed(found.get(embeddings.ENGLISH, ()))
    if embeddings.MANY not in found:
        return [english]
    many = placed(found[embeddings.MANY])
    if max(found[embeddings.ENGLISH].values(), default=-1.0) < UNDERSTOOD:
        return [many, many]
    return [many, english | {one: place for one, place in many.items() if one in unread}]


def passages_of(name: str, reader: Reader) -> tuple[Passage, ...]:
    """All pieces of the newest document of this name, in their order, where the reader may read it now."""
    with cursor() as plain:
        rows = plain.execute(statements.of_document(), {**reader.asked(), "name": name}).fetchall()
    return tuple(_passage(row, 0.0) for row in rows)


def passages(pieces: Sequence[int], reader: Reader) -> tuple[Passage, ...]:
    """These pieces, in this order, of those that the reader may read now."""
    if not pieces:
        return ()
    with cursor() as plain:
        rows = plain.execute(statements.read_pieces(), {**reader.asked(), "ids": list(pieces)}).fetchall()
    found = {row[0]: _passage(row, 0.0) for row in rows}
    return tuple(found[one] for one in pieces if one in found)


def _passage(row: Sequence[Any], near: float) -> Passage:
    id, document, name, heading, text, level = row
    return Passage(id, document, name, heading, text, level, near)


def placed(order: Iterable[int]) -> dict[int, int]:
    return {one: place for place, one in enumerate(order)}


def fused(orders: Iterable[Mapping[int, int]]) -> list[int]:
    """One order of the places in several: who stands high in any of them stands high."""
    points: dict[int, float] = {}
    for order in orders:
        for one, place in order.items():
            points[one] = points.get(one, 0.0) + 1 / (FLAT + place)
    return sorted(points, key=lambda one: (-points[one], one))
