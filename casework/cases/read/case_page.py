"""What does the page of one case show?

The four lists of a case (what happened, what is outstanding, what is known, what was and will be decided) with its
how far it has come, in all its parts, for one reader, from a small and constant number of statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery

from casework.access import permissions
from casework.actors.ledger.of_case import NO_COST, CaseCost, case_cost
from casework.actors.pictures import has_steps
from casework.cases.editing import editable
from casework.cases.read.actor_trace import Memory, case_calls, memories
from casework.cases.read.after_approval import Unsettled, unsettled
from casework.cases.read.agent_work import Run, agent_runs
from casework.cases.read.approvals import Approval, approvals
from casework.cases.read.case_people import CasePeople, case_people
from casework.cases.read.case_view import AT_MOST, SHOWN, Look, look
from casework.cases.read.decisions import Decision, decision_names, decisions_made
from casework.cases.read.execution_tree import Node
from casework.cases.read.fields import Field, fields
from casework.cases.read.head import Head, head
from casework.cases.read.key_facts import Fact
from casework.cases.read.open_tasks import OpenTask, open_tasks
from casework.cases.read.plan_options import Added, ByHand, Offered, added, by_hand, offered
from casework.cases.read.progress import Goal, Milestone, Stage, Strip, may_still_come, strips
from casework.cases.read.results import Result, results
from casework.cases.read.sent_texts import SentText, sent_texts
from casework.cases.read.sources import WAYS, sources
from casework.cases.read.suspension import Suspension, suspension
from casework.cases.read.timeline import Line, actor_name, lines
from casework.cases.read.values import version_in_words
from casework.cases.read.waiting import Awaited, Coming, awaited, coming
from casework.models import Case
from orchestration.ground.counts import counted
from orchestration.models import Incident, Job
from orchestration.privacy.masking import View

Json = Any

UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING, Job.State.OFFERED, Job.State.HELD)
DECIDING = ("decisionTask", "businessRuleTask")


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
    """An open incident with what one needs to decide about it. `asked`: what a result given by hand consists of;
    `told`: it tells the case something, and no step of it failed."""

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
    told: bool = False


@dataclass(frozen=True, slots=True)
class CasePage:
    id: int
    title: str
    reference: str
    source: str
    kind: str
    version: str
    version_in_words: str
    goal: str
    progress: Goal
    state: str
    closed: bool
    urgent: bool
    suspended: bool
    suspension: Suspension | None
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
    approvals: tuple[Approval, ...]
    agents: tuple[Run, ...]
    offered: tuple[Offered, ...]
    not_offered: tuple[Offered, ...]
    added: tuple[Added, ...]
    by_hand: tuple[ByHand, ...]
    changes: tuple[str, ...]
    results: tuple[Result, ...]
    memories: tuple[Memory, ...]
    bot_jobs: frozenset[int]
    made: tuple[Decision, ...]
    sent: tuple[SentText, ...]
    to_make: tuple[str, ...]
    data: tuple[Field, ...]
    editable: frozenset[str]
    happened: tuple[Line, ...]
    kind_of_lines: str
    may: frozenset[str]
    events: int
    linked: bool
    view: View
    cost: CaseCost
    head: Head
    place: str
    people: CasePeople | None = None

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        return self.progress.milestones

    @property
    def has_copies(self) -> bool:
        """Whether anything that is shown is a copy of what another system owns."""
        return any(field.owner for field in self.data)

    @property
    def agents_wait(self) -> bool:
        """Whether a person is to decide what an agent wants."""
        return any(run.waits for run in self.agents)

    @property
    def is_quiet(self) -> bool:
        """Nothing is outstanding."""
        waits = self.awaited or self.coming or self.machine_work or self.troubles
        return not (self.tasks or waits or self.added or self.by_hand)


LINKED: Final = "case.linked"
WHOLE: Final = ""
"""All places together, as programs read a case."""


def case_page(*, user: User, case: Case, now: datetime, kind: str = "", place: str = WHOLE) -> CasePage:
    """The page of one place of the case, or of all. `kind`: only these lines of what happened (`narration.KINDS`).

    What another place shows is not read: it is empty here.
    """
    seen = look(user=user, case=case, now=now, most=AT_MOST if kind else SHOWN)
    may, source = permissions.rights(user, case), sources(seen, decision_names(seen.case.instance.definition_id))
    view, case_type, works, here = seen.view, seen.case_type, "work" in may, partial(_is_here, place)
    calls = case_calls(seen) if here("decisions") else ()
    table = offered(seen, now) if works and here("work") else ()
    tasks = open_tasks(seen, user, works, now)
    comes_in, events = awaited(seen), coming(seen)
    top = head(seen, user, tasks, comes_in, events, now)
    return CasePage(
        id=case.pk, title=top.title, reference=top.reference, source=WAYS.get(top.source, top.source),
        kind=case_type.name, version=case_type.label,
        version_in_words=version_in_words(case_type, case_type.label), goal=case_type.goal, progress=top.progress,
        state=case.state, closed=case.closed, urgent=top.urgent, suspended=top.suspended,
        suspension=suspension(seen, works) if here("work") else None,
        created=case.created, updated=case.updated, key_facts=top.key_facts, stages=top.stages,
        strips=strips(seen) if here("work") else (), tasks=tasks, awaited=comes_in, coming=events,
        machine_work=tuple(_machine_work(seen)) if here("work") else (),
        troubles=tuple(troubles(seen)) if here("work") else (),
        unsettled=unsettled(seen) if here("work") else (),
        approvals=approvals(seen) if here("work") else (),
        agents=agent_runs(seen) if here("work") else (),
        offered=tuple(one for one in table if not one.refused),
        not_offered=tuple(one for one in table if one.refused),
        added=added(seen) if works and here("work") else (),
        by_hand=by_hand(seen, now) if works and here("work") else (), changes=top.changes,
        results=results(seen, calls), memories=memories(seen, calls) if here("decisions") else (),
        made=decisions_made(seen, source) if here("decisions") else (),
        sent=sent_texts(seen) if here("decisions") else (),
        bot_jobs=frozenset(vars(call)["number"] for call in calls if has_steps(call)),
        to_make=tuple(_to_make(seen)) if here("decisions") else (),
        data=fields(seen, source) if here("data") else (),
        editable=_editable(seen, user) if works and here("data") else frozenset(),
        happened=lines(seen, kind=kind) if here("work") else (), kind_of_lines=kind, may=may,
        events=case.instance.head_sequence, linked=LINKED in seen.past["actions"], view=view,
        cost=case_cost(case.instance_id) if here("decisions") else NO_COST, head=top, place=place,
        people=case_people(seen) if place == "people" else None,
    )  # fmt: skip


def _editable(seen: Look, user: User) -> frozenset[str]:
    """The JSON Pointers of what this person may change by hand."""
    return frozenset("/" + one.path.replace(".", "/") for one in editable(seen.case_type, user, seen.view, seen.state))


def _is_here(place: str, shown: str) -> bool:
    return place in (WHOLE, shown)


def _machine_work(seen: Look) -> Iterator[MachineWork]:
    if not seen.waits("job"):
        return
    under_way = Job.objects.filter(instance=seen.case.instance_id, state__in=UNDER_WAY)
    for job in under_way.order_by("pk").defer("input"):
        note = f"Tried {counted(job.attempts, 'time')}: {seen.view.text(job.last_error)}" if job.last_error else ""
        part = seen.view.text(seen.running.around(job.item))
        yield MachineWork(seen.view.text(job.name or job.capability), part, job.state, job.attempts, note)


def troubles(seen: Look) -> Iterator[Trouble]:
    """The open incidents, the oldest first."""
    if not seen.waits("incident"):
        return
    of_job = Job.objects.filter(instance=OuterRef("instance"), job=OuterRef("job"))
    opened = Incident.objects.filter(instance=seen.case.instance_id, resolved=None).order_by("pk")
    for incident in opened.annotate(attempts=Subquery(of_job.values("attempts")[:1])):
        attempts: int | None = vars(incident)["attempts"]
        has_job = attempts is not None
        failed = [call for call in seen.past["jobs"].get(str(incident.job), {}).get("calls", ()) if has_job]
        _, _, called, version, sent = failed[-1] if failed else ("", 0, "", "", "")
        node = seen.running.node(incident.item)
        yield Trouble(
            number=incident.incident, message=seen.view.text(incident.message), code=incident.code,
            opened=incident.opened, step=seen.view.text(seen.running.name(incident.item)),
            part=seen.view.text(seen.running.around(incident.item)),
            attempts=attempts or 0,
            actor=f"{actor_name(f'model:{called}', seen.names)}, version {version}" if called else "",
            sent=seen.view.text(sent), asked=tuple(_by_hand(seen, node)) if node and has_job else (),
            told=incident.item is None,
        )  # fmt: skip


def _by_hand(seen: Look, node: Node) -> Iterator[tuple[str, str]]:
    """The plain fields (name, title) of the variable that takes the whole result of this task."""
    outputs = getattr(node, "outputs", ()) or node.extensions.outputs
    whole = next((one.target.constant for one in outputs if one.source.text == "=result"), None)
    schema = seen.case_type.schema.get("properties", {}).get(whole, {})
    for name, below in schema.get("properties", {}).items():
        if below.get("type") in ("string", "number", "integer"):
            yield name, str(below.get("title", name))


def _to_make(seen: Look) -> Iterator[str]:
    """Decisions that rules have still to make in what runs, and those that wait for a person."""
    parts = seen.running.parts.values() if not seen.case.closed else ()
    for part in parts:
        where = f" in {seen.running.inside(part)}" if part.caller is not None else ""
        for node in part.model.nodes.values() if part.is_running else ():
            if node.type in DECIDING and may_still_come(seen.running, part, node):
                again = (part.instance, node.id) in seen.running.done
                when = "again if the case goes back" if again else "if the case gets there"
                yield seen.view.text(f"{node.name or node.id}{where} (by rules, {when})")
    for item in seen.state.items.values():
        if seen.state.waits_of(item.id, "task"):
            yield seen.view.text(f"{seen.running.name(item.id)} (by a person)")
