"""The rows of the inbox and of the cases say how much is left of the next deadline."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.deadlines.models import Deadline
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from tests.casework.reading import told
from tests.sql import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def payments(people: dict[str, User]) -> list[Case]:
    """Two that are to be justified; of one the deadline runs."""
    outcome = deploy(folder_files(CASE_TYPES / "payment-release"), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    made = []
    for number in (1, 2):
        given = {"payee": {"name": "Hafen"}, "amount": 4200, "received": timezone.now().isoformat()}
        opened = case_open(by=None, case_type="payment-release", reference=f"P-{number}", source="test", data=given)
        assert isinstance(opened, Opened), opened
        made.append(opened.case)
    running = Deadline.objects.filter(instance=made[0].instance_id)
    running.update(state="running", due=timezone.now() + timedelta(days=3, hours=1))
    return made


@pytest.mark.parametrize("address", ["/?tab=groups", "/cases/", "/?tab=groups&group=kind", "/cases/?group=kind"])
def test_each_row_says_what_is_left(people: dict[str, User], payments: list[Case], address: str) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    page = told(browser.get(address))
    assert "3 days left" in page and "stands still" in page and "Release or stop the payment:" in page


def test_programs_read_it_too(people: dict[str, User], payments: list[Case]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    for address in ("/api/tasks/", "/api/cases/"):
        rows = browser.get(address, {"scope": "groups"} if "tasks" in address else {}).json()["results"]
        assert {row["deadline"]["left"] for row in rows} == {"3 days left", "stands still"}
        assert {row["deadline"]["key"] for row in rows} == {"release"}


def test_more_rows_cost_no_more_statements(people: dict[str, User], payments: list[Case]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    browser.get("/cases/")
    with statements() as few:
        browser.get("/cases/?q=P-1")
    with statements() as many:
        browser.get("/cases/?q=P-")
    assert len(few) == len(many)


def test_the_list_of_deadlines_follows_what_happens(people: dict[str, User], payments: list[Case]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    page = told(browser.get("/deadlines/"))
    assert 'data-live="/cases/live/"' in page and f'id="row-{payments[0].pk}-release"' in page
    part = told(browser.get("/deadlines/", headers={"HX-Request": "true"}))
    assert "<html" not in part and "data-news" in part and f'id="row-{payments[0].pk}-release"' in part
    Deadline.objects.filter(instance=payments[0].instance_id).update(state="met")
    gone = told(browser.get("/deadlines/", headers={"HX-Request": "true"}))
    assert f'id="row-{payments[0].pk}-release"' not in gone and f'id="row-{payments[1].pk}-release"' in gone


def test_the_list_of_deadlines_is_ordered_by_its_heads_both_ways(people: dict[str, User], payments: list[Case]) -> None:
    browser = Client()
    browser.force_login(people["anna"])
    soon, late = payments
    Deadline.objects.filter(instance=late.instance_id).update(state="running", due=timezone.now() + timedelta(days=9))
    Case.objects.filter(pk=late.pk).update(state="A state before the other")

    def order(sort: str) -> list[int]:
        return [row.case for row in browser.get("/deadlines/", {"sort": sort}).context["rows"]]

    assert order("due") == order("") == order("nonsense") == order("-") == order("-nonsense") == [soon.pk, late.pk]
    assert order("-due") == order("state") == [late.pk, soon.pk] and order("-state") == [soon.pk, late.pk]
    page = told(browser.get("/deadlines/?sort=-due"))
    assert 'aria-sort="descending"' in page and 'href="/deadlines/?sort=due"' in page
    assert 'hx-get="/deadlines/?sort=-due"' in page
    Deadline.objects.filter(instance=late.instance_id).update(state="paused", due=None)
    assert order("due") == order("-due") == [soon.pk, late.pk], "what has no end that is known stands last"


def test_a_long_list_of_deadlines_is_paged(
    people: dict[str, User], payments: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("read", "views"):
        monkeypatch.setattr(f"casework.deadlines.{module}.MOST", 1)
    browser = Client()
    browser.force_login(people["anna"])
    first = browser.get("/deadlines/")
    assert [row.case for row in first.context["rows"]] == [payments[0].pk]
    second = browser.get(first.context["next"])
    assert [row.case for row in second.context["rows"]] == [payments[1].pk] and "More deadlines" not in told(second)
    assert "Back to the first" in told(second)
    for start in ("2", "99999999", "-1", "x", "1" * 40):
        assert browser.get("/deadlines/", {"from": start}).status_code == 200
    assert "so far down" in told(browser.get("/deadlines/?from=2"))
