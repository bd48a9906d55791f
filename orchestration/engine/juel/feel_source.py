"""How does FEEL say what a JUEL expression says?

JUEL's operators are two-valued where FEEL's are three-valued: a comparison with null, or of values that do not compare,
is false (JSR-245 1.8.1, 1.8.2; Flowable's functions behave the same). So each comparison is written `(a < b) = true`,
unless it cannot be null anyhow. What has no meaning without Java (beans, classes, other methods) is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from orchestration.engine.juel import syntax
from orchestration.engine.juel.functions import (
    DECISION_RESULT,
    FUNCTIONS,
    METHODS,
    OPEN_STATES,
    PLAN_ITEMS,
    VARIABLE_FUNCTIONS,
    Written,
    empty,
    literal,
)
from orchestration.engine.juel.syntax import JuelRefused, Node

_CASE: Final = frozenset({"id", "caseDefinitionKey", "name", "state"})
_EXECUTION: Final = frozenset({"id", "processInstanceId", "processDefinitionKey"})
_ITEM: Final = frozenset({"id", "name", "state", "planItemDefinitionId"})
FACTS: Final = {
    "execution": _EXECUTION,
    "delegateExecution": _EXECUTION,
    "caseInstance": _CASE,
    "variableContainer": _CASE,
    "caseExecution": _CASE,
    "planItemInstance": _ITEM,
    "task": _ITEM,
    "delegateTask": _ITEM,
}
"""The Java objects through which a model reaches variables, and what each tells about its instance."""

HOLDERS: Final = {name: name for name in FACTS} | {
    "delegateExecution": "execution",
    "delegateTask": "task",
    "variableContainer": "caseInstance",
    "caseExecution": "caseInstance",
}
"""The names under which a behaviour knows those facts."""

BUSINESS_KEYS: Final = frozenset({"businessKey", "processBusinessKey", "processInstanceBusinessKey"})
PLAN_ITEM_LIST: Final = "planItemInstances"
STRANGERS: Final = {
    "authenticatedUserId": "a model does not see who is at work; keep the name in a variable",
    PLAN_ITEM_LIST: "a condition does not see it as a whole; count the items in one of their states",
}
_LISTED: Final = re.compile(r"""\s*"[^"]*"\s*(?:,\s*"[^"]*"\s*)*""")

_USE_A_VARIABLE: Final = "is not known here; keep what is needed in a variable"
_GETTERS: Final = frozenset({"getVariable", "getVariableLocal", "getLocalVariable", "getTransientVariable"})
_TESTS: Final = frozenset({"hasVariable", "hasVariableLocal"})
_PLAIN: Final = re.compile(r"true|false|-?\d+(\.\d+)?")
"""Texts that a number or a truth may be equal to."""
_MOST: Final = 100_000
"""Characters of FEEL that one expression may become; some of JUEL is said by saying a part of it again."""
_SIMPLE: Final = re.compile(r"[^\W\d]\w*")
_FEEL_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "and or not between in if then else for return some every satisfies instance of function external "
        "true false null",
    )
)
_COMPARISONS: Final = {"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True, slots=True)
class Feel:
    """FEEL source text, and the names in it that are more than one word to FEEL's reader."""

    text: str
    names: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Writer:
    names: set[str] = field(default_factory=set)

    def write(self, node: Node) -> str:
        text = self.written(node)
        if len(text) > _MOST:
            raise JuelRefused(f"in FEEL the expression would have more than {_MOST} characters; say it more simply")
        return text

    def written(self, node: Node) -> str:
        match node:
            case syntax.Literal():
                return literal(node.value)
            case syntax.Listed():
                return f"[{', '.join(map(self.write, node.items))}]"
            case syntax.Name():
                return self.name(node.name)
            case syntax.Property(of=syntax.Name(name="decisionResult" as rows)) if found := _asked(node.name):
                return found(rows)
            case syntax.Property(of=syntax.Name(name=holder)) if holder in HOLDERS and holder != "task":
                return self.fact(holder, node.name)
            case syntax.Property():
                return f"{self.write(node.of)}.{self.word(node.name)}"
            case syntax.Index():
                return self.index(node)
            case syntax.Method():
                return self.method(node)
            case syntax.Function():
                return self.function(node)
            case syntax.Unary():
                return self.unary(node)
            case syntax.Binary():
                return self.binary(node)
            case syntax.Ternary():
                parts = self.truth(node.condition), self.write(node.then), self.write(node.otherwise)
                return "(if {} then {} else {})".format(*parts)

    def word(self, name: str) -> str:
        if name in _FEEL_WORDS:
            raise JuelRefused(f"the name '{name}' is a word of FEEL's own; rename the variable")
        if not name or '"' in name or not _SIMPLE.match(name):
            raise JuelRefused(f"'{name}' cannot be the name of a variable")
        if not _SIMPLE.fullmatch(name):
            self.names.add(name)
        return name

    def name(self, name: str) -> str:
        if name in STRANGERS:
            raise JuelRefused(f"'{name}' is not known here: {STRANGERS[name]}")
        return HOLDERS.get(name) or self.word(name)

    def truth(self, node: Node) -> str:
        """The node as true or false, never null (JSR-245 1.18.5: null is false)."""
        text = self.write(node)
        return text if _is_boolean(node) else f"({text} = true)"

    def unary(self, node: syntax.Unary) -> str:
        if node.operator == "!":
            return f"not({self.truth(node.operand)})"
        if node.operator == "empty":
            return empty(self.write(node.operand))
        return f"-({self.write(node.operand)})"

    def binary(self, node: syntax.Binary) -> str:
        if node.operator in ("&&", "||"):
            word = "and" if node.operator == "&&" else "or"
            return f"({self.truth(node.left)} {word} {self.truth(node.right)})"
        left, right = self.write(node.left), self.write(node.right)
        if node.operator == "!=":
            return f"not({self.compare('=', node.left, node.right)})"
        if node.operator in _COMPARISONS:
            return self.compare(_COMPARISONS[node.operator], node.left, node.right)
        if node.operator == "%":
            return f"({left} - {right} * round down({left} / {right}, 0))"
        if node.operator == "+" and _is_text(node):
            return f"(string({left}) + string({right}))"
        return f"({left} {node.operator} {right})"

    def compare(self, sign: str, left: Node, right: Node) -> str:
        """A comparison, which is false with null. Beside a literal the other side is also read as its kind."""
        one, other = self.write(left), self.write(right)
        plain = f"({one} {sign} {other})"
        if sign == "=" and syntax.Literal(None) in (left, right):
            return plain
        if isinstance(left, syntax.Literal) is isinstance(right, syntax.Literal):
            return f"({plain} = true)"
        beside_right = isinstance(right, syntax.Literal)
        read = _as_literal(one, right, sign) if beside_right else _as_literal(other, left, sign)
        if read is None:
            return f"({plain} = true)"
        again = f"({read} {sign} {other})" if beside_right else f"({one} {sign} {read})"
        return f"(({plain} = true) or ({again} = true))"

    def index(self, node: syntax.Index) -> str:
        of, key = self.write(node.of), node.key
        if isinstance(key, syntax.Literal) and isinstance(key.value, str):
            return f"get value({of}, {literal(key.value)})"
        if isinstance(key, syntax.Literal) and isinstance(key.value, Decimal):
            return f"{of}[{key.value + 1}]"
        at = self.write(key)
        return f"(if {at} instance of string then get value({of}, {at}) else sublist({of}, {at} + 1, 1)[1])"

    def method(self, node: syntax.Method) -> str:
        if isinstance(node.of, syntax.Name) and node.of.name in HOLDERS:
            return self.held(node.of.name, node)
        if PLAN_ITEM_LIST in (asked := _asked_in_turn(node)):
            return self.plan_items(node, asked)
        of = self.write(node.of)
        written = METHODS.get((node.name, len(node.arguments)))
        if written is None:
            raise JuelRefused(
                f"the method '{node.name}' would call Java code, which does not run here; "
                "let a service task put what it gives into a variable"
            )
        return written(of, *map(self.write, node.arguments))

    def plan_items(self, node: syntax.Method, asked: frozenset[str]) -> str:
        """Filters of the open plan items, and what is asked of those that are left."""
        written = PLAN_ITEMS.get(node.name)
        if written is None or asked.isdisjoint({*OPEN_STATES, "onlyNonTerminal"}):
            raise JuelRefused(f"ended plan items are not kept; ask '{PLAN_ITEM_LIST}' for open ones, as by active()")
        of = self.plan_items(node.of, asked) if isinstance(node.of, syntax.Method) else PLAN_ITEM_LIST
        return written(of, *map(self.write, node.arguments))

    def held(self, holder: str, node: syntax.Method) -> str:
        if node.name in _GETTERS | _TESTS and len(node.arguments) in (1, 2):
            name = self.variable(node.arguments[0])
            return name if node.name in _GETTERS else f"({name} != null)"
        if node.name == "getVariables" and not node.arguments:
            raise JuelRefused("all variables at once are not to be had here; name the variable")
        if node.name.startswith("get") and not node.arguments and len(node.name) > 3:
            return self.fact(holder, node.name[3].lower() + node.name[4:])
        raise JuelRefused(f"'{holder}.{node.name}' cannot be used inside an expression here")

    def fact(self, holder: str, name: str) -> str:
        """What a Java object tells about its instance. Its business key is a variable here."""
        if name in BUSINESS_KEYS:
            return "businessKey"
        if name not in FACTS[holder]:
            raise JuelRefused(f"'{holder}.{name}' {_USE_A_VARIABLE}")
        return f"{HOLDERS[holder]}.{name}"

    def variable(self, node: Node) -> str:
        """The variable that a function's first argument names, with or without quotes."""
        if isinstance(node, syntax.Name):
            return self.word(node.name)
        if isinstance(node, syntax.Literal) and isinstance(node.value, str):
            return self.word(node.value)
        raise JuelRefused("the name of a variable must be written out; here it is computed")

    def function(self, node: syntax.Function) -> str:
        if node.prefix in ("var", "vars", "variables"):
            return self.variable_function(node)
        written = FUNCTIONS.get((node.prefix, node.name, len(node.arguments)))
        if written is not None:
            return written(*map(self.argument, node.arguments))
        raise JuelRefused(f"the function '{(node.prefix + ':').lstrip(':')}{node.name}' {_USE_A_VARIABLE}")

    def argument(self, node: Node) -> str:
        """An argument; a text that lists quoted texts is that list (as Flowable's collection functions take it)."""
        if isinstance(node, syntax.Literal) and isinstance(node.value, str) and _LISTED.fullmatch(node.value):
            return f"[{node.value}]"
        return self.write(node)

    def variable_function(self, node: syntax.Function) -> str:
        kind = VARIABLE_FUNCTIONS.get(node.name)
        if kind is None:
            raise JuelRefused(f"the function '{node.prefix}:{node.name}' {_USE_A_VARIABLE}")
        count, written = kind
        if not node.arguments or (count is not None and len(node.arguments) != count):
            raise JuelRefused(f"the function '{node.prefix}:{node.name}' has the wrong number of arguments")
        return written(self.variable(node.arguments[0]), *map(self.write, node.arguments[1:]))


