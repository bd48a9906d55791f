"""People leave in their inbox what they look for, and have it in the order that they need, by what the cases say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from casework.lists import fitting
from casework.lists.columns import COMMENTS, UNIT, Column
from casework.lists.controls import filter_groups
from casework.models import Case
from casework.tasks import inbox
from casework.tasks.services import task_claim
from orchestration.models import HumanTask
from tests.casework.conftest import PERSON
from tests.casework.lists.conftest import Find
from tests.sql import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]


@pytest.fixture
def some(people: People, analysed: Callable[..., Case]) -> None:
    """Five complaints for the analysts: A to D differ in each field, E says nothing."""
    analysed(reference="A", channel="web", received="2026-11-20T08:00:00Z", confidence=0.91)
    analysed(reference="B", channel="Telephone", received="2026-11-21T23:30:00Z", confidence=0.95)
    analysed(reference="C", channel="web", received="2026-11-19", confidence=0.9)
    analysed(reference="D", channel="100%", confidence=0.99)
    analysed(reference="E", confidence=0.93)


@pytest.fixture(params=product(((0, 0), (0, 2000), (2000, 2000)), (0, 1000)), ids=str)
def any_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way to read a page: many, some or few cases fit a filter, many or few tasks stand in the tab."""
    (few, some), cap = request.param
    monkeypatch.setattr(fitting, "FEW", few)
    monkeypatch.setattr(fitting, "SOME", some)
    monkeypatch.setattr(inbox, "CAP", cap)


def test_each_kind_of_field_can_be_filtered(some: None, any_size: None, people: People, find: Find) -> None:
    def found(*filters: tuple[str, str]) -> set[str]:
        return set(find(people["anna"], *filters))

    assert found() == {"A", "B", "C", "D", "E"}
    assert found(("is.channel", "web")) == {"A", "C"}
    assert found(("is.channel", "web"), ("is.channel", "telephone")) == {"A", "B", "C"}
    assert found(("begins.channel", "TELE")) == {"B"}
    assert found(("begins.channel", "1")) == {"D"} and found(("begins.channel", "%")) == set()
    assert found(("from.intent.confidence", "0.93")) == {"B", "D", "E"}
    assert found(("from.intent.confidence", "91 %"), ("to.intent.confidence", "0,95")) == {"A", "B", "E"}
    assert found(("from.received", "2026-11-20")) == {"A", "B"}
    assert found(("from.received", "2026-11-19"), ("to.received", "2026-11-20")) == {"A", "C"}
    assert found(("is.channel", "web"), ("from.intent.confidence", "0.905")) == {"A"}


def test_a_list_is_ordered_by_a_field_and_ends_with_those_that_say_nothing(
    some: None, any_size: None, people: People, find: Find
) -> None:
    anna = people["anna"]
    assert find(anna, sort="intent.confidence") == ["C", "A", "E", "B", "D"]
    assert find(anna, sort="-intent.confidence") == ["D", "B", "E", "A", "C"]
    assert find(anna, sort="received") == ["C", "A", "B", "D", "E"]
    assert find(anna, sort="-received") == ["B", "A", "C", "D", "E"]
    assert find(anna, sort="channel") == ["D", "B", "A", "C", "E"]
    assert find(anna, ("is.channel", "web"), sort="-received") == ["A", "C"]
    assert find(anna, sort="received", reference="b") == ["B"]


def test_filters_and_orders_hold_in_each_tab(some: None, any_size: None, people: People, find: Find) -> None:
    task_claim(by=people["anna"], task=HumanTask.objects.get(instance__case__reference="A"))
    task_claim(by=people["ben"], task=HumanTask.objects.get(instance__case__reference="B"))
    expected = {"mine": ["A"], "groups": ["B", "A", "C"], "unassigned": ["C"], "all": ["B", "A", "C"], "soon": []}
    bounds = ("from.received", "2026-01-01")
    assert {tab: find(people["anna"], bounds, sort="-received", tab=tab) for tab in expected} == expected
    assert {tab: set(find(people["anna"], bounds, tab=tab)) for tab in expected} == {
        tab: set(references) for tab, references in expected.items()
    }


def test_what_is_masked_for_one_is_found_by_no_filter_and_no_order(
    people: People, analysed: Callable[..., Case], find: Find, any_size: None
) -> None:
    analysed(reference="A", channel=PERSON["name"])
    analysed(reference="B", channel="web")
    anna = people["anna"]
    assert find(anna, ("begins.channel", "maria")) == [] == find(anna, ("is.channel", PERSON["name"]))
    assert find(anna, sort="channel") == find(anna, sort="-channel") == ["B", "A"]
    assert find(anna, ("begins.customer.name", "nobody")) == ["A", "B"]  # no such filter for her: it is left out
    anna.groups.add(Group.objects.get(name="Senior analysts"))
    assert find(anna, ("begins.channel", "maria")) == ["A"]
    assert find(anna, sort="channel") == ["A", "B"]
    assert find(anna, ("begins.customer.name", "nobody")) == []


