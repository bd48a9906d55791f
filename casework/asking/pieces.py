"""What of a case goes along with a question about it? (retrieval over one case)

What stands about it, its data, what happened, and what its documents say: as a reader sees it who may see no more than
the person that asks, nor than any actor that may answer. What is masked for them does not go along at all. People of
the house go as numbers, and come back as themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from casework.asking.ranking import by_relevance
from casework.cases.document_words import levels_seen
from casework.cases.read.case_view import Look
from casework.cases.read.fields import fields
from casework.cases.read.timeline import lines
from casework.documents.models import Document, ReadField, ReadPage
from casework.documents.sight import sight_of
from casework.templatetags.casewright import shown
from orchestration.privacy.masks import DOTS

STATE: Final = "case"
EVENT, FIELD, PAGE = "event:", "field:", "page:"
"""How the ids of pieces begin: an event by its number, a value by its JSON Pointer, a page as document.page."""
LATEST: Final = 8
"""Events that always go along."""
MOST: Final = 60
LONGEST: Final = 12_000
"""Characters of all pieces together: what a small model reads in its stride."""
LONGEST_PIECE: Final = 1_500
MOST_PAGES: Final = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """`id` names it, `where` says in words where it stands."""

    id: str
    where: str
    text: str

    def kept(self) -> dict[str, str]:
        return {"id": self.id, "where": self.where, "text": self.text}


@dataclass
class Colleagues:
    """What stands for people of the house, by who they are ("person:anna")."""

    tokens: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, seen: Look) -> Colleagues:
        people = sorted(actor for actor in seen.past["actors"] if actor.startswith("person:"))
        return cls({actor: f"COLLEAGUE_{number}" for number, actor in enumerate(people, 1)})

    def put_in(self, text: str, names: Mapping[str, str]) -> str:
        """The text with them in place of names."""
        for actor, token in self.tokens.items():
            for name in {names.get(actor, ""), actor.removeprefix("person:")} - {""}:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", token, text)
        return text


def chosen(question: str, seen: Look, colleagues: Colleagues) -> list[Piece]:
    """The pieces that go along: the case as it stands, its last events, then what fits the question best."""
    first, events = [_standing(seen)], list(_events(seen))
    rest = [*_values(seen), *events[LATEST:], *_pages(seen)]
    best = [rest[at] for at in by_relevance(question, [f"{one.where} {one.text}" for one in rest])]
    others = [one for one in rest if one.id.startswith(FIELD) and one not in best]
    wanted = (_without_names(one, seen, colleagues) for one in (*first, *events[:LATEST], *best, *others))
    return list(_fitting(wanted))


def _without_names(piece: Piece, seen: Look, colleagues: Colleagues) -> Piece:
    where, text = (colleagues.put_in(one, seen.names) for one in (piece.where, piece.text))
    return Piece(piece.id, where, text[:LONGEST_PIECE])


def _fitting(pieces: Iterator[Piece]) -> Iterator[Piece]:
    left = LONGEST
    for number, one in enumerate(pieces):
        left -= len(one.text) + len(one.where)
        if number >= MOST or left < 0:
            return
        yield one


def _standing(seen: Look) -> Piece:
    case, kind = seen.case, seen.case_type
    told = f"{kind.name}. Goal: {kind.goal} The case is now: {case.state}. It came in at {case.created:%Y-%m-%d %H:%M}."
    return Piece(STATE, "The case as it stands", f"{told}{' It is closed.' if case.closed else ''}")


def _values(seen: Look) -> Iterator[Piece]:
    for one in fields(seen):
        text = shown(one.value)
        if text and not one.masked:
            where = f"{one.group}: {one.name}" if one.group else one.name
            yield Piece(FIELD + one.pointer, f"Data, {where}", f"{where}: {text}")


def _events(seen: Look) -> Iterator[Piece]:
    """The newest first."""
    for line in lines(seen):
        told = f"{line.who} {line.told.in_full}".strip()
        yield Piece(f"{EVENT}{line.sequence}", f"Event {line.sequence}", f"{line.at:%Y-%m-%d %H:%M}: {told}")


def _pages(seen: Look) -> Iterator[Piece]:
    levels = levels_seen(seen.case_type, seen.view.principal)
    documents = list(Document.objects.filter(case=seen.case, level__in=levels).order_by("-pk"))
    pages = ReadPage.objects.filter(document__in=documents).order_by("-document", "number")[:MOST_PAGES]
    found = list(ReadField.objects.filter(document__in=documents))
    for page in pages:
        document = next(one for one in documents if one.pk == page.document_id)
        text = sight_of(seen, [one for one in found if one.document_id == document.pk]).text(page.text)
        yield from _cut(
            f"{PAGE}{document.pk}.{page.number}", f"{seen.view.text(document.name)}, page {page.number}", text
        )


def _cut(id: str, where: str, text: str) -> Iterator[Piece]:
    """A page as one piece; of a long one its beginning."""
    if text.strip(f"{DOTS} \n"):
        yield Piece(id, where, text.strip())


def as_kept(pieces: Sequence[Piece]) -> list[dict[str, str]]:
    return [one.kept() for one in pieces]
