"""Which values are worth trying for an input of this type? (DMN 1.5, 10.3.2.2: the semantic domain)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestration.engine.dmn.literals import Constraint
from orchestration.engine.feel import Date, DateTime, DaysTimeDuration, LimitExceeded, Time, YearsMonthsDuration, ast
from orchestration.engine.feel.durations import NANOS
from orchestration.engine.feel.types import ContextOf, ListOf, Restricted, Simple, Type, fits
from orchestration.engine.feel.values import Value

_DATE, _NOON = Date(2024, 1, 31), Time(12, 0, 0, 0, 0)
BY_NAME: dict[str, Sequence[Value]] = {
    "number": (Decimal(1), Decimal(0), Decimal("-2.5"), Decimal(1000)),
    "string": ("text", "", "A-1"),
    "boolean": (True, False),
    "date": (_DATE, Date(2000, 2, 29)),
    "time": (_NOON,),
    "date and time": (DateTime(_DATE, _NOON),),
    "days and time duration": (DaysTimeDuration(90 * NANOS),),
    "years and months duration": (YearsMonthsDuration(14),),
    "list": ((),),
    "context": ({},),
}


MOST_LOOKED_AT = 1_000
"""How many parts of a type are tried: types of types may be enormous when written out."""


def samples(of: Type) -> list[Value]:
    """A few different values of a type; none where the type does not say enough, or is enormous."""
    return _Samples().of(of)


@dataclass(slots=True)
class _Samples:
    left: int = MOST_LOOKED_AT

    def of(self, of: Type) -> list[Value]:
        self.left -= 1
        if self.left < 0:
            return []
        if isinstance(of, Simple):
            return [list(each) if isinstance(each, tuple) else each for each in BY_NAME.get(of.name, ())]
        if isinstance(of, Restricted):
            return [each for each in (*_constants(of), *self.of(of.base)) if may_stand(each, of)]
        if isinstance(of, ListOf):
            items = self.of(of.item)
            return [items, items[:1]] if items else []
        return self.of_context(of) if isinstance(of, ContextOf) else []

    def of_context(self, of: ContextOf) -> list[Value]:
        entries: dict[str, list[Value]] = {}
        for name, type_ in of.entries:
            entries[name] = self.of(type_)
            if not entries[name]:
                return []
        most = max(map(len, entries.values()), default=0)
        return [{name: each[number % len(each)] for name, each in entries.items()} for number in range(most)]


def may_stand(value: Value, of: Type) -> bool:
    """Whether a value is of the type, as far as that can be told within the limits of an evaluation."""
    try:
        return fits(value, of)
    except LimitExceeded:
        return False


def _constants(of: Restricted) -> list[Value]:
    """The constants in the constraint of a type: they, or what lies beside them, are likely to be allowed."""
    if not isinstance(of.allows, Constraint):
        return []
    nodes = ast.walk(of.allows.test.ast)
    return [node.value for node in nodes if isinstance(node, ast.Literal) and node.value is not None]
