"""Does a model do what its author says it does?

`Engine` runs models on the same kernel as the product, in memory, with a clock that a scenario moves. It offers the
contract of the conformance runners; `scenarios` runs a case type's own scenario files on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from orchestration.casetypes.scenario_post import Postman, Refused, Root, lives, published
from orchestration.casetypes.scenario_routing import wished
from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.beginnings import begun_by
from orchestration.engine.bpmn import view as processes
from orchestration.engine.chain import Chain
from orchestration.engine.cmmn import view as cases
from orchestration.engine.codec import decode, encode
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.execute import execute
from orchestration.engine.scope import AtRest, Scope
from orchestration.engine.state import ENDED, ROOT, Instance, State
from orchestration.engine.step import Rejection

Json = Any
START: Final = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
MOST_TIMERS: Final = 10_000
"""Timers that one move of the clock fires: a loop of timers without a pause would never come to its end."""


class Engine:
    """One run of a scenario. Instance ids are "root/instance". After every step the state is stored and read again."""

    def __init__(self) -> None:
        self.library = CompiledModels()
        self.now = START
        self.known: list[Root] = []
        self.post = Postman(self)

    # -- models and instances

    def deploy(self, paths: Iterable[str | Path]) -> None:
        """Load model files. Raises Refused with every fault."""
        built = build({Path(path).name: Path(path).read_bytes() for path in paths})
        if isinstance(built, list):
            faults = (f"{one.file}:{one.line} {one.element}: {one.sentence}" for one in built if one.severe)
            raise _refused("; ".join(faults))
        self.library = built

    def start(self, kind: str, key: str, variables: Mapping[str, Json]) -> str:
        command = c.StartCase(key, variables) if kind == "case" else c.StartProcess(key, variables)
        return self._begin(command)

    def start_message(self, name: str, variables: Mapping[str, Json]) -> str:
        for key, starter in processes.starters(self.library):
            if starter.kind == "message" and starter.name == name and starter.definition.heard is None:
                return self._begin(c.StartProcess(key, variables, starter.at))
        found = (one for one in begun_by(self.library, name, variables, self.now) if not lives(self.known, one))
        if begun := [self._begin(one.command) for one in found]:
            return begun[0]
        raise _refused(f"No process begins with the message {name!r}.")

    def _begin(self, command: c.Command) -> str:
        iid = self.open(command)
        self.post.deliver()
        return iid

    def open(self, command: c.Command, chain: Chain | None = None, strict: bool = True) -> str:
        """Begin a root case; its address. Raises Refused as `take`."""
        root = Root(State())
        self.known.append(root)
        try:
            self.take(root, command, chain, strict)
        except Refused:
            self.known.remove(root)
            raise
        return f"{self.known.index(root)}/{ROOT}"

    def _do(self, root: Root, command: c.Command) -> None:
        """A step of the scenario, and all that other cases do because of it."""
        self.take(root, command)
        self.post.deliver()

    def take(self, root: Root, command: c.Command, chain: Chain | None = None, strict: bool = True) -> None:
        """Carry out one command. Raises Refused; `strict`: also where it leads to a fault of the model."""
        outcome = execute(self.library, root.state, command, self.now, chain=chain)
        if outcome.rejection is not None:
            raise Refused(outcome.rejection)
        incidents = [event for event in outcome.events if isinstance(event, e.IncidentRaised)]
        faults = [one.message for one in incidents if one.code in ("model", "agenda")]
        if faults and strict:
            raise _refused(faults[0])
        root.events += outcome.events
        for event in outcome.events:
            _keep(root, event)
        root.state = self._stored(outcome.state)
        for event in outcome.events:
            self._throw(root, event)

    def _stored(self, state: State) -> State:
        items, data = encode(state)
        return decode(items, state.root.variables.encode()[0] if data is None else data)

    def _throw(self, root: Root, event: e.Event) -> None:
        """Messages and signals to other roots are brought when the step is over."""
        match event:
            case e.SignalThrown(reach="global") | e.MessageThrown(delivered=None):
                self.post.throw(root, event)

    # -- what people and the outside do

    def complete(self, iid: str, ref: str, variables: Mapping[str, Json]) -> None:
        root, instance = self._at(iid)
        if self._is_plan_model(root, instance, ref):
            self._do(root, c.CompleteItem(None, variables, instance))
            return
        item = self._item(root, instance, ref, "active")
        job = next(iter(root.state.waits_of(item, "job")), None)
        if job is not None:
            self._do(root, c.CompleteJob(job.id, variables or None))
        elif item in root.state.waits:
            self._do(root, c.CompleteTask(item, variables))
        elif self._is_listener(root, item):
            self._do(root, c.OccurEvent(item, variables))
        else:
            self._do(root, c.CompleteItem(item, variables))

    def _is_plan_model(self, root: Root, instance: int, ref: str) -> bool:
        found = root.state.instances.get(instance)
        model = self.library.cases.get(found.key) if found is not None and found.kind == "case" else None
        return model is not None and ref in (model.plan.name, f"#{model.plan.id}") and bool(ref)

    def _is_listener(self, root: Root, item: int) -> bool:
        """Whether it is an event listener of a case, which completes by occurring."""
        found = root.state.items[item]
        model = self.library.cases.get(root.state.instances[found.instance].key)
        return model is not None and found.node in model.nodes and model.nodes[found.node].is_listener

    def answer(self, iid: str, capability: str, result: Json) -> None:
        """A machine actor answers the oldest open job that asks for this capability."""
        root, job = self._job(iid, capability)
        self._do(root, c.CompleteJob(job, result))

    def routed(self, iid: str, capability: str, decision: str, given: Mapping[str, Json]) -> list[Json]:
        """What the rules of routing say of the oldest open job that asks for this capability."""
        root, job = self._job(iid, capability)
        wait = root.state.waits[job]
        scope = Scope(AtRest(root.state), wait.instance, wait.item)
        return wished(self.library, decision, scope, capability, given, self.now)

    def fail(self, iid: str, capability: str, error: str) -> None:
        root, job = self._job(iid, capability)
        self._do(root, c.FailJob(job, error, code=c.ACTOR_FAILED))

    def resolve(self, iid: str, how: Any, output: Json) -> None:
        """A person decides about the oldest open incident: "retry" it, or "skip" it with this output."""
        root, instance = self._at(iid)
        for wait in root.state.waits.values():
            if wait.kind == "incident" and wait.instance == instance:
                return self._do(root, c.ResolveIncident(wait.id, how, output))
        raise _refused("There is no open incident.")

    def _job(self, iid: str, capability: str) -> tuple[Root, int]:
        root, instance = self._at(iid)
        for wait in root.state.waits.values():
            if wait.kind == "job" and wait.name == capability and wait.instance == instance:
                return root, wait.id
        raise _refused(f"No open job asks for {capability!r}.")

    def set_variables(self, iid: str, variables: Mapping[str, Json]) -> None:
        root, instance = self._at(iid)
        outcome = execute(self.library, root.state, c.SetVariables(variables, instance), self.now)
        if outcome.rejection is None or outcome.rejection.code != "unchanged":
            self._do(root, c.SetVariables(variables, instance))

    def occur(self, iid: str, ref: str) -> None:
        self._on_item(iid, ref, c.OccurEvent, "available")

    def start_item(self, iid: str, ref: str) -> None:
        self._on_item(iid, ref, c.StartItem, "enabled")

    def disable(self, iid: str, ref: str) -> None:
        self._on_item(iid, ref, c.Disable, "enabled")

    def enable(self, iid: str, ref: str) -> None:
        self._on_item(iid, ref, c.Enable, "disabled")

    def suspend(self, iid: str, ref: str | None) -> None:
        self._on_item_or_all(iid, ref, c.Suspend, "active", "available")

    def resume(self, iid: str, ref: str | None) -> None:
        self._on_item_or_all(iid, ref, c.Resume, "suspended")
        self.post.take_up()

    def terminate(self, iid: str, ref: str | None) -> None:
        self._on_item_or_all(iid, ref, c.Terminate, "active", "enabled", "available")

    def fault(self, iid: str, ref: str) -> None:
        self._on_item(iid, ref, c.FaultItem, "active")

    def reactivate_item(self, iid: str, ref: str) -> None:
        self._on_item(iid, ref, c.ReactivateItem, "failed")

    def plan(self, iid: str, ref: str, role: str | None) -> None:
        root, instance = self._at(iid)
        roles = None if role is None else (role,)
        self._do(root, c.PlanItem(ref.removeprefix("#"), roles, None, instance))

    def case_file(self, iid: str, op: Any, name: str, value: Json) -> None:
        root, instance = self._at(iid)
        self._do(root, c.CaseFile(op, name, value, instance))

    def message(self, iid: str, name: str, at: str | None, variables: Mapping[str, Json]) -> None:
        root, instance = self._at(iid)
        key = processes.correlation_key(self.library, name, variables, self.now)
        self._do(root, c.ReceiveMessage(name, at, variables, key or None, instance))

    def publish(self, name: str, payload: Mapping[str, Json]) -> None:
        self.post.throw(None, published(name, payload), strict=True)
        self.post.deliver()

    def signal(self, name: str, variables: Mapping[str, Json]) -> None:
        self.post.throw(None, e.SignalThrown(0, None, name, dict(variables)), strict=True)
        self.post.deliver()

    def trigger(self, iid: str, activity_id: str) -> None:
        root, instance = self._at(iid)
        self._do(root, c.Trigger(self._item(root, instance, f"#{activity_id}", "active", "enabled")))

    def reactivate(self, iid: str, variables: Mapping[str, Json] | None = None) -> str:
        root, _ = self._at(iid)
        self._do(root, c.ReactivateCase(variables or {}))
        return iid

    def advance(self, seconds: float) -> None:
        """Move the clock; what falls due on the way fires at its moment, in order, at most MOST_TIMERS of it."""
        until, fired = self.now + timedelta(seconds=seconds), 0
        while (found := self._next_timer(until)) is not None:
            due, root, timer = found
            fired += 1
            if fired > MOST_TIMERS:
                raise _refused(f"More than {MOST_TIMERS} timers fall due on the way to {until.isoformat()}.")
            self.now = max(self.now, due)
            self._do(root, c.FireTimer(timer))
        self.now = until

    def _next_timer(self, until: datetime) -> tuple[datetime, Root, int] | None:
        due = [
            (datetime.fromisoformat(wait.key or ""), number, wait.id, root)
            for number, root in enumerate(self.known)
            for wait in root.state.waits.values()
            if wait.kind == "timer"
        ]
        first = min(due, key=lambda row: row[:3], default=None)
        return None if first is None or first[0] > until else (first[0], first[3], first[2])

    # -- finding

    def _at(self, iid: str) -> tuple[Root, int]:
        root, _, instance = iid.partition("/")
        return self.known[int(root)], int(instance)

    def _on_item(self, iid: str, ref: str, command: Any, *states: str) -> None:
        root, instance = self._at(iid)
        self._do(root, command(self._item(root, instance, ref, *states)))

    def _on_item_or_all(self, iid: str, ref: str | None, command: Any, *states: str) -> None:
        if ref is not None:
            self._on_item(iid, ref, command, *states)
            return
        root, instance = self._at(iid)
        self._do(root, command(None, instance))

    def _item(self, root: Root, instance: int, ref: str, *states: str) -> int:
        """The oldest open item of that name or #definition, one in one of these states before any other."""
        rows = [row for row in self._items(root, instance) if row["state"] not in ENDED]
        named = [row for row in rows if ref in (row["name"], f"#{row['def']}", f"#{row['node']}")]
        if not named:
            raise _refused(f"Nothing open is called {ref!r}.")
        fitting = [row for row in named if row["state"] in states]
        return int((fitting or named)[0]["id"])

    # -- looking

    def snapshot(self, iid: str) -> dict[str, Json]:
        root, number = self._at(iid)
        found = root.state.instances.get(number)
        waits = [wait for wait in root.state.waits.values() if wait.instance == number]
        kinds = [wait.kind for wait in waits]
        return {
            "state": root.ended[number][1] if found is None else found.state,
            "items": list(self._items(root, number)),
            "tasks": list(_tasks(root, number)),
            "waiting": self._waiting(root, found),
            "timers": kinds.count("timer"),
            "jobs": [wait.name for wait in waits if wait.kind == "job"],
            "incidents": kinds.count("incident"),
            "subscriptions": {"message": kinds.count("message"), "signal": kinds.count("signal")},
            "milestones": [
                event.name
                for event in root.events
                if isinstance(event, e.MilestoneReached) and event.instance == number
            ],
            "variables": root.ended[number][2] if found is None else dict(found.variables),
            "children": [
                {"key": event.key, "iid": f"{iid.partition('/')[0]}/{event.instance}"}
                for event in root.events
                if isinstance(event, e.InstanceStarted) and event.parent in _items_of(root, number)
            ],
            **self._case_view(root, found),
        }

    def _items(self, root: Root, instance: int) -> Iterator[dict[str, Json]]:
        """All items of the instance, ended ones too."""
        found = root.state.instances.get(instance)
        if found is not None and found.kind == "process":
            model_items = {row["id"]: row for row in processes.items(self.library, root.state, instance)}
        rows: dict[int, dict[str, Json]] = {}
        for event in root.events:
            if isinstance(event, e.ItemOpened) and event.instance == instance:
                row = {"id": event.item, "name": event.name, "def": event.definition, "node": event.node}
                rows[event.item] = {**row, "state": event.state, "local": {}}
            elif isinstance(event, e.ItemChanged) and event.instance == instance:
                rows[event.item]["state"] = event.target
        for number, row in rows.items():
            item = root.state.items.get(number)
            if item is None or found is None or found.kind == "case" or number in model_items:
                yield {**row, "local": dict(item.local or {}) if item is not None else {}}

    def _waiting(self, root: Root, found: Instance | None) -> list[str]:
        if found is None or found.kind != "process":
            return []
        return processes.waiting(self.library, root.state, found.id)

    def _case_view(self, root: Root, found: Instance | None) -> dict[str, Json]:
        if found is None or found.kind != "case":
            return {"file": {}, "discretionary": []}
        model = self.library.cases[found.key]
        return {
            "file": cases.file(model, found),
            "discretionary": cases.discretionary(self.library, root.state, found.id, self.now),
        }


