"""People filter the list of cases by what the cases say, order it by that, and save it; each by what they may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from casework.access import permissions
from casework.cases.read import listed
from casework.cases.read.case_list import case_list
from casework.cases.services import case_change
from casework.lists import fitting
from casework.lists.asked import asked as asked_of
from casework.lists.columns import offered
from casework.lists.models import SavedView
from casework.models import Case
from orchestration.ground import clock
from tests.casework.conftest import PERSON
from tests.sql import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]


@pytest.fixture
def some(people: People, analysed: Callable[..., Case]) -> None:
    """Six complaints: A to D differ in each field, E says nothing and is closed; F alone is seen by the cards team."""
    analysed(reference="A", channel="web", received="2026-11-20T08:00:00Z")
    analysed(reference="B", channel="Telephone", received="2026-11-21T23:30:00Z")
    analysed(reference="C", channel="web", received="2026-11-19")
    analysed(reference="D", channel="100%")
    ended = analysed(reference="E")
    analysed(reference="F", channel="web", received="2026-11-18", intent="card_lost_or_stolen")
    case_change(by=people["anna"], case=ended, transition="terminate", reason="It was sent twice.")


@pytest.fixture(params=[(few, cap) for few, cap in product((0, 2000), (0, 1000))], ids=str)
def any_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way to read a page: many or few cases fit a filter, many or few stand in the list."""
    few, cap = request.param
    monkeypatch.setattr(fitting, "FEW", few)
    monkeypatch.setattr(listed, "CAP", cap)


def find(user: User, *filters: tuple[str, str], sort: str = "", limit: int = 2, **more: str) -> list[str]:
    """The references of all pages, in order."""
    fresh = User.objects.get(pk=user.pk)
    sought = asked_of(filters, sort, offered(permissions.principal(fresh, None, clock.utc_now())))
    references, after = list[str](), ""
    while True:
        page = case_list(
            user=fresh, now=clock.utc_now(), after=after, asked=sought, limit=limit, **{"which": "all", **more}
        )  # type: ignore[arg-type]
        references += [row.reference for row in page.rows]
        after = page.following
        if not after:
            return references


def test_each_kind_of_field_filters_the_cases(some: None, any_size: None, people: People) -> None:
    anna = people["anna"]
    assert find(anna) == ["F", "E", "D", "C", "B", "A"]
    assert find(anna, ("is.channel", "web")) == ["F", "C", "A"]
    assert find(anna, ("is.channel", "web"), ("is.channel", "telephone")) == ["F", "C", "B", "A"]
    assert find(anna, ("begins.channel", "1")) == ["D"] and find(anna, ("begins.channel", "%")) == []
    assert find(anna, ("from.received", "2026-11-20")) == ["B", "A"]
    assert find(anna, ("is.channel", "web"), ("to.received", "2026-11-19")) == ["F", "C"]
    assert find(people["axel"], ("is.channel", "web")) == ["F", "C", "A"]
    assert find(people["dora"], ("is.channel", "web")) == ["F"] and find(people["olga"], ("is.channel", "web")) == []


def test_cases_are_ordered_by_a_field_and_end_with_those_that_say_nothing(
    some: None, any_size: None, people: People
) -> None:
    anna = people["anna"]
    assert find(anna, sort="received") == ["F", "C", "A", "B", "E", "D"]
    assert find(anna, sort="-received") == ["B", "A", "C", "F", "E", "D"]
    assert find(anna, ("is.channel", "web"), sort="received") == ["F", "C", "A"]
    assert find(anna, sort="-received", which="open") == ["B", "A", "C", "F", "D"]
    assert find(anna, sort="received", reference="a") == ["A"]
    assert find(people["dora"], sort="received") == ["F"] and find(people["olga"], sort="received") == []


@pytest.mark.parametrize("narrow", [0, 1000], ids=["many begin alike", "few begin alike"])
def test_a_reference_is_sought_among_what_is_filtered_and_ordered(
    some: None, any_size: None, people: People, monkeypatch: pytest.MonkeyPatch, narrow: int
) -> None:
    monkeypatch.setattr(listed, "NARROW", narrow)
    monkeypatch.setattr(listed, "WALKED", 2)
    for reference in ("a", "b", "x", "%"):
        for filters in ((), (("is.channel", "web"),)):
            for sort in ("", "received"):
                every = find(people["anna"], *filters, sort=sort)
                fitting = [one for one in every if one.lower() == reference]
                assert find(people["anna"], *filters, sort=sort, reference=reference) == fitting


def test_kind_state_and_list_hold_with_filters(some: None, any_size: None, people: People) -> None:
    web = ("is.channel", "web")
    states = dict(Case.objects.values_list("reference", "state"))

    def alike(*references: str) -> list[str]:
        return [one for one in references if states[one] == states["A"]]

    assert find(people["anna"], web, state=states["A"], kind="complaint") == alike("F", "C", "A")
    assert find(people["anna"], web, state="Nowhere") == find(people["anna"], web, which="closed") == []
    assert find(people["anna"], web, kind="refund") == []
    in_order = find(people["anna"], sort="received", kind="complaint", state=states["A"])
    assert in_order == alike("F", "C", "A", "B", "D")


