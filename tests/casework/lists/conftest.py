"""What does somebody find who filters and orders their inbox by fields of the cases?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from casework.access import permissions
from casework.lists.asked import asked
from casework.lists.columns import offered
from casework.tasks.inbox import inbox_page
from orchestration.ground import clock

Find = Callable[..., list[str]]


@pytest.fixture
def find() -> Find:
    """`find(user, ("is.channel", "web"), sort="-received", limit=2)`: the references of all pages, in order."""

    def found(user: User, *filters: tuple[str, str], sort: str = "", tab: str = "groups", limit: int = 2,
              reference: str = "") -> list[str]:  # fmt: skip
        fresh = User.objects.get(pk=user.pk)
        sought = asked(filters, sort, offered(permissions.principal(fresh, None, clock.utc_now())))
        references, after = list[str](), ""
        while True:
            page = inbox_page(
                user=fresh, tab=tab, now=timezone.now(), after=after, asked=sought, limit=limit, reference=reference
            )
            references += [row.reference for row in page.rows]
            after = page.following
            if not after:
                return references

    return found
