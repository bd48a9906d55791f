"""How does a person accept or correct what was found in a document?

Kept with the value that was found: labelled data for the next version of what finds it. The data of the case is not
touched. Who may was decided when the document was fetched.
"""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.services import Fact
from casework.access.permissions import origin_of
from casework.cases.locking import locked
from casework.documents.models import Document, ReadField
from casework.forms import answer_validation
from orchestration.documents.fields import NAMES
from orchestration.ground.refusals import NO_SUCH, Refused
from orchestration.shell import services

LONGEST: Final = 300


@transaction.atomic
def field_check(*, by: User, document: Document, name: str, value: str, shown: str) -> ReadField | Refused:
    """Say what a field is. `shown`: what the person saw in it; the same again accepts it, anything else corrects it."""
    value = value.strip()
    held = locked(document.case.instance_id)
    row = ReadField.objects.select_for_update().filter(document=document, name=name[:40]).first()
    if row is None:
        return Refused(NO_SUCH, "Nothing of this name was found in the document.")
    if not value or len(value) > LONGEST or answer_validation.text_errors({"value": value}):
        wrong = f"Say in 1 to {LONGEST} characters what it is."
        return Refused("invalid", wrong, {"value": wrong})
    same = value in (shown, row.value)
    row.right = (row.right or row.value) if same else value
    row.state = ReadField.State.CORRECTED if row.right != row.value else ReadField.State.ACCEPTED
    row.by, row.at = origin_of(by).actor, held.at
    row.save(update_fields=["right", "state", "by", "at"])
    told = {
        "document": document.pk, "name": document.name, "level": document.level, "field": NAMES.get(name, name),
        "corrected": row.state == ReadField.State.CORRECTED,
    }  # fmt: skip
    services.record(held, [Fact("document.checked", told)], origin_of(by))
    return row


def next_unchecked(document: Document) -> str:
    """The field that waits for somebody to look at it; empty where none does."""
    rows = ReadField.objects.filter(document=document, state=ReadField.State.FOUND).order_by("pk")
    return rows.values_list("name", flat=True).first() or ""
