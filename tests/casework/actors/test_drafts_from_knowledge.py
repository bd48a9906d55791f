"""Does a draft rest on what the knowledge base says, and is it looked at again where that turns out wrong?"""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from audit.models import AuditEvent
from casework.models import Case
from orchestration.engine.commands import CompleteTask
from orchestration.jobs import runner
from orchestration.knowledge import withdrawal
from orchestration.knowledge.register import index, knowledge_add, knowledge_withdraw
from orchestration.models import (
    HumanTask,
    Incident,
    Job,
    KnowledgeDocument,
    KnowledgePiece,
)
from orchestration.shell import services
from tests.casework.actors.drafting import (
    DRAFT,
    TEST,
    data_of,
    drafting,
    open_tasks,
    provider,
    registered,
)
from tests.orchestration.actors.language.provider import Provider, says
from tests.orchestration.machines import MAIL, Machines, send_messages, work_jobs

__all__ = ["drafting", "provider"]

STEPS = (
    "Choose where to look", "Find what is written about it", "Keep what is near enough", "Have the answer drafted",
    "Check the draft against its sources",
)  # fmt: skip


def passage(text: str, level: str = "internal", base: str = "") -> int:
    """The number of the one passage of a document in the knowledge base."""
    row = knowledge_add(name="Refunds", content=text.encode(), level=level, groups=(), by=TEST, base=base)
    assert isinstance(row, KnowledgeDocument)
    index(row.pk)
    return KnowledgePiece.objects.get(document=row).pk


def test_a_draft_rests_on_passages_that_it_names(
    drafting: None, provider: Provider, open_case: Callable[..., Case], people, client: Client
) -> None:
    registered(provider)
    number = passage("# Refunds\n\nA refund of a card payment is credited within 3 working days.")
    passage("# Reserves\n\nA refund of more than 900 EUR is paid from the reserve.", level="confidential")
    words = "Dear {customer.name},\n\nyour card payment is credited within 3 working days.\n\nCustomer care"
    provider.does(says({"text": words, "sources": [number]}))
    case = open_case(message="When is the refund of my card payment credited?")
    work_jobs(case.instance_id)
    (body,) = provider.came
    assert "credited within 3 working days" in str(body) and "reserve" not in str(body)
    data = data_of(case)
    assert data["support"] == {"supported": True, "said": "All that it says stands in its sources."}
    assert data["drafted_from"] == [number] and "ten working days" in data["approved"]
    assert open_tasks(case) == ["Approve the answer"]
    document = KnowledgePiece.objects.get(pk=number).document_id
    client.force_login(people["anna"])
    page = client.get(f"/knowledge/{document}/").content.decode()
    assert f"Case {case.pk}</a>: draft-reply" in page and "names it as its source" in page
    client.force_login(people["dora"])
    page = client.get(f"/knowledge/{document}/").content.decode()
    told = page[page.index('id="uses"') : page.index('id="pieces"')]
    assert "1 more in cases that you may not see" in told and "draft-reply" not in told, told


def test_a_rule_says_in_which_base_is_looked_and_the_case_shows_each_step_with_the_rule(
    drafting: None, machines: Machines, provider: Provider, open_case: Callable[..., Case], people, client: Client
) -> None:
    registered(provider)
    words = "A refund of a card payment is credited within {} working days."
    passage(words.format(3), base="cards")
    passage(words.format(8), base="payments")
    passage("Branches open at nine on working days.")
    client.force_login(people["anna"])
    for label, days, other, rule in (
        ("card_not_working", 3, 8, "rule 1 of Where to look"),
        ("refund_request", 8, None, "rule 3 of Where to look"),
    ):
        machines.say(label, 0.97, "neutral")
        provider.system.came.clear()
        case = open_case(message="When is the refund of my card payment credited?")
        while not Job.objects.filter(instance=case.instance_id, capability="draft-reply").exists():
            for number in Job.objects.filter(instance=case.instance_id, state="waiting").values_list("job", flat=True):
                runner.run(case.instance_id, number)
        page = client.get(f"/cases/{case.pk}/").content.decode()
        for step in STEPS:
            assert step in page, step
        work_jobs(case.instance_id)
        (body,) = provider.came
        assert f"within {days} working days" in str(body) and "Branches open" not in str(body)
        assert other is None or f"within {other} working days" not in str(body)
        history = client.get(f"/cases/{case.pk}/history/").content.decode()
        assert rule in history and "Draft it from knowledge" in history


