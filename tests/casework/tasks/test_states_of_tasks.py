"""How do the tasks of an inbox stand: pending, blocked, approaching or completed? As many as the database has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.access import permissions
from casework.cases.services import case_change
from casework.lists.asked import asked
from casework.lists.columns import offered
from casework.models import Case
from casework.tasks.grouped import groupings_of_tasks
from casework.tasks.inbox import InboxPage, inbox_page
from casework.tasks.inbox_state import inbox_states
from casework.tasks.inbox_statements import STATES
from casework.tasks.next_task import next_task
from casework.tasks.services import task_claim, task_complete
from orchestration.ground import clock
from orchestration.models import HumanTask, Incident, TaskCandidate
from orchestration.shell.services import Done
from tests.casework.actions import open_task
from tests.sql import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]
ACCEPTED = {"verdict": "accept", "category": "refund_request"}

TRUTH = {
    "pending": "t.state = 'open' and ({theirs})",
    "blocked": """(t.state = 'suspended' or t.state = 'open' and exists (
        select from orchestration_incident n where n.instance_id = t.instance_id and n.resolved is null)) and ({theirs})
    """,
    "approaching": "t.state = 'open' and t.due <= %(now)s + interval '24 hours' and ({theirs})",
    "completed": """t.state = 'completed' and t.ended > %(now)s - interval '30 days' and (
        t.assignee_id = %(me)s or t.assignee_id in (
            select a.user_id from auth_user_groups a join auth_user_groups b using (group_id) where b.user_id = %(me)s))
    """,
}
THEIRS = """t.assignee_id = %(me)s or t.id in (
    select c.task_id from orchestration_taskcandidate c
    left join auth_user_groups m on m.group_id = c.group_id and m.user_id = %(me)s
    where c.user_id = %(me)s or m.id is not null)"""

TASK = st.tuples(
    st.sampled_from(["open", "suspended", "completed", "terminated"]),
    st.integers(-48, 72),
    st.sampled_from([None, "anna", "ben", "clara"]),
    st.sets(st.sampled_from(["Analysts", "Senior analysts"]), min_size=1),
    st.integers(1, 60 * 24),
)
"""State, hours until it is due, who has it, whom it is offered to, hours since it ended."""


def page(user: User, tab: str, **more: Any) -> InboxPage:
    return inbox_page(user=User.objects.get(pk=user.pk), tab=tab, now=more.pop("now", timezone.now()), **more)


def found(user: User, tab: str, now: datetime, **more: Any) -> list[int]:
    """Of all pages, two tasks each."""
    numbers, after = list[int](), ""
    while True:
        one = page(user, tab, now=now, after=after, limit=2, **more)
        numbers += [row.id for row in one.rows]
        after = one.following
        if not after:
            return numbers


def truth(user: User, state: str, now: datetime, case: Case | None = None) -> list[int]:
    """By plain SQL, in the order of the list."""
    order = "t.ended desc, t.id desc" if state == "completed" else "t.due, t.id"
    of_case = "" if case is None else " and t.instance_id = %(case)s"
    where = TRUTH[state].format(theirs=THEIRS) + of_case
    with connection.cursor() as cursor:
        cursor.execute(
            f"select t.id from orchestration_humantask t where {where} order by {order}",  # noqa: S608 - of texts here
            {"me": user.pk, "now": now, "case": case and case.instance_id},
        )
        return [number for (number,) in cursor.fetchall()]


def put(cases: Sequence[Case], people: People, drawn: Sequence[tuple[Any, ...]], now: datetime) -> None:
    for number, (state, hours, who, groups, ago) in enumerate(drawn):
        case = cases[number % len(cases)]
        is_over, due = state in ("completed", "terminated"), now + timedelta(hours=hours)
        task = HumanTask.objects.create(
            instance_id=case.instance_id, item=1000 + number, definition_item="x", name=f"Task {number}", state=state,
            created=now - timedelta(days=3), due=due, assignee=people[who] if who else None,
            ended=now - timedelta(hours=ago) if is_over else None,
        )  # fmt: skip
        for name in () if is_over else sorted(groups):
            TaskCandidate.objects.create(
                task=task, group=Group.objects.get(name=name), due=due, assigned=who is not None,
                suspended=state == "suspended",
            )  # fmt: skip


def fail(case: Case, **more: Any) -> Incident:
    """Something in it did, and nobody has decided about it."""
    said = {"code": "E", "message": "It failed", "opened": timezone.now(), "incident": 9000, **more}
    return Incident.objects.create(instance_id=case.instance_id, **said)


def test_the_list_of_each_state_and_its_count_are_what_plain_sql_finds(people: People, analysed: Analysed) -> None:
    cases = [analysed(channel=channel) for channel in ("web", "phone")]
    fail(cases[1], resolved=timezone.now(), incident=8000)
    seen = offered(permissions.principal(User.objects.get(pk=people["anna"].pk), None, clock.utc_now()))
    by_phone = asked([("is.channel", "phone")], "", seen)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(TASK, min_size=1, max_size=12), st.lists(st.sampled_from(cases), max_size=3))
    def holds(drawn: list[tuple[Any, ...]], failing: list[Case]) -> None:
        now = timezone.now()
        with transaction.atomic():
            put(cases, people, drawn, now)
            for number, case in enumerate(failing):
                fail(case, incident=9000 + number)
            for who in ("anna", "clara"):
                counts = page(people[who], "mine", now=now).counts
                of_phone = page(people[who], "mine", now=now, asked=by_phone).counts
                for state in STATES:
                    expected, fitting = truth(people[who], state, now), truth(people[who], state, now, cases[1])
                    if state == "completed":  # of cases that they may see, which for both are all
                        assert permissions.may(people[who], "view", cases[0])
                    assert found(people[who], state, now) == expected
                    assert found(people[who], state, now, asked=by_phone) == fitting
                    assert (counts[state], of_phone[state]) == (len(expected), len(fitting))
            transaction.set_rollback(True)

    holds()


def test_what_is_suspended_is_blocked_and_pending_again_once_it_is_resumed(people: People, analysed: Analysed) -> None:
    case = analysed()
    task = open_task(case)
    anna = people["anna"]
    assert [row.id for row in page(anna, "pending").rows] == [task.pk]
    assert isinstance(case_change(by=people["ben"], case=case, transition="suspend", reason="Court first"), Done)
    assert [row.id for row in page(anna, "blocked").rows] == [task.pk] and not page(anna, "pending").rows
    assert isinstance(case_change(by=people["ben"], case=case, transition="resume", reason="It decided"), Done)
    assert page(anna, "blocked").rows == () and page(anna, "blocked").counts["pending"] == 1


def test_what_failed_in_a_case_blocks_its_tasks_says_so_in_their_rows_and_is_heard_of(
    people: People, analysed: Analysed, client: Client
) -> None:
    """A task that is open can be done all the same: it is pending, too."""
    case, other = analysed(), analysed()
    task, anna = open_task(case), people["anna"]
    before = inbox_states([anna.pk], now := clock.utc_now())
    incident = fail(case)
    assert inbox_states([anna.pk], now) != before
    client.force_login(anna)
    shown = " ".join(client.get("/?tab=blocked").content.decode().split())
    assert shown.count("something failed") == 1 and f'id="row-{task.pk}"' in shown
    assert {row.id: row.troubled for row in page(anna, "pending").rows} == {task.pk: True, open_task(other).pk: False}
    Incident.objects.filter(pk=incident.pk).update(resolved=now)
    assert page(anna, "blocked").rows == () and inbox_states([anna.pk], now) == before


def test_a_done_task_says_who_did_it_and_when_opens_as_it_ended_and_is_no_next_task(
    people: People, analysed: Analysed, client: Client
) -> None:
    task = open_task(analysed())
    assert isinstance(task_claim(by=people["ben"], task=task), HumanTask)
    assert isinstance(task_complete(by=people["ben"], task=task, answers=ACCEPTED), Done)
    task.refresh_from_db()
    row = page(people["anna"], "completed").rows[0]
    assert (row.id, row.assignee, row.mine, row.ended) == (task.pk, "Ben Bauer", False, task.ended)
    assert not (row.overdue or row.at_risk or row.suspended)
    assert next_task(user=people["anna"], tab="completed", now=clock.utc_now()) is None
    client.force_login(people["anna"])
    shown = client.get("/?tab=completed").content.decode()
    assert "Who did it" in shown and "Ben Bauer" in shown and f'id="pick-{task.pk}"' not in shown
    assert client.get(reverse("task", args=[task.pk])).status_code == 200


def test_what_was_done_in_a_case_that_one_may_not_see_stands_in_no_list_or_count(
    people: People, analysed: Analysed
) -> None:
    """Dora's case of a lost card: Anna is in a group with her, and sees no such case all the same."""
    case = analysed(intent="card_lost_or_stolen")
    people["dora"].groups.add(together := Group.objects.create(name="Choir"))
    people["anna"].groups.add(together)
    dora = people["dora"]
    HumanTask.objects.filter(instance=case.instance_id).update(
        state="completed", assignee=dora, ended=timezone.now() - timedelta(hours=1)
    )
    TaskCandidate.objects.filter(instance=case.instance_id).delete()
    assert page(dora, "completed").counts["completed"] == 1
    anna = page(people["anna"], "completed")
    assert permissions.may(User.objects.get(pk=people["anna"].pk), "view", case) is bool(anna.rows)
    assert anna.counts["completed"] == len(anna.rows)


