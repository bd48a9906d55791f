"""What does a script do when all that it does is compute, set variables and throw?

Script tasks in Groovy, JavaScript or JUEL are not run as such. Many are a row of plain assignments, and those can be
said in FEEL: `execution.setVariable('x', a + 1)`, `var y = execution.getVariable('x')`, `x = 2`, `list.add(3)`. So can
loops (`script_loops`) and branches: what a branch that is not taken would set keeps its value. `throw new
BpmnError("code")` is the BPMN error, any other exception a failure of the step. What is only printed or logged is left
out. A script that does anything else is refused with the statement that has no meaning here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from orchestration.engine.feel.problems import quote
from orchestration.engine.juel import feel_source, syntax
from orchestration.engine.juel.feel_source import HOLDERS, Feel
from orchestration.engine.juel.script_loops import Loop, folded, loop
from orchestration.engine.juel.script_syntax import parse
from orchestration.engine.juel.statements import branches, enclosed, statements
from orchestration.engine.juel.syntax import JuelRefused, Node

FORMATS: Final = frozenset(
    {"juel", "groovy", "javascript", "ecmascript", "js", "text/javascript", "application/javascript"}
    | {"nashorn", "graal.js", "rhino", "java", "secure-javascript"}
)
_SETTERS: Final = frozenset({"setVariable", "setVariableLocal", "setTransientVariable", "setLocalVariable"})
_TYPE: Final = r"(?:def|var|let|const|final|int|long|double|boolean|float|[A-Z][\w.]*|[a-z]\w*(?:\.\w+)+)"
_DECLARED: Final = re.compile(
    rf"\s*(?P<type>(?:(?:final\s+)?{_TYPE}(?:<[\w\s,.<>?]*>)?(?:\[\])?\s+)?)"
    r"(?P<name>[^\W\d][\w$]*)\s*(?P<sign>[-+*/]?)=(?![=~])(?P<value>.*)",
    re.DOTALL,
)
_UNSET: Final = re.compile(rf"\s*{_TYPE}(?:<[\w\s,.<>?]*>)?(?:\[\])?\s+(?P<name>[^\W\d][\w$]*)\s*")
_INSIDE: Final = re.compile(
    r"\s*(?P<name>[^\W\d][\w$]*)\s*(?:\.\s*(?P<key>[^\W\d][\w$]*)|\[\s*(?P<computed>[^\]]+?)\s*\])\s*=(?![=~])(?P<value>.*)",
    re.DOTALL,
)
_APPENDED: Final = re.compile(r"\s*(?P<name>[^\W\d][\w$]*)\s*<<\s*(?P<value>.*)", re.DOTALL)
_IF: Final = re.compile(r"if\s*\(")
_STEP: Final = re.compile(r"\s*([^\W\d][\w$]*)(\+\+|--)\s*")
_SAID: Final = re.compile(
    r"\s*(?:(?:println|print|printf)\b|(?:System\.)?out\s*[.:]|console\s*\.|(?:log|logger|LOG|LOGGER)\s*\.)", re.DOTALL
)
_IMPORT: Final = re.compile(r"\s*import\s+(?:static\s+)?([\w.]+(?:\.\*)?)(?:\s+as\s+(\w+))?\s*")
_IMPORTED: Final = re.compile(
    r"\s*(?:Packages\.)?([A-Za-z_]\w*(?:\.[\w$]+)+)\s*|\s*Java\.type\(\s*['\"]([\w.$]+)['\"]\s*\)\s*"
)
_THROW: Final = re.compile(r"\s*throw\b(.*)", re.DOTALL)
_ASSERT: Final = re.compile(r"\s*assert\b([^:]*)(?::.*)?", re.DOTALL)
_RETURN: Final = re.compile(r"\s*return\b\s*")
_READERS: Final = ("JsonSlurper", "JsonSlurperClassic", "ObjectMapper")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One name set to the value of one expression, which may read what was set before it.

    A `local` name is the script's own and no variable of the instance. With `throws` the value is null, or what is
    thrown then: `code` of a BPMN error (null: another exception), and the `message` of it.
    """

    variable: str
    value: Feel
    local: bool = False
    throws: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """Assignments in order, and the expression whose value is the script's result, if it ends with one."""

    assignments: tuple[Assignment, ...]
    result: Feel | None


