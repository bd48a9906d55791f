"""How is a decision table changed in its file, with all the rest left as it was? (DMN 1.5, 8.3 and chapter 12)

A form shows `tables(definitions)`: inputs, outputs and rules as texts. What it sends back goes through `with_rules`,
which rewrites only the cells that changed, in place: comments, diagram, extensions, ids and indentation stay. Whether
the new text decides well is asked of `validation`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from orchestration.engine import xml
from orchestration.engine.dmn import model
from orchestration.engine.feel.problems import quote
from orchestration.engine.xml import Element

ENTRIES = ("inputEntry", "outputEntry", "annotationEntry")
_START_TAG = re.compile(rb"""<[^\s/>]+(?:"[^"]*"|'[^']*'|[^>"'])*>""")
_END_TAG = re.compile(rb"</[^>]*>")
_TAG_NAME = re.compile(rb"<(?:([^\s/>:]+):)?")


class EditRefused(ValueError):
    """The change cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Column:
    """An input, output or annotation column: what heads it, its type and its allowed values, as texts."""

    name: str
    expression: str = ""
    type_ref: str = ""
    values: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule as texts. A rule that is new has no id."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: tuple[str, ...] = ()
    id: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return self.inputs + self.outputs + self.annotations


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table as texts; `decision` is the name of the decision or knowledge model that it belongs to."""

    id: str
    decision: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    annotations: tuple[Column, ...]
    rows: tuple[Row, ...]


def tables(definitions: model.Definitions) -> tuple[Table, ...]:
    """Every decision table of a model, as texts for a form. A table without an id goes by its decision's."""
    return tuple(_table(owner, table) for owner, table in model.decision_tables(definitions))


def _table(owner: model.DrgElement, table: model.DecisionTable) -> Table:
    return Table(
        id=table.id or owner.id,
        decision=owner.name,
        hit_policy=table.hit_policy,
        aggregation=table.aggregation or "",
        inputs=tuple(
            Column(
                each.label or each.expression.shown,
                each.expression.shown,
                each.expression.type_ref or "",
                each.values or "",
            )
            for each in table.inputs
        ),
        outputs=tuple(
            Column(
                each.label or each.name or table.output_label or owner.name,
                each.name,
                each.type_ref or "",
                each.values or "",
            )
            for each in table.outputs
        ),
        annotations=tuple(Column(name) for name in table.annotation_names),
        rows=tuple(
            Row(
                tuple(test.shown for test in rule.tests),
                tuple(output.shown for output in rule.outputs),
                rule.annotations,
                rule.id,
            )
            for rule in table.rules
        ),
    )


# ---------------------------------------------------------------- the edits


def with_cell(source: bytes, table_id: str, rule_number: int, column: int, text: str) -> bytes:
    """The file with one cell changed. `rule_number` counts from 1; `column` from 0 over inputs, outputs, annotations.

    Raises EditRefused where there is no such table, rule or cell.
    """
    file = _File(source, table_id)
    entries = file.entries(file.rule(rule_number))
    if not 0 <= column < len(entries):
        raise EditRefused(f"rule {rule_number} has no cell {column}; it has {len(entries)}")
    return file.spliced(0, len(source), [file.cell_edit(entries[column], text)])


def with_row(source: bytes, table_id: str, row: Row, rule_number: int | None = None) -> bytes:
    """The file with one more rule, so that it gets this number (the last one when None). Raises EditRefused."""
    rows = list(_File(source, table_id).rows())
    rows.insert(len(rows) if rule_number is None else max(rule_number - 1, 0), replace(row, id=""))
    return with_rules(source, table_id, rows)


def without_row(source: bytes, table_id: str, rule_number: int) -> bytes:
    """The file without the rule of this number, counted from 1. Raises EditRefused where there is none."""
    file = _File(source, table_id)
    file.rule(rule_number)
    rows = file.rows()
    return with_rules(source, table_id, rows[: rule_number - 1] + rows[rule_number:])


