"""How is what people gave as the reason for changing a deadline kept? Sealed, as their case is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction

from audit.db.sql import cursor
from audit.sealed_values import subject_with_key, value_beside
from casework.cases.locking import locked
from casework.deadlines.models import Deadline
from orchestration.deadlines.rule import BY_HAND, Event, events_of

IN_CLEAR: Final = """
select distinct instance_id from casework_deadline
where events @? '$[*] ? (@.cause == "by hand" && exists (@.words) && !(@.words starts with "sealed:"))' order by 1
"""


def events_kept(instance: int, events: Iterable[Event]) -> list[dict[str, Any]]:
    """As a row has them."""
    subject = subject_with_key(instance)
    return [
        event.written() | ({"words": value_beside(subject, event.words)} if subject and event.cause == BY_HAND else {})
        for event in events
    ]


def cases_with_reasons_in_clear() -> list[int]:
    """Sealed root cases of which a deadline was changed before reasons were sealed."""
    with cursor() as plain:
        found = [number for (number,) in plain.execute(IN_CLEAR).fetchall()]
    return [number for number in found if subject_with_key(number)]


@transaction.atomic
def reasons_seal(instance: int) -> bool:
    """Seal them anew; whether the case is there. Nobody writes to it meanwhile."""
    locked(instance)
    rows = list(Deadline.objects.filter(instance=instance))
    for row in rows:
        Deadline.objects.filter(pk=row.pk).update(events=events_kept(instance, events_of(row.events)))
    return bool(rows)
