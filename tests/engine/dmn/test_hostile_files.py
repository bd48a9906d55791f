"""Whatever stands in a file or in the inputs, the engine refuses or answers; it never breaks."""

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
