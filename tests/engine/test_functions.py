"""Do expressions know the functions that Camunda 8 adds to FEEL, and is a call of any other refused?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

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


def test_a_variable_may_have_the_name_of_a_function():
    assert formula("put").value({"put": 7}, NOW) == 7
    assert formula("put").value({}, NOW) is None
    assert formula("put").names == {"put"}
    assert formula("trim(put)").names == {"put"}


def test_a_function_that_nobody_knows_is_refused_by_its_name():
    with pytest.raises(BadExpression, match="calls the function 'magic', which is not known here"):
        formula("=magic(1) + count([])")
