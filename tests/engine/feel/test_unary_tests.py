"""The cells of a decision table."""

import pytest

from orchestration.engine.feel import FeelSyntaxError, compile_unary_tests

from .evaluating import passes


@pytest.mark.parametrize(
    ("tests", "value", "verdict"),
    [
        ("-", 5, True),
        ("-", None, True),
        ("5", 5, True),
        ("5", 6, False),
        ('"gold", "silver"', "silver", True),
        ('"gold", "silver"', "bronze", False),
        ('not("gold", "silver")', "bronze", True),
        ('not("gold")', "gold", False),
        ("not(null)", None, False),
        ("< 5", 4, True),
        ("< 5, > 10", 7, False),
        (">= 5", 5.0, True),
        ("!= 5", 6, True),
        ("[1..5)", 5, False),
        ("]1..5]", 5, True),
        ("[1..5], [10..15]", 12, True),
        ("not([1..5])", 3, False),
        ("< 5", None, None),
        ("not(< 5)", None, None),
        ("null", None, True),
        ("null", 5, False),
        ("true", True, True),
        ("false", False, True),
        ("true", False, False),
        ("5", "5", None),
        ("? > 3 and ? < 7", 5, True),
        ("? > 3 and ? < 7", 8, False),
        ('contains(?, "x")', "axb", True),
        ('contains(?, "x"), "y"', "y", True),
        ("? = null", None, True),
        ("count(?) > 1", [1, 2], True),
        ("[1, 2, 3]", 2, True),
        ("[1, 2, 3]", 4, False),
        ("[1, 2]", [1, 2], True),
        ("limit", 10, True),
        ("< limit * 2", 19, True),
        ("limit > 5", 1, True),
        ("allowed", "b", True),
        ("span", 3, True),
        ("{a: 1}", {"a": 1}, True),
        ("-5", -5, True),
        ("- 5", -5, True),
        ("not(true) or true", 1, True),
    ],
)
def test_a_cell_tests_the_input_value(tests, value, verdict):
    from .evaluating import value_of

    scope = {"limit": 10, "allowed": ["a", "b"], "span": value_of("[1..5]")}
    assert passes(tests, value, **scope) is verdict


def test_a_cell_says_which_variables_it_reads_besides_the_input():
    assert compile_unary_tests("> limit, ? + tax > 5", ["limit", "tax"]).names == {"limit", "tax"}


@pytest.mark.parametrize("tests", ["", "1,", "not(", "- 1 2", "<", "[1..]"])
def test_broken_cells_are_refused(tests):
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(tests)


def test_a_test_that_cannot_be_answered_says_why():
    evaluated = compile_unary_tests("< 5").evaluate("a", {})
    assert evaluated.value is None
    assert evaluated.problems[0].reason == "cannot compare string with number"
