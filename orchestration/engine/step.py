"""What does a behaviour have at hand while one command is carried out?

A `Step` holds the working state, the events so far and an `Agenda`. A behaviour (CMMN, BPMN) decides; it changes
nothing but by `emit`, which records an event and applies it. What should happen afterwards goes on the agenda.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine import registry
from orchestration.engine.agenda import MAX_OPERATIONS, Agenda
from orchestration.engine.apply import apply
from orchestration.engine.approval_chains import Beside, tightened
from orchestration.engine.chain import Chain
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.decisions import decide, shaped
from orchestration.engine.expressions import Formula
from orchestration.engine.limits import DEFAULT, Limits
from orchestration.engine.rejections import (
    AgendaOverrun,
    CommandRejected,
    ErrorThrown,
    ModelFault,
    Rejection,
    TooManyHops,
)
from orchestration.engine.scope import Scope
from orchestration.engine.state import INSTANCE_ENDED, ROOT, Item, State, Wait

Json = Any

__all__ = [
    "MAX_OPERATIONS", "AgendaOverrun", "Behaviour", "CommandRejected", "ErrorThrown", "ModelFault", "Rejection", "Step",
    "TooManyHops",
]  # fmt: skip


class Behaviour(Protocol):
    """One notation on the kernel. Methods decide by `step.emit` and `step.plan`.

    They raise CommandRejected or ModelFault.
    """

    def start(self, step: Step, instance: int, at: str | None) -> None:
        """The instance was begun (`InstanceStarted` is emitted); bring it to life."""

    def command(self, step: Step, command: c.Command, instance: int, item: Item | None) -> None:
        """An item command: checks by the life-cycle table, else raises CommandRejected. The item exists and is open."""

    def task_completed(self, step: Step, item: Item, variables: Mapping[str, Json]) -> None:
        """The task of this item was closed by a person."""

    def job_completed(self, step: Step, item: Item, result: Json) -> None:
        """The job of this item was closed with this result."""

    def job_failed(self, step: Step, item: Item, error: str, code: str | None) -> bool:
        """The job failed for good. True: the model deals with it; False: the kernel raises an incident."""

    def timer_fired(self, step: Step, wait: Wait) -> None:
        """`TimerFired` is emitted; the wait is gone from the state."""

    def received(self, step: Step, wait: Wait, variables: Mapping[str, Json]) -> None:
        """A message or signal reached this subscription, which is still open."""

    def called_ended(self, step: Step, item: Item, instance: int, state: str, variables: Mapping[str, Json]) -> None:
        """The case or process that this item called has ended in that state, with those variables."""

    def error_thrown(self, step: Step, thrown: ErrorThrown) -> bool:
        """A script has thrown a BPMN error. True: the model catches it; False: the kernel raises an incident."""

    def retry(self, step: Step, item: Item) -> None:
        """After an incident: do the work of this item again."""

    def skip(self, step: Step, item: Item, output: Json) -> None:
        """After an incident: go on as if the work had this output."""

    def written(
        self, step: Step, instance: int, item: int | None, names: frozenset[str], fresh: frozenset[str]
    ) -> None:
        """Variables were written, `fresh` of them for the first time."""

    def removed(self, step: Step, instance: int, names: frozenset[str]) -> None:
        """Variables of the instance were deleted."""

    def settle(self, step: Step, instance: int, changed: frozenset[str]) -> None:
        """The agenda is empty and this instance changed since it was last settled; `changed`: its changed variables."""

    def knows(self, step: Step, instance: int, item: int | None, name: str) -> Json:
        """What an expression reads under a name that is no variable (`caseInstance`, `loopCounter`); else None."""

    def terminate(self, step: Step, instance: int) -> None:
        """End everything inside the instance (not the instance itself: `Step.end_instance` does)."""


class Step(Agenda):
    """The work on one command. `now` is an aware UTC time; nothing else here knows a clock.

    `interactive`: somebody waits for the answer to the command. `runs`: what a behaviour keeps about an instance until
    the step is over; `models_of`: its model, also when it has ended; `passing`: variables that are gone when it
    is over; all by instance. `beside`: what is asked for beside the rules of the case type.
    """

    def __init__(
        self,
        models: CompiledModels,
        state: State,
        now: datetime,
        behaviours: Mapping[str, Behaviour],
        interactive: bool = False,
        limits: Limits = DEFAULT,
        chain: Chain | None = None,
        beside: Beside | None = None,
    ) -> None:
        super().__init__()
        self.models = models
        self.state = state
        self.now = now
        self.behaviours = behaviours
        self.interactive = interactive
        self.limits = limits
        self.chain = chain
        self.beside = beside
        self.events: list[e.Event] = []
        self.runs: dict[int, Any] = {}
        self.models_of: dict[int, Any] = {}
        self.passing: dict[int, dict[str, None]] = {}
        self._next_id = state.next_id

    def emit(self, event: e.Event) -> None:
        """Record an event and apply it to the working state."""
        self.events.append(event)
        apply(self.state, event)

    def new_id(self) -> int:
        """The next number of the root's counter, for an item, job, timer, subscription, incident or instance."""
        number = self._next_id
        self._next_id += 1
        return number

    def settle(self, instance: int, changed: frozenset[str]) -> None:
        self.behaviour(instance).settle(self, instance, changed)

    # -- instances

    def is_running(self, instance: int) -> bool:
        found = self.state.instances.get(instance)
        return found is not None and found.state not in INSTANCE_ENDED

    def behaviour(self, instance: int) -> Behaviour:
        return self.behaviours[self.state.instances[instance].kind]

    def model(self, instance: int) -> Any:
        """The compiled case or process of this instance."""
        if instance not in self.models_of:  # kept, since it is asked for at every turn of the engine
            found = self.state.instances[instance]
            self.models_of[instance] = (self.models.cases if found.kind == "case" else self.models.processes)[found.key]
        return self.models_of[instance]

    def start_instance(
        self, kind: str, key: str, variables: Mapping[str, Json], parent: int | None, at: str | None = None
    ) -> int:
        """Begin a case or process, called by the item `parent`; it comes to life from the agenda.

        Raises ModelFault when no such model is deployed.
        """
        models = self.models.cases if kind == "case" else self.models.processes
        if key not in models:
            raise ModelFault(f"No {kind} {key!r} is deployed.", parent)
        instance = self.new_id()
        self.emit(e.InstanceStarted(instance, kind, key, models[key].name or key, parent, dict(variables)))
        self.plan(self._bring_to_life, instance, at)
        return instance

    def _bring_to_life(self, instance: int, at: str | None) -> None:
        if self.is_running(instance):
            self.touch(instance)
            self.behaviour(instance).start(self, instance, at)

    def end_instance(self, instance: int, state: str) -> None:
        """The instance is over; nothing is open in it any more. Its caller goes on from the agenda."""
        found = self.state.instances[instance]
        self.cancel_waits(None, instance=instance)
        self.model(instance)  # its caller asks for it when it has ended
        self.emit(e.InstanceEnded(instance, found.key, state, found.parent))
        if found.parent is not None:
            self.plan(self._tell_caller, found.parent, instance, state, found.variables)

    def _tell_caller(self, item: int, instance: int, state: str, variables: Mapping[str, Json]) -> None:
        caller = self.state.items.get(item)
        if caller is not None:
            self.behaviour(caller.instance).called_ended(self, caller, instance, state, variables)

    def terminate_called(self, item: int) -> None:
        """Terminate the cases and processes that this item called; the item is not told."""
        for called in self.state.called_by(item):
            self.behaviour(called.id).terminate(self, called.id)
            self.cancel_waits(None, instance=called.id)
            self.emit(e.InstanceEnded(called.id, called.key, "terminated", item))

    # -- variables

    def set_variables(self, instance: int, changes: Mapping[str, Json], item: int | None = None) -> None:
        """Write variables that differ from what is there; the instance will be settled with their names."""
        if item is not None:
            there: Mapping[str, Json] = self.state.items[item].local or {}
        else:
            there = self.state.instances[instance].variables
        new = {name: value for name, value in changes.items() if name not in there or not _same(there[name], value)}
        if new:
            fresh = frozenset(name for name in new if name not in there)
            self.emit(e.VariablesChanged(instance, item, new))
            self.touch(instance, *new)
            self.behaviour(instance).written(self, instance, item, frozenset(new), fresh)

    def remove_variables(self, instance: int, names: Iterable[str]) -> None:
        gone = tuple(name for name in names if name in self.state.instances[instance].variables)
        if gone:
            self.emit(e.VariablesChanged(instance, None, {}, gone))
            self.touch(instance, *gone)
            self.behaviour(instance).removed(self, instance, frozenset(gone))

    def evaluate(
        self, formula: Formula, instance: int, item: int | None = None, extra: Mapping[str, Json] | None = None
    ) -> Json:
        """The JSON value of an expression as seen from an item; an error in it is null (FEEL's way)."""
        return formula.value(Scope(self, instance, item, extra), self.now)

    def known(self, instance: int, item: int | None, name: str) -> Json:
        """What the behaviour of the instance knows under a name that is no variable; else None."""
        return self.behaviour(instance).knows(self, instance, item, name)

    def decide(
        self,
        decision: str,
        instance: int,
        item: int | None = None,
        extra: Mapping[str, Json] | None = None,
        form: str | None = None,
    ) -> Json:
        """Evaluate a DMN decision on what the item sees, record it, and return its JSON output (`decisions.shaped`).

        Raises ModelFault when no such decision is deployed.
        """
        model = self.models.decisions.get(decision)
        if model is None:
            raise ModelFault(f"No decision {decision!r} is deployed.", item)
        verdict = decide(model, decision, Scope(self, instance, item, extra), self.now)
        found = (verdict.inputs, verdict.hits, verdict.output, verdict.problems)
        self.emit(e.DecisionEvaluated(instance, item, decision, *found))
        stricter = tightened(self.beside, decision, verdict.inputs, verdict.output)
        if stricter is not None:
            self.emit(e.DecisionTightened(instance, item, decision, stricter.rules, stricter.output))
        return shaped(model, decision, verdict.output if stricter is None else stricter.output, form)

    # -- what an item waits for

    def request_job(
        self, item: Item, capability: str, input: Mapping[str, Json], definition: str, name: str, retries: int = 3
    ) -> int:
        job = self.new_id()
        self.emit(e.JobRequested(item.instance, item.id, job, capability, dict(input), retries, definition, name))
        return job

    def schedule_timer(
        self, instance: int, item: int | None, due: datetime, node: str, facts: dict[str, Json] | None = None
    ) -> int:
        timer = self.new_id()
        self.emit(e.TimerScheduled(instance, item, timer, due.isoformat(), node, facts))
        return timer

    def subscribe(
        self, instance: int, item: int | None, kind: str, name: str, node: str, correlation: str | None = None
    ) -> int:
        subscription = self.new_id()
        self.emit(e.SubscriptionOpened(instance, item, subscription, kind, name, node, correlation))
        return subscription

    def cancel_waits(self, item: int | None, how: str = "terminated", instance: int | None = None) -> None:
        """Close every task, job, timer, subscription and incident that stands on the item (or on the instance)."""
        state = self.state
        holder = state.items[item] if item is not None else state.instances[instance or 0]
        for number in list(holder.waits):
            self.emit(_closing(state.waits[number], how))

    def raise_incident(self, instance: int, item: int | None, code: str, message: str, job: int | None = None) -> None:
        self.emit(e.IncidentRaised(instance, item, self.new_id(), code, message, job))

    def fault(self, fault: ModelFault) -> None:
        """A model fault becomes an incident at its item, or at the root."""
        if isinstance(fault, ErrorThrown) and fault.error is not None and self.is_running(fault.instance):
            caught = self.behaviour(fault.instance).error_thrown(self, fault)
            if caught:
                return
        item = self.state.items.get(fault.item) if fault.item is not None else None
        instance = item.instance if item is not None else ROOT
        self.raise_incident(instance, None if item is None else item.id, fault.code, str(fault))

    def cannot(self, sentence: str, item: int | None = None) -> CommandRejected | ModelFault:
        """What to raise when the model does not allow what a command leads to: a person is refused, others find an
        incident."""
        return CommandRejected("state", sentence) if self.interactive else ModelFault(sentence, item)

    # -- messages and signals

    def throw_message(
        self, instance: int, item: int | None, name: str, variables: Mapping[str, Json], correlation: str | None = None
    ) -> None:
        """To one subscription in this root when there is one (at once, from the agenda), else to the shell's outbox.

        An event of a registry reaches all here whom it fits, and by the outbox those elsewhere.
        """
        content = self.models.content(name, variables)
        heard = self.expecting(name, content)
        wait = None if heard else self.awaiting(name, correlation)
        delivered = None if wait is None else wait.id
        outside = {} if delivered is not None else self._next_hop(f"message {name!r}", item)
        self.emit(e.MessageThrown(instance, item, name, dict(content), correlation, delivered, **outside))
        for subscription in heard if delivered is None else (delivered,):
            self.plan(self.deliver, subscription, content)

    def _next_hop(self, what: str, item: int | None) -> dict[str, int]:
        """The chain of what is thrown to other roots. Raises TooManyHops."""
        chain = self.chain
        if chain is None:
            return {}
        if chain.hops >= self.limits.most_hops:
            raise TooManyHops(what, item, chain.hops)
        return {"thread": chain.thread, "hops": chain.hops + 1}

    def expecting(self, name: str, content: Mapping[str, Json], instance: int | None = None) -> list[int]:
        """The subscriptions for an event of a registry, in the instance if one is named, whom this content fits."""
        waits = self.state.waiting_for("message", name)
        if not any(registry.is_key(wait.key) for wait in waits):
            return []
        keys = self.models.event_keys(content)
        return [wait.id for wait in waits if wait.key in keys and instance in (None, wait.instance)]

    def awaiting(
        self, name: str, correlation: str | None, at: str | None = None, instance: int | None = None
    ) -> Wait | None:
        """The oldest message subscription for this name (node, instance) that the correlation key fits; one that
        stands still only where no other fits."""
        fitting = [
            wait
            for wait in self.state.waiting_for("message", name)
            if (at is None or wait.node == at)
            and (instance is None or wait.instance == instance)
            and (wait.fits(correlation) or (at is not None and registry.is_key(wait.key)))
        ]
        moving = (wait for wait in fitting if self.state.instances[wait.instance].state != "suspended")
        return next(moving, fitting[0] if fitting else None)

    def throw_signal(
        self, instance: int, item: int | None, name: str, variables: Mapping[str, Json], key: str | None = None
    ) -> None:
        """To all that wait for it in this root, and the shell tells other roots; with a key, only to those that have
        that key."""
        reach = "global" if key is None else "instance"
        outside = {} if key is not None else self._next_hop(f"signal {name!r}", item)
        self.emit(e.SignalThrown(instance, item, name, dict(variables), reach, **outside))
        for subscription in self.hearing(name, key):
            self.plan(self.deliver, subscription, variables)

    def hearing(self, signal: str, key: str | None = None) -> list[int]:
        """The signal subscriptions for this name with this key."""
        return [wait.id for wait in self.state.waiting_for("signal", signal) if wait.key == key]

    def deliver(self, subscription: int, variables: Mapping[str, Json]) -> None:
        """Hand a message or signal to a subscription, unless it has gone in the meantime."""
        wait = self.state.waits.get(subscription)
        if wait is not None and self.is_running(wait.instance):
            self.emit(e.SignalReceived(wait.instance, wait.item, wait.kind, wait.name))
            self.behaviour(wait.instance).received(self, wait, variables)


def _same(one: Json, other: Json) -> bool:
    """JSON equality: true is not 1."""
    return type(one) is type(other) and bool(one == other)


def _closing(wait: Wait, how: str) -> e.Event:
    match wait.kind:
        case "task":
            return e.TaskClosed(wait.instance, wait.id, how)
        case "job":
            return e.JobClosed(wait.instance, wait.item or 0, wait.id, how)
        case "timer":
            return e.TimerCancelled(wait.instance, wait.item, wait.id)
        case "incident":
            return e.IncidentResolved(wait.instance, wait.item, wait.id, how)
        case _:
            return e.SubscriptionClosed(wait.instance, wait.item, wait.id, wait.kind, wait.name)
