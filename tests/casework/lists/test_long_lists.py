"""What does a filter cost that many cases fit, in a list that is long, and what is said of what it did not look at?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from casework.lists.counts import AtLeast
from casework.models import Case
from orchestration.models import HumanTask, TaskCandidate
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

FITS = "/?tab=groups&is.channel=web"


@pytest.fixture
def long_list(analysed: Callable[..., Case], monkeypatch: pytest.MonkeyPatch) -> tuple[Case, Case]:
    """Of twelve tasks the last two fit; a page looks at four, two at a time, and five are counted."""
    for name, value in {"STEP": 2, "STEPS": 2, "COUNTED": 5}.items():
        monkeypatch.setattr(f"casework.tasks.walked.{name}", value)
    monkeypatch.setattr("casework.tasks.inbox_counts.COUNTED", 5)
    monkeypatch.setattr("casework.lists.fitting.FEW", 0)
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
        assert "Look further on" in told(answer)
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
