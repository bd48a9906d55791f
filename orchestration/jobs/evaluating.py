"""How are answers scored once they are used?

After the result is in the case, and again when a person has said what they think of it. A score is a row beside the
call; it never stops anything, and what goes wrong here is logged and nothing else.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from audit.sealed_values import opened_value
from orchestration.actors.capability import Capability
from orchestration.actors.evaluators.evaluator import JUDGED, SETTLED, Result
from orchestration.actors.evaluators.registry import scores
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.jobs.crossing import given
from orchestration.models import ActorCall, Evaluation, Job, Judgement

Json = Any


def when_settled(job: Job, capability: Capability) -> None:
    """Have this attempt scored, once what it gave is kept."""
    if capability.evaluators:
        key, attempt = job.pk, job.attempts
        transaction.on_commit(lambda: _settled(key, attempt, capability), robust=True)


@receiver(post_save, sender=Judgement)
def when_judged(instance: Judgement, **_: Any) -> None:
    """Have the answer scored that a person has judged."""
    transaction.on_commit(lambda: _judged(instance), robust=True)


def _settled(job: int, attempt: int, capability: Capability) -> None:
    calls = ActorCall.objects.select_related("job").filter(job=job, attempt=attempt).exclude(output=None)
    call = calls.order_by("-pk").first()
    if call is not None:
        rounds = int((call.usage or {}).get("calls", 0))
        result = Result(given(call.job), call.output, cost=call.cost, rounds=rounds, lot=lot(call.pk))
        _kept(call, capability, SETTLED, result)


def lot(call: int) -> float:
    """From 0 up to 1; the same for a call whenever it is drawn, and even over the calls."""
    return int.from_bytes(sha256(str(call).encode()).digest()[:6]) / 2**48


def _judged(judgement: Judgement) -> None:
    call = ActorCall.objects.select_related("job", "instance").get(pk=judgement.call_id)
    capability = by_definition(call.instance.definition_id).capability(call.capability)
    result = Result(given(call.job), call.output, judgement.verdict, opened_value(judgement.right))
    _kept(call, capability, JUDGED, result)


def _kept(call: ActorCall, capability: Capability, when: str, result: Result) -> None:
    """A judgement that is changed changes its score."""
    now = clock.utc_now()
    rows = [
        Evaluation(call=call, evaluator=name, score=scored.score, at=now, note=scored.note)
        for name, scored in scores(capability.evaluators, when, result)
    ]
    Evaluation.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["call", "evaluator"], update_fields=["score", "at", "note"]
    )
