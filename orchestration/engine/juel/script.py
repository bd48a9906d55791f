"""What does a script do when all that it does is set variables?

Script tasks in Groovy, JavaScript or JUEL are not run as such. Many are a row of plain assignments, and those can be
said in FEEL: `execution.setVariable('x', a + 1)`, `var y = execution.getVariable('x')`, `x = 2`. So can branches: what
a branch that is not taken would set keeps its value. A script that does anything else is refused with the statement
that has no meaning here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from orchestration.engine.feel.problems import quote
from orchestration.engine.juel import feel_source, syntax
from orchestration.engine.juel.feel_source import HOLDERS, Feel
from orchestration.engine.juel.syntax import JuelRefused, Node

FORMATS: Final = frozenset(
    {"juel", "groovy", "javascript", "ecmascript", "js", "text/javascript", "application/javascript"}
)
_SETTERS: Final = frozenset({"setVariable", "setVariableLocal", "setTransientVariable", "setLocalVariable"})
_DECLARED: Final = re.compile(
    r"\s*(?P<type>(?:(?:def|var|let|const|int|Integer|long|Long|String|double|boolean|Boolean|Object|float)\s+)?)"
    r"(?P<name>[^\W\d][\w$]*)\s*(?P<sign>[-+*/]?)=(?!=)(?P<value>.*)",
    re.DOTALL,
)
_COMMENT: Final = re.compile(r"""('[^'\n]*'|"[^"\n]*")|//[^\n]*|/\*.*?\*/""", re.DOTALL)
_IF: Final = re.compile(r"if\s*\(")
_ELSE: Final = re.compile(r"\s*else\b\s*")
_STEP: Final = re.compile(r"\s*([^\W\d][\w$]*)(\+\+|--)\s*")
_SAID: Final = re.compile(r"\s*(println|print|System\.out\.println|console\.log)\b.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One name set to the value of one expression, which may read what was set before it.

    A `local` name is the script's own and no variable of the instance.
    """

    variable: str
    value: Feel
    local: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """Assignments in order, and the expression whose value is the script's result, if it ends with one."""

    assignments: tuple[Assignment, ...]
    result: Feel | None


def translate(text: str, pastes: bool = True) -> Script:
    """A script -> what it sets. Raises JuelRefused naming the first statement that has no meaning here.

    `pastes`: `+` joins a text to anything, as in Groovy and JavaScript; in JUEL it adds.
    """
    reader = _Reader(pastes=pastes)
    for statement in _statements(text):
        reader.read(statement)
    return Script(tuple(reader.assignments), reader.result)


@dataclass(slots=True)
class _Reader:
    assignments: list[Assignment] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    result: Feel | None = None
    guards: list[str] = field(default_factory=list)
    pastes: bool = True

    def read(self, statement: str) -> None:
        self.result = None
        if _IF.match(statement):
            self.branch(statement)
            return
        step = _STEP.fullmatch(statement)
        assigned = _DECLARED.fullmatch(statement)
        if step:
            self.assign(step[1], syntax.parse(f"{step[1]} {step[2][0]} 1"))
        elif assigned:
            self.set(assigned["name"], assigned["sign"], assigned["value"], bool(assigned["type"]))
        elif not _SAID.fullmatch(statement):
            self.act(syntax.parse(statement.removeprefix("return ")))

    def set(self, name: str, sign: str, value: str, declared: bool) -> None:
        if declared:
            self.own.add(name)
        self.assign(name, syntax.parse(f"{name} {sign} ({value})" if sign else value))

    def act(self, node: Node) -> None:
        if isinstance(node, syntax.Method) and node.name in _SETTERS:
            if not (_is_holder(node.of) and len(node.arguments) == 2):
                raise JuelRefused(f"{quote(node.name)} sets a variable only on the execution, with a name and a value")
            name, value = node.arguments
            if not (isinstance(name, syntax.Literal) and isinstance(name.value, str)):
                raise JuelRefused("the name of the variable that is set must be written out")
            self.keep(name.value, feel_source.expression(value, self.pastes))
        elif self.guards:
            raise JuelRefused("a branch of a script may only set variables")
        else:
            self.result = feel_source.expression(node, self.pastes)

    def assign(self, name: str, node: Node) -> None:
        self.keep(name, feel_source.expression(node, self.pastes), name in self.own)

    def keep(self, name: str, value: Feel, local: bool = False) -> None:
        text = value.text
        for guard in reversed(self.guards):
            text = f"(if {guard} then {text} else {name})"
        self.assignments.append(Assignment(name, Feel(text, value.names), local))

    def branch(self, statement: str) -> None:
        """`if (a) { ... } else { ... }`: the condition is kept, and every assignment inside asks it."""
        condition, rest = _enclosed(_IF.sub("(", statement, count=1), "()")
        name = f"_if{len(self.assignments)}"
        self.keep(name, feel_source.truth(syntax.parse(condition), self.pastes), local=True)
        then, otherwise = _branches(rest)
        self.inside(f"{name} = true", then)
        self.inside(f"{name} = false", otherwise)

    def inside(self, guard: str, body: str) -> None:
        self.guards.append(guard)
        for statement in _statements(body):
            self.read(statement)
        self.guards.pop()
        self.result = None


def _is_holder(node: Node) -> bool:
    """`execution`, `task`, or `task.execution`."""
    if isinstance(node, syntax.Property) and node.name == "execution":
        return _is_holder(node.of)
    return isinstance(node, syntax.Name) and node.name in HOLDERS


def _branches(text: str) -> tuple[str, str]:
    """What stands behind the condition: the branch that is taken, and the other one."""
    if text.lstrip().startswith("{"):
        then, rest = _enclosed(text.lstrip(), "{}")
    else:
        then, rest = text, ""
    otherwise = _ELSE.sub("", rest, count=1) if _ELSE.match(rest) else ""
    if rest.strip() and not otherwise.strip():
        raise JuelRefused(f"{quote(rest.strip())} after a branch is not understood")
    if otherwise.lstrip().startswith("{"):
        otherwise, rest = _enclosed(otherwise.lstrip(), "{}")
        if rest.strip():
            raise JuelRefused(f"{quote(rest.strip())} after a branch is not understood")
    return then, otherwise


def _enclosed(text: str, signs: str) -> tuple[str, str]:
    """The text between the first bracket and the one that closes it, and what stands behind."""
    depth, mark = 0, ""
    for place, sign in enumerate(text):
        if mark:
            mark = "" if sign == mark else mark
        elif sign in "'\"":
            mark = sign
        elif sign in signs:
            depth += 1 if sign == signs[0] else -1
            if depth == 0:
                return text[1:place], text[place + 1 :]
    raise JuelRefused(f"{quote(text)} is not closed with '{signs[1]}'")


def _statements(text: str) -> list[str]:
    """The statements between semicolons and line ends, outside quotes and brackets."""
    text = _COMMENT.sub(lambda match: match[1] or " ", text)
    found, start, depth, mark = [], 0, 0, ""
    for position, sign in enumerate(text):
        if mark:
            mark = "" if sign == mark else mark
        elif sign in "'\"":
            mark = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign in ";\n" and depth == 0:
            found.append(text[start:position])
            start = position + 1
    found.append(text[start:])
    statements: list[str] = []
    for statement in filter(None, map(str.strip, found)):
        if _ELSE.match(statement) and statements:
            statements[-1] += f" {statement}"
        else:
            statements.append(statement)
    return statements
