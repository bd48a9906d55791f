"""How does a test get a token of somebody's program?"""

from __future__ import annotations

from django.contrib.auth.models import User

from casework.access.models import ApiToken
from casework.access.permissions import origin_of
from casework.access.tokens import Made, token_make, token_of


def token_for(person: User, scope: str = "administer") -> str:
    made = token_make(person=person, name=f"a test, {scope}", scope=scope, days=1, origin=origin_of(person))
    assert isinstance(made, Made), made
    return made.secret


def token_row(person: User) -> ApiToken:
    row = token_of(token_for(person))
    assert row is not None
    return row
