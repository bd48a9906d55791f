"""People sign in and out by a SAML provider that is a product of others, and that knows us by our metadata alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from casework.access.sessions import CONFIRMED
from orchestration.shell.verification.control import verify_control
from tests.casework.account.saml_provider import HOST
from tests.casework.account.simplesamlphp import SimpleSamlPhp, is_here, sent_on
from tests.casework.account.test_provider import who
from tests.casework.account.test_saml_more import own_key
from tests.chaos.product import free_port

__all__ = ["own_key"]

pytest.importorskip("onelogin", reason="python3-saml is not here: pip install '.[saml]'.")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(
        not is_here(), reason="SimpleSAMLphp is not here: `apt-get install simplesamlphp php-cli php-xml` brings it"
    ),
]


@pytest.fixture
def provider(people: dict[str, User], own_key: str, settings: Any, tmp_path: Path) -> Iterator[SimpleSamlPhp]:
    control_begin(origin_of(people["ada"]))
    one = SimpleSamlPhp(free_port(), tmp_path)
    for name, value in one.settings.items():
        setattr(settings, name, value)
    settings.OIDC_CREATE = True
    one.start(Client().get("/login/saml/metadata/").content)
    yield one
    one.kill()


def came_in(provider: SimpleSamlPhp) -> Client:
    browser = Client()
    page = provider.signs_in(browser.get("/login/saml/?next=/cases/")["Location"]).text
    assert sent_on(browser, page)["Location"] == "/cases/" and who(browser) == "nora"
    assert sent_on(Client(), page).status_code == 403  # it is of this browser
    return browser


def test_somebody_comes_in_by_it_and_goes_out_on_either_side(provider: SimpleSamlPhp) -> None:
    refused = provider.signs_in(Client().get("/login/saml/")["Location"], "another password")
    assert "SAMLResponse" not in refused.text
    here = came_in(provider)
    assert User.objects.get(username="nora").get_full_name() == "Nora Nilsson"
    session = here.session
    session[CONFIRMED] = 0
    session.save()
    asked = here.get("/login/saml/?for=again&next=/account/")["Location"]
    assert provider.asks_who_it_is(asked)  # though it knows them still
    assert sent_on(here, provider.signs_in(asked).text)["Location"] == "/account/" and here.session[CONFIRMED]
    page = here.post("/logout/").content.decode()
    assert "knows you still" in page and not who(here)
    (way_out,) = re.findall(f'href="({provider.address}[^"]+)"', page)
    assert provider.leads_to(unescape(way_out)).startswith(f"{HOST}/login/saml/out/?SAMLResponse=")
    assert provider.asks_who_it_is(here.get("/login/saml/")["Location"])

    here = came_in(provider)
    asked = provider.signs_out()
    assert asked.startswith(f"{HOST}/login/saml/out/?SAMLRequest=")
    answer = here.get(asked.removeprefix(HOST))["Location"]
    assert not who(here) and answer.startswith(f"{provider.address}/saml2/idp/SingleLogoutService.php?SAMLResponse=")
    assert "SingleLogoutService" in provider.leads_to(answer.replace("Signature=", "Signature=A"))
    assert "SingleLogoutService" not in provider.leads_to(answer)  # it is content, and goes on
    assert provider.asks_who_it_is(here.get("/login/saml/")["Location"])
    assert Client().get(asked.removeprefix(HOST).replace("SAMLRequest=", "SAMLRequest=A")).status_code == 403
    assert verify_control().ok
