"""What one can write: numbers, strings, names with spaces, comments."""

from decimal import Decimal
from typing import Any

import pytest

from orchestration.engine.feel import FeelSyntaxError, Names, compile_expression, parse_expression, unparse

from .evaluating import value_of


def test_numbers_are_decimals_and_exact():
    assert value_of("0.1 + 0.2") == Decimal("0.3")
    assert value_of(".5") == Decimal("0.5")
    assert value_of("1/3") == Decimal("0.3333333333333333333333333333333333")


def test_numbers_may_have_an_exponent():
    assert value_of("1.2e3") == value_of("1.2E+3") == 1200
    assert value_of("1e-2") == Decimal("0.01")
    assert value_of("1e6000") == Decimal("1e6000")
    with pytest.raises(FeelSyntaxError, match="an exponent of 6144"):
        parse_expression("1e9999")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"plain"', "plain"),
        (r'"a \"quoted\" word"', 'a "quoted" word'),
        (r'"tab\tline\nback\\slash"', "tab\tline\nback\\slash"),
        (r'"\u00e9"', "é"),
        (r'"\U01F40E"', "🐎"),
        (r'"\uD83D\uDC0E"', "🐎"),
        (r'"an unknown \escape stays"', "an unknown \\escape stays"),
        ('"über 日本"', "über 日本"),
    ],
)
def test_strings_know_escapes_and_all_of_unicode(text, value):
    assert value_of(text) == value


def test_comments_are_left_aside():
    assert value_of("1 /* one */ + // and\n 2") == 3


def test_a_name_may_have_spaces_and_operators_if_it_is_in_scope():
    assert value_of("net income", **{"net income": 5}) == 5
    assert value_of("a - b", **{"a-b": 7, "a": 3, "b": 1}) == 7
    assert value_of("(a)-(b)", **{"a-b": 7, "a": 3, "b": 1}) == 2
    assert value_of("a-b", a=3, b=1) == 2
    assert value_of("income / year + 1", **{"income/year": 4}) == 5


def test_the_longest_name_wins():
    assert value_of("first name", **{"first": 1, "first name": 2}) == 2


def test_white_space_inside_a_name_does_not_count():
    assert value_of("net   \n income", **{"net income": 5}) == 5


def test_a_keyword_may_be_a_later_part_of_a_name():
    assert value_of("profit and loss + 1", **{"profit and loss": 2}) == 3


def test_an_entry_of_a_context_may_have_any_name():
    assert value_of("{net income: 3, twice: net income * 2}.twice") == 6
    assert value_of('{"a+b ((": 3}') == {"a+b ((": 3}
    assert value_of("{pre-tax: 3}.pre-tax") == 3


def test_members_that_no_variable_has_can_be_announced():
    names = Names(frozenset({"order"}), frozenset({"pre-tax"}))
    assert compile_expression("order.pre-tax - 1", names).evaluate({"order": {"pre-tax": 3}}).value == 2


def test_an_expression_says_which_variables_it_reads():
    expression = compile_expression("for i in orders return i.total * rate + sum([x, 1])", ["orders", "rate", "x"])
    assert expression.names == {"orders", "rate", "x"}


def test_a_variable_may_have_the_name_of_a_built_in_function():
    assert value_of("date", date=3) == 3
    assert value_of('date("2020-01-01").year') == 2020


def test_what_is_not_feel_is_refused_with_its_place():
    with pytest.raises(FeelSyntaxError) as refused:
        parse_expression("1 +\n  * 2")
    assert (refused.value.line, refused.value.column) == (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 2",
        "(1",
        "[1",
        "{a: 1",
        "{a 1}",
        '"open',
        "/* open",
        "if a then b",
        "for x in y",
        "1 +",
        "a.",
        "f(1, a: 2)",
    ]
    + ["@5", "[1..", "some x in y", "function(", "1 instance of", "x between 1", "#", "[1,]", "}", "then"],
)
def test_broken_texts_are_refused_and_nothing_else_happens(text):
    with pytest.raises(FeelSyntaxError):
        parse_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "a + b * c - (d - e)",
        "(a or b) and not(c)",
        "-a ** 2",
        "(-a).b",
        "2 ** (3 ** 2)",
        "(if a then b else c) + 1",
        "if a then b else if c then d else e",
        "for x in 1..3, y in [1, 2] return x * y",
        "some x in (if a then b else c) satisfies x > 1",
        'function(x: list<number>, y) external {java: "x"}',
        "a instance of function<number, string> -> context<x: range<date>>",
        'x in (1, < 2, [3..4), "a\\nb")',
        "a between 1 and 2 and b in > 3",
        'f(first name: 1, last name: @"P1D")[item > 1].x',
        '{plain key: 1, "odd-key": (< 3)}',
    ],
)
def test_a_tree_is_written_with_no_more_brackets_than_it_needs(text):
    assert unparse(parse_expression(text)) == text


def test_nodes_know_their_place_in_the_text():
    tree: Any = parse_expression("1 +\n count(x)")
    assert (tree.right.span.line, tree.right.span.column) == (2, 2)
    assert (tree.span.start, tree.span.end) == (0, 13)
