"""Somebody lets another act for them: nobody gains a right by it, both are named, and it ends with what it stood on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from audit.models import AuditEvent
from casework.access import people as changing
from casework.access.delegation_models import ActedFor, Delegation
from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from casework.access.separation_of_duties import done_before
from casework.cases.verification import verify
from casework.models import Case
from casework.tasks.barred import left_out
from casework.tasks.delegating import delegation_begin, delegation_stop, held_for
from casework.tasks.services import task_claim, task_complete
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell.services import Done
from orchestration.shell.verification.control import verify_control
from tests.casework.access.test_separation_of_duties import approval, refund_type, staff  # noqa: F401 - fixtures
from tests.casework.actions import open_task, refusals
from tests.casework.browsing import client
from tests.casework.conftest import refused
from tests.casework.reading import told
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]
RIGHT = {"verdict": "accept"}


def lets(giver: User, to: User, *types: str, begins: timedelta = timedelta(), days: int = 3) -> Delegation:
    start = utc_now() + begins
    made = delegation_begin(
        by=giver, to=to.get_username(), case_types=types, begins=start, until=start + timedelta(days=days),
        reason="At the sea",
    )  # fmt: skip
    assert isinstance(made, Delegation), made
    return made


def taken(by: User, case: Case) -> HumanTask:
    task = open_task(case)
    assert isinstance(task_claim(by=by, task=task), HumanTask)
    return task


def test_a_colleague_finishes_what_one_has_taken_and_the_history_names_both(people: People, analysed: Analysed) -> None:
    case, ben = analysed(), client(people["ben"])
    control_begin(origin_of(people["ada"]))
    task = taken(people["anna"], case)
    assert ben.post(f"/tasks/{task.pk}/complete/", RIGHT).status_code == 403
    day = (timezone.localtime() + timedelta(days=2)).date().isoformat()
    sent = {"to": "ben", "last": day, "reason": "At the sea", "case_types": ["complaint"]}
    assert client(people["anna"]).post("/delegations/", sent)["Location"] == "/delegations/"
    assert "You act for Anna Adler" in told(ben.get("/"))
    assert task.name in told(ben.get("/delegations/"))
    assert "you act for them" in told(ben.get(f"/tasks/{task.pk}/"))
    assert ben.post(f"/tasks/{task.pk}/complete/", RIGHT).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.assignee, task.acted_for.person) == ("completed", people["ben"], people["anna"])
    done = AuditEvent.objects.get(chain=case.instance_id, action="task.delegated")
    assert (done.actor, done.on_behalf_of) == ("person:ben", "person:anna")
    assert "acted for Anna Adler" in told(ben.get(f"/cases/{case.pk}/history/"))
    assert verify(case.instance).ok and verify_control().ok
    ActedFor.objects.update(person=people["ada"])
    assert not verify(case.instance).ok


def test_nobody_gains_a_right_by_it(people: People, analysed: Analysed) -> None:
    """Dora is let into a group of Anna's that is offered nothing here: she sees no more of the case than before."""
    case = analysed()
    task = taken(people["anna"], case)
    shared, _ = changing.group_ensure(name="Choir", clearance="public", origin=origin_of(people["ada"]))
    for name in ("anna", "dora"):
        changing.person_join(user=people[name], group=shared, origin=origin_of(people["ada"]))
    lets(people["anna"], people["dora"])
    browser = client(people["dora"])
    assert browser.get(f"/tasks/{task.pk}/").status_code == 404
    assert browser.post(f"/tasks/{task.pk}/complete/", RIGHT).status_code == 404
    (work,) = held_for(people["dora"], utc_now())
    assert work.name == "Anna Adler" and work.rows == ()


def test_it_is_given_to_colleagues_only_by_oneself_only_and_for_a_time(people: People) -> None:
    def asked(**more: object) -> Refused:
        start = utc_now()
        given = {"to": "ben", "case_types": (), "begins": start, "until": start + timedelta(days=1), "reason": "Away"}
        return refused(delegation_begin(by=people["anna"], **{**given, **more}))  # type: ignore[arg-type]

    now = utc_now()
    assert asked(to="axel").errors.keys() == asked(to="anna").errors.keys() == {"to"}
    assert asked(until=now + timedelta(days=200)).errors.keys() == asked(until=now).errors.keys() == {"until"}
    assert asked(case_types=("nonsense",)).errors.keys() == {"case_types"}
    assert asked(reason="\0\0\0\0").errors.keys() == asked(reason="").errors.keys() == {"reason"}
    assert client(people["anna"]).post("/delegations/", {"to": "ben", "last": "2026-99-99"}).status_code == 400


