"""How does an event of the history read to somebody who has never seen an engine?

Pure. What is told is masked by whoever shows it. An event without words here is machinery: only the full history of an
auditor shows it, under its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from audit.actions import ACTIONS
from audit.selectors import Entry
from casework.cases.agent_words import AGENTS
from casework.cases.contest_words import CONTESTS
from casework.cases.document_words import DOCUMENTS
from casework.cases.handoff_words import HANDOFFS, OF_MACHINES, Told, routed
from casework.cases.owner_words import OWNERS, Field
from casework.cases.read.past import Past
from casework.cases.reveal_reasons import KINDS as REASONS
from casework.cases.task_words import TASKS, tags_changed
from orchestration.casetypes.case_type import CaseType
from orchestration.ground.counts import counted
from orchestration.view.models import SUB_PROCESSES, Event

Detail = Mapping[str, Any]

KINDS: Final = {"people": "People", "ai": "AI", "rules": "Rules", "steps": "Steps", "data": "Data", "access": "Access"}
CHANGED: Final = "engine.VariablesChanged"
DECIDED: Final = "engine.DecisionEvaluated"
TIGHTENED: Final = "engine.DecisionTightened"
PLANNED: Final = "engine.ItemPlanned"
STAGES: Final = SUB_PROCESSES | {"stage"}
PERSONS: Final = ("humanTask", "userTask")


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in a history are called in this case type; `types` by definition id, `items` by item.

    `events`: what triggers each event of a process; `flows`: the names of sequence flows; `parts`: by instance.
    """

    types: Mapping[str, str]
    tasks: Mapping[int, str]
    fields: Mapping[str, str]
    decisions: Mapping[str, str]
    items: Mapping[int, str] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)
    flows: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[int, str] = field(default_factory=dict)
    actors: Mapping[str, str] = field(default_factory=dict)

    def machine(self, key: str) -> str:
        """An actor by its name; one that is registered no more by its key."""
        return self.actors.get(f"model:{key}", key)

    def field(self, place: str) -> str:
        """A variable, or a field below one ("customer/iban"), by its title."""
        return self.fields.get(place) or _plain(place.rpartition("/")[2])

    def way(self, place: str) -> str:
        """The titles on the way to a field ("customer/iban")."""
        parts = place.split("/")
        return " / ".join(self.field("/".join(parts[: upto + 1])) for upto in range(len(parts)))

    def type_of(self, detail: Detail) -> str:
        """What kind of element an event speaks of."""
        return self.items.get(detail.get("item", 0)) or self.types.get(detail["definition"], "")


def names_of(case_type: CaseType, past: Past) -> Names:
    """The names that a history needs: of elements, of the tasks that were opened in it, of fields."""
    cases, processes = case_type.library.cases.values(), case_type.library.processes.values()
    flow_nodes = [node for process in processes for node in process.nodes.values()]
    return Names(
        types={node.id: node.type for node in flow_nodes}
        | {node.definition: node.type for case in cases for node in case.nodes.values()},
        items={int(number): item[1] for number, item in past["items"].items()},
        events={
            node.id: node.definitions[0].kind for node in flow_nodes if isinstance(node, Event) and node.definitions
        },
        flows={flow.id: flow.name for node in flow_nodes for flow in node.outgoing},
        parts={int(number): part["name"] for number, part in past["parts"].items()},
        tasks={int(number): name for number, name in past["tasks"].items()},
        fields=dict(_titles(case_type.schema)),
        decisions={},
    )  # fmt: skip


