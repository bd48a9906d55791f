"""Can this cell be what its author meant, and what does it say? (DMN 1.5, 8.3.3: input entries and output entries)

`read_cell` judges one cell against its column (`cell_columns.columns_of`) and says it in plain words, so that whoever
edits a table sees both before it is published. Nothing is guessed: constants are evaluated, types are those that the
model declares, and about what depends on other data only names and types are judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from orchestration.engine import juel
from orchestration.engine.dmn import cell_hints, cell_words, dialect
from orchestration.engine.dmn.cell_columns import CellColumn
from orchestration.engine.dmn.intervals import NOTHING, IntervalSet, cell_set, union
from orchestration.engine.dmn.literals import NO_TEXT
from orchestration.engine.feel import (
    FeelSyntaxError,
    Names,
    Range,
    Value,
    ast,
    compile_expression,
    compile_unary_tests,
    kind_of,
    unparse,
)
from orchestration.engine.feel.inference import type_of
from orchestration.engine.feel.types import Restricted, Simple, Type, conforms, describe, fits

CellFaultKind = Literal[
    "not FEEL", "unknown name", "wrong type", "not allowed", "never true", "always null", "ambiguous", "empty"
]
_DOUBTS = ("ambiguous", "empty")
_ORDERED = ("number", "string", "date", "time", "date and time", "days and time duration", "years and months duration")
_VOLATILE = ("now", "today")


@dataclass(frozen=True, slots=True)
class CellFault:
    """One thing to be said of a cell. `severe`: it cannot be what was meant; otherwise a person decides."""

    kind: CellFaultKind
    sentence: str

    @property
    def severe(self) -> bool:
        return self.kind not in _DOUBTS


@dataclass(frozen=True, slots=True)
class CellReading:
    """A cell's text, what it says in plain words (empty where it cannot be read), and what is wrong with it."""

    text: str
    words: str
    faults: tuple[CellFault, ...] = ()

    @property
    def publishable(self) -> bool:
        return not any(fault.severe for fault in self.faults)


def read_cell(text: str, column: CellColumn) -> CellReading:
    """What a cell says, and what is wrong with it. Never raises for what stands in it."""
    stripped = text.strip()
    try:
        feel = stripped if column.vendor in (None, "zeebe") else dialect.read_cell(stripped, column.is_output)
    except juel.JuelRefused as refused:
        return CellReading(stripped, "", (CellFault("not FEEL", f"It cannot be read: {_sentence(str(refused))}"),))
    found = _output(feel, column) if column.is_output else _input(feel, column)
    return found if feel == stripped else replace(found, text=stripped, words=_in_own_words(found.words, stripped))


def _in_own_words(words: str, text: str) -> str:
    """What a translated text says; where that is to quote it, as its author wrote it."""
    if words.startswith("whatever fulfils"):
        return f"whatever fulfils {cell_words.quoted(text)}"
    return f"what {cell_words.quoted(text)} gives" if words.startswith("what ") else words


def read_row(cells: Sequence[str], columns: Sequence[CellColumn]) -> tuple[CellReading, ...]:
    """The readings of a rule's cells, inputs first; annotations behind them are passed over."""
    return tuple(read_cell(text, column) for text, column in zip(cells, columns, strict=False))


# ---------------------------------------------------------------- input entries


@dataclass(frozen=True, slots=True)
class _Test:
    """One of the tests that a cell joins with commas; `takes` is None where its values are no set of intervals."""

    words: str
    faults: tuple[CellFault, ...] = ()
    takes: IntervalSet | None = None


def _input(text: str, column: CellColumn) -> CellReading:
    if text in NO_TEXT:
        return CellReading(text, cell_words.ANYTHING)
    try:
        compiled = compile_unary_tests(text, Names(frozenset(column.names), column.members), library=column.library)
    except FeelSyntaxError as error:
        return CellReading(text, "", (_not_feel(text, error, column),))
    faults = [*_unknown(compiled.names, text, column), *_lists_for_numbers(text)]
    tests = [_read_test(node, column) for node in compiled.ast.tests]
    faults += [fault for test in tests for fault in test.faults]
    if not faults or all(not fault.severe for fault in faults):
        faults += _covered(tests) if not compiled.ast.negated else []
        faults += _never_true(compiled.ast, column)
    words = cell_words.any_of([test.words for test in tests])
    return CellReading(text, f"anything but {words}" if compiled.ast.negated else words, tuple(faults))


def _covered(tests: Sequence[_Test]) -> Iterator[CellFault]:
    """A test that takes nothing but what the tests before it take: it was hardly meant so."""
    before: IntervalSet = NOTHING
    for number, test in enumerate(tests):
        if test.takes is None:
            return
        if number and not test.takes - before:
            yield CellFault("ambiguous", f"“{test.words}” adds nothing: what stands before it takes that already.")
        before = union((before, test.takes))


