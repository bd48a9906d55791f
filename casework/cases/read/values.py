"""How is a value of the case's data said to people?

By the case type's own words: the labels of its forms' choices, and what the JSON Schema says of the field: a moment
(`format: date-time`), a day (`format: date`), a share (a number from 0 to 1), money (`x-currency: EUR`), a `title`
beside the value (`anyOf` of `const` and `title`). Other readings (`alternatives`) are said as the reading beside them
(`label`). What does not fit stays as it is, as does what is masked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import orjson
from django.utils import timezone

from orchestration.casetypes.case_type import CaseType

Json = Any
InWords = Callable[[str, Json], Json]
"""JSON Pointer, value -> the value as people say it."""

NOTHING: Final[Mapping[str, str]] = {}


def version_in_words(case_type: CaseType, label: str) -> str:
    """ "complaint v3" -> "Customer complaint, version 3"; that of another type as it is."""
    key, _, number = label.rpartition(" v")
    return f"{case_type.name}, version {number}" if key == case_type.key else label


def values_in_words(case_type: CaseType) -> InWords:
    """How the values of a case of this type are said."""
    labels = case_type.choice_words

    def said(pointer: str, value: Json) -> Json:
        path = pointer.removeprefix("/").replace("/", ".")
        if isinstance(value, str) and value in (known := labels.get(_said_as(path), NOTHING)):
            return known[value]
        if isinstance(value, list):
            beside = labels.get(path.rpartition(".")[0] + ".label", NOTHING)
            return [_reading(each, beside) for each in value]
        return said_by(schema_at(case_type.schema, pointer), value)

    return said


def _said_as(path: str) -> str:
    """Where the words of a dotted place stand: those of another reading, with the reading that it is another of."""
    reading, is_other, below = path.partition(".alternatives")
    return f"{reading}.label" if is_other and below[:1] in ("", ".") else path


def codes_in_words(case_type: CaseType) -> Mapping[str, str]:
    """What each code is called that every form calls so: a machine that answers a code knows no place."""
    called: dict[str, set[str]] = {}
    for choices in case_type.choice_words.values():
        for code, words in choices.items():
            called.setdefault(code, set()).add(words)
    return {code: words.pop() for code, words in called.items() if len(words) == 1}


def options_at(case_type: CaseType) -> Callable[[str], Mapping[str, str]]:
    """What may stand at a dotted place, with its words: what a form lets one choose, else what the schema lists."""
    labels = case_type.choice_words

    def found(path: str) -> Mapping[str, str]:
        listed = schema_at(case_type.schema, "/" + path.replace(".", "/")).get("enum", ())
        return labels.get(path) or {value: value for value in listed if isinstance(value, str)}

    return found


def unit_at(case_type: CaseType) -> Callable[[str], str]:
    """In what the number at a JSON Pointer is counted: a currency, `%` for a share, nothing else."""

    def found(pointer: str) -> str:
        schema = schema_at(case_type.schema, pointer)
        return str(schema.get("x-currency", "%" if _is_share(schema) else ""))

    return found


def _is_share(schema: Mapping[str, Json]) -> bool:
    return schema.get("type") == "number" and (schema.get("minimum"), schema.get("maximum")) == (0, 1)


def schema_at(schema: Mapping[str, Json], pointer: str) -> Mapping[str, Json]:
    """What the schema says of the field at this JSON Pointer; nothing where it knows none."""
    for name in pointer.split("/")[1:]:
        below = schema.get("properties", {}).get(name.replace("~1", "/").replace("~0", "~"))
        if not isinstance(below, dict):
            return {}
        schema = below
    return schema


def _reading(value: Json, words: Mapping[str, str]) -> Json:
    is_one = isinstance(value, Mapping) and isinstance(value.get("label"), str)
    return {**value, "label": words.get(value["label"], value["label"])} if is_one else value


def written(value: Json) -> str:
    """The value as it could stand in a text, to be looked through for what is masked."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def said_by(schema: Mapping[str, Json], value: Json) -> Json:
    """The value as its own schema says it."""
    if isinstance(value, str):
        ways = (one for one in schema.get("anyOf", ()) if isinstance(one, Mapping))
        titled = (one["title"] for one in ways if one.get("const") == value and "title" in one)
        return next(titled, None) or _moment(schema.get("format", ""), value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if currency := schema.get("x-currency"):
        return f"{Decimal(str(value)):,.2f} {currency}"
    if _is_share(schema):
        return f"{value * 100:.1f} %"
    return value


def _moment(kind: str, text: str) -> str:
    """A moment or a day as people write it; any other text as it is."""
    try:
        if kind == "date":
            return _day(date.fromisoformat(text))
        found = datetime.fromisoformat(text) if kind == "date-time" else None
    except ValueError:
        return text
    if found is None:
        return text
    local = found if found.tzinfo is None else timezone.localtime(found)
    return f"{_day(local)} at {local:%H:%M}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
