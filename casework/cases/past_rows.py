"""Where is the past of a case kept, so that its pages read the newest events alone?

A projection (`CasePast`) and the values that stood in hidden fields before (`FormerValue`, in the forms in which they
are sought). Both are taken further by the pages of the case, some dozens of events at a time; the command
`rebuild_pasts` makes them anew from the history, with the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from django.db import connection

from audit.selectors import Entry, entries_of
from casework.cases.read.past import WRITTEN, Past, fold, nothing
from casework.models import CasePast, FormerValue
from orchestration.privacy.classification import Classification
from orchestration.privacy.masking import Rows, former_values
from orchestration.privacy.pseudonyms import pseudonym

Json = Any

TAIL: Final = 64
"""Events that may follow what was kept, before it is taken further."""
AT_ONCE: Final = 2000

_KEEP: Final = """
with kept as (
    insert into casework_formervalue (instance_id, digest, pointer, forms, seeds)
    select %(instance)s, v.*
    from unnest(%(digests)s::text[], %(pointers)s::text[], %(forms)s::text[], %(seeds)s::text[]) v
    on conflict (instance_id, digest) do nothing)
insert into casework_casepast (instance_id, upto, document) values (%(instance)s, %(upto)s, %(document)s)
on conflict (instance_id) do update set upto = excluded.upto, document = excluded.document
where casework_casepast.upto < excluded.upto
"""
_KEPT: Final = """
select p.document, v.pointer, v.forms, v.seeds from casework_casepast p left join lateral (
    select pointer, string_agg(forms, E'\\n' order by id) as forms, string_agg(seeds, E'\\n' order by id) as seeds
    from casework_formervalue where instance_id = p.instance_id group by pointer) v on true
where p.instance_id = %s
"""


def kept_past(instance: int) -> tuple[Past, Mapping[str, Rows]]:
    """The past as it was kept last (`upto` 0 where it was not), and the former values, by where they stood."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [instance])
        rows = cursor.fetchall()
    past = dict(orjson.loads(bytes(rows[0][0]))) if rows else nothing()
    return past, {
        pointer: Rows(forms.split("\n"), seeds.split("\n")) for _, pointer, forms, seeds in rows if pointer is not None
    }


def keep(instance: int, past: Past, taken: Iterable[Entry], classification: Classification) -> None:
    """Keep a past that was taken further by these events. Whoever comes second with the same changes nothing."""
    rows = dict.fromkeys(former_values(written(taken), classification))
    values = {
        "instance": instance, "upto": past["upto"], "document": orjson.dumps(past),
        "digests": [pseudonym("former value", f"{row.pointer}\n{row.forms}".encode()) for row in rows],
        "pointers": [row.pointer for row in rows], "forms": [row.forms for row in rows],
        "seeds": [row.seeds for row in rows],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)


def catch_up(instance: int, classification: Classification) -> None:
    """Take the kept past of a case to the end of its history."""
    past, _ = kept_past(instance)
    while taken := entries_of(instance, after=past["upto"], limit=AT_ONCE):
        keep(instance, fold(past, taken), taken, classification)
        if len(taken) < AT_ONCE:
            break


def forget(instance: int) -> None:
    """Drop what was kept of a case: its history is read anew, without what was erased in it."""
    CasePast.objects.filter(pk=instance).delete()
    FormerValue.objects.filter(instance=instance).delete()


def written(history: Iterable[Entry]) -> list[dict[str, Json]]:
    """What these events wrote into the case's data, as documents of its shape."""
    found = (entry.detail.get(WRITTEN[entry.action]) for entry in history if entry.action in WRITTEN)
    return [document for document in found if isinstance(document, dict)]
