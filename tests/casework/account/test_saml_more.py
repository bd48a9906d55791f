"""A SAML provider may encrypt what it says, and a sign-out there is one here; what it did not sign ends nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.contrib.auth.models import User
from django.test import Client

from tests.casework.account.saml_provider import PROVIDER, SamlProvider, pair, sent_back
from tests.casework.account.test_provider import who
from tests.casework.account.test_saml import anna, provider
from tests.casework.reading import told

__all__ = ["anna", "provider"]

pytest.importorskip("onelogin", reason="python3-saml is not here: pip install '.[saml]'.")
pytestmark = pytest.mark.django_db


@pytest.fixture
def own_key(settings: Any) -> str:
    """We have a key; its certificate (PEM)."""
    key, certificate = pair()
    pem = certificate.public_bytes(Encoding.PEM).decode()
    settings.SAML_KEY = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings.SAML_CERTIFICATE = "".join(line for line in pem.splitlines() if "CERTIFICATE" not in line)
    settings.SAML_SIGN_OUT = f"{PROVIDER}/sign-out"
    return pem


def came_in(provider: SamlProvider) -> Client:
    browser = Client()
    response, state = provider.answer(browser.get("/login/saml/")["Location"])
    assert sent_back(browser, response, state).status_code == 302
    return browser


def test_an_encrypted_assertion_is_read_by_our_key_and_has_to_be_signed_all_the_same(
    provider: SamlProvider, anna: User, own_key: str, settings: Any
) -> None:
    for signs, comes_in in ((True, "anna"), (False, "")):
        provider.signs, browser = signs, Client()
        response, state = provider.answer(browser.get("/login/saml/")["Location"])
        hidden = provider.encrypted(response, own_key)
        assert hidden.find(".//{*}Assertion") is None
        sent_back(browser, hidden, state)
        assert who(browser) == comes_in
    provider.signs, browser = True, Client()
    response, state = provider.answer(browser.get("/login/saml/")["Location"])
    hidden = provider.encrypted(response, own_key)
    settings.SAML_KEY = settings.SAML_CERTIFICATE = ""
    assert sent_back(browser, hidden, state).status_code == 403 and not who(browser)


def test_who_signs_out_at_the_provider_is_signed_out_here(provider: SamlProvider, anna: User, own_key: str) -> None:
    here, by_password, passes_by = came_in(provider), Client(), Client()
    by_password.force_login(anna)
    for wrong in (provider.ends(signs=False), provider.ends().replace("r&", "x&", 1), "/login/saml/out/?SAMLRequest=x"):
        assert passes_by.get(wrong).status_code == 403 and who(here) == "anna"
    other = provider.ends(session="i-2", name="_l2")
    assert passes_by.get(other).status_code == 302 and who(here) == "anna"
    answer = passes_by.get(provider.ends())
    assert answer["Location"].startswith(f"{PROVIDER}/sign-out?SAMLResponse=") and "Signature=" in answer["Location"]
    assert not who(here) and who(by_password) == "anna"
    again = came_in(provider)
    assert passes_by.get(provider.ends()).status_code == 302 and who(again) == "anna"  # it was used


def test_who_signs_out_here_finds_the_way_out_there(provider: SamlProvider, anna: User, own_key: str) -> None:
    browser = came_in(provider)
    page = told(browser.post("/logout/"))
    assert "knows you still" in page and f"{PROVIDER}/sign-out?SAMLRequest=" in page and not who(browser)
    assert browser.get("/login/saml/out/?SAMLResponse=x")["Location"] == "/login/"


def test_somebody_without_a_password_shows_once_more_by_the_provider_that_it_is_they(
    provider: SamlProvider, anna: User
) -> None:
    browser = came_in(provider)
    session = browser.session
    session["confirmed"] = 0
    session.save()
    page = told(browser.get("/account/tokens/", follow=True))
    assert "Show it by the ministry" in page and "password" not in page[page.index("<h1") :]

    def again() -> Any:
        return sent_back(
            browser, *provider.answer(browser.get("/login/saml/?for=again&next=/account/tokens/")["Location"])
        )

    provider.says = {"instant": "2020-01-01T00:00:00Z"}
    assert "did not ask you again" in told(again())
    provider.says = {"subject": "s-7"}
    assert "somebody else" in told(again()) and browser.get("/account/tokens/").status_code == 302
    provider.says = {}
    assert again()["Location"] == "/account/tokens/" and browser.get("/account/tokens/").status_code == 200
    assert Client().get("/login/saml/?for=again")["Location"] == "/login/"


def test_our_metadata_name_our_key_and_where_sessions_end(provider: SamlProvider, own_key: str) -> None:
    said = Client().get("/login/saml/metadata/").content.decode()
    assert 'use="encryption"' in said and "SingleLogoutService" in said and "/login/saml/out/" in said
    assert parse_qs(urlsplit(provider.ends()).query)["SigAlg"]
