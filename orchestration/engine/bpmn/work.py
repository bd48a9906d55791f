"""What does a task ask of people and machines when it begins?

One operation for each kind of task (BPMN 2.0, 10.2.3). It gives back the values of work that is done at once, or None
when the task waits: for a person, a job, a message, or a called process or case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from orchestration.engine import dialect
from orchestration.engine import events as e
from orchestration.engine.bpmn import correlation, variables, waits
from orchestration.engine.bpmn.items import process, title
from orchestration.engine.bpmn.model import Activity, CallActivity, EventDefinition, Node, Task
from orchestration.engine.expressions import Formula
from orchestration.engine.keys import key_text
from orchestration.engine.state import Item
from orchestration.engine.step import ModelFault, Step
from orchestration.engine.timers import BadTimer, due

Json = Any
Done = Mapping[str, Json] | None


def begin(step: Step, item: Item, node: Activity) -> Done:
    """Do the work of a task or call, or ask for it; nothing where the model says that it is skipped."""
    if node.extensions.skip is not None and step.evaluate(node.extensions.skip, item.instance, item.id) is True:
        return {}
    if is_instant(node):
        return at_once(step, item.instance, item.id, node, item)
    return _WORK.get(node.type, job)(step, item, node)


def is_instant(node: Activity) -> bool:
    """Whether the engine does all the work itself: to compute, decide or send, or nothing at all."""
    if not isinstance(node, Task):
        return False
    if node.answer is not None:
        return False
    has_work = node.script is not None or node.decision is not None or node.message is not None
    return node.type in ("task", "manualTask") or (has_work and node.type != "receiveTask") or _sends_nothing(node)


def _sends_nothing(node: Task) -> bool:
    return node.type == "sendTask" and node.extensions.capability is None


def at_once(step: Step, instance: int, at: int | None, node: Activity, own: Item | None = None) -> Mapping[str, Json]:
    """The values of instant work, seen from an item or scope. `own`: the item of the work, where it was opened."""
    task = cast(Task, node)
    if task.script is not None:
        changes, result = dialect.run(step, task.script, instance, at)
        return {**changes, **variables.results(node, result)}
    if task.decision is not None:
        return _decided(step, instance, at, task, task.decision)
    if task.message is not None:
        throw_message(step, instance, at, node, task.message, own)
    return {}


def _decided(step: Step, instance: int, at: int | None, node: Task, decision: Formula) -> Mapping[str, Json]:
    key = str(step.evaluate(decision, instance, at))
    form = node.extensions.decision_form
    output = step.decide(key, instance, at, form=form)
    found = variables.results(node, output)
    if node.outputs:
        found["decisionResult"] = output
    return found if found or form or isinstance(output, Mapping | None) else {key: output}


def _user(step: Step, item: Item, node: Activity) -> Done:
    asked = node.extensions
    name = title(step, node, item.instance, item.id) or node.id
    assignee = _said(step, asked.assignee, item)
    step.emit(
        e.TaskOpened(
            item.instance,
            item.id,
            name,
            node.id,
            form=_said(step, asked.form, item),
            assignee=assignee,
            candidate_groups=dialect.people(step, asked.candidate_groups, item.instance, item.id),
            due=_due(step, asked.due, item),
            priority=_number(step, asked.priority, item),
            candidate_users=dialect.people(step, asked.candidate_users, item.instance, item.id),
        )
    )
    _keep(step, item, node, {"id": str(item.id), "name": name, "assignee": assignee})
    return None


def _keep(step: Step, item: Item, node: Activity, known: Mapping[str, Json]) -> None:
    """What a task or call is known by, in the variables that the model names for it."""
    named = ((kind, step.evaluate(name, item.instance, item.id)) for kind, name in node.extensions.named)
    kept = {str(name): known[kind] for kind, name in named if kind in known and name}
    if kept:
        variables.assign(step, item.instance, item.id, kept)


def _said(step: Step, formula: Formula | None, item: Item) -> str | None:
    value = None if formula is None else step.evaluate(formula, item.instance, item.id)
    return None if value is None or value == "" else str(value)


def _due(step: Step, formula: Formula | None, item: Item) -> str | None:
    said = _said(step, formula, item)
    try:
        return None if said is None else due(said, step.now).isoformat()
    except BadTimer as error:
        raise ModelFault(f"The due date cannot be read: {error}", item.id) from None


def _number(step: Step, formula: Formula | None, item: Item) -> int | None:
    said = _said(step, formula, item)
    try:
        return None if said is None else int(float(said))
    except (ValueError, OverflowError):
        raise ModelFault(f"The priority '{said}' is no number.", item.id) from None


def job(step: Step, item: Item, node: Activity) -> Done:
    """A machine is wanted: with the mapped inputs and the configured fields, and nothing else of the data."""
    asked = node.extensions
    capability = _said(step, asked.capability, item) or node.id
    given = variables.mapped(step, node.inputs, item)
    for name, formula in asked.fields.items():
        given[name] = step.evaluate(formula, item.instance, item.id)
    step.request_job(item, capability, given, node.id, title(step, node, item.instance, item.id) or node.id)
    return None


def throw_message(
    step: Step, instance: int, item: int | None, node: Node, message: EventDefinition, own: Item | None = None
) -> None:
    """Send a message with the mapped values; its key is read from them, or from the data of the sender (8.3.2).

    `own`: the item of the sending task, which has its inputs already where it was opened with them.
    """
    name = waits.name_of(step, message, instance, item) or ""
    if own is None:
        payload = variables.transferred(step, node.inputs, instance, item)
    else:
        payload = variables.mapped(step, node.inputs, own)
    paths = process(step, instance).retrievals.get(name)
    key = None
    if paths:
        carried = correlation.key_of_payload(paths, payload, step.now)
        key = carried or key_text([step.evaluate(path, instance, item) for path in paths]) or carried
    waits.learn(step, instance, key)
    step.throw_message(instance, item, name, payload, key)


def _send(step: Step, item: Item, node: Activity) -> Done:
    """A task that sends and goes on when it is answered; work that is sent by a machine is a job."""
    task = cast(Task, node)
    if task.answer is None or task.message is None:
        return job(step, item, node)
    throw_message(step, item.instance, item.id, node, task.message, item)
    return _receive(step, item, node)


def _receive(step: Step, item: Item, node: Activity) -> Done:
    waits.arm(step, item.instance, item.id, node)
    return None


def _call(step: Step, item: Item, node: Activity) -> Done:
    call = cast(CallActivity, node)
    asked = node.extensions
    given = variables.handed_over(step, node, item.instance, item.id)
    if asked.business_key is not None:
        given["businessKey"] = step.evaluate(asked.business_key, item.instance, item.id)
    key = str(step.evaluate(call.called, item.instance, item.id))
    called = step.start_instance(call.kind, key, given, item.id)
    _keep(step, item, node, {"called": str(called)})
    return None


_WORK: Final[dict[str, Callable[[Step, Item, Activity], Done]]] = {
    "userTask": _user,
    "receiveTask": _receive,
    "sendTask": _send,
    "callActivity": _call,
}