def _as_literal(text: str, beside: Node, sign: str) -> str | None:
    """A value as JUEL coerces it to be compared with a literal (JSR-245 1.8.1, 1.8.2), in FEEL; None: as it is."""
    value = beside.value if isinstance(beside, syntax.Literal) else None
    if isinstance(value, bool):
        return f'(if {text} = "true" then true else if {text} = "false" then false else null)'
    if isinstance(value, Decimal):
        return f"number({text}, null, null)"
    return f"string({text})" if sign == "=" and value is not None and _PLAIN.fullmatch(value) else None


def _asked_in_turn(node: Node) -> frozenset[str]:
    """The methods of a chain, and the name on which it begins."""
    names = set()
    while isinstance(node, syntax.Method):
        names.add(node.name)
        node = node.of
    return frozenset(names | ({node.name} if isinstance(node, syntax.Name) else set()))


def _asked(name: str) -> Written | None:
    """What a property of a decision's result asks for: `singleEntry` is `getSingleEntry()`."""
    return DECISION_RESULT.get((f"get{name[:1].upper()}{name[1:]}", 0))


def _is_boolean(node: Node) -> bool:
    match node:
        case syntax.Literal():
            return isinstance(node.value, bool)
        case syntax.Unary():
            return node.operator in ("!", "empty")
        case syntax.Binary():
            return node.operator in ("&&", "||", "==", "!=", "<", "<=", ">", ">=")
        case syntax.Function():
            return node.prefix not in ("", "date") and node.name not in (
                "get",
                "getOrDefault",
                "getOrDefaultIfNotExist",
            )
        case syntax.Method():
            return node.name in _TESTS or node.name in ("equals", "contains", "isEmpty", "startsWith", "endsWith")
    return False


def _is_text(node: Node) -> bool:
    """Whether the node is text for certain, so that `+` joins (as scripts in Groovy and JavaScript mean it)."""
    if isinstance(node, syntax.Binary):
        return node.operator == "+" and (_is_text(node.left) or _is_text(node.right))
    return isinstance(node, syntax.Literal) and isinstance(node.value, str)


def expression(node: Node) -> Feel:
    """One tree -> FEEL. Raises JuelRefused with the part that has no meaning here."""
    writer = _Writer()
    return Feel(writer.write(node), frozenset(writer.names))


def truth(node: Node) -> Feel:
    """The tree as a condition, which is true or false and never null."""
    writer = _Writer()
    return Feel(writer.truth(node), frozenset(writer.names))


def mixed(parts: list[str | Node]) -> Feel:
    """Literal text around expressions -> FEEL that joins them; null reads as the empty text."""
    writer = _Writer()
    pieces = [literal(part) if isinstance(part, str) else f"string({writer.write(part)})" for part in parts]
    return Feel(f"string join([{', '.join(pieces)}])", frozenset(writer.names))
