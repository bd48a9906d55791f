"""Which tools does an agent have in this case at this moment?

Pure. Exactly what planning tables and enabled items offer to its roles (`view.available_actions`, as for people), and
of that only what its file grants; whether the engine would take each is found out by asking it. Searches are granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from orchestration.agents.desk import Asks, asked_in, is_for_people
from orchestration.agents.grants import ADD, COMPLETE, OPEN, SEARCH, WAYS, Grant, step_of
from orchestration.agents.opening import OpenCase
from orchestration.agents.thoughts import Shown
from orchestration.casetypes.case_type import CaseType, Form
from orchestration.engine.commands import Command, CompleteTask
from orchestration.engine.state import ROOT
from orchestration.shell.selectors import visible
from orchestration.view import available_actions
from orchestration.view.models import FlowNode, PlanNode
from orchestration.view.planning import Entry
from orchestration.view.state import Item, State

Json = Any
Roles = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Free:
    """Tasks that are offered to its roles and that nobody has taken, as the case has them now: the keys of their forms
    by item, and what the unit of the case asks of whoever finishes one."""

    forms: Mapping[int, str] = field(default_factory=dict)
    asks: Asks = None


NONE_FREE: Final = Free()


@dataclass(frozen=True, slots=True)
class Tool:
    """`key`: as the agent names it. `node`: of the model, `place`: the item or instance that offers it; 0: the plan of
    the case itself. `conditions`: why it is offered, as the model says it. `capability`: what it would ask a machine
    for; empty: a person or none. `reaches_out`: something may come of it beyond a task for people, so perhaps outside
    the house. `form`: of a task of people that it finishes in their place; `sees`: what this task sees, in clear."""

    key: str
    grant: Grant
    name: str
    command: Command | OpenCase | None = None
    node: str = ""
    place: int = 0
    conditions: tuple[str, ...] = ()
    capability: str = ""
    reaches_out: bool = True
    form: Form | None = None
    sees: Mapping[str, Json] = field(default_factory=dict)

    @property
    def step(self) -> str:
        """As its grant, and rules, name it."""
        return step_of(self.key)

    def shown(self) -> Shown:
        return Shown(self.key, self.name, self.grant.chosen)


def offered(
    case_type: CaseType, state: State, grants: tuple[Grant, ...], roles: Roles, now: datetime, free: Free = NONE_FREE
) -> tuple[Tool, ...]:
    """The tools, in the order of the grants. Each is named by the item or place that offers it, whatever else is
    offered beside it."""
    granted = {(grant.do, grant.item): grant for grant in grants}
    there = (
        *_discretionary(case_type, state, roles, now), *_by_hand(case_type, state, roles, now),
        *_of_people(case_type, state, free),
    )  # fmt: skip
    steps = _by_step(there, granted)
    found = [_with_grant(tool, grant) for key, grant in granted.items() for tool in steps.get(key, ())]
    searches = [Tool(SEARCH, grant, "Search the knowledge base") for grant in grants if grant.do == SEARCH]
    return (*found, *searches[:1], *_openings(grants))


def _openings(grants: tuple[Grant, ...]) -> Iterator[Tool]:
    """The kinds of cases that it may open; whether there is such a kind is found out when it does."""
    for grant in grants:
        if grant.do == OPEN:
            yield Tool(grant.key, grant, f"Open a case: {grant.item.replace('-', ' ')}", OpenCase(grant.item))


def _by_step(there: Iterable[Tool], granted: dict[tuple[str, str], Grant]) -> dict[tuple[str, str], list[Tool]]:
    steps: dict[tuple[str, str], list[Tool]] = {}
    for tool in there:
        key = (tool.grant.do, tool.node)
        if key in granted:
            steps.setdefault(key, []).append(tool)
    return steps


def _with_grant(tool: Tool, grant: Grant) -> Tool:
    where = f"@{tool.place}" if tool.place else ""
    return replace(tool, grant=grant, key=f"{grant.do}:{tool.node}{where}")


def _discretionary(case_type: CaseType, state: State, roles: Roles, now: datetime) -> Iterator[Tool]:
    """What stands on planning tables, is offered now and is not there yet."""
    for entry in available_actions.entries(case_type, state, now):
        wish = available_actions.planning(entry, roles)
        free = entry.is_offered and not available_actions.is_there(case_type, state, entry)
        if free and available_actions.rejection(case_type, state, wish, now) is None:
            node = case_type.library.cases[state.instances[entry.instance].key].nodes[entry.node]
            told = tuple(one.name or one.text for one in entry.conditions if one.text)
            yield Tool(
                "", Grant(ADD), entry.name or entry.node, wish, entry.node, _place(entry), told,
                _capability(node), _reaches_out(ADD, node),
            )  # fmt: skip


def _place(entry: Entry) -> int:
    place = available_actions.within(entry)
    return 0 if place == ROOT else place


def _by_hand(case_type: CaseType, state: State, roles: Roles, now: datetime) -> Iterator[Tool]:
    """What may be started, skipped, finished or let happen by hand; a task that waits for a word is finished by it."""
    for choice in available_actions.choices(case_type, state, roles, now):
        item = None if choice.item is None else state.items[choice.item]
        how = "complete" if choice.how == "go-on" else choice.how
        if item is None or how not in WAYS or state.instances[item.instance].kind != "case":
            continue
        node = case_type.library.cases[state.instances[item.instance].key].nodes[item.node]
        yield Tool("", Grant(how), node.name or node.id, choice.command, item.node, item.id, (),
                   _capability(node), _reaches_out(how, node))  # fmt: skip


def _of_people(case_type: CaseType, state: State, free: Free) -> Iterator[Tool]:
    """The tasks of people that it may finish in their place, of a plan or of a process."""
    for item in (state.items[number] for number in free.forms if number in state.items):
        node, form = _node(case_type, state, item), free.forms[item.id]
        if _is_task(state, item) and not is_for_people(case_type, node, form):
            yield Tool(
                "", Grant(COMPLETE), node.name or node.id, CompleteTask(item.id), item.node, item.id,
                form=asked_in(case_type, form, free.asks), sees=visible(state, item.id),
            )  # fmt: skip


def _node(case_type: CaseType, state: State, item: Item) -> PlanNode | FlowNode:
    instance = state.instances[item.instance]
    library = case_type.library
    models: Mapping[str, Json] = library.cases if instance.kind == "case" else library.processes
    node: PlanNode | FlowNode = models[instance.key].nodes[item.node]
    return node


def _is_task(state: State, item: Item) -> bool:
    """Whether people are asked here by the model, not in the place of a machine."""
    return any(not (wait.facts or {}).get("in_place_of") for wait in state.waits_of(item.id, "task"))


def _reaches_out(how: str, node: PlanNode) -> bool:
    """Whether more may come of it than that a task waits for people, or is skipped."""
    return node.type != "humanTask" or how not in (ADD, "start", "disable")


def _capability(node: PlanNode) -> str:
    return "" if node.capability is None else node.capability.text.strip().strip('="')
