"""Administrators make the tokens of outside workers, see each once, and take them back."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from orchestration.actors.tokens import digest_of
from orchestration.models import Actor, WorkerToken
from orchestration.shell.verification.control import verify_control
from tests.orchestration.jobs.outside import filing_actor

pytestmark = pytest.mark.django_db
PAGE = "/actors/clerk/tokens/"


@pytest.fixture
def clerk(people: dict[str, User]) -> Actor:
    return filing_actor("clerk")


def test_a_token_is_shown_once_and_only_its_digest_is_kept(
    clerk: Actor, people: dict[str, User], client: Client
) -> None:
    client.force_login(people["ada"])
    assert "nobody can fetch its work" in client.get(PAGE).content.decode()
    made = client.post(PAGE, {"name": "robot room", "days": "30"}).content.decode()
    (secret,) = re.findall(r"cww_[\w-]+", made)
    row = WorkerToken.objects.get()
    assert row.digest == digest_of(secret) and round((row.expires - row.created).total_seconds() / 86400) == 30
    assert secret not in client.get(PAGE).content.decode()
    assert PAGE in client.get("/actors/clerk/").content.decode()
    client.post(f"{PAGE}{row.pk}/revoke/")
    row.refresh_from_db()
    assert row.revoked is not None and verify_control().ok
    said, of = " ".join(client.get("/changes/").content.decode().split()), "by which outside workers do the work of"
    for deed in ("made", "took back"):
        assert f"{deed} the token “robot room” {of} {clerk.name} (clerk)" in said


def test_a_token_needs_a_name_and_a_number_of_days(clerk: Actor, people: dict[str, User], client: Client) -> None:
    client.force_login(people["ada"])
    answer = client.post(PAGE, {"name": "", "days": "0"})
    assert answer.status_code == 400 and answer.content.decode().count('class="wrong"') == 2


def test_only_administrators_see_them(clerk: Actor, people: dict[str, User], client: Client) -> None:
    client.force_login(people["axel"])
    assert client.get(PAGE).status_code == 403
    client.force_login(people["ada"])
    assert client.get("/actors/nobody/tokens/").status_code == 404