def test_a_draft_that_rests_on_nothing_says_so_and_goes_to_a_senior_analyst(
    drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    registered(provider)
    passage("A refund of a card payment is credited within 3 working days.")
    provider.does(says({"text": "We give you 500 EUR as a present and close your account today.", "sources": []}))
    case = open_case()
    work_jobs(case.instance_id)
    assert open_tasks(case) == ["Senior review"]
    assert data_of(case)["support"]["said"].startswith("Not in its sources: “We give you 500 EUR")


def test_a_draft_that_names_what_it_was_not_given_is_not_believed(
    drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    registered(provider)
    provider.does(says(DRAFT | {"sources": [4711]}))
    case = open_case()
    work_jobs(case.instance_id)
    assert open_tasks(case) == ["Senior review"]
    assert data_of(case)["support"]["said"] == "It cites what it was not given."


def test_when_a_document_is_withdrawn_a_closed_case_that_used_it_says_so_and_stands_where_whoever_works_it_looks(
    drafting: None, provider: Provider, machines: Machines, open_case: Callable[..., Case], people, client: Client
) -> None:
    registered(provider)
    machines.by_kind["http"] = machines.by_kind[MAIL]  # the mail system that ships is a connector
    number = passage("A refund of a card payment is credited within 3 working days.")
    case = open_case(message="When is the refund of my card payment credited?")
    work_jobs(case.instance_id)
    task = HumanTask.objects.get(instance=case.instance_id, state="open")
    services.send(case.instance_id, CompleteTask(task.item, {"verdict": "accept", "answer": "So it is."}), TEST)
    send_messages(case.instance_id)
    assert Case.objects.get(pk=case.pk).closed
    row = KnowledgePiece.objects.get(pk=number).document
    knowledge_withdraw(pk=row.pk, reason="It is 5 days now.", by=TEST)
    for _ in range(2):
        withdrawal.tell(row.pk)
    assert AuditEvent.objects.filter(chain=case.instance_id, action="source.withdrawn").count() == 1
    for person, told in (("anna", True), ("dora", False)):
        client.force_login(people[person])
        page = client.get("/attention/").content.decode()
        assert ("has lost a source" in page) is told and ("<bdi>Refunds</bdi>" in page) is told, person
    client.force_login(people["anna"])
    assert "“Refunds” was withdrawn" in client.get(f"/cases/{case.pk}/history/").content.decode()


def test_when_a_document_is_withdrawn_the_cases_that_used_it_are_looked_at_again_once(
    drafting: None, provider: Provider, open_case: Callable[..., Case], people, client: Client
) -> None:
    registered(provider)
    number = passage("A refund of a card payment is credited within 3 working days.")
    case = open_case(message="When is the refund of my card payment credited?")
    work_jobs(case.instance_id)
    other = open_case(message="My card was stolen, what do I do?")
    row = KnowledgePiece.objects.get(pk=number).document
    knowledge_withdraw(pk=row.pk, reason="It is 5 days now.", by=TEST)
    for _ in range(2):
        withdrawal.tell(row.pk)
    (incident,) = Incident.objects.filter(instance=case.instance_id)
    assert incident.code == "source-withdrawn" and "'Refunds' was withdrawn" in incident.message
    assert not Incident.objects.filter(instance=other.instance_id).exists()
    client.force_login(people["anna"])
    page = client.get(f"/cases/{case.pk}/incidents/{incident.incident}/decide/").content.decode()
    assert "look at it again" in page, page[page.index("<main") :]
    assert "Try again" not in page
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "It was looked at" in page and "Try again" not in page
    client.post(f"/cases/{case.pk}/incidents/{incident.incident}/", {"how": "skip"})
    incident.refresh_from_db()
    assert incident.resolution == "skip"
