"""Does a language model draft where the rules say so, see no more than it may, and leave the rest to people?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils.html import escape

from audit.models import AuditEvent
from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import ensure_shipped
from casework.models import Case
from orchestration.actors import kinds
from orchestration.actors.budgets import budget_set, used
from orchestration.actors.connectors import Wanted, connector_register
from orchestration.actors.hosts.register import host_allow
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteTask
from orchestration.ground import clock
from orchestration.jobs import runner, trials
from orchestration.knowledge import withdrawal
from orchestration.knowledge.register import index, knowledge_add, knowledge_withdraw
from orchestration.models import (
    Actor,
    ActorCall,
    ActorVersion,
    Gauge,
    HumanTask,
    Incident,
    Job,
    KnowledgeDocument,
    KnowledgePiece,
)
from orchestration.shell import services
from tests.casework.conftest import PERSON
from tests.orchestration.actors.language.provider import KEY, Provider, providing, says, status
from tests.orchestration.actors.language.test_misbehaving import AGAIN, WAYS
from tests.orchestration.actors.language.test_misbehaving import PERSON as PERSON_DOES
from tests.orchestration.machines import MAIL, Machines, send_messages, work_jobs

DOCS = Path(__file__).parents[3] / "docs/language-models.md"
TEST = Origin("system:test")
REAL = kinds.load
DRAFT = {
    "text": "Dear {customer.name},\n\nwe have asked the merchant and will credit the amount.\n\nCustomer care",
    "sources": [],
}
MESSAGE = (
    "I am Maria Sandoval, write to maria.sandoval@example.org or call +49 170 5551234. My account is "
    "DE89 3704 0044 0532 0130 00, my card 4111 1111 1111 1111. Where is my refund?"
)


STEPS = (
    "Choose where to look", "Find what is written about it", "Keep what is near enough", "Have the answer drafted",
    "Check the draft against its sources",
)  # fmt: skip
SHORT = (("minLength: 40, maxLength: 3000", "minLength: 20, maxLength: 600"), ("[text, sources]", "[text]"))
"""The form of the answers that the misbehaviours are made of."""


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("CASEWRIGHT_SECRET_LLM_KEY", KEY)
    with providing() as found:
        host_allow("127.0.0.1", found.system.port, private=True, origin=TEST)
        found.does(says(DRAFT))
        yield found


@pytest.fixture
def drafting(complaint, machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule has a language model draft; language models are real ones, beside the test's machines."""

    def load(key: str, version: str, artefact: Any) -> Any:
        return (REAL if key in ("language-model", "knowledge", "support") else machines.load)(key, version, artefact)

    monkeypatch.setattr(runner.kinds, "load", load)
    files = folder_files(CASE_TYPES / "complaint")
    changed = re.sub(r'(id="r7"><text>)"template"', r'\1"language model"', files["routing.dmn"])
    assert changed != files["routing.dmn"]
    assert isinstance(deploy(files | {"routing.dmn": changed}, TEST), Published)
    ensure_shipped(CASE_TYPES / "complaint" / "actors")


