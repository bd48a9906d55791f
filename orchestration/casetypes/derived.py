"""Which field is less secret than what a machine or a rule makes it from?

A value that is hidden in its field is hidden wherever it is repeated, but not where it is told in other words: the name
of an item in place of its number. So a text or a list is at least as secret as what it is made from, or its schema says
in `x-tells` why it tells less. Details of a kind (`x-mask: iban`) are found again as they are and do not count. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.usage import decision_of
from orchestration.engine.bpmn.model import ProcessModel
from orchestration.engine.decisions import input_names
from orchestration.engine.dmn.decision_model import DecisionModel
from orchestration.engine.dmn.model import Context, Decision, DecisionTable, Expression, LiteralExpression, walk
from orchestration.engine.expressions import BadExpression, Formula, formula
from orchestration.engine.feel import ast
from orchestration.privacy.classification import Classification, Rule, rank

Json = Any
KEYWORD: Final = "x-tells"
TOLD_OTHERWISE: Final = ("all", "text", "year", "band")
"""Masks of values that may be told in other words; the others are of details, which are repeated as they are."""
WORDY: Final = ("string", "array", "object")
Place = tuple[str, ...]
Reads = Mapping[str, frozenset[Place]]


@dataclass(frozen=True, slots=True)
class Lower:
    """A field that may tell of a more secret one. `by`: the model (kind, key) and `step` that fill it, its `name`."""

    by: tuple[str, str]
    step: str
    name: str
    field: Place
    level: str
    source: Place
    needed: str

    def __str__(self) -> str:
        return (
            f"“{self.name}” makes {'.'.join(self.field)} ({self.level}) from {'.'.join(self.source)} ({self.needed}): "
            f"classify it as {self.needed}, or say in its {KEYWORD} why it tells less."
        )


def lower_than_their_source(case_type: CaseType) -> Iterator[Lower]:
    """Each field that is less secret than what fills it is made from, with the most secret of those."""
    known = case_type.classification
    for model in (*case_type.library.cases.values(), *case_type.library.processes.values()):
        kind = "process" if isinstance(model, ProcessModel) else "case"
        for node in model.nodes.values():
            for target, read in _filled(node, case_type.library.decisions):
                if (source := _most_secret(read, known)) is not None:
                    yield from (
                        Lower((kind, model.id), node.id, node.name or node.id, field, rule.level, *source)
                        for field, rule in _leaves(known, target)
                        if rank(rule.level) < rank(source[1]) and _may_tell(case_type.schema, field)
                    )


def _filled(node: Any, decisions: Mapping[str, DecisionModel]) -> Iterator[tuple[Place, frozenset[Place]]]:
    """Each place in the data that a step fills, with the places that it is made from."""
    if (decision := decision_of(node)) in decisions:
        if node.extensions.result_variable:
            for inner, read in _decided(decisions[decision], decision):
                yield (node.extensions.result_variable, *inner), read
    elif node.type in ("serviceTask", "sendTask", "task") and not getattr(node, "script", None):
        inputs = getattr(node, "inputs", ()) or node.extensions.inputs
        read = frozenset(place for each in inputs for place in _places(each.source))
        for each in getattr(node, "outputs", ()) or node.extensions.outputs:
            yield (str(each.target.constant),), read


def _decided(model: DecisionModel, decision: str) -> Iterator[tuple[Place, frozenset[Place]]]:
    """Each entry of what a decision gives, with the places that it is made from."""
    if decision not in model.decisions:
        return
    known: dict[str, frozenset[Place]] = {name: frozenset({(name,)}) for name in input_names(model, decision)}
    for part in model.decisions[decision].plan:
        element = part.node.element
        if isinstance(element, Decision) and element.expression is not None:
            entries = list(_entries(element.expression, known))
            known[part.node.name] = frozenset().union(*(read for _, read in entries))
            if part is model.decisions[decision]:
                yield from entries


def _entries(expression: Expression, known: Reads) -> Iterator[tuple[Place, frozenset[Place]]]:
    if isinstance(expression, Context):
        inner = dict(known)
        for entry in expression.entries:
            name = entry.variable.name if entry.variable else ""
            inner[name] = _read_by(entry.value, inner)
            yield (name,) if name else (), inner[name]
    elif isinstance(expression, DecisionTable):
        for column, output in enumerate(expression.outputs):
            cells = [_read_in(rule.outputs[column].text, known) for rule in expression.rules]
            yield (output.name,) if output.name and len(expression.outputs) > 1 else (), frozenset().union(*cells)
    else:
        yield (), _read_by(expression, known)


def _read_by(expression: Expression, known: Reads) -> frozenset[Place]:
    texts = (each.text for each in walk(expression) if isinstance(each, LiteralExpression))
    return frozenset().union(*(_read_in(text, known) for text in texts))


def read_in(text: str, names: Collection[str]) -> frozenset[Place]:
    """The places that a FEEL text reads, each a name of these and what follows it; none where it is no FEEL."""
    return _read_in(text, {name: frozenset({(name,)}) for name in names})


def _read_in(text: str, known: Reads) -> frozenset[Place]:
    """The places that a FEEL text reads, those behind a name of `known` in its place."""
    try:
        read = _places(formula(text, known))
    except BadExpression:
        return frozenset()
    found = ({(*start, *place[1:]) if start == (place[0],) else start for start in known.get(place[0], ())}
             for place in read)  # fmt: skip
    return frozenset().union(*found)


def _places(expression: Formula) -> set[Place]:
    """The variables that it reads, each with the names that follow it."""
    found: set[Place] = set()
    inside: set[int] = set()
    for node in () if expression.tree is None else ast.walk(expression.tree):
        names: list[str] = []
        start = node
        while isinstance(start, ast.Path):
            names.insert(0, start.name)
            start = start.source
            inside.add(id(start))
        if isinstance(start, ast.Name) and start.name in expression.names and id(node) not in inside:
            found.add((start.name, *names))
    return found


def _most_secret(read: Collection[Place], known: Classification) -> tuple[Place, str] | None:
    """The most secret of the fields that are read, and its level; None where none can be told in other words."""
    fields = [each for place in sorted(read) for each in _leaves(known, place) if each[1].mask in TOLD_OTHERWISE]
    return max(((field, rule.level) for field, rule in fields), key=lambda each: rank(each[1]), default=None)


def _leaves(known: Classification, place: Place) -> list[tuple[Place, Rule]]:
    """The fields at a place and below it; what lies deeper than the schema says is under the last that it names."""
    inner = {names[:-1] for names in known.paths}
    below = [(at, rule) for at, rule in known.paths.items() if at[: len(place)] == place and at not in inner]
    while place and not below:
        place = place[:-1]
        below = [(place, known.paths[place])] if place in known.paths and place not in inner else []
    return below


def _may_tell(schema: Mapping[str, Json], field: Place) -> bool:
    """Whether what a field holds can repeat other words, and no schema around it says why it does not."""
    for name in field:
        schema = schema.get("items", {}) if name == "*" else schema.get("properties", {}).get(name, {})
        if str(schema.get(KEYWORD, "")).strip():
            return False
    types = schema.get("type", WORDY)
    is_wordy = any(kind in WORDY for kind in ([types] if isinstance(types, str) else types))
    return is_wordy and not {"enum", "const", "format"} & schema.keys()
