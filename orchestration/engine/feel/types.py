"""Of which type is a value, and can it be made to fit another? (DMN 1.5, 10.3.2.9: type conformance and conversion.)"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from . import ast
from .evaluation import Evaluation
from .problems import DEFAULT, MOST_QUOTED, FeelError, quote
from .temporal import at_midnight
from .values import Function, Value, described, kind_of


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
    allows: Callable[[Value, Evaluation], bool]


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
    raise FeelError(f"there is no type {quote(written.name)}")


def resolve_complete(written: ast.Type, defined: Mapping[str, Type]) -> Type:
    """The same for `instance of`, where list, range, context and function must say of what. Raises `FeelError`."""
    for part in ast.walk(written):
        if isinstance(part, ast.NamedType) and part.name in _GENERIC.values() and part.name not in defined:
            raise FeelError(f"the type {quote(part.name)} does not say of what")
    return resolve(written, defined)


def is_instance(value: Value, of: Type, run: Evaluation | None = None) -> bool:
    """`instance of` (10.3.2.13.2, Table 53): null is an instance of Null alone."""
    if value is None:
        return of == NULL
    return of != NULL and fits(value, of, run)


def fits(value: Value, of: Type, run: Evaluation | None = None) -> bool:
    """Whether the value conforms to the type (10.3.2.9.2); null conforms to every type.

    What is looked at is counted by `run`, the evaluation that it is a part of. Raises `LimitExceeded`.
    """
    return _Fitting(run or Evaluation(DEFAULT, None)).fits(value, of)


@dataclass(frozen=True, slots=True)
class _Fitting:
    """One question whether a value fits. A part that stands in a value, or in a type, many times is looked at once."""

    run: Evaluation
    fitted: set[tuple[int, int]] = field(default_factory=set)

    def fits(self, value: Value, of: Type) -> bool:
        if value is None or of == ANY:
            return True
        if isinstance(of, Simple):
            return kind_of(value) == of.name
        if isinstance(of, Restricted):
            return self.fits(value, of.base) and of.allows(value, self.run)
        if kind_of(value) != _GENERIC[type(of)]:
            return False
        pair = id(value), id(of)
        if pair not in self.fitted:
            if not self.parts_fit(value, of):
                return False
            self.fitted.add(pair)
        return True

    def parts_fit(self, value: Value, of: Type) -> bool:
        if isinstance(of, ListOf):
            self.run.spend(1 + len(value) // 8)
            return all(self.fits(item, of.item) for item in value)
        if isinstance(of, ContextOf):
            self.run.spend()
            return all(name in value and self.fits(value[name], entry) for name, entry in of.entries)
        if isinstance(of, RangeOf):
            return self.fits(value.start, of.endpoint) and self.fits(value.end, of.endpoint)
        return isinstance(of, FunctionOf) and _function_fits(value, of)


def _function_fits(value: Function, of: FunctionOf) -> bool:
    """Parameters may be wider and the result narrower; what a function does not declare is taken as fitting."""
    if len(value.parameters) != len(of.parameters):
        return False
    declared = value.types or (None,) * len(value.parameters)
    accepts = all(mine is None or conforms(given, mine) for mine, given in zip(declared, of.parameters, strict=True))
    return accepts and (value.result is None or conforms(value.result, of.result))


def conforms(type_: Type, to: Type) -> bool:
    """Whether each value of a type conforms to another type (10.3.2.9.2)."""
    return _conforms(type_, to, set())


def _conforms(type_: Type, to: Type, known: set[tuple[int, int]]) -> bool:
    """The same; `known` are the pairs of types, by identity, of which it is known already."""
    if to == ANY or type_ is to or type_ == NULL:
        return True
    if isinstance(type_, Restricted):
        return _conforms(type_.base, to, known)
    if isinstance(to, Simple):
        return type_ == to or _GENERIC.get(type(type_)) == to.name
    pair = id(type_), id(to)
    if pair not in known:
        if not _parts_conform(type_, to, known):
            return False
        known.add(pair)
    return True


def _parts_conform(type_: Type, to: Type, known: set[tuple[int, int]]) -> bool:
    if isinstance(type_, ListOf) and isinstance(to, ListOf):
        return _conforms(type_.item, to.item, known)
    if isinstance(type_, RangeOf) and isinstance(to, RangeOf):
        return _conforms(type_.endpoint, to.endpoint, known)
    if isinstance(type_, ContextOf) and isinstance(to, ContextOf):
        mine = dict(type_.entries)
        return all(name in mine and _conforms(mine[name], entry, known) for name, entry in to.entries)
    return isinstance(type_, FunctionOf) and isinstance(to, FunctionOf) and _functions_conform(type_, to, known)


def _functions_conform(mine: FunctionOf, to: FunctionOf, known: set[tuple[int, int]]) -> bool:
    if len(mine.parameters) != len(to.parameters):
        return False
    accepts = all(_conforms(given, own, known) for own, given in zip(mine.parameters, to.parameters, strict=True))
    return accepts and _conforms(mine.result, to.result, known)


def coerce(value: Value, to: Type, run: Evaluation | None = None) -> Value:
    """The value as that type, by the implicit conversions of 10.3.2.9.4. Raises `FeelError` if it does not fit.

    A list of one is its item, an item is a list of one, a date is a date and time at midnight UTC.
    """
    fitting = _Fitting(run or Evaluation(DEFAULT, None))
    if fitting.fits(value, to):
        return value
    base = to.base if isinstance(to, Restricted) else to
    if isinstance(value, list) and len(value) == 1 and fitting.fits(value[0], to):
        return value[0]
    if (isinstance(base, ListOf) or base == Simple("list")) and fitting.fits([value], to):
        return [value]
    if base == Simple("date and time") and kind_of(value) == "date":
        return at_midnight(value)
    raise FeelError(f"{described(value)} does not fit the type {describe(to)}")


def describe(of: Type) -> str:
    """The type as FEEL writes it, cut off behind 80 characters: types of types may be enormous when written out."""
    written = ""
    for piece in _pieces(of):
        written += piece
        if len(written) > MOST_QUOTED:
            return written[: MOST_QUOTED - 1] + "…"
    return written


def _pieces(of: Type) -> Iterator[str]:
    """The text of a type bit by bit, so that nobody writes out more than is read."""
    if isinstance(of, Simple | Restricted):
        yield of.name
        return
    yield f"{_GENERIC[type(of)]}<"
    for number, (name, part) in enumerate(_named_parts(of)):
        yield ", " if number else ""
        yield f"{name}: " if name else ""
        yield from _pieces(part)
    yield ">"
    if isinstance(of, FunctionOf):
        yield " -> "
        yield from _pieces(of.result)


def _named_parts(of: Type) -> Sequence[tuple[str, Type]]:
    """The types between a type's angle brackets, those of a context with their names."""
    if isinstance(of, ContextOf):
        return of.entries
    if isinstance(of, FunctionOf):
        return [("", parameter) for parameter in of.parameters]
    if isinstance(of, ListOf):
        return [("", of.item)]
    return [("", of.endpoint)] if isinstance(of, RangeOf) else []
