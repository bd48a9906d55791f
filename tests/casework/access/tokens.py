"""How does a test get a token of somebody's program?"""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import Group, User

from casework.access.client_models import ServicePrincipal
from casework.access.clients import NewSecret, secret_give
from casework.access.models import ApiToken
from casework.access.people import person_join
from casework.access.permissions import origin_of
from casework.access.tokens import Made, token_make, token_of
from casework.people.principals import Service, service_make


def token_for(person: User, scope: str = "administer", case_types: Collection[str] = ()) -> str:
    made = token_make(
        person=person, name=f"a test, {scope}", scope=scope, days=1, origin=origin_of(person), case_types=case_types
    )
    assert isinstance(made, Made), made
    return made.secret


def token_row(person: User) -> ApiToken:
    row = token_of(token_for(person))
    assert row is not None
    return row


def service_for(
    name: str, by: User, *groups: str, scope: str = "work", case_types: Collection[str] = ()
) -> ServicePrincipal:
    """A service, put into these groups past a second administrator."""
    made = service_make(by=by, name=name, groups=(), scope=scope, case_types=case_types, reason="For a test")
    assert isinstance(made, Service), made
    for group in Group.objects.filter(name__in=groups):
        person_join(user=made.row.person, group=group, origin=origin_of(by))
    return made.row


def secret_for(service: ServicePrincipal) -> str:
    given = secret_give(principal=service, origin=origin_of(service.owner))
    assert isinstance(given, NewSecret), given
    return given.secret
