"""May one rely on a version of an actor: what changed, what do golden cases and the shadow say, who let it through?

The change passport. Of a golden case it names the places where the version comes out otherwise; the values only where
anybody who sees to actors may read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from casework.access import permissions
from casework.actors.changes import events_of, words_of
from casework.actors.version_page import VersionPage, may_show, version_page
from casework.governance.read import called
from casework.models import Case
from orchestration.actors import kinds
from orchestration.actors.agreement import differences
from orchestration.actors.capability import shipped
from orchestration.actors.golden import Said, expected_of, said_of
from orchestration.models import ActorVersion, GoldenAnswer, Trial

Json = Any
RIGHT, OTHERWISE, NONE, TO_COME = "as expected", "otherwise", "no answer", "still to come"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it comes out otherwise; the values are empty where they are not for everybody who sees to actors."""

    name: str
    expected: str
    given: str


@dataclass(frozen=True, slots=True)
class GoldenLine:
    """One answer that is expected. `case`: its page, 0 where the reader may not see it; `error`: why there is none."""

    number: int
    case: int
    step: str
    outcome: str
    places: tuple[Place, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Letting:
    """A step of the version: who took it, why, and what the golden cases had said then."""

    at: datetime
    who: str
    words: str
    reason: str
    golden: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Passport:
    page: VersionPage
    said: Said
    golden: tuple[GoldenLine, ...]
    steps: tuple[Letting, ...]


def passport(row: ActorVersion, user: User) -> Passport:
    by, may = permissions.origin_of(user).actor, permissions.may_publish(user)
    return Passport(version_page(row, by, with_file=may), said_of(row), tuple(_golden(row, user)), tuple(_steps(row)))


def _golden(row: ActorVersion, user: User) -> Iterator[GoldenLine]:
    answers = expected_of(row).select_related("job", "golden")
    trials = {one.job_id: one for one in Trial.objects.filter(version=row, way=Trial.Way.GOLDEN)}
    seen = Case.objects.filter(permissions.cases_with_right(user, "view"), instance__golden__isnull=False)
    cases = dict(seen.values_list("instance", "pk"))
    for answer in answers.order_by("golden", "pk"):
        trial, case = trials.get(answer.job_id), cases.get(answer.golden.instance_id, 0)
        outcome, places = _outcome(row, answer, trial)
        error = trial.error if trial is not None and trial.output is None and case else ""
        yield GoldenLine(answer.golden_id, case, answer.job.name or answer.capability, outcome, places, error)


def _outcome(row: ActorVersion, answer: GoldenAnswer, trial: Trial | None) -> tuple[str, tuple[Place, ...]]:
    if trial is None:
        return TO_COME, ()
    if trial.output is None:
        return NONE, ()
    if trial.agrees:
        return RIGHT, ()
    known = shipped().get(row.actor.capability)
    contract = None if known is None or row.actor.kind in kinds.REHEARSED else known.output
    names = differences(contract, answer.expected, trial.output)
    return OTHERWISE, tuple(_place(contract, name, answer.expected, trial.output) for name in names)


def _place(contract: Mapping[str, Json] | None, name: str, expected: Json, given: Json) -> Place:
    if not may_show(contract, name):
        return Place(name, "", "")
    return Place(name, str(expected.get(name))[:80], str(given.get(name))[:80])


def _steps(row: ActorVersion) -> Iterator[Letting]:
    """The newest first."""
    told = [(event, detail) for event, detail in events_of(row.actor.key) if detail.get("version") == row.version]
    names = called({event.actor for event, _ in told})
    for event, detail in reversed(told):
        reason = str(detail.get("reason") or detail.get("note") or "")
        words = words_of(event.action, detail)
        yield Letting(event.at, names[event.actor], words, reason, detail.get("golden") or {})
