"""How far has a case come, and each process and case inside it, step by step?

The bar of stages, the milestones of the goal, and for every process (and case that was called) a strip of its steps:
done, at work, possible, or not taken, with the way that an error or a deadline made it go in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.cases.read.case_view import Look
from casework.cases.read.execution_tree import AT_WORK, Node, Part, Running
from orchestration.ground.counts import counted
from orchestration.view.models import (
    SUB_PROCESSES,
    Activity,
    CaseModel,
    Event,
    Gateway,
    PlanNode,
    ProcessModel,
    SubProcess,
)

PARTS_AT_ONCE: Final = 20
"""Parts of which a page shows the steps; the root comes first."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the stage bar; `status` is done, active, ahead, or left out (the case ended without it)."""

    name: str
    status: str


@dataclass(frozen=True, slots=True)
class Milestone:
    name: str
    reached: datetime | None


@dataclass(frozen=True, slots=True)
class Goal:
    """What a case is for, which of its milestones are reached and still to reach, and its stages."""

    text: str
    milestones: tuple[Milestone, ...]
    stages: tuple[Stage, ...] = ()

    @property
    def told(self) -> str:
        """How much is achieved: of the milestones, or of the stages where the models name no milestone."""
        if self.milestones:
            return _told(self.achieved, len(self.milestones), "milestone", "achieved")
        told = _told(sum(stage.status == "done" for stage in self.stages), len(self.stages), "stage", "done")
        unneeded = sum(stage.status == "left out" for stage in self.stages)
        return f"{told}, {unneeded} not needed" if unneeded else told

    @property
    def achieved(self) -> int:
        return sum(milestone.reached is not None for milestone in self.milestones)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a process or called case. `status`: done, active, waiting, possible, stopped or left out.

    `detour`: it lies on the way that an error, a deadline or another event opened. `note`: what more is to be said.
    `depth`: how many sub-processes are around it. `waits`: at work, it waits for something to happen.
    """

    name: str
    kind: str
    status: str
    note: str = ""
    detour: bool = False
    depth: int = 0
    done: datetime | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """The steps of one part. `name` is empty for the root."""

    name: str
    kind: str
    state: str
    steps: tuple[Step, ...]

    @property
    def shown(self) -> tuple[Step, ...]:
        """The steps that were taken or may be."""
        return tuple(step for step in self.steps if step.status != "left out")

    @property
    def left_out(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.status == "left out")


def _told(some: int, all_of_them: int, what: str, how: str) -> str:
    return f"{some} of {counted(all_of_them, what)} {how}" if all_of_them else ""


# -- stages and milestones


def stages(seen: Look) -> tuple[Stage, ...]:
    """In the order that the case type names, else the stages (or sub-processes) of the root's model."""
    found = [seen.running.find(node) for node in seen.case_type.stages] or list(_own_stages(seen.running.root))
    return tuple(Stage(node.name or node.id, _stage_status(seen, node)) for node in found if node is not None)


def _own_stages(root: Part) -> Iterator[Node]:
    if isinstance(root.model, CaseModel):
        yield from (node for child in root.model.plan.children if (node := root.model.nodes[child]).is_stage)
    else:
        nodes = (root.model.nodes[id] for id in root.model.body.nodes)
        yield from (node for node in nodes if isinstance(node, SubProcess) and node.kind != "event")


def _stage_status(seen: Look, node: Node) -> str:
    if any(item.state in AT_WORK for item in seen.running.open(node.id)):
        return "active"
    if seen.running.is_done(node.id):
        return "done"
    return "left out" if seen.case.closed or _is_passed_by(seen.running, node) else "ahead"


def _is_passed_by(running: Running, node: Node) -> bool:
    """Whether the case goes on without this stage of its own model: ended before it began, or on no way any more."""
    root = running.root
    if root.model.nodes.get(node.id) is not node:
        return False  # a stage of a part, which may yet be called
    if (root.instance, node.id) in running.left or {item.state for item in running.open(node.id)} == {"disabled"}:
        return True
    return not may_still_come(running, root, node)


def goal(seen: Look) -> Goal:
    """The goal with the milestones of all parts: those of a case, and the named events in between of a process."""
    found: dict[tuple[str, str], Milestone] = {}
    for part in seen.running.parts.values():
        for node in part.model.nodes.values():
            if _is_milestone(node):
                key, at = (part.model.id, node.id), seen.running.done.get((part.instance, node.id))
                if key not in found or at is not None:
                    found[key] = Milestone(node.name or node.id, at)
    for (model_id, node_id), at in seen.running.elsewhere.items():
        passed = seen.running.find(node_id)
        if passed is not None and _is_milestone(passed) and (model_id, node_id) not in found:
            found[model_id, node_id] = Milestone(passed.name or passed.id, at)
    return Goal(seen.case_type.goal, tuple(found.values()), stages(seen))


def _is_milestone(node: Node) -> bool:
    """CMMN 5.4.11; in BPMN an intermediate event without a trigger says that a state is reached (10.4.4)."""
    passed = isinstance(node, Event) and node.type == "intermediateThrowEvent" and not node.definitions
    return node.type == "milestone" or (passed and bool(node.name))


