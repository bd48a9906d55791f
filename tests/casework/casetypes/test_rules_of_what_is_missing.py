"""What a case need not have may be missing: rules that ship decide all the same, and have nothing to object to."""

from __future__ import annotations

from typing import Any

import pytest

from casework.actors.bundled import CASE_TYPES
from orchestration.engine.dmn import DecisionModel, compile_model, parse
from orchestration.engine.expressions import feel_time, to_json
from orchestration.ground import clock

RECEIVED = "2026-11-16T09:00:00+01:00"
CASES: list[tuple[str, str, dict[str, Any], Any]] = [
    ("payment-release/fraud.dmn", "fraud_signs",
     {"payee": {"name": "Terra"}, "amount": 4200, "received": RECEIVED, "urgent": None}, ["No account is named."]),
    ("payment-release/fraud.dmn", "fraud_signs",
     {"payee": {"name": "Terra", "iban": "DE75", "account_changed": "2026-11-16"}, "amount": 4200,
      "received": RECEIVED, "urgent": None}, ["The account was changed within the last 30 days."]),
    ("kyc-review/risk.dmn", "risk",
     {"screening": {"best": 0}, "flows": None, "customer": {"name": "Lena Brandt"}},
     {"level": "low", "why": "No name on the list is near, and the money follows no pattern."}),
    ("mailroom/handling.dmn", "handling", {"kind": None, "gist": None},
     {"path": "person", "open": None, "group": "Senior analysts",
      "why": "It could not be read: a person looks at it."}),
]  # fmt: skip


def rules(file: str) -> DecisionModel:
    return compile_model(parse((CASE_TYPES / file).read_bytes()))


@pytest.mark.parametrize(("file", "decision", "given", "wanted"), CASES)
def test_rules_object_to_nothing_that_a_case_need_not_have(
    file: str, decision: str, given: dict[str, Any], wanted: Any
) -> None:
    found = rules(file).evaluate(decision, given, now=feel_time(clock.utc_now()))
    assert (found.problems, to_json(found.value)) == ((), wanted)
