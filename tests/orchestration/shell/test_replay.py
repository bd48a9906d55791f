"""Whatever happens to processes with timers, messages and signals, events, state and rows agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from orchestration import tasks
from orchestration.engine import commands as c
from orchestration.ground.refusals import Refused
from orchestration.jobs import runner
from orchestration.models import Definition, HumanTask, Incident, Instance, Job, Subscription, Timer
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed

pytestmark = pytest.mark.django_db

PROCESSES = ("order", "customer", "alarm", "guard", "reminder")
ONCE = (c.CompleteTask, c.CompleteJob, c.FireTimer, c.ResolveIncident)
"""Commands that name something which is over when they are done."""


@dataclass
class World:
    """Some processes that send each other messages, and a clock; `done` is what was carried out, and where."""

    version: Definition
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    cases: list[int] = field(default_factory=list)
    done: list[tuple[int, c.Command]] = field(default_factory=list)

    def send(self, pick: int, command: c.Command) -> None:
        if self.cases:
            case = self.cases[pick % len(self.cases)]
            if isinstance(services.send(case, command, TEST), Done):
                self.done.append((case, command))

    def begin(self, pick: int) -> None:
        process, number = PROCESSES[pick % len(PROCESSES)], str(pick // len(PROCESSES) % 2)
        outcome = services.start(self.version, c.StartProcess(process, {"number": number}), TEST)
        assert isinstance(outcome, Done), outcome
        self.cases.append(outcome.instance)

    def time(self, pick: int) -> None:
        """Minutes, an hour or a day pass, sometimes backwards; then beat comes by."""
        self.now += timedelta(minutes=(1, 10, 61, 1440, -30)[pick % 5])
        tasks.fire_timers()

    def post(self, _pick: int) -> None:
        tasks.deliver_outbox()

    def beat(self, _pick: int) -> None:
        tasks.sweep()

    def task(self, pick: int) -> None:
        self._row(HumanTask.objects.all(), pick, lambda row: c.CompleteTask(row.item, {"seen": pick % 3}))

    def job(self, pick: int) -> None:
        self._row(Job.objects.all(), pick, lambda row: c.CompleteJob(row.job, {"shelf": pick}))

    def failure(self, pick: int) -> None:
        self._row(Job.objects.all(), pick, lambda row: c.FailJob(row.job, "No shelf is free.", retry=bool(pick % 2)))

    def worker(self, pick: int) -> None:
        """A worker takes a job that no actor here can do."""
        job = _picked(Job.objects.filter(state="waiting", run_at__lte=self.now), pick)
        if job is not None:
            runner.run(job.instance_id, job.job)

    def incident(self, pick: int) -> None:
        how: Any = ("retry", "skip")[pick % 2]
        self._row(Incident.objects.all(), pick, lambda row: c.ResolveIncident(row.incident, how))

    def early(self, pick: int) -> None:
        self._row(Timer.objects.all(), pick, lambda row: c.FireTimer(row.timer))

    def letter(self, pick: int) -> None:
        name = ("shipment", "receipt", "paid")[pick % 3]
        self.send(pick // 3, c.ReceiveMessage(name, correlation=(None, "0", "1")[pick // 9 % 3]))

    def signal(self, pick: int) -> None:
        self.send(pick, c.ReceiveSignal("fire"))

    def control(self, pick: int) -> None:
        self.send(pick // 5, (c.Suspend(), c.Resume(), c.Suspend(), c.Resume(), c.Terminate())[pick % 5])

    def write(self, pick: int) -> None:
        self.send(pick, c.SetVariables({"number": str(pick % 2)}))

    def nonsense(self, pick: int) -> None:
        made: list[c.Command] = [
            c.CompleteTask(pick), c.CompleteJob(pick), c.FireTimer(pick), c.Trigger(pick), c.StartProcess("order"),
            c.PlanItem("x"), c.CompleteItem(pick), c.Terminate(pick), c.ReactivateCase(), c.CompleteItem(),
        ]  # fmt: skip
        self.send(pick, made[pick % len(made)])

    def again(self, pick: int) -> None:
        if self.done:
            services.send(*self.done[pick % len(self.done)], TEST)

    def _row(self, rows: Any, pick: int, command: Any) -> None:
        """A command about a row, open or over, of one of the cases."""
        row = _picked(rows.filter(instance__in=self.cases), pick)
        if row is not None:
            made = command(row)
            if isinstance(services.send(row.instance_id, made, TEST), Done):
                self.done.append((row.instance_id, made))

    def agrees(self) -> None:
        for case in Instance.objects.filter(pk__in=self.cases):
            verdict = verify(case)
            assert verdict.ok, verdict
            if case.ended is not None:
                waiting = (Timer, Subscription)
                assert not any(rows.objects.filter(instance=case).exists() for rows in waiting)

    def once_only(self) -> None:
        for case, command in self.done:
            if isinstance(command, ONCE):
                before = _kept(case)
                outcome = services.send(case, command, TEST)
                assert isinstance(outcome, Refused), (command, outcome)
                assert _kept(case) == (*before[:2], before[2] + 1)


def _picked(rows: Any, pick: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[pick % len(found)] if found else None


def _kept(case: int) -> tuple[bytes, bytes, int]:
    row = Instance.objects.get(pk=case)
    refused = AuditEvent.objects.filter(chain=case, action="command.refused").count()
    return bytes(row.items), bytes(row.data), refused


ACTIONS = [name for name, what in vars(World).items() if callable(what) and not name.startswith("_")]
ACTIONS = [name for name in ACTIONS if name not in ("send", "agrees", "once_only")]
steps = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 200)), min_size=5, max_size=25)
beginnings = st.lists(st.integers(0, 9), min_size=1, max_size=4)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(begun=beginnings, steps=steps)
def test_events_state_and_rows_agree_after_every_step(
    db: None, monkeypatch: pytest.MonkeyPatch, begun: list[int], steps: list[tuple[str, int]]
) -> None:
    world = World(deployed("trade.bpmn", "reminder.bpmn", root="order"))
    monkeypatch.setattr("orchestration.ground.clock.utc_now", lambda: world.now)
    for pick in begun:
        world.begin(pick)
    for action, pick in steps:
        getattr(world, action)(pick)
        world.agrees()
    world.once_only()
    world.agrees()