def file_of(provider: Provider, *changes: tuple[str, str]) -> bytes:
    """The file of the documentation, for this provider."""
    found = re.search(r"```yaml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found
    text = found[1].replace("https://llm.example", provider.system.url)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def registered(provider: Provider, key: str = "drafter", *changes: tuple[str, str], use: bool = True) -> ActorVersion:
    outcome = connector_register(Wanted("language-model", key, file_of(provider, *changes), use=use), TEST)
    assert isinstance(outcome, ActorVersion), outcome
    return outcome


def data_of(case: Case) -> dict[str, Any]:
    case.instance.refresh_from_db()
    return orjson.loads(bytes(case.instance.data))


def open_tasks(case: Case) -> list[str]:
    return list(HumanTask.objects.filter(instance=case.instance_id, state="open").values_list("name", flat=True))


def test_a_model_drafts_and_a_person_checks_what_it_wrote(
    drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    registered(provider)
    case = open_case(message=MESSAGE)
    work_jobs(case.instance_id)
    assert data_of(case)["draft"] == DRAFT["text"]
    assert open_tasks(case) == ["Approve the answer"]
    call = ActorCall.objects.get(instance=case.instance_id, capability="draft-reply")
    assert (call.outcome, call.usage["output_tokens"], call.detail["seed"]) == ("done", 20, 7)
    assert call.detail["model"] == "small-instruct" and call.cost > 0


def test_nothing_that_names_the_customer_leaves_and_their_name_comes_back(
    drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    registered(provider)
    provider.does(
        says({"text": "Dear PERSON_1, we have asked the merchant and will credit the amount soon.", "sources": []})
    )
    case = open_case(message=MESSAGE)
    work_jobs(case.instance_id)
    sent = provider.was_sent()
    assert "Where is my refund?" in sent and "PERSON_1" in sent
    for value in [*PERSON.values(), "Sandoval", "Maria", "0532 0130", "5551234"]:
        assert value not in sent and value.replace(" ", "") not in sent
    assert data_of(case)["draft"].startswith("Dear Maria Sandoval, we have")


def test_who_may_see_the_case_reads_the_very_words_that_left_for_it_and_nobody_else_does(
    drafting: None, provider: Provider, open_case: Callable[..., Case], people, client: Client
) -> None:
    registered(provider)
    case = open_case(message=MESSAGE)
    work_jobs(case.instance_id)
    call = ActorCall.objects.get(instance=case.instance_id, capability="draft-reply")
    client.force_login(people["anna"])
    assert "Show the words that left" in client.get(f"/ledger/calls/{call.pk}/").content.decode()
    page = client.get(f"/ledger/calls/{call.pk}/?sent=1").content.decode()
    (body,) = provider.came
    for turn in body["messages"]:
        for line in filter(None, turn["content"].splitlines()):
            assert escape(line) in page, line
    assert "PERSON_1" in page and "maria.sandoval" not in page
    client.force_login(people["ada"])
    assert "PERSON_1" not in client.get(f"/ledger/calls/{call.pk}/?sent=1").content.decode()
    Actor.objects.filter(key="drafter").update(card={"leaves": True, "clearance": "public"})
    client.force_login(people["anna"])
    page = client.get(f"/ledger/calls/{call.pk}/?sent=1").content.decode()
    assert "cannot be made again" in page and "PERSON_1" not in page


def test_without_a_model_a_person_drafts(drafting: None, open_case: Callable[..., Case]) -> None:
    case = open_case()
    work_jobs(case.instance_id)
    assert open_tasks(case) == ["Have the answer drafted"]


def test_as_it_ships_no_model_is_asked(
    complaint, machines: Machines, provider: Provider, open_case: Callable[..., Case]
) -> None:
    registered(provider)
    case = open_case()
    work_jobs(case.instance_id)
    assert open_tasks(case) == ["Approve the answer"]
    assert not Job.objects.filter(capability="draft-reply").exists() and not provider.came


@pytest.mark.parametrize(
    "move",
    [
        says("", message={"refusal": "No."}), says("never JSON"), status(401),
        says({"text": "Write to somebody.else@example.com, please, and we will see to it.", "sources": []}),
    ],
    ids=["a refusal", "never the form", "a key that is not good", "an address that nobody gave it"],
)  # fmt: skip
def test_what_a_model_cannot_do_a_person_does(
    move: Any, drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    registered(provider)
    provider.does(move)
    case = open_case()
    work_jobs(case.instance_id)
    assert open_tasks(case) == ["Have the answer drafted"]
    assert "somebody.else" not in str(data_of(case))


def test_another_model_takes_over_from_one_that_keeps_failing(
    drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    first, second = registered(provider, "first", ("small-instruct", "gone-instruct")), registered(provider, "second")
    assert first.version != second.version
    Actor.objects.filter(key="first").update(card={"breaker": {"failures": 1}, "leaves": True}, rank=-1)
    with providing() as away:
        away.does(status(503))
        host_allow("127.0.0.1", away.system.port, private=True, origin=TEST)
        registered(away, "first", ("seed: 7", "seed: 8"))
        case = open_case()
        for _ in range(8):  # whatever is to be tried again, is so at once
            Job.objects.filter(instance=case.instance_id, state=Job.State.WAITING).update(run_at=clock.utc_now())
            for number in Job.objects.filter(state=Job.State.WAITING).values_list("job", flat=True):
                runner.run(case.instance_id, number)
        assert len(away.came) == 1, "its breaker opened"
    assert data_of(case)["draft"] == DRAFT["text"]
    calls = ActorCall.objects.filter(capability="draft-reply").order_by("pk").values_list("actor", "outcome")
    assert list(calls) == [("first", "failed"), ("second", "done")]


@pytest.mark.slow
def test_each_misbehaviour_ends_in_repair_another_model_or_a_person_within_its_budget(
    drafting: None, provider: Provider, open_case: Callable[..., Case]
) -> None:
    """After each one nothing stays reserved, and what was spent is what the calls in the ledger came to."""
    registered(provider, "second", *SHORT)
    with providing() as away:
        host_allow("127.0.0.1", away.system.port, private=True, origin=TEST)
        registered(away, "first", *SHORT, ("timeout: 60", "timeout: 1"))
        price = {"price": {"amount": "0.01", "currency": "EUR", "per": "call"}, "leaves": True}
        Actor.objects.filter(key="first").update(card=price | {"breaker": {"failures": 1}}, rank=-1)
        Actor.objects.filter(key="second").update(card=price)
        for key in ("first", "second"):
            budget_set(f"actor:{key}", Decimal("0.05"), "EUR", TEST)
        for way, (wanted, moves) in WAYS.items():
            away.does(*moves)
            away.system.came.clear()
            Gauge.objects.update(failures=0, open_until=None, probe_until=None)
            case = open_case()
            for _ in range(8):
                waiting = Job.objects.filter(instance=case.instance_id, state=Job.State.WAITING)
                waiting.update(run_at=clock.utc_now())
                for number in list(waiting.values_list("job", flat=True)):
                    runner.run(case.instance_id, number)
            calls = ActorCall.objects.filter(instance=case.instance_id, capability="draft-reply").order_by("pk")
            ended = (open_tasks(case), list(calls.values_list("actor", "outcome")), len(away.came) <= 3)
            if wanted == AGAIN:
                assert ended == (["Approve the answer"], [("first", "failed"), ("second", "done")], True), way
            elif wanted == PERSON_DOES:
                assert ended == (["Have the answer drafted"], [("first", "failed")], True), way
            else:
                assert len(ended[0]) == 1 and [key for key, _ in ended[1]] == ["first"] and ended[2], (way, ended)
            _is_within_its_budget(way)


def _is_within_its_budget(way: str) -> None:
    for use in used(clock.utc_now()):
        calls = ActorCall.objects.filter(actor=use.scope.removeprefix("actor:")).values_list("cost", flat=True)
        assert use.reserved == 0 and use.spent <= use.amount, (way, use)
        assert use.spent == sum(one or 0 for one in calls), (way, use)


def test_a_new_prompt_is_tried_on_recorded_work_and_reaches_no_case(
    drafting: None, provider: Provider, open_case: Callable[..., Case], people, client: Client
) -> None:
    registered(provider)
    case = open_case()
    work_jobs(case.instance_id)
    newer = registered(provider, "drafter", ("Promise nothing", "Never promise anything"), use=False)
    ActorVersion.objects.filter(pk=newer.pk).update(state=ActorVersion.State.QUARANTINED)
    newer.refresh_from_db()
    provider.does(says({"text": "Something else entirely, for whom it may concern, as it is.", "sources": []}))
    trials.replay_begin(newer, 5, TEST)
    assert trials.go_on(newer.pk) is None
    assert data_of(case)["draft"] == DRAFT["text"]
    client.force_login(people["ada"])
    page = client.get(f"/actors/drafter/versions/{newer.pk}/").content.decode()
    assert '<span class="minus">-    Promise nothing' in page and '<span class="plus">+    Never promise' in page
    assert "<code>text</code>: 1" in page
    client.force_login(people["axel"])
    assert "Never promise" not in client.get(f"/actors/drafter/versions/{newer.pk}/").content.decode()


WORK = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="works" name="Work"
  namespace="urn:test:work">
  <inputData id="intent_in" name="intent"><variable id="intent_of" name="intent"/></inputData>
  <inputData id="work_in" name="work"><variable id="the_work" name="work"/></inputData>
  <decision id="work_routing" name="Routing of work">
    <variable id="work_of" name="Routing of work"/>
    <informationRequirement id="needs"><requiredInput href="#intent_in"/></informationRequirement>
    <informationRequirement id="asks"><requiredInput href="#work_in"/></informationRequirement>
    <decisionTable id="table" hitPolicy="FIRST">
      <input id="in"><inputExpression id="x" typeRef="string"><text>intent.label</text></inputExpression></input>
      <input id="at"><inputExpression id="y" typeRef="string"><text>work.capability</text></inputExpression></input>
      <output id="out" name="actor" typeRef="string"/>
      <rule id="swap"><inputEntry id="s1"><text>"card_not_working"</text></inputEntry>
        <inputEntry id="s3"><text>"draft-reply"</text></inputEntry>
        <outputEntry id="s2"><text>"second"</text></outputEntry></rule>
      <rule id="rest"><inputEntry id="r1"><text>-</text></inputEntry><inputEntry id="r3"><text>-</text></inputEntry>
        <outputEntry id="r2"><text>"any"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""


def test_a_rule_of_routing_swaps_the_model_by_what_a_case_is_about_and_the_call_names_the_rule(
    drafting: None, machines: Machines, provider: Provider, open_case: Callable[..., Case], people, client: Client
) -> None:
    """S102: two cases, two models of two servers; no code, no change of either actor."""
    files = folder_files(CASE_TYPES / "complaint")
    routing = re.sub(r'(id="r7"><text>)"template"', r'\1"language model"', files["routing.dmn"])
    manifest = files["manifest.yaml"] + "\nrouting: work_routing\n"
    changed = files | {"routing.dmn": routing, "manifest.yaml": manifest, "work.dmn": WORK}
    assert isinstance(deploy(changed, TEST), Published)
    registered(provider, "first")
    Actor.objects.filter(key="first").update(rank=-1)
    with providing() as other:
        other.does(says(DRAFT))
        host_allow("127.0.0.1", other.system.port, private=True, origin=TEST)
        registered(other, "second")
        for label, key, asked in (("refund_request", "first", provider), ("card_not_working", "second", other)):
            machines.say(label, 0.97, "neutral")
            case = open_case()
            work_jobs(case.instance_id)
            call = ActorCall.objects.get(instance=case.instance_id, capability="draft-reply")
            assert (call.actor, len(asked.came)) == (key, 1)
            client.force_login(people["anna"])
            page = client.get(f"/ledger/calls/{call.pk}/").content.decode()
            assert f"rule {1 if key == 'second' else 2}" in page.lower(), page[page.index('id="route"') :][:600]


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
