"""What failed stands in a list of those who can act, and is tried again one by one or all at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from casework.models import Case
from orchestration.actors.registry import actor_enable
from orchestration.casetypes.case_type import by_definition
from orchestration.models import Incident
from orchestration.shell.services import Origin
from tests.casework.browsing import client
from tests.orchestration.machines import Machines, work_jobs

pytestmark = pytest.mark.django_db

OpenCase = Callable[..., Case]
SYSTEM = Origin("system:test")


@pytest.fixture
def troubled(open_case: OpenCase, machines: Machines) -> list[Case]:
    """Two cases whose intent could not be read, because the model for it was switched off."""
    actor_enable("intent", False, SYSTEM, "It answers nonsense")
    cases = [open_case("T-1"), open_case("T-2")]
    for case in cases:
        work_jobs(case.instance_id)
        case.refresh_from_db()
    actor_enable("intent", True, SYSTEM)
    return cases


def test_such_a_case_says_so_in_its_state(troubled: list[Case]) -> None:
    assert {case.state for case in troubled} == {"Needs attention"}


def test_it_is_counted_and_listed_for_those_who_work_the_case(troubled: list[Case], people: dict[str, User]) -> None:
    page = client(people["anna"]).get("/attention/").content.decode()
    assert "Needs attention 2" in page
    assert all(case.title in page for case in troubled)


def test_what_was_asked_for_and_who_tried_are_named(troubled: list[Case], people: dict[str, User]) -> None:
    answer = client(people["anna"]).get("/attention/")
    title = by_definition(troubled[0].instance.definition_id).capability("intent").title
    assert title != "intent" and f'data-label="Asked for">{title}</td>' in answer.content.decode()
    assert [(one.whose, one.count) for one in answer.context["kinds"]] == [(title, 2)]


@pytest.mark.parametrize("who", ["olga", "dora", "axel", "ada"])
def test_nobody_else_sees_it(troubled: list[Case], people: dict[str, User], who: str) -> None:
    page = client(people[who]).get("/attention/").content.decode()
    assert "Nothing needs you" in page and "Needs attention 2" not in page


def test_all_are_tried_again_at_once(troubled: list[Case], people: dict[str, User]) -> None:
    browser = client(people["anna"])
    keys = [trouble.key for trouble in browser.get("/attention/").context["troubles"]]
    said = browser.post("/attention/", {"trouble": keys}, follow=True).content.decode()
    assert "2 tried again" in said
    for case in troubled:
        work_jobs(case.instance_id)
        case.refresh_from_db()
    assert {case.state for case in troubled} == {"Pending review"}
    assert not Incident.objects.filter(resolved=None).exists()


def test_what_cannot_be_tried_again_is_named_and_keeps_no_other_from_it(
    troubled: list[Case], people: dict[str, User]
) -> None:
    browser = client(people["anna"])
    keys = [trouble.key for trouble in browser.get("/attention/").context["troubles"]]
    browser.post("/attention/", {"trouble": keys[:1]})
    said = browser.post("/attention/", {"trouble": [*keys, "7-x", "99999-1"]}, follow=True).content.decode()
    assert "1 tried again" in said and "T-1: " in said


def test_an_administrator_has_all_tried_again_without_seeing_a_case(
    troubled: list[Case], people: dict[str, User]
) -> None:
    browser = client(people["ada"])
    page = browser.get("/actors/intent/").content.decode()
    assert "Try again the 2 that failed" in page and "T-1" not in page
    assert "2 tried again" in browser.post("/actors/intent/retry/", follow=True).content.decode()
    assert not Incident.objects.filter(resolved=None).exists()
