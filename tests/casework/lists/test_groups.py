"""A list in groups: each heading counts what its list has, and nobody is put into a group by what they may not read."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from casework.cases.read import grouped as grouped_cases
from casework.lists.state import CASES, INBOX, readable
from casework.models import Case
from casework.tasks import inbox
from casework.tasks.next_task import next_task
from casework.tasks.ordering import task_hurry
from casework.tasks.services import task_claim
from orchestration.models import HumanTask
from tests.casework.conftest import PERSON
from tests.sql import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
HEAD = re.compile(r'<tr class="group-head">.*?<a\s+href="([^"]*)"\s*>(.*?)<span\s+class="count"[^>]*>([^<]*)<', re.S)
ROW = re.compile(r'class="about-reference"[^>]*>([^<]+)<')
ADDRESSES = ("/?tab=groups", "/cases/?which=all")
OWN = ("owner", "type", "state", "priority", "unit", "channel")


@pytest.fixture
def some(people: People, analysed: Callable[..., Case]) -> dict[str, HumanTask]:
    """Five tasks of the analysts, one Anna's, one Ben's, one urgent; two by web, one by a customer's name."""
    channels = {"A": "web", "B": "telephone", "C": "web", "D": PERSON["name"]}
    said = {name: {"channel": channel} for name, channel in channels.items()}
    tasks = {name: analysed(reference=name, **said.get(name, {})).instance.tasks.get() for name in "ABCDE"}
    task_claim(by=people["anna"], task=tasks["A"])
    task_claim(by=people["ben"], task=tasks["B"])
    task_hurry(by=people["clara"], task=tasks["C"], priority=80)
    return tasks


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, address: str) -> str:
    answer = browser(user).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def groups(user: User, address: str) -> dict[str, tuple[str, str]]:
    """By their words: what each heading counts, and where it leads."""
    found = HEAD.findall(page(user, address))
    return {" ".join(words.split()): (count, html.unescape(to)) for to, words, count in found}


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_heading_counts_what_its_list_has(some: dict[str, HumanTask], people: People, address: str) -> None:
    anna = people["anna"]
    for by in OWN:
        found = groups(anna, f"{address}&group={by}")
        assert sum(int(count) for count, _ in found.values()) == 5, by
        for words, (count, to) in found.items():
            alone = page(anna, to)
            assert len(ROW.findall(alone)) == int(count) and not HEAD.search(alone), (by, words)
            assert 'aria-current="page"' in alone and "Filters that are set" in alone


def test_groups_stand_in_an_order_that_means_something(some: dict[str, HumanTask], people: People) -> None:
    inbox_of = "/?tab=groups&group="
    assert list(groups(people["anna"], inbox_of + "owner")) == ["You", "Ben Bauer", "Nobody"]
    assert list(groups(people["anna"], inbox_of + "priority")) == ["Urgent", "Normal"]
    assert list(groups(people["anna"], inbox_of + "channel"))[-1] == "No channel to show"
    assert list(groups(people["clara"], "/cases/?which=all&group=type")) == ["Customer complaint"]


def test_a_group_by_a_value_that_is_masked_is_nobody_s(some: dict[str, HumanTask], people: People) -> None:
    """Channel is open to all, but one case says a customer's name there."""
    for address in ADDRESSES:
        seen = page(people["anna"], f"{address}&group=channel")
        assert PERSON["name"].lower() not in seen.lower()
        assert groups(people["anna"], f"{address}&group=channel")["No channel to show"][0] == "2"
        told = page(people["anna"], f"{address}&group=channel&in={PERSON['name'].lower()}")
        assert not ROW.findall(told)


def test_a_field_that_the_reader_may_not_choose_groups_nothing(some: dict[str, HumanTask], people: People) -> None:
    for address in ADDRESSES:
        for by in ("customer.name", "customer.iban", "nothing", "message"):
            text = page(people["anna"], f"{address}&group={by}")
            assert not HEAD.search(text) and len(ROW.findall(text)) == 5
            assert len(ROW.findall(page(people["anna"], f"{address}&group={by}&in=x"))) == 5


def test_a_saved_view_keeps_its_groups(some: dict[str, HumanTask], people: People) -> None:
    anna = browser(people["anna"])
    for kind, state in (("inbox", "tab=groups&group=owner"), ("cases", "which=all&group=state")):
        saved = anna.post("/views/", {"kind": kind, "state": state, "name": "In groups"})
        assert HEAD.search(anna.get(saved["Location"]).content.decode())
    alone = {"list": "inbox", "name": "Free", "asks": "tab=groups&group=owner&in=(none)"}
    view = anna.post("/api/views/", alone, "application/json").json()
    found = anna.get(f"/api/tasks/?view={view['id']}").json()["results"]
    assert {row["reference"] for row in found} == {"C", "D", "E"}


def test_a_view_of_somebody_who_may_read_more_tells_neither_field_nor_value() -> None:
    for kind in (INBOX, CASES):
        told = readable("group=customer.name&in=maria&is.channel=web", kind, {"channel"})
        assert told.pairs == (("is.channel", "web"),) and told.left_out == 2
        assert readable("group=owner&in=anna", kind, set()).left_out == 0


def test_of_a_list_that_is_too_long_the_headings_say_that_they_count_a_part(
    some: dict[str, HumanTask], people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "CAP", 2)
    monkeypatch.setattr("casework.tasks.views.inbox.CAP", 2)
    monkeypatch.setattr(grouped_cases, "CAP", 2)
    monkeypatch.setattr("casework.cases.views.listing.CAP", 2)
    for address in ADDRESSES:
        text = page(people["anna"], f"{address}&group=type")
        assert "3+" in text and "the headings count what is among its first 2" in text
        ((_, to),) = groups(people["anna"], f"{address}&group=type").values()
        assert len(ROW.findall(page(people["anna"], to))) == 5


def test_a_list_in_groups_costs_one_statement_more_at_most(some: dict[str, HumanTask], people: People) -> None:
    def cost(address: str) -> int:
        client = browser(people["anna"])
        with statements() as sent:
            client.get(address)
        return len(sent)

    for address in ADDRESSES:
        cost(address)
        plain = cost(address)
        assert max(cost(f"{address}&group={by}") for by in OWN) <= plain + 1


def test_what_to_do_next_is_at_risk_then_urgent_then_due(some: dict[str, HumanTask], people: People) -> None:
    now = timezone.now()
    made = now - timedelta(hours=9)
    HumanTask.objects.filter(pk=some["E"].pk).update(due=now + timedelta(hours=1), created=made)
    anna, references, after = people["anna"], list[str](), ""
    while True:
        found = browser(anna).get(f"/api/tasks/?scope=groups&sort=next&limit=2&after={after}").json()
        references += [row["reference"] for row in found["results"]]
        if not (after := found["next"].replace("+", "%2B")):
            break
    assert references == ["E", "C", "A", "B", "D"]
    assert ROW.findall(page(anna, "/?tab=groups&sort=next")) == references
    assert next_task(user=anna, tab="groups", now=now) == some["E"].pk
    HumanTask.objects.filter(pk=some["E"].pk).update(due=now + timedelta(days=300))
    assert next_task(user=anna, tab="groups", now=now) == some["C"].pk


def test_a_place_in_that_order_that_nobody_made_begins_at_the_beginning(
    some: dict[str, HumanTask], people: People
) -> None:
    for after in ("n~", "n~x~1~2~z", "n~1~2~3~2026", "n~99999999999~0~1~2026-01-01T00:00:00+00:00"):
        found: Any = browser(people["anna"]).get("/", {"tab": "groups", "sort": "next", "after": after})
        assert found.status_code == 200
