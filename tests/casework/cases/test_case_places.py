"""Has a case places that can be linked, each with its head, and does a page read no more than its place shows?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from casework.cases.read.case_page import CasePage, case_page
from casework.cases.services import case_change
from casework.models import Case
from casework.tasks.services import task_claim
from orchestration.ground import clock
from orchestration.models import HumanTask
from tests.casework.actions import open_task
from tests.casework.cases.test_past import grown
from tests.sql import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
Opens = Callable[..., Case]
PLACES = ("", "documents/", "data/", "decisions/", "people/", "history/")


def seen(case: Case, user: User) -> CasePage:
    fresh = Case.objects.select_related("instance__definition").get(pk=case.pk)
    return case_page(user=User.objects.get(pk=user.pk), case=fresh, now=clock.utc_now(), place="work")


@pytest.mark.parametrize(
    ("place", "shows", "leaves"),
    [
        ("", "What is outstanding", "Data collected"),
        ("data/", "Data collected", "What is outstanding"),
        ("decisions/", "What machines found", "Data collected"),
    ],
)
def test_each_place_has_its_address_and_shows_itself_alone(
    people: People, analysed: Opens, client: Client, place: str, shows: str, leaves: str
) -> None:
    case = analysed()
    client.force_login(people["anna"])
    told = client.get(f"/cases/{case.pk}/{place}").content.decode()
    assert shows in told and leaves not in told
    assert "Places of this case" in told and "Next for you" in told
    assert "Analysts to finish “Approve the answer”" in told


@pytest.mark.parametrize("anchor", ["data", "decisions"])
def test_an_old_link_to_a_part_of_the_one_page_still_leads_to_the_way_there(
    people: People, analysed: Opens, client: Client, anchor: str
) -> None:
    case = analysed()
    client.force_login(people["anna"])
    for place in ("", "data/", "decisions/"):
        assert client.get(f"/cases/{case.pk}/{place}").content.decode().count(f'id="{anchor}"') == 1


def test_no_place_of_a_case_with_two_thousand_events_costs_more_than_fifteen_statements(
    people: People, analysed: Opens, client: Client
) -> None:
    case = analysed()
    grown(case, 2000)
    people["anna"].groups.add(Group.objects.get(name="Senior analysts"))
    client.force_login(people["anna"])
    for is_suspended in (False, True):
        sent = {place: _sent(client, f"/cases/{case.pk}/{place}") for place in PLACES}
        assert max(sent.values()) <= 15, sent
        if not is_suspended:
            case_change(by=people["clara"], case=case, transition="suspend", reason="The court decides first")


def _sent(client: Client, address: str) -> int:
    """How many statements leave for PostgreSQL once the page has been looked at."""
    client.get(address)
    with statements() as sent:
        client.get(address)
    return len(sent)


def test_the_next_thing_is_to_take_the_task_and_then_to_work_on_it(people: People, analysed: Opens) -> None:
    case = analysed()
    first = seen(case, people["anna"]).head
    assert first.next is not None
    assert (first.owner, first.next.what, first.next.button) == ("Analysts", "Approve the answer", "Take it")
    task_claim(by=people["anna"], task=open_task(case))
    mine = seen(case, people["anna"]).head
    assert mine.next is not None
    assert (mine.owner, mine.next.button, mine.next.posts) == ("you", "Work on it", False)


def test_who_may_only_read_is_offered_nothing_to_do(people: People, analysed: Opens) -> None:
    assert seen(analysed(), people["axel"]).head.next is None


@pytest.mark.parametrize(("hours", "risk"), [(-1, "late"), (2, "at risk"), (30, "")])
def test_the_head_says_how_close_the_first_due_task_is(people: People, analysed: Opens, hours: int, risk: str) -> None:
    case = analysed()
    HumanTask.objects.filter(instance=case.instance_id).update(due=clock.utc_now() + timedelta(hours=hours))
    assert seen(case, people["anna"]).head.risk == risk
