"""What does a person need to decide about work that failed, without leaving the page?

What was sent (masked), every attempt with its error and who made it, what waits behind it, and what can be done: with
the form of the input, who else could have the work and why the others cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.http import Http404

from casework.cases.incidents import BY_HAND, CHANGE, END, MOVE, RETRY, SKIP, Offer, input_form, offers
from casework.cases.read.actor_names import actor_names
from casework.cases.read.after_approval import followers
from casework.cases.read.case_page import Trouble, troubles
from casework.cases.read.case_view import Look, look
from casework.forms.document_form import Filled
from casework.forms.schema_form import text_of
from casework.models import Case
from orchestration.knowledge import withdrawal
from orchestration.models import ActorCall, Incident, Job
from orchestration.privacy.masking import View

Json = Any


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call for this step, be it for this job or for one before it. `outcome` as the ledger has it."""

    at: datetime
    number: int
    actor: str
    version: str
    outcome: str
    error: str
    latency_ms: float


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """`given`: title and value of what was sent; `changed`: a person gave it in place of the case's; `behind`: what
    begins only after it; `ways`: what this incident allows of `casework.cases.incidents.WAYS`."""

    case: int
    title: str
    trouble: Trouble
    capability: str
    given: tuple[tuple[str, str], ...]
    changed: bool
    attempts: tuple[Attempt, ...]
    tried: tuple[str, ...]
    behind: tuple[str, ...]
    offers: tuple[Offer, ...]
    filled: Filled | None
    ways: frozenset[str]
    view: View

    @property
    def free(self) -> tuple[Offer, ...]:
        """Who could have the work now."""
        return tuple(one for one in self.offers if not one.why_not)


def incident_page(*, user: User, case: Case, number: int, now: datetime) -> IncidentPage:
    """Raises Http404 where no such incident is open."""
    row = Incident.objects.filter(instance=case.instance_id, incident=number, resolved=None).first()
    if row is None:
        raise Http404("This is decided already, or there never was such an incident.")
    seen = look(user=user, case=case, now=now, item=row.item)
    trouble = next(one for one in troubles(seen) if one.number == number)
    job = Job.objects.filter(instance=case.instance_id, job=row.job or 0).first()
    filled = None if job is None else input_form(job, seen.case_type, seen.view)
    attempts = () if job is None else tuple(_attempts(seen, job))
    return IncidentPage(
        case=case.pk, title=seen.view.text(case.title), trouble=trouble,
        capability="" if job is None else seen.case_type.capability(job.capability).title,
        given=() if filled is None else tuple(_given(filled)),
        changed=job is not None and job.changed_input is not None, attempts=attempts,
        tried=tuple(dict.fromkeys(one.actor for one in attempts if one.actor)),
        behind=tuple(dict.fromkeys(_behind(seen, row.item))),
        offers=() if job is None else tuple(offers(job.capability)),
        filled=filled, ways=_ways(seen, row, job), view=seen.view,
    )  # fmt: skip


def _ways(seen: Look, row: Incident, job: Job | None) -> frozenset[str]:
    if job is None:
        return frozenset({SKIP, END} if row.code == withdrawal.CODE else {RETRY, SKIP, END})
    capability = seen.case_type.capability(job.capability)
    closed = {*([] if capability.skip else [SKIP]), *([] if capability.by_hand else [BY_HAND])}
    return frozenset({RETRY, CHANGE, MOVE, BY_HAND, SKIP, END} - closed)


def _given(filled: Filled) -> Iterator[tuple[str, str]]:
    for question in filled.form.fields:
        value = text_of(filled.shown.get(question.path))
        if value:
            yield question.label, question.choices.get(value, value)


def _attempts(seen: Look, job: Job) -> Iterator[Attempt]:
    calls = list(ActorCall.objects.filter(instance=job.instance_id, job__item=job.item).order_by("-pk")[:50])
    names = actor_names(f"model:{call.actor}" for call in calls if call.actor)
    for call in calls:
        yield Attempt(
            call.started, call.attempt, names.get(f"model:{call.actor}", call.actor), call.version, call.outcome,
            seen.view.text(call.error), call.latency_ms,
        )  # fmt: skip


def _behind(seen: Look, item: int | None) -> Iterator[str]:
    """What comes next in the model after the step that failed, by name."""
    node, place = seen.running.node(item), seen.running.places.get(item or 0)
    part = None if place is None else seen.running.parts.get(place.instance)
    if node is None or part is None:
        return
    for name in followers(part.model.nodes, node.id):
        if title := part.model.nodes[name].name:
            yield seen.view.text(title)
