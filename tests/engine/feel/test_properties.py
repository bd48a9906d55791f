"""What holds for every text and every value."""

from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.engine.feel import (
    BUILT_INS,
    Evaluated,
    FeelSyntaxError,
    Limits,
    compile_expression,
    compile_unary_tests,
    from_feel,
    parse_expression,
    parse_unary_tests,
    to_feel,
    to_string,
    unparse,
)
from orchestration.engine.feel import ast as tree

from .evaluating import NOON, value_of

SMALL = Limits(steps=3_000, depth=20, list_size=500, string_size=2_000)
WORDS = """
a b item partial ? 1 0 2.5 10 null true false and or not if then else for in return some every satisfies between
instance of function external ( ) [ ] { } , : . .. + - * / ** = != < <= > >= -> @ x number list context range
"text" "2020-01-01" "P1D" "(a+)+$" "\\u00e9"
"""
TOKENS = st.sampled_from([*WORDS.split(), *BUILT_INS, "date and time", "list<number>"])
SCOPE = {"a": 1, "b": [1, 2.5, "x", None, {"a": True}], "x": {"a": {"b": "c"}}}


def evaluate(text):
    """The outcome of any text: a value, or a refusal."""
    try:
        return compile_expression(text, SCOPE.keys()).evaluate(SCOPE, now=NOON, limits=SMALL)
    except FeelSyntaxError as refused:
        return refused


@given(st.lists(TOKENS, max_size=25).map(" ".join))
@settings(max_examples=600)
def test_any_row_of_tokens_has_a_value_or_is_refused(text):
    assert isinstance(evaluate(text), Evaluated | FeelSyntaxError)


@given(st.text(max_size=60))
def test_any_text_has_a_value_or_is_refused(text):
    assert isinstance(evaluate(text), Evaluated | FeelSyntaxError)


LEAVES = st.sampled_from(
    ["1", "0", "-2.5", '"a"', "true", "null", "a", "b", "x", "item", "[]", "{}", "[1..5]", "(< 3)"]
    + ['@"2020-02-29"', '@"10:00:00Z"', '@"2020-02-29T10:00:00@Europe/Paris"', '@"P1M"', '@"-PT5H"', "abs", "now()"]
)


def grown(inner):
    """Larger expressions from smaller ones, with each form that the grammar has."""
    pair = st.tuples(inner, inner)
    operators = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in"])
    names = st.sampled_from(sorted(set(BUILT_INS)))
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        st.tuples(names, st.lists(inner, max_size=3)).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        pair.map(lambda t: f"{{p: {t[0]}, q: {t[1]}}}"),
        pair.map(lambda t: f"({t[0]})[{t[1]}]"),
        pair.map(lambda t: f"for v in {t[0]} return {t[1]}"),
        pair.map(lambda t: f"some v in {t[0]} satisfies {t[1]}"),
        pair.map(lambda t: f"[{t[0]}..{t[1]}]"),
        pair.map(lambda t: f"(function(v) {t[0]})({t[1]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"if {t[0]} then {t[1]} else {t[2]}"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]}) between ({t[1]}) and ({t[2]})"),
        st.tuples(inner, st.sampled_from(["a", "year", "time offset", "start", "days", "value"])).map(
            lambda t: f"({t[0]}).{t[1]}"
        ),
        st.tuples(inner, st.sampled_from(["number", "list<Any>", "range<date>", "context<a: number>"])).map(
            lambda t: f"({t[0]}) instance of {t[1]}"
        ),
    )


EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=12)


@given(EXPRESSIONS)
@settings(max_examples=600)
def test_every_expression_has_a_value_that_can_be_written_down(text):
    evaluated = evaluate(text)
    assert isinstance(evaluated, Evaluated), text
    to_string(evaluated.value)
    from_feel(evaluated.value)


@given(EXPRESSIONS)
def test_an_evaluation_says_the_same_each_time(text):
    first, second = evaluate(text), evaluate(text)
    assert repr(from_feel(first.value)) == repr(from_feel(second.value))
    assert first.problems == second.problems


def shape(node):
    """A tree without its places."""
    if isinstance(node, tree.Node):
        return type(node), [shape(getattr(node, name)) for name in node.__dataclass_fields__ if name != "span"]
    return [shape(part) for part in node] if isinstance(node, tuple) else node