def _titles(schema: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """What the schema calls each field, by its place ("customer/iban")."""
    for name, below in schema.get("properties", {}).items():
        if isinstance(below, dict):
            yield prefix + name, str(below.get("title") or _plain(name))
            yield from _titles(below, f"{prefix}{name}/")


def has_words(action: str) -> bool:
    """Whether events of this kind may have something to tell."""
    return action in TELLERS or action in ACTIONS


NO_NAMES: Final = Names(types={}, tasks={}, fields={}, decisions={})
"""For events that say themselves what they speak of."""


def tell(entry: Entry, names: Names, before: Entry | None = None) -> Told | None:
    """The event in plain words; None where it is machinery. `before`: the event just before it, if any."""
    teller = TELLERS.get(entry.action)
    if entry.detail.get("erased"):
        return Told("access", "eraser", "The content of this event was erased.", by_actor=False, notable=False)
    if entry.action == CHANGED and before is not None and before.action in (DECIDED, TIGHTENED):
        return Told("data", "edit", f"The rules wrote {_written(entry.detail, names)}", by_actor=False, notable=False)
    told = None if teller is None else teller(entry.detail, names)
    if told is not None and entry.action == PLANNED and entry.actor.startswith("model:"):
        return replace(told, kind="ai", tone="ai")
    if teller is not None:
        return told
    if entry.action in ACTIONS:
        return Told("access", "info-circle", ACTIONS[entry.action], notable=False)
    return None


def _plain(name: str) -> str:
    """A name of a variable that no schema has a title for."""
    return name.replace("_", " ")


def _quoted(name: Any) -> str:
    return f"“{name}”"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else "nothing"


def _item_changed(detail: Detail, names: Names) -> Told | None:
    name, target, kind = _quoted(detail["name"] or detail["definition"]), detail["target"], names.type_of(detail)
    why = detail.get("reason", "")
    if kind in STAGES and target == "active":
        return Told("steps", "player-play", f"Stage {name} began", by_actor=False)
    if kind in STAGES and target in ("completed", "terminated"):
        how = "is done" if target == "completed" else "was ended early"
        return Told("steps", "check", f"Stage {name} {how}", by_actor=False)
    if kind in PERSONS and target == "completed":
        if (item := detail.get("item")) in names.items and item not in names.tasks:
            return None  # what holds several tasks, or none (BPMN 10.2.8): nobody had it
        return Told("people", "checkbox", f"finished {name}", tone="good")
    if target == "terminated" and detail["source"] == "available":
        return None  # it had never begun
    if kind in PERSONS and target == "terminated":
        return Told("steps", "x", f"{name} is no longer needed", by_actor=False)
    if target == "terminated" and why.startswith("interrupted by "):
        return Told("steps", "x", f"{name} was {why}", by_actor=False)
    if detail["transition"] == "parentSuspend":
        return None  # told by what is around it
    if target in ("failed", "suspended"):
        return Told("steps", "alert-triangle", f"{name} is {target}", by_actor=False, tone="bad")
    return None


def _item_opened(detail: Detail, _: Names) -> Told | None:
    if detail["type"] in SUB_PROCESSES and detail["state"] == "active":
        return Told("steps", "player-play", f"Stage {_quoted(detail['name'] or detail['node'])} began", by_actor=False)
    return None


TRIGGERS: Final = {
    "error": "An error was caught, the case takes the other way: {}", "timer": "The time has come: {}",
    "escalation": "This was escalated: {}", "message": "A message came in: {}", "signal": "A signal came in: {}",
    "conditional": "A condition was met: {}", "cancel": "This was cancelled: {}", "variable": "The data changed: {}",
}  # fmt: skip


def _passed(detail: Detail, names: Names) -> Told | None:
    """Where a process went: events that happened, and the answers of questions that have a name."""
    kind, name = detail["type"], detail["name"]
    if kind == "boundaryEvent" or (name and kind in ("intermediateCatchEvent", "receiveTask")):
        text = TRIGGERS.get(names.events.get(detail["node"], ""), "This happened: {}").format(
            _quoted(name or detail["node"])
        )
        failed = names.events.get(detail["node"]) in ("error", "cancel")
        return Told("steps", "alert-triangle" if failed else "bell", text, by_actor=False, tone="bad" if failed else "")
    if kind.endswith("Gateway") and name:
        taken = _listed([way for flow in detail.get("taken", ()) if (way := names.flows.get(flow))])
        return None if taken == "nothing" else Told("steps", "git-branch", f"{name} {taken}", by_actor=False)
    if name and kind in ("endEvent", "intermediateThrowEvent"):
        return Told("steps", "flag", f"{_quoted(name)} was reached", by_actor=False, tone="good")
    return None


def _began(detail: Detail, names: Names) -> Told:
    if detail.get("parent") is not None:
        return Told("steps", "player-play", f"{_quoted(detail['name'])} began", by_actor=False)
    known = _listed([names.field(name) for name in detail.get("variables", ())])
    return Told("data", "edit", f"The case began with {known}", by_actor=False, notable=False)


def _part_ended(detail: Detail, names: Names) -> Told:
    how = {"completed": "is done", "terminated": "was ended early", "failed": "has failed"}
    name = _quoted(names.parts.get(detail["instance"], detail["key"]))
    bad = "" if detail["state"] == "completed" else "bad"
    return Told("steps", "check", f"{name} {how.get(detail['state'], detail['state'])}", by_actor=False, tone=bad)


def _changed_state(detail: Detail, _: Names) -> Told:
    words = {"suspend": "suspended", "resume": "resumed", "reactivate": "reopened", "close": "closed for good"}
    how = words.get(detail["transition"], detail["target"])
    return Told("steps", "player-pause", f"The case was {how}", by_actor=False)


def _edited(detail: Detail, names: Names) -> Told:
    field, why = names.way(str(detail.get("path", "")).replace(".", "/")), detail.get("reason", "")
    return Told("people", "edit", f"changed {field}: {_quoted(why)}" if why else f"changed {field}")


def _plan_refused(detail: Detail, _: Names) -> Told:
    name = _quoted(detail["name"] or detail["definition"])
    return Told("ai", "ban", f"wanted to add {name}, which was refused: {detail['reason']}", tone="bad")


def _asked_change(detail: Detail, _: Names) -> Told:
    words = {"suspend": "suspended the case", "resume": "resumed the case", "terminate": "ended the case",
             "reactivate": "opened the case again", "close": "closed the case for good",
             "hasten": "put the case before others", "calm": "had the case taken in its turn again"}  # fmt: skip
    why = detail.get("reason", "")
    done = words.get(detail["transition"], str(detail["transition"]))
    return Told("people", "gavel", f"{done}: {why}" if why else done)


def _task_opened(detail: Detail, _: Names) -> Told:
    groups = [*detail.get("candidate_groups", ()), *detail.get("candidate_users", ())]
    whom = _listed([str(group) for group in groups]) if groups else "somebody"
    return Told("steps", "user", f"{_quoted(detail['name'])} waits for {whom}", by_actor=False)


def _job_requested(detail: Detail, _: Names) -> Told:
    text = f"{_quoted(detail['name'])} was handed to AI ({_plain(detail['capability'])})"
    return Told("ai", "sparkles", text, by_actor=False, notable=False, tone="ai")


def _actor_called(detail: Detail, names: Names) -> Told:
    sure = detail.get("confidence")
    how = f", {sure * 100:.1f} % sure" if isinstance(sure, int | float) else ""  # a text where it is masked
    told = "; ".join(filter(None, (f"version {detail.get('version', '?')}", routed(detail, names.machine))))
    return Told("ai", "sparkles", f"answered{how}", tone="ai", how=told)


def _actor_failed(detail: Detail, names: Names) -> Told:
    how = routed(detail, names.machine)
    return Told("ai", "alert-triangle", f"failed: {detail.get('error', '')}", tone="bad", how=how)


def _variables_changed(detail: Detail, names: Names) -> Told:
    return Told("data", "edit", f"wrote {_written(detail, names)}", notable=False)


def _written(detail: Detail, names: Names) -> str:
    return _listed([names.field(name) for name in (*detail.get("changes", ()), *detail.get("removed", ()))])


def _incident_resolved(detail: Detail, _: Names) -> Told:
    decided = {"retry": "had it tried again", "skip": "went on without it", "by-hand": "had a person do it"}
    return Told("people", "refresh", decided.get(detail["how"], f"resolved it: {detail['how']}"))


def _instance_ended(detail: Detail, names: Names) -> Told | None:
    if detail.get("parent") is not None:
        return _part_ended(detail, names)
    return Told("steps", "flag", f"The case was {detail['state']}", by_actor=False, tone="good")


def _tightened(detail: Detail, names: Names) -> Told:
    """What a business unit asks for beside: other words stand in its rule of the chain (`engine.approval_chains`)."""
    decision = names.decisions.get(detail["decision"], detail["decision"])
    asked = [f"{rule['group']} from {rule['from']:,.15g}" for rule in detail["rules"] if "group" in rule]
    if asked:
        words = f"The business unit asks for more than {_quoted(decision)} does: approval by {_listed(asked)}"
    else:
        words = f"The business unit asks for more than {_quoted(decision)} does: all of the chain have to approve"
    return Told("rules", "shield-check", words, by_actor=False, tone="rule")


def _decision(detail: Detail, names: Names) -> Told:
    decision = names.decisions.get(detail["decision"], detail["decision"])
    return Told("rules", "route", f"The rules of {_quoted(decision)} decided", by_actor=False, tone="rule")


def _revealed(detail: Detail, names: Names) -> Told:
    field = names.way(detail["path"].strip("/"))
    kind = f" ({REASONS[detail['kind']].lower()})" if detail.get("kind") in REASONS else ""
    return Told("access", "eye", f"revealed {field}{kind}: {_quoted(detail['reason'])}")


def _copied(detail: Detail) -> str:
    shown = len(detail.get("revealed", ()))
    opened = f", {counted(shown, 'value')} revealed for it" if shown else ""
    return f"copied the case for whose data it is{opened}: {_quoted(detail.get('reason', ''))}"


def _glass(detail: Detail) -> Told:
    kind = REASONS.get(detail.get("kind", ""), "").lower()
    text = f"broke the glass to see the whole case for an hour ({kind}): {_quoted(detail['reason'])}"
    return Told("access", "lock-open", text, tone="bad")


def _glass_reviewed(detail: Detail) -> Told:
    found = "right" if detail["justified"] else "not right"
    text = f"found that it was {found} of {detail['person']} to break the glass: {_quoted(detail['note'])}"
    return Told("access", "eye", text, tone="" if detail["justified"] else "bad")


def _refused(detail: Detail, _: Names) -> Told:
    return Told("access", "ban", f"was refused: {detail.get('reason', '')}", notable=False, tone="bad")


def _alone(teller: Callable[[Detail], Told]) -> Callable[[Detail, Names], Told]:
    """One that needs no names."""
    return lambda detail, _: teller(detail)


def _of_fields(teller: Callable[[Detail, Field], Told]) -> Callable[[Detail, Names], Told]:
    """One that speaks of fields by their dotted places."""
    return lambda detail, names: teller(detail, lambda path: names.way(path.replace(".", "/")))


def _of_machines(teller: Callable[[Detail, Callable[[str], str]], Told]) -> Callable[[Detail, Names], Told]:
    """One that speaks of actors by their keys."""
    return lambda detail, names: teller(detail, names.machine)


TELLERS: Final[Mapping[str, Callable[[Detail, Names], Told | None]]] = {
    **{action: _alone(teller) for action, teller in {**HANDOFFS, **TASKS, **DOCUMENTS, **AGENTS, **CONTESTS}.items()},
    **{action: _of_fields(teller) for action, teller in OWNERS.items()},
    **{action: _of_machines(teller) for action, teller in OF_MACHINES.items()},
    "case.opened": lambda d, _: Told("people", "briefcase", f"opened the case ({d.get('source', '')})"),
    "case.handed_over": lambda d, _: Told(
        "people", "briefcase", f"handed the case over to {d.get('name', 'another unit')}: {d.get('reason', '')}"
    ),
    "case.viewed": lambda d, _: Told("access", "eye", "looked at the case", notable=False),
    "case.exported": lambda d, _: Told("access", "download", f"exported {d.get('what', 'the case')}", notable=False),
    "subject.copied": lambda d, _: Told("access", "download", _copied(d)),
    "case.verified": lambda d, _: Told("access", "shield-check", "verified the history", notable=False),
    "field.revealed": _revealed,
    "case.glass": _alone(_glass),
    "case.glass_reviewed": _alone(_glass_reviewed),
    "task.claimed": lambda d, _: Told("people", "user-check", f"took {_quoted(d.get('task', 'a task'))}"),
    "task.released": lambda d, _: Told("people", "arrow-back-up", f"gave back {_quoted(d.get('task', 'a task'))}"),
    "command.refused": _refused,
    "access.denied": lambda d, _: Told(
        "access", "lock", f"was not allowed to {d.get('action', 'do this')}", notable=False
    ),
    "actor.called": _actor_called,
    "actor.failed": _actor_failed,
    "question.asked": lambda d, _: Told("access", "message-question", "asked a question about the case", notable=False),
    "comment.said": lambda d, _: Told("people", "message", "answered a comment" if d.get("thread") else "commented"),
    "comment.edited": lambda d, _: Told("people", "edit", "edited a comment", notable=False),
    "comment.withdrawn": lambda d, _: Told("people", "x", "withdrew a comment"),
    "case.tags": lambda d, _: Told("people", "tag", tags_changed(d)),
    "case.changed": _asked_change,
    "case.edited": _edited,
    "item.removed": lambda d, _: Told("people", "x", f"removed {_quoted(d['name'])}: {d['reason']}"),
    "engine.InstanceStarted": _began,
    "engine.InstanceChanged": _changed_state,
    "engine.InstanceEnded": _instance_ended,
    "engine.ItemOpened": _item_opened,
    "engine.ItemChanged": _item_changed,
    "engine.ElementPassed": _passed,
    "engine.PlanRefused": _plan_refused,
    "engine.MessageThrown": lambda d, _: Told(
        "steps", "mail", f"The message {_quoted(d['name'])} was sent", by_actor=False, notable=False
    ),
    PLANNED: lambda d, _: Told("people", "plus", f"added {_quoted(d['name'])}"),
    "engine.TaskOpened": _task_opened,
    "engine.JobRequested": _job_requested,
    CHANGED: _variables_changed,
    DECIDED: _decision,
    TIGHTENED: _tightened,
    "engine.MilestoneReached": lambda d, _: Told(
        "steps", "flag", f"Milestone {_quoted(d['name'])} was reached", by_actor=False, tone="good"
    ),
    "engine.IncidentRaised": lambda d, _: Told(
        "steps", "alert-triangle", f"This needs a person: {d['message']}", by_actor=False, tone="bad"
    ),
    "engine.IncidentResolved": _incident_resolved,
}
