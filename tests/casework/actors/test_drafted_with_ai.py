"""Whoever is answered is told that AI drafted what they read: where it did, and only there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.sealed_values import read
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.models import HumanTask, Job
from orchestration.shell.services import Done
from tests.casework.actors.drafting import DRAFT, MESSAGE, data_of, drafting, provider, registered
from tests.orchestration.actors.language.provider import Provider, status
from tests.orchestration.machines import work_jobs

__all__ = ["drafting", "provider"]

Cases = Callable[..., Case]
NOTE = "\n\nThis answer was drafted with AI and checked by a person."
ANSWER = "We have asked the merchant and will credit the amount."


def answered(case: Case, by: User, **answers: Any) -> str:
    """The text that is to be sent once this person has finished the task of the case."""
    task = HumanTask.objects.get(instance=case.instance_id, state="open")
    outcome = task_complete(by=by, task=task, answers=answers)
    assert isinstance(outcome, Done), outcome
    jobs = Job.objects.filter(instance=case.instance_id, capability="send-message")
    return "".join(read(job.input)["text"] for job in jobs)


def test_an_answer_that_a_language_model_drafted_says_so(
    drafting: None, provider: Provider, open_case: Cases, people: dict[str, User]
) -> None:
    registered(provider)
    case = open_case(message=MESSAGE)
    work_jobs(case.instance_id)
    assert data_of(case)["draft"] == DRAFT["text"]
    assert answered(case, people["anna"], verdict="change", answer=ANSWER, reason="Shorter.") == ANSWER + NOTE


def test_one_that_a_person_wrote_in_its_place_does_not(
    drafting: None, provider: Provider, open_case: Cases, people: dict[str, User]
) -> None:
    registered(provider)
    provider.does(status(400))
    case = open_case(message=MESSAGE)
    work_jobs(case.instance_id)
    assert not answered(case, people["clara"], **{"result.text": f"Dear customer, {ANSWER}"})
    work_jobs(case.instance_id)
    assert answered(case, people["anna"], verdict="change", answer=ANSWER, reason="Shorter.") == ANSWER


@pytest.mark.django_db
def test_one_from_the_approved_texts_does_not(analysed: Cases, people: dict[str, User]) -> None:
    assert answered(analysed(), people["anna"], verdict="change", answer=ANSWER, reason="Shorter.") == ANSWER
