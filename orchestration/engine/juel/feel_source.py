"""How does FEEL say what a JUEL expression says?

JUEL's operators convert what they are given (JSR-245 1.7 to 1.18), which FEEL's do not: they become the functions of
`coercion`. Scripts in Groovy and JavaScript are written the same way, but for their `+`, which joins texts. What has no
meaning without Java (beans, classes, other methods) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from orchestration.engine.feel.lexer import name_parts
from orchestration.engine.feel.problems import quote
from orchestration.engine.juel import java_types, syntax
from orchestration.engine.juel.coercion import is_numeric
from orchestration.engine.juel.functions import (
    DECISION_RESULT,
    FUNCTIONS,
    METHODS,
    OPEN_STATES,
    PLAN_ITEMS,
    VARIABLE_FUNCTIONS,
    Written,
    at,
    empty,
    literal,
)
from orchestration.engine.juel.json_texts import json_value
from orchestration.engine.juel.syntax import JuelRefused, Node

_CASE: Final = frozenset({"id", "caseDefinitionKey", "caseDefinitionId", "name", "state", "tenantId"})
_EXECUTION: Final = frozenset(
    {"id", "processInstanceId", "processDefinitionKey", "processDefinitionId", "rootProcessInstanceId", "parent"}
    | {"parentId", "currentActivityId", "tenantId"}
)
_ITEM: Final = frozenset(
    {"id", "name", "state", "planItemDefinitionId", "planItemDefinitionType", "elementId", "caseInstanceId"}
    | {"stageInstanceId", "tenantId"}
)
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
_MOST: Final = 100_000
"""Characters of FEEL that one expression may become."""
_SIMPLE: Final = re.compile(r"[^\W\d]\w*")
_FEEL_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "and or not between in if then else for return some every satisfies instance of function external "
        "true false null",
    )
)
_OPERATORS: Final = {
    "==": "el equal", "<": "el less", "<=": "el at most", ">": "el greater", ">=": "el at least",
    "-": "el subtract", "*": "el multiply", "/": "el divide", "%": "el remainder",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Feel:
    """FEEL source text, and the names in it that are more than one word to FEEL's reader."""

    text: str
    names: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Writer:
    """`pastes`: `+` joins a text to anything, as in Groovy and JavaScript. `types`: what a script calls classes by
    other names; `readers`: what it reads JSON with."""

    names: set[str] = field(default_factory=set)
    pastes: bool = False
    depth: int = 0
    types: Mapping[str, str] = field(default_factory=dict)
    readers: frozenset[str] = frozenset()

    def write(self, node: Node) -> str:
        self.depth += 1
        if self.depth > syntax.MAX_DEPTH:
            raise JuelRefused(f"the expression is nested more than {syntax.MAX_DEPTH} deep")
        text = self.written(node)
        self.depth -= 1
        if len(text) > _MOST:
            raise JuelRefused(f"translated, the expression would have more than {_MOST} characters; say it more simply")
        return text

    def written(self, node: Node) -> str:
        match node:
            case syntax.Literal():
                return literal(node.value)
            case syntax.Listed():
                return f"[{', '.join(map(self.write, node.items))}]"
            case syntax.Mapped():
                return f"{{{', '.join(f'{literal(key)}: {self.write(value)}' for key, value in node.entries)}}}"
            case syntax.Template():
                pieces = (
                    literal(each) if isinstance(each, str) else f"string({self.write(each)})" for each in node.parts
                )
                return f"string join([{', '.join(pieces)}])"
            case syntax.New():
                return self.new(node)
            case syntax.Name():
                return self.name(node.name)
            case syntax.Property(of=syntax.Name(name="decisionResult" as rows)) if found := _asked(node.name):
                return found(rows)
            case syntax.Property(of=syntax.Name(name=holder)) if holder in HOLDERS and holder != "task":
                return self.fact(holder, node.name)
            case syntax.Property():
                return self.property(self.write(node.of), node.name)
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
                condition, then, otherwise = (
                    self.truth(node.condition),
                    self.write(node.then),
                    self.write(node.otherwise),
                )
                return f"(if {condition} then {then} else {otherwise})"

    def word(self, name: str) -> str:
        if name in _FEEL_WORDS:
            raise JuelRefused(f"the name '{name}' is a word of the language that runs here; rename the variable")
        parts = name_parts(name)
        if not parts or not _SIMPLE.match(name):
            raise JuelRefused(f"{quote(name)} cannot be the name of a variable")
        if len(parts) > 1:
            self.names.add(name)
        return name

    def property(self, of: str, name: str) -> str:
        """An entry by its name, whether or not FEEL could write it behind a dot."""
        plain = name_parts(name) == (name,) and name not in _FEEL_WORDS
        return f"{of}.{name}" if plain else at(of, literal(name))

    def name(self, name: str) -> str:
        if name in STRANGERS:
            raise JuelRefused(f"{quote(name)} is not known here: {STRANGERS[name]}")
        return HOLDERS.get(name) or self.word(name)

    def truth(self, node: Node) -> str:
        """The node as true or false (1.18.5: null is false); null only where it is an error."""
        text = self.write(node)
        return text if _is_boolean(node) else f"el truth({text})"

    def unary(self, node: syntax.Unary) -> str:
        if node.operator == "!":
            return f"not({self.truth(node.operand)})"
        if node.operator == "empty":
            return empty(self.write(node.operand))
        if isinstance(node.operand, syntax.Literal) and isinstance(node.operand.value, Decimal):
            return f"-{literal(node.operand.value)}"
        return f"el negative({self.write(node.operand)})"

    def binary(self, node: syntax.Binary) -> str:
        if node.operator in ("&&", "||"):
            word = " and " if node.operator == "&&" else " or "
            return f"({word.join(self.truth(each) for each in _chain(node))})"
        if node.operator == "+":
            return self.plus(_chain(node))
        arguments = f"({self.write(node.left)}, {self.write(node.right)})"
        if node.operator == "!=":
            return f"not(el equal{arguments})"
        return _OPERATORS[node.operator] + arguments

    def plus(self, parts: list[Node]) -> str:
        function = "el plus" if self.pastes else "el join" if any(map(_is_word, parts)) else "el add"
        return f"{function}({', '.join(map(self.write, parts))})"

    def index(self, node: syntax.Index) -> str:
        return at(self.write(node.of), self.write(node.key))

    def method(self, node: syntax.Method) -> str:
        if isinstance(node.of, syntax.Name) and node.of.name in HOLDERS:
            return self.held(node.of.name, node)
        if PLAN_ITEM_LIST in (asked := _asked_in_turn(node)):
            return self.plan_items(node, asked)
        if (of_type := self.of_type(node)) is not None:
            return of_type
        written = METHODS.get((node.name, len(node.arguments)))
        if written is None:
            called = f"{path}.{node.name}" if (path := _path(node.of)) else node.name
            raise JuelRefused(
                f"the method {quote(called)} would call Java code, which does not run here; "
                "let a service task put what it gives into a variable"
            )
        return written(self.write(node.of), *map(self.write, node.arguments))

    def of_type(self, node: syntax.Method) -> str | None:
        """A static method of a class, or what reads JSON; None where it is asked of a value."""
        reads = isinstance(node.of, syntax.Name) and node.of.name in self.readers | {"JSON"}
        if reads and node.name in ("parseText", "parse", "readTree") and len(node.arguments) == 1:
            return json_value(node.arguments[0], self.write)
        if not (path := _path(node.of)) or not (path in self.types or path.rpartition(".")[2][:1].isupper()):
            return None
        type = self.types.get(path, path)
        found = java_types.asked(type.rpartition(".")[2], node.name, [*map(self.write, node.arguments)])
        if found is None and ("." in type or path in self.types):
            raise JuelRefused(f"'{node.name}' of the Java class '{type}' does not run here; let a service task do it")
        return found

    def new(self, node: syntax.New) -> str:
        type = self.types.get(node.type, node.type)
        found = java_types.made(type, [*map(self.write, node.arguments)])
        if found is None:
            raise JuelRefused(f"an object of the Java class '{type}' cannot be made here; let a service task do it")
        return found

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
        raise JuelRefused(f"{quote(f'{holder}.{node.name}')} cannot be used inside an expression here")

    def fact(self, holder: str, name: str) -> str:
        """What a Java object tells about its instance. Its business key is a variable here."""
        if name in BUSINESS_KEYS:
            return "businessKey"
        if name not in FACTS[holder]:
            raise JuelRefused(f"{quote(f'{holder}.{name}')} {_USE_A_VARIABLE}")
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
        raise JuelRefused(f"the function {quote(f'{node.prefix}:{node.name}'.lstrip(':'))} {_USE_A_VARIABLE}")

    def argument(self, node: Node) -> str:
        """An argument; a text that lists quoted texts is that list (as Flowable's collection functions take it)."""
        if isinstance(node, syntax.Literal) and isinstance(node.value, str) and _LISTED.fullmatch(node.value):
            return f"[{node.value}]"
        return self.write(node)

    def variable_function(self, node: syntax.Function) -> str:
        kind = VARIABLE_FUNCTIONS.get(node.name)
        if kind is None:
            raise JuelRefused(f"the function {quote(f'{node.prefix}:{node.name}')} {_USE_A_VARIABLE}")
        count, written = kind
        if not node.arguments or (count is not None and len(node.arguments) != count):
            raise JuelRefused(f"the function {quote(f'{node.prefix}:{node.name}')} has the wrong number of arguments")
        return written(self.variable(node.arguments[0]), *map(self.write, node.arguments[1:]))


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


