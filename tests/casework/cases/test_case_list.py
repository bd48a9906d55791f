"""Everybody finds in the list what they may see, however the list is read for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.read.case_list import case_list
from casework.models import Case
from orchestration.ground import clock
from tests.sql import statements

pytestmark = pytest.mark.django_db


def shown(user: User, **which: str) -> list[str]:
    return [row.reference for row in case_list(user=user, now=clock.utc_now(), which="all", **which).rows]


@pytest.fixture
def some(analysed: Callable[..., Case]) -> None:
    """Complaints of different teams."""
    analysed(), analysed(intent="card_lost_or_stolen"), analysed(confidence=0.5)


@pytest.mark.parametrize(("who", "many"), [("anna", 3), ("dora", 1), ("axel", 3), ("olga", 0), ("ada", 0)])
def test_few_and_many_cases_are_listed_alike(
    some: None, people: dict[str, User], monkeypatch: pytest.MonkeyPatch, who: str, many: int
) -> None:
    found = shown(people[who])
    assert len(found) == many == len(set(found))
    monkeypatch.setattr(permissions, "FEW", 0)
    fresh = User.objects.get(username=who)
    assert shown(fresh) == found
    assert shown(fresh, reference="T-2") == [each for each in found if each.startswith("T-2")]


def test_no_list_asks_for_all_cases_that_somebody_may_see(
    some: None, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permissions, "FEW", 0)
    with statements() as sent:
        shown(people["anna"])
    page = next(each for each in sent if 'ORDER BY "casework_case"."created" DESC' in each)
    assert "EXISTS" in page and " IN (SELECT" not in page.split("EXISTS")[0]
