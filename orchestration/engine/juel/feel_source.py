"""How does FEEL say what a JUEL expression says?

JUEL's operators are two-valued where FEEL's are three-valued: a comparison with null, or of values that do not compare,
is false (JSR-245 1.8.1, 1.8.2; Flowable's functions behave the same). So each comparison is written `(a < b) = true`,
unless it cannot be null anyhow. What has no meaning without Java (beans, classes, other methods) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from orchestration.engine.juel import syntax
from orchestration.engine.juel.syntax import JuelRefused, Node

HOLDERS: Final = frozenset(
    {"execution", "caseInstance", "planItemInstance", "task", "delegateExecution", "variableContainer"}
)
"""The Java objects through which a model reaches variables; each is also a context of facts about its instance."""

_GETTERS: Final = frozenset({"getVariable", "getVariableLocal", "getLocalVariable", "getTransientVariable"})
_TESTS: Final = frozenset({"hasVariable", "hasVariableLocal"})
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
        match node:
            case syntax.Literal():
                return _literal(node.value)
            case syntax.Listed():
                return f"[{', '.join(map(self.write, node.items))}]"
            case syntax.Name():
                return self.name(node.name)
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
        return "caseInstance" if name == "variableContainer" else self.word(name)

    def truth(self, node: Node) -> str:
        """The node as true or false, never null (JSR-245 1.18.5: null is false)."""
        text = self.write(node)
        return text if _is_boolean(node) else f"({text} = true)"

    def unary(self, node: syntax.Unary) -> str:
        if node.operator == "!":
            return f"not({self.truth(node.operand)})"
        if node.operator == "empty":
            return _empty(self.write(node.operand))
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
        text = f"({self.write(left)} {sign} {self.write(right)})"
        certain = sign == "=" and (syntax.Literal(None) in (left, right))
        return text if certain else f"({text} = true)"

    def index(self, node: syntax.Index) -> str:
        of, key = self.write(node.of), node.key
        if isinstance(key, syntax.Literal) and isinstance(key.value, str):
            return f"get value({of}, {_literal(key.value)})"
        if isinstance(key, syntax.Literal) and isinstance(key.value, Decimal):
            return f"{of}[{key.value + 1}]"
        at = self.write(key)
        return f"(if {at} instance of string then get value({of}, {at}) else sublist({of}, {at} + 1, 1)[1])"

    def method(self, node: syntax.Method) -> str:
        if isinstance(node.of, syntax.Name) and node.of.name in HOLDERS:
            return self.held(node.of.name, node)
        written = METHODS.get((node.name, len(node.arguments)))
        if written is None:
            raise JuelRefused(f"the method '{node.name}' would call Java code, which does not run here")
        return written(self.write(node.of), *map(self.write, node.arguments))

    def held(self, holder: str, node: syntax.Method) -> str:
        if node.name in _GETTERS | _TESTS and len(node.arguments) in (1, 2):
            name = self.variable(node.arguments[0])
            return name if node.name in _GETTERS else f"({name} != null)"
        if node.name.startswith("get") and not node.arguments and len(node.name) > 3:
            return f"{holder}.{self.word(node.name[3].lower() + node.name[4:])}"
        raise JuelRefused(f"'{holder}.{node.name}' cannot be used inside an expression here")

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
        fixed = FIXED_FUNCTIONS.get((node.prefix, node.name))
        if fixed is not None and not node.arguments:
            return fixed
        if (node.prefix, node.name) == ("cmmn", "isPlanItemCompleted") and len(node.arguments) == 1:
            return f"list contains(completedPlanItems, {self.write(node.arguments[0])})"
        raise JuelRefused(f"the function '{(node.prefix + ':').lstrip(':')}{node.name}' is not known here")

    def variable_function(self, node: syntax.Function) -> str:
        kind = VARIABLE_FUNCTIONS.get(node.name)
        if kind is None:
            raise JuelRefused(f"the function '{node.prefix}:{node.name}' is not known here")
        count, written = kind
        if not node.arguments or (count is not None and len(node.arguments) != count):
            raise JuelRefused(f"the function '{node.prefix}:{node.name}' has the wrong number of arguments")
        return written(self.variable(node.arguments[0]), *map(self.write, node.arguments[1:]))


def _literal(value: str | bool | Decimal | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    escaped = (
        value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    )
    return f'"{escaped}"'


def _is_boolean(node: Node) -> bool:
    match node:
        case syntax.Literal():
            return isinstance(node.value, bool)
        case syntax.Unary():
            return node.operator in ("!", "empty")
        case syntax.Binary():
            return node.operator in ("&&", "||", "==", "!=", "<", "<=", ">", ">=")
        case syntax.Function():
            return node.name not in ("get", "getOrDefault", "getOrDefaultIfNotExist", "now", "dateTime")
        case syntax.Method():
            return node.name in _TESTS or node.name in ("equals", "contains", "isEmpty", "startsWith", "endsWith")
    return False


def _is_text(node: Node) -> bool:
    """Whether the node is text for certain, so that `+` joins (as scripts in Groovy and JavaScript mean it)."""
    if isinstance(node, syntax.Binary):
        return node.operator == "+" and (_is_text(node.left) or _is_text(node.right))
    return isinstance(node, syntax.Literal) and isinstance(node.value, str)


def _empty(text: str) -> str:
    return f'(({text} = null or {text} = "" or {text} = [] or {text} = {{}}) = true)'


def _holds(text: str, value: str) -> str:
    return f"((if {text} instance of string then contains({text}, {value}) else list contains({text}, {value})) = true)"


def _compares(sign: str) -> Callable[..., str]:
    return lambda variable, value: f"(({variable} {sign} {value}) = true)"


def _at(text: str, key: str) -> str:
    return f"(if {key} instance of string then get value({text}, {key}) else sublist({text}, {key} + 1, 1)[1])"


METHODS: Final[dict[tuple[str, int], Callable[..., str]]] = {
    ("size", 0): lambda text: f"count({text})",
    ("length", 0): lambda text: f"string length({text})",
    ("isEmpty", 0): _empty,
    ("equals", 1): lambda text, other: f"(({text} = {other}) = true)",
    ("equalsIgnoreCase", 1): lambda text, other: f"((lower case({text}) = lower case({other})) = true)",
    ("contains", 1): _holds,
    ("get", 1): _at,
    ("toString", 0): lambda text: f"string({text})",
    ("toUpperCase", 0): lambda text: f"upper case({text})",
    ("toLowerCase", 0): lambda text: f"lower case({text})",
    ("startsWith", 1): lambda text, other: f"(starts with({text}, {other}) = true)",
    ("endsWith", 1): lambda text, other: f"(ends with({text}, {other}) = true)",
    ("substring", 1): lambda text, start: f"substring({text}, {start} + 1)",
    ("substring", 2): lambda text, start, end: f"substring({text}, {start} + 1, {end} - {start})",
}
"""Methods of Java's strings and collections, whose meaning is plain: (name, number of arguments) -> FEEL."""

