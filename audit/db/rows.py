"""How is a row read by a statement that the product sends again and again?

Past the compiler of Django's queries, which takes longer to write such a statement than PostgreSQL to answer it; and
with server-side parameters, so that PostgreSQL keeps its plan. What comes back are rows of Django's models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, LiteralString, TypeVar

from django.db import connection
from django.db.models import Model

from audit.db.sql import asked, cursor

M = TypeVar("M", bound=Model)


def rows(model: type[M], where: LiteralString, given: Mapping[str, Any]) -> list[M]:
    """The rows `t` of this model's table for which the condition holds, with all that `Model.objects` would read."""
    names, statement = _read(model, where)
    return [model.from_db("default", names, row) for row in asked(statement, given).fetchall()]


def sought(model: type[M], where: LiteralString, given: Mapping[str, Any]) -> Callable[[], list[M]]:
    """A call fetches what `rows` finds. In a pipeline the question travels with what was sent before it, and no call
    waits once the pipeline has ended."""
    names, statement = _read(model, where)
    plain = cursor().execute(statement, given)
    return lambda: [model.from_db("default", names, row) for row in plain.fetchall()]


def row(model: type[M], where: LiteralString, given: Mapping[str, Any]) -> M | None:
    """The first of them; None where there is none."""
    return next(iter(rows(model, where, given)), None)


def holds(expression: LiteralString, given: Mapping[str, Any]) -> bool:
    """Whether an SQL expression of a truth value holds."""
    found = asked("select " + expression, given).fetchone()
    return found is not None and found[0] is True


@cache
def _read(model: type[Model], where: LiteralString) -> tuple[list[str], LiteralString]:
    """The attributes of a row in the order of its columns, and the statement that reads them.

    Raises:
        TypeError: Django would make something else of what stands in a column.
    """
    fields = model._meta.concrete_fields
    changed = [field.attname for field in fields if _is_converted(field)]
    if changed:
        raise TypeError(f"{model.__name__}: {', '.join(changed)} cannot be read as it stands")
    columns: Any = ", ".join(f't."{field.column}"' for field in fields)
    statement: LiteralString = f'select {columns} from "{model._meta.db_table}" t where {where}'  # noqa: S608 - of names in the code
    return [field.attname for field in fields], statement


def _is_converted(field: Any) -> bool:
    expression = field.get_col(field.model._meta.db_table)
    ways: Iterable[Any] = (*field.get_db_converters(connection), *connection.ops.get_db_converters(expression))
    return any(ways)
