"""What does a command do to a case?

`execute` is a pure function: it works on a copy of the state and gives back the new one with the events that led to it,
or a rejection and nothing else. Here stands what is common to cases and processes: whether the thing that the command
names is still open, whether the instance runs, whether the variables are JSON. The rest is the behaviour's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.approval_chains import Beside
from orchestration.engine.behaviours import BEHAVIOURS
from orchestration.engine.chain import FACT, FORGOTTEN, Chain, noted
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.limits import DEFAULT, Limits
from orchestration.engine.state import INSTANCE_ENDED, ROOT, Item, State, Wait
from orchestration.engine.step import MAX_OPERATIONS, AgendaOverrun, CommandRejected, ModelFault, Rejection, Step

Json = Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state after the command and what happened; with a rejection, the state given and no event."""

    state: State
    events: tuple[e.Event, ...] = ()
    rejection: Rejection | None = None


def execute(
    models: CompiledModels,
    state: State | None,
    command: c.Command,
    now: datetime,
    limits: Limits = DEFAULT,
    chain: Chain | None = None,
    beside: Beside | None = None,
) -> Outcome:
    """Carry out one command at `now` (aware). The state given is not changed; None is only good for a start.

    `chain`: the messages between cases that led to the command. `beside`: what is asked for beside the rules.
    """
    given = State() if state is None else state
    moved = chain or _still_moved(given, command, now)
    step = Step(models, given.working(), now, BEHAVIOURS, type(command) in _INTERACTIVE, limits, moved, beside)
    try:
        step.plan(_HANDLERS[type(command)], step, command)
        step.run()
    except CommandRejected as refused:
        return Outcome(given, (), refused.rejection)
    except AgendaOverrun:
        return _overrun(models, given, now)
    if not step.events:
        return Outcome(given, (), Rejection("unchanged", "Nothing would change."))
    _note_chain(step, command, chain)
    return Outcome(step.state, tuple(step.events))


def _still_moved(given: State, command: c.Command, now: datetime) -> Chain | None:
    """The chain of messages that moved the root before, where no person stands behind this command."""
    if type(command) not in _UNATTENDED or not given.instances:
        return None
    return noted(given.root.facts.get(FACT), now)


def _note_chain(step: Step, command: c.Command, chain: Chain | None) -> None:
    """A root that goes on after the step knows by which chain it was moved, until a person acts."""
    if not step.is_running(ROOT):
        return
    there = step.state.root.facts.get(FACT)
    if chain is not None:
        step.emit(e.FactSet(ROOT, None, FACT, chain.fact(step.now)))
    elif there is not None and there["hops"] >= FORGOTTEN and type(command) not in _UNATTENDED:
        step.emit(e.FactSet(ROOT, None, FACT, None))


def _overrun(models: CompiledModels, given: State, now: datetime) -> Outcome:
    """The case is as it was, with an incident; a start is refused."""
    sentence = f"The model did not come to rest within {MAX_OPERATIONS} operations; the command was not carried out."
    if not given.instances:
        return Outcome(given, (), Rejection("agenda", sentence))
    step = Step(models, given.working(), now, BEHAVIOURS)
    step.fault(ModelFault(sentence, code="agenda"))
    return Outcome(step.state, tuple(step.events))


def _json(value: Json) -> Json:
    """A private copy of the value in JSON's own terms."""
    try:
        return orjson.loads(orjson.dumps(value))
    except TypeError as error:
        raise CommandRejected("variables", f"The values cannot be kept as JSON: {error}.") from None


def _variables(variables: Mapping[str, Json]) -> dict[str, Json]:
    if not variables:
        return {}
    copy = _json(dict(variables))
    if not isinstance(copy, dict):
        raise CommandRejected("variables", "Variables must be an object with names.")
    return copy


def _running(step: Step, instance: int | None) -> int:
    """The instance named (None: the root), which must run."""
    number = ROOT if instance is None else instance
    found = step.state.instances.get(number)
    if found is None:
        raise CommandRejected("unknown", f"Instance {number} is not open.")
    if found.state in INSTANCE_ENDED:
        raise CommandRejected("ended", f"{found.key} is {found.state}.")
    return number


def _item(step: Step, number: int) -> Item:
    item = step.state.items.get(number)
    if item is None:
        raise CommandRejected("unknown", f"Item {number} is not open (any more).")
    _running(step, item.instance)
    return item


def _wait(step: Step, number: int, kind: str) -> Wait:
    wait = step.state.waits.get(number)
    if wait is None or wait.kind != kind:
        raise CommandRejected("unknown", f"The {kind} {number} is not open (any more).")
    _running(step, wait.instance)
    return wait


