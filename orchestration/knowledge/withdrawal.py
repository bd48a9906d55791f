"""What becomes of the answers that were made from a document which was withdrawn?

Of each case with such an answer, open or closed, a person gets a task to look at the answer again. Where there is no
way to give one an open case gets an incident, and a closed one hears of it in its history. Once for each case and
document, whatever dies in between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction

from audit.services import Fact, Origin
from orchestration.engine.commands import RaiseIncident
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import KnowledgeDocument, KnowledgeUse
from orchestration.shell import services
from orchestration.shell.nudges import nudge_knowledge
from orchestration.shell.savepoint import tried

CODE: Final = "source-withdrawn"
ORIGIN: Final = Origin("system:knowledge")
AT_ONCE: Final = 200
looked_at_again: Final[list[Callable[[KnowledgeDocument, int, Origin], int]]] = []
"""Of whoever keeps cases: opens a case in which a person looks again at what was answered in this one, and gives its
number; 0 where there is nothing to open."""


def tell(pk: int) -> None:
    """Tell the cases whose answers were made from a document, if it is withdrawn; what is told is not told again."""
    row = KnowledgeDocument.objects.exclude(withdrawn=None).filter(pk=pk).first()
    if row is None:
        return
    untold = KnowledgeUse.objects.filter(piece__document=pk, told=None)
    cases = sorted(set(untold.values_list("job__instance", flat=True)))[:AT_ONCE]
    heard = [tried("case not told of a withdrawn source", row, _tell, row, instance) for instance in cases]
    if any(heard) and untold.exists():  # where none could be told, the sweep comes back to it
        nudge_knowledge(pk)


@transaction.atomic
def _tell(row: KnowledgeDocument, instance: int) -> bool:
    """Whether there was something to tell."""
    uses = KnowledgeUse.objects.filter(piece__document=row.pk, job__instance=instance, told=None)
    if not uses.exists():
        return False
    review = next((found for opens in looked_at_again if (found := opens(row, instance, ORIGIN))), 0)
    uses.update(told=clock.utc_now(), review=review)
    if review or not _raised(row, instance):
        services.record(instance, [Fact("source.withdrawn", {"document": row.pk, "name": row.name})], ORIGIN)
    return True


def _raised(row: KnowledgeDocument, instance: int) -> bool:
    """Whether an incident of the case says so; a closed case has none."""
    message = f"The document {row.name!r} was withdrawn. An answer of this case was made from it: look at it again."
    return not isinstance(services.send(instance, RaiseIncident(CODE, message), ORIGIN), Refused)


def look_after() -> None:
    """Withdrawn documents of which not every case was told."""
    untold = KnowledgeUse.objects.filter(told=None).exclude(piece__document__withdrawn=None)
    for pk in set(untold.values_list("piece__document", flat=True)[:20]):
        nudge_knowledge(pk)
