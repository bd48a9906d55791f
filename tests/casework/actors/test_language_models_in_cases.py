"""Does a language model draft where the rules say so, see no more than it may, and leave the rest to people?"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from casework.actors.bundled import CASE_TYPES
from casework.models import Case
from orchestration.actors.budgets import budget_set, used
from orchestration.actors.hosts.register import host_allow
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground import clock
from orchestration.jobs import runner, trials
from orchestration.models import (
    Actor,
    ActorCall,
    ActorVersion,
    AllowedHost,
    Gauge,
    Job,
)
from tests.casework.actors.drafting import (
    DRAFT,
    MESSAGE,
    TEST,
    data_of,
    drafting,
    open_tasks,
    provider,
    registered,
)
from tests.casework.conftest import PERSON
from tests.orchestration.actors.language.provider import Provider, providing, says, status
from tests.orchestration.actors.language.test_misbehaving import AGAIN, WAYS
from tests.orchestration.actors.language.test_misbehaving import PERSON as PERSON_DOES
from tests.orchestration.machines import Machines, work_jobs

__all__ = ["drafting", "provider"]

SHORT = (("minLength: 40, maxLength: 3000", "minLength: 20, maxLength: 600"), ("[text, sources]", "[text]"))
"""The form of the answers that the misbehaviours are made of."""


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


def test_the_words_that_left_for_a_call_that_failed_are_shown_too_and_none_where_nothing_left(
    drafting: None, provider: Provider, open_case: Callable[..., Case], people, client: Client
) -> None:
    registered(provider)
    client.force_login(people["anna"])
    provider.does(says("no"))
    formless = open_case(message=MESSAGE)
    work_jobs(formless.instance_id)
    provider.does(says(DRAFT | {"text": f"Dear customer, mark {canary_in(provider)} is what I was told to keep."}))
    leaking = open_case(message=MESSAGE)
    work_jobs(leaking.instance_id)
    for case in (formless, leaking):
        call = ActorCall.objects.get(instance=case.instance_id, capability="draft-reply")
        assert call.outcome == "failed" and call.output is None
        page = client.get(f"/ledger/calls/{call.pk}/?sent=1").content.decode()
        assert "Where is my refund?" in page and "PERSON_1" in page and "maria.sandoval" not in page
    AllowedHost.objects.all().delete()
    nowhere = open_case(message=MESSAGE)
    work_jobs(nowhere.instance_id)
    call = ActorCall.objects.get(instance=nowhere.instance_id, capability="draft-reply")
    assert "the words that left" not in client.get(f"/ledger/calls/{call.pk}/").content.decode()


def canary_in(provider: Provider) -> str:
    (found,) = set(re.findall(r"cw-[0-9a-f]{16}", provider.was_sent()))
    return found


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
