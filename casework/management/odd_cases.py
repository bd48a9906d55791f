"""What is out of the ordinary in the demo, so that there is something to find?

Three complaints that went the way such cases go: one whose task is overdue, one that waits for the customer, and one
that came in while a model was switched off, so that a person must decide. Everything is done by the services that
pages use, and stands so in the history.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User

from audit.services import Origin
from casework.cases.services import item_plan
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks.services import task_claim, task_complete
from orchestration.actors.registry import actor_enable
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import runner
from orchestration.models import HumanTask, Job

LONG_AGO: Final = timedelta(days=3)
"""Longer than the two days in which an analyst should answer."""
SWITCHED_OFF: Final = "sentiment"
MOST_JOBS: Final = 20
MESSAGES: Final = {
    "ODD-OVERDUE": "My new card does not work at any till. I have tried it three times. What should I do?",
    "ODD-WAITS": "There is a payment on my statement that I do not know. Please look into it.",
    "ODD-TROUBLE": "I was charged a fee for a transfer that you told me was free. Please give it back.",
}


def make_odd_cases() -> list[str]:
    """Make those that are not there yet; a line for each that was made."""
    made = {"ODD-OVERDUE": _overdue, "ODD-WAITS": _waits, "ODD-TROUBLE": _in_trouble}
    there = set(Case.objects.filter(reference__in=made).values_list("reference", flat=True))
    return [_made(name, make) for name, make in made.items() if name not in there]


def _made(reference: str, make: Callable[[str], str]) -> str:
    return f"  {reference:12} {make(reference)}"


def _overdue(reference: str) -> str:
    with clock.behind(LONG_AGO):
        _work(_opened(reference))
    return "a task that should have been done yesterday"


def _waits(reference: str) -> str:
    case, anna = _opened(reference), User.objects.get(username="anna")
    _work(case)
    _done(item_plan(by=anna, case=case, definition="ask_customer"))
    task = HumanTask.objects.get(instance=case.instance_id, form="question")
    asker = User.objects.filter(groups__in=task.candidates.values("group"), is_active=True).earliest("pk")
    _done(task_claim(by=asker, task=task))
    _done(task_complete(by=asker, task=task, answers={"question": "Which payment do you mean, and of which day?"}))
    return "waits for the customer's reply"


def _in_trouble(reference: str) -> str:
    """The model is off only for as long as this case is worked; both switches are kept."""
    origin = Origin("system:demo")
    switched = actor_enable(SWITCHED_OFF, False, origin)
    try:
        _work(_opened(reference))
    finally:
        if switched:
            actor_enable(SWITCHED_OFF, True, origin)
    return "a model was switched off when it came in: a person must decide"


def _opened(reference: str) -> Case:
    outcome = case_open(
        by=None, case_type="complaint", reference=reference, source="sample", data={"message": MESSAGES[reference]}
    )
    assert isinstance(outcome, Opened), outcome
    return outcome.case


def _work(case: Case) -> None:
    """What a worker would do, here and now."""
    for _ in range(MOST_JOBS):
        job = (
            Job.objects.filter(instance=case.instance_id, state=Job.State.WAITING).values_list("job", flat=True).first()
        )
        if job is None:
            return
        runner.run(case.instance_id, job)


def _done(outcome: object) -> None:
    assert not isinstance(outcome, Refused), outcome
