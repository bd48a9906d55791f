"""What does the page of one case show?

The four lists of a case (what happened, what is outstanding, what is known, what was and will be decided) with its
how far it has come, in all its parts, for one reader, from a small and constant number of statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models.functions import JSONObject

from casework.access import permissions
from casework.access.separation_of_duties import done_before
from casework.actors.ledger.of_case import CaseCost, case_cost
from casework.actors.pictures import jobs_with_steps
from casework.cases import available_actions
from casework.cases.read.actor_trace import Memory, case_calls, memories
from casework.cases.read.after_approval import Unsettled, unsettled
from casework.cases.read.case_view import AT_MOST, SHOWN, Look, look
from casework.cases.read.decisions import Decision, decision_names, decisions_made, titles
from casework.cases.read.execution_tree import Node
from casework.cases.read.key_facts import Fact, key_facts
from casework.cases.read.plan_options import Added, ByHand, Offered, added, by_hand, offered
from casework.cases.read.progress import Goal, Milestone, Stage, Strip, goal, may_still_come, stages, strips
from casework.cases.read.sources import Source, since, sources
from casework.cases.read.timeline import Line, lines
from casework.cases.read.values import values_in_words
from casework.cases.read.waiting import Awaited, Coming, awaited, coming
from casework.models import Case
from orchestration.models import ActorCall, HumanTask, Incident, Job
from orchestration.privacy.masking import View

Json = Any

OPEN_TASK = (HumanTask.State.OPEN, HumanTask.State.SUSPENDED)
OFFERED_TO = JSONObject(
    group="candidates__group_id", name="candidates__group__name", user="candidates__user_id",
    username="candidates__user__username", first="candidates__user__first_name", last="candidates__user__last_name",
)  # fmt: skip
UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING, Job.State.OFFERED, Job.State.HELD)
DECIDING = ("decisionTask", "businessRuleTask")


@dataclass(frozen=True, slots=True)
class OpenTask:
    """`may`: what this reader may do with it now: claim, release, complete. `part`: what it stands in."""

    id: int
    name: str
    part: str
    due: datetime | None
    overdue: bool
    urgent: bool
    assignee: str
    mine: bool
    groups: tuple[str, ...]
    may: frozenset[str]
    barred: str = ""

    @property
    def may_complete(self) -> bool:
        return "complete" in self.may


@dataclass(frozen=True, slots=True)
class MachineWork:
    """A job that is under way; `note` says why it takes longer, when it does."""

    name: str
    part: str
    state: str
    attempt: int
    note: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """An open incident with what one needs to decide about it. `asked`: what a result given by hand consists of."""

    number: int
    message: str
    code: str
    opened: datetime
    step: str
    part: str
    attempts: int
    actor: str
    sent: str
    asked: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What an AI actor answered, with its confidence and the model's version."""

    capability: str
    actor: str
    version: str
    at: datetime
    latency_ms: float
    confidence: float | None
    answer: str
    alternatives: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the case's data, in words. `pointer` names it; `source` wrote it last in this case, at `since`."""

    pointer: str
    group: str
    name: str
    value: Json
    masked: bool
    revealed: bool
    source: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class CasePage:
    id: int
    title: str
    reference: str
    source: str
    kind: str
    version: str
    goal: str
    progress: Goal
    state: str
    closed: bool
    urgent: bool
    suspended: bool
    created: datetime
    updated: datetime
    key_facts: tuple[Fact, ...]
    stages: tuple[Stage, ...]
    strips: tuple[Strip, ...]
    tasks: tuple[OpenTask, ...]
    awaited: tuple[Awaited, ...]
    coming: tuple[Coming, ...]
    machine_work: tuple[MachineWork, ...]
    troubles: tuple[Trouble, ...]
    unsettled: tuple[Unsettled, ...]
    offered: tuple[Offered, ...]
    not_offered: tuple[Offered, ...]
    added: tuple[Added, ...]
    by_hand: tuple[ByHand, ...]
    changes: tuple[str, ...]
    results: tuple[Result, ...]
    memories: tuple[Memory, ...]
    bot_jobs: frozenset[int]
    made: tuple[Decision, ...]
    to_make: tuple[str, ...]
    data: tuple[Field, ...]
    happened: tuple[Line, ...]
    kind_of_lines: str
    may: frozenset[str]
    events: int
    view: View
    cost: CaseCost

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        return self.progress.milestones

    @property
    def is_quiet(self) -> bool:
        """Nothing is outstanding."""
        waits = self.awaited or self.coming or self.machine_work or self.troubles
        return not (self.tasks or waits or self.added or self.by_hand)


def _is_urgent(seen: Look) -> bool:
    return seen.case_type.is_urgent(seen.state.root.variables)


