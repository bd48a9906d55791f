"""How do the values of a case become those of a request, and an answer's those of a case?

In a file a text that begins with `=` is a FEEL expression; every other value is itself, with what stands below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.engine.expressions import BadExpression, Formula, formula
from orchestration.ground import clock

Json = Any


@dataclass(frozen=True, slots=True)
class Filled:
    """A value of a file, its expressions read: `filled` gives it for what is known."""

    tree: Any

    def filled(self, scope: Mapping[str, Json]) -> Json:
        """In JSON's terms; an expression that has no value is null."""
        return _filled(self.tree, scope)


def mapping(value: Json) -> Filled:
    """Raises BadExpression."""
    return Filled(_read(value))


def condition(text: str) -> Filled:
    """An expression that may stand without `=`. Raises BadExpression."""
    return Filled(formula(text.strip().removeprefix("=")))


def mapping_faults(place: str, value: Json, names: frozenset[str]) -> Iterator[str]:
    """What is wrong with the expressions below a place, which may read these names."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from mapping_faults(f"{place}/{key}", below, names)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from mapping_faults(f"{place}/{index}", below, names)
    elif _is_expression(value):
        yield from expression_faults(place, value[1:], names)


def expression_faults(place: str, text: str, names: frozenset[str]) -> Iterator[str]:
    """What is wrong with an expression, which may read these names."""
    try:
        strange = formula(text.strip().removeprefix("=")).names - names
    except BadExpression as error:
        yield f"{place}: {error}."
        return
    if strange:
        yield f"{place}: {', '.join(sorted(strange))} is not known here; {', '.join(sorted(names))} are."


def _is_expression(value: Json) -> bool:
    return isinstance(value, str) and value.startswith("=")


def _read(value: Json) -> Any:
    if isinstance(value, dict):
        return {key: _read(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_read(below) for below in value]
    return formula(value[1:]) if _is_expression(value) else value


def _filled(tree: Any, scope: Mapping[str, Json]) -> Json:
    if isinstance(tree, Formula):
        return tree.value(scope, clock.utc_now())
    if isinstance(tree, dict):
        return {key: _filled(below, scope) for key, below in tree.items()}
    return [_filled(below, scope) for below in tree] if isinstance(tree, list) else tree
