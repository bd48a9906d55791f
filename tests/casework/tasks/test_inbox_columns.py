"""People choose what a row says of its case, among the fields that its type declares and that they may read."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from casework.access import permissions
from casework.actors.bundled import CASE_TYPES
from casework.lists.columns import chosen, offered
from casework.models import Case
from casework.tasks.inbox import inbox_page
from orchestration.casetypes.case_type import Faulty, checked, folder_files
from orchestration.ground import clock
from tests.casework.conftest import PERSON

pytestmark = pytest.mark.django_db

People = dict[str, User]


def columns_of(user: User) -> dict[str, str]:
    return {column.path: column.label for column in offered(permissions.principal(user, None, clock.utc_now()))}


def cells(user: User, *paths: str) -> list[list[object]]:
    person = permissions.principal(user, None, clock.utc_now())
    columns = chosen(offered(person), paths)
    page = inbox_page(user=user, tab="groups", now=timezone.now(), columns=columns)
    return [[cell.shown for cell in row.cells] for row in page.rows]


def shown(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_row_says_what_its_case_is_about_in_people_s_words(people: People, analysed: Callable[..., Case]) -> None:
    analysed(channel="web")
    assert cells(people["anna"], "intent.confidence", "channel", "received") == [["93.0 %", "web", None]]
    assert cells(people["anna"], "channel", "intent.confidence") == [["web", "93.0 %"]]


def test_a_column_that_one_may_not_read_is_not_offered_and_not_shown_when_asked_for(
    people: People, analysed: Callable[..., Case]
) -> None:
    analysed()
    assert "customer.name" not in columns_of(people["anna"])
    assert cells(people["anna"], "customer.name") == [[]]
    page = shown(people["anna"], "/?tab=groups&col=customer.name")
    assert 'name="col"' in page and "Customer" not in page and PERSON["name"] not in page
    people["anna"].groups.add(Group.objects.get(name="Senior analysts"))
    assert cells(people["anna"], "customer.name") == [[PERSON["name"]]]


def test_a_value_that_echoes_what_is_masked_is_masked(people: People, analysed: Callable[..., Case]) -> None:
    analysed(channel=PERSON["name"])
    assert cells(people["anna"], "channel") == [["•••"]]
    assert PERSON["name"] not in shown(people["anna"], "/?tab=groups&col=channel")


def test_chosen_columns_stay_in_every_link_of_the_page(people: People, analysed: Callable[..., Case]) -> None:
    analysed(channel="telephone")
    page = shown(people["anna"], "/?tab=groups&col=channel&col=received")
    assert re.search(r'<a class="by"[^>]*>Channel\s*</a>', page)
    assert re.search(r'data-label="Channel"[^>]*>\s*telephone\s*</td>', page)
    for tab in ("mine", "unassigned", "soon", "all"):
        assert f'href="/?tab={tab}&amp;col=channel&amp;col=received"' in page
    assert page.count('name="col" value="channel"') >= 1


def test_all_holds_mine_and_what_is_offered_to_my_groups_once(people: People, analysed: Callable[..., Case]) -> None:
    mine, free = (analysed().instance.tasks.get() for _ in range(2))
    mine.assignee = people["anna"]
    mine.save()
    analysed(intent="card_lost_or_stolen")
    page = inbox_page(user=people["anna"], tab="all", now=timezone.now())
    assert {row.id for row in page.rows} == {mine.pk, free.pk}
    assert page.counts["all"] == len(page.rows) == 2


def test_a_list_names_places_that_are_in_the_data() -> None:
    files = folder_files(CASE_TYPES / "refund")
    files["manifest.yaml"] = files["manifest.yaml"].replace("{path: amount, label", "{path: amuont, label")
    with pytest.raises(Faulty, match="list: the schema has no place 'amuont'"):
        checked(files, clock.utc_now())
