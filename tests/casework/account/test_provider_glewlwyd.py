"""People sign in by an OpenID provider that is a product of others; a session that ends there ends here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from casework.account.provider_views import TOKEN
from orchestration.shell.verification.control import verify_control
from tests.casework.account.glewlwyd import Glewlwyd, is_here
from tests.casework.account.saml_provider import HOST
from tests.casework.account.test_provider import who
from tests.casework.account.test_provider_ended import ended
from tests.chaos.product import free_port

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not is_here(), reason="Glewlwyd is not here: `apt-get install glewlwyd` brings it"),
]


@pytest.fixture
def provider(people: dict[str, User], settings: Any, tmp_path: Path) -> Iterator[Glewlwyd]:
    control_begin(origin_of(people["ada"]))
    one = Glewlwyd(free_port(), tmp_path)
    for name, value in one.settings.items():
        setattr(settings, name, value)
    one.start()
    yield one
    one.kill()


def came_in(provider: Glewlwyd) -> Client:
    browser = Client()
    back = provider.signs_in(browser.get("/login/provider/?next=/cases/")["Location"])
    assert Client().get(back.removeprefix(HOST)).status_code == 403  # it is of this browser
    answer = browser.get(back.removeprefix(HOST))
    assert answer["Location"] == "/cases/", answer.content
    return browser


def test_somebody_comes_in_by_it_and_what_ends_there_ends_here(provider: Glewlwyd) -> None:
    refused = provider.signs_in(Client().get("/login/provider/")["Location"], "another password")
    assert not refused.startswith(HOST)
    here, by_password = came_in(provider), Client()
    nora = User.objects.get(username=who(here))
    by_password.force_login(nora)
    assert User.objects.filter(identities__issuer=provider.issuer).get() == nora
    token = provider.ends(here.session[TOKEN])
    assert ended(token[:-9] + token[-8:]).status_code == 400 and who(here)
    assert ended(token).status_code == 200 and not who(here) and who(by_password)
    assert ended(token).status_code == 400  # it was used
    there = came_in(provider).post("/logout/").content.decode()
    assert f'href="{provider.issuer}/end_session?id_token_hint=' in there
    assert verify_control().ok
