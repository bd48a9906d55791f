"""How does a condition of an outline read in FEEL, and can it hold at all?

A condition on a field that has no value does not hold (“not equal to” does); it is never neither true nor false, which
would stop a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

Json = Any

SIGNS: Final = {
    "equal to": "=", "not equal to": "!=", "more than": ">", "at least": ">=", "less than": "<", "at most": "<=",
}  # fmt: skip
ORDERED: Final = ("number", "money", "date")
YES_OR_NO: Final = ("yes", "no")
NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the case. `at_start`: it is known when the case is opened."""

    name: str
    label: str
    kind: str
    choices: tuple[str, ...]
    secrecy: str
    at_start: bool

    @property
    def is_number(self) -> bool:
        return self.kind in ("number", "money")

    @property
    def options(self) -> tuple[str, ...]:
        """The values that are possible; none where any is."""
        return YES_OR_NO if self.kind == "yes or no" else self.choices


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    sign: str
    value: str


def value_fault(field: Field, text: str) -> str:
    """Why a field cannot have this value, a sentence; "" where it can."""
    if field.options and text not in field.options:
        return f"it is one of: {', '.join(field.options)}."
    if field.is_number and not NUMBER.fullmatch(text):
        return "this is no number."
    if field.kind == "date" and not _is_date(text):
        return "a day is written as 2026-01-31."
    return "" if text or field.kind == "long text" else "this is empty."


def condition_faults(conditions: Iterable[Condition], fields: Mapping[str, Field]) -> Iterator[str]:
    for one in conditions:
        field = fields.get(one.field)
        if field is None:
            yield f"a condition names the field “{one.field}”, which there is not."
        elif wrong := value_fault(field, one.value):
            yield f"a condition compares “{one.field}” with “{one.value}”: {wrong}"
        elif one.sign not in ("equal to", "not equal to") and field.kind not in ORDERED:
            yield f"a condition says “{one.field}” is {one.sign} something, but only numbers and days have an order."


def value_of(field: Field, text: str) -> Json:
    """A value as the case's data hold it."""
    if not field.is_number:
        return text
    number = Decimal(text)
    return int(number) if number == int(number) and "." not in text else float(number)


def literal(field: Field, text: str) -> str:
    """A value in FEEL."""
    if field.is_number:
        return text
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"date({quoted})" if field.kind == "date" else quoted


def holds(conditions: Iterable[Condition], fields: Mapping[str, Field]) -> str:
    """All of them together, in FEEL; "" where there is none."""
    return " and ".join(f"({_one(one, fields[one.field])})" for one in conditions)


def _one(condition: Condition, field: Field) -> str:
    sign, wanted = SIGNS[condition.sign], literal(field, condition.value)
    if condition.sign == "not equal to":
        return f"if {field.name} = null then true else {_read(field)} {sign} {wanted}"
    return f"if {field.name} = null then false else {_read(field)} {sign} {wanted}"


def _read(field: Field) -> str:
    return f"date({field.name})" if field.kind == "date" else field.name


def cell(conditions: Iterable[Condition], field: Field) -> str:
    """What a rule's row asks of one of its inputs; "-" where it asks nothing."""
    asked = [one for one in conditions if one.field == field.name]
    if not asked:
        return "-"
    if len(asked) == 1:
        return _test(asked[0], field)
    return " and ".join(f"? {SIGNS[one.sign]} {literal(field, one.value)}" for one in asked)


def _test(condition: Condition, field: Field) -> str:
    wanted = literal(field, condition.value)
    if condition.sign == "equal to":
        return wanted
    return f"not({wanted})" if condition.sign == "not equal to" else f"{SIGNS[condition.sign]} {wanted}"


def input_expression(field: Field) -> str:
    """How a rule reads the field."""
    return f"if {field.name} = null then null else date({field.name})" if field.kind == "date" else field.name


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
