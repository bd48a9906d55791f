"""A filter that somebody has begun to set is there again, for them alone, until they show it or throw it away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.lists.models import SavedView
from casework.lists.saved import MOST
from casework.models import Case
from casework.viewing.rule import stand_in
from tests.casework.browsing import client
from tests.casework.reading import told
from tests.sql import statements

pytestmark = pytest.mark.django_db

BEGUN = "You had begun to set this list"


def types(client: Client, state: str, kind: str = "inbox", status: int = 200) -> dict[str, str]:
    """What the page sends a moment after a change."""
    answer = client.post("/views/", {"kind": kind, "state": state, "begun": "on"})
    assert answer.status_code == status
    return dict(answer.json())


@pytest.mark.parametrize(("kind", "address"), [("inbox", "/"), ("cases", "/cases/")])
def test_what_was_begun_is_offered_in_another_browser(people: dict[str, User], kind: str, address: str) -> None:
    assert len(types(client(people["anna"]), "is.channel=web&q=AB-1&sort=", kind)["at"]) == len("10:42:07")
    page = told(client(people["anna"]).get(address))
    assert BEGUN in page and "Channel: " in page and "Reference begins with “AB-1”" in page
    shown = f"{address}?is.channel=web&q=AB-1"
    assert BEGUN not in told(client(people["anna"]).get(shown)), "it is what is shown"
    assert BEGUN not in told(client(people["ben"]).get(address))
    show = client(people["anna"]).post("/views/", {"kind": kind, "begun": "show"})
    assert show.headers["Location"] == shown and not SavedView.objects.exists()


def test_the_last_is_kept_and_showing_or_throwing_it_away_ends_it(people: dict[str, User]) -> None:
    anna = client(people["anna"])
    types(anna, "is.channel=web")
    types(anna, "tag=vip")
    page = told(anna.get("/"))
    assert "Tag: vip" in page and "Channel: By web" not in page
    assert anna.post("/views/", {"kind": "inbox", "begun": "off"}).headers["Location"] == "/"
    assert BEGUN not in told(anna.get("/")) and not SavedView.objects.exists()


def test_it_is_no_view_for_anybody(people: dict[str, User]) -> None:
    anna = client(people["anna"])
    types(anna, "is.channel=web")
    number = SavedView.objects.get().pk
    assert anna.get("/api/views/").json()["results"] == [] and anna.get(f"/api/views/{number}/").status_code == 404
    assert anna.post(f"/views/{number}/", {"do": "default"}).status_code == 404
    for each in range(MOST):
        answer = anna.post("/views/", {"kind": "inbox", "state": "", "name": f"View {each}"})
        assert answer.status_code == 302, "it is not counted among them"


def test_a_field_that_is_masked_for_its_owner_now_is_left_out_of_it(people: dict[str, User]) -> None:
    anna = client(people["anna"])
    types(anna, "begins.customer.name=Maria&tag=vip")
    page = told(anna.get("/"))
    assert "Tag: vip" in page and "Maria" not in page


@pytest.mark.parametrize("state", ["", "tag=" + "&tag=".join(f"w{n}" * 40 for n in range(90)), "tag=a%00b", "\0"])
def test_whatever_is_typed_it_does_not_break_the_list(people: dict[str, User], state: str) -> None:
    anna = client(people["anna"])
    answer = anna.post("/views/", {"kind": "inbox", "state": state, "begun": "on"})
    assert answer.status_code in (200, 409)
    assert anna.get("/").status_code == 200


def test_it_is_forgotten_two_weeks_after_it_was_touched(people: dict[str, User]) -> None:
    anna = client(people["anna"])
    types(anna, "tag=vip")
    one = SavedView.objects.get()
    assert one.kept is not None
    one.kept -= timedelta(days=15)
    one.save()
    assert BEGUN not in told(anna.get("/"))


def test_it_costs_no_statement(people: dict[str, User], analysed: Callable[..., Case]) -> None:
    analysed()
    anna = client(people["anna"])
    anna.get("/")
    with statements() as without:
        anna.get("/")
    types(anna, "tag=vip")
    with statements() as having:
        assert BEGUN in told(anna.get("/"))
    assert len(having) == len(without)


def test_who_views_as_another_sees_nothing_that_they_had_begun(people: dict[str, User]) -> None:
    types(client(people["anna"]), "tag=vip")
    assert stand_in("person", people["anna"].pk) is not None
    assert not SavedView.objects.filter(name="").exists(), "in the transaction that is rolled back"


def test_there_is_nothing_to_keep_for_a_list_that_is_not_there(people: dict[str, User]) -> None:
    assert client(people["anna"]).post("/views/", {"kind": "x", "state": "", "begun": "on"}).status_code == 404
