"""A deadline that the case type declares runs, stands still and is met with the case; whoever works on it is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from casework.access.permissions import origin_of
from casework.cases.read.attention import waiting
from casework.cases.services import external_receive, item_plan
from casework.cases.verification import verify
from casework.cases.waiting_live import waiting_states
from casework.deadlines.calendars import calendar_save, moves
from casework.deadlines.changing import Wish, deadline_change
from casework.deadlines.models import Deadline, DeadlineNotice, WorkingCalendar
from casework.deadlines.standing import FIELDS, calendar_of, calendars
from casework.deadlines.stepping import moment_of
from casework.deadlines.watching import look_after
from casework.forms.answer_validation import schema_errors
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.casetypes.case_type import EditableField, by_definition
from orchestration.deadlines.rule import STARTED
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from tests.casework.actions import open_task
from tests.casework.browsing import client
from tests.casework.conftest import refused
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]
RECEIVED = "2026-03-20T09:30:00+01:00"
IBAN = "DE89370400440532013000"
DUE = datetime(2026, 4, 14, 21, 59, 59, tzinfo=UTC)
"""15 working days later: Good Friday and Easter Monday do not count."""


def deadline(case: Case) -> Deadline:
    return Deadline.objects.get(instance=case.instance_id)


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock."""
    return lambda at: monkeypatch.setattr(clock, "utc_now", lambda: at)


def test_it_is_due_on_the_day_that_the_law_says_and_the_page_says_why(people: People, analysed: Analysed) -> None:
    case = analysed(received=RECEIVED)
    assert deadline(case).due == DUE
    page = told(client(people["anna"]).get(f"/cases/{case.pk}/deadlines/answer/"))
    assert "Due " in page and "in the time of Berlin (UTC+02:00)" in page, "by the clock by which the why reckons"
    assert "15 working days, by Directive (EU) 2015/2366, article 101(2), in the time of Berlin." in page
    assert "Friday 3 April 2026 did not count: Good Friday." in page
    for address in (f"/cases/{case.pk}/", f"/tasks/{open_task(case).pk}/", "/deadlines/"):
        assert "Answer the customer" in told(client(people["anna"]).get(address)), address
    assert "Answer the customer" not in told(client(people["dora"]).get("/deadlines/"))


def test_it_stands_still_while_the_customer_is_asked_and_goes_on_with_the_answer(
    people: People, analysed: Analysed, on: Callable[[datetime], None]
) -> None:
    case = analysed(received=RECEIVED)
    on(datetime(2026, 3, 25, 10, tzinfo=UTC))
    item_plan(by=people["anna"], case=case, definition="ask_customer")
    ask = HumanTask.objects.get(instance=case.instance_id, form="question")
    assert not isinstance(task_complete(by=people["ben"], task=ask, answers={"question": "Which day?"}), Refused)
    assert (deadline(case).state, deadline(case).due, deadline(case).look) == ("paused", None, None)
    on(datetime(2026, 3, 26, 10, tzinfo=UTC))
    external_receive(by=people["clara"], case=case, item="wait_for_reply", answers={"reply": "On Monday."})
    assert (deadline(case).state, deadline(case).due) == ("running", DUE + timedelta(days=2))


def test_it_is_met_by_the_answer(people: People, analysed: Analysed, sends: Callable[[Case], Case]) -> None:
    case = analysed(received=clock.utc_now().isoformat())
    assert deadline(case).state == "running"
    answered = task_complete(by=people["anna"], task=open_task(case), answers={"verdict": "accept"})
    assert not isinstance(answered, Refused), answered
    sends(case)
    assert (deadline(case).state, deadline(case).look) == ("met", None)


def test_its_tasks_become_urgent_in_time_and_a_breach_is_noted_once(
    people: People, analysed: Analysed, on: Callable[[datetime], None]
) -> None:
    case = analysed(received=RECEIVED)
    on(DUE - timedelta(days=3))
    clara = people["clara"]
    state = waiting_states([clara.pk])[clara.pk]
    look_after()
    look_after()
    assert open_task(case).priority == 80 and deadline(case).warned is not None
    assert waiting(clara, clock.utc_now()).comments == 1 and waiting_states([clara.pk])[clara.pk] != state
    assert "For you" in told(client(clara).get("/")) and "For you" not in told(client(people["anna"]).get("/"))
    for name, is_told in (("clara", True), ("anna", False), ("olga", False), ("ada", False)):
        page = told(client(people[name]).get("/comments/"))
        assert ("<strong>Answer the customer</strong> is due" in page and f"/cases/{case.pk}/" in page) == is_told, name
    on(DUE + timedelta(seconds=1))
    look_after()
    look_after()
    history = told(client(people["clara"]).get(f"/cases/{case.pk}/history/"))
    assert history.count("warned: “Answer the customer” is due 14 April 2026") == 1
    assert history.count("“Answer the customer” was missed") == 1
    assert "seconds" not in history and deadline(case).look is None
    page = told(client(people["clara"]).get("/comments/"))
    assert page.count("<strong>Answer the customer</strong> was missed") == 1 and page.count("new to you") == 2
    assert page.count("<strong>Answer the customer</strong> came near") == 1 and "is due" not in page
    client(people["clara"]).post("/comments/")
    assert waiting(clara, clock.utc_now()).comments == 0
    assert "new to you" not in told(client(people["clara"]).get("/comments/"))


