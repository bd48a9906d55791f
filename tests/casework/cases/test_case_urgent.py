"""An urgent case overtakes: its jobs are done before those that came earlier, and those still get their turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from casework.cases import services
from casework.models import Case
from orchestration import tasks
from orchestration.jobs import runner
from orchestration.models import Job
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.casework.claims import page_of
from tests.orchestration.machines import Machines

pytestmark = pytest.mark.django_db


def order_of_work(monkeypatch: pytest.MonkeyPatch, nudges: list[tuple[int, int]]) -> list[int]:
    """The cases in the order in which their jobs are done, when workers are told of them in this order."""
    done: list[int] = []
    real = runner.carry_out

    def carried_out(job: Job) -> object:
        done.append(job.instance_id)
        return real(job)

    monkeypatch.setattr(runner, "carry_out", carried_out)
    for nudge in nudges:
        tasks.run_job(*nudge)
    return done


def waiting() -> list[tuple[int, int]]:
    return list(Job.objects.filter(state="waiting").order_by("pk").values_list("instance", "job"))


def test_urgent_work_overtakes_and_the_rest_still_gets_every_second_turn(
    open_case: Callable[..., Case], machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordinary = [open_case().instance_id for _ in range(6)]
    urgent = [open_case(urgent=True).instance_id for _ in range(3)]
    waiting_before = waiting()
    done = order_of_work(monkeypatch, [nudge for nudge in waiting_before if nudge[0] in ordinary])
    assert [case in urgent for case in done[:6]] == [True, False] * 3, "each second turn is an urgent one"
    assert [case for case in done if case in ordinary] == [case for case, _ in waiting_before if case in ordinary]


def test_a_person_puts_a_case_before_others_with_its_jobs_that_wait_already(
    open_case: Callable[..., Case], people: dict[str, User], machines: Machines
) -> None:
    case, anna = open_case(), people["anna"]
    assert set(Job.objects.filter(instance=case.instance_id).values_list("priority", flat=True)) == {0}
    assert "hasten" in page_of(case, anna).changes and not page_of(case, anna).urgent
    outcome = services.case_change(by=anna, case=case, transition="hasten", reason="The press asks")
    assert isinstance(outcome, Done)
    assert set(Job.objects.filter(instance=case.instance_id).values_list("priority", flat=True)) == {1}
    page = page_of(case, anna)
    assert page.urgent and "calm" in page.changes and "hasten" not in page.changes
    assert any("put the case before others: The press asks" in line.told.text for line in page.happened)
    case.refresh_from_db()
    assert verify(case.instance).ok
    assert isinstance(services.case_change(by=anna, case=case, transition="calm"), Done)
    assert set(Job.objects.filter(instance=case.instance_id).values_list("priority", flat=True)) == {0}