def _is_word(node: Node) -> bool:
    """Whether the node is a text that is written out and no number: a sum with it would be an error (1.7.1)."""
    return isinstance(node, syntax.Literal) and isinstance(node.value, str) and not is_numeric(node.value)


def _chain(node: syntax.Binary) -> list[Node]:
    """The operands of one operator in a row: `a + b + c` is one sum, so that its length does not count as depth."""
    operands: list[Node] = []
    left: Node = node
    while isinstance(left, syntax.Binary) and left.operator == node.operator:
        operands.append(left.right)
        left = left.left
    return [left, *reversed(operands)]


def _path(node: Node) -> str:
    """`a.b.C` as it is written; empty where the node is something else."""
    match node:
        case syntax.Name():
            return node.name
        case syntax.Property() if path := _path(node.of):
            return f"{path}.{node.name}"
    return ""


def expression(
    node: Node,
    pastes: bool = False,
    types: Mapping[str, str] | None = None,
    readers: frozenset[str] = frozenset(),
) -> Feel:
    """One tree -> FEEL; `types`, `readers`: of a script. Raises JuelRefused with the part that has no meaning here."""
    writer = _Writer(pastes=pastes, types=types or {}, readers=readers)
    return Feel(writer.write(node), frozenset(writer.names))


def truth(
    node: Node,
    pastes: bool = False,
    types: Mapping[str, str] | None = None,
    readers: frozenset[str] = frozenset(),
) -> Feel:
    """The tree as a condition, which is true or false; null only where it is an error."""
    writer = _Writer(pastes=pastes, types=types or {}, readers=readers)
    return Feel(writer.truth(node), frozenset(writer.names))


def mixed(parts: list[str | Node]) -> Feel:
    """Literal text around expressions -> FEEL that joins them; null reads as the empty text."""
    writer = _Writer()
    pieces = [literal(part) if isinstance(part, str) else f"el text({writer.write(part)})" for part in parts]
    return Feel(f"string join([{', '.join(pieces)}])", frozenset(writer.names))
