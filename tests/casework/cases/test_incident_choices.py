"""A person decides how failed work goes on: with another input, another actor, by hand, or with the end of the case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.models import Case
from orchestration.actors.registry import actor_enable, actor_ensure, register_model_version
from orchestration.models import ActorCall, HumanTask, Incident, Job
from orchestration.shell.services import Origin
from orchestration.shell.verification import verify
from tests.casework.actions import Door, door, kept, refusals
from tests.casework.reading import told
from tests.orchestration.machines import Machines, machines, work_jobs

__all__ = ["door", "machines"]
pytestmark = pytest.mark.django_db

People = dict[str, User]
SYSTEM = Origin("system:test")


@pytest.fixture
def troubled(people: People, open_case: Callable[..., Case], machines: Machines) -> Case:
    """A case whose intent nobody could find out."""
    machines.fail("intent", temporary=False)
    case = open_case()
    work_jobs(case.instance_id)
    machines.say("refund_request", 0.93, "neutral")
    return case


def incident(case: Case) -> Incident:
    return Incident.objects.get(instance=case.instance_id)


def again(case: Case) -> Job:
    """The job that was asked for anew."""
    return Job.objects.get(instance=case.instance_id, capability="intent", state="waiting")


def failed(case: Case) -> Job:
    return Job.objects.get(instance=case.instance_id, capability="intent", state="incident")


def second_actor(machines: Machines) -> None:
    machines.by_kind["second"] = machines.by_kind["intent"]
    actor_ensure("second", name="Second reader", kind="second", capability="intent", rank=9)
    register_model_version("second", "1", b"another", {}, activate=True)


def sound(case: Case) -> bool:
    case.instance.refresh_from_db()
    return verify(case.instance).ok


def test_a_retry_of_the_same_runs_under_the_key_of_the_first(door: Door, people: People, troubled: Case) -> None:
    number = incident(troubled).incident
    assert door(people["anna"], "resolve", troubled.pk, number, how="retry").status_code == door.done
    assert again(troubled).idempotency_key == failed(troubled).idempotency_key
    work_jobs(troubled.instance_id)
    assert sound(troubled) and HumanTask.objects.filter(instance=troubled.instance_id, state="open").exists()


def test_another_input_is_sent_in_place_of_the_first(
    door: Door, people: People, troubled: Case, machines: Machines
) -> None:
    number, changed = incident(troubled).incident, "I lost my card."
    given = {"input": {"input.text": changed}} if door.is_api else {"input.text": changed}
    assert door(people["anna"], "resolve", troubled.pk, number, how="change", **given).status_code == door.done
    assert again(troubled).idempotency_key != failed(troubled).idempotency_key
    work_jobs(troubled.instance_id)
    assert machines.by_kind["intent"].calls[-1][0] == {"text": changed}
    [event] = kept(troubled, "work.changed")
    assert event.actor == "person:anna" and event.detail["changed"] == ["input.text"] and event.detail["digest"]
    assert changed not in str(event.detail) and sound(troubled)


def test_what_a_person_gave_stays_when_it_fails_again_and_is_retried(
    people: People, troubled: Case, machines: Machines
) -> None:
    api = Door(is_api=True, done=200)
    machines.fail("intent", temporary=False)
    api(people["anna"], "resolve", troubled.pk, incident(troubled).incident, how="change",
        input={"input.text": "I lost my card."})  # fmt: skip
    work_jobs(troubled.instance_id)
    second = Incident.objects.get(instance=troubled.instance_id, resolved=None)
    api(people["anna"], "resolve", troubled.pk, second.incident, how="retry")
    work_jobs(troubled.instance_id)
    assert [call[0] for call in machines.by_kind["intent"].calls[-2:]] == [{"text": "I lost my card."}] * 2
    assert machines.by_kind["intent"].calls[-1][1] == machines.by_kind["intent"].calls[-2][1]


@pytest.mark.parametrize("text", ["", " ", "x" * 20_001, None])
def test_an_input_that_the_contract_does_not_take_is_refused(
    door: Door, people: People, troubled: Case, text: str | None
) -> None:
    number = incident(troubled).incident
    answers = {} if text is None else {"input.text": text}
    given = {"input": answers} if door.is_api else answers
    assert door(people["anna"], "resolve", troubled.pk, number, how="change", **given).status_code == 400
    assert incident(troubled).resolved is None


def test_it_goes_to_another_actor_that_offers_the_same(
    door: Door, people: People, troubled: Case, machines: Machines
) -> None:
    second_actor(machines)
    number = incident(troubled).incident
    assert door(people["anna"], "resolve", troubled.pk, number, how="move", actor="second").status_code == door.done
    work_jobs(troubled.instance_id)
    call = ActorCall.objects.filter(instance=troubled.instance_id, capability="intent").latest("pk")
    assert (call.actor, call.outcome, call.route["rule"]) == ("second", "done", "a person has chosen")
    [event] = kept(troubled, "work.moved")
    assert (event.detail["from"], event.detail["to"]) == ("intent", "second") and sound(troubled)


@pytest.mark.parametrize("actor", ["sentiment", "nobody", "second", ""])
def test_not_to_one_that_does_not_offer_it_or_cannot(
    door: Door, people: People, troubled: Case, machines: Machines, actor: str
) -> None:
    second_actor(machines)
    actor_enable("second", False, SYSTEM, "tried")
    number = incident(troubled).incident
    assert door(people["anna"], "resolve", troubled.pk, number, how="move", actor=actor).status_code == 400
    assert incident(troubled).resolved is None


def test_it_is_done_by_hand(door: Door, people: People, troubled: Case) -> None:
    number = incident(troubled).incident
    assert door(people["anna"], "resolve", troubled.pk, number, how="by-hand").status_code == door.done
    task = HumanTask.objects.get(instance=troubled.instance_id, form="capability:intent", state="open")
    given = door.answers(**{"result.label": "card_payment_not_recognised"})
    assert door(people["anna"], "complete", task.pk, **given).status_code == door.done
    [event] = kept(troubled, "work.by_hand")
    assert event.actor == "person:anna" and sound(troubled)


def test_the_case_is_ended_with_a_reason(door: Door, people: People, troubled: Case) -> None:
    number = incident(troubled).incident
    assert door(people["anna"], "resolve", troubled.pk, number, how="end").status_code == 400
    given = {"how": "end", "reason": "The customer has withdrawn."}
    assert door(people["anna"], "resolve", troubled.pk, number, **given).status_code == door.done
    troubled.refresh_from_db()
    assert troubled.closed and sound(troubled)
    assert door(people["anna"], "resolve", troubled.pk, number, **given).status_code == 409


@pytest.mark.parametrize("how", ["change", "move", "by-hand"])
def test_what_is_decided_already_is_refused_and_kept(door: Door, people: People, troubled: Case, how: str) -> None:
    number = incident(troubled).incident
    door(people["anna"], "resolve", troubled.pk, number, how="retry")
    assert door(people["anna"], "resolve", troubled.pk, number, how=how).status_code in (404, 409)
    assert refusals(troubled) == [("person:anna", "unknown")] or how == "change"


def test_the_page_has_all_that_one_needs_to_decide(people: People, troubled: Case, machines: Machines) -> None:
    second_actor(machines)
    actor_enable("second", False, SYSTEM, "tried")
    browser = Client()
    browser.force_login(people["anna"])
    page = told(browser.get(f"/cases/{troubled.pk}/incidents/{incident(troubled).incident}/decide/"))
    assert "My card was swallowed by the machine." in page and "The model did not answer." in page
    assert "attempt 1: failed" in page and "Second reader cannot: It is switched off." in page
    assert all(f'value="{how}"' in page for how in ("retry", "change", "move", "by-hand", "skip", "end"))
    shown = browser.get(f"/api/cases/{troubled.pk}/incidents/{incident(troubled).incident}/").json()
    assert shown["ways"] == ["by-hand", "change", "end", "move", "retry", "skip"]
    assert shown["attempts"][0]["error"] == "The model did not answer." and shown["input"]["input.text"]


def test_what_a_reader_may_not_see_of_the_case_is_masked_in_what_was_sent(
    people: People, open_case: Callable[..., Case], machines: Machines
) -> None:
    machines.fail("intent", temporary=False)
    case = open_case(message="I am Maria Sandoval and my card was swallowed.")
    work_jobs(case.instance_id)
    browser = Client()
    browser.force_login(people["anna"])
    page = told(browser.get(f"/cases/{case.pk}/incidents/{incident(case).incident}/decide/"))
    assert "Maria Sandoval" not in page and "my card was swallowed" in page


@pytest.mark.parametrize(("who", "status"), [("olga", 404), ("dora", 404), ("ada", 404), ("axel", 403)])
def test_only_those_who_work_the_case_see_the_page(people: People, troubled: Case, who: str, status: int) -> None:
    browser = Client()
    browser.force_login(people[who])
    address = f"/cases/{troubled.pk}/incidents/{incident(troubled).incident}/decide/"
    assert browser.get(address).status_code == status


def decide(person: User, keys: list[str], **given: Any) -> Any:
    browser = Client()
    browser.force_login(person)
    return browser.post("/attention/", {"trouble": keys, **given}, follow=True)


def test_many_are_done_some_at_a_time_and_what_could_not_be_done_stays_chosen(
    people: People, open_case: Callable[..., Case], machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.cases.views.attention.AT_ONCE", 2)
    machines.fail("intent", temporary=False)
    cases = [open_case() for _ in range(3)]
    for case in cases:
        work_jobs(case.instance_id)
    keys = [f"{case.pk}-{incident(case).incident}" for case in cases]
    page = decide(people["anna"], ["99999-1", *keys], how="by-hand")
    assert "2 of 4 are through" in told(page)
    left = {"how": "by-hand", "done": "1", "failed": "99999-1", "why-99999-1": "It is not yours."}
    page = decide(people["anna"], keys[1:], **left)
    assert page.status_code == 409 and "3 waiting for a person now" in told(page) and "It is not yours." in told(page)
    assert HumanTask.objects.filter(form="capability:intent", state="open").count() == 3


def test_programs_decide_about_many_and_get_a_result_for_each(people: People, troubled: Case) -> None:
    client = Client()
    client.force_login(people["anna"])
    [row] = client.get("/api/attention/").json()["results"]
    assert (row["case"], row["actor"], row["capability"]) == (troubled.pk, "intent", "intent")
    named = {"incidents": [f"{troubled.pk}-{row['incident']}", "99999-1"], "how": "retry"}
    answer = client.post("/api/attention/", named, content_type="application/json").json()
    assert [each["done"] for each in answer["results"]] == [True, False]
