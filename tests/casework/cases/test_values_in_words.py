"""Values of the data are said in the words of the case type, not in its codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.cases.read.values import values_in_words
from casework.models import Case
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.models import Definition
from tests.casework.actions import open_task
from tests.casework.casetypes.test_refund_story import refund

__all__ = ["refund"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint_type(complaint: Definition) -> CaseType:
    return by_definition(complaint.pk)


@pytest.mark.parametrize(
    ("pointer", "value", "words"),
    [
        ("/intent/label", "fees_and_charges", "Fees and charges"),
        ("/category", "card_not_working", "A card that does not work"),
        ("/intent/label", "an_unknown_label", "an_unknown_label"),
        ("/intent/confidence", 0.782, "78.2 %"),
        ("/intent/confidence", 1, "100.0 %"),
        ("/intent/confidence", True, True),
        ("/sentiment/score", 0.782, 0.782),
        ("/received", "2026-11-28T22:50:00+00:00", "28 Nov 2026 at 22:50"),
        ("/received", "2026-11-28T22:50:00", "28 Nov 2026 at 22:50"),
        ("/received", "last Friday", "last Friday"),
        ("/message", "2026-11-28T22:50:00Z", "2026-11-28T22:50:00Z"),
        ("/mystery/below", "accept", "accept"),
        ("/intent/label", None, None),
        ("/intent/label", ["accept"], ["accept"]),
    ],
)
def test_a_value_is_said_by_the_forms_and_the_schema(
    complaint_type: CaseType, pointer: str, value: Any, words: Any, settings: Any
) -> None:
    settings.TIME_ZONE = "UTC"
    assert values_in_words(complaint_type)(pointer, value) == words


def test_the_pages_show_no_codes(analysed: Callable[..., Case], people: dict[str, User], client: Client) -> None:
    case = analysed(intent="fees_and_charges", confidence=0.782)
    client.force_login(people["anna"])
    for address in (f"/cases/{case.pk}/data/", f"/tasks/{open_task(case).pk}/"):
        data = {field.pointer: field.value for field in client.get(address).context["page"].data}
        assert (data["/intent/label"], data["/intent/confidence"]) == ("Fees and charges", "78.2 %")


def test_money_stands_with_its_currency(refund: Callable[..., Case], people: dict[str, User], client: Client) -> None:
    case = refund(amount=1450.5)
    client.force_login(people["anna"])
    assert "1,450.50 EUR" in client.get(f"/cases/{case.pk}/").content.decode()
