"""What do lists know of a case, to filter and to order by it?

A projection of the fields that its version declares (`list` in the manifest), each with the lowest clearance that sees
it: a reader below that finds nothing by it, and nobody by what may be read for some purposes only. Written in the
statement of the step that changed the case's data, and made anew by `manage.py rebuild_lists`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any, Final

from django.utils import timezone

from audit import data_keys
from audit.db.columns import Integers, Texts
from audit.db.sql import Part
from casework.cases.past_rows import FORMER, Former, top_of
from casework.cases.read.case_view import list_mask
from casework.cases.read.values import written
from orchestration.casetypes.case_type import CaseType, ListField
from orchestration.casetypes.form_answers import at_path
from orchestration.privacy.classification import LEVELS, pointer_of, rank
from orchestration.privacy.folding import fold
from orchestration.privacy.principal import Principal
from orchestration.shell.services import Done

Json = Any
Masked = Callable[[str], str]

LISTED: Final = "listed values"
"""What a step has read beside its case's row: whether any stand there."""
READ_BESIDE: Final = "exists (select from casework_listedvalue v where v.instance_id = %(instance)s)"
LONGEST: Final = 200
"""Characters of a text by which lists filter and order."""
NUMBERS: Final = frozenset(("number", "money"))

KEPT: Final = """ listed_values as (
    insert into casework_listedvalue (instance_id, field, level, words, number, moment)
    select %(instance)s, v.field, v.level, v.words, v.number::float8, v.moment::timestamptz
    from unnest(%(listed_fields)s, %(listed_levels)s, %(listed_words)s, %(listed_numbers)s, %(listed_moments)s)
         as v(field, level, words, number, moment)
    on conflict (instance_id, field) do update
    set level = excluded.level, words = excluded.words, number = excluded.number, moment = excluded.moment
    where (casework_listedvalue.level, casework_listedvalue.words, casework_listedvalue.number,
           casework_listedvalue.moment)
          is distinct from (excluded.level, excluded.words, excluded.number, excluded.moment))"""
EMPTIED: Final = """ listed_values_emptied as (
    delete from casework_listedvalue where instance_id = %(instance)s and field = any(%(emptied_fields)s))"""
GONE: Final = """ listed_values_gone as (
    delete from casework_listedvalue where instance_id = %(instance)s and field <> all(%(listed_fields)s)
        and left(field, 1) <> '#')"""
"""Tags (`lists.tags`) are no part of the data: they stay."""


@dataclass(frozen=True, slots=True)
class Value:
    """A row of `ListedValue`; `level`: a rank, 0 (public) to 3 (restricted)."""

    field: str
    level: int
    words: str | None = None
    number: float | None = None
    moment: datetime | None = None


def kept_values(done: Done, former: Former) -> Iterator[Part]:
    """What a step writes of them, as parts of its statement; nothing where it changed no data.

    `former`: what stood in the case before, with what this step has written over.
    """
    touched = _touched(done)
    if not touched:
        return
    sealed = data_keys.is_sealing()
    data = done.case_type.in_lists(done.instance, done.state.root.variables, done.ended)
    values = tuple(listed_values(done.case_type, data, former, touched, sealed=sealed))
    if values:
        yield KEPT, columns(values)
    if not done.created and (empty := {field.path for field in touched} - {value.field for value in values}):
        yield EMPTIED, {"emptied_fields": Texts(sorted(empty))}


def _touched(done: Done) -> tuple[ListField, ...]:
    """The fields whose rows this step may change: all that it wrote to, and where it wrote to what is hidden from some,
    all that are shown to those.

    Of a case from before there were such rows, or before they heeded the past, nothing that stands there is relied on.
    """
    case_type = done.case_type
    first = case_type.asked_first
    if done.created or not case_type.listed or (first is not None and first.is_chosen(done.instance)):
        return case_type.listed
    if not done.beside.get(LISTED) or done.beside.get(FORMER):
        return case_type.listed if done.state.data_changed else ()
    written = {name for changes in done.written for name in changes}
    return tuple(
        field
        for field in case_type.listed
        if written and (top_of(pointer_of(field.path)) in written or written & _hidden_from(case_type, field))
    )


def _hidden_from(case_type: CaseType, field: ListField) -> frozenset[str]:
    """The top-level fields that hold what the lowest clearance that may see this one does not read."""
    own = case_type.classification.rule(pointer_of(field.path)).level
    return case_type.classification.tops[rank(own)]


def columns(values: Iterable[Value]) -> dict[str, Any]:
    """The values as the parameters of `KEPT`."""
    rows = list(values)
    return {
        "listed_fields": Texts(row.field for row in rows),
        "listed_levels": Integers(row.level for row in rows),
        "listed_words": Texts(row.words for row in rows),
        "listed_numbers": Texts(None if row.number is None else repr(row.number) for row in rows),
        "listed_moments": Texts(None if row.moment is None else row.moment.isoformat() for row in rows),
    }


def listed_values(
    case_type: CaseType, data: Mapping[str, Json], former: Former, fields: Iterable[ListField] | None = None, *,
    sealed: bool = False,
) -> Iterator[Value]:  # fmt: skip
    """What a case of this version with these data, and with these before, says in the fields that lists know, or in
    these of them. `sealed`: what only the highest clearance sees stands in no list."""
    beyond = rank(LEVELS[-1]) if sealed else len(LEVELS)
    level_of = _levels(case_type, data, former)
    for field in case_type.listed if fields is None else fields:
        value = at_path(data, field.path)
        level = None if (typed := _typed(field, value)) is None else level_of(field.path, value)
        if typed is not None and level is not None and level < beyond:
            yield Value(field.path, level, **typed)


def _typed(field: ListField, value: Json) -> dict[str, Any] | None:
    """The column that holds a value of this kind; None where the value is not of it."""
    if field.kind in NUMBERS:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return {"number": float(value)} if is_number else None
    if field.kind == "date":
        found = moment_of(value) if isinstance(value, str) else None
        return None if found is None else {"moment": found}
    words = key(written(value)) if isinstance(value, str | int | float) else ""
    return {"words": words} if words else None


def key(text: str) -> str:
    """A text as it is filtered and ordered by: what reads alike is one."""
    return fold(text)[:LONGEST].replace("\0", "")


def moment_of(text: str) -> datetime | None:
    """The moment that a text writes by ISO 8601; a day begins, and a time without a zone stands, in the zone here."""
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-11-29") else None
        found = datetime.combine(day, time()) if day else datetime.fromisoformat(text)
        if not 1 < found.year < 9999:
            return None
        return timezone.make_aware(found) if found.tzinfo is None else found
    except ValueError:
        return None


def _levels(case_type: CaseType, data: Mapping[str, Json], former: Former) -> Callable[[str, Json], int | None]:
    """How to find the rank of the lowest clearance that sees a value: its field, and no secret that it echoes."""

    @cache
    def mask_at(level: int) -> Masked:
        return list_mask(case_type.classification, data, Principal(LEVELS[level]), former)

    def found(path: str, value: Json) -> int | None:
        rule, text = case_type.classification.rule(pointer_of(path)), written(value)
        if rule.purposes:
            return None
        return next((at for at in range(rank(rule.level), len(LEVELS)) if mask_at(at)(text) == text), None)

    return found