def _refused(sentence: str) -> Refused:
    return Refused(Rejection("scenario", sentence))


def _keep(root: Root, event: e.Event) -> None:
    """What an ended instance looked like, for later questions."""
    if isinstance(event, e.InstanceEnded):
        root.ended[event.instance] = (event.key, event.state, _last_variables(root.events, event.instance))


def _items_of(root: Root, instance: int) -> set[int]:
    return {event.item for event in root.events if isinstance(event, e.ItemOpened) and event.instance == instance}


def _tasks(root: Root, instance: int) -> Iterator[dict[str, Json]]:
    opened = {event.item: event for event in root.events if isinstance(event, e.TaskOpened)}
    for wait in root.state.waits.values():
        if wait.kind == "task" and wait.instance == instance:
            event = opened[wait.id]
            yield {
                "name": event.name,
                "def": event.definition,
                "assignee": event.assignee,
                "groups": list(event.candidate_groups),
            }


def _last_variables(events: Iterable[e.Event], instance: int) -> dict[str, Json]:
    """The variables of an instance at its end, from its history."""
    variables: dict[str, Json] = {}
    for event in events:
        if isinstance(event, e.InstanceStarted) and event.instance == instance:
            variables.update(event.variables)
        elif isinstance(event, e.VariablesChanged) and event.instance == instance and event.item is None:
            variables.update(event.changes)
            for name in event.removed:
                variables.pop(name, None)
    return variables
