"""Is each cell of a decision table judged against its column, and read back in words, before it is published?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine.dmn import compile_model, parse
from orchestration.engine.dmn.cell_columns import UnknownTable, columns_of
from orchestration.engine.dmn.cell_reading import read_cell, read_row
from tests.engine.dmn.samples import decision, definitions, input_data, table

INPUTS = (("x", "number"), ("word", "string"), ("day", "date"), ("long", "days and time duration"), ("ok", "boolean"),
          ("anything", ""), ("moment", "date and time"), ("many", "tWords"), ("grade", "tGrade"))  # fmt: skip
ITEMS = (
    '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"gold", "iron"</text></allowedValues>'
    '</itemDefinition><itemDefinition name="tWords" isCollection="true"><typeRef>string</typeRef></itemDefinition>'
)


def columns():
    """A table with a column of each type, and outputs: a number, a text of two, an untyped one."""
    rows = [["-"] * len(INPUTS) + ["1", '"a"', "1"]]
    logic = table([(name, of) for name, of in INPUTS], ["n", "s", "o"], rows, values=["", '"a", "b"', ""])
    logic = logic.replace('<output name="n">', '<output name="n" typeRef="number">')
    logic = logic.replace("<outputValues><text></text></outputValues>", "")
    model = compile_model(
        parse(
            definitions(
                ITEMS,
                *(input_data(name, of) for name, of in INPUTS),
                decision("d", logic, inputs=[name for name, _ in INPUTS]),
            )
        )
    )
    found = columns_of(model, "t")
    names = (*(name for name, _ in INPUTS), "n", "s", "o")
    return dict(zip(names, found, strict=True))


COLUMNS = columns()


def reading(name, text):
    return read_cell(text, COLUMNS[name])


def kinds(name, text):
    return [fault.kind for fault in reading(name, text).faults]


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        ("x", "-", "anything"),
        ("x", "", "anything"),
        ("x", "5", "exactly 5"),
        ("x", "-5.50", "exactly -5.5"),
        ("x", "< 75", "below 75"),
        ("x", "<= 75", "at most 75"),
        ("x", "> 75", "above 75"),
        ("x", ">= 75", "at least 75"),
        ("x", "= 75", "exactly 75"),
        ("x", "!= 75", "anything but 75"),
        ("x", "[75..90]", "from 75 to 90"),
        ("x", "[75..90)", "from 75 to below 90"),
        ("x", "(75..90]", "above 75 to 90"),
        ("x", "]75..90[", "above 75 to below 90"),
        ("x", "< 75, > 90", "below 75, or above 90"),
        ("x", "not(1, 2)", "anything but exactly 1, or exactly 2"),
        ("x", "null", "no value"),
        ("x", "!= null", "any value at all"),
        ("x", "? > 5 and ? < 9", "whatever fulfils “? > 5 and ? < 9”"),
        ("x", "2 * 3", "exactly 6"),
        ("word", '"a"', "“a”"),
        ("word", '"a", "b"', "“a”, or “b”"),
        ("word", '["a", "b"]', "“a”, or “b”"),
        ("word", '< "m"', "in the alphabet before “m”"),
        ("word", 'starts with(?, "a")', 'whatever fulfils “starts with(?, "a")”'),
        ("day", 'date("2026-01-31")', "2026-01-31"),
        ("day", '< date("2026-01-31")', "before 2026-01-31"),
        ("day", '>= @"2026-01-31"', "from 2026-01-31 on"),
        ("day", '[date("2026-01-01")..date("2026-02-01"))', "from 2026-01-01 to before 2026-02-01"),
        ("long", '> duration("P1DT2H")', "above 1 day and 2 hours"),
        ("moment", '<= @"2026-01-31T10:00:00Z"', "up to 2026-01-31 at 10:00:00Z"),
        ("ok", "true", "true"),
        ("anything", "5", "exactly 5"),
        ("anything", '"a"', "“a”"),
        ("many", 'list contains(?, "a")', 'whatever fulfils “list contains(?, "a")”'),
        ("grade", '"gold"', "“gold”"),
        ("x", "< anything", "below what “anything” gives"),
        ("n", "5", "5"),
        ("n", "x * 2", "what “x * 2” gives"),
        ("s", '"a"', "“a”"),
        ("o", '{a: 1, b: "c"}', '{a: 1, b: "c"}'),
        ("o", 'duration("P1Y1M")', "1 year and 1 month"),
        ("o", "null", "no value"),
    ],
)
def test_a_cell_that_fits_its_column_is_said_in_words(column, text, words):
    assert (reading(column, text).words, kinds(column, text)) == (words, [])


@pytest.mark.parametrize(
    ("column", "text", "kind", "sentence"),
    [
        ("x", "< 75,5", "ambiguous", "“75,5” is two values here, 75 or 5. One number is written 75.5."),
        ("x", "1,000", "ambiguous", "“1,000” is two values here, 1 or 000. One number is written 1000."),
        ("x", "75-90", "ambiguous", "is a subtraction, which gives -15. A range is written [75..90]."),
        ("x", "[90..75]", "never true", "A range does not end before its start. The smaller value comes first: [75"),
        ("x", "(5..5)", "never true", "No value fits this cell"),
        ("x", "75..90", "not FEEL", "A range is written [75..90]."),
        ("x", "75 – 90", "not FEEL", "A range is written [75..90]."),
        ("x", "≥ 5", "not FEEL", "“≥” is written >=."),
        ("x", "> 5 and < 9", "not FEEL", "a range says from and to"),
        ("x", '"75"', "wrong type", "Without quotation marks it is a number: 75."),
        ("x", '< "b"', "wrong type", "The column takes numbers, and “b” is none."),
        ("x", "true", "ambiguous", "This is true whatever the input is."),
        ("x", "1 > 2", "never true", "This is false whatever the input is."),
        ("x", "gold", "unknown name", 'There is no “gold” here. If it is a text, it stands in quotation marks: "gold"'),
        ("x", "word", "wrong type", "The column takes numbers, and this is a text."),
        ("x", "< word", "wrong type", "The column takes numbers, and this is a text."),
        ("x", '[1..number("y", null, null)]', "always null", "is not a number"),
        ("x", "< 10, 5", "ambiguous", "“exactly 5” adds nothing"),
        ("x", "< null", "always null", "has no order"),
        ("word", '"a" or "b"', "always null", 'One of several values is written "a", "b".'),
        ("word", "'a'", "not FEEL", "straight double quotation marks"),
        ("word", "5", "wrong type", 'As a text it is written "5".'),
        ("word", '["a", 5]', "wrong type", "The column takes texts, and 5 is none."),
        ("day", 'date("2026-02-30")', "always null", "There is no day 2026-2-30."),
        ("day", '< date("2026-02-30")', "always null", "There is no day 2026-2-30."),
        ("day", "2026-01-31", "ambiguous", 'A date is written date("2026-01-31").'),
        ("day", '"2026-01-31"', "wrong type", 'Such a value is written date("2026-01-31").'),
        ("day", '@"2026-01-31T10:00:00"', "wrong type", "The column takes dates, and a date with a time"),
        ("long", '"P1D"', "wrong type", 'Such a value is written duration("P1D").'),
        ("ok", "< true", "always null", "has no order"),
        ("ok", "yes", "unknown name", "True or false is written true."),
        ("ok", '"true"', "wrong type", "True or false is written true."),
        ("many", '"a"', "wrong type", "The column takes lists"),
        ("grade", '"lead"', "not allowed", 'The column never has a value that fits this cell: “"gold", "iron"”.'),
        ("grade", 'not("gold", "iron")', "not allowed", "The column never has a value"),
        ("n", "", "empty", "It is empty: the rule gives no value here."),
        ("n", "-", "empty", "the rule gives no value here."),
        ("n", "75,5", "not FEEL", "A decimal number has a point: 75.5."),
        ("n", '"a"', "wrong type", "The column takes numbers, and “a” is none."),
        ("n", "word", "wrong type", "and this is a text"),
        ("n", "missing + 1", "unknown name", "There is no “missing” here."),
        ("n", "75-90", "ambiguous", "gives -15"),
        ("o", 'date("2026-02-30")', "always null", "There is no day 2026-2-30."),
        ("o", '["a", date("2026-02-30")]', "always null", "There is no day 2026-2-30."),
        ("s", '"c"', "not allowed", '“c” is none of the values that the column allows: “"a", "b"”.'),
        ("s", "yes", "unknown name", "There is no “yes” here."),
    ],
)
def test_a_cell_that_cannot_be_meant_so_is_told_with_the_reason(column, text, kind, sentence):
    found = reading(column, text).faults
    assert kind in [fault.kind for fault in found]
    assert any(sentence in fault.sentence for fault in found), found


def test_a_list_where_a_number_was_meant_is_read_back():
    assert reading("x", "< 75,5").words == "below 75, or exactly 5"


def test_only_doubts_may_be_published():
    assert reading("x", "< 75,5").publishable
    assert reading("n", "").publishable
    assert not reading("x", "[90..75]").publishable
    assert not reading("n", '"a"').publishable


def test_a_whole_rule_is_read_and_its_notes_are_passed_over():
    cells = ["5", *["-"] * (len(INPUTS) - 1), "1", '"a"', "2", "a note"]
    assert [each.words for each in read_row(cells, list(COLUMNS.values()))][-3:] == ["1", "“a”", "2"]


def test_what_a_person_reads_stays_short_whatever_the_cell_is():
    long = '"' + "x" * 5_000 + '"'
    for column in COLUMNS:
        for text in (long, f"[{long}, {long}]", ", ".join(str(each) for each in range(2_000)), "y" * 5_000):
            found = reading(column, text)
            assert len(found.words) < 2_000
            assert all(len(fault.sentence) < 400 for fault in found.faults)


def test_the_type_of_the_data_counts_where_the_column_has_none():
    model = compile_model(
        parse(
            definitions(
                input_data("x", "number"), decision("d", table(["x"], [""], [["1", "2"]]), ["x"], type_ref="string")
            )
        )
    )
    first, result = columns_of(model, "t")
    assert [fault.kind for fault in read_cell('"a"', first).faults] == ["wrong type"]
    assert [fault.kind for fault in read_cell("2", result).faults] == ["wrong type"]


def test_a_table_that_is_not_there_is_said_to_be_missing():
    with pytest.raises(UnknownTable, match="no decision table 'zz'"):
        columns_of(compile_model(parse(definitions(input_data("x")))), "zz")


@given(st.text(alphabet="ab1 +-*/%<>=!()[].,?:'\"{}not", max_size=30), st.sampled_from(sorted(COLUMNS)))
def test_any_text_is_read_in_words_or_told_to_be_wrong(text, column):
    found = reading(column, text)
    assert found.words or not found.publishable


FLOWABLE = {"namespace": "http://www.flowable.org/dmn", "model": "http://www.omg.org/spec/DMN/20151101"}


@pytest.mark.parametrize(
    ("at", "text", "words", "kinds"),
    [
        (0, "== 5", "exactly 5", []),
        (0, "!= 5", "anything but 5", []),
        (0, "${x > 3}", "whatever fulfils “${x > 3}”", []),
        (0, "gold", "what “gold” gives", ["ambiguous"]),
        (0, "in 1 2", "", ["not FEEL"]),
        (1, "== 'much'", "“much”", []),
        (1, "'much'", "“much”", []),
    ],
)
def test_cells_of_flowables_files_are_read_in_its_language(at, text, words, kinds):
    logic = table([("x", "number")], ["o"], [["1", "1"]])
    of = compile_model(parse(definitions(decision("d", logic), **FLOWABLE)))
    found = read_cell(text, columns_of(of, "t")[at])
    assert (found.text, found.words, [fault.kind for fault in found.faults]) == (text, words, kinds)


def test_a_grouped_number_with_a_decimal_comma_is_doubted_and_arguments_of_a_function_are_not():
    (doubt,) = read_cell("1.000,50", columns()["x"]).faults
    assert (doubt.severe, doubt.sentence) == (
        False,
        "“1.000,50” is two values here, 1.000 or 50. One number is written 1000.50.",
    )
    assert read_cell("date(2026,2,28)", columns()["day"]).faults == ()
