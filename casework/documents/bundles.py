"""What do the first pages of a case's long documents say, beside the work that they are for?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.http import urlencode

from casework.cases.read.case_view import Look
from casework.documents.facts import FROM, PageFacts, shown
from casework.documents.models import ReadField, Reading
from casework.documents.read import Listed
from casework.documents.sight import sight_of

FIRST: Final = 5
"""Pages of each whose facts stand there; all of them stand with the document."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A long document and its first pages, each with its address."""

    document: Listed
    facts: tuple[tuple[PageFacts, str], ...]


def bundles_of(seen: Look, documents: Iterable[Listed]) -> list[Bundle]:
    """Of documents as a reader sees them the long ones that have been read. Two statements, none where none is long."""
    long = {one.id: one for one in documents if not one.hidden and one.pages >= FROM}
    readings = list(Reading.objects.filter(document__in=long)) if long else []
    found = list(ReadField.objects.filter(document__in=long)) if readings else []
    return [
        _bundle(seen, long[row.document_id], row, [one for one in found if one.document_id == row.document_id])
        for row in sorted(readings, key=lambda row: list(long).index(row.document_id)) if row.facts
    ]  # fmt: skip


def _bundle(seen: Look, document: Listed, row: Reading, found: list[ReadField]) -> Bundle:
    sight, place = sight_of(seen, found), reverse("case-document", args=[seen.case.pk, document.id])
    first = shown(row.facts[:FIRST], sight.hidden, sight.text)
    return Bundle(document, tuple((one, f"{place}?{urlencode({'page': one.page})}") for one in first))
