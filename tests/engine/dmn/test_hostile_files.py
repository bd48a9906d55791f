"""Whatever stands in a file or in the inputs, the engine refuses or answers; it never breaks."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.engine.dmn import ModelRefused, compile_model, parse
from orchestration.engine.dmn.validation import validate
from orchestration.engine.feel import Limits
from tests.engine.dmn.samples import decision, definitions, input_data, literal, table

TABLE = table(["a.c[1]", "b"], ["x", "y"], [["< 5", '"q"', "1", "b"], ["-", "-", "2", "a"]], "FIRST")
CONTEXT = f"<context><contextEntry><variable name='v'/>{literal('two')}</contextEntry></context>"
WHOLE = definitions(
    '<itemDefinition id="t1" name="tA" isCollection="true"><typeRef>number</typeRef>',
    "<allowedValues><text>[1..9]</text></allowedValues></itemDefinition>",
    '<itemDefinition name="tB"><itemComponent name="c"><typeRef>tA</typeRef></itemComponent></itemDefinition>',
    input_data("a", "tB"),
    input_data("b", "string"),
    decision("one", TABLE, ["a", "b"]),
    decision("two", literal("one.x + count(a.c)"), ["a"], ["one"]),
    decision("three", CONTEXT, (), ["two"]),
    decision("four", f"<for iteratorVariable='i'><in>{literal('[1..3]')}</in><return>{literal('i')}</return></for>"),
    '<decisionService id="s" name="s"><outputDecision href="#d_two"/><inputDecision href="#d_one"/></decisionService>',
)
MARKUP = ["<", ">", "/>", '"', "&amp;", "&#0;", "</decision>", "<text/>", "<list/>", "not(", ".."]
ATTRIBUTES = [
    'href="#d_two"',
    'isCollection="1"',
    'typeRef="tB"',
    'hitPolicy="COLLECT"',
    'aggregation="SUM"',
    'kind="Java"',
]
PIECES = [b"\xff", *(piece.encode() for piece in (*MARKUP, *ATTRIBUTES))]


@st.composite
def damaged(draw):
    source = WHOLE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(source)))
        end = min(len(source), start + draw(st.integers(0, 60)))
        middle = draw(st.one_of(st.sampled_from(PIECES), st.just(b""), st.just(source[start:end] * 2)))
        source = source[:start] + middle + source[end:]
    return source


inputs = st.dictionaries(
    st.sampled_from(["a", "b", "one"]),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["c", "d"]), inner)),
    ),
)


@settings(deadline=None)
@given(damaged(), inputs)
@example(WHOLE, {"a": {"c": [1, 2]}, "b": "q"})
def test_a_damaged_file_is_refused_or_decides(source, given_inputs):
    try:
        model = compile_model(parse(source))
    except ModelRefused:
        assert not validate(source).publishable
        return
    for name in model.decisions:
        evaluation = model.evaluate(name, given_inputs, trace=True, limits=Limits(steps=10_000))
        assert evaluation == model.evaluate(name, given_inputs, trace=True, limits=Limits(steps=10_000))
    for name in model.services:
        model.evaluate_service(name, given_inputs, limits=Limits(steps=10_000))
    validate(source)


def test_the_whole_file_is_sound():
    model = compile_model(parse(WHOLE))
    assert model.faults == ()
    assert model.evaluate("three", {"a": {"c": [1, 2]}, "b": "q"}).value == {"v": 3}


def doubling_types(levels=24):
    """Item definitions of which each has two parts of the next one."""
    inner = [
        f'<itemDefinition name="t{n}"><itemComponent name="c0"><typeRef>t{n + 1}</typeRef></itemComponent>'
        f'<itemComponent name="c1"><typeRef>t{n + 1}</typeRef></itemComponent></itemDefinition>'
        for n in range(levels)
    ]
    return "".join(inner) + f'<itemDefinition name="t{levels}"><typeRef>string</typeRef></itemDefinition>'


def test_a_value_that_does_not_fit_an_enormous_type_is_told_in_a_short_sentence():
    of = compile_model(parse(definitions(doubling_types(), decision("d", literal("{c0: 1}"), type_ref="t0"))))
    evaluation = of.evaluate("d", {})
    assert evaluation.value is None
    assert len(str(evaluation.problems[0])) < 200


def test_a_value_that_fits_an_enormous_type_is_looked_at_part_by_part():
    entries = ", ".join(f"x{n}: {{c0: x{n + 1}, c1: x{n + 1}}}" for n in range(23, -1, -1))
    text = f'is(({{x24: "a", {entries}}}).x1.c0, null)'
    of = compile_model(
        parse(definitions(doubling_types(), decision("d", literal(f'({{x24: "a", {entries}}}).x0'), type_ref="t0")))
    )
    assert [problem.limit for problem in of.evaluate("d", {}).problems] == [True]
    assert compile_model(parse(definitions(decision("d", literal(text))))).evaluate("d", {}).value is False


def test_all_that_can_be_said_of_a_model_of_enormous_types_is_said_at_once():
    file = definitions(doubling_types(), input_data("x", "t0"), decision("d", literal("x.c0.c1", ""), inputs=["x"]))
    assert validate(file).publishable


def test_a_constraint_takes_its_steps_from_the_evaluation_that_asks():
    items = (
        '<itemDefinition name="slow"><typeRef>number</typeRef><allowedValues>'
        "<text>count(for i in 1..20000 return i + ?) &gt; 0</text></allowedValues></itemDefinition>"
        '<itemDefinition name="many" isCollection="true"><typeRef>slow</typeRef></itemDefinition>'
    )
    of = compile_model(parse(definitions(items, decision("d", literal("for i in 1..1000 return i"), type_ref="many"))))
    evaluation = of.evaluate("d", {})
    assert (evaluation.value, evaluation.problems[-1].limit) == (None, True)


def test_the_types_of_models_that_import_each_other_twice_are_read_once():
    models = [parse(definitions('<itemDefinition name="t"><typeRef>number</typeRef></itemDefinition>', namespace="m0"))]
    for number in range(1, 25):
        twice = "".join(f'<import name="{name}" namespace="m{number - 1}" importType=""/>' for name in "ab")
        models.append(parse(definitions(twice, namespace=f"m{number}"), models))
    assert compile_model(models[-1]).faults == ()


@pytest.mark.parametrize(
    "text",
    ["{k}", "get value({{}}, {k})", "get value({{}}, [{k}])", "date({k})", "[1, {k}].x < 5", "{{a: 1}}[{k}]", "@{k}"],
)
def test_no_reason_for_a_null_repeats_more_than_a_little_of_a_long_text(text):
    long = '"' + "k" * 5_000 + '"'
    of = compile_model(parse(definitions(decision("d", literal(text.format(k=long)), type_ref="number"))))
    assert all(len(str(problem)) < 500 for problem in of.evaluate("d", {}).problems)
