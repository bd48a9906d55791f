"""On a page of the demo an administrator makes a system fail, sees that it does, and makes it work again."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.runtime.stand_ins.place import STAND_IN
from tests.casework.stand_ins import Demo, demo, store

__all__ = ["demo", "store"]

pytestmark = pytest.mark.django_db

ADDRESS = "/actors/demo-faults/"


@pytest.fixture
def ada(people: dict[str, User], client: Client, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv(STAND_IN, demo.url)
    client.force_login(people["ada"])
    return client


def test_a_system_is_made_to_fail_for_a_time_and_to_work_again(ada: Client, demo: Demo) -> None:
    given = {"system": "mail", "fault": "error", "times": "3", "lasts": "300"}
    told = ada.post(ADDRESS, given, follow=True).content.decode()
    assert "Mail system is failing now." in told and "for another" in told
    message = {"to": "maria@example.org", "subject": "s", "text": "t"}
    assert demo.ask("/messages", message)[0] == 503
    assert demo.ask("/orders/R-20441")[0] == 200
    told = ada.post(ADDRESS, {"system": "mail", "fault": "none"}, follow=True).content.decode()
    assert "Mail system works again." in told and "for another" not in told
    assert demo.ask("/messages", message)[0] == 202
    assert "messages sent 1" in " ".join(ada.get(ADDRESS).content.decode().split())


@pytest.mark.parametrize("given", [{"system": "mail", "fault": "x"}, {"system": "x", "fault": "down"}, {}])
def test_what_there_is_not_is_not_set(given: dict[str, str], ada: Client, demo: Demo) -> None:
    assert ada.post(ADDRESS, given).status_code == 404
    assert demo.ask("/faults", Accept="application/json")[1]["faults"]["mail"]["fault"] == "none"


def test_where_the_stand_ins_are_away_the_page_says_so(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STAND_IN, "http://stand-in.localhost:1")
    answer = ada.get(ADDRESS)
    assert answer.status_code == 503 and "The stand-ins do not answer" in answer.content.decode()


def test_it_is_linked_only_in_a_demo_and_is_nowhere_in_production(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ADDRESS in ada.get("/actors/").content.decode()
    monkeypatch.setenv("CASEWRIGHT_ENV", "production")
    assert ADDRESS not in ada.get("/actors/").content.decode() and ada.get(ADDRESS).status_code == 404


def test_nobody_but_administrators_sees_it(ada: Client, people: dict[str, User]) -> None:
    for name in ("anna", "axel", "olga"):
        ada.force_login(people[name])
        assert ada.get(ADDRESS).status_code == 403
