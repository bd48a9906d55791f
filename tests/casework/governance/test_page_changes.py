"""Administrators and auditors see who changed what and why; auditors see who came in."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from audit.services import Origin
from casework.access.permissions import origin_of
from orchestration.actors.registry import actor_enable, actor_ensure
from tests.casework.browsing import client

pytestmark = pytest.mark.django_db


def text_of(user: User, address: str) -> str:
    answer = client(user).get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("who", ["ada", "axel"])
def test_changes_are_shown_with_who_and_why(people: dict[str, User], who: str) -> None:
    actor_ensure("filing", name="Filing", kind="filing", capability="filing")
    actor_enable("filing", False, origin_of(people["ada"]))
    call_command("role", "--why", "He has left", "off", "ben")
    call_command("role", "--why", "Clara Conti", "off", "clara")
    shown = text_of(people[who], "/changes/")
    assert "put version 1 of complaint in force" in shown
    switched = "<div> <bdi>switched the actor Filing (filing) off</bdi>"
    assert f'<bdi>Ada Abel</bdi> </td> <td data-label="What, and why"> {switched}' in shown
    assert "keeps Ben Bauer (ben) out" in shown
    assert "He has left</bdi>" in shown and "Clara Conti</bdi>" in shown  # not taken for said: they name her, too
    assert 'href="/changes/"' in shown


def test_others_do_not_see_changes(people: dict[str, User]) -> None:
    assert client(people["anna"]).get("/changes/").status_code == 403
    assert 'href="/changes/"' not in text_of(people["anna"], "/cases/")
    assert client(people["ada"]).get("/changes/access/").status_code == 403


def test_an_auditor_sees_who_came_in_and_what_was_denied(people: dict[str, User]) -> None:
    client(people["anna"]).get("/rules/")
    shown = text_of(people["axel"], "/changes/access/")
    assert '<bdi>Anna Adler</bdi> </td> <td data-label="What, and why"> <div> <bdi>signed in</bdi>' in shown
    assert shown.count("Rules are shown to administrators and auditors.") == 1
    assert "was denied: Rules are shown to administrators and auditors. (GET rules/)" in shown
    assert "because: request" not in shown and "because: sign-in" not in shown  # true of each, and tells nothing


def test_older_changes_are_a_page_on(people: dict[str, User]) -> None:
    for number in range(60):
        actor_ensure(f"actor-{number}", name="x", kind="x", capability="x")
    first = text_of(people["ada"], "/changes/")
    assert "actor-59" in first and "(actor-3)," not in first
    address = "/changes/?before=" + first.split('href="?before=')[1].split('"')[0]
    assert "(actor-3)," in text_of(people["ada"], address)
    assert Origin("system:setup").actor not in first


@pytest.mark.parametrize("before", ["x", "-1", "99999999999", "2026-01-01", "0"])
def test_an_odd_address_is_answered(people: dict[str, User], before: str) -> None:
    for address in ("/changes/", "/changes/access/"):
        text_of(people["axel"], f"{address}?before={before}")
