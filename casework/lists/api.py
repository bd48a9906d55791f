"""What does a program hear that asks a list for what it cannot have?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rest_framework import serializers as s
from rest_framework.request import Request

from casework.cases.api.rendering import person
from casework.lists.asked import Asked, Given, asked
from casework.lists.columns import Column
from casework.lists.saved import View, view_for_user, view_of
from casework.lists.state import Kind


def without_fault(given: Iterable[Given], sort: str, columns: Iterable[Column]) -> Asked:
    """What is asked of a list. Raises ValidationError where a part of it cannot be done."""
    found = asked(given, sort, columns)
    if found.faults:
        raise s.ValidationError(dict(found.faults))
    return found


def saved_alone(request: Request, number: int, kind: Kind, columns: Sequence[Column]) -> View:
    """A saved view of this list. Raises Http404, or ValidationError where more is asked for beside it."""
    more = set(request.query_params) - {"view", "after", "limit"}
    if more:
        raise s.ValidationError(dict.fromkeys(more, "Beside a view only `after` and `limit` are taken."))
    row = view_for_user(person(request), number)
    if row.kind != kind.key:
        raise s.ValidationError({"view": "This is a view of another list."})
    return view_of(person(request), row, columns)
