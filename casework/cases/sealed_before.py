"""How is a case sealed that was kept in clear before there were keys?

All that may be written anew: its state and data, what machines were given and answered, what pages and lists keep of
it, and what stands beside it (documents' words, agents' plans, contests). The contents of its history up to then cannot
be: they are hashed as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from audit import data_keys
from audit.db.sealed_fields import SealedJSON, SealedText, sealed_fields
from audit.db.sql import cursor, do
from audit.models import VerifiedHead
from audit.sealed_values import Seal, matched, subject_with_key
from casework.cases import past_rows, search_row
from casework.lists.projection import GONE, KEPT, columns, listed_values
from casework.models import Case
from orchestration.jobs.actor_ledger import output_as_kept
from orchestration.models import ActorCall, Instance, Job, Judgement, Outbox
from orchestration.shell import services
from orchestration.shell.sealing import seal_of, subject_of
from orchestration.shell.services import Locked
from orchestration.view.state import INSTANCE_ENDED

AT_ONCE: Final = 500
NOTHING: Final = ("", "[]", "{}", "null")
IN_CLEAR: Final = """
select id from orchestration_instance where id > %s and substr(data, 1, 4) <> 'CWS1'::bytea order by id limit %s
"""


def cases_in_clear() -> Iterator[int]:
    """Root cases whose data stand in clear; in order."""
    last = 0
    while True:
        with cursor() as plain:
            found = [number for (number,) in plain.execute(IN_CLEAR, [last, AT_ONCE]).fetchall()]
        if not found:
            return
        yield from found
        last = found[-1]


@transaction.atomic
def case_seal(instance: int) -> bool:
    """Seal what is kept of a case; whether it is there, and a key to seal it with. Nobody writes to it meanwhile."""
    held = services.lock(instance)
    if held is None or not data_keys.is_sealing():
        return False
    seal = seal_of(instance)
    row = Instance.objects.get(pk=instance)
    Instance.objects.filter(pk=instance).update(items=seal(row.items), data=seal(row.data))
    _work(instance, seal)
    _answers(instance, subject_of(instance))
    VerifiedHead.objects.filter(chain=instance).delete()  # it may hold the data once more; the next run reads all
    past_rows.rebuild(instance, held.case_type.classification)
    _projections(held)
    _beside(instance)
    return True


def cases_with_texts_in_clear() -> list[int]:
    """Sealed root cases beside which something stands in clear that is sealed by now."""
    found: set[int] = set()
    for model, ways in _tables():
        for name, way in ways.items():
            if isinstance(model._meta.get_field(name), SealedText | SealedJSON):
                rows = model._base_manager.annotate(stands=Cast(name, models.TextField())).filter(stands__isnull=False)
                rows = rows.exclude(stands__in=NOTHING).exclude(stands__regex='^"?sealed:')
                found |= {number for number in rows.values_list(way, flat=True).distinct() if number}
    return sorted(number for number in found if subject_with_key(number))


@transaction.atomic
def texts_seal(instance: int) -> bool:
    """Seal what stands beside a case that is sealed itself; whether it is there. Nobody writes to it meanwhile."""
    held = services.lock(instance)
    if held is not None:
        _beside(instance)
    return held is not None


def _beside(instance: int) -> None:
    for model, ways in _tables():
        way = next(iter(ways.values()))
        rows = model._base_manager.filter(**{way: instance})
        for row in rows.select_related(way.rpartition("__")[0]) if "__" in way else rows:
            row.save(update_fields=list(ways))


def _tables() -> Iterator[tuple[type[models.Model], dict[str, str]]]:
    for model in apps.get_models():
        if model is not Outbox and (ways := sealed_fields(model)):
            yield model, ways


def _work(instance: int, seal: Seal) -> None:
    for job in Job.objects.filter(instance=instance).only("input", "changed_input"):
        changed = None if job.changed_input is None else seal(bytes(job.changed_input))
        Job.objects.filter(pk=job.pk).update(input=seal(bytes(job.input)), changed_input=changed)
    for letter in Outbox.objects.filter(sender=instance).only("sender", "variables", "correlation"):
        letter.save(update_fields=["variables", "correlation"])


def _answers(instance: int, subject: str) -> None:
    for call in ActorCall.objects.filter(instance=instance).only("output", "detail"):
        if call.output is not None:
            ActorCall.objects.filter(pk=call.pk).update(output=output_as_kept(subject, call.output))
        if call.detail is not None:
            ActorCall.objects.filter(pk=call.pk).update(detail=matched(subject, call.detail))
    for one in Judgement.objects.filter(call__instance=instance).exclude(right=None).only("right"):
        Judgement.objects.filter(pk=one.pk).update(right=output_as_kept(subject, one.right))


def _projections(held: Locked) -> None:
    former = past_rows.former_of([held.instance]).get(held.instance, {})
    root = held.state.root
    data = held.case_type.in_lists(held.instance, root.variables, root.state in INSTANCE_ENDED)
    values = listed_values(held.case_type, data, former, sealed=True)
    do([(KEPT, columns(values) | {"instance": held.instance}), (GONE, {})])
    for case in Case.objects.filter(instance=held.instance).values_list("pk", flat=True):
        search_row.rebuild(case)
