"""The built-in functions, clause by clause, and what they do with arguments that do not suit them."""

from decimal import Decimal

import pytest

from orchestration.engine.feel import BUILT_INS, compile_expression

from .evaluating import reason_of, value_of

ARGUMENTS = [
    "null",
    "1",
    '"a"',
    "true",
    "[]",
    "[null]",
    "{}",
    "[1..2]",
    '@"2020-01-01"',
    '@"10:00:00"',
    '@"P1D"',
    "abs",
]


@pytest.mark.parametrize("name", sorted(BUILT_INS))
def test_no_arguments_whatever_make_a_built_in_raise(name):
    for first in ARGUMENTS:
        for rest in ("", ", 1", ', "a"', ", null", ", [1]", ", 1, 1", ", 1, 1, 1, 1"):
            compile_expression(f"{name}({first}{rest})").evaluate({})


@pytest.mark.parametrize("name", sorted(set(BUILT_INS) - {"now", "today"}))
def test_a_wrong_number_of_arguments_is_null_with_a_reason(name):
    assert reason_of(f"{name}()")
    assert reason_of(f"{name}(no such parameter: 1)")


CONVERSION = [
    ("string(1.50)", "1.5"),
    ("string(-0.0)", "0"),
    ('string("a")', "a"),
    ("string(true)", "true"),
    ("string(null)", None),
    ('string([1, "a", null, [true]])', '[1, "a", null, [true]]'),
    ('string({a: 1, "b c": "x", "d-e": 2})', '{a: 1, b c: "x", "d-e": 2}'),
    ("string([1..5))", "[1..5)"),
    ("string((<= 5))", "(<=5)"),
    ('string((> @"2020-01-01"))', '(>@"2020-01-01")'),
    ('number("1 000,5", " ", ",")', Decimal("1000.5")),
    ('number("1.000.000,5", ".", ",")', Decimal("1000000.5")),
    ('number("-1,000", ",", ".")', -1000),
    ('number("10", null, null)', 10),
    ('number(from: "10.5")', Decimal("10.5")),
    ('number("1.5", ".", ".")', None),
    ('number("1,5", null, ".")', None),
    ('number("1e3", null, null)', 1000),
    ('number("ten", null, null)', None),
    ('number("10", "x", ".")', None),
    ('string(range("[1..5)"))', "[1..5)"),
    ('string(range("(@\\"2020-01-01\\"..@\\"2021-01-01\\"]"))', '(@"2020-01-01"..@"2021-01-01"]'),
    ('string(range("[date(\\"2020-01-01\\")..date(\\"2021-01-01\\")]"))', '[@"2020-01-01"..@"2021-01-01"]'),
    ('string(range("[-5..-1]"))', "[-5..-1]"),
    ('range("[5..1]")', None),
    ('range("[1..\\"a\\"]")', None),
    ('range("1..5")', None),
    ('range("[a..b]")', None),
]

BOOLEANS = [
    ("not(true)", False),
    ("not(null)", None),
    ("not(1)", None),
    ("not([true])", False),
]

STRINGS = [
    ('substring("caseload", 5)', "load"),
    ('substring("caseload", 5, 2)', "lo"),
    ('substring("caseload", -4, 2)', "lo"),
    ('substring("🐎ab", 2)', "ab"),
    ('substring("caseload", 0)', None),
    ('substring("caseload", 9)', None),
    ('substring("caseload", 1.5)', None),
    ('substring("caseload", 1, 0)', None),
    ('substring("caseload", 5, 5)', None),
    ('substring("caseload", 5, null)', "load"),
    ('substring(["caseload"], 5)', "load"),
    ('string length("🐎ab")', 3),
    ('string length(["ab"])', 2),
    ("string length(12)", None),
    ('upper case("straße")', "STRASSE"),
    ('lower case("ÄB4")', "äb4"),
    ('substring before("caseload", "load")', "case"),
    ('substring before("caseload", "x")', ""),
    ('substring before("caseload", "")', ""),
    ('substring after("caseload", "case")', "load"),
    ('substring after("caseload", "x")', ""),
    ('substring after("caseload", "")', "caseload"),
    ('contains("caseload", "sel")', True),
    ('starts with("caseload", "case")', True),
    ('ends with("caseload", "case")', False),
    ('ends with("caseload", null)', None),
    ('split("a; b;;c", ";\\s*")', ["a", "b", "", "c"]),
    ('split("abc", "")', None),
    ('string join(["a", null, "b"], "-")', "a-b"),
    ('string join(["a", "b"])', "ab"),
    ("string join([])", ""),
    ('string join("a", "-")', "a"),
    ("string join([1, 2])", None),
]