def _never_true(cell: ast.UnaryTests, column: CellColumn) -> Iterator[CellFault]:
    """A cell that takes no value at all, or none of those that the column allows."""
    kind = column.kind
    takes = None if kind is None else cell_set(cell, kind)
    if takes is None:
        return
    if not takes:
        yield CellFault("never true", "No value fits this cell, so the rule can never match.")
    elif not takes & column.allowed_set:
        allowed = f": {cell_words.quoted(column.told_values)}" if column.told_values else ""
        yield CellFault("not allowed", f"The column never has a value that fits this cell{allowed}.")


def _read_test(node: ast.Node, column: CellColumn) -> _Test:
    if isinstance(node, ast.OperatorTest):
        return _comparison(node, column)
    if isinstance(node, ast.RangeLiteral):
        return _range(node, column)
    if _is_constant(node):
        return _constant(node, column)
    words = f"whatever fulfils {_source(node)}"
    if not _reads_input(node):
        words = f"what {_source(node)} gives"
        if fault := _misfit_type(type_of(node, column.names), column):
            return _Test(words, (fault,))
    return _Test(words, takes=_set(node, column))


def _comparison(node: ast.OperatorTest, column: CellColumn) -> _Test:
    if not _is_constant(node.operand):
        words = cell_words.compared_words(node.operator, Decimal(), f"what {_source(node.operand)} gives")
        fault = _misfit_type(type_of(node.operand, column.names), column)
        return _Test(words, (fault,) if fault else ())
    value, reasons = _evaluated(node.operand)
    words = cell_words.compared_words(node.operator, value, cell_words.value_words(value))
    if reasons:
        return _Test(words, (_always_null(node.operand, reasons),))
    if node.operator in ("=", "!=") and value is None:
        return _Test(words)
    if node.operator not in ("=", "!=") and kind_of(value) not in _ORDERED:
        sentence = f"{_said(value)} has no order, so “{node.operator}” is null for every input."
        return _Test(words, (CellFault("always null", sentence),))
    return _Test(words, tuple(_misfits(value, node.operand, column)), _set(node, column))


def _range(node: ast.RangeLiteral, column: CellColumn) -> _Test:
    ends = (node.start, node.end)
    if not all(map(_is_constant, ends)):
        return _Test(f"from {_source(node.start)} to {_source(node.end)}")
    start, end = (_evaluated(each) for each in ends)
    words = cell_words.range_words(start[0], end[0], node.start_included, node.end_included)
    for each, (_, reasons) in zip(ends, (start, end), strict=True):
        if reasons:
            return _Test(words, (_always_null(each, reasons),))
    faults = [
        fault for each, (value, _) in zip(ends, (start, end), strict=True) for fault in _misfits(value, each, column)
    ]
    _, reasons = _evaluated(node)
    if not faults and reasons:
        faults.append(CellFault("never true", f"{_sentence(reasons[0])} {cell_hints.turned(node)}".strip()))
    return _Test(words, tuple(faults), None if faults else _set(node, column))


def _constant(node: ast.Node, column: CellColumn) -> _Test:
    """A value that the input has to equal, a list of which it has to be one, or a range in which it has to lie."""
    value, reasons = _evaluated(node)
    if reasons:
        return _Test(_source(node), (_always_null(node, reasons),))
    doubts = tuple(CellFault("ambiguous", sentence) for sentence in cell_hints.doubts(node, value))
    if isinstance(value, bool) and not _takes_boolean(column):
        sentence = f"This is {'true' if value else 'false'} whatever the input is."
        return _Test(_source(node), (CellFault("ambiguous" if value else "never true", sentence),))
    words = cell_words.exactly(value, cell_words.value_words(value))
    if value is None:
        return _Test(words)
    if isinstance(value, list) and not all(fits(value, each) for each in column.types):
        faults = [fault for item in value for fault in _misfits(item, node, column)]
        words = cell_words.any_of([cell_words.exactly(item, cell_words.value_words(item)) for item in value])
        return _Test(words or "one of no values", tuple(faults) or doubts)
    value = value.start if isinstance(value, Range) and value.start is not None else value
    return _Test(words, (*doubts, *_misfits(value, node, column)), _set(node, column))


def _takes_boolean(column: CellColumn) -> bool:
    return not column.types or any(_base(each) == Simple("boolean") for each in column.types)


def _set(node: ast.Node, column: CellColumn) -> IntervalSet | None:
    return None if column.kind is None else cell_set(ast.UnaryTests(node.span, (node,), False), column.kind)


# ---------------------------------------------------------------- output entries


