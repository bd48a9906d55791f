"""What the analysis says of a table is so: gaps, overlaps and idle rules, each with an example that was evaluated."""

from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine.dmn import compile_model, parse
from orchestration.engine.dmn.analysis import MOST_FINDINGS, analyse_table
from tests.engine.dmn.samples import decision, definitions, input_data, table


def analysed(body: str, types: dict[str, str], item_definitions: str = ""):
    data = [input_data(name, type_ref) for name, type_ref in types.items()]
    model = compile_model(parse(definitions(item_definitions, *data, decision("result", body, types))))
    reading = next(each for each in model.readings if each.tables)
    return model, analyse_table(reading.tables[0], reading.types)


def found(analysis, kind):
    return [finding for finding in analysis.findings if finding.kind == kind]


def test_a_gap_is_told_with_an_example():
    body = table(["amount"], [""], [["< 10", "1"], ["[10..20)", "2"], ["> 20", "3"]])
    _, analysis = analysed(body, {"amount": "number"})
    assert [gap.example for gap in found(analysis, "gap")] == [(("amount", 20),)]
    assert analysis.complete


def test_a_gap_between_columns_is_found():
    rows = [["< 5", '"a"', "1"], [">= 5", "-", "2"], ["< 5", 'not("a", "b")', "3"]]
    _, analysis = analysed(table(["n", "s"], [""], rows), {"n": "number", "s": "string"})
    assert [dict(gap.example) for gap in found(analysis, "gap")] == [{"n": 0, "s": "b"}]


def test_allowed_values_bound_what_has_to_be_covered():
    allowed = '<typeRef>string</typeRef><allowedValues><text>"a","b"</text></allowedValues>'
    kinds = f'<itemDefinition name="tKind">{allowed}</itemDefinition>'
    body = table(["s"], [""], [['"a"', "1"], ['"b"', "2"]])
    assert analysed(body, {"s": "tKind"}, kinds)[1].findings == ()
    assert found(analysed(body, {"s": "string"})[1], "gap")
    missing = analysed(table(["s"], [""], [['"a"', "1"]]), {"s": "tKind"}, kinds)[1]
    assert [dict(gap.example) for gap in found(missing, "gap")] == [{"s": "b"}]


def test_both_booleans_have_to_be_covered_and_nothing_else():
    assert analysed(table(["x"], [""], [["true", "1"], ["false", "2"]]), {"x": "boolean"})[1].findings == ()
    one = analysed(table(["x"], [""], [["true", "1"]]), {"x": "boolean"})[1]
    assert [dict(gap.example) for gap in found(one, "gap")] == [{"x": False}]


def test_dates_and_durations_are_told_apart_by_days_and_seconds():
    rows = [['< date("2024-02-29")', "1"], ['> @"2024-03-01"', "2"], ['@"2024-02-29"', "3"]]
    _, analysis = analysed(table(["day"], [""], rows), {"day": "date"})
    assert [dict(gap.example) for gap in found(analysis, "gap")] == [{"day": "2024-03-01"}]
    rows = [['<= duration("P1D")', "1"], ['> @"P1D"', "2"]]
    assert analysed(table(["t"], [""], rows), {"t": "days and time duration"})[1].findings == ()


def test_a_default_output_closes_all_gaps():
    body = table(["amount"], [""], [["< 10", "1"]], defaults=["0"])
    assert analysed(body, {"amount": "number"})[1].findings == ()


def test_an_overlap_is_told_with_both_rules_and_an_example():
    body = table(["n", "s"], [""], [["<= 5", '"a"', "1"], [">= 5", '"a", "b"', "2"], ["-", 'not("a", "b")', "3"]])
    _, analysis = analysed(body, {"n": "number", "s": "string"})
    (overlap,) = found(analysis, "overlap")
    assert (overlap.rules, dict(overlap.example)) == ((1, 2), {"n": 5, "s": "a"})


def test_rules_of_an_any_table_may_overlap_if_they_agree():
    rows = [["<= 5", "1"], [">= 5", "1"], ["> 7", "2"]]
    _, analysis = analysed(table(["n"], [""], rows, "ANY"), {"n": "number"})
    assert [overlap.rules for overlap in found(analysis, "overlap")] == [(2, 3)]