LISTS = [
    ("list contains([1, null], null)", True),
    ('list contains([1, "2"], 2)', False),
    ("list contains(1, 1)", True),
    ("count([1, [2, 3], null])", 3),
    ("count(null)", None),
    ("min([3, 1, 2])", 1),
    ("max(3, 1, 2)", 3),
    ('max(["a", "b"])', "b"),
    ('string(min(@"2021-01-01", @"2020-01-01"))', "2020-01-01"),
    ("min([])", None),
    ("min([1, null])", None),
    ('max(1, "a")', None),
    ("sum([1, 2.5])", Decimal("3.5")),
    ("sum(1, 2)", 3),
    ("sum([])", None),
    ('sum([1, "2"])', None),
    ("mean([1, 2])", Decimal("1.5")),
    ("mean(1, 2, 6)", 3),
    ("product([2, 3, 4])", 24),
    ("median([6, 1, 2, 3])", Decimal("2.5")),
    ("median(8, 2, 5)", 5),
    ("median([])", None),
    ("stddev([1, 1, 1])", 0),
    ("stddev([47])", None),
    ("mode([6, 1, 9, 6, 1])", [1, 6]),
    ("mode([])", []),
    ('mode(["a"])', None),
    ("all([true, null, false])", False),
    ("all([true, null])", None),
    ("all([])", True),
    ("any(false, null, true)", True),
    ("any([false, 1])", None),
    ("any([])", False),
    ("sublist([1, 2, 3], 2)", [2, 3]),
    ("sublist([1, 2, 3], -2, 1)", [2]),
    ("sublist([1, 2, 3], 2, 3)", None),
    ("sublist([1, 2, 3], 4)", None),
    ("sublist([1, 2, 3], 0)", None),
    ("append([1], 2, null)", [1, 2, None]),
    ("append(1, 2)", [1, 2]),
    ("append([1])", None),
    ("append(list: [1], item: 2)", [1, 2]),
    ("concatenate([1, 2], [3], [])", [1, 2, 3]),
    ("concatenate([1], null)", None),
    ("insert before([1, 3], 1, 2)", [2, 1, 3]),
    ("insert before([1, 3], -1, null)", [1, None, 3]),
    ("insert before([1, 3], 3, 2)", None),
    ("remove([1, 2, 3], -1)", [1, 2]),
    ("remove([1, 2, 3], 4)", None),
    ("list replace([2, 4, 7, 8], 3, 6)", [2, 4, 6, 8]),
    ("list replace([2, 4, 7, 8], function(item, newItem) item > newItem, 5)", [2, 4, 5, 5]),
    ("list replace([2, 4], 3, 6)", None),
    ("list replace([2, 4], function(item, newItem) item, 6)", None),
    ("list replace([2, 4], function(item) true, 6)", None),
    ("reverse([1, 2, 3])", [3, 2, 1]),
    ("index of([1, 2, null, 2], 2)", [2, 4]),
    ("index of([1, null], null)", [2]),
    ("union([1, 2], [2, 3])", [1, 2, 3]),
    ('distinct values([1, 1.0, "1", null, null, [1], [1], true])', [1, "1", None, [1], True]),
    ("flatten([[1, 2], [[3, []]], 4])", [1, 2, 3, 4]),
]

NUMERIC = [
    ("decimal(2.5, 0)", 2),
    ("decimal(1/3, 2)", Decimal("0.33")),
    ("decimal(1234, -2)", 1200),
    ("decimal(1, 7000)", None),
    ("floor(-1.56, 1)", Decimal("-1.6")),
    ("floor(1.9)", 1),
    ("floor(1.9, null)", None),
    ("ceiling(-1.56, 1)", Decimal("-1.5")),
    ("ceiling(1.1)", 2),
    ("round up(-1.121, 2)", Decimal("-1.13")),
    ("round down(-1.129, 2)", Decimal("-1.12")),
    ("round half up(-2.5, 0)", -3),
    ("round half down(-2.5, 0)", -2),
    ("abs(-5)", 5),
    ("modulo(-12, 5)", 3),
    ("modulo(12, -5)", -3),
    ("modulo(10.1, 4.5)", Decimal("1.1")),
    ("modulo(1, 0)", None),
    ("sqrt(16)", 4),
    ("sqrt(-1)", None),
    ("decimal(log(10), 11)", Decimal("2.30258509299")),
    ("log(0)", None),
    ("decimal(exp(5), 10)", Decimal("148.4131591026")),
    ("exp(100000)", None),
    ("odd(-3)", True),
    ("odd(2.5)", False),
    ("even(4)", True),
    ('even("4")', None),
]

