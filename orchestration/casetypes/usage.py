"""What uses what in a case type?

Pure. A version's cases, processes, decisions and forms, how many elements each has, which step of which model uses
which other one, and what work is asked of machine actors. So whoever changes a model that three others call sees the
three before they change it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.files import FORMS, MANIFEST
from orchestration.engine import xml
from orchestration.engine.bpmn.model import CallActivity, ProcessModel, Task
from orchestration.engine.cmmn.model import CaseModel
from orchestration.engine.dmn.model import Definitions, DrgElement, decision_tables
from orchestration.engine.expressions import Formula

CALLS: Final = {"processTask": "process", "caseTask": "case", "decisionTask": "decision"}
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Model:
    """A case, process, decision or form. `counts`: what it is made of, as ("user task", 3)."""

    kind: str
    key: str
    name: str
    file: str
    counts: tuple[tuple[str, int], ...] = ()

    @property
    def at(self) -> tuple[str, str]:
        return self.kind, self.key


@dataclass(frozen=True, slots=True)
class Use:
    """A step of `by` (kind, key) uses `what` (kind, key). `computed`: which one is only known when the step runs."""

    by: tuple[str, str]
    step: str
    name: str
    what: tuple[str, str]
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that asks for a capability. `inputs`, `outputs`: the names of what goes in and where the result goes.

    `on_failure`: names of the error events on it, that lead on when the machine fails; none: an incident.
    """

    by: tuple[str, str]
    step: str
    name: str
    capability: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    on_failure: tuple[str, ...] = ()
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """All of one version, in order of files and of what stands in them."""

    models: tuple[Model, ...]
    uses: tuple[Use, ...]
    asked: tuple[Asked, ...]

    def used_by(self, at: tuple[str, str]) -> tuple[Use, ...]:
        return tuple(use for use in self.uses if use.what == at and not use.computed)

    def uses_of(self, at: tuple[str, str]) -> tuple[Use, ...]:
        return tuple(use for use in self.uses if use.by == at)


def usage(case_type: CaseType) -> Usage:
    """What the case type is made of, and what uses what."""
    library, files = case_type.library, _files(case_type.files)
    drawn = _by_id(each.definitions for each in library.decisions.values())
    names = {each.name: each.id for _, each in drawn}
    models = [
        *(_case(case, files) for case in library.cases.values()),
        *(_process(process, files) for process in library.processes.values()),
        *(_decision(definitions, each, files) for definitions, each in drawn),
        *(Model("form", key, key, FORMS, (("field", len(form.fields)),)) for key, form in case_type.forms.items()),
    ]
    steps = [step for model in (*library.cases.values(), *library.processes.values()) for step in _steps(model)]
    uses = [*_of_manifest(case_type), *(use for step in steps for use in _of_step(step, names))]
    uses += [use for _, each in drawn for use in _of_decision(each, set(names.values()))]
    return Usage(tuple(models), tuple(uses), tuple(asked for step in steps for asked in _asked(step)))


@dataclass(frozen=True, slots=True)
class _Step:
    """A node of a case or process: what it calls, by kind, and the element itself."""

    by: tuple[str, str]
    id: str
    name: str
    node: Any
    calls: tuple[tuple[str, Formula], ...]


def _steps(model: CaseModel | ProcessModel) -> Iterator[_Step]:
    by = ("case" if isinstance(model, CaseModel) else "process", model.id)
    for node in model.nodes.values():
        calls = [] if node.extensions.form is None else [("form", node.extensions.form)]
        if isinstance(node, CallActivity):
            calls.append((node.kind, node.called))
        elif isinstance(node, Task) and node.decision is not None:
            calls.append(("decision", node.decision))
        elif node.type in CALLS and (called := getattr(node, "called", None)) is not None:
            calls.append((CALLS[node.type], called))
        yield _Step(by, node.id, node.name or node.id, node, tuple(calls))


def _of_step(step: _Step, decisions: Mapping[str, str]) -> Iterator[Use]:
    for kind, called in step.calls:
        key = _text(called)
        known = decisions.get(key, key) if kind == "decision" else key
        yield Use(step.by, step.id, step.name, (kind, known), computed=called.constant is None)


def decision_of(node: Any) -> str:
    """The decision that a step asks, as its model names it; "" where it asks none, or one that is known as it runs."""
    called = getattr(node, "decision", None) or (getattr(node, "called", None) if node.type == "decisionTask" else None)
    return "" if called is None or called.constant is None else str(called.constant)


