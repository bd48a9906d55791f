"""What stood in a hidden field before is hidden in the rows of lists too, from the step on that wrote over it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from audit.services import Origin
from casework.cases.read.case_list import case_list
from casework.models import Case, FormerValue
from casework.tasks.inbox import inbox_page
from orchestration.engine.commands import SetVariables
from orchestration.ground import clock
from orchestration.models import HumanTask
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.casework.conftest import PERSON
from tests.sql import statements

pytestmark = pytest.mark.django_db

OTHER = {"name": "Otto Neumann", "iban": "DE02 1203 0000 0000 2020 51"}


def written(case: Case, **data: object) -> None:
    outcome = services.send(case.instance_id, SetVariables(dict(data)), Origin("system:test"))
    assert isinstance(outcome, Done), outcome


def titles(user: User) -> list[str]:
    return [row.title for row in case_list(user=user, now=clock.utc_now()).rows]


def tasks(user: User) -> list[str]:
    return [row.name for row in inbox_page(user=user, tab="groups", now=clock.utc_now()).rows]


def test_a_row_hides_what_stood_in_a_hidden_field_before(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed(reference=f"{PERSON['name']} 7")
    HumanTask.objects.filter(instance=case.instance_id).update(name=f"Call {PERSON['name']}")
    assert PERSON["name"] not in titles(people["anna"])[0] + tasks(people["anna"])[0]
    written(case, customer=OTHER)
    assert PERSON["name"] not in titles(people["anna"])[0] + tasks(people["anna"])[0]
    assert PERSON["name"] in titles(people["clara"])[0]


def test_only_what_was_written_over_is_kept_with_the_step(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    case = analysed()
    assert not FormerValue.objects.exists()
    written(case, customer=dict(PERSON), channel="web")
    assert not FormerValue.objects.exists()
    with statements() as sent:
        written(case, customer=OTHER)
    assert len(sent) <= 2
    assert {row.pointer for row in FormerValue.objects.all()} == {f"/customer/{name}" for name in PERSON}


def test_a_list_asks_once_for_what_stood_before_in_all_its_rows(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    for _ in range(3):
        written(analysed(), customer=OTHER)
    for read in (titles, tasks):
        with statements() as sent:
            assert len(read(people["anna"])) == 3
        assert len([each for each in sent if "formervalue" in each]) == 1
