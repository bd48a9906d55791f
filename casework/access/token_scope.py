"""May a program do this with the token that it shows? The rule of the door says what the token's scope has to be.

Asked beside the rights of its person, never instead of them: a scope takes, and gives nothing.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request

from casework.access.doors import DOORS
from casework.access.models import ApiToken
from casework.access.within import limited_to

LOOKS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
QUESTIONS: Final = "api-access-"
"""Addresses that are asked by POST and change nothing (AuthZEN)."""
ADMINISTERS: Final = frozenset({"publish", "administer", "directory"})
"""Rules of doors (`access.doors`) behind which rights, models and actors are changed."""
LEAST: Final = list(ApiToken.Scope.values)
ABOUT_ONE_CASE: Final = frozenset({"view", "work", "offered", "reveal", "assign", "audit-case", "open"})
"""Rules behind which one case is asked for, or brought in, so that a token for some case types goes through them."""
ASKS_FOR_A_TYPE: Final = frozenset({"api-cases"})
"""Lists that such a token reads when it names one of its types."""
CUT_TO_TYPES: Final = frozenset({"api-tasks", "api-search", "api-views", "api-view"})
"""Lists in which such a token reads only what is of its types."""


class WithinScope(BasePermission):
    """For who has signed in; where it was by a token, within its scope. Raises PermissionDenied."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ApiToken):
            needed = scope_needed(getattr(request.resolver_match, "url_name", None), str(request.method))
            if LEAST.index(request.auth.scope) < LEAST.index(needed):
                raise PermissionDenied(
                    f"This token is for “{request.auth.get_scope_display()}”; this needs one for "
                    f"“{ApiToken.Scope(needed).label}”."
                )
            _within_case_types(request)
        return IsAuthenticated().has_permission(request, view)


def _within_case_types(request: Request) -> None:
    assert isinstance(request.auth, ApiToken)
    name, looks = getattr(request.resolver_match, "url_name", None) or "", request.method in LOOKS
    only = limited_to(request.auth.person)
    if not only or DOORS.get(name, ("", ""))[not looks] in ABOUT_ONE_CASE:
        return
    if looks and name in CUT_TO_TYPES:
        return
    types = ", ".join(sorted(only))
    if not (looks and name in ASKS_FOR_A_TYPE):
        raise PermissionDenied(f"This token is for cases of {types} only; this address is about more than those.")
    if request.query_params.get("view") or request.query_params.get("kind") not in only:
        raise PermissionDenied(f"This token is for cases of {types} only: ask with `kind`, and without `view`.")


def scope_needed(address: str | None, method: str) -> str:
    """The least scope (`ApiToken.Scope`) for an address by name; an address without a rule takes the widest."""
    _, sending = DOORS.get(address or "", ("", "administer"))
    if method in LOOKS or (address or "").startswith(QUESTIONS):
        return ApiToken.Scope.READ
    return ApiToken.Scope.ADMINISTER if sending in ADMINISTERS else ApiToken.Scope.WORK