def test_who_gives_out_the_work_extends_it_with_a_reason_and_nobody_else(people: People, analysed: Analysed) -> None:
    case = analysed(received=clock.utc_now().isoformat())
    before, address = deadline(case).due, f"/cases/{case.pk}/deadlines/answer/"
    wish = {"wish": "extend", "amount": "5", "reason": "The customer agreed."}
    assert client(people["anna"]).post(address, wish).status_code == 403
    assert client(people["clara"]).post(address, wish | {"reason": ""}).status_code == 400
    assert deadline(case).due == before
    page = told(client(people["clara"]).post(address, wish, follow=True))
    assert "It was extended by 5 working days" in page and ": The customer agreed." in page
    DeadlineNotice.objects.create(
        deadline=deadline(case), person=people["clara"], title="Old", due=before, missed=False, at=clock.utc_now()
    )
    assert "<strong>Old</strong> came near" in told(client(people["clara"]).get("/comments/"))
    assert deadline(case).due is not None and before is not None and deadline(case).due > before
    assert "extended “Answer the customer”" in told(client(people["clara"]).get(f"/cases/{case.pk}/history/"))


def test_one_that_is_extended_after_it_came_near_comes_near_anew_and_its_people_hear_of_it_again(
    people: People, analysed: Analysed, on: Callable[[datetime], None]
) -> None:
    case = analysed(received=RECEIVED)
    on(DUE - timedelta(days=3))
    look_after()
    clara = client(people["clara"])
    clara.post("/comments/")
    wish = Wish("extend", 30, reason="The customer agreed.")
    assert not isinstance(deadline_change(by=people["clara"], case=case, key="answer", wish=wish), Refused)
    look_after()
    due = deadline(case).due
    assert deadline(case).warned is None and due is not None and "new to you" not in told(clara.get("/comments/"))
    on(due - timedelta(days=3))
    look_after()
    look_after()
    page = told(clara.get("/comments/"))
    assert deadline(case).warned is not None and page.count("new to you") == 1
    assert page.count("<strong>Answer the customer</strong> is due") == 1 and page.count("came near") == 1
    wish = Wish("extend", 1, reason="A day, still near.")
    assert not isinstance(deadline_change(by=people["clara"], case=case, key="answer", wish=wish), Refused)
    assert deadline(case).warned is not None
    assert verify(case.instance).reason == ""


@pytest.mark.parametrize("moved_by", ["a step", "a calendar"])
def test_one_that_a_step_or_a_calendar_moves_far_off_comes_near_anew_too(
    people: People, analysed: Analysed, on: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch, moved_by: str
) -> None:
    case, near = analysed(received=RECEIVED), DUE - timedelta(days=3)
    on(near)
    look_after()
    client(people["clara"]).post("/comments/")
    if moved_by == "a step":
        rules = by_definition(case.instance.definition_id)
        monkeypatch.setitem(vars(rules), "editable", (EditableField("received", (), False),))
        door = f"/api/cases/{case.pk}/fields/"
        stood = client(people["clara"]).get(door).json()["results"][0]["stood"]
        sent = {"path": "received", "value": near.isoformat(), "stood": stood}
        assert client(people["clara"]).post(door, sent, content_type="application/json").status_code == 200
    else:
        office_closed(people["ada"], [(near + timedelta(days=day)).date() for day in range(1, 40)])
    look_after()
    due = deadline(case).due
    assert due is not None and due > DUE + timedelta(days=14) and deadline(case).warned is None
    assert told(client(people["clara"]).get(f"/cases/{case.pk}/history/")).count("is far off again, due") == 1
    look_after()
    assert deadline(case).warned is None and DeadlineNotice.objects.filter(person=people["clara"]).count() == 1
    on(due - timedelta(days=2))
    look_after()
    look_after()
    assert told(client(people["clara"]).get("/comments/")).count("<strong>Answer the customer</strong> is due") == 1
    assert deadline(case).warned is not None and verify(case.instance).reason == ""


