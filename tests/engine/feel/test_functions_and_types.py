"""Functions that a model defines, types, and conversions between them."""

import pytest

from orchestration.engine.feel import FeelError, Function, compile_expression, types

from .evaluating import reason_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(function(x, y) x - y)(5, 3)", 2),
        ("(function(x, y) x - y)(y: 5, x: 3)", -2),
        ("{f: function(x) x * 2, r: f(f(3))}.r", 12),
        ("{rate: 2, f: function(x) x * rate, r: f(4)}.r", 8),
        ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r", 120),
        ("(function() 7)()", 7),
        ("{twice: function(f, x) f(f(x)), r: twice(function(y) y + 1, 1)}.r", 3),
        ("{f: abs, r: f(-1)}.r", 1),
        ("(function(net income) net income + 1)(1)", 2),
        ("(function(x: number) x)([3])", 3),
        ("(function(x: list<number>) count(x))([1, 2])", 2),
    ],
)
def test_functions_are_values_and_remember_where_they_were_made(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(function(x) x)(1, 2)", "takes 1 arguments, not 2"),
        ("(function(x) x)(y: 1)", "has no parameter 'y'"),
        ('(function(x: number) x)("a")', "argument 'x'"),
        ("5(1)", "cannot be invoked"),
        ("nothing(1)", "there is no variable 'nothing'"),
        ('(function(x) external {java: {class: "Math"}})(1)', "not run here"),
        ("(function(x: widget) x)(1)", "there is no type 'widget'"),
        ("abs(n: 1, n: 2)", "given twice"),
    ],
)
def test_an_invocation_that_does_not_fit_is_null(text, reason):
    assert any(reason in problem.reason for problem in compile_expression(text).evaluate({}).problems)
    assert value_of(text) is None


def test_a_named_argument_that_is_not_given_is_null():
    assert value_of("(function(x, y) y = null)(x: 1)") is True


def test_the_host_can_hand_in_functions():
    def invoke(run, arguments):
        if arguments[0] is None:
            raise FeelError("no customer was given")
        return arguments[0] * 2

    score = Function("score", ("customer",), invoke)
    assert value_of("score(4)", score=score) == 8
    assert value_of("score(customer: 4)", score=score) == 8
    assert reason_of("score(null)", score=score) == "no customer was given"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 instance of number", True),
        ("-1 instance of number", True),
        ('"a" instance of string', True),
        ("true instance of boolean", True),
        ("1 instance of boolean", False),
        ('@"2020-01-01" instance of date', True),
        ('@"2020-01-01T00:00:00" instance of date and time', True),
        ('@"2020-01-01T00:00:00" instance of date', False),
        ('@"10:00:00" instance of time', True),
        ('@"P1D" instance of days and time duration', True),
        ('@"P1M" instance of years and months duration', True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ('[1, "a"] instance of list<Any>', True),
        ("{a: 1, b: 2} instance of context<a: number>", True),
        ('{a: "x"} instance of context<a: number>', False),
        ("{b: 1} instance of context<a: number>", False),
        ("[1..3] instance of range<number>", True),
        ("(< 3) instance of range<number>", True),
        ("[1..3] instance of range<string>", False),
        ("(function(x: number) x) instance of function<number> -> Any", True),
        ("(function(x: string) x) instance of function<number> -> Any", False),
        ("(function(x) x) instance of function<number, number> -> Any", False),
        ('(function() "a") instance of function<> -> string', True),
        ('(function() "a") instance of function<> -> number', False),
        ("null instance of Null", True),
        ("null instance of Any", False),
        ("null instance of number", False),
        ("1 instance of Any", True),
        ("1 instance of Null", False),
        ("1 instance of widget", None),
        ("[1] instance of list", None),
        ("1 instance of number and true", True),
        ("1 + 1 instance of number", None),
    ],
)
def test_instance_of_knows_all_types(text, value):
    assert value_of(text) is value


def test_item_definitions_are_types_too():
    person = types.ContextOf((("age", types.Simple("number")),))
    adult = types.Restricted("adult", person, lambda value, run: value["age"] >= 18)
    compiled = compile_expression("p instance of adult", ["p"], {"adult": adult})
    assert compiled.evaluate({"p": {"age": 20}}).value is True
    assert compiled.evaluate({"p": {"age": 8}}).value is False


def test_item_definitions_may_have_names_of_several_words():
    defined = {"credit-worthy person": types.Simple("string"), "shared.person": types.Simple("number")}
    for text, value in (("credit-worthy person", "Ada"), ("shared.person", 5)):
        compiled = compile_expression(f"p instance of {text} and true", ["p"], defined)
        assert compiled.evaluate({"p": value}).value is True


@pytest.mark.parametrize(
    ("value", "of", "coerced"),
    [
        ([1], types.Simple("number"), 1),
        (1, types.ListOf(types.Simple("number")), [1]),
        (None, types.Simple("number"), None),
        ("a", types.ANY, "a"),
    ],
)
def test_values_are_converted_implicitly(value, of, coerced):
    assert types.coerce(value, of) == coerced


def test_a_date_becomes_midnight_in_utc():
    converted = types.coerce(value_of('@"2020-01-01"'), types.Simple("date and time"))
    assert str(converted) == "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(("value", "of"), [("a", types.Simple("number")), ([1, 2], types.Simple("number"))])
def test_what_does_not_fit_is_refused(value, of):
    with pytest.raises(FeelError):
        types.coerce(value, of)
