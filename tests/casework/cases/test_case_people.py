"""Does a case say who works on it, who did, who follows it, and who may see it and through what?"""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from casework.models import Case, Follow
from casework.tasks.assigning import task_assign
from casework.tasks.services import task_claim
from orchestration.ground import clock
from orchestration.models import HumanTask
from tests.casework.actions import open_task, statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
Opens = Callable[..., Case]


@pytest.fixture
def anna(people: People, client: Client) -> Client:
    client.force_login(people["anna"])
    return client


def page(client: Client, case: Case) -> str:
    return unescape(client.get(f"/cases/{case.pk}/people/").content.decode())


def test_it_says_who_has_work_here_and_who_worked_on_it(people: People, anna: Client, analysed: Opens) -> None:
    case = analysed()
    task_claim(by=people["ben"], task=open_task(case))
    told = page(anna, case)
    assert "with Ben Bauer" in told
    did = told.partition("Who worked on it")[2].partition("Who may see it")[0]
    assert "Ben Bauer" in did and "actor=person%3Aben" in did and "Anna Adler" not in did


def test_it_says_which_groups_and_people_may_see_it_and_through_what(
    people: People, anna: Client, analysed: Opens
) -> None:
    case = analysed()
    found = {one.name: one for one in anna.get(f"/cases/{case.pk}/people/").context["page"].people.grants}
    analysts, auditors = found["Analysts"], found["Auditors"]
    assert (analysts.through, analysts.rights) == ("this case", ("view", "work"))
    assert analysts.members == Group.objects.get(name="Analysts").user_set.filter(is_active=True).count()
    assert (auditors.through, auditors.rights) == ("all cases", ("view", "audit"))
    assert "Cards team" not in found
    assert isinstance(task_assign(by=people["clara"], task=open_task(case), to=people["dora"]), HumanTask)
    found = {one.name: one for one in anna.get(f"/cases/{case.pk}/people/").context["page"].people.grants}
    assert (found[people["dora"].get_full_name()].is_group, found[people["dora"].get_full_name()].members) == (False, 0)


def test_it_names_those_who_follow_it(people: People, anna: Client, analysed: Opens) -> None:
    case = analysed()
    assert "Followed by" not in page(anna, case)
    Follow.objects.create(case=case, person=people["clara"], at=clock.utc_now())
    assert f"Followed by</span> {people['clara'].get_full_name()}" in page(anna, case)


def test_it_costs_few_statements_however_many_people_there_are(anna: Client, analysed: Opens) -> None:
    case = analysed()
    page(anna, case)
    few = statements(lambda: page(anna, case))
    for number in range(5):
        who = User.objects.create_user(f"more{number}")
        who.groups.add(Group.objects.get(name="Analysts"))
        Follow.objects.create(case=case, person=who, at=clock.utc_now())
    assert statements(lambda: page(anna, case)) == few
    assert few <= 18
