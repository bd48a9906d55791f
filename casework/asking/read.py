"""What did this person ask about a case, and what were they answered, with a way to each source?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from django.contrib.auth.models import User
from django.urls import reverse

from casework.access import permissions
from casework.asking.pieces import EVENT, FIELD, PAGE
from casework.cases.read.actor_names import actor_names
from casework.cases.read.case_view import Look
from casework.cases.read.touched import anchor
from orchestration.jobs.questions import UNDER_WAY
from orchestration.models import ActorCall, Job, Question

Json = Any
SHOWN: Final = 20
COLLEAGUE: Final = re.compile(r"\bCOLLEAGUE_\d+\b")


@dataclass(frozen=True, slots=True)
class Cited:
    """A source, in words, and where it opens."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of an answer. `found`: whether it stands in the sources that it names."""

    text: str
    found: bool
    sources: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what came of it. `waits`: it is being answered; `held`: its actor was stopped; `call`: the number
    of the call in the ledger, `actor` who answered."""

    id: int
    text: str
    asked: datetime
    waits: bool
    held: bool
    said: str
    statements: tuple[Said, ...]
    call: int
    actor: str
    cost: str

    @property
    def doubtful(self) -> int:
        """How many sentences do not stand in their sources."""
        return sum(not one.found for one in self.statements)


def questions_of(user: User, seen: Look) -> tuple[Answered, ...]:
    """This person's own questions about the case, the newest first; masked as they see the case now."""
    own = Question.objects.filter(job__instance=seen.case.instance_id, by=permissions.origin_of(user).actor)
    rows = list(own.select_related("job").order_by("-pk")[:SHOWN])
    calls = {
        call.job_id: call
        for call in ActorCall.objects.filter(job__in=[row.job_id for row in rows]).exclude(actor="").order_by("pk")
    }
    names = actor_names({actor for row in rows for actor in row.colleagues.values()})
    return tuple(_answered(row, calls.get(row.job_id), seen, names) for row in rows)


def _answered(row: Question, call: ActorCall | None, seen: Look, names: Mapping[str, str]) -> Answered:
    where = {one["id"]: one["where"] for one in orjson.loads(bytes(row.job.input))["pieces"]}

    def plain(text: str) -> str:
        known = COLLEAGUE.sub(lambda found: names.get(row.colleagues.get(found[0], ""), found[0]), text)
        return seen.view.text(known)

    statements = tuple(
        Said(plain(one["text"]), one["found"], tuple(_cited(seen.case.pk, one["sources"], where, plain)))
        for one in row.statements or ()
    )
    cost = "" if call is None or call.cost is None else f"{call.cost.normalize():f} {call.currency}"
    return Answered(
        row.pk, plain(row.text), row.asked, row.job.state in UNDER_WAY, row.job.state == Job.State.HELD,
        plain(row.said), statements, 0 if call is None else call.pk, "" if call is None else call.actor, cost,
    )  # fmt: skip


def _cited(case: int, sources: list[str], where: Mapping[str, str], plain: Any) -> Iterator[Cited]:
    for one in sources:
        yield Cited(plain(where.get(one, one)), address_of(case, one))


def address_of(case: int, source: str) -> str:
    """Where a piece stands, by its id."""
    if source.startswith(EVENT):
        number = int(source.removeprefix(EVENT))
        return f"{reverse('history', args=[case])}?before={number + 1}&show=all#event-{number}"
    if source.startswith(FIELD):
        return f"{reverse('case-data', args=[case])}#{anchor(source.removeprefix(FIELD).split('/')[1])}"
    if source.startswith(PAGE):
        document, page = source.removeprefix(PAGE).split(".")
        return f"{reverse('case-document', args=[case, int(document)])}?page={page}"
    return reverse("case", args=[case])