# -- strips


def strips(seen: Look) -> tuple[Strip, ...]:
    """The root where it is a process, every process and case that runs inside, and of those that are over the last of
    each model: what other systems were told inside stands on the page afterwards, too."""
    parts = seen.running.parts.values()
    last = {part.model.id: part.instance for part in parts}
    shown = [part for part in parts if part.is_running or part.caller is None or part.instance == last[part.model.id]]
    strips = (_strip(seen, part) for part in shown if part.caller is not None or part.kind == "process")
    return tuple(strip for strip, _ in zip(strips, range(PARTS_AT_ONCE), strict=False) if strip.steps)


def _strip(seen: Look, part: Part) -> Strip:
    steps = _process_steps if isinstance(part.model, ProcessModel) else _case_steps
    return Strip(seen.view.text(seen.running.inside(part)), part.kind, part.state, tuple(steps(seen.running, part)))


def _case_steps(running: Running, part: Part) -> Iterator[Step]:
    """The plan items of a called case, with those of the stages that have begun."""
    assert isinstance(part.model, CaseModel)
    yield from _plan_steps(running, part, part.model, part.model.plan, 0)


def _plan_steps(running: Running, part: Part, model: CaseModel, stage: PlanNode, depth: int) -> Iterator[Step]:
    for child in stage.children:
        node = model.nodes[child]
        if node.is_listener:
            continue
        at, status = _standing(running, part, node)
        if not status:
            status = "possible" if part.is_running else "left out"
        yield Step(node.name or node.id, KINDS.get(node.type, "step"), status, depth=depth, done=at)
        if node.is_stage and status in ("active", "done"):
            yield from _plan_steps(running, part, model, node, depth + 1)


def _standing(running: Running, part: Part, node: Node) -> tuple[datetime | None, str]:
    """When it was done, and how it stands by what is open and what is over; an empty status: neither."""
    at = running.done.get((part.instance, node.id))
    open_states = {item.state for item in running.open(node.id) if item.instance == part.instance}
    if open_states & AT_WORK:
        return at, "active"
    if at is not None and not _had_none(running, part, node):
        return at, "done"
    if (part.instance, node.id) in running.left:
        return None, "stopped"
    return None, "waiting" if "enabled" in open_states else ""


def _had_none(running: Running, part: Part, node: Node) -> bool:
    """Whether there was nothing to go over: the loop as a whole was done (BPMN 10.2.8), and no instance of it."""
    return _is_loop(node) and running.times.get((part.instance, node.id)) == 1


def _is_loop(node: Node) -> bool:
    return isinstance(node, Activity) and node.loop is not None


def _process_steps(running: Running, part: Part) -> Iterator[Step]:
    assert isinstance(part.model, ProcessModel)
    ahead = _ahead(running, part, part.model)
    taken = _taken_detours(running, part, part.model)
    for node, depth in _in_order(part.model, [node for node in part.model.nodes.values() if _is_shown(node)]):
        at, status = _standing(running, part, node)
        if not status:
            status = "possible" if node.id in ahead else "left out"
        event = isinstance(node, Event) and node.type == "boundaryEvent"
        if event and status == "left out":
            continue
        note = _note(running, part, node, status)
        kind = KINDS.get(node.type, "step")
        waits = node.type in ("intermediateCatchEvent", "receiveTask", "eventBasedGateway")
        yield Step(_name(node), kind, status, note, node.id in taken, depth, at, waits)


def _is_shown(node: Node) -> bool:
    """Activities, and events and questions that the model gives a name."""
    if isinstance(node, Gateway):
        return bool(node.name) and len(node.outgoing) > 1
    return isinstance(node, Activity) or bool(node.name)


def _name(node: Node) -> str:
    return node.name or node.id


def _note(running: Running, part: Part, node: Node, status: str) -> str:
    key = (part.instance, node.id)
    if isinstance(node, Gateway):
        taken = [flow.name for flow in node.outgoing if flow.id in running.flows.get(key, ()) and flow.name]
        return ", ".join(taken)
    if isinstance(node, Event) and node.attached_to is not None:
        host = part.model.nodes[node.attached_to]
        happens = "ends" if node.interrupting else "happens beside"
        return f"{'this ended' if status == 'done' and node.interrupting else happens} “{_name(host)}”"
    if status == "stopped":
        return running.left[key]
    loops = (item.facts.get("loop", {}) for item in running.open(node.id) if item.instance == part.instance)
    count = next((loop for loop in loops if "total" in loop), None)
    if count is not None:
        return f"{count['done']} of {count['total']}"
    often = 0 if _is_loop(node) else running.times.get(key, 0)
    return f"{often} times" if often > 1 else ""


