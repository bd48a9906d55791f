"""A person with the right reveals a masked field, and says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.access.sessions import CONFIRMED
from casework.cases import revealing
from casework.cases.waiting_live import waiting_states
from casework.models import Case, Reveal
from casework.tasks.services import task_claim
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from tests.casework.actions import Door, denials, door, kept, open_task
from tests.casework.conftest import PERSON

__all__ = ["door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]
IBAN = {"path": "/customer/iban", "reason": "To compare it with the transfer"}


def page(door: Door, who: User, case: Case) -> str:
    """The case as this person sees it."""
    prefix = "/api" if door.is_api else ""
    return door._client(who).get(f"{prefix}/cases/{case.pk}/{'' if door.is_api else 'data/'}").content.decode()


def test_they_see_it_and_the_reason_is_kept(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    assert PERSON["iban"] not in page(door, people["clara"], case)
    answer: Any = door(people["clara"], "reveal", case.pk, **IBAN)
    assert answer.status_code == door.done
    assert not door.is_api or answer.json()["value"] == PERSON["iban"]
    assert PERSON["iban"] in page(door, people["clara"], case) and PERSON["card"] not in page(
        door, people["clara"], case
    )
    (told,) = kept(case, "field.revealed")
    until = Reveal.objects.get().until.isoformat()
    assert (told.actor, {**IBAN, "until": until}) == (
        "person:clara",
        {name: told.detail[name] for name in (*IBAN, "until")},
    )


def test_whoever_has_work_of_the_case_is_told_of_it_and_nobody_else(
    door: Door, people: People, analysed: Callable[..., Case]
) -> None:
    case = analysed()
    assert not isinstance(task_claim(by=people["anna"], task=open_task(case)), Refused)
    anna, ben = Client(), Client()
    anna.force_login(people["anna"])
    ben.force_login(people["ben"])
    before = waiting_states([people["anna"].pk])
    door(people["clara"], "reveal", case.pk, **IBAN)
    assert waiting_states([people["anna"].pk]) != before, "her open page is refreshed"
    told = anna.get("/comments/").content.decode()
    assert "revealed customer / iban in your case" in told and IBAN["reason"] in told and "new to you" in told
    assert 'href="/comments/"' in anna.get("/").content.decode(), "the bar counts it"
    assert PERSON["iban"] not in told and "revealed" not in ben.get("/comments/").content.decode()
    anna.post("/comments/")
    assert "new to you" not in anna.get("/comments/").content.decode()


def test_nobody_else_sees_it_and_they_only_for_a_while(
    door: Door, people: People, analysed: Callable[..., Case]
) -> None:
    case = analysed()
    door(people["clara"], "reveal", case.pk, **IBAN)
    assert PERSON["iban"] not in page(door, people["anna"], case)
    Reveal.objects.update(until=clock.utc_now() - timedelta(seconds=1))
    assert PERSON["iban"] not in page(door, people["clara"], case)


def test_again_while_it_is_shown_is_refused(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    door(people["clara"], "reveal", case.pk, **IBAN)
    assert door(people["clara"], "reveal", case.pk, **IBAN).status_code == 409
    assert len(kept(case, "field.revealed")) == 1


@pytest.mark.parametrize("reason", ["", "abc", "    x    ", "y" * 501])
def test_not_without_a_reason(door: Door, people: People, analysed: Callable[..., Case], reason: str) -> None:
    case = analysed()
    assert door(people["clara"], "reveal", case.pk, path=IBAN["path"], reason=reason).status_code == 400
    assert not Reveal.objects.exists() and PERSON["iban"] not in page(door, people["clara"], case)


@pytest.mark.parametrize("path", ["/customer/shoe", "customer.iban", "/message", "/customer"])
def test_only_what_is_masked(door: Door, people: People, analysed: Callable[..., Case], path: str) -> None:
    case = analysed()
    assert door(people["clara"], "reveal", case.pk, path=path, reason=IBAN["reason"]).status_code in (404, 409)
    assert not Reveal.objects.exists()


def test_looking_reveals_nothing(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    assert PERSON["iban"] not in door.get(people["clara"], "reveal", case.pk).content.decode()
    assert not Reveal.objects.exists()


def test_not_by_those_without_the_right(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    for name, status in (("olga", 404), ("dora", 404), ("ada", 404), ("anna", 403), ("axel", 403)):
        assert door(people[name], "reveal", case.pk, **IBAN).status_code == status
    assert not Reveal.objects.exists()
    assert denials(case) == [("person:anna", "reveal"), ("person:axel", "reveal")]


def test_a_page_asks_for_the_password_again_when_it_was_given_long_ago(
    people: People, analysed: Callable[..., Case]
) -> None:
    case, browser = analysed(), Client()
    browser.force_login(people["clara"])
    session = browser.session
    session[CONFIRMED] = 0
    session.save()
    asked = browser.get(f"/cases/{case.pk}/reveal/?path=/customer/iban")
    assert asked.status_code == 302 and asked["Location"].startswith("/account/again/?next=")
    assert browser.post(f"/cases/{case.pk}/reveal/", IBAN).status_code == 302 and not Reveal.objects.exists()
    by_api = browser.post(f"/api/cases/{case.pk}/reveal/", IBAN, content_type="application/json")
    assert by_api.status_code == 403 and not Reveal.objects.exists()


def test_the_kind_of_the_reason_is_kept(door: Door, people: People, analysed: Callable[..., Case]) -> None:
    case = analysed()
    assert door(people["clara"], "reveal", case.pk, **IBAN, kind="no such kind").status_code == 400
    assert door(people["clara"], "reveal", case.pk, **IBAN, kind="payment").status_code == door.done
    assert kept(case, "field.revealed")[0].detail["kind"] == "payment"


def test_not_more_than_so_many_within_an_hour(
    door: Door, people: People, analysed: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revealing, "MOST", 1)
    case = analysed()
    door(people["clara"], "reveal", case.pk, **IBAN)
    more = {"path": "/customer/card", "reason": IBAN["reason"]}
    assert door(people["clara"], "reveal", case.pk, **more).status_code == 409
    Reveal.objects.update(until=clock.utc_now() - timedelta(hours=1))
    assert door(people["clara"], "reveal", case.pk, **more).status_code == door.done
