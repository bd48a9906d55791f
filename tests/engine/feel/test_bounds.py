"""A hostile model gets an answer, soon, and takes nothing down."""

import pytest

from orchestration.engine.feel import (
    Evaluation,
    FeelSyntaxError,
    LimitExceeded,
    Limits,
    compile_expression,
    parse_expression,
)

from .evaluating import value_of


def doubling(first, step, count=60):
    """A context whose entries each hold the one before twice."""
    entries = [f"a0: {first}"] + [f"a{i + 1}: {step.replace('x', f'a{i}')}" for i in range(count)]
    return "{" + ", ".join(entries) + "}"


def stopped_by(text):
    """The limit that ended the evaluation."""
    evaluated = compile_expression(text).evaluate({})
    assert evaluated.value is None
    assert evaluated.problems[-1].limit, evaluated.problems
    return evaluated.problems[-1].reason


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "[" * 5000,
        "{a: " * 3000,
        "-" * 5000 + "1",
        "a" + ".b" * 5000,
        "a" + "[1]" * 5000,
        "a" + "()" * 5000,
        " = ".join(["1"] * 5000),
        "1" + " instance of number" * 5000,
        "1 instance of " + "list<" * 5000,
        "function() " * 3000 + "1",
        "if a then " * 3000 + "1",
        "x in (" * 2000,
        "for x in 1 return " * 2000 + "1",
        "1" * 100_000,
        "a " * 150_000,
        "/*" * 50_000,
        '"' + "a\\" * 20_000,
    ],
)
def test_texts_that_nest_without_end_are_refused(text):
    with pytest.raises(FeelSyntaxError):
        parse_expression(text)


def test_brackets_around_long_paths_are_refused_too():
    text = "a"
    for _ in range(70):
        text = f"({text + '.b' * 70})"
    with pytest.raises(FeelSyntaxError):
        compile_expression(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" + ".join(["1"] * 5000), 5000),
        (" and ".join(["true"] * 5000), True),
        ("if false then 1 else " * 1000 + "2", 2),
        ("(function() " + " + ".join(["1"] * 5000) + ")()", 5000),
        ("[" + ", ".join(["1"] * 5000) + "][-1]", 1),
    ],
)
def test_long_texts_that_do_not_nest_are_fine(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..1000000000 return i",
        "for i in 1..1000, j in 1..1000 return i * j",
        "some i in 1..100000, j in 1..100000 satisfies i + j < 0",
        "for i in 1..100000 return partial",
        "for i in 1..60 return [partial, partial]",
        "for i in 1..5000 return if i = 1 then 1 else [partial[-1]]",
        'for i in @"-999999999-01-01"..@"999999999-12-31" return i',
        "{f: function(n) f(n + 1), r: f(0)}.r",
        "{f: function(n) [f(n), f(n)], r: f(0)}.r",
        "(function(x) x(x))(function(x) x(x))",
        '{f: function(s) f(s + s), r: f("aaaaaaaaaa")}.r',
        doubling("[1, 1]", "[x, x]"),
        f"string({doubling('[1, 1]', '[x, x]')})",
        f"flatten({doubling('[1, 1]', '[x, x]')}.a60)",
        f"{doubling('[1, 1]', '[x, x]')}.a60 = {doubling('[1, 1]', '[x, x]')}.a60",
        doubling('"abcdefgh"', "x + x"),
        f"{doubling('[1, 2, 3]', 'concatenate(x, x)')}.a60",
        'string join(for i in 1..100000 return "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")',
        "distinct values(for i in 1..50000 return [i])",
        'for i in 1..100000 return matches("aaaaaaaaaaaaaaaaaaaa", "(a|a)*(a|a)*b")',
        "{l: for i in 1..90000 return i, r: for i in 1..90000 return l instance of list<number>}.r",
        "{l: for i in 1..90000 return i, f: function(x: list<number>) 1, r: for i in 1..90000 return f(l)}.r",
        "sort(for i in 1..90000 return -i, function(x, y) x < y)",
    ],
)
def test_what_would_take_too_long_or_grow_too_large_is_stopped(text):
    assert stopped_by(text)


@pytest.mark.parametrize(
    "text",
    [
        "10 ** 999999999",
        "(10 ** 6000) ** 2",
        "1.0000001 ** 999999999",
        "exp(10 ** 6000)",
        "decimal(1/3, 6000)",
        '@"P1D" * 10 ** 6000',
        '@"999999999-12-31" + @"P999999999Y"',
        'duration("P' + "9" * 90 + 'D")',
        'date and time("-999999999-01-01T00:00:00@Europe/Paris") - @"P1D"',
        'substring("a", 10 ** 6000)',
        "[1][10 ** 6000]",
        "for i in 1..10 ** 6000 return i",
        "modulo(10 ** 6000, 7)",
    ],
)
def test_enormous_numbers_are_answered(text):
    compile_expression(text).evaluate({})


def test_a_value_handed_in_that_holds_itself_is_stopped():
    loop = []
    loop.append(loop)
    for text in ("x", "string(x)", "x = x", "flatten(x)", "x.a", "x instance of list<list<number>>"):
        compile_expression(text, ["x"]).evaluate({"x": loop})
    assert compile_expression("x", ["x"]).evaluate({"x": loop}).problems[-1].limit


def test_the_limits_are_those_that_are_handed_in():
    expression = compile_expression("for i in 1..50 return i")
    assert len(expression.evaluate({}).value) == 50
    assert expression.evaluate({}, limits=Limits(list_size=49)).problems[0].limit
    assert expression.evaluate({}, limits=Limits(steps=20)).problems[0].limit
    text = compile_expression('"abc" + "def"')
    assert text.evaluate({}, limits=Limits(string_size=5)).problems[0].limit


def test_expressions_that_belong_together_share_one_budget():
    run, expression = Evaluation(Limits(steps=110), None), compile_expression("for i in 1..30 return i")
    expression.value_in(run, {})
    expression.value_in(run, {})
    expression.value_in(run, {})
    with pytest.raises(LimitExceeded):
        expression.value_in(run, {})


def test_a_part_of_a_larger_evaluation_is_stopped_the_same_way():
    loop = []
    loop.append(loop)
    with pytest.raises(LimitExceeded):
        compile_expression("string(x)", ["x"]).value_in(Evaluation(Limits(), None), {"x": loop})


def test_problems_do_not_pile_up():
    evaluated = compile_expression("for i in 1..1000 return 1 / 0").evaluate({})
    assert len(evaluated.value) == 1000
    assert len(evaluated.problems) <= 50