def _start(step: Step, kind: str, command: c.StartCase | c.StartProcess, at: str | None = None) -> None:
    key, by = command.key, command.by
    if step.state.instances:
        raise CommandRejected("exists", "The case has been started already.")
    models = step.models.cases if kind == "case" else step.models.processes
    if key not in models:
        raise CommandRejected("no-model", f"No {kind} {key!r} is deployed.")
    initiator = models[key].initiator
    given = {} if by is None or initiator is None else {initiator: by}
    instance = step.start_instance(kind, key, {**given, **_variables(command.variables)}, None, at)
    if command.reference is not None:
        step.subscribe(instance, None, "reference", key, at or "", command.reference)


def _start_case(step: Step, command: c.StartCase) -> None:
    _start(step, "case", command)


def _start_process(step: Step, command: c.StartProcess) -> None:
    _start(step, "process", command, command.at)


def _complete_task(step: Step, command: c.CompleteTask) -> None:
    wait = step.state.waits.get(command.item)
    if wait is None or wait.kind != "task":
        raise CommandRejected("unknown", f"There is no open task on item {command.item} (any more).")
    item = _item(step, command.item)
    variables = _variables(command.variables)
    step.emit(e.TaskClosed(item.instance, item.id, "completed"))
    behaviour, done = step.behaviour(item.instance), step.state.items[item.id]
    if wait.facts and wait.facts.get("in_place_of"):
        behaviour.job_completed(step, done, variables)
    else:
        behaviour.task_completed(step, done, variables)


def _complete_job(step: Step, command: c.CompleteJob) -> None:
    item = _item(step, _wait(step, command.job, "job").item or 0)
    result = _json(command.result)
    step.emit(e.JobClosed(item.instance, item.id, command.job, "completed", result, command.key))
    step.behaviour(item.instance).job_completed(step, step.state.items[item.id], result)


def _fail_job(step: Step, command: c.FailJob) -> None:
    item = _item(step, _wait(step, command.job, "job").item or 0)
    step.emit(e.JobFailed(item.instance, item.id, command.job, command.error, command.retry, command.code))
    if command.retry:
        return
    step.emit(e.JobClosed(item.instance, item.id, command.job, "failed"))
    behaviour = step.behaviour(item.instance)
    if not behaviour.job_failed(step, step.state.items[item.id], command.error, command.code):
        step.raise_incident(item.instance, item.id, "job", command.error, command.job)


def _resolve_incident(step: Step, command: c.ResolveIncident) -> None:
    wait = _wait(step, command.incident, "incident")
    output = _json(command.output)
    step.emit(e.IncidentResolved(wait.instance, wait.item, wait.id, command.how))
    if wait.item is None:
        return
    behaviour, item = step.behaviour(wait.instance), step.state.items[wait.item]
    if command.how == "retry":
        behaviour.retry(step, item)
    else:
        behaviour.skip(step, item, output)


def _ask_person(step: Step, command: c.AskPerson) -> None:
    kind, number = ("job", command.job) if command.job is not None else ("incident", command.incident or 0)
    wait = _wait(step, number, kind)
    if wait.item is None or (kind == "incident" and not (wait.facts or {}).get("job")):
        raise CommandRejected("state", "No machine's work stands behind this, so no person can do it in its place.")
    item = _item(step, wait.item)
    if kind == "job":
        step.emit(e.JobClosed(item.instance, item.id, number, "handed"))
    else:
        step.emit(e.IncidentResolved(item.instance, item.id, number, "by-hand"))
    step.emit(
        e.TaskOpened(
            item.instance, item.id, command.name, command.definition, command.form,
            candidate_groups=command.groups, due=command.due, in_place_of="job",
        )
    )  # fmt: skip


def _raise_incident(step: Step, command: c.RaiseIncident) -> None:
    step.raise_incident(_running(step, None), None, command.code, command.message)


def _fire_timer(step: Step, command: c.FireTimer) -> None:
    wait = _wait(step, command.timer, "timer")
    if wait.key is not None and datetime.fromisoformat(wait.key) > step.now:
        raise CommandRejected("not-due", f"The timer {wait.id} is due at {wait.key}.")
    step.emit(e.TimerFired(wait.instance, wait.item, wait.id))
    step.behaviour(wait.instance).timer_fired(step, wait)


def _set_variables(step: Step, command: c.SetVariables) -> None:
    variables = _variables(command.variables)
    if command.item is not None:
        item = _item(step, command.item)
        step.set_variables(item.instance, variables, item.id)
    else:
        step.set_variables(_running(step, command.instance), variables)


def _receive_message(step: Step, command: c.ReceiveMessage) -> None:
    content = step.models.content(command.name, _variables(command.variables))
    heard = [] if command.at is not None else step.expecting(command.name, content, command.instance)
    wait = None if heard else step.awaiting(command.name, command.correlation, command.at, command.instance)
    if wait is not None:
        return step.deliver(wait.id, content)
    if not heard:
        raise CommandRejected("unknown", f"Nothing here waits for the message {command.name!r}.")
    for subscription in heard:
        step.plan(step.deliver, subscription, content)
    return None