SAME = [
    ('is(@"10:00:00Z", @"10:00:00+00:00")', True),
    ('is(@"10:00:00Z", @"11:00:00+01:00")', False),
    ("is(1, 1.0)", True),
    ('is(1, "1")', False),
    ("is(null, null)", True),
    ("is(value1: 1)", False),
]

RANGES = [
    ("before(1, 2)", True),
    ("before(1, (1..3])", True),
    ("before([1..3), 3)", True),
    ("before([1..3], [3..5])", False),
    ("before([1..3], (3..5])", True),
    ("before((< 3), 3)", True),
    ("before((> 3), 5)", False),
    ("after([5..8], [1..5))", True),
    ("after(5, [1..5])", False),
    ("meets([1..3], [3..5])", True),
    ("meets([1..3), [3..5])", False),
    ("met by([3..5], [1..3])", True),
    ("overlaps([1..5], [4..8])", True),
    ("overlaps([1..4), [4..8])", False),
    ("overlaps((< 5), (> 3))", True),
    ("overlaps before([1..5], [4..8])", True),
    ("overlaps before([4..8], [1..5])", False),
    ("overlaps after([4..8], [1..5])", True),
    ("finishes(5, [1..5])", True),
    ("finishes([3..5), [1..5))", True),
    ("finishes([3..5), [1..5])", False),
    ("finished by([1..5], 5)", True),
    ("includes([1..5], [2..5))", True),
    ("includes((1..5], 1)", False),
    ("includes((< 5), 4)", True),
    ("during(4, (< 5))", True),
    ("during([1..5], (1..5))", False),
    ("starts(1, [1..5])", True),
    ("starts([1..3], [1..5])", True),
    ("started by([1..5], [1..3])", True),
    ("coincides([1..5], [1..5])", True),
    ("coincides([1..5], [1..5))", False),
    ("coincides(point1: 5, point2: 5)", True),
    ("before(point: 1, range: [5..9])", True),
    ("before(range: [1..5], point: 9)", True),
    ('before("a", 1)', None),
    ("before(null, 1)", None),
    ("meets(1, [1..2])", None),
    ('overlaps([1..2], ["a".."b"])', None),
]

SORTING = [
    ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]),
    ("sort(list: [1, 2, 3], precedes: function(x, y) x > y)", [3, 2, 1]),
    ("sort([{k: 1, v: 2}, {k: 1, v: 1}, {k: 0, v: 3}], function(x, y) x.k < y.k).v", [3, 2, 1]),
    ("sort([3, null], function(x, y) x < y)", None),
    ("sort([3, 1], function(x) true)", None),
    ("sort([], function(x, y) x < y)", []),
]

CONTEXTS = [
    ('get value({a: 1}, "a")', 1),
    ('get value({a: {b: 1}}, ["a", "b"])', 1),
    ('get value({a: 1}, "b")', None),
    ("get value({a: 1}, [])", None),
    ("get entries({a: 1, b: null})", [{"key": "a", "value": 1}, {"key": "b", "value": None}]),
    ('context([{key: "a", value: 1, more: 2}])', {"a": 1}),
    ('context({key: "a", value: 1})', {"a": 1}),
    ('context([{key: "a"}])', None),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
    ("context([])", {}),
    ('context put({a: 1, b: 2}, "a", 3)', {"a": 3, "b": 2}),
    ('context put({a: {b: 1}}, ["a", "c"], 2)', {"a": {"b": 1, "c": 2}}),
    ('context put({a: 1}, ["a", "c"], 2)', None),
    ("context put({a: 1}, [], 2)", None),
    ("context merge([{a: 1, b: 1}, {b: 2}])", {"a": 1, "b": 2}),
    ("context merge([{a: 1}, null])", None),
]


@pytest.mark.parametrize(
    ("text", "value"),
    CONVERSION + BOOLEANS + STRINGS + LISTS + NUMERIC + SAME + RANGES + SORTING + CONTEXTS,
)
def test_a_built_in_gives_what_its_clause_says(text, value):
    assert value_of(text) == value
    assert type(value_of(text)) is type(value) or not isinstance(value, bool | None)


def test_the_order_of_entries_is_kept():
    assert list(value_of('context put({x: 1, y: 0, z: 0}, "y", 2)')) == ["x", "y", "z"]


def test_a_range_has_properties():
    assert value_of("[[1..5).start, [1..5).end, [1..5).start included, [1..5).end included]") == [1, 5, True, False]
    assert value_of("[(<= 5).start, (<= 5).end, (<= 5).start included, (<= 5).end included]") == [None, 5, False, True]


def test_a_range_does_not_end_before_its_start():
    assert "before its start" in reason_of("[5..1]")
    assert value_of("3 in [5..1]") is False
