"""Index and shortcut decide exactly as asking every cell would."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.engine.dmn import compile_model, parse
from orchestration.engine.feel import Date, DaysTimeDuration, compile_unary_tests, to_feel
from tests.engine.dmn.samples import decision, definitions, input_data, table

TYPES = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": Date,
    "days and time duration": DaysTimeDuration,
}
constants = {
    "number": st.sampled_from(["0", "1", "-1", "0.1", "0.3", "2.50", "100000000000000000000000", "9007199254740993"]),
    "string": st.sampled_from(['"a"', '"b"', '""', '"é"', '"B"']),
    "boolean": st.sampled_from(["true", "false"]),
    "date": st.sampled_from(['date("2024-02-29")', '@"2024-03-01"', '@"2025-01-01"', 'date("no date")']),
    "days and time duration": st.sampled_from(['duration("PT1H")', '@"P1D"', '@"PT1H0.5S"', '@"P1M"']),
}


def cells(kind: str) -> st.SearchStrategy[str]:
    constant = constants[kind]
    compared = st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), constant)
    ends = st.tuples(st.sampled_from("[(]"), st.sampled_from("]["), constant, constant)
    ranges = ends.map(lambda each: f"{each[0]}{each[2]}..{each[3]}{each[1]}")
    simple = st.one_of(constant, compared, ranges) if kind != "boolean" else st.one_of(constant, compared)
    conditions = st.builds("? {} {}".format, st.sampled_from(["<", ">", "=", "!="]), constant)
    joined = st.builds("{} {} {}".format, conditions, st.sampled_from(["and", "or"]), conditions)
    asked = st.sampled_from(["? = other", "string length(string(?)) > 1", "[1, 2]", "null", "not(null)", '"a", 1'])
    several = st.lists(simple, min_size=1, max_size=3).map(", ".join)
    return st.one_of(st.just("-"), several, several.map("not({})".format), joined, conditions, asked)


values = {
    "number": st.one_of(
        st.integers(-2, 3),
        st.sampled_from(
            [0.1, 0.3, 0.30000000000000004, 2.5, 1e23, 9007199254740992.0, 2**53 + 1, 10**23, float("nan")]
        ),
        st.sampled_from(["0.1", "0.3", "2.5", "9007199254740993", "100000000000000000000000"]).map(Decimal),
        st.floats(-2, 3),
    ),
    "string": st.sampled_from(["a", "b", "", "é", "B", "aa", "z"]),
    "boolean": st.booleans(),
    "date": st.sampled_from([Date(2024, 2, 29), Date(2024, 3, 1), Date(2024, 12, 31), Date(2025, 1, 2)]),
    "days and time duration": st.sampled_from([3_600, 3_601, 86_400, -1]).map(lambda s: DaysTimeDuration(s * 10**9)),
}
anything = st.one_of(*values.values(), st.none(), st.just([1]), st.just(["a"]))


@st.composite
def tables(draw):
    kinds = draw(st.lists(st.sampled_from(list(values)), min_size=1, max_size=3))
    rows = draw(st.lists(st.tuples(*(cells(kind) for kind in kinds)), min_size=1, max_size=5))
    typed = [kind if draw(st.booleans()) else "" for kind in kinds]
    inputs = [draw(st.lists(st.one_of(values[kind], anything), min_size=3, max_size=3)) for kind in kinds]
    return typed, rows, list(zip(*inputs, strict=True))


def asked_one_by_one(rows, value_row) -> list[int]:
    """The numbers of the rules whose cells are all true, each cell by itself."""
    found = []
    for number, row in enumerate(rows, 1):
        verdicts = [
            compile_unary_tests(text, ["other"]).evaluate(to_feel(value), {"other": None}).value
            for text, value in zip(row, value_row, strict=True)
        ]
        if all(verdict is True for verdict in verdicts):
            found.append(number)
    return found


@given(tables())
@example((["number"], [("0.3",), ("< 0.3",), ("> 0.3",)], [(0.1 + 0.2,), (0.3,), (10**23,)]))
@example((["", ""], [("-", "-"), ("not(1)", "-")], [(None, "a"), ("x", None), (True, 1)]))
def test_the_rules_found_are_those_whose_cells_are_all_true(case):
    typed, rows, value_rows = case
    names = [f"x{number}" for number in range(len(typed))]
    body = table(names, [""], [[*row, str(number)] for number, row in enumerate(rows, 1)], "COLLECT")
    data = [input_data(name, kind) for name, kind in zip(names, typed, strict=True)]
    model = compile_model(parse(definitions(*data, input_data("other"), decision("result", body, [*names, "other"]))))
    short = compile_model(parse(definitions(*data, decision("result", body, names))))
    for value_row in value_rows:
        inputs = dict(zip(names, value_row, strict=True))
        traced = model.evaluate("result", {**inputs, "other": None}, trace=True)
        seen = [to_feel_typed(value, kind) for value, kind in zip(value_row, typed, strict=True)]
        expected = asked_one_by_one(rows, seen)
        assert [int(value) for value in traced.value] == expected
        assert [rule.number for rule in traced.trace.tables[0].rules if rule.matched] == expected
        assert model.evaluate("result", {**inputs, "other": None}).value == traced.value
        again = [short.evaluate("result", inputs) for _ in range(3)]
        assert again[0] == again[1] == again[2]
        assert again[0] == short_without_shortcut(short, inputs)


def short_without_shortcut(model, inputs):
    part = model.decisions["result"]
    kept, part.shortcut = part.shortcut, None
    try:
        return model.evaluate("result", inputs)
    finally:
        part.shortcut = kept


def to_feel_typed(value, kind):
    """What a variable of this type holds for this input: the conversions of 10.3.2.9.4, else null."""
    value = to_feel(value)
    if not kind or fits(value, kind):
        return value
    return value[0] if isinstance(value, list) and fits(value[0], kind) else None


def fits(value, kind) -> bool:
    return isinstance(value, TYPES[kind])
