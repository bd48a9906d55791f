"""How does a case that asks for one of its documents to be read get what stands in it?

The actor that reads asks here (`orchestration.documents.asked`): the document is one of the case whose work it is, and
is read by the same rows as any other, so that what was read once is not read again.
"""

from __future__ import annotations

import time
from typing import Final

from django.db.models import Q

from casework.documents import reading
from casework.documents.models import Document, ReadField, Reading, ReadPage
from orchestration.actors.call import current
from orchestration.actors.card import card_of
from orchestration.actors.contract import ActorError
from orchestration.casetypes.case_type import by_definition
from orchestration.documents import store
from orchestration.documents.asked import AskedOf, Content, Told, Words, contents, readers, words
from orchestration.documents.finding import Found
from orchestration.documents.words import Box
from orchestration.jobs.stopping import is_stopped
from orchestration.models import Actor
from orchestration.privacy.classification import rank

State = Reading.State
PATIENCE: Final = 200.0
"""Seconds in one attempt; a long document goes on in the next."""
LOOK_AGAIN: Final = 3.0
"""Seconds after which to look whether who reads it is done."""


def told_of(asked: AskedOf) -> Told:
    """What was found in the document, read now where it was not before. Raises ActorError."""
    document = _document(asked)
    row = _read(document)
    return Told(document.pk, document.pages, row.words, row.reader, _found(document))


def words_of(asked: AskedOf) -> Words:
    """The words of its first pages, read now where they were not before. Raises ActorError."""
    document = _document(asked)
    row = _read(document)
    pages = ReadPage.objects.filter(document=document).order_by("number").values_list("text", flat=True)[: asked.first]
    sheets = tuple(pages)
    return Words(document.pk, document.pages, row.reader, "\n".join(sheets), sheets)


def content_of(asked: AskedOf, actor: str) -> Content:
    """The document itself, for an actor whose card lets it see as much: no part of a file can be masked."""
    document = _document(asked)
    card = Actor.objects.filter(key=actor).values_list("card", flat=True).first()
    if rank(document.level) > rank(card_of(card or {}).clearance):
        raise ActorError(f"The document is {document.level}: more secret than this actor may see.", temporary=False)
    try:
        return Content(document.pk, document.pages, document.kind, store.content_of(document.digest))
    except store.Away as away:
        raise ActorError(str(away), temporary=True) from None
    except store.Damaged as damaged:
        raise ActorError(str(damaged), temporary=False, code="unreadable") from None


def _read(document: Document) -> Reading:
    """Its reading, when it is read. Raises ActorError."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        row = Reading.objects.get(document=document)
        match row.state:
            case State.READ:
                return row
            case State.FAILED:
                raise ActorError(f"It could not be read. {row.said}", temporary=False, code="unreadable")
            case State.READING:
                raise ActorError("Another worker is reading it just now.", temporary=True, after=LOOK_AGAIN)
        if is_stopped(reading.READER_KEY):
            raise ActorError("The reader of documents was stopped.", temporary=True)
        reading.read(document.pk)
    raise ActorError("It is a long document: reading it goes on.", temporary=True, after=0.0)


def _document(asked: AskedOf) -> Document:
    """The document that is asked for; the last one of the case that is no e-mail, where none is named.

    Raises ActorError, also where the case type keeps its documents for other work (`purposes`).
    """
    of_case = Document.objects.filter(case__instance=asked.instance).select_related("case__instance")
    chosen = Q(pk=asked.document) if asked.document else ~Q(kind="email")
    found = of_case.filter(chosen).order_by("-pk").first() or (None if asked.document else of_case.last())
    if found is None:
        raise ActorError("There is no such document in this case.", temporary=False, code="no-document")
    case_type = by_definition(found.case.instance.definition_id)
    bound, work = case_type.document_purposes, case_type.capabilities.get(current().capability)
    if bound and (work is None or work.purpose not in bound):
        told = ", ".join(sorted(bound))
        raise ActorError(
            f"Documents of such cases are read for {told} only, and this work is not for it.", temporary=False
        )
    return found


def _found(document: Document) -> tuple[Found, ...]:
    rows = ReadField.objects.filter(document=document).order_by("pk")
    return tuple(Found(row.name, row.value, row.sure, row.page, Box(*row.box)) for row in rows)


def hang_in() -> None:
    if told_of not in readers:
        readers.append(told_of)
        words.append(words_of)
        contents.append(content_of)