def _output(text: str, column: CellColumn) -> CellReading:
    if text in NO_TEXT:
        return CellReading(
            text, cell_words.NO_VALUE, (CellFault("empty", "It is empty: the rule gives no value here."),)
        )
    try:
        compiled = compile_expression(text, Names(frozenset(column.names), column.members), library=column.library)
    except FeelSyntaxError as error:
        return CellReading(text, "", (_not_feel(text, error, column),))
    if faults := tuple(_unknown(compiled.names, text, column)):
        return CellReading(text, f"what {_source(compiled.ast)} gives", faults)
    if not _is_constant(compiled.ast):
        fault = _misfit_type(type_of(compiled.ast, column.names), column)
        return CellReading(text, f"what {_source(compiled.ast)} gives", (fault,) if fault else ())
    value, reasons = _evaluated(compiled.ast)
    words = cell_words.value_words(value)
    if reasons:
        return CellReading(text, words, (_always_null(compiled.ast, reasons),))
    doubts = [CellFault("ambiguous", sentence) for sentence in cell_hints.doubts(compiled.ast, value)]
    return CellReading(text, words, (*doubts, *_misfits(value, compiled.ast, column, allowed=True)))


# ---------------------------------------------------------------- what can be wrong


def _not_feel(text: str, error: FeelSyntaxError, column: CellColumn) -> CellFault:
    hint = cell_hints.instead(text, column.is_output)
    return CellFault("not FEEL", f"It cannot be read: {_sentence(error.message)} {hint}".strip())


def _unknown(read: frozenset[str], text: str, column: CellColumn) -> Iterator[CellFault]:
    """Names that nothing gives: they are null."""
    for name in sorted(read - column.names.keys() - column.members - column.library.functions.keys()):
        told, hint = cell_words.quoted(name), cell_hints.for_name(name)
        if column.vendor is None:
            yield CellFault("unknown name", f"There is no {told} here. {hint}".strip())
        else:
            yield CellFault("ambiguous", f"{told} is read from the variables of the case. {hint}".strip())


def _lists_for_numbers(text: str) -> Iterator[CellFault]:
    for sentence in cell_hints.decimal_commas(text):
        yield CellFault("ambiguous", sentence)


def _always_null(node: ast.Node, reasons: Sequence[str]) -> CellFault:
    hint = cell_hints.for_null(node)
    return CellFault("always null", f"{_source(node)} gives no value: {_sentence(reasons[0])} {hint}".strip())


def _misfits(value: Value, node: ast.Node, column: CellColumn, allowed: bool = False) -> Iterator[CellFault]:
    """A constant of a type that the column does not have, or, of an output, one that it does not allow."""
    if value is None:
        return
    for each in column.types:
        if not (fits(value, _base(each)) or (column.is_output and _converts(value, _base(each)))):
            hint = cell_hints.for_type(value, node, _name(_base(each)))
            sentence = f"The column takes {cell_words.plural(_name(_base(each)))}, and {_said(value)} is none. {hint}"
            yield CellFault("wrong type", sentence.strip())
            return
    if allowed and not column.allows(value):
        told = f": {cell_words.quoted(column.told_values)}" if column.told_values else ""
        yield CellFault("not allowed", f"{_said(value)} is none of the values that the column allows{told}.")


def _misfit_type(given: Type | None, column: CellColumn) -> CellFault | None:
    """What is not a constant, where its type is known and the column's is another."""
    for each in column.types:
        if given is not None and not conforms(_base(given), _base(each)) and not conforms(_base(each), given):
            wanted, own = cell_words.plural(_name(_base(each))), cell_words.singular(_name(_base(given)))
            return CellFault("wrong type", f"The column takes {wanted}, and this is {own}.")
    return None


def _converts(value: Value, to: Type) -> bool:
    """Whether the value becomes one of that type by itself (10.3.2.9.4)."""
    if isinstance(value, list) and len(value) == 1:
        return fits(value[0], to)
    return fits([value], to) or (to == Simple("date and time") and kind_of(value) == "date")


def _base(of: Type) -> Type:
    return _base(of.base) if isinstance(of, Restricted) else of


def _name(of: Type) -> str:
    return describe(of).partition("<")[0]


# ---------------------------------------------------------------- nodes


def _is_constant(node: ast.Node) -> bool:
    """Whether it is the same whatever the data is, and whenever it is asked."""
    own = {each.name for each in ast.walk(node) if isinstance(each, ast.Iteration | ast.Parameter)}
    names = {each.name for each in ast.walk(node) if isinstance(each, ast.Name)}
    return not any(name in _VOLATILE or name not in juel.LIBRARY.functions for name in names - own)


def _reads_input(node: ast.Node) -> bool:
    return any(isinstance(each, ast.Name) and each.name == "?" for each in ast.walk(node))


def _evaluated(node: ast.Node) -> tuple[Value, list[str]]:
    """A constant's value, and why it or a part of it is null where it should not be."""
    evaluated = compile_expression(unparse(node), library=juel.LIBRARY).evaluate({})
    return evaluated.value, [problem.reason for problem in evaluated.problems]


def _source(node: ast.Node) -> str:
    return cell_words.quoted(unparse(node))


def _said(value: Value) -> str:
    words = cell_words.value_words(value)
    return words if isinstance(value, str | bool | Decimal) else f"{cell_words.singular(kind_of(value))} ({words})"


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
