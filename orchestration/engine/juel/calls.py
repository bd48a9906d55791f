"""Which work does an expression ask for that calls a bean?

`${printer.print(execution, order.text)}` on a service task is no expression to evaluate: it names work, as a class or a
delegate does. Its arguments are what the work is given, by the names that they have in the model.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.engine.juel import feel_source, syntax
from orchestration.engine.juel.feel_source import HOLDERS, Feel
from orchestration.engine.juel.syntax import Node


@dataclass(frozen=True, slots=True)
class Call:
    """The name of the work (`printer.print`), and its arguments by name."""

    name: str
    arguments: dict[str, Feel]


def work(text: str) -> Call | None:
    """The call that `${...}` is; None where it is no call of a bean. Raises JuelRefused for arguments that are one."""
    parts = syntax.parts(text.strip())
    call = parts[0] if len(parts) == 1 else None
    if not isinstance(call, syntax.Method) or (of := _path(call.of)) is None:
        return None
    given: dict[str, Feel] = {}
    for number, argument in enumerate(call.arguments, 1):
        if not (isinstance(argument, syntax.Name) and argument.name in HOLDERS):
            given[_named(argument, number, given)] = feel_source.expression(argument)
    return Call(f"{of}.{call.name}", given)


def _path(node: Node) -> str | None:
    """`bean` or `bean.part`; None for a value of the process, and for anything else."""
    match node:
        case syntax.Name(name=name) if name not in HOLDERS:
            return name
        case syntax.Property(of=of, name=name) | syntax.Method(of=of, name=name, arguments=()):
            return None if (path := _path(of)) is None else f"{path}.{name}"
    return None


def _named(argument: Node, number: int, taken: dict[str, Feel]) -> str:
    name = argument.name if isinstance(argument, syntax.Name | syntax.Property) else f"argument{number}"
    return name if name not in taken else f"argument{number}"
