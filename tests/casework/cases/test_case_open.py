"""Somebody brings a case in, by the form or by the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.intake.services import case_open
from casework.models import Case
from orchestration.ground.refusals import Refused
from orchestration.models import Job
from orchestration.shell.selectors import data_of
from tests.casework.actions import Door, door, kept, refusals
from tests.casework.conftest import refused

__all__ = ["door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]


def sent(door: Door, reference: str = "R-1", message: str = "Where is my card?") -> dict[str, Any]:
    if door.is_api:
        return {"case_type": "complaint", "reference": reference, "data": {"message": message}}
    return {"reference": reference, "message": message}


def test_the_case_is_there_and_machines_begin_to_work_on_it(door: Door, people: People) -> None:
    answer = door(people["anna"], "open", **sent(door))
    case = Case.objects.get(reference="R-1")
    assert answer.status_code == (201 if door.is_api else 302)
    assert data_of(case.instance) == {"message": "Where is my card?"}
    assert Job.objects.filter(instance=case.instance_id).count() == 2
    assert [entry.actor for entry in kept(case, "case.opened")] == ["person:anna"]


def test_the_same_again_is_the_same_case(door: Door, people: People) -> None:
    for _ in range(2):
        answer = door(people["anna"], "open", **sent(door))
    assert answer.status_code == door.done
    assert data_of(Case.objects.get().instance) == {"message": "Where is my card?"}


def test_other_data_under_the_same_reference_is_a_clash_and_nothing_is_lost(door: Door, people: People) -> None:
    for message in ("Where is my card?", "Where is my money?"):
        answer = door(people["anna"], "open", **sent(door, message=message))
    assert answer.status_code == 409
    assert door.is_api or "Where is my money?" in answer.content.decode()
    case = Case.objects.get()
    assert data_of(case.instance) == {"message": "Where is my card?"}
    assert refusals(case) == [("person:anna", "clash")]


@pytest.mark.parametrize(
    "alike", ["STRASSE 1", "Straße 1", "Stra\u200bße 1", " Strasse  1", "Strasse 1\u202e", "Ｓtraße １"]
)
def test_references_that_read_alike_are_one(door: Door, people: People, alike: str) -> None:
    for reference in ("Strasse 1", alike):
        answer = door(people["anna"], "open", **sent(door, reference=reference))
    assert answer.status_code == door.done and Case.objects.count() == 1


def test_a_reference_is_kept_without_what_nobody_sees(door: Door, people: People) -> None:
    door(people["anna"], "open", **sent(door, reference="A\u200b-1\u202e\n2"))
    assert Case.objects.get().reference == "A-1 2"


def test_a_reference_of_nothing_that_one_sees_is_none(people: People) -> None:
    asked = {"case_type": "complaint", "source": "form", "data": {"message": "m"}}
    assert refused(case_open(by=people["anna"], reference="\u200b \u202e", **asked)).code == "invalid"


def test_a_case_from_before_digests_were_kept_is_a_repeat(people: People) -> None:
    asked = {"by": people["anna"], "case_type": "complaint", "source": "form", "reference": "R-1"}
    case_open(**asked, data={"message": "one"})
    Case.objects.update(data_digest="")
    assert not isinstance(case_open(**asked, data={"message": "two"}), Refused)


@pytest.mark.parametrize("message", ["", "x" * 5001, "bell\x07"])
def test_what_is_wrong_is_said_and_nothing_comes_in(door: Door, people: People, message: str) -> None:
    answer = door(people["anna"], "open", **sent(door, message=message))
    assert answer.status_code == 400 and not Case.objects.exists()


def test_looking_opens_nothing(door: Door, people: People) -> None:
    assert door.get(people["anna"], "open").status_code == 200
    assert not Case.objects.exists()


def test_not_by_people_who_may_not(door: Door, people: People) -> None:
    for name in ("olga", "dora", "axel", "ada"):
        assert door(people[name], "open", **sent(door)).status_code == 403
    assert not Case.objects.exists()


def test_a_case_that_was_there_is_not_shown_to_who_may_not_see_it(
    door: Door, people: People, open_case: Callable[..., Case]
) -> None:
    """The Intake group brings cases in and sees none: the answer says no more than that the reference is known."""
    people["olga"].groups.create(name="Doors")
    people["olga"].groups.set(people["olga"].groups.model.objects.filter(name="Intake"))
    for _ in range(2):
        answer = door(people["olga"], "open", **sent(door, message="A secret word"))
        assert "secret" not in answer.content.decode() and answer.status_code in (200, 201, 302, 409)
    assert door.get(people["olga"], "open").status_code == 200 and Case.objects.count() == 1
