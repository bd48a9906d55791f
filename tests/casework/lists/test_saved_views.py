"""People save lists under a name, share them, and have their inbox open with one; each sees what they may."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from audit.models import AuditEvent, AuditPayload, StandingChain
from casework.lists.models import SavedView
from casework.lists.saved import MOST
from casework.models import Case
from orchestration.shell.verification.control import verify_control
from tests.casework.conftest import PERSON
from tests.sql import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
WEB = "tab=groups&col=channel&is.channel=web"


@pytest.fixture
def some(people: People, analysed: Callable[..., Case]) -> None:
    """Three complaints for the analysts, two of them by web."""
    for reference, channel in (("A", "web"), ("B", "telephone"), ("C", "web")):
        analysed(reference=reference, channel=channel)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def saved(user: User, state: str = WEB, name: str = "By web", **more: Any) -> int:
    """The number of the view that the form makes."""
    answer = browser(user).post("/views/", {"kind": "inbox", "state": state, "name": name, **more})
    assert answer.status_code == 302, answer.content
    return int(parse_qs(urlsplit(answer["Location"]).query)["view"][0])


def change(user: User, view: int, status: int = 302, **given: str) -> None:
    assert browser(user).post(f"/views/{view}/", given).status_code == status


def page(user: User, address: str = "/") -> str:
    answer = browser(user).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def references(text: str) -> list[str]:
    return re.findall(r'class="about-reference"[^>]*>([^<]+)<', text)


def tabs(text: str) -> dict[str, str]:
    """What the tabs say, with their figures."""
    found = re.findall(
        r'<a[^>]*>(?:<span class="view-star"[^>]*>★</span>)?([^<]+)<span class="count"[^>]*>([^<]+)<', text
    )
    return {html.unescape(name).strip(): count for name, count in found}


def group(name: str = "Analysts") -> str:
    return str(Group.objects.get(name=name).pk)


def test_a_view_opens_the_list_as_it_was_saved(some: None, people: People) -> None:
    view = saved(people["anna"])
    shown = page(people["anna"], f"/?view={view}")
    assert references(shown) == ["A", "C"] and "Channel: web" in shown and "yours alone" in told_of(shown)
    assert tabs(shown)["By web"] == "2" and tabs(shown)["My groups"] == "3"
    assert "Set otherwise" not in shown


def told_of(text: str) -> str:
    return " ".join(text.split())


def test_nobody_else_has_a_view_that_is_not_shared(some: None, people: People) -> None:
    view = saved(people["anna"])
    shown = page(people["ben"], f"/?view={view}")
    assert "By web" not in shown and "not shared with you" in shown
    change(people["ben"], view, 404, do="remove")
    assert browser(people["ben"]).get(f"/api/views/{view}/").status_code == 404


def test_a_shared_view_is_there_for_the_group_and_only_its_owner_changes_it(some: None, people: People) -> None:
    view = saved(people["anna"], group=group())
    assert "by Anna" in told_of(page(people["ben"], f"/?view={view}"))
    assert "By web" not in page(people["dora"])
    for do in ("save", "keep", "remove"):
        change(people["ben"], view, 409, do=do, name="Other", state="tab=mine")
    assert SavedView.objects.values_list("name", "query").get() == ("By web", WEB)
    change(people["ben"], view, do="default")
    assert references(page(people["ben"])) == ["A", "C"] and references(page(people["anna"])) == []


def test_who_shares_what_with_whom_stands_on_the_control_chain_and_what_is_ones_own_does_not(
    some: None, people: People
) -> None:
    saved(people["ben"])
    assert not told_on_chain()
    view = saved(people["anna"], group=group())
    change(people["anna"], view, do="remove")
    shared, gone = told_on_chain()
    assert (shared["name"], shared["group"], len(shared["asks"])) == ("By web", "Analysts", 64) and gone["removed"]
    assert verify_control().ok


def told_on_chain() -> list[dict[str, Any]]:
    """What the control chain tells of views, the first first."""
    events = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action="list.view").values_list(
        "sequence", flat=True
    )
    rows = AuditPayload.objects.filter(chain=StandingChain.CONTROL, sequence__in=list(events)).order_by("sequence")
    return [orjson.loads(bytes(row.body)) for row in rows]


def test_a_shared_view_ends_when_its_owner_leaves_the_group(some: None, people: People) -> None:
    view = saved(people["anna"], group=group())
    change(people["ben"], view, do="default")
    people["anna"].groups.clear()
    assert "By web" not in page(people["ben"]) and "not shared with you" in page(people["ben"], f"/?view={view}")
    assert "By web" in page(people["anna"])


def test_nobody_shares_with_a_group_that_they_are_not_in(some: None, people: People) -> None:
    answer = browser(people["anna"]).post(
        "/views/", {"kind": "inbox", "state": WEB, "name": "X", "group": group("Cards team")}
    )
    assert answer.status_code == 409 and "a group that you are in" in answer.content.decode()
    assert not SavedView.objects.exists()


def test_the_inbox_opens_with_the_view_that_its_reader_chose(some: None, people: People) -> None:
    view = saved(people["anna"], default="1")
    assert references(page(people["anna"])) == ["A", "C"]
    assert references(page(people["anna"], "/?tab=groups")) == ["A", "B", "C"]
    change(people["anna"], view, do="no-default")
    assert references(page(people["anna"])) == []


def test_a_view_can_be_renamed_keep_what_is_set_and_be_removed(some: None, people: People) -> None:
    anna, view = people["anna"], saved(people["anna"])
    change(anna, view, do="save", name="  The   web ", group=group())
    departed = page(anna, f"/?view={view}&tab=groups&col=channel&is.channel=telephone")
    assert references(departed) == ["B"] and "Set otherwise" in departed and tabs(departed)["The web"] == "2"
    state = re.search(r'name="state" value="([^"]+)"', departed)
    assert state is not None
    change(anna, view, do="keep", state=html.unescape(state[1]))
    again = page(anna, f"/?view={view}")
    assert references(again) == ["B"] and "Set otherwise" not in again and tabs(again)["The web"] == "1"
    change(anna, view, do="remove")
    assert "The web" not in page(anna).replace("The view “The web” is gone", "") and not SavedView.objects.exists()


def test_pages_filters_and_tasks_stay_in_the_view(some: None, people: People) -> None:
    view = saved(people["anna"])
    shown = page(people["anna"], f"/?view={view}")
    assert f'<input type="hidden" name="view" value="{view}">' in shown
    assert re.search(rf'href="/tasks/\d+/\?inbox=[^"]*view%3D{view}"', shown)
    assert 'href="/?tab=groups"' in shown  # a standing list begins without the filters of the view


def test_what_a_reader_may_not_see_is_left_out_of_the_views_of_others(people: People, analysed: Any) -> None:
    analysed(reference="A", channel="web")
    analysed(reference="B", channel="letter")
    secret = "begins.customer.name=Maria&sort=customer.name&col=customer.name"
    clara = people["clara"]
    clara.groups.add(Group.objects.get(name="Analysts"))
    view = saved(clara, f"tab=groups&is.channel=web&{secret}", group=group())
    assert references(page(clara, f"/?view={view}")) == ["A"]
    assert "left out" not in page(clara, f"/?view={view}")
    shown = page(people["anna"], f"/?view={view}")
    assert references(shown) == ["A"] and "3 parts of this view are left out" in told_of(shown)
    assert "Maria" not in shown and "customer.name" not in shown and tabs(shown)["By web"] == "1"
    answer = browser(people["anna"]).get(f"/api/views/{view}/").json()
    assert (answer["asks"], answer["left_out"]) == ("tab=groups&is.channel=web", 3)
    assert PERSON["name"] not in str(browser(people["anna"]).get(f"/api/tasks/?view={view}").json())


def test_a_filter_that_a_reader_may_not_use_does_not_tell_by_a_count(people: People, analysed: Any) -> None:
    analysed()
    clara = people["clara"]
    clara.groups.add(Group.objects.get(name="Analysts"))
    for name, value in (("Maria", "Maria"), ("Nobody", "Nobody")):
        saved(clara, f"tab=groups&begins.customer.name={value}", name, group=group())
    assert {name: tabs(page(clara))[name] for name in ("Maria", "Nobody")} == {"Maria": "1", "Nobody": "0"}
    assert {name: tabs(page(people["anna"]))[name] for name in ("Maria", "Nobody")} == {"Maria": "1", "Nobody": "1"}


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\0b"])
def test_a_view_needs_a_name(people: People, name: str) -> None:
    answer = browser(people["anna"]).post("/views/", {"kind": "inbox", "state": WEB, "name": name})
    assert answer.status_code in (400, 409) and not SavedView.objects.exists()


def test_a_name_stands_for_one_view_of_a_person_and_they_have_only_so_many(people: People) -> None:
    saved(people["anna"])
    again = browser(people["anna"]).post("/views/", {"kind": "inbox", "state": "tab=mine", "name": "By web"})
    assert again.status_code == 409 and "already" in again.content.decode()
    saved(people["ben"])
    for number in range(MOST - 1):
        saved(people["anna"], name=str(number))
    last = browser(people["anna"]).post("/views/", {"kind": "inbox", "state": "tab=mine", "name": "One more"})
    assert last.status_code == 409 and "Remove one" in last.content.decode()


def test_a_view_keeps_nothing_but_how_the_list_is_set(people: People) -> None:
    saved(people["anna"], f"{WEB}&q=A&after=x&view=99&evil=1&is.channel=a%00b")
    assert SavedView.objects.get().query == WEB
    much = "&".join(f"is.channel={'x' * 90}{n}" for n in range(24))
    answer = browser(people["anna"]).post("/views/", {"kind": "inbox", "state": much, "name": "Much"})
    assert answer.status_code == 409 and "too much" in answer.content.decode()


@pytest.mark.parametrize("view", ["x", "0", "-1", "9" * 40, "5"])
def test_an_address_that_names_no_view_is_the_inbox(some: None, people: People, view: str) -> None:
    assert references(page(people["anna"], f"/?tab=groups&view={view}")) == ["A", "B", "C"]


def test_the_figures_are_what_the_lists_have_with_the_filters_that_are_set(some: None, people: People) -> None:
    shown = page(people["anna"], "/?tab=groups&is.channel=web")
    assert tabs(shown) == {
        "Mine": "0",
        "My groups": "2",
        "Unassigned": "2",
        "Due soon": "0",
        "All": "2",
        "Snoozed": "0",
        "Pending": "2",
        "Blocked": "0",
        "Approaching": "0",
        "Completed": "0",
    }
    for label, tab in (("Unassigned", "unassigned"), ("All", "all")):
        assert len(references(page(people["anna"], f"/?tab={tab}&is.channel=web"))) == int(tabs(shown)[label])


def test_more_views_cost_no_more_statements(some: None, people: People) -> None:
    client = browser(people["anna"])

    def cost() -> int:
        with statements() as sent:
            client.get("/?tab=groups")
        return len(sent)

    saved(people["anna"])
    cost()
    one = cost()
    for channel in ("telephone", "letter", "app"):
        saved(people["anna"], f"tab=all&is.channel={channel}&from.received=2026-01-01", channel)
    assert cost() == one


def test_a_program_saves_lists_changes_and_removes_views(some: None, people: People) -> None:
    client, kind = browser(people["anna"]), "application/json"
    made = client.post(
        "/api/views/", {"name": "By web", "asks": WEB, "group": "Analysts", "default": True}, content_type=kind
    )
    assert made.status_code == 201
    view = made.json()
    assert view == {
        "id": view["id"], "list": "inbox", "name": "By web", "owner": people["anna"].get_full_name(), "own": True,
        "shared_with": "Analysts", "default": True, "asks": WEB, "left_out": 0,
    }  # fmt: skip
    assert [one["name"] for one in browser(people["ben"]).get("/api/views/").json()["results"]] == ["By web"]
    listed = client.get(f"/api/tasks/?view={view['id']}").json()
    assert [one["reference"] for one in listed["results"]] == ["A", "C"] and listed["results"][0]["values"]
    assert client.get(f"/api/tasks/?view={view['id']}&scope=all").status_code == 400
    changed = client.post(f"/api/views/{view['id']}/", {"name": "Web", "group": ""}, content_type=kind).json()
    assert (changed["name"], changed["shared_with"], changed["asks"]) == ("Web", "", WEB)
    wrong = client.post(f"/api/views/{view['id']}/", {"group": "Cards team"}, content_type=kind)
    assert wrong.status_code == 400 and "group" in wrong.json()["errors"]
    assert client.post(f"/api/views/{view['id']}/remove/", content_type=kind).json()["name"] == "Web"
    assert client.get(f"/api/tasks/?view={view['id']}").status_code == 404


def test_by_the_api_a_view_that_a_list_would_keep_in_part_is_refused_and_so_is_a_name_that_nobody_sees(
    people: dict[str, User], client: Client
) -> None:
    client.force_login(people["anna"])
    for given, name in (
        ({"list": "cases", "name": "W", "asks": "columns=@comments,@unit"}, "asks"),
        ({"name": "W", "asks": "x=1"}, "asks"),
        ({"name": "\u200b", "asks": "tab=groups"}, "name"),
    ):  # fmt: skip
        refused = client.post("/api/views/", given, "application/json")
        assert refused.status_code == 400 and name in refused.content.decode(), given
    made = client.post("/api/views/", {"name": "W", "asks": "tab=groups&col=amount"}, "application/json").json()
    changed = client.post(f"/api/views/{made['id']}/", {"asks": "tab=groups&columns=amount"}, "application/json")
    assert changed.status_code == 400 and "columns" in changed.content.decode()
    assert client.get(f"/api/views/{made['id']}/").json()["asks"] == made["asks"]
