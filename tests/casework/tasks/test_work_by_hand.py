"""A person does a machine's work: from its suggestion, or without one, and it counts as the machine's result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.models import Case
from orchestration.actors.routing import Wish
from orchestration.models import ActorCall, HumanTask, Judgement
from orchestration.shell.selectors import data_of
from orchestration.shell.verification import verify
from tests.casework.actions import Door, door, kept
from tests.casework.reading import told
from tests.orchestration.jobs.test_handing_over import chosen_by
from tests.orchestration.machines import machines

__all__ = ["door", "machines"]
pytestmark = pytest.mark.django_db

People = dict[str, User]


@pytest.fixture
def handed(analysed: Callable[..., Case], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Case]:
    """A complaint whose machine work waits for a person, as suggestions or without any."""

    def opened(mode: str = "suggest", **more: Any) -> Case:
        wish = Wish("person", rule="rule 1") if mode == "person" else Wish(mode=mode, rule="rule 2")
        chosen_by(monkeypatch, wish)
        return analysed(**more)

    return opened


def work_of(case: Case, capability: str) -> HumanTask:
    return HumanTask.objects.get(instance=case.instance_id, form=f"capability:{capability}", state="open")


def mine(person: User, case: Case) -> None:
    HumanTask.objects.filter(instance=case.instance_id).update(assignee=person)


def data(case: Case) -> dict[str, Any]:
    case.instance.refresh_from_db()
    assert verify(case.instance).ok
    return data_of(case.instance)


def judged(case: Case) -> Judgement:
    return Judgement.objects.get(call__instance=case.instance_id)


def test_a_suggestion_that_is_accepted_goes_on_as_it_is(
    door: Door, people: People, handed: Callable[..., Case]
) -> None:
    case = handed(intent="refund_request")
    task = work_of(case, "intent")
    assert door(people["clara"], "complete", task.pk, **door.answers(verdict="accept")).status_code == door.done
    assert data(case)["intent"]["label"] == "refund_request"
    assert (judged(case).verdict, judged(case).by, judged(case).right) == ("accepted", "person:clara", None)
    [event] = kept(case, "suggestion.judged")
    assert (event.detail["verdict"], event.detail["changed"]) == ("accepted", [])
    assert event.detail["draft"]["digest"] == event.detail["final"]["digest"]


def test_what_is_changed_counts_and_both_are_kept(door: Door, people: People, handed: Callable[..., Case]) -> None:
    case = handed(intent="refund_request")
    task = work_of(case, "intent")
    changed = {"verdict": "change", "result.label": "fees_and_charges", "reason": "It is a fee."}
    assert door(people["clara"], "complete", task.pk, **door.answers(**changed)).status_code == door.done
    assert data(case)["intent"] == {"label": "fees_and_charges", "confidence": 1}
    assert judged(case).verdict == "changed" and judged(case).right == {"label": "fees_and_charges"}
    [event] = kept(case, "suggestion.judged")
    assert event.detail["changed"] == ["result.label"] and event.detail["reason"] == "It is a fee."
    assert event.detail["draft"]["values"] == {"label": "refund_request"}
    assert event.detail["final"]["values"] == {"label": "fees_and_charges"}
    assert event.detail["draft"]["digest"] != event.detail["final"]["digest"]


def test_what_is_rejected_needs_a_reason_and_the_right_answer(
    door: Door, people: People, handed: Callable[..., Case]
) -> None:
    case = handed(intent="refund_request")
    task = work_of(case, "intent")
    wrong = ({"verdict": "reject", "result.label": "other"}, {"verdict": "reject", "reason": "It is wrong."})
    for answers in wrong:
        assert door(people["clara"], "complete", task.pk, **door.answers(**answers)).status_code == 400
    rejected = {"verdict": "reject", "result.label": "other", "reason": "It is about two things."}
    assert door(people["clara"], "complete", task.pk, **door.answers(**rejected)).status_code == door.done
    assert judged(case).verdict == "rejected" and judged(case).reason == "It is about two things."


def test_the_word_on_a_suggestion_must_fit_what_is_given(
    door: Door, people: People, handed: Callable[..., Case]
) -> None:
    case = handed(intent="refund_request")
    task = work_of(case, "intent")
    for answers in (
        {"verdict": "accept", "result.label": "other"}, {"verdict": "change"}, {"verdict": "perhaps"},
        {"result.label": ""}, {"verdict": "change", "result.label": "D•••"}, {"verdict": "accept", "reason": "x" * 501},
    ):  # fmt: skip
        assert door(people["clara"], "complete", task.pk, **door.answers(**answers)).status_code == 400, answers
    assert work_of(case, "intent") and not Judgement.objects.exists()


def test_a_rule_s_work_without_a_suggestion_is_asked_for_in_full(
    door: Door, people: People, handed: Callable[..., Case]
) -> None:
    case = handed("person")
    task = work_of(case, "sentiment")
    for answers in ({}, {"result.label": "furious"}, {"result.label": "negative", "result.score": "2"}):
        assert door(people["clara"], "complete", task.pk, **door.answers(**answers)).status_code == 400, answers
    given = {"result.label": "negative", "result.score": "-0.5"}
    assert door(people["clara"], "complete", task.pk, **door.answers(**given)).status_code == door.done
    assert data(case)["sentiment"] == {"label": "negative", "score": -0.5, "confidence": 1}
    [event] = kept(case, "work.by_hand")
    assert (
        event.actor == "person:clara"
        and {"guardrail": "schema", "stage": "after", "outcome": "pass"} in (event.detail["verdicts"])
    )
    assert not Judgement.objects.exists() and not kept(case, "suggestion.judged")


def test_the_form_comes_from_the_contract_and_the_actor_fills_in_what_it_leaves_open(
    client: Any, people: People, handed: Callable[..., Case]
) -> None:
    case = handed("person")
    mine(people["clara"], case)
    client.force_login(people["clara"])
    page = told(client.get(f"/tasks/{work_of(case, 'sentiment').pk}/"))
    assert "Score from -1 to 1" in page and "From -1 to 1. May stay empty." in page
    assert all(f'value="{tone}"' in page for tone in ("negative", "neutral", "positive"))
    assert "How sure" not in page


def test_a_person_is_offered_what_the_machine_suggests(
    client: Any, people: People, handed: Callable[..., Case]
) -> None:
    case = handed(intent="refund_request", confidence=0.61)
    mine(people["clara"], case)
    client.force_login(people["clara"])
    page = told(client.get(f"/tasks/{work_of(case, 'intent').pk}/"))
    assert 'value="refund_request"' in page and "What is suggested" in page and "61" in page
    shown = client.get(f"/api/tasks/{work_of(case, 'intent').pk}/").json()
    assert shown["initial"] == {"result.label": "refund_request"}
    assert [question["path"] for question in shown["form"]] == ["verdict", "reason", "result.label"]
    assert ActorCall.objects.filter(instance=case.instance_id, outcome="suggested").count() == 2