def case_page(*, user: User, case: Case, now: datetime, kind: str = "") -> CasePage:
    """The whole page. `kind`: only these lines of what happened (`wording.KINDS`)."""
    seen = look(user=user, case=case, now=now, most=AT_MOST if kind else SHOWN)
    may, source = permissions.rights(user, case), sources(seen, decision_names(seen.case.instance.definition_id))
    view, case_type, works, calls = seen.view, seen.case_type, "work" in may, case_calls(seen)
    table = offered(seen, now) if works else ()
    return CasePage(
        id=case.pk, title=view.text(case.title), reference=view.text(case.reference), source=view.text(case.source),
        kind=case_type.name, version=case_type.label, goal=case_type.goal, progress=goal(seen),
        state=case.state, closed=case.closed, urgent=_is_urgent(seen), suspended=seen.state.root.state == "suspended",
        created=case.created, updated=case.updated, key_facts=key_facts(seen), stages=stages(seen), strips=strips(seen),
        tasks=open_tasks(seen, user, works, now), awaited=awaited(seen), coming=coming(seen),
        machine_work=tuple(_machine_work(seen)), troubles=tuple(troubles(seen)),
        unsettled=unsettled(seen),
        offered=tuple(one for one in table if not one.refused),
        not_offered=tuple(one for one in table if one.refused),
        added=added(seen) if works else (), by_hand=by_hand(seen, now) if works else (),
        changes=available_actions.changes(case_type, seen.state, now) if works else (),
        results=results(seen, calls), memories=memories(seen, calls), made=decisions_made(seen, source),
        bot_jobs=jobs_with_steps(case.instance_id),
        to_make=tuple(_to_make(seen)), data=fields(seen, source), happened=lines(seen, kind=kind),
        kind_of_lines=kind, may=may,
        events=case.instance.head_sequence,
        view=view, cost=case_cost(case.instance_id),
    )  # fmt: skip


def open_tasks(seen: Look, user: User, may_work: bool, now: datetime) -> tuple[OpenTask, ...]:
    """Open and suspended tasks, with what this reader may do with each."""
    found = HumanTask.objects.filter(instance=seen.case.instance_id, state__in=OPEN_TASK).select_related("assignee")
    mine = frozenset(permissions.groups_of(user))
    tasks = found.annotate(offered_to=JSONBAgg(OFFERED_TO)).order_by("due", "pk")
    return tuple(_open_task(seen, task, user, mine, may_work, now) for task in tasks)


def _open_task(
    seen: Look, task: HumanTask, user: User, mine: frozenset[int], may_work: bool, now: datetime
) -> OpenTask:
    candidates = [each for each in vars(task)["offered_to"] if each["group"] or each["user"]]
    offered = any(each["group"] in mine or each["user"] == user.pk for each in candidates)
    assignee = task.assignee
    is_mine = task.assignee_id == user.pk
    may = set()
    if may_work and task.state == HumanTask.State.OPEN:
        may |= {"complete", "release"} if is_mine else set()
        may |= {"claim"} if assignee is None and offered else set()
    task.instance = seen.case.instance
    barred = done_before(user, task) if may & {"claim", "complete"} else ""
    may -= {"claim", "complete"} if barred else set()
    return OpenTask(
        id=task.pk, name=seen.view.text(task.name), part=seen.view.text(seen.running.around(task.item)),
        due=task.due if task.due.year < 9999 else None, overdue=task.due < now, urgent=task.priority > 50,
        assignee="" if assignee is None else assignee.get_full_name() or assignee.get_username(), mine=is_mine,
        groups=tuple(sorted({_offered_to(each) for each in candidates})), may=frozenset(may), barred=barred,
    )  # fmt: skip


def _offered_to(candidate: Mapping[str, Json]) -> str:
    """The name of the group or person (as `TaskCandidate` says it)."""
    full = f"{candidate['first']} {candidate['last']}".strip()
    return str(candidate["name"] or full or candidate["username"])


def _machine_work(seen: Look) -> Iterator[MachineWork]:
    if not seen.waits("job"):
        return
    under_way = Job.objects.filter(instance=seen.case.instance_id, state__in=UNDER_WAY)
    for job in under_way.order_by("pk").defer("input"):
        note = f"Tried {job.attempts} times: {seen.view.text(job.last_error)}" if job.last_error else ""
        part = seen.view.text(seen.running.around(job.item))
        yield MachineWork(seen.view.text(job.name or job.capability), part, job.state, job.attempts, note)


