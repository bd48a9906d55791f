"""How do the rows of a file become cases, each of them once?

Every row is a transaction of its own, so that whatever stops the run loses none of those before, and the next run finds
them by their references. What is there already is looked up for many rows at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from casework.cases.references import CLASH, digest_of, key_of
from casework.documents.services import File, file_of
from casework.forms import answer_validation
from casework.intake.rows import BadRow, Row, Table, derived_reference
from casework.intake.services import case_open, with_file
from casework.models import Case
from orchestration.casetypes.case_type import by_definition, current
from orchestration.casetypes.files import DOCUMENT
from orchestration.documents.printing import printed
from orchestration.ground.refusals import Refused

LOOKED_UP_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """A row whose case is there; `created` is false where it was there before."""

    line: int
    created: bool


@dataclass(frozen=True, slots=True)
class Sender:
    """Where rows come from. With `dry_run` everything is done as usual, and undone at once. `by` None: a program."""

    case_type: str
    source: str
    file: str
    dry_run: bool = False
    by: User | None = None


def take_in(table: Table, sender: Sender) -> Iterator[Taken | BadRow]:
    """Bring in the rows of a file, in their order. Raises Definition.DoesNotExist for an unknown case type."""
    rows = _named(table)
    seen: dict[str, str] = {}
    model = by_definition(current(sender.case_type).pk)
    while batch := list(islice(rows, LOOKED_UP_AT_ONCE)):
        seen |= _there(sender, (row.reference for row in batch if isinstance(row, Row)))
        for row in batch:
            if isinstance(row, BadRow):
                yield row
                continue
            file = _file(row)
            if isinstance(file, Refused):
                yield BadRow(row.line, file.message)
                continue
            key = key_of(row.reference)
            digest = digest_of(with_file(answer_validation.typed(model.schema, row.data), file))
            if key in seen:
                yield Taken(row.line, created=False) if seen[key] in ("", digest) else BadRow(row.line, CLASH.message)
            else:
                outcome = _open(row, sender, file)
                if isinstance(outcome, Taken):
                    seen[key] = digest
                yield outcome
        seen = seen if sender.dry_run else {}  # otherwise the database remembers them


def _named(table: Table) -> Iterator[Row | BadRow]:
    """The rows, each with a reference: the sender's, or one derived from its content."""
    occurrences: Counter[str] = Counter()
    secret = f"casework.intake {settings.SECRET_KEY}".encode()
    for row in table.rows():
        if isinstance(row, BadRow) or table.has_reference:
            yield row
        else:
            told = {**row.data, DOCUMENT: row.document} if row.document else row.data
            yield replace(row, reference=derived_reference(told, occurrences, secret))


def _there(sender: Sender, references: Iterable[str]) -> dict[str, str]:
    """Which of these references, folded, have brought in a case before, each with the digest of its data."""
    keys = {key_of(reference) for reference in references}
    same = Case.objects.filter(case_type=sender.case_type, source=sender.source, reference_key__in=keys)
    return dict(same.values_list("reference_key", "data_digest"))


def _file(row: Row) -> File | Refused | None:
    """The document of a row, printed as the PDF that it would have come in as."""
    return file_of(f"{row.reference}.pdf", printed(row.document)) if row.document else None


def _open(row: Row, sender: Sender, file: File | None) -> Taken | BadRow:
    with _undone() if sender.dry_run else nullcontext():
        outcome = case_open(
            by=sender.by, case_type=sender.case_type, reference=row.reference, source=sender.source, data=row.data,
            cause=f"{sender.file}:{row.line}"[-200:], file=file,
        )  # fmt: skip
    if isinstance(outcome, Refused):
        return BadRow(row.line, _reason(outcome.message, outcome.errors))
    return Taken(row.line, outcome.created)


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _reason(message: str, errors: Mapping[str, Any]) -> str:
    return " ".join(f"{place}: {sentence}" for place, sentence in errors.items()) or message
