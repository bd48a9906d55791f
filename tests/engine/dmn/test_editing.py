"""Changing a table's rules leaves the rest of its file as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine.dmn.editing import EditRefused, Row, tables, with_cell, with_row, with_rules, without_row
from orchestration.engine.dmn.parser import parse
from tests.engine.dmn.samples import decision, definitions, table

ROWS = [["< 10", '"low"', "first"], ["[10..20]", '"mid"', ""], ["> 20", '"high & dry"', "last"]]
SOURCE = definitions(
    "<!-- kept: before -->",
    decision("level", table(["amount"], [""], ROWS, annotations=["why"])),
    "<extensionElements><a xmlns='urn:x' b='&lt;'/></extensionElements>",
)


def rows_of(source: bytes) -> list[Row]:
    return list(tables(parse(source))[0].rows)


def test_a_table_is_shown_as_texts():
    shown = tables(parse(SOURCE))[0]
    assert (shown.id, shown.decision, shown.hit_policy) == ("t", "level", "UNIQUE")
    assert [column.expression for column in shown.inputs] == ["amount"]
    assert [column.name for column in shown.annotations] == ["why"]
    assert shown.rows[2] == Row(("> 20",), ('"high & dry"',), ("last",), "r3")


def test_changing_a_cell_changes_only_that_cell():
    changed = with_cell(SOURCE, "t", 1, 0, "< 15")
    assert changed == SOURCE.replace(b"<text>&lt; 10</text>", b"<text>&lt; 15</text>")


def test_outputs_and_annotations_are_cells_too():
    changed = with_cell(with_cell(SOURCE, "t", 2, 1, '"a<b"'), "t", 2, 2, "new note")
    assert rows_of(changed)[1] == Row(("[10..20]",), ('"a<b"',), ("new note",), "r2")


def test_a_table_is_found_by_its_decision_too():
    assert rows_of(with_cell(SOURCE, "d_level", 1, 0, "5"))[0].inputs == ("5",)


def test_an_entry_without_text_gets_one():
    empty = SOURCE.replace(b"<inputEntry><text>&lt; 10</text></inputEntry>", b'<inputEntry id="e1"/>')
    changed = with_cell(empty, "t", 1, 0, "7")
    assert b'<inputEntry id="e1"><text>7</text></inputEntry>' in changed
    assert rows_of(changed)[0].inputs == ("7",)


def test_prefixes_are_kept():
    prefixed = (
        b'<dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="u" name="n">'
        b'<dmn:decision id="x" name="x"><dmn:decisionTable id="t"><dmn:input>'
        b"<dmn:inputExpression><dmn:text>a</dmn:text></dmn:inputExpression></dmn:input><dmn:output/></dmn:decisionTable></dmn:decision></dmn:definitions>"
    )
    changed = with_row(prefixed, "t", Row(("1",), ("2",)))
    assert rows_of(changed)[0].cells == ("1", "2")
    assert b"<dmn:rule id=" in changed


def test_a_rule_can_be_added_anywhere():
    new = Row(("0",), ('"none"',), ("",))
    assert [row.inputs[0] for row in rows_of(with_row(SOURCE, "t", new, 2))] == ["< 10", "0", "[10..20]", "> 20"]
    at_the_end = rows_of(with_row(SOURCE, "t", new))
    assert at_the_end[3].cells == new.cells
    assert at_the_end[3].id not in {"", "r1", "r2", "r3"}


def test_a_rule_can_be_removed():
    assert [row.id for row in rows_of(without_row(SOURCE, "t", 2))] == ["r1", "r3"]


def test_rules_are_moved_with_their_ids():
    first, second, third = rows_of(SOURCE)
    assert rows_of(with_rules(SOURCE, "t", [third, first, second])) == [third, first, second]


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda: with_cell(SOURCE, "absent", 1, 0, ""), "no decision table"),
        (lambda: with_cell(SOURCE, "t", 4, 0, ""), "no rule 4"),
        (lambda: with_cell(SOURCE, "t", 1, 9, ""), "no cell 9"),
        (lambda: without_row(SOURCE, "t", 0), "no rule 0"),
        (lambda: with_rules(SOURCE, "t", [Row(("1", "2"), ("3",))]), "has 2 inputs"),
        (lambda: with_rules(SOURCE, "t", [Row(("1",), ("3",), id="r9")]), "'r9'"),
        (lambda: with_rules(b"<!DOCTYPE x><x/>", "t", []), "document type"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(edit, says):
    with pytest.raises(EditRefused, match=says):
        edit()


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=12).map(
    str.strip
)


@given(st.lists(st.tuples(texts, texts, texts), max_size=5), st.lists(st.sampled_from(["r1", "r2", "r3"]), unique=True))
def test_the_rules_asked_for_are_the_rules_of_the_new_file(new, kept):
    rows = [Row((a,), (b,), (c,)) for a, b, c in new]
    rows += [Row((f"={name}",), ("1",), ("",), name) for name in kept]
    changed = with_rules(SOURCE, "t", rows)
    assert [row.cells for row in rows_of(changed)] == [row.cells for row in rows]
    assert changed.startswith(SOURCE[: SOURCE.index(b"<rule")].rstrip())
    assert changed.endswith(SOURCE[SOURCE.index(b"</decisionTable>") :])


def test_saving_the_rules_unchanged_changes_nothing():
    assert with_rules(SOURCE, "t", rows_of(SOURCE)) == SOURCE


def test_a_table_in_another_engines_language_is_shown_and_kept_as_its_author_wrote_it():
    logic = table(["x"], ["o"], [["== 'a'", "== 'much'"], ["-", "x + 1"]])
    source = definitions(decision("d", logic), namespace="http://www.flowable.org/dmn")
    (shown,) = tables(parse(source))
    assert [row.cells for row in shown.rows] == [("== 'a'", "== 'much'"), ("-", "x + 1")]
    assert with_rules(source, shown.id, shown.rows) == source
