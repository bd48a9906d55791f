"""Is this text FEEL, and what is its tree? (DMN 1.5, 10.3.1.2: the grammar, rules 1 to 66.)

Precedence climbing: `or`, `and`, comparisons (with `between` and `in`), + -, * /, **, unary minus, `instance of`,
then paths, filters and invocations. Nothing is read twice, so the time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from . import ast
from .form_parser import FORMS, FormParser
from .lexer import KEYWORDS, Token, unescape
from .names import NameTable
from .numbers import parse_number
from .problems import FeelError

N = TypeVar("N", bound=ast.Node)

_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_PRECEDENCE = {"or": 1, "and": 2, "between": 3, "in": 3, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
_PRECEDENCE |= dict.fromkeys(_COMPARISONS, 3)
_COMPARING, _ADDITIVE = 3, 4
_STARTING_SYMBOLS = frozenset("([{@-")
_STARTING_KEYWORDS = frozenset(["if", "for", "some", "every", "function", "not", "true", "false", "null"])
_INPUT = NameTable("?")
_CONSTANTS = {"null": None, "true": True, "false": False}


class Parser(FormParser):
    """Reads one text. `names` are those in scope; `built_ins` the names of functions that every text may use."""

    # --- whole texts ----------------------------------------------------------------------------------------------

    def whole_expression(self) -> ast.Node:
        return self._to_the_end(self.expression())

    def whole_unary_tests(self) -> ast.UnaryTests:
        self._scopes.share(_INPUT)
        if self.at("-") and self.tokens[self.index + 1].kind == "end":
            self.index += 1
            return ast.UnaryTests(self.span_from(0), (), False)
        following = [token.text for token in self.tokens[self.index + 1 : self.index + 3]]
        if self.at("not") and following[:1] == ["("] and following != ["(", ")"]:  # `not()` is a call like any other
            return self._negated_tests()
        return self._tests_to_the_end([self._test()])

    def _negated_tests(self) -> ast.UnaryTests:
        first = self.index
        self.index += 1
        inner = self.index
        self.expect("(")
        tests = self._tests(self._test())
        self.expect(")")
        if self.token.kind == "end":
            return ast.UnaryTests(self.span_from(first), tests, True)
        self.index = inner  # `not(...)` was the start of an expression, such as `not(a) and b`
        name = ast.Name(self.span_from(first), "not")
        return self._tests_to_the_end([self._expression(1, self._postfix(name, first), first)])

    def _tests_to_the_end(self, tests: list[ast.Node]) -> ast.UnaryTests:
        return self._to_the_end(ast.UnaryTests(self.span_from(0), self._tests(*tests), False))

    def _to_the_end(self, node: N) -> N:
        if self.token.kind != "end":
            self.refuse(f"{self.described()} is not expected here")
        return node

    # --- operators ------------------------------------------------------------------------------------------------

    def expression(self) -> ast.Node:
        return self._expression(1)

    def _expression(self, lowest: int, left: ast.Node | None = None, first: int | None = None) -> ast.Node:
        """An expression of operators that bind at least as tightly as `lowest`; `left` if its start is already read."""
        first = self.index if first is None else first
        self.enter()
        left = self._unary() if left is None else left
        comparisons = 0
        while (precedence := self._operator_precedence()) >= lowest:
            if precedence == _COMPARING:
                comparisons = self.count_link(comparisons)
            operator = self.token.text
            self.index += 1
            left = self._operation(operator, precedence, left, first)
        self.leave()
        return left

    def _operator_precedence(self) -> int:
        token = self.token
        return _PRECEDENCE.get(token.text, 0) if token.kind in ("symbol", "name") else 0

    def _operation(self, operator: str, precedence: int, left: ast.Node, first: int) -> ast.Node:
        if operator in ("or", "and"):
            return self._logic(operator, precedence, left, first)
        if operator == "between":
            low = self._expression(_ADDITIVE)
            self.expect("and")
            high = self._expression(_ADDITIVE)
            return ast.Between(self.span_from(first), left, low, high)
        if operator == "in":
            tests = self._in_tests()
            return ast.In(self.span_from(first), left, tests)
        right = self._expression(precedence + 1)
        kind = ast.Comparison if operator in _COMPARISONS else ast.Arithmetic
        return kind(self.span_from(first), operator, left, right)

    def _logic(self, operator: str, precedence: int, left: ast.Node, first: int) -> ast.Node:
        operands = [left, self._expression(precedence + 1)]
        while self.accept(operator):
            operands.append(self._expression(precedence + 1))
        kind = ast.Conjunction if operator == "and" else ast.Disjunction
        return kind(self.span_from(first), tuple(operands))

    def _unary(self) -> ast.Node:
        first = self.index
        node, links = self._signed(), 0
        while self.at("instance"):
            links = self.count_link(links)
            self.index += 1
            self.expect("of")
            of = self.type()
            node = ast.InstanceOf(self.span_from(first), node, of)
        return node

    def _signed(self) -> ast.Node:
        first = self.index
        if not self.accept("-"):
            return self._postfix(self._primary(), first)
        self.enter()
        operand = self._signed()
        self.leave()
        return ast.Negation(self.span_from(first), operand)

    # --- unary tests ----------------------------------------------------------------------------------------------

    def _in_tests(self) -> tuple[ast.Node, ...]:
        """What may follow `in`: one test, or several in brackets."""
        first = self.index
        if not self.accept("("):
            return (self._operator_test() or self._expression(_ADDITIVE),)
        test = self._test()
        if self.at(","):
            tests = self._tests(test)
            self.expect(")")
            return tests
        node = self._close_bracket(test, first)
        return (self._expression(_ADDITIVE, self._postfix(node, first), first),)

    def _tests(self, test: ast.Node) -> tuple[ast.Node, ...]:
        tests = [test]
        while self.accept(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self) -> ast.Node:
        return self._operator_test() or self.expression()

    def _operator_test(self) -> ast.Node | None:
        first = self.index
        operator = self.token.text
        if not self.at(*_COMPARISONS):
            return None
        self.index += 1
        operand = self._expression(_ADDITIVE)
        return ast.OperatorTest(self.span_from(first), operator, operand)

    # --- what follows an operand ----------------------------------------------------------------------------------

    def _postfix(self, node: ast.Node, first: int) -> ast.Node:
        """Paths, filters and invocations behind an operand."""
        links = 0
        while self.at(".", "(", "["):
            if self.at("[") and not self._starts_expression(self.tokens[self.index + 1]):
                break  # the end of a range: ]1..5[
            links = self.count_link(links)
            node = self._link(node, first)
        return node

    @staticmethod
    def _starts_expression(token: Token) -> bool:
        if token.kind == "symbol":
            return token.text in _STARTING_SYMBOLS
        return token.kind != "end" and (token.text not in KEYWORDS or token.text in _STARTING_KEYWORDS)

    def _link(self, node: ast.Node, first: int) -> ast.Node:
        if self.accept("."):
            name = self._member()
            return ast.Path(self.span_from(first), node, name)
        if self.accept("["):
            self._scopes.push(["item"])
            self._filters += 1
            condition = self.expression()
            self._filters -= 1
            self._scopes.pop()
            self.expect("]")
            return ast.Filter(self.span_from(first), node, condition)
        self.expect("(")
        arguments = self._arguments()
        return ast.Invocation(self.span_from(first), node, arguments)

    def _member(self) -> str:
        if self.token.kind != "name":
            self.refuse(f"a name is expected here, not {self.described()}")
        length, name = self._members.longest(self.tokens, self.index)
        if length and not self.continues(self.index + length):
            self.index += length
            return name
        return self.identifiers(1)

    def _arguments(self) -> tuple[ast.Argument, ...]:
        arguments: list[ast.Argument] = []
        while not self.accept(")"):
            if arguments:
                self.expect(",")
            arguments.append(self._argument())
        if len({argument.name is None for argument in arguments}) > 1:
            self.refuse("arguments are either all named or all positional")
        return tuple(arguments)

    def _argument(self) -> ast.Argument:
        first = self.index
        name = None
        if self.declares_name():
            name = self.name_until(":")
            self.expect(":")
        value = self.expression()
        return ast.Argument(self.span_from(first), name, value)

    # --- operands -------------------------------------------------------------------------------------------------

    def _primary(self) -> ast.Node:
        token = self.token
        if token.kind == "name":
            return self._word(token)
        first = self.index
        if token.kind == "number":
            self.index += 1
            return ast.Literal(self.span_from(first), self._number(token))
        if token.kind == "string":
            self.index += 1
            return ast.Literal(self.span_from(first), unescape(token.text))
        if token.kind == "symbol" and token.text in _OPENERS:
            self.index += 1
            return _OPENERS[token.text](self, first)
        self.refuse(f"an expression is expected here, not {self.described()}")

    def _number(self, token: Token) -> Decimal:
        try:
            return parse_number(token.text)
        except FeelError as error:
            self.index -= 1
            self.refuse(error.reason)

    def _word(self, token: Token) -> ast.Node:
        first = self.index
        length, name = self._scopes.longest(self.tokens, first)
        if self._filters:  # the entries of what is filtered are in scope
            member_length, member = self._members.longest(self.tokens, first)
            if member_length > length:
                length, name = member_length, member
        if token.text in KEYWORDS and length < 2:
            return self._keyword(token, first)
        if length and not self.continues(first + length):
            self.index += length
        else:
            name = self.identifiers(max(length, 1))
        return ast.Name(self.span_from(first), name)

    def _keyword(self, token: Token, first: int) -> ast.Node:
        self.index += 1
        if token.text in _CONSTANTS:
            return ast.Literal(self.span_from(first), _CONSTANTS[token.text])
        if token.text == "not":
            return ast.Name(self.span_from(first), "not")
        if token.text in FORMS:
            return FORMS[token.text](self, first)
        self.index -= 1
        self.refuse(f"an expression is expected here, not {self.described()}")

    def _at_literal(self, first: int) -> ast.Node:
        token = self.token
        if token.kind != "string":
            self.refuse('a string is expected after "@"')
        self.index += 1
        return ast.AtLiteral(self.span_from(first), unescape(token.text))

    def _bracketed(self, first: int) -> ast.Node:
        return self._close_bracket(self._test(), first)

    def _close_bracket(self, node: ast.Node, first: int) -> ast.Node:
        """Behind `(` and an expression: the end of the brackets, or the rest of a range."""
        if self.at("..") and not isinstance(node, ast.OperatorTest):
            return self._range(node, first, False)
        self.expect(")")
        return node

    def _open_range(self, first: int) -> ast.Node:
        return self._range(self.expression(), first, False)

    def _range(self, start: ast.Node, first: int, start_included: bool) -> ast.Node:
        self.expect("..")
        end = self.expression()
        end_included = self.at("]")
        if not self.at("]", ")", "["):
            self.refuse(f"the end of a range is expected here, not {self.described()}")
        self.index += 1
        return ast.RangeLiteral(self.span_from(first), start, end, start_included, end_included)

    def _list_or_range(self, first: int) -> ast.Node:
        items: list[ast.Node] = []
        while not self.accept("]"):
            if items:
                self.expect(",")
            items.append(self._test())
            if len(items) == 1 and self.at(".."):
                return self._range(items[0], first, True)
        return ast.ListLiteral(self.span_from(first), tuple(items))

    def _context(self, first: int) -> ast.Node:
        entries: list[ast.ContextEntry] = []
        self._scopes.push()
        while not self.accept("}"):
            if entries:
                self.expect(",")
            entries.append(self._entry())
        self._scopes.pop()
        return ast.ContextLiteral(self.span_from(first), tuple(entries))

    def _entry(self) -> ast.ContextEntry:
        first = self.index
        if self.token.kind == "string":
            key = unescape(self.token.text)
            self.index += 1
        else:
            key = self.name_until(":")
        self.expect(":")
        value = self.expression()
        self._scopes.add(key)
        self._members.add(key)
        return ast.ContextEntry(self.span_from(first), key, value)


_OPENERS: dict[str, Callable[[Parser, int], ast.Node]] = {
    "@": Parser._at_literal,
    "(": Parser._bracketed,
    "]": Parser._open_range,
    "[": Parser._list_or_range,
    "{": Parser._context,
}
