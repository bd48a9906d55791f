"""Of which case types is somebody here who came in by a token that is limited to some?

The limit stands on the person as they were fetched for this request; it takes, and gives nothing. What is about more
than the cases of these types is closed to such a token (`token_scope`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.contrib.auth.models import User
from django.db.models import Q

MARK: Final = "only_case_types"


def limit(user: User, case_types: Collection[str]) -> None:
    """From now on they are here for cases of these types alone; none: for all."""
    user.__dict__[MARK] = frozenset(case_types)


def limited_to(user: User) -> frozenset[str]:
    """The types; none: they are here for all."""
    found: frozenset[str] = user.__dict__.get(MARK, frozenset())
    return found


def is_within(user: User, case_type: str) -> bool:
    return not limited_to(user) or case_type in limited_to(user)


def within(user: User) -> Q:
    """Of a query over cases: those of these types."""
    return Q(case_type__in=sorted(limited_to(user))) if limited_to(user) else Q()
