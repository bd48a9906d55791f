"""Does data fit a JSON Schema that asks only for what is seen at one look?

A schema is made once into a predicate; it is a tenth of the work of looking up each keyword. One-sided: true means that
the data fits, false that jsonschema has to be asked, which also says what is wrong. There is none for a schema with a
keyword that is not among these few. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.ground.years import reckonable

Json = Any
Fits = Callable[[Json], bool]

TYPES: Final[Mapping[str, frozenset[type]]] = {
    "object": frozenset({dict}), "array": frozenset({list}), "string": frozenset({str}),
    "integer": frozenset({int}), "number": frozenset({int, float}), "boolean": frozenset({bool}),
    "null": frozenset({type(None)}),
}  # fmt: skip
SCALARS: Final = TYPES["string"] | TYPES["number"] | TYPES["boolean"] | TYPES["null"]
DATED: Final = frozenset({"date", "date-time"})
"""Formats that are more than a note here (`orchestration.ground.schemas`)."""
NOT_BLANK: Final = r"\S"
"""The one regular expression that asks for what is seen at one look."""


class _Other(Exception):
    """The schema asks for something else."""


def predicate(schema: Json) -> Fits | None:
    """Whether data fits for sure; None where this schema has to be looked at keyword by keyword."""
    try:
        return _made(schema)
    except (_Other, AttributeError, TypeError, ValueError, RecursionError):
        return None


def _made(schema: Json) -> Fits:
    if schema is True:
        return lambda data: True
    if not isinstance(schema, dict):
        raise _Other
    checks = [_check(word, rule, schema) for word, rule in schema.items() if word in Draft202012Validator.VALIDATORS]
    return _all([check for check in checks if check is not None])


def _all(checks: list[Fits]) -> Fits:
    if len(checks) == 1:
        return checks[0]

    def fits(data: Json) -> bool:
        for check in checks:  # noqa: SIM110 - a generator costs more than the checks
            if not check(data):
                return False
        return True

    return fits


def _check(word: str, rule: Json, schema: Mapping[str, Json]) -> Fits | None:
    """What a keyword asks for; None: nothing by itself."""
    match word:
        case "format":
            return _dated if rule in DATED else None
        case "pattern" if rule == NOT_BLANK:
            return _not_blank
        case "type":
            return _of_types([rule] if isinstance(rule, str) else rule)
        case "enum":
            return _one_of(rule)
        case "const":
            return _one_of([rule])
        case "required":
            return _having(frozenset(rule))
        case "properties":
            return _properties(rule)
        case "additionalProperties":
            return _more(rule, schema)
        case "items" if "prefixItems" not in schema:
            return _items(_made(rule))
        case _ if word in _BOUNDS:
            return _BOUNDS[word](rule)
    raise _Other


def _dated(data: Json) -> bool:
    return type(data) is not str or reckonable(data)


def _not_blank(data: Json) -> bool:
    return type(data) is not str or bool(data.strip())


def _of_types(names: list[str]) -> Fits:
    kinds = frozenset[type]().union(*(TYPES[name] for name in names if name in TYPES))
    return lambda data: type(data) in kinds


def _one_of(values: list[Json]) -> Fits:
    """Of values that are compared by what they are as well: true is not 1."""
    if any(type(value) not in SCALARS for value in values):
        raise _Other
    allowed = frozenset((type(value), value) for value in values)
    return lambda data: type(data) in SCALARS and (type(data), data) in allowed


def _having(names: frozenset[str]) -> Fits:
    return lambda data: type(data) is not dict or names <= data.keys()


def _properties(rules: Mapping[str, Json]) -> Fits:
    made = [(name, _made(rule)) for name, rule in rules.items()]

    def fits(data: Json) -> bool:
        if type(data) is dict:
            for name, check in made:
                if name in data and not check(data[name]):
                    return False
        return True

    return fits


def _more(rule: Json, schema: Mapping[str, Json]) -> Fits:
    if "patternProperties" in schema:
        raise _Other
    named = frozenset(schema.get("properties", ()))
    if rule is False:
        return lambda data: type(data) is not dict or data.keys() <= named
    check = _made(rule)
    return lambda data: type(data) is not dict or all(check(data[name]) for name in data.keys() - named)


def _items(check: Fits) -> Fits:
    return lambda data: type(data) is not list or all(map(check, data))


def _number(holds: Callable[[Any, Any], bool]) -> Callable[[Json], Fits]:
    def made(limit: Json) -> Fits:
        if type(limit) not in TYPES["number"]:
            raise _Other
        return lambda data: type(data) not in TYPES["number"] or holds(data, limit)

    return made


def _length(kind: Any, holds: Callable[[int, Any], bool]) -> Callable[[Json], Fits]:
    def made(limit: Json) -> Fits:
        if type(limit) is not int:
            raise _Other
        return lambda data: type(data) is not kind or holds(len(data), limit)

    return made


_BOUNDS: Final[Mapping[str, Callable[[Json], Fits]]] = {
    "minimum": _number(lambda data, limit: data >= limit),
    "maximum": _number(lambda data, limit: data <= limit),
    "exclusiveMinimum": _number(lambda data, limit: data > limit),
    "exclusiveMaximum": _number(lambda data, limit: data < limit),
    "minLength": _length(str, lambda data, limit: data >= limit),
    "maxLength": _length(str, lambda data, limit: data <= limit),
    "minItems": _length(list, lambda data, limit: data >= limit),
    "maxItems": _length(list, lambda data, limit: data <= limit),
    "minProperties": _length(dict, lambda data, limit: data >= limit),
    "maxProperties": _length(dict, lambda data, limit: data <= limit),
}
