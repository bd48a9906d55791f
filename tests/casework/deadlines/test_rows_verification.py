"""Whoever plants something in a deadline behind the product's back is named when the case is verified."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from casework.access.permissions import origin_of
from casework.cases.services import case_change, external_receive, item_plan
from casework.cases.verification import verify
from casework.deadlines.calendars import calendar_save, moves
from casework.deadlines.changing import Wish, deadline_change
from casework.deadlines.models import Deadline, WorkingCalendar
from casework.deadlines.standing import FIELDS, calendar_of
from casework.deadlines.watching import look_after
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from tests.casework.actions import open_task

pytestmark = pytest.mark.django_db

People = dict[str, User]
On = Callable[[datetime], None]
RECEIVED = "2026-03-20T09:30:00+01:00"
DUE = datetime(2026, 4, 14, 21, 59, 59, tzinfo=UTC)
EVENTS = "what happened to the deadline answer is not what the history tells"
DONE = "the deadline answer was not warned of or missed when its row says"
TIME = "the deadline answer is not due when the history says, or is not looked at in time"
PLANTED = {
    "update casework_deadline set due = due + interval '1 day'": TIME,
    "update casework_deadline set state = 'met'": TIME,
    "update casework_deadline set look = null": TIME,
    "update casework_deadline set look = look + interval '1 hour'": TIME,
    "update casework_deadline set warned = now()": DONE,
    "update casework_deadline set breached = now()": DONE,
    "update casework_deadline set events = '[]'": EVENTS,
    "update casework_deadline set events = events || '[{\"kind\": \"extended\", \"at\": \"2026-03-23T00:00:00+00:00\", "
    "\"amount\": 9}]'": EVENTS,
    "update casework_deadline set key = 'zeal'": "the deadline answer runs in the history, but has no row",
    "insert into casework_deadline (instance_id, key, events, state) select instance_id, 'zeal', '[]', 'paused' "
    "from casework_deadline": "the deadline zeal has a row, but the history does not know it",
    "update casework_deadline set events = '{\"planted\": true}'": EVENTS,
    "delete from casework_deadline": "the deadline answer runs in the history, but has no row",
}  # fmt: skip


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> On:
    """Sets the clock."""
    return lambda at: monkeypatch.setattr(clock, "utc_now", lambda: at)


def faults(case: Case) -> str:
    return verify(case.instance).reason


@pytest.mark.parametrize("statement", PLANTED)
def test_whatever_is_planted_in_a_deadline_is_named(analysed: Callable[..., Case], statement: str) -> None:
    case = analysed(received=clock.utc_now().isoformat())
    assert faults(case) == ""
    with connection.cursor() as owner:
        owner.execute(statement)
    assert PLANTED[statement] in faults(case)


def test_it_holds_through_all_that_may_happen_to_one(people: People, analysed: Callable[..., Case], on: On) -> None:
    on(datetime(2026, 3, 21, 10, tzinfo=UTC))
    case = analysed(received=RECEIVED)
    days = iter(range(1, 60))

    def later() -> None:
        on(datetime(2026, 3, 21, 10, tzinfo=UTC) + timedelta(days=next(days)))
        look_after()
        assert faults(case) == ""

    def change(kind: str, amount: int = 0, calendar: str = "") -> None:
        wish = Wish(kind, amount, calendar, "The customer agreed.")
        assert not isinstance(deadline_change(by=people["clara"], case=case, key="answer", wish=wish), Refused)
        later()

    later()
    item_plan(by=people["anna"], case=case, definition="ask_customer")
    ask = HumanTask.objects.get(instance=case.instance_id, form="question")
    task_complete(by=people["ben"], task=ask, answers={"question": "Which day?"})
    later()
    external_receive(by=people["clara"], case=case, item="wait_for_reply", answers={"reply": "On Monday."})
    later()
    change("pause")
    change("resume")
    change("extend", 3)
    close_office(people["ada"], DUE.date() + timedelta(days=2))
    later()
    case_change(by=people["clara"], case=case, transition="suspend", reason="The bank asks")
    later()
    case_change(by=people["clara"], case=case, transition="resume", reason="The bank answered")
    later()
    while Deadline.objects.get().breached is None:
        later()
    assert Deadline.objects.get().warned is not None
    task_complete(by=people["anna"], task=open_task(case), answers={"verdict": "accept"})
    later()
    close_office(people["ada"], DUE.date())
    assert faults(case) == ""


def close_office(by: User, day: date) -> None:
    row = WorkingCalendar.objects.get(key="office")
    values = {name: getattr(row, name) for name in FIELDS} | {"closed": [day.isoformat()]}
    expected = len(moves(calendar_of(values)))
    saved = calendar_save(origin=origin_of(by), values=values, reason="A works outing", expected=expected)
    assert not isinstance(saved, Refused), saved