def with_rules(source: bytes, table_id: str, rows: Sequence[Row]) -> bytes:
    """The file with the table's rules being exactly `rows`, in this order.

    A row with the id of a rule is that rule (moved, or with changed cells); one without an id is the rule with the same
    cells and no id, or else a new rule, which gets an id. Raises EditRefused where a row does not fit the table.
    """
    return _File(source, table_id).with_rules(rows)


# ---------------------------------------------------------------- the bytes


class _File:
    """One DMN file with one of its tables looked up; offsets are those of the source bytes."""

    def __init__(self, source: bytes, table_id: str) -> None:
        try:
            root = xml.parse(source)
            source.decode("utf-8")
        except xml.XmlRefused as refused:
            raise EditRefused(str(refused)) from None
        except UnicodeDecodeError:
            raise EditRefused("only files in UTF-8 are edited") from None
        self.source = source
        self.ids = {element.get("id") or "" for element in root.walk()}
        self.table = _find_table(root, table_id)
        self.rules = self.table.all("rule")

    # ---- reading

    def rule(self, number: int) -> Element:
        if not 1 <= number <= len(self.rules):
            raise EditRefused(f"the table has no rule {number}; it has {len(self.rules)}")
        return self.rules[number - 1]

    def entries(self, rule: Element) -> list[Element]:
        return [entry for name in ENTRIES for entry in rule.all(name)]

    def row(self, rule: Element) -> Row:
        inputs, outputs, annotations = (tuple(_text(entry) for entry in rule.all(name)) for name in ENTRIES)
        return Row(inputs, outputs, annotations, rule.get("id") or "")

    def rows(self) -> list[Row]:
        return [self.row(rule) for rule in self.rules]

    def end(self, element: Element) -> int:
        """The offset after the element."""
        tag = _START_TAG.match(self.source, element.start)
        if tag is None or not tag[0].endswith(b"/>"):
            tag = _END_TAG.match(self.source, element.stop)
        assert tag is not None, "expat gives the offsets of tags"
        return tag.end()

    # ---- writing

    def spliced(self, start: int, end: int, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
        """source[start:end] with the edits (start, end, new bytes) made."""
        parts = []
        for edit_start, edit_end, new in sorted(edits):
            parts += [self.source[start:edit_start], new]
            start = edit_end
        return b"".join([*parts, self.source[start:end]])

    def prefix(self, element: Element) -> str:
        """The namespace prefix that the element's tag is written with, colon included."""
        tag = _TAG_NAME.match(self.source, element.start)
        return f"{tag[1].decode()}:" if tag and tag[1] else ""

    def cell_edit(self, entry: Element, text: str) -> tuple[int, int, bytes]:
        """The edit that gives an entry this text: of its `text` child, or of the whole entry where it has none."""
        prefix = self.prefix(entry)
        new = f"<{prefix}text>{escape(text)}</{prefix}text>"
        child = entry.first("text")
        if child is not None:
            return child.start, self.end(child), new.encode()
        identity = f" id={quoteattr(entry.attributes['id'])}" if "id" in entry.attributes else ""
        whole = f"<{prefix}{entry.name}{identity}>{new}</{prefix}{entry.name}>"
        return entry.start, self.end(entry), whole.encode()

    def with_rules(self, rows: Sequence[Row]) -> bytes:
        start, end, gap = self.region()
        known = {rule.get("id") or f" {number}": rule for number, rule in enumerate(self.rules)}
        parts = []
        for number, row in enumerate(rows, 1):
            self.check(row, number)
            rule = _take(known, row, self.row)
            if rule is None:
                parts.append(gap + self.new_rule(row, gap))
            else:
                parts.append(self.gap_before(rule) + self.changed_rule(rule, row))
        return self.source[:start] + b"".join(parts) + self.source[end:]

    def check(self, row: Row, number: int) -> None:
        expected = len(self.table.all("input")), len(self.table.all("output"))
        if (len(row.inputs), len(row.outputs)) != expected:
            raise EditRefused(
                f"rule {number} has {len(row.inputs)} inputs and {len(row.outputs)} outputs;"
                f" the table has {expected[0]} and {expected[1]}"
            )
        if len(row.annotations) > len(self.table.all("annotation")):
            raise EditRefused(f"rule {number} has {len(row.annotations)} annotations; the table has fewer columns")

    def changed_rule(self, rule: Element, row: Row) -> bytes:
        before = self.row(rule)
        if len(before.cells) != len(row.cells):
            return self.new_rule(row, self.gap_before(rule), rule.get("id") or "")
        edits = [
            self.cell_edit(entry, new)
            for entry, old, new in zip(self.entries(rule), before.cells, row.cells, strict=True)
            if old != new
        ]
        return self.spliced(rule.start, self.end(rule), edits)

    def new_rule(self, row: Row, gap: bytes, identity: str = "") -> bytes:
        """A rule's XML, indented as its neighbours are."""
        prefix = self.prefix(self.table)
        outer = gap.decode() if gap.strip() == b"" and b"\n" in gap else "\n"
        inner = outer + "  "
        identity = identity or self.fresh_id()
        kinds = zip(ENTRIES, (row.inputs, row.outputs, row.annotations), strict=True)
        cells = [(name, text) for name, texts in kinds for text in texts]
        lines = [
            f"{inner}<{prefix}{name}{_cell_id(name, identity, number)}>"
            f"{inner}  <{prefix}text>{escape(text)}</{prefix}text>{inner}</{prefix}{name}>"
            for number, (name, text) in enumerate(cells, 1)
        ]
        return f"<{prefix}rule id={quoteattr(identity)}>{''.join(lines)}{outer}</{prefix}rule>".encode()

    def fresh_id(self) -> str:
        number = len(self.rules) + 1
        while (identity := f"rule_{self.table.get('id') or 'table'}_{number}") in self.ids:
            number += 1
        self.ids.add(identity)
        return identity

    # ---- where the rules stand

    def region(self) -> tuple[int, int, bytes]:
        """Where the rules stand, white space before the first included, and the white space before a rule."""
        if self.rules:
            gap = self.gap_before(self.rules[0])
            return self.rules[0].start - len(gap), self.end(self.rules[-1]), gap
        last = self.table.children[-1]
        position = self.end(last)
        return position, position, self.gap_before(last)

    def gap_before(self, element: Element) -> bytes:
        """What stands between an element and the one before it: white space, perhaps comments."""
        siblings = self.table.children
        index = next(number for number, each in enumerate(siblings) if each is element)
        if index == 0 or (element.name == "rule" and siblings[index - 1].name != "rule"):
            before = self.source[: element.start]
            return before[len(before.rstrip()) :]
        return self.source[self.end(siblings[index - 1]) : element.start]


def _find_table(root: Element, table_id: str) -> Element:
    """The decision table with this id, or that of the decision or knowledge model with this id."""
    owner = None
    for element in root.walk():
        if element.get("id") == table_id:
            owner = element
    found = [element for element in owner.walk() if element.name == "decisionTable"] if owner is not None else []
    if not found:
        raise EditRefused(f"the file has no decision table {quote(table_id)}")
    return found[0]


def _text(entry: Element) -> str:
    child = entry.first("text")
    return child.text.strip() if child is not None else ""


def _cell_id(name: str, rule_id: str, number: int) -> str:
    """Annotation entries have no id (8.3.3)."""
    return "" if name == "annotationEntry" else f" id={quoteattr(f'{rule_id}_{number}')}"


def _take(known: dict[str, Element], row: Row, read: Callable[[Element], Row]) -> Element | None:
    """The rule of the file that this row is, taken out of `known`; None for a new one."""
    if row.id:
        if row.id not in known:
            raise EditRefused(f"the table has no rule with the id {quote(row.id)}, or two rows have it")
        return known.pop(row.id)
    same = next((key for key, rule in known.items() if not rule.get("id") and read(rule) == row), None)
    return known.pop(same) if same is not None else None
