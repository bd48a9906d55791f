"""Which functions may a text call, and is a call one that they take? (DMN 1.5, 10.3.4: built-in functions)"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from .. import ast
from ..names import NameTable
from ..problems import quote
from .registry import BuiltIn


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Built-in functions by name. One library is one object: it is compared by identity."""

    functions: Mapping[str, BuiltIn]
    names: NameTable = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", NameTable(self.functions))

    def refused(self, tree: ast.Node, names: Collection[str] = ()) -> Iterator[str]:
        """Why calls in a tree can give nothing but null: of functions that nobody has, or with other arguments.

        `names` are those of variables, which may hold functions.
        """
        bound = {*names, *_bound(tree)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Invocation) or not isinstance(node.function, ast.Name):
                continue
            name = node.function.name
            if name in bound:
                continue
            known = self.functions.get(name)
            if known is None:
                yield f"calls the function {quote(name)}, which is not known here"
            elif not _takes(known, node.arguments):
                yield f"calls {quote(name)} with {_told(node.arguments)}; it takes {known.told_parameters}"


def _bound(tree: ast.Node) -> Iterator[str]:
    """The names that something inside the text defines."""
    for node in ast.walk(tree):
        match node:
            case ast.ContextEntry(key=name) | ast.Parameter(name=name) | ast.Iteration(name=name):
                yield name


def _takes(function: BuiltIn, arguments: tuple[ast.Argument, ...]) -> bool:
    names = {argument.name: None for argument in arguments if argument.name is not None}
    if names:
        return any(signature.names(names) for signature in function.signatures)
    return any(signature.takes(len(arguments)) for signature in function.signatures)


def _told(arguments: tuple[ast.Argument, ...]) -> str:
    names = [quote(argument.name) for argument in arguments if argument.name is not None]
    if names:
        return f"arguments named {', '.join(names[:5])}"
    return "no arguments" if not arguments else f"{len(arguments)} argument{'s' if len(arguments) > 1 else ''}"
