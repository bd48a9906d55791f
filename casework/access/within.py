"""To which case types and purposes does its token limit a request?

Each limit stands on the person as they were fetched for this request; it takes, and gives nothing. What is about more
than the cases of these types is closed to such a token (`token_scope`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.contrib.auth.models import User
from django.db.models import Q

MARK: Final = "only_case_types"
PURPOSES: Final = "only_purposes"


def limit(user: User, case_types: Collection[str], purposes: Collection[str] = ()) -> None:
    """From now on they are here for cases of these types and for these purposes alone; none: for all of theirs."""
    user.__dict__[MARK] = frozenset(case_types)
    user.__dict__[PURPOSES] = frozenset(purposes)


def kept_to(user: User, purposes: frozenset[str]) -> frozenset[str]:
    """Of these purposes of theirs those for which they are here."""
    only: frozenset[str] = user.__dict__.get(PURPOSES, frozenset())
    return purposes & only if only else purposes


def limited_to(user: User) -> frozenset[str]:
    """The types; none: they are here for all."""
    found: frozenset[str] = user.__dict__.get(MARK, frozenset())
    return found


def is_within(user: User, case_type: str) -> bool:
    return not limited_to(user) or case_type in limited_to(user)


def within(user: User) -> Q:
    """Of a query over cases: those of these types."""
    return Q(case_type__in=sorted(limited_to(user))) if limited_to(user) else Q()
