"""Do expressions know the functions that Camunda 8 adds to FEEL, and is a call that gives nothing refused?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orchestration.engine import feel, juel
from orchestration.engine.expressions import BadExpression, formula

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is defined(x)", True),
        ("is defined(y)", False),
        ("get or else(y, 5) + get or else(x, 5)", 6),
        ("assert(x, x > 0)", 1),
        ("assert(x, x > 1)", None),
        ('is blank("  ")', True),
        ("is empty([])", True),
        ('trim("  a b ")', "a b"),
        ('put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ("put all({a: 1}, {a: 2})", {"a": 2}),
        ('cycle(3, duration("PT1H"))', "R3/PT1H"),
        ("{double: function(n) n * 2, four: double(2)}.four", 4),
    ],
)
def test_a_function_has_its_value(text, expected):
    assert formula(text).value({"x": 1}, NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abs(-x) + floor(1.5) + modulo(7, 4)", 5),
        ("sort([3, x], function(a, b) a < b)", [1, 3]),
        ("now()", "2026-01-01T00:00:00Z"),
        ("today()", "2026-01-01"),
        ('day of week(@"2026-11-30")', "Monday"),
        ("before(x, 2)", True),
    ],
)
def test_functions_of_every_clause_of_the_standard_are_known(text, expected):
    assert formula(text).value({"x": 1}, NOW) == expected


def test_the_functions_of_the_dialects_leave_none_of_the_standard_out():
    assert feel.BUILT_INS.keys() <= feel.CAMUNDA_8.functions.keys() <= juel.LIBRARY.functions.keys()


def test_a_variable_may_have_the_name_of_a_function():
    assert formula("put").value({"put": 7}, NOW) == 7
    assert formula("put").value({}, NOW) is None
    assert formula("put").names == {"put"}
    assert formula("trim(put)").names == {"put"}


def test_a_function_that_nobody_knows_is_refused_by_its_name():
    with pytest.raises(BadExpression, match="calls the function 'magic', which is not known here"):
        formula("=magic(1) + count([])")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('number("5")', 5),
        ("number(5)", 5),
        ('number("1,000.5", ",")', 1000.5),
        ('number("1 000,5", " ", ",")', 1000.5),
        ('number("five")', None),
        ('from json("{\\"a\\": [1, 2.5, null, true]}").a', [1, 2.5, None, True]),
        ('from json("{a")', None),
        ('to json({a: 1, b: [true, null, "x"], c: @"2026-01-31"})', '{"a":1,"b":[true,null,"x"],"c":"2026-01-31"}'),
        ('from json(to json({a: ["\\"", "ü"]})).a', ['"', "ü"]),
        ('extract("references are 1234, 1256, 1378", "12[0-9]*")', ["1234", "1256"]),
        ('extract("none", "[0-9]+")', []),
        ('string(last day of month(date("2024-02-10")))', "2024-02-29"),
        ('string(last day of month(@"2026-04-10T10:00:00"))', "2026-04-30"),
        ("partition([1, 2, 3, 4, 5], 2)", [[1, 2], [3, 4], [5]]),
        ("partition([], 2)", []),
        ("partition([1], 0)", None),
        ("duplicate values([1, 2, 3, 2, 1])", [1, 2]),
        ('duplicate values([{a: 1}, {a: 1}, "x"])', [{"a": 1}]),
        ('to base64("FEEL")', "RkVFTA=="),
        ('string join(["a", "b"], ", ", "[", "]")', "[a, b]"),
        ('cycle(duration("PT1H"))', "R/PT1H"),
        ('cycle(null, duration("PT1H"))', "R/PT1H"),
        ('assert(x, x > 1, "too small")', None),
        ('string(date and time(@"2026-07-31T14:27:30@Europe/Berlin", "America/Los_Angeles"))',
         "2026-07-31T05:27:30@America/Los_Angeles"),
        ('put({a: {b: 1}}, ["a", "b"], 2).a.b', 2),
        ("put all([{a: 1}, {b: 2}])", {"a": 1, "b": 2}),
        ("get or else(value: y, default: 5)", 5),
    ],
)  # fmt: skip
def test_what_camunda_8_documents_of_its_functions_holds(text, expected):
    assert formula(text).value({"x": 1}, NOW) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("uuid()", "calls 'uuid'; chance comes in from outside, so let a task or the caller give an id"),
        ("random number() > 0.5", "calls 'random number'; chance comes in from outside"),
        ("is defined()", r"calls 'is defined' with no arguments; it takes \(value\)"),
        ("get or else(x)", r"calls 'get or else' with 1 argument; it takes \(value, default\)"),
        ("trim(x, 1)", "calls 'trim' with 2 arguments"),
        ('number("1", ",", ".", 4)', "calls 'number' with 4 arguments"),
        ("upper case()", "calls 'upper case' with no arguments"),
        ("substring(x)", r"it takes \(string, start position, length\?\)"),
        ("trim(text: x)", "calls 'trim' with arguments named 'text'"),
        ("for i in [1] return uuid()", "chance comes in from outside"),
        ("fromAi(x)", "calls the function 'fromAi', which is not known here"),
    ],
)
def test_a_call_that_could_only_be_null_is_refused(text, told):
    with pytest.raises(BadExpression, match=told):
        formula(text)


def test_a_variable_does_not_hide_a_function_that_is_called():
    assert formula("number(number)").value({"number": "5"}, NOW) == 5


def test_to_json_of_what_is_enormous_or_deep_is_null():
    deep = "[" * 60 + "]" * 60
    assert formula(f"to json({deep})").value({}, NOW) == deep
    shared = ", ".join(f"x{n}: [x{n - 1}, x{n - 1}]" for n in range(1, 40))
    assert formula(f"to json({{x0: 1, {shared}}})").value({}, NOW) is None


@pytest.mark.parametrize(
    "call", ['matches(x, "(a+")', 'matches(pattern: "(a+", input: x)', 'split(x, "[")', 'replace(x, "*", "")']
)
def test_a_call_with_a_regular_expression_that_is_none_is_refused(call):
    with pytest.raises(BadExpression, match="but this is no regular expression"):
        formula(f"={call}")


def test_a_text_that_is_sought_as_it_stands_needs_to_be_no_regular_expression():
    assert formula('=matches("(a", "(", "q")').value({}, NOW) is True
