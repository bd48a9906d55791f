"""How do the forms read that begin with a word? (DMN 1.5, 10.3.1.2: if, for, quantified expressions, functions.)

What stands inside of them is any expression, which the whole parser reads; the names that a form declares are in scope
there.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from . import ast
from .names import Names, NameScopes, NameTable, table_of
from .type_parser import TypeParser

NO_TYPES = NameTable()


class FormParser(TypeParser):
    """Reads one text. `names` are those in scope; `built_ins` the names of functions that every text may use."""

    def __init__(self, text: str, names: Names, built_ins: NameTable, types: NameTable = NO_TYPES) -> None:
        super().__init__(text, types)
        self._filters = 0
        self._members = NameScopes((table_of(names.members), NameTable()))
        self._scopes = NameScopes((built_ins, table_of(names.variables)))

    @abstractmethod
    def expression(self) -> ast.Node:
        """Any expression."""

    def _if(self, first: int) -> ast.Node:
        """`else if` chains are read in a loop, so that their length does not count as depth."""
        branches: list[tuple[int, ast.Node, ast.Node]] = []
        while True:
            condition = self.expression()
            self.expect("then")
            then = self.expression()
            self.expect("else")
            branches.append((first, condition, then))
            first = self.index
            if not self.accept("if"):
                break
        node = self.expression()
        for start, condition, then in reversed(branches):
            node = ast.If(self.span_from(start), condition, then, node)
        return node

    def _for(self, first: int) -> ast.Node:
        iterations = self._iterations("return")
        self._scopes.add("partial")
        body = self.expression()
        self._leave_iterations(iterations)
        return ast.For(self.span_from(first), iterations, body)

    def _quantified(self, first: int) -> ast.Node:
        quantifier = self.tokens[first].text
        iterations = self._iterations("satisfies")
        condition = self.expression()
        self._leave_iterations(iterations)
        return ast.Quantified(self.span_from(first), quantifier, iterations, condition)

    def _iterations(self, stop: str) -> tuple[ast.Iteration, ...]:
        iterations = [self._iteration()]
        while self.accept(","):
            iterations.append(self._iteration())
        self.expect(stop)
        return tuple(iterations)

    def _iteration(self) -> ast.Iteration:
        first = self.index
        name = self.name_until("in")
        self.expect("in")
        domain = self.expression()
        end = self.expression() if self.accept("..") else None
        self._scopes.push([name])
        return ast.Iteration(self.span_from(first), name, domain, end)

    def _leave_iterations(self, iterations: tuple[ast.Iteration, ...]) -> None:
        for _ in iterations:
            self._scopes.pop()

    def _function(self, first: int) -> ast.Node:
        self.expect("(")
        parameters: list[ast.Parameter] = []
        while not self.accept(")"):
            if parameters:
                self.expect(",")
            parameters.append(self._parameter())
        external = self.accept("external")
        self._scopes.push([parameter.name for parameter in parameters])
        body = self.expression()
        self._scopes.pop()
        return ast.FunctionDefinition(self.span_from(first), tuple(parameters), body, external)

    def _parameter(self) -> ast.Parameter:
        first = self.index
        name = self.name_until(":", ",", ")")
        of = self.type() if self.accept(":") else None
        return ast.Parameter(self.span_from(first), name, of)


FORMS: dict[str, Callable[[FormParser, int], ast.Node]] = {
    "if": FormParser._if,
    "for": FormParser._for,
    "some": FormParser._quantified,
    "every": FormParser._quantified,
    "function": FormParser._function,
}
