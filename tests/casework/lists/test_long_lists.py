"""What does a filter cost that many cases fit, in a list that is long, and what is said of what it did not look at?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import DivisionByZero
from psycopg.sql import SQL

from casework.access import permissions
from casework.lists import reading
from casework.lists.asked import asked
from casework.lists.columns import offered
from casework.lists.counts import AtLeast
from casework.models import Case
from casework.tasks.inbox import CAP, inbox_page
from orchestration.ground import clock
from orchestration.models import HumanTask, TaskCandidate
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

FITS = "/?tab=groups&is.channel=web"


@pytest.fixture(params=(0, 3000), ids=("many cases fit", "some cases fit"))
def long_list(
    analysed: Callable[..., Case], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> tuple[Case, Case]:
    """Of twelve tasks the last two fit; a page looks at four, two at a time, and five are counted."""
    for name, value in {"STEP": 2, "LOOKED": 4, "COUNTED": 5}.items():
        monkeypatch.setattr(f"casework.tasks.walked.{name}", value)
    monkeypatch.setattr("casework.tasks.inbox_counts.COUNTED", 5)
    monkeypatch.setattr("casework.lists.fitting.FEW", 0)
    monkeypatch.setattr("casework.lists.fitting.SOME", request.param)
    other, fitting = analysed(channel="letter"), analysed(channel="web")
    HumanTask.objects.all().delete()
    _piled(other, 10, after=0)
    _piled(fitting, 2, after=10)
    return other, fitting


def _piled(case: Case, count: int, after: int) -> None:
    group, now = Group.objects.get(name="Analysts"), timezone.now()
    for number in range(count):
        due = now + timedelta(days=1, minutes=after + number)
        task = HumanTask.objects.create(instance_id=case.instance_id, item=500 + number, definition_item="x",
                                        name=f"Task {after + number}", created=now, due=due)  # fmt: skip
        TaskCandidate.objects.create(task=task, group=group, due=due)


def test_a_page_ends_where_it_has_looked_far_enough_and_the_next_goes_on_there(
    long_list: tuple[Case, Case], people: dict[str, User], client: Client
) -> None:
    client.force_login(people["anna"])
    seen, pages, answer = list[str](), 0, client.get(FITS)
    while following := answer.context["page"].following:
        assert "Look further on" in told(answer) and answer.context["page"].looked == 4
        answer, pages = client.get(answer.context["next"]), pages + 1
        seen += [row.name for row in answer.context["page"].rows]
        assert following != answer.context["page"].following
    assert (seen, pages) == (["Task 10", "Task 11"], 3)
    assert "That was all" in told(answer)


def test_a_count_that_ended_before_its_list_says_so(
    long_list: tuple[Case, Case], people: dict[str, User], client: Client
) -> None:
    client.force_login(people["anna"])
    page = client.get(FITS)
    assert page.context["page"].counts["groups"] == AtLeast(0) and ">0+</span>" in told(page)
    everything = client.get("/?tab=groups").context["page"].counts["groups"]
    assert everything == 12 and not isinstance(everything, AtLeast)


Offered = list[tuple[int, int]]
"""Of each task, in the order of what is due, to which groups it is offered (as bits), and which case it is of."""


@pytest.fixture
def teams(people: dict[str, User]) -> list[Group]:
    made = [Group.objects.get(name="Analysts"), *(Group.objects.create(name=f"Team {n}") for n in range(3))]
    people["anna"].groups.add(*made)
    return made


def _offered(tasks: Offered, cases: tuple[Case, Case], teams: list[Group]) -> None:
    now = timezone.now()
    for number, (to, of) in enumerate(tasks):
        due = now + timedelta(days=1, minutes=number)
        task = HumanTask.objects.create(instance_id=cases[of].instance_id, item=900 + number, definition_item="x",
                                        name=f"Task {number}", created=now, due=due)  # fmt: skip
        TaskCandidate.objects.bulk_create(
            TaskCandidate(task=task, instance_id=task.instance_id, group=team, due=due)
            for bit, team in enumerate(teams)
            if to >> bit & 1
        )


@pytest.mark.parametrize("late", [False, True])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tasks=st.lists(st.tuples(st.integers(1, 15), st.integers(0, 1)), max_size=16))
def test_of_several_groups_each_task_that_fits_is_on_one_page_in_its_order(
    late: bool, tasks: Offered, long_list: tuple[Case, Case], teams: list[Group], people: dict[str, User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whichever group's tasks are due first, and however many tasks are read of each at a time."""
    monkeypatch.setattr("casework.tasks.walked.LEAST", 1)
    monkeypatch.setattr("casework.tasks.inbox.CAP", 0)
    HumanTask.objects.all().delete()
    _offered(tasks, long_list, teams)
    anna = User.objects.get(pk=people["anna"].pk)
    wanted = asked([("is.channel", "web")], "", offered(permissions.principal(anna, None, clock.utc_now())))
    after, seen = "", list[str]()
    while True:
        page = inbox_page(user=anna, tab="groups", now=timezone.now(), after=after, latest_first=late, asked=wanted)
        seen += [row.name for row in page.rows]
        if not (after := page.following):
            break
    expected = [f"Task {number}" for number, (_, of) in enumerate(tasks) if of]
    assert seen == (expected[::-1] if late else expected)


def test_what_to_do_next_is_sought_among_the_first_that_are_due_of_all_groups_together(
    long_list: tuple[Case, Case], teams: list[Group], people: dict[str, User], client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    HumanTask.objects.all().delete()
    _offered([(1 << number % 4, 0) for number in range(12)], long_list, teams)
    HumanTask.objects.filter(name__in=["Task 3", "Task 11"]).update(priority=80)
    monkeypatch.setattr("casework.tasks.inbox.CAP", 7)
    client.force_login(people["anna"])
    rows = client.get("/?tab=groups&sort=next").context["page"].rows
    assert [row.name for row in rows] == [f"Task {number}" for number in (3, 0, 1, 2, 4, 5, 6, 7)]
    assert CAP == 1000


def test_the_plan_of_a_list_is_kept_and_nothing_else_is_planned_otherwise(db: None) -> None:
    def mode() -> str:
        with connection.cursor() as plain:
            plain.execute("show plan_cache_mode")
            return str(plain.fetchone()[0])

    assert reading.rows(SQL("select current_setting('plan_cache_mode')"), {}) == [("force_generic_plan",)]
    assert mode() == "auto"
    with pytest.raises(DivisionByZero), transaction.atomic():
        reading.rows(SQL("select 1 / %(nought)s::int"), {"nought": 0})
    assert mode() == "auto"
    assert reading.rows(SQL("select 1"), {}) == [(1,)]


def test_a_long_list_in_the_order_of_what_to_do_next_says_how_far_that_order_reaches(
    long_list: tuple[Case, Case], people: dict[str, User], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(people["anna"])
    said = "in the order of what to do next stand the first"
    assert said not in " ".join(client.get("/?tab=groups&sort=next").content.decode().split())
    monkeypatch.setattr("casework.tasks.views.inbox.CAP", 1)
    page = " ".join(client.get("/?tab=groups&sort=next").content.decode().split())
    assert f"{said} 1 that are due" in page and said not in client.get("/?tab=groups").content.decode()
