"""What may a person change in the plan of a case by hand, at this moment?

Pure, and without rules of its own: what the models offer is read from the engine's view of its planning tables, and
whether it would take a command is found out by asking it, on a state that is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orchestration.casetypes.case_type import CaseType, External
from orchestration.engine import commands as c
from orchestration.view.models import CaseModel, ProcessModel, SubProcess
from orchestration.view.planning import Entry, discretionary_nodes, planning_tables
from orchestration.view.state import INSTANCE_ENDED, ROOT, Item, Rejection, State, execute

Roles = tuple[str, ...]

CHANGES: Final[Mapping[str, c.Command]] = {
    "suspend": c.Suspend(),
    "resume": c.Resume(),
    "terminate": c.Terminate(),
    "reactivate": c.ReactivateCase(),
    "close": c.CloseCase(),
}
"""The transitions of a whole case that a person can ask for (CMMN 8.3)."""
URGENCY: Final = {"hasten": True, "calm": False}
"""Putting a case before others, and back into its turn."""
REASON_NEEDED: Final = frozenset({"suspend", "terminate"})
"""Those that stop the work of others, so that they have to hear why."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a person can do to an open item (None: to the root case itself), and the command that does it."""

    item: int | None
    how: str
    command: c.Command


def rejection(case_type: CaseType, state: State, command: c.Command, now: datetime) -> Rejection | None:
    """Why the engine would refuse this command now; None: it would carry it out."""
    return execute(case_type.library, state, command, now).rejection


def entries(case_type: CaseType, state: State, now: datetime) -> list[Entry]:
    """What stands on the planning tables of all that is active, offered now or not."""
    running = state.instances and state.root.state not in INSTANCE_ENDED
    return list(planning_tables(case_type.library, state, now)) if running else []


def planning(entry: Entry, roles: Roles) -> c.PlanItem:
    """The wish of a person with these roles to add this step."""
    return c.PlanItem(entry.node, roles, entry.holder, entry.instance)


def within(entry: Entry) -> int:
    """What tells one table from another: the item that has it, or the case (numbers of a root are never used twice)."""
    return entry.holder or entry.instance


def is_there(case_type: CaseType, state: State, entry: Entry) -> bool:
    """Whether the step was added before and is not over. Adding it again would only be a second click."""
    model: CaseModel = case_type.library.cases[state.instances[entry.instance].key]
    node = model.nodes[entry.node]
    wanted = {node.id, *(node.children if node.type == "planFragment" else ())}
    return any(
        item.node in wanted and item.parent == entry.stage for item in state.items.values()
        if item.instance == entry.instance
    )  # fmt: skip


def removable(case_type: CaseType, state: State) -> Iterator[Item]:
    """Open steps that are there only because somebody added them."""
    if state.root.state in INSTANCE_ENDED:
        return
    cases = [instance for instance in state.instances.values() if instance.kind == "case"]
    added = {instance.id: discretionary_nodes(case_type.library.cases[instance.key]) for instance in cases}
    yield from (item for item in state.items.values() if item.node in added.get(item.instance, ()))


def choices(case_type: CaseType, state: State, roles: Roles, now: datetime) -> Iterator[Choice]:
    """All that a person with these roles can do by hand beside tasks, and that the engine would accept."""
    if not state.instances or state.root.state in INSTANCE_ENDED:
        return
    external = {waited.item for waited in case_type.external}
    for choice in _wishes(case_type, state, roles):
        named = None if choice.item is None else state.items[choice.item].node
        if not (choice.how == "go-on" and named in external) and not rejection(case_type, state, choice.command, now):
            yield choice


def _wishes(case_type: CaseType, state: State, roles: Roles) -> Iterator[Choice]:
    for item in state.items.values():
        instance = state.instances[item.instance]
        if instance.kind == "case":
            yield from _of_plan_item(case_type.library.cases[instance.key], state, item, roles)
        else:
            yield from _of_activity(case_type.library.processes[instance.key], state, item)
    if state.root.kind == "case" and not case_type.library.cases[state.root.key].plan.auto_complete:
        yield Choice(None, "complete", c.CompleteItem(None, {}, ROOT))


def _of_plan_item(model: CaseModel, state: State, item: Item, roles: Roles) -> Iterator[Choice]:
    """CMMN 8.4.2 and 8.4.3: the transitions that are a person's."""
    node = model.nodes[item.node]
    match item.state:
        case "enabled":
            yield Choice(item.id, "start", c.StartItem(item.id))
            yield Choice(item.id, "disable", c.Disable(item.id))
        case "disabled":
            yield Choice(item.id, "enable", c.Enable(item.id))
        case "failed":
            yield Choice(item.id, "reactivate", c.ReactivateItem(item.id))
        case "available" if node.is_listener and node.timer is None and not node.listens:
            yield Choice(item.id, "occur", c.OccurEvent(item.id, roles=roles))
        case "active" if node.is_stage and not node.auto_complete:
            yield Choice(item.id, "complete", c.CompleteItem(item.id))
        case "active" if node.type == "task" and not item.waits:
            yield Choice(item.id, "go-on", c.Trigger(item.id))


def _of_activity(model: ProcessModel, state: State, item: Item) -> Iterator[Choice]:
    """BPMN 10.2.5: what an ad-hoc sub-process offers; and what waits for nothing but a word."""
    node = model.nodes[item.node]
    if item.state == "enabled":
        yield Choice(item.id, "start", c.StartItem(item.id))
    elif isinstance(node, SubProcess) and node.kind == "adHoc":
        yield Choice(item.id, "complete", c.CompleteItem(item.id))
    elif node.type == "receiveTask" and not item.waits:
        yield Choice(item.id, "go-on", c.Trigger(item.id))


def waiting_places(state: State, external: External) -> Iterator[int]:
    """The items that wait for it: at its node, or for a message that its node catches."""
    if not state.instances or state.root.state in INSTANCE_ENDED:
        return
    messages = {wait.item for wait in state.waits.values() if wait.kind == "message" and wait.node == external.item}
    for item in state.items.values():
        own = item.node == external.item and item.state == "active" and not state.waits_of(item.id, "task", "job")
        if own or item.id in messages:
            yield item.id


def change(case_type: CaseType, how: str) -> c.Command | None:
    """The command of a change of the whole case; None where there is no such change of cases of this type."""
    if how in URGENCY:
        return c.SetVariables({case_type.urgent: URGENCY[how]}) if case_type.urgent else None
    return CHANGES.get(how)


def _is_wanted(case_type: CaseType, state: State, how: str) -> bool:
    """Whether the case is not what it would become."""
    running = bool(state.instances) and state.root.state not in INSTANCE_ENDED
    return running and case_type.is_urgent(state.root.variables) is not URGENCY[how]


def changes(case_type: CaseType, state: State, now: datetime) -> tuple[str, ...]:
    """The transitions of the whole case that the engine would carry out now. For one that stands still, to reactivate
    it is to resume it, so that is left out."""
    possible = [name for name, command in CHANGES.items() if not rejection(case_type, state, command, now)]
    urgency = [how for how in URGENCY if case_type.urgent and _is_wanted(case_type, state, how)]
    return tuple(name for name in [*urgency, *possible] if not (name == "reactivate" and "resume" in possible))
