"""How is an expression in a model read, and what is its value?

Expressions are FEEL. Text with `${...}` is JUEL, as Flowable's and Camunda 7's models carry it, and is translated into
FEEL when the model is deployed. Values come out in JSON's terms.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from orchestration.engine import feel, juel
from orchestration.engine.feel.problems import quote
from orchestration.engine.functions import FUNCTIONS, called

Json = Any

_LOCAL: Final = re.compile(r"[^\W\d]\w*")


class BadExpression(ValueError):
    """The text cannot be read; the message says why."""


class Formula:
    """A compiled expression. `names`: what it reads; `juel`: it came from JUEL; `constant`: it is a plain text."""

    __slots__ = ("_expression", "_functions", "constant", "juel", "names", "text")

    def __init__(
        self,
        text: str,
        expression: Any,
        names: frozenset[str],
        from_juel: bool = False,
        constant: Json = None,
        functions: Mapping[str, Any] | None = None,
    ) -> None:
        self.text = text
        self._functions = functions
        self._expression = expression
        self.names = names
        self.juel = from_juel
        self.constant = constant

    def value(self, scope: Mapping[str, Any], now: datetime) -> Json:
        """Its value in JSON's terms; an error is None."""
        if self._expression is None:
            return self.constant
        return to_json(self._expression.evaluate(self._seen(scope), now=feel_time(now)).value)

    def problems(self, scope: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
        """Why the value is null where it should not be, in sentences."""
        if self._expression is None:
            return ()
        problems = self._expression.evaluate(self._seen(scope), now=feel_time(now)).problems
        return tuple(str(problem) for problem in problems)

    def _seen(self, scope: Mapping[str, Any]) -> Mapping[str, Any]:
        """The scope, and behind it the functions that the expression calls."""
        return ChainMap(scope, self._functions) if self._functions else scope  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"


def formula(text: str, names: Iterable[str] = ()) -> Formula:
    """A FEEL expression, or JUEL. `names`: names of more than one word that it may use. Raises BadExpression."""
    stripped = text.strip()
    if not stripped:
        raise BadExpression("the expression is empty")
    if juel.holds_juel(stripped):
        return _from_juel(stripped)
    return _compile(text, stripped.removeprefix("="), tuple(name for name in names if not _LOCAL.fullmatch(name)))


def setting(text: str, names: Iterable[str] = ()) -> Formula:
    """An attribute's value: FEEL when it begins with `=`, JUEL when it holds `${`, else the text itself."""
    if text.lstrip().startswith("=") or juel.holds_juel(text):
        return formula(text, names)
    return plain(text)


def plain(text: str) -> Formula:
    """The text as it stands, whatever signs are in it."""
    return Formula(text, None, frozenset(), constant=text)


def _from_juel(text: str) -> Formula:
    try:
        translated = juel.translate(text)
    except juel.JuelRefused as refused:
        raise BadExpression(f"{quote(text)}: {refused}") from None
    compiled = _compile(text, translated.text, tuple(translated.names))
    return Formula(text, compiled._expression, compiled.names, from_juel=True, functions=compiled._functions)


def _compile(text: str, source: str, names: tuple[str, ...]) -> Formula:
    try:
        expression = feel.compile_expression(source, (*names, *FUNCTIONS))
    except feel.FeelSyntaxError as error:
        raise BadExpression(f"{quote(text)} is not FEEL: {error}") from None
    functions, nowhere = called(expression.ast)
    if nowhere:
        raise BadExpression(f"{quote(text)} calls the function {quote(nowhere[0])}, which is not known here")
    return Formula(text, expression, frozenset(expression.names - functions.keys()), functions=functions)


@lru_cache(maxsize=4)
def feel_time(now: datetime) -> Any:
    """The moment as a FEEL value; a step asks for the same one again and again."""
    return feel.to_feel(now)


def to_json(value: Any) -> Json:
    """A FEEL value in JSON's terms: whole numbers as integers, others as floats, dates and durations as ISO texts.

    A function is null: a variable that is not there may have the name of a built-in one.
    """
    if value is None or isinstance(value, bool | str | int | float):
        return value
    if isinstance(value, feel.Function):
        return None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**63 else float(value)
    if isinstance(value, Mapping):
        return {key: to_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(each) for each in value]
    return feel.to_string(value)
