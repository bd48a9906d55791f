"""What would have made a decision otherwise is said in values that could stand in the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from casework.actors.bundled import CASE_TYPES
from casework.cases.read.values import schema_at
from orchestration.casetypes.case_type import CaseType, folder_files, read
from orchestration.view.decided import Alternative, alternatives

AT = datetime(2026, 11, 30, tzinfo=UTC)
CHECKED = "insurance-claim", "loan", "payment-release", "refund"


def of_nothing(case_type: CaseType) -> Iterator[Alternative]:
    """Of each decision, asked of a case in which nothing stands yet."""
    for name, model in case_type.library.decisions.items():
        if name in model.decisions:
            inputs: dict[str, Any] = {part.node.name: None for part in model.decisions[name].plan}
            yield from alternatives(case_type.library, name, inputs, AT, case_type.schema)


@pytest.mark.parametrize("key", CHECKED)
def test_nothing_is_named_that_the_schema_would_not_take_and_no_object_as_a_whole(key: str) -> None:
    case_type = read(folder_files(CASE_TYPES / key))
    found = [change for one in of_nothing(case_type) for change in one.changes]
    assert found
    for change in found:
        place = schema_at(case_type.schema, "/" + change.name.replace(".", "/"))
        assert not isinstance(change.becomes, dict), change
        asked = {name: place[name] for name in ("type", "enum") if name in place}
        assert change.is_example or Draft202012Validator(asked).is_valid(change.becomes), change


def test_what_is_missing_is_told_by_the_place_that_lacks_it() -> None:
    case_type = read(folder_files(CASE_TYPES / "refund"))
    inputs = {"amount": 20, "customer": None, "purchase": {"receipt": "R-1"}, "about": "fee"}
    found = alternatives(case_type.library, "missing_parts", inputs, AT, case_type.schema)
    assert ("customer.iban", True) in {(change.name, change.is_example) for one in found for change in one.changes}
