"""Which functions may a text call, and is a call one that they take? (DMN 1.5, 10.3.4: built-in functions)"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from .. import ast, regex
from ..evaluation import Evaluation
from ..names import NameTable
from ..problems import DEFAULT, FeelError, LimitExceeded, quote
from .registry import BuiltIn

Arguments = tuple[ast.Argument, ...]

PATTERNS: Final = {"matches": 2, "replace": 3, "split": 2, "extract": 2}
"""Functions whose second argument is a regular expression, with the number of their arguments without flags."""


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
        for name, arguments in _calls(tree, names):
            if name not in self.functions:
                yield f"calls the function {quote(name)}, which is not known here"
            else:
                yield from self._misfit(name, arguments)

    def misfits(self, tree: ast.Node, names: Collection[str] = ()) -> Iterator[str]:
        """The same for functions that are known, called with other arguments than they take."""
        for name, arguments in _calls(tree, names):
            if name in self.functions:
                yield from self._misfit(name, arguments)

    def _misfit(self, name: str, arguments: Arguments) -> Iterator[str]:
        known = self.functions[name]
        if not _takes(known, arguments):
            yield f"calls {quote(name)} with {_told(arguments)}; it takes {known.told_parameters}"
        elif len(arguments) == PATTERNS.get(name) and (reason := _no_pattern(arguments)):
            yield f"calls {quote(name)}, but {reason}"


def _calls(tree: ast.Node, names: Collection[str]) -> Iterator[tuple[str, Arguments]]:
    """Each call by a name that neither `names` nor the text itself defines, with its arguments."""
    bound = {*names, *_bound(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Invocation) and isinstance(node.function, ast.Name) and node.function.name not in bound:
            yield node.function.name, node.arguments


def _bound(tree: ast.Node) -> Iterator[str]:
    """The names that something inside the text defines."""
    for node in ast.walk(tree):
        match node:
            case ast.ContextEntry(key=name) | ast.Parameter(name=name) | ast.Iteration(name=name):
                yield name


def _takes(function: BuiltIn, arguments: Arguments) -> bool:
    names = {argument.name: None for argument in arguments if argument.name is not None}
    if names:
        return any(signature.names(names) for signature in function.signatures)
    return any(signature.takes(len(arguments)) for signature in function.signatures)


def _no_pattern(arguments: Arguments) -> str | None:
    """Why the regular expression that is written out as the second argument, or by its name, is none."""
    named = (each for each in arguments if each.name in ("pattern", "delimiter"))
    given = next(named, arguments[1])
    if not isinstance(given.value, ast.Literal) or not isinstance(given.value.value, str):
        return None
    try:
        regex.compiled(Evaluation(DEFAULT, None), given.value.value, "")
    except (FeelError, LimitExceeded) as error:
        return error.reason
    return None


def _told(arguments: Arguments) -> str:
    names = [quote(argument.name) for argument in arguments if argument.name is not None]
    if names:
        return f"arguments named {', '.join(names[:5])}"
    return "no arguments" if not arguments else f"{len(arguments)} argument{'s' if len(arguments) > 1 else ''}"
