"""How is an expression in a model read, and what is its value?

Expressions are FEEL. Text with `${...}` is JUEL, as Flowable's and Camunda 7's models carry it, and is translated into
FEEL when the model is deployed. Values come out in JSON's terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from orchestration.engine import feel, juel
from orchestration.engine.feel.problems import quote
from orchestration.engine.functions import refusal

Json = Any

_PLAIN: Final = (bool, str, int, float)
"""Types are tuples where they are asked for at every turn: `A | B` would be put together anew each time."""
_LOCAL: Final = re.compile(r"[^\W\d]\w*")


class BadExpression(ValueError):
    """The text cannot be read; the message says why."""


class Formula:
    """A compiled expression. `names`: what it reads; `juel`: it came from JUEL; `constant`: it is a plain text."""

    __slots__ = ("_expression", "constant", "juel", "names", "text")

    def __init__(
        self,
        text: str,
        expression: Any,
        names: frozenset[str],
        from_juel: bool = False,
        constant: Json = None,
    ) -> None:
        self.text = text
        self._expression = expression
        self.names = names
        self.juel = from_juel
        self.constant = constant

    @property
    def tree(self) -> feel.ast.Node | None:
        """What it says, as a tree; None of a plain text."""
        return None if self._expression is None else self._expression.ast

    def value(self, scope: Mapping[str, Any], now: datetime) -> Json:
        """Its value in JSON's terms; an error is None."""
        if self._expression is None:
            return self.constant
        return to_json(self._expression.evaluate(scope, now=feel_time(now)).value)

    def problems(self, scope: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
        """Why the value is null where it should not be, in sentences."""
        if self._expression is None:
            return ()
        problems = self._expression.evaluate(scope, now=feel_time(now)).problems
        return tuple(str(problem) for problem in problems)

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
    return _compile(text, translated.text, tuple(translated.names), from_juel=True)


def _compile(text: str, source: str, names: tuple[str, ...], from_juel: bool = False) -> Formula:
    try:
        expression = feel.compile_expression(source, names, library=juel.LIBRARY)
    except feel.FeelSyntaxError as error:
        said = "has no meaning here" if from_juel else f"is not FEEL: {error}"
        raise BadExpression(f"{quote(text)} {said}") from None
    if reason := refusal(expression.ast):
        raise BadExpression(f"{quote(text)} {reason}")
    return Formula(text, expression, expression.names, from_juel=from_juel)


@lru_cache(maxsize=4)
def feel_time(now: datetime) -> Any:
    """The moment as a FEEL value; a step asks for the same one again and again."""
    return feel.to_feel(now)


def to_json(value: Any) -> Json:
    """A FEEL value in JSON's terms: whole numbers as integers, others as floats, dates and durations as ISO texts.

    A function is null: a variable that is not there may have the name of a built-in one.
    """
    if value is None or isinstance(value, _PLAIN):
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
