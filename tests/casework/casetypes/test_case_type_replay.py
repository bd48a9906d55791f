"""Whatever people, machines and time do to a complaint, its events rebuild its state, and everything agrees with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from audit.services import Origin
from casework.access import permissions
from casework.cases import services as work
from casework.cases.case_row import BY_HAND, NEEDS_ATTENTION
from casework.cases.incidents import Wish, incident_resolve
from casework.models import Case
from casework.tasks import services as tasks_services
from orchestration import tasks
from orchestration.actors.kinds import ActorError
from orchestration.engine import commands as c
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import runner
from orchestration.models import HumanTask, Incident, Job
from orchestration.shell import services
from orchestration.shell.selectors import state_of
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.machines import Machines

pytestmark = pytest.mark.django_db

ORIGIN = Origin("system:test")
ONCE = (c.CompleteTask, c.CompleteJob, c.ResolveIncident, c.Trigger)
"""Commands that name something which is over when they are done."""
ANSWERS: list[Any] = [
    {"label": "refund_request", "confidence": 0.93, "alternatives": []},
    {"label": "card_lost_or_stolen", "confidence": 0.93, "alternatives": []},
    {"label": "neutral", "confidence": 0.2},
    {"label": "negative", "confidence": 0.8},
    {"label": "refund_request", "confidence": 7},
    {"label": "refund\0request", "confidence": 0.9},
    {"label": "refund_request", "confidence": 0.9, "score": 10**30},
    "not an object",
    ActorError("The model is busy.", temporary=True),
    ActorError("The model is\0 broken.", temporary=False),
    RuntimeError("\ud800 nobody foresaw this"),
]
VERDICTS: list[dict[str, Any]] = [
    {"verdict": "accept"},
    {"verdict": "reject", "reason": "It is about something else."},
    {"verdict": "change", "reason": "Too long.", "answer": "Dear {customer.name}, yes."},
    {"verdict": "perhaps"},
    {"question": "Which shop was it?"},
    {},
]


@dataclass
class Play:
    """One complaint and everybody who may do something to it; `done` are the commands that were carried out."""

    case: Case
    people: list[User]
    machines: Machines
    done: list[c.Command] = field(default_factory=list)

    @property
    def instance(self) -> int:
        return self.case.instance_id

    def person(self, pick: int) -> User:
        return self.people[pick % len(self.people)]

    def task(self, pick: int) -> HumanTask | None:
        return _picked(HumanTask.objects.filter(instance=self.instance), pick)

    def on_task(self, pick: int, action: str, do: Callable[[User, HumanTask], object]) -> None:
        """As a page does it: fetching is authorizing, then the task's state decides."""
        person, task = self.person(pick), self.task(pick // len(self.people))
        if task is None:
            return
        try:
            do(person, permissions.task_for_user(person, task.pk, action))
        except (Http404, PermissionDenied):
            return

    def claim(self, pick: int) -> None:
        self.on_task(pick, "claim", lambda person, task: tasks_services.task_claim(by=person, task=task))

    def release(self, pick: int) -> None:
        self.on_task(pick, "release", lambda person, task: tasks_services.task_release(by=person, task=task))

    def complete(self, pick: int) -> None:
        answers = VERDICTS[pick % len(VERDICTS)]
        self.on_task(
            pick // 3,
            "complete",
            lambda person, task: tasks_services.task_complete(by=person, task=task, answers=answers),
        )

    def finish(self, pick: int) -> None:
        """Somebody who may do so finishes the open task as it should be."""
        task = _picked(HumanTask.objects.filter(instance=self.instance, state="open"), pick)
        if task is not None:
            answers = {"question": "Which shop?"} if task.form == "question" else VERDICTS[pick % 3]
            tasks_services.task_complete(by=task.assignee or self.person(pick), task=task, answers=answers)

    def plan(self, pick: int) -> None:
        work.item_plan(by=self.person(pick), case=self.case, definition="ask_customer")

    def reply(self, pick: int) -> None:
        self.case.instance.refresh_from_db()
        answers = {"reply": "The one in Lyon."}
        work.external_receive(by=self.person(pick), case=self.case, item="wait_for_reply", answers=answers)

    def machine(self, pick: int) -> None:
        """A worker takes a job, whatever the hour, and its actor answers well, badly or not at all."""
        for machine in self.machines.by_kind.values():
            machine.answers = [ANSWERS[pick % len(ANSWERS)]]
        rows = Job.objects.filter(instance=self.instance)
        rows.filter(state="waiting").update(run_at=clock.utc_now())
        job = _picked(rows, pick // len(ANSWERS))
        if job is not None:
            runner.run(self.instance, job.job)

    def answer(self, _pick: int) -> None:
        """All machines do their work."""
        self.machines.say("refund_request", 0.93, "neutral")
        for job in Job.objects.filter(instance=self.instance, state="waiting", run_at__lte=clock.utc_now()):
            runner.run(self.instance, job.job)

    def late_result(self, pick: int) -> None:
        """A worker that was thought dead brings a result of a job, open or over."""
        job = _picked(Job.objects.filter(instance=self.instance), pick)
        if job is not None:
            found = runner.Attempt("intent", "1", 1.0, error="It took too long.", temporary=bool(pick % 2))
            runner.bring_back(job, found, clock.utc_now())

    def worker_dies(self, pick: int) -> None:
        job = _picked(Job.objects.filter(instance=self.instance, state="waiting"), pick)
        if job is not None:
            runner.claim(self.instance, job.job)
            Job.objects.filter(pk=job.pk, state="running").update(lease_until=clock.utc_now() - timedelta(1))

    def time(self, _pick: int) -> None:
        tasks.sweep()
        tasks.fire_timers()
        tasks.deliver_outbox()

    def incident(self, pick: int) -> None:
        incident = _picked(Incident.objects.filter(instance=self.instance), pick)
        how = "retry" if pick % 2 else "skip"
        output = ANSWERS[(pick // 2) % 4]
        if incident is not None:
            incident_resolve(
                by=self.person(pick), case=self.case, incident=incident.incident, wish=Wish(how, output=output)
            )

    def look(self, pick: int) -> None:
        work.case_viewed(by=self.person(pick), case=self.case)

    def stand_still(self, pick: int) -> None:
        command = (c.Suspend(), c.Resume(), c.Suspend(), c.Resume(), c.Resume(), c.Terminate())[pick % 6]
        services.send(self.instance, command, ORIGIN)

    def nonsense(self, pick: int) -> None:
        made: list[c.Command] = [
            c.CompleteTask(pick), c.CompleteJob(pick, {"label": "x"}), c.FailJob(pick, "x"), c.FireTimer(pick),
            c.Trigger(pick), c.CompleteItem(pick), c.ResolveIncident(pick), c.StartItem(pick), c.StartCase("complaint"),
            c.ReceiveMessage("hello"), c.ReceiveSignal("hello"), c.PlanItem("nothing"),
            c.SetVariables({"channel": pick}), c.FaultItem(pick), c.ReactivateItem(pick),
            c.Terminate(pick), c.ReactivateCase(),
        ]  # fmt: skip
        services.send(self.instance, made[pick % len(made)], ORIGIN)

    def again(self, pick: int) -> None:
        if self.done:
            services.send(self.instance, self.done[pick % len(self.done)], ORIGIN)


def _picked(rows: Any, pick: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[pick % len(found)] if found else None


ACTIONS = [name for name in vars(Play) if not name.startswith("_") and callable(getattr(Play, name))]
ACTIONS = [name for name in ACTIONS if name not in ("person", "task", "on_task", "instance")]
steps = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 400)), min_size=4, max_size=14)


@pytest.fixture
def play(people: dict[str, User], open_case: Callable[..., Case], machines: Machines, monkeypatch: Any) -> Any:
    """Begins a play with a new complaint; what the engine carries out is noted."""
    send = services.send
    current: list[Play] = []

    def noted(instance: int, command: c.Command, *more: Any, **given: Any) -> Done | Refused:
        outcome = send(instance, command, *more, **given)
        if isinstance(outcome, Done):
            current[-1].done.append(command)
        return outcome

    monkeypatch.setattr(services, "send", noted)

    def begun() -> Play:
        current.append(Play(open_case(), list(people.values()), machines))
        return current[-1]

    return begun


def agrees(play: Play) -> None:
    """History, state, rows and the case's face say the same."""
    case = Case.objects.select_related("instance").get(pk=play.case.pk)
    verdict = verify(case.instance)
    assert verdict.ok, verdict
    state = state_of(case.instance)
    open_nodes = {item.node for item in state.items.values() if item.state == "active"}
    ended = case.instance.ended is not None
    assert ended == (state.root.state in ("completed", "terminated", "failed", "closed"))
    model = services.by_definition(case.instance.definition_id)
    troubled = Incident.objects.filter(instance=case.instance, resolved=None).exists() and not ended
    on_its_way = NEEDS_ATTENTION if troubled else model.state_name(open_nodes, ended)
    named = BY_HAND.get(state.root.state) or on_its_way
    assert (case.state, case.closed) == (named, ended)
    for task in HumanTask.objects.filter(instance=case.instance):
        assert task.candidates.exists() == (task.state in ("open", "suspended")), task.state
        assert (task.ended is None) == (task.state == "open")


def once_only(play: Play) -> None:
    """What was done cannot be done again: nothing changes, and the history says that it was refused."""
    for command in [command for command in play.done if isinstance(command, ONCE)]:
        before = (state_of(play.case.instance), _refusals(play.instance))
        outcome = services.send(play.instance, command, ORIGIN)
        assert isinstance(outcome, Refused), (command, outcome)
        play.case.instance.refresh_from_db()
        assert (state_of(play.case.instance), _refusals(play.instance)) == (before[0], before[1] + 1)


def _refusals(instance: int) -> int:
    return AuditEvent.objects.filter(chain=instance, action="command.refused").count()


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=steps)
@example(steps=[("answer", 0), ("finish", 1), ("finish", 0), ("again", 0)])
@example(steps=[("answer", 0), ("plan", 0), ("finish", 1), ("reply", 0), ("finish", 0), ("reply", 0)])
@example(steps=[("machine", 5), ("machine", 6), ("machine", 10), ("incident", 0), ("incident", 1), ("time", 0)])
@example(steps=[("stand_still", 0), ("answer", 0), ("finish", 0), ("stand_still", 1), ("answer", 0), ("finish", 0)])
@example(steps=[("worker_dies", 0), ("time", 0), ("late_result", 0), ("answer", 0), ("late_result", 1)])
def test_history_state_rows_and_face_agree_after_every_step(play: Callable[[], Play], steps: Any) -> None:
    staged = play()
    for action, pick in steps:
        getattr(staged, action)(pick)
        agrees(staged)
    staged.case.instance.refresh_from_db()
    once_only(staged)
    agrees(staged)