def test_filters_cost_one_statement_more_and_none_a_row(some: None, people: People, find: Find) -> None:
    def cost(*filters: tuple[str, str], sort: str = "") -> int:
        with statements() as sent:
            find(people["anna"], *filters, sort=sort, limit=50)
        return len(sent)

    plain = cost()
    assert cost(("is.channel", "web")) == cost(("is.channel", "web"), ("from.received", "2026-11-01")) == plain + 1
    assert cost(sort="received") == plain + 1
    assert cost(("is.channel", "web"), ("from.received", "2026-11-01"), sort="-received") <= plain + 2


def shown(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_page_says_its_filters_and_lets_each_be_left_out(some: None, people: People) -> None:
    page = shown(people["anna"], "/?tab=groups&col=channel&is.channel=web&from.received=2026-11-20&sort=-received")
    assert "Channel: web" in page and "Received from 2026-11-20" in page
    assert 'href="/?tab=groups&amp;sort=-received&amp;col=channel&amp;from.received=2026-11-20"' in page
    assert 'href="/?tab=unassigned&amp;sort=-received&amp;col=channel&amp;is.channel=web' in page
    assert 'name="from.received"' in page and 'value="2026-11-20"' in page
    assert "aria-sort" not in page and 'value="-received" selected' in page


def test_a_head_orders_by_its_column_and_turns_the_order_around(some: None, people: People) -> None:
    page = shown(people["anna"], "/?tab=groups&col=channel&sort=channel")
    assert 'aria-sort="ascending"' in page and 'href="/?tab=groups&amp;sort=-channel&amp;col=channel"' in page
    page = shown(people["anna"], "/?tab=groups&col=channel&sort=-channel")
    assert 'aria-sort="descending"' in page and 'href="/?tab=groups&amp;sort=channel&amp;col=channel"' in page


def test_a_filter_that_cannot_be_used_is_said_and_left_out(some: None, people: People) -> None:
    page = shown(people["anna"], "/?tab=groups&begins.customer.name=Maria&from.intent.confidence=high&is.no.where=1")
    assert page.count("<span>There is no field of this name") == 2 and "How sure is left out of the filter" in page
    assert page.count('data-label="Due"') == 5
    assert PERSON["name"] not in page


def test_a_list_that_nothing_fits_says_so_and_offers_it_whole(some: None, people: People) -> None:
    page = shown(people["anna"], "/?tab=groups&is.channel=letter")
    assert "No task fits" in page and 'href="/?tab=groups"' in page


def test_an_address_with_many_and_strange_filters_is_a_page(some: None, people: People) -> None:
    strange = "&".join(f"is.channel={n}" for n in range(60)) + "&from.received=9999-12-31&to.intent.confidence=1e400"
    for after in ("v~", "v~1~1~web", "v~x~1~2", "v~99999999999999999999~1~2026", "v~1~1~2026-11-29"):
        for sort in ("received", "intent.confidence", "-channel", "-", "late"):
            shown(people["anna"], f"/?tab=groups&{strange}&sort={sort}&after={after}")


def api(user: User, query: str, status: int = 200) -> Any:
    client = Client()
    client.force_login(user)
    answer = client.get(f"/api/tasks/?scope=groups&{query}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_program_filters_orders_and_reads_fields_in_the_same_way(some: None, people: People) -> None:
    answer = api(people["anna"], "is.channel=web&is.channel=telephone&sort=-received&columns=channel,intent.confidence")
    assert [one["reference"] for one in answer["results"]] == ["B", "A", "C"]
    assert answer["results"][1]["values"] == {"channel": "web", "intent.confidence": "91.0 %"}
    page = api(people["anna"], "sort=received&limit=1")
    assert (
        api(people["anna"], f"sort=received&limit=1&after={page['next'].replace('+', '%2B')}")["results"][0][
            "reference"
        ]
        == "A"
    )


def test_a_program_is_refused_a_field_that_is_masked_like_one_that_is_not_there(some: None, people: People) -> None:
    for name in ("begins.customer.name", "begins.no.where"):
        assert "There is no field of this name" in str(api(people["anna"], f"{name}=M", 400))
    assert "There is no field of this name" in str(api(people["anna"], "sort=customer.name", 400))
    assert "needs a number" in str(api(people["anna"], "from.intent.confidence=high", 400))
    assert api(people["anna"], "columns=customer.name")["results"][0]["values"] == {}


def test_the_filter_is_grouped_and_what_is_set_stands_first_then_what_most_case_types_have() -> None:
    def column(path: str, kind: str, used_by: int = 1) -> Column:
        return Column(path, path, kind, options=(("x", "X"),) if kind == "choice" else (), used_by=used_by)

    columns = [
        *(column(f"choice{n}", "choice") for n in range(7)), column("channel", "text", 9), column("paid", "money"),
        column("came", "date"), column("whom", "person"), column(UNIT, "choice"), column(COMMENTS, "count"),
    ]  # fmt: skip
    what, who, when, much = filter_groups(columns, [("is.choice6", "x"), ("from.paid", "5")])
    assert [each.column.path for each in what.first] == ["choice6", "channel", *(f"choice{n}" for n in range(4))]
    assert [each.column.path for each in what.further] == ["choice4", "choice5", "tag"] and what.used == 1
    assert [each.column.path for each in who.fields] == [UNIT, "whom"] and (who.used, when.used, much.used) == (0, 0, 1)
