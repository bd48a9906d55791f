"""How does a document come to be read, by workers that may die at any moment?

The row `Reading` is claimed by a conditional update; each page is kept as it is read, so that who takes over goes on
where another stopped. A document that cannot be read, or at which readers die, ends as failed, with a sentence, and the
history keeps both: that it was read and that it was not. What a case has read by a task of its model is read by that
task alone, with its routing, guardrails and ledger, as long as the case is open.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import orjson
from django.db import transaction
from django.db.models import F, Q

from audit.services import Fact, Origin
from casework.documents.facts import FROM, MOST, facts_of
from casework.documents.models import Document, ReadField, Reading, ReadPage
from orchestration.documents import fields, spoken, store
from orchestration.documents.confined import Unreadable
from orchestration.documents.kinds import HEARD
from orchestration.documents.reading import AT_ONCE, heard, pictures_read, reader_of, text_of
from orchestration.documents.speech import NOT_HERE, is_here
from orchestration.documents.store import Damaged
from orchestration.documents.words import Page, packed
from orchestration.ground import clock
from orchestration.ground.counts import counted
from orchestration.jobs.stopping import is_stopped
from orchestration.shell import services
from orchestration.shell.nudges import nudge_reading

State = Reading.State
READER_KEY: Final = "document-reader"
"""The actor that reads documents: what stops it, stops all reading."""
ORIGIN: Final = Origin("system:reader")
LOST_AFTER: Final = timedelta(minutes=6)
"""Longer than the slowest part of a reading takes."""
PATIENCE: Final = timedelta(seconds=30)
MOST_TRIES: Final = 3
AT_A_TIME: Final = 100.0
"""Seconds after which a reader lets other work go first."""
SWEEP_AT_MOST: Final = 50


def reading_wanted(document: Document, *, asked_for: bool) -> None:
    """Have a document read, after the commit of what is being written.

    `asked_for`: the case itself asks for that, so that nobody else has to.
    """
    Reading.objects.create(document=document, since=document.added, asked=asked_for)
    if not asked_for:
        nudge_reading(document.pk)


def read(number: int) -> None:
    """Read a document, or some more of it, if it still waits for that and its reader was not stopped."""
    if is_stopped(READER_KEY):
        return
    claimed = Reading.objects.filter(document=number, state=State.WAITING)
    if not claimed.update(state=State.READING, since=clock.utc_now(), tries=F("tries") + 1):
        return
    row = Reading.objects.select_related("document__case").get(document=number)
    try:
        _go_on(row)
    except store.Away:
        Reading.objects.filter(pk=row.pk).update(state=State.WAITING, since=clock.utc_now(), tries=F("tries") - 1)
    except (Unreadable, Damaged) as error:
        _fail(row, str(error))


def _go_on(row: Reading) -> None:
    """Read until all is read, or long enough for once."""
    document, begun = row.document, time.monotonic()
    content = store.content_of(document.digest)
    if row.pictures is None:
        text = text_of(content, document.kind, document.pages)
        _keep(row, text.pages, text.pictures, begun)
    while row.pictures:
        if time.monotonic() - begun > AT_A_TIME:
            return _put_back(row)
        step = time.monotonic()
        _keep(row, *_next_part(row, content), step)
    _finish(row)


def _next_part(row: Reading, content: bytes) -> tuple[Sequence[Page], Sequence[int]]:
    """Some of the pages that are left, read, or some minutes heard; and what is left then. Raises Unreadable."""
    document, left = row.document, row.pictures or []
    if document.kind not in HEARD:
        return pictures_read(content, document.kind, left[:AT_ONCE]), left[AT_ONCE:]
    before = ReadPage.objects.filter(document=document).first()
    page, more = heard(content, left[0], None if before is None else before.page)
    return [page], [left[0] + 1] if more else []


@transaction.atomic
def _keep(row: Reading, pages: Sequence[Page], left: Sequence[int], begun: float) -> None:
    """Pages that were read, and which are left."""
    rows = [_row_of(row.document, page) for page in pages]
    ReadPage.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["document", "number"], update_fields=["words", "text"]
    )
    row.pictures, row.since = list(left), clock.utc_now()
    said = sum(page.words for page in pages)
    row.words = said if row.document.kind in HEARD else row.words + said
    row.seconds += time.monotonic() - begun
    row.save(update_fields=["pictures", "since", "words", "seconds"])


def _row_of(document: Document, page: Page) -> ReadPage:
    """No text of the database holds a NUL."""
    text = page.text.replace("\0", "")
    return ReadPage(document=document, number=page.number, words=orjson.dumps(packed(page)), text=text)


def _put_back(row: Reading) -> None:
    """Let others go first; it has come on, so that this was no try in vain."""
    row.state, row.tries = State.WAITING, 0
    row.save(update_fields=["state", "tries"])
    if not row.asked:
        nudge_reading(row.document_id)


@transaction.atomic
def _finish(row: Reading) -> None:
    pages = pages_of(row.document, fields.FROM_PAGES)
    found = (spoken if row.document.kind in HEARD else fields).found_in(pages)
    ReadField.objects.bulk_create(
        [
            ReadField(document=row.document, name=one.name, value=one.value[:300], sure=one.sure, page=one.page,
                      box=one.box.packed(), finder=fields.FINDER)
            for one in found
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    row.state, row.reader, row.since = State.READ, reader_of(row.document.kind), clock.utc_now()
    row.facts = facts_of(pages_of(row.document, MOST)) if row.document.pages >= FROM else []
    row.save(update_fields=["state", "reader", "since", "facts"])
    told = {
        "pages": row.document.pages,
        "words": row.words,
        "reader": row.reader,
        "fields": [one.name for one in found],
    }
    _record(row.document, Fact("document.read", _named(row.document) | told))


@transaction.atomic
def _fail(row: Reading, sentence: str) -> None:
    row.state, row.said, row.since = State.FAILED, sentence[:300], clock.utc_now()
    row.save(update_fields=["state", "said", "since"])
    _record(row.document, Fact("document.unread", _named(row.document) | {"reason": sentence[:300]}))


def _named(document: Document) -> dict[str, str | int]:
    return {"document": document.pk, "name": document.name, "level": document.level}


def _record(document: Document, fact: Fact) -> None:
    services.record(document.case.instance_id, [fact], ORIGIN)


def pages_of(document: Document, upto: int) -> tuple[Page, ...]:
    rows = ReadPage.objects.filter(document=document, number__lte=upto).order_by("number")
    return tuple(row.page for row in rows)


def look_after() -> None:
    """Readings whose message was lost, and those whose reader is."""
    now = clock.utc_now()
    if is_here():  # `make speech` was run after they came
        unheard = Reading.objects.filter(state=State.FAILED, document__kind__in=HEARD, said=NOT_HERE)
        unheard.update(state=State.WAITING, since=now - 2 * PATIENCE, tries=0, said="")
    lost = Reading.objects.filter(state=State.READING, since__lt=now - LOST_AFTER)
    for row in lost.select_related("document__case")[:SWEEP_AT_MOST]:
        if row.tries >= MOST_TRIES:
            _fail(row, f"Whoever reads this document has died of it {counted(row.tries, 'time')}.")
        else:
            Reading.objects.filter(pk=row.pk, state=State.READING, since=row.since).update(state=State.WAITING)
            if not row.asked:
                nudge_reading(row.pk)
    ours = Q(asked=False) | Q(document__case__instance__ended__isnull=False)
    waiting = Reading.objects.filter(ours, state=State.WAITING, since__lt=now - PATIENCE).order_by("since")
    for number in waiting.values_list("pk", flat=True)[:SWEEP_AT_MOST]:
        Reading.objects.filter(pk=number, state=State.WAITING).update(since=now)
        nudge_reading(number)
