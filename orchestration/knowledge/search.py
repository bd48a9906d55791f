"""Which pieces of the knowledge base does a question ask for, of those that this reader may read now?

By meaning (exact search over the embeddings, held in memory) and by words (full text of PostgreSQL), each with the
rights of the moment; the two orders are put together by rank (reciprocal rank fusion, Cormack et al. 2009). What is
given is fetched with the rights asked once more, in the statement that reads the text.

Exact search needs no extension of the database and misses nothing; it holds 1.5 kB for each piece in each process that
searches (150 MB for 100,000). The embedding reads English; other languages are found by their words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, LiteralString

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from audit.db.sql import cursor
from orchestration.actors.kinds.text_model.embedding import DIMENSIONS, embed
from orchestration.models import KnowledgePiece
from orchestration.privacy.classification import LEVELS, rank

LOOKED_AT: Final = 50
"""Pieces of each of the two orders."""
FLAT: Final = 60
"""How little the first places count before the next (the constant of the method)."""
LONGEST: Final = 2_000
"""Characters of a question that are looked at."""

READABLE: LiteralString = """
d.state = 'ready' and d.withdrawn is null and d.level = any(%(levels)s)
and (d.groups = '[]'::jsonb or d.groups ?| %(groups)s)"""
DOCUMENTS: LiteralString = "select d.id from orchestration_knowledgedocument d where " + READABLE  # noqa: S608 - constants
_PIECES: LiteralString = """
from orchestration_knowledgepiece p join orchestration_knowledgedocument d on d.id = p.document_id where """
_TEXT: LiteralString = "to_tsvector('english', p.heading || ' ' || p.text)"
_ASKED: LiteralString = "replace(plainto_tsquery('english', %(question)s)::text, '&', '|')::tsquery"
BY_WORDS: LiteralString = (
    "select p.id" + _PIECES + _TEXT + " @@ " + _ASKED + " and " + READABLE
    + " order by ts_rank_cd(" + _TEXT + ", " + _ASKED + ", 1) desc, p.id limit %(most)s"
)  # fmt: skip
READ: LiteralString = (
    "select p.id, d.id, d.name, p.heading, p.text, d.level" + _PIECES + "p.id = any(%(ids)s) and " + READABLE
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: their clearance, and the groups that they are in."""

    clearance: str
    groups: tuple[str, ...] = ()

    def asked(self) -> dict[str, list[str]]:
        return {"levels": list(LEVELS[: rank(self.clearance) + 1]), "groups": list(self.groups)}


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


@dataclass(slots=True)
class Held:
    """The embeddings of whole documents, as this process has read them; a document never changes."""

    documents: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    pieces: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    vectors: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, DIMENSIONS), np.float32))
    known: frozenset[int] = frozenset()

    def take(self, missing: Collection[int]) -> None:
        """Read the documents that are not held yet."""
        rows = KnowledgePiece.objects.filter(document__in=missing).order_by("pk")
        found = list(rows.values_list("document", "pk", "vector"))
        if found:
            documents, pieces, vectors = zip(*found, strict=True)
            read = np.frombuffer(b"".join(map(bytes, vectors)), np.float32).reshape(-1, DIMENSIONS)
            self.documents = np.concatenate([self.documents, np.array(documents, np.int64)])
            self.pieces = np.concatenate([self.pieces, np.array(pieces, np.int64)])
            self.vectors = np.concatenate([self.vectors, read])
        self.known |= frozenset(missing)

    def nearest(self, question: NDArray[np.float32], allowed: Collection[int]) -> dict[int, float]:
        """How near each of the nearest pieces of these documents is, the nearest first."""
        near = self.vectors @ question
        if len(allowed) < len(self.known):
            near = np.where(np.isin(self.documents, np.fromiter(allowed, np.int64)), near, -2)
        most = min(LOOKED_AT, len(near))
        best = np.argpartition(-near, most - 1)[:most] if most else np.zeros(0, np.int64)
        ordered = best[np.argsort(-near[best], kind="stable")]
        return {int(self.pieces[at]): float(near[at]) for at in ordered if near[at] > -2}


_held: dict[str, Held] = {}
_lock = Lock()


def find(question: str, reader: Reader, most: int = 5) -> tuple[Passage, ...]:
    """The passages that fit best, the best first; none where nothing may be read, or nothing fits at all."""
    asked = " ".join(question.replace("\0", " ").split())[:LONGEST]
    rights = reader.asked()
    allowed = _ids(DOCUMENTS, rights)
    if not asked or not allowed:
        return ()
    near = _held_for(allowed).nearest(embed([asked])[0], allowed)
    by_words = _ids(BY_WORDS, {**rights, "question": asked, "most": LOOKED_AT})
    best = fused([list(near), by_words])[:most]
    with cursor() as plain:
        rows = plain.execute(READ, {**rights, "ids": best}).fetchall()
    found = {row[0]: _passage(row, near.get(row[0], 0.0)) for row in rows}
    return tuple(found[one] for one in best if one in found)


def passages(pieces: Sequence[int], reader: Reader) -> tuple[Passage, ...]:
    """These pieces, in this order, of those that the reader may read now."""
    if not pieces:
        return ()
    with cursor() as plain:
        rows = plain.execute(READ, {**reader.asked(), "ids": list(pieces)}).fetchall()
    found = {row[0]: _passage(row, 0.0) for row in rows}
    return tuple(found[one] for one in pieces if one in found)


def _passage(row: Sequence[Any], near: float) -> Passage:
    id, document, name, heading, text, level = row
    return Passage(id, document, name, heading, text, level, near)


def fused(orders: Sequence[Sequence[int]]) -> list[int]:
    """One order of several: who stands high in any of them stands high."""
    points: dict[int, float] = {}
    for order in orders:
        for place, one in enumerate(order):
            points[one] = points.get(one, 0.0) + 1 / (FLAT + place)
    return sorted(points, key=lambda one: (-points[one], one))


def _held_for(allowed: Collection[int]) -> Held:
    with _lock:
        held = _held.setdefault(str(connection.settings_dict["NAME"]), Held())
        if missing := frozenset(allowed) - held.known:
            held.take(missing)
        return Held(held.documents, held.pieces, held.vectors, held.known)


def _ids(statement: LiteralString, values: Mapping[str, object]) -> list[int]:
    with cursor() as plain:
        return [row[0] for row in plain.execute(statement, values).fetchall()]
