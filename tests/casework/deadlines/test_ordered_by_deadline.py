"""Lists that show a deadline can be read in its order: what the law wants first stands first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.cases.read import listed
from casework.deadlines.models import Deadline
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks import inbox
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

LEFT = {"P-1": 9, "P-2": 2, "P-3": None, "P-4": 5}
FIRST, LAST = ["P-2", "P-4", "P-1", "P-3"], ["P-1", "P-4", "P-2", "P-3"]
"""Without a date comes last in either order: nothing is known of it."""


@pytest.fixture
def payments(people: dict[str, User]) -> list[Case]:
    """Four that are to be justified, due in another order than they came; of one nobody can say when."""
    outcome = deploy(folder_files(CASE_TYPES / "payment-release"), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    made = []
    for reference, days in LEFT.items():
        given = {"payee": {"name": "Hafen"}, "amount": 4200, "received": timezone.now().isoformat()}
        opened = case_open(by=None, case_type="payment-release", reference=reference, source="test", data=given)
        assert isinstance(opened, Opened), opened
        made.append(opened.case)
        if days is not None:
            due = timezone.now() + timedelta(days=days)
            Deadline.objects.filter(instance=opened.case.instance_id).update(state="running", due=due)
    return made


def read(browser: Client, address: str, sort: str) -> list[str]:
    """The references of a list, page by page of two."""
    more: dict[str, Any] = {"scope": "groups"} if "tasks" in address else {}
    found, after = list[str](), ""
    while True:
        page = browser.get(address, {"sort": sort, "limit": 2, "after": after, **more}).json()
        found += [row["reference"] for row in page["results"]]
        after = page["next"]
        if not after:
            return found


@pytest.mark.parametrize("is_long", [False, True], ids=["looked at as a whole", "walked by its index"])
@pytest.mark.parametrize("address", ["/api/cases/", "/api/tasks/"])
def test_what_is_due_first_stands_first_page_by_page(
    people: dict[str, User], payments: list[Case], address: str, is_long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_long:
        monkeypatch.setattr(listed, "CAP", 1)
        monkeypatch.setattr(inbox, "CAP", 1)
    browser = Client()
    browser.force_login(people["anna"])
    assert read(browser, address, "@deadline") == FIRST
    assert read(browser, address, "-@deadline") == LAST


def test_of_several_deadlines_of_a_case_the_nearest_counts_and_none_that_is_over(
    people: dict[str, User], payments: list[Case]
) -> None:
    of = payments[0].instance_id
    soon = timezone.now() + timedelta(hours=1)
    Deadline.objects.create(instance_id=of, key="first", events=[], state="running", due=soon)
    Deadline.objects.create(instance_id=payments[3].instance_id, key="first", events=[], state="met", due=soon)
    browser = Client()
    browser.force_login(people["anna"])
    assert read(browser, "/api/cases/", "@deadline") == ["P-1", "P-2", "P-4", "P-3"]


@pytest.mark.parametrize("address", ["/cases/?", "/?tab=groups&", "/cases/?group=kind&", "/?tab=groups&group=kind&"])
def test_the_pages_offer_the_order_and_stand_in_it(people: dict[str, User], payments: list[Case], address: str) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    assert 'value="@deadline"' in told(browser.get(address))
    page = told(browser.get(f"{address}sort=-%40deadline"))
    assert "Deadline, latest first" in page
    assert sorted(LAST, key=lambda reference: page.index(f">{reference}<")) == LAST
    if address == "/cases/?":
        assert 'aria-sort="descending"' in page and "sort=%40deadline" in page, "the head turns the order around"


def test_a_view_keeps_the_order(people: dict[str, User], payments: list[Case]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    browser.post("/views/", {"kind": "cases", "state": "which=open&sort=@deadline", "name": "By law"}, follow=True)
    number = browser.get("/api/views/?list=cases").json()["results"][0]["id"]
    found = browser.get("/api/cases/", {"view": number}).json()["results"]
    assert [row["reference"] for row in found] == FIRST
