"""What did a person approve that failed afterwards, or makes no progress?

A machine's work that lies behind a finished human task in the model (by sequence flows, BPMN 8.3.13, or entry criteria,
CMMN 5.4.5) and failed, is tried again or is held back: whoever approved it, and whoever looks at the case, is told so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.cases.read.case_view import Look
from casework.cases.read.execution_tree import Node
from orchestration.models import HumanTask, Job

UNSETTLED: Final = (Job.State.INCIDENT, Job.State.HELD, Job.State.WAITING, Job.State.RUNNING, Job.State.OFFERED)
HOW: Final = {
    Job.State.INCIDENT: "has failed and needs a person",
    Job.State.HELD: "is held back, because its actor was stopped",
}


@dataclass(frozen=True, slots=True)
class Unsettled:
    """`who` finished `task`, but `step` after it did not happen (yet): `how` says why not, `error` the last one."""

    task: str
    who: str
    step: str
    how: str
    error: str
    failed: bool


def unsettled(seen: Look) -> tuple[Unsettled, ...]:
    """Nothing is asked of the database where no job and no incident is open."""
    if not (seen.waits("job") or seen.waits("incident")):
        return ()
    jobs = [job for job in _jobs(seen) if job.state in HOW or job.last_error]
    if not jobs:
        return ()
    done = HumanTask.objects.filter(instance=seen.case.instance_id, state=HumanTask.State.COMPLETED)
    finished = list(done.select_related("assignee").order_by("-ended", "-pk")[:100])
    return tuple(found for job in jobs for found in _after(seen, job, finished))


def _jobs(seen: Look) -> list[Job]:
    open_items = {wait.item or 0 for wait in seen.state.waits.values() if wait.kind in ("job", "incident")}
    jobs = Job.objects.filter(instance=seen.case.instance_id, item__in=open_items, state__in=UNSETTLED)
    newest = {job.item: job for job in jobs.order_by("pk").defer("input")}
    return list(newest.values())


def _after(seen: Look, job: Job, finished: list[HumanTask]) -> Iterator[Unsettled]:
    for task in finished:
        before = task.ended is not None and task.ended <= job.created
        if before and task.item != job.item and leads_to(seen, task.item, job.item):
            who = "" if task.assignee is None else task.assignee.get_full_name() or task.assignee.get_username()
            yield Unsettled(
                seen.view.text(task.name), who, seen.view.text(job.name or job.capability),
                HOW.get(Job.State(job.state), "has failed and is being tried again"),
                seen.view.text(job.last_error), job.state == Job.State.INCIDENT,
            )  # fmt: skip
            return


def leads_to(seen: Look, task: int, job: int) -> bool:
    """Whether the job lies behind the task in a model in which both stand, or what they stand in."""
    ahead, behind = _nodes(seen, task), _nodes(seen, job)
    return any(
        _reaches(seen.running.parts[part].model.nodes, ahead[part], behind[part])
        for part in ahead.keys() & behind.keys()
    )


def _nodes(seen: Look, item: int | None) -> dict[int, set[str]]:
    """By part of the case the nodes at which the item stands, with those around it."""
    found: dict[int, set[str]] = {}
    place = seen.running.places.get(item or 0)
    while place is not None:
        found.setdefault(place.instance, set()).add(place.node)
        part = seen.running.parts.get(place.instance)
        above = place.parent if place.parent is not None else None if part is None else part.caller
        place = None if above is None else seen.running.places.get(above)
    return {number: nodes for number, nodes in found.items() if number in seen.running.parts}


def _reaches(nodes: Mapping[str, Any], ahead: set[str], behind: set[str]) -> bool:
    todo, known = list(ahead - behind), set(ahead)
    while todo:
        node = todo.pop()
        for after in followers(nodes, node):
            if after in behind:
                return True
            if after not in known:
                known.add(after)
                todo.append(after)
    return False


def followers(nodes: Mapping[str, Any], node: str) -> Iterator[str]:
    """The nodes that begin next after this one."""
    here: Node | None = nodes.get(node)
    yield from (flow.target for flow in getattr(here, "outgoing", ()))
    for other in nodes.values():
        if any(part.source == node for one in getattr(other, "entry", ()) for part in one.sentry.on_parts):
            yield other.id
