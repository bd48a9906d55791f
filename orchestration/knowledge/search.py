"""Which pieces of the knowledge base does a question ask for, of those that this reader may read now?

By meaning (the embeddings, held in memory: an English one, and one of many languages where it is installed) and by
words (full text of PostgreSQL), each with the rights of the moment; the orders are put together by rank (reciprocal
rank fusion, Cormack et al. 2009). What is given is fetched with the rights asked once more, in the statement that reads
the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, LiteralString

from django.db import connection
from django.db.models import QuerySet

from audit.db.sql import cursor
from orchestration.knowledge import embeddings
from orchestration.knowledge.lexemes import telling
from orchestration.models import KnowledgePiece
from orchestration.privacy.classification import LEVELS, rank

if TYPE_CHECKING:  # libraries of numbers are read at the first question
    import numpy as np
    from numpy.typing import NDArray

    from orchestration.knowledge.nearest import Vectors

LOOKED_AT: Final = 50
"""Pieces of each of the two orders."""
FLAT: Final = 60
"""How little the first places count before the next (the constant of the method)."""
UNDERSTOOD: Final = 0.3
"""How near the nearest piece is at least to a question that the English embedding understands."""
LONGEST: Final = 2_000
"""Characters of a question that are looked at."""

READABLE: LiteralString = """
d.state = 'ready' and d.withdrawn is null and d.level = any(%(levels)s)
and (d.groups = '[]'::jsonb or d.groups ?| %(groups)s)
and (%(base)s = '' or d.base in ('', %(base)s))"""
with_every_search: Final[list[LiteralString]] = []
"""Expressions of SQL by which a document `d` that belongs to a `unit` is for this reader (`person`, `instance`) at this
moment: of whoever keeps units. One that belongs to none is for all units."""
_PIECES: LiteralString = """
from orchestration_knowledgepiece p join orchestration_knowledgedocument d on d.id = p.document_id where """


def readable() -> LiteralString:
    """The condition that a document `d` may be read."""
    return READABLE + " and (d.unit = ''" + "".join(" or " + one for one in with_every_search) + ")"


def documents() -> LiteralString:
    return (
        "select d.id, d.embedded ->> 'english', d.embedded ->> 'many' from orchestration_knowledgedocument d where "  # noqa: S608
        + readable()
    )


def by_words() -> LiteralString:
    return (
        "select p.id" + _PIECES + "p.words @@ %(words)s::tsquery and " + readable()
        + " order by ts_rank_cd(p.words, %(words)s::tsquery, 1) desc, p.id limit %(most)s"
    )  # fmt: skip


def read_pieces() -> LiteralString:
    return "select p.id, d.id, d.name, p.heading, p.text, d.level" + _PIECES + "p.id = any(%(ids)s) and " + readable()


def of_document() -> LiteralString:
    """The pieces of the newest document of a name that this reader may read."""
    return (
        "select p.id, d.id, d.name, p.heading, p.text, d.level" + _PIECES  # noqa: S608 - constants
        + "d.id = (select max(d.id) from orchestration_knowledgedocument d where d.name = %(name)s and " + readable()
        + ") and " + readable() + " order by p.number"
    )  # fmt: skip


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


Near = Mapping[str, Mapping[int, float]]
"""Of each embedding the nearest pieces, the nearest first, and how near each is."""
_held: dict[tuple[str, str], Vectors] = {}
_lock = Lock()


def find(question: str, reader: Reader, most: int = 5) -> tuple[Passage, ...]:
    """The passages that fit best, the best first; none where nothing may be read, or nothing fits at all."""
    asked = " ".join(question.replace("\0", " ").split())[:LONGEST]
    rights = reader.asked()
    with cursor() as plain:
        allowed = plain.execute(documents(), rights).fetchall()
    if not asked or not allowed:
        return ()
    found = _found_by_meaning(asked, allowed)
    best = fused([*by_meaning(found, _unread(found)), placed(_by_words(asked, rights))])[:most]
    near = _near(found)
    with cursor() as plain:
        rows = plain.execute(read_pieces(), {**rights, "ids": best}).fetchall()
    read = {row[0]: _passage(row, near.get(row[0], 0.0)) for row in rows}
    return tuple(read[one] for one in best if one in read)


def _found_by_meaning(asked: str, allowed: Sequence[Sequence[Any]]) -> dict[str, dict[int, float]]:
    """What is nearest to the question, by each of the embeddings that are here."""
    from orchestration.knowledge.embedded import of_question

    return {key: _nearest(key, vector, allowed) for key, vector in of_question(asked).items()}


def _nearest(key: str, question: NDArray[np.float32], allowed: Sequence[Sequence[Any]]) -> dict[int, float]:
    """Of the documents that were embedded by the very version that reads the question."""
    at, name = 1 + list(embeddings.FIELDS).index(key), embeddings.names()[key]
    wanted = [row[0] for row in allowed if row[at] == name]
    return _held_for(key, wanted).nearest(question, wanted, LOOKED_AT)


def _unread(found: Near) -> frozenset[int]:
    """Of what the embedding of many languages found, what the English one does not read."""
    pieces = list(found.get(embeddings.MANY, ()))
    there = _held_for(embeddings.ENGLISH, ()).holds(pieces)
    return frozenset(one for one, held in zip(pieces, there, strict=True) if not held)


def by_meaning(found: Near, unread: frozenset[int]) -> list[Mapping[int, int]]:
    """The place of each piece in the order of each embedding.

    Where the English one has nothing near, it does not understand the question; and other languages it does not read
    at all. What it cannot say, the other one says for it, so that no piece stands lower for being in its language.
    """
    english = placed(found[embeddings.ENGLISH])
    if embeddings.MANY not in found:
        return [english]
    many = placed(found[embeddings.MANY])
    if max(found[embeddings.ENGLISH].values(), default=-1.0) < UNDERSTOOD:
        return [many, many]
    return [many, english | {one: place for one, place in many.items() if one in unread}]


def _near(found: Near) -> dict[int, float]:
    """How near each piece is for the embedding for which it is nearest."""
    near: dict[int, float] = {}
    for pieces in found.values():
        near |= {one: max(near.get(one, -1.0), cosine) for one, cosine in pieces.items()}
    return near


def _by_words(asked: str, rights: Mapping[str, object]) -> list[int]:
    words = telling(asked)
    return _ids(by_words(), {**rights, "words": words, "most": LOOKED_AT}) if words else []


def passages_of(name: str, reader: Reader) -> tuple[Passage, ...]:
    """All pieces of the newest document of this name, in their order, where the reader may read it now."""
    with cursor() as plain:
        rows = plain.execute(of_document(), {**reader.asked(), "name": name}).fetchall()
    return tuple(_passage(row, 0.0) for row in rows)


def passages(pieces: Sequence[int], reader: Reader) -> tuple[Passage, ...]:
    """These pieces, in this order, of those that the reader may read now."""
    if not pieces:
        return ()
    with cursor() as plain:
        rows = plain.execute(read_pieces(), {**reader.asked(), "ids": list(pieces)}).fetchall()
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


def _held_for(key: str, wanted: Sequence[int]) -> Vectors:
    """The vectors of at least these documents. A document never changes, and neither does how it was embedded."""
    from orchestration.knowledge.nearest import Vectors

    place = str(connection.settings_dict["NAME"]), key
    with _lock:
        held = _held.setdefault(place, Vectors())
        if missing := [one for one in wanted if one not in held.read]:
            rows = _rows(key).filter(document__in=missing).order_by("pk")
            held = _held[place] = held.joined(missing, rows.values_list("document", "pk", embeddings.FIELDS[key]))
        return held


def _rows(key: str) -> QuerySet[KnowledgePiece]:
    """What an embedding reads: the English one not what another one hears to be in another language."""
    rows = KnowledgePiece.objects.filter(**{f"{embeddings.FIELDS[key]}__isnull": False})
    alone = key != embeddings.ENGLISH or embeddings.MANY not in embeddings.names()
    return rows if alone else rows.filter(language__in=("", "en"))


def _ids(statement: LiteralString, values: Mapping[str, object]) -> list[int]:
    with cursor() as plain:
        return [row[0] for row in plain.execute(statement, values).fetchall()]