def office_closed(by: User, days: list[date]) -> None:
    row = WorkingCalendar.objects.get(key="office")
    values = {name: getattr(row, name) for name in FIELDS} | {"closed": [day.isoformat() for day in days]}
    expected = len(moves(calendar_of(values)))
    saved = calendar_save(origin=origin_of(by), values=values, reason="It is rebuilt", expected=expected)
    assert not isinstance(saved, Refused), saved


def test_it_is_paused_and_resumed_by_hand_once_each(people: People, analysed: Analysed) -> None:
    case = analysed(received=clock.utc_now().isoformat())

    def change(kind: str) -> object:
        return deadline_change(by=people["clara"], case=case, key="answer", wish=Wish(kind, reason="By order of court"))

    assert refused(change("resume")).code == "running"
    assert not isinstance(change("pause"), Refused) and deadline(case).due is None
    assert refused(change("pause")).code == "paused"
    assert not isinstance(change("resume"), Refused) and deadline(case).due is not None


def test_what_was_missed_is_not_extended_any_more(people: People, analysed: Analysed) -> None:
    case = analysed(received=RECEIVED)
    outcome = deadline_change(by=people["clara"], case=case, key="answer", wish=Wish("extend", 5, reason="Later"))
    assert refused(outcome).code == "over" and deadline(case).due == DUE


@pytest.mark.parametrize("kind", ["9999-12-31", "0001-01-01T00:00:00+14:00", "0001-01-01", "99991231"])
def test_a_date_at_an_end_of_time_is_refused_and_begins_nothing(analysed: Analysed, kind: str) -> None:
    case_type = by_definition(analysed().instance.definition_id)
    assert schema_errors(case_type, {"received": kind})["received"] == "This date should lie between 1900 and 2200."
    assert "received" not in schema_errors(case_type, {"received": RECEIVED})
    assert moment_of(kind, case_type.deadlines[0], calendars) is None


def test_what_would_never_end_is_refused_and_a_reason_holds_no_control_character(
    people: People, analysed: Analysed
) -> None:
    case = analysed(received=clock.utc_now().isoformat())
    clara, address = client(people["clara"]), f"/cases/{case.pk}/deadlines/answer/"
    wish = {"wish": "extend", "amount": "1", "reason": "The customer agreed."}
    page = clara.post(address, wish | {"reason": "a b\0c"})
    assert page.status_code == 400 and "control characters" in told(page)
    start = {"kind": STARTED, "at": "9999-11-30T09:00:00+00:00"}
    Deadline.objects.filter(instance=case.instance_id).update(events=[start])
    page = clara.post(address, wish | {"amount": "15"})
    assert page.status_code == 400 and "outside of the years" in told(page)
    Deadline.objects.filter(instance=case.instance_id).update(events=[start | {"at": "9999-12-30T09:00:00+00:00"}])
    assert "It has no end: It would lie outside" in told(clara.get(address))


def test_a_reason_shows_nothing_to_whom_it_is_masked_and_stands_in_no_table_in_clear(
    sealing: None, people: People, analysed: Analysed
) -> None:
    case = analysed(received=clock.utc_now().isoformat(), customer={"name": "Otto", "iban": IBAN})
    wish = Wish("extend", 5, reason=f"The bank looks for {IBAN}")
    assert not isinstance(deadline_change(by=people["clara"], case=case, key="answer", wish=wish), Refused)
    address, door = f"/cases/{case.pk}/deadlines/answer/", f"/api/cases/{case.pk}/deadlines/"
    for place in (address, door):
        assert "The bank looks for" in told(client(people["anna"]).get(place))
        assert IBAN not in told(client(people["anna"]).get(place)), place
        assert IBAN in told(client(people["clara"]).get(place)), "one's own words are shown as they were written"
    assert verify(case.instance).reason == ""
    assert IBAN not in kept(case)
    Deadline.objects.filter(instance=case.instance_id).update(events=deadline(case).events)
    assert IBAN in kept(case), "as a version of before kept it"
    call_command("seal_fields", stdout=io.StringIO())
    assert IBAN not in kept(case) and deadline(case).events[-1]["words"] == wish.reason


def kept(case: Case) -> str:
    """The events of its deadline as they stand in the table."""
    with connection.cursor() as owner:
        owner.execute("select events::text from casework_deadline where instance_id = %s", [case.instance_id])
        return str(owner.fetchone())
