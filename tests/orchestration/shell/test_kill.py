"""kill -9 before every statement and around every commit of every step: nothing is lost, nothing is done twice.

The step runs in a process of its own that kills itself; then the product is started again, the sweep comes by, whoever
waited for an answer asks again, and the case ends as one does that nobody killed.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from time import sleep
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models import F

from audit.models import AuditEvent
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration import tasks
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.chain import FACT
from orchestration.engine.codec import decode, encode
from orchestration.engine.commands import CompleteTask, StartProcess
from orchestration.engine.state import ROOT
from orchestration.ground import clock as ground_clock
from orchestration.jobs import runner
from orchestration.models import ActorCall, Definition, HumanTask, Instance, Job, Outbox, Timer
from orchestration.shell import nudges, services
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed
from tests.orchestration.machines import Machines, machines
from tests.orchestration.real import real_database, real_template

__all__ = ["machines", "real_database", "real_template"]

pytestmark = pytest.mark.django_db

AN_HOUR = timedelta(hours=1)
OTHERS = """select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and backend_type = 'client backend'"""
MOST = 90
"""No step has so many moments; a step that never ends would."""


def killed_at(moment: int, step: Callable[[], object]) -> bool:
    """Do the step in another process, which kills itself at this moment; whether it came so far."""
    connection.close()
    child = os.fork()
    if not child:
        try:
            _die_at(moment)
            step()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the step broke before it was killed"
    _let_go()
    return os.WIFSIGNALED(status)


def _let_go() -> None:
    """What the killed had sent as a whole goes on in the server for a moment, and holds its rows until it is over."""
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)
            if cursor.fetchone() == (0,):
                return
        sleep(0.01)
    raise AssertionError("the server has not let go of who was killed")


def _die_at(moment: int) -> None:
    """From now on every statement, every commit (before and after) and every nudge is a moment to die."""
    passed = count(1)

    def perhaps() -> None:
        if next(passed) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(work: Callable[..., Any]) -> Callable[..., Any]:
        def doing(*given: Any, **named: Any) -> Any:
            perhaps()
            return work(*given, **named)

        return doing

    commit = psycopg.Connection.commit

    def committing(connected: Any) -> None:
        perhaps()
        commit(connected)
        perhaps()

    psycopg.Cursor.execute = before(psycopg.Cursor.execute)  # type: ignore[method-assign]
    psycopg.Connection.commit = committing  # type: ignore[method-assign]
    nudges._send = before(nudges._send)


def every_moment(prepare: Callable[[int], Any], step: Callable[[Any], object], end: Callable[[Any], Any]) -> list[Any]:
    """For each moment of the step: prepare anew, die there, and what it all comes to; the last one is not killed."""
    ends = []
    for moment in range(1, MOST):
        prepared = prepare(moment)
        was_killed = killed_at(moment, lambda: step(prepared))  # noqa: B023 - used up at once
        ends.append(end(prepared))
        if not was_killed:
            return ends
    raise AssertionError(f"the step has more than {MOST} moments")


def held(instance: int) -> tuple[Any, ...]:
    """What a case came to: its state, its data and every event of the engine; all of it must agree."""
    row = Instance.objects.get(pk=instance)
    verdict = verify(row)
    assert verdict.ok, verdict
    events = AuditEvent.objects.filter(chain=instance, action__startswith="engine.").order_by("sequence")
    return by_letter(row), bytes(row.data), row.status, list(events.values_list("action", flat=True))


def by_letter(row: Instance) -> bytes:
    """What is open, with the letter that moved the case by its name: its number and the hour are new in each round."""
    state = decode(bytes(row.items), bytes(row.data)).working()
    if moved := state.root.facts.get(FACT):
        letter = Outbox.objects.get(pk=moved["thread"])
        state.own_instance(ROOT).facts[FACT] = {"letter": f"{letter.kind} {letter.name}", "hops": moved["hops"]}
    return encode(state)[0]


def time_passes() -> None:
    """Leases run out, nudges become old, beat comes by, and workers do what it finds in the order in which it came."""
    found: list[tuple[int, int]] = []
    Job.objects.filter(state="running").update(lease_until=F("lease_until") - AN_HOUR)
    Job.objects.filter(state="waiting").update(run_at=F("run_at") - AN_HOUR)
    with pytest.MonkeyPatch.context() as patch:
        for whose in (runner, tasks):
            patch.setattr(whose, "nudge_jobs", lambda instance, numbers: found.extend((instance, n) for n in numbers))
        tasks.sweep()
    for instance, number in sorted(found):
        runner.run(instance, number)


# -- a complaint: somebody sends it, workers do the machines' work, a person answers


@pytest.fixture
def complaint(real_database: str, machines: Machines) -> Definition:
    outcome = deploy(folder_files(CASE_TYPES / "complaint"), TEST)
    assert isinstance(outcome, Published)
    ensure_roles(outcome.case_type)
    return outcome.definition


def intake(reference: str) -> int:
    outcome = case_open(by=None, case_type="complaint", reference=reference, source="test", data={"message": "Help!"})
    assert isinstance(outcome, Opened), outcome
    return outcome.case.instance_id


def work(instance: int, how_many: int) -> None:
    """A worker does the oldest waiting jobs."""
    for job in Job.objects.filter(instance=instance, state="waiting").order_by("job")[:how_many]:
        runner.run(instance, job.job)


def answer(instance: int) -> None:
    for task in HumanTask.objects.filter(instance=instance, state="open"):
        services.send(instance, CompleteTask(task.item, {"verdict": "accept", "answer": "Yes."}), TEST)


def complaint_ends(reference: str) -> tuple[Any, ...]:
    """The sender asks again, what was left is swept up, and the task is done."""
    instance = intake(reference)
    time_passes()
    time_passes()
    assert Case.objects.filter(reference=reference).count() == 1
    assert list(Job.objects.filter(instance=instance).values_list("state", flat=True)) == ["done", "done"]
    assert ActorCall.objects.filter(instance=instance, outcome="done").count() == 2
    answer(instance)
    answer(instance)  # nobody knows where to send it, so that a person is asked to
    tasks_of_it = HumanTask.objects.filter(instance=instance)
    assert list(tasks_of_it.values_list("state", flat=True)) == ["completed", "completed"]
    return held(instance)


def at_work(jobs_done: int) -> Callable[[int], str]:
    def prepared(moment: int) -> str:
        work(intake(f"R-{moment}"), jobs_done)
        return f"R-{moment}"

    return prepared


def same(ends: list[tuple[Any, ...]], moments: int) -> None:
    """All ends are that of the last one, which nobody killed; and there were as many moments as one would think."""
    assert len(ends) > moments, len(ends)
    assert all(end == ends[-1] for end in ends)
    assert ends[-1][2] == "completed"


def test_killed_while_a_case_comes_in(complaint: Definition) -> None:
    ends = every_moment(lambda moment: f"R-{moment}", intake, complaint_ends)
    same(ends, moments=6)


def test_killed_while_a_machine_works(complaint: Definition) -> None:
    """Before and after the claim, around the answer, while it is brought back, and after."""
    ends = every_moment(at_work(0), lambda reference: work(intake(reference), 1), complaint_ends)
    same(ends, moments=10)


def test_killed_while_the_last_answer_decides_the_route(complaint: Definition) -> None:
    ends = every_moment(at_work(1), lambda reference: work(intake(reference), 1), complaint_ends)
    same(ends, moments=10)


def test_killed_while_a_person_completes_the_task(complaint: Definition) -> None:
    ends = every_moment(at_work(2), lambda reference: answer(intake(reference)), complaint_ends)
    same(ends, moments=7)


def test_killed_while_the_sweep_takes_a_job_from_a_dead_worker(complaint: Definition) -> None:
    def prepared(moment: int) -> str:
        instance = intake(f"R-{moment}")
        first = Job.objects.filter(instance=instance).order_by("job")[0]
        assert runner.claim(instance, first.job) is not None
        Job.objects.filter(pk=first.pk).update(worker="a machine:17:that is gone")
        return f"R-{moment}"

    def ends(reference: str) -> tuple[Any, ...]:
        found = complaint_ends(reference)
        calls = ActorCall.objects.filter(instance=Case.objects.get(reference=reference).instance_id)
        assert calls.filter(outcome="lost").count() == 1
        return found

    same(every_moment(prepared, lambda _reference: tasks.sweep(), ends), moments=10)


# -- processes: a timer fires, a letter is brought


def begin(version: Definition, process: str, number: str) -> int:
    done = services.start(version, StartProcess(process, {"number": number}), TEST)
    assert isinstance(done, Done), done
    return done.instance


def test_killed_while_a_timer_fires(real_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    version = deployed("reminder.bpmn", root="reminder")
    started = ground_clock.utc_now()
    clock = [started]
    monkeypatch.setattr("orchestration.ground.clock.utc_now", lambda: clock[0])

    def prepared(_moment: int) -> int:
        clock[0] = started
        instance = begin(version, "reminder", "1")
        clock[0] = started + timedelta(minutes=10)
        return instance

    def ends(instance: int) -> tuple[Any, ...]:
        tasks.fire_timers()
        assert HumanTask.objects.filter(instance=instance, name="Remind").count() == 1
        assert Timer.objects.get(instance=instance).due == started + timedelta(minutes=20)
        return held(instance)

    found = every_moment(prepared, lambda _instance: tasks.fire_timers(), ends)
    assert len(found) > 6 and all(end == found[-1] for end in found)


def test_killed_while_a_letter_is_brought(real_database: str) -> None:
    version = deployed("trade.bpmn", root="order")

    def prepared(moment: int) -> tuple[int, int, int]:
        number = str(moment)
        return begin(version, "customer", number), begin(version, "customer", number), begin(version, "order", number)

    def ends(trade: tuple[int, int, int]) -> tuple[Any, ...]:
        tasks.deliver_outbox()
        customer, other, _order = trade
        assert not Outbox.objects.filter(delivered=None).exists()
        assert HumanTask.objects.filter(instance=customer, state="open").count() == 1
        assert not HumanTask.objects.filter(instance=other).exists()
        return held(customer)[3], held(other)[3]

    found = every_moment(prepared, lambda _trade: tasks.deliver_outbox(), ends)
    assert len(found) > 7 and all(end == found[-1] for end in found)


def test_killed_while_a_signal_goes_round(real_database: str) -> None:
    """Each that listened has heard it once, also those that listen again at once."""
    version = deployed("trade.bpmn", root="order")

    def prepared(_moment: int) -> list[int]:
        Instance.objects.all().delete()
        guards = [begin(version, "guard", "1") for _ in range(2)]
        begin(version, "alarm", "1")
        return guards

    def ends(guards: list[int]) -> list[Any]:
        tasks.deliver_outbox()
        return [held(guard) for guard in guards]

    found = every_moment(prepared, lambda _guards: tasks.deliver_outbox(), ends)
    assert len(found) > 9 and all(end == found[-1] for end in found)
    assert all(events.count("engine.SignalReceived") == 1 for *_, events in found[-1])
