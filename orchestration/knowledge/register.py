"""How does a document come into the knowledge base, and how is it taken out again?

Each is a fact on the chain of rules, roles and actors, with who and why. A worker reads and embeds it; the row says
what there is to do. What is withdrawn is found by nobody from that moment on, and stays as what earlier answers were
made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any, Final

from django.db import transaction

from audit.db.one_at_a_time import alone, one_after_another
from audit.services import Fact, Origin, record_control
from orchestration.documents import store
from orchestration.documents.confined import Unreadable
from orchestration.documents.kinds import KINDS, PAGED, Kind, kind_of
from orchestration.documents.reading import text_of
from orchestration.documents.store import Damaged
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.knowledge import embeddings
from orchestration.knowledge.pieces import MOST as MOST_PIECES
from orchestration.knowledge.pieces import cut_pages
from orchestration.models import KnowledgeDocument, KnowledgePiece
from orchestration.privacy.classification import LEVELS
from orchestration.shell.nudges import nudge_knowledge

State = KnowledgeDocument.State
MOST: Final = 5_000
"""Documents that are not withdrawn."""
LEAST_REASON: Final = 3
LONGEST_REASON: Final = 500
LONGEST_NAME: Final = 150
BASE: Final = re.compile(r"[a-z0-9-]{0,40}")
PATIENCE: Final = timedelta(minutes=3)
READING: Final = 0x4B0D << 32
"""The lock of who reads a document is this, and its number."""
AT_ONCE: Final = 20
"""Documents that a sweep has read, or embedded anew."""
AT_A_TIME: Final = 64
"""Pieces that are embedded and kept at once."""
A_RUN: Final = timedelta(seconds=60)
"""How long a worker goes on with one document before others have their turn."""
MOST_BEGUN: Final = 3
"""How often it is begun without that a piece of it comes to be kept."""
DONE: Final[Mapping[str, Any]] = {"reading": "", "read_to": 0, "at_page": 0, "begun": 0}
"""What a row says while nobody reads its document."""
GIVEN_UP: Final[Mapping[str, str]] = {
    State.WAITING: f"A worker began {MOST_BEGUN} times to read it, and was stopped each time before it had read more. "
    "Withdraw it, and add it anew in smaller parts.",
    State.READY: f"Another model was to read it: that was begun {MOST_BEGUN} times and stopped each time. "
    "Withdraw it and add it anew if it is to be read by that one, too.",
}


def knowledge_add(
    *, name: str, content: bytes, level: str, groups: Sequence[str], by: Origin, unit: str = "", base: str = ""
) -> KnowledgeDocument | Refused:
    """Have a document be read and found by whom its level and groups allow, and its unit (whoever asks knows that there
    is one of this key); the same may stand there for several units, and in several bases."""
    errors = {} if level in LEVELS else {"level": f"One of: {', '.join(LEVELS)}."}
    if not BASE.fullmatch(base):
        errors["base"] = "A base is named by at most 40 small letters a to z, digits and hyphens."
    known = kind_of(content)
    if isinstance(known, Refused):
        errors["file"] = known.message
    elif not name.strip():
        errors["name"] = "Give it a name."
    if errors:
        return Refused("invalid", "Please correct what is marked.", errors)
    assert isinstance(known, Kind)
    try:
        store.keep(content)
    except store.Away:
        return store.AWAY
    with transaction.atomic():
        one_after_another("knowledge added")  # the rows that are there tell nothing of one that is being added
        digest, now = store.digest_of(content), clock.utc_now()
        there = KnowledgeDocument.objects.filter(withdrawn=None)
        if there.filter(digest=digest, unit=unit, base=base).exists():
            return Refused("there", "This document is in the knowledge base already. Withdraw it to add it anew.")
        if there.count() >= MOST:
            return Refused("full", f"The knowledge base holds {MOST} documents already.")
        row = KnowledgeDocument.objects.create(
            name=" ".join(name.split())[:LONGEST_NAME], digest=digest, size=len(content), kind=known.key, level=level,
            groups=sorted(set(groups)), unit=unit, base=base, since=now, added=now, by=by.actor,
        )  # fmt: skip
        record_control([Fact("knowledge.added", told(row))], by, now)
        nudge_knowledge(row.pk)
    return row


def knowledge_withdraw(*, pk: int, reason: str, by: Origin) -> KnowledgeDocument | Refused:
    """Have a document be found no more, and say why."""
    if not LEAST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        return Refused("reason", f"Say in {LEAST_REASON} to {LONGEST_REASON} characters why: it is kept.")
    with transaction.atomic():
        row = KnowledgeDocument.objects.select_for_update().filter(pk=pk, withdrawn=None).first()
        if row is None:
            return Refused("gone", "This document is withdrawn already.")
        row.withdrawn = clock.utc_now()
        row.save(update_fields=["withdrawn"])
        detail = {"document": row.pk, "name": row.name, "reason": reason.strip()}
        record_control([Fact("knowledge.withdrawn", detail)], by, row.withdrawn)
        nudge_knowledge(row.pk)
    return row


def is_being_read(name: str) -> bool:
    """Whether a document of this name was added that nobody has read yet."""
    return KnowledgeDocument.objects.filter(name=name, state=State.WAITING, withdrawn=None).exists()


def told(row: KnowledgeDocument) -> dict[str, object]:
    """What the chain says of a document that was added."""
    belongs = {"unit": row.unit, "base": row.base}
    return {
        "document": row.pk, "name": row.name, "digest": row.digest, "size": row.size, "kind": row.kind,
        "level": row.level, "groups": row.groups,
    } | {name: value for name, value in belongs.items() if value}  # fmt: skip


# ---------------------------------------------------------------- a worker reads it


def index(pk: int) -> None:
    """Read a document that waits for it, cut it and embed its pieces; doing so twice changes nothing. One at a time: a
    long one takes longer than a sweep has patience, and would come to have every worker read it. What is left of it
    after some time is another task, behind the documents that wait."""
    with alone(READING + pk) as is_alone:
        is_left = is_alone and _index(pk)
    if is_left:
        nudge_knowledge(pk)


def _index(pk: int) -> bool:
    """Whether some of it is left to embed."""
    rows = KnowledgeDocument.objects.filter(pk=pk, state__in=(State.WAITING, State.READY), withdrawn=None)
    row = rows.first()
    if row is None or (row.state == State.READY and not embeddings.stale(row.embedded)):
        return False
    if row.begun >= MOST_BEGUN:
        rows.update(said=GIVEN_UP[row.state], state=State.FAILED if row.state == State.WAITING else row.state)
        return False
    rows.update(begun=row.begun + 1)  # kept at once: nobody is there to count when a reader is killed
    return _embed_anew(row) if row.state == State.READY else _read_first(row)


def _read_first(row: KnowledgeDocument) -> bool:
    try:
        text = _text(row)
    except store.Away:
        KnowledgeDocument.objects.filter(pk=row.pk).update(begun=row.begun)
        return False  # it still waits, and is looked after
    except (Unreadable, Damaged) as error:
        _end(row, State.FAILED, str(error))
        return False
    pieces = cut_pages(text.pages)
    if not pieces:
        _end(row, State.FAILED, "It holds no text. Pictures of pages are not read here: add it as text.")
        return False
    made_with = dict(embeddings.names())
    rows = [
        KnowledgePiece(document=row, number=at, heading=one.heading, text=one.text, page=one.page)
        for at, one in enumerate(pieces, 1)
    ]
    KnowledgeDocument.objects.filter(pk=row.pk, state=State.WAITING).update(
        pieces=len(rows), pages=text.total, **_come(rows, _first(row, made_with))
    )
    if (is_left := _embed(row, rows, made_with)) is False:
        _end(row, State.READY, text.left_out or _cut_off(rows), pieces=len(rows), embedded=made_with)
    return bool(is_left)


def _embed_anew(row: KnowledgeDocument) -> bool:
    """By those embeddings that are here and by which it was not embedded; what it says stays, and so do its pieces."""
    made_with = {key: embeddings.names()[key] for key in embeddings.stale(row.embedded)}
    pieces = list(row.chunks.order_by("number").only("pk", "heading", "text", "page"))
    if (is_left := _embed(row, pieces, made_with)) is False:
        said = "" if row.said == GIVEN_UP[State.READY] else row.said
        KnowledgeDocument.objects.filter(pk=row.pk).update(embedded=row.embedded | made_with, said=said, **DONE)
    return bool(is_left)


def _embed(row: KnowledgeDocument, pieces: Sequence[KnowledgePiece], made_with: Mapping[str, str]) -> bool | None:
    """Some pieces after the other, from where the last run by the same embeddings ended: each part is kept as it is
    done. Whether any are left after the time of a run; None: the document was withdrawn meanwhile."""
    first, until = _first(row, made_with), monotonic() + A_RUN.total_seconds()
    for start in range(first, len(pieces), AT_A_TIME):
        if start > first and monotonic() >= until:
            return True
        part = pieces[start : start + AT_A_TIME]
        read = _read_by(made_with, [_read_as(one.heading, one.text) for one in part])
        for at, one in enumerate(part):
            for name, value in _kept({key: found[at] for key, found in read.items()}).items():
                setattr(one, name, value)
        come: dict[str, str | int] = {"reading": _reading(made_with), **_come(pieces, start + len(part))}
        if not _keep(row, part, _fields(made_with), come):
            return None
    return False


def _reading(made_with: Mapping[str, str]) -> str:
    return ", ".join(made_with.values())


def _first(row: KnowledgeDocument, made_with: Mapping[str, str]) -> int:
    """How many pieces the last run by the same embeddings has kept."""
    return row.read_to if row.reading == _reading(made_with) else 0


def _come(pieces: Sequence[KnowledgePiece], to: int) -> dict[str, int]:
    """How far a document is read with so many of its pieces."""
    return {"read_to": to, "at_page": pieces[min(to, len(pieces) - 1)].page}


def _cut_off(pieces: Sequence[KnowledgePiece]) -> str:
    return f"Only its first {MOST_PIECES:,} passages are found: add it in parts." if len(pieces) == MOST_PIECES else ""


@transaction.atomic
def _keep(
    row: KnowledgeDocument, part: Sequence[KnowledgePiece], fields: list[str], come: Mapping[str, str | int]
) -> bool:
    """Keep what was embedded, and up to where; False: it is withdrawn."""
    still = KnowledgeDocument.objects.filter(pk=row.pk, state=row.state, withdrawn=None)
    if not still.update(**come, begun=0, since=clock.utc_now()):
        return False
    if row.state == State.READY:
        KnowledgePiece.objects.bulk_update(part, fields)
    else:
        KnowledgePiece.objects.bulk_create(
            part, update_conflicts=True, unique_fields=["document", "number"], update_fields=fields
        )
    return True


def _read_by(keys: Iterable[str], texts: Sequence[str]) -> dict[str, list[embeddings.Read]]:
    """What each of these embeddings says of the texts; its libraries are read when there is a text."""
    from orchestration.knowledge.embedded import of_passages

    return {key: of_passages(key, texts) for key in keys}


def _kept(read: Mapping[str, embeddings.Read]) -> dict[str, Any]:
    """What a piece keeps of what the embeddings say of it."""
    vectors = {embeddings.FIELDS[key]: one.numbers() for key, one in read.items()}
    return vectors | ({"language": read[embeddings.MANY].language} if embeddings.MANY in read else {})


def _fields(keys: Iterable[str]) -> list[str]:
    return [embeddings.FIELDS[key] for key in keys] + (["language"] if embeddings.MANY in keys else [])


def _read_as(heading: str, text: str) -> str:
    """What is embedded of a piece."""
    return f"{heading}\n{text}" if heading else text


@dataclass(frozen=True, slots=True)
class Text:
    """The texts of a document, each with the number of its page; 0 where it has none. `total`: how many pages it has,
    with those that hold no text."""

    pages: tuple[tuple[int, str], ...]
    total: int = 0

    @property
    def left_out(self) -> str:
        """What a reader has to know of a document that is not read wholly."""
        left = self.total - len(self.pages)
        are = "is a picture" if left == 1 else "are pictures"
        return f"{left} of its {self.total} pages {are}, not read here." if left > 0 else ""


def _text(row: KnowledgeDocument) -> Text:
    """Raises Unreadable, or that the store is away or what it has damaged."""
    content = store.content_of(row.digest)
    if row.kind == "text":
        return Text(((0, content.decode("utf-8-sig", "replace").replace("\0", "")),))
    if row.kind in PAGED and row.kind != "pdf":
        return Text(())
    found = text_of(content, KINDS[row.kind].key, 1)
    has_pages = row.kind in PAGED
    texts = tuple((page.number if has_pages else 0, page.text.replace("\0", "")) for page in found.pages)
    return Text(texts, len(found.pages) + len(found.pictures) if has_pages else 0)


def _end(
    row: KnowledgeDocument, state: str, said: str = "", pieces: int = 0, embedded: Mapping[str, str] | None = None
) -> None:
    values = {
        "state": state, "said": said[:300], "since": clock.utc_now(), "pieces": pieces,
        "embedded": dict(embedded or {}), **DONE,
    }  # fmt: skip
    KnowledgeDocument.objects.filter(pk=row.pk, state=State.WAITING).update(**values)


def look_after() -> None:
    """Documents whose message was lost, whose reader died, or that another embedding is to read."""
    now = clock.utc_now()
    for pk in _to_embed_anew():
        nudge_knowledge(pk)
    waiting = KnowledgeDocument.objects.filter(state=State.WAITING, withdrawn=None, since__lt=now - PATIENCE).order_by(
        "since"
    )
    for pk in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        KnowledgeDocument.objects.filter(pk=pk, state=State.WAITING).update(since=now)
        nudge_knowledge(pk)


def _to_embed_anew() -> list[int]:
    """Some documents that were embedded by less than is here, or by another version of it: the oldest first."""
    found = KnowledgeDocument.objects.filter(state=State.READY, withdrawn=None).exclude(
        begun__gte=MOST_BEGUN, said__gt=""
    )
    lacking = found.exclude(embedded__contains=embeddings.names())
    return list(lacking.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