@pytest.mark.parametrize("state", STATES)
def test_a_list_by_state_costs_no_more_statements_and_is_filtered_grouped_ordered_saved_and_read_by_programs(
    people: People, analysed: Analysed, client: Client, state: str
) -> None:
    now = timezone.now()
    drawn = [(kind, 5, "ben", {"Analysts"}, 5 + n) for n in range(3) for kind in ("open", "suspended", "completed")]
    put([analysed(channel="web")], people, drawn, now)
    wanted = truth(people["anna"], state, now)
    assert len(wanted) >= 3
    with statements() as sent:
        assert len(page(people["anna"], state).rows) == len(wanted)
    assert len(sent) <= 7
    client.force_login(people["anna"])
    for more in ("", "&group=owner", "&group=owner&in=ben", "&sort=received", "&sort=-@deadline", "&sort=next",
                 "&sort=late", "&is.channel=web", "&is.channel=phone&group=type", "&col=channel"):  # fmt: skip
        assert client.get(f"/?tab={state}{more}").status_code == 200
    grouped = page(people["anna"], state, group=next(one for one in groupings_of_tasks([]) if one.key == "owner"))
    assert sum(each.size for each in grouped.groups) == len(wanted)
    answer = client.get(f"/api/tasks/?scope={state}").json()
    assert [one["id"] for one in answer["results"]] == wanted and answer["counts"][state] == len(wanted)
    saved = client.post("/views/", {"kind": "inbox", "state": f"tab={state}", "name": "By state"})
    shown = client.get(saved["Location"]).content.decode()
    assert re.search(rf'data-count="view-\d+">{len(wanted)}<', shown)
    assert all(f'id="row-{number}"' in shown for number in wanted)


def test_an_open_list_hears_that_a_colleagues_task_is_done_or_has_come_to_approach(
    people: People, analysed: Analysed
) -> None:
    task = open_task(analysed())
    assert isinstance(task_claim(by=people["ben"], task=task), HumanTask)
    anna, now = people["anna"].pk, clock.utc_now()
    task.refresh_from_db()
    before = inbox_states([anna], task.due - timedelta(days=2))
    assert inbox_states([anna], task.due - timedelta(hours=1)) != before
    standing = inbox_states([anna], now)
    assert isinstance(task_complete(by=people["ben"], task=task, answers=ACCEPTED), Done)
    assert inbox_states([anna], now) != standing
