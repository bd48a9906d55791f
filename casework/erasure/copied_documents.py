"""Which files go into a copy of a person's data, and as what?

A file goes whole where all of it was read and nothing in it is masked in the copy: neither details of others nor what
who makes the copy may not see. Of any other that was read its text goes, with that masked (GDPR, article 15 (4): what
is about others is no reason to give the person nothing). What nobody has read is not given: it may be about anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from casework.cases.read.case_view import Look
from casework.documents.models import Document, ReadField, Reading, ReadPage
from casework.documents.sight import files_given, sight_of
from casework.erasure.copied_case import Paper
from orchestration.documents import store

WHOLE: Final = "whole"
MASKED: Final = "masked"
UNREAD: Final = "unread"
GONE: Final = "gone"


@dataclass(frozen=True, slots=True)
class Given:
    """A document of a case and what of it is in the copy: the file `whole`, its text `masked`, or nothing, since it is
    `unread` or `gone`. `file`: its name in the copy."""

    case: int
    number: int
    name: str
    how: str
    file: str = ""


def given(seen: Look, papers: Iterable[Paper]) -> Iterator[tuple[Given, bytes]]:
    """Of the documents of a case, `seen` as the person gets them, those that who makes the copy may see."""
    rows = Document.objects.in_bulk([one.number for one in papers if one.digest])
    read = set(Reading.objects.filter(document__in=rows, state=Reading.State.READ).values_list("document", flat=True))
    whole = files_given(seen, read)
    for one in (one for one in papers if one.number in rows):
        path = f"documents/{one.number}-{one.name.replace('/', '_')}"
        if one.number not in read:
            yield Given(seen.case.pk, one.number, one.name, UNREAD), b""
        elif one.number not in whole:
            yield Given(seen.case.pk, one.number, one.name, MASKED, f"{path}.txt"), _masked(seen, one.number)
        elif (content := _content(rows[one.number])) is None:
            yield Given(seen.case.pk, one.number, one.name, GONE), b""
        else:
            yield Given(seen.case.pk, one.number, one.name, WHOLE, path), content


def _masked(seen: Look, number: int) -> bytes:
    """The text of a document, page by page, with what is not for the person masked."""
    sight = sight_of(seen, ReadField.objects.filter(document=number))
    pages = ReadPage.objects.filter(document=number).order_by("number").values_list("number", "text")
    told = (f"Page {at}\n\n{sight.page(text)}" for at, text in pages.iterator())
    return "\n\n".join(told).encode()


def _content(document: Document) -> bytes | None:
    try:
        return store.content_of(document.digest)
    except (store.Damaged, store.Away):
        return None