def troubles(seen: Look) -> Iterator[Trouble]:
    """The open incidents, the oldest first."""
    if not seen.waits("incident"):
        return
    opened = list(Incident.objects.filter(instance=seen.case.instance_id, resolved=None).order_by("pk"))
    jobs = {job.job: job for job in Job.objects.filter(instance=seen.case.instance_id, job__in=[i.job for i in opened])}
    for incident in opened:
        job = jobs.get(incident.job or 0)
        failed = [call for call in seen.past["jobs"].get(str(incident.job), {}).get("calls", ()) if job]
        _, _, called, version, sent = failed[-1] if failed else ("", 0, "", "", "")
        node = seen.running.node(incident.item)
        yield Trouble(
            number=incident.incident, message=seen.view.text(incident.message), code=incident.code,
            opened=incident.opened, step=seen.view.text(seen.running.name(incident.item)),
            part=seen.view.text(seen.running.around(incident.item)),
            attempts=job.attempts if job else 0, actor=f"{called} {version}".strip(),
            sent=seen.view.text(sent), asked=tuple(_by_hand(seen, node)) if node and job else (),
        )  # fmt: skip


def _by_hand(seen: Look, node: Node) -> Iterator[tuple[str, str]]:
    """The plain fields (name, title) of the variable that takes the whole result of this task."""
    outputs = getattr(node, "outputs", ()) or node.extensions.outputs
    whole = next((one.target.constant for one in outputs if one.source.text == "=result"), None)
    schema = seen.case_type.schema.get("properties", {}).get(whole, {})
    for name, below in schema.get("properties", {}).items():
        if below.get("type") in ("string", "number", "integer"):
            yield name, str(below.get("title", name))


def results(seen: Look, calls: Sequence[ActorCall] | None = None) -> tuple[Result, ...]:
    """What AI said in this case, the newest first. `calls`: the newest of it, where they were read already."""
    answered = (call for call in (case_calls(seen) if calls is None else calls) if call.output is not None)
    return tuple(_result(seen, call) for call in islice(answered, 20))


def _result(seen: Look, call: ActorCall) -> Result:
    output: Mapping[str, Json] = seen.view.payload(call.output)
    others = [(str(each.get("label", "")), float(each.get("confidence", 0))) for each in output.get("alternatives", ())]
    return Result(
        capability=call.capability, actor=call.actor, version=call.version, at=call.started,
        latency_ms=call.latency_ms, confidence=call.confidence, answer=str(output.get("label", "")),
        alternatives=tuple(others),
    )  # fmt: skip


def _to_make(seen: Look) -> Iterator[str]:
    """Decisions that rules have still to make in what runs, and those that wait for a person."""
    parts = seen.running.parts.values() if not seen.case.closed else ()
    for part in parts:
        where = f" in {seen.running.inside(part)}" if part.caller is not None else ""
        for node in part.model.nodes.values() if part.is_running else ():
            if node.type in DECIDING and may_still_come(seen.running, part, node):
                yield seen.view.text(f"{node.name or node.id}{where} (by rules, if the case gets there)")
    for item in seen.state.items.values():
        if seen.state.waits_of(item.id, "task"):
            yield seen.view.text(f"{seen.running.name(item.id)} (by a person)")


def fields(seen: Look, source: Source | None = None) -> tuple[Field, ...]:
    """Every value of the data, as this reader may see it."""
    changed, named = since(seen), titles(seen.case_type)
    source = source or sources(seen, decision_names(seen.case.instance.definition_id))
    found = _leaves(seen.view.data, "", seen.view.clear | seen.view.masked)
    said = values_in_words(seen.case_type)
    return tuple(
        Field(
            pointer=pointer, group=_group(pointer, named), name=_name(pointer, named), value=said(pointer, value),
            masked=pointer in seen.view.masked,
            revealed=any(pointer == path or pointer.startswith(path + "/") for path in seen.view.principal.revealed),
            source=source(pointer, None), since=changed.get(pointer.split("/")[1]),
        )
        for pointer, value in found
    )  # fmt: skip


def _leaves(value: Json, pointer: str, known: frozenset[str]) -> Iterator[tuple[str, Json]]:
    if pointer in known or not isinstance(value, Mapping):
        yield pointer, value
        return
    for name, below in value.items():
        yield from _leaves(below, f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}", known)


def _group(pointer: str, named: Mapping[str, str]) -> str:
    """What the field stands under; empty for one that stands by itself."""
    top, *below = pointer.split("/")[1:]
    return named.get(f"/{top}", top) if below else ""


def _name(pointer: str, named: Mapping[str, str]) -> str:
    """The field's own name, with those between it and its group."""
    parts = pointer.split("/")[1:]
    names = [named.get("/" + "/".join(parts[: depth + 1]), part) for depth, part in enumerate(parts)]
    return ": ".join(names[1:] or names)
