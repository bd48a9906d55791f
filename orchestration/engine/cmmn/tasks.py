"""What does a task do when it becomes active, and what when its work comes back? (5.4.10, 8.4.2)

`begin` says whether the work is done at once; then the item completes. Otherwise it waits for a person, a machine
actor, or the case or process that it called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.engine import events as e
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.model import Node
from orchestration.engine.dialect import Sent, Transfer, people, thrown
from orchestration.engine.expressions import Formula
from orchestration.engine.state import Item
from orchestration.engine.step import ModelFault
from orchestration.engine.timers import BadTimer, due

Json = Any


def begin(run: CaseRun, item: Item, node: Node) -> bool:
    """Begin the work of an active task. True: it is done."""
    match node.type:
        case "humanTask":
            return not is_blocking(run, item, node) or _ask_person(run, item, node)
        case "decisionTask":
            return _decide(run, item, node)
        case "caseTask" | "processTask":
            return _call(run, item, node)
    if node.extensions.sent is not None:
        return _send(run, item, node.extensions.sent)
    if node.script is not None:
        return _compute(run, item, node)
    if node.capability is not None:
        return _ask_machine(run, item, node)
    return not is_blocking(run, item, node)


def is_blocking(run: CaseRun, item: Item, node: Node) -> bool:
    """Whether the task waits for its work to be done. (5.4.10, isBlocking)"""
    if node.blocking_condition is not None:
        return run.value(node.blocking_condition, item.id) is not False
    return node.blocking


def _ask_person(run: CaseRun, item: Item, node: Node) -> bool:
    extensions = node.extensions
    groups = people(run.step, extensions.candidate_groups, run.instance, item.id)
    name, assignee = run.title(node, item.id) or node.definition, _text(run.value(extensions.assignee, item.id))
    run.step.emit(
        e.TaskOpened(
            run.instance,
            item.id,
            name,
            node.definition,
            _text(run.value(extensions.form, item.id)),
            assignee,
            groups or ((node.performer,) if node.performer is not None else ()),
            _moment(run, item, extensions.due),
            _whole(run.value(extensions.priority, item.id)),
            people(run.step, extensions.candidate_users, run.instance, item.id),
        )
    )
    _keep(run, item, node, {"id": str(item.id), "name": name, "assignee": assignee})
    return False


def _keep(run: CaseRun, item: Item, node: Node, known: Mapping[str, Json]) -> None:
    """What a task or call is known by, in the variables that the model names for it (Flowable)."""
    named = ((kind, run.value(name, item.id)) for kind, name in node.extensions.named)
    kept = {str(name): known[kind] for kind, name in named if kind in known and name}
    if kept:
        run.assign(item.id, kept)


def _send(run: CaseRun, item: Item, sent: Sent) -> bool:
    """An event of a registry goes out, as a message that waits in the outbox."""
    name = run.value(sent.name, item.id)
    if not name:
        raise ModelFault(f"The event that {run.name(item)} sends has no name.", item.id)
    run.step.throw_message(run.instance, item.id, str(name), carried(run, item, sent.given))
    return True


def _text(value: Json) -> str | None:
    return None if value is None else str(value)


def _whole(value: Json) -> int | None:
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        return None


def _moment(run: CaseRun, item: Item, formula: Formula | None) -> str | None:
    """A date, or a duration from now, as a moment."""
    value = run.value(formula, item.id)
    if value is None:
        return None
    try:
        return due(str(value), run.step.now).isoformat()
    except BadTimer as error:
        raise ModelFault(f"The due date of {run.name(item)}: {error}", item.id) from None


def _ask_machine(run: CaseRun, item: Item, node: Node) -> bool:
    capability = run.value(node.capability, item.id)
    if not capability:
        raise ModelFault(f"{run.name(item)} does not say which capability it asks for.", item.id)
    given = carried(run, item, node.extensions.inputs)
    if not node.extensions.inputs:
        given = {name: run.value(formula, item.id) for name, formula in node.extensions.fields.items()}
    run.step.request_job(item, str(capability), given, node.definition, node.name)
    return False


def carried(run: CaseRun, item: Item, transfers: Iterable[Transfer]) -> dict[str, Json]:
    """What goes in: each source as the item sees it, under its target."""
    own = item.local or {}
    return {str(run.value(one.target, item.id)): run.value(one.source, item.id, one.own_seen(own)) for one in transfers}


def bring_back(run: CaseRun, item: Item, node: Node, result: Json) -> None:
    """What comes out of work: the declared outputs, else the result variable, else the entries of an object."""
    extensions = node.extensions
    if extensions.outputs:
        extra = {"result": result}
        changes = {
            str(run.value(one.target, item.id, extra)): run.value(one.source, item.id, extra)
            for one in extensions.outputs
        }
    elif extensions.result_variable is not None:
        changes = {extensions.result_variable: result}
    else:
        changes = dict(result) if isinstance(result, dict) else {}
    run.assign(item.id, changes)


def _decide(run: CaseRun, item: Item, node: Node) -> bool:
    decision = str(run.value(node.called, item.id) or "")
    extensions = node.extensions
    given = carried(run, item, node.inputs) or None
    output = run.step.decide(decision, run.instance, item.id, given, extensions.decision_form)
    if node.outputs and not extensions.outputs:
        run.assign(item.id, _mapped(run, item, node, _results(node, output)))
        return True
    named = extensions.outputs or extensions.result_variable is not None or isinstance(output, dict)
    bring_back(run, item, node, output if named else {decision: output})
    return True


def _results(node: Node, output: Json) -> dict[str, Json]:
    """What the outputs of a decision are called by the mappings: entries of an object, else the whole."""
    entries = output if isinstance(output, dict) else {}
    return {name: entries.get(name, output) for one in node.outputs for name in one.source.names}


def _compute(run: CaseRun, item: Item, node: Node) -> bool:
    if node.script is None:
        return True
    own = carried(run, item, node.extensions.inputs)
    for one in node.script.assignments:
        value = run.value(one.value, item.id, own)
        if one.throws and value is not None:
            raise thrown(value, run.instance, item.id, {})
        if one.local:
            own[one.variable] = value
        else:
            run.assign(item.id, {one.variable: value})
    result = run.value(node.script.result, item.id, own)
    target = node.extensions.result_variable
    if target is not None:
        run.assign(item.id, {target: result})
        if node.extensions.attributes.get("storeResultVariableAsTransient") == "true":
            run.passing[target] = None
    return True


def _call(run: CaseRun, item: Item, node: Node) -> bool:
    """A case or a process. What is not blocking goes on by itself, and nobody waits for it."""
    kind = "case" if node.type == "caseTask" else "process"
    key = str(run.value(node.called, item.id) or "")
    given = carried(run, item, node.inputs)
    if node.extensions.inherit_variables:
        given = {**run.step.state.instances[run.instance].variables, **given}
    elif node.extensions.inherit_own:
        given = {**(item.local or {}), **given}
    models = run.step.models.cases if kind == "case" else run.step.models.processes
    inputs: Mapping[str, str] = getattr(models.get(key), "inputs", {})
    variables = {
        inputs.get(name, name) if isinstance(inputs, Mapping) else name: value for name, value in given.items()
    }
    called = run.step.start_instance(kind, key, variables, item.id)
    _keep(run, item, node, {"called": str(called)})
    return not is_blocking(run, item, node)


def returned(run: CaseRun, item: Item, node: Node, model: Any, variables: Mapping[str, Json]) -> None:
    """The called case or process completed: its outputs, by the mappings, into this case."""
    outputs: Mapping[str, str] = getattr(model, "outputs", {})
    seen = dict(variables)
    if isinstance(outputs, Mapping):
        seen.update({id: variables.get(name) for id, name in outputs.items()})
    changes = _mapped(run, item, node, seen)
    if node.extensions.return_all:
        changes = {**variables, **changes}
    run.assign(item.id, changes)


def _mapped(run: CaseRun, item: Item, node: Node, seen: dict[str, Json]) -> dict[str, Json]:
    """What the output mappings make of what the called side has. (5.4.10, parameter mappings)"""
    return {
        str(run.value(one.target, item.id, seen)): run.value(one.source, item.id, _only(one.source, seen))
        for one in node.outputs
    }


def _only(source: Formula, seen: Mapping[str, Json]) -> dict[str, Json]:
    """On the way out a name means the called side's variable, also when it has none."""
    return {name: seen.get(name) for name in source.names}
