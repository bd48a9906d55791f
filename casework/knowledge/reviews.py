"""How does an answer whose source was withdrawn become a task of whoever works its case?

As a contested decision does (`casework.explaining.second_look`): in a case of its own, of the case type `source-review`
that ships, with one task, offered to those who may work the case with the answer. It holds numbers, the document's
name and why it was withdrawn; what was answered stands in the other case, by its rights. What became of the answer is
kept in the history of that case.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from django.db.models import QuerySet

from audit.selectors import recent
from audit.services import Fact, Origin
from casework.access.who_works import who_may_work
from casework.cases.dependent import Dependent, dependents
from casework.cases.locking import locked
from casework.intake.services import Opened, case_open
from casework.knowledge.lost_source import CASE_TYPE, calls_from, case_about
from casework.models import Case
from casework.tasks.services import Also, with_completion
from orchestration.ground.refusals import Refused
from orchestration.knowledge import withdrawal
from orchestration.models import Definition, KnowledgeDocument, KnowledgeUse
from orchestration.shell import services
from orchestration.shell.services import Locked

REVIEWED: Final = "source.reviewed"
FOLLOWS: Final = "It goes with the case whose answer it is about. Finish its task instead, and say what became of it."


def open_review(row: KnowledgeDocument, instance: int, origin: Origin) -> int:
    """Have a person look again at what was answered in a case, open or closed: a wrong answer that was sent is worse.
    The number of the case in which they do; 0 where the case type is not deployed."""
    case = Case.objects.filter(instance=instance).select_related("unit").first()
    if case is None or not Definition.objects.filter(key=CASE_TYPE).exists():
        return 0
    groups, people = who_may_work(case)
    data = {
        "document": row.name, "why": _why(row), "case": case.pk, "calls": calls_from(row, instance), "groups": groups,
        "people": people,
    }  # fmt: skip
    outcome = case_open(
        by=None, case_type=CASE_TYPE, reference=f"{row.pk} of case {case.pk}", source="knowledge", data=data,
        origin=origin, unit="" if case.unit is None else case.unit.key,
    )  # fmt: skip
    return outcome.case.instance_id if isinstance(outcome, Opened) else 0


def _why(row: KnowledgeDocument) -> str:
    """As it was said to the control chain."""
    told = (one for one in recent("knowledge.withdrawn") if one["document"] == row.pk)
    return str(next(told, {}).get("reason", ""))


def _with_the_task(case: Locked, origin: Origin) -> Also | Refused:
    about = case_about(case.instance)
    if about is None:
        return Refused("gone", "The case with the answer is gone.")
    return partial(_kept, locked(about.instance_id), origin, case.instance)


def _kept(held: Locked, origin: Origin, review: int, answers: Mapping[str, object]) -> None:
    """In the history of the case with the answer: what became of it."""
    row = KnowledgeDocument.objects.filter(chunks__uses__review=review).first()
    if row is not None:
        told = {"document": row.pk, "name": row.name, "outcome": answers["outcome"], "finding": answers["finding"]}
        services.record(held, [Fact(REVIEWED, told)], origin)


def _of(case: Case) -> QuerySet[Case]:
    """The cases in which answers of this one wait to be looked at."""
    uses = KnowledgeUse.objects.filter(job__instance=case.instance_id).exclude(review=0)
    return Case.objects.filter(instance__in=uses.values("review"), closed=False)


def hang_in() -> None:
    if open_review not in withdrawal.looked_at_again:
        withdrawal.looked_at_again.append(open_review)
    dependents[CASE_TYPE] = Dependent(_of, FOLLOWS)
    with_completion[CASE_TYPE] = _with_the_task
