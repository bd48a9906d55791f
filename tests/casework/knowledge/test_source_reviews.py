"""When a document proves wrong, is its answer a task of who works the case, and is it kept what became of it?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.cases.dependent import depending_on
from casework.erasure.erasing import going_along
from casework.models import Case
from casework.tasks.services import task_claim, task_complete
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import Terminate
from orchestration.knowledge import withdrawal
from orchestration.knowledge.register import knowledge_withdraw
from orchestration.models import HumanTask, Incident, KnowledgePiece, KnowledgeUse
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.casework.actions import kept
from tests.casework.actors.drafting import TEST, drafting, provider, registered
from tests.casework.actors.test_drafts_from_knowledge import passage
from tests.casework.conftest import refused
from tests.casework.erasure.test_erasing import verified
from tests.orchestration.actors.language.provider import Provider
from tests.orchestration.machines import work_jobs

__all__ = ["drafting", "provider"]
pytestmark = pytest.mark.django_db

FOUND = {"outcome": "corrected", "finding": "The customer was told of five days."}


@pytest.fixture(params=["open", "closed"])
def withdrawn(
    request: pytest.FixtureRequest, drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> tuple[Case, HumanTask]:
    """A case whose draft was made from a document that is withdrawn now, and the task of it."""
    outcome = deploy(folder_files(CASE_TYPES / "source-review"), Origin("system:test"))
    assert isinstance(outcome, Published)
    ensure_roles(outcome.case_type)
    registered(provider)
    number = passage("A refund of a card payment is credited within 3 working days.")
    case = open_case(message="When is the refund of my card payment credited?")
    work_jobs(case.instance_id)
    if request.param == "closed":
        services.send(case.instance_id, Terminate(), TEST)
    document = KnowledgePiece.objects.get(pk=number).document_id
    knowledge_withdraw(pk=document, reason="It is 5 days now.", by=TEST)
    for _ in range(2):
        withdrawal.tell(document)
    return case, HumanTask.objects.select_related("instance__case").get(name__startswith="Look again at an answer")


def test_who_works_the_case_sees_why_and_what_was_answered_and_says_what_became_of_it(
    people: dict[str, User], client: Client, withdrawn: tuple[Case, HumanTask]
) -> None:
    case, task = withdrawn
    assert not Incident.objects.filter(instance=case.instance_id).exists()
    client.force_login(people["anna"])
    assert f"/tasks/{task.pk}/" in client.get("/?tab=groups").content.decode()
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "Refunds" in page and "It is 5 days now." in page and f'href="/cases/{case.pk}/"' in page
    answered = page[page.index("lost-source") :].partition("</section>")[0]
    assert "<dt>Drafted answer</dt>" in answered and "\n\nwe have asked the merchant" in answered
    assert "was withdrawn" in client.get(f"/cases/{case.pk}/history/").content.decode()
    assert isinstance(task_claim(by=people["anna"], task=task), HumanTask)
    assert refused(task_complete(by=people["anna"], task=task, answers=FOUND | {"finding": ""})).code == "invalid"
    assert isinstance(task_complete(by=people["anna"], task=task, answers=FOUND), Done)
    assert kept(case, "source.reviewed")[-1].detail["outcome"] == "corrected"
    history = client.get(f"/cases/{case.pk}/history/").content.decode()
    assert "it was wrong and is corrected" in history and FOUND["finding"] in history
    assert "All histories hold" in verified("--whole")
    User.objects.filter(pk=people["ada"].pk).update(is_superuser=True)  # sees to the knowledge base, and sees the case
    client.force_login(people["ada"])
    document = KnowledgeUse.objects.get(review=task.instance_id).piece.document_id
    page = client.get(f"/knowledge/{document}/").content.decode()
    assert f'href="/cases/{case.pk}/"' in page and "Looked at again: Completed" in page


def test_the_case_of_the_task_goes_with_the_one_that_it_is_about(withdrawn: tuple[Case, HumanTask]) -> None:
    case, task = withdrawn
    own = task.instance.case
    assert depending_on(case) == [own] and going_along([case.instance_id]) == [own.instance_id]


def test_a_case_that_cannot_be_told_is_left_to_the_sweep_and_keeps_no_worker_busy(
    withdrawn: tuple[Case, HumanTask], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> int:
        raise ValueError("The key of this case is gone.")

    nudged: list[int] = []
    monkeypatch.setattr(withdrawal, "looked_at_again", [unreadable])
    monkeypatch.setattr(withdrawal, "nudge_knowledge", nudged.append)
    KnowledgeUse.objects.update(told=None)
    document = KnowledgeUse.objects.values_list("piece__document", flat=True)[0]
    withdrawal.tell(document)
    assert nudged == [] and KnowledgeUse.objects.filter(told=None).exists()
    withdrawal.look_after()
    assert nudged == [document]
