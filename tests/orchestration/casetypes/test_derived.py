"""What a step makes from a secret is as secret, or the schema says why it tells less."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casework.actors.bundled import CASE_TYPES
from orchestration.casetypes.case_type import CaseType, folder_files, read
from orchestration.casetypes.derived import lower_than_their_source

SHOP = CASE_TYPES / "retail-advice"


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in CASE_TYPES.glob("*/manifest.yaml")), ids=lambda f: f.name
)
def test_no_case_type_that_ships_tells_in_other_words_what_it_hides(folder: Path) -> None:
    assert list(map(str, lower_than_their_source(read(folder_files(folder))))) == []


def shop(*place: str, **said: str | None) -> CaseType:
    """The shop's advice with other words in the schema of one field; None takes one away."""
    files = folder_files(SHOP)
    schema = json.loads(files["data.schema.json"])
    field = schema
    for name in place:
        field = field["properties"][name]
    for key, value in said.items():
        field.pop(f"x-{key}", None)
        if value is not None:
            field[f"x-{key}"] = value
    return read(files | {"data.schema.json": json.dumps(schema)})


def told(case_type: CaseType) -> list[str]:
    return [".".join(lower.field) for lower in lower_than_their_source(case_type)]


def test_what_a_machine_makes_from_a_secret_is_named_with_the_step_and_both_levels() -> None:
    (lower,) = lower_than_their_source(shop("available", classification="internal"))
    assert (lower.by, lower.step) == (("process", "retail_advice"), "stock")
    assert str(lower).startswith(
        "“See what is in stock” makes available.* (internal) from recommended.items.*.item (confidential): "
    )


def test_a_rule_is_followed_entry_by_entry_to_what_it_reads() -> None:
    """Of the advice the letter repeats the items; how it begins says only which way they were chosen."""
    assert told(shop("advice", "text", classification="internal")) == ["advice.text"]
    assert "advice.begins" not in told(shop("advice", classification="internal"))


def test_only_a_sentence_says_that_a_field_tells_less() -> None:
    said = "How many."
    assert told(shop("advice", "said", tells=said)) == []
    assert told(shop("advice", "said", tells=" ")) == told(shop("advice", "said", tells=None)) == ["advice.said"]


def test_a_detail_of_a_kind_needs_no_such_care_for_it_is_found_wherever_it_is_repeated() -> None:
    assert told(shop("bought", classification="confidential", mask="iban")) == []
