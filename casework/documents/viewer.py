"""What does a reader see of one document: a page of it, what that page says, and what was found in it?

Costs the page that is looked at, however many there are. Texts are masked as all texts about the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from django.urls import reverse
from django.utils.http import urlencode

from casework.cases.read.case_view import Look
from casework.documents.facts import PageFacts, shown
from casework.documents.marked import Part, parts_of
from casework.documents.models import Document, ReadField, Reading, ReadPage
from casework.documents.pictures import WIDTHS
from casework.documents.progress import Progress, progress_of
from casework.documents.sight import Sight, sight_of
from casework.web.asked import COUNTED, number_in
from orchestration.documents.fields import NAMES
from orchestration.documents.kinds import KINDS, Kind
from orchestration.documents.words import Box, Line
from orchestration.ground import clock

UNCLEAR: Final = 0.5
"""A sentence with a word that was heard less surely is marked."""
SECOND: Final = re.compile(r"[0-9]{1,5}(\.[0-9]{1,2})?")
MOST_HITS: Final = 50
"""Pages of a document that a search in it names."""
SHORTEST: Final = 2
"""Letters that are looked for."""
SURE: Final = 0.85
"""What is found less surely is marked, so that somebody looks."""


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on the picture, in thousandths of its sides. `name`: of the field, or `hit`."""

    name: str
    left: int
    top: int
    width: int
    height: int
    lit: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was said in a recording. `at` in seconds, `clock` as people write it; `address`: plays from there.

    `field`: the field that came from it; `sure`: how sure the least sure of its words is.
    """

    text: str
    at: str
    clock: str
    sure: float
    doubtful: bool
    field: str
    address: str


@dataclass(frozen=True, slots=True)
class Field:
    """`path`: the place in the data of the case that it is read for; empty where its case type names none.

    `heard`: of a recording the sentence that it came from.
    """

    name: str
    path: str
    label: str
    value: str
    found: str
    sure: float
    doubtful: bool
    page: int
    state: str
    focus: bool
    hidden: bool
    heard: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """`text`: that of the page, line by line; None where it was not read. `hits`: pages with what was searched for.

    `shown`: whether the page is; one that nobody has read is not, where something on it may be hidden.
    `facts`: of a long document what each page says, with its address. `sentences`: of a recording, which is played from
    `at` on. `lines`: of what has no picture.
    """

    id: int
    case: int
    name: str
    kind: Kind
    size: int
    level: str
    digest: str
    pages: int
    page: int
    width: int
    larger: bool
    reading: Reading | None
    progress: Progress | None
    text: str | None
    by_ocr: bool
    q: str
    hits: tuple[int, ...]
    places: tuple[Place, ...]
    fields: tuple[Field, ...]
    facts: tuple[tuple[PageFacts, str], ...]
    sentences: tuple[Sentence, ...]
    lines: tuple[tuple[Part, ...], ...]
    at: str
    may_work: bool
    shown: bool

    @property
    def before(self) -> str:
        return self.address(self.page - 1) if self.page > 1 else ""

    @property
    def after(self) -> str:
        return self.address(self.page + 1) if self.page < self.pages else ""

    @property
    def here(self) -> str:
        return self.address(self.page)

    @property
    def zoomed(self) -> str:
        return self.address(self.page, larger=not self.larger)

    @property
    def hit_links(self) -> tuple[tuple[int, str], ...]:
        return tuple((page, self.address(page)) for page in self.hits)

    def address(self, page: int, *, larger: bool | None = None) -> str:
        """This document at a page, as large and with the same search as now."""
        large = self.larger if larger is None else larger
        given: dict[str, str | int] = {"page": page, "q": self.q, "large": "yes" if large else ""}
        said = urlencode({name: value for name, value in given.items() if value})
        return f"{reverse('case-document', args=[self.case, self.id])}?{said}"


def viewer(seen: Look, document: Document, asked: Mapping[str, str], *, user_may_work: bool) -> Viewer:
    """`asked`: page, q (what to search for), large, field (whose place lights up), still (it gets no focus)."""
    page, q = _number(asked.get("page", ""), document.pages), asked.get("q", "").strip()[:100]
    kept = ReadPage.objects.filter(document=document, number=page).first()
    lines = () if kept is None else kept.page.lines
    lit, larger = asked.get("field", ""), bool(asked.get("large"))
    found = list(ReadField.objects.filter(document=document).order_by("pk"))
    sight = sight_of(seen, found)
    read = sight.lines(lines)
    row = Reading.objects.filter(document=document).first()
    view = Viewer(
        id=document.pk, case=document.case_id, name=seen.view.text(document.name), kind=KINDS[document.kind],
        size=document.size, level=document.level, digest=document.digest, pages=document.pages, page=page,
        width=WIDTHS[2] if larger else WIDTHS[1], larger=larger,
        reading=row, progress=progress_of(document, row, clock.utc_now()) if row else None,
        text=None if kept is None else "\n".join(read),
        by_ocr=KINDS[document.kind].has_pages and any(word.sure < 1 for line in lines for word in line.words),
        q=q, hits=_hits(sight, document, q),
        places=(*_of_fields(found, page, lit), *_of_search(sight, lines, q)),
        fields=tuple(_fields(sight, found, "" if asked.get("still") else lit)), facts=(),
        sentences=(), lines=(), at=_second(asked.get("at", "")),
        may_work=user_may_work, shown=kept is not None or not sight.parted,
    )  # fmt: skip
    facts = shown(row.facts, sight.hidden, sight.text) if row else ()
    said = tuple(_sentences(sight, view, lines, found)) if view.kind.is_heard else ()
    heard = {one.field: one for one in said if one.field}
    here = [row for row in found if row.page == page and not sight.hides(row)]
    plain = not (view.kind.has_pages or view.kind.is_heard)
    return replace(
        view, facts=tuple((one, view.address(one.page)) for one in facts), sentences=said,
        lines=tuple(parts_of(*each, here, lit, q) for each in zip(lines, read, strict=True)) if plain else (),
        fields=tuple(replace(one, heard=heard.get(one.name)) for one in view.fields),
    )  # fmt: skip


def _second(given: str) -> str:
    return given if SECOND.fullmatch(given) else ""


def _sentences(sight: Sight, view: Viewer, lines: Sequence[Line], found: Iterable[ReadField]) -> Iterator[Sentence]:
    """Each with the field that was found in it first."""
    left = {row.name: row.value.casefold() for row in found}
    for line, read in zip(lines, sight.lines(lines), strict=True):
        begins = line.begins or 0.0
        name = next((name for name, value in left.items() if value and value in line.text.casefold()), "")
        left.pop(name, None)
        clock = f"{int(begins // 60)}:{int(begins % 60):02}"
        yield Sentence(
            read, f"{begins:.1f}", clock, line.sure, line.sure < UNCLEAR, name,
            f"{view.address(1)}&{urlencode({'at': f'{begins:.1f}'})}",
        )  # fmt: skip


def _number(given: str, most: int) -> int:
    return min(max(number_in(given, COUNTED), 1), most)


def _fields(sight: Sight, found: Iterable[ReadField], lit: str) -> Iterator[Field]:
    for row in found:
        path = sight.seen.case_type.document_fields.get(row.name, "")
        if not sight.seen.view.is_absent("/" + path.replace(".", "/")):
            yield _field(sight, row, path, lit)


def _field(sight: Sight, row: ReadField, path: str, lit: str) -> Field:
    value = row.right if row.state == ReadField.State.CORRECTED else row.value
    return Field(
        row.name, path, NAMES.get(row.name, row.name), sight.text(value), sight.text(row.value), row.sure,
        row.sure < SURE and row.state == ReadField.State.FOUND, row.page, row.state, row.name == lit,
        sight.hides(row),
    )  # fmt: skip


def _of_fields(rows: Iterable[ReadField], page: int, lit: str) -> Iterable[Place]:
    for row in rows:
        if row.page == page and any(row.box):
            yield _place(row.name, Box(*row.box), row.name == lit)


def _of_search(sight: Sight, lines: Sequence[Line], q: str) -> Iterable[Place]:
    """The words of the page that hold what is searched for, where this reader reads it in their line."""
    wanted = {part for part in q.casefold().split() if len(part) >= SHORTEST}
    for line, read in zip(lines, sight.lines(lines), strict=True) if wanted else ():
        legible = [part for part in wanted if part in read.casefold()]
        for word in line.words:
            if word.box and any(part in word.text.casefold() for part in legible):
                yield _place("hit", word.box, True)


def _hits(sight: Sight, document: Document, q: str) -> tuple[int, ...]:
    """The pages on which this reader reads what they search for."""
    if len(q) < SHORTEST:
        return ()
    texts = ReadPage.objects.filter(document=document).order_by("number").values_list("number", "text")
    found = (number for number, text in texts.iterator() if q.casefold() in sight.text(text).casefold())
    return tuple(islice(found, MOST_HITS))


def _place(name: str, box: Box, lit: bool) -> Place:
    left, top = round(1000 * box.left), round(1000 * box.top)
    return Place(name, left, top, round(1000 * box.right) - left, round(1000 * box.bottom) - top, lit)
