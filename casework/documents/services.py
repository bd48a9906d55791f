"""How does a file become a document of a case, and who takes a copy of it away?

What it is and whether it can be opened is found out before the case is locked; document and event are written together.
Who may was decided when the case was fetched.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.services import Fact, Origin
from casework.access import permissions
from casework.access.permissions import origin_of
from casework.cases.document_words import levels_seen
from casework.cases.locking import keep_refusal, locked
from casework.documents.arrival import told_by
from casework.documents.models import Document
from casework.documents.reading import reading_wanted
from casework.documents.scanner import scanned
from casework.models import Case
from orchestration.casetypes.case_type import by_definition
from orchestration.documents import store
from orchestration.documents.attached import attachments_of
from orchestration.documents.confined import Unreadable, asked_of
from orchestration.documents.kinds import KINDS, Kind, kind_of
from orchestration.ground.refusals import Refused
from orchestration.privacy.classification import LEVELS, rank
from orchestration.shell import services
from orchestration.shell.services import Locked

MOST: Final = 500
"""Documents of one case."""
LONGEST_NAME: Final = 150
UNSAID: Final = "document"
SEVERAL: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Added:
    """`new` is false where this very content is in the case already, as the document that is given."""

    document: Document
    new: bool


@dataclass(frozen=True, slots=True)
class File:
    """What is brought: `known` and `pages` as its content says."""

    name: str
    content: bytes
    known: Kind
    pages: int


def file_of(name: str, content: bytes) -> File | Refused:
    """A file that may become a document, or why it may not; found out before any case is locked."""
    known = kind_of(content)
    if isinstance(known, Refused):
        return known
    pages = scanned(content) or _pages(content, known)
    if isinstance(pages, Refused):
        return pages
    return File(name_of(name, known), content, known, pages)


def document_add(*, by: User, case: Case, name: str, content: bytes, level: str = "") -> Added | Refused:
    """Add a file to a case. `level`: how secret it is; empty: as the case type says, and never less than that."""
    least = by_definition(case.instance.definition_id).document_level
    if not least:
        return Refused("no-documents", "Cases of this kind take no documents.")
    level = level or least
    if level not in LEVELS or rank(level) < rank(least):
        allowed = ", ".join(LEVELS[rank(least) :])
        return Refused("invalid", "Please correct what is marked.", {"level": f"This should be one of: {allowed}."})
    file = file_of(name, content)
    if isinstance(file, Refused):
        return _refused(by, case, file)
    try:
        outcome = file_add(by=by, case=case, file=file, level=level)
        if isinstance(outcome, Added) and outcome.new:
            for name, inside in attachments_of(file.known.key, content):
                _attach(by, case, file_of(name, inside), level)
    except store.Away:
        return store.AWAY
    return outcome


def _attach(by: User, case: Case, file: File | Refused, level: str) -> None:
    """What was attached to an e-mail is a document of its own; what is not taken is kept as refused."""
    if isinstance(file, Refused):
        _refused(by, case, file)
    else:
        file_add(by=by, case=case, file=file, level=level)


def file_add(*, by: User | None, case: Case, file: File, level: str, asked_for: bool = False) -> Added | Refused:
    """Add a file that was looked at. `by` None: the product itself. `asked_for`: the case asks for it to be read.
    Raises Away."""
    store.keep(file.content)
    origin = Origin("system:intake") if by is None else origin_of(by)
    row = Document(
        case=case, name=file.name, digest=store.digest_of(file.content), size=len(file.content), kind=file.known.key,
        pages=file.pages, level=level, by=origin.actor,
    )  # fmt: skip
    return _added(by, case, row, asked_for)


def _pages(content: bytes, kind: Kind) -> int | Refused:
    if not kind.has_pages:
        return 1
    try:
        told, _ = asked_of(content, do="look", kind=kind.key)
    except Unreadable as error:
        return Refused(error.code, str(error))
    return int(told["pages"])


@transaction.atomic
def _added(by: User | None, case: Case, wanted: Document, asked_for: bool) -> Added | Refused:
    held = locked(case.instance_id)
    told = None if asked_for else told_by(held)
    there = Document.objects.filter(case=case)
    reader = None if by is None else permissions.principal(by, case, held.at)
    seen = LEVELS if reader is None else levels_seen(held.case_type, reader)
    same = there.filter(digest=wanted.digest, level__in=seen).first()
    if same is not None:
        return Added(same, new=False)
    if there.count() >= MOST:
        full = Refused("full", f"This case has {MOST} documents already; no more are taken.")
        return full if by is None else _kept(held, by, full)
    wanted.added = held.at
    wanted.save()
    reading_wanted(wanted, asked_for=asked_for or told is not None)
    origin, added = Origin("system:intake") if by is None else origin_of(by), Fact("document.added", facts_of(wanted))
    if told is None:
        services.record(held, [added], origin)
    else:
        services.send(held, told(wanted.pk), origin, [added])
    return Added(wanted, new=True)


@transaction.atomic
def _refused(by: User, case: Case, refused: Refused) -> Refused:
    return _kept(locked(case.instance_id), by, refused)


def _kept(held: Locked, by: User, refused: Refused) -> Refused:
    return keep_refusal(held, by, {"command": "document.add"}, refused)


def facts_of(document: Document) -> dict[str, str | int]:
    """What the history keeps of a document: enough to prove later which content it had."""
    return {
        "document": document.pk, "name": document.name, "digest": document.digest, "size": document.size,
        "kind": document.kind, "pages": document.pages, "level": document.level,
    }  # fmt: skip


def document_downloaded(*, by: User, document: Document) -> bytes:
    """The content of a document, for somebody who takes it away; the history keeps that they did.

    Raises Damaged, Away.
    """
    content = store.content_of(document.digest)
    told = {"document": document.pk, "name": document.name, "level": document.level}
    services.record(document.case.instance_id, [Fact("document.downloaded", told)], origin_of(by))
    return content


def name_of(given: str, kind: Kind) -> str:
    """A name without folders and without characters that do not print, ending as its kind does."""
    plain = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in given.replace("\\", "/"))
    path = PurePosixPath(SEVERAL.sub(" ", plain).strip())
    stem = path.stem.strip(". ")[:LONGEST_NAME] or UNSAID
    known = {one.suffix for one in KINDS.values()} | {".jpeg", ".tiff"}
    suffix = path.suffix.lower()
    if suffix not in known and suffix:
        stem = f"{stem}{path.suffix}"[:LONGEST_NAME]
    return stem + (path.suffix if _fits(suffix, kind) else kind.suffix)


def _fits(suffix: str, kind: Kind) -> bool:
    alike = {".jpeg": ".jpg", ".tiff": ".tif"}
    return alike.get(suffix, suffix) == kind.suffix
