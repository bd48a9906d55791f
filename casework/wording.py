"""How does an event of the history read to somebody who has never seen an engine?

Pure. What is told is masked by whoever shows it. An event without words here is machinery: only the full history of an
auditor shows it, under its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from audit.actions import ACTIONS
from audit.selectors import Entry
from orchestration.casetypes import CaseType

Detail = Mapping[str, Any]

KINDS: Final = {"people": "People", "ai": "AI", "rules": "Rules", "steps": "Steps", "data": "Data", "access": "Access"}
CHANGED: Final = "engine.VariablesChanged"
DECIDED: Final = "engine.DecisionEvaluated"


@dataclass(frozen=True, slots=True)
class Told:
    """`text` is a sentence; with `by_actor` it goes on from the actor's name. `notable`: on the case page."""

    kind: str
    icon: str
    text: str
    by_actor: bool = True
    notable: bool = True
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in a history are called in this case type; `types` by definition id."""

    types: Mapping[str, str]
    tasks: Mapping[int, str]
    fields: Mapping[str, str]
    decisions: Mapping[str, str]


def names_of(case_type: CaseType, history: tuple[Entry, ...]) -> Names:
    """The names that this history needs: of elements, of the tasks that were opened in it, of fields."""
    nodes = case_type.library.cases[case_type.case].nodes.values()
    opened = [entry.detail for entry in history if entry.action == "engine.TaskOpened"]
    return Names(
        types={node.definition: node.type for node in nodes},
        tasks={detail["item"]: detail["name"] for detail in opened if "item" in detail},
        fields={
            name: str(schema.get("title", name)) for name, schema in case_type.schema.get("properties", {}).items()
        },
        decisions={},
    )


def has_words(action: str) -> bool:
    """Whether events of this kind may have something to tell."""
    return action in TELLERS or action in ACTIONS


def tell(entry: Entry, names: Names, before: Entry | None = None) -> Told | None:
    """The event in plain words; None where it is machinery. `before`: the event just before it, if any."""
    teller = TELLERS.get(entry.action)
    if entry.detail.get("erased"):
        return Told("access", "eraser", "The content of this event was erased.", by_actor=False, notable=False)
    if entry.action == CHANGED and before is not None and before.action == DECIDED:
        return Told("data", "edit", f"The rules wrote {_written(entry.detail, names)}", by_actor=False, notable=False)
    if teller is not None:
        return teller(entry.detail, names)
    if entry.action in ACTIONS:
        return Told("access", "info-circle", ACTIONS[entry.action], notable=False)
    return None


def _quoted(name: Any) -> str:
    return f"“{name}”"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else "nothing"


def _item_changed(detail: Detail, names: Names) -> Told | None:
    name, target, kind = _quoted(detail["name"]), detail["target"], names.types.get(detail["definition"], "")
    if kind == "stage" and target == "active":
        return Told("steps", "player-play", f"Stage {name} began", by_actor=False)
    if kind == "stage" and target in ("completed", "terminated"):
        how = "is done" if target == "completed" else "was ended early"
        return Told("steps", "check", f"Stage {name} {how}", by_actor=False)
    if kind == "humanTask" and target == "completed":
        return Told("people", "checkbox", f"finished {name}", tone="good")
    if kind == "humanTask" and target == "terminated":
        return Told("steps", "x", f"{name} is no longer needed", by_actor=False)
    if kind == "task" and target == "active":
        return None
    if target in ("failed", "suspended"):
        return Told("steps", "alert-triangle", f"{name} is {target}", by_actor=False, tone="bad")
    return None


def _task_opened(detail: Detail, _: Names) -> Told:
    groups = [*detail.get("candidate_groups", ()), *detail.get("candidate_users", ())]
    whom = _listed([str(group) for group in groups]) if groups else "somebody"
    return Told("steps", "user", f"{_quoted(detail['name'])} waits for {whom}", by_actor=False)


def _job_requested(detail: Detail, _: Names) -> Told:
    text = f"{_quoted(detail['name'])} was handed to AI ({detail['capability']})"
    return Told("ai", "sparkles", text, by_actor=False, notable=False, tone="ai")


def _actor_called(detail: Detail, _: Names) -> Told:
    sure = detail.get("confidence")
    how = "" if sure is None else f" with {sure:.0%} confidence"
    return Told("ai", "sparkles", f"(version {detail.get('version', '?')}) answered{how}", tone="ai")


def _actor_failed(detail: Detail, _: Names) -> Told:
    return Told("ai", "alert-triangle", f"failed: {detail.get('error', '')}", tone="bad")


def _variables_changed(detail: Detail, names: Names) -> Told:
    return Told("data", "edit", f"wrote {_written(detail, names)}", notable=False)


def _written(detail: Detail, names: Names) -> str:
    return _listed([names.fields.get(name, name) for name in (*detail.get("changes", ()), *detail.get("removed", ()))])


def _incident_resolved(detail: Detail, _: Names) -> Told:
    decided = {"retry": "had it tried again", "skip": "went on without it"}
    return Told("people", "refresh", decided.get(detail["how"], f"resolved it: {detail['how']}"))


def _instance_ended(detail: Detail, _: Names) -> Told | None:
    if detail.get("parent") is not None:
        return None
    return Told("steps", "flag", f"The case was {detail['state']}", by_actor=False, tone="good")


def _decision(detail: Detail, names: Names) -> Told:
    decision = names.decisions.get(detail["decision"], detail["decision"])
    return Told("rules", "route", f"The rules of {_quoted(decision)} decided", by_actor=False, tone="rule")


def _revealed(detail: Detail, names: Names) -> Told:
    field = " / ".join(names.fields.get(part, part) for part in detail["path"].strip("/").split("/"))
    return Told("access", "eye", f"revealed {field}: {_quoted(detail['reason'])}")


def _refused(detail: Detail, _: Names) -> Told:
    return Told("access", "ban", f"was refused: {detail.get('reason', '')}", notable=False, tone="bad")


TELLERS: Final[Mapping[str, Callable[[Detail, Names], Told | None]]] = {
    "case.opened": lambda d, _: Told("people", "briefcase", f"opened the case ({d.get('source', '')})"),
    "case.viewed": lambda d, _: Told("access", "eye", "looked at the case", notable=False),
    "case.exported": lambda d, _: Told("access", "download", f"exported {d.get('what', 'the case')}", notable=False),
    "case.verified": lambda d, _: Told("access", "shield-check", "verified the history", notable=False),
    "field.revealed": _revealed,
    "task.claimed": lambda d, _: Told("people", "user-check", f"took {_quoted(d.get('task', 'a task'))}"),
    "task.released": lambda d, _: Told("people", "arrow-back-up", f"gave back {_quoted(d.get('task', 'a task'))}"),
    "command.refused": _refused,
    "access.denied": lambda d, _: Told(
        "access", "lock", f"was not allowed to {d.get('action', 'do this')}", notable=False
    ),
    "actor.called": _actor_called,
    "actor.failed": _actor_failed,
    "engine.InstanceEnded": _instance_ended,
    "engine.ItemChanged": _item_changed,
    "engine.ItemPlanned": lambda d, _: Told("people", "plus", f"added {_quoted(d['name'])}"),
    "engine.TaskOpened": _task_opened,
    "engine.JobRequested": _job_requested,
    CHANGED: _variables_changed,
    DECIDED: _decision,
    "engine.MilestoneReached": lambda d, _: Told(
        "steps", "flag", f"Milestone {_quoted(d['name'])} was reached", by_actor=False, tone="good"
    ),
    "engine.IncidentRaised": lambda d, _: Told(
        "steps", "alert-triangle", f"This needs a person: {d['message']}", by_actor=False, tone="bad"
    ),
    "engine.IncidentResolved": _incident_resolved,
}