def test_it_holds_for_its_case_types_and_days_alone(people: People, analysed: Analysed) -> None:
    task = taken(people["anna"], analysed())
    later = lets(people["anna"], people["ben"], begins=timedelta(days=1))
    assert left_out(people["ben"], utc_now()).acts_for == ()
    assert client(people["ben"]).post(f"/tasks/{task.pk}/complete/", RIGHT).status_code == 403
    Delegation.objects.filter(pk=later.pk).update(begins=utc_now(), case_types=["refund"])
    assert client(people["ben"]).post(f"/tasks/{task.pk}/complete/", RIGHT).status_code == 403
    Delegation.objects.filter(pk=later.pk).update(case_types=[], until=utc_now())
    assert client(people["ben"]).post(f"/tasks/{task.pk}/complete/", RIGHT).status_code == 403


@pytest.mark.parametrize("how", ["giver", "deputy", "group", "out"])
def test_it_ends_by_either_and_with_what_it_stood_on(people: People, analysed: Analysed, how: str) -> None:
    task, row = taken(people["anna"], analysed()), lets(people["anna"], people["ben"])
    control_begin(origin_of(people["ada"]))
    origin = origin_of(people["ada"])
    match how:
        case "giver" | "deputy":
            by = people["anna" if how == "giver" else "ben"]
            assert client(people["olga"]).post(f"/delegations/{row.pk}/end/").status_code == 404
            assert client(by).post(f"/delegations/{row.pk}/end/").status_code == 302
            assert refused(delegation_stop(by=by, number=row.pk)).code == "over"
        case "group":
            changing.person_leave(user=people["anna"], group=Group.objects.get(name="Analysts"), origin=origin)
        case "out":
            changing.person_switch(user=people["anna"], on=False, origin=origin)
    row.refresh_from_db()
    assert row.ended is not None and left_out(people["ben"], utc_now()).acts_for == ()
    assert client(people["ben"]).post(f"/tasks/{task.pk}/complete/", RIGHT).status_code == 403
    assert verify_control().ok


def test_a_row_that_nobody_gave_is_found(people: People) -> None:
    control_begin(origin_of(people["ada"]))
    row = lets(people["anna"], people["ben"])
    assert verify_control().ok
    Delegation.objects.update(until=row.until + timedelta(days=300))
    assert not verify_control().ok


def test_four_eyes_hold_for_both(staff: People) -> None:  # noqa: F811
    """What the giver may not do nobody does for them; what was done for them bars them as if they had done it."""
    case, task = approval(staff["anna"])
    HumanTask.objects.filter(pk=task.pk).update(assignee=staff["anna"])  # however it came to be hers
    lets(staff["anna"], staff["ben"])
    outcome = refused(task_complete(by=staff["ben"], task=task, answers={"verdict": "approve"}))
    assert outcome.code == "four-eyes" and "Anna Adler opened this case" in outcome.message
    assert refusals(case)[-1] == ("person:ben", "four-eyes")


def test_what_was_done_for_somebody_keeps_them_from_the_approval(staff: People) -> None:  # noqa: F811
    from tests.casework.access.test_separation_of_duties import _incomplete

    case, first = _incomplete()
    assert isinstance(task_claim(by=staff["anna"], task=first), HumanTask)
    lets(staff["anna"], staff["ben"])
    assert isinstance(task_complete(by=staff["ben"], task=first, answers={"amount": "80"}), Done)
    work_jobs(case.instance_id)
    task = open_task(case)
    assert done_before(staff["anna"], task) and done_before(staff["ben"], task)
    for name in ("anna", "ben"):
        assert task.pk in left_out(staff[name], utc_now()).barred
        assert refused(task_claim(by=staff[name], task=task)).code == "four-eyes"
    assert verify(case.instance).ok


@pytest.mark.parametrize("last", ["9999-12-31", "0001-01-01", "2026-02-30", "x"])
def test_a_day_at_an_end_of_time_is_refused_as_any_that_does_not_fit(people: People, last: str) -> None:
    sent = {"to": "ben", "last": last, "begins": last, "reason": "At the sea"}
    assert client(people["anna"]).post("/delegations/", sent).status_code == 400


def test_the_same_is_given_once(people: People) -> None:
    day = (timezone.localtime() + timedelta(days=2)).date().isoformat()
    sent, anna = {"to": "ben", "last": day, "reason": "At the sea"}, client(people["anna"])
    assert anna.post("/delegations/", sent).status_code == 302
    again = anna.post("/delegations/", sent)
    assert again.status_code == 400 and "You have given them this already." in told(again)
    assert anna.post("/delegations/", sent | {"case_types": ["complaint"]}).status_code == 302
    assert Delegation.objects.count() == 2
