"""Is a version held against golden cases before it is used, and does its passport say what they, and people, said?"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from audit.services import Origin
from casework.models import Case
from orchestration.actors import registration
from orchestration.actors.registry import register_model_version
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import golden
from orchestration.jobs.golden import golden_drop, golden_make
from orchestration.models import (
    ActorCall,
    ActorVersion,
    Definition,
    GoldenAnswer,
    GoldenCase,
    Instance,
    Judgement,
    Trial,
)
from orchestration.shell.verification.control import verify_control
from tests.casework.studio.test_page_rules import as_form
from tests.orchestration.machines import Machines

EVE = Origin("person:eve")
Golden = Callable[..., Case]


@pytest.fixture
def second(machines: Machines) -> ActorVersion:
    return register_model_version("intent", "2", b"another", {}, activate=False)


@pytest.fixture
def closed(analysed: Callable[..., Case]) -> Golden:
    """A case whose machine work is done, as if it had been closed."""

    def made(intent: str = "refund_request") -> Case:
        case = analysed(intent=intent)
        Instance.objects.filter(pk=case.instance_id).update(ended=clock.utc_now())
        Case.objects.filter(pk=case.pk).update(closed=True)
        return case

    return made


def made_golden(case: Case) -> GoldenCase:
    outcome = golden_make(instance=case.instance_id, by=EVE, note="a refund as it should be")
    assert isinstance(outcome, GoldenCase), outcome
    return outcome


def put_to_work(row: ActorVersion, reason: str = "") -> ActorVersion | Refused:
    return registration.version_step(row=row, to="in-use", by=EVE, reason=reason)


def told(response: object) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())  # type: ignore[attr-defined]
    return " ".join(html.unescape(text).split())


def test_a_version_is_tried_on_golden_cases_before_it_is_used(closed: Golden, second: ActorVersion) -> None:
    made_golden(closed())
    calls = ActorCall.objects.count()
    outcome = put_to_work(second)
    assert isinstance(outcome, Refused) and "1 of them are still to come" in outcome.message
    assert golden.go_on(second.pk) is None
    assert Trial.objects.get(version=second, way="golden").agrees
    assert isinstance(put_to_work(second), ActorVersion)
    assert ActorCall.objects.count() == calls


def test_one_that_comes_out_otherwise_needs_a_reason_that_is_kept(
    closed: Golden, second: ActorVersion, machines: Machines, people: dict[str, User], client: Client
) -> None:
    case = closed("refund_request")
    made_golden(case)
    machines.say("card_issue", 0.9, "neutral")
    golden.go_on(second.pk)
    outcome = put_to_work(second)
    assert isinstance(outcome, Refused) and "come out otherwise" in outcome.message
    assert isinstance(put_to_work(second, "Card issues come first from now on."), ActorVersion)
    client.force_login(people["ada"])
    page = told(client.get(f"/actors/intent/versions/{second.pk}/passport/"))
    assert "0 of 1 expected answers come out right" in page
    assert "with 0 of 1 golden answers right “ Card issues come first from now on. ”" in page
    assert "label : expected refund_request , it gives card_issue" in page
    assert verify_control().ok


def test_what_a_person_put_in_its_place_is_expected(
    closed: Golden, second: ActorVersion, machines: Machines, people: dict[str, User]
) -> None:
    case = closed("refund_request")
    call = ActorCall.objects.get(instance=case.instance_id, actor="intent")
    Judgement.objects.create(
        call=call, verdict="changed", by="person:anna", at=clock.utc_now(), right={"label": "card_issue"}
    )
    made_golden(case)
    assert GoldenAnswer.objects.get(capability="intent").expected == {**call.output, "label": "card_issue"}
    machines.say("card_issue", 0.9, "neutral")
    golden.go_on(second.pk)
    assert isinstance(put_to_work(second), ActorVersion)


def test_a_model_that_is_trained_anew_goes_through_the_gate_too(
    closed: Golden, machines: Machines, tmp_path: Path
) -> None:
    made_golden(closed("refund_request"))
    rows = "".join(f"parcel {n} is late,parcels\nroof {n} leaks,repairs\n" for n in range(6))
    file = tmp_path / "messages.csv"
    file.write_text(f"text,category\n{rows}", "utf-8")
    machines.say("parcels", 0.9, "neutral")
    with pytest.raises(CommandError, match="come out otherwise") as kept:
        call_command("train_intent", file, activate=True)
    assert kept.value.returncode == 3 and ActorVersion.objects.get(actor__key="intent", state="in-use").version == "1"
    call_command("train_intent", file, activate=True, reason="Parcels come first from now on.")
    assert ActorVersion.objects.get(actor__key="intent", state="in-use").version != "1"
    assert verify_control().ok


def test_what_worked_before_is_taken_back_at_once(closed: Golden, second: ActorVersion) -> None:
    case = closed()
    assert isinstance(put_to_work(second), ActorVersion)
    made_golden(case)
    before = ActorVersion.objects.get(actor__key="intent", state="retired")
    assert isinstance(put_to_work(before), ActorVersion)


def test_only_closed_cases_with_answers_are_golden_and_only_once(
    closed: Golden, analysed: Callable[..., Case], second: ActorVersion
) -> None:
    def why(case: Case) -> str:
        outcome = golden_make(instance=case.instance_id, by=EVE)
        assert isinstance(outcome, Refused)
        return outcome.code

    assert why(analysed()) == "open"
    case = closed()
    row = made_golden(case)
    assert why(case) == "there"
    golden_drop(golden=row, by=EVE, reason="It was a mistake.")
    assert isinstance(put_to_work(second), ActorVersion)
    ActorCall.objects.filter(instance=case.instance_id).delete()
    assert why(case) == "nothing"


def test_a_lead_makes_a_closed_case_golden_by_one_click_and_an_administrator_takes_it_out(
    closed: Golden, second: ActorVersion, people: dict[str, User], client: Client
) -> None:
    case = closed()
    client.force_login(people["anna"])
    assert "Make it a golden case" not in told(client.get(f"/cases/{case.pk}/decisions/"))
    assert client.post(f"/cases/{case.pk}/golden/").status_code == 403
    client.force_login(people["clara"])
    assert "Make it a golden case" in told(client.get(f"/cases/{case.pk}/decisions/"))
    client.post(f"/cases/{case.pk}/golden/", {"note": "A plain refund."})
    assert "It is a golden case since" in told(client.get(f"/cases/{case.pk}/decisions/"))
    client.force_login(people["ada"])
    page = client.get("/actors/golden/")
    assert "by Clara Conti" in told(page)
    assert "intent, sentiment" in told(page) and f"/cases/{case.pk}/" not in page.content.decode()
    begun = client.post(f"/actors/intent/versions/{second.pk}/step/", {"to": "in-use"})
    assert begun.status_code == 409 and "Look at its passport" in told(begun)
    row = GoldenCase.objects.get()
    assert client.post("/actors/golden/", {"golden": row.pk, "reason": ""}).status_code == 409
    client.post("/actors/golden/", {"golden": row.pk, "reason": "It was no refund."})
    assert not GoldenCase.objects.exists()


def test_a_rule_is_held_against_the_decisions_of_golden_cases_before_it_is_published(
    closed: Golden, people: dict[str, User], client: Client
) -> None:
    definition = closed("refund_request").instance.definition
    made_golden(Case.objects.get())
    client.force_login(people["ada"])
    address = f"/rules/{definition.pk}/routing_table/"
    harmless = told(client.post(address, as_form(**{"r1.0": "< 74"}, do="review")))
    assert "Against 1 golden case" in harmless and "decisions come out as they did" in harmless
    changed = as_form(**{"r1.0": "< 99"}, do="publish", note="Nothing is sure enough.")
    refused = told(client.post(address, changed))
    assert "would come out otherwise" in refused and definition.key == "complaint"
    assert Definition.objects.filter(key="complaint").count() == 1
    client.post(address, changed | {"golden": "seen"})
    assert Definition.objects.filter(key="complaint").count() == 2