def _receive_signal(step: Step, command: c.ReceiveSignal) -> None:
    variables = _variables(command.variables)
    waiting = step.hearing(command.name)
    if not waiting:
        raise CommandRejected("unknown", f"Nothing here waits for the signal {command.name!r}.")
    for subscription in waiting:
        step.plan(step.deliver, subscription, variables)


def _reactivate_case(step: Step, command: c.ReactivateCase) -> None:
    _case_in(step, *INSTANCE_ENDED, "suspended")
    _command(step, c.ReactivateCase(_variables(command.variables)), ROOT, None)


def _close_case(step: Step, command: c.CloseCase) -> None:
    _case_in(step, *INSTANCE_ENDED)
    _command(step, command, ROOT, None)


def _case_in(step: Step, *states: str) -> None:
    if not step.state.instances:
        raise CommandRejected("unknown", "There is no case.")
    root = step.state.root
    if root.kind != "case" and root.state in INSTANCE_ENDED:
        raise CommandRejected(
            "state", f"{root.key} is {root.state}; a process that is over cannot be opened or closed again."
        )
    if root.kind != "case" or root.state not in states:
        raise CommandRejected(
            "state", f"{root.key} is {root.state}; this is for a case that is {', '.join(sorted(states))}."
        )


def _on_item(step: Step, command: Any) -> None:
    """Commands that name an item and are the behaviour's from here on."""
    item = _item(step, command.item)
    _command(step, command, item.instance, item)


def _on_item_with_variables(step: Step, command: c.Trigger | c.OccurEvent) -> None:
    _on_item(step, replace(command, variables=_variables(command.variables)))


def _on_item_or_instance(step: Step, command: c.Suspend | c.Resume | c.Terminate | c.FaultItem) -> None:
    if command.item is not None:
        _on_item(step, command)
    else:
        _command(step, command, _running(step, command.instance), None)


def _complete_item(step: Step, command: c.CompleteItem) -> None:
    clean = c.CompleteItem(command.item, _variables(command.variables), command.instance)
    if command.item is not None:
        _on_item(step, clean)
    else:
        _command(step, clean, _running(step, command.instance), None)


def _plan_item(step: Step, command: c.PlanItem) -> None:
    parent = None if command.parent is None else _item(step, command.parent)
    instance = _running(step, command.instance if parent is None else parent.instance)
    _command(step, command, instance, parent)


def _case_file(step: Step, command: c.CaseFile) -> None:
    instance = _running(step, command.instance)
    _command(step, c.CaseFile(command.op, command.name, _json(command.value), instance), instance, None)


def _command(step: Step, command: c.Command, instance: int, item: Item | None) -> None:
    step.behaviour(instance).command(step, command, instance, item)


_INTERACTIVE: Final = frozenset(
    {c.CompleteTask, c.CompleteItem, c.Trigger, c.OccurEvent, c.PlanItem, c.StartItem, c.Terminate, c.SetVariables}
)
"""Commands behind which somebody waits for an answer: they are refused where others raise an incident."""

_UNATTENDED: Final = frozenset(
    {c.ReceiveMessage, c.ReceiveSignal, c.FireTimer, c.CompleteJob, c.FailJob, c.RaiseIncident}
)
"""Commands behind which there is no person, so that a chain of messages goes on through them."""

_HANDLERS: Final[dict[type, Callable[[Step, Any], None]]] = {
    c.StartCase: _start_case,
    c.StartProcess: _start_process,
    c.CompleteTask: _complete_task,
    c.CompleteItem: _complete_item,
    c.Trigger: _on_item_with_variables,
    c.CompleteJob: _complete_job,
    c.FailJob: _fail_job,
    c.ResolveIncident: _resolve_incident,
    c.AskPerson: _ask_person,
    c.RaiseIncident: _raise_incident,
    c.FireTimer: _fire_timer,
    c.OccurEvent: _on_item_with_variables,
    c.PlanItem: _plan_item,
    c.StartItem: _on_item,
    c.Enable: _on_item,
    c.Disable: _on_item,
    c.Suspend: _on_item_or_instance,
    c.Resume: _on_item_or_instance,
    c.Terminate: _on_item_or_instance,
    c.FaultItem: _on_item_or_instance,
    c.ReactivateItem: _on_item,
    c.ReactivateCase: _reactivate_case,
    c.CloseCase: _close_case,
    c.SetVariables: _set_variables,
    c.CaseFile: _case_file,
    c.ReceiveMessage: _receive_message,
    c.ReceiveSignal: _receive_signal,
}
