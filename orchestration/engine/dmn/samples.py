"""Which values are worth trying for an input of this type? (DMN 1.5, 10.3.2.2: the semantic domain)"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from orchestration.engine.dmn.literals import Constraint
from orchestration.engine.feel import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration, ast
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


def samples(of: Type) -> list[Value]:
    """A few different values of a type; none where the type does not say enough."""
    if isinstance(of, Simple):
        return [list(each) if isinstance(each, tuple) else each for each in BY_NAME.get(of.name, ())]
    if isinstance(of, Restricted):
        return [each for each in (*_constants(of), *samples(of.base)) if fits(each, of)]
    if isinstance(of, ListOf):
        items = samples(of.item)
        return [items, items[:1]] if items else []
    if isinstance(of, ContextOf):
        entries = {name: samples(type_) for name, type_ in of.entries}
        most = max((len(each) for each in entries.values()), default=0)
        if not all(entries.values()):
            return []
        return [{name: each[number % len(each)] for name, each in entries.items()} for number in range(most)]
    return []


def _constants(of: Restricted) -> list[Value]:
    """The constants in the constraint of a type: they, or what lies beside them, are likely to be allowed."""
    if not isinstance(of.allows, Constraint):
        return []
    nodes = ast.walk(of.allows.test.ast)
    return [node.value for node in nodes if isinstance(node, ast.Literal) and node.value is not None]