FIXED_FUNCTIONS: Final = {
    ("cmmn", "isStageCompletable"): "stageCompletable",
    ("cmmn", "isPlanModelCompletable"): "caseCompletable",
    ("", "now"): "now()",
    ("", "dateTime"): "now()",
    ("date", "now"): "now()",
}

_BY_MEANING: Final[tuple[tuple[str, int | None, Callable[..., str]], ...]] = (
    ("get", 1, lambda variable: variable),
    (
        "getOrDefault getOrDefaultIfNotExist",
        2,
        lambda variable, value: f"(if {variable} = null then {value} else {variable})",
    ),
    ("exists exist", 1, lambda variable: f"({variable} != null)"),
    ("isEmpty empty", 1, _empty),
    ("isNotEmpty notEmpty", 1, lambda variable: f"not({_empty(variable)})"),
    ("equals eq", 2, _compares("=")),
    ("notEquals ne", 2, lambda variable, value: f"not(({variable} = {value}) = true)"),
    ("lowerThan lessThan lt", 2, _compares("<")),
    ("lowerThanOrEquals lessThanOrEquals lte", 2, _compares("<=")),
    ("greaterThan gt", 2, _compares(">")),
    ("greaterThanOrEquals gte", 2, _compares(">=")),
    ("contains", None, lambda variable, *values: "(" + " and ".join(_holds(variable, value) for value in values) + ")"),
    (
        "containsAny",
        None,
        lambda variable, *values: "(" + " or ".join(_holds(variable, value) for value in values) + ")",
    ),
)
VARIABLE_FUNCTIONS: Final = {name: (count, written) for names, count, written in _BY_MEANING for name in names.split()}
"""Flowable's functions `var:`, `vars:`, `variables:` (user guide, "Expression functions"): (arguments, FEEL)."""


def expression(node: Node) -> Feel:
    """One tree -> FEEL. Raises JuelRefused with the part that has no meaning here."""
    writer = _Writer()
    return Feel(writer.write(node), frozenset(writer.names))


def mixed(parts: list[str | Node]) -> Feel:
    """Literal text around expressions -> FEEL that joins them; null reads as the empty text."""
    writer = _Writer()
    pieces = [_literal(part) if isinstance(part, str) else f"string({writer.write(part)})" for part in parts]
    return Feel(f"string join([{', '.join(pieces)}])", frozenset(writer.names))
