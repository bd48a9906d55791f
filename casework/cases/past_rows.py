"""Where is the past of a case kept, so that its pages read the newest events alone?

A projection (`CasePast`) and the values that stood in hidden fields before (`FormerValue`, in the forms in which they
are sought). Both are taken further by the pages of the case, some dozens of events at a time; a value that a step
replaces is kept with the step, so that lists know it at once. The command `rebuild_pasts` makes them anew from the
history, with the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import orjson
from django.db import connection, transaction

from audit.data_keys import KeyFault
from audit.db.columns import Texts
from audit.db.sql import Part
from audit.sealed_values import kept_as, opened_text, read, sealed_text, subject_with_key
from audit.selectors import Entry, entries_of
from casework.cases.read.past import WRITTEN, Past, fold, nothing
from casework.models import CasePast, FormerValue
from orchestration.privacy.classification import Classification, unescaped
from orchestration.privacy.masking import FormerValue as Value
from orchestration.privacy.masking import Rows, former_values
from orchestration.privacy.pseudonyms import pseudonym
from orchestration.shell.services import Done
from orchestration.view.events import InstanceStarted
from orchestration.view.state import ROOT

Json = Any
Former = Mapping[str, Rows]
"""Values of the past of one case, by where they stood (a JSON Pointer)."""

TAIL: Final = 64
"""Events that may follow what was kept, before it is taken further."""
AT_ONCE: Final = 2000
PART: Final = "part"
"""Before the JSON Pointer of a former value that stood in a part's own data, and maybe never in the case's."""

# In place of what was read, and of nothing else: meanwhile another may have kept as much, or made it anew (`rebuild`).
_KEEP: Final = """
with past as (
    insert into casework_casepast as p (instance_id, upto, document)
    select %(instance)s, %(upto)s, %(document)s
    where %(version)s::text is null or exists (select from casework_casepast where instance_id = %(instance)s)
    on conflict (instance_id) do update set upto = excluded.upto, document = excluded.document
    where p.xmin::text = %(version)s
    returning p.xmin::text as version),
former as (
    insert into casework_formervalue (instance_id, digest, pointer, forms, seeds)
    select %(instance)s, v.* from past,
        unnest(%(digests)s::text[], %(pointers)s::text[], %(forms)s::text[], %(seeds)s::text[]) v
    on conflict (instance_id, digest) do nothing)
select version from past
"""
_REPLACED: Final = """
replaced as (
    insert into casework_formervalue (instance_id, digest, pointer, forms, seeds)
    select %(instance)s, v.* from unnest(%(former_digests)s, %(former_pointers)s, %(former_forms)s, %(former_seeds)s) v
    on conflict (instance_id, digest) do nothing)"""
FORMER: Final = "former values"
"""What a step has read beside its case's row."""
READ_BESIDE: Final = """
select json_agg(json_build_array(f.pointer, f.forms, f.seeds) order by f.id) from casework_formervalue f
where f.instance_id = %(instance)s"""
_FORMER: Final = """
select instance_id, pointer, string_agg(forms, E'\\n' order by id), string_agg(seeds, E'\\n' order by id)
from casework_formervalue where instance_id = any(%s) group by instance_id, pointer"""
_KEPT: Final = """
select p.document, p.xmin::text, v.pointer, v.forms, v.seeds from casework_casepast p left join lateral (
    select pointer, string_agg(forms, E'\\n' order by id) as forms, string_agg(seeds, E'\\n' order by id) as seeds
    from casework_formervalue where instance_id = p.instance_id and pointer <> all(%s) group by pointer) v on true
where p.instance_id = %s
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The past as it was kept last (`upto` 0 where it was not), and the former values, by where they stood.

    `version`: of the row, as PostgreSQL counts its changes; None: there is none.
    """

    past: Past
    values: Mapping[str, Rows]
    version: str | None


