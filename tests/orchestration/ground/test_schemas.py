"""Is data checked against a JSON Schema as the standard says, and does no schema or text hold up the process?"""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from orchestration.ground.schemas import SchemaValidator, errors, pattern_fault, patterns
from tests.engine.work import calls

KNOWN = {"properties": {"a": {}}, "patternProperties": {"^x-": {}}}
IBAN = "^\\s*([A-Za-z]\\s*){2}([0-9]\\s*){2}([A-Za-z0-9]\\s*){11,30}$"


def told(schema, data):
    return [(error.validator, list(error.absolute_path)) for error in errors(SchemaValidator(schema), data)]


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        ({"pattern": "^[a-z]+$"}, "abc"),
        ({"pattern": "^[a-z]+$"}, "ab1"),
        ({"pattern": "b"}, "abc"),
        ({"pattern": "b"}, 5),
        ({"pattern": "^\\d{3}-\\d{4}$"}, "555-1234"),
        ({"pattern": "^https?:\\/\\/"}, "https://x"),
        ({"pattern": "^\\u00e4\\x41$"}, "äA"),
        ({"pattern": "^(?:a|b)+?$"}, "abab"),
        ({"pattern": "^[\\w.-]+@[\\w-]+$"}, "a.b@c-d"),
        ({"pattern": IBAN}, "DE89 3704 0044 0532 0130 00"),
        ({"pattern": IBAN}, "DE8"),
        ({"type": "object", "patternProperties": {"^x-": {"type": "number"}}}, {"x-a": 1, "b": "c"}),
        ({"type": "object", "patternProperties": {"^x-": {"type": "number"}}}, {"x-a": "1"}),
        (
            {"properties": {"a": {}}, "patternProperties": {"^x-": {}}, "additionalProperties": False},
            {"a": 1, "x-b": 2},
        ),
        ({"properties": {"a": {}}, "patternProperties": {"^x-": {}}, "additionalProperties": False}, {"a": 1, "b": 2}),
        ({"additionalProperties": {"type": "string"}}, {"a": "x", "b": 5}),
        ({"uniqueItems": True}, [1, 2, 1]),
        ({"uniqueItems": True}, [{"a": 1}, {"a": 2}]),
        ({"propertyNames": {"pattern": "^[a-z]$"}}, {"a": 1, "bc": 2}),
        ({"$defs": {"t": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/t"}}}, {"a": 1}),
        ({"required": ["a"], "minLength": 3, "enum": ["abc"], "anyOf": [{"type": "null"}, {"minimum": 3}]}, "ab"),
        ({"unevaluatedProperties": False, "properties": {"a": {}}}, {"a": 1, "b": 2}),
    ],
)
def test_the_same_is_wrong_as_by_the_standard(schema, data):
    standard = [
        (error.validator, list(error.absolute_path)) for error in Draft202012Validator(schema).iter_errors(data)
    ]
    assert told(schema, data) == standard


HOSTILE = "a" * 20_000 + "!"


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        ({"pattern": "^(a+)+$"}, HOSTILE),
        ({"pattern": "^(a|a)*$"}, HOSTILE),
        ({"pattern": "^(\\w+\\s?)*$"}, HOSTILE),
        ({"patternProperties": {"^(a+)+$": {}}}, {HOSTILE: 1}),
        ({"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False}, {HOSTILE: 1}),
        ({"propertyNames": {"pattern": "^(a+)+$"}}, {HOSTILE: 1}),
        ({"items": {"pattern": "^(a+)+$"}}, [HOSTILE] * 500),
        ({"uniqueItems": True}, [{"a": number} for number in range(50_000)]),
        ({"items": {"allOf": [{"type": "number"}] * 50}}, list(range(50_000))),
        (
            {
                "$defs": {
                    **{f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(30)},
                    "a30": {"type": "string"},
                },
                "$ref": "#/$defs/a0",
            },
            "x",
        ),
    ],
)
def test_no_schema_holds_up_the_process(schema, data):
    assert calls(lambda: told(schema, data)) < 3_000_000, "a backtracking match would not even end"


def test_a_check_that_takes_too_long_is_an_error_and_not_a_pass():
    assert told({"items": {"pattern": "^(a+)+$"}}, [HOSTILE] * 500)[-1][0] == "tooLong"


@pytest.mark.parametrize("pattern", ["(?=a)b", "a(", "\\bword\\b", "(?<name>a)", "[z-a]", "a{1,99999}"])
def test_an_expression_that_cannot_be_matched_here_is_told_with_the_reason(pattern):
    assert pattern_fault(pattern)


def test_expressions_are_found_wherever_they_stand():
    schema = {"properties": {"pattern": {"pattern": "a"}}, "patternProperties": {"b": {"items": {"pattern": "c"}}}}
    assert sorted(patterns(schema)) == ["a", "b", "c"]
