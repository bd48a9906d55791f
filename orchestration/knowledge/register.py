"""How does a document come into the knowledge base, and how is it taken out again?

Each is a fact on the chain of rules, roles and actors, with who and why. A worker reads and embeds it; the row says
what there is to do. What is withdrawn is found by nobody from that moment on, and stays as what earlier answers were
made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
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
from orchestration.knowledge.pieces import cut
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
    long one takes longer than a sweep has patience, and would come to have every worker read it."""
    with alone(READING + pk) as is_alone:
        if is_alone:
            _index(pk)


def _index(pk: int) -> None:
    row = KnowledgeDocument.objects.filter(pk=pk, state__in=(State.WAITING, State.READY)).first()
    if row is None:
        return None
    if row.state == State.READY:
        return _embed_anew(row)
    try:
        pieces = cut(_text(row))
    except store.Away:
        return None  # it still waits, and is looked after
    except (Unreadable, Damaged) as error:
        return _end(row, State.FAILED, str(error))
    if not pieces:
        return _end(row, State.FAILED, "It holds no text. Pictures of pages are not read here: add it as text.")
    made_with, texts = embeddings.names(), [_read_as(one.heading, one.text) for one in pieces]
    read = _read_by(made_with, texts)
    rows = [
        KnowledgePiece(
            document=row, number=at + 1, heading=one.heading, text=one.text,
            **_kept({key: found[at] for key, found in read.items()}),
        )
        for at, one in enumerate(pieces)
    ]  # fmt: skip
    with transaction.atomic():
        KnowledgePiece.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        _end(row, State.READY, pieces=len(rows), embedded=made_with)
    return None


def _embed_anew(row: KnowledgeDocument) -> None:
    """By those embeddings that are here and by which it was not embedded; what it says stays, and so do its pieces."""
    missing = embeddings.stale(row.embedded)
    if not missing or row.withdrawn is not None:
        return
    pieces = list(row.chunks.order_by("pk").only("pk", "heading", "text"))
    texts, made_with = [_read_as(one.heading, one.text) for one in pieces], embeddings.names()
    read = _read_by(missing, texts)
    for at, one in enumerate(pieces):
        for name, value in _kept({key: found[at] for key, found in read.items()}).items():
            setattr(one, name, value)
    with transaction.atomic():
        KnowledgePiece.objects.bulk_update(pieces, _fields(missing), batch_size=500)
        named = row.embedded | {key: made_with[key] for key in missing}
        KnowledgeDocument.objects.filter(pk=row.pk).update(embedded=named)


def _read_by(keys: Iterable[str], texts: Sequence[str]) -> dict[str, list[embeddings.Read]]:
    """What each of these embeddings says of the texts; its libraries are read when there is a text."""
    from orchestration.knowledge.embedded import of_passages

    return {key: of_passages(key, texts) for key in keys}


def _kept(read: Mapping[str, embeddings.Read]) -> dict[str, Any]:
    """What a piece keeps of what the embeddings say of it."""
    vectors = {embeddings.FIELDS[key]: one.numbers() for key, one in read.items()}
    return vectors | ({"language": read[embeddings.MANY].language} if embeddings.MANY in read else {})


def _fields(keys: Sequence[str]) -> list[str]:
    return [embeddings.FIELDS[key] for key in keys] + (["language"] if embeddings.MANY in keys else [])


def _read_as(heading: str, text: str) -> str:
    """What is embedded of a piece."""
    return f"{heading}\n{text}" if heading else text


def _text(row: KnowledgeDocument) -> str:
    content = store.content_of(row.digest)
    if row.kind == "text":
        return content.decode("utf-8-sig", "replace").replace("\0", "")
    if row.kind in PAGED and row.kind != "pdf":
        return ""
    found = text_of(content, KINDS[row.kind].key, 1)
    return "\n\n".join(page.text for page in found.pages).replace("\0", "")


def _end(
    row: KnowledgeDocument, state: str, said: str = "", pieces: int = 0, embedded: Mapping[str, str] | None = None
) -> None:
    values = {
        "state": state, "said": said[:300], "since": clock.utc_now(), "pieces": pieces,
        "embedded": dict(embedded or {}),
    }  # fmt: skip
    KnowledgeDocument.objects.filter(pk=row.pk, state=State.WAITING).update(**values)


def look_after() -> None:
    """Documents whose message was lost, whose reader died, or that another embedding is to read."""
    now = clock.utc_now()
    for pk in _to_embed_anew():
        nudge_knowledge(pk)
    waiting = KnowledgeDocument.objects.filter(state=State.WAITING, since__lt=now - PATIENCE).order_by("since")
    for pk in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        KnowledgeDocument.objects.filter(pk=pk, state=State.WAITING).update(since=now)
        nudge_knowledge(pk)


def _to_embed_anew() -> list[int]:
    """Some documents that were embedded by less than is here, or by another version of it: the oldest first."""
    found = KnowledgeDocument.objects.filter(state=State.READY, withdrawn=None)
    lacking = found.exclude(embedded__contains=embeddings.names())
    return list(lacking.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
