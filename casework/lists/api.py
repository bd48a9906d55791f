"""What does a program hear that asks a list for what it cannot have?"""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework import serializers as s

from casework.lists.asked import Asked, Given, asked
from casework.lists.columns import Column


def without_fault(given: Iterable[Given], sort: str, columns: Iterable[Column]) -> Asked:
    """What is asked of a list. Raises ValidationError where a part of it cannot be done."""
    found = asked(given, sort, columns)
    if found.faults:
        raise s.ValidationError(dict(found.faults))
    return found
