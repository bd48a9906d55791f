"""How does a person decide about many incidents at once?

Each by itself, in a step of its own case: what cannot be done keeps no other from it. A result for every one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404

from casework.access import permissions
from casework.cases.incidents import BY_HAND, END, MOVE, RETRY, SKIP, Wish, incident_resolve
from casework.models import Case
from casework.web.asked import COUNTED, number_in
from orchestration.ground.refusals import Refused
from orchestration.models import Incident
from orchestration.shell import savepoint

MOST: Final = 200
"""Incidents that one call may name."""
SAID: Final = {
    RETRY: "It is tried again.", MOVE: "It was handed over.", BY_HAND: "It waits for a person.",
    SKIP: "The case went on without it.", END: "The case was ended.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one. `key`: case and incident, as in "17-9"; `title`: the case's reference."""

    key: str
    title: str
    done: bool
    message: str


def decided(by: User, keys: Iterable[str], wish: Wish) -> list[Row]:
    """Carry it out for each of these, in their order."""
    return [row for key in dict.fromkeys(keys) for row in _decided(by, key, wish)]


def _decided(by: User, key: str, wish: Wish) -> Iterator[Row]:
    named, _, counted = key.partition("-")
    case, number = number_in(named), number_in(counted, COUNTED)
    if not (case and number):
        return
    try:
        found = permissions.case_for_user(by, case, "work")
    except (Http404, PermissionDenied):
        yield Row(key, key, False, "This is not yours to work any more.")
        return
    yield _row(key, found, _tried(by, found, number, wish), wish)


def _tried(by: User, case: Case, number: int, wish: Wish) -> object:
    row = Incident.objects.filter(instance=case.instance_id, incident=number).first()
    if row is None:
        return Refused("unknown", "There is no such incident.")
    return savepoint.tried(
        "incident not decided", row, lambda: incident_resolve(by=by, case=case, incident=number, wish=wish)
    )


def _row(key: str, case: Case, outcome: object, wish: Wish) -> Row:
    if outcome is None:
        return Row(key, case.reference, False, "Something went wrong here; the case is as it was.")
    if isinstance(outcome, Refused):
        return Row(key, case.reference, False, outcome.message)
    return Row(key, case.reference, True, SAID[wish.how])
