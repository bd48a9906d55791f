"""Of which type is a value, and can it be made to fit another? (DMN 1.5, 10.3.2.9: type conformance and conversion.)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import ast
from .problems import FeelError
from .temporal import at_midnight
from .values import Function, Range, Value, described, kind_of


@dataclass(frozen=True, slots=True)
class Simple:
    """A type without parts: number, string, date, ..., and `list`, `context`, `function`, `range` of anything."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    item: Type


@dataclass(frozen=True, slots=True)
class RangeOf:
    endpoint: Type


@dataclass(frozen=True, slots=True)
class ContextOf:
    """At least these entries."""

    entries: tuple[tuple[str, Type], ...]


@dataclass(frozen=True, slots=True)
class FunctionOf:
    parameters: tuple[Type, ...]
    result: Type


@dataclass(frozen=True, slots=True)
class Restricted:
    """The values of `base` that are allowed: an item definition with allowed values or a constraint (7.3.3)."""

    name: str
    base: Type
    allows: Callable[[Value], bool]


Type = Simple | ListOf | RangeOf | ContextOf | FunctionOf | Restricted

ANY = Simple("Any")
NULL = Simple("Null")
_GENERIC: dict[type, str] = {ListOf: "list", RangeOf: "range", ContextOf: "context", FunctionOf: "function"}


def resolve(written: ast.Type, defined: Mapping[str, Type]) -> Type:
    """The type that was written. Item definitions come before built-in names. Raises `FeelError` for an unknown one."""
    if isinstance(written, ast.ListType):
        return ListOf(resolve(written.item, defined))
    if isinstance(written, ast.RangeType):
        return RangeOf(resolve(written.endpoint, defined))
    if isinstance(written, ast.ContextType):
        return ContextOf(tuple((entry.name, resolve(entry.type, defined)) for entry in written.entries))
    if isinstance(written, ast.FunctionType):
        return FunctionOf(tuple(resolve(of, defined) for of in written.parameters), resolve(written.result, defined))
    if written.name in defined:
        return defined[written.name]
    if written.name in ast.BUILT_IN_TYPES:
        return Simple(written.name)
    raise FeelError(f"there is no type {written.name!r}")


def resolve_complete(written: ast.Type, defined: Mapping[str, Type]) -> Type:
    """The same for `instance of`, where list, range, context and function must say of what. Raises `FeelError`."""
    for part in ast.walk(written):
        if isinstance(part, ast.NamedType) and part.name in _GENERIC.values() and part.name not in defined:
            raise FeelError(f"the type {part.name!r} does not say of what")
    return resolve(written, defined)


def is_instance(value: Value, of: Type) -> bool:
    """`instance of` (10.3.2.13.2, Table 53): null is an instance of Null alone."""
    if value is None:
        return of == NULL
    return of != NULL and fits(value, of)


def fits(value: Value, of: Type) -> bool:
    """Whether the value conforms to the type (10.3.2.9.2); null conforms to every type."""
    if value is None or of == ANY:
        return True
    if isinstance(of, Simple):
        return kind_of(value) == of.name
    if isinstance(of, Restricted):
        return fits(value, of.base) and of.allows(value)
    return kind_of(value) == _GENERIC[type(of)] and _parts_fit(value, of)


def _parts_fit(value: Value, of: Type) -> bool:
    if isinstance(of, ListOf):
        return all(fits(item, of.item) for item in value)
    if isinstance(of, ContextOf):
        return all(name in value and fits(value[name], entry) for name, entry in of.entries)
    if isinstance(of, RangeOf):
        return _range_fits(value, of)
    return isinstance(of, FunctionOf) and _function_fits(value, of)


def _range_fits(value: Range, of: RangeOf) -> bool:
    return fits(value.start, of.endpoint) and fits(value.end, of.endpoint)


def _function_fits(value: Function, of: FunctionOf) -> bool:
    """Parameters may be wider and the result narrower; what a function does not declare is taken as fitting."""
    if len(value.parameters) != len(of.parameters):
        return False
    declared = value.types or (None,) * len(value.parameters)
    accepts = all(mine is None or conforms(given, mine) for mine, given in zip(declared, of.parameters, strict=True))
    return accepts and (value.result is None or conforms(value.result, of.result))


def conforms(type_: Type, to: Type) -> bool:
    """Whether each value of a type conforms to another type (10.3.2.9.2)."""
    if to == ANY or type_ in (to, NULL):
        return True
    if isinstance(type_, Restricted):
        return conforms(type_.base, to)
    if isinstance(to, Simple):
        return _GENERIC.get(type(type_)) == to.name
    if isinstance(type_, ListOf) and isinstance(to, ListOf):
        return conforms(type_.item, to.item)
    if isinstance(type_, RangeOf) and isinstance(to, RangeOf):
        return conforms(type_.endpoint, to.endpoint)
    if isinstance(type_, ContextOf) and isinstance(to, ContextOf):
        mine = dict(type_.entries)
        return all(name in mine and conforms(mine[name], entry) for name, entry in to.entries)
    return isinstance(type_, FunctionOf) and isinstance(to, FunctionOf) and _functions_conform(type_, to)


def _functions_conform(mine: FunctionOf, to: FunctionOf) -> bool:
    if len(mine.parameters) != len(to.parameters):
        return False
    accepts = all(conforms(given, own) for own, given in zip(mine.parameters, to.parameters, strict=True))
    return accepts and conforms(mine.result, to.result)


def coerce(value: Value, to: Type) -> Value:
    """The value as that type, by the implicit conversions of 10.3.2.9.4. Raises `FeelError` if it does not fit.

    A list of one is its item, an item is a list of one, a date is a date and time at midnight UTC.
    """
    if fits(value, to):
        return value
    base = to.base if isinstance(to, Restricted) else to
    if isinstance(value, list) and len(value) == 1 and fits(value[0], to):
        return value[0]
    if (isinstance(base, ListOf) or base == Simple("list")) and fits([value], to):
        return [value]
    if base == Simple("date and time") and kind_of(value) == "date":
        return at_midnight(value)
    raise FeelError(f"{described(value)} does not fit the type {describe(to)}")


def describe(of: Type) -> str:
    """The type as FEEL writes it."""
    if isinstance(of, Simple | Restricted):
        return of.name
    if isinstance(of, ListOf):
        return f"list<{describe(of.item)}>"
    if isinstance(of, RangeOf):
        return f"range<{describe(of.endpoint)}>"
    if isinstance(of, ContextOf):
        return f"context<{', '.join(f'{name}: {describe(entry)}' for name, entry in of.entries)}>"
    return f"function<{', '.join(map(describe, of.parameters))}> -> {describe(of.result)}"
