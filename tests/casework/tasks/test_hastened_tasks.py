"""A case that is put before others takes its people's tasks along, and gives each its own priority back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.cases.services import case_change, item_plan
from casework.cases.verification import verify
from casework.deadlines.watching import look_after
from casework.models import Case
from casework.tasks.inbox import inbox_page
from casework.tasks.many import Wish, carried_out, undo_word, undone
from casework.tasks.next_task import next_task
from casework.tasks.ordering import task_hurry
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask, Instance
from tests.casework.actions import open_task
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


def tasks(case: Case) -> dict[int, HumanTask]:
    """Those that are open or suspended, by item."""
    return {task.item: task for task in HumanTask.objects.filter(instance=case.instance_id, ended=None)} | {
        task.item: task for task in HumanTask.objects.filter(instance=case.instance_id, state="suspended")
    }


def changed(people: People, case: Case, transition: str) -> bool:
    outcome = case_change(by=people["clara"], case=case, transition=transition, reason="The press asks for it")
    return not isinstance(outcome, Refused)


def holds(case: Case) -> bool:
    return verify(Instance.objects.get(pk=case.instance_id)).ok


@dataclass
class Expected:
    """What each task should have: what a person said of it, else 50, and 80 while the case goes before others."""

    hastened: bool
    said: dict[int, int | None]

    def priorities(self) -> dict[int, int]:
        return {item: said or (80 if self.hastened else 50) for item, said in self.said.items()}


MOVES = st.lists(
    st.one_of(
        st.sampled_from(["hasten", "calm", "suspend", "resume", "plan"]),
        st.tuples(st.integers(0, 3), st.sampled_from([20, 50, 80])),
    ),
    max_size=9,
)


def test_whatever_is_done_each_task_has_what_a_person_said_or_what_its_case_makes_of_it(
    people: People, analysed: Analysed
) -> None:
    cases = {urgent: analysed(urgent=urgent) for urgent in (False, True)}

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.booleans(), MOVES)
    def always(urgent: bool, moves: list[str | tuple[int, int]]) -> None:
        case = cases[urgent]
        with transaction.atomic():
            expected = Expected(urgent, dict.fromkeys(tasks(case)))
            for move in moves:
                _go(people, case, move, expected)
                assert {item: task.priority for item, task in tasks(case).items()} == expected.priorities()
            assert holds(case)
            transaction.set_rollback(True)

    always()


def _go(people: People, case: Case, move: str | tuple[int, int], expected: Expected) -> None:
    if isinstance(move, tuple):
        there = sorted(tasks(case).items())
        item, task = there[move[0] % len(there)]
        if not isinstance(task_hurry(by=people["clara"], task=task, priority=move[1]), Refused):
            expected.said[item] = move[1]
    elif move == "plan":
        item_plan(by=people["clara"], case=case, definition="ask_customer")
        expected.said = dict.fromkeys(tasks(case)) | expected.said
    elif changed(people, case, move) and move in ("hasten", "calm"):
        expected.hastened = move == "hasten"


def test_it_is_the_next_task_and_marked_in_inbox_board_and_history_until_it_takes_its_turn_again(
    people: People, analysed: Analysed
) -> None:
    first, hurried = analysed(), analysed()
    anna, now = people["anna"], timezone.now()
    before, after = open_task(first), open_task(hurried)
    HumanTask.objects.update(due=before.due)  # so that neither comes first for its time
    assert next_task(user=anna, tab="groups", now=now) == before.pk
    assert changed(people, hurried, "hasten")
    assert next_task(user=anna, tab="groups", now=now) == after.pk
    rows = inbox_page(user=anna, tab="groups", now=now).rows
    assert {row.id: row.urgent for row in rows} == {before.pk: False, after.pk: True}
    listed = client(anna).get("/api/tasks/?scope=groups").json()["results"]
    assert {row["id"]: row["urgent"] for row in listed} == {before.pk: False, after.pk: True}
    assert "The open tasks of the case are urgent with it" in told(
        client(anna).get(f"/cases/{hurried.pk}/history/?show=all")
    )
    then = f"/cases/{hurried.pk}/then/?at={Instance.objects.get(pk=hurried.instance_id).head_sequence}"
    assert changed(people, hurried, "calm")
    past = client(people["clara"])
    page = told(past.get(then))
    assert "urgent</span>" in page, "as it was, after it is over"
    assert next_task(user=anna, tab="groups", now=now) == before.pk


def test_what_is_undone_follows_the_case_as_it_is_by_then(people: People, analysed: Analysed) -> None:
    case, clara = analysed(urgent=True), people["clara"]
    task = open_task(case)
    assert task.priority == 80
    word = undo_word(clara, carried_out(clara, [task.pk], Wish("priority", priority=20)))
    assert changed(people, case, "calm") and open_task(case).priority == 20
    undone(clara, word)
    assert open_task(case).priority == 50 and changed(people, case, "hasten") and open_task(case).priority == 80


def test_a_deadline_that_comes_near_makes_a_task_urgent_by_itself_whatever_its_case_does(
    people: People, analysed: Analysed, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = analysed(urgent=True, received="2026-03-20T09:30:00+01:00")
    monkeypatch.setattr(clock, "utc_now", lambda: datetime(2030, 4, 12, tzinfo=UTC))
    look_after()
    assert changed(people, case, "calm")
    assert open_task(case).priority == 80 and holds(case)


def test_a_case_that_was_hastened_when_that_left_people_s_work_alone_is_verified_and_goes_on(
    people: People, analysed: Analysed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("orchestration.shell.haste.tasks_follow", lambda *_: None)
        case = analysed(urgent=True)
    assert open_task(case).priority == 50 and holds(case)
    item_plan(by=people["clara"], case=case, definition="ask_customer")
    assert {task.priority for task in tasks(case).values()} == {80} and holds(case)
