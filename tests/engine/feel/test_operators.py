"""Logic, comparison and arithmetic."""

from decimal import Decimal

import pytest

from .evaluating import reason_of, value_of


@pytest.mark.parametrize(
    ("left", "right", "conjunction", "disjunction"),
    [
        ("true", "true", True, True),
        ("true", "false", False, True),
        ("true", "null", None, True),
        ("true", '"text"', None, True),
        ("false", "null", False, None),
        ("false", "7", False, None),
        ("null", "null", None, None),
        ("null", "7", None, None),
    ],
)
def test_logic_has_three_values_whatever_the_order(left, right, conjunction, disjunction):
    assert value_of(f"{left} and {right}") is value_of(f"{right} and {left}") is conjunction
    assert value_of(f"{left} or {right}") is value_of(f"{right} or {left}") is disjunction


def test_and_binds_more_tightly_than_or():
    assert value_of("true or true and false") is True


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 = 1.000", True),
        ('"a" = "a"', True),
        ("null = null", True),
        ("1 = null", False),
        ("1 != null", True),
        ('1 = "1"', None),
        ("true = 1", None),
        ("[1, [2]] = [1, [2.0]]", True),
        ("[1, 2] = [1]", False),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("{a: 1} = {b: 1}", False),
        ("[1..3] = [1..3]", True),
        ("[1..3] = [1..3)", False),
        ("(>3) = (>3)", True),
        ('@"P1Y" = @"P12M"', True),
        ('@"P1D" = @"PT24H"', True),
        ('@"P1Y" = @"P365D"', None),
        ('@"2020-01-01" = @"2020-01-01T00:00:00Z"', None),
        ('@"10:00:00Z" = @"11:00:00+01:00"', True),
        ('@"10:00:00" = @"10:00:00Z"', False),
        ('@"2020-07-01T10:00:00@Europe/Berlin" = @"2020-07-01T08:00:00Z"', True),
        ("1 < 2", True),
        ('"a" < "b"', True),
        ('"B" < "a"', True),
        ("null < 1", None),
        ("true < false", None),
        ('1 < "2"', None),
        ("[1] < [2]", None),
        ('@"2020-01-31" < @"2020-02-01"', True),
        ('@"10:00:00Z" < @"10:00:00-01:00"', True),
        ('@"2020-01-01T10:00:00" < @"2020-01-01T10:00:01+05:00"', True),
        ('@"P1D" >= @"PT23H"', True),
        ("2 between 1 and 3", True),
        ("4 between 1 and 3", False),
        ("null between 1 and 3", None),
        ("5 between null and 3", False),
    ],
)
def test_comparisons_need_values_of_one_kind(text, value):
    assert value_of(text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 in [1, 2]", True),
        ("2 in (1, 2)", True),
        ("2 in (< 1, >= 2)", True),
        ("2 in < 2", False),
        ("2 in =2", True),
        ("2 in !=2", False),
        ("2 in [1..3)", True),
        ("2 in ]1..2[", False),
        ("2 in (1..2]", True),
        ("5 in [[1..3], [5..9]]", True),
        ("[1, 2] in [[1, 2], [3]]", True),
        ("null in [1..3]", None),
        ("1 in (null..3]", None),
        ("9 in (null..3]", False),
        ("null in null", True),
        ("2 in (1 + 1)", True),
        ("6 in (1 + 1) * 3", True),
        ("2 in (> 1)", True),
    ],
)
def test_in_tests_against_values_ranges_and_lists(text, value):
    assert value_of(text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("100 / 10 / 5", 2),
        ("2 ** 3 ** 2", 64),
        ("-2 ** 2", 4),
        ("2 * -3", -6),
        ("- -3", 3),
        ("1 - -1", 2),
        ("7 / 2", Decimal("3.5")),
        ("2 ** -1", Decimal("0.5")),
        ("0 ** 0", 1),
        ("1 / 0", None),
        ("0 ** -1", None),
        ("(-8) ** 0.5", None),
        ("10 ** 7000", None),
        ('"a" + "b"', "ab"),
        ('"a" - "b"', None),
        ('"a" + 1', None),
        ("null + 1", None),
        ("[1] + 1", None),
        ("-true", None),
    ],
)
def test_arithmetic_on_numbers_and_strings(text, value):
    assert value_of(text) == value


def test_numbers_keep_34_digits():
    assert value_of("1234567890123456789012345678901234 + 0.4") == Decimal("1234567890123456789012345678901234")
    assert value_of("-1234567890123456789012345678901234") == Decimal("-1234567890123456789012345678901234")
    assert value_of("a < -1.234567890123456789012345678901234", a=Decimal("-1.2345678901234567890123456789")) is False
    assert value_of("a + 0", a=0.1) == Decimal("0.1")


def test_json_numbers_compare_as_the_decimals_they_show():
    assert value_of("a = 0.1 and b > a and a in [0.1..0.2]", a=0.1, b=1) is True
    assert value_of("a = b", a=0.1, b=Decimal("0.1")) is True
    assert value_of("a < b", a=0.1, b=0.2) is True


def test_a_number_that_is_none_is_not_taken_for_one():
    assert value_of("a + 1", a=float("nan")) is None
    assert value_of("a > 1", a=float("inf")) is None
    assert value_of("abs(a)", a=float("inf")) is None
    assert value_of("sum([a, 1])", a=float("nan")) is None
    assert value_of("[1, 2][a]", a=float("nan")) is None
    assert value_of("a = a", a=Decimal("sNaN")) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 / 0", "division by zero"),
        ('1 + "a"', "cannot add number and string"),
        ('1 < "a"', "cannot compare number with string"),
        ("unknown", "there is no variable 'unknown'"),
        ("[1, 2][3]", "there is no item 3 among 2"),
        ("{a: 1}.b", "the context has no entry 'b'"),
        ("abs(1, 2)", "abs does not take 2 arguments"),
        ("abs(x: 1)", "abs has no parameters 'x'"),
        ('abs("a")', "must be a"),
        ('@"2020-13-01"', "is not a date"),
    ],
)
def test_a_null_says_why(text, reason):
    assert reason in reason_of(text)


def test_a_reason_has_its_place_and_the_rest_goes_on():
    from orchestration.engine.feel import compile_expression

    evaluated = compile_expression("[1,\n 1 / 0, 3]").evaluate({})
    assert evaluated.value == [1, None, 3]
    (problem,) = evaluated.problems
    assert (problem.span.line, problem.span.column, problem.limit) == (2, 2, False)
