"""A case passes through its states as its life cycle allows, and in no other way, whatever is sent to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from casework.models import Case
from orchestration.models import HumanTask
from tests.casework.actions import Door, door, kept, refusals
from tests.casework.claims import claim, finish, in_repair, page_of

__all__ = ["claim", "door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]
Claim = Callable[..., Case]


def send(door: Door, who: User, address: str, **given: Any) -> HttpResponse:
    client = Client()
    client.force_login(who)
    if door.is_api:
        return client.post("/api" + address, given, content_type="application/json")
    return client.post(address, given)


def change(door: Door, who: User, case: Case, transition: str, reason: str = "To see") -> int:
    return send(door, who, f"/cases/{case.pk}/change/", transition=transition, reason=reason).status_code


def by_hand(door: Door, who: User, case: Case, item: int, how: str) -> int:
    return send(door, who, f"/cases/{case.pk}/items/{item}/", how=how).status_code


def test_a_case_is_stopped_goes_on_ends_opens_again_and_is_closed(door: Door, people: People, claim: Claim) -> None:
    case, anna = claim(), people["anna"]
    for transition, state, then in (
        ("suspend", "Suspended", {"resume", "terminate"}),
        ("resume", "Pending review", {"suspend", "terminate"}),
        ("terminate", "Ended early", {"reactivate", "close"}),
        ("reactivate", "Pending review", {"suspend", "terminate"}),
        ("terminate", "Ended early", {"reactivate", "close"}),
        ("close", "Closed", set()),
    ):
        assert change(door, anna, case, transition, "for a reason") == door.done, transition
        case.refresh_from_db()
        assert (case.state, set(page_of(case, anna).changes)) == (state, then)
    assert [entry.detail["transition"] for entry in kept(case, "case.changed")] == [
        "suspend", "resume", "terminate", "reactivate", "terminate", "close",
    ]  # fmt: skip
    assert ("Anna Adler", "closed the case for good: for a reason") in [
        (line.who, line.told.text) for line in page_of(case, anna).happened
    ]


@pytest.mark.parametrize(
    ("before", "transition"),
    [
        ((), "resume"), ((), "reactivate"), ((), "close"), (("suspend",), "suspend"), (("terminate",), "suspend"),
        (("terminate",), "resume"), (("terminate",), "terminate"), (("terminate", "close"), "reactivate"),
        (("terminate", "close"), "close"),
    ],
)  # fmt: skip
def test_no_transition_that_the_life_cycle_does_not_have(
    door: Door, people: People, claim: Claim, before: tuple[str, ...], transition: str
) -> None:
    case, anna = claim(), people["anna"]
    for each in before:
        change(door, anna, case, each)
    case.refresh_from_db()
    stood = case.state
    assert change(door, anna, case, transition) == 409
    assert [actor for actor, _ in refusals(case)] == ["person:anna"]
    assert len(kept(case, "case.changed")) == len(before)
    case.refresh_from_db()
    assert case.state == stood


def test_no_transition_that_nobody_knows(door: Door, people: People, claim: Claim) -> None:
    case = claim()
    assert change(door, people["anna"], case, "explode") in (400, 409)
    assert kept(case, "case.changed") == []


def test_not_by_whoever_may_not_work_the_case(door: Door, people: People, claim: Claim) -> None:
    case = claim()
    for name, status in (("olga", 404), ("axel", 403)):
        assert change(door, people[name], case, "terminate") == status
    case.refresh_from_db()
    assert not case.closed


def test_a_task_that_is_over_suspended_or_of_a_closed_case_is_not_completed(
    door: Door, people: People, claim: Claim
) -> None:
    case, anna = claim(), people["anna"]
    task = HumanTask.objects.get(instance=case.instance_id, name="Look at it")
    answer = {"answers": {"verdict": "again"}} if door.is_api else {"verdict": "again"}
    complete = f"/tasks/{task.pk}/complete/"
    change(door, anna, case, "suspend")
    assert send(door, anna, complete, **answer).status_code == 409
    change(door, anna, case, "resume")
    finish(case, "Look at it", anna)
    assert send(door, anna, complete, **answer).status_code == 409
    change(door, anna, case, "terminate")
    assert send(door, anna, complete, **answer).status_code == 409
    assert [actor for actor, _ in refusals(case)] == ["person:anna"] * 3


def test_what_is_not_left_to_people_is_not_done_by_hand(door: Door, people: People, claim: Claim) -> None:
    case, anna = claim(), people["anna"]
    items = {task.name: task.item for task in HumanTask.objects.filter(instance=case.instance_id)}
    for item in (items["Look at it"], 1, 99_999):
        for how in ("start", "complete", "go-on", "occur", "enable", "disable", "reactivate"):
            assert by_hand(door, anna, case, item, how) == (404 if item == 99_999 else 409), (item, how)
    assert len(refusals(case)) == 21
    assert HumanTask.objects.get(instance=case.instance_id, name="Look at it").state == "open"


def test_machine_work_is_not_waved_through(door: Door, people: People, claim: Claim) -> None:
    case, anna = claim(worked=False), people["anna"]
    item = case.instance.jobs.get().item
    for how in ("go-on", "complete", "start"):
        assert by_hand(door, anna, case, item, how) == 409
    assert case.instance.jobs.get().state == "waiting"


def test_a_step_that_begins_by_hand_is_begun_declined_and_offered_again(
    door: Door, people: People, claim: Claim
) -> None:
    case, anna = in_repair(claim(), people["anna"]), people["anna"]

    def ways() -> dict[str, int]:
        return {one.how: one.item for one in page_of(case, anna).by_hand if one.name == "Polish it"}

    assert set(ways()) == {"start", "disable"}
    assert by_hand(door, anna, case, ways()["disable"], "disable") == door.done
    assert set(ways()) == {"enable"}
    assert by_hand(door, anna, case, ways()["enable"], "enable") == door.done
    assert by_hand(door, anna, case, ways()["start"], "start") == door.done
    assert ways() == {}
    assert HumanTask.objects.filter(instance=case.instance_id, name="Polish it", state="open").exists()


def test_an_event_is_raised_only_by_whom_the_model_names(door: Door, people: People, claim: Claim) -> None:
    case = claim()

    def events(name: str) -> list[tuple[str, str]]:
        return [(one.name, one.how) for one in page_of(case, people[name]).by_hand]

    assert events("anna") == []
    assert events("clara") == [("The customer withdraws", "occur")]
    item = page_of(case, people["clara"]).by_hand[0].item
    assert by_hand(door, people["anna"], case, item, "occur") == 409
    assert by_hand(door, people["clara"], case, item, "occur") == door.done
    assert by_hand(door, people["clara"], case, item, "occur") == 409


def test_named_states_are_shown_and_found_by(people: People, claim: Claim) -> None:
    reviewed, repaired = claim(), in_repair(claim(), people["anna"])
    client = Client()
    client.force_login(people["anna"])
    for state, case in (("Pending review", reviewed), ("Being worked on", repaired)):
        rows = client.get("/cases/", {"state": state}).context["page"].rows
        assert [row.id for row in rows] == [case.pk]
        found = client.get("/api/cases/", {"state": state}).json()["results"]
        assert [row["id"] for row in found] == [case.pk]
        assert state in client.get(f"/cases/{case.pk}/").content.decode()
    change(Door(is_api=True, done=200), people["anna"], reviewed, "suspend")
    page = client.get("/cases/", {"state": "Suspended"}).context["page"]
    assert [row.id for row in page.rows] == [reviewed.pk] and "Suspended" in page.states


def test_who_stops_a_case_reads_what_stops_with_it_and_says_why(client: Client, people: People, claim: Claim) -> None:
    case = claim()
    client.force_login(people["anna"])
    asked = client.get(f"/cases/{case.pk}/change/?transition=terminate").content.decode()
    assert "End this case now?" in asked and "<li>Look at it</li>" in asked.replace("\n", "")
    assert asked.index('<button type="submit" disabled hidden>') < asked.index("End it")  # Enter presses nothing
    refused = client.post(f"/cases/{case.pk}/change/", {"transition": "terminate", "reason": " "})
    assert refused.status_code == 400 and "it is kept in the history" in refused.content.decode()
    case.refresh_from_db()
    assert not case.closed