def test_what_is_masked_finds_no_case_and_orders_none(
    people: People, analysed: Callable[..., Case], any_size: None
) -> None:
    analysed(reference="A", channel=PERSON["name"])
    analysed(reference="B", channel="web")
    anna = people["anna"]
    assert find(anna, ("begins.channel", "maria")) == [] == find(anna, ("is.channel", PERSON["name"]))
    assert find(anna, sort="channel") == find(anna, sort="-channel") == ["B", "A"]
    anna.groups.add(Group.objects.get(name="Senior analysts"))
    assert find(anna, ("begins.channel", "maria")) == ["A"]


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(user: User, address: str) -> str:
    answer = browser(user).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def references(text: str) -> list[str]:
    return re.findall(r'class="about-reference"[^>]*>([^<]+)<', text)


def test_a_page_of_cases_says_its_filters_columns_and_figures(some: None, people: People) -> None:
    page = shown(people["anna"], "/cases/?col=channel&is.channel=web&sort=-received")
    assert references(page) == ["A", "C", "F"] and "Channel: web" in page and 'data-label="Channel"' in page
    assert re.findall(r'<span\s+class="count"[^>]*>(\d+)<', page) == ["3", "0", "3"]
    assert 'value="-received" selected' in page and "“" not in re.findall(r"<q>(.*?)</q>", page)[0]
    assert "No case to show" in shown(people["anna"], "/cases/?is.channel=letter")
    strange = "&".join(f"is.channel={n}" for n in range(60)) + "&from.received=9999-12-31&begins.customer.name=M"
    for after in ("v~", "v~1~1~web", "v~x~1~2", "v~1~1~2026-11-29", "x"):
        assert PERSON["name"] not in shown(people["anna"], f"/cases/?{strange}&sort=received&after={after}")


def test_a_list_of_cases_is_saved_shared_and_opened_at_first(some: None, people: People) -> None:
    made = browser(people["anna"]).post(
        "/views/",
        {"kind": "cases", "state": "which=all&is.channel=web&tag=vip&begins.customer.name=M", "name": "Web",
         "group": Group.objects.get(name="Analysts").pk},
    )  # fmt: skip
    view = SavedView.objects.get()
    assert made["Location"] == f"/cases/?view={view.pk}" and "Web" not in shown(people["anna"], "/")
    page = shown(people["ben"], "/cases/")
    assert f'href="/cases/?view={view.pk}"' in page
    opened = shown(people["ben"], f"/cases/?view={view.pk}")
    assert references(opened) == [] and "1 part of this view" in opened and "Tag: vip" in opened
    SavedView.objects.update(query="which=all&is.channel=web&sort=received")
    opened = shown(people["ben"], f"/cases/?view={view.pk}")
    assert references(opened) == ["F", "C", "A"] and re.findall(r'data-count="view-\d+">(\d+)<', opened) == ["3"]
    browser(people["ben"]).post(f"/views/{view.pk}/", {"do": "default"})
    assert references(shown(people["ben"], "/cases/")) == ["F", "C", "A"]
    assert len(references(shown(people["ben"], "/cases/?which=open"))) == 5


def api(user: User, query: str, status: int = 200) -> Any:
    answer = browser(user).get(f"/api/cases/?{query}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_program_filters_orders_and_reads_fields_of_cases(some: None, people: People) -> None:
    anna = people["anna"]
    answer = api(anna, "is.channel=web&is.channel=telephone&sort=-received&columns=channel")
    assert [one["reference"] for one in answer["results"]] == ["B", "A", "C", "F"]
    assert answer["results"][0]["values"] == {"channel": "Telephone"} and answer["results"][0]["about"]
    assert "There is no field of this name" in str(api(anna, "begins.customer.name=M", 400))
    made = browser(anna).post(
        "/api/views/", {"list": "cases", "name": "Web", "asks": "which=all&is.channel=web"}, "application/json"
    ).json()  # fmt: skip
    assert [one["reference"] for one in api(anna, f"view={made['id']}")["results"]] == ["F", "C", "A"]
    assert api(anna, f"view={made['id']}&closed=true", 400) and "another list" in str(
        browser(anna).get(f"/api/tasks/?view={made['id']}").json()
    )


def test_filters_and_figures_of_cases_cost_no_statement_a_row(some: None, people: People) -> None:
    def cost(query: str) -> int:
        client = browser(people["anna"])
        with statements() as sent:
            client.get(f"/cases/?which=all{query}")
        return len(sent)

    cost("")
    plain = cost("")
    assert cost("&is.channel=web") <= plain + 2
    assert cost("&is.channel=web&sort=received&col=channel") <= plain + 4
