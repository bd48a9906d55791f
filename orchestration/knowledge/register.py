"""How does a document come into the knowledge base, and how is it taken out again?

Each is a fact on the chain of rules, roles and actors, with who and why. A worker reads and embeds it; the row says
what there is to do. What is withdrawn is found by nobody from that moment on, and stays as what earlier answers were
made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction

from audit.services import Fact, Origin, record_control
from orchestration.actors.kinds.text_model.embedding import embed
from orchestration.documents import store
from orchestration.documents.confined import Unreadable
from orchestration.documents.kinds import KINDS, PAGED, Kind, kind_of
from orchestration.documents.reading import text_of
from orchestration.documents.store import Damaged
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
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
PATIENCE: Final = timedelta(minutes=3)
AT_A_TIME: Final = 64
"""Pieces that are embedded at once."""


def knowledge_add(
    *, name: str, content: bytes, level: str, groups: Sequence[str], by: Origin
) -> KnowledgeDocument | Refused:
    """Have a document be read and found by whom its level and groups allow."""
    errors = {} if level in LEVELS else {"level": f"One of: {', '.join(LEVELS)}."}
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
        digest, now = store.digest_of(content), clock.utc_now()
        there = KnowledgeDocument.objects.select_for_update().filter(withdrawn=None)
        if there.filter(digest=digest).exists():
            return Refused("there", "This document is in the knowledge base already. Withdraw it to add it anew.")
        if there.count() >= MOST:
            return Refused("full", f"The knowledge base holds {MOST} documents already.")
        row = KnowledgeDocument.objects.create(
            name=" ".join(name.split())[:LONGEST_NAME], digest=digest, size=len(content), kind=known.key, level=level,
            groups=sorted(set(groups)), since=now, added=now, by=by.actor,
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


def told(row: KnowledgeDocument) -> dict[str, object]:
    """What the chain says of a document that was added."""
    return {
        "document": row.pk, "name": row.name, "digest": row.digest, "size": row.size, "kind": row.kind,
        "level": row.level, "groups": row.groups,
    }  # fmt: skip


# ---------------------------------------------------------------- a worker reads it


def index(pk: int) -> None:
    """Read a document that waits for it, cut it and embed its pieces; doing so twice changes nothing."""
    row = KnowledgeDocument.objects.filter(pk=pk, state=State.WAITING).first()
    if row is None:
        return
    try:
        pieces = cut(_text(row))
    except store.Away:
        return None  # it still waits, and is looked after
    except (Unreadable, Damaged) as error:
        return _end(row, State.FAILED, str(error))
    if not pieces:
        return _end(row, State.FAILED, "It holds no text. Pictures of pages are not read here: add it as text.")
    texts = [f"{one.heading}\n{one.text}" if one.heading else one.text for one in pieces]
    vectors = [
        vector for start in range(0, len(texts), AT_A_TIME) for vector in embed(texts[start : start + AT_A_TIME])
    ]
    rows = [
        KnowledgePiece(document=row, number=number, heading=one.heading, text=one.text, vector=vector.tobytes())
        for number, (one, vector) in enumerate(zip(pieces, vectors, strict=True), 1)
    ]
    with transaction.atomic():
        KnowledgePiece.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        _end(row, State.READY, pieces=len(rows))
    return None


def _text(row: KnowledgeDocument) -> str:
    content = store.content_of(row.digest)
    if row.kind == "text":
        return content.decode("utf-8-sig", "replace").replace("\0", "")
    if row.kind in PAGED and row.kind != "pdf":
        return ""
    found = text_of(content, KINDS[row.kind].key, 1)
    return "\n\n".join(page.text for page in found.pages).replace("\0", "")


def _end(row: KnowledgeDocument, state: str, said: str = "", pieces: int = 0) -> None:
    now = clock.utc_now()
    values = {"state": state, "said": said[:300], "since": now, "pieces": pieces}
    KnowledgeDocument.objects.filter(pk=row.pk, state=State.WAITING).update(**values)


def look_after() -> None:
    """Documents whose message was lost, or whose reader died."""
    now = clock.utc_now()
    waiting = KnowledgeDocument.objects.filter(state=State.WAITING, since__lt=now - PATIENCE).order_by("since")
    for pk in waiting.values_list("pk", flat=True)[:20]:
        KnowledgeDocument.objects.filter(pk=pk, state=State.WAITING).update(since=now)
        nudge_knowledge(pk)
