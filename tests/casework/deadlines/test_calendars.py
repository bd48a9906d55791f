"""A change of a calendar says what it moves before it is saved, and each case says afterwards that it was moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.deadlines.calendars import in_words
from casework.deadlines.models import Deadline, WorkingCalendar
from casework.deadlines.verification import calendars_apart
from casework.models import Case
from orchestration.deadlines.work_calendar import at
from orchestration.ground import clock
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]


def ada(people: People) -> Client:
    browser = Client()
    browser.force_login(people["ada"])
    return browser


def form(**changes: str) -> dict[str, str]:
    row = WorkingCalendar.objects.get(key="office")
    hours = {f"hours-{day}": in_words(spans) for day, spans in enumerate(row.hours)}
    given = {
        "title": row.title,
        "zone": row.zone,
        "region": row.region,
        "closed": "",
        "opened": "",
        "reason": "The works council",
    }
    return {**given, **hours, **changes}


def test_a_day_off_moves_deadlines_only_after_they_were_shown(people: People, analysed: Callable[..., Case]) -> None:
    now = clock.utc_now()
    case = analysed(received=now.isoformat())
    before = Deadline.objects.get(instance=case.instance_id).due
    assert before is not None
    day = (before - timedelta(hours=12)).date()
    browser, wanted = ada(people), form(closed=day.isoformat())
    page = told(browser.post("/calendars/office/", wanted))
    assert "What it moves" in page and "Answer the customer" in page
    assert Deadline.objects.get(instance=case.instance_id).due == before
    assert browser.post("/calendars/office/", {**wanted, "sure": "7"}).status_code == 409
    assert WorkingCalendar.objects.get(key="office").closed == []
    assert browser.post("/calendars/office/", {**wanted, "sure": "1"}).status_code == 302
    after = Deadline.objects.get(instance=case.instance_id).due
    assert after is not None and after > before
    clara = Client()
    clara.force_login(people["clara"])
    assert "because a calendar was changed" in told(clara.get(f"/cases/{case.pk}/history/"))
    assert "changed the calendar Office, which moves 1 deadlines" in told(browser.get("/changes/"))


def test_what_no_calendar_can_be_is_said_field_by_field(people: People) -> None:
    wrong = form(**{"zone": "Mars/Base", "region": "XX", "hours-0": "25:00-26:00", "closed": "soon", "reason": ""})
    page = told(ada(people).post("/calendars/office/", wrong))
    for words in ("Write a time zone", "Write a region", "Write times in order", "Write days such as", "Say why"):
        assert words in page
    shut = {f"hours-{day}": "" for day in range(7)}
    assert "the office has to be open" in told(ada(people).post("/calendars/office/", form(**shut)))


def test_a_calendar_that_was_changed_past_the_product_is_named(people: People) -> None:
    assert list(calendars_apart([])) == []
    WorkingCalendar.objects.filter(key="office").update(region="FR")
    assert list(calendars_apart([])) == ["the calendar office is not what the last change made it"]


def test_a_new_office_in_another_zone_is_made(people: People) -> None:
    wanted = form(key="tokyo", title="Tokyo", zone="Asia/Tokyo", region="JP", reason="A new office")
    assert ada(people).post("/calendars/new/", {**wanted, "sure": "0"}).status_code == 302
    assert WorkingCalendar.objects.get(key="tokyo").zone == "Asia/Tokyo"
    assert "a calendar of this name" in told(ada(people).post("/calendars/new/", wanted))
    for name in ("key", "title", "reason"):
        answer = ada(people).post("/calendars/new/", {**wanted, "sure": "0", name: "zz1\0"})
        assert answer.status_code == 400 and "cannot" in told(answer)
    assert at("Asia/Tokyo", date(2026, 3, 2), 540) == datetime(2026, 3, 2, tzinfo=UTC)