@given(EXPRESSIONS)
def test_a_tree_reads_what_it_writes(text):
    node = parse_expression(text, SCOPE.keys())
    assert shape(parse_expression(unparse(node), SCOPE.keys())) == shape(node)


@given(EXPRESSIONS)
def test_a_cell_reads_what_it_writes(text):
    for cell in (text, f"not({text})", f"not({text}) and a", f"< ({text}), {text}", "-"):
        node = parse_unary_tests(cell, SCOPE.keys())
        assert shape(parse_unary_tests(unparse(node), SCOPE.keys())) == shape(node)


@given(EXPRESSIONS)
def test_every_node_lies_within_its_text(text):
    node = compile_expression(text, SCOPE.keys()).ast
    for part in tree.walk(node):
        assert 0 <= part.span.start < part.span.end <= len(text)
        assert all(
            part.span.start <= child.span.start <= child.span.end <= part.span.end for child in tree.children(part)
        )


@given(EXPRESSIONS)
def test_what_is_said_to_be_read_is_all_that_is_read(text):
    expression = compile_expression(text, SCOPE.keys())
    needed = {name: value for name, value in SCOPE.items() if name in expression.names}
    with_all = expression.evaluate(SCOPE, now=NOON, limits=SMALL)
    with_needed = expression.evaluate(needed, now=NOON, limits=SMALL)
    assert repr(from_feel(with_all.value)) == repr(from_feel(with_needed.value))


@example("not()", None)
@given(EXPRESSIONS, st.sampled_from([None, 1, "a", True, [1], {"a": 1}]))
def test_every_expression_can_stand_in_a_cell(text, value):
    verdict = compile_unary_tests(text, SCOPE.keys()).evaluate(value, SCOPE, now=NOON, limits=SMALL).value
    assert verdict is None or isinstance(verdict, bool)


@given(EXPRESSIONS)
def test_not_in_a_cell_is_the_opposite(text):
    plain = compile_unary_tests(f"({text})", SCOPE.keys()).evaluate(1, SCOPE, now=NOON, limits=SMALL).value
    negated = compile_unary_tests(f"not(({text}))", SCOPE.keys()).evaluate(1, SCOPE, now=NOON, limits=SMALL).value
    assert negated is (None if plain is None else not plain)


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_decimal_arithmetic_obeys_its_laws(a, b, c):
    scope = {"a": a, "b": b, "c": c}
    assert value_of("a + b = b + a and a * b = b * a", **scope) is True
    assert value_of("(a + b) + c = a + (b + c)", **scope) is True
    assert value_of("a - b = -(b - a)", **scope) is True
    assert value_of("(a < b) = (b > a) and (a <= b) = not(b < a)", **scope) is True
    assert value_of("a in [a..a] and not(a in (a..a))", **scope) is True


@given(NUMBERS, NUMBERS.filter(bool))
def test_modulo_has_the_sign_of_the_divisor_and_is_smaller(a, b):
    rest = value_of("modulo(a, b)", a=a, b=b)
    assert rest == 0 or ((rest > 0) == (b > 0) and abs(rest) < abs(b))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_the_decimal_that_it_shows(number):
    assert value_of("x + 0", x=number) == Decimal(repr(number)) or abs(number) < 1e-300


@given(JSON)
def test_json_values_are_feel_values(value):
    assert value_of("x = y", x=value, y=to_feel(value)) is True
    assert to_feel(from_feel(to_feel(value))) == to_feel(value)


@given(JSON, JSON)
def test_equality_is_symmetric(a, b):
    assert value_of("a = b", a=a, b=b) is value_of("b = a", a=a, b=b)


@given(st.text(max_size=20))
def test_a_string_reads_what_it_writes(text):
    written = to_string([text])
    assert value_of(written) == [text]


@given(st.lists(st.integers(min_value=-50, max_value=50), max_size=20))
def test_list_functions_keep_their_promises(numbers):
    assert value_of("sort(x, function(a, b) a < b)", x=numbers) == sorted(numbers)
    assert value_of("reverse(reverse(x))", x=numbers) == numbers
    assert value_of("count(distinct values(x))", x=numbers) == len(set(numbers))
    assert value_of("every n in x satisfies list contains(x, n)", x=numbers) is True
