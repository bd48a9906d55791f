"""A session that ended at the identity provider ends here, at once and no other (OIDC Back-Channel Logout 1.0)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.models import StandingChain
from audit.selectors import timeline
from casework.access.identities import identity_link
from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from tests.casework.account.identity_provider import ISSUER, IdentityProvider
from tests.casework.account.test_provider import anna, provider, who

__all__ = ["anna", "provider"]

pytestmark = pytest.mark.django_db
EVENTS = {"http://schemas.openid.net/event/backchannel-logout": {}}


def came_in(provider: IdentityProvider, **says: Any) -> Client:
    browser, provider.says = Client(), {"sub": "u-1", **says}
    assert provider.sign_in(browser).status_code == 302
    return browser


def ended(token: str) -> Any:
    return Client(enforce_csrf_checks=True).post("/login/provider/ended/", {"logout_token": token})


def test_the_session_that_the_provider_names_ends_and_no_other(provider: IdentityProvider, anna: User) -> None:
    here, there, by_password = came_in(provider, sid="s-1"), came_in(provider, sid="s-2"), Client()
    by_password.force_login(anna)
    answer = ended(provider.ended(sid="s-1"))
    assert (answer.status_code, answer["Cache-Control"].count("no-store")) == (200, 1)
    assert here.get("/").status_code == 302 and (who(there), who(by_password)) == ("anna", "anna")
    told = [one for chain in StandingChain.ACCESS for one in timeline(chain, action="access.signed_out")]
    assert [(one.actor, one.detail["provider"]) for one in told] == [("person:anna", "the house")]


def test_all_that_somebody_has_by_the_provider_end_where_it_names_no_session(
    provider: IdentityProvider, anna: User, people: dict[str, User]
) -> None:
    control_begin(origin_of(people["ada"]))
    identity_link(person=people["ben"], issuer=ISSUER, subject="u-2", origin=origin_of(people["ben"]))
    mine, too, other = came_in(provider), came_in(provider, sid="s-2"), came_in(provider, sub="u-2", sid="s-3")
    by_password = Client()
    by_password.force_login(anna)
    assert ended(provider.ended(sub="u-1")).status_code == 200
    assert [one.get("/").status_code for one in (mine, too, other, by_password)] == [302, 302, 200, 200]
    assert ended(provider.ended(sub="nobody", jti="l-2")).status_code == 200
    assert ended(provider.ended(sub="u-1", sid="s-3", jti="l-3")).status_code == 200 and who(other) == "ben"


LIES: dict[str, dict[str, Any]] = {
    "of another provider": {"iss": "https://evil.example"}, "for another client": {"aud": "another"},
    "ended": {"exp": 1_000_000_000}, "without an end, and not of now": {"exp": None, "iat": 1_000_000_000},
    "without a name": {"jti": None},
    "of a sign-in": {"nonce": "n"}, "of no event": {"events": None}, "of another event": {"events": {"x": {}}},
    "of nothing": {"sid": None}, "of a list of events": {"events": list(EVENTS)},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_token_that_says_otherwise_ends_nothing(provider: IdentityProvider, anna: User, lie: Any) -> None:
    here = came_in(provider, sid="s-1")
    assert ended(provider.ended(**{"sid": "s-1", **lie})).status_code == 400 and who(here) == "anna"


def test_a_token_of_now_that_names_no_end_is_taken(provider: IdentityProvider, anna: User) -> None:
    here, token = came_in(provider, sid="s-1"), provider.ended(sid="s-1", exp=None)
    assert [ended(token).status_code for _ in range(2)] == [200, 400] and not who(here)


def test_a_token_is_good_for_once_and_only_of_the_providers_own_key(provider: IdentityProvider, anna: User) -> None:
    token = provider.ended(sid="s-1")
    assert [ended(token).status_code for _ in range(2)] == [200, 400]
    here = came_in(provider, sid="s-1")
    assert ended(token).status_code == 400 and who(here) == "anna"
    id_token = provider.token("n")
    provider.algorithm = "HS256"
    for wrong in (provider.ended(sid="s-1", jti="l-2"), id_token, "x" * 20_000, "", "\0"):
        assert ended(wrong).status_code == 400
    assert who(here) == "anna"
