"""How is a built-in function declared, and how do arguments find its parameters? (DMN 1.5, 10.3.4.)

    @built_in("substring(string: string, start position: number, length?: number)")

declares one signature; a function may have several. A `?` behind a parameter's name makes it optional (null is as
good as nothing), behind its type lets it be null, `...` gathers all further arguments. Arguments are converted
implicitly (10.3.2.9.4): a list of one to its item, an item to a list of one. What fits no signature makes the result
null.
"""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, TypeVar

from ..evaluation import Evaluation
from ..numbers import exact
from ..problems import FeelError
from ..temporal import DateTime
from ..values import Function, Value, kind_of

_ANY = ("any",)
Implementation = Callable[..., Value]
Implemented = TypeVar("Implemented", bound=Implementation)


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kinds: tuple[str, ...]
    optional: bool
    nullable: bool
    variadic: bool

    def __str__(self) -> str:
        return self.name + ("?" if self.optional else "") + ("..." if self.variadic else "")


@dataclass(frozen=True, slots=True)
class Signature:
    """`required` counts the parameters that must be given; `variadic` says that the last one gathers the rest."""

    parameters: tuple[Parameter, ...]
    implementation: Implementation
    required: int
    variadic: bool

    def takes(self, count: int) -> bool:
        return self.required <= count and (self.variadic or count <= len(self.parameters))

    def names(self, names: Mapping[str, Value]) -> bool:
        """Whether there are parameters with these names; those that are not given are null."""
        return names.keys() <= {parameter.name for parameter in self.parameters}

    def in_order(self, names: Mapping[str, Value]) -> bool:
        """Whether these named arguments come in the order of the parameters."""
        return [parameter.name for parameter in self.parameters if parameter.name in names] == list(names)

    def gathered(self, arguments: Sequence[Value]) -> Sequence[Value]:
        """The arguments, those of the variadic parameter put in one list."""
        if not self.variadic:
            return arguments
        fixed = len(self.parameters) - 1
        return [*arguments[:fixed], list(arguments[fixed:])]

    def call(self, run: Evaluation, arguments: Sequence[Value]) -> Value:
        converted = [
            _convert(parameter, argument)
            for parameter, argument in zip(self.parameters, self.gathered(arguments), strict=False)
        ]
        try:
            return self.implementation(run, *converted)
        except decimal.DecimalException as error:
            raise FeelError("the result is not a number that FEEL can hold") from error


class _DoesNotFit(FeelError):
    """An argument is not of the parameter's type."""


def _convert(parameter: Parameter, value: Value) -> Value:
    if parameter.variadic:
        return value
    if value is None:
        if parameter.nullable or parameter.optional:
            return None
        raise _DoesNotFit(f"{parameter.name!r} must not be null")
    if parameter.kinds == _ANY:
        return value
    kind = kind_of(value)
    if kind not in parameter.kinds:
        value = _implicitly(parameter, value, kind)
        kind = kind_of(value)
    return _number(parameter, value) if kind == "number" else value


def _number(parameter: Parameter, value: Value) -> Decimal:
    number = exact(value)
    if number is None:
        raise _DoesNotFit(f"{parameter.name!r} is a number that is none")
    return number


def _implicitly(parameter: Parameter, value: Value, kind: str) -> Value:
    if parameter.kinds == ("list",):
        return [value]
    if kind == "list" and len(value) == 1 and kind_of(value[0]) in parameter.kinds:
        return value[0]
    raise _DoesNotFit(f"{parameter.name!r} must be a {' or '.join(parameter.kinds)}, not a {kind}")


@dataclass(frozen=True, slots=True, eq=False)
class BuiltIn(Function):
    """A function of the specification, with all its signatures."""

    signatures: list[Signature] = field(default_factory=list)

    @property
    def told_parameters(self) -> str:
        """The parameters of its signatures, as part of a sentence."""
        return " or ".join(f"({', '.join(map(str, signature.parameters))})" for signature in self.signatures)

    def call(self, run: Evaluation, arguments: Sequence[Value]) -> Value:
        run.spend()
        count, misfit = len(arguments), None
        for signature in self.signatures:
            if signature.takes(count):
                try:
                    return signature.call(run, arguments)
                except _DoesNotFit as error:
                    misfit = error
        raise misfit or FeelError(f"{self.name} does not take {count} arguments")

    def call_named(self, run: Evaluation, arguments: Mapping[str, Value]) -> Value:
        run.spend()
        misfit = None
        for signature in sorted(self.signatures, key=lambda one: not one.in_order(arguments)):
            if signature.names(arguments):
                try:
                    return signature.call(run, _positional(signature, arguments))
                except _DoesNotFit as error:
                    misfit = error
        raise misfit or FeelError(f"{self.name} has no parameters {', '.join(map(repr, arguments))}")


def _positional(signature: Signature, arguments: Mapping[str, Value]) -> Sequence[Value]:
    """Null where nothing is given, but nothing at all for a variadic parameter."""
    return [
        arguments.get(parameter.name)
        for parameter in signature.parameters
        if parameter.name in arguments or not parameter.variadic
    ]


BUILT_INS: dict[str, BuiltIn] = {}
_SIGNATURE = re.compile(r"([^(]+)\((.*)\)\Z")
_POINTS = (
    "number",
    "string",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
)
_PARAMETER = re.compile(r"([^?.:]+)(\?)?(\.\.\.)?: ([^?]+)(\?)?\Z")


class Register(Protocol):
    """Registers a Python function under one or more signatures."""

    def __call__(self, *declarations: str) -> Callable[[Implemented], Implemented]: ...


def declaring(into: dict[str, BuiltIn]) -> Register:
    """What registers a Python function, which gets the `Evaluation` first, under one or more signatures."""

    def built_in(*declarations: str) -> Callable[[Implemented], Implemented]:
        def register(implementation: Implemented) -> Implemented:
            for declaration in declarations:
                name, signature = _parse(declaration, implementation)
                parameters = tuple(parameter.name for parameter in signature.parameters)
                known = into.setdefault(name, BuiltIn(name, parameters, _unused))
                known.signatures.append(signature)
            return implementation

        return register

    return built_in


built_in = declaring(BUILT_INS)


def _unused(run: Evaluation, arguments: Sequence[Value]) -> Value:
    raise FeelError("a built-in function is called by its signatures")


def _parse(declaration: str, implementation: Implementation) -> tuple[str, Signature]:
    match = _SIGNATURE.match(declaration)
    if match is None:
        raise ValueError(f"not a signature: {declaration}")
    parameters = tuple(_parameter(text) for text in match[2].split(", ") if text)
    required = sum(not parameter.optional for parameter in parameters)
    return match[1], Signature(parameters, implementation, required, any(one.variadic for one in parameters))


def _parameter(text: str) -> Parameter:
    match = _PARAMETER.match(text)
    if match is None:
        raise ValueError(f"not a parameter: {text}")
    kinds = _POINTS if match[4] == "point" else tuple(match[4].split(" | "))
    return Parameter(match[1], kinds, bool(match[2]), bool(match[5]), bool(match[3]))


def now_of(run: Evaluation) -> DateTime:
    """The time that was handed in. Raises `FeelError` if there is none."""
    if run.now is None:
        raise FeelError("this evaluation was given no current time")
    return run.now
