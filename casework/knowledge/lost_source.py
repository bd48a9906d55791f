"""What is a task about in which somebody looks again at an answer whose source was withdrawn?

What was answered stands in the case with the answer, and is shown by the rights of that case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User

from casework.access.permissions import may
from casework.actors.ledger.call import call_page
from casework.models import Case
from orchestration.models import ActorCall, HumanTask, KnowledgeDocument, KnowledgeUse

CASE_TYPE: Final = "source-review"
"""Of the cases in which such answers are looked at again."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that is looked at again, as a reader of its case may see it; `fields` is None where they may not."""

    call: int
    at: datetime
    capability: str
    fields: tuple[tuple[str, Any], ...] | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the page of such a task says of the answers: `case` is None for who may not see that."""

    case: Case | None
    answers: tuple[Given, ...]


def review_of(user: User, task: HumanTask, now: datetime) -> Reviewed | None:
    """What such a task is about; None for any other task."""
    if task.instance.case.case_type != CASE_TYPE:
        return None
    about = case_about(task.instance_id)
    if about is None or not may(user, "view", about):
        return Reviewed(None, ())
    uses = KnowledgeUse.objects.filter(review=task.instance_id)
    documents = KnowledgeDocument.objects.filter(pk__in=uses.values("piece__document"))
    pages = [call_page(user, number, now) for row in documents for number in calls_from(row, about.instance_id)]
    return Reviewed(
        about,
        tuple(
            Given(page.call.pk, page.call.started, page.call.capability, page.content.given if page.content else None)
            for page in pages
            if page is not None
        ),
    )


def case_about(review: int) -> Case | None:
    """The case whose answer is looked at in this one."""
    uses = KnowledgeUse.objects.filter(review=review)
    return Case.objects.filter(instance__in=uses.values("job__instance")).first()


def calls_from(row: KnowledgeDocument, instance: int) -> list[int]:
    """The calls of a case that made an answer from a document."""
    uses = KnowledgeUse.objects.filter(piece__document=row, job__instance=instance)
    made = set(uses.values_list("job", "attempt"))
    calls = ActorCall.objects.filter(job__in={job for job, _ in made}).order_by("pk")
    return [pk for pk, job, attempt in calls.values_list("pk", "job", "attempt") if (job, attempt) in made]