def test_a_rule_behind_others_never_counts():
    rows = [["< 10", "-", "1"], [">= 10", "true", "2"], ["> 20", "true", "3"], ["-", "-", "4"]]
    _, analysis = analysed(table(["n", "b"], [""], rows, "FIRST"), {"n": "number", "b": "boolean"})
    assert [(each.rules[0], each.rules[1:]) for each in found(analysis, "masked")] == [(3, (2,))]


def test_a_rule_may_be_hidden_by_several_together():
    rows = [["<= 10", "1"], ["> 10", "2"], ["[5..15]", "3"]]
    _, analysis = analysed(table(["n"], [""], rows, "FIRST"), {"n": "number"})
    assert found(analysis, "masked")[0].rules == (3, 1, 2)


def test_a_rule_of_lower_priority_never_counts():
    rows = [["-", '"low"'], ["< 10", '"high"'], [">= 10", '"high"']]
    _, analysis = analysed(table(["n"], [""], rows, "PRIORITY", values=['"high", "low"']), {"n": "number"})
    assert found(analysis, "masked")[0].rules == (1, 2, 3)


def test_a_rule_that_no_value_fits_can_never_match():
    _, analysis = analysed(table(["n"], [""], [["? < 5 and ? > 7", "1"], ["-", "2"]], "FIRST"), {"n": "number"})
    assert "can never match" in found(analysis, "masked")[0].message


def test_cells_that_depend_on_more_make_the_analysis_incomplete_but_never_wrong():
    rows = [["> other", "1"], ["< 5", "2"]]
    _, analysis = analysed(table(["n"], [""], rows), {"n": "number", "other": "number"})
    assert not analysis.complete
    assert analysis.findings == ()


cells = {
    "number": st.sampled_from(["-", "< 1", "<= 2", "1", "2", "[0..2)", "(1..3]", "not(1)", "> 2", "not(< 2)"]),
    "string": st.sampled_from(["-", '"a"', '"b"', '"a", "b"', 'not("a")', 'not("a", "b")']),
    "boolean": st.sampled_from(["-", "true", "false", "not(true)"]),
}
everything = {"number": [-1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4], "string": ["a", "b", "c"], "boolean": [True, False]}


@given(st.data())
def test_a_finding_is_there_exactly_when_trying_all_inputs_shows_one(data):
    kinds = data.draw(st.lists(st.sampled_from(list(cells)), min_size=1, max_size=2))
    policy = data.draw(st.sampled_from(["UNIQUE", "FIRST"]))
    rows = data.draw(st.lists(st.tuples(*(cells[kind] for kind in kinds)), min_size=1, max_size=5))
    types = {f"x{number}": kind for number, kind in enumerate(kinds)}
    body = table(list(types), [""], [[*row, str(number)] for number, row in enumerate(rows, 1)], policy)
    model, analysis = analysed(body, types)
    assert analysis.complete
    tried = [all_matching(model, dict(zip(types, values, strict=True))) for values in combinations(kinds)]
    assert bool(found(analysis, "gap")) == any(not matching for matching in tried)
    pairs = {(a, b) for matching in tried for a in matching for b in matching if a < b} if policy == "UNIQUE" else set()
    assert {overlap.rules for overlap in found(analysis, "overlap")} == pairs
    counting = {matching[0] if policy == "FIRST" else each for matching in tried for each in matching}
    assert {each.rules[0] for each in found(analysis, "masked")} == set(range(1, len(rows) + 1)) - counting


def combinations(kinds):
    from itertools import product

    return product(*(everything[kind] for kind in kinds))  # type: ignore[call-overload]


def all_matching(model, inputs) -> list[int]:
    trace = model.evaluate("result", inputs, trace=True).trace
    return [rule.number for rule in trace.tables[0].rules if rule.matched]


def test_of_a_big_table_only_so_much_is_told():
    rows = [[f"[{n}..{n + 2})", f'"s{n % 7}"', "-", "1"] for n in range(1000)]
    _, analysis = analysed(table(["a", "b", "c"], [""], rows), {"a": "number", "b": "string", "c": "number"})
    assert len(found(analysis, "gap")) == MOST_FINDINGS
    assert not found(analysis, "overlap"), "neighbours differ in the second column"


def test_a_search_that_grows_too_large_is_given_up():
    names = [f"x{number}" for number in range(30)]
    rows = [["-" if (row + column) % 3 else f"< {row}" for column in range(30)] + ["1"] for row in range(60)]
    _, analysis = analysed(table(names, [""], rows, "FIRST"), dict.fromkeys(names, "number"))
    assert not analysis.complete