def translate(text: str, pastes: bool = True, keeps: bool = True) -> Script:
    """A script -> what it sets. Raises JuelRefused naming the first statement that has no meaning here.

    `pastes`: `+` joins a text to anything, as in Groovy and JavaScript; in JUEL it adds. `keeps`: also what it only
    assigns becomes a variable of the instance.
    """
    reader = _Reader(keeps, pastes=pastes)
    for statement in statements(text):
        reader.read(statement)
    return Script(tuple(reader.assignments), reader.result)


@dataclass(slots=True)
class _Reader:
    keeps: bool = True
    assignments: list[Assignment] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    result: Feel | None = None
    guards: list[str] = field(default_factory=list)
    pastes: bool = True
    types: dict[str, str] = field(default_factory=dict)
    readers: set[str] = field(default_factory=set)

    def read(self, statement: str) -> None:
        self.result = None
        if _IF.match(statement):
            self.branch(statement)
        elif turned := loop(statement):
            self.loop(turned)
        elif _SAID.match(statement):
            return
        elif imported := _IMPORT.fullmatch(statement):
            self.types[imported[2] or imported[1].rpartition(".")[2]] = imported[1]
        elif asserted := _ASSERT.fullmatch(statement):
            fails = f"({self.truth(parse(asserted[1])).text}) = false"
            self.inside(fails, "throw new AssertionError('What the script asserts does not hold.')")
        elif thrown := _THROW.fullmatch(statement):
            self.throw(parse(thrown[1]))
        elif step := _STEP.fullmatch(statement):
            self.assign(step[1], parse(f"{step[1]} {step[2][0]} 1"))
        elif assigned := _DECLARED.fullmatch(statement):
            self.set(assigned["name"], assigned["sign"], assigned["value"], bool(assigned["type"]))
        elif (unset := _UNSET.fullmatch(statement)) and not _RETURN.match(statement):
            self.own.add(unset["name"])
            self.keep(unset["name"], Feel("null"), local=True)
        elif inside := _INSIDE.fullmatch(statement):
            self.set_inside(inside)
        elif appended := _APPENDED.fullmatch(statement):
            self.assign(
                appended["name"], syntax.Function("script", "append", (_name(appended), parse(appended["value"])))
            )
        else:
            self.act(parse(_RETURN.sub("", statement, count=1)) if _RETURN.sub("", statement).strip() else None)

    def set(self, name: str, sign: str, value: str, declared: bool) -> None:
        if declared:
            self.own.add(name)
        if found := _IMPORTED.fullmatch(value):
            type = found[1] or found[2]
            if type.startswith(("java.", "javax.", "org.", "com.")) or found[2] or value.strip().startswith("Packages"):
                self.types[name] = type
                return
        node = parse(f"{name} {sign} ({value})" if sign else value)
        if isinstance(node, syntax.New) and node.type.rpartition(".")[2] in _READERS:
            self.readers.add(name)
            return
        self.assign(name, node)

    def set_inside(self, found: re.Match[str]) -> None:
        """`order.total = 3` or `order["total"] = 3`: the map with that entry; of the execution, a variable."""
        key: Node = syntax.Literal(found["key"]) if found["key"] else parse(found["computed"])
        value = parse(found["value"])
        if found["name"] in HOLDERS:
            raise JuelRefused(f"'{found['name']}.{found['key']}' is no variable; set one with setVariable")
        self.assign(found["name"], syntax.Function("script", "contextPut", (_name(found), key, value)))

    def act(self, node: Node | None) -> None:
        if isinstance(node, syntax.Method) and node.name in _SETTERS:
            self.set_variable(node)
        elif isinstance(node, syntax.Method) and (changed := _changed(node)) is not None:
            self.assign(*changed)
        elif self.guards:
            raise JuelRefused("a branch of a script may only set variables or throw")
        elif node is not None:
            self.result = self.feel(node)

    def set_variable(self, node: syntax.Method) -> None:
        if not (_is_holder(node.of) and len(node.arguments) in (2, 3)):
            raise JuelRefused(f"{quote(node.name)} sets a variable only on the execution, with a name and a value")
        name, value = node.arguments[:2]
        if not (isinstance(name, syntax.Literal) and isinstance(name.value, str)):
            raise JuelRefused("the name of the variable that is set must be written out")
        self.keep(name.value, self.feel(value))

    def assign(self, name: str, node: Node) -> None:
        self.keep(name, self.feel(node), not self.keeps or name in self.own)

    def feel(self, node: Node) -> Feel:
        return feel_source.expression(node, self.pastes, self.types, frozenset(self.readers))

    def truth(self, node: Node) -> Feel:
        return feel_source.truth(node, self.pastes, self.types, frozenset(self.readers))

    def keep(self, name: str, value: Feel, local: bool = False) -> None:
        self.assignments.append(Assignment(name, self.guarded(value, name), local))

    def guarded(self, value: Feel, otherwise: str) -> Feel:
        text = value.text
        for guard in reversed(self.guards):
            text = f"(if {guard} then {text} else {otherwise})"
        return Feel(text, value.names)

    def throw(self, node: Node) -> None:
        """The BPMN error of a BpmnError, with its code; of any other exception its message."""
        if not isinstance(node, syntax.New):
            made: Node = syntax.New("Error", (node,))
            return self.throw(made)
        type = self.types.get(node.type, node.type).rpartition(".")[2]
        told = [self.feel(each) for each in node.arguments[:2]]
        texts = [each.text for each in told] + ["null", "null"]
        code, message = texts[:2] if type == "BpmnError" else ("null", texts[0])
        names = frozenset(name for each in told for name in each.names)
        value = Feel(f'{{code: {code}, message: {message}, type: "{type}"}}', names)
        self.assignments.append(Assignment(f"_thrown{len(self.assignments)}", self.guarded(value, "null"), True, True))

    def branch(self, statement: str) -> None:
        """`if (a) { ... } else { ... }`: the condition is kept, and every assignment inside asks it."""
        condition, rest = enclosed(_IF.sub("(", statement, count=1), "()")
        name = f"_if{len(self.assignments)}"
        self.keep(name, self.truth(parse(condition)), local=True)
        then, otherwise = branches(rest)
        self.inside(f"{name} = true", then)
        self.inside(f"{name} = false", otherwise)

    def loop(self, turned: Loop) -> None:
        """What the body sets has, after the loop, the values of the last turn; without one, those of before."""
        body = _Reader(
            self.keeps, pastes=self.pastes, own={*self.own, turned.name}, types=self.types, readers=self.readers
        )
        for statement in statements(turned.body):
            body.read(statement)
        if any(one.throws for one in body.assignments):
            raise JuelRefused("a loop of a script may only set variables")
        if not body.assignments:
            return
        steps = [(one.variable, one.value.text) for one in body.assignments]
        turns = f"_turns{len(self.assignments)}"
        self.keep(turns, Feel(folded(turned.name, self.over(turned), steps), _names_of(body)), local=True)
        for one in {one.variable: one for one in body.assignments if not one.variable.startswith("_if")}.values():
            last = f"(if count({turns}) = 0 then {one.variable} else {turns}[-1].{one.variable})"
            self.keep(one.variable, Feel(last, one.value.names), one.local)

    def over(self, turned: Loop) -> str:
        if turned.list:
            return f"(if {self.feel(parse(turned.list)).text} = null then [] else {self.feel(parse(turned.list)).text})"
        first, last = self.feel(parse(turned.first)).text, self.feel(parse(turned.last)).text
        until = last if turned.sign == "<=" else f"({last} - 1)"
        return f"(if {until} < {first} then [] else for _n in {first}..{until} return _n)"

    def inside(self, guard: str, body: str) -> None:
        self.guards.append(guard)
        for statement in statements(body):
            self.read(statement)
        self.guards.pop()
        self.result = None


def _names_of(body: _Reader) -> frozenset[str]:
    return frozenset(name for one in body.assignments for name in one.value.names)


def _name(found: re.Match[str]) -> Node:
    return syntax.Name(found["name"])


def _changed(node: syntax.Method) -> tuple[str, Node] | None:
    """The list or map that a method changes, and what it is afterwards."""
    if not isinstance(node.of, syntax.Name) or node.of.name in HOLDERS:
        return None
    function = {
        ("add", 1): "append", ("push", 1): "append", ("append", 1): "joined", ("addAll", 1): "concatenate",
        ("put", 2): "contextPut", ("set", 2): "contextPut",
    }.get((node.name, len(node.arguments)))  # fmt: skip
    return None if function is None else (node.of.name, syntax.Function("script", function, (node.of, *node.arguments)))


def _is_holder(node: Node) -> bool:
    """`execution`, `task`, or `task.execution`."""
    if isinstance(node, syntax.Property) and node.name == "execution":
        return _is_holder(node.of)
    return isinstance(node, syntax.Name) and node.name in HOLDERS
