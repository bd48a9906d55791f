"""Who empties a prefilled field, or sends null, is taken at their word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.models import Case
from orchestration.shell.selectors import data_of
from tests.casework.actions import Door, door, open_task
from tests.casework.casetypes.test_refund_story import refund

__all__ = ["door", "refund"]
pytestmark = pytest.mark.django_db

Opens = Callable[..., Case]
GIVEN = {"about": "purchase", "amount": "80", "purchase.receipt": "R-1", "customer.iban": "DE89370400440532013000"}


@pytest.fixture
def case(refund: Opens) -> Case:
    """A refund whose request a person has to complete: the IBAN is missing."""
    return refund(customer={"name": "Elena Rossi"})


def answered(door: Door, by: User, case: Case, **answers: Any) -> Any:
    given = {**GIVEN, **{path.replace("__", "."): value for path, value in answers.items()}}
    return door(by, "complete", open_task(case).pk, **door.answers(**given))


def stored(case: Case) -> dict[str, Any]:
    case.instance.refresh_from_db()
    return data_of(case.instance)


@pytest.mark.parametrize("emptied", ["amount", "about", "purchase__receipt"])
def test_what_is_needed_cannot_be_emptied(door: Door, people: dict[str, User], case: Case, emptied: str) -> None:
    assert answered(door, people["anna"], case, **{emptied: ""}).status_code == 400
    assert open_task(case).name == "Complete the request"
    assert stored(case)["amount"] == 80


def test_what_is_not_needed_is_empty_then(door: Door, people: dict[str, User], case: Case) -> None:
    assert answered(door, people["anna"], case, about="fee", purchase__receipt="").status_code == door.done
    assert stored(case)["purchase"] == {"receipt": ""}


@pytest.mark.parametrize("door", ["api"], indirect=True)
def test_null_is_an_answer_too(door: Door, people: dict[str, User], case: Case) -> None:
    assert answered(door, people["anna"], case, amount=None).status_code == 400
    assert answered(door, people["anna"], case, about="fee", purchase__receipt=None).status_code == 200
    assert stored(case)["purchase"] == {"receipt": ""}


@pytest.mark.parametrize("door", ["api"], indirect=True)
def test_what_is_not_mentioned_stays(door: Door, people: dict[str, User], case: Case) -> None:
    only = {"answers": {"customer.iban": GIVEN["customer.iban"]}}
    assert door(people["anna"], "complete", open_task(case).pk, **only).status_code == 200
    assert (stored(case)["amount"], stored(case)["purchase"]) == (80, {"receipt": "R-1"})
