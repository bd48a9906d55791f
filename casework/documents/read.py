"""Which documents of a case does a reader see, and what of them?

Who lacks the clearance, or looks for another purpose than the case type keeps its documents for, sees that there is a
document, since when and from whom, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.document_words import levels_seen
from casework.cases.read.actor_names import Names, actor_names
from casework.cases.read.case_view import Look, look
from casework.cases.read.timeline import actor_name
from casework.documents.models import Document
from casework.models import Case
from orchestration.casetypes.case_type import by_definition
from orchestration.documents.kinds import KINDS
from orchestration.ground import clock
from orchestration.privacy.masks import DOTS

HIDDEN: Final = "A document that you may not see"


@dataclass(frozen=True, slots=True)
class Listed:
    """A document for one reader. Where it is `hidden` from them, name, digest, size and kind are empty. `purposes`: for
    which alone it is read; none: for any."""

    id: int
    hidden: bool
    name: str
    digest: str
    size: int
    kind: str
    has_pages: bool
    pages: int
    level: str
    added: datetime
    who: str
    by: str
    purposes: tuple[str, ...]


def documents_of(seen: Look) -> tuple[Listed, ...]:
    """The documents of a case, the newest first."""
    rows = list(Document.objects.filter(case=seen.case).order_by("-added", "-pk"))
    names = actor_names({row.by: True for row in rows})
    return tuple(listed(row, seen, names) for row in rows)


def listed(row: Document, seen: Look, names: Names) -> Listed:
    who, purposes = actor_name(row.by, names), tuple(sorted(seen.case_type.document_purposes))
    if row.level not in levels_seen(seen.case_type, seen.view.principal):
        return Listed(row.pk, True, HIDDEN, DOTS, 0, "", False, 0, row.level, row.added, who, row.by, purposes)
    kind = KINDS[row.kind]
    return Listed(
        row.pk, False, seen.view.text(row.name), row.digest, row.size, kind.words, kind.has_pages, row.pages, row.level,
        row.added, who, row.by, purposes,
    )  # fmt: skip


def name_for(user: User, document: Document) -> str:
    """The name of a document that this person sees, masked as any text about the case."""
    seen = look(user=user, case=document.case, now=clock.utc_now(), most=1)
    return seen.view.text(document.name)


def document_for_user(user: User, case: Case, number: int) -> Document:
    """A document of a case that may be viewed. Raises Unseen or PermissionDenied, which the history keeps."""
    found = Document.objects.filter(case=case, pk=number).first()
    if found is None:
        raise permissions.Unseen("There is no such document in this case.", "")
    reader = permissions.principal(user, case, clock.utc_now())
    if found.level not in levels_seen(by_definition(case.instance.definition_id), reader):
        permissions.deny(user, case, "view", f"document {found.pk}")
    found.case = case
    return found
