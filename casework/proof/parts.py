"""What part did each value play that a decision read?

Which values the rule that decided asks about and what it asks of them, and which of them alone, had they been others,
would have made it otherwise. Rules read all values at once: none weighs more than another, and a machine's reading is
one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from casework.cases.read.case_view import Look
from casework.cases.read.changes import label_of
from casework.cases.read.decisions import Cell, Decision, Input, asked, table_of, titles
from orchestration.casetypes.derived import read_in
from orchestration.view.decided import Alternative


@dataclass(frozen=True, slots=True)
class Part:
    """`label`: with what the value stands in. `asked`: what the rules that decided ask of it. `alone`: whether another
    value of it alone was found to make the decision otherwise."""

    label: str
    input: Input
    asked: tuple[Cell, ...]
    alone: bool


def parts(then: Look, made: Decision, others: Collection[Alternative]) -> tuple[Part, ...]:
    """Of each value that is told of; `others`: what would have made it otherwise."""
    tests, named = list(_tests(then, made)), titles(then.case_type)
    alone = {one.changes[0].name.replace(".", "/") for one in others if len(one.changes) == 1}
    return tuple(
        Part(
            label_of(each.pointer, named), each, tuple(cell for place, cell in tests if _holds(place, each.pointer)),
            any(_holds("/" + place, each.pointer) for place in alone),
        )
        for each in made.inputs
    )  # fmt: skip


def _tests(then: Look, made: Decision) -> Iterator[tuple[str, Cell]]:
    """(JSON Pointer that is read, what is asked of it) of each cell of the rules that decided."""
    for fired in made.fired:
        table = table_of(then, fired.decision)
        if table is None:
            continue
        names = [each.pointer.split("/")[1] for each in made.inputs]
        for column, cell in zip(table.inputs, asked(then, table, table.rows[fired.number - 1]), strict=True):
            if not cell.any:
                yield from (("/" + "/".join(place), cell) for place in read_in(column.expression, names))


def _holds(place: str, pointer: str) -> bool:
    return pointer == place or pointer.startswith(place + "/")