def results_of_decisions(case_type: CaseType) -> dict[str, str]:
    """By decision the variable that its result is kept in."""
    models = (*case_type.library.cases.values(), *case_type.library.processes.values())
    nodes = (node for model in models for node in model.nodes.values())
    found = ((decision_of(node), node.extensions.result_variable) for node in nodes)
    return {decision: variable for decision, variable in found if decision and variable}


def _of_manifest(case_type: CaseType) -> Iterator[Use]:
    by, root = ("case type", case_type.key), "case" if case_type.case in case_type.library.cases else "process"
    yield Use(by, MANIFEST, "Every case begins with it", (root, case_type.case))
    for each in case_type.external:
        yield Use(by, each.item, each.label, ("form", each.form))


def _of_decision(element: DrgElement, known: Collection[str]) -> Iterator[Use]:
    """What it requires of other decisions; input data come from the case and are no model."""
    for needed in getattr(element, "requirements", ()):
        if needed.target in known:
            yield Use(("decision", element.id), needed.id or element.id, element.name, ("decision", needed.target))


def _asked(step: _Step) -> Iterator[Asked]:
    """Work for a machine actor: a service task asks for what it names, else for what its id says (as the engine)."""
    node = step.node
    wanted: Formula | None = getattr(node, "capability", None) or node.extensions.capability
    plain = node.type == "serviceTask" and getattr(node, "script", None) is None and not step.calls
    if wanted is None and not plain:
        return
    inputs = [_text(transfer.target) for transfer in node.inputs or node.extensions.inputs]
    outputs = [_text(transfer.target) for transfer in node.outputs or node.extensions.outputs]
    outputs += [node.extensions.result_variable] if node.extensions.result_variable else []
    caught = [event for event in getattr(node, "boundaries", ()) if event.definitions[0].kind == "error"]
    yield Asked(
        step.by, step.id, step.name, step.id if wanted is None else _text(wanted), tuple(inputs), tuple(outputs),
        tuple(event.name or event.id for event in caught), computed=wanted is not None and wanted.constant is None,
    )  # fmt: skip


def _case(case: CaseModel, files: Mapping[tuple[str, str], str]) -> Model:
    counts = _counted(node.type for node in case.nodes.values() if node.id != case.plan.id)
    return Model("case", case.id, case.name or case.plan.name or case.id, files.get(("case", case.id), ""), counts)


def _process(process: ProcessModel, files: Mapping[tuple[str, str], str]) -> Model:
    counts = _counted(node.type for node in process.nodes.values())
    return Model("process", process.id, process.name or process.id, files.get(("process", process.id), ""), counts)


def _decision(definitions: Definitions, element: DrgElement, files: Mapping[tuple[str, str], str]) -> Model:
    counts = tuple(
        ("rule", len(table.rules)) for owner, table in decision_tables(definitions) if owner.id == element.id
    )
    return Model("decision", element.id, element.name, files.get(("decision", element.id), ""), counts)


def _counted(types: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """How many of each type, in words: userTask -> user task."""
    return tuple((_in_words(kind), count) for kind, count in Counter(types).items())


def _in_words(kind: str) -> str:
    return _HUMP.sub(" ", kind).lower().replace("sub process", "sub-process")


def _by_id(models: Iterable[Definitions]) -> list[tuple[Definitions, DrgElement]]:
    """Decisions, knowledge models and services of these files, each once."""
    found: dict[str, tuple[Definitions, DrgElement]] = {}
    for definitions in models:
        for element in (*definitions.decisions, *definitions.knowledge_models, *definitions.services):
            found.setdefault(element.id, (definitions, element))
    return list(found.values())


def _files(files: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """In which file each case, process and decision stands."""
    kinds = {"case": "case", "process": "process", "decision": "decision", "businessKnowledgeModel": "decision",
             "decisionService": "decision"}  # fmt: skip
    found: dict[tuple[str, str], str] = {}
    for name in sorted(files):
        if name.endswith((".cmmn", ".bpmn", ".dmn")):
            for element in xml.parse(files[name].encode()).children:
                if element.name in kinds:
                    found.setdefault((kinds[element.name], element.get("id") or ""), name)
    return found


def _text(formula: Formula) -> str:
    return formula.text if formula.constant is None else str(formula.constant)
