"""Is what fits at one look what jsonschema finds nothing wrong with?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ground import schemas
from orchestration.ground.plain_schemas import predicate
from orchestration.ground.schemas import SchemaValidator

NAMES = st.sampled_from(("a", "b", "c"))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.text("ab \n\u2003", max_size=3),
                    st.sampled_from(("1899-12-31", "2026-11-30", "2201-01-01T00:00")))  # fmt: skip
DATA = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
KINDS = st.sampled_from(("object", "array", "string", "integer", "number", "boolean", "null"))
FEW = st.integers(0, 3)


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    words = {
        "type": KINDS | st.lists(KINDS, min_size=1, max_size=3, unique=True),
        "enum": st.lists(DATA, min_size=1, max_size=3), "const": DATA,
        "required": st.lists(NAMES, unique=True), "properties": st.dictionaries(NAMES, inner, max_size=3),
        "additionalProperties": inner, "items": inner, "prefixItems": st.lists(inner, min_size=1, max_size=2),
        "patternProperties": st.dictionaries(st.just("^a"), inner, max_size=1),
        "minimum": st.integers(-2, 2), "exclusiveMaximum": st.floats(-2, 2), "minLength": FEW, "maxLength": FEW,
        "minItems": FEW, "maxItems": FEW, "minProperties": FEW, "maxProperties": FEW,
        "format": st.sampled_from(("date", "email")), "title": st.just("noted"), "not": inner, "anyOf": st.lists(
            inner, min_size=1, max_size=2), "uniqueItems": st.booleans(), "pattern": st.sampled_from(("^a", r"\S")),
    }  # fmt: skip
    return st.fixed_dictionaries({}, optional=words)


SCHEMAS = st.recursive(st.booleans(), _schemas, max_leaves=4)


@given(SCHEMAS, DATA)
def test_what_fits_at_one_look_has_no_errors(schema: Any, data: Any) -> None:
    fits = predicate(schema)
    if fits is not None and fits(data):
        assert list(SchemaValidator(schema).iter_errors(data)) == []


CARD = {
    "type": "object", "required": ["label"], "additionalProperties": False,
    "properties": {
        "label": {"enum": ["refund", "theft"]}, "sure": {"type": "number", "minimum": 0, "maximum": 1},
        "when": {"type": "string", "format": "date"}, "why": {"type": "string", "pattern": r"\S"},
        "others": {"type": "array", "maxItems": 2, "items": {"type": "string", "minLength": 1}},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        {"label": "refund", "sure": 0.5, "others": ["theft"], "when": "2026-11-30", "why": "so"},
        {"label": "theft", "sure": 1, "others": []},
    ],
)
def test_an_answer_that_fits_is_not_looked_at_keyword_by_keyword(data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SchemaValidator, "iter_errors", lambda *given: pytest.fail("it was"))
    assert schemas.errors(SchemaValidator(CARD), data) == []


@pytest.mark.parametrize(
    "data",
    [
        {"label": "other"}, {"sure": 0.5}, {"label": "refund", "sure": 2}, {"label": "refund", "sure": True},
        {"label": "refund", "others": ["a", "b", "c"]}, {"label": "refund", "others": [""]},
        {"label": "refund", "x": 1}, [], None, {"label": "refund", "when": "1899-12-31"},
        {"label": "refund", "why": " \n"},
    ],
)  # fmt: skip
def test_one_that_does_not_says_what_is_wrong(data: Any) -> None:
    assert schemas.errors(SchemaValidator(CARD), data)


def test_true_is_not_one() -> None:
    fits = predicate({"enum": [1, "a"]})
    assert fits is not None
    assert fits(1) and not fits(True)
    assert not fits([1])


@pytest.mark.parametrize("schema", [{"pattern": "^a"}, {"$ref": "#"}, {"enum": [[1]]}, False, 7])
def test_anything_else_is_left_to_jsonschema(schema: Any) -> None:
    assert predicate(schema) is None
