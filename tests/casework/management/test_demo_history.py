"""After a fresh start, do people's answers stand behind the measures, given the way that all answers are given?"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.contrib.auth.models import User

from casework.management import demo_history
from casework.models import Case
from orchestration.models import Instance, Judgement
from orchestration.shell.verification import verify
from tests.orchestration.machines import Machines, send_messages

pytestmark = pytest.mark.django_db
ROWS = {
    f"ANSWERED-{number}": {
        "reference": f"ANSWERED-{number}", "name": "Nadia Berger", "email": "nadia@example.org",
        "message": "The machine kept a note of mine.", "category": category, "tone": "neutral",
    }
    for number, category in enumerate(["refund_request", "card_not_working"] * 3)
}  # fmt: skip


@pytest.fixture(autouse=True)
def six(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_history, "table", lambda: ROWS)


def played(most: int = 6) -> None:
    """Rounds until nothing is left, with a worker between them."""
    for _ in range(most):
        left = demo_history.one_round()
        for instance in Instance.objects.filter(case__reference__in=ROWS).values_list("pk", flat=True):
            send_messages(instance)
        if not left:
            return
    raise AssertionError("something is left after all rounds")


def counts(*fields: str, of: str = "intent") -> Counter[Any]:
    """How often people said what of the answers of this capability."""
    return Counter(Judgement.objects.filter(call__capability=of).values_list(*fields, flat=len(fields) == 1))


def test_people_say_what_the_table_says_and_the_cases_end(people: dict[str, User], machines: Machines) -> None:
    machines.say("refund_request", 0.9, "neutral")
    played()
    assert counts("verdict") == {"accepted": 3, "changed": 3} and counts("verdict", of="sentiment") == {"accepted": 6}
    assert {row.right["label"] for row in Judgement.objects.filter(verdict="changed")} == {"card_not_working"}
    assert set(Judgement.objects.values_list("by", flat=True)) == {"person:anna", "person:ben"}
    cases = Case.objects.filter(reference__in=ROWS)
    assert {case.state for case in cases} == {"Completed"} and all(verify(case.instance).ok for case in cases)
    assert not demo_history.one_round() and Judgement.objects.count() == 12 and Case.objects.count() == 6


def test_what_the_model_is_unsure_of_is_answered_by_who_may(people: dict[str, User], machines: Machines) -> None:
    machines.say("refund_request", 0.4, "negative")
    played()
    assert counts("verdict", "by", of="sentiment") == {("changed", "person:clara"): 6}
    assert counts("verdict", "by") == {
        ("accepted", "person:clara"): 3, ("changed", "person:clara"): 3,
    }  # fmt: skip


@pytest.mark.parametrize("label", ["card_lost_or_stolen", "payment_failed"])
def test_what_goes_to_a_team_without_a_draft_counts_like_any_other(
    people: dict[str, User], machines: Machines, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    rows = {key: row | {"category": label} for key, row in ROWS.items()}
    monkeypatch.setattr(demo_history, "table", lambda: rows)
    machines.say(label, 0.95, "neutral")
    played()
    assert counts("verdict") == {"accepted": 6}
