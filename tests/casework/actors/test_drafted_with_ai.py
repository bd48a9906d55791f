"""Whoever is answered is told that AI drafted what they read: where it did, and only there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
import yaml
from django.contrib.auth.models import User

from audit.sealed_values import read
from casework.actors.bundled import CASE_TYPES
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.actors.kinds.http_connector.actor import HttpConnector
from orchestration.jobs import runner
from orchestration.models import HumanTask, Job
from orchestration.shell.services import Done
from tests.casework.actors.drafting import DRAFT, MESSAGE, data_of, drafting, provider, registered
from tests.orchestration.actors.language.provider import Provider, status
from tests.orchestration.machines import MAIL as MAIL_KIND
from tests.orchestration.machines import Machines, send_messages, work_jobs

__all__ = ["drafting", "provider"]

Cases = Callable[..., Case]
MAIL: Final = CASE_TYPES / "complaint" / "actors" / "mail-system.yaml"
NOTE = "\n\nThis answer was drafted with AI and checked by a person."
ANSWER = "We have asked the merchant and will credit the amount."


def answered(case: Case, by: User, **answers: Any) -> str:
    """The text that is to be sent once this person has finished the task of the case."""
    task = HumanTask.objects.get(instance=case.instance_id, state="open")
    outcome = task_complete(by=by, task=task, answers=answers)
    assert isinstance(outcome, Done), outcome
    jobs = Job.objects.filter(instance=case.instance_id, capability="send-message")
    return "".join(read(job.input)["text"] for job in jobs)


def mark(case: Case) -> list[str | None]:
    """What the messages of the case say to machines of how they were made."""
    jobs = Job.objects.filter(instance=case.instance_id, capability="send-message")
    return [read(job.input).get("made_with") for job in jobs]


def headers_of(made_with: str | None) -> dict[str, str]:
    """The headers with which the mail system is asked to send."""
    artefact = yaml.safe_dump(yaml.safe_load(MAIL.read_text("utf-8"))["file"]).encode()
    message = {"to": "maria@example.org", "subject": "s", "text": "t", "made_with": made_with}
    body = HttpConnector("mail-system", "1", artefact).shown(message, "k")["body"]
    found: dict[str, str] = (json.loads(body) if isinstance(body, str) else body)["headers"]
    return found


@pytest.mark.parametrize(
    ("answers", "term"),
    [
        ({"verdict": "accept"}, "trainedAlgorithmicMedia"),
        ({"verdict": "change", "answer": ANSWER, "reason": "Shorter."}, "compositeWithTrainedAlgorithmicMedia"),
    ],
)
def test_a_machine_can_read_whether_a_person_changed_what_a_language_model_drafted(
    drafting: None, provider: Provider, open_case: Cases, people: dict[str, User], answers: dict[str, str], term: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("CASEWRIGHT_SERVER_STAND_IN", "http://127.0.0.1:9")
    registered(provider)
    case = open_case(message=MESSAGE)
    work_jobs(case.instance_id)
    answered(case, people["anna"], **answers)
    assert mark(case) == [term]
    assert headers_of(term) == {"Digital-Source-Type": f"http://cv.iptc.org/newscodes/digitalsourcetype/{term}"}
    machines = Machines()
    machines.by_kind["http"] = machines.by_kind[MAIL_KIND]
    monkeypatch.setattr(runner.kinds, "load", machines.load)
    work_jobs(case.instance_id)
    assert data_of(case)["sent"]["made_with"] == term


@pytest.mark.django_db
def test_what_no_language_model_drafted_carries_no_mark(
    analysed: Cases, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEWRIGHT_SERVER_STAND_IN", "http://127.0.0.1:9")
    case = analysed()
    answered(case, people["anna"], verdict="accept")
    assert mark(case) == [None] and headers_of(None) == {}
    send_messages(case.instance_id)
    assert "made_with" not in data_of(case)["sent"]


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
