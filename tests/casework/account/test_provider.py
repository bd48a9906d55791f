"""People sign in by an identity provider; nobody gets in by what it did not say, of another, or twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pyotp
import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from audit.selectors import timeline
from casework.access.codes import app_keep, secret_new
from casework.access.identities import claims_set, identity_link
from casework.access.oidc import provider_read
from casework.access.oidc_models import ExternalIdentity, GroupClaim
from casework.access.people import password_set, person_join, person_switch
from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from casework.people.models import RightsProposal
from casework.people.second_person import proposal_decide
from orchestration.ground.refusals import Refused
from orchestration.shell.verification.control import verify_control
from tests.casework.account.identity_provider import ISSUER, SETTINGS, IdentityProvider, provider_at_hand
from tests.casework.reading import told

pytestmark = pytest.mark.django_db
People = dict[str, User]


@pytest.fixture
def provider(settings: Any) -> Iterator[IdentityProvider]:
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    with provider_at_hand() as one:
        yield one


@pytest.fixture
def anna(people: People) -> User:
    """Linked with u-1 at the provider."""
    control_begin(origin_of(people["ada"]))
    identity_link(person=people["anna"], issuer=ISSUER, subject="u-1", origin=origin_of(people["anna"]))
    return people["anna"]


def who(browser: Client) -> str:
    number = browser.session.get("_auth_user_id")
    return User.objects.get(pk=number).get_username() if number else ""


@pytest.mark.parametrize("place", ["https://[", "https://", "https:", 5, None])
def test_a_provider_whose_description_names_no_address_is_refused(place: Any) -> None:
    issuer = "https://id.example"
    told = {"issuer": issuer, "authorization_endpoint": place, "token_endpoint": issuer, "jwks_uri": issuer}
    assert isinstance(provider_read(issuer, told, tls=True), Refused)


def test_who_is_linked_comes_in_by_the_provider_and_goes_where_they_wanted(
    provider: IdentityProvider, anna: User
) -> None:
    browser = Client()
    assert "Sign in by the house" in told(browser.get("/login/?next=/cases/"))
    assert provider.sign_in(browser, "?next=/cases/")["Location"] == "/cases/" and who(browser) == "anna"
    assert ExternalIdentity.objects.get().last_used is not None and verify_control().ok
    page = told(browser.post("/logout/"))
    assert "knows you still" in page and f"{ISSUER}/out?id_token_hint=" in page and not who(browser)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_on_to_another_site(provider: IdentityProvider, anna: User, target: str) -> None:
    assert provider.sign_in(Client(), f"?next={target}")["Location"] == "/today/"


LIES: dict[str, dict[str, Any]] = {
    "the nonce of another sign-in": {"nonce": "another"}, "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://evil.example"}, "no issuer": {"iss": None},
    "for another client": {"aud": "another"}, "for no client": {"aud": None},
    "for us and others, handed to another": {"aud": ["casewright", "another"], "azp": "another"},
    "for us and others, handed to nobody": {"aud": ["casewright", "another"]},
    "ended": {"exp": 1_000_000_000}, "without an end": {"exp": None}, "not of yet": {"iat": 9_000_000_000},
    "of nobody": {"sub": None}, "of a blank": {"sub": " "}, "of a number": {"sub": 7},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_token_that_says_otherwise_lets_nobody_in(provider: IdentityProvider, anna: User, lie: Any) -> None:
    browser, provider.lies = Client(), lie
    assert provider.sign_in(browser).status_code == 403 and not who(browser)
    assert timeline(chain=_access(), action="access.sign_in_failed")


def _access() -> int:
    from audit.models import StandingChain

    return next(chain for chain in StandingChain.ACCESS if timeline(chain, action="access.sign_in_failed"))


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_no_key_of_the_provider_signed_lets_nobody_in(
    provider: IdentityProvider, anna: User, algorithm: str
) -> None:
    browser, provider.algorithm = Client(), algorithm
    assert provider.sign_in(browser).status_code == 403 and not who(browser)
    provider.described = {"id_token_signing_alg_values_supported": [algorithm]}
    assert provider.sign_in(browser).status_code == 403 and not who(browser)


def test_keys_that_are_rotated_are_read_anew_and_keys_that_are_not_published_open_nothing(
    provider: IdentityProvider, anna: User
) -> None:
    assert provider.sign_in(Client()).status_code == 302
    provider.rotate("two")
    browser = Client()
    assert provider.sign_in(browser).status_code == 302 and who(browser) == "anna"
    provider.rotate("two", published=False)  # by the name of a known one
    assert provider.sign_in(Client()).status_code == 403
    before = sum(sent.url.endswith("/keys") for sent in provider.asked)
    provider.rotate("three", published=False)
    assert provider.sign_in(Client()).status_code == 403
    assert sum(sent.url.endswith("/keys") for sent in provider.asked) <= before + 1  # not at each guess


def test_an_answer_that_is_used_up_of_another_browser_or_of_another_provider_leads_nowhere(
    provider: IdentityProvider, anna: User
) -> None:
    mine, thief = Client(), Client()
    answer = provider.code_for(mine.get("/login/provider/")["Location"])
    assert thief.get("/login/provider/back/", answer).status_code == 403 and not who(thief)
    assert mine.get("/login/provider/back/", answer | {"iss": "https://evil.example"}).status_code == 403
    answer = provider.code_for(mine.get("/login/provider/")["Location"])
    assert mine.get("/login/provider/back/", answer).status_code == 302
    again = Client()
    assert mine.get("/login/provider/back/", answer).status_code == 403  # the state is used up
    state = parse_qs(urlsplit(again.get("/login/provider/")["Location"]).query)["state"][0]
    assert again.get("/login/provider/back/", answer | {"state": state}).status_code == 403 and not who(again)
    for wrong in ({}, {"state": state}, {"state": "\0"}, {"error": "access_denied", "state": state}) * 6:
        assert again.get("/login/provider/back/", wrong).status_code == 403  # not 429: another site locks nobody out
    assert all("code_verifier" in sent.content.decode() for sent in provider.asked if sent.url.endswith("/token"))


@pytest.mark.parametrize("described", [{"issuer": "https://evil.example"}, {"token_endpoint": None},
                                       {"authorization_endpoint": "javascript:x"}])  # fmt: skip
def test_a_description_that_is_of_another_is_not_followed(provider: IdentityProvider, described: Any) -> None:
    provider.described = described
    assert Client().get("/login/provider/").status_code == 403


def test_nobody_is_joined_by_a_name_or_by_an_address_that_is_not_verified(
    provider: IdentityProvider, people: People, settings: Any
) -> None:
    User.objects.filter(username__in=["anna", "ada"]).update(email="anna@example.org")
    User.objects.filter(username="ada").update(email="ada@example.org")
    provider.says = {"sub": "u-9", "preferred_username": "anna", "email": "anna@example.org", "email_verified": True}
    browser = Client()
    assert "Nobody here is linked" in told(provider.sign_in(browser))
    settings.OIDC_JOIN = "verified-email"
    for wrong in ({"email_verified": False}, {"email_verified": "true"}, {"email": "ada@example.org"}):
        provider.lies = wrong
        assert "Nobody here is linked" in told(provider.sign_in(browser)), wrong
    provider.lies = {}
    assert provider.sign_in(browser).status_code == 302 and who(browser) == "anna" and verify_control().ok


def test_somebody_new_is_made_in_the_groups_that_the_mapping_gives_and_never_takes_a_name(
    provider: IdentityProvider, people: People, settings: Any
) -> None:
    settings.OIDC_CREATE = True
    claims_set(group=Group.objects.get(name="Analysts"), values=["desk"], origin=origin_of(people["ada"]))
    provider.says = {"sub": "u-2", "preferred_username": "anna", "given_name": "Anna", "groups": ["desk", "others"]}
    browser = Client()
    assert provider.sign_in(browser).status_code == 302
    made = User.objects.get(username=who(browser))
    assert made.username.startswith("oidc-") and not made.has_usable_password() and made.first_name == "Anna"
    assert [group.name for group in made.groups.all()] == ["Analysts"] and verify_control().ok
    provider.says |= {"groups": []}
    provider.sign_in(browser)
    assert not made.groups.exists() and verify_control().ok


def test_the_provider_takes_the_last_administrator_from_nobody(provider: IdentityProvider, people: People) -> None:
    group = Group.objects.get(name="Administrators")
    claims_set(group=group, values=["admins"], origin=origin_of(people["ada"]))
    identity_link(person=people["ada"], issuer=ISSUER, subject="u-1", origin=origin_of(people["ada"]))
    browser = Client()
    assert provider.sign_in(browser).status_code == 302 and people["ada"].groups.filter(pk=group.pk).exists()
    person_join(user=people["ben"], group=group, origin=origin_of(people["ada"]))
    provider.sign_in(browser)
    assert not people["ada"].groups.filter(pk=group.pk).exists()


def test_who_is_kept_out_stays_out_whatever_the_provider_says(provider: IdentityProvider, anna: User) -> None:
    person_switch(user=anna, on=False, origin=origin_of(anna))
    browser = Client()
    assert "may not come in" in told(provider.sign_in(browser)) and not who(browser)


def test_a_second_factor_is_the_providers_where_it_says_so_and_ours_else(
    provider: IdentityProvider, anna: User, settings: Any
) -> None:
    secret = secret_new()
    app_keep(person=anna, secret=secret, code=pyotp.TOTP(secret).now(), origin=origin_of(anna))
    settings.OIDC_SECOND = ["mfa"]
    browser = Client()
    assert provider.sign_in(browser)["Location"] == "/login/second/" and not who(browser)
    provider.says |= {"amr": ["pwd", "mfa"]}
    assert provider.sign_in(browser)["Location"] == "/today/" and who(browser) == "anna"


def test_who_has_to_show_a_second_factor_and_showed_it_there_is_let_through(
    provider: IdentityProvider, anna: User, settings: Any
) -> None:
    settings.SECOND_FACTOR_GROUPS, settings.OIDC_SECOND = ["Analysts"], ["urn:two"]
    browser = Client()
    provider.sign_in(browser)
    assert browser.get("/")["Location"] == "/account/second/"
    provider.says |= {"acr": "urn:two"}
    provider.sign_in(browser)
    assert browser.get("/").status_code == 200
    assert "shown this once" in told(browser.post("/account/tokens/", {"name": "x", "scope": "read", "days": "9"}))


def test_somebody_links_and_unlinks_the_provider_on_their_account(provider: IdentityProvider, people: People) -> None:
    password_set(user=people["anna"], password="a long one of hers", origin=origin_of(people["anna"]))
    anna, ben = Client(), Client()
    anna.force_login(people["anna"])
    ben.force_login(people["ben"])
    assert "You are not linked" in told(anna.get("/account/"))
    assert provider.sign_in(anna, "?for=link")["Location"] == "/account/"
    assert "belongs to somebody else" in told(provider.sign_in(ben, "?for=link"))
    state = provider.code_for(anna.get("/login/provider/?for=link")["Location"])
    anna.force_login(people["ben"])  # another person at the same browser, meanwhile
    assert anna.get("/login/provider/back/", state).status_code == 403
    anna.force_login(people["anna"])
    anna.post("/account/provider/")
    assert not ExternalIdentity.objects.exists() and verify_control().ok


def test_somebody_without_a_password_shows_once_more_by_the_provider_that_it_is_they(
    provider: IdentityProvider, anna: User
) -> None:
    browser = Client()
    provider.sign_in(browser)
    session = browser.session
    session["confirmed"] = 0
    session.save()
    assert "Show it by the house" in told(browser.get("/account/tokens/", follow=True))
    provider.lies = {"auth_time": 1_700_000_000}
    assert "did not ask you again" in told(provider.sign_in(browser, "?for=again&next=/account/tokens/"))
    provider.lies = {"sub": "u-7"}
    assert "somebody else" in told(provider.sign_in(browser, "?for=again"))
    provider.lies = {}
    assert provider.sign_in(browser, "?for=again&next=/account/tokens/")["Location"] == "/account/tokens/"
    assert browser.get("/account/tokens/").status_code == 200


def test_an_administrator_maps_groups_and_a_second_one_agrees(
    provider: IdentityProvider, people: People, settings: Any
) -> None:
    browser = Client()
    browser.force_login(people["ada"])
    settings.OIDC_CLIENT_SECRET, settings.SECOND_PERSON = "very-secret", True
    page = told(browser.get("/people/sign-in/"))
    assert ISSUER in page and "very-secret" not in page
    sent = {"do": "add", "group": "Analysts", "value": "desk", "reason": "As in the directory"}
    assert "Choose a group" in told(browser.post("/people/sign-in/", sent | {"group": "Nobodies"}))
    assert "second administrator" in told(browser.post("/people/sign-in/", sent, follow=True))
    assert not GroupClaim.objects.exists()
    person_join(user=people["ben"], group=Group.objects.get(name="Administrators"), origin=origin_of(people["ada"]))
    Group.objects.get(name="Analysts").user_set.remove(people["ben"])
    proposal_decide(by=User.objects.get(username="ben"), proposal_id=RightsProposal.objects.get().pk, agree=True)
    assert "desk" in told(browser.get("/people/sign-in/"))
    browser.post("/people/sign-in/", sent | {"do": "remove"})
    assert not GroupClaim.objects.exists()
    GroupClaim.objects.create(group=Group.objects.get(name="Administrators"), value="everybody")
    assert "nobody agreed" in str(verify_control().faults)


def test_it_works_against_a_provider_over_http(people: People, settings: Any) -> None:
    from oidc_provider_mock import run_server_in_thread

    with run_server_in_thread(require_nonce=True) as server:
        settings.OIDC_ISSUER = f"http://localhost:{server.server_port}"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, settings.OIDC_CREATE = "casewright", "secret", True
        claims = {"preferred_username": "nora", "email": "nora@example.org", "email_verified": True, "groups": ["desk"]}
        httpx2.put(f"{settings.OIDC_ISSUER}/users/u-5", json=claims).raise_for_status()
        browser = Client()
        sent = browser.get("/login/provider/?next=/cases/")
        came = httpx2.post(sent["Location"], data={"sub": "u-5"})
        answer = browser.get(came.headers["Location"])
        assert answer["Location"] == "/cases/", answer.content
        assert User.objects.get(username=who(browser)).email == "nora@example.org"
        replayed = browser.get("/login/provider/")
        code = parse_qs(urlsplit(came.headers["Location"]).query)["code"][0]
        state = parse_qs(urlsplit(replayed["Location"]).query)["state"][0]
        assert browser.get("/login/provider/back/", {"code": code, "state": state}).status_code == 403