def kept_past(instance: int, seen: Iterable[str] = ()) -> Kept:
    """`seen`: places whose former values are left out, for a reader who sees them: a long history has megabytes."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [list(seen), instance])
        rows = cursor.fetchall()
    if not rows:
        return Kept(nothing(), {}, None)
    document, version = rows[0][:2]
    values = {pointer: rows_of(forms, seeds) for *_, pointer, forms, seeds in rows if pointer is not None}
    return Kept(dict(read(document)), values, version)


def keep(
    instance: int, past: Past, taken: Iterable[Entry], classification: Classification, version: str | None
) -> str | None:
    """Keep a past that was taken further by these events, from the one of this version; its version now.

    None, and nothing is kept: that one is not kept any more, since another came first.
    """
    values = {
        "instance": instance, "upto": past["upto"], "version": version,
        "document": kept_as(instance)(orjson.dumps(past)),
        **_columns(stood_in(taken, classification), subject_with_key(instance)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)
        found = cursor.fetchone()
    return None if found is None else str(found[0])


def _columns(values: Iterable[Value], subject: str) -> dict[str, Texts]:
    rows = list(dict.fromkeys(values))
    return {
        "digests": Texts(pseudonym("former value", f"{row.pointer}\n{row.forms}".encode()) for row in rows),
        "pointers": Texts(row.pointer for row in rows), "forms": Texts(_as_kept(row.forms, subject) for row in rows),
        "seeds": Texts(_as_kept(row.seeds, subject) for row in rows),
    }  # fmt: skip


def _as_kept(lines: str, subject: str) -> str:
    """Sealed, it is one line."""
    return sealed_text(subject, lines) if subject else lines


def rows_of(forms: str, seeds: str) -> Rows:
    """Former values as they were put together from their rows."""
    return Rows(_Lines(forms), _Lines(seeds))


class _Lines(Sequence[str]):
    """Lines as they are kept, each sealed: opened once somebody asks. Who sees the field that they stood in never does,
    and a long history has thousands."""

    def __init__(self, kept: str) -> None:
        self._kept = kept

    @cached_property
    def _opened(self) -> list[str]:
        """Of a case whose key is gone nothing: then nothing of it is shown."""
        try:
            return [line for row in self._kept.split("\n") for line in opened_text(row).split("\n")]
        except KeyFault:
            return []

    def __getitem__(self, at: Any) -> Any:
        return self._opened[at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._opened)

    def __len__(self) -> int:
        return len(self._opened)


def replaced(done: Done) -> tuple[Value, ...]:
    """The values of hidden fields that this step has written over."""
    return tuple(dict.fromkeys(former_values(_written_over(done), done.case_type.classification)))


def kept_replaced(values: Iterable[Value], subject: str) -> Iterator[Part]:
    """Keeps them, in the step's statement."""
    if rows := list(values):
        yield _REPLACED, {f"former_{name}": column for name, column in _columns(rows, subject).items()}


def former_with(done: Done, values: Iterable[Value]) -> Former:
    """The former values of the case with those that this step adds."""
    found: dict[str, list[tuple[str, str]]] = {}
    for pointer, forms, seeds in done.beside.get(FORMER, None) or ():
        found.setdefault(pointer, []).append((opened_text(forms), opened_text(seeds)))
    for value in values:
        found.setdefault(value.pointer, []).append((value.forms, value.seeds))
    return {pointer: Rows(*zip(*dict.fromkeys(rows), strict=True)) for pointer, rows in found.items()}


def _written_over(done: Done) -> Iterator[dict[str, Json]]:
    """What of the data each writing of the step found there and left otherwise."""
    document = dict(done.before)
    for event in done.events if done.created else ():
        if isinstance(event, InstanceStarted) and event.instance == ROOT:
            document |= event.variables
    for changes in done.written:
        yield {
            name: document[name] for name, value in changes.items() if not _is_same(document.get(name, value), value)
        }
        document |= changes


def _is_same(one: Json, other: Json) -> bool:
    """Whether both are written alike: 1, 1.0 and true are equal, and not the same text."""
    return one is other or (one == other and orjson.dumps(one) == orjson.dumps(other))


def former_of(instances: Iterable[int]) -> dict[int, Former]:
    """The former values that are kept of these cases, by where they stood; one statement for a page of a list."""
    found: dict[int, dict[str, Rows]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FORMER, [list(instances)])
        for instance, pointer, forms, seeds in cursor.fetchall():
            found.setdefault(instance, {})[pointer] = rows_of(forms, seeds)
    return dict(found)


def catch_up(instance: int, classification: Classification) -> None:
    """Take the kept past of a case to the end of its history."""
    kept = kept_past(instance)
    past, version = kept.past, kept.version
    while taken := entries_of(instance, after=past["upto"], limit=AT_ONCE):
        version = keep(instance, fold(past, taken), taken, classification, version)
        if version is None or len(taken) < AT_ONCE:
            break


@transaction.atomic
def rebuild(instance: int, classification: Classification) -> None:
    """Drop what was kept of a case and read its history anew, without what was erased in it.

    In one transaction: a page that has read what was dropped waits for the end of it, and then keeps nothing.
    """
    CasePast.objects.filter(pk=instance).delete()
    FormerValue.objects.filter(instance=instance).delete()
    catch_up(instance, classification)


def stood_in(history: Iterable[Entry], classification: Classification) -> Iterator[Value]:
    """The former values that these events give; those that a part wrote for itself are marked as such (`PART`)."""
    entries = list(history)
    yield from former_values(written(filter(_is_of_root, entries)), classification)
    for value in former_values(written(entry for entry in entries if not _is_of_root(entry)), classification):
        yield replace(value, pointer=PART + value.pointer)


def _is_of_root(entry: Entry) -> bool:
    return bool(entry.detail.get("instance", ROOT) == ROOT and entry.detail.get("item") is None)


def top_of(where: str) -> str | None:
    """The field of the case that this place is in; None: it is a part's own."""
    before, _, place = where.partition("/")
    return None if before else unescaped(place.partition("/")[0])


def written(history: Iterable[Entry]) -> list[dict[str, Json]]:
    """What these events wrote into the case's data, as documents of its shape."""
    found = (entry.detail.get(WRITTEN[entry.action]) for entry in history if entry.action in WRITTEN)
    return [document for document in found if isinstance(document, dict)]
