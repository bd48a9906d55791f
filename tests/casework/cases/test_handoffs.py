"""Every handoff of a case says how it was guarded, and what followed a person's word is never silent."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.cases.handoff_words import routed
from casework.cases.read.after_approval import unsettled
from casework.cases.read.case_view import look
from casework.cases.read.handoffs import SIX, Handoff, handoffs
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground import clock
from orchestration.jobs import runner
from orchestration.models import Job
from orchestration.shell.services import Done
from tests.casework.actions import open_task
from tests.casework.casetypes.test_refund_story import refund
from tests.casework.reading import told
from tests.orchestration.machines import Machines, work_jobs

__all__ = ["refund"]
pytestmark = pytest.mark.django_db

People = dict[str, User]


def inspected(case: Case, reader: User) -> tuple[Handoff, ...]:
    found, _ = handoffs(look(user=reader, case=case, now=clock.utc_now()))
    return found


def page(reader: User, address: str) -> str:
    browser = Client()
    browser.force_login(reader)
    return told(browser.get(address))


def test_each_handoff_has_all_six_guardrails_and_an_event_of_the_history(
    people: People, analysed: Callable[..., Case]
) -> None:
    case = analysed()
    found = inspected(case, people["axel"])
    ways = {(one.giver, one.taker) for one in found}
    assert ("the case", "Intent (AI)") in ways and ("Intent (AI)", "the case") in ways
    assert ("the case", "a rule") in ways and any(taker == "Analysts" for _, taker in ways)
    for one in found:
        assert tuple(check.name for check in one.checks) == SIX
        assert all(check.rule and check.event == one.event for check in one.checks)
        assert all(check.verdict == "pass" for check in one.checks if check.name == "logging")
    decided = [check.rule for one in found if one.taker == "a rule" for check in one.checks if check.name == "policy"]
    assert "Rule 5 of Routing decided." in decided


def test_a_rule_that_decided_in_spite_of_what_it_could_not_read_is_named_beside_that(
    people: People, analysed: Callable[..., Case]
) -> None:
    files = folder_files(CASE_TYPES / "complaint")
    files["routing.dmn"] = files["routing.dmn"].replace(">sentiment.label<", ">sentiment.mood<")
    assert isinstance(deploy(files, Origin("system:test")), Published)
    found = inspected(analysed(), people["axel"])
    (policy,) = (check for one in found for check in one.checks if "no entry 'mood'" in check.rule)
    assert (policy.name, policy.verdict) == ("policy", "fail")
    assert re.match(r"Rule \d of Routing decided\. ", policy.rule), policy.rule
    assert re.search(r"'mood' \(line \d+", policy.rule), "and no id of an element of the model"


def test_a_call_that_a_guardrail_stopped_shows_which_and_why(
    people: People, open_case: Callable[..., Case], machines: Machines
) -> None:
    machines.say("refund_request", 7.0, "neutral")
    case = open_case()
    work_jobs(case.instance_id)
    [stopped] = [one for one in inspected(case, people["axel"]) if one.failed and one.giver == "Intent (AI)"]
    [policy] = [check for check in stopped.checks if check.name == "policy"]
    assert policy.verdict == "fail" and policy.rule.partition(":")[0] in ("schema", "confidence")


def test_the_inspector_is_one_click_from_the_case_and_its_events_one_more(
    people: People, analysed: Callable[..., Case]
) -> None:
    case = analysed()
    assert f'href="/cases/{case.pk}/handoffs/"' in page(people["axel"], f"/cases/{case.pk}/")
    shown = page(people["axel"], f"/cases/{case.pk}/handoffs/")
    event = next(one.event for one in inspected(case, people["axel"]) if one.giver == "Intent (AI)")
    assert f"#event-{event}" in shown and "Intent (AI), version 1" in shown
    assert "Automatic; chosen by no rule" not in shown and "chosen by •••" not in shown
    assert re.search(r"Automatic; chosen by rule \d+ of Routing of work\.", shown)


def test_the_inspector_tells_nobody_what_is_masked_for_them(people: People, analysed: Callable[..., Case]) -> None:
    case = analysed(message="I am Maria Sandoval and want my money back.")
    assert "Maria Sandoval" not in page(people["anna"], f"/cases/{case.pk}/handoffs/")


def test_work_that_fails_behind_a_person_s_word_is_told_on_the_case_page(
    refund: Callable[..., Case], people: People, machines: Machines
) -> None:
    case = refund(amount=None)
    machines.fail("sentiment", temporary=True)
    assert "was finished by" not in page(people["anna"], f"/cases/{case.pk}/")
    outcome = task_complete(by=people["ben"], task=open_task(case), answers={"amount": "9,90"})
    assert isinstance(outcome, Done), outcome
    for capability in ("order-lookup", "sentiment"):  # no machine here reads orders; the case goes on without
        job = Job.objects.get(instance=case.instance_id, state="waiting", capability=capability)
        runner.run(case.instance_id, job.job)
    shown = page(people["anna"], f"/cases/{case.pk}/")
    assert "“Complete the request” was finished by Ben" in shown
    assert "“Read the tone” after it has failed and is being tried again." in shown


def test_work_that_failed_before_any_person_did_anything_is_no_broken_promise(
    people: People, open_case: Callable[..., Case], machines: Machines
) -> None:
    machines.fail("intent", temporary=False)
    case = open_case()
    work_jobs(case.instance_id)
    assert unsettled(look(user=people["anna"], case=case, now=clock.utc_now())) == ()


def test_a_choice_is_told_with_its_rule_and_who_was_passed_over() -> None:
    route = {"rule": "rule 3 of Routing of work", "passed": {"cheap": "It is switched off."}}
    assert (
        routed({"route": route}, {"cheap": "Cheap reader"}.__getitem__)
        == "chosen by rule 3 of Routing of work; passed over: Cheap reader because it is switched off"
    )
    assert routed({}, str) == "" and routed({"route": {"rule": "no rule of routing applies: by rank"}}, str) == ""
