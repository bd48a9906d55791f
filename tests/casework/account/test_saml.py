"""People sign in by a SAML provider; nobody gets in by what it did not sign, for us, now, in answer to this browser."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from lxml import etree

from casework.access import saml
from casework.access.identities import identity_link
from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from orchestration.shell.verification.control import verify_control
from tests.casework.account.saml_provider import NAMES, PROVIDER, SamlProvider, sent_back
from tests.casework.account.test_provider import who
from tests.casework.reading import told

pytestmark = pytest.mark.django_db
People = dict[str, User]


@pytest.fixture
def provider(settings: Any) -> SamlProvider:
    one = SamlProvider()
    for name, value in one.settings.items():
        setattr(settings, name, value)
    return one


@pytest.fixture
def anna(people: People) -> User:
    control_begin(origin_of(people["ada"]))
    identity_link(person=people["anna"], issuer=PROVIDER, subject="s-1", origin=origin_of(people["anna"]))
    return people["anna"]


def sign_in(provider: SamlProvider, browser: Client, query: str = "") -> Any:
    return sent_back(browser, *provider.answer(browser.get(f"/login/saml/{query}")["Location"]))


def test_who_is_linked_comes_in_and_an_answer_is_good_for_once(provider: SamlProvider, anna: User) -> None:
    browser = Client()
    assert "Sign in by the ministry" in told(browser.get("/login/"))
    answer = provider.answer(browser.get("/login/saml/?next=/cases/")["Location"])
    assert sent_back(browser, *answer)["Location"] == "/cases/" and who(browser) == "anna"
    browser.logout()
    assert sent_back(browser, *answer).status_code == 403 and not who(browser)
    thief = Client()
    state = provider.answer(thief.get("/login/saml/")["Location"])[1]
    assert sent_back(thief, answer[0], state).status_code == 403 and not who(thief)  # of another question
    assert b"EntityDescriptor" in browser.get("/login/saml/metadata/").content and verify_control().ok


LIES = {
    "another audience": {"audience": "https://another.example/"}, "another recipient": {"recipient": "https://x.example/"},
    "another issuer": {"issuer": "https://evil.example"}, "another question": {"question": "_another"},
    "ended": {"end": "2020-01-01T00:00:00Z"}, "not of yet": {"begin": "2090-01-01T00:00:00Z"},
    "a name that changes": {"format": saml.TRANSIENT},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_an_answer_that_says_otherwise_lets_nobody_in(provider: SamlProvider, anna: User, lie: dict[str, str]) -> None:
    browser, provider.says = Client(), lie
    assert sign_in(provider, browser).status_code == 403 and not who(browser)


def test_an_answer_that_the_provider_did_not_sign_lets_nobody_in(provider: SamlProvider, anna: User) -> None:
    browser = Client()
    provider.signs = False
    assert sign_in(provider, browser).status_code == 403
    provider.signs, provider.key = True, SamlProvider().key
    assert sign_in(provider, browser).status_code == 403 and not who(browser)


def wrapped(response: etree._Element, place: str) -> etree._Element:
    """The signed assertion put aside, and one of our own where it stood (signature wrapping, XSW)."""
    true = response.find("saml:Assertion", NAMES)
    assert true is not None
    false = deepcopy(true)
    signature = false.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    assert signature is not None
    false.remove(signature)
    name = false.find(".//saml:NameID", NAMES)
    assert name is not None
    name.text = "s-admin"
    if place != "the same id":
        false.set("ID", "_evil")
    match place:
        case "before":
            true.addprevious(false)
        case "after" | "the same id":
            true.addnext(false)
        case "within the signature":
            response.replace(true, false)
            false.insert(1, signature)
            etree.SubElement(signature, "{http://www.w3.org/2000/09/xmldsig#}Object").append(true)
        case "as an extension":
            response.replace(true, false)
            more = etree.Element("{urn:oasis:names:tc:SAML:2.0:protocol}Extensions")
            more.append(true)
            response.insert(1, more)
        case "around":
            response.replace(true, false)
            false.append(true)
    return response


@pytest.mark.parametrize(
    "place", ["before", "after", "the same id", "within the signature", "as an extension", "around"]
)
def test_a_signed_assertion_vouches_for_no_other(provider: SamlProvider, people: People, place: str) -> None:
    identity_link(person=people["ada"], issuer=PROVIDER, subject="s-admin", origin=origin_of(people["ada"]))
    browser = Client()
    response, state = provider.answer(browser.get("/login/saml/")["Location"])
    assert sent_back(browser, wrapped(response, place), state).status_code == 403 and not who(browser)


def test_what_was_changed_after_it_was_signed_and_what_is_no_answer_lets_nobody_in(
    provider: SamlProvider, people: People
) -> None:
    identity_link(person=people["ada"], issuer=PROVIDER, subject="s-admin", origin=origin_of(people["ada"]))
    browser = Client()
    response, state = provider.answer(browser.get("/login/saml/")["Location"])
    name = response.find(".//saml:NameID", NAMES)
    assert name is not None
    name.text = "s-admin"
    assert sent_back(browser, response, state).status_code == 403
    bomb = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY f SYSTEM "file:///etc/passwd">]><x>&a;&f;</x>'
    for wrong in ("", "%%%", "bm90IHhtbA==", __import__("base64").b64encode(bomb.encode()).decode()):
        state = provider.answer(browser.get("/login/saml/")["Location"])[1]
        answer = browser.post("/login/saml/in/", {"SAMLResponse": wrong, "RelayState": state})
        assert answer.status_code == 403 and not who(browser)


def test_a_comment_in_a_name_makes_nobody_another(provider: SamlProvider, people: People) -> None:
    identity_link(person=people["ada"], issuer=PROVIDER, subject="s-admin", origin=origin_of(people["ada"]))
    browser, provider.says = Client(), {"subject": "s-admin<!---->.evil"}
    assert sign_in(provider, browser).status_code == 403 and not who(browser)


def test_somebody_links_it_and_a_page_says_what_is_not_installed(
    provider: SamlProvider, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    assert "Link the ministry" in told(browser.get("/account/"))
    assert sign_in(provider, browser, "?for=link")["Location"] == "/account/"
    assert people["anna"].identities.get().subject == "s-1" and verify_control().ok
    monkeypatch.setattr(saml, "is_installed", lambda: False)
    assert "requirements-saml.txt" in told(browser.get("/login/saml/"))
