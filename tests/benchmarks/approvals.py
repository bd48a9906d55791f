"""Is ever anything done by an approval that is not what was seen? 100,000 races in memory, and some with real threads.

`RACES=1000 python -m tests.benchmarks approvals` makes fewer; `THREADED=300` more of those of `approvals-threads`,
where a payment is approved twice by the same page, once by another with that page, and changed, all at one moment.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from time import perf_counter, process_time
from typing import Any, Final

import orjson
from django.contrib.auth.models import Group, User
from django.db import connection

from audit.services import Origin
from casework.cases import shown
from casework.cases.answers import seen_in
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks import signing
from casework.tasks.services import task_claim, task_complete
from casework.tasks.task_page import form_of
from orchestration.casetypes.case_type import by_definition
from orchestration.engine.commands import SetVariables
from orchestration.ground.clock import utc_now
from orchestration.models import HumanTask, Job
from orchestration.shell import services
from orchestration.shell.selectors import data_of, state_of
from orchestration.shell.services import Done
from tests.casework.tasks.raced_approvals import GIVEN, RELEASE, WHY, raced

RACES: Final = int(os.environ.get("RACES", "100000"))
THREADED: Final = int(os.environ.get("THREADED", "100"))


def figures() -> Iterator[str]:
    began = process_time()
    found = raced(range(RACES))
    yield from found.wrong[:20]
    yield f"{found.races:,} raced approvals, {found.effects:,} effects, {process_time() - began:.0f} s of CPU"
    yield f"{len(found.wrong)} effects that are not what was seen by who signed them"


def of_threads() -> Iterator[str]:
    """The service and the database, four threads a payment."""
    anna, ben, emil = (User.objects.create(username=name) for name in ("raced-anna", "raced-ben", "raced-emil"))
    for user in (anna, ben, emil):
        user.groups.add(Group.objects.get(name="Analysts"))
    began, effects, wrong = perf_counter(), 0, 0
    for number in range(THREADED):
        done, amiss = _threaded(number, anna, ben, emil)
        effects, wrong = effects + done, wrong + amiss
    yield f"{THREADED} payments, four threads each, {effects} effects, {perf_counter() - began:.0f} s"
    yield f"{wrong} effects that are not what was seen, or are there twice"


def _threaded(number: int, anna: User, ben: User, emil: User) -> tuple[int, int]:
    """How many effects one payment had, and how many of them it should not have had."""
    opened = case_open(by=None, case_type="payment-release", reference=f"R-{number}", source="bench", data=dict(GIVEN))
    assert isinstance(opened, Opened), opened
    case = opened.case
    assert isinstance(task_complete(by=anna, task=_open(case), answers=WHY), Done)
    task = _open(case)
    task_claim(by=ben, task=task)
    carried, answers = _carried(ben, task), {"approval.verdict": RELEASE["approval"]["verdict"]}
    amount = data_of(task.instance)["amount"]
    _at_once([
        lambda: task_complete(by=ben, task=_open(case), answers=answers, seen_as=carried),
        lambda: task_complete(by=ben, task=_open(case), answers=answers, seen_as=carried),
        lambda: task_complete(by=emil, task=_open(case), answers=answers, seen_as=carried),
        lambda: services.send(case.instance_id, SetVariables({"amount": amount + 1}), Origin("system:bench")),
    ])  # fmt: skip
    paid = [orjson.loads(bytes(job.input))["amount"] for job in Job.objects.filter(instance=case.instance_id)]
    return len(paid), sum(one != amount for one in paid) + max(len(paid) - 1, 0)


def _open(case: Case) -> HumanTask:
    return HumanTask.objects.select_related("instance__case").filter(instance=case.instance_id).latest("pk")


def _carried(by: User, task: HumanTask) -> str:
    task = HumanTask.objects.select_related("instance__case").get(pk=task.pk)
    kind = by_definition(task.instance.definition_id)
    look = seen_in(kind, state_of(task.instance), utc_now(), task.instance.case, by, task.item)
    return shown.carried(signing.marks(by, task, form_of(task), look))


def _at_once(works: list[Callable[[], Any]]) -> None:
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