def _ahead(running: Running, part: Part, model: ProcessModel) -> set[str]:
    """What tokens that rest somewhere can still reach, along flows, over borders and into and out of sub-processes."""
    if not part.is_running:
        return set()
    items = [item for item in running.state.items.values() if item.instance == part.instance]
    facts = [running.state.instances[part.instance].facts, *(item.facts for item in items)]
    at_joins = [name.partition(":")[2] for each in facts for name in each if name.startswith("tokens:")]
    todo = [*(item.node for item in items), *at_joins]
    here, found = set(todo), set[str]()
    while todo:
        for following in _successors(model, todo.pop(), here):
            if following not in found:
                found.add(following)
                todo.append(following)
    return found


def _successors(model: ProcessModel, id: str, at_work: set[str]) -> Iterator[str]:
    node = model.nodes.get(id)
    if node is None or isinstance(node, PlanNode):
        return
    yield from (flow.target for flow in node.outgoing)
    if isinstance(node, Activity):
        yield from (event.id for event in node.boundaries)
    if isinstance(node, SubProcess) and id not in at_work:
        yield from node.body.starts


def may_still_come(running: Running, part: Part, node: Node) -> bool:
    """Whether a step that is not at work may be reached from where the part stands."""
    if isinstance(part.model, ProcessModel):
        return node.id in _ahead(running, part, part.model)
    if (part.instance, node.id) in running.done:
        return False
    return _stage_may_come(running, part, part.model, node)


def _stage_may_come(running: Running, part: Part, model: CaseModel, node: Node) -> bool:
    """Whether the stage around a plan item is open, or none of its kind has begun."""
    stage = getattr(node, "stage", None)
    if stage is None or stage == model.plan.definition:
        return True
    around = [each for each in model.nodes.values() if each.definition == stage]
    open_here = any(item.instance == part.instance for each in around for item in running.open(each.id))
    return open_here or not any((part.instance, each.id) in running.done for each in around)


def _taken_detours(running: Running, part: Part, model: ProcessModel) -> set[str]:
    """Boundary events that have occurred, and what lies behind them up to where the ways meet again."""
    boundaries = [node for node in model.nodes.values() if isinstance(node, Event) and node.type == "boundaryEvent"]
    usual = _reached_without(model, {node.id for node in boundaries})
    found: set[str] = set()
    todo = [node.id for node in boundaries if (part.instance, node.id) in running.done]
    while todo:
        id = todo.pop()
        if id not in found and id not in usual:
            found.add(id)
            todo += _successors(model, id, set())
    return found


def _reached_without(model: ProcessModel, closed: set[str]) -> set[str]:
    found: set[str] = set()
    todo = [*model.body.starts]
    while todo:
        id = todo.pop()
        if id not in found and id not in closed:
            found.add(id)
            todo += _successors(model, id, set())
    return found


def _in_order(model: ProcessModel, nodes: list[Node]) -> list[tuple[Node, int]]:
    """Along the flows, each sub-process followed by what is in it; what no flow leads to stands at the end."""
    wanted = {node.id for node in nodes}
    order: dict[str, int] = {}

    def walk(starts: tuple[str, ...], depth: int) -> None:
        for id in _along(model, starts):
            if id in order:
                continue
            order[id] = depth
            node = model.nodes[id]
            if isinstance(node, SubProcess):
                walk(node.body.starts or node.body.nodes, depth + 1)

    walk(model.body.starts or model.body.nodes, 0)
    for holder in (model.body, *(n.body for n in model.nodes.values() if isinstance(n, SubProcess))):
        for sub, _ in holder.event_subprocesses:
            walk((sub,), 0)
    return [(model.nodes[id], depth) for id, depth in order.items() if id in wanted]


def _along(model: ProcessModel, starts: tuple[str, ...]) -> list[str]:
    """Reverse postorder of a depth-first walk: what comes first stands first, wherever there is no loop."""
    seen: set[str] = set()
    finished: list[str] = []
    for start in reversed(starts):
        todo: list[tuple[str, bool]] = [(start, False)]
        while todo:
            id, leaving = todo.pop()
            if leaving:
                finished.append(id)
                continue
            if id in seen:
                continue
            seen.add(id)
            todo.append((id, True))
            node = model.nodes[id]
            outside = [flow.target for flow in getattr(node, "outgoing", ())]
            border = [event.id for event in getattr(node, "boundaries", ())]
            todo += [(each, False) for each in (*outside, *reversed(border)) if each not in seen]
    return list(reversed(finished))


KINDS: Final = {
    "humanTask": "a person", "userTask": "a person", "serviceTask": "a machine", "sendTask": "a message goes out",
    "receiveTask": "a message comes in", "businessRuleTask": "rules decide", "decisionTask": "rules decide",
    "scriptTask": "computed", "callActivity": "runs a part", "processTask": "runs a process", "caseTask": "runs a case",
    "stage": "stage", "milestone": "milestone", "boundaryEvent": "event at the border", "startEvent": "begin",
    "endEvent": "end", "intermediateCatchEvent": "waits for an event", "intermediateThrowEvent": "event",
    **dict.fromkeys(SUB_PROCESSES, "several steps"),
    **dict.fromkeys(("exclusiveGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"), "which way"),
    "parallelGateway": "side by side", "task": "step", "manualTask": "by hand",
}  # fmt: skip
"""What a step is, in words; CMMN 5.4 and BPMN 10."""
