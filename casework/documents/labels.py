"""What did people make of what was found in documents? Labelled data for the next version of what finds it.

A row for each field that somebody has accepted or corrected, with what stands in the data of the case now. Only what
the reader sees: of cases, documents and fields that are not theirs there is no row, and none of a value that is masked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.document_words import levels_seen
from casework.cases.read.case_view import look
from casework.documents.models import Document, ReadField
from casework.documents.sight import sight_of
from orchestration.casetypes.form_answers import at_path
from orchestration.ground import clock

AT_ONCE: Final = 100
"""Documents of one page."""
COLUMNS: Final = (
    "document", "digest", "kind", "page", "left", "top", "right_edge", "bottom", "field", "found", "sure", "finder",
    "state", "right", "in_case",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """`box`: left, upper, right and lower edge as fractions of the page; `right`: what a person says that it is;
    `in_case`: what stands in the data of the case at the place that the field is read for; empty where nothing does."""

    document: int
    digest: str
    kind: str
    page: int
    box: tuple[float, ...]
    field: str
    found: str
    sure: float
    finder: str
    state: str
    right: str
    in_case: str

    def cells(self) -> list[str]:
        """As COLUMNS has it."""
        box = [str(edge) for edge in self.box] or [""] * 4
        behind = (self.field, self.found, str(self.sure), self.finder, self.state, self.right, self.in_case)
        return [str(self.document), self.digest, self.kind, str(self.page), *box, *behind]


@dataclass(frozen=True, slots=True)
class Labels:
    """`following`: the document after which the next page goes on; 0 on the last."""

    rows: tuple[Label, ...]
    following: int


def labels_of(user: User, after: int = 0) -> Labels:
    """The labels in the next documents behind this one, by the time that they came in."""
    checked = ReadField.objects.exclude(state=ReadField.State.FOUND).values("document")
    documents = Document.objects.filter(permissions.listed_for(user, "case"), pk__in=checked, pk__gt=after)
    page = list(documents.select_related("case__instance").order_by("pk")[: AT_ONCE + 1])
    rows = tuple(label for one in page[:AT_ONCE] for label in _of(user, one))
    return Labels(rows, page[AT_ONCE - 1].pk if len(page) > AT_ONCE else 0)


def _of(user: User, document: Document) -> Iterator[Label]:
    seen = look(user=user, case=document.case, now=clock.utc_now(), most=1)
    if document.level not in levels_seen(seen.case_type, seen.view.principal):
        return
    found = list(ReadField.objects.filter(document=document).order_by("pk"))
    sight, places = sight_of(seen, found), seen.case_type.document_fields
    for row in found:
        if row.state == ReadField.State.FOUND or sight.hides(row):
            continue
        in_case = _at(seen.view.data, places[row.name]) if row.name in places else ""
        yield Label(
            document.pk, document.digest, document.kind, row.page, tuple(row.box), row.name, row.value, row.sure,
            row.finder, row.state, row.right, in_case,
        )  # fmt: skip


def _at(data: Any, path: str) -> str:
    """What stands at a dotted place; empty where nothing does."""
    found = at_path(data, path)
    return "" if found is None else str(found)
