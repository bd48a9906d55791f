"""Same model, two cases: which optional steps does each offer, to whom, and why?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.cases.services import item_plan
from casework.models import Case
from orchestration.ground.refusals import Refused
from orchestration.shell.services import Done
from tests.casework.actions import Door, door, kept, refusals
from tests.casework.claims import claim, in_repair, page_of

__all__ = ["claim", "door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]
Claim = Callable[..., Case]


def names(case: Case, by: User) -> set[str]:
    return {step.name for step in page_of(case, by).offered}


def why_not(case: Case, by: User) -> dict[str, str]:
    return {step.name: step.refused for step in page_of(case, by).not_offered}


def test_two_cases_of_one_model_offer_different_steps(people: People, claim: Claim) -> None:
    small, large = claim(amount=500), claim(amount=5000)
    assert names(small, people["anna"]) == {"Call the customer back", "Expert"}
    assert names(large, people["anna"]) == {"Call the customer back", "Expert", "Ask an expert"}


def test_the_rule_says_why_with_the_values_that_it_saw(people: People, claim: Claim) -> None:
    case = claim(amount=5000)
    step = next(step for step in page_of(case, people["clara"]).offered if step.name == "Ask an expert")
    (rule,) = step.because
    assert (rule.name, rule.text, rule.holds, rule.saw) == (
        "The damage is large", "amount > 1000", True, (("Amount", 5000),),
    )  # fmt: skip
    assert step.part == "Assess"


def test_what_the_reader_may_not_see_does_not_come_out_by_way_of_a_rule(people: People, claim: Claim) -> None:
    case = claim(amount=73211)
    client = Client()
    client.force_login(people["anna"])
    assert "73211" not in client.get(f"/cases/{case.pk}/").content.decode()
    assert "73211" not in client.get(f"/api/cases/{case.pk}/").content.decode()
    step = next(step for step in page_of(case, people["anna"]).offered if step.name == "Ask an expert")
    ((label, value),) = step.because[0].saw
    assert label == "Amount" and "73211" not in str(value)


def test_what_is_not_offered_says_what_it_would_need(people: People, claim: Claim) -> None:
    case = claim(amount=500)
    refused = why_not(case, people["anna"])
    assert set(refused) == {"Ask an expert", "Waive the excess"}
    assert refused["Ask an expert"] == "Its rule does not hold."
    assert refused["Waive the excess"].startswith("Only Senior analysts may")
    assert names(case, people["clara"]) == {"Call the customer back", "Expert", "Waive the excess"}
    item_plan(by=people["anna"], case=case, definition="call_back")
    assert why_not(case, people["anna"])["Call the customer back"] == "It is part of the case already."


@pytest.mark.parametrize("who", ["anna", "clara"])
@pytest.mark.parametrize("amount", [500, 5000])
def test_offered_is_exactly_what_this_person_may_add(people: People, claim: Claim, who: str, amount: int) -> None:
    listed = page_of(claim(amount=amount), people[who])
    for step in listed.offered:
        outcome = item_plan(by=people[who], case=claim(amount=amount), definition=step.definition, within=step.within)
        assert isinstance(outcome, Done), (step.name, outcome)
    for step in listed.not_offered:
        outcome = item_plan(by=people[who], case=claim(amount=amount), definition=step.definition, within=step.within)
        assert isinstance(outcome, Refused), step.name


def test_a_place_that_does_not_offer_the_step_is_refused(people: People, claim: Claim) -> None:
    case = claim()
    outcome = item_plan(by=people["anna"], case=case, definition="call_back", within=999)
    assert isinstance(outcome, Refused) and refusals(case) == [("person:anna", "unknown")]


def test_a_step_for_seniors_is_refused_to_an_analyst_at_every_door(door: Door, people: People, claim: Claim) -> None:
    case = claim()
    asked = {"item": "waive"} if door.is_api else {"definition": "waive"}
    assert door(people["anna"], "plan", case.pk, **asked).status_code == 409
    assert refusals(case) == [("person:anna", "role")]
    assert door(people["clara"], "plan", case.pk, **asked).status_code == door.done


def test_a_case_inside_the_case_offers_its_own_steps(people: People, claim: Claim) -> None:
    case = in_repair(claim(), people["anna"])
    (step,) = page_of(case, people["anna"]).offered
    assert (step.part, step.name) == ("Repair › Shop check", "Take a photograph")
    done = item_plan(by=people["anna"], case=case, definition=step.definition, within=step.within)
    assert isinstance(done, Done)
    assert [entry.detail["name"] for entry in kept(case, "engine.ItemPlanned")] == ["Take a photograph"]


def test_whoever_may_only_look_is_offered_nothing(people: People, claim: Claim) -> None:
    page = page_of(claim(), people["axel"])
    assert page.offered == page.not_offered == page.added == page.by_hand == page.changes == ()
